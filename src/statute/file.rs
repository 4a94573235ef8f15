//! Reads `law/*.yaml`. The files come with the program and are proven by its tests, so what is wrong with one stops the program.

use jiff::civil::Date;
use serde::Deserialize;

use super::{Begin, Keep, Kind, Read, Statute, Version};
use crate::messages::Text;

const FILES: [&str; 4] = [
    include_str!("../../law/de.yaml"),
    include_str!("../../law/at.yaml"),
    include_str!("../../law/ch.yaml"),
    include_str!("../../law/gdpr.yaml"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    kind: Kind,
    title: Words,
    regulated_finance: Option<String>,
    note: Option<Words>,
    url: String,
    versions: Vec<Held>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    de: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    keep: String,
    latest: Option<String>,
    start: Begin,
    event: Words,
    norm: String,
    source: String,
    read: Read,
    checked_on: Date,
}

pub(super) fn read() -> Vec<Statute> {
    FILES
        .into_iter()
        .flat_map(crate::yaml::shipped::<Vec<Rule>>)
        .map(Rule::statute)
        .collect()
}

impl Words {
    fn text(self) -> Text {
        Text {
            en: self.en,
            de: self.de,
        }
    }
}

impl Rule {
    fn statute(self) -> Statute {
        Statute {
            id: self.id,
            kind: self.kind,
            title: self.title.text(),
            regulated_finance: self.regulated_finance,
            note: self.note.map(Words::text),
            url: self.url,
            versions: self.versions.into_iter().map(Held::version).collect(),
        }
    }
}

impl Held {
    fn version(self) -> Version {
        let span = |text: &str| text.parse().expect("the law's periods are sound");
        Version {
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            keep: match self.keep.as_str() {
                "open" => Keep::Open,
                keep => Keep::For(span(keep)),
            },
            latest: self.latest.as_deref().map(span),
            start: self.start,
            event: self.event.text(),
            norm: self.norm,
            source: self.source,
            read: self.read,
            checked_on: self.checked_on,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::all;
    use super::*;

    #[test]
    fn the_catalogue_keeps_its_own_rules() {
        let mut seen = BTreeSet::new();
        for rule in all() {
            let id = &rule.id;
            assert!(seen.insert(id), "{id} is there twice");
            let is_part = |part: &str| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            };
            assert!(
                id.split('.').count() >= 2 && id.split('.').all(is_part),
                "{id}"
            );
            if let Some(other) = &rule.regulated_finance {
                let other = all().iter().find(|one| one.id == *other);
                assert!(other.is_some_and(|o| o.kind == rule.kind), "{id}");
            }
            assert!(rule.url.starts_with("https://"), "{id}");
            assert!(!rule.versions.is_empty(), "{id}");
            assert!(
                rule.versions[0].valid_from.is_none(),
                "{id}: the first version holds from ever"
            );
            assert!(
                rule.versions.last().unwrap().valid_to.is_none(),
                "{id}: one version holds today"
            );
            for pair in rule.versions.windows(2) {
                let next = pair[0].valid_to.map(|last| last.tomorrow().unwrap());
                assert!(next.is_some() && next == pair[1].valid_from, "{id}: a gap");
            }
            for version in &rule.versions {
                let texts = [
                    &version.norm,
                    &version.source,
                    &version.event.de,
                    &version.event.en,
                ];
                assert!(texts.iter().all(|text| !text.trim().is_empty()), "{id}");
                if let Keep::For(span) = version.keep {
                    assert!(!span.is_negative(), "{id}");
                }
                let is_open = matches!(version.keep, Keep::Open);
                assert_eq!(
                    is_open,
                    rule.kind == Kind::Keep,
                    "{id}: only what is kept on purpose has no end"
                );
                // What nobody has read is no duty that could stand against a person's request.
                assert!(
                    rule.kind != Kind::Min || version.read != Read::Unread,
                    "{id}"
                );
            }
        }
    }
}
