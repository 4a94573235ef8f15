//! The connection that both clients share: puts values into a request, and notes what the server shows of itself. Private to the
//! clients, because it would send anything.

use std::sync::{Arc, Mutex};

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::super::auth::Server;
use super::super::body::Payload;
use super::super::pace;
use super::super::request::{Decode, Request, Verb};
use super::connect::http_client;
use super::door::Late;
use crate::connector::definition::{Definition, Limits};
use crate::connector::transport::{Replay, Tap, Transport};
use crate::connector::{Fault, Notes, Opening};
use crate::inventory::System;
use crate::keys::Digest;
use crate::template::{Names, Structure, Template, Unfit};

/// A request with every value in its place.
#[derive(Clone)]
pub(super) struct Built {
    pub(super) verb: Verb,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Payload>,
    pub(super) decode: Option<Decode>,
    /// What is put into the body when the request leaves.
    pub(super) late: Option<Late>,
    /// Limits of its own, the narrowest first; those of the system hold as well.
    pub(super) limits: Vec<Limits>,
}

impl Built {
    /// Every limit that it is under, the narrowest first.
    pub(super) fn under<'l>(&'l self, system: &'l Limits) -> impl Iterator<Item = &'l Limits> {
        self.limits.iter().chain([system])
    }
}

/// What requests leave by.
pub(super) enum Carrier {
    Wire(reqwest::Client),
    Replay(Arc<dyn Replay>),
}

/// The connection to one system.
pub(super) struct Line {
    pub(super) system: Arc<System>,
    pub(super) server: Server,
    pub(super) carrier: Carrier,
    pub(super) tap: Option<Arc<dyn Tap>>,
    /// Whether an approved plan stands behind it.
    pub(super) writes: bool,
    pub(super) limits: Limits,
    pub(super) headers: HeaderMap,
    notes: Mutex<Notes>,
}

impl Line {
    pub(super) fn open(opening: &Opening) -> Result<Line, Fault> {
        let system = Arc::clone(&opening.system);
        let definition = super::super::definition(&system)?;
        let server = Server::new(opening, definition)?;
        let mut limits = definition.api.limits.clone();
        limits.timeout = limits.timeout.min(system.timeouts.request);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in definition.api.protocol.headers() {
            put_header(&mut headers, name, value)?;
        }
        for (name, value) in &definition.api.headers {
            put_header(&mut headers, name, &value.header(&server.names)?)?;
        }
        let hands_out = definition
            .signing()
            .is_some_and(|signing| !signing.secrets.is_empty());
        let handed = hands_out.then(|| ("W264".to_owned(), system.name.clone()));
        let notes = Notes {
            host: server.url.host_str().map(str::to_owned),
            tls: (server.url.scheme() == "http").then(|| "none".to_owned()),
            warnings: handed.into_iter().collect(),
            ..Notes::default()
        };
        let tap = match &opening.transport {
            Transport::Record(tap) => Some(Arc::clone(tap)),
            Transport::Wire | Transport::Replay(_) => None,
        };
        let carrier = match &opening.transport {
            Transport::Wire | Transport::Record(_) => {
                Carrier::Wire(http_client(&server.url, system.timeouts.connect)?)
            }
            Transport::Replay(replay) => Carrier::Replay(Arc::clone(replay)),
        };
        Ok(Line {
            carrier,
            tap,
            writes: false,
            limits,
            headers,
            server,
            notes: Mutex::new(notes),
            system,
        })
    }

    /// The same for what an approved plan writes.
    pub(super) fn open_to_write(opening: &Opening) -> Result<Line, Fault> {
        let mut line = Line::open(opening)?;
        line.writes = true;
        Ok(line)
    }

    /// Whether recorded exchanges answer. How one is let in is no part of them.
    pub(super) fn replays(&self) -> bool {
        matches!(self.carrier, Carrier::Replay(_))
    }

    pub(super) fn definition(&self) -> Result<&Definition, Fault> {
        super::super::definition(&self.system)
    }

    /// A client for another server than the system's own.
    pub(super) fn http_for(&self, url: &Url) -> Result<reqwest::Client, Fault> {
        http_client(url, self.system.timeouts.connect)
    }

    /// The time, for statements that are signed with it.
    pub(super) fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    /// Puts the values into a request. For reading ones an empty criterion is an error, because a server may take it for none.
    pub(super) fn build(
        &self,
        request: &Request,
        names: &Names,
        reading: bool,
    ) -> Result<Built, Fault> {
        let late = Late::of(request, names, &self.definition()?.api);
        let mut built = match late.as_ref().and_then(Late::placeholders) {
            Some(auth) => {
                let names = names.clone().with("auth", auth);
                self.assemble(request, &names, reading)?
            }
            None => self.assemble(request, names, reading)?,
        };
        if let Some(call) = &request.call {
            let tree = match reading {
                true => call.tree.criterion(names)?,
                false => call.tree.render(names)?,
            };
            let json = HeaderValue::from_static("application/json");
            built.headers.entry(CONTENT_TYPE).or_insert(json);
            built.body = Some(Payload::Tree(tree));
        }
        built.late = late;
        Ok(built)
    }

    /// As [`Line::build`], with `auth` among the names where it is used.
    pub(super) fn assemble(
        &self,
        request: &Request,
        names: &Names,
        reading: bool,
    ) -> Result<Built, Fault> {
        let mut url = self.join(&request.path.path(names)?)?;
        for (name, value) in self.definition()?.api.query.iter().chain(&request.query) {
            set_query(&mut url, name, &texts(value, names)?);
        }
        let mut headers = self.headers.clone();
        put_headers(&mut headers, &request.headers, names)?;
        let stated = |name: &str| {
            let all = self.definition()?.api.headers.iter();
            let mut all = all.chain(&request.headers).map(|(known, _)| known);
            Ok::<_, Fault>(all.any(|known| known.eq_ignore_ascii_case(name)))
        };
        if let Some(decode) = request.decode
            && !stated("accept")?
        {
            headers.insert(ACCEPT, HeaderValue::from_static(decode.accept()));
        }
        let body = match &request.body {
            None => None,
            Some(body) => {
                let (payload, kind) = super::super::body::make(body, names, reading)?;
                headers
                    .entry(CONTENT_TYPE)
                    .or_insert(HeaderValue::from_static(kind));
                Some(payload)
            }
        };
        Ok(Built {
            verb: request.verb,
            url,
            headers,
            body,
            decode: request.decode,
            limits: request.limits.clone(),
            late: None,
        })
    }

    /// A GET of the base URL with what every request carries.
    pub(super) fn root(&self) -> Result<Built, Fault> {
        let mut url = self.server.url.clone();
        for (name, value) in &self.definition()?.api.query {
            set_query(&mut url, name, &texts(value, &self.server.names)?);
        }
        Ok(Built {
            verb: Verb::Get,
            url,
            headers: self.headers.clone(),
            body: None,
            decode: None,
            late: None,
            limits: Vec::new(),
        })
    }

    /// The base URL with a path behind it. What the URL parser made of it is compared with what was meant, so that no reading of
    /// dots or slashes can shorten it.
    fn join(&self, path: &str) -> Result<Url, Fault> {
        if path.is_empty() {
            return Ok(self.server.url.clone());
        }
        let base = self.server.url.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}")).map_err(|_| Fault::unfit("path"))?;
        let meant = format!("{}{path}", self.server.url.path().trim_end_matches('/'));
        let plain = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        let same = plain(url.path()) == plain(&meant)
            && url.path().matches('/').count() == meant.matches('/').count();
        if same && self.server.owns(&url) && url.query().is_none() && url.fragment().is_none() {
            Ok(url)
        } else {
            Err(Fault::unfit("path"))
        }
    }

    pub(super) fn note(&self, response: &reqwest::Response, sent: jiff::Timestamp) {
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|v: &HeaderValue| v.to_str().ok())
        };
        let theirs = header(DATE).and_then(pace::http_date);
        let certificate = response
            .extensions()
            .get::<reqwest::tls::TlsInfo>()
            .and_then(|info| info.peer_certificate().map(Digest::sha256));
        let Ok(mut notes) = self.notes.lock() else {
            return;
        };
        if let Some(theirs) = theirs {
            // A date has whole seconds; the reply took its time as well, so the middle of both is compared.
            let ours = (sent.as_second() + self.now().as_second()) / 2;
            notes.clock_offset_s = Some(theirs.as_second() - ours);
        }
        // Somebody else's words, so only what a product name needs.
        let product = |c: char| c.is_ascii_alphanumeric() || " ./-_()".contains(c);
        notes.server = header(reqwest::header::SERVER)
            .filter(|name| name.len() <= 60 && name.chars().all(product))
            .map(str::to_owned);
        if certificate.is_some() {
            notes.certificate = certificate;
            notes.tls = Some("TLS 1.2 or later".to_owned());
        }
    }

    /// Notes something that weakens a promise, with what it is about.
    pub(super) fn warn(&self, code: &str, about: &str) {
        let warning = (code.to_owned(), about.to_owned());
        if let Ok(mut notes) = self.notes.lock()
            && !notes.warnings.contains(&warning)
        {
            notes.warnings.push(warning);
        }
    }

    pub(super) fn notes(&self) -> Notes {
        self.notes
            .lock()
            .map(|notes| notes.clone())
            .unwrap_or_default()
    }
}

/// Puts the headers of a request.
pub(super) fn put_headers(
    headers: &mut HeaderMap,
    stated: &[(String, Template)],
    names: &Names,
) -> Result<(), Fault> {
    for (name, value) in stated {
        put_header(headers, name, &value.header(names)?)?;
    }
    Ok(())
}

fn put_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Fault> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::unfit(name))?;
    let value = HeaderValue::from_str(value).map_err(|_| Fault::unfit(name.as_str()))?;
    headers.insert(name, value);
    Ok(())
}

/// Sets a parameter, replacing what was there under its name.
pub(super) fn set_query(url: &mut Url, name: &str, values: &[String]) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(known, _)| known != name)
        .map(|(known, value)| (known.into_owned(), value.into_owned()))
        .collect();
    let mut pairs = url.query_pairs_mut();
    pairs.clear().extend_pairs(others);
    for value in values {
        pairs.append_pair(name, value);
    }
}

/// The values of one parameter.
pub(super) fn texts(value: &Structure, names: &Names) -> Result<Vec<String>, Unfit> {
    let tree = value.criterion(names)?;
    let refused = || Unfit::Refused(value.masked().to_string());
    let text = |leaf: &Value| match leaf {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        _ => Err(refused()),
    };
    match &tree {
        Value::Array(items) => items.iter().map(text).collect(),
        leaf => Ok(vec![text(leaf)?]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_value_in_a_query_is_one_parameter(value in prop_oneof!["\\PC{0,20}", any::<String>(), "[&=#?/%+; \r\n\"'é]{0,12}"]) {
            let mut url = Url::parse("https://api.example.org/v1/guests?filter%5Ba%5D=x&page=1").unwrap();
            set_query(&mut url, "mail", &[value.clone(), "b".to_owned()]);
            set_query(&mut url, "page", std::slice::from_ref(&value));
            let url = Url::parse(url.as_str()).unwrap();
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            prop_assert_eq!(pairs, [pair("filter[a]", "x"), pair("mail", &value), pair("mail", "b"), pair("page", &value)]);
            prop_assert_eq!((url.host_str(), url.path(), url.fragment()), (Some("api.example.org"), "/v1/guests", None));
        }
    }
}
