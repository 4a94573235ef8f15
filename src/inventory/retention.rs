//! `data_types`: what kinds of data there are, and the one rule of each (DIN 66398).

use std::collections::BTreeMap;

use crate::connector::Object;
use crate::connector::grammar::{mapping, text};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::Context;
use crate::inventory::object::unable;
use crate::inventory::values::{is_label, period, start, word};
use crate::inventory::{DataType, Engine, Rule, RuleKind, Start, System, Then};
use crate::messages::inventory as say;
use crate::yaml::{Fields, Name, Node, error};

/// Every data type in the order of the file; an object belongs to at most one (E136).
pub(super) fn data_types(
    node: &Node,
    systems: &[System],
    context: &Context,
    errors: &mut Vec<Diagnostic>,
) -> Vec<DataType> {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if is_label(name, errors) {
            out.extend(data_type(name, node, systems, context, &mut owners, errors));
        }
    }
    out
}

fn data_type(
    name: &Name,
    node: &Node,
    systems: &[System],
    context: &Context,
    owners: &mut BTreeMap<String, String>,
    errors: &mut Vec<Diagnostic>,
) -> Option<DataType> {
    let mut top = Fields::of(node, errors)?;
    let mut objects = Vec::new();
    let mut found: Vec<(&Object, Place)> = Vec::new();
    if let Some(node) = top.required("objects") {
        let items = node.list().unwrap_or(std::slice::from_ref(node));
        if items.is_empty() {
            top.error(
                error("E137", say::no_objects())
                    .at(node.place.clone())
                    .help(say::reference_help()),
            );
        }
        for item in items {
            let Some(reference) = text(item, top.errors()) else {
                continue;
            };
            if let Some(first) = owners.insert(reference.clone(), name.text.clone()) {
                top.error(
                    error("E136", say::two_data_types(&reference, first))
                        .at(item.place.clone())
                        .help(say::two_data_types_help()),
                );
            }
            let object = context.object(systems, &reference, &item.place, top.errors());
            found.extend(object.map(|object| (object, item.place.clone())));
            objects.push(reference);
        }
    }
    let purpose = top.text("purpose");
    let basis = top.text("basis");
    let steering = top
        .optional("steering")
        .and_then(|node| steering(node, systems, top.errors()));
    let rule = rule(name, &mut top, &found);
    let then = top.required("then").and_then(|node| {
        let words = [
            ("remove", Then::Remove),
            ("anonymise", Then::Anonymise),
            ("restrict", Then::Restrict),
        ];
        let then = word(node, &words, top.errors())?;
        for (object, _) in &found {
            let connector = connector_of(systems, object);
            let wrong = unable(object, then.action(), connector, &node.place);
            top.errors().extend(wrong);
        }
        Some(then)
    });
    top.finish();
    Some(DataType {
        name: name.text.clone(),
        objects,
        purpose,
        basis,
        rule: rule?,
        then: then?,
        steering,
    })
}

fn connector_of<'s>(systems: &'s [System], object: &Object) -> Option<&'s str> {
    let owner = systems
        .iter()
        .find(|system| system.objects.iter().any(|one| std::ptr::eq(one, object)))?;
    match &owner.engine {
        Engine::Rest(definition) => Some(definition.name.as_str()),
        _ => None,
    }
}

fn steering(node: &Node, systems: &[System], errors: &mut Vec<Diagnostic>) -> Option<String> {
    let name = text(node, errors)?;
    if systems.iter().all(|system| system.name != name) {
        errors.push(
            error("E135", say::unknown_system(&name))
                .at(node.place.clone())
                .help(say::unknown_system_help()),
        );
    }
    Some(name)
}

/// Either `rule`, or `keep` with `start` and `kind`.
fn rule(name: &Name, top: &mut Fields<'_, '_>, objects: &[(&Object, Place)]) -> Option<Rule> {
    let catalogue = top.optional("rule");
    // A null period is an error and not an absent one.
    let keep = top.raw("keep");
    let begin = top.optional("start");
    let kind = top.optional("kind");
    let because = top.optional("because");
    let bare = if catalogue.is_some() {
        Start::Own
    } else {
        Start::Event
    };
    let from = begin.and_then(|node| {
        let found = start(node, bare, top.errors());
        if found == Some(Start::Clock) {
            for (object, _) in objects.iter().filter(|(object, _)| object.clock.is_none()) {
                top.error(
                    error("E143", say::start_without_clock(&object.name))
                        .at(node.place.clone())
                        .help(say::start_without_clock_help()),
                );
            }
        }
        found
    });
    if let Some(node) = catalogue {
        for (key, stated) in [("keep", keep), ("kind", kind), ("because", because)] {
            if let Some(node) = stated {
                top.error(
                    error("E137", say::two_rules(key))
                        .at(node.place.clone())
                        .help(say::two_rules_help(key)),
                );
            }
        }
        let id = rule_id(node, top.errors())?;
        return Some(Rule::Catalogue { id, start: from });
    }
    let Some(keep) = keep else {
        top.error(
            error("E137", say::no_rule(&name.text))
                .at(name.place.clone())
                .help(say::no_rule_help()),
        );
        return None;
    };
    let span = period(keep, top.errors());
    let half = |key: &str| error("E138", say::half_rule(key)).at(keep.place.clone());
    if begin.is_none() {
        top.error(
            half("start")
                .why(say::no_start_why())
                .help(say::starts_are()),
        );
    }
    let Some(kind) = kind else {
        top.error(
            half("kind")
                .why(say::no_kind_why())
                .help(say::no_kind_help()),
        );
        return None;
    };
    let words = [
        ("min", RuleKind::Min),
        ("max", RuleKind::Max),
        ("keep", RuleKind::Keep),
    ];
    let place = kind.place.clone();
    let kind = word(kind, &words, top.errors())?;
    let because = because
        .and_then(|node| text(node, top.errors()))
        .filter(|text| !text.trim().is_empty());
    if kind == RuleKind::Min && because.is_none() {
        top.error(
            error("E142", say::no_norm())
                .at(place)
                .why(say::no_norm_why())
                .help(say::no_norm_help()),
        );
    }
    Some(Rule::Stated {
        keep: span?,
        start: from?,
        kind,
        because,
    })
}

/// The form of a catalogue id; whether the catalogue has it is for `law` to say (E133).
fn rule_id(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let id = text(node, errors)?;
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if id.contains('.') && id.split('.').all(is_part) {
        return Some(id);
    }
    errors.push(
        error("E133", say::bad_rule_id(&id))
            .at(node.place.clone())
            .help(say::bad_rule_id_help()),
    );
    None
}
