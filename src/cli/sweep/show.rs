//! What a sweep looks like: a table for people, one object for programs.

mod json;
mod table;
mod warnings;
mod words;

use super::{Line, Sweep};
use crate::cli::context::{Context, House};
use crate::diagnostic::Exit;
use crate::ledger::Brake;
use crate::messages::{owed as say_owed, runs, sweep as say};
use crate::sweep::Halt;
use crate::ui::Format;

pub(super) use warnings::{contradiction, warn_of_fault, warn_of_obstacle};
pub(crate) use words::{Facts, brake_in_words, joined};
pub(super) use words::{brakes, brakes_of_owed, halted};

/// What a run prints for programs where no rule is about what was asked for.
pub(super) fn nothing(context: &Context, sweep: &Sweep) {
    if context.ui.format == Format::Json {
        context.ui.json(&json::of(sweep));
    }
}

pub(super) fn show(context: &Context, house: &House, sweep: &Sweep) {
    if context.ui.format == Format::Json {
        context.ui.json(&json::of(sweep));
        return;
    }
    // What requests have left has a heading of its own.
    let has_rules = !sweep.lines.is_empty() || !sweep.lost.is_empty();
    if sweep.applied {
        context.ui.heading(&say::run_heading(&sweep.id, sweep.day));
    } else if has_rules || sweep.owed.is_empty() {
        context.ui.heading(&say::plan_heading(sweep.day));
    }
    match context.ui.format {
        Format::Csv => table::in_one(context, house, sweep),
        _ => {
            if has_rules || sweep.owed.is_empty() {
                table::rules(context, house, sweep);
            }
            table::owed(context, house, sweep);
        }
    }
    warnings::all(context, house, sweep);
    if !sweep.applied {
        context.ui.say(&match (is_paused(sweep), has_rules) {
            (true, _) => say::nothing_written_paused(),
            (false, true) => say::nothing_written(),
            (false, false) => say::nothing_written_deferred(),
        });
    }
    if let Some(sealed) = &sweep.sealed {
        let digest = sealed.statement.hex();
        context.ui.say(&runs::sealed(sealed.number, digest));
    }
    // What else waits for a person was said where it stands: what contradicts the law, and what nobody can tell or erase by rule.
    if waits(sweep) {
        context.ui.say(&say::looks_needed());
    }
    if owed_waits(sweep) {
        context.ui.say(&say_owed::looks_needed());
    }
    if sweep.applied && sweep.exit() == Exit::Incomplete {
        if is_paused(sweep) {
            context.ui.say(&say::resume_first());
        } else if goes_on(sweep) {
            context.ui.say(&say::goes_on());
        }
        if sweep.cuts_short {
            context.ui.say(&say::cut_short(&sweep.id));
        }
    }
}

fn waits(sweep: &Sweep) -> bool {
    let lines = sweep.lines.iter().filter(|line| line.is_stopped());
    let mut brakes = lines.flat_map(|line| &line.brakes);
    brakes.any(|brake| brake.waits_for_a_person())
}

/// Whether there is more of what requests have left than goes without a look.
fn owed_waits(sweep: &Sweep) -> bool {
    let mut brakes = sweep.owed.iter().flat_map(|owed| &owed.brakes);
    brakes.any(|brake| brake.waits_for_a_person())
}

/// Whether somebody has to let sweeps go on before what is left can be done.
fn is_paused(sweep: &Sweep) -> bool {
    let lines = sweep.lines.iter().filter(|line| line.is_stopped());
    let mut brakes = lines.flat_map(|line| &line.brakes);
    let halted = |line: &Line| {
        let walked = line.walked.as_ref();
        walked.is_some_and(|walked| walked.halted == Some(Halt::Stopped))
    };
    let mut owed = sweep.owed.iter().flat_map(|owed| &owed.brakes);
    brakes.any(|brake| *brake == Brake::Stopped)
        || owed.any(|brake| *brake == Brake::Stopped)
        || sweep.lines.iter().any(halted)
}

/// Whether the same command does what is left, and not somebody who mends the inventory.
fn goes_on(sweep: &Sweep) -> bool {
    let is_left = |line: &Line| line.rule.due.is_ok() && line.exit(true) == Exit::Incomplete;
    let mut owed = sweep.owed.iter();
    sweep.unfinished
        || sweep.lines.iter().any(is_left)
        || owed.any(|owed| owed.exit(true) == Exit::Incomplete)
}
