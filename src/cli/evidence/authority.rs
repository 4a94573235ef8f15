//! `dsr evidence make CASE --profile authority`: the case complete, for an authority that asks for it, encrypted to its key.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::case::{Case, item};
use crate::cli::case::{export_json, in_words};
use crate::cli::context::{Context, House};
use crate::cli::evidence::disclose::{self, Recipients};
use crate::cli::evidence::{make, openings};
use crate::cli::journey::stored::{FindingsInVault, PlanInVault};
use crate::cli::journey::{self, Opened, log, prove, time};
use crate::cli::plan::case_id;
use crate::cli::seal;
use crate::cli::{note, task};
use crate::diagnostic::{Exit, Result};
use crate::evidence::authority::{self, File, Fill, Material};
use crate::evidence::{Planned as _, Searched as _, Witnesses};
use crate::keys::{Digest, Key};
use crate::ledger::{Event, Leaf, Stamped};
use crate::messages::{Text, profiles as say};
use crate::task::Task;
use crate::ui::Format;
use crate::workspace::{file_trouble, shown};

pub(super) fn run(context: &mut Context, case: &str, args: &make::Args) -> Result<Exit> {
    let id = case_id(case)?;
    let house = context.house()?;
    let recipients = Recipients::of(&house, &args.to)?;
    crate::cli::export::register::expire(context, &house)?;
    let opened = journey::look_into(&house, &id)?;
    let number = u32::try_from(opened.outline(&house)?.evidence.len()).unwrap_or(u32::MAX - 1) + 1;
    let name = authority::file_name(id.as_str(), number);
    let path = house.workspace.evidence_dir().join(format!("{name}.age"));
    disclose::free(&path)?;
    context.ui.say(&say::what_authority_sees(
        recipients.in_words(),
        id.as_str(),
    ));
    disclose::confirm(context, args.yes, &say::ask_authority())?;

    // The bundle that lies in it tells the case as it is now.
    let made = prove::make(context, &house, &opened)?;
    let records = openings::count(&house, &id)?;
    let event = Event::Disclosed {
        bundle: made.bundle,
        records,
        recipients: recipients.fingerprints(),
        operator: house.operator.clone(),
    };
    let case = opened.outline(&house)?;
    let files = files(context, &house, &opened, &case, &made.path)?;
    let keep = house.inventory.evidence.kept();
    let material = Material {
        controller: &house.inventory.controller.name,
        seat: &house.inventory.controller.seat,
        contact: house.inventory.controller.contact.as_deref(),
        case: id.as_str(),
        number,
        bundle: made.bundle,
        gaps: &made.gaps,
        files: &files,
        recipients: &recipients.fingerprints(),
        recipients_in_words: &recipients.in_words(),
        keep_until: context.today().checked_add(keep).ok(),
        now: context.now(),
    };
    let seal = seal::settle(context, &house, seal::open(&house)?)?;
    let log = log::HouseLog::open(context, &house, Some(&id), Leaf::Authority)?;
    let witnesses = Witnesses {
        time: house.authority(),
        log: Some(&log),
    };
    let folder = house.workspace.evidence_dir();
    let container = authority::make(&material, &seal, witnesses, &folder)?;
    let file = disclose::encrypted(&path, &recipients, &mut |out| {
        container.copy(out).map_err(|error| file_trouble(&error))
    })?;
    let stamped = time::event(Stamped::Authority, container.id, &container.time);
    let events: Vec<Event> = std::iter::once(event).chain(stamped).collect();
    house.write(Some(&id), context.now(), &events)?;
    disclose::put(file, &path)?;
    house.close()?;
    let verifier = super::verifier::beside(context, args.with_verifier, &path)?;
    if context.ui.format == Format::Json {
        let mut out = json!({
            "schema": "dsr.disclosed/1",
            "case": id,
            "bundle": made.bundle,
            "path": path.display().to_string(),
            "records": records,
            "recipients": recipients.json(),
            "time": super::time_json(&container.time),
        });
        if let Some(path) = verifier {
            out["verifier"] = json!(path.display().to_string());
        }
        context.ui.json(&out);
    }
    time::tell_sealed_off(context, &container.time);
    context.ui.say(&say::authority_made(shown(&path), name));
    for gap in &made.gaps {
        let text = crate::messages::cli::not_proven(gap.text());
        context.ui.say(&text);
    }
    Ok(Exit::Done)
}

/// Everything that ledger and vault hold of the case. What there may be very much of is read when it is written.
fn files<'a>(
    context: &Context,
    house: &'a House,
    opened: &'a Opened,
    case: &'a Case,
    bundle: &'a Path,
) -> Result<Vec<File<'a>>> {
    let id = &opened.id;
    let mut files = Vec::new();
    let name = bundle.file_name().unwrap_or_default().to_string_lossy();
    files.push(file(&name, say::holds_bundle(), move |out| {
        let mut bundle = fs_err::File::open(bundle).map_err(|error| file_trouble(&error))?;
        let copied = std::io::copy(&mut bundle, out);
        copied.map(drop).map_err(|error| file_trouble(&error))
    }));
    files.push(file("openings.jsonl", say::holds_openings(), move |out| {
        openings::each(house, id, &mut |opening| {
            let line = json!({ "seq": opening.seq, "disclosures": opening.disclosures });
            put(out, &crate::canonical::bytes(&line))?;
            put(out, b"\n")?;
            Ok(true)
        })
    }));
    let person = json!({ "identities": opened.subject });
    files.push(data("person.json", person, say::holds_person()));
    files.push(file("findings.json", say::holds_findings(), move |out| {
        findings(house, opened, out)
    }));
    for (n, state) in (1..).zip(&case.plans) {
        let name = format!("plans/{n}.json");
        files.push(file(&name, say::holds_plan(n), move |out| {
            plan(house, opened, &state.id, out)
        }));
    }
    files.push(file("history.json", say::holds_history(), move |out| {
        history(house, opened, case, out)
    }));
    let notes = note::of(house, case)?.into_iter();
    let notes: Vec<Value> = notes
        .map(|(note, operator, at, text)| json!({ "note": note, "at": at, "operator": operator, "text": text }))
        .collect();
    files.push(data("notes.json", json!(notes), say::holds_notes()));
    let exports: Vec<Value> = case.exports.iter().map(export_json).collect();
    files.push(data("exports.json", json!(exports), say::holds_exports()));
    tasks(house, opened, case, &mut files)?;
    context.ui.say(&say::files_collected(files.len()));
    Ok(files)
}

fn file<'a>(name: &str, what: Text, fill: impl Fn(&mut dyn Write) -> Result<()> + 'a) -> File<'a> {
    let fill: Box<Fill<'a>> = Box::new(fill);
    let name = name.to_owned();
    File { name, what, fill }
}

fn data(name: &str, value: Value, what: Text) -> File<'static> {
    file(name, what, move |out| {
        let bytes = serde_json::to_vec_pretty(&value).unwrap_or_default();
        put(out, &bytes)?;
        put(out, b"\n")
    })
}

fn put(out: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|error| file_trouble(&error))
}

/// A JSON array as it is written, one value a line.
struct Lines<'o> {
    out: &'o mut dyn Write,
    count: u64,
}

impl Lines<'_> {
    fn begin(out: &mut dyn Write) -> Result<Lines<'_>> {
        put(out, b"[")?;
        Ok(Lines { out, count: 0 })
    }

    fn add(&mut self, value: &impl Serialize) -> Result<()> {
        let end: &[u8] = if self.count == 0 { b"\n" } else { b",\n" };
        put(self.out, end)?;
        self.count += 1;
        put(self.out, &serde_json::to_vec(value).unwrap_or_default())
    }

    /// Ends the list, goes on with this piece of text, and begins another.
    fn next_list(&mut self, between: Option<&str>) -> Result<()> {
        self.end(between)?;
        put(self.out, b"[")?;
        self.count = 0;
        Ok(())
    }

    /// Ends the list and the file.
    fn end_with(mut self, behind: Option<&str>) -> Result<()> {
        self.end(behind)?;
        put(self.out, b"\n")
    }

    fn end(&mut self, behind: Option<&str>) -> Result<()> {
        let end: &[u8] = if self.count == 0 { b"]" } else { b"\n]" };
        put(self.out, end)?;
        put(self.out, behind.unwrap_or_default().as_bytes())
    }
}

/// Text around lists that are written one by one: every list was left out, and this word stands in its place.
struct Around {
    text: String,
    word: String,
}

impl Around {
    /// `leave_out` puts the word in the place of each list. It is a random one: no value can be mistaken for it.
    fn of(mut value: Value, leave_out: impl FnOnce(&mut Value, &Value)) -> Around {
        let word = Digest(*Key::random().expose()).hex();
        leave_out(&mut value, &json!(word));
        Around {
            text: serde_json::to_string_pretty(&value).unwrap_or_default(),
            word: format!("\"{word}\""),
        }
    }

    /// The pieces before, between and behind the lists.
    fn pieces(&self) -> impl Iterator<Item = &str> {
        self.text.split(&self.word)
    }
}

/// The findings of the latest search; `null` if there was none.
fn findings(house: &House, opened: &Opened, out: &mut dyn Write) -> Result<()> {
    let Some(stored) = FindingsInVault::open(house, &opened.id)? else {
        return put(out, b"null\n");
    };
    let head = stored.head().without_records();
    let objects = |(number, system): (usize, &crate::findings::SystemFindings)| {
        (0..system.objects.len()).map(move |object| (number, object))
    };
    let places: Vec<(usize, usize)> = head.systems.iter().enumerate().flat_map(objects).collect();
    let around = Around::of(json!(head), |value, word| {
        for (system, object) in &places {
            value["systems"][system]["objects"][object]["records"] = word.clone();
        }
    });
    let mut pieces = around.pieces();
    put(out, pieces.next().unwrap_or_default().as_bytes())?;
    // Records come in the order of the places.
    let mut left = places.iter();
    let mut at = left.next();
    if at.is_none() {
        return put(out, b"\n");
    }
    let mut lines = Lines::begin(out)?;
    stored.each(&mut |system, object, found| {
        while at.is_some_and(|place| *place < (system, object)) {
            lines.next_list(pieces.next())?;
            at = left.next();
        }
        lines.add(found)
    })?;
    for _ in left {
        lines.next_list(pieces.next())?;
    }
    lines.end_with(pieces.next())
}

/// A plan with its steps; its bytes must still have its id.
fn plan(house: &House, opened: &Opened, id: &Digest, out: &mut dyn Write) -> Result<()> {
    let stored = PlanInVault::open(house, &opened.id, id)?;
    let around = Around::of(json!(stored.head().without_steps()), |value, word| {
        value["steps"] = word.clone();
    });
    let mut pieces = around.pieces();
    put(out, pieces.next().unwrap_or_default().as_bytes())?;
    let mut lines = Lines::begin(out)?;
    stored.each(&mut |step| lines.add(step))?;
    lines.end_with(pieces.next())
}

/// Every event in both languages; the events themselves are the bundle's journal.
fn history(house: &House, opened: &Opened, case: &Case, out: &mut dyn Write) -> Result<()> {
    let mut lines = Lines::begin(out)?;
    house.each_event(&opened.id, &mut |stored| {
        if let Some(words) = in_words(&stored.event, &case.tasks) {
            lines.add(&json!({ "at": stored.at, "en": words.en, "de": words.de }))?;
        }
        Ok(true)
    })?;
    lines.end_with(None)
}

/// What people were asked to do and what came of it, with the documents that show it.
fn tasks<'a>(
    house: &'a House,
    opened: &'a Opened,
    case: &Case,
    files: &mut Vec<File<'a>>,
) -> Result<()> {
    let mut list = Vec::new();
    for state in case.tasks.iter() {
        let words: Option<Task> = house.vault().read(&opened.id, &item::task(&state.id))?;
        let done = state.done();
        let mut document = None;
        if let Some(digest) = done.and_then(|done| done.proof)
            && let Some((name, _)) = task::document(house, &opened.id, &digest)?
        {
            // The name that it had may be anything; it stands in the list.
            let path = format!("proofs/{}-{}.bin", state.name(), &digest.hex()[..16]);
            files.push(file(
                &path,
                say::holds_proof(state.name()),
                move |out| match task::document(house, &opened.id, &digest)? {
                    Some((_, bytes)) => put(out, &bytes),
                    None => Ok(()),
                },
            ));
            document = Some(json!({ "file": path, "name": name, "sha256": digest }));
        }
        list.push(json!({
            "task": state.name(),
            "system": state.system,
            "kind": state.kind,
            "due": state.due,
            "state": task::state_code(&state.state),
            "owner": words.as_ref().and_then(|task| task.owner.clone()),
            "text": words.as_ref().map(|task| json!({ "en": task.text.en, "de": task.text.de })),
            "done_at": done.map(|done| done.at),
            "operator": done.map(|done| done.operator.clone()),
            "found": done.and_then(|done| done.found),
            "level": done.and_then(|done| done.level),
            "document": document,
        }));
    }
    files.push(data("tasks.json", json!(list), say::holds_tasks()));
    Ok(())
}
