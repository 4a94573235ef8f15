//! Who is asked about: the identities that name a person, in the one spelling in which they are compared.
//!
//! Every value passes through [`Kinds::identity`] before it is searched or compared, so the rest of the program cannot hold an
//! empty identity or a wildcard. Values are personal: `Debug` hides them, and they are shown only through [`Identity::value`]. How
//! each kind is read stands in the files below: e-mail addresses, telephone numbers, and names, which identify nobody.

mod email;
pub mod name;
pub(crate) mod phone;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::messages::{Text, subject as say};

pub use email::ERASED;

/// What sort of identity: `email`, `phone`, or one that the inventory or a connector names, such as `customer_no`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kind(pub String);

impl Kind {
    pub const EMAIL: &'static str = "email";
    pub const PHONE: &'static str = "phone";
    /// Finds candidates only and is no identity.
    pub const NAME: &'static str = "name";
    /// Finds everything there is: the object is a place, and no identity.
    pub const ALL: &'static str = "all";
    /// Finds what is older than a date, for sweeps only; no identity.
    pub const AGE: &'static str = "age";

    /// A kind with a colon (`directus:user`) belongs to one system and is never searched elsewhere.
    pub fn is_private(&self) -> bool {
        self.0.contains(':')
    }

    /// An address can be shared by several people; a number that a system gave out cannot.
    pub fn is_address(&self) -> bool {
        self.0 == Kind::EMAIL || self.0 == Kind::PHONE
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value that names a person, normalised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    pub kind: Kind,
    value: String,
}

impl Identity {
    /// The normalised value. Personal: deliberate uses only.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The spellings under which a system may hold this value; the first is the normalised one.
    ///
    /// An e-mail address with an international domain has two (RFC 5890: A-label and U-label), a telephone number is also asked for as
    /// its country writes it, a name as in `subject/name.rs`.
    pub fn spellings(&self) -> Vec<String> {
        match self.kind.0.as_str() {
            Kind::EMAIL => email::spellings(&self.value),
            Kind::PHONE => phone::spellings(&self.value),
            Kind::NAME => name::Name::of(self).spellings(),
            _ => vec![self.value.clone()],
        }
    }

    /// Local parts that belong to a desk and not to a person (`info@`).
    pub fn is_role_address(&self) -> bool {
        self.kind.0 == Kind::EMAIL && email::is_of_a_desk(&self.value)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}=[redacted]", self.kind)
    }
}

/// Where an identity came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person, or whoever entered the request, stated it.
    Stated,
    /// It stood in a record of this object (`system.object`).
    Derived { object: String, trusted: bool },
}

/// The rules for one kind of identity, from `identities:` in the inventory.
#[derive(Clone, Debug, Default)]
pub struct KindRule {
    /// The form a value must have.
    pub like: Option<regex::Regex>,
    /// Objects (`system.object`) whose word is taken: a value from there counts as stated.
    pub trusted_from: Vec<String>,
}

/// All kinds of identity that an inventory knows, and how to normalise a value of each.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    /// ISO 3166 country of the controller's seat, for telephone numbers without one.
    pub country: String,
    pub rules: BTreeMap<Kind, KindRule>,
}

impl Kinds {
    /// Checks and normalises what a person typed or pasted, which may be dressed up: `Anna <anna@example.org>`, `mailto:`, `tel:`.
    ///
    /// # Errors
    /// As [`Kinds::identity`].
    pub fn stated(&self, kind: &Kind, raw: &str) -> Result<Identity, Text> {
        match kind.0.as_str() {
            Kind::EMAIL => self.identity(kind, &email::typed(raw)),
            Kind::PHONE => {
                let raw = raw.trim();
                let scheme = raw.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("tel:"));
                self.identity(kind, if scheme { &raw[4..] } else { raw })
            }
            _ => self.identity(kind, raw),
        }
    }

    /// Checks and normalises a value.
    ///
    /// E-mail addresses are trimmed, lower-cased, their domain in ASCII (IDNA, RFC 5891); telephone numbers become E.164 with the
    /// country of the seat; all else is trimmed and compared exactly. `subject/email.rs` and `subject/phone.rs` have the rules.
    ///
    /// # Errors
    /// The reason, without the value, when it is empty, a wildcard, or not of its kind's form.
    pub fn identity(&self, kind: &Kind, raw: &str) -> Result<Identity, Text> {
        let value = raw.trim();
        if value.is_empty() {
            return Err(say::identity_empty(&kind.0));
        }
        if value.chars().any(char::is_control) {
            return Err(say::identity_control_characters(&kind.0));
        }
        if value.contains('*') || !value.chars().any(char::is_alphanumeric) {
            return Err(say::identity_wildcard(&kind.0));
        }
        let value = match kind.0.as_str() {
            Kind::EMAIL => email::normal(value)?,
            Kind::PHONE => phone::normal(value, &self.country)?,
            _ => value.to_owned(),
        };
        if let Some(like) = self.rules.get(kind).and_then(|rule| rule.like.as_ref())
            && !like.is_match(&value)
        {
            return Err(say::not_like(&kind.0, like.as_str()));
        }
        Ok(Identity {
            kind: kind.clone(),
            value,
        })
    }

    /// Whether a value of this kind from this object (`system.object`) counts as if it had been stated.
    pub fn trusts(&self, kind: &Kind, object: &str) -> bool {
        self.rules
            .get(kind)
            .is_some_and(|rule| rule.trusted_from.iter().any(|from| from == object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: &str, raw: &str) -> Result<String, Text> {
        let kinds = Kinds {
            country: "DE".into(),
            ..Kinds::default()
        };
        kinds
            .identity(&Kind(kind.into()), raw)
            .map(|identity| identity.value)
    }

    #[test]
    fn emails_and_phones_have_one_spelling() {
        assert_eq!(
            value("email", "  Anna@Example.ORG "),
            Ok("anna@example.org".into())
        );
        assert_eq!(
            value("email", "o'brien\"@example.org"),
            Ok("o'brien\"@example.org".into())
        );
        assert_eq!(
            value("email", "anna@müller.example"),
            Ok("anna@xn--mller-kva.example".into())
        );
        for raw in [
            "+49 (0)30 1234567",
            "030 / 123 45 67",
            "0049301234567",
            "+49301234567",
        ] {
            assert_eq!(value("phone", raw), Ok("+49301234567".into()), "{raw}");
        }
        assert_eq!(value("customer_no", " 0042 "), Ok("0042".into()));
    }

    #[test]
    fn nothing_that_could_name_more_than_one_person_is_an_identity() {
        for raw in [
            "",
            "  ",
            "%",
            "_",
            "*",
            "*@example.org",
            "@example.org",
            "anna@",
            "%@%",
            "a b@example.org",
            "a@b@example.org",
            "x\0@example.org",
        ] {
            assert!(value("email", raw).is_err(), "{raw:?}");
        }
        for raw in ["", " ", "%", "_%", "*", "12*", "\u{200b}", "4711\n"] {
            if raw == "4711\n" {
                assert_eq!(value("customer_no", raw), Ok("4711".into()));
            } else {
                assert!(value("customer_no", raw).is_err(), "{raw:?}");
            }
        }
    }

    #[test]
    fn no_letter_or_digit_of_another_script_turns_into_a_plain_one() {
        assert!(value("email", "\u{212a}im@example.org").is_err());
        assert!(value("phone", "+49301234567\u{668}").is_err());
        for letter in ('\u{80}'..=char::MAX).filter(|c| c.is_alphanumeric()) {
            if let Ok(email) = value("email", &format!("{letter}@example.org")) {
                assert!(!email.is_ascii(), "{letter:?} became {email}");
            }
        }
    }

    #[test]
    fn look_alikes_stay_different() {
        // Cyrillic а (U+0430) is not Latin a.
        assert_ne!(
            value("email", "anna@example.org"),
            value("email", "\u{430}nna@example.org")
        );
    }
}
