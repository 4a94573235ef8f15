//! What a run leaves undone, told to the quiet too: whoever runs `dsr` at night hears of nothing else.

use super::{Line, Owed, Sweep, show};
use crate::cli::context::{Context, House};
use crate::diagnostic::{Diagnostic, Exit};
use crate::ledger::Brake;
use crate::messages::{Text, owed as say_owed, sweep as say};

/// One warning for each rule that is held up though something is due by it, and for each that was not finished. What failed is told by its fault.
pub(super) fn warn(context: &Context, house: &House, sweep: &Sweep) {
    if !sweep.applied {
        return;
    }
    for line in sweep.lines.iter().filter(|line| line.chosen) {
        rule(context, house, sweep, line);
    }
    owed(context, house, sweep);
}

fn rule(context: &Context, house: &House, sweep: &Sweep, line: &Line) {
    if line.rule.due.is_err() || line.survey.is_err() {
        return;
    }
    let (data_type, place) = (&line.rule.data_type.name, line.rule.place());
    // A hold is a reason, and not a fault.
    if line.is_stopped() && line.brakes.iter().any(|brake| *brake != Brake::Held) {
        let due = line.survey.as_ref().map_or(0, |survey| survey.due);
        let what = say::held_up(data_type, place, due);
        let warning = held_up(&line.brakes, what, show::brakes(house, line));
        context.ui.warn(&match way_on(sweep, line, due) {
            Some(help) => warning.help(help),
            None => warning,
        });
        return;
    }
    let Some(walked) = line.walked.as_ref().filter(|it| it.fault.is_none()) else {
        return;
    };
    let rest = line.remaining.map(|rest| rest.saturating_sub(line.late));
    let is_left = line.whole.is_empty() && line.brakes.is_empty() && rest != Some(0);
    if walked.halted.is_none() && !is_left {
        return;
    }
    let what = match rest {
        Some(rest) => say::left_over(data_type, place, rest),
        None => say::left_uncounted(data_type, place),
    };
    let warning = Diagnostic::new("W351", Exit::Incomplete, what).help(say::goes_on());
    context.ui.warn(&match walked.halted {
        Some(halt) => warning.why(show::halted(halt)),
        None => warning,
    });
}

fn held_up(brakes: &[Brake], what: Text, why: Text) -> Diagnostic {
    let exit = match brakes.iter().any(|brake| brake.waits_for_a_person()) {
        true => Exit::Waiting,
        false => Exit::Incomplete,
    };
    Diagnostic::new("W350", exit, what).why(why)
}

/// What somebody has to do; `None` where the reason says it, or other warnings do.
fn way_on(sweep: &Sweep, line: &Line, due: u64) -> Option<Text> {
    let has = |brakes: &[Brake]| brakes.iter().any(|brake| line.brakes.contains(brake));
    if has(&[Brake::Stopped]) {
        return Some(say::resume_first());
    }
    if has(&[Brake::Weak, Brake::Clock, Brake::Holds, Brake::Held]) {
        return None;
    }
    if has(&[Brake::Forgotten, Brake::Triggers]) {
        return Some(say::look_again());
    }
    if has(&[Brake::Cap, Brake::Share, Brake::Unusual, Brake::Number]) {
        let rule = &line.rule;
        let (data_type, system) = (&rule.data_type.name, &rule.system.name);
        let is_sibling = |other: &&Line| {
            other.rule.data_type.name == *data_type && other.rule.system.name == *system
        };
        let then = match sweep.lines.iter().filter(is_sibling).count() {
            0 | 1 => String::new(),
            _ => format!(" --then {}", rule.action.word()),
        };
        let which = format!("--data-type {data_type} --system {system}{then}");
        return Some(say::name_the_number(which, due));
    }
    match has(&[Brake::New]) {
        true => Some(say::next_run()),
        false => Some(say::goes_on()),
    }
}

/// One warning for all that requests have left: it is held up as a whole.
fn owed(context: &Context, house: &House, sweep: &Sweep) {
    if let Some(owed) = sweep.owed.iter().find(|owed| !owed.brakes.is_empty()) {
        let what = say_owed::held_up(sweep.owed.iter().map(|owed| owed.count).sum::<u64>());
        let why = show::brakes_of_owed(house, sweep, owed);
        context.ui.warn(&held_up(&owed.brakes, what, why));
    }
    // What failed in a case is told with its number.
    let is_left = |owed: &&Owed| {
        owed.brakes.is_empty() && owed.open == 0 && owed.exit(true) == Exit::Incomplete
    };
    let left: u64 = sweep.owed.iter().filter(is_left).map(|it| it.count).sum();
    if left > 0 {
        let warning = Diagnostic::new("W351", Exit::Incomplete, say_owed::left(left));
        context.ui.warn(&warning.help(say::goes_on()));
    }
}
