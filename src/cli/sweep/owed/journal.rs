//! What the executor writes of steps, as the ledger has it of erasures that were left for later: under their case, and by the names that the
//! records have there.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cli::context::CaseJournal;
use crate::deferred::Deferred;
use crate::diagnostic::Trouble;
use crate::execute::Journal;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::plan::{Decision, Outcome};

/// Writes the events of one plan.
pub(super) struct Tagged {
    journal: Arc<CaseJournal>,
    /// Names in the ledger by number of step.
    records: BTreeMap<u32, Digest>,
}

impl Tagged {
    pub(super) fn new(journal: Arc<CaseJournal>, records: BTreeMap<u32, Digest>) -> Tagged {
        Tagged { journal, records }
    }

    fn name(&self, step: u32, record: Digest) -> Digest {
        self.records.get(&step).copied().unwrap_or(record)
    }

    fn translated(&self, event: &Event) -> Option<Event> {
        match event.clone() {
            Event::StepStarted {
                plan,
                step,
                system,
                object,
                record,
                action,
                before,
                after,
            } => Some(Event::DeferredStarted {
                plan,
                step,
                system,
                object,
                record: self.name(step, record),
                action,
                before,
                after,
            }),
            Event::StepEnded {
                plan,
                step,
                system,
                object,
                record,
                action,
                outcome,
                level,
                fault,
                holds,
                ..
            } => Some(Event::DeferredEnded {
                plan: Some(plan),
                step,
                system,
                object,
                record: self.name(step, record),
                action,
                outcome,
                level,
                fault,
                holds,
            }),
            Event::StepVerified {
                plan,
                step,
                outcome,
                level,
            } => Some(Event::DeferredVerified {
                plan,
                step,
                outcome,
                level,
            }),
            _ => None,
        }
    }
}

impl Journal for Tagged {
    fn write(&self, events: &[Event]) -> Result<(), Trouble> {
        let events: Vec<Event> = events
            .iter()
            .filter_map(|event| self.translated(event))
            .collect();
        match events.is_empty() {
            true => Ok(()),
            false => self.journal.write(&events),
        }
    }
}

/// The same the other way, for going on after a crash.
pub(super) fn as_step(event: &Event) -> Option<Event> {
    match event.clone() {
        Event::DeferredStarted {
            plan,
            step,
            system,
            object,
            record,
            action,
            before,
            after,
        } => Some(Event::StepStarted {
            plan,
            step,
            system,
            object,
            record,
            action,
            before,
            after,
        }),
        Event::DeferredEnded {
            plan: Some(plan),
            step,
            system,
            object,
            record,
            action,
            outcome,
            level,
            fault,
            holds,
        } => Some(Event::StepEnded {
            plan,
            step,
            system,
            object,
            record,
            decision: Decision::Erase,
            action,
            outcome,
            level,
            until: None,
            fault,
            holds,
        }),
        Event::DeferredVerified {
            plan,
            step,
            outcome,
            level,
        } => Some(Event::StepVerified {
            plan,
            step,
            outcome,
            level,
        }),
        _ => None,
    }
}

/// A record that is another by now, and was not planned for.
pub(super) fn changed(row: &Deferred) -> Event {
    Event::DeferredEnded {
        plan: None,
        step: 0,
        system: row.system.clone(),
        object: row.object.clone(),
        record: row.record,
        action: None,
        outcome: Outcome::Changed,
        level: None,
        fault: None,
        holds: Vec::new(),
    }
}
