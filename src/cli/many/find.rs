//! `dsr find --subjects`: where are these people.

use crate::cli::context::{Context, House};
use crate::cli::many::{Part, each, first, subjects_json, tell_troubles};
use crate::cli::people::Person;
use crate::cli::{find as one, journey, report};
use crate::diagnostic::{Exit, Result};
use crate::find::Search;
use crate::findings::{Findings, SystemFindings, SystemStatus};
use crate::messages::{look_up, people as say};
use crate::ui::Format;

/// Looks for everybody. No case is opened, and each search is logged.
pub(crate) fn find(
    context: &Context,
    house: &House,
    people: &[Person],
    only: &[String],
    reason: Option<&str>,
) -> Result<Exit> {
    let hushed = context.hushed();
    let work = async |_, person: &Person| {
        let known = Search::stated(person.stated.clone());
        let asked = journey::ask_systems(&hushed, house, known, Default::default(), only);
        let findings = asked.await?;
        let at = context.now();
        let event = journey::searched(&findings, &house.key, "find", &house.operator);
        let event = one::because(house, event, at, reason)?;
        house.write(None, at, &[event])?;
        Ok(findings)
    };
    let parts = crate::cli::block_on(each(context, people, work))?;
    let exit = parts
        .iter()
        .map(|part| part.exit(one::exit_of_answer))
        .fold(Exit::Done, Exit::and);
    match context.ui.format {
        Format::Json => {
            let answer = |_: &Person, findings: &Findings| {
                report::findings_json(house, findings, context.today())
            };
            context.ui.json(&subjects_json(
                context, "find", people, &parts, exit, answer,
            ));
        }
        Format::Table | Format::Csv => {
            let columns = [
                say::row(),
                say::reference(),
                say::records(),
                say::systems(),
                say::result(),
            ];
            let rows = people
                .iter()
                .zip(&parts)
                .map(|(person, part)| found_row(context, person, part));
            context.ui.rows(&columns, &rows.collect::<Vec<_>>());
        }
    }
    tell_troubles(context, people, &parts);
    Ok(exit)
}

fn found_row(context: &Context, person: &Person, part: &Part<Findings>) -> Vec<String> {
    let lang = context.ui.lang;
    let (records, systems, result) = match &part.result {
        Some(Ok(findings)) => {
            let held = |s: &&SystemFindings| s.objects.iter().any(|o| !o.records.is_empty());
            let names: Vec<&str> = findings
                .systems
                .iter()
                .filter(held)
                .map(|s| s.system.as_str())
                .collect();
            let missing: Vec<&str> = findings
                .systems
                .iter()
                .filter(|s| {
                    matches!(
                        s.status,
                        SystemStatus::NotSearched | SystemStatus::Incomplete
                    )
                })
                .map(|s| s.system.as_str())
                .collect();
            let waits = one::exit_of(findings) == Exit::Waiting;
            let open = findings
                .to_look_up()
                .map(|(system, part)| format!("{system}.{}", part.name));
            let open: Vec<String> = open.collect();
            let result = match (missing.is_empty(), waits, open.is_empty()) {
                (false, _, _) => say::not_searched(missing.join(", ")),
                (true, true, _) => say::waits_for_word(),
                (true, false, false) => look_up::by_hand(open.join(", ")),
                (true, false, true) => say::searched(),
            };
            (
                findings.records().count().to_string(),
                names.join(", "),
                result,
            )
        }
        Some(Err(trouble)) => (String::new(), String::new(), first(trouble)),
        None => (String::new(), String::new(), say::not_begun()),
    };
    vec![
        person.row.to_string(),
        person.reference.clone().unwrap_or_default(),
        records,
        systems,
        result.to(lang).to_owned(),
    ]
}
