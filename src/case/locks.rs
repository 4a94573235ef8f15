//! What a case has restricted on request, and whether that still stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::deferred::is_gone;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::plan::Outcome;

/// Records that a case has restricted. A flag that was there before is somebody else's.
#[derive(Clone, Debug, Default)]
pub(super) struct Locks {
    plans: BTreeMap<Digest, Verb>,
    /// Steps of restrictions that were sent.
    sent: BTreeSet<(Digest, u32)>,
    /// By system, object and the record's name.
    standing: BTreeSet<(String, String, Digest)>,
    /// Systems that the latest search could not look into, and another may.
    unsearched: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Verb {
    Restrict,
    /// Except in these systems, which were not searched.
    Lift(BTreeSet<String>),
    Erase,
}

impl Locks {
    pub(super) fn stand(&self) -> bool {
        !self.standing.is_empty()
    }

    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::Searched { systems, .. } => {
                let unsearched = systems.iter().filter(|answer| answer.may_answer_later());
                self.unsearched = unsearched.map(|answer| answer.system.clone()).collect();
            }
            Event::Planned {
                plan,
                verb,
                decisions,
                ..
            } => {
                let verb = match verb.as_str() {
                    "restrict" => Verb::Restrict,
                    "lift" => Verb::Lift(self.unsearched.clone()),
                    "erase" => Verb::Erase,
                    _ => return,
                };
                self.plans.insert(*plan, verb);
                // What was restricted is nowhere any more.
                if decisions.is_empty() {
                    self.lifted(plan);
                }
            }
            Event::StepStarted { plan, step, .. }
                if self.plans.get(plan) == Some(&Verb::Restrict) =>
            {
                self.sent.insert((*plan, *step));
            }
            Event::StepEnded {
                plan,
                step,
                system,
                object,
                record,
                outcome,
                ..
            } => {
                let place = (system.clone(), object.clone(), *record);
                match (self.plans.get(plan), outcome) {
                    (Some(Verb::Restrict), Outcome::Restricted)
                        if self.sent.contains(&(*plan, *step)) =>
                    {
                        self.standing.insert(place);
                    }
                    // What an erasure has come upon since is locked for what the law keeps.
                    (Some(Verb::Lift(_)), Outcome::Unrestricted)
                    | (Some(Verb::Erase), Outcome::Restricted) => {
                        self.standing.remove(&place);
                    }
                    (Some(_), outcome) if is_gone(*outcome) => {
                        self.standing.remove(&place);
                    }
                    _ => {}
                }
            }
            Event::ApplyEnded {
                plan,
                complete: true,
                ..
            } => self.lifted(plan),
            _ => {}
        }
    }

    /// A lifting has come to its end. Rows of files have other names by now, records may be gone, and some locks are taken away by hand: whatever
    /// is not in a system that could not be asked stands no more.
    fn lifted(&mut self, plan: &Digest) {
        if let Some(Verb::Lift(unsearched)) = self.plans.get(plan) {
            self.standing
                .retain(|(system, ..)| unsearched.contains(system));
        }
    }
}
