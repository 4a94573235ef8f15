//! Rows whose parent is gone, found by a join that the database carries out: nothing of them leaves it but their number, and the first keys
//! where these are mere numbers.

use std::sync::Arc;

use super::catalogue::{Dialect, LiveColumn, Table};
use super::column_of;
use super::mysql::letters;
use super::statement::{Select, quote, quoted_table, text_of};
use crate::connector::object::Object;
use crate::connector::sweeping::Link;
use crate::connector::{Fault, Holds};

/// A link, and the tables to which it leads.
pub(super) struct Abandoned<'a> {
    table: &'a Table,
    object: &'a Object,
    /// The table's columns that name a parent.
    own: Vec<&'a LiveColumn>,
    /// `FROM … WHERE …`.
    condition: String,
}

impl<'a> Abandoned<'a> {
    /// `parents` are the tables of the link's objects, in their order.
    ///
    /// # Errors
    /// A column that is not there (E341 and its kin).
    pub(super) fn new(
        table: &'a Table,
        object: &'a Object,
        link: &Link,
        parents: &[Arc<Table>],
    ) -> Result<Abandoned<'a>, Fault> {
        let own: Result<Vec<&LiveColumn>, Fault> = link
            .columns
            .iter()
            .map(|name| table.require(name))
            .collect();
        let own = own?;
        let of = |alias: &str, column: &LiveColumn| {
            format!("{alias}.{}", quote(table.dialect, &column.name))
        };
        let mut joins = String::new();
        // A link of which a part is null leads nowhere, as a foreign key does (ISO 9075, MATCH SIMPLE).
        let mut all: Vec<String> = own
            .iter()
            .map(|column| format!("{} IS NOT NULL", of("t", column)))
            .collect();
        for (place, (parent, (_, columns))) in parents.iter().zip(&link.parents).enumerate() {
            let alias = format!("p{place}");
            let mut on = Vec::new();
            for (own, name) in own.iter().zip(columns) {
                let above = of(&alias, parent.require(name)?);
                if on.is_empty() {
                    all.push(format!("{above} IS NULL"));
                }
                on.push(format!("{above} = {}", of("t", own)));
            }
            joins.push_str(&format!(
                " LEFT JOIN {} AS {alias} ON {}",
                quoted_table(parent),
                on.join(" AND ")
            ));
        }
        let condition = format!(
            "FROM {} AS t{joins} WHERE {}",
            quoted_table(table),
            all.join(" AND ")
        );
        Ok(Abandoned {
            table,
            object,
            own,
            condition,
        })
    }

    /// One row of two numbers: all of them, and those whose link holds nothing or 0.
    pub(super) fn count(&self) -> Select {
        let number = |sum: &str| match self.table.dialect {
            Dialect::Postgres => format!("({sum})::text"),
            Dialect::Mysql => format!("CAST({sum} AS CHAR)"),
            Dialect::Sqlite => format!("CAST({sum} AS TEXT)"),
        };
        let blank: Vec<String> = self
            .own
            .iter()
            .map(|column| format!("{} IN ('', '0')", self.written(column)))
            .collect();
        let blank = blank.join(" OR ");
        let blank = format!("coalesce(sum(CASE WHEN {blank} THEN 1 ELSE 0 END), 0)");
        Select {
            sql: format!(
                "SELECT {}, {} {}",
                number("count(*)"),
                number(&blank),
                self.condition
            ),
            arguments: Vec::new(),
        }
    }

    fn written(&self, column: &LiveColumn) -> String {
        match self.table.dialect {
            Dialect::Mysql => {
                let name = format!("t.{}", quote(self.table.dialect, &column.name));
                letters::written(column, &name)
            }
            _ => text_of(self.table, column),
        }
    }

    /// The keys of the first ones; `None` where a key may be more than a number that the system has given its row.
    pub(super) fn keys(&self, most: usize) -> Option<Select> {
        let mut list = Vec::new();
        for name in &self.object.key {
            let column = self.table.column(name)?;
            let counted = matches!(column.shape.holds, Holds::Number | Holds::Uuid);
            let mut fields = self.object.fields.iter();
            let told = fields.any(|field| {
                let named = column_of(field).eq_ignore_ascii_case(name);
                named && (field.identity.is_some() || field.category != "account.id")
            });
            if !counted || told {
                return None;
            }
            list.push(text_of(self.table, column));
        }
        let order = self.names()?.join(", ");
        let (list, condition) = (list.join(", "), &self.condition);
        Some(Select {
            sql: format!("SELECT {list} {condition} ORDER BY {order} LIMIT {most}"),
            arguments: Vec::new(),
        })
    }

    /// The statement by which whoever runs the database sees all of them. It holds names of tables and columns, and no value.
    pub(super) fn statement(&self) -> String {
        let names = self.names().unwrap_or_default().join(", ");
        format!("SELECT {names} {}", self.condition)
    }

    fn names(&self) -> Option<Vec<String>> {
        let name = |name: &String| {
            let column = self.table.column(name)?;
            Some(format!("t.{}", quote(self.table.dialect, &column.name)))
        };
        self.object.key.iter().map(name).collect()
    }
}

/// How many rows a table has.
pub(super) fn rows(table: &Table) -> Select {
    let number = match table.dialect {
        Dialect::Postgres => "count(*)::text",
        Dialect::Mysql => "CAST(count(*) AS CHAR)",
        Dialect::Sqlite => "CAST(count(*) AS TEXT)",
    };
    Select {
        sql: format!("SELECT {number} FROM {} AS t", quoted_table(table)),
        arguments: Vec::new(),
    }
}
