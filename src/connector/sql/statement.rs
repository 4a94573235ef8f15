//! Statements, written once for all SQL engines: names quoted, every value bound.
//!
//! The statements needed are few and of one form, so the two dialects differ in four places only; a query builder from outside
//! would bring a thousand features of which each could be used to write something unforeseen. There are two types on purpose:
//! a session that reads accepts a [`Select`] and nothing else.
//!
//! Columns are always written with the table's alias: SQLite takes a quoted name that it does not know for a text, but never one
//! behind a dot, so a column that vanishes is an error and not a comparison with its own name.

use super::catalogue::{Cascade, Dialect, LiveColumn, Lookup, Table};
use super::comparison;
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

/// Collects the values of one statement while its text is written.
pub(super) struct Builder<'t> {
    pub(super) table: &'t Table,
    arguments: Vec<Option<String>>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(table: &'t Table) -> Builder<'t> {
        Builder {
            table,
            arguments: Vec::new(),
        }
    }

    /// The placeholder of a value.
    pub(super) fn bind(&mut self, value: Option<String>) -> String {
        self.arguments.push(value);
        match self.table.dialect {
            Dialect::Postgres => format!("${}::text", self.arguments.len()),
            Dialect::Sqlite => format!("?{}", self.arguments.len()),
        }
    }

    pub(super) fn column(&self, column: &LiveColumn) -> String {
        format!("t.{}", quote(&column.name))
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
            match comparison::equals(self, table.require(name)?, value) {
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
        let lock = if lock && self.table.dialect == Dialect::Postgres {
            " FOR UPDATE OF t"
        } else {
            ""
        };
        let (list, table) = (list.join(", "), quoted_table(self.table));
        Ok(Select {
            sql: format!("SELECT {list} FROM {table} AS t WHERE {condition}{lock}"),
            arguments: self.arguments,
        })
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
    cascade: &Cascade,
    key: &Key,
) -> Result<Select, Fault> {
    let mut builder = Builder::new(table);
    let condition = builder.names_record(object, key)?;
    let mut on = Vec::new();
    for (there, here) in &cascade.columns {
        on.push(format!("c.{} = t.{}", quote(there), quote(here)));
    }
    let child = qualified(cascade.schema.as_deref(), &cascade.table);
    let (parent, on) = (quoted_table(table), on.join(" AND "));
    Ok(Select {
        sql: format!(
            "SELECT CAST(1 AS text) FROM {parent} AS t JOIN {child} AS c ON {on} WHERE {condition} LIMIT 1"
        ),
        arguments: builder.arguments,
    })
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
        let cast = if live.cast.is_empty() {
            String::new()
        } else {
            format!("::{}", live.cast)
        };
        set.push(format!(
            "{} = {}{cast}",
            quote(&live.name),
            builder.bind(value.clone())
        ));
    }
    let condition = builder.names_record(object, key)?;
    Ok(Change {
        sql: format!(
            "UPDATE {} AS t SET {} WHERE {condition}",
            quoted_table(table),
            set.join(", ")
        ),
        arguments: builder.arguments,
    })
}

/// Removal of the row under a key.
pub(super) fn delete(table: &Table, object: &Object, key: &Key) -> Result<Change, Fault> {
    let mut builder = Builder::new(table);
    let condition = builder.names_record(object, key)?;
    Ok(Change {
        sql: format!("DELETE FROM {} AS t WHERE {condition}", quoted_table(table)),
        arguments: builder.arguments,
    })
}

/// The statement that would make an index for a lookup.
pub(super) fn index(table: &Table, column: &LiveColumn, lookup: Lookup) -> String {
    let indexed = comparison::indexed_as(table.dialect, &quote(&column.name), lookup);
    match table.dialect {
        Dialect::Postgres => format!(
            "CREATE INDEX CONCURRENTLY ON {} (({indexed}))",
            quoted_table(table)
        ),
        Dialect::Sqlite => {
            let name = quote(&format!("{}_{}_dsr", table.name, column.name));
            format!("CREATE INDEX {name} ON {} ({indexed})", quoted_table(table))
        }
    }
}

/// The statement that carries out an action, with `?` for every value, as the plan shows it.
pub(super) fn describe(object: &Object, action: Action) -> Vec<String> {
    let name = super::name::TableName::of(object);
    let table = qualified(name.schema.as_deref(), &name.table);
    let key: Vec<String> = object
        .key
        .iter()
        .map(|part| format!("{} = ?", quote(part)))
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
        .map(|name| format!("{} = ?", quote(name)))
        .collect();
    vec![format!(
        "UPDATE {table} SET {} WHERE {}",
        set.join(", "),
        key.join(" AND ")
    )]
}

/// The text of a column, whatever its type; bytes in hexadecimal.
pub(super) fn text_of(table: &Table, column: &LiveColumn) -> String {
    let name = format!("t.{}", quote(&column.name));
    match table.dialect {
        Dialect::Postgres => format!("{name}::text"),
        Dialect::Sqlite => format!(
            "CASE typeof({name}) WHEN 'blob' THEN hex({name}) ELSE CAST({name} AS TEXT) END"
        ),
    }
}

fn quoted_table(table: &Table) -> String {
    qualified(table.schema.as_deref(), &table.name)
}

fn qualified(schema: Option<&str>, table: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(table)),
        None => quote(table),
    }
}

/// A name as an identifier, in both dialects alike (ISO 9075: doubled quotes inside).
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
