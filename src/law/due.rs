//! The days of which a period is over: what a sweep may touch.

use std::ops::Range;

use jiff::civil::Date;

use super::days::stands_for_nothing;
use super::{End, duty};
use crate::inventory::DataType;

/// The days from which a period has run out by `today`, as ranges without their end, oldest first.
///
/// Every day is reckoned by itself, so whatever a rule does (a new version that shortens it, a leap day, the end of a financial year), the
/// ranges say the same as the reckoning of a single record, the duties beside the rule included. `None` if the rule cannot be reckoned: the end of the financial year is not
/// known.
pub fn days_over(data_type: &DataType, today: Date) -> Option<Vec<Range<Date>>> {
    let mut over: Vec<Range<Date>> = Vec::new();
    let mut day = Date::constant(1900, 1, 2);
    while day <= today {
        let next = day.tomorrow().ok()?;
        let is_over = !stands_for_nothing(day)
            && match duty::whole_end(data_type, day) {
                End::On(until) => until < today,
                End::Never => false,
                End::Unknown => return None,
            };
        if is_over {
            match over.last_mut() {
                Some(last) if last.end == day => last.end = next,
                _ => over.push(day..next),
            }
        }
        day = next;
    }
    Some(over)
}
