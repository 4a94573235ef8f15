//! What the inventory says in its own terms, in words for people.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::inventory::{DataType, Rule, RuleKind, Start, Then};
use crate::messages::{Lang, Text, package as say};
use crate::package::columns::Role;
use crate::statute::{self, Begin, Keep, Statute, Version};

/// The data type of an object.
pub(super) fn data_type<'a>(
    all: &'a [DataType],
    system: &str,
    object: &str,
) -> Option<&'a DataType> {
    let name = format!("{system}.{object}");
    all.iter().find(|one| one.objects.contains(&name))
}

/// What stands beside a value.
pub(super) fn label(role: &Role) -> Text {
    match role {
        Role::Key => say::key_label(),
        Role::Rule => say::rule_label(),
        Role::Field(category) => self::category(category),
    }
}

pub(super) fn category(name: &str) -> Text {
    say::category(name).unwrap_or_else(|| {
        let own = name.strip_prefix("x.").unwrap_or(name);
        say::own_label(own.replace('_', " "))
    })
}

/// A field as the files describe it.
pub(super) fn described(role: &Role, binary: bool, lang: Lang) -> Value {
    let label = label(role);
    let label = if binary {
        say::binary_label(label)
    } else {
        label
    };
    match role {
        Role::Field(category) => json!({"category": category, "label": label.to(lang)}),
        Role::Key | Role::Rule => json!({"label": label.to(lang)}),
    }
}

/// A legal basis; what the list does not know stands as the inventory writes it.
pub(super) fn basis(name: &str) -> Text {
    say::legal_basis(name).unwrap_or_else(|| Text::same(name))
}

/// How long, from when, and what then.
pub(super) fn period(data_type: &DataType, clock: Option<&str>) -> Text {
    let rule = match &data_type.rule {
        Rule::Catalogue { statute, field } => match statute.versions.last() {
            Some(version) => statutory(statute, version, field.as_deref().or(clock)),
            None => say::rule_catalogue(&statute.id),
        },
        Rule::Stated {
            keep,
            start,
            kind,
            because,
        } => {
            let (span, start) = (span(*keep), self::start(start, clock));
            match kind {
                RuleKind::Min => {
                    say::rule_min(span, start, because.as_deref().unwrap_or(&data_type.name))
                }
                RuleKind::Max => say::rule_max(span, start),
                RuleKind::Keep => say::rule_keep(span, start),
            }
        }
    };
    match data_type.then {
        Then::Remove => say::then_remove(rule),
        Then::Anonymise => say::then_anonymise(rule),
        Then::Restrict => say::then_restrict(rule),
    }
}

/// What a rule of the catalogue says.
fn statutory(statute: &Statute, version: &Version, field: Option<&str>) -> Text {
    let start = begin(version.start, field.unwrap_or("?"));
    match (version.keep, statute.kind) {
        (Keep::For(keep), statute::Kind::Min) => say::rule_min(span(keep), start, &version.norm),
        (Keep::For(keep), statute::Kind::Max) => say::rule_max(span(keep), start),
        (Keep::For(keep), statute::Kind::Keep) => say::rule_keep(span(keep), start),
        (Keep::Open, _) => say::rule_catalogue(&version.norm),
    }
}

/// The last day of a record's period with what it means.
pub(super) fn end(rule: &Rule, day: Date) -> (Text, Text) {
    let label = match rule {
        Rule::Stated {
            kind: RuleKind::Min,
            ..
        } => say::kept_until(),
        Rule::Catalogue { statute, .. } if statute.kind == statute::Kind::Min => say::kept_until(),
        Rule::Stated {
            kind: RuleKind::Max,
            ..
        } => say::deleted_by(),
        Rule::Catalogue { statute, .. } if statute.kind == statute::Kind::Max => say::deleted_by(),
        _ => say::planned_until(),
    };
    (label, say::day(day))
}

fn start(start: &Start, clock: Option<&str>) -> Text {
    begin(start.begin(), start.field().or(clock).unwrap_or("?"))
}

fn begin(begin: Begin, field: &str) -> Text {
    match begin {
        Begin::Event => say::start_event(field),
        Begin::Eoy => say::start_eoy(field),
        Begin::EoyAfter => say::start_eoy_after(field),
        Begin::FyEnd => say::start_fy(field),
    }
}

fn span(span: jiff::Span) -> Text {
    let parts = [
        (i64::from(span.get_years()), 'Y'),
        (i64::from(span.get_months()), 'M'),
        (i64::from(span.get_weeks()), 'W'),
        (i64::from(span.get_days()), 'D'),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count != 0);
    list(
        parts
            .map(|(count, unit)| say::span_part(count, unit))
            .collect(),
    )
    .unwrap_or_else(|| Text::same(span.to_string()))
}

/// `a, b and c`; none for nothing.
pub(super) fn list(mut items: Vec<Text>) -> Option<Text> {
    let last = items.pop()?;
    if items.is_empty() {
        return Some(last);
    }
    let joined = |of: fn(&Text) -> &str| items.iter().map(of).collect::<Vec<_>>().join(", ");
    let all = Text {
        en: joined(|text| &text.en),
        de: joined(|text| &text.de),
    };
    Some(say::and_list(all, last))
}

/// Headings as a list has them: in English with small letters behind the first.
pub(super) fn within(headings: Vec<Text>) -> Vec<Text> {
    let small = |(at, mut text): (usize, Text)| {
        let mut signs = text.en.chars();
        if let Some(first) = signs.next().filter(|_| at > 0) {
            text.en = first.to_lowercase().chain(signs).collect();
        }
        text
    };
    headings.into_iter().enumerate().map(small).collect()
}

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> Text {
    const UNITS: [&str; 4] = ["bytes", "kB", "MB", "GB"];
    let mut unit = 0;
    let mut scaled = bytes * 10;
    while scaled >= 10_000 && unit < UNITS.len() - 1 {
        scaled /= 1_000;
        unit += 1;
    }
    if unit == 0 {
        return Text {
            en: format!("{bytes} bytes"),
            de: format!("{bytes} Byte"),
        };
    }
    let (whole, tenth) = (scaled / 10, scaled % 10);
    Text {
        en: format!("{whole}.{tenth} {}", UNITS[unit]),
        de: format!("{whole},{tenth} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_and_sizes_read_well() {
        assert_eq!(span("P8Y".parse().unwrap()).de, "8 Jahre");
        assert_eq!(span("P1Y6M".parse().unwrap()).en, "1 year and 6 months");
        assert_eq!(size(999).de, "999 Byte");
        assert_eq!(size(1_500_000).de, "1,5 MB");
        assert_eq!(category("x.loyalty_tier").en, "Other: loyalty tier");
        let names = crate::connector::categories::CATEGORIES;
        assert!(names.iter().all(|one| say::category(one.name).is_some()));
    }
}
