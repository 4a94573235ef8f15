//! A plan: what happens to each record, what stays and why, what people do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::report::truth::corrections;
use crate::cli::report::{lean, named};
use crate::messages::{Lang, Say as _, Text, hold, library as words, report as say, rights};
use crate::plan::{Action, Decision, Plan, Step, WaitingFor};
use crate::ui::Format;

/// Shows a plan to the person who is about to confirm it: what happens where, and what stays and why.
pub(crate) fn plan_in_words(context: &Context, plan: &Plan) {
    let lang = context.ui.lang;
    if plan.verb == CORRECTS {
        let (columns, rows) = corrections(lang, plan);
        let (columns, rows) = lean(&columns, &unsaid(lang, rows));
        context.ui.show(&columns, &rows);
        let written = plan.steps.iter().filter(|step| step.writes());
        let (mut fields, mut records) = (0, 0);
        for step in written {
            fields += step.changes.len();
            records += 1;
        }
        context.ui.say(&rights::will_correct(fields, records));
        let rest = others(lang, plan);
        if !rest.is_empty() {
            let (columns, rest) = lean(&columns_of_a_plan(&plan.verb), &rest);
            context.ui.show(&columns, &rest);
        }
    } else {
        let (columns, rows) = lean(&columns_of_a_plan(&plan.verb), &plan_rows(lang, plan));
        context.ui.show(&columns, &rows);
    }
    warn_of_what_lasts(context, plan);
    for task in &plan.tasks {
        let owner = task.owner.clone().unwrap_or_else(|| "–".to_owned());
        context.ui.say(&say::task(
            task.system.clone(),
            task.text.clone(),
            owner,
            task.due,
        ));
    }
}

/// What nobody could undo, once for each object.
fn warn_of_what_lasts(context: &Context, plan: &Plan) {
    for change in &plan.changed_safety {
        let (before, after) = (words::stated(&change.before), words::stated(&change.after));
        let changed = words::plan_changes_safety(&change.system, &change.path, before, after);
        context.ui.say(&changed);
    }
    let mut said = BTreeSet::new();
    for step in plan.steps.iter().filter(|step| step.writes()) {
        if let Some(irreversible) = &step.irreversible
            && said.insert((&step.system, &step.object, &irreversible.en))
        {
            let place = format!("{}.{}", step.system, step.object);
            context
                .ui
                .say(&say::irreversible(place, irreversible.clone()));
        }
    }
}

/// The plan as data. What cannot be undone is said beside it.
pub(crate) fn plan_table(context: &Context, plan: &Plan) {
    warn_of_what_lasts(context, plan);
    let lang = context.ui.lang;
    let is_for_people = context.ui.format == Format::Table;
    if plan.verb != CORRECTS {
        let (columns, rows) = (columns_of_a_plan(&plan.verb), plan_rows(lang, plan));
        let (shown, lean_rows) = lean(&columns, &rows);
        match is_for_people {
            true => context.ui.rows(&shown, &lean_rows),
            false => context.ui.rows(&columns, &rows),
        }
        return;
    }
    let (columns, mut rows) = corrections(lang, plan);
    // Records that wait and systems that were not searched stand in the same table, so that a program finds them.
    for rest in others(lang, plan) {
        let [system, object, record, happens, _, because]: [String; 6] =
            rest.try_into().unwrap_or_default();
        let dash = "–".to_owned();
        rows.push(vec![
            system,
            object,
            record,
            dash.clone(),
            dash,
            happens,
            because,
        ]);
    }
    if is_for_people {
        let (columns, rows) = lean(&columns, &unsaid(lang, rows));
        context.ui.rows(&columns, &rows);
    } else {
        context.ui.rows(&columns, &rows);
    }
}

/// Corrections without the reason that all of them have: that they were asked for.
fn unsaid(lang: Lang, mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let usual = rights::correction();
    for because in rows.iter_mut().filter_map(|row| row.last_mut()) {
        if because == usual.to(lang) {
            because.clear();
        }
    }
    rows
}

/// The verb whose plan is shown field by field.
const CORRECTS: &str = "rectify";

/// Only what an erasure leaves is kept; a restriction just has an end.
pub(super) fn until(verb: &str) -> Text {
    match verb {
        "erase" => say::kept_until(),
        _ => rights::until(),
    }
}

fn columns_of_a_plan(verb: &str) -> [Text; 6] {
    [
        say::system(),
        say::object(),
        say::record(),
        say::happens(),
        until(verb),
        say::because(),
    ]
}

fn plan_rows(lang: Lang, plan: &Plan) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for step in &plan.steps {
        rows.push(vec![
            step.system.clone(),
            step.object.clone(),
            named(step.label.as_deref(), &step.key),
            happens(step).to(lang).to_owned(),
            step.until.map_or_else(String::new, |until| until.say(lang)),
            step.because
                .as_ref()
                .map_or_else(String::new, |text| text.to(lang).to_owned()),
        ]);
    }
    rows.extend(others(lang, plan));
    rows
}

/// What a plan lists beside its steps: records that wait, systems that were not searched.
fn others(lang: Lang, plan: &Plan) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for waiting in &plan.waiting {
        let why = match waiting.why {
            WaitingFor::AcceptLinked => crate::messages::plan::waits_linked(),
            WaitingFor::AcceptShared => crate::messages::plan::waits_shared(),
            WaitingFor::ChildNotSearched => crate::messages::plan::waits_child(),
        };
        rows.push(vec![
            waiting.system.clone(),
            waiting.object.clone(),
            named(waiting.label.as_deref(), &waiting.key),
            say::waits().to(lang).to_owned(),
            String::new(),
            why.to(lang).to_owned(),
        ]);
    }
    for missing in &plan.not_searched {
        let why = missing
            .error
            .as_ref()
            .map_or_else(|| Text::same(""), |fault| fault.text.clone());
        rows.push(vec![
            missing.system.clone(),
            missing.object.clone().unwrap_or_else(|| "–".to_owned()),
            "–".to_owned(),
            say::was_not_searched().to(lang).to_owned(),
            String::new(),
            why.to(lang).to_owned(),
        ]);
    }
    rows
}

pub(crate) fn happens(step: &Step) -> Text {
    match (step.decision, step.action) {
        (Decision::Rectify, Some(_)) if !step.writes() => rights::correct_already(),
        (Decision::Restrict, Some(_)) if !step.writes() => rights::restricted_already(),
        (Decision::Lift, Some(_)) if !step.writes() => rights::lifted_already(),
        (Decision::Suppress, Some(_)) if !step.writes() => rights::suppressed_already(),
        (Decision::Rectify, Some(_)) => rights::will_rectify(),
        (Decision::Restrict, Some(_)) => rights::will_restrict(),
        (Decision::Lift, Some(_)) => rights::will_lift(),
        (Decision::Suppress, Some(_)) => rights::will_suppress(),
        (Decision::Held, Some(_)) if step.writes() => hold::will_hold_and_lock(),
        (Decision::Held, _) => say::is_held(),
        (Decision::Erase, Some(Action::Restrict)) if !step.writes() => rights::restricted_already(),
        (Decision::Erase, Some(Action::Restrict)) => rights::will_restrict(),
        (Decision::Erase, Some(Action::Remove)) => say::will_remove(),
        (Decision::Erase, Some(_)) if !step.writes() => crate::messages::plan::anonymous_already(),
        (Decision::Erase, Some(Action::Anonymise)) => say::will_anonymise(),
        (_, Some(action)) => Text::same(action.word()),
        (Decision::Retain, None) => say::will_retain(),
        (Decision::UnknownStart, None) => say::start_unknown(),
        (_, None) => say::will_be_manual(),
    }
}

/// `dsr.plan/1` as a command prints it: the plan and its id.
pub(crate) fn plan_json(plan: &Plan) -> Value {
    let mut out = serde_json::to_value(plan).unwrap_or_default();
    out["id"] = json!(plan.id());
    // What `--expect` has to name.
    out["writes"] = json!(plan.steps.iter().filter(|step| step.writes()).count());
    for step in out["steps"].as_array_mut().into_iter().flatten() {
        // Digests that only the program can compare.
        let Some(step) = step.as_object_mut() else {
            continue;
        };
        if let Some(keeping) = step.get_mut("keeping").and_then(Value::as_object_mut) {
            keeping.remove("identities");
            keeping.remove("state");
            if keeping.is_empty() {
                step.remove("keeping");
            }
        }
    }
    for list in ["steps", "waiting"] {
        for (at, step) in out[list].as_array_mut().into_iter().flatten().enumerate() {
            let key = if list == "steps" {
                plan.steps[at].key.to_string()
            } else {
                plan.waiting[at].key.to_string()
            };
            step["key"] = json!(key);
        }
    }
    out
}

/// The surnames that the records to be written carry, as they are stored.
pub(crate) fn surnames(plan: &Plan) -> Vec<String> {
    let writes = plan.steps.iter().filter(|step| step.writes());
    let names = writes
        .filter_map(|step| step.label.as_deref())
        .filter_map(|label| label.split(',').next());
    let mut surnames: Vec<String> = names
        .filter_map(|name| name.split_whitespace().last())
        .map(str::to_owned)
        .collect();
    surnames.sort();
    surnames.dedup();
    surnames
}
