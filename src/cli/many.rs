//! One command for many people: each gets an answer of their own, and what befalls one stops nobody else.
//!
//! Several are worked for at once, because a run waits on other people's systems. They share the connections of the command and, for
//! each system, the pace at which it may be asked, so that a hundred people are no heavier on a system than its limits say.

mod change;
mod export;
mod find;
mod summary;

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};

pub(crate) use change::{Wish, change};
pub(crate) use export::export;
pub(crate) use find::find;

use crate::cli::context::Context;
use crate::cli::interrupt;
use crate::cli::people::Person;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::execute::Stop;
use crate::messages::{Text, people as say};
use crate::ui::diagnostic;
use crate::ui::progress::Progress;

/// People who are worked for at the same time. More would wait for each other at the systems, and for the two workers here.
const AT_ONCE: usize = 8;

/// What became of one person's part of a command.
struct Part<T> {
    /// `None` if the command was stopped before their turn.
    result: Option<Result<T>>,
}

impl<T> Part<T> {
    /// The exit code that this part alone would have. That something was asked in a wrong way says that nothing was written, which
    /// is not true of the others: what is wrong for one waits for a person.
    fn exit(&self, of: impl Fn(&T) -> Exit) -> Exit {
        match &self.result {
            Some(Ok(done)) => of(done),
            Some(Err(trouble)) if trouble.exit() == Exit::Usage => Exit::Waiting,
            Some(Err(trouble)) => trouble.exit(),
            None => Exit::Incomplete,
        }
    }
}

/// Works for each person, several at a time; the answers come in the order of the file.
///
/// Ctrl-C ends what is under way and begins nothing more; a second one ends the program.
async fn each<T>(
    context: &Context,
    people: &[Person],
    work: impl AsyncFn(usize, &Person) -> Result<T>,
) -> Vec<Part<T>> {
    let progress = Arc::new(Progress::new(&context.ui, people.len()));
    let stop = Stop::default();
    let asked = stop.clone();
    let listener = tokio::spawn(async move {
        let mut taken = interrupt::take();
        taken.asked().await;
        asked.ask();
        taken.asked_again().await;
    });
    let (work, stop) = (&work, &stop);
    let turns = people.iter().enumerate().map(|(at, person)| async move {
        let result = match stop.is_asked() {
            true => None,
            false => Some(work(at, person).await),
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

/// What went wrong for one person, in a few words.
fn first(trouble: &Trouble) -> Text {
    trouble
        .diagnostics
        .first()
        .map_or_else(|| Text::same(""), |diagnostic| diagnostic.what.clone())
}

/// Errors in full, each with the line of the file that it belongs to.
fn tell_troubles<T>(context: &Context, people: &[Person], parts: &[Part<T>]) {
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
fn subjects_json<T>(
    context: &Context,
    verb: &str,
    people: &[Person],
    parts: &[Part<T>],
    exit: Exit,
    answer: impl Fn(&Person, &T) -> Value,
) -> Value {
    let people = people.iter().zip(parts).map(|(person, part)| {
        let mut out = json!({ "row": person.row, "reference": person.reference });
        match &part.result {
            Some(Ok(done)) => out["result"] = answer(person, done),
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
