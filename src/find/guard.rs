//! The guard: the check that a record really carries the identity for which it was returned.
//!
//! Search endpoints are fuzzy, servers are sometimes hostile, and nothing that fails here is stored, logged or shown; it is
//! only counted. There is no switch to turn the guard off.

use serde_json::Value;

use crate::connector::object::{Field, Finder, How, Object, Via};
use crate::connector::{Probe, Record};
pub(super) use crate::findings::carried;
use crate::subject::{Identity, Kinds};

/// What a record says about itself under the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Refused,
    /// The shortened record does not hold the field; the whole one has to be read first.
    Unseen,
}

/// Whether a record that `finder` returned for `probe` belongs to it.
pub(super) fn check(
    object: &Object,
    finder: &Finder,
    probe: Probe<'_>,
    record: &Record,
    kinds: &Kinds,
) -> Verdict {
    let of_person = match probe {
        Probe::Identity(identity) | Probe::Within { identity, .. } => {
            by_identity(object, identity, record, kinds)
        }
        Probe::Parent(_) => Verdict::Passed,
        // Places are nobody's, and all that is not a place is somebody's.
        Probe::All if finder.is_all() => Verdict::Passed,
        Probe::All => Verdict::Refused,
        Probe::Before { day, .. } => by_age(object, day, record, kinds),
    };
    let of_parent = below(object, finder, probe, record);
    match (of_person, of_parent) {
        (Verdict::Refused, _) | (_, Verdict::Refused) => Verdict::Refused,
        (Verdict::Unseen, _) | (_, Verdict::Unseen) => Verdict::Unseen,
        (Verdict::Passed, Verdict::Passed) => Verdict::Passed,
    }
}

/// Whether a record lies below the one that was asked for, as far as it says so itself.
pub(super) fn below(
    object: &Object,
    finder: &Finder,
    probe: Probe<'_>,
    record: &Record,
) -> Verdict {
    match probe.parent() {
        Some(parent) => under_parent(object, finder, parent, record),
        None => Verdict::Passed,
    }
}

/// What the record says its person is called: the columns that the finder looks into, and all names.
pub(super) fn names(object: &Object, finder: &Finder, record: &Record) -> Vec<String> {
    let mut all: Vec<String> = match &finder.via {
        Via::Columns(columns) => columns
            .iter()
            .flat_map(|column| texts(record.data.get(column)))
            .collect(),
        Via::Join(_) | Via::Request(_) => Vec::new(),
    };
    let names = object.fields.iter().filter(|f| f.category == "person.name");
    for value in names.flat_map(|field| field.values(&record.data)) {
        // A word that stands twice would answer for two words of the name.
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all
}

fn by_identity(object: &Object, identity: &Identity, record: &Record, kinds: &Kinds) -> Verdict {
    let mut seen = false;
    for field in object
        .fields
        .iter()
        .filter(|field| field.identity.as_ref() == Some(&identity.kind))
    {
        seen |= !field.at.all(&record.data).is_empty();
        let same = |raw: &String| {
            kinds
                .identity(&identity.kind, raw)
                .is_ok_and(|value| value == *identity)
        };
        if field.values(&record.data).iter().any(same) {
            return Verdict::Passed;
        }
    }
    if seen {
        Verdict::Refused
    } else {
        Verdict::Unseen
    }
}

/// Whether a record is older than a day. One that states no day, or none that can be read, is not.
fn by_age(object: &Object, before: jiff::civil::Date, record: &Record, kinds: &Kinds) -> Verdict {
    let Some(clock) = &object.clock else {
        return Verdict::Refused;
    };
    if object.at(clock).all(&record.data).is_empty() {
        return Verdict::Unseen;
    }
    let days = crate::law::Days::at_seat(&kinds.country);
    match crate::law::clock_day(object, record, &days) {
        Some(day) if day < before => Verdict::Passed,
        _ => Verdict::Refused,
    }
}

fn under_parent(object: &Object, finder: &Finder, parent: &Record, record: &Record) -> Verdict {
    if let Via::Join(pairs) = &finder.via {
        // Directories compare names without regard to case; elsewhere letters count.
        let folds = matches!(object.how, How::Entry(_));
        let fold = |text: &String| match folds {
            true => text.to_lowercase(),
            false => text.clone(),
        };
        let same = |(child, above): &(String, String)| {
            let above = texts(parent.data.get(above));
            let mut own = texts(record.data.get(child)).into_iter();
            own.any(|own| above.iter().any(|above| fold(above) == fold(&own)))
        };
        return if !pairs.is_empty() && pairs.iter().all(same) {
            Verdict::Passed
        } else {
            Verdict::Refused
        };
    }
    let links: Vec<_> = object
        .fields
        .iter()
        .filter(|field| field.links.iter().any(|to| finder.under.contains(to)))
        .collect();
    if links.is_empty() {
        // What has no link rests on the server's own nesting; `cap` is the second net there.
        return Verdict::Passed;
    }
    if links
        .iter()
        .all(|field| field.at.all(&record.data).is_empty())
    {
        return Verdict::Unseen;
    }
    let whole = match parent.key.parts() {
        [one] => one.clone(),
        _ => parent.key.to_string(),
    };
    let equals = |field: &Field| {
        let part = Object::part_of_parent(field, parent).filter(|_| object.is_in_key(field));
        let wanted = part.as_ref().unwrap_or(&whole);
        let values = field.values(&record.data);
        values.iter().any(|value| value.trim() == wanted.trim())
    };
    // What is part of the record's own name has to be right in any case; of other links one is enough (author or reader).
    let named = links
        .iter()
        .all(|field| !object.is_in_key(field) || equals(field));
    let holds = named && links.iter().any(|field| equals(field));
    if holds {
        Verdict::Passed
    } else {
        Verdict::Refused
    }
}

/// One value or several, as text.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(|item| text(Some(item))).collect(),
        one => text(one).into_iter().collect(),
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
