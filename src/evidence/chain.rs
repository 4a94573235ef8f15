//! The journal's chain: each stored event names the hash of the case's event before it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use super::flat::{Alike, Flat, Forms, Found, Wanted};
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
    forms: Forms<4, 11>,
    alike: Alike<Sort>,
}

const WANTED: Wanted<4, 11> = Wanted {
    own: ["at", "case_prev", "n", "step"],
    said: [
        "action", "case", "decision", "event", "fault", "level", "object", "outcome", "plan",
        "system", "until",
    ],
};

/// What lines of this case that are alike tell of.
#[derive(Clone, Copy)]
struct Sort {
    is_step: bool,
    kind: Option<StepKind>,
}

impl Sort {
    fn of(event: &str) -> Sort {
        Sort {
            is_step: is_of_step(event),
            kind: StepKind::of(event),
        }
    }
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
}

/// What an event says of a single step, as far as the line of its record says it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StepEvent<'l> {
    pub(super) kind: StepKind,
    pub(super) at: &'l str,
    pub(super) plan: &'l str,
    pub(super) step: u32,
    pub(super) system: &'l str,
    pub(super) object: &'l str,
    pub(super) action: Option<&'l str>,
    pub(super) decision: &'l str,
    pub(super) outcome: &'l str,
    pub(super) level: Option<&'l str>,
    pub(super) until: Option<&'l str>,
    pub(super) fault: Option<&'l str>,
}

/// What happened to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepKind {
    /// Says where and what is done.
    Started,
    /// Says everything.
    Ended,
    /// Says outcome and level.
    Verified,
}

impl StepKind {
    fn of(event: &str) -> Option<StepKind> {
        match event {
            "step_started" => Some(StepKind::Started),
            "step_ended" => Some(StepKind::Ended),
            "step_verified" => Some(StepKind::Verified),
            _ => None,
        }
    }
}

/// Takes what the journal says of single steps.
pub(super) type TakeStep<'t> = dyn FnMut(&StepLine<'_, '_>) + 't;

/// A line that tells of a single step, as it was read.
pub(super) enum StepLine<'f, 'l> {
    Found {
        kind: StepKind,
        at: Flat<'l>,
        step: Flat<'l>,
        rest: &'f Found<'f, 'l, 4, 11>,
    },
    Parsed(StepKind, Members<'l>),
    /// It has members that are not what they have to be.
    Broken,
}

impl<'l> StepLine<'_, 'l> {
    /// The number of what it says, when it happened and to which step: all that differs from other events of that number.
    pub(super) fn alike(&self) -> Option<(u64, &'l str, u32)> {
        match self {
            StepLine::Found { at, step, rest, .. } => {
                let step = u32::try_from(step.number()?).ok()?;
                Some((rest.alike, at.text()?, step))
            }
            StepLine::Parsed(..) | StepLine::Broken => None,
        }
    }

    /// All that it says; `None` if it lacks what such an event says.
    pub(super) fn event(&self) -> Option<StepEvent<'_>> {
        match self {
            StepLine::Found {
                kind,
                at,
                step,
                rest,
            } => {
                let [action, _, decision, _, rest @ ..] = rest.said().map(Flat::text);
                let [fault, level, object, outcome, plan, system, until] = rest;
                let said = [
                    action, decision, fault, level, object, outcome, plan, system, until,
                ];
                event(*kind, at.text(), step.number(), said)
            }
            StepLine::Parsed(kind, members) => members.event(*kind),
            StepLine::Broken => None,
        }
    }
}

/// The members of a step's event, as they were found.
#[derive(Deserialize)]
pub(super) struct Members<'l> {
    #[serde(borrow, default)]
    at: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    plan: Option<Cow<'l, str>>,
    #[serde(default)]
    step: Option<u64>,
    #[serde(borrow, default)]
    system: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    object: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    action: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    decision: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    outcome: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    level: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    until: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    fault: Option<Cow<'l, str>>,
}

impl Members<'_> {
    fn event(&self, kind: StepKind) -> Option<StepEvent<'_>> {
        let said = [
            &self.action,
            &self.decision,
            &self.fault,
            &self.level,
            &self.object,
            &self.outcome,
            &self.plan,
            &self.system,
            &self.until,
        ];
        event(
            kind,
            self.at.as_deref(),
            self.step,
            said.map(Option::as_deref),
        )
    }
}

/// The event, if nothing is missing that one of this kind says.
fn event<'l>(
    kind: StepKind,
    at: Option<&'l str>,
    step: Option<u64>,
    said: [Option<&'l str>; 9],
) -> Option<StepEvent<'l>> {
    let [
        action,
        decision,
        fault,
        level,
        object,
        outcome,
        plan,
        system,
        until,
    ] = said;
    let is_place = kind != StepKind::Verified;
    let is_end = kind == StepKind::Ended;
    let is_whole = [
        (system, is_place),
        (object, is_place),
        (action, kind == StepKind::Started),
        (decision, is_end),
        (outcome, kind != StepKind::Started),
        (level, kind == StepKind::Verified),
    ]
    .iter()
    .all(|(word, is_needed)| word.is_some() || !is_needed);
    let event = StepEvent {
        kind,
        at: at?,
        plan: plan?,
        step: u32::try_from(step?).ok()?,
        system: system.unwrap_or_default(),
        object: object.unwrap_or_default(),
        action,
        decision: decision.unwrap_or_default(),
        outcome: outcome.unwrap_or_default(),
        level,
        until,
        fault,
    };
    is_whole.then_some(event)
}

/// Events of which there is one for each record or more: nothing but the record's line sums them up.
fn is_of_step(event: &str) -> bool {
    event.starts_with("step_") || event.starts_with("deferred_")
}

impl Chain {
    /// Follows one line; `false` if it is not the next one of the same case.
    pub(super) fn follow(&mut self, line: &[u8]) -> bool {
        self.follow_steps(line, &mut |_| {})
    }

    /// The same, and hands over what the line says of a single step.
    pub(super) fn follow_steps(&mut self, line: &[u8], take: &mut TakeStep<'_>) -> bool {
        let before = self
            .head
            .replace(Digest::sha256(line))
            .unwrap_or(Digest([0; 32]));
        self.count += 1;
        self.first = self.first.or(self.head);
        if self.count > 2 && self.is_next(line, &before, take) {
            return true;
        }
        self.is_step = false;
        let Ok(link) = serde_json::from_slice::<Link<'_>>(line) else {
            return false;
        };
        let sort = Sort::of(link.event.as_deref().unwrap_or_default());
        self.is_step = sort.is_step;
        if let Some(kind) = sort.kind {
            take(&match serde_json::from_slice(line) {
                Ok(members) => StepLine::Parsed(kind, members),
                Err(_) => StepLine::Broken,
            });
        }
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
    fn is_next(&mut self, line: &[u8], before: &Digest, take: &mut TakeStep<'_>) -> bool {
        let Some(found) = self.forms.read(line, &WANTED) else {
            return false;
        };
        let [at, Flat::Text(follows), Flat::Number(n), step] = found.own() else {
            return false;
        };
        if n != self.count || !before.is_written(follows) {
            return false;
        }
        let sort = match self.alike.get(found.alike) {
            Some(sort) => sort,
            None => {
                let [_, case, _, Flat::Text(event), ..] = found.said() else {
                    return false;
                };
                if self.case.is_none() || self.case.as_deref() != case.text() {
                    return false;
                }
                let sort = Sort::of(event);
                self.alike.put(found.alike, sort);
                sort
            }
        };
        self.is_step = sort.is_step;
        if let Some(kind) = sort.kind {
            take(&StepLine::Found {
                kind,
                at,
                step,
                rest: &found,
            });
        }
        true
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
