//! The small values of an inventory: words of a list, durations, periods, names.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use crate::connector::grammar::text;
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::Start;
use crate::messages::{Text, inventory as say, yaml as say_yaml};
use crate::yaml::{Name, Node, Value, error, nearest};

/// One of a few words, with what it stands for (E123).
pub(super) fn word<T: Copy>(
    node: &Node,
    words: &[(&str, T)],
    errors: &mut Vec<Diagnostic>,
) -> Option<T> {
    let stated = text(node, errors)?;
    let found = words.iter().find(|(word, _)| *word == stated);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        errors.push(none_of(&stated, &known, node.place.clone()));
    }
    found.map(|(_, value)| *value)
}

pub(super) fn none_of(stated: &str, known: &[&str], place: Place) -> Diagnostic {
    let wrong = error("E123", say::none_of(stated)).at(place);
    match nearest(stated, known.iter().copied()) {
        Some(near) => wrong.help(say_yaml::did_you_mean(near)),
        None => wrong.help(say::words_are(known.join(", "))),
    }
}

/// A length of time in which something must happen, `30s`, `PT30S` or `P1D`; never zero (E124). A day has 24 hours; months and years, which
/// have no length of their own, are none.
pub(super) fn duration(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Duration> {
    let stated = text(node, errors)?;
    let found = short_duration(&stated).or_else(|| {
        let iso = stated.starts_with('P').then_some(&stated)?;
        let span: Span = iso.parse().ok()?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours());
        Duration::try_from(length.ok()?).ok()
    });
    let found = found.filter(|duration| !duration.is_zero());
    if found.is_none() {
        errors.push(
            error("E124", say::bad_duration())
                .at(node.place.clone())
                .help(say::durations_are()),
        );
    }
    found
}

fn short_duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..unit].parse().ok()?;
    let ms = match text[unit..].trim_start() {
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(ms).map(Duration::from_millis)
}

/// A period of retention in calendar units by ISO 8601, longer than nothing (E139); what is wrong with another is said of each.
pub(super) fn period(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Span> {
    let stated = match node.value {
        Value::Null => String::new(),
        _ => text(node, errors)?,
    };
    let span = stated
        .starts_with('P')
        .then(|| stated.parse::<Span>().ok())
        .flatten();
    let of_days = |span: &Span| {
        span.get_hours() == 0
            && span.get_minutes() == 0
            && span.get_seconds() == 0
            && span.get_milliseconds() == 0
            && span.get_microseconds() == 0
            && span.get_nanoseconds() == 0
    };
    let found = span.filter(|span| span.is_positive() && of_days(span));
    if found.is_none() {
        let what = match stated.trim() {
            "" => say::no_period(),
            stated => say::bad_period(stated),
        };
        let wrong = error("E139", what).at(node.place.clone());
        let (why, help) = why_no_period(&stated, span);
        let wrong = match why {
            Some(why) => wrong.why(why),
            None => wrong,
        };
        errors.push(wrong.help(help));
    }
    found
}

/// What is wrong with something that is no period, where more can be said than that, and what to write.
fn why_no_period(stated: &str, span: Option<Span>) -> (Option<Text>, Text) {
    let stated = stated.trim();
    if matches!(stated, "open" | "never" | "unlimited" | "forever") {
        return (Some(say::period_open()), say::period_open_help());
    }
    let (is_back, forth) = match stated.strip_prefix('-') {
        Some(forth) => (true, forth),
        None => (false, stated),
    };
    let has_number = |rest: &&str| rest.contains(|c: char| c.is_ascii_digit());
    match forth.strip_prefix('P').filter(has_number) {
        None => (None, say::periods_are()),
        Some(rest) if rest.contains('T') => (Some(say::period_hours()), say::periods_are()),
        Some(rest) if rest.contains(['.', ',']) => {
            (Some(say::period_fraction()), say::period_fraction_help())
        }
        Some(rest) if is_back || rest.contains('-') => {
            (Some(say::period_back()), say::periods_are())
        }
        _ if span.is_some_and(|span| span.is_zero()) => {
            (Some(say::period_nothing()), say::period_nothing_help())
        }
        // All is as it should be but the number.
        Some(rest) if is_in_order(rest) => {
            (Some(say::period_endless()), say::period_endless_help())
        }
        Some(_) => (None, say::periods_are()),
    }
}

/// Whether each unit has a number before it, and stands where ISO 8601 wants it.
fn is_in_order(rest: &str) -> bool {
    let mut last = None;
    let mut number = false;
    for sign in rest.chars() {
        if sign.is_ascii_digit() {
            number = true;
            continue;
        }
        let place = "YMWD".find(sign);
        if !number || place.is_none() || place <= last {
            return false;
        }
        (last, number) = (place, false);
    }
    !number
}

/// From when a period counts; a bare field is `bare` of it (E143).
pub(super) fn start(
    node: &Node,
    bare: fn(String) -> Start,
    errors: &mut Vec<Diagnostic>,
) -> Option<Start> {
    const FORMS: [&str; 4] = ["event", "eoy", "fy_end", "eoy_after"];
    let stated = text(node, errors)?;
    let (form, field) = match stated.split_once('(') {
        Some((form, rest)) => (Some(form.trim()), rest.strip_suffix(')').map(str::trim)),
        None => (None, Some(stated.trim())),
    };
    let field = field
        .filter(|field| !field.is_empty() && !field.contains(['(', ')']) && is_sound(field))
        .map(str::to_owned);
    let found = field.and_then(|field| match form {
        None if field == "clock" => Some(Start::Clock),
        None => Some(bare(field)),
        Some("event") => Some(Start::Event(field)),
        Some("eoy") => Some(Start::Eoy(field)),
        Some("fy_end") => Some(Start::FyEnd(field)),
        Some("eoy_after") => Some(Start::EoyAfter(field)),
        _ => None,
    });
    if found.is_none() {
        let mut wrong = error("E143", say::bad_start(&stated)).at(node.place.clone());
        let form = form.unwrap_or_default();
        if let Some(near) = nearest(form, FORMS).filter(|near| *near != form) {
            wrong = wrong.help(say_yaml::did_you_mean(near));
        }
        errors.push(wrong.help(say::starts_are()));
    }
    found
}

/// A whole number within bounds (E134).
pub(super) fn number(
    node: &Node,
    bounds: std::ops::RangeInclusive<u64>,
    errors: &mut Vec<Diagnostic>,
) -> Option<u64> {
    let stated = match &node.value {
        Value::Number(text) => text.parse().ok(),
        _ => None,
    };
    let found = stated.filter(|number| bounds.contains(number));
    if found.is_none() {
        errors.push(
            error("E134", say::bad_number(bounds.start(), bounds.end()))
                .at(node.place.clone())
                .help(say::bad_number_help()),
        );
    }
    found
}

/// Whether this can name a system, an object, a person or a data type; the error is noted (E125).
pub(super) fn is_label(name: &Name, errors: &mut Vec<Diagnostic>) -> bool {
    let text = &name.text;
    let good = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !good {
        errors.push(
            error("E125", say::bad_label(text))
                .at(name.place.clone())
                .help(say::bad_label_help()),
        );
    }
    good
}

/// Whether a name can be shown and handed to a system: no control characters, not empty.
pub(super) fn is_sound(name: &str) -> bool {
    !name.trim().is_empty() && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;

    fn node(text: &str) -> Node {
        let source = Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.into(),
        });
        crate::yaml::parse(&source).expect("test text is YAML")
    }

    #[test]
    fn durations_are_never_nothing() {
        let mut errors = Vec::new();
        for (text, ms) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("10m", 600_000),
            ("1h", 3_600_000),
            ("PT15M", 900_000),
            ("PT1H30M", 5_400_000),
            ("P1D", 86_400_000),
            ("1d", 86_400_000),
            ("P1DT12H", 129_600_000),
            ("P2W", 1_209_600_000),
        ] {
            assert_eq!(
                duration(&node(text), &mut errors),
                Some(Duration::from_millis(ms)),
                "{text}"
            );
        }
        assert!(errors.is_empty());
        for text in [
            "0s",
            "10",
            "-5s",
            "1y",
            "m",
            "PT0S",
            "-PT5M",
            "P0D",
            "-P1D",
            "P1M",
            "P1Y",
            "P",
            "99999999999999999999s",
            "99999999999999999d",
            "''",
        ] {
            assert_eq!(duration(&node(text), &mut errors), None, "{text}");
        }
        assert!(errors.iter().all(|error| error.code == "E124"));
    }

    #[test]
    fn periods_count_days_and_more() {
        let mut errors = Vec::new();
        for text in ["P8Y", "P18M", "P6W", "P1Y6M", "P42D"] {
            assert!(period(&node(text), &mut errors).is_some(), "{text}");
        }
        assert!(errors.is_empty());
        for text in [
            "P0Y", "P0D", "-P8Y", "P-8Y", "8Y", "null", "''", "8 years", "PT1H", "P1DT1H", "P",
        ] {
            assert!(period(&node(text), &mut errors).is_none(), "{text}");
        }
        assert!(errors.iter().all(|error| error.code == "E139"));
    }

    #[test]
    fn what_is_wrong_with_a_period_is_said_of_each() {
        for (text, what, why) in [
            ("null", "nothing stands", ""),
            ("''", "nothing stands", ""),
            ("8Y", "`8Y` is no period", ""),
            ("P8", "`P8` is no period", ""),
            ("P1M1Y", "`P1M1Y` is no period", ""),
            ("P0Y", "`P0Y`", "over as soon as"),
            ("P-8Y", "`P-8Y`", "before it begins"),
            ("-P8Y", "`-P8Y`", "before it begins"),
            ("PT1H", "`PT1H`", "whole days"),
            ("P1DT1H", "`P1DT1H`", "whole days"),
            ("P0.5Y", "`P0.5Y`", "fractions"),
            ("\"P0,5Y\"", "`P0,5Y`", "fractions"),
            ("P99999Y", "`P99999Y`", "no calendar"),
            ("P1Y99999999999999999999D", "`P1Y9", "no calendar"),
            ("open", "`open`", "ends one day"),
        ] {
            let mut errors = Vec::new();
            assert!(period(&node(text), &mut errors).is_none(), "{text}");
            let [error] = &errors[..] else {
                panic!("{text}: {errors:#?}");
            };
            assert!(error.what.en.contains(what), "{text}: {}", error.what.en);
            let said = error.why.as_ref().map_or("", |said| said.en.as_str());
            assert_eq!(said.is_empty(), why.is_empty(), "{text}: {said}");
            assert!(said.contains(why), "{text}: {said}");
            assert_eq!(error.help.len(), 1, "{text}");
        }
    }

    #[test]
    fn every_form_of_a_start() {
        let mut errors = Vec::new();
        let mut say = |text: &str| start(&node(text), Start::Event, &mut errors);
        assert_eq!(say("clock"), Some(Start::Clock));
        assert_eq!(say("ordered_at"), Some(Start::Event("ordered_at".into())));
        assert_eq!(
            say("eoy( Bezahlt am )"),
            Some(Start::Eoy("Bezahlt am".into()))
        );
        assert_eq!(
            say("eoy_after(audit)"),
            Some(Start::EoyAfter("audit".into()))
        );
        for text in ["eoy", "eof(x)", "eoy()", "eoy(x", "eoy(x))", "(x)", "''"] {
            let got = say(text);
            assert!(got.is_none() || text == "eoy", "{text}: {got:?}");
        }
        assert_eq!(errors[0].help[0].en, "did you mean `eoy`?");
    }
}
