//! `outcome`: what a reply means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;

use crate::connector::rest::request::{Matcher, Outcome};
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::template::{Condition, Members, Names, Scope, Within};
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
    let names = ["status", "headers", "body", "text"];
    let empty = |status: u16| {
        [json!(null), json!({}), json!("")].map(|body| {
            Names::default()
                .with("status", status)
                .with("headers", json!({}))
                .with("body", body)
                .with("text", "")
        })
    };
    let holds = |status: &u16| {
        empty(*status)
            .iter()
            .any(|r| condition.proves(r) == Ok(true))
    };
    let from_nothing = match word {
        // A status that a list cannot have here proves nothing in a condition either, unless the reply says more.
        "gone" => [200, 202, 204, 301, 401, 403, 407, 500, 503]
            .iter()
            .any(holds),
        "done" => [200, 202, 404, 500].iter().all(holds),
        _ => false,
    };
    says_something(&condition, word, &names, from_nothing, node, errors)?;
    Some(condition)
}

/// Refuses a condition that is true whatever the system says (E341): by a side that reads nothing of it, by what cannot be false,
/// or of nothing at all.
pub(super) fn says_something(
    condition: &Condition,
    word: &str,
    names: &[&str],
    from_nothing: bool,
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) -> Option<()> {
    let wrong = if !condition.every_side_reads(names) {
        error("E341", say::blind_side(word))
            .why(say::blind_condition_why())
            .help(say::blind_side_help(names.join(", ")))
    } else if let Some(part) = condition.always() {
        error("E341", say::always_true(word, part))
            .why(say::blind_condition_why())
            .help(say::always_true_help())
    } else if from_nothing {
        error("E341", say::true_of_nothing(word))
            .why(say::true_of_nothing_why())
            .help(say::true_of_nothing_help())
    } else {
        return Some(());
    };
    errors.push(wrong.at(node.place.clone()));
    None
}
