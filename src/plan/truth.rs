//! The truth map: what each system holds about the person today, side by side, and where they differ.
//!
//! Values are compared category by category. A difference of spelling (capital letters, umlauts, a telephone number with or without
//! its country, `Str.` for `Straße`) is not one of content, and is said to be none.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::connector::notation;
use crate::connector::object::{At, Field, items};
use crate::findings::{Findings, Match};
use crate::inventory::Inventory;
use crate::subject::{Kind, Kinds};

/// One value in one record. Personal.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Value {
    pub system: String,
    pub object: String,
    pub field: String,
    pub key: String,
    #[serde(rename = "match")]
    pub matched: Match,
    /// `None` if nothing stands there.
    pub value: Option<String>,
    pub differs: Differs,
}

/// How a record's values of a category compare with what most records say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Differs {
    Equal,
    /// The same, written in another way.
    FormatOnly,
    /// Nothing stands there, or less than elsewhere.
    Missing,
    Conflict,
    /// There is nothing to set it beside: no other record has this category, or each has something of its own by nature.
    Alone,
}

/// All values of a category.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub category: String,
    pub values: Vec<Value>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({}, {} values)", self.category, self.values.len())
    }
}

/// Every category that the person's records have a field of, sorted by its name.
pub fn map(inventory: &Inventory, findings: &Findings) -> Vec<Row> {
    // By category and kind of number: the record, and what stands in its fields of that category.
    let mut records: BTreeMap<(&str, Option<&str>), Vec<Vec<Value>>> = BTreeMap::new();
    for (system, object, found) in findings.records() {
        let Some(definition) = inventory
            .system(&system.system)
            .and_then(|s| s.object(&object.object))
        else {
            continue;
        };
        let mut here: BTreeMap<(&str, Option<&str>), Vec<Value>> = BTreeMap::new();
        for field in &definition.fields {
            let values = field.at.all(&found.record.data);
            let each = values.iter().flat_map(|value| items(value));
            let texts: Vec<String> = each.filter_map(notation::text).collect();
            if values.is_empty() && matches!(field.at, At::JsonPath(_)) {
                continue;
            }
            let text = texts.join(", ");
            let group = (field.category.as_str(), numbering(field));
            here.entry(group).or_default().push(Value {
                system: system.system.clone(),
                object: object.object.clone(),
                field: field.name.clone(),
                key: found.record.key.to_string(),
                matched: found.matched,
                value: (!text.trim().is_empty()).then_some(text),
                differs: Differs::Equal,
            });
        }
        for (group, values) in here {
            records.entry(group).or_default().push(values);
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for ((category, _), mut records) in records {
        compare(category, &mut records, &inventory.kinds);
        let values = records.into_iter().flatten();
        match rows.last_mut().filter(|row| row.category == category) {
            Some(row) => row.values.extend(values),
            None => rows.push(Row {
                category: category.to_owned(),
                values: values.collect(),
            }),
        }
    }
    rows
}

/// A customer number and a member number are both numbers of an account, and never the same one.
fn numbering(field: &Field) -> Option<&str> {
    let Kind(kind) = field.identity.as_ref()?;
    (![Kind::EMAIL, Kind::PHONE].contains(&kind.as_str())).then_some(kind)
}

/// What says something about one order or one letter and not about the person, so that no two have to agree.
fn is_of_one_record(category: &str) -> bool {
    ["order.", "content."]
        .iter()
        .any(|kind| category.starts_with(kind))
}

/// Sets each record beside what most of them say; of several, what came first.
fn compare(category: &str, records: &mut [Vec<Value>], kinds: &Kinds) {
    if records.len() == 1 || is_of_one_record(category) {
        for value in records.iter_mut().flatten() {
            value.differs = Differs::Alone;
        }
        return;
    }
    let plain = |record: &[Value]| {
        let values = record.iter().filter_map(|value| value.value.as_deref());
        values.collect::<Vec<_>>().join(" ")
    };
    let texts: Vec<String> = records.iter().map(|record| plain(record)).collect();
    let folded: Vec<Vec<String>> = texts
        .iter()
        .map(|text| fold(category, text, kinds))
        .collect();
    let votes = |words: &Vec<String>| folded.iter().filter(|other| *other == words).count();
    let reference = folded
        .iter()
        .enumerate()
        .filter(|(_, words)| !words.is_empty())
        // The first of those with the most votes.
        .max_by_key(|(at, words)| (votes(words), std::cmp::Reverse(*at)))
        .map(|(at, _)| at);
    let Some(reference) = reference else {
        for value in records.iter_mut().flatten() {
            value.differs = Differs::Missing;
        }
        return;
    };
    for (at, record) in records.iter_mut().enumerate() {
        let less = |words: &[String]| words.iter().all(|word| folded[reference].contains(word));
        let differs = match () {
            () if texts[at] == texts[reference] => Differs::Equal,
            () if folded[at] == folded[reference] => Differs::FormatOnly,
            () if less(&folded[at]) => Differs::Missing,
            () => Differs::Conflict,
        };
        for value in record {
            value.differs = match value.value {
                None if differs != Differs::Equal => Differs::Missing,
                _ => differs,
            };
        }
    }
}

/// The words of a value without what is only a matter of writing, sorted.
fn fold(category: &str, text: &str, kinds: &Kinds) -> Vec<String> {
    let kind = match category {
        "contact.email" => Some(Kind::EMAIL),
        "contact.phone" => Some(Kind::PHONE),
        _ => None,
    };
    if let Some(identity) = kind.and_then(|kind| kinds.identity(&Kind(kind.to_owned()), text).ok())
    {
        return vec![identity.value().to_owned()];
    }
    if let Some(day) = notation::day(text.trim()) {
        return vec![day.to_string()];
    }
    let plain: String = text.to_lowercase().chars().flat_map(letters).collect();
    let mut words: Vec<String> = plain
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(street)
        .collect();
    words.sort();
    words
}

/// A small letter as it is written without its mark.
fn letters(letter: char) -> impl Iterator<Item = char> {
    let plain = match letter {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'á' | 'à' | 'â' | 'ã' | 'å' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'õ' => "o",
        'ú' | 'ù' | 'û' => "u",
        'ç' => "c",
        'ñ' => "n",
        _ => "",
    };
    let own = plain.is_empty().then_some(letter);
    plain.chars().chain(own)
}

/// `Hauptstraße`, `Hauptstr.` and `Hauptstrasse` are one street.
fn street(word: &str) -> String {
    for (long, short) in [("strasse", "str"), ("platz", "pl")] {
        if let Some(before) = word.strip_suffix(long) {
            return format!("{before}{short}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(category: &str, texts: &[&str]) -> Vec<Differs> {
        let value = |text: &&str| Value {
            system: "s".into(),
            object: "o".into(),
            field: "f".into(),
            key: "1".into(),
            matched: Match::Stated,
            value: (!text.is_empty()).then(|| (*text).to_owned()),
            differs: Differs::Equal,
        };
        let mut records: Vec<Vec<Value>> = texts.iter().map(|text| vec![value(text)]).collect();
        let kinds = Kinds {
            country: "DE".into(),
            ..Kinds::default()
        };
        compare(category, &mut records, &kinds);
        records.iter().map(|record| record[0].differs).collect()
    }

    #[test]
    fn writing_differs_from_content() {
        use Differs::{Alone, Conflict, Equal, FormatOnly, Missing};
        for (category, texts, expected) in [
            (
                "contact.email",
                ["a@example.org", "A@Example.org", "b@example.org"],
                [Equal, FormatOnly, Conflict],
            ),
            (
                "contact.phone",
                ["+49 30 123456", "030 123456", "030 123457"],
                [Equal, FormatOnly, Conflict],
            ),
            (
                "person.name",
                ["Anna Müller", "MUELLER, ANNA", "Anna Maier"],
                [Equal, FormatOnly, Conflict],
            ),
            (
                "contact.address",
                ["Hauptstr. 5 Köln", "Hauptstraße 5, Koeln", "Köln"],
                [Equal, FormatOnly, Missing],
            ),
            (
                "person.birth_date",
                ["1984-05-17", "17.05.1984", ""],
                [Equal, FormatOnly, Missing],
            ),
            // Each note is a note of its own.
            ("content.note", ["x", "x", "y"], [Alone, Alone, Alone]),
        ] {
            assert_eq!(compared(category, &texts), expected, "{category}");
        }
    }

    #[test]
    fn what_most_records_say_is_what_the_others_are_compared_with() {
        use Differs::{Conflict, Equal};
        assert_eq!(
            compared("person.name", &["Anna A", "Anna B", "Anna B"]),
            [Conflict, Equal, Equal]
        );
        assert_eq!(compared("person.name", &["", ""]), [Differs::Missing; 2]);
        assert_eq!(compared("person.name", &["Anna A"]), [Differs::Alone]);
    }
}
