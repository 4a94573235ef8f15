//! `dsr connector test`: replays what was recorded of a system against the connector, without the system.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::meant;
use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::connector::library::is_yaml;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::messages::{Text, os, replay as say};
use crate::replay::derive::{Came, Derived, Kind};
use crate::replay::{self, CaseReport, Report};
use crate::ui::Format;
use crate::ui::diagnostic as draw;
use crate::yaml::error;

/// Replay the recorded exchanges of connectors, and cases derived from them
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Files of connectors, or their names; all in connectors/ without one
    #[arg(value_name = "CONNECTOR")]
    connectors: Vec<String>,
    /// The test file, if it is not connectors/tests/NAME.test.yml
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// Fail also if an object or an action has no case
    #[arg(long)]
    all: bool,
    /// Write the requests and replies of recorded cases to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
}

/// One connector and what its tests came to.
struct Tested {
    definition: Definition,
    report: Report,
    /// Set where coverage counts and something is not covered.
    uncovered: Vec<Diagnostic>,
    took: Duration,
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

/// The connectors that are named, or the files of all that lie here.
fn words(context: &Context, args: &Args) -> Result<Vec<String>> {
    if !args.connectors.is_empty() {
        return Ok(args.connectors.clone());
    }
    let entries = fs_err::read_dir(context.folder().join("connectors"));
    let mut all: Vec<String> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && is_yaml(path))
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    all.sort();
    if all.is_empty() {
        let wrong = error("E782", say::no_connectors());
        return Err(wrong.help(say::no_connectors_help()).into());
    }
    Ok(all)
}

/// Where the tests of a connector file lie: `tests/NAME.test.yml` beside it.
fn tests_of(file: &Path) -> PathBuf {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let folder = file.parent().unwrap_or(Path::new("."));
    folder.join("tests").join(format!("{name}.test.yml"))
}

fn test(context: &Context, words: &str, args: &Args) -> Result<Tested> {
    let began = Instant::now();
    let (volume, library) = meant(context, words)?;
    let tests = match (&args.tests, volume.file()) {
        (Some(file), _) => file.clone(),
        (None, Some(file)) => tests_of(file),
        (None, None) => {
            let wrong = error("E781", say::tests_elsewhere(&volume.name));
            return Err(wrong.help(say::tests_elsewhere_help(&volume.name)).into());
        }
    };
    let definition = definition::load(&volume, &library, None)?;
    let tests = replay::read(&tests, &definition)?;
    let report = replay::run(&definition, &tests);
    let missing = report.uncovered.iter().filter(|_| args.all);
    let uncovered = missing
        .map(|what| {
            let name = format!("{}.{what}", definition.name);
            error("E784", say::uncovered(name)).help(say::uncovered_help())
        })
        .collect();
    Ok(Tested {
        definition,
        report,
        uncovered,
        took: began.elapsed(),
    })
}

/// What was asked and answered, for comparing it with a vendor's specification. Nothing in it is secret or of a real person.
fn traffic(tested: &[Tested]) -> String {
    let mut lines = String::new();
    for one in tested {
        for case in &one.report.cases {
            for asked in &case.traffic {
                let (status, reply) = asked.reply.clone().unzip();
                let line = json!({
                    "connector": one.definition.name,
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
            let result = if case.holds() {
                say::passed()
            } else {
                say::failed()
            };
            let formed = || case.derived.iter().filter(|d| !is_absent(d));
            let right = formed().filter(|d| d.wrong().is_none()).count();
            let counts = say::derived_counts(right, formed().count());
            rows.push(vec![
                one.definition.name.clone(),
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
    let name = &one.definition.name;
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
    for wrong in &one.uncovered {
        context.ui.warn(wrong);
    }
    for ((kind, why), cases) in absent(one) {
        let title = kind.title();
        context.ui.say(&say::not_derived(name, title, cases, &why));
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
    let case = |case: &CaseReport| {
        json!({
            "name": case.name,
            "run": case.run.word(),
            "result": if case.wrong.is_empty() { "passed" } else { "failed" },
            "waited_ms": u64::try_from(case.waited.as_millis()).unwrap_or(u64::MAX),
            "errors": all(&case.wrong),
            "derived": case.derived.iter().map(derived).collect::<Vec<_>>(),
        })
    };
    let connectors = tested.iter().map(|one| {
        json!({
            "connector": one.definition.name,
            "version": one.definition.version,
            "cases": one.report.cases.iter().map(case).collect::<Vec<_>>(),
            "uncovered": one.report.uncovered,
            "elapsed_ms": u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
        })
    });
    json!({
        "schema": "dsr.connector.test/1",
        "failed": failures(tested),
        "connectors": connectors.collect::<Vec<_>>(),
    })
}
