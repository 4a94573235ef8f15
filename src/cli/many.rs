//! One command for many people: each gets an answer of their own, and what befalls one stops nobody else.
//!
//! Several are worked for at once, because a run waits on other people's systems. They share the connections of the command and, for
//! each system, the pace at which it may be asked, so that a hundred people are no heavier on a system than its limits say.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::people::Person;
use crate::cli::{find, journey, report};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::execute::Stop;
use crate::find::Search;
use crate::findings::{Findings, SystemStatus};
use crate::messages::{Text, people as say};
use crate::ui::Format;
use crate::ui::diagnostic;
use crate::ui::progress::Progress;

/// People who are worked for at the same time. More would wait for each other at the systems, and for the two workers here.
const AT_ONCE: usize = 8;

/// What became of one person's part of a command.
pub(crate) struct Part<T> {
    /// `None` if the command was stopped before their turn.
    pub(crate) result: Option<Result<T>>,
}

impl<T> Part<T> {
    /// The exit code that this part alone would have.
    pub(crate) fn exit(&self, of: impl Fn(&T) -> Exit) -> Exit {
        match &self.result {
            Some(Ok(done)) => of(done),
            Some(Err(trouble)) => trouble.exit(),
            None => Exit::Incomplete,
        }
    }
}

/// Works for each person, several at a time; the answers come in the order of the file.
///
/// Ctrl-C ends what is under way and begins nothing more.
pub(crate) async fn each<T>(
    context: &Context,
    people: &[Person],
    work: impl AsyncFn(&Person) -> Result<T>,
) -> Vec<Part<T>> {
    let progress = Arc::new(Progress::new(&context.ui, people.len()));
    let stop = Stop::default();
    let asked = stop.clone();
    let listener = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            asked.ask();
        }
    });
    let (work, stop) = (&work, &stop);
    let turns = people.iter().enumerate().map(|(at, person)| async move {
        let result = match stop.is_asked() {
            true => None,
            false => Some(work(person).await),
        };
        (at, Part { result })
    });
    let mut parts: Vec<Part<T>> = people.iter().map(|_| Part { result: None }).collect();
    let mut done = stream::iter(turns).buffer_unordered(AT_ONCE);
    while let Some((at, part)) = done.next().await {
        parts[at] = part;
        progress.one_more();
    }
    listener.abort();
    progress.finish();
    parts
}

/// `dsr find --subjects`: no case is opened, and each search is logged.
pub(crate) fn find(
    context: &Context,
    house: &House,
    people: &[Person],
    only: &[String],
    reason: Option<&str>,
) -> Result<Exit> {
    let hushed = context.hushed();
    let work = async |person: &Person| {
        let known = Search::stated(person.stated.clone());
        let asked = journey::ask_systems(&hushed, house, known, Default::default(), only);
        let findings = asked.await;
        let at = context.now();
        if let Some(reason) = reason {
            let name = format!("reason.{at}.{}", person.row);
            house.vault().put_for_workspace(&name, &reason)?;
        }
        let event = journey::searched(&findings, &house.key, "find", &house.operator);
        house.write(None, at, &[event])?;
        Ok(findings)
    };
    let parts = super::block_on(each(context, people, work))?;
    let exit = parts
        .iter()
        .map(|part| part.exit(find::exit_of))
        .fold(Exit::Done, Exit::and);
    match context.ui.format {
        Format::Json => {
            let answer = |findings: &Findings| report::findings_json(house, findings);
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
            let held = |s: &&crate::findings::SystemFindings| {
                s.objects.iter().any(|o| !o.records.is_empty())
            };
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
            let waits = find::exit_of(findings) == Exit::Waiting;
            let result = match (missing.is_empty(), waits) {
                (false, _) => say::not_searched(missing.join(", ")),
                (true, true) => say::waits_for_word(),
                (true, false) => say::searched(),
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

/// What went wrong for one person, in a few words.
pub(crate) fn first(trouble: &Trouble) -> Text {
    trouble
        .diagnostics
        .first()
        .map_or_else(|| Text::same(""), |diagnostic| diagnostic.what.clone())
}

/// Errors in full, each with the line of the file that it belongs to.
pub(crate) fn tell_troubles<T>(context: &Context, people: &[Person], parts: &[Part<T>]) {
    for (person, part) in people.iter().zip(parts) {
        if let Some(Err(trouble)) = &part.result {
            for diagnostic in &trouble.diagnostics {
                context.ui.warn(&of_row(diagnostic, person));
            }
        }
    }
}

fn of_row(diagnostic: &Diagnostic, person: &Person) -> Diagnostic {
    let why = match &diagnostic.why {
        Some(why) => say::in_row_because(person.row, why.clone()),
        None => say::in_row(person.row),
    };
    diagnostic.clone().why(why)
}

/// `dsr.subjects/1`: for each person what the command answers for one.
pub(crate) fn subjects_json<T>(
    context: &Context,
    verb: &str,
    people: &[Person],
    parts: &[Part<T>],
    exit: Exit,
    answer: impl Fn(&T) -> Value,
) -> Value {
    let people = people.iter().zip(parts).map(|(person, part)| {
        let mut out = json!({ "row": person.row, "reference": person.reference });
        match &part.result {
            Some(Ok(done)) => out["result"] = answer(done),
            Some(Err(trouble)) => {
                let errors = trouble.diagnostics.iter();
                let errors = errors.map(|d| diagnostic::json(d, context.ui.lang));
                out["errors"] = json!(errors.collect::<Vec<_>>());
            }
            None => out["errors"] = json!([]),
        }
        out
    });
    json!({
        "schema": "dsr.subjects/1",
        "verb": verb,
        "complete": exit == Exit::Done,
        "people": people.collect::<Vec<_>>(),
    })
}
