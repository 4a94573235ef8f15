//! Record lines counted by sort while they pass by: where a record lies, what became of it, how well that is proven. What a statement says
//! is not proven is held against these numbers, so that no line has to be read a second time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use super::super::history::{self, Sort};
use crate::keys::Digest;
use crate::plan::{Level, Outcome};

/// Sorts that are told apart: far more than any inventory has places, and few enough to be held.
const MOST: usize = 1 << 16;

/// What the line of a record says, as far as it is counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Line<'l> {
    pub(super) fault: Option<&'l str>,
    pub(super) level: Option<&'l str>,
    pub(super) object: &'l str,
    pub(super) outcome: &'l str,
    pub(super) plan: &'l str,
    pub(super) system: &'l str,
}

/// A sort, its words, and how many lines are of it.
struct Known {
    fault: Option<String>,
    level: Option<String>,
    object: String,
    outcome: String,
    plan: String,
    system: String,
    /// What the words mean.
    means: (Outcome, Option<Level>),
    count: u64,
}

impl Known {
    fn of(line: &Line<'_>) -> Option<Known> {
        let word = |word: &str| serde_json::Value::from(word);
        let outcome: Outcome = serde_json::from_value(word(line.outcome)).ok()?;
        let level = line.level.map(|level| serde_json::from_value(word(level)));
        Some(Known {
            fault: line.fault.map(str::to_owned),
            level: line.level.map(str::to_owned),
            object: line.object.to_owned(),
            outcome: line.outcome.to_owned(),
            plan: line.plan.to_owned(),
            system: line.system.to_owned(),
            means: (outcome, level.transpose().ok()?),
            count: 0,
        })
    }

    fn is(&self, line: &Line<'_>) -> bool {
        self.object == line.object
            && self.outcome == line.outcome
            && self.level.as_deref() == line.level
            && self.system == line.system
            && self.fault.as_deref() == line.fault
            && self.plan == line.plan
    }
}

/// All sorts that were met.
#[derive(Default)]
pub(super) struct Sorts {
    known: Vec<Known>,
    /// By the hash of the words, under a key that nobody outside knows.
    places: HashMap<u64, usize>,
    hasher: RandomState,
}

impl Sorts {
    /// Counts a line, and tells the place of its sort; `None` if its words mean nothing, or are of more sorts than there can be.
    pub(super) fn take(&mut self, line: &Line<'_>) -> Option<usize> {
        let mut place = self.hasher.hash_one(line);
        loop {
            match self.places.get(&place) {
                Some(at) if self.known[*at].is(line) => {
                    self.known[*at].count += 1;
                    return Some(*at);
                }
                Some(_) => place = place.wrapping_add(1),
                None => {
                    let mut known = Known::of(line).filter(|_| self.known.len() < MOST)?;
                    known.count = 1;
                    let at = self.known.len();
                    self.places.insert(place, at);
                    self.known.push(known);
                    return Some(at);
                }
            }
        }
    }

    /// Counts one more line of a sort that is known to be its own.
    pub(super) fn count_again(&mut self, at: usize) {
        self.known[at].count += 1;
    }

    /// How many records there are of each outcome.
    pub(super) fn outcomes(&self) -> BTreeMap<String, u64> {
        let mut outcomes = BTreeMap::new();
        for known in &self.known {
            *outcomes.entry(known.outcome.clone()).or_default() += known.count;
        }
        outcomes
    }

    /// How many records a plan has.
    pub(super) fn lines_of(&self, plan: &Digest) -> u64 {
        let own = self.known.iter();
        let own = own.filter(|known| plan.is_written(&known.plan));
        own.map(|known| known.count).sum()
    }

    /// The same as whoever made the bundle counted them.
    pub(super) fn sorted(&self) -> Vec<(Sort, u64)> {
        let sort = |known: &Known| Sort {
            plan: Digest::from_hex(&known.plan).unwrap_or(Digest([0; 32])),
            system: known.system.clone(),
            object: known.object.clone(),
            decision: None,
            outcome: known.means.0,
            level: known.means.1,
            until: None,
            fault: known.fault.clone(),
            is_lost: history::is_not_found(known.means.0, known.fault.as_deref()),
            holds: Vec::new(),
            is_planned_held: false,
            because: None,
            irreversible: None,
        };
        let known = self.known.iter();
        known.map(|known| (sort(known), known.count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'l>(object: &'l str, outcome: &'l str, level: Option<&'l str>) -> Line<'l> {
        Line {
            level,
            object,
            outcome,
            ..Line::default()
        }
    }

    #[test]
    fn lines_are_counted_by_what_they_say() {
        let mut sorts = Sorts::default();
        for _ in 0..3 {
            assert_eq!(sorts.take(&line("a", "removed", Some("L2"))), Some(0));
            assert_eq!(sorts.take(&line("a", "removed", None)), Some(1));
        }
        assert_eq!(sorts.take(&line("b", "held", None)), Some(2));
        assert_eq!(sorts.take(&line("b", "well", None)), None, "no outcome");
        assert_eq!(sorts.take(&line("b", "held", Some("L9"))), None, "no level");
        sorts.count_again(1);
        let counts: Vec<u64> = sorts.sorted().iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [3, 4, 1]);
        assert_eq!(sorts.outcomes()["removed"], 7);
    }

    #[test]
    fn hostile_places_fill_no_memory() {
        let mut sorts = Sorts::default();
        for n in 0..MOST {
            assert_eq!(sorts.take(&line(&n.to_string(), "removed", None)), Some(n));
        }
        assert_eq!(sorts.take(&line("one more", "removed", None)), None);
        assert_eq!(sorts.take(&line("7", "removed", None)), Some(7));
    }
}
