//! What values look like: addresses, days, points in time, numbers of records; and how a value is taken apart.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use url::Url;

use super::Invented;
use crate::connector::object::{At, Field};
use crate::subject::Kind;

pub(super) static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}").ok());

pub(super) static MOMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$").ok()
});

pub(super) static DAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(\d{4})-(\d\d)-(\d\d)$").ok());

pub(super) static UUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$").ok());

pub(super) static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z0-9_:-]{1,64}$").ok());

pub(super) fn is(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

/// A text with one for another; `alone` where no letter or digit stands beside it.
pub(super) fn replaced(text: &str, original: &str, made: &str, alone: bool) -> String {
    let mut out = String::new();
    let mut end = 0;
    for (at, found) in text.match_indices(original) {
        let before = text[..at].chars().next_back();
        let behind = text[at + found.len()..].chars().next();
        if alone
            && [before, behind]
                .into_iter()
                .flatten()
                .any(char::is_alphanumeric)
        {
            continue;
        }
        out.push_str(&text[end..at]);
        out.push_str(made);
        end = at + found.len();
    }
    out.push_str(&text[end..]);
    out
}

/// All but letters, digits and `-._~@:+,`.
pub(super) const SEGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b'+')
    .remove(b',');

/// MD5 and SHA-256 of a value in small letters, by which some services name people.
pub(super) fn digests(text: &str) -> [String; 2] {
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let small = text.trim().to_lowercase();
    let md5 = {
        use md5::Digest as _;
        hex(&md5::Md5::digest(small.as_bytes()))
    };
    let sha256 = {
        use sha2::Digest as _;
        hex(&sha2::Sha256::digest(small.as_bytes()))
    };
    [md5, sha256]
}

/// Whether a text is a number, or looks like one that a system gives out.
pub(super) fn is_number_like(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    is(&UUID, text)
        || (is(&NUMBER, text)
            && digits > 0
            && (digits == text.len() || digits * 4 >= text.len() || text.len() >= 12))
}

/// Counts and flags, and points in time in seconds or milliseconds.
pub(super) fn is_harmless(number: &serde_json::Number, text: &str) -> bool {
    let small = number.as_i64().is_some_and(|number| number.abs() < 100);
    let moment = [10, 13].contains(&text.len()) && text.starts_with('1') && number.is_u64();
    small || moment
}

/// Text or number of a leaf.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Every leaf with the names of the members down to it; lists have none.
pub(super) fn leaves(
    value: &Value,
    path: &mut Vec<String>,
    out: &mut dyn FnMut(&[String], &Value),
) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                path.push(name.clone());
                leaves(inner, path, out);
                path.pop();
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, path, out)),
        leaf => out(path, leaf),
    }
}

/// The member names down to a field.
pub(super) fn members_of(field: &Field) -> Vec<String> {
    match &field.at {
        At::Path(members) => members.clone(),
        At::JsonPath(path) => {
            let names = Regex::new(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\['([^']+)'\]").ok();
            let names = names
                .iter()
                .flat_map(|pattern| pattern.captures_iter(&path.text))
                .filter_map(|found| {
                    found
                        .get(1)
                        .or_else(|| found.get(2))
                        .map(|name| name.as_str().to_owned())
                });
            names.collect()
        }
    }
}

pub(super) fn holds_phone(field: &Field) -> bool {
    field.category == "contact.phone"
        || field
            .identity
            .as_ref()
            .is_some_and(|kind| kind.0 == Kind::PHONE)
}

/// The base as it is with invented settings: a URL setting gives way to its own, another setting within it to its text.
pub(super) fn moved(
    base: &Url,
    plain: &BTreeMap<String, String>,
    invented: &Invented,
) -> Option<Url> {
    let mut text = base.to_string();
    for (name, value) in plain {
        let (Some(made), true) = (invented.get(name), !value.is_empty()) else {
            continue;
        };
        let stated = Url::parse(value).map_or_else(
            |_| value.clone(),
            |url| url.to_string().trim_end_matches('/').to_owned(),
        );
        text = text.replacen(&stated, made.trim_end_matches('/'), 1);
    }
    Url::parse(&text).ok()
}
