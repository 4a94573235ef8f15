//! `dsr task done`: an operator's word that a task was done, with the document that shows it; and that document back.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use crate::case::item;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened, tasks};
use crate::cli::note;
use crate::cli::plan::case_id;
use crate::cli::task::named;
use crate::connector::files::{self, Told};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::Engine;
use crate::keys::Digest;
use crate::ledger::{Event, TaskKind, TaskResult};
use crate::messages::{Text, desk as say, documents as say_documents, look_up};
use crate::plan::Level;
use crate::subject::{Identity, Origin};
use crate::task::{Task, TaskState};
use crate::ui::Format;

/// Larger documents are refused, in bytes.
const LARGEST_PROOF: u64 = 20 * 1024 * 1024;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// The task, such as T1
    #[arg(value_name = "TASK")]
    task: String,
    /// Document that shows it, such as a confirmation; kept encrypted
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// What a search brought: `nothing`, or the number of records
    #[arg(long, value_name = "N|nothing")]
    found: Option<String>,
    /// The document is a processor's written confirmation, which raises what is proven to L4
    #[arg(long, requires = "proof")]
    confirmed_by_processor: bool,
    /// A remark; kept encrypted
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The document still names the person, or cannot be read, and the note says why that is right
    #[arg(long, requires = "note")]
    despite_document: bool,
}

/// A document as the vault keeps it.
#[derive(Serialize, Deserialize)]
struct Document {
    name: String,
    base64: String,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let opened = journey::reopen(&house, &case_id(&args.case)?)?;
    let case = opened.case(&house)?;
    let task = named(&case, &args.task)?;
    if !task.is_open() {
        let diagnostic = Diagnostic::new("E921", Exit::Usage, say::task_not_open(task.name()));
        return Err(diagnostic
            .why(say::task_not_open_why())
            .help(say::unknown_task_help(case.id.as_str()))
            .into());
    }
    let task_kind = task.kind;
    let found = found(task_kind, &task.name(), args.found.as_deref())?;
    let looked = match args.despite_document {
        true => None,
        false => read_again(&house, &opened, task)?,
    };
    let document = args.proof.as_deref().map(read).transpose()?;
    let note = args.note.as_deref().map(note::checked).transpose()?;
    // From here on everything is known to be in order: vault first, then the ledger.
    let proof = document.as_ref().map(|(digest, _)| *digest);
    if let Some((digest, document)) = &document {
        house
            .vault()
            .put(&opened.id, &item::proof(digest), document)?;
    }
    let mut events = vec![Event::TaskDone {
        task: task.id,
        operator: house.operator.clone(),
        result: match found {
            None => TaskResult::Done,
            Some(0) => TaskResult::Nothing,
            Some(_) => TaskResult::Found,
        },
        found,
        proof,
        level: match (args.confirmed_by_processor, &looked) {
            (true, _) => Some(Level::L4),
            // Read back under its path; whether it lies elsewhere by now, only the next search can tell.
            (false, Some(_)) => Some(Level::L1),
            (false, None) => None,
        },
    }];
    let needless = match found {
        Some(0) if task.kind == TaskKind::Search && other_searches_found_nothing(&case, task) => {
            tasks::needless(&house, &case, &task.system)
        }
        _ => Vec::new(),
    };
    events.extend(needless.iter().cloned());
    if let Some(note) = note {
        events.push(note::keep(&house, &opened, context.now(), &note)?);
    }
    house.write(Some(&opened.id), context.now(), &events)?;
    house.close()?;

    let case = opened.case(&house)?;
    if context.ui.format == Format::Json {
        let lines = super::lines(&house, std::slice::from_ref(&case))?;
        let lines = lines.iter().filter(|line| line.state.id == task.id);
        let tasks: Vec<_> = lines.map(|line| line.json(context.today())).collect();
        let done = serde_json::json!({ "schema": "dsr.tasks/1", "tasks": tasks });
        context.ui.json(&done);
    }
    context
        .ui
        .say(&say::task_is_done(task.name(), opened.id.as_str()));
    context.ui.say(&match (proof, looked) {
        (Some(digest), _) => say::proof_kept(digest.hex()),
        (None, Some(words)) => words,
        (None, None) => say::without_proof(),
    });
    for event in &needless {
        if let Event::TaskDropped { task, .. } = event
            && let Some(task) = case.tasks.get(task)
        {
            context.ui.say(&say::act_needless(task.name()));
        }
    }
    if found.is_some_and(|found| found > 0) {
        context.ui.say(&match task_kind {
            TaskKind::LookUp => look_up::beside_package(),
            TaskKind::Search | TaskKind::Act => say::act_follows(),
        });
    }
    let waits = case.waits_for();
    context.ui.say(&say::waits_now(waits.text()));
    if let Some(next) = waits.next_command(&case) {
        context.ui.say(&crate::messages::case::next(next));
    }
    Ok(Exit::Done)
}

/// Reads the document of an erasure again; says what was seen. `None` for tasks about anything else.
///
/// # Errors
/// E575 if it still names the person, E576 if nobody can tell.
fn read_again(house: &House, opened: &Opened, state: &TaskState) -> Result<Option<Text>> {
    let task: Option<Task> = house.vault().read(&opened.id, &item::task(&state.id))?;
    let Some(task) = task.filter(|task| task.verb == "erase") else {
        return Ok(None);
    };
    let Some(key) = &task.document else {
        return Ok(None);
    };
    let system = house.inventory.system(&task.system);
    let Some(Engine::Files(settings)) = system.map(|system| &system.engine) else {
        return Ok(None);
    };
    let findings = crate::cli::journey::stored::findings(house, &opened.id)?;
    let known = findings
        .map(|findings| findings.identities)
        .unwrap_or_default();
    let own = known.iter().filter(|known| {
        let trusted = !matches!(known.from, Origin::Derived { trusted: false, .. });
        trusted && !known.shared
    });
    let mut identities: Vec<Identity> = own.map(|known| known.identity.clone()).collect();
    identities.extend(opened.subject.iter().cloned());
    identities.sort();
    identities.dedup();
    let path = key.parts().first().map_or("", String::as_str);
    let unlooked = |why: Text| {
        let what = say_documents::unlooked(state.name(), path, why);
        Diagnostic::new("E576", Exit::Unproven, what).help(say_documents::unlooked_help())
    };
    match files::still_names(settings, &house.inventory.folder, key, &identities) {
        Ok(Told::Gone) => Ok(Some(say_documents::gone(path))),
        Ok(Told::Clear) => Ok(Some(say_documents::looked_again(path))),
        Ok(Told::Names) => {
            let what = say_documents::still_names(state.name(), path);
            let diagnostic = Diagnostic::new("E575", Exit::Unproven, what);
            Err(diagnostic.help(say_documents::still_names_help()).into())
        }
        Ok(Told::NotRead(why)) => Err(unlooked(why.text()).into()),
        Err(fault) => Err(unlooked(fault.text).into()),
    }
}

/// Whether nothing was found by the other searches of the same system either.
fn other_searches_found_nothing(case: &crate::case::Case, task: &crate::task::TaskState) -> bool {
    let others = case.tasks.iter().filter(|other| {
        other.id != task.id && other.system == task.system && other.kind == TaskKind::Search
    });
    others
        .filter_map(|other| other.done())
        .all(|done| done.found.unwrap_or(0) == 0)
}

/// What a search brought. Searches must say it, and other tasks cannot.
fn found(kind: TaskKind, task: &str, stated: Option<&str>) -> Result<Option<u64>> {
    let wrong = |code: &'static str, what: Text, help: Text| -> Result<Option<u64>> {
        Err(Diagnostic::new(code, Exit::Usage, what).help(help).into())
    };
    match (kind, stated.map(str::trim)) {
        (TaskKind::Act, None) => Ok(None),
        (TaskKind::Act, Some(_)) => wrong(
            "E923",
            say::found_unwanted(task),
            say::found_unwanted_help(),
        ),
        (TaskKind::Search | TaskKind::LookUp, None) => {
            wrong("E922", say::found_missing(task), say::found_missing_help())
        }
        (TaskKind::Search | TaskKind::LookUp, Some("nothing")) => Ok(Some(0)),
        (TaskKind::Search | TaskKind::LookUp, Some(number)) => match number.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => wrong("E924", say::found_wrong(), say::found_missing_help()),
        },
    }
}

/// Reads a document that is handed in, and its SHA-256.
fn read(file: &Path) -> Result<(Digest, Document)> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::new("E925", Exit::Usage, say::proof_unreadable())
            .why(crate::messages::os::why(&error))
            .help(say::proof_unreadable_help())
    };
    let mut bytes = Vec::new();
    let opened = fs_err::File::open(file).map_err(unreadable)?;
    // A file that grows, or a device, ends here all the same.
    opened
        .take(LARGEST_PROOF + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.is_empty() || bytes.len() as u64 > LARGEST_PROOF {
        let most = LARGEST_PROOF / 1024 / 1024;
        return Err(Diagnostic::new("E926", Exit::Usage, say::proof_size(most))
            .help(say::proof_size_help())
            .into());
    }
    let name = file.file_name().unwrap_or_default();
    let document = Document {
        name: name.to_string_lossy().into_owned(),
        base64: base64::engine::general_purpose::STANDARD.encode(&bytes),
    };
    Ok((Digest::sha256(&bytes), document))
}

/// The document with this digest: its name and its bytes; `None` if it is not there, or another.
pub(crate) fn document(
    house: &House,
    case: &crate::case_id::CaseId,
    digest: &Digest,
) -> Result<Option<(String, Vec<u8>)>> {
    let document: Option<Document> = house.vault().read(case, &item::proof(digest))?;
    Ok(document.and_then(|document| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(&document.base64);
        let bytes = bytes.ok().filter(|bytes| Digest::sha256(bytes) == *digest);
        Some((document.name, bytes?))
    }))
}

/// Writes the document of a task to a file that is not there yet.
pub(super) fn save(context: &mut Context, case: &str, task: &str, file: &Path) -> Result<Exit> {
    let house = context.house()?;
    let opened = journey::look_into(&house, &case_id(case)?)?;
    let case = opened.case(&house)?;
    let task = named(&case, task)?;
    let none = || {
        Diagnostic::new("E932", Exit::Usage, say::no_proof(task.name())).help(say::no_proof_help())
    };
    let digest = task.done().and_then(|done| done.proof).ok_or_else(none)?;
    let (_, bytes) = document(&house, &opened.id, &digest)?.ok_or_else(none)?;
    let path = file.display().to_string();
    let written = fs_err::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut file| file.write_all(&bytes));
    written.map_err(|error| {
        Diagnostic::new("E933", Exit::Usage, say::cannot_save(path.as_str()))
            .why(crate::messages::os::why(&error))
            .help(say::cannot_save_help())
    })?;
    context.ui.say(&say::saved(path));
    Ok(Exit::Done)
}
