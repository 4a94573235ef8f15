//! Names: they find people to choose from and never identify anybody.
//!
//! Two spellings are taken for one name if they differ in case, in an accent (é and e), or in how German and Nordic letters are
//! written without their key (ü as ue or u, ß as ss). Nothing further: `Meyer` is not `Maier`, and `Muller` is not `Mueller`, though
//! either can be `Müller`. Order, hyphens, titles and particles do not count; every other word that was asked for has to be there.
//!
//! A [`Pattern`] says the same more loosely, for systems that can only compare texts. It hits every spelling that [`Name::fits`]
//! accepts, and more; [`Name::fits`] decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::messages::{Text, subject as say};
use crate::subject::{Identity, Kind};

/// More characters are no name, but a load for whatever has to compare them.
const LONGEST: usize = 100;
/// Words before a name that are not part of it.
const TITLES: [&str; 23] = [
    "dr",
    "prof",
    "professor",
    "professorin",
    "dipl",
    "ing",
    "med",
    "dent",
    "phil",
    "rer",
    "nat",
    "jur",
    "mag",
    "herr",
    "herrn",
    "frau",
    "familie",
    "mr",
    "mrs",
    "ms",
    "miss",
    "sir",
    "madam",
];
/// Words within a name that one list has and another leaves out.
const PARTICLES: [&str; 27] = [
    "von", "vom", "van", "der", "den", "dem", "zu", "zum", "zur", "de", "del", "della", "di", "da",
    "do", "dos", "das", "du", "des", "la", "le", "ten", "ter", "af", "av", "el", "al",
];
/// A letter, and the letters that are written as it where a keyboard lacks them. Lower case; the upper case follows from it.
const LETTERS: [(char, &str); 20] = [
    ('a', "àáâãäåāăąǎæ"),
    ('c', "çćĉċč"),
    ('d', "ďđð"),
    ('e', "èéêëēĕėęě"),
    ('g', "ĝğġģ"),
    ('h', "ĥħ"),
    ('i', "ìíîïĩīĭįıǐ"),
    ('j', "ĵ"),
    ('k', "ķ"),
    ('l', "ĺļľŀł"),
    ('n', "ñńņňŉ"),
    ('o', "òóôõöøōŏőœǒ"),
    ('r', "ŕŗř"),
    ('s', "śŝşšșß"),
    ('t', "ţťŧț"),
    ('u', "ùúûüũūŭůűųǔ"),
    ('w', "ŵ"),
    ('y', "ýÿŷ"),
    ('z', "źżž"),
    ('f', "ƒ"),
];
/// How a letter is written in two where a keyboard lacks it.
const PAIRS: [(char, &str); 9] = [
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('ø', "oe"),
    ('å', "aa"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ß', "ss"),
    ('\u{1e9e}', "ss"),
];

/// Signs that join what stands around them: `O'Brien` is one word.
pub const APOSTROPHES: [char; 4] = ['\'', '`', '\u{b4}', '\u{2019}'];

/// What somebody is called, as it was asked for.
#[derive(Clone)]
pub struct Name {
    /// First names first, titles left out.
    written: String,
    words: Vec<Word>,
}

/// A word and the forms it has without the letters that keyboards lack.
#[derive(Clone)]
struct Word {
    forms: BTreeSet<String>,
    /// The form with two letters for one, from which the pattern is made.
    long: String,
    /// As it was written.
    letters: usize,
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("name=[redacted]")
    }
}

impl Name {
    /// Reads what a person typed: `Anna Müller`, `Müller, Anna`, `Frau Dr. Anna von Müller`.
    ///
    /// # Errors
    /// The reason, without the value, when it is empty, holds wildcards, or has less than two letters in a row.
    pub fn read(raw: &str) -> Result<Name, Text> {
        let raw = compose(raw.trim());
        if raw.is_empty() {
            return Err(say::identity_empty(Kind::NAME));
        }
        if raw.chars().any(char::is_control) {
            return Err(say::identity_control_characters(Kind::NAME));
        }
        if raw.contains(['*', '%', '_', '?']) {
            return Err(say::identity_wildcard(Kind::NAME));
        }
        if raw.chars().count() > LONGEST {
            return Err(say::name_too_long());
        }
        let name = Name::lenient(&raw);
        let enough = |word: &Word| word.letters >= 2 || is_ideograph(&word.long);
        match name.words.iter().any(enough) {
            true => Ok(name),
            false => Err(say::name_too_short()),
        }
    }

    /// The name in an identity of the kind `name`.
    pub fn of(identity: &Identity) -> Name {
        Name::lenient(&compose(identity.value()))
    }

    /// As what a search asks for.
    pub fn identity(&self) -> Identity {
        Identity {
            kind: Kind(Kind::NAME.to_owned()),
            value: self.written.clone(),
        }
    }

    fn lenient(raw: &str) -> Name {
        let parts: Vec<&str> = match raw.split_once(',') {
            Some((last, first)) if !first.contains(',') => vec![first, last],
            _ => vec![raw],
        };
        let named: Vec<&str> = parts
            .into_iter()
            .map(untitled)
            .filter(|part| !part.is_empty())
            .collect();
        let written = named.join(" ");
        let mut all: Vec<String> = words(&written).collect();
        if all.iter().any(|word| !PARTICLES.contains(&word.as_str())) {
            all.retain(|word| !PARTICLES.contains(&word.as_str()));
        }
        Name {
            words: all.iter().map(|word| Word::new(word)).collect(),
            written,
        }
    }

    /// Whether the texts of a record, such as first and last name, hold every word of this name.
    pub fn fits<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> bool {
        let there: Vec<Word> = texts
            .into_iter()
            .flat_map(|text| words(&compose(text)).collect::<Vec<_>>())
            .map(|word| Word::new(&word))
            .collect();
        let mut left: Vec<&Word> = there.iter().collect();
        // Each word of a record answers for one of the name, so that `Anna Anna` is not every Anna.
        !self.words.is_empty()
            && self.words.iter().all(|word| {
                let at = left
                    .iter()
                    .position(|other| !other.forms.is_disjoint(&word.forms));
                at.map(|at| left.swap_remove(at)).is_some()
            })
    }

    /// For each word, what a text looks like that may hold it.
    pub fn patterns(&self) -> Vec<Pattern> {
        self.words
            .iter()
            .map(|word| Pattern::new(&word.long))
            .collect()
    }

    /// How the name may be written, for systems that search by themselves. The first is the one asked for.
    pub fn spellings(&self) -> Vec<String> {
        let long = replaced(&self.written, |c| pair(c).map(str::to_owned));
        let short = replaced(&self.written, |c| match c {
            'ß' | '\u{1e9e}' => Some("ss".to_owned()),
            c => base(c).map(String::from),
        });
        let mut accented = self.written.clone();
        for (letter, pair) in [
            ("ä", "ae"),
            ("ö", "oe"),
            ("ü", "ue"),
            ("ß", "ss"),
            ("Ä", "Ae"),
            ("Ö", "Oe"),
            ("Ü", "Ue"),
        ] {
            accented = accented.replace(pair, letter);
        }
        let mut all = vec![self.written.clone()];
        for spelling in [long, short, accented] {
            if !all.contains(&spelling) {
                all.push(spelling);
            }
        }
        all
    }
}

impl Word {
    fn new(word: &str) -> Word {
        let long = replaced(word, |c| {
            pair(c)
                .map(str::to_owned)
                .or_else(|| base(c).map(String::from))
        });
        let short = replaced(word, |c| match c {
            'ß' => Some("ss".to_owned()),
            'æ' => Some("ae".to_owned()),
            'œ' => Some("oe".to_owned()),
            c => base(c).map(String::from),
        });
        Word {
            forms: BTreeSet::from([short, long.clone()]),
            long,
            letters: word.chars().filter(|c| c.is_alphabetic()).count(),
        }
    }
}

/// A word as a row of places, each with the letters that may stand there. Case, accents and pairs of letters are left open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Slot>);

/// One place of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Every letter that may stand here, in both cases.
    pub letters: Vec<char>,
    /// Whether it is the second of a pair, such as the e of `ue`, and may be absent.
    pub optional: bool,
}

impl Pattern {
    fn new(long: &str) -> Pattern {
        let mut before = None;
        let slots = long.chars().map(|letter| {
            let is_pair = |first: char| {
                PAIRS
                    .iter()
                    .any(|(_, pair)| pair.chars().eq([first, letter]))
            };
            let optional = before.replace(letter).is_some_and(is_pair);
            Slot {
                letters: class(letter),
                optional,
            }
        });
        Pattern(slots.collect())
    }

    pub fn slots(&self) -> &[Slot] {
        &self.0
    }

    /// As a regular expression, without anchors. `letter` writes one letter for the inside of brackets.
    pub fn regex(&self, letter: impl Fn(char) -> String) -> String {
        let apostrophes: String = APOSTROPHES.iter().map(|c| letter(*c)).collect();
        let between = format!(
            "[{}-{}{apostrophes}]*",
            letter('\u{300}'),
            letter('\u{36f}')
        );
        let mut out = String::new();
        for slot in &self.0 {
            let set: String = slot.letters.iter().map(|c| letter(*c)).collect();
            let times = if slot.optional { "?" } else { "" };
            out.push_str(&format!("[{set}]{times}{between}"));
        }
        out
    }

    /// As a pattern of SQLite's GLOB, for texts without combining marks and [`APOSTROPHES`].
    pub fn glob(&self) -> String {
        let mut out = String::from("*");
        for slot in &self.0 {
            match slot.optional {
                true => out.push('*'),
                false => out.push_str(&format!("[{}]", slot.letters.iter().collect::<String>())),
            }
        }
        out + "*"
    }
}

/// The letters that a plain one may stand for, in both cases. Only letters and digits come here, so nothing needs escaping.
fn class(letter: char) -> Vec<char> {
    let accented = LETTERS.iter().find(|(base, _)| *base == letter);
    let mut all = vec![letter];
    all.extend(accented.into_iter().flat_map(|(_, others)| others.chars()));
    let upper: Vec<char> = all
        .iter()
        .filter_map(|c| single(c.to_uppercase()))
        .collect();
    all.extend(upper);
    if letter == 's' {
        all.push('\u{1e9e}');
    }
    if letter == 'i' {
        all.push('İ');
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    let first = letters.next()?;
    letters.next().is_none().then_some(first)
}

/// The plain letter for an accented one, its case kept.
fn base(letter: char) -> Option<char> {
    let lower = single(letter.to_lowercase())?;
    let (base, _) = LETTERS.iter().find(|(_, others)| others.contains(lower))?;
    Some(match lower == letter {
        true => *base,
        false => base.to_ascii_uppercase(),
    })
}

fn pair(letter: char) -> Option<&'static str> {
    match letter {
        'Ä' => Some("Ae"),
        'Ö' | 'Ø' | 'Œ' => Some("Oe"),
        'Ü' => Some("Ue"),
        'Å' => Some("Aa"),
        'Æ' => Some("Ae"),
        _ => PAIRS
            .iter()
            .find(|(one, _)| *one == letter)
            .map(|(_, pair)| *pair),
    }
}

fn replaced(text: &str, by: impl Fn(char) -> Option<String>) -> String {
    text.chars()
        .map(|c| by(c).unwrap_or_else(|| c.to_string()))
        .collect()
}

/// Lower-case words: letters and digits; an apostrophe joins (`O'Brien`), all else parts.
fn words(text: &str) -> impl Iterator<Item = String> {
    let joined: String = text
        .chars()
        .filter(|c| !APOSTROPHES.contains(c))
        .flat_map(char::to_lowercase)
        .filter(|c| !is_mark(*c))
        .collect();
    joined
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// A part of a name without the titles before it; the last word stays, whatever it is.
fn untitled(part: &str) -> &str {
    let mut rest = part.trim();
    while let Some((first, after)) = rest.split_once(|c: char| c.is_whitespace() || c == '.') {
        let after = after.trim_start_matches(['.', '-', ' ']).trim();
        let title = first.trim_matches(['.', '-']).to_lowercase();
        let is_title = title.split('-').all(|word| TITLES.contains(&word));
        if after.is_empty() || !is_title {
            break;
        }
        rest = after;
    }
    rest
}

/// One sign of Chinese or Japanese is a name of its own.
fn is_ideograph(word: &str) -> bool {
    word.chars()
        .any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// A letter and the accents behind it as one character where there is one (NFC).
///
/// IDNA's mapping composes labels (UTS 46, step 2), so one letter at a time is given to it; it also lowers the case, which is put back.
pub(super) fn compose(text: &str) -> String {
    if !text.chars().any(is_mark) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(letter) = signs.next() {
        let mut cluster = String::from(letter);
        while let Some(mark) = signs.next_if(|c| is_mark(*c)) {
            cluster.push(mark);
        }
        if cluster.chars().count() == 1 || !letter.is_alphabetic() {
            out.push_str(&cluster);
            continue;
        }
        match idna::domain_to_unicode(&cluster) {
            (composed, Ok(())) if letter.is_uppercase() => out.push_str(&composed.to_uppercase()),
            (composed, Ok(())) => out.push_str(&composed),
            _ => out.push_str(&cluster),
        }
    }
    out
}

/// The other way round, for letters with one accent (NFD): some systems keep texts like this, and compare them bit by bit.
pub(super) fn decompose(text: &str) -> String {
    const MARKS: [char; 14] = [
        '\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{304}', '\u{306}', '\u{307}', '\u{308}',
        '\u{30a}', '\u{30b}', '\u{30c}', '\u{326}', '\u{327}', '\u{328}',
    ];
    static PARTS: LazyLock<BTreeMap<char, String>> = LazyLock::new(|| {
        let pairs = ('a'..='z').flat_map(|letter| MARKS.map(|mark| format!("{letter}{mark}")));
        pairs
            .filter_map(|pair| Some((single(compose(&pair).chars())?, pair)))
            .collect()
    });
    replaced(text, |c| PARTS.get(&c).cloned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(asked: &str, stored: &[&str]) -> bool {
        Name::read(asked).unwrap().fits(stored.iter().copied())
    }

    #[test]
    fn spellings_of_one_name_are_one_name() {
        for (asked, stored) in [
            ("Anna Müller", ["Anna", "Müller"]),
            ("Anna Müller", ["ANNA", "MUELLER"]),
            ("Anna Müller", ["anna", "Muller"]),
            ("Anna Mueller", ["Anna", "Müller"]),
            ("Anna Muller", ["Anna", "Müller"]),
            ("Anna Mu\u{308}ller", ["Anna", "Müller"]),
            ("Anna Müller", ["Anna", "Mu\u{308}ller"]),
            ("Müller, Anna", ["Anna", "Müller"]),
            ("Frau Prof. Dr. med. Anna Müller", ["Anna", "Müller"]),
            ("Anna Müller", ["Dr. Anna Maria", "Müller-Lüdenscheidt"]),
            ("Anna Müller-Lüdenscheidt", ["Anna", "Müller Luedenscheidt"]),
            ("Anna van der Berg", ["Anna", "Berg"]),
            ("Anna Berg", ["Anna", "von Berg"]),
            ("René Strauß", ["Rene", "Strauss"]),
            ("Rene Strauss", ["René", "STRAUẞ"]),
            ("Lukasz Wałęsa", ["Łukasz", "Walesa"]),
            ("Søren Ångström", ["Soeren", "Aangstroem"]),
            ("Sinéad O'Brien", ["Sinead", "O’Brien"]),
            ("İpek Yıldız", ["ipek", "Yildiz"]),
            ("Lisa Herr", ["Lisa", "Herr"]),
            ("Herr, Lisa", ["Lisa", "Herr"]),
        ] {
            assert!(fits(asked, &stored), "{asked} {stored:?}");
        }
    }

    #[test]
    fn other_names_stay_other_names() {
        for (asked, stored) in [
            ("Anna Müller", ["Johanna", "Müller"]),
            ("Anna Muller", ["Anna", "Mueller"]),
            ("Anna Meyer", ["Anna", "Maier"]),
            ("Anna Müller", ["Anna", "Müllerin"]),
            ("Anna Müller", ["Anna", ""]),
            ("Anna Anna", ["Anna", "Müller"]),
            ("Anna Müller", ["Аnna", "Müller"]),
        ] {
            assert!(!fits(asked, &stored), "{asked} {stored:?}");
        }
    }

    #[test]
    fn what_would_find_everybody_is_no_name() {
        for raw in [
            "",
            " ",
            "A",
            "ü",
            "%",
            "M%",
            "M_ller",
            "*",
            "A*",
            "?",
            "-",
            "'",
            "A B",
            "Anna\u{1b}[2J",
        ] {
            assert!(Name::read(raw).is_err(), "{raw:?}");
        }
        assert!(Name::read(&"a".repeat(101)).is_err());
        for raw in ["Wu", "Ng", "李", "A. Müller", "von", "Dr"] {
            assert!(Name::read(raw).is_ok(), "{raw:?}");
        }
    }

    #[test]
    fn systems_are_asked_for_the_usual_spellings() {
        let spellings = |raw| Name::read(raw).unwrap().spellings();
        assert_eq!(
            spellings("Müller, Anna"),
            ["Anna Müller", "Anna Mueller", "Anna Muller"]
        );
        assert_eq!(
            spellings("Dr. Anna Mueller"),
            ["Anna Mueller", "Anna Müller"]
        );
        assert_eq!(spellings("Anna Berg"), ["Anna Berg"]);
        assert!(!format!("{:?}", Name::read("Anna Berg").unwrap()).contains("Anna"));
    }

    proptest! {
        #[test]
        fn a_pattern_hits_whatever_fits(
            asked in "[a-zäöüßéłøåæœçñA-ZÄÖÜ]{2,9}", at in 0usize..4, upper: bool, apart: bool,
        ) {
            // Respell the name in one of the ways that count as the same.
            let lower = asked.to_lowercase();
            let mut stored = match at {
                0 => lower.clone(),
                1 => Word::new(&lower).long,
                2 => Word::new(&lower).forms.into_iter().next().unwrap(),
                _ => ["ae", "oe", "ue", "ss"].iter().zip(["ä", "ö", "ü", "ß"]).fold(lower.clone(), |text, (pair, one)| text.replace(pair, one)),
            };
            if upper && !stored.contains('ß') {
                stored = stored.to_uppercase();
            }
            if apart {
                stored = stored.replace('ü', "u\u{308}").replace('é', "e\u{301}");
            }
            let name = Name::read(&asked);
            prop_assume!(name.is_ok());
            let name = name.unwrap();
            prop_assume!(name.fits([stored.as_str()]));
            let pattern = &name.patterns()[0];
            let regex = regex::Regex::new(&pattern.regex(|c| c.to_string())).unwrap();
            prop_assert!(regex.is_match(&stored), "{} {}", asked, stored);
            let plain: String = compose(&stored).chars().filter(|c| !is_mark(*c)).collect();
            let db = rusqlite::Connection::open_in_memory().unwrap();
            let hit: bool = db.query_row("SELECT ?1 GLOB ?2", [plain, pattern.glob()], |row| row.get(0)).unwrap();
            prop_assert!(hit, "{} {}", asked, pattern.glob());
        }

        #[test]
        fn reading_a_name_never_breaks(raw in ".{0,120}", text in ".{0,60}") {
            if let Ok(name) = Name::read(&raw) {
                let _ = (name.fits([text.as_str()]), name.spellings());
                for pattern in name.patterns() {
                    prop_assert!(regex::Regex::new(&pattern.regex(|c| regex::escape(&c.to_string()))).is_ok());
                }
            }
        }
    }
}
