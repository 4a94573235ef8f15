//! What a request carries, written out. Each notation is built from its parts, never by putting texts together, so a value is one
//! leaf of it whatever it holds; what a notation cannot hold is refused instead of being altered.

use serde_json::Value;

use super::request::Body;
use crate::connector::Fault;
use crate::template::{Names, Structure, Unfit};

/// A body on its way. One in JSON stays a tree until it is sent, so that pages can put their parameters into it.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    Tree(Value),
    Bytes(Vec<u8>),
}

impl Payload {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Payload::Tree(tree) => tree.to_string().into_bytes(),
            Payload::Bytes(bytes) => bytes.clone(),
        }
    }

    /// Puts a value under these member names; mappings on the way that are missing are made.
    ///
    /// # Errors
    /// Something else than a mapping is in the way.
    pub(super) fn put(&mut self, names: &[String], value: Value) -> Result<(), Fault> {
        let Payload::Tree(tree) = self else {
            return Err(Fault::unfit(names.join(".")));
        };
        let mut here = tree;
        for name in names {
            let members = here
                .as_object_mut()
                .ok_or_else(|| Fault::unfit(names.join(".")))?;
            here = members
                .entry(name.as_str())
                .or_insert_with(|| Value::Object(serde_json::Map::new()));
        }
        *here = value;
        Ok(())
    }
}

/// The body with every value in its place, and its content type.
///
/// In a reading request a value that comes out null or blank is an error, because a server may take an empty criterion for none.
///
/// # Errors
/// A value is missing, or the notation cannot hold it.
pub(super) fn make(
    body: &Body,
    names: &Names,
    reading: bool,
) -> Result<(Payload, &'static str), Fault> {
    Ok(match body {
        Body::Json(structure) => (
            Payload::Tree(rendered(structure, names, reading)?),
            "application/json",
        ),
        Body::Form(pairs) => (
            Payload::Bytes(form(pairs, names, reading)?.into_bytes()),
            "application/x-www-form-urlencoded",
        ),
        Body::Xml(structure) => (
            Payload::Bytes(xml(&tree(structure, names, reading)?)?.into_bytes()),
            "application/xml",
        ),
        Body::Csv(structure) => (
            Payload::Bytes(csv(&tree(structure, names, reading)?)?),
            "text/csv; charset=utf-8",
        ),
        Body::Text(template) => (
            Payload::Bytes(template.text(names)?.into_bytes()),
            "text/plain; charset=utf-8",
        ),
    })
}

fn rendered(structure: &Structure, names: &Names, reading: bool) -> Result<Value, Unfit> {
    if reading {
        structure.criterion(names)
    } else {
        structure.render(names)
    }
}

fn form(pairs: &[(String, Structure)], names: &Names, reading: bool) -> Result<String, Fault> {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        let tree = rendered(value, names, reading)?;
        let items = match &tree {
            Value::Array(items) => items.as_slice(),
            leaf => std::slice::from_ref(leaf),
        };
        for item in items {
            let text = scalar(item).ok_or_else(|| Fault::unfit(name))?;
            out.append_pair(name, &text);
        }
    }
    Ok(out.finish())
}

/// A structure with its values, members in the order of the file; those of a value that is a mapping in the order of the alphabet.
enum Tree {
    Leaf(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

fn tree(structure: &Structure, names: &Names, reading: bool) -> Result<Tree, Unfit> {
    Ok(match structure {
        Structure::Leaf(_) | Structure::Fixed(_) => grown(rendered(structure, names, reading)?),
        Structure::List(items) => Tree::List(
            items
                .iter()
                .map(|item| tree(item, names, reading))
                .collect::<Result<_, _>>()?,
        ),
        Structure::Map(entries) => Tree::Map(
            entries
                .iter()
                .map(|(name, value)| Ok((name.clone(), tree(value, names, reading)?)))
                .collect::<Result<_, Unfit>>()?,
        ),
    })
}

fn grown(value: Value) -> Tree {
    match value {
        Value::Array(items) => Tree::List(items.into_iter().map(grown).collect()),
        Value::Object(members) => Tree::Map(
            members
                .into_iter()
                .map(|(name, value)| (name, grown(value)))
                .collect(),
        ),
        leaf => Tree::Leaf(scalar(&leaf).unwrap_or_default()),
    }
}

/// A text, number or boolean as it is written; null as nothing.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

// ---- XML 1.0 ----

fn xml(tree: &Tree) -> Result<String, Fault> {
    let Tree::Map(entries) = tree else {
        return Err(Fault::unfit("xml"));
    };
    let [(root, content)] = entries.as_slice() else {
        return Err(Fault::unfit("xml"));
    };
    if matches!(content, Tree::List(_)) {
        return Err(Fault::unfit(root));
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(root, content, &mut out)?;
    Ok(out)
}

fn element(name: &str, content: &Tree, out: &mut String) -> Result<(), Fault> {
    let unfit = || Fault::unfit(name);
    if !is_xml_name(name) {
        return Err(unfit());
    }
    match content {
        Tree::List(items) => {
            for item in items {
                if matches!(item, Tree::List(_)) {
                    return Err(unfit());
                }
                element(name, item, out)?;
            }
        }
        Tree::Leaf(text) => {
            out.push_str(&format!("<{name}>"));
            escaped(text, out).ok_or_else(unfit)?;
            out.push_str(&format!("</{name}>"));
        }
        Tree::Map(members) => {
            out.push_str(&format!("<{name}"));
            for (key, value) in members {
                let Some(attribute) = key.strip_prefix('@') else {
                    continue;
                };
                let (Tree::Leaf(text), true) = (value, is_xml_name(attribute)) else {
                    return Err(Fault::unfit(key));
                };
                out.push_str(&format!(" {attribute}=\""));
                escaped(text, out).ok_or_else(unfit)?;
                out.push('"');
            }
            out.push('>');
            for (key, value) in members {
                match value {
                    _ if key.starts_with('@') => {}
                    Tree::Leaf(text) if key == "#text" => {
                        escaped(text, out).ok_or_else(unfit)?;
                    }
                    _ => element(key, value, out)?,
                }
            }
            out.push_str(&format!("</{name}>"));
        }
    }
    Ok(())
}

/// Escaped for element content and for attributes. `None` if XML 1.0 cannot hold a character, not even as a reference.
fn escaped(text: &str, out: &mut String) -> Option<()> {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // As they stand, a reader would turn them into spaces or other line ends.
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c if is_xml_char(c) => out.push(c),
            _ => return None,
        }
    }
    Some(())
}

/// `Char` of XML 1.0.
pub(in crate::connector) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A name of XML with one prefix at most. Of letters beyond ASCII, those that Unicode calls letters.
pub(in crate::connector) fn is_xml_name(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "-_.\u{b7}".contains(c))
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}

// ---- CSV (RFC 4180) ----

fn csv(tree: &Tree) -> Result<Vec<u8>, Fault> {
    let unfit = || Fault::unfit("csv");
    let Tree::List(rows) = tree else {
        return Err(unfit());
    };
    let rows: Vec<&[(String, Tree)]> = rows
        .iter()
        .map(|row| match row {
            Tree::Map(cells) => Ok(cells.as_slice()),
            _ => Err(unfit()),
        })
        .collect::<Result<_, _>>()?;
    let first = rows.first().filter(|row| !row.is_empty());
    let header: Vec<&str> = first
        .ok_or_else(unfit)?
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut line = |cells: &[&str]| {
        let sound = |text: &&str| {
            !text
                .chars()
                .any(|c| c.is_control() && !"\t\r\n".contains(c))
        };
        if cells.iter().all(sound) {
            out.write_record(cells).map_err(|_| unfit())
        } else {
            Err(unfit())
        }
    };
    line(&header)?;
    for row in rows {
        if row.len() != header.len() {
            return Err(unfit());
        }
        let cells: Option<Vec<&str>> = header
            .iter()
            .map(|name| match row.iter().find(|(known, _)| known == name)? {
                (_, Tree::Leaf(text)) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        line(&cells.ok_or_else(unfit)?)?;
    }
    out.into_inner().map_err(|_| unfit())
}

#[cfg(test)]
mod tests;
