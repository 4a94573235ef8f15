//! `body` and `decode`: what a request carries, and how its reply is read.

use super::request::pairs;
use crate::connector::rest::body::is_xml_name;
use crate::connector::rest::request::{Body, Decode};
use crate::diagnostic::Diagnostic;
use crate::messages::{connector as say, yaml as say_yaml};
use crate::template::{Scope, Structure, Template};
use crate::yaml::{Fields, Node, Value, Wanted, error, nearest, wrong_kind};

/// A mapping or list is JSON, unless it is a mapping of exactly one of json, form, xml, csv, text.
pub(super) fn read(node: &Node, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Body> {
    if let Some([(name, value)]) = node.map() {
        match name.text.as_str() {
            "json" => return Structure::compile(value, scope, errors).map(Body::Json),
            "form" => {
                let before = errors.len();
                let form = pairs(value, scope, errors).map(Body::Form);
                return hinted("form", form, before, errors);
            }
            "xml" => {
                let before = errors.len();
                let sound = root(value, errors).is_some();
                let xml = Structure::compile(value, scope, errors).filter(|_| sound);
                return hinted("xml", xml.map(Body::Xml), before, errors);
            }
            "csv" => {
                let before = errors.len();
                let sound = rows(value, errors).is_some();
                let csv = Structure::compile(value, scope, errors).filter(|_| sound);
                return hinted("csv", csv.map(Body::Csv), before, errors);
            }
            "text" => {
                let before = errors.len();
                let text = Template::compile(value, scope, errors).map(Body::Text);
                return hinted("text", text, before, errors);
            }
            _ => {}
        }
    }
    Structure::compile(node, scope, errors).map(Body::Json)
}

/// Where the word was not meant as a notation but as a member of JSON, the message says how that is written.
fn hinted(
    word: &str,
    body: Option<Body>,
    before: usize,
    errors: &mut [Diagnostic],
) -> Option<Body> {
    for error in &mut errors[before..] {
        if ["E121", "E354", "E355"].contains(&error.code) {
            error.help.push(say::json_member(word));
        }
    }
    body
}

/// One element, and in it members, attributes and texts (E354).
fn root(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<()> {
    let single = match node.map() {
        Some([(name, value)]) if value.list().is_none() && !is_special(&name.text) => true,
        Some(_) => false,
        None => {
            errors.push(wrong_kind(node, Wanted::Mapping));
            return None;
        }
    };
    if !single {
        errors.push(
            error("E354", say::xml_root())
                .help(say::xml_root_help())
                .at(node.place.clone()),
        );
        return None;
    }
    element(node, errors)
}

fn is_special(name: &str) -> bool {
    name.starts_with('@') || name == "#text"
}

fn element(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<()> {
    let mut sound = Some(());
    for (name, value) in node.map().unwrap_or_default() {
        let plain = name.text.strip_prefix('@').unwrap_or(&name.text);
        let special = is_special(&name.text);
        let flat = value.map().is_none() && value.list().is_none();
        if !(name.text == "#text" || is_xml_name(plain)) || (special && !flat) {
            errors.push(
                error("E354", say::xml_name(&name.text))
                    .help(say::xml_name_help())
                    .at(name.place.clone()),
            );
            sound = None;
            continue;
        }
        let children = value
            .list()
            .map_or_else(|| vec![value], |items| items.iter().collect());
        for child in children {
            if value.list().is_some() && child.list().is_some() {
                errors.push(
                    error("E354", say::xml_list())
                        .help(say::xml_list_help())
                        .at(child.place.clone()),
                );
                sound = None;
            } else if child.map().is_some() && element(child, errors).is_none() {
                sound = None;
            }
        }
    }
    sound
}

/// A list of mappings with the same members, or one expression that comes out as such a list (E355).
fn rows(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<()> {
    if node
        .text()
        .is_some_and(|text| text.trim_start().starts_with("{{"))
    {
        return Some(());
    }
    let rows = node.list().filter(|rows| !rows.is_empty());
    let names = |row: &Node| -> Option<Vec<String>> {
        let cells = row.map().filter(|cells| !cells.is_empty())?;
        let flat = cells
            .iter()
            .all(|(_, cell)| !matches!(cell.value, Value::Map(_) | Value::List(_)));
        let mut names: Vec<String> = cells.iter().map(|(name, _)| name.text.clone()).collect();
        names.sort();
        flat.then_some(names)
    };
    let first = rows.and_then(|rows| names(&rows[0]));
    let alike = first.is_some()
        && rows
            .unwrap_or_default()
            .iter()
            .all(|row| names(row) == first);
    if !alike {
        errors.push(
            error("E355", say::csv_rows())
                .help(say::csv_rows_help())
                .at(node.place.clone()),
        );
        return None;
    }
    Some(())
}

const DECODERS: [Decode; 6] = [
    Decode::Json,
    Decode::JsonLines,
    Decode::Csv,
    Decode::Xml,
    Decode::Text,
    Decode::Bytes,
];

/// `decode`; the content type decides where it is not stated, here or in `api`.
pub(super) fn decode(
    fields: &mut Fields<'_, '_>,
    default: Option<Decode>,
) -> Option<Option<Decode>> {
    let Some(node) = fields.optional("decode") else {
        return Some(default);
    };
    let word = node.scalar().unwrap_or_default();
    let known = DECODERS
        .into_iter()
        .find(|decode| decode.word() == word.as_str());
    if known.is_none() {
        let mut wrong = error("E121", say::decoders()).at(node.place.clone());
        if let Some(near) = nearest(&word, DECODERS.map(Decode::word)) {
            wrong = wrong.help(say_yaml::did_you_mean(near));
        }
        fields.error(wrong.help(say::decoders_help()));
    }
    known.map(Some)
}

/// Records have members, and text and bytes have none (E350).
pub(super) fn holds_records(decode: Option<Decode>, node: &Node, errors: &mut Vec<Diagnostic>) {
    if let Some(decode @ (Decode::Text | Decode::Bytes)) = decode {
        errors.push(
            error("E350", say::no_records_in(decode.word()))
                .help(say::no_records_in_help())
                .at(node.place.clone()),
        );
    }
}
