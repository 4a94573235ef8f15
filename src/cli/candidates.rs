//! `dsr find --name`: who is called so, for a person to choose from.
//!
//! The list shows what is needed to tell people apart and no more: name, town, year of birth, place. Choosing is left to a person,
//! by the reference that stands in the list, so that a list that changes cannot shift a number to somebody else.

use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::journey::pick::{self, Asked, Picked};
use crate::cli::report;
use crate::connector::Key;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::candidates::{CAP, Person, person};
use crate::findings::{Control, Findings, ObjectStatus, SystemStatus};
use crate::messages::{candidates as say, report as say_report};
use crate::ui::Format;

/// What somebody is called, where no identity is known.
#[derive(clap::Args, Debug)]
pub(crate) struct Called {
    /// Look for people of this name and list them to choose from
    #[arg(long, value_name = "NAME", conflicts_with_all = ["email", "phone", "id", "subject", "case", "subjects"])]
    name: Option<String>,
    /// With --name: leave out who has another postcode
    #[arg(long, value_name = "POSTCODE", requires = "name")]
    postcode: Option<String>,
    /// With --name: leave out who was born on another day
    #[arg(long, value_name = "DATE", requires = "name")]
    born: Option<String>,
}

impl Called {
    pub(crate) fn asked(&self) -> Option<Asked> {
        Some(Asked {
            name: self.name.clone()?,
            postcode: self.postcode.clone(),
            born: self.born.clone(),
        })
    }
}

/// What a search by name leads to.
pub(crate) enum Choice {
    /// Nobody was picked.
    Stop(Exit),
    Picked(Picked),
}

/// Somebody in the list, and where.
struct Row {
    person: Person,
    reference: String,
    place: String,
    record: (String, String, Key),
}

/// Lists who is called so, or takes the records that were picked already.
///
/// `log` is called with what was found before anything is shown.
pub(crate) fn choose(
    context: &Context,
    house: &House,
    asked: &Asked,
    picks: &[String],
    only: &[String],
    log: impl FnOnce(&Findings) -> Result<()>,
) -> Result<Choice> {
    let (findings, unsearchable) = pick::candidates(context, house, asked.query()?, only)?;
    let capped = |o: &crate::findings::ObjectFindings| {
        o.error.as_ref().is_some_and(|fault| fault.code == "E320")
    };
    let over = findings.systems.iter().flat_map(|s| &s.objects).any(capped);
    let rows = rows(house, &findings);
    let over = over || rows.len() > CAP;
    if !over {
        pick::keep(context, house, asked, &findings)?;
    }
    log(&findings)?;
    if over {
        house.close()?;
        return Err(Diagnostic::new("E903", Exit::Waiting, say::too_many(CAP))
            .why(say::too_many_why())
            .help(say::help_narrow())
            .into());
    }
    if !picks.is_empty() {
        return Ok(Choice::Picked(pick::picked(context, house, picks)?));
    }
    show(context, &findings, &unsearchable, &rows);
    house.close()?;
    let searched = match findings.complete() {
        true => Exit::Done,
        false => Exit::Incomplete,
    };
    if rows.is_empty() {
        return Ok(Choice::Stop(searched));
    }
    if context.ui.can_ask() && context.ui.format == Format::Table {
        let wanted = ask(context, rows)?;
        if !wanted.is_empty() {
            return Ok(Choice::Picked(pick::take(house, &findings, wanted)?));
        }
    }
    Ok(Choice::Stop(searched.and(Exit::Waiting)))
}

fn rows(house: &House, findings: &Findings) -> Vec<Row> {
    findings
        .records()
        .filter_map(|(system, object, found)| {
            let definition = house.inventory.system(&system.system)?;
            let key = found.record.key.clone();
            let place = format!("{}.{}", system.system, object.object);
            Some(Row {
                person: person(definition.object(&object.object)?, found),
                reference: format!("{place}:{key}"),
                place,
                record: (system.system.clone(), object.object.clone(), key),
            })
        })
        .collect()
}

fn show(context: &Context, findings: &Findings, unsearchable: &[String], rows: &[Row]) {
    let ui = &context.ui;
    match ui.format {
        Format::Json => ui.json(&list_json(findings, unsearchable, rows)),
        Format::Table | Format::Csv if rows.is_empty() && ui.format == Format::Table => {}
        Format::Table | Format::Csv => table(context, rows),
    }
    let asked = [SystemStatus::Searched, SystemStatus::Incomplete];
    let systems = findings.systems.iter();
    let answered = systems.filter(|s| asked.contains(&s.status)).count();
    ui.say(&match rows.len() {
        0 => say::nobody(answered),
        count => say::found(count, answered),
    });
    let objects = || findings.systems.iter().flat_map(|s| &s.objects);
    let refused: u64 = objects().map(|o| o.near_misses).sum();
    if refused > 0 {
        ui.say(&say::refused(refused));
    }
    for system in &findings.systems {
        if let Some(task) = &system.task {
            ui.say(&say::by_hand(&system.system, task.clone()));
        }
        if let (Some(fault), true) = (&system.error, system.objects.is_empty()) {
            ui.say(&say::not_searched(&system.system, fault.text.clone()));
        }
        for object in &system.objects {
            if let Some(fault) = &object.error {
                let place = format!("{}.{}", system.system, object.object);
                ui.say(&say::not_searched(place, fault.text.clone()));
            }
        }
    }
    if !unsearchable.is_empty() {
        ui.say(&say::unsearchable(unsearchable.join(", ")));
    }
    let unproven = objects().filter(|o| is_unproven(o)).count();
    if unproven > 0 {
        ui.say(&say_report::unproven(unproven));
    }
    if !findings.complete() {
        ui.say(&say_report::incomplete());
        report::remedies(context, report::faults_of(findings));
    }
    if let (Some(first), false) = (rows.first(), context.ui.can_ask()) {
        ui.say(&say::next(flag(&first.reference)));
    }
}

fn table(context: &Context, rows: &[Row]) {
    // Numbers are for the question that follows, and mean nothing after it.
    let numbered = context.ui.can_ask() && context.ui.format == Format::Table;
    let mut columns = vec![
        say::name(),
        say::town(),
        say::born(),
        say::place(),
        say::pick(),
    ];
    if numbered {
        columns.insert(0, say::number());
    }
    let none = || "–".to_owned();
    let lines: Vec<Vec<String>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let reference = match context.ui.format {
                Format::Csv => row.reference.clone(),
                _ => flag(&row.reference),
            };
            let mut line = vec![
                row.person.name.clone(),
                row.person.town.clone().unwrap_or_else(none),
                row.person.born.map_or_else(none, |year| year.to_string()),
                row.place.clone(),
                reference,
            ];
            if numbered {
                line.insert(0, (at + 1).to_string());
            }
            line
        })
        .collect();
    context.ui.rows(&columns, &lines);
}

/// The flag as a shell takes it: a key is a system's word and may hold anything.
fn flag(reference: &str) -> String {
    format!("--pick '{}'", reference.replace('\'', r"'\''"))
}

/// `dsr.candidates/1`
fn list_json(findings: &Findings, unsearchable: &[String], rows: &[Row]) -> Value {
    let systems = findings.systems.iter().map(|system| {
        let objects = system.objects.iter().map(|object| {
            let mut out = json!({
                "object": object.object,
                "status": object.status,
                "control": object.control,
                "near_misses": object.near_misses,
                "unproven": is_unproven(object),
            });
            if let Some(fault) = &object.error {
                out["error"] = json!({ "code": fault.code, "text": fault.text.en });
            }
            out
        });
        let mut out = json!({
            "system": system.system,
            "status": system.status,
            "objects": objects.collect::<Vec<_>>(),
        });
        if let Some(task) = &system.task {
            out["task"] = json!(task.en);
        }
        if let Some(fault) = &system.error {
            out["error"] = json!({ "code": fault.code, "text": fault.text.en });
        }
        out
    });
    let people = rows.iter().map(|row| {
        json!({
            "pick": row.reference,
            "system": row.record.0,
            "object": row.record.1,
            "key": row.record.2.to_string(),
            "name": row.person.name,
            "town": row.person.town,
            "born": row.person.born,
        })
    });
    json!({
        "schema": "dsr.candidates/1",
        "complete": findings.complete(),
        "candidates": people.collect::<Vec<_>>(),
        "systems": systems.collect::<Vec<_>>(),
        "not_searchable": unsearchable,
    })
}

/// Nobody found proves nothing without a control person.
fn is_unproven(object: &crate::findings::ObjectFindings) -> bool {
    object.status == ObjectStatus::Searched
        && object.records.is_empty()
        && object.control != Control::Found
}

/// The records that the person at the terminal names by their numbers.
fn ask(context: &Context, rows: Vec<Row>) -> Result<Vec<(String, String, Key)>> {
    let answer = context.ui.ask(&say::ask())?;
    let numbers = answer.split([',', ' ']).filter(|word| !word.is_empty());
    let chosen: Option<Vec<usize>> = numbers
        .map(|word| {
            word.parse()
                .ok()
                .filter(|number| (1..=rows.len()).contains(number))
        })
        .collect();
    let Some(chosen) = chosen else {
        context.ui.say(&say::no_such_number());
        return Ok(Vec::new());
    };
    if chosen.is_empty() {
        context.ui.say(&say::none_picked());
    }
    let mut records: Vec<_> = rows.into_iter().map(|row| Some(row.record)).collect();
    Ok(chosen
        .into_iter()
        .filter_map(|number| records.get_mut(number - 1).and_then(Option::take))
        .collect())
}
