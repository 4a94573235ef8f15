//! `dsr.lock`: which ledger is ours, and what may run.
//!
//! Kept in git beside the inventory, so that a change to it can be reviewed. A connector, overlay, plugin or program that is not
//! listed here with its SHA-256 never runs. JSON, sorted by path, one value a line: the same content gives the
//! same bytes, and a merge conflict can be read.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Exit, Place, Result, Source};
use crate::keys::Digest;
use crate::messages::store as say;
use crate::workspace::{Workspace, file_trouble, replace};

/// The content of `dsr.lock`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Id of the ledger that belongs to this workspace.
    pub ledger: Option<String>,
    /// Sorted by path.
    #[serde(default)]
    pub trusted: Vec<Trusted>,
}

/// A file that a person looked at and allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// The connector or program it is.
    pub name: String,
    pub version: String,
    /// Relative to the workspace, with `/`; absolute for programs elsewhere ([`Workspace::relative`]).
    pub path: String,
    pub sha256: Digest,
}

impl Lock {
    /// The workspace's lock.
    ///
    /// # Errors
    /// Exit 2 if it is missing (E620, or E621 if a ledger lies there already) or cannot be read (E622).
    pub fn read(workspace: &Workspace) -> Result<Lock> {
        if let Some(lock) = Lock::find(workspace)? {
            return Ok(lock);
        }
        let diagnostic = if workspace.ledger_file().exists() {
            Diagnostic::new("E621", Exit::Usage, say::lock_missing_beside_ledger())
                .help(say::lock_missing_beside_ledger_help())
        } else {
            Diagnostic::new("E620", Exit::Usage, say::lock_missing()).help(say::lock_missing_help())
        };
        Err(diagnostic.into())
    }

    /// The workspace's lock, `None` if there is no file.
    ///
    /// # Errors
    /// E622 if the file is not a lock.
    pub fn find(workspace: &Workspace) -> Result<Option<Lock>> {
        let path = workspace.lock_file();
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_trouble(&error)),
        };
        match serde_json::from_str(&text) {
            Ok(lock) => Ok(Some(lock)),
            Err(error) => {
                let diagnostic = Diagnostic::new("E622", Exit::Usage, say::lock_unreadable())
                    .help(say::lock_unreadable_help());
                Err(diagnostic.at(place(path, text, &error)).into())
            }
        }
    }

    /// Puts the lock in the place of the one before, at once or not at all.
    ///
    /// # Errors
    /// Those of writing a file.
    pub fn write(&self, workspace: &Workspace) -> Result<()> {
        let mut sorted = self.clone();
        sorted.trusted.sort_by(|a, b| a.path.cmp(&b.path));
        let mut text = serde_json::to_vec_pretty(&sorted).expect("a lock serialises");
        text.push(b'\n');
        replace(&workspace.lock_file(), &text, 0o644).map_err(|e| file_trouble(&e))
    }

    /// Adds a file, in the place of an entry with the same path. Takes effect with [`Lock::write`].
    pub fn trust(&mut self, file: Trusted) {
        self.trusted.retain(|other| other.path != file.path);
        self.trusted.push(file);
        self.trusted.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Whether the file at this path ([`Workspace::relative`]) may run with this content.
    pub fn is_trusted(&self, path: &str, digest: &Digest) -> bool {
        self.trusted
            .iter()
            .any(|file| file.path == path && file.sha256 == *digest)
    }
}

fn place(path: std::path::PathBuf, text: String, error: &serde_json::Error) -> Place {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let start = (line_start + error.column().saturating_sub(1)).min(text.len());
    Place {
        source: Arc::new(Source { path, text }),
        start,
        end: start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::tests::workspace;

    fn entry(path: &str, content: &[u8]) -> Trusted {
        Trusted {
            name: "acme".into(),
            version: "1".into(),
            path: path.into(),
            sha256: Digest::sha256(content),
        }
    }

    #[test]
    fn only_the_same_path_with_the_same_content_is_trusted() {
        let mut lock = Lock::default();
        lock.trust(entry("connectors/b.yml", b"old"));
        lock.trust(entry("connectors/b.yml", b"new"));
        lock.trust(entry("connectors/a.yml", b"a"));
        assert!(lock.is_trusted("connectors/b.yml", &Digest::sha256(b"new")));
        assert!(!lock.is_trusted("connectors/b.yml", &Digest::sha256(b"old")));
        assert!(!lock.is_trusted("connectors/c.yml", &Digest::sha256(b"new")));
        assert_eq!(lock.trusted.len(), 2);
    }

    #[test]
    fn the_file_goes_round_and_its_order_does_not_depend_on_the_day() {
        let (_folder, workspace) = workspace();
        let mut lock = Lock::read(&workspace).unwrap();
        lock.trusted = vec![entry("b", b"b"), entry("a", b"a")];
        lock.write(&workspace).unwrap();
        let first = fs_err::read(workspace.lock_file()).unwrap();
        let back = Lock::read(&workspace).unwrap();
        assert_eq!(back.trusted[0].path, "a");
        back.write(&workspace).unwrap();
        assert_eq!(fs_err::read(workspace.lock_file()).unwrap(), first);
    }

    #[test]
    fn a_missing_or_torn_lock_is_a_refusal() {
        let (_folder, workspace) = workspace();
        fs_err::write(workspace.lock_file(), "<<<<<<< HEAD\n").unwrap();
        let error = Lock::read(&workspace).unwrap_err();
        assert_eq!(
            (error.diagnostics[0].code, error.exit()),
            ("E622", Exit::Usage)
        );
        assert_eq!(
            error.diagnostics[0].place.as_ref().unwrap().line_column(),
            (1, 1)
        );
        fs_err::remove_file(workspace.lock_file()).unwrap();
        let error = Lock::read(&workspace).unwrap_err();
        assert_eq!(
            (error.diagnostics[0].code, error.exit()),
            ("E621", Exit::Usage)
        );
        fs_err::remove_file(workspace.ledger_file()).unwrap();
        assert_eq!(
            Lock::read(&workspace).unwrap_err().diagnostics[0].code,
            "E620"
        );
    }
}
