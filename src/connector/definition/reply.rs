//! `outcome`: what a reply means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::connector::rest::request::{Matcher, Outcome};
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::template::{Condition, Members, Scope, Within};
use crate::yaml::{Fields, Node, error};

/// What replies mean. The only proof that something is gone or done is the reply itself (3.8), and a lost permission is none.
pub(super) fn outcome(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Outcome> {
    let mut fields = Fields::of(node, errors)?;
    let before = fields.errors().len();
    let mut matcher = |word: &'static str| {
        let node = fields.optional(word)?;
        matcher(word, node, fields.errors())
    };
    let outcome = Outcome {
        retry: matcher("retry"),
        gone: matcher("gone"),
        blocked: matcher("blocked"),
        failed: matcher("failed"),
        done: matcher("done"),
        rpc: false,
    };
    let sound = fields.errors().len() == before;
    fields.finish();
    sound.then_some(outcome)
}

fn matcher(word: &str, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Matcher> {
    if let Some(items) = node.list() {
        let statuses: Option<Vec<u16>> = items
            .iter()
            .map(|item| {
                item.scalar()?
                    .parse()
                    .ok()
                    .filter(|s| (100..600).contains(s))
            })
            .collect();
        let Some(statuses) = statuses.filter(|statuses| !statuses.is_empty()) else {
            errors.push(
                error("E121", say::statuses())
                    .help(say::statuses_help())
                    .at(node.place.clone()),
            );
            return None;
        };
        let believable = |status: &u16| match word {
            "gone" => (400..500).contains(status) && ![401, 403, 407].contains(status),
            "done" => (200..300).contains(status),
            "blocked" | "retry" => ![401, 403, 407].contains(status) && *status >= 400,
            _ => true,
        };
        if !statuses.iter().all(believable) {
            errors.push(
                error("E342", say::status_meaning(word))
                    .help(say::status_meaning_help())
                    .at(node.place.clone())
                    .why(say::status_meaning_why()),
            );
            return None;
        }
        return Some(Matcher::Status(statuses));
    }
    condition(word, node, errors).map(Matcher::Condition)
}

/// A condition over a reply.
pub(super) fn condition(
    word: &str,
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) -> Option<Condition> {
    const REPLY: [(Cow<'static, str>, Members<'static>); 4] = [
        (Cow::Borrowed("status"), Members::Plain),
        (Cow::Borrowed("headers"), Members::Value),
        (Cow::Borrowed("body"), Members::Value),
        (Cow::Borrowed("text"), Members::Value),
    ];
    let scope = Scope {
        within: Within::Condition,
        settings: &BTreeMap::new(),
        names: &REPLY,
    };
    let condition = Condition::compile(node, &scope, errors)?;
    if condition.reads().next().is_none() {
        errors.push(
            error("E341", say::blind_condition(word))
                .at(node.place.clone())
                .why(say::blind_condition_why())
                .help(say::blind_condition_help()),
        );
        return None;
    }
    Some(condition)
}
