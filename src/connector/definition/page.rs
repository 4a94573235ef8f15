//! `page`: where more records are (3.6).

use super::steps::source;
use crate::connector::grammar::json_path;
use crate::connector::rest::request::{Body, Next, Page, Slot};
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::connector as say;
use crate::template::Structure;
use crate::yaml::{Fields, Node, error};

pub(super) const PAGES: u64 = 10_000;

pub(super) fn page(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Page> {
    match node.text() {
        Some("none") => return Some(Page::default()),
        Some("link_header") => {
            return Some(Page {
                next: Next::LinkHeader,
                max: PAGES,
                ..Page::default()
            });
        }
        Some(_) => {
            errors.push(one_form(node.place.clone()));
            return None;
        }
        None => {}
    }
    let mut fields = Fields::of(node, errors)?;
    let before = fields.errors().len();
    let link_header = fields.boolean("link_header");
    let next = fields.optional("next");
    let cursor = fields.optional("cursor");
    let into = fields.optional("into");
    let offset = fields.optional("offset");
    let number = fields.optional("number");
    let start = fields.optional("start");
    let first = fields.count("start");
    let size = fields.optional("size");
    let of = fields.count("of").unwrap_or(100).max(1);
    let max = fields.count("max").unwrap_or(PAGES).max(1);
    let more = fields.optional("more");
    let more = more.and_then(|node| json_path(node, fields.errors()));
    let total = fields.optional("total");
    let total = total.and_then(|node| source(node, fields.errors()));
    let pages_node = fields.optional("pages");
    let pages = pages_node.and_then(|node| source(node, fields.errors()));
    let place = fields.place.clone();
    let forms = [next, cursor, offset, number];
    let stated = forms.iter().flatten().count() + usize::from(link_header == Some(true));
    if stated != 1 || link_header == Some(false) {
        fields.finish();
        // A misspelt form is a misspelt word, not a missing one.
        if errors.len() == before {
            errors.push(one_form(place));
        }
        return None;
    }
    // A word that belongs to another form would be skipped.
    let idle = [
        (into, "into", cursor.is_some()),
        (start, "start", offset.or(number).is_some()),
        (pages_node, "pages", number.is_some()),
    ];
    for (node, word, used) in idle {
        if let Some(node) = node
            && !used
        {
            fields.error(
                error("E353", say::idle_page_word(word))
                    .help(say::idle_page_word_help())
                    .at(node.place.clone()),
            );
        }
    }
    if cursor.is_some() && into.is_none() {
        fields.error(
            error("E122", crate::messages::yaml::missing_key("into"))
                .help(say::page_into_help())
                .at(place),
        );
    }
    let errors = fields.errors();
    let size = size.and_then(|node| slot(node, errors));
    let next = match (next, cursor, into, offset, number) {
        (Some(node), ..) => json_path(node, errors).map(Next::Url),
        (_, Some(node), Some(into), ..) => {
            let (path, into) = (json_path(node, errors), slot(into, errors));
            path.zip(into)
                .map(|(path, into)| Next::Cursor { path, into })
        }
        (_, _, _, Some(node), _) => slot(node, errors).map(|into| Next::Offset {
            into,
            start: first.unwrap_or(0),
        }),
        (_, _, _, _, Some(node)) => slot(node, errors).map(|into| Next::Number {
            into,
            start: first.unwrap_or(1),
        }),
        _ => Some(Next::LinkHeader),
    };
    let sound = errors.len() == before;
    fields.finish();
    Some(Page {
        next: next.filter(|_| sound)?,
        size,
        of,
        more,
        total,
        pages,
        max,
    })
}

fn one_form(place: Place) -> Diagnostic {
    error("E121", say::one_page_form())
        .help(say::one_page_form_help())
        .at(place)
}

/// `query.NAME` or `body.NAME.NAME` (E121).
fn slot(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Slot> {
    let text = node.scalar().unwrap_or_default();
    let name = |name: &str| !name.is_empty() && !name.contains("{{");
    let found = match text.split_once('.') {
        Some(("query", rest)) if name(rest) => Some(Slot::Query(rest.to_owned())),
        Some(("body", rest)) if rest.split('.').all(name) => {
            Some(Slot::Body(rest.split('.').map(str::to_owned).collect()))
        }
        _ => None,
    };
    if found.is_none() {
        errors.push(
            error("E121", say::page_parameter())
                .help(say::page_parameter_help())
                .at(node.place.clone()),
        );
    }
    found
}

/// Whether a request has room for what its pages put into it: a JSON body where one is needed (E351), and nothing in the same
/// place (E352), because one of the two would be lost without a word.
pub(super) fn fits(
    page: &Page,
    query: &[(String, Structure)],
    body: Option<&Body>,
    place: &Place,
    errors: &mut Vec<Diagnostic>,
) {
    let slots: Vec<&Slot> = page.slots().collect();
    for (i, slot) in slots.iter().enumerate() {
        let taken = match slot {
            Slot::Query(name) => query.iter().any(|(stated, _)| stated == name),
            Slot::Body(names) => match body {
                Some(Body::Json(body @ Structure::Map(_))) => is_taken(body, names),
                _ => {
                    errors.push(
                        error("E351", say::no_body_for_page(slot.to_string()))
                            .at(place.clone())
                            .help(say::no_body_for_page_help()),
                    );
                    continue;
                }
            },
        };
        let twice = slots[..i].iter().any(|other| overlap(other, slot));
        if taken || twice {
            errors.push(
                error("E352", say::page_place_taken(slot.to_string()))
                    .at(place.clone())
                    .why(say::page_place_taken_why())
                    .help(say::page_place_taken_help()),
            );
        }
    }
}

/// Whether a value at these member names would replace something, or go into something that is no mapping.
fn is_taken(body: &Structure, names: &[String]) -> bool {
    let Some((name, rest)) = names.split_first() else {
        return true;
    };
    match body {
        Structure::Map(members) => members
            .iter()
            .find(|(known, _)| known == name)
            .is_some_and(|(_, below)| is_taken(below, rest)),
        _ => true,
    }
}

fn overlap(one: &Slot, other: &Slot) -> bool {
    match (one, other) {
        (Slot::Query(one), Slot::Query(other)) => one == other,
        (Slot::Body(one), Slot::Body(other)) => one.starts_with(other) || other.starts_with(one),
        _ => false,
    }
}
