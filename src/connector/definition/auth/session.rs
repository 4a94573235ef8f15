//! `session`: a log-in call whose reply lets in, what is taken from the reply, and the call that ends it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::request::{self, Context, Defaults, Phase};
use super::{Around, headers, with_auth};
use crate::connector::grammar;
use crate::connector::rest::request::{Capture, Request, Source};
use crate::diagnostic::Diagnostic;
use crate::messages::access as say;
use crate::template::{Members, Template};
use crate::yaml::{Fields, Node, Value, error};

/// A log-in call.
#[derive(Clone, Debug)]
pub struct Session {
    /// Sent without credentials of any other kind; secrets stand in it.
    pub login: Request,
    /// Values of its reply, named `auth.<name>`.
    pub capture: Vec<Capture>,
    /// Sent with every other request.
    pub header: Vec<(String, Template)>,
    /// Whether the server's cookies are kept and sent back to it.
    pub cookies: bool,
    /// Sent when the run has come to its end.
    pub ends: Option<Request>,
}

impl Session {
    pub(super) fn reads(&self) -> Vec<&str> {
        let headers = self.header.iter().flat_map(|(_, t)| t.reads());
        let ends = self.ends.iter().flat_map(Request::reads);
        self.login
            .reads()
            .into_iter()
            .chain(headers)
            .chain(ends)
            .collect()
    }
}

/// Words of a session that are no words of a request.
const OWN: [&str; 4] = ["capture", "header", "cookies", "ends"];

pub(super) fn session(
    node: &Node,
    around: &Around<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Session> {
    let entries = grammar::mapping(node, errors)?;
    let part = |own: bool| Node {
        value: Value::Map(
            entries
                .iter()
                .filter(|(name, _)| OWN.contains(&name.text.as_str()) == own)
                .cloned()
                .collect(),
        ),
        place: node.place.clone(),
    };
    let (call, own) = (part(false), part(true));
    // The only requests in which secrets stand.
    let open: BTreeMap<String, bool> = around.settings.keys().map(|n| (n.clone(), false)).collect();
    let defaults = Defaults::of(around.protocol);
    let context = |names| Context {
        phase: Phase::Write,
        settings: &open,
        names,
        defaults: &defaults,
    };
    let mut fields = Fields::of(&call, errors)?;
    let login = request::read(&mut fields, &context(Vec::new()));
    fields.finish();
    let mut fields = Fields::of(&own, errors)?;
    let capture = match fields.optional("capture") {
        Some(node) => captures(node, fields.errors()),
        None => Some(Vec::new()),
    };
    // Without the names every use of them would be missed a second time.
    let capture = capture?;
    let brought: Vec<String> = capture.iter().map(|c| c.name.clone()).collect();
    let names = [(Cow::Borrowed("auth"), Members::Auth(&brought))];
    let header = match fields.optional("header") {
        Some(node) => headers(node, &with_auth(around, &names), fields.errors()),
        None => Some(Vec::new()),
    };
    let cookies = fields.boolean("cookies").unwrap_or(false);
    let ends = match fields.optional("ends") {
        Some(node) => {
            let mut inner = Fields::of(node, fields.errors())?;
            let names = vec![(Cow::Borrowed("auth"), Members::Plain)];
            let request = request::read(&mut inner, &context(names));
            inner.finish();
            request.map(Some)
        }
        None => Some(None),
    };
    if !cookies && brought.is_empty() {
        let place = fields.place.clone();
        fields.error(
            error("E374", say::empty_session())
                .at(place)
                .help(say::empty_session_help()),
        );
        return None;
    }
    fields.finish();
    Some(Session {
        login: login?,
        capture,
        header: header?,
        cookies,
        ends: ends?,
    })
}

/// Names with a JSONPath of one value, or `header.<Name>`.
fn captures(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Vec<Capture>> {
    let mut out = Vec::new();
    for (name, node) in grammar::mapping(node, errors)? {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.text.is_empty() || !name.text.chars().all(word) {
            errors.push(
                error("E375", say::capture_name(&name.text))
                    .at(name.place.clone())
                    .help(say::capture_name_help()),
            );
            return None;
        }
        let from = match node.text().and_then(|text| text.strip_prefix("header.")) {
            Some(header) => Source::Header(header.to_owned()),
            None => Source::Body(grammar::json_path(node, errors)?),
        };
        out.push(Capture {
            name: name.text.clone(),
            from,
        });
    }
    Some(out)
}
