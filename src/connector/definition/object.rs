//! `objects`: how records are reached, what is personal in them, what can be done to them.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{alone, http_action, names_the_key, one_place_each, shows_its_mark};
use super::find::Has;
use super::hints::writes_past_the_mask;
use super::request::{Context, Defaults, Phase};
use super::{api, describe, files, part, place, reply};
use crate::connector::grammar::{self, Names};
use crate::connector::object::{Action, Erase, How, Object};
use crate::connector::order::order;
use crate::connector::rest::request::Request;
use crate::diagnostic::Diagnostic;
use crate::messages::{connector as say, inventory as say_inventory};
use crate::subject::Kind;
use crate::template::Members;
use crate::yaml::{Fields, Name, Node, error, nearest};

const ACTIONS: [(&str, Action); 6] = [
    ("remove", Action::Remove),
    ("anonymise", Action::Anonymise),
    ("restrict", Action::Restrict),
    ("unrestrict", Action::Unrestrict),
    ("rectify", Action::Rectify),
    ("suppress", Action::Suppress),
];

/// Every object, parents first.
pub(super) fn read_all(
    node: &Node,
    defaults: &Defaults,
    settings: &BTreeMap<String, bool>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<Object>> {
    let entries = grammar::mapping(node, errors)?;
    if entries.is_empty() {
        errors.push(
            error("E337", say::no_objects())
                .help(say::no_objects_help())
                .at(node.place.clone()),
        );
        return None;
    }
    let keys: BTreeMap<&str, Vec<String>> = entries
        .iter()
        .map(|(name, node)| {
            let stated = node
                .map()
                .and_then(|fields| fields.iter().find(|(n, _)| n.text == "key"));
            // What is wrong with it is said when the object itself is read.
            let key = grammar::key(stated.map(|(_, node)| node), "id", &mut Vec::new());
            (name.text.as_str(), key)
        })
        .collect();
    let house = House {
        defaults,
        settings,
        keys: &keys,
        places: place::names(entries),
    };
    let before = errors.len();
    let objects: Vec<Object> = entries
        .iter()
        .filter_map(|(name, node)| house.object(name, node, errors))
        .collect();
    for (name, _) in entries {
        let kinds = objects
            .iter()
            .flat_map(|object| object.fields.iter().filter_map(|f| f.identity.as_ref()));
        let builtin = [Kind::EMAIL, Kind::PHONE].contains(&name.text.as_str());
        if builtin || kinds.into_iter().any(|kind| kind.0 == name.text) {
            errors.push(
                error("E200", say::object_like_kind(&name.text))
                    .help(say::object_like_kind_help())
                    .at(name.place.clone()),
            );
        }
    }
    if errors[before..].iter().any(|error| !error.is_warning()) {
        return None;
    }
    parents_first(objects, entries, errors)
}

/// Parents before children; whatever leads round in a circle is refused (E213): ways in, `after`, `erase: with`.
fn parents_first(
    objects: Vec<Object>,
    entries: &[(Name, Node)],
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<Object>> {
    let index = |name: &str| objects.iter().position(|object| object.name == name);
    let parents = |one: usize| -> Vec<usize> { objects[one].parents().filter_map(index).collect() };
    let with = |one: usize| match &objects[one].erase {
        Erase::With { object } => index(object).into_iter().collect(),
        _ => Vec::new(),
    };
    // What must be dealt with before an object: its children, and what `after` names.
    let before = |one: usize| {
        let named = objects[one].after.iter().filter_map(|name| index(name));
        let children = (0..objects.len()).filter(|&child| parents(child).contains(&one));
        named.chain(children).collect::<Vec<usize>>()
    };
    let by_parents = order(objects.len(), parents);
    let circle = by_parents.as_ref().err().cloned();
    let circle = circle.or_else(|| order(objects.len(), before).err());
    if let Some(circle) = circle.or_else(|| order(objects.len(), with).err()) {
        let path: Vec<&str> = circle
            .iter()
            .map(|&one| objects[one].name.as_str())
            .collect();
        let mut wrong = error("E213", say_inventory::cycle(path.join(" → ")))
            .why(say_inventory::cycle_why())
            .help(say_inventory::cycle_help());
        let first = entries.iter().find(|(name, _)| name.text == path[0]);
        wrong.place = first.map(|(name, _)| name.place.clone());
        errors.push(wrong);
        return None;
    }
    let mut slots: Vec<Option<Object>> = objects.into_iter().map(Some).collect();
    let ordered = by_parents.unwrap_or_default().into_iter();
    Some(ordered.filter_map(|one| slots[one].take()).collect())
}

/// What the reading of one object needs to know of the file around it.
pub(super) struct House<'s> {
    pub(super) defaults: &'s Defaults,
    pub(super) settings: &'s BTreeMap<String, bool>,
    pub(super) keys: &'s BTreeMap<&'s str, Vec<String>>,
    /// Objects that are only somewhere to look.
    pub(super) places: BTreeSet<&'s str>,
}

impl House<'_> {
    fn object(&self, name: &Name, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Object> {
        grammar::name_is_sound(name, errors).then_some(())?;
        if self.places.contains(name.text.as_str()) {
            return self.place(name, node, errors);
        }
        let mut fields = Fields::of(node, errors)?;
        let before = fields.errors().len();
        let key_node = fields.optional("key");
        let key = grammar::key(key_node, "id", fields.errors());
        let listed = fields.required("fields").map(|node| {
            let before = fields.errors().len();
            let listed = grammar::fields(node, Names::Path, fields.errors());
            (fields.errors().len() == before).then_some(listed)
        });
        let listed = listed.flatten();
        // A field that could not be read must not be missed a second time.
        let complete = listed.is_some();
        let listed = listed.unwrap_or_default();
        let outcome = fields
            .optional("outcome")
            .and_then(|n| reply::outcome(n, fields.errors()));
        let limits = fields
            .optional("limits")
            .and_then(|n| api::own_limits(n, fields.errors()));
        let defaults = Defaults {
            outcome: outcome.unwrap_or_default().or(&self.defaults.outcome),
            limits: limits.into_iter().collect(),
            ..self.defaults.clone()
        };
        let context = |phase, names| Context {
            phase,
            settings: self.settings,
            names,
            defaults: &defaults,
        };

        let read_node = fields.optional("read");
        let read = read_node.and_then(|node| {
            let names = vec![("record".into(), Members::Key(&key))];
            alone(node, &context(Phase::Read, names), fields.errors())
        });
        if let (Some(read), Some(node)) = (&read, read_node) {
            names_the_key(&[read], &key, node, fields.errors());
        }
        let clock = fields
            .optional("clock")
            .and_then(|n| grammar::clock(n, Names::Path, fields.errors()));
        let has = Has {
            read: read_node.is_some(),
            fields: complete,
            clock: clock.is_some(),
            place: false,
        };
        let find_node = fields.required("find");
        let find = find_node
            .map(|node| self.finders(node, &listed, has, &context, fields.errors()))
            .unwrap_or_default();

        let parts_node = fields.optional("export");
        let parts = parts_node
            .map(|node| part::read(node, &key, &context, fields.errors()))
            .unwrap_or_default();

        let files_node = fields.optional("files");
        let files = files_node
            .map(|node| files::read(node, &key, &parts, &context, fields.errors()))
            .unwrap_or_default();

        let describe = fields
            .optional("describe")
            .map(|node| describe::read(node, &context, fields.errors()))
            .unwrap_or_default();

        let mut actions = Vec::new();
        for (word, action) in ACTIONS {
            let Some(node) = fields.optional(word) else {
                continue;
            };
            let mut names = vec![("record".into(), Members::Record(&key))];
            match action {
                Action::Anonymise => names.push(("masked".into(), Members::Value)),
                Action::Rectify => names.push(("changes".into(), Members::Value)),
                _ => {}
            }
            let context = context(Phase::Write, names);
            if let Some(does) = http_action(action, node, &context, fields.errors()) {
                // What only reads cannot reach the wrong record.
                let steps = does.steps.iter().filter(|step| !step.read_only);
                let steps: Vec<&Request> = steps.collect();
                names_the_key(&steps, &key, node, fields.errors());
                one_place_each(&does, &listed, node, fields.errors());
                writes_past_the_mask(action, &does, &listed, node, fields.errors());
                shows_its_mark(action, &does, node, fields.errors());
                for other in &does.despite {
                    self.object_exists(other, &node.place, fields.errors());
                }
                actions.push((action, does));
            }
        }
        let cap = fields
            .optional("cap")
            .and_then(|n| grammar::cap(n, fields.errors()));
        let screen = fields
            .optional("screen")
            .and_then(|n| grammar::words(n, fields.errors()));
        let after_node = fields.optional("after");
        let after = after_node
            .map(|n| self.records_named(n, fields.errors()))
            .unwrap_or_default();
        let erase_node = fields.optional("erase");
        let reason = fields.optional("reason");
        let erase = match erase_node {
            Some(node) => grammar::erase(node, reason, fields.errors()),
            None if actions.iter().any(|(a, _)| *a == Action::Remove) => Some(Erase::Remove),
            None => {
                if fields.errors().len() == before {
                    fields.error(
                        error("E122", crate::messages::yaml::missing_key("erase"))
                            .at(name.place.clone())
                            .help(crate::messages::grammar::erase_is()),
                    );
                }
                None
            }
        };
        let wanted = match &erase {
            Some(Erase::Remove) => Some(Action::Remove),
            Some(Erase::Anonymise) => Some(Action::Anonymise),
            Some(Erase::Restrict) => Some(Action::Restrict),
            Some(Erase::With { object }) => {
                let place = erase_node.map_or_else(|| name.place.clone(), |n| n.place.clone());
                self.object_exists(object, &place, fields.errors());
                self.no_place(object, &place, fields.errors());
                None
            }
            _ => None,
        };
        if let (Some(action), Some(node)) = (wanted, erase_node)
            && !fields.errors()[before..]
                .iter()
                .any(|error| !error.is_warning())
            && !actions.iter().any(|(a, _)| *a == action)
        {
            fields.error(
                error("E205", say::absent_action(action.word()))
                    .help(say::absent_action_help())
                    .at(node.place.clone()),
            );
        }
        let sound = !fields.errors()[before..]
            .iter()
            .any(|error| !error.is_warning());
        fields.finish();
        if !sound {
            return None;
        }
        Some(Object {
            name: name.text.clone(),
            key,
            find,
            fields: listed,
            clock,
            cap: cap.unwrap_or(grammar::CAP),
            erase: erase?,
            after,
            also: Vec::new(),
            by_hand: Vec::new(),
            screen,
            how: How::Http {
                read: read.map(Box::new),
                actions,
                parts,
                files,
                describe,
            },
        })
    }

    pub(super) fn objects_named(&self, node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<String> {
        let names = grammar::names(node, errors);
        for name in &names {
            self.object_exists(name, &node.place, errors);
        }
        names
    }

    /// The same where records are needed, and not places.
    fn records_named(&self, node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<String> {
        let names = self.objects_named(node, errors);
        for name in &names {
            self.no_place(name, &node.place, errors);
        }
        names
    }

    fn object_exists(
        &self,
        name: &str,
        place: &crate::diagnostic::Place,
        errors: &mut Vec<Diagnostic>,
    ) {
        let known: Vec<&str> = self.keys.keys().copied().collect();
        known_object(name, &known, place, errors);
    }
}

/// E343 for the name of an object that the file does not have.
pub(super) fn known_object(
    name: &str,
    known: &[&str],
    place: &crate::diagnostic::Place,
    errors: &mut Vec<Diagnostic>,
) {
    if known.contains(&name) {
        return;
    }
    let mut unknown = error("E343", say::unknown_object(name))
        .help(say::unknown_object_help())
        .at(place.clone());
    if let Some(near) = nearest(name, known.iter().copied()) {
        unknown = unknown.help(crate::messages::yaml::did_you_mean(near));
    }
    errors.push(unknown);
}
