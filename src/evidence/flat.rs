//! Lines of canonical JSON taken apart without building anything of them.
//!
//! Records and journal of a large case are gigabytes of lines, of which the checks need three members each. Here a line is accepted only
//! in the form in which `canonical` writes it: one object, members in the order of their names, no white space, nothing escaped, ASCII,
//! and no objects within. For every other line the answer is that it was not read, and the caller asks the JSON parser, which alone can
//! say that a line is wrong.
//!
//! Lines of one kind differ in their values only, so a line that was read leaves its form behind: what stands where, and where text and
//! digits may be any other. A line of the same length that fits it byte for byte is read by that, at several bytes an instant.

use memchr::memchr;

/// The value of a member, as far as the checks look at values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flat<'l> {
    Text(&'l str),
    /// A whole number that is not negative, without leading zeros.
    Number(u64),
    /// A list of texts, a truth value, null, or a negative number.
    Other,
}

impl<'l> Flat<'l> {
    /// The text, where it is one.
    pub(super) fn text(self) -> Option<&'l str> {
        match self {
            Flat::Text(text) => Some(text),
            Flat::Number(_) | Flat::Other => None,
        }
    }
}

/// Hands the members of a line over in their order. `false` says nothing about the line but that it was not read to its end here; what
/// was handed over before does not count then.
fn members<'l>(line: &'l [u8], take: &mut dyn FnMut(&'l str, Flat<'l>)) -> bool {
    if !is_simple(line) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(line) else {
        return false;
    };
    read(text, take).is_some()
}

/// Whether each quotation mark begins or ends a text: printable ASCII without a backslash.
fn is_simple(line: &[u8]) -> bool {
    // Without a branch, so that the processor looks at many bytes at once.
    let odd =
        |byte: &u8| u8::from(*byte < 0x20) | u8::from(*byte > 0x7e) | u8::from(*byte == b'\\');
    line.iter().fold(0, |odds, byte| odds | odd(byte)) == 0
}

/// 1 for what is no printable ASCII, or a backslash.
fn odd(byte: &u8) -> u8 {
    u8::from(byte.wrapping_sub(0x20) > 0x5e) | u8::from(*byte == b'\\')
}

fn read<'l>(line: &'l str, take: &mut dyn FnMut(&'l str, Flat<'l>)) -> Option<()> {
    let bytes = line.as_bytes();
    let mut before = "";
    let mut at = expect(bytes, 0, b'{')?;
    loop {
        let (name, end) = text(line, at)?;
        // The order of the names shows that none stands there twice.
        if name <= before {
            return None;
        }
        before = name;
        at = expect(bytes, end, b':')?;
        let value;
        (value, at) = self::value(line, at)?;
        take(name, value);
        match bytes.get(at)? {
            b',' => at += 1,
            b'}' if at + 1 == bytes.len() => return Some(()),
            _ => return None,
        }
    }
}

fn value(line: &str, at: usize) -> Option<(Flat<'_>, usize)> {
    let bytes = line.as_bytes();
    let word = |word: &str| {
        let is_it = bytes[at..].starts_with(word.as_bytes());
        is_it.then(|| (Flat::Other, at + word.len()))
    };
    match bytes.get(at)? {
        b'"' => text(line, at).map(|(text, end)| (Flat::Text(text), end)),
        b'[' => texts(line, at + 1).map(|end| (Flat::Other, end)),
        b'-' => {
            let (number, end) = number(bytes, at + 1)?;
            // RFC 8785 knows no negative zero.
            (number > 0).then_some((Flat::Other, end))
        }
        b'0'..=b'9' => number(bytes, at).map(|(number, end)| (Flat::Number(number), end)),
        b'n' => word("null"),
        b't' => word("true"),
        b'f' => word("false"),
        _ => None,
    }
}

/// A text between quotation marks, and where it is over.
fn text(line: &str, at: usize) -> Option<(&str, usize)> {
    let start = expect(line.as_bytes(), at, b'"')?;
    let end = start + memchr(b'"', line.as_bytes().get(start..)?)?;
    Some((line.get(start..end)?, end + 1))
}

/// The rest of a list of texts.
fn texts(line: &str, mut at: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    if bytes.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        (_, at) = text(line, at)?;
        match bytes.get(at)? {
            b',' => at += 1,
            b']' => return Some(at + 1),
            _ => return None,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let digits = bytes.get(at..)?;
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    // What is longer may not fit, and that the JSON parser judges.
    if count == 0 || count > 19 || (count > 1 && digits[0] == b'0') {
        return None;
    }
    let add = |number: u64, digit: &u8| number * 10 + u64::from(*digit - b'0');
    Some((digits[..count].iter().fold(0, add), at + count))
}

fn expect(bytes: &[u8], at: usize, wanted: u8) -> Option<usize> {
    (bytes.get(at) == Some(&wanted)).then_some(at + 1)
}

/// What a line looked like that was read. Another one of the same form holds the same members in the same places.
struct Form<const N: usize> {
    line: Vec<u8>,
    /// All bits set where any character of a text may stand.
    texts: Vec<u8>,
    /// All bits set where any digit may stand.
    digits: Vec<u8>,
    /// Where a number of more than one digit begins, which is then no zero.
    firsts: Vec<usize>,
    values: [Place; N],
}

/// Where a wanted value stands: a text from and up to, a number from.
#[derive(Clone, Copy)]
enum Place {
    Text(usize, usize),
    Number(usize),
    Other,
}

impl<const N: usize> Form<N> {
    /// The form of a line that was read.
    fn of(line: &[u8], wanted: &[&str; N]) -> Form<N> {
        let mut form = Form {
            line: line.to_vec(),
            texts: vec![0; line.len()],
            digits: vec![0; line.len()],
            firsts: Vec::new(),
            values: [Place::Other; N],
        };
        let (mut at, mut name) = (0, None);
        while let Some(byte) = line.get(at) {
            let start = at;
            match byte {
                b'"' => {
                    let end = memchr(b'"', &line[at + 1..]).map_or(line.len(), |n| at + 1 + n);
                    at = end + 1;
                    // A colon behind it tells a name from a value.
                    if line.get(at) == Some(&b':') {
                        name = wanted
                            .iter()
                            .position(|name| name.as_bytes() == &line[start + 1..end]);
                        at += 1;
                        continue;
                    }
                    form.texts[start + 1..end].fill(0xff);
                    form.note(name, Place::Text(start + 1, end));
                }
                b'0'..=b'9' => {
                    let count = line[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                    at += count;
                    form.digits[start..at].fill(0xff);
                    form.firsts.extend((count > 1).then_some(start));
                    form.note(name, Place::Number(start));
                }
                _ => at += 1,
            }
            // In a list or behind a sign, nothing is the value itself.
            name = None;
        }
        form
    }

    fn note(&mut self, name: Option<usize>, place: Place) {
        if let Some(name) = name {
            self.values[name] = place;
        }
    }

    fn fits(&self, line: &[u8]) -> bool {
        if line.len() != self.line.len() {
            return false;
        }
        let own = self.line.iter().zip(&self.texts).zip(&self.digits);
        // Without a branch, as above.
        let odd = |(byte, ((own, text), digit)): (&u8, ((&u8, &u8), &u8))| {
            let other = !(text | digit) & (byte ^ own);
            let no_text = text & (odd(byte) | u8::from(*byte == b'"'));
            other | no_text | digit & u8::from(byte.wrapping_sub(b'0') > 9)
        };
        line.iter().zip(own).fold(0, |odds, one| odds | odd(one)) == 0
            && self.firsts.iter().all(|at| line[*at] != b'0')
    }

    fn read<'l>(&self, line: &'l [u8]) -> [Flat<'l>; N] {
        self.values.map(|place| match place {
            Place::Text(from, to) => {
                std::str::from_utf8(&line[from..to]).map_or(Flat::Other, Flat::Text)
            }
            Place::Number(from) => {
                number(line, from).map_or(Flat::Other, |(number, _)| Flat::Number(number))
            }
            Place::Other => Flat::Other,
        })
    }
}

/// The forms of the lines that came by.
#[derive(Default)]
pub(super) struct Forms<const N: usize> {
    known: Vec<Form<N>>,
    /// Which one makes room next.
    oldest: usize,
}

/// Forms that are remembered: a handful of kinds, and a few lengths of each.
const MOST: usize = 32;
/// A longer line leaves no form behind.
const LONGEST: usize = 4096;

impl<const N: usize> Forms<N> {
    /// The values of the wanted members, in their order; [`Flat::Other`] also for one that is not there. `None` says nothing about the
    /// line but that it was not read here. The wanted names are the same in every call.
    pub(super) fn read<'l>(&mut self, line: &'l [u8], wanted: &[&str; N]) -> Option<[Flat<'l>; N]> {
        if let Some(form) = self.known.iter().find(|form| form.fits(line)) {
            return Some(form.read(line));
        }
        let mut values = [Flat::Other; N];
        let read = members(line, &mut |name, value| {
            if let Some(at) = wanted.iter().position(|wanted| *wanted == name) {
                values[at] = value;
            }
        });
        if !read {
            return None;
        }
        if line.len() <= LONGEST {
            let form = Form::of(line, wanted);
            match self.known.len() < MOST {
                true => self.known.push(form),
                false => {
                    self.known[self.oldest] = form;
                    self.oldest = (self.oldest + 1) % MOST;
                }
            }
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    fn read_all(line: &[u8]) -> Option<Vec<(String, String)>> {
        let mut all = Vec::new();
        let read = members(line, &mut |name, value| {
            all.push((name.to_owned(), format!("{value:?}")));
        });
        read.then_some(all)
    }

    #[test]
    fn canonical_lines_are_read_and_all_others_left_to_the_parser() {
        let line = br#"{"_sd":["a","b"],"n":0,"no":-5,"seq":18,"text":"x y","u":null,"v":true,"w":false,"x":[]}"#;
        let all = read_all(line).unwrap();
        assert_eq!(all.len(), 9);
        assert_eq!(all[3], ("seq".to_owned(), "Number(18)".to_owned()));
        assert_eq!(all[4], ("text".to_owned(), "Text(\"x y\")".to_owned()));
        for other in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"a":1"#,
            r#"{"a":1}}"#,
            r#"{"a":1} "#,
            r#"{"a": 1}"#,
            r#"{"a":01}"#,
            r#"{"a":-0}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1e5}"#,
            r#"{"a":99999999999999999999}"#,
            r#"{"a":nul}"#,
            r#"{"a":nullx}"#,
            r#"{"a":{}}"#,
            r#"{"a":[1]}"#,
            r#"{"a":["b",]}"#,
            r#"{"a":1,}"#,
            r#"{"b":1,"a":2}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"ü"}"#,
            "{\"a\":\"\t\"}",
            r#"{a:1}"#,
            r#"{"a"}"#,
            r#"{"a":"b}"#,
        ] {
            assert_eq!(read_all(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_line_of_the_same_form_is_read_by_it() {
        let mut forms = Forms::default();
        let wanted = ["case", "n"];
        let line = |case: &str, n: u64| format!(r#"{{"at":"x","case":"{case}","n":{n}}}"#);
        let (one, two) = (line("2026-A", 17), line("2026-B", 42));
        forms.read(one.as_bytes(), &wanted).unwrap();
        let found = forms.read(two.as_bytes(), &wanted);
        assert_eq!(found, Some([Flat::Text("2026-B"), Flat::Number(42)]));
        assert_eq!(forms.known.len(), 1);
        for other in [
            line("2026-\"", 42),
            line("2026-\\", 42),
            line("2026-\u{1}", 42),
            two.replace("42", "02"),
            two.replace("42", "4a"),
            two.replace("\"n\":42", "\"n\":\"4"),
            two.replace("\"at\"", "\"an\"")
                .replace("\"n\"", "\"m\"")
                .replace('}', "]"),
        ] {
            assert_eq!(forms.read(other.as_bytes(), &wanted), None, "{other}");
        }
        for more in 0..3 * MOST as u64 {
            forms
                .read(
                    line(&"y".repeat(40 + usize::try_from(more).unwrap()), 1).as_bytes(),
                    &wanted,
                )
                .unwrap();
        }
        assert_eq!(forms.known.len(), MOST);
        let long = line(&"y".repeat(LONGEST), 1);
        assert!(forms.read(long.as_bytes(), &wanted).is_some());
        assert!(forms.known.iter().all(|form| form.line.len() <= LONGEST));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// What is read here the JSON parser reads too, with the same values.
        #[test]
        fn nothing_is_accepted_that_is_no_json(
            texts in prop::collection::btree_map("[a-z_]{1,6}", "[ -~]{0,9}", 1..6),
            numbers in prop::collection::btree_map("[A-Z]{1,3}", any::<i64>(), 0..3),
            at in 0..200usize,
            byte in any::<u8>(),
        ) {
            let mut map = Map::new();
            map.extend(texts.into_iter().map(|(name, text)| (name, json!(text))));
            map.extend(numbers.into_iter().map(|(name, number)| (name, json!(number))));
            let mut line = crate::canonical::bytes(&map);
            for round in 0..2 {
                if let Some(all) = read_all(&line) {
                    let parsed: Map<String, Value> = serde_json::from_slice(&line).unwrap();
                    prop_assert_eq!(all.len(), parsed.len());
                    for (name, value) in all {
                        let same = match &parsed[&name] {
                            Value::String(text) => value == format!("Text({text:?})"),
                            Value::Number(number) if number.is_u64() => value == format!("Number({number})"),
                            _ => value == "Other",
                        };
                        prop_assert!(same, "{}: {}", name, value);
                    }
                } else {
                    let escaped = line.contains(&b'\\');
                    prop_assert!(round > 0 || escaped, "a canonical line was not read");
                }
                let place = at % line.len();
                line[place] = byte;
            }
        }

        /// A line that fits the form of another is read as the JSON parser reads it, whatever is changed in it.
        #[test]
        fn what_fits_a_form_is_json(
            seq in 1..u64::MAX / 2,
            other in 1..u64::MAX / 2,
            text in "[ -~]{0,9}",
            texts in prop::collection::vec("[ -~]{0,5}", 0..3),
            at in 0..200usize,
            byte in any::<u8>(),
        ) {
            let make = |seq: u64, text: &str| {
                crate::canonical::bytes(&json!({"a": texts, "b": -5, "c": null, "n": seq, "t": text, "u": 10, "z": [text]}))
            };
            let mut forms = Forms::default();
            let wanted = ["n", "t", "a"];
            forms.read(&make(seq, &text), &wanted);
            let turned: String = text.chars().rev().collect();
            let mut line = make(other, &turned);
            for round in 0..2 {
                if let Some(values) = forms.read(&line, &wanted) {
                    let parsed: Value = serde_json::from_slice(&line).unwrap();
                    let number = parsed["n"].as_u64().map_or(Flat::Other, Flat::Number);
                    let text = parsed["t"].as_str().map_or(Flat::Other, Flat::Text);
                    let first = parsed["a"].as_str().map_or(Flat::Other, Flat::Text);
                    prop_assert_eq!(values, [number, text, first]);
                } else {
                    prop_assert!(round > 0 || line.contains(&b'\\'), "a canonical line was not read");
                }
                let place = at % line.len();
                line[place] = byte;
            }
        }
    }
}
