//! `page` and `outcome`: where more records are, and what a reply means.

use std::collections::BTreeMap;

use super::{not_yet, not_yet_at};
use crate::connector::grammar::json_path;
use crate::connector::rest::request::{Matcher, Next, Outcome, Page};
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::template::{Condition, Members, Scope, Within};
use crate::yaml::{Fields, Node, error};

const PAGES: u64 = 10_000;

pub(super) fn page(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Page> {
    match node.text() {
        Some("none") => return Some(Page::default()),
        Some("link_header") => {
            errors.push(not_yet_at("link_header", node));
            return None;
        }
        _ => {}
    }
    let mut fields = Fields::of(node, errors)?;
    let before = fields.errors().len();
    not_yet(&mut fields, &["cursor", "into", "offset"]);
    if fields.errors().len() > before {
        return None;
    }
    let next = fields.optional("next");
    let number = fields.text("number");
    let start = fields.count("start").unwrap_or(1);
    let size = fields.text("size");
    let of = fields.count("of");
    let mut path = |key| {
        fields
            .optional(key)
            .and_then(|node| json_path(node, fields.errors()))
    };
    let (more, total) = (path("more"), path("total"));
    let max = fields.count("max").unwrap_or(PAGES).max(1);
    let place = fields.place.clone();
    let mut parameter = |text: Option<String>| {
        let text = text?;
        let name = text.strip_prefix("query.").filter(|name| !name.is_empty());
        if name.is_none() {
            fields.error(
                error("E121", say::page_parameter())
                    .help(say::page_parameter_help())
                    .at(place.clone()),
            );
        }
        name.map(str::to_owned)
    };
    let (size, number) = (parameter(size), parameter(number));
    let next = match (next, number) {
        (Some(node), None) => json_path(node, fields.errors()).map(Next::Url),
        (None, Some(query)) => Some(Next::Number { query, start }),
        _ => None,
    };
    if next.is_none() && fields.errors().len() == before {
        fields.error(
            error("E121", say::one_page_form())
                .help(say::one_page_form_help())
                .at(place),
        );
    }
    fields.finish();
    Some(Page {
        next: next?,
        size,
        of: of.unwrap_or(100).max(1),
        more,
        total,
        max,
    })
}

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
    };
    let sound = fields.errors().len() == before;
    fields.finish();
    sound.then_some(outcome)
}

fn matcher(word: &str, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Matcher> {
    const REPLY: [(&str, Members<'static>); 4] = [
        ("status", Members::Plain),
        ("headers", Members::Value),
        ("body", Members::Value),
        ("text", Members::Value),
    ];
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
    Some(Matcher::Condition(condition))
}
