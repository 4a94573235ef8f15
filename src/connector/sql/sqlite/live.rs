//! SQLite's own description of a table.

use rusqlite::{Connection, OptionalExtension as _};

use crate::connector::sql::catalogue::{
    Beyond, Compare, Dialect, Indexes, LiveColumn, Reference, Table, holds,
};
use crate::connector::sql::name::TableName;
use crate::connector::{Blind, Column, Holds};

/// The table or view of this name in the file; `None` if there is none.
pub(super) fn table(connection: &Connection, name: &TableName) -> rusqlite::Result<Option<Table>> {
    if name
        .schema
        .as_deref()
        .is_some_and(|schema| schema != "main")
    {
        return Ok(None);
    }
    let found = connection
        .query_row(
            "SELECT m.name, m.type FROM sqlite_master AS m WHERE m.type IN ('table', 'view') AND m.name = ?1 COLLATE NOCASE",
            [&name.table],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    let Some((live_name, kind)) = found else {
        return Ok(None);
    };
    let mut table = Table {
        dialect: Dialect::Sqlite,
        schema: None,
        name: live_name,
        folds_unicode: false,
        columns: Vec::new(),
        unique: Vec::new(),
        triggers: Vec::new(),
        rules: Vec::new(),
        references: Vec::new(),
        is_view: kind == "view",
        place: None,
        weak: Vec::new(),
        refuses: Default::default(),
        beyond: Beyond {
            heirs: Vec::new(),
            blind: (kind == "view").then_some(Blind::View),
        },
    };
    columns(connection, &mut table)?;
    table.place = place(connection, &table)?;
    indexes(connection, &mut table)?;
    references(connection, &mut table)?;
    let mut triggers =
        connection.prepare("SELECT m.name FROM sqlite_master AS m WHERE m.type = 'trigger' AND m.tbl_name = ?1 COLLATE NOCASE ORDER BY 1")?;
    table.triggers = triggers
        .query_map([&table.name], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(Some(table))
}

fn columns(connection: &Connection, table: &mut Table) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare("SELECT x.name, x.type, x.\"notnull\", x.pk, x.hidden FROM pragma_table_xinfo(?1) AS x WHERE x.hidden <> 1")?;
    let mut rows = statement.query([&table.name])?;
    let mut key: Vec<(i64, String)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, declared): (String, String) = (row.get(0)?, row.get(1)?);
        let (not_null, part, hidden): (bool, i64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        if part > 0 {
            key.push((part, name.clone()));
        }
        let upper = declared.to_ascii_uppercase();
        // A column without affinity compares a text with nothing but texts.
        let converts = !upper.is_empty() && (!upper.contains("BLOB") || upper.contains("INT"));
        table.columns.push(LiveColumn {
            name,
            shape: Column {
                // SQLite keeps a text of any length in any column that is no number.
                holds: if upper.is_empty() {
                    Holds::Text
                } else {
                    holds(&declared)
                },
                type_name: if hidden >= 2 {
                    format!("{declared} (generated)")
                } else {
                    declared
                },
                nullable: !not_null && part == 0,
                ..Column::default()
            },
            compare: if converts {
                Compare::Both
            } else {
                Compare::Written
            },
            cast: String::new(),
            readable: true,
            indexes: Indexes::default(),
        });
    }
    key.sort_unstable();
    let key: Vec<String> = key.into_iter().map(|(_, name)| name).collect();
    if let [only] = key.as_slice() {
        mark(table, only, |column| {
            column.indexes.plain = true;
            column.shape.unique = true;
        });
    }
    if !key.is_empty() {
        table.unique.push(key);
    }
    Ok(())
}

/// The number of a row, where the table has one and no column bears its name.
fn place(connection: &Connection, table: &Table) -> rusqlite::Result<Option<&'static str>> {
    let numbered = connection
        .query_row(
            "SELECT l.wr = 0 AND l.type = 'table' FROM pragma_table_list(?1) AS l WHERE l.schema = 'main'",
            [&table.name],
            |row| row.get::<_, bool>(0),
        )
        .optional()?;
    let is_free = table.column("rowid").is_none();
    Ok((numbered == Some(true) && is_free).then_some("rowid"))
}

fn indexes(connection: &Connection, table: &mut Table) -> rusqlite::Result<()> {
    let mut list = connection.prepare(
        "SELECT l.name, l.\"unique\", l.partial, (SELECT m.sql FROM sqlite_master AS m WHERE m.name = l.name) FROM pragma_index_list(?1) AS l",
    )?;
    let mut parts = connection.prepare(
        "SELECT x.name, x.coll FROM pragma_index_xinfo(?1) AS x WHERE x.key = 1 ORDER BY x.seqno",
    )?;
    let found: Vec<(String, bool, bool, Option<String>)> = list
        .query_map([&table.name], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    for (index, unique, partial, sql) in found {
        let made_of: Vec<(Option<String>, Option<String>)> = parts
            .query_map([&index], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let names: Option<Vec<String>> = made_of.iter().map(|(name, _)| name.clone()).collect();
        if let (Some(names), true, false) = (names, unique, partial) {
            if let [only] = names.as_slice() {
                mark(table, only, |column| column.shape.unique = true);
            }
            table.unique.push(names);
        }
        match made_of.first() {
            Some((Some(first), collation)) if !partial => {
                let nocase = collation
                    .as_deref()
                    .is_some_and(|name| name.eq_ignore_ascii_case("nocase"));
                mark(table, first, |column| {
                    column.indexes.plain |= !nocase;
                    column.indexes.nocase |= nocase;
                });
            }
            Some((None, _)) if !partial => expression(table, sql.as_deref().unwrap_or_default()),
            _ => {}
        }
    }
    Ok(())
}

/// Looks what an index on an expression is made of.
fn expression(table: &mut Table, sql: &str) {
    let bare = |text: &str| -> String {
        let kept = text
            .chars()
            .filter(|sign| !sign.is_whitespace() && !matches!(sign, '"' | '`' | '[' | ']'));
        kept.collect::<String>().to_lowercase()
    };
    let sql = bare(sql);
    for column in &mut table.columns {
        let digits = super::super::comparison::indexed_as(
            Dialect::Sqlite,
            &column.name,
            super::super::catalogue::Lookup::Digits,
        );
        column.indexes.lower |= sql.contains(&format!("(lower({})", bare(&column.name)));
        column.indexes.digits |= sql.contains(&bare(&digits));
    }
}

fn references(connection: &Connection, table: &mut Table) -> rusqlite::Result<()> {
    let mut own = connection
        .prepare("SELECT f.\"from\", f.\"table\" FROM pragma_foreign_key_list(?1) AS f")?;
    let found: Vec<(String, String)> = own
        .query_map([&table.name], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (column, elsewhere) in found {
        mark(table, &column, |column| {
            column.shape.references = Some(elsewhere)
        });
    }
    let mut others = connection.prepare(
        "SELECT m.name, f.id, f.\"from\", f.\"to\", f.on_delete = 'CASCADE' FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f
         WHERE m.type = 'table' AND f.\"table\" = ?1 COLLATE NOCASE ORDER BY m.name, f.id, f.seq",
    )?;
    let mut rows = others.query([&table.name])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let (child, id, from, to): (String, i64, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let cascades: bool = row.get(4)?;
        if last.as_ref() != Some(&(child.clone(), id)) {
            last = Some((child.clone(), id));
            table.references.push(Reference {
                schema: None,
                table: child,
                columns: Vec::new(),
                cascades,
            });
        }
        let Some(reference) = table.references.last_mut() else {
            continue;
        };
        // Without a column of its own the reference means the primary key.
        let key = table
            .unique
            .first()
            .and_then(|key| key.get(reference.columns.len()));
        if let Some(to) = to.or_else(|| key.cloned()) {
            reference.columns.push((from, to));
        }
    }
    Ok(())
}

fn mark(table: &mut Table, name: &str, change: impl FnOnce(&mut LiveColumn)) {
    if let Some(column) = table
        .columns
        .iter_mut()
        .find(|column| column.name.eq_ignore_ascii_case(name))
    {
        change(column);
    }
}
