//! Verifies a bundle, zip or unpacked folder, and says what is wrong with it.
//!
//! Every file is read once and as a stream. What is read may be hostile: its form is checked before its content, sizes are limited,
//! and every finding is a reason in the verdict and never a panic. A bundle that only agrees with itself is not called valid: anybody
//! can seal anything, so the signer must be known from elsewhere.

mod checks;
mod content;
mod cover;
mod held;
mod inner;
mod log;
mod name;
mod records;
mod sorts;
mod steps;
mod sweeps;
mod time;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::certificate::{Anchor, Vouched};
use super::gap::BESIDE;
use super::level::Facts;
use super::source::Source;
use super::veiled::Veiled;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::Text;
use crate::messages::evidence as say;
use crate::translog::VerifierKey;

/// What a bundle is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Intact, and sealed by somebody whom the caller knows.
    Valid,
    /// It agrees with itself, but nobody the caller knows vouches for the seal.
    IntactButSignerUnknown,
    Invalid,
}

/// What a container is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One case, without the person.
    Case,
    /// All cases of a period.
    Period,
    /// One case complete, with the person.
    Authority,
}

/// Whom the caller trusts, for what; each got over a channel of its own, never out of the bundle.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    /// For the seal.
    pub seal: Vec<Anchor>,
    /// For time stamps.
    pub time: Vec<Anchor>,
    /// Keys of logs over all cases.
    pub log: Vec<VerifierKey>,
    /// Whether a bundle that is in none of these logs is none that the caller may rely on: the keys were named for it.
    pub must_be_logged: bool,
}

/// Where a bundle's statement stands in the log over all cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The log's name.
    pub origin: String,
    /// Position of the statement, counted from 0.
    pub index: u64,
    /// Of the checkpoint in the bundle.
    pub size: u64,
    pub root: Digest,
    /// Position of the opening of the case; cases of the first ledgers have none.
    pub opened: Option<u64>,
    /// Whether a key that the caller named signed the checkpoints; otherwise anybody may have.
    pub is_key_named: bool,
    /// The checkpoint as it stands in the bundle, to be held against a later one.
    pub checkpoint: String,
}

impl Anchors {
    /// Trust in a seal alone.
    pub fn of_seal(seal: Vec<Anchor>) -> Anchors {
        Anchors {
            seal,
            ..Anchors::default()
        }
    }
}

/// What is known of a bundle's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// An authority that the caller trusts has stamped it.
    Stamped,
    /// An authority has stamped it, but nobody that the caller trusts vouches for that one.
    StampedByUnknown,
    /// Whoever sealed it says that somebody is asked for the time, and nothing of that is here yet.
    Pending,
    /// Nobody was asked.
    None,
}

/// A token that holds, and what it says.
#[derive(Clone, Debug)]
pub struct Stamping {
    pub at: Timestamp,
    /// Subject of the authority's certificate, and its SHA-256.
    pub authority: String,
    pub fingerprint: Digest,
    /// Under which policy, as an object identifier.
    pub policy: String,
    /// SHA-256 of the token.
    pub token: Digest,
    pub calls_itself_qualified: bool,
    /// Who vouches for the authority, of those the caller trusts.
    pub anchor: Option<Vouched>,
    /// Why nobody does, where its certificate leads to one whom the caller trusts.
    pub broken_path: Option<Text>,
}

/// The time stamps of a bundle.
#[derive(Clone, Debug)]
pub struct Timing {
    pub clock: Clock,
    /// Over the seal: it was made not after that.
    pub seal: Option<Stamping>,
    /// Over the list of all files: they were there not after that.
    pub container: Option<Stamping>,
    /// Over the first event of the case: it was opened not after that.
    pub opened: Option<Stamping>,
    /// How many minutes after the time of that event, where that is too late to prove it.
    pub opened_late: Option<u64>,
}

impl Timing {
    /// The stamp that counts for the bundle: that of the seal, or else that of the files; an anchored one first.
    pub fn best(&self) -> Option<&Stamping> {
        let both = || self.seal.iter().chain(&self.container);
        both()
            .find(|stamping| stamping.anchor.is_some())
            .or_else(|| both().next())
    }
}

/// The result of verifying. Facts are only set where they were read; of an invalid bundle they are claims.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub standing: Standing,
    pub kind: Kind,
    /// Why it is not valid; empty if it is.
    pub reasons: Vec<Diagnostic>,
    /// The bundle's id: SHA-256 of its `ASiCManifest001.xml`.
    pub bundle: Option<Digest>,
    pub case: Option<String>,
    /// First and last day of a period.
    pub period: Option<(Date, Date)>,
    /// Cases of a period.
    pub cases: u64,
    pub number: Option<u32>,
    pub predecessor: Option<Digest>,
    /// The seal's certificate.
    pub(super) certificate: Option<x509_cert::Certificate>,
    /// Subject of the seal's certificate.
    pub signer: Option<String>,
    /// SHA-256 of the seal's certificate, to compare over the telephone.
    pub fingerprint: Option<Digest>,
    /// Who vouches for the seal, of those the caller trusts.
    pub anchor: Option<Vouched>,
    /// Whether the certificate is not the anchor itself but was issued by it.
    pub is_issued: bool,
    /// What the reader has to know beside the standing, and is no reason against it.
    pub warnings: Vec<Diagnostic>,
    /// When the seal was made, by the sealing machine's own clock.
    pub sealed_at: Option<Timestamp>,
    pub time: Timing,
    /// What the seal is worth by what was verified.
    pub worth: Option<Facts>,
    /// The same in words, level S0 to S3.
    pub level: Option<Text>,
    /// The anchored certificate from which signed changes of seal lead to the one that sealed.
    pub followed: Option<Digest>,
    pub files: usize,
    /// Bytes of all files together.
    pub bytes: u64,
    pub records: u64,
    pub events: u64,
    /// Its place in the log over all cases, if it has one.
    pub log: Option<Logged>,
    /// What the bundle itself says it does not prove, without what a stamp proves that was made after its cover.
    pub not_proven: Vec<Value>,
    /// Files that later steps may add to a sealed container and that this version does not check, such as those of archives.
    pub unchecked: Vec<String>,
    /// Sealed files that this version does not know.
    pub unknown: Vec<String>,
}

impl Verdict {
    fn new() -> Verdict {
        Verdict {
            standing: Standing::Invalid,
            kind: Kind::Case,
            reasons: Vec::new(),
            bundle: None,
            case: None,
            period: None,
            cases: 0,
            number: None,
            predecessor: None,
            certificate: None,
            signer: None,
            fingerprint: None,
            anchor: None,
            is_issued: false,
            warnings: Vec::new(),
            sealed_at: None,
            time: Timing {
                clock: Clock::None,
                seal: None,
                container: None,
                opened: None,
                opened_late: None,
            },
            worth: None,
            level: None,
            followed: None,
            files: 0,
            bytes: 0,
            records: 0,
            events: 0,
            log: None,
            not_proven: Vec::new(),
            unchecked: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// 0 valid, 4 intact but signer unknown, 5 invalid.
    pub fn exit(&self) -> Exit {
        match self.standing {
            Standing::Valid => Exit::Done,
            Standing::IntactButSignerUnknown => Exit::Waiting,
            Standing::Invalid => Exit::Unproven,
        }
    }

    /// The standing in one sentence.
    pub fn sentence(&self) -> Text {
        if let Some(issued) = self.of_issued() {
            return issued;
        }
        match self.standing {
            Standing::Valid => say::verdict_valid(),
            Standing::IntactButSignerUnknown => say::verdict_unknown(),
            Standing::Invalid => say::verdict_invalid(),
        }
    }
}

/// Verifies the bundle at `path` against what the caller trusts.
///
/// # Errors
/// E700 only if the file or folder cannot be read; everything that is wrong with the bundle itself is in the verdict.
pub fn verify(path: &Path, anchors: &Anchors) -> Result<Verdict> {
    let unreadable = |error: std::io::Error| unreadable(path, &error);
    Ok(judge(Source::open(path).map_err(unreadable)?, anchors))
}

/// The same for a container in memory.
///
/// # Errors
/// None that has been seen: memory can always be read.
pub fn verify_bytes(bytes: Vec<u8>, anchors: &Anchors) -> Result<Verdict> {
    let unreadable = |error: std::io::Error| unreadable(Path::new("-"), &error);
    Ok(judge(Source::of_bytes(bytes).map_err(unreadable)?, anchors))
}

/// The same for one in a file that only this run can read.
///
/// # Errors
/// E700 if it cannot be read.
pub(super) fn verify_veiled(file: &Arc<Veiled>, anchors: &Anchors) -> Result<Verdict> {
    let unreadable = |error: std::io::Error| unreadable(Path::new("-"), &error);
    Ok(judge(Source::of_veiled(file).map_err(unreadable)?, anchors))
}

fn judge(source: Result<Source, Vec<Diagnostic>>, anchors: &Anchors) -> Verdict {
    match source {
        Ok(mut source) => judge_content(&mut source, false, anchors).0,
        Err(reasons) => {
            let mut verdict = Verdict::new();
            verdict.reasons = reasons;
            verdict
        }
    }
}

/// The same for the bundle that lies in a container, with what its record lines commit to.
fn judge_inner(mut source: Source, anchors: &Anchors) -> (Verdict, Option<inner::Commitments>) {
    judge_content(&mut source, true, anchors)
}

fn judge_content(
    source: &mut Source,
    is_inner: bool,
    anchors: &Anchors,
) -> (Verdict, Option<inner::Commitments>) {
    let mut verdict = Verdict::new();
    let mut content = content::read(source, is_inner, &mut verdict.reasons);
    if is_inner {
        // A container lies in no other one.
        content.inner = None;
    }
    verdict.files = content.files.len();
    verdict.bytes = content.files.values().map(|(_, size)| size).sum();
    verdict.records = content.records.tree.count();
    verdict.events = content.chain.count();
    checks::run(&mut content, anchors, &mut verdict);
    if verdict.time.clock == Clock::Stamped {
        // What the cover could not know yet when it was sealed.
        let is_beside = |gap: &Value| gap.get("kind").and_then(Value::as_str) == Some(BESIDE);
        verdict.not_proven.retain(|gap| !is_beside(gap));
    }
    let codes: Vec<&str> = verdict.reasons.iter().map(|reason| reason.code).collect();
    verdict.standing = match codes.as_slice() {
        [] => Standing::Valid,
        // Whoever does not know the signer need not know the signer's log.
        ["E746"] | ["E746", "E674" | "E765"] => Standing::IntactButSignerUnknown,
        _ => Standing::Invalid,
    };
    (verdict, content.commitments)
}

/// A bundle that cannot be read at all.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        "E700",
        Exit::Failed,
        say::unreadable(path.display().to_string(), crate::messages::os::why(error)),
    )
    .help(say::unreadable_help())
}

/// Something that is wrong with a bundle.
pub(super) fn reason(code: &'static str, what: Text) -> Diagnostic {
    Diagnostic::new(code, Exit::Unproven, what).help(say::invalid_help())
}
