//! What a bundle does not prove.
//!
//! The list is worked out from the history alone and stands on the cover, in the statement and in the verdict of whoever verifies.
//! A gap is not a fault: a system that nobody connected, an answer without a control person, a step that waits. Hiding one would be.
//! What a gap is called follows from its fields alone (`words`), so that whoever verifies says the same as the cover.

mod words;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::history::History;
use super::screen::Screen;
use super::sieve::{Sieve, Whence};
use super::witness::{Anchoring, Place};
use super::{Material, Seal, Witnesses, certificate};
use crate::connector::Fault;
use crate::diagnostic::{Diagnostic, Result};
use crate::findings::{Control, Match, ObjectStatus, SystemStatus};
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::TaskKind;
use crate::messages::{Text, evidence as say};
use crate::plan::{Level, Namer, Outcome};
use crate::task::{State, TaskState};

/// Of a system with documents that nobody could look into.
const UNREAD: &str = "E574";

/// Of what only a person can look up, as long as nobody has.
const NOT_LOOKED_UP: &str = "E249";

/// Warnings of what takes long and weakens nothing: a table or a large file is read as a whole.
const SLOW: [&str; 3] = ["W203", "W221", "W353"];

/// Whether a warning says that less was read or written, or less surely.
pub(super) fn weakens(code: &str) -> bool {
    !SLOW.contains(&code)
}

pub use words::in_words;

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
    /// How well the outcome is proven, where it is too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// What a warning is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Gap {
    pub(super) fn new(kind: &'static str) -> Gap {
        Gap {
            kind,
            system: None,
            object: None,
            count: None,
            code: None,
            level: None,
            place: None,
        }
    }

    /// For people; statements carry only the fields.
    pub fn text(&self) -> Text {
        words::of(&words::Said {
            kind: self.kind,
            system: self.system.as_deref(),
            object: self.object.as_deref(),
            count: self.count,
            code: self.code.as_deref(),
            level: self.level,
            place: self.place.as_deref(),
        })
    }

    fn of(mut self, system: &str, object: Option<&str>) -> Gap {
        self.system = Some(system.to_owned());
        self.object = object.map(str::to_owned);
        self
    }

    pub(super) fn count(mut self, count: u64) -> Gap {
        self.count = Some(count);
        self
    }

    pub(super) fn code(mut self, code: Option<&str>) -> Gap {
        self.code = code.map(str::to_owned);
        self
    }
}

/// Every gap, those of the search first, those of the seal last.
pub(super) fn all(
    material: &Material<'_>,
    history: &History,
    met: &[Met],
    screen: &Screen,
    (seal, witnesses, place): (&Seal, Witnesses<'_>, Option<&Place>),
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let unread = |name: &str| unread(material, name);
    search(
        listed_systems(&material.inventory_extract),
        history,
        &unread,
        &mut gaps,
    );
    warnings(material, screen, &mut gaps);
    if material.plan.is_some() {
        undecided(met, &mut gaps);
        unaccounted(material, history, met, &mut gaps);
    }
    steps(history, &mut gaps);
    tasks(history, &mut gaps);
    let lines_of = |plan: &Digest| {
        let own = history.sorts.iter().filter(|(sort, _)| sort.plan == *plan);
        own.map(|(_, count)| count).sum()
    };
    let said = Conduct {
        operator: &material.operator,
        approval: material.approval,
        answered: material.answered,
        lines_of: &lines_of,
    };
    conduct(&said, history, &mut gaps);
    time(material, history, witnesses, &mut gaps);
    proof(material, seal, place, &mut gaps);
    once(gaps)
}

/// Each gap once.
pub(super) fn once(gaps: Vec<Gap>) -> Vec<Gap> {
    let mut seen: Vec<Gap> = Vec::with_capacity(gaps.len());
    for gap in gaps {
        if !seen.contains(&gap) {
            seen.push(gap);
        }
    }
    seen
}

/// What the search leaves open. `listed` are the systems of the inventory; `unread` tells how many documents of a system nobody could look
/// into, if that is known.
pub(super) fn search(
    listed: Vec<String>,
    history: &History,
    unread: &dyn Fn(&str) -> Option<u64>,
    gaps: &mut Vec<Gap>,
) {
    if listed.is_empty() {
        gaps.push(Gap::new("inventory_missing"));
    }
    for name in listed {
        if !history.systems.contains_key(&name) {
            gaps.push(Gap::new("never_asked").of(&name, None));
        }
    }
    for (name, (_, answer)) in &history.systems {
        let code = answer.error.as_deref();
        match answer.status {
            // What a person says about a search they did is a task with or without proof.
            SystemStatus::Manual if history.tasks.found_by_hand(name).is_some() => {}
            SystemStatus::Manual => {
                gaps.push(Gap::new("searched_by_hand").of(name, None));
            }
            SystemStatus::NotSearched => {
                gaps.push(Gap::new("not_searched").of(name, None).code(code));
            }
            SystemStatus::Searched | SystemStatus::Incomplete => {}
        }
        // What dsr could not look into, a person has looked through.
        let documents = code == Some(UNREAD);
        let looked = documents && history.tasks.found_by_hand(name).is_some();
        if documents && !looked {
            let count = unread(name);
            let gap = Gap::new("unread_documents").of(name, None).code(code);
            gaps.push(Gap { count, ..gap });
        }
        // An incomplete answer must name what is missing, and one without objects answers nothing.
        let mut named = match answer.status {
            SystemStatus::Incomplete => documents,
            SystemStatus::Searched => !answer.objects.is_empty(),
            SystemStatus::NotSearched | SystemStatus::Manual => true,
        };
        for object in &answer.objects {
            let code = object.error.as_deref();
            if object.status == ObjectStatus::NotSearched || object.control == Control::NotFound {
                named = true;
                // Where the whole system is named above, its objects would only repeat it.
                if answer.status != SystemStatus::NotSearched {
                    let gap = Gap::new("not_searched").of(name, Some(&object.object));
                    gaps.push(gap.code(code));
                }
            } else if object.records == 0 && object.control == Control::None {
                gaps.push(Gap::new("zero_without_control").of(name, Some(&object.object)));
            }
        }
        if !named {
            gaps.push(Gap::new("not_searched").of(name, None).code(code));
        }
    }
    if history.systems.is_empty() {
        gaps.push(Gap::new("no_search"));
    }
}

/// What weakens single answers.
fn warnings(material: &Material<'_>, screen: &Screen, gaps: &mut Vec<Gap>) {
    let findings = material.findings.map(|findings| findings.head());
    for system in findings.iter().flat_map(|findings| &findings.systems) {
        let warnings = system.notes.warnings.iter();
        for (code, place) in warnings.filter(|(code, _)| weakens(code)) {
            let gap = Gap::new("warning").of(&system.system, None);
            let place = Some(screen.words(place).en);
            gaps.push(Gap { place, ..gap }.code(Some(code)));
        }
    }
}

/// What was found of one object, held against plan and events.
pub(super) struct Met {
    system: String,
    object: String,
    /// Records that were found and stand in no plan: those that are the person's, and those that wait for a word.
    unplanned: [u64; 2],
    /// Records that findings, plans or events know, each counted once.
    known: u64,
}

/// Holds the findings against the latest plan and against what was dealt with, object by object.
///
/// # Errors
/// Those of plan and findings, and of the file beside the bundle by `io`.
pub(super) fn meet(
    material: &Material<'_>,
    history: &History,
    folder: &Path,
    io: &dyn Fn(std::io::Error) -> Diagnostic,
) -> Result<Vec<Met>> {
    let Some(plan) = material.plan else {
        return Ok(Vec::new());
    };
    let namer = Namer::of(material.case_key);
    let mut sieve = Sieve::in_folder(folder);
    let mut places: Vec<(String, String)> = Vec::new();
    let mut number = |system: &str, object: &str| -> Result<u16> {
        let known = places.iter().position(|(s, o)| s == system && o == object);
        let known = known.unwrap_or_else(|| {
            places.push((system.to_owned(), object.to_owned()));
            places.len() - 1
        });
        let many = |_| io(std::io::Error::other("too many objects"));
        Ok(u16::try_from(known).map_err(many)?)
    };
    plan.each(&mut |step| {
        let name = namer.name(&step.system, &step.object, &step.key);
        let place = number(&step.system, &step.object)?;
        Ok(sieve.put(place, &name, Whence::Planned).map_err(io)?)
    })?;
    history.walk(None, io, &mut |touched, _| {
        let place = number(&touched.system, &touched.object)?;
        let put = sieve.put(place, &touched.record, Whence::Touched);
        Ok(put.map_err(io)?)
    })?;
    if let Some(findings) = material.findings {
        let systems = &findings.head().systems;
        findings.each(&mut |system, object, found| {
            let system = &systems[system];
            let object = &system.objects[object];
            let name = namer.name(&system.system, &object.object, &found.record.key);
            let from = match found.matched {
                Match::Stated => Whence::Found,
                _ => Whence::Waiting,
            };
            let place = number(&system.system, &object.object)?;
            Ok(sieve.put(place, &name, from).map_err(io)?)
        })?;
    }
    let mut met: Vec<Met> = Vec::new();
    met.extend(places.into_iter().map(|(system, object)| Met {
        system,
        object,
        unplanned: [0, 0],
        known: 0,
    }));
    let count = |known: &[Whence], from| known.iter().filter(|one| **one == from).count() as u64;
    sieve
        .each(&mut |place, known| {
            let met = &mut met[usize::from(place)];
            if !known.contains(&Whence::Planned) {
                met.unplanned[0] += count(known, Whence::Found);
                met.unplanned[1] += count(known, Whence::Waiting);
            }
            // A plan alone finds nothing.
            met.known += u64::from(known.iter().any(|from| *from != Whence::Planned));
        })
        .map_err(io)?;
    met.sort_by(|one, other| (&one.system, &one.object).cmp(&(&other.system, &other.object)));
    Ok(met)
}

/// Records that were found and stand in no plan.
fn undecided(met: &[Met], gaps: &mut Vec<Gap>) {
    for met in met {
        let [stated, waiting] = met.unplanned;
        if stated > 0 {
            let gap = Gap::new("not_planned");
            gaps.push(gap.of(&met.system, Some(&met.object)).count(stated));
        }
        if waiting > 0 {
            let gap = Gap::new("not_accepted");
            gaps.push(gap.of(&met.system, Some(&met.object)).count(waiting));
        }
    }
}

/// Records that a search of this case had, and that neither the findings at hand nor any plan account for.
fn unaccounted(material: &Material<'_>, history: &History, met: &[Met], gaps: &mut Vec<Gap>) {
    for (name, (_, answer)) in &history.systems {
        for object in &answer.objects {
            let known = met
                .iter()
                .filter(|met| met.system == *name && met.object == object.object);
            let known: u64 = known.map(|met| met.known).sum();
            let findings = material.findings.map(|findings| findings.head());
            let systems = findings.iter().flat_map(|found| &found.systems);
            let found = systems
                .filter(|system| system.system == *name)
                .flat_map(|system| &system.objects)
                .filter(|own| own.object == object.object);
            let streamed: u64 = found
                .filter_map(|own| own.streamed.as_ref())
                .map(|streamed| streamed.records)
                .sum();
            let left = object.records.saturating_sub(known + streamed);
            if left > 0 {
                let gap = Gap::new("found_unaccounted");
                gaps.push(gap.of(name, Some(&object.object)).count(left));
            }
        }
    }
}

/// Documents of a system that could not be looked into.
fn unread(material: &Material<'_>, name: &str) -> Option<u64> {
    let systems = &material.findings?.head().systems;
    let system = systems.iter().find(|system| system.system == name)?;
    let documents = system.documents.as_ref()?;
    Some(documents.unread()).filter(|count| *count > 0)
}

/// What became of records that is not done, or not proven.
pub(super) fn steps(history: &History, gaps: &mut Vec<Gap>) {
    let mut open: BTreeMap<(&str, &str, Outcome), u64> = BTreeMap::new();
    let mut weak: BTreeMap<(&str, &str, Option<Level>), u64> = BTreeMap::new();
    let mut lost: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut settling: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (touched, records) in &history.sorts {
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
                    *weak.entry((place.0, place.1, touched.level)).or_default() += records;
                }
            }
            // Kept on purpose: nothing was done that would need proof.
            Outcome::Retained | Outcome::Held => {}
            // The system took it, and the time that it may take (`verify.within`) was not over.
            Outcome::Pending if touched.level.is_some() && touched.fault.is_none() => {
                *settling.entry(place).or_default() += records;
            }
            _ if touched.is_lost => *lost.entry(place).or_default() += records,
            outcome => *open.entry((place.0, place.1, outcome)).or_default() += records,
        }
    }
    for ((system, object, outcome), count) in open {
        let gap = Gap::new(say::code(&outcome)).of(system, Some(object));
        gaps.push(gap.count(count));
    }
    for ((system, object), count) in settling {
        let gap = Gap::new("settling").of(system, Some(object));
        gaps.push(gap.count(count));
    }
    for ((system, object), count) in lost {
        let gap = Gap::new("not_found_again").of(system, Some(object));
        gaps.push(gap.count(count).code(Some(&Fault::unfound().code)));
    }
    for ((system, object, level), count) in weak {
        let gap = Gap::new("weakly_proven").of(system, Some(object));
        gaps.push(Gap { level, ..gap }.count(count));
    }
}

/// What people were asked to do and have not done, or only say that they have.
pub(super) fn tasks(history: &History, gaps: &mut Vec<Gap>) {
    let mut open: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unproven: BTreeMap<&str, u64> = BTreeMap::new();
    for task in history.tasks.iter() {
        match &task.state {
            // A search that is open is the gap of its system.
            State::Open if task.kind == TaskKind::LookUp => looked_up_by_nobody(task, gaps),
            State::Open if task.kind == TaskKind::Act => {
                *open.entry(&task.system).or_default() += 1;
            }
            State::Done(done)
                if done.proof.is_none() && done.level.is_none_or(|level| level < Level::L1) =>
            {
                *unproven.entry(&task.system).or_default() += 1;
            }
            State::Open | State::Done(_) | State::Dropped(_) => {}
        }
    }
    for (system, count) in open {
        let gap = Gap::new("task_open");
        gaps.push(gap.of(system, None).count(count));
    }
    for (system, count) in unproven {
        let gap = Gap::new("task_without_proof");
        gaps.push(gap.of(system, None).count(count));
    }
}

/// What no connector reads and nobody has looked up: a part of the system that was not searched.
fn looked_up_by_nobody(task: &TaskState, gaps: &mut Vec<Gap>) {
    let part = task.part.as_deref().unwrap_or_default();
    let gap = Gap::new("not_searched").of(&task.system, Some(part));
    gaps.push(gap.code(Some(NOT_LOOKED_UP)));
}

/// What is said beside the events, as far as gaps go by it.
pub(super) struct Conduct<'c> {
    pub(super) operator: &'c str,
    pub(super) approval: Approval,
    pub(super) answered: Option<jiff::civil::Date>,
    /// How many records of a plan have a line.
    pub(super) lines_of: &'c dyn Fn(&Digest) -> u64,
}

/// What those who worked on the case left undone.
pub(super) fn conduct(said: &Conduct<'_>, history: &History, gaps: &mut Vec<Gap>) {
    if !history.identity_confirmed {
        gaps.push(Gap::new("identity_not_confirmed"));
    }
    match history.latest {
        Some(plan) if !history.runs.contains_key(&plan) => {
            gaps.push(Gap::new("not_applied"));
        }
        _ => {}
    }
    for (plan, steps) in &history.plans {
        let Some(complete) = history.runs.get(plan) else {
            continue;
        };
        match complete {
            None => gaps.push(Gap::new("interrupted")),
            Some(false) => gaps.push(Gap::new("incomplete")),
            Some(true) => {}
        }
        let lines = (said.lines_of)(plan);
        if lines < *steps {
            let left = steps - lines;
            gaps.push(Gap::new("never_begun").count(left));
        }
        match history.approvals.get(plan) {
            None => gaps.push(Gap::new("approval_missing")),
            Some((Approval::FourEyes, by)) if by.iter().all(|by| by == said.operator) => {
                gaps.push(Gap::new("approval_missing"));
            }
            Some((Approval::None, _)) => {
                gaps.push(Gap::new("approval_none"));
            }
            Some(_) => {}
        }
    }
    if said.approval == Approval::None && gaps.iter().all(|gap| !gap.kind.starts_with("approval_"))
    {
        gaps.push(Gap::new("approval_none"));
    }
    match (said.answered, history.closing) {
        (None, _) => gaps.push(Gap::new("not_answered")),
        // A day that somebody states and no event bears out.
        (Some(_), None) => gaps.push(Gap::new("answer_not_recorded")),
        (Some(_), Some(_)) if !history.is_handed_out() => {
            gaps.push(Gap::new("answered_by_word"));
        }
        (Some(_), Some(_)) => {}
    }
}

/// What a sealed cover says of a stamp that is made after it.
pub(super) const BESIDE: &str = "time_stamp_beside";

/// The gaps that are left once it is known what became of the stamp.
pub(super) fn left(mut gaps: Vec<Gap>, time: &super::Time) -> Vec<Gap> {
    let stamped = matches!(time, super::Time::Stamped { .. });
    gaps.retain(|gap| !(stamped && gap.kind == BESIDE));
    gaps
}

/// That the stamp, which is asked for once all is sealed, lies beside the seal if it came.
pub(super) fn beside() -> Gap {
    Gap::new(BESIDE)
}

/// What a container leaves open that is about no single opening: the time that is not asked for, and the log over all cases.
pub(super) fn of_container(witnesses: Witnesses<'_>, place: Option<&Place>) -> Vec<Gap> {
    let mut gaps = vec![match witnesses.time {
        Some(_) => beside(),
        None => Gap::new("no_time_stamp"),
    }];
    match place {
        None => gaps.push(Gap::new("no_log")),
        Some(place) => of_log(place, &mut gaps),
    }
    gaps
}

/// Whose clock the times come from.
fn time(material: &Material<'_>, history: &History, witnesses: Witnesses<'_>, gaps: &mut Vec<Gap>) {
    if witnesses.time.is_none() && material.open_stamp.is_none() {
        gaps.push(Gap::new("no_time_stamp"));
        return;
    }
    gaps.push(match witnesses.time {
        Some(_) => beside(),
        None => Gap::new("no_time_stamp"),
    });
    let Some(token) = &material.open_stamp else {
        gaps.push(Gap::new("opening_not_stamped"));
        return;
    };
    let stamped = history
        .first
        .and_then(|first| super::stamp::verify(token, &first).ok());
    let late = stamped
        .zip(history.began)
        .and_then(|(stamp, began)| late(began, stamp.at));
    if let Some(minutes) = late {
        gaps.push(Gap::new(LATE).count(minutes));
    }
}

/// Of an opening that was stamped when it was past.
pub(super) const LATE: &str = "opening_stamped_late";

/// How long after its opening a case may be stamped, in minutes: an authority may be slow, and its clock another.
const PROMPT: i64 = 10;

/// How many minutes too late the opening of a case was stamped; `None` if it was not.
pub(super) fn late(began: Timestamp, stamped: Timestamp) -> Option<u64> {
    let minutes = stamped.as_second().saturating_sub(began.as_second()) / 60;
    u64::try_from(minutes).ok().filter(|_| minutes >= PROMPT)
}

/// What no bundle of this version can prove, whatever happened.
fn proof(material: &Material<'_>, seal: &Seal, place: Option<&Place>, gaps: &mut Vec<Gap>) {
    logged(place, gaps);
    gaps.push(Gap::new("due_nominal"));
    if certificate::is_self_issued(seal.certificate()) {
        gaps.push(Gap::new("self_signed"));
    }
    gaps.push(Gap::new("same_word"));
    let is_later = material.number > 1 || material.predecessor.is_some();
    if is_later && material.amendments.is_none() {
        gaps.push(Gap::new("changes_not_listed"));
    }
}

/// What the log over all cases leaves open.
fn logged(place: Option<&Place>, gaps: &mut Vec<Gap>) {
    let Some(place) = place else {
        gaps.push(Gap::new("no_log"));
        return;
    };
    if place.opened.is_none() {
        gaps.push(Gap::new("opened_not_logged"));
    }
    of_log(place, gaps);
}

/// What the log leaves open whatever stands in it.
fn of_log(place: &Place, gaps: &mut Vec<Gap>) {
    match place.anchored {
        Anchoring::Never => {
            gaps.push(Gap::new("log_not_anchored"));
        }
        Anchoring::ByWord => {
            gaps.push(Gap::new("log_anchored_by_word"));
        }
        Anchoring::Old { days } => {
            gaps.push(Gap::new("log_anchor_old").count(days));
        }
        Anchoring::Daily => {}
    }
    gaps.push(Gap::new("log_is_ours"));
}

/// The names of all systems in the extract: the keys of `systems`, or the `name` of each.
pub(super) fn listed_systems(extract: &serde_json::Value) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_that_takes_its_time_is_late_and_one_of_another_clock_is_not() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        for (seconds, expected) in [
            (-3600, None),
            (0, None),
            (599, None),
            (600, Some(10)),
            (86_400 * 30, Some(43_200)),
        ] {
            assert_eq!(late(at(0), at(seconds)), expected, "{seconds}");
        }
    }
}
