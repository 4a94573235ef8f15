//! `dsr evidence make CASE --profile authority`: the case complete, for an authority that asks for it, encrypted to its key.

use serde_json::{Value, json};

use crate::case::{Case, item};
use crate::cli::case::{export_json, in_words};
use crate::cli::context::{Context, House};
use crate::cli::evidence::disclose::{self, Recipients};
use crate::cli::evidence::{make, openings};
use crate::cli::journey::{self, Opened, log, prove, time};
use crate::cli::plan::case_id;
use crate::cli::seal;
use crate::cli::{note, task};
use crate::diagnostic::{Exit, Result};
use crate::evidence::Witnesses;
use crate::evidence::authority::{self, File, Material};
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
    let number = u32::try_from(opened.case(&house)?.evidence.len()).unwrap_or(u32::MAX - 1) + 1;
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
    let case = opened.case(&house)?;
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
    let container = authority::make(&material, &seal, witnesses)?;
    let file = disclose::encrypted(&path, &recipients, &mut |out| {
        out.write_all(&container.bytes)
            .map_err(|error| file_trouble(&error))
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
        let text = crate::messages::cli::not_proven(gap.text.clone());
        context.ui.say(&text);
    }
    Ok(Exit::Done)
}

/// Everything that ledger and vault hold of the case.
fn files(
    context: &Context,
    house: &House,
    opened: &Opened,
    case: &Case,
    bundle: &std::path::Path,
) -> Result<Vec<File>> {
    let id = &opened.id;
    let mut files = Vec::new();
    let bytes = fs_err::read(bundle).map_err(|error| file_trouble(&error))?;
    let name = bundle.file_name().unwrap_or_default().to_string_lossy();
    files.push(file(&name, bytes, say::holds_bundle()));
    files.push(file(
        "openings.jsonl",
        opened_lines(house, opened)?,
        say::holds_openings(),
    ));
    let person = json!({ "identities": opened.subject });
    files.push(data("person.json", &person, say::holds_person()));
    let findings = journey::stored::findings(house, id)?;
    let findings = serde_json::to_value(&findings).unwrap_or_default();
    files.push(data("findings.json", &findings, say::holds_findings()));
    for (n, plan) in (1..).zip(&case.plans) {
        let plan = journey::stored_plan(house, opened, &plan.id)?;
        let plan = serde_json::to_value(&plan).unwrap_or_default();
        files.push(data(&format!("plans/{n}.json"), &plan, say::holds_plan(n)));
    }
    files.push(data(
        "history.json",
        &history(house, opened, case)?,
        say::holds_history(),
    ));
    let notes = note::of(house, case)?.into_iter();
    let notes: Vec<Value> = notes
        .map(|(note, operator, at, text)| json!({ "note": note, "at": at, "operator": operator, "text": text }))
        .collect();
    files.push(data("notes.json", &json!(notes), say::holds_notes()));
    let exports: Vec<Value> = case.exports.iter().map(export_json).collect();
    files.push(data("exports.json", &json!(exports), say::holds_exports()));
    tasks(house, opened, case, &mut files)?;
    context.ui.say(&say::files_collected(files.len()));
    Ok(files)
}

fn file(name: &str, bytes: Vec<u8>, what: Text) -> File {
    File {
        name: name.to_owned(),
        bytes,
        what,
    }
}

fn data(name: &str, value: &Value, what: Text) -> File {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    file(name, bytes, what)
}

fn opened_lines(house: &House, opened: &Opened) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    openings::each(house, &opened.id, &mut |opening| {
        let line = json!({ "seq": opening.seq, "disclosures": opening.disclosures });
        bytes.extend(crate::canonical::bytes(&line));
        bytes.push(b'\n');
        Ok(true)
    })?;
    Ok(bytes)
}

/// Every event in both languages; the events themselves are the bundle's journal.
fn history(house: &House, opened: &Opened, case: &Case) -> Result<Value> {
    let events = house.events(&opened.id)?;
    let lines = events.iter().filter_map(|stored| {
        let words = in_words(&stored.event, &case.tasks)?;
        Some(json!({ "at": stored.at, "en": words.en, "de": words.de }))
    });
    Ok(lines.collect())
}

/// What people were asked to do and what came of it, with the documents that show it.
fn tasks(house: &House, opened: &Opened, case: &Case, files: &mut Vec<File>) -> Result<()> {
    let mut list = Vec::new();
    for state in case.tasks.iter() {
        let words: Option<Task> = house.vault().read(&opened.id, &item::task(&state.id))?;
        let done = state.done();
        let mut document = None;
        if let Some(digest) = done.and_then(|done| done.proof)
            && let Some((name, bytes)) = task::document(house, &opened.id, &digest)?
        {
            // The name that it had may be anything; it stands in the list.
            let path = format!("proofs/{}-{}.bin", state.name(), &digest.hex()[..16]);
            files.push(file(&path, bytes, say::holds_proof(state.name())));
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
    files.push(data("tasks.json", &json!(list), say::holds_tasks()));
    Ok(())
}
