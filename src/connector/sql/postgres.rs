//! PostgreSQL, over one connection and no pool: a pool hides why a connection failed.
//!
//! Every read runs in a transaction that the server itself keeps from writing. Time limits are set inside each transaction, so
//! that they hold behind a pooler too. Row-level security is switched off, which makes the server refuse where it would
//! otherwise leave rows out without a word.

mod connect;
mod examine;
mod live;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Either, PgConnection, Row as _};

use super::catalogue::Table;
use super::examine::Facts;
use super::known::Describe;
use super::lines::Lines;
use super::name::TableName;
use super::reading::Reading;
use super::statement::{Change, Select};
use super::sweeping::{Surveying, Sweeping};
use super::writing::Writing;
use super::{Each, ReadSession, Refusal, Row, WriteSession};
use crate::connector::sweeping::{Cleared, Surveyor, Sweeper};
use crate::connector::{Fault, Finding, Notes, Opening, Reader, Writer};
use crate::inventory::Timeouts;
use crate::messages::sql as say;
use crate::plan::Approved;

/// A reader of the database that `url` names. Connects on first use.
///
/// # Errors
/// The settings do not make an address.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    let server = Server::new(opening, false)?;
    Ok(Box::new(Reading::new(opening, ReadOnly(server))))
}

/// A writer of the database that `url` names. Connects on first use.
///
/// # Errors
/// The settings do not make an address.
pub fn writer(opening: &Opening, _approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    let mut server = Server::new(opening, true)?;
    let system = opening.system.name.clone();
    let lines = opening.descriptions.lines.clone();
    if let Some(line) = lines.take::<Line>(&system) {
        server.connection = Some(line.connection);
        server.folds_unicode = line.folds_unicode;
        server.confirms_early = line.confirms_early;
        server.notes = line.notes;
    }
    let session = ReadWrite {
        server,
        open: None,
        system,
        lines,
    };
    Ok(Box::new(Writing::new(opening, session)))
}

/// Looks for what is due. Connects on first use.
///
/// # Errors
/// The settings do not make an address.
pub fn surveyor(opening: &Opening) -> Result<Box<dyn Surveyor>, Fault> {
    let server = Server::new(opening, false)?;
    Ok(Box::new(Surveying::new(opening, ReadOnly(server))))
}

/// Writes to what is due. Connects on first use.
///
/// # Errors
/// The settings do not make an address.
pub fn sweeper(opening: &Opening, _cleared: &Cleared) -> Result<Box<dyn Sweeper>, Fault> {
    let session = ReadWrite {
        server: Server::new(opening, true)?,
        open: None,
        system: opening.system.name.clone(),
        lines: opening.descriptions.lines.clone(),
    };
    Ok(Box::new(Sweeping::new(opening, session)))
}

/// Where the database is, and the connection to it while there is a sound one.
struct Server {
    address: connect::Address,
    timeouts: Timeouts,
    writes: bool,
    connection: Option<PgConnection>,
    folds_unicode: bool,
    /// Whether the server confirms before it has written to its disk.
    confirms_early: bool,
    notes: Notes,
}

impl Server {
    fn new(opening: &Opening, writes: bool) -> Result<Server, Fault> {
        Ok(Server {
            address: connect::Address::of(opening)?,
            timeouts: opening.system.timeouts.clone(),
            writes,
            connection: None,
            folds_unicode: true,
            confirms_early: false,
            notes: Notes::default(),
        })
    }

    /// What begins a transaction with its limits, for one round trip. Values are written alike whatever is set for the account, or the
    /// reading and the writing one would take each other's records for changed.
    fn beginning(&self) -> String {
        let mode = if self.writes { "" } else { " READ ONLY" };
        let (statement, lock) = (
            self.timeouts.request.as_millis(),
            self.timeouts.lock.as_millis(),
        );
        // A line that went dead would keep its locks from everybody, the next run included.
        let idle = idle(&self.timeouts);
        let confirms = match self.writes && self.confirms_early {
            true => ON_ITS_DISK,
            false => "",
        };
        format!(
            "BEGIN{mode}; SET LOCAL statement_timeout = {statement}; SET LOCAL lock_timeout = {lock}{idle}{confirms}; \
             SET LOCAL row_security = off; SET LOCAL client_min_messages = error; \
             SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = postgres; \
             SET LOCAL bytea_output = hex; SET LOCAL extra_float_digits = 1"
        )
    }

    async fn begin(&self, connection: &mut PgConnection) -> Result<(), Refusal> {
        let begun = self.batch(connection, &self.beginning()).await;
        begun.map_err(name_pooler)
    }

    /// A connection with a transaction begun on it, taken out so that one left in the middle of something is never used again. A
    /// line that the server closed while nothing was asked is opened anew once.
    async fn begun(&mut self) -> Result<PgConnection, Refusal> {
        if let Some(mut connection) = self.connection.take() {
            match self.begin(&mut connection).await {
                Ok(()) => return Ok(connection),
                Err(Refusal::Fault(fault)) if fault.code == "E508" => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let mut connection = connect::open(&self.address, &self.timeouts, self.writes).await?;
        self.learn(&mut connection).await?;
        Ok(connection)
    }

    async fn batch(&self, connection: &mut PgConnection, sql: &str) -> Result<(), Refusal> {
        let run = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection);
        self.limit(run).await.map(|_| ())
    }

    async fn limit<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, Refusal> {
        let limit = self.timeouts.request + self.timeouts.lock + Duration::from_secs(1);
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result.map_err(|error| refuse(&error, &self.timeouts)),
            Err(_) => Err(Fault::timeout(limit.as_secs()).into()),
        }
    }

    /// Begins the first transaction and notes who answers, how the line is protected and whether its clock agrees with ours.
    async fn learn(&mut self, connection: &mut PgConnection) -> Result<(), Refusal> {
        let asked = format!(
            "{}; SELECT current_setting('server_version'), current_user::text, \
             (SELECT s.version::text FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_backend_pid() AND s.ssl), \
             extract(epoch FROM clock_timestamp())::bigint::text, current_setting('default_transaction_read_only'), \
             (lower('Ä') = 'ä')::text, pg_is_in_recovery()::text, \
             current_setting('transaction_read_only'), current_setting('synchronous_commit')",
            self.beginning()
        );
        let answers = self.texts(connection, &asked).await.map_err(name_pooler)?;
        let mut row = answers.into_iter().flatten().flatten();
        let mut next = || row.next().flatten();
        self.notes.host = Some(self.address.host.clone());
        // Packagers put their own number behind it, in brackets.
        let version = next().and_then(|text| text.split(' ').next().map(str::to_owned));
        self.notes.server = version.map(|version| format!("PostgreSQL {version}"));
        self.notes.account = next();
        let tls = next();
        self.notes.tls = Some(if self.address.is_plain() {
            "none".to_owned()
        } else {
            tls.unwrap_or_else(|| "TLS".to_owned())
        });
        let here = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let there = next().and_then(|seconds| seconds.parse::<i64>().ok());
        self.notes.clock_offset_s =
            there.map(|there| there.saturating_sub(i64::try_from(here).unwrap_or(i64::MAX)));
        let applied = next().as_deref() == Some("on");
        self.folds_unicode = next().as_deref() == Some("true");
        let pooled = ("W205".to_owned(), self.address.host.clone());
        if !applied && !self.writes && !self.notes.warnings.contains(&pooled) {
            self.notes.warnings.push(pooled);
        }
        let is_copy = next().as_deref() == Some("true");
        let reads_only = next().as_deref() == Some("on");
        self.confirms_early = next().as_deref() == Some("off");
        let replica = ("W214".to_owned(), self.address.host.clone());
        self.notes.warnings.retain(|warning| *warning != replica);
        if is_copy {
            if self.writes {
                return Err(Fault::replica().into());
            }
            self.notes.warnings.push(replica);
        }
        if self.writes && reads_only {
            return Err(Fault::read_only().into());
        }
        if self.writes && self.confirms_early {
            self.batch(connection, ON_ITS_DISK.trim_start_matches("; "))
                .await?;
        }
        Ok(())
    }

    async fn all(
        &self,
        connection: &mut PgConnection,
        select: &Select,
    ) -> Result<Vec<Row>, Refusal> {
        let mut rows = Vec::new();
        let mut each = |row| {
            rows.push(row);
            true
        };
        self.stream(connection, select, &mut each).await?;
        Ok(rows)
    }

    /// `false` if the receiver had enough before the end; the connection then still has rows under way.
    async fn stream(
        &self,
        connection: &mut PgConnection,
        select: &Select,
        each: Each<'_>,
    ) -> Result<bool, Refusal> {
        let mut query = sqlx::query(AssertSqlSafe(select.sql.as_str())).persistent(false);
        for argument in &select.arguments {
            query = query.bind(argument.clone());
        }
        let mut rows = query.fetch(connection);
        while let Some(row) = self.limit(rows.try_next()).await? {
            if !each(self.values(&row)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of each of several statements, which take no values, in one round trip.
    async fn texts(
        &self,
        connection: &mut PgConnection,
        sql: &str,
    ) -> Result<Vec<Vec<Row>>, Refusal> {
        let mut answers = Vec::new();
        let mut rows = Vec::new();
        let mut stream = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(connection);
        while let Some(part) = self.limit(stream.try_next()).await? {
            match part {
                Either::Right(row) => rows.push(self.values(&row)?),
                Either::Left(_) => answers.push(std::mem::take(&mut rows)),
            }
        }
        Ok(answers)
    }

    fn values(&self, row: &PgRow) -> Result<Row, Refusal> {
        let value = |index| row.try_get(index);
        let values: sqlx::Result<Row> = (0..row.len()).map(value).collect();
        values.map_err(|error| refuse(&error, &self.timeouts))
    }

    /// Ends the transaction; the connection is kept only if that succeeds.
    async fn end(&mut self, mut connection: PgConnection, how: &str) -> Result<(), Refusal> {
        self.batch(&mut connection, how).await?;
        self.connection = Some(connection);
        Ok(())
    }

    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        let mut connection = self.begun().await?;
        let tables = live::tables(self, &mut connection, names).await;
        let ended = self.end(connection, "ROLLBACK").await;
        let tables = tables?;
        ended?;
        Ok(tables)
    }
}

struct ReadOnly(Server);

#[async_trait]
impl Describe for ReadOnly {
    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        self.0.tables(names).await
    }
}

#[async_trait]
impl ReadSession for ReadOnly {
    async fn rows(&mut self, select: &Select, each: Each<'_>) -> Result<(), Refusal> {
        tracing::trace!(statement = select.sql, "reading");
        let mut connection = self.0.begun().await?;
        match self.0.stream(&mut connection, select, each).await {
            Ok(true) => self.0.end(connection, "COMMIT").await,
            // Closing is cheaper than reading to the end what nobody wants.
            Ok(false) => Ok(()),
            Err(refusal) => {
                let _ = self.0.end(connection, "ROLLBACK").await;
                match refusal {
                    // The value has letters that this database cannot store, so no row holds it.
                    Refusal::Fault(fault) if fault == Fault::database(UNTRANSLATABLE) => Ok(()),
                    other => Err(other),
                }
            }
        }
    }

    async fn check(&mut self) -> Result<(), Refusal> {
        let connection = self.0.begun().await?;
        self.0.end(connection, "COMMIT").await
    }

    async fn examine(&mut self) -> Result<Vec<Finding>, Refusal> {
        let mut connection = self.0.begun().await?;
        let found = examine::server(&self.0, &mut connection).await;
        let ended = self.0.end(connection, "ROLLBACK").await;
        let found = found?;
        ended?;
        Ok(found)
    }

    async fn facts(&mut self, table: &Table) -> Result<Facts, Refusal> {
        let mut connection = self.0.begun().await?;
        let facts = examine::facts(&self.0, &mut connection, table).await;
        let ended = self.0.end(connection, "ROLLBACK").await;
        let facts = facts?;
        ended?;
        Ok(facts)
    }

    fn notes(&self) -> &Notes {
        &self.0.notes
    }
}

struct ReadWrite {
    server: Server,
    /// The connection while a transaction is open on it.
    open: Option<PgConnection>,
    system: String,
    lines: Lines,
}

/// A connection on which no transaction is open, with what the server said when it began.
struct Line {
    connection: PgConnection,
    folds_unicode: bool,
    confirms_early: bool,
    notes: Notes,
}

impl Drop for ReadWrite {
    fn drop(&mut self) {
        if let Some(connection) = self.server.connection.take() {
            let line = Line {
                connection,
                folds_unicode: self.server.folds_unicode,
                confirms_early: self.server.confirms_early,
                notes: std::mem::take(&mut self.server.notes),
            };
            self.lines.put_back(&self.system, line);
        }
    }
}

impl ReadWrite {
    fn open(&mut self) -> Result<PgConnection, Refusal> {
        self.open.take().ok_or_else(|| Fault::connection().into())
    }
}

#[async_trait]
impl Describe for ReadWrite {
    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        self.server.tables(names).await
    }
}

#[async_trait]
impl WriteSession for ReadWrite {
    async fn ready(&mut self) -> Result<(), Refusal> {
        let connection = self.server.begun().await?;
        self.server.end(connection, "ROLLBACK").await
    }

    async fn begin(&mut self) -> Result<(), Refusal> {
        self.open = Some(self.server.begun().await?);
        Ok(())
    }

    async fn rows(&mut self, select: &Select) -> Result<Vec<Row>, Refusal> {
        let mut connection = self.open()?;
        let rows = self.server.all(&mut connection, select).await;
        self.open = Some(connection);
        rows
    }

    async fn execute(&mut self, change: &Change) -> Result<u64, Refusal> {
        let mut connection = self.open()?;
        let mut query = sqlx::query(AssertSqlSafe(change.sql.as_str())).persistent(false);
        for argument in &change.arguments {
            query = query.bind(argument.clone());
        }
        let done = self.server.limit(query.execute(&mut connection)).await;
        self.open = Some(connection);
        done.map(|done| done.rows_affected())
    }

    async fn returning(&mut self, change: &Change) -> Result<Vec<Row>, Refusal> {
        let mut connection = self.open()?;
        let named = Select {
            sql: change.sql.clone(),
            arguments: change.arguments.clone(),
        };
        let rows = self.server.all(&mut connection, &named).await;
        self.open = Some(connection);
        rows
    }

    async fn commit(&mut self) -> Result<(), Refusal> {
        let connection = self.open()?;
        match self.server.end(connection, "COMMIT").await {
            // Without an answer nobody knows.
            Err(Refusal::Fault(fault)) if ["E508", "E504"].contains(&fault.code.as_str()) => {
                Err(Refusal::Unknown)
            }
            other => other,
        }
    }

    async fn rollback(&mut self) {
        if let Some(connection) = self.open.take() {
            // If it fails the connection is dropped, and the server rolls back.
            let _ = self.server.end(connection, "ROLLBACK").await;
        }
    }
}

/// Where a server confirms before it has written to its disk, a crash brings back what was said to be gone.
const ON_ITS_DISK: &str = "; SET LOCAL synchronous_commit = local";

/// How long a transaction waits for its next word before the server undoes it.
fn idle(timeouts: &Timeouts) -> String {
    let limit = timeouts.request + timeouts.lock + PATIENCE;
    let limit = limit.as_millis();
    format!("; SET LOCAL idle_in_transaction_session_timeout = {limit}")
}

/// What a transaction may have to wait for on this side: the ledger, which others write to as well.
const PATIENCE: Duration = Duration::from_secs(15);

/// `protocol_violation` at the beginning is what a pooler in statement mode answers, which could promise nothing.
fn name_pooler(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fault(fault) if fault == Fault::database("08P01") => {
            Fault::database(say::statement_pooling()).into()
        }
        other => other,
    }
}

/// `untranslatable_character`
const UNTRANSLATABLE: &str = "22P05";

/// Keeps the SQLSTATE of an error (PostgreSQL manual, appendix A) and drops its words, which quote rows.
fn refuse(error: &sqlx::Error, timeouts: &Timeouts) -> Refusal {
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                Fault::database("22021").into()
            }
            _ => Fault::connection().into(),
        };
    };
    let code = database.code().unwrap_or_default();
    match code.as_ref() {
        // Foreign keys, and triggers that raise an exception.
        "23503" | "23001" | "P0001" => Refusal::Blocked(code.into_owned()),
        "55P03" | "40P01" | "40001" => Fault::locked().into(),
        "57014" => Fault::timeout(timeouts.request.as_secs()).into(),
        "25006" => Fault::read_only().into(),
        "42501" => Fault::forbidden(code.as_ref()).into(),
        "42P01" | "42703" | "3F000" => Refusal::Stale(code.into_owned()),
        "28P01" | "28000" => Fault::credential(code.as_ref()).into(),
        "53300" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Fault::connection().into(),
        _ if code.starts_with("08") && code != "08P01" => Fault::connection().into(),
        _ => Fault::database(code.as_ref()).into(),
    }
}
