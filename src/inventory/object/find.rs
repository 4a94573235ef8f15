//! `find` of an object: by what people are searched, and under what other records they lie.

use super::{Dialect, Fieldset, Reading};
use crate::connector::grammar::{self, mapping, text};
use crate::connector::object::{Finder, Via};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::{Context, Searched};
use crate::inventory::values::is_sound;
use crate::messages::inventory as say;
use crate::subject::Kind;
use crate::yaml::{Fields, Node, Wanted, error, wrong_kind};

impl Reading<'_> {
    /// `find`: every way to reach records of the object.
    pub(super) fn finders(
        &self,
        node: &Node,
        fields: &Fieldset,
        clock: Option<&str>,
        context: &mut Context,
        errors: &mut Vec<Diagnostic>,
    ) -> Vec<Finder> {
        let Some(entries) = node.list() else {
            errors.push(wrong_kind(node, Wanted::List));
            return Vec::new();
        };
        if entries.is_empty() {
            errors.push(
                error("E219", say::no_finder())
                    .at(node.place.clone())
                    .help(say::finder_help()),
            );
        }
        entries
            .iter()
            .flat_map(|node| self.finder(node, fields, clock, context, errors))
            .collect()
    }

    /// One entry of `find`; an `under` with several parents becomes one finder for each.
    fn finder(
        &self,
        node: &Node,
        fields: &Fieldset,
        clock: Option<&str>,
        context: &mut Context,
        errors: &mut Vec<Diagnostic>,
    ) -> Vec<Finder> {
        let Some(mut entry) = Fields::of(node, errors) else {
            return Vec::new();
        };
        let by = entry.optional("by");
        let under = match self.dialect {
            Dialect::Table | Dialect::Plugin => entry.optional("under"),
            Dialect::File => None,
        };
        let column = entry.optional("column");
        let columns = entry.optional("columns");
        let on = match self.dialect {
            Dialect::Table | Dialect::Plugin => entry.optional("on"),
            Dialect::File => None,
        };
        entry.finish();
        match (by, under) {
            (Some(by), None) => {
                let stated = (column, columns);
                let place = on.map_or(&node.place, |on| &on.place);
                if on.is_some() {
                    errors.push(which_column(place.clone()));
                    return Vec::new();
                }
                self.by(by, stated, fields, clock, context, errors)
                    .into_iter()
                    .collect()
            }
            (None, Some(under)) if columns.is_none() => self.under(under, column, on, errors),
            (None, Some(_)) => {
                errors.push(which_column(node.place.clone()));
                Vec::new()
            }
            _ => {
                errors.push(
                    error("E219", say::finder_by_or_under())
                        .at(node.place.clone())
                        .help(say::finder_help()),
                );
                Vec::new()
            }
        }
    }

    fn by(
        &self,
        node: &Node,
        stated: (Option<&Node>, Option<&Node>),
        fields: &Fieldset,
        clock: Option<&str>,
        context: &mut Context,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Finder> {
        let word = text(node, errors)?;
        let finder = |columns: Vec<String>| Finder {
            by: Some(Kind(word.clone())),
            under: Vec::new(),
            partial: false,
            via: Via::Columns(columns),
        };
        if word == "all" {
            errors.push(
                error("E219", say::by_all())
                    .at(node.place.clone())
                    .help(say::finder_help()),
            );
            return None;
        }
        if word == "age" {
            if clock.is_none() {
                errors.push(
                    error("E211", say::no_clock())
                        .at(node.place.clone())
                        .help(say::no_clock_help()),
                );
            }
            if let Some(node) = stated.0.or(stated.1) {
                errors.push(which_column(node.place.clone()));
            }
            return clock.map(|clock| finder(vec![clock.to_owned()]));
        }
        let columns = match stated {
            (Some(node), None) if node.list().is_none() => node,
            (None, Some(node)) => node,
            (Some(node), _) => {
                errors.push(which_column(node.place.clone()));
                return None;
            }
            (None, None) => {
                errors.push(which_column(node.place.clone()));
                return None;
            }
        };
        let place = columns.place.clone();
        let columns = grammar::names(columns, errors);
        // A name fits many people: what it finds is shown and never taken for the person, so it needs no field.
        if word != "name" {
            let kind = Kind(word.clone());
            let marked: Vec<&str> = fields
                .all
                .iter()
                .filter(|field| field.identity.as_ref() == Some(&kind))
                .map(|field| field.name.as_str())
                .collect();
            if !fields.complete {
                // The field that is missing may be one that was not understood.
            } else if marked.is_empty() {
                context.searched.push(Searched {
                    kind,
                    object: self.name.text.clone(),
                    place: node.place.clone(),
                });
            } else {
                for column in columns.iter().filter(|one| !marked.contains(&one.as_str())) {
                    let line = format!("{column}: {{ category: …, identity: {word} }}");
                    errors.push(
                        error("W210", say::unguarded_column(column, &word))
                            .at(place.clone())
                            .why(say::unguarded_column_why())
                            .help(say::no_identity_field_help(&self.name.text, line)),
                    );
                }
            }
        }
        (!columns.is_empty()).then(|| finder(columns))
    }

    fn under(
        &self,
        node: &Node,
        column: Option<&Node>,
        on: Option<&Node>,
        errors: &mut Vec<Diagnostic>,
    ) -> Vec<Finder> {
        let parents = grammar::names(node, errors);
        if !self.siblings.check(&parents, &node.place, errors) {
            return Vec::new();
        }
        let finder = |parent: &str, pairs: Vec<(String, String)>| Finder {
            by: None,
            under: vec![parent.to_owned()],
            partial: false,
            via: Via::Join(pairs),
        };
        let mut out = Vec::new();
        match (column, on) {
            (Some(column), None) => {
                let Some(child) = text(column, errors).filter(|name| is_sound(name)) else {
                    return out;
                };
                for parent in &parents {
                    match self.siblings.0.get(parent).map(Vec::as_slice) {
                        Some([key]) => out.push(finder(parent, vec![(child.clone(), key.clone())])),
                        Some(keys) if keys.len() > 1 => {
                            let pairs: Vec<String> =
                                keys.iter().map(|key| format!("{key}: {key}")).collect();
                            errors.push(
                                error("E221", say::several_keys(parent, keys.join(", ")))
                                    .at(column.place.clone())
                                    .help(say::several_keys_help(pairs.join(", "))),
                            );
                        }
                        // The parent lacks its key, which is said there.
                        _ => {}
                    }
                }
            }
            (None, Some(on)) => {
                let mut pairs = Vec::new();
                for (child, parent) in mapping(on, errors).unwrap_or_default() {
                    if grammar::name_is_sound(child, errors)
                        && let Some(parent) = text(parent, errors).filter(|name| is_sound(name))
                    {
                        pairs.push((child.text.clone(), parent));
                    }
                }
                if pairs.is_empty() {
                    errors.push(which_column(on.place.clone()));
                } else {
                    out.extend(parents.iter().map(|parent| finder(parent, pairs.clone())));
                }
            }
            _ => errors.push(which_column(node.place.clone())),
        }
        out
    }
}

fn which_column(place: Place) -> Diagnostic {
    error("E219", say::finder_column())
        .at(place)
        .help(say::finder_help())
}
