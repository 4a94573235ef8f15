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
use crate::diagnostic::Result;
use crate::findings::FoundBy;
use crate::hold::HoldId;
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
    /// What keeps it from being erased, and by what it is known then; of erasures alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeping: Option<Keeping>,
}

/// What holds and a later erasure go by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keeping {
    /// Holds that keep it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<HoldId>,
    /// What has to happen before it may be erased; `None` if nothing keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
    /// Last day on which the law keeps it, whether or not a hold does as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The norm by which it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<String>,
    /// The day from which its period counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// The day that its object's clock shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Date>,
    /// Digests of the identities that it carries, under the workspace's key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Digest>,
    /// Digest of its personal fields, under the workspace's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Digest>,
}

/// What has to happen before a record may be erased that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// The last day of its period has to pass.
    Until,
    /// Its period has no end that could be reckoned.
    Never,
    /// Its holds have to be released; no law keeps it.
    Hold,
    /// Its holds have to be released, and then a person decides.
    Person,
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

impl Outcome {
    /// Whether the record is, since then, as the plan wanted it.
    pub fn took_effect(self) -> bool {
        matches!(
            self,
            Outcome::Removed
                | Outcome::Anonymised
                | Outcome::Restricted
                | Outcome::Unrestricted
                | Outcome::Rectified
                | Outcome::Suppressed
                | Outcome::AlreadyGone
        )
    }
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
    /// The one document that it is about; it can be read again when the task is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Key>,
    /// The part of the system that is looked up, by the connector's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The records that it is about, where an erasure leaves them as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// Records of a plan that are left for one reason: all of an object with this decision and day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct About {
    pub object: String,
    pub decision: Decision,
    pub until: Option<Date>,
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

/// Is shown steps, one after the other.
pub type Visit<'v> = dyn FnMut(&Step) + 'v;

impl Plan {
    /// SHA-256 of the canonical bytes: what is approved, executed and proven.
    ///
    /// # Panics
    /// Never: visiting one's own steps does not fail.
    pub fn id(&self) -> Digest {
        let own = self.id_with(&mut |visit| {
            self.steps.iter().for_each(visit);
            Ok(())
        });
        own.expect("no step fails")
    }

    /// All but the steps, and without a copy of them.
    pub fn without_steps(&self) -> Plan {
        Plan {
            schema: self.schema.clone(),
            case: self.case.clone(),
            verb: self.verb.clone(),
            day: self.day,
            inventory: self.inventory,
            steps: Vec::new(),
            not_searched: self.not_searched.clone(),
            tasks: self.tasks.clone(),
            waiting: self.waiting.clone(),
            requests: self.requests.clone(),
            changed_safety: self.changed_safety.clone(),
        }
    }

    /// The id of this plan with the steps that `each` hands to its visitor; those of its own do not count. The bytes are never held
    /// all at once.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn id_with(&self, each: &mut dyn FnMut(&mut Visit<'_>) -> Result<()>) -> Result<Digest> {
        use sha2::Digest as _;
        let head = Head {
            schema: &self.schema,
            case: &self.case,
            verb: &self.verb,
            day: self.day,
            inventory: self.inventory,
            steps: (),
            not_searched: &self.not_searched,
            tasks: &self.tasks,
            waiting: &self.waiting,
            requests: &self.requests,
            changed_safety: &self.changed_safety,
        };
        let head = crate::canonical::members(&head);
        let mut hasher = sha2::Sha256::new();
        for (number, (name, value)) in head.iter().enumerate() {
            hasher.update(if number == 0 { "{\"" } else { ",\"" });
            hasher.update(name);
            hasher.update("\":");
            if name != "steps" {
                hasher.update(value);
                continue;
            }
            let mut before = "[";
            each(&mut |step| {
                hasher.update(before);
                hasher.update(crate::canonical::bytes(step));
                before = ",";
            })?;
            hasher.update(if before == "[" { "[]" } else { "]" });
        }
        hasher.update("}");
        Ok(Digest(hasher.finalize().into()))
    }
}

/// A plan's members as they are hashed; the steps pass by.
#[derive(Serialize)]
struct Head<'p> {
    schema: &'p str,
    case: &'p str,
    verb: &'p str,
    day: Date,
    inventory: Digest,
    steps: (),
    not_searched: &'p [NotSearched],
    tasks: &'p [Task],
    waiting: &'p [Waiting],
    requests: &'p BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    changed_safety: &'p [ChangedSafety],
}

/// Digest of system, object and key: what a record is called where its key may not stand.
pub fn name_of(case_key: &keys::Key, system: &str, object: &str, key: &Key) -> Digest {
    Namer::of(case_key).name(system, object, key)
}

/// Names very many records of one case.
pub struct Namer(keys::Macs);

impl Namer {
    pub fn of(case_key: &keys::Key) -> Namer {
        Namer(case_key.derive(Purpose::Name).macs())
    }

    /// As [`name_of`].
    pub fn name(&self, system: &str, object: &str, key: &Key) -> Digest {
        self.0.of(&name_bytes(system, object, key))
    }
}

/// The canonical form of what a name is made of. Lists of texts have no names to be sorted, so it is what comes when they are written.
fn name_bytes(system: &str, object: &str, key: &Key) -> Vec<u8> {
    serde_json::to_vec(&(system, object, key)).expect("texts serialise")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_canonical_bytes() {
        let odd = ["\u{1}\"\\/\n", "ü\u{2028}", "4711"].map(str::to_owned);
        let key = Key::new(odd.to_vec()).unwrap();
        let asked = ("shop", "ord\"ers", &key);
        assert_eq!(
            name_bytes(asked.0, asked.1, asked.2),
            crate::canonical::bytes(&asked)
        );
    }

    #[test]
    fn the_id_is_that_of_the_canonical_bytes() {
        let mut plan = Plan {
            schema: "dsr.plan/1".into(),
            case: "2026-K7QF3M".into(),
            verb: "erase".into(),
            day: jiff::civil::date(2026, 11, 21),
            inventory: Digest::sha256(b"dsr.yaml"),
            steps: Vec::new(),
            not_searched: Vec::new(),
            tasks: Vec::new(),
            waiting: Vec::new(),
            requests: BTreeMap::from([("steps".into(), vec!["\"steps\":null".into()])]),
            changed_safety: Vec::new(),
        };
        for steps in 0..4 {
            let whole = Digest::sha256(&crate::canonical::bytes(&plan));
            assert_eq!(plan.id(), whole, "{steps}");
            plan.steps.push(Step {
                no: steps,
                system: "shop".into(),
                object: "orders".into(),
                key: Key::new(vec![steps.to_string()]).unwrap(),
                name: Digest::sha256(&steps.to_be_bytes()),
                found_by: FoundBy {
                    finder: 0,
                    identity: None,
                    parent: None,
                    also: Vec::new(),
                },
                decision: Decision::Erase,
                action: Some(Action::Remove),
                before: Digest::sha256(b"before"),
                after: None,
                changes: BTreeMap::new(),
                was: BTreeMap::new(),
                order: 0,
                until: None,
                because: None,
                irreversible: None,
                label: Some("Anna \"Zwei\" Müller".into()),
                categories: vec!["contact.email".into()],
                keeping: (steps % 2 == 1).then(|| Keeping {
                    holds: HoldId::parse("H-K7QF3M").into_iter().collect(),
                    ends: Some(Ends::Hold),
                    ..Keeping::default()
                }),
            });
            plan.changed_safety.push(ChangedSafety {
                system: "shop".into(),
                path: "api.url".into(),
                before: None,
                after: None,
            });
        }
    }
}
