//! The day from which a period counts, as files and interfaces write it, and how it stands to a rule.
//!
//! Databases compare days themselves; here they come as texts. A day is a day wherever it is read. A moment, which names its zone, is
//! another day elsewhere, and counts as that of the controller's seat. What is neither, and what systems write for want of a day, counts
//! as unknown.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::moment;
use super::sweeping::Due;

/// From when a period counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A day, with or without a time of day of which nobody says where.
    Day(Date),
    Moment(Timestamp),
}

/// How a record stands to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Without a day from which to count.
    Unknown,
    /// The day is still to come.
    Future,
    /// The period runs.
    Running,
    /// The period is over.
    Over,
}

impl Start {
    /// What a text says: a day in the notation of ISO 8601 or as 31.12.2034, a moment in that of RFC 3339 or of OData 2.
    pub fn read(text: &str) -> Option<Start> {
        let text = text.trim();
        let Some((day, time)) = text.split_at_checked(10) else {
            return german(text).map(Start::Day);
        };
        let Some(day) = iso(day.as_bytes()) else {
            return german(text)
                .map(Start::Day)
                .or_else(|| moment::of_odata(text).map(Start::Moment));
        };
        match time.as_bytes() {
            [] => Some(Start::Day(day)),
            [b'T' | b' ', b'0'..=b'9', rest @ ..] => {
                let says_no_zone =
                    |byte: &u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b',');
                match rest.iter().all(says_no_zone) {
                    true => Some(Start::Day(day)),
                    false => text.parse().ok().map(Start::Moment),
                }
            }
            _ => None,
        }
    }
}

/// Four, two and two digits with hyphens, if the calendar has the day.
fn iso(text: &[u8]) -> Option<Date> {
    let number = |digits: &[u8]| {
        let each = digits.iter().map(|digit| match digit {
            b'0'..=b'9' => Some(i16::from(digit - b'0')),
            _ => None,
        });
        each.reduce(|sum, digit| Some(sum? * 10 + digit?)).flatten()
    };
    let &[_, _, _, _, b'-', _, _, b'-', _, _] = text else {
        return None;
    };
    civil(
        number(&text[..4])?,
        number(&text[5..7])?,
        number(&text[8..])?,
    )
}

fn german(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    let mut number = |most: usize| {
        let part = parts.next()?;
        let plain = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<i16>().ok())?
    };
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    (parts.next().is_none() && year > 999).then(|| civil(year, month, day))?
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The days of a rule, reckoned once for all records.
#[derive(Clone, Debug)]
pub struct Reckoner {
    days: Vec<Range<Date>>,
    moments: Vec<Range<Timestamp>>,
    today: Date,
    tomorrow: Timestamp,
    /// Before this moment, and on the day on which Unix begins to count, here or at Greenwich, nothing began.
    first: Timestamp,
    none: [Range<Timestamp>; 2],
    zone: TimeZone,
}

/// Days before this one are what systems write for want of one: 0000-00-00, 1899-12-30, 1900-01-01.
const FIRST_DAY: Date = date(1900, 1, 2);
const NO_DAY: Range<Date> = date(1970, 1, 1)..date(1970, 1, 2);

impl Reckoner {
    pub fn new(due: &Due) -> Reckoner {
        let begins = |day: Date, zone: &TimeZone| {
            let zoned = day.to_zoned(zone.clone());
            zoned.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
        };
        let here = |days: &Range<Date>| begins(days.start, &due.zone)..begins(days.end, &due.zone);
        let utc = TimeZone::UTC;
        Reckoner {
            moments: due.days.iter().map(here).collect(),
            days: due.days.clone(),
            today: due.today,
            tomorrow: begins(due.today.tomorrow().unwrap_or(due.today), &due.zone),
            first: begins(FIRST_DAY, &due.zone),
            none: [
                here(&NO_DAY),
                begins(NO_DAY.start, &utc)..begins(NO_DAY.end, &utc),
            ],
            zone: due.zone.clone(),
        }
    }

    /// How what began then stands to the rule.
    pub fn judge(&self, start: Option<Start>) -> Standing {
        match start {
            None => Standing::Unknown,
            Some(Start::Day(day)) if day < FIRST_DAY || NO_DAY.contains(&day) => Standing::Unknown,
            Some(Start::Day(day)) if day > self.today => Standing::Future,
            Some(Start::Day(day)) => over(self.days.iter().any(|range| range.contains(&day))),
            Some(Start::Moment(at)) => {
                if at < self.first || self.none.iter().any(|range| range.contains(&at)) {
                    Standing::Unknown
                } else if at >= self.tomorrow {
                    Standing::Future
                } else {
                    over(self.moments.iter().any(|range| range.contains(&at)))
                }
            }
        }
    }

    /// The day here.
    pub fn day(&self, start: Start) -> Date {
        match start {
            Start::Day(day) => day,
            Start::Moment(at) => at.to_zoned(self.zone.clone()).date(),
        }
    }

    /// Whether one began before another.
    pub fn is_before(&self, one: Start, other: Start) -> bool {
        match (one, other) {
            (Start::Day(one), Start::Day(other)) => one < other,
            (Start::Moment(one), Start::Moment(other)) => one < other,
            _ => self.day(one) < self.day(other),
        }
    }
}

fn over(is: bool) -> Standing {
    match is {
        true => Standing::Over,
        false => Standing::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::Action;

    fn due(days: &[(&str, &str)], today: &str, zone: &str) -> Due {
        let day = |text: &str| text.parse::<Date>().unwrap();
        Due {
            action: Action::Remove,
            field: "seen".into(),
            free: None,
            days: days.iter().map(|(from, to)| day(from)..day(to)).collect(),
            today: day(today),
            zone: TimeZone::get(zone).unwrap(),
        }
    }

    #[test]
    fn days_and_moments_are_read_and_nothing_else() {
        let day = |text: &str| Some(Start::Day(text.parse().unwrap()));
        let moment = |text: &str| Some(Start::Moment(text.parse().unwrap()));
        for text in [
            "2020-02-29",
            " 2020-02-29 ",
            "2020-02-29 23:59:59",
            "2020-02-29T23:59:59.123",
            "29.2.2020",
            "29.02.2020",
        ] {
            assert_eq!(Start::read(text), day("2020-02-29"), "{text}");
        }
        for text in [
            "2020-02-29T23:30:00Z",
            "2020-02-29 23:30:00Z",
            "2020-03-01T00:30:00+01:00",
            "/Date(1583019000000)/",
        ] {
            assert_eq!(Start::read(text), moment("2020-02-29T23:30:00Z"), "{text}");
        }
        for text in [
            "",
            "0",
            "NULL",
            "2019-02-29",
            "2020-13-01",
            "0000-00-00",
            "2020-2-9",
            "20200229",
            "02/29/2020",
            "2020-02-29x",
            "2020-02-29T",
            "2020-02-29T25:00:00Z",
            "2020-02-29 somewhen",
            "29.02.20",
            "29.02.2020 10:00",
            "１９９９-12-31",
            "-020-02-29",
        ] {
            assert_eq!(Start::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_at_new_year_counts_as_the_day_at_the_seat() {
        let due = due(
            &[("1900-01-01", "2021-01-01")],
            "2026-11-22",
            "Europe/Berlin",
        );
        let reckoner = Reckoner::new(&due);
        let judge = |text: &str| reckoner.judge(Start::read(text));
        assert_eq!(judge("2020-12-31T22:59:59Z"), Standing::Over);
        assert_eq!(judge("2020-12-31T23:00:00Z"), Standing::Running);
        assert_eq!(judge("2021-01-01T00:00:00+02:00"), Standing::Over);
        assert_eq!(judge("2020-12-31 23:59:59"), Standing::Over);
        assert_eq!(judge("2021-01-01"), Standing::Running);
        assert_eq!(judge("2026-11-22"), Standing::Running);
        assert_eq!(judge("2026-11-22T22:59:59Z"), Standing::Running);
        assert_eq!(judge("2026-11-22T23:00:00Z"), Standing::Future);
        assert_eq!(judge("2026-11-23"), Standing::Future);
        assert_eq!(judge("9999-12-31"), Standing::Future);
    }

    #[test]
    fn what_stands_for_no_day_is_unknown() {
        let due = due(
            &[("0001-01-01", "2021-01-01")],
            "2026-11-22",
            "Europe/Berlin",
        );
        let reckoner = Reckoner::new(&due);
        for text in [
            "0001-01-01",
            "1899-12-30",
            "1900-01-01",
            "1970-01-01",
            "1970-01-01T00:00:00Z",
            "1970-01-01T23:59:59Z",
            "1969-12-31T23:30:00Z",
            "0001-01-01T00:00:00Z",
            "/Date(0)/",
            "1900-01-01T12:00:00Z",
        ] {
            let judged = reckoner.judge(Start::read(text));
            assert_eq!(judged, Standing::Unknown, "{text}");
        }
        assert_eq!(reckoner.judge(Start::read("1900-01-02")), Standing::Over);
    }
}
