//! A first test file for a draft: one invented person who is found, and erased where the draft removes records.
//!
//! Its replies are what the connector expects, not what a system said, so they show that the file is sound and nothing more; a
//! recording shows the rest. What does not hold when it is played is not written.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::draft::{Column, Draft, Find, Form, Thing};
use crate::connector::definition::Definition;
use crate::diagnostic::Source;
use crate::messages::{Lang, author as say};
use crate::replay;
use crate::yaml::write::{json as flow_of, scalar};

const ADDRESS: &str = "ada@example.org";

/// Its MD5 digest, by which some services name people.
const DIGEST: &str = "5bfcf2d8e394674550332640d72db509";

/// The text of a test file whose cases hold, if there is one.
pub fn trial(draft: &Draft, definition: &Definition, lang: Lang) -> Option<String> {
    let all: Vec<&Thing> = draft.objects.iter().filter(|thing| !thing.place).collect();
    let reversed: Vec<&Thing> = all.iter().rev().copied().collect();
    let lower = |thing: &&&Thing| above(draft, thing).next().is_some();
    let low_first = all
        .iter()
        .filter(lower)
        .chain(all.iter().filter(|one| !lower(one)));
    let low_first: Vec<&Thing> = low_first.copied().collect();
    let candidates = [Some(all), Some(low_first), Some(reversed), None];
    candidates
        .into_iter()
        .map(|erased| file(draft, erased.as_deref(), lang))
        .find(|text| {
            let source = Arc::new(Source {
                path: "tests".into(),
                text: text.clone(),
            });
            replay::parse(&source, definition).is_ok_and(|file| {
                let report = replay::run(definition, &file);
                report.holds()
            })
        })
}

fn file(draft: &Draft, erased: Option<&[&Thing]>, lang: Lang) -> String {
    let mut out = String::new();
    for line in say::trial_head().to(lang).lines() {
        out.push_str(&format!("# {line}\n"));
    }
    out.push_str(&format!(
        "dsr: 1\ntests: {}\nsettings:\n",
        scalar(&draft.name)
    ));
    for setting in &draft.settings {
        let value = match (&setting.default, setting.url) {
            (Some(stated), _) => stated.clone(),
            (None, true) => format!("https://{}.example.com", draft.name),
            (None, false) => "invented".to_owned(),
        };
        out.push_str(&format!(
            "  {}: {}\n",
            scalar(&setting.name),
            scalar(&value)
        ));
    }
    out.push_str("cases:\n");
    let searched: Vec<Value> = draft
        .objects
        .iter()
        .flat_map(|thing| Trial { draft, thing }.found())
        .collect();
    let people = draft.objects.iter().filter(|thing| !thing.place);
    let keys: Map<String, Value> = people
        .map(|thing| {
            (
                thing.name.clone(),
                json!([Trial { draft, thing }.whole_key()]),
            )
        })
        .collect();
    case(
        &mut out,
        say::trial_find().to(lang),
        "find",
        &searched,
        &json!({ "found": keys }),
    );
    let Some(order) = erased else { return out };
    let (mut exchanges, mut outcomes) = (searched, Map::new());
    for thing in order {
        let trial = Trial { draft, thing };
        let name = format!("{}/{}", thing.name, text(&trial.whole_key()));
        let write = thing.writes.iter().find(|write| write.word == "remove");
        let Some(write) = write.filter(|_| !stays(draft, thing)) else {
            outcomes.insert(name, json!("manual"));
            continue;
        };
        outcomes.insert(name, json!("removed"));
        let query = pairs(&write.query);
        let mut sent = json!({ "delete": trial.filled(&write.path, None) });
        if !query.is_empty() {
            sent["query"] = Value::Object(query);
        }
        sent["reply"] = json!({ "status": 204 });
        exchanges.push(sent);
        if let Some(read) = &thing.read {
            let path = trial.filled(&read.path, None);
            exchanges.push(json!({ "get": path, "reply": { "status": 404 } }));
        }
        // Below a record that is gone nobody looks again.
        let asked = thing.finds.iter().filter(|find| {
            let parent = find.under.as_ref().and_then(|name| named(draft, name));
            find.by.as_deref() != Some("phone")
                && parent.is_none_or(|parent| parent.place || stays(draft, parent))
        });
        exchanges.extend(asked.map(|find| trial.search(find, 1, &[])));
    }
    if outcomes.values().all(|outcome| outcome == "manual") {
        return out;
    }
    case(
        &mut out,
        say::trial_erase().to(lang),
        "erase",
        &exchanges,
        &json!({ "found": keys, "outcomes": outcomes }),
    );
    out
}

fn named<'d>(draft: &'d Draft, name: &str) -> Option<&'d Thing> {
    draft.objects.iter().find(|thing| thing.name == name)
}

/// The objects of people under which another is found.
fn above<'d>(draft: &'d Draft, thing: &'d Thing) -> impl Iterator<Item = &'d Thing> {
    let names = thing.finds.iter().filter_map(|find| find.under.as_ref());
    let things = names.filter_map(|name| named(draft, name));
    things.filter(|thing| !thing.place)
}

/// Whether a record is not removed: there is no way, or what lies below it stays.
fn stays(draft: &Draft, thing: &Thing) -> bool {
    let below = draft
        .objects
        .iter()
        .filter(|other| above(draft, other).any(|parent| parent.name == thing.name));
    !thing.writes.iter().any(|write| write.word == "remove")
        || below.into_iter().any(|other| stays(draft, other))
}

fn case(out: &mut String, name: &str, run: &str, exchanges: &[Value], expect: &Value) {
    out.push_str(&format!(
        "  - name: {}\n    run: {run}\n    subject: {{ email: {ADDRESS} }}\n    exchanges:\n",
        scalar(name)
    ));
    for exchange in exchanges {
        out.push_str(&format!("      - {}\n", flow_of(exchange)));
    }
    out.push_str("    expect:\n");
    for (name, value) in expect.as_object().into_iter().flatten() {
        out.push_str(&format!("      {name}: {}\n", flow_of(value)));
    }
}

/// An object and the draft around it.
#[derive(Clone, Copy)]
struct Trial<'d> {
    draft: &'d Draft,
    thing: &'d Thing,
}

impl Trial<'_> {
    /// The searches that find the person, and the reading of what was found.
    fn found(self) -> Vec<Value> {
        let mut out = Vec::new();
        let record = self.record();
        let asked = self.thing.finds.iter();
        for find in asked.filter(|find| find.by.as_deref() != Some("phone")) {
            out.push(self.search(find, 1, std::slice::from_ref(&record)));
            let numbered = find.page.as_ref().is_some_and(|page| {
                page.total.is_none()
                    && matches!(page.form, Form::Number { .. } | Form::Offset { .. })
            });
            if numbered {
                out.push(self.search(find, 2, &[]));
            }
        }
        if let Some(read) = &self.thing.read {
            let mut reply = Value::Null;
            put(&mut reply, &read.records, record);
            let path = self.filled(&read.path, None);
            out.push(json!({ "get": path, "reply": { "json": reply } }));
        }
        out
    }

    /// One page of a search, with these records.
    fn search(self, find: &Find, page: u64, records: &[Value]) -> Value {
        let mut query = Map::new();
        for (name, value) in &find.query {
            if value == "{{ value }}" {
                query.insert(name.clone(), json!(ADDRESS));
            } else if value.contains("parent") {
                query.insert(name.clone(), json!(self.filled(value, Some(find))));
            }
        }
        let mut reply = Value::Null;
        match (find.one, records.first()) {
            (true, Some(record)) => put(&mut reply, &find.records, record.clone()),
            _ => put(&mut reply, &find.records, Value::Array(records.to_vec())),
        }
        if let Some(way) = &find.page {
            match &way.form {
                Form::Number { into, start } => {
                    drop(query.insert(into.clone(), json!(start + page - 1)))
                }
                Form::Offset { into } => drop(query.insert(into.clone(), json!(page - 1))),
                Form::Cursor { path, .. } | Form::Next { path } => {
                    put(&mut reply, path, Value::Null)
                }
            }
            if let Some(path) = &way.total {
                put(&mut reply, path, json!(records.len()));
            }
        }
        let verb = if find.post { "post" } else { "get" };
        let mut sent = json!({ verb: self.filled(&find.path, Some(find)) });
        if !query.is_empty() {
            sent["query"] = Value::Object(query);
        }
        if find.post {
            sent["body"] = find
                .body
                .iter()
                .map(|(name, _)| (name.clone(), json!(ADDRESS)))
                .collect::<Map<_, _>>()
                .into();
        }
        sent["reply"] = match find.one && records.is_empty() {
            true => json!({ "status": 404 }),
            false => json!({ "json": reply }),
        };
        sent
    }

    /// A record of the invented person: its key, the address, what it lies under, and one field more.
    fn record(self) -> Value {
        let thing = self.thing;
        let mut out = json!({});
        let identity = thing
            .fields
            .iter()
            .filter(|field| field.identity.as_deref() == Some("email"))
            .take(1);
        let other = thing
            .fields
            .iter()
            .find(|field| field.category == "person.name");
        let plain = |field: &&Column| {
            field.identity.is_none()
                && field.links.is_none()
                && field.path.iter().all(Option::is_some)
        };
        let other = other.or_else(|| thing.fields.iter().find(plain));
        for field in identity.chain(other) {
            let value = if field.identity.is_some() {
                ADDRESS
            } else {
                "Ada Moss"
            };
            put_field(&mut out, &field.path, json!(value));
        }
        for field in &thing.fields {
            if let Some(parent) = field.links.as_ref().and_then(|name| self.of(name)) {
                put_field(&mut out, &field.path, parent.key());
            }
        }
        put(&mut out, std::slice::from_ref(&thing.key), self.key());
        out
    }

    fn of(self, name: &str) -> Option<Self> {
        let draft = self.draft;
        named(draft, name).map(|thing| Trial { draft, thing })
    }

    /// Its own key, without that of what it lies under.
    fn key(self) -> Value {
        let thing = self.thing;
        let by_address = thing.fields.iter().any(|field| {
            field.path == [Some(thing.key.clone())] && field.identity.as_deref() == Some("email")
        });
        match (by_address, thing.key_is_number) {
            (true, _) => json!(ADDRESS),
            (false, true) => json!(7),
            (false, false) => json!("a7"),
        }
    }

    /// The key of what it lies under, as a part of its own.
    fn upper(self) -> Option<String> {
        let above = self.thing.above.as_ref()?;
        let mut fields = self.thing.fields.iter();
        let field = fields.find(|field| field.path == [Some(above.clone())])?;
        Some(text(&self.of(field.links.as_ref()?)?.key()))
    }

    fn whole_key(self) -> Value {
        match self.upper() {
            Some(upper) => json!(format!("{upper}/{}", text(&self.key()))),
            None => self.key(),
        }
    }

    /// A path with invented values in the place of its expressions.
    fn filled(self, path: &str, find: Option<&Find>) -> String {
        let mut out = String::new();
        let mut rest = path;
        while let Some((before, behind)) = rest.split_once("{{") {
            let (expression, behind) = behind.split_once("}}").unwrap_or((behind, ""));
            out.push_str(before);
            let value = self.value(expression.trim(), find);
            match expression.contains("| odata") {
                true => out.push_str(&format!("'{value}'")),
                false => out.push_str(&value),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    fn value(self, expression: &str, find: Option<&Find>) -> String {
        let name = expression.split([' ', '.', '[']).next().unwrap_or_default();
        let upper = || {
            let above = self.thing.above.as_ref()?;
            let own = format!("record.{above}");
            (expression == own).then(|| self.upper())?
        };
        let parent = || self.of(find?.under.as_ref()?);
        match name {
            "record" => upper().unwrap_or_else(|| text(&self.key())),
            "parent" => parent().map_or_else(String::new, |parent| text(&parent.key())),
            "value" if expression.contains("md5") => DIGEST.to_owned(),
            "value" => ADDRESS.to_owned(),
            _ => "invented".to_owned(),
        }
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn pairs(query: &[(String, String)]) -> Map<String, Value> {
    query
        .iter()
        .filter(|(_, value)| !value.contains("{{"))
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

fn put(into: &mut Value, path: &[String], value: Value) {
    let path: Vec<Option<String>> = path.iter().cloned().map(Some).collect();
    put_field(into, &path, value);
}

/// Puts a value into members of members; `None` is the first item of a list.
fn put_field(into: &mut Value, path: &[Option<String>], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *into = value;
        return;
    };
    match first {
        Some(name) => {
            if !into.is_object() {
                *into = json!({});
            }
            put_field(&mut into[name.as_str()], rest, value);
        }
        None => {
            let mut item = Value::Null;
            put_field(&mut item, rest, value);
            *into = json!([item]);
        }
    }
}
