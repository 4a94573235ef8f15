//! `dsr task`: what people do by hand, as the case gave it out: list it, note that it was done, remind its owners.

mod done;
mod list;
mod remind;

pub(crate) use done::document;

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::{journey, plan};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::desk as say;
use crate::task::{State, Task, TaskState};

/// List what people have to do by hand, note it as done, remind them
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List open tasks: case, owner, what, until when
    List {
        /// Only tasks of this case
        #[arg(long, value_name = "CASE")]
        case: Option<String>,
        /// Only tasks of this owner
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// Only tasks whose day has passed
        #[arg(long)]
        overdue: bool,
        /// Tasks that are done or no longer needed too
        #[arg(long, conflicts_with = "overdue")]
        all: bool,
    },
    /// Note that a task was done, with the document that shows it
    Done(done::Args),
    /// Write the document that shows that a task was done to a file
    Proof {
        /// Number of the case
        #[arg(value_name = "CASE")]
        case: String,
        /// The task, such as T1
        #[arg(value_name = "TASK")]
        task: String,
        /// File to write; must not be there yet
        #[arg(long, value_name = "FILE")]
        save: PathBuf,
    },
    /// Print reminders for owners, ready to send; sends nothing
    Remind(remind::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::List {
            case,
            owner,
            overdue,
            all,
        } => {
            let wanted = list::Wanted {
                case,
                owner,
                overdue,
                all,
            };
            list::run(context, &wanted)
        }
        Verb::Done(args) => done::run(context, &args),
        Verb::Proof { case, task, save } => done::save(context, &case, &task, &save),
        Verb::Remind(args) => remind::run(context, &args),
    }
}

/// A task with its case and its words; no words if the case was purged.
struct Line {
    case: CaseId,
    state: TaskState,
    task: Option<Task>,
}

impl Line {
    fn owner(&self) -> Option<&str> {
        self.task.as_ref().and_then(|task| task.owner.as_deref())
    }

    /// Days until it is due; negative once that has passed.
    fn days_left(&self, today: Date) -> i32 {
        days_until(today, self.state.due)
    }

    fn json(&self, today: Date) -> Value {
        let done = self.state.done();
        json!({
            "case": self.case,
            "task": self.state.name(),
            "digest": self.state.id,
            "system": self.state.system,
            "kind": self.state.kind,
            "owner": self.owner(),
            "text": self.task.as_ref().map(|task| &task.text.en),
            "due": self.state.due,
            "days_left": self.days_left(today),
            "overdue": self.state.is_overdue(today),
            "state": state_code(&self.state.state),
            "because": self.state.needless(),
            "reminded_at": self.state.reminded,
            "done_at": done.map(|done| done.at),
            "done_by": done.map(|done| &done.operator),
            "found": done.and_then(|done| done.found),
            "proof": done.and_then(|done| done.proof),
            "level": done.and_then(|done| done.level),
        })
    }
}

/// Days from one day to another, negative if it has passed.
pub(crate) fn days_until(today: Date, day: Date) -> i32 {
    today.until(day).map_or(0, |span| span.get_days())
}

/// The state of a task in one word.
pub(crate) fn state_code(state: &State) -> &'static str {
    match state {
        State::Open => "open",
        State::Done(_) => "done",
        State::Dropped(_) => "dropped",
    }
}

/// Tasks of these cases with their words, in the order of cases and numbers.
fn lines(house: &House, cases: &[Case]) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for case in cases {
        let purged = house.vault().case_key(&case.id)?.is_none();
        for state in case.tasks.iter() {
            let task = match purged {
                true => None,
                false => house.vault().read(&case.id, &item::task(&state.id))?,
            };
            lines.push(Line {
                case: case.id.clone(),
                state: state.clone(),
                task,
            });
        }
    }
    Ok(lines)
}

/// The case that is named, else all open ones.
fn cases(house: &House, case: Option<&str>) -> Result<Vec<Case>> {
    match case {
        Some(case) => Ok(vec![journey::fold(house, &plan::case_id(case)?)?]),
        None => journey::open_cases(house),
    }
}

/// The task that the command line names.
///
/// # Errors
/// E920 if the case has none of this name.
fn named<'c>(case: &'c Case, name: &str) -> Result<&'c TaskState> {
    let unknown = || {
        let name = crate::harmless::typed(name);
        Diagnostic::new(
            "E920",
            Exit::Usage,
            say::unknown_task(case.id.as_str(), name),
        )
        .help(say::unknown_task_help(case.id.as_str()))
    };
    Ok(case.tasks.named(name).ok_or_else(unknown)?)
}
