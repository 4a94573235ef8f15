//! `api`: where the server is, how one is let in, and what holds for every request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::SettingKind;
use super::auth::{self, Auth};
use super::body;
use super::page::page;
use super::protocol::{self, Etag, Protocol};
use super::reply::outcome;
use super::request::{Defaults, headers, query};
use crate::connector::grammar::json_path;
use crate::connector::rest::access::Access;
use crate::connector::rest::pace::Pace;
use crate::connector::rest::request::JsonPath;
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::template::{Scope, Structure, Template, Within};
use crate::yaml::{Fields, Node, Value, Wanted, error, wrong_kind};

/// The server behind a connector.
#[derive(Clone, Debug)]
pub struct Api {
    pub protocol: Protocol,
    /// Every path is joined to it, and nothing leads away from its origin.
    pub url: Template,
    pub auth: Auth,
    pub headers: Vec<(String, Template)>,
    pub query: Vec<(String, Structure)>,
    pub limits: Limits,
    /// Where versions of records are told, if writes name the version they were planned with.
    pub etag: Option<Etag>,
    /// Whether writes carry a token that is fetched first.
    pub csrf: bool,
    /// Put around the value of each `call`.
    pub envelope: Option<Structure>,
    /// Tokens, sessions and cookies, shared by all readers and writers of one system.
    pub(crate) access: Access,
    /// What was sent lately, so that readers and the writer of one system keep its limits together.
    pub(crate) pace: Pace,
}

/// How hard a system may be asked.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Repetitions of one request at most.
    pub retries: u32,
    /// Longest wait for one reply; the system's own limit counts as well.
    pub timeout: Duration,
    /// Requests at the same time.
    pub parallel: usize,
    /// So many requests in such a time.
    pub rate: Option<(usize, Duration)>,
    /// First wait before a repetition, doubled each time.
    pub first_wait: Duration,
    /// Whose requests are counted together: 0 for all of the connector.
    pub counter: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            retries: 5,
            timeout: Duration::from_secs(30),
            parallel: 4,
            rate: None,
            first_wait: Duration::from_secs(1),
            counter: 0,
        }
    }
}

impl Api {
    pub(super) fn reads(&self) -> Vec<&str> {
        let mut reads: Vec<&str> = self.url.reads().collect();
        reads.extend(self.auth.reads());
        reads.extend(self.headers.iter().flat_map(|(_, t)| t.reads()));
        reads.extend(self.query.iter().flat_map(|(_, s)| s.reads()));
        reads.extend(self.envelope.iter().flat_map(Structure::reads));
        reads
    }
}

pub(super) fn read(
    node: &Node,
    kinds: &BTreeMap<String, SettingKind>,
    settings: &BTreeMap<String, bool>,
    errors: &mut Vec<Diagnostic>,
) -> Option<(Api, Defaults)> {
    let scope = |within| Scope {
        within,
        settings,
        names: &[],
    };
    let mut fields = Fields::of(node, errors)?;
    let mut protocol = Protocol::Rest;
    if let Some(node) = fields.optional("protocol") {
        let Some(known) = Protocol::of(node.text().unwrap_or_default()) else {
            // Another protocol brings other defaults: nothing else can be judged.
            let wrong = error("E121", say::protocols()).help(say::protocols_help());
            fields.error(wrong.at(node.place.clone()));
            return None;
        };
        protocol = known;
    }
    let etag = protocol::etag(&mut fields, protocol);
    let csrf = protocol::csrf(&mut fields, protocol);
    let url = fields.required("url");
    let url = url.and_then(|node| base(node, kinds, &scope(Within::Url), fields.errors()));
    let auth = match fields.optional("auth") {
        Some(node) => {
            let around = auth::Around {
                kinds,
                settings,
                protocol,
            };
            auth::read(node, &around, fields.errors())
        }
        None => Some(Auth::None),
    };
    let brings = auth.as_ref().map(Auth::brings).unwrap_or_default();
    let envelope = protocol::envelope(&mut fields, protocol, settings, &brings);
    let headers = headers(&mut fields, &scope(Within::Header));
    let query = query(&mut fields, &scope(Within::Query));
    let records_node = fields.optional("records");
    let stated: Option<JsonPath> = records_node.and_then(|n| json_path(n, fields.errors()));
    let records_broken = records_node.is_some() && stated.is_none();
    let records = stated.or_else(|| protocol.records());
    let page = match fields.optional("page") {
        Some(node) => page(node, fields.errors()),
        None => Some(protocol.page()),
    };
    let decode = body::decode(&mut fields, None);
    let outcome = match fields.optional("outcome") {
        Some(node) => outcome(node, fields.errors()),
        None => Some(Default::default()),
    };
    let limits = match fields.optional("limits") {
        Some(node) => limits(node, fields.errors()),
        None => Some(Limits::default()),
    };
    fields.finish();
    let envelope = envelope?;
    let defaults = Defaults {
        records_broken,
        records,
        decode: decode?,
        limits: Vec::new(),
        page: page?,
        outcome: outcome?,
        protocol,
        enveloped: envelope.is_some(),
        auth: brings,
    };
    let api = Api {
        protocol,
        url: url?,
        auth: auth?,
        headers: headers?,
        query: query?,
        limits: limits?,
        etag: etag?,
        csrf,
        envelope,
        access: Access::default(),
        pace: Pace::default(),
    };
    Some((api, defaults))
}

/// The base URL: literal https, or a setting of type url first; either way `trust` and the inventory show where it leads.
pub(super) fn base(
    node: &Node,
    kinds: &BTreeMap<String, SettingKind>,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Template> {
    let url = Template::compile(node, scope, errors)?;
    let start = url.literal_start();
    let from_setting = start.is_empty()
        && url.masked().strip_prefix("{settings.").is_some_and(|rest| {
            let name = rest.split('}').next().unwrap_or_default();
            kinds.get(name) == Some(&SettingKind::Url)
        });
    let behind = start.strip_prefix("https://");
    let literal = behind.is_some()
        || ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|loopback| {
                start
                    .strip_prefix(loopback)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
            });
    let clean = !url.masked().contains(['?', '#', '@', '\\']);
    if (literal || from_setting) && clean {
        return Some(url);
    }
    errors.push(
        error("E345", say::base_url())
            .at(node.place.clone())
            .why(say::base_url_why())
            .help(say::base_url_help()),
    );
    None
}

pub(super) fn limits(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Limits> {
    limits_from(Limits::default(), node, errors)
}

/// Limits of one object or request. What they do not say limits nothing: the connector's own hold as well.
pub(super) fn own_limits(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Limits> {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    let none = Limits {
        retries: u32::MAX,
        timeout: Duration::MAX,
        parallel: 64,
        counter: COUNTER.fetch_add(1, Ordering::Relaxed),
        ..Limits::default()
    };
    limits_from(none, node, errors)
}

fn limits_from(mut limits: Limits, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Limits> {
    let mut fields = Fields::of(node, errors)?;
    if let Some(retries) = fields.count("retries") {
        limits.retries = u32::try_from(retries).unwrap_or(u32::MAX).min(20);
    }
    if let Some(parallel) = fields.count("parallel") {
        limits.parallel = usize::try_from(parallel).unwrap_or(1).clamp(1, 64);
    }
    if let Some(node) = fields.optional("timeout") {
        limits.timeout = duration(node, fields.errors())?;
    }
    if let Some(node) = fields.optional("rate") {
        let rate = node.scalar().and_then(|text| {
            let (count, period) = text.split_once('/')?;
            let count = count
                .trim()
                .parse::<usize>()
                .ok()
                .filter(|count| *count > 0)?;
            let period = period.trim();
            let period = if period.starts_with(|c: char| c.is_ascii_digit()) {
                period.to_owned()
            } else {
                format!("1{period}")
            };
            Some((count, parse_duration(&period)?))
        });
        match rate {
            Some(rate) => limits.rate = Some(rate),
            None => fields.error(
                error("E121", say::rate())
                    .help(say::rate_help())
                    .at(node.place.clone()),
            ),
        }
    }
    fields.finish();
    Some(limits)
}

/// `500ms`, `30s`, `15m`, `1h`, `1d`.
pub(crate) fn duration(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Duration> {
    let text = match &node.value {
        Value::Text(text) | Value::Number(text) => text,
        _ => {
            errors.push(wrong_kind(node, Wanted::Text));
            return None;
        }
    };
    let duration = parse_duration(text);
    if duration.is_none() {
        errors.push(
            error("E121", say::duration())
                .help(say::duration_help())
                .at(node.place.clone()),
        );
    }
    duration
}

fn parse_duration(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().ok()?;
    let millis = match unit.trim() {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}
