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
    forms: Forms<15>,
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

/// Takes what the journal says of single steps; `None` for an event of a step that lacks what such an event says.
pub(super) type TakeStep<'t> = dyn FnMut(Option<&StepEvent<'_>>) + 't;

/// The members of a step's event, as they were found.
#[derive(Deserialize)]
struct Members<'l> {
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
    /// The event, if nothing is missing that one of this kind says.
    fn event(&self, kind: StepKind) -> Option<StepEvent<'_>> {
        let is_place = kind != StepKind::Verified;
        let is_end = kind == StepKind::Ended;
        let is_whole = [
            (&self.system, is_place),
            (&self.object, is_place),
            (&self.action, kind == StepKind::Started),
            (&self.decision, is_end),
            (&self.outcome, kind != StepKind::Started),
            (&self.level, kind == StepKind::Verified),
        ]
        .iter()
        .all(|(word, is_needed)| word.is_some() || !is_needed);
        let event = StepEvent {
            kind,
            at: self.at.as_deref()?,
            plan: self.plan.as_deref()?,
            step: u32::try_from(self.step?).ok()?,
            system: self.system.as_deref().unwrap_or_default(),
            object: self.object.as_deref().unwrap_or_default(),
            action: self.action.as_deref(),
            decision: self.decision.as_deref().unwrap_or_default(),
            outcome: self.outcome.as_deref().unwrap_or_default(),
            level: self.level.as_deref(),
            until: self.until.as_deref(),
            fault: self.fault.as_deref(),
        };
        is_whole.then_some(event)
    }
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
        let event = link.event.as_deref().unwrap_or_default();
        self.is_step = is_of_step(event);
        if let Some(kind) = StepKind::of(event) {
            let members = serde_json::from_slice::<Members<'_>>(line).ok();
            let event = members.as_ref().and_then(|members| members.event(kind));
            take(event.as_ref());
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
        const MEMBERS: [&str; 15] = [
            "action",
            "at",
            "case",
            "case_prev",
            "decision",
            "event",
            "fault",
            "level",
            "n",
            "object",
            "outcome",
            "plan",
            "step",
            "system",
            "until",
        ];
        let Some(values) = self.forms.read(line, &MEMBERS) else {
            return false;
        };
        let [
            action,
            at,
            Flat::Text(case),
            Flat::Text(follows),
            decision,
            Flat::Text(event),
            fault,
            level,
            Flat::Number(n),
            object,
            outcome,
            plan,
            step,
            system,
            until,
        ] = values
        else {
            return false;
        };
        let is_next =
            self.case.as_deref() == Some(case) && before.is_written(follows) && n == self.count;
        if !is_next {
            return false;
        }
        self.is_step = is_of_step(event);
        if let Some(kind) = StepKind::of(event) {
            let members = Members {
                at: at.text().map(Cow::Borrowed),
                plan: plan.text().map(Cow::Borrowed),
                step: match step {
                    Flat::Number(step) => Some(step),
                    Flat::Text(_) | Flat::Other => None,
                },
                system: system.text().map(Cow::Borrowed),
                object: object.text().map(Cow::Borrowed),
                action: action.text().map(Cow::Borrowed),
                decision: decision.text().map(Cow::Borrowed),
                outcome: outcome.text().map(Cow::Borrowed),
                level: level.text().map(Cow::Borrowed),
                until: until.text().map(Cow::Borrowed),
                fault: fault.text().map(Cow::Borrowed),
            };
            take(members.event(kind).as_ref());
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
