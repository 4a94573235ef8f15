//! Members of recorded records that look personal, and that no field of their object lists (W310).
//!
//! Recorded replies are the only place where a connector shows what its system really sends. Whatever nobody lists is not exported by
//! name, not corrected and not made anonymous, so a recording is looked through for members that are called like something personal,
//! and for values that have the form of it. It is a proposal for the author to judge, never an error: a name may mislead.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::file::Case;
use super::play::Played;
use crate::connector::object::{At, Object};
use crate::connector::{guess, members};
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::replay as say;
use crate::yaml::error;

/// What was seen, by object and member: the category it looks like, and the case that shows it first.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<(String, String), (&'static str, Place)>);

impl Seen {
    /// Looks through the records that a case found.
    pub(super) fn look(&mut self, case: &Case, played: &Played, objects: &[Object]) {
        for found in played.findings.systems.iter().flat_map(|one| &one.objects) {
            let Some(object) = objects.iter().find(|object| object.name == found.object) else {
                continue;
            };
            for record in &found.records {
                for (member, category) in unlisted(object, &record.record.data) {
                    let name = (object.name.clone(), member);
                    let entry = self.0.entry(name);
                    entry.or_insert_with(|| (category, case.place.clone()));
                }
            }
        }
    }

    /// A warning for each object, which names its members.
    pub(super) fn warnings(self) -> Vec<Diagnostic> {
        let mut by_object: BTreeMap<String, (Vec<String>, Place)> = BTreeMap::new();
        for ((object, member), (category, place)) in self.0 {
            let words = format!("{member} ({category})");
            let (members, _) = by_object.entry(object).or_insert((Vec::new(), place));
            members.push(words);
        }
        let warning = |(object, (members, place)): (String, (Vec<String>, Place))| {
            error("W310", say::looks_personal(&object, members.join(", ")))
                .at(place)
                .why(say::looks_personal_why())
                .help(say::looks_personal_help(&object))
        };
        by_object.into_iter().map(warning).collect()
    }
}

/// Members of a record that look personal and lie neither at a field of the object nor above or below one.
fn unlisted(object: &Object, record: &Value) -> Vec<(String, &'static str)> {
    let mut out = Vec::new();
    // What a path with filters or wildcards leads to is known only in a record.
    let queries = object
        .fields
        .iter()
        .filter(|field| matches!(field.at, At::JsonPath(_)));
    let chosen: Vec<&Value> = queries.flat_map(|field| field.at.all(record)).collect();
    for column in members::of(record) {
        if object.key.contains(&column.name) || members::lists(object, &column.name) {
            continue;
        }
        let names = members::names(&column.name);
        if is_of_others(&names, is_below(object)) {
            continue;
        }
        let path = names.join(".");
        let values = values(record, &names);
        let is_chosen = |value: &&Value| chosen.iter().any(|tree| holds(tree, value));
        if !values.is_empty() && values.iter().all(is_chosen) {
            continue;
        }
        let filled = values.iter().any(|value| says_something(value));
        let named = guess::category(&path).map(|guess| guess.category);
        let named = named.filter(|category| filled && !is_about_a_text(category, &names));
        let category = named.or_else(|| values.into_iter().find_map(form));
        out.extend(category.map(|category| (column.name, category)));
    }
    out
}

/// Whether records are reached from others only: whose they are is said there.
fn is_below(object: &Object) -> bool {
    object.find.iter().all(|finder| finder.by.is_none())
}

/// Whether a member speaks of whoever works on the record, whom the record is not about. In a record that belongs to another one, its
/// user or owner is such a person too.
fn is_of_others(names: &[String], is_below: bool) -> bool {
    const STAFF: [&str; 16] = [
        "agent",
        "assigned",
        "assignee",
        "by",
        "creator",
        "editor",
        "lead",
        "manager",
        "modifier",
        "operator",
        "organization",
        "organisation",
        "company",
        "staff",
        "team",
        "updater",
    ];
    let mut words = names.iter().flat_map(|name| guess::words(name));
    let above = names
        .split_last()
        .map(|(_, above)| above)
        .unwrap_or_default();
    let mut above = above.iter().map(String::as_str);
    words.any(|word| STAFF.contains(&word.as_str()))
        || is_below && above.any(|name| ["user", "owner"].contains(&name))
}

/// Whether a member says something about a text, and not what it says: when a message came, how much a credit note is for.
fn is_about_a_text(category: &str, names: &[String]) -> bool {
    let last = names.last().and_then(|name| guess::words(name).pop());
    let about = ["date", "amount", "number", "time"];
    category.starts_with("content.") && last.is_some_and(|word| about.contains(&word.as_str()))
}

/// Whether a value lies somewhere in a tree.
fn holds(tree: &Value, value: &Value) -> bool {
    tree == value
        || match tree {
            Value::Object(members) => members.values().any(|one| holds(one, value)),
            Value::Array(items) => items.iter().any(|one| holds(one, value)),
            _ => false,
        }
}

/// What lies at a way of member names, through every list on it.
fn values<'v>(record: &'v Value, names: &[String]) -> Vec<&'v Value> {
    let mut at = vec![record];
    for name in names {
        at = at.into_iter().flat_map(|one| items(one)).collect();
        at = at.into_iter().filter_map(|one| one.get(name)).collect();
    }
    at.into_iter().flat_map(|one| items(one)).collect()
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().flat_map(items).collect(),
        one => vec![one],
    }
}

/// Empty texts, yes and no, and numbers of things are nobody's address.
fn says_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty() && !is_reference(text),
        Value::Number(_) => true,
        _ => false,
    }
}

/// Another place where something could be read.
fn is_reference(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/')
}

static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}$").ok());
static STREET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\p{L}[\p{L} .-]*(straße|strasse|str\.|weg|gasse|allee|platz| street| road| lane) ?\d+ ?[a-z]?$").ok()
});
static BORN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^19\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])$").ok());
static IBAN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$").ok());

/// The category of what a value has the form of, whatever its member is called.
fn form(value: &Value) -> Option<&'static str> {
    let text = value.as_str()?.trim();
    let fits = |form: &LazyLock<Option<Regex>>| form.as_ref().is_some_and(|one| one.is_match(text));
    if fits(&EMAIL) {
        return Some("contact.email");
    }
    if fits(&STREET) {
        return Some("contact.address");
    }
    // A day of the last century is no day on which something was created.
    if fits(&BORN) && !text.starts_with("1970-01-01") {
        return Some("person.birth_date");
    }
    is_iban(text).then_some("finance.bank")
}

/// ISO 13616: the letters as numbers, the first four signs behind the others, leave 1 by 97.
fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    if !IBAN.as_ref().is_some_and(|form| form.is_match(&text)) {
        return false;
    }
    let (head, rest) = text.split_at(4);
    let digits = rest.chars().chain(head.chars());
    let left = digits
        .filter_map(|c| c.to_digit(36))
        .fold(0, |left, digit| match digit < 10 {
            true => (left * 10 + digit) % 97,
            false => (left * 100 + digit) % 97,
        });
    left == 1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_known_by_their_form() {
        for (value, category) in [
            ("ada@example.org", Some("contact.email")),
            ("Hauptstraße 5", Some("contact.address")),
            ("Am Alten Weg 12 b", Some("contact.address")),
            ("12 Baker Street", None),
            ("1984-02-29", Some("person.birth_date")),
            ("1970-01-01", None),
            ("2024-02-29", None),
            ("1984-02-29T10:00:00Z", None),
            ("DE89 3704 0044 0532 0130 00", Some("finance.bank")),
            ("DE89370400440532013000", Some("finance.bank")),
            ("DE89370400440532013001", None),
            ("GB82WEST12345698765432", Some("finance.bank")),
            ("Ada", None),
            ("mailto:ada@example.org me", None),
            ("", None),
        ] {
            assert_eq!(form(&json!(value)), category, "{value}");
        }
        assert_eq!(form(&json!(7)), None);
    }

    #[test]
    fn values_are_found_through_lists() {
        let record = json!({ "a": [{ "b": [1, 2] }, { "b": 3 }, { "c": 4 }] });
        let names = ["a".to_owned(), "b".to_owned()];
        assert_eq!(values(&record, &names), [&json!(1), &json!(2), &json!(3)]);
    }
}
