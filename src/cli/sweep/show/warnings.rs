//! What a sweep warns of, each with its way out.

use super::words::{joined, obstructed};
use crate::cli::context::{Context, House};
use crate::cli::sweep::{Line, Sweep, anonymous, undone};
use crate::concept::lint::place_of;
use crate::concept::measure;
use crate::connector::sweeping::Blind;
use crate::connector::{Action, Fault};
use crate::diagnostic::{Diagnostic, Exit};
use crate::inventory::DataType;
use crate::ledger::Told;
use crate::messages::{Text, fault, lint as say_lint, owed as say_owed, sweep as say};
use crate::sweep::brakes::Earlier;
use crate::sweep::{Obstacle, Walked};

pub(super) fn all(context: &Context, house: &House, sweep: &Sweep) {
    warn_of_owed(context, sweep);
    for line in &sweep.lines {
        warn(context, line);
        contradiction(context, house, line);
        anonymous::warn(context, house, line);
    }
    for lost in &sweep.lost {
        let place = format!("{}.{}", lost.place.system, lost.place.object);
        warn_of_unclear(context, &place, &lost.walked);
    }
    warn_of_reviews(context, sweep);
    warn_of_copies(context, sweep);
    name_recipients(context, house, sweep);
    undone::warn(context, house, sweep);
}

/// A rule that contradicts the law is not carried out: where it stands, why, and what to write in its place.
pub(in crate::cli::sweep) fn contradiction(context: &Context, house: &House, line: &Line) {
    let data_type = &line.rule.data_type.name;
    let (wrong, key) = match line.rule.due {
        Err(Obstacle::ShortMinimum(norm)) => {
            let words = norm.versions.last().map_or("", |version| &version.norm);
            let what = say::short_minimum_refused(data_type, &norm.id, words);
            let wrong = Diagnostic::new("E462", Exit::Waiting, what)
                .why(say::short_minimum_why())
                .help(say::short_minimum_help(&norm.id));
            (wrong, "keep")
        }
        Err(Obstacle::OtherDay(norm)) => {
            let event = norm.versions.last().map(|version| version.event.clone());
            let event = event.unwrap_or_else(|| Text::same(""));
            let what = say::other_day_refused(data_type, &norm.id, event);
            let wrong = Diagnostic::new("E463", Exit::Waiting, what)
                .why(say::other_day_why())
                .help(say::other_day_help(&norm.id));
            (wrong, "justified_by")
        }
        _ => return,
    };
    let path = ["data_types", data_type.as_str(), key];
    context.ui.warn(&match place_of(&house.inventory, &path) {
        Some(place) => wrong.at(place),
        None => wrong,
    });
}

/// What is wrong with a rule, and how to mend it.
fn warn(context: &Context, line: &Line) {
    if let Some(found) = line.fault() {
        warn_of_fault(context, line, found);
    }
    if let Some(walked) = &line.walked {
        warn_of_unclear(context, &line.rule.place(), walked);
    }
    warn_of_obstacle(context, line);
    if line.chosen {
        warn_of_limits(context, &line.rule.data_type);
    }
    if let Some(idle) = line.idle
        && (Earlier::tells_idle(idle) || !context.ui.is_quiet())
    {
        let what = say::idle(&line.rule.data_type.name, line.rule.place(), idle);
        let warning = Diagnostic::new("W333", Exit::Done, what).help(say::idle_help());
        context.ui.warn(&warning);
    }
    if line.chosen && !line.triggers.is_empty() {
        let triggers = line.triggers.join(", ");
        let what = say::acts_along(line.rule.place(), triggers);
        let warning = Diagnostic::new("W204", Exit::Done, what).help(say::acts_along_help());
        context.ui.warn(&warning);
    }
    // Reading a small table costs nothing, and whoever is to hear of what is wrong only need not hear of what is slow.
    if let Ok(survey) = &line.survey
        && survey.records >= SCAN_COSTS
        && !context.ui.is_quiet()
        && let Some(statement) = &survey.missing_index
    {
        let warning = Diagnostic::new("W316", Exit::Done, say::scans(line.rule.place()))
            .help(say::scans_help(statement));
        context.ui.warn(&warning);
    }
    if let Some(walked) = &line.walked
        && walked.settled > 0
    {
        context.ui.say(&say::settled(walked.settled));
    }
    if line.late > 0 {
        context
            .ui
            .say(&say::became_due(line.rule.place(), line.late));
    }
}

/// Why a rule that should be carried out is not, and what to do about it.
pub(in crate::cli::sweep) fn warn_of_obstacle(context: &Context, line: &Line) {
    if let Err(obstacle) = line.rule.due
        && line.chosen
        && !obstacle.is_meant()
        && !obstacle.contradicts_the_law()
    {
        let (data_type, place) = (&line.rule.data_type.name, line.rule.place());
        let help = match obstacle {
            Obstacle::FinancialYear => say::state_financial_year(),
            Obstacle::NoStart => say::state_a_start(data_type, &line.rule.object.name),
            Obstacle::NotByAge => say::list_by_age(&line.rule.object.name),
            _ => say::connect_it(),
        };
        let what = say::not_carried_out(data_type, place);
        let warning = Diagnostic::new("W332", Exit::Incomplete, what);
        context
            .ui
            .warn(&warning.why(obstructed(obstacle)).help(help));
    }
}

/// Records from which on it costs something to read all of them in every run.
const SCAN_COSTS: u64 = 10_000;

pub(in crate::cli::sweep) fn warn_of_fault(context: &Context, line: &Line, found: &Fault) {
    let what = say::rule_failed(line.rule.place());
    let warning = Diagnostic::new("W315", Exit::Incomplete, what)
        .why(Text::same(&found.code).with(&found.text))
        .help(fault::remedy(&found.code));
    context.ui.warn(&warning);
}

/// Records of a killed run of which nobody can tell any more what became of them.
fn warn_of_unclear(context: &Context, place: &str, walked: &Walked) {
    let Some(lost) = &walked.lost else {
        return;
    };
    let what = say::unclear_batch(place, walked.unknown);
    let warning = Diagnostic::new("W364", Exit::Waiting, what)
        .why(Text::same(&lost.code).with(&lost.text))
        .help(fault::remedy(&lost.code));
    context.ui.warn(&warning);
}

/// Holds that keep records longer than anybody wanted to without a look.
fn warn_of_reviews(context: &Context, sweep: &Sweep) {
    let mut told = Vec::new();
    for hold in sweep.to_review() {
        if told.contains(&&hold.id) {
            continue;
        }
        told.push(&hold.id);
        let what = say::to_review(hold.id.as_str(), hold.review_by);
        let warning = Diagnostic::new("W335", Exit::Deadline, what);
        let help = say::to_review_help(hold.id.as_str());
        context.ui.warn(&warning.help(help));
    }
}

/// Systems with copies, of which nobody can say how far they lag behind.
fn warn_of_copies(context: &Context, sweep: &Sweep) {
    let mut told = Vec::new();
    for line in sweep.lines.iter().filter(|line| line.chosen) {
        let system = &line.rule.system.name;
        let Some(blind) = line.blind.filter(|_| !told.contains(&system)) else {
            continue;
        };
        told.push(system);
        let help = match blind {
            Blind::Account => say::may_not_see_copies_help(),
            Blind::Primary => say::cannot_see_copies_help(),
        };
        // A primary that cannot know stays one that cannot know: a run at night need not say it again.
        if blind == Blind::Account || !context.ui.is_quiet() {
            let warning = Diagnostic::new("W334", Exit::Done, say::copies_unseen(system));
            context.ui.warn(&warning.help(help));
        }
    }
}

/// Who holds copies of what goes (Art. 19 GDPR), and what is left to a person about them.
fn name_recipients(context: &Context, house: &House, sweep: &Sweep) {
    for line in sweep.lines.iter().filter(|line| line.chosen) {
        let due = line.survey.as_ref().is_ok_and(|survey| survey.due > 0);
        let done = line.walked.as_ref().is_some_and(|walked| walked.done > 0);
        // Nobody has to hear of what does not go.
        if line.rule.due.is_err() || !due && !done {
            continue;
        }
        let named = line.recipients.iter().map(|recipient| {
            let to = Text::same(&recipient.to);
            match recipient.by {
                Told::System => say::told_system(to),
                Told::Flow => say::told_flow(to),
                Told::Rule => say::told_rule(to),
                Told::Person => say::told_person(to),
            }
        });
        if !line.recipients.is_empty() && !context.ui.is_quiet() {
            let place = line.rule.place();
            context.ui.say(&say::recipients(place, joined(named)));
        }
        for recipient in &line.recipients {
            if recipient.by != Told::Person {
                continue;
            }
            let what = say::untold(line.rule.place(), &recipient.to);
            let system = recipient.to.split_once('.').map(|(system, _)| system);
            let system = system.and_then(|name| house.inventory.system(name));
            let owner = system.and_then(|system| system.owner.as_deref());
            let help = match (line.rule.action, owner) {
                (Action::Restrict, None) => say::untold_lock_help(&recipient.to),
                (Action::Restrict, Some(owner)) => say::untold_lock_help_by(&recipient.to, owner),
                (_, None) => say::untold_help(&recipient.to),
                (_, Some(owner)) => say::untold_help_by(&recipient.to, owner),
            };
            let warning = Diagnostic::new("W337", Exit::Done, what);
            context.ui.warn(&warning.why(say::untold_why()).help(help));
        }
    }
}

/// Names the laws that want records gone before their rule lets them go.
fn warn_of_limits(context: &Context, data_type: &DataType) {
    let (about, year) = (&data_type.about, data_type.financial_year);
    for statute in about.justified_by.iter().flatten() {
        if !measure::is_too_long(&data_type.rule, about.window, statute, year) {
            continue;
        }
        let norm = &measure::current(statute).norm;
        let what = say_lint::too_long(&data_type.name, &statute.id, norm);
        let warning = Diagnostic::new("W336", Exit::Done, what);
        context.ui.warn(
            &warning
                .why(say_lint::too_long_why())
                .help(say_lint::too_long_help()),
        );
    }
}

/// What of requests is left to a person, or to the next run.
fn warn_of_owed(context: &Context, sweep: &Sweep) {
    for owed in &sweep.owed {
        let case = owed.case.as_str();
        if owed.changed + owed.unreadable > 0 {
            let what = say_owed::left_to_people(owed.place(), case);
            let warning = Diagnostic::new("W329", Exit::Waiting, what);
            context
                .ui
                .warn(&warning.help(say_owed::left_to_people_help(case)));
        }
        if owed.open > 0 {
            let what = say_owed::failed(owed.place(), case);
            let warning = Diagnostic::new("W329", Exit::Incomplete, what);
            context.ui.warn(&warning.help(say::goes_on()));
        }
    }
}
