//! Whoever vouches for a bundle from outside the case: an authority for the time, and the log over all cases.
//!
//! The room of evidence calls no system; what does so implements these traits and is handed in.

use jiff::Timestamp;

use super::Material;
use super::commitment::Opened;
use super::history::History;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::translog as say;
use crate::translog::{Inclusion, VerifierKey};

/// A time-stamping authority, or several that are asked in order.
pub trait Authority {
    /// The token (RFC 3161, a CMS `ContentInfo` in DER) over a content with this SHA-256. It has been checked: status, imprint, nonce,
    /// signature.
    ///
    /// # Errors
    /// Why none of them answered; the bundle is then sealed without, and says so.
    fn stamp(&self, content: &Digest) -> std::result::Result<Vec<u8>, Diagnostic>;
}

/// The log over all cases (RFC 6962).
pub trait Log {
    /// The key under which the log speaks; its name is the log's.
    fn key(&self) -> VerifierKey;

    /// The proof that a leaf is in the log, held against the checkpoint that ends in it: the same whenever it is asked for. `None` if
    /// it is not in the log.
    ///
    /// # Errors
    /// Those of the ledger.
    fn prove(&self, leaf: &Digest) -> Result<Option<Inclusion>>;

    /// What of the log has left the house.
    ///
    /// # Errors
    /// Those of the ledger.
    fn anchoring(&self) -> Result<Anchoring>;

    /// Appends a statement, and returns the proof that it is in the log.
    ///
    /// # Errors
    /// Those of the ledger.
    fn append(&self, statement: &[u8]) -> Result<Inclusion>;
}

/// What of a log somebody else holds. A checkpoint is to leave the house every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchoring {
    /// No checkpoint ever left the house.
    Never,
    /// An operator says that one did; nobody stamped it, and it was neither copied nor handed over.
    ByWord,
    /// One did, and the oldest entry that none covers has stood there for so many days.
    Old { days: u64 },
    /// Every entry that is older than a day stands in one that did.
    Daily,
}

/// Who vouches for a bundle; by default nobody.
#[derive(Default, Clone, Copy)]
pub struct Witnesses<'w> {
    pub time: Option<&'w dyn Authority>,
    pub log: Option<&'w dyn Log>,
}

/// What a bundle says of its place in the log, as far as that is known before the statement is made.
pub(super) struct Place {
    pub(super) key: VerifierKey,
    /// The leaf of the opened case with the proof for it; cases of the first ledgers have none.
    pub(super) opened: Option<(Opened, Inclusion)>,
    pub(super) anchored: Anchoring,
}

impl Place {
    /// The place of a container that is about no single opening: that of a period, or of a case complete, whose bundle has it.
    ///
    /// # Errors
    /// Those of the ledger.
    pub(super) fn of_container(log: Option<&dyn Log>) -> Result<Option<Place>> {
        let place = |log: &dyn Log| {
            Ok(Place {
                key: log.key(),
                opened: None,
                anchored: log.anchoring()?,
            })
        };
        log.map(place).transpose()
    }

    /// What a statement says of it.
    pub(super) fn said(&self) -> serde_json::Value {
        let opened = self.opened.as_ref().map(|(_, proof)| proof.index);
        serde_json::json!({ "origin": self.key.name, "opened": opened })
    }

    /// The case's place in the log, if there is one.
    ///
    /// # Errors
    /// Those of the ledger, and E670 if the log holds another leaf for the case than the one that its key gives.
    pub(super) fn of(
        material: &Material<'_>,
        history: &History,
        log: Option<&dyn Log>,
    ) -> Result<Option<Place>> {
        let Some(log) = log else {
            return Ok(None);
        };
        let opened = match history.opened {
            None => None,
            Some(leaf) => {
                let opened = Opened::of(material.case_key, material.case, material.received);
                let proof = match opened.hash() == leaf {
                    true => log.prove(&leaf)?,
                    false => None,
                };
                let other = || {
                    Diagnostic::new("E670", Exit::Failed, say::other_opening())
                        .help(say::other_opening_help())
                };
                Some((opened, proof.ok_or_else(other)?))
            }
        };
        Ok(Some(Place {
            key: log.key(),
            opened,
            anchored: log.anchoring()?,
        }))
    }
}

/// What is known of a bundle's time by somebody else's clock.
#[derive(Clone, Debug)]
pub enum Time {
    /// No authority is named in the inventory.
    NotAsked,
    Stamped {
        at: Timestamp,
        authority: String,
        /// SHA-256 of the token.
        token: Digest,
    },
    /// None answered. The bundle is sealed; its time is pending.
    Pending(Box<Diagnostic>),
}
