//! `data_types`: what kinds of data there are, and the one rule of each (DIN 66398).

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::date;

use crate::connector::Object;
use crate::connector::grammar::{mapping, text, words};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::Context;
use crate::inventory::duties;
use crate::inventory::object::unable;
use crate::inventory::values::{is_label, period, start, word};
use crate::inventory::{
    About, Active, Controller, DataType, Engine, Rule, RuleKind, Start, StartType, System, Then,
};
use crate::messages::{inventory as say, yaml as say_yaml};
use crate::statute::{self, Begin, Statute};
use crate::yaml::{Fields, Name, Node, error, nearest};

/// Every data type in the order of the file; an object belongs to at most one (E136).
pub(super) fn data_types(
    node: &Node,
    systems: &[System],
    context: &Context,
    controller: Option<&Controller>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<DataType> {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if is_label(name, errors) {
            out.extend(data_type(
                name,
                node,
                systems,
                context,
                &mut owners,
                controller,
                errors,
            ));
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
    controller: Option<&Controller>,
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
    let rule = rule(name, &mut top, &found, controller);
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
    let active = top
        .raw("active_until")
        .map(|node| (node, active_until(node, &found, top.errors())));
    let about = about(&mut top, controller);
    top.finish();
    let rule = rule?;
    let active_until = active.and_then(|(node, active)| {
        let active = active?;
        for (object, _) in &found {
            let connector = connector_of(systems, object);
            errors.extend(unable(
                object,
                Then::Restrict.action(),
                connector,
                &node.place,
            ));
        }
        errors.extend(never_locked(&active, &rule, then, node));
        Some(active)
    });
    let held: Vec<&Object> = found.iter().map(|(object, _)| *object).collect();
    let duties = duties::of(&rule, &about, systems, &held, controller);
    Some(DataType {
        name: name.text.clone(),
        objects,
        purpose,
        basis,
        rule,
        then: then?,
        steering,
        financial_year: controller.and_then(|controller| controller.financial_year),
        duties,
        active_until,
        about,
    })
}

/// `active_until`: when the purpose of a record ends.
fn active_until(
    node: &Node,
    objects: &[(&Object, Place)],
    errors: &mut Vec<Diagnostic>,
) -> Option<Active> {
    let mut fields = Fields::of(node, errors)?;
    let event = fields.required("event").and_then(|node| {
        let found = start(node, Start::Event, fields.errors());
        if found == Some(Start::Clock) {
            clockless(objects, &node.place, fields.errors());
        }
        found
    });
    let plus = fields
        .required("plus")
        .and_then(|node| period(node, fields.errors()));
    fields.finish();
    Some(Active {
        event: event?,
        plus: plus?,
    })
}

/// Refuses a lock that could never come before the end: nothing is erased (E448), or it is erased first (E449).
fn never_locked(
    active: &Active,
    rule: &Rule,
    then: Option<Then>,
    node: &Node,
) -> Option<Diagnostic> {
    let wrong = |code, what, help| error(code, what).at(node.place.clone()).help(help);
    let on_purpose = match rule {
        Rule::Catalogue { statute, .. } => statute.kind == statute::Kind::Keep,
        Rule::Stated { kind, .. } => *kind == RuleKind::Keep,
    };
    if on_purpose || then == Some(Then::Restrict) {
        return Some(wrong(
            "E448",
            say::lock_without_end(),
            say::lock_without_end_help(),
        ));
    }
    let Rule::Stated { keep, start, .. } = rule else {
        return None;
    };
    // Of two different days nobody can say which comes first.
    let last = |span: &Span| date(2001, 1, 1).checked_add(*span).ok();
    let late = *start == active.event && last(&active.plus) >= last(keep);
    late.then(|| wrong("E449", say::locked_too_late(), say::locked_too_late_help()))
}

/// Names each object that has no clock to count from.
fn clockless(objects: &[(&Object, Place)], place: &Place, errors: &mut Vec<Diagnostic>) {
    for (object, _) in objects.iter().filter(|(object, _)| object.clock.is_none()) {
        errors.push(
            error("E143", say::start_without_clock(&object.name))
                .at(place.clone())
                .help(say::start_without_clock_help()),
        );
    }
}

/// What the deletion concept says beyond the rule. Nothing of it is needed for a request to be answered.
fn about(top: &mut Fields<'_, '_>, controller: Option<&Controller>) -> About {
    let span = |key: &'static str, top: &mut Fields<'_, '_>| {
        // A null period is an error and not an absent one.
        let node = top.raw(key)?;
        period(node, top.errors())
    };
    let title = top
        .optional("title")
        .and_then(|node| words(node, top.errors()));
    let subjects = top.texts("subjects").unwrap_or_default();
    let class = span("class", top);
    let start_type = top.optional("start_type").and_then(|node| {
        let known = StartType::ALL.map(|one| (one.word(), one));
        word(node, &known, top.errors())
    });
    let window = span("window", top);
    let justified_by = top.optional("justified_by").map(|node| {
        let ids = node.list().unwrap_or(std::slice::from_ref(node));
        let duties = ids
            .iter()
            .filter_map(|node| duty(node, controller, top.errors()));
        duties.collect()
    });
    About {
        title,
        subjects,
        class,
        start_type,
        window,
        justified_by,
        reason: top.text("reason"),
    }
}

/// A duty to keep of the catalogue: limits and choices justify no period (E452).
fn duty(
    node: &Node,
    controller: Option<&Controller>,
    errors: &mut Vec<Diagnostic>,
) -> Option<&'static Statute> {
    let statute = statute(node, controller, errors)?;
    if statute.kind == statute::Kind::Min {
        return Some(statute);
    }
    errors.push(
        error("E452", say::not_a_duty(&statute.id))
            .at(node.place.clone())
            .why(say::not_a_duty_why())
            .help(say::not_a_duty_help()),
    );
    None
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
fn rule(
    name: &Name,
    top: &mut Fields<'_, '_>,
    objects: &[(&Object, Place)],
    controller: Option<&Controller>,
) -> Option<Rule> {
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
            clockless(objects, &node.place, top.errors());
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
        let statute = statute(node, controller, top.errors())?;
        if begin.is_none() {
            clockless(objects, &node.place, top.errors());
        }
        let field = match (from, begin) {
            (Some(start), Some(stated)) => own_start(start, statute, stated, top.errors()),
            _ => None,
        };
        return Some(Rule::Catalogue { statute, field });
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

/// The rule of the catalogue that holds for this controller (E133).
fn statute(
    node: &Node,
    controller: Option<&Controller>,
    errors: &mut Vec<Diagnostic>,
) -> Option<&'static Statute> {
    let id = text(node, errors)?;
    let found = statute::applying(&id, controller.is_some_and(|c| c.regulated_finance));
    if found.is_none() {
        let wrong = error("E133", say::unknown_rule(&id)).at(node.place.clone());
        let ids = statute::all().iter().map(|statute| statute.id.as_str());
        errors.push(match nearest(&id, ids) {
            Some(near) => wrong.help(say_yaml::did_you_mean(near)),
            None => wrong.help(say::unknown_rule_help()),
        });
    }
    found
}

/// The field that a statute counts from; how it counts is the statute's affair (E155).
fn own_start(
    start: Start,
    statute: &Statute,
    stated: &Node,
    errors: &mut Vec<Diagnostic>,
) -> Option<String> {
    let begin = match &start {
        Start::Clock | Start::Own(_) => None,
        Start::Event(_) => Some(Begin::Event),
        Start::Eoy(_) => Some(Begin::Eoy),
        Start::FyEnd(_) => Some(Begin::FyEnd),
        Start::EoyAfter(_) => Some(Begin::EoyAfter),
    };
    let version = statute.versions.last()?;
    if begin.is_some_and(|begin| begin != version.start) {
        errors.push(
            error("E155", say::other_start(&statute.id))
                .at(stated.place.clone())
                .help(say::other_start_help(start.field().unwrap_or_default())),
        );
    }
    start.field().map(str::to_owned)
}
