//! What is said of a package that was made: the table or `dsr.export/1`, what waits, and what a reviewer has to look at.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::case::WaitsFor;
use crate::cli::context::{Context, House};
use crate::cli::export::{Made, Order};
use crate::cli::journey::Opened;
use crate::cli::report::{look_up_in_words, look_up_json};
use crate::connector::look_up::{Part, Right};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::{Match, ObjectFindings, ObjectStatus, SystemFindings, SystemStatus};
use crate::messages::{Text, attachment, export as say, look_up};
use crate::ui::Format;

pub(super) fn made(
    context: &Context,
    house: &House,
    opened: &Opened,
    order: &Order,
    made: &Made,
) -> Result<()> {
    if context.ui.format == Format::Json {
        context.ui.json(&as_json(house, opened, order, made));
    } else {
        let columns = [say::system(), say::object(), say::records(), say::result()];
        let rows = rows(context, order, made);
        context.ui.rows(&columns, &rows);
    }
    converse(context, house, opened, order, made)
}

/// `dsr.export/1`
pub(super) fn as_json(house: &House, opened: &Opened, order: &Order, made: &Made) -> Value {
    let objects = of_each(order).map(|(system, object)| {
        let place = (system.system.clone(), object.object.clone());
        let fault = made.contents.broken.get(&place).or(object.error.as_ref());
        let mut out = json!({
            "system": system.system,
            "object": object.object,
            "status": object.status,
            "records": made.contents.objects.get(&place).copied().unwrap_or(0),
            "waiting": waiting_in(object),
        });
        if let Some(fault) = fault {
            out["status"] = json!("not_searched");
            out["error"] = json!({ "code": fault.code, "text": fault.text.en });
        }
        out
    });
    let not_searched = not_searched(order, made);
    let waiting = order
        .findings
        .records()
        .filter(|(_, _, found)| found.matched != Match::Stated)
        .map(|(system, object, found)| {
            json!({
                "system": system.system,
                "object": object.object,
                "key": found.record.key.to_string(),
                "match": found.matched,
            })
        });
    let recipients = match &order.seal {
        crate::handover::seal::Seal::Recipients(keys) => {
            keys.iter().map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    };
    let left = &made.contents.not_included;
    let mut out = json!({
        "schema": "dsr.export/1",
        "case": opened.id,
        "kind": order.kind,
        "complete": made.complete,
        "draft": order.draft,
        "path": super::short(house, &made.path),
        "sha256": made.package,
        "encrypted": order.seal.sealed(),
        "recipients": recipients,
        "expires": order.expires,
        "files": made.contents.files,
        "records": made.contents.records,
        "objects": objects.collect::<Vec<_>>(),
        "not_searched": not_searched.iter().map(|(name, why)| json!({ "system": name, "error": why })).collect::<Vec<_>>(),
        "waiting": waiting.collect::<Vec<_>>(),
        "not_included": {
            "systems": left.systems,
            "unlisted_fields": left.unlisted_fields,
            "unread_columns": left.unread_columns,
            "credentials": left.credentials,
            "not_portable": left.not_portable,
            "files": left.files,
        },
    });
    let looked_up: Vec<Value> = package_parts(order)
        .map(|(system, part)| {
            let mut entry = look_up_json(part);
            entry["system"] = json!(system);
            entry
        })
        .collect();
    if !looked_up.is_empty() {
        out["look_up"] = json!(looked_up);
    }
    // The one time that it is written anywhere.
    if let Some(passphrase) = order.seal.passphrase() {
        out["passphrase"] = json!(passphrase);
    }
    out
}

/// What people look up for the package, or have looked up.
fn package_parts(order: &Order) -> impl Iterator<Item = (&str, &Part)> {
    let systems = order.findings.systems.iter();
    let parts = systems.flat_map(|system| {
        let name = system.system.as_str();
        system.look_up.iter().map(move |part| (name, part))
    });
    parts.filter(|(_, part)| part.concerns(Right::Export))
}

fn of_each(order: &Order) -> impl Iterator<Item = (&SystemFindings, &ObjectFindings)> {
    let systems = order.findings.systems.iter();
    systems.flat_map(|system| system.objects.iter().map(move |object| (system, object)))
}

/// How many records of an object wait for a person's word.
fn waiting_in(object: &ObjectFindings) -> u64 {
    let kept = object.records.iter();
    let kept = kept.filter(|found| found.matched != Match::Stated).count() as u64;
    kept + object
        .streamed
        .as_ref()
        .map_or(0, |streamed| streamed.waiting())
}

/// Systems that were not searched to the end, each with the code of what went wrong.
fn not_searched(order: &Order, made: &Made) -> Vec<(String, Option<String>)> {
    let broke = |name: &str| made.contents.broken.iter().find(|((s, _), _)| s == name);
    let systems = order.findings.systems.iter().filter(|system| {
        matches!(
            system.status,
            SystemStatus::NotSearched | SystemStatus::Incomplete
        ) || broke(&system.system).is_some()
    });
    systems
        .map(|system| {
            let of_objects = system.objects.iter().filter_map(|o| o.error.as_ref());
            let fault = system.error.iter().chain(of_objects).next();
            let fault = fault.or(broke(&system.system).map(|(_, fault)| fault));
            (system.system.clone(), fault.map(|fault| fault.code.clone()))
        })
        .collect()
}

fn rows(context: &Context, order: &Order, made: &Made) -> Vec<Vec<String>> {
    let lang = context.ui.lang;
    let none = || "–".to_owned();
    let mut rows = Vec::new();
    for system in &order.findings.systems {
        let mut row = |object: String, records: String, result: Text| {
            let name = system.system.clone();
            rows.push(vec![name, object, records, result.to(lang).to_owned()]);
        };
        match system.status {
            SystemStatus::Manual => row(none(), none(), say::by_hand()),
            SystemStatus::NotSearched if system.objects.is_empty() => {
                let why = system.error.as_ref().map(|fault| fault.text.clone());
                row(
                    none(),
                    none(),
                    say::not_searched(why.unwrap_or_else(|| Text::same(""))),
                );
            }
            _ => {
                for object in &system.objects {
                    let place = (system.system.clone(), object.object.clone());
                    let records = made.contents.objects.get(&place).copied().unwrap_or(0);
                    let result = match (&object.error, made.contents.broken.get(&place)) {
                        (Some(fault), _) => say::not_searched(fault.text.clone()),
                        (None, Some(fault)) => say::broke_off(fault.text.clone()),
                        (None, None) => in_words(records, waiting_in(object)),
                    };
                    let searched = object.status == ObjectStatus::Searched;
                    let count = if searched {
                        records.to_string()
                    } else {
                        none()
                    };
                    row(object.object.clone(), count, result);
                }
                let parts = system.look_up.iter();
                for part in parts.filter(|part| part.concerns(Right::Export)) {
                    row(part.name.clone(), none(), look_up_in_words(part));
                }
            }
        }
    }
    rows
}

fn in_words(records: u64, waiting: u64) -> Text {
    match (records, waiting) {
        (0, 0) => say::nothing_found(),
        (0, waiting) => say::all_wait(waiting),
        (_, 0) => say::included(),
        (_, waiting) => say::some_wait(waiting),
    }
}

fn converse(
    context: &Context,
    house: &House,
    opened: &Opened,
    order: &Order,
    made: &Made,
) -> Result<()> {
    let ui = &context.ui;
    let what = order.kind.in_words(order.draft);
    ui.say(&say::made(capital(what), super::short(house, &made.path)));
    if ui.format != Format::Json
        && let Some(passphrase) = order.seal.passphrase()
    {
        ui.confide(&say::passphrase(passphrase));
        ui.confide(&match order.draft {
            true => say::passphrase_of_draft(),
            false => say::passphrase_once(),
        });
    }
    let inside = made.path.starts_with(house.workspace.exports_dir());
    ui.say(&match inside {
        true => say::expires(order.expires),
        false => say::expires_elsewhere(order.expires),
    });
    waiting(context, opened, order);
    let faults = order.findings.systems.iter().flat_map(|system| {
        let own = system.error.iter();
        let of_objects = system.objects.iter().filter_map(|o| o.error.as_ref());
        let all = own.chain(of_objects);
        all.map(|fault| (system.system.as_str(), fault))
    });
    let broken = made.contents.broken.iter();
    let broken = broken.map(|((system, _), fault)| (system.as_str(), fault));
    let mut told = BTreeSet::new();
    let once = faults
        .chain(broken)
        .filter(|(system, fault)| told.insert((system.to_owned(), fault.code.clone())));
    crate::cli::report::remedies(context, once);
    let files = made.contents.too_large;
    if files > 0 {
        let warning = Diagnostic::new("W255", Exit::Done, attachment::left_out(files));
        ui.warn(&warning.help(attachment::left_out_help()));
    }
    let open: Vec<String> = order
        .findings
        .to_look_up()
        .map(|(system, part)| format!("{system}.{}", part.name))
        .collect();
    if !open.is_empty() {
        ui.say(&look_up::finish_first(opened.id.as_str()));
    }
    if !order.draft {
        return Ok(());
    }
    ui.say(&say::look_at());
    let not_searched: Vec<String> = not_searched(order, made).into_iter().map(|s| s.0).collect();
    if !not_searched.is_empty() {
        ui.say(&say::look_at_unsearched(not_searched.join(", ")));
    }
    let by_hand = order.findings.systems.iter();
    let by_hand = by_hand.filter(|system| system.status == SystemStatus::Manual);
    let by_hand: Vec<&str> = by_hand.map(|system| system.system.as_str()).collect();
    if !by_hand.is_empty() {
        ui.say(&say::look_at_manual(by_hand.join(", ")));
    }
    if !open.is_empty() {
        ui.say(&look_up::look_at(open.join(", ")));
    }
    if made.waiting > 0 {
        ui.say(&say::look_at_waiting(made.waiting));
    }
    let left_out = made.contents.not_included.unlisted_fields;
    if left_out > 0 {
        ui.say(&say::look_at_left_out(left_out));
    }
    let unread = made.contents.not_included.unread_columns;
    if unread > 0 {
        ui.say(&say::look_at_unread(unread));
    }
    ui.say(&say::look_at_others());
    ui.say(&say::look_at_secrets());
    let case = opened.case(house)?;
    if case.identity.is_none() {
        ui.say(&say::look_at_identity());
    }
    let next = match case.waits_for() {
        // What else the case waits for does not finish this package.
        WaitsFor::Evidence | WaitsFor::Nothing => WaitsFor::Review,
        other => other,
    };
    let next = next.next_command(&case).unwrap_or_default();
    ui.say(&say::then(next));
    Ok(())
}

/// The records that stay out until somebody says whose they are.
fn waiting(context: &Context, opened: &Opened, order: &Order) {
    let mut any = false;
    for (system, object) in of_each(order) {
        let place = format!("{}.{}", system.system, object.object);
        for found in &object.records {
            let why = match found.matched {
                Match::Stated => continue,
                Match::Linked => say::linked(),
                Match::Shared => say::shared(),
            };
            any = true;
            let key = found.record.key.to_string();
            context.ui.say(&say::waits(&place, key, why));
        }
        if let Some(waiting) = object.streamed.as_ref().map(|s| s.waiting())
            && waiting > 0
        {
            context.ui.say(&say::waits_many(&place, waiting));
        }
    }
    if any {
        context.ui.say(&say::accept_help(opened.id.as_str()));
    }
}

/// The beginning of a sentence.
fn capital(text: Text) -> Text {
    let up = |words: &str| {
        let mut signs = words.chars();
        let first = signs.next().map(|sign| sign.to_uppercase().to_string());
        first.unwrap_or_default() + signs.as_str()
    };
    Text {
        en: up(&text.en),
        de: up(&text.de),
    }
}
