//! Objects of a directory: which entries they are, how those are searched, what a restriction leaves on them.

use super::{Reading, erasing};
use crate::connector::grammar::{self, Names, mapping, text};
use crate::connector::ldap::{Dn, Entries, Filter, Form, Mark, NAME};
use crate::connector::object::{Erase, Finder, How, Via};
use crate::connector::{Action, Object};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::Context;
use crate::inventory::object::Fieldset;
use crate::inventory::values::is_sound;
use crate::messages::{inventory as say_inventory, ldap as say};
use crate::yaml::{Fields, Node, Value, Wanted, error, wrong_kind};

/// What the server keeps by itself in entries, so that it says nothing about who changed them.
const KEPT_BY_SERVER: [&str; 2] = [NAME, "memberOf"];

impl Reading<'_> {
    /// One object of a directory.
    pub(super) fn entry(
        &self,
        node: &Node,
        context: &mut Context,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Object> {
        let mut top = Fields::of(node, errors)?;
        let base = top
            .required("base")
            .and_then(|node| base(node, top.errors()));
        let filter = top
            .required("filter")
            .and_then(|node| filter(node, top.errors()));
        let each = top.optional("each");
        let each = each.and_then(|node| text(node, top.errors()).filter(|name| is_sound(name)));
        let key_node = top.required("key");
        let key = key_node
            .map(|node| grammar::names(node, top.errors()))
            .unwrap_or_default();
        if let Some(node) = key_node {
            check_key(&key, each.as_deref(), &node.place, top.errors());
        }
        let mut fields = top
            .required("fields")
            .map(|node| self.fields(node, context, top.errors()))
            .unwrap_or_default();
        for field in &mut fields.all {
            if KEPT_BY_SERVER
                .iter()
                .any(|name| field.name.eq_ignore_ascii_case(name))
            {
                (field.fixed, field.volatile) = (true, true);
            }
        }
        let clock = top
            .optional("clock")
            .and_then(|node| grammar::clock(node, Names::Column, top.errors()));
        let mut forms = Vec::new();
        let find = match top.required("find") {
            Some(node) => {
                let asked = Asked {
                    fields: &fields,
                    clock: clock.as_deref(),
                    each: each.as_deref(),
                };
                self.entry_finders(node, &asked, &mut forms, context, top.errors())
            }
            None => Vec::new(),
        };
        let cap = top.optional("cap");
        let cap = cap
            .and_then(|node| grammar::cap(node, top.errors()))
            .unwrap_or(grammar::CAP);
        let rename = top.boolean("rename").unwrap_or(false);
        let mut marks = |action: Action| {
            let node = top.optional(action.word());
            node.map(|node| marks(node, action, &key, top.errors()))
                .unwrap_or_default()
        };
        let (restrict, unrestrict) = (marks(Action::Restrict), marks(Action::Unrestrict));
        let after = match top.optional("after") {
            Some(node) => {
                let names = grammar::names(node, top.errors());
                self.siblings.check(&names, &node.place, top.errors());
                names
            }
            None => Vec::new(),
        };
        let by_hand = match top.optional("by_hand") {
            Some(node) => super::by_hand(node, top.errors()),
            None => Vec::new(),
        };
        let reason = top.optional("reason");
        let erase_node = top.optional("erase");
        let erase = erase_node.map(|node| grammar::erase(node, reason, top.errors()));
        let erase = erase.flatten().unwrap_or(Erase::Remove);
        let place = erase_node.map_or(&self.name.place, |node| &node.place);
        if each.is_some() && !matches!(erasing(&erase), Some(Action::Remove) | None) {
            top.error(
                error("E196", say::each_erase())
                    .at(place.clone())
                    .help(say::each_erase_help()),
            );
        }
        top.finish();
        let complete = fields.complete;
        let object = Object {
            name: self.name.text.clone(),
            key,
            find,
            fields: fields.all,
            clock,
            cap,
            erase,
            after,
            also: Vec::new(),
            by_hand,
            screen: None,
            how: How::Entry(Box::new(Entries {
                base: base?,
                filter: filter?,
                each: each.clone(),
                rename,
                forms,
                restrict,
                unrestrict,
            })),
        };
        if each.is_none() {
            self.check_erase(&object, complete, place, errors);
        }
        Some(object)
    }

    fn entry_finders(
        &self,
        node: &Node,
        asked: &Asked<'_>,
        forms: &mut Vec<(String, Form)>,
        context: &mut Context,
        errors: &mut Vec<Diagnostic>,
    ) -> Vec<Finder> {
        let Some(entries) = node.list() else {
            errors.push(wrong_kind(node, Wanted::List));
            return Vec::new();
        };
        if entries.is_empty() {
            errors.push(no_way(node.place.clone()));
        }
        let mut out = Vec::new();
        for node in entries {
            let Some(mut entry) = Fields::of(node, errors) else {
                continue;
            };
            let by = entry.optional("by");
            let under = entry.optional("under");
            let attribute = entry.optional("attribute");
            let attributes = entry.optional("attributes");
            let form = entry.optional("form");
            let on = entry.optional("on");
            entry.finish();
            let looked_in = attribute.or(attributes);
            if let Some(each) = asked.each
                && by.is_some()
            {
                errors.push(each_find(each, node.place.clone()));
                continue;
            }
            match (by, under) {
                (Some(by), None) if on.is_none() && attribute.is_none() | attributes.is_none() => {
                    let is_age = by
                        .scalar()
                        .is_some_and(|word| word == "age" || word == "all");
                    if looked_in.is_none() && !is_age {
                        errors.push(no_way(node.place.clone()));
                        continue;
                    }
                    let names = looked_in.map(|node| grammar::names(node, &mut Vec::new()));
                    let names = names.unwrap_or_default();
                    if names.iter().any(|name| name == NAME) {
                        errors.push(name_searched(node.place.clone()));
                        continue;
                    }
                    if let Some(form) = form {
                        note_form(form, &names, forms, errors);
                    }
                    let stated = (attribute, attributes);
                    out.extend(self.by(by, stated, asked.fields, asked.clock, context, errors));
                }
                (None, Some(under)) if form.is_none() && attributes.is_none() => {
                    let pairs = match (attribute, on) {
                        (Some(attribute), None) => text(attribute, errors)
                            .map(|name| vec![(name, NAME.to_owned())])
                            .unwrap_or_default(),
                        (None, Some(on)) => pairs(on, errors),
                        _ => Vec::new(),
                    };
                    self.below(under, pairs, asked.each, node, errors, &mut out);
                }
                _ => errors.push(no_way(node.place.clone())),
            }
        }
        out
    }

    fn below(
        &self,
        under: &Node,
        pairs: Vec<(String, String)>,
        each: Option<&str>,
        node: &Node,
        errors: &mut Vec<Diagnostic>,
        out: &mut Vec<Finder>,
    ) {
        let parents = grammar::names(under, errors);
        if !self.siblings.check(&parents, &under.place, errors) {
            return;
        }
        if pairs.is_empty() {
            errors.push(no_way(node.place.clone()));
            return;
        }
        if pairs.iter().any(|(own, _)| own == NAME) {
            errors.push(name_searched(node.place.clone()));
            return;
        }
        if let Some(each) = each
            && !pairs.iter().any(|(own, _)| own == each)
        {
            errors.push(each_find(each, node.place.clone()));
            return;
        }
        out.extend(parents.into_iter().map(|parent| Finder {
            by: None,
            under: vec![parent],
            partial: false,
            via: Via::Join(pairs.clone()),
        }));
    }
}

/// What finders need to know of the rest of the object.
struct Asked<'a> {
    fields: &'a Fieldset,
    clock: Option<&'a str>,
    each: Option<&'a str>,
}

/// `base`: the name of an entry that is not the root (E191).
fn base(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let stated = text(node, errors)?;
    let wrong = match Dn::parse(&stated) {
        Some(dn) if !dn.is_root() => return Some(dn.to_string()),
        Some(_) => error("E191", say::root_base()).help(say::root_base_help()),
        None => error("E191", say::bad_dn(&stated)).help(say::bad_dn_help()),
    };
    errors.push(wrong.at(node.place.clone()));
    None
}

/// `filter`: a constant filter (E192).
fn filter(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Filter> {
    let stated = text(node, errors)?;
    match Filter::parse(&stated) {
        Ok(filter) => Some(filter),
        Err(byte) => {
            let at = stated
                .get(..byte)
                .map_or(byte, |before| before.chars().count())
                + 1;
            errors.push(
                error("E192", say::bad_filter(at))
                    .at(node.place.clone())
                    .help(say::bad_filter_help()),
            );
            None
        }
    }
}

/// A key that stays whatever happens to the entry (E195); with `each` the value as well (E196).
fn check_key(key: &[String], each: Option<&str>, place: &Place, errors: &mut Vec<Diagnostic>) {
    if key.iter().any(|name| name.eq_ignore_ascii_case(NAME)) {
        errors.push(
            error("E195", say::name_as_key())
                .at(place.clone())
                .why(say::name_as_key_why())
                .help(say::name_as_key_help()),
        );
        return;
    }
    match each {
        Some(each) if key.len() != 2 || !key.iter().any(|name| name == each) => errors.push(
            error("E196", say::each_key(each))
                .at(place.clone())
                .help(say::each_key_help(each)),
        ),
        None if key.len() > 1 => errors.push(
            error("E195", say::one_key())
                .at(place.clone())
                .help(say::name_as_key_help()),
        ),
        _ => {}
    }
}

/// `form` beside the attributes that it concerns (E193).
fn note_form(
    node: &Node,
    names: &[String],
    forms: &mut Vec<(String, Form)>,
    errors: &mut Vec<Diagnostic>,
) {
    let Some(stated) = text(node, errors) else {
        return;
    };
    let Some(form) = Form::parse(&stated) else {
        errors.push(
            error("E193", say::bad_form(&stated))
                .at(node.place.clone())
                .help(say::form_help()),
        );
        return;
    };
    for name in names {
        match forms.iter().find(|(known, _)| known == name) {
            Some((_, known)) if *known != form => errors.push(
                error("E193", say::two_forms(name))
                    .at(node.place.clone())
                    .help(say::form_help()),
            ),
            Some(_) => {}
            None => forms.push((name.clone(), form.clone())),
        }
    }
}

/// `on`: own attributes and those of the parent; `dn` is its name.
fn pairs(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (own, parent) in mapping(node, errors).unwrap_or_default() {
        if grammar::name_is_sound(own, errors)
            && let Some(parent) = text(parent, errors).filter(|name| is_sound(name))
        {
            out.push((own.text.clone(), parent));
        }
    }
    out
}

/// `restrict` and `unrestrict`: `{ set: { ATTRIBUTE: VALUE }, add_bits: { ATTRIBUTE: NUMBER } }` (E194, E224).
fn marks(node: &Node, action: Action, key: &[String], errors: &mut Vec<Diagnostic>) -> Vec<Mark> {
    let Some(mut top) = Fields::of(node, errors) else {
        return Vec::new();
    };
    let set = top.optional("set");
    let (add, remove) = (top.optional("add_bits"), top.optional("remove_bits"));
    top.finish();
    let mut out = Vec::new();
    for (name, value) in set
        .and_then(|node| mapping(node, errors))
        .unwrap_or_default()
    {
        if !grammar::name_is_sound(name, errors) {
            continue;
        }
        match &value.value {
            Value::Null => out.push(Mark::Set(name.text.clone(), None)),
            _ => {
                let text = text(value, errors).filter(|text| !text.is_empty());
                out.extend(text.map(|text| Mark::Set(name.text.clone(), Some(text))));
            }
        }
    }
    let (bits, wrong, on) = match action {
        Action::Restrict => (add, remove, true),
        _ => (remove, add, false),
    };
    if let Some(node) = wrong {
        let word = if on { "remove_bits" } else { "add_bits" };
        errors.push(
            error("E194", say::bits_here(word))
                .at(node.place.clone())
                .help(say::bits_here_help()),
        );
    }
    for (name, value) in bits
        .and_then(|node| mapping(node, errors))
        .unwrap_or_default()
    {
        let number = value.scalar().and_then(|text| text.parse::<i32>().ok());
        match number.filter(|number| *number > 0) {
            Some(number) => out.push(Mark::Bits {
                attribute: name.text.clone(),
                bits: i64::from(number),
                on,
            }),
            None => errors.push(
                error("E194", say::bad_bits(&name.text))
                    .at(value.place.clone())
                    .help(say::bad_bits_help()),
            ),
        }
    }
    if set.is_none() && bits.is_none() && wrong.is_none() {
        errors.push(
            error("E224", say::sets_nothing(action.word()))
                .at(node.place.clone())
                .help(say::mark_help(action.word())),
        );
    }
    for mark in out
        .iter()
        .filter(|mark| key.iter().any(|name| name == mark.attribute()))
    {
        errors.push(
            error("E224", say_inventory::sets_key(mark.attribute()))
                .at(node.place.clone())
                .help(say_inventory::sets_key_help()),
        );
    }
    out
}

fn no_way(place: Place) -> Diagnostic {
    error("E219", say::finder_attribute())
        .at(place)
        .help(say::finder_help())
}

fn name_searched(place: Place) -> Diagnostic {
    error("E219", say::name_searched())
        .at(place)
        .help(say::name_searched_help())
}

fn each_find(each: &str, place: Place) -> Diagnostic {
    error("E196", say::each_find(each))
        .at(place)
        .help(say::each_find_help(each))
}
