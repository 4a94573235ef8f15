//! What earlier runs have shown, done and left open, folded from the ledger.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::brakes::Earlier;
use super::walk::Before;
use crate::keys::Digest;
use crate::ledger::{Brake, Event};

/// All sweeps of a ledger so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    rules: BTreeMap<Digest, Earlier>,
    /// Data type and `system.object` of every rule that was ever shown.
    places: BTreeMap<Digest, (String, String)>,
    /// Rules that the last look showed after they had been forgotten, with the day of the look before it.
    again: Vec<(Digest, Option<Date>)>,
    /// The run that was begun last and has not ended.
    pub open: Option<Open>,
    /// The day of the last run that ended.
    pub last: Option<Date>,
}

/// A run that was killed, or stopped by something worse than a brake.
#[derive(Clone, Debug)]
pub struct Open {
    pub sweep: String,
    pub day: Date,
    rules: BTreeMap<Digest, Part>,
}

/// What an open run has done under one rule.
#[derive(Clone, Debug, Default)]
struct Part {
    before: Before,
    /// Records since the rule last came to an end.
    done: u64,
}

impl Open {
    /// What was done under a rule, and which of its batches nobody saw the end of.
    pub fn before(&self, rule: &Digest) -> Before {
        self.rules
            .get(rule)
            .map_or_else(Before::default, |part| part.before.clone())
    }

    /// How many records were written to under a rule that did not come to its end.
    pub fn done(&self, rule: &Digest) -> u64 {
        self.rules.get(rule).map_or(0, |part| part.done)
    }

    /// Rules with a batch of which nobody saw the end.
    pub fn unsettled(&self) -> impl Iterator<Item = &Digest> {
        let open = |(_, part): &(&Digest, &Part)| !part.before.unsettled.is_empty();
        self.rules.iter().filter(open).map(|(rule, _)| rule)
    }
}

impl History {
    /// Takes one event more; the ledger's order.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::SweepPlanned { day, rules, .. } => {
                self.again.clear();
                for rule in rules {
                    let known = self.rules.entry(rule.rule).or_default();
                    if rule.brakes.contains(&Brake::Forgotten) {
                        self.again.push((rule.rule, known.shown));
                    }
                    known.shown = Some(*day);
                    known.triggers.clone_from(&rule.triggers);
                    let place = format!("{}.{}", rule.system, rule.object);
                    self.places
                        .insert(rule.rule, (rule.data_type.clone(), place));
                }
            }
            Event::SweepStarted { sweep, day, .. } => {
                // A clock that was set ahead shows every rule on its new day too, night after night: only somebody who looks, and applies
                // nothing, says that the day is right.
                for (rule, before) in self.again.drain(..) {
                    self.rules.entry(rule).or_default().shown = before;
                }
                let again = self.open.take().filter(|open| open.sweep == *sweep);
                self.open = Some(again.unwrap_or_else(|| Open {
                    sweep: sweep.clone(),
                    day: *day,
                    rules: BTreeMap::new(),
                }));
            }
            Event::SweepBatchStarted { rule, batch, .. } => {
                if let Some(open) = &mut self.open {
                    let before = &mut open.rules.entry(*rule).or_default().before;
                    before.unsettled.push(*batch);
                    before.batches = before.batches.max(*batch);
                }
            }
            Event::SweepBatchEnded {
                rule, batch, done, ..
            } => {
                if let Some(open) = &mut self.open {
                    let part = open.rules.entry(*rule).or_default();
                    part.before.unsettled.retain(|number| number != batch);
                    part.before.named += done;
                    part.done += done;
                }
            }
            Event::SweepRuleEnded {
                rule,
                done,
                remaining,
                stopped,
                ..
            } => {
                if let Some(open) = &mut self.open {
                    open.rules.entry(*rule).or_default().done = 0;
                }
                let known = self.rules.entry(*rule).or_default();
                known.ended(*done, *remaining, stopped.is_some());
            }
            Event::SweepEnded { .. } => {
                self.last = self.open.take().map(|open| open.day).or(self.last);
            }
            _ => {}
        }
    }

    /// What is known of a rule.
    pub fn of(&self, rule: &Digest) -> Earlier {
        self.rules.get(rule).cloned().unwrap_or_default()
    }

    /// Data type and `system.object` of a rule, as the last run showed it.
    pub fn place(&self, rule: &Digest) -> Option<(&str, &str)> {
        let (data_type, place) = self.places.get(rule)?;
        Some((data_type, place))
    }

    /// Every rule that a run has shown.
    pub fn shown(&self) -> Vec<Digest> {
        let shown = self
            .rules
            .iter()
            .filter(|(_, earlier)| earlier.shown.is_some());
        shown.map(|(rule, _)| *rule).collect()
    }
}
