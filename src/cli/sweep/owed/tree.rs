//! What hangs below a record that is owed an erasure: searched again before it is removed, because it may be more by now than when its
//! case left it. The record goes with all of it or not at all: where the law, a hold or a person's word keeps a part, everything above it
//! waits; what hangs below no record that goes is nobody's to erase here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::goes;
use crate::cli::context::House;
use crate::connector::object::Erase;
use crate::connector::{Action, Fault, Key};
use crate::execute::Doors as _;
use crate::find::{Search, below};
use crate::findings::ObjectFindings;
use crate::hold::{self, Hold};
use crate::inventory::System;
use crate::keys::Digest;
use crate::law;
use crate::plan::{Decision, Plan, Step};
use crate::subject::Identity;

/// System, object and key of a record.
pub(super) type Place = (String, String, Key);

/// What is to become of a planned step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Goes,
    /// The law or a hold keeps it, or something below it.
    Kept,
    /// A person decides about it, or about something below it.
    Person,
    /// No case has left it, and what it hangs below stays.
    NotOwed,
}

/// Puts what hangs below the records beside them; as it was where nothing can hang below any.
///
/// # Errors
/// The system cannot be opened.
pub(super) async fn complete(
    house: &House,
    name: &str,
    identities: &[Identity],
    objects: Vec<ObjectFindings>,
) -> Result<Vec<ObjectFindings>, Fault> {
    let systems = house.systems();
    let Some(system) = systems.iter().find(|system| system.name == name) else {
        return Ok(objects);
    };
    let mut records = objects.iter().filter(|found| !found.records.is_empty());
    if !records.any(|found| is_above(system, &found.object)) {
        return Ok(objects);
    }
    let doors = house.doors();
    let reader = doors.reader(system)?;
    let kinds = Arc::new(house.inventory.kinds.clone());
    let known = Search::stated(identities.to_vec());
    let seeds = objects.into_iter().flat_map(|found| {
        let name = found.object;
        let records = found.records.into_iter();
        records.map(move |one| (name.clone(), one.record))
    });
    Ok(below(Arc::clone(system), reader, kinds, &known, seeds.collect()).await)
}

/// Whether records of other objects may hang below those of this one.
fn is_above(system: &System, object: &str) -> bool {
    let mut finders = system.objects.iter().flat_map(|object| &object.find);
    finders.any(|finder| finder.under.iter().any(|name| name == object))
}

/// What is known beside the plan.
pub(super) struct Known<'k> {
    pub(super) house: &'k House,
    /// Records that a case has left and that are due.
    pub(super) owed: &'k BTreeSet<Place>,
    /// Records that a case has left and that are others by now.
    pub(super) others: &'k BTreeSet<Place>,
    pub(super) holds: &'k [Hold],
    /// Digests of all that was known of the person when the case left them.
    pub(super) person: &'k [Digest],
}

/// The fate of each step, in the order of the plan.
pub(super) fn fates(plan: &Plan, known: &Known<'_>) -> Vec<Fate> {
    let steps = &plan.steps;
    let mut at: BTreeMap<Place, usize> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        at.insert(place(step), index);
    }
    let above: Vec<Vec<usize>> = steps
        .iter()
        .map(|step| {
            let parents = step.found_by.parents();
            let parents = parents.map(|(object, key)| {
                let place = (step.system.clone(), object.clone(), key.clone());
                at.get(&place).copied()
            });
            parents.flatten().collect()
        })
        .collect();
    let mut fates: Vec<Fate> = steps.iter().map(|step| known.alone(step)).collect();
    // Upwards: nothing goes above what stays.
    let mut settled = false;
    while !settled {
        settled = true;
        for (child, parents) in above.iter().enumerate() {
            if fates[child] == Fate::Goes {
                continue;
            }
            for parent in parents {
                if fates[*parent] == Fate::Goes && known.is_to_vanish(&steps[*parent]) {
                    fates[*parent] = fates[child];
                    settled = false;
                }
            }
        }
    }
    for (fate, step) in fates.iter_mut().zip(steps) {
        // The planner keeps it for a reason that no step shows.
        if *fate == Fate::Goes && known.is_to_vanish(step) && step.action != Some(Action::Remove) {
            *fate = Fate::Person;
        }
    }
    // Downwards: what no case has left goes only with what it hangs below.
    let mut going: BTreeSet<usize> = (0..steps.len())
        .filter(|index| fates[*index] == Fate::Goes && known.owed.contains(&place(&steps[*index])))
        .collect();
    let mut before = usize::MAX;
    while before != going.len() {
        before = going.len();
        for (child, parents) in above.iter().enumerate() {
            if fates[child] == Fate::Goes && parents.iter().any(|one| going.contains(one)) {
                going.insert(child);
            }
        }
    }
    for (index, fate) in fates.iter_mut().enumerate() {
        if *fate == Fate::Goes && !going.contains(&index) {
            *fate = Fate::NotOwed;
        }
    }
    fates
}

impl Known<'_> {
    /// The fate of a step by itself.
    fn alone(&self, step: &Step) -> Fate {
        if !goes(step) {
            return match step.decision {
                Decision::Retain | Decision::Restrict | Decision::Held => Fate::Kept,
                _ => Fate::Person,
            };
        }
        if self.others.contains(&place(step)) {
            return Fate::Person;
        }
        match self.is_held(step) {
            true => Fate::Kept,
            false => Fate::Goes,
        }
    }

    /// Whether a hold keeps it, also one on the person by something that no record shows any more.
    fn is_held(&self, step: &Step) -> bool {
        let place = format!("{}.{}", step.system, step.object);
        let data_type = law::data_type_of(&self.house.inventory.data_types, &place);
        let data_type = data_type.map(|one| one.name.as_str());
        let keeping = step.keeping.clone().unwrap_or_default();
        let mut known = keeping.identities;
        known.extend(self.person);
        let holds = hold::covering(
            self.holds,
            &step.system,
            &step.object,
            data_type,
            keeping.clock,
            &known,
        );
        !holds.is_empty()
    }

    /// Whether the inventory has the record removed; the planner makes it anonymous where something below it stays.
    fn is_to_vanish(&self, step: &Step) -> bool {
        let system = self.house.inventory.system(&step.system);
        let object = system.and_then(|system| system.object(&step.object));
        object.is_none_or(|object| match &object.erase {
            Erase::Anonymise => false,
            Erase::With { .. } => step.action == Some(Action::Remove),
            _ => true,
        })
    }
}

pub(super) fn place(step: &Step) -> Place {
    (step.system.clone(), step.object.clone(), step.key.clone())
}
