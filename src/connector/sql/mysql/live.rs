//! MariaDB's and MySQL's own description of their tables (`information_schema`), and of what they cannot promise.
//!
//! The server shows to each account only what concerns tables that it may use. A foreign key of a table that this account does not
//! see would delete that table's rows without a word, so what may be hidden is worked out from the account's grants.

use std::collections::BTreeSet;

use sqlx::MySqlConnection;

use super::grants::Grant;
use super::{Entry, Server};
use crate::connector::sql::catalogue::{
    Compare, Dialect, Fit, Indexes, LiveColumn, Lookup, Reference, Table,
};
use crate::connector::sql::name::TableName;
use crate::connector::sql::statement::quote;
use crate::connector::sql::{Refusal, comparison};
use crate::connector::{Blind, Column, Fault, Holds};

/// The table or view of each name, in its database or in the one that the address names; in the names' order. What is wrong with one
/// of them is said of that one alone.
pub(super) async fn tables(
    server: &Server,
    connection: &mut MySqlConnection,
    names: &[TableName],
) -> Result<Vec<Result<Table, Fault>>, Refusal> {
    let product = &server.product;
    let of = |name: &TableName| name.schema.clone().or_else(|| product.database.clone());
    let wanted: Vec<(usize, String, &TableName)> = names
        .iter()
        .enumerate()
        .filter_map(|(place, name)| Some((place, of(name)?, name)))
        .collect();
    let mut tables: Vec<Result<Table, Fault>> = names
        .iter()
        .map(|name| Err(Fault::no_table(name.to_string())))
        .collect();
    if wanted.is_empty() {
        return Ok(tables);
    }
    let asked = questions(&wanted, product.is_mariadb);
    let mut answers = server.entries(connection, &asked).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    if product.is_mariadb {
        next();
    }
    let (mut found, mut columns, mut indexes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut triggers, mut keys, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in &wanted {
        found.extend(next());
        columns.extend(next());
        indexes.extend(next());
        triggers.extend(next());
        keys.extend(next());
        if product.is_mariadb {
            checks.extend(next());
        }
    }
    let (engines, children, rules, grants) = (next(), next(), next(), next());
    columns.sort_by_key(|entry| number(entry, "nth"));
    let (references, deleting) = foreign_keys(children, &rules);
    let undoing: Vec<String> = engines
        .iter()
        .filter(|engine| text_of(engine, "undoes") == "YES")
        .map(|engine| text_of(engine, "name"))
        .collect();

    let revoked: Vec<Grant> = grants.iter().filter_map(Grant::taken).collect();
    let grants: Vec<Grant> = grants.iter().filter_map(Grant::of).collect();
    for (place, schema, name) in &wanted {
        let here = |entry: &&Entry| number(entry, "place") == Some(*place);
        let mut candidates = found.iter().filter(here).filter(|entry| {
            let is = |column: &str, text: &str| {
                let live = text_of(entry, column);
                live == text || (product.folds_names && live.eq_ignore_ascii_case(text))
            };
            is("base", schema) && is("name", &name.table)
        });
        let Some(entry) = candidates.next() else {
            continue;
        };
        let kind = text_of(entry, "kind");
        if kind == "SEQUENCE" {
            continue;
        }
        let mut table = Table {
            dialect: Dialect::Mysql,
            schema: Some(text_of(entry, "base")),
            name: text_of(entry, "name"),
            folds_unicode: true,
            columns: Vec::new(),
            unique: Vec::new(),
            triggers: Vec::new(),
            rules: Vec::new(),
            references: Vec::new(),
            is_view: kind.ends_with("VIEW"),
            place: None,
            weak: Vec::new(),
            refuses: Default::default(),
            beyond: Default::default(),
        };
        let live = table.name.clone();
        let own = |entries: &'_ [Entry]| -> Vec<Entry> {
            let mine = |entry: &&Entry| here(entry) && text_of(entry, "name") == live;
            entries.iter().filter(mine).cloned().collect()
        };
        let json: BTreeSet<String> = own(&checks)
            .iter()
            .filter_map(|entry| column_of_json(&text_of(entry, "clause")))
            .collect();
        let mut generated = Vec::new();
        for entry in own(&columns) {
            generated.push(text_of(&entry, "made_of"));
            table.columns.push(column(&entry, &json));
        }
        mark(
            &mut table,
            &own(&indexes),
            &generated,
            &text_of(entry, "kept_by"),
        );
        table.triggers = own(&triggers)
            .iter()
            .map(|one| text_of(one, "made"))
            .collect();
        for key in own(&keys) {
            let (name, elsewhere) = (text_of(&key, "part"), text_of(&key, "elsewhere"));
            let columns = table.columns.iter_mut();
            for column in columns.filter(|column| column.name == name) {
                column.shape.references = Some(elsewhere.clone());
            }
        }
        refer(&mut table, &references, &deleting);
        let base = text_of(entry, "base");
        let grants: Vec<Grant> = grants
            .iter()
            .map(|grant| grant.without(&revoked, &base))
            .collect();
        table.beyond.blind = blind(&table, &grants);
        limits(&mut table, entry, &undoing, &grants, server);
        if let Some(slot) = tables.get_mut(*place) {
            *slot = Ok(table);
        }
    }
    Ok(tables)
}

/// What is asked of all tables at once. Each statement asks one table of the catalogue about one of ours and leaves sorting and joining
/// to us: a join of these tables that was stopped by its time limit has brought MariaDB 10.11 down (`free_tmp_table`), which is also why
/// the server sets none here. Names go as hexadecimal numbers, which no quoting can break out of.
fn questions(wanted: &[(usize, String, &TableName)], is_mariadb: bool) -> String {
    let mut asked = Vec::new();
    if is_mariadb {
        asked.push("SET SESSION max_statement_time = 0".to_owned());
    }
    let (mut children, mut rules) = (Vec::new(), Vec::new());
    for (place, schema, table) in wanted {
        let (schema, table) = (literal(schema), literal(&table.table));
        let mut ask = |select: &str, from: &str, base: &str, name: &str, rest: &str| {
            asked.push(format!(
                "SELECT {place} AS place, x.{name} AS name, {select} FROM information_schema.{from} AS x \
                 WHERE x.{base} = {schema} AND x.{name} = {table}{rest}"
            ));
        };
        let (base, name) = ("TABLE_SCHEMA", "TABLE_NAME");
        ask(
            "x.TABLE_SCHEMA AS base, x.TABLE_TYPE AS kind, x.ENGINE AS kept_by",
            "TABLES",
            base,
            name,
            "",
        );
        ask(
            "x.COLUMN_NAME AS part, x.DATA_TYPE AS kind, x.COLUMN_TYPE AS type, x.CHARACTER_SET_NAME AS letters, \
             x.COLLATION_NAME AS sorts, x.IS_NULLABLE AS nullable, x.CHARACTER_MAXIMUM_LENGTH AS most, x.EXTRA AS extra, \
             x.GENERATION_EXPRESSION AS made_of, x.PRIVILEGES AS rights, x.ORDINAL_POSITION AS nth",
            "COLUMNS",
            base,
            name,
            "",
        );
        // Which of its columns there are depends on product and version.
        ask("x.*", "STATISTICS", base, name, "");
        ask(
            "x.TRIGGER_NAME AS made",
            "TRIGGERS",
            "EVENT_OBJECT_SCHEMA",
            "EVENT_OBJECT_TABLE",
            "",
        );
        ask(
            "x.COLUMN_NAME AS part, x.REFERENCED_TABLE_NAME AS elsewhere",
            "KEY_COLUMN_USAGE",
            base,
            name,
            " AND x.REFERENCED_TABLE_NAME IS NOT NULL",
        );
        if is_mariadb {
            // Its JSON is a text with a check.
            let rest = " AND x.CHECK_CLAUSE LIKE 'json_valid(%'";
            let from = "CHECK_CONSTRAINTS";
            ask(
                "x.CHECK_CLAUSE AS clause",
                from,
                "CONSTRAINT_SCHEMA",
                name,
                rest,
            );
        }
        children.push(format!(
            "(k.REFERENCED_TABLE_SCHEMA = {schema} AND k.REFERENCED_TABLE_NAME = {table})"
        ));
        rules.push(format!(
            "(r.UNIQUE_CONSTRAINT_SCHEMA = {schema} AND r.REFERENCED_TABLE_NAME = {table})"
        ));
    }
    asked.extend([
        "SELECT e.ENGINE AS name, e.TRANSACTIONS AS undoes FROM information_schema.ENGINES AS e".to_owned(),
        format!(
            "SELECT k.CONSTRAINT_SCHEMA AS base, k.CONSTRAINT_NAME AS made, k.TABLE_NAME AS name, k.COLUMN_NAME AS there, \
             k.REFERENCED_TABLE_SCHEMA AS to_base, k.REFERENCED_TABLE_NAME AS to_name, k.REFERENCED_COLUMN_NAME AS here, \
             k.ORDINAL_POSITION AS nth FROM information_schema.KEY_COLUMN_USAGE AS k WHERE {}",
            children.join(" OR ")
        ),
        format!(
            "SELECT r.CONSTRAINT_SCHEMA AS base, r.CONSTRAINT_NAME AS made, r.TABLE_NAME AS name \
             FROM information_schema.REFERENTIAL_CONSTRAINTS AS r WHERE r.DELETE_RULE = 'CASCADE' AND ({})",
            rules.join(" OR ")
        ),
        "SHOW GRANTS".to_owned(),
    ]);
    asked.join("; ")
}

/// A foreign key, by its database, table and name.
fn foreign_key(entry: &Entry) -> [String; 3] {
    ["base", "name", "made"].map(|part| text_of(entry, part))
}

/// The columns of all foreign keys in their order, and those keys that delete along.
fn foreign_keys(mut children: Vec<Entry>, rules: &[Entry]) -> (Vec<Entry>, BTreeSet<[String; 3]>) {
    children.sort_by_key(|entry| (foreign_key(entry), number(entry, "nth")));
    (children, rules.iter().map(foreign_key).collect())
}

fn literal(name: &str) -> String {
    let digits: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("CONVERT(0x{digits} USING utf8mb4)")
}

fn text_of(entry: &Entry, name: &str) -> String {
    entry.get(name).cloned().flatten().unwrap_or_default()
}

fn number(entry: &Entry, name: &str) -> Option<usize> {
    text_of(entry, name).parse().ok()
}

fn column_of_json(clause: &str) -> Option<String> {
    let inner = clause.strip_prefix("json_valid(`")?.strip_suffix("`)")?;
    Some(inner.replace("``", "`"))
}

fn column(entry: &Entry, json: &BTreeSet<String>) -> LiveColumn {
    let (name, kind, full) = (
        text_of(entry, "part"),
        text_of(entry, "kind").to_lowercase(),
        text_of(entry, "type").to_lowercase(),
    );
    let extra = text_of(entry, "extra").to_uppercase();
    let is_generated = ["VIRTUAL GENERATED", "STORED GENERATED"]
        .iter()
        .any(|word| extra.contains(word));
    let compare = compare(entry, &kind, &full);
    let is_text = matches!(compare, Compare::Letters { .. });
    LiveColumn {
        shape: Column {
            holds: if json.contains(&name) {
                Holds::Json
            } else {
                holds(&kind)
            },
            type_name: if is_generated {
                format!("{full} (generated)")
            } else {
                full
            },
            nullable: text_of(entry, "nullable") == "YES",
            max_length: number(entry, "most").filter(|_| is_text),
            ..Column::default()
        },
        name,
        compare,
        cast: String::new(),
        readable: text_of(entry, "rights").contains("select"),
        indexes: Indexes::default(),
    }
}

fn holds(kind: &str) -> Holds {
    match kind {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Holds::Text,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float"
        | "double" | "bit" | "year" => Holds::Number,
        "date" => Holds::Date,
        "datetime" | "timestamp" => Holds::Timestamp,
        "uuid" => Holds::Uuid,
        "json" => Holds::Json,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Holds::Binary,
        _ => Holds::Other,
    }
}

fn compare(entry: &Entry, kind: &str, full: &str) -> Compare {
    let whole = |bits| match full.contains("unsigned") {
        true => Compare::Cast("UNSIGNED".into(), Fit::Natural { bits }),
        false => Compare::Cast("SIGNED".into(), Fit::Whole { bits }),
    };
    match kind {
        // It is read with zeros before it, which are no part of the number.
        _ if full.contains("zerofill") => Compare::Written,
        "tinyint" => whole(8),
        "smallint" => whole(16),
        "mediumint" => whole(24),
        "int" => whole(32),
        "bigint" => whole(64),
        "decimal" => Compare::Cast("DECIMAL(65,30)".into(), Fit::Decimal),
        "uuid" => Compare::Cast("CHAR(36)".into(), Fit::Uuid),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "geometry"
        | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geometrycollection" | "geomcollection" | "vector" => Compare::Bytes,
        _ => {
            let (charset, collation) = (text_of(entry, "letters"), text_of(entry, "sorts"));
            let is_word = |name: &str| {
                let mut signs = name.bytes();
                !name.is_empty() && signs.all(|sign| sign.is_ascii_alphanumeric() || sign == b'_')
            };
            if !is_word(&charset) || !is_word(&collation) {
                return Compare::Written;
            }
            Compare::Letters {
                // Turkish has an I for each i, so that INFO is not info.
                folds: collation.ends_with("_ci") && !collation.contains("turkish"),
                charset,
                collation,
            }
        }
    }
}

/// Notes what the indexes serve. `generated` says of each column what it is made of.
fn mark(table: &mut Table, entries: &[Entry], generated: &[String], kept_by: &str) {
    let mut parts: Vec<(String, usize, &Entry)> = entries
        .iter()
        .map(|entry| {
            let rank = number(entry, "SEQ_IN_INDEX").unwrap_or(0);
            (text_of(entry, "INDEX_NAME"), rank, entry)
        })
        .collect();
    parts.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for index in parts.chunk_by(|a, b| a.0 == b.0) {
        let Some((_, _, first)) = index.first() else {
            continue;
        };
        let unique = text_of(first, "NON_UNIQUE") == "0";
        let kind = text_of(first, "INDEX_TYPE");
        let hidden = text_of(first, "IGNORED") == "YES" || text_of(first, "IS_VISIBLE") == "NO";
        let serves = !hidden && (kind == "BTREE" || (kind == "HASH" && kept_by == "MEMORY"));
        let expression = bare(&text_of(first, "EXPRESSION"));
        let leads = text_of(first, "COLUMN_NAME");
        let names: Vec<String> = index
            .iter()
            .map(|(_, _, entry)| text_of(entry, "COLUMN_NAME"))
            .collect();
        let made = table.columns.iter().position(|column| column.name == leads);
        let made_of = match made.and_then(|place| generated.get(place)) {
            Some(text) if !text.is_empty() => bare(text),
            _ => expression,
        };
        for column in &mut table.columns {
            let is_made = |lookup| {
                let name = quote(Dialect::Mysql, &column.name);
                let indexed = comparison::indexed_as(Dialect::Mysql, &name, lookup);
                !made_of.is_empty() && made_of == bare(&indexed)
            };
            let here = column.name == leads;
            let (lower, digits) = (is_made(Lookup::Folded), is_made(Lookup::Digits));
            column.shape.unique |= unique && index.len() == 1 && (here || lower);
            if serves {
                let folds = matches!(column.compare, Compare::Letters { folds: true, .. });
                column.indexes.plain |= here;
                column.indexes.nocase |= here && folds;
                column.indexes.lower |= lower;
                column.indexes.digits |= digits;
                column.indexes.lower_in = column.indexes.lower_in.or(made.filter(|_| lower));
                column.indexes.digits_in = column.indexes.digits_in.or(made.filter(|_| digits));
            }
        }
        if unique && names.iter().all(|name| !name.is_empty()) {
            table.unique.push(names);
        }
    }
}

/// An expression without what the server adds when it prints it.
fn bare(expression: &str) -> String {
    let plain = expression
        .to_lowercase()
        .replace("lcase(", "lower(")
        .replace("_utf8mb4", "")
        .replace("_utf8mb3", "")
        .replace("_latin1", "");
    plain
        .chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '(' | ')' | '`' | '"' | '\\'))
        .collect()
}

fn refer(table: &mut Table, entries: &[Entry], deleting: &BTreeSet<[String; 3]>) {
    let mut last = None;
    for entry in entries {
        let is_here = Some(text_of(entry, "to_base")) == table.schema
            && text_of(entry, "to_name") == table.name;
        if !is_here {
            continue;
        }
        let of = foreign_key(entry);
        if last.as_ref() != Some(&of) {
            table.references.push(Reference {
                schema: Some(of[0].clone()),
                table: of[1].clone(),
                columns: Vec::new(),
                cascades: deleting.contains(&of),
            });
        }
        last = Some(of);
        if let Some(reference) = table.references.last_mut() {
            let pair = (text_of(entry, "there"), text_of(entry, "here"));
            reference.columns.push(pair);
        }
    }
}

/// Whether the table may have columns that the catalogue does not show to this account.
fn blind(table: &Table, grants: &[Grant]) -> Option<Blind> {
    let schema = table.schema.clone().unwrap_or_default();
    let shows = |grant: &Grant| grant.shows_columns_of(&schema, &table.name);
    match table.is_view {
        true => Some(Blind::View),
        false => (!grants.iter().any(shows)).then_some(Blind::Grants),
    }
}

/// What cannot be promised of this table.
fn limits(table: &mut Table, entry: &Entry, undoing: &[String], grants: &[Grant], server: &Server) {
    let title = table.title();
    let kept_by = match table.is_view {
        // What lies under it is not to be seen.
        true => Some("VIEW".to_owned()),
        false => Some(text_of(entry, "kept_by")).filter(|kept_by| !undoing.contains(kept_by)),
    };
    if let Some(kept_by) = kept_by {
        let what = format!("{title}: {kept_by}");
        table.refuses.writing = Some(Fault::no_transactions(&title, &kept_by));
        table.weak.push(("W211".to_owned(), what));
        return;
    }
    if text_of(entry, "kind") == "SYSTEM VERSIONED" {
        let quoted = TableName {
            schema: table.schema.clone(),
            table: table.name.clone(),
        };
        table.refuses.erasing = Some(Fault::keeps_history(&title));
        table.weak.push(("W213".to_owned(), quoted.to_string()));
    }
    let schema = table.schema.clone().unwrap_or_default();
    let account = server.notes.account.clone().unwrap_or_default();
    let (user, host) = account.rsplit_once('@').unwrap_or((&account, "%"));
    let to = format!("TO '{}'@'{host}'", user.replace('\'', "''"));
    let base = quote(Dialect::Mysql, &schema);
    if !grants.iter().any(|grant| grant.shows_all_of(&schema)) {
        table.refuses.removing = Some(Fault::unseen_children(&title));
        let what = format!("{title}: GRANT REFERENCES ON {base}.* {to}");
        table.weak.push(("W212".to_owned(), what));
    }
    // MariaDB shows triggers to whoever may change the table.
    let triggers = |grant: &Grant| grant.shows_triggers_of(&schema, &table.name);
    if !server.product.is_mariadb && !grants.iter().any(triggers) {
        let what = format!("{title}: GRANT TRIGGER ON {base}.* {to}");
        table.weak.push(("W212".to_owned(), what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_known_however_the_server_prints_it() {
        let digits = comparison::indexed_as(Dialect::Mysql, "`phone`", Lookup::Digits);
        for printed in [
            "regexp_replace(`phone`,'[^0-9]','')",
            "regexp_replace(`phone`,_utf8mb4\\'[^0-9]\\',_utf8mb4\\'\\')",
        ] {
            assert_eq!(bare(printed), bare(&digits));
        }
        assert_eq!(bare("lcase(`Email`)"), bare("lower(`email`)"));
    }
}
