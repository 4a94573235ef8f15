//! The head of each ledger, remembered outside the workspace.
//!
//! A workspace that was set back to an older state, by a restore or by somebody who wanted an event forgotten, does not contain
//! the head that the last run left in the user's state folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Head;
use super::store::Store;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::inventory::terms::Terms;
use crate::messages::store as say;
use crate::workspace::{Workspace, file_trouble, make_folder, replace, shown};

/// What is remembered about a ledger.
#[derive(Clone, Debug)]
pub(super) enum Known {
    Nothing,
    Head(Head),
    /// The file is there and says nothing that can be understood.
    Unreadable,
}

#[derive(Serialize, Deserialize)]
struct Remembered {
    ledger: String,
    #[serde(flatten)]
    head: Head,
    /// The terms that stood and bound when they were last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terms: Option<Terms>,
}

/// The file in which the head of one ledger is remembered.
pub(super) struct Heads {
    id: String,
    file: PathBuf,
}

impl Heads {
    /// Makes the folder, so that a run that could not remember its head fails before it does anything.
    pub(super) fn new(workspace: &Workspace, id: &str) -> Result<Heads> {
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(
                Diagnostic::new("E624", Exit::Usage, say::ledger_id_malformed())
                    .help(say::lock_unreadable_help())
                    .into(),
            );
        }
        make_folder(&workspace.heads, 0o700).map_err(|e| file_trouble(&e))?;
        Ok(Heads {
            id: id.to_owned(),
            file: workspace.heads.join(format!("{id}.json")),
        })
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn read(&self) -> Result<Known> {
        Ok(match self.remembered()? {
            None => Known::Nothing,
            Some(Some(remembered)) => Known::Head(remembered.head),
            Some(None) => Known::Unreadable,
        })
    }

    /// What the file says; `None` in place of what cannot be understood.
    fn remembered(&self) -> Result<Option<Option<Remembered>>> {
        let bytes = match fs_err::read(&self.file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(file_trouble(&error)),
        };
        let remembered = serde_json::from_slice::<Remembered>(&bytes).ok();
        Ok(Some(remembered.filter(|one| one.ledger == self.id)))
    }

    /// The terms that are remembered beside the head.
    pub(super) fn terms(&self) -> Result<Option<Terms>> {
        Ok(self.remembered()?.flatten().and_then(|one| one.terms))
    }

    /// Remembers terms beside the head, where one is known.
    pub(super) fn write_terms(&self, terms: Option<Terms>) -> Result<()> {
        match self.remembered()?.flatten() {
            Some(known) if known.terms != terms => self.put(&Remembered { terms, ..known }),
            _ => Ok(()),
        }
    }

    /// Remembers a head, unless another run has remembered a later one meanwhile.
    pub(super) fn advance(&self, head: Head) -> Result<()> {
        match self.read()? {
            Known::Head(known) if known.count >= head.count => Ok(()),
            _ => self.write(head),
        }
    }

    pub(super) fn write(&self, head: Head) -> Result<()> {
        let terms = self.terms()?;
        self.put(&Remembered {
            ledger: self.id.clone(),
            head,
            terms,
        })
    }

    fn put(&self, remembered: &Remembered) -> Result<()> {
        let bytes = crate::canonical::bytes(remembered);
        replace(&self.file, &bytes, 0o600).map_err(|e| file_trouble(&e))
    }
}

impl Known {
    /// Whether the ledger contains what is remembered of it.
    pub(super) fn lies_in(&self, store: &dyn Store) -> Result<bool> {
        Ok(match self {
            Known::Nothing => true,
            Known::Unreadable => false,
            Known::Head(head) => {
                let line = store.line(head.count)?;
                line.map_or(Head::EMPTY.hash, |line| line.hash) == head.hash
            }
        })
    }

    /// The head, an empty one where none is known.
    pub(super) fn head(&self) -> Head {
        match self {
            Known::Head(head) => *head,
            Known::Nothing | Known::Unreadable => Head::EMPTY,
        }
    }

    pub(super) fn refusal(&self, file: &Path, found: Head) -> Trouble {
        let why = match self {
            Known::Head(known) if known.count > found.count => {
                say::ledger_behind(known.count, found.count)
            }
            Known::Head(known) => say::ledger_differs(known.count),
            Known::Nothing | Known::Unreadable => say::head_unreadable(shown(file)),
        };
        Diagnostic::new("E634", Exit::Usage, say::ledger_set_back())
            .why(why)
            .help(say::ledger_set_back_help())
            .into()
    }
}
