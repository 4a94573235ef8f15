//! What of a connector has to be tested: the identities it searches by, its objects and their actions.

use serde_json::Value;

use super::exchange::Exchange;
use crate::connector::Action;
use crate::connector::definition::Definition;
use crate::connector::object::{Finder, How, Object, Via};
use crate::connector::rest::request::{Body, Request, Verb};

/// The kinds of identity that it searches by.
pub(super) fn searched_by(definition: &Definition) -> Vec<&str> {
    let finders = definition.objects.iter().flat_map(|object| &object.find);
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
pub fn actions(definition: &Definition) -> Vec<(String, Action)> {
    let mut all = Vec::new();
    for object in &definition.objects {
        if let How::Http { actions, .. } = &object.how {
            all.extend(
                actions
                    .iter()
                    .filter(|(_, does)| !does.steps.is_empty())
                    .map(|(action, _)| (object.name.clone(), *action)),
            );
        }
    }
    all
}

/// What packages ask for beside the records: `object/part`, and `object/files`.
pub(super) fn beside(definition: &Definition) -> Vec<String> {
    let mut all = Vec::new();
    for object in &definition.objects {
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
pub(super) fn writes(definition: &Definition, exchange: &Exchange) -> bool {
    match exchange.verb {
        Verb::Get | Verb::Head => return false,
        Verb::Put | Verb::Patch | Verb::Delete => return true,
        Verb::Post => {}
    }
    let (reading, writing): (Vec<&Request>, Vec<&Request>) = requests(definition)
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
fn requests(definition: &Definition) -> Vec<&Request> {
    let mut all = Vec::new();
    for object in &definition.objects {
        for finder in &object.find {
            if let Via::Request(request) = &finder.via {
                all.push(&**request);
            }
        }
        all.extend(object.parts().iter().map(|part| &part.request));
        if let How::Http { describe, .. } = &object.how {
            all.extend(describe.iter().map(|one| &one.request));
        }
        all.extend(object.files().iter().map(|rule| &rule.request));
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
pub(super) fn searches(definition: &Definition) -> Vec<&Request> {
    let finders = definition.objects.iter().flat_map(|object| &object.find);
    let requests = finders.filter_map(|finder| match &finder.via {
        Via::Request(request) => Some(&**request),
        Via::Columns(_) | Via::Join(_) => None,
    });
    requests.collect()
}

/// Whether a request that was sent is one of an action for several records.
pub(super) fn is_of_many(definition: &Definition, verb: Verb, url: &str) -> bool {
    let url = url.split('?').next().unwrap_or_default();
    definition.objects.iter().any(|object| match &object.how {
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
        (Some(meant), Some(told)) => agrees(&meant.masked(), told),
        _ => false,
    }
}

fn agrees(meant: &Value, told: &Value) -> bool {
    match (meant, told) {
        (Value::Object(meant), Value::Object(told)) => meant
            .iter()
            .all(|(name, value)| told.get(name).is_some_and(|told| agrees(value, told))),
        (Value::Array(meant), Value::Array(told)) => {
            meant.len() == told.len() && meant.iter().zip(told).all(|(m, t)| agrees(m, t))
        }
        (Value::String(text), _) if text.contains('{') => true,
        (meant, told) => meant == told,
    }
}
