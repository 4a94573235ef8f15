//! Files that belong to a record: which there are, from where they may come, and what is told of one that came.
//!
//! A connector says where a record, or an item of one of its parts, names its files, and which hosts may hand them over. What is
//! fetched goes through in pieces and is never held as a whole; fetching is the engine's business, and what becomes of the pieces
//! that of the package.

use serde_json::{Value, json};
use url::Url;

use super::Fault;
use super::object::Object;
use super::rest::request::{JsonPath, Request};
use crate::template::{Names, Template};

/// Largest file, if the connector states no other limit, in bytes.
pub const LIMIT: u64 = 10_000_000;

/// Largest limit that a connector can state.
pub const MOST: u64 = 1_000_000_000;

/// Files of one record at most.
pub const FILES: usize = 10_000;

/// Longest name of a file that is kept, in characters.
const LONGEST: usize = 200;

/// One entry of `files`.
#[derive(Clone, Debug)]
pub struct FileRule {
    /// The part in whose items the files are named; the record itself if none.
    pub part: Option<String>,
    /// Where they are named: in the record, or in one item of the part.
    pub each: JsonPath,
    /// Knows `record` and `file`. Its path is one below `api.url`, or an expression that is a whole address.
    pub request: Request,
    pub name: Option<Template>,
    /// Hosts beside that of `api.url`.
    pub hosts: Vec<Template>,
    /// Whether credentials go along at all; if it is not stated, they do with a path below `api.url` and with nothing else.
    pub auth: bool,
    /// Largest file, in bytes.
    pub limit: u64,
    pub category: String,
    /// Where the file stands as Base64, if the reply is JSON with the file in it.
    pub base64: Option<Within>,
}

/// How a file stands in a JSON reply.
#[derive(Clone, Debug)]
pub struct Within {
    pub at: Spot,
    /// The file's type: that of the reply is JSON's own.
    pub kind: Option<Template>,
}

/// A place in a JSON document that is known while the document comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    Path(Vec<Turn>),
    /// The one member of this name, wherever it is.
    Anywhere(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    Name(String),
    Item(usize),
}

impl Spot {
    /// `$.result[0].datas`, `$['a b']`, `$..content`; nothing that would have to look ahead.
    pub fn parse(path: &str) -> Option<Spot> {
        let plain = |name: &str| !name.is_empty() && !name.contains(['.', '[', '*', '\'', '\\']);
        if let Some(name) = path.strip_prefix("$..") {
            return plain(name).then(|| Spot::Anywhere(name.to_owned()));
        }
        let mut rest = path.strip_prefix('$')?;
        let mut turns = Vec::new();
        while !rest.is_empty() {
            if let Some(dotted) = rest.strip_prefix('.') {
                let end = dotted.find(['.', '[']).unwrap_or(dotted.len());
                let (name, behind) = dotted.split_at(end);
                plain(name).then_some(())?;
                turns.push(Turn::Name(name.to_owned()));
                rest = behind;
            } else if let Some(quoted) = rest.strip_prefix("['") {
                let (name, behind) = quoted.split_once("']")?;
                (!name.contains(['\'', '\\'])).then_some(())?;
                turns.push(Turn::Name(name.to_owned()));
                rest = behind;
            } else {
                let (number, behind) = rest.strip_prefix('[')?.split_once(']')?;
                turns.push(Turn::Item(number.parse().ok()?));
                rest = behind;
            }
        }
        (!turns.is_empty()).then_some(Spot::Path(turns))
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let turns = match self {
            Spot::Anywhere(name) => return write!(f, "$..{name}"),
            Spot::Path(turns) => turns,
        };
        f.write_str("$")?;
        for turn in turns {
            match turn {
                Turn::Item(number) => write!(f, "[{number}]")?,
                Turn::Name(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    write!(f, ".{name}")?;
                }
                Turn::Name(name) => write!(f, "['{name}']")?,
            }
        }
        Ok(())
    }
}

impl FileRule {
    /// Whether the address of a file is what the system says it is.
    pub fn is_address(&self) -> bool {
        self.request.path.is_expression()
    }
}

/// A host, or every host below a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
    below: bool,
}

impl Host {
    /// `files.example.org`, `files.example.org:8443`, or `*.example.org`, which names every host below and not itself. What a
    /// wildcard stands before has two names at least, so that `*.com` is no host.
    pub fn parse(text: &str) -> Option<Host> {
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let is_name = |name: &str| {
            let label = |label: &str| {
                let sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                !label.is_empty() && label.chars().all(sign) && !label.starts_with('-')
            };
            !name.is_empty() && name.split('.').all(label)
        };
        let (name, port) = match rest.split_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (rest, None),
        };
        // The last word of an address is a number, that of a name never.
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_address = last.bytes().all(|b| b.is_ascii_digit());
        let wide = below && (!name.contains('.') || is_address || port.is_some());
        (is_name(name) && !wide).then(|| Host {
            name: name.to_ascii_lowercase(),
            port,
            below,
        })
    }

    /// Whether an address lies there. The port is the scheme's own, if none is stated.
    pub fn holds(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let named = match self.below {
            true => host
                .strip_suffix(self.name.as_str())
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            false => host == self.name,
        };
        named && url.port() == self.port
    }

    /// Whether it is one host, written out.
    pub fn is_one(&self) -> bool {
        !self.below
    }
}

/// What arrives of a file.
pub enum Piece<'b> {
    /// The file begins, or once more: what came before does not count.
    Begin,
    Bytes(&'b [u8]),
}

/// Takes the pieces of a file; `false` ends it.
pub type Pieces<'p> = &'p mut (dyn FnMut(Piece<'_>) -> bool + Send);

/// A file that was asked for. Personal.
#[derive(Clone)]
pub struct Fetched {
    /// As the system calls it, on one line.
    pub name: String,
    /// `None` if the system has no such file, where the connector says how that shows.
    pub came: Result<Option<Came>, Fault>,
}

/// What is told of a file that came whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// Type and subtype, as the server states them.
    pub content_type: Option<String>,
    pub bytes: u64,
}

/// What is said of one file. Personal.
#[derive(Clone)]
pub struct Named {
    /// The entry of `files` that it is fetched by.
    pub rule: usize,
    pub file: Value,
    /// The item of the part in which it is named; null if the record itself names it.
    pub item: Value,
}

/// The files that a record, or an item of one of its parts, names.
pub fn named(object: &Object, part: Option<&str>, data: &Value) -> Vec<Named> {
    let rules = object.files().iter().enumerate();
    let mine = rules.filter(|(_, rule)| rule.part.as_deref() == part);
    mine.flat_map(|(number, rule)| {
        let all = rule.each.path.query(data).all();
        let there = all.into_iter().filter(|value| !value.is_null());
        // Only what the entry can name is kept.
        there.map(move |file| Named {
            rule: number,
            file: narrowed(rule, "file", file),
            item: match part {
                Some(_) => narrowed(rule, "item", data),
                None => Value::Null,
            },
        })
    })
    .collect()
}

/// The members of `file` or `item` that an entry reads.
fn narrowed(rule: &FileRule, root: &str, value: &Value) -> Value {
    let mut reads = rule.request.reads();
    reads.extend(rule.name.iter().flat_map(Template::reads));
    let kind = rule.base64.iter().flat_map(|within| &within.kind);
    reads.extend(kind.flat_map(Template::reads));
    let Value::Object(members) = value else {
        return value.clone();
    };
    if reads.contains(&root) {
        return value.clone();
    }
    let read = |name: &String| {
        let mut words = reads.iter().map(|read| read.split('.'));
        words.any(|mut words| words.next() == Some(root) && words.next() == Some(name))
    };
    let kept = members.iter().filter(|(name, _)| read(name));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What a file is called: on one line, without anything that moves a cursor or turns the writing round.
pub fn name(rule: &FileRule, names: &Names) -> String {
    let stated = rule.name.as_ref().and_then(|name| name.text(names).ok());
    let plain = crate::html::plain(stated.as_deref().unwrap_or_default());
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// The type of a file that stands in a reply, as the connector says it.
pub fn stated_type(rule: &FileRule, names: &Names) -> Option<String> {
    let kind = rule.base64.as_ref()?.kind.as_ref()?;
    content_type(&kind.text(names).ok()?)
}

/// A limit in words: `10 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1_000_000_000) => format!("{} GB", bytes / 1_000_000_000),
        _ if bytes.is_multiple_of(1_000_000) => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} kB", bytes.div_ceil(1_000)),
    }
}

/// A content type without its parameters, if it is one.
pub fn content_type(header: &str) -> Option<String> {
    let kind = header.split(';').next().unwrap_or_default().trim();
    let token = |text: &str| {
        let sign = |c: char| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c);
        !text.is_empty() && text.chars().all(sign)
    };
    let (main, sub) = kind.split_once('/')?;
    (kind.len() <= 100 && token(main) && token(sub)).then(|| kind.to_ascii_lowercase())
}

/// Whether a page for people came in the place of a file, as of a log-in: its type says so, and the file's name does not.
pub fn is_other_page(name: &str, content_type: Option<&str>) -> bool {
    let page = matches!(content_type, Some("text/html" | "application/xhtml+xml"));
    let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
    page && ![".html", ".htm", ".xhtml"].into_iter().any(ends)
}

/// An entry in words, for the person who decides whether to trust it: what is sent, from where it may come, and whether credentials
/// go along.
pub fn describe(rule: &FileRule, own: &str) -> (String, Vec<String>, bool) {
    let mut hosts = vec![own.to_owned()];
    hosts.extend(rule.hosts.iter().map(Template::masked));
    (rule.request.describe(), hosts, rule.auth)
}

/// The members of a file in the list that a package has of them; `file` is where it lies.
pub const MEMBERS: [&str; 4] = ["file_name", "content_type", "file", "left_out"];

/// A line of that list, beside the key of the record.
pub fn line(name: &str, content_type: Option<&str>, left_out: Option<&str>) -> Value {
    let mut line = json!({ "file_name": name });
    if let Some(kind) = content_type {
        line["content_type"] = json!(kind);
    }
    match left_out {
        Some(why) => line["left_out"] = json!(why),
        None => line["file"] = json!("-"),
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_host_or_those_below_a_name() {
        for bad in [
            "",
            "*",
            "*.",
            "*.com",
            "*.*.com",
            "a.*.com",
            "https://a.example.org",
            "a.example.org/x",
            "a b",
            "a..b",
            ".a.b",
            "a.b.",
            "a.example.org:x",
            "*.example.org:1",
            "*.0.0.1",
            "*.127.0.0.1",
            "user@a.example.org",
            "[::1]",
            "käse.example",
        ] {
            assert_eq!(Host::parse(bad), None, "{bad}");
        }
        let holds = |host: &str, url: &str| {
            let host = Host::parse(host).unwrap();
            host.holds(&Url::parse(url).unwrap())
        };
        assert!(holds("a.example.org", "https://A.example.org/x"));
        assert!(holds("a.example.org", "https://a.example.org:443/"));
        assert!(holds("*.example.org", "https://a.b.example.org/"));
        assert!(holds("127.0.0.1:81", "http://127.0.0.1:81/"));
        for (host, url) in [
            ("a.example.org", "https://b.a.example.org/"),
            ("a.example.org", "https://a.example.org:8443/"),
            ("a.example.org", "https://a.example.org.evil.test/"),
            ("a.example.org", "https://a.example.org@evil.test/"),
            ("*.example.org", "https://example.org/"),
            ("*.example.org", "https://evilexample.org/"),
            ("*.example.org", "https://a.example.org.evil.test/"),
            ("*.example.org", "https://a.example.org:444/"),
            ("127.0.0.1:81", "http://127.0.0.1/"),
        ] {
            assert!(!holds(host, url), "{host} {url}");
        }
    }

    #[test]
    fn a_content_type_is_a_type_and_nothing_else() {
        let known = Some("application/pdf".to_owned());
        assert_eq!(content_type("Application/PDF; charset=x"), known);
        for bad in ["", "pdf", "a/b c", "a/<b>", "a/b/c", "/x", "x/"] {
            assert_eq!(content_type(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_spot_is_one_place() {
        for path in ["$.result[0].datas", "$['a b'][2]", "$[0]", "$..content"] {
            assert_eq!(Spot::parse(path).unwrap().to_string(), path);
        }
        for bad in [
            "$",
            "",
            "x",
            "$.",
            "$..",
            "$..*",
            "$..a.b",
            "$.a[*]",
            "$.a[-1]",
            "$.a[?@.b]",
            "$.a['b",
            "$.a..b",
            "$.*",
        ] {
            assert_eq!(Spot::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_page_is_no_file_unless_it_is_called_one() {
        assert!(is_other_page("cv.pdf", Some("text/html")));
        assert!(!is_other_page("CV.HTML", Some("text/html")));
        assert!(!is_other_page("cv.pdf", Some("application/pdf")));
        assert!(!is_other_page("cv.pdf", None));
    }
}
