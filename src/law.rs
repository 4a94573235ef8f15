//! Which decision the law makes for a record, and until when.
//!
//! Pure: it reads the inventory's data types, one record and a day; [`days_over`] says for sweeps which days are over. Only a statutory duty
//! to keep (a `min` rule, or one that binds beside the rule: `duty`) and an unknown start under one stand against an erasure request; a
//! `max` rule serves sweeps, and ends no earlier than the duties beside it. No flag and no rule overrides any of this (Art. 17(3)(b) GDPR;
//! docs/promises.md, 7).

mod days;
mod due;
mod duty;

use jiff::civil::Date;
use serde_json::Value;

pub use days::{Days, is_no_day, zone};
pub use due::days_over;
pub use duty::{Conflict, beyond_the_rule, conflict, counts_alike, in_words};

use crate::connector::Record;
use crate::connector::object::Object;
use crate::inventory::{DataType, Rule};
use crate::messages::{Text, law as say};
use crate::plan::Decision;
use crate::statute;
use duty::Kept;

/// What is to happen with one record, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    pub decision: Decision,
    /// Last day on which it must be kept.
    pub until: Option<Date>,
    pub because: Option<Text>,
    /// The duty that keeps it, or may keep it still.
    pub norm: Option<String>,
}

impl Ruling {
    fn erase() -> Ruling {
        Ruling {
            decision: Decision::Erase,
            until: None,
            because: None,
            norm: None,
        }
    }
}

/// Decides about one record for an erasure request.
///
/// `name` is `system.object`; `day` is the day of the plan, `days` how the object's values show theirs.
pub fn decide(
    data_types: &[DataType],
    name: &str,
    object: &Object,
    record: &Record,
    day: Date,
    days: &Days,
) -> Ruling {
    let Some(data_type) = data_type_of(data_types, name) else {
        return Ruling::erase();
    };
    // What is kept on purpose, such as a suppression list, protects the person: whether it goes is a person's word.
    if let Rule::Catalogue { statute, .. } = &data_type.rule
        && statute.kind == statute::Kind::Keep
    {
        return Ruling {
            decision: Decision::Manual,
            until: None,
            because: Some(say::kept_on_purpose(&statute.id)),
            norm: None,
        };
    }
    let event = event_of(data_type, object, record, days);
    let Some(Kept { norm, end }) = duty::strongest(data_type, event) else {
        return Ruling::erase();
    };
    let retain = |until| Ruling {
        decision: Decision::Retain,
        until,
        because: Some(say::must_be_kept(&norm)),
        norm: Some(norm.clone()),
    };
    match end {
        End::On(until) if day <= until => retain(Some(until)),
        End::On(_) => Ruling::erase(),
        End::Never => retain(None),
        End::Unknown => Ruling {
            decision: Decision::UnknownStart,
            until: None,
            because: Some(say::unknown_start(&norm)),
            norm: Some(norm),
        },
    }
}

/// Last day of the period that a rule sets for a record, to keep it or to have deleted it by then; `None` if it cannot be reckoned or
/// has no end.
pub fn period_ends(
    data_type: &DataType,
    object: &Object,
    record: &Record,
    days: &Days,
) -> Option<Date> {
    match end(data_type, object, record, days) {
        End::On(day) => Some(day),
        End::Never | End::Unknown => None,
    }
}

/// The day from which the period of a record counts; `None` if it shows none.
pub fn start_of(
    data_types: &[DataType],
    name: &str,
    object: &Object,
    record: &Record,
    days: &Days,
) -> Option<Date> {
    let field = match &data_type_of(data_types, name)?.rule {
        Rule::Catalogue { field, .. } => field.as_deref(),
        Rule::Stated { start, .. } => start.field(),
    };
    let field = field.or(object.clock.as_deref())?;
    days.of(field, value_of(object, record, field)?)
}

/// Whether anything of an object's records tells a day by which a range could find them.
pub fn tells_days(data_types: &[DataType], name: &str, object: &Object) -> bool {
    let rule = data_type_of(data_types, name).map(|data_type| &data_type.rule);
    let field = rule.and_then(|rule| match rule {
        Rule::Catalogue { field, .. } => field.as_deref(),
        Rule::Stated { start, .. } => start.field(),
    });
    object.clock.is_some() || field.is_some()
}

/// The day by which a range of days finds a record: what its object's clock shows, where it has none the day from which its period
/// counts.
pub fn day_for_holds(
    data_types: &[DataType],
    name: &str,
    object: &Object,
    record: &Record,
    days: &Days,
) -> Option<Date> {
    match object.clock {
        Some(_) => clock_day(object, record, days),
        None => start_of(data_types, name, object, record, days),
    }
}

/// The data type that an object (`system.object`) belongs to.
pub fn data_type_of<'t>(data_types: &'t [DataType], name: &str) -> Option<&'t DataType> {
    let mut all = data_types.iter();
    all.find(|data_type| data_type.objects.iter().any(|object| object == name))
}

/// When a period ends for a record.
enum End {
    On(Date),
    Never,
    /// It shows no day from which to count, or several, or the end of the financial year is not known.
    Unknown,
}

fn end(data_type: &DataType, object: &Object, record: &Record, days: &Days) -> End {
    match event_of(data_type, object, record, days) {
        Some(event) => duty::whole_end(data_type, event),
        None => End::Unknown,
    }
}

fn event_of(data_type: &DataType, object: &Object, record: &Record, days: &Days) -> Option<Date> {
    let field = start_field(data_type, object)?;
    days.of(field, value_of(object, record, field)?)
}

/// The field that shows a record's day, from which the rule of its data type counts.
pub fn start_field<'a>(data_type: &'a DataType, object: &'a Object) -> Option<&'a str> {
    let field = match &data_type.rule {
        Rule::Catalogue { field, .. } => field.as_deref(),
        Rule::Stated { start, .. } => start.field(),
    };
    field.or(object.clock.as_deref())
}

/// The day that the object's clock shows for a record; `None` where it shows none, or several.
pub fn clock_day(object: &Object, record: &Record, days: &Days) -> Option<Date> {
    let clock = object.clock.as_ref()?;
    days.of(clock, value_of(object, record, clock)?)
}

fn value_of<'r>(object: &Object, record: &'r Record, name: &str) -> Option<&'r Value> {
    // Of several dates none is certain to be the one.
    match object.at(name).all(&record.data)[..] {
        [one] => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::connector::Key;
    use crate::connector::object::{Erase, How};
    use crate::inventory::{RuleKind, Start, Then};

    fn object() -> Object {
        Object {
            name: "invoices".into(),
            key: vec!["id".into()],
            find: Vec::new(),
            fields: Vec::new(),
            clock: Some("issued_on".into()),
            cap: 500,
            erase: Erase::Remove,
            after: Vec::new(),
            also: Vec::new(),
            by_hand: Vec::new(),
            screen: None,
            how: How::File {
                restrict: Vec::new(),
                unrestrict: Vec::new(),
            },
        }
    }

    fn decide_on(issued: Value, kind: RuleKind, start: Start, day: Date) -> Ruling {
        let keep = "P8Y".parse().unwrap();
        let rule = Rule::Stated {
            keep,
            start,
            kind,
            because: Some("§147 AO".into()),
        };
        let types = [DataType {
            name: "vouchers".into(),
            objects: vec!["shop.invoices".into()],
            purpose: None,
            basis: None,
            rule,
            then: Then::Remove,
            steering: None,
            active_until: None,
            financial_year: None,
            duties: Vec::new(),
            about: Default::default(),
        }];
        let record = Record {
            key: Key::new(vec!["1".into()]).unwrap(),
            data: json!({ "issued_on": issued }),
        };
        decide(
            &types,
            "shop.invoices",
            &object(),
            &record,
            day,
            &Days::at_seat("DE-BY"),
        )
    }

    #[test]
    fn a_voucher_is_kept_to_the_last_day_of_the_eighth_year() {
        let eoy = || Start::Eoy("issued_on".into());
        let kept = decide_on(
            json!("2026-03-15"),
            RuleKind::Min,
            eoy(),
            date(2034, 12, 31),
        );
        assert_eq!(
            (kept.decision, kept.until),
            (Decision::Retain, Some(date(2034, 12, 31)))
        );
        assert_eq!(
            decide_on(json!("2026-03-15"), RuleKind::Min, eoy(), date(2035, 1, 1)).decision,
            Decision::Erase
        );
        assert_eq!(
            decide_on(json!("15.03.2026"), RuleKind::Min, eoy(), date(2030, 1, 1)).until,
            Some(date(2034, 12, 31))
        );
        let odata = json!("/Date(1773532800000)/");
        assert_eq!(
            decide_on(odata, RuleKind::Min, eoy(), date(2030, 1, 1)).until,
            Some(date(2034, 12, 31))
        );
        assert_eq!(
            decide_on(
                json!("2026-03-15 09:30:00+01"),
                RuleKind::Min,
                eoy(),
                date(2030, 1, 1)
            )
            .decision,
            Decision::Retain
        );
    }

    #[test]
    fn the_year_of_a_moment_ends_where_the_company_has_its_seat() {
        let kept = |issued: Value| {
            let eoy = Start::Eoy("issued_on".into());
            decide_on(issued, RuleKind::Min, eoy, date(2030, 1, 1)).until
        };
        // Half past twelve on New Year's morning in Munich, and half past eleven of the old year.
        for moment in [
            json!("2026-12-31 23:30:00+00"),
            json!("2026-12-31T23:30:00.000Z"),
            json!("2026-12-31 18:30:00-05"),
            json!("2027-01-01T05:15:00.123+0545"),
            json!("2026-12-31 23:30:00 UTC"),
            json!("/Date(1798759800000)/"),
        ] {
            assert_eq!(kept(moment.clone()), Some(date(2035, 12, 31)), "{moment}");
        }
        for moment in [
            json!("2026-12-31 22:30:00+00"),
            json!("2027-01-01T00:30:00+02:00"),
            // No zone is named: a day of the calendar, wherever.
            json!("2026-12-31 23:30:00"),
            json!("2026-12-31"),
        ] {
            assert_eq!(kept(moment.clone()), Some(date(2034, 12, 31)), "{moment}");
        }
    }

    #[test]
    fn an_unknown_start_under_a_minimum_never_ends_in_erasure() {
        for start in [
            json!(null),
            json!(""),
            json!("soon"),
            json!(2026),
            json!("1970-01-01"),
            json!("1970-01-01T00:00:00Z"),
            json!("0001-01-01"),
            json!("30.12.1899"),
            json!("1900-01-01"),
            json!("2001-01-01 to 2026-12-31"),
            json!("2001-01-012"),
            json!(["2001-01-01", "2026-01-01"]),
        ] {
            let ruling = decide_on(start, RuleKind::Min, Start::Clock, date(2099, 1, 1));
            assert_eq!(ruling.decision, Decision::UnknownStart);
        }
        let fiscal = decide_on(
            json!("2010-01-01"),
            RuleKind::Min,
            Start::FyEnd("issued_on".into()),
            date(2099, 1, 1),
        );
        assert_eq!(fiscal.decision, Decision::UnknownStart);
    }

    #[test]
    fn a_rule_of_the_catalogue_decides_as_its_norm_says() {
        let decide_by = |id: &str, issued: Value, year: Option<&str>, day: Date| {
            let types = [DataType {
                name: "vouchers".into(),
                objects: vec!["shop.invoices".into()],
                purpose: None,
                basis: None,
                rule: Rule::Catalogue {
                    statute: statute::find(id).unwrap(),
                    field: None,
                },
                then: Then::Remove,
                steering: None,
                active_until: None,
                financial_year: year.and_then(statute::FinancialYear::parse),
                duties: Vec::new(),
                about: Default::default(),
            }];
            let record = Record {
                key: Key::new(vec!["1".into()]).unwrap(),
                data: json!({ "issued_on": issued }),
            };
            decide(
                &types,
                "shop.invoices",
                &object(),
                &record,
                day,
                &Days::at_seat("DE-BY"),
            )
        };
        let voucher = |day| decide_by("de.ao147.voucher", json!("2026-03-15"), None, day);
        let kept = voucher(date(2034, 12, 31));
        assert_eq!(
            (kept.decision, kept.until),
            (Decision::Retain, Some(date(2034, 12, 31)))
        );
        let because = kept.because.unwrap();
        assert!(because.de.contains("§ 147") && because.de.contains("de.ao147.voucher"));
        assert_eq!(voucher(date(2035, 1, 1)).decision, Decision::Erase);
        let unknown = decide_by("de.ao147.voucher", json!(null), None, date(2099, 1, 1));
        assert_eq!(unknown.decision, Decision::UnknownStart);
        // A limit does not stand against a request; about what is kept on purpose, a person decides.
        for (id, decision) in [
            ("de.bgb195.contract", Decision::Erase),
            ("gdpr.suppression", Decision::Manual),
        ] {
            let ruling = decide_by(id, json!("2026-03-15"), None, date(2026, 4, 1));
            assert_eq!(ruling.decision, decision, "{id}");
        }
        let books = |year| decide_by("ch.or958f", json!("2026-07-01"), year, date(2037, 6, 30));
        assert_eq!(books(None).decision, Decision::UnknownStart);
        assert_eq!(books(Some("06-30")).until, Some(date(2037, 6, 30)));
        assert_eq!(books(Some("12-31")).decision, Decision::Erase);
    }

    #[test]
    fn a_maximum_does_not_stand_against_a_request() {
        assert_eq!(
            decide_on(
                json!("2026-03-15"),
                RuleKind::Max,
                Start::Clock,
                date(2026, 4, 1)
            )
            .decision,
            Decision::Erase
        );
    }

    #[test]
    fn a_missing_day_becomes_the_last_of_its_month() {
        let ruling = decide_on(
            json!("2024-02-29"),
            RuleKind::Min,
            Start::Clock,
            date(2026, 1, 1),
        );
        assert_eq!(ruling.until, Some(date(2032, 2, 29)));
    }
}
