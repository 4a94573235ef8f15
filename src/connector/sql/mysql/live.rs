//! MariaDB's and MySQL's own description of their tables (`information_schema`), and of what they cannot promise.
//!
//! The server shows to each account only what concerns tables that it may use. A foreign key of a table that this account does not
//! see would delete that table's rows without a word, so what may be hidden is worked out from the account's grants.

use std::collections::BTreeSet;

use sqlx::MySqlConnection;

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

/// One line of `SHOW GRANTS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    rights: Vec<String>,
    /// None for all databases; may hold `%` and `_` as wildcards.
    schema: Option<String>,
    /// None for all tables.
    table: Option<String>,
}

impl Grant {
    pub(super) fn of(entry: &Entry) -> Option<Grant> {
        Grant::parse(entry.values().next()?.as_deref()?)
    }

    fn parse(line: &str) -> Option<Grant> {
        let rest = line.strip_prefix("GRANT ")?;
        let (rights, rest) = rest.split_once(" ON ")?;
        let rest = rest.strip_prefix("TABLE ").unwrap_or(rest);
        let (schema, rest) = level(rest)?;
        let (table, _) = level(rest.strip_prefix('.')?)?;
        Some(Grant {
            rights: rights_over_all(rights),
            schema,
            table,
        })
    }

    /// What a line takes away of the rights over all databases (MySQL manual, partial revokes); `None` for one that gives.
    fn taken(entry: &Entry) -> Option<Grant> {
        let line = entry.values().next()?.as_deref()?;
        let rest = line.strip_prefix("REVOKE ")?;
        Grant::parse(&format!("GRANT {rest}"))
    }

    /// What is left of it in one database.
    fn without(&self, revoked: &[Grant], schema: &str) -> Grant {
        let taken = |right: &String| {
            let mut here = revoked.iter().filter(|one| one.meets(schema));
            self.schema.is_none()
                && here.any(|one| {
                    one.rights
                        .iter()
                        .any(|gone| gone == right || gone == "ALL PRIVILEGES")
                })
        };
        let mut left = self.clone();
        left.rights.retain(|right| !taken(right));
        left
    }

    /// Rights over the server as a whole that nobody needs who finds and erases rows: with each of them the account could give itself
    /// the others, read or write files, or copy everything.
    pub(super) fn beyond_data(&self) -> impl Iterator<Item = &str> {
        const WIDE: [&str; 6] = [
            "ALL PRIVILEGES",
            "SUPER",
            "CREATE USER",
            "FILE",
            "REPLICATION SLAVE",
            "SHUTDOWN",
        ];
        let rights = self.rights.iter().map(String::as_str);
        rights.filter(|right| self.schema.is_none() && WIDE.contains(right))
    }

    fn meets(&self, schema: &str) -> bool {
        self.schema.as_ref().is_none_or(|one| is_like(schema, one))
    }

    /// Whether every table of a database is shown to who has this: the rights over tables do that, the others do not.
    fn shows_all_of(&self, schema: &str) -> bool {
        const OF_TABLES: [&str; 13] = [
            "ALL PRIVILEGES",
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "CREATE",
            "DROP",
            "REFERENCES",
            "INDEX",
            "ALTER",
            "SHOW VIEW",
            "CREATE VIEW",
            "TRIGGER",
        ];
        self.table.is_none()
            && self.meets(schema)
            && self
                .rights
                .iter()
                .any(|one| OF_TABLES.contains(&one.as_str()))
    }

    /// Whether every column of a table is shown to who has this. Of those with rights over single columns the server shows these alone.
    fn shows_columns_of(&self, schema: &str, table: &str) -> bool {
        const OF_COLUMNS: [&str; 5] =
            ["ALL PRIVILEGES", "SELECT", "INSERT", "UPDATE", "REFERENCES"];
        self.meets(schema)
            && self.table.as_deref().is_none_or(|one| one == table)
            && self
                .rights
                .iter()
                .any(|one| OF_COLUMNS.contains(&one.as_str()))
    }

    fn shows_triggers_of(&self, schema: &str, table: &str) -> bool {
        let right = |one: &String| ["ALL PRIVILEGES", "TRIGGER"].contains(&one.as_str());
        self.meets(schema)
            && self.table.as_deref().is_none_or(|one| one == table)
            && self.rights.iter().any(right)
    }
}

/// The rights that a grant gives over whole tables, without those over the columns that it names in brackets.
fn rights_over_all(listed: &str) -> Vec<String> {
    let (mut rights, mut depth, mut quote) = (vec![String::new()], 0_usize, None);
    for sign in listed.chars() {
        match (sign, quote) {
            (_, Some(open)) => {
                quote = (sign != open).then_some(open);
                continue;
            }
            ('`' | '"', None) if depth > 0 => {
                quote = Some(sign);
                continue;
            }
            ('(', None) => {
                depth += 1;
                // What stands before the bracket holds for these columns only.
                if let Some(right) = rights.last_mut() {
                    right.clear();
                }
                continue;
            }
            (')', None) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ if depth > 0 => continue,
            (',', None) => {
                rights.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(right) = rights.last_mut() {
            right.push(sign);
        }
    }
    let rights = rights.iter().map(|right| right.trim().to_owned());
    rights.filter(|right| !right.is_empty()).collect()
}

/// `*` or a name in backticks or double quotes, and what follows it.
fn level(text: &str) -> Option<(Option<String>, &str)> {
    if let Some(rest) = text.strip_prefix('*') {
        return Some((None, rest));
    }
    let sign = text
        .chars()
        .next()
        .filter(|sign| ['`', '"'].contains(sign))?;
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        if letter != sign {
            name.push(letter);
        } else if letters.next_if(|(_, next)| *next == sign).is_some() {
            name.push(sign);
        } else {
            return Some((Some(name), &text[place + 1..]));
        }
    }
    None
}

/// Whether a database's name fits the pattern of a grant, in which `\` takes a wildcard's meaning away.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => name.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            let mut ends = name
                .char_indices()
                .map(|(place, _)| place)
                .chain([name.len()]);
            ends.any(|place| is_like(&name[place..], rest))
        }
        Some(first) => {
            let wild = first == '_';
            let first = match first {
                '\\' => letters.next().unwrap_or('\\'),
                other => other,
            };
            let mut own = name.chars();
            match own.next() {
                Some(letter) if wild || letter == first => is_like(own.as_str(), letters.as_str()),
                _ => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_tell_what_an_account_sees() {
        let shows =
            |line: &str| Grant::parse(line).is_some_and(|grant| grant.shows_all_of("shop_1"));
        for line in [
            "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED BY PASSWORD '*0' WITH GRANT OPTION",
            "GRANT USAGE, SELECT ON *.* TO `a`@`%`",
            "GRANT REFERENCES ON `shop\\_1`.* TO `a`@`%`",
            "GRANT SELECT, UPDATE ON `shop%`.* TO 'a'@'%'",
            "GRANT SELECT ON \"shop_1\".* TO \"a\"@\"%\"",
        ] {
            assert!(shows(line), "{line}");
        }
        for line in [
            "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*0'",
            "GRANT PROCESS, FILE ON *.* TO `a`@`%`",
            "GRANT SELECT ON `shop_1`.`customers` TO `a`@`%`",
            "GRANT SELECT ON `shop\\_12`.* TO `a`@`%`",
            "GRANT EXECUTE ON FUNCTION `shop_1`.`f` TO `a`@`%`",
            "GRANT `reader`@`%` TO `a`@`%`",
            "SET DEFAULT ROLE `x` FOR `a`@`%`",
        ] {
            assert!(!shows(line), "{line}");
        }
        let grant = Grant::parse("GRANT TRIGGER ON `we``ird`.`ta``ble` TO `a`@`%`").unwrap();
        assert!(
            grant.shows_triggers_of("we`ird", "ta`ble") && !grant.shows_triggers_of("we`ird", "b")
        );
    }

    #[test]
    fn rights_over_single_columns_show_no_others() {
        let shows = |line: &str| {
            Grant::parse(line).is_some_and(|grant| grant.shows_columns_of("shop", "customers"))
        };
        for line in [
            "GRANT SELECT ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT (`id`), INSERT ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT, UPDATE (`a`, `b`) ON `shop`.`customers` TO `a`@`%`",
            "GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`",
            "GRANT SELECT ON *.* TO `a`@`%`",
        ] {
            assert!(shows(line), "{line}");
        }
        for line in [
            "GRANT SELECT (`id`, `name`) ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT (id, INSERT, name), DELETE ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT (`a), INSERT`, `b`) ON `shop`.`customers` TO `a`@`%`",
            "GRANT DELETE, TRIGGER ON `shop`.`customers` TO `a`@`%`",
            "GRANT SELECT ON `shop`.`orders` TO `a`@`%`",
            "GRANT USAGE ON *.* TO `a`@`%`",
        ] {
            assert!(!shows(line), "{line}");
        }
    }

    #[test]
    fn a_right_that_one_database_is_spared_shows_nothing_there() {
        let line = |text: &str| Entry::from([("Grants".to_owned(), Some(text.to_owned()))]);
        let all = Grant::of(&line("GRANT SELECT, REFERENCES ON *.* TO `a`@`%`")).unwrap();
        let taken = line("REVOKE SELECT ON `shop`.* FROM `a`@`%`");
        assert!(Grant::of(&taken).is_none() && Grant::taken(&line("GRANT x")).is_none());
        let revoked = [Grant::taken(&taken).unwrap()];
        let here = all.without(&revoked, "shop");
        assert_eq!(here.rights, ["REFERENCES"]);
        assert_eq!(all.without(&revoked, "books"), all);
        let own = Grant::of(&line("GRANT SELECT ON `shop`.`people` TO `a`@`%`")).unwrap();
        assert_eq!(own.without(&revoked, "shop"), own);
    }

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
