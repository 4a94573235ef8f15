//! What a system holds about people: its objects, how they are found, which fields are personal, what can be done to them.
//!
//! These are plain values, checked when they were read from the inventory or a connector file. SQL, CSV and HTTP share all of it
//! but the way in which a finder reaches its records.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connector::attachment::{self, FileRule};
use crate::connector::rest::request::{JsonPath, Request};
use crate::connector::{Record, grammar};
use crate::messages::Text;
use crate::subject::Kind;
use crate::template::Condition;

/// What can be done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Remove,
    Anonymise,
    Restrict,
    Unrestrict,
    Rectify,
    Suppress,
}

impl Action {
    pub fn word(self) -> &'static str {
        match self {
            Action::Remove => "remove",
            Action::Anonymise => "anonymise",
            Action::Restrict => "restrict",
            Action::Unrestrict => "unrestrict",
            Action::Rectify => "rectify",
            Action::Suppress => "suppress",
        }
    }

    /// Whether the record, or what is personal in it, is meant to be gone afterwards.
    pub fn erases(self) -> bool {
        matches!(self, Action::Remove | Action::Anonymise)
    }
}

/// Which action answers an erasure request.
#[derive(Clone, Debug, PartialEq)]
pub enum Erase {
    Remove,
    Anonymise,
    Restrict,
    /// The connector's author expects the law to keep it; only a `min` rule of the inventory makes it so, else a person decides.
    Retain {
        reason: Text,
    },
    /// A person does it in the system's own screens.
    Manual {
        task: Text,
    },
    /// Whatever happens to the record of that object happens to this one.
    With {
        object: String,
    },
}

/// A kind of record in a system.
#[derive(Clone, Debug)]
pub struct Object {
    pub name: String,
    /// Fields that name a record; never empty.
    pub key: Vec<String>,
    /// Ways to reach records; never empty.
    pub find: Vec<Finder>,
    pub fields: Vec<Field>,
    /// Where the date lies from which retention counts.
    pub clock: Option<String>,
    /// Further members that have to be read, because rules count from them.
    pub also: Vec<String>,
    /// More records than this for one person: the whole object is left alone (E320). Of a place, how many there may be (E324).
    pub cap: usize,
    pub erase: Erase,
    /// What a person does in the system's own screens in place of an action, in the inventory's words. Over HTTP the connector says it.
    pub by_hand: Vec<(Action, Text)>,
    /// Where a person finds its records in the system's own screens.
    pub screen: Option<Text>,
    /// Objects that must be dealt with before this one, beside children before parents.
    pub after: Vec<String>,
    pub how: How,
}

impl Object {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The table that holds its records, as the inventory writes it; `None` where they lie in none.
    pub fn table(&self) -> Option<&str> {
        match &self.how {
            How::Table { table, .. } => Some(table),
            _ => None,
        }
    }

    /// Whether its records are rows of files, where a cell is empty and never null.
    pub fn is_file(&self) -> bool {
        matches!(self.how, How::File { .. })
    }

    /// Whether a part of the key is an address, which changes when the person's does: then a record that is no longer under its key
    /// may bear another one by now.
    pub fn is_named_by_address(&self) -> bool {
        self.fields.iter().any(|field| {
            let in_key = match &field.at {
                At::Path(path) => matches!(path.as_slice(), [one] if self.key.contains(one)),
                At::JsonPath(_) => false,
            };
            let is_address = field.identity.as_ref().is_some_and(Kind::is_address);
            (in_key || self.key.contains(&field.name)) && is_address
        })
    }

    /// Whether the object knows how to carry out this action.
    pub fn can(&self, action: Action) -> bool {
        if self.by_hand.iter().any(|(known, _)| *known == action) {
            return false;
        }
        match &self.how {
            How::Table {
                restrict,
                unrestrict,
                ..
            } => match action {
                Action::Remove | Action::Anonymise | Action::Rectify => true,
                Action::Restrict => !restrict.is_empty(),
                Action::Unrestrict => !unrestrict.is_empty(),
                Action::Suppress => false,
            },
            How::File {
                restrict,
                unrestrict,
            } => match action {
                Action::Remove | Action::Anonymise | Action::Rectify => true,
                Action::Restrict => !restrict.is_empty(),
                Action::Unrestrict => !unrestrict.is_empty(),
                Action::Suppress => false,
            },
            How::Http { .. } => self.http(action).is_some_and(|does| does.manual.is_none()),
            How::Entry(entries) => match action {
                Action::Remove => true,
                Action::Anonymise | Action::Rectify => entries.each.is_none(),
                Action::Restrict | Action::Unrestrict => !entries.marks(action).is_empty(),
                Action::Suppress => false,
            },
            How::Document => false,
            How::Plugin { actions, .. } => actions.contains(&action),
        }
    }

    /// What an action does over HTTP.
    pub fn http(&self, action: Action) -> Option<&HttpAction> {
        let How::Http { actions, .. } = &self.how else {
            return None;
        };
        let mut actions = actions.iter();
        actions
            .find(|(known, _)| *known == action)
            .map(|(_, does)| does)
    }

    /// What a person does in the system's own screens in place of an action.
    pub fn by_hand(&self, action: Action) -> Option<&Text> {
        let stated = self.by_hand.iter().find(|(known, _)| *known == action);
        match stated {
            Some((_, task)) => Some(task),
            None => self.http(action)?.manual.as_ref(),
        }
    }

    /// Whether words are those by which a person is told what to do with its records, screen and all.
    pub fn tells(&self, words: &Text) -> bool {
        let mut stated = self.by_hand.iter();
        let stated = stated.any(|(_, told)| told == words);
        let erase = matches!(&self.erase, Erase::Manual { task } if task == words);
        let How::Http { actions, .. } = &self.how else {
            return stated || erase;
        };
        let mut manual = actions.iter().filter_map(|(_, does)| does.manual.as_ref());
        stated || erase || manual.any(|told| told == words)
    }

    /// Whether a correction can write this field. Over HTTP it has to be part of what the action sends.
    pub fn corrects(&self, field: &Field) -> bool {
        let How::Http { actions, .. } = &self.how else {
            return self.can(Action::Rectify);
        };
        let Some((_, does)) = actions.iter().find(|(known, _)| *known == Action::Rectify) else {
            return false;
        };
        let At::Path(path) = &field.at else {
            return false;
        };
        let name = format!("changes.{}", path.join("."));
        let sends = |read: &str| {
            let below = |long: &str, short: &str| {
                long.strip_prefix(short)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            below(&name, read) || below(read, &name)
        };
        does.steps
            .iter()
            .any(|step| step.reads().into_iter().any(sends))
    }

    /// The columns that an action sets to fixed values, in tables and files.
    pub fn sets(&self, action: Action) -> &[(String, Option<String>)] {
        match (&self.how, action) {
            (
                How::Table { restrict, .. }
                | How::File { restrict, .. }
                | How::Plugin { restrict, .. },
                Action::Restrict,
            ) => restrict,
            (
                How::Table { unrestrict, .. }
                | How::File { unrestrict, .. }
                | How::Plugin { unrestrict, .. },
                Action::Unrestrict,
            ) => unrestrict,
            _ => &[],
        }
    }

    /// Whether a record shows the mark that an action leaves: the flag of a restriction, set or taken away. `None` if the object
    /// does not say how that would show.
    pub fn shows(&self, action: Action, record: &Record) -> Option<bool> {
        if matches!(self.how, How::Http { .. }) {
            let holds = self.http(action)?.verify.holds.as_ref()?;
            return Some(proves(holds, &record.data));
        }
        if let How::Entry(entries) = &self.how {
            return entries.shows(action, &record.data);
        }
        let sets = self.sets(action);
        let stands = |(column, value): &(String, Option<String>)| {
            is_same(
                record.data.get(column).unwrap_or(&Value::Null),
                value.as_deref(),
            )
        };
        (!sets.is_empty()).then(|| sets.iter().all(stands))
    }

    /// Whether a record that is still there says of itself that it is removed: the `gone` of the action's verification.
    pub fn says_gone(&self, action: Action, data: &Value) -> bool {
        let gone = self.http(action).and_then(|does| does.verify.gone.as_ref());
        gone.is_some_and(|gone| proves(gone, data))
    }

    /// Whether it is only somewhere to look (a mailing list, a project, a folder): walked through, and never found, exported or
    /// written.
    pub fn is_place(&self) -> bool {
        self.find.iter().any(Finder::is_all)
    }

    /// Where a name of the inventory or the connector lies in a record: that of a field, a JSONPath, a path of members where records
    /// are trees, else a column.
    pub fn at(&self, name: &str) -> At {
        if let Some(field) = self.field(name) {
            return field.at.clone();
        }
        if let Some(names) = grammar::member_names(name) {
            return At::Path(names);
        }
        if name.starts_with('$')
            && let Ok(path) = serde_json_path::JsonPath::parse(name)
        {
            return At::JsonPath(JsonPath {
                path,
                text: name.to_owned(),
            });
        }
        match self.how {
            How::Http { .. } => At::Path(name.split('.').map(str::to_owned).collect()),
            How::Table { .. }
            | How::File { .. }
            | How::Entry { .. }
            | How::Document
            | How::Plugin { .. } => At::Path(vec![name.to_owned()]),
        }
    }

    /// The part of a parent's key that a field holds which links to it. Of a key of several parts that is the one which the parent
    /// has under the name of the field, else the last, by which the parent is told from its siblings.
    pub fn part_of_parent(field: &Field, parent: &Record) -> Option<String> {
        match parent.key.parts() {
            [] => None,
            [one] => Some(one.clone()),
            [.., last] => {
                let same = match &field.at {
                    At::Path(path) => path.last().and_then(|name| parent.data.get(name)),
                    At::JsonPath(_) => None,
                };
                match same {
                    Some(Value::String(text)) => Some(text.clone()),
                    Some(Value::Number(number)) => Some(number.to_string()),
                    _ => Some(last.clone()),
                }
            }
        }
    }

    /// The fields that hold a part of this object's own key and link to one of these objects: where the system leaves such a member
    /// out of a record, it is that of the parent under which the record was found.
    pub fn inherited<'o>(
        &'o self,
        parents: &'o [String],
    ) -> impl Iterator<Item = (&'o str, &'o Field)> {
        self.fields.iter().filter_map(move |field| {
            let links = field.links.iter().any(|to| parents.contains(to));
            let name = self.part_of_key(field).filter(|_| links)?;
            Some((name, field))
        })
    }

    /// Whether a field is a part of the record's key.
    pub fn is_in_key(&self, field: &Field) -> bool {
        self.part_of_key(field).is_some()
    }

    fn part_of_key<'f>(&self, field: &'f Field) -> Option<&'f str> {
        let At::Path(path) = &field.at else {
            return None;
        };
        let [name] = path.as_slice() else { return None };
        self.key.contains(name).then_some(name.as_str())
    }

    /// What else a package holds of its records.
    pub fn parts(&self) -> &[ExportPart] {
        match &self.how {
            How::Http { parts, .. } => parts,
            How::Table { .. }
            | How::File { .. }
            | How::Entry { .. }
            | How::Document
            | How::Plugin { .. } => &[],
        }
    }

    /// Where its records name files that a package holds.
    pub fn files(&self) -> &[FileRule] {
        match &self.how {
            How::Http { files, .. } => files,
            _ => &[],
        }
    }

    /// The object as which its files are listed in a package: the key of the record to which each belongs, its name, and where it
    /// lies or why it does not.
    pub fn of_files(&self) -> Object {
        let category = self.files().first().map(|rule| rule.category.clone());
        let category = category.unwrap_or_else(|| "content.file".to_owned());
        let field = |name: &str| Field {
            name: name.to_owned(),
            category: category.clone(),
            at: At::Path(vec![name.to_owned()]),
            identity: None,
            links: Vec::new(),
            split: None,
            mask: None,
            fixed: true,
            volatile: false,
            self_service: false,
            portable: false,
            base64: name == "file",
        };
        Object {
            name: format!("{}/files", self.name),
            fields: attachment::MEMBERS.into_iter().map(field).collect(),
            find: Vec::new(),
            clock: None,
            also: Vec::new(),
            ..self.clone()
        }
    }

    /// The object as which the items of one part stand in a package: the key of the record to which they belong, and the item.
    pub fn of_part(&self, part: &ExportPart) -> Object {
        let field = Field {
            name: part.name.clone(),
            category: part.category.clone(),
            at: At::Path(vec![part.name.clone()]),
            identity: None,
            links: Vec::new(),
            split: None,
            mask: None,
            fixed: true,
            volatile: false,
            self_service: false,
            portable: false,
            base64: false,
        };
        Object {
            name: format!("{}/{}", self.name, part.name),
            fields: vec![field],
            find: Vec::new(),
            clock: None,
            also: Vec::new(),
            ..self.clone()
        }
    }

    /// Objects whose records lead to records of this one.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.find
            .iter()
            .flat_map(|finder| finder.under.iter().map(String::as_str))
    }
}

/// What differs between engines.
#[derive(Clone, Debug)]
pub enum How {
    /// A table, `schema.table` or `table`, with the columns that `restrict` and `unrestrict` set (SQL literals as text or null).
    Table {
        table: String,
        restrict: Vec<(String, Option<String>)>,
        unrestrict: Vec<(String, Option<String>)>,
    },
    /// The rows of the system's CSV files, with the columns that `restrict` and `unrestrict` set.
    File {
        restrict: Vec<(String, Option<String>)>,
        unrestrict: Vec<(String, Option<String>)>,
    },
    /// Requests.
    Http {
        read: Option<Box<Request>>,
        actions: Vec<(Action, HttpAction)>,
        parts: Vec<ExportPart>,
        files: Vec<FileRule>,
        /// Where the system says which members its records have.
        describe: Vec<Describe>,
    },
    /// Entries of a directory, or the values of one of their attributes.
    Entry(Box<crate::connector::ldap::Entries>),
    /// Whole documents in which a person is named; they are read and never written.
    Document,
    /// What a program beside `dsr` holds, with the actions that it offers.
    Plugin {
        actions: Vec<Action>,
        restrict: Vec<(String, Option<String>)>,
        unrestrict: Vec<(String, Option<String>)>,
    },
}

/// What else a package holds of a record, asked for when one is made and at no other time.
#[derive(Clone, Debug)]
pub struct ExportPart {
    pub name: String,
    pub category: String,
    /// Knows `record`, and names every part of its key.
    pub request: Request,
}

/// A request that says which members the records of an object have.
#[derive(Clone, Debug)]
pub struct Describe {
    /// Knows nothing but settings. Its items are the members, or its one item is a mapping of them.
    pub request: Request,
    /// Where an item holds the member's name; where there is none, the names are those of the mapping.
    pub name: Option<At>,
    /// What people call the member.
    pub label: Option<At>,
    pub type_name: Option<At>,
    /// The member of a record below which they lie.
    pub below: Option<String>,
}

/// An action over HTTP: its steps in order, and how it is checked afterwards.
#[derive(Clone, Debug)]
pub struct HttpAction {
    /// Empty if a person does it.
    pub steps: Vec<Request>,
    /// So many records a call at most; the steps then name `records` and `keys` in place of `record`.
    pub batch: Option<usize>,
    /// What a person does instead, with the screen to open.
    pub manual: Option<Text>,
    pub verify: Verify,
    /// Shown before anyone confirms.
    pub irreversible: Option<Text>,
    /// No specification or sandbox confirms this write; planned as `manual` unless the system allows it.
    pub unconfirmed: bool,
    /// Of a removal: objects whose records, made anonymous, do not stand against it, because they outlive it or may go along.
    pub despite: Vec<String>,
}

impl HttpAction {
    /// Whether a record that is absent shows that the whole action took effect. After several steps it does not: a soft deletion
    /// hides the record from `read`, whether or not the purge behind it ran.
    pub fn absence_proves(&self) -> bool {
        self.steps.len() < 2 || self.verify.request.is_some()
    }

    /// Whether the steps can be sent for a record of which nothing but its key is known any more. Bodies are left out, because a key
    /// comes back from the ledger as text and may have been a number.
    pub fn needs_only_the_key(&self, key: &[String]) -> bool {
        let only_key = |read: &str| match read.split_once('.') {
            Some(("record", member)) => {
                let member = member.split('.').next().unwrap_or_default();
                key.iter().any(|part| part == member)
            }
            None if read == "keys" => true,
            _ => !["record", "records", "masked", "changes"]
                .contains(&read.split('.').next().unwrap_or_default()),
        };
        self.steps.iter().all(|step| {
            let conditions = step.when.iter().flat_map(Condition::reads);
            let polls = step.poll.iter().flat_map(|poll| poll.get.reads());
            let in_body = step.body.as_ref().is_some_and(|body| {
                body.reads().iter().any(|read| {
                    let root = read.split('.').next().unwrap_or_default();
                    ["record", "records", "keys"].contains(&root)
                })
            });
            !in_body
                && step
                    .reads()
                    .into_iter()
                    .chain(conditions)
                    .chain(polls)
                    .all(only_key)
        })
    }

    /// How long the system may be at it after it took the requests.
    pub fn takes(&self) -> std::time::Duration {
        let polls = self.steps.iter().filter_map(|step| step.poll.as_ref());
        polls.map(|poll| poll.within).sum()
    }
}

/// How to look whether an action took effect.
#[derive(Clone, Debug, Default)]
pub struct Verify {
    /// What is asked, if not the record itself is read: a recycle bin, a list of blocked addresses.
    pub request: Option<Box<Request>>,
    /// What is true of a record that is still returned and all the same removed.
    pub gone: Option<Condition>,
    /// First look, in milliseconds after the write.
    pub after_ms: u64,
    /// Keep looking until then.
    pub within_ms: u64,
    /// What is true of a record on which the action took effect.
    pub holds: Option<Condition>,
}

/// One way to reach records of an object.
#[derive(Clone, Debug)]
pub struct Finder {
    /// The kind of identity searched for.
    pub by: Option<Kind>,
    /// Objects of the same system whose records are the starting points.
    pub under: Vec<String>,
    /// The search returns shortened records; `read` completes them.
    pub partial: bool,
    pub via: Via,
}

impl Finder {
    /// Whether it lists everything, so that its object is a place.
    pub fn is_all(&self) -> bool {
        self.by.as_ref().is_some_and(|kind| kind.0 == Kind::ALL)
    }

    /// Whether it goes by the age of records, which only sweeps do.
    pub fn is_by_age(&self) -> bool {
        self.by.as_ref().is_some_and(|kind| kind.0 == Kind::AGE)
    }

    /// Whether its request takes more from the parent than what names it.
    pub fn needs_more_of(&self, parent: &Object) -> bool {
        let Via::Request(request) = &self.via else {
            return false;
        };
        request.reads().into_iter().any(|read| {
            read.strip_prefix("parent.").is_some_and(|member| {
                let member = member.split('.').next().unwrap_or_default();
                !parent.key.iter().any(|part| part == member)
            })
        })
    }
}

#[derive(Clone, Debug)]
pub enum Via {
    /// Any of these columns holds the value.
    Columns(Vec<String>),
    /// All of these child columns equal the parent's.
    Join(Vec<(String, String)>),
    Request(Box<Request>),
}

/// A personal datum in a record.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub category: String,
    pub at: At,
    pub identity: Option<Kind>,
    /// Objects whose key this field holds.
    pub links: Vec<String>,
    /// Separator when one text holds several values.
    pub split: Option<String>,
    pub mask: Option<Mask>,
    /// Cannot be written.
    pub fixed: bool,
    /// Changes by itself (a counter, a last-seen date), so it says nothing about drift.
    pub volatile: bool,
    /// The person can edit it; such values never spread to other systems.
    pub self_service: bool,
    /// Belongs to an Art. 20 export.
    pub portable: bool,
    pub base64: bool,
}

impl Field {
    /// The values of an identity field as text, split where one text holds several; null and empty ones left out.
    pub fn values(&self, data: &Value) -> Vec<String> {
        let mut out = Vec::new();
        // A list at the place of one value is an attribute with several.
        for value in self.at.all(data).into_iter().flat_map(items) {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            match &self.split {
                Some(separator) => out.extend(
                    text.split(separator.as_str())
                        .map(|part| part.trim().to_owned()),
                ),
                None => out.push(text),
            }
        }
        out.retain(|text| !text.trim().is_empty());
        out
    }
}

/// Where a field lies in a record.
#[derive(Clone, Debug)]
pub enum At {
    /// Member names from the outside in; one for a column.
    Path(Vec<String>),
    /// RFC 9535.
    JsonPath(JsonPath),
}

impl At {
    /// Every value there, null included, absent excluded.
    pub fn all<'r>(&self, data: &'r Value) -> Vec<&'r Value> {
        match self {
            At::Path(names) => names
                .iter()
                .try_fold(data, |here, name| here.get(name))
                .into_iter()
                .collect(),
            At::JsonPath(path) => path.path.query(data).all(),
        }
    }
}

/// What takes the place of a value when a record is made anonymous.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    Null,
    Empty,
    Keep,
    Token,
    Year,
    Zero,
    Text(String),
}

/// The values of a list, or the one value that is none.
pub(crate) fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Whether a condition holds of a record. What cannot be computed from it is not shown by it.
pub(crate) fn proves(condition: &Condition, data: &Value) -> bool {
    let names = crate::template::Names::default().with("record", data);
    condition.proves(&names).unwrap_or(false)
}

/// Whether a stored value is the one that was to be set. Flags are kept as words or as 0 and 1, whatever the column's type.
fn is_same(stored: &Value, set: Option<&str>) -> bool {
    let stored = match stored {
        Value::Null => return set.is_none(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let flag = |text: &str| match text {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    };
    set.is_some_and(|set| stored == set || (flag(set).is_some() && flag(&stored) == flag(set)))
}

/// Values as text, so that numbers of any notation compare and hash alike: absent is null, several are a list.
pub fn as_text(values: &[&Value]) -> Value {
    match values {
        [] => Value::Null,
        [one] => text_of(one),
        many => Value::Array(many.iter().map(|value| text_of(value)).collect()),
    }
}

fn text_of(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => Value::Array(items.iter().map(text_of).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), text_of(v))).collect())
        }
        other => other.clone(),
    }
}
