//! Which columns of a table are never read, because no object's words ask for them.
//!
//! The description of the table names them; nothing is asked of the database here, and no value of theirs is ever fetched.

use super::catalogue::{Dialect, Table};
use super::name::TableName;
use super::{column_of, columns_needed};
use crate::connector::Object;
use crate::connector::unread::{Unread, UnreadColumn};
use crate::inventory::System;

/// The columns of an object's table that no record of it comes with.
pub(super) fn unread(system: &System, object: &Object, table: &Table) -> Unread {
    let live = |name: &String| table.column(name).map(|column| column.name.as_str());
    let needed = columns_needed(system, object);
    let read: Vec<&str> = needed.iter().filter_map(live).collect();
    let siblings: Vec<(&Object, Vec<String>)> = system
        .objects
        .iter()
        .filter(|other| other.name != object.name && is_over(table, object, other))
        .map(|other| (other, listed(other)))
        .collect();
    let listed_for = |column: &str| {
        let lists = |names: &Vec<String>| names.iter().filter_map(live).any(|name| name == column);
        let those = siblings.iter().filter(|(_, names)| lists(names));
        those.map(|(other, _)| other.name.clone()).collect()
    };
    let own = table.columns.iter();
    let own = own.filter(|column| !read.contains(&column.name.as_str()));
    let own = own.map(|column| UnreadColumn {
        name: column.name.clone(),
        forbidden: !column.readable,
        listed_for: listed_for(&column.name),
    });
    // Over the table that it inherits from nobody can list it.
    let heirs = table.beyond.heirs.iter().map(|name| UnreadColumn {
        name: name.clone(),
        forbidden: false,
        listed_for: Vec::new(),
    });
    Unread {
        columns: own.chain(heirs).collect(),
        blind: table.beyond.blind,
    }
}

/// What the inventory lists of an object: its fields, its key, and what its rules read.
fn listed(object: &Object) -> Vec<String> {
    let fields = object.fields.iter().map(column_of);
    let rest = object.key.iter().chain(&object.clock).chain(&object.also);
    fields.chain(rest.cloned()).collect()
}

/// Whether another object is surely over the same table. Where the schema's name alone does not tell, it is not taken for sure.
fn is_over(table: &Table, object: &Object, other: &Object) -> bool {
    let (own, other) = (TableName::of(object), TableName::of(other));
    if own == other {
        return true;
    }
    let same_table = match table.dialect {
        Dialect::Sqlite => other.table.eq_ignore_ascii_case(&table.name),
        Dialect::Postgres | Dialect::Mysql => other.table == table.name,
    };
    // A file of SQLite has one schema, and the search takes no other.
    same_table
        && (table.dialect == Dialect::Sqlite
            || own.schema == other.schema
            || (other.schema.is_some() && other.schema == table.schema))
}
