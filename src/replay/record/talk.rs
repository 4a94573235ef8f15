//! One request and its reply as an exchange of a test file.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::paper::Sheet;
use super::{Taken, notation};
use crate::connector::rest::request::{Decode, Verb};
use crate::diagnostic::{Result, Trouble};
use crate::messages::replay as say;
use crate::yaml::error;

/// Headers of a reply that mean something to a connector.
const HEADERS: [&str; 4] = ["link", "etag", "retry-after", "location"];

/// An exchange of a test file.
pub(super) struct Made {
    pub(super) exchange: Value,
    /// What a reply in a text says, in values.
    pub(super) looked: Option<Value>,
}

/// The exchange at this place, counted from 0.
pub(super) fn exchange(sheet: &Sheet<'_>, one: &Taken, at: usize) -> Result<Made> {
    let disguise = sheet.disguise;
    let mut out = Map::new();
    let base = one.base.path().trim_end_matches('/');
    let path = match one.url.origin() == one.base.origin() {
        true => one.url.path().strip_prefix(base),
        false => None,
    };
    let target = match path {
        Some("") => "/".to_owned(),
        Some(path) => disguise.path(path, false),
        // A link that leads beside the base is a whole URL, moved like those in replies.
        None => {
            let mut bare = one.url.clone();
            bare.set_query(None);
            disguise
                .own_url(bare.as_str())
                .unwrap_or_else(|| disguise.path(one.url.path(), false))
        }
    };
    out.insert(verb(one.verb).to_owned(), json!(target));
    let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in one.url.query_pairs() {
        query
            .entry(name.into_owned())
            .or_default()
            .push(disguise.request(&value));
    }
    if !query.is_empty() {
        let one_or_many = |values: Vec<String>| match values.as_slice() {
            [one] => json!(one),
            _ => json!(values),
        };
        out.insert(
            "query".to_owned(),
            Value::Object(
                query
                    .into_iter()
                    .map(|(name, values)| (name, one_or_many(values)))
                    .collect(),
            ),
        );
    }
    if let Some(body) = &one.body {
        out.insert("body".to_owned(), sent(sheet, body));
    }
    let (reply, looked) = reply(sheet, one, at)?;
    out.insert("reply".to_owned(), reply);
    Ok(Made {
        exchange: Value::Object(out),
        looked,
    })
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Head => "head",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    }
}

/// What was sent: JSON, a form, or text.
fn sent(sheet: &Sheet<'_>, body: &[u8]) -> Value {
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let value = sheet.disguise.body(&value);
        // A text alone would be read as a text body.
        return if value.is_string() {
            json!({ "text": value })
        } else {
            value
        };
    }
    let text = String::from_utf8_lossy(body);
    let is_form = !text.contains(['<', '\n', ' ']) && text.contains('=');
    if is_form {
        let mut form: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            form.entry(name.into_owned())
                .or_default()
                .push(sheet.disguise.request(&value));
        }
        return json!({ "form": form });
    }
    json!({ "text": sheet.disguise.request(&text) })
}

fn reply(sheet: &Sheet<'_>, one: &Taken, at: usize) -> Result<(Value, Option<Value>)> {
    let mut looked = None;
    let mut out = Map::new();
    if one.status != 200 {
        out.insert("status".to_owned(), json!(one.status));
    }
    let mut headers = Map::new();
    for (name, value) in &one.headers {
        let name = name.as_str();
        let Ok(value) = value.to_str() else { continue };
        if HEADERS.contains(&name) || sheet.headers.iter().any(|known| known == name) {
            let made = match name {
                "link" => linked(sheet, value),
                "location" => sheet.disguise.own_url(value).unwrap_or_default(),
                _ => sheet.disguise.request(value),
            };
            if !made.is_empty() {
                headers.insert(name.to_owned(), json!(made));
            }
        }
    }
    let blank = one.reply.iter().all(u8::is_ascii_whitespace);
    if !blank {
        let told = sheet.told.get(at).and_then(Option::as_ref);
        let disguised = told.map(|told| {
            let value = sheet.disguise.reply(&told.value, told.is_untyped());
            (told, value)
        });
        match disguised {
            Some((told, value)) if told.form == Decode::Json => {
                drop(out.insert("json".to_owned(), value))
            }
            Some((told, value)) => {
                let name = |name: &str| sheet.disguise.name(name);
                match notation::write(told, value, &name) {
                    Some(made) => {
                        headers.insert("content-type".to_owned(), json!(made.kind));
                        out.insert("text".to_owned(), json!(made.text));
                        looked = Some(made.looked);
                    }
                    None if one.status >= 400 || one.writes => {}
                    None => return Err(unreadable(at)),
                }
            }
            // The page of an error says nothing that a connector reads, and may say anything.
            None if one.status >= 400 || one.writes => {}
            None => return Err(unreadable(at)),
        }
    }
    if !headers.is_empty() {
        out.insert("headers".to_owned(), Value::Object(headers));
    }
    if out.is_empty() {
        out.insert("status".to_owned(), json!(200));
    }
    Ok((Value::Object(out), looked))
}

fn unreadable(at: usize) -> Trouble {
    error("E792", say::no_json_reply(at + 1))
        .help(say::no_json_reply_help())
        .into()
}

/// `<https://…>; rel="next"`, the URLs moved.
fn linked(sheet: &Sheet<'_>, header: &str) -> String {
    let mut out = String::new();
    let mut rest = header;
    while let Some((before, behind)) = rest.split_once('<') {
        let Some((url, behind)) = behind.split_once('>') else {
            break;
        };
        out.push_str(before);
        out.push_str(&format!(
            "<{}>",
            sheet.disguise.own_url(url).unwrap_or_default()
        ));
        rest = behind;
    }
    out.push_str(rest);
    out
}
