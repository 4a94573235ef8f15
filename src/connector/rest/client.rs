//! The two clients. [`ReadClient`] takes only a [`ReadRequest`], and such a one cannot be made from a request that writes;
//! [`WriteClient`] is made with an approved plan. Nothing else in the program sends a connector's requests.
//!
//! Both keep the credentials to the origin of the system, verify TLS to the full, and measure replies while they unpack them.

mod connect;
mod door;
mod download;
mod embedded;
mod farewell;
mod intake;
mod rounds;
mod wire;

use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_MATCH, LOCATION};
use serde_json::Value;
use url::Url;

use super::auth::token::{Asked, Token};
use super::body::Payload;
use super::decode::{self, Content};
use super::outcome::{self, Meaning};
use super::request::{Decode, Next, Outcome, Page, Request, Slot, Verb};
use crate::connector::definition::{Auth, Etag};
use crate::connector::{Fault, Notes, Opening};
use crate::plan::Approved;
use crate::template::{Names, Template};
use rounds::{Lost, Repeat};
use wire::{Built, Line, set_query};

pub(crate) use connect::http_client;
pub(super) use farewell::{all as farewell, is_due as farewell_is_due};

/// Redirects followed for one reading request.
const HOPS: usize = 5;

/// A reply, read to its end.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Where it came from, after redirects.
    pub(super) url: Url,
    /// How the connector says that it is to be read.
    pub(super) decode: Option<Decode>,
}

impl Reply {
    /// # Errors
    /// It is not in the notation that is expected, whatever its status says.
    pub(super) fn content(&self) -> Result<Content, Fault> {
        decode::decode(self, self.decode)
    }
}

/// Reads a system.
pub(super) struct ReadClient(Line);

/// Writes to a system.
pub(super) struct WriteClient(Line);

/// A request of which it is certain that it only reads.
#[derive(Clone)]
pub(super) struct ReadRequest(Built);

/// Asks a token endpoint, and nobody else.
pub(super) struct Asker(Line);

impl Asker {
    pub(super) fn open(opening: &Opening) -> Result<Asker, Fault> {
        Line::open(opening).map(Asker)
    }

    pub(super) fn settings(&self) -> &Names {
        &self.0.server.all
    }

    pub(super) fn token_url(&self, url: &Template) -> Result<Url, Fault> {
        self.0.server.token_url(url)
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    pub(super) async fn ask(&self, url: &Url, asked: Asked) -> Result<Token, Fault> {
        self.0.ask_for_token(url, asked).await
    }
}

/// What became of a write.
#[expect(
    clippy::large_enum_variant,
    reason = "made once a request and taken apart at once"
)]
pub(super) enum Written {
    Reply(Meaning, Reply),
    /// The write may or may not have happened.
    Unknown,
}

impl ReadClient {
    pub(super) fn open(opening: &Opening) -> Result<ReadClient, Fault> {
        Line::open(opening).map(ReadClient)
    }

    /// # Errors
    /// The request is a writing one, or a value that it needs is missing or does not fit.
    pub(super) fn request(&self, request: &Request, names: Names) -> Result<ReadRequest, Fault> {
        reading(&self.0, request, &names)
    }

    /// A GET of the base URL.
    pub(super) fn base(&self) -> ReadRequest {
        ReadRequest(Built {
            verb: Verb::Get,
            url: self.0.server.url.clone(),
            headers: self.0.headers.clone(),
            body: None,
            late: None,
            decode: None,
            limits: Vec::new(),
        })
    }

    /// The description of its data that an OData service gives (OData 4.01 part 1, 11.1.2; OData 2.0).
    pub(super) fn metadata(&self) -> ReadRequest {
        let mut request = self.base();
        let path = format!("{}/$metadata", request.0.url.path().trim_end_matches('/'));
        request.0.url.set_path(&path);
        let accept = HeaderValue::from_static(Decode::Xml.accept());
        request.0.headers.insert(reqwest::header::ACCEPT, accept);
        request.0.decode = Some(Decode::Xml);
        request
    }

    /// Sends and follows redirects within the origin.
    ///
    /// # Errors
    /// No reply came, or it led to another server.
    pub(super) async fn send(
        &self,
        request: &ReadRequest,
        outcome: &Outcome,
    ) -> Result<(Meaning, Reply), Fault> {
        let mut built = request.0.clone();
        for _ in 0..=HOPS {
            let (meaning, reply) = match self.0.exchange(&built, outcome, Repeat::Read).await {
                Ok(answer) => answer,
                Err(Lost::Fault(fault)) => return Err(fault),
                Err(Lost::Unknown(fault)) => return Err(fault),
            };
            // 301 to 303 turn a POST into a GET, which is another question.
            let follows = match reply.status {
                301..=303 => built.verb != Verb::Post,
                307 | 308 => true,
                _ => false,
            };
            if !follows {
                // A page that is missing elsewhere, such as one to log in, is not the record.
                if meaning == Meaning::Gone && !names_the_same(&request.0.url, &built.url) {
                    return Err(outcome::failure(reply.status));
                }
                return Ok((meaning, reply));
            }
            let target = reply.headers.get(LOCATION).and_then(|v| v.to_str().ok());
            let target = target.and_then(|text| reply.url.join(text).ok());
            built.url = target.ok_or_else(|| outcome::failure(reply.status))?;
            if !self.0.server.owns(&built.url) {
                return Err(Fault::other_origin());
            }
            request.0.stays(&built.url)?;
        }
        Err(Fault::repeated_page())
    }

    pub(super) fn names(&self) -> Names {
        self.0.server.names.clone()
    }

    /// Whether every request needs a log-in that the system has to accept first.
    pub(super) fn logs_in(&self) -> bool {
        let auth = self.0.definition().map(|definition| &definition.api.auth);
        matches!(auth, Ok(Auth::OAuth2(_) | Auth::Session(_)))
    }

    /// Where versions of records are told, if this system has them.
    pub(super) fn etag(&self) -> Option<&Etag> {
        self.0.definition().ok()?.api.etag.as_ref()
    }

    pub(super) fn notes(&self) -> Notes {
        self.0.notes()
    }
}

/// A request that certainly only reads, with its values.
fn reading(line: &Line, request: &Request, names: &Names) -> Result<ReadRequest, Fault> {
    let reads = match request.verb {
        Verb::Get | Verb::Head => true,
        Verb::Post => request.read_only,
        Verb::Put | Verb::Patch | Verb::Delete => false,
    };
    if !reads {
        return Err(Fault::read_only());
    }
    line.build(request, names, true).map(ReadRequest)
}

impl ReadRequest {
    /// The request for the first page: with the size, and with the number or offset where it begins.
    pub(super) fn first(mut self, page: &Page) -> Result<ReadRequest, Fault> {
        if let Some(size) = &page.size {
            self.put(size, Value::from(page.of))?;
        }
        if let Next::Offset { into, start } | Next::Number { into, start } = &page.next {
            self.put(into, Value::from(*start))?;
        }
        Ok(self)
    }

    /// The same request for another page.
    pub(super) fn moved(&self, page: &Page, to: Value) -> Result<ReadRequest, Fault> {
        let mut moved = self.clone();
        match &page.next {
            Next::Cursor { into, .. } | Next::Offset { into, .. } | Next::Number { into, .. } => {
                moved.put(into, to)?;
                Ok(moved)
            }
            Next::None | Next::Url(_) | Next::LinkHeader => Err(Fault::unreadable_here()),
        }
    }

    fn put(&mut self, slot: &Slot, value: Value) -> Result<(), Fault> {
        match slot {
            Slot::Query(name) => {
                let text = match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                set_query(&mut self.0.url, name, &[text]);
                Ok(())
            }
            Slot::Body(names) => match &mut self.0.body {
                Some(payload) => payload.put(names, value),
                None => Err(Fault::unfit(slot.to_string())),
            },
        }
    }

    /// What is asked, to tell whether it was asked before. Personal.
    pub(super) fn identity(&self) -> String {
        let body = self.0.body.as_ref().map(Payload::bytes).unwrap_or_default();
        format!("{}\n{}", self.0.url, String::from_utf8_lossy(&body))
    }

    /// The page at a URL or path that a reply named.
    ///
    /// # Errors
    /// It lies on another server (E131).
    pub(super) fn follow(
        &self,
        client: &ReadClient,
        from: &Url,
        next: &str,
    ) -> Result<ReadRequest, Fault> {
        let url = from.join(next).map_err(|_| Fault::other_origin())?;
        if !client.0.server.owns(&url) {
            return Err(Fault::other_origin());
        }
        self.0.stays(&url)?;
        let mut built = self.0.clone();
        built.url = url;
        Ok(ReadRequest(built))
    }
}

/// Whether a URL that a redirect led to is still that of the same thing: under another prefix, or with a slash at its end.
fn names_the_same(asked: &Url, reached: &Url) -> bool {
    let last = |url: &Url| {
        let path = url.path().trim_end_matches('/');
        path.rsplit('/').next().unwrap_or_default().to_owned()
    };
    last(asked) == last(reached) && asked.query() == reached.query()
}

impl Built {
    /// # Errors
    /// E556 if this is a POST and the URL lies on another path: that it only reads was said of its own path alone.
    fn stays(&self, url: &Url) -> Result<(), Fault> {
        let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
        match self.verb == Verb::Post && path(&self.url) != path(url) {
            true => Err(Fault::other_path()),
            false => Ok(()),
        }
    }
}

/// Whether a reply is a page for people, as of a log-in or of a proxy in between.
fn is_page(reply: &Reply) -> bool {
    let kind = reply.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with(b"text/html"))
        && reply.body.trim_ascii_start().starts_with(b"<")
}

impl WriteClient {
    pub(super) fn open(opening: &Opening, _approved: &Approved) -> Result<WriteClient, Fault> {
        Line::open_to_write(opening).map(WriteClient)
    }

    /// Sends one step. Redirects are never followed.
    ///
    /// # Errors
    /// It was not sent, or the system refused it; nothing was written by it.
    pub(super) async fn send(
        &self,
        request: &Request,
        names: &Names,
        version: Option<&str>,
    ) -> Result<Written, Fault> {
        let mut built = self.0.build(request, names, false)?;
        let names_one = matches!(request.verb, Verb::Put | Verb::Patch | Verb::Delete);
        if let Some(version) = version.filter(|_| names_one) {
            let value = HeaderValue::from_str(version).map_err(|_| Fault::unfit("etag"))?;
            built.headers.insert(IF_MATCH, value);
        }
        let repeat = if request.idempotent {
            Repeat::Idempotent
        } else {
            Repeat::Once
        };
        match self.0.exchange(&built, &request.outcome, repeat).await {
            // Servers carry a form out and then send whoever filled it in to a page (RFC 9110, 15.4.4).
            Ok((_, reply)) if (301..=303).contains(&reply.status) && !request.idempotent => {
                Ok(Written::Unknown)
            }
            Ok((_, reply)) if (300..400).contains(&reply.status) => Err(Fault::redirected()),
            // An API does not answer by a page; whoever did may or may not have passed the write on.
            // Where values are captured, the lack of them says more.
            Ok((Meaning::Done, reply))
                if request.outcome.done.is_none()
                    && request.capture.is_empty()
                    && is_page(&reply) =>
            {
                Ok(Written::Unknown)
            }
            Ok((meaning, reply)) => Ok(Written::Reply(meaning, reply)),
            Err(Lost::Unknown(_)) => Ok(Written::Unknown),
            Err(Lost::Fault(fault)) => Err(fault),
        }
    }

    /// The version of a record after a write to it: from the reply, else read anew, because the next step names it too.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) async fn version_after(
        &self,
        reply: &Reply,
        read: Option<&Request>,
        names: &Names,
    ) -> Result<Option<String>, Fault> {
        let tag = |reply: &Reply| {
            let tag = reply.headers.get(ETAG).and_then(|v| v.to_str().ok());
            tag.map(str::to_owned)
        };
        let Some(etag) = &self.0.definition()?.api.etag else {
            return Ok(None);
        };
        let (None, Some(read)) = (tag(reply), read) else {
            return Ok(tag(reply));
        };
        let built = self.0.build(read, names, true)?;
        let answer = self.0.exchange(&built, &read.outcome, Repeat::Read).await;
        let (meaning, reply) = match answer {
            Ok(answer) => answer,
            Err(Lost::Fault(fault) | Lost::Unknown(fault)) => return Err(fault),
        };
        if meaning != Meaning::Done {
            return Ok(None);
        }
        let records = match &read.records {
            Some(path) => super::page::records(&reply.content()?.value, path)?,
            None => Vec::new(),
        };
        let stated = match records.as_slice() {
            [record] => etag.of(record),
            _ => None,
        };
        Ok(stated.or_else(|| tag(&reply)))
    }

    /// Asks after a job that a write started. Only what reads is sent, and redirects are not followed.
    ///
    /// # Errors
    /// As [`ReadClient::request`] and [`ReadClient::send`].
    pub(super) async fn look(
        &self,
        request: &Request,
        names: &Names,
    ) -> Result<(Meaning, Reply), Fault> {
        let built = reading(&self.0, request, names)?.0;
        match self
            .0
            .exchange(&built, &request.outcome, Repeat::Read)
            .await
        {
            Ok((_, reply)) if (300..400).contains(&reply.status) => Err(Fault::redirected()),
            Ok(answer) => Ok(answer),
            Err(Lost::Unknown(fault) | Lost::Fault(fault)) => Err(fault),
        }
    }

    pub(super) fn names(&self) -> Names {
        self.0.server.names.clone()
    }
}
