//! What a log keeps of a run: a line for each rule and one for the whole, in words of the program, without records and persons.

use super::{Line, Sweep};
use crate::diagnostic::Exit;
use crate::ledger::Brake;

/// Tells the log how the run ended.
pub(super) fn tell(sweep: &Sweep) {
    for line in sweep.lines.iter().filter(|line| line.chosen) {
        rule(line, sweep.applied);
    }
    let (sweep_id, exit) = (sweep.id.as_str(), sweep.exit() as u8);
    let (rules, applied) = (sweep.lines.len(), sweep.applied);
    match exit {
        0 => tracing::info!(sweep = sweep_id, applied, rules, exit, "sweep ended"),
        _ => tracing::warn!(sweep = sweep_id, applied, rules, exit, "sweep ended"),
    }
}

fn rule(line: &Line, applied: bool) {
    let rule = &line.rule;
    let (data_type, system) = (rule.data_type.name.as_str(), rule.system.name.as_str());
    let (object, action) = (rule.object.name.as_str(), rule.action.word());
    if let Some(missed) = line.missed() {
        let why = missed.why.as_str();
        tracing::error!(
            data_type,
            system,
            object,
            action,
            why,
            "rule could not be looked at"
        );
        return;
    }
    let survey = line.survey.clone().unwrap_or_default();
    let due = line.due().unwrap_or_default();
    let (unknown, spared) = (survey.unknown, line.spared);
    let done = line.walked.as_ref().map_or(0, |walked| walked.done);
    let fault = line
        .walked
        .as_ref()
        .and_then(|walked| walked.fault.as_ref().or(walked.lost.as_ref()));
    let fault = fault.map_or("none", |fault| fault.code.as_str());
    let brakes: Vec<String> = line.brakes.iter().map(word).collect();
    let brakes = brakes.join(",");
    match line.exit(applied) {
        Exit::Done => {
            tracing::info!(
                data_type, system, object, action, due, done, spared, unknown, brakes, "rule"
            );
        }
        _ => {
            tracing::warn!(
                data_type, system, object, action, due, done, spared, unknown, brakes, fault,
                "rule"
            );
        }
    }
}

/// The word of the ledger and of JSON.
fn word(brake: &Brake) -> String {
    let word = serde_json::to_value(brake).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
