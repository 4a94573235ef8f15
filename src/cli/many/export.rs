//! `dsr export --subjects`: a package for each of many people, each under a passphrase of its own or for the same recipients.
//!
//! The searches run several at a time; the packages are written one after the other, because each fills the disk and the processor
//! by itself.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::export::{self, Args, Handed};
use crate::cli::journey::{self, Opened};
use crate::cli::many::change::{known, method, number, open_all, stopped};
use crate::cli::many::{Part, each, first, subjects_json, tell_troubles};
use crate::cli::people::Person;
use crate::diagnostic::{Exit, Result};
use crate::ledger::ExportKind;
use crate::messages::people as say;
use crate::ui::Format;

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
    let searched: Vec<RefCell<Option<Part<bool>>>> = searched
        .into_iter()
        .map(|part| RefCell::new(Some(part)))
        .collect();
    let mut answers = Vec::new();
    for (id, part) in ids.iter().zip(&searched) {
        let result = match part.take().and_then(|part| part.result) {
            None => known(id).and_then(|id| Err(stopped(id).into())),
            Some(Err(trouble)) => Err(trouble),
            Some(Ok(true)) => known(id).map(|id| Answer::Made(id.clone())),
            Some(Ok(false)) => known(id).and_then(|id| {
                let opened = journey::reopen(house, id)?;
                let handed = export::hand(context, house, &opened, args, kind)?;
                Ok(Answer::Handed(Box::new(handed)))
            }),
        };
        answers.push(Part {
            result: Some(result),
        });
    }
    let exit = answers.iter().map(|part| part.exit(exit_of));
    let exit = exit.fold(Exit::Done, Exit::and);
    show(context, people, &ids, &answers, exit);
    Ok(exit)
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
