//! Where a sweep writes down what it is about to do: keys in the vault, numbers and roots in the ledger, names beside the evidence.

use std::collections::BTreeSet;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use super::prove;
use crate::cli::context::{Context, House};
use crate::connector::Key;
use crate::diagnostic::Trouble;
use crate::keys::Digest;
use crate::ledger::{Event, Stillness};
use crate::sweep::Book;
use crate::sweep::history::Open;
use crate::workspace::{file_trouble, make_folder};

/// What a run keeps in the vault begins so, as long as a batch is under way.
const ITEMS: &str = "sweep/";

/// The vault's item with the keys of a rule's batch that is under way.
fn item(rule: &Digest) -> String {
    format!("{ITEMS}{}", rule.hex())
}

/// The same with the plan of the batch, where records are written to one by one.
pub(super) fn plan_item(rule: &Digest) -> String {
    format!("{ITEMS}plan/{}", rule.hex())
}

/// Takes out of the vault what no batch needs any more: keys name people.
///
/// # Errors
/// What the vault refuses.
pub(super) fn tidy(house: &House, open: Option<&Open>) -> Result<(), Trouble> {
    let unsettled = open.into_iter().flat_map(Open::unsettled);
    let needed: BTreeSet<String> = unsettled
        .flat_map(|rule| [item(rule), plan_item(rule)])
        .collect();
    let names = house.vault().names_for_workspace()?;
    for name in names {
        if name.starts_with(ITEMS) && !needed.contains(&name) {
            house.vault().remove_for_workspace(&name)?;
        }
    }
    Ok(())
}

/// The book of one run.
pub(super) struct Ledgers<'a> {
    pub(super) context: &'a Context,
    pub(super) house: &'a House,
    pub(super) sweep: String,
}

impl Ledgers<'_> {
    /// The names of a rule's records in the order in which they were written to, 32 bytes each.
    pub(super) fn names_file(&self, rule: &Digest) -> PathBuf {
        let folder = prove::folder(&self.house.workspace);
        prove::names_file(&folder.join(&self.sweep), rule)
    }
}

impl Book for Ledgers<'_> {
    fn write(&mut self, events: &[Event]) -> Result<(), Trouble> {
        self.house.write(None, self.context.now(), events)
    }

    fn keep(&mut self, rule: &Digest, keys: &[Key]) -> Result<(), Trouble> {
        self.house.vault().put_for_workspace(&item(rule), keys)
    }

    fn kept(&mut self, rule: &Digest) -> Result<Vec<Key>, Trouble> {
        let kept = self.house.vault().read_for_workspace(&item(rule))?;
        Ok(kept.unwrap_or_default())
    }

    fn forget(&mut self, rule: &Digest) -> Result<(), Trouble> {
        self.house.vault().remove_for_workspace(&item(rule))
    }

    fn still(&mut self) -> Result<Stillness, Trouble> {
        self.house.ledger().still()
    }

    fn named(&mut self, rule: &Digest, from: u64, count: u64) -> Result<Vec<Digest>, Trouble> {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = fs_err::File::open(self.names_file(rule))?;
            file.seek(SeekFrom::Start(from * 32))?;
            let mut bytes = Vec::new();
            file.take(count * 32).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|error| file_trouble(&error))?;
        Ok(bytes.as_chunks().0.iter().copied().map(Digest).collect())
    }

    fn name(&mut self, rule: &Digest, before: u64, names: &[Digest]) -> Result<(), Trouble> {
        let file = self.names_file(rule);
        // Even without names something may stand there that the ledger does not know.
        if names.is_empty() && !file.exists() {
            return Ok(());
        }
        let write = || -> std::io::Result<()> {
            if let Some(folder) = file.parent() {
                make_folder(folder, 0o755)?;
            }
            let mut options = fs_err::OpenOptions::new();
            let mut file = options
                .create(true)
                .truncate(false)
                .write(true)
                .open(&file)?;
            // Where names are lost, their place stays empty, and whoever checks them notices.
            file.set_len(before * 32)?;
            file.seek(SeekFrom::Start(before * 32))?;
            let mut bytes = Vec::with_capacity(names.len() * 32);
            for name in names {
                bytes.extend_from_slice(&name.0);
            }
            file.write_all(&bytes)?;
            file.sync_data()
        };
        write().map_err(|error| file_trouble(&error))
    }
}
