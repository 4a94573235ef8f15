//! `dsr hold list`: the holds that stand, with those to be reviewed first in mind; and the records that wait for a later erasure.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::hold::{LEASE, day_of, hold_json, scope_in_words, tidy};
use crate::deferred::{self, Deferred};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::hold::{self, Hold};
use crate::messages::{Say as _, Text, hold as say};
use crate::plan::Ends;
use crate::ui::Format;
use crate::workspace::lease;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Released holds too
    #[arg(long, conflicts_with = "deferred")]
    all: bool,
    /// Exit 6 if a hold has to be reviewed within this many days
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 0,
        conflicts_with = "deferred"
    )]
    within: u16,
    /// List the records that an erasure has left for a later day, because of the law or of a hold
    #[arg(long)]
    deferred: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    // Whoever has it is setting a hold just now, and tidies up before.
    if let Ok(_held) = lease(&house.workspace, LEASE) {
        tidy(&house)?;
    }
    if args.deferred {
        return waiting(context, &house);
    }
    let every = hold::every(&house.ledger())?;
    let today = context.today();
    let last = today.saturating_add(jiff::Span::new().days(i64::from(args.within)));
    let shown: Vec<&Hold> = every
        .iter()
        .filter(|hold| args.all || hold.stands())
        .collect();
    match context.ui.format {
        Format::Json => {
            let holds: Vec<Value> = shown
                .iter()
                .map(|hold| hold_json(&house, hold, today))
                .collect();
            let out = json!({ "schema": "dsr.holds/1", "holds": holds });
            context.ui.json(&out);
        }
        Format::Table if shown.is_empty() => context.ui.say(&match args.all {
            true => say::no_holds_at_all(),
            false => say::no_holds(),
        }),
        Format::Table | Format::Csv => table(context, &house, &shown, today),
    }
    Ok(review(context, &house, &every, last))
}

fn table(context: &Context, house: &House, holds: &[&Hold], today: Date) {
    let lang = context.ui.lang;
    let rows: Vec<Vec<String>> = holds
        .iter()
        .map(|hold| {
            let state = match &hold.released {
                Some(released) => say::released_on(day_of(released.at)),
                None if hold.lost(&house.inventory).is_some() => say::lost(),
                None if hold.is_to_review(today) => say::to_review(),
                None => say::stands(),
            };
            vec![
                hold.id.to_string(),
                scope_in_words(hold).to(lang).to_owned(),
                hold.ground.code().to_owned(),
                day_of(hold.set_at).say(lang),
                hold.review_by.say(lang),
                state.to(lang).to_owned(),
            ]
        })
        .collect();
    let head = [
        say::head_hold(),
        say::head_scope(),
        say::head_ground(),
        say::head_set(),
        say::head_review(),
        say::head_state(),
    ];
    context.ui.rows(&head, &rows);
}

/// What has to be looked at: exit 6 for a review that is due, and a word on holds by names that nobody bears.
fn review(context: &Context, house: &House, every: &[Hold], last: Date) -> Exit {
    for hold in every.iter().filter(|hold| hold.stands()) {
        if let Some(name) = hold.lost(&house.inventory) {
            let what = say::names_nothing(hold.id.as_str(), name);
            let warning = Diagnostic::new("W289", Exit::Done, what).why(say::names_nothing_why());
            let help = say::names_nothing_help(hold.id.as_str());
            context.ui.warn(&warning.help(help));
        }
    }
    let due: Vec<&Hold> = every
        .iter()
        .filter(|hold| hold.is_to_review(last))
        .collect();
    let Some(first) = due.first() else {
        return Exit::Done;
    };
    let ids = hold::listed(due.iter().map(|hold| &hold.id));
    let warning = Diagnostic::new("W290", Exit::Deadline, say::review_due(ids));
    let help = say::review_due_help(first.id.as_str());
    context.ui.warn(&warning.help(help));
    Exit::Deadline
}

/// Records that are to be erased later, those of a case, a place and a reason in one line; for programs each of its own.
fn waiting(context: &Context, house: &House) -> Result<Exit> {
    let rows = deferred::all(&house.vault())?;
    let holds = hold::all(&house.ledger())?;
    let today = context.today();
    if context.ui.format == Format::Json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| deferred_json(row, &holds, today))
            .collect();
        let out = json!({ "schema": "dsr.deferred/1", "records": rows });
        context.ui.json(&out);
        return Ok(Exit::Done);
    }
    if rows.is_empty() && context.ui.format == Format::Table {
        context.ui.say(&say::no_deferred());
        return Ok(Exit::Done);
    }
    let lang = context.ui.lang;
    let mut groups: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for row in &rows {
        let held: Vec<&Hold> = row.held_by(&holds);
        let because = match (held.is_empty(), row.norm()) {
            (true, Some(norm)) => Text::same(norm),
            (true, None) if row.ends == Ends::Person => say::only_person(),
            (true, None) => say::only_held(),
            (false, None) => hold::in_words(&held),
            (false, Some(norm)) => say::holds_and_law_open(hold::in_words(&held), norm),
        };
        let cells = vec![
            row.case.to_string(),
            format!("{}.{}", row.system, row.object),
            free_in_words(row, !held.is_empty(), today).say(lang),
            because.to(lang).to_owned(),
        ];
        *groups.entry(cells).or_default() += 1;
    }
    let lines: Vec<Vec<String>> = groups
        .into_iter()
        .map(|(mut cells, count)| {
            cells.insert(2, count.to_string());
            cells
        })
        .collect();
    let head = [
        say::head_case(),
        say::head_place(),
        say::head_records(),
        say::head_free(),
        say::head_because(),
    ];
    context.ui.rows(&head, &lines);
    let free = rows.iter();
    let free = free.filter(|row| row.is_due(today) && row.held_by(&holds).is_empty());
    let free = free.count();
    if free > 0 {
        context.ui.say(&say::deferred_due(free));
    }
    Ok(Exit::Done)
}

/// From when a record may go.
fn free_in_words(row: &Deferred, is_held: bool, today: Date) -> Text {
    match (row.ends, row.free_from()) {
        (Ends::Person, _) if is_held => say::free_person(),
        (Ends::Person, _) => say::free_person_now(),
        (Ends::Hold, _) if is_held => say::free_hold(),
        (Ends::Hold, _) => say::free_now(),
        (_, Some(day)) if day <= today => match is_held {
            true => say::free_hold(),
            false => say::free_now(),
        },
        (_, Some(day)) => Text {
            en: day.say(crate::messages::Lang::En),
            de: day.say(crate::messages::Lang::De),
        },
        (_, None) => say::free_never(),
    }
}

/// A record that waits, without its key: what it is called may name the person.
pub(crate) fn deferred_json(row: &Deferred, holds: &[Hold], today: Date) -> Value {
    let held: Vec<_> = row
        .held_by(holds)
        .iter()
        .map(|hold| hold.id.clone())
        .collect();
    json!({
        "id": row.id,
        "case": row.case,
        "system": row.system,
        "object": row.object,
        "record": row.record,
        "decision": row.decision,
        "ends": row.ends,
        "until": row.until,
        "free_from": row.free_from(),
        "norm": row.norm(),
        "start": row.start,
        "holds": held,
        "due": row.is_due(today) && held.is_empty(),
        "since": row.since,
        "tried": row.tried,
    })
}
