//! One recorded exchange: a request, as far as it has to be as recorded, and the reply to it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value as Json};
use url::Url;

use super::file::is_null;
use crate::connector::grammar::{mapping, text};
use crate::connector::rest::request::Verb;
use crate::connector::transport::{Answer, Asked};
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::replay as say;
use crate::yaml::{Fields, Node, Value, Wanted, error, wrong_kind};

const VERBS: [(&str, Verb); 6] = [
    ("get", Verb::Get),
    ("head", Verb::Head),
    ("post", Verb::Post),
    ("put", Verb::Put),
    ("patch", Verb::Patch),
    ("delete", Verb::Delete),
];

/// A request with its reply.
#[derive(Clone)]
pub struct Exchange {
    pub verb: Verb,
    /// Path below `api.url`, or a whole URL.
    pub target: String,
    /// Parameters that have to be sent so; `None` for one that must not be sent at all. Others may be.
    query: Vec<(String, Option<Vec<String>>)>,
    headers: Vec<(String, String)>,
    body: Option<Body>,
    pub reply: Reply,
    /// The request arrives and its reply is lost.
    pub drop: bool,
    /// Whether a plugin says of this POST that it only reads, where that is stated.
    pub read_only: Option<bool>,
    /// How often it has to come.
    pub times: usize,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Json(Json),
    Form(Vec<(String, String)>),
    Text(String),
}

/// What the system said.
#[derive(Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    /// A reply in JSON.
    pub fn of_json(status: u16, body: &Json) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Reply {
            status,
            headers,
            body: body.to_string().into_bytes(),
        }
    }

    pub fn json(&self) -> Option<Json> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The same with another body.
    pub fn with(&self, body: &Json) -> Reply {
        Reply {
            status: self.status,
            headers: self.headers.clone(),
            body: body.to_string().into_bytes(),
        }
    }

    pub fn answer(&self) -> Answer {
        Answer {
            status: self.status,
            headers: self.headers.clone(),
            body: self.body.clone(),
        }
    }
}

/// Reads a list of exchanges.
pub(super) fn list(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<Exchange> {
    let Some(items) = node.list() else {
        errors.push(wrong_kind(node, Wanted::List));
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| exchange(item, errors))
        .collect()
}

fn exchange(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Exchange> {
    let mut fields = Fields::of(node, errors)?;
    let verbs: Vec<(Verb, &Node)> = VERBS
        .iter()
        .filter_map(|(word, verb)| Some((*verb, fields.optional(word)?)))
        .collect();
    let verb = match verbs[..] {
        [one] => Some(one),
        _ => {
            let place = fields.place.clone();
            fields.error(
                error("E763", say::one_verb())
                    .at(place)
                    .help(say::one_verb_help()),
            );
            None
        }
    };
    if let Some((_, node)) = verb {
        let target = node.scalar().unwrap_or_default();
        let whole = Url::parse(&target).is_ok_and(|url| url.has_host());
        if (!target.starts_with('/') && !whole) || target.contains(['?', '#']) {
            fields.error(
                error("E763", say::bad_path())
                    .at(node.place.clone())
                    .help(say::bad_path_help()),
            );
        }
    }
    let query = match fields.optional("query") {
        Some(node) => query(node, fields.errors()),
        None => Vec::new(),
    };
    let headers = match fields.optional("headers") {
        Some(node) => pairs(node, fields.errors()),
        None => Vec::new(),
    };
    let body = fields.optional("body").map(body);
    let drop = fields.boolean("drop").unwrap_or(false);
    let reply_node = match drop {
        true => fields.optional("reply"),
        false => fields.required("reply"),
    };
    let reply = match reply_node {
        Some(node) => reply(node, fields.errors()),
        None => Some(Reply::default()),
    };
    let read_only = fields.boolean("read_only");
    let times = fields.count("times").unwrap_or(1);
    fields.finish();
    let (verb, node) = verb?;
    Some(Exchange {
        verb,
        target: text(node, errors)?,
        query,
        headers,
        body,
        reply: reply?,
        drop,
        read_only,
        times: usize::try_from(times).unwrap_or(1).max(1),
        place: node.place.clone(),
    })
}

fn query(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(String, Option<Vec<String>>)> {
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        let values: Option<Vec<String>> = match node.list() {
            Some(items) => items.iter().map(Node::scalar).collect(),
            None => node.scalar().map(|one| vec![one]),
        };
        if values.is_none() && !is_null(node) {
            errors.push(wrong_kind(node, Wanted::TextOrList));
        }
        out.push((name.text.clone(), values));
    }
    out
}

fn pairs(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        out.extend(text(node, errors).map(|value| (name.text.clone(), value)));
    }
    out
}

/// `{form: …}`, `{text: …}`, `{xml: …}` and `{csv: …}` as in a connector, all else is JSON. XML and CSV stand as they are sent.
fn body(node: &Node) -> Body {
    if let Some([(name, inner)]) = node.map() {
        match name.text.as_str() {
            "form" if inner.map().is_some() => {
                let pairs = inner.map().unwrap_or_default().iter();
                let spread = pairs.flat_map(|(name, node)| {
                    let values = match node.list() {
                        Some(items) => items.iter().filter_map(Node::scalar).collect(),
                        None => vec![node.scalar().unwrap_or_default()],
                    };
                    values.into_iter().map(|value| (name.text.clone(), value))
                });
                return Body::Form(spread.collect());
            }
            "text" | "xml" | "csv" if inner.text().is_some() => {
                return Body::Text(inner.scalar().unwrap_or_default());
            }
            _ => {}
        }
    }
    match node.text() {
        Some(text) => Body::Text(text.to_owned()),
        None => Body::Json(json(node)),
    }
}

fn reply(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Reply> {
    let mut fields = Fields::of(node, errors)?;
    let status = fields.count("status").unwrap_or(200);
    let status = u16::try_from(status)
        .ok()
        .filter(|s| (100..600).contains(s));
    let mut headers = HeaderMap::new();
    if let Some(node) = fields.optional("headers") {
        for (name, value) in pairs(node, fields.errors()) {
            let header = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(&value),
            );
            match header {
                (Ok(name), Ok(value)) => drop(headers.append(name, value)),
                _ => fields.error(
                    error("E764", say::bad_header(&name))
                        .at(node.place.clone())
                        .help(say::bad_header_help()),
                ),
            }
        }
    }
    // Null is a reply too.
    let json_node = fields.raw("json");
    let plain = fields.text("text");
    let bytes = fields.optional("bytes");
    let place = fields.place.clone();
    let stated = [json_node.is_some(), plain.is_some(), bytes.is_some()];
    if status.is_none() || stated.iter().filter(|one| **one).count() > 1 {
        fields.error(
            error("E764", say::bad_reply())
                .at(place)
                .help(say::bad_reply_help()),
        );
    }
    let bytes = bytes.and_then(|node| {
        use base64::Engine as _;
        let text = node.scalar().unwrap_or_default();
        let read = base64::engine::general_purpose::STANDARD.decode(text.trim());
        if read.is_err() {
            fields.error(
                error("E764", say::bad_bytes())
                    .at(node.place.clone())
                    .help(say::bad_bytes_help()),
            );
        }
        read.ok()
    });
    fields.finish();
    let (kind, body) = match (json_node, plain, bytes) {
        (Some(node), _, _) => (
            Some("application/json"),
            json(node).to_string().into_bytes(),
        ),
        (None, Some(text), _) => (Some("text/plain"), text.into_bytes()),
        (None, None, Some(bytes)) => (Some("application/octet-stream"), bytes),
        (None, None, None) => (None, Vec::new()),
    };
    if let Some(kind) = kind {
        headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static(kind));
    }
    Some(Reply {
        status: status?,
        headers,
        body,
    })
}

/// A node as JSON. A number that JSON cannot write stays the text that it is.
pub(super) fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone()))
        }
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            let entries = entries.iter();
            let pairs = entries.map(|(name, node)| (name.text.clone(), json(node)));
            Json::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

/// How far a request is as recorded; more is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Not,
    /// The same path with another verb.
    Path,
    /// Verb and path, but something named differs.
    Request,
    Whole,
}

impl Exchange {
    pub(super) fn fit(&self, asked: &Asked<'_>) -> Fit {
        if !self.is_at(asked) {
            return Fit::Not;
        }
        if self.verb != asked.verb {
            return Fit::Path;
        }
        let query = self.query.iter().all(|(name, values)| {
            let sent: Vec<Cow<'_, str>> = asked
                .url
                .query_pairs()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value)
                .collect();
            match values {
                None => sent.is_empty(),
                Some(values) => sent == *values,
            }
        });
        let headers = self.headers.iter().all(|(name, value)| {
            let sent = asked.headers.get(name).and_then(|v| v.to_str().ok());
            sent == Some(value)
        });
        let body = match &self.body {
            None => true,
            Some(body) => body.is(asked.body.unwrap_or_default()),
        };
        match query && headers && body {
            true => Fit::Whole,
            false => Fit::Request,
        }
    }

    /// Whether the paths are the same once their escapes are undone, segment by segment.
    fn is_at(&self, asked: &Asked<'_>) -> bool {
        let base = asked.base.as_str().trim_end_matches('/');
        let meant = match self.target.starts_with('/') {
            true => Url::parse(&format!("{base}{}", self.target)),
            false => Url::parse(&self.target),
        };
        let Ok(meant) = meant else { return false };
        let segments = |url: &Url| -> Vec<Vec<u8>> {
            let path = url.path().trim_end_matches('/').to_owned();
            path.split('/')
                .map(|segment| percent_decode_str(segment).collect())
                .collect()
        };
        meant.origin() == asked.url.origin() && segments(&meant) == segments(asked.url)
    }

    /// The body, where it is recorded as JSON.
    pub(super) fn json(&self) -> Option<&Json> {
        match &self.body {
            Some(Body::Json(body)) => Some(body),
            _ => None,
        }
    }

    /// Whether both are recorded with the same parameters and the same body.
    pub(super) fn carries_the_same(&self, other: &Exchange) -> bool {
        self.query == other.query && self.body == other.body
    }

    /// In words, for messages: `GET /guests query {email: ada@example.org}`.
    pub(super) fn words(&self) -> String {
        let mut line = format!("{} {}", self.verb.word(), self.target);
        if !self.query.is_empty() {
            let pairs: Vec<String> = self
                .query
                .iter()
                .map(|(name, values)| match values {
                    None => format!("{name}: null"),
                    Some(values) => format!("{name}: {}", values.join(", ")),
                })
                .collect();
            line.push_str(&format!(" query {{ {} }}", pairs.join(", ")));
        }
        for (name, value) in &self.headers {
            line.push_str(&format!(" header {name}: {value}"));
        }
        match &self.body {
            Some(Body::Json(body)) => line.push_str(&format!(" body {body}")),
            Some(Body::Form(pairs)) => {
                let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}: {v}")).collect();
                line.push_str(&format!(" form {{ {} }}", pairs.join(", ")));
            }
            Some(Body::Text(text)) => line.push_str(&format!(" text {text}")),
            None => {}
        }
        line
    }
}

impl Body {
    fn is(&self, sent: &[u8]) -> bool {
        match self {
            Body::Json(body) => {
                serde_json::from_slice::<Json>(sent).is_ok_and(|sent| sent == *body)
            }
            Body::Form(pairs) => {
                let mut sent: Vec<(String, String)> = url::form_urlencoded::parse(sent)
                    .map(|(name, value)| (name.into_owned(), value.into_owned()))
                    .collect();
                let mut pairs = pairs.clone();
                sent.sort();
                pairs.sort();
                sent == pairs
            }
            Body::Text(text) => {
                let lines = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                lines(text) == lines(&String::from_utf8_lossy(sent))
            }
        }
    }
}
