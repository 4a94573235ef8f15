//! `page`: where more records are (3.6).

use super::{not_yet, not_yet_at};
use crate::connector::grammar::json_path;
use crate::connector::rest::request::{Next, Page, Slot};
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::yaml::{Fields, Node, error};

pub(super) const PAGES: u64 = 10_000;

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
        name.map(|name| Slot::Query(name.to_owned()))
    };
    let (size, number) = (parameter(size), parameter(number));
    let next = match (next, number) {
        (Some(node), None) => json_path(node, fields.errors()).map(Next::Url),
        (None, Some(into)) => Some(Next::Number { into, start }),
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
