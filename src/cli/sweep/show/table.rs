//! What a sweep prints as rows: a table of rules and one of what requests have left, or both in one for a file.

use super::words::{joined, owed_state, state};
use crate::cli::context::{Context, House};
use crate::cli::sweep::{Line, Lost, Owed, Sweep};
use crate::connector::Action;
use crate::hold::{self, HoldId};
use crate::messages::{Text, owed as say_owed, sweep as say};
use crate::sweep::rule::action_text;

fn head(sweep: &Sweep) -> Vec<Text> {
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
    head
}

/// The table of rules.
pub(super) fn rules(context: &Context, house: &House, sweep: &Sweep) {
    let rows = shown(context, rule_rows(house, sweep));
    context.ui.rows(&head(sweep), &rows);
}

/// A row for each rule, those that are no more at the end.
fn rule_rows(house: &House, sweep: &Sweep) -> Vec<Vec<Text>> {
    let lines = sweep.lines.iter().map(|line| cells(house, sweep, line));
    lines.chain(sweep.lost.iter().map(lost_cells)).collect()
}

fn shown(context: &Context, rows: Vec<Vec<Text>>) -> Vec<Vec<String>> {
    let lang = context.ui.lang;
    let shown = |cells: Vec<Text>| cells.iter().map(|text| text.to(lang).to_owned()).collect();
    rows.into_iter().map(shown).collect()
}

/// Rules, and what requests have left, as one table with the same columns every night: a row of a rule has a data type, one of a request a
/// case. The state comes last.
pub(super) fn in_one(context: &Context, house: &House, sweep: &Sweep) {
    let of_request = [
        say_owed::head_case(),
        say_owed::head_norm(),
        say_owed::head_since(),
    ];
    let with = |mut cells: Vec<Text>, more: [Text; 3]| {
        let state = cells.pop();
        cells.extend(more);
        cells.extend(state);
        cells
    };
    let none = || Text::same("");
    let rules = rule_rows(house, sweep);
    let mut rows: Vec<Vec<Text>> = rules
        .into_iter()
        .map(|cells| with(cells, [none(), none(), none()]))
        .collect();
    for owed in &sweep.owed {
        let mut cells = vec![
            none(),
            Text::same(owed.place()),
            none(),
            none(),
            Text::same(owed.count.to_string()),
            none(),
            owed_left(owed),
        ];
        if sweep.applied {
            cells.extend([Text::same(owed.done.to_string()), none()]);
        }
        cells.push(owed_state(house, sweep, owed));
        rows.push(with(cells, of_owed(owed)));
    }
    context
        .ui
        .rows(&with(head(sweep), of_request), &shown(context, rows));
}

/// Which request has left records, by what they are kept, and since when they are free.
fn of_owed(owed: &Owed) -> [Text; 3] {
    let norm = owed.norm.as_ref();
    [
        Text::same(owed.case.as_str()),
        norm.map_or_else(|| by_holds(owed), Text::same),
        owed.since.map_or_else(|| Text::same(""), say::day),
    ]
}

/// What keeps records, or kept them, that no law does: of some the hold may be released while another one stands on the rest.
fn by_holds(owed: &Owed) -> Text {
    let stand = !owed.holds.is_empty();
    let is_free = owed.count + owed.spared > 0 || !stand;
    let released = is_free.then(say_owed::by_released_hold);
    let standing = stand.then(|| say_owed::by_hold(hold::listed(&owed.holds)));
    joined(standing.into_iter().chain(released))
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
    // A hold on nothing but what is spared for another's sake keeps it all the same; one on all of it is named where the rule is stopped.
    let is_named = |id: &HoldId| held > 0 || line.whole.contains(id);
    let unnamed: Vec<&HoldId> = ids.iter().filter(|id| !is_named(id)).collect();
    let parts = [
        (held, say::held(held, hold::listed(&ids))),
        (requested, say::requested(requested)),
        (line.control, say::control(line.control)),
        (
            unnamed.len() as u64,
            say::held_as_well(hold::listed(unnamed.iter().copied())),
        ),
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

/// The table of what requests have left, if there is any.
pub(super) fn owed(context: &Context, house: &House, sweep: &Sweep) {
    if sweep.owed.is_empty() {
        return;
    }
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
        let [case, norm, since] = of_owed(owed);
        let mut cells = vec![
            case,
            Text::same(owed.place()),
            norm,
            since,
            Text::same(owed.count.to_string()),
            owed_left(owed),
        ];
        if sweep.applied {
            cells.push(Text::same(owed.done.to_string()));
        }
        cells.push(owed_state(house, sweep, owed));
        cells
    };
    let rows = sweep.owed.iter().map(row).collect();
    context.ui.rows(&head, &shown(context, rows));
}

fn owed_left(owed: &Owed) -> Text {
    let held = match owed.holds.is_empty() {
        true => say_owed::held(owed.held),
        false => say::held(owed.held, hold::listed(&owed.holds)),
    };
    let parts = [
        (owed.held, held),
        (owed.spared, say_owed::spared(owed.spared)),
        (owed.changed, say_owed::changed(owed.changed)),
        (owed.unreadable, say_owed::unreadable(owed.unreadable)),
        (owed.kept, say_owed::kept(owed.kept)),
        (owed.open, say_owed::open(owed.open)),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    joined(parts.map(|(_, text)| text))
}
