//! What earlier runs have shown, done and left open, folded from the ledger.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::brakes::Earlier;
use super::rule::Obstacle;
use super::walk::{Before, Begun};
use crate::connector::Action;
use crate::keys::Digest;
use crate::ledger::{Brake, Event};

/// All sweeps of a ledger so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    rules: BTreeMap<Digest, Earlier>,
    /// What every rule that was ever shown is about.
    places: BTreeMap<Digest, Place>,
    /// What the last look was about: the run that it belongs to may be about to start.
    looked: Option<Looked>,
    /// Rules that the last look showed after they had been forgotten, with the day of the look before it.
    again: Vec<(Digest, Option<Date>)>,
    /// The run that was begun last and has not ended.
    pub open: Option<Open>,
    /// The day of the last run that ended.
    pub last: Option<Date>,
}

/// What a rule is about, as the last run showed it.
#[derive(Clone, Debug)]
pub struct Place {
    pub data_type: String,
    pub system: String,
    pub object: String,
    pub action: Action,
}

#[derive(Clone, Debug)]
struct Looked {
    sweep: String,
    rules: BTreeSet<Digest>,
    limited: bool,
}

/// A run that was killed, or stopped by something worse than a brake.
#[derive(Clone, Debug)]
pub struct Open {
    pub sweep: String,
    pub day: Date,
    /// Whether it was about all rules, at least once.
    is_whole: bool,
    /// Rules that it was to go through and did not come to the end of.
    to_walk: BTreeSet<Digest>,
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

    /// Whether a run over these rules alone leaves something of it undone.
    pub fn is_cut_short_by(&self, rules: &BTreeSet<Digest>) -> bool {
        self.is_whole || !self.to_walk.is_subset(rules)
    }
}

impl History {
    /// Takes one event more; the ledger's order.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::SweepPlanned {
                sweep,
                day,
                rules,
                missed,
                limited,
                ..
            } => {
                self.again.clear();
                let missed = missed.iter().filter(|one| !Obstacle::is_meant_by(&one.why));
                let missed = missed.map(|one| one.rule);
                self.looked = Some(Looked {
                    sweep: sweep.clone(),
                    rules: rules.iter().map(|one| one.rule).chain(missed).collect(),
                    limited: *limited,
                });
                for rule in rules {
                    let known = self.rules.entry(rule.rule).or_default();
                    if rule.brakes.contains(&Brake::Forgotten) {
                        self.again.push((rule.rule, known.shown));
                    }
                    known.shown = Some(*day);
                    known.triggers.clone_from(&rule.triggers);
                    let place = Place {
                        data_type: rule.data_type.clone(),
                        system: rule.system.clone(),
                        object: rule.object.clone(),
                        action: rule.action,
                    };
                    self.places.insert(rule.rule, place);
                }
            }
            Event::SweepStarted { sweep, day, .. } => {
                // A clock that was set ahead shows every rule on its new day too, night after night: only somebody who looks, and applies
                // nothing, says that the day is right.
                for (rule, before) in self.again.drain(..) {
                    self.rules.entry(rule).or_default().shown = before;
                }
                let again = self.open.take().filter(|open| open.sweep == *sweep);
                let open = self.open.insert(again.unwrap_or_else(|| Open {
                    sweep: sweep.clone(),
                    day: *day,
                    is_whole: false,
                    to_walk: BTreeSet::new(),
                    rules: BTreeMap::new(),
                }));
                if let Some(looked) = self.looked.take().filter(|one| one.sweep == *sweep) {
                    open.is_whole |= !looked.limited;
                    open.to_walk.extend(looked.rules);
                }
            }
            Event::SweepBatchStarted {
                rule,
                batch,
                records,
                ..
            } => {
                if let Some(open) = &mut self.open {
                    let before = &mut open.rules.entry(*rule).or_default().before;
                    before.unsettled.push(Begun {
                        batch: *batch,
                        records: *records,
                    });
                    before.batches = before.batches.max(*batch);
                }
            }
            Event::SweepBatchEnded {
                rule, batch, done, ..
            } => {
                if let Some(open) = &mut self.open {
                    let part = open.rules.entry(*rule).or_default();
                    part.before.unsettled.retain(|begun| begun.batch != *batch);
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
                    open.to_walk.remove(rule);
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

    /// What a rule is about, as the last run showed it.
    pub fn place(&self, rule: &Digest) -> Option<&Place> {
        self.places.get(rule)
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
