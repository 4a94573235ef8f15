//! What the inventory asks for, as far as it protects people: who has to agree, which systems are asked, within what bounds, and how long
//! records are kept. No settings, addresses, owners or comments, and purposes as digests alone.
//!
//! The ledger notes it whenever it changes, so that a control that was taken away for an afternoon is seen afterwards. Part of it binds:
//! under four eyes two people agree on a change of that (`agreed.rs`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::connector::object::{Erase, Object};
use crate::inventory::{
    Active, Approval, DataType, Engine, Inventory, Person, Rule, RuleKind, Start, Status, System,
    Then,
};
use crate::keys::Digest;
use crate::people::PublicKey;

/// What an inventory asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub approval: Approval,
    /// Whether identity has to be confirmed.
    pub identity: bool,
    /// Whether whoever looks without a case has to say why.
    pub reason: bool,
    /// Bounds by their names in `limits`.
    pub limits: BTreeMap<String, u64>,
    /// Seconds after which the next retention run is expected, where the inventory says so; the first ledgers do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_s: Option<u64>,
    pub systems: BTreeMap<String, SystemTerms>,
    pub data_types: BTreeMap<String, DataTerms>,
    /// Who works here; the first ledgers do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<BTreeMap<String, PersonTerms>>,
    /// How long closed cases are kept (ISO 8601); the first ledgers do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<String>,
}

/// One of the people by their pseudonym, with the key that their signatures are checked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonTerms {
    pub role: String,
    /// As [`PublicKey::line`] writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

impl PersonTerms {
    /// The public key, if there is one.
    pub fn public(&self) -> Option<PublicKey> {
        PublicKey::from_line(self.key.as_deref()?)
    }
}

/// How one system is dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemTerms {
    pub status: Connected,
    /// Whether a control person proves that an empty answer is one.
    pub control: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub insecure_http: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed_writes: bool,
    pub objects: BTreeMap<String, ObjectTerms>,
}

/// Whether a system is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connected {
    Active,
    /// By a person.
    Manual,
    NotConnected,
    Disabled,
}

/// How records of one kind are found and erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectTerms {
    pub cap: u64,
    /// Kinds of identity by which they are searched, and objects below which they hang.
    pub find: BTreeSet<String>,
    pub erase: Ending,
    /// The table that holds them, where one does; the first ledgers do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// What an erasure comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Remove,
    Anonymise,
    Restrict,
    Retain,
    Manual,
}

impl Ending {
    /// Whether nothing of the person stays.
    pub fn is_gone(self) -> bool {
        matches!(self, Ending::Remove | Ending::Anonymise)
    }
}

/// How long records of a data type are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataTerms {
    pub objects: BTreeSet<String>,
    /// Rule of the catalogue, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// ISO 8601, or `open`.
    pub keep: String,
    /// Whether the period is a duty to keep (`min`), to erase (`max`) or both (`keep`).
    pub kind: String,
    pub then: String,
    /// From which day the period counts, by object; the first ledgers do not say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub start: BTreeMap<String, String>,
    /// SHA-256 of what else is stated: purpose, basis, ground, duties beside the rule, end of the purpose, financial year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Digest>,
}

impl Terms {
    /// What this inventory asks for.
    pub fn of(inventory: &Inventory) -> Terms {
        let limits = &inventory.limits;
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Terms {
            approval: inventory.approval,
            identity: inventory.identity_required,
            reason: inventory.reason_required,
            limits: BTreeMap::from([
                ("people".to_owned(), number(limits.people)),
                ("records".to_owned(), number(limits.records)),
                ("sweep.records".to_owned(), limits.sweep.records),
                ("sweep.share".to_owned(), limits.sweep.share.into()),
                ("sweep.deviation".to_owned(), limits.sweep.deviation.into()),
            ]),
            every_s: limits.sweep.every_s,
            systems: inventory
                .systems
                .iter()
                .map(|one| (one.name.clone(), system(one)))
                .collect(),
            data_types: inventory
                .data_types
                .iter()
                .map(|one| (one.name.clone(), data_type(one, inventory)))
                .collect(),
            people: Some(
                inventory
                    .people
                    .iter()
                    .map(|(name, one)| (name.clone(), person(one)))
                    .collect(),
            ),
            cases: Some(inventory.evidence.kept().to_string()),
        }
    }

    /// SHA-256 of what two people agree on under four eyes: who works here, who has to agree, which systems are asked for what, and how long
    /// records and cases are kept.
    pub fn binding(&self) -> Digest {
        let systems: BTreeMap<&String, _> = self
            .systems
            .iter()
            .map(|(name, one)| (name, (one.status, one.objects.keys().collect::<Vec<_>>())))
            .collect();
        let mut bound = serde_json::json!({
            "approval": self.approval,
            "people": self.people,
            "cases": self.cases,
            "systems": systems,
            "data_types": self.data_types,
        });
        // What was signed before terms named tables holds as it was signed.
        let tables = self.tables();
        if !tables.is_empty() {
            bound["tables"] = serde_json::json!(tables);
        }
        Digest::sha256(&crate::canonical::bytes(&bound))
    }

    /// The tables of objects, by `system.object`.
    fn tables(&self) -> BTreeMap<String, &str> {
        let all = self.systems.iter().flat_map(|(system, one)| {
            let objects = one.objects.iter();
            objects.map(move |(object, terms)| (format!("{system}.{object}"), terms))
        });
        all.filter_map(|(place, terms)| Some((place, terms.table.as_deref()?)))
            .collect()
    }

    /// SHA-256 of the canonical form.
    pub fn digest(&self) -> Digest {
        Digest::sha256(&crate::canonical::bytes(self))
    }
}

fn system(system: &System) -> SystemTerms {
    SystemTerms {
        status: match (system.status, &system.engine) {
            (Status::Disabled, _) => Connected::Disabled,
            (Status::NotConnected, _) => Connected::NotConnected,
            (Status::Active, Engine::Manual(_)) => Connected::Manual,
            (Status::Active, _) => Connected::Active,
        },
        control: system.control.is_some(),
        insecure_http: system.insecure_http,
        unconfirmed_writes: system.unconfirmed_writes,
        objects: system
            .objects
            .iter()
            .map(|one| (one.name.clone(), object(one)))
            .collect(),
    }
}

fn object(object: &Object) -> ObjectTerms {
    let mut find = BTreeSet::new();
    for finder in &object.find {
        find.extend(finder.by.as_ref().map(ToString::to_string));
        find.extend(finder.under.iter().map(|above| format!("under {above}")));
    }
    ObjectTerms {
        cap: u64::try_from(object.cap).unwrap_or(u64::MAX),
        find,
        erase: match &object.erase {
            // It goes with the record that it hangs below.
            Erase::Remove | Erase::With { .. } => Ending::Remove,
            Erase::Anonymise => Ending::Anonymise,
            Erase::Restrict => Ending::Restrict,
            Erase::Retain { .. } => Ending::Retain,
            Erase::Manual { .. } => Ending::Manual,
        },
        table: object.table().map(str::to_owned),
    }
}

fn person(person: &Person) -> PersonTerms {
    PersonTerms {
        role: person.role.clone(),
        key: person.public.as_ref().map(PublicKey::line),
        recipient: person.recipient.clone(),
    }
}

/// From which day a data type counts in one of its objects. The object's clock is named by its field, which may change too.
fn start(data_type: &DataType, place: &str, inventory: &Inventory) -> String {
    let stated = match &data_type.rule {
        Rule::Catalogue { field, .. } => field.clone(),
        Rule::Stated { start, .. } => (*start != Start::Clock).then(|| start.words()),
    };
    let clock = || {
        let (system, name) = place.split_once('.')?;
        let mut systems = inventory.systems.iter();
        let system = systems.find(|one| one.name == system)?;
        let object = system.objects.iter().find(|one| one.name == name)?;
        Some(format!("clock({})", object.clock.as_ref()?))
    };
    stated.or_else(clock).unwrap_or_else(|| "clock".to_owned())
}

fn data_type(data_type: &DataType, inventory: &Inventory) -> DataTerms {
    let because = match &data_type.rule {
        Rule::Stated { because, .. } => because.as_deref(),
        Rule::Catalogue { .. } => None,
    };
    let duties = data_type.duties.iter().flat_map(|duty| &duty.norms);
    let stated = serde_json::json!({
        "purpose": data_type.purpose,
        "basis": data_type.basis,
        "because": because,
        "active_until": data_type.active_until.as_ref().map(Active::json),
        "financial_year": data_type.financial_year.map(|year| format!("{year:?}")),
        "duties": duties.map(|norm| norm.id.to_string()).collect::<BTreeSet<_>>(),
    });
    let (rule, keep, kind) = match &data_type.rule {
        Rule::Catalogue { statute, .. } => {
            let keep = statute.versions.last().map(|version| version.keep.word());
            let kind = serde_json::to_value(statute.kind).unwrap_or_default();
            let kind = kind.as_str().unwrap_or_default().to_owned();
            (Some(statute.id.to_string()), keep.unwrap_or_default(), kind)
        }
        Rule::Stated { keep, kind, .. } => {
            let kind = match kind {
                RuleKind::Min => "min",
                RuleKind::Max => "max",
                RuleKind::Keep => "keep",
            };
            (None, keep.to_string(), kind.to_owned())
        }
    };
    DataTerms {
        objects: data_type.objects.iter().cloned().collect(),
        rule,
        keep,
        kind,
        then: match data_type.then {
            Then::Remove => "remove",
            Then::Anonymise => "anonymise",
            Then::Restrict => "restrict",
        }
        .to_owned(),
        start: data_type
            .objects
            .iter()
            .map(|place| (place.clone(), start(data_type, place, inventory)))
            .collect(),
        stated: Some(Digest::sha256(&crate::canonical::bytes(&stated))),
    }
}
