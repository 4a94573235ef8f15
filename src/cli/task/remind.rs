//! `dsr task remind`: texts for the owners of open tasks, ready to be sent by somebody or by a mailer. Nothing is sent from here.
//!
//! The texts are in the language of the controller, whoever runs the command, and name cases and tasks. The person is named only on
//! request, because a mail is read by many.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;

use crate::case::item;
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::task::{Line, cases, lines, list, named};
use crate::diagnostic::{Exit, Result};
use crate::ledger::Event;
use crate::messages::{Lang, Text, desk as say};
use crate::subject::Identity;
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case; all open ones without it
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// One task of the case, such as T1
    #[arg(value_name = "TASK")]
    task: Option<String>,
    /// Only tasks that are overdue or due within this time, such as P3D
    #[arg(long, value_name = "PERIOD")]
    due_within: Option<jiff::Span>,
    /// Name the person by the stated identities
    #[arg(long)]
    with_identities: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let today = context.today();
    let cases = cases(&house, args.case.as_deref())?;
    let only = match (&args.task, cases.first()) {
        (Some(task), Some(case)) => Some(named(case, task)?.id),
        _ => None,
    };
    let horizon = args
        .due_within
        .map(|span| today.checked_add(span).unwrap_or(Date::MAX));
    let mut lines = lines(&house, &cases)?;
    lines.retain(|line| {
        let asked = only.is_none_or(|only| line.state.id == only);
        let near = horizon.is_none_or(|day| line.state.due <= day);
        line.state.is_open() && asked && near
    });
    lines.sort_by_key(|line| line.state.due);
    // Without a period, only what is late is a reason to raise the alarm.
    let pressing = |line: &Line| horizon.is_some() || line.state.is_overdue(today);
    let exit = match lines.iter().any(pressing) {
        true => Exit::Deadline,
        false => Exit::Done,
    };
    let mut by_owner: BTreeMap<Option<&str>, Vec<&Line>> = BTreeMap::new();
    for line in &lines {
        by_owner.entry(line.owner()).or_default().push(line);
    }
    let mut persons = BTreeMap::new();
    if args.with_identities {
        for line in &lines {
            let person = person(&house, &line.case)?;
            persons.insert(line.case.clone(), person);
        }
    }
    let letters: Vec<Letter<'_>> = by_owner
        .into_iter()
        .map(|(owner, lines)| Letter::to(&house, owner, lines, &persons, today))
        .collect();
    note(context, &house, &lines)?;
    house.close()?;
    show(context, &letters, today);
    if context.ui.format != Format::Json {
        context.ui.say(&match lines.len() {
            0 => say::nothing_due(),
            count => say::reminders_noted(count),
        });
    }
    Ok(exit)
}

/// The stated identities of a case's person.
fn person(house: &House, case: &CaseId) -> Result<String> {
    let stated: Option<Vec<Identity>> = house.vault().read(case, item::SUBJECT)?;
    let stated = stated.unwrap_or_default();
    let named = stated
        .iter()
        .map(|identity| format!("{} {}", identity.kind, identity.value()));
    Ok(named.collect::<Vec<_>>().join(", "))
}

fn note(context: &Context, house: &House, lines: &[Line]) -> Result<()> {
    let mut by_case: BTreeMap<&CaseId, Vec<Event>> = BTreeMap::new();
    for line in lines {
        by_case
            .entry(&line.case)
            .or_default()
            .push(Event::TaskReminded {
                task: line.state.id,
                operator: house.operator.clone(),
            });
    }
    for (case, events) in by_case {
        house.write(Some(case), context.now(), &events)?;
    }
    Ok(())
}

/// What one owner is sent.
struct Letter<'l> {
    owner: Option<&'l str>,
    lang: Lang,
    subject: String,
    text: String,
    lines: Vec<&'l Line>,
}

impl<'l> Letter<'l> {
    fn to(
        house: &House,
        owner: Option<&'l str>,
        lines: Vec<&'l Line>,
        persons: &BTreeMap<CaseId, String>,
        today: Date,
    ) -> Letter<'l> {
        let controller = &house.inventory.controller;
        let lang = controller.language;
        let mut text = vec![say::remind_intro(), Text::same("")];
        for line in &lines {
            let words = line.task.as_ref().map(|task| task.text.clone());
            text.push(say::remind_task(
                line.case.as_str(),
                line.state.name(),
                line.state.system.clone(),
                words.unwrap_or_else(say::words_gone),
            ));
            let days = line.days_left(today);
            text.push(match days < 0 {
                true => say::remind_overdue(line.state.due, -days),
                false => say::remind_due(line.state.due, days),
            });
            text.push(match persons.get(&line.case) {
                Some(person) => say::remind_person(person.as_str()),
                None => say::remind_ask(),
            });
        }
        let contact = controller.contact.as_ref().unwrap_or(&controller.name);
        text.push(Text::same(""));
        text.push(say::remind_end(contact.as_str()));
        text.push(Text::same(controller.name.as_str()));
        let text: Vec<&str> = text.iter().map(|text| text.to(lang)).collect();
        Letter {
            owner,
            lang,
            subject: say::remind_subject(lines.len()).to(lang).to_owned(),
            text: text.join("\n"),
            lines,
        }
    }
}

fn show(context: &Context, letters: &[Letter<'_>], today: Date) {
    match context.ui.format {
        Format::Json => {
            let letters: Vec<_> = letters
                .iter()
                .map(|letter| {
                    json!({
                        "owner": letter.owner,
                        "language": letter.lang,
                        "subject": letter.subject,
                        "text": letter.text,
                        "tasks": letter.lines.iter().map(|line| line.json(today)).collect::<Vec<_>>(),
                    })
                })
                .collect();
            let all = json!({ "schema": "dsr.reminders/1", "reminders": letters });
            context.ui.json(&all);
        }
        Format::Csv => {
            let lines = letters.iter().flat_map(|letter| &letter.lines);
            let rows: Vec<Vec<String>> = lines.map(|line| list::row(context, line)).collect();
            context.ui.rows(&list::columns(), &rows);
        }
        Format::Table => {
            for (at, letter) in letters.iter().enumerate() {
                let to = match letter.owner {
                    Some(owner) => say::remind_to(owner),
                    None => say::remind_to(say::remind_no_owner()),
                };
                let about = say::remind_about(letter.subject.as_str());
                let head = format!("{}\n{}\n", to.to(letter.lang), about.to(letter.lang));
                let gap = if at == 0 { "" } else { "\n" };
                context
                    .ui
                    .data(&Text::same(format!("{gap}{head}\n{}", letter.text)));
            }
        }
    }
}
