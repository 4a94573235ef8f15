//! Records in a reply, and the way from one page to the next. Absence is not emptiness: a reply that is built otherwise than the
//! connector says, a page that comes again and a count that does not add up are faults, never "nothing found".

use std::collections::HashSet;

use serde_json::Value;

use super::request::{JsonPath, Page};
use crate::connector::{Fault, Key};

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
    keys: HashSet<Key>,
    links: HashSet<String>,
}

impl Progress {
    /// Takes note of a page.
    ///
    /// # Errors
    /// E311 if it has records and brought nothing new, E310 if the count is missing.
    pub(super) fn page(&mut self, page: &Page, body: &Value, keys: &[Key]) -> Result<(), Fault> {
        self.pages += 1;
        self.came += keys.len() as u64;
        let mut new = 0;
        for key in keys {
            new += usize::from(self.keys.insert(key.clone()));
        }
        if new == 0 && !keys.is_empty() {
            return Err(Fault::repeated_page());
        }
        if let Some(path) = &page.total {
            let total = single(body, path).and_then(Value::as_u64);
            self.total = Some(total.ok_or_else(|| Fault::envelope(&path.text))?);
        }
        Ok(())
    }

    /// Whether the reply says that more follows; pages by number also end when the announced count has come or a page is empty.
    ///
    /// # Errors
    /// E310 if `more` is missing or no boolean, E313 if the limit of pages is reached.
    pub(super) fn goes_on(&self, page: &Page, body: &Value) -> Result<bool, Fault> {
        if let Some(path) = &page.more {
            match single(body, path) {
                Some(Value::Bool(true)) => {}
                Some(Value::Bool(false)) => return Ok(false),
                _ => return Err(Fault::envelope(&path.text)),
            }
        }
        Ok(true)
    }

    pub(super) fn has_all(&self) -> bool {
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
    /// E311 if this page was asked for before.
    pub(super) fn link(&mut self, url: &str) -> Result<(), Fault> {
        if self.links.insert(url.to_owned()) {
            Ok(())
        } else {
            Err(Fault::repeated_page())
        }
    }

    /// # Errors
    /// E312 if other than the announced number of records came.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        match self.total {
            Some(total) if total != self.came => Err(Fault::count_mismatch(total, self.came)),
            _ => Ok(()),
        }
    }
}

/// The one value at a path.
pub(super) fn single<'v>(body: &'v Value, path: &JsonPath) -> Option<&'v Value> {
    path.path.query(body).exactly_one().ok()
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
