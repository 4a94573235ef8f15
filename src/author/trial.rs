//! A first test file for a draft: one invented person who is found, and erased where the draft removes records.
//!
//! Its replies are what the connector expects, not what a system said, so they show that the file is sound and nothing more; a
//! recording shows the rest. What does not hold when it is played is not written.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::draft::{Draft, Find, Form, Thing};
use crate::connector::definition::Definition;
use crate::diagnostic::Source;
use crate::messages::{Lang, author as say};
use crate::replay;
use crate::yaml::write::{json as flow_of, scalar};

const ADDRESS: &str = "ada@example.org";

/// The text of a test file whose cases hold, if there is one.
pub fn trial(draft: &Draft, definition: &Definition, lang: Lang) -> Option<String> {
    let reversed: Vec<&Thing> = draft.objects.iter().rev().collect();
    let ordered: Vec<&Thing> = draft.objects.iter().collect();
    let candidates = [Some(ordered), Some(reversed), None];
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
    let searched: Vec<Value> = draft.objects.iter().flat_map(found).collect();
    let keys: Map<String, Value> = draft
        .objects
        .iter()
        .map(|thing| (thing.name.clone(), json!([key(thing)])))
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
        let name = format!("{}/{}", thing.name, text(&key(thing)));
        let Some(write) = thing.writes.iter().find(|write| write.word == "remove") else {
            outcomes.insert(name, json!("manual"));
            continue;
        };
        outcomes.insert(name, json!("removed"));
        let query = pairs(&write.query);
        let mut sent = json!({ "delete": filled(&write.path, thing) });
        if !query.is_empty() {
            sent["query"] = Value::Object(query);
        }
        sent["reply"] = json!({ "status": 204 });
        exchanges.push(sent);
        if let Some(read) = &thing.read {
            exchanges.push(json!({ "get": filled(&read.path, thing), "reply": { "status": 404 } }));
        }
        exchanges.extend(thing.finds.first().map(|find| search(find, thing, 1, &[])));
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

/// The search that finds the person, and the reading of what was found.
fn found(thing: &Thing) -> Vec<Value> {
    let mut out = Vec::new();
    let record = record(thing);
    for find in thing.finds.iter().filter(|find| find.by == "email") {
        out.push(search(find, thing, 1, std::slice::from_ref(&record)));
        let numbered = find.page.as_ref().is_some_and(|page| {
            page.total.is_none() && matches!(page.form, Form::Number { .. } | Form::Offset { .. })
        });
        if numbered {
            out.push(search(find, thing, 2, &[]));
        }
    }
    if let Some(read) = &thing.read {
        let mut reply = Value::Null;
        put(&mut reply, &read.records, record);
        out.push(json!({ "get": filled(&read.path, thing), "reply": { "json": reply } }));
    }
    out
}

/// One page of a search, with these records.
fn search(find: &Find, thing: &Thing, page: u64, records: &[Value]) -> Value {
    let mut query = Map::new();
    for (name, value) in &find.query {
        if value == "{{ value }}" {
            query.insert(name.clone(), json!(ADDRESS));
        }
    }
    let mut reply = Value::Null;
    put(&mut reply, &find.records, Value::Array(records.to_vec()));
    if let Some(way) = &find.page {
        match &way.form {
            Form::Number { into, start } => {
                drop(query.insert(into.clone(), json!(start + page - 1)))
            }
            Form::Offset { into } => drop(query.insert(into.clone(), json!(page - 1))),
            Form::Cursor { path, .. } | Form::Next { path } => put(&mut reply, path, Value::Null),
        }
        if let Some(path) = &way.total {
            put(&mut reply, path, json!(records.len()));
        }
    }
    let verb = if find.post { "post" } else { "get" };
    let mut sent = json!({ verb: filled(&find.path, thing) });
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
    sent["reply"] = json!({ "json": reply });
    sent
}

/// A record of the invented person: its key, the address, and one field more.
fn record(thing: &Thing) -> Value {
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
    let other = other.or_else(|| {
        thing
            .fields
            .iter()
            .find(|field| field.identity.is_none() && field.path.iter().all(Option::is_some))
    });
    for field in identity.chain(other) {
        let value = if field.identity.is_some() {
            ADDRESS
        } else {
            "Ada Moss"
        };
        put_field(&mut out, &field.path, json!(value));
    }
    put(&mut out, std::slice::from_ref(&thing.key), key(thing));
    out
}

fn key(thing: &Thing) -> Value {
    let by_address = thing.fields.iter().any(|field| {
        field.path == [Some(thing.key.clone())] && field.identity.as_deref() == Some("email")
    });
    match (by_address, thing.key_is_number) {
        (true, _) => json!(ADDRESS),
        (false, true) => json!(7),
        (false, false) => json!("a7"),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A path with invented values in the place of its expressions.
fn filled(path: &str, thing: &Thing) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (expression, behind) = behind.split_once("}}").unwrap_or((behind, ""));
        out.push_str(before);
        match expression.trim().starts_with("record") {
            true => out.push_str(&text(&key(thing))),
            false => out.push_str("invented"),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
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
