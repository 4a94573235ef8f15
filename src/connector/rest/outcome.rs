//! What a reply means. A lost permission is never an erasure.

use serde_json::Value;

use super::client::Reply;
use super::decode;
use super::request::{Decode, Matcher, Outcome};
use crate::connector::Fault;
use crate::template::{Condition, Names};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Retry,
    Gone,
    Blocked,
    Failed,
    Done,
}

const RETRY: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];
const GONE: [u16; 2] = [404, 410];
const BLOCKED: [u16; 2] = [409, 423];

/// The first of retry, gone, blocked, failed, done that holds; failed if none does.
///
/// 401, 403 and 407 are failures unless a condition over the reply says that the system throttles or refuses for a reason of its
/// own by them, as Salesforce and Google do with 403.
///
/// # Errors
/// A condition cannot be computed on this reply.
pub(super) fn meaning(outcome: &Outcome, reply: &Reply) -> Result<Meaning, Fault> {
    let names = std::cell::OnceCell::new();
    let names = || names.get_or_init(|| names_of(reply));
    let status = reply.status;
    let locked_out = [401, 403, 407].contains(&status);
    let holds = |condition: &Condition| condition.holds(names()).map_err(Fault::from);
    let careful = |matcher: &Option<Matcher>, default: bool| match matcher {
        None => Ok(default),
        Some(Matcher::Status(list)) => Ok(list.contains(&status) && !locked_out),
        Some(Matcher::Condition(condition)) => holds(condition),
    };
    let proven = |matcher: &Option<Matcher>, default: bool| match matcher {
        None => Ok(default),
        Some(Matcher::Status(list)) => Ok(list.contains(&status)),
        Some(Matcher::Condition(condition)) => condition.proves(names()).map_err(Fault::from),
    };
    if careful(&outcome.retry, RETRY.contains(&status))? {
        return Ok(Meaning::Retry);
    }
    // All calls go to one path; that it is missing says nothing of a record.
    let missing = GONE.contains(&status) && !outcome.rpc;
    if !locked_out && proven(&outcome.gone, missing)? {
        return Ok(Meaning::Gone);
    }
    if careful(&outcome.blocked, BLOCKED.contains(&status))? {
        return Ok(Meaning::Blocked);
    }
    // Whatever a file says besides, a reply with an error in it is none that did what was asked.
    let erred = outcome.rpc && has_error(reply);
    let failed = erred
        || match &outcome.failed {
            Some(Matcher::Condition(condition)) => status >= 400 || holds(condition)?,
            Some(Matcher::Status(list)) => status >= 400 || list.contains(&status),
            None => status >= 400,
        };
    if !failed && proven(&outcome.done, (200..300).contains(&status))? {
        return Ok(Meaning::Done);
    }
    Ok(Meaning::Failed)
}

/// The fault of a reply that is no success; its content stays unsaid.
pub(super) fn failure(status: u16) -> Fault {
    match status {
        // The reply itself, and not its status, says so.
        200..300 => Fault::said_no(status),
        401 => Fault::credential(status),
        403 => Fault::forbidden(status),
        408 | 425 | 429 | 500..600 => Fault::status(status),
        _ => Fault {
            passing: false,
            ..Fault::status(status)
        },
    }
}

fn has_error(reply: &Reply) -> bool {
    let said = decode::decode(reply, Some(Decode::Json));
    let said = said.map_or(Value::Null, |content| content.value);
    said.get("error").is_some_and(|error| !error.is_null())
}

/// `headers` are named in small letters with `_`: `headers.retry_after`.
pub(super) fn names_of(reply: &Reply) -> Names {
    let headers: serde_json::Map<String, Value> = reply
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().replace('-', "_"), value.to_str().ok()?.into()))
        })
        .collect();
    // An error may come in another notation than what was asked for, so the content type is believed as well.
    let body = reply.content().or_else(|_| decode::decode(reply, None));
    let body = body.map_or(Value::Null, |content| content.value);
    Names::default()
        .with("status", reply.status)
        .with("headers", headers)
        .with("body", body)
        .with("text", String::from_utf8_lossy(&reply.body))
}
