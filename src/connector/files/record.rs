//! A document as a record: its path is its key, and its fields are what was found in it, kind by kind, and where.
//!
//! The state of a document is its path, size and day of change. What was found belongs to the question and not to the document.

use serde_json::{Map, Value, json};

use super::look::Look;
use super::walk::Stamp;
use crate::connector::object::{At, Erase, Field, Finder, How, Object, Via};
use crate::connector::{Key, Record};
use crate::messages::{Text, documents as say};
use crate::subject::Kind;

/// Members of a record that no kind of identity may be called.
const OWN: [&str; 6] = [
    "path",
    "format",
    "size",
    "modified",
    "places",
    "more_places",
];

/// What the inventory says of documents.
pub(crate) struct Stated {
    pub(crate) name: String,
    /// In the order in which they are asked for.
    pub(crate) kinds: Vec<Kind>,
    /// What the documents hold beside what is searched for.
    pub(crate) holds: Vec<String>,
    pub(crate) cap: usize,
    pub(crate) erase: Erase,
}

/// The object whose records are documents.
pub(crate) fn object(stated: Stated) -> Object {
    let field = |name: &str, category: &str| Field {
        name: name.to_owned(),
        category: category.to_owned(),
        at: At::Path(vec![name.to_owned()]),
        identity: None,
        links: Vec::new(),
        split: None,
        mask: None,
        fixed: true,
        volatile: false,
        self_service: false,
        portable: false,
        base64: false,
    };
    let mut fields = vec![field("path", "content.file")];
    for kind in &stated.kinds {
        let category = match kind.0.as_str() {
            Kind::EMAIL => "contact.email",
            Kind::PHONE => "contact.phone",
            "iban" => "finance.bank",
            _ => "account.id",
        };
        fields.push(Field {
            identity: Some(kind.clone()),
            split: Some("\n".to_owned()),
            volatile: true,
            ..field(&member(kind), category)
        });
    }
    for name in ["format", "size", "modified"] {
        fields.push(field(name, "content.file"));
    }
    for name in ["places", "more_places"] {
        fields.push(Field {
            volatile: true,
            ..field(name, "content.file")
        });
    }
    for category in &stated.holds {
        // The content as a whole: what it is, nobody takes apart.
        fields.push(field(&format!("content:{category}"), category));
    }
    let finders = stated.kinds.iter().map(|kind| Finder {
        by: Some(kind.clone()),
        under: Vec::new(),
        partial: false,
        via: Via::Columns(vec![member(kind)]),
    });
    Object {
        name: stated.name,
        key: vec!["path".to_owned()],
        find: finders.collect(),
        fields,
        clock: Some("modified".to_owned()),
        also: Vec::new(),
        by_hand: Vec::new(),
        screen: None,
        cap: stated.cap,
        erase: stated.erase,
        after: Vec::new(),
        how: How::Document,
    }
}

/// What a kind's spellings are called in a record.
fn member(kind: &Kind) -> String {
    match OWN.contains(&kind.0.as_str()) {
        true => format!("{}_found", kind.0),
        false => kind.0.clone(),
    }
}

/// The record of a document in which something was found; `None` if nothing was.
pub(super) fn record(name: &str, format: &str, stamp: &Stamp, look: &Look<'_>) -> Option<Record> {
    let key = Key::new(vec![name.to_owned()]).ok()?;
    let mut data = Map::new();
    data.insert("path".into(), json!(name));
    data.insert("format".into(), json!(format));
    data.insert("size".into(), json!(stamp.size));
    let modified = stamp
        .modified
        .and_then(|at| jiff::Timestamp::try_from(at).ok());
    // The calendar day, which is what periods count in.
    let modified = modified.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
    data.insert("modified".into(), json!(modified));
    for (index, needle) in look.needles.all.iter().enumerate() {
        let spellings = look.hits.iter().filter(|hit| hit.needle == index);
        let mut spellings: Vec<&str> = spellings.map(|hit| hit.spelling.as_str()).collect();
        spellings.sort_unstable();
        spellings.dedup();
        if !spellings.is_empty() {
            let member = member(&needle.identity.kind);
            let known = data.get(&member).and_then(Value::as_str).map(str::to_owned);
            let joined = known
                .into_iter()
                .chain(spellings.iter().map(|one| (*one).to_owned()));
            data.insert(member, json!(joined.collect::<Vec<_>>().join("\n")));
        }
    }
    if look.hits.is_empty() {
        return None;
    }
    let places: Vec<Value> = look.hits.iter().map(super::look::Hit::json).collect();
    data.insert("places".into(), json!(places));
    if look.more > 0 {
        data.insert("more_places".into(), json!(look.more));
    }
    Some(Record {
        key,
        data: Value::Object(data),
    })
}

/// Adds what a later question found in the same document.
pub(crate) fn merge(into: &mut Record, from: &Record) {
    let (Some(into), Some(from)) = (into.data.as_object_mut(), from.data.as_object()) else {
        return;
    };
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Array(known)), Value::Array(new)) => {
                for one in new {
                    if !known.contains(one) {
                        known.push(one.clone());
                    }
                }
            }
            (Some(Value::String(known)), Value::String(new)) if !OWN.contains(&name.as_str()) => {
                for one in new.split('\n') {
                    if !known.split('\n').any(|known| known == one) {
                        known.push('\n');
                        known.push_str(one);
                    }
                }
            }
            (Some(_), _) => {}
            (None, value) => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Where a document names the person, for a task: `page 3; attachment offer.docx, page 1`.
pub(crate) fn places(record: &Record) -> Text {
    /// More are counted.
    const MOST: usize = 12;
    let all = record.data.get("places").and_then(Value::as_array);
    let mut words: Vec<Text> = all.into_iter().flatten().map(place).collect();
    words.dedup();
    let more = words.len().saturating_sub(MOST) as u64;
    let more = more
        + record
            .data
            .get("more_places")
            .and_then(Value::as_u64)
            .unwrap_or(0);
    words.truncate(MOST);
    if more > 0 {
        words.push(say::more_places(more));
    }
    let joined = |to: &dyn Fn(&Text) -> String| words.iter().map(to).collect::<Vec<_>>().join("; ");
    Text {
        en: joined(&|text| text.en.clone()),
        de: joined(&|text| text.de.clone()),
    }
}

fn place(hit: &Value) -> Text {
    let number = |name: &str| hit.get(name).and_then(Value::as_u64);
    let text = |name: &str| hit.get(name).and_then(Value::as_str);
    let at = if let Some(page) = number("page") {
        say::page(page)
    } else if let Some(line) = number("line") {
        say::line(line)
    } else if let Some(slide) = number("slide") {
        say::slide(slide)
    } else if let (Some(sheet), Some(cell)) = (text("sheet"), text("cell")) {
        say::cell(sheet, cell)
    } else if hit.get("name").is_some() {
        say::in_name()
    } else {
        say::in_text()
    };
    match text("part") {
        Some(part) => say::in_part(part, at),
        None => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(data: Value) -> Record {
        Record {
            key: Key::new(vec!["a.txt".into()]).unwrap(),
            data,
        }
    }

    #[test]
    fn a_second_question_adds_to_what_the_first_found() {
        let mut known = record(json!({
            "path": "a.txt", "email": "a@b.de", "places": [{ "line": 1, "found": "a@b.de" }],
        }));
        let next = record(json!({
            "path": "a.txt", "email": "A@b.de\na@b.de", "customer_no": "4711",
            "places": [{ "line": 1, "found": "a@b.de" }, { "page": 2, "part": "x.pdf", "found": "4711" }],
        }));
        merge(&mut known, &next);
        assert_eq!(known.data["email"], "a@b.de\nA@b.de");
        assert_eq!(known.data["customer_no"], "4711");
        assert_eq!(known.data["path"], "a.txt");
        let places = places(&known);
        assert_eq!(places.en, "line 1; x.pdf, page 2");
        assert_eq!(places.de, "Zeile 1; x.pdf, Seite 2");
    }

    #[test]
    fn fields_hold_the_kinds_that_are_searched_by() {
        let object = object(Stated {
            name: "documents".into(),
            kinds: vec![Kind("email".into()), Kind("format".into())],
            holds: vec!["employment.record".into()],
            cap: 500,
            erase: Erase::Manual {
                task: Text::same(""),
            },
        });
        let held: Vec<_> = object
            .fields
            .iter()
            .filter_map(|f| f.identity.clone())
            .collect();
        assert_eq!(held, [Kind("email".into()), Kind("format".into())]);
        let values = object.fields[1].values(&json!({ "email": "a@b.de\nA@b.de" }));
        assert_eq!(values, ["a@b.de", "A@b.de"]);
        assert!(!object.can(crate::connector::Action::Remove));
    }
}
