//! `find`: how the records of an object, or the places themselves, are reached.
//!
//! A way in begins with an identity (`by`), with another object (`under`), or with both; under a place always with both, because a
//! place holds everybody's records. `by: age` serves sweeps, `by: all` makes the object a place (`place.rs`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::object::House;
use super::request::{self, Context, Phase};
use crate::connector::grammar;
use crate::connector::object::{Field, Finder, Via};
use crate::diagnostic::Diagnostic;
use crate::messages::{connector as say, place as say_place};
use crate::subject::Kind;
use crate::template::Members;
use crate::yaml::{Fields, Node, error};

/// What else an object has that its finders are checked against.
#[derive(Clone, Copy)]
pub(super) struct Has {
    pub(super) read: bool,
    /// Whether all fields could be read.
    pub(super) fields: bool,
    pub(super) clock: bool,
    /// Whether the object is a place itself.
    pub(super) place: bool,
}

/// What a finder starts from.
struct Start {
    by: Option<Kind>,
    under: Vec<String>,
}

impl House<'_> {
    pub(super) fn finders<'c>(
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
        let Start { by, under } = self.start(&mut fields, listed, has)?;
        let partial = fields.boolean("partial").unwrap_or(false);
        if partial && !has.read {
            let place = fields.place.clone();
            fields.error(
                error("E336", say::partial_without_read())
                    .help(say::partial_without_read_help())
                    .at(place),
            );
        }
        let by_word = by.as_ref().map(|kind| kind.0.as_str());
        // What the request has to send, so that not all records come.
        let sent = match by_word {
            None | Some(Kind::ALL) => None,
            Some(Kind::AGE) => Some(("before", Members::Plain)),
            Some(_) => Some(("value", Members::Value)),
        };
        let names = sent
            .iter()
            .map(|(name, members)| ((*name).into(), *members));
        let mut scope = context(Phase::Find, names.collect());
        let parent_key = common_key(&under, self.keys);
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
        if let Some((name, _)) = sent
            && !reads(name)
        {
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

    /// `by` and `under`, and whether they go together with each other and with what the object has.
    fn start(&self, fields: &mut Fields<'_, '_>, listed: &[Field], has: Has) -> Option<Start> {
        let by_node = fields.optional("by");
        let by = match by_node {
            // What it finds by name is shown and never taken for the person.
            Some(node) => match node.text() {
                Some(word @ (Kind::NAME | Kind::AGE | Kind::ALL)) => Some(Kind(word.to_owned())),
                _ => Some(grammar::kind(node, fields.errors())?),
            },
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
        if has.place {
            self.place_start(fields, by.as_ref(), &under, under_node);
            return Some(Start { by, under });
        }
        if let (None, Some(node)) = (&by, under_node)
            && let Some(place) = under
                .iter()
                .find(|name| self.places.contains(name.as_str()))
        {
            fields.error(
                error("E212", say_place::everybody(place))
                    .at(node.place.clone())
                    .why(say_place::everybody_why(place))
                    .help(say_place::everybody_help(place)),
            );
        }
        if let (Some(kind), Some(node)) = (&by, by_node) {
            match kind.0.as_str() {
                Kind::ALL => {}
                Kind::AGE if !has.clock => fields.error(
                    error("E211", say_place::no_clock())
                        .at(node.place.clone())
                        .why(say_place::no_clock_why())
                        .help(say_place::no_clock_help()),
                ),
                Kind::AGE => {}
                Kind::NAME
                    if has.fields
                        && !listed.iter().any(|field| field.category == "person.name") =>
                {
                    fields.error(
                        error("E240", say::nameless())
                            .at(node.place.clone())
                            .why(say::nameless_why())
                            .help(say::nameless_help()),
                    );
                }
                Kind::NAME => {}
                _ if has.fields
                    && !listed
                        .iter()
                        .any(|field| field.identity.as_ref() == Some(kind)) =>
                {
                    fields.error(
                        error("E210", say::unguarded(&kind.0))
                            .at(node.place.clone())
                            .why(say::unguarded_why())
                            .help(say::unguarded_help(&kind.0)),
                    );
                }
                _ => {}
            }
        }
        Some(Start { by, under })
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
