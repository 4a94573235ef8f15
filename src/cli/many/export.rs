//! `dsr export --subjects`: a package for each of many people, each under a passphrase of its own or for the same recipients.
//!
//! The searches run several at a time, because they wait for systems; the packages as many at a time as there are processors. In
//! vault and ledger each person's package follows the one before.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

use serde_json::{Value, json};

use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::export::{self, Args, Handed, Handing, Ready};
use crate::cli::journey::{self, Opened};
use crate::cli::many::change::{known, method, number, open_all, stopped};
use crate::cli::many::{Part, each, first, subjects_json, tell_troubles};
use crate::cli::people::Person;
use crate::diagnostic::{Exit, Result};
use crate::ledger::ExportKind;
use crate::messages::people as say;
use crate::ui::Format;

/// Packages that are written at once at most; each holds buffers and the findings of one person.
const MOST_HANDS: usize = 8;

/// What became of one person's package.
enum Answer {
    /// An earlier run made it.
    Made(CaseId),
    Handed(Box<Handed>),
}

/// Makes the draft, or with `--reviewed` the final, of everybody.
pub(crate) fn export(
    context: &Context,
    house: &House,
    people: &[Person],
    args: &Args,
    kind: ExportKind,
) -> Result<Exit> {
    journey::check(context, house, &args.request)?;
    let hushed = context.hushed();
    let method = match args.reviewed {
        true => method(context, house, people, &args.request)?,
        false => args.request.identity.clone(),
    };
    let ids = open_all(&hushed, house, people, &args.request, kind.right(), false)?;
    let search = async |at: usize, person: &Person| {
        let opened = journey::reopen(house, known(&ids[at])?)?;
        let method = person.method.as_deref().or(method.as_deref());
        identify(&hushed, house, &opened, method, args)?;
        let made_before = is_made(house, &opened, args, kind)?;
        if !made_before && !args.reviewed {
            export::look_for(&hushed, house, &opened, &args.request.system).await?;
        }
        Ok(made_before)
    };
    let searched = crate::cli::block_on(each(context, people, search))?;
    let begin = |at: usize, part: Part<bool>| match part.result {
        None => known(&ids[at]).and_then(|id| Err(stopped(id).into())),
        Some(Err(trouble)) => Err(trouble),
        Some(Ok(true)) => known(&ids[at]).map(|id| Turn::Over(Answer::Made(id.clone()))),
        Some(Ok(false)) => known(&ids[at]).and_then(|id| {
            let opened = journey::reopen(house, id)?;
            let handing = Handing::begin(context, house, opened, args, kind)?;
            Ok(Turn::Begun(Box::new(handing)))
        }),
    };
    let keep = |handing: Handing, ready: Ready| {
        let handed = handing.keep(context, house, ready)?;
        Ok(Answer::Handed(Box::new(handed)))
    };
    let answers = write_all(searched, begin, keep);
    let exit = answers.iter().map(|part| part.exit(exit_of));
    let exit = exit.fold(Exit::Done, Exit::and);
    show(context, people, &ids, &answers, exit);
    Ok(exit)
}

/// What begins when it is a person's turn.
enum Turn {
    Over(Answer),
    Begun(Box<Handing>),
}

/// A turn that is not answered yet.
enum Pending<'s> {
    Answered(Result<Answer>),
    AtWork(ScopedJoinHandle<'s, (Box<Handing>, Result<Ready>)>),
}

/// Writes the packages, as many at a time as there are processors: deriving a key for each file keeps a whole one busy.
///
/// What vault and ledger hear of it (`begin`, `keep`) one thread tells them, person after person in their order. So a killed run
/// leaves what it would leave if it wrote one package after the other, and beside that only files that have no name yet. A package
/// with much in it is written alone.
fn write_all(
    searched: Vec<Part<bool>>,
    begin: impl Fn(usize, Part<bool>) -> Result<Turn>,
    keep: impl Fn(Handing, Ready) -> Result<Answer>,
) -> Vec<Part<Answer>> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let hands = processors.min(MOST_HANDS);
    let mut answers = Vec::new();
    std::thread::scope(|scope| {
        let mut pending: VecDeque<Pending<'_>> = VecDeque::new();
        let mut settle = |turn: Pending<'_>| {
            let result = match turn {
                Pending::Answered(answer) => answer,
                Pending::AtWork(hand) => {
                    let (handing, written) =
                        hand.join().unwrap_or_else(|panic| resume_unwind(panic));
                    written.and_then(|ready| keep(*handing, ready))
                }
            };
            let result = Some(result);
            answers.push(Part { result });
        };
        for (at, part) in searched.into_iter().enumerate() {
            if pending.len() >= hands {
                pending.pop_front().into_iter().for_each(&mut settle);
            }
            let handing = match begin(at, part) {
                Ok(Turn::Begun(handing)) => handing,
                Ok(Turn::Over(answer)) => {
                    pending.push_back(Pending::Answered(Ok(answer)));
                    continue;
                }
                Err(trouble) => {
                    pending.push_back(Pending::Answered(Err(trouble)));
                    continue;
                }
            };
            let alone = !handing.is_light();
            if alone {
                pending.drain(..).for_each(&mut settle);
            }
            pending.push_back(Pending::AtWork(scope.spawn(move || {
                let written = handing.write();
                (handing, written)
            })));
            if alone {
                pending.drain(..).for_each(&mut settle);
            }
        }
        pending.drain(..).for_each(&mut settle);
    });
    answers
}

/// Nothing is handed over before identity is confirmed (Art. 12(6) GDPR); a draft stays in the house.
fn identify(
    context: &Context,
    house: &House,
    opened: &Opened,
    method: Option<&str>,
    args: &Args,
) -> Result<()> {
    let open = opened.case(house)?.identity.is_none();
    let method = method.filter(|_| open);
    match args.reviewed || method.is_some() {
        true => journey::confirm_identity(context, house, opened, method),
        false => Ok(()),
    }
}

/// Whether an earlier run of the same command made this person's package: a final, or a draft that is there to be looked at.
fn is_made(house: &House, opened: &Opened, args: &Args, kind: ExportKind) -> Result<bool> {
    let case = opened.case(house)?;
    let mut finals = case
        .exports
        .iter()
        .filter(|one| one.kind == kind && !one.draft);
    let complete = finals.any(|one| one.complete && one.deleted.is_none());
    let drafted = case.draft_of(kind).is_some_and(|draft| draft.complete);
    Ok(complete || (!args.reviewed && drafted))
}

fn exit_of(answer: &Answer) -> Exit {
    match answer {
        Answer::Made(_) => Exit::Done,
        Answer::Handed(handed) => handed.exit,
    }
}

fn show(
    context: &Context,
    people: &[Person],
    ids: &[Result<CaseId>],
    answers: &[Part<Answer>],
    exit: Exit,
) {
    match context.ui.format {
        Format::Json => {
            let answer = |_: &Person, answer: &Answer| -> Value {
                match answer {
                    Answer::Made(id) => json!({ "case": id.as_str(), "finished_before": true }),
                    Answer::Handed(handed) => handed.json.clone(),
                }
            };
            context.ui.json(&subjects_json(
                context, "export", people, answers, exit, answer,
            ));
        }
        Format::Table | Format::Csv => {
            let columns = [
                say::row(),
                say::reference(),
                say::case(),
                say::records(),
                say::result(),
                say::package(),
            ];
            let rows = people.iter().zip(ids).zip(answers);
            let rows = rows.map(|((person, id), part)| row(context, person, id, part));
            context.ui.rows(&columns, &rows.collect::<Vec<_>>());
        }
    }
    tell_troubles(context, people, answers);
    if context.ui.format != Format::Json {
        for answer in answers {
            if let Some(Ok(Answer::Handed(handed))) = &answer.result
                && let Some(passphrase) = &handed.passphrase
            {
                context
                    .ui
                    .confide(&say::passphrase_of(&handed.path, passphrase));
            }
        }
    }
    if exit != Exit::Done {
        context.ui.say(&say::same_command());
    }
}

fn row(
    context: &Context,
    person: &Person,
    id: &Result<CaseId>,
    part: &Part<Answer>,
) -> Vec<String> {
    let lang = context.ui.lang;
    let (records, result, path) = match &part.result {
        Some(Ok(Answer::Made(_))) => (String::new(), say::finished_before(), String::new()),
        Some(Ok(Answer::Handed(handed))) => {
            let result = match handed.exit {
                Exit::Done => say::made(),
                Exit::Incomplete => say::incomplete(),
                _ => say::waits(),
            };
            (handed.records.to_string(), result, handed.path.clone())
        }
        Some(Err(trouble)) => (String::new(), first(trouble), String::new()),
        None => (String::new(), say::not_begun(), String::new()),
    };
    vec![
        person.row.to_string(),
        person.reference.clone().unwrap_or_default(),
        number(id),
        records,
        result.to(lang).to_owned(),
        path,
    ]
}
