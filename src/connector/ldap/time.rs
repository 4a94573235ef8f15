//! Times as directories write them, made dates for the clock of an object.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Seconds from the first day of 1601, from which Windows counts, to that of 1970.
const SINCE_1601: i64 = 11_644_473_600;

/// Generalized time in UTC (RFC 4517, section 3.3.13): `20260131120000Z`, with or without fractions of a second.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let (digits, _) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let civil = match digits.len() {
        14 => DateTime::strptime("%Y%m%d%H%M%S", digits),
        12 => DateTime::strptime("%Y%m%d%H%M", digits),
        _ => return None,
    };
    // The year 0 stands for no time at all (`pwdAccountLockedTime` for good).
    let civil = civil.ok().filter(|at| at.year() > 0)?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

/// A moment in the notation that rules can count from; anything else stays as it is.
pub(super) fn dated(text: &str) -> String {
    let counted = || {
        let ticks: i64 = text.parse().ok().filter(|ticks| *ticks > 0)?;
        // Nobody's clock shows a year after 9999, and the largest number means never.
        Timestamp::from_second(ticks / 10_000_000 - SINCE_1601).ok()
    };
    let is_count = text.len() >= 17 && text.bytes().all(|byte| byte.is_ascii_digit());
    let found = if is_count { counted() } else { moment(text) };
    found.map_or_else(
        || text.to_owned(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

/// A day as the beginning of a generalized time.
pub(super) fn midnight(day: jiff::civil::Date) -> String {
    day.strftime("%Y%m%d000000Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_dates_or_stay() {
        assert_eq!(dated("20260131120501Z"), "2026-01-31T12:05:01Z");
        assert_eq!(dated("20260131120501.0Z"), "2026-01-31T12:05:01Z");
        assert_eq!(dated("132223104000000000"), "2020-01-01T00:00:00Z");
        assert_eq!(dated("000001010000Z"), "000001010000Z");
        assert_eq!(dated("9223372036854775807"), "9223372036854775807");
        for other in ["", "yesterday", "0", "2026-01-31", "20261331120501Z"] {
            assert_eq!(dated(other), other);
        }
        assert_eq!(midnight(jiff::civil::date(2026, 1, 31)), "20260131000000Z");
    }
}
