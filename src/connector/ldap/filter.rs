//! Search filters (RFC 4515): a tree, never a text that values are put into.
//!
//! What an author writes is read into the tree and checked when the inventory is loaded; what is looked for is added as a node of its
//! own. Only the finished tree becomes text, each value with every sign escaped that could mean anything.

/// What entries have to fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// An attribute, with its options where it has any, and what is asked of its values.
    Item(String, Test),
}

/// What is asked of an attribute's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Present,
    Equal(Vec<u8>),
    Like(Vec<u8>),
    AtLeast(Vec<u8>),
    AtMost(Vec<u8>),
    /// Begins with the first, holds the others in this order, ends with the last; an empty one is left open.
    Parts(Vec<Vec<u8>>),
    /// A matching rule of the server's by its name or number, and whether the entry's own name counts as well.
    Rule {
        rule: Option<String>,
        with_dn: bool,
        value: Vec<u8>,
    },
}

/// How deep filters may be nested.
const DEPTH: usize = 32;

impl Filter {
    pub(crate) fn equal(attribute: &str, value: impl Into<Vec<u8>>) -> Filter {
        Filter::Item(attribute.to_owned(), Test::Equal(value.into()))
    }

    pub(crate) fn present(attribute: &str) -> Filter {
        Filter::Item(attribute.to_owned(), Test::Present)
    }

    /// The value stands somewhere in it.
    pub(crate) fn contains(attribute: &str, value: &str) -> Filter {
        let parts = vec![Vec::new(), value.as_bytes().to_vec(), Vec::new()];
        Filter::Item(attribute.to_owned(), Test::Parts(parts))
    }

    /// The tree of a text, or the number of the byte at which it is wrong.
    pub(crate) fn parse(text: &str) -> Result<Filter, usize> {
        let mut reading = Reading {
            text: text.as_bytes(),
            at: 0,
        };
        reading.blanks();
        let filter = reading.filter(0)?;
        reading.blanks();
        match reading.at == text.len() {
            true => Ok(filter),
            false => Err(reading.at),
        }
    }

    /// The object classes that every entry has to be of.
    pub(crate) fn classes(&self) -> Vec<String> {
        match self {
            Filter::And(all) => all.iter().flat_map(Filter::classes).collect(),
            Filter::Item(name, Test::Equal(value)) if name.eq_ignore_ascii_case("objectClass") => {
                String::from_utf8(value.clone()).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |f: &mut std::fmt::Formatter<'_>, sign: char, all: &[Filter]| {
            write!(f, "({sign}")?;
            all.iter().try_for_each(|one| write!(f, "{one}"))?;
            f.write_str(")")
        };
        match self {
            Filter::And(all) => list(f, '&', all),
            Filter::Or(all) => list(f, '|', all),
            Filter::Not(one) => write!(f, "(!{one})"),
            Filter::Item(name, test) => match test {
                Test::Present => write!(f, "({name}=*)"),
                Test::Equal(value) => write!(f, "({name}={})", escaped(value)),
                Test::Like(value) => write!(f, "({name}~={})", escaped(value)),
                Test::AtLeast(value) => write!(f, "({name}>={})", escaped(value)),
                Test::AtMost(value) => write!(f, "({name}<={})", escaped(value)),
                Test::Parts(parts) => {
                    let all: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
                    write!(f, "({name}={})", all.join("*"))
                }
                Test::Rule {
                    rule,
                    with_dn,
                    value,
                } => {
                    write!(f, "({name}")?;
                    if *with_dn {
                        f.write_str(":dn")?;
                    }
                    if let Some(rule) = rule {
                        write!(f, ":{rule}")?;
                    }
                    write!(f, ":={})", escaped(value))
                }
            },
        }
    }
}

/// A value for the inside of a filter: letters, digits and a few harmless signs as they are, every other byte by its number.
pub(crate) fn escaped(value: &[u8]) -> String {
    let mut out = String::with_capacity(value.len());
    for &byte in value {
        if byte.is_ascii_alphanumeric() || b" @.-_,=+:/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("\\{byte:02x}"));
        }
    }
    out
}

struct Reading<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reading<'_> {
    fn next_is(&self, byte: u8) -> bool {
        self.text.get(self.at) == Some(&byte)
    }

    fn eat(&mut self, byte: u8) -> Result<(), usize> {
        if self.next_is(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.at)
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn filter(&mut self, depth: usize) -> Result<Filter, usize> {
        if depth > DEPTH {
            return Err(self.at);
        }
        self.eat(b'(')?;
        self.blanks();
        let filter = match self.text.get(self.at) {
            Some(sign @ (b'&' | b'|')) => {
                self.at += 1;
                let mut all = Vec::new();
                loop {
                    self.blanks();
                    if !self.next_is(b'(') {
                        break;
                    }
                    all.push(self.filter(depth + 1)?);
                }
                // The empty list means everything or nothing (RFC 4526), and nobody writes it on purpose.
                if all.is_empty() {
                    return Err(self.at);
                }
                match sign {
                    b'&' => Filter::And(all),
                    _ => Filter::Or(all),
                }
            }
            Some(b'!') => {
                self.at += 1;
                self.blanks();
                let one = self.filter(depth + 1)?;
                self.blanks();
                Filter::Not(Box::new(one))
            }
            _ => self.item()?,
        };
        self.eat(b')')?;
        Ok(filter)
    }

    fn item(&mut self) -> Result<Filter, usize> {
        let name = self.word(b";");
        let start = self.at;
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(start);
        }
        if self.next_is(b':') {
            return self.rule(name);
        }
        let sign = self.text.get(self.at).copied();
        let test: fn(Vec<u8>) -> Test = match sign {
            Some(b'=') => return self.equality(name),
            Some(b'~') => Test::Like,
            Some(b'>') => Test::AtLeast,
            Some(b'<') => Test::AtMost,
            _ => return Err(self.at),
        };
        self.at += 1;
        self.eat(b'=')?;
        let value = self.value()?;
        Ok(Filter::Item(name, test(value)))
    }

    fn rule(&mut self, name: String) -> Result<Filter, usize> {
        let (mut rule, mut with_dn) = (None, false);
        loop {
            self.eat(b':')?;
            if self.next_is(b'=') {
                self.at += 1;
                break;
            }
            let word = self.word(b"");
            match word.as_str() {
                "" => return Err(self.at),
                "dn" if !with_dn && rule.is_none() => with_dn = true,
                _ if rule.is_none() => rule = Some(word),
                _ => return Err(self.at),
            }
        }
        let value = self.value()?;
        Ok(Filter::Item(
            name,
            Test::Rule {
                rule,
                with_dn,
                value,
            },
        ))
    }

    fn equality(&mut self, name: String) -> Result<Filter, usize> {
        self.eat(b'=')?;
        let mut parts = vec![self.value()?];
        while self.next_is(b'*') {
            self.at += 1;
            parts.push(self.value()?);
        }
        let test = match parts.as_slice() {
            [_] => Test::Equal(parts.remove(0)),
            all if all.iter().all(Vec::is_empty) && all.len() == 2 => Test::Present,
            [_, inner @ .., _] if inner.iter().any(Vec::is_empty) => return Err(self.at),
            _ => Test::Parts(parts),
        };
        Ok(Filter::Item(name, test))
    }

    fn word(&mut self, more: &[u8]) -> String {
        let start = self.at;
        let is_part =
            |b: &u8| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'.' || more.contains(b);
        while self.text.get(self.at).is_some_and(is_part) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    fn value(&mut self) -> Result<Vec<u8>, usize> {
        let mut out = Vec::new();
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b')' | b'*' => break,
                b'(' | 0 => return Err(self.at),
                b'\\' => {
                    let digits = self.text.get(self.at + 1..self.at + 3).ok_or(self.at)?;
                    let digits = std::str::from_utf8(digits).map_err(|_| self.at)?;
                    let sound = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    let value = u8::from_str_radix(digits, 16).map_err(|_| self.at)?;
                    if !sound {
                        return Err(self.at);
                    }
                    out.push(value);
                    self.at += 3;
                }
                byte => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use ldap3::asn1::{ASNTag as _, PL};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_authors_write_is_understood() {
        for (text, same) in [
            ("(objectClass=inetOrgPerson)", "(objectClass=inetOrgPerson)"),
            (
                " ( & (objectClass=user) (!(objectClass=computer)) )",
                "(&(objectClass=user)(!(objectClass=computer)))",
            ),
            (
                "(userAccountControl:1.2.840.113556.1.4.803:=2)",
                "(userAccountControl:1.2.840.113556.1.4.803:=2)",
            ),
            ("(cn:dn:=a)", "(cn:dn:=a)"),
            (
                "(|(mail=*)(cn=a*b*)(cn;lang-de>=x))",
                "(|(mail=*)(cn=a*b*)(cn;lang-de>=x))",
            ),
            (r"(cn=\2a\28)", r"(cn=\2a\28)"),
            ("(cn=Müller)", r"(cn=M\c3\bcller)"),
        ] {
            let read = Filter::parse(text).unwrap_or_else(|at| panic!("{text} at {at}"));
            assert_eq!(read.to_string(), same);
            assert!(ldap3::parse_filter(read.to_string()).is_ok(), "{same}");
        }
        let classes = Filter::parse("(&(objectClass=user)(|(objectClass=x)(cn=a)))").unwrap();
        assert_eq!(classes.classes(), ["user"]);
    }

    #[test]
    fn what_is_no_filter_is_refused_with_its_place() {
        for (text, at) in [
            ("", 0),
            ("objectClass=person", 0),
            ("(objectClass=person", 19),
            ("(cn=a))", 6),
            ("(&)", 2),
            ("(cn=a(b)", 5),
            (r"(cn=\2)", 4),
            (r"(cn=\+f)", 4),
            ("(=a)", 1),
            ("(cn a)", 3),
            ("(cn=a**b)", 8),
        ] {
            assert_eq!(Filter::parse(text), Err(at), "{text}");
        }
        let deep = format!("{}(a=b){}", "(!".repeat(50), ")".repeat(50));
        assert!(Filter::parse(&deep).is_err());
    }

    /// The structure that goes over the line, as the client library makes it: every leaf of it.
    fn sent(filter: &Filter) -> Vec<Vec<u8>> {
        fn leaves(payload: &PL, out: &mut Vec<Vec<u8>>) {
            match payload {
                PL::P(bytes) => out.push(bytes.clone()),
                PL::C(inner) => inner.iter().for_each(|tag| leaves(&tag.payload, out)),
            }
        }
        let tag = ldap3::parse_filter(filter.to_string())
            .unwrap()
            .into_structure();
        let mut out = Vec::new();
        leaves(&tag.payload, &mut out);
        out
    }

    proptest! {
        #[test]
        fn no_value_changes_the_structure(value in any::<Vec<u8>>(), more in any::<String>()) {
            let constant = Filter::parse("(objectClass=person)").unwrap();
            let asked = Filter::And(vec![constant.clone(), Filter::Or(vec![
                Filter::equal("mail", value.clone()), Filter::contains("cn", &format!("x{more}")),
            ])]);
            prop_assert_eq!(Filter::parse(&asked.to_string()), Ok(asked.clone()));
            let expected: Vec<Vec<u8>> = vec![b"objectClass".to_vec(), b"person".to_vec(), b"mail".to_vec(), value, b"cn".to_vec(), format!("x{more}").into_bytes()];
            prop_assert_eq!(sent(&asked), expected);
        }

        #[test]
        fn no_text_is_too_strange_to_be_looked_at(text in any::<String>()) {
            if let Ok(filter) = Filter::parse(&text) {
                prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
            }
        }
    }
}
