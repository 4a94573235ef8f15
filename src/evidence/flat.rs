//! Lines of canonical JSON taken apart without building anything of them.
//!
//! Records and journal of a large case are gigabytes of lines, of which the checks need three members each. Here a line is accepted only
//! in the form in which `canonical` writes it: one object, members in the order of their names, no white space, nothing escaped, ASCII,
//! and no objects within. For every other line the answer is that it was not read, and the caller asks the JSON parser, which alone can
//! say that a line is wrong.
//!
//! Lines of one kind differ in their values only, so a line that was read leaves its form behind: what stands where, and where text and
//! digits may be any other. A line of the same length that fits it byte for byte is read by that, at several bytes an instant. Most of what
//! it says was said by the line before it as well; a number tells so, and whoever has looked into that one need not look again.

use std::ops::Range;

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

    /// The number, where it is one.
    pub(super) fn number(self) -> Option<u64> {
        match self {
            Flat::Number(number) => Some(number),
            Flat::Text(_) | Flat::Other => None,
        }
    }
}

/// Whether a line has the form described above. `false` says nothing else about it.
fn is_canonical(line: &[u8]) -> bool {
    is_simple(line) && std::str::from_utf8(line).is_ok_and(|line| object(line).is_some())
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

/// The whole line.
fn object(line: &str) -> Option<()> {
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
        at = value(line, expect(bytes, end, b':')?)?;
        match bytes.get(at)? {
            b',' => at += 1,
            b'}' if at + 1 == bytes.len() => return Some(()),
            _ => return None,
        }
    }
}

/// Where a value is over.
fn value(line: &str, at: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let word = |word: &str| {
        let is_it = bytes[at..].starts_with(word.as_bytes());
        is_it.then_some(at + word.len())
    };
    match bytes.get(at)? {
        b'"' => text(line, at).map(|(_, end)| end),
        b'[' => texts(line, at + 1),
        b'-' => {
            let (number, end) = number(bytes, at + 1)?;
            // RFC 8785 knows no negative zero.
            (number > 0).then_some(end)
        }
        b'0'..=b'9' => number(bytes, at).map(|(_, end)| end),
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
struct Form<const OWN: usize, const SAID: usize> {
    line: Vec<u8>,
    /// All bits set where any character of a text may stand.
    texts: Vec<u8>,
    /// All bits set where any digit may stand.
    digits: Vec<u8>,
    /// All bits set where something is said.
    said_at: Vec<u8>,
    /// Where a number of more than one digit begins, which is then no zero.
    firsts: Vec<usize>,
    own: [Place; OWN],
    said: [Place; SAID],
    /// The number of what the line says.
    alike: u64,
}

/// Where a wanted value stands: a text from and up to, a number from.
#[derive(Clone, Copy)]
enum Place {
    Text(usize, usize),
    Number(usize),
    Other,
}

impl Place {
    fn value(self, line: &[u8]) -> Flat<'_> {
        match self {
            Place::Text(from, to) => {
                std::str::from_utf8(&line[from..to]).map_or(Flat::Other, Flat::Text)
            }
            Place::Number(from) => {
                number(line, from).map_or(Flat::Other, |(number, _)| Flat::Number(number))
            }
            Place::Other => Flat::Other,
        }
    }
}

impl<const OWN: usize, const SAID: usize> Form<OWN, SAID> {
    /// The form of a line that is in canonical form.
    fn of(line: &[u8], wanted: &Wanted<OWN, SAID>, alike: u64) -> Form<OWN, SAID> {
        let mut form = Form {
            line: line.to_vec(),
            texts: vec![0; line.len()],
            digits: vec![0; line.len()],
            said_at: vec![0; line.len()],
            firsts: Vec::new(),
            own: [Place::Other; OWN],
            said: [Place::Other; SAID],
            alike,
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
                        name = Some(&line[start + 1..end]);
                        at += 1;
                        continue;
                    }
                    form.texts[start + 1..end].fill(0xff);
                    form.note(wanted, name, Place::Text(start + 1, end), start + 1..end);
                }
                b'0'..=b'9' => {
                    let count = line[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                    at += count;
                    form.digits[start..at].fill(0xff);
                    form.firsts.extend((count > 1).then_some(start));
                    form.note(wanted, name, Place::Number(start), start..at);
                }
                _ => at += 1,
            }
            // In a list or behind a sign, nothing is the value itself.
            name = None;
        }
        form
    }

    fn note(
        &mut self,
        wanted: &Wanted<OWN, SAID>,
        name: Option<&[u8]>,
        place: Place,
        bytes: Range<usize>,
    ) {
        let is_it = |member: &&str| Some(member.as_bytes()) == name;
        if let Some(at) = wanted.own.iter().position(is_it) {
            self.own[at] = place;
        }
        if let Some(at) = wanted.said.iter().position(is_it) {
            self.said[at] = place;
            self.said_at[bytes].fill(0xff);
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

    /// Whether a line that fits says what the last one said.
    fn says_the_same(&self, line: &[u8]) -> bool {
        let own = self.line.iter().zip(&self.said_at);
        let other = |(byte, (own, said)): (&u8, (&u8, &u8))| said & (byte ^ own);
        line.iter().zip(own).fold(0, |odds, one| odds | other(one)) == 0
    }
}

/// The members of a line that somebody wants to know: those in which lines differ that are otherwise alike, and what else they say.
pub(super) struct Wanted<const OWN: usize, const SAID: usize> {
    pub(super) own: [&'static str; OWN],
    pub(super) said: [&'static str; SAID],
}

/// A line that was read.
pub(super) struct Found<'f, 'l, const OWN: usize, const SAID: usize> {
    line: &'l [u8],
    own: &'f [Place; OWN],
    said: &'f [Place; SAID],
    /// Lines with the same number say the same, but for what is each one's own.
    pub(super) alike: u64,
}

impl<'l, const OWN: usize, const SAID: usize> Found<'_, 'l, OWN, SAID> {
    /// What is the line's own, in the order in which it was wanted; [`Flat::Other`] also for a member that is not there.
    pub(super) fn own(&self) -> [Flat<'l>; OWN] {
        self.own.map(|place| place.value(self.line))
    }

    /// What else it says, likewise.
    pub(super) fn said(&self) -> [Flat<'l>; SAID] {
        self.said.map(|place| place.value(self.line))
    }
}

/// The forms of the lines that came by.
#[derive(Default)]
pub(super) struct Forms<const OWN: usize, const SAID: usize> {
    known: Vec<Form<OWN, SAID>>,
    /// Which one makes room next.
    oldest: usize,
    /// The last number of what was said.
    alike: u64,
}

/// Forms that are remembered: a handful of kinds, and a few lengths of each.
const MOST: usize = 32;
/// A longer line is left to the JSON parser.
const LONGEST: usize = 4096;

impl<const OWN: usize, const SAID: usize> Forms<OWN, SAID> {
    /// `None` says nothing about the line but that it was not read here. What is wanted is the same in every call.
    pub(super) fn read<'l>(
        &mut self,
        line: &'l [u8],
        wanted: &Wanted<OWN, SAID>,
    ) -> Option<Found<'_, 'l, OWN, SAID>> {
        let at = match self.known.iter().position(|form| form.fits(line)) {
            Some(at) => at,
            None => self.learn(line, wanted)?,
        };
        let form = &mut self.known[at];
        if !form.says_the_same(line) {
            form.line.copy_from_slice(line);
            self.alike += 1;
            form.alike = self.alike;
        }
        Some(Found {
            line,
            own: &form.own,
            said: &form.said,
            alike: form.alike,
        })
    }

    /// Remembers the form of a line, if it is in canonical form.
    fn learn(&mut self, line: &[u8], wanted: &Wanted<OWN, SAID>) -> Option<usize> {
        if line.len() > LONGEST || !is_canonical(line) {
            return None;
        }
        self.alike += 1;
        let form = Form::of(line, wanted, self.alike);
        if self.known.len() < MOST {
            self.known.push(form);
            return Some(self.known.len() - 1);
        }
        let at = self.oldest;
        self.known[at] = form;
        self.oldest = (at + 1) % MOST;
        Some(at)
    }
}

/// What was found out about lines that are alike, by their number; of numbers that share a place, about the newest.
pub(super) struct Alike<T>([Option<(u64, T)>; PLACES]);

const PLACES: usize = 64;

impl<T: Copy> Default for Alike<T> {
    fn default() -> Alike<T> {
        Alike([None; PLACES])
    }
}

impl<T: Copy> Alike<T> {
    pub(super) fn get(&self, alike: u64) -> Option<T> {
        let (number, known) = self.0[place_of(alike)]?;
        (number == alike).then_some(known)
    }

    pub(super) fn put(&mut self, alike: u64, known: T) {
        self.0[place_of(alike)] = Some((alike, known));
    }
}

fn place_of(alike: u64) -> usize {
    usize::try_from(alike % PLACES as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    #[test]
    fn canonical_lines_are_read_and_all_others_left_to_the_parser() {
        let line = br#"{"_sd":["a","b"],"n":0,"no":-5,"seq":18,"text":"x y","u":null,"v":true,"w":false,"x":[]}"#;
        assert!(is_canonical(line));
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
            assert!(!is_canonical(other.as_bytes()), "{other}");
        }
    }

    const WANTED: Wanted<1, 1> = Wanted {
        own: ["n"],
        said: ["case"],
    };

    #[test]
    fn a_line_of_the_same_form_is_read_by_it() {
        let mut forms = Forms::default();
        let line = |case: &str, n: u64| format!(r#"{{"at":"x","case":"{case}","n":{n}}}"#);
        let (one, two) = (line("2026-A", 17), line("2026-B", 42));
        for (line, case, n) in [(&one, "2026-A", 17), (&two, "2026-B", 42)] {
            let found = forms.read(line.as_bytes(), &WANTED).unwrap();
            assert_eq!(found.own(), [Flat::Number(n)]);
            assert_eq!(found.said(), [Flat::Text(case)]);
        }
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
            assert!(forms.read(other.as_bytes(), &WANTED).is_none(), "{other}");
        }
        for more in 0..3 * MOST {
            let line = line(&"y".repeat(40 + more), 1);
            assert!(forms.read(line.as_bytes(), &WANTED).is_some());
        }
        assert_eq!(forms.known.len(), MOST);
        let long = line(&"y".repeat(LONGEST), 1);
        assert!(forms.read(long.as_bytes(), &WANTED).is_none());
    }

    /// Whoever has looked into one line knows what all others of its number say; so none of another content may have it.
    #[test]
    fn only_lines_that_say_the_same_are_alike() {
        let mut forms = Forms::default();
        let mut number = |line: &str| forms.read(line.as_bytes(), &WANTED).unwrap().alike;
        let first = number(r#"{"at":"1","case":"A","n":1}"#);
        assert_eq!(number(r#"{"at":"2","case":"A","n":9}"#), first, "its own");
        let others = [
            r#"{"at":"1","case":"B","n":1}"#,
            r#"{"at":"1","case":"A","n":1}"#,
            r#"{"at":"1","case":"A","n":10}"#,
            r#"{"at":"1","case":"","n":1}"#,
            r#"{"at":"1","case":null,"n":1}"#,
            r#"{"at":"1","case":12,"n":1}"#,
            r#"{"at":"1","case":13,"n":1}"#,
            r#"{"at":"1","cage":"A","n":1}"#,
        ];
        let mut numbers = vec![first];
        numbers.extend(others.map(&mut number));
        let again = others.map(&mut number);
        // The one whose form was met with other words meanwhile has a new number, all others kept theirs.
        assert_eq!(again[2..5], numbers[3..6]);
        assert_eq!(again[7], numbers[8]);
        numbers.extend([again[0], again[1], again[5], again[6]]);
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
    }

    #[test]
    fn what_was_found_out_is_known_of_its_number_alone() {
        let mut known = Alike::default();
        assert_eq!(known.get(0), None);
        known.put(3, "three");
        assert_eq!((known.get(3), known.get(4)), (Some("three"), None));
        known.put(3 + PLACES as u64, "later");
        assert_eq!(known.get(3), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// What is read here the JSON parser reads too, and would write the same way.
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
                if is_canonical(&line) {
                    let parsed: Map<String, Value> = serde_json::from_slice(&line).unwrap();
                    prop_assert_eq!(crate::canonical::bytes(&parsed), line.clone());
                } else {
                    let escaped = line.contains(&b'\\');
                    prop_assert!(round > 0 || escaped, "a canonical line was not read");
                }
                let place = at % line.len();
                line[place] = byte;
            }
        }

        /// A line that fits the form of another is read as the JSON parser reads it, whatever is changed in it, and is alike only if it
        /// says the same.
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
            let wanted = Wanted { own: ["n"], said: ["t", "a"] };
            let first = make(seq, &text);
            let alike = forms.read(&first, &wanted).map(|found| found.alike);
            let turned: String = text.chars().rev().collect();
            let mut line = make(other, &turned);
            for round in 0..2 {
                if let Some(found) = forms.read(&line, &wanted) {
                    let parsed: Value = serde_json::from_slice(&line).unwrap();
                    let number = parsed["n"].as_u64().map_or(Flat::Other, Flat::Number);
                    let said = parsed["t"].as_str().map_or(Flat::Other, Flat::Text);
                    let first = parsed["a"].as_str().map_or(Flat::Other, Flat::Text);
                    prop_assert_eq!(found.own(), [number]);
                    prop_assert_eq!(found.said(), [said, first]);
                    prop_assert!(alike != Some(found.alike) || said == Flat::Text(&text));
                } else {
                    prop_assert!(round > 0 || line.contains(&b'\\'), "a canonical line was not read");
                }
                let place = at % line.len();
                line[place] = byte;
            }
        }
    }
}
