//! The directory's own description of its attributes and classes (RFC 4512, section 4.2), as far as it lets itself be read.
//!
//! It says which attributes hold names or bytes and not text, which an entry must have, and which nobody may write. A directory that
//! hides it is used all the same; then what a write comes to shows only when it is tried.

use std::collections::{BTreeMap, BTreeSet};

/// Attributes and classes by every name that they have, in small letters.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema {
    attributes: BTreeMap<String, Attribute>,
    classes: BTreeMap<String, Class>,
}

/// What is known of an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attribute {
    /// The first is the one that the server uses.
    pub(super) names: Vec<String>,
    above: Option<String>,
    /// Number of the syntax (RFC 4517), without its length.
    syntax: Option<String>,
    equality: bool,
    pub(super) single: bool,
    /// Only the server itself writes it.
    pub(super) computed: bool,
    /// The server's own and no part of what a person sees.
    operational: bool,
}

#[derive(Clone, Debug, Default)]
struct Class {
    above: Vec<String>,
    must: Vec<String>,
}

/// How deep attributes and classes may rest on one another.
const DEPTH: usize = 32;

impl Schema {
    pub(super) fn read<'t>(
        attributes: impl Iterator<Item = &'t str>,
        classes: impl Iterator<Item = &'t str>,
    ) -> Schema {
        let mut schema = Schema::default();
        for words in attributes.map(words) {
            let flag = |name: &str| words.iter().any(|word| word == name);
            let usage = list(&words, "USAGE").into_iter().next().unwrap_or_default();
            let attribute = Attribute {
                names: list(&words, "NAME"),
                above: list(&words, "SUP").into_iter().next(),
                syntax: list(&words, "SYNTAX")
                    .first()
                    .map(|number| number.split('{').next().unwrap_or_default().to_owned()),
                equality: flag("EQUALITY"),
                single: flag("SINGLE-VALUE"),
                computed: flag("NO-USER-MODIFICATION"),
                operational: !usage.is_empty() && usage != "userApplications",
            };
            for name in words.get(1).into_iter().chain(&attribute.names) {
                schema
                    .attributes
                    .insert(name.to_lowercase(), attribute.clone());
            }
        }
        for words in classes.map(words) {
            let class = Class {
                above: list(&words, "SUP"),
                must: list(&words, "MUST"),
            };
            let names = list(&words, "NAME");
            for name in words.get(1).into_iter().chain(&names) {
                schema.classes.insert(name.to_lowercase(), class.clone());
            }
        }
        schema
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// An attribute by any of its names; options behind it (`;binary`) are left out.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let plain = name.split(';').next().unwrap_or(name);
        self.attributes.get(&plain.to_lowercase())
    }

    /// Whether two names are of one attribute, options included.
    pub(super) fn is_same(&self, one: &str, other: &str) -> bool {
        if one.eq_ignore_ascii_case(other) {
            return true;
        }
        let options = |name: &str| name.split_once(';').map(|(_, rest)| rest.to_lowercase());
        match (self.attribute(one), self.attribute(other)) {
            (Some(a), Some(b)) => a.names == b.names && options(one) == options(other),
            _ => false,
        }
    }

    /// The number of an attribute's syntax, its own or that of the attribute it rests on.
    pub(super) fn syntax(&self, name: &str) -> Option<&str> {
        let mut attribute = self.attribute(name)?;
        for _ in 0..DEPTH {
            if let Some(syntax) = &attribute.syntax {
                return Some(syntax);
            }
            attribute = self.attribute(attribute.above.as_deref()?)?;
        }
        None
    }

    /// Whether single values of it can be taken away; where nothing is known of it, they can.
    pub(super) fn compares(&self, name: &str) -> bool {
        let Some(mut attribute) = self.attribute(name) else {
            return true;
        };
        for _ in 0..DEPTH {
            if attribute.equality {
                return true;
            }
            match attribute
                .above
                .as_deref()
                .and_then(|above| self.attribute(above))
            {
                Some(above) => attribute = above,
                None => return false,
            }
        }
        false
    }

    pub(super) fn is_operational(&self, name: &str) -> bool {
        self.attribute(name)
            .is_some_and(|attribute| attribute.operational)
    }

    /// The attributes that entries of these classes must have, by the first of their names, in small letters.
    pub(super) fn must<'c>(&self, classes: impl Iterator<Item = &'c str>) -> BTreeSet<String> {
        let mut open: Vec<String> = classes.map(str::to_lowercase).collect();
        let mut seen = BTreeSet::new();
        let mut out = BTreeSet::new();
        while let Some(name) = open.pop() {
            let Some(class) = self
                .classes
                .get(&name)
                .filter(|_| seen.insert(name.clone()))
            else {
                continue;
            };
            open.extend(class.above.iter().map(|above| above.to_lowercase()));
            for name in &class.must {
                let known = self.attribute(name).and_then(|known| known.names.first());
                out.insert(known.unwrap_or(name).to_lowercase());
            }
        }
        out
    }

    /// Whether an attribute is among those of [`Schema::must`].
    pub(super) fn is_among(&self, name: &str, must: &BTreeSet<String>) -> bool {
        let known = self.attribute(name).and_then(|known| known.names.first());
        must.contains(&known.map_or(name, String::as_str).to_lowercase())
    }
}

/// The words of a description: brackets and dollar signs apart, quoted texts whole and without their quotes.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for sign in text.chars() {
        match sign {
            '\'' => {
                if quoted {
                    out.push(std::mem::take(&mut word));
                }
                quoted = !quoted;
            }
            sign if quoted => word.push(sign),
            ' ' | '\t' | '\n' | '\r' | '(' | ')' | '$' => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
                if matches!(sign, '(' | ')') {
                    out.push(sign.to_string());
                }
            }
            sign => word.push(sign),
        }
    }
    out.extend((!word.is_empty()).then_some(word));
    out
}

/// What stands behind a key word: one word, or those in brackets.
fn list(words: &[String], name: &str) -> Vec<String> {
    let Some(at) = words.iter().position(|word| word == name) else {
        return Vec::new();
    };
    match words.get(at + 1).map(String::as_str) {
        Some("(") => {
            let rest = words[at + 2..].iter();
            rest.take_while(|word| *word != ")").cloned().collect()
        }
        Some(word) => vec![word.to_owned()],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn schema() -> Schema {
        let attributes = [
            "( 2.5.4.41 NAME 'name' DESC 'RFC4519: common (sup)' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
            "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )",
            "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )",
            "( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
            "( 1.3.6.1.1.16.4 NAME 'entryUUID' EQUALITY UUIDMatch SYNTAX 1.3.6.1.1.16.1 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )",
        ];
        let classes = [
            "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( description ) )",
            "( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL MAY title )",
            "( 1.1 NAME 'circle' SUP circle MUST x )",
        ];
        Schema::read(attributes.into_iter(), classes.into_iter())
    }

    #[test]
    fn descriptions_are_understood() {
        let schema = schema();
        assert_eq!(
            schema.syntax("CommonName"),
            Some("1.3.6.1.4.1.1466.115.121.1.15")
        );
        assert!(schema.is_same("cn", "2.5.4.3") && schema.is_same("CN", "commonName"));
        assert!(!schema.is_same("cn", "sn") && !schema.is_same("cn;lang-de", "commonName"));
        assert!(schema.compares("surname") && !schema.compares("jpegPhoto"));
        let uuid = schema.attribute("entryuuid").unwrap();
        assert!(uuid.single && uuid.computed && schema.is_operational("entryUUID"));
        assert!(!schema.is_operational("cn"));
    }

    #[test]
    fn what_an_entry_must_have_comes_from_all_its_classes() {
        let schema = schema();
        let must = schema.must(["organizationalPerson", "circle", "unknown"].into_iter());
        assert_eq!(
            must.iter().map(String::as_str).collect::<Vec<_>>(),
            ["cn", "sn", "x"]
        );
        assert!(schema.is_among("commonName", &must) && !schema.is_among("jpegPhoto", &must));
    }
}
