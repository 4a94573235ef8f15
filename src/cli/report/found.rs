//! Findings: where a person is, and what was not searched.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::report::{named, remedies};
use crate::connector::look_up::{Part, Right};
use crate::connector::object::{Erase, How, Object};
use crate::connector::{Fault, files};
use crate::findings::{
    Control, Findings, Found, Match, ObjectFindings, ObjectStatus, SystemFindings, SystemStatus,
};
use crate::inventory::System;
use crate::law::{self, Ruling};
use crate::messages::{Lang, Text, documents as say_documents, look_up, report as say};
use crate::plan::Decision;
use crate::plan::build::days_of;
use crate::subject::{Kind, Origin};
use crate::ui::Format;

/// Prints findings in the chosen form.
pub(crate) fn findings(context: &Context, house: &House, findings: &Findings) {
    match context.ui.format {
        Format::Json => context
            .ui
            .json(&findings_json(house, findings, context.today())),
        Format::Table | Format::Csv => {
            let columns = [
                say::system(),
                say::object(),
                say::record(),
                say::result(),
                say::recognised_by(),
                say::on_erasure(),
            ];
            let rows = finding_rows(context.ui.lang, house, findings, context.today());
            context.ui.rows(&columns, &rows);
        }
    }
}

/// `dsr.find/1`: what an erasure on `day` would find.
pub(crate) fn findings_json(house: &House, findings: &Findings, day: Date) -> Value {
    let identities = findings.identities.iter().map(|known| {
        let from = match &known.from {
            Origin::Stated => "stated".to_owned(),
            Origin::Derived { object, .. } => object.clone(),
        };
        json!({ "kind": known.identity.kind, "value": known.identity.value(), "from": from, "shared": known.shared })
    });
    let systems = findings.systems.iter().map(|system| {
        let mut out = json!({
            "system": system.system,
            "status": system.status,
            "elapsed_ms": system.elapsed_ms,
            "objects": system.objects.iter().map(object_json).collect::<Vec<_>>(),
            "records": system.objects.iter().flat_map(|o| o.records.iter().map(move |f| record_json(house, system, o, f, day))).collect::<Vec<_>>(),
        });
        if let Some(task) = &system.task {
            out["task"] = json!(task.en);
        }
        if let Some(fault) = &system.error {
            out["error"] = json!({ "code": fault.code, "text": fault.text.en });
        }
        if let Some(owner) = &system.owner {
            out["owner"] = json!(owner);
        }
        if let Some(documents) = &system.documents {
            out["documents"] = json!(documents);
        }
        if !system.look_up.is_empty() {
            let parts = system.look_up.iter();
            out["look_up"] = json!(parts.map(look_up_json).collect::<Vec<_>>());
        }
        out
    });
    json!({
        "schema": "dsr.find/1",
        "complete": findings.is_whole(),
        "rounds": findings.rounds,
        "identities": identities.collect::<Vec<_>>(),
        "systems": systems.collect::<Vec<_>>(),
    })
}

/// A part of a system that a person looks up.
pub(crate) fn look_up_json(part: &Part) -> Value {
    let state = match part.found {
        Some(_) => "done",
        None => "open",
    };
    let mut out = json!({
        "part": part.name,
        "holds": part.holds.en,
        "screen": part.screen.en,
        "for": part.rights,
        "state": state,
    });
    if let Some(found) = part.found {
        out["found"] = json!(found);
    }
    if !part.categories.is_empty() {
        out["categories"] = json!(part.categories);
    }
    out
}

/// What is to be looked up there, or was, in the words of a table.
pub(crate) fn look_up_in_words(part: &Part) -> Text {
    match part.found {
        None => look_up::row_open(&part.holds, &part.screen),
        Some(found) => look_up::row_found(&part.holds, found),
    }
}

fn object_json(object: &ObjectFindings) -> Value {
    let mut out = json!({
        "object": object.object,
        "status": object.status,
        "near_misses": object.near_misses,
        "control": object.control,
        "unproven": is_unproven(object),
    });
    if let Some(fault) = &object.error {
        out["error"] = json!({ "code": fault.code, "text": fault.text.en });
    }
    out
}

fn record_json(
    house: &House,
    system: &SystemFindings,
    object: &ObjectFindings,
    found: &Found,
    day: Date,
) -> Value {
    let known = house.inventory.system(&system.system);
    let definition = known.and_then(|system| system.object(&object.object));
    let mut categories: Vec<&str> = definition
        .iter()
        .flat_map(|o| &o.fields)
        .map(|field| field.category.as_str())
        .collect();
    categories.sort_unstable();
    categories.dedup();
    let mut out = json!({
        "object": object.object,
        "key": found.record.key.to_string(),
        "match": found.matched,
        "matched_by": found.matched_by,
        "path": found.path,
        "categories": categories,
        "erase": definition.map(erase_word),
    });
    if let (Some(system), Some(definition)) = (known, definition) {
        let by_law = by_law(house, system, definition, object, found, day);
        if by_law.decision != Decision::Erase {
            out["law"] = json!({
                "decision": by_law.decision,
                "until": by_law.until,
                "because": by_law.because.map(|because| because.en),
            });
        }
    }
    if definition.is_some_and(|object| matches!(object.how, How::Document)) {
        out["document"] = json!(found.record.key.parts().first());
        out["places"] = found.record.data["places"].clone();
    }
    out
}

/// Zero hits without a control person prove nothing.
fn is_unproven(object: &ObjectFindings) -> bool {
    object.status == ObjectStatus::Searched
        && object.count() == 0
        && object.control != Control::Found
}

fn erase_word(object: &Object) -> String {
    match &object.erase {
        Erase::Remove => "remove".to_owned(),
        Erase::Anonymise => "anonymise".to_owned(),
        Erase::Restrict => "restrict".to_owned(),
        Erase::Retain { .. } => "retain".to_owned(),
        Erase::Manual { .. } => "manual".to_owned(),
        Erase::With { object } => format!("with {object}"),
    }
}

/// What the law says of a record, should its erasure be asked for on `day`.
fn by_law(
    house: &House,
    system: &System,
    definition: &Object,
    object: &ObjectFindings,
    found: &Found,
    day: Date,
) -> Ruling {
    let place = format!("{}.{}", system.name, definition.name);
    let days = days_of(&house.inventory, system, Some(object));
    let types = &house.inventory.data_types;
    law::decide(types, &place, definition, &found.record, day, &days)
}

fn finding_rows(lang: Lang, house: &House, findings: &Findings, day: Date) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let none = || "–".to_owned();
    for system in &findings.systems {
        let name = system.system.clone();
        let Some(definition) = house.inventory.system(&system.system) else {
            continue;
        };
        match system.status {
            SystemStatus::Manual => {
                let task = system
                    .task
                    .as_ref()
                    .map_or_else(String::new, |task| task.to(lang).to_owned());
                rows.push(vec![
                    name,
                    none(),
                    none(),
                    say::by_hand(task).to(lang).to_owned(),
                    none(),
                    none(),
                ]);
            }
            SystemStatus::NotSearched if system.objects.is_empty() => {
                let why = system
                    .error
                    .as_ref()
                    .map_or_else(|| Text::same(""), |fault| fault.text.clone());
                rows.push(vec![
                    name,
                    none(),
                    none(),
                    say::not_searched(why).to(lang).to_owned(),
                    none(),
                    none(),
                ]);
            }
            SystemStatus::Searched | SystemStatus::Incomplete | SystemStatus::NotSearched => {
                for object in &system.objects {
                    object_rows(lang, (house, day), definition, system, object, &mut rows);
                }
                let parts = system.look_up.iter();
                for part in parts.filter(|part| part.concerns(Right::Export)) {
                    let words = look_up_in_words(part).to(lang).to_owned();
                    let part = part.name.clone();
                    rows.push(vec![name.clone(), part, none(), words, none(), none()]);
                }
                if let Some(documents) = system.documents.as_ref().filter(|d| d.unread() > 0) {
                    let unread = say_documents::unread(documents.unread(), documents.in_words());
                    rows.push(vec![
                        name,
                        none(),
                        none(),
                        unread.to(lang).to_owned(),
                        none(),
                        none(),
                    ]);
                }
            }
        }
    }
    rows
}

fn object_rows(
    lang: Lang,
    (house, day): (&House, Date),
    definition: &System,
    system: &SystemFindings,
    object: &ObjectFindings,
    rows: &mut Vec<Vec<String>>,
) {
    let none = || "–".to_owned();
    let mut row = |record: String, result: Text, by: String, erase: String| {
        rows.push(vec![
            system.system.clone(),
            object.object.clone(),
            record,
            result.to(lang).to_owned(),
            by,
            erase,
        ]);
    };
    if let Some(fault) = &object.error {
        return row(
            none(),
            say::not_searched(fault.text.clone()),
            none(),
            none(),
        );
    }
    if object.records.is_empty() {
        let result = if is_unproven(object) {
            say::nothing_unproven()
        } else {
            say::nothing()
        };
        return row(none(), result, none(), none());
    }
    let known = definition.object(&object.object);
    for found in &object.records {
        let label = known.and_then(|known| crate::plan::build::label(known, &found.record));
        let record = match known.is_some_and(|known| matches!(known.how, How::Document)) {
            true => document(lang, found),
            false => named(label.as_deref(), &found.record.key),
        };
        let result = match found.matched {
            Match::Stated => say::found(),
            Match::Linked => say::linked(accept_flag(system, object, found)),
            Match::Shared => say::shared(accept_flag(system, object, found)),
        };
        let by: Vec<&str> = found
            .matched_by
            .iter()
            .map(|Kind(kind)| kind.as_str())
            .collect();
        let by = if by.is_empty() {
            found.path.iter().rev().nth(1).cloned().unwrap_or_else(none)
        } else {
            by.join(", ")
        };
        let erase = known.map(|known| {
            let by_law = by_law(house, definition, known, object, found, day);
            erase_in_words(known, &by_law).to(lang).to_owned()
        });
        row(record, result, by, erase.unwrap_or_else(none));
    }
}

/// A document with the places that name the person, and what stands around the first of them.
fn document(lang: Lang, found: &Found) -> String {
    let path = found.record.key.parts().first();
    let places = files::places(&found.record);
    let words = say_documents::places_of(path.map_or("", String::as_str), places);
    let snippet = found.record.data["places"][0]["snippet"].as_str();
    match snippet {
        Some(snippet) => format!("{} “{snippet}”", words.to(lang)),
        None => words.to(lang).to_owned(),
    }
}

fn accept_flag(system: &SystemFindings, object: &ObjectFindings, found: &Found) -> String {
    format!(
        "--accept '{}.{}:{}'",
        system.system, object.object, found.record.key
    )
}

fn erase_in_words(object: &Object, by_law: &Ruling) -> Text {
    match by_law.decision {
        Decision::Retain => {
            return (by_law.until).map_or_else(say::would_retain, say::would_retain_until);
        }
        Decision::UnknownStart => return say::start_unknown(),
        Decision::Manual => return say::would_be_manual(),
        _ => {}
    }
    match &object.erase {
        Erase::Remove => say::would_remove(),
        Erase::Anonymise => say::would_anonymise(),
        Erase::Restrict => say::would_restrict(),
        Erase::Retain { .. } => say::would_retain(),
        Erase::Manual { .. } => say::would_be_manual(),
        Erase::With { object } => say::would_follow(object.clone()),
    }
}

/// The sentences under a table of findings.
pub(crate) fn summary(context: &Context, findings: &Findings) {
    let records = findings.records().count();
    let asked = findings
        .systems
        .iter()
        .filter(|s| matches!(s.status, SystemStatus::Searched | SystemStatus::Incomplete))
        .count();
    context.ui.say(&say::found_in(records, asked));
    let near: u64 = findings
        .systems
        .iter()
        .flat_map(|s| &s.objects)
        .map(|o| o.near_misses)
        .sum();
    if near > 0 {
        context.ui.say(&say::near_misses(near));
    }
    for known in findings.identities.iter().filter(|known| known.shared) {
        context.ui.say(&say::shared_address(known.identity.value()));
    }
    let unproven = findings
        .systems
        .iter()
        .flat_map(|s| &s.objects)
        .filter(|o| is_unproven(o))
        .count();
    if unproven > 0 {
        context.ui.say(&say::unproven(unproven));
    }
    if !findings.complete() {
        context.ui.say(&say::incomplete());
    }
    remedies(context, faults_of(findings));
}

/// How much people have to look up before an answer is whole.
pub(crate) fn to_look_up(context: &Context, findings: &Findings) {
    let open = findings.to_look_up().count();
    if open > 0 {
        context.ui.say(&look_up::to_look_up(open));
    }
}

/// How many records wait for somebody's word, and how that is given.
pub(crate) fn waiting(context: &Context, findings: &Findings) {
    let waiting: Vec<String> = findings
        .records()
        .filter(|(_, _, found)| found.matched != Match::Stated)
        .map(|(system, object, found)| accept_flag(system, object, found))
        .collect();
    if let Some(first) = waiting.first() {
        context.ui.say(&say::waiting(waiting.len(), first));
    }
}

/// What went wrong in all systems, with the system's name.
pub(crate) fn faults_of(findings: &Findings) -> impl Iterator<Item = (&str, &Fault)> {
    findings.systems.iter().flat_map(faults)
}

/// What went wrong in a system, each fault once.
fn faults(system: &SystemFindings) -> Vec<(&str, &Fault)> {
    let own = system.error.iter();
    let of_objects = system.objects.iter().filter_map(|o| o.error.as_ref());
    let mut codes = BTreeSet::new();
    own.chain(of_objects)
        .filter(|fault| codes.insert(fault.code.as_str()))
        .map(|fault| (system.system.as_str(), fault))
        .collect()
}
