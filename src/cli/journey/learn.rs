//! What a correction teaches a case: the new identities, and that the corrected records are still the person's.
//!
//! A new address is searched from then on, but by itself it makes nobody's record the person's: it may be mistyped, and then belong to
//! somebody else. The record that was corrected is the person's by what it was before, and that is what the case remembers.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::item;
use crate::cli::context::House;
use crate::cli::journey::apply::StepResult;
use crate::cli::journey::{Opened, stored_plan};
use crate::connector::{Digester, Key, Record};
use crate::diagnostic::Result;
use crate::find::Accepted;
use crate::findings::{Findings, Known};
use crate::keys::Purpose;
use crate::plan::{Action, Outcome, Plan, Step};
use crate::subject::{Identity, Origin};
use crate::vault::Item;

/// The identities that a plan's corrections write.
pub(crate) fn new_identities(house: &House, plan: &Plan) -> Vec<Known> {
    let mut all: Vec<Known> = Vec::new();
    for step in plan.steps.iter() {
        for known in of(house, step) {
            if all.iter().all(|other| other.identity != known.identity) {
                all.push(known);
            }
        }
    }
    all
}

fn of(house: &House, step: &Step) -> Vec<Known> {
    let object = house
        .inventory
        .system(&step.system)
        .and_then(|system| system.object(&step.object));
    let (Some(object), Some(Action::Rectify)) = (object, step.action) else {
        return Vec::new();
    };
    let fields = object.fields.iter().filter_map(|field| {
        let kind = field.identity.as_ref()?;
        let value = step.changes.get(&field.name)?.as_deref()?;
        let identity = house.inventory.kinds.identity(kind, value).ok()?;
        let from = Origin::Derived {
            object: format!("{}.{}", step.system, step.object),
            trusted: false,
        };
        Some(Known {
            identity,
            from,
            shared: false,
        })
    });
    fields.collect()
}

/// Keeps what was learnt from the corrections that came true, and hands over the identities that they have written.
pub(crate) fn keep(
    house: &House,
    opened: &Opened,
    results: &[StepResult],
) -> Result<Vec<Identity>> {
    let done = results.iter().filter(|result| {
        let outcome = result.ended.as_ref().map(|ended| ended.outcome);
        outcome == Some(Outcome::Rectified)
    });
    let (mut identities, mut records) = (Vec::new(), Vec::new());
    for result in done {
        let fresh = of(house, &result.step);
        if !fresh.is_empty() {
            let step = &result.step;
            records.push((step.system.clone(), step.object.clone(), step.key.clone()));
            identities.extend(fresh);
        }
    }
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let written = identities.iter().map(|known| known.identity.clone());
    let written: Vec<Identity> = written.collect();
    let mut known: Vec<Known> = house
        .vault()
        .read(&opened.id, item::KNOWN)?
        .unwrap_or_default();
    for fresh in identities {
        if known.iter().all(|other| other.identity != fresh.identity) {
            known.push(fresh);
        }
    }
    let mut accepted: Accepted = house
        .vault()
        .read(&opened.id, item::ACCEPTED)?
        .unwrap_or_default();
    accepted.extend(records);
    let items = vec![
        Item::new(item::KNOWN, &known),
        Item::new(item::ACCEPTED, &accepted),
    ];
    house.vault().put_all(&opened.id, items)?;
    Ok(written)
}

/// Adds to the accepted records those rows of files that a correction of this case has brought into their state: a row has another key
/// since it was written to. `true` if there were any.
///
/// Rows that are equal to the corrected one, and more of them than were corrected, prove nothing: then none of them is added.
pub(crate) fn accept_moved(
    house: &House,
    opened: &Opened,
    findings: &Findings,
    accepted: &mut Accepted,
) -> Result<bool> {
    let digester = Digester::new(opened.key.derive(Purpose::Record));
    let mut fresh: Vec<(String, String, Key)> = Vec::new();
    for state in opened.case(house)?.plans {
        if state.verb != "rectify" || state.steps.is_empty() {
            continue;
        }
        // How many steps lead to the same rows.
        let mut led: BTreeMap<BTreeSet<(String, String, Key)>, usize> = BTreeMap::new();
        for step in &stored_plan(house, opened, &state.id)?.steps {
            let came_true = state
                .steps
                .get(&step.no)
                .is_some_and(|(outcome, ..)| *outcome == Outcome::Rectified);
            let system = house.inventory.system(&step.system);
            let object = system.and_then(|system| system.object(&step.object));
            let (Some(object), true, true) = (
                object.filter(|object| object.is_file()),
                came_true,
                step.writes(),
            ) else {
                continue;
            };
            let rows = findings.records().filter(|(system, of, found)| {
                let as_it_was_named = Record {
                    key: step.key.clone(),
                    data: found.record.data.clone(),
                };
                system.system == step.system
                    && of.object == step.object
                    && Some(digester.state(object, Action::Rectify, &as_it_was_named)) == step.after
            });
            let place = |key: &Key| (step.system.clone(), step.object.clone(), key.clone());
            let rows: BTreeSet<_> = rows.map(|(.., found)| place(&found.record.key)).collect();
            *led.entry(rows).or_default() += 1;
        }
        let sure = led.into_iter().filter(|(rows, steps)| rows.len() <= *steps);
        fresh.extend(sure.flat_map(|(rows, _)| rows));
    }
    let before = accepted.len();
    accepted.extend(fresh);
    Ok(accepted.len() > before)
}
