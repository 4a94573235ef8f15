//! Retention in systems that are written to record by record: over HTTP, by the connector's own action.
//!
//! A few records at a time become a plan, which lies in the vault before the ledger names it, and is carried out as the plan of a request:
//! read again, the intent noted, written, the outcome noted, read back. What a killed run has begun is settled by reading, and nothing more
//! of it is written: who is spared may be somebody else by now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{book, lost};
use crate::cli::context::{Context, House};
use crate::connector::sweeping::{Candidate, Due, Surveyor};
use crate::connector::{Action, Digester, Fault, Key, Record};
use crate::diagnostic::Trouble;
use crate::execute::{Results, Run, Stop};
use crate::find::Unwatched;
use crate::findings::{self, FoundBy};
use crate::hold;
use crate::keys::{Digest, Purpose};
use crate::ledger::Event;
use crate::plan::{self, Approved, Decision, Keeping, Outcome, Plan, Step};
use crate::sweep::{Before, Halt, Rule, Walked, walk};

/// Records of one plan: few, so that a hold that is set meanwhile finds most of them untouched.
const AT_ONCE: usize = 10;

/// One rule on its way through the records of an object.
pub(super) struct Singly<'a> {
    pub(super) context: &'a Context,
    pub(super) house: &'a House,
    pub(super) sweep: &'a str,
    pub(super) rule: &'a Rule,
    pub(super) due: &'a Due,
    pub(super) surveyor: &'a mut dyn Surveyor,
    pub(super) book: &'a mut dyn crate::sweep::Book,
    pub(super) spared: &'a BTreeSet<Key>,
    pub(super) most: u64,
    pub(super) halt: &'a dyn Fn() -> Option<Halt>,
    pub(super) before: Before,
}

/// What a plan came to.
struct Came {
    halted: Option<Halt>,
    fault: Option<Fault>,
    /// Whether reading could not tell of some record what became of it.
    open: bool,
    /// Whether the system as a whole has stopped answering.
    gone: bool,
}

impl Singly<'_> {
    /// Settles what a killed run left open, then goes on until nothing is due any more, something stops it, or the system fails.
    ///
    /// # Errors
    /// Only what ledger, vault or disk refuse; a failure of the system is part of the result.
    pub(super) async fn run(mut self) -> Result<Walked, Trouble> {
        let mut walked = Walked {
            batches: self.before.batches,
            ..Walked::default()
        };
        for begun in std::mem::take(&mut self.before.unsettled) {
            let kept: Option<Plan> = self.house.vault().read_for_workspace(&self.item())?;
            let Some(plan) = kept else {
                let (sweep, rule) = (self.sweep, &self.rule.id);
                let before = &mut self.before;
                let told = lost::end(self.house, self.book, (sweep, rule), before, begun)?;
                walked.done += told.done;
                walked.settled += told.done;
                if told.unknown > 0 {
                    walked.lose(told.unknown, Fault::lost_plan(told.unknown));
                }
                continue;
            };
            let count = walked.done;
            let came = self.carry(begun.batch, plan, true, &mut walked).await?;
            walked.settled += walked.done - count;
            if came.open {
                walked.open = true;
                walked.fault = came.fault.or_else(|| Some(Fault::unsettled()));
                return Ok(walked);
            }
        }
        let mut after: Option<Candidate> = None;
        while walked.done - walked.settled < self.most {
            if let Some(halt) = (self.halt)() {
                walked.halted = Some(halt);
                return Ok(walked);
            }
            let (object, due) = (&self.rule.object, self.due);
            let next = self.surveyor.next(object, due, after.as_ref(), AT_ONCE);
            let found = match next.await {
                Ok(found) => found,
                Err(fault) => {
                    walked.fault = Some(fault);
                    return Ok(walked);
                }
            };
            let Some(last) = found.last().cloned() else {
                return Ok(walked);
            };
            after = Some(last);
            let left = usize::try_from(self.most - (walked.done - walked.settled));
            let free = found.into_iter().map(|one| one.key);
            let free = free.filter(|key| !self.spared.contains(key));
            let free: Vec<Key> = free.take(left.unwrap_or(usize::MAX)).collect();
            let records = match self.surveyor.records(object, due, &free).await {
                Ok(records) => records,
                Err(fault) => {
                    walked.fault = Some(fault);
                    return Ok(walked);
                }
            };
            if records.is_empty() {
                continue;
            }
            let batch = walked.batches + 1;
            let plan = self.plan(batch, &records);
            self.begin(batch, &plan)?;
            walked.batches = batch;
            let came = self.carry(batch, plan, false, &mut walked).await?;
            // One record that the system refuses keeps no other one.
            walked.fault = walked.fault.or(came.fault);
            if came.open || came.gone || came.halted.is_some() {
                walked.open = came.open;
                walked.halted = came.halted;
                return Ok(walked);
            }
        }
        Ok(walked)
    }

    fn item(&self) -> String {
        book::plan_item(&self.rule.id)
    }

    /// The number of the batch tells the plan from an earlier one over the same records, of which nothing was written.
    fn plan(&self, batch: u32, records: &[Record]) -> Plan {
        let digester = self.digester();
        let namer = plan::Namer::of(&self.house.key);
        let identity = self.house.key.derive(Purpose::Identity);
        let (system, object) = (&self.rule.system.name, &self.rule.object);
        let days = crate::law::Days::at_seat(&self.house.inventory.controller.seat);
        let mut steps: Vec<Step> = records
            .iter()
            .map(|record| {
                let carried = findings::carried(object, record, &self.house.inventory.kinds);
                let identities = carried.iter();
                let identities = identities.map(|one| hold::digest_under(&identity, one));
                let action = self.due.action;
                let plain = digester.digest(object, record);
                Step {
                    no: 0,
                    system: system.clone(),
                    object: object.name.clone(),
                    key: record.key.clone(),
                    name: namer.name(system, &object.name, &record.key),
                    found_by: FoundBy {
                        finder: 0,
                        identity: None,
                        parent: None,
                        also: Vec::new(),
                    },
                    decision: match action {
                        Action::Restrict => Decision::Restrict,
                        _ => Decision::Erase,
                    },
                    action: Some(action),
                    before: digester.state(object, action, record),
                    after: (action == Action::Restrict).then(|| digester.marked(plain, true)),
                    changes: Default::default(),
                    was: Default::default(),
                    order: 0,
                    until: None,
                    because: Some(self.rule.basis.clone()),
                    irreversible: None,
                    label: None,
                    categories: Vec::new(),
                    // By which a hold is recognised that is set right before the write.
                    keeping: Some(Keeping {
                        identities: identities.collect(),
                        clock: crate::law::clock_day(object, record, &days),
                        ..Keeping::default()
                    }),
                }
            })
            .collect();
        steps.sort_by(|a, b| a.key.cmp(&b.key));
        for (no, step) in (0..).zip(&mut steps) {
            step.no = no;
        }
        Plan {
            schema: "dsr.plan/1".to_owned(),
            case: format!("{}/{batch}", self.sweep),
            verb: match self.due.action {
                Action::Restrict => "restrict".to_owned(),
                _ => "erase".to_owned(),
            },
            day: self.due.today,
            inventory: self.house.inventory.digest,
            steps,
            not_searched: Vec::new(),
            tasks: Vec::new(),
            waiting: Vec::new(),
            requests: BTreeMap::new(),
            changed_safety: Vec::new(),
        }
    }

    fn digester(&self) -> Digester {
        Digester::new(self.house.key.derive(Purpose::Record))
    }

    fn begin(&mut self, batch: u32, plan: &Plan) -> Result<(), Trouble> {
        let names: Vec<Digest> = plan.steps.iter().map(|step| step.name).collect();
        self.house.vault().put_for_workspace(&self.item(), plan)?;
        self.book.write(&[Event::SweepBatchStarted {
            sweep: self.sweep.to_owned(),
            rule: self.rule.id,
            batch,
            records: names.len() as u64,
            root: walk::root(&names),
            plan: Some(plan.id()),
        }])
    }

    /// Carries a plan out as far as it goes, or only reads what became of it, and ends its batch unless something is left open.
    async fn carry(
        &mut self,
        batch: u32,
        plan: Plan,
        only_read: bool,
        walked: &mut Walked,
    ) -> Result<Came, Trouble> {
        let mut came = Came {
            halted: None,
            fault: None,
            open: false,
            gone: false,
        };
        let (results, overtaken) = match self.apply(&plan, only_read).await? {
            Some(results) => (results, false),
            // A hold or a request came in between: what was begun is looked at, and nothing more is written.
            None => (self.apply(&plan, true).await?.unwrap_or_default(), true),
        };
        if overtaken {
            came.halted = Some(Halt::HoldsChanged);
        }
        let mut done = Vec::new();
        for step in &plan.steps {
            let Some(ended) = results.get(&step.no) else {
                came.open = true;
                continue;
            };
            match ended.outcome {
                Outcome::Removed | Outcome::Restricted => done.push(step.name),
                Outcome::Unknown | Outcome::Pending => came.open = true,
                _ => {}
            }
            if let Some(fault) = ended.fault.as_ref().filter(|fault| fault.code != "E551") {
                came.gone |= fault.is_of_system();
                came.fault.get_or_insert_with(|| fault.clone());
            }
            // Somebody has put a hold on it since; the next run knows.
            if ended.outcome == Outcome::Held {
                came.halted = Some(Halt::HoldsChanged);
            }
        }
        if came.open {
            came.fault.get_or_insert_with(Fault::unsettled);
            return Ok(came);
        }
        self.end(batch, &done, only_read)?;
        self.house.vault().remove_for_workspace(&self.item())?;
        walked.done += done.len() as u64;
        Ok(came)
    }

    /// What each step came to; `None` if a hold or a request came in between.
    async fn apply(&self, plan: &Plan, only_read: bool) -> Result<Option<Results>, Trouble> {
        let id = plan.id();
        let (mut history, mut taken, mut approvals) = (Vec::new(), BTreeMap::new(), Vec::new());
        let now = self.context.now();
        let mut last = None;
        let ago = |at: jiff::Timestamp| now.duration_since(at).try_into().unwrap_or_default();
        self.house.ledger().of_the_workspace(0, &mut |stored| {
            match &stored.event {
                Event::SweepBatchStarted { plan, .. } => approvals.extend(*plan),
                Event::StepStarted { plan, step, .. } if *plan == id => {
                    taken.insert(*step, ago(stored.at));
                    history.push(stored.event.clone());
                }
                Event::StepEnded { plan, .. } | Event::StepVerified { plan, .. } if *plan == id => {
                    history.push(stored.event.clone());
                }
                _ => return,
            }
            last = Some(stored.at);
        })?;
        let Some(approved) = Approved::new(plan.clone(), &approvals) else {
            return Ok(Some(Results::new()));
        };
        let standing = self.house.overtaken()?;
        let run = Run {
            rested: last.map(ago).unwrap_or_default(),
            rules_changed: only_read,
            systems: self.house.systems(),
            doors: self.house.doors(),
            journal: self.house.journal_of_the_workspace(),
            history,
            digester: self.digester(),
            identities: Vec::new(),
            kinds: Arc::new(self.house.inventory.kinds.clone()),
            watch: Arc::new(Unwatched),
            stop: Stop::default(),
            taken,
            standing: Arc::clone(&standing) as _,
            approved: Arc::new(approved),
        };
        match run.apply().await {
            Ok(results) => Ok(Some(results)),
            Err(_) if standing.came.load(Ordering::SeqCst) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    fn end(&mut self, batch: u32, done: &[Digest], settled: bool) -> Result<(), Trouble> {
        self.book.name(&self.rule.id, self.before.named, done)?;
        self.before.named += done.len() as u64;
        self.book.write(&[Event::SweepBatchEnded {
            sweep: self.sweep.to_owned(),
            rule: self.rule.id,
            batch,
            done: done.len() as u64,
            root: walk::root(done),
            settled,
            unknown: 0,
        }])
    }
}
