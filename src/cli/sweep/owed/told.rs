//! What the ledger and the statement of a run say of erasures that requests have left for a later day.
//!
//! What was done is read from the ledger, where every record stands under its case: a run that was killed and went on counts it once, and
//! counts all of it. What was left alone is what the run saw when it looked last.

use std::collections::BTreeMap;

use super::Owed;
use crate::cli::context::House;
use crate::deferred;
use crate::diagnostic::Result;
use crate::keys::Digest;
use crate::ledger::{DeferredPart, Event};
use crate::plan::Outcome;

/// Case, system, object.
type Place = (String, String, String);

/// What a run found and did, by case and object; nothing where there was nothing to do.
///
/// # Errors
/// Those of reading the ledger.
pub(in crate::cli::sweep) fn parts(
    house: &House,
    sweep: &str,
    lines: &[Owed],
) -> Result<Vec<DeferredPart>> {
    let done = done(house, sweep)?;
    let mut parts: BTreeMap<Place, DeferredPart> = BTreeMap::new();
    for line in lines {
        let place = (
            line.case.to_string(),
            line.system.clone(),
            line.object.clone(),
        );
        let counted = DeferredPart {
            of_case: place.0.clone(),
            system: place.1.clone(),
            object: place.2.clone(),
            norm: line.norm.clone(),
            // What a killed part of the run has done is not due any more when the rest of it looks.
            due: line.count - line.done.min(line.count),
            done: 0,
            held: line.held,
            spared: line.spared,
            changed: line.changed + line.unreadable,
            kept: line.kept,
            open: line.open,
            brakes: line.brakes.clone(),
        };
        parts.insert(place, counted);
    }
    for (place, records) in done {
        let part = parts.entry(place.clone()).or_insert_with(|| DeferredPart {
            of_case: place.0,
            system: place.1,
            object: place.2,
            ..DeferredPart::default()
        });
        part.done += records;
        part.due += records;
    }
    Ok(parts.into_values().collect())
}

/// How many records of each case and object went since a run began, each once.
fn done(house: &House, sweep: &str) -> Result<BTreeMap<Place, u64>> {
    let ledger = house.ledger();
    let mut begun = None;
    ledger.of_the_workspace(0, &mut |stored| {
        if matches!(&stored.event, Event::SweepStarted { sweep: other, .. } if other == sweep) {
            begun.get_or_insert(stored.seq);
        }
    })?;
    let mut last: BTreeMap<(Place, Digest), Outcome> = BTreeMap::new();
    let Some(begun) = begun else {
        return Ok(BTreeMap::new());
    };
    for seq in begun + 1..=ledger.head()?.count {
        let Some(stored) = ledger.event(seq)? else {
            continue;
        };
        if let (
            Some(case),
            Event::DeferredEnded {
                system,
                object,
                record,
                outcome,
                ..
            },
        ) = (stored.case, stored.event)
        {
            last.insert(((case.to_string(), system, object), record), outcome);
        }
    }
    let mut done = BTreeMap::new();
    for ((place, _), outcome) in last {
        if deferred::is_gone(outcome) {
            *done.entry(place).or_default() += 1;
        }
    }
    Ok(done)
}
