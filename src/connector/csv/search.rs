//! What is looked for: as a pattern over raw bytes that misses nothing, and as a test of a parsed row that decides.
//!
//! The pattern only has to hit every row that could matter; `joanna@example.org` is hit for `anna@example.org` and refused by the
//! test. A row is a candidate if a column of the finder equals the value after normalisation, or, for e-mail addresses, holds it as
//! a whole word among others (`Anna <anna@example.org>`); the guard in `find` then counts the latter as near misses.

use std::collections::HashSet;

use encoding_rs::Encoding;
use regex::bytes::{Regex, RegexBuilder};

use super::row::Header;
use crate::connector::object::{At, Via};
use crate::connector::{Fault, Key, Object, Probe, object};
use crate::subject::{Identity, Kind, Kinds};

/// Finds candidates by their words; no identity, but a finder of people to pick from.
const NAME: &str = "name";

/// What rows are asked.
#[derive(Clone)]
pub(super) enum Question {
    /// One of these columns holds the identity. Each column comes with the separator of its values, if it has one.
    Identity(Identity, Vec<(String, Option<String>)>),
    /// One of these columns equals the value.
    Either(Vec<String>, String),
    /// All of these columns equal their values.
    All(Vec<(String, String)>),
    /// The row has one of these digests.
    Rows(HashSet<String>),
    /// The key columns hold one of these keys.
    Keys(HashSet<Key>),
    /// The columns of one of these lists hold exactly these texts.
    Holding(Vec<Vec<(String, String)>>),
}

impl Question {
    /// What a finder asks; `None` where the parent has no value that could lead anywhere.
    pub(super) fn new(
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
    ) -> Result<Option<Question>, Fault> {
        let via = object.find.get(finder).map(|finder| &finder.via);
        Ok(match (via, probe) {
            (Some(Via::Columns(names)), Probe::Identity(identity)) => {
                let split = |name: &String| {
                    object
                        .fields
                        .iter()
                        .find(|f| is_at(&f.at, name))
                        .and_then(|f| f.split.clone())
                };
                let columns = names
                    .iter()
                    .map(|name| (name.clone(), split(name)))
                    .collect();
                Some(Question::Identity(identity.clone(), columns))
            }
            (Some(Via::Columns(names)), Probe::Parent(parent)) => match parent.key.parts() {
                [one] => Some(Question::Either(names.clone(), one.trim().to_owned())),
                _ => return Err(Fault::no_value(names.join(", "))),
            },
            (Some(Via::Join(pairs)), Probe::Parent(parent)) => {
                let mut wanted = Vec::new();
                for (child, name) in pairs {
                    let value = parent.data.get(name).ok_or_else(|| Fault::no_value(name))?;
                    match object::as_text(&[value]) {
                        serde_json::Value::String(text) if !text.trim().is_empty() => {
                            wanted.push((child.clone(), text.trim().to_owned()));
                        }
                        // An empty value joins nothing, as in SQL; it must never meet all empty ones.
                        serde_json::Value::String(_) | serde_json::Value::Null => return Ok(None),
                        _ => return Err(Fault::wrong_type(name)),
                    }
                }
                (!wanted.is_empty()).then_some(Question::All(wanted))
            }
            _ => return Err(Fault::no_value(&object.name)),
        })
    }

    /// A pattern that hits every row which could pass [`Question::fits`], `None` where all rows must be parsed.
    pub(super) fn pattern(&self, encoding: &'static Encoding) -> Option<Regex> {
        let exact = |text: &str| spelled(text, encoding, false);
        let pattern = match self {
            Question::Identity(identity, _) => match identity.kind.0.as_str() {
                Kind::EMAIL => email(identity, encoding)?,
                Kind::PHONE => phone(identity, encoding)?,
                NAME => spelled(longest_word(identity.value())?, encoding, true)?,
                _ => exact(identity.value())?,
            },
            Question::Either(_, value) => exact(value)?,
            Question::All(pairs) => exact(pairs.iter().map(|(_, v)| v).max_by_key(|v| v.len())?)?,
            Question::Rows(_) => return None,
            Question::Keys(keys) => {
                let parts = keys
                    .iter()
                    .map(|key| key.parts().iter().max_by_key(|part| part.len()));
                let all: Option<Vec<String>> = parts.map(|part| exact(part?)).collect();
                all?.join("|")
            }
            Question::Holding(rows) => {
                let longest = rows
                    .iter()
                    .map(|row| row.iter().map(|(_, text)| text).max_by_key(|t| t.len()));
                // An empty text is nothing that could be searched.
                let all: Option<Vec<String>> = longest
                    .map(|text| exact(text.filter(|text| !text.is_empty())?))
                    .collect();
                all?.join("|")
            }
        };
        RegexBuilder::new(&pattern).size_limit(1 << 24).build().ok()
    }

    /// Whether bytes that are no text could hide a hit: an ASCII value stands out among whatever surrounds it.
    pub(super) fn needs_text(&self, encoding: &'static Encoding) -> bool {
        encoding == encoding_rs::UTF_8
            && match self {
                Question::Identity(identity, _) => !identity.value().is_ascii(),
                Question::Either(_, value) => !value.is_ascii(),
                Question::All(pairs) => pairs.iter().any(|(_, value)| !value.is_ascii()),
                Question::Rows(_) => false,
                Question::Keys(keys) => keys
                    .iter()
                    .flat_map(Key::parts)
                    .any(|part| !part.is_ascii()),
                Question::Holding(rows) => rows.iter().flatten().any(|(_, text)| !text.is_ascii()),
            }
    }

    /// Whether a parsed row is an answer. Questions for digests and keys are settled where the key is made.
    pub(super) fn fits(&self, header: &Header, fields: &[String]) -> bool {
        let text = |name: &str| header.text(fields, name).unwrap_or_default();
        match self {
            Question::Identity(identity, columns) if identity.kind.0 == NAME => {
                let words: Vec<String> = columns
                    .iter()
                    .flat_map(|(name, _)| words(text(name)))
                    .collect();
                words_of(identity).all(|word| words.contains(&word))
            }
            Question::Identity(identity, columns) => columns.iter().any(|(name, split)| {
                let text = text(name);
                match split.as_deref().filter(|separator| !separator.is_empty()) {
                    Some(separator) => text
                        .split(separator)
                        .any(|part| holds(identity, part.trim())),
                    None => holds(identity, text),
                }
            }),
            Question::Either(columns, value) => columns.iter().any(|name| text(name) == value),
            Question::All(pairs) => pairs.iter().all(|(name, value)| text(name) == value),
            Question::Holding(rows) => rows.iter().any(|row| {
                row.iter().all(|(name, text)| {
                    let there = header.position(name).and_then(|at| fields.get(at));
                    there == Some(text)
                })
            }),
            Question::Rows(_) | Question::Keys(_) => true,
        }
    }
}

fn is_at(at: &At, column: &str) -> bool {
    matches!(at, At::Path(names) if names.len() == 1 && names[0] == column)
}

fn holds(identity: &Identity, text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    match identity.kind.0.as_str() {
        Kind::EMAIL => {
            let same = Kinds::default().identity(&identity.kind, text);
            same.is_ok_and(|same| same.value() == identity.value()) || is_among(identity, text)
        }
        Kind::PHONE => is_number(identity.value(), text),
        _ => text == identity.value(),
    }
}

/// Whether the address stands in a longer text as a word of its own, neither `joanna@…` nor `…example.org.uk`.
fn is_among(identity: &Identity, text: &str) -> bool {
    let text = text.to_lowercase();
    let goes_on = |c: char| c.is_alphanumeric() || "-_".contains(c);
    identity.spellings().iter().any(|spelling| {
        text.match_indices(spelling.as_str()).any(|(place, _)| {
            let before = text[..place].chars().next_back();
            let mut after = text[place + spelling.len()..].chars();
            let next = after.next();
            before.is_none_or(|c| !goes_on(c) && !".+%&'".contains(c))
                && !next.is_some_and(goes_on)
                && !(next == Some('.') && after.next().is_some_and(char::is_alphanumeric))
        })
    })
}

/// Whether a text can be this telephone number: its digits without leading zeros end the number's. The country, which is not known
/// here, is the guard's to settle.
fn is_number(number: &str, text: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (wanted, given) = (digits(number), digits(text));
    let bare = digits(&text.replace("(0)", ""));
    given.len() >= 5
        && [given, bare].iter().any(|given| {
            let given = given.trim_start_matches('0');
            !given.is_empty() && wanted.trim_start_matches('0').ends_with(given)
        })
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

fn words_of(identity: &Identity) -> impl Iterator<Item = String> {
    words(identity.value())
}

fn longest_word(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
        .max_by_key(|word| word.len())
        .filter(|word| !word.is_empty())
}

/// Every spelling of the address, and its local part before any domain with a character beyond ASCII: such a domain may be the same
/// one in a spelling that only IDNA (UTS 46) can tell.
fn email(identity: &Identity, encoding: &'static Encoding) -> Option<String> {
    let mut spellings: Vec<String> = identity
        .spellings()
        .iter()
        .filter_map(|spelling| spelled(spelling, encoding, true))
        .collect();
    let (local, _) = identity.value().rsplit_once('@')?;
    spellings.push(format!(
        r"{}@(?-u:[!#-?A-~]*[\x80-\xff])",
        spelled(local, encoding, true)?
    ));
    Some(spellings.join("|"))
}

/// The last digits of the number, with anything between them that a number may contain. Numbers without their country share no more.
fn phone(identity: &Identity, encoding: &'static Encoding) -> Option<String> {
    searchable(encoding).then(|| {
        let digits: Vec<String> = identity
            .value()
            .chars()
            .filter(char::is_ascii_digit)
            .map(String::from)
            .collect();
        let tail = &digits[digits.len().saturating_sub(4)..];
        format!("(?-u:{})", tail.join(r"(?:\(0\)|[^0-9A-Za-z])*"))
    })
}

/// Whether bytes can be searched without decoding them: one byte a character, or UTF-8.
fn searchable(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::UTF_8 || encoding.is_single_byte()
}

/// A pattern for a text as it may stand in the file: in its encoding, quotes doubled or not, and in either case if `folded`.
fn spelled(text: &str, encoding: &'static Encoding, folded: bool) -> Option<String> {
    if !searchable(encoding) {
        return None;
    }
    let mut pattern = String::new();
    for c in text.chars() {
        if c == '"' {
            pattern.push_str("\"{1,2}");
        } else if encoding == encoding_rs::UTF_8 {
            pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        } else {
            let same = bytes_of(c, encoding, folded);
            if same.is_empty() {
                // The encoding has no such character, so the file cannot hold the text; this matches nothing.
                return Some(r"[^\s\S]".to_owned());
            }
            pattern.push_str(&format!("(?-u:[{same}])"));
        }
    }
    if encoding != encoding_rs::UTF_8 || !folded {
        return Some(format!("(?:{pattern})"));
    }
    // İ is the one character whose lower case is two.
    Some(format!(
        "(?i:{})",
        pattern.replace("i\u{307}", "(?:i\u{307}|İ)")
    ))
}

/// The bytes that stand for this character, in either case if `folded`, as members of a class.
fn bytes_of(c: char, encoding: &'static Encoding, folded: bool) -> String {
    (0..=255u8)
        .filter(|byte| {
            let byte = [*byte];
            let text = encoding.decode_without_bom_handling_and_without_replacement(&byte);
            text.is_some_and(|text| {
                let same = text.chars().eq([c]);
                same || (folded && text.to_lowercase() == c.to_lowercase().to_string())
            })
        })
        .map(|byte| format!(r"\x{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(kind: &str, value: &str) -> Identity {
        let kinds = Kinds {
            country: "DE".into(),
            ..Kinds::default()
        };
        kinds.identity(&Kind(kind.into()), value).unwrap()
    }

    fn hits(kind: &str, value: &str, encoding: &'static Encoding, bytes: &[u8]) -> bool {
        let question = Question::Identity(identity(kind, value), Vec::new());
        question.pattern(encoding).unwrap().is_match(bytes)
    }

    #[test]
    fn a_pattern_hits_every_spelling_that_the_guard_accepts() {
        let utf8 = encoding_rs::UTF_8;
        for text in [
            "ANNA.K@Example.Org",
            "anna.k@ｅｘａｍｐｌｅ.org",
            "anna.k@exam\u{ad}ple.org",
        ] {
            let same = identity("email", text);
            assert_eq!(same, identity("email", "anna.k@example.org"), "{text}");
            assert!(
                hits("email", "anna.k@example.org", utf8, text.as_bytes()),
                "{text}"
            );
        }
        for text in [
            "a@XN--MLLER-KVA.example",
            "a@MÜLLER.example",
            "a@mu\u{308}ller.example",
        ] {
            assert!(
                hits("email", "a@müller.example", utf8, text.as_bytes()),
                "{text}"
            );
        }
        assert!(hits(
            "email",
            "o'brien\"@example.org",
            utf8,
            b"\"O'Brien\"\"@example.org\""
        ));
        assert!(hits(
            "email",
            "i\u{307}@example.org",
            utf8,
            "İ@example.org".as_bytes()
        ));
        assert!(!hits(
            "email",
            "anna@example.org",
            utf8,
            b"anna@example,org"
        ));
    }

    #[test]
    fn encodings_of_one_byte_are_searched_as_they_are() {
        let latin1 = encoding_rs::WINDOWS_1252;
        assert!(hits(
            "email",
            "jürgen@example.org",
            latin1,
            b"x;J\xdcRGEN@example.org"
        ));
        assert!(hits(
            "email",
            "a@müller.example",
            latin1,
            b"a@M\xdcller.example"
        ));
        assert!(hits("customer_no", "Ä-17", latin1, b"x;\xc4-17;y"));
        assert!(!hits("customer_no", "Ä-17", latin1, b"x;\xe4-17;y"));
        assert!(!hits("customer_no", "中-17", latin1, b"x;-17;y"));
    }

    #[test]
    fn phones_are_hit_by_digits() {
        for text in [
            "030 / 123 45 67",
            "+49 (0)30 1234567",
            "0049301234567",
            "+49 30 12345(0)67",
        ] {
            assert!(
                hits("phone", "+49301234567", encoding_rs::UTF_8, text.as_bytes()),
                "{text}"
            );
            assert!(is_number("+49301234567", text), "{text}");
        }
        for text in ["030 1234568", "4567", "0", "", "49301234567x99"] {
            assert!(!is_number("+49301234567", text), "{text}");
        }
    }

    #[test]
    fn an_address_in_a_longer_text_is_a_word_of_its_own() {
        let anna = identity("email", "anna@example.org");
        for text in [
            "Anna <ANNA@example.org>",
            "anna@example.org, x",
            "siehe anna@example.org.",
        ] {
            assert!(holds(&anna, text), "{text}");
        }
        for text in [
            "joanna@example.org",
            "anna@example.org.uk",
            "x.anna@example.org",
            "",
            "anna@example.organic",
        ] {
            assert!(!holds(&anna, text), "{text}");
        }
    }
}
