//! What the containers of a period and of a whole case have in common with the bundle of a case: the bag, the sealed list, the seal, and
//! that nothing gets its name before it was verified.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::path::Path;

use super::bundle::{Bundle, Failure, Label};
use super::page::Page;
use super::verify::{Anchors, Standing, Verdict, verify};
use super::witness::Place;
use super::{Anchor, Seal, Time, Witnesses};
use crate::diagnostic::{Diagnostic, Exit, Result as Outcome};
use crate::keys::Digest;
use crate::messages::evidence as say;

/// Begins a container.
pub(super) fn begin<W: Write + Seek>(zip: ::zip::ZipWriter<W>) -> Result<Bundle<W>, Failure> {
    let mut bundle = Bundle {
        zip,
        files: BTreeMap::new(),
    };
    bundle.mimetype()?;
    Ok(bundle)
}

/// Adds cover and statement, which `say` makes of the files before it, and seals all of it. Returns the container's id, and what is known
/// of its time.
pub(super) fn end<W: Write + Seek>(
    mut bundle: Bundle<W>,
    cover: &Page,
    say: impl FnOnce(&BTreeMap<String, Digest>) -> serde_json::Value,
    label: &Label<'_>,
    seal: &Seal,
    witnesses: Witnesses<'_>,
) -> Result<(Digest, Time), Failure> {
    bundle.changes(seal)?;
    bundle.add("data/00-COVER.html", super::page::html(cover).as_bytes())?;
    bundle.add("data/00-COVER.txt", super::page::text(cover).as_bytes())?;
    let said = crate::canonical::bytes(&say(&bundle.digests(|_| true)));
    bundle.state(&said, witnesses)?;
    bundle.bag_of(label)?;
    bundle.seal(seal, witnesses, label.now)
}

/// The statement's list of files.
pub(super) fn subject(files: &BTreeMap<String, Digest>) -> serde_json::Value {
    let one = |(name, digest): (&String, &Digest)| serde_json::json!({ "name": name, "digest": { "sha256": digest } });
    files.iter().map(one).collect()
}

/// A file without a name yet, beside the place that it will have.
///
/// # Errors
/// E702 if something is there already, E701 if nothing can be written there.
pub(super) fn begin_file(path: &Path) -> Outcome<tempfile::NamedTempFile> {
    if path.symlink_metadata().is_ok() {
        return Err(super::exists(path).into());
    }
    let folder = path.parent().unwrap_or(path);
    tempfile::Builder::new()
        .prefix(".evidence-")
        .tempfile_in(folder)
        .map_err(|error| super::unwritable(path, &error).into())
}

/// Gives a container its name if it verifies.
///
/// # Errors
/// E706 if it does not, E701 and E702 as above.
pub(super) fn finish_file(
    file: tempfile::NamedTempFile,
    path: &Path,
    seal: &Seal,
    place: Option<&Place>,
) -> Outcome<()> {
    let unwritable = |error: &std::io::Error| super::unwritable(path, error);
    file.as_file()
        .sync_all()
        .map_err(|error| unwritable(&error))?;
    check(verify(file.path(), &anchors(seal, place))?)?;
    file.persist_noclobber(path)
        .map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => super::exists(path),
            _ => unwritable(&error.error),
        })?;
    // The name itself is on disk only when the folder is.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs_err::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| unwritable(&error))?;
    }
    Ok(())
}

/// Trust in the own seal and the own log.
pub(super) fn anchors(seal: &Seal, place: Option<&Place>) -> Anchors {
    let own = Anchor::Certificate(Box::new(seal.certificate().clone()));
    Anchors {
        log: place.map(|place| place.key.clone()).into_iter().collect(),
        ..Anchors::of_seal(vec![own])
    }
}

/// # Errors
/// E706 if a container that was just made does not verify.
pub(super) fn check(verdict: Verdict) -> Outcome<()> {
    if verdict.standing == Standing::Valid {
        return Ok(());
    }
    let why = verdict.reasons.into_iter().next().map(|reason| reason.what);
    let mut diagnostic = Diagnostic::new("E706", Exit::Failed, say::self_check_failed())
        .help(say::self_check_help());
    diagnostic.why = why;
    Err(diagnostic.into())
}
