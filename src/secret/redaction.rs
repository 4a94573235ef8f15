//! Takes secrets out of text: those that were fetched, in every spelling in which they travel, and what looks like one in a file.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;
use zeroize::Zeroizing;

/// Stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Shorter values are not searched for: they would blot out half of every text and protect nothing.
const SHORTEST: usize = 4;

/// Every spelling of every known secret, longest first.
static KNOWN: Mutex<Vec<Zeroizing<String>>> = Mutex::new(Vec::new());

fn known() -> MutexGuard<'static, Vec<Zeroizing<String>>> {
    // A panic elsewhere must not let secrets through here.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers a secret for the rest of the process.
pub fn remember(secret: &str) {
    if secret.chars().count() < SHORTEST {
        return;
    }
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = serde_json::Value::from(secret).to_string();
    let mut spellings = vec![
        secret.to_owned(),
        percent.to_lowercase(),
        form_encoded(secret),
        percent,
        json.trim_matches('"').to_owned(),
        STANDARD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ];
    let mut known = known();
    spellings.retain(|spelling| known.iter().all(|one| **one != *spelling));
    known.extend(spellings.into_iter().map(Zeroizing::new));
    known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    known.dedup();
}

/// Values that are good for one request each, the newest last.
static PASSING: Mutex<VecDeque<Zeroizing<String>>> = Mutex::new(VecDeque::new());

/// How many of them are kept: each request of a run brings new ones, and old ones are in no text any more.
const PASSING_KEPT: usize = 64;

/// Shorter words of a header may be a date or a number, which stand in other texts for good reasons.
const PASSING_SHORTEST: usize = 20;

/// Registers a value that is good for one request, such as a signature, until many others have followed.
pub fn remember_for_now(value: &str) {
    let word = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut passing = PASSING.lock().unwrap_or_else(PoisonError::into_inner);
    for word in value.split(|c| !word(c)) {
        let digest = word
            .trim_matches('=')
            .rsplit('=')
            .next()
            .unwrap_or_default();
        for one in [word, digest] {
            if one.len() >= PASSING_SHORTEST && passing.iter().all(|known| **known != *one) {
                passing.push_back(Zeroizing::new(one.to_owned()));
            }
        }
    }
    while passing.len() > PASSING_KEPT {
        passing.pop_front();
    }
}

fn form_encoded(secret: &str) -> String {
    url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()
}

/// The text with every known secret replaced by `[redacted]`, also percent-encoded, in JSON and in base64.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    for secret in known().iter() {
        if out.contains(secret.as_str()) {
            out = Cow::Owned(out.replace(secret.as_str(), REDACTED));
        }
    }
    let passing = PASSING.lock().unwrap_or_else(PoisonError::into_inner);
    for secret in passing.iter() {
        if out.contains(secret.as_str()) {
            out = Cow::Owned(out.replace(secret.as_str(), REDACTED));
        }
    }
    out
}

/// Whether a setting of this name holds a secret in all likelihood: `password`, `api_key`, `client_secret`, `token`.
pub fn sounds_secret(name: &str) -> bool {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(^|[_\-.])(password|passwd|passphrase|pwd|pw|token|secret|credentials?|(api|access|private|secret|auth|account)[_\-]?key|apikey|key)$")
            .expect("a fixed pattern")
    });
    NAMES.is_match(name)
}

/// Byte ranges of a line of a file that hold a known secret, or what looks like one written out: the password in a URL, the
/// value behind a name such as `password`. For whoever shows the line; ordered and apart from each other.
pub fn blots(line: &str) -> Vec<Range<usize>> {
    static IN_URL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"://[^/\s:@"']*:([^\s"']+)@"#).expect("a fixed pattern"));
    static BEHIND_NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)["']?\b(?:[a-z0-9]+[_-])*(?:password|passwd|passphrase|pwd|token|secret|api_?key|secret_?key|access_?key|private_?key)["']?\s*:\s*("[^"]*"?|'[^']*'?|[^\s"'{\[,}#][^,}#]*)"#)
            .expect("a fixed pattern")
    });
    let mut found: Vec<Range<usize>> = Vec::new();
    for secret in known().iter() {
        found.extend(
            line.match_indices(secret.as_str())
                .map(|(start, hit)| start..start + hit.len()),
        );
    }
    for captures in IN_URL.captures_iter(line) {
        found.extend(captures.get(1).map(|hit| hit.range()));
    }
    for captures in BEHIND_NAME.captures_iter(line) {
        if let Some(hit) = captures.get(1) {
            let value = hit.as_str().trim_matches(['"', '\'']);
            let is_word = matches!(value.trim(), "" | "token" | "keep" | "true" | "false");
            if !is_word && !names_a_source(value) {
                found.push(hit.start()..hit.start() + hit.as_str().trim_end().len());
            }
        }
    }
    merge(found)
}

/// `env:…` and its like, also with a name that will not do.
fn names_a_source(value: &str) -> bool {
    ["env:", "file:", "keyring:", "credential:"]
        .iter()
        .any(|source| value.starts_with(source))
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_out_in_every_spelling() {
        let secret = "pä/ss \"w+rd\\?";
        remember(secret);
        remember("ab");
        for spelling in [
            secret.to_owned(),
            "p%C3%A4%2Fss%20%22w%2Brd%5C%3F".to_owned(),
            "p%c3%a4%2fss%20%22w%2brd%5c%3f".to_owned(),
            "p%C3%A4%2Fss+%22w%2Brd%5C%3F".to_owned(),
            "pä/ss \\\"w+rd\\\\?".to_owned(),
            STANDARD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
        ] {
            let text = format!("before {spelling} after {spelling}");
            assert_eq!(
                redact(&text),
                "before [redacted] after [redacted]",
                "{spelling}"
            );
        }
        assert!(matches!(
            redact("nothing to hide in abba"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn lines_of_files_are_blotted() {
        let shown = |line: &str| {
            let mut out = line.to_owned();
            for range in blots(line).into_iter().rev() {
                out.replace_range(range, REDACTED);
            }
            out
        };
        for line in [
            "url: \"postgres://dsr:hunter2@db/shop\"",
            "url: postgres://dsr:hun:te@r2@db/shop",
            "settings: { api_key: hunter2, user: dsr }",
            "password: 'hunter2 and more'",
            "client_secret: \"hunter2",
            "token: hunter2 # note",
            "  \"Access-Token\": hunter2",
        ] {
            let shown = shown(line);
            assert!(
                !shown.contains("hun") && shown.contains(REDACTED),
                "{line}: {shown}"
            );
        }
        for line in [
            "client_secret: { secret: \"env:SF_SECRET\" }",
            "mask: token",
            "email: { category: contact.email, mask: token }",
            "key: [tenant, id]",
            "url: https://acme.example:8443/x",
            "op1: { role: operator, key: \"keys/op1.pub\" }",
            "secret: file:/run/secrets/sap",
        ] {
            assert_eq!(shown(line), line);
        }
    }

    #[test]
    fn names_of_settings_that_hold_secrets() {
        for name in [
            "password",
            "api_key",
            "client_secret",
            "token",
            "key",
            "Access-Token",
            "apikey",
            "db.password",
        ] {
            assert!(sounds_secret(name), "{name}");
        }
        for name in ["url", "user", "tls", "keyspace", "tokens", "path", "monkey"] {
            assert!(!sounds_secret(name), "{name}");
        }
    }
}
