//! The evidence bundle: a sealed zip that proves which records were touched where, and holds nothing about the person.
//!
//! It is assembled from ledger and vault and calls no system. One zip is at once an ASiC-E container with a CAdES seal
//! (ETSI EN 319 162-1) and, unpacked, a BagIt 1.0 bag (RFC 8493), so that stock tools can check it without `dsr`. What is not
//! proven is worked out here from the history and stands on the cover: nobody hands it in, so nobody can leave it out. What
//! opens the commitments is returned to the caller, for the vault. Who is asked for the time is handed in (`witness`); a bundle that
//! nobody stamped when it was sealed can be stamped later (`later`). Events, steps and findings pass by one after the other (`given`),
//! and bundles are read as streams, so that a case of a million records is made and verified in the memory that a small one takes.
//! What a seal is worth is worked out in `level`, and how one follows another in `succession`.

pub mod authority;
pub mod browser;
pub mod certificate;
pub mod commitment;
pub mod detached;
pub mod level;
pub mod period;
pub mod reveal;
pub use crate::translog::tree as merkle;
pub mod seal;
pub mod stamp;
pub mod succession;
pub mod verify;

mod bounds;
mod bundle;
mod chain;
mod cover;
mod flat;
mod gap;
mod given;
mod history;
mod instructions;
mod later;
mod lines;
pub mod page;
mod pkcs12;
mod records;
mod screen;
mod sealed;
mod sheet;
mod sieve;
mod source;
mod statement;
mod timing;
mod veiled;
mod witness;
mod zip;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

pub use certificate::{Anchor, Vouched};
pub use commitment::Opening;
pub use gap::{Gap, in_words};
pub use given::{Journal, Planned, Searched};
pub use later::stamp_later;
pub use seal::{Seal, Sign};
pub use sheet::Amendment;
pub use succession::Change;
pub use verify::{Anchors, Clock, Logged, Stamping, Standing, Timing, Verdict, verify};
pub use witness::{Anchoring, Authority, Log, Time, Witnesses};

use crate::anomaly::Anomaly;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::Approval;
use crate::keys::{Digest, Key};
use crate::ledger::Event;
use crate::messages::evidence as say;

/// The version of the format.
pub const FORMAT: &str = "dsr-evidence/1";
/// What the container says it is (EN 319 162-1).
const MIMETYPE: &str = "application/vnd.etsi.asic-e+zip";
const ASIC_MANIFEST: &str = "META-INF/ASiCManifest001.xml";
const SIGNATURE: &str = "META-INF/signature001.p7s";
/// Time over everything: a second list, which does not name the signature, and the token over it.
const TIME_MANIFEST: &str = "META-INF/ASiCManifest002.xml";
const TIME_STAMP: &str = "META-INF/timestamp002.tst";
/// The token over the first line of the journal.
const OPEN_STAMP: &str = "data/time/open.tst";
const STATEMENT: &str = "data/statement.json";
/// The leaf that the log holds of the case since it was opened, and the proof for it.
const OPENED: &str = "data/log/opened.json";
const OPENED_PROOF: &str = "data/log/opened.tlog-proof";
/// The proof that the log holds the statement. It is made after it, so the statement does not name it.
const CASE_PROOF: &str = "data/log/case.tlog-proof";

/// Everything a bundle is made of.
pub struct Material<'a> {
    pub case: &'a str,
    pub controller: String,
    pub seat: String,
    pub contact: Option<String>,
    /// Salts and nonces derive from it.
    pub case_key: &'a Key,
    /// All events of the case, in their order.
    pub journal: &'a dyn Journal,
    /// The last plan of the case.
    pub plan: Option<&'a dyn Planned>,
    pub findings: Option<&'a dyn Searched>,
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
    /// The token over the journal's first line, got when the case was opened.
    pub open_stamp: Option<Vec<u8>>,
    /// What stands out about the case and in the workspace since the last one of its kind.
    pub anomalies: Vec<Anomaly>,
    /// Changes to inventory and people since the bundle before, or since the case was opened; `None` where the ledger tells of none at all.
    pub amendments: Option<Vec<Amendment>>,
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
    /// What the bundle does not prove, as it stands on its cover, without what the stamp that came proves.
    pub gaps: Vec<Gap>,
    /// What opens the record commitments. Personal: goes into the vault.
    pub openings: Vec<Opening>,
    pub time: Time,
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
pub fn make(
    material: &Material<'_>,
    seal: &Seal,
    witnesses: Witnesses<'_>,
    folder: &Path,
) -> Result<Made> {
    let mut all = Vec::new();
    let made = make_for(material, seal, witnesses, folder, &mut |openings| {
        openings.each(&mut |opening| {
            all.push(opening);
            Ok(())
        })
    })?;
    Ok(Made {
        openings: all,
        ..made
    })
}

/// The same for a case of any size: what opens the bundle is handed to `keep` when the bundle has its name, and is not in the result.
///
/// # Errors
/// As for [`make`], and those of `keep`; the bundle stays then.
pub fn make_for(
    material: &Material<'_>,
    seal: &Seal,
    witnesses: Witnesses<'_>,
    folder: &Path,
    keep: &mut dyn FnMut(&Openings<'_>) -> Result<()>,
) -> Result<Made> {
    let path = folder.join(file_name(material.case, material.number));
    if path.symlink_metadata().is_ok() {
        return Err(exists(&path).into());
    }
    let history = history::History::of(material, folder)?;
    let place = witness::Place::of(material, &history, witnesses.log)?;
    let io = |error: std::io::Error| unwritable(&path, &error);
    let ground = bundle::Ground {
        material,
        history: &history,
        seal,
        witnesses,
        place: place.as_ref(),
        io: &io,
    };
    let (gaps, screen) = ground.screened(folder)?;
    let file = tempfile::Builder::new()
        .prefix(".evidence-")
        .tempfile_in(folder)
        .map_err(io)?;
    let written = bundle::write(&ground, &gaps, &screen, file.as_file());
    let (bundle, time) = written.map_err(|failure| failure.explain(&path))?;
    file.as_file().sync_all().map_err(io)?;

    let anchor = Anchor::Certificate(Box::new(seal.certificate().clone()));
    let mut anchors = Anchors::of_seal(vec![anchor]);
    anchors
        .log
        .extend(place.as_ref().map(|place| place.key.clone()));
    let verdict = verify(file.path(), &anchors)?;
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
    settle(folder).map_err(io)?;
    keep(&Openings { ground: &ground })?;
    Ok(Made {
        path,
        bundle,
        gaps: gap::left(gaps, &time),
        openings: Vec::new(),
        time,
    })
}

/// What opens the commitments of a bundle, line by line. Personal: goes into the vault.
pub struct Openings<'o> {
    ground: &'o bundle::Ground<'o>,
}

impl Openings<'_> {
    /// Hands the openings over in the order of the lines.
    ///
    /// # Errors
    /// Those of the vault and of the visitor.
    pub fn each(&self, visit: &mut dyn FnMut(Opening) -> Result<()>) -> Result<()> {
        self.ground.openings(visit)
    }
}

/// The name itself is on disk only when the folder is.
fn settle(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    fs_err::File::open(folder).and_then(|folder| folder.sync_all())?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
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
