//! What lies in a database, from its own catalogue: tables, columns, primary and foreign keys of everything the account is shown.
//!
//! Two statements for each dialect. System schemas, partitions (their table stands for them) and generated helper tables are left out.

use super::catalogue::{Dialect, holds};
use super::statement::Select;
use super::{ReadSession, Refusal, Row};
use crate::connector::outline::{Collection, Outline, OutlineColumn, Reference};

/// Asks a session for everything.
pub(super) async fn outline(
    session: &mut impl ReadSession,
    dialect: Dialect,
) -> Result<Outline, Refusal> {
    let (columns, references) = questions(dialect);
    let columns = all(session, columns).await?;
    let references = all(session, references).await?;
    Ok(arrange(columns, references))
}

async fn all(session: &mut impl ReadSession, sql: &str) -> Result<Vec<Vec<String>>, Refusal> {
    let select = Select {
        sql: sql.to_owned(),
        arguments: Vec::new(),
    };
    let mut rows = Vec::new();
    let mut each = |row: Row| {
        rows.push(row.into_iter().map(Option::unwrap_or_default).collect());
        true
    };
    session.rows(&select, &mut each).await?;
    Ok(rows)
}

/// Columns: table, whether it is a view, column, type, its place in the primary key or 0. References: table, constraint, own
/// column, the other table, the other column.
fn questions(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Sqlite => (
            "SELECT m.name, CASE m.type WHEN 'view' THEN 'yes' ELSE '' END, x.name, x.type, CAST(x.pk AS TEXT) \
             FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS x \
             WHERE m.type IN ('table', 'view') AND substr(m.name, 1, 7) <> 'sqlite_' AND x.hidden <> 1 ORDER BY m.name, x.cid",
            "SELECT m.name, CAST(f.id AS TEXT), f.\"from\", f.\"table\", f.\"to\" \
             FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f \
             WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq",
        ),
        Dialect::Postgres => (
            "SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname || '.' || c.relname END, \
             CASE WHEN c.relkind IN ('v', 'm', 'f') THEN 'yes' ELSE '' END, a.attname::text, \
             pg_catalog.format_type(a.atttypid, a.atttypmod), coalesce(array_position(p.conkey, a.attnum), 0)::text \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p' \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition \
             AND n.nspname <> 'information_schema' AND left(n.nspname, 3) <> 'pg_' \
             AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT') \
             ORDER BY 1, a.attnum",
            "SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname || '.' || c.relname END, \
             f.conname::text, own.attname::text, \
             CASE WHEN pg_catalog.pg_table_is_visible(o.oid) THEN o.relname::text ELSE m.nspname || '.' || o.relname END, \
             their.attname::text \
             FROM pg_catalog.pg_constraint f CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(here, there, nth) \
             JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_class o ON o.oid = f.confrelid JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace \
             JOIN pg_catalog.pg_attribute own ON own.attrelid = c.oid AND own.attnum = k.here \
             JOIN pg_catalog.pg_attribute their ON their.attrelid = o.oid AND their.attnum = k.there \
             WHERE f.contype = 'f' AND NOT c.relispartition ORDER BY 1, 2, k.nth",
        ),
        Dialect::Mysql => (
            "SELECT t.table_name, CASE WHEN t.table_type LIKE '%VIEW' THEN 'yes' ELSE '' END, c.column_name, c.column_type, \
             CAST(coalesce((SELECT k.ordinal_position FROM information_schema.key_column_usage k \
             WHERE k.table_schema = t.table_schema AND k.table_name = t.table_name AND k.constraint_name = 'PRIMARY' \
             AND k.column_name = c.column_name), 0) AS CHAR) \
             FROM information_schema.tables t JOIN information_schema.columns c \
             ON c.table_schema = t.table_schema AND c.table_name = t.table_name \
             WHERE t.table_schema = database() AND t.table_type <> 'SEQUENCE' ORDER BY t.table_name, c.ordinal_position",
            "SELECT k.table_name, k.constraint_name, k.column_name, \
             CASE WHEN k.referenced_table_schema = k.table_schema THEN k.referenced_table_name \
             ELSE concat(k.referenced_table_schema, '.', k.referenced_table_name) END, k.referenced_column_name \
             FROM information_schema.key_column_usage k WHERE k.table_schema = database() AND k.referenced_table_name IS NOT NULL \
             ORDER BY k.table_name, k.constraint_name, k.ordinal_position",
        ),
    }
}

fn arrange(columns: Vec<Vec<String>>, references: Vec<Vec<String>>) -> Outline {
    let mut collections: Vec<Collection> = Vec::new();
    let mut keys: Vec<Vec<(usize, String)>> = Vec::new();
    for row in columns {
        let Ok([table, view, name, type_name, part]) = <[String; 5]>::try_from(row) else {
            continue;
        };
        if collections.last().is_none_or(|last| last.name != table) {
            collections.push(Collection {
                name: table,
                is_view: view == "yes",
                ..Collection::default()
            });
            keys.push(Vec::new());
        }
        let (Some(collection), Some(key)) = (collections.last_mut(), keys.last_mut()) else {
            continue;
        };
        if let Some(part) = part.parse().ok().filter(|&part: &usize| part > 0) {
            key.push((part, name.clone()));
        }
        collection.columns.push(OutlineColumn {
            holds: holds(&type_name),
            name,
            type_name,
            label: None,
        });
    }
    for (collection, mut key) in collections.iter_mut().zip(keys) {
        key.sort();
        collection.key = key.into_iter().map(|(_, name)| name).collect();
    }
    let mut last = None;
    for row in references {
        let Ok([table, constraint, own, to, their]) = <[String; 5]>::try_from(row) else {
            continue;
        };
        let Some(collection) = collections.iter_mut().find(|known| known.name == table) else {
            continue;
        };
        if last.as_ref() != Some(&(table.clone(), constraint.clone())) {
            last = Some((table, constraint));
            collection.references.push(Reference {
                to,
                pairs: Vec::new(),
            });
        }
        if let Some(reference) = collection.references.last_mut() {
            reference.pairs.push((own, their));
        }
    }
    Outline { collections }
}
