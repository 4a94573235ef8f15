//! Carries out an approved plan and nothing else.
//!
//! Each system has a lane of its own, so that a broken one stops only itself. Before each write the record is read again; intent
//! goes to the ledger before the request leaves, the outcome after, and what a killed run left open is settled by reading
//! (`execute/recover.rs`). `execute` decides nothing about anybody: that is written in the plan.

mod lane;
mod recover;
mod search;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::connector::{Digester, Fault, Key, Reader, Writer};
use crate::diagnostic::Trouble;
use crate::hold::HoldId;
use crate::inventory::System;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::plan::{Approved, Level, Outcome, Step};
use crate::subject::{Identity, Kinds};

/// Where intents and outcomes are written. A commit is durable when it returns.
pub trait Journal: Send + Sync {
    fn write(&self, events: &[Event]) -> Result<(), Trouble>;
}

/// The right to write to a system alone, until it is dropped.
pub type Turn = tokio::sync::OwnedMutexGuard<()>;

/// Opens systems for the executor.
#[async_trait]
pub trait Doors: Send + Sync {
    fn reader(&self, system: &System) -> Result<Box<dyn Reader>, Fault>;
    fn writer(&self, system: &System, approved: &Approved) -> Result<Box<dyn Writer>, Fault>;

    /// Waits until nobody else of this program writes to the system, where two could not at the same time: a file is rewritten as a
    /// whole. `None` where everybody may.
    async fn turn(&self, _system: &System) -> Option<Turn> {
        None
    }
}

/// Says what must not be erased by now, whatever the plan says: a hold may be set at any moment.
pub trait Standing: Send + Sync {
    /// The holds that keep a step's record now.
    ///
    /// # Errors
    /// The ledger cannot be read: then nobody knows, and nothing is erased.
    fn holds(&self, step: &Step) -> Result<Vec<HoldId>, Trouble>;
}

/// Nothing is held, where there is no ledger that could say so.
pub struct Unheld;

impl Standing for Unheld {
    fn holds(&self, _step: &Step) -> Result<Vec<HoldId>, Trouble> {
        Ok(Vec::new())
    }
}

/// Hears of each finished step, for a person who waits.
pub trait Watch: Send + Sync {
    fn step_ended(&self, _system: &str, _outcome: Outcome) {}
}

impl Watch for crate::find::Unwatched {}

/// Set to stop after the requests in flight.
#[derive(Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Everything an execution needs.
pub struct Run {
    pub approved: Arc<Approved>,
    /// The systems that the plan names.
    pub systems: Vec<Arc<System>>,
    pub doors: Arc<dyn Doors>,
    pub journal: Arc<dyn Journal>,
    /// Events of the same case so far, oldest first.
    pub history: Vec<Event>,
    pub digester: Digester,
    /// Identities for the search afterwards.
    pub identities: Vec<Identity>,
    pub kinds: Arc<Kinds>,
    pub watch: Arc<dyn Watch>,
    pub stop: Stop,
    /// How long ago the case's last event was written when this run began: a request of an earlier run is at least that old.
    pub rested: Duration,
    /// How long ago a write of each step of this plan was last begun, by its number.
    pub taken: BTreeMap<u32, Duration>,
    /// The inventory is another than the one that the plan was made under: what was begun is settled by reading, and nothing more is
    /// written, because the law may keep by now what the plan would erase.
    pub rules_changed: bool,
    /// Asked right before each write that erases.
    pub standing: Arc<dyn Standing>,
}

/// Largest difference between a system's clock and ours before it is not written to.
pub const CLOCK_TOLERANCE_S: i64 = 300;

/// What one step came to in this run.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub outcome: Outcome,
    pub level: Option<Level>,
    pub fault: Option<Fault>,
    pub at: Option<Timestamp>,
    /// Holds that stand against the write by now.
    pub holds: Vec<HoldId>,
    /// The record's key by now, where the write has given it another: rows of files are named by their content.
    pub key: Option<Key>,
    /// Concluded from the record's absence, by a reading that had not seen it before: a reader that sees nothing at all would have
    /// concluded the same.
    by_absence: bool,
}

impl Ended {
    /// Whether what the plan wanted has come true.
    pub fn is_done(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Removed
                | Outcome::Anonymised
                | Outcome::Restricted
                | Outcome::Unrestricted
                | Outcome::Rectified
                | Outcome::Suppressed
                | Outcome::AlreadyGone
        )
    }

    /// Whether a further run of the same plan could come to something else: another attempt, or another look.
    pub fn is_open(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Failed | Outcome::Pending | Outcome::Unknown | Outcome::NotVerified
        )
    }

    fn new(outcome: Outcome, level: Option<Level>) -> Ended {
        Ended {
            outcome,
            level,
            fault: None,
            at: None,
            holds: Vec::new(),
            key: None,
            by_absence: false,
        }
    }

    /// A hold was set after the plan was made.
    fn held(holds: Vec<HoldId>) -> Ended {
        Ended {
            holds,
            ..Ended::new(Outcome::Held, None)
        }
    }

    fn failed(outcome: Outcome, fault: Fault) -> Ended {
        Ended {
            fault: Some(fault),
            ..Ended::new(outcome, None)
        }
    }
}

/// Outcomes by step number; steps that a stop left untouched are absent.
pub type Results = BTreeMap<u32, Ended>;

impl Run {
    /// Carries out whatever the history has not finished yet.
    ///
    /// # Errors
    /// Only if the ledger cannot be written: then nothing further is sent to any system.
    pub async fn apply(self) -> Result<Results, Trouble> {
        let run = Arc::new(self);
        let mut lanes = Vec::new();
        for name in run.system_names() {
            let steps: Vec<Step> = run
                .approved
                .plan()
                .steps
                .iter()
                .filter(|step| step.system == name)
                .cloned()
                .collect();
            let lane_run = Arc::clone(&run);
            let open: Vec<u32> = steps.iter().map(|step| step.no).collect();
            lanes.push((
                open,
                tokio::spawn(async move {
                    let driven = lane::drive(&lane_run, &name, steps).await;
                    if driven.is_err() {
                        // Without a ledger nothing is sent: the other lanes end with what they have in flight.
                        lane_run.stop.ask();
                    }
                    driven
                }),
            ));
        }
        let mut results = Results::new();
        let mut trouble = None;
        for (open, lane) in lanes {
            match lane.await {
                Ok(Ok(ended)) => results.extend(ended),
                Ok(Err(failed)) => trouble = trouble.or(Some(failed)),
                // The intents are in the ledger, so the next run settles by reading what this one may have done.
                Err(_) => results.extend(
                    open.into_iter()
                        .map(|no| (no, Ended::failed(Outcome::Pending, Fault::panicked()))),
                ),
            }
        }
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        search::look_again(&run, &mut results).await?;
        Ok(results)
    }

    fn system_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .approved
            .plan()
            .steps
            .iter()
            .map(|step| step.system.clone())
            .collect();
        names.dedup();
        names
    }

    fn system(&self, name: &str) -> Option<&Arc<System>> {
        self.systems.iter().find(|system| system.name == name)
    }

    fn ended_event(&self, step: &Step, ended: &Ended) -> Event {
        Event::StepEnded {
            plan: self.plan_id(),
            step: step.no,
            system: step.system.clone(),
            object: step.object.clone(),
            record: step.name,
            decision: step.decision,
            action: step.action,
            outcome: ended.outcome,
            level: ended.level,
            until: step.until,
            fault: ended.fault.as_ref().map(|fault| fault.code.clone()),
            holds: {
                let planned = step.keeping.iter().flat_map(|keeping| &keeping.holds);
                let mut holds: Vec<HoldId> = planned.chain(&ended.holds).cloned().collect();
                holds.sort();
                holds.dedup();
                holds
            },
        }
    }

    fn plan_id(&self) -> Digest {
        self.approved.id()
    }
}
