//! What the doctor looks at in a SQLite file: how it is written, where it lies and who can read it.

use std::path::Path;

use rusqlite::Connection;

use crate::connector::Finding;
use crate::connector::sql::examine::{Facts, Nature};
use crate::disk;
use crate::messages::finding as say;

/// Whether changes go through a log beside the file (sqlite.org/wal.html).
pub(super) fn writes_ahead(connection: &mut Connection) -> rusqlite::Result<bool> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    Ok(mode.eq_ignore_ascii_case("wal"))
}

/// What is to be said of the file itself; `named` is how the inventory writes it.
pub(super) fn file(named: &str, path: &Path, ahead: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let folder = path.parent().unwrap_or(path);
    if let Some(kind) = disk::share(folder) {
        found.push(Finding::warning("W229", say::share(named, kind)).remedy(say::share_help()));
    }
    // The journal lies beside the file, so the folder has to be writable too.
    if !disk::writable(path) || !disk::writable(folder) {
        let text = say::file_read_only(named);
        found.push(Finding::warning("W231", text).remedy(say::file_read_only_help()));
    }
    if disk::open_to_all(path) {
        found.push(
            Finding::warning("W227", say::open_file(named))
                .remedy(say::open_file_help())
                .statement(format!("chmod o= {}", disk::word(named))),
        );
    }
    if ahead {
        found.push(Finding::hint("W236", say::write_ahead(named)).remedy(say::write_ahead_help()));
    }
    found
}

/// What there is to know of a table: SQLite has no accounts, and its columns say how they compare in their indexes.
pub(super) fn facts(
    connection: &mut Connection,
    table: &str,
    is_view: bool,
) -> rusqlite::Result<Facts> {
    let mut asked = connection.prepare(
        "SELECT DISTINCT x.name FROM pragma_index_list(?1) AS l, pragma_index_xinfo(l.name) AS x
         WHERE l.\"unique\" = 1 AND x.key = 1 AND x.name IS NOT NULL AND x.coll <> 'BINARY'",
    )?;
    let folding = asked
        .query_map([table], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Facts {
        nature: if is_view { Nature::View } else { Nature::Table },
        folding,
        ..Facts::default()
    })
}
