//! PostgreSQL's own description of its tables.
//!
//! All tables that are asked for are described together, because a round trip costs more than a further row of the catalogue.

use sqlx::PgConnection;

use super::Server;
use crate::connector::sql::catalogue::{
    Beyond, Compare, Dialect, Fit, Indexes, LiveColumn, Lookup, Reference, Table, holds,
};
use crate::connector::sql::name::TableName;
use crate::connector::sql::statement::Select;
use crate::connector::sql::{Refusal, Row, comparison};
use crate::connector::{Blind, Column, Fault, Holds};

/// The table or view of each name, in its schema or in the first one of the search path that has it; in the names' order. What is
/// wrong with one of them is said of that one alone.
pub(super) async fn tables(
    server: &Server,
    connection: &mut PgConnection,
    names: &[TableName],
) -> Result<Vec<Result<Table, Fault>>, Refusal> {
    let wanted: Vec<[Option<&str>; 2]> = names
        .iter()
        .map(|name| [name.schema.as_deref(), Some(name.table.as_str())])
        .collect();
    let asked = Select {
        sql: "SELECT w.place::text, c.oid::text, n.nspname::text, c.relkind::text, \
              has_any_column_privilege(c.oid, 'SELECT')::text, row_security_active(c.oid)::text, \
              (SELECT string_agg(DISTINCT t.tgname::text, ', ' ORDER BY t.tgname::text) FROM pg_catalog.pg_trigger t \
               WHERE (t.tgrelid = c.oid OR c.relhassubclass AND t.tgrelid IN (\
                WITH RECURSIVE below(oid) AS (SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid \
                 UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent = below.oid) \
                SELECT below.oid FROM below)) AND NOT t.tgisinternal AND t.tgenabled <> 'D'), \
              (SELECT string_agg(r.rulename::text, ', ' ORDER BY r.rulename) FROM pg_catalog.pg_rewrite r \
               WHERE r.ev_class = c.oid AND r.ev_type <> '1' AND r.ev_enabled <> 'D'), \
              (c.relhassubclass OR EXISTS (SELECT FROM pg_catalog.pg_constraint f \
               WHERE f.contype = 'f' AND f.confrelid = c.oid))::text, \
              (c.relkind = 'r' AND NOT c.relhassubclass AND NOT c.relhasrules)::text, \
              CASE WHEN c.relkind = 'r' AND c.relhassubclass THEN (\
               WITH RECURSIVE below(oid) AS (SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid \
                UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent = below.oid) \
               SELECT pg_catalog.jsonb_agg(h.relname || '.' || a.attname ORDER BY h.relname, a.attnum)::text FROM below \
               JOIN pg_catalog.pg_class h ON h.oid = below.oid \
               JOIN pg_catalog.pg_attribute a ON a.attrelid = h.oid AND a.attnum > 0 AND NOT a.attisdropped \
               WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute p WHERE p.attrelid = c.oid AND p.attname = a.attname \
                AND p.attnum > 0 AND NOT p.attisdropped)) END \
              FROM pg_catalog.jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS w(name, place) \
              JOIN pg_catalog.pg_class c ON c.relname = w.name ->> 1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
              WHERE CASE WHEN w.name ->> 0 IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) \
              ELSE n.nspname = w.name ->> 0 END"
            .to_owned(),
        arguments: vec![Some(serde_json::json!(wanted).to_string())],
    };
    let mut tables: Vec<Result<Table, Fault>> = names
        .iter()
        .map(|name| Err(Fault::no_table(name.to_string())))
        .collect();
    let mut found = Found::default();
    let mut referred_to = false;
    for row in server.all(connection, &asked).await? {
        let Some(
            [
                place,
                oid,
                schema,
                kind,
                readable,
                secured,
                triggers,
                rules,
                referred,
                plain,
                heirs,
            ],
        ) = parts(row)
        else {
            continue;
        };
        let is = |text: Option<String>| text.as_deref() == Some("true");
        let place = number(place).and_then(|place: usize| place.checked_sub(1));
        let (Some(place), Some(oid)) = (place, number(oid)) else {
            continue;
        };
        let (Some(name), Some(table)) = (names.get(place), tables.get_mut(place)) else {
            continue;
        };
        if !is(readable) {
            continue;
        }
        if is(secured) {
            *table = Err(Fault::row_security(name.to_string()));
            continue;
        }
        *table = Ok(Table {
            dialect: Dialect::Postgres,
            schema,
            name: name.table.clone(),
            folds_unicode: server.folds_unicode,
            columns: Vec::new(),
            unique: Vec::new(),
            triggers: triggers.into_iter().collect(),
            rules: rules.into_iter().collect(),
            references: Vec::new(),
            is_view: matches!(kind.as_deref(), Some("v" | "f")),
            // Each heir and each partition counts its places by itself.
            place: is(plain).then_some("ctid"),
            weak: Vec::new(),
            refuses: Default::default(),
            beyond: Beyond {
                heirs: heirs.map_or_else(Vec::new, |list| names_in(&list)),
                blind: matches!(kind.as_deref(), Some("v" | "m" | "f")).then_some(Blind::View),
            },
        });
        referred_to |= is(referred);
        found.places.push((oid, place));
    }
    if found.places.is_empty() {
        return Ok(tables);
    }
    let [columns, indexes, references] = found.questions();
    let mut sql = format!("{columns}; {indexes}");
    if referred_to {
        sql = format!("{sql}; {references}");
    }
    let mut answers = server.texts(connection, &sql).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let (columns, indexes, references) = (next(), next(), next());
    found.columns(columns, &mut tables);
    found.indexes(indexes, &mut tables);
    found.references(references, &mut tables);
    Ok(tables)
}

/// Where the tables that are there lie in the catalogue.
#[derive(Default)]
struct Found {
    /// Number in the catalogue, and place among the names; two names may mean one table.
    places: Vec<(u32, usize)>,
    /// For each column its table's number, its own, and its place in the table.
    numbers: Vec<(u32, String, usize)>,
}

impl Found {
    /// Columns, indexes and the foreign keys of others, of all tables; the first column of each row is the table's number. One
    /// round trip brings them all, which takes no bound values: there is nothing in them but numbers that the server gave.
    fn questions(&self) -> [String; 3] {
        let oids: Vec<String> = self.places.iter().map(|(oid, _)| oid.to_string()).collect();
        let oids = oids.join(", ");
        [
            format!(
                "SELECT a.attrelid::text, a.attnum::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
                 format_type(a.atttypid, -1), format_type(b.oid, -1), b.typname::text, \
                 (a.attnotnull OR y.typnotnull)::text, \
                 CASE WHEN y.typtype = 'd' THEN y.typtypmod ELSE a.atttypmod END::text, (a.attgenerated <> '')::text, \
                 has_column_privilege(a.attrelid, a.attnum, 'SELECT')::text, \
                 (SELECT f.confrelid::regclass::text FROM pg_catalog.pg_constraint f \
                  WHERE f.conrelid = a.attrelid AND f.contype = 'f' AND a.attnum = ANY (f.conkey) LIMIT 1) \
                 FROM pg_catalog.pg_attribute a \
                 JOIN pg_catalog.pg_type y ON y.oid = a.atttypid \
                 JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END \
                 WHERE a.attrelid IN ({oids}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"
            ),
            format!(
                "SELECT i.indrelid::text, i.indkey::text, i.indnkeyatts::text, i.indisunique::text, \
                 (i.indpred IS NULL)::text, pg_get_indexdef(i.indexrelid, 1, true), \
                 (m.amname IN ('btree', 'hash'))::text, pg_get_expr(i.indpred, i.indrelid, true) \
                 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
                 JOIN pg_catalog.pg_am m ON m.oid = c.relam \
                 WHERE i.indrelid IN ({oids}) AND i.indisvalid"
            ),
            format!(
                "WITH RECURSIVE below(root, oid) AS (\
                  SELECT c.oid, c.oid FROM pg_catalog.pg_class c WHERE c.oid IN ({oids}) \
                  UNION SELECT below.root, i.inhrelid FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent = below.oid) \
                 SELECT below.root::text, f.oid::text, n.nspname::text, c.relname::text, \
                 there.attname::text, here.attname::text, (f.confdeltype = 'c')::text \
                 FROM below JOIN pg_catalog.pg_constraint f ON f.confrelid = below.oid \
                 JOIN pg_catalog.pg_class c ON c.oid = f.conrelid \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k(there, here) \
                 JOIN pg_catalog.pg_attribute there ON there.attrelid = f.conrelid AND there.attnum = k.there \
                 JOIN pg_catalog.pg_attribute here ON here.attrelid = f.confrelid AND here.attnum = k.here \
                 WHERE f.contype = 'f' AND f.conparentid = 0 \
                 ORDER BY below.root, f.oid, k.there"
            ),
        ]
    }

    /// Does something to every table of a number.
    fn each(
        &self,
        oid: Option<u32>,
        tables: &mut [Result<Table, Fault>],
        mut what: impl FnMut(&mut Table),
    ) {
        for (_, place) in self.places.iter().filter(|(other, _)| Some(*other) == oid) {
            if let Some(Ok(table)) = tables.get_mut(*place) {
                what(table);
            }
        }
    }

    fn columns(&mut self, rows: Vec<Row>, tables: &mut [Result<Table, Fault>]) {
        let mut last = (None, 0);
        for row in rows {
            let Some(
                [
                    oid,
                    own,
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
            let oid = number(oid);
            let (base, shown) = (base.unwrap_or_default(), shown.unwrap_or_default());
            let base_cast = base_cast.unwrap_or_default();
            let is = |text: Option<String>| text.as_deref() == Some("true");
            let length = number(modifier).and_then(|modifier: usize| modifier.checked_sub(4));
            let column = LiveColumn {
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
            };
            let place = if last.0 == oid { last.1 } else { 0 };
            last = (oid, place + 1);
            self.numbers
                .extend(oid.map(|oid| (oid, own.unwrap_or_default(), place)));
            self.each(oid, tables, |table| table.columns.push(column.clone()));
        }
    }

    fn indexes(&self, rows: Vec<Row>, tables: &mut [Result<Table, Fault>]) {
        for row in rows {
            let Some([oid, of, parts_of_key, unique, whole, first, compares, only]) = parts(row)
            else {
                continue;
            };
            let oid = number(oid);
            let is = |text: &Option<String>| text.as_deref() == Some("true");
            let count = number(parts_of_key).unwrap_or(0);
            let of = of.unwrap_or_default();
            let place_of = |own: &str| {
                let mut numbers = self.numbers.iter();
                numbers
                    .find(|(table, number, _)| Some(*table) == oid && number == own)
                    .map(|(_, _, place)| *place)
            };
            // Number 0 is an expression.
            let places: Vec<Option<usize>> = of.split(' ').take(count).map(place_of).collect();
            let index = Index {
                places,
                first: bare(&first.unwrap_or_default()),
                unique: is(&unique),
                whole: is(&whole),
                compares: is(&compares),
                only: bare(&only.unwrap_or_default()),
            };
            self.each(oid, tables, |table| index.mark(table));
        }
    }

    fn references(&self, rows: Vec<Row>, tables: &mut [Result<Table, Fault>]) {
        let mut last = None;
        for row in rows {
            let Some([oid, constraint, schema, child, there, here, cascades]) = parts(row) else {
                continue;
            };
            let place = Some((oid.clone(), constraint));
            let is_new = last != place;
            last = place;
            let reference = Reference {
                schema,
                table: child.unwrap_or_default(),
                columns: Vec::new(),
                cascades: cascades.as_deref() == Some("true"),
            };
            let pair = (there.unwrap_or_default(), here.unwrap_or_default());
            self.each(number(oid), tables, |table| {
                if is_new {
                    table.references.push(reference.clone());
                }
                if let Some(reference) = table.references.last_mut() {
                    reference.columns.push(pair.clone());
                }
            });
        }
    }
}

struct Index {
    /// Which columns it is over, in its order; `None` for an expression.
    places: Vec<Option<usize>>,
    first: String,
    unique: bool,
    /// Over all rows, not some of them.
    whole: bool,
    /// Whether it serves comparisons for equality.
    compares: bool,
    /// The condition under which rows are in it; empty if all are.
    only: String,
}

impl Index {
    fn mark(&self, table: &mut Table) {
        let expression = self.places.first().is_some_and(Option::is_none);
        for (place, column) in table.columns.iter_mut().enumerate() {
            let here = self.places.first() == Some(&Some(place));
            let made_of = |lookup| {
                let indexed = comparison::indexed_as(Dialect::Postgres, &column.name, lookup);
                expression && self.first == bare(&indexed)
            };
            let (lower, digits) = (made_of(Lookup::Folded), made_of(Lookup::Digits));
            // A unique index on lower(email), or on some of the rows, forbids equal masks as well.
            column.shape.unique |= self.unique && self.places.len() == 1 && (here || lower);
            column.indexes.blanks |= self.only == bare(&comparison::has_blanks(&column.name));
            if self.whole && self.compares {
                let folds =
                    matches!(&column.compare, Compare::Cast(cast, _) if cast.ends_with("citext"));
                column.indexes.plain |= here;
                column.indexes.lower |= lower || (here && folds);
                column.indexes.digits |= digits;
            }
        }
        let names: Option<Vec<String>> = self
            .places
            .iter()
            .map(|place| Some(table.columns.get((*place)?)?.name.clone()))
            .collect();
        if let (Some(names), true, true) = (names, self.unique, self.whole) {
            table.unique.push(names);
        }
    }
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

/// The texts of a list in JSON.
fn names_in(list: &str) -> Vec<String> {
    serde_json::from_str(list).unwrap_or_default()
}

pub(super) fn parts<const N: usize>(row: Row) -> Option<[Option<String>; N]> {
    row.try_into().ok()
}

fn number<T: std::str::FromStr>(text: Option<String>) -> Option<T> {
    text?.parse().ok()
}
