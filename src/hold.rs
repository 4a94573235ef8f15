//! A stop on erasing: what it covers, why, and when somebody has to look at it again.
//!
//! A hold stands from the event that sets it to the event that releases it; nothing else ends it, and no day does. It keeps records from
//! being erased, by request or by sweep, and from nothing else: whoever is asked for the data hands it over, corrects it and locks it as
//! before (Art. 15, 16, 18 GDPR; the ground against erasing is Art. 17(3)). The ledger holds codes, days, names of systems and keyed
//! digests; why somebody set it, and whose identities it goes by, lies in the vault.

mod register;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use crate::case_id::{self, CaseId};
use crate::inventory::Inventory;
use crate::keys::{Digest, Key, Purpose};
use crate::messages::{Text, hold as say};
use crate::subject::Identity;

pub use register::{Register, all, every};

/// A standing or released hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    pub id: HoldId,
    pub ground: Ground,
    pub scope: Scope,
    /// The case whose person it is on, where it was set by one.
    pub case: Option<CaseId>,
    pub set_at: Timestamp,
    pub set_by: String,
    /// The day by which somebody looks whether it is still needed. It stands on, whether or not anybody does.
    pub review_by: Date,
    pub released: Option<Released>,
}

/// The end of a hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Released {
    pub at: Timestamp,
    pub by: String,
}

/// Why records must not be erased.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Ground {
    /// To establish, exercise or defend a legal claim (Art. 17(3)(e) GDPR).
    #[serde(rename = "art17_3_e")]
    #[value(name = "art17_3_e")]
    Art173E,
    /// The period for assessing taxes is still open (§ 147(3) sentence 5 AO).
    #[serde(rename = "ao147_3_s5")]
    #[value(name = "ao147_3_s5")]
    Ao1473S5,
    /// Pending proceedings on taxes in Austria (§ 132(1) BAO).
    Bao132,
    /// Pending proceedings in Austria (§ 212 UGB).
    Ugb212,
    /// A court or an authority ordered it.
    AuthorityOrder,
}

impl Ground {
    pub const ALL: [Ground; 5] = [
        Ground::Art173E,
        Ground::Ao1473S5,
        Ground::Bao132,
        Ground::Ugb212,
        Ground::AuthorityOrder,
    ];

    /// As the command line and the ledger write it.
    pub fn code(self) -> &'static str {
        match self {
            Ground::Art173E => "art17_3_e",
            Ground::Ao1473S5 => "ao147_3_s5",
            Ground::Bao132 => "bao132",
            Ground::Ugb212 => "ugb212",
            Ground::AuthorityOrder => "authority_order",
        }
    }

    /// The norm, or what stands for one.
    pub fn text(self) -> Text {
        match self {
            Ground::Art173E => say::ground_claims(),
            Ground::Ao1473S5 => say::ground_assessment(),
            Ground::Bao132 => say::ground_bao(),
            Ground::Ugb212 => say::ground_ugb(),
            Ground::AuthorityOrder => say::ground_order(),
        }
    }
}

/// What a hold covers: everything that all of its parts are true of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Keyed digests of a person's identities ([`digest`]); none if it is not on a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// `system.object`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// First day of the objects' clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day of the objects' clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Hold {
    pub fn stands(&self) -> bool {
        self.released.is_none()
    }

    /// Whether this hold keeps a record from being erased.
    ///
    /// `system` and `object` are the names of the record's, `data_type` that of the one to which its object belongs, `start` the day that
    /// its clock shows ([`crate::law::day_for_holds`]), `identities` the digests of all that is known of its person. A scope that names a person covers a
    /// record only if one of the digests is in it. A start that is not known may lie in every range.
    pub fn covers(
        &self,
        system: &str,
        object: &str,
        data_type: Option<&str>,
        start: Option<Date>,
        identities: &[Digest],
    ) -> bool {
        let scope = &self.scope;
        let is_hers = || scope.identities.iter().any(|one| identities.contains(one));
        self.stands()
            && (scope.identities.is_empty() || is_hers())
            && scope.system.as_deref().is_none_or(|name| name == system)
            && scope
                .object
                .as_deref()
                .is_none_or(|name| name.split_once('.') == Some((system, object)))
            && scope
                .data_type
                .as_deref()
                .is_none_or(|name| data_type == Some(name))
            && scope.may_hold(start)
    }

    /// Whether it keeps what lies in a system that only people can look into: then nobody can say of which kind and age it is.
    pub fn covers_system(&self, system: &str, identities: &[Digest]) -> bool {
        let scope = &self.scope;
        let named = match (&scope.system, &scope.object) {
            (Some(name), None) => name == system,
            (_, Some(_)) => false,
            (None, None) => scope.data_type.is_none(),
        };
        let is_hers = || scope.identities.iter().any(|one| identities.contains(one));
        self.stands() && named && (scope.identities.is_empty() || is_hers())
    }

    /// Whether somebody has to look at it by this day.
    pub fn is_to_review(&self, day: Date) -> bool {
        self.stands() && self.review_by <= day
    }

    /// What is told of it where a record is kept: its number, its ground, and until when it is looked at again.
    pub fn in_words(&self) -> Text {
        say::holds_record(self.id.as_str(), self.ground.text(), self.review_by)
    }

    /// What of its scope the inventory does not know, or knows no more: a hold by a name that nobody bears would keep nothing.
    pub fn lost(&self, inventory: &Inventory) -> Option<String> {
        let scope = &self.scope;
        let system = scope.system.as_deref();
        let lost_system = system.filter(|name| inventory.system(name).is_none());
        let object = scope.object.as_deref().filter(|name| {
            let (system, object) = name.split_once('.').unwrap_or((name, ""));
            let system = inventory.system(system);
            system.is_none_or(|system| system.object(object).is_none())
        });
        let data_type = scope.data_type.as_deref();
        let lost_type = data_type.filter(|name| {
            let mut all = inventory.data_types.iter();
            all.all(|one| one.name != *name)
        });
        let lost = lost_system.or(object).or(lost_type)?;
        Some(lost.to_owned())
    }
}

impl Scope {
    fn may_hold(&self, start: Option<Date>) -> bool {
        start.is_none_or(|day| {
            self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
        })
    }
}

/// The holds of a list that keep a record, all of them in their order: two may, and one of them may be released.
pub fn covering<'h>(
    holds: &'h [Hold],
    system: &str,
    object: &str,
    data_type: Option<&str>,
    start: Option<Date>,
    identities: &[Digest],
) -> Vec<&'h Hold> {
    let all = holds.iter();
    all.filter(|hold| hold.covers(system, object, data_type, start, identities))
        .collect()
}

/// Several holds in words, as the reason why a record stays.
pub fn in_words(holds: &[&Hold]) -> Text {
    let join = |lang: fn(&Text) -> &str| {
        let words: Vec<Text> = holds.iter().map(|hold| hold.in_words()).collect();
        words.iter().map(lang).collect::<Vec<_>>().join("; ")
    };
    Text {
        en: join(|text| &text.en),
        de: join(|text| &text.de),
    }
}

/// Their numbers, one behind the other.
pub fn listed<'i>(ids: impl IntoIterator<Item = &'i HoldId>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(HoldId::as_str).collect();
    ids.join(", ")
}

/// How holds know an identity: keyed, so that nobody can try addresses, and under the workspace's key, so that it outlives a case.
pub fn digest(workspace: &Key, identity: &Identity) -> Digest {
    digest_under(&workspace.derive(Purpose::Identity), identity)
}

/// The same for many, under the key that is derived already.
pub fn digest_under(derived: &Key, identity: &Identity) -> Digest {
    derived.mac(format!("{}={}", identity.kind, identity.value()).as_bytes())
}

/// The number of a hold, `H-K7QF3M`. It is read out and typed like that of a case, and says nothing about anybody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct HoldId(String);

impl HoldId {
    /// A fresh number. Whether it is taken is for the ledger to say.
    pub fn random() -> HoldId {
        HoldId(format!("H-{}", case_id::random_letters()))
    }

    /// Reads a number as a person writes it; what is forgiven in the number of a case is forgiven here.
    pub fn parse(text: &str) -> Option<HoldId> {
        let text = text.trim();
        let rest = text.strip_prefix(['H', 'h'])?;
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let letters: Option<String> = rest.chars().map(case_id::as_meant).collect();
        let letters = letters.filter(|letters| letters.len() == 6)?;
        Some(HoldId(format!("H-{letters}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for HoldId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Stored numbers are taken only in the form in which they are written.
impl<'de> Deserialize<'de> for HoldId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<HoldId, D::Error> {
        let text = String::deserialize(d)?;
        HoldId::parse(&text)
            .filter(|id| id.0 == text)
            .ok_or_else(|| serde::de::Error::custom("a hold's number looks like H-K7QF3M"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const ANNA: Digest = Digest([1; 32]);
    const BERT: Digest = Digest([2; 32]);

    fn hold(scope: Scope) -> Hold {
        Hold {
            id: HoldId::parse("H-K7QF3M").unwrap(),
            ground: Ground::Art173E,
            scope,
            case: None,
            set_at: Timestamp::UNIX_EPOCH,
            set_by: "op".to_owned(),
            review_by: date(2027, 1, 1),
            released: None,
        }
    }

    #[test]
    fn every_part_of_a_scope_narrows_it() {
        let some = |text: &str| Some(text.to_owned());
        let on = |scope: Scope, system: &str, object: &str, of: Option<&str>, who: &[Digest]| {
            hold(scope).covers(system, object, of, None, who)
        };
        let anna = || Scope {
            identities: vec![ANNA],
            ..Scope::default()
        };
        assert!(on(anna(), "crm", "contacts", None, &[BERT, ANNA]));
        assert!(!on(anna(), "crm", "contacts", None, &[BERT]));
        assert!(!on(anna(), "crm", "contacts", None, &[]));
        let hers_there = || Scope {
            system: some("crm"),
            ..anna()
        };
        assert!(on(hers_there(), "crm", "contacts", None, &[ANNA]));
        assert!(!on(hers_there(), "shop", "customers", None, &[ANNA]));
        assert!(!on(hers_there(), "crm", "contacts", None, &[BERT]));
        let object = || Scope {
            object: some("shop.invoices"),
            ..Scope::default()
        };
        assert!(on(object(), "shop", "invoices", None, &[]));
        for (system, name) in [
            ("shop", "orders"),
            ("erp", "invoices"),
            ("", "shop.invoices"),
        ] {
            assert!(!on(object(), system, name, None, &[]), "{system}.{name}");
        }
        let typed = || Scope {
            data_type: some("vouchers"),
            ..Scope::default()
        };
        assert!(on(typed(), "shop", "invoices", Some("vouchers"), &[]));
        assert!(!on(typed(), "shop", "invoices", Some("letters"), &[]));
        assert!(!on(typed(), "shop", "invoices", None, &[]));
    }

    #[test]
    fn a_start_that_is_not_known_lies_in_every_range() {
        let within = |from: Option<Date>, until: Option<Date>, day: Option<Date>| {
            let scope = Scope {
                system: Some("shop".to_owned()),
                from,
                until,
                ..Scope::default()
            };
            hold(scope).covers("shop", "invoices", None, day, &[])
        };
        let (first, last) = (date(2024, 1, 1), date(2024, 12, 31));
        for (day, covered) in [
            (Some(date(2023, 12, 31)), false),
            (Some(first), true),
            (Some(last), true),
            (Some(date(2025, 1, 1)), false),
            (None, true),
        ] {
            assert_eq!(within(Some(first), Some(last), day), covered, "{day:?}");
        }
        assert!(within(Some(first), None, Some(date(2999, 1, 1))));
        assert!(within(None, Some(last), Some(date(1999, 1, 1))));
    }

    #[test]
    fn a_released_hold_covers_nothing() {
        let mut hold = hold(Scope::default());
        assert!(hold.covers("shop", "invoices", None, None, &[]));
        assert!(hold.is_to_review(date(2027, 1, 1)) && !hold.is_to_review(date(2026, 12, 31)));
        hold.released = Some(Released {
            at: Timestamp::UNIX_EPOCH,
            by: "op".to_owned(),
        });
        assert!(!hold.covers("shop", "invoices", None, None, &[]));
        assert!(!hold.covers_system("shop", &[]));
        assert!(!hold.is_to_review(date(2099, 1, 1)));
    }

    #[test]
    fn paper_is_kept_by_what_may_be_about_it() {
        let covers = |scope: Scope| hold(scope).covers_system("paper", &[ANNA]);
        let some = |text: &str| Some(text.to_owned());
        assert!(covers(Scope {
            identities: vec![ANNA],
            from: Some(date(2024, 1, 1)),
            ..Scope::default()
        }));
        assert!(covers(Scope {
            system: some("paper"),
            data_type: some("letters"),
            ..Scope::default()
        }));
        for other in [
            Scope {
                identities: vec![BERT],
                ..Scope::default()
            },
            Scope {
                system: some("shop"),
                ..Scope::default()
            },
            Scope {
                object: some("shop.invoices"),
                ..Scope::default()
            },
            Scope {
                data_type: some("letters"),
                ..Scope::default()
            },
        ] {
            assert!(!covers(other));
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let id = HoldId::parse("H-K7QF01").unwrap();
        for typed in ["h-k7qf01", " H-K7QFOI ", "HK7QF01", "hk7qfol"] {
            assert_eq!(HoldId::parse(typed), Some(id.clone()), "{typed}");
        }
        for typed in [
            "",
            "H",
            "H-",
            "H-K7QF0",
            "H-K7QF012",
            "K7QF01",
            "2026-K7QF01",
            "H-K7QF0é",
            "H--K7QF01",
        ] {
            assert_eq!(HoldId::parse(typed), None, "{typed}");
        }
        assert_eq!(
            HoldId::parse(HoldId::random().as_str())
                .unwrap()
                .as_str()
                .len(),
            8
        );
        assert!(serde_json::from_str::<HoldId>("\"h-k7qf01\"").is_err());
    }

    #[test]
    fn a_ground_has_one_code() {
        for ground in Ground::ALL {
            let written = serde_json::to_value(ground).unwrap();
            assert_eq!(written, ground.code());
            let named = clap::ValueEnum::to_possible_value(&ground).unwrap();
            assert_eq!(named.get_name(), ground.code());
            assert_eq!(serde_json::from_value::<Ground>(written).unwrap(), ground);
        }
    }
}
