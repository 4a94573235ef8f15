//! What lies below the records of people: lists whose path goes through a record (`/customers/{id}/addresses`), and lists that can be
//! asked for by its key (`/orders?customer_id=…`).
//!
//! Records with a life of their own, which the document can change or remove, become objects `under` the first; what can only be read
//! becomes a part of the record for access requests (`export`). A parameter alone does not say that a server heeds it, so a list that is
//! asked for by one is proposed only if its records say to whom they belong: those of others are then refused. For the same reason
//! `/users/{id}/groups` never leads to the removal of `/groups/{id}`.

use std::collections::BTreeSet;

use super::candidate::{Candidate, Item, Items, Way, best_item, named, object_name};
use super::document::{Document, Operation, Param, bare};
use super::page;
use super::parameters::{self, member, required};
use super::propose::{of_many, same};
use super::schema::{self, Found, Kind, Look};
use super::thing::{self, Above};
use crate::author::draft::{Column, Draft, Part, sound};
use crate::connector::guess;
use crate::messages::author as say;

/// Objects proposed below others in one draft.
const OBJECTS: usize = 8;

/// Parts proposed for one object.
const PARTS: usize = 8;

/// An object of the draft, and what it was made from.
type Made<'d> = (Candidate<'d>, Option<Above>);

/// A list below the records of an object.
struct Lower<'d> {
    operation: &'d Operation<'d>,
    /// The parameter of the query that takes the key; without one the path does.
    param: Option<&'d Param<'d>>,
    found: Found<'d>,
    /// The reply is one record.
    one: bool,
}

/// Adds what lies below the objects of a draft, and says of which operations it made use.
pub(super) fn propose<'d>(
    document: &'d Document,
    operations: &'d [Operation<'d>],
    items: &Items<'d>,
    wanted: &dyn Fn(&Operation<'_>) -> bool,
    made: &[Made<'d>],
    draft: &mut Draft,
) -> BTreeSet<&'d str> {
    let finds = made.iter().map(|(one, _)| one.operation.path);
    let reads = made
        .iter()
        .filter_map(|(one, _)| Some(one.item.as_ref()?.path));
    let mut used: BTreeSet<&str> = finds.chain(reads).collect();
    let mut below: Vec<Made<'d>> = Vec::new();
    for (one, above) in made.iter().filter(|(one, _)| !of_many(&one.name)) {
        let lower = all_below(document, operations, one, wanted, above.is_none());
        let mut left = Vec::new();
        for lower in lower {
            let known = own_item(&lower, one, items).map(|item| item.path);
            let is_same = |(other, _): &&Made<'_>| {
                let item = other.item.as_ref().map(|item| item.path);
                other.operation.path == lower.operation.path || (known.is_some() && known == item)
            };
            if let Some((other, None)) = made.iter().find(is_same) {
                if other.name == one.name {
                    continue;
                }
                match also_under(document, &lower, one, other, draft) {
                    true => drop(used.insert(lower.operation.path)),
                    false => left.push(lower.operation.path),
                }
                continue;
            }
            if used.contains(lower.operation.path) || below.iter().any(|one| is_same(&one)) {
                continue;
            }
            let object = match above {
                None => object(document, &lower, one, items, draft),
                Some(_) => None,
            };
            let path = lower.operation.path;
            match object {
                Some((child, link)) if below.len() < OBJECTS => {
                    let thing = thing::thing(document, &child, Some(&link), draft);
                    draft.objects.push(thing);
                    used.insert(path);
                    below.push((child, Some(link)));
                }
                None if lower.param.is_none() => {
                    match part(document, &lower, one, above.as_ref(), draft) {
                        true => drop(used.insert(path)),
                        false => left.push(path),
                    }
                }
                _ => left.push(path),
            }
        }
        name_the_rest(&one.name, &left, draft);
    }
    // Below those again, only what is read with them.
    for (one, above) in &below {
        let mut left = Vec::new();
        for lower in all_below(document, operations, one, wanted, false) {
            let path = lower.operation.path;
            if used.contains(path) {
                continue;
            }
            match part(document, &lower, one, above.as_ref(), draft) {
                true => drop(used.insert(path)),
                false => left.push(path),
            }
        }
        name_the_rest(&one.name, &left, draft);
    }
    used
}

fn name_the_rest(object: &str, left: &[&str], draft: &mut Draft) {
    let thing = draft.objects.iter_mut().find(|thing| thing.name == object);
    if let (Some(thing), false) = (thing, left.is_empty()) {
        let some: Vec<&str> = left.iter().take(12).copied().collect();
        thing
            .fields_open
            .push(say::open_below_left(left.len(), some.join(", ")));
    }
}

/// Every list below the records of an object; by a parameter only where that is asked for.
fn all_below<'d>(
    document: &'d Document,
    operations: &'d [Operation<'d>],
    one: &Candidate<'d>,
    wanted: &dyn Fn(&Operation<'_>) -> bool,
    by_param: bool,
) -> Vec<Lower<'d>> {
    let Some(item) = &one.item else {
        return Vec::new();
    };
    let inside = format!("{}/", bare(item.path));
    let singular = schema::singular(&one.name);
    let gets = operations
        .iter()
        .filter(|operation| operation.verb == "get");
    let lower = |operation: &'d Operation<'d>| {
        let path = bare(operation.path);
        if let Some(rest) = path.strip_prefix(&inside) {
            let plain = !rest.is_empty() && !rest.contains(['/', '{', '(']);
            return plain.then(|| of_path(document, operation, rest)).flatten();
        }
        let through = operation.item().is_some() || !by_param || !wanted(operation);
        let param = operation
            .query()
            .find(|param| names_one(param.name, &singular, item.param));
        let (param, false) = (param?, through) else {
            return None;
        };
        let reply = operation.reply(document)?;
        let word = named(path)?;
        let found = schema::list(document, reply, word)?;
        let is_whole = schema::is_whole(&found, word) && found.item.len() > 1;
        is_whole.then_some(Lower {
            operation,
            param: Some(param),
            found,
            one: false,
        })
    };
    gets.filter_map(lower).collect()
}

/// Whether a parameter is called like the key of a record: `customer_id`, `customer`.
fn names_one(param: &str, singular: &str, key: &str) -> bool {
    same(param, singular)
        || same(param, &format!("{singular}_id"))
        || (same(param, key) && !thing::is_plain_key(key))
}

fn of_path<'d>(
    document: &'d Document,
    operation: &'d Operation<'d>,
    word: &str,
) -> Option<Lower<'d>> {
    let reply = operation.reply(document)?;
    let list = schema::list(document, reply, word).filter(|found| schema::is_whole(found, word));
    let (found, one) = match list {
        Some(found) => (found, false),
        // One record more, such as a profile, counts if it holds something about a person.
        None => {
            let Kind::Object(item) = Look(reply).kind(document) else {
                return None;
            };
            let found = Found {
                path: Vec::new(),
                item,
            };
            (!schema::fields(document, &found.item).is_empty()).then_some((found, true))?
        }
    };
    Some(Lower {
        operation,
        param: None,
        found,
        one,
    })
}

/// Where a record says under which record of `one` it lies.
fn link(document: &Document, lower: &Lower<'_>, one: &Candidate<'_>) -> Option<Vec<String>> {
    let singular = schema::singular(&one.name);
    let key = one.item.as_ref().map_or("id", |item| item.param);
    let param = lower.param.map(|param| param.name);
    let names = |name: &str| {
        names_one(name, &singular, key) || param.is_some_and(|param| same(param, name))
    };
    let mut all = lower.found.item.iter().filter(|(name, _)| names(name));
    all.find_map(|(name, look)| match look.kind(document) {
        Kind::Text | Kind::Number => Some(vec![name.clone()]),
        Kind::Object(inner) if inner.contains_key("id") => Some(vec![name.clone(), "id".into()]),
        _ => None,
    })
}

/// Records that are searched by themselves lie below others too: a second way in, if they say to whom they belong. Whether one was
/// added.
fn also_under(
    document: &Document,
    lower: &Lower<'_>,
    one: &Candidate<'_>,
    child: &Candidate<'_>,
    draft: &mut Draft,
) -> bool {
    let Some(says) = link(document, lower, one) else {
        return false;
    };
    let parent = draft.objects.iter().find(|thing| thing.name == one.name);
    let is_round = child.name == one.name || is_below(&one.name, &child.name, draft);
    let (Some(parent), false) = (parent, is_round) else {
        return false;
    };
    let above = above(one, &parent.key, lower.param, says);
    let way = Candidate {
        way: Way::Under,
        name: child.name.clone(),
        operation: lower.operation,
        param: lower.param,
        in_path: None,
        member: None,
        reply: lower.operation.reply(document),
        found: lower.found.clone(),
        base: child.base.clone(),
        item: None,
    };
    let find = thing::find(document, &way, Some(&above), false, draft);
    let Some(thing) = draft
        .objects
        .iter_mut()
        .find(|thing| thing.name == child.name)
    else {
        return false;
    };
    thing.finds.push(find);
    let says: Vec<Option<String>> = above.says.into_iter().flatten().map(Some).collect();
    thing.fields.retain(|field| field.path != says);
    thing.fields.push(Column {
        path: says,
        category: "account.id".to_owned(),
        links: Some(above.object),
        fixed: true,
        ..Column::default()
    });
    true
}

/// Whether an object is found below another, over any number of steps.
fn is_below(object: &str, other: &str, draft: &Draft) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![object]);
    while let Some(name) = open.pop() {
        if name == other {
            return true;
        }
        if !seen.insert(name) {
            continue;
        }
        let things = draft.objects.iter().filter(|thing| thing.name == name);
        let finds = things.flat_map(|thing| &thing.finds);
        open.extend(finds.filter_map(|find| find.under.as_deref()));
    }
    false
}

fn above(one: &Candidate<'_>, key: &str, param: Option<&Param<'_>>, says: Vec<String>) -> Above {
    let in_path = one.item.as_ref().map_or("id", |item| item.param);
    Above {
        object: one.name.clone(),
        key: key.to_owned(),
        param: param.map_or(in_path, |param| param.name).to_owned(),
        says: Some(says),
        in_key: None,
    }
}

/// What can be done to single records of a list: by its own path, or by that of a list of the same name beside the object above.
fn own_item<'d>(lower: &Lower<'d>, one: &Candidate<'d>, items: &Items<'d>) -> Option<Item<'d>> {
    let path = bare(lower.operation.path);
    let word = named(path)?;
    let lives = |item: &Item<'_>| {
        let can = |verb: &str| item.verbs.contains_key(verb);
        can("get") && (can("delete") || can("patch") || can("put"))
    };
    let own = |list: &str| best_item(items.get(list)?).filter(lives);
    let base = bare(one.operation.path)
        .rsplit_once('/')
        .map_or("", |(base, _)| base);
    own(path)
        .or_else(|| own(&format!("{base}/{word}")))
        .or_else(|| own(&format!("/{word}")))
}

/// An object of its own, where its records can be changed or removed by themselves.
fn object<'d>(
    document: &'d Document,
    lower: &Lower<'d>,
    one: &Candidate<'d>,
    items: &Items<'d>,
    draft: &Draft,
) -> Option<(Candidate<'d>, Above)> {
    let parent = draft.objects.iter().find(|thing| thing.name == one.name)?;
    if lower.one {
        return None;
    }
    let path = bare(lower.operation.path);
    let word = named(path)?;
    let says = link(document, lower, one);
    let own = own_item(lower, one, items);
    let nested = own.as_ref().is_some_and(|item| item.path.starts_with(path));
    let (item, above) = match (lower.param, own, says) {
        // `/customers/{id}/addresses/{id}`
        (None, Some(item), _) if nested => {
            let param = one.item.as_ref()?.param;
            // Two parameters of one name in one path cannot be told apart.
            (item.param != param).then_some(())?;
            let over = named(&one.base)?;
            let items = &lower.found.item;
            (
                item,
                Above::nested(document, &one.name, &parent.key, param, over, items),
            )
        }
        (param, Some(item), Some(says)) => (item, above(one, &parent.key, param, says)),
        _ => return None,
    };
    let taken = |name: &str| draft.objects.iter().any(|thing| thing.name == name);
    let mut name = object_name(word);
    if taken(&name) {
        name = format!("{}_{name}", sound(&schema::singular(&one.name), '_'));
    }
    if taken(&name) {
        return None;
    }
    let child = Candidate {
        way: Way::Under,
        name,
        operation: lower.operation,
        param: lower.param,
        in_path: None,
        member: None,
        reply: lower.operation.reply(document),
        found: lower.found.clone(),
        base: path.to_owned(),
        item: Some(item),
    };
    Some((child, above))
}

/// A part of each record, read for access requests; `false` if there are enough.
fn part(
    document: &Document,
    lower: &Lower<'_>,
    one: &Candidate<'_>,
    above: Option<&Above>,
    draft: &mut Draft,
) -> bool {
    let Some(at) = draft
        .objects
        .iter()
        .position(|thing| thing.name == one.name)
    else {
        return false;
    };
    let (Some(item), Some(word)) = (&one.item, named(lower.operation.path)) else {
        return false;
    };
    let thing = &draft.objects[at];
    let name = match sound(word, '_') {
        name if name == "files" || name == thing.key || Some(&name) == thing.above.as_ref() => {
            format!("{name}_list")
        }
        name => name,
    };
    if thing.parts.len() >= PARTS || thing.parts.iter().any(|part| part.name == name) {
        return false;
    }
    let mut known = vec![(item.param, member(&thing.key))];
    if let (Some(above), Some(name)) = (above, &thing.above) {
        known.push((above.param.as_str(), member(name)));
    }
    let reply = lower.operation.reply(document).filter(|_| !lower.one);
    let page = reply.and_then(|reply| page::page(document, lower.operation, reply));
    let path = parameters::path(lower.operation.path, &known, draft);
    let taken = page::taken(page.as_ref());
    let query = required(document, lower.operation, &taken, draft);
    let mut open = vec![say::open_part()];
    if !lower.one {
        open.push(thing::of_page(page.as_ref()));
    }
    let part = Part {
        category: guess::category(&name).map(|guess| guess.category.to_owned()),
        name,
        path,
        query,
        records: lower.found.path.clone(),
        one: lower.one,
        page,
        open,
    };
    draft.objects[at].parts.push(part);
    true
}
