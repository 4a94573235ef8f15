//! What a search brought to light: the value that `find` makes and `plan` takes. Lies in the vault, never in the ledger.

use serde::{Deserialize, Serialize};

use crate::connector::files::Documents;
use crate::connector::look_up::Part;
use crate::connector::{Fault, Key, Notes, Object, Record, Shape, Unread};
use crate::messages::Text;
use crate::subject::{Identity, Kind, Kinds, Origin};

/// Everything found for one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Findings {
    pub rounds: u32,
    pub identities: Vec<Known>,
    /// In the order of the inventory; each system of the inventory is listed, searched or not.
    pub systems: Vec<SystemFindings>,
}

/// An identity and where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub identity: Identity,
    pub from: Origin,
    /// It leads to several people (one address, several customer numbers; a desk's address), so it does not spread.
    pub shared: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SystemFindings {
    pub system: String,
    pub status: SystemStatus,
    pub elapsed_ms: u64,
    pub error: Option<Fault>,
    /// For a manual system: what its owner is asked to do, and within how many days.
    pub task: Option<Text>,
    pub owner: Option<String>,
    pub objects: Vec<ObjectFindings>,
    pub notes: Notes,
    /// Of a system of folders: how many documents there are, and which could not be looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Documents>,
    /// What no program reads there and a person looks up for this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub look_up: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemStatus {
    Searched,
    /// Some objects were searched, others not.
    Incomplete,
    NotSearched,
    /// A person searches it.
    Manual,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ObjectFindings {
    pub object: String,
    pub status: ObjectStatus,
    pub error: Option<Fault>,
    /// Records that the system returned and the guard refused. Only their number is kept.
    pub near_misses: u64,
    pub control: Control,
    pub shape: Shape,
    /// What the system's catalogue names and nobody reads; `None` where records come whole, or if it was not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<Unread>,
    pub records: Vec<Found>,
    /// Set if there were too many to be kept; `records` is empty then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streamed: Option<Streamed>,
}

/// Records that were seen and not kept: how to find them again, and whose they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Streamed {
    /// How many different ones passed the guard.
    pub records: u64,
    /// What was asked and answered, parents first.
    pub leads: Vec<FoundBy>,
    /// Every sort of record that came, by what it says about itself.
    pub judged: Vec<Judged>,
}

/// Records that carry the same identities and hang below the same parent are judged alike.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    pub carried: Vec<Identity>,
    pub parent: Option<(String, Key)>,
    #[serde(rename = "match")]
    pub matched: Match,
    pub records: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectStatus {
    Searched,
    NotSearched,
}

/// Whether the synthetic person who must be there was found in the same session and object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    Found,
    NotFound,
    /// None is configured, so that zero hits are unproven.
    None,
}

/// A record that passed the guard. Only the guard makes these.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    pub record: Record,
    #[serde(rename = "match")]
    pub matched: Match,
    /// Kinds of identity by which the record was recognised; empty if it was reached from a parent only.
    pub matched_by: Vec<Kind>,
    pub found_by: FoundBy,
    /// Names of the objects that led here from a stated identity, `system.object`, the nearest last.
    pub path: Vec<String>,
}

/// How sure it is that a record is the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// It carries a stated or trusted identity, or was accepted by a person.
    Stated,
    /// It carries only identities that other records led to; waits for `--accept`.
    Linked,
    /// It carries only an address that several people share; waits for `--accept`.
    Shared,
}

/// The finder that returned a record and what it was asked, so that the record can be found again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundBy {
    /// Index in the object's `find` list.
    pub finder: usize,
    pub identity: Option<Identity>,
    /// Object and key of the parent.
    pub parent: Option<(String, Key)>,
    /// Further records below which it was found, or of which the plan sees that it hangs below them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(String, Key)>,
}

impl FoundBy {
    /// Every record that it is known to hang below.
    pub fn parents(&self) -> impl Iterator<Item = &(String, Key)> {
        self.parent.iter().chain(&self.also)
    }

    /// Notes one more record that it hangs below.
    pub fn join(&mut self, parent: (String, Key)) {
        if self.parents().any(|known| *known == parent) {
            return;
        }
        match &self.parent {
            None => self.parent = Some(parent),
            Some(_) => self.also.push(parent),
        }
    }
}

/// Every identity that the record carries, normalised; values that name nobody are left out.
pub fn carried(object: &Object, record: &Record, kinds: &Kinds) -> Vec<Identity> {
    let mut all = Vec::new();
    for field in &object.fields {
        let Some(kind) = &field.identity else {
            continue;
        };
        all.extend(
            field
                .values(&record.data)
                .iter()
                .filter_map(|raw| kinds.identity(kind, raw).ok()),
        );
    }
    all.sort();
    all.dedup();
    all
}

impl SystemFindings {
    fn without_records(&self) -> SystemFindings {
        let objects = self.objects.iter().map(ObjectFindings::without_records);
        SystemFindings {
            system: self.system.clone(),
            status: self.status,
            elapsed_ms: self.elapsed_ms,
            error: self.error.clone(),
            task: self.task.clone(),
            owner: self.owner.clone(),
            look_up: self.look_up.clone(),
            objects: objects.collect(),
            notes: self.notes.clone(),
            documents: self.documents.clone(),
        }
    }
}

impl ObjectFindings {
    fn without_records(&self) -> ObjectFindings {
        ObjectFindings {
            object: self.object.clone(),
            status: self.status,
            error: self.error.clone(),
            near_misses: self.near_misses,
            control: self.control,
            shape: self.shape.clone(),
            unread: self.unread.clone(),
            records: Vec::new(),
            streamed: self.streamed.clone(),
        }
    }

    /// How many records were found, kept or not.
    pub fn count(&self) -> u64 {
        let streamed = self
            .streamed
            .as_ref()
            .map_or(0, |streamed| streamed.records);
        self.records.len() as u64 + streamed
    }
}

impl Streamed {
    /// How many wait for a person's word.
    pub fn waiting(&self) -> u64 {
        let waits = self.judged.iter().filter(|j| j.matched != Match::Stated);
        waits.map(|judged| judged.records).sum()
    }
}

impl SystemFindings {
    /// Takes the word of a person who searched what no program reads there, and found nothing.
    pub fn searched_by_hand(&mut self) {
        let unread = Some(Fault::unread_documents(0).code);
        let is_unread =
            |error: &Option<Fault>| error.as_ref().map(|one| &one.code) == unread.as_ref();
        for object in &mut self.objects {
            if is_unread(&object.error) {
                (object.status, object.error) = (ObjectStatus::Searched, None);
            }
        }
        let whole = self
            .objects
            .iter()
            .all(|object| object.status == ObjectStatus::Searched);
        let by_person =
            self.status == SystemStatus::Manual || is_unread(&self.error) || self.error.is_none();
        if whole && by_person {
            (self.status, self.error, self.task) = (SystemStatus::Searched, None, None);
        }
    }
}

impl Findings {
    /// All but the records, and without a copy of them.
    pub fn without_records(&self) -> Findings {
        let systems = self.systems.iter().map(SystemFindings::without_records);
        Findings {
            rounds: self.rounds,
            identities: self.identities.clone(),
            systems: systems.collect(),
        }
    }

    /// Whether every system and object was searched; manual systems do not count against it.
    pub fn complete(&self) -> bool {
        self.systems
            .iter()
            .all(|system| matches!(system.status, SystemStatus::Searched | SystemStatus::Manual))
    }

    /// Whether it is a whole answer: searched everywhere, and looked up by people where no program can read.
    pub fn is_whole(&self) -> bool {
        self.complete() && self.to_look_up().next().is_none()
    }

    /// What belongs into the answer and nobody has looked up yet, with the names of the systems.
    pub fn to_look_up(&self) -> impl Iterator<Item = (&str, &Part)> {
        let parts = self.systems.iter().flat_map(|system| {
            let name = system.system.as_str();
            system.look_up.iter().map(move |part| (name, part))
        });
        parts.filter(|(_, part)| part.is_open())
    }

    /// All records with the names of their system and object.
    pub fn records(&self) -> impl Iterator<Item = (&SystemFindings, &ObjectFindings, &Found)> {
        self.systems
            .iter()
            .flat_map(|system| system.objects.iter().map(move |object| (system, object)))
            .flat_map(|(system, object)| {
                object
                    .records
                    .iter()
                    .map(move |found| (system, object, found))
            })
    }
}
