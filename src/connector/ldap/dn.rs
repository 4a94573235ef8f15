//! Distinguished names as text (RFC 4514): taken apart, written in one spelling, values escaped.
//!
//! Servers spell the same name in many ways (`CN=Anna, OU=People`). Here each has one: types in small letters, no blanks around
//! separators, only the escapes that are needed. The case of values stays, because some attributes mind it.

/// A name from the entry up to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dn(Vec<Rdn>);

/// One step of a name: a type with its value, seldom several joined by `+`.
pub(crate) type Rdn = Vec<(String, String)>;

impl Dn {
    /// `None` if the text is no name. The empty name is that of the root.
    pub(crate) fn parse(text: &str) -> Option<Dn> {
        let mut rest = text.trim_start_matches(' ').chars().peekable();
        let mut all = Vec::new();
        let mut rdn = Rdn::new();
        if rest.peek().is_none() {
            return Some(Dn(all));
        }
        loop {
            let kind = kind(&mut rest)?;
            let value = value(&mut rest)?;
            rdn.push((kind, value));
            match rest.next() {
                Some('+') => {}
                Some(',' | ';') => {
                    rdn.sort();
                    all.push(std::mem::take(&mut rdn));
                }
                None => {
                    rdn.sort();
                    all.push(rdn);
                    return Some(Dn(all));
                }
                Some(_) => return None,
            }
        }
    }

    /// The name's own step, by which the entry is told from its siblings.
    pub(crate) fn first(&self) -> &[(String, String)] {
        self.0.first().map_or(&[], Vec::as_slice)
    }

    /// The same place under another name.
    pub(crate) fn renamed(&self, rdn: Rdn) -> Dn {
        let mut all = self.0.clone();
        if let Some(first) = all.first_mut() {
            *first = rdn;
        }
        Dn(all)
    }

    /// Whether it lies below another name, or is that name; values are compared without regard to case.
    pub(crate) fn is_below(&self, other: &Dn) -> bool {
        let (own, above) = (folded(self), folded(other));
        own.ends_with(&above)
    }

    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

fn folded(dn: &Dn) -> Vec<Rdn> {
    let lower = |(kind, value): &(String, String)| (kind.clone(), value.to_lowercase());
    let rdns = dn.0.iter();
    rdns.map(|rdn| rdn.iter().map(lower).collect()).collect()
}

impl std::fmt::Display for Dn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all: Vec<String> = self.0.iter().map(|rdn| written(rdn)).collect();
        f.write_str(&all.join(","))
    }
}

/// One step of a name as text.
pub(crate) fn written(rdn: &[(String, String)]) -> String {
    let all: Vec<String> = rdn
        .iter()
        .map(|(kind, value)| format!("{kind}={}", escaped(value)))
        .collect();
    all.join("+")
}

/// A value in such a way that no sign of it can end it or begin another (RFC 4514, section 2.4).
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (at, sign) in value.chars().enumerate() {
        match sign {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=' => {
                out.push('\\');
                out.push(sign);
            }
            '#' if at == 0 => out.push_str("\\#"),
            ' ' if at == 0 || at == last => out.push_str("\\ "),
            sign if sign.is_control() => {
                let mut bytes = [0; 4];
                for byte in sign.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\{byte:02X}"));
                }
            }
            sign => out.push(sign),
        }
    }
    out
}

type Signs<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// A type, in small letters, up to its `=`.
fn kind(rest: &mut Signs<'_>) -> Option<String> {
    let mut out = String::new();
    for sign in rest.by_ref() {
        if sign == '=' {
            let name = out.trim_matches(' ').to_ascii_lowercase();
            let sound = name.starts_with(|c: char| c.is_ascii_alphanumeric())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
            return sound.then_some(name);
        }
        out.push(sign);
    }
    None
}

/// A value up to the separator behind it, which stays.
fn value(rest: &mut Signs<'_>) -> Option<String> {
    while rest.next_if_eq(&' ').is_some() {}
    let mut bytes: Vec<u8> = Vec::new();
    // Up to here nothing may be cut off: an escaped blank belongs to the value.
    let mut firm = 0;
    while let Some(&sign) = rest.peek() {
        match sign {
            ',' | ';' | '+' => break,
            '"' | '<' | '>' | '\0' => return None,
            '\\' => {
                rest.next();
                let first = rest.next()?;
                match first.to_digit(16) {
                    Some(high) => {
                        let low = rest.next()?.to_digit(16)?;
                        bytes.push(u8::try_from(high * 16 + low).ok()?);
                    }
                    None if "\"+,;<>\\ =#".contains(first) => {
                        let mut sign = [0; 4];
                        bytes.extend(first.encode_utf8(&mut sign).bytes());
                    }
                    None => return None,
                }
                firm = bytes.len();
            }
            sign => {
                rest.next();
                let mut buffer = [0; 4];
                bytes.extend(sign.encode_utf8(&mut buffer).bytes());
            }
        }
    }
    while bytes.len() > firm && bytes.last() == Some(&b' ') {
        bytes.pop();
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> String {
        Dn::parse(text).unwrap().to_string()
    }

    #[test]
    fn each_name_has_one_spelling() {
        assert_eq!(
            one("CN = Anna Beispiel , OU=People;DC=example,dc=org "),
            "cn=Anna Beispiel,ou=People,dc=example,dc=org"
        );
        assert_eq!(one("uid=a+CN=b,dc=x"), "cn=b+uid=a,dc=x");
        assert_eq!(one(r"cn=Beispiel\2C Anna,dc=x"), r"cn=Beispiel\, Anna,dc=x");
        assert_eq!(one(r"cn=M\C3\BCller\20,dc=x"), r"cn=Müller\ ,dc=x");
        assert_eq!(one(""), "");
        for wrong in [
            "anna", "=x", "cn=a,", "cn=a\\", "cn=a\\zz", "c n=a", "cn=\"a\"", r"cn=\FF",
        ] {
            assert_eq!(Dn::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn below_is_below() {
        let dn = |text: &str| Dn::parse(text).unwrap();
        let people = dn("OU=People,dc=example,dc=org");
        assert!(dn("uid=a,ou=people,dc=example,dc=ORG").is_below(&people));
        assert!(!dn("uid=a,ou=more people,dc=example,dc=org").is_below(&people));
        assert!(people.is_below(&dn("")));
    }

    proptest! {
        #[test]
        fn no_value_changes_a_name(value in any::<String>(), other in any::<String>()) {
            prop_assume!(!value.is_empty() && !other.is_empty());
            let dn = Dn(vec![vec![("cn".to_owned(), value.clone())], vec![("ou".to_owned(), other)]]);
            prop_assert_eq!(Dn::parse(&dn.to_string()), Some(dn));
        }

        #[test]
        fn no_text_is_too_strange_to_be_looked_at(text in any::<String>()) {
            if let Some(dn) = Dn::parse(&text) {
                prop_assert_eq!(Dn::parse(&dn.to_string()), Some(dn));
            }
        }
    }
}
