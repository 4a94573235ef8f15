//! Key figures of a period, counted from its lines; the verifier counts them again.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::CaseLine;
use crate::ledger::Closing;

/// Numbers of cases, and the middle of the days that answers took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub cases: u64,
    pub open: u64,
    pub answered: u64,
    pub on_time: u64,
    /// Answered late, or open beyond the day.
    pub late: u64,
    pub refused: u64,
    pub withdrawn: u64,
    pub nothing_found: u64,
    pub without_bundle: u64,
    pub purged: u64,
    /// Days that answers took, with the number of answers.
    days: BTreeMap<i32, u64>,
    /// As a statement says it.
    stated: Option<Option<i32>>,
}

/// The form in a statement.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stated {
    cases: u64,
    open: u64,
    answered: u64,
    on_time: u64,
    late: u64,
    refused: u64,
    withdrawn: u64,
    nothing_found: u64,
    without_bundle: u64,
    purged: u64,
    median_days: Option<i32>,
}

impl Figures {
    pub fn take(&mut self, line: &CaseLine) {
        let add = |count: &mut u64, is: bool| *count += u64::from(is);
        add(&mut self.cases, true);
        add(&mut self.open, line.closed.is_none());
        add(&mut self.answered, line.answered.is_some());
        add(&mut self.on_time, line.answered.is_some() && !line.late);
        add(&mut self.late, line.late);
        let closing = |wanted| line.closing == Some(wanted);
        add(&mut self.refused, closing(Closing::Refused));
        add(&mut self.withdrawn, closing(Closing::Withdrawn));
        add(&mut self.nothing_found, closing(Closing::NothingFound));
        add(&mut self.without_bundle, line.bundles.is_empty());
        add(&mut self.purged, line.purged);
        if let Some(days) = line.days {
            *self.days.entry(days).or_default() += 1;
        }
    }

    /// The middle one; of an even number the larger of the two in the middle.
    pub fn median_days(&self) -> Option<i32> {
        if let Some(stated) = self.stated {
            return stated;
        }
        let all: u64 = self.days.values().sum();
        let mut before = 0;
        self.days
            .iter()
            .find(|(_, count)| {
                before += **count;
                before > all / 2
            })
            .map(|(days, _)| *days)
    }

    /// Whether two say the same.
    pub fn agrees(&self, other: &Figures) -> bool {
        serde_json::to_value(self).ok() == serde_json::to_value(other).ok()
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Stated {
            cases: self.cases,
            open: self.open,
            answered: self.answered,
            on_time: self.on_time,
            late: self.late,
            refused: self.refused,
            withdrawn: self.withdrawn,
            nothing_found: self.nothing_found,
            without_bundle: self.without_bundle,
            purged: self.purged,
            median_days: self.median_days(),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Figures, D::Error> {
        let stated = Stated::deserialize(from)?;
        Ok(Figures {
            cases: stated.cases,
            open: stated.open,
            answered: stated.answered,
            on_time: stated.on_time,
            late: stated.late,
            refused: stated.refused,
            withdrawn: stated.withdrawn,
            nothing_found: stated.nothing_found,
            without_bundle: stated.without_bundle,
            purged: stated.purged,
            days: BTreeMap::new(),
            stated: Some(stated.median_days),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_days() {
        let median = |days: &[i32]| {
            let mut figures = Figures::default();
            for day in days {
                *figures.days.entry(*day).or_default() += 1;
            }
            figures.median_days()
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[5]), Some(5));
        assert_eq!(median(&[1, 9]), Some(9));
        assert_eq!(median(&[3, 1, 2]), Some(2));
        assert_eq!(median(&[4, 4, 4, 30]), Some(4));
    }
}
