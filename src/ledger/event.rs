//! What can stand in a ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Head;
use crate::case_id::CaseId;
use crate::connector::Action;
use crate::findings::{Control, ObjectStatus, SystemStatus};
use crate::hold::{Ground, HoldId, Scope};
use crate::inventory::Approval;
use crate::inventory::terms::Terms;
use crate::keys::Digest;
use crate::messages::{Text, export as say};
use crate::people::{Matter, Proof, Purpose};
use crate::plan::{Aim, Decision, Level, Outcome};

/// What happened. The fields are all that is ever written about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// First event of a ledger.
    LedgerMade { ledger: String, version: String },
    /// A person accepted a ledger that lagged behind the head remembered outside the workspace, or differed from it.
    LedgerAdopted {
        known: Head,
        found: Head,
        /// Keyed digest of the reason, which lies in the vault; the first ledgers do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Digest>,
        operator: String,
    },
    /// The inventory asks for something else than when a command last wrote: what it asks for from here on.
    TermsChanged {
        inventory: Digest,
        terms: Terms,
        operator: String,
    },
    /// An encrypted copy of ledger, vault and keys was written.
    BackupMade {
        /// SHA-256 of the file.
        backup: Digest,
        /// How far the ledger had come in the copy.
        head: Head,
        /// Whether the key that opens the vault is in it.
        key: bool,
        /// Last day on which somebody keeps it, if that was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// Fingerprints of the recipients' keys.
        recipients: Vec<Digest>,
        operator: String,
    },
    /// An operator says that a copy does not exist any more.
    BackupDestroyed { backup: Digest, operator: String },
    /// Ledger, vault and keys were put back from a copy.
    BackupRestored { backup: Digest, operator: String },
    CaseOpened {
        rights: Vec<String>,
        received: Date,
        channel: String,
        operator: String,
    },
    /// The person asks for more in the same case.
    RightsAdded { rights: Vec<String> },
    /// The operator states how identity was confirmed.
    IdentityConfirmed { method: String, operator: String },
    /// The inventory lets a machine caller vouch for identity (`requests.identity: assumed`).
    IdentityAssumed,
    /// An operator says that further identities are the same person's; keyed digests. Identity is to be confirmed anew.
    IdentityAdded {
        identities: Vec<Digest>,
        operator: String,
    },
    /// Identities were stated by mistake and are not the person's. What was planned or drafted with them counts no longer.
    IdentityRemoved {
        identities: Vec<Digest>,
        operator: String,
    },
    /// The day of receipt was noted wrongly; the deadline runs from this one.
    ReceiptCorrected {
        received: Date,
        /// A code.
        reason: String,
        operator: String,
    },
    /// The channel was noted wrongly, or not at all.
    ChannelCorrected {
        channel: String,
        /// A code.
        reason: String,
        operator: String,
    },
    /// A linked or shared record was accepted as the person's.
    RecordAccepted {
        system: String,
        object: String,
        record: Digest,
        operator: String,
    },
    /// A search, for a case or alone; `identities` are keyed digests.
    Searched {
        verb: String,
        operator: String,
        identities: Vec<Digest>,
        rounds: u32,
        complete: bool,
        systems: Vec<SystemAnswer>,
        /// Keyed digest of why somebody looked, where no case says so; the words lie in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Digest>,
        /// Records that the case has erased and that are there again, by their place `system.object`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        back: BTreeMap<String, u64>,
    },
    /// What is asked for, where the verb alone does not say it: the code of the ground, and by field the keyed digest of the new value.
    Asked {
        verb: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<(String, Digest)>,
        operator: String,
    },
    /// The person was told that a restriction will end (Art. 18(3) GDPR).
    NoticeSent { sent: Date, operator: String },
    Planned {
        plan: Digest,
        inventory: Digest,
        /// What the plan is to bring about.
        #[serde(default = "erase", skip_serializing_if = "is_erase")]
        verb: String,
        decisions: Vec<(Decision, u32)>,
        /// Records that were found and wait for a person's word.
        #[serde(default, skip_serializing_if = "is_zero")]
        waiting: u32,
    },
    Approved {
        plan: Digest,
        policy: Approval,
        by: String,
    },
    /// A person stands for a plan with their key: that they made it, or that it may be carried out.
    Signed {
        purpose: Purpose,
        plan: Digest,
        by: String,
        proof: Proof,
    },
    /// A person stands with their key for something that two have to agree on: the first asks for it.
    Agreed {
        matter: Matter,
        by: String,
        proof: Proof,
    },
    ApplyStarted {
        plan: Digest,
        version: String,
        run: u32,
    },
    /// Intent: written before the request leaves.
    StepStarted {
        plan: Digest,
        step: u32,
        system: String,
        object: String,
        record: Digest,
        action: Action,
        before: Digest,
        after: Option<Digest>,
    },
    /// What became of a step; also of steps that write nothing.
    StepEnded {
        plan: Digest,
        step: u32,
        system: String,
        object: String,
        record: Digest,
        decision: Decision,
        action: Option<Action>,
        outcome: Outcome,
        level: Option<Level>,
        until: Option<Date>,
        /// Code of the fault, if one decided the outcome.
        fault: Option<String>,
        /// Holds that keep the record.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        holds: Vec<HoldId>,
    },
    /// A later look raised or lowered what is proven about a step.
    StepVerified {
        plan: Digest,
        step: u32,
        outcome: Outcome,
        level: Level,
    },
    ApplyEnded {
        plan: Digest,
        complete: bool,
        exit: u8,
    },
    /// A bundle was written; its id is the SHA-256 of its ASiCManifest001.
    EvidenceMade { bundle: Digest, number: u32 },
    /// A container over the cases of a period was written; its id is made as a bundle's.
    PeriodSealed {
        from: Date,
        until: Date,
        container: Digest,
        number: u32,
        cases: u64,
        operator: String,
    },
    /// A leaf of the log over all cases (RFC 6962): the log is the leaves of these events in the order of the ledger.
    LeafAppended { leaf: Digest, of: Leaf },
    /// A time-stamping authority answered (RFC 3161): when it says it did, and who it says it is.
    TimeStamped {
        of: Stamped,
        /// What was stamped: hash of the case's first event, id of a bundle, hash of a checkpoint.
        digest: Digest,
        /// SHA-256 of the token.
        token: Digest,
        /// The header of a stored event has an `at` of its own.
        #[serde(rename = "time")]
        at: Timestamp,
        authority: String,
    },
    /// What opens a bundle's commitments was handed to somebody: all of it to recipients, or one record's to a reader.
    Disclosed {
        bundle: Digest,
        records: u64,
        /// Fingerprints of the recipients' keys; none where it was shown on the screen.
        recipients: Vec<Digest>,
        operator: String,
    },
    /// The case's key and everything personal in it were destroyed.
    CasePurged {
        /// Whether that was before the day until which the case is kept.
        early: bool,
        /// A code; only where it was early.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Whether it was said once more, because a restored copy did not know of it.
        #[serde(default, skip_serializing_if = "is_false")]
        again: bool,
        operator: String,
    },
    /// The organisation seals with another key from here on; both certificates by fingerprint.
    SealChanged {
        previous: Option<Digest>,
        certificate: Digest,
        operator: String,
    },
    /// Cases were drawn by a seed and looked at once more.
    Sampled {
        seed: String,
        asked: u32,
        cases: Vec<String>,
        operator: String,
    },
    /// A sweep looked at what its rules make due.
    SweepPlanned {
        sweep: String,
        day: Date,
        inventory: Digest,
        rules: Vec<RulePlanned>,
        /// Rules that could not be looked at, or are not swept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missed: Vec<RuleMissed>,
        /// Whether it was about some of the rules only.
        #[serde(default, skip_serializing_if = "is_false")]
        limited: bool,
        /// Seconds after which the next run is expected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every_s: Option<u64>,
        operator: String,
    },
    /// A sweep begins to write, or goes on after it was killed.
    SweepStarted {
        sweep: String,
        day: Date,
        version: String,
        operator: String,
    },
    /// Intent: so many records, whose names have this root, are about to be written to.
    SweepBatchStarted {
        sweep: String,
        rule: Digest,
        batch: u32,
        records: u64,
        root: Digest,
        /// Where each record has an outcome of its own: the plan of the batch, which this lets write.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Digest>,
    },
    /// So many of them were; the root of their names in the order of the batch. `settled` says that a later run told so after one was
    /// killed.
    SweepBatchEnded {
        sweep: String,
        rule: Digest,
        batch: u32,
        done: u64,
        root: Digest,
        settled: bool,
        /// Records of which nobody can tell any more whether they were written to; none of them is among those done.
        #[serde(default, skip_serializing_if = "is_none")]
        unknown: u64,
    },
    /// A rule has gone through its object.
    SweepRuleEnded {
        sweep: String,
        rule: Digest,
        done: u64,
        /// Due, and spared for a hold or an open request.
        spared: u64,
        /// Still due after the run and not spared; `None` if nobody could count.
        remaining: Option<u64>,
        /// Code of what stopped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped: Option<String>,
    },
    SweepEnded {
        sweep: String,
        complete: bool,
        exit: u8,
    },
    /// What a sweep found and did of the erasures that requests have left for later; written before its end, and only where there are any.
    SweepDeferred {
        sweep: String,
        parts: Vec<DeferredPart>,
    },
    /// Erasures that a plan of the case has left for later are due, and are about to be carried out: its rules were approved then.
    DeferredDue {
        sweep: String,
        plan: Digest,
        records: u64,
        operator: String,
    },
    /// Intent: written before the request leaves.
    DeferredStarted {
        plan: Digest,
        step: u32,
        system: String,
        object: String,
        record: Digest,
        action: Action,
        before: Digest,
        after: Option<Digest>,
    },
    /// A later look raised or lowered what is proven about it.
    DeferredVerified {
        plan: Digest,
        step: u32,
        outcome: Outcome,
        level: Level,
    },
    /// What became of it; without a plan where the record was another by now and none was made.
    DeferredEnded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Digest>,
        step: u32,
        system: String,
        object: String,
        record: Digest,
        action: Option<Action>,
        outcome: Outcome,
        level: Option<Level>,
        fault: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        holds: Vec<HoldId>,
    },
    /// A statement about a run that has ended was sealed, as the next in the chain of all runs.
    SweepSealed {
        sweep: String,
        /// SHA-256 of the statement.
        statement: Digest,
        /// Counts from 1 over all runs.
        number: u64,
        /// The statement before this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        predecessor: Option<Digest>,
    },
    /// A checkpoint of the log left the house.
    LogAnchored {
        size: u64,
        root: Digest,
        /// Stamps, copies, and programs that took it.
        copies: u32,
        /// An operator says that they sent it to somebody.
        #[serde(default, skip_serializing_if = "is_false")]
        sent: bool,
    },
    /// A person has something to do; what, and who, lies in the vault.
    TaskOpened {
        task: Digest,
        system: String,
        kind: TaskKind,
        due: Date,
        /// What is looked up there, by the connector's name for it; of look-ups alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<String>,
    },
    /// Its owner was to be reminded: the text was printed for somebody to send.
    TaskReminded { task: Digest, operator: String },
    /// An operator states that it was done.
    TaskDone {
        task: Digest,
        operator: String,
        result: TaskResult,
        /// Records that the person found; only of a search.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<u64>,
        /// SHA-256 of the document that shows it; the document lies in the vault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Digest>,
        /// L4 if the document is a processor's written confirmation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
    },
    /// Nothing asks for it any more.
    TaskDropped {
        task: Digest,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Needless>,
    },
    /// An operator wrote a note, which lies in the vault.
    Noted { note: Digest, operator: String },
    /// A package for the person was written. Where it lies and what is in it stands in the vault.
    Exported {
        kind: ExportKind,
        /// SHA-256 of the file; of a folder, of the list of its files.
        package: Digest,
        /// A draft is for the reviewer and is not handed over.
        draft: bool,
        /// Whether every system and object was searched and all that was found is in it.
        complete: bool,
        records: u64,
        /// Records that were found and wait for a person's word.
        #[serde(default, skip_serializing_if = "is_none")]
        waiting: u64,
        files: u32,
        sealed: Sealed,
        expires: Date,
        operator: String,
    },
    /// A package reached its day and was deleted.
    ExportExpired { package: Digest },
    /// Records are kept from being erased. The reason, and whose identities the digests are of, lies in the vault.
    HoldAdded {
        hold: HoldId,
        ground: Ground,
        scope: Scope,
        review_by: Date,
        /// The case whose person it is on, where one was named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<CaseId>,
        operator: String,
    },
    /// The person is known by further identities, which a search has found.
    HoldWidened {
        hold: HoldId,
        identities: Vec<Digest>,
    },
    /// They are not, any more.
    HoldReleased { hold: HoldId, operator: String },
    /// The first ledgers do not say how, nor who.
    CaseClosed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closing: Option<Closing>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
    },
}

/// What a rule of a sweep meets in its object, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RulePlanned {
    /// The rule as it is now, by its digest.
    pub rule: Digest,
    pub data_type: String,
    pub system: String,
    pub object: String,
    pub action: Action,
    pub records: u64,
    /// Whether there are more, which were not counted: the due ones are few enough of those that were.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    pub due: u64,
    pub referenced: u64,
    pub unknown: u64,
    pub future: u64,
    /// Due, and held or part of an open request.
    pub spared: u64,
    /// Those among them that are spared for an open request.
    #[serde(default, skip_serializing_if = "is_none")]
    pub requested: u64,
    /// Due, and a control person's.
    #[serde(default, skip_serializing_if = "is_none")]
    pub control: u64,
    /// Which engine counts and writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Rule of the law, its norm, or the period that the company has set itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statute: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<String>,
    /// What speaks against carrying it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brakes: Vec<Brake>,
    /// What the system itself does besides when records are written to, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<String>,
    /// The holds that keep some of it, or all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<HoldId>,
    /// Who holds copies of what goes, and by what they come to know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Recipient>,
}

/// Somebody who holds copies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recipient {
    /// `system.object`, or the product in which the data lie.
    pub to: String,
    pub by: Told,
}

/// By what a recipient comes to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The provider of a product, in whose own system it is done.
    System,
    /// The flow that brought the data takes them away as well.
    Flow,
    /// The copies are swept by a rule of their own.
    Rule,
    /// By nothing that the inventory names, so it is for a person.
    Person,
}

/// What one case has left in one object, and what a sweep did about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeferredPart {
    pub of_case: String,
    pub system: String,
    pub object: String,
    /// What kept the records; none where a hold did, or where they came to hang below one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<String>,
    pub due: u64,
    /// Erased, or found gone.
    pub done: u64,
    pub held: u64,
    /// For another open request of the person.
    pub spared: u64,
    /// Others by now, or not to be read: a person's.
    pub changed: u64,
    /// By the law of today, by a person's word, or because something below them stays.
    pub kept: u64,
    /// For the next run.
    pub open: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brakes: Vec<Brake>,
}

/// A rule of which a run cannot say what it meets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleMissed {
    pub rule: Digest,
    pub data_type: String,
    pub system: String,
    pub object: String,
    pub action: Action,
    /// Code of the fault, or the word for why it is not swept.
    pub why: String,
}

/// Why a rule only plans, or stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brake {
    /// No earlier run has shown it as it is now.
    New,
    /// The last run that showed it is longer ago than a month.
    Forgotten,
    /// More records than the cap.
    Cap,
    /// More of the object than the cap.
    Share,
    /// Many more than usual.
    Unusual,
    /// Other triggers act on its records than when it was shown.
    Triggers,
    /// Outside of the maintenance window.
    Window,
    /// The stop file lies there.
    Stopped,
    /// The system's clock and ours differ.
    Clock,
    /// It cannot be told which records are held.
    Holds,
    /// A hold is on all of it.
    Held,
    /// What it leaves would not be anonymous.
    Weak,
}

/// What a leaf of the log stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaf {
    /// A case that was opened.
    Opened,
    /// The statement of a bundle.
    Statement,
    /// The statement of the container of a period.
    Period,
    /// The statement of a case complete, for an authority.
    Authority,
}

/// What a time stamp is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stamped {
    /// The first event of a case: it was not opened later.
    Opened,
    /// A bundle.
    Bundle,
    /// The container of a period.
    Period,
    /// A case complete, for an authority.
    Authority,
    /// A checkpoint of the log.
    Checkpoint,
}

/// What a person is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Look for the person in a system that is not connected.
    Search,
    /// Look for the person in what the connector of a system does not read.
    LookUp,
    /// Erase, lock, decide: what a plan leaves to people.
    Act,
}

/// Why nobody has to do a task any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needless {
    /// A retention run has erased the records that it was about.
    Erased,
}

/// What came of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskResult {
    Done,
    Found,
    Nothing,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Closing {
    /// The person got what they asked for, or was told why not all of it.
    Answered,
    /// The request was refused (Art. 12(5) GDPR), and the person told so.
    Refused,
    /// The person took it back.
    Withdrawn,
    /// No system holds anything about the person, and the person was told so.
    NothingFound,
}

/// Which right a package answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Art. 15 GDPR.
    Access,
    /// Art. 20 GDPR.
    Portability,
}

impl ExportKind {
    /// The right of the person that it answers, as the case lists it.
    pub fn right(self) -> &'static str {
        match self {
            ExportKind::Access => "access",
            ExportKind::Portability => "portability",
        }
    }

    /// The kind that answers a right.
    pub fn of(right: &str) -> Option<ExportKind> {
        [ExportKind::Access, ExportKind::Portability]
            .into_iter()
            .find(|kind| kind.right() == right)
    }

    /// What the package is, in words.
    pub fn in_words(self, draft: bool) -> Text {
        match (self, draft) {
            (ExportKind::Access, true) => say::draft_of_access(),
            (ExportKind::Access, false) => say::final_of_access(),
            (ExportKind::Portability, true) => say::draft_of_portability(),
            (ExportKind::Portability, false) => say::final_of_portability(),
        }
    }

    /// What the package is, for a column.
    pub fn in_short(self, draft: bool) -> Text {
        let article: u8 = match self {
            ExportKind::Access => 15,
            ExportKind::Portability => 20,
        };
        match draft {
            true => say::short_draft(article),
            false => say::short(article),
        }
    }

    /// The command that makes it.
    pub fn verb(self) -> &'static str {
        match self {
            ExportKind::Access => "export",
            ExportKind::Portability => "export --portable",
        }
    }
}

/// How a package is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sealed {
    /// It can be read by whoever gets hold of it.
    None,
    /// To public keys of age.
    Age,
    /// AES-256 under a generated passphrase that is stored nowhere.
    Aes,
}

impl Sealed {
    /// How a package is encrypted, in words.
    pub fn in_words(self) -> Text {
        match self {
            Sealed::None => say::sealed_none(),
            Sealed::Age => say::sealed_age(),
            Sealed::Aes => say::sealed_aes(),
        }
    }

    /// How a package is encrypted, for a column.
    pub fn in_short(self) -> Text {
        match self {
            Sealed::None => say::short_none(),
            Sealed::Age => Text::same("age"),
            Sealed::Aes => Text::same("AES-256"),
        }
    }
}

/// What one system answered, without anything personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemAnswer {
    pub system: String,
    pub status: SystemStatus,
    pub error: Option<String>,
    pub objects: Vec<ObjectAnswer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectAnswer {
    pub object: String,
    pub status: ObjectStatus,
    pub error: Option<String>,
    pub control: Control,
    pub records: u64,
    pub near_misses: u64,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Plans of the first ledgers had one verb, and do not name it.
fn erase() -> String {
    Aim::Erase.verb().to_owned()
}

fn is_erase(verb: &str) -> bool {
    verb == Aim::Erase.verb()
}
