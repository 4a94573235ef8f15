//! When a rule ends for the day of an event, and which of two rules ends first.
//!
//! Two rules are compared by what they come to and not by how they are written: `P8Y` from the day itself ends up to a year before
//! `P8Y` from the end of its year. Both are taken to count from the same event.

use jiff::civil::{Date, date};

use crate::inventory::Rule;
use crate::statute::{self, FinancialYear};

/// Days that show every difference between two rules: the ends of a calendar and of a half-year, and a leap day. They lie far ahead,
/// so that of every rule the version of today decides.
pub const TELLING_DAYS: [Date; 5] = [
    date(2104, 1, 1),
    date(2104, 2, 29),
    date(2104, 6, 30),
    date(2104, 7, 1),
    date(2104, 12, 31),
];

impl Rule {
    /// Last day of a period that began with an event; the outer `None` if it cannot be reckoned, the inner one if it has no end.
    pub fn last_day(&self, event: Date, year: Option<FinancialYear>) -> Option<Option<Date>> {
        match self {
            Rule::Catalogue { statute, .. } => Some(statute.reckon(event, year)?.until),
            Rule::Stated { keep, start, .. } => {
                let from = statute::counted_from(start.begin(), event, year)?;
                from.checked_add(*keep).ok().map(Some)
            }
        }
    }

    /// Whether it ends before another for some day of the event. A financial year that is not known is taken as the calendar's.
    pub fn is_shorter_than(&self, other: &Rule, year: Option<FinancialYear>) -> bool {
        let year = Some(year.unwrap_or(FinancialYear::CALENDAR));
        TELLING_DAYS.iter().any(|day| {
            match (self.last_day(*day, year), other.last_day(*day, year)) {
                (Some(Some(one)), Some(Some(other))) => one < other,
                (Some(Some(_)), Some(None)) => true,
                _ => false,
            }
        })
    }
}
