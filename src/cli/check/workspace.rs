//! Looks at the workspace itself. Whose it is, its key, its vault and the remembered head were proven when it was opened; here is
//! what weakens it without stopping anybody.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::cli::agreeing;
use crate::cli::context::{Context, House};
use crate::cli::journey::{log, time};
use crate::cli::seal;
use crate::compliance::Sealing;
use crate::connector::Finding;
use crate::diagnostic::{Exit, Result};
use crate::disk;
use crate::evidence::certificate;
use crate::inventory::terms::Terms;
use crate::keys::Digest;
use crate::messages::{Text, agreed, check as say, stamp as say_stamp, translog};
use crate::vault::KeySource;

/// Days before its end from which a certificate is spoken of.
const SOON: i64 = 60;
/// Megabytes below which a disk counts as full.
const ROOM: u64 = 200;
/// Days after which a package for a person has been left behind.
const LEFT: i64 = 30;

/// How evidence is sealed, and what is to be said of the workspace, with what it means for the shell if it is an error.
pub(super) fn examine(context: &Context, house: &House) -> Result<(Sealing, Vec<(Finding, Exit)>)> {
    let mut found = Vec::new();
    let mut add = |finding: Finding| found.push((finding, Exit::Incomplete));
    match &house.key_source {
        KeySource::Credential => {}
        KeySource::Keyring(account) => {
            add(Finding::hint("W240", say::key_in_keyring(account))
                .remedy(say::key_in_keyring_help()))
        }
        KeySource::File(_) => {
            add(Finding::hint("W240", say::key_in_file()).remedy(say::key_in_file_help()));
        }
    }
    let (sealing, sealed) = seal(context, house);
    sealed.into_iter().for_each(&mut add);
    room(house).into_iter().for_each(&mut add);
    leftovers(context, house).into_iter().for_each(&mut add);
    rights(house).into_iter().for_each(&mut add);
    ignored(house).into_iter().for_each(&mut add);
    trusted(house).into_iter().for_each(&mut add);
    unstamped(house)?.into_iter().for_each(&mut add);
    unanchored(house)?.into_iter().for_each(&mut add);
    let chain = ledger(context, house)?;
    // What two people agreed on is read from the ledger, where that can be relied on.
    if !matches!(chain, Some((_, Exit::Unproven))) {
        unagreed(house)?.into_iter().for_each(&mut add);
    }
    found.extend(chain);
    Ok((sealing, found))
}

/// Changes of the inventory that two people have to agree on and have not.
fn unagreed(house: &House) -> Result<Option<Finding>> {
    let (now, register) = (Terms::of(&house.inventory), agreeing::register(house)?);
    let changes = register.differences(&now);
    let names = register.missing(&now).join(", ");
    let finding = || Finding::warning("W363", agreed::pending(changes.len()));
    Ok((!changes.is_empty()).then(|| finding().remedy(agreed::open_help(names))))
}

/// The chain of the ledger from its first event on, and whether the clock has passed its last one.
fn ledger(context: &Context, house: &House) -> Result<Option<(Finding, Exit)>> {
    let ledger = house.ledger();
    if let Some(broken) = ledger.verify()?.broken {
        let text = say::ledger_broken(broken.seq, broken.flaw.text());
        let finding = Finding::error("E581", text).remedy(say::ledger_broken_help());
        return Ok(Some((finding, Exit::Unproven)));
    }
    let mut last = Timestamp::MIN;
    ledger.all(&mut |stored| {
        last = stored.at;
        true
    })?;
    Ok((context.now() < last).then(|| {
        let finding = Finding::error("E582", say::clock_behind());
        (finding.remedy(say::clock_behind_help()), Exit::Incomplete)
    }))
}

fn seal(context: &Context, house: &House) -> (Sealing, Option<Finding>) {
    let seal = match seal::open(house).and_then(|seal| {
        // A key that does not belong to its certificate shows only when it signs.
        seal.sign_message(b"dsr check")?;
        Ok(seal)
    }) {
        Ok(seal) => seal,
        Err(trouble) => {
            let first = trouble.diagnostics.into_iter().next();
            let (why, remedy) = first.map_or((Text::same(""), None), |first| {
                let why = first.why.unwrap_or(first.what);
                (why, first.help.into_iter().next())
            });
            let remedy = remedy.unwrap_or_else(say::no_seal_help);
            let finding = Finding::error("E583", say::no_seal(why)).remedy(remedy);
            return (Sealing::None, Some(finding));
        }
    };
    let certificate = seal.certificate();
    let sealing = if certificate::is_self_issued(certificate) {
        Sealing::Own
    } else {
        Sealing::Issued
    };
    let now = context.now();
    let end = certificate::valid_until(certificate);
    let day = end.to_zoned(TimeZone::UTC).date();
    let soon = now.checked_add((SOON * 24).hours()).unwrap_or(now);
    let finding = if !certificate::is_valid_at(certificate, now) {
        Finding::error("E584", say::seal_expired(day))
    } else if end < soon {
        Finding::warning("W244", say::seal_expires(day))
    } else {
        return (sealing, None);
    };
    (sealing, Some(finding.remedy(say::seal_expires_help())))
}

/// Bundles that were sealed while no authority answered.
fn unstamped(house: &House) -> Result<Option<Finding>> {
    if house.authorities.is_empty() {
        return Ok(None);
    }
    let mut count = 0;
    for case in crate::cli::case::all_cases(house)? {
        let waiting = time::waiting(house, &case);
        let there = |one: &time::Waiting| time::path(house, &case.id, one).exists();
        count += waiting.iter().filter(|one| there(one)).count();
    }
    let periods = time::waiting_periods(house)?;
    count += periods
        .iter()
        .filter(|one| one.path(house).exists())
        .count();
    Ok((count > 0).then(|| {
        Finding::warning("W277", say_stamp::waiting(count)).remedy(say_stamp::waiting_help())
    }))
}

/// A log of which nobody else ever had a checkpoint can be written anew by whoever holds its key.
fn unanchored(house: &House) -> Result<Option<Finding>> {
    let leaves = log::leaves(house)?;
    let never = !leaves.is_empty() && leaves.anchored.is_none();
    Ok(never.then(|| {
        let text = translog::never_anchored(leaves.len());
        Finding::hint("W282", text).remedy(translog::never_anchored_help())
    }))
}

fn room(house: &House) -> Option<Finding> {
    let megabytes = disk::free(&house.workspace.folder)? >> 20;
    (megabytes < ROOM)
        .then(|| Finding::warning("W245", say::disk(megabytes)).remedy(say::disk_help()))
}

fn leftovers(context: &Context, house: &House) -> Vec<Finding> {
    let now = context.now();
    let days = |path: &Path| -> Option<i64> {
        let changed = fs_err::metadata(path).ok()?.modified().ok()?;
        let changed = Timestamp::try_from(changed).ok()?;
        Some((now.as_second() - changed.as_second()) / 86_400)
    };
    let mut found = Vec::new();
    for path in files(&house.workspace.exports_dir()) {
        if let Some(days) = days(&path).filter(|days| *days > LEFT) {
            let name = path.strip_prefix(house.workspace.exports_dir());
            let name = name.unwrap_or(&path).display().to_string();
            let text = say::leftover(name, days);
            found.push(Finding::warning("W246", text).remedy(say::leftover_help()));
        }
    }
    found
}

/// Files of the private folder that others could read. They cannot while the folder is closed to them, but a copy of it may not be.
#[cfg(unix)]
fn rights(house: &House) -> Vec<Finding> {
    use std::os::unix::fs::MetadataExt as _;
    let mut found = Vec::new();
    for path in files(&house.workspace.private_dir()) {
        // A certificate is public.
        if path.ends_with(seal::SEAL_CERTIFICATE) {
            continue;
        }
        if fs_err::metadata(&path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0) {
            let name = house.workspace.relative(&path);
            let command = format!("chmod go= {}", disk::word(&name));
            found.push(
                Finding::warning("W247", say::readable(name))
                    .remedy(say::readable_help())
                    .statement(command),
            );
        }
    }
    found
}

#[cfg(not(unix))]
fn rights(_: &House) -> Vec<Finding> {
    Vec::new()
}

/// Only where the workspace lies in git does it matter what git leaves out.
fn ignored(house: &House) -> Option<Finding> {
    let folder = &house.workspace.folder;
    let missing = crate::init::not_ignored(folder).unwrap_or_default();
    let in_git = folder.ancestors().any(|above| above.join(".git").exists());
    (in_git && !missing.is_empty()).then(|| {
        let text = say::not_ignored(missing.join(", "));
        Finding::warning("W248", text).remedy(say::not_ignored_help())
    })
}

fn trusted(house: &House) -> Vec<Finding> {
    let started = &house.inventory.started;
    let agrees = |path: &str, sha256: &Digest| {
        if started
            .iter()
            .any(|one| one.path() == path && one.digest() == *sha256)
        {
            return true;
        }
        let file = house.workspace.folder.join(path);
        fs_err::read(file).is_ok_and(|bytes| Digest::sha256(&bytes) == *sha256)
    };
    let stale = house
        .lock
        .trusted
        .iter()
        .filter(|file| !agrees(&file.path, &file.sha256));
    stale
        .map(|file| {
            Finding::hint("W249", say::stale_trust(&file.path)).remedy(say::stale_trust_help())
        })
        .collect()
}

/// Every file at or below a folder, links left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let Ok(entries) = fs_err::read_dir(folder) else {
        return out;
    };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => out.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => out.push(entry.path()),
            _ => {}
        }
    }
    out.sort();
    out
}
