//! What can stand in a ledger.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Head;
use crate::connector::Action;
use crate::findings::{Control, ObjectStatus, SystemStatus};
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::messages::{Text, export as say};
use crate::plan::{Aim, Decision, Level, Outcome};

/// What happened. The fields are all that is ever written about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// First event of a ledger.
    LedgerMade { ledger: String, version: String },
    /// A person accepted a ledger that lagged behind the head remembered outside the workspace, or differed from it.
    LedgerAdopted {
        known: Head,
        found: Head,
        operator: String,
    },
    CaseOpened {
        rights: Vec<String>,
        received: Date,
        channel: String,
        operator: String,
    },
    /// The person asks for more in the same case.
    RightsAdded { rights: Vec<String> },
    /// The operator states how identity was confirmed.
    IdentityConfirmed { method: String, operator: String },
    /// The inventory lets a machine caller vouch for identity (`requests.identity: assumed`).
    IdentityAssumed,
    /// A linked or shared record was accepted as the person's.
    RecordAccepted {
        system: String,
        object: String,
        record: Digest,
        operator: String,
    },
    /// A search, for a case or alone; `identities` are keyed digests.
    Searched {
        verb: String,
        operator: String,
        identities: Vec<Digest>,
        rounds: u32,
        complete: bool,
        systems: Vec<SystemAnswer>,
    },
    /// What is asked for, where the verb alone does not say it: the code of the ground, and by field the keyed digest of the new value.
    Asked {
        verb: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<(String, Digest)>,
        operator: String,
    },
    /// The person was told that a restriction will end (Art. 18(3) GDPR).
    NoticeSent { sent: Date, operator: String },
    Planned {
        plan: Digest,
        inventory: Digest,
        /// What the plan is to bring about.
        #[serde(default = "erase", skip_serializing_if = "is_erase")]
        verb: String,
        decisions: Vec<(Decision, u32)>,
        /// Records that were found and wait for a person's word.
        #[serde(default, skip_serializing_if = "is_zero")]
        waiting: u32,
    },
    Approved {
        plan: Digest,
        policy: Approval,
        by: String,
    },
    ApplyStarted {
        plan: Digest,
        version: String,
        run: u32,
    },
    /// Intent: written before the request leaves.
    StepStarted {
        plan: Digest,
        step: u32,
        system: String,
        object: String,
        record: Digest,
        action: Action,
        before: Digest,
        after: Option<Digest>,
    },
    /// What became of a step; also of steps that write nothing.
    StepEnded {
        plan: Digest,
        step: u32,
        system: String,
        object: String,
        record: Digest,
        decision: Decision,
        action: Option<Action>,
        outcome: Outcome,
        level: Option<Level>,
        until: Option<Date>,
        /// Code of the fault, if one decided the outcome.
        fault: Option<String>,
    },
    /// A later look raised or lowered what is proven about a step.
    StepVerified {
        plan: Digest,
        step: u32,
        outcome: Outcome,
        level: Level,
    },
    ApplyEnded {
        plan: Digest,
        complete: bool,
        exit: u8,
    },
    /// A bundle was written; its id is the SHA-256 of its ASiCManifest001.
    EvidenceMade { bundle: Digest, number: u32 },
    /// A person has something to do; what, and who, lies in the vault.
    TaskOpened {
        task: Digest,
        system: String,
        kind: TaskKind,
        due: Date,
    },
    /// Its owner was to be reminded: the text was printed for somebody to send.
    TaskReminded { task: Digest, operator: String },
    /// An operator states that it was done.
    TaskDone {
        task: Digest,
        operator: String,
        result: TaskResult,
        /// Records that the person found; only of a search.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<u64>,
        /// SHA-256 of the document that shows it; the document lies in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Digest>,
        /// L4 if the document is a processor's written confirmation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
    },
    /// Nothing asks for it any more.
    TaskDropped { task: Digest },
    /// An operator wrote a note, which lies in the vault.
    Noted { note: Digest, operator: String },
    /// A package for the person was written. Where it lies and what is in it stands in the vault.
    Exported {
        kind: ExportKind,
        /// SHA-256 of the file; of a folder, of the list of its files.
        package: Digest,
        /// A draft is for the reviewer and is not handed over.
        draft: bool,
        /// Whether every system and object was searched and all that was found is in it.
        complete: bool,
        records: u64,
        /// Records that were found and wait for a person's word.
        #[serde(default, skip_serializing_if = "is_none")]
        waiting: u64,
        files: u32,
        sealed: Sealed,
        expires: Date,
        operator: String,
    },
    /// A package reached its day and was deleted.
    ExportExpired { package: Digest },
    /// The first ledgers do not say how, nor who.
    CaseClosed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closing: Option<Closing>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
    },
}

/// What a person is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Look for the person in a system that is not connected.
    Search,
    /// Erase, lock, decide: what a plan leaves to people.
    Act,
}

/// What came of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskResult {
    Done,
    Found,
    Nothing,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Closing {
    /// The person got what they asked for, or was told why not all of it.
    Answered,
    /// The request was refused (Art. 12(5) GDPR), and the person told so.
    Refused,
    /// The person took it back.
    Withdrawn,
    /// No system holds anything about the person, and the person was told so.
    NothingFound,
}

/// Which right a package answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Art. 15 GDPR.
    Access,
    /// Art. 20 GDPR.
    Portability,
}

impl ExportKind {
    /// The right of the person that it answers, as the case lists it.
    pub fn right(self) -> &'static str {
        match self {
            ExportKind::Access => "access",
            ExportKind::Portability => "portability",
        }
    }

    /// The kind that answers a right.
    pub fn of(right: &str) -> Option<ExportKind> {
        [ExportKind::Access, ExportKind::Portability]
            .into_iter()
            .find(|kind| kind.right() == right)
    }

    /// What the package is, in words.
    pub fn in_words(self, draft: bool) -> Text {
        match (self, draft) {
            (ExportKind::Access, true) => say::draft_of_access(),
            (ExportKind::Access, false) => say::final_of_access(),
            (ExportKind::Portability, true) => say::draft_of_portability(),
            (ExportKind::Portability, false) => say::final_of_portability(),
        }
    }

    /// What the package is, for a column.
    pub fn in_short(self, draft: bool) -> Text {
        let article: u8 = match self {
            ExportKind::Access => 15,
            ExportKind::Portability => 20,
        };
        match draft {
            true => say::short_draft(article),
            false => say::short(article),
        }
    }

    /// The command that makes it.
    pub fn verb(self) -> &'static str {
        match self {
            ExportKind::Access => "export",
            ExportKind::Portability => "export --portable",
        }
    }
}

/// How a package is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sealed {
    /// It can be read by whoever gets hold of it.
    None,
    /// To public keys of age.
    Age,
    /// AES-256 under a generated passphrase that is stored nowhere.
    Aes,
}

impl Sealed {
    /// How a package is encrypted, in words.
    pub fn in_words(self) -> Text {
        match self {
            Sealed::None => say::sealed_none(),
            Sealed::Age => say::sealed_age(),
            Sealed::Aes => say::sealed_aes(),
        }
    }

    /// How a package is encrypted, for a column.
    pub fn in_short(self) -> Text {
        match self {
            Sealed::None => say::short_none(),
            Sealed::Age => Text::same("age"),
            Sealed::Aes => Text::same("AES-256"),
        }
    }
}

/// What one system answered, without anything personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemAnswer {
    pub system: String,
    pub status: SystemStatus,
    pub error: Option<String>,
    pub objects: Vec<ObjectAnswer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectAnswer {
    pub object: String,
    pub status: ObjectStatus,
    pub error: Option<String>,
    pub control: Control,
    pub records: u64,
    pub near_misses: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Plans of the first ledgers had one verb, and do not name it.
fn erase() -> String {
    Aim::Erase.verb().to_owned()
}

fn is_erase(verb: &str) -> bool {
    verb == Aim::Erase.verb()
}
