//! One HTTP request as a connector file describes it, and what its reply means.

use std::time::Duration;

use crate::connector::definition::Limits;
use crate::template::{Condition, Structure, Template};

/// An HTTP method that the language knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Head => "HEAD",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }
}

/// A request, everything compiled and checked.
#[derive(Clone, Debug)]
pub struct Request {
    pub name: Option<String>,
    pub verb: Verb,
    /// Path below `api.url`; each expression in it is one percent-encoded segment.
    pub path: Template,
    /// What is asked of a JSON-RPC server, in place of path and body.
    pub call: Option<Call>,
    pub query: Vec<(String, Structure)>,
    pub headers: Vec<(String, Template)>,
    pub body: Option<Body>,
    /// The author's promise that nothing changes.
    pub read_only: bool,
    /// May be repeated after a lost reply.
    pub idempotent: bool,
    /// Where the records lie in the reply.
    pub records: Option<JsonPath>,
    pub page: Page,
    pub outcome: Outcome,
    /// Sent only if this holds.
    pub when: Option<Condition>,
    /// How the reply is read, where its content type is not to decide.
    pub decode: Option<Decode>,
    /// Values of the reply that later steps can name.
    pub capture: Vec<Capture>,
    /// A job that the reply started and that has to end before the step is done.
    pub poll: Option<Box<Poll>>,
    /// What became of each record of a batch.
    pub each: Option<Each>,
    /// Limits of the request and of its object; the connector's own hold as well.
    pub limits: Vec<Limits>,
}

/// The value of `call`.
#[derive(Clone, Debug)]
pub struct Call {
    pub tree: Structure,
    /// Whether the connector's `envelope` is put around it; a log-in call has none.
    pub enveloped: bool,
}

/// How a reply's bytes become values (3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decode {
    Json,
    JsonLines,
    Csv,
    Xml,
    Text,
    Bytes,
}

/// A value of a reply under a name of its own.
#[derive(Clone, Debug)]
pub struct Capture {
    pub name: String,
    pub from: Source,
}

/// Where in a reply a value stands.
#[derive(Clone, Debug)]
pub enum Source {
    Body(JsonPath),
    /// A header's name.
    Header(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Body(path) => f.write_str(&path.text),
            Source::Header(name) => write!(f, "header.{name}"),
        }
    }
}

/// Asking for a job until it has ended (3.7).
#[derive(Clone, Debug)]
pub struct Poll {
    /// Only reads.
    pub get: Request,
    pub every: Duration,
    pub within: Duration,
    /// Over the reply to `get`.
    pub done: Condition,
    pub failed: Option<Condition>,
}

/// Maps the reply to a batch to its records (3.12).
#[derive(Clone, Debug)]
pub struct Each {
    /// The items of the reply.
    pub at: JsonPath,
    /// Member of an item that holds the record's key.
    pub key: String,
    /// Over `item`; an item of which nothing holds has failed.
    pub done: Condition,
    pub gone: Option<Condition>,
    pub blocked: Option<Condition>,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Body {
    Json(Structure),
    /// `application/x-www-form-urlencoded`; a list repeats the name.
    Form(Vec<(String, Structure)>),
    /// Keys are elements, `@key` attributes, a list repeats its element.
    Xml(Structure),
    /// A list of rows with the same members.
    Csv(Structure),
    Text(Template),
}

impl Body {
    /// Every name that it reads, with its members.
    pub fn reads(&self) -> Vec<&str> {
        match self {
            Body::Json(body) | Body::Xml(body) | Body::Csv(body) => body.reads(),
            Body::Form(pairs) => pairs.iter().flat_map(|(_, value)| value.reads()).collect(),
            Body::Text(body) => body.reads().collect(),
        }
    }
}

impl Request {
    /// Every name that its path, query, headers and body read, with its members: `record.id`.
    pub fn reads(&self) -> Vec<&str> {
        let mut reads: Vec<&str> = self.path.reads().collect();
        reads.extend(self.call.iter().flat_map(|call| call.tree.reads()));
        reads.extend(self.query.iter().flat_map(|(_, value)| value.reads()));
        reads.extend(self.headers.iter().flat_map(|(_, value)| value.reads()));
        reads.extend(self.body.iter().flat_map(Body::reads));
        reads
    }

    /// Every name that its body reads.
    pub fn body_reads(&self) -> Vec<&str> {
        match &self.body {
            Some(Body::Json(body) | Body::Xml(body) | Body::Csv(body)) => body.reads(),
            Some(Body::Form(pairs)) => pairs.iter().flat_map(|(_, value)| value.reads()).collect(),
            Some(Body::Text(body)) => body.reads().collect(),
            None => Vec::new(),
        }
    }

    /// Verb, path, query and body on one line, expressions in place of values: `DELETE /guests/{record.id}`.
    pub fn describe(&self) -> String {
        let mut line = match &self.call {
            Some(call) => format!("CALL {}", call.tree.masked()),
            None => format!("{} {}", self.verb.word(), self.path.masked()),
        };
        let pairs = |pairs: &[(String, Structure)]| {
            serde_json::Value::Object(
                pairs
                    .iter()
                    .map(|(name, value)| (name.clone(), value.masked()))
                    .collect(),
            )
        };
        if !self.query.is_empty() {
            line.push_str(&format!(" query {}", pairs(&self.query)));
        }
        match &self.body {
            Some(Body::Json(body)) => line.push_str(&format!(" body {}", body.masked())),
            Some(Body::Form(form)) => line.push_str(&format!(" form {}", pairs(form))),
            Some(Body::Xml(body)) => line.push_str(&format!(" xml {}", body.masked())),
            Some(Body::Csv(body)) => line.push_str(&format!(" csv {}", body.masked())),
            Some(Body::Text(body)) => line.push_str(&format!(" text {}", body.masked())),
            None => {}
        }
        if let Some(when) = &self.when {
            line.push_str(&format!(" when {}", when.text));
        }
        line
    }
}

/// A compiled RFC 9535 path with its source text.
#[derive(Clone, Debug)]
pub struct JsonPath {
    pub path: serde_json_path::JsonPath,
    pub text: String,
}

/// How the next page is reached (3.6).
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub next: Next,
    /// Where the page size is sent.
    pub size: Option<Slot>,
    pub of: u64,
    /// False there ends the reading.
    pub more: Option<JsonPath>,
    /// Number of all records, compared at the end.
    pub total: Option<Source>,
    /// Number of all pages, where they are counted; behind the last one nothing is asked.
    pub pages: Option<Source>,
    pub max: u64,
}

#[derive(Clone, Debug, Default)]
pub enum Next {
    #[default]
    None,
    /// URL or path of the next page in the body.
    Url(JsonPath),
    /// `Link` header with `rel="next"` (RFC 8288).
    LinkHeader,
    /// A token of the reply that is sent back.
    Cursor { path: JsonPath, into: Slot },
    /// Grows by the records received.
    Offset { into: Slot, start: u64 },
    /// Counts pages.
    Number { into: Slot, start: u64 },
}

impl Page {
    /// Every place of a request that a page's parameters are put into, in the order of the file's keys.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        let moving = match &self.next {
            Next::Cursor { into, .. } | Next::Offset { into, .. } | Next::Number { into, .. } => {
                Some(into)
            }
            Next::None | Next::Url(_) | Next::LinkHeader => None,
        };
        moving.into_iter().chain(&self.size)
    }
}

/// Where in a request a page's parameter is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    Query(String),
    /// Member names from the outside in.
    Body(Vec<String>),
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Slot::Query(name) => write!(f, "query.{name}"),
            Slot::Body(names) => write!(f, "body.{}", names.join(".")),
        }
    }
}

/// What replies mean (3.8), asked in the order retry, gone, blocked, failed, done. Empty lists mean the defaults.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub retry: Option<Matcher>,
    pub gone: Option<Matcher>,
    pub blocked: Option<Matcher>,
    pub failed: Option<Matcher>,
    pub done: Option<Matcher>,
    /// The reply to a JSON-RPC call, which is a failure wherever it has an `error`, whatever its status.
    pub rpc: bool,
}

impl Outcome {
    /// What is not said here is as it is there.
    pub fn or(self, base: &Outcome) -> Outcome {
        let word =
            |mine: Option<Matcher>, theirs: &Option<Matcher>| mine.or_else(|| theirs.clone());
        Outcome {
            retry: word(self.retry, &base.retry),
            gone: word(self.gone, &base.gone),
            blocked: word(self.blocked, &base.blocked),
            failed: word(self.failed, &base.failed),
            done: word(self.done, &base.done),
            rpc: self.rpc || base.rpc,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Matcher {
    Status(Vec<u16>),
    /// Over `status`, `headers`, `body`, `text`.
    Condition(Condition),
}
