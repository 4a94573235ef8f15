//! What a request that writes can say beyond itself: whether it is sent at all, values that later steps name, a job to wait for,
//! what became of each record of a batch. Reading requests have none of these; limits of its own any request can have.

use std::borrow::Cow;
use std::time::Duration;

use super::request::{self, Context, Phase};
use super::{api, reply};
use crate::connector::definition::Limits;
use crate::connector::grammar::{self, json_path};
use crate::connector::rest::request::{Capture, Each, Poll, Source};
use crate::diagnostic::Diagnostic;
use crate::messages::steps as say;
use crate::template::{Condition, Members, Names, Scope, Within};
use crate::yaml::{Fields, Name, Node, error};

/// Names that mean something else somewhere in a connector.
const TAKEN: [&str; 18] = [
    "auth", "before", "body", "call", "changes", "file", "headers", "item", "keys", "masked",
    "parent", "record", "records", "settings", "status", "text", "value", "values",
];

/// Pause between two looks at a job.
const EVERY: Duration = Duration::from_secs(5);

/// How long a job may take.
const JOB: Duration = Duration::from_secs(15 * 60);

/// The value of a word that only a step that writes can have (E392).
fn in_steps<'n>(
    fields: &mut Fields<'n, '_>,
    context: &Context<'_>,
    word: &'static str,
) -> Option<Option<&'n Node>> {
    let node = fields.optional(word);
    match node {
        Some(node) if context.phase != Phase::Write => {
            fields.error(
                error("E392", say::only_in_steps(word))
                    .at(node.place.clone())
                    .help(say::only_in_steps_help()),
            );
            None
        }
        node => Some(node),
    }
}

/// `when`: a condition over what the action knows so far.
pub(super) fn when(
    fields: &mut Fields<'_, '_>,
    context: &Context<'_>,
) -> Option<Option<Condition>> {
    let Some(node) = in_steps(fields, context, "when")? else {
        return Some(None);
    };
    let scope = context.scope(Within::Condition);
    Some(Some(Condition::compile(node, &scope, fields.errors())?))
}

/// `capture`: names with a JSONPath or `header.<Name>`.
pub(super) fn capture(fields: &mut Fields<'_, '_>, context: &Context<'_>) -> Option<Vec<Capture>> {
    let Some(node) = in_steps(fields, context, "capture")? else {
        return Some(Vec::new());
    };
    let mut out = Vec::new();
    for (name, node) in grammar::mapping(node, fields.errors())? {
        if let Some(wrong) = name_trouble(name, context) {
            fields.error(wrong);
            return None;
        }
        out.push(Capture {
            name: name.text.clone(),
            from: source(node, fields.errors())?,
        });
    }
    Some(out)
}

/// Where in a reply a value stands: a JSONPath, or `header.NAME` (E391).
pub(super) fn source(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Source> {
    let text = node.scalar().unwrap_or_default();
    let Some(header) = text.strip_prefix("header.") else {
        return json_path(node, errors).map(Source::Body);
    };
    if reqwest::header::HeaderName::from_bytes(header.as_bytes()).is_err() {
        errors.push(
            error("E391", say::capture_header())
                .at(node.place.clone())
                .help(say::capture_header_help()),
        );
        return None;
    }
    Some(Source::Header(header.to_owned()))
}

/// A name of one word that nothing else has (E390).
fn name_trouble(name: &Name, context: &Context<'_>) -> Option<Diagnostic> {
    let sound = name.text.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let taken = TAKEN.contains(&name.text.as_str())
        || context.names.iter().any(|(known, _)| *known == name.text);
    let what = match (sound, taken) {
        (true, false) => return None,
        (false, _) => say::capture_name(&name.text),
        (true, true) => say::capture_taken(&name.text),
    };
    Some(
        error("E390", what)
            .at(name.place.clone())
            .help(say::capture_name_help()),
    )
}

/// The names that a step captures, whether or not the step itself can be read.
pub(super) fn captured(step: &Node) -> impl Iterator<Item = &str> {
    let entry = step
        .map()
        .into_iter()
        .flatten()
        .find(|(name, _)| name.text == "capture");
    let names = entry.and_then(|(_, node)| node.map()).into_iter().flatten();
    names.map(|(name, _)| name.text.as_str())
}

/// `poll`: the job that the reply started. `step` is where the request stands, `captured` what it captures itself.
pub(super) fn poll(
    fields: &mut Fields<'_, '_>,
    context: &Context<'_>,
    step: &Node,
    captured: Option<&[Capture]>,
) -> Option<Option<Box<Poll>>> {
    let Some(node) = in_steps(fields, context, "poll")? else {
        return Some(None);
    };
    let mut names = context.names.clone();
    // Without them every name would be called unknown.
    for capture in captured? {
        names.push((Cow::Owned(capture.name.clone()), Members::Value));
    }
    let inner = Context {
        phase: Phase::Poll,
        settings: context.settings,
        names,
        defaults: context.defaults,
    };
    let mut own = Fields::of(node, fields.errors())?;
    let mut wait = |word, default| match own.optional(word) {
        Some(node) => api::duration(node, own.errors()),
        None => Some(default),
    };
    let (every, within) = (wait("every", EVERY), wait("within", JOB));
    let mut condition = |word| {
        let node = own.optional(word)?;
        Some(reply::condition(word, node, own.errors()))
    };
    let (done, failed) = (condition("done"), condition("failed"));
    if done.is_none() {
        own.error(
            error("E241", say::poll_without_done())
                .at(step.place.clone())
                .why(say::poll_without_done_why())
                .help(say::poll_without_done_help()),
        );
    }
    let get = request::read(&mut own, &inner);
    own.finish();
    let failed = match failed {
        Some(failed) => Some(failed?),
        None => None,
    };
    Some(Some(Box::new(Poll {
        get: get?,
        // A look without any pause would be a storm of requests.
        every: every?.max(Duration::from_millis(10)),
        within: within?,
        done: done??,
        failed,
    })))
}

/// `each`: the reply to a batch, record by record.
pub(super) fn each(fields: &mut Fields<'_, '_>, context: &Context<'_>) -> Option<Option<Each>> {
    let Some(node) = in_steps(fields, context, "each")? else {
        return Some(None);
    };
    let mut own = Fields::of(node, fields.errors())?;
    let at = own.required("at");
    let at = at.and_then(|node| json_path(node, own.errors()));
    let key = own.required_text("key");
    let nodes = [
        ("done", own.required("done")),
        ("gone", own.optional("gone")),
        ("blocked", own.optional("blocked")),
    ];
    let names = [(Cow::Borrowed("item"), Members::Value)];
    let scope = Scope {
        within: Within::Condition,
        settings: context.settings,
        names: &names,
    };
    let [done, gone, blocked] = nodes.map(|(word, node)| match node {
        Some(node) => over("item", word, node, &scope, own.errors()).map(Some),
        None => Some(None),
    });
    own.finish();
    Some(Some(Each {
        at: at?,
        key: key?,
        done: done??,
        gone: gone?,
        blocked: blocked?,
    }))
}

/// A condition that has to read something of `root`; one that does not would be true of anything (E341).
pub(super) fn over(
    root: &str,
    word: &str,
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Condition> {
    let condition = Condition::compile(node, scope, errors)?;
    if condition
        .reads()
        .all(|read| read.split('.').next() != Some(root))
    {
        errors.push(
            error("E341", say::blind(word, root))
                .at(node.place.clone())
                .why(say::blind_why())
                .help(say::blind_help(root)),
        );
        return None;
    }
    // An item or a record that says nothing is neither gone nor done. What a mark is read from may well leave it out.
    let nothing = Names::default().with(root.to_owned(), serde_json::json!({}));
    let from_nothing = word != "holds" && condition.proves(&nothing) == Ok(true);
    reply::says_something(&condition, word, &[root], from_nothing, node, errors)?;
    Some(condition)
}

/// `limits` of one request, with those of its object.
pub(super) fn limits(fields: &mut Fields<'_, '_>, context: &Context<'_>) -> Option<Vec<Limits>> {
    let mut all = Vec::new();
    if let Some(node) = fields.optional("limits") {
        all.push(api::own_limits(node, fields.errors())?);
    }
    all.extend(context.defaults.limits.iter().cloned());
    Some(all)
}
