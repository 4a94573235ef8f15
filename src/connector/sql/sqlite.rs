//! SQLite files. The connection works on a thread of its own, so that a slow disk delays nobody else.

mod examine;
mod live;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, InterruptHandle, OpenFlags, ffi};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::catalogue::Table;
use super::examine::Facts;
use super::known::Describe;
use super::name::TableName;
use super::reading::Reading;
use super::statement::{Change, Select};
use super::sweeping::{Surveying, Sweeping};
use super::writing::Writing;
use super::{Each, ReadSession, Refusal, Row, Then, WriteSession};
use crate::connector::sweeping::{Cleared, Surveyor, Sweeper};
use crate::connector::{Fault, Finding, Notes, Opening, Reader, Writer};
use crate::messages::sql as say;
use crate::plan::Approved;

/// A reader of the file that `path` names, relative to the inventory's folder. Opens it on first use.
///
/// # Errors
/// The setting `path` is missing.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    let session = Session::new(opening, false)?;
    Ok(Box::new(Reading::new(opening, ReadOnly(session))))
}

/// A writer of the file that `path` names. Opens it on first use.
///
/// # Errors
/// The setting `path` is missing.
pub fn writer(opening: &Opening, _approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    let session = Session::new(opening, true)?;
    Ok(Box::new(Writing::new(opening, ReadWrite(session))))
}

/// Looks for what is due in the file that `path` names. Opens it on first use.
///
/// # Errors
/// The setting `path` is missing.
pub fn surveyor(opening: &Opening) -> Result<Box<dyn Surveyor>, Fault> {
    let session = Session::new(opening, false)?;
    Ok(Box::new(Surveying::new(opening, ReadOnly(session))))
}

/// Writes to what is due in the file that `path` names. Opens it on first use.
///
/// # Errors
/// The setting `path` is missing.
pub fn sweeper(opening: &Opening, _cleared: &Cleared) -> Result<Box<dyn Sweeper>, Fault> {
    let session = Session::new(opening, true)?;
    Ok(Box::new(Sweeping::new(opening, ReadWrite(session))))
}

/// A connection that is opened when it is first needed and lent to a blocking thread for each piece of work.
struct Session {
    /// As the inventory writes it.
    named: String,
    path: PathBuf,
    writes: bool,
    lock: Duration,
    request: Duration,
    connection: Option<Connection>,
    /// Work that nobody has waited for yet.
    begun: Option<Lent<()>>,
    notes: Notes,
}

/// A connection that is away, and what it is at work on.
struct Lent<T> {
    task: JoinHandle<(Connection, rusqlite::Result<T>)>,
    interrupt: InterruptHandle,
}

impl Session {
    fn new(opening: &Opening, writes: bool) -> Result<Session, Fault> {
        let named = opening
            .settings
            .plain
            .get("path")
            .ok_or_else(|| Fault::no_file("path"))?;
        let timeouts = &opening.system.timeouts;
        Ok(Session {
            named: named.clone(),
            path: opening.folder.join(named),
            writes,
            lock: timeouts.lock,
            request: timeouts.request,
            connection: None,
            begun: None,
            notes: Notes::default(),
        })
    }

    fn opener(&self) -> impl FnOnce() -> Result<Connection, Refusal> + Send + 'static {
        let (named, path, writes, lock) = (
            self.named.clone(),
            self.path.clone(),
            self.writes,
            self.lock,
        );
        move || {
            if !path.is_file() {
                return Err(Fault::no_file(named).into());
            }
            let access = match writes {
                true => OpenFlags::SQLITE_OPEN_READ_WRITE,
                false => OpenFlags::SQLITE_OPEN_READ_ONLY,
            };
            let open = || -> rusqlite::Result<Connection> {
                let connection =
                    Connection::open_with_flags(&path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
                connection.busy_timeout(lock)?;
                match writes {
                    // What is deleted is overwritten with zeros, so that free pages do not keep the person.
                    true => connection
                        .execute_batch("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")?,
                    false => connection.execute_batch("PRAGMA query_only = ON;")?,
                }
                // The file is looked at only now.
                connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
                Ok(connection)
            };
            open().map_err(|error| refuse(&error, &named))
        }
    }

    /// Does one piece of work on the connection's own thread. After a time limit the work is interrupted.
    async fn with<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let lent = self.lend(work).await?;
        self.back(lent).await
    }

    async fn lend<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<Lent<T>, Refusal> {
        if let Some(begun) = self.begun.take() {
            self.back(begun).await?;
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => blocking(self.opener()).await??,
        };
        let interrupt = connection.get_interrupt_handle();
        let task = tokio::task::spawn_blocking(move || {
            let result = work(&mut connection);
            (connection, result)
        });
        Ok(Lent { task, interrupt })
    }

    /// How long a piece of work may take.
    fn most(&self) -> Duration {
        self.request + self.lock
    }

    async fn back<T>(&mut self, mut lent: Lent<T>) -> Result<T, Refusal> {
        let finished = match tokio::time::timeout(self.most(), &mut lent.task).await {
            Ok(finished) => finished,
            Err(_) => {
                lent.interrupt.interrupt();
                lent.task.await
            }
        };
        let (connection, result) = finished.map_err(|_| Fault::panicked())?;
        self.connection = Some(connection);
        result.map_err(|error| match is_interrupt(&error) {
            true => Fault::timeout(self.request.as_secs()).into(),
            false => refuse(&error, &self.named),
        })
    }

    /// Only the first: there is no way to the file that could be saved.
    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        let Some(name) = names.first().cloned() else {
            return Ok(Vec::new());
        };
        let missing = Fault::no_table(name.to_string());
        let found = self
            .with(move |connection| live::table(connection, &name))
            .await?;
        Ok(vec![found.ok_or(missing)])
    }

    async fn rows(&mut self, select: &Select, each: Each<'_>) -> Result<(), Refusal> {
        tracing::trace!(statement = select.sql, "reading");
        let (sql, arguments) = (select.sql.clone(), select.arguments.clone());
        let (sender, mut receiver) = mpsc::channel::<Vec<Row>>(2);
        let reading = self.with(move |connection| {
            let mut piece = Vec::new();
            read(connection, &sql, &arguments, &mut |row| {
                piece.push(row);
                // Nobody listens any more: enough was read.
                piece.len() < PIECE || sender.blocking_send(std::mem::take(&mut piece)).is_ok()
            })?;
            let _ = sender.blocking_send(piece);
            Ok(())
        });
        let taking = async {
            while let Some(piece) = receiver.recv().await {
                if !piece.into_iter().all(&mut *each) {
                    break;
                }
            }
            receiver.close();
            // Rows that were under way must not keep the sender waiting.
            while receiver.recv().await.is_some() {}
        };
        let (read, ()) = tokio::join!(reading, taking);
        read
    }
}

/// How many rows go from one thread to the other at once.
const PIECE: usize = 64;

/// Hands over the rows of a statement until `each` says `false`.
fn read(
    connection: &Connection,
    sql: &str,
    arguments: &[Option<String>],
    each: &mut dyn FnMut(Row) -> bool,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(arguments))?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for index in 0..columns {
            values.push(match row.get_ref(index)? {
                ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                // The place of a row; everything else is asked for as a text.
                ValueRef::Integer(number) => Some(number.to_string()),
                _ => None,
            });
        }
        if !each(values) {
            break;
        }
    }
    Ok(())
}

/// All rows of a statement.
fn all(
    connection: &Connection,
    sql: &str,
    arguments: &[Option<String>],
) -> rusqlite::Result<Vec<Row>> {
    let mut rows = Vec::new();
    read(connection, sql, arguments, &mut |row| {
        rows.push(row);
        true
    })?;
    Ok(rows)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::panicked().into())
}

struct ReadOnly(Session);

#[async_trait]
impl Describe for ReadOnly {
    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        self.0.tables(names).await
    }
}

#[async_trait]
impl ReadSession for ReadOnly {
    async fn rows(&mut self, select: &Select, each: Each<'_>) -> Result<(), Refusal> {
        self.0.rows(select, each).await
    }

    async fn check(&mut self) -> Result<(), Refusal> {
        self.0
            .with(|connection| connection.query_row("SELECT 1", [], |_| Ok(())))
            .await?;
        self.0.notes.server = Some(format!("SQLite {}", rusqlite::version()));
        Ok(())
    }

    async fn examine(&mut self) -> Result<Vec<Finding>, Refusal> {
        let ahead = self.0.with(examine::writes_ahead).await?;
        let (named, path) = (self.0.named.clone(), self.0.path.clone());
        blocking(move || examine::file(&named, &path, ahead)).await
    }

    async fn facts(&mut self, table: &Table) -> Result<Facts, Refusal> {
        let (name, is_view) = (table.name.clone(), table.is_view);
        self.0
            .with(move |connection| examine::facts(connection, &name, is_view))
            .await
    }

    fn notes(&self) -> &Notes {
        &self.0.notes
    }
}

struct ReadWrite(Session);

#[async_trait]
impl Describe for ReadWrite {
    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal> {
        self.0.tables(names).await
    }
}

#[async_trait]
impl WriteSession for ReadWrite {
    /// A journal that a killed writer left has to be rolled back, and a connection that only reads may not do that.
    async fn recover(&mut self) -> Result<(), Refusal> {
        self.0
            .with(|connection| {
                connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
            })
            .await
    }

    async fn begin(&mut self) -> Result<(), Refusal> {
        self.0
            .with(|connection| connection.execute_batch("BEGIN IMMEDIATE"))
            .await
    }

    /// They all belong to one record or one batch, and need not be handed over piece by piece.
    async fn rows(&mut self, select: &Select) -> Result<Vec<Row>, Refusal> {
        let (sql, arguments) = (select.sql.clone(), select.arguments.clone());
        self.0
            .with(move |connection| all(connection, &sql, &arguments))
            .await
    }

    async fn execute(&mut self, change: &Change) -> Result<u64, Refusal> {
        let (sql, arguments) = (change.sql.clone(), change.arguments.clone());
        let count = self
            .0
            .with(move |connection| {
                connection.execute(&sql, rusqlite::params_from_iter(&arguments))
            })
            .await?;
        Ok(count as u64)
    }

    async fn find_and_begin(
        &mut self,
        select: &Select,
        then: Then,
    ) -> Result<Option<Vec<Row>>, Refusal> {
        let (sql, arguments) = (select.sql.clone(), select.arguments.clone());
        let (tell, told) = oneshot::channel();
        let work = move |connection: &mut Connection| {
            let rows = all(connection, &sql, &arguments)?;
            let (count, change) = (rows.len(), then(&rows));
            let _ = tell.send(change.is_some().then_some(rows));
            let Some(change) = change else {
                return Ok(());
            };
            match connection.execute(&change.sql, rusqlite::params_from_iter(&change.arguments))? {
                changed if changed == count => Ok(()),
                changed => Err(rusqlite::Error::StatementChangedRows(changed)),
            }
        };
        let lent = self.0.lend(work).await?;
        match tokio::time::timeout(self.0.most(), told).await {
            Ok(Ok(Some(rows))) => {
                self.0.begun = Some(lent);
                Ok(Some(rows))
            }
            Ok(Ok(None)) => self.0.back(lent).await.map(|()| None),
            // It failed before it told anything.
            Ok(Err(_)) => {
                self.0.back(lent).await?;
                Err(Fault::panicked().into())
            }
            // Whatever it comes to now, nobody knows of which rows: it must not be kept.
            Err(_) => {
                lent.interrupt.interrupt();
                self.0.back(lent).await?;
                Err(Fault::timeout(self.0.request.as_secs()).into())
            }
        }
    }

    async fn returning(&mut self, change: &Change) -> Result<Vec<Row>, Refusal> {
        let named = Select {
            sql: change.sql.clone(),
            arguments: change.arguments.clone(),
        };
        self.rows(&named).await
    }

    async fn commit(&mut self) -> Result<(), Refusal> {
        let lock = self.0.lock;
        self.0
            .with(move |connection| {
                connection.execute_batch("COMMIT")?;
                // The pages as they were lie in the file until the write-ahead log is copied over them. Others may be reading;
                // then their checkpoint does it, and what was committed stays so.
                if connection.busy_timeout(Duration::ZERO).is_ok() {
                    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                    let _ = connection.busy_timeout(lock);
                }
                Ok(())
            })
            .await
    }

    async fn rollback(&mut self) {
        if let Some(begun) = self.0.begun.take() {
            begun.interrupt.interrupt();
            let _ = self.0.back(begun).await;
        }
        // What was interrupted is rolled back already.
        let rolled_back = self.0.with(|connection| match connection.is_autocommit() {
            true => Ok(()),
            false => connection.execute_batch("ROLLBACK"),
        });
        if rolled_back.await.is_err() {
            self.0.connection = None;
        }
    }
}

fn is_interrupt(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
}

/// Keeps the number of an error and drops its words, which may quote a row.
fn refuse(error: &rusqlite::Error, file: &str) -> Refusal {
    use rusqlite::ErrorCode as Code;
    let Some(sqlite) = error.sqlite_error() else {
        return Fault::database("SQLITE").into();
    };
    let number = format!("SQLITE {}", sqlite.extended_code);
    match (sqlite.code, sqlite.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY | ffi::SQLITE_CONSTRAINT_TRIGGER) => {
            Refusal::Blocked(number)
        }
        (Code::DatabaseBusy | Code::DatabaseLocked, _) => Fault::locked().into(),
        (Code::ReadOnly, _) => Fault::read_only().into(),
        (Code::NotADatabase | Code::DatabaseCorrupt, _) => {
            Fault::unreadable(file, say::not_a_database()).into()
        }
        (Code::CannotOpen | Code::PermissionDenied | Code::SystemIoFailure, _) => {
            Fault::unreadable(file, say::no_access(number)).into()
        }
        (Code::DiskFull, _) => Fault::unwritable(file, say::disk_full()).into(),
        (_, ffi::SQLITE_ERROR | ffi::SQLITE_SCHEMA) => Refusal::Stale(number),
        _ => Fault::database(number).into(),
    }
}

#[cfg(test)]
mod tests;
