//! The number of a case, `2026-K7QF3M`: the year of receipt and six random characters.
//!
//! It is read out over the telephone and typed from letters, so it uses Crockford's base32, which has no I, L, O and U, and
//! reading one forgives what people mistake for one another. It says nothing about the person.

use jiff::civil::Date;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Deserializer, Serialize};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Names a case in the ledger, in the vault, in letters and in file names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CaseId(String);

impl CaseId {
    /// A fresh number for a request received on that day. Whether it is taken is for the ledger to say; with 2^30 possible
    /// numbers a year that is rare, and still has to be asked.
    pub fn random(received: Date) -> CaseId {
        CaseId(format!("{:04}-{}", received.year(), random_letters()))
    }

    /// Reads a number as a person writes it: lower case, O for 0, I or L for 1, and a missing hyphen are forgiven.
    pub fn parse(text: &str) -> Option<CaseId> {
        let mut plain = String::with_capacity(11);
        for letter in text.trim().chars() {
            match letter {
                '-' if plain.len() == 4 => {}
                other => plain.push(as_meant(other)?),
            }
        }
        let year = plain.get(..4)?;
        let whole = plain.len() == 10 && year.bytes().all(|byte| byte.is_ascii_digit());
        whole.then(|| CaseId(format!("{year}-{}", &plain[4..])))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Six random letters of the alphabet.
pub(crate) fn random_letters() -> String {
    let mut bytes = [0; 6];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system has randomness");
    let letters = bytes.iter();
    letters
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// The letter that somebody meant who wrote this one; `None` if it is none of the alphabet.
pub(crate) fn as_meant(letter: char) -> Option<char> {
    match letter.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        other if other.is_ascii() && ALPHABET.contains(&(other as u8)) => Some(other),
        _ => None,
    }
}

impl std::fmt::Display for CaseId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for CaseId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<CaseId, Self::Err> {
        CaseId::parse(text).ok_or("a case number looks like 2026-K7QF3M")
    }
}

impl crate::messages::Say for CaseId {
    fn say(&self, _: crate::messages::Lang) -> String {
        self.0.clone()
    }
}

/// Stored numbers are taken only in the form in which they are written.
impl<'de> Deserialize<'de> for CaseId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<CaseId, D::Error> {
        let text = String::deserialize(d)?;
        CaseId::parse(&text)
            .filter(|id| id.0 == text)
            .ok_or_else(|| serde::de::Error::custom("a case number looks like 2026-K7QF3M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_forgives_what_people_confuse() {
        let id = CaseId::parse("2026-K7QF01").unwrap();
        for typed in ["2026-k7qf01", " 2026-K7QFOI ", "2O26-k7qfol", "2026K7QF01"] {
            assert_eq!(CaseId::parse(typed), Some(id.clone()), "{typed}");
        }
        for typed in [
            "2026-K7QF0",
            "2026-K7QF01X",
            "2026-K7QU01",
            "K026-K7QF01",
            "2026--K7QF0",
            "",
            "2026-K7QFé1",
        ] {
            assert_eq!(CaseId::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn fresh_numbers_differ_and_read_back() {
        let day = jiff::civil::date(2026, 1, 2);
        let (a, b) = (CaseId::random(day), CaseId::random(day));
        assert_ne!(a, b);
        assert_eq!(CaseId::parse(a.as_str()), Some(a));
        assert!(serde_json::from_str::<CaseId>("\"2026-k7qf3m\"").is_err());
    }
}
