//! A page that comes again is an error, never the end of a list.

use reqwest::header::{HeaderName, HeaderValue, LINK};
use serde_json::{Value, json};
use url::Url;

use super::{Checked, Flaw, Recorded, leaves};
use crate::connector::Fault;
use crate::connector::rest::request::{Next, Page, Request, Slot, Source};
use crate::messages::replay as say;
use crate::replay::exchange::Reply;
use crate::replay::play::Until;
use crate::replay::tape::{Act, Phase, Sent};
use crate::replay::{judge, outline};

/// A page with records, and what follows it.
struct Found<'a> {
    page: &'a Page,
    first: &'a Sent,
    reply: &'a Reply,
    /// The request for the page behind it, where one is recorded.
    second: Option<&'a Sent>,
}

pub(super) fn repeated_page(recorded: &Recorded<'_>) -> Checked {
    let found = pages(recorded)?;
    let (first, second) = match found.second {
        Some(_) => (None, found.reply.clone()),
        // Only one page is recorded: it comes twice, and announces another.
        None => {
            let announced = announcing(&found).ok_or(Flaw::Absent(say::no_second_page()))?;
            (Some(announced.clone()), announced)
        }
    };
    let (one, next) = (same(found.first), found.second.map(same));
    let page = found.page.clone();
    let opening = found.first.clone();
    let played = recorded.play(
        Until::End,
        Some(Box::new(move |sent, _| {
            if sent.phase != Phase::Search {
                return Act::Pass;
            }
            if same(sent) == one {
                return first.clone().map_or(Act::Pass, Act::Instead);
            }
            let is_next = match &next {
                Some(next) => same(sent) == *next,
                None => sent.exchange.is_none() && is_next(&page, &opening, &second, sent),
            };
            match is_next {
                true => Act::Instead(second.clone()),
                false => Act::Pass,
            }
        })),
    )?;
    let wanted = Fault::repeated_page().code;
    let codes: Vec<String> = judge::search_faults(&played)
        .into_iter()
        .map(|(_, fault)| fault.code)
        .collect();
    match codes.contains(&wanted) {
        true => Ok(()),
        false => Err(Flaw::Wrong(say::page_taken(codes.join(", ")))),
    }
}

fn same(sent: &Sent) -> (String, Vec<u8>) {
    (sent.url.to_string(), sent.body.clone())
}

/// The first page with records that the case asks for; one with another behind it is best.
fn pages<'a>(recorded: &'a Recorded<'_>) -> Result<Found<'a>, Flaw> {
    let log: Vec<&Sent> = recorded.played.tape.log.iter().collect();
    let asked = log
        .iter()
        .filter(|sent| sent.phase == Phase::Search && !sent.signs_in);
    let mut paged = false;
    let mut best: Option<Found<'a>> = None;
    for first in asked {
        let Some(request) = outline::searches(recorded.specimen)
            .into_iter()
            .find(|request| asks(request, first))
        else {
            continue;
        };
        paged = true;
        let Some(reply) = first.reply.as_ref().filter(|reply| holds(request, reply)) else {
            continue;
        };
        let page = &request.page;
        let second = log
            .iter()
            .find(|sent| is_next(page, first, reply, sent))
            .copied();
        if best.is_none() || second.is_some() {
            let ends = second.is_some();
            best = Some(Found {
                page,
                first,
                reply,
                second,
            });
            if ends {
                break;
            }
        }
    }
    best.ok_or(Flaw::Absent(match paged {
        true => say::no_page_with_records(),
        false => say::nothing_in_pages(),
    }))
}

/// Whether a request of the log is one of this search, and the search comes in pages.
fn asks(request: &Request, sent: &Sent) -> bool {
    !matches!(request.page.next, Next::None) && outline::asks(request, sent)
}

fn holds(request: &Request, reply: &Reply) -> bool {
    let (Some(path), Some(body)) = (&request.records, reply.json()) else {
        return false;
    };
    let mut records = path.path.query(&body).all().into_iter();
    (200..300).contains(&reply.status) && records.any(Value::is_object)
}

/// Whether `sent` asks for the page behind `first`.
fn is_next(page: &Page, first: &Sent, reply: &Reply, sent: &Sent) -> bool {
    let differs = same(first) != same(sent);
    match &page.next {
        Next::None => false,
        Next::Url(path) => {
            let body = reply.json();
            let text = body.as_ref().and_then(|body| {
                let one = path.path.query(body).exactly_one().ok()?;
                one.as_str().map(str::to_owned)
            });
            let url = text.and_then(|text| first.url.join(&text).ok());
            differs && url.is_some_and(|url| url == sent.url)
        }
        Next::LinkHeader => {
            let link = reply.headers.get(LINK).and_then(|v| v.to_str().ok());
            let links = link.unwrap_or_default().split(',');
            let mut next = links.filter(|link| link.contains("next"));
            let target = next.find_map(|link| link.split_once('<')?.1.split_once('>'));
            let url = target.and_then(|(text, _)| first.url.join(text).ok());
            differs && url.is_some_and(|url| url == sent.url)
        }
        Next::Cursor { into, .. } | Next::Offset { into, .. } | Next::Number { into, .. } => {
            differs && without(first, into) == without(sent, into)
        }
    }
}

/// A request without the parameter of its page.
fn without(sent: &Sent, slot: &Slot) -> (Url, Vec<u8>, Option<Value>) {
    let mut url = sent.url.clone();
    match slot {
        Slot::Query(name) => {
            let rest: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(known, _)| known != name)
                .map(|(known, value)| (known.into_owned(), value.into_owned()))
                .collect();
            url.query_pairs_mut().clear().extend_pairs(rest);
            (url, sent.body.clone(), None)
        }
        Slot::Body(names) => {
            let mut body: Value = serde_json::from_slice(&sent.body).unwrap_or(Value::Null);
            let (last, above) = names.split_last().map_or(("", &[][..]), |(l, a)| (l, a));
            let here = above
                .iter()
                .try_fold(&mut body, |here, name| here.get_mut(name));
            if let Some(members) = here.and_then(Value::as_object_mut) {
                members.remove(last);
            }
            (url, Vec::new(), Some(body))
        }
    }
}

/// The first page, made to say that another follows.
fn announcing(found: &Found<'_>) -> Option<Reply> {
    let mut body = found.reply.json()?;
    let mut reply = found.reply.clone();
    for count in found.page.total.iter().chain(&found.page.pages) {
        match count {
            Source::Body(path) if !leaves::put(&mut body, &path.text, json!(1_000_000)) => {
                return None;
            }
            Source::Body(_) => {}
            Source::Header(name) => {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                let many = HeaderValue::from_static("1000000");
                reply.headers.insert(name, many);
            }
        }
    }
    if let Some(more) = &found.page.more
        && !leaves::put(&mut body, &more.text, json!(true))
    {
        return None;
    }
    let mut again = found.first.url.clone();
    again.query_pairs_mut().append_pair("dsr_again", "1");
    match &found.page.next {
        Next::None => return None,
        Next::Url(path) => {
            if !leaves::put(&mut body, &path.text, json!(again.as_str())) {
                return None;
            }
        }
        Next::LinkHeader => {
            let link = HeaderValue::from_str(&format!("<{again}>; rel=\"next\"")).ok()?;
            reply.headers.insert(LINK, link);
        }
        Next::Cursor { path, .. } => {
            // One that stands in a record, such as the key of the last, leads on as it is.
            let stands = path.path.query(&body).exactly_one();
            let leads = stands.is_ok_and(|value| value.is_string() || value.is_number());
            if !leaves::put(&mut body, &path.text, json!("again")) && !leads {
                return None;
            }
        }
        Next::Offset { .. } | Next::Number { .. } => {}
    }
    Some(reply.with(&body))
}
