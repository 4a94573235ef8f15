//! The connection that both clients share: puts values into a request, sends it, waits and repeats as far as 3.14 allows, and
//! tells what went wrong without saying what was asked. Private to the clients, because it would send anything.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{
    ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use serde_json::Value;
use url::Url;

use super::super::auth::Server;
use super::super::body::Payload;
use super::super::outcome::{self, Meaning};
use super::super::request::{Decode, Outcome, Request, Verb};
use super::super::{is_loopback, pace};
use super::Reply;
use super::door::{Late, Pass};
use super::embedded::{Embedded, Flaw};
use crate::connector::attachment::{self, Piece, Pieces, Spot};
use crate::connector::definition::{Definition, Limits};
use crate::connector::process::{Signature, Unsigned};
use crate::connector::transport::{Answer, Asked, Replay, Silence, Tap, Transport};
use crate::connector::{Fault, Notes, Opening};
use crate::inventory::System;
use crate::keys::Digest;
use crate::messages::fault as say;
use crate::template::{Names, Structure, Template, Unfit};

/// Longest reply, unpacked.
const LARGEST: usize = 64 << 20;
const LARGEST_WORDS: &str = "64 MiB";

/// Repetitions after a connection that did not come about: a server that is down is not waited for as long as one that is busy.
const KNOCKS: u32 = 2;

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
    fn under<'l>(&'l self, system: &'l Limits) -> impl Iterator<Item = &'l Limits> {
        self.limits.iter().chain([system])
    }
}

/// How far a request may be repeated (3.14).
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Repeat {
    Read,
    Idempotent,
    /// Only if it certainly was not carried out.
    Once,
}

/// Why there is no answer.
pub(super) enum Lost {
    /// Certainly nothing happened, or the reply said so.
    Fault(Fault),
    /// It may have happened.
    Unknown(Fault),
}

/// Why one attempt brought no reply.
enum Break {
    Unsent(Fault),
    Unanswered(Fault),
    Refused(Fault),
    /// It was answered, and so at length that asking again would bring the same.
    Overlong(Fault),
}

/// What requests leave by.
enum Carrier {
    Wire(reqwest::Client),
    Replay(Arc<dyn Replay>),
}

/// Where the content of a file goes, piece by piece, in place of a reply that is held as a whole.
pub(super) struct Intake<'p> {
    most: u64,
    take: Pieces<'p>,
    bytes: u64,
    /// Where the file stands, if the reply is JSON with the file in it.
    spot: Option<Spot>,
    embedded: Option<Embedded>,
    found: bool,
}

impl<'p> Intake<'p> {
    pub(super) fn new(most: u64, spot: Option<Spot>, take: Pieces<'p>) -> Intake<'p> {
        Intake {
            most,
            take,
            bytes: 0,
            spot,
            embedded: None,
            found: false,
        }
    }

    /// Whether the reply held the file, where it has to.
    pub(super) fn found(&self) -> bool {
        self.spot.is_none() || self.found
    }

    /// How many came, since the file began last.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A file of so many bytes begins, if the server says how many.
    fn begin(&mut self, announced: Option<u64>) -> Result<(), Break> {
        self.bytes = 0;
        self.found = false;
        self.embedded = self.spot.clone().map(Embedded::new);
        // Of a reply that holds the file, the length says little.
        if self.embedded.is_none() && announced.is_some_and(|bytes| bytes > self.most) {
            return Err(Break::Overlong(self.too_large()));
        }
        self.give(Piece::Begin)
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), Break> {
        let Some(mut embedded) = self.embedded.take() else {
            return self.count(bytes);
        };
        let mut broken = None;
        let mut give = |decoded: &[u8]| {
            self.count(decoded).map_err(|why| {
                broken = Some(why);
                Flaw::Refused
            })
        };
        let taken = embedded.take(bytes, &mut give);
        self.embedded = Some(embedded);
        match taken {
            Ok(()) => Ok(()),
            // Asking again would bring the same.
            Err(Flaw::Fault(fault)) => Err(Break::Overlong(fault)),
            Err(Flaw::Refused) => Err(broken.unwrap_or(Break::Refused(Fault::interrupted()))),
        }
    }

    /// The reply has come to its end; what of it is no file.
    fn end(&mut self) -> Vec<u8> {
        let Some(embedded) = self.embedded.take() else {
            return Vec::new();
        };
        let (rest, found) = embedded.end();
        self.found = found;
        rest
    }

    fn count(&mut self, bytes: &[u8]) -> Result<(), Break> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most {
            return Err(Break::Overlong(self.too_large()));
        }
        self.give(Piece::Bytes(bytes))
    }

    fn give(&mut self, piece: Piece<'_>) -> Result<(), Break> {
        match (self.take)(piece) {
            true => Ok(()),
            false => Err(Break::Refused(Fault::interrupted())),
        }
    }

    fn too_large(&self) -> Fault {
        Fault::large_file(attachment::size(self.most))
    }
}

/// How many times as long as other replies a file may take as a whole; between two pieces of it the wait is the same.
const PATIENCE: u32 = 10;

/// The connection to one system.
pub(super) struct Line {
    pub(super) system: Arc<System>,
    pub(super) server: Server,
    carrier: Carrier,
    tap: Option<Arc<dyn Tap>>,
    /// Whether an approved plan stands behind it.
    writes: bool,
    limits: Limits,
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

    /// Sends until there is an answer or no sense in asking again.
    pub(super) async fn exchange(
        &self,
        built: &Built,
        outcome: &Outcome,
        repeat: Repeat,
    ) -> Result<(Meaning, Reply), Lost> {
        self.rounds(built, outcome, repeat, None).await
    }

    /// As [`Line::exchange`], with this pass in place of one's own: for the requests by which one is let in.
    pub(super) async fn rounds(
        &self,
        built: &Built,
        outcome: &Outcome,
        repeat: Repeat,
        given: Option<&Pass>,
    ) -> Result<(Meaning, Reply), Lost> {
        self.rounds_into(built, outcome, repeat, given, None).await
    }

    /// As [`Line::rounds`]; the body of a reply that brings what was asked for goes where the intake says, and not into the reply.
    pub(super) async fn rounds_into(
        &self,
        built: &Built,
        outcome: &Outcome,
        repeat: Repeat,
        given: Option<&Pass>,
        mut intake: Option<&mut Intake<'_>>,
    ) -> Result<(Meaning, Reply), Lost> {
        let mut repetition = 0;
        let mut door = super::door::Door::default();
        // What was sent before may have been carried out, whatever becomes of its repetition.
        let mut begun = false;
        let refused = |fault, begun| match begun && repeat != Repeat::Read {
            true => Lost::Unknown(fault),
            false => Lost::Fault(fault),
        };
        let retries = built.under(&self.limits).map(|limits| limits.retries).min();
        loop {
            let last = repetition >= retries.unwrap_or_default();
            let mut pause = None;
            let pass = match given {
                Some(pass) => pass.clone(),
                None => {
                    let pass = self.knock(built, &mut door).await;
                    pass.map_err(|fault| refused(fault, begun))?
                }
            };
            let attempt = self
                .attempt(built, &pass, repeat, intake.as_deref_mut())
                .await;
            if let (Some(tap), Ok(reply), None) = (&self.tap, &attempt, given) {
                self.tell(&**tap, built, repeat, reply);
            }
            match attempt {
                // A pass that has run out, and a token that the system wants anew: nothing was carried out.
                Ok(reply) if given.is_none() && door.turned_away(&pass, &reply) => continue,
                Err(Break::Refused(fault)) => return Err(refused(fault, begun)),
                Err(Break::Overlong(fault)) => return Err(refused(fault, true)),
                Err(Break::Unsent(fault)) if last || repetition >= KNOCKS || !fault.passing => {
                    return Err(refused(fault, begun));
                }
                Err(Break::Unsent(_)) => {}
                Err(Break::Unanswered(fault)) if last || repeat == Repeat::Once => {
                    return Err(Lost::Unknown(fault));
                }
                Err(Break::Unanswered(_)) => begun = true,
                Ok(reply) => {
                    let meaning =
                        outcome::meaning(outcome, &reply).map_err(|fault| match repeat {
                            Repeat::Read => Lost::Fault(fault),
                            // A reply came whose meaning nobody can tell.
                            _ => Lost::Unknown(fault),
                        })?;
                    if meaning != Meaning::Retry {
                        // Recorded replies bear the numbers of other calls.
                        if let Some(late) = built.late.as_ref().filter(|_| !self.replays()) {
                            late.answers(&reply).map_err(|fault| match repeat {
                                Repeat::Read => Lost::Fault(fault),
                                _ => Lost::Unknown(fault),
                            })?;
                        }
                        let says_no = matches!(meaning, Meaning::Failed | Meaning::Blocked);
                        if says_no && begun && repeat != Repeat::Read && given.is_none() {
                            return Err(Lost::Unknown(outcome::failure(reply.status)));
                        }
                        return Ok((meaning, reply));
                    }
                    let asked = reply.headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok());
                    pause = asked.and_then(|text| pace::retry_after(text, jiff::Timestamp::now()));
                    // A server that is overloaded says so before it begins; after any other 5xx the write may have happened.
                    let untouched = match reply.status {
                        503 => pause.is_some(),
                        408 => false,
                        status => status < 500,
                    };
                    begun |= !untouched;
                    let fault = outcome::failure(reply.status);
                    if let Some(pause) = pause
                        && pause > pace::LONGEST_PAUSE
                        && untouched
                    {
                        return Err(refused(Fault::paused(pause.as_secs()), begun));
                    }
                    if last || (repeat == Repeat::Once && !untouched) {
                        return Err(refused(fault, begun));
                    }
                }
            }
            let wait = pause.unwrap_or_else(|| match self.carrier {
                Carrier::Wire(_) => pace::wait(&self.limits, repetition),
                // Simulated waits are counted, so that chance has no part in them.
                Carrier::Replay(_) => pace::longest(&self.limits, repetition),
            });
            tokio::time::sleep(wait.min(pace::LONGEST_PAUSE)).await;
            repetition += 1;
        }
    }

    /// One request on the wire, and its reply to the end.
    async fn attempt(
        &self,
        built: &Built,
        pass: &Pass,
        repeat: Repeat,
        intake: Option<&mut Intake<'_>>,
    ) -> Result<Reply, Break> {
        let definition = self.definition().map_err(Break::Refused)?;
        let _turns = definition.api.pace.turns(built.under(&self.limits)).await;
        // The origin is checked where the request leaves, whatever made it.
        if built.url.origin() != pass.origin {
            return Err(Break::Refused(Fault::other_origin()));
        }
        if let Carrier::Replay(replay) = &self.carrier {
            let mut reply = self.replayed(&**replay, built, pass, repeat)?;
            if let Some(intake) = intake.filter(|_| brings(reply.status)) {
                let body = std::mem::take(&mut reply.body);
                intake.begin(None)?;
                intake.add(&body)?;
                reply.body = intake.end();
            }
            return Ok(reply);
        }
        let timeout = self.timeout(built);
        let body = self.bytes(built, pass).map_err(Break::Refused)?;
        let signature = match pass.plugin() {
            None => None,
            Some(plugin) => {
                let unsigned = Unsigned {
                    method: built.verb.word(),
                    url: &built.url,
                    headers: &built.headers,
                    body: body.as_deref().unwrap_or_default(),
                    writes: self.writes,
                    at: self.now(),
                };
                // Nothing has left: whatever the program does, nothing was carried out.
                let signature = plugin.sign(&unsigned, timeout).await;
                Some(signature.map_err(Break::Refused)?)
            }
        };
        let mut request = self
            .outgoing(built, pass, body, signature)
            .map_err(Break::Refused)?;
        if intake.is_some() {
            request = request.timeout(timeout.saturating_mul(PATIENCE));
        }
        let sent = jiff::Timestamp::now();
        let sending = request.send();
        let begun = match &intake {
            Some(_) => tokio::time::timeout(timeout, sending)
                .await
                .map_err(|_| Break::Unanswered(Fault::timeout(timeout.as_secs().max(1))))?,
            None => sending.await,
        };
        let mut response = begun.map_err(|e| self.broken(e, &built.url))?;
        // The path may hold a key or an address, so it is not logged.
        let (host, status) = (built.url.host_str(), response.status().as_u16());
        tracing::debug!(verb = built.verb.word(), host, status, "reply");
        if self.server.owns(&built.url) {
            self.note(&response, sent);
        }
        if pass.cookies {
            definition
                .api
                .access
                .cookies()
                .take(&built.url, response.headers());
        }
        if let Some(intake) = intake.filter(|_| brings(status)) {
            intake.begin(response.content_length())?;
            loop {
                let chunk = tokio::time::timeout(timeout, response.chunk()).await;
                match chunk {
                    Ok(Ok(None)) => break,
                    Ok(Ok(Some(chunk))) => intake.add(&chunk)?,
                    Ok(Err(failure)) => {
                        return Err(Break::Unanswered(self.fault(failure, &built.url)));
                    }
                    Err(_) => {
                        let seconds = timeout.as_secs().max(1);
                        return Err(Break::Unanswered(Fault::timeout(seconds)));
                    }
                }
            }
            return Ok(Reply {
                status,
                headers: response.headers().clone(),
                url: built.url.clone(),
                decode: built.decode,
                body: intake.end(),
            });
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => break,
                Ok(Some(chunk)) => {
                    if body.len() + chunk.len() > LARGEST {
                        return Err(Break::Overlong(Fault::too_large(LARGEST_WORDS)));
                    }
                    body.extend_from_slice(&chunk);
                }
                Err(failure) => return Err(Break::Unanswered(self.fault(failure, &built.url))),
            }
        }
        Ok(Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            url: built.url.clone(),
            decode: built.decode,
            body,
        })
    }

    /// Tells whoever takes note of a request and its reply, without what lets in.
    fn tell(&self, tap: &dyn Tap, built: &Built, repeat: Repeat, reply: &Reply) {
        // What is put in as the request leaves is secret; a call stands in the file as it is, without its envelope.
        let body = match &built.late {
            None | Some(Late::Call { .. }) => built.body.as_ref().map(Payload::bytes),
            Some(_) => None,
        };
        let asked = Asked {
            verb: built.verb,
            url: &built.url,
            base: &self.server.url,
            headers: &built.headers,
            body: body.as_deref(),
            writes: self.writes,
            promised: false,
            once: repeat == Repeat::Once,
        };
        let answer = Answer {
            status: reply.status,
            headers: reply.headers.clone(),
            body: reply.body.clone(),
        };
        tap.took(&asked, &answer);
    }

    /// A request with everything that it carries, about to leave.
    pub(super) fn outgoing(
        &self,
        built: &Built,
        pass: &Pass,
        body: Option<Vec<u8>>,
        signature: Option<Signature>,
    ) -> Result<reqwest::RequestBuilder, Fault> {
        let method = match built.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Head => reqwest::Method::HEAD,
            Verb::Post => reqwest::Method::POST,
            Verb::Put => reqwest::Method::PUT,
            Verb::Patch => reqwest::Method::PATCH,
            Verb::Delete => reqwest::Method::DELETE,
        };
        let mut headers = built.headers.clone();
        let access = &self.definition()?.api.access;
        let with = (self.now(), access);
        let url = pass.put_on(built, body.as_deref(), &mut headers, signature, with)?;
        let http = match (&pass.http, &self.carrier) {
            (Some(http), _) | (None, Carrier::Wire(http)) => http,
            (None, Carrier::Replay(_)) => return Err(Fault::connection()),
        };
        let request = http
            .request(method, url)
            .timeout(self.timeout(built))
            .headers(headers);
        Ok(match body {
            Some(body) => request.body(body),
            None => request,
        })
    }

    /// Longest wait for a reply.
    fn timeout(&self, built: &Built) -> Duration {
        let timeout = built.under(&self.limits).map(|limits| limits.timeout).min();
        timeout.unwrap_or(self.limits.timeout)
    }

    /// The body as it leaves.
    pub(super) fn bytes(&self, built: &Built, pass: &Pass) -> Result<Option<Vec<u8>>, Fault> {
        match &built.late {
            // What was recorded is what the file says, and no envelope with secrets.
            Some(Late::Call { .. }) if self.replays() => {
                Ok(built.body.as_ref().map(Payload::bytes))
            }
            Some(late) => late.body(self, built.body.as_ref(), pass),
            None => Ok(built.body.as_ref().map(Payload::bytes)),
        }
    }

    /// The recorded reply.
    fn replayed(
        &self,
        replay: &dyn Replay,
        built: &Built,
        pass: &Pass,
        repeat: Repeat,
    ) -> Result<Reply, Break> {
        let body = self.bytes(built, pass).map_err(Break::Refused)?;
        let asked = Asked {
            verb: built.verb,
            url: &built.url,
            base: &self.server.url,
            headers: &built.headers,
            body: body.as_deref(),
            writes: self.writes,
            promised: false,
            once: repeat == Repeat::Once,
        };
        match replay.answer(&asked) {
            Ok(answer) => Ok(Reply {
                status: answer.status,
                headers: answer.headers,
                url: built.url.clone(),
                body: answer.body,
                decode: built.decode,
            }),
            Err(Silence::Lost) => Err(Break::Unanswered(Fault::connection())),
            Err(Silence::Unrecorded) => Err(Break::Refused(Fault::connection())),
        }
    }

    fn broken(&self, failure: reqwest::Error, url: &Url) -> Break {
        let unsent = failure.is_connect() || failure.is_builder();
        let fault = self.fault(failure, url);
        if unsent {
            Break::Unsent(fault)
        } else {
            Break::Unanswered(fault)
        }
    }

    /// What went wrong, from the chain of causes. The URL is taken out first, because it may hold an address.
    fn fault(&self, failure: reqwest::Error, url: &Url) -> Fault {
        let failure = failure.without_url();
        let mut cause = failure.source();
        while let Some(here) = cause {
            if let Some(tls) = here.downcast_ref::<rustls::Error>() {
                return tls_fault(tls);
            }
            if here.to_string().contains("dns error") {
                return Fault::dns(url.host_str().unwrap_or_default());
            }
            cause = match here.downcast_ref::<std::io::Error>() {
                Some(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
                    return Fault::refused();
                }
                // `source` of an I/O error skips the error that it wraps.
                Some(io) => io
                    .get_ref()
                    .map(|inner| inner as &(dyn std::error::Error + 'static)),
                None => here.source(),
            };
        }
        if failure.is_timeout() {
            let seconds = if failure.is_connect() {
                self.system.timeouts.connect.as_secs()
            } else {
                self.limits.timeout.as_secs()
            };
            return Fault::timeout(seconds.max(1));
        }
        Fault::connection()
    }

    fn note(&self, response: &reqwest::Response, sent: jiff::Timestamp) {
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
            let ours = (sent.as_second() + jiff::Timestamp::now().as_second()) / 2;
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

/// A client for one server: no redirects, no repetitions of its own, TLS by the house's provider. Those with TLS are kept for the life of
/// the process, because each reads the machine's certificates.
pub(crate) fn http_client(url: &Url, connect: Duration) -> Result<reqwest::Client, Fault> {
    static KEPT: Mutex<BTreeMap<Duration, reqwest::Client>> = Mutex::new(BTreeMap::new());
    // Another room may have installed the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("dsr/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect)
        .tls_info(true);
    let unusable = |_| Fault::tls(say::tls_other());
    if url.scheme() == "http" {
        // Nothing here ever speaks TLS, so nobody is trusted.
        let nobody = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder = builder.tls_backend_preconfigured(nobody);
        if is_loopback(url) {
            builder = builder.no_proxy();
        }
        return builder.build().map_err(unusable);
    }
    builder = builder.https_only(true);
    if is_loopback(url) {
        return builder.no_proxy().build().map_err(unusable);
    }
    let mut kept = KEPT.lock().map_err(|_| Fault::panicked())?;
    if let Some(client) = kept.get(&connect) {
        return Ok(client.clone());
    }
    let client = builder.build().map_err(unusable)?;
    kept.insert(connect, client.clone());
    Ok(client)
}

fn tls_fault(failure: &rustls::Error) -> Fault {
    use rustls::CertificateError as Certificate;
    Fault::tls(match failure {
        rustls::Error::InvalidCertificate(reason) => match reason {
            Certificate::Expired | Certificate::ExpiredContext { .. } => say::tls_expired(),
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => say::tls_not_yet(),
            Certificate::UnknownIssuer => say::tls_unknown_issuer(),
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                say::tls_other_name()
            }
            _ => say::tls_other(),
        },
        _ => say::tls_handshake(),
    })
}

/// Whether a reply brings what was asked for.
fn brings(status: u16) -> bool {
    matches!(status, 200 | 203)
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
