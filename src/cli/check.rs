//! `dsr check`: the doctor. Is the workspace sound, does each system answer, may its account do what is planned and no more, what
//! weakens a promise, and what does the inventory not say yet.
//!
//! It writes to no system and asks nobody anything, so that cron can run it. What it found are [`Finding`]s; how grave they are
//! decides about the exit code.

mod show;
mod systems;
mod workspace;

use crate::cli::context::{Context, House};
use crate::compliance::{self, Sealing};
use crate::concept::Concept;
use crate::connector::{Finding, Severity};
use crate::diagnostic::{Exit, Result};
use crate::inventory::System;
use crate::ui::Format;

/// Check workspace and systems: reachable, rights, traps, what to do about them
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Check only this system; repeat for several
    #[arg(long, value_name = "NAME")]
    system: Vec<String>,
    /// End with exit code 4 if there are warnings
    #[arg(long)]
    strict: bool,
    /// Show what the GDPR asks for and the inventory does not say yet
    #[arg(long)]
    compliance: bool,
}

/// A finding and whose it is.
struct Found {
    /// `None` for the workspace.
    system: Option<String>,
    finding: Finding,
    /// What an error means for the shell.
    exit: Exit,
}

/// Everything that the doctor learned.
struct Report {
    systems: Vec<systems::Checked>,
    /// The gravest first.
    findings: Vec<Found>,
    points: Vec<compliance::Point>,
    /// Errors, warnings and hints of the deletion concept.
    concept: [usize; 3],
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    super::journey::check_names(&house, &args.system)?;
    let asked: Vec<System> = house
        .inventory
        .systems
        .iter()
        .filter(|system| args.system.is_empty() || args.system.contains(&system.name))
        .cloned()
        .collect();
    let checked = super::block_on(systems::check_all(&house, &asked))?;
    let (sealing, own) = workspace::examine(context, &house)?;
    let report = report(&house, checked, own, sealing);
    let exit = exit(&report.findings, args.strict);
    match context.ui.format {
        Format::Json => show::json(context, &house, &report, args.compliance),
        Format::Table | Format::Csv => show::table(context, &report, args.compliance),
    }
    Ok(exit)
}

fn report(
    house: &House,
    systems: Vec<systems::Checked>,
    own: Vec<(Finding, Exit)>,
    sealing: Sealing,
) -> Report {
    let mut findings: Vec<Found> = own
        .into_iter()
        .map(|(finding, exit)| Found {
            system: None,
            finding,
            exit,
        })
        .collect();
    for checked in &systems {
        findings.extend(checked.findings.iter().map(|finding| Found {
            system: Some(checked.system.clone()),
            finding: finding.clone(),
            exit: Exit::Incomplete,
        }));
    }
    // Stable, so that the systems keep the order of the inventory.
    findings.sort_by_key(|found| found.finding.severity);
    let concept = Concept::of(&house.inventory);
    Report {
        systems,
        findings,
        points: compliance::checklist(&house.inventory, sealing),
        concept: [Severity::Error, Severity::Warning, Severity::Hint]
            .map(|severity| concept.count(severity)),
    }
}

/// Errors decide; warnings only where they are to.
fn exit(findings: &[Found], strict: bool) -> Exit {
    let of = |found: &Found| match found.finding.severity {
        Severity::Error => found.exit,
        Severity::Warning if strict => Exit::Waiting,
        Severity::Warning | Severity::Hint => Exit::Done,
    };
    findings.iter().map(of).fold(Exit::Done, Exit::and)
}
