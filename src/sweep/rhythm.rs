//! Which runs are missing, by the rhythm in which they are expected.

use jiff::Timestamp;

/// Runs that should have been and were not, all of them between two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Timestamp,
    pub to: Timestamp,
    pub missing: u64,
}

/// How many runs are missing between one and the next, or between the last one and now.
///
/// A run that comes less than half a step late is late and not missing: an hour that a summer adds, or a night that was long, is no gap.
pub fn missing(from: Timestamp, to: Timestamp, every_s: u64) -> u64 {
    let passed = to.as_second().saturating_sub(from.as_second());
    let passed = u64::try_from(passed).unwrap_or(0);
    let every = every_s.max(1);
    (passed.saturating_add(every / 2) / every).saturating_sub(1)
}

/// Those of them that were due from `start` on and before `end`.
pub fn missing_within(
    (from, to): (Timestamp, Timestamp),
    every_s: u64,
    (start, end): (Timestamp, Timestamp),
) -> u64 {
    let all = i128::from(missing(from, to, every_s));
    let every = i128::from(every_s.max(1));
    let after = |at: Timestamp| i128::from(at.as_second()) - i128::from(from.as_second());
    // The first and the last that is due within, counted from the run before them.
    let first = (after(start) + every - 1).div_euclid(every).max(1);
    let last = (after(end) - 1).div_euclid(every).min(all);
    u64::try_from(last - first + 1).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_a_period_are_counted_and_no_others() {
        let day = |days: i64| Timestamp::from_second(days * 86_400).unwrap();
        let within = |from, to, start, end| {
            missing_within((day(from), day(to)), 86_400, (day(start), day(end)))
        };
        assert_eq!(within(0, 10, 0, 20), 9);
        assert_eq!(within(0, 10, 0, 5), 4, "the day of the next is another's");
        assert_eq!(within(0, 10, 5, 20), 5);
        assert_eq!(within(0, 10, 5, 5), 0);
        assert_eq!(within(0, 10, 12, 20), 0);
        assert_eq!(within(5, 10, 0, 5), 0);
        assert_eq!(within(0, 1, 0, 5), 0, "nothing is missing");
        let parts: u64 = (0..10).map(|start| within(0, 10, start, start + 1)).sum();
        assert_eq!(parts, 9, "each belongs to one day");
    }

    #[test]
    fn late_is_not_missing_and_each_missing_one_is_counted() {
        let hour = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
        let day = 24 * 3600;
        for (hours, expected) in [
            (0, 0),
            (1, 0),
            (23, 0),
            (24, 0),
            (25, 0),
            (35, 0),
            (36, 1),
            (48, 1),
            (59, 1),
            (60, 2),
            (72, 2),
            (24 * 31, 30),
        ] {
            assert_eq!(missing(hour(0), hour(hours), day), expected, "{hours}");
        }
        assert_eq!(
            missing(hour(48), hour(0), day),
            0,
            "a clock that was set back"
        );
        assert!(
            missing(hour(0), hour(1), 0) > 0,
            "no rhythm divides by zero"
        );
    }
}
