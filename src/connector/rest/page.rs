//! Records in a reply, and the way from one page to the next. Absence is not emptiness: a reply that is built otherwise than the
//! connector says, a page that comes again and a count that does not add up are faults, never "nothing found".

use std::collections::HashSet;

use reqwest::header::LINK;
use serde_json::Value;

use super::client::Reply;
use super::decode::{Content, shape};
use super::link;
use super::request::{Decode, JsonPath, Next, Page, Source};
use crate::connector::{Fault, Key};

/// The records of a reply. `counted_none` where the reply itself says that there are none; only XML needs to know, because an
/// empty list cannot be told from a missing one there.
///
/// # Errors
/// As [`records`], and E318 where the reply is text or bytes.
pub(super) fn of_reply(
    content: &mut Content,
    path: &JsonPath,
    page: &Page,
) -> Result<Vec<Value>, Fault> {
    match content.form {
        Decode::Text | Decode::Bytes => {
            return Err(Fault::other_format(
                Decode::Json.word(),
                content.form.word(),
            ));
        }
        Decode::Xml => {
            let total = match &page.total {
                Some(Source::Body(path)) => content.count(path),
                _ => None,
            };
            shape(&mut content.value, &path.text, Some(total == Some(0)));
        }
        Decode::Json | Decode::JsonLines | Decode::Csv => {}
    }
    records(&content.value, path)
}

/// The records at a path. `$.items[*]` of `{"items": []}` is empty; of a reply without `items`, or with something else than a list
/// there, it is a fault.
///
/// # Errors
/// E310 where the envelope is missing, E331 where something in it is no record.
pub(super) fn records(body: &Value, path: &JsonPath) -> Result<Vec<Value>, Fault> {
    let mut here = vec![body];
    let missing = || Fault::envelope(&path.text);
    let pieces: Vec<&str> = path.text.split("[*]").collect();
    for (i, piece) in pieces.iter().enumerate() {
        let piece = piece.strip_prefix('$').unwrap_or(piece);
        if !piece.is_empty() {
            let mut next = Vec::new();
            for node in here {
                next.extend(nodes(node, piece).ok_or_else(missing)?);
            }
            here = next;
        }
        if i + 1 < pieces.len() {
            let mut items = Vec::new();
            for node in here {
                items.extend(node.as_array().ok_or_else(missing)?);
            }
            here = items;
        }
    }
    here.into_iter()
        .map(|record| {
            record
                .is_object()
                .then(|| record.clone())
                .ok_or_else(Fault::not_a_record)
        })
        .collect()
}

/// What lies at a path below a node; nothing only where a filter in the path chose nothing from a list that is there.
fn nodes<'v>(node: &'v Value, piece: &str) -> Option<Vec<&'v Value>> {
    let query = |piece: &str| {
        let path = serde_json_path::JsonPath::parse(&format!("${piece}")).ok()?;
        Some(path.query(node).all())
    };
    let found = query(piece)?;
    if !found.is_empty() {
        return Some(found);
    }
    let (list, _) = piece.split_once("[?")?;
    let lists = query(list)?;
    (!lists.is_empty() && lists.iter().all(|list| list.is_array())).then_some(found)
}

/// What has been read of one search so far.
#[derive(Default)]
pub(super) struct Progress {
    pages: u64,
    came: u64,
    total: Option<u64>,
    /// How many pages there are, by what the last reply said.
    last: Option<u64>,
    keys: HashSet<Key>,
    asked: HashSet<String>,
}

/// Where the records go on.
#[derive(Debug, PartialEq)]
pub(super) enum Onward {
    /// That was all.
    End,
    /// At this URL or path, as the reply spells it.
    Url(String),
    /// At this token, as the reply has it.
    Cursor(Value),
    /// Behind as many records.
    Offset(u64),
    /// On the page with this number.
    Number(u64),
}

impl Progress {
    /// Takes note of a page.
    ///
    /// # Errors
    /// E311 if it has records and brought nothing new, E310 if a count is missing.
    pub(super) fn page(
        &mut self,
        page: &Page,
        (content, reply): (&Content, &Reply),
        keys: &[Key],
    ) -> Result<(), Fault> {
        self.pages += 1;
        self.came += keys.len() as u64;
        let mut new = 0;
        for key in keys {
            new += usize::from(self.keys.insert(key.clone()));
        }
        if new == 0 && !keys.is_empty() {
            return Err(Fault::repeated_page());
        }
        self.total = stated(page.total.as_ref(), content, reply)?;
        self.last = stated(page.pages.as_ref(), content, reply)?;
        Ok(())
    }

    /// Where the next page is, by what this reply says. A page with fewer records than asked for is no end: servers lower the size
    /// of a page without a word.
    ///
    /// # Errors
    /// E310 if `more` or the way onward is missing or of another type, E319 if more is announced and there is no way to it.
    pub(super) fn onward(
        &self,
        page: &Page,
        content: &Content,
        reply: &Reply,
        empty: bool,
    ) -> Result<Onward, Fault> {
        let more = match &page.more {
            _ if matches!(page.next, Next::None) => None,
            None => None,
            Some(path) => match content.flag(path) {
                None => return Err(Fault::envelope(&path.text)),
                Some(false) => return Ok(Onward::End),
                Some(true) => Some(()),
            },
        };
        let end = || match more {
            None => Ok(Onward::End),
            Some(()) => Err(Fault::no_way_on()),
        };
        match &page.next {
            Next::None => Ok(Onward::End),
            Next::LinkHeader => {
                let headers = reply.headers.get_all(LINK).iter();
                let headers: Vec<String> = headers
                    .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                    .collect();
                match link::next(&headers).map_err(|()| Fault::envelope("Link"))? {
                    Some(target) => Ok(Onward::Url(target)),
                    None => end(),
                }
            }
            Next::Url(path) => match token(content, path)? {
                Some(Value::String(text)) => Ok(Onward::Url(text)),
                Some(_) => Err(Fault::envelope(&path.text)),
                None => end(),
            },
            Next::Cursor { path, .. } => match token(content, path)? {
                Some(token) => Ok(Onward::Cursor(token)),
                None => end(),
            },
            Next::Offset { .. } | Next::Number { .. } if self.has_all() => Ok(Onward::End),
            Next::Number { .. } if self.last.is_some_and(|last| self.pages >= last) => end(),
            Next::Offset { .. } | Next::Number { .. } if empty => end(),
            Next::Offset { start, .. } => Ok(Onward::Offset(start + self.came)),
            Next::Number { start, .. } => Ok(Onward::Number(start + self.pages)),
        }
    }

    fn has_all(&self) -> bool {
        self.total.is_some_and(|total| self.came >= total)
    }

    pub(super) fn pages(&self) -> u64 {
        self.pages
    }

    /// # Errors
    /// E313 if no further page may be asked for.
    pub(super) fn within(&self, page: &Page) -> Result<(), Fault> {
        if page.max > 0 && self.pages >= page.max {
            Err(Fault::page_limit(page.max))
        } else {
            Ok(())
        }
    }

    /// # Errors
    /// E311 if exactly this was asked before, as when the same link or cursor came twice.
    pub(super) fn ask(&mut self, request: String) -> Result<(), Fault> {
        if self.asked.insert(request) {
            Ok(())
        } else {
            Err(Fault::repeated_page())
        }
    }

    /// # Errors
    /// E312 if other than the announced number of records came. A record that came twice counts once: while pages shift, one that
    /// comes again has another fall between them.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        let came = self.keys.len() as u64;
        match self.total {
            Some(total) if total != came => Err(Fault::count_mismatch(total, came)),
            _ => Ok(()),
        }
    }
}

/// The whole number that a reply states there, in its body or in a header.
fn stated(from: Option<&Source>, content: &Content, reply: &Reply) -> Result<Option<u64>, Fault> {
    let Some(from) = from else {
        return Ok(None);
    };
    let number = match from {
        Source::Body(path) => content.count(path),
        Source::Header(name) => {
            // Two headers of one name might say two numbers.
            let mut values = reply.headers.get_all(name.as_str()).iter();
            let value = values.next().filter(|_| values.next().is_none());
            let text = value.and_then(|value| value.to_str().ok());
            text.and_then(|text| text.trim().parse().ok())
        }
    };
    number
        .map(Some)
        .ok_or_else(|| Fault::envelope(from.to_string()))
}

/// Longest link or cursor, in bytes: no server takes a longer one back.
const LONGEST: usize = 1 << 16;

/// A text or whole number that leads on; nothing, null, false and the empty text lead nowhere.
fn token(content: &Content, path: &JsonPath) -> Result<Option<Value>, Fault> {
    match content.single(path) {
        None | Some(Value::Null | Value::Bool(false)) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() > LONGEST => Err(Fault::envelope(&path.text)),
        Some(token @ Value::String(_)) => Ok(Some(token.clone())),
        Some(token @ Value::Number(number)) if number.is_u64() || number.is_i64() => {
            Ok(Some(token.clone()))
        }
        Some(_) => Err(Fault::envelope(&path.text)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> JsonPath {
        JsonPath {
            path: serde_json_path::JsonPath::parse(text).unwrap(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn an_empty_list_is_nothing_found_and_all_else_is_a_fault() {
        let found = |body: Value, text: &str| {
            records(&body, &path(text))
                .map(|r| r.len())
                .map_err(|f| f.code)
        };
        assert_eq!(found(json!({"items": []}), "$.items[*]"), Ok(0));
        assert_eq!(found(json!({"items": [{}, {}]}), "$.items[*]"), Ok(2));
        assert_eq!(found(json!([]), "$[*]"), Ok(0));
        assert_eq!(
            found(json!({"a": [{"b": []}, {"b": [{}]}]}), "$.a[*].b[*]"),
            Ok(1)
        );
        assert_eq!(found(json!({"a": []}), "$.a[*].b[*]"), Ok(0));
        assert_eq!(found(json!({"a": [{"x": 1}]}), "$.a[?@.x == 2]"), Ok(0));
        assert_eq!(found(json!({"user": {}}), "$.user"), Ok(1));
        assert_eq!(found(json!({"items": {}}), "$['items']"), Ok(1));
        for (body, text) in [
            (json!({}), "$.items[*]"),
            (json!({"items": 5}), "$.items[*]"),
            (json!({"items": null}), "$.items[*]"),
            (json!({"items": {"0": {}}}), "$.items[*]"),
            (json!({"error": "x"}), "$[*]"),
            (json!({"a": [{"c": []}]}), "$.a[*].b[*]"),
            (json!({"b": []}), "$.a[?@.x == 2]"),
            (json!({"a": {}}), "$.a[?@.x == 2]"),
            (json!({}), "$.user"),
        ] {
            assert_eq!(
                found(body.clone(), text),
                Err("E310".to_owned()),
                "{body} {text}"
            );
        }
        for body in [
            json!({"items": [1]}),
            json!({"items": [null]}),
            json!({"items": [[]]}),
            json!({"items": ["x"]}),
        ] {
            assert_eq!(found(body, "$.items[*]"), Err("E331".to_owned()));
        }
        assert_eq!(
            found(json!({"user": null}), "$.user"),
            Err("E331".to_owned())
        );
    }
}
