//! What a plan is to bring about: the right that the person exercises, with what they asked for.

use serde::{Deserialize, Serialize};

/// What is asked for. May be personal (new values), so it lies in the vault; the ledger knows only its verb.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Aim {
    /// Art. 17 GDPR.
    Erase,
}

impl Aim {
    /// The command that brings it about; also what plan and ledger call it.
    pub fn verb(&self) -> &'static str {
        match self {
            Aim::Erase => "erase",
        }
    }

    /// The right of the person that it answers, as the case lists it.
    pub fn right(&self) -> &'static str {
        match self {
            Aim::Erase => "erasure",
        }
    }
}
