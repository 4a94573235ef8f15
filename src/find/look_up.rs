//! Whom it concerns what people look up: everybody who has a record that leads there, and no stranger.

use crate::connector::look_up::{self, LookUp, Part};
use crate::findings::{Match, ObjectFindings};
use crate::inventory::System;

/// The parts at which somebody has to look for the person whose records these are; none for a stranger, nor for somebody whose records
/// all wait for a word.
pub(super) fn concerning(system: &System, found: &[ObjectFindings]) -> Vec<Part> {
    let leads = |one: &&LookUp| {
        let mut found = found.iter();
        found.any(|object| {
            let named = one.under.is_empty() || one.under.contains(&object.object);
            named && is_the_persons(object)
        })
    };
    let parts = look_up::of(system).filter(leads).map(|one| Part {
        name: one.name.clone(),
        holds: one.holds.clone(),
        screen: one.screen.clone(),
        rights: one.rights.clone(),
        categories: one.categories.clone(),
        found: None,
    });
    parts.collect()
}

/// Whether a record of the object is surely the person's.
fn is_the_persons(object: &ObjectFindings) -> bool {
    let kept = object.records.iter().map(|found| found.matched);
    let streamed = object.streamed.iter().flat_map(|s| &s.judged);
    let streamed = streamed.filter(|j| j.records > 0).map(|j| j.matched);
    kept.chain(streamed).any(|matched| matched == Match::Stated)
}
