//! `protocol`: bundles of defaults (3.4), and the words that come with them: `etag`, `csrf`, `envelope`, `call`.

use serde_json_path::JsonPath as Compiled;

use super::page::PAGES;
use super::request::{Context, Defaults};
use crate::connector::grammar;
use crate::connector::rest::request::{Call, JsonPath, Next, Outcome, Page};
use crate::diagnostic::Diagnostic;
use crate::messages::access as say;
use crate::template::{Members, Scope, Structure, Within};
use crate::yaml::{Fields, Node, Value, error};

/// What a server speaks over HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    #[default]
    Rest,
    OData2,
    OData4,
    JsonRpc2,
}

/// Where the version of a record is told: the reply's `ETag` header, and before it a place in the record.
#[derive(Clone, Debug, Default)]
pub struct Etag {
    pub at: Option<JsonPath>,
}

impl Etag {
    /// The version that a record itself tells.
    pub(crate) fn of(&self, record: &serde_json::Value) -> Option<String> {
        let found = self.at.as_ref()?.path.query(record).exactly_one().ok()?;
        found.as_str().map(str::to_owned)
    }
}

impl Protocol {
    pub(super) fn of(word: &str) -> Option<Protocol> {
        Some(match word {
            "rest" => Protocol::Rest,
            "odata2" => Protocol::OData2,
            "odata4" => Protocol::OData4,
            "jsonrpc2" => Protocol::JsonRpc2,
            _ => return None,
        })
    }

    pub fn word(self) -> &'static str {
        match self {
            Protocol::Rest => "rest",
            Protocol::OData2 => "odata2",
            Protocol::OData4 => "odata4",
            Protocol::JsonRpc2 => "jsonrpc2",
        }
    }

    /// Where the records lie.
    pub(super) fn records(self) -> Option<JsonPath> {
        Some(fixed(match self {
            Protocol::Rest => return None,
            Protocol::OData2 => "$.d.results[*]",
            Protocol::OData4 => "$.value[*]",
            Protocol::JsonRpc2 => "$.result[*]",
        }))
    }

    pub(super) fn page(self) -> Page {
        let next = match self {
            Protocol::Rest | Protocol::JsonRpc2 => return Page::default(),
            Protocol::OData2 => "$.d.__next",
            Protocol::OData4 => "$['@odata.nextLink']",
        };
        Page {
            next: Next::Url(fixed(next)),
            of: 100,
            max: PAGES,
            ..Page::default()
        }
    }

    /// Headers of each request, unless the file sets them otherwise.
    pub fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Protocol::OData4 => &[("OData-Version", "4.0"), ("OData-MaxVersion", "4.0")],
            _ => &[],
        }
    }

    fn etag(self) -> Option<Etag> {
        let at = match self {
            Protocol::Rest | Protocol::JsonRpc2 => return None,
            Protocol::OData2 => "$.__metadata.etag",
            Protocol::OData4 => "$['@odata.etag']",
        };
        Some(Etag {
            at: Some(fixed(at)),
        })
    }
}

fn fixed(text: &str) -> JsonPath {
    JsonPath {
        path: Compiled::parse(text).expect("a fixed path"),
        text: text.to_owned(),
    }
}

impl Defaults {
    /// What a protocol says for all requests.
    pub(super) fn of(protocol: Protocol) -> Defaults {
        Defaults {
            records: protocol.records(),
            records_broken: false,
            decode: None,
            limits: Vec::new(),
            page: protocol.page(),
            outcome: Outcome::default(),
            protocol,
            enveloped: false,
            auth: Vec::new(),
        }
    }
}

/// `etag`: `false`, `true` and `header` for the header, or where it lies in a record.
pub(super) fn etag(fields: &mut Fields<'_, '_>, protocol: Protocol) -> Option<Option<Etag>> {
    let Some(node) = fields.optional("etag") else {
        return Some(protocol.etag());
    };
    match (&node.value, node.text()) {
        (Value::Bool(false), _) => Some(None),
        (Value::Bool(true), _) => Some(Some(protocol.etag().unwrap_or_default())),
        (_, Some("header")) => Some(Some(Etag::default())),
        _ => {
            let at = grammar::json_path(node, fields.errors())?;
            Some(Some(Etag { at: Some(at) }))
        }
    }
}

/// `csrf`: whether writes carry a token that is fetched first.
pub(super) fn csrf(fields: &mut Fields<'_, '_>, protocol: Protocol) -> bool {
    let stated = fields.boolean("csrf");
    stated.unwrap_or(protocol == Protocol::OData2)
}

/// `envelope`: what is put around the value of each `call`. Besides `api.auth` the only place of secrets.
pub(super) fn envelope(
    fields: &mut Fields<'_, '_>,
    protocol: Protocol,
    settings: &std::collections::BTreeMap<String, bool>,
    brings: &[String],
) -> Option<Option<Structure>> {
    let Some(node) = fields.optional("envelope") else {
        return Some(None);
    };
    if protocol != Protocol::JsonRpc2 {
        fields.error(
            error("E376", say::call_elsewhere("envelope"))
                .at(node.place.clone())
                .help(say::call_elsewhere_help()),
        );
        return None;
    }
    let names = [
        ("call".into(), Members::Record(&[][..])),
        ("auth".into(), Members::Auth(brings)),
    ];
    let scope = Scope {
        within: Within::Envelope,
        settings,
        names: &names,
    };
    let envelope = Structure::compile(node, &scope, fields.errors())?;
    let wraps = envelope
        .reads()
        .iter()
        .any(|read| read.split('.').next() == Some("call"));
    if !wraps {
        fields.error(
            error("E377", say::empty_envelope())
                .at(node.place.clone())
                .help(say::empty_envelope_help()),
        );
        return None;
    }
    Some(Some(envelope))
}

/// `call`: what is asked of a JSON-RPC server.
pub(super) fn call(
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Call> {
    if context.defaults.protocol != Protocol::JsonRpc2 {
        errors.push(
            error("E376", say::call_elsewhere("call"))
                .at(node.place.clone())
                .help(say::call_elsewhere_help()),
        );
        return None;
    }
    grammar::mapping(node, errors)?;
    Some(Call {
        tree: Structure::compile(node, &context.scope(Within::Body), errors)?,
        enveloped: context.defaults.enveloped,
    })
}
