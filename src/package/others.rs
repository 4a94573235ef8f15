//! Finds what may belong to other people in free text, so that a person looks at it before it is handed over (Art. 15(4) GDPR).
//!
//! A note about a telephone call, a forwarded e-mail: they are the person's data and somebody else's too. What is found is named
//! by place and kind and never repeated, and nothing is taken out: whose rights weigh more is not for a program to say.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// What sort of thing somebody else's seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trace {
    Email,
    Phone,
    Account,
}

/// Addresses, numbers and accounts that are the person's own.
#[derive(Default)]
pub(super) struct Own {
    all: HashSet<String>,
    /// Those that the search was sure of.
    sure: HashSet<String>,
    /// What was learned last: a million records of one person bear the same address.
    last: String,
}

impl Own {
    /// A person has few of these; a system that has more is not believed without end.
    const MOST: usize = 5_000;

    /// Learns an identity by which the person was searched for.
    pub(super) fn know(&mut self, text: &str) {
        self.learn(text);
        self.sure
            .extend(found(text).into_iter().map(|(_, value)| value));
    }

    /// Learns a text that holds addresses, numbers or accounts.
    pub(super) fn learn(&mut self, text: &str) {
        if self.all.len() < Own::MOST && text != self.last {
            self.all
                .extend(found(text).into_iter().map(|(_, value)| value));
            text.clone_into(&mut self.last);
        }
    }

    /// Learns from one record's fields for addresses, numbers and accounts, and says at each what may be somebody else's.
    ///
    /// A record with one address is its person's. One that holds an address of the person and another one beside it may be of two
    /// people, such as an order with its recipient; then the other is nobody's that is known.
    pub(super) fn learn_all(&mut self, values: &[Option<Cow<'_, Value>>]) -> Vec<Vec<Trace>> {
        let texts: Vec<Vec<(Trace, String)>> = values
            .iter()
            .map(|value| match value.as_deref() {
                Some(Value::String(text)) => found(text),
                Some(Value::Array(items)) => {
                    let texts = items.iter().filter_map(Value::as_str);
                    texts.flat_map(found).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        let all = texts.iter().flatten();
        let sure: Vec<Trace> = all
            .filter(|(_, value)| self.sure.contains(value))
            .map(|(trace, _)| *trace)
            .collect();
        let mut out = Vec::with_capacity(texts.len());
        for found in texts {
            let mut foreign = Vec::new();
            for (trace, value) in found {
                if sure.contains(&trace) && !self.all.contains(&value) {
                    foreign.push(trace);
                } else if self.all.len() < Own::MOST {
                    self.all.insert(value);
                }
            }
            foreign.sort_unstable();
            foreign.dedup();
            out.push(foreign);
        }
        out
    }

    /// Whether the values of a field of this category are the person's own.
    pub(super) fn teaches(category: &str) -> bool {
        [
            "contact.email",
            "contact.phone",
            "account.login",
            "finance.bank",
        ]
        .contains(&category)
    }

    /// What in a value is not the person's own.
    pub(super) fn foreign(&self, value: &Value) -> Vec<Trace> {
        let mut out = Vec::new();
        self.look(value, &mut out);
        out.sort_unstable();
        out.dedup();
        out
    }

    fn look(&self, value: &Value, out: &mut Vec<Trace>) {
        match value {
            Value::String(text) => {
                let foreign = found(text)
                    .into_iter()
                    .filter(|(_, one)| !self.all.contains(one));
                out.extend(foreign.map(|(trace, _)| trace));
            }
            Value::Array(items) => items.iter().for_each(|item| self.look(item, out)),
            Value::Object(members) => members.values().for_each(|item| self.look(item, out)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Every trace in a text, in the form in which it is compared.
fn found(text: &str) -> Vec<(Trace, String)> {
    static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+")
            .expect("a fixed pattern")
    });
    static PHONE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:\+|\b00)[1-9][\d \u{a0}()/.-]{6,20}\d|\b0[1-9]\d{0,4}[ \u{a0}/()-]{0,3}\d[\d \u{a0}/-]{3,14}\d")
            .expect("a fixed pattern")
    });
    static IBAN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b[A-Z]{2}\d{2}(?:[ \u{a0}]?[A-Z0-9]{4}){2,7}(?:[ \u{a0}]?[A-Z0-9]{1,4})?\b")
            .expect("a fixed pattern")
    });
    let mut out = Vec::new();
    if text.contains('@') {
        let hits = EMAIL.find_iter(text);
        out.extend(hits.map(|hit| (Trace::Email, hit.as_str().to_lowercase())));
    }
    if text.bytes().filter(u8::is_ascii_digit).take(7).count() < 7 {
        return out;
    }
    let mut taken = Vec::new();
    for hit in IBAN.find_iter(text) {
        let account: String = hit
            .as_str()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        if is_iban(&account) {
            taken.push(hit.range());
            out.push((Trace::Account, account));
        }
    }
    for hit in PHONE.find_iter(text) {
        let digits: String = hit.as_str().chars().filter(char::is_ascii_digit).collect();
        let in_account = taken.iter().any(|range| range.contains(&hit.start()));
        // With and without country and area code it is the same number.
        if digits.len() >= 7 && !in_account {
            out.push((Trace::Phone, digits[digits.len() - 7..].to_owned()));
        }
    }
    out
}

/// ISO 13616: the check digits are right.
fn is_iban(account: &str) -> bool {
    let (Some(head), Some(tail)) = (account.get(..4), account.get(4..)) else {
        return false;
    };
    let mut rest = 0u32;
    for c in tail.chars().chain(head.chars()) {
        let Some(digit) = c.to_digit(36) else {
            return false;
        };
        rest = (rest * if digit < 10 { 10 } else { 100 } + digit) % 97;
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_order_has_a_recipient() {
        let mut own = Own::default();
        own.know("anna@example.org");
        let text = |text: &'static str| Some(Cow::Owned(json!(text)));
        let order = [text("Anna@example.org"), None, text("berta@example.org")];
        assert_eq!(own.learn_all(&order), [vec![], vec![], vec![Trace::Email]]);
        assert_eq!(own.foreign(&json!("berta@example.org")), [Trace::Email]);
        // Found by something else, it is her second address.
        let profile = [text("anna.2@example.org"), text("+49 170 1234567")];
        assert_eq!(own.learn_all(&profile), [vec![], vec![]]);
        assert_eq!(own.foreign(&json!("anna.2@example.org, 0170 1234567")), []);
    }

    #[test]
    fn what_is_somebody_elses_is_seen() {
        let mut own = Own::default();
        for value in [
            "anna@example.org",
            "+49 170 1234567",
            "DE89370400440532013000",
        ] {
            own.learn(value);
        }
        let kinds = |text: &str| own.foreign(&json!([text]));
        assert_eq!(
            kinds("call Bernd: bernd@example.com, 0171 7654321"),
            [Trace::Email, Trace::Phone]
        );
        assert_eq!(kinds("account AT61 1904 3002 3457 3201"), [Trace::Account]);
        for ours in [
            "write to Anna@Example.org or 0170/1234567",
            "IBAN DE89 3704 0044 0532 0130 00",
            "ordered on 01.02.2026 at 08:30, number 4711, 2026-000123",
            "nothing at all",
        ] {
            assert_eq!(kinds(ours), [], "{ours}");
        }
    }
}
