//! Numbers of payment cards in a text.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::package::credentials::CARD;

/// Card numbers: digits, perhaps in groups, of a card scheme's prefix and length, with a right check digit (ISO/IEC 7812-1).
pub(super) fn cards(text: &str) -> Vec<(Range<usize>, Cow<'static, str>)> {
    static DIGITS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d(?:[ \u{a0}.-]?\d){13,18}").expect("a fixed pattern"));
    // Digits of an IBAN are a bank account, whatever else they look like.
    static IBAN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b[A-Z]{2}\d{2}(?:[ \u{a0}]?[A-Z0-9]{1,4}){3,8}\b").expect("a fixed pattern")
    });
    if text.bytes().filter(u8::is_ascii_digit).take(14).count() < 14 {
        return Vec::new();
    }
    let ibans: Vec<Range<usize>> = IBAN.find_iter(text).map(|hit| hit.range()).collect();
    let mut out = Vec::new();
    for hit in DIGITS.find_iter(text) {
        let before = text[..hit.start()].chars().next_back();
        let after = text[hit.end()..].chars().next();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let in_iban = ibans
            .iter()
            .any(|iban| iban.start < hit.end() && hit.start() < iban.end);
        if in_iban || is_part(before) || before == Some('+') || is_part(after) {
            continue;
        }
        let digits: Vec<u8> = hit
            .as_str()
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|b| b - b'0')
            .collect();
        if is_card(&digits) {
            let tail: String = digits[digits.len() - 4..]
                .iter()
                .map(|d| char::from(d + b'0'))
                .collect();
            out.push((hit.range(), Cow::Owned(format!("{CARD}{tail}]"))));
        }
    }
    out
}

fn is_card(digits: &[u8]) -> bool {
    let prefix = |length: usize| {
        digits
            .iter()
            .take(length)
            .fold(0u32, |n, d| n * 10 + u32::from(*d))
    };
    let scheme = match digits.len() {
        14 => matches!(prefix(2), 36 | 38) || (300..=305).contains(&prefix(3)),
        15 => matches!(prefix(2), 34 | 37),
        16 => {
            digits[0] == 4
                || (51..=55).contains(&prefix(2))
                || (2221..=2720).contains(&prefix(4))
                || matches!(prefix(2), 62 | 65)
                || matches!(
                    prefix(4),
                    6011 | 5018 | 5020 | 5038 | 6304 | 6759 | 6761 | 6762 | 6763
                )
                || (644..=649).contains(&prefix(3))
                || (3528..=3589).contains(&prefix(4))
        }
        19 => {
            digits[0] == 4
                || matches!(prefix(2), 62 | 65)
                || matches!(prefix(4), 6011 | 6304 | 6759)
        }
        _ => false,
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, u32::from(*d) * 2) {
            (0, _) => u32::from(*d),
            (_, twice) => twice / 10 + twice % 10,
        })
        .sum();
    scheme && sum.is_multiple_of(10)
}
