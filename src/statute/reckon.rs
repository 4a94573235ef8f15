//! Dates: from the day of an event to the last day of its period.
//!
//! Duties to keep mostly count from the end of a year and not from the event (§ 147(4) AO, § 257(5) HGB, Art. 958f OR): who counts from the
//! day a record was made keeps it up to twelve months too short. A missing day becomes the last of its month (§ 188(3) BGB); weekends and
//! holidays do not move anything.

use jiff::Span;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::{Keep, Statute, Version};

/// From when a period counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begin {
    /// The event itself.
    Event,
    /// The end of its calendar year.
    Eoy,
    /// The end of its financial year.
    FyEnd,
    /// The end of the calendar year after it.
    EoyAfter,
}

/// The day on which a controller's financial year ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinancialYear {
    month: i8,
    /// The last of the month where the month has no such day.
    day: i8,
}

impl FinancialYear {
    pub const CALENDAR: FinancialYear = FinancialYear { month: 12, day: 31 };

    /// Reads month and day, such as `06-30`.
    pub fn parse(text: &str) -> Option<FinancialYear> {
        let (month, day) = text.split_once('-')?;
        let digits = |part: &str| {
            (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<i8>().ok())?
        };
        let (month, day) = (digits(month)?, digits(day)?);
        // 2024 is a leap year: the end of February may be written as its 28th or 29th.
        Date::new(2024, month, day).ok()?;
        Some(FinancialYear { month, day })
    }

    /// Month and day, from 1.
    pub fn month_day(self) -> (i8, i8) {
        (self.month, self.day)
    }

    /// The end of the financial year in which a day lies.
    fn end(self, day: Date) -> Option<Date> {
        let in_year = |year: i16| {
            let first = Date::new(year, self.month, 1).ok()?;
            Date::new(year, self.month, self.day.min(first.days_in_month())).ok()
        };
        let this = in_year(day.year())?;
        if day <= this {
            Some(this)
        } else {
            in_year(day.year().checked_add(1)?)
        }
    }
}

/// The day from which a period counts; `None` if the financial year is not known, or the calendar ends.
pub fn counted_from(start: Begin, event: Date, year: Option<FinancialYear>) -> Option<Date> {
    let end_of = |year: i16| (year < 9999).then(|| date(year, 12, 31));
    match start {
        Begin::Event => Some(event),
        Begin::Eoy => end_of(event.year()),
        Begin::EoyAfter => end_of(event.year().checked_add(1)?),
        Begin::FyEnd => year?.end(event),
    }
}

/// How an end was found.
#[derive(Clone, Debug)]
pub struct Reckoning<'s> {
    /// The version that decides.
    pub version: &'s Version,
    /// The version before it, whose period still ran when this one began.
    pub before: Option<&'s Version>,
    pub counted_from: Date,
    /// The last day on which it is kept; `None` without an end.
    pub until: Option<Date>,
    /// The last day on which it may be there, where the rule names one.
    pub latest: Option<Date>,
}

impl Reckoning<'_> {
    /// The first day on which nothing keeps it.
    pub fn free_from(&self) -> Option<Date> {
        self.until?.tomorrow().ok()
    }
}

impl Statute {
    /// Reckons from the day of the event. A new version takes over what the one before it still keeps; what was free stays free.
    ///
    /// `None` if the rule counts from the end of a financial year that is not known.
    pub fn reckon(&self, event: Date, year: Option<FinancialYear>) -> Option<Reckoning<'_>> {
        let mut found: Option<Reckoning<'_>> = None;
        for version in &self.versions {
            let counted_from = counted_from(version.start, event, year)?;
            let add = |span: Span| counted_from.checked_add(span).ok();
            let until = match version.keep {
                Keep::For(span) => Some(add(span)?),
                Keep::Open => None,
            };
            // Until the day before a version began, the one before it kept it.
            let held = found
                .as_ref()
                .and_then(|_| version.valid_from?.yesterday().ok());
            let reckoning = Reckoning {
                version,
                before: found.map(|reckoning| reckoning.version),
                counted_from,
                until: until.map(|until| held.map_or(until, |held| until.max(held))),
                latest: version.latest.and_then(add),
            };
            let ended = |last: Date| reckoning.until.is_some_and(|until| until <= last);
            // What was not there yet is kept by a later version alone.
            let is_over = version.valid_to.is_some_and(|last| event > last);
            if version.valid_to.is_none_or(ended) {
                return Some(reckoning);
            }
            found = (!is_over).then_some(reckoning);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, find};
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn until(id: &str, event: &str) -> String {
        let reckoning = find(id)
            .unwrap()
            .reckon(day(event), Some(FinancialYear::CALENDAR))
            .unwrap();
        reckoning.until.unwrap().to_string()
    }

    #[test]
    fn every_rule_gives_the_day_that_was_worked_out_by_hand() {
        for (id, event, last) in [
            ("de.ao147.books", "2026-12-31", "2036-12-31"),
            ("de.ao147.voucher", "2026-03-15", "2034-12-31"),
            ("de.ustg14b.invoice", "2026-03-15", "2034-12-31"),
            ("de.ao147.voucher.regulated", "2026-03-15", "2036-12-31"),
            ("de.ao147.letter", "2026-03-15", "2032-12-31"),
            ("de.ao147.delivery-note", "2026-03-15", "2026-03-15"),
            ("de.estg41.payroll", "2026-12-28", "2032-12-31"),
            ("de.sgb4.28f", "2026-09-10", "2027-12-31"),
            ("de.gwg8", "2026-04-30", "2031-12-31"),
            ("de.arbzg16", "2026-05-04", "2028-05-04"),
            ("de.milog17", "2026-05-04", "2028-05-04"),
            ("de.jarbschg50", "2026-05-04", "2028-05-04"),
            ("de.uwg7a", "2026-05-04", "2031-05-04"),
            ("de.bgb630f", "2026-05-04", "2036-05-04"),
            ("de.agg.applicant", "2026-02-10", "2026-08-10"),
            ("de.bgb195.contract", "2026-04-30", "2029-12-31"),
            ("de.bgb438.warranty", "2026-05-04", "2028-05-04"),
            ("de.bgb634a.building", "2026-05-04", "2031-05-04"),
            ("de.prodhaftg13", "2026-05-04", "2036-05-04"),
            ("de.betravg18a", "2026-05-04", "2056-05-04"),
            ("de.hinschg11", "2026-05-04", "2029-05-04"),
            ("gdpr.consent.proof", "2026-04-30", "2029-12-31"),
            ("gdpr.dsr.case", "2026-11-20", "2029-12-31"),
            ("gdpr.dsr.bundle", "2026-05-04", "2026-08-04"),
            ("gdpr.dsr.id-evidence", "2026-05-04", "2026-05-04"),
            ("at.bao132", "2026-03-15", "2033-12-31"),
            ("at.glbg.applicant", "2026-02-10", "2026-09-10"),
            ("at.dsg24.case", "2026-11-20", "2029-11-20"),
            ("ch.or958f", "2026-03-15", "2036-12-31"),
            ("ch.mwstg70.property", "2026-03-15", "2046-12-31"),
            ("ch.dsg66.case", "2026-11-20", "2031-11-20"),
        ] {
            assert_eq!(until(id, event), last, "{id}");
        }
        let endless = find("gdpr.suppression").unwrap();
        assert_eq!(endless.reckon(day("2026-05-04"), None).unwrap().until, None);
        assert_eq!(all().len(), 32);
    }

    /// A voucher whose ten years had ended by 31 December 2024 stays free; every other one has eight, but was kept until then.
    #[test]
    fn vouchers_of_2012_to_2026_on_their_boundary_days() {
        for (year, last) in [
            (2012, "2022-12-31"),
            (2013, "2023-12-31"),
            (2014, "2024-12-31"),
            (2015, "2024-12-31"),
            (2016, "2024-12-31"),
            (2017, "2025-12-31"),
            (2018, "2026-12-31"),
            (2019, "2027-12-31"),
            (2020, "2028-12-31"),
            (2021, "2029-12-31"),
            (2022, "2030-12-31"),
            (2023, "2031-12-31"),
            (2024, "2032-12-31"),
            (2025, "2033-12-31"),
            (2026, "2034-12-31"),
        ] {
            for within in ["01-01", "03-15", "12-31"] {
                let event = format!("{year}-{within}");
                assert_eq!(until("de.ao147.voucher", &event), last, "{event}");
                assert_eq!(until("de.ustg14b.invoice", &event), last, "{event}");
                let later = |years: i16| format!("{}-12-31", year + years);
                assert_eq!(until("de.ao147.voucher.regulated", &event), later(10));
                assert_eq!(until("at.bao132", &event), later(7));
                assert_eq!(until("ch.or958f", &event), later(10));
            }
        }
    }

    #[test]
    fn the_financial_year_counts_where_the_law_says_so() {
        let june = FinancialYear::parse("06-30").unwrap();
        let books = find("ch.or958f").unwrap();
        let until = |event, year| {
            books
                .reckon(day(event), year)
                .map(|r| r.until.unwrap().to_string())
        };
        assert_eq!(
            until("2026-06-30", Some(june)).as_deref(),
            Some("2036-06-30")
        );
        assert_eq!(
            until("2026-07-01", Some(june)).as_deref(),
            Some("2037-06-30")
        );
        assert_eq!(
            until("2026-07-01", None),
            None,
            "the financial year is not known"
        );
        let february = FinancialYear::parse("02-29").unwrap();
        assert_eq!(
            until("2025-03-01", Some(february)).as_deref(),
            Some("2036-02-28")
        );
        for bad in ["6-30", "13-01", "02-30", "0630", "", "+6-30", "12-31-"] {
            assert_eq!(FinancialYear::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_longer_version_takes_over_what_still_runs_and_nothing_else() {
        let version = |valid_from: Option<&str>, valid_to: Option<&str>, keep: &str| Version {
            valid_from: valid_from.map(day),
            valid_to: valid_to.map(day),
            keep: Keep::For(keep.parse().unwrap()),
            ..find("at.bao132").unwrap().versions[0].clone()
        };
        let rule = Statute {
            versions: vec![
                version(None, Some("2027-12-31"), "P5Y"),
                version(Some("2028-01-01"), None, "P8Y"),
            ],
            ..find("at.bao132").unwrap().clone()
        };
        let until = |event| {
            rule.reckon(day(event), None)
                .unwrap()
                .until
                .unwrap()
                .to_string()
        };
        assert_eq!(
            until("2022-06-01"),
            "2027-12-31",
            "free since the new year, and stays so"
        );
        assert_eq!(
            until("2023-06-01"),
            "2031-12-31",
            "still kept, so the longer period holds"
        );
        assert_eq!(
            until("2029-06-01"),
            "2037-12-31",
            "made under the new version"
        );
    }
}
