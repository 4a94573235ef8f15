//! Changes single values of a reply, wherever it keeps them.

use serde_json::Value;

use crate::connector::object::{At, Field};

/// The member that a value lies under, with how many members of any name lie between: `$.emailAddresses.*[*]` is one below
/// `emailAddresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    name: String,
    above: usize,
}

impl Member {
    /// Whether it is the one of a value under these members, the innermost last.
    pub(super) fn is_over(&self, trail: &[String]) -> bool {
        let mut inside_out = trail.iter().rev();
        inside_out.nth(self.above) == Some(&self.name)
    }
}

/// Calls `change` on every scalar with the names of the members that it stands under, the innermost last; those of a list stand under
/// the list's. Returns how many it changed.
pub(super) fn each(
    value: &mut Value,
    change: &mut dyn FnMut(&[String], &mut Value) -> bool,
) -> usize {
    below(&mut Vec::new(), value, change)
}

fn below(
    trail: &mut Vec<String>,
    value: &mut Value,
    change: &mut dyn FnMut(&[String], &mut Value) -> bool,
) -> usize {
    match value {
        Value::Object(members) => {
            let mut times = 0;
            for (name, value) in members {
                trail.push(name.clone());
                times += below(trail, value, change);
                trail.pop();
            }
            times
        }
        Value::Array(items) => {
            let items = items.iter_mut();
            items.map(|item| below(trail, item, change)).sum()
        }
        scalar => usize::from(change(trail, scalar)),
    }
}

/// The member that a field lies under.
pub(super) fn member(field: &Field) -> Option<Member> {
    let names = match &field.at {
        At::Path(path) => path.clone(),
        At::JsonPath(path) => names(&path.text),
    };
    let above = names.iter().rev().take_while(|name| *name == ANY).count();
    let name = names.into_iter().rev().nth(above)?;
    Some(Member { name, above })
}

/// In a path, a member of any name.
const ANY: &str = "*";

/// The member names of a path, from the outside in; selectors of lists are left out, and `*` stands for a member of any name.
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
        if name == ANY {
            return false;
        }
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
        assert_eq!(names("$.emailAddresses.*[*]"), ["emailAddresses", "*"]);
    }

    #[test]
    fn a_member_of_any_name_lies_below_the_one_that_is_named() {
        let member = |name: &str, above| Member {
            name: name.to_owned(),
            above,
        };
        let mut body = json!({ "emailAddresses": { "private": ["a"], "other": ["b"] }, "email": "a", "private": "a" });
        let times = each(&mut body, &mut |trail, value| {
            let meant = member("emailAddresses", 1).is_over(trail);
            if meant {
                *value = json!("x");
            }
            meant
        });
        assert_eq!(times, 2);
        assert_eq!(
            body,
            json!({ "emailAddresses": { "private": ["x"], "other": ["x"] }, "email": "a", "private": "a" })
        );
        let trail = ["data".to_owned(), "email".to_owned()];
        assert!(member("email", 0).is_over(&trail));
        assert!(!member("data", 0).is_over(&trail) && !member("email", 2).is_over(&trail));
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
