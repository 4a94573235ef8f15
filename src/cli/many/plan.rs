//! Plans for many people, each kept in their case; nothing is approved and nothing is written.

use serde_json::Value;

use crate::cli::context::{Context, House};
use crate::cli::journey::{self, RequestArgs};
use crate::cli::many::{Part, change, each, first, subjects_json, tell_troubles};
use crate::cli::people::Person;
use crate::cli::{find, report};
use crate::diagnostic::{Exit, Result};
use crate::findings::Findings;
use crate::messages::people as say;
use crate::plan::{Aim, Plan};
use crate::ui::Format;

/// Opens, searches and plans for everybody, and shows how much would be written for whom.
pub(crate) fn plan(
    context: &Context,
    house: &House,
    people: &[Person],
    request: &RequestArgs,
    aim: &Aim,
) -> Result<Exit> {
    let hushed = context.hushed();
    journey::check_names(house, &request.system)?;
    let ids = change::open_all(&hushed, house, people, request, aim)?;
    let one = async |at: usize, _: &Person| -> Result<(Findings, Plan)> {
        let opened = journey::reopen(house, &ids[at])?;
        let findings = journey::search(&hushed, house, &opened, &request.system, "plan").await?;
        let day = context.today();
        let plan = journey::make_plan(&hushed, house, &opened, &findings, aim, day)?;
        Ok((findings, plan))
    };
    let parts = crate::cli::block_on(each(context, people, one))?;
    let exit = parts
        .iter()
        .map(|part| part.exit(|(findings, _)| find::exit_of(findings)))
        .fold(Exit::Done, Exit::and);
    match context.ui.format {
        Format::Json => {
            let answer = |(_, plan): &(Findings, Plan)| -> Value { report::plan_json(plan) };
            let all = subjects_json(context, "plan", people, &parts, exit, answer);
            context.ui.json(&all);
        }
        Format::Table | Format::Csv => {
            let columns = [
                say::row(),
                say::reference(),
                say::case(),
                say::to_be_written(),
                say::waiting(),
                say::result(),
            ];
            let rows = people.iter().zip(&parts).zip(&ids);
            let rows = rows.map(|((person, part), id)| row(context, person, id.as_str(), part));
            context.ui.rows(&columns, &rows.collect::<Vec<_>>());
        }
    }
    tell_troubles(context, people, &parts);
    context.ui.say(&say::only_planned());
    Ok(exit)
}

fn row(context: &Context, person: &Person, id: &str, part: &Part<(Findings, Plan)>) -> Vec<String> {
    let (writes, waiting, result) = match &part.result {
        Some(Ok((findings, plan))) => {
            let writes = plan.steps.iter().filter(|step| step.writes()).count();
            let result = match findings.complete() {
                true => say::planned(),
                false => say::incomplete(),
            };
            (writes.to_string(), plan.waiting.len().to_string(), result)
        }
        Some(Err(trouble)) => (String::new(), String::new(), first(trouble)),
        None => (String::new(), String::new(), say::not_begun()),
    };
    vec![
        person.row.to_string(),
        person.reference.clone().unwrap_or_default(),
        id.to_owned(),
        writes,
        waiting,
        result.to(context.ui.lang).to_owned(),
    ]
}
