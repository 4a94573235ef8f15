//! Making a workspace, or what is missing of one.
//!
//! The order is such that an interrupted run can simply be repeated: key, vault, ledger, and last `dsr.lock`, which makes the
//! ledger ours.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::diagnostic::Result;
use crate::ledger::Ledger;
use crate::trust::Lock;
use crate::vault::{self, KeyPlace, Vault};
use crate::workspace::{Workspace, file_trouble, make_folder, replace, write_new};

/// A workspace and the paths that were not there before.
#[derive(Debug)]
pub struct Made {
    pub workspace: Workspace,
    pub new: Vec<PathBuf>,
}

/// What never goes into git.
const IGNORED: [&str; 3] = ["/.dsr/", "/evidence/", "/exports/"];

impl Workspace {
    /// Makes what is missing in a folder: `dsr.yaml` with the given text, folders, `.gitignore`, key, vault, and a ledger only if
    /// `dsr.lock` names none.
    ///
    /// # Errors
    /// Those of the ownership check, and exit 2 if a ledger, vault or key is missing beside the others: it has to be restored.
    pub fn init(folder: &Path, inventory: &str, at: Timestamp) -> Result<Made> {
        Workspace::init_keyed(folder, inventory, KeyPlace::File, at)
    }

    /// As [`Workspace::init`], with a new workspace key put into this place.
    ///
    /// # Errors
    /// As [`Workspace::init`], and E658 if the keyring cannot take the key.
    pub fn init_keyed(
        folder: &Path,
        inventory: &str,
        key: KeyPlace,
        at: Timestamp,
    ) -> Result<Made> {
        let io = |error: std::io::Error| file_trouble(&error);
        make_folder(folder, 0o755).map_err(io)?;
        let folder = fs_err::canonicalize(folder).map_err(io)?;
        Workspace::at(&folder)?.make_keyed(inventory, key, at)
    }

    /// Makes what is missing in this workspace, whose folder exists; as [`Workspace::init`].
    ///
    /// # Errors
    /// As [`Workspace::init`].
    pub fn make(self, inventory: &str, at: Timestamp) -> Result<Made> {
        self.make_keyed(inventory, KeyPlace::File, at)
    }

    fn make_keyed(self, inventory: &str, key: KeyPlace, at: Timestamp) -> Result<Made> {
        let io = |error: std::io::Error| file_trouble(&error);
        let workspace = self;
        let mut new = Vec::new();
        for (folder, mode) in [
            (workspace.connectors_dir(), 0o755),
            (workspace.evidence_dir(), 0o700),
            (workspace.exports_dir(), 0o700),
        ] {
            if !folder.exists() {
                make_folder(&folder, mode).map_err(io)?;
                new.push(folder);
            }
        }
        if !workspace.private_dir().exists() {
            new.push(workspace.private_dir());
        }
        make_folder(&workspace.keys_dir(), 0o700).map_err(io)?;
        let file = workspace.inventory_file();
        if !file.exists() {
            write_new(&file, inventory.as_bytes(), 0o644).map_err(io)?;
            new.push(file);
        }
        if ignore(&workspace.folder).map_err(io)? {
            new.push(workspace.folder.join(".gitignore"));
        }
        let lock = Lock::find(&workspace)?;
        if lock.as_ref().is_some_and(|lock| lock.ledger.is_some()) {
            // What exists must be whole; nothing is made anew beside a ledger that has a history.
            let lock = lock.unwrap_or_default();
            Ledger::open(&workspace, &lock)?;
            let (key, _) = vault::workspace_key(&workspace)?;
            Vault::open(&workspace, &key)?;
        } else {
            let before = [
                workspace.workspace_key_file(),
                workspace.vault_file(),
                workspace.ledger_file(),
                workspace.lock_file(),
            ]
            .map(|file| (file.exists(), file));
            // Where a ledger was begun, key and vault were there before it.
            if workspace.ledger_file().exists() {
                Vault::open(&workspace, &vault::workspace_key(&workspace)?.0)?;
            } else {
                Vault::create(&workspace, &vault::make_workspace_key(&workspace, key)?)?;
            }
            let (ledger, id) = Ledger::create(&workspace, at)?;
            let lock = Lock {
                ledger: Some(id),
                ..lock.unwrap_or_default()
            };
            lock.write(&workspace)?;
            ledger.close()?;
            for (existed, file) in before {
                if !existed && file.exists() {
                    new.push(file);
                }
            }
        }
        Ok(Made { workspace, new })
    }
}

/// The lines that `.gitignore` lacks.
pub(crate) fn not_ignored(folder: &Path) -> std::io::Result<Vec<&'static str>> {
    let text = ignore_file(folder)?;
    let is_there = |line: &str| text.lines().any(|there| there.trim() == line);
    Ok(IGNORED.into_iter().filter(|line| !is_there(line)).collect())
}

fn ignore_file(folder: &Path) -> std::io::Result<String> {
    match fs_err::read_to_string(folder.join(".gitignore")) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    }
}

/// Adds to `.gitignore` what is missing there, and says whether anything was.
fn ignore(folder: &Path) -> std::io::Result<bool> {
    let missing = not_ignored(folder)?;
    if missing.is_empty() {
        return Ok(false);
    }
    let file = folder.join(".gitignore");
    let mut text = ignore_file(folder)?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in missing {
        text.push_str(line);
        text.push('\n');
    }
    replace(&file, text.as_bytes(), 0o644)?;
    Ok(true)
}
