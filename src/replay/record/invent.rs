//! Invents values in the form of others. What is invented depends on the order in which values come and on nothing in them, so that
//! no value can be reckoned back from its substitute.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

/// First names for addresses.
const NAMES: [&str; 20] = [
    "ada", "ben", "cleo", "dora", "emil", "finn", "gerd", "hedi", "ivo", "jule", "karl", "lena",
    "mara", "nils", "olga", "paul", "rosa", "sven", "tilda", "udo",
];

/// Substitutes so far.
pub(super) struct Inventor {
    /// Words and runs of digits that are originals: none of them may come out.
    originals: BTreeSet<String>,
    words: BTreeMap<String, String>,
    addresses: BTreeMap<String, String>,
    phones: BTreeMap<String, String>,
    dates: BTreeMap<Date, Date>,
    count: u64,
}

impl Inventor {
    /// For a world in which these texts are originals.
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Inventor {
        let originals = texts.flat_map(|text| {
            runs(text)
                .into_iter()
                .map(|run| run.to_lowercase())
                .collect::<Vec<_>>()
        });
        Inventor {
            originals: originals.collect(),
            words: BTreeMap::new(),
            addresses: BTreeMap::new(),
            phones: BTreeMap::new(),
            dates: BTreeMap::new(),
            count: 0,
        }
    }

    /// A number that is another each time.
    fn next(&mut self) -> u64 {
        self.count += 1;
        // SplitMix64: small counters become well mixed bits.
        let mut bits = self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// An address at example.org, the same for every spelling of the same one.
    pub(super) fn address(&mut self, text: &str) -> String {
        let normal = text.trim().to_lowercase();
        if !self.addresses.contains_key(&normal) {
            let made = self.addresses.len();
            let mut names = NAMES
                .iter()
                .skip(made)
                .map(|name| (*name).to_owned())
                .chain((made..).map(|n| format!("person{n}")));
            let free = names.find(|name| {
                !self.originals.contains(name.as_str())
                    && !self
                        .addresses
                        .values()
                        .any(|known| *known == format!("{name}@example.org"))
            });
            let name = free.unwrap_or_default();
            self.addresses
                .insert(normal.clone(), format!("{name}@example.org"));
        }
        let address = self.addresses.get(&normal).cloned().unwrap_or_default();
        like(text.trim(), &address)
    }

    /// A telephone number with the same country and as many digits; `normal` is the number in E.164.
    pub(super) fn phone(&mut self, text: &str, normal: &str) -> String {
        if !self.phones.contains_key(normal) {
            let digits: Vec<char> = normal.chars().filter(char::is_ascii_digit).collect();
            // The country and the first digit of the area stay, so that it is still a number of its kind.
            let made: String = digits
                .iter()
                .enumerate()
                .map(
                    |(at, digit)| match at < 4.min(digits.len().saturating_sub(4)) {
                        true => *digit,
                        false => self.digit(*digit),
                    },
                )
                .collect();
            self.phones.insert(normal.to_owned(), made);
        }
        let mut made: Vec<char> = self
            .phones
            .get(normal)
            .map(|made| made.chars().collect())
            .unwrap_or_default();
        // Written as the original is: its digits from behind, whatever stands between them, and a leading zero.
        let mut out: Vec<char> = Vec::new();
        let leading = text
            .chars()
            .take_while(|sign| !sign.is_ascii_digit() || *sign == '0')
            .count();
        for (at, sign) in text
            .chars()
            .enumerate()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            out.push(match sign.is_ascii_digit() && at >= leading {
                true => made.pop().unwrap_or(sign),
                false => sign,
            });
        }
        out.into_iter().rev().collect()
    }

    pub(super) fn knows_phone(&self, normal: &str) -> bool {
        self.phones.contains_key(normal)
    }

    fn digit(&mut self, other: char) -> char {
        let digit = char::from_digit((self.next() % 9 + 1) as u32, 10).unwrap_or('5');
        match digit == other {
            true => {
                if digit == '9' {
                    '1'
                } else {
                    '9'
                }
            }
            false => digit,
        }
    }

    /// Another day.
    pub(super) fn day(&mut self, day: Date) -> Date {
        if let Some(known) = self.dates.get(&day) {
            return *known;
        }
        let first = date(1971, 3, 2);
        let mut made = first;
        for _ in 0..100 {
            let days = i64::try_from(self.next() % 9000).unwrap_or_default();
            made = first
                .checked_add(jiff::Span::new().days(days))
                .unwrap_or(first);
            if made != day && !self.dates.values().any(|known| *known == made) {
                break;
            }
        }
        self.dates.insert(day, made);
        made
    }

    /// A text of the same shape: every word and every number in it another one, what stands between them kept.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let kind = kind(first);
            let end = rest
                .char_indices()
                .find(|(_, sign)| self::kind(*sign) != kind)
                .map_or(rest.len(), |(at, _)| at);
            let (run, behind) = rest.split_at(end);
            match kind {
                Kind::Other => out.push_str(run),
                Kind::Letters => out.push_str(&self.word(run)),
                Kind::Digits => out.push_str(&self.number(run)),
            }
            rest = behind;
        }
        out
    }

    fn word(&mut self, word: &str) -> String {
        let small = word.to_lowercase();
        if !self.words.contains_key(&small) {
            let length = word.chars().count();
            let mut made = String::new();
            for _ in 0..200 {
                made = self.syllables(length);
                let is_used = self.words.values().any(|known| *known == made);
                if !self.originals.contains(&made) && (!is_used || length < 3) {
                    break;
                }
            }
            self.words.insert(small.clone(), made);
        }
        let made = self.words.get(&small).cloned().unwrap_or_default();
        like(word, &made)
    }

    fn syllables(&mut self, length: usize) -> String {
        const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
        const VOWELS: &[u8] = b"aeiou";
        (0..length)
            .map(|at| {
                let from = if at % 2 == 0 { CONSONANTS } else { VOWELS };
                let pick = usize::try_from(self.next() % from.len() as u64).unwrap_or_default();
                char::from(from[pick])
            })
            .collect()
    }

    fn number(&mut self, run: &str) -> String {
        if let Some(known) = self.words.get(run) {
            return known.clone();
        }
        let mut made = String::new();
        for _ in 0..200 {
            made = run
                .chars()
                .map(|digit| if digit == '0' { '0' } else { self.digit(digit) })
                .collect();
            let is_used = self.words.values().any(|known| *known == made);
            if !self.originals.contains(&made) && (!is_used || run.len() < 3) {
                break;
            }
        }
        self.words.insert(run.to_owned(), made.clone());
        made
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    Other,
}

fn kind(sign: char) -> Kind {
    match sign {
        sign if sign.is_ascii_digit() => Kind::Digits,
        // Digits of other scripts are personal as well.
        sign if sign.is_alphanumeric() => Kind::Letters,
        _ => Kind::Other,
    }
}

/// The words and numbers of a text.
pub(super) fn runs(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = Kind::Other;
    for (at, sign) in text.char_indices().chain([(text.len(), ' ')]) {
        let here = if at == text.len() {
            Kind::Other
        } else {
            kind(sign)
        };
        if here != before {
            if before != Kind::Other {
                out.push(&text[start..at]);
            }
            start = at;
            before = here;
        }
    }
    out
}

/// In capitals, or with a capital first, where the other is.
fn like(other: &str, made: &str) -> String {
    let letters: Vec<char> = other.chars().filter(|sign| sign.is_alphabetic()).collect();
    let capitals = letters.iter().filter(|sign| sign.is_uppercase()).count();
    match (
        capitals,
        letters.first().is_some_and(|first| first.is_uppercase()),
    ) {
        (0, _) => made.to_owned(),
        (all, _) if all == letters.len() && all > 1 => made.to_uppercase(),
        (_, true) => {
            let mut signs = made.chars();
            signs
                .next()
                .map(|first| first.to_uppercase().chain(signs).collect())
                .unwrap_or_default()
        }
        _ => made.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_stays_and_the_value_goes() {
        let all = [
            "Anna Moss-Reed, 12 High Street",
            "anna@shop.test",
            "+49 30 1234567",
            "Ada",
        ];
        let mut inventor = Inventor::new(all.into_iter());
        let text = inventor.text(all[0]);
        assert_eq!(text.len(), all[0].len(), "{text}");
        assert!(text.contains('-') && text.contains(", "), "{text}");
        for word in runs(all[0]) {
            assert!(!runs(&text).contains(&word), "{word} in {text}");
        }
        assert_eq!(
            inventor.text("MOSS"),
            text.split([' ', '-']).nth(1).unwrap().to_uppercase(),
            "one word, one substitute"
        );
        // Somebody is called Ada, so nobody invented is.
        assert_eq!(inventor.address("Anna@Shop.test"), "Ben@example.org");
        assert_eq!(inventor.address("anna@shop.test"), "ben@example.org");
        let phone = inventor.phone("+49 30 1234567", "+49301234567");
        let national = inventor.phone("030 1234567", "+49301234567");
        assert!(
            phone.starts_with("+49 30 ")
                && national.starts_with("030 ")
                && phone.ends_with(&national[4..]),
            "{phone} {national}"
        );
        assert!(!phone.contains("1234567"));
        let day = date(1984, 5, 12);
        assert_ne!(inventor.day(day), day);
        assert_eq!(inventor.day(day), inventor.day(day));
    }
}
