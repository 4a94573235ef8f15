//! How far a search speaks for an object: what had to be asked before it, and whether anything led there at all.
//!
//! An object that is found by a customer number is asked nothing while the system that knows the number is away. It counts as searched, and
//! its answer is an empty one all the same. Whoever wants to know whose records are *not* a person's has to look at the way that leads to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::connector::object::{Finder, How, Object};
use crate::findings::{Findings, ObjectStatus, SystemStatus};
use crate::inventory::{Engine, Status, System};
use crate::subject::Kind;

/// What one search says about the objects of all connected systems.
pub struct Reach<'a> {
    places: Vec<Place<'a>>,
}

struct Place<'a> {
    system: &'a System,
    object: &'a Object,
    /// What was not searched and could have led here, itself included; by number.
    missing: BTreeSet<usize>,
    /// Whether one of the person's identities leads here, directly or over records of other objects.
    reached: bool,
}

impl<'a> Reach<'a> {
    /// Systems that are switched off, not connected or searched by people lead nowhere: nobody waits for them.
    pub fn of(systems: &'a [Arc<System>], findings: &Findings) -> Reach<'a> {
        let connected = systems.iter().filter(|system| {
            let by_program = !matches!(system.engine, Engine::None | Engine::Manual(_));
            system.status == Status::Active && by_program
        });
        let objects =
            connected.flat_map(|system| system.objects.iter().map(move |object| (system, object)));
        let mut places: Vec<Place<'a>> = objects
            .map(|(system, object)| Place {
                system,
                object,
                missing: BTreeSet::new(),
                reached: false,
            })
            .collect();
        for (at, place) in places.iter_mut().enumerate() {
            if !is_searched(place, findings) {
                place.missing.insert(at);
            }
        }
        let kinds: BTreeSet<&Kind> = findings
            .identities
            .iter()
            .map(|known| &known.identity.kind)
            .collect();
        let mut reach = Reach { places };
        while reach.spread(&kinds) {}
        reach
    }

    /// Goes one step further from object to object; `false` once nothing is new.
    fn spread(&mut self, kinds: &BTreeSet<&Kind>) -> bool {
        let mut fresh = false;
        for at in 0..self.places.len() {
            let place = &self.places[at];
            let leading = place.object.find.iter().filter(|finder| leads(finder));
            let (mut missing, mut reached) = (BTreeSet::<usize>::new(), false);
            for finder in leading {
                let above = self.above(at, finder);
                let numbers = finder.by.as_ref().filter(|_| !finder.is_all());
                let giving = numbers.map_or_else(Vec::new, |kind| self.giving(at, kind));
                for source in above.iter().chain(&giving) {
                    missing.extend(&self.places[*source].missing);
                }
                let led = |sources: &[usize]| sources.iter().any(|one| self.places[*one].reached);
                let from_above = finder.under.is_empty() || led(&above);
                let known = numbers.is_none_or(|kind| kinds.contains(kind) || led(&giving));
                reached |= from_above && known;
            }
            let place = &mut self.places[at];
            let before = (place.missing.len(), place.reached);
            place.missing.extend(missing);
            place.reached |= reached;
            fresh |= before != (place.missing.len(), place.reached);
        }
        fresh
    }

    /// The objects below whose records a finder looks.
    fn above(&self, at: usize, finder: &Finder) -> Vec<usize> {
        let is_above = |other: &Place<'_>| {
            other.system.name == self.places[at].system.name
                && finder.under.contains(&other.object.name)
        };
        self.all(is_above)
    }

    /// The other objects whose records could tell an identity of this kind.
    fn giving(&self, at: usize, kind: &Kind) -> Vec<usize> {
        let here = &self.places[at];
        let gives = |other: &Place<'_>| {
            let own = other.system.name == here.system.name;
            let mut fields = other.object.fields.iter();
            // A document shows only what was asked for, and what a person writes about themselves leads nowhere.
            let is_itself = own && other.object.name == here.object.name;
            let is_told = own || !kind.is_private();
            is_told
                && !is_itself
                && !matches!(other.object.how, How::Document)
                && fields.any(|field| field.identity.as_ref() == Some(kind) && !field.self_service)
        };
        self.all(gives)
    }

    fn all(&self, wanted: impl Fn(&Place<'a>) -> bool) -> Vec<usize> {
        let places = self.places.iter().enumerate();
        let found = places.filter(|(_, place)| wanted(place));
        found.map(|(at, _)| at).collect()
    }

    fn place(&self, system: &str, object: &str) -> Option<&Place<'a>> {
        let mut places = self.places.iter();
        places.find(|place| place.system.name == system && place.object.name == object)
    }

    /// Objects (`system.object`) that were not searched and could have led to more of the person's records here, this one included. Only where
    /// there are none, the records that were found are all that can be found.
    pub fn missing(&self, system: &str, object: &str) -> BTreeSet<String> {
        let Some(place) = self.place(system, object) else {
            return BTreeSet::from([format!("{system}.{object}")]);
        };
        let missing = place.missing.iter().map(|at| &self.places[*at]);
        let names = missing.map(|place| format!("{}.{}", place.system.name, place.object.name));
        names.collect()
    }

    /// Whether an object could be asked for the person at all, had every system something to say.
    pub fn leads_to(&self, system: &str, object: &str) -> bool {
        self.place(system, object)
            .is_some_and(|place| place.reached)
    }

    /// Whether any object at all could be.
    pub fn leads_anywhere(&self) -> bool {
        let mut places = self.places.iter().filter(|place| !place.object.is_place());
        places.any(|place| place.reached)
    }
}

/// Whether a search for a person uses a way of finding.
fn leads(finder: &Finder) -> bool {
    let by = finder.by.as_ref();
    !finder.is_by_age() && by.is_none_or(|kind| kind.0 != Kind::NAME)
}

fn is_searched(place: &Place<'_>, findings: &Findings) -> bool {
    let mut systems = findings.systems.iter();
    let Some(system) = systems.find(|one| one.system == place.system.name) else {
        return false;
    };
    let mut objects = system.objects.iter();
    match objects.find(|one| one.object == place.object.name) {
        Some(object) => object.status == ObjectStatus::Searched,
        // A place that was walked through is not told of.
        None => place.object.is_place() && system.status != SystemStatus::NotSearched,
    }
}

#[cfg(test)]
mod tests;
