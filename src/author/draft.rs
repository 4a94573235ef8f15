//! What is known of an interface, and the connector file made of it.
//!
//! Everything guessed stands under a comment `# open: …` that says what it is guessed from, so that nobody has to compare the file
//! with a list. A write that nobody stated carries `unconfirmed: true`, and is planned for a person until somebody confirms it.

use crate::messages::{Lang, Text};
use crate::yaml::write::scalar;

/// A connector that is not written yet.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub name: String,
    pub title: Option<String>,
    /// Where it was read from, for the head of the file.
    pub from: Option<String>,
    pub settings: Vec<Setting>,
    /// An expression or a literal URL.
    pub url: String,
    /// `api.auth` in flow style, or `none`.
    pub auth: String,
    pub auth_open: Vec<Text>,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
    pub objects: Vec<Thing>,
    /// What is open and has no line of its own.
    pub open: Vec<Text>,
}

/// A setting of the connector.
#[derive(Clone, Debug)]
pub struct Setting {
    pub name: String,
    pub url: bool,
    pub secret: bool,
    pub default: Option<String>,
    pub help: Option<String>,
    pub open: Vec<Text>,
}

impl Setting {
    pub fn secret(name: &str) -> Setting {
        Setting {
            secret: true,
            ..Setting::plain(name)
        }
    }

    pub fn plain(name: &str) -> Setting {
        Setting {
            name: name.to_owned(),
            url: false,
            secret: false,
            default: None,
            help: None,
            open: Vec::new(),
        }
    }
}

/// An object with what can be done to its records.
#[derive(Clone, Debug, Default)]
pub struct Thing {
    pub name: String,
    /// Somewhere to look, such as a mailing list, and nobody's record.
    pub place: bool,
    /// The member that holds the key of what it lies under, where its own key does not name it alone.
    pub above: Option<String>,
    pub key: String,
    /// Whether the key is a number, for invented records.
    pub key_is_number: bool,
    pub key_open: Vec<Text>,
    pub finds: Vec<Find>,
    pub read: Option<Read>,
    pub fields: Vec<Column>,
    pub fields_open: Vec<Text>,
    pub parts: Vec<Part>,
    pub writes: Vec<Write>,
    /// `None` where `remove` answers an erasure.
    pub erase: Option<String>,
    pub erase_open: Vec<Text>,
}

/// A way in: by an identity, under another object, or both.
#[derive(Clone, Debug, Default)]
pub struct Find {
    pub by: Option<String>,
    pub under: Option<String>,
    pub post: bool,
    pub path: String,
    /// Names with a text or an expression.
    pub query: Vec<(String, String)>,
    /// Members of a JSON body, for a search by POST.
    pub body: Vec<(String, String)>,
    /// Members of the reply down to the list of records.
    pub records: Vec<String>,
    /// The reply holds the one record and no list, and 404 says that there is none.
    pub one: bool,
    pub page: Option<Page>,
    pub partial: bool,
    pub open: Vec<Text>,
}

/// What a record has beyond itself, read for a package.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub name: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Members of the reply down to the list of items, or to the one item.
    pub records: Vec<String>,
    pub one: bool,
    pub page: Option<Page>,
    pub category: Option<String>,
    pub open: Vec<Text>,
}

/// How one record is read.
#[derive(Clone, Debug)]
pub struct Read {
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Members of the reply down to the record.
    pub records: Vec<String>,
    pub open: Vec<Text>,
}

/// A personal field.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Members down to the value; `None` stands for every item of a list.
    pub path: Vec<Option<String>>,
    pub category: String,
    pub identity: Option<String>,
    /// The object whose key it holds.
    pub links: Option<String>,
    /// It is never written.
    pub fixed: bool,
    pub open: Vec<Text>,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Write {
    /// `remove`, `rectify`, `anonymise`
    pub word: &'static str,
    pub verb: &'static str,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// In flow style.
    pub body: Option<String>,
    pub unconfirmed: bool,
    pub open: Vec<Text>,
}

/// Where the next page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub form: Form,
    /// Parameter for the size of a page, and that size.
    pub size: Option<(String, u64)>,
    /// Members of the reply down to the number of all records.
    pub total: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    Number { into: String, start: u64 },
    Offset { into: String },
    Cursor { path: Vec<String>, into: String },
    Next { path: Vec<String> },
}

/// Something that a person has to look at.
#[derive(Clone, Debug)]
pub struct Open {
    /// Line of the file.
    pub line: usize,
    /// `objects.users.find`
    pub place: String,
    pub what: Text,
}

/// A draft as a file.
#[derive(Clone, Debug)]
pub struct Written {
    pub text: String,
    pub open: Vec<Open>,
}

impl Draft {
    /// The connector file, with comments in this language.
    pub fn write(&self, lang: Lang) -> Written {
        let mut out = Lines {
            lang,
            text: String::new(),
            open: Vec::new(),
        };
        if let Some(from) = &self.from {
            out.line(0, &format!("# {from}"));
        }
        out.open(0, "connector", &self.open);
        out.line(0, "dsr: 1");
        out.line(0, &format!("connector: {}", scalar(&self.name)));
        out.line(0, "version: 1.0.0");
        if let Some(title) = &self.title {
            out.line(0, &format!("title: {}", scalar(title)));
        }
        if !self.settings.is_empty() {
            out.line(0, "settings:");
        }
        for setting in &self.settings {
            out.open(2, &format!("settings.{}", setting.name), &setting.open);
            out.line(2, &format!("{}: {}", scalar(&setting.name), setting.flow()));
        }
        out.line(0, "api:");
        out.line(2, &format!("url: {}", scalar(&self.url)));
        out.open(2, "api.auth", &self.auth_open);
        out.line(2, &format!("auth: {}", self.auth));
        if !self.headers.is_empty() {
            out.line(2, &format!("headers: {}", pairs(&self.headers)));
        }
        let shared = self.shared_page();
        if let Some(page) = shared {
            out.line(2, &format!("page: {}", page.flow()));
        }
        out.line(0, "objects:");
        for thing in &self.objects {
            thing.write(shared, &mut out);
        }
        Written {
            text: out.text,
            open: out.open,
        }
    }

    /// The way of pages that every list has.
    fn shared_page(&self) -> Option<&Page> {
        let finds = self.objects.iter().flat_map(|thing| &thing.finds);
        let parts = self.objects.iter().flat_map(|thing| &thing.parts);
        let finds = finds.filter(|find| !find.one).map(|find| &find.page);
        let mut pages = finds.chain(parts.filter(|part| !part.one).map(|part| &part.page));
        let first = pages.next()?.as_ref()?;
        pages
            .all(|page| page.as_ref() == Some(first))
            .then_some(first)
    }
}

impl Setting {
    fn flow(&self) -> String {
        let mut parts = Vec::new();
        if self.url {
            parts.push("type: url".to_owned());
        }
        if self.secret {
            parts.push("secret: true".to_owned());
        }
        parts.extend(
            self.default
                .iter()
                .map(|text| format!("default: {}", scalar(text))),
        );
        parts.extend(
            self.help
                .iter()
                .map(|text| format!("help: {}", scalar(text))),
        );
        flow(&parts)
    }
}

impl Thing {
    fn write(&self, shared: Option<&Page>, out: &mut Lines) {
        let place = |word: &str| format!("objects.{}.{word}", self.name);
        out.line(2, &format!("{}:", scalar(&self.name)));
        out.open(4, &place("key"), &self.key_open);
        match &self.above {
            Some(above) => out.line(
                4,
                &format!("key: [{}, {}]", scalar(above), scalar(&self.key)),
            ),
            None if self.key != "id" => out.line(4, &format!("key: {}", scalar(&self.key))),
            None => {}
        }
        for find in &self.finds {
            out.open(4, &place("find"), &find.open);
        }
        match self.finds.as_slice() {
            [one] => out.line(4, &format!("find: [{}]", one.flow(shared))),
            many => {
                out.line(4, "find:");
                for find in many {
                    out.line(6, &format!("- {}", find.flow(shared)));
                }
            }
        }
        if let Some(read) = &self.read {
            out.open(4, &place("read"), &read.open);
            let mut parts = vec![format!("get: {}", scalar(&read.path))];
            if !read.query.is_empty() {
                parts.push(format!("query: {}", pairs(&read.query)));
            }
            parts.push(format!(
                "records: {}",
                scalar(&json_path(&read.records, false))
            ));
            out.line(4, &format!("read: {}", flow(&parts)));
        }
        if self.place {
            return;
        }
        out.open(4, &place("fields"), &self.fields_open);
        out.line(4, "fields:");
        for field in &self.fields {
            let name = field.name();
            out.open(
                6,
                &format!("objects.{}.fields.{name}", self.name),
                &field.open,
            );
            out.line(6, &format!("{}: {}", scalar(&name), field.flow()));
        }
        if !self.parts.is_empty() {
            out.line(4, "export:");
        }
        for part in &self.parts {
            out.open(6, &place(&format!("export.{}", part.name)), &part.open);
            out.line(6, &format!("{}: {}", scalar(&part.name), part.flow(shared)));
        }
        for write in &self.writes {
            out.open(4, &place(write.word), &write.open);
            let mut parts = vec![format!("{}: {}", write.verb, scalar(&write.path))];
            if !write.query.is_empty() {
                parts.push(format!("query: {}", pairs(&write.query)));
            }
            parts.extend(write.body.iter().map(|body| format!("body: {body}")));
            if write.unconfirmed {
                parts.push("unconfirmed: true".to_owned());
            }
            out.line(4, &format!("{}: {}", write.word, flow(&parts)));
        }
        out.open(4, &place("erase"), &self.erase_open);
        if let Some(erase) = &self.erase {
            out.line(4, &format!("erase: {erase}"));
        }
    }
}

impl Find {
    fn flow(&self, shared: Option<&Page>) -> String {
        let verb = if self.post { "post" } else { "get" };
        let by = self.by.iter().map(|kind| format!("by: {}", scalar(kind)));
        let under = self
            .under
            .iter()
            .map(|object| format!("under: {}", scalar(object)));
        let mut parts: Vec<String> = by.chain(under).collect();
        parts.push(format!("{verb}: {}", scalar(&self.path)));
        if self.post {
            parts.push("read_only: true".to_owned());
        }
        if !self.query.is_empty() {
            parts.push(format!("query: {}", pairs(&self.query)));
        }
        if !self.body.is_empty() {
            parts.push(format!("body: {}", pairs(&self.body)));
        }
        parts.push(format!(
            "records: {}",
            scalar(&json_path(&self.records, !self.one))
        ));
        parts.extend(paged(self.page.as_ref(), shared));
        if self.one {
            parts.push("outcome: { gone: [404] }".to_owned());
        }
        if self.partial {
            parts.push("partial: true".to_owned());
        }
        flow(&parts)
    }
}

impl Part {
    fn flow(&self, shared: Option<&Page>) -> String {
        let mut parts = vec![format!("get: {}", scalar(&self.path))];
        if !self.query.is_empty() {
            parts.push(format!("query: {}", pairs(&self.query)));
        }
        parts.push(format!(
            "records: {}",
            scalar(&json_path(&self.records, !self.one))
        ));
        parts.extend(paged(self.page.as_ref(), shared));
        parts.extend(
            self.category
                .iter()
                .map(|word| format!("category: {}", scalar(word))),
        );
        flow(&parts)
    }
}

/// `page`, where it is another than that of `api`.
fn paged(own: Option<&Page>, shared: Option<&Page>) -> Option<String> {
    match (own, shared) {
        (own, shared) if own == shared => None,
        (Some(page), _) => Some(format!("page: {}", page.flow())),
        (None, _) => Some("page: none".to_owned()),
    }
}

impl Page {
    fn flow(&self) -> String {
        let mut parts = match &self.form {
            Form::Number { into, start: 1 } => vec![format!("number: {}", scalar(&slot(into)))],
            Form::Number { into, start } => vec![
                format!("number: {}", scalar(&slot(into))),
                format!("start: {start}"),
            ],
            Form::Offset { into } => vec![format!("offset: {}", scalar(&slot(into)))],
            Form::Cursor { path, into } => vec![
                format!("cursor: {}", scalar(&json_path(path, false))),
                format!("into: {}", scalar(&slot(into))),
            ],
            Form::Next { path } => vec![format!("next: {}", scalar(&json_path(path, false)))],
        };
        if let Some((name, of)) = &self.size {
            parts.push(format!("size: {}", scalar(&slot(name))));
            parts.push(format!("of: {of}"));
        }
        parts.extend(
            self.total
                .iter()
                .map(|path| format!("total: {}", scalar(&json_path(path, false)))),
        );
        flow(&parts)
    }
}

impl Column {
    /// As it is called in the file: its members with dots between them.
    pub fn name(&self) -> String {
        let names: Vec<&str> = self.path.iter().flatten().map(String::as_str).collect();
        names.join(".")
    }

    fn flow(&self) -> String {
        let is_plain = self
            .path
            .iter()
            .all(|member| member.as_ref().is_some_and(|name| !name.contains('.')));
        if is_plain && self.identity.is_none() && self.links.is_none() && !self.fixed {
            return scalar(&self.category);
        }
        let mut parts = vec![format!("category: {}", scalar(&self.category))];
        if !is_plain {
            let mut path = "$".to_owned();
            for member in &self.path {
                match member {
                    Some(name) => path.push_str(&member_step(name)),
                    None => path.push_str("[*]"),
                }
            }
            parts.push(format!("at: {}", scalar(&path)));
        }
        parts.extend(
            self.identity
                .iter()
                .map(|kind| format!("identity: {}", scalar(kind))),
        );
        parts.extend(
            self.links
                .iter()
                .map(|object| format!("links: {}", scalar(object))),
        );
        if self.fixed {
            parts.push("fixed: true".to_owned());
        }
        flow(&parts)
    }
}

fn slot(name: &str) -> String {
    format!("query.{name}")
}

/// `$.data.users[*]`
pub(super) fn json_path(members: &[String], list: bool) -> String {
    let steps: String = members.iter().map(|name| member_step(name)).collect();
    format!("${steps}{}", if list { "[*]" } else { "" })
}

fn member_step(name: &str) -> String {
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
        && !name.starts_with(|sign: char| sign.is_ascii_digit());
    match plain {
        true => format!(".{name}"),
        false => format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

fn flow(parts: &[String]) -> String {
    match parts.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", parts.join(", ")),
    }
}

fn pairs(pairs: &[(String, String)]) -> String {
    let parts: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}: {}", scalar(name), scalar(value)))
        .collect();
    flow(&parts)
}

/// A file as it grows.
struct Lines {
    lang: Lang,
    text: String,
    open: Vec<Open>,
}

impl Lines {
    fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Comments above the next line.
    fn open(&mut self, indent: usize, place: &str, all: &[Text]) {
        for what in all {
            let words = what.to(self.lang).replace(char::is_control, " ");
            self.line(indent, &format!("# open: {words}"));
            let line = self.text.lines().count();
            self.open.push(Open {
                line,
                place: place.to_owned(),
                what: what.clone(),
            });
        }
    }
}

/// A name that an object, a setting or a file may have, made of any.
pub fn sound(name: &str, joint: char) -> String {
    let words = crate::connector::guess::words(name);
    let ascii =
        |word: &String| -> String { word.chars().filter(char::is_ascii_alphanumeric).collect() };
    let words: Vec<String> = words
        .iter()
        .map(ascii)
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join(&joint.to_string());
    match joined.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
        true => joined,
        false => format!("x{joined}"),
    }
}
