//! A program that signs the requests of a connector (`api.auth: { plugin: … }`): it is told of each request as it is about to leave,
//! and answers with headers and parameters to put on it.
//!
//! It is handed the secrets that the connector lists, because nobody can sign without a key, and may give the headers and parameters
//! that the connector lists: what decides about method, place, path and body of a request is not its affair. It sends nothing through
//! this side. What it gives is as secret as what it was handed.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::hello::PROTOCOL;
use super::message::{self, Refused, Said};
use super::program::{Program, Running};
use crate::connector::definition::Signing;
use crate::connector::{Fault, Settings};
use crate::keys::Digest;
use crate::messages::process as say;
use crate::secret;

/// Who signs for one client of one system.
pub(in crate::connector) struct Signer {
    program: Program,
    /// Settings and secrets, as they are handed over.
    settings: Map<String, Value>,
    secrets: Map<String, Value>,
    headers: Vec<HeaderName>,
    query: Vec<String>,
    whole: bool,
    running: Mutex<Option<Speaking>>,
}

/// A request that is about to leave.
pub(in crate::connector) struct Unsigned<'a> {
    pub(in crate::connector) method: &'static str,
    pub(in crate::connector) url: &'a Url,
    pub(in crate::connector) headers: &'a HeaderMap,
    pub(in crate::connector) body: &'a [u8],
    /// Whether an approved plan stands behind it.
    pub(in crate::connector) writes: bool,
    pub(in crate::connector) at: jiff::Timestamp,
}

/// What is put on a request.
#[derive(Debug)]
pub(in crate::connector) struct Signature {
    pub(in crate::connector) headers: HeaderMap,
    pub(in crate::connector) query: Vec<(String, String)>,
}

struct Speaking {
    running: Running,
    last: u64,
}

impl Signer {
    /// # Errors
    /// A secret or setting that it is to be handed is missing.
    pub(in crate::connector) fn new(
        signing: &Signing,
        settings: &Settings,
    ) -> Result<Signer, Fault> {
        let mut plain = Map::new();
        for name in &signing.settings {
            let value = settings.plain.get(name);
            let value = value.ok_or_else(|| Fault::unfit("auth.plugin"))?;
            plain.insert(name.clone(), json!(value));
        }
        let mut secrets = Map::new();
        for name in &signing.secrets {
            let value = settings.secret.get(name);
            let value = value.ok_or_else(|| Fault::unfit("auth.plugin"))?;
            secrets.insert(name.clone(), json!(value.expose_secret()));
        }
        let headers = signing.headers.iter();
        let headers = headers.map(|name| HeaderName::try_from(name.as_str()));
        Ok(Signer {
            program: Program {
                folder: signing.folder.clone(),
                run: signing.run.clone(),
                files: signing.files.clone(),
                log: signing.log.clone(),
                simulated: false,
            },
            settings: plain,
            secrets,
            headers: headers
                .collect::<Result<_, _>>()
                .map_err(|_| Fault::unfit("auth.plugin"))?,
            query: signing.query.clone(),
            whole: signing.body,
            running: Mutex::default(),
        })
    }

    /// What to put on this request. The program starts with the first one.
    ///
    /// # Errors
    /// E581 to E595 of plugins. Nothing was sent then. A program that went wrong is ended; the next request starts it anew.
    pub(in crate::connector) async fn sign(
        &self,
        asked: &Unsigned<'_>,
        limit: Duration,
    ) -> Result<Signature, Fault> {
        let mut kept = self.running.lock().await;
        let mut headers = Map::new();
        for (name, value) in asked.headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            headers.insert(name.to_string(), json!(text));
        }
        let mut request = json!({
            "method": asked.method,
            "url": asked.url.as_str(),
            "headers": headers,
            "sha256": Digest::sha256(asked.body).hex(),
            "at": asked.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        });
        if self.whole {
            use base64::Engine as _;
            let body = base64::engine::general_purpose::STANDARD.encode(asked.body);
            request["body"] = json!(body);
        }
        let phase = if asked.writes { "write" } else { "read" };
        let question = json!({ "do": "sign", "phase": phase, "request": request });
        let seconds = limit.as_secs().max(1);
        let answer = async {
            // Taken out, so that one that is still speaking when this is given up is not asked again.
            let mut speaking = match kept.take() {
                Some(speaking) => speaking,
                None => self.started().await?,
            };
            let done = speaking.ask(question).await?;
            let signature = self.read(done, asked)?;
            *kept = Some(speaking);
            Ok(signature)
        };
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::plugin_broke(say::silent(seconds))),
        }
    }

    async fn started(&self) -> Result<Speaking, Fault> {
        let mut speaking = Speaking {
            running: self.program.start()?,
            last: 0,
        };
        let hello = json!({
            "do": "hello",
            "dsr": env!("CARGO_PKG_VERSION"),
            "protocol": PROTOCOL,
            "signs": true,
            "settings": self.settings,
            "secrets": self.secrets.keys().collect::<Vec<_>>(),
            "secret_values": self.secrets,
        });
        let done = speaking.ask(hello).await?;
        if done.get("protocol").and_then(Value::as_u64) != Some(PROTOCOL) {
            return Err(Fault::plugin_protocol(PROTOCOL));
        }
        match done.get("signs") {
            Some(Value::Bool(true)) => Ok(speaking),
            _ => Err(Fault::plugin_broke(say::no_signer())),
        }
    }

    /// What the program gave, if it gave nothing but what it may.
    fn read(&self, done: Map<String, Value>, asked: &Unsigned<'_>) -> Result<Signature, Fault> {
        let broke = |why| Err(Fault::plugin_broke(why));
        let mut signature = Signature {
            headers: HeaderMap::new(),
            query: Vec::new(),
        };
        for (word, given) in done {
            let Value::Object(given) = given else {
                return broke(say::signs_otherwise());
            };
            for (name, value) in given {
                let Value::String(value) = value else {
                    return broke(say::signs_otherwise());
                };
                match word.as_str() {
                    "headers" => {
                        let known = self.headers.iter().find(|known| **known == name.as_str());
                        let known = known.or_else(|| {
                            let name = name.to_ascii_lowercase();
                            self.headers.iter().find(|known| **known == name.as_str())
                        });
                        let Some(known) = known else {
                            return broke(say::signs_beyond());
                        };
                        // What stands on the request already is what the connector says.
                        if asked.headers.contains_key(known) {
                            return broke(say::signs_over(known.as_str()));
                        }
                        let Ok(mut sent) = HeaderValue::from_str(&value) else {
                            return broke(say::bad_header());
                        };
                        sent.set_sensitive(true);
                        if signature.headers.insert(known, sent).is_some() {
                            return broke(say::signs_over(known.as_str()));
                        }
                    }
                    "query" => {
                        if !self.query.contains(&name) {
                            return broke(say::signs_beyond());
                        }
                        if asked.url.query_pairs().any(|(known, _)| known == name) {
                            return broke(say::signs_over(&name));
                        }
                        signature.query.push((name, value.clone()));
                    }
                    // A method, a URL, a body: none of its business.
                    _ => return broke(say::signs_beyond()),
                }
                secret::remember_for_now(&value);
            }
        }
        match signature.headers.is_empty() && signature.query.is_empty() {
            true => broke(say::signs_nothing()),
            false => Ok(signature),
        }
    }
}

impl Speaking {
    /// Asks one thing and returns what `done` says.
    async fn ask(&mut self, mut question: Value) -> Result<Map<String, Value>, Fault> {
        self.last += 1;
        question["id"] = json!(self.last);
        self.running.tell(&question).await?;
        loop {
            // Whoever asks has a limit for the whole answer.
            let line = self.running.line(Duration::from_secs(86_400), None).await?;
            return match message::read(&line, self.last)? {
                Said::Progress => continue,
                Said::Done(done) => Ok(done),
                Said::Error(Refused::Retry) => Err(Fault::plugin_busy()),
                Said::Error(Refused::Blocked | Refused::Failed) => Err(Fault::plugin_failed()),
                _ => Err(Fault::plugin_broke(say::out_of_place())),
            };
        }
    }
}
