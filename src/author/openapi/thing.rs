//! One object of a draft: its key, the request that finds it, what is personal in it, what can be written to it.

use std::collections::BTreeMap;

use super::candidate::{Candidate, Spelling, Way};
use super::document::{Document, Operation};
use super::page;
use super::parameters::{self, member, parent, required};
use super::propose::same;
use super::schema::{self, Found, Kind, Look};
use crate::author::draft::{Column, Draft, Find, Page, Read, Thing, Write, sound};
use crate::connector::guess;
use crate::messages::{Text, author as say};

/// Members listed for a record of which no name says anything.
const PLAIN: usize = 8;

/// Names that say only that they name something.
const PLAIN_KEYS: [&str; 6] = ["id", "uuid", "guid", "key", "gid", "_id"];

/// What an object lies under.
#[derive(Clone, Debug)]
pub(super) struct Above {
    pub(super) object: String,
    /// The member that is its key.
    pub(super) key: String,
    /// The parameter that holds it, in the path or in the query.
    pub(super) param: String,
    /// Members down to where a record says under which it lies.
    pub(super) says: Option<Vec<String>>,
    /// The same as a part of the record's key, where the path of one record goes through it.
    pub(super) in_key: Option<String>,
}

impl Above {
    /// For a path that goes through the key of `object`.
    pub(super) fn nested(
        document: &Document,
        object: &str,
        key: &str,
        param: &str,
        word: &str,
        item: &BTreeMap<String, Look<'_>>,
    ) -> Above {
        let by_id = format!("{}_id", sound(&schema::singular(word), '_'));
        let names: Vec<String> = match is_plain_key(param) {
            true => vec![by_id.clone()],
            false => vec![sound(param, '_'), by_id.clone()],
        };
        let is_value = |look: &Look<'_>| {
            matches!(
                look.kind(document),
                Kind::Text | Kind::Number | Kind::Unknown
            )
        };
        let there = item
            .iter()
            .find(|(name, look)| is_value(look) && names.iter().any(|known| same(known, name)));
        let free = names
            .iter()
            .find(|name| !item.contains_key(*name))
            .cloned()
            .unwrap_or_else(|| format!("{by_id}_above"));
        let says = there.map_or(free, |(name, _)| name.clone());
        Above {
            object: object.to_owned(),
            key: key.to_owned(),
            param: param.to_owned(),
            says: Some(vec![says.clone()]),
            in_key: Some(says),
        }
    }

    fn found(&self) -> (&str, String) {
        (self.param.as_str(), parent(&self.key))
    }
}

pub(super) fn is_plain_key(name: &str) -> bool {
    PLAIN_KEYS.contains(&name.to_ascii_lowercase().as_str())
}

/// An object with all that the document says of it.
pub(super) fn thing(
    document: &Document,
    one: &Candidate<'_>,
    above: Option<&Above>,
    draft: &mut Draft,
) -> Thing {
    let mut thing = Thing {
        name: one.name.clone(),
        above: above.and_then(|above| above.in_key.clone()),
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
    let mut partial = false;
    match one.way {
        Way::Under => plain_fields(document, whole, &mut fields, &mut thing),
        _ => {
            if !holds_email(&fields) && holds_email(&in_list) {
                fields = in_list.clone();
            }
            if !holds_email(&fields) {
                fields.insert(0, guessed_email(one));
            }
            partial = record.is_some()
                && holds_email(&fields)
                && !holds_email(&in_list)
                && !one.found.item.is_empty();
        }
    }
    fields.retain(|field| field.path != [Some(thing.key.clone())] || field.identity.is_some());
    for field in &mut fields {
        // A record that is called by its address is another one with another address.
        field.fixed |= field.path == [Some(thing.key.clone())];
    }
    if let Some((above, says)) = above.and_then(|above| Some((above, above.says.as_ref()?))) {
        let path: Vec<Option<String>> = says.iter().cloned().map(Some).collect();
        fields.retain(|field| field.path != path);
        fields.push(Column {
            path,
            category: "account.id".to_owned(),
            links: Some(above.object.clone()),
            fixed: true,
            ..Column::default()
        });
    }
    let others = schema::others(whole, &fields, &thing.key);
    thing.fields_open.push(say::open_fields());
    if !others.is_empty() {
        thing
            .fields_open
            .push(say::open_other_fields(others.join(", ")));
    }
    thing.finds.push(find(document, one, above, partial, draft));
    by_phone(one, &fields, &mut thing);
    thing.fields = fields;
    if let (Some((item, operation)), Some(found)) = (read, &record) {
        let path = parameters::path(operation.path, &thing.known(above, item.param), draft);
        let query = required(document, operation, &[], draft);
        thing.read = Some(Read {
            path,
            query,
            records: found.path.clone(),
            open: Vec::new(),
        });
    }
    writes(document, one, above, record.as_ref(), &mut thing, draft);
    thing
}

impl Thing {
    /// What the parameters of the path of one record stand for.
    pub(super) fn known<'k>(
        &self,
        above: Option<&'k Above>,
        param: &'k str,
    ) -> Vec<(&'k str, String)> {
        let mut known: Vec<(&str, String)> = vec![(param, member(&self.key))];
        if let (Some(above), Some(name)) = (above, &self.above) {
            known.push((above.param.as_str(), member(name)));
        }
        known
    }
}

fn holds_email(fields: &[Column]) -> bool {
    fields
        .iter()
        .any(|field| field.identity.as_deref() == Some("email"))
}

fn guessed_email(one: &Candidate<'_>) -> Column {
    let name = one.param.map(|param| param.name);
    let name = name
        .or(one.in_path.map(|(name, _)| name))
        .filter(|name| guess::is_email(name));
    Column {
        path: vec![Some(sound(name.unwrap_or("email"), '_'))],
        category: "contact.email".to_owned(),
        identity: Some("email".to_owned()),
        open: vec![say::open_no_email_field()],
        ..Column::default()
    }
}

/// What lies below somebody's record may name other people, so no further search begins with it; and where no name says what is
/// personal, the plain members are listed, because all of it is about somebody.
fn plain_fields(
    document: &Document,
    whole: &BTreeMap<String, Look<'_>>,
    fields: &mut Vec<Column>,
    thing: &mut Thing,
) {
    for field in fields.iter_mut() {
        field.identity = None;
    }
    let about = |field: &Column| field.path == [Some(thing.key.clone())];
    if !fields.iter().all(about) {
        return;
    }
    let texts = whole.iter().filter(|(name, look)| {
        **name != thing.key && matches!(look.kind(document), Kind::Text | Kind::Number)
    });
    for (name, _) in texts.take(PLAIN) {
        fields.push(Column {
            path: vec![Some(name.clone())],
            category: format!("x.{}", sound(name, '_')),
            ..Column::default()
        });
    }
    if fields.is_empty() {
        fields.push(Column {
            path: vec![Some("name".to_owned())],
            category: format!("x.{}", sound(&thing.name, '_')),
            open: vec![say::open_no_reply()],
            ..Column::default()
        });
    }
    thing.fields_open.push(say::open_plain_fields());
}

/// The member by which a record is read: named like the parameter of its path, or one of the usual names.
fn key(
    document: &Document,
    one: &Candidate<'_>,
    whole: &BTreeMap<String, Look<'_>>,
    thing: &mut Thing,
) {
    let item = one.item.as_ref();
    let param = item.map(|item| item.param);
    let listed = |name: &str| one.found.item.is_empty() || one.found.item.contains_key(name);
    let members: BTreeMap<String, Look<'_>> = whole
        .iter()
        .filter(|(name, _)| listed(name))
        .map(|(name, look)| (name.clone(), *look))
        .collect();
    let by_address = item.is_some_and(|item| item.path == one.operation.path)
        && one
            .in_path
            .is_some_and(|(name, spelling)| spelling == Spelling::Plain && guess::is_email(name));
    let address = || {
        let all = schema::fields(document, &members).into_iter();
        let mut all = all.filter(|field| field.identity.as_deref() == Some("email"));
        match all.find(|field| field.path.len() == 1)?.path.pop() {
            Some(Some(name)) => Some(name),
            _ => None,
        }
    };
    let found = match by_address {
        true => address().or_else(|| key_member(&members, param, &one.name)),
        false => key_member(&members, param, &one.name),
    };
    let is_told = match (&found, param) {
        (Some(found), Some(param)) => by_address || same(found, param),
        _ => true,
    };
    thing.key = found.clone().unwrap_or_else(|| match by_address {
        true => "email".to_owned(),
        false => "id".to_owned(),
    });
    thing.key_is_number = schema::is_number(document, whole, &thing.key);
    match (found, param) {
        (None, _) => thing.key_open.push(say::open_no_key()),
        (Some(_), Some(param)) if !is_told => thing.key_open.push(say::open_key(param)),
        _ => {}
    }
}

/// The member that is called like the parameter of a path, or is one of the usual names.
pub(super) fn key_member(
    members: &BTreeMap<String, Look<'_>>,
    param: Option<&str>,
    name: &str,
) -> Option<String> {
    let exact = param.and_then(|param| members.keys().find(|name| same(name, param)));
    let usual = || {
        PLAIN_KEYS
            .iter()
            .find_map(|usual| members.keys().find(|name| name.as_str() == *usual))
    };
    let own = || {
        let own = format!("{}_id", schema::singular(name));
        members.keys().find(|name| same(name, &own))
    };
    exact.or_else(usual).or_else(own).cloned()
}

/// The request that finds the records of an object.
pub(super) fn find(
    document: &Document,
    one: &Candidate<'_>,
    above: Option<&Above>,
    partial: bool,
    draft: &mut Draft,
) -> Find {
    let mut open = Vec::new();
    let mut known: Vec<(&str, String)> = above.map(Above::found).into_iter().collect();
    if let Some((name, spelling)) = one.in_path {
        let value = match spelling {
            Spelling::Plain => "value",
            Spelling::Md5 => "value | lower | md5",
        };
        known.push((name, value.to_owned()));
    }
    let mut find = Find {
        by: (one.way != Way::Under).then(|| "email".to_owned()),
        under: above.map(|above| above.object.clone()),
        post: one.operation.verb == "post",
        path: parameters::path(one.operation.path, &known, draft),
        records: one.found.path.clone(),
        one: one.way == Way::Path && !one.is_list(document),
        partial,
        ..Find::default()
    };
    let value = "{{ value }}".to_owned();
    match (&one.member, one.param, above, one.way) {
        (Some(member), ..) => {
            find.body.push((member.clone(), value));
            open.push(say::open_post());
        }
        (None, Some(param), Some(above), Way::Under) => {
            find.query.push((
                param.name.to_owned(),
                format!("{{{{ {} }}}}", parent(&above.key)),
            ));
            open.push(say::open_under_by(param.name, &above.object));
        }
        (None, None, Some(above), Way::Under) => open.push(say::open_under(&above.object)),
        (None, Some(param), _, way) => {
            find.query.push((param.name.to_owned(), value));
            open.push(match way {
                Way::Word => say::open_by_word(param.name),
                _ => say::open_by_address(param.name),
            });
        }
        (None, None, _, Way::Path) => {
            open.push(match one.in_path {
                Some((name, Spelling::Md5)) => say::open_by_digest(name),
                _ => say::open_in_path(),
            });
            if find.one {
                open.push(say::open_gone());
            }
        }
        (None, None, ..) => open.push(say::open_reads_all()),
    }
    let page = one
        .reply
        .filter(|_| !find.post && !find.one)
        .and_then(|reply| page::page(document, one.operation, reply));
    let mut taken: Vec<String> = find.query.iter().map(|(name, _)| name.clone()).collect();
    taken.extend(
        page::taken(page.as_ref())
            .iter()
            .map(|name| (*name).to_owned()),
    );
    let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    find.query
        .extend(required(document, one.operation, &taken, draft));
    if !find.one {
        open.push(of_page(page.as_ref()));
    }
    if one.found.item.is_empty() {
        open.push(say::open_no_reply());
    }
    find.page = page;
    find.open = open;
    find
}

/// What is to be looked at about pages.
pub(super) fn of_page(page: Option<&Page>) -> Text {
    match page {
        Some(_) => say::open_page(),
        None => say::open_no_page(),
    }
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
    let searched = !matches!(one.way, Way::Under | Way::Path);
    if let (Some(param), true, true, Some(first)) = (param, guarded, searched, thing.finds.first())
    {
        let mut find = Find {
            by: Some("phone".to_owned()),
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
    above: Option<&Above>,
    record: Option<&Found<'_>>,
    thing: &mut Thing,
    draft: &mut Draft,
) {
    let Some(item) = &one.item else {
        thing.erase = Some(by_hand(&thing.name));
        thing.erase_open.push(say::open_by_hand());
        return;
    };
    let known = thing.known(above, item.param);
    let mut write = |word: &'static str, verb: &'static str, body: Option<String>| {
        let operation = item.verbs.get(verb)?;
        let path = parameters::path(operation.path, &known, draft);
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
        let Kind::Object(members) = Look(operation.body(document)?).kind(document) else {
            return None;
        };
        let inner = members.len() == 1;
        let (name, only) = members.into_iter().next()?;
        (inner && matches!(only.kind(document), Kind::Object(_))).then_some(name)
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
