//! One HTTP request as a connector file describes it, and what its reply means.

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
}

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Body {
    Json(Structure),
    /// `application/x-www-form-urlencoded`; a list repeats the name.
    Form(Vec<(String, Structure)>),
}

impl Request {
    /// Every name that its path, query, headers and body read, with its members: `record.id`.
    pub fn reads(&self) -> Vec<&str> {
        let mut reads: Vec<&str> = self.path.reads().collect();
        reads.extend(self.query.iter().flat_map(|(_, value)| value.reads()));
        reads.extend(self.headers.iter().flat_map(|(_, value)| value.reads()));
        match &self.body {
            Some(Body::Json(body)) => reads.extend(body.reads()),
            Some(Body::Form(pairs)) => {
                reads.extend(pairs.iter().flat_map(|(_, value)| value.reads()));
            }
            None => {}
        }
        reads
    }

    /// Verb, path, query and body on one line, expressions in place of values: `DELETE /guests/{record.id}`.
    pub fn describe(&self) -> String {
        let mut line = format!("{} {}", self.verb.word(), self.path.masked());
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
            None => {}
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
    /// Query parameter that carries the page size.
    pub size: Option<String>,
    pub of: u64,
    /// False there ends the reading.
    pub more: Option<JsonPath>,
    /// Number of all records, compared at the end.
    pub total: Option<JsonPath>,
    pub max: u64,
}

#[derive(Clone, Debug, Default)]
pub enum Next {
    #[default]
    None,
    /// URL or path of the next page in the body.
    Url(JsonPath),
    /// Query parameter that counts pages.
    Number { query: String, start: u64 },
}

/// What replies mean (3.8), asked in the order retry, gone, blocked, failed, done. Empty lists mean the defaults.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub retry: Option<Matcher>,
    pub gone: Option<Matcher>,
    pub blocked: Option<Matcher>,
    pub failed: Option<Matcher>,
    pub done: Option<Matcher>,
}

#[derive(Clone, Debug)]
pub enum Matcher {
    Status(Vec<u16>),
    /// Over `status`, `headers`, `body`, `text`.
    Condition(Condition),
}
