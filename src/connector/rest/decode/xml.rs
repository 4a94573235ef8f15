//! XML as values: an element is a member of the element around it, one that is repeated is a list, an attribute is the member
//! `@name`, and text beside attributes or elements is the member `#text`. An element with nothing but text is that text.
//!
//! Names stay as they are written, with their prefix; declarations of namespaces are left out. Comments and processing
//! instructions mean nothing. Document types, entities of their own and deep nesting are refused: none of them is needed to carry
//! records, and all of them have been used to exhaust or deceive a reader.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde_json::{Map, Value};

use crate::connector::rest::body::{is_xml_char, is_xml_name};

/// Elements within elements.
const DEEPEST: usize = 100;

/// Elements and attributes of one reply.
const MOST: usize = 1_000_000;

/// An element whose end has not come yet.
struct Open {
    name: String,
    members: Map<String, Value>,
    text: String,
    nil: bool,
}

/// The document as a mapping with one member, its root; `None` if it is not well-formed or holds what is refused.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<Value> = None;
    let mut parts = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() >= DEEPEST || root.is_some() {
                    return None;
                }
                open.push(begin(&start, &mut parts)?);
            }
            Event::Empty(start) => {
                if open.len() >= DEEPEST || root.is_some() {
                    return None;
                }
                end(begin(&start, &mut parts)?, &mut open, &mut root);
            }
            Event::End(_) => {
                let element = open.pop()?;
                end(element, &mut open, &mut root);
            }
            Event::Text(text) => add(&mut open, &text.xml10_content())?,
            Event::CData(text) => {
                open.last()?;
                add(&mut open, &text.xml10_content())?;
            }
            Event::GeneralRef(reference) => {
                open.last()?;
                let character = match &*reference {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => reference.resolve_char_ref().ok()??,
                };
                add(&mut open, character.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return None,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { root } else { None }
}

fn begin(start: &BytesStart<'_>, parts: &mut usize) -> Option<Open> {
    let name = start.name().into_inner();
    *parts += 1;
    let mut element = Open {
        name: name.to_owned(),
        members: Map::new(),
        text: String::new(),
        nil: false,
    };
    if !is_xml_name(name) {
        return None;
    }
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.into_inner();
        *parts += 1;
        if !is_xml_name(name) || attribute.value.contains('<') || *parts > MOST {
            return None;
        }
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
        if !value.chars().all(is_xml_char) {
            return None;
        }
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        if name == "xsi:nil" {
            element.nil = ["true", "1"].contains(&value.trim());
            continue;
        }
        let value = Value::String(value.into_owned());
        element.members.insert(format!("@{name}"), value);
    }
    (*parts <= MOST).then_some(element)
}

fn add(open: &mut [Open], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(element) => {
            element.text.push_str(text);
            text.chars().all(is_xml_char).then_some(())
        }
        None => text.trim().is_empty().then_some(()),
    }
}

fn end(element: Open, open: &mut [Open], root: &mut Option<Value>) {
    let Open {
        name,
        mut members,
        text,
        nil,
    } = element;
    let value = if nil && members.is_empty() && text.trim().is_empty() {
        Value::Null
    } else if members.is_empty() {
        Value::String(text)
    } else {
        if !text.trim().is_empty() {
            members.insert("#text".to_owned(), Value::String(text));
        }
        Value::Object(members)
    };
    let Some(parent) = open.last_mut() else {
        *root = Some(Value::Object(Map::from_iter([(name, value)])));
        return;
    };
    match parent.members.get_mut(&name) {
        // No element is a list by itself, so this one is repeated.
        Some(Value::Array(items)) => items.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            parent.members.insert(name, value);
        }
    }
}

/// The character set that the declaration names.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let start = &bytes[..bytes.len().min(256)];
    let start = String::from_utf8_lossy(start);
    let declaration = start.strip_prefix("<?xml")?.split("?>").next()?;
    let (_, behind) = declaration.split_once("encoding")?;
    let behind = behind.trim_start().strip_prefix('=')?.trim_start();
    let mark = behind.chars().next().filter(|c| ['"', '\''].contains(c))?;
    let label = behind[1..].split(mark).next()?;
    encoding_rs::Encoding::for_label(label.as_bytes())
}

/// A step of a JSONPath, as far as XML has to know it.
enum Step {
    Name(String),
    /// Anything that chooses from a list: `[*]`, an index, a filter.
    List,
}

/// Makes lists of what a path takes for a list. Whether an element is repeated can be seen only when it is, so one that came once
/// becomes a list of one where the path has `[*]`; in the same way a text becomes `{"#text": …}` where the path asks for that.
///
/// With `fill`, a list of which no element came is made empty, if the element around it came and holds no other elements, or
/// `counted` says that nothing was to come: `<guests/>` has no guest, but `<reply><error/></reply>` says nothing about guests.
pub(in crate::connector::rest) fn shape(value: &mut Value, path: &str, fill: Option<bool>) {
    shaped(value, &steps(path), fill);
}

fn shaped(value: &mut Value, steps: &[Step], fill: Option<bool>) {
    let [step, rest @ ..] = steps else { return };
    match step {
        Step::List => {
            if !value.is_array() {
                *value = Value::Array(vec![value.take()]);
            }
            for item in value.as_array_mut().into_iter().flatten() {
                shaped(item, rest, fill);
            }
        }
        Step::Name(name) => {
            if name == "#text" && value.is_string() {
                *value = Value::Object(Map::from_iter([("#text".to_owned(), value.take())]));
            }
            if let (Some(counted_none), Some(Step::List)) = (fill, rest.first()) {
                let blank = |text: &str| text.trim().is_empty();
                let childless = match &*value {
                    Value::Null => true,
                    Value::String(text) => blank(text),
                    Value::Object(members) => members.keys().all(|key| key.starts_with('@')),
                    _ => false,
                };
                if childless && !value.is_object() {
                    *value = Value::Object(Map::new());
                }
                if let (true, Value::Object(members)) = (childless || counted_none, &mut *value) {
                    members
                        .entry(name.as_str())
                        .or_insert_with(|| Value::Array(Vec::new()));
                }
            }
            if let Some(below) = value.get_mut(name.as_str()) {
                shaped(below, rest, fill);
            }
        }
    }
}

/// The steps up to the first that XML cannot prepare (`..`).
fn steps(path: &str) -> Vec<Step> {
    let mut out = Vec::new();
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix("[*]").or_else(|| rest.strip_prefix(".*")) {
            out.push(Step::List);
            rest = behind;
        } else if rest.starts_with("..") {
            break;
        } else if let Some(behind) = rest.strip_prefix('.') {
            let end = behind.find(['.', '[']).unwrap_or(behind.len());
            out.push(Step::Name(behind[..end].to_owned()));
            rest = &behind[end..];
        } else {
            let Some(end) = closing_bracket(rest) else {
                break;
            };
            let inner = rest[1..end].trim();
            let quoted = ['\'', '"'].iter().find_map(|mark| {
                let name = inner.strip_prefix(*mark)?.strip_suffix(*mark)?;
                (!name.contains([*mark, '\\'])).then(|| name.to_owned())
            });
            out.push(quoted.map_or(Step::List, Step::Name));
            rest = &rest[end + 1..];
        }
    }
    out
}

/// Where the bracket at the beginning is closed, outside of texts.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') if depth == 1 => return Some(at),
            (None, ']') => depth = depth.checked_sub(1)?,
            (None, _) => {}
        }
    }
    None
}
