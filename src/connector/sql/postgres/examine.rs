//! What the doctor asks a PostgreSQL server about its account and its tables; the catalogue only, never a row.

use sqlx::PgConnection;

use super::Server;
use super::live::parts;
use crate::connector::Finding;
use crate::connector::sql::Refusal;
use crate::connector::sql::catalogue::Table;
use crate::connector::sql::examine::{Facts, Nature, Rights};
use crate::connector::sql::statement::Select;
use crate::messages::finding as say;

/// Whether the server can be written to at all, keeps to our time limit, and lets the account do more than it needs.
pub(super) async fn server(
    server: &Server,
    connection: &mut PgConnection,
) -> Result<Vec<Finding>, Refusal> {
    let asked = Select {
        sql: "SELECT pg_is_in_recovery()::text, r.rolsuper::text, r.rolcreaterole::text, r.rolcreatedb::text, \
              r.rolreplication::text, current_setting('statement_timeout') \
              FROM pg_catalog.pg_roles r WHERE r.rolname = current_user"
            .to_owned(),
        arguments: Vec::new(),
    };
    let mut found = Vec::new();
    let rows = server.all(connection, &asked).await?;
    let Some([replica, superuser, roles, databases, replication, limit]) =
        rows.into_iter().next().and_then(parts)
    else {
        return Ok(found);
    };
    if is(&replica) {
        found.push(Finding::warning("W235", say::replica()).remedy(say::replica_help()));
    }
    let words = [
        ("SUPERUSER", superuser),
        ("CREATEROLE", roles),
        ("CREATEDB", databases),
        ("REPLICATION", replication),
    ];
    let wide: Vec<&str> = words
        .iter()
        .filter_map(|(word, has)| is(has).then_some(*word))
        .collect();
    if !wide.is_empty() {
        let account = server.notes.account.clone().unwrap_or_default();
        let text = say::superuser(account, wide.join(", "));
        found.push(Finding::warning("W228", text).remedy(say::superuser_help()));
    }
    // Set when the transaction began; 0 means that something before the server left it out.
    if limit.as_deref() == Some("0") {
        found.push(Finding::warning("W238", say::no_limit()).remedy(say::no_limit_help()));
    }
    Ok(found)
}

/// What a table is, what this account may do to it, and how its columns compare texts.
pub(super) async fn facts(
    server: &Server,
    connection: &mut PgConnection,
    table: &Table,
) -> Result<Facts, Refusal> {
    let name = vec![table.schema.clone(), Some(table.name.clone())];
    let asked = Select {
        sql: "SELECT c.relkind::text, EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)::text, \
              (NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) \
               AND pg_has_role(c.relowner, 'USAGE'))::text, \
              has_table_privilege(c.oid, 'DELETE')::text, has_table_privilege(c.oid, 'TRUNCATE')::text, \
              (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)::text, \
              (SELECT string_agg(w.rulename::text, ', ' ORDER BY w.rulename) FROM pg_catalog.pg_rewrite w \
               WHERE w.ev_class = c.oid AND w.rulename <> '_RETURN' AND w.ev_enabled <> 'D'), \
              (SELECT string_agg(DISTINCT p.pubname::text, ', ') FROM pg_catalog.pg_publication_tables p \
               WHERE p.schemaname = n.nspname AND p.tablename = c.relname) \
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
              WHERE n.nspname = $1::text AND c.relname = $2::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
            .to_owned(),
        arguments: name.clone(),
    };
    let mut facts = Facts::default();
    let mut rows = server.all(connection, &asked).await?;
    let Some(
        [
            kind,
            parent,
            owner,
            delete,
            truncate,
            superuser,
            rules,
            published,
        ],
    ) = rows.pop().and_then(parts)
    else {
        return Ok(facts);
    };
    facts.nature = match kind.as_deref() {
        Some("v") => Nature::View,
        Some("m") => Nature::Copy,
        Some("f") => Nature::Foreign,
        Some("p") => Nature::Partitioned,
        _ if is(&parent) => Nature::Parent,
        _ => Nature::Table,
    };
    facts.rules.extend(rules);
    facts.published.extend(published);
    let mut rights = Rights {
        delete: is(&delete),
        // What a superuser may do is said once, of the account.
        truncate: is(&truncate) && !is(&superuser),
        owner: is(&owner),
        update: Vec::new(),
    };
    columns(server, connection, name, &mut facts, &mut rights).await?;
    facts.rights = Some(rights);
    Ok(facts)
}

async fn columns(
    server: &Server,
    connection: &mut PgConnection,
    name: Vec<Option<String>>,
    facts: &mut Facts,
    rights: &mut Rights,
) -> Result<(), Refusal> {
    let asked = Select {
        sql: "SELECT a.attname::text, has_column_privilege(c.oid, a.attnum, 'UPDATE')::text, \
              (NOT o.collisdeterministic)::text, (y.typname = 'citext')::text, \
              (o.collname <> 'default' AND o.collprovider = 'c' AND o.collctype IN ('C', 'POSIX'))::text \
              FROM pg_catalog.pg_attribute a \
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
              JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
              JOIN pg_catalog.pg_type y ON y.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
              LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation \
              WHERE n.nspname = $1::text AND c.relname = $2::text AND a.attnum > 0 AND NOT a.attisdropped"
            .to_owned(),
        arguments: name,
    };
    for row in server.all(connection, &asked).await? {
        let Some([Some(column), update, loose, folding, ascii]) = parts(row) else {
            continue;
        };
        if is(&update) {
            rights.update.push(column.clone());
        }
        if is(&loose) {
            facts.loose.push(column.clone());
        }
        if is(&folding) {
            facts.folding.push(column.clone());
        }
        // Where the database itself folds A to Z only, each other letter is searched by name.
        if is(&ascii) && server.folds_unicode {
            facts.ascii.push(column);
        }
    }
    Ok(())
}

fn is(text: &Option<String>) -> bool {
    text.as_deref() == Some("true")
}
