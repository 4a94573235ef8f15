//! Erasures that an earlier one has left for a later day: the law kept the record, or a hold did.
//!
//! Each such record is a row in the vault, written when its plan was carried out, and again whenever its case is gone on with. The row
//! outlives the case: it holds where the record lies, why it is kept, and keyed digests by which it is known again, and nothing else of
//! the person. Whoever erases it later (a sweep, or the case itself) settles the row.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case_id::CaseId;
use crate::connector::Key as RecordKey;
use crate::diagnostic::Result;
use crate::hold::{self, Hold, HoldId};
use crate::keys::{Digest, Key, Purpose};
use crate::plan::{Decision, Ends, Outcome, Plan, Step};
use crate::vault::Vault;

/// A record that is to be erased, and is not yet. Holds its key, so it lies in the vault alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deferred {
    /// Keyed digest of case and record: one row for each record of a case.
    pub id: Digest,
    pub case: CaseId,
    pub system: String,
    pub object: String,
    /// What the record is called in its system.
    pub key: RecordKey,
    pub data_type: Option<String>,
    /// What was decided: `restrict`, `retain` or `held`; `erase` where a hold was set after the plan.
    pub decision: Decision,
    /// The record's name in the ledger and the evidence of its case.
    pub record: Digest,
    /// What has to happen before it may go.
    pub ends: Ends,
    /// Last day on which the law keeps it, as far as that is known.
    pub until: Option<Date>,
    /// The norm that keeps it, or may keep it still; none where only a hold did. Read by [`Deferred::norm`].
    pub norm: Option<String>,
    /// The day from which its period counts.
    pub start: Option<Date>,
    /// The day that its object's clock showed, by which holds go.
    pub clock: Option<Date>,
    /// Holds that kept it when it was last looked at.
    pub holds: Vec<HoldId>,
    /// Digests of the identities that the record carried ([`hold::digest`]): a record that carries others is not this one any more.
    pub identities: Vec<Digest>,
    /// Digests of everything that was known of the person, by which holds on the person are known.
    pub person: Vec<Digest>,
    /// Keyed digest of its personal fields, under the workspace's key: tells whether it is still as it was.
    pub state: Option<Digest>,
    /// The day of the plan that left it.
    pub since: Date,
    /// What came of the last attempt, where it did not go.
    pub tried: Option<Outcome>,
}

impl Deferred {
    /// The first day on which the law lets it go; `None` if no day does.
    pub fn free_from(&self) -> Option<Date> {
        match self.ends {
            Ends::Until => self.until?.tomorrow().ok(),
            Ends::Hold => Some(self.since),
            Ends::Never | Ends::Person => None,
        }
    }

    /// The norm that keeps it. Rows of the first versions have the words of a hold in its place where a person is to decide.
    pub fn norm(&self) -> Option<&str> {
        let is_hold = |norm: &&str| {
            let mut holds = self.holds.iter();
            holds.any(|hold| norm.starts_with(&format!("hold {hold} (")))
        };
        self.norm.as_deref().filter(|norm| !is_hold(norm))
    }

    /// Whether the law keeps it no longer on this day. A hold may all the same ([`Deferred::held_by`]).
    pub fn is_due(&self, day: Date) -> bool {
        self.free_from().is_some_and(|free| free <= day)
    }

    /// The holds of a list that keep it now.
    pub fn held_by<'h>(&self, holds: &'h [Hold]) -> Vec<&'h Hold> {
        let mut known = self.identities.clone();
        known.extend(&self.person);
        let data_type = self.data_type.as_deref();
        hold::covering(
            holds,
            &self.system,
            &self.object,
            data_type,
            self.clock,
            &known,
        )
    }
}

/// Keeps rows, in the place of those with the same number.
///
/// # Errors
/// Those of writing the vault.
pub fn add(vault: &mut Vault, rows: &[Deferred]) -> Result<()> {
    settle(vault, rows, &[])
}

/// Keeps rows and gives up others in one commit.
///
/// # Errors
/// Those of writing the vault.
pub fn settle(vault: &mut Vault, rows: &[Deferred], gone: &[Digest]) -> Result<()> {
    let rows: Vec<(Digest, &Deferred)> = rows.iter().map(|row| (row.id, row)).collect();
    vault.defer(&rows, gone)
}

/// Every row, by case and place.
///
/// # Errors
/// Those of reading the vault.
pub fn all(vault: &Vault) -> Result<Vec<Deferred>> {
    let mut rows: Vec<Deferred> = vault.deferred()?;
    rows.sort_by(|a, b| {
        let place = |row: &Deferred| (row.case.clone(), row.system.clone(), row.object.clone());
        place(a).cmp(&place(b)).then_with(|| a.key.cmp(&b.key))
    });
    Ok(rows)
}

/// Hands every row over, in no order, and holds none.
///
/// # Errors
/// Those of reading the vault.
pub fn each(vault: &Vault, visit: &mut dyn FnMut(Deferred)) -> Result<()> {
    vault.each_deferred(visit)
}

/// The rows that the law keeps no longer on this day. Whether a hold does is for the caller to ask, since one may be set at any moment:
/// [`Deferred::held_by`].
///
/// # Errors
/// Those of reading the vault.
pub fn due(vault: &Vault, day: Date) -> Result<Vec<Deferred>> {
    let mut rows = all(vault)?;
    rows.retain(|row| row.is_due(day));
    Ok(rows)
}

/// The row of this number; `None` if there is none, or none any more.
///
/// # Errors
/// Those of reading the vault.
pub fn of(vault: &Vault, id: &Digest) -> Result<Option<Deferred>> {
    vault.deferred_row(id)
}

/// Notes what an attempt came to: a record that is gone or anonymous is no row any more, every other keeps its own.
///
/// # Errors
/// Those of reading and writing the vault.
pub fn done(vault: &mut Vault, id: &Digest, outcome: Outcome) -> Result<()> {
    if is_gone(outcome) {
        return vault.defer::<Deferred>(&[], &[*id]);
    }
    let row: Option<Deferred> = vault.deferred_row(id)?;
    let Some(mut row) = row else {
        return Ok(());
    };
    row.tried = Some(outcome);
    add(vault, &[row])
}

/// Whether there is nothing left to erase.
pub fn is_gone(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Removed | Outcome::Anonymised | Outcome::AlreadyGone
    )
}

/// The number of the row of a record.
pub fn id_of(
    workspace: &Key,
    case: &CaseId,
    system: &str,
    object: &str,
    key: &RecordKey,
) -> Digest {
    let names = workspace.derive(Purpose::Name);
    names.mac(&crate::canonical::bytes(&(
        "deferred",
        case.as_str(),
        system,
        object,
        key,
    )))
}

/// What became of a step, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub outcome: Outcome,
    /// Holds that were found when it was to be written.
    pub holds: Vec<HoldId>,
    /// The record's key by now, where the write has given it another.
    pub key: Option<RecordKey>,
}

/// The row that a step leaves; `None` if it leaves none.
pub fn of_step(
    workspace: &Key,
    case: &CaseId,
    plan: &Plan,
    step: &Step,
    ended: &Ended,
    data_type: Option<&str>,
    person: &[Digest],
) -> Option<Deferred> {
    if is_gone(ended.outcome) || plan.verb != "erase" {
        return None;
    }
    let stays = ended.outcome == Outcome::Held && step.action.is_some_and(|action| action.erases());
    let keeping = step.keeping.clone().unwrap_or_default();
    // Plans of the first ledgers say no more than a day and why, which are the law's where no hold keeps the record.
    let kept = matches!(step.decision, Decision::Retain | Decision::Restrict);
    let by_law = || (kept && step.until.is_some()).then_some(Ends::Until);
    let ends = match stays {
        true => Ends::Hold,
        false => keeping.ends.or_else(by_law)?,
    };
    let norm = || {
        let because = step.because.as_ref().filter(|_| kept);
        because.map(|because| because.en.clone())
    };
    let mut holds = keeping.holds;
    holds.extend(ended.holds.iter().cloned());
    holds.sort();
    holds.dedup();
    Some(Deferred {
        id: id_of(workspace, case, &step.system, &step.object, &step.key),
        case: case.clone(),
        system: step.system.clone(),
        object: step.object.clone(),
        key: ended.key.clone().unwrap_or_else(|| step.key.clone()),
        data_type: data_type.map(str::to_owned),
        decision: step.decision,
        record: step.name,
        ends,
        until: keeping.until.or(step.until),
        norm: match ends {
            Ends::Hold => None,
            _ => keeping.norm.or_else(norm),
        },
        start: keeping.start,
        clock: keeping.clock,
        holds,
        identities: keeping.identities,
        person: person.to_vec(),
        state: keeping.state,
        since: plan.day,
        tried: None,
    })
}

#[cfg(test)]
mod tests;
