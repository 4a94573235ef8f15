//! What findings, plans and results look like: the JSON of product.md 5, and the tables a data-protection officer reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::{Applied, StepResult};
use crate::connector::object::{Erase, Object};
use crate::connector::{Fault, Key};
use crate::findings::{
    Control, Findings, Found, Match, ObjectFindings, ObjectStatus, SystemFindings, SystemStatus,
};
use crate::inventory::System;
use crate::messages::{Lang, Say as _, Text, report as say};
use crate::plan::{Action, Decision, Level, Outcome, Plan, Step, WaitingFor};
use crate::subject::{Kind, Origin};
use crate::ui::Format;

/// Prints findings in the chosen form.
pub(crate) fn findings(context: &Context, house: &House, findings: &Findings) {
    match context.ui.format {
        Format::Json => context.ui.json(&findings_json(house, findings)),
        Format::Table | Format::Csv => {
            let columns = [
                say::system(),
                say::object(),
                say::record(),
                say::result(),
                say::recognised_by(),
                say::on_erasure(),
            ];
            context
                .ui
                .rows(&columns, &finding_rows(context.ui.lang, house, findings));
        }
    }
}

/// `dsr.find/1`
pub(crate) fn findings_json(house: &House, findings: &Findings) -> Value {
    let identities = findings.identities.iter().map(|known| {
        let from = match &known.from {
            Origin::Stated => "stated".to_owned(),
            Origin::Derived { object, .. } => object.clone(),
        };
        json!({ "kind": known.identity.kind, "value": known.identity.value(), "from": from, "shared": known.shared })
    });
    let systems = findings.systems.iter().map(|system| {
        let mut out = json!({
            "system": system.system,
            "status": system.status,
            "elapsed_ms": system.elapsed_ms,
            "objects": system.objects.iter().map(object_json).collect::<Vec<_>>(),
            "records": system.objects.iter().flat_map(|o| o.records.iter().map(|f| record_json(house, system, o, f))).collect::<Vec<_>>(),
        });
        if let Some(task) = &system.task {
            out["task"] = json!(task.en);
        }
        if let Some(fault) = &system.error {
            out["error"] = json!({ "code": fault.code, "text": fault.text.en });
        }
        if let Some(owner) = &system.owner {
            out["owner"] = json!(owner);
        }
        out
    });
    json!({
        "schema": "dsr.find/1",
        "complete": findings.complete(),
        "rounds": findings.rounds,
        "identities": identities.collect::<Vec<_>>(),
        "systems": systems.collect::<Vec<_>>(),
    })
}

fn object_json(object: &ObjectFindings) -> Value {
    let mut out = json!({
        "object": object.object,
        "status": object.status,
        "near_misses": object.near_misses,
        "control": object.control,
        "unproven": is_unproven(object),
    });
    if let Some(fault) = &object.error {
        out["error"] = json!({ "code": fault.code, "text": fault.text.en });
    }
    out
}

fn record_json(
    house: &House,
    system: &SystemFindings,
    object: &ObjectFindings,
    found: &Found,
) -> Value {
    let definition = house
        .inventory
        .system(&system.system)
        .and_then(|s| s.object(&object.object));
    let mut categories: Vec<&str> = definition
        .iter()
        .flat_map(|o| &o.fields)
        .map(|field| field.category.as_str())
        .collect();
    categories.sort_unstable();
    categories.dedup();
    json!({
        "object": object.object,
        "key": found.record.key.to_string(),
        "match": found.matched,
        "matched_by": found.matched_by,
        "path": found.path,
        "categories": categories,
        "erase": definition.map(erase_word),
    })
}

/// Zero hits without a control person prove nothing.
pub(crate) fn is_unproven(object: &ObjectFindings) -> bool {
    object.status == ObjectStatus::Searched
        && object.records.is_empty()
        && object.control != Control::Found
}

fn erase_word(object: &Object) -> String {
    match &object.erase {
        Erase::Remove => "remove".to_owned(),
        Erase::Anonymise => "anonymise".to_owned(),
        Erase::Restrict => "restrict".to_owned(),
        Erase::Retain { .. } => "retain".to_owned(),
        Erase::Manual { .. } => "manual".to_owned(),
        Erase::With { object } => format!("with {object}"),
    }
}

fn finding_rows(lang: Lang, house: &House, findings: &Findings) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let none = || "–".to_owned();
    for system in &findings.systems {
        let name = system.system.clone();
        let Some(definition) = house.inventory.system(&system.system) else {
            continue;
        };
        match system.status {
            SystemStatus::Manual => {
                let task = system
                    .task
                    .as_ref()
                    .map_or_else(String::new, |task| task.to(lang).to_owned());
                rows.push(vec![
                    name,
                    none(),
                    none(),
                    say::by_hand(task).to(lang).to_owned(),
                    none(),
                    none(),
                ]);
            }
            SystemStatus::NotSearched if system.objects.is_empty() => {
                let why = system
                    .error
                    .as_ref()
                    .map_or_else(|| Text::same(""), |fault| fault.text.clone());
                rows.push(vec![
                    name,
                    none(),
                    none(),
                    say::not_searched(why).to(lang).to_owned(),
                    none(),
                    none(),
                ]);
            }
            SystemStatus::Searched | SystemStatus::Incomplete | SystemStatus::NotSearched => {
                for object in &system.objects {
                    object_rows(lang, definition, system, object, &mut rows);
                }
            }
        }
    }
    rows
}

fn object_rows(
    lang: Lang,
    definition: &System,
    system: &SystemFindings,
    object: &ObjectFindings,
    rows: &mut Vec<Vec<String>>,
) {
    let none = || "–".to_owned();
    let mut row = |record: String, result: Text, by: String, erase: String| {
        rows.push(vec![
            system.system.clone(),
            object.object.clone(),
            record,
            result.to(lang).to_owned(),
            by,
            erase,
        ]);
    };
    if let Some(fault) = &object.error {
        return row(
            none(),
            say::not_searched(fault.text.clone()),
            none(),
            none(),
        );
    }
    if object.records.is_empty() {
        let result = if is_unproven(object) {
            say::nothing_unproven()
        } else {
            say::nothing()
        };
        return row(none(), result, none(), none());
    }
    let known = definition.object(&object.object);
    for found in &object.records {
        let label = known.and_then(|known| crate::plan::build::label(known, &found.record));
        let record = named(label.as_deref(), &found.record.key);
        let result = match found.matched {
            Match::Stated => say::found(),
            Match::Linked => say::linked(accept_flag(system, object, found)),
            Match::Shared => say::shared(accept_flag(system, object, found)),
        };
        let by: Vec<&str> = found
            .matched_by
            .iter()
            .map(|Kind(kind)| kind.as_str())
            .collect();
        let by = if by.is_empty() {
            found.path.iter().rev().nth(1).cloned().unwrap_or_else(none)
        } else {
            by.join(", ")
        };
        row(
            record,
            result,
            by,
            known.map_or_else(none, |known| erase_in_words(known).to(lang).to_owned()),
        );
    }
}

/// A record as people call it: name and town, with its key or file behind it where that is short enough to help.
fn named(label: Option<&str>, key: &Key) -> String {
    const SHORT: usize = 14;
    let hint = match key.parts() {
        [key] => Some(key.as_str()),
        // Rows of files: file, digest, ordinal.
        [file, digest, _] if digest.len() == 64 => file.rsplit('/').next(),
        _ => None,
    };
    let hint = hint.filter(|hint| hint.chars().count() <= SHORT);
    match (label, hint) {
        (Some(label), Some(hint)) => format!("{label} ({hint})"),
        (Some(label), None) => label.to_owned(),
        (None, _) => key.to_string(),
    }
}

fn accept_flag(system: &SystemFindings, object: &ObjectFindings, found: &Found) -> String {
    format!(
        "--accept '{}.{}:{}'",
        system.system, object.object, found.record.key
    )
}

fn erase_in_words(object: &Object) -> Text {
    match &object.erase {
        Erase::Remove => say::would_remove(),
        Erase::Anonymise => say::would_anonymise(),
        Erase::Restrict => say::would_restrict(),
        Erase::Retain { .. } => say::would_retain(),
        Erase::Manual { .. } => say::would_be_manual(),
        Erase::With { object } => say::would_follow(object.clone()),
    }
}

/// The sentences under a table of findings.
pub(crate) fn summary(context: &Context, findings: &Findings) {
    let records = findings.records().count();
    let asked = findings
        .systems
        .iter()
        .filter(|s| matches!(s.status, SystemStatus::Searched | SystemStatus::Incomplete))
        .count();
    context.ui.say(&say::found_in(records, asked));
    let near: u64 = findings
        .systems
        .iter()
        .flat_map(|s| &s.objects)
        .map(|o| o.near_misses)
        .sum();
    if near > 0 {
        context.ui.say(&say::near_misses(near));
    }
    for known in findings.identities.iter().filter(|known| known.shared) {
        context.ui.say(&say::shared_address(known.identity.value()));
    }
    let unproven = findings
        .systems
        .iter()
        .flat_map(|s| &s.objects)
        .filter(|o| is_unproven(o))
        .count();
    if unproven > 0 {
        context.ui.say(&say::unproven(unproven));
    }
    if !findings.complete() {
        context.ui.say(&say::incomplete());
    }
    remedies(context, findings.systems.iter().flat_map(faults));
}

/// What went wrong in a system, each fault once.
fn faults(system: &SystemFindings) -> Vec<(&str, &Fault)> {
    let own = system.error.iter();
    let of_objects = system.objects.iter().filter_map(|o| o.error.as_ref());
    let mut codes = BTreeSet::new();
    own.chain(of_objects)
        .filter(|fault| codes.insert(fault.code.as_str()))
        .map(|fault| (system.system.as_str(), fault))
        .collect()
}

/// A line of advice for each fault.
pub(crate) fn remedies<'a>(
    context: &Context,
    faults: impl IntoIterator<Item = (&'a str, &'a Fault)>,
) {
    for (system, fault) in faults {
        let remedy = crate::messages::fault::remedy(&fault.code);
        context
            .ui
            .say(&say::remedy(system, fault.code.clone(), remedy));
    }
}

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
        (Decision::Erase, Some(Action::Anonymise)) => say::will_anonymise(),
        (_, Some(action)) => Text::same(action.word()),
        (Decision::Erase, None) => crate::messages::plan::anonymous_already(),
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
    let writes = plan.steps.iter().filter(|step| step.action.is_some());
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
            if applied.results.iter().any(stays) {
                context.ui.heading(&say::remains());
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
        say::kept_until(),
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
        say::kept_until(),
        say::because(),
    ];
    let rows = applied.results.iter().filter(|r| stays(r)).map(|result| {
        let mut row = outcome_row(lang, result);
        // The proof stands in the other table.
        row.pop();
        row.extend(grounds(lang, result));
        row
    });
    context.ui.rows(&columns, &rows.collect::<Vec<_>>());
}

/// Whether a record is still there for a reason that a person wants to know.
fn stays(result: &StepResult) -> bool {
    let outcome = result.ended.as_ref().map(|ended| ended.outcome);
    match outcome {
        Some(Outcome::Removed | Outcome::AlreadyGone) => false,
        Some(Outcome::Anonymised | Outcome::Restricted | Outcome::Rectified) => {
            result.step.because.is_some()
        }
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
        "complete": applied.exit != crate::diagnostic::Exit::Incomplete,
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
    if let Some(fault) = ended.and_then(|ended| ended.fault.as_ref()) {
        out["error"] = json!({ "code": fault.code, "text": fault.text.en });
    }
    out
}

/// System, object, record, result, proof.
fn outcome_row(lang: Lang, result: &StepResult) -> Vec<String> {
    let step = &result.step;
    let ended = result.ended.as_ref();
    vec![
        step.system.clone(),
        step.object.clone(),
        named(step.label.as_deref(), &step.key),
        outcome(ended.map(|ended| ended.outcome))
            .to(lang)
            .to_owned(),
        level(ended.and_then(|ended| ended.level))
            .to(lang)
            .to_owned(),
    ]
}

/// Until when a record is kept, and why it is there: the failure, else the plan's reason.
fn grounds(lang: Lang, result: &StepResult) -> [String; 2] {
    let step = &result.step;
    let fault = result.ended.as_ref().and_then(|ended| ended.fault.as_ref());
    let because = match fault {
        Some(fault) => Some(&fault.text),
        None => step.because.as_ref(),
    };
    [
        step.until.map_or_else(String::new, |until| until.say(lang)),
        because.map_or_else(String::new, |text| text.to(lang).to_owned()),
    ]
}

pub(crate) fn outcome(outcome: Option<Outcome>) -> Text {
    match outcome {
        None | Some(Outcome::Pending) => say::pending(),
        Some(Outcome::Removed) => say::removed(),
        Some(Outcome::Anonymised) => say::anonymised(),
        Some(Outcome::Restricted) => say::restricted(),
        Some(Outcome::Rectified) => say::rectified(),
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
