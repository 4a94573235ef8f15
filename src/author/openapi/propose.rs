//! Which operations lead from an address to a person's records, and what else can be done with what they find.
//!
//! A list is proposed if its items hold an address, or can be asked for by one. The better ways come first: a parameter for the
//! address, a search by a word, everything (W201). Of several lists of the same things the best is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Wish;
use super::candidate::{Candidate, Way, candidate, items};
use super::document::{Document, Operation};
use super::parameters::{item_path, list_path, required};
use super::schema::{self, Found, Look};
use super::{access, page};
use crate::author::draft::{Column, Draft, Find, Form, Read, Thing, Write, sound};
use crate::connector::guess;
use crate::diagnostic::{Result, Source};
use crate::messages::author as say;
use crate::yaml::error;

/// Objects proposed at once; the paths of further ones are named.
const MOST: usize = 6;

pub(super) fn propose(document: &Document, source: &Arc<Source>, wish: &Wish) -> Result<Draft> {
    let operations = document.operations();
    let wanted = |operation: &Operation<'_>| {
        wish.paths.is_empty()
            || wish
                .paths
                .iter()
                .any(|path| operation.path.starts_with(path.as_str()))
    };
    let items = items(&operations);
    let lists = operations.iter().filter(|operation| wanted(operation));
    let mut all: Vec<Candidate<'_>> = lists
        .filter_map(|operation| candidate(document, operation, &items))
        .collect();
    all.sort_by_key(|one| {
        (
            std::cmp::Reverse(one.way),
            one.item.is_none(),
            one.operation.path.matches('{').count(),
            one.operation.path.len(),
        )
    });
    let best = all.first().map(|one| one.way);
    let Some(best) = best else {
        let wrong = error(
            "E788",
            say::nobody_in_there(source.path.display().to_string()),
        );
        return Err(wrong
            .why(say::nobody_in_there_why(operations.len()))
            .help(say::nobody_in_there_help())
            .into());
    };
    let mut draft = Draft {
        name: wish.name.clone(),
        ..Draft::default()
    };
    if draft.name.is_empty() {
        draft.name = sound(document.text("/info/title").unwrap_or("system"), '-');
    }
    draft.title = document.text("/info/title").map(one_line);
    let version = document
        .text("/info/version")
        .map(one_line)
        .unwrap_or_default();
    draft.from = Some(
        format!("{} {version}", draft.title.clone().unwrap_or_default())
            .trim()
            .to_owned(),
    );
    access::auth(document, &mut draft);
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut left: Vec<String> = Vec::new();
    for one in &all {
        let again = !names.insert(one.name.clone());
        // Where something can be searched, lists that would be read as a whole are only named.
        let weak = best > Way::All && one.way == Way::All && wish.paths.is_empty();
        if again || weak || draft.objects.len() >= MOST {
            left.push(format!(
                "{} {}",
                one.operation.verb.to_uppercase(),
                one.operation.path
            ));
            continue;
        }
        let thing = thing(document, one, &mut draft);
        draft.objects.push(thing);
    }
    if !left.is_empty() {
        let count = left.len();
        left.truncate(12);
        draft.open.push(say::open_left(count, left.join(", ")));
    }
    access::server(document, wish.url.as_deref(), &mut draft);
    Ok(draft)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn thing(document: &Document, one: &Candidate<'_>, draft: &mut Draft) -> Thing {
    let mut thing = Thing {
        name: one.name.clone(),
        ..Thing::default()
    };
    let read = one
        .item
        .as_ref()
        .and_then(|item| Some((item, *item.verbs.get("get")?)));
    let reply = read.and_then(|(_, operation)| operation.reply(document));
    let param = one.item.as_ref().map_or("id", |item| item.param);
    let record = reply.and_then(|reply| schema::record(document, reply, &one.found.item, param));
    let whole = record
        .as_ref()
        .map_or(&one.found.item, |record| &record.item);
    key(document, one, whole, &mut thing);
    let mut fields = schema::fields(document, whole);
    let in_list = schema::fields(document, &one.found.item);
    let email = |fields: &[Column]| {
        fields
            .iter()
            .any(|field| field.identity.as_deref() == Some("email"))
    };
    if !email(&fields) && email(&in_list) {
        fields = in_list.clone();
    }
    if !email(&fields) {
        let name = one.param.map_or("email", |param| param.name);
        let name = sound(name, '_');
        let open = vec![say::open_no_email_field()];
        fields.insert(
            0,
            Column {
                path: vec![Some(name)],
                category: "contact.email".to_owned(),
                identity: Some("email".to_owned()),
                fixed: false,
                open,
            },
        );
    }
    let partial =
        record.is_some() && email(&fields) && !email(&in_list) && !one.found.item.is_empty();
    fields.retain(|field| field.path != [Some(thing.key.clone())] || field.identity.is_some());
    let others = schema::others(whole, &fields, &thing.key);
    thing.fields_open.push(say::open_fields());
    if !others.is_empty() {
        thing
            .fields_open
            .push(say::open_other_fields(others.join(", ")));
    }
    thing.finds.push(find(document, one, partial, draft));
    by_phone(one, &fields, &mut thing);
    thing.fields = fields;
    if let (Some((item, operation)), Some(found)) = (read, &record) {
        let path = item_path(item, &thing.key, operation, draft);
        let query = required(document, operation, &[], draft);
        thing.read = Some(Read {
            path,
            query,
            records: found.path.clone(),
            open: Vec::new(),
        });
    }
    writes(document, one, record.as_ref(), &mut thing, draft);
    thing
}

/// The member by which a record is read: named like the parameter of its path, or one of the usual names.
fn key(
    document: &Document,
    one: &Candidate<'_>,
    whole: &BTreeMap<String, Look<'_>>,
    thing: &mut Thing,
) {
    let same = |a: &str, b: &str| guess::words(a).concat() == guess::words(b).concat();
    let param = one.item.as_ref().map(|item| item.param);
    let listed = |name: &&String| one.found.item.is_empty() || one.found.item.contains_key(*name);
    let members = || whole.keys().filter(listed);
    let exact = param.and_then(|param| members().find(|name| same(name, param)));
    let singular = one.name.trim_end_matches('s');
    let usual = || {
        let named = ["id", "uuid", "guid", "key", "gid", "_id"]
            .iter()
            .find_map(|usual| members().find(|name| name.as_str() == *usual));
        named.or_else(|| members().find(|name| same(name, &format!("{singular}_id"))))
    };
    let found = exact.or_else(usual);
    thing.key = found.cloned().unwrap_or_else(|| "id".to_owned());
    thing.key_is_number = schema::is_number(document, whole, &thing.key);
    match (found, param) {
        (None, _) => thing.key_open.push(say::open_no_key()),
        (Some(_), Some(param)) if exact.is_none() => thing.key_open.push(say::open_key(param)),
        _ => {}
    }
}

fn find(document: &Document, one: &Candidate<'_>, partial: bool, draft: &mut Draft) -> Find {
    let mut open = Vec::new();
    let mut find = Find {
        by: "email".to_owned(),
        post: one.operation.verb == "post",
        path: list_path(one.operation, draft),
        records: one.found.path.clone(),
        partial,
        ..Find::default()
    };
    if let Some(member) = &one.member {
        find.body.push((member.clone(), "{{ value }}".to_owned()));
        open.push(say::open_post());
    } else if let Some(param) = one.param {
        find.query
            .push((param.name.to_owned(), "{{ value }}".to_owned()));
        open.push(match one.way {
            Way::Word => say::open_by_word(param.name),
            _ => say::open_by_address(param.name),
        });
    } else {
        open.push(say::open_reads_all());
    }
    let page = one
        .reply
        .filter(|_| !find.post)
        .and_then(|reply| page::page(document, one.operation, reply));
    let mut taken: Vec<String> = find.query.iter().map(|(name, _)| name.clone()).collect();
    if let Some(page) = &page {
        taken.extend(page.size.iter().map(|(name, _)| name.clone()));
        match &page.form {
            Form::Number { into, .. } | Form::Offset { into } | Form::Cursor { into, .. } => {
                taken.push(into.clone())
            }
            Form::Next { .. } => {}
        }
    }
    let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    find.query
        .extend(required(document, one.operation, &taken, draft));
    open.push(match &page {
        Some(_) => say::open_page(),
        None => say::open_no_page(),
    });
    if one.found.item.is_empty() {
        open.push(say::open_no_reply());
    }
    find.page = page;
    find.open = open;
    find
}

/// A search by telephone number, where the list has a parameter for it and a field to compare with.
fn by_phone(one: &Candidate<'_>, fields: &[Column], thing: &mut Thing) {
    let param = one
        .operation
        .query()
        .find(|param| guess::is_phone(param.name));
    let guarded = fields
        .iter()
        .any(|field| field.identity.as_deref() == Some("phone"));
    if let (Some(param), true, Some(first)) = (param, guarded, thing.finds.first()) {
        let mut find = Find {
            by: "phone".to_owned(),
            open: vec![say::open_by_phone(param.name)],
            ..first.clone()
        };
        find.query.retain(|(_, value)| value != "{{ value }}");
        find.query
            .insert(0, (param.name.to_owned(), "{{ value }}".to_owned()));
        thing.finds.push(find);
    }
}

fn writes(
    document: &Document,
    one: &Candidate<'_>,
    record: Option<&Found<'_>>,
    thing: &mut Thing,
    draft: &mut Draft,
) {
    let Some(item) = &one.item else {
        thing.erase = Some(by_hand(&thing.name));
        thing.erase_open.push(say::open_by_hand());
        return;
    };
    let mut write = |word: &'static str, verb: &'static str, body: Option<String>| {
        let operation = item.verbs.get(verb)?;
        let path = item_path(item, &thing.key, operation, draft);
        let query = required(document, operation, &[], draft);
        Some(Write {
            word,
            verb,
            path,
            query,
            body,
            unconfirmed: true,
            open: vec![say::open_write()],
        })
    };
    let member = |operation: &Operation<'_>| -> Option<String> {
        // `{ user: { … } }` around what changes.
        let schema::Kind::Object(members) = Look(operation.body(document)?).kind(document) else {
            return None;
        };
        let inner = members.len() == 1;
        let (name, only) = members.into_iter().next()?;
        (inner && matches!(only.kind(document), schema::Kind::Object(_))).then_some(name)
    };
    let merges = |verb: &str| verb == "put" && record.is_some();
    let body = |verb: &str, what: &str| {
        let value = match merges(verb) {
            true => format!("\"{{{{ record | merge({what}) }}}}\""),
            false => format!("\"{{{{ {what} }}}}\""),
        };
        match item.verbs.get(verb).and_then(|operation| member(operation)) {
            Some(name) => format!("{{ {}: {value} }}", crate::yaml::write::scalar(&name)),
            None => value,
        }
    };
    let change = ["patch", "put"]
        .into_iter()
        .find(|verb| item.verbs.contains_key(verb));
    let mut all = Vec::new();
    if let Some(verb) = change {
        all.extend(write("rectify", verb, Some(body(verb, "changes"))));
    }
    if item.verbs.contains_key("delete") {
        all.extend(write("remove", "delete", None));
    } else if let Some(verb) = change {
        all.extend(write("anonymise", verb, Some(body(verb, "masked"))));
        thing.erase = Some("anonymise".to_owned());
        thing.erase_open.push(say::open_anonymise());
    } else {
        thing.erase = Some(by_hand(&thing.name));
        thing.erase_open.push(say::open_by_hand());
    }
    if all.iter().any(|write| write.body.is_some()) {
        // A place among many cannot be written by its name.
        let many = thing.fields.iter_mut();
        for field in many.filter(|field| field.path.contains(&None)) {
            field.fixed = true;
        }
    }
    thing.writes = all;
}

/// What a person is asked to do where the document has no operation for it.
fn by_hand(object: &str) -> String {
    let text = say::by_hand(object);
    format!(
        "{{ manual: {{ en: {}, de: {} }} }}",
        crate::yaml::write::scalar(&text.en),
        crate::yaml::write::scalar(&text.de)
    )
}
