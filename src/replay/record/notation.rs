//! Replies that are no JSON: XML, CSV, lines of JSON and plain text, as values that can be disguised, and as text again.
//!
//! A reply is taken apart by the same reader that a search uses. What is written is made of the disguised values alone, so that no
//! comment, declaration or white space of the original goes along, and it is read once more: if it does not say exactly what the
//! disguised values say, it cannot be recorded. HTML and bytes are never recorded.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

use super::Taken;
use crate::connector::rest::decoded;
use crate::connector::rest::request::Decode;

/// A reply as values.
pub(super) struct Told {
    pub(super) value: Value,
    pub(super) form: Decode,
    /// Of a table, in the order of their names.
    columns: Vec<String>,
}

impl Told {
    /// Whether every value in it is a text, whatever it means.
    pub(super) fn is_untyped(&self) -> bool {
        matches!(self.form, Decode::Xml | Decode::Csv)
    }
}

/// The values of a reply; `None` where it is empty, or in no notation in which they can be told apart.
pub(super) fn read(one: &Taken, reads_csv: bool) -> Option<Told> {
    if one.reply.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    if let Ok(value) = serde_json::from_slice::<Value>(&one.reply) {
        return Some(Told {
            value,
            form: Decode::Json,
            columns: Vec::new(),
        });
    }
    let by_type = parsed(&one.headers, &one.reply, None);
    match &by_type {
        Some(told) if !matches!(told.form, Decode::Text | Decode::Bytes) => return by_type,
        // A connector can say that what comes as text is a table.
        Some(_) if reads_csv => {
            let table = parsed(&one.headers, &one.reply, Some(Decode::Csv));
            if table
                .as_ref()
                .is_some_and(|table| !table.columns.is_empty())
            {
                return table;
            }
        }
        _ => {}
    }
    by_type.filter(|told| told.form == Decode::Text)
}

fn parsed(headers: &HeaderMap, body: &[u8], stated: Option<Decode>) -> Option<Told> {
    let content = decoded(headers, body, stated).ok()?;
    let columns: BTreeSet<String> = content.columns.into_iter().collect();
    Some(Told {
        value: content.value,
        form: content.form,
        columns: columns.into_iter().collect(),
    })
}

/// A body that the program sent in XML.
pub(super) fn sent(body: &[u8]) -> Option<Value> {
    let headers = typed("application/xml");
    decoded(&headers, body, Some(Decode::Xml))
        .ok()
        .map(|content| content.value)
}

fn typed(kind: &'static str) -> HeaderMap {
    let value = reqwest::header::HeaderValue::from_static(kind);
    HeaderMap::from_iter([(reqwest::header::CONTENT_TYPE, value)])
}

/// Disguised values in their notation.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) kind: &'static str,
    /// What has to be looked through: names and values, without what the notation puts between them.
    pub(super) looked: Value,
}

/// The text of disguised values; `None` if it would not be read as what they are.
pub(super) fn write(told: &Told, value: Value, name: &dyn Fn(&str) -> String) -> Option<Written> {
    let columns: Vec<String> = told.columns.iter().map(|column| name(column)).collect();
    let (text, kind) = match told.form {
        Decode::Xml => (xml(&value)?, "application/xml; charset=utf-8"),
        Decode::Csv => (csv(&value, &columns)?, "text/csv; charset=utf-8"),
        Decode::JsonLines => (lines(&value)?, "application/x-ndjson"),
        Decode::Text => (value.as_str()?.to_owned(), "text/plain; charset=utf-8"),
        Decode::Json | Decode::Bytes => return None,
    };
    let again = decoded(&typed(kind), text.as_bytes(), Some(told.form)).ok()?;
    let holds = again.value == value && (told.form != Decode::Csv || again.columns == columns);
    holds.then(|| Written {
        looked: json!([value, columns]),
        text,
        kind,
    })
}

fn lines(value: &Value) -> Option<String> {
    let lines: Vec<String> = value.as_array()?.iter().map(Value::to_string).collect();
    Some(lines.join("\n"))
}

fn csv(value: &Value, columns: &[String]) -> Option<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).ok()?;
    for row in value.as_array()? {
        let cell = |name: &String| row.get(name).and_then(Value::as_str);
        let cells: Vec<&str> = columns.iter().map(cell).collect::<Option<_>>()?;
        writer.write_record(cells).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

fn xml(value: &Value) -> Option<String> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned();
    for (name, root) in members {
        element(name, root, &mut out)?;
    }
    Some(out)
}

fn element(name: &str, value: &Value, out: &mut String) -> Option<()> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| element(name, item, out))?,
        Value::Null => out.push_str(&format!("<{name} xsi:nil=\"true\"/>")),
        Value::String(text) => out.push_str(&format!("<{name}>{}</{name}>", escaped(text))),
        Value::Object(members) => with_members(name, members, out)?,
        Value::Bool(_) | Value::Number(_) => return None,
    }
    Some(())
}

fn with_members(name: &str, members: &Map<String, Value>, out: &mut String) -> Option<()> {
    out.push_str(&format!("<{name}"));
    for (attribute, value) in members {
        if let Some(attribute) = attribute.strip_prefix('@') {
            out.push_str(&format!(" {attribute}=\"{}\"", escaped(value.as_str()?)));
        }
    }
    out.push('>');
    for (inner, value) in members.iter().filter(|(inner, _)| !inner.starts_with('@')) {
        match inner.as_str() {
            "#text" => out.push_str(&escaped(value.as_str()?)),
            inner => element(inner, value, out)?,
        }
    }
    out.push_str(&format!("</{name}>"));
    Some(())
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(sign))),
            sign => out.push(sign),
        }
    }
    out
}
