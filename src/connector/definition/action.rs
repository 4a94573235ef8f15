//! Actions: what is sent to change a record, and the checks that it can reach that record only.

use std::collections::BTreeSet;

use super::request::{self, Context, Defaults};
use super::{api, not_yet, reply};
use crate::connector::object::{Action, At, Field, HttpAction, Mask, Verify};
use crate::connector::rest::request::{Body, Request};
use crate::diagnostic::Diagnostic;
use crate::messages::{connector as say, rights};
use crate::template::{Condition, Within};
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

/// A request, or `steps` of them.
pub(super) fn http_action(
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<HttpAction> {
    let mut fields = Fields::of(node, errors)?;
    not_yet(&mut fields, &["batch", "manual"]);
    let irreversible = fields.text("irreversible");
    let unconfirmed = fields.boolean("unconfirmed").unwrap_or(false);
    let verify = match fields.optional("verify") {
        Some(node) => verify(node, context, fields.errors())?,
        None => Verify::default(),
    };
    let steps = match fields.optional("steps") {
        Some(node) => {
            let outcome = fields
                .optional("outcome")
                .and_then(|n| reply::outcome(n, fields.errors()));
            let defaults = Defaults {
                outcome: outcome.unwrap_or_else(|| context.defaults.outcome.clone()),
                ..context.defaults.clone()
            };
            let context = Context {
                phase: context.phase,
                settings: context.settings,
                names: context.names.clone(),
                defaults: &defaults,
            };
            let items = node.list().unwrap_or_default();
            if items.is_empty() {
                fields.error(
                    error("E230", say::no_steps())
                        .help(say::no_steps_help())
                        .at(node.place.clone()),
                );
            }
            items
                .iter()
                .map(|item| alone(item, &context, fields.errors()))
                .collect::<Option<Vec<_>>>()
        }
        None => request::read(&mut fields, context).map(|request| vec![request]),
    };
    fields.finish();
    Some(HttpAction {
        steps: steps?,
        verify,
        irreversible,
        unconfirmed,
    })
}

fn verify(node: &Node, context: &Context<'_>, errors: &mut Vec<Diagnostic>) -> Option<Verify> {
    let mut fields = Fields::of(node, errors)?;
    not_yet(&mut fields, &["get", "post", "records", "gone"]);
    let holds = match fields.optional("holds") {
        Some(node) => {
            let scope = context.scope(Within::Condition);
            Some(Condition::compile(node, &scope, fields.errors())?)
        }
        None => None,
    };
    let mut wait = |key| {
        let duration = fields
            .optional(key)
            .and_then(|node| api::duration(node, fields.errors()));
        duration.map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
    };
    let (after_ms, within_ms) = (wait("after"), wait("within"));
    fields.finish();
    Some(Verify {
        after_ms,
        within_ms,
        holds,
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
        let whole = match &request.body {
            Some(Body::Json(body) | Body::Xml(body) | Body::Csv(body)) => {
                body.reads().contains(&"record")
            }
            _ => false,
        };
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
    let marks = matches!(action, Action::Restrict | Action::Unrestrict);
    if marks && does.verify.holds.is_none() {
        errors.push(
            error("E428", rights::mark_unverified(action.word()))
                .at(node.place.clone())
                .why(rights::mark_unverified_why())
                .help(rights::mark_unverified_help()),
        );
    }
}
