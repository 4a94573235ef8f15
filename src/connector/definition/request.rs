//! One request: verb, path, what it carries, what its reply means. Which names it may read and whether it may write is the
//! caller's word.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::page::{self, page};
use super::protocol::{self, Protocol};
use super::reply::outcome;
use super::{body, steps};
use crate::connector::definition::Limits;
use crate::connector::grammar::{self, json_path};
use crate::connector::rest::request::{Body, Decode, JsonPath, Outcome, Page, Request, Verb};
use crate::diagnostic::Diagnostic;
use crate::messages::{access as say_access, connector as say, yaml as say_yaml};
use crate::template::{Members, Scope, Structure, Template, Within};
use crate::yaml::{Fields, Name, Node, Value, error};

/// What `api` says for all requests.
#[derive(Clone)]
pub(super) struct Defaults {
    pub(super) records: Option<JsonPath>,
    /// Whether `records` was stated and could not be read, so that nobody misses it again.
    pub(super) records_broken: bool,
    pub(super) page: Page,
    pub(super) decode: Option<Decode>,
    pub(super) outcome: Outcome,
    pub(super) protocol: Protocol,
    /// Whether an `envelope` is put around calls.
    pub(super) enveloped: bool,
    /// What `auth` brings, by name.
    pub(super) auth: Vec<String>,
    /// Of the object.
    pub(super) limits: Vec<Limits>,
}

/// What a request is for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Finds records, page by page.
    Find,
    /// Reads one record by its key.
    Read,
    /// Asks after a job; the reply holds no records.
    Poll,
    /// Fetches a file; its path may be one expression that is a whole address.
    File,
    Write,
}

/// Where a request stands.
pub(super) struct Context<'s> {
    pub(super) phase: Phase,
    pub(super) settings: &'s BTreeMap<String, bool>,
    pub(super) names: Vec<(Cow<'s, str>, Members<'s>)>,
    pub(super) defaults: &'s Defaults,
}

impl<'s> Context<'s> {
    /// The same place once more.
    pub(super) fn again(&self) -> Context<'s> {
        Context {
            phase: self.phase,
            settings: self.settings,
            names: self.names.clone(),
            defaults: self.defaults,
        }
    }

    pub(super) fn scope(&self, within: Within) -> Scope<'_> {
        Scope {
            within,
            settings: self.settings,
            names: &self.names,
        }
    }
}

pub(super) const VERBS: [(&str, Verb); 6] = [
    ("get", Verb::Get),
    ("head", Verb::Head),
    ("post", Verb::Post),
    ("put", Verb::Put),
    ("patch", Verb::Patch),
    ("delete", Verb::Delete),
];

/// Takes the keys of a request out of a mapping; `None` if anything in it is wrong.
pub(super) fn read(fields: &mut Fields<'_, '_>, context: &Context<'_>) -> Option<Request> {
    let before = fields.errors().len();
    let call_node = fields.optional("call");
    let mut verbs: Vec<(Verb, &Node)> = VERBS
        .iter()
        .filter_map(|(word, verb)| Some((*verb, fields.optional(word)?)))
        .collect();
    verbs.extend(call_node.map(|node| (Verb::Post, node)));
    let [(verb, path_node)] = verbs[..] else {
        if fields.errors().len() == before {
            let place = verbs
                .get(1)
                .map_or(&fields.place, |(_, node)| &node.place)
                .clone();
            fields.error(
                error("E230", say::one_verb())
                    .at(place)
                    .help(say::one_verb_help()),
            );
        }
        return None;
    };
    let call = call_node.map(|node| protocol::call(node, context, fields.errors()));
    let path = match call {
        Some(_) => Some(Template::literal("")),
        None => path(path_node, context, fields.errors()),
    };
    let name = fields.text("name");
    let query = query(fields, &context.scope(Within::Query));
    let headers = headers(fields, &context.scope(Within::Header));
    let body_node = fields.optional("body");
    let mut names = context.names.clone();
    if context.phase == Phase::Write && !context.defaults.auth.is_empty() {
        names.push(("auth".into(), Members::Auth(&context.defaults.auth)));
    }
    let with_auth = Scope {
        names: &names,
        ..context.scope(Within::Body)
    };
    let body = body_node.and_then(|node| body::read(node, &with_auth, fields.errors()));
    if let (Some(node), Some(_)) = (body_node, call_node) {
        let wrong = error("E372", say_access::idle_word("body", "call"));
        fields.error(
            wrong
                .at(node.place.clone())
                .help(say_access::idle_word_help()),
        );
    }
    if let Some(node) = body_node
        && matches!(verb, Verb::Get | Verb::Head)
    {
        fields.error(
            error("E347", say::body_with_get())
                .help(say::body_with_get_help())
                .at(node.place.clone()),
        );
    }
    let safe = matches!(verb, Verb::Get | Verb::Head);
    let stated = fields.boolean("read_only");
    if stated == Some(true) && matches!(verb, Verb::Delete | Verb::Put | Verb::Patch) {
        fields.error(
            error("E141", say::read_only_verb(verb.word()))
                .help(say::read_only_verb_help())
                .at(path_node.place.clone()),
        );
    }
    let read_only = stated.unwrap_or(safe);
    if context.phase != Phase::Write && !read_only {
        let mut refused = error("E140", say::writing_verb(verb.word()))
            .at(path_node.place.clone())
            .why(say::writing_verb_why());
        refused = refused.help(match verb {
            Verb::Post => say::writing_verb_help(),
            _ => say::reading_verbs_help(),
        });
        fields.error(refused);
    }
    let idempotent = fields
        .boolean("idempotent")
        .unwrap_or(!matches!(verb, Verb::Post | Verb::Patch));
    let records = match context.phase {
        Phase::Poll | Phase::File => None,
        _ => match fields.optional("records") {
            Some(node) => json_path(node, fields.errors()),
            None => context.defaults.records.clone(),
        },
    };
    if records.is_none()
        && !context.defaults.records_broken
        && !matches!(context.phase, Phase::Write | Phase::Poll | Phase::File)
    {
        let place = fields.place.clone();
        fields.error(
            error("E122", say_yaml::missing_key("records"))
                .at(place)
                .help(say::records_help()),
        );
    }
    let page_node = match context.phase {
        Phase::File => None,
        _ => fields.optional("page"),
    };
    let page = match page_node {
        Some(node) if context.phase != Phase::Find => {
            fields.error(
                error("E348", say::page_elsewhere())
                    .help(say::page_elsewhere_help())
                    .at(node.place.clone()),
            );
            None
        }
        Some(node) => page(node, fields.errors()),
        None if context.phase == Phase::Find => Some(context.defaults.page.clone()),
        None => Some(Page::default()),
    };
    let base = match context.phase {
        // That nothing was found can only be said of this search: elsewhere a 404 speaks of one record.
        Phase::Find | Phase::File => Outcome {
            gone: None,
            ..context.defaults.outcome.clone()
        },
        _ => context.defaults.outcome.clone(),
    };
    let mut outcome = match fields.optional("outcome") {
        Some(node) => outcome(node, fields.errors()).map(|own| own.or(&base)),
        None => Some(base),
    };
    if let Some(outcome) = &mut outcome {
        outcome.rpc = call.is_some();
    }
    let when = steps::when(fields, context);
    let decode = match context.phase {
        // What is in a file is nobody's business here.
        Phase::File => Some(Some(Decode::Bytes)),
        _ => body::decode(fields, context.defaults.decode),
    };
    if !matches!(context.phase, Phase::Write | Phase::Poll | Phase::File) {
        body::holds_records(decode.flatten(), path_node, fields.errors());
    }
    if let (Some(page), Some(query)) = (&page, &query)
        && (body.is_some() || body_node.is_none())
    {
        // The pages of a call are told within it.
        let asked = call.iter().flatten().next();
        let asked = asked.map(|call| Body::Json(call.tree.clone()));
        let body = body.as_ref().or(asked.as_ref());
        let place = page_node.unwrap_or(path_node).place.clone();
        page::fits(page, query, body, &place, fields.errors());
    }
    let capture = steps::capture(fields, context);
    let poll = steps::poll(fields, context, path_node, capture.as_deref());
    let each = match context.phase {
        // Here the word says where files are named.
        Phase::File => Some(None),
        _ => steps::each(fields, context),
    };
    let limits = steps::limits(fields, context);
    if fields.errors()[before..]
        .iter()
        .any(|error| !error.is_warning())
    {
        return None;
    }
    Some(Request {
        name,
        verb,
        path: path?,
        call: call.flatten(),
        query: query?,
        headers: headers?,
        body,
        read_only,
        idempotent,
        records,
        page: page?,
        outcome: outcome?,
        when: when?,
        decode: decode?,
        capture: capture?,
        poll: poll?,
        each: each?,
        limits: limits?,
    })
}

/// A path below the base URL: begins with one `/`, climbs nowhere, leaves the query to `query` (E130).
fn path(node: &Node, context: &Context<'_>, errors: &mut Vec<Diagnostic>) -> Option<Template> {
    let path = Template::compile(node, &context.scope(Within::Path), errors)?;
    if context.phase == Phase::File && path.is_expression() {
        return Some(path);
    }
    let start = path.literal_start();
    let literal = path.masked();
    let outside: String = literal
        .split('{')
        .map(|part| part.rsplit('}').next().unwrap_or(""))
        .collect();
    let climbs = literal
        .split('/')
        .any(|segment| segment == "." || segment == "..");
    if !start.starts_with('/') || literal.starts_with("//") || literal.contains("://") {
        errors.push(
            error("E130", say::path_with_host())
                .at(node.place.clone())
                .help(say::path_help()),
        );
        return None;
    }
    if climbs || outside.contains(['?', '#', '\\']) || literal.chars().any(char::is_control) {
        errors.push(
            error("E130", say::path_with_query())
                .at(node.place.clone())
                .help(say::path_query_help()),
        );
        return None;
    }
    Some(path)
}

pub(super) fn query(
    fields: &mut Fields<'_, '_>,
    scope: &Scope<'_>,
) -> Option<Vec<(String, Structure)>> {
    match fields.optional("query") {
        Some(node) => pairs(node, scope, fields.errors()),
        None => Some(Vec::new()),
    }
}

/// Names with a scalar, or a list of scalars that repeats the name.
pub(super) fn pairs(
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<(String, Structure)>> {
    let mut out = Vec::new();
    for (name, value) in grammar::mapping(node, errors)? {
        let scalar =
            |node: &Node| !matches!(node.value, Value::Map(_) | Value::List(_) | Value::Null);
        let flat = scalar(value) || value.list().is_some_and(|items| items.iter().all(scalar));
        if !flat || name.text.contains("{{") {
            errors.push(
                error("E121", say::flat_values())
                    .help(say::flat_values_help())
                    .at(value.place.clone()),
            );
            return None;
        }
        out.push((name.text.clone(), Structure::compile(value, scope, errors)?));
    }
    Some(out)
}

pub(super) fn headers(
    fields: &mut Fields<'_, '_>,
    scope: &Scope<'_>,
) -> Option<Vec<(String, Template)>> {
    let Some(node) = fields.optional("headers") else {
        return Some(Vec::new());
    };
    let mut out = Vec::new();
    for (name, value) in grammar::mapping(node, fields.errors())? {
        check_header_name(name, fields.errors())?;
        let text = Template::compile(value, scope, fields.errors())?;
        check_header_value(name, &text, value, fields.errors())?;
        out.push((name.text.clone(), text));
    }
    Some(out)
}

/// Refuses literal text that no header can hold (E349). What comes from values is looked at when the header is sent; this never could
/// be.
pub(super) fn check_header_value(
    name: &Name,
    text: &Template,
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) -> Option<()> {
    let printable = |c: char| c == ' ' || c.is_ascii_graphic();
    if text.literals().all(|text| text.chars().all(printable)) && text.text.trim() == text.text {
        return Some(());
    }
    errors.push(
        error("E349", say::header_value(&name.text))
            .help(say::header_value_help())
            .at(node.place.clone()),
    );
    None
}

/// A header that can be set: a token of RFC 9110, and none that decides where a request ends or goes.
pub(super) fn check_header_name(name: &Name, errors: &mut Vec<Diagnostic>) -> Option<()> {
    const OURS: [&str; 7] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "cookie",
        "upgrade",
        "te",
    ];
    let sound = reqwest::header::HeaderName::from_bytes(name.text.as_bytes()).is_ok();
    if sound && !OURS.contains(&name.text.to_ascii_lowercase().as_str()) {
        return Some(());
    }
    errors.push(
        error("E349", say::header_name(&name.text))
            .help(say::header_name_help())
            .at(name.place.clone()),
    );
    None
}
