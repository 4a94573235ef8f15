//! The day that a value shows, on the calendar of the company's seat.
//!
//! A day of the calendar is the same everywhere. A moment is not: half past eleven in the evening of 31 December in UTC is in Munich the
//! first day of the next year, and a year's end decides about ten years. Sweeps take the same calendar into their statements.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use serde_json::Value;

/// How the values of one object show days.
#[derive(Clone, Debug, Default)]
pub struct Days {
    /// Where a moment becomes a day; `None` where the machine does not know that place's time, and no moment is a day that anybody knows.
    zone: Option<TimeZone>,
    /// Fields whose values are moments in UTC and do not say so.
    in_utc: Vec<String>,
}

impl Days {
    /// On the calendar of a seat (ISO 3166).
    pub fn at_seat(seat: &str) -> Days {
        Days {
            zone: zone(seat),
            in_utc: Vec::new(),
        }
    }

    /// The same for an object of which some fields hold moments in UTC without saying so, as columns of type `timestamp` in MySQL do.
    pub fn with_utc(self, fields: Vec<String>) -> Days {
        Days {
            in_utc: fields,
            ..self
        }
    }

    /// The calendar day of a date or time stamp as systems write it: ISO 8601 first, then 31.12.2034, then `/Date(…)/` of OData 2.
    ///
    /// Days that systems write for want of one are no start, or a duty to keep would end before it began.
    pub fn of(&self, field: &str, value: &Value) -> Option<Date> {
        let text = value.as_str()?.trim();
        let written = written(text);
        // The zero of a system stands in its own writing; elsewhere it may be the day before.
        if written.is_some_and(stands_for_nothing) {
            return None;
        }
        let day = match moment(text).or_else(|| self.utc(field, text)) {
            Some(moment) => Some(moment.to_zoned(self.zone.clone()?).date()),
            None => written.or_else(|| Date::strptime("%d.%m.%Y", text).ok()),
        };
        day.filter(|day| !stands_for_nothing(*day))
    }

    fn utc(&self, field: &str, text: &str) -> Option<Timestamp> {
        if !self.in_utc.iter().any(|name| name == field) {
            return None;
        }
        let time: DateTime = text.parse().ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

/// The day with which a text begins, alone or before a time of day.
fn written(text: &str) -> Option<Date> {
    let (day, time) = text.split_at_checked(10)?;
    let is_time = matches!(time.as_bytes(), [] | [b'T' | b' ', b'0'..=b'9', ..]);
    is_time.then(|| day.parse().ok())?
}

/// The point in time that a text names; `None` where it says nothing of a zone.
fn moment(text: &str) -> Option<Timestamp> {
    let in_utc = |zone| text.strip_suffix(zone).map(|time| format!("{time}Z"));
    match in_utc(" UTC").or_else(|| in_utc(" GMT")) {
        Some(text) => text.parse().ok(),
        None => text
            .parse()
            .ok()
            .or_else(|| crate::connector::moment::of_odata(text)),
    }
}

/// The zero of Unix, of spreadsheets, of .NET, of SQL Server.
pub(super) fn stands_for_nothing(day: Date) -> bool {
    day < date(1900, 1, 2) || day == date(1970, 1, 1)
}

/// The time of a company's seat (ISO 3166), that of this machine where the country has several or is not listed; `None` if the machine
/// does not know the zone.
pub fn zone(seat: &str) -> Option<TimeZone> {
    let name = match seat.get(..2) {
        Some("DE") => "Europe/Berlin",
        Some("AT") => "Europe/Vienna",
        Some("CH") => "Europe/Zurich",
        Some("LI") => "Europe/Vaduz",
        Some("LU") => "Europe/Luxembourg",
        Some("FR") => "Europe/Paris",
        Some("NL") => "Europe/Amsterdam",
        Some("BE") => "Europe/Brussels",
        _ => return Some(TimeZone::system()),
    };
    TimeZone::get(name).ok()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn a_moment_that_does_not_name_its_zone_is_in_utc_only_where_that_is_known() {
        let days = Days::at_seat("DE").with_utc(vec!["made_at".into()]);
        let late = json!("2026-12-31 23:30:00");
        assert_eq!(days.of("made_at", &late), Some(date(2027, 1, 1)));
        assert_eq!(days.of("sent_at", &late), Some(date(2026, 12, 31)));
        let fraction = json!("2026-06-30 22:00:00.000000");
        assert_eq!(days.of("made_at", &fraction), Some(date(2026, 7, 1)));
        assert_eq!(
            days.of("made_at", &json!("2026-12-31")),
            Some(date(2026, 12, 31))
        );
    }

    #[test]
    fn where_the_time_of_the_seat_is_not_known_no_moment_is_a_day() {
        let days = Days::default();
        assert_eq!(days.of("at", &json!("2026-06-30T12:00:00Z")), None);
        assert_eq!(days.of("at", &json!("2026-06-30")), Some(date(2026, 6, 30)));
    }

    #[test]
    fn the_zero_of_a_system_is_no_day_in_any_zone() {
        let days = Days::at_seat("DE").with_utc(vec!["made_at".into()]);
        for zero in [
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:00:00Z",
            "1970-01-01 00:00:00",
            "1899-12-30T23:59:59Z",
            "/Date(0)/",
        ] {
            assert_eq!(days.of("made_at", &json!(zero)), None, "{zero}");
        }
    }
}
