//! `dsr evidence reveal`: one record, shown so that an auditor can check it, and nothing of any other.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::context::{Context, House};
use crate::cli::evidence::openings;
use crate::cli::journey::{self, Opened};
use crate::cli::plan::case_id;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::evidence::merkle::Sibling;
use crate::evidence::reveal::{self, Disclosed, Line};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Text, openings as say};
use crate::plan;
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// The record: `seq` of its line, SYSTEM.OBJECT:KEY, or its digest in the ledger
    #[arg(value_name = "RECORD")]
    record: String,
    /// The bundle, if it lies elsewhere or is an earlier one of the case
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let id = case_id(&args.case)?;
    let house = context.house()?;
    let opened = journey::look_into(&house, &id)?;
    let case = opened.outline(&house)?;
    let number = u32::try_from(case.evidence.len()).unwrap_or(u32::MAX);
    let Some(latest) = case.evidence.last() else {
        return Err(no_bundle(id.as_str()));
    };
    let seq = wanted(&house, &opened, &args.record)?;
    let path = args.bundle.clone().unwrap_or_else(|| {
        let name = crate::evidence::file_name(id.as_str(), number);
        house.workspace.evidence_dir().join(name)
    });
    let line = reveal::line(&path, seq)?;
    let expected = match args.bundle {
        None => line.bundle == *latest,
        Some(_) => case.evidence.contains(&line.bundle),
    };
    if !expected {
        return Err(
            Diagnostic::new("E694", Exit::Usage, say::other_bundle(id.as_str()))
                .help(say::other_bundle_help())
                .into(),
        );
    }
    let opening = openings::of(&house, &id, line.seq, &line.commitments)?;
    let disclosed = opening.and_then(|opening| reveal::opened(&line, &opening.disclosures));
    let Some(disclosed) = disclosed else {
        return Err(
            Diagnostic::new("E693", Exit::Failed, say::openings_differ())
                .help(say::openings_differ_help(id.as_str()))
                .into(),
        );
    };
    // Who was shown something stands in the ledger before it is shown.
    let event = Event::Disclosed {
        bundle: line.bundle,
        records: 1,
        recipients: Vec::new(),
        operator: house.operator.clone(),
    };
    house.write(Some(&id), context.now(), &[event])?;
    house.close()?;
    match context.ui.format {
        Format::Json => print_json(context, id.as_str(), &line, &disclosed),
        Format::Table | Format::Csv => print(context, id.as_str(), &line, &disclosed),
    }
    Ok(Exit::Done)
}

/// The number of the record's line in the latest bundle.
fn wanted(house: &House, opened: &Opened, text: &str) -> Result<u64> {
    let digest = Digest::from_hex(text);
    if let (None, Ok(seq)) = (digest, text.parse()) {
        return Ok(seq);
    }
    let wrong = || -> Trouble {
        Diagnostic::new("E691", Exit::Usage, say::not_a_record())
            .help(say::which_record())
            .into()
    };
    let record = match digest {
        Some(digest) => digest,
        None => {
            let (place, key) = text.split_once(':').ok_or_else(wrong)?;
            let (system, object) = place.split_once('.').ok_or_else(wrong)?;
            let key = openings::key(key).ok_or_else(wrong)?;
            plan::name_of(&opened.key, system, object, &key)
        }
    };
    match openings::lines_of(house, &opened.id, &record)?.as_slice() {
        [] => Err(Diagnostic::new("E691", Exit::Usage, say::unknown_record())
            .help(say::which_record())
            .into()),
        [one] => Ok(*one),
        several => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            let what = say::several_lines(several.join(", "));
            Err(Diagnostic::new("E692", Exit::Usage, what)
                .help(say::several_lines_help())
                .into())
        }
    }
}

pub(super) fn no_bundle(case: &str) -> Trouble {
    Diagnostic::new("E694", Exit::Usage, say::no_bundle(case))
        .help(say::no_bundle_help(case))
        .into()
}

fn print(context: &Context, case: &str, line: &Line, disclosed: &[Disclosed]) {
    let ui = &context.ui;
    let text = |words: &str| ui.data(&Text::same(words));
    ui.data(&say::head(case, line.bundle.hex()));
    ui.data(&say::line(line.seq, line.count));
    text("");
    text(&line.text);
    for one in disclosed {
        text("");
        text(&format!("{} = {}", one.name, one.value));
        text(&format!("  {}", reveal::digest_command(&one.disclosure)));
        ui.data(&say::stands_in_line(&one.digest));
    }
    text("");
    ui.data(&say::path_intro(line.path.len()));
    text("");
    for words in reveal::path_script(line).lines() {
        text(&format!("  {words}"));
    }
    text("");
    ui.data(&say::root(line.root.hex()));
    ui.say(&say::shown_once());
}

/// `dsr.reveal/1`
fn print_json(context: &Context, case: &str, line: &Line, disclosed: &[Disclosed]) {
    let path = line.path.iter().map(|sibling| match sibling {
        Sibling::Left(hash) => json!({ "side": "left", "hash": hash }),
        Sibling::Right(hash) => json!({ "side": "right", "hash": hash }),
    });
    let disclosed = disclosed.iter().map(|one| {
        json!({
            "name": one.name,
            "value": one.value,
            "disclosure": one.disclosure,
            "digest": one.digest,
            "command": reveal::digest_command(&one.disclosure),
        })
    });
    context.ui.json(&json!({
        "schema": "dsr.reveal/1",
        "case": case,
        "bundle": line.bundle,
        "seq": line.seq,
        "lines": line.count,
        "system": line.system,
        "object": line.object,
        "line": line.text,
        "disclosures": disclosed.collect::<Vec<_>>(),
        "leaf": reveal::leaf(line),
        "path": path.collect::<Vec<_>>(),
        "merkle_root": line.root,
        "script": reveal::path_script(line),
    }));
}
