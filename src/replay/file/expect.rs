//! `expect` of a case: what has to come out of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use super::{did_you_mean, is_object};
use crate::connector::Key;
use crate::connector::grammar::{mapping, text};
use crate::connector::object::Object;
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::replay as say;
use crate::plan::Outcome;
use crate::replay::exchange::json;
use crate::replay::specimen::Specimen;
use crate::yaml::{Fields, Node, Wanted, error, wrong_kind};

/// A stated expectation and where it stands.
pub struct Stated<T> {
    pub value: T,
    pub place: Place,
}

/// What has to come out. What is not stated is not judged.
#[derive(Default)]
pub struct Expect {
    /// Keys by object; an object that is not named holds nothing.
    pub found: Option<Stated<BTreeMap<String, Vec<String>>>>,
    pub near_misses: Option<Stated<u64>>,
    /// By `object/key`, all of them.
    pub outcomes: Option<Stated<BTreeMap<String, String>>>,
    /// Field values by `object/key`.
    pub exported: Option<Stated<BTreeMap<String, BTreeMap<String, Json>>>>,
    /// Items by part, by `object/key`.
    pub parts: Option<Stated<BTreeMap<String, BTreeMap<String, u64>>>>,
    /// Names of files, by `object/key`.
    pub files: Option<Stated<BTreeMap<String, Vec<String>>>>,
    /// Members by object, some of those that come.
    pub described: Option<Stated<BTreeMap<String, Vec<String>>>>,
    pub waited: Option<Stated<Duration>>,
    pub error: Option<Stated<String>>,
}

pub(super) fn expect(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> Option<Expect> {
    let mut fields = Fields::of(node, errors)?;
    let mut out = Expect::default();
    if let Some(node) = fields.optional("found") {
        let value = found(node, specimen, fields.errors());
        out.found = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("near_misses") {
        let count = node.scalar().and_then(|text| text.parse().ok());
        match count {
            Some(count) => out.near_misses = Some(stated(count, node)),
            None => fields.error(wrong_kind(node, Wanted::Count)),
        }
    }
    if let Some(node) = fields.optional("outcomes") {
        let value = outcomes(node, specimen, fields.errors());
        out.outcomes = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("exported") {
        let value = exported(node, specimen, fields.errors());
        out.exported = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("parts") {
        let value = parts(node, specimen, fields.errors());
        out.parts = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("files") {
        let value = files(node, specimen, fields.errors());
        out.files = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("described") {
        let value = members(node, specimen, fields.errors());
        out.described = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("waited")
        && let Some(waited) = crate::connector::definition::duration(node, fields.errors())
    {
        out.waited = Some(stated(waited, node));
    }
    if let Some(node) = fields.optional("error") {
        let code = node.scalar().unwrap_or_default();
        let is_code = code.len() == 4
            && code.starts_with('E')
            && code[1..].bytes().all(|b| b.is_ascii_digit());
        if !is_code {
            fields.error(
                error("E761", say::not_a_code())
                    .at(node.place.clone())
                    .help(say::not_a_code_help()),
            );
        }
        out.error = Some(stated(code, node));
    }
    fields.finish();
    Some(out)
}

fn stated<T>(value: T, node: &Node) -> Stated<T> {
    Stated {
        value,
        place: node.place.clone(),
    }
}

fn found(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_object(&name.text, &name.place, specimen, errors);
        match names(node) {
            Some(keys) => {
                let keys = keys.into_iter();
                let keys = keys.map(|key| spelt(&name.text, key, specimen));
                out.insert(name.text.clone(), keys.collect());
            }
            None => errors.push(wrong_kind(node, Wanted::List)),
        }
    }
    out
}

/// Members by object: names, and no keys.
fn members(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_object(&name.text, &name.place, specimen, errors);
        match names(node) {
            Some(names) => drop(out.insert(name.text.clone(), names)),
            None => errors.push(wrong_kind(node, Wanted::List)),
        }
    }
    out
}

fn names(node: &Node) -> Option<Vec<String>> {
    node.list()?.iter().map(Node::scalar).collect()
}

fn outcomes(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, specimen, errors);
        let Some(word) = text(node, errors) else {
            continue;
        };
        let known = serde_json::from_value::<Outcome>(Json::String(word.clone())).is_ok();
        if !known && word != crate::replay::play::WAITING {
            let wrong = error("E762", say::unknown_outcome(&word)).at(node.place.clone());
            errors.push(did_you_mean(wrong, &word, OUTCOMES));
        }
        out.insert(record(&name.text, specimen), word);
    }
    out
}

/// Outcomes that a case can come to, for remedies.
const OUTCOMES: [&str; 16] = [
    "removed",
    "anonymised",
    "restricted",
    "unrestricted",
    "rectified",
    "suppressed",
    "already_gone",
    "retained",
    "manual",
    "blocked",
    "changed",
    "failed",
    "unknown",
    "not_verified",
    "pending",
    crate::replay::play::WAITING,
];

fn exported(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, BTreeMap<String, Json>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, specimen, errors);
        let mut values = BTreeMap::new();
        for (field, node) in mapping(node, errors).unwrap_or_default() {
            values.insert(field.text.clone(), json(node));
        }
        out.insert(record(&name.text, specimen), values);
    }
    out
}

/// Number of items by part, for records.
fn parts(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, specimen, errors);
        let object = name.text.split('/').next().unwrap_or_default();
        let known = specimen.object(object).map(Object::parts);
        let known = known.unwrap_or_default().iter();
        let known: Vec<&str> = known.map(|part| part.name.as_str()).collect();
        let mut counts = BTreeMap::new();
        for (part, node) in mapping(node, errors).unwrap_or_default() {
            if !known.contains(&part.text.as_str()) {
                let wrong = error("E760", say::unknown_part(object, &part.text));
                let wrong = wrong.at(part.place.clone());
                errors.push(did_you_mean(wrong, &part.text, known.iter().copied()));
            }
            match node.scalar().and_then(|text| text.parse().ok()) {
                Some(count) => drop(counts.insert(part.text.clone(), count)),
                None => errors.push(wrong_kind(node, Wanted::Count)),
            }
        }
        out.insert(record(&name.text, specimen), counts);
    }
    out
}

/// Names of files, for records.
fn files(
    node: &Node,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, specimen, errors);
        match names(node) {
            Some(names) => drop(out.insert(record(&name.text, specimen), names)),
            None => errors.push(wrong_kind(node, Wanted::List)),
        }
    }
    out
}

/// `object/key` of an object that there is.
fn is_record(name: &str, place: &Place, specimen: &Specimen, errors: &mut Vec<Diagnostic>) {
    match name.split_once('/') {
        Some((object, key)) if !key.is_empty() => {
            is_object(object, place, specimen, errors);
        }
        _ => errors.push(
            error("E760", say::not_a_record(name))
                .at(place.clone())
                .help(say::not_a_record_help()),
        ),
    }
}

/// A record as everything else names it, where the test file may write its key as the system does.
fn record(name: &str, specimen: &Specimen) -> String {
    match name.split_once('/') {
        Some((object, key)) => format!("{object}/{}", spelt(object, key.to_owned(), specimen)),
        None => name.to_owned(),
    }
}

/// A key as it is shown: the `/` in a key of one part cannot be what parts are joined by, so it needs no `%2F`.
fn spelt(object: &str, key: String, specimen: &Specimen) -> String {
    let object = specimen.object(object);
    let is_one = object.is_some_and(|object| object.key.len() == 1);
    match is_one && key.contains('/') {
        true => Key::new(vec![key.clone()]).map_or(key, |key| key.to_string()),
        false => key,
    }
}
