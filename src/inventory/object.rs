//! Objects of the engines that the inventory describes itself: how records are reached, what in them is personal, what is done to them.

mod entry;
mod find;

use std::collections::BTreeMap;

use crate::connector::grammar::{self, Names, mapping, text};
use crate::connector::object::{Erase, Field, How, Mask};
use crate::connector::order::order;
use crate::connector::{Action, Object};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::Context;
use crate::inventory::values::{is_label, is_sound};
use crate::messages::{Text, inventory as say, process as say_plugin, yaml as say_yaml};
use crate::yaml::{Fields, Name, Node, Value, error, nearest};

/// What the engine is that reads the objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Table,
    File,
    /// What a plugin holds.
    Plugin,
    Entry,
}

/// The key of a CSV row that names none.
const ROW: &str = "_row";

/// `objects` of a system, parents before children.
pub(super) fn objects(
    node: &Node,
    dialect: Dialect,
    context: &mut Context,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Object> {
    let Some(entries) = mapping(node, errors) else {
        return Vec::new();
    };
    let siblings = Siblings::of(entries);
    let mut objects = Vec::new();
    let mut places = Vec::new();
    for (name, node) in entries {
        let read = Reading {
            name,
            dialect,
            siblings: &siblings,
        };
        if is_label(name, errors)
            && let Some(object) = read.object(node, context, errors)
        {
            objects.push(object);
            places.push(name.place.clone());
        }
    }
    arrange(objects, &places, errors)
}

/// Parents before children; circles are refused (E213), and what `with` leads to must be possible (E205).
fn arrange(objects: Vec<Object>, places: &[Place], errors: &mut Vec<Diagnostic>) -> Vec<Object> {
    let index = |name: &str| objects.iter().position(|object| object.name == name);
    let parents = |one: usize| -> Vec<usize> { objects[one].parents().filter_map(index).collect() };
    let with = |one: usize| match &objects[one].erase {
        Erase::With { object } => index(object).into_iter().collect(),
        _ => Vec::new(),
    };
    // What must be dealt with before an object: its children, and what `after` names.
    let before = |one: usize| {
        let mut out: Vec<usize> = objects[one]
            .after
            .iter()
            .filter_map(|name| index(name))
            .collect();
        out.extend((0..objects.len()).filter(|&child| parents(child).contains(&one)));
        out
    };
    let count = objects.len();
    let by_parents = order(count, parents);
    let circle = by_parents.as_ref().err().cloned();
    let circle = circle.or_else(|| order(count, before).err());
    if let Some(circle) = circle.or_else(|| order(count, with).err()) {
        let path: Vec<&str> = circle
            .iter()
            .map(|&one| objects[one].name.as_str())
            .collect();
        errors.push(
            error("E213", say::cycle(path.join(" → ")))
                .at(places[circle[0]].clone())
                .why(say::cycle_why())
                .help(say::cycle_help()),
        );
        return objects;
    }
    for (one, place) in places.iter().enumerate() {
        if let Some(&other) = with(one).first()
            && !leads_to(one, other, &parents)
        {
            errors.push(
                error(
                    "E228",
                    say::stranger(&objects[one].name, &objects[other].name),
                )
                .at(place.clone())
                .why(say::stranger_why())
                .help(say::stranger_help(&objects[other].name)),
            );
        }
        let mut last = one;
        while let Some(&next) = with(last).first() {
            last = next;
        }
        if last != one
            && let Some(action) = erasing(&objects[last].erase)
        {
            errors.extend(unable(&objects[one], action, None, place));
        }
    }
    let mut slots: Vec<Option<Object>> = objects.into_iter().map(Some).collect();
    let order = by_parents.unwrap_or_default();
    order
        .into_iter()
        .filter_map(|one| slots[one].take())
        .collect()
}

/// Whether `ancestor` is among the parents of an object, or theirs. There are no circles by now.
fn leads_to(one: usize, ancestor: usize, parents: &impl Fn(usize) -> Vec<usize>) -> bool {
    parents(one)
        .into_iter()
        .any(|parent| parent == ancestor || leads_to(parent, ancestor, parents))
}

/// The action by which an object answers an erasure, if it writes anything.
fn erasing(erase: &Erase) -> Option<Action> {
    match erase {
        Erase::Remove => Some(Action::Remove),
        Erase::Anonymise => Some(Action::Anonymise),
        Erase::Restrict => Some(Action::Restrict),
        Erase::Retain { .. } | Erase::Manual { .. } | Erase::With { .. } => None,
    }
}

/// E205 if the object cannot do this; `connector` names the file that would have to say how.
pub(super) fn unable(
    object: &Object,
    action: Action,
    connector: Option<&str>,
    place: &Place,
) -> Option<Diagnostic> {
    if object.can(action) || object.by_hand(action).is_some() {
        return None;
    }
    let wrong = error("E205", say::no_action(&object.name, action.word())).at(place.clone());
    Some(match &object.how {
        How::File { .. }
        | How::Table { .. }
        | How::Entry { .. }
        | How::Document
        | How::Plugin { .. } => wrong
            .why(say::set_action_why(action.word()))
            .help(say::set_action_help(action.word())),
        How::Http { .. } => wrong
            .why(say::connector_action_why(connector.unwrap_or_default()))
            .help(say::connector_action_help()),
    })
}

/// `by_hand`: what a person does in the system's own screens in place of an action (E244). Erasures say it in `erase`.
fn by_hand(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(Action, Text)> {
    let Some(mut fields) = Fields::of(node, errors) else {
        return Vec::new();
    };
    let tasks = others(&mut fields);
    fields.finish();
    tasks
}

/// The tasks under the words of actions that are no erasure.
pub(super) fn others(fields: &mut Fields<'_, '_>) -> Vec<(Action, Text)> {
    let all = [
        ("rectify", Action::Rectify),
        ("restrict", Action::Restrict),
        ("unrestrict", Action::Unrestrict),
        ("suppress", Action::Suppress),
    ];
    all.into_iter()
        .filter_map(|(word, action)| {
            let node = fields.optional(word)?;
            Some((action, grammar::words(node, fields.errors())?))
        })
        .collect()
}

/// The objects of the same system by name, with their keys, known before any of them is read.
struct Siblings(BTreeMap<String, Vec<String>>);

impl Siblings {
    fn of(entries: &[(Name, Node)]) -> Siblings {
        let keys = entries.iter().map(|(name, node)| {
            let entries = node.map().unwrap_or_default();
            let key = entries.iter().find(|(name, _)| name.text == "key");
            // What is wrong with the key is said when its own object is read.
            let key = key.map(|(_, node)| grammar::names(node, &mut Vec::new()));
            (name.text.clone(), key.unwrap_or_default())
        });
        Siblings(keys.collect())
    }

    /// E217 for each name that is no object of the system.
    fn check(&self, names: &[String], place: &Place, errors: &mut Vec<Diagnostic>) -> bool {
        let mut all = true;
        for name in names.iter().filter(|name| !self.0.contains_key(*name)) {
            all = false;
            let wrong = error("E217", say::no_such_object(name)).at(place.clone());
            errors.push(match nearest(name, self.0.keys().map(String::as_str)) {
                Some(near) => wrong.help(say_yaml::did_you_mean(near)),
                None => {
                    let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                    wrong.help(say::objects_are(names.join(", ")))
                }
            });
        }
        all
    }
}

/// The fields of an object, and whether all of them were understood.
#[derive(Default)]
struct Fieldset {
    all: Vec<Field>,
    complete: bool,
}

type Sets = Vec<(String, Option<String>)>;

struct Reading<'a> {
    name: &'a Name,
    dialect: Dialect,
    siblings: &'a Siblings,
}

impl Reading<'_> {
    fn object(
        &self,
        node: &Node,
        context: &mut Context,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Object> {
        if self.dialect == Dialect::Entry {
            return self.entry(node, context, errors);
        }
        let mut top = Fields::of(node, errors)?;
        let is_table = self.dialect == Dialect::Table;
        let table = if is_table {
            top.required("table")
                .and_then(|node| table(node, top.errors()))
        } else {
            None
        };
        let key = if self.dialect != Dialect::File {
            let node = top.required("key");
            grammar::key(node, "id", top.errors())
        } else {
            let node = top.optional("key");
            grammar::key(node, ROW, top.errors())
        };
        let fields = top
            .required("fields")
            .map(|node| self.fields(node, context, top.errors()))
            .unwrap_or_default();
        let clock = top
            .optional("clock")
            .and_then(|node| grammar::clock(node, Names::Column, top.errors()));
        let find_node = top.required("find");
        let find = find_node
            .map(|node| self.finders(node, &fields, clock.as_deref(), context, top.errors()))
            .unwrap_or_default();
        let cap = top
            .optional("cap")
            .and_then(|node| grammar::cap(node, top.errors()))
            .unwrap_or(grammar::CAP);
        let mut set = |word: &'static str| {
            top.optional(word)
                .map(|node| sets(node, word, &key, self.dialect, top.errors()))
                .unwrap_or_default()
        };
        let (restrict, unrestrict) = (set("restrict"), set("unrestrict"));
        let how = match self.dialect {
            Dialect::File | Dialect::Entry => How::File {
                restrict,
                unrestrict,
            },
            Dialect::Plugin => How::Plugin {
                actions: Vec::new(),
                restrict,
                unrestrict,
            },
            Dialect::Table => How::Table {
                table: table.unwrap_or_default(),
                restrict,
                unrestrict,
            },
        };
        let how = match how {
            // What it can do is stated; a mark that it sets has to be seen as well.
            How::Plugin {
                restrict,
                unrestrict,
                ..
            } => How::Plugin {
                actions: self.actions(&mut top, (&restrict, &unrestrict)),
                restrict,
                unrestrict,
            },
            how => how,
        };
        let after = match top.optional("after") {
            Some(node) => {
                let names = grammar::names(node, top.errors());
                self.siblings.check(&names, &node.place, top.errors());
                names
            }
            None => Vec::new(),
        };
        let by_hand = match top.optional("by_hand") {
            Some(node) => by_hand(node, top.errors()),
            None => Vec::new(),
        };
        let reason = top.optional("reason");
        let erase_node = top.optional("erase");
        let erase = match erase_node {
            Some(node) => grammar::erase(node, reason, top.errors()),
            // As in connectors: a record that can be removed is removed unless something else is said.
            None => Some(Erase::Remove),
        };
        let place = erase_node.map_or(&self.name.place, |node| &node.place);
        top.finish();

        let complete = fields.complete;
        let object = Object {
            name: self.name.text.clone(),
            key,
            find,
            fields: fields.all,
            clock,
            cap,
            erase: erase.unwrap_or(Erase::Remove),
            after,
            also: Vec::new(),
            by_hand,
            screen: None,
            how,
        };
        self.check_erase(&object, complete, place, errors);
        Some(object)
    }

    /// `actions` of a plugin's object: what it can do (E167).
    fn actions(
        &self,
        top: &mut Fields<'_, '_>,
        (restrict, unrestrict): (&Sets, &Sets),
    ) -> Vec<Action> {
        let Some(node) = top.optional("actions") else {
            return Vec::new();
        };
        let mut actions = Vec::new();
        for word in grammar::names(node, top.errors()) {
            let action = [
                Action::Remove,
                Action::Anonymise,
                Action::Rectify,
                Action::Restrict,
                Action::Unrestrict,
            ]
            .into_iter()
            .find(|action| action.word() == word);
            let unmarked = match action {
                Some(Action::Restrict) => restrict.is_empty(),
                Some(Action::Unrestrict) => unrestrict.is_empty(),
                _ => false,
            };
            match action {
                Some(action) if !unmarked => actions.push(action),
                Some(action) => top.error(
                    error("E168", say_plugin::no_mark(action.word()))
                        .at(node.place.clone())
                        .help(say_plugin::no_mark_help(action.word())),
                ),
                None => top.error(
                    error("E167", say_plugin::no_plugin_action(&word))
                        .at(node.place.clone())
                        .help(say_plugin::no_plugin_action_help()),
                ),
            }
        }
        actions
    }

    fn fields(&self, node: &Node, context: &mut Context, errors: &mut Vec<Diagnostic>) -> Fieldset {
        let before = errors.len();
        let mut out = Vec::new();
        for (name, node) in mapping(node, errors).unwrap_or_default() {
            let Some(field) = grammar::field(name, node, Names::Column, errors) else {
                continue;
            };
            let place_of = |key: &str| {
                let entry = node
                    .map()
                    .and_then(|all| all.iter().find(|(name, _)| name.text == key));
                entry.map_or_else(|| node.place.clone(), |(_, node)| node.place.clone())
            };
            if let Some(kind) = &field.identity {
                context.held.push((kind.clone(), place_of("identity")));
            }
            self.siblings
                .check(&field.links, &place_of("links"), errors);
            out.push(field);
        }
        Fieldset {
            all: out,
            complete: errors.len() == before,
        }
    }

    /// Whether `erase` can be carried out and would change something that can be read back.
    fn check_erase(
        &self,
        object: &Object,
        complete: bool,
        place: &Place,
        errors: &mut Vec<Diagnostic>,
    ) {
        if let Erase::With { object: other } = &object.erase {
            self.siblings
                .check(std::slice::from_ref(other), place, errors);
        }
        if let Some(action) = erasing(&object.erase) {
            errors.extend(unable(object, action, None, place));
        }
        if object.erase != Erase::Anonymise || !object.can(Action::Anonymise) {
            return;
        }
        let is_written = |field: &&Field| !field.fixed && field.mask != Some(Mask::Keep);
        let written: Vec<&Field> = object.fields.iter().filter(is_written).collect();
        if written.is_empty() && complete {
            errors.push(
                error("E226", say::masks_nothing(&object.name))
                    .at(place.clone())
                    .why(say::masks_nothing_why())
                    .help(say::masks_nothing_help()),
            );
        }
        for field in written
            .iter()
            .filter(|field| object.key.contains(&field.name))
        {
            errors.push(
                error("E227", say::masks_key(&field.name))
                    .at(place.clone())
                    .why(say::masks_key_why())
                    .help(say::masks_key_help()),
            );
        }
    }
}

/// `table` or `schema.table` (E222).
fn table(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let name = text(node, errors)?;
    let parts: Vec<&str> = name.split('.').collect();
    let good = parts.len() <= 2
        && parts
            .iter()
            .all(|part| is_sound(part) && part.trim() == *part)
        && !name.contains(['"', '\'', '`', ';']);
    if !good {
        errors.push(
            error("E222", say::bad_table(&name))
                .at(node.place.clone())
                .help(say::bad_table_help()),
        );
    }
    good.then_some(name)
}

/// `{ set: { column: value } }` of `restrict` and `unrestrict` (E224).
fn sets(
    node: &Node,
    action: &'static str,
    key: &[String],
    dialect: Dialect,
    errors: &mut Vec<Diagnostic>,
) -> Vec<(String, Option<String>)> {
    let Some(mut top) = Fields::of(node, errors) else {
        return Vec::new();
    };
    let set = top.required("set");
    top.finish();
    let Some(entries) = set.and_then(|node| mapping(node, errors)) else {
        return Vec::new();
    };
    if entries.is_empty() {
        errors.push(
            error("E224", say::sets_nothing(action))
                .at(node.place.clone())
                .help(say::set_action_help(action)),
        );
    }
    let mut out = Vec::new();
    for (column, value) in entries {
        if !grammar::name_is_sound(column, errors) {
            continue;
        }
        if key.contains(&column.text) {
            errors.push(
                error("E224", say::sets_key(&column.text))
                    .at(column.place.clone())
                    .help(say::sets_key_help()),
            );
        }
        match &value.value {
            // A cell is empty where a column would be null.
            Value::Null if dialect == Dialect::File => {
                out.push((column.text.clone(), Some(String::new())));
            }
            Value::Null => out.push((column.text.clone(), None)),
            _ => out.extend(text(value, errors).map(|value| (column.text.clone(), Some(value)))),
        }
    }
    out
}
