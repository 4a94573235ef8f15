//! How a list goes on, guessed from the parameters of its operation and the members of its reply.

use super::document::{Document, Operation, Param, Shape};
use super::schema::{self, Kind};
use crate::author::draft::{Form, Page};

const SIZES: [&str; 14] = [
    "limit",
    "per_page",
    "perpage",
    "page_size",
    "pagesize",
    "size",
    "count",
    "max_results",
    "maxresults",
    "page_limit",
    "top",
    "results_per_page",
    "rows",
    "page[size]",
];
const NUMBERS: [&str; 6] = [
    "page",
    "page_number",
    "pagenumber",
    "page_no",
    "p",
    "page[number]",
];
const OFFSETS: [&str; 8] = [
    "offset",
    "skip",
    "start",
    "start_at",
    "startat",
    "first",
    "first_result",
    "from",
];
const CURSORS: [&str; 13] = [
    "cursor",
    "page_token",
    "pagetoken",
    "after",
    "starting_after",
    "next_token",
    "nextpagetoken",
    "continuation_token",
    "next_cursor",
    "page_cursor",
    "marker",
    "page[after]",
    "page[cursor]",
];

/// The way of pages, if one can be seen.
pub(super) fn page(
    document: &Document,
    operation: &Operation<'_>,
    reply: Shape<'_>,
) -> Option<Page> {
    let params: Vec<&Param<'_>> = operation.query().collect();
    let named = |names: &[&str]| {
        params
            .iter()
            .copied()
            .find(|param| names.contains(&small(param.name).as_str()))
    };
    let size = named(&SIZES).map(|param| {
        let most = param
            .number(document, "maximum")
            .unwrap_or(100)
            .clamp(1, 100);
        (param.name.to_owned(), most)
    });
    let total = schema::look_for(document, reply, &|path, kind| {
        let names = [
            "total",
            "total_count",
            "totalcount",
            "total_results",
            "totalresults",
            "totalelements",
            "total_items",
            "totalitems",
            "total_entries",
        ];
        matches!(kind, Kind::Number)
            && names.contains(&small(path.last().map(String::as_str).unwrap_or_default()).as_str())
    });
    let with = |form| {
        Some(Page {
            form,
            size: size.clone(),
            total: total.clone(),
        })
    };
    let next = schema::look_for(document, reply, &|path, kind| {
        let names = [
            "next",
            "next_page",
            "nextpage",
            "next_url",
            "next_link",
            "nextlink",
            "@odata.nextlink",
            "next_page_url",
            "nexthref",
        ];
        let last = path.last().map(String::as_str).unwrap_or_default();
        matches!(kind, Kind::Text) && names.contains(&small(last).as_str())
    });
    let token = schema::look_for(document, reply, &|path, kind| {
        let names = [
            "next_cursor",
            "nextcursor",
            "next_page_token",
            "nextpagetoken",
            "cursor",
            "after",
            "next_token",
            "nexttoken",
            "end_cursor",
            "endcursor",
            "continuation_token",
            "next",
        ];
        let last = path.last().map(String::as_str).unwrap_or_default();
        matches!(kind, Kind::Text | Kind::Number) && names.contains(&small(last).as_str())
    });
    if let (Some(into), Some(path)) = (named(&CURSORS), token) {
        return with(Form::Cursor {
            path,
            into: into.name.to_owned(),
        });
    }
    if let Some(path) = next {
        return with(Form::Next { path });
    }
    if let Some(param) = named(&NUMBERS) {
        let from_zero = param.number(document, "default") == Some(0)
            || param.number(document, "minimum") == Some(0);
        return with(Form::Number {
            into: param.name.to_owned(),
            start: u64::from(!from_zero),
        });
    }
    let param = named(&OFFSETS)?;
    with(Form::Offset {
        into: param.name.to_owned(),
    })
}

/// A name as it is compared: small, without the `$` of OData.
fn small(name: &str) -> String {
    name.trim_start_matches('$')
        .replace('-', "_")
        .to_ascii_lowercase()
}

/// Parameters that the way of pages fills.
pub(super) fn taken(page: Option<&Page>) -> Vec<&str> {
    let Some(page) = page else { return Vec::new() };
    let into = match &page.form {
        Form::Number { into, .. } | Form::Offset { into } | Form::Cursor { into, .. } => Some(into),
        Form::Next { .. } => None,
    };
    let size = page.size.iter().map(|(name, _)| name);
    size.chain(into).map(String::as_str).collect()
}
