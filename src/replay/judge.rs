//! Holds what a case came to against what it expects.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::file::{Case, Stated};
use super::play::{Played, WAITING};
use crate::connector::Fault;
use crate::connector::object::Object;
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::{Text, replay as say};
use crate::plan::Outcome;
use crate::yaml::error;

/// Waits that differ by less are the same: clocks of timers go in milliseconds.
const SAME: Duration = Duration::from_millis(100);

/// Requests that nobody recorded, and exchanges that nobody asked for, shown at once: the first explains most of the others.
const MOST: usize = 3;

/// Every way in which a case did not come out as expected; empty if it did.
pub(super) fn judge(case: &Case, played: &Played, objects: &[Object]) -> Vec<Diagnostic> {
    let conversation = conversation(case, played);
    if !played.tape.misses.is_empty() {
        return conversation;
    }
    let mut wrong = faults(case, played);
    let expect = &case.expect;
    let found = found(played);
    if let Some(stated) = &expect.found {
        let sorted = |keys: &[String]| {
            let mut keys = keys.to_vec();
            keys.sort();
            keys
        };
        let wanted: BTreeMap<String, Vec<String>> = stated
            .value
            .iter()
            .filter(|(_, keys)| !keys.is_empty())
            .map(|(object, keys)| (object.clone(), sorted(keys)))
            .collect();
        if wanted != found {
            let text = say::other_found(lists(&found), lists(&wanted));
            wrong.push(differs("E773", text, &stated.place));
        }
    }
    if let Some(stated) = &expect.near_misses {
        let came = near_misses(played);
        if came != stated.value {
            let text = say::other_near_misses(came, stated.value);
            wrong.push(differs("E774", text, &stated.place));
        }
    }
    if let Some(stated) = &expect.outcomes {
        let came = outcomes(played);
        if came != stated.value {
            let text = say::other_outcomes(pairs(&came), pairs(&stated.value));
            let mut one = differs("E775", text, &stated.place);
            let mut reasons = reasons(played);
            let again = played.tape.log.iter().filter(|sent| sent.again);
            for sent in again {
                let text = say::answered_again(sent.words());
                if reasons.len() < 2 * MOST && !reasons.contains(&text) {
                    reasons.push(text);
                }
            }
            if !reasons.is_empty() {
                let en: Vec<&str> = reasons.iter().map(|text| text.en.as_str()).collect();
                let de: Vec<&str> = reasons.iter().map(|text| text.de.as_str()).collect();
                one = one.why(Text {
                    en: en.join("; "),
                    de: de.join("; "),
                });
            }
            wrong.push(one);
        }
    }
    if let Some(stated) = &expect.described {
        described(stated, played, &mut wrong);
    }
    if let Some(stated) = &expect.exported {
        exported(stated, played, objects, &mut wrong);
    }
    if let Some(stated) = &expect.parts {
        for (name, wanted) in &stated.value {
            let came = played.beside.parts.get(name).cloned().unwrap_or_default();
            let (came, wanted) = (json!(came), json!(wanted));
            if came != wanted {
                let text = say::other_value(name, came.to_string(), wanted.to_string());
                wrong.push(differs("E776", text, &stated.place));
            }
        }
    }
    if let Some(stated) = &expect.files {
        for (name, wanted) in &stated.value {
            let came = played.beside.files.get(name).cloned().unwrap_or_default();
            let (came, wanted) = (json!(came), json!(wanted));
            if came != wanted {
                let field = format!("{name} files");
                let text = say::other_value(field, came.to_string(), wanted.to_string());
                wrong.push(differs("E776", text, &stated.place));
            }
        }
    }
    if let Some(stated) = &expect.waited
        && played.waited.abs_diff(stated.value) >= SAME
    {
        let text = say::other_wait(seconds(played.waited), seconds(stated.value));
        wrong.push(differs("E777", text, &stated.place));
    }
    wrong.extend(conversation);
    wrong
}

/// Requests that nobody recorded, and exchanges that nobody asked for.
fn conversation(case: &Case, played: &Played) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for miss in played.tape.misses.iter().take(MOST) {
        let nearest = miss.nearest.and_then(|at| case.exchanges.get(at));
        let place = nearest.map_or(&case.place, |exchange| &exchange.place);
        let one = match (miss.too_early, nearest) {
            (true, Some(nearest)) => error("E772", say::out_of_order(&miss.asked))
                .why(say::out_of_order_why(nearest.words()))
                .help(say::out_of_order_help()),
            (_, Some(nearest)) => error("E770", say::not_recorded(&miss.asked))
                .why(say::nearest_recorded(nearest.words()))
                .help(say::not_recorded_help()),
            (_, None) => error("E770", say::not_recorded(&miss.asked))
                .why(say::nothing_near())
                .help(say::not_recorded_help()),
        };
        wrong.push(one.at(place.clone()));
    }
    if wrong.is_empty() {
        for (at, used) in played.tape.unused.iter().take(MOST) {
            let Some(exchange) = case.exchanges.get(*at) else {
                continue;
            };
            let text = match exchange.times {
                1 => say::not_asked(exchange.words()),
                times => say::asked_less(exchange.words(), *used, times),
            };
            let one = error("E771", text).at(exchange.place.clone());
            wrong.push(one.help(say::not_asked_help()));
        }
    }
    wrong
}

/// Faults that are not expected, or an expected one that did not come.
fn faults(case: &Case, played: &Played) -> Vec<Diagnostic> {
    let mut codes: Vec<String> = all_faults(played)
        .into_iter()
        .map(|(_, fault)| fault.code)
        .collect();
    codes.extend(refusals(played).map(|one| one.code.to_owned()));
    if let Some(stated) = &case.expect.error {
        if codes.contains(&stated.value) {
            return Vec::new();
        }
        let came = match codes.is_empty() {
            true => say::no_error(),
            false => Text::same(codes.join(", ")),
        };
        let text = say::other_error(came, &stated.value);
        return vec![differs("E778", text, &stated.place)];
    }
    let mut wrong = Vec::new();
    for (place, fault) in search_faults(played) {
        let text = say::unexpected_fault(place, &fault.code, fault.text);
        wrong.push(differs("E778", text, &case.place));
    }
    for refusal in refusals(played) {
        let text = say::refused_plan(refusal.code, &refusal.what);
        wrong.push(differs("E778", text, &case.place));
    }
    wrong
}

fn refusals(played: &Played) -> impl Iterator<Item = &Diagnostic> {
    played
        .trouble
        .iter()
        .flat_map(|trouble| &trouble.diagnostics)
}

fn differs(code: &'static str, text: Text, place: &Place) -> Diagnostic {
    error(code, text).at(place.clone())
}

/// Faults of the search, by object; those of the whole system stand under its name.
pub(super) fn search_faults(played: &Played) -> Vec<(String, Fault)> {
    let mut all = Vec::new();
    for system in &played.findings.systems {
        let objects = system.objects.iter();
        let of_objects = objects.filter_map(|object| {
            let fault = object.error.clone()?;
            Some((object.object.clone(), fault))
        });
        all.extend(of_objects);
        if let Some(fault) = system.error.clone().filter(|_| all.is_empty()) {
            all.push((system.system.clone(), fault));
        }
    }
    if let Some(Err(fault)) = &played.described {
        all.push(("describe".to_owned(), fault.clone()));
    }
    all.extend(played.beside.faults.clone());
    all
}

/// The same with those of steps.
pub(super) fn all_faults(played: &Played) -> Vec<(String, Fault)> {
    let mut all = search_faults(played);
    let steps = played.plan.iter().flat_map(|plan| &plan.steps);
    all.extend(steps.filter_map(|step| {
        let fault = played.results.get(&step.no)?.fault.clone()?;
        Some((format!("{}/{}", step.object, step.key), fault))
    }));
    all
}

/// Keys by object, sorted; objects without records left out.
pub(super) fn found(played: &Played) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, object, found) in played.findings.records() {
        let keys = all.entry(object.object.clone()).or_default();
        keys.push(found.record.key.to_string());
    }
    for keys in all.values_mut() {
        keys.sort();
    }
    all
}

pub(super) fn near_misses(played: &Played) -> u64 {
    let systems = played.findings.systems.iter();
    systems
        .flat_map(|system| &system.objects)
        .map(|object| object.near_misses)
        .sum()
}

/// What became of each record, by `object/key`.
pub(super) fn outcomes(played: &Played) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let Some(plan) = &played.plan else {
        return all;
    };
    for waiting in &plan.waiting {
        let name = format!("{}/{}", waiting.object, waiting.key);
        all.insert(name, WAITING.to_owned());
    }
    for step in &plan.steps {
        if let Some(ended) = played.results.get(&step.no) {
            let name = format!("{}/{}", step.object, step.key);
            all.insert(name, word(ended.outcome));
        }
    }
    all
}

/// An outcome as the test file writes it.
pub(super) fn word(outcome: Outcome) -> String {
    match serde_json::to_value(outcome) {
        Ok(Json::String(word)) => word,
        _ => String::new(),
    }
}

/// Why steps failed.
fn reasons(played: &Played) -> Vec<Text> {
    let steps = played.plan.iter().flat_map(|plan| &plan.steps);
    steps
        .filter_map(|step| {
            let fault = played.results.get(&step.no)?.fault.as_ref()?;
            let name = format!("{}/{}", step.object, step.key);
            Some(say::step_fault(name, &fault.code, &fault.text))
        })
        .collect()
}

/// The members that were expected have to be among those that came; there may be very many.
fn described(
    stated: &Stated<BTreeMap<String, Vec<String>>>,
    played: &Played,
    wrong: &mut Vec<Diagnostic>,
) {
    let Some(Ok(outline)) = &played.described else {
        return;
    };
    for (object, wanted) in &stated.value {
        let mut known = outline.collections.iter();
        let known = known.find(|collection| collection.name == *object);
        let columns = known.into_iter().flat_map(|collection| &collection.columns);
        let came: Vec<String> = columns.map(|column| column.name.clone()).collect();
        if wanted.iter().any(|name| !came.contains(name)) {
            let came = format!("{object}: [{}]", came.join(", "));
            let wanted = format!("[{}]", wanted.join(", "));
            let text = crate::messages::describe::other_members(came, wanted);
            wrong.push(differs("E776", text, &stated.place));
        }
    }
}

fn exported(
    stated: &Stated<BTreeMap<String, BTreeMap<String, Json>>>,
    played: &Played,
    objects: &[Object],
    wrong: &mut Vec<Diagnostic>,
) {
    for (name, fields) in &stated.value {
        let record = played
            .findings
            .records()
            .find(|(_, object, found)| format!("{}/{}", object.object, found.record.key) == *name);
        let Some((_, object, found)) = record else {
            wrong.push(differs("E776", say::not_exported(name), &stated.place));
            continue;
        };
        let described = objects.iter().find(|one| one.name == object.object);
        for (field, wanted) in fields {
            let known = described.and_then(|object| object.field(field));
            let values = known.map(|field| field.at.all(&found.record.data));
            let came = match values.as_deref() {
                None => {
                    let text = say::no_such_field(name, field);
                    wrong.push(differs("E776", text, &stated.place));
                    continue;
                }
                Some([]) => Json::Null,
                Some([one]) => (*one).clone(),
                Some(several) => json!(several),
            };
            if came != *wanted {
                let field = format!("{name} {field}");
                let text = say::other_value(field, came.to_string(), wanted.to_string());
                wrong.push(differs("E776", text, &stated.place));
            }
        }
    }
}

fn lists(all: &BTreeMap<String, Vec<String>>) -> String {
    let each = all.iter();
    let each = each.map(|(name, keys)| format!("{name}: [{}]", keys.join(", ")));
    mapping(each.collect())
}

pub(super) fn pairs(all: &BTreeMap<String, String>) -> String {
    let each = all.iter().map(|(name, value)| format!("{name}: {value}"));
    mapping(each.collect())
}

fn mapping(entries: Vec<String>) -> String {
    match entries.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", entries.join(", ")),
    }
}

/// `2s`, `1.5s`.
pub fn seconds(duration: Duration) -> String {
    let tenths = (duration.as_millis() + 50) / 100;
    match tenths % 10 {
        0 => format!("{}s", tenths / 10),
        rest => format!("{}.{rest}s", tenths / 10),
    }
}
