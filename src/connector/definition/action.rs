//! Actions: what is sent to change a record, and the checks that it can reach that record only.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::request::{self, Context, Defaults, Phase};
use super::{api, reply, steps};
use crate::connector::grammar;
use crate::connector::object::{Action, At, Field, HttpAction, Mask, Verify};
use crate::connector::rest::request::{Body, Request};
use crate::diagnostic::Diagnostic;
use crate::messages::{Text, connector as say, kin, rights, steps as steps_say};
use crate::template::{Members, Scope, Within};
use crate::yaml::{Fields, Node, error};

/// A node that is a request and nothing else.
pub(super) fn alone(
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Request> {
    let mut fields = Fields::of(node, errors)?;
    let request = request::read(&mut fields, context);
    fields.finish();
    request
}

/// A request, `steps` of them, or what a person does instead.
pub(super) fn http_action(
    action: Action,
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<HttpAction> {
    let mut fields = Fields::of(node, errors)?;
    let irreversible = fields
        .optional("irreversible")
        .and_then(|node| grammar::words(node, fields.errors()));
    let unconfirmed = fields.boolean("unconfirmed").unwrap_or(false);
    let despite = despite(action, &mut fields);
    if let Some(manual) = fields.optional("manual") {
        return by_hand(fields, manual, irreversible);
    }
    let verify = match fields.optional("verify") {
        Some(node) => verify(action, node, context, fields.errors()),
        None => Some(Verify::default()),
    };
    let (batch, names) = batched(&mut fields, context)?;
    let context = Context {
        names,
        ..context.again()
    };
    let steps = match fields.optional("steps") {
        Some(node) => {
            let outcome = fields
                .optional("outcome")
                .and_then(|n| reply::outcome(n, fields.errors()))
                .unwrap_or_default();
            let defaults = Defaults {
                outcome: outcome.or(&context.defaults.outcome),
                ..context.defaults.clone()
            };
            let context = Context {
                defaults: &defaults,
                ..context.again()
            };
            in_order(node, &context, fields.errors())
        }
        None => request::read(&mut fields, &context).map(|request| vec![request]),
    };
    if let Some(steps) = &steps {
        each_where_it_belongs(steps, batch, node, fields.errors());
    }
    fields.finish();
    Some(HttpAction {
        steps: steps?,
        batch,
        manual: None,
        verify: verify?,
        irreversible,
        unconfirmed,
        despite,
    })
}

/// `despite: [OBJECT, …]`: what hangs below and does not stand against a removal once it is anonymous (E573). Whether the objects
/// exist is looked at by the caller, who knows them.
fn despite(action: Action, fields: &mut Fields<'_, '_>) -> Vec<String> {
    let Some(node) = fields.optional("despite") else {
        return Vec::new();
    };
    if action != Action::Remove {
        fields.error(
            error("E573", kin::despite_elsewhere(action.word()))
                .at(node.place.clone())
                .why(kin::despite_elsewhere_why())
                .help(kin::despite_elsewhere_help()),
        );
    }
    grammar::names(node, fields.errors())
}

/// `manual: TEXT`, beside which no request can stand (E394).
fn by_hand(
    mut fields: Fields<'_, '_>,
    manual: &Node,
    irreversible: Option<Text>,
) -> Option<HttpAction> {
    let text = grammar::words(manual, fields.errors());
    let others = fields.rest();
    if let Some((name, _)) = others.first() {
        fields.error(
            error("E394", steps_say::manual_and_request())
                .at(name.place.clone())
                .help(steps_say::manual_and_request_help()),
        );
        return None;
    }
    fields.finish();
    Some(HttpAction {
        steps: Vec::new(),
        batch: None,
        manual: Some(text?),
        verify: Verify::default(),
        irreversible,
        unconfirmed: false,
        despite: Vec::new(),
    })
}

/// Steps one after the other; each knows what those before it captured.
fn in_order(
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<Request>> {
    let items = node.list().unwrap_or_default();
    if items.is_empty() {
        errors.push(
            error("E230", say::no_steps())
                .help(say::no_steps_help())
                .at(node.place.clone()),
        );
        return None;
    }
    let mut names = context.names.clone();
    let mut steps = Vec::new();
    for item in items {
        let context = Context {
            names: names.clone(),
            ..context.again()
        };
        steps.push(alone(item, &context, errors));
        names.extend(
            steps::captured(item).map(|name| (Cow::Owned(name.to_owned()), Members::Value)),
        );
    }
    steps.into_iter().collect()
}

/// What the expressions of a step can name.
type Known<'s> = Vec<(Cow<'s, str>, Members<'s>)>;

/// `batch: n`, and the names that its steps know in place of `record` (E233).
fn batched<'s>(
    fields: &mut Fields<'_, '_>,
    context: &Context<'s>,
) -> Option<(Option<usize>, Known<'s>)> {
    let Some(node) = fields.optional("batch") else {
        return Some((None, context.names.clone()));
    };
    let size = node.scalar().and_then(|text| text.parse::<usize>().ok());
    let size = size.filter(|size| (1..=10_000).contains(size));
    if size.is_none() || key_of(context).len() != 1 {
        fields.error(
            error("E233", steps_say::batch_size())
                .at(node.place.clone())
                .help(steps_say::batch_size_help()),
        );
        return None;
    }
    let names = vec![
        (Cow::Borrowed("keys"), Members::Plain),
        (Cow::Borrowed("records"), Members::Value),
    ];
    Some((size, names))
}

/// The parts of the key of the record that an action names.
fn key_of<'s>(context: &Context<'s>) -> &'s [String] {
    let mut names = context.names.iter();
    names
        .find_map(|(name, members)| match members {
            Members::Record(key) | Members::Key(key) if name == "record" => Some(*key),
            _ => None,
        })
        .unwrap_or_default()
}

/// Each step that writes a batch says what became of each record (E231); no other step can (E232).
fn each_where_it_belongs(
    steps: &[Request],
    batch: Option<usize>,
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) {
    for step in steps {
        let wrong = match (batch, &step.each) {
            (Some(_), None) if !step.read_only => error("E231", steps_say::batch_without_each())
                .why(steps_say::batch_without_each_why())
                .help(steps_say::batch_without_each_help()),
            (None, Some(_)) => error("E232", steps_say::each_without_batch())
                .help(steps_say::each_without_batch_help()),
            _ => continue,
        };
        errors.push(wrong.at(node.place.clone()));
    }
}

/// `verify`: when and how it is looked whether the action took effect.
fn verify(
    action: Action,
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Verify> {
    let key = key_of(context);
    let mut fields = Fields::of(node, errors)?;
    let names = [(Cow::Borrowed("record"), Members::Record(key))];
    let scope = Scope {
        within: Within::Condition,
        settings: context.settings,
        names: &names,
    };
    let (holds_node, gone_node) = (fields.optional("holds"), fields.optional("gone"));
    for (word, node, fits) in [
        ("holds", holds_node, action != Action::Remove),
        ("gone", gone_node, action == Action::Remove),
    ] {
        if let Some(node) = node.filter(|_| !fits) {
            fields.error(
                error("E393", steps_say::verify_word(word, action.word()))
                    .at(node.place.clone())
                    .help(steps_say::verify_word_help()),
            );
        }
    }
    let mut condition = |word, node: Option<&Node>| match node {
        Some(node) => steps::over("record", word, node, &scope, fields.errors()).map(Some),
        None => Some(None),
    };
    let (holds, gone) = (condition("holds", holds_node), condition("gone", gone_node));
    let mut wait = |key| {
        let duration = fields
            .optional(key)
            .and_then(|node| api::duration(node, fields.errors()));
        duration.map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
    };
    let (after_ms, within_ms) = (wait("after"), wait("within"));
    let asks = request::VERBS.iter().any(|(verb, _)| {
        let mut entries = node.map().into_iter().flatten();
        entries.any(|(name, _)| name.text == *verb)
    });
    let request = match asks {
        true => {
            let context = Context {
                phase: Phase::Read,
                names: vec![(Cow::Borrowed("record"), Members::Key(key))],
                ..context.again()
            };
            let request = request::read(&mut fields, &context);
            if let Some(request) = &request {
                names_the_key(&[request], key, node, fields.errors());
            }
            let marks = !action.erases() && action != Action::Rectify;
            if marks && holds_node.is_none() {
                fields.error(
                    error("E393", steps_say::verify_needs_holds(action.word()))
                        .at(node.place.clone())
                        .help(steps_say::verify_needs_holds_help()),
                );
            }
            Some(Box::new(request?))
        }
        false => None,
    };
    fields.finish();
    Some(Verify {
        request,
        gone: gone?,
        after_ms,
        within_ms,
        holds: holds?,
    })
}

/// Decision 5: each request that reads or writes one record names every part of its key, so that none can reach another record
/// or all of them (E344).
pub(super) fn names_the_key(
    requests: &[&Request],
    key: &[String],
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) {
    for request in requests {
        let reads: BTreeSet<&str> = request.reads().into_iter().collect();
        // `record` as a whole, in a body that can hold a mapping, carries its key along.
        let mapping = match &request.body {
            Some(Body::Json(body) | Body::Xml(body) | Body::Csv(body)) => {
                body.reads().contains(&"record")
            }
            _ => false,
        };
        let whole = mapping
            || reads.iter().any(|read| {
                let root = read.split('.').next().unwrap_or_default();
                ["keys", "records"].contains(&root)
            });
        let missing: Vec<&str> = key
            .iter()
            .map(String::as_str)
            .filter(|part| {
                let name = format!("record.{part}");
                let below = format!("{name}.");
                !whole
                    && !reads
                        .iter()
                        .any(|read| *read == name || read.starts_with(&below))
            })
            .collect();
        if !missing.is_empty() {
            errors.push(
                error(
                    "E344",
                    say::keyless_request(request.verb.word(), missing.join(", ")),
                )
                .at(node.place.clone())
                .why(say::keyless_request_why())
                .help(say::keyless_request_help(missing[0])),
            );
        }
    }
}

/// `masked` and `changes` are built from fields that lie in exactly one place (E220).
pub(super) fn one_place_each(
    does: &HttpAction,
    listed: &[Field],
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) {
    let writes_fields = does.steps.iter().any(|step| {
        step.reads()
            .iter()
            .any(|read| ["masked", "changes"].contains(&read.split('.').next().unwrap_or("")))
    });
    if !writes_fields {
        return;
    }
    for field in listed {
        let plural = matches!(field.at, At::JsonPath(_));
        if plural && !field.fixed && field.mask != Some(Mask::Keep) {
            errors.push(
                error("E220", say::plural_path(&field.name))
                    .at(node.place.clone())
                    .help(say::plural_path_help()),
            );
        }
    }
}

/// A restriction and its end change no personal field, so they are proven by their flag or not at all (E428). An opt-out may go
/// without: it then counts as accepted and no more.
pub(super) fn shows_its_mark(
    action: Action,
    does: &HttpAction,
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) {
    let marks = matches!(action, Action::Restrict | Action::Unrestrict) && does.manual.is_none();
    if marks && does.verify.holds.is_none() {
        errors.push(
            error("E428", rights::mark_unverified(action.word()))
                .at(node.place.clone())
                .why(rights::mark_unverified_why())
                .help(rights::mark_unverified_help()),
        );
    }
}
