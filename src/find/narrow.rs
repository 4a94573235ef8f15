//! Telling people of one name apart: by postcode and by day of birth.
//!
//! A record that states another one is somebody else's. A record that states none stays in the list: it may be the one.

use jiff::civil::{Date, date};

use crate::connector::Record;
use crate::connector::object::{Field, Object};

/// Parts of names of fields that hold a postcode.
const POSTCODE: [&str; 6] = [
    "postcode",
    "postal",
    "plz",
    "postleitzahl",
    "zip",
    "post_code",
];

/// A postcode as it is compared: letters and digits, without the country before it.
#[derive(Clone, PartialEq, Eq)]
pub struct Postcode(String);

impl Postcode {
    /// `None` where nothing is left to compare.
    pub fn read(raw: &str) -> Option<Postcode> {
        let raw = raw.trim().to_uppercase();
        // `D-80331`, `AT 1010`: a country before digits.
        let rest = raw.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let foreign = raw.len() - rest.len() <= 2 && rest.starts_with(['-', ' ']);
        let rest = if foreign
            && rest
                .trim_matches(['-', ' '])
                .bytes()
                .all(|b| b.is_ascii_digit())
        {
            rest
        } else {
            &raw
        };
        let plain: String = rest.chars().filter(|c| c.is_alphanumeric()).collect();
        (plain.len() >= 3 && plain.len() <= 10).then_some(Postcode(plain))
    }

    /// Whether the record is not of this postcode; one without any is not excluded.
    pub(super) fn excludes(&self, object: &Object, record: &Record) -> bool {
        let mut stated = false;
        for field in addresses(object) {
            let is_code = named(field, &POSTCODE);
            for text in field.values(&record.data) {
                if is_code {
                    stated = true;
                    if Postcode::read(&text).is_some_and(|other| other == *self) {
                        return false;
                    }
                } else if text
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| word.eq_ignore_ascii_case(&self.0))
                {
                    // An address in one text has no place of its own for the code.
                    return false;
                }
            }
        }
        stated
    }
}

/// Whether the record states other days of birth than this one, and none that could be it.
pub(super) fn is_born_otherwise(born: Date, object: &Object, record: &Record) -> bool {
    let mut stated = false;
    for text in births(object, record) {
        let days = days(&text);
        if days.contains(&born) {
            return false;
        }
        stated |= !days.is_empty();
    }
    stated
}

/// The year of birth that a record states; enough to tell people apart without showing the day.
pub fn year_of_birth(object: &Object, record: &Record) -> Option<i16> {
    births(object, record).find_map(|text| Some(days(&text).first()?.year()))
}

/// The town of a record's address.
pub fn town(object: &Object, record: &Record) -> Option<String> {
    const TOWN: [&str; 4] = ["city", "town", "ort", "stadt"];
    addresses(object)
        .filter(|field| named(field, &TOWN))
        .find_map(|field| field.values(&record.data).into_iter().next())
}

fn addresses(object: &Object) -> impl Iterator<Item = &Field> {
    let fields = object.fields.iter();
    fields.filter(|field| field.category == "contact.address")
}

fn births<'r>(object: &'r Object, record: &'r Record) -> impl Iterator<Item = String> + 'r {
    let fields = object.fields.iter();
    fields
        .filter(|field| field.category == "person.birth_date")
        .flat_map(|field| field.values(&record.data))
}

fn named(field: &Field, words: &[&str]) -> bool {
    let name = field.name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// The day that a person typed: `1980-03-15` (ISO 8601) or `15.03.1980` (DIN 5008).
pub fn day(raw: &str) -> Option<Date> {
    match days(raw)[..] {
        [day] => Some(day),
        _ => None,
    }
}

/// Whether a text is written as a day of the calendar that has no such day: `31.02.1990`. What is written otherwise may be a system's own way.
pub fn is_no_day(text: &str) -> bool {
    let head = text.trim().split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = head.split(['-', '.', '/']).collect();
    let digits = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let [first, middle, last] = parts.as_slice() else {
        return false;
    };
    if !parts.iter().all(digits) {
        return false;
    }
    let (year, day) = match (first.len(), middle.len(), last.len()) {
        (4, 1..=2, 1..=2) => (first, last),
        (1..=2, 1..=2, 4) => (last, first),
        _ => return false,
    };
    let is_day = |month: &str, day: &str| {
        let (year, month, day) = (year.parse(), month.parse(), day.parse());
        matches!((year, month, day), (Ok(year), Ok(month), Ok(day)) if Date::new(year, month, day).is_ok())
    };
    let american = head.contains('/') && is_day(day, middle);
    !is_day(middle, day) && !american
}

/// The days that a text may mean: two for `03/04/1980`, which Britons and Americans read differently.
fn days(text: &str) -> Vec<Date> {
    let text = text.trim();
    let head = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = head.split(['-', '.', '/']).collect();
    let numbers: Option<Vec<i16>> = parts
        .iter()
        .map(|part| {
            let digits =
                !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect();
    let made = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Date::new(year, month, day)
            .ok()
            .filter(|day| *day >= date(1850, 1, 1))
    };
    let mut all: Vec<Date> = match (numbers.as_deref(), parts.len()) {
        (Some([year, month, day]), _) if parts[0].len() == 4 => {
            made(*year, *month, *day).into_iter().collect()
        }
        (Some([first, second, year]), _) if parts[2].len() == 4 => {
            let british = made(*year, *second, *first);
            let american = made(*year, *first, *second).filter(|_| head.contains('/'));
            british.into_iter().chain(american).collect()
        }
        (None, 1) if head.len() == 8 && head.bytes().all(|b| b.is_ascii_digit()) => {
            let number = |from: usize, to: usize| head[from..to].parse().unwrap_or_default();
            made(number(0, 4), number(4, 6), number(6, 8))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    };
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_the_calendar_does_not_have_is_none() {
        for text in [
            "31.02.1990",
            "30.2.1990",
            "29.02.1900",
            "1990-02-31",
            "1990-13-01",
            "00.01.1990",
            "31/02/1990",
            "02/31/1990",
            " 31.02.1990 ",
            "1990-02-31T00:00:00Z",
        ] {
            assert!(is_no_day(text), "{text}");
        }
        for text in [
            "28.02.1990",
            "29.02.1984",
            "1984-02-29",
            "12/31/1990",
            "31/12/1990",
            "31.02.90",
            "636336000",
            "19900231",
            "",
            "unknown",
            "1790-01-01",
            "10.0.0.1",
            "1990",
        ] {
            assert!(!is_no_day(text), "{text}");
        }
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        for text in [
            "1980-03-15",
            "15.03.1980",
            "15.3.1980",
            "15/03/1980",
            "03/15/1980",
            "19800315",
            "1980-03-15T00:00:00Z",
            "1980-03-15 00:00:00",
        ] {
            assert_eq!(day(text), Some(date(1980, 3, 15)), "{text}");
        }
        assert_eq!(days("03/04/1980").len(), 2);
        for text in [
            "",
            "1980",
            "15.03.80",
            "31.02.1980",
            "15.03.1780",
            "x",
            "1980-03",
            "-1-1-1",
            "1980-3-15-1",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn postcodes_are_compared_without_their_country() {
        let read = |text| Postcode::read(text).map(|code| code.0);
        for text in ["80331", "D-80331", "DE 80331", " 80 331 "] {
            assert_eq!(read(text).as_deref(), Some("80331"), "{text}");
        }
        assert_eq!(read("SW1A 1aa").as_deref(), Some("SW1A1AA"));
        assert_eq!(read("EC1-1BB").as_deref(), Some("EC11BB"));
        assert_eq!(read("1012 AB").as_deref(), Some("1012AB"));
        for text in ["", "-", "%", "1", "12345678901"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
