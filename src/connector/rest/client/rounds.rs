//! Sends a request, waits, and asks again as far as 3.14 allows.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use url::Url;

use super::super::body::Payload;
use super::super::outcome::{self, Meaning};
use super::super::pace;
use super::super::request::{Outcome, Verb};
use super::Reply;
use super::connect;
use super::door::{Late, Pass};
use super::intake::{Break, Intake};
use super::wire::{Built, Carrier, Line};
use crate::connector::Fault;
use crate::connector::process::{Signature, Unsigned};
use crate::connector::transport::{Answer, Asked, Replay, Silence, Tap};

/// Longest reply, unpacked.
const LARGEST: usize = 64 << 20;
const LARGEST_WORDS: &str = "64 MiB";

/// Repetitions after a connection that did not come about: a server that is down is not waited for as long as one that is busy.
const KNOCKS: u32 = 2;

/// How many times as long as other replies a file may take as a whole; between two pieces of it the wait is the same.
const PATIENCE: u32 = 10;

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

impl Line {
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
                    pause = asked.and_then(|text| pace::retry_after(text, self.now()));
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
        let sent = self.now();
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

    /// A request as it is recorded and replayed.
    fn asked<'a>(&'a self, built: &'a Built, body: Option<&'a [u8]>, repeat: Repeat) -> Asked<'a> {
        Asked {
            verb: built.verb,
            url: &built.url,
            base: &self.server.url,
            headers: &built.headers,
            body,
            writes: self.writes,
            promised: false,
            once: repeat == Repeat::Once,
        }
    }

    /// Tells whoever takes note of a request and its reply, without what lets in.
    fn tell(&self, tap: &dyn Tap, built: &Built, repeat: Repeat, reply: &Reply) {
        // What is put in as the request leaves is secret; a call stands in the file as it is, without its envelope.
        let body = match &built.late {
            None | Some(Late::Call { .. }) => built.body.as_ref().map(Payload::bytes),
            Some(_) => None,
        };
        let asked = self.asked(built, body.as_deref(), repeat);
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
        let asked = self.asked(built, body.as_deref(), repeat);
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

    fn fault(&self, failure: reqwest::Error, url: &Url) -> Fault {
        connect::fault(
            failure,
            url,
            self.system.timeouts.connect,
            self.limits.timeout,
        )
    }
}

/// Whether a reply brings what was asked for.
fn brings(status: u16) -> bool {
    matches!(status, 200 | 203)
}
