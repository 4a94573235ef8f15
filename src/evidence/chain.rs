//! The journal's chain: each stored event names the hash of the case's event before it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use super::flat::{Flat, Forms};
use crate::keys::Digest;

/// A chain as far as it has been followed.
#[derive(Default)]
pub(super) struct Chain {
    count: u64,
    first: Option<Digest>,
    head: Option<Digest>,
    case: Option<String>,
    opened: Option<Digest>,
    began: Option<Timestamp>,
    /// Whether the last line tells of a single step.
    is_step: bool,
    ends: Ends,
    forms: Forms<6>,
}

/// The second event of a case: the log holds that it was opened.
#[derive(Deserialize)]
struct Logged<'l> {
    #[serde(borrow)]
    event: Cow<'l, str>,
    leaf: Digest,
    #[serde(borrow)]
    of: Cow<'l, str>,
}

#[derive(Deserialize)]
struct Link<'l> {
    #[serde(borrow)]
    case: Cow<'l, str>,
    /// Counts from 1.
    n: u64,
    /// Zeros in the first event.
    case_prev: Digest,
    #[serde(borrow, default)]
    event: Option<Cow<'l, str>>,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(borrow, default)]
    outcome: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    level: Option<Cow<'l, str>>,
}

/// How steps ended by their events: outcome, level, and how often.
#[derive(Default)]
struct Ends {
    known: Vec<(String, Option<String>, u64)>,
    /// The next event mostly says the same.
    last: usize,
}

impl Ends {
    /// Words that are told apart; there are about a hundred.
    const MOST: usize = 1000;

    fn take(&mut self, event: &str, outcome: Option<&str>, level: Option<&str>) {
        let Some(outcome) = outcome.filter(|_| ["step_ended", "step_verified"].contains(&event))
        else {
            return;
        };
        let is = |known: &(String, Option<String>, u64)| {
            known.0 == outcome && known.1.as_deref() == level
        };
        if !self.known.get(self.last).is_some_and(is) {
            self.last = match self.known.iter().position(is) {
                Some(at) => at,
                None if self.known.len() >= Self::MOST => return,
                None => {
                    let level = level.map(str::to_owned);
                    self.known.push((outcome.to_owned(), level, 0));
                    self.known.len() - 1
                }
            };
        }
        self.known[self.last].2 += 1;
    }
}

/// Events of which there is one for each record or more: nothing but the record's line sums them up.
fn is_of_step(event: &str) -> bool {
    event.starts_with("step_") || event.starts_with("deferred_")
}

impl Chain {
    /// Follows one line; `false` if it is not the next one of the same case.
    pub(super) fn follow(&mut self, line: &[u8]) -> bool {
        let before = self
            .head
            .replace(Digest::sha256(line))
            .unwrap_or(Digest([0; 32]));
        self.count += 1;
        self.first = self.first.or(self.head);
        if self.count > 2 && self.is_next(line, &before) {
            return true;
        }
        self.is_step = false;
        let Ok(link) = serde_json::from_slice::<Link<'_>>(line) else {
            return false;
        };
        let event = link.event.as_deref().unwrap_or_default();
        self.is_step = is_of_step(event);
        self.ends
            .take(event, link.outcome.as_deref(), link.level.as_deref());
        if self.count == 1 {
            self.began = link.at;
        }
        if self.count == 2 {
            let logged = serde_json::from_slice::<Logged<'_>>(line).ok();
            self.opened = logged
                .filter(|line| (&*line.event, &*line.of) == ("leaf_appended", "opened"))
                .map(|line| line.leaf);
        }
        let case = self
            .case
            .get_or_insert_with(|| link.case.clone().into_owned());
        link.case_prev == before && link.n == self.count && link.case == *case
    }

    /// Whether a line in canonical form is the next one, without the JSON parser. Where it is not, the parser has the last word.
    fn is_next(&mut self, line: &[u8], before: &Digest) -> bool {
        let Some(values) = self.forms.read(
            line,
            &["case", "case_prev", "event", "level", "n", "outcome"],
        ) else {
            return false;
        };
        match values {
            [
                Flat::Text(case),
                Flat::Text(follows),
                Flat::Text(event),
                level,
                Flat::Number(n),
                outcome,
            ] if self.case.as_deref() == Some(case)
                && before.is_written(follows)
                && n == self.count =>
            {
                let text = |value| match value {
                    Flat::Text(text) => Some(text),
                    Flat::Number(_) | Flat::Other => None,
                };
                self.is_step = is_of_step(event);
                self.ends.take(event, text(outcome), text(level));
                true
            }
            _ => false,
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Hash of the first line.
    pub(super) fn first(&self) -> Option<Digest> {
        self.first
    }

    /// Hash of the last line.
    pub(super) fn head(&self) -> Option<Digest> {
        self.head
    }

    /// The leaf that the log over all cases got when the case was opened.
    pub(super) fn opened(&self) -> Option<Digest> {
        self.opened
    }

    /// When the first event happened, by the clock of whoever wrote it.
    pub(super) fn began(&self) -> Option<Timestamp> {
        self.began
    }

    /// How many events say that a step ended so, or was found so later.
    pub(super) fn ended(&self, outcome: &str, level: Option<&str>) -> u64 {
        let own = self.ends.known.iter();
        own.filter(|(known, own, _)| known == outcome && own.as_deref() == level)
            .map(|(_, _, count)| count)
            .sum()
    }

    /// Whether the line that was followed last tells of a single step.
    pub(super) fn is_of_step(&self) -> bool {
        self.is_step
    }

    pub(super) fn case(&self) -> Option<&str> {
        self.case.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(case: &str, n: u64, prev: Digest) -> Vec<u8> {
        format!("{{\"case\":\"{case}\",\"case_prev\":\"{prev}\",\"n\":{n}}}").into_bytes()
    }

    #[test]
    fn only_the_next_line_follows() {
        let zeros = Digest([0; 32]);
        let first = line("A", 1, zeros);
        let head = Digest::sha256(&first);
        let follows = |second: &[u8]| {
            let mut chain = Chain::default();
            assert!(chain.follow(&first));
            chain.follow(second)
        };
        assert!(follows(&line("A", 2, head)));
        assert!(!follows(&line("A", 3, head)), "one is missing");
        assert!(!follows(&line("A", 2, zeros)), "a second beginning");
        assert!(
            !follows(&line("A", 2, Digest::sha256(b"x"))),
            "another history"
        );
        assert!(!follows(&line("B", 2, head)), "another case");
        assert!(!follows(b"{}"));
        assert!(
            !Chain::default().follow(&line("A", 5, zeros)),
            "the beginning is missing"
        );
    }
}
