//! What a schema says of a body: its members, where the records lie in it, which of them are personal.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, Shape};
use crate::author::draft::Column;
use crate::connector::guess;

/// Members within members that are looked at.
const DEEPEST: usize = 3;

/// Members that are looked at for one object: some schemas lead from everything to everything.
const MEMBERS: usize = 600;

/// Fields proposed for one object at most.
const MOST: usize = 60;

/// Members that hold the list of a reply, whatever is in it.
const COMMON: [&str; 13] = [
    "data", "items", "results", "records", "value", "entries", "elements", "content", "rows",
    "list", "result", "objects", "members",
];

/// What is known of one value.
#[derive(Clone, Debug)]
pub(super) enum Kind<'d> {
    Object(BTreeMap<String, Look<'d>>),
    List(Option<Look<'d>>),
    Text,
    Number,
    Boolean,
    Unknown,
}

/// A schema or an example that is not looked into yet.
#[derive(Clone, Copy)]
pub(super) struct Look<'d>(pub(super) Shape<'d>);

impl std::fmt::Debug for Look<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shape")
    }
}

impl<'d> Look<'d> {
    /// Looks one level deep.
    pub(super) fn kind(self, document: &'d Document) -> Kind<'d> {
        match self.0 {
            Shape::Example(value) => of_example(value),
            Shape::Schema(schema) => of_schema(document, schema, 0),
        }
    }
}

fn of_example(value: &Value) -> Kind<'_> {
    match value {
        Value::Object(members) => Kind::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), Look(Shape::Example(value))))
                .collect(),
        ),
        Value::Array(items) => Kind::List(items.first().map(|item| Look(Shape::Example(item)))),
        Value::String(_) => Kind::Text,
        Value::Number(_) => Kind::Number,
        Value::Bool(_) => Kind::Boolean,
        Value::Null => Kind::Unknown,
    }
}

fn of_schema<'d>(document: &'d Document, schema: &'d Value, depth: usize) -> Kind<'d> {
    let schema = document.resolve(schema);
    if depth > 8 {
        return Kind::Unknown;
    }
    let mut members: BTreeMap<String, Look<'d>> = BTreeMap::new();
    let mut other = Kind::Unknown;
    for part in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        match of_schema(document, part, depth + 1) {
            Kind::Object(more) => members.extend(more),
            kind => other = kind,
        }
    }
    // Of several forms that a value may have, the first that says something.
    for word in ["oneOf", "anyOf"] {
        let forms = schema
            .get(word)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let known = forms
            .map(|form| of_schema(document, form, depth + 1))
            .find(|kind| !matches!(kind, Kind::Unknown));
        match known {
            Some(Kind::Object(more)) => members.extend(more),
            Some(kind) => other = kind,
            None => {}
        }
    }
    let own = schema.get("properties").and_then(Value::as_object);
    members.extend(
        own.into_iter()
            .flatten()
            .map(|(name, node)| (name.clone(), Look(Shape::Schema(node)))),
    );
    if !members.is_empty() {
        return Kind::Object(members);
    }
    let stated = match schema.get("type") {
        Some(Value::String(word)) => word.as_str(),
        Some(Value::Array(words)) => words
            .iter()
            .filter_map(Value::as_str)
            .find(|word| *word != "null")
            .unwrap_or_default(),
        _ if schema.get("items").is_some() => "array",
        _ => "",
    };
    match stated {
        "array" => Kind::List(schema.get("items").map(|items| Look(Shape::Schema(items)))),
        "string" => Kind::Text,
        "integer" | "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        _ => match other {
            Kind::Unknown => schema
                .get("example")
                .filter(|example| example.is_object() || example.is_array())
                .map_or(Kind::Unknown, of_example),
            other => other,
        },
    }
}

/// Where a list of records lies in a reply, and what an item is.
#[derive(Clone)]
pub(super) struct Found<'d> {
    pub(super) path: Vec<String>,
    pub(super) item: BTreeMap<String, Look<'d>>,
}

/// The list of records in a reply: the reply itself, or the member that looks most like one.
pub(super) fn list<'d>(document: &'d Document, reply: Shape<'d>, named: &str) -> Option<Found<'d>> {
    let mut all = Vec::new();
    lists(document, Look(reply), &mut Vec::new(), &mut all);
    let score = |found: &Found<'_>| {
        let name = found.path.last().map(String::as_str).unwrap_or_default();
        let is_named = name.eq_ignore_ascii_case(named);
        let personal = fields(document, &found.item);
        let has_email = personal
            .iter()
            .any(|field| field.identity.as_deref() == Some("email"));
        (
            has_email,
            is_named,
            COMMON.contains(&name) || name.is_empty(),
            std::cmp::Reverse(found.path.len()),
            personal.len().min(9),
        )
    };
    all.into_iter().max_by_key(score)
}

/// Whether a list that was found is what the reply is about, and not a list within one record.
pub(super) fn is_whole(found: &Found<'_>, named: &str) -> bool {
    let plain = |text: &str| guess::words(text).concat();
    found.path.last().is_none_or(|last| {
        COMMON.contains(&last.as_str())
            || plain(last) == plain(named)
            || plain(last) == plain(singular(named).as_str())
    })
}

/// One of what a name stands for: `customer` of `customers`, `address` of `addresses`.
pub(super) fn singular(name: &str) -> String {
    let ends = [
        ("ies", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("xes", "x"),
        ("ss", "ss"),
        ("s", ""),
    ];
    let cut = ends
        .iter()
        .find_map(|(many, one)| Some(format!("{}{one}", name.strip_suffix(many)?)));
    cut.unwrap_or_else(|| name.to_owned())
}

/// The one record in a reply to a question for one person: the reply itself, or the member that holds an address.
pub(super) fn single<'d>(document: &'d Document, reply: Shape<'d>, named: &str) -> Found<'d> {
    let Kind::Object(members) = Look(reply).kind(document) else {
        return Found {
            path: Vec::new(),
            item: BTreeMap::new(),
        };
    };
    let own = fields(document, &members).into_iter();
    let mut own = own.filter(|field| field.identity.as_deref() == Some("email"));
    let mut best: Option<Found<'d>> = None;
    if !own.any(|field| field.path.len() == 1) {
        let one = singular(named);
        let usual = |name: &str| {
            ["data", "result", "item", "record", "response"].contains(&name)
                || name.eq_ignore_ascii_case(&one)
        };
        for (name, member) in &members {
            let Kind::Object(inner) = member.kind(document) else {
                continue;
            };
            let fits = has_email(document, &inner);
            if usual(name) && (fits || best.is_none()) {
                best = Some(Found {
                    path: vec![name.clone()],
                    item: inner,
                });
            }
        }
    }
    best.unwrap_or(Found {
        path: Vec::new(),
        item: members,
    })
}

/// Whether one of the members holds an address of a person.
pub(super) fn has_email(document: &Document, members: &BTreeMap<String, Look<'_>>) -> bool {
    fields(document, members)
        .iter()
        .any(|field| field.identity.as_deref() == Some("email"))
}

fn lists<'d>(
    document: &'d Document,
    shape: Look<'d>,
    path: &mut Vec<String>,
    out: &mut Vec<Found<'d>>,
) {
    match shape.kind(document) {
        Kind::List(Some(item)) => {
            if let Kind::Object(members) = item.kind(document) {
                out.push(Found {
                    path: path.clone(),
                    item: members,
                });
            }
        }
        Kind::Object(members) if path.len() < 2 => {
            for (name, member) in members {
                path.push(name);
                lists(document, member, path, out);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Where the one record lies in a reply: the reply itself, or a member that has the fields of the list's items.
pub(super) fn record<'d>(
    document: &'d Document,
    reply: Shape<'d>,
    like: &BTreeMap<String, Look<'d>>,
    key: &str,
) -> Option<Found<'d>> {
    let Kind::Object(members) = Look(reply).kind(document) else {
        return None;
    };
    let shared = |members: &BTreeMap<String, Look<'d>>| {
        members
            .keys()
            .filter(|name| like.contains_key(*name))
            .count()
    };
    let here = shared(&members);
    let mut best: Option<(usize, Found<'d>)> = None;
    for (name, member) in &members {
        let inner = match member.kind(document) {
            Kind::Object(inner) => inner,
            _ => continue,
        };
        let count = shared(&inner) + usize::from(inner.contains_key(key));
        if count > here && best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((
                count,
                Found {
                    path: vec![name.clone()],
                    item: inner,
                },
            ));
        }
    }
    Some(match best {
        Some((_, found)) => found,
        None => Found {
            path: Vec::new(),
            item: members,
        },
    })
}

/// The members that are likely personal, the ones that name a person first.
pub(super) fn fields<'d>(
    document: &'d Document,
    members: &BTreeMap<String, Look<'d>>,
) -> Vec<Column> {
    let mut out = Vec::new();
    let mut left = MEMBERS;
    collect(document, members, &mut Vec::new(), &mut left, &mut out);
    out.sort_by_key(|field: &Column| {
        let nested = field.path.len();
        (
            field.identity.as_deref() != Some("email"),
            field.identity.is_none(),
            nested,
            field.category.clone(),
        )
    });
    // Two fields of one name cannot stand in a file.
    let mut names = std::collections::BTreeSet::new();
    out.retain(|field| names.insert(field.name()));
    out.truncate(MOST);
    out
}

/// Names of members that have no guess.
pub(super) fn others(
    members: &BTreeMap<String, Look<'_>>,
    listed: &[Column],
    key: &str,
) -> Vec<String> {
    let listed: Vec<&str> = listed
        .iter()
        .filter_map(|field| field.path.first()?.as_deref())
        .collect();
    let others = members
        .keys()
        .filter(|name| *name != key && !listed.contains(&name.as_str()));
    others.cloned().collect()
}

fn collect<'d>(
    document: &'d Document,
    members: &BTreeMap<String, Look<'d>>,
    path: &mut Vec<Option<String>>,
    left: &mut usize,
    out: &mut Vec<Column>,
) {
    for (name, member) in members {
        let depth = path.len();
        if *left == 0 {
            return;
        }
        *left -= 1;
        path.push(Some(name.clone()));
        let dotted: Vec<&str> = path.iter().flatten().map(String::as_str).collect();
        let guessed = guess::category(&dotted.join("."));
        // A list of texts, or of things with texts.
        let (kind, listed) = match member.kind(document) {
            Kind::List(item) => (item.map_or(Kind::Unknown, |item| item.kind(document)), true),
            kind => (kind, false),
        };
        if listed {
            path.push(None);
        }
        match (kind, guessed) {
            (Kind::Text | Kind::Number | Kind::Unknown, Some(guess))
                if !listed || guess.identity.is_some() =>
            {
                // One value that names the person is searched by; what stands deeper may be somebody else's.
                let identity = guess.identity.filter(|_| depth < 2);
                out.push(Column {
                    path: path.clone(),
                    category: guess.category.to_owned(),
                    identity: identity.map(str::to_owned),
                    ..Column::default()
                });
            }
            // `email: { value, verified }`
            (Kind::Object(inner), Some(guess)) if inner.contains_key("value") => {
                path.push(Some("value".to_owned()));
                let identity = guess.identity.filter(|_| depth < 2);
                out.push(Column {
                    path: path.clone(),
                    category: guess.category.to_owned(),
                    identity: identity.map(str::to_owned),
                    ..Column::default()
                });
            }
            (Kind::Object(inner), _) if depth < DEEPEST && !is_somebody_else(name) => {
                collect(document, &inner, path, left, out)
            }
            _ => {}
        }
        path.truncate(depth);
    }
}

/// Members that hold another person or thing.
fn is_somebody_else(name: &str) -> bool {
    let others = [
        "owner",
        "creator",
        "creater",
        "author",
        "assignee",
        "manager",
        "supervisor",
        "agent",
        "user",
        "organization",
        "organisation",
        "company",
        "parent",
        "account",
        "created",
        "updated",
        "modified",
        "workspace",
        "team",
        "store",
        "shop",
        "seller",
        "vendor",
        "editor",
        "product",
        "variant",
        "links",
        "by",
    ];
    guess::words(name)
        .iter()
        .any(|word| others.contains(&word.as_str()))
}

/// Whether a member is a number, for invented values.
pub(super) fn is_number(
    document: &Document,
    members: &BTreeMap<String, Look<'_>>,
    name: &str,
) -> bool {
    members
        .get(name)
        .is_some_and(|member| matches!(member.kind(document), Kind::Number))
}

/// The members on the way to a member that fits, one level deep or two.
pub(super) fn look_for<'d>(
    document: &'d Document,
    reply: Shape<'d>,
    fits: &dyn Fn(&[String], &Kind<'_>) -> bool,
) -> Option<Vec<String>> {
    let Kind::Object(members) = Look(reply).kind(document) else {
        return None;
    };
    let mut inner = Vec::new();
    for (name, member) in &members {
        let kind = member.kind(document);
        let path = vec![name.clone()];
        if fits(&path, &kind) {
            return Some(path);
        }
        if let Kind::Object(more) = kind {
            inner.push((path, more));
        }
    }
    inner.into_iter().find_map(|(path, members)| {
        members.iter().find_map(|(name, member)| {
            let path = vec![path[0].clone(), name.clone()];
            fits(&path, &member.kind(document)).then_some(path)
        })
    })
}
