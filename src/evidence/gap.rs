//! What a bundle does not prove.
//!
//! The list is worked out from the history alone and stands on the cover, in the statement and in the verdict of whoever verifies.
//! A gap is not a fault: a system that nobody connected, an answer without a control person, a step that waits. Hiding one would be.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::history::History;
use super::{Material, Seal, certificate};
use crate::connector::Fault;
use crate::findings::{Control, Match, ObjectStatus, SystemStatus};
use crate::inventory::Approval;
use crate::ledger::TaskKind;
use crate::messages::Text;
use crate::messages::evidence as say;
use crate::plan::{Level, Outcome};
use crate::task::State;

/// One thing that is not proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// One word for machines, such as `not_searched`.
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Code of the fault or warning behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For people; statements carry only the fields above.
    #[serde(skip)]
    pub text: Text,
}

impl Gap {
    fn new(kind: &'static str, text: Text) -> Gap {
        Gap {
            kind,
            system: None,
            object: None,
            count: None,
            code: None,
            text,
        }
    }

    fn of(mut self, system: &str, object: Option<&str>) -> Gap {
        self.system = Some(system.to_owned());
        self.object = object.map(str::to_owned);
        self
    }

    fn count(mut self, count: u64) -> Gap {
        self.count = Some(count);
        self
    }

    fn code(mut self, code: Option<&str>) -> Gap {
        self.code = code.map(str::to_owned);
        self
    }
}

/// Every gap, those of the search first, those of the seal last.
pub(super) fn all(material: &Material<'_>, history: &History, seal: &Seal) -> Vec<Gap> {
    let mut gaps = Vec::new();
    search(material, history, &mut gaps);
    undecided(material, &mut gaps);
    steps(history, &mut gaps);
    tasks(history, &mut gaps);
    conduct(material, history, &mut gaps);
    proof(material, seal, &mut gaps);
    let mut seen: Vec<Gap> = Vec::with_capacity(gaps.len());
    for gap in gaps {
        if !seen.contains(&gap) {
            seen.push(gap);
        }
    }
    seen
}

fn search(material: &Material<'_>, history: &History, gaps: &mut Vec<Gap>) {
    for name in listed_systems(&material.inventory_extract) {
        if !history.systems.contains_key(&name) {
            gaps.push(Gap::new("never_asked", say::gap_never_asked(&name)).of(&name, None));
        }
    }
    for (name, (_, answer)) in &history.systems {
        let code = answer.error.as_deref();
        match answer.status {
            // What a person says about a search they did is a task with or without proof.
            SystemStatus::Manual if history.tasks.found_by_hand(name).is_some() => {}
            SystemStatus::Manual => {
                gaps.push(Gap::new("searched_by_hand", say::gap_by_hand(name)).of(name, None));
            }
            SystemStatus::NotSearched => {
                let text = say::gap_system_not_searched(name, reason(code));
                gaps.push(Gap::new("not_searched", text).of(name, None).code(code));
            }
            SystemStatus::Searched | SystemStatus::Incomplete => {}
        }
        // What dsr could not look into, a person has looked through.
        let looked = code == Some("E574") && history.tasks.found_by_hand(name).is_some();
        // An incomplete answer must name what is missing, and one without objects answers nothing.
        let mut named = match answer.status {
            SystemStatus::Incomplete => looked,
            SystemStatus::Searched => !answer.objects.is_empty(),
            SystemStatus::NotSearched | SystemStatus::Manual => true,
        };
        for object in &answer.objects {
            let full = format!("{name}.{}", object.object);
            let code = object.error.as_deref();
            if object.status == ObjectStatus::NotSearched || object.control == Control::NotFound {
                named = true;
                // Where the whole system is named above, its objects would only repeat it.
                if answer.status != SystemStatus::NotSearched {
                    let text = say::gap_object_not_searched(&full, reason(code));
                    let gap = Gap::new("not_searched", text);
                    gaps.push(gap.of(name, Some(&object.object)).code(code));
                }
            } else if object.records == 0 && object.control == Control::None {
                let gap = Gap::new("zero_without_control", say::gap_no_control(&full));
                gaps.push(gap.of(name, Some(&object.object)));
            }
        }
        if !named {
            let text = say::gap_system_not_searched(name, reason(code));
            gaps.push(Gap::new("not_searched", text).of(name, None).code(code));
        }
    }
    if history.systems.is_empty() {
        gaps.push(Gap::new("no_search", say::gap_no_search()));
    }
    let screen = super::screen::Screen::of(material);
    for system in material
        .findings
        .iter()
        .flat_map(|findings| &findings.systems)
    {
        for (code, place) in &system.notes.warnings {
            let text = say::gap_warning(&system.system, code, screen.words(place));
            gaps.push(
                Gap::new("warning", text)
                    .of(&system.system, None)
                    .code(Some(code)),
            );
        }
    }
}

/// Records that were found and stand in no plan.
fn undecided(material: &Material<'_>, gaps: &mut Vec<Gap>) {
    let (Some(findings), Some(plan)) = (material.findings, material.plan) else {
        return;
    };
    let planned: BTreeSet<_> = plan
        .steps
        .iter()
        .map(|step| (&step.system, &step.object, &step.key))
        .collect();
    let mut left: BTreeMap<(&str, &str, bool), u64> = BTreeMap::new();
    for (system, object, found) in findings.records() {
        if !planned.contains(&(&system.system, &object.object, &found.record.key)) {
            let waits = found.matched != Match::Stated;
            *left
                .entry((&system.system, &object.object, waits))
                .or_default() += 1;
        }
    }
    for ((system, object, waits), count) in left {
        let full = format!("{system}.{object}");
        let gap = match waits {
            true => Gap::new("not_accepted", say::gap_not_accepted(&full, count)),
            false => Gap::new("not_planned", say::gap_not_planned(&full, count)),
        };
        gaps.push(gap.of(system, Some(object)).count(count));
    }
}

fn steps(history: &History, gaps: &mut Vec<Gap>) {
    let mut open: BTreeMap<(&str, &str, Outcome), u64> = BTreeMap::new();
    let mut weak: BTreeMap<(&str, &str, Option<Level>), u64> = BTreeMap::new();
    let mut lost: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for touched in &history.records {
        let place = (touched.system.as_str(), touched.object.as_str());
        match touched.outcome {
            Outcome::Removed
            | Outcome::Anonymised
            | Outcome::Restricted
            | Outcome::Unrestricted
            | Outcome::Rectified
            | Outcome::Suppressed
            | Outcome::AlreadyGone => {
                if touched.level.is_none_or(|level| level < Level::L2) {
                    *weak.entry((place.0, place.1, touched.level)).or_default() += 1;
                }
            }
            // Kept on purpose: nothing was done that would need proof.
            Outcome::Retained | Outcome::Held => {}
            _ if history.is_lost(touched) => *lost.entry(place).or_default() += 1,
            outcome => *open.entry((place.0, place.1, outcome)).or_default() += 1,
        }
    }
    for ((system, object, outcome), count) in open {
        let text = say::gap_open(format!("{system}.{object}"), count, say::outcome(outcome));
        gaps.push(
            Gap::new(say::code(&outcome), text)
                .of(system, Some(object))
                .count(count),
        );
    }
    for ((system, object), count) in lost {
        let text = say::gap_lost(format!("{system}.{object}"), count);
        let gap = Gap::new("not_found_again", text).of(system, Some(object));
        gaps.push(gap.count(count).code(Some(&Fault::unfound().code)));
    }
    for ((system, object, level), count) in weak {
        let text = say::gap_weak(format!("{system}.{object}"), count, say::level(level));
        gaps.push(
            Gap::new("weakly_proven", text)
                .of(system, Some(object))
                .count(count),
        );
    }
}

/// What people were asked to do and have not done, or only say that they have.
fn tasks(history: &History, gaps: &mut Vec<Gap>) {
    let mut open: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unproven: BTreeMap<&str, u64> = BTreeMap::new();
    for task in history.tasks.iter() {
        match &task.state {
            // A search that is open is the gap of its system.
            State::Open if task.kind == TaskKind::Act => {
                *open.entry(&task.system).or_default() += 1;
            }
            State::Done(done)
                if done.proof.is_none() && done.level.is_none_or(|level| level < Level::L1) =>
            {
                *unproven.entry(&task.system).or_default() += 1;
            }
            State::Open | State::Done(_) | State::Dropped => {}
        }
    }
    for (system, count) in open {
        let gap = Gap::new("task_open", say::gap_task_open(system, count));
        gaps.push(gap.of(system, None).count(count));
    }
    for (system, count) in unproven {
        let gap = Gap::new(
            "task_without_proof",
            say::gap_task_without_proof(system, count),
        );
        gaps.push(gap.of(system, None).count(count));
    }
}

fn conduct(material: &Material<'_>, history: &History, gaps: &mut Vec<Gap>) {
    if !history.identity_confirmed {
        gaps.push(Gap::new("identity_not_confirmed", say::gap_identity()));
    }
    match history.latest {
        Some(plan) if !history.runs.contains_key(&plan) => {
            gaps.push(Gap::new("not_applied", say::gap_not_applied()));
        }
        _ => {}
    }
    for (plan, steps) in &history.plans {
        let Some(complete) = history.runs.get(plan) else {
            continue;
        };
        match complete {
            None => gaps.push(Gap::new("interrupted", say::gap_interrupted())),
            Some(false) => gaps.push(Gap::new("incomplete", say::gap_incomplete())),
            Some(true) => {}
        }
        let lines = history
            .records
            .iter()
            .filter(|touched| touched.plan == *plan)
            .count() as u64;
        if lines < *steps {
            let left = steps - lines;
            gaps.push(Gap::new("never_begun", say::gap_never_begun(left)).count(left));
        }
        match history.approvals.get(plan) {
            None => gaps.push(Gap::new("approval_missing", say::gap_approval_missing())),
            Some((Approval::FourEyes, by)) if by.iter().all(|by| *by == material.operator) => {
                gaps.push(Gap::new("approval_missing", say::gap_approval_missing()));
            }
            Some((Approval::None, _)) => {
                gaps.push(Gap::new("approval_none", say::gap_approval_none()));
            }
            Some(_) => {}
        }
    }
    if material.approval == Approval::None
        && gaps.iter().all(|gap| !gap.kind.starts_with("approval_"))
    {
        gaps.push(Gap::new("approval_none", say::gap_approval_none()));
    }
    if material.answered.is_none() {
        gaps.push(Gap::new("not_answered", say::gap_not_answered()));
    }
}

/// What no bundle of this version can prove, whatever happened.
fn proof(material: &Material<'_>, seal: &Seal, gaps: &mut Vec<Gap>) {
    gaps.push(Gap::new("no_time_stamp", say::gap_no_time_stamp()));
    gaps.push(Gap::new("no_log", say::gap_no_log()));
    gaps.push(Gap::new("due_nominal", say::gap_due_nominal()));
    if certificate::is_self_issued(seal.certificate()) {
        gaps.push(Gap::new("self_signed", say::gap_self_signed()));
    }
    gaps.push(Gap::new("same_word", say::gap_same_word()));
    if material.number > 1 || material.predecessor.is_some() {
        gaps.push(Gap::new("changes_not_listed", say::gap_changes()));
    }
}

fn reason(code: Option<&str>) -> Text {
    match code {
        // The two commonest reasons are no faults; the others have a heading each in the reference.
        Some("E542") => crate::messages::fault::disabled(),
        Some("E543") => crate::messages::fault::not_connected(),
        Some("E530") => say::reason_blind(),
        Some(code) => Text::same(super::page::plain(code)),
        None => say::reason_unknown(),
    }
}

/// The names of all systems in the extract: the keys of `systems`, or the `name` of each.
fn listed_systems(extract: &serde_json::Value) -> Vec<String> {
    match extract.get("systems") {
        Some(serde_json::Value::Object(systems)) => systems.keys().cloned().collect(),
        Some(serde_json::Value::Array(systems)) => systems
            .iter()
            .filter_map(|system| {
                let name = system.get("name").or_else(|| system.get("system"))?;
                name.as_str().map(str::to_owned)
            })
            .collect(),
        _ => Vec::new(),
    }
}
