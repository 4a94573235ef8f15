//! Batches of a killed run that nobody can read any more: their system or their rule is gone, or the vault has lost what was begun.
//!
//! They are ended with what is known. Nothing else counts as done, the run says of how many records nobody can tell, and a person looks
//! once; no later run waits for it.

use std::collections::BTreeMap;

use super::Line;
use crate::cli::context::{Context, House};
use crate::connector::Fault;
use crate::diagnostic::{Result, Trouble};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Text, fault as say};
use crate::plan::Outcome;
use crate::sweep::history::{Open, Place};
use crate::sweep::{Before, Begun, Book, History, Rule, Walked, walk};

/// A rule under which a run was killed in a batch, and which the inventory has no more, or as another.
pub(super) struct Lost {
    pub(super) rule: Digest,
    pub(super) place: Place,
    why: Text,
    pub(super) walked: Walked,
}

/// The rules of an open run's batches that are none of `rules`, which are all of the inventory's.
pub(super) fn of(open: &Open, rules: &[Rule], history: &History) -> Vec<Lost> {
    let gone = open
        .unsettled()
        .filter(|id| rules.iter().all(|rule| rule.id != **id));
    let lost = gone.filter_map(|id| {
        let place = history.place(id)?.clone();
        let is_there = |rule: &Rule| {
            let (system, object) = (&rule.system.name, &rule.object.name);
            rule.data_type.name == place.data_type
                && (system, object) == (&place.system, &place.object)
        };
        Some(Lost {
            rule: *id,
            why: match rules.iter().any(is_there) {
                true => say::rule_other(),
                false => say::rule_gone(),
            },
            place,
            walked: Walked::default(),
        })
    });
    lost.collect()
}

impl Lost {
    /// Ends what its run had begun.
    pub(super) fn end(
        &mut self,
        context: &Context,
        house: &House,
        book: &mut dyn Book,
        sweep: &str,
        open: &Open,
    ) -> Result<()> {
        let why = self.why.clone();
        self.walked = give_up(context, house, book, (sweep, &self.rule), open, why)?;
        Ok(())
    }
}

/// Why nobody reads any more what became of a rule's batches; `None` where its system is asked.
pub(super) fn unasked(line: &Line) -> Option<Text> {
    let is_unasked = line.rule.due.is_err();
    is_unasked.then(|| say::system_unasked(&line.rule.system.name))
}

/// Ends all batches of a rule that a killed run has left, and the rule with them.
pub(super) fn give_up(
    context: &Context,
    house: &House,
    book: &mut dyn Book,
    (sweep, rule): (&str, &Digest),
    open: &Open,
    why: Text,
) -> Result<Walked> {
    let mut before = open.before(rule);
    let mut walked = Walked {
        batches: before.batches,
        ..Walked::default()
    };
    for begun in std::mem::take(&mut before.unsettled) {
        let told = end(house, book, (sweep, rule), &mut before, begun)?;
        walked.done += told.done;
        walked.settled += told.done;
        if told.unknown > 0 {
            let lost = Fault::lost_batch(why.clone(), told.unknown);
            walked.lose(told.unknown, lost);
        }
    }
    walked.done += open.done(rule);
    let ended = Event::SweepRuleEnded {
        sweep: sweep.to_owned(),
        rule: *rule,
        done: walked.done,
        spared: 0,
        remaining: None,
        stopped: walked.lost.as_ref().map(|lost| lost.code.clone()),
    };
    house.write(None, context.now(), &[ended])?;
    Ok(walked)
}

/// What is known of a batch without reading its system.
pub(super) struct Told {
    /// Records that the ledger says are done.
    pub(super) done: u64,
    /// Records that may have been written to.
    pub(super) unknown: u64,
}

/// Ends one batch with what the ledger alone tells of it.
///
/// # Errors
/// What ledger or disk refuse.
pub(super) fn end(
    house: &House,
    book: &mut dyn Book,
    of: (&str, &Digest),
    before: &mut Before,
    begun: Begun,
) -> std::result::Result<Told, Trouble> {
    let (done, unknown) = told(house, of, begun)?;
    walk::give_up(book, of, before, begun, &done, unknown)?;
    Ok(Told {
        done: done.len() as u64,
        unknown,
    })
}

/// Records that the ledger says are done, and how many were begun of which it does not say what became of them. Where it names no records one
/// by one, nothing is known of any.
fn told(
    house: &House,
    (sweep, rule): (&str, &Digest),
    begun: Begun,
) -> std::result::Result<(Vec<Digest>, u64), Trouble> {
    let mut id = None;
    let mut steps: BTreeMap<u32, (Digest, Outcome)> = BTreeMap::new();
    house
        .ledger()
        .of_the_workspace(0, &mut |stored| match &stored.event {
            Event::SweepBatchStarted {
                sweep: of,
                rule: under,
                batch,
                plan,
                ..
            } if of == sweep && under == rule && *batch == begun.batch => id = *plan,
            Event::StepStarted {
                plan, step, record, ..
            } if Some(*plan) == id => {
                steps.insert(*step, (*record, Outcome::Unknown));
            }
            Event::StepEnded {
                plan,
                step,
                record,
                outcome,
                ..
            } if Some(*plan) == id => {
                steps.insert(*step, (*record, *outcome));
            }
            _ => {}
        })?;
    if id.is_none() {
        return Ok((Vec::new(), begun.records));
    }
    let is_open = |outcome| matches!(outcome, Outcome::Unknown | Outcome::Pending);
    let open = steps.values().filter(|(_, outcome)| is_open(*outcome));
    let open = open.count() as u64;
    let is_done = |outcome| matches!(outcome, Outcome::Removed | Outcome::Restricted);
    let done = steps.values().filter(|(_, outcome)| is_done(*outcome));
    Ok((done.map(|(record, _)| *record).collect(), open))
}
