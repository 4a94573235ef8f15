//! Members of records that are trees: which there are, where they lie, and whether an object lists them already.
//!
//! Names and types only; no value leaves this room.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::connector::Holds;
use crate::connector::object::{At, Field, Object};
use crate::connector::outline::OutlineColumn;

/// Deeper than this nothing is looked at.
const DEPTH: usize = 5;
/// Members of one record that are shown at most.
const MOST: usize = 500;

/// Whether a field of the object lies at this place, above it or below it.
pub(crate) fn lists(object: &Object, place: &str) -> bool {
    let wanted = names(place);
    object.fields.iter().any(|field| {
        let known = names_of(&field.at);
        let short = known.len().min(wanted.len());
        short > 0 && known[..short] == wanted[..short]
    })
}

/// The field that holds this place as part of a tree of which it says nothing more than that it is text, or the author's own: custom
/// fields under one name. `None` if a field says more of the place.
pub(crate) fn only_within<'o>(object: &'o Object, place: &str) -> Option<&'o Field> {
    let wanted = names(place);
    let at_all = |field: &&Field| {
        let known = names_of(&field.at);
        let short = known.len().min(wanted.len());
        short > 0 && known[..short] == wanted[..short]
    };
    let says_little =
        |field: &Field| field.category == "content.note" || field.category.starts_with("x.");
    let mut meeting = object.fields.iter().filter(at_all);
    let first = meeting.next()?;
    let is_tree = names_of(&first.at).len() < wanted.len() && says_little(first);
    (is_tree && meeting.next().is_none()).then_some(first)
}

/// Whether everything that an object lists lies below this member.
pub(crate) fn all_below(object: &Object, place: &str) -> bool {
    let above = names(place);
    let mut fields = object.fields.iter();
    fields.all(|field| names_of(&field.at).starts_with(&above))
}

fn names_of(at: &At) -> Vec<String> {
    match at {
        At::Path(path) => path.clone(),
        At::JsonPath(path) => names(&path.text),
    }
}

/// The names of members in a path or a JSONPath, from the outside in; indices and filters are left out.
pub(crate) fn names(place: &str) -> Vec<String> {
    let Some(mut rest) = place.strip_prefix('$') else {
        return place.split('.').map(str::to_owned).collect();
    };
    let mut out = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let quoted = inner
                .strip_prefix('\'')
                .and_then(|one| one.split_once("']"));
            let (name, behind) = match quoted {
                Some((name, behind)) => (Some(name), behind),
                None => (None, inner.split_once(']').map_or("", |(_, behind)| behind)),
            };
            out.extend(name.map(str::to_owned));
            rest = behind;
            continue;
        }
        let plain = rest.trim_start_matches('.');
        let end = plain.find(['.', '[']).unwrap_or(plain.len());
        let (name, behind) = plain.split_at(end);
        if !name.is_empty() && name != "*" {
            out.push(name.to_owned());
        }
        rest = behind;
    }
    out
}

/// The members of a record with their types, links and other notes of the protocol left out.
pub(crate) fn of(record: &Value) -> Vec<OutlineColumn> {
    let mut found = BTreeMap::new();
    walk(record, &mut Vec::new(), 0, &mut found);
    let columns = found.into_iter().take(MOST);
    columns
        .map(|(name, (type_name, holds))| OutlineColumn {
            name,
            label: None,
            type_name: type_name.to_owned(),
            holds,
        })
        .collect()
}

/// A step of the way to a member.
#[derive(Clone)]
enum Step {
    Member(String),
    Each,
}

fn walk(
    value: &Value,
    way: &mut Vec<Step>,
    depth: usize,
    found: &mut BTreeMap<String, (&'static str, Holds)>,
) {
    let (type_name, holds) = match value {
        Value::Object(members) => {
            if depth < DEPTH {
                for (name, below) in members {
                    if name.starts_with(['_', '@']) || name.contains("@odata.") {
                        continue;
                    }
                    way.push(Step::Member(name.clone()));
                    walk(below, way, depth + 1, found);
                    way.pop();
                }
            }
            return;
        }
        Value::Array(items) => {
            way.push(Step::Each);
            for item in items {
                walk(item, way, depth + 1, found);
            }
            way.pop();
            return;
        }
        Value::Null => ("", Holds::Other),
        Value::Bool(_) => ("boolean", Holds::Boolean),
        Value::Number(_) => ("number", Holds::Number),
        Value::String(_) => ("text", Holds::Text),
    };
    let known = found.entry(written(way)).or_insert((type_name, holds));
    if known.0.is_empty() {
        *known = (type_name, holds);
    }
}

/// As `fields` takes it: members with dots between them, or a JSONPath where that would not do.
fn written(way: &[Step]) -> String {
    let is_plain = |name: &String| {
        let mut signs = name.chars();
        signs.next().is_some_and(|c| c.is_ascii_alphabetic())
            && signs.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    let members: Option<Vec<&str>> = way
        .iter()
        .map(|step| match step {
            Step::Member(name) if is_plain(name) => Some(name.as_str()),
            Step::Member(_) | Step::Each => None,
        })
        .collect();
    if let Some(members) = members {
        return members.join(".");
    }
    let mut out = "$".to_owned();
    for step in way {
        match step {
            Step::Each => out.push_str("[*]"),
            Step::Member(name) => {
                out.push_str("['");
                out.push_str(&name.replace('\\', "\\\\").replace('\'', "\\'"));
                out.push_str("']");
            }
        }
    }
    out
}

/// The coarse type behind a word that a system uses for it.
pub(crate) fn holds(type_name: &str) -> Holds {
    let word = type_name.rsplit('.').next().unwrap_or(type_name);
    match word.to_ascii_lowercase().as_str() {
        "boolean" | "bool" | "checkbox" | "bit" => Holds::Boolean,
        "int" | "integer" | "int16" | "int32" | "int64" | "decimal" | "double" | "float"
        | "number" | "currency" | "monetary" => Holds::Number,
        "date" => Holds::Date,
        "datetime" | "datetimeoffset" | "timestamp" => Holds::Timestamp,
        "guid" | "uuid" => Holds::Uuid,
        "binary" | "stream" | "base64" => Holds::Binary,
        _ => Holds::Text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_named_and_their_values_are_not() {
        let record = json!({
            "id": 7, "name": "CANARY", "_links": { "self": "CANARY" }, "@odata.etag": "CANARY", "vip": true,
            "address": { "city": "CANARY", "lines": ["CANARY"] },
            "mails": [{ "value": "CANARY" }, { "value": null, "kind": "CANARY" }],
            "zip code": "CANARY", "it's": "CANARY", "1st": "CANARY",
        });
        let found = of(&record);
        let shown: Vec<String> = found
            .iter()
            .map(|one| format!("{} {}", one.name, one.type_name))
            .collect();
        assert_eq!(
            shown,
            [
                "$['1st'] text",
                "$['address']['lines'][*] text",
                "$['it\\'s'] text",
                "$['mails'][*]['kind'] text",
                "$['mails'][*]['value'] text",
                "$['zip code'] text",
                "address.city text",
                "id number",
                "name text",
                "vip boolean"
            ]
        );
        assert!(!format!("{found:?}").contains("CANARY"));
    }

    #[test]
    fn names_of_paths_are_read_in_every_spelling() {
        for path in [
            "a.b",
            "$.a.b",
            "$['a']['b']",
            "$.a[*].b",
            "$.a[?@.x == 1].b",
            "$['a'][0].b",
        ] {
            assert_eq!(names(path), ["a", "b"], "{path}");
        }
    }
}
