//! `dsr task list`: what is open, whose it is, until when.

use serde_json::json;

use crate::cli::case::all_cases;
use crate::cli::context::Context;
use crate::cli::task::{Line, cases, lines};
use crate::diagnostic::{Exit, Result};
use crate::ledger::Needless;
use crate::messages::{Say as _, Text, desk as say};
use crate::task::{State, TaskState};
use crate::ui::Format;

/// Which tasks are listed.
pub(super) struct Wanted {
    pub(super) case: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) overdue: bool,
    pub(super) all: bool,
}

pub(super) fn run(context: &mut Context, wanted: &Wanted) -> Result<Exit> {
    let house = context.house()?;
    let today = context.today();
    let cases = match (&wanted.case, wanted.all) {
        (None, true) => all_cases(&house)?,
        (case, _) => cases(&house, case.as_deref())?,
    };
    let mut lines = lines(&house, &cases)?;
    lines.retain(|line| {
        let own = wanted.owner.is_none() || line.owner() == wanted.owner.as_deref();
        let late = !wanted.overdue || line.state.is_overdue(today);
        own && late && (wanted.all || line.state.is_open())
    });
    // What is due first stands first; within a day the order of cases and tasks stays.
    lines.sort_by_key(|line| (!line.state.is_open(), line.state.due));
    if context.ui.format == Format::Json {
        let tasks: Vec<_> = lines.iter().map(|line| line.json(today)).collect();
        let all = json!({ "schema": "dsr.tasks/1", "tasks": tasks });
        context.ui.json(&all);
        return Ok(Exit::Done);
    }
    if lines.is_empty() && context.ui.format == Format::Table {
        context.ui.say(&say::no_tasks());
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = lines.iter().map(|line| row(context, line)).collect();
    context.ui.rows(&columns(), &rows);
    Ok(Exit::Done)
}

pub(super) fn columns() -> [Text; 8] {
    [
        crate::messages::case::case(),
        say::task(),
        say::system(),
        say::owner(),
        say::to_do(),
        say::due(),
        say::days_left(),
        say::state(),
    ]
}

pub(super) fn row(context: &Context, line: &Line) -> Vec<String> {
    let (lang, today) = (context.ui.lang, context.today());
    let text = match &line.task {
        Some(task) => task.text.clone(),
        None => say::words_gone(),
    };
    let left = match line.state.is_open() {
        true => line.days_left(today).to_string(),
        false => String::new(),
    };
    vec![
        line.case.to_string(),
        line.state.name(),
        line.state.system.clone(),
        line.owner().unwrap_or("–").to_owned(),
        text.to(lang).to_owned(),
        line.state.due.say(lang),
        left,
        state(&line.state, line.state.is_overdue(today))
            .to(lang)
            .to_owned(),
    ]
}

/// The state of a task in words, with what was found.
fn state(task: &TaskState, overdue: bool) -> Text {
    let done = match &task.state {
        State::Open if overdue => return say::is_overdue(),
        State::Open => return say::is_open(),
        State::Dropped(Some(Needless::Erased)) => return say::is_erased(),
        State::Dropped(None) => return say::is_dropped(),
        State::Done(done) => done,
    };
    let words = match done.proof {
        Some(_) => say::is_done_proven(),
        None => say::is_done(),
    };
    let Some(found) = done.found else {
        return words;
    };
    let found = say::found(found);
    Text {
        en: format!("{}; {}", words.en, found.en),
        de: format!("{}; {}", words.de, found.de),
    }
}
