//! Erased records that are there again: a restored backup, an import or the person may have brought them back.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::context::House;
use crate::cli::journey::{Opened, stored_plan};
use crate::connector::{Action, Key};
use crate::diagnostic::Result;
use crate::findings::Findings;
use crate::plan::Outcome;

/// How many records the case has removed, by their place, that a search returns all the same.
///
/// # Errors
/// Those of reading the ledger and the vault.
pub(crate) fn came_back(
    house: &House,
    opened: &Opened,
    findings: &Findings,
) -> Result<BTreeMap<String, u64>> {
    let mut latest: BTreeMap<(String, String, Key), (Timestamp, Outcome)> = BTreeMap::new();
    for state in &opened.case(house)?.plans {
        if state.steps.is_empty() {
            continue;
        }
        for step in stored_plan(house, opened, &state.id)?.steps {
            let Some((outcome, _, at)) = state.steps.get(&step.no) else {
                continue;
            };
            let place = (step.system, step.object, step.key);
            if latest.get(&place).is_none_or(|(before, _)| before <= at) {
                latest.insert(place, (*at, *outcome));
            }
        }
    }
    let mut back = BTreeMap::new();
    for (system, object, found) in findings.records() {
        let (system, object) = (&system.system, &object.object);
        let place = (system.clone(), object.clone(), found.record.key.clone());
        let was = latest.get(&place).map(|(_, outcome)| *outcome);
        let known = house.inventory.system(system);
        let known = known.and_then(|known| known.object(object));
        let says_gone =
            known.is_some_and(|object| object.says_gone(Action::Remove, &found.record.data));
        if matches!(was, Some(Outcome::Removed | Outcome::AlreadyGone)) && !says_gone {
            *back.entry(format!("{system}.{object}")).or_default() += 1;
        }
    }
    Ok(back)
}
