//! Tests a connector without its vendor: the real search, plan and execution, with recorded exchanges in the place of the system and
//! a simulated clock.
//!
//! A test file (`replay/file.rs`) has cases with exchanges and expectations. Each case is played (`replay/play.rs`) against a tape of
//! its exchanges (`replay/tape.rs`) and judged (`replay/judge.rs`); from each erasure that comes out as recorded, further cases are
//! derived in which the system misbehaves (`replay/derive.rs`). An overlay without a test of its own is tried with what was recorded for
//! the connector below it (`replay/lent.rs`). Who reads and prints is `cli`.

mod beside;
pub mod derive;
mod exchange;
mod file;
mod judge;
pub mod lent;
mod outline;
mod personal;
mod play;
pub mod record;
pub mod specimen;
mod tape;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::connector::Action;
use crate::diagnostic::Diagnostic;
use crate::messages::replay as say;
use crate::plan::Outcome;
use crate::yaml::error;
use derive::Derived;
use play::{Played, Until};
use specimen::Specimen;

pub use file::{Case, Run, TestFile, parse, read};
pub use judge::seconds;
pub use outline::actions;

/// What the tests of one connector came to.
pub struct Report {
    pub cases: Vec<CaseReport>,
    /// Actions that no passed case carried out, as `object.action`; `object.find` where no passed case found anything, and
    /// `object.find[2]` for a search that none asked.
    pub uncovered: Vec<String>,
    /// Members of found records that look personal and that no field lists (W310).
    pub warnings: Vec<Diagnostic>,
}

/// What one case came to.
pub struct CaseReport {
    pub name: String,
    pub run: Run,
    /// Empty if it came out as recorded.
    pub wrong: Vec<Diagnostic>,
    /// Simulated.
    pub waited: Duration,
    pub derived: Vec<Derived>,
    /// What was asked and answered in the recorded case, derived ones left out.
    pub traffic: Vec<Asked>,
}

/// A request of a case and its recorded reply, for comparing them with a published specification.
pub struct Asked {
    /// `GET`
    pub verb: &'static str,
    pub url: String,
    /// Credentials left out.
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    /// `None` if the reply was lost.
    pub reply: Option<(u16, String)>,
}

impl Report {
    /// Whether every case and every derived one came out as it should.
    pub fn holds(&self) -> bool {
        self.cases.iter().all(CaseReport::holds)
    }
}

impl CaseReport {
    pub fn holds(&self) -> bool {
        self.wrong.is_empty() && self.derived.iter().all(|one| one.wrong().is_none())
    }
}

/// Plays every case of a test file, and what is derived from them.
pub fn run(what: impl Into<Specimen>, file: &TestFile) -> Report {
    let specimen = &what.into();
    let mut covered: BTreeSet<(String, Option<Action>)> = BTreeSet::new();
    let mut seen = personal::Seen::default();
    let cases = file
        .cases
        .iter()
        .map(|case| one(specimen, file, case, &mut covered, &mut seen))
        .collect();
    let mut uncovered = Vec::new();
    let objects = specimen.objects.iter();
    for object in objects.filter(|object| !outline::is_place(object)) {
        if !covered.contains(&(object.name.clone(), None)) {
            uncovered.push(format!("{}.find", object.name));
        }
    }
    for (name, _) in outline::finders(specimen) {
        if !covered.contains(&(name.clone(), None)) {
            uncovered.push(name);
        }
    }
    for name in outline::beside(specimen) {
        if !covered.contains(&(name.clone(), None)) {
            uncovered.push(name.replace('/', "."));
        }
    }
    for (object, action) in outline::actions(specimen) {
        let name = format!("{object}.{}", action.word());
        if !covered.contains(&(object, Some(action))) {
            uncovered.push(name);
        }
    }
    Report {
        cases,
        uncovered,
        warnings: seen.warnings(),
    }
}

/// What looks personal in the recorded replies and is no field of its object (W310). Nothing is written, and nothing derived.
pub fn unlisted(what: impl Into<Specimen>, file: &TestFile) -> Vec<Diagnostic> {
    let specimen = &what.into();
    let mut seen = personal::Seen::default();
    for case in &file.cases {
        if let Ok(played) = play::play(specimen, file, case, Until::Plan, true, None) {
            seen.look(case, &played, &specimen.objects);
        }
    }
    seen.warnings()
}

fn one(
    specimen: &Specimen,
    file: &TestFile,
    case: &Case,
    covered: &mut BTreeSet<(String, Option<Action>)>,
    seen: &mut personal::Seen,
) -> CaseReport {
    let mut report = CaseReport {
        name: case.name.clone(),
        run: case.run,
        wrong: Vec::new(),
        waited: Duration::ZERO,
        derived: Vec::new(),
        traffic: Vec::new(),
    };
    let played = match play::play(specimen, file, case, Until::End, true, None) {
        Ok(played) => played,
        Err(failure) => {
            report.wrong.push(no_runtime(&failure));
            return report;
        }
    };
    report.waited = played.waited;
    seen.look(case, &played, &specimen.objects);
    report.traffic = played.tape.log.iter().map(asked).collect();
    report.wrong = judge::judge(case, &played, &specimen.objects);
    if report.wrong.is_empty() {
        cover(specimen, &played, covered);
        report.derived = derive::derive(specimen, file, case, &played);
    }
    report
}

fn asked(sent: &tape::Sent) -> Asked {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = sent.headers.iter();
    Asked {
        verb: sent.verb.word(),
        url: sent.url.to_string(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body: (!sent.body.is_empty()).then(|| text(&sent.body)),
        reply: sent
            .reply
            .as_ref()
            .map(|reply| (reply.status, text(&reply.body))),
    }
}

/// Notes what a case showed: objects in which something was found, searches that were asked, actions that took effect.
fn cover(specimen: &Specimen, played: &Played, covered: &mut BTreeSet<(String, Option<Action>)>) {
    let asked = played.tape.log.iter();
    let asked: Vec<_> = asked
        .filter(|sent| sent.phase == tape::Phase::Search && !sent.signs_in)
        .collect();
    for (name, request) in outline::finders(specimen) {
        if asked.iter().any(|sent| outline::asks(request, sent)) {
            covered.insert((name, None));
        }
    }
    for object in judge::found(played).into_keys() {
        covered.insert((object, None));
    }
    let object = |record: &String| record.split('/').next().unwrap_or_default().to_owned();
    for (record, parts) in &played.beside.parts {
        let came = parts.iter().filter(|(_, items)| **items > 0);
        covered.extend(came.map(|(part, _)| (format!("{}/{part}", object(record)), None)));
    }
    for record in played.beside.files.keys() {
        covered.insert((format!("{}/files", object(record)), None));
    }
    for step in played.plan.iter().flat_map(|plan| &plan.steps) {
        let ended = played.results.get(&step.no);
        if step.writes() && ended.is_some_and(|ended| shows(step.action, ended.outcome)) {
            covered.insert((step.object.clone(), step.action));
        }
    }
}

/// Whether an outcome is what an action is for. One that was refused, failed or could not be looked at shows nothing of it.
fn shows(action: Option<Action>, outcome: Outcome) -> bool {
    match action {
        Some(Action::Remove) => outcome == Outcome::Removed,
        Some(Action::Anonymise) => outcome == Outcome::Anonymised,
        Some(Action::Restrict) => outcome == Outcome::Restricted,
        Some(Action::Unrestrict) => outcome == Outcome::Unrestricted,
        Some(Action::Rectify) => outcome == Outcome::Rectified,
        Some(Action::Suppress) => outcome == Outcome::Suppressed,
        None => false,
    }
}

fn no_runtime(failure: &std::io::Error) -> Diagnostic {
    let why = crate::messages::os::why(failure);
    error("E779", say::no_runtime())
        .why(why)
        .help(say::no_runtime_help())
}
