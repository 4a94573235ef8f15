//! Lists in which a person can be found, and how well: by an address, by a word, or by reading everything.

use std::collections::BTreeMap;

use super::document::{Document, Operation, Param, Shape};
use super::schema::{self, Found, Look};
use crate::author::draft::sound;
use crate::connector::guess;

/// Segments that say how a list is asked for, and not what is in it.
const WAYS: [&str; 10] = [
    "search", "list", "find", "lookup", "query", "filter", "all", "_search", "by-email", "byemail",
];

/// How a list is asked, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    All,
    Word,
    Address,
}

/// A list that may hold people.
pub(super) struct Candidate<'d> {
    pub(super) way: Way,
    pub(super) name: String,
    pub(super) operation: &'d Operation<'d>,
    pub(super) param: Option<&'d Param<'d>>,
    /// The member of the body, for a search by POST.
    pub(super) member: Option<String>,
    pub(super) reply: Option<Shape<'d>>,
    pub(super) found: Found<'d>,
    pub(super) item: Option<Item<'d>>,
}

/// The operations on one record.
pub(super) struct Item<'d> {
    pub(super) path: &'d str,
    pub(super) param: &'d str,
    pub(super) verbs: BTreeMap<&'static str, &'d Operation<'d>>,
}

/// The operations on single records by the path of their list.
pub(super) fn items<'d>(operations: &'d [Operation<'d>]) -> BTreeMap<&'d str, Vec<Item<'d>>> {
    let mut out: BTreeMap<&str, Vec<Item<'_>>> = BTreeMap::new();
    for operation in operations {
        let Some((list, param)) = operation.item() else {
            continue;
        };
        let all = out.entry(list).or_default();
        match all.iter_mut().find(|item| item.path == operation.path) {
            Some(item) => drop(item.verbs.insert(operation.verb, operation)),
            None => all.push(Item {
                path: operation.path,
                param,
                verbs: BTreeMap::from([(operation.verb, operation)]),
            }),
        }
    }
    out
}

pub(super) fn candidate<'d>(
    document: &'d Document,
    operation: &'d Operation<'d>,
    items: &BTreeMap<&'d str, Vec<Item<'d>>>,
) -> Option<Candidate<'d>> {
    if operation.item().is_some() || !["get", "post"].contains(&operation.verb) {
        return None;
    }
    let segments: Vec<&str> = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty() && !segment.starts_with('{'))
        .collect();
    let last = *segments.last()?;
    let is_way = WAYS.contains(&last.to_ascii_lowercase().as_str());
    if operation.verb == "post" && !is_way {
        return None;
    }
    let named = segments.iter().rev().find(|segment| {
        !WAYS.contains(&segment.to_ascii_lowercase().as_str()) && !is_version(segment)
    })?;
    let reply = operation.reply(document);
    let found = reply.and_then(|reply| schema::list(document, reply, named));
    let base = match is_way {
        true => operation
            .path
            .trim_end_matches('/')
            .rsplit_once('/')
            .map_or("", |(base, _)| base),
        false => operation.path.trim_end_matches('/'),
    };
    let item = items.get(base).and_then(|all| best_item(all));
    let has_email = |members: &BTreeMap<String, Look<'d>>| {
        schema::fields(document, members)
            .iter()
            .any(|field| field.identity.as_deref() == Some("email"))
    };
    let address = operation.query().find(|param| guess::is_email(param.name));
    let member = posted(document, operation);
    let held = found.as_ref().is_some_and(|found| has_email(&found.item));
    let read = || {
        item.as_ref()
            .and_then(|item| item.verbs.get("get"))
            .and_then(|read| read.reply(document))
    };
    let in_read = !held
        && found.as_ref().is_some_and(|found| {
            let key = item.as_ref().map_or("id", |item| item.param);
            read()
                .and_then(|reply| schema::record(document, reply, &found.item, key))
                .is_some_and(|record| has_email(&record.item))
        });
    let word = operation.query().find(|param| {
        let names = [
            "q",
            "query",
            "search",
            "term",
            "keyword",
            "searchterm",
            "search_term",
            "searchtext",
            "search_text",
            "filter",
            "s",
        ];
        names.contains(
            &param
                .name
                .trim_start_matches('$')
                .to_ascii_lowercase()
                .as_str(),
        )
    });
    let (way, param) = match (address, word) {
        // A reply that is not described may still be what it is asked for.
        (Some(param), _) => (Way::Address, Some(param)),
        _ if member.is_some() && held => (Way::Address, None),
        (_, Some(param)) if held || in_read => (Way::Word, Some(param)),
        _ if (held || in_read) && operation.verb == "get" => (Way::All, None),
        _ => return None,
    };
    Some(Candidate {
        way,
        name: object_name(named),
        operation,
        param,
        member,
        reply,
        found: found.unwrap_or(Found {
            path: Vec::new(),
            item: BTreeMap::new(),
        }),
        item,
    })
}

fn is_version(segment: &str) -> bool {
    let rest = segment.trim_start_matches(['v', 'V']);
    segment.len() <= 5
        && rest.len() < segment.len()
        && rest
            .chars()
            .all(|sign| sign.is_ascii_digit() || sign == '.')
}

fn object_name(segment: &str) -> String {
    let plain = segment.trim_end_matches(".json").trim_end_matches(".xml");
    let name = sound(plain, '_');
    // Named like a kind of identity it would be refused.
    match ["email", "phone", "customer_no", "name", "all", "age"].contains(&name.as_str()) {
        true => format!("{name}_records"),
        false => name,
    }
}

/// Of several records below a list, the one that can be read, and has most verbs.
fn best_item<'d>(all: &[Item<'d>]) -> Option<Item<'d>> {
    let best = all
        .iter()
        .max_by_key(|item| (item.verbs.contains_key("get"), item.verbs.len()))?;
    Some(Item {
        path: best.path,
        param: best.param,
        verbs: best.verbs.clone(),
    })
}

/// The member of a search's body that takes an address.
fn posted(document: &Document, operation: &Operation<'_>) -> Option<String> {
    if operation.verb != "post" {
        return None;
    }
    match Look(operation.body(document)?).kind(document) {
        schema::Kind::Object(members) => members.into_keys().find(|name| guess::is_email(name)),
        _ => None,
    }
}
