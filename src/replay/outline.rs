//! What of a connector has to be tested: the identities it searches by, its objects and their actions.

use serde_json::Value;

use super::exchange::Exchange;
use super::specimen::Specimen;
use super::tape::Sent;
use crate::connector::Action;
use crate::connector::object::{Finder, How, Object, Via};
use crate::connector::rest::request::{Body, Request, Verb};
use crate::template::Structure;

/// The kinds of identity that it searches by.
pub(super) fn searched_by(specimen: &Specimen) -> Vec<&str> {
    let finders = specimen.objects.iter().flat_map(|object| &object.find);
    let mut kinds: Vec<&str> = finders
        .filter_map(|finder| finder.by.as_ref())
        .map(|kind| kind.0.as_str())
        .filter(|kind| !["all", "age"].contains(kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether an object is only walked through, so that none of its records is found.
pub(super) fn is_place(object: &Object) -> bool {
    let by_all = |finder: &Finder| finder.by.as_ref().is_some_and(|kind| kind.0 == "all");
    object.find.iter().any(by_all)
}

/// Every action of every object that sends something.
pub fn actions(specimen: &Specimen) -> Vec<(String, Action)> {
    let mut all = Vec::new();
    for object in &specimen.objects {
        if let How::Http { actions, .. } = &object.how {
            all.extend(
                actions
                    .iter()
                    .filter(|(_, does)| !does.steps.is_empty())
                    .map(|(action, _)| (object.name.clone(), *action)),
            );
        }
        if let How::Plugin { actions, .. } = &object.how {
            all.extend(actions.iter().map(|action| (object.name.clone(), *action)));
        }
    }
    all
}

/// What packages ask for beside the records: `object/part`, and `object/files`.
pub(super) fn beside(specimen: &Specimen) -> Vec<String> {
    let mut all = Vec::new();
    for object in &specimen.objects {
        let parts = object.parts().iter();
        all.extend(parts.map(|part| format!("{}/{}", object.name, part.name)));
        if !object.files().is_empty() {
            all.push(format!("{}/files", object.name));
        }
    }
    all
}

/// Whether a recorded request changes something. A POST does if the connector sends such a one while writing; where it also reads
/// so, its body decides, and where that is not recorded nobody can tell.
pub(super) fn writes(specimen: &Specimen, exchange: &Exchange) -> bool {
    match exchange.verb {
        Verb::Get | Verb::Head => return false,
        Verb::Put | Verb::Patch | Verb::Delete => return true,
        // A program says it with each request.
        Verb::Post if specimen.is_plugin() => return exchange.read_only != Some(true),
        Verb::Post => {}
    }
    let (reading, writing): (Vec<&Request>, Vec<&Request>) = requests(specimen)
        .into_iter()
        .filter(|request| request.verb == Verb::Post && is_path(request, exchange))
        .partition(|request| request.read_only);
    let by_body = |requests: &[&Request]| requests.iter().any(|one| is_body(one, exchange));
    match (reading.is_empty(), writing.is_empty()) {
        (_, true) => false,
        (true, false) => true,
        (false, false) => by_body(&writing) && !by_body(&reading),
    }
}

/// Every request of the connector.
fn requests(specimen: &Specimen) -> Vec<&Request> {
    let mut all = Vec::new();
    for object in &specimen.objects {
        for finder in &object.find {
            if let Via::Request(request) = &finder.via {
                all.push(&**request);
            }
        }
        all.extend(object.parts().iter().map(|part| &part.request));
        all.extend(object.files().iter().map(|rule| &rule.request));
        if let How::Http { describe, .. } = &object.how {
            all.extend(describe.iter().map(|one| &one.request));
        }
        if let How::Http { read, actions, .. } = &object.how {
            all.extend(read.as_deref());
            let steps = actions.iter().flat_map(|(_, does)| &does.steps);
            all.extend(steps.flat_map(|step| {
                let polled = step.poll.as_ref().map(|poll| &poll.get);
                std::iter::once(step).chain(polled)
            }));
        }
    }
    all
}

/// Every search.
pub(super) fn searches(specimen: &Specimen) -> Vec<&Request> {
    let finders = specimen.objects.iter().flat_map(|object| &object.find);
    let requests = finders.filter_map(|finder| match &finder.via {
        Via::Request(request) => Some(&**request),
        Via::Columns(_) | Via::Join(_) => None,
    });
    requests.collect()
}

/// Every search but those of sweeps, as `object.find[2]`.
pub(super) fn finders(specimen: &Specimen) -> Vec<(String, &Request)> {
    let mut all = Vec::new();
    for object in &specimen.objects {
        for (at, finder) in object.find.iter().enumerate() {
            if let Via::Request(request) = &finder.via
                && !finder.is_by_age()
            {
                all.push((format!("{}.find[{}]", object.name, at + 1), &**request));
            }
        }
    }
    all
}

/// Whether a request that was sent can be this one: the same verb and path, and all that is written out in query and body.
pub(super) fn asks(request: &Request, sent: &Sent) -> bool {
    let base = sent.base.as_str().trim_end_matches('/');
    let whole = sent.url.as_str().split('?').next().unwrap_or_default();
    let path = whole.strip_prefix(base).unwrap_or(whole);
    let body: Value = serde_json::from_slice(&sent.body).unwrap_or(Value::Null);
    request.verb == sent.verb
        && is_at(request, path)
        && request.query.iter().all(|(name, meant)| {
            sent.url.query_pairs().any(|(known, told)| {
                known == *name && agrees_in_text(meant, &told)
                    // A list is told one by one, under names of their own in some systems.
                    || matches!(meant, Structure::List(_) | Structure::Map(_)) && known.starts_with(name)
            })
        })
        && match (&request.body, &request.call) {
            (_, Some(call)) => agrees_within(&call.tree, &body),
            (Some(Body::Json(meant)), None) => agrees(meant, &body),
            _ => true,
        }
}

fn agrees_in_text(meant: &Structure, told: &str) -> bool {
    match meant {
        Structure::Leaf(text) => text.is_expression() || text.fits(told),
        Structure::Fixed(Value::String(meant)) => meant == told,
        // A number or a truth value as a parameter shows it.
        Structure::Fixed(meant) => {
            let written = meant.to_string();
            written == told
        }
        Structure::List(_) | Structure::Map(_) => false,
    }
}

/// Whether something in the body agrees: what is around a call belongs to the notation.
fn agrees_within(meant: &Structure, told: &Value) -> bool {
    agrees(meant, told)
        || match told {
            Value::Object(members) => members.values().any(|told| agrees_within(meant, told)),
            Value::Array(items) => items.iter().any(|told| agrees_within(meant, told)),
            _ => false,
        }
}

/// Whether a request that was sent is one of an action for several records.
pub(super) fn is_of_many(specimen: &Specimen, verb: Verb, url: &str) -> bool {
    let url = url.split('?').next().unwrap_or_default();
    specimen.objects.iter().any(|object| match &object.how {
        How::Http { actions, .. } => actions.iter().any(|(_, does)| {
            let mut steps = does.steps.iter();
            let here = |step: &Request| step.verb == verb && is_at(step, url);
            does.batch.is_some() && steps.any(here)
        }),
        _ => false,
    })
}

fn is_path(request: &Request, exchange: &Exchange) -> bool {
    is_at(request, &exchange.target)
}

/// Whether a path, or a whole URL, can be that of a request: expressions stand for any segment.
pub(super) fn is_at(request: &Request, target: &str) -> bool {
    let pattern = request.path.masked();
    let segments = |text: &str| -> Vec<String> {
        let text = text.trim_matches('/');
        text.split('/').map(str::to_owned).collect()
    };
    let is_url = target.contains("://");
    let (pattern, target) = (segments(&pattern), segments(target));
    // One of the two may be a whole URL.
    let fits = |(meant, told): (&String, &String)| meant.contains('{') || meant == told;
    let last = pattern.iter().rev().zip(target.iter().rev());
    let whole = pattern.len() == target.len() || is_url;
    whole && last.into_iter().all(fits)
}

/// Whether what is fixed in a request's body, or in its call, is in the recorded one.
fn is_body(request: &Request, exchange: &Exchange) -> bool {
    let call = request.call.as_ref().map(|call| &call.tree);
    let meant = match &request.body {
        Some(Body::Json(body)) => Some(body),
        _ => call,
    };
    match (meant, exchange.json()) {
        (Some(meant), Some(told)) => agrees(meant, told),
        _ => false,
    }
}

/// Whether a recorded body can be what a request sends: texts that are written out are compared as texts, braces and all.
fn agrees(meant: &Structure, told: &Value) -> bool {
    match (meant, told) {
        (Structure::Map(meant), Value::Object(told)) => meant
            .iter()
            .all(|(name, value)| told.get(name).is_some_and(|told| agrees(value, told))),
        (Structure::List(meant), Value::Array(told)) => {
            meant.len() == told.len() && meant.iter().zip(told).all(|(m, t)| agrees(m, t))
        }
        (Structure::Leaf(text), _) if text.is_expression() => true,
        (Structure::Leaf(text), Value::String(told)) => text.fits(told),
        (Structure::Fixed(meant), told) => meant == told,
        _ => false,
    }
}
