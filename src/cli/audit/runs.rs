//! `dsr audit runs`: every retention run with its figures, whether what proves it holds, and which runs are missing.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::stuck::{self, Stuck};
use crate::cli::context::{Context, House};
use crate::cli::seal;
use crate::cli::sweep::prove::{self, SIGNATURE, STATEMENT};
use crate::cli::usage;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate::Anchor;
use crate::evidence::detached::{self, Signed};
use crate::keys::Digest;
use crate::messages::{Text, cli as words, runs as say, sweep};
use crate::sweep::rhythm::Gap;
use crate::sweep::runs::{Part, Run, Sealed};
use crate::sweep::walk::root;
use crate::ui::Format;
use crate::workspace::file_trouble;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Only runs of this day or later
    #[arg(long, value_name = "DAY", value_parser = usage::day)]
    from: Option<Date>,
    /// Only runs of this day or before
    #[arg(long, value_name = "DAY", value_parser = usage::day)]
    to: Option<Date>,
}

impl Args {
    fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A run, and what was found out about its proof.
struct Line {
    run: Run,
    signed: Option<Signed>,
    problems: Vec<Diagnostic>,
}

struct Audit {
    lines: Vec<Line>,
    gaps: Vec<Gap>,
    stuck: Vec<Stuck>,
    /// What is wrong beside the runs: the ledger itself, and proof that it does not know.
    problems: Vec<Diagnostic>,
    every_s: Option<u64>,
    /// Runs of all days.
    all: usize,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    usage::past(args.from, args.to, context.today())?;
    let audit = audit(context, &house, args)?;
    show(context, &house, args, &audit);
    let mut wrong: Vec<Diagnostic> = audit.problems;
    let mut late = false;
    for line in audit.lines {
        wrong.extend(line.problems);
        if line.run.ended.is_none() || line.run.sealed.is_none() {
            late = true;
            let warning = Diagnostic::new(
                "W322",
                Exit::Incomplete,
                say::run_unfinished(&line.run.sweep),
            );
            context.ui.warn(&warning.help(say::run_unfinished_help()));
        }
    }
    for gap in &audit.gaps {
        late = true;
        let when = |at| crate::cli::case::when(context, at);
        let what = say::runs_missing(gap.missing, when(gap.from), when(gap.to));
        let warning = Diagnostic::new("W321", Exit::Incomplete, what);
        context.ui.warn(&warning.help(say::runs_missing_help()));
    }
    stuck::warn(context, &house, &audit.stuck)?;
    let waiting = audit.stuck.iter().map(Stuck::exit);
    // Whoever reads JSON has them in it already.
    let told = context.ui.format == Format::Json;
    let begin = if late { Exit::Incomplete } else { Exit::Done };
    match wrong.is_empty() {
        false if told => Ok(Exit::Unproven),
        false => Err(wrong.into()),
        true => Ok(waiting.fold(begin, Exit::and)),
    }
}

fn audit(context: &Context, house: &House, args: &Args) -> Result<Audit> {
    let mut anchors = Vec::new();
    for pem in seal::certificates(&house.workspace) {
        anchors.extend(Anchor::from_pem(&pem)?.into_iter().take(1));
    }
    let verdict = house.ledger().verify()?;
    let mut problems = Vec::new();
    if let Some(broken) = verdict.broken {
        let what = words::ledger_broken(broken.seq);
        problems.push(
            Diagnostic::new("E880", Exit::Unproven, what)
                .why(broken.flaw.text())
                .help(words::ledger_broken_help()),
        );
    }
    let known = prove::runs(house)?;
    let every_s = house.inventory.limits.sweep.every_s;
    let now = context.now();
    let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let gaps = known.gaps(every_s, now, prove::span_of(args.from, args.to));
    let runs = known.runs;
    let all = runs.len();
    let ledger = house.ledger().id().to_owned();
    let folder = prove::folder(&house.workspace);
    problems.extend(unknown(&folder, &runs)?);
    let listed: Vec<&Run> = runs.iter().filter(|run| args.holds(run.day)).collect();
    let stuck = stuck::find(&listed);
    let mut before: Option<Sealed> = None;
    let mut lines = Vec::new();
    for run in runs {
        let mut line = check(&folder, &run, &ledger, &anchors);
        if let Some(sealed) = &run.sealed {
            let number = before.as_ref().map_or(1, |before| before.number + 1);
            let follows = sealed.number == number
                && sealed.predecessor == before.as_ref().map(|before| before.statement);
            if !follows {
                let what = say::chain_wrong(&run.sweep);
                let wrong = Diagnostic::new("E479", Exit::Unproven, what);
                line.problems.push(wrong.help(say::chain_wrong_help()));
            }
            before = Some(sealed.clone());
        }
        if args.holds(run.day) {
            lines.push(line);
        }
    }
    Ok(Audit {
        lines,
        gaps,
        stuck,
        problems,
        every_s,
        all,
    })
}

/// Folders of runs of which the ledger knows nothing.
fn unknown(folder: &Path, runs: &[Run]) -> Result<Vec<Diagnostic>> {
    let known: BTreeSet<&str> = runs.iter().map(|run| run.sweep.as_str()).collect();
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_trouble(&error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| file_trouble(&error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let strange = names
        .into_iter()
        .filter(|name| !known.contains(name.as_str()));
    let strange = strange.map(|name| {
        let wrong = Diagnostic::new("E482", Exit::Unproven, say::unknown_run(name));
        wrong.help(say::unknown_run_help())
    });
    Ok(strange.collect())
}

/// Whether what lies beside a run is what the ledger says of it.
fn check(folder: &Path, run: &Run, ledger: &str, anchors: &[Anchor]) -> Line {
    let folder = folder.join(&run.sweep);
    let mut problems = Vec::new();
    let mut signed = None;
    let sweep = run.sweep.as_str();
    let wrong = |code, what| Diagnostic::new(code, Exit::Unproven, what);
    if let Some(sealed) = &run.sealed {
        match fs_err::read(folder.join(STATEMENT)) {
            Err(_) => problems.push(
                wrong("E476", say::statement_missing(sweep)).help(say::statement_missing_help()),
            ),
            Ok(bytes) => {
                let told = run.statement(ledger, sealed.number, sealed.predecessor);
                if Digest::sha256(&bytes) != sealed.statement {
                    problems.push(
                        wrong("E477", say::statement_changed(sweep))
                            .help(say::proof_changed_help()),
                    );
                } else if told.as_ref() != Some(&bytes) {
                    problems.push(
                        wrong("E481", say::ledger_tells_other(sweep))
                            .help(say::ledger_tells_other_help()),
                    );
                }
                let broken = |why: Text| {
                    wrong("E478", say::seal_wrong(sweep))
                        .why(why)
                        .help(say::proof_changed_help())
                };
                match fs_err::read(folder.join(SIGNATURE)) {
                    Err(_) => problems.push(broken(say::seal_missing())),
                    Ok(signature) => match detached::check(&bytes, &signature, anchors) {
                        Ok(by) => signed = Some(by),
                        Err(reasons) => {
                            problems.extend(reasons.into_iter().map(|reason| broken(reason.what)));
                        }
                    },
                }
            }
        }
    }
    for part in &run.rules {
        if !names_hold(&folder, run, part) {
            let place = format!("{}.{}", part.planned.system, part.planned.object);
            problems.push(
                wrong("E480", say::names_wrong(sweep, place)).help(say::proof_changed_help()),
            );
        }
    }
    Line {
        run: run.clone(),
        signed,
        problems,
    }
}

/// Whether the names beside the evidence are those of which each batch has the root. A run that was killed may have left more than the ledger
/// knows of; the next one takes that away.
fn names_hold(folder: &Path, run: &Run, part: &Part) -> bool {
    let Ok(mut file) = fs_err::File::open(prove::names_file(folder, &part.planned.rule)) else {
        return part.done() == 0;
    };
    let expected = part.done().checked_mul(32);
    let length = file.metadata().map(|known| known.len()).ok();
    let is_whole = length.is_some() && length == expected;
    let may_be_longer = run.ended.is_none() && length > expected;
    if !is_whole && !may_be_longer {
        return false;
    }
    // Batches that a killed run had begun are settled before others begin, so the names lie in the order of the batches.
    let mut batches: Vec<_> = part
        .batches
        .iter()
        .filter_map(|batch| Some((batch.number, batch.done?)))
        .collect();
    batches.sort_by_key(|(number, _)| *number);
    batches.into_iter().all(|(_, (count, expected))| {
        let Ok(count) = usize::try_from(count) else {
            return false;
        };
        let mut bytes = vec![0; count * 32];
        let read = file.read_exact(&mut bytes);
        let names: Vec<Digest> = bytes
            .chunks_exact(32)
            .filter_map(|name| name.try_into().ok().map(Digest))
            .collect();
        read.is_ok() && root(&names) == expected
    })
}

fn show(context: &Context, house: &House, args: &Args, audit: &Audit) {
    if context.ui.format == Format::Json {
        context.ui.json(&as_json(house, args, audit));
        return;
    }
    if audit.lines.is_empty() {
        context.ui.say(&match audit.all {
            0 => say::nobody_ran(),
            all => say::none_in_days(all),
        });
    }
    context.ui.heading(&say::heading(audit.lines.len()));
    let lang = context.ui.lang;
    let mut rows: Vec<(Timestamp, Vec<String>)> = Vec::new();
    for line in &audit.lines {
        let run = &line.run;
        let number = run.sealed.as_ref().map(|sealed| sealed.number.to_string());
        rows.push((
            run.begun,
            vec![
                sweep::day(run.day).to(lang).to_owned(),
                number.unwrap_or_default(),
                run.sweep.clone(),
                run.operator.clone(),
                run.rules.len().to_string(),
                run.due().to_string(),
                run.done().to_string(),
                spared(run).to(lang).to_owned(),
                state(run).to(lang).to_owned(),
                proof(line).to(lang).to_owned(),
            ],
        ));
    }
    for gap in &audit.gaps {
        let mut row = vec![String::new(); 10];
        row[8] = say::gap(gap.missing).to(lang).to_owned();
        rows.push((gap.from, row));
    }
    rows.sort_by_key(|(at, _)| *at);
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    let head = [
        say::head_day(),
        say::head_number(),
        say::head_run(),
        say::head_who(),
        say::head_rules(),
        say::head_due(),
        say::head_done(),
        say::head_spared(),
        say::head_state(),
        say::head_proof(),
    ];
    context.ui.rows(&head, &rows);
    if audit.every_s.is_none() {
        context.ui.say(&say::no_rhythm());
    }
    let sealed = audit.lines.iter().filter(|line| line.run.sealed.is_some());
    let holds = audit.lines.iter().all(|line| line.problems.is_empty());
    if holds && audit.problems.is_empty() {
        context.ui.say(&say::all_hold(sealed.count()));
    }
}

/// Records that were due and were left alone for somebody's sake.
fn spared(run: &Run) -> Text {
    match (run.spared(), run.control()) {
        (spared, 0) => Text::same(spared.to_string()),
        (0, control) => sweep::control(control),
        (spared, control) => say::with_control(spared, control),
    }
}

fn state(run: &Run) -> Text {
    let state = match run.ended.as_ref().map(|ended| ended.exit) {
        None => say::unfinished(),
        Some(0 | 6) => say::complete(),
        Some(exit) if exit == Exit::Waiting as u8 => say::waits(),
        Some(_) => say::left_over(),
    };
    let state = match run.unknown() {
        0 => state,
        records => say::unclear(state, records),
    };
    let state = match run.limited {
        true => say::of_some(state),
        false => state,
    };
    match run.resumed {
        0 => state,
        times => say::went_on(state, times),
    }
}

fn proof(line: &Line) -> Text {
    if line.problems.is_empty() {
        return match line.run.sealed {
            Some(_) => say::holds(),
            None => say::no_statement(),
        };
    }
    let codes: BTreeSet<&str> = line.problems.iter().map(|problem| problem.code).collect();
    Text::same(codes.into_iter().collect::<Vec<_>>().join(", "))
}

fn as_json(house: &House, args: &Args, audit: &Audit) -> Value {
    let runs: Vec<Value> = audit.lines.iter().map(run_json).collect();
    let gaps = audit
        .gaps
        .iter()
        .map(|gap| json!({ "from": gap.from, "to": gap.to, "missing": gap.missing }));
    json!({
        "schema": "dsr.runs/1",
        "ledger": house.ledger().id(),
        "from": args.from,
        "to": args.to,
        "every_s": audit.every_s,
        "runs": runs,
        "gaps": gaps.collect::<Vec<_>>(),
        "stuck": audit.stuck.iter().map(Stuck::json).collect::<Vec<_>>(),
        "problems": problems_json(&audit.problems),
    })
}

fn run_json(line: &Line) -> Value {
    let run = &line.run;
    let rules = run.rules.iter().map(|part| {
        let planned = &part.planned;
        json!({
            "rule": planned.rule,
            "data_type": planned.data_type,
            "system": planned.system,
            "object": planned.object,
            "action": planned.action,
            "due": part.due(),
            "done": part.done(),
            "unknown": part.unknown(),
            "spared": planned.spared,
            "control": planned.control,
            "remaining": part.remaining,
            "stopped": part.stopped,
            "brakes": planned.brakes,
            "batches": part.batches.len(),
        })
    });
    let sealed = run.sealed.as_ref();
    json!({
        "sweep": run.sweep,
        "day": run.day,
        "begun": run.begun,
        "ended": run.ended.as_ref().map(|ended| ended.at),
        "resumed": run.resumed,
        "operator": run.operator,
        "version": run.version,
        "limited": run.limited,
        "complete": run.ended.as_ref().map(|ended| ended.complete),
        "exit": run.ended.as_ref().map(|ended| ended.exit),
        "due": run.due(),
        "done": run.done(),
        "spared": run.spared(),
        "control": run.control(),
        "deferred": { "due": run.owed().0, "done": run.owed().1 },
        "rules": rules.collect::<Vec<_>>(),
        "missed": run.missed,
        "number": sealed.map(|sealed| sealed.number),
        "statement": sealed.map(|sealed| sealed.statement),
        "predecessor": sealed.and_then(|sealed| sealed.predecessor),
        "signer": line.signed.as_ref().map(|signed| &signed.signer),
        "fingerprint": line.signed.as_ref().map(|signed| signed.fingerprint),
        "sealed_at": line.signed.as_ref().map(|signed| signed.at),
        "problems": problems_json(&line.problems),
    })
}

fn problems_json(problems: &[Diagnostic]) -> Vec<Value> {
    let one = |problem: &Diagnostic| json!({ "code": problem.code, "text": problem.what });
    problems.iter().map(one).collect()
}
