//! One system's steps, in order: read again, write the intent, act, read back, write the outcome.

mod proof;
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::connector::object::{Object, Verify};
use crate::connector::{Action, Effect, Fault, Key, Reader, Record, Target, Writer};
use crate::diagnostic::Trouble;
use crate::execute::recover::{self, Next, State, Status};
use crate::execute::{CLOCK_TOLERANCE_S, Ended, Results, Run};
use crate::hold::HoldId;
use crate::inventory::System;
use crate::ledger::Event;
use crate::plan::{Decision, Level, Outcome, Step};

/// Brings every step of one system to an end, as far as this run can.
pub(super) async fn drive(run: &Run, name: &str, mut steps: Vec<Step>) -> Result<Results, Trouble> {
    let mut results = Results::new();
    steps.retain(
        |step| match recover::status(&run.history, run.plan_id(), step.no) {
            Status::Ended(outcome) => {
                let mut ended = Ended::new(outcome, level_in(run, step.no));
                if outcome == Outcome::Held {
                    ended.holds = holds_in(run, step.no);
                }
                results.insert(step.no, ended);
                false
            }
            _ => true,
        },
    );
    let (writing, still): (Vec<Step>, Vec<Step>) =
        steps.into_iter().partition(|step| step.action.is_some());
    end_all(run, &still, &mut results, |step| {
        Ended::new(outcome_of(step.decision), None)
    })?;
    if writing.is_empty() {
        return Ok(results);
    }
    let Some(system) = run.system(name) else {
        end_all(run, &writing, &mut results, |_| {
            Ended::failed(Outcome::Failed, Fault::not_connected())
        })?;
        return Ok(results);
    };
    // Waiting for others is not the system's time.
    let _turn = run.doors.turn(system).await;
    let open: Vec<u32> = writing.iter().map(|step| step.no).collect();
    let work = async {
        match Lane::open(run, system).await {
            Err(fault) => end_all(run, &writing, &mut results, |_| {
                Ended::failed(Outcome::Failed, fault.clone())
            }),
            Ok(mut lane) => lane.carry_out(writing, &mut results).await,
        }
    };
    // Cut like by a crash: what was under way stays begun in the ledger, and the next run settles it by reading.
    if let Ok(done) = tokio::time::timeout(system.within, work).await {
        done?;
    } else {
        let fault = Fault::cut(system.within.as_secs());
        for no in open {
            results
                .entry(no)
                .or_insert_with(|| Ended::failed(Outcome::Pending, fault.clone()));
        }
    }
    Ok(results)
}

/// The outcome of a step that writes nothing.
fn outcome_of(decision: Decision) -> Outcome {
    match decision {
        Decision::Retain => Outcome::Retained,
        Decision::Held => Outcome::Held,
        Decision::Erase
        | Decision::Restrict
        | Decision::Refuse
        | Decision::Manual
        | Decision::UnknownStart
        | Decision::Rectify
        | Decision::Lift
        | Decision::Suppress => Outcome::Manual,
    }
}

fn level_in(run: &Run, no: u32) -> Option<Level> {
    run.history.iter().rev().find_map(|event| match event {
        Event::StepVerified {
            plan, step, level, ..
        } if *plan == run.plan_id() && *step == no => Some(Some(*level)),
        Event::StepEnded {
            plan, step, level, ..
        } if *plan == run.plan_id() && *step == no => Some(*level),
        _ => None,
    })?
}

/// The holds that an earlier run found on a step's record.
fn holds_in(run: &Run, no: u32) -> Vec<HoldId> {
    let found = run.history.iter().rev().find_map(|event| match event {
        Event::StepEnded {
            plan, step, holds, ..
        } if *plan == run.plan_id() && *step == no => Some(holds.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Writes the outcomes of several steps in one commit.
fn end_all(
    run: &Run,
    steps: &[Step],
    results: &mut Results,
    ended: impl Fn(&Step) -> Ended,
) -> Result<(), Trouble> {
    let ends: Vec<(u32, Ended)> = steps.iter().map(|step| (step.no, ended(step))).collect();
    let events: Vec<Event> = steps
        .iter()
        .zip(&ends)
        .map(|(step, (_, end))| run.ended_event(step, end))
        .collect();
    if !events.is_empty() {
        run.journal.write(&events)?;
    }
    for (step, (no, end)) in steps.iter().zip(ends) {
        let fault = end.fault.as_ref().map(|fault| fault.code.as_str());
        tracing::info!(step = no, step.system, step.object, outcome = ?end.outcome, fault, "step ended");
        run.watch.step_ended(&step.system, end.outcome);
        results.insert(no, end);
    }
    Ok(())
}

struct Lane<'r> {
    run: &'r Run,
    system: Arc<System>,
    reader: Box<dyn Reader>,
    writer: Box<dyn Writer>,
    opened: Instant,
    /// Rows that this plan has removed, as object and key: several objects can describe one row.
    removed: BTreeSet<(String, Key)>,
    /// Names that rows of files have had since they were locked; two rows that are alike have one each.
    renamed: BTreeSet<Key>,
}

/// A step whose write was attempted.
struct Acted {
    step: Step,
    effect: Result<Effect, Fault>,
    sent: Instant,
}

impl Acted {
    fn fault_of_system(&self) -> Option<Fault> {
        self.effect
            .as_ref()
            .err()
            .filter(|fault| fault.is_of_system())
            .cloned()
    }
}

/// A step on its way through the lane.
struct Walker {
    step: Step,
    record: Record,
    version: Option<String>,
}

impl<'r> Lane<'r> {
    /// Opens the system on a thread of its own: a program that gives out a secret may take its time.
    async fn open(run: &'r Run, system: &Arc<System>) -> Result<Lane<'r>, Fault> {
        let (doors, named, approved) = (
            Arc::clone(&run.doors),
            Arc::clone(system),
            Arc::clone(&run.approved),
        );
        let opened = tokio::task::spawn_blocking(move || {
            Ok((doors.reader(&named)?, doors.writer(&named, &approved)?))
        });
        let (reader, writer) = opened.await.unwrap_or_else(|_| Err(Fault::panicked()))?;
        let steps = run.approved.plan().steps.iter();
        let steps = steps.filter(|step| step.system == system.name);
        let removed = steps.filter(|step| {
            let status = recover::status(&run.history, run.plan_id(), step.no);
            status == Status::Ended(Outcome::Removed)
        });
        let mut lane = Lane {
            run,
            system: Arc::clone(system),
            reader,
            writer,
            opened: Instant::now(),
            removed: removed
                .map(|step| (step.object.clone(), step.key.clone()))
                .collect(),
            renamed: BTreeSet::new(),
        };
        let patience = lane.patience();
        lane.writer.wait_no_longer(patience);
        Ok(lane)
    }

    async fn carry_out(
        &mut self,
        mut steps: Vec<Step>,
        results: &mut Results,
    ) -> Result<(), Trouble> {
        steps.sort_by_key(|step| (step.order, step.no));
        if let Err(fault) = self.writer.recover().await {
            return end_all(self.run, &steps, results, |_| {
                Ended::failed(Outcome::Failed, fault.clone())
            });
        }
        self.announce(&steps)?;
        let mut groups: Vec<Vec<Step>> = Vec::new();
        for step in steps {
            match groups.last_mut() {
                Some(group) if group[0].object == step.object && group[0].action == step.action => {
                    group.push(step)
                }
                _ => groups.push(vec![step]),
            }
        }
        let mut gone: Option<Fault> = None;
        for group in groups {
            if self.run.stop.is_asked() {
                return Ok(());
            }
            match &gone {
                // A system that no longer answers is not asked once more for each record.
                Some(fault) => end_all(self.run, &group, results, |_| {
                    Ended::failed(Outcome::Failed, fault.clone())
                })?,
                None => {
                    let (waiting, ready): (Vec<Step>, Vec<Step>) = group
                        .into_iter()
                        .partition(|step| self.has_open_child(step, results));
                    let mut ends = BTreeMap::new();
                    for step in &waiting {
                        let held = self.held_below(step, results);
                        ends.insert(step.no, self.left_alone(step, held).await);
                    }
                    end_all(self.run, &waiting, results, |step| ends[&step.no].clone())?;
                    if !ready.is_empty() {
                        gone = self.group(ready, results).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether something below this record has still to be written. Without the record it could not be found again, and a database
    /// that deletes along would take what nobody has looked at. What stays as it is keeps nothing waiting.
    fn has_open_child(&self, step: &Step, results: &Results) -> bool {
        self.open_below(step, results).next().is_some()
    }

    fn open_below<'s>(
        &'s self,
        step: &'s Step,
        results: &'s Results,
    ) -> impl Iterator<Item = Option<&'s Ended>> {
        let erases = step.action.is_some_and(Action::erases);
        let above = (step.object.clone(), step.key.clone());
        let steps = self.run.approved.plan().steps.iter();
        // What has its turn before: a mere reference may go both ways, and then neither waits for the other.
        let below = move |child: &&Step| {
            let mut parents = child.found_by.parents();
            child.system == step.system
                && (child.found_by.parent.as_ref() == Some(&above)
                    || child.order < step.order && parents.any(|parent| *parent == above))
        };
        steps
            .filter(move |_| erases)
            .filter(below)
            .filter(|child| child.action.is_some())
            .map(|child| results.get(&child.no))
            .filter(|ended| ended.is_none_or(|ended| !ended.is_done()))
    }

    /// Holds that were set meanwhile on what hangs below a record: with it that could not be found again, or would go along.
    fn held_below(&self, step: &Step, results: &Results) -> Vec<HoldId> {
        let below = self.open_below(step, results).flatten();
        let held = below.filter(|ended| ended.outcome == Outcome::Held);
        let mut holds: Vec<HoldId> = held.flat_map(|ended| ended.holds.clone()).collect();
        holds.sort();
        holds.dedup();
        holds
    }

    /// What a record has come to that must not be written, because something below it is open: nothing is owed to one that is gone
    /// or as it should be already, and reading tells.
    async fn left_alone(&mut self, step: &Step, held: Vec<HoldId>) -> Ended {
        let object = self.system.object(&step.object).cloned();
        if let (Some(object), Some(action)) = (object, step.action)
            && let Err(end) = self.prepare(&object, action, step).await
            && end.is_done()
        {
            self.note(step, &end);
            return end;
        }
        if !held.is_empty() {
            return Ended::held(held);
        }
        Ended::failed(Outcome::Failed, Fault::child_open())
    }

    /// Writes the intents of all steps that may be repeated, in one commit; the others get theirs right before they are sent.
    fn announce(&self, steps: &[Step]) -> Result<(), Trouble> {
        let intents: Vec<Event> = steps
            .iter()
            .filter(|step| step.writes() && self.is_announced(step))
            .filter_map(|s| self.intent(s))
            .collect();
        if intents.is_empty() {
            Ok(())
        } else {
            self.run.journal.write(&intents)
        }
    }

    /// Whether the intent is written together with all others. That of a lock is written once the record was read again: what
    /// somebody else has locked since the plan was never ours to write, and is not ours to unlock. So is that of a record of which
    /// only a write of ours can explain that it is not found any more: the intent has to mean that the write was next.
    ///
    /// Nor is that of a write which the system took already: it is looked at first, and the time that it may take to show is counted
    /// from when it was sent.
    fn is_announced(&self, step: &Step) -> bool {
        let object = self.system.object(&step.object);
        let status = recover::status(&self.run.history, self.run.plan_id(), step.no);
        step.action != Some(Action::Restrict)
            && status != Status::Accepted
            && self.is_idempotent(step)
            && object.is_some_and(|object| self.shows_absence(object))
    }

    fn is_idempotent(&self, step: &Step) -> bool {
        match (self.system.object(&step.object), step.action) {
            (Some(object), Some(action)) => self.writer.is_idempotent(object, action),
            _ => false,
        }
    }

    fn intent(&self, step: &Step) -> Option<Event> {
        Some(Event::StepStarted {
            plan: self.run.plan_id(),
            step: step.no,
            system: step.system.clone(),
            object: step.object.clone(),
            record: step.name,
            action: step.action?,
            before: step.before,
            after: step.after,
        })
    }

    /// All steps of one object and action. Returns the fault if the system as a whole has stopped answering.
    async fn group(
        &mut self,
        group: Vec<Step>,
        results: &mut Results,
    ) -> Result<Option<Fault>, Trouble> {
        let (Some(action), Some(object)) = (
            group[0].action,
            self.system.object(&group[0].object).cloned(),
        ) else {
            end_all(self.run, &group, results, |_| {
                Ended::failed(Outcome::Failed, Fault::parent_missing())
            })?;
            return Ok(None);
        };
        let size = self.writer.batch(&object, action).max(1);
        let mut rest = group.into_iter().peekable();
        let mut finished: Vec<(Step, Ended)> = Vec::new();
        let verify = timing(&object, action);
        let is_seen_at_once = verify.after_ms == 0 && verify.within_ms == 0;
        let mut unseen: Vec<Acted> = Vec::new();
        let mut gone = None;
        while rest.peek().is_some() && gone.is_none() && !self.run.stop.is_asked() {
            let chunk: Vec<Step> = rest.by_ref().take(size).collect();
            let (mut ended, acted) = self.chunk(&object, action, chunk).await?;
            if is_seen_at_once {
                for acted in acted {
                    ended.push(self.end_of(&object, action, acted, &verify).await);
                }
            } else {
                gone = acted.iter().find_map(Acted::fault_of_system);
                unseen.extend(acted);
            }
            let mut faults = ended.iter().filter_map(|(_, end)| end.fault.as_ref());
            gone = gone.or_else(|| faults.find(|fault| fault.is_of_system()).cloned());
            finished.extend(ended);
        }
        // What takes its time to show is looked for when all of it was sent.
        for acted in unseen {
            finished.push(self.end_of(&object, action, acted, &verify).await);
        }
        if let Some(fault) = gone.as_ref().filter(|_| !self.run.stop.is_asked()) {
            finished.extend(rest.map(|step| (step, Ended::failed(Outcome::Failed, fault.clone()))));
        }
        let ends: BTreeMap<u32, Ended> = finished
            .iter()
            .map(|(step, end)| (step.no, end.clone()))
            .collect();
        let steps: Vec<Step> = finished.into_iter().map(|(step, _)| step).collect();
        end_all(self.run, &steps, results, |step| ends[&step.no].clone())?;
        Ok(gone)
    }

    /// As many records as one call of the writer takes.
    async fn chunk(
        &mut self,
        object: &Object,
        action: Action,
        steps: Vec<Step>,
    ) -> Result<(Vec<(Step, Ended)>, Vec<Acted>), Trouble> {
        let mut ended = Vec::new();
        let mut writing = Vec::new();
        for step in steps {
            match self.prepare(object, action, &step).await {
                Err(end) => {
                    self.note(&step, &end);
                    ended.push((step, end));
                }
                Ok(record) => {
                    let version = self.reader.version(object, &record);
                    writing.push(Walker {
                        step,
                        record,
                        version,
                    });
                }
            }
        }
        if let Some(seconds) = self
            .reader
            .notes()
            .clock_offset_s
            .filter(|s| s.abs() > CLOCK_TOLERANCE_S)
        {
            let fault = Fault::clock(seconds);
            ended.extend(
                writing
                    .into_iter()
                    .map(|w| (w.step, Ended::failed(Outcome::Failed, fault.clone()))),
            );
            return Ok((ended, Vec::new()));
        }
        if action.erases() {
            let mut free = Vec::new();
            for walker in writing {
                let holds = self.run.standing.holds(&walker.step)?;
                match holds.is_empty() {
                    true => free.push(walker),
                    false => ended.push((walker.step, Ended::held(holds))),
                }
            }
            writing = free;
        }
        if writing.is_empty() {
            return Ok((ended, Vec::new()));
        }
        let late: Vec<Event> = writing
            .iter()
            .filter(|w| !self.is_announced(&w.step))
            .filter_map(|w| self.intent(&w.step))
            .collect();
        if !late.is_empty() {
            self.run.journal.write(&late)?;
        }
        let targets: Vec<Target<'_>> = writing
            .iter()
            .map(|w| Target {
                record: &w.record,
                before: &w.step.before,
                changes: &w.step.changes,
                version: w.version.as_deref(),
            })
            .collect();
        let sent = Instant::now();
        let effects = self
            .writer
            .act(object, action, &targets, &self.run.digester)
            .await;
        // An engine that says less than it was asked leaves the rest to reading.
        let effects = effects
            .into_iter()
            .chain(std::iter::repeat(Ok(Effect::Unknown)));
        let mut acted = Vec::new();
        for (walker, effect) in writing.into_iter().zip(effects) {
            let (effect, sent) = match effect {
                Ok(Effect::Stale) => match self.once_more(object, action, &walker.step).await? {
                    Ok(effect) => (effect, Instant::now()),
                    Err(end) => {
                        self.note(&walker.step, &end);
                        ended.push((walker.step, end));
                        continue;
                    }
                },
                other => (other, sent),
            };
            acted.push(Acted {
                step: walker.step,
                effect,
                sent,
            });
        }
        Ok((ended, acted))
    }

    /// Looks what an attempted write came to, not before it may be seen.
    async fn end_of(
        &mut self,
        object: &Object,
        action: Action,
        acted: Acted,
        verify: &Verify,
    ) -> (Step, Ended) {
        let Acted { step, effect, sent } = acted;
        let first = sent + Duration::from_millis(verify.after_ms);
        // Even a sleep of no length lasts until the clock's next millisecond.
        if effect == Ok(Effect::Done) && verify.after_ms > 0 {
            let until = first.min(self.patience().until);
            while Instant::now() < until && !self.run.stop.is_asked() {
                tokio::time::sleep_until(until.min(Instant::now() + reading::AGAIN)).await;
            }
        }
        let mut end = self
            .conclude(object, action, &step, effect, verify, sent)
            .await;
        // A locked row has another name by now; whoever erases it one day has to know it.
        if end.outcome == Outcome::Restricted && self.reader.keys_follow_content(object) {
            end.key = self.key_now(object, &step).await;
        }
        self.note(&step, &end);
        (step, end)
    }

    fn note(&mut self, step: &Step, end: &Ended) {
        if end.outcome == Outcome::Removed {
            self.removed.insert((step.object.clone(), step.key.clone()));
        }
    }

    /// After a system refused a write because it has a newer version of the record: reads it again, and writes once more if nothing
    /// that was planned for has changed.
    async fn once_more(
        &mut self,
        object: &Object,
        action: Action,
        step: &Step,
    ) -> Result<Result<Result<Effect, Fault>, Ended>, Trouble> {
        let record = match self.prepare(object, action, step).await {
            Ok(record) => record,
            Err(ended) => return Ok(Err(ended)),
        };
        if action.erases() {
            let holds = self.run.standing.holds(step)?;
            if !holds.is_empty() {
                return Ok(Err(Ended::held(holds)));
            }
        }
        let version = self.reader.version(object, &record);
        let target = Target {
            record: &record,
            before: &step.before,
            changes: &step.changes,
            version: version.as_deref(),
        };
        let mut effects = self
            .writer
            .act(object, action, &[target], &self.run.digester)
            .await;
        Ok(Ok(effects.pop().unwrap_or(Ok(Effect::Unknown))))
    }

    /// Reads the record again: gives it back if it is to be written, else what its step has come to.
    async fn prepare(
        &mut self,
        object: &Object,
        action: Action,
        step: &Step,
    ) -> Result<Record, Ended> {
        let failed = |fault| Ended::failed(Outcome::Failed, fault);
        let status = recover::status(&self.run.history, self.run.plan_id(), step.no);
        let idempotent = self.is_idempotent(step);
        // Where nothing shows a mark, reading cannot say whether a request that may not be repeated took effect.
        if status == Status::Begun && !idempotent && is_blind(object, action) {
            return Err(Ended::new(Outcome::Unknown, None));
        }
        loop {
            let record = self.look_before(object, step, status).await;
            let record = record.map_err(failed)?;
            let state = self.state(object, step, record.as_ref());
            if matches!(state, State::Absent | State::Unfound)
                && let Some(record) = self.half_removed(object, step, status).await?
            {
                return match self.run.rules_changed {
                    true => Err(Ended::failed(Outcome::Changed, Fault::rules_changed())),
                    false => Ok(record),
                };
            }
            if matches!(state, State::Before | State::Other) && self.is_open(object, step, status) {
                return Err(Ended::new(Outcome::Pending, Some(Level::L0)));
            }
            let left = self
                .may_be_under_way(object, action)
                .saturating_sub(self.run.rested + self.opened.elapsed());
            match (recover::next(status, state, action, idempotent), record) {
                (Next::Write | Next::WriteLater, Some(_)) if self.run.rules_changed => {
                    return Err(Ended::failed(Outcome::Changed, Fault::rules_changed()));
                }
                (Next::WriteLater, _) if !left.is_zero() => {
                    if self.patience().is_over() {
                        return Err(Ended::failed(Outcome::Unknown, Fault::interrupted()));
                    }
                    tokio::time::sleep(left.min(reading::AGAIN)).await;
                }
                (Next::Write | Next::WriteLater, Some(record)) => return Ok(record),
                (Next::Lost | Next::Write | Next::WriteLater, _) => {
                    return Err(Ended::failed(Outcome::Changed, Fault::unfound()));
                }
                (Next::End(outcome), record) => {
                    return Err(Ended {
                        by_absence: record.is_none(),
                        ..Ended::new(outcome, proven_by_reading(outcome))
                    });
                }
            }
        }
    }

    /// After this time a request is no longer on its way.
    fn request_limit(&self) -> Duration {
        self.system.timeouts.request
    }
}

/// Outcomes that were concluded from a reading are proven by it.
fn proven_by_reading(outcome: Outcome) -> Option<Level> {
    matches!(
        outcome,
        Outcome::Removed
            | Outcome::Anonymised
            | Outcome::AlreadyGone
            | Outcome::Rectified
            | Outcome::Restricted
            | Outcome::Unrestricted
            | Outcome::Suppressed
    )
    .then_some(Level::L1)
}

/// Whether nothing in a record would show that this action took effect.
fn is_blind(object: &Object, action: Action) -> bool {
    let does = object.http(action);
    action == Action::Suppress && does.is_some_and(|does| does.verify.holds.is_none())
}

fn timing(object: &Object, action: Action) -> Verify {
    let does = object.http(action);
    does.map(|does| does.verify.clone()).unwrap_or_default()
}
