//! Which parts of a record stand in a package, and which are only named as left out.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::connector::Record;
use crate::connector::object::{At, Field, Object};
use crate::package::Kind;
use crate::package::credentials::About;
use crate::package::unread::bounded;

/// One member of a record that stands in the package.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) role: Role,
    /// How its values are looked at for credentials.
    pub(super) about: About,
    at: At,
    /// Base64 of something that is no text.
    pub(super) binary: bool,
}

/// Why it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A personal field, with its category.
    Field(String),
    /// Names the record in its system.
    Key,
    /// A date from which a period counts, or another member that the rules read.
    Rule,
}

impl Column {
    /// The category, empty for what is no personal field.
    pub(super) fn category(&self) -> &str {
        match &self.role {
            Role::Field(category) => category,
            Role::Key | Role::Rule => "",
        }
    }

    /// The value: none if the record has no such member, a list if it has several.
    pub(super) fn value<'r>(&self, record: &'r Record) -> Option<std::borrow::Cow<'r, Value>> {
        use std::borrow::Cow;
        match self.at.all(&record.data)[..] {
            [] => None,
            [one] => Some(Cow::Borrowed(one)),
            ref many => Some(Cow::Owned(
                many.iter().map(|value| (*value).clone()).collect(),
            )),
        }
    }
}

/// The columns of an object, and the names of listed fields that do not belong to this kind of package.
pub(super) fn columns(object: &Object, kind: Kind) -> (Vec<Column>, Vec<String>) {
    let mut columns: Vec<Column> = Vec::new();
    let mut left = Vec::new();
    for field in &object.fields {
        if kind == Kind::Access || field.portable {
            columns.push(of_field(field));
        } else {
            left.push(field.name.clone());
        }
    }
    if kind == Kind::Portable {
        return (columns, left);
    }
    let more = object.key.iter().map(|name| (name, Role::Key));
    let rules = object.clock.iter().chain(&object.also);
    for (name, role) in more.chain(rules.map(|name| (name, Role::Rule))) {
        let at = match role {
            Role::Key => At::Path(vec![name.clone()]),
            Role::Rule | Role::Field(_) => object.at(name),
        };
        let is_there = columns.iter().any(|column| {
            column.name == *name
                || matches!((&column.at, &at), (At::Path(known), At::Path(path)) if known == path)
        });
        // Names that begin so are made by the program and say nothing outside (`_row` of a file).
        if !is_there && !name.starts_with('_') {
            columns.push(Column {
                about: About::field(name, ""),
                name: name.strip_prefix("$.").unwrap_or(name).to_owned(),
                role,
                at,
                binary: false,
            });
        }
    }
    (columns, left)
}

fn of_field(field: &Field) -> Column {
    Column {
        about: About::field(&field.name, &field.category),
        name: field.name.clone(),
        role: Role::Field(field.category.clone()),
        at: field.at.clone(),
        binary: field.base64,
    }
}

/// Counts the members of records that the inventory does not list. Their values are looked at only to see that there is one.
#[derive(Default)]
pub(super) struct Unlisted {
    /// Name and in how many records it has a value.
    counts: BTreeMap<String, Seen>,
    /// Further names; a system that invents names may not fill the memory.
    more: u64,
}

struct Seen {
    records: u64,
    last: u64,
}

impl Unlisted {
    /// Names that are kept.
    pub(super) const MOST: usize = 200;
    pub(super) const LONGEST: usize = 100;

    pub(super) fn look(&mut self, listed: &Listed, record: &Record, row: u64) {
        let found = listed.located(record);
        let nodes: Vec<&Node> = std::iter::once(&listed.paths).chain(&found).collect();
        self.walk(&record.data, &nodes, "", row);
    }

    fn walk(&mut self, value: &Value, nodes: &[&Node], name: &str, row: u64) {
        if nodes.iter().any(|node| node.whole) {
            return;
        }
        match value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::Object(members) if !nodes.is_empty() => {
                for (member, inner) in members {
                    let below = step(nodes, member);
                    if below.iter().any(|node| node.whole) {
                        continue;
                    }
                    let name = match name {
                        "" => member.clone(),
                        outer => format!("{outer}.{member}"),
                    };
                    self.walk(inner, &below, &name, row);
                }
            }
            Value::Array(items) if nodes.iter().any(|node| !node.below.is_empty()) => {
                for (i, item) in items.iter().enumerate() {
                    self.walk(
                        item,
                        &step(nodes, &i.to_string()),
                        &format!("{name}[]"),
                        row,
                    );
                }
            }
            Value::Object(members) if members.is_empty() => {}
            Value::Array(items) if items.is_empty() => {}
            _ => self.count(name, row),
        }
    }

    fn count(&mut self, name: &str, row: u64) {
        let name = bounded(name);
        let is_full = self.counts.len() >= Unlisted::MOST;
        match self.counts.get_mut(&name) {
            Some(seen) if seen.last == row => {}
            Some(seen) => {
                seen.records += 1;
                seen.last = row;
            }
            None if !is_full => {
                let seen = Seen {
                    records: 1,
                    last: row,
                };
                self.counts.insert(name, seen);
            }
            None => self.more += 1,
        }
    }

    /// Each name with the number of records in which it has a value.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts
            .iter()
            .map(|(name, seen)| (name.as_str(), seen.records))
    }

    /// How often further names came that are not kept.
    pub(super) fn more(&self) -> u64 {
        self.more
    }

    /// How many names there are, those that were only counted as one.
    pub(super) fn names(&self) -> u64 {
        self.counts.len() as u64 + u64::from(self.more > 0)
    }
}

fn step<'n>(nodes: &[&'n Node], name: &str) -> Vec<&'n Node> {
    nodes
        .iter()
        .filter_map(|node| node.below.get(name))
        .collect()
}

/// The places in a record that the inventory lists.
pub(super) struct Listed {
    paths: Node,
    queries: Vec<At>,
}

#[derive(Default)]
struct Node {
    /// Everything from here on is listed.
    whole: bool,
    below: BTreeMap<String, Node>,
}

impl Node {
    fn insert<'s>(&mut self, path: impl IntoIterator<Item = std::borrow::Cow<'s, str>>) {
        let mut node = self;
        for name in path {
            node = node.below.entry(name.into_owned()).or_default();
        }
        node.whole = true;
    }
}

impl Listed {
    /// What the inventory lists of an object: its fields (portable or not), its key, what its rules read.
    pub(super) fn of(object: &Object) -> Listed {
        let mut listed = Listed {
            paths: Node::default(),
            queries: Vec::new(),
        };
        let fields = object.fields.iter().map(|field| field.at.clone());
        let rest = object.key.iter().chain(&object.clock).chain(&object.also);
        for at in fields.chain(rest.map(|name| object.at(name))) {
            match at {
                At::Path(path) => listed
                    .paths
                    .insert(path.iter().map(|name| name.as_str().into())),
                query @ At::JsonPath(_) => listed.queries.push(query),
            }
        }
        listed
    }

    /// Where the queries lead in this record.
    fn located(&self, record: &Record) -> Option<Node> {
        use serde_json_path::PathElement;
        let mut node = Node::default();
        for query in &self.queries {
            let At::JsonPath(query) = query else { continue };
            for found in query.path.query_located(&record.data) {
                node.insert(found.location().iter().map(|element| match element {
                    PathElement::Name(name) => std::borrow::Cow::Owned((*name).to_owned()),
                    PathElement::Index(index) => std::borrow::Cow::Owned(index.to_string()),
                }));
            }
        }
        (!self.queries.is_empty()).then_some(node)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::Key;
    use crate::connector::object::{Erase, How};

    fn field(name: &str, path: &[&str]) -> Field {
        Field {
            name: name.into(),
            category: "person.name".into(),
            at: At::Path(path.iter().map(|part| (*part).to_owned()).collect()),
            identity: None,
            links: Vec::new(),
            split: None,
            mask: None,
            fixed: false,
            volatile: false,
            self_service: false,
            portable: false,
            base64: false,
        }
    }

    #[test]
    fn what_is_not_listed_is_named_and_counted() {
        let object = Object {
            name: "people".into(),
            key: vec!["id".into(), "_row".into()],
            find: Vec::new(),
            fields: vec![
                field("name", &["name"]),
                field("city", &["address", "city"]),
            ],
            clock: Some("seen".into()),
            also: vec!["name".into()],
            by_hand: Vec::new(),
            screen: None,
            cap: 500,
            erase: Erase::Remove,
            after: Vec::new(),
            how: How::File {
                restrict: Vec::new(),
                unrestrict: Vec::new(),
            },
        };
        let names = |kind| {
            let (columns, left) = columns(&object, kind);
            let names: Vec<String> = columns.into_iter().map(|column| column.name).collect();
            (names, left.len())
        };
        assert_eq!(names(Kind::Portable), (vec![], 2));
        assert_eq!(names(Kind::Access).0, ["name", "city", "id", "seen"]);
        let listed = Listed::of(&object);
        let mut unlisted = Unlisted::default();
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig";
        for (row, data) in [
            json!({"id": 1, "name": {"first": "A"}, "address": {"city": "B", "zip": "1"}, "seen": 1, "empty": "", "none": null, "list": [], token: 1}),
            json!({"id": 2, "address": "one line", "extra": [{"a": 1}, {"a": 2}], "zero": 0}),
        ]
        .into_iter()
        .enumerate()
        {
            let key = Key::new(vec![row.to_string()]).unwrap();
            unlisted.look(&listed, &Record { key, data }, row as u64 + 1);
        }
        let found: Vec<(String, u64)> = unlisted
            .each()
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        let named: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            named,
            [
                "[removed: credential]",
                "address",
                "address.zip",
                "extra",
                "zero"
            ]
        );
        for row in 0..1_000 {
            let key = Key::new(vec!["k".into()]).unwrap();
            let data = json!({format!("invented {row}"): 1});
            unlisted.look(&listed, &Record { key, data }, row + 10);
        }
        assert_eq!(unlisted.names(), 201);
        assert!(unlisted.more() > 700);
    }
}
