//! Which decision the law makes for a record, and until when.
//!
//! Pure: it reads the inventory's data types, one record and a day. Only a `min` rule (a statutory duty to keep) and an unknown
//! start under one stand against an erasure request; a `max` rule serves sweeps. No flag overrides any of this (Art. 17(3)(b)
//! GDPR; docs/promises.md, 7).

use jiff::civil::{Date, date};
use serde_json::Value;

use crate::connector::Record;
use crate::connector::object::Object;
use crate::inventory::{DataType, Rule, RuleKind, Start};
use crate::messages::{Text, law as say};
use crate::plan::Decision;

/// What is to happen with one record, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    pub decision: Decision,
    /// Last day on which it must be kept.
    pub until: Option<Date>,
    pub because: Option<Text>,
}

impl Ruling {
    fn erase() -> Ruling {
        Ruling {
            decision: Decision::Erase,
            until: None,
            because: None,
        }
    }
}

/// Decides about one record for an erasure request.
///
/// `name` is `system.object`; `day` is the day of the plan.
pub fn decide(
    data_types: &[DataType],
    name: &str,
    object: &Object,
    record: &Record,
    day: Date,
) -> Ruling {
    let Some(data_type) = data_types
        .iter()
        .find(|data_type| data_type.objects.iter().any(|o| o == name))
    else {
        return Ruling::erase();
    };
    match &data_type.rule {
        // A rule whose period is not known here may be a statutory minimum: a person decides.
        Rule::Catalogue { id, .. } => Ruling {
            decision: Decision::Manual,
            until: None,
            because: Some(say::catalogue_rule(id)),
        },
        Rule::Stated {
            kind: RuleKind::Max | RuleKind::Keep,
            ..
        } => Ruling::erase(),
        Rule::Stated {
            kind: RuleKind::Min,
            keep,
            start,
            because,
        } => {
            let norm = because.clone().unwrap_or_else(|| data_type.name.clone());
            match keep_until(*keep, start, object, record) {
                Some(until) if day <= until => Ruling {
                    decision: Decision::Retain,
                    until: Some(until),
                    because: Some(say::must_be_kept(norm)),
                },
                Some(_) => Ruling::erase(),
                None => Ruling {
                    decision: Decision::UnknownStart,
                    until: None,
                    because: Some(say::unknown_start(norm)),
                },
            }
        }
    }
}

/// Last day of the period that a rule sets for a record, to keep it or to have deleted it by then; `None` if it cannot be reckoned.
pub fn period_ends(rule: &Rule, object: &Object, record: &Record) -> Option<Date> {
    match rule {
        Rule::Catalogue { .. } => None,
        Rule::Stated { keep, start, .. } => keep_until(*keep, start, object, record),
    }
}

/// Last day of the period, `None` if its start is unknown.
fn keep_until(keep: jiff::Span, start: &Start, object: &Object, record: &Record) -> Option<Date> {
    let (field, from) = match start {
        Start::Clock => (object.clock.as_ref()?, Count::Event),
        Start::Event(field) | Start::Own(field) => (field, Count::Event),
        Start::Eoy(field) | Start::EoyAfter(field) => (field, Count::EndOfYear),
        // The financial year is not part of the inventory yet, and a calendar year may end too early.
        Start::FyEnd(_) => return None,
    };
    let event = day_of(value_of(object, record, field)?)?;
    let counted = match from {
        Count::Event => event,
        Count::EndOfYear => date(event.year(), 12, 31),
    };
    // A missing day becomes the last of its month (§ 188(3) BGB).
    counted.checked_add(keep).ok()
}

enum Count {
    Event,
    EndOfYear,
}

/// The day that the object's clock shows for a record; `None` where it shows none, or several.
pub fn clock_day(object: &Object, record: &Record) -> Option<Date> {
    day_of(value_of(object, record, object.clock.as_ref()?)?)
}

fn value_of<'r>(object: &Object, record: &'r Record, name: &str) -> Option<&'r Value> {
    // Of several dates none is certain to be the one.
    match object.at(name).all(&record.data)[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// The calendar day of a date or time stamp as systems write it: ISO 8601 first, then 31.12.2034.
///
/// Days that systems write for want of one are no start, or a duty to keep would end before it began.
fn day_of(value: &Value) -> Option<Date> {
    let text = value.as_str()?.trim();
    let iso = text.split_at_checked(10).and_then(|(day, time)| {
        let is_time = matches!(time.as_bytes(), [] | [b'T' | b' ', b'0'..=b'9', ..]);
        is_time.then(|| day.parse::<Date>().ok())?
    });
    iso.or_else(|| Date::strptime("%d.%m.%Y", text).ok())
        .filter(|day| !stands_for_nothing(*day))
}

/// The zero of Unix, of spreadsheets, of .NET, of SQL Server.
fn stands_for_nothing(day: Date) -> bool {
    day < date(1900, 1, 2) || day == date(1970, 1, 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::Key;
    use crate::connector::object::{Erase, How};
    use crate::inventory::Then;

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
        }];
        let record = Record {
            key: Key::new(vec!["1".into()]).unwrap(),
            data: json!({ "issued_on": issued }),
        };
        decide(&types, "shop.invoices", &object(), &record, day)
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
