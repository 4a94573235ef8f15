//! Opening the SQLite files of a workspace, and what their failures mean to the user.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{file_trouble, shown};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::disk;
use crate::messages::{Text, store as say};

/// Opens a file for reading and writing: commits are durable when they return, deleted content is overwritten.
///
/// With `create`, a missing file is made, readable by the owner only; without, it is an error.
///
/// # Errors
/// E604 on a network share, where SQLite's locks do not hold (sqlite.org/faq.html, question 5); see [`trouble`] for the others.
pub(crate) fn open(path: &Path, create: bool, wait: Duration) -> Result<Connection> {
    refuse_network_share(path)?;
    if create {
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(|e| file_trouble(&e))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let prepare = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(wait)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        Ok(connection)
    };
    prepare().map_err(|error| trouble(&error, path))
}

/// A failure of SQLite as something the user can act on.
///
/// Its own words are left out where they could quote a value.
pub(crate) fn trouble(error: &rusqlite::Error, path: &Path) -> Trouble {
    let file = shown(path);
    let number = error.sqlite_error().map_or(0, |e| e.extended_code);
    let (code, what, help) = match error.sqlite_error_code() {
        _ if number == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
            // The file beside the log that readers share cannot grow: there is no room for it.
            ("E606", say::disk_full(), say::disk_full_help())
        }
        Some(ErrorCode::DiskFull) => ("E606", say::disk_full(), say::disk_full_help()),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            ("E607", say::not_writable(), say::not_writable_help())
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            "E609",
            say::database_locked(file.as_str()),
            say::database_locked_help(),
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            "E610",
            say::database_broken(file.as_str()),
            say::database_broken_help(),
        ),
        _ => (
            "E611",
            say::database_failed(file.as_str()),
            say::database_failed_help(),
        ),
    };
    Diagnostic::new(code, Exit::Failed, what)
        .why(Text::same(format!("{file}: SQLite {number}")))
        .help(help)
        .into()
}

/// A file that SQLite can read and that holds something else than expected.
pub(crate) fn not_ours(path: &Path) -> Trouble {
    Diagnostic::new("E610", Exit::Failed, say::database_broken(shown(path)))
        .help(say::database_broken_help())
        .into()
}

fn refuse_network_share(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    match disk::share(folder) {
        None => Ok(()),
        Some(kind) => {
            Err(
                Diagnostic::new("E604", Exit::Usage, say::network_share(shown(folder), kind))
                    .help(say::network_share_help())
                    .into(),
            )
        }
    }
}
