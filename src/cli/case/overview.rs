//! What `dsr` alone shows: open cases, the most urgent first, and whether people are late with their tasks.

use crate::case::Case;
use crate::cli::case::{all_cases, cases_json, days_left, is_overdue};
use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};
use crate::hold;
use crate::messages::{Say as _, Text, case as say_case, desk as say, hold as say_hold};
use crate::ui::Format;

/// Open cases with what each waits for and the next command.
pub(crate) fn overview(context: &mut Context) -> Result<Exit> {
    let house = context.house()?;
    let all = all_cases(&house)?;
    let is_new = all.is_empty();
    let mut cases: Vec<Case> = all.into_iter().filter(|case| !case.closed).collect();
    cases.sort_by_key(Case::nominal_due);
    let holds = hold::all(&house.ledger())?;
    let to_review = holds
        .iter()
        .filter(|hold| hold.is_to_review(context.today()));
    let to_review = to_review.count();
    if context.ui.format == Format::Json {
        let mut out = cases_json(context, &cases);
        out["holds_to_review"] = serde_json::json!(to_review);
        context.ui.json(&out);
        return Ok(Exit::Done);
    }
    if to_review > 0 {
        context.ui.say(&say_hold::overview(to_review));
    }
    if cases.is_empty() && context.ui.format == Format::Table {
        context.ui.say(&match is_new {
            true => say::first_steps(),
            false => say_case::no_open_cases(),
        });
        return Ok(Exit::Done);
    }
    let columns = [
        say_case::case(),
        say_case::due_nominal(),
        say_case::days_left(),
        say_case::waits_for(),
        say::open_tasks(),
        say_case::next_command(),
    ];
    let rows: Vec<Vec<String>> = cases.iter().map(|case| row(context, case)).collect();
    context.ui.rows(&columns, &rows);
    let today = context.today();
    let late = cases.iter().filter(|case| is_overdue(case, today)).count();
    if late > 0 {
        context.ui.say(&say::cases_overdue(late));
    }
    let tasks = cases.iter().flat_map(|case| case.tasks.iter());
    let late = tasks.filter(|task| task.is_overdue(today)).count();
    if late > 0 {
        context.ui.say(&say::overdue_tasks(late));
    }
    Ok(Exit::Done)
}

fn row(context: &Context, case: &Case) -> Vec<String> {
    let (lang, today) = (context.ui.lang, context.today());
    let waits = case.waits_for();
    let overdue = case.tasks.iter().filter(|task| task.is_overdue(today));
    let tasks = match (case.tasks.open().count(), overdue.count()) {
        (0, _) => Text::same(""),
        (open, 0) => say::tasks_open(open),
        (open, overdue) => say::tasks_overdue(open, overdue),
    };
    vec![
        case.id.to_string(),
        case.nominal_due().say(lang),
        days_left(case, today).to(lang).to_owned(),
        waits.text().to(lang).to_owned(),
        tasks.to(lang).to_owned(),
        waits.next_command(case).unwrap_or_default(),
    ]
}
