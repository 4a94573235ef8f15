//! The folder in which everything of one controller lies, and whether it may be trusted.
//!
//! Found like git finds its own: the nearest parent with `dsr.yaml`. Whoever can write here decides whose data is erased, so the
//! folder must belong to the caller and be writable by no one else; that is checked before anything in it is read, for root too.
//! What the files hold is the business of `trust`, `ledger` and `vault`.

mod database;
mod files;
mod lock;
mod ownership;

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::messages::store as say;

pub(crate) use database::{not_ours, open as open_database, trouble as database_trouble};
pub(crate) use files::{file_trouble, make_folder, replace, require_folder_of, write_new};
pub(crate) use lock::{Held, acquire};
pub use lock::{Lease, announce, lease, lease_within};
pub(crate) use ownership::private_file;

/// File of the inventory.
pub const INVENTORY: &str = "dsr.yaml";

/// A folder with `dsr.yaml`, checked for its owner.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Absolute, with symbolic links resolved.
    pub folder: PathBuf,
    /// Where the heads of ledgers are remembered: in the user's state folder, outside the workspace, so that a workspace that
    /// was set back is noticed.
    pub heads: PathBuf,
}

impl Workspace {
    /// The nearest workspace at or above `start`.
    ///
    /// # Errors
    /// E600 if there is none, E601 to E603 if it could be written by somebody else; all of them end with exit 2.
    pub fn find(start: &Path) -> Result<Workspace> {
        let start = fs_err::canonicalize(start).map_err(|_| no_folder(start))?;
        for folder in start.ancestors() {
            if folder.join(INVENTORY).exists() {
                return Workspace::at(folder);
            }
        }
        Err(
            Diagnostic::new("E600", Exit::Usage, say::no_workspace(shown(&start)))
                .help(say::no_workspace_help())
                .into(),
        )
    }

    /// The workspace in exactly this folder, which is absolute; with or without files in it.
    pub(crate) fn at(folder: &Path) -> Result<Workspace> {
        let workspace = Workspace {
            folder: folder.to_owned(),
            heads: heads_folder(folder)?,
        };
        workspace.check_ownership()?;
        Ok(workspace)
    }

    /// Refuses a workspace that somebody else owns or can write to, naming everything that is wrong at once.
    ///
    /// # Errors
    /// E601 to E603, with the command that puts it right.
    pub fn check_ownership(&self) -> Result<()> {
        let mut wrong = Vec::new();
        for path in [
            self.folder.clone(),
            self.inventory_file(),
            self.lock_file(),
            self.connectors_dir(),
            self.private_dir(),
        ] {
            wrong.extend(ownership::check(&path)?);
        }
        wrong.extend(ownership::check_private(&self.private_dir())?);
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Trouble::from(wrong))
        }
    }

    pub fn inventory_file(&self) -> PathBuf {
        self.folder.join(INVENTORY)
    }

    pub fn lock_file(&self) -> PathBuf {
        self.folder.join("dsr.lock")
    }

    pub fn connectors_dir(&self) -> PathBuf {
        self.folder.join("connectors")
    }

    /// Bundles; never in git.
    pub fn evidence_dir(&self) -> PathBuf {
        self.folder.join("evidence")
    }

    /// Packages for people; never in git.
    pub fn exports_dir(&self) -> PathBuf {
        self.folder.join("exports")
    }

    /// `.dsr`, 0700: ledger, vault, keys; never in git.
    pub fn private_dir(&self) -> PathBuf {
        self.folder.join(".dsr")
    }

    pub fn ledger_file(&self) -> PathBuf {
        self.private_dir().join("ledger.db")
    }

    pub fn vault_file(&self) -> PathBuf {
        self.private_dir().join("vault.db")
    }

    pub fn keys_dir(&self) -> PathBuf {
        self.private_dir().join("keys")
    }

    pub fn workspace_key_file(&self) -> PathBuf {
        Workspace::key_file_in(&self.folder)
    }

    /// Where the workspace key's file lies in a folder that need not be a workspace yet.
    pub(crate) fn key_file_in(folder: &Path) -> PathBuf {
        folder.join(".dsr/keys/workspace.key")
    }

    /// The path as `dsr.lock` writes it: relative to the workspace with `/`, or absolute if it lies elsewhere.
    pub fn relative(&self, path: &Path) -> String {
        let whole = self.folder.join(path);
        let whole = fs_err::canonicalize(&whole).unwrap_or(whole);
        let inside = whole.strip_prefix(&self.folder).unwrap_or(&whole);
        inside.to_string_lossy().replace('\\', "/")
    }
}

/// A path as it stands in a message.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// `dsr/heads` in the user's state folder (XDG Base Directory Specification: a relative path there is ignored).
#[cfg(not(test))]
fn heads_folder(_workspace: &Path) -> Result<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .or_else(|| absolute("LOCALAPPDATA"));
    match state {
        Some(state) => Ok(state.join("dsr").join("heads")),
        None => Err(
            Diagnostic::new("E612", Exit::Failed, say::no_state_folder())
                .help(say::no_state_folder_help())
                .into(),
        ),
    }
}

/// Unit tests share one environment; their heads lie beside each workspace.
#[cfg(test)]
fn heads_folder(workspace: &Path) -> Result<PathBuf> {
    Ok(workspace.with_extension("heads"))
}

fn no_folder(start: &Path) -> Trouble {
    Diagnostic::new("E600", Exit::Usage, say::no_folder(shown(start)))
        .help(say::no_workspace_help())
        .into()
}

#[cfg(test)]
pub(crate) mod tests;
