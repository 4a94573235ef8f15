//! What could not be looked into: never left out in silence.
//!
//! The list belongs to the findings and lies in the vault, because a path may say who somebody is. Everywhere else only numbers and
//! reasons are told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::messages::{Text, documents as say};

/// How many are named; the others are counted.
const MOST_NAMED: usize = 1000;

/// Why a document, or a part of one, was not searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A picture; what is written in it, only eyes can read.
    Image,
    /// A PDF, or pages of one, without text: scanned paper.
    Scanned,
    /// Sound or film.
    Media,
    /// Protected by a password, or encrypted.
    Encrypted,
    /// Formats of Office that nobody reads here: presentations before 2007, Word and Excel before 97.
    Legacy,
    /// An archive of another kind than zip, or nested too deeply.
    Packed,
    /// No format that is known here.
    Unknown,
    /// Larger than may be read, packed or unpacked.
    TooLarge,
    /// Not what its format demands.
    Broken,
    /// Took longer than a document may take.
    Slow,
    /// The account may not read it.
    Forbidden,
    /// It was written to, or went away, while it was read.
    Changed,
    /// The disk or the share gave an error.
    Failed,
    /// A link that leads out of the folder.
    Link,
    /// It belongs to no object of the system.
    NoObject,
}

impl Why {
    /// The reason as it stands in findings and evidence.
    pub fn word(self) -> &'static str {
        match self {
            Why::Image => "image",
            Why::Scanned => "scanned",
            Why::Media => "media",
            Why::Encrypted => "encrypted",
            Why::Legacy => "legacy",
            Why::Packed => "packed",
            Why::Unknown => "unknown",
            Why::TooLarge => "too_large",
            Why::Broken => "broken",
            Why::Slow => "slow",
            Why::Forbidden => "forbidden",
            Why::Changed => "changed",
            Why::Failed => "failed",
            Why::Link => "link",
            Why::NoObject => "no_object",
        }
    }

    /// For people.
    pub fn text(self) -> Text {
        match self {
            Why::Image => say::why_image(),
            Why::Scanned => say::why_scanned(),
            Why::Media => say::why_media(),
            Why::Encrypted => say::why_encrypted(),
            Why::Legacy => say::why_legacy(),
            Why::Packed => say::why_packed(),
            Why::Unknown => say::why_unknown(),
            Why::TooLarge => say::why_too_large(),
            Why::Broken => say::why_broken(),
            Why::Slow => say::why_slow(),
            Why::Forbidden => say::why_forbidden(),
            Why::Changed => say::why_changed(),
            Why::Failed => say::why_failed(),
            Why::Link => say::why_link(),
            Why::NoObject => say::why_no_object(),
        }
    }
}

/// A document that was not searched, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotRead {
    /// From the system's folder; ` › ` before a part of it. May be personal.
    pub path: String,
    pub why: Why,
}

/// What became of the documents of a system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Documents {
    /// How many there are, those that the inventory leaves out not counted.
    pub seen: u64,
    /// How many were searched from beginning to end.
    pub searched: u64,
    /// How many the inventory's `skip` leaves out.
    pub skipped: u64,
    /// How many were not searched, or not completely, by reason.
    pub unread: BTreeMap<Why, u64>,
    /// The first of them, in the order of their paths.
    pub named: Vec<NotRead>,
}

impl Documents {
    /// How many documents and parts were not searched.
    pub fn unread(&self) -> u64 {
        self.unread.values().sum()
    }

    pub(super) fn add(&mut self, not_read: NotRead) {
        *self.unread.entry(not_read.why).or_default() += 1;
        self.name(not_read);
    }

    /// Adds what another reader counted.
    pub(super) fn join(&mut self, other: Documents) {
        self.seen += other.seen;
        self.searched += other.searched;
        self.skipped += other.skipped;
        for (why, count) in other.unread {
            *self.unread.entry(why).or_default() += count;
        }
        other.named.into_iter().for_each(|one| self.name(one));
    }

    /// Whatever order they come in, the same ones are named.
    fn name(&mut self, not_read: NotRead) {
        let at = self.named.partition_point(|known| *known < not_read);
        if at < MOST_NAMED {
            self.named.insert(at, not_read);
            self.named.truncate(MOST_NAMED);
        }
    }

    /// The numbers by reason as codes, for what must not hold a path: `12 (encrypted 4, image 8)`.
    pub fn in_codes(&self) -> String {
        let each: Vec<String> = self
            .unread
            .iter()
            .map(|(why, count)| format!("{} {count}", why.word()))
            .collect();
        format!("{} ({})", self.unread(), each.join(", "))
    }

    /// The numbers by reason in words.
    pub fn in_words(&self) -> Text {
        let each = |to: &dyn Fn(&Text) -> String| -> String {
            let each: Vec<String> = self
                .unread
                .iter()
                .map(|(why, count)| format!("{}: {count}", to(&why.text())))
                .collect();
            each.join("; ")
        };
        Text {
            en: each(&|text| text.en.clone()),
            de: each(&|text| text.de.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_are_named_in_whatever_order_they_come() {
        let all: Vec<NotRead> = (0..1200)
            .map(|n| NotRead {
                path: format!("scans/{n:04}.jpg"),
                why: if n % 3 == 0 { Why::Image } else { Why::Broken },
            })
            .collect();
        let (mut one, mut two) = (Documents::default(), Documents::default());
        all.iter().for_each(|each| one.add(each.clone()));
        all.iter().rev().for_each(|each| two.add(each.clone()));
        assert_eq!(one, two);
        assert_eq!((one.unread(), one.named.len()), (1200, 1000));
        assert_eq!(one.named[0].path, "scans/0000.jpg");
        assert_eq!(one.in_codes(), "1200 (image 400, broken 800)");
    }
}
