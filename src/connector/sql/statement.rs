//! Statements, written once for all SQL engines: names quoted, every value bound.
//!
//! The statements needed are few and of one form, so the dialects differ in few places; a query builder from outside
//! would bring a thousand features of which each could be used to write something unforeseen. There are two types on purpose:
//! a session that reads accepts a [`Select`] and nothing else.
//!
//! Columns are always written with the table's alias: SQLite takes a quoted name that it does not know for a text, but never one
//! behind a dot, so a column that vanishes is an error and not a comparison with its own name.

use super::catalogue::{Dialect, LiveColumn, Lookup, Reference, Table};
use super::comparison;
use super::mysql::letters;
use crate::connector::object::{Mask, Object};
use crate::connector::{Action, Fault, Key, Record};
use crate::subject::Identity;
use crate::subject::name::Name;

/// A statement that reads. Each column of its rows is text or null.
pub(super) struct Select {
    pub(super) sql: String,
    pub(super) arguments: Vec<Option<String>>,
}

/// A statement that writes.
pub(super) struct Change {
    pub(super) sql: String,
    pub(super) arguments: Vec<Option<String>>,
}

/// Encloses the number of a value while a statement of MySQL is written. No name of a table or column can hold it.
const MARK: char = '\0';

/// Collects the values of one statement while its text is written.
pub(super) struct Builder<'t> {
    pub(super) table: &'t Table,
    /// What the table is called in the statement.
    alias: String,
    arguments: Vec<Option<String>>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(table: &'t Table) -> Builder<'t> {
        Builder::called(table, "t")
    }

    /// For a statement in which the table has another name than `t`, quoted where it needs to be.
    pub(super) fn called(table: &'t Table, alias: &str) -> Builder<'t> {
        Builder {
            table,
            alias: alias.to_owned(),
            arguments: Vec::new(),
        }
    }

    /// The placeholder of a value.
    pub(super) fn bind(&mut self, value: Option<String>) -> String {
        self.arguments.push(value);
        match self.table.dialect {
            Dialect::Postgres => format!("${}::text", self.arguments.len()),
            Dialect::Sqlite => format!("?{}", self.arguments.len()),
            Dialect::Mysql => format!("{MARK}{}{MARK}", self.arguments.len() - 1),
        }
    }

    /// The statement as the server takes it, with its values in their order. MySQL counts its placeholders by where they stand.
    pub(super) fn finish(self, sql: String) -> (String, Vec<Option<String>>) {
        if self.table.dialect != Dialect::Mysql {
            return (sql, self.arguments);
        }
        let mut arguments = Vec::new();
        let mut text = String::with_capacity(sql.len());
        for (place, part) in sql.split(MARK).enumerate() {
            match part.parse::<usize>() {
                Ok(number) if place % 2 == 1 => {
                    text.push('?');
                    arguments.push(self.arguments.get(number).cloned().flatten());
                }
                _ => text.push_str(part),
            }
        }
        (text, arguments)
    }

    pub(super) fn column(&self, column: &LiveColumn) -> String {
        format!("{}.{}", self.alias, quote(self.table.dialect, &column.name))
    }

    /// # Errors
    /// A column of the key that is not there, or a key with another number of parts than the object's: it could name more than one record.
    fn names_record(&mut self, object: &Object, key: &Key) -> Result<String, Fault> {
        if key.parts().len() != object.key.len() {
            return Err(Fault::empty_key(object.key.join(", ")));
        }
        let table = self.table;
        let mut all = Vec::new();
        for (name, value) in object.key.iter().zip(key.parts()) {
            match comparison::is_exactly(self, table.require(name)?, value) {
                Some(condition) => all.push(condition),
                None => all.push("1 = 0".to_owned()),
            }
        }
        Ok(all.join(" AND "))
    }

    fn select(self, columns: &[String], condition: &str, lock: bool) -> Result<Select, Fault> {
        let mut list = Vec::new();
        for name in columns {
            list.push(text_of(self.table, self.table.require(name)?));
        }
        let lock = match self.table.dialect {
            Dialect::Postgres if lock => " FOR UPDATE OF t",
            Dialect::Mysql if lock => " FOR UPDATE",
            _ => "",
        };
        let (list, table) = (list.join(", "), quoted_table(self.table));
        let sql = format!("SELECT {list} FROM {table} AS t WHERE {condition}{lock}");
        let (sql, arguments) = self.finish(sql);
        Ok(Select { sql, arguments })
    }
}

/// Rows in which any of the columns holds the identity; `None` if none of them can.
pub(super) fn by_identity(
    table: &Table,
    object: &Object,
    columns: &[String],
    looked_in: &[String],
    identity: &Identity,
) -> Result<Option<Select>, Fault> {
    let mut builder = Builder::new(table);
    let mut live = Vec::new();
    for name in looked_in {
        live.push((name, table.require(name)?));
    }
    if comparison::is_name(&identity.kind) {
        let columns_: Vec<&LiveColumn> = live.iter().map(|(_, column)| *column).collect();
        let condition = comparison::is_called(&mut builder, &columns_, &Name::of(identity));
        return builder.select(columns, &condition, false).map(Some);
    }
    let mut any = Vec::new();
    for (name, column) in live {
        let contained = object
            .field(name)
            .is_some_and(|field| field.split.is_some());
        any.extend(comparison::holds(&mut builder, column, identity, contained));
    }
    if any.is_empty() {
        return Ok(None);
    }
    builder.select(columns, &any.join(" OR "), false).map(Some)
}

/// Rows that belong to a parent; `None` if the parent has no value to which they could belong.
///
/// # Errors
/// The parent's record came without a column that leads here.
pub(super) fn by_parent(
    table: &Table,
    columns: &[String],
    pairs: &[(String, String)],
    parent: &Record,
) -> Result<Option<Select>, Fault> {
    let mut builder = Builder::new(table);
    let mut all = Vec::new();
    for (child, of_parent) in pairs {
        let value = parent
            .data
            .get(of_parent)
            .ok_or_else(|| Fault::no_value(of_parent))?;
        let value = match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => return Ok(None),
        };
        // A blank reference would lead to every row that refers to nobody.
        if value.trim().is_empty() {
            return Ok(None);
        }
        match comparison::equals(&mut builder, table.require(child)?, &value) {
            Some(condition) => all.push(condition),
            None => return Ok(None),
        }
    }
    if all.is_empty() {
        return Ok(None);
    }
    builder.select(columns, &all.join(" AND "), false).map(Some)
}

/// The row under a key, locked until the transaction ends if asked for.
pub(super) fn by_key(
    table: &Table,
    object: &Object,
    columns: &[String],
    key: &Key,
    lock: bool,
) -> Result<Select, Fault> {
    let mut builder = Builder::new(table);
    let condition = builder.names_record(object, key)?;
    builder.select(columns, &condition, lock)
}

/// One row, if another table holds rows that would vanish together with the one under this key.
pub(super) fn vanishing(
    table: &Table,
    object: &Object,
    reference: &Reference,
    key: &Key,
) -> Result<Select, Fault> {
    let mut builder = Builder::new(table);
    let condition = builder.names_record(object, key)?;
    let mut on = Vec::new();
    for (there, here) in &reference.columns {
        let (there, here) = (quote(table.dialect, there), quote(table.dialect, here));
        on.push(format!("c.{there} = t.{here}"));
    }
    let child = qualified(table.dialect, reference.schema.as_deref(), &reference.table);
    let (parent, on) = (quoted_table(table), on.join(" AND "));
    let one = match table.dialect {
        Dialect::Mysql => "'1'",
        Dialect::Postgres | Dialect::Sqlite => "CAST(1 AS text)",
    };
    let (sql, arguments) = builder.finish(format!(
        "SELECT {one} FROM {parent} AS t JOIN {child} AS c ON {on} WHERE {condition} LIMIT 1"
    ));
    Ok(Select { sql, arguments })
}

/// New values for the row under a key.
pub(super) fn update(
    table: &Table,
    object: &Object,
    key: &Key,
    values: &[(String, Option<String>)],
) -> Result<Change, Fault> {
    let mut builder = Builder::new(table);
    let mut set = Vec::new();
    for (name, value) in values {
        let live = table.require(name)?;
        let name = quote(table.dialect, &live.name);
        if table.dialect == Dialect::Mysql {
            let value = letters::stored(&mut builder, live, value.clone())?;
            // Its other tables' columns have the same names, and nothing but the alias tells them apart.
            set.push(format!("t.{name} = {value}"));
            continue;
        }
        let cast = if live.cast.is_empty() {
            String::new()
        } else {
            format!("::{}", live.cast)
        };
        set.push(format!("{name} = {}{cast}", builder.bind(value.clone())));
    }
    let condition = builder.names_record(object, key)?;
    let (sql, arguments) = builder.finish(format!(
        "UPDATE {} AS t SET {} WHERE {condition}",
        quoted_table(table),
        set.join(", ")
    ));
    Ok(Change { sql, arguments })
}

/// Removal of the row under a key.
pub(super) fn delete(table: &Table, object: &Object, key: &Key) -> Result<Change, Fault> {
    let mut builder = Builder::new(table);
    let condition = builder.names_record(object, key)?;
    // MariaDB knows an alias only in the form for several tables.
    let of = match table.dialect {
        Dialect::Mysql => "DELETE t FROM",
        Dialect::Postgres | Dialect::Sqlite => "DELETE FROM",
    };
    let sql = format!("{of} {} AS t WHERE {condition}", quoted_table(table));
    let (sql, arguments) = builder.finish(sql);
    Ok(Change { sql, arguments })
}

/// The statement that would make an index for a lookup.
pub(super) fn index(table: &Table, column: &LiveColumn, lookup: Lookup) -> String {
    let name = quote(table.dialect, &column.name);
    let indexed = comparison::indexed_as(table.dialect, &name, lookup);
    match table.dialect {
        Dialect::Mysql => letters::index(&quoted_table(table), column, lookup),
        Dialect::Postgres => format!(
            "CREATE INDEX CONCURRENTLY ON {} (({indexed}))",
            quoted_table(table)
        ),
        Dialect::Sqlite => {
            let suffix = match lookup {
                Lookup::Digits => "_digits",
                Lookup::Equal | Lookup::Folded => "",
            };
            let name = format!("{}_{}{suffix}_dsr", table.name, column.name);
            let name = quote(table.dialect, &name);
            format!("CREATE INDEX {name} ON {} ({indexed})", quoted_table(table))
        }
    }
}

/// PostgreSQL: the statement that would make an index of the rows with white space around a value. There are few of them, so it is
/// small, and it holds nothing but their places, so that no value is too long for it.
pub(super) fn index_of_blanks(table: &Table, column: &LiveColumn) -> String {
    let condition = comparison::has_blanks(&quote(table.dialect, &column.name));
    format!(
        "CREATE INDEX CONCURRENTLY ON {} ((1)) WHERE {condition}",
        quoted_table(table)
    )
}

/// The statement that carries out an action, with `?` for every value, as the plan shows it.
pub(super) fn describe(dialect: Dialect, object: &Object, action: Action) -> Vec<String> {
    let name = super::name::TableName::of(object);
    let table = qualified(dialect, name.schema.as_deref(), &name.table);
    let key: Vec<String> = object
        .key
        .iter()
        .map(|part| format!("{} = ?", quote(dialect, part)))
        .collect();
    let fixed = |list: &[(String, Option<String>)]| {
        list.iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    let columns = match action {
        Action::Remove => {
            return vec![format!("DELETE FROM {table} WHERE {}", key.join(" AND "))];
        }
        Action::Restrict | Action::Unrestrict => fixed(object.sets(action)),
        _ => object
            .fields
            .iter()
            .filter(|field| {
                !field.fixed && field.mask != Some(Mask::Keep) && !object.key.contains(&field.name)
            })
            .map(super::column_of)
            .collect(),
    };
    if columns.is_empty() {
        return Vec::new();
    }
    let set: Vec<String> = columns
        .iter()
        .map(|name| format!("{} = ?", quote(dialect, name)))
        .collect();
    vec![format!(
        "UPDATE {table} SET {} WHERE {}",
        set.join(", "),
        key.join(" AND ")
    )]
}

/// The text of a column, whatever its type; bytes in hexadecimal.
pub(super) fn text_of(table: &Table, column: &LiveColumn) -> String {
    text_as(
        table,
        column,
        &format!("t.{}", quote(table.dialect, &column.name)),
    )
}

/// The same of a column that is called otherwise where it stands.
pub(super) fn text_as(table: &Table, column: &LiveColumn, name: &str) -> String {
    match table.dialect {
        Dialect::Mysql => letters::shown(column, name),
        Dialect::Postgres => format!("{name}::text"),
        Dialect::Sqlite => format!(
            "CASE typeof({name}) WHEN 'blob' THEN hex({name}) ELSE CAST({name} AS TEXT) END"
        ),
    }
}

pub(super) fn quoted_table(table: &Table) -> String {
    qualified(table.dialect, table.schema.as_deref(), &table.name)
}

pub(super) fn qualified(dialect: Dialect, schema: Option<&str>, table: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quote(dialect, schema), quote(dialect, table)),
        None => quote(dialect, table),
    }
}

/// A name as an identifier, its own quotes doubled (ISO 9075). MySQL takes backticks whatever its mode; a name in double quotes
/// would be a text to it in the mode that it has by itself.
pub(super) fn quote(dialect: Dialect, name: &str) -> String {
    let sign = match dialect {
        Dialect::Mysql => '`',
        Dialect::Postgres | Dialect::Sqlite => '"',
    };
    format!(
        "{sign}{}{sign}",
        name.replace(sign, &format!("{sign}{sign}"))
    )
}
