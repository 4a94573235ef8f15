//! The papers for machines: a description of the files as JSON Schema, and the manifest.

use std::io;

use serde_json::{Map, Value, json};

use crate::connector::look_up::Part;
use crate::keys::Digest;
use crate::package::columns::Role;
use crate::package::files::Files;
use crate::package::object::ObjectSummary;
use crate::package::unread::Names;
use crate::package::{Material, NotIncluded, tag, words};

/// `schema.json`: JSON Schema (2020-12) for each JSON file, so that another provider can read them (WP 242 rev.01, III).
pub(super) fn schema(
    material: &Material<'_>,
    objects: &[ObjectSummary],
    files: &mut Files<'_>,
) -> io::Result<()> {
    let described = objects.iter().filter(|object| object.has_files());
    let defs: Map<String, Value> = described
        .map(|object| (object.json(), of_object(material, object)))
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dsr.package/1",
        "description": "Each entry of $defs describes the JSON file of that name. The CSV file beside it has the same records, one a line, with the same columns.",
        "$defs": defs,
    });
    files.add("schema.json", pretty(&schema).as_bytes())?;
    Ok(())
}

fn of_object(material: &Material<'_>, object: &ObjectSummary) -> Value {
    let properties: Map<String, Value> = object
        .fields
        .iter()
        .map(|field| {
            let mut entry = json!({"title": words::label(&field.role).to(material.language)});
            if let Role::Field(category) = &field.role {
                entry["x-category"] = json!(category);
            }
            if field.binary {
                entry["description"] =
                    json!("a file of the package, or the value itself in base64");
            }
            (field.name.clone(), entry)
        })
        .collect();
    json!({
        "type": "object",
        "required": ["schema", "system", "object", "fields", "records"],
        "properties": {
            "schema": {"const": "dsr.package.object/1"},
            "system": {"const": object.system},
            "object": {"const": object.object},
            "fields": {"type": "object"},
            "records": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": properties,
                    "additionalProperties": false,
                },
            },
        },
    })
}

/// `manifest.json`: every other file with its SHA-256, and what was counted. Returns its own SHA-256.
pub(super) fn manifest(
    material: &Material<'_>,
    objects: &[ObjectSummary],
    not_included: NotIncluded,
    files: &mut Files<'_>,
) -> io::Result<Digest> {
    let listed: Vec<Value> = files
        .done()
        .iter()
        .map(|file| {
            let mut entry = json!({
                "path": file.path,
                "bytes": file.bytes,
                "sha256": file.digest.hex(),
            });
            if let Some(records) = file.records {
                entry["records"] = json!(records);
            }
            entry
        })
        .collect();
    let counted: Vec<Value> = objects
        .iter()
        .map(|object| {
            let unlisted: Map<String, Value> = object
                .unlisted
                .each()
                .map(|(name, count)| (name.to_owned(), json!(count)))
                .collect();
            json!({
                "system": object.system,
                "object": object.object,
                "records": object.records,
                "shown": object.shown,
                "credentials_removed": object.credentials,
                "unlisted_fields": unlisted,
                "unread_columns": unread(object),
                "columns_known": columns_known(object),
                "not_portable_fields": object.not_portable,
            })
        })
        .collect();
    let systems: Vec<Value> = material
        .systems
        .iter()
        .map(|system| {
            let mut entry = json!({"system": system.name, "status": system.status});
            if !system.look_up.is_empty() {
                entry["look_up"] = system.look_up.iter().map(looked_up).collect();
            }
            entry
        })
        .collect();
    let manifest = json!({
        "schema": "dsr.package/1",
        "kind": material.kind.word(),
        "draft": material.draft,
        "case": material.case,
        "controller": material.controller.name,
        "language": tag(material.language),
        "received": material.received.to_string(),
        "made": material.made.to_string(),
        "expires": material.expires.map(|day| day.to_string()),
        "systems": systems,
        "objects": counted,
        "not_included": {
            "systems": not_included.systems,
            "unlisted_fields": not_included.unlisted_fields,
            "unread_columns": not_included.unread_columns,
            "credentials": not_included.credentials,
            "not_portable": not_included.not_portable,
            "files": not_included.files,
        },
        "files": listed,
    });
    files.add("manifest.json", pretty(&manifest).as_bytes())
}

/// What people look up in place of the program: whether somebody has, and what came of it. Where to look stays in the house.
fn looked_up(part: &Part) -> Value {
    match part.found {
        None => json!({"part": part.name, "state": "open"}),
        Some(found) => json!({"part": part.name, "state": "answered_by_hand", "found": found}),
    }
}

/// The columns that nobody read, each with what is known of it.
fn unread(object: &ObjectSummary) -> Vec<Value> {
    let columns = object.unread().into_iter().flat_map(|names| &names.columns);
    let described = columns.map(|column| {
        let mut entry = json!({"name": column.name, "records": object.records});
        if column.forbidden {
            entry["forbidden"] = json!(true);
        }
        if !column.listed_for.is_empty() {
            entry["listed_for"] = json!(column.listed_for);
        }
        entry
    });
    described.collect()
}

/// Whether the list of those columns is whole, or why it may not be; null where records come whole, or there is none.
fn columns_known(object: &ObjectSummary) -> Value {
    let of = |names: &Names| match (names.blind, names.more) {
        (Some(blind), _) => json!(blind),
        (None, 1..) => json!("shortened"),
        (None, 0) => json!("all"),
    };
    object.unread().map_or(Value::Null, of)
}

fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
    crate::harmless::json(&text).into_owned() + "\n"
}
