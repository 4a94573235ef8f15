//! What a monitoring system reads of a run: the text format of Prometheus, in a file that its node exporter collects.
//!
//! Names of rules and numbers; no record, no person. The file is replaced in one step, so that nobody reads half of it. A run that ends before
//! it could say anything leaves the file as it was: whoever watches the time in it notices.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;

use super::{Line, Owed, Sweep};
use crate::cli::block_on;
use crate::cli::context::House;
use crate::connector::Fault;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{os, sweep as say};
use crate::workspace::{replace, require_folder_of};

/// Refuses a place where no file can be put, before anything is done.
///
/// # Errors
/// E646 where its folder is not there, E937 where it cannot be written to (exit 2).
pub(super) fn check(file: &Path) -> Result<()> {
    require_folder_of(file)?;
    let tried = match file.is_dir() {
        true => Err(std::io::ErrorKind::IsADirectory.into()),
        false => tempfile::Builder::new()
            .prefix(".dsr-")
            .tempfile_in(file.parent().unwrap_or(Path::new("."))),
    };
    match tried {
        Ok(_) => Ok(()),
        Err(error) => Err(unwritable(file, &error, Exit::Usage).into()),
    }
}

/// Writes the file.
///
/// # Errors
/// E937 (exit 1): what was swept is swept.
pub(super) fn write(sweep: &Sweep, now: jiff::Timestamp, file: &Path) -> Result<()> {
    let text = text(sweep, now);
    replace(file, text.as_bytes(), 0o644)
        .map_err(|error| unwritable(file, &error, Exit::Failed).into())
}

fn unwritable(file: &Path, error: &std::io::Error, exit: Exit) -> Diagnostic {
    let what = match exit {
        Exit::Usage => say::metrics_nowhere(crate::workspace::shown(file)),
        _ => say::metrics_lost(crate::workspace::shown(file)),
    };
    Diagnostic::new("E937", exit, what)
        .why(os::why(error))
        .help(say::metrics_help())
}

/// Looks for the oldest record that is still due, where the run has left any.
pub(super) fn look_again(house: &House, sweep: &mut Sweep) -> Result<()> {
    for line in &mut sweep.lines {
        let (Ok(due), Ok(survey)) = (&line.rule.due, &line.survey) else {
            continue;
        };
        let left = match &line.walked {
            Some(_) => line.remaining,
            None => Some(survey.due),
        };
        if left == Some(0) {
            continue;
        }
        line.oldest_left = survey.oldest;
        if line.walked.is_none() {
            continue;
        }
        let again = block_on(async {
            let Some(mut surveyor) = house.doors().surveyor(&line.rule.system)? else {
                return Err(Fault::not_connected());
            };
            surveyor.survey(&line.rule.object, due).await
        })?;
        if let Ok(again) = again {
            line.oldest_left = again.oldest;
        }
    }
    Ok(())
}

/// The moment at which a day begins, in Greenwich: for telling how old something is, no more is needed.
fn begins(day: Date) -> Option<u64> {
    let zoned = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    u64::try_from(zoned.timestamp().as_second()).ok()
}

fn text(sweep: &Sweep, now: jiff::Timestamp) -> String {
    let exit = sweep.exit();
    let mut text = String::new();
    let mut one = |name: &str, help: &str, value: String| {
        let _ = write!(
            text,
            "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
        );
    };
    one(
        "dsr_sweep_last_run_timestamp_seconds",
        "When the last run that may write ended.",
        now.as_second().to_string(),
    );
    one(
        "dsr_sweep_last_exit_code",
        "Exit code of that run: 0 done, 3 something is left, 4 a rule waits for a person, 6 a hold is to be reviewed.",
        (exit as u8).to_string(),
    );
    one(
        "dsr_sweep_complete",
        "Whether everything that was due is done.",
        u8::from(sweep.is_complete()).to_string(),
    );
    if let Some(sealed) = &sweep.sealed {
        one(
            "dsr_sweep_statement_number",
            "Place of its sealed statement in the chain of all runs.",
            sealed.number.to_string(),
        );
    }
    type Figure = fn(&Line) -> Option<u64>;
    let figures: [(&str, &str, Figure); 13] = [
        ("dsr_sweep_due", "Records that were due.", |line| line.due()),
        ("dsr_sweep_done", "Records that were written to.", |line| {
            Some(line.walked.as_ref().map_or(0, |walked| walked.done))
        }),
        (
            "dsr_sweep_spared",
            "Records that were due and are held, or belong to an open request.",
            |line| line.survey.as_ref().ok().map(|_| line.spared),
        ),
        (
            "dsr_sweep_requested",
            "Those among them that belong to an open request.",
            |line| line.survey.as_ref().ok().map(|_| line.requested),
        ),
        (
            "dsr_sweep_control",
            "Records that were due and are the control person's.",
            |line| line.survey.as_ref().ok().map(|_| line.control),
        ),
        (
            "dsr_sweep_referenced",
            "Records that were due and that others refer to.",
            |line| Some(line.survey.as_ref().ok()?.referenced),
        ),
        (
            "dsr_sweep_unknown_start",
            "Records without a day from which to count.",
            |line| Some(line.survey.as_ref().ok()?.unknown),
        ),
        (
            "dsr_sweep_oldest_due_timestamp_seconds",
            "The day of the oldest record that was still due afterwards; none where nothing was.",
            |line| begins(line.oldest_left?),
        ),
        (
            "dsr_sweep_idle_runs",
            "Runs in a row that found nothing where the ones before did.",
            |line| Some(line.idle.unwrap_or(0) as u64),
        ),
        (
            "dsr_sweep_remaining",
            "Records that were still due when they were counted afterwards.",
            |line| line.remaining,
        ),
        (
            "dsr_sweep_waits",
            "Whether the rule waits for a person.",
            |line| {
                Some(u64::from(
                    line.exit(true) == crate::diagnostic::Exit::Waiting,
                ))
            },
        ),
        (
            "dsr_sweep_failed",
            "Whether its system could not be reached, refused or failed.",
            |line| {
                let walked = line.walked.as_ref();
                let failed = walked.is_some_and(|one| one.fault.is_some() || one.lost.is_some());
                Some(u64::from(failed || line.survey.is_err()))
            },
        ),
        (
            UNABLE,
            "Whether the rule is not carried out at all before the inventory is mended.",
            |line| {
                let obstacle = line.rule.due.as_ref().err();
                Some(u64::from(obstacle.is_some_and(|one| !one.is_meant())))
            },
        ),
    ];
    for (name, help, figure) in figures {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
        let told = |line: &&Line| name == UNABLE || line.rule.due.is_ok();
        for line in sweep.lines.iter().filter(told) {
            if let Some(value) = figure(line) {
                let _ = writeln!(text, "{name}{{{}}} {value}", labels(line));
            }
        }
    }
    owed(&mut text, sweep);
    text
}

/// A figure of what requests have left for later.
type OfOwed = fn(&Owed) -> u64;

/// Without the numbers of cases: a series for each would never end.
fn owed(text: &mut String, sweep: &Sweep) {
    let figures: [(&str, &str, OfOwed); 4] = [
        (
            "dsr_sweep_deferred_due",
            "Records that requests have left for later and that were due.",
            |owed| owed.count,
        ),
        (
            "dsr_sweep_deferred_done",
            "Those among them that are gone.",
            |owed| owed.done,
        ),
        (
            "dsr_sweep_deferred_waits",
            "Those among them that are others by now, or cannot be read: for a person.",
            |owed| owed.changed + owed.unreadable,
        ),
        (
            "dsr_sweep_deferred_open",
            "Those among them that could not be erased: for the next run.",
            |owed| owed.open,
        ),
    ];
    for (name, help, figure) in figures {
        let mut sums: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for one in &sweep.owed {
            *sums.entry((&one.system, &one.object)).or_default() += figure(one);
        }
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
        for ((system, object), sum) in sums {
            let (system, object) = (escaped(system), escaped(object));
            let _ = writeln!(
                text,
                "{name}{{system=\"{system}\",object=\"{object}\"}} {sum}"
            );
        }
    }
}

/// The one figure that rules have that are not carried out at all.
const UNABLE: &str = "dsr_sweep_unable";

fn labels(line: &Line) -> String {
    let rule = &line.rule;
    let pairs = [
        ("data_type", rule.data_type.name.as_str()),
        ("system", &rule.system.name),
        ("object", &rule.object.name),
        ("action", rule.action.word()),
    ];
    let pairs = pairs.map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    pairs.join(",")
}

/// A value between quotation marks, as the text format wants it.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotation_marks() {
        assert_eq!(escaped("a\"b\\c\nd"), r#"a\"b\\c\nd"#);
    }
}
