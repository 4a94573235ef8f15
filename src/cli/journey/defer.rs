//! What an erasure leaves for a later day, put where it outlives the case.
//!
//! The rows are written before the ledger says that the run ended, and written again by every further run: a run that dies in between
//! is gone on with, and comes to the same rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::House;
use crate::cli::journey::Opened;
use crate::cli::journey::apply::StepResult;
use crate::cli::journey::stored::PlanInVault;
use crate::deferred::{self, Deferred, Ended};
use crate::diagnostic::{Result, Trouble};
use crate::evidence::Planned as _;
use crate::findings::Known;
use crate::hold::{self, HoldId};
use crate::keys::{Digest, Purpose};
use crate::law;
use crate::ledger::Event;
use crate::plan::{Aim, Ends, Outcome, Plan, Step};
use crate::subject::Identity;
use crate::workspace::file_trouble;

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

/// How a step ended last, and which list of holds its last end named; 0 for none.
type Ending = Option<(Outcome, u32)>;

/// How the steps of the erasures of a case ended, a few bytes for each.
#[derive(Default)]
struct Endings {
    by_plan: BTreeMap<Digest, Vec<Ending>>,
    /// Lists of holds, from 1, each once.
    holds: Vec<Vec<HoldId>>,
    numbers: BTreeMap<Vec<HoldId>, u32>,
}

impl Endings {
    fn of(house: &House, case: &Case) -> Result<Endings> {
        let erasures = case.plans.iter();
        let erasures = erasures.filter(|state| state.verb == Aim::Erase.verb());
        let mut endings = Endings {
            by_plan: erasures.map(|state| (state.id, Vec::new())).collect(),
            ..Endings::default()
        };
        house.each_event(&case.id, &mut |stored| {
            match stored.event {
                Event::StepEnded {
                    plan,
                    step,
                    outcome,
                    holds,
                    ..
                } => {
                    let holds = endings.number_of(holds)?;
                    endings.put(&plan, step, |_| (outcome, holds));
                }
                Event::StepVerified {
                    plan,
                    step,
                    outcome,
                    ..
                } => {
                    let kept = |last: Ending| (outcome, last.map_or(0, |(_, holds)| holds));
                    endings.put(&plan, step, kept);
                }
                _ => {}
            }
            Ok(true)
        })?;
        Ok(endings)
    }

    fn put(&mut self, plan: &Digest, step: u32, ending: impl FnOnce(Ending) -> (Outcome, u32)) {
        let Some(steps) = self.by_plan.get_mut(plan) else {
            return;
        };
        let at = step as usize;
        if steps.len() <= at {
            steps.resize(at + 1, None);
        }
        steps[at] = Some(ending(steps[at]));
    }

    fn number_of(&mut self, holds: Vec<HoldId>) -> Result<u32> {
        if holds.is_empty() {
            return Ok(0);
        }
        if let Some(known) = self.numbers.get(&holds) {
            return Ok(*known);
        }
        let many = |error| file_trouble(&std::io::Error::other(error));
        let number = u32::try_from(self.holds.len() + 1).map_err(many)?;
        self.holds.push(holds.clone());
        self.numbers.insert(holds, number);
        Ok(number)
    }

    fn ended(&self, (outcome, holds): (Outcome, u32)) -> Ended {
        let holds = (holds as usize).checked_sub(1);
        let holds = holds.and_then(|at| self.holds.get(at));
        Ended {
            outcome,
            holds: holds.cloned().unwrap_or_default(),
            key: None,
        }
    }
}

/// Rows that are looked up and kept in one commit.
const AT_ONCE: usize = 1_000;

/// Puts what the plans of a case have left where it outlives the case: cases of the first workspaces have not done that. Steps pass by,
/// some at a time, so that a case of any size takes little more memory than a small one.
pub(crate) fn catch_up(house: &House, case: &Case) -> Result<()> {
    let person = person(house, &case.id)?;
    let endings = Endings::of(house, case)?;
    for state in &case.plans {
        let steps = endings.by_plan.get(&state.id);
        let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
            continue;
        };
        let Some(plan) = PlanInVault::if_kept(house, &case.id, &state.id)? else {
            continue;
        };
        let mut some: Vec<(Step, Ended)> = Vec::new();
        let settle_some = |some: &mut Vec<(Step, Ended)>| {
            let ended = some.iter().map(|(step, ended)| (step, ended.clone()));
            settle(house, &case.id, plan.head(), ended, &person)?;
            some.clear();
            Ok::<_, Trouble>(())
        };
        plan.each(&mut |step| {
            if let Some(last) = steps.get(step.no as usize).copied().flatten() {
                some.push((step.clone(), endings.ended(last)));
            }
            match some.len() < AT_ONCE {
                true => Ok(()),
                false => settle_some(&mut some),
            }
        })?;
        settle_some(&mut some)?;
    }
    Ok(())
}

/// What a case has left for a later day.
pub(crate) fn of_case(house: &House, case: &CaseId) -> Result<Vec<Deferred>> {
    let mut rows = deferred::all(&house.vault())?;
    rows.retain(|row| row.case == *case);
    Ok(rows)
}

/// The same, counted.
#[derive(Default)]
pub(crate) struct Left {
    pub(crate) count: usize,
    /// Those about which a person decides.
    pub(crate) for_people: usize,
    /// Systems and objects.
    pub(crate) places: BTreeSet<(String, String)>,
}

/// # Errors
/// Those of the vault.
pub(crate) fn left(house: &House, case: &CaseId) -> Result<Left> {
    let mut left = Left::default();
    deferred::each(&house.vault(), &mut |row| {
        if row.case == *case {
            left.count += 1;
            left.for_people += usize::from(row.ends == Ends::Person);
            left.places.insert((row.system, row.object));
        }
    })?;
    Ok(left)
}
