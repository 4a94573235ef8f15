//! The ledger in one SQLite file, `.dsr/ledger.db`.
//!
//! Commits are serialised by an advisory lock with a name in it, so that the one who waits learns for whom; SQLite's own lock
//! stays as the second fence. The write-ahead log is synced at each commit (`synchronous=FULL`).

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::Head;
use super::store::{Line, Stillness, Store, Tips};
use super::verify::{Flaw, damaged};
use crate::case_id::CaseId;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::keys::Digest;
use crate::messages::store as say;
use crate::workspace::{Held, Workspace, acquire, database_trouble, not_ours, open_database};

/// How long a commit waits for another process.
const WAIT: Duration = Duration::from_secs(10);

// The triggers stop accidents, not attackers; those the chain finds.
const SCHEMA: &str = "
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        case_id TEXT,
        n INTEGER,
        bytes BLOB NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX event_of_case ON event (case_id, n) WHERE case_id IS NOT NULL;
    CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'append only'); END;
    CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'append only'); END;
    PRAGMA user_version = 1;";
const VERSION: i64 = 1;

const COLUMNS: &str = "SELECT seq, case_id, n, bytes, hash FROM event";

pub(super) struct SqliteStore {
    connection: Connection,
    file: PathBuf,
    commit_lock: PathBuf,
    wait: Duration,
}

impl SqliteStore {
    /// The file with its table, made if it is not there.
    pub(super) fn create(workspace: &Workspace) -> Result<SqliteStore> {
        let mut store = SqliteStore::connect(workspace, true)?;
        let made = store.make_table();
        made.map_err(|error| store.trouble(&error))?;
        Ok(store)
    }

    pub(super) fn open(workspace: &Workspace) -> Result<SqliteStore> {
        let store = SqliteStore::connect(workspace, false)?;
        let version: i64 = store
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(|error| store.trouble(&error))?;
        if version == VERSION {
            Ok(store)
        } else {
            Err(not_ours(&store.file))
        }
    }

    fn connect(workspace: &Workspace, create: bool) -> Result<SqliteStore> {
        let file = workspace.ledger_file();
        let wait = test_wait().unwrap_or(WAIT);
        Ok(SqliteStore {
            connection: open_database(&file, create, wait)?,
            commit_lock: workspace.private_dir().join("ledger.lock"),
            file,
            wait,
        })
    }

    fn make_table(&mut self) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 {
            transaction.execute_batch(SCHEMA)?;
        }
        transaction.commit()
    }

    fn trouble(&self, error: &rusqlite::Error) -> Trouble {
        database_trouble(error, &self.file)
    }

    fn lock(&self) -> Result<Held> {
        let held = acquire(&self.commit_lock, self.wait)?;
        Ok(held.map_err(|holder| {
            Diagnostic::new("E635", Exit::Failed, say::ledger_busy(self.wait.as_secs()))
                .why(holder)
                .help(say::ledger_busy_help())
        })?)
    }
}

impl Store for SqliteStore {
    fn commit(
        &mut self,
        case: Option<&CaseId>,
        link: &mut dyn FnMut(&Tips) -> Result<Vec<Line>>,
    ) -> Result<()> {
        let _held = self.lock()?;
        let file = &self.file;
        let trouble = |error: rusqlite::Error| database_trouble(&error, file);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(trouble)?;
        let tips = tips(&transaction, case).map_err(trouble)?;
        let lines = link(&tips)?;
        insert(&transaction, &lines).map_err(trouble)?;
        transaction.commit().map_err(trouble)
    }

    fn still(&self) -> Result<Stillness> {
        Ok(Stillness::new(self.lock()?))
    }

    fn lines(
        &self,
        case: Option<&CaseId>,
        visit: &mut dyn FnMut(Line) -> Result<bool>,
    ) -> Result<()> {
        let trouble = |error: rusqlite::Error| self.trouble(&error);
        let sql = match case {
            Some(_) => format!("{COLUMNS} WHERE case_id = ?1 ORDER BY n"),
            None => format!("{COLUMNS} WHERE ?1 IS NULL ORDER BY seq"),
        };
        let mut statement = self.connection.prepare_cached(&sql).map_err(trouble)?;
        let mut rows = statement
            .query([case.map(CaseId::as_str)])
            .map_err(trouble)?;
        while let Some(row) = rows.next().map_err(trouble)? {
            if !visit(line(row).map_err(trouble)?)? {
                break;
            }
        }
        Ok(())
    }

    fn of_no_case(&self, behind: u64, visit: &mut dyn FnMut(Line) -> Result<()>) -> Result<()> {
        let trouble = |error: rusqlite::Error| self.trouble(&error);
        let sql = format!("{COLUMNS} WHERE seq > ?1 AND case_id IS NULL ORDER BY seq");
        let mut statement = self.connection.prepare_cached(&sql).map_err(trouble)?;
        let mut rows = statement.query([behind.cast_signed()]).map_err(trouble)?;
        while let Some(row) = rows.next().map_err(trouble)? {
            visit(line(row).map_err(trouble)?)?;
        }
        Ok(())
    }

    fn line(&self, seq: u64) -> Result<Option<Line>> {
        let sql = format!("{COLUMNS} WHERE seq = ?1");
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut found| found.query_row([seq.cast_signed()], line).optional())
            .map_err(|error| self.trouble(&error))
    }

    fn head(&self) -> Result<Head> {
        let last = last(&self.connection).map_err(|error| self.trouble(&error))?;
        Ok(last.map_or(Head::EMPTY, |line| Head {
            count: line.seq,
            hash: line.hash,
        }))
    }

    fn cases(&self) -> Result<Vec<CaseId>> {
        let sql = "SELECT case_id, min(seq) FROM event WHERE case_id IS NOT NULL GROUP BY case_id ORDER BY min(seq)";
        let read = || -> rusqlite::Result<Vec<(String, i64)>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        let cases = read().map_err(|error| self.trouble(&error))?;
        cases
            .into_iter()
            .map(|(text, seq)| {
                CaseId::parse(&text)
                    .filter(|case| case.as_str() == text)
                    .ok_or_else(|| damaged(seq.cast_unsigned(), Flaw::Columns))
            })
            .collect()
    }
}

fn tips(connection: &Connection, case: Option<&CaseId>) -> rusqlite::Result<Tips> {
    let case_last = match case {
        None => None,
        Some(case) => {
            let sql = format!("{COLUMNS} WHERE case_id = ?1 ORDER BY n DESC LIMIT 1");
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_row([case.as_str()], line).optional()?
        }
    };
    Ok(Tips {
        last: last(connection)?,
        case_last,
    })
}

fn last(connection: &Connection) -> rusqlite::Result<Option<Line>> {
    let sql = format!("{COLUMNS} ORDER BY seq DESC LIMIT 1");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row([], line).optional()
}

fn insert(connection: &Connection, lines: &[Line]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event (seq, case_id, n, bytes, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for line in lines {
        statement.execute(params![
            line.seq.cast_signed(),
            line.case,
            line.n.map(u64::cast_signed),
            line.bytes,
            line.hash.0,
        ])?;
    }
    Ok(())
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let n: Option<i64> = row.get(2)?;
    Ok(Line {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        case: row.get(1)?,
        n: n.map(i64::cast_unsigned),
        bytes: row.get(3)?,
        // One of another length is a flaw to be told of like any other wrong hash.
        hash: Digest(row.get(4).unwrap_or_default()),
    })
}

/// Tests do not wait 10 s: `DSR_TEST_LOCK_WAIT_MS`, looked at by builds with debug assertions only.
fn test_wait() -> Option<Duration> {
    if cfg!(debug_assertions) {
        let text = std::env::var("DSR_TEST_LOCK_WAIT_MS").ok()?;
        return text.parse().ok().map(Duration::from_millis);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Event;
    use crate::workspace::tests::{noon, workspace};

    fn append(store: &mut SqliteStore, events: usize) -> Result<()> {
        let events = vec![Event::IdentityAssumed; events];
        store.commit(None, &mut |tips| {
            crate::ledger::chain::link(tips, None, noon(), &events)
        })
    }

    fn code(trouble: &Trouble) -> &'static str {
        trouble.diagnostics[0].code
    }

    #[test]
    fn who_waits_too_long_learns_for_whom() {
        let (_folder, workspace) = workspace();
        let mut store = SqliteStore::open(&workspace).unwrap();
        store.wait = Duration::from_millis(20);
        let held = acquire(&store.commit_lock, store.wait).unwrap().unwrap();
        let error = append(&mut store, 1).unwrap_err();
        assert_eq!((code(&error), error.exit()), ("E635", Exit::Failed));
        let why = &error.diagnostics[0].why.as_ref().unwrap().en;
        assert!(why.contains(&std::process::id().to_string()), "{why}");
        drop(held);
        append(&mut store, 1).unwrap();
    }

    #[test]
    fn a_full_disk_loses_nothing() {
        let (_folder, workspace) = workspace();
        let mut store = SqliteStore::open(&workspace).unwrap();
        let full = "PRAGMA max_page_count = 10";
        store.connection.query_row(full, [], |_| Ok(())).unwrap();
        let before = store.head().unwrap();
        let error = append(&mut store, 1000).unwrap_err();
        assert_eq!((code(&error), error.exit()), ("E606", Exit::Failed));
        assert_eq!(store.head().unwrap(), before);
        append(&mut store, 1).unwrap();
    }

    #[test]
    fn a_locked_or_read_only_file_is_said_to_be_so() {
        let (_folder, workspace) = workspace();
        let mut store = SqliteStore::open(&workspace).unwrap();
        store.connection.busy_timeout(Duration::ZERO).unwrap();
        let other = Connection::open(workspace.ledger_file()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert_eq!(code(&append(&mut store, 1).unwrap_err()), "E609");
        drop(other);
        store
            .connection
            .pragma_update(None, "query_only", true)
            .unwrap();
        assert_eq!(code(&append(&mut store, 1).unwrap_err()), "E607");
        store
            .connection
            .pragma_update(None, "query_only", false)
            .unwrap();
        append(&mut store, 1).unwrap();
        assert_eq!(store.head().unwrap().count, 2);
    }

    #[test]
    fn rows_cannot_be_changed_by_accident_and_commits_are_synced() {
        let (_folder, workspace) = workspace();
        let store = SqliteStore::open(&workspace).unwrap();
        for statement in ["DELETE FROM event", "UPDATE event SET n = 7"] {
            assert!(store.connection.execute(statement, []).is_err());
        }
        let synchronous: i64 = store
            .connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap();
        assert_eq!(synchronous, 2, "FULL");
    }
}
