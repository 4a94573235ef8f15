//! Verifies a bundle, zip or unpacked folder, and says what is wrong with it.
//!
//! Every file is read once and as a stream. What is read may be hostile: its form is checked before its content, sizes are limited,
//! and every finding is a reason in the verdict and never a panic. A bundle that only agrees with itself is not called valid: anybody
//! can seal anything, so the signer must be known from elsewhere.

mod checks;
mod content;

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::certificate::Anchor;
use super::source::Source;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::Text;
use crate::messages::evidence as say;

/// What a bundle is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Intact, and sealed by somebody whom the caller knows.
    Valid,
    /// It agrees with itself, but nobody the caller knows vouches for the seal.
    IntactButSignerUnknown,
    Invalid,
}

/// The result of verifying. Facts are only set where they were read; of an invalid bundle they are claims.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub standing: Standing,
    /// Why it is not valid; empty if it is.
    pub reasons: Vec<Diagnostic>,
    /// The bundle's id: SHA-256 of its `ASiCManifest001.xml`.
    pub bundle: Option<Digest>,
    pub case: Option<String>,
    pub number: Option<u32>,
    pub predecessor: Option<Digest>,
    /// Subject of the seal's certificate.
    pub signer: Option<String>,
    /// SHA-256 of the seal's certificate, to compare over the telephone.
    pub fingerprint: Option<Digest>,
    /// When the seal was made, by the sealing machine's own clock.
    pub sealed_at: Option<Timestamp>,
    /// Level S0 to S3 in words.
    pub level: Option<Text>,
    pub files: usize,
    /// Bytes of all files together.
    pub bytes: u64,
    pub records: u64,
    pub events: u64,
    /// What the bundle itself says it does not prove.
    pub not_proven: Vec<Value>,
    /// Files that later steps may add to a sealed container and that this version does not check, such as time stamps.
    pub unchecked: Vec<String>,
}

impl Verdict {
    fn new() -> Verdict {
        Verdict {
            standing: Standing::Invalid,
            reasons: Vec::new(),
            bundle: None,
            case: None,
            number: None,
            predecessor: None,
            signer: None,
            fingerprint: None,
            sealed_at: None,
            level: None,
            files: 0,
            bytes: 0,
            records: 0,
            events: 0,
            not_proven: Vec::new(),
            unchecked: Vec::new(),
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
pub fn verify(path: &Path, anchors: &[Anchor]) -> Result<Verdict> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::new(
            "E700",
            Exit::Failed,
            say::unreadable(path.display().to_string(), crate::messages::os::why(&error)),
        )
        .help(say::unreadable_help())
    };
    let mut verdict = Verdict::new();
    let mut source = match Source::open(path).map_err(unreadable)? {
        Ok(source) => source,
        Err(reasons) => {
            verdict.reasons = reasons;
            return Ok(verdict);
        }
    };
    let content = content::read(&mut source, &mut verdict.reasons);
    verdict.files = content.files.len();
    verdict.bytes = content.files.values().map(|(_, size)| size).sum();
    verdict.records = content.tree.count();
    verdict.events = content.chain.count();
    checks::run(&content, anchors, &mut verdict);
    verdict.standing = match verdict.reasons.as_slice() {
        [] => Standing::Valid,
        [only] if only.code == "E746" => Standing::IntactButSignerUnknown,
        _ => Standing::Invalid,
    };
    Ok(verdict)
}

/// Something that is wrong with a bundle.
pub(super) fn reason(code: &'static str, what: Text) -> Diagnostic {
    Diagnostic::new(code, Exit::Unproven, what).help(say::invalid_help())
}
