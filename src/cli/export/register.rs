//! Which packages were made, where they are, and the end of those whose day has come.
//!
//! The ledger holds what is not personal; the path may be (`--to`), so it lies in the vault. A package in the workspace's own folder
//! is recognised by its digest in the ledger, so that it is deleted also when its case was purged.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::case::{Export, item};
use crate::case_id::CaseId;
use crate::cli::case::export_json;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::handover::{Written, expiry};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Say as _, Text, export as say};
use crate::ui::Format;
use crate::workspace::{lease, shown};

/// Where a package was written.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    package: Digest,
    path: PathBuf,
}

/// Where the packages of the case lie, with the one that was just written; for the vault.
pub(super) fn with(house: &House, opened: &Opened, written: &Written) -> Result<Vec<Kept>> {
    let mut kept: Vec<Kept> = house
        .vault()
        .read(&opened.id, item::EXPORTS)?
        .unwrap_or_default();
    kept.push(Kept {
        package: written.digest,
        path: written.path.clone(),
    });
    Ok(kept)
}

/// What a look at its place shows of a package.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    There,
    /// Its day has come, and it lies where nothing is deleted, or was changed.
    Overdue,
    Missing,
    Deleted,
    /// The case was purged, and with it the path.
    Unknown,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            State::There => "there",
            State::Overdue => "overdue",
            State::Missing => "missing",
            State::Deleted => "deleted",
            State::Unknown => "unknown",
        }
    }
}

/// Deletes the packages whose day has come, and drafts made with an identity that was taken out of their case since. Only cases with a folder under `exports/` are looked at, so that it costs nothing.
pub(crate) fn expire(context: &Context, house: &House) -> Result<()> {
    let Ok(folders) = fs_err::read_dir(house.workspace.exports_dir()) else {
        return Ok(());
    };
    let today = context.today();
    for folder in folders.flatten() {
        let name = folder.file_name();
        let Some(id) = name.to_str().and_then(CaseId::parse) else {
            continue;
        };
        let Some(case) = journey::outline_of(house, &id)? else {
            continue;
        };
        let due: Vec<&Export> = case
            .exports
            .iter()
            .filter(|export| {
                export.deleted.is_none() && (export.withdrawn || export.expires <= today)
            })
            .collect();
        if due.is_empty() {
            continue;
        }
        // Whoever holds it is deleting already.
        let Ok(_lease) = lease(&house.workspace, "expired-exports") else {
            return Ok(());
        };
        for export in due {
            let package = export.package;
            // Also what is the same to the byte beside it: the ledger tells the two apart no more.
            let mut deleted = Ok(false);
            loop {
                match expiry::delete(&folder.path(), &package) {
                    Ok(true) => deleted = Ok(true),
                    Ok(false) => break,
                    Err(error) => {
                        deleted = Err(error);
                        break;
                    }
                }
            }
            match deleted {
                Ok(false) => {}
                Ok(true) => {
                    let event = Event::ExportExpired { package };
                    house.write(Some(&id), context.now(), &[event])?;
                }
                Err(error) => context.ui.warn(
                    &Diagnostic::new("W800", Exit::Done, say::not_deleted(shown(&folder.path())))
                        .why(Text::same(error.to_string()))
                        .help(say::not_deleted_help()),
                ),
            }
        }
    }
    Ok(())
}

/// One package of the register.
struct Line {
    case: CaseId,
    export: Export,
    path: Option<PathBuf>,
    state: State,
}

/// `dsr export --list`: the packages of all cases, oldest first.
pub(super) fn list(context: &Context, house: &House) -> Result<Exit> {
    let ids = house.ledger().cases()?;
    let mut lines = Vec::new();
    for id in ids {
        let case = journey::fold(house, &id)?;
        if case.exports.is_empty() {
            continue;
        }
        let key = house.vault().case_key(&id)?;
        let kept: Vec<Kept> = match key {
            Some(_) => house.vault().read(&id, item::EXPORTS)?.unwrap_or_default(),
            None => Vec::new(),
        };
        let mut before: Vec<Digest> = Vec::new();
        for export in case.exports {
            // Packages of the same bytes were kept in the order in which they were made.
            let earlier = before.iter().filter(|other| **other == export.package);
            let mut same = kept.iter().filter(|kept| kept.package == export.package);
            let path = same.nth(earlier.count());
            let path = path.map(|kept| kept.path.clone());
            before.push(export.package);
            let state = state(context, &export, path.as_ref());
            lines.push(Line {
                case: id.clone(),
                export,
                path,
                state,
            });
        }
    }
    lines.sort_by_key(|line| line.export.at);
    print(context, house, &lines);
    Ok(Exit::Done)
}

/// Deletes the drafts that were made with an identity that a case does not know any more; how many are gone, and where others lie that are
/// not deleted: outside of the workspace's own folder, or changed since.
///
/// # Errors
/// Those of ledger and vault.
pub(crate) fn withdraw(
    context: &Context,
    house: &House,
    id: &CaseId,
) -> Result<(usize, Vec<PathBuf>)> {
    expire(context, house)?;
    let Some(case) = journey::outline_of(house, id)? else {
        return Ok((0, Vec::new()));
    };
    let kept: Vec<Kept> = house.vault().read(id, item::EXPORTS)?.unwrap_or_default();
    let withdrawn: Vec<&Export> = (case.exports.iter())
        .filter(|export| export.withdrawn)
        .collect();
    // The ledger tells packages of the same bytes apart no more; where one lies, the disk says.
    let left: BTreeSet<PathBuf> = kept
        .into_iter()
        .filter(|kept| withdrawn.iter().any(|one| one.package == kept.package))
        .map(|kept| kept.path)
        .filter(|path| path.symlink_metadata().is_ok())
        .collect();
    let gone = withdrawn.len().saturating_sub(left.len());
    Ok((gone, left.into_iter().collect()))
}

fn state(context: &Context, export: &Export, path: Option<&PathBuf>) -> State {
    match path {
        _ if export.deleted.is_some() => State::Deleted,
        None => State::Unknown,
        Some(path) if path.symlink_metadata().is_err() => State::Missing,
        Some(_) if export.expires <= context.today() => State::Overdue,
        Some(_) => State::There,
    }
}

fn print(context: &Context, house: &House, lines: &[Line]) {
    let lang = context.ui.lang;
    // The case stands in a column of its own.
    let place = |house: &House, line: &Line| {
        let own = house.workspace.exports_dir().join(line.case.as_str());
        let path = line.path.as_ref()?;
        let inside = path.strip_prefix(own).ok().map(shown);
        Some(inside.unwrap_or_else(|| super::short(house, path)))
    };
    let path = |line: &Line| line.path.as_ref().map(|path| super::short(house, path));
    if context.ui.format == Format::Json {
        let packages: Vec<Value> = lines
            .iter()
            .map(|line| {
                let mut out = export_json(&line.export);
                out["case"] = json!(line.case);
                out["state"] = json!(line.state.code());
                out["path"] = json!(path(line));
                out
            })
            .collect();
        return context
            .ui
            .json(&json!({ "schema": "dsr.exports/1", "packages": packages }));
    }
    if lines.is_empty() && context.ui.format == Format::Table {
        return context.ui.say(&say::no_packages());
    }
    let columns = [
        say::case(),
        say::when(),
        say::what(),
        say::encryption(),
        say::delete_on(),
        say::state(),
        say::path(),
    ];
    let day = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::system()).date();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let export = &line.export;
            let state = match (line.state, export.deleted) {
                (State::Deleted, Some(at)) => say::state_deleted(day(at)),
                (State::There, _) => say::state_there(),
                (State::Overdue, _) => say::state_overdue(),
                (State::Missing, _) => say::state_missing(),
                _ => say::state_unknown(),
            };
            vec![
                line.case.to_string(),
                day(export.at).say(lang),
                export.kind.in_short(export.draft).say(lang),
                export.sealed.in_short().say(lang),
                export.expires.say(lang),
                state.say(lang),
                place(house, line).unwrap_or_default(),
            ]
        })
        .collect();
    context.ui.rows(&columns, &rows);
}
