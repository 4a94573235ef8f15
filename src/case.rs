//! One person's request with its history, folded from the ledger.
//!
//! A case has no state of its own: everything it is follows from its events, so that a crash or a second operator can never leave
//! the two apart. What is personal about it lies in the vault under the names of [`item`].

mod locks;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::case_id::CaseId;
use crate::connector::Fault;
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::{Closing, Event, ExportKind, Sealed, Stamped, Stored, SystemAnswer};
use crate::people::{Proof, Purpose};
use crate::plan::{Aim, Decision, Level, Outcome};
use crate::task::Tasks;

use locks::Locks;
pub use waiting::WaitsFor;

/// Names of a case's items in the vault.
pub mod item {
    /// Stated identities: `Vec<Identity>`.
    pub const SUBJECT: &str = "subject";
    /// Identities known so far: `Vec<Known>`.
    pub const KNOWN: &str = "known";
    /// Records a person accepted: `Vec<(String, String, Key)>`.
    pub const ACCEPTED: &str = "accepted";
    /// What was known and accepted before an identity was added, by its digest: `Before`.
    pub fn before(identity: &crate::keys::Digest) -> String {
        format!("{BEFORE}{identity}")
    }
    /// What the names of all these begin with.
    pub const BEFORE: &str = "before.";
    /// What the person asked for last: `Aim`.
    pub const AIM: &str = "aim";
    /// The latest findings.
    pub const FINDINGS: &str = "findings";
    /// Canonical extract of the inventory, as it was when the latest plan was made.
    pub const INVENTORY: &str = "inventory";
    /// Where the packages of the case were written: `Vec<Package>` of the export verb.
    pub const EXPORTS: &str = "exports";
    /// The package that a draft's findings were put into: `Digest`.
    pub fn drafted(kind: crate::ledger::ExportKind) -> String {
        format!("drafted.{}", kind.right())
    }
    /// Folders in which packages of the case were begun, so that what a killed run left there is removed: `BTreeSet<PathBuf>`.
    pub const EXPORTS_BEGUN: &str = "exports.begun";
    /// The token over the case's first event: its DER in base64, as a text.
    pub const OPEN_STAMP: &str = "open.stamp";
    /// Openings of the commitments in the latest bundle, as the first workspaces hold them: all in one.
    pub const OPENINGS: &str = "openings";
    /// A part of them, in the order of the lines: `Vec<Opening>`.
    pub fn openings(part: usize) -> String {
        format!("openings.{part}")
    }

    /// What a person is to do: `Task`.
    pub fn task(id: &crate::keys::Digest) -> String {
        format!("task.{id}")
    }

    /// A document that shows that a task was done, by its SHA-256.
    pub fn proof(id: &crate::keys::Digest) -> String {
        format!("proof.{id}")
    }

    /// A note, by its digest.
    pub fn note(id: &crate::keys::Digest) -> String {
        format!("note.{id}")
    }

    /// What a plan was made for, by the plan's id: `Aim`.
    pub fn aim_of(id: &crate::keys::Digest) -> String {
        format!("aim.{id}")
    }

    /// The findings from which the latest draft of a package was made, and from which its final will be.
    pub fn draft(kind: crate::ledger::ExportKind) -> String {
        format!("draft.{}", kind.right())
    }

    /// A plan, by its id.
    pub fn plan(id: &crate::keys::Digest) -> String {
        format!("plan.{id}")
    }
}

/// A case as its events tell it.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: CaseId,
    pub opened: Timestamp,
    pub rights: Vec<String>,
    /// Day of receipt, from which the deadline runs.
    pub received: Date,
    /// The same as it was first noted: the log over all cases has it.
    pub first_received: Date,
    pub channel: String,
    /// The operator who opened it, by pseudonym.
    pub operator: String,
    /// How identity was confirmed; `assumed` if the inventory lets the caller vouch for it.
    pub identity: Option<String>,
    /// Keyed digests of identities that were taken out and not stated again since.
    pub taken_out: BTreeSet<Digest>,
    /// How many packages had been made when an identity was added.
    added: BTreeMap<Digest, usize>,
    /// The plan that was made last, which may be an earlier one made again.
    pub latest_plan: Option<Digest>,
    /// Plans in the order in which they were first made.
    pub plans: Vec<PlanState>,
    /// Records that were not found any more before anything was written to them, and that no later plan came upon: plan, system and
    /// object by the record's digest.
    pub lost: BTreeMap<Digest, (Digest, String, String)>,
    /// The latest search.
    pub searched: Option<Searched>,
    pub evidence: Vec<Digest>,
    /// SHA-256 of the token over its opening, if an authority has stamped that.
    pub opening_token: Option<Digest>,
    /// Bundles of which an authority has stamped the time, and when it says that was.
    pub stamped: BTreeMap<Digest, Timestamp>,
    /// What people do.
    pub tasks: Tasks,
    /// Whether a bundle was made since a task was last done or dropped.
    pub tasks_proven: bool,
    /// What operators wrote down: digest, who, when.
    pub notes: Vec<(Digest, String, Timestamp)>,
    /// Packages that were made for the person, oldest first.
    pub exports: Vec<Export>,
    /// Records that it restricted on request (Art. 18(1) GDPR) and has neither freed nor erased since.
    locks: Locks,
    /// Records that it has erased and that a later search of it found again, by their place: nobody has erased them anew or said why they are
    /// there.
    pub back: BTreeMap<String, u64>,
    /// Who can approve the plan that waits, where the inventory asks for a second person; whoever knows the inventory sets it.
    pub approver: Option<String>,
    pub closed: bool,
    /// How and when it was closed, where the ledger says so.
    pub closing: Option<(Closing, Timestamp)>,
    /// When all that is personal in it was destroyed.
    pub purged: Option<Purged>,
}

/// The end of what is personal in a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Purged {
    pub at: Timestamp,
    /// Why it was before the day until which the case is kept; `None` if it was not.
    pub early: Option<String>,
    pub operator: String,
}

/// A package that was made for the person.
#[derive(Clone, Debug)]
pub struct Export {
    pub at: Timestamp,
    pub kind: ExportKind,
    pub package: Digest,
    pub draft: bool,
    pub complete: bool,
    pub records: u64,
    pub waiting: u64,
    pub files: u32,
    pub sealed: Sealed,
    pub expires: Date,
    pub operator: String,
    /// When it was deleted, having reached its day.
    pub deleted: Option<Timestamp>,
    /// Whether the case has come to know the person by other identities since.
    pub outdated: bool,
    /// A draft that was made while an identity stood in the case that was taken out since: it may hold another person's data.
    pub withdrawn: bool,
}

#[derive(Clone, Debug)]
pub struct Searched {
    pub at: Timestamp,
    pub complete: bool,
    pub systems: Vec<SystemAnswer>,
}

/// What became of a plan.
#[derive(Clone, Debug)]
pub struct PlanState {
    pub id: Digest,
    /// The verb that made it.
    pub verb: String,
    pub at: Timestamp,
    pub decisions: Vec<(Decision, u32)>,
    /// Records that were found over others only, or by a shared address, and wait for `--accept`.
    pub waiting: u32,
    pub approved: Option<(Approval, String)>,
    /// What people signed about it, in their order: to what end, who, and the signature; unchecked.
    pub signed: Vec<(Purpose, String, Proof)>,
    pub runs: u32,
    /// How its last run ended: complete, exit code.
    pub ended: Option<(bool, u8)>,
    /// Whether a bundle was made since its last run ended.
    pub proven: bool,
    /// Whether an identity that it goes by was taken out since it was made, before it was begun.
    pub outdated: bool,
    /// Latest outcome and level by step, with the time.
    pub steps: BTreeMap<u32, (Outcome, Option<Level>, Timestamp)>,
}

impl Case {
    /// Folds a case's events, oldest first; `None` if they do not begin with its opening.
    pub fn fold(id: &CaseId, events: &[Stored]) -> Option<Case> {
        let (first, others) = events.split_first()?;
        let mut case = Case::begin(id, first)?;
        for stored in others {
            case.take(stored);
        }
        Some(case)
    }

    /// A case from its first event; `None` if that is not its opening.
    pub fn begin(id: &CaseId, first: &Stored) -> Option<Case> {
        let Event::CaseOpened {
            rights,
            received,
            channel,
            operator,
        } = &first.event
        else {
            return None;
        };
        Some(Case {
            id: id.clone(),
            opened: first.at,
            rights: rights.clone(),
            received: *received,
            first_received: *received,
            channel: channel.clone(),
            operator: operator.clone(),
            identity: None,
            taken_out: BTreeSet::new(),
            added: BTreeMap::new(),
            latest_plan: None,
            plans: Vec::new(),
            lost: BTreeMap::new(),
            searched: None,
            evidence: Vec::new(),
            stamped: BTreeMap::new(),
            tasks: Tasks::default(),
            tasks_proven: true,
            notes: Vec::new(),
            exports: Vec::new(),
            locks: Locks::default(),
            back: BTreeMap::new(),
            approver: None,
            closed: false,
            closing: None,
            purged: None,
            opening_token: None,
        })
    }

    /// Goes on with the next event.
    pub fn take(&mut self, stored: &Stored) {
        let at = stored.at;
        self.locks.take(&stored.event);
        match &stored.event {
            Event::IdentityConfirmed { method, .. } => self.identity = Some(method.clone()),
            Event::IdentityAssumed => self.identity = Some("assumed".to_owned()),
            // Whoever was confirmed was known by fewer identities, or by one too many.
            Event::IdentityAdded { identities, .. } => {
                self.identity = None;
                self.taken_out.retain(|one| !identities.contains(one));
                self.added
                    .extend(identities.iter().map(|one| (*one, self.exports.len())));
                self.outdate_drafts();
            }
            Event::IdentityRemoved { identities, .. } => {
                self.identity = None;
                self.taken_out.extend(identities);
                self.outdate_drafts();
                self.withdraw_drafts(identities);
                for state in self.plans.iter_mut().filter(|state| state.runs == 0) {
                    (state.approved, state.outdated) = (None, true);
                }
            }
            Event::ReceiptCorrected { received, .. } => self.received = *received,
            Event::ChannelCorrected { channel, .. } => self.channel.clone_from(channel),
            Event::RightsAdded { rights } => self.rights.extend(rights.iter().cloned()),
            Event::Searched {
                complete,
                systems,
                back,
                ..
            } => {
                self.come_back(systems, back);
                self.searched = Some(Searched {
                    at,
                    complete: *complete,
                    systems: systems.clone(),
                });
            }
            Event::Planned {
                plan,
                verb,
                decisions,
                waiting,
                ..
            } => {
                self.latest_plan = Some(*plan);
                self.set_aside_others(plan);
                // What came back stands in the plan now.
                if verb == Aim::Erase.verb() {
                    self.back.clear();
                }
                // The same findings give the same plan, which is then the same plan again. If it was carried out before, they say
                // that the same records are back, and what was done then says nothing about them.
                if let Some(state) = self.plan_mut(plan) {
                    state.outdated = false;
                    if state.has_written_all() {
                        state.begin_again(at);
                    }
                }
                if !self.plans.iter().any(|state| state.id == *plan) {
                    let decisions = decisions.clone();
                    let steps = BTreeMap::new();
                    self.plans.push(PlanState {
                        id: *plan,
                        verb: verb.clone(),
                        at,
                        decisions,
                        waiting: *waiting,
                        approved: None,
                        signed: Vec::new(),
                        runs: 0,
                        ended: None,
                        proven: false,
                        outdated: false,
                        steps,
                    });
                }
            }
            Event::Approved { plan, policy, by } => {
                if let Some(state) = self.plan_mut(plan) {
                    state.approved = Some((*policy, by.clone()));
                    // Whoever approves the same plan once more wants it carried out once more.
                    (state.ended, state.proven) = (None, false);
                }
            }
            Event::Signed {
                purpose,
                plan,
                by,
                proof,
            } => {
                if let Some(state) = self.plan_mut(plan) {
                    state.signed.push((*purpose, by.clone(), proof.clone()));
                }
            }
            Event::ApplyStarted { plan, .. } => {
                if let Some(state) = self.plan_mut(plan) {
                    state.runs += 1;
                    state.ended = None;
                    state.proven = false;
                }
            }
            Event::StepEnded {
                plan,
                step,
                system,
                object,
                record,
                outcome,
                level,
                fault,
                ..
            } => {
                match fault.as_deref() == Some(&Fault::unfound().code) {
                    true => {
                        let place = (*plan, system.clone(), object.clone());
                        self.lost.insert(*record, place);
                    }
                    false => drop(self.lost.remove(record)),
                }
                if let Some(state) = self.plan_mut(plan) {
                    state.steps.insert(*step, (*outcome, *level, at));
                }
            }
            Event::StepVerified {
                plan,
                step,
                outcome,
                level,
            } => {
                if let Some(state) = self.plan_mut(plan) {
                    state.steps.insert(*step, (*outcome, Some(*level), at));
                }
            }
            Event::ApplyEnded {
                plan,
                complete,
                exit,
            } => {
                if let Some(state) = self.plan_mut(plan) {
                    state.ended = Some((*complete, *exit));
                }
            }
            Event::EvidenceMade { bundle, .. } => {
                self.evidence.push(*bundle);
                self.tasks_proven = true;
                for state in self.plans.iter_mut().filter(|s| s.ended.is_some()) {
                    state.proven = true;
                }
            }
            Event::Exported {
                kind,
                package,
                draft,
                complete,
                records,
                waiting,
                files,
                sealed,
                expires,
                operator,
            } => self.exports.push(Export {
                at,
                kind: *kind,
                package: *package,
                draft: *draft,
                complete: *complete,
                records: *records,
                waiting: *waiting,
                files: *files,
                sealed: *sealed,
                expires: *expires,
                operator: operator.clone(),
                deleted: None,
                outdated: false,
                withdrawn: false,
            }),
            Event::ExportExpired { package } => {
                for export in self.exports.iter_mut().filter(|e| e.package == *package) {
                    export.deleted = Some(at);
                }
            }
            Event::TaskOpened { .. } | Event::TaskReminded { .. } => {
                self.tasks.take(at, &stored.event);
            }
            Event::TaskDone { .. } | Event::TaskDropped { .. } => {
                self.tasks.take(at, &stored.event);
                self.tasks_proven = false;
            }
            Event::Noted { note, operator } => {
                self.notes.push((*note, operator.clone(), at));
                // Whoever looked at what came back has said what it is about.
                self.back.clear();
            }
            Event::CaseClosed { closing, .. } => {
                self.closed = true;
                self.closing = closing.map(|closing| (closing, at));
            }
            Event::TimeStamped {
                of,
                digest,
                token,
                at: said,
                ..
            } => match of {
                Stamped::Bundle => drop(self.stamped.insert(*digest, *said)),
                Stamped::Opened => self.opening_token = self.opening_token.or(Some(*token)),
                Stamped::Period | Stamped::Authority | Stamped::Checkpoint => {}
            },
            Event::CasePurged {
                early,
                reason,
                operator,
                ..
            } => {
                let reason = || reason.clone().unwrap_or_default();
                self.purged = Some(Purged {
                    at,
                    early: early.then(reason),
                    operator: operator.clone(),
                });
            }
            Event::LedgerMade { .. }
            | Event::LedgerAdopted { .. }
            | Event::TermsChanged { .. }
            | Event::Agreed { .. }
            | Event::BackupMade { .. }
            | Event::BackupDestroyed { .. }
            | Event::BackupRestored { .. }
            | Event::LeafAppended { .. }
            | Event::Disclosed { .. }
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
            | Event::DeferredEnded { .. }
            | Event::SweepSealed { .. }
            | Event::LogAnchored { .. }
            | Event::HoldAdded { .. }
            | Event::HoldWidened { .. }
            | Event::HoldReleased { .. }
            | Event::CaseOpened { .. }
            | Event::RecordAccepted { .. }
            | Event::Asked { .. }
            | Event::NoticeSent { .. }
            | Event::StepStarted { .. } => {}
        }
    }

    /// What a search says of erased records that are there again; of places that it could not look into it says nothing.
    fn come_back(&mut self, systems: &[SystemAnswer], back: &BTreeMap<String, u64>) {
        let searched = |place: &str| {
            let (system, object) = place.split_once('.').unwrap_or((place, ""));
            let mut answers = systems.iter().filter(|answer| answer.system == system);
            answers.any(|answer| {
                let mut objects = answer.objects.iter();
                objects.any(|one| one.object == object && one.error.is_none())
            })
        };
        self.back.retain(|place, _| !searched(place));
        self.back.extend(back.clone());
    }

    /// Whoever approved with a signature approved the plan as it was then: another plan takes that with it, unless it was begun.
    fn set_aside_others(&mut self, plan: &Digest) {
        let by_signature = |state: &PlanState| {
            let mut purposes = state.signed.iter().map(|(purpose, ..)| purpose);
            purposes.any(|purpose| *purpose == Purpose::Approve)
        };
        for state in self.plans.iter_mut().filter(|state| state.id != *plan) {
            if state.runs == 0 && by_signature(state) {
                state.approved = None;
            }
        }
    }

    /// A draft that was made for other identities is made anew before anybody gets it.
    fn outdate_drafts(&mut self) {
        for export in self.exports.iter_mut().filter(|export| export.draft) {
            export.outdated = true;
        }
    }

    /// Drafts that were made since one of these identities was stated.
    fn withdraw_drafts(&mut self, identities: &[Digest]) {
        let before = identities.iter().map(|one| self.added.get(one));
        let before = before.map(|before| before.copied().unwrap_or_default());
        let before = before.min().unwrap_or_default();
        for export in self.exports.iter_mut().skip(before) {
            export.withdrawn |= export.draft;
        }
    }

    fn plan_mut(&mut self, id: &Digest) -> Option<&mut PlanState> {
        self.plans.iter_mut().find(|state| state.id == *id)
    }

    /// The plan that a run would go on with: approved, and not ended without anything left to do, the evidence included.
    pub fn unfinished(&self) -> Option<&PlanState> {
        self.plans
            .iter()
            .rev()
            .find(|state| state.approved.is_some() && !state.is_finished())
    }

    /// Ids of all approved plans.
    pub fn approvals(&self) -> Vec<Digest> {
        self.plans
            .iter()
            .filter(|state| state.approved.is_some())
            .map(|state| state.id)
            .collect()
    }

    /// The package that the person asked for and that was not made to the end yet.
    pub fn pending_export(&self) -> Option<ExportKind> {
        let made = |kind: &ExportKind| self.exports.iter().any(|e| e.kind == *kind && !e.draft);
        let kinds = self.rights.iter().filter_map(|right| ExportKind::of(right));
        kinds.into_iter().find(|kind| !made(kind))
    }

    /// The draft from which the final is made: the latest, as long as it is there to be looked at.
    pub fn draft_of(&self, kind: ExportKind) -> Option<&Export> {
        let mut latest = self.exports.iter().rev();
        let draft = latest.find(|export| export.kind == kind && export.draft);
        draft.filter(|draft| draft.deleted.is_none() && !draft.outdated)
    }

    /// Whether the person asks for packages and for nothing that would change a record.
    pub fn only_exports(&self) -> bool {
        self.plans.is_empty() && self.rights.iter().all(|r| ExportKind::of(r).is_some())
    }

    /// Whether records are restricted because of this case: until that is lifted they are stored, and nothing else is done with them
    /// (Art. 18(2) GDPR). Only of a case that was folded with all its events.
    pub fn restricts(&self) -> bool {
        self.locks.stand()
    }

    /// The verb that goes on with the case: that of its latest plan, else of the right that was asked for last.
    pub fn verb(&self) -> &str {
        if let (None, Some(kind)) = (self.unfinished(), self.pending_export()) {
            return kind.verb();
        }
        let latest = self
            .plans
            .iter()
            .find(|plan| Some(plan.id) == self.latest_plan);
        let right = self.rights.last().map(String::as_str);
        latest.map_or_else(
            || verb_of(right.unwrap_or_default()),
            |plan| plan.verb.as_str(),
        )
    }

    /// One month after receipt, day for day (Art. 12(3) GDPR), without week-ends and holidays.
    pub fn nominal_due(&self) -> Date {
        self.received.saturating_add(jiff::Span::new().months(1))
    }
}

/// The command that answers a right.
fn verb_of(right: &str) -> &'static str {
    if let Some(kind) = ExportKind::of(right) {
        return kind.verb();
    }
    match right {
        "rectification" => "rectify",
        "restriction" => "restrict",
        "objection" | "consent_withdrawal" => "optout",
        _ => Aim::Erase.verb(),
    }
}

impl PlanState {
    /// Whether it was carried out to its end, and something was written by it.
    fn has_written_all(&self) -> bool {
        let mut outcomes = self.steps.values().map(|(outcome, ..)| outcome);
        self.ended.is_some_and(|(complete, _)| complete) && outcomes.any(|one| one.took_effect())
    }

    /// As it was before anybody agreed to it; what was signed, and what became of its records, stays known.
    fn begin_again(&mut self, at: Timestamp) {
        self.at = at;
        self.approved = None;
        self.ended = None;
        self.proven = false;
    }

    fn is_finished(&self) -> bool {
        self.proven && self.ended.is_some_and(|(complete, _)| complete)
    }
}
