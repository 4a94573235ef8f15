//! What the cover of a case is drawn from: once when the bundle is made, and once more by whoever verifies it.
//!
//! Nearly all of it follows from statement, journal and answers. What does not, such as the reason for which a record is kept, stands in
//! `data/cover.json`: words that passed the gate, records counted by what is said of them, what stands out in the workspace. So a cover
//! that says other than the bundle cannot pass for the one that dsr wrote.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use x509_cert::Certificate;

use super::history::{History, Sort};
use super::level::Facts;
use super::page::plain;
use super::screen::Screen;
use super::witness::Place;
use super::{Change, Witnesses};
use crate::anomaly::{Anomaly, Kind};
use crate::hold;
use crate::keys::Digest;
use crate::messages::{Text, evidence as say, hold as say_hold};
use crate::plan::{Decision, Level, Outcome};

/// What the cover says that follows from no other file.
pub(super) const FILE: &str = "data/cover.json";

/// Its content in the bundle of a case.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Beside {
    pub(super) records: Vec<Counted>,
    pub(super) noticed: Vec<Noticed>,
    /// Changes to inventory and people; `None` where the ledger does not tell of any.
    pub(super) amendments: Option<Vec<Amendment>>,
    /// Words of the journal that the cover leaves out, for they could name the person.
    pub(super) left_out: Vec<String>,
}

/// Records that differ in nothing that the cover says of them.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) count: u64,
    #[serde(flatten)]
    pub(super) of: Of,
}

/// What the cover says of a record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Of {
    pub(super) plan: Digest,
    pub(super) system: String,
    pub(super) object: String,
    pub(super) outcome: Outcome,
    pub(super) level: Option<Level>,
    pub(super) fault: Option<String>,
    /// Not found any more, and come upon by no later plan.
    pub(super) lost: bool,
    /// Of what is not erased, or left to people: why, and until when.
    pub(super) decision: Option<Decision>,
    pub(super) until: Option<Date>,
    pub(super) because: Option<Text>,
    /// What cannot be undone.
    pub(super) effect: Option<Text>,
}

/// Something that stands out.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Noticed {
    pub(super) at: Timestamp,
    pub(super) who: Option<String>,
    pub(super) kind: Kind,
    pub(super) what: Text,
}

/// A change of what the inventory asks for, or of the people who work with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    pub at: Timestamp,
    /// A pseudonym.
    pub who: String,
    pub what: Text,
}

impl Beside {
    pub(super) fn of(
        anomalies: &[Anomaly],
        amendments: Option<&[Amendment]>,
        history: &History,
        screen: &Screen,
    ) -> Beside {
        let mut records: BTreeMap<Of, u64> = BTreeMap::new();
        for (sort, count) in &history.sorts {
            *records.entry(of(sort, history, screen)).or_default() += count;
        }
        let noticed = anomalies.iter().map(|one| Noticed {
            at: one.at,
            who: one.who.as_deref().map(plain),
            kind: one.kind,
            what: one.what.clone(),
        });
        let records = records.into_iter();
        Beside {
            records: records.map(|(of, count)| Counted { count, of }).collect(),
            noticed: noticed.collect(),
            amendments: amendments.map(<[Amendment]>::to_vec),
            left_out: Vec::new(),
        }
    }
}

fn of(sort: &Sort, history: &History, screen: &Screen) -> Of {
    let is_erasure = history.is_erasure(sort);
    let decision = match is_erasure {
        // A hold that was set after the plan keeps what the plan would have erased.
        true if sort.outcome == Outcome::Held && sort.decision.is_some() => Some(Decision::Held),
        true => sort.decision.filter(|one| *one != Decision::Erase),
        false => sort.decision.filter(|one| *one == Decision::Manual),
    };
    Of {
        plan: sort.plan,
        system: sort.system.clone(),
        object: sort.object.clone(),
        outcome: sort.outcome,
        level: sort.level,
        fault: sort.fault.clone(),
        lost: sort.is_lost,
        decision,
        until: decision.and(sort.until).filter(|_| is_erasure),
        because: decision.map(|decision| because(decision, sort, screen)),
        effect: effect(sort, screen),
    }
}

fn because(decision: Decision, sort: &Sort, screen: &Screen) -> Text {
    let planned = sort.because.as_ref();
    match decision {
        // The reason of a hold is a sentence about somebody; it stays in the vault. What the plan says of it is made of its number,
        // its ground and a day.
        Decision::Held => match (sort.is_planned_held, &sort.holds[..]) {
            (true, _) => planned.map_or_else(say::because_held, |text| screen.text(text)),
            (false, []) => say::because_held(),
            (false, holds) => say_hold::because_held_by(hold::listed(holds)),
        },
        _ => planned.map_or_else(say::because_unknown, |text| screen.text(text)),
    }
}

/// What a write brought about that nobody can undo. It was shown before anyone confirmed.
fn effect(sort: &Sort, screen: &Screen) -> Option<Text> {
    let may_be_written = is_done(sort.outcome)
        || matches!(
            sort.outcome,
            Outcome::Unknown | Outcome::NotVerified | Outcome::Pending
        );
    let written = may_be_written && sort.outcome != Outcome::AlreadyGone;
    let effect = sort.irreversible.as_ref().filter(|_| written);
    effect.map(|effect| screen.text(effect))
}

/// Outcomes that change something and so have a level.
pub(super) fn is_done(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Removed
            | Outcome::Anonymised
            | Outcome::AlreadyGone
            | Outcome::Restricted
            | Outcome::Unrestricted
            | Outcome::Rectified
            | Outcome::Suppressed
    )
}

/// Who vouches for a bundle from outside, as far as its pages go by it.
#[derive(Clone, Copy)]
pub(super) struct Witnessed {
    pub(super) time: bool,
    pub(super) log: bool,
}

impl From<Witnesses<'_>> for Witnessed {
    fn from(witnesses: Witnesses<'_>) -> Witnessed {
        Witnessed {
            time: witnesses.time.is_some(),
            log: witnesses.log.is_some(),
        }
    }
}

/// The place in the log over all cases as a cover tells it.
pub(super) struct Logged {
    /// Of the log.
    pub(super) name: String,
    /// Where the opening of the case stands, and the root up to there.
    pub(super) opened: Option<(u64, Digest)>,
}

impl Logged {
    pub(super) fn of(place: &Place) -> Logged {
        let opened = place.opened.as_ref();
        let opened = opened.map(|(_, proof)| (proof.index, proof.signed.checkpoint.root));
        Logged {
            name: place.key.name.clone(),
            opened,
        }
    }
}

/// What the cover of a case says, beside what its events tell.
pub(super) struct Sheet<'s> {
    pub(super) case: &'s str,
    pub(super) controller: &'s str,
    pub(super) seat: &'s str,
    pub(super) contact: Option<&'s str>,
    pub(super) received: Date,
    pub(super) answered: Option<Date>,
    pub(super) identity: Text,
    pub(super) channel: Option<Text>,
    pub(super) operator: &'s str,
    pub(super) approver: Option<&'s str>,
    pub(super) made: Timestamp,
    pub(super) number: u32,
    pub(super) predecessor: Option<Digest>,
    pub(super) keep_until: Option<Date>,
    pub(super) inventory: &'s Value,
    pub(super) inventory_digest: Digest,
    pub(super) lock_digest: Digest,
    pub(super) connectors: Vec<(String, String, Digest)>,
    /// Version of the program.
    pub(super) program: &'s str,
    /// Erased since plans had left it for later: system, object, outcome and number.
    pub(super) deferred: Vec<(String, String, Outcome, u64)>,
    /// At which host a system was reached.
    pub(super) hosts: BTreeMap<String, Text>,
    pub(super) beside: &'s Beside,
    pub(super) gaps: Vec<Text>,
    pub(super) certificate: &'s Certificate,
    pub(super) changes: &'s [Change],
    pub(super) worth: Facts,
    pub(super) log: Option<Logged>,
    pub(super) witnessed: Witnessed,
}
