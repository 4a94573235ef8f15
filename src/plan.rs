//! Turns findings into a plan.
//!
//! Planning reads nothing but its arguments, so the same case, inventory, findings and day give the same bytes and the same plan
//! id, and the id can stand in the evidence. The executor carries out what is written here and decides nothing itself.

mod aim;
pub mod build;
mod family;
mod kin;
mod marks;
mod masks;
pub mod rectify;
mod tasks;
pub mod truth;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use aim::{Aim, Correction, Ground, LiftReason, OptoutGround, Restricted, ground_text};

pub use crate::connector::Action;
use crate::connector::{Changes, Fault, Key};
use crate::findings::FoundBy;
use crate::keys::{self, Digest, Purpose};
use crate::messages::Text;

/// The exact list of steps on exact records; the only thing that can be executed. Personal: lies in the vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// `dsr.plan/1`
    pub schema: String,
    pub case: String,
    /// What the plan is to bring about, as [`Aim::verb`] names it: `erase`, `rectify`, `restrict`, `lift`, `optout`.
    pub verb: String,
    pub day: Date,
    /// SHA-256 of the inventory.
    pub inventory: Digest,
    /// Sorted by system, object, key; `no` counts from 0 in this order.
    pub steps: Vec<Step>,
    /// What could not be asked, by system and object.
    pub not_searched: Vec<NotSearched>,
    /// What people do by hand.
    pub tasks: Vec<Task>,
    /// Records that were found and are not part of the plan until something else happens first.
    pub waiting: Vec<Waiting>,
    /// Requests that carry an action out, by `system.object.action`, values masked.
    pub requests: BTreeMap<String, Vec<String>>,
    /// Safety properties in which the connector of a system differs here from the one that it extends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_safety: Vec<ChangedSafety>,
}

/// A property that keeps a connector harmless, changed by an overlay or in the inventory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedSafety {
    pub system: String,
    /// `api.url`, `objects.contacts.cap`.
    pub path: String,
    /// As YAML; `None` where nothing stood.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// One action on one record, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub no: u32,
    pub system: String,
    pub object: String,
    pub key: Key,
    /// Digest of system, object and key: the record's name in ledger and evidence.
    pub name: Digest,
    pub found_by: FoundBy,
    pub decision: Decision,
    /// `None` where nothing is written.
    pub action: Option<Action>,
    /// Digest of the record's state as planned.
    pub before: Digest,
    /// Digest it should have afterwards; `None` after a removal.
    pub after: Option<Digest>,
    /// New values of fields.
    pub changes: Changes,
    /// What stands in these fields now, where a person has to compare both.
    #[serde(default, skip_serializing_if = "Changes::is_empty")]
    pub was: Changes,
    /// Position within the system: lower ones first.
    pub order: u32,
    pub until: Option<Date>,
    pub because: Option<Text>,
    pub irreversible: Option<Text>,
    /// What people call the record: stored name and town.
    pub label: Option<String>,
    /// Categories of its fields, sorted.
    pub categories: Vec<String>,
}

/// What the law makes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Erase,
    Restrict,
    Retain,
    Refuse,
    Manual,
    Held,
    UnknownStart,
    /// Corrected, because the person asked for it (Art. 16 GDPR).
    Rectify,
    /// A restriction ends (Art. 18(3) GDPR).
    Lift,
    /// No longer used for advertising or on a withdrawn consent (Art. 21(2), 7(3) GDPR).
    Suppress,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Removed,
    Anonymised,
    Restricted,
    /// A restriction was lifted.
    Unrestricted,
    Rectified,
    /// No longer used for advertising, or on a consent that was withdrawn.
    Suppressed,
    AlreadyGone,
    Retained,
    Manual,
    Blocked,
    Changed,
    Held,
    Failed,
    Unknown,
    NotVerified,
    Pending,
}

/// How well an outcome is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    L0,
    L1,
    L2,
    L3,
    L4,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotSearched {
    pub system: String,
    pub object: Option<String>,
    pub error: Option<Fault>,
}

/// Something that a person does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub system: String,
    pub owner: Option<String>,
    pub text: Text,
    pub due: Date,
}

impl Step {
    /// Whether something is to be written. A record that is already as it should become is only read again, so that nobody is told
    /// of it what was true when it was planned.
    pub fn writes(&self) -> bool {
        self.action.is_some() && self.after != Some(self.before)
    }
}

/// A record that the plan leaves alone for now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub system: String,
    pub object: String,
    pub key: Key,
    pub name: Digest,
    pub why: WaitingFor,
    pub label: Option<String>,
}

/// What a record waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// `--accept`: it was reached over other records only.
    AcceptLinked,
    /// `--accept`: it carries only an address that several people share.
    AcceptShared,
    /// An object that hangs below it could not be searched; without it the person's records there would not be found again.
    ChildNotSearched,
}

impl Plan {
    /// SHA-256 of the canonical bytes: what is approved, executed and proven.
    pub fn id(&self) -> Digest {
        Digest::sha256(&crate::canonical::bytes(self))
    }
}

/// Digest of system, object and key: what a record is called where its key may not stand.
pub fn name_of(case_key: &keys::Key, system: &str, object: &str, key: &Key) -> Digest {
    case_key
        .derive(Purpose::Name)
        .mac(&crate::canonical::bytes(&(system, object, key)))
}

/// A plan whose id was approved in the ledger. Writers open with nothing else (docs/promises.md, 3).
#[derive(Clone, Debug)]
pub struct Approved {
    plan: Plan,
    id: Digest,
}

impl Approved {
    /// `approvals` are the plan ids that the case's `approved` events name; `None` if this plan is not among them.
    pub fn new(plan: Plan, approvals: &[Digest]) -> Option<Approved> {
        let id = plan.id();
        approvals.contains(&id).then_some(Approved { plan, id })
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn id(&self) -> Digest {
        self.id
    }
}
