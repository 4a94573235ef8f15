//! Requests that a plugin wants sent. This side sends them: while reading only what reads, only to the origins that the settings
//! name, and with the secrets that the program never sees.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use url::Url;

use super::program::LONGEST;
use super::session::Phase;
use crate::connector::rest::request::Verb;
use crate::connector::rest::{http_client, is_loopback, pace};
use crate::connector::transport::{Asked, Replay, Silence, Transport};
use crate::connector::{Fault, Notes, Opening, Settings};
use crate::inventory::System;
use crate::messages::process as say;

/// Repetitions of a request that certainly did nothing.
const RETRIES: u32 = 4;

/// Headers that are this side's affair.
const OURS: [&str; 6] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "proxy-authorization",
    "te",
];

pub(super) struct Http {
    system: Arc<System>,
    settings: Settings,
    phase: Phase,
    /// The addresses of the settings.
    urls: Vec<Url>,
    transport: Transport,
    clients: Mutex<BTreeMap<String, reqwest::Client>>,
    host: Option<String>,
    plain: bool,
}

impl Http {
    pub(super) fn new(opening: &Opening, phase: Phase) -> Result<Http, Fault> {
        let urls: Vec<Url> = opening
            .settings
            .plain
            .values()
            .filter_map(|value| web(value))
            .collect();
        let insecure = |url: &&Url| {
            url.scheme() == "http" && !is_loopback(url) && !opening.system.insecure_http
        };
        if urls.iter().any(|url| insecure(&url)) {
            return Err(Fault::plain_http());
        }
        Ok(Http {
            host: urls.first().and_then(Url::host_str).map(str::to_owned),
            plain: urls.iter().any(|url| url.scheme() == "http"),
            urls,
            transport: opening.transport.clone(),
            system: Arc::clone(&opening.system),
            settings: opening.settings.clone(),
            phase,
            clients: Mutex::default(),
        })
    }

    pub(super) fn notes(&self) -> Notes {
        Notes {
            host: self.host.clone(),
            tls: self.plain.then(|| "none".to_owned()),
            ..Notes::default()
        }
    }

    /// Sends what a plugin asked for and returns what it is told of the reply.
    ///
    /// # Errors
    /// E584 if it may not be sent, else those of the network.
    pub(super) async fn send(&self, asked: &Map<String, Value>) -> Result<Value, Fault> {
        let refused = |why| Fault::plugin_request(why);
        let text = |name: &str| asked.get(name).and_then(Value::as_str);
        let known = [
            "n",
            "method",
            "url",
            "read_only",
            "headers",
            "text",
            "json",
            "basic",
        ];
        if asked.keys().any(|name| !known.contains(&name.as_str())) {
            return Err(refused(say::unknown_member()));
        }
        let method = match text("method") {
            Some("GET") => Method::GET,
            Some("HEAD") => Method::HEAD,
            Some("POST") => Method::POST,
            Some("PUT") => Method::PUT,
            Some("PATCH") => Method::PATCH,
            Some("DELETE") => Method::DELETE,
            _ => return Err(refused(say::no_method())),
        };
        let promised = method == Method::POST && asked.get("read_only") == Some(&Value::Bool(true));
        let reads = method == Method::GET || method == Method::HEAD || promised;
        if self.phase == Phase::Read && !reads {
            return Err(refused(say::writes_while_reading()));
        }
        let url = text("url")
            .and_then(web)
            .ok_or_else(|| refused(say::no_url()))?;
        let base = self.base(&url).ok_or_else(Fault::other_origin)?;
        let ready = Ready {
            base,
            headers: self.headers(asked)?,
            body: self.body(asked)?,
            method,
            url: &url,
            reads,
        };
        let mut repetition = 0;
        loop {
            let last = repetition >= RETRIES;
            let sent = match &self.transport {
                Transport::Replay(replay) => Ok(self.replayed(&**replay, &ready)?),
                Transport::Wire | Transport::Record(_) => self.wired(&ready).await?,
            };
            let pause = match sent {
                Ok(Ok(reply)) => match throttled(&reply, reads) {
                    Some(pause) if !last && pause <= pace::LONGEST_PAUSE => pause,
                    _ => return reply.told(asked.get("n")),
                },
                Ok(Err(fault)) if !reads || last || !fault.passing => return Err(fault),
                Ok(Err(_)) => Duration::from_millis(200 << repetition),
                Err(_) if !reads || last => {
                    return Err(Fault::timeout(self.system.timeouts.request.as_secs()));
                }
                Err(_) => Duration::ZERO,
            };
            tokio::time::sleep(pause).await;
            repetition += 1;
        }
    }

    /// The address of the settings below which a URL lies, the nearest first; `None` if none is of its origin.
    fn base(&self, url: &Url) -> Option<&Url> {
        let own = self.urls.iter();
        let own = own.filter(|base| base.origin() == url.origin());
        let below = |base: &&Url| {
            let path = base.path().trim_end_matches('/');
            let rest = url.path().strip_prefix(path);
            let is_below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            is_below.then_some(path.len())
        };
        own.max_by_key(below)
    }

    /// Sends it; outside, what keeps it from being sent at all, and inside, what came of it.
    async fn wired(
        &self,
        ready: &Ready<'_>,
    ) -> Result<Result<Result<Came, Fault>, tokio::time::error::Elapsed>, Fault> {
        let mut request = self
            .client(ready.url)?
            .request(ready.method.clone(), ready.url.clone())
            .headers(ready.headers.clone());
        if let Some(body) = &ready.body {
            request = request.body(body.clone());
        }
        Ok(tokio::time::timeout(self.system.timeouts.request, exchange(request)).await)
    }

    /// The recorded reply; outside, that nobody recorded one.
    fn replayed(
        &self,
        replay: &dyn Replay,
        ready: &Ready<'_>,
    ) -> Result<Result<Came, Fault>, Fault> {
        let verb = match ready.method {
            Method::HEAD => Verb::Head,
            Method::POST => Verb::Post,
            Method::PUT => Verb::Put,
            Method::PATCH => Verb::Patch,
            Method::DELETE => Verb::Delete,
            _ => Verb::Get,
        };
        let asked = Asked {
            verb,
            url: ready.url,
            base: ready.base,
            headers: &ready.headers,
            body: ready.body.as_deref(),
            writes: self.phase == Phase::Write,
            promised: ready.reads,
            once: !ready.reads,
        };
        match replay.answer(&asked) {
            Ok(answer) => Ok(Ok(Came {
                status: answer.status,
                headers: answer.headers,
                body: answer.body,
            })),
            Err(Silence::Lost) => Ok(Err(Fault::connection())),
            Err(Silence::Unrecorded) => Err(Fault::connection()),
        }
    }

    fn client(&self, url: &Url) -> Result<reqwest::Client, Fault> {
        let name = url.origin().ascii_serialization();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&name) {
            return Ok(client.clone());
        }
        let client = http_client(url, self.system.timeouts.connect)?;
        clients.insert(name, client.clone());
        Ok(client)
    }

    fn headers(&self, asked: &Map<String, Value>) -> Result<HeaderMap, Fault> {
        let refused = || Fault::plugin_request(say::bad_header());
        let mut headers = HeaderMap::new();
        for (name, value) in asked
            .get("headers")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let value = self.filled(value.as_str().ok_or_else(refused)?)?;
            let name = HeaderName::try_from(name.as_str()).map_err(|_| refused())?;
            let mut value = HeaderValue::from_str(&value).map_err(|_| refused())?;
            if OURS.contains(&name.as_str()) {
                return Err(refused());
            }
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        if let Some(basic) = asked.get("basic").and_then(Value::as_object) {
            let user = basic
                .get("user")
                .and_then(Value::as_str)
                .ok_or_else(refused)?;
            let secret = basic
                .get("secret")
                .and_then(Value::as_str)
                .ok_or_else(refused)?;
            let secret = self.secret(secret)?;
            let pair = STANDARD.encode(format!("{user}:{secret}"));
            let mut value =
                HeaderValue::from_str(&format!("Basic {pair}")).map_err(|_| refused())?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        Ok(headers)
    }

    fn body(&self, asked: &Map<String, Value>) -> Result<Option<Vec<u8>>, Fault> {
        match (asked.get("text"), asked.get("json")) {
            (None, None) => Ok(None),
            (Some(Value::String(text)), None) => Ok(Some(self.filled(text)?.into_bytes())),
            (None, Some(tree)) => {
                let mut tree = tree.clone();
                self.fill(&mut tree)?;
                Ok(Some(tree.to_string().into_bytes()))
            }
            _ => Err(Fault::plugin_request(say::two_bodies())),
        }
    }

    fn fill(&self, tree: &mut Value) -> Result<(), Fault> {
        match tree {
            Value::String(text) => *text = self.filled(text)?,
            Value::Array(items) => {
                for item in items {
                    self.fill(item)?;
                }
            }
            Value::Object(members) => {
                for member in members.values_mut() {
                    self.fill(member)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A text with the secrets in the places that name them: `{{secret:password}}`, `{{secret:password|xml}}`.
    fn filled(&self, text: &str) -> Result<String, Fault> {
        const OPENS: &str = "{{secret:";
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(OPENS) {
            out.push_str(&rest[..at]);
            let (inner, behind) = rest[at + OPENS.len()..]
                .split_once("}}")
                .ok_or_else(|| Fault::plugin_request(say::unclosed_secret()))?;
            let secret = match inner.split_once('|') {
                None => self.secret(inner)?,
                Some((name, "xml")) => xml(&self.secret(name)?),
                Some(_) => return Err(Fault::plugin_request(say::unclosed_secret())),
            };
            out.push_str(&secret);
            rest = behind;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn secret(&self, name: &str) -> Result<String, Fault> {
        let secret = self.settings.secret.get(name);
        let secret = secret.ok_or_else(|| Fault::plugin_request(say::no_such_secret()))?;
        Ok(secret.expose_secret().to_owned())
    }
}

/// An address over HTTP without a user in it.
fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let fits = ["http", "https"].contains(&url.scheme())
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none();
    fits.then_some(url)
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

/// A request that may be sent.
struct Ready<'a> {
    /// The address of the settings that it lies below.
    base: &'a Url,
    url: &'a Url,
    method: Method,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    /// It changes nothing.
    reads: bool,
}

struct Came {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Came {
    fn told(self, n: Option<&Value>) -> Result<Value, Fault> {
        let mut headers = Map::new();
        for (name, value) in &self.headers {
            if name != reqwest::header::SET_COOKIE {
                headers.insert(
                    name.to_string(),
                    json!(String::from_utf8_lossy(value.as_bytes())),
                );
            }
        }
        let mut reply = json!({ "n": n, "status": self.status, "headers": headers });
        match String::from_utf8(self.body) {
            Ok(text) => reply["text"] = json!(text),
            Err(other) => reply["base64"] = json!(STANDARD.encode(other.as_bytes())),
        }
        Ok(reply)
    }
}

/// How long to wait if the reply says that nothing was done because too much was asked.
fn throttled(reply: &Came, reads: bool) -> Option<Duration> {
    let asked = reply
        .headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let pause = asked
        .and_then(|text| text.trim().parse().ok())
        .map(Duration::from_secs);
    match reply.status {
        429 => Some(pause.unwrap_or(Duration::from_secs(1))),
        503 if pause.is_some() => pause,
        502..=504 if reads => Some(pause.unwrap_or(Duration::from_secs(1))),
        _ => None,
    }
}

async fn exchange(request: reqwest::RequestBuilder) -> Result<Came, Fault> {
    let mut response = request
        .send()
        .await
        .map_err(|failure| match failure.is_connect() {
            true => Fault::refused(),
            false => Fault::connection(),
        })?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Fault::connection())? {
        if body.len() + chunk.len() > LONGEST / 2 {
            return Err(Fault::too_large("8 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Came {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_secret_stays_a_text() {
        assert_eq!(xml("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
    }

    #[test]
    fn an_address_carries_no_user() {
        assert!(web("https://erp.example.org/soap").is_some());
        for wrong in [
            "https://a@erp.example.org",
            "file:///etc/passwd",
            "erp.example.org",
            "https://:b@x.example",
        ] {
            assert!(web(wrong).is_none(), "{wrong}");
        }
    }
}
