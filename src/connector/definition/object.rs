//! `objects`: how records are reached, what is personal in them, what can be done to them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::action::{alone, http_action, names_the_key, one_place_each, shows_its_mark};
use super::request::{self, Context, Defaults, Phase};
use super::{api, not_yet, not_yet_at, reply};
use crate::connector::grammar::{self, Names};
use crate::connector::object::{Action, Erase, Field, Finder, How, Object, Via};
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
struct House<'s> {
    defaults: &'s Defaults,
    settings: &'s BTreeMap<String, bool>,
    keys: &'s BTreeMap<&'s str, Vec<String>>,
}

/// What else an object has that its finders are checked against.
#[derive(Clone, Copy)]
struct Has {
    read: bool,
    /// Whether all fields could be read.
    fields: bool,
}

impl House<'_> {
    fn object(&self, name: &Name, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Object> {
        grammar::name_is_sound(name, errors).then_some(())?;
        let mut fields = Fields::of(node, errors)?;
        let before = fields.errors().len();
        not_yet(&mut fields, &["export", "files"]);
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
        let has = Has {
            read: read_node.is_some(),
            fields: complete,
        };
        let find_node = fields.required("find");
        let find = find_node
            .map(|node| self.finders(node, &listed, has, &context, fields.errors()))
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
                shows_its_mark(action, &does, node, fields.errors());
                actions.push((action, does));
            }
        }
        let clock = fields
            .optional("clock")
            .and_then(|n| grammar::clock(n, Names::Path, fields.errors()));
        let cap = fields
            .optional("cap")
            .and_then(|n| grammar::cap(n, fields.errors()));
        let after_node = fields.optional("after");
        let after = after_node
            .map(|n| self.objects_named(n, fields.errors()))
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
            how: How::Http {
                read: read.map(Box::new),
                actions,
            },
        })
    }

    fn finders<'c>(
        &self,
        node: &Node,
        listed: &[Field],
        has: Has,
        context: &impl Fn(Phase, Vec<(Cow<'c, str>, Members<'c>)>) -> Context<'c>,
        errors: &mut Vec<Diagnostic>,
    ) -> Vec<Finder>
    where
        Self: 'c,
    {
        let Some(items) = node.list().filter(|items| !items.is_empty()) else {
            errors.push(
                error("E337", say::no_finder())
                    .at(node.place.clone())
                    .help(say::no_finder_help()),
            );
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.finder(item, listed, has, context, errors))
            .collect()
    }

    fn finder<'c>(
        &self,
        node: &Node,
        listed: &[Field],
        has: Has,
        context: &impl Fn(Phase, Vec<(Cow<'c, str>, Members<'c>)>) -> Context<'c>,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Finder> {
        let mut fields = Fields::of(node, errors)?;
        let by_node = fields.optional("by");
        let by = match by_node {
            Some(node)
                if node
                    .text()
                    .is_some_and(|word| ["age", "all"].contains(&word)) =>
            {
                fields.error(not_yet_at(
                    &format!("by: {}", node.text().unwrap_or_default()),
                    node,
                ));
                return None;
            }
            // What it finds is shown and never taken for the person.
            Some(node) if node.text() == Some(Kind::NAME) => Some(Kind(Kind::NAME.to_owned())),
            Some(node) => Some(grammar::kind(node, fields.errors())?),
            None => None,
        };
        let under_node = fields.optional("under");
        let under = under_node
            .map(|n| self.objects_named(n, fields.errors()))
            .unwrap_or_default();
        if by.is_none() && under.is_empty() {
            let place = fields.place.clone();
            fields.error(
                error("E337", say::by_or_under())
                    .at(place)
                    .help(say::no_finder_help()),
            );
        }
        if let (Some(node), false) = (under_node.filter(|_| by.is_some()), under.is_empty()) {
            fields.error(not_yet_at("by + under", node));
        }
        if let (Some(kind), Some(node)) = (&by, by_node)
            && kind.0 == Kind::NAME
        {
            if has.fields && !listed.iter().any(|field| field.category == "person.name") {
                fields.error(
                    error("E240", say::nameless())
                        .at(node.place.clone())
                        .why(say::nameless_why())
                        .help(say::nameless_help()),
                );
            }
        } else if let (Some(kind), Some(node)) = (&by, by_node)
            && has.fields
            && !listed
                .iter()
                .any(|field| field.identity.as_ref() == Some(kind))
        {
            fields.error(
                error("E210", say::unguarded(&kind.0))
                    .at(node.place.clone())
                    .why(say::unguarded_why())
                    .help(say::unguarded_help(&kind.0)),
            );
        }
        let partial = fields.boolean("partial").unwrap_or(false);
        if partial && !has.read {
            let place = fields.place.clone();
            fields.error(
                error("E336", say::partial_without_read())
                    .help(say::partial_without_read_help())
                    .at(place),
            );
        }
        let mut names = Vec::new();
        if by.is_some() {
            names.push(("value".into(), Members::Value));
        }
        let parent_key = common_key(&under, self.keys);
        let mut scope = context(Phase::Find, names);
        if !under.is_empty() {
            scope.names.push(("parent".into(), Members::Record(&[])));
        }
        let request = {
            let mut names = scope.names.clone();
            if let Some(parent) = names.iter_mut().find(|(name, _)| *name == "parent") {
                parent.1 = Members::Record(&parent_key);
            }
            let scope = Context {
                phase: scope.phase,
                settings: scope.settings,
                names,
                defaults: scope.defaults,
            };
            request::read(&mut fields, &scope)
        };
        let place = fields.place.clone();
        fields.finish();
        let request = request?;
        let reads = |root: &str| {
            request
                .reads()
                .iter()
                .any(|read| read.split('.').next() == Some(root))
        };
        if by.is_some() && !reads("value") {
            errors.push(
                error("W201", say::reads_everything())
                    .help(say::reads_everything_help())
                    .at(place.clone())
                    .why(say::reads_everything_why()),
            );
        }
        let linked = under
            .iter()
            .all(|parent| listed.iter().any(|field| field.links.contains(parent)));
        if has.fields && !under.is_empty() && !reads("parent") && !linked {
            errors.push(
                error("E338", say::under_nobody())
                    .at(place)
                    .why(say::under_nobody_why())
                    .help(say::under_nobody_help()),
            );
        }
        Some(Finder {
            by,
            under,
            partial,
            via: Via::Request(Box::new(request)),
        })
    }

    fn objects_named(&self, node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<String> {
        let names = grammar::names(node, errors);
        for name in &names {
            self.object_exists(name, &node.place, errors);
        }
        names
    }

    fn object_exists(
        &self,
        name: &str,
        place: &crate::diagnostic::Place,
        errors: &mut Vec<Diagnostic>,
    ) {
        if self.keys.contains_key(name) {
            return;
        }
        let mut unknown = error("E343", say::unknown_object(name))
            .help(say::unknown_object_help())
            .at(place.clone());
        if let Some(near) = nearest(name, self.keys.keys().copied()) {
            unknown = unknown.help(crate::messages::yaml::did_you_mean(near));
        }
        errors.push(unknown);
    }
}

/// Key parts that all of the parents have.
fn common_key(under: &[String], keys: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let mut parents = under.iter().filter_map(|name| keys.get(name.as_str()));
    let mut common = parents.next().cloned().unwrap_or_default();
    for key in parents {
        common.retain(|part| key.contains(part));
    }
    common
}
