//! What an erasure leaves for a later day, put where it outlives the case.
//!
//! The rows are written before the ledger says that the run ended, and written again by every further run: a run that dies in between
//! is gone on with, and comes to the same rows.

use std::collections::BTreeMap;

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::House;
use crate::cli::journey::apply::StepResult;
use crate::cli::journey::{Opened, stored};
use crate::deferred::{self, Deferred, Ended};
use crate::diagnostic::Result;
use crate::findings::Known;
use crate::hold::{self, HoldId};
use crate::keys::{Digest, Purpose};
use crate::law;
use crate::ledger::Event;
use crate::plan::{Aim, Plan, Step};
use crate::subject::Identity;

/// Digests of all that is known of the person of a case, by which holds on the person are known. What several people share is left out
/// where that is known.
pub(crate) fn person(house: &House, case: &CaseId) -> Result<Vec<Digest>> {
    let identity = house.key.derive(Purpose::Identity);
    let stated: Vec<Identity> = house.vault().read(case, item::SUBJECT)?.unwrap_or_default();
    let known: Vec<Known> = house.vault().read(case, item::KNOWN)?.unwrap_or_default();
    let shared = |one: &Identity| known.iter().any(|k| k.shared && k.identity == *one);
    let mut digests: Vec<Digest> = known
        .iter()
        .map(|known| &known.identity)
        .chain(&stated)
        .filter(|one| !shared(one))
        .map(|one| hold::digest_under(&identity, one))
        .collect();
    digests.sort();
    digests.dedup();
    Ok(digests)
}

/// Keeps what this run of a plan has left, and gives up what it has erased.
pub(crate) fn keep(
    house: &House,
    opened: &Opened,
    plan: &Plan,
    results: &[StepResult],
    person: &[Digest],
) -> Result<()> {
    let ended = results.iter().filter_map(|result| {
        let ended = result.ended.as_ref()?;
        let ended = Ended {
            outcome: ended.outcome,
            holds: ended.holds.clone(),
            key: ended.key.clone(),
        };
        Some((&result.step, ended))
    });
    settle(house, &opened.id, plan, ended, person)
}

fn settle<'s>(
    house: &House,
    case: &CaseId,
    plan: &Plan,
    ended: impl Iterator<Item = (&'s Step, Ended)>,
    person: &[Digest],
) -> Result<()> {
    if plan.verb != Aim::Erase.verb() {
        return Ok(());
    }
    let types = &house.inventory.data_types;
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    for (step, ended) in ended {
        let place = format!("{}.{}", step.system, step.object);
        let data_type = law::data_type_of(types, &place).map(|one| one.name.as_str());
        match deferred::of_step(&house.key, case, plan, step, &ended, data_type, person) {
            Some(mut row) => {
                let earlier = deferred::of(&house.vault(), &row.id)?;
                if let Some(earlier) = &earlier {
                    // An earlier run has seen under which name the write left it.
                    if ended.key.is_none() && earlier.since == row.since {
                        row.key = earlier.key.clone();
                    }
                    row.tried = earlier.tried;
                }
                if earlier.as_ref() != Some(&row) {
                    rows.push(row);
                }
            }
            None if deferred::is_gone(ended.outcome) => {
                let id = deferred::id_of(&house.key, case, &step.system, &step.object, &step.key);
                if deferred::of(&house.vault(), &id)?.is_some() {
                    gone.push(id);
                }
            }
            None => {}
        }
    }
    deferred::settle(&mut house.vault(), &rows, &gone)
}

/// Puts what the plans of a case have left where it outlives the case: cases of the first workspaces have not done that.
pub(crate) fn catch_up(house: &House, case: &Case) -> Result<()> {
    let person = person(house, &case.id)?;
    // What the last end of each step said that holds it.
    let mut held: BTreeMap<(Digest, u32), Vec<HoldId>> = BTreeMap::new();
    house.each_event(&case.id, &mut |stored| {
        if let Event::StepEnded {
            plan, step, holds, ..
        } = stored.event
        {
            match holds.is_empty() {
                true => held.remove(&(plan, step)),
                false => held.insert((plan, step), holds),
            };
        }
        Ok(true)
    })?;
    for state in &case.plans {
        if state.verb != Aim::Erase.verb() || state.steps.is_empty() {
            continue;
        }
        let Some(plan) = stored::plan_if_kept(house, &case.id, &state.id)? else {
            continue;
        };
        let ended = plan.steps.iter().filter_map(|step| {
            let (outcome, ..) = state.steps.get(&step.no)?;
            let ended = Ended {
                outcome: *outcome,
                holds: held.get(&(state.id, step.no)).cloned().unwrap_or_default(),
                key: None,
            };
            Some((step, ended))
        });
        settle(house, &case.id, &plan, ended, &person)?;
    }
    Ok(())
}

/// What a case has left for a later day.
pub(crate) fn of_case(house: &House, case: &CaseId) -> Result<Vec<Deferred>> {
    let mut rows = deferred::all(&house.vault())?;
    rows.retain(|row| row.case == *case);
    Ok(rows)
}
