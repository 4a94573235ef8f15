//! What became of each record, folded from the case's events.
//!
//! The ledger says what happened, the plan says what should have; where they contradict each other no bundle is made. A step that
//! was planned and never begun is `pending`, one that was begun and never ended is `unknown`: neither can drop out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Material;
use super::chain::Chain;
use crate::connector::{Action, Fault};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::SystemFindings;
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::{Event, ExportKind, ObjectAnswer, Sealed, SystemAnswer};
use crate::messages::evidence as say;
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
    /// In the order of plans and steps.
    pub(super) records: Vec<Touched>,
    /// What people were asked to do, and what came of it.
    pub(super) tasks: Tasks,
    /// What was asked for beyond the rights, each thing once, in its order.
    pub(super) asked: Vec<Asked>,
    /// Days on which the person was told that a restriction ends.
    pub(super) notices: Vec<Date>,
    /// The verb of each plan.
    pub(super) verbs: BTreeMap<Digest, String>,
    /// Packages that were made for the person, oldest first.
    pub(super) packages: Vec<HandedOut>,
    pub(super) closed: bool,
    /// Hash of the last event.
    pub(super) head: Option<Digest>,
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

/// One planned or touched record.
pub(super) struct Touched {
    pub(super) plan: Digest,
    pub(super) step: u32,
    pub(super) record: Digest,
    pub(super) system: String,
    pub(super) object: String,
    /// Absent where only the intent of an earlier plan is known.
    pub(super) decision: Option<Decision>,
    pub(super) action: Option<Action>,
    pub(super) outcome: Outcome,
    pub(super) level: Option<Level>,
    pub(super) until: Option<Date>,
    pub(super) fault: Option<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) verified_at: Option<Timestamp>,
}

impl History {
    /// # Errors
    /// E704 for contradictions, E705 if the last plan is not at hand.
    pub(super) fn of(material: &Material<'_>) -> Result<History> {
        let mut history = History::default();
        let mut records: BTreeMap<(Digest, u32), Touched> = BTreeMap::new();
        let mut chain = Chain::default();
        for line in material.journal {
            let holds = Digest::sha256(&line.bytes) == line.hash
                && !line.bytes.contains(&b'\n')
                && chain.follow(&line.bytes)
                && chain.case() == Some(material.case);
            if !holds {
                return Err(contradiction(say::journal_broken(line.seq)));
            }
            history.event(line.at, &line.event, &mut records)?;
        }
        history.head = chain.head();
        history.match_plan(material, &mut records)?;
        if let Some(findings) = material.findings {
            for system in &findings.systems {
                let known = || (None, answer_of(system));
                history
                    .systems
                    .entry(system.system.clone())
                    .or_insert_with(known);
            }
        }
        history.records = records.into_values().collect();
        let order: BTreeMap<Digest, usize> = history
            .plans
            .iter()
            .enumerate()
            .map(|(at, (id, _))| (*id, at))
            .collect();
        history
            .records
            .sort_by_key(|touched| (order.get(&touched.plan).copied(), touched.step));
        Ok(history)
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

    /// Whether a record was dealt with to erase it: only then is what stays of it kept by law.
    pub(super) fn is_erasure(&self, touched: &Touched) -> bool {
        let verb = self.verbs.get(&touched.plan);
        verb.is_none_or(|verb| verb == "erase")
    }

    /// Whether a record was not found any more before anything was written to it, and no later plan for the same end came upon it:
    /// then nobody knows what became of it.
    pub(super) fn is_lost(&self, touched: &Touched) -> bool {
        let unfound = Fault::unfound().code;
        let order = |plan: &Digest| self.plans.iter().position(|(id, _)| id == plan);
        let verb = |plan: &Digest| self.verbs.get(plan);
        let again = |other: &Touched| {
            other.record == touched.record
                && verb(&other.plan) == verb(&touched.plan)
                && order(&other.plan) > order(&touched.plan)
        };
        touched.outcome == Outcome::Changed
            && touched.fault.as_deref() == Some(&unfound)
            && !self.records.iter().any(again)
    }

    /// A step's name, if the ledger names its plan.
    fn step(&self, plan: &Digest, step: u32) -> Result<(Digest, u32)> {
        let known = self.plans.iter().any(|(id, _)| id == plan);
        known
            .then_some((*plan, step))
            .ok_or_else(|| contradiction(say::step_without_plan()))
    }

    fn event(
        &mut self,
        at: Timestamp,
        event: &Event,
        records: &mut BTreeMap<(Digest, u32), Touched>,
    ) -> Result<()> {
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
            Event::IdentityConfirmed { .. } => self.identity_confirmed = true,
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
                let name = self.step(plan, *step)?;
                // Also when an earlier attempt had ended: until this one ends, nobody knows.
                let begun = Touched {
                    plan: *plan,
                    step: *step,
                    record: *record,
                    system: system.clone(),
                    object: object.clone(),
                    decision: records.get(&name).and_then(|earlier| earlier.decision),
                    action: Some(*action),
                    outcome: Outcome::Unknown,
                    level: None,
                    until: None,
                    fault: None,
                    at: Some(at),
                    verified_at: None,
                };
                records.insert(name, begun);
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
                    at: Some(at),
                    verified_at: None,
                };
                records.insert(self.step(plan, *step)?, touched);
            }
            Event::StepVerified {
                plan,
                step,
                outcome,
                level,
            } => {
                let touched = records
                    .get_mut(&self.step(plan, *step)?)
                    .ok_or_else(|| contradiction(say::step_without_plan()))?;
                touched.outcome = *outcome;
                touched.level = Some(*level);
                touched.verified_at = Some(at);
            }
            Event::TaskOpened { .. }
            | Event::TaskReminded { .. }
            | Event::TaskDone { .. }
            | Event::TaskDropped { .. } => self.tasks.take(at, event),
            Event::CaseClosed { .. } => self.closed = true,
            Event::LedgerMade { .. }
            | Event::LedgerAdopted { .. }
            | Event::Searched { .. }
            | Event::IdentityAssumed
            | Event::RecordAccepted { .. }
            | Event::Noted { .. }
            | Event::EvidenceMade { .. } => {}
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
            Event::ExportExpired { package } => {
                for known in self.packages.iter_mut().filter(|p| p.package == *package) {
                    known.deleted = Some(at);
                }
            }
        }
        Ok(())
    }

    /// Lays the plan beside the events: every step gets its line, and none may differ from what was planned.
    fn match_plan(
        &mut self,
        material: &Material<'_>,
        records: &mut BTreeMap<(Digest, u32), Touched>,
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
        if self.latest != Some(id) || plan.case != material.case {
            return Err(contradiction(say::other_plan()));
        }
        for step in &plan.steps {
            let touched = records
                .entry((id, step.no))
                .or_insert_with(|| pending(id, step));
            let same = touched.system == step.system
                && touched.object == step.object
                && touched.record == step.name;
            if !same {
                return Err(contradiction(say::step_differs(step.no)));
            }
            touched.decision.get_or_insert(step.decision);
            touched.until = touched.until.or(step.until);
        }
        let lines = records.keys().filter(|(plan, _)| *plan == id).count();
        if lines != plan.steps.len() {
            return Err(contradiction(say::step_without_plan()));
        }
        Ok(())
    }
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
        at: None,
        verified_at: None,
    }
}

fn answer_of(system: &SystemFindings) -> SystemAnswer {
    SystemAnswer {
        system: system.system.clone(),
        status: system.status,
        error: system.error.as_ref().map(|fault| fault.code.clone()),
        objects: system
            .objects
            .iter()
            .map(|object| ObjectAnswer {
                object: object.object.clone(),
                status: object.status,
                error: object.error.as_ref().map(|fault| fault.code.clone()),
                control: object.control,
                records: object.count(),
                near_misses: object.near_misses,
            })
            .collect(),
    }
}

fn contradiction(why: crate::messages::Text) -> crate::diagnostic::Trouble {
    Diagnostic::new("E704", Exit::Failed, say::contradiction())
        .why(why)
        .help(say::contradiction_help())
        .into()
}
