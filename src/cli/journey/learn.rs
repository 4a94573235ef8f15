//! What a correction teaches a case: the new identities, and that the corrected records are still the person's.
//!
//! A new address is searched from then on, but by itself it makes nobody's record the person's: it may be mistyped, and then belong to
//! somebody else. The record that was corrected is the person's by what it was before, and that is what the case remembers.

use crate::case::item;
use crate::cli::context::House;
use crate::cli::journey::Opened;
use crate::cli::journey::apply::StepResult;
use crate::diagnostic::Result;
use crate::find::Accepted;
use crate::findings::Known;
use crate::plan::{Action, Outcome, Plan, Step};
use crate::subject::Origin;
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

/// Keeps what was learnt from the corrections that came true.
pub(crate) fn keep(house: &House, opened: &Opened, results: &[StepResult]) -> Result<()> {
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
        return Ok(());
    }
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
    house.vault().put_all(&opened.id, items)
}
