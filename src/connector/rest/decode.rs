//! The bytes of a reply become values that JSONPaths work on: JSON, JSON Lines, CSV, XML, text, bytes.
//!
//! What is not exactly in the expected notation is a fault: a login page, a list that breaks off, a row with a cell too many. None
//! of them may pass for "nothing found". CSV and XML know no types, so all their values are texts; where a number or a boolean is
//! asked for, [`Content`] reads it from the text.

mod xml;

pub(super) use xml::shape;

use base64::Engine as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Map, Value};

use super::client::Reply;
use super::request::{Decode, JsonPath};
use crate::connector::Fault;

/// A reply as values.
pub(crate) struct Content {
    pub(crate) value: Value,
    pub(crate) form: Decode,
    /// The names of the columns, where the notation has a line with them.
    pub(crate) columns: Vec<String>,
}

impl Content {
    /// The one value at a path.
    pub(super) fn single(&self, path: &JsonPath) -> Option<&Value> {
        let found = path.path.query(&self.value).exactly_one().ok()?;
        match found {
            // `<total unit="records">5</total>`
            Value::Object(members) if self.form == Decode::Xml => {
                Some(members.get("#text").unwrap_or(found))
            }
            other => Some(other),
        }
    }

    /// The whole number at a path; from a text only where the notation has no numbers.
    pub(super) fn count(&self, path: &JsonPath) -> Option<u64> {
        match self.single(path)? {
            Value::String(text) if self.is_untyped() => text.trim().parse().ok(),
            value => value.as_u64(),
        }
    }

    /// The boolean at a path; from a text only where the notation has no booleans.
    pub(super) fn flag(&self, path: &JsonPath) -> Option<bool> {
        match self.single(path)? {
            Value::String(text) if self.is_untyped() => match text.trim() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            value => value.as_bool(),
        }
    }

    /// The first of these names that no column bears. A table without rows is empty only if it is the table that was asked for:
    /// a single line of complaint would be taken for its head.
    pub(super) fn lacks<'n>(&self, names: &'n [String]) -> Option<&'n String> {
        let mut names = names.iter();
        names.find(|name| self.form == Decode::Csv && !self.columns.contains(name))
    }

    fn is_untyped(&self) -> bool {
        matches!(self.form, Decode::Xml | Decode::Csv)
    }
}

/// What a content type says, as far as it matters here.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Form(Decode),
    Html,
    Nothing,
}

/// Reads a reply in the notation stated, else in that of its content type; JSON where there is none.
///
/// # Errors
/// E314 if it is not in that notation, E318 if its content type says that it is something else.
pub(super) fn decode(reply: &Reply, stated: Option<Decode>) -> Result<Content, Fault> {
    read(&reply.headers, &reply.body, stated)
}

/// The same for headers and bytes.
///
/// # Errors
/// As [`decode`].
pub(crate) fn read(
    headers: &HeaderMap,
    body: &[u8],
    stated: Option<Decode>,
) -> Result<Content, Fault> {
    let header = headers.get(CONTENT_TYPE);
    let header = header.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let header = header.as_deref().unwrap_or_default();
    let said = said(header);
    let form = match (stated, said) {
        (Some(Decode::Csv), Said::Form(Decode::Json | Decode::JsonLines | Decode::Xml))
        | (Some(Decode::Csv | Decode::Xml | Decode::Text), Said::Html)
        | (None, Said::Html) => {
            let wanted = stated.unwrap_or(Decode::Json);
            return Err(Fault::other_format(wanted.word(), word(said)));
        }
        (Some(stated), _) => stated,
        (None, Said::Form(form)) => form,
        (None, Said::Nothing) => Decode::Json,
    };
    // Nothing at all is an empty list only of lines, and only if the server itself says that it sends lines.
    let lines = form == Decode::JsonLines && said == Said::Form(Decode::JsonLines);
    if body.is_empty() && !lines && !matches!(form, Decode::Text | Decode::Bytes) {
        return Err(Fault::undecodable(form.word()));
    }
    let charset = charset(header);
    let mut columns = Vec::new();
    let value = match form {
        Decode::Json => json(body),
        Decode::JsonLines => json_lines(body),
        Decode::Csv => text(body, charset).and_then(|text| csv(&text, &mut columns)),
        Decode::Xml => {
            let charset = charset.or_else(|| xml::declared_charset(body));
            text(body, charset).and_then(|text| xml::parse(&text))
        }
        Decode::Text => text(body, charset).map(Value::String),
        Decode::Bytes => {
            let text = base64::engine::general_purpose::STANDARD.encode(body);
            Some(Value::String(text))
        }
    };
    let value = value.ok_or_else(|| Fault::undecodable(form.word()))?;
    Ok(Content {
        value,
        form,
        columns,
    })
}

impl Decode {
    /// The notation's name in a message; as the language spells it.
    pub fn word(self) -> &'static str {
        match self {
            Decode::Json => "json",
            Decode::JsonLines => "jsonl",
            Decode::Csv => "csv",
            Decode::Xml => "xml",
            Decode::Text => "text",
            Decode::Bytes => "bytes",
        }
    }

    /// What a request asks for in `Accept`.
    pub(super) fn accept(self) -> &'static str {
        match self {
            Decode::Json => "application/json",
            Decode::JsonLines => "application/x-ndjson, application/jsonl, application/json;q=0.5",
            Decode::Csv => "text/csv",
            Decode::Xml => "application/xml, text/xml;q=0.9",
            Decode::Text => "text/plain",
            Decode::Bytes => "*/*",
        }
    }
}

/// The type that a reply came as, from a closed list: a reply's own words are repeated nowhere.
fn word(said: Said) -> &'static str {
    match said {
        Said::Form(form) => form.word(),
        Said::Html => "html",
        Said::Nothing => "-",
    }
}

fn said(header: &str) -> Said {
    let essence = header.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    Said::Form(match essence.as_str() {
        "" => return Said::Nothing,
        "text/html" | "application/xhtml+xml" => return Said::Html,
        "application/json" | "text/json" => Decode::Json,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/jsonlines"
        | "text/jsonl" => Decode::JsonLines,
        "text/csv" | "application/csv" => Decode::Csv,
        "application/xml" | "text/xml" => Decode::Xml,
        "text/plain" => Decode::Text,
        other if other.ends_with("+json") => Decode::Json,
        other if other.ends_with("+xml") => Decode::Xml,
        _ => Decode::Bytes,
    })
}

fn charset(header: &str) -> Option<&'static encoding_rs::Encoding> {
    header.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| encoding_rs::Encoding::for_label(value.as_bytes()))?
    })
}

/// The text by its byte order mark, else by the character set stated, else as UTF-8; `None` if a byte does not fit.
fn text(bytes: &[u8], charset: Option<&'static encoding_rs::Encoding>) -> Option<String> {
    let (encoding, mark) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (charset.unwrap_or(encoding_rs::UTF_8), 0),
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
        .map(|text| text.into_owned())
}

fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()
}

fn json_lines(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).ok())
        .collect::<Option<Vec<Value>>>()
        .map(Value::Array)
}

/// Rows as mappings, by the names in the first line.
fn csv(text: &str, columns: &mut Vec<String>) -> Option<Value> {
    // RFC 4180 has quotation marks in pairs only; without its second one a cell would swallow the rest.
    if text.matches('"').count() % 2 == 1 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().ok()?.clone();
    let mut names: Vec<&str> = header.iter().collect();
    if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
        return None;
    }
    names.sort_unstable();
    names.dedup();
    if names.len() != header.len() {
        return None;
    }
    columns.extend(header.iter().map(str::to_owned));
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.ok()?;
        let cells = header.iter().zip(row.iter());
        rows.push(Value::Object(
            cells
                .map(|(name, cell)| (name.to_owned(), Value::String(cell.to_owned())))
                .collect::<Map<_, _>>(),
        ));
    }
    Some(Value::Array(rows))
}

#[cfg(test)]
mod tests;
