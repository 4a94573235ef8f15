//! MariaDB and MySQL, over one connection and no pool: a pool hides why a connection failed.
//!
//! Every read runs in a transaction that the server itself keeps from writing, whatever engine the table has. Time limits, the strict
//! mode and the notation of values are set with each transaction, so that they hold behind a proxy too. Where a table's engine
//! cannot undo a write, nothing is written to it ([`live`]).

mod connect;
mod examine;
mod grants;
pub(super) mod letters;
mod live;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySqlDatabaseError, MySqlRow};
use sqlx::{AssertSqlSafe, Column as _, Either, MySqlConnection, Row as _};

use super::catalogue::Table;
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
        server.product = line.product;
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

/// A row of the server's own tables, by the names of its columns.
type Entry = BTreeMap<String, Option<String>>;

/// Where the database is, and the connection to it while there is a sound one.
struct Server {
    address: connect::Address,
    timeouts: Timeouts,
    writes: bool,
    connection: Option<MySqlConnection>,
    product: Product,
    notes: Notes,
}

/// What the server says of itself when a connection begins.
#[derive(Default)]
struct Product {
    is_mariadb: bool,
    /// The database that the address names.
    database: Option<String>,
    /// Whether names of tables are compared without regard to case.
    folds_names: bool,
}

impl Server {
    fn new(opening: &Opening, writes: bool) -> Result<Server, Fault> {
        Ok(Server {
            address: connect::Address::of(opening)?,
            timeouts: opening.system.timeouts.clone(),
            writes,
            connection: None,
            product: Product::default(),
            notes: Notes::default(),
        })
    }

    /// What begins a transaction with its limits, for one round trip. MariaDB limits every statement, MySQL only those that read; the
    /// others end with our own patience, and with the connection. Locks are counted in whole seconds, one at least.
    fn beginning(&self) -> String {
        let (mode, lock) = (
            if self.writes {
                "READ WRITE"
            } else {
                "READ ONLY"
            },
            self.timeouts.lock.as_millis().div_ceil(1000).max(1),
        );
        let limit = if self.product.is_mariadb {
            // Waiting for a lock counts, and is to end as that.
            let statement = self.timeouts.request.as_secs_f64();
            let waiting = if self.writes { lock as f64 } else { 0.0 };
            format!("max_statement_time = {:.3}", statement + waiting)
        } else {
            let statement = self.timeouts.request.as_millis();
            format!("max_execution_time = {statement}")
        };
        // A line that went dead would keep its locks from everybody, the next run included.
        let idle = match (self.writes, self.product.is_mariadb) {
            (_, true) => format!("idle_transaction_timeout = {}, ", self.idle()),
            (false, false) => String::new(),
            (true, false) => format!("wait_timeout = {}, ", self.idle()),
        };
        format!(
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin; \
             SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
             NO_ENGINE_SUBSTITUTION,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', \
             foreign_key_checks = 1, unique_checks = 1, {idle}{limit}, innodb_lock_wait_timeout = {lock}, lock_wait_timeout = {lock}; \
             SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, {mode}; START TRANSACTION {mode}"
        )
    }

    /// Seconds that a transaction waits for its next word before the server undoes it: as long as statement and lock may take, and what it
    /// may have to wait for on this side, which is the ledger that others write to as well.
    fn idle(&self) -> u64 {
        let limit = self.timeouts.request + self.timeouts.lock + Duration::from_secs(15);
        limit.as_secs().max(1)
    }

    /// A connection with a transaction begun on it, taken out so that one left in the middle of something is never used again. A
    /// line that the server closed while nothing was asked is opened anew once.
    async fn begun(&mut self) -> Result<MySqlConnection, Refusal> {
        if let Some(mut connection) = self.connection.take() {
            match self.batch(&mut connection, &self.beginning()).await {
                Ok(()) => return Ok(connection),
                Err(Refusal::Fault(fault)) if fault.code == "E508" => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let mut connection = connect::open(&self.address, &self.timeouts).await?;
        self.learn(&mut connection).await?;
        self.batch(&mut connection, &self.beginning()).await?;
        Ok(connection)
    }

    async fn batch(&self, connection: &mut MySqlConnection, sql: &str) -> Result<(), Refusal> {
        let run = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection);
        self.limit(run).await.map(|_| ())
    }

    async fn limit<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, Refusal> {
        let lock = self.timeouts.lock.max(Duration::from_secs(1));
        let limit = self.timeouts.request + lock + Duration::from_secs(1);
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result.map_err(|error| refuse(&error, &self.timeouts)),
            Err(_) => Err(Fault::timeout(limit.as_secs()).into()),
        }
    }

    /// Notes who answers, how the line is protected, whether its clock agrees with ours, and whether it is a replica.
    async fn learn(&mut self, connection: &mut MySqlConnection) -> Result<(), Refusal> {
        let asked = "SELECT VERSION() AS version, CURRENT_USER() AS account, UNIX_TIMESTAMP() AS clock, \
                     @@GLOBAL.read_only AS read_only, DATABASE() AS base, @@lower_case_table_names AS folds; \
                     SHOW SESSION STATUS LIKE 'Ssl_version'";
        let mut answers = self.entries(connection, asked).await?.into_iter();
        let mut told = answers.next().unwrap_or_default().pop().unwrap_or_default();
        let mut says = |name: &str| told.remove(name).flatten();
        let version = says("version").unwrap_or_default();
        let is_on = |word: Option<String>| {
            word.is_some_and(|word| word != "0" && !word.eq_ignore_ascii_case("off"))
        };
        self.product = Product {
            is_mariadb: version.to_ascii_lowercase().contains("mariadb"),
            database: says("base"),
            folds_names: is_on(says("folds")),
        };
        let number = version.split('-').next().unwrap_or_default();
        let name = if self.product.is_mariadb {
            "MariaDB"
        } else {
            "MySQL"
        };
        self.notes.host = Some(self.address.host.clone());
        self.notes.server = Some(format!("{name} {number}"));
        self.notes.account = says("account");
        let tls = answers.next().unwrap_or_default().pop();
        let tls = tls.and_then(|mut entry| entry.remove("Value").flatten());
        self.notes.tls = Some(if self.address.is_plain() {
            "none".to_owned()
        } else {
            tls.filter(|version| !version.is_empty())
                .unwrap_or_else(|| "TLS".to_owned())
        });
        let here = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let there = says("clock").and_then(|seconds| {
            let whole = seconds.split('.').next().unwrap_or_default();
            whole.parse::<i64>().ok()
        });
        self.notes.clock_offset_s =
            there.map(|there| there.saturating_sub(i64::try_from(here).unwrap_or(i64::MAX)));
        let replica = ("W214".to_owned(), self.address.host.clone());
        if is_on(says("read_only")) {
            // An account with the right to write there all the same would write past the server that leads.
            if self.writes {
                return Err(Fault::replica().into());
            }
            if !self.notes.warnings.contains(&replica) {
                self.notes.warnings.push(replica);
            }
        } else {
            self.notes.warnings.retain(|warning| *warning != replica);
        }
        Ok(())
    }

    async fn all(
        &self,
        connection: &mut MySqlConnection,
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
    ///
    /// The statement stays prepared for the next one that reads alike: a proxy that changes servers prepares it there itself. Given
    /// back each time, the message that says so waits for the server's delayed acknowledgement, and what follows waits behind it.
    async fn stream(
        &self,
        connection: &mut MySqlConnection,
        select: &Select,
        each: Each<'_>,
    ) -> Result<bool, Refusal> {
        let mut query = sqlx::query(AssertSqlSafe(select.sql.as_str()));
        for argument in &select.arguments {
            query = query.bind(argument.clone());
        }
        let mut rows = query.fetch(connection);
        while let Some(row) = self.limit(rows.try_next()).await? {
            let refuse = |error| refuse(&error, &self.timeouts);
            let values: sqlx::Result<Row> = (0..row.len()).map(|at| written(&row, at)).collect();
            if !each(values.map_err(refuse)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of each of several statements, which take no values, in one round trip.
    async fn entries(
        &self,
        connection: &mut MySqlConnection,
        sql: &str,
    ) -> Result<Vec<Vec<Entry>>, Refusal> {
        let mut answers = Vec::new();
        let mut rows = Vec::new();
        let mut stream = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(connection);
        while let Some(part) = self.limit(stream.try_next()).await? {
            match part {
                Either::Right(row) => {
                    let names = row.columns().iter().map(|column| column.name().to_owned());
                    rows.push(names.zip(self.values(&row)?).collect());
                }
                Either::Left(_) => answers.push(std::mem::take(&mut rows)),
            }
        }
        Ok(answers)
    }

    /// Every column as the text that it is, whatever the library takes its type for.
    fn values(&self, row: &MySqlRow) -> Result<Row, Refusal> {
        let value = |index| row.try_get_unchecked(index);
        let values: sqlx::Result<Row> = (0..row.len()).map(value).collect();
        values.map_err(|error| refuse(&error, &self.timeouts))
    }

    /// Ends the transaction; the connection is kept only if that succeeds.
    async fn end(&mut self, mut connection: MySqlConnection, how: &str) -> Result<(), Refusal> {
        self.batch(&mut connection, how).await?;
        self.connection = Some(connection);
        Ok(())
    }

    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        let mut connection = self.begun().await?;
        let tables = live::tables(self, &mut connection, names).await?;
        self.end(connection, "ROLLBACK").await?;
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
                if is_whole(&refusal) {
                    let _ = self.0.end(connection, "ROLLBACK").await;
                }
                Err(refusal)
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

    fn notes(&self) -> &Notes {
        &self.0.notes
    }
}

struct ReadWrite {
    server: Server,
    /// The connection while a transaction is open on it.
    open: Option<MySqlConnection>,
    system: String,
    lines: Lines,
}

/// A connection on which no transaction is open, with what the server said when it began.
struct Line {
    connection: MySqlConnection,
    product: Product,
    notes: Notes,
}

impl Drop for ReadWrite {
    fn drop(&mut self) {
        if let Some(connection) = self.server.connection.take() {
            let line = Line {
                connection,
                product: std::mem::take(&mut self.server.product),
                notes: std::mem::take(&mut self.server.notes),
            };
            self.lines.put_back(&self.system, line);
        }
    }
}

impl ReadWrite {
    fn open(&mut self) -> Result<MySqlConnection, Refusal> {
        self.open.take().ok_or_else(|| Fault::connection().into())
    }

    /// Puts the connection back. Dropped, it makes the server roll back.
    fn keep<T>(&mut self, connection: MySqlConnection, done: &Result<T, Refusal>) {
        if done.as_ref().err().is_none_or(is_whole) {
            self.open = Some(connection);
        }
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
        self.keep(connection, &rows);
        rows
    }

    /// The rows that were met: the library asks the server not to leave out those that had the new values already.
    async fn execute(&mut self, change: &Change) -> Result<u64, Refusal> {
        let mut connection = self.open()?;
        let mut query = sqlx::query(AssertSqlSafe(change.sql.as_str()));
        for argument in &change.arguments {
            query = query.bind(argument.clone());
        }
        let done = self.server.limit(query.execute(&mut connection)).await;
        self.keep(connection, &done);
        done.map(|done| done.rows_affected())
    }

    async fn returning(&mut self, change: &Change) -> Result<Vec<Row>, Refusal> {
        let named = Select {
            sql: change.sql.clone(),
            arguments: change.arguments.clone(),
        };
        self.rows(&named).await
    }

    async fn names_what_it_removes(&mut self) -> Result<bool, Refusal> {
        if self.server.connection.is_none() {
            let connection = self.server.begun().await?;
            self.server.end(connection, "COMMIT").await?;
        }
        Ok(self.server.product.is_mariadb)
    }

    async fn commit(&mut self) -> Result<(), Refusal> {
        let connection = self.open()?;
        match self.server.end(connection, "COMMIT").await {
            Ok(()) => Ok(()),
            // These two say that nothing happened. After any other answer, or none, nobody knows.
            Err(Refusal::Fault(fault)) if ["E511", "E591"].contains(&fault.code.as_str()) => {
                Err(fault.into())
            }
            Err(_) => Err(Refusal::Unknown),
        }
    }

    async fn rollback(&mut self) {
        if let Some(connection) = self.open.take() {
            // If it fails the connection is dropped, and the server rolls back.
            let _ = self.server.end(connection, "ROLLBACK").await;
        }
    }
}

/// A value of a record: its text, or its bytes in hexadecimal.
fn written(row: &MySqlRow, at: usize) -> sqlx::Result<Option<String>> {
    if row.column(at).name() != letters::BYTES {
        return row.try_get_unchecked(at);
    }
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let bytes: Option<Vec<u8>> = row.try_get_unchecked(at)?;
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)]));
    Ok(bytes.map(|bytes| bytes.iter().flat_map(digits).collect()))
}

/// Whether the connection is in a known state after a refusal. The library may have stopped in the middle of a packet when time ran out.
fn is_whole(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Fault(fault) => !["E504", "E508"].contains(&fault.code.as_str()),
        Refusal::Stale(_) | Refusal::Blocked(_) => true,
        Refusal::Unknown => false,
    }
}

/// Keeps the numbers of an error and drops its words, which quote rows. Numbers up to 3000 are common to both products, from 3000
/// MySQL's, and from 4000 both go their own ways (MariaDB and MySQL manuals, server error reference).
fn refuse(error: &sqlx::Error, timeouts: &Timeouts) -> Refusal {
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                Fault::database("22021").into()
            }
            _ => Fault::connection().into(),
        };
    };
    let state = database.code().unwrap_or_default();
    let number = database
        .try_downcast_ref::<MySqlDatabaseError>()
        .map_or(0, MySqlDatabaseError::number);
    let code = format!("{state}, {number}");
    match number {
        // Foreign keys.
        1217 | 1451 | 1452 => Refusal::Blocked(code),
        1205 | 1213 | 3572 => Fault::locked().into(),
        1969 | 3024 => Fault::timeout(timeouts.request.as_secs()).into(),
        1792 => Fault::read_only().into(),
        1290 | 1836 => Fault::replica().into(),
        1044 | 1142 | 1143 | 1227 | 1370 => Fault::forbidden(code).into(),
        1049 | 1054 | 1146 | 1356 => Refusal::Stale(code),
        1045 | 1130 | 1698 | 1820 | 1862 | 3118 | 4151 => Fault::credential(code).into(),
        // Too many connections, shutdown, KILL, and a statement that a proxy forgot.
        1040 | 1053 | 1079 | 1152 | 1158..=1161 | 1184 | 1203 | 1243 | 1317 | 1927 | 4031 => {
            Fault::connection().into()
        }
        // What triggers raise.
        _ if state.starts_with("45") => Refusal::Blocked(code),
        _ => Fault::database(code).into(),
    }
}
