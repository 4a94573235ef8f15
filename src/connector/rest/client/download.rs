//! Fetching files: to hosts that are allowed, in pieces, with credentials where they belong and nowhere else.
//!
//! A redirect is followed to the server of `api.url` and to the hosts of the entry. Once it has led away, nothing of ours goes along
//! any more, not even when it leads back: whoever answers elsewhere must not choose what is asked with our credentials.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use url::Url;

use super::super::is_loopback;
use super::super::outcome::{self, Meaning};
use super::super::request::{Decode, Verb};
use super::door::{Door, Pass};
use super::intake::Intake;
use super::rounds::{Lost, Repeat};
use super::wire::{Built, Line, put_headers, set_query, texts};
use super::{HOPS, ReadClient, reading};
use crate::connector::Fault;
use crate::connector::attachment::{self, Came, FileRule, Host, Pieces};
use crate::template::Names;

impl ReadClient {
    /// Fetches one file. `None` if the system has none, where the entry says how that shows.
    ///
    /// # Errors
    /// Those of [`ReadClient::send`]; E557 if it is too large, E558 if it lies where nothing may be fetched, E596 to E598 if the reply
    /// does not hold it as it should.
    pub(in super::super) async fn download(
        &self,
        rule: &FileRule,
        names: &Names,
        take: Pieces<'_>,
    ) -> Result<Option<Came>, Fault> {
        let line = &self.0;
        let request = &rule.request;
        let hosts = hosts(rule, names)?;
        let mut built = match rule.is_address() {
            true => addressed(line, rule, names)?,
            false => reading(line, request, names)?.0,
        };
        let spot = rule.base64.as_ref().map(|within| within.at.clone());
        let mut intake = Intake::new(rule.limit, spot, take);
        let mut away = false;
        for hop in 0..=HOPS {
            let own = line.server.owns(&built.url);
            let listed: Vec<&Host> = hosts.iter().filter(|host| host.holds(&built.url)).collect();
            if !is_permitted(&built.url, own, &listed) {
                return Err(Fault::other_host());
            }
            let known = rule.auth && !away;
            let pass = match (own, known) {
                (true, true) => None,
                (true, false) => Some(Pass::bare(&built.url)),
                // All below a name may be anybody's.
                (false, true) if hop == 0 && listed.iter().any(|host| host.is_one()) => {
                    let mut pass = line.knock(&built, &mut Door::default()).await?;
                    pass.origin = built.url.origin();
                    pass.cookies = false;
                    pass.http = Some(line.http_for(&built.url)?);
                    Some(pass)
                }
                (false, _) => {
                    let mut pass = Pass::bare(&built.url);
                    pass.http = Some(line.http_for(&built.url)?);
                    Some(pass)
                }
            };
            let answer = line
                .rounds_into(
                    &built,
                    &request.outcome,
                    Repeat::Read,
                    pass.as_ref(),
                    Some(&mut intake),
                )
                .await;
            let (meaning, reply) = match answer {
                Ok(answer) => answer,
                Err(Lost::Fault(fault) | Lost::Unknown(fault)) => return Err(fault),
            };
            if !matches!(reply.status, 301..=303 | 307 | 308) {
                return match meaning {
                    Meaning::Gone if request.outcome.gone.is_some() => Ok(None),
                    // A part of a file is not the file.
                    Meaning::Done if matches!(reply.status, 200 | 203) => {
                        let kind = reply.headers.get(CONTENT_TYPE);
                        let kind = kind.and_then(|kind| kind.to_str().ok());
                        let mut kind = kind.and_then(attachment::content_type);
                        if let Some(within) = &rule.base64 {
                            if attachment::is_other_page("", kind.as_deref()) {
                                return Err(Fault::page_for_file());
                            }
                            // What breaks off is no JSON.
                            reply.content()?;
                            if !intake.found() {
                                return Err(Fault::no_one_file(within.at.to_string()));
                            }
                            kind = attachment::stated_type(rule, names);
                        }
                        Ok(Some(Came {
                            content_type: kind,
                            bytes: intake.bytes(),
                        }))
                    }
                    _ => Err(outcome::failure(reply.status)),
                };
            }
            if built.verb != Verb::Get {
                return Err(Fault::other_path());
            }
            let target = reply.headers.get(LOCATION).and_then(|v| v.to_str().ok());
            let target = target.and_then(|text| reply.url.join(text).ok());
            let target = target.ok_or_else(|| outcome::failure(reply.status))?;
            away |= !line.server.owns(&target);
            if away {
                built = bare(target);
                built.decode = request.decode;
            } else {
                built.url = target;
            }
        }
        Err(Fault::repeated_page())
    }
}

fn hosts(rule: &FileRule, names: &Names) -> Result<Vec<Host>, Fault> {
    let text = |host: &crate::template::Template| -> Result<Host, Fault> {
        Host::parse(&host.text(names)?).ok_or_else(Fault::base_url)
    };
    rule.hosts.iter().map(text).collect()
}

/// https, or what never leaves this machine; no name and password in it.
fn is_permitted(url: &Url, own: bool, listed: &[&Host]) -> bool {
    let bare = url.username().is_empty() && url.password().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    bare && (own || (safe && !listed.is_empty()))
}

/// The request for a file whose whole address the system names. What every request to the system carries goes to it alone.
fn addressed(line: &Line, rule: &FileRule, names: &Names) -> Result<Built, Fault> {
    let request = &rule.request;
    let text = request.path.text(names)?;
    let url = line.server.url.join(text.trim());
    let mut built = bare(url.map_err(|_| Fault::unfit("get"))?);
    for (name, value) in &request.query {
        set_query(&mut built.url, name, &texts(value, names)?);
    }
    put_headers(&mut built.headers, &request.headers, names)?;
    built.limits.clone_from(&request.limits);
    built.decode = request.decode;
    Ok(built)
}

/// A GET that carries nothing.
fn bare(mut url: Url) -> Built {
    url.set_fragment(None);
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    Built {
        verb: Verb::Get,
        url,
        headers,
        body: None,
        decode: Some(Decode::Bytes),
        limits: Vec::new(),
        late: None,
    }
}
