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

/// A request (connector-language.md 3.7), everything compiled and checked.
#[derive(Clone, Debug)]
pub struct Request {
    pub name: Option<String>,
    pub verb: Verb,
    /// Path below `api.url`; each expression in it is one percent-encoded segment.
    pub path: Template,
    pub query: Vec<(String, Structure)>,
    pub headers: Vec<(String, Template)>,
    pub body: Option<Structure>,
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
