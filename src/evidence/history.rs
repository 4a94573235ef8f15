//! What became of each record, folded from the case's events.
//!
//! The ledger says what happened, the plan says what should have; where they contradict each other no bundle is made. A step that
//! was planned and never begun is `pending`, one that was begun and never ended is `unknown`: neither can drop out.
//!
//! Events and steps pass by one after the other. The records themselves lie in `records`; what is said about them as a whole is counted
//! once, by sort, so that a case of a million records takes no more memory than one of a thousand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::chain::Chain;
use super::records::{Records, Touched};
use super::{Material, Planned, unwritable};
use crate::connector::Fault;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::SystemFindings;
use crate::hold::HoldId;
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::{
    Closing, Event, ExportKind, Leaf, ObjectAnswer, Sealed, Stamped, SystemAnswer,
};
use crate::messages::{Text, evidence as say, openings};
use crate::plan::{Decision, Level, Outcome, Step};
use crate::task::Tasks;

/// The case as its events tell it.
#[derive(Default)]
pub(super) struct History {
    pub(super) rights: Vec<String>,
    pub(super) channel: Option<String>,
    pub(super) identity_confirmed: bool,
    /// Plans in their order, with the number of steps that each had.
    pub(super) plans: Vec<(Digest, u64)>,
    pub(super) latest: Option<Digest>,
    /// Who approved which plan, under which policy.
    pub(super) approvals: BTreeMap<Digest, (Approval, Vec<String>)>,
    /// Plans that were begun, and whether the last run of each said that it was complete.
    pub(super) runs: BTreeMap<Digest, Option<bool>>,
    /// The latest answer of each system, and when it came.
    pub(super) systems: BTreeMap<String, (Option<Timestamp>, SystemAnswer)>,
    /// By plan and step.
    pub(super) records: Records,
    /// How many records there are of each sort.
    pub(super) sorts: Vec<(Sort, u64)>,
    /// What people were asked to do, and what came of it.
    pub(super) tasks: Tasks,
    /// What was asked for beyond the rights, each thing once, in its order.
    pub(super) asked: Vec<Asked>,
    /// Records that plans had left for a later day and that are gone since, by system, object and outcome.
    pub(super) deferred: BTreeMap<(String, String, Outcome), u64>,
    /// Days on which the person was told that a restriction ends.
    pub(super) notices: Vec<Date>,
    /// The verb of each plan.
    pub(super) verbs: BTreeMap<Digest, String>,
    /// Packages that were made for the person, oldest first.
    pub(super) packages: Vec<HandedOut>,
    pub(super) closed: bool,
    /// How and when, where the ledger says so.
    pub(super) closing: Option<(Closing, Timestamp)>,
    /// Ids of the bundles that were made before this one.
    pub(super) bundles: Vec<Digest>,
    /// How many events there are.
    pub(super) count: u64,
    /// Hash of the last event.
    pub(super) head: Option<Digest>,
    /// The leaf that the log over all cases got when the case was opened.
    pub(super) opened: Option<Digest>,
    /// When the first event happened.
    pub(super) began: Option<Timestamp>,
    /// Hash of the first event.
    pub(super) first: Option<Digest>,
    /// Whether the log over all cases holds anything of the case.
    pub(super) is_logged: bool,
    /// Tokens over the opening of the case, by their SHA-256.
    pub(super) opening_stamps: Vec<Digest>,
    /// Whether the first event was met.
    is_begun: bool,
    /// Day of receipt and operator, as the first event says.
    pub(super) opening: Option<(Date, String)>,
    /// How identity was confirmed last.
    pub(super) method: Option<String>,
}

/// What is said of records as a whole: records that differ in nothing of this are counted together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sort {
    pub(super) plan: Digest,
    pub(super) system: String,
    pub(super) object: String,
    pub(super) decision: Option<Decision>,
    pub(super) outcome: Outcome,
    pub(super) level: Option<Level>,
    pub(super) until: Option<Date>,
    pub(super) fault: Option<String>,
    /// Whether it was not found any more before anything was written to it, and no later plan for the same end came upon it: then
    /// nobody knows what became of it.
    pub(super) is_lost: bool,
    /// Holds that keep it.
    pub(super) holds: Vec<HoldId>,
    /// What the latest plan says of the record: whether holds keep it, why, and what cannot be undone.
    pub(super) is_planned_held: bool,
    pub(super) because: Option<Text>,
    pub(super) irreversible: Option<Text>,
}

/// A request beyond its right: codes, days, names of fields and keyed digests.
#[derive(Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) verb: String,
    pub(super) because: Option<String>,
    pub(super) until: Option<Date>,
    pub(super) fields: Vec<(String, Digest)>,
}

/// A package for the person, without anything of its content.
pub(super) struct HandedOut {
    pub(super) at: Timestamp,
    pub(super) kind: ExportKind,
    pub(super) package: Digest,
    pub(super) draft: bool,
    pub(super) records: u64,
    pub(super) sealed: Sealed,
    pub(super) expires: Date,
    pub(super) deleted: Option<Timestamp>,
}

impl History {
    /// Folds the case; what does not fit into memory goes to a nameless file in the folder.
    ///
    /// # Errors
    /// E704 for contradictions, E705 if the last plan is not at hand, E701 if the folder takes no file; those of ledger and vault.
    pub(super) fn of(material: &Material<'_>, folder: &Path) -> Result<History> {
        let mut history = History::in_folder(folder);
        let io = |error: std::io::Error| unwritable(folder, &error);
        let mut chain = Chain::default();
        material.journal.each(&mut |line| {
            let holds = Digest::sha256(&line.bytes) == line.hash
                && !line.bytes.contains(&b'\n')
                && chain.follow(&line.bytes)
                && chain.case() == Some(material.case);
            if !holds {
                return Err(contradiction(say::journal_broken(line.seq)));
            }
            history.event(line.at, &line.event, &io)
        })?;
        (history.head, history.count) = (chain.head(), chain.count());
        (history.began, history.first) = (chain.began(), chain.first());
        history.match_facts(material)?;
        history.match_plan(material, &io)?;
        if let Some(findings) = material.findings {
            let mut counts: BTreeMap<(usize, usize), u64> = BTreeMap::new();
            findings.each(&mut |system, object, _| {
                *counts.entry((system, object)).or_default() += 1;
                Ok(())
            })?;
            for (number, system) in findings.head().systems.iter().enumerate() {
                let count = |object| counts.get(&(number, object)).copied().unwrap_or(0);
                let known = || (None, answer_of(system, &count));
                history
                    .systems
                    .entry(system.system.clone())
                    .or_insert_with(known);
            }
        }
        history.sorts = history.sorted(material, &io)?;
        Ok(history)
    }

    /// A case of which nothing is known yet, with room for records in a folder.
    pub(super) fn in_folder(folder: &Path) -> History {
        History {
            records: Records::in_folder(folder),
            ..History::default()
        }
    }

    /// Takes the next event in.
    ///
    /// # Errors
    /// E704 if it does not fit, and that of the file by `io`.
    pub(super) fn take(
        &mut self,
        at: Timestamp,
        event: &Event,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
    ) -> Result<()> {
        self.event(at, event, io)
    }

    /// Takes one event in that is about no single step, as the verifier reads it off the journal; `false` if it fits no history.
    pub(super) fn tell(&mut self, at: Timestamp, event: &Event) -> bool {
        let io = |error: std::io::Error| unwritable(Path::new("-"), &error);
        self.event(at, event, &io).is_ok()
    }

    /// Whether a package that is no draft was made for the person.
    pub(super) fn is_handed_out(&self) -> bool {
        self.packages.iter().any(|package| !package.draft)
    }

    /// Hands over each record in the order of plans and steps, with the step of the latest plan that is about it.
    ///
    /// # Errors
    /// Those of the visitor and of the plan, and of the file by `io`.
    pub(super) fn walk(
        &self,
        plan: Option<&dyn Planned>,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        for (id, _) in &self.plans {
            let up_to = |next: &mut Option<u32>, end, visit: &mut Visit<'_>| -> Result<()> {
                while let Some(from) = *next
                    && let Some(touched) = self.records.next(id, from, end).map_err(io)?
                {
                    *next = touched.step.checked_add(1);
                    visit(&touched, None)?;
                }
                Ok(())
            };
            let mut next = Some(0);
            let has_any = self.records.next(id, 0, u32::MAX).map_err(io)?.is_some();
            if let Some(plan) = plan.filter(|_| has_any) {
                plan.each(&mut |step| {
                    up_to(&mut next, step.no, visit)?;
                    if let Some(touched) = self.records.get(id, step.no).map_err(io)? {
                        let own = Some(step).filter(|step| step.name == touched.record);
                        visit(&touched, own)?;
                    }
                    next = step.no.checked_add(1);
                    Ok(())
                })?;
            }
            up_to(&mut next, u32::MAX, visit)?;
        }
        Ok(())
    }

    /// Counts the records by sort.
    fn sorted(
        &self,
        material: &Material<'_>,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
    ) -> Result<Vec<(Sort, u64)>> {
        let came_upon = self.came_upon_again(io)?;
        let mut sorts: BTreeMap<Sort, u64> = BTreeMap::new();
        self.walk(material.plan, io, &mut |touched, step| {
            let again = came_upon.get(&(touched.record, self.verbs.get(&touched.plan)));
            let sort = Sort {
                plan: touched.plan,
                system: touched.system.clone(),
                object: touched.object.clone(),
                decision: touched.decision,
                outcome: touched.outcome,
                level: touched.level,
                until: touched.until,
                fault: touched.fault.clone(),
                is_lost: is_unfound(touched)
                    && again.is_none_or(|last| Some(*last) <= self.order(&touched.plan)),
                holds: touched.holds.clone(),
                is_planned_held: step
                    .and_then(|step| step.keeping.as_ref())
                    .is_some_and(|keeping| !keeping.holds.is_empty()),
                because: step.and_then(|step| step.because.clone()),
                irreversible: step.and_then(|step| step.irreversible.clone()),
            };
            *sorts.entry(sort).or_default() += 1;
            Ok(())
        })?;
        Ok(sorts.into_iter().collect())
    }

    /// Of records that a plan did not find any more: the last plan of each verb that came upon them. Only these are held one by one.
    fn came_upon_again(
        &self,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
    ) -> Result<BTreeMap<(Digest, Option<&String>), usize>> {
        let mut last = BTreeMap::new();
        if self.plans.len() < 2 {
            return Ok(last);
        }
        let mut unfound: BTreeSet<Digest> = BTreeSet::new();
        self.walk(None, io, &mut |touched, _| {
            if is_unfound(touched) {
                unfound.insert(touched.record);
            }
            Ok(())
        })?;
        if unfound.is_empty() {
            return Ok(last);
        }
        self.walk(None, io, &mut |touched, _| {
            if unfound.contains(&touched.record) {
                let order = self.order(&touched.plan).unwrap_or(0);
                let known = last.entry((touched.record, self.verbs.get(&touched.plan)));
                let known: &mut usize = known.or_insert(order);
                *known = order.max(*known);
            }
            Ok(())
        })?;
        Ok(last)
    }

    /// The place of a plan among all of the case.
    pub(super) fn order(&self, plan: &Digest) -> Option<usize> {
        self.plans.iter().position(|(id, _)| id == plan)
    }

    /// The latest answer counts, with the most records that any answer had: after an erasure the same search finds fewer.
    fn answered(&mut self, at: Timestamp, mut answer: SystemAnswer) {
        if let Some((_, earlier)) = self.systems.get(&answer.system) {
            for object in &mut answer.objects {
                let before = earlier
                    .objects
                    .iter()
                    .find(|other| other.object == object.object);
                object.records = object.records.max(before.map_or(0, |other| other.records));
            }
        }
        self.systems
            .insert(answer.system.clone(), (Some(at), answer));
    }

    /// Whether records were dealt with to erase them: only then is what stays of them kept by law.
    pub(super) fn is_erasure(&self, sort: &Sort) -> bool {
        self.erases(&sort.plan)
    }

    /// Whether a plan was made to erase.
    pub(super) fn erases(&self, plan: &Digest) -> bool {
        self.verbs.get(plan).is_none_or(|verb| verb == "erase")
    }

    /// The record of a step, if the ledger names its plan.
    fn known(
        &self,
        plan: &Digest,
        step: u32,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
    ) -> Result<Option<Touched>> {
        match self.plans.iter().any(|(id, _)| id == plan) {
            true => Ok(self.records.get(plan, step).map_err(io)?),
            false => Err(contradiction(say::step_without_plan())),
        }
    }

    fn event(
        &mut self,
        at: Timestamp,
        event: &Event,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
    ) -> Result<()> {
        if !std::mem::replace(&mut self.is_begun, true)
            && let Event::CaseOpened {
                received, operator, ..
            } = event
        {
            self.opening = Some((*received, operator.clone()));
        }
        self.is_logged |= matches!(event, Event::LeafAppended { .. });
        match event {
            Event::CaseOpened {
                rights, channel, ..
            } => {
                let new = rights.iter().filter(|right| !self.rights.contains(right));
                let new: Vec<String> = new.cloned().collect();
                self.rights.extend(new);
                self.channel = Some(channel.clone());
            }
            Event::RightsAdded { rights } => {
                let new = rights.iter().filter(|right| !self.rights.contains(right));
                let new: Vec<String> = new.cloned().collect();
                self.rights.extend(new);
            }
            Event::IdentityConfirmed { method, .. } => {
                self.identity_confirmed = true;
                self.method = Some(method.clone());
            }
            // Whoever was confirmed was known by fewer identities, or by one too many.
            Event::IdentityAdded { .. } | Event::IdentityRemoved { .. } => {
                (self.identity_confirmed, self.method) = (false, None);
            }
            Event::IdentityAssumed => self.method = Some("assumed".to_owned()),
            Event::LeafAppended {
                leaf,
                of: Leaf::Opened,
            } => self.opened = self.opened.or(Some(*leaf)),
            // A search that only verifies finds nothing on purpose.
            Event::Searched { verb, systems, .. } if verb != "verify" => {
                for answer in systems {
                    self.answered(at, answer.clone());
                }
            }
            Event::Asked {
                verb,
                because,
                until,
                fields,
                ..
            } => {
                let asked = Asked {
                    verb: verb.clone(),
                    because: because.clone(),
                    until: *until,
                    fields: fields.clone(),
                };
                if !self.asked.contains(&asked) {
                    self.asked.push(asked);
                }
            }
            Event::NoticeSent { sent, .. } => self.notices.push(*sent),
            Event::Planned {
                plan,
                verb,
                decisions,
                ..
            } => {
                self.verbs.insert(*plan, verb.clone());
                let steps = decisions.iter().map(|(_, count)| u64::from(*count)).sum();
                // Planning again to the same result is the same plan.
                if self.plans.iter().all(|(id, _)| id != plan) {
                    self.plans.push((*plan, steps));
                }
                self.latest = Some(*plan);
            }
            Event::Approved { plan, policy, by } => {
                let entry = self.approvals.entry(*plan).or_insert((*policy, Vec::new()));
                entry.0 = *policy;
                entry.1.push(by.clone());
            }
            Event::ApplyStarted { plan, .. } => {
                self.runs.insert(*plan, None);
            }
            Event::ApplyEnded { plan, complete, .. } => {
                self.runs.insert(*plan, Some(*complete));
            }
            Event::StepStarted {
                plan,
                step,
                system,
                object,
                record,
                action,
                ..
            } => {
                let earlier = self.known(plan, *step, io)?;
                // Also when an earlier attempt had ended: until this one ends, nobody knows.
                let begun = Touched {
                    plan: *plan,
                    step: *step,
                    record: *record,
                    system: system.clone(),
                    object: object.clone(),
                    decision: earlier.and_then(|earlier| earlier.decision),
                    action: Some(*action),
                    outcome: Outcome::Unknown,
                    level: None,
                    until: None,
                    fault: None,
                    holds: Vec::new(),
                    at: Some(at),
                    verified_at: None,
                };
                self.records.put(&begun).map_err(io)?;
            }
            Event::StepEnded {
                plan,
                step,
                system,
                object,
                record,
                decision,
                action,
                outcome,
                level,
                until,
                fault,
                holds,
            } => {
                let touched = Touched {
                    plan: *plan,
                    step: *step,
                    record: *record,
                    system: system.clone(),
                    object: object.clone(),
                    decision: Some(*decision),
                    action: *action,
                    outcome: *outcome,
                    level: *level,
                    until: *until,
                    fault: fault.clone(),
                    holds: holds.clone(),
                    at: Some(at),
                    verified_at: None,
                };
                self.known(plan, *step, io)?;
                self.records.put(&touched).map_err(io)?;
            }
            Event::StepVerified {
                plan,
                step,
                outcome,
                level,
            } => {
                let mut touched = self
                    .known(plan, *step, io)?
                    .ok_or_else(|| contradiction(say::step_without_plan()))?;
                touched.outcome = *outcome;
                touched.level = Some(*level);
                touched.verified_at = Some(at);
                self.records.put(&touched).map_err(io)?;
            }
            Event::TaskOpened { .. }
            | Event::TaskReminded { .. }
            | Event::TaskDone { .. }
            | Event::TaskDropped { .. } => self.tasks.take(at, event),
            Event::CaseClosed { closing, .. } => {
                self.closed = true;
                self.closing = closing.map(|closing| (closing, at));
            }
            Event::EvidenceMade { bundle, .. } => self.bundles.push(*bundle),
            Event::TimeStamped {
                of: Stamped::Opened,
                token,
                ..
            } => self.opening_stamps.push(*token),
            Event::LedgerMade { .. }
            | Event::LedgerAdopted { .. }
            | Event::TermsChanged { .. }
            | Event::Agreed { .. }
            | Event::BackupMade { .. }
            | Event::BackupDestroyed { .. }
            | Event::BackupRestored { .. }
            | Event::Searched { .. }
            | Event::RecordAccepted { .. }
            | Event::ReceiptCorrected { .. }
            | Event::ChannelCorrected { .. }
            | Event::Noted { .. }
            | Event::LeafAppended { .. }
            | Event::TimeStamped { .. }
            | Event::Disclosed { .. }
            | Event::CasePurged { .. }
            | Event::Signed { .. }
            | Event::SealChanged { .. }
            | Event::Sampled { .. }
            | Event::PeriodSealed { .. }
            | Event::SweepPlanned { .. }
            | Event::SweepStarted { .. }
            | Event::SweepBatchStarted { .. }
            | Event::SweepBatchEnded { .. }
            | Event::SweepRuleEnded { .. }
            | Event::SweepEnded { .. }
            | Event::SweepDeferred { .. }
            | Event::DeferredDue { .. }
            | Event::DeferredStarted { .. }
            | Event::DeferredVerified { .. }
            | Event::SweepSealed { .. }
            | Event::HoldAdded { .. }
            | Event::HoldWidened { .. }
            | Event::HoldReleased { .. }
            | Event::LogAnchored { .. } => {}
            Event::Exported {
                kind,
                package,
                draft,
                records,
                sealed,
                expires,
                ..
            } => self.packages.push(HandedOut {
                at,
                kind: *kind,
                package: *package,
                draft: *draft,
                records: *records,
                sealed: *sealed,
                expires: *expires,
                deleted: None,
            }),
            Event::DeferredEnded {
                system,
                object,
                outcome,
                ..
            } => {
                let gone = [Outcome::Removed, Outcome::Anonymised, Outcome::AlreadyGone];
                if gone.contains(outcome) {
                    let place = (system.clone(), object.clone(), *outcome);
                    *self.deferred.entry(place).or_default() += 1;
                }
            }
            Event::ExportExpired { package } => {
                for known in self.packages.iter_mut().filter(|p| p.package == *package) {
                    known.deleted = Some(at);
                }
            }
        }
        Ok(())
    }

    /// What is handed in beside the events must be what they say: a gap that goes by it could be hidden otherwise.
    fn match_facts(&self, material: &Material<'_>) -> Result<()> {
        let Some((received, operator)) = &self.opening else {
            return Err(contradiction(openings::not_opened()));
        };
        if (*received, operator) != (material.received, &material.operator) {
            return Err(contradiction(openings::other_opening()));
        }
        let method = self.method.as_ref();
        if method.is_some_and(|method| *method != material.identity_method) {
            return Err(contradiction(openings::other_identity()));
        }
        let before = u32::try_from(self.bundles.len()).unwrap_or(u32::MAX);
        if before > 0
            && (material.number <= before || material.predecessor.as_ref() != self.bundles.last())
        {
            return Err(contradiction(openings::other_number()));
        }
        if let (Some(day), Some((closing, at))) = (material.answered, self.closing) {
            // The day is that of the place, the time that of the world.
            let own = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let near = own.yesterday().is_ok_and(|before| before <= day)
                && own.tomorrow().is_ok_and(|after| day <= after);
            if closing == Closing::Withdrawn || !near {
                return Err(contradiction(openings::other_answer()));
            }
        }
        Ok(())
    }

    /// Lays the plan beside the events: every step gets its line, and none may differ from what was planned.
    fn match_plan(
        &self,
        material: &Material<'_>,
        io: &dyn Fn(std::io::Error) -> Diagnostic,
    ) -> Result<()> {
        let Some(plan) = material.plan else {
            return match self.plans.is_empty() {
                true => Ok(()),
                false => Err(Diagnostic::new("E705", Exit::Failed, say::plan_missing())
                    .help(say::plan_missing_help())
                    .into()),
            };
        };
        let id = plan.id();
        if self.latest != Some(id) || plan.head().case != material.case {
            return Err(contradiction(say::other_plan()));
        }
        let mut steps = 0;
        plan.each(&mut |step| {
            let known = self.records.get(&id, step.no).map_err(io)?;
            let is_new = known.is_none();
            let mut touched = known.unwrap_or_else(|| pending(id, step));
            let same = step.no == steps
                && touched.system == step.system
                && touched.object == step.object
                && touched.record == step.name;
            if !same {
                return Err(contradiction(say::step_differs(step.no)));
            }
            steps += 1;
            if is_new || touched.decision.is_none() || touched.until.is_none() {
                touched.decision.get_or_insert(step.decision);
                touched.until = touched.until.or(step.until);
                self.records.put(&touched).map_err(io)?;
            }
            Ok(())
        })?;
        // What lies behind the last step was done to a record that no plan names.
        let beyond = self.records.next(&id, steps, u32::MAX).map_err(io)?;
        if beyond.is_some() {
            return Err(contradiction(say::step_without_plan()));
        }
        Ok(())
    }
}

/// Looks at a record and the step that is about it.
pub(super) type Visit<'v> = dyn FnMut(&Touched, Option<&Step>) -> Result<()> + 'v;

/// Whether a record was not found any more before anything was written to it.
fn is_unfound(touched: &Touched) -> bool {
    is_not_found(touched.outcome, touched.fault.as_deref())
}

/// The same by what a record's line says.
pub(super) fn is_not_found(outcome: Outcome, fault: Option<&str>) -> bool {
    outcome == Outcome::Changed && fault == Some(&Fault::unfound().code)
}

fn pending(plan: Digest, step: &Step) -> Touched {
    Touched {
        plan,
        step: step.no,
        record: step.name,
        system: step.system.clone(),
        object: step.object.clone(),
        decision: Some(step.decision),
        action: step.action,
        outcome: Outcome::Pending,
        level: None,
        until: step.until,
        fault: None,
        holds: Vec::new(),
        at: None,
        verified_at: None,
    }
}

fn answer_of(system: &SystemFindings, count: &dyn Fn(usize) -> u64) -> SystemAnswer {
    SystemAnswer {
        system: system.system.clone(),
        status: system.status,
        error: system.error.as_ref().map(|fault| fault.code.clone()),
        objects: system
            .objects
            .iter()
            .enumerate()
            .map(|(number, object)| ObjectAnswer {
                object: object.object.clone(),
                status: object.status,
                error: object.error.as_ref().map(|fault| fault.code.clone()),
                control: object.control,
                records: count(number) + object.streamed.as_ref().map_or(0, |s| s.records),
                near_misses: object.near_misses,
            })
            .collect(),
    }
}

pub(super) fn contradiction(why: crate::messages::Text) -> crate::diagnostic::Trouble {
    Diagnostic::new("E704", Exit::Failed, say::contradiction())
        .why(why)
        .help(say::contradiction_help())
        .into()
}
