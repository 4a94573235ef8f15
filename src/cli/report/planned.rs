//! A plan: what happens to each record, what stays and why, what people do.

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::report::named;
use crate::messages::{Lang, Say as _, Text, report as say};
use crate::plan::{Action, Decision, Plan, Step, WaitingFor};

/// Shows a plan to the person who is about to confirm it: what happens where, and what stays and why.
pub(crate) fn plan_in_words(context: &Context, plan: &Plan) {
    let lang = context.ui.lang;
    let columns = [
        say::system(),
        say::object(),
        say::record(),
        say::happens(),
        say::kept_until(),
        say::because(),
    ];
    context.ui.show(&columns, &plan_rows(lang, plan));
    for step in &plan.steps {
        if let Some(irreversible) = &step.irreversible {
            context.ui.say(&say::irreversible(
                format!("{}.{}", step.system, step.object),
                irreversible.clone(),
            ));
        }
    }
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

/// The plan as data.
pub(crate) fn plan_table(context: &Context, plan: &Plan) {
    let columns = [
        say::system(),
        say::object(),
        say::record(),
        say::happens(),
        say::kept_until(),
        say::because(),
    ];
    context.ui.rows(&columns, &plan_rows(context.ui.lang, plan));
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

fn happens(step: &Step) -> Text {
    match (step.decision, step.action) {
        (Decision::Erase, Some(Action::Remove)) => say::will_remove(),
        (Decision::Erase, Some(_)) if !step.writes() => crate::messages::plan::anonymous_already(),
        (Decision::Erase, Some(Action::Anonymise)) => say::will_anonymise(),
        (_, Some(action)) => Text::same(action.word()),
        (Decision::Retain, None) => say::will_retain(),
        (Decision::Held, None) => say::is_held(),
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
