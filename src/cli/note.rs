//! `dsr note`: what an operator wants to remember about a case. The words lie in the vault; the ledger knows that there is a note.

use std::io::Read as _;

use jiff::Timestamp;
use serde_json::json;

use crate::case::{Case, item};
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened};
use crate::cli::plan::case_id;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Purpose;
use crate::ledger::Event;
use crate::messages::{Text, case as say_case, desk as say};
use crate::ui::Format;

/// Longer notes are refused, in bytes.
const LONGEST: usize = 64 * 1024;

/// Keep a note with a case, encrypted
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// The note, or `-` to read it from standard input; asked for if left out
    #[arg(value_name = "TEXT|-")]
    text: Option<String>,
    /// List the notes of the case
    #[arg(long, conflicts_with = "text")]
    list: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let id = case_id(&args.case)?;
    let house = context.house()?;
    if args.list {
        let case = journey::fold(&house, &id)?;
        return list(context, &house, &case);
    }
    // What is noted about a closed case belongs to it all the same.
    let opened = journey::look_into(&house, &id)?;
    let text = match args.text.as_deref() {
        Some("-") => standard_input()?,
        Some(text) => text.to_owned(),
        None => context.ui.ask(&say::ask_note())?,
    };
    let text = checked(&text)?;
    let event = keep(&house, &opened, context.now(), &text)?;
    house.write(Some(&id), context.now(), &[event])?;
    house.close()?;
    context.ui.say(&say::note_kept(id.as_str()));
    Ok(Exit::Done)
}

fn standard_input() -> Result<String> {
    let mut bytes = Vec::new();
    let read = std::io::stdin()
        .lock()
        .take(LONGEST as u64 + 1)
        .read_to_end(&mut bytes);
    match (read, String::from_utf8(bytes)) {
        (Ok(_), Ok(text)) => Ok(text),
        _ => Err(unreadable().into()),
    }
}

fn unreadable() -> Diagnostic {
    Diagnostic::new("E928", Exit::Usage, say::note_unreadable()).help(say::note_unreadable_help())
}

/// A note that can be kept.
///
/// # Errors
/// E927 if it is empty, E928 if it is too long.
pub(crate) fn checked(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        let diagnostic = Diagnostic::new("E927", Exit::Usage, say::note_empty());
        return Err(diagnostic.help(say::note_empty_help()).into());
    }
    if text.len() > LONGEST {
        return Err(unreadable().into());
    }
    Ok(text.to_owned())
}

/// Puts a note into the vault; the event that speaks of it is returned.
pub(crate) fn keep(house: &House, opened: &Opened, at: Timestamp, text: &str) -> Result<Event> {
    // Keyed, so that nobody can try words; with the time, so that the same words are two notes.
    let note = opened
        .key
        .derive(Purpose::Name)
        .mac(&crate::canonical::bytes(&("note", at, text)));
    house.vault().put(&opened.id, &item::note(&note), text)?;
    Ok(Event::Noted {
        note,
        operator: house.operator.clone(),
    })
}

/// Digest, who wrote it, when, and the words.
pub(crate) type Note = (crate::keys::Digest, String, Timestamp, Option<String>);

/// The notes of a case with their words, oldest first; no words if the case was purged.
pub(crate) fn of(house: &House, case: &Case) -> Result<Vec<Note>> {
    let purged = house.vault().case_key(&case.id)?.is_none();
    let words = |note| match purged {
        true => Ok(None),
        false => house.vault().read(&case.id, &item::note(note)),
    };
    case.notes
        .iter()
        .map(|(note, operator, at)| Ok((*note, operator.clone(), *at, words(note)?)))
        .collect()
}

fn list(context: &Context, house: &House, case: &Case) -> Result<Exit> {
    let notes = of(house, case)?;
    if context.ui.format == Format::Json {
        let notes: Vec<_> = notes
            .iter()
            .map(|(note, operator, at, text)| {
                json!({ "note": note, "at": at, "operator": operator, "text": text })
            })
            .collect();
        let all = json!({ "schema": "dsr.notes/1", "case": case.id, "notes": notes });
        context.ui.json(&all);
        return Ok(Exit::Done);
    }
    if notes.is_empty() && context.ui.format == Format::Table {
        context.ui.say(&say::no_notes());
        return Ok(Exit::Done);
    }
    let columns = [say_case::when(), say::by_whom(), say::note()];
    let rows: Vec<Vec<String>> = notes
        .into_iter()
        .map(|(_, operator, at, text)| {
            let gone = || say::words_gone().to(context.ui.lang).to_owned();
            vec![
                crate::cli::case::when(context, at),
                operator,
                text.unwrap_or_else(gone),
            ]
        })
        .collect();
    context.ui.rows(&columns, &rows);
    Ok(Exit::Done)
}

/// A note as one line of a conversation.
pub(crate) fn line(context: &Context, at: Timestamp, operator: &str, text: &str) -> Text {
    let when = crate::cli::case::when(context, at);
    Text::same(format!("{when} {operator}: {text}"))
}
