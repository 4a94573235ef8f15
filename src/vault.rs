//! The encrypted store of what is personal: subjects, findings, plans, letters of a case.
//!
//! Each item is sealed with AES-256-GCM under a key derived from its case's key, bound to case and name, so that it cannot be
//! read in another's place. Case keys lie beside the items, wrapped under the workspace key. Purging a case destroys its key and
//! overwrites its items. Names of items are not personal; their number and sizes can be seen.

mod deferred;
mod key;
pub mod parts;
mod seal;

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

pub(crate) use key::make_workspace_key;
pub use key::{KeyPlace, KeySource, key_source, workspace_key};

use crate::case_id::CaseId;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::keys::{Key, Purpose};
use crate::messages::store as say;
use crate::workspace::{Workspace, database_trouble, open_database};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS case_key (case_id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS item (
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (owner, name)
    ) STRICT;";

/// Owner of items that belong to the workspace. No case number is empty.
const WORKSPACE: &str = "";
/// An item that shows whether the workspace key is the one this vault was made with.
const PROBE: &str = "probe";
const WAIT: Duration = Duration::from_secs(10);

/// A named value on its way into the vault.
pub struct Item<'a> {
    name: Cow<'a, str>,
    plain: Zeroizing<Vec<u8>>,
}

impl<'a> Item<'a> {
    pub fn new<T: Serialize + ?Sized>(name: impl Into<Cow<'a, str>>, value: &T) -> Item<'a> {
        let plain = serde_json::to_vec(value).expect("values of this crate serialise");
        Item {
            name: name.into(),
            plain: Zeroizing::new(plain),
        }
    }
}

/// The opened vault. Every writing call is one durable commit.
pub struct Vault {
    connection: Connection,
    file: PathBuf,
    workspace_key: Key,
}

/// Takes items, one after the other.
pub type Put<'p> = dyn FnMut(Item<'_>) -> Result<()> + 'p;

impl Vault {
    /// Makes the vault of a new workspace; one that is there already is opened.
    pub(crate) fn create(workspace: &Workspace, workspace_key: &Key) -> Result<Vault> {
        let file = workspace.vault_file();
        let mut vault = Vault {
            connection: open_database(&file, true, WAIT)?,
            file,
            workspace_key: workspace_key.clone(),
        };
        let schema = vault.connection.execute_batch(SCHEMA);
        schema.map_err(|error| vault.trouble(&error))?;
        vault.add_tables()?;
        if vault.sealed(WORKSPACE, PROBE)?.is_none() {
            let key = vault.item_key(None)?;
            vault.write(WORKSPACE, &key, vec![Item::new(PROBE, "")])?;
        }
        vault.check_key()?;
        Ok(vault)
    }

    /// Opens the workspace's vault.
    ///
    /// # Errors
    /// Exit 2 if it is missing (E650) or was made with another workspace key (E651).
    pub fn open(workspace: &Workspace, workspace_key: &Key) -> Result<Vault> {
        let file = workspace.vault_file();
        if !file.exists() {
            return Err(Diagnostic::new("E650", Exit::Usage, say::vault_missing())
                .help(say::vault_missing_help())
                .into());
        }
        let vault = Vault {
            connection: open_database(&file, false, WAIT)?,
            file,
            workspace_key: workspace_key.clone(),
        };
        vault.check_key()?;
        vault.add_tables()?;
        Ok(vault)
    }

    /// Tables that the first vaults do not have.
    fn add_tables(&self) -> Result<()> {
        let added = self.connection.execute_batch(deferred::SCHEMA);
        added.map_err(|error| self.trouble(&error))
    }

    /// A case's key, made with the first call.
    pub fn create_case(&mut self, case: &CaseId) -> Result<Key> {
        if let Some(key) = self.case_key(case)? {
            return Ok(key);
        }
        let key = Key::random();
        let wrapped = seal::seal(
            &self.workspace_key.derive(Purpose::Wrap),
            &seal::context(case.as_str(), "key"),
            Zeroizing::new(key.expose().to_vec()),
        );
        let insert = self.connection.execute(
            "INSERT INTO case_key (case_id, wrapped) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (case.as_str(), wrapped),
        );
        insert.map_err(|error| self.trouble(&error))?;
        // Another process may have been quicker; what is stored counts.
        self.case_key(case)?.ok_or_else(|| no_key(case))
    }

    /// The key of a case; `None` if the vault does not hold it, or not any more.
    pub fn case_key(&self, case: &CaseId) -> Result<Option<Key>> {
        let wrapped: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT wrapped FROM case_key WHERE case_id = ?1")
            .and_then(|mut found| {
                found
                    .query_row([case.as_str()], |row| row.get(0))
                    .optional()
            })
            .map_err(|error| self.trouble(&error))?;
        let Some(wrapped) = wrapped else {
            return Ok(None);
        };
        let wrap = self.workspace_key.derive(Purpose::Wrap);
        let plain = seal::open(&wrap, &seal::context(case.as_str(), "key"), wrapped);
        match plain.and_then(|plain| <[u8; 32]>::try_from(plain.as_slice()).ok()) {
            Some(bytes) => Ok(Some(Key::from_bytes(bytes))),
            None => Err(damaged(case.as_str(), "key")),
        }
    }

    /// Seals one item of a case, in the place of one with the same name.
    ///
    /// # Errors
    /// E652 if the vault holds no key for the case.
    pub fn put<T: Serialize + ?Sized>(
        &mut self,
        case: &CaseId,
        name: &str,
        value: &T,
    ) -> Result<()> {
        let key = self.item_key(Some(case))?;
        self.write(case.as_str(), &key, vec![Item::new(name, value)])
    }

    /// Seals several items of a case in one commit: all of them or none.
    pub fn put_all(&mut self, case: &CaseId, items: Vec<Item<'_>>) -> Result<()> {
        let key = self.item_key(Some(case))?;
        self.write(case.as_str(), &key, items)
    }

    /// Seals items of a case as `fill` hands them over, in one commit: all of them, or none if it fails. Only one is held at a time.
    ///
    /// # Errors
    /// Those of `fill`; E652 if the vault holds no key for the case.
    pub fn put_each(
        &mut self,
        case: &CaseId,
        fill: &mut dyn FnMut(&mut Put<'_>) -> Result<()>,
    ) -> Result<()> {
        let key = self.item_key(Some(case))?;
        let file = &self.file;
        let trouble = |error: rusqlite::Error| database_trouble(&error, file);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(trouble)?;
        fill(&mut |item| insert(&transaction, case.as_str(), &key, item).map_err(trouble))?;
        transaction.commit().map_err(trouble)
    }

    /// What to say of an item that is not what it should be.
    pub fn damaged(&self, case: &CaseId, name: &str) -> Trouble {
        damaged(case.as_str(), name)
    }

    /// One item of a case; `None` if there is none of this name, or the case was purged.
    ///
    /// # Errors
    /// E653 if it was changed, or is not what the caller expects.
    pub fn read<T: DeserializeOwned>(&self, case: &CaseId, name: &str) -> Result<Option<T>> {
        self.unseal(Some(case), name)
    }

    /// Seals an item that belongs to no case, such as the reason of a search.
    pub fn put_for_workspace<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
    ) -> Result<()> {
        let key = self.item_key(None)?;
        self.write(
            WORKSPACE,
            &key,
            vec![Item::new(workspace_item(name), value)],
        )
    }

    pub fn read_for_workspace<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        self.unseal(None, &workspace_item(name))
    }

    /// Cases that have a key and no item but at most the one of this name.
    pub fn cases_with_only(&self, name: &str) -> Result<Vec<CaseId>> {
        let sql = "SELECT case_id FROM case_key WHERE NOT EXISTS \
            (SELECT 1 FROM item WHERE owner = case_key.case_id AND name <> ?1) ORDER BY case_id";
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_map([name], |row| row.get(0))?.collect()
        };
        let texts = read().map_err(|error| self.trouble(&error))?;
        Ok(texts
            .iter()
            .filter_map(|text| CaseId::parse(text))
            .collect())
    }

    /// Names of a case's items, sorted.
    pub fn names(&self, case: &CaseId) -> Result<Vec<String>> {
        self.names_of(case.as_str())
    }

    pub fn names_for_workspace(&self) -> Result<Vec<String>> {
        let mut names = self.names_of(WORKSPACE)?;
        names.retain_mut(|name| {
            let ours = name.starts_with('/');
            if ours {
                name.remove(0);
            }
            ours
        });
        Ok(names)
    }

    /// Removes one item of a case, overwriting it.
    ///
    /// # Errors
    /// As for [`Vault::destroy_case`].
    pub fn remove(&mut self, case: &CaseId, name: &str) -> Result<()> {
        self.delete(case.as_str(), name)
    }

    pub fn remove_for_workspace(&mut self, name: &str) -> Result<()> {
        self.delete(WORKSPACE, &workspace_item(name))
    }

    /// Purges a case: its key and items are overwritten in the file and in its write-ahead log. Calling it again does no harm.
    ///
    /// Copies of the file, made by a backup or by the disk itself, are not reached; what they hold of the case opens with the
    /// workspace key for as long as that exists.
    ///
    /// # Errors
    /// E654 if another process reads the vault for so long that the log could not be emptied; the case is gone, and the call has
    /// to be repeated.
    pub fn destroy_case(&mut self, case: &CaseId) -> Result<()> {
        let file = self.file.clone();
        let destroy = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("DELETE FROM case_key WHERE case_id = ?1", [case.as_str()])?;
            transaction.execute("DELETE FROM item WHERE owner = ?1", [case.as_str()])?;
            transaction.commit()
        };
        destroy(&mut self.connection).map_err(|error| database_trouble(&error, &file))?;
        self.flush()
    }

    fn names_of(&self, owner: &str) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT name FROM item WHERE owner = ?1 ORDER BY name")?;
            statement.query_map([owner], |row| row.get(0))?.collect()
        };
        read().map_err(|error| self.trouble(&error))
    }

    fn delete(&mut self, owner: &str, name: &str) -> Result<()> {
        let sql = "DELETE FROM item WHERE owner = ?1 AND name = ?2";
        self.connection
            .execute(sql, (owner, name))
            .map_err(|error| self.trouble(&error))?;
        self.flush()
    }

    /// Empties the write-ahead log, which still holds what was overwritten.
    fn flush(&self) -> Result<()> {
        let busy: i64 = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|error| self.trouble(&error))?;
        if busy == 0 {
            return Ok(());
        }
        Err(
            Diagnostic::new("E654", Exit::Failed, say::vault_not_flushed())
                .help(say::database_locked_help())
                .into(),
        )
    }

    fn item_key(&self, case: Option<&CaseId>) -> Result<Key> {
        let key = match case {
            Some(case) => self.case_key(case)?.ok_or_else(|| no_key(case))?,
            None => self.workspace_key.clone(),
        };
        Ok(key.derive(Purpose::Vault))
    }

    fn write(&mut self, owner: &str, key: &Key, items: Vec<Item<'_>>) -> Result<()> {
        let file = self.file.clone();
        let write = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for item in items {
                insert(&transaction, owner, key, item)?;
            }
            transaction.commit()
        };
        write(&mut self.connection).map_err(|error| database_trouble(&error, &file))
    }

    fn unseal<T: DeserializeOwned>(&self, case: Option<&CaseId>, name: &str) -> Result<Option<T>> {
        let owner = case.map_or(WORKSPACE, CaseId::as_str);
        let Some(sealed) = self.sealed(owner, name)? else {
            return Ok(None);
        };
        let plain = seal::open(&self.item_key(case)?, &seal::context(owner, name), sealed)
            .ok_or_else(|| damaged(owner, name))?;
        // The words of a JSON error may quote what it read.
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|_| damaged(owner, name))
    }

    fn sealed(&self, owner: &str, name: &str) -> Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached("SELECT sealed FROM item WHERE owner = ?1 AND name = ?2")
            .and_then(|mut found| found.query_row((owner, name), |row| row.get(0)).optional())
            .map_err(|error| self.trouble(&error))
    }

    fn check_key(&self) -> Result<()> {
        let probe = self.sealed(WORKSPACE, PROBE)?;
        let context = seal::context(WORKSPACE, PROBE);
        let opened = probe.and_then(|probe| Some((probe, self.item_key(None).ok()?)));
        match opened.and_then(|(probe, key)| seal::open(&key, &context, probe)) {
            Some(_) => Ok(()),
            None => Err(Diagnostic::new("E651", Exit::Usage, say::vault_other_key())
                .help(say::vault_other_key_help())
                .into()),
        }
    }

    fn trouble(&self, error: &rusqlite::Error) -> Trouble {
        database_trouble(error, &self.file)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[vault]")
    }
}

/// Seals an item and puts it in the place of one with the same name.
fn insert(connection: &Connection, owner: &str, key: &Key, item: Item<'_>) -> rusqlite::Result<()> {
    let Item { name, plain } = item;
    let sealed = seal::seal(key, &seal::context(owner, &name), plain);
    connection
        .prepare_cached(
            "INSERT INTO item (owner, name, sealed) VALUES (?1, ?2, ?3)
             ON CONFLICT (owner, name) DO UPDATE SET sealed = excluded.sealed",
        )?
        .execute((owner, name, sealed))?;
    Ok(())
}

/// Items of the workspace are told from the probe by their slash.
fn workspace_item(name: &str) -> String {
    format!("/{name}")
}

fn no_key(case: &CaseId) -> Trouble {
    Diagnostic::new("E652", Exit::Usage, say::vault_no_case_key(case))
        .help(say::vault_no_case_key_help())
        .into()
}

fn damaged(owner: &str, name: &str) -> Trouble {
    let owner = if owner.is_empty() { "-" } else { owner };
    Diagnostic::new("E653", Exit::Failed, say::vault_item_damaged(name, owner))
        .help(say::database_broken_help())
        .into()
}

#[cfg(test)]
mod tests;
