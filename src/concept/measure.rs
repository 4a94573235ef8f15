//! How long a rule keeps: lengths for people and for the matrix of classes, and which of two rules ends first.

use std::cmp::Ordering;

use jiff::Span;

use crate::inventory::{Rule, TELLING_DAYS};
use crate::statute::{Begin, FinancialYear, Keep, Statute, Version};

/// A period in calendar units: months and days, the only two that cannot be turned into each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    pub months: i64,
    pub days: i64,
}

impl Length {
    pub const NONE: Length = Length { months: 0, days: 0 };

    pub fn of(span: Span) -> Length {
        Length {
            months: i64::from(span.get_years()) * 12 + i64::from(span.get_months()),
            days: i64::from(span.get_weeks()) * 7 + i64::from(span.get_days()),
        }
    }

    pub fn and(self, more: Length) -> Length {
        Length {
            months: self.months + more.months,
            days: self.days + more.days,
        }
    }

    /// ISO 8601, always written the same for the same length: `P2Y1M` for 25 months.
    pub fn iso(self) -> String {
        let mut out = "P".to_owned();
        for (count, unit) in [
            (self.months / 12, 'Y'),
            (self.months % 12, 'M'),
            (self.days, 'D'),
        ] {
            if count != 0 {
                out += &format!("{count}{unit}");
            }
        }
        if out.len() == 1 {
            out += "0D";
        }
        out
    }

    /// Thousandths of a day, a month as a 4800th part of the 400 years in which the calendar repeats.
    fn weight(self) -> i64 {
        self.months * 146_097_000 / 4800 + self.days * 1000
    }
}

impl Ord for Length {
    fn cmp(&self, other: &Length) -> Ordering {
        let exact = |one: &Length| (one.weight(), one.months, one.days);
        exact(self).cmp(&exact(other))
    }
}

impl PartialOrd for Length {
    fn partial_cmp(&self, other: &Length) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The version of a rule that holds now.
pub fn current(statute: &Statute) -> &Version {
    statute.versions.last().expect("a rule has a version")
}

/// How long a rule keeps; `None` without an end.
pub fn keeps(rule: &Rule) -> Option<Length> {
    match rule {
        Rule::Catalogue { statute, .. } => match current(statute).keep {
            Keep::For(span) => Some(Length::of(span)),
            Keep::Open => None,
        },
        Rule::Stated { keep, .. } => Some(Length::of(*keep)),
    }
}

/// How it counts.
pub fn begin(rule: &Rule) -> Begin {
    match rule {
        Rule::Catalogue { statute, .. } => current(statute).start,
        Rule::Stated { start, .. } => start.begin(),
    }
}

/// Whether one rule ends before another for some day of the event. A financial year that is not known is taken as the calendar's.
pub fn is_shorter(one: &Rule, other: &Rule, year: Option<FinancialYear>) -> bool {
    one.is_shorter_than(other, year)
}

/// Whether a rule, with the time that its execution takes, ends after the day by which a law wants it gone.
pub fn is_too_long(
    rule: &Rule,
    window: Option<Span>,
    statute: &Statute,
    year: Option<FinancialYear>,
) -> bool {
    let year = Some(year.unwrap_or(FinancialYear::CALENDAR));
    TELLING_DAYS.iter().any(|day| {
        let latest = statute.reckon(*day, year).and_then(|r| r.latest);
        let last = rule.last_day(*day, year).flatten();
        let last = last.map(|last| window.map_or(last, |window| last.saturating_add(window)));
        matches!((last, latest), (Some(last), Some(latest)) if last > latest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{RuleKind, Start};
    use crate::statute;

    fn length(text: &str) -> Length {
        Length::of(text.parse().unwrap())
    }

    fn stated(keep: &str, start: Start) -> Rule {
        Rule::Stated {
            keep: keep.parse().unwrap(),
            start,
            kind: RuleKind::Min,
            because: None,
        }
    }

    fn law(id: &str) -> Rule {
        Rule::Catalogue {
            statute: statute::find(id).unwrap(),
            field: None,
        }
    }

    #[test]
    fn lengths_are_written_one_way_and_stand_in_order() {
        for (one, shown) in [
            ("P25M", "P2Y1M"),
            ("P24M", "P2Y"),
            ("P6W", "P42D"),
            ("P1Y2M3D", "P1Y2M3D"),
            ("P0D", "P0D"),
        ] {
            assert_eq!(length(one).iso(), shown);
        }
        let order = ["P0D", "P42D", "P120D", "P1Y", "P366D", "P25M", "P10Y"];
        for pair in order.windows(2) {
            assert!(length(pair[0]) < length(pair[1]), "{pair:?}");
        }
        assert_eq!(length("P2Y").and(length("P1M")), length("P25M"));
        assert_eq!(length("P12M"), length("P1Y"));
    }

    #[test]
    fn a_period_from_the_day_itself_is_shorter_than_one_from_the_end_of_its_year() {
        let eoy = |keep| stated(keep, Start::Eoy("issued".into()));
        let day = |keep| stated(keep, Start::Event("issued".into()));
        let voucher = law("de.ao147.voucher");
        assert!(is_shorter(&day("P8Y"), &voucher, None));
        assert!(!is_shorter(&eoy("P8Y"), &voucher, None));
        assert!(is_shorter(&eoy("P6Y"), &voucher, None));
        assert!(!is_shorter(&eoy("P10Y"), &voucher, None));
        // Nine years from the day are never before eight from the end of its year.
        assert!(!is_shorter(&day("P9Y"), &voucher, None));
        // A financial year of its own moves the end, and the calendar does not.
        let june = FinancialYear::parse("06-30");
        assert!(is_shorter(&eoy("P10Y"), &law("ch.or958f"), june));
        assert!(!is_shorter(&eoy("P10Y"), &law("ch.or958f"), None));
        // Nothing is longer than what has no end, and that is shorter than nothing.
        assert!(is_shorter(&voucher, &law("gdpr.suppression"), None));
        assert!(!is_shorter(&law("gdpr.suppression"), &voucher, None));
    }

    #[test]
    fn the_latest_day_of_a_law_counts_with_the_window() {
        let gwg = statute::find("de.gwg8").unwrap();
        let rule = |keep| stated(keep, Start::Eoy("ended".into()));
        let month = "P1M".parse().ok();
        assert!(!is_too_long(&rule("P10Y"), None, gwg, None));
        assert!(is_too_long(&rule("P10Y"), month, gwg, None));
        assert!(!is_too_long(&rule("P9Y"), month, gwg, None));
        let voucher = statute::find("de.ao147.voucher").unwrap();
        assert!(!is_too_long(&rule("P99Y"), month, voucher, None));
    }
}
