//! Where a person can be found, and how well: by an address in a parameter or in the path, by a word, or by reading everything.

use std::collections::BTreeMap;

use super::document::{Document, Operation, Param, Shape, bare};
use super::schema::{self, Found, Look};
use crate::author::draft::sound;
use crate::connector::guess;

/// Segments that say how a list is asked for, and not what is in it.
const WAYS: [&str; 11] = [
    "search", "list", "find", "lookup", "query", "filter", "all", "_search", "by-email", "byemail",
    "by_email",
];

/// How a list is asked, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Below a record of another object, and in no other way.
    Under,
    All,
    Word,
    /// The address is a part of the path, and the reply is the one record.
    Path,
    Address,
}

/// How an address stands in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    Plain,
    /// Digest of the address in small letters.
    Md5,
}

/// A list that may hold people.
pub(super) struct Candidate<'d> {
    pub(super) way: Way,
    pub(super) name: String,
    pub(super) operation: &'d Operation<'d>,
    pub(super) param: Option<&'d Param<'d>>,
    /// The parameter of the path that takes the address, and how.
    pub(super) in_path: Option<(&'d str, Spelling)>,
    /// The member of the body, for a search by POST.
    pub(super) member: Option<String>,
    pub(super) reply: Option<Shape<'d>>,
    pub(super) found: Found<'d>,
    /// The path of the list, without what says how it is asked.
    pub(super) base: String,
    pub(super) item: Option<Item<'d>>,
}

impl Candidate<'_> {
    /// Whether its reply holds a list, and not one record.
    pub(super) fn is_list(&self, document: &Document) -> bool {
        let kind = self.reply.map(|reply| Look(reply).kind(document));
        matches!(kind, Some(schema::Kind::List(_)))
    }
}

/// The operations on one record.
#[derive(Clone)]
pub(super) struct Item<'d> {
    pub(super) path: &'d str,
    pub(super) param: &'d str,
    pub(super) verbs: BTreeMap<&'static str, &'d Operation<'d>>,
}

pub(super) type Items<'d> = BTreeMap<String, Vec<Item<'d>>>;

/// The operations on single records by the path of their list.
pub(super) fn items<'d>(operations: &'d [Operation<'d>]) -> Items<'d> {
    let mut out: Items<'_> = BTreeMap::new();
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
    items: &Items<'d>,
) -> Option<Candidate<'d>> {
    if let Some((list, param)) = operation.item() {
        let by_path = by_path(document, operation, items, &list, param);
        // `/users/list/{state}` is a list, whatever its last part means.
        let kind = || Some(Look(operation.reply(document)?).kind(document));
        if by_path.is_some() || !matches!(kind(), Some(schema::Kind::List(_))) {
            return by_path;
        }
    }
    if !["get", "post"].contains(&operation.verb) {
        return None;
    }
    let last = segments(operation.path).last()?;
    let is_way = is_way(last);
    if operation.verb == "post" && !is_way {
        return None;
    }
    let named = named(operation.path)?;
    let reply = operation.reply(document);
    let found = reply.and_then(|reply| schema::list(document, reply, named));
    let path = bare(operation.path);
    let base = match is_way {
        true => path.rsplit_once('/').map_or("", |(base, _)| base),
        false => path,
    };
    let item = items.get(base).and_then(|all| best_item(all));
    let has_email = |members: &BTreeMap<String, Look<'d>>| schema::has_email(document, members);
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
        in_path: None,
        member,
        reply,
        found: found.unwrap_or(Found {
            path: Vec::new(),
            item: BTreeMap::new(),
        }),
        base: base.to_owned(),
        item,
    })
}

/// A question for one person, whose address is the last part of the path.
fn by_path<'d>(
    document: &'d Document,
    operation: &'d Operation<'d>,
    items: &Items<'d>,
    list: &str,
    param: &'d str,
) -> Option<Candidate<'d>> {
    if operation.verb != "get" {
        return None;
    }
    let described = operation.in_path(param);
    let (spelling, is_sure) = address_in(document, param, described)?;
    // `/people/by-email/{email}` belongs to `/people`.
    let mut base = list;
    while let Some((before, last)) = base.rsplit_once('/') {
        let is_way = is_way(last) || guess::words(last) == ["email"];
        if !is_way || named(before).is_none() {
            break;
        }
        base = before;
    }
    let named = named(base)?;
    let reply = operation.reply(document)?;
    let found = match Look(reply).kind(document) {
        schema::Kind::List(_) => schema::list(document, reply, named)?,
        _ => schema::single(document, reply, named),
    };
    if !(schema::has_email(document, &found.item) || is_sure && found.item.is_empty()) {
        return None;
    }
    let others = items.get(base).into_iter().flatten();
    let others: Vec<Item<'d>> = others
        .filter(|item| item.path != operation.path)
        .filter(|item| item.verbs.contains_key("get"))
        .cloned()
        .collect();
    let own = || {
        items
            .get(list)?
            .iter()
            .find(|item| item.path == operation.path)
    };
    Some(Candidate {
        way: Way::Path,
        name: object_name(named),
        operation,
        param: None,
        in_path: Some((param, spelling)),
        member: None,
        reply: Some(reply),
        found,
        base: base.to_owned(),
        item: best_item(&others).or_else(|| own().cloned()),
    })
}

/// Whether the parameter of a path takes an address, how it is spelled there, and whether its name says so.
fn address_in(
    document: &Document,
    name: &str,
    param: Option<&Param<'_>>,
) -> Option<(Spelling, bool)> {
    let described = param
        .map(|param| param.described(document))
        .unwrap_or_default();
    let speaks = ["email", "e-mail"]
        .iter()
        .any(|word| described.contains(word));
    if speaks && described.contains("md5") {
        return Some((Spelling::Md5, false));
    }
    let stated = param.is_some_and(|param| param.has_format(document, "email"));
    if guess::is_email(name) || stated {
        return Some((Spelling::Plain, true));
    }
    // A parameter that takes one of several names of a person, an address among them.
    let words = guess::words(name);
    let takes_names = [
        "identifier",
        "identity",
        "key",
        "username",
        "login",
        "user",
        "userkey",
        "contact",
        "subscriber",
        "recipient",
        "customer",
        "member",
        "address",
        "principal",
    ];
    let last = words.last().map(String::as_str).unwrap_or_default();
    (speaks && takes_names.contains(&last)).then_some((Spelling::Plain, false))
}

/// The segments of a path that are no parameters.
fn segments(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let all = bare(path).split('/');
    all.filter(|segment| !segment.is_empty() && !segment.starts_with('{'))
}

fn is_way(segment: &str) -> bool {
    WAYS.contains(&segment.to_ascii_lowercase().as_str())
}

/// The segment that says what is in a list.
pub(super) fn named(path: &str) -> Option<&str> {
    let fits = |segment: &&str| !is_way(segment) && !is_version(segment);
    let mut all = segments(path).rev();
    let found = all.find(fits)?;
    Some(found.split('(').next().unwrap_or(found))
}

fn is_version(segment: &str) -> bool {
    let rest = segment.trim_start_matches(['v', 'V']);
    segment.len() <= 5
        && rest.len() < segment.len()
        && rest
            .chars()
            .all(|sign| sign.is_ascii_digit() || sign == '.')
}

pub(super) fn object_name(segment: &str) -> String {
    let name = sound(segment, '_');
    // Named like a kind of identity it would be refused.
    match ["email", "phone", "customer_no", "name", "all", "age"].contains(&name.as_str()) {
        true => format!("{name}_records"),
        false => name,
    }
}

/// Of several records below a list, the one that can be read, and has most verbs.
pub(super) fn best_item<'d>(all: &[Item<'d>]) -> Option<Item<'d>> {
    let best = all
        .iter()
        .max_by_key(|item| (item.verbs.contains_key("get"), item.verbs.len()));
    best.cloned()
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
