//! What is looked for in running text: one pattern for each identity, and a test of what stands around a hit.
//!
//! The pattern only has to hit every place that could matter; the test decides, and it is the guard's own comparison: what was found
//! is made an identity by the rules of its kind and has to be the one that was asked for. A hit counts as a whole word only, so that
//! `ada@example.org` is neither found in `xada@example.org` nor in `ada@example.org.uk`.

use regex::{Regex, RegexBuilder};

use crate::connector::Fault;
use crate::subject::{Identity, Kind, Kinds};

/// The kind under which account numbers are written in groups of four (ISO 13616).
const IBAN: &str = "iban";

/// Words between a telephone number and an extension.
const EXTENSION: &str = r"(?i)^[\s,;]{0,3}(?:ext=|durchwahl|nebenstelle|extension|apparat|app\.|ext|dw|x)[.:\s-]{0,3}\d";

/// One identity and how it is met in a text.
pub(super) struct Needle {
    pub(super) identity: Identity,
    pattern: Regex,
    /// For texts whose layout puts blanks where none are: PDF.
    loose: Regex,
}

/// All that is looked for at once.
pub(super) struct Needles {
    pub(super) all: Vec<Needle>,
    kinds: Kinds,
    extension: Option<Regex>,
}

/// A place in a text at which an identity stands.
pub(super) struct Match {
    pub(super) start: usize,
    pub(super) end: usize,
    /// As the kind's rules read it.
    pub(super) spelling: String,
}

/// Whether a value can stand for somebody wherever it is met. A short number in a text may count anything, so that a document which
/// shows nothing else waits for a person's word.
pub(crate) fn speaks_for_itself(identity: &Identity) -> bool {
    let signs = identity.value().chars().filter(|c| c.is_alphanumeric());
    identity.kind.0 == Kind::EMAIL || signs.count() >= 8
}

impl Needles {
    /// # Errors
    /// A value too long to be looked for.
    pub(super) fn new(identities: &[Identity], kinds: &Kinds) -> Result<Needles, Fault> {
        let built = |pattern: String| {
            RegexBuilder::new(&pattern)
                .size_limit(1 << 22)
                .build()
                .map_err(|_| Fault::no_value("find"))
        };
        let mut all = Vec::new();
        for identity in identities {
            all.push(Needle {
                pattern: built(pattern(identity, false))?,
                loose: built(pattern(identity, true))?,
                identity: identity.clone(),
            });
        }
        Ok(Needles {
            all,
            kinds: kinds.clone(),
            extension: Regex::new(EXTENSION).ok(),
        })
    }

    /// Calls with every whole word that is this identity, in the order of the text.
    pub(super) fn each(
        &self,
        needle: &Needle,
        text: &str,
        is_loose: bool,
        mut call: impl FnMut(Match),
    ) {
        let pattern = if is_loose {
            &needle.loose
        } else {
            &needle.pattern
        };
        let mut from = 0;
        while let Some(hit) = pattern.find_at(text, from) {
            let found = self.judge(needle, text, hit.start(), hit.end());
            // What is refused may overlap what is not.
            from = match &found {
                Some(found) => found.end.max(hit.end()),
                None => next_char(text, hit.start()),
            };
            if let Some(found) = found {
                call(found);
            }
            if from >= text.len() {
                break;
            }
        }
    }

    fn judge(&self, needle: &Needle, text: &str, start: usize, end: usize) -> Option<Match> {
        let identity = &needle.identity;
        match identity.kind.0.as_str() {
            Kind::EMAIL => self.email(identity, text, start, end),
            Kind::PHONE => self.phone(identity, text, start, end),
            _ => self.word(identity, text, start, end),
        }
    }

    fn is(&self, identity: &Identity, raw: &str) -> bool {
        self.kinds
            .identity(&identity.kind, raw)
            .is_ok_and(|found| found == *identity)
    }

    fn email(&self, identity: &Identity, text: &str, start: usize, end: usize) -> Option<Match> {
        let hit = &text[start..end];
        let end = start + hit.trim_end_matches('.').len();
        let squeezed: String = text[start..end]
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let spelling = squeezed.replace("%40", "@");
        let stands = begins_address(&text[..start]) && ends_address(&text[end..]);
        (stands && self.is(identity, &spelling)).then_some(Match {
            start,
            end,
            spelling,
        })
    }

    /// The pattern meets the digits behind the country's code; what stands before them decides which number it is.
    fn phone(&self, identity: &Identity, text: &str, start: usize, end: usize) -> Option<Match> {
        let mut after = text[end..].chars();
        let wants_extension = crate::subject::phone::has_extension(identity.value());
        match after.next() {
            Some(c) if c.is_alphanumeric() && !(wants_extension || c == 'x') => return None,
            // What follows a hyphen or a slash is dialled on (DIN 5008).
            Some('-' | '/' | '–') if after.next().is_some_and(|c| c.is_ascii_digit()) => {
                return None;
            }
            _ => {}
        }
        if !wants_extension
            && let Some(extension) = &self.extension
            && extension.is_match(&text[end..])
        {
            return None;
        }
        let before = &text[..start];
        let is_of_number = |c: char| c.is_ascii_digit() || "+() ./-–\u{a0}\u{202f}".contains(c);
        let mut starts: Vec<usize> = before
            .char_indices()
            .rev()
            .take(12)
            .take_while(|(_, c)| is_of_number(*c))
            .filter(|(_, c)| c.is_ascii_digit() || "+(".contains(*c))
            .map(|(at, _)| at)
            .collect();
        // The longest reading first.
        starts.reverse();
        starts.push(start);
        // A number that names its country is no other one without: `+43 30 …` is not `30 …` at home.
        let country = starts.iter().rposition(|at| {
            let rest = &text[*at..];
            let is_first = !text[..*at].ends_with(|c: char| c.is_ascii_digit());
            rest.starts_with('+') || rest.starts_with("(+") || (is_first && rest.starts_with("00"))
        });
        if let Some(country) = country {
            starts = vec![starts[country]];
        }
        for at in starts {
            let mut left = text[..at].chars().rev();
            match (left.next(), left.next()) {
                (Some(c), _) if c.is_alphanumeric() || c == '+' || c == '_' => continue,
                (Some('-' | '/' | '.' | '–'), Some(d)) if d.is_ascii_digit() => continue,
                // Without a prefix, digits before it belong to it.
                (Some(' ' | '\u{a0}' | '\u{202f}' | ')'), Some(d))
                    if d.is_ascii_digit() && !text[at..].starts_with(['0', '+', '(']) =>
                {
                    continue;
                }
                _ => {}
            }
            let spelling = text[at..end].replace(['\u{a0}', '\u{202f}', '–'], " ");
            if self.is(identity, &spelling) {
                return Some(Match {
                    start: at,
                    end,
                    spelling,
                });
            }
        }
        None
    }

    fn word(&self, identity: &Identity, text: &str, start: usize, end: usize) -> Option<Match> {
        let mut before = text[..start].chars().rev();
        let mut after = text[end..].chars();
        let joins = |near: Option<char>, far: Option<char>| match near {
            Some(c) if c.is_alphanumeric() || c == '_' => true,
            // 4711 is not the number in 4711.50, 12-4711 or 10:4711.
            Some('-' | '.' | ',' | ':') => far.is_some_and(|c| c.is_ascii_digit()),
            _ => false,
        };
        let grouped = identity.kind.0 == IBAN;
        let is_joined = joins(before.next(), before.next()) || joins(after.next(), after.next());
        if is_joined {
            return None;
        }
        let hit = &text[start..end];
        let spelling = match grouped {
            // The digits and letters were compared by the pattern; groups are a way of writing.
            true => identity.value().to_owned(),
            false => hit.to_owned(),
        };
        self.is(identity, &spelling).then_some(Match {
            start,
            end,
            spelling,
        })
    }
}

fn next_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// A sign of an address that is only part of it between others: `'ada@…'` is quoted, `o'ada@…` is somebody else.
fn binds(c: char) -> bool {
    "._-+%&'’".contains(c)
}

fn begins_address(before: &str) -> bool {
    let mut left = before.chars().rev();
    let (one, two, three) = (left.next(), left.next(), left.next());
    match (one, two, three) {
        // An escaped sign of a URL, such as %20 or %3A.
        (Some(a), Some(b), Some('%')) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        (Some(c), _, _) if c.is_alphanumeric() => false,
        (Some(c), Some(far), _) if binds(c) => !far.is_alphanumeric(),
        _ => true,
    }
}

fn ends_address(after: &str) -> bool {
    let mut right = after.chars();
    match (right.next(), right.next()) {
        (Some(c), _) if c.is_alphanumeric() => false,
        (Some('.' | '-' | '_'), Some(far)) => !far.is_alphanumeric(),
        _ => true,
    }
}

fn pattern(identity: &Identity, is_loose: bool) -> String {
    match identity.kind.0.as_str() {
        Kind::EMAIL => email(identity, is_loose),
        Kind::PHONE => phone(identity),
        IBAN => {
            let signs = identity.value().chars().filter(|c| c.is_alphanumeric());
            let signs: Vec<String> = signs.map(|c| regex::escape(&c.to_string())).collect();
            format!("(?i:{})", signs.join(r"[\s\u{a0}-]?"))
        }
        _ => regex::escape(identity.value()),
    }
}

/// Every spelling of the address, and its local part before any domain with a character beyond ASCII: such a domain may be the same
/// one in a spelling that only IDNA (UTS 46) can tell.
fn email(identity: &Identity, is_loose: bool) -> String {
    let signs = |text: &str| -> String {
        let signs = text.chars().map(|c| match c {
            '@' => "(?:@|%40)".to_owned(),
            c => regex::escape(&c.to_string()),
        });
        let signs: Vec<String> = signs.collect();
        signs.join(if is_loose { r"\s?" } else { "" })
    };
    let mut all: Vec<String> = identity.spellings().iter().map(|one| signs(one)).collect();
    if let Some((local, _)) = identity.value().rsplit_once('@') {
        all.push(format!(
            r#"{}(?:@|%40)[^\s@<>()\[\]"',;:]{{0,80}}[^\x00-\x7f\s][^\s@<>()\[\]"',;:]{{0,80}}"#,
            signs(local)
        ));
    }
    format!("(?i:{})", all.join("|"))
}

/// The digits behind the country's code, with what people put between digits.
fn phone(identity: &Identity) -> String {
    let value = identity.value();
    let (number, extension) = value.split_once(";ext=").unwrap_or((value, ""));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    // The shortest of the ways to store a number is the national one without any prefix.
    let stored = crate::subject::phone::stored(number);
    let national = stored.iter().min_by_key(|one| one.len()).unwrap_or(&digits);
    let spaced: Vec<String> = national.chars().map(String::from).collect();
    let spaced = spaced.join(r"(?:[\s\u{a0}\u{202f}./()–-]{0,3})");
    if extension.is_empty() {
        return spaced;
    }
    format!(r"{spaced}[\s,;]{{0,3}}[A-Za-z=.:\s-]{{1,16}}{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Kinds {
        Kinds {
            country: "DE".into(),
            ..Kinds::default()
        }
    }

    fn found(kind: &str, value: &str, text: &str) -> Vec<String> {
        found_in(kind, value, text, false)
    }

    fn found_in(kind: &str, value: &str, text: &str, loose: bool) -> Vec<String> {
        let identity = kinds().identity(&Kind(kind.into()), value).unwrap();
        let needles = Needles::new(&[identity], &kinds()).unwrap();
        let mut all = Vec::new();
        needles.each(&needles.all[0], text, loose, |hit| {
            all.push(text[hit.start..hit.end].to_owned());
        });
        all
    }

    #[test]
    fn an_address_is_found_as_a_whole_word() {
        let is = |text: &str| found("email", "ada@example.org", text).len();
        for text in [
            "ada@example.org",
            "Ada <ADA@Example.org>,",
            "mailto:ada@example.org?subject=x",
            "'ada@example.org'",
            "an ada@example.org.",
            "x=ada%40example.org&y",
            "mailto%3Aada@example.org",
            "&lt;ada@example.org&gt;",
            "_ada@example.org_",
            "(ada@example.org)",
            "- ada@example.org -",
            "Ada,ada@example.org;Köln",
        ] {
            assert_eq!(is(text), 1, "{text}");
        }
        for text in [
            "xada@example.org",
            "x.ada@example.org",
            "news+ada@example.org",
            "o'ada@example.org",
            "ada@example.org.uk",
            "ada@example.organic",
            "ada@example.org-x.de",
            "ada+news@example.org",
            "éada@example.org",
            "ada @example.org",
            "ada@example_org",
        ] {
            assert_eq!(is(text), 0, "{text}");
        }
        assert_eq!(is("xada@example.org ada@example.org, ADA@example.org"), 2);
    }

    #[test]
    fn an_international_domain_is_found_in_either_spelling() {
        for text in [
            "ada@müller.example",
            "ADA@MÜLLER.example!",
            "ada@xn--mller-kva.example",
            "ada@mu\u{308}ller.example",
        ] {
            assert_eq!(
                found("email", "ada@müller.example", text).len(),
                1,
                "{text}"
            );
        }
        assert!(found("email", "ada@muller.example", "ada@müller.example").is_empty());
    }

    #[test]
    fn layout_may_tear_an_address_apart() {
        let torn = "write to ada@exam ple.\norg today";
        assert_eq!(found_in("email", "ada@example.org", torn, true).len(), 1);
        assert!(found("email", "ada@example.org", torn).is_empty());
        assert!(found_in("email", "ada@example.org", "bada@example.org", true).is_empty());
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "Tel. 030 1234567",
            "+49 (0)30 / 123 45 67, Fax …",
            "0049301234567.",
            "(030) 12 34-567",
            "+49\u{a0}30\u{a0}1234567",
            "tel:+49301234567",
            "Zimmer 12 030 1234567",
            "030.123.45.67",
        ] {
            assert_eq!(found("phone", "+49301234567", text).len(), 1, "{text}");
        }
        for text in [
            "030 12345678",
            "030 1234567-8",
            "1030 1234567",
            "040 1234567",
            "+43 30 1234567",
            "+43 (0)30 1234567",
            "0043 30 1234567",
            "RE0301234567",
            "99-030 1234567",
            "030 1234567 Durchwahl 12",
        ] {
            assert!(found("phone", "+49301234567", text).is_empty(), "{text}");
        }
        let desk = "+49301234567;ext=12";
        assert_eq!(found("phone", desk, "030 1234567 Durchwahl 12").len(), 1);
        assert!(found("phone", desk, "030 1234567 Durchwahl 13").is_empty());
    }

    #[test]
    fn other_values_are_found_exactly() {
        let is = |text: &str| found("customer_no", "4711", text).len();
        for text in [
            "4711",
            "Kd.-Nr. 4711.",
            "K:4711;",
            "/customers/4711/",
            "Nr 4711, am",
        ] {
            assert_eq!(is(text), 1, "{text}");
        }
        for text in [
            "14711", "47110", "4711.50", "4711,50", "12-4711", "x4711", "10:4711", "_4711",
        ] {
            assert_eq!(is(text), 0, "{text}");
        }
        assert!(
            found("customer_no", "Kd-1", "KD-1").is_empty(),
            "case matters"
        );
        let iban = "DE89370400440532013000";
        for text in [
            iban,
            "de89 3704 0044 0532 0130 00",
            "IBAN DE89\u{a0}3704 0044 0532 0130 00!",
        ] {
            assert_eq!(found("iban", iban, text).len(), 1, "{text}");
        }
        assert!(found("iban", iban, "DE89 3704 0044 0532 0130 001").is_empty());
    }

    #[test]
    fn a_short_number_does_not_speak_for_itself() {
        let weak = |kind: &str, value: &str| {
            !speaks_for_itself(&kinds().identity(&Kind(kind.into()), value).unwrap())
        };
        assert!(weak("customer_no", "4711") && weak("customer_no", "K-4711"));
        assert!(!weak("customer_no", "K-2024-004711") && !weak("email", "a@b.de"));
        assert!(!weak("phone", "030 1234567"));
    }
}
