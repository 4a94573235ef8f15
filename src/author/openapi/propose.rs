//! Which objects a draft gets, and in which order.
//!
//! A list is proposed if its items hold an address, or can be asked for by one. The better ways come first: a parameter for the
//! address, a path that ends in it, a search by a word, everything (W201). Of several lists of the same things the best is taken. A
//! list within others (`/lists/{list}/members`) makes them places where they can be listed; what lies below a record of a person is
//! proposed by `below.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::candidate::{Candidate, Way, candidate, items, named, object_name};
use super::document::{Document, Operation, bare, of_one};
use super::schema::{self, Kind, Look};
use super::thing::{self, Above};
use super::{Wish, access, below, page, parameters};
use crate::author::draft::{Draft, Find, Thing, sound};
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
    let mut draft = begin(document, wish);
    // Lists, teams and firms in which people are found are places, and nobody's record.
    let heads: BTreeSet<String> = all.iter().filter_map(|one| Some(over(one)?.0)).collect();
    all.retain(|one| {
        let is_place = heads.contains(&one.base) || one.found.item.is_empty();
        !(is_place && of_many(&one.name)) || one.in_path.is_some()
    });
    let bases: BTreeSet<String> = all.iter().map(|one| one.base.clone()).collect();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut made = Vec::new();
    let mut left: Vec<&Operation<'_>> = Vec::new();
    for one in all {
        // What the paths of people already lead to is proposed below them, or named there.
        let over = over(&one);
        let of_somebody = over
            .as_ref()
            .is_some_and(|(head, _)| bases.contains(head) && *head != one.base);
        if let Some(base) = taken.get(&one.name) {
            left.extend((*base != one.base).then_some(one.operation));
            continue;
        }
        // Where something can be searched, lists that would be read as a whole are only named.
        let is_weak = best > Way::All && one.way == Way::All && wish.paths.is_empty();
        if is_weak || made.len() >= MOST || (of_somebody && one.way == Way::All) {
            left.push(one.operation);
            continue;
        }
        // What can only be read as a whole is not read in every article of a knowledge base.
        let is_worth = |head: &str| one.way > Way::All || named(head).is_some_and(of_many);
        let over = over.filter(|(head, _)| !of_somebody && is_worth(head));
        let above = over.and_then(|(head, param)| {
            place(
                document,
                &operations,
                &head,
                &param,
                &one,
                &mut taken,
                &mut draft,
            )
        });
        taken.insert(one.name.clone(), one.base.clone());
        let thing = thing::thing(document, &one, above.as_ref(), &mut draft);
        draft.objects.push(thing);
        made.push((one, above));
    }
    let used = below::propose(document, &operations, &items, &wanted, &made, &mut draft);
    left.retain(|operation| !used.contains(operation.path));
    if !left.is_empty() {
        let count = left.len();
        let paths: Vec<String> = left
            .iter()
            .take(12)
            .map(|operation| format!("{} {}", operation.verb.to_uppercase(), operation.path))
            .collect();
        draft.open.push(say::open_left(count, paths.join(", ")));
    }
    access::server(document, wish.url.as_deref(), &mut draft);
    Ok(draft)
}

/// The head of the file.
fn begin(document: &Document, wish: &Wish) -> Draft {
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
    draft
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The list of records within which a list lies, and the parameter that names one of them: `/lists` and `id` of
/// `/lists/{id}/members`.
fn over(one: &Candidate<'_>) -> Option<(String, String)> {
    let path = match one.way {
        Way::Path => one.base.as_str(),
        _ => bare(one.operation.path),
    };
    let cuts: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    let mut parts = cuts.iter().rev().map(|at| &path[..*at]);
    let (head, param) = parts.find_map(of_one)?;
    Some((head, param.to_owned()))
}

/// The object of the places in which a list lies, made if there is none, where the document lists them.
fn place(
    document: &Document,
    operations: &[Operation<'_>],
    head: &str,
    param: &str,
    one: &Candidate<'_>,
    taken: &mut BTreeMap<String, String>,
    draft: &mut Draft,
) -> Option<Above> {
    let mut all = operations.iter();
    let operation = all.find(|one| one.verb == "get" && bare(one.path) == head)?;
    let word = named(head)?;
    let reply = operation.reply(document)?;
    let found =
        schema::list(document, reply, word).filter(|found| schema::is_whole(found, word))?;
    let key = thing::key_member(&found.item, Some(param), word)?;
    let plain = |look: &Look<'_>| matches!(look.kind(document), Kind::Text | Kind::Number);
    found.item.get(&key).filter(|look| plain(look))?;
    let name = match object_name(word) {
        name if name == one.name || taken.get(&name).is_some_and(|base| base != head) => {
            format!("{name}_places")
        }
        name => name,
    };
    if taken.insert(name.clone(), head.to_owned()).is_none() {
        let mut open = vec![say::open_place(&one.name)];
        let page = page::page(document, operation, reply);
        open.push(thing::of_page(page.as_ref()));
        let taken = page::taken(page.as_ref());
        let find = Find {
            by: Some("all".to_owned()),
            path: parameters::path(operation.path, &[], draft),
            query: parameters::required(document, operation, &taken, draft),
            records: found.path.clone(),
            page,
            open,
            ..Find::default()
        };
        draft.objects.push(Thing {
            name: name.clone(),
            place: true,
            key_is_number: schema::is_number(document, &found.item, &key),
            key: key.clone(),
            finds: vec![find],
            ..Thing::default()
        });
    }
    Some(Above::nested(
        document,
        &name,
        &key,
        param,
        word,
        &one.found.item,
    ))
}

/// Names of things that are of many people: what belongs to one of them need not be about one person.
const OF_MANY: [&str; 16] = [
    "organization",
    "organisation",
    "company",
    "team",
    "group",
    "account",
    "tenant",
    "workspace",
    "store",
    "shop",
    "firm",
    "branch",
    "department",
    "list",
    "project",
    "site",
];

pub(super) fn of_many(object: &str) -> bool {
    guess::words(object)
        .iter()
        .any(|word| OF_MANY.contains(&schema::singular(word).as_str()))
}

/// Whether two names are of the same words.
pub(super) fn same(a: &str, b: &str) -> bool {
    guess::words(a).concat() == guess::words(b).concat()
}
