//! A system of the `files` engine: which documents, which of them are left out, by which kinds of identity they are searched.
//!
//! Objects may be left out; then all documents are one object, searched by every kind of identity that the inventory knows and that can
//! stand in a text. Which kinds these are is known only when all systems have been read (`settle`).

use std::collections::BTreeSet;

use crate::connector::files::record::{Stated, object};
use crate::connector::grammar::{self, mapping, text};
use crate::connector::object::Erase;
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::Context;
use crate::inventory::settings::{has, missing};
use crate::inventory::values::is_label;
use crate::inventory::{Engine, FilesSettings, Setting, System};
use crate::messages::documents as say;
use crate::subject::{Kind, Kinds};
use crate::yaml::{Fields, Node, Value, error};

/// The object of a system that states none.
const DOCUMENTS: &str = "documents";
/// Bounds of `largest`, in bytes.
const LARGEST: std::ops::RangeInclusive<u64> = (1 << 20)..=(64 << 30);

/// Reads settings and objects.
pub(super) fn read(
    system: &mut System,
    needed: bool,
    here: &Place,
    top: &mut Fields<'_, '_>,
    context: &mut Context,
) {
    let mut files = FilesSettings::default();
    let node = top.optional("settings");
    if needed && !has(node, "path") {
        let line = "path: \"shares/personal\"";
        let wrong = missing("path", line, node, here);
        top.error(wrong);
    }
    if let Some(node) = node {
        settings(&mut files, node, top.errors());
    }
    let path = files.path.clone();
    system
        .settings
        .insert("path".to_owned(), Setting::Plain(path));
    match top.optional("objects") {
        Some(node) => {
            for (name, node) in mapping(node, top.errors()).unwrap_or_default() {
                if is_label(name, top.errors())
                    && let Some(stated) =
                        stated(&name.text, node, &mut files, context, top.errors())
                {
                    system.objects.push(object(stated));
                }
            }
        }
        None => system.objects.push(object(Stated {
            name: DOCUMENTS.to_owned(),
            kinds: Vec::new(),
            holds: Vec::new(),
            cap: grammar::CAP,
            erase: by_hand(),
        })),
    }
    system.engine = Engine::Files(files);
}

fn by_hand() -> Erase {
    Erase::Manual {
        task: say::erase_by_hand(),
    }
}

fn settings(files: &mut FilesSettings, node: &Node, errors: &mut Vec<Diagnostic>) {
    let Some(mut top) = Fields::of(node, errors) else {
        return;
    };
    if let Some(node) = top.optional("path")
        && let Some(path) = text(node, top.errors())
    {
        if path.trim().is_empty() || glob::Pattern::new(&path).is_err() {
            top.error(bad_pattern(node));
        }
        files.path = path;
    }
    if let Some(node) = top.optional("skip") {
        for one in grammar::names(node, top.errors()) {
            match glob::Pattern::new(&one) {
                // Left out would be everything, and nothing would be said of it.
                Ok(_) if ["*", "**", "**/*"].contains(&one.as_str()) => {
                    top.error(bad_pattern(node));
                }
                Ok(_) => files.skip.push(one),
                Err(_) => top.error(bad_pattern(node)),
            }
        }
    }
    if let Some(node) = top.optional("encoding")
        && let Some(label) = text(node, top.errors())
    {
        match encoding_rs::Encoding::for_label(label.as_bytes()) {
            Some(encoding) if encoding.is_ascii_compatible() => files.encoding = encoding,
            _ => top.error(
                error("E161", say::bad_encoding(&label))
                    .at(node.place.clone())
                    .help(say::encodings_are()),
            ),
        }
    }
    if let Some(node) = top.optional("largest") {
        match size(node).filter(|size| LARGEST.contains(size)) {
            Some(size) => files.largest = size,
            None => top.error(
                error("E157", say::bad_size())
                    .at(node.place.clone())
                    .help(say::bad_size_help()),
            ),
        }
    }
    top.finish();
}

/// `200MB`, `2 GB`: powers of a thousand, as disks are sold.
fn size(node: &Node) -> Option<u64> {
    let stated = node.scalar()?;
    let stated = stated.trim();
    let digits = stated.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = stated[..digits].parse().ok()?;
    let unit = match stated[digits..].trim().to_ascii_uppercase().as_str() {
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    // The least is a MiB, so that 1MB is meant by whoever writes it.
    number.checked_mul(unit).map(|bytes| match bytes {
        1_000_000..1_048_576 => 1 << 20,
        other => other,
    })
}

fn bad_pattern(node: &Node) -> Diagnostic {
    error("E158", say::bad_pattern())
        .at(node.place.clone())
        .help(say::bad_pattern_help())
}

fn stated(
    name: &str,
    node: &Node,
    files: &mut FilesSettings,
    context: &mut Context,
    errors: &mut Vec<Diagnostic>,
) -> Option<Stated> {
    if matches!(node.value, Value::Null) {
        return Some(Stated {
            name: name.to_owned(),
            kinds: Vec::new(),
            holds: Vec::new(),
            cap: grammar::CAP,
            erase: by_hand(),
        });
    }
    let mut top = Fields::of(node, errors)?;
    if let Some(node) = top.optional("path")
        && let Some(path) = text(node, top.errors())
    {
        match path.trim().is_empty() || glob::Pattern::new(&path).is_err() {
            true => top.error(bad_pattern(node)),
            false => {
                files.parts.insert(name.to_owned(), path);
            }
        }
    }
    let mut kinds = Vec::new();
    if let Some(node) = top.optional("find") {
        for kind in grammar::names(node, top.errors()) {
            // A name fits many people, and a text does not say whose it is.
            if ["name", "age", "all"].contains(&kind.as_str()) {
                top.error(
                    error("E159", say::not_in_texts(&kind))
                        .at(node.place.clone())
                        .why(say::not_in_texts_why())
                        .help(say::not_in_texts_help()),
                );
            } else {
                let place = node.place.clone();
                context.looked_for.push((Kind(kind.clone()), place));
                kinds.push(Kind(kind));
            }
        }
    }
    let mut holds = Vec::new();
    if let Some(node) = top.optional("holds") {
        let nodes: Vec<&Node> = match node.list() {
            Some(items) => items.iter().collect(),
            None => vec![node],
        };
        for node in nodes {
            holds.extend(grammar::category(node, top.errors()));
        }
    }
    let cap = top
        .optional("cap")
        .and_then(|node| grammar::cap(node, top.errors()))
        .unwrap_or(grammar::CAP);
    let reason = top.optional("reason");
    let erase = match top.optional("erase") {
        None => by_hand(),
        Some(node) => match grammar::erase(node, reason, top.errors()) {
            Some(Erase::Manual { task }) if task.en.is_empty() => by_hand(),
            Some(erase @ (Erase::Manual { .. } | Erase::Retain { .. })) => erase,
            Some(_) => {
                top.error(
                    error("E160", say::never_written())
                        .at(node.place.clone())
                        .why(say::never_written_why())
                        .help(say::never_written_help()),
                );
                by_hand()
            }
            None => by_hand(),
        },
    };
    top.finish();
    Some(Stated {
        name: name.to_owned(),
        kinds,
        holds,
        cap,
        erase,
    })
}

/// Gives objects that state no kinds all that the inventory knows (E127 for one that nobody knows), and settings the country of the
/// controller.
pub(super) fn settle(
    systems: &mut [System],
    context: &Context,
    kinds: &Kinds,
    errors: &mut Vec<Diagnostic>,
) {
    let known: BTreeSet<&String> = context.kinds.iter().collect();
    for (kind, place) in &context.looked_for {
        if !known.contains(&kind.0) {
            errors.push(context.unknown_kind(kind, place.clone()));
        }
    }
    for system in systems {
        let Engine::Files(files) = &mut system.engine else {
            continue;
        };
        files.country.clone_from(&kinds.country);
        for one in &mut system.objects {
            if !one.find.is_empty() {
                continue;
            }
            // A kind of one system's own numbers is never searched in another.
            let all = known.iter().map(|kind| Kind((*kind).clone()));
            let all = all.filter(|kind| {
                !kind.is_private() && !["name", "age", "all"].contains(&kind.0.as_str())
            });
            let whole = object(Stated {
                name: one.name.clone(),
                kinds: all.collect(),
                holds: one
                    .fields
                    .iter()
                    .filter(|field| field.name.starts_with("content:"))
                    .map(|field| field.category.clone())
                    .collect(),
                cap: one.cap,
                erase: one.erase.clone(),
            });
            *one = whole;
        }
    }
}
