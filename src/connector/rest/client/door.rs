//! Being let in: gets a token, opens a session, fetches a CSRF token, and puts them on requests when they leave.
//!
//! The requests for it are sent by the same wire and are never counted among what a connector reads or writes. They go to the
//! origin that the settings or the file name for them, carry no other credentials, and follow no redirect.

use std::pin::Pin;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use url::Url;

use super::super::access::{Access, Entry};
use super::super::auth::cookies::SECRET_FROM;
use super::super::auth::{Credentials, put, put_all, token};
use super::super::body::Payload;
use super::super::outcome::{self, Meaning};
use super::super::request::{Capture, Outcome, Request, Source, Verb};
use super::Reply;
use super::rounds::{Lost, Repeat};
use super::wire::{Built, Line, set_query};
use crate::connector::Fault;
use crate::connector::definition::{Api, Auth, Grant, OAuth2, Session};
use crate::connector::process::{Signature, Signer};
use crate::inventory::Setting;
use crate::secret::{self, Reference};
use crate::template::Names;

const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");

/// What is put on one request.
#[derive(Clone)]
pub(super) struct Pass {
    pub(super) origin: url::Origin,
    /// Which log-in it comes from, if a new one can be got.
    serial: Option<u64>,
    credentials: Credentials,
    /// `auth.<name>`
    auth: Map<String, Value>,
    csrf: Option<String>,
    pub(super) cookies: bool,
    /// In place of the system's own.
    pub(super) http: Option<reqwest::Client>,
}

/// What one exchange has tried already.
#[derive(Default)]
pub(super) struct Door {
    refused: Option<u64>,
    renewed: bool,
    stale: Option<String>,
    refetched: bool,
}

impl Door {
    /// Whether the reply turns away the pass, and another one is worth trying: once for each reason.
    pub(super) fn turned_away(&mut self, pass: &Pass, reply: &Reply) -> bool {
        if reply.status == 401 && pass.serial.is_some() && !self.renewed {
            self.renewed = true;
            self.refused = pass.serial;
            return true;
        }
        let asks = reply.headers.get(CSRF).and_then(|v| v.to_str().ok());
        let asks = asks.is_some_and(|text| text.eq_ignore_ascii_case("required"));
        if reply.status == 403 && asks && pass.csrf.is_some() && !self.refetched {
            self.refetched = true;
            self.stale.clone_from(&pass.csrf);
            return true;
        }
        false
    }
}

impl Pass {
    /// One with nothing on it, for a server.
    pub(super) fn bare(url: &Url) -> Pass {
        Pass {
            origin: url.origin(),
            serial: None,
            credentials: Credentials::default(),
            auth: Map::new(),
            csrf: None,
            cookies: false,
            http: None,
        }
    }

    /// The program that signs what this is put on.
    pub(super) fn plugin(&self) -> Option<&Signer> {
        self.credentials.plugin.as_deref()
    }

    /// Puts everything on, the signature of a program last; returns the URL as it leaves.
    pub(super) fn put_on(
        &self,
        built: &Built,
        body: Option<&[u8]>,
        headers: &mut HeaderMap,
        signature: Option<Signature>,
        (now, access): (jiff::Timestamp, &Access),
    ) -> Result<Url, Fault> {
        let mut url = built.url.clone();
        for (name, value) in &self.credentials.query {
            if url.query_pairs().any(|(known, _)| known == *name) {
                set_query(&mut url, name, std::slice::from_ref(value));
            } else {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        headers.extend(self.credentials.headers.clone());
        if let Some(csrf) = &self.csrf {
            put(headers, CSRF.as_str(), csrf.clone())?;
        }
        if self.cookies
            && let Some(cookies) = access.cookies().header(&url)
        {
            headers.insert(reqwest::header::COOKIE, cookies);
        }
        if let Some(signer) = &self.credentials.signer {
            let is_form = headers.get(CONTENT_TYPE).is_some_and(|kind| {
                kind.as_bytes()
                    .starts_with(b"application/x-www-form-urlencoded")
            });
            let form: Vec<(String, String)> = match body {
                Some(body) if is_form => url::form_urlencoded::parse(body).into_owned().collect(),
                _ => Vec::new(),
            };
            let mut nonce = [0u8; 16];
            ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut nonce)
                .map_err(|_| Fault::panicked())?;
            let nonce: String = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
            let verb = built.verb.word();
            let signature = signer.header(verb, &url, &form, &nonce, now.as_second());
            put(headers, AUTHORIZATION.as_str(), signature)?;
        }
        if let Some(signature) = signature {
            headers.extend(signature.headers);
            for (name, value) in &signature.query {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Ok(url)
    }
}

impl Line {
    /// What the next request carries; logs in first where that is needed.
    pub(super) async fn knock(&self, built: &Built, door: &mut Door) -> Result<Pass, Fault> {
        let api = &self.definition()?.api;
        let mut pass = Pass {
            credentials: self.server.credentials.clone(),
            cookies: api.csrf || matches!(&api.auth, Auth::Session(session) if session.cookies),
            ..Pass::bare(&self.server.url)
        };
        if self.replays() {
            // Stand-ins: how one is let in is no part of what was recorded.
            let names = api.auth.brings().into_iter();
            pass.auth = names.map(|name| (name, Value::from("replayed"))).collect();
            return Ok(pass);
        }
        if matches!(api.auth, Auth::OAuth2(_) | Auth::Session(_)) || api.csrf {
            let mut entry = api.access.entry().await;
            if entry.of != Some(self.server.fingerprint) {
                *entry = Entry {
                    of: Some(self.server.fingerprint),
                    ..Entry::default()
                };
                *api.access.csrf().await = None;
                api.access.cookies().clear();
            }
            self.enter(api, &mut entry, door.refused).await?;
            if matches!(api.auth, Auth::OAuth2(_) | Auth::Session(_)) {
                pass.serial = Some(entry.serial);
            }
            pass.auth.clone_from(&entry.values);
        }
        let names = || self.server.all.clone().with("auth", &pass.auth);
        match &api.auth {
            Auth::OAuth2(oauth) if oauth.header.is_empty() => {
                let token = pass.auth.get("token").and_then(Value::as_str);
                let value = format!("Bearer {}", token.unwrap_or_default());
                put(&mut pass.credentials.headers, AUTHORIZATION.as_str(), value)?;
            }
            Auth::OAuth2(oauth) => {
                let names = names();
                put_all(&mut pass.credentials.headers, &oauth.header, &names)?;
            }
            Auth::Session(session) => {
                let names = names();
                put_all(&mut pass.credentials.headers, &session.header, &names)?;
            }
            _ => {}
        }
        if api.csrf && !matches!(built.verb, Verb::Get | Verb::Head) {
            pass.csrf = Some(self.csrf(api, &pass, door.stale.as_deref()).await?);
        }
        Ok(pass)
    }

    /// Makes sure that the entry lets in, and is not the one that was refused.
    async fn enter(&self, api: &Api, entry: &mut Entry, refused: Option<u64>) -> Result<(), Fault> {
        let fresh = entry.until.is_none_or(|until| Instant::now() < until);
        if entry.open && fresh && refused != Some(entry.serial) {
            return Ok(());
        }
        entry.open = false;
        match &api.auth {
            Auth::OAuth2(oauth) => self.token(oauth, entry).await?,
            Auth::Session(session) => {
                *api.access.csrf().await = None;
                api.access.cookies().clear();
                self.log_in(api, session, entry).await?;
            }
            _ => {}
        }
        entry.serial += 1;
        entry.open = true;
        Ok(())
    }

    async fn token(&self, oauth: &OAuth2, entry: &mut Entry) -> Result<(), Fault> {
        let url = self.server.token_url(&oauth.token_url)?;
        let names = &self.server.all;
        let asked = token::request(oauth, names, &url, entry.refresh.as_ref(), self.now())?;
        let got = self.ask_for_token(&url, asked).await?;
        if let Grant::RefreshToken { token, setting } = &oauth.grant
            && let Some(newer) = got.refresh
        {
            let shown = match &entry.refresh {
                Some(shown) => shown.expose_secret().to_owned(),
                None => token.text(names)?,
            };
            if newer.expose_secret() != shown {
                self.keep(setting.as_deref(), &newer).await;
                entry.refresh = Some(newer);
            }
        }
        entry.until = got.life.map(|life| Instant::now() + life);
        entry.values = Map::from_iter([("token".to_owned(), Value::from(got.token))]);
        Ok(())
    }

    /// Sends one request for a token.
    pub(super) async fn ask_for_token(
        &self,
        url: &Url,
        asked: token::Asked,
    ) -> Result<token::Token, Fault> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&asked.form)
            .finish();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        if let Some(value) = asked.authorization {
            put(&mut headers, AUTHORIZATION.as_str(), value)?;
        }
        let built = Built {
            verb: Verb::Post,
            url: url.clone(),
            headers,
            body: Some(Payload::Bytes(form.into_bytes())),
            decode: None,
            limits: Vec::new(),
            late: None,
        };
        let pass = Pass {
            http: Some(self.http_for(url)?),
            ..Pass::bare(url)
        };
        let (_, reply) = self.ask(&built, &Outcome::default(), &pass).await?;
        token::read(reply.status, &reply.body)
    }

    /// Boxed, because the wire asks the door and the door the wire.
    fn ask<'l>(&'l self, built: &'l Built, outcome: &'l Outcome, pass: &'l Pass) -> Answering<'l> {
        Box::pin(async move {
            // Asking twice gives two tokens and changes nothing else.
            let rounds = self.rounds(built, outcome, Repeat::Idempotent, Some(pass));
            rounds.await.map_err(|lost| match lost {
                Lost::Fault(fault) | Lost::Unknown(fault) => fault,
            })
        })
    }

    /// Keeps a refresh token that replaces the one shown, where the setting's keyring has it. Elsewhere it lasts for this run.
    async fn keep(&self, setting: Option<&str>, newer: &secrecy::SecretString) {
        let place = setting.and_then(|name| self.system.settings.get(name));
        let kept = match place {
            Some(Setting::Secret(reference @ Reference::Keyring(_))) => {
                let (reference, newer) = (reference.clone(), newer.clone());
                let kept = tokio::task::spawn_blocking(move || secret::keep(&reference, &newer));
                kept.await.unwrap_or(false)
            }
            _ => false,
        };
        if !kept {
            tracing::warn!(
                system = self.system.name,
                "a new refresh token was not kept"
            );
            self.warn("W331", &self.system.name);
        }
    }

    async fn log_in(&self, api: &Api, session: &Session, entry: &mut Entry) -> Result<(), Fault> {
        let built = self.build(&session.login, &self.server.all, false)?;
        let pass = Pass {
            cookies: session.cookies || api.csrf,
            ..Pass::bare(&self.server.url)
        };
        let (meaning, reply) = self.ask(&built, &session.login.outcome, &pass).await?;
        if meaning != Meaning::Done {
            return Err(outcome::failure(reply.status));
        }
        entry.values = captured(&session.capture, &reply)?;
        entry.until = None;
        if let Some(ends) = &session.ends {
            let names = self.server.all.clone().with("auth", &entry.values);
            let mut pass = Pass {
                auth: entry.values.clone(),
                cookies: session.cookies,
                ..Pass::bare(&self.server.url)
            };
            put_all(&mut pass.credentials.headers, &session.header, &names)?;
            super::farewell::remember(self, &self.build(ends, &names, false)?, &pass)?;
        }
        Ok(())
    }

    /// The token that writes carry, fetched on the service root by a GET.
    async fn csrf(&self, api: &Api, pass: &Pass, stale: Option<&str>) -> Result<String, Fault> {
        let mut kept = api.access.csrf().await;
        if let Some(token) = kept.as_ref().filter(|token| stale != Some(token)) {
            return Ok(token.clone());
        }
        *kept = None;
        let mut built = self.root()?;
        built
            .headers
            .insert(CSRF, HeaderValue::from_static("Fetch"));
        let (meaning, reply) = self.ask(&built, &Outcome::default(), pass).await?;
        if meaning != Meaning::Done {
            return Err(outcome::failure(reply.status));
        }
        let token = reply.headers.get(CSRF).and_then(|v| v.to_str().ok());
        let token = token.map(str::trim).filter(|token| {
            !token.is_empty() && !["fetch", "required"].contains(&token.to_lowercase().as_str())
        });
        let token = token.ok_or_else(Fault::no_csrf)?;
        secret::remember(token);
        *kept = Some(token.to_owned());
        Ok(token.to_owned())
    }
}

/// What a log-in's reply brings.
fn captured(capture: &[Capture], reply: &Reply) -> Result<Map<String, Value>, Fault> {
    let mut values = Map::new();
    for one in capture {
        let missing = || Fault::not_let_in(&one.name);
        let value = match &one.from {
            Source::Header(name) => {
                let value = reply.headers.get(name.as_str());
                let value = value.and_then(|v| v.to_str().ok());
                value.map(|text| Value::from(text.trim()))
            }
            Source::Body(path) => reply.content()?.single(path).cloned(),
        };
        // Some systems answer a wrong password with false, and not with an error.
        let value = match value.ok_or_else(missing)? {
            Value::String(text) if !text.trim().is_empty() => Value::String(text),
            Value::Number(number) => Value::Number(number),
            _ => return Err(missing()),
        };
        if let Some(text) = value.as_str().filter(|text| text.len() >= SECRET_FROM) {
            secret::remember(text);
        }
        values.insert(one.name.clone(), value);
    }
    Ok(values)
}

/// A reply that is on its way.
type Answering<'l> = Pin<Box<dyn Future<Output = Result<(Meaning, Reply), Fault>> + Send + 'l>>;

/// A body that is put together when the request leaves, because what lets in is part of it.
#[derive(Clone)]
pub(super) enum Late {
    /// A JSON-RPC call, which is the body.
    Call { enveloped: bool, id: u64 },
    /// A body in which a value of `auth` stands.
    Secret { request: Box<Request>, names: Names },
}

impl Late {
    pub(super) fn of(request: &Request, names: &Names, api: &Api) -> Option<Late> {
        if let Some(call) = &request.call {
            return Some(Late::Call {
                enveloped: call.enveloped,
                id: api.access.next_call(),
            });
        }
        let uses = |read: &str| read.split('.').next() == Some("auth");
        (request.body_reads().into_iter().any(uses)).then(|| Late::Secret {
            request: Box::new(request.clone()),
            names: names.clone(),
        })
    }

    /// Stand-ins for values that are not there yet.
    pub(super) fn placeholders(&self) -> Option<Map<String, Value>> {
        let Late::Secret { request, .. } = self else {
            return None;
        };
        let reads = request.body_reads().into_iter();
        let names = reads.filter_map(|read| read.strip_prefix("auth."));
        Some(names.map(|name| (name.to_owned(), "-".into())).collect())
    }

    /// The bytes that leave.
    pub(super) fn body(
        &self,
        line: &Line,
        body: Option<&Payload>,
        pass: &Pass,
    ) -> Result<Option<Vec<u8>>, Fault> {
        match self {
            Late::Call { enveloped, id } => {
                let Some(Payload::Tree(tree)) = body else {
                    return Err(Fault::unfit("call"));
                };
                let api = &line.definition()?.api;
                let (method, params) = match &api.envelope {
                    Some(envelope) if *enveloped => {
                        let names = line.server.all.clone().with("call", tree);
                        let params = envelope.render(&names.with("auth", &pass.auth))?;
                        ("call".to_owned(), Some(params))
                    }
                    _ => plain_call(tree),
                };
                let mut call = json!({ "jsonrpc": "2.0", "id": id, "method": method });
                if let Some(params) = params {
                    call["params"] = params;
                }
                Ok(Some(call.to_string().into_bytes()))
            }
            Late::Secret { request, names } => {
                let names = names.clone().with("auth", &pass.auth);
                let body = line.assemble(request, &names, false)?.body;
                Ok(body.as_ref().map(Payload::bytes))
            }
        }
    }

    /// # Errors
    /// The reply is one to another call.
    pub(super) fn answers(&self, reply: &Reply) -> Result<(), Fault> {
        let Late::Call { id, .. } = self else {
            return Ok(());
        };
        if !(200..300).contains(&reply.status) {
            return Ok(());
        }
        let said = reply.content()?.value;
        let error = said.get("error").is_some_and(|error| !error.is_null());
        match said.get("id") {
            Some(Value::Number(number)) if number.as_u64() == Some(*id) => {
                match error || said.get("result").is_some() {
                    true => Ok(()),
                    false => Err(Fault::other_reply()),
                }
            }
            // A server that could not read the call does not know its id.
            Some(Value::Null) if error => Ok(()),
            _ => Err(Fault::other_reply()),
        }
    }
}

/// A call without an envelope: `method` and `params` as JSON-RPC has them, or the parameters of the method `call`.
fn plain_call(tree: &Value) -> (String, Option<Value>) {
    let members = tree.as_object();
    let only = members.is_some_and(|all| all.keys().all(|k| k == "method" || k == "params"));
    match tree.get("method") {
        Some(Value::String(method)) if only => (method.clone(), tree.get("params").cloned()),
        _ => ("call".to_owned(), Some(tree.clone())),
    }
}
