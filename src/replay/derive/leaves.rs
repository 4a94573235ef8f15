//! Changes single values of a reply, wherever it keeps them.

use serde_json::Value;

use crate::connector::object::{At, Field};

/// Calls `change` on every scalar with the name of the member that it stands under; those of a list stand under the list's. Returns
/// how many it changed.
pub(super) fn each(value: &mut Value, change: &mut dyn FnMut(&str, &mut Value) -> bool) -> usize {
    below("", value, change)
}

fn below(name: &str, value: &mut Value, change: &mut dyn FnMut(&str, &mut Value) -> bool) -> usize {
    match value {
        Value::Object(members) => members
            .iter_mut()
            .map(|(name, value)| below(name, value, change))
            .sum(),
        Value::Array(items) => items.iter_mut().map(|item| below(name, item, change)).sum(),
        scalar => usize::from(change(name, scalar)),
    }
}

/// The name of the member that a field lies under.
pub(super) fn member(field: &Field) -> Option<String> {
    match &field.at {
        At::Path(path) => path.last().cloned(),
        At::JsonPath(path) => names(&path.text).pop(),
    }
}

/// The member names of a path, from the outside in; selectors of lists are left out.
pub(super) fn names(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = path.trim_start_matches('$');
    while let Some(sign) = rest.chars().next() {
        let inner = &rest[sign.len_utf8()..];
        if sign == '.' {
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            out.push(inner[..end].to_owned());
            rest = &inner[end..];
        } else if sign == '[' {
            let end = inner.find(']').unwrap_or(inner.len());
            let selector = &inner[..end];
            let quoted = selector.trim_matches(['\'', '"']);
            if quoted.len() < selector.len() {
                out.push(quoted.to_owned());
            }
            rest = inner.get(end + 1..).unwrap_or_default();
        } else {
            break;
        }
    }
    out.retain(|name| !name.is_empty());
    out
}

/// Puts a value where a path points, and makes the way there. `false` if something else stands in it.
pub(super) fn put(body: &mut Value, path: &str, value: Value) -> bool {
    let mut here = body;
    for name in names(path) {
        if here.is_null() {
            *here = Value::Object(serde_json::Map::new());
        }
        let Some(members) = here.as_object_mut() else {
            return false;
        };
        here = members.entry(name).or_insert(Value::Null);
    }
    *here = value;
    true
}

/// Another value of the same kind.
pub(super) fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(format!("{text} (changed)")),
        Value::Number(number) => number
            .as_i64()
            .map_or(Value::from(1), |number| Value::from(number + 1)),
        Value::Bool(value) => Value::Bool(!value),
        _ => Value::String("changed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_name_their_members() {
        assert_eq!(names("$.meta.total"), ["meta", "total"]);
        assert_eq!(names("$['@odata.nextLink']"), ["@odata.nextLink"]);
        assert_eq!(names("$.d.results[*].name"), ["d", "results", "name"]);
        assert_eq!(names("$"), Vec::<String>::new());
    }

    #[test]
    fn values_are_put_where_a_path_points() {
        let mut body = json!({ "meta": { "total": 1 }, "next": null, "list": [1] });
        assert!(put(&mut body, "$.meta.total", json!(2)));
        assert!(put(&mut body, "$.next.url", json!("x")));
        assert!(!put(&mut body, "$.list.url", json!("x")));
        assert_eq!(
            body,
            json!({ "meta": { "total": 2 }, "next": { "url": "x" }, "list": [1] })
        );
    }
}
