//! The evidence bundle: a sealed zip that proves which records were touched where, and holds nothing about the person.
//!
//! It is assembled from ledger and vault and calls no system. One zip is at once an ASiC-E container with a CAdES seal
//! (ETSI EN 319 162-1) and, unpacked, a BagIt 1.0 bag (RFC 8493), so that stock tools can check it without `dsr`. What is not
//! proven is worked out here from the history and stands on the cover: nobody hands it in, so nobody can leave it out. What
//! opens the commitments is returned to the caller, for the vault. Time stamps and the cross-case log are not part of this room yet;
//! their file names are already known to the verifier.

pub mod certificate;
pub mod commitment;
pub mod merkle;
pub mod seal;
pub mod verify;

mod bundle;
mod chain;
mod cover;
mod gap;
mod history;
mod instructions;
mod page;
mod screen;
mod source;
mod statement;
mod zip;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

pub use certificate::Anchor;
pub use commitment::Opening;
pub use gap::Gap;
pub use seal::Seal;
pub use verify::{Standing, Verdict, verify};

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::Findings;
use crate::inventory::Approval;
use crate::keys::{Digest, Key};
use crate::ledger::Event;
use crate::messages::evidence as say;
use crate::plan::Plan;

/// The version of the format.
pub const FORMAT: &str = "dsr-evidence/1";
/// What the container says it is (EN 319 162-1).
const MIMETYPE: &str = "application/vnd.etsi.asic-e+zip";
const ASIC_MANIFEST: &str = "META-INF/ASiCManifest001.xml";
const SIGNATURE: &str = "META-INF/signature001.p7s";
const STATEMENT: &str = "data/statement.json";

/// Everything a bundle is made of.
pub struct Material<'a> {
    pub case: &'a str,
    pub controller: String,
    pub seat: String,
    pub contact: Option<String>,
    /// Salts and nonces derive from it.
    pub case_key: &'a Key,
    /// All events of the case, in their order.
    pub journal: &'a [JournalLine],
    /// The last plan of the case.
    pub plan: Option<&'a Plan>,
    pub findings: Option<&'a Findings>,
    /// Systems, engines, objects, fields, categories, data types, flows and rules as they were when planned; no settings, addresses,
    /// owners or comments.
    pub inventory_extract: serde_json::Value,
    pub inventory_digest: Digest,
    pub lock_digest: Digest,
    /// The statutory rules that were applied.
    pub law: serde_json::Value,
    pub received: Date,
    pub answered: Option<Date>,
    pub identity_method: String,
    /// Pseudonyms.
    pub operator: String,
    pub approver: Option<String>,
    pub approval: Approval,
    /// Name, version and SHA-256 of each connector.
    pub connectors: Vec<(String, String, Digest)>,
    /// Counts from 1 within the case.
    pub number: u32,
    /// Id of the bundle before this one.
    pub predecessor: Option<Digest>,
    /// Until when the controller keeps this bundle.
    pub keep_until: Option<Date>,
    pub now: Timestamp,
}

/// An event of the case as the ledger stores it.
#[derive(Clone, Debug)]
pub struct JournalLine {
    pub seq: u64,
    pub at: Timestamp,
    pub event: Event,
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub hash: Digest,
}

/// A bundle that was written.
#[derive(Clone, Debug)]
pub struct Made {
    pub path: PathBuf,
    /// SHA-256 of `ASiCManifest001.xml`: the bundle's id.
    pub bundle: Digest,
    /// What the bundle does not prove, as it stands on its cover.
    pub gaps: Vec<Gap>,
    /// What opens the record commitments. Personal: goes into the vault.
    pub openings: Vec<Opening>,
}

/// The file name of a case's bundle; the first has no number.
pub fn file_name(case: &str, number: u32) -> String {
    match number {
        0 | 1 => format!("{case}.evidence.zip"),
        number => format!("{case}.{number}.evidence.zip"),
    }
}

/// Makes a bundle, verifies it, and only then gives it its name in the folder. An existing file is never replaced.
///
/// # Errors
/// E704 if ledger and vault contradict each other, E705 if the vault lacks the plan that the ledger names, E701 and E702 if the file
/// cannot be written, E703 if the seal cannot be used, E706 if the finished bundle does not verify.
pub fn make(material: &Material<'_>, seal: &Seal, folder: &Path) -> Result<Made> {
    let history = history::History::of(material)?;
    let gaps = gap::all(material, &history, seal);
    let path = folder.join(file_name(material.case, material.number));
    if path.symlink_metadata().is_ok() {
        return Err(exists(&path).into());
    }
    let file = tempfile::Builder::new()
        .prefix(".evidence-")
        .tempfile_in(folder)
        .map_err(|error| unwritable(&path, &error))?;
    let (bundle, openings) = bundle::write(material, &history, &gaps, seal, file.as_file())
        .map_err(|failure| failure.explain(&path))?;
    file.as_file()
        .sync_all()
        .map_err(|error| unwritable(&path, &error))?;

    let anchor = Anchor::Certificate(Box::new(seal.certificate().clone()));
    let verdict = verify(file.path(), &[anchor])?;
    if verdict.standing != Standing::Valid {
        let why = verdict.reasons.into_iter().next().map(|reason| reason.what);
        let mut diagnostic = Diagnostic::new("E706", Exit::Failed, say::self_check_failed())
            .help(say::self_check_help());
        diagnostic.why = why;
        return Err(diagnostic.into());
    }

    file.persist_noclobber(&path)
        .map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(&path),
            _ => unwritable(&path, &error.error),
        })?;
    // The name itself is on disk only when the folder is.
    #[cfg(unix)]
    fs_err::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| unwritable(&path, &error))?;
    Ok(Made {
        path,
        bundle,
        gaps,
        openings,
    })
}

fn exists(path: &Path) -> Diagnostic {
    Diagnostic::new(
        "E702",
        Exit::Failed,
        say::exists(path.display().to_string()),
    )
    .help(say::exists_help())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        "E701",
        Exit::Failed,
        say::unwritable(path.display().to_string(), crate::messages::os::why(error)),
    )
    .help(say::unwritable_help())
}
