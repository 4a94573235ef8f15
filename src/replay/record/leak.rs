//! Looks through a recording for what was there before: every original, as it stands, in capitals, percent-encoded, in base64, in
//! hexadecimal, as a digest, or broken by signs between its digits.
//!
//! It knows nothing of how values were replaced, and looks at the text that would be saved, so that a mistake of the disguise is found
//! here.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::disguise::Disguise;
use super::invent::runs;
use super::paper::{Paper, Part};
use super::shape::digests;
use crate::diagnostic::Result;
use crate::messages::{Text, replay as say};
use crate::yaml::error;

/// Shorter words are not looked for on their own: they stand everywhere.
const SHORTEST: usize = 4;

/// Words of what is invented, which say nothing of anybody.
const OURS: [&str; 3] = ["example", "invented", "files"];

/// Encodings within encodings that are opened.
const LAYERS: usize = 4;

/// Refuses a text in which an original is left.
///
/// # Errors
/// E793, with the part of the recording and without the value.
pub(super) fn look(disguise: &Disguise<'_>, paper: &Paper) -> Result<()> {
    let originals: Vec<Original> = all(disguise);
    for part in &paper.parts {
        let views = views(&part.text);
        // Members are named by the system's makers; only what is the person's own can be in a name.
        let left =
            |original: &Original| (original.personal || !part.name) && original.is_in(&views);
        if originals.iter().any(left) {
            let place = place(part, &originals);
            let wrong = error("E793", say::original_left(place));
            return Err(wrong
                .why(say::original_left_why())
                .help(say::original_left_help())
                .into());
        }
    }
    Ok(())
}

/// Where it is; the member is named unless its name gives somebody away.
fn place(part: &Part, originals: &[Original]) -> Text {
    let member = part.member.as_deref().filter(|member| {
        let views = views(member);
        !originals.iter().any(|original| original.is_in(&views))
    });
    match member {
        Some(member) => part.place.clone().with(&Text::same(member)),
        None => part.place.clone(),
    }
}

/// What must not be left.
struct Original {
    /// In small letters.
    text: String,
    /// It is a secret, the person's, or stood in a listed field.
    personal: bool,
    /// It is only looked for as a word of its own.
    word: bool,
    /// Its digits, if it is a number that may be written with signs in between.
    digits: Option<String>,
}

fn all(disguise: &Disguise<'_>) -> Vec<Original> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |text: &str, whole: bool, personal: bool| {
        let small = text.trim().to_lowercase();
        let length = small.chars().count();
        if length < SHORTEST || disguise.is_word(text) || !seen.insert(small.clone()) {
            return;
        }
        let plain = small.chars().all(char::is_alphabetic) && length < 8;
        let digits: String = small.chars().filter(char::is_ascii_digit).collect();
        let is_number = digits.len() >= 7 && !small.chars().any(char::is_alphabetic);
        out.push(Original {
            personal,
            // A person's longer words are looked for within others too: `x1margarete`.
            word: if personal {
                length < 6
            } else {
                plain || !whole
            },
            digits: is_number.then(|| digits.trim_start_matches('0').to_owned()),
            text: small,
        });
    };
    for secret in disguise.secrets() {
        add(secret, true, true);
    }
    for (original, personal) in disguise.originals() {
        add(original, true, personal || original.contains('@'));
        if personal {
            let words = runs(original).into_iter();
            for word in words.filter(|word| !OURS.contains(&word.to_lowercase().as_str())) {
                add(word, false, true);
            }
        }
        if original.contains('@') {
            for digest in digests(original) {
                add(&digest, true, true);
            }
        }
    }
    out
}

impl Original {
    fn is_in(&self, views: &[String]) -> bool {
        views.iter().any(|view| {
            let there = match self.word {
                false => view.contains(&self.text),
                true => is_word_of(view, &self.text),
            };
            there
                || self
                    .digits
                    .as_ref()
                    .is_some_and(|digits| has_digits(view, digits))
        })
    }
}

/// Whether the word stands there with no letter beside it.
fn is_word_of(view: &str, word: &str) -> bool {
    view.match_indices(word).any(|(at, _)| {
        let before = view[..at].chars().next_back();
        let behind = view[at + word.len()..].chars().next();
        ![before, behind]
            .into_iter()
            .flatten()
            .any(char::is_alphabetic)
    })
}

/// Whether the digits stand there, with signs such as blanks between them.
fn has_digits(view: &str, digits: &str) -> bool {
    let plain: String = view
        .chars()
        .filter(|sign| !" -/().\u{a0}".contains(*sign))
        .collect();
    plain.contains(digits)
}

/// A text in every reading: as it stands and decoded, in small letters.
fn views(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open: Vec<(String, usize)> = vec![(text.to_owned(), 0)];
    while let Some((text, depth)) = open.pop() {
        if depth < LAYERS {
            let percent = percent_encoding::percent_decode_str(&text).decode_utf8_lossy();
            let plus = percent.replace('+', " ");
            let entities = percent
                .replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
            for read in [percent, Cow::Owned(plus), Cow::Owned(entities)] {
                if *read != text && !all.contains(&read.to_lowercase()) {
                    open.push((read.into_owned(), depth + 1));
                }
            }
            open.extend(decoded(&text).into_iter().map(|read| (read, depth + 1)));
            let escaped = unescaped(&text);
            if escaped != text {
                open.push((escaped, depth + 1));
            }
        }
        let small = text.to_lowercase();
        if !all.contains(&small) {
            all.push(small);
        }
    }
    all
}

/// What long runs of letters and digits say in base64 and in hexadecimal.
fn decoded(text: &str) -> Vec<String> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    let mut out = Vec::new();
    let token = |sign: char| sign.is_ascii_alphanumeric() || "+/-_=".contains(sign);
    for run in text.split(|sign: char| !token(sign)) {
        if run.len() >= 6 {
            let plain: String = run.trim_matches('=').replace('-', "+").replace('_', "/");
            // It may begin anywhere in a longer run.
            for start in 0..4.min(plain.len()) {
                let mut part = plain[start..].to_owned();
                if part.len() % 4 == 1 {
                    part.pop();
                }
                if let Ok(bytes) = engine.decode(&part) {
                    out.extend(readable(&bytes));
                }
            }
        }
        if run.len() >= 8 && run.chars().all(|sign| sign.is_ascii_hexdigit()) {
            for start in 0..2 {
                let bytes: Vec<u8> = run.as_bytes()[start..]
                    .chunks_exact(2)
                    .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                    .collect();
                out.extend(readable(&bytes));
            }
        }
    }
    out
}

/// Bytes as text, if enough of them are.
fn readable(bytes: &[u8]) -> Option<String> {
    let text: String = String::from_utf8_lossy(bytes).into_owned();
    let good = text
        .chars()
        .filter(|sign| !sign.is_control() && *sign != '\u{fffd}')
        .count();
    (good >= SHORTEST && good * 2 > text.chars().count()).then_some(text)
}

/// `\u00e4`, as JSON within a text has it.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\\u") {
        out.push_str(before);
        let sign = behind
            .get(..4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match sign {
            Some(sign) => {
                out.push(sign);
                rest = &behind[4..];
            }
            None => {
                out.push_str("\\u");
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}
