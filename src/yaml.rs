//! The only file that knows the YAML crate: text in, nodes with positions out.
//!
//! Refused here, whatever the file is about: duplicate keys, merge keys, custom tags, more than one document, too many aliases.
//! [`Node`] keeps the place of each key and value, and [`Fields`] takes a mapping apart so that unknown keys are found.

mod fields;
pub mod write;

use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Spanned, budget, options};

pub use fields::{Fields, nearest};

use crate::diagnostic::{Diagnostic, Exit, Place, Source};
use crate::messages::{Text, yaml as say};

/// Code of the error that a key stands twice.
pub const TWICE: &str = "E001";

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: Value,
    pub place: Place,
}

/// A key of a mapping and where it stands.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: String,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    /// A number, as it is written in the file.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Name, Node)>),
}

/// Reads a file's text as one YAML document.
///
/// # Errors
/// One diagnostic: a parser stops at the first thing it does not understand.
pub fn parse(source: &Arc<Source>) -> Result<Node, Diagnostic> {
    if let Some(at) = tab_in_indentation(&source.text) {
        return Err(error("E002", say::tab())
            .at(place(source, at, at + 1))
            .help(say::tab_help()));
    }
    let options = options! {
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        merge_keys: serde_yaml::options::MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        strict_booleans: true,
        budget: budget! { max_aliases: 1000, max_depth: 32 },
    };
    let raw: Spanned<Raw> =
        serde_yaml::from_str_with_options(&source.text, options).map_err(|e| refuse(source, &e))?;
    build(source, raw)
}

/// Reads a file that comes with the program, straight into its values.
///
/// # Panics
/// If the file is not sound, which its own tests show.
pub fn shipped<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_yaml::from_str(text).expect("a file of the program is sound")
}

/// Reads a document of others, such as an OpenAPI description in YAML or JSON, as bare values: without positions, as large and deep
/// as such documents are.
///
/// # Errors
/// It is neither YAML nor JSON (E005), or grows without end (E006).
pub fn values(source: &Arc<Source>) -> Result<serde_json::Value, Diagnostic> {
    // Most are JSON by their ending or not; its own parser is much faster.
    if source.text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(&source.text)
    {
        return Ok(value);
    }
    let options = options! {
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::LastWins,
        strict_booleans: true,
        budget: budget! { max_depth: 100, max_nodes: 5_000_000, max_events: 10_000_000 },
    };
    serde_yaml::from_str_with_options(&source.text, options).map_err(|e| refuse(source, &e))
}

/// An error of a YAML file; `inventory` and `connector::definition` use it too.
pub fn error(code: &'static str, what: Text) -> Diagnostic {
    Diagnostic::new(code, Exit::Usage, what)
}

/// What kind of value was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Boolean,
    /// A whole number that is not negative.
    Count,
    Text,
    TextOrList,
    List,
    Mapping,
}

/// A value of another kind than expected (E121).
pub fn wrong_kind(node: &Node, wanted: Wanted) -> Diagnostic {
    let (word, help) = match wanted {
        Wanted::Boolean => (say::kind_boolean(), say::write_boolean()),
        Wanted::Count => (say::kind_count(), say::write_count()),
        Wanted::Text => (say::kind_text(), say::write_text()),
        Wanted::TextOrList => (say::kind_text_or_list(), say::write_text_or_list()),
        Wanted::List => (say::kind_list(), say::write_list()),
        Wanted::Mapping => (say::kind_mapping(), say::write_mapping()),
    };
    error("E121", say::wrong_kind(word, node.kind()))
        .at(node.place.clone())
        .help(help)
}

fn place(source: &Arc<Source>, start: usize, end: usize) -> Place {
    Place {
        source: Arc::clone(source),
        start,
        end: end.max(start),
    }
}

fn tab_in_indentation(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indent].find('\t')
            && !line.trim().is_empty()
        {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// Turns the parser's error into one of ours; its words are English only, so they stand as the reason, not as the message.
fn refuse(source: &Arc<Source>, error_: &serde_yaml::Error) -> Diagnostic {
    use serde_yaml::Error as E;
    let mut inner = error_;
    while let E::WithSnippet { error, .. } = inner {
        inner = error;
    }
    let start = inner
        .location()
        .and_then(|l| l.span().byte_offset())
        .and_then(|o| usize::try_from(o).ok());
    let start = start.unwrap_or(source.text.len()).min(source.text.len());
    let here = place(source, start, (start + 1).min(source.text.len()));
    match inner {
        E::MergeKeyNotAllowed { .. } => error("E003", say::merge_key())
            .at(here)
            .help(say::merge_key_help()),
        E::Budget { .. }
        | E::AliasReplayLimitExceeded { .. }
        | E::AliasExpansionLimitExceeded { .. } => error("E006", say::too_many_aliases())
            .at(here)
            .help(say::too_many_aliases_help()),
        other => {
            // The parser notices an unquoted expression only after it.
            let behind = source.text[start..]
                .find('\n')
                .map_or(source.text.len(), |n| start + n);
            if let Some(at) = source.text[..behind].rfind(": {{") {
                let end = source.text[at..]
                    .find('\n')
                    .map_or(source.text.len(), |n| at + n);
                return error("E012", say::unquoted_braces())
                    .at(place(source, at + 2, end))
                    .help(say::quote_braces());
            }
            let reason = other.without_snippet().to_string();
            let reason = reason.lines().next().unwrap_or("").to_owned();
            let code = if reason.contains("tag") {
                "E004"
            } else {
                "E005"
            };
            // An open bracket is noticed at the end of the file; the reason knows where it stands.
            let here = match stated_position(&reason) {
                Some((line, column)) if start == source.text.len() => {
                    let at = offset(&source.text, line, column);
                    place(source, at, (at + 1).min(source.text.len()))
                }
                _ => here,
            };
            let (what, help) = match code {
                "E004" => (say::tag(), say::tag_help()),
                _ => (say::not_yaml(), say::not_yaml_help()),
            };
            error(code, what)
                .at(here)
                .why(Text::same(reason))
                .help(help)
        }
    }
}

/// The numbers in `… at line 4, column 9`.
fn stated_position(reason: &str) -> Option<(usize, usize)> {
    let (_, behind) = reason.rsplit_once("at line ")?;
    let (line, column) = behind.split_once(", column ")?;
    let column = column.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// Byte offset of a character counted from line 1, column 1; within the text whatever the numbers are.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let in_line = text[start..].char_indices().nth(column.saturating_sub(1));
    in_line.map_or(text.len(), |(at, _)| start + at)
}

enum Raw {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Raw, D::Error> {
        Raw::deserialize(d)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn span_of<T>(source: &Arc<Source>, spanned: &Spanned<T>) -> Place {
    let span = spanned.referenced.span();
    let at = |offset: Option<u64>| offset.and_then(|o| usize::try_from(o).ok());
    let start = at(span.byte_offset()).unwrap_or(0).min(source.text.len());
    let end = (start + at(span.byte_len()).unwrap_or(0)).min(source.text.len());
    place(source, start, end)
}

fn build(source: &Arc<Source>, raw: Spanned<Raw>) -> Result<Node, Diagnostic> {
    let place = span_of(source, &raw);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        // The text in the file is exact where the parsed number may not be.
        Raw::Number(parsed) => {
            let written = source
                .text
                .get(place.start..place.end)
                .map(str::trim)
                .unwrap_or("");
            Value::Number(if written.parse::<f64>().is_ok() {
                written.to_owned()
            } else {
                parsed
            })
        }
        Raw::Text(text) => Value::Text(text),
        Raw::List(items) => Value::List(
            items
                .into_iter()
                .map(|item| build(source, item))
                .collect::<Result<_, _>>()?,
        ),
        Raw::Map(entries) => {
            let mut out: Vec<(Name, Node)> = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let key_place = span_of(source, &key);
                let text = match key.value {
                    Raw::Text(text) | Raw::Number(text) => text,
                    Raw::Bool(value) => value.to_string(),
                    Raw::Null => "null".to_owned(),
                    Raw::List(_) | Raw::Map(_) => {
                        return Err(error("E012", say::unquoted_braces())
                            .at(key_place)
                            .help(say::quote_braces()));
                    }
                };
                if let Some((first, _)) = out.iter().find(|(name, _)| name.text == text) {
                    let (line, _) = first.place.line_column();
                    return Err(error(TWICE, say::duplicate_key(&text, line))
                        .at(key_place)
                        .help(say::duplicate_key_help()));
                }
                out.push((
                    Name {
                        text,
                        place: key_place,
                    },
                    build(source, value)?,
                ));
            }
            Value::Map(out)
        }
    };
    Ok(Node { value, place })
}

impl Node {
    /// Text, or a number or boolean as it is written.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn map(&self) -> Option<&[(Name, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// What kind of value this is, in words.
    pub fn kind(&self) -> Text {
        match &self.value {
            Value::Null => say::kind_nothing(),
            Value::Bool(_) => say::kind_boolean(),
            Value::Number(_) => say::kind_number(),
            Value::Text(_) => say::kind_text(),
            Value::List(_) => say::kind_list(),
            Value::Map(_) => say::kind_mapping(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.into(),
        })
    }

    #[test]
    fn values_keep_their_kind_and_place() {
        let node = parse(&source(
            "a: { mask: \"null\", n: 007, big: 12345678901234567890123, none: null, yes: true }\n",
        ))
        .unwrap();
        let (_, a) = &node.map().unwrap()[0];
        let fields = a.map().unwrap();
        assert_eq!(fields[0].1.text(), Some("null"));
        assert_eq!(fields[1].1.scalar().as_deref(), Some("007"));
        assert_eq!(
            fields[2].1.scalar().as_deref(),
            Some("12345678901234567890123")
        );
        assert!(matches!(fields[3].1.value, Value::Null));
        assert!(matches!(fields[4].1.value, Value::Bool(true)));
        assert_eq!(fields[1].0.place.line_column(), (1, 20));
    }

    #[test]
    fn what_no_file_may_contain() {
        let code = |text: &str| parse(&source(text)).unwrap_err().code;
        assert_eq!(code("a: 1\nb: 2\na: 3\n"), "E001");
        assert_eq!(code("a:\n\tb: 1\n"), "E002");
        assert_eq!(code("x: &x { a: 1 }\ny:\n  <<: *x\n"), "E003");
        assert_eq!(code("a: !include other.yml\n"), "E004");
        assert_eq!(code("a: [1, 2\n"), "E005");
        assert_eq!(code("a: {{ value }}\n"), "E012");
        assert_eq!(code("get: {{ value }}/x\n"), "E012");
    }

    /// Unoptimised, one level takes some 30 KB of stack; a thread of an asynchronous program has 2 MB.
    #[test]
    fn deep_nesting_ends_in_an_error_long_before_the_stack() {
        let lists = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let maps = (0..200)
            .map(|n| format!("{}a:\n", " ".repeat(n)))
            .collect::<String>();
        let keys = format!("{}x", "? ".repeat(500));
        let inline = "{a: ".repeat(300);
        let reading = std::thread::Builder::new()
            .stack_size(1536 * 1024)
            .spawn(move || {
                [lists, maps, keys, inline]
                    .map(|text| parse(&source(&text)).map(|_| ()).unwrap_err().code)
            });
        let codes = reading.unwrap().join().unwrap();
        assert_eq!(codes, ["E005", "E006", "E006", "E005"]);
    }
}
