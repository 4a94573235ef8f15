//! What a sweep looks like: a table for people, one object for programs.

use serde_json::{Value, json};

use super::{Line, Lost, Owed, Sweep, anonymous};
use crate::cli::context::{Context, House};
use crate::concept::lint::place_of;
use crate::concept::measure;
use crate::connector::sweeping::Blind;
use crate::connector::{Action, Fault};
use crate::diagnostic::{Diagnostic, Exit};
use crate::hold;
use crate::hold::HoldId;
use crate::inventory::DataType;
use crate::ledger::{Brake, Told};
use crate::messages::{Text, fault, lint as say_lint, owed as say_owed, runs, sweep as say};
use crate::sweep::brakes::Earlier;
use crate::sweep::rule::action_text;
use crate::sweep::{Halt, Obstacle, Walked};
use crate::ui::Format;

pub(super) fn show(context: &Context, house: &House, sweep: &Sweep) {
    if context.ui.format == Format::Json {
        context.ui.json(&as_json(sweep));
        return;
    }
    let lang = context.ui.lang;
    // What requests have left has a heading of its own.
    let has_rules = !sweep.lines.is_empty() || !sweep.lost.is_empty();
    if sweep.applied {
        context.ui.heading(&say::run_heading(&sweep.id, sweep.day));
    } else if has_rules || sweep.owed.is_empty() {
        context.ui.heading(&say::plan_heading(sweep.day));
    }
    let mut head = vec![
        say::head_rule(),
        say::head_where(),
        say::head_does(),
        say::head_records(),
        say::head_due(),
        say::head_oldest(),
        say::head_left_alone(),
    ];
    if sweep.applied {
        head.extend([say::head_done(), say::head_remaining()]);
    }
    head.push(say::head_state());
    let rows: Vec<Vec<String>> = sweep
        .lines
        .iter()
        .map(|line| {
            let cells = cells(house, sweep, line);
            cells.iter().map(|text| text.to(lang).to_owned()).collect()
        })
        .collect();
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .chain(sweep.lost.iter().map(|lost| {
            let cells = lost_cells(lost);
            cells.iter().map(|text| text.to(lang).to_owned()).collect()
        }))
        .collect();
    if has_rules || sweep.owed.is_empty() {
        context.ui.rows(&head, &rows);
    }
    show_owed(context, house, sweep);
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

fn cells(house: &House, sweep: &Sweep, line: &Line) -> Vec<Text> {
    let rule = &line.rule;
    let number = |number: u64| Text::same(number.to_string());
    let none = || Text::same("");
    let mut cells = vec![
        Text::same(&rule.data_type.name),
        Text::same(rule.place()),
        action_text(rule.data_type.then),
    ];
    match (&rule.due, &line.survey) {
        (Ok(_), Ok(survey)) => cells.extend([
            match (survey.uncounted, survey.more) {
                (true, _) => Text::same(""),
                (false, true) => Text::same(format!("≥ {}", survey.records)),
                (false, false) => number(survey.records),
            },
            number(survey.due + line.earlier),
            survey.oldest.map_or_else(none, say::day),
            left_alone(line),
        ]),
        _ => cells.extend([none(), none(), none(), none()]),
    }
    if sweep.applied {
        let walked = line.walked.as_ref();
        cells.extend([
            walked.map_or_else(none, |walked| number(walked.done)),
            line.remaining.map_or_else(none, number),
        ]);
    }
    cells.push(state(house, line));
    cells
}

/// A row of its own for a rule that is no more.
fn lost_cells(lost: &Lost) -> Vec<Text> {
    let (place, none) = (&lost.place, || Text::same(""));
    let does = match place.action {
        Action::Anonymise => say::anonymises(),
        Action::Restrict => say::restricts(),
        _ => say::removes(),
    };
    let mut cells = vec![
        Text::same(&place.data_type),
        Text::same(format!("{}.{}", place.system, place.object)),
        does,
    ];
    cells.extend([none(), none(), none(), none()]);
    cells.extend([Text::same(lost.walked.done.to_string()), none()]);
    cells.push(match lost.walked.unknown {
        0 => say::finished(),
        unknown => say::unclear(unknown),
    });
    cells
}

/// Records that are not touched though their day is over, or of which it cannot be told.
fn left_alone(line: &Line) -> Text {
    let Ok(survey) = &line.survey else {
        return Text::same("");
    };
    let ids: Vec<HoldId> = line.holds.iter().map(|hold| hold.id.clone()).collect();
    let requested = line.requested.min(line.spared);
    let held = line.spared - requested;
    let parts = [
        (held, say::held(held, hold::listed(&ids))),
        (requested, say::requested(requested)),
        (line.control, say::control(line.control)),
        (survey.referenced, say::referenced(survey.referenced)),
        (survey.unknown, say::unknown(survey.unknown)),
        (survey.future, say::future(survey.future)),
    ];
    joined(
        parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(_, text)| text),
    )
}

fn joined(parts: impl Iterator<Item = Text>) -> Text {
    let mut all = Text::same("");
    for part in parts {
        let comma = if all.en.is_empty() { "" } else { ", " };
        all.en.push_str(&format!("{comma}{}", part.en));
        all.de.push_str(&format!("{comma}{}", part.de));
    }
    all
}

fn state(house: &House, line: &Line) -> Text {
    let unknown = line.walked.as_ref().map_or(0, |walked| walked.unknown);
    let unclear = (unknown > 0).then(|| say::unclear(unknown));
    joined(unclear.into_iter().chain([came_to(house, line)]))
}

/// How a rule stands, but for what nobody can tell of an earlier run.
fn came_to(house: &House, line: &Line) -> Text {
    if let Err(obstacle) = &line.rule.due {
        return obstructed(*obstacle);
    }
    if let Err(fault) = &line.survey {
        return Text::same(&fault.code);
    }
    if let Some(walked) = &line.walked {
        return match (&walked.fault, walked.halted) {
            (Some(fault), _) => say::stopped(Text::same(&fault.code)),
            (None, Some(halt)) => say::stopped(halted(halt)),
            (None, None) => say::finished(),
        };
    }
    if line.brakes.is_empty() {
        return match line.survey.as_ref().is_ok_and(|survey| survey.due == 0) {
            true => say::nothing_due(),
            false => say::ready(),
        };
    }
    brakes(house, line)
}

fn obstructed(obstacle: Obstacle) -> Text {
    match obstacle {
        Obstacle::Disconnected => say::disconnected(),
        Obstacle::Engine => say::engine(),
        Obstacle::KeptOnPurpose => say::on_purpose(),
        Obstacle::NotByAge => say::not_by_age(),
        Obstacle::NoStart => say::no_start(),
        Obstacle::FinancialYear => say::no_financial_year(),
        Obstacle::ShortMinimum(norm) => say::short_minimum(&norm.id),
        Obstacle::OtherDay(norm) => say::other_day(&norm.id),
    }
}

fn brakes(house: &House, line: &Line) -> Text {
    joined(
        line.brakes
            .iter()
            .map(|brake| brake_in_words(house, *brake, line.usual, &line.whole)),
    )
}

fn brake_in_words(house: &House, brake: Brake, usual: Option<u64>, holds: &[HoldId]) -> Text {
    let limits = &house.inventory.limits.sweep;
    match brake {
        Brake::New => say::brake_new(),
        Brake::Forgotten => say::brake_forgotten(),
        Brake::Cap => say::brake_cap(limits.records),
        Brake::Share => say::brake_share(limits.share),
        Brake::Unusual => say::brake_unusual(usual.unwrap_or(0)),
        Brake::Triggers => say::brake_triggers(),
        Brake::Window => say::brake_window(),
        Brake::Stopped => say::brake_stopped(),
        Brake::Clock => say::brake_clock(),
        Brake::Holds => say::brake_holds(),
        Brake::Held => say::brake_held(hold::listed(holds)),
        Brake::Weak => crate::messages::anonymity::brake(),
    }
}

/// Lines of their own for what requests have left.
fn show_owed(context: &Context, house: &House, sweep: &Sweep) {
    if sweep.owed.is_empty() {
        return;
    }
    let lang = context.ui.lang;
    context.ui.heading(&say_owed::heading());
    let mut head = vec![
        say_owed::head_case(),
        say::head_where(),
        say_owed::head_norm(),
        say_owed::head_since(),
        say::head_due(),
        say::head_left_alone(),
    ];
    if sweep.applied {
        head.push(say::head_done());
    }
    head.push(say::head_state());
    let row = |owed: &Owed| {
        let norm = owed.norm.as_ref();
        let mut cells = vec![
            Text::same(owed.case.as_str()),
            Text::same(owed.place()),
            norm.map_or_else(say_owed::by_hold, Text::same),
            owed.since.map_or_else(|| Text::same(""), say::day),
            Text::same(owed.count.to_string()),
            owed_left(owed),
        ];
        if sweep.applied {
            cells.push(Text::same(owed.done.to_string()));
        }
        cells.push(owed_state(house, owed));
        cells.iter().map(|text| text.to(lang).to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = sweep.owed.iter().map(row).collect();
    context.ui.rows(&head, &rows);
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

fn owed_left(owed: &Owed) -> Text {
    let parts = [
        (owed.held, say_owed::held(owed.held)),
        (owed.spared, say_owed::spared(owed.spared)),
        (owed.changed, say_owed::changed(owed.changed)),
        (owed.unreadable, say_owed::unreadable(owed.unreadable)),
        (owed.kept, say_owed::kept(owed.kept)),
        (owed.open, say_owed::open(owed.open)),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    joined(parts.map(|(_, text)| text))
}

fn owed_state(house: &House, owed: &Owed) -> Text {
    if !owed.brakes.is_empty() {
        let brakes = owed.brakes.iter();
        return joined(brakes.map(|brake| brake_in_words(house, *brake, None, &[])));
    }
    if owed.busy {
        return say_owed::busy();
    }
    match (owed.ran, owed.count) {
        (true, _) => say::finished(),
        (false, 0) => say::nothing_due(),
        (false, _) => say::ready(),
    }
}

fn halted(halt: Halt) -> Text {
    match halt {
        Halt::Interrupted => say::halted_interrupted(),
        Halt::Stopped => say::halted_stopped(),
        Halt::Window => say::halted_window(),
        Halt::HoldsChanged => say::halted_holds(),
    }
}

/// A rule that contradicts the law is not carried out: where it stands, why, and what to write in its place.
pub(super) fn contradiction(context: &Context, house: &House, line: &Line) {
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
    let walked = line
        .walked
        .as_ref()
        .and_then(|walked| walked.fault.as_ref());
    let fault = line.survey.as_ref().err().or(walked);
    if let Some(found) = fault {
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
}

/// Why a rule that should be carried out is not, and what to do about it.
pub(super) fn warn_of_obstacle(context: &Context, line: &Line) {
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

pub(super) fn warn_of_fault(context: &Context, line: &Line, found: &Fault) {
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

fn as_json(sweep: &Sweep) -> Value {
    let rules: Vec<Value> = sweep.lines.iter().map(rule_json).collect();
    json!({
        "schema": "dsr.sweep/1",
        "sweep": sweep.id,
        "day": sweep.day,
        "applied": sweep.applied,
        "complete": sweep.is_complete(),
        "rules": rules,
        "deferred": sweep.owed.iter().map(owed_json).collect::<Vec<_>>(),
        "lost": sweep.lost.iter().map(lost_json).collect::<Vec<_>>(),
        "statement": sweep.sealed.as_ref().map(|sealed| sealed.statement),
        "number": sweep.sealed.as_ref().map(|sealed| sealed.number),
    })
}

fn lost_json(lost: &Lost) -> Value {
    let (place, walked) = (&lost.place, &lost.walked);
    json!({
        "rule": lost.rule,
        "data_type": place.data_type,
        "system": place.system,
        "object": place.object,
        "action": place.action,
        "done": walked.done,
        "unknown": walked.unknown,
        "error": error_json(walked.lost.as_ref()),
    })
}

fn error_json(fault: Option<&Fault>) -> Option<Value> {
    fault.map(|fault| json!({ "code": fault.code, "text": fault.text }))
}

fn rule_json(line: &Line) -> Value {
    let rule = &line.rule;
    let survey = line.survey.as_ref().ok().filter(|_| rule.due.is_ok());
    let walked = line.walked.as_ref();
    let fault = line.survey.as_ref().err();
    let fault = fault.or_else(|| walked.and_then(|walked| walked.fault.as_ref()));
    let fault = fault.or_else(|| walked.and_then(|walked| walked.lost.as_ref()));
    let mut shown = json!({
        "rule": rule.id,
        "data_type": rule.data_type.name,
        "system": rule.system.name,
        "object": rule.object.name,
        "action": rule.action,
        "because": rule.basis,
        "obstacle": rule.due.as_ref().err().map(|obstacle| obstacle.word()),
        "records": survey.filter(|survey| !survey.uncounted).map(|survey| survey.records),
        "due": survey.and(line.due()),
        "oldest": survey.and_then(|survey| survey.oldest),
        "held": survey.map(|_| line.spared),
        "requested": survey.map(|_| line.requested.min(line.spared)),
        "control": survey.map(|_| line.control),
        "referenced": survey.map(|survey| survey.referenced),
        "unknown_start": survey.map(|survey| survey.unknown),
        "future": survey.map(|survey| survey.future),
        "brakes": line.brakes,
        "triggers": line.triggers,
        "holds": line.holds.iter().map(|hold| &hold.id).collect::<Vec<_>>(),
        "unfound": line.unfound,
        "recipients": line.recipients,
        "idle": line.idle,
        "copies_unseen": line.blind.map(|blind| match blind {
            Blind::Account => "account",
            Blind::Primary => "primary",
        }),
        "missing_index": survey.and_then(|survey| survey.missing_index.as_ref()),
        "weaknesses": anonymous::weaknesses(line),
        "stand_out": line.alike.map(|alike| alike.due),
        "stood_out": line.after.map(|alike| alike.done),
        "done": walked.map(|walked| walked.done),
        "settled": walked.map(|walked| walked.settled),
        "batches": walked.map(|walked| walked.batches),
        "remaining": line.remaining,
        "halted": walked.and_then(|walked| walked.halted).map(Halt::word),
        "unknown": walked.map(|walked| walked.unknown),
        "error": error_json(fault),
    });
    if survey.is_some_and(|survey| survey.more) {
        shown["more_records"] = json!(true);
    }
    shown
}

fn owed_json(owed: &Owed) -> Value {
    json!({
        "case": owed.case,
        "system": owed.system,
        "object": owed.object,
        "norm": owed.norm,
        "since": owed.since,
        "due": owed.count,
        "held": owed.held,
        "holds": owed.holds,
        "spared": owed.spared,
        "brakes": owed.brakes,
        "done": owed.done,
        "changed": owed.changed,
        "unreadable": owed.unreadable,
        "kept": owed.kept,
        "open": owed.open,
    })
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
