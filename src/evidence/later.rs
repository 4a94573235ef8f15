//! Stamps a bundle that was sealed while no authority answered. The new file takes the place of the old one in one step: whoever is
//! killed in between leaves the one or the other.

use std::io::{Read as _, Write as _};
use std::path::Path;

use super::bundle::{self, Failure, SEALED, read_asic_manifest};
use super::{
    ASIC_MANIFEST, Anchors, Authority, SIGNATURE, Standing, TIME_MANIFEST, TIME_STAMP, Time,
    certificate, settle, timing, unwritable, verify,
};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::{evidence as say, stamp as say_stamp};

/// The largest seal and list that are taken over; those of a bundle that verifies are smaller.
const LARGEST: u64 = 4 << 20;

/// Asks the authority for the time of a bundle, and writes the answer into it. A bundle that is stamped already is left as it is.
///
/// # Errors
/// E669 if the file is not the bundle with this id, is not intact, or its seal is not valid any more at the stamped time; E701 if it
/// cannot be written. That the authority does not answer is [`Time::Pending`].
pub fn stamp_later(path: &Path, id: &Digest, authority: &dyn Authority) -> Result<Time> {
    let verdict = verify(path, &Anchors::default())?;
    if verdict.standing == Standing::Invalid || verdict.bundle != Some(*id) {
        let what = say_stamp::bundle_other(path.display().to_string());
        let mut other =
            Diagnostic::new("E669", Exit::Failed, what).help(say_stamp::bundle_other_help());
        other.why = verdict.reasons.into_iter().next().map(|reason| reason.what);
        return Err(other.into());
    }
    if let Some(known) = verdict
        .time
        .seal
        .as_ref()
        .filter(|_| verdict.time.container.is_some())
    {
        return Ok(Time::Stamped {
            at: known.at,
            authority: known.authority.clone(),
            token: known.token,
        });
    }
    let explain = |failure: Failure| failure.explain(path);
    let (signature, files) = sealed(path).map_err(explain)?;
    let stamped = match timing::ask(authority, &signature, files, *id) {
        Ok(stamped) => stamped,
        Err(silent) => return Ok(Time::Pending(Box::new(silent))),
    };
    if let (Time::Stamped { at, .. }, Some(own)) = (&stamped.time, &verdict.certificate)
        && !certificate::is_valid_at(own, *at)
    {
        let what = say_stamp::seal_is_over(path.display().to_string());
        return Err(Diagnostic::new("E669", Exit::Failed, what)
            .help(say_stamp::seal_is_over_help())
            .into());
    }
    replace(path, id, &stamped)?;
    Ok(stamped.time)
}

/// The seal of a bundle that verified, and the files that it stands over.
fn sealed(
    path: &Path,
) -> std::result::Result<(Vec<u8>, std::collections::BTreeMap<String, Digest>), Failure> {
    let mut archive = ::zip::ZipArchive::new(fs_err::File::open(path)?)?;
    let mut read = |name: &str| -> std::result::Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        archive
            .by_name(name)?
            .take(LARGEST)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let signature = read(SIGNATURE)?;
    let list = read(ASIC_MANIFEST)?;
    let files = std::str::from_utf8(&list)
        .ok()
        .and_then(|text| read_asic_manifest(text, SEALED))
        .ok_or_else(|| std::io::Error::other("the sealed list changed while it was read"))?;
    Ok((signature, files))
}

/// Writes the bundle anew beside itself, verifies that, and gives it the name. Everything but seal and time is taken over as it lies.
fn replace(path: &Path, id: &Digest, stamped: &timing::Stamped) -> Result<()> {
    let failed = |error: std::io::Error| unwritable(path, &error);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let file = tempfile::Builder::new()
        .prefix(".evidence-")
        .tempfile_in(folder)
        .map_err(failed)?;
    copy(path, stamped, file.as_file()).map_err(|failure| failure.explain(path))?;
    file.as_file().sync_all().map_err(failed)?;
    let verdict = verify(file.path(), &Anchors::default())?;
    let is_whole = verdict.standing != Standing::Invalid
        && verdict.bundle == Some(*id)
        && verdict.time.seal.is_some()
        && verdict.time.container.is_some();
    if !is_whole {
        let mut diagnostic = Diagnostic::new("E706", Exit::Failed, say::self_check_failed())
            .help(say::self_check_help());
        diagnostic.why = verdict.reasons.into_iter().next().map(|reason| reason.what);
        return Err(diagnostic.into());
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    settle(folder).map_err(failed)?;
    Ok(())
}

fn copy(
    path: &Path,
    stamped: &timing::Stamped,
    to: &std::fs::File,
) -> std::result::Result<(), Failure> {
    let mut archive = ::zip::ZipArchive::new(std::io::BufReader::new(fs_err::File::open(path)?))?;
    let mut zip = ::zip::ZipWriter::new(to);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let name = entry.name()?.into_owned();
        if ![SIGNATURE, TIME_MANIFEST, TIME_STAMP].contains(&name.as_str()) {
            zip.raw_copy_file(entry)?;
        }
    }
    let packed = bundle::options().compression_method(::zip::CompressionMethod::Deflated);
    for (name, bytes) in stamped.files() {
        zip.start_file(name, packed)?;
        zip.write_all(bytes)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}
