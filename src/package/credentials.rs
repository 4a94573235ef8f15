//! Takes passwords, keys and tokens out of what a person receives.
//!
//! They are not information about the person but keys to somebody's door, and a package travels: whoever intercepts it should not
//! be able to log in or to pay. A value goes for the name of its field or for its shape; what is left says so, so that the copy
//! stays honest. A card number keeps its last four digits, as on a receipt (PCI DSS 3.4.1), for it is the person's own.

mod cards;
mod names;
mod shapes;

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use cards::cards;
use names::{counts, digests, is_digest, is_word_or_day, sounds};
use shapes::SHAPES;

/// Stands where a credential stood.
pub const REMOVED: &str = "[removed: credential]";

/// What stood at the place of a card number, before its last four digits.
pub const CARD: &str = "[removed: card number ending ";

/// What is known of a value beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The field's name says that it holds a credential.
    sounds: bool,
    /// It says that it holds a digest of what may be a credential.
    digests: bool,
    /// Its category or its name says that its numbers are of another kind than those of cards.
    numbers: bool,
}

impl About {
    /// Of a field with this name in its system and this category.
    pub fn field(name: &str, category: &str) -> About {
        About {
            sounds: sounds(name),
            digests: digests(name),
            numbers: is_number_of_another_kind(category) || counts(name),
        }
    }

    /// Of a member inside a field's value: below `credentials: { value: … }` everything is one.
    fn member(self, name: &str) -> About {
        About {
            sounds: self.sounds || sounds(name),
            digests: digests(name),
            numbers: self.numbers || counts(name),
        }
    }
}

/// The value without credentials, and how many were taken out.
pub fn strip<'v>(about: About, value: &'v Value) -> (Cow<'v, Value>, u64) {
    let mut count = 0;
    match of_value(about, value, &mut count) {
        Some(clean) => (Cow::Owned(clean), count),
        None => (Cow::Borrowed(value), 0),
    }
}

/// [`strip`] for a text.
pub fn strip_text<'t>(about: About, text: &'t str) -> (Cow<'t, str>, u64) {
    if named(about, text) {
        return (Cow::Borrowed(REMOVED), 1);
    }
    let found = marked(about, text);
    if found.is_empty() {
        return (Cow::Borrowed(text), 0);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let count = found.len() as u64;
    for (range, marker) in found {
        out.push_str(&text[at..range.start]);
        out.push_str(&marker);
        at = range.end;
    }
    out.push_str(&text[at..]);
    (Cow::Owned(out), count)
}

/// `None` if there was nothing to take out.
fn of_value(about: About, value: &Value, count: &mut u64) -> Option<Value> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(text) => match strip_text(about, text) {
            (Cow::Owned(clean), found) => {
                *count += found;
                Some(Value::String(clean))
            }
            (Cow::Borrowed(same), found) => {
                *count += found;
                (found > 0).then(|| Value::String(same.to_owned()))
            }
        },
        Value::Number(number) => {
            let text = number.to_string();
            let (clean, found) = strip_text(about, &text);
            *count += found;
            (found > 0).then(|| Value::String(clean.into_owned()))
        }
        Value::Array(items) => {
            let clean: Vec<_> = items
                .iter()
                .map(|item| of_value(about, item, count))
                .collect();
            clean.iter().any(Option::is_some).then(|| {
                let pairs = clean.into_iter().zip(items);
                pairs
                    .map(|(clean, item)| clean.unwrap_or_else(|| item.clone()))
                    .collect()
            })
        }
        Value::Object(members) => {
            let mut changed = false;
            let mut out = serde_json::Map::new();
            for (name, inner) in members {
                let (clean_name, found) = strip_text(About::default(), name);
                *count += found;
                let clean = of_value(about.member(name), inner, count);
                changed |= found > 0 || clean.is_some();
                out.insert(
                    clean_name.into_owned(),
                    clean.unwrap_or_else(|| inner.clone()),
                );
            }
            changed.then_some(Value::Object(out))
        }
    }
}

/// Whether a value goes for the name of its field.
fn named(about: About, text: &str) -> bool {
    let text = text.trim();
    let might = (about.sounds || about.digests) && !text.is_empty();
    might && !is_word_or_day(text) && (about.sounds || is_digest(text))
}

/// Ranges that go, with what takes their place, in order and apart from each other.
fn marked(about: About, text: &str) -> Vec<(Range<usize>, Cow<'static, str>)> {
    /// Nothing shorter is a credential by its shape.
    const SHORTEST: usize = 10;
    const SIGNS: &[u8] = b"$=:-@}*0123456789";
    if text.len() < SHORTEST
        || !text
            .bytes()
            .any(|b| SIGNS.contains(&b) || b == b'.' || b == b' ')
    {
        return Vec::new();
    }
    let mut found: Vec<(Range<usize>, Cow<'static, str>)> = Vec::new();
    let speaks =
        text.contains([':', '=']) || [" is", "lautet"].iter().any(|word| text.contains(word));
    for shape in SHAPES.iter() {
        let possible = if shape.sign.is_empty() {
            speaks
        } else {
            text.contains(shape.sign)
        };
        if !possible {
            continue;
        }
        for captures in shape.pattern.captures_iter(text) {
            if let Some(hit) = captures.name("v").or_else(|| captures.get(0))
                && !hit.as_str().starts_with("[removed")
            {
                found.push((hit.range(), Cow::Borrowed(REMOVED)));
            }
        }
    }
    if !about.numbers {
        found.extend(cards(text));
    }
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out: Vec<(Range<usize>, Cow<'static, str>)> = Vec::with_capacity(found.len());
    for (range, marker) in found {
        match out.last_mut() {
            Some((last, kept)) if range.start < last.end => {
                if range.end > last.end {
                    last.end = range.end;
                    *kept = Cow::Borrowed(REMOVED);
                }
            }
            _ => out.push((range, marker)),
        }
    }
    out
}

fn is_number_of_another_kind(category: &str) -> bool {
    [
        "contact.phone",
        "account.id",
        "finance.bank",
        "device.id",
        "device.location",
    ]
    .contains(&category)
}

#[cfg(test)]
mod tests;
