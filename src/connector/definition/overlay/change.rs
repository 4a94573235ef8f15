//! What an overlay makes different: what was written below it, and what is written now.

use crate::yaml::{Name, Node, Value, write};

/// One difference between a connector and the same connector extended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// From the top, `objects.contacts.cap`; with a `+` behind it where something was appended to a list.
    pub path: String,
    /// Whether it is one of the properties that keep a connector harmless: where it goes, how it is let in, what it promises of a
    /// request that it does not look like, how much it may touch, and what it says of writes before they are confirmed.
    pub safety: bool,
    /// As YAML on one line; `None` where nothing stood. Of `api.auth` the way alone, never its values.
    pub before: Option<String>,
    /// The same for what stands there now.
    pub after: Option<String>,
}

/// Every difference, safety properties first, each group in the order of the files.
pub(super) fn changes(below: &Node, now: &Node) -> Vec<Change> {
    let mut out = Vec::new();
    compare(Some(below), Some(now), &mut Vec::new(), &mut out);
    out.sort_by_key(|change| !change.safety);
    out
}

/// Where a file stands, not what it does.
const HEAD: [&str; 4] = ["dsr", "extends", "connector", "version"];

fn compare(below: Option<&Node>, now: Option<&Node>, at: &mut Vec<String>, out: &mut Vec<Change>) {
    let maps = below.and_then(Node::map).zip(now.and_then(Node::map));
    // Two ways to be let in have nothing in common that could be compared word by word.
    let whole = at.len() == 2 && at[0] == "api" && at[1] == "auth";
    if let Some((below, now)) = maps.filter(|_| !whole) {
        let names = below.iter().chain(now.iter().filter(|(name, _)| {
            let known = |(other, _): &&(Name, Node)| other.text == name.text;
            !below.iter().any(|entry| known(&entry))
        }));
        for (name, _) in names {
            if at.is_empty() && HEAD.contains(&name.text.as_str()) {
                continue;
            }
            at.push(name.text.clone());
            compare(under(below, &name.text), under(now, &name.text), at, out);
            at.pop();
        }
        return;
    }
    let lists = below.and_then(Node::list).zip(now.and_then(Node::list));
    if let Some((below, now)) = lists
        && now.len() > below.len()
        && below.iter().zip(now).all(|(one, other)| same(one, other))
    {
        let path = at.join(".") + "+";
        out.extend(now[below.len()..].iter().map(|item| Change {
            path: path.clone(),
            safety: keeps_harmless(at) || promises(item),
            before: None,
            after: Some(write::flow(item)),
        }));
        return;
    }
    let alike = match (below, now) {
        (Some(below), Some(now)) => same(below, now),
        (None, None) => true,
        _ => false,
    };
    if !alike {
        let shown = |node: &Node| match whole {
            true => way_in(node),
            false => write::flow(node),
        };
        let promise = [below, now].into_iter().flatten().any(promises);
        out.push(Change {
            path: at.join("."),
            safety: keeps_harmless(at) || promise,
            before: below.map(shown),
            after: now.map(shown),
        });
    }
}

fn under<'n>(entries: &'n [(Name, Node)], key: &str) -> Option<&'n Node> {
    let mut entries = entries.iter();
    entries
        .find(|(name, _)| name.text == key)
        .map(|(_, node)| node)
}

/// Whether two nodes say the same, wherever they stand.
pub(in crate::connector) fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Number(one), Value::Number(other)) | (Value::Text(one), Value::Text(other)) => {
            one == other
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, node)| {
                    under(other, &name.text).is_some_and(|other| same(node, other))
                })
        }
        _ => false,
    }
}

fn keeps_harmless(at: &[String]) -> bool {
    let at: Vec<&str> = at.iter().map(String::as_str).collect();
    match at.as_slice() {
        ["api", "url" | "auth" | "envelope" | "protocol", ..] => true,
        // The address of the server may come from a setting that nobody states.
        ["settings", _, "type" | "default" | "secret"] => true,
        // What nobody looks up any more, nobody is told of.
        ["look_up", ..] => true,
        // Files come from where the system says, with credentials or without.
        [.., last] => {
            let words = [
                "read_only",
                "files",
                "hosts",
                "cap",
                "unconfirmed",
                "irreversible",
                "despite",
            ];
            words.contains(last)
        }
        [] => false,
    }
}

/// Whether something below holds a promise of its author that nothing can check.
fn promises(node: &Node) -> bool {
    match &node.value {
        Value::Map(entries) => entries.iter().any(|(name, node)| {
            ["read_only", "files", "hosts"].contains(&name.text.as_str()) || promises(node)
        }),
        Value::List(items) => items.iter().any(promises),
        _ => false,
    }
}

fn way_in(auth: &Node) -> String {
    let word = auth.map().and_then(|entries| entries.first());
    match word {
        Some((name, _)) => name.text.clone(),
        None => auth.scalar().unwrap_or_default(),
    }
}
