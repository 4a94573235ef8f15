//! What a run came to: each record's outcome, how well it is proven, and what is still there.

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::journey::apply::{Applied, StepResult};
use crate::cli::report::planned::until;
use crate::cli::report::{lean, named};
use crate::connector::Fault;
use crate::execute::Ended;
use crate::hold::{self, HoldId};
use crate::messages::{Lang, Say as _, Text, hold as say_hold, report as say, rights};
use crate::plan::{Level, Outcome};
use crate::ui::Format;

/// Prints what a run came to.
pub(crate) fn applied(
    context: &Context,
    case: &str,
    applied: &Applied,
    evidence: Option<&std::path::Path>,
) {
    match context.ui.format {
        Format::Json => context.ui.json(&applied_json(case, applied, evidence)),
        Format::Csv => all_in_one(context, applied),
        Format::Table => {
            outcomes(context, applied);
            if applied.results.iter().any(|r| stays(&applied.verb, r)) {
                context.ui.heading(&match applied.verb.as_str() {
                    "erase" => say::remains(),
                    _ => rights::remains(),
                });
                remains(context, applied);
            }
        }
    }
}

/// Every record with its outcome, how well that is proven, and why it is still there if it is; for programs.
pub(crate) fn all_in_one(context: &Context, applied: &Applied) {
    let lang = context.ui.lang;
    let columns = [
        say::system(),
        say::object(),
        say::record(),
        say::result(),
        say::proof(),
        until(&applied.verb),
        say::because(),
    ];
    let rows = applied.results.iter().map(|result| {
        let [kept_until, because] = grounds(lang, result);
        let mut row = outcome_row(lang, result);
        row.extend([kept_until, because]);
        row
    });
    context.ui.rows(&columns, &rows.collect::<Vec<_>>());
}

/// Every record with its outcome and how well that is proven; for people, who read the grounds in [`remains`].
pub(crate) fn outcomes(context: &Context, applied: &Applied) {
    let lang = context.ui.lang;
    let columns = [
        say::system(),
        say::object(),
        say::record(),
        say::result(),
        say::proof(),
    ];
    let rows = applied.results.iter().map(|r| outcome_row(lang, r));
    context.ui.rows(&columns, &rows.collect::<Vec<_>>());
}

/// What is still there after a run, and why: what the law keeps, what became anonymous instead, what failed.
pub(crate) fn remains(context: &Context, applied: &Applied) {
    let lang = context.ui.lang;
    let columns = [
        say::system(),
        say::object(),
        say::record(),
        say::result(),
        until(&applied.verb),
        say::because(),
    ];
    let rows = applied
        .results
        .iter()
        .filter(|r| stays(&applied.verb, r))
        .map(|result| {
            let mut row = outcome_row(lang, result);
            // The proof stands in the other table.
            row.pop();
            row.extend(grounds(lang, result));
            row
        });
    let (columns, rows) = lean(&columns, &rows.collect::<Vec<_>>());
    context.ui.rows(&columns, &rows);
}

/// Whether a record is still there for a reason that a person wants to know.
fn stays(verb: &str, result: &StepResult) -> bool {
    let outcome = result.ended.as_ref().map(|ended| ended.outcome);
    let fault = result.ended.as_ref().and_then(|ended| ended.fault.as_ref());
    match outcome {
        _ if fault == Some(&Fault::still_found()) => true,
        Some(Outcome::Removed | Outcome::AlreadyGone) => false,
        Some(Outcome::Anonymised | Outcome::Restricted) if verb == "erase" => {
            result.step.because.is_some()
        }
        // What was asked for is no remainder, but for what was so before.
        Some(
            Outcome::Anonymised
            | Outcome::Restricted
            | Outcome::Unrestricted
            | Outcome::Rectified
            | Outcome::Suppressed,
        ) => !result.step.writes(),
        _ => true,
    }
}

/// `dsr.apply/1`
pub(crate) fn applied_json(
    case: &str,
    applied: &Applied,
    evidence: Option<&std::path::Path>,
) -> Value {
    json!({
        "schema": "dsr.apply/1",
        "case": case,
        "plan": applied.plan,
        // Exit codes outrank each other, so that any but 0 may stand before "not everything was searched".
        "complete": applied.exit == crate::diagnostic::Exit::Done,
        "waiting": applied.waiting,
        "evidence": evidence.map(|path| path.display().to_string()),
        "records": applied.results.iter().map(result_json).collect::<Vec<Value>>(),
    })
}

fn result_json(result: &StepResult) -> Value {
    let step = &result.step;
    let ended = result.ended.as_ref();
    let mut out = json!({
        "system": step.system,
        "object": step.object,
        "key": step.key.to_string(),
        "decision": step.decision,
        "action": step.action,
        "outcome": ended.map_or(json!("pending"), |ended| json!(ended.outcome)),
        "level": ended.and_then(|ended| ended.level),
        "until": step.until,
        "because": step.because.as_ref().map(|text| text.en.clone()),
        "verified_at": result.at.filter(|_| ended.is_some_and(|ended| ended.level.is_some())),
    });
    let holds = holds(result);
    if !holds.is_empty() {
        out["holds"] = json!(holds);
    }
    if let Some(fault) = ended.and_then(|ended| ended.fault.as_ref()) {
        out["error"] = json!({ "code": fault.code, "text": fault.text.en });
    }
    out
}

/// The holds that keep a record: those of the plan, and those that were set since.
fn holds(result: &StepResult) -> Vec<HoldId> {
    let planned = result
        .step
        .keeping
        .iter()
        .flat_map(|keeping| &keeping.holds);
    let since = result.ended.iter().flat_map(|ended| &ended.holds);
    let mut holds: Vec<HoldId> = planned.chain(since).cloned().collect();
    holds.sort();
    holds.dedup();
    holds
}

/// System, object, record, result, proof.
fn outcome_row(lang: Lang, result: &StepResult) -> Vec<String> {
    let step = &result.step;
    let ended = result.ended.as_ref();
    vec![
        step.system.clone(),
        step.object.clone(),
        named(step.label.as_deref(), &step.key),
        said_of(ended).to(lang).to_owned(),
        level(ended.and_then(|ended| ended.level))
            .to(lang)
            .to_owned(),
    ]
}

/// Until when a record is kept, and why it is there: the failure, else the plan's reason.
fn grounds(lang: Lang, result: &StepResult) -> [String; 2] {
    let step = &result.step;
    let fault = result.ended.as_ref().and_then(|ended| ended.fault.as_ref());
    let since = result
        .ended
        .as_ref()
        .filter(|ended| !ended.holds.is_empty());
    let since = since.map(|ended| say_hold::held_since_plan(hold::listed(&ended.holds)));
    let because = match fault {
        Some(fault) => Some(&fault.text),
        None => since.as_ref().or(step.because.as_ref()),
    };
    [
        step.until.map_or_else(String::new, |until| until.say(lang)),
        because.map_or_else(String::new, |text| text.to(lang).to_owned()),
    ]
}

/// What became of a record; one that was not found any more is not said to have changed.
fn said_of(ended: Option<&Ended>) -> Text {
    let fault = ended.and_then(|ended| ended.fault.as_ref());
    match fault == Some(&Fault::unfound()) {
        true => say::not_found_again(),
        false => outcome(ended.map(|ended| ended.outcome)),
    }
}

pub(crate) fn outcome(outcome: Option<Outcome>) -> Text {
    match outcome {
        None | Some(Outcome::Pending) => say::pending(),
        Some(Outcome::Removed) => say::removed(),
        Some(Outcome::Anonymised) => say::anonymised(),
        Some(Outcome::Restricted) => say::restricted(),
        Some(Outcome::Unrestricted) => say::unrestricted(),
        Some(Outcome::Rectified) => say::rectified(),
        Some(Outcome::Suppressed) => say::suppressed(),
        Some(Outcome::AlreadyGone) => say::already_gone(),
        Some(Outcome::Retained) => say::retained(),
        Some(Outcome::Manual) => say::manual(),
        Some(Outcome::Blocked) => say::blocked(),
        Some(Outcome::Changed) => say::changed(),
        Some(Outcome::Held) => say::held(),
        Some(Outcome::Failed) => say::failed(),
        Some(Outcome::Unknown) => say::unknown(),
        Some(Outcome::NotVerified) => say::not_verified(),
    }
}

fn level(level: Option<Level>) -> Text {
    match level {
        None => Text::same(""),
        Some(Level::L0) => say::l0(),
        Some(Level::L1) => say::l1(),
        Some(Level::L2) => say::l2(),
        Some(Level::L3) => say::l3(),
        Some(Level::L4) => say::l4(),
    }
}
