//! What an erasure leaves for a later day: rows of their own, sealed under a key of the workspace.
//!
//! They are no items of a case, because they have to be there when the case is purged: the record that they name is still there, and
//! somebody has to erase it one day. A row says nothing but its number, and its size can be seen.

use rusqlite::{OptionalExtension as _, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Vault, damaged, seal};
use crate::diagnostic::Result;
use crate::keys::{Digest, Key, Purpose};
use crate::workspace::database_trouble;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS deferred (id TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;";

/// No owner of items is called like this.
const OWNER: &str = "deferred";

impl Vault {
    /// Keeps rows by their numbers and gives up others, all in one commit; a number that is known is written anew.
    ///
    /// # Errors
    /// Those of writing the file.
    pub fn defer<T: Serialize>(&mut self, rows: &[(Digest, T)], settled: &[Digest]) -> Result<()> {
        if rows.is_empty() && settled.is_empty() {
            return Ok(());
        }
        let key = self.workspace_key.derive(Purpose::Deferred);
        let rows: Vec<(String, Vec<u8>)> = rows
            .iter()
            .map(|(id, row)| {
                let id = id.hex();
                let plain = serde_json::to_vec(row).expect("values of this crate serialise");
                let sealed = seal::seal(&key, &seal::context(OWNER, &id), Zeroizing::new(plain));
                (id, sealed)
            })
            .collect();
        let file = self.file.clone();
        let write = |connection: &mut rusqlite::Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut gone = 0;
            for id in settled {
                let sql = "DELETE FROM deferred WHERE id = ?1";
                gone += transaction.prepare_cached(sql)?.execute([id.hex()])?;
            }
            for (id, sealed) in &rows {
                let sql = "INSERT INTO deferred (id, sealed) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed";
                transaction.prepare_cached(sql)?.execute((id, sealed))?;
            }
            transaction.commit()?;
            Ok(gone)
        };
        let gone = write(&mut self.connection).map_err(|error| database_trouble(&error, &file))?;
        // What was given up has to leave the write-ahead log too; who reads meanwhile keeps it there a little longer.
        if gone > 0 {
            let _ = self.flush();
        }
        Ok(())
    }

    /// Every row, in the order of their numbers.
    ///
    /// # Errors
    /// E653 if one was changed, or is not what the caller expects.
    pub fn deferred<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each_deferred(&mut |row| rows.push(row))?;
        Ok(rows)
    }

    /// Hands the rows over one by one, by their numbers.
    ///
    /// # Errors
    /// As for [`Vault::deferred`].
    pub fn each_deferred<T: DeserializeOwned>(&self, visit: &mut dyn FnMut(T)) -> Result<()> {
        let key = self.workspace_key.derive(Purpose::Deferred);
        let mut read = || -> rusqlite::Result<Result<()>> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT id, sealed FROM deferred ORDER BY id")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id: String = row.get(0)?;
                match opened(&key, &id, row.get(1)?) {
                    Ok(row) => visit(row),
                    Err(damaged) => return Ok(Err(damaged)),
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|error| self.trouble(&error))?
    }

    /// The row of this number; `None` if there is none.
    ///
    /// # Errors
    /// As for [`Vault::deferred`].
    pub fn deferred_row<T: DeserializeOwned>(&self, id: &Digest) -> Result<Option<T>> {
        let id = id.hex();
        let read = || -> rusqlite::Result<Option<Vec<u8>>> {
            let sql = "SELECT sealed FROM deferred WHERE id = ?1";
            let mut found = self.connection.prepare_cached(sql)?;
            found.query_row([&id], |row| row.get(0)).optional()
        };
        let sealed = read().map_err(|error| self.trouble(&error))?;
        let key = self.workspace_key.derive(Purpose::Deferred);
        sealed.map(|sealed| opened(&key, &id, sealed)).transpose()
    }
}

fn opened<T: DeserializeOwned>(key: &Key, id: &str, sealed: Vec<u8>) -> Result<T> {
    let plain = seal::open(key, &seal::context(OWNER, id), sealed);
    // The words of a JSON error may quote what it read.
    plain
        .and_then(|plain| serde_json::from_slice(&plain).ok())
        .ok_or_else(|| damaged(OWNER, &id[..id.len().min(12)]))
}
