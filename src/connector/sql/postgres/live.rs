//! PostgreSQL's own description of a table.

use sqlx::PgConnection;

use super::Server;
use crate::connector::sql::catalogue::{
    Cascade, Compare, Dialect, Fit, Indexes, LiveColumn, Lookup, Table, holds,
};
use crate::connector::sql::name::TableName;
use crate::connector::sql::statement::Select;
use crate::connector::sql::{Refusal, Row, comparison};
use crate::connector::{Column, Fault, Holds};

/// The table or view of this name, in its schema or in the first one of the search path that has it.
pub(super) async fn table(
    server: &Server,
    connection: &mut PgConnection,
    name: &TableName,
) -> Result<Table, Refusal> {
    let asked = Select {
        sql: "SELECT c.oid::text, n.nspname::text, c.relkind::text, \
              has_any_column_privilege(c.oid, 'SELECT')::text, row_security_active(c.oid)::text, \
              (SELECT string_agg(t.tgname::text, ', ' ORDER BY t.tgname) FROM pg_catalog.pg_trigger t \
               WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'), \
              EXISTS (SELECT FROM pg_catalog.pg_constraint f \
               WHERE f.contype = 'f' AND f.confrelid = c.oid AND f.confdeltype = 'c')::text \
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
              WHERE c.relname = $1::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
              AND CASE WHEN $2::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = $2::text END"
            .to_owned(),
        arguments: vec![Some(name.table.clone()), name.schema.clone()],
    };
    let rows = server.all(connection, &asked).await?;
    let Some(
        [
            oid,
            schema,
            kind,
            readable,
            row_security,
            triggers,
            cascading,
        ],
    ) = rows.into_iter().next().and_then(parts)
    else {
        return Err(Fault::no_table(name.to_string()).into());
    };
    if readable.as_deref() != Some("true") {
        return Err(Fault::no_table(name.to_string()).into());
    }
    if row_security.as_deref() == Some("true") {
        return Err(Fault::forbidden(format!("row-level security, {name}")).into());
    }
    let mut table = Table {
        dialect: Dialect::Postgres,
        schema,
        name: name.table.clone(),
        folds_unicode: server.folds_unicode,
        columns: Vec::new(),
        unique: Vec::new(),
        triggers: triggers.into_iter().collect(),
        cascades: Vec::new(),
        is_view: matches!(kind.as_deref(), Some("v" | "f")),
    };
    let numbers = columns(server, connection, &oid, &mut table).await?;
    indexes(server, connection, &oid, &numbers, &mut table).await?;
    if cascading.as_deref() == Some("true") {
        cascades(server, connection, &oid, &mut table).await?;
    }
    Ok(table)
}

/// Fills in the columns; returns their numbers in the catalogue, in the same order.
async fn columns(
    server: &Server,
    connection: &mut PgConnection,
    oid: &Option<String>,
    table: &mut Table,
) -> Result<Vec<String>, Refusal> {
    let asked = Select {
        sql: "SELECT a.attnum::text, a.attname::text, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), \
              format_type(b.oid, -1), b.typname::text, \
              (a.attnotnull OR y.typnotnull)::text, \
              CASE WHEN y.typtype = 'd' THEN y.typtypmod ELSE a.atttypmod END::text, (a.attgenerated <> '')::text, \
              has_column_privilege(a.attrelid, a.attnum, 'SELECT')::text, \
              (SELECT f.confrelid::regclass::text FROM pg_catalog.pg_constraint f \
               WHERE f.conrelid = a.attrelid AND f.contype = 'f' AND a.attnum = ANY (f.conkey) LIMIT 1) \
              FROM pg_catalog.pg_attribute a \
              JOIN pg_catalog.pg_type y ON y.oid = a.atttypid \
              JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END \
              WHERE a.attrelid = $1::text::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
            .to_owned(),
        arguments: vec![oid.clone()],
    };
    let mut numbers = Vec::new();
    for row in server.all(connection, &asked).await? {
        let Some(
            [
                number,
                name,
                shown,
                cast,
                base_cast,
                base,
                not_null,
                modifier,
                generated,
                readable,
                references,
            ],
        ) = parts(row)
        else {
            continue;
        };
        let (base, shown) = (base.unwrap_or_default(), shown.unwrap_or_default());
        let base_cast = base_cast.unwrap_or_default();
        let is = |text: Option<String>| text.as_deref() == Some("true");
        let length = modifier
            .and_then(|modifier| modifier.parse::<usize>().ok())
            .and_then(|modifier| modifier.checked_sub(4));
        numbers.push(number.unwrap_or_default());
        table.columns.push(LiveColumn {
            name: name.unwrap_or_default(),
            shape: Column {
                holds: match base.as_str() {
                    "citext" => Holds::Text,
                    _ => holds(&base_cast),
                },
                type_name: if is(generated) {
                    format!("{shown} (generated)")
                } else {
                    shown
                },
                nullable: !is(not_null),
                max_length: length.filter(|_| ["varchar", "bpchar"].contains(&base.as_str())),
                references,
                ..Column::default()
            },
            compare: compare(&base, base_cast),
            cast: cast.unwrap_or_default(),
            readable: is(readable),
            indexes: Indexes::default(),
        });
    }
    Ok(numbers)
}

fn compare(base: &str, cast: String) -> Compare {
    match base {
        "text" | "varchar" | "name" => Compare::Text,
        "citext" | "bpchar" => Compare::Cast(cast, Fit::Any),
        "int2" => Compare::Cast(cast, Fit::Whole { bits: 16 }),
        "int4" => Compare::Cast(cast, Fit::Whole { bits: 32 }),
        "int8" => Compare::Cast(cast, Fit::Whole { bits: 64 }),
        "numeric" => Compare::Cast(cast, Fit::Decimal),
        "uuid" => Compare::Cast(cast, Fit::Uuid),
        _ => Compare::Written,
    }
}

async fn indexes(
    server: &Server,
    connection: &mut PgConnection,
    oid: &Option<String>,
    numbers: &[String],
    table: &mut Table,
) -> Result<(), Refusal> {
    let asked = Select {
        sql: "SELECT i.indkey::text, i.indnkeyatts::text, i.indisunique::text, (i.indpred IS NULL)::text, \
              pg_get_indexdef(i.indexrelid, 1, true), (m.amname IN ('btree', 'hash'))::text \
              FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
              JOIN pg_catalog.pg_am m ON m.oid = c.relam \
              WHERE i.indrelid = $1::text::oid AND i.indisvalid"
            .to_owned(),
        arguments: vec![oid.clone()],
    };
    for row in server.all(connection, &asked).await? {
        let Some([of, parts_of_key, unique, whole, first, compares]) = parts(row) else {
            continue;
        };
        let is = |text: &Option<String>| text.as_deref() == Some("true");
        let count = parts_of_key
            .and_then(|count| count.parse().ok())
            .unwrap_or(0);
        let of = of.unwrap_or_default();
        // Number 0 is an expression.
        let places: Vec<Option<usize>> = of
            .split(' ')
            .take(count)
            .map(|number| numbers.iter().position(|other| other == number))
            .collect();
        let first = bare(&first.unwrap_or_default());
        let expression = places.first().is_some_and(Option::is_none);
        for (place, column) in table.columns.iter_mut().enumerate() {
            let here = places.first() == Some(&Some(place));
            let made_of = |lookup| {
                expression
                    && first
                        == bare(&comparison::indexed_as(
                            Dialect::Postgres,
                            &column.name,
                            lookup,
                        ))
            };
            let (lower, digits) = (made_of(Lookup::Folded), made_of(Lookup::Digits));
            // A unique index on lower(email), or on some of the rows, forbids equal masks as well.
            column.shape.unique |= is(&unique) && count == 1 && (here || lower);
            if is(&whole) && is(&compares) {
                let folds =
                    matches!(&column.compare, Compare::Cast(cast, _) if cast.ends_with("citext"));
                column.indexes.plain |= here;
                column.indexes.lower |= lower || (here && folds);
                column.indexes.digits |= digits;
            }
        }
        let names: Option<Vec<String>> = places
            .iter()
            .map(|place| Some(table.columns.get((*place)?)?.name.clone()))
            .collect();
        if let (Some(names), true, true) = (names, is(&unique), is(&whole)) {
            table.unique.push(names);
        }
    }
    Ok(())
}

/// An index expression without what the server adds when it prints it.
fn bare(expression: &str) -> String {
    let plain = expression
        .replace("::text", "")
        .replace("::character varying", "")
        .replace("::bpchar", "");
    plain
        .chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '(' | ')' | '"'))
        .collect()
}

async fn cascades(
    server: &Server,
    connection: &mut PgConnection,
    oid: &Option<String>,
    table: &mut Table,
) -> Result<(), Refusal> {
    let asked = Select {
        sql: "SELECT f.oid::text, n.nspname::text, c.relname::text, there.attname::text, here.attname::text \
              FROM pg_catalog.pg_constraint f \
              JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
              CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k(there, here) \
              JOIN pg_catalog.pg_attribute there ON there.attrelid = f.conrelid AND there.attnum = k.there \
              JOIN pg_catalog.pg_attribute here ON here.attrelid = f.confrelid AND here.attnum = k.here \
              WHERE f.contype = 'f' AND f.confrelid = $1::text::oid AND f.confdeltype = 'c' AND f.conparentid = 0 \
              ORDER BY f.oid, k.there"
            .to_owned(),
        arguments: vec![oid.clone()],
    };
    let mut last = None;
    for row in server.all(connection, &asked).await? {
        let Some([constraint, schema, child, there, here]) = parts(row) else {
            continue;
        };
        if last != constraint {
            last = constraint;
            table.cascades.push(Cascade {
                schema,
                table: child.unwrap_or_default(),
                columns: Vec::new(),
            });
        }
        if let Some(cascade) = table.cascades.last_mut() {
            cascade
                .columns
                .push((there.unwrap_or_default(), here.unwrap_or_default()));
        }
    }
    Ok(())
}

fn parts<const N: usize>(row: Row) -> Option<[Option<String>; N]> {
    row.try_into().ok()
}
