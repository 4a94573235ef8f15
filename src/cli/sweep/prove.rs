//! What stays of a run: a sealed statement beside the names of its records, each with the digest of the one before it.
//!
//! The file is there before the ledger speaks of it. A run whose statement could not be sealed when it ended gets it from the next one.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::context::{Context, House};
use crate::cli::seal;
use crate::diagnostic::Result;
use crate::evidence::period::SweepLine;
use crate::evidence::{Seal, detached};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::sweep::runs::{Runs, Sealed};
use crate::workspace::{Workspace, file_trouble, make_folder, replace};

/// The statement of a run, and the signature over it.
pub(crate) const STATEMENT: &str = "statement.json";
pub(crate) const SIGNATURE: &str = "statement.p7s";

/// Where everything lies that proves runs: a folder for each.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.evidence_dir().join("sweeps")
}

/// The names of a rule's records in the folder of a run, 32 bytes each, in the order in which they were written to.
pub(crate) fn names_file(folder: &Path, rule: &Digest) -> PathBuf {
    folder.join(format!("{}.names", &rule.hex()[..16]))
}

/// Every run that the ledger tells of.
pub(crate) fn runs(house: &House) -> Result<Runs> {
    let mut runs = Runs::default();
    house
        .ledger()
        .of_the_workspace(0, &mut |stored| runs.take(&stored))?;
    Ok(runs)
}

/// The seal, looked for before anything is written: nothing is erased that could not be proven afterwards.
///
/// # Errors
/// E861 and those of seals.
pub(super) fn open(context: &Context, house: &House) -> Result<Seal> {
    seal::settle(context, house, seal::open(house)?)
}

/// Seals a statement about every run that has ended without one, and returns the last one with its number.
///
/// # Errors
/// Those of signing and of writing files; what is not sealed now is sealed by the next run.
pub(super) fn seal_all(context: &Context, house: &House, seal: &Seal) -> Result<Option<Sealed>> {
    let runs = runs(house)?;
    let mut tip = runs.tip().cloned();
    let mut made = None;
    for run in runs.unsealed() {
        let number = tip.as_ref().map_or(1, |tip| tip.number + 1);
        let predecessor = tip.as_ref().map(|tip| tip.statement);
        let ledger = house.ledger().id().to_owned();
        let Some(statement) = run.statement(&ledger, number, predecessor) else {
            continue;
        };
        let signature = detached::sign(&statement, seal, context.now())?;
        let folder = folder(&house.workspace).join(&run.sweep);
        let write = || -> std::io::Result<()> {
            make_folder(&folder, 0o755)?;
            replace(&folder.join(STATEMENT), &statement, 0o644)?;
            replace(&folder.join(SIGNATURE), &signature, 0o644)
        };
        write().map_err(|error| file_trouble(&error))?;
        let sealed = Sealed {
            statement: Digest::sha256(&statement),
            number,
            predecessor,
        };
        let event = Event::SweepSealed {
            sweep: run.sweep.clone(),
            statement: sealed.statement,
            number,
            predecessor,
        };
        house.write(None, context.now(), &[event])?;
        tip = Some(sealed.clone());
        made = Some(sealed);
    }
    Ok(made)
}

/// How many runs were due from one day to another, and were not.
///
/// # Errors
/// Those of reading the ledger.
pub(crate) fn missing_of_period(
    context: &Context,
    house: &House,
    from: Date,
    until: Date,
) -> Result<u64> {
    let every_s = house.inventory.limits.sweep.every_s;
    let span = span_of(Some(from), Some(until));
    let gaps = runs(house)?.gaps(every_s, context.now(), span);
    Ok(gaps.iter().map(|gap| gap.missing).sum())
}

/// When days begin and end where the program runs; without a day there is no bound.
pub(crate) fn span_of(from: Option<Date>, until: Option<Date>) -> (Timestamp, Timestamp) {
    let begin = |day: Date| {
        let day = day.to_zoned(TimeZone::system()).ok()?;
        Some(day.timestamp())
    };
    let after = |day: Date| day.tomorrow().ok().and_then(begin);
    (
        from.and_then(begin).unwrap_or(Timestamp::MIN),
        until.and_then(after).unwrap_or(Timestamp::MAX),
    )
}

/// The runs that began from one day to another, with what lies beside the evidence, where it is what the ledger names.
///
/// # Errors
/// Those of reading the ledger.
pub(crate) fn of_period(house: &House, from: Date, until: Date) -> Result<Vec<SweepLine>> {
    let folder = folder(&house.workspace);
    let runs = runs(house)?.runs.into_iter();
    let runs = runs.filter(|run| (from..=until).contains(&run.day));
    let lines = runs.map(|run| {
        let read = |name| fs_err::read(folder.join(&run.sweep).join(name)).ok();
        let statement = run.sealed.as_ref().and_then(|sealed| {
            let statement = read(STATEMENT)?;
            let is_it = Digest::sha256(&statement) == sealed.statement;
            Some((sealed.number, statement, read(SIGNATURE)?)).filter(|_| is_it)
        });
        SweepLine {
            statement,
            complete: run.ended.as_ref().is_some_and(|ended| ended.complete),
            due: run.due(),
            done: run.done(),
            owed: run.owed(),
            spared: run.spared(),
            sweep: run.sweep,
        }
    });
    Ok(lines.collect())
}
