//! `dsr connector test`: replays what was recorded of a system against the connector, without the system.
//!
//! Files in `connectors/` have their tests beside them, connectors that came with the program bring theirs, and an overlay without any
//! is replayed with those of the connector below it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{diff, meant};
use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::connector::library::{self, Volume, is_yaml};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::messages::{Text, os, replay as say};
use crate::replay::derive::{Came, Derived, Kind};
use crate::replay::lent::{self, Lent};
use crate::replay::specimen::{self, Specimen};
use crate::replay::{self, CaseReport, Report, TestFile};
use crate::ui::Format;
use crate::ui::diagnostic as draw;
use crate::yaml::error;

/// Replay the recorded exchanges of connectors, and cases derived from them
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Files of connectors, their names, or test files; all connectors in connectors/ without one
    #[arg(value_name = "CONNECTOR")]
    connectors: Vec<String>,
    /// The test file, if it is not connectors/tests/NAME.test.yml
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// Fail also if an object, a search or an action has no case; where connectors/ holds none, test all that came with the program
    #[arg(long)]
    all: bool,
    /// Write the requests and replies of recorded cases to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
}

/// One connector and what its tests came to.
struct Tested {
    specimen: Specimen,
    report: Report,
    /// Set where coverage counts and something is not covered.
    uncovered: Vec<Diagnostic>,
    /// What it was replayed with, where it has no test of its own.
    lent: Option<Lent>,
    took: Duration,
}

impl Tested {
    /// What it is called: an overlay without a name of its own bears that of the connector below it.
    fn name(&self) -> &str {
        let lent = self.lent.as_ref();
        lent.map_or(&self.specimen.name, |lent| &lent.overlay)
    }

    /// Whether a case came out otherwise than for the connector below, which holds without what the overlay changes.
    fn differs(&self, case: &CaseReport) -> bool {
        let lent = self.lent.as_ref();
        !case.wrong.is_empty() && lent.is_some_and(|lent| !lent.changes.is_empty())
    }
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let words = words(context, args)?;
    if args.tests.is_some() && words.len() != 1 {
        let wrong = error("E783", say::one_test_file());
        return Err(wrong.help(say::one_test_file_help()).into());
    }
    let mut tested = Vec::new();
    let mut troubles = Vec::new();
    for one in &words {
        match test(context, one, args) {
            Ok(one) => tested.push(one),
            Err(trouble) => troubles.extend(trouble.diagnostics),
        }
    }
    if !troubles.is_empty() {
        return Err(Trouble::from(troubles));
    }
    if let Some(file) = &args.traffic {
        fs_err::write(file, traffic(&tested)).map_err(|failure| {
            error("E786", say::no_traffic(os::why_at(file, &failure))).help(say::no_traffic_help())
        })?;
    }
    show(context, &tested);
    let holds = tested
        .iter()
        .all(|one| one.report.holds() && one.uncovered.is_empty());
    Ok(if holds { Exit::Done } else { Exit::Usage })
}

/// The connectors that are named, or the files of all that lie here, or with `--all` those of the program where none do.
fn words(context: &Context, args: &Args) -> Result<Vec<String>> {
    if !args.connectors.is_empty() {
        return Ok(args.connectors.clone());
    }
    let entries = fs_err::read_dir(context.folder().join("connectors"));
    let mut all: Vec<String> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        // A program starts for a test that somebody names, and for no other.
        .filter(|path| path.is_file() && is_yaml(path) && !specimen::is_of_plugin(path))
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    all.sort();
    if all.is_empty() && args.all {
        all = library::shipped_names().map(str::to_owned).collect();
    }
    if all.is_empty() {
        let wrong = error("E782", say::no_connectors());
        return Err(wrong.help(say::no_connectors_help()).into());
    }
    Ok(all)
}

fn test(context: &Context, words: &str, args: &Args) -> Result<Tested> {
    let began = Instant::now();
    let file = context.folder().join(words);
    if specimen::is_of_plugin(&file) {
        let (specimen, tests) = specimen::read(&file)?;
        // Whoever names the file on the command line wants its program to run.
        let program = specimen.started_as().unwrap_or_default();
        context.ui.say(&say::starts(program));
        let report = replay::run(&specimen, &tests);
        return Ok(tested(specimen, report, args, began));
    }
    // A test file stands for its connector.
    let connector = lent::connector_of(Path::new(words))
        .filter(|connector| context.folder().join(connector).is_file())
        .map(|connector| connector.to_string_lossy().into_owned());
    let (volume, library) = meant(context, connector.as_deref().unwrap_or(words))?;
    let definition = definition::load(&volume, &library, None)?;
    let (tests, lent) = match &args.tests {
        Some(file) => (replay::read(file, &definition)?, None),
        None => tests(&volume, &definition)?,
    };
    let report = replay::run(&definition, &tests);
    let tested = tested(Specimen::from(&definition), report, args, began);
    Ok(Tested { lent, ..tested })
}

/// The test file of a connector, or what the one below it lends.
fn tests(volume: &Volume, definition: &Definition) -> Result<(TestFile, Option<Lent>)> {
    let Some(file) = volume.file() else {
        let Some(shipped) = library::shipped_tests(&volume.name) else {
            let wrong = error("E781", say::tests_elsewhere(&volume.name));
            return Err(wrong.help(say::tests_elsewhere_help(&volume.name)).into());
        };
        return Ok((replay::parse(&shipped, definition)?, None));
    };
    let own = lent::tests_of(file);
    if !own.is_file()
        && let Some(mut lent) = lent::lent(definition)?
    {
        let tests = std::mem::take(&mut lent.tests);
        return Ok((tests, Some(lent)));
    }
    Ok((replay::read(&own, definition)?, None))
}

fn tested(specimen: Specimen, report: Report, args: &Args, began: Instant) -> Tested {
    let missing = report.uncovered.iter().filter(|_| args.all);
    let uncovered = missing
        .map(|what| {
            let name = format!("{}.{what}", specimen.name);
            error("E784", say::uncovered(name)).help(say::uncovered_help())
        })
        .collect();
    Tested {
        specimen,
        report,
        uncovered,
        lent: None,
        took: began.elapsed(),
    }
}

/// What was asked and answered, for comparing it with a vendor's specification. Nothing in it is secret or of a real person.
fn traffic(tested: &[Tested]) -> String {
    let mut lines = String::new();
    for one in tested {
        for case in &one.report.cases {
            for asked in &case.traffic {
                let (status, reply) = asked.reply.clone().unzip();
                let line = json!({
                    "connector": one.specimen.name,
                    "case": case.name,
                    "method": asked.verb,
                    "url": asked.url,
                    "headers": asked.headers,
                    "body": asked.body,
                    "status": status,
                    "reply": reply,
                });
                lines.push_str(&line.to_string());
                lines.push('\n');
            }
        }
    }
    lines
}

fn show(context: &Context, tested: &[Tested]) {
    match context.ui.format {
        Format::Json => context.ui.json(&document(context, tested)),
        Format::Table | Format::Csv => table(context, tested),
    }
}

fn table(context: &Context, tested: &[Tested]) {
    let lang = context.ui.lang;
    let columns = [
        say::connector(),
        say::case(),
        say::run_word(),
        say::result(),
        say::derived(),
        say::waited(),
    ];
    let mut rows = Vec::new();
    for one in tested {
        for case in &one.report.cases {
            let result = match case.holds() {
                true => say::passed(),
                false if one.differs(case) => say::differs(),
                false => say::failed(),
            };
            let formed = || case.derived.iter().filter(|d| !is_absent(d));
            let right = formed().filter(|d| d.wrong().is_none()).count();
            let counts = say::derived_counts(right, formed().count());
            rows.push(vec![
                one.name().to_owned(),
                case.name.clone(),
                case.run.word().to_owned(),
                result.to(lang).to_owned(),
                if case.derived.is_empty() {
                    String::new()
                } else {
                    counts.to(lang).to_owned()
                },
                replay::seconds(case.waited),
            ]);
        }
    }
    context.ui.rows(&columns, &rows);
    for one in tested {
        explain(context, one);
    }
    let cases = || tested.iter().flat_map(|one| &one.report.cases);
    let derived = || cases().flat_map(|case| &case.derived);
    let formed = derived().filter(|one| !is_absent(one)).count();
    let took: Duration = tested.iter().map(|one| one.took).sum();
    context.ui.say(&say::summary(
        tested.len(),
        cases().count(),
        formed,
        failures(tested),
        format!("{} ms", took.as_millis()),
    ));
}

fn is_absent(derived: &Derived) -> bool {
    matches!(derived.came, Came::NotDerived(_))
}

/// How many cases and derived cases failed, and how much is not covered where that counts.
fn failures(tested: &[Tested]) -> usize {
    let of = |case: &CaseReport| {
        let derived = case.derived.iter().filter(|one| one.wrong().is_some());
        usize::from(!case.wrong.is_empty()) + derived.count()
    };
    let all = tested.iter().map(|one| {
        let cases: usize = one.report.cases.iter().map(of).sum();
        cases + one.uncovered.len()
    });
    all.sum()
}

/// Why cases failed, and what could not be derived.
fn explain(context: &Context, one: &Tested) {
    let name = one.name();
    if let Some(lent) = &one.lent {
        borrowed(context, one, lent);
    }
    for case in &one.report.cases {
        if !case.wrong.is_empty() {
            context.ui.heading(&say::failed_case(name, &case.name));
        }
        for wrong in &case.wrong {
            context.ui.warn(wrong);
        }
        for derived in &case.derived {
            let title = derived.kind.title();
            match &derived.came {
                Came::Right | Came::NotDerived(_) => {}
                Came::Wrong(wrong) => {
                    let heading = say::failed_derived(name, &case.name, title);
                    context.ui.heading(&heading);
                    for wrong in wrong {
                        context.ui.warn(wrong);
                    }
                }
            }
        }
    }
    for wrong in one.uncovered.iter().chain(&one.report.warnings) {
        context.ui.warn(wrong);
    }
    for ((kind, why), cases) in absent(one) {
        let title = kind.title();
        context.ui.say(&say::not_derived(name, title, cases, &why));
    }
}

/// A value as far as it fits on a line.
fn short(value: &str) -> String {
    const MOST: usize = 60;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", &value[..end]),
        None => value.to_owned(),
    }
}

/// What an overlay was replayed with, what it changes there, and what to do about cases that come out otherwise.
fn borrowed(context: &Context, one: &Tested, lent: &Lent) {
    let (name, below) = (&lent.overlay, &lent.name);
    context
        .ui
        .say(&say::replayed_with(name, below, &lent.version));
    for change in &lent.changes {
        let stood = |value: &Option<String>| value.as_deref().map_or("–".to_owned(), short);
        let (before, after) = (stood(&change.before), stood(&change.after));
        context.ui.say(&match change.safety {
            true => say::changes_safety(&change.path, before, after),
            false => say::changes(&change.path, before, after),
        });
    }
    let cases = &one.report.cases;
    let differing = cases.iter().filter(|case| one.differs(case)).count();
    if differing > 0 {
        context.ui.say(&say::differing(differing, below));
        context.ui.say(&say::differing_help(name, below));
    }
}

/// What could not be derived and why, with the number of cases.
fn absent(one: &Tested) -> Vec<((Kind, Text), usize)> {
    let mut all: Vec<((Kind, Text), usize)> = Vec::new();
    for derived in one.report.cases.iter().flat_map(|case| &case.derived) {
        let Came::NotDerived(why) = &derived.came else {
            continue;
        };
        let name = (derived.kind, why.clone());
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, cases)) => *cases += 1,
            None => all.push((name, 1)),
        }
    }
    all.sort_by_key(|((kind, _), _)| *kind);
    all
}

/// `dsr.connector.test/1`
fn document(context: &Context, tested: &[Tested]) -> Value {
    let lang = context.ui.lang;
    let all = |wrong: &[Diagnostic]| -> Vec<Value> {
        wrong.iter().map(|one| draw::json(one, lang)).collect()
    };
    let derived = |one: &Derived| {
        let (result, errors, because) = match &one.came {
            Came::Right => ("passed", Vec::new(), Value::Null),
            Came::Wrong(wrong) => ("failed", all(wrong), Value::Null),
            Came::NotDerived(why) => ("not_derived", Vec::new(), json!(why.to(lang))),
        };
        json!({ "kind": one.kind.word(), "result": result, "errors": errors, "because": because })
    };
    let case = |one: &Tested, case: &CaseReport| {
        let result = match case.wrong.is_empty() {
            true => "passed",
            false if one.differs(case) => "differs",
            false => "failed",
        };
        json!({
            "name": case.name,
            "run": case.run.word(),
            "result": result,
            "waited_ms": u64::try_from(case.waited.as_millis()).unwrap_or(u64::MAX),
            "errors": all(&case.wrong),
            "derived": case.derived.iter().map(derived).collect::<Vec<_>>(),
        })
    };
    let lent = |lent: &Lent| {
        json!({
            "connector": lent.name,
            "version": lent.version,
            "changes": lent.changes.iter().map(diff::change).collect::<Vec<_>>(),
        })
    };
    let connectors = tested.iter().map(|one| {
        let cases = one.report.cases.iter();
        json!({
            "connector": one.name(),
            "version": one.specimen.version,
            "replayed_with": one.lent.as_ref().map(lent),
            "cases": cases.map(|of| case(one, of)).collect::<Vec<_>>(),
            "uncovered": one.report.uncovered,
            "warnings": all(&one.report.warnings),
            "elapsed_ms": u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
        })
    });
    json!({
        "schema": "dsr.connector.test/1",
        "failed": failures(tested),
        "connectors": connectors.collect::<Vec<_>>(),
    })
}
