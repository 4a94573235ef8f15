//! Duties to keep, of a data type's own rule and beside it: a record is kept until the last of them ends.
//!
//! All of them count from the one day that the data type names. A norm that counts from another kind of day (an audit, the end of a
//! relationship) cannot be reckoned from it, and is then taken to run still.

use jiff::civil::Date;

use super::End;
use crate::inventory::{DataType, Duty, Rule, RuleKind, StartType, as_rule};
use crate::statute::{self, Begin, Statute};

/// Why a data type's rule cannot be carried out though everything it needs is there.
#[derive(Clone, Copy, Debug)]
pub enum Conflict {
    /// It is stated as a duty to keep, and ends before the norm that it stands for.
    ShortMinimum(&'static Statute),
    /// A duty counts from another kind of day than the data type names.
    OtherDay(&'static Statute),
}

/// What contradicts a data type's rule; `None` if nothing does.
pub fn conflict(data_type: &DataType) -> Option<Conflict> {
    let is_minimum = matches!(
        data_type.rule,
        Rule::Stated {
            kind: RuleKind::Min,
            ..
        }
    );
    for duty in data_type.duties.iter().filter(|_| is_minimum) {
        if duty.norms.iter().all(|norm| falls_short(data_type, norm)) {
            // Of several that may be meant, the last of the catalogue is the shortest.
            return duty.norms.last().copied().map(Conflict::ShortMinimum);
        }
    }
    let mut duties = data_type.duties.iter();
    let other = duties.find(|duty| {
        let mut norms = duty.norms.iter();
        norms.all(|norm| !counts_alike(data_type, norm))
    });
    other?.norms.first().copied().map(Conflict::OtherDay)
}

/// The norms that keep records of a data type longer than its own rule does.
pub fn beyond_the_rule(data_type: &DataType) -> Vec<&'static Statute> {
    // Of several that may be meant, the last of the catalogue is the shortest.
    let norms = data_type
        .duties
        .iter()
        .filter_map(|duty| duty.norms.last().copied());
    norms.filter(|norm| falls_short(data_type, norm)).collect()
}

/// Whether the day that a data type names is of the kind that a norm counts from.
pub fn counts_alike(data_type: &DataType, norm: &'static Statute) -> bool {
    let own = match &data_type.rule {
        Rule::Catalogue { statute, .. } if statute.id == norm.id => return true,
        Rule::Catalogue { statute, .. } => statute.versions.last().map(|version| version.start),
        Rule::Stated { start, .. } => Some(start.begin()),
    };
    let is_audit = |begin: Option<Begin>| begin == Some(Begin::EoyAfter);
    if is_audit(own) != is_audit(norm.versions.last().map(|version| version.start)) {
        return false;
    }
    match StartType::of(&data_type.rule, &data_type.about) {
        None => true,
        Some(stated) => stated == StartType::of_statute(norm) || !falls_short(data_type, norm),
    }
}

fn falls_short(data_type: &DataType, norm: &'static Statute) -> bool {
    data_type
        .rule
        .is_shorter_than(&as_rule(norm), data_type.financial_year)
}

/// A duty to keep a record, by its norm and its end.
pub(super) struct Kept {
    pub norm: String,
    pub end: End,
}

/// What stands longest against the erasure of a record that counts from some day: the data type's rule, if it is a duty, or one beside it.
pub(super) fn strongest(data_type: &DataType, event: Option<Date>) -> Option<Kept> {
    let own = own_duty(data_type).map(|norm| Kept {
        norm,
        end: event.map_or(End::Unknown, |event| own_end(data_type, event)),
    });
    let beside = data_type
        .duties
        .iter()
        .filter_map(|duty| end_of(data_type, duty, event));
    own.into_iter().chain(beside).reduce(|one, other| {
        if rank(&other.end) > rank(&one.end) {
            other
        } else {
            one
        }
    })
}

/// When the period of a record ends that counts from some day: the last of its rule and of the duties beside it.
pub(super) fn whole_end(data_type: &DataType, event: Date) -> End {
    let beside = data_type
        .duties
        .iter()
        .filter_map(|duty| end_of(data_type, duty, Some(event)))
        .map(|kept| kept.end);
    beside.fold(own_end(data_type, event), |one, other| {
        if rank(&other) > rank(&one) {
            other
        } else {
            one
        }
    })
}

/// What cannot be known lasts longest, what has no end longer than what has one.
fn rank(end: &End) -> (u8, Option<Date>) {
    match end {
        End::On(day) => (0, Some(*day)),
        End::Never => (1, None),
        End::Unknown => (2, None),
    }
}

fn own_end(data_type: &DataType, event: Date) -> End {
    match data_type.rule.last_day(event, data_type.financial_year) {
        Some(Some(until)) => End::On(until),
        Some(None) => End::Never,
        None => End::Unknown,
    }
}

/// Of norms of which one applies, nobody knows which, the one that ends first is certain.
fn end_of(data_type: &DataType, duty: &Duty, event: Option<Date>) -> Option<Kept> {
    let ends = duty.norms.iter().map(|norm| {
        let reckoned = event
            .filter(|_| counts_alike(data_type, norm))
            .and_then(|event| norm.reckon(event, data_type.financial_year));
        Kept {
            norm: in_words(norm),
            end: match reckoned.map(|reckoning| reckoning.until) {
                Some(Some(until)) => End::On(until),
                Some(None) => End::Never,
                None => End::Unknown,
            },
        }
    });
    ends.min_by_key(|kept| rank(&kept.end))
}

/// The norm of a data type's own rule; `None` where it is no duty.
fn own_duty(data_type: &DataType) -> Option<String> {
    match &data_type.rule {
        Rule::Catalogue { statute, .. } => {
            (statute.kind == statute::Kind::Min).then(|| in_words(statute))
        }
        Rule::Stated { kind, because, .. } => (*kind == RuleKind::Min)
            .then(|| because.clone().unwrap_or_else(|| data_type.name.clone())),
    }
}

/// A norm as plans and letters name it.
pub fn in_words(statute: &Statute) -> String {
    let norm = statute.versions.last().map_or("", |version| &version.norm);
    format!("{norm} ({})", statute.id)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::inventory::{DutySource, Start, Then};
    use crate::law::days_over;
    use crate::statute::find;

    fn data_type(keep: &str, start: Start, kind: RuleKind, norms: &[&str]) -> DataType {
        let duties = norms.iter().map(|id| Duty {
            norms: vec![find(id).unwrap()],
            by: DutySource::Named,
        });
        DataType {
            name: "vouchers".into(),
            objects: vec!["shop.invoices".into()],
            purpose: None,
            basis: None,
            rule: Rule::Stated {
                keep: keep.parse().unwrap(),
                start,
                kind,
                because: Some("§ 147 AO".into()),
            },
            then: Then::Remove,
            steering: None,
            active_until: None,
            financial_year: None,
            duties: duties.collect(),
            about: Default::default(),
        }
    }

    fn event() -> Start {
        Start::Event("issued_on".into())
    }

    #[test]
    fn the_longest_of_several_duties_is_named_with_its_day() {
        let norms = ["de.ao147.letter", "de.ao147.voucher", "de.ustg14b.invoice"];
        for kind in [RuleKind::Max, RuleKind::Min] {
            let vouchers = data_type("P2Y", event(), kind, &norms);
            let kept = strongest(&vouchers, Some(date(2026, 3, 15))).unwrap();
            assert!(matches!(kept.end, End::On(day) if day == date(2034, 12, 31)));
            assert!(kept.norm.contains("de.ao147.voucher"), "{}", kept.norm);
        }
        // A rule that is longer by itself is what is named.
        let longer = data_type("P10Y", event(), RuleKind::Min, &norms);
        let kept = strongest(&longer, Some(date(2026, 3, 15))).unwrap();
        assert!(matches!(kept.end, End::On(day) if day == date(2036, 3, 15)));
        assert_eq!(kept.norm, "§ 147 AO");
        // Without a day nothing is known to be over.
        let kept = strongest(&longer, None).unwrap();
        assert!(matches!(kept.end, End::Unknown));
        let free = data_type("P2Y", event(), RuleKind::Max, &[]);
        assert!(strongest(&free, None).is_none());
    }

    #[test]
    fn a_sweep_touches_no_day_before_the_last_of_every_duty() {
        let vouchers = data_type(
            "P2Y",
            event(),
            RuleKind::Max,
            &["de.ao147.letter", "de.ao147.voucher"],
        );
        for today in [
            date(2024, 12, 31),
            date(2025, 1, 1),
            date(2025, 12, 31),
            date(2026, 1, 1),
            date(2026, 11, 22),
            date(2034, 12, 31),
            date(2035, 1, 1),
        ] {
            let over = days_over(&vouchers, today).unwrap();
            let mut day = date(2005, 1, 1);
            while day <= today {
                let is_over = over.iter().any(|range| range.contains(&day));
                let voucher = find("de.ao147.voucher").unwrap();
                let until = voucher.reckon(day, None).unwrap().until.unwrap();
                let own = day.checked_add(jiff::Span::new().years(2)).unwrap();
                assert_eq!(is_over, until < today && own < today, "{day} on {today}");
                day = day.checked_add(jiff::Span::new().days(13)).unwrap();
            }
        }
        // The boundary itself: vouchers of 2026 are kept to the last day of 2034.
        let is_due = |today| {
            let over = days_over(&vouchers, today).unwrap();
            over.iter().any(|range| range.contains(&date(2026, 12, 31)))
        };
        assert!(!is_due(date(2034, 12, 31)));
        assert!(is_due(date(2035, 1, 1)));
    }

    #[test]
    fn a_minimum_below_its_norm_and_a_day_of_another_kind_are_conflicts() {
        let short = data_type("P1D", event(), RuleKind::Min, &["de.ao147.voucher"]);
        assert!(matches!(conflict(&short), Some(Conflict::ShortMinimum(_))));
        let limit = data_type("P1D", event(), RuleKind::Max, &["de.ao147.voucher"]);
        assert!(conflict(&limit).is_none());
        let audit = data_type("P9Y", event(), RuleKind::Max, &["de.sgb4.28f"]);
        assert!(matches!(conflict(&audit), Some(Conflict::OtherDay(_))));
        assert!(days_over(&audit, date(2026, 1, 1)).is_none());
        let mut left = limit.clone();
        left.about.start_type = Some(StartType::EndOfRelationship);
        assert!(matches!(conflict(&left), Some(Conflict::OtherDay(_))));
        let mut long = data_type("P10Y", event(), RuleKind::Max, &["de.ao147.voucher"]);
        long.about.start_type = Some(StartType::EndOfRelationship);
        assert!(conflict(&long).is_none());
    }
}
