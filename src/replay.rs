//! Tests a connector without its vendor: the real search, plan and execution, with recorded exchanges in the place of the system and
//! a simulated clock.
//!
//! A test file (`replay/file.rs`) has cases with exchanges and expectations. Each case is played (`replay/play.rs`) against a tape of
//! its exchanges (`replay/tape.rs`) and judged (`replay/judge.rs`); from each erasure that comes out as recorded, further cases are
//! derived in which the system misbehaves (`replay/derive.rs`). Who reads and prints is `cli`.

mod beside;
pub mod derive;
mod exchange;
mod file;
mod judge;
mod outline;
mod play;
pub mod record;
mod tape;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::connector::Action;
use crate::connector::definition::Definition;
use crate::diagnostic::Diagnostic;
use crate::messages::replay as say;
use crate::yaml::error;
use derive::Derived;
use play::{Played, Until};

pub use file::{Case, Run, TestFile, parse, read};
pub use judge::seconds;
pub use outline::actions;

/// What the tests of one connector came to.
pub struct Report {
    pub cases: Vec<CaseReport>,
    /// Actions that no passed case carried out, as `object.action`; `object.find` where no passed case found anything.
    pub uncovered: Vec<String>,
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
pub fn run(definition: &Definition, file: &TestFile) -> Report {
    let mut covered: BTreeSet<(String, Option<Action>)> = BTreeSet::new();
    let cases = file
        .cases
        .iter()
        .map(|case| one(definition, file, case, &mut covered))
        .collect();
    let mut uncovered = Vec::new();
    let objects = definition.objects.iter();
    for object in objects.filter(|object| !outline::is_place(object)) {
        if !covered.contains(&(object.name.clone(), None)) {
            uncovered.push(format!("{}.find", object.name));
        }
    }
    for name in outline::beside(definition) {
        if !covered.contains(&(name.clone(), None)) {
            uncovered.push(name.replace('/', "."));
        }
    }
    for (object, action) in outline::actions(definition) {
        let name = format!("{object}.{}", action.word());
        if !covered.contains(&(object, Some(action))) {
            uncovered.push(name);
        }
    }
    Report { cases, uncovered }
}

fn one(
    definition: &Definition,
    file: &TestFile,
    case: &Case,
    covered: &mut BTreeSet<(String, Option<Action>)>,
) -> CaseReport {
    let mut report = CaseReport {
        name: case.name.clone(),
        run: case.run,
        wrong: Vec::new(),
        waited: Duration::ZERO,
        derived: Vec::new(),
        traffic: Vec::new(),
    };
    let played = match play::play(definition, file, case, Until::End, true, None) {
        Ok(played) => played,
        Err(failure) => {
            report.wrong.push(no_runtime(&failure));
            return report;
        }
    };
    report.waited = played.waited;
    report.traffic = played.tape.log.iter().map(asked).collect();
    report.wrong = judge::judge(case, &played, &definition.objects);
    if report.wrong.is_empty() {
        cover(&played, covered);
        report.derived = derive::derive(definition, file, case, &played);
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

/// Notes what a case showed: objects in which something was found, actions that wrote.
fn cover(played: &Played, covered: &mut BTreeSet<(String, Option<Action>)>) {
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
        if step.writes() && played.results.contains_key(&step.no) {
            covered.insert((step.object.clone(), step.action));
        }
    }
}

fn no_runtime(failure: &std::io::Error) -> Diagnostic {
    let why = crate::messages::os::why(failure);
    error("E779", say::no_runtime())
        .why(why)
        .help(say::no_runtime_help())
}
