//! Places: objects that are about nobody and only have to be walked through, such as mailing lists, projects and folders.
//!
//! A place is found by `by: all` and by nothing else, alone or under other places. It has a key, perhaps a limit, and fields only to
//! say which other places its key holds; whatever would treat it as a record of a person is refused here.

use std::collections::BTreeSet;

use super::find::Has;
use super::object::House;
use super::request::{Context, Defaults};
use super::{api, reply};
use crate::connector::grammar::{self, Names};
use crate::connector::object::{Erase, How, Object};
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::place as say;
use crate::subject::Kind;
use crate::yaml::{Fields, Name, Node, error};

/// Most places of one kind, if the object does not say otherwise by `cap`.
pub(super) const MOST: usize = 2_000;

/// What only a record of a person has.
const OF_RECORDS: [&str; 15] = [
    "read",
    "export",
    "describe",
    "files",
    "clock",
    "after",
    "erase",
    "reason",
    "remove",
    "anonymise",
    "restrict",
    "unrestrict",
    "rectify",
    "suppress",
    "verify",
];

/// The objects that have a finder `by: all`.
pub(super) fn names(entries: &[(Name, Node)]) -> BTreeSet<&str> {
    let member = |node: &Node, name: &str| -> Option<Node> {
        let fields = node.map()?.iter();
        let mut fields = fields.filter(|(known, _)| known.text == name);
        fields.next().map(|(_, node)| node.clone())
    };
    let lists_all = |node: &Node| {
        let find = member(node, "find")?;
        let mut finders = find.list()?.iter().filter_map(|one| member(one, "by"));
        finders.find(|by| by.text() == Some(Kind::ALL))
    };
    let places = entries.iter().filter(|(_, node)| lists_all(node).is_some());
    places.map(|(name, _)| name.text.as_str()).collect()
}

impl House<'_> {
    /// A place.
    pub(super) fn place(
        &self,
        name: &Name,
        node: &Node,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Object> {
        let mut fields = Fields::of(node, errors)?;
        let before = fields.errors().len();
        for word in OF_RECORDS {
            if let Some(node) = fields.optional(word) {
                let wrong = of_records(word, &node.place);
                fields.error(wrong);
            }
        }
        let key_node = fields.optional("key");
        let key = grammar::key(key_node, "id", fields.errors());
        let listed_node = fields.optional("fields");
        let listed = listed_node
            .map(|node| grammar::fields(node, Names::Path, fields.errors()))
            .unwrap_or_default();
        if let Some(node) = listed_node {
            for field in listed.iter().filter(|field| field.identity.is_some()) {
                let wrong = of_records(&format!("{}: identity", field.name), &node.place);
                fields.error(wrong);
            }
        }
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
        let cap = fields
            .optional("cap")
            .and_then(|n| grammar::cap(n, fields.errors()));
        let context = |phase, names| Context {
            phase,
            settings: self.settings,
            names,
            defaults: &defaults,
        };
        let has = Has {
            read: true,
            fields: true,
            clock: false,
            place: true,
        };
        let find_node = fields.required("find");
        let find = find_node
            .map(|node| self.finders(node, &listed, has, &context, fields.errors()))
            .unwrap_or_default();
        if let (Some(node), true) = (find_node, find.iter().any(|finder| finder.partial)) {
            let wrong = of_records("partial", &node.place);
            fields.error(wrong);
        }
        let sound = !fields.errors()[before..]
            .iter()
            .any(|error| !error.is_warning());
        fields.finish();
        sound.then(|| Object {
            name: name.text.clone(),
            key,
            find,
            fields: listed,
            clock: None,
            cap: cap.unwrap_or(MOST),
            // Never asked: no record of a place is ever found.
            erase: Erase::Manual {
                task: crate::messages::Text::same(""),
            },
            after: Vec::new(),
            also: Vec::new(),
            by_hand: Vec::new(),
            screen: None,
            how: How::Http {
                read: None,
                actions: Vec::new(),
                parts: Vec::new(),
                files: Vec::new(),
                describe: Vec::new(),
            },
        })
    }

    /// A place has no other way in than `by: all`, and lies under other places only.
    pub(super) fn place_start(
        &self,
        fields: &mut Fields<'_, '_>,
        by: Option<&Kind>,
        under: &[String],
        under_node: Option<&Node>,
    ) {
        let place = fields.place.clone();
        if by.is_none_or(|kind| kind.0 != Kind::ALL) {
            fields.error(
                error("E323", say::other_way())
                    .at(place)
                    .why(say::other_way_why())
                    .help(say::other_way_help()),
            );
        }
        let above = |name: &&String| {
            self.keys.contains_key(name.as_str()) && !self.places.contains(name.as_str())
        };
        if let (Some(record), Some(node)) = (under.iter().find(above), under_node) {
            fields.error(
                error("E323", say::under_records(record))
                    .at(node.place.clone())
                    .why(say::under_records_why())
                    .help(say::under_records_help()),
            );
        }
    }

    /// Where records are needed, a place does not do (E322).
    pub(super) fn no_place(&self, name: &str, place: &Place, errors: &mut Vec<Diagnostic>) {
        if self.places.contains(name) {
            errors.push(
                error("E322", say::not_a_record(name))
                    .at(place.clone())
                    .why(say::not_a_record_why())
                    .help(say::not_a_record_help()),
            );
        }
    }
}

fn of_records(word: &str, place: &Place) -> Diagnostic {
    error("E321", say::of_records(word))
        .at(place.clone())
        .why(say::of_records_why())
        .help(say::of_records_help())
}
