//! What a sweep prints for programs.

use serde_json::{Value, json};

use crate::cli::sweep::{Line, Lost, Owed, Sweep, anonymous};
use crate::connector::Fault;
use crate::connector::sweeping::Blind;
use crate::sweep::Halt;

pub(super) fn of(sweep: &Sweep) -> Value {
    let rules: Vec<Value> = sweep.lines.iter().map(rule_json).collect();
    json!({
        "schema": "dsr.sweep/1",
        "sweep": sweep.id,
        "day": sweep.day,
        "applied": sweep.applied,
        "complete": sweep.is_complete(),
        "rules": rules,
        "deferred": sweep.owed.iter().map(owed_json).collect::<Vec<_>>(),
        "lost": sweep.lost.iter().map(lost_json).collect::<Vec<_>>(),
        "statement": sweep.sealed.as_ref().map(|sealed| sealed.statement),
        "number": sweep.sealed.as_ref().map(|sealed| sealed.number),
    })
}

fn lost_json(lost: &Lost) -> Value {
    let (place, walked) = (&lost.place, &lost.walked);
    json!({
        "rule": lost.rule,
        "data_type": place.data_type,
        "system": place.system,
        "object": place.object,
        "action": place.action,
        "done": walked.done,
        "unknown": walked.unknown,
        "error": error_json(walked.lost.as_ref()),
    })
}

fn error_json(fault: Option<&Fault>) -> Option<Value> {
    fault.map(|fault| json!({ "code": fault.code, "text": fault.text }))
}

fn rule_json(line: &Line) -> Value {
    let rule = &line.rule;
    let survey = line.survey.as_ref().ok().filter(|_| rule.due.is_ok());
    let walked = line.walked.as_ref();
    let fault = line.fault();
    let fault = fault.or_else(|| walked.and_then(|walked| walked.lost.as_ref()));
    let mut shown = json!({
        "rule": rule.id,
        "data_type": rule.data_type.name,
        "system": rule.system.name,
        "object": rule.object.name,
        "action": rule.action,
        "because": rule.basis,
        "obstacle": rule.due.as_ref().err().map(|obstacle| obstacle.word()),
        "records": survey.filter(|survey| !survey.uncounted).map(|survey| survey.records),
        "due": survey.and(line.due()),
        "oldest": survey.and_then(|survey| survey.oldest),
        "held": survey.map(|_| line.spared),
        "requested": survey.map(|_| line.requested.min(line.spared)),
        "control": survey.map(|_| line.control),
        "referenced": survey.map(|survey| survey.referenced),
        "unknown_start": survey.map(|survey| survey.unknown),
        "future": survey.map(|survey| survey.future),
        "brakes": line.brakes,
        "triggers": line.triggers,
        "holds": line.holds.iter().map(|hold| &hold.id).collect::<Vec<_>>(),
        "unfound": line.unfound,
        "recipients": line.recipients,
        "idle": line.idle,
        "copies_unseen": line.blind.map(|blind| match blind {
            Blind::Account => "account",
            Blind::Primary => "primary",
        }),
        "missing_index": survey.and_then(|survey| survey.missing_index.as_ref()),
        "weaknesses": anonymous::weaknesses(line),
        "stand_out": line.alike.map(|alike| alike.due),
        "stood_out": line.after.map(|alike| alike.done),
        "done": walked.map(|walked| walked.done),
        "settled": walked.map(|walked| walked.settled),
        "batches": walked.map(|walked| walked.batches),
        "remaining": line.remaining,
        "late": walked.map(|_| line.late),
        "halted": walked.and_then(|walked| walked.halted).map(Halt::word),
        "unknown": walked.map(|walked| walked.unknown),
        "error": error_json(fault),
    });
    if survey.is_some_and(|survey| survey.more) {
        shown["more_records"] = json!(true);
    }
    shown
}

fn owed_json(owed: &Owed) -> Value {
    json!({
        "case": owed.case,
        "system": owed.system,
        "object": owed.object,
        "norm": owed.norm,
        "since": owed.since,
        "due": owed.count,
        "held": owed.held,
        "holds": owed.holds,
        "spared": owed.spared,
        "brakes": owed.brakes,
        "done": owed.done,
        "changed": owed.changed,
        "unreadable": owed.unreadable,
        "kept": owed.kept,
        "open": owed.open,
    })
}
