//! The keys of rows in statements: which rows they name, in which order rows come, and how a key is read back.

use super::{Aged, cast};
use crate::connector::sql::catalogue::{Compare, Dialect, LiveColumn};
use crate::connector::sql::comparison;
use crate::connector::sql::mysql::letters;
use crate::connector::sql::statement::{Builder, quote, text_as, text_of};
use crate::connector::{Fault, Key};

impl Aged<'_> {
    /// Whether the row is one of those under these keys.
    pub(in crate::connector::sql) fn among(
        &self,
        builder: &mut Builder<'_>,
        keys: &[&Key],
    ) -> Result<String, Fault> {
        let mut columns = Vec::new();
        for name in &self.object.key {
            columns.push(self.table.require(name)?);
        }
        if keys.iter().any(|key| key.parts().len() != columns.len()) || columns.is_empty() {
            return Err(Fault::empty_key(self.object.key.join(", ")));
        }
        if self.table.dialect == Dialect::Mysql {
            return Ok(self.listed(builder, &columns, keys));
        }
        let names: Vec<String> = columns
            .iter()
            .map(|column| self.compared(builder, column))
            .collect();
        // One value holds all keys, so that the statement has one form whatever their number.
        let all: Vec<&[String]> = keys.iter().map(|key| key.parts()).collect();
        let all = serde_json::to_string(&all).unwrap_or_default();
        let all = builder.bind(Some(all));
        let source = match self.table.dialect {
            Dialect::Postgres => format!("pg_catalog.json_array_elements({all}::json) AS k(v)"),
            _ => format!("json_each({all}) AS k"),
        };
        let parts: Vec<String> = columns
            .iter()
            .enumerate()
            .map(
                |(place, column)| match (self.table.dialect, &column.compare) {
                    (Dialect::Postgres, Compare::Cast(cast, _)) => {
                        format!("(k.v ->> {place})::{cast}")
                    }
                    (Dialect::Postgres, _) => format!("k.v ->> {place}"),
                    _ => format!("json_extract(k.value, '$[{place}]')"),
                },
            )
            .collect();
        let names = match names.as_slice() {
            [one] => one.clone(),
            more => format!("({})", more.join(", ")),
        };
        Ok(format!(
            "{names} IN (SELECT {} FROM {source})",
            parts.join(", ")
        ))
    }

    /// The same where a server has no tables made of JSON.
    fn listed(&self, builder: &mut Builder<'_>, columns: &[&LiveColumn], keys: &[&Key]) -> String {
        if let [column] = columns
            && matches!(column.compare, Compare::Cast(..) | Compare::Letters { .. })
        {
            return self.listed_in_one(builder, column, keys);
        }
        let mut any = Vec::new();
        for key in keys {
            let mut all = Vec::new();
            for (column, part) in columns.iter().zip(key.parts()) {
                all.push(
                    comparison::is_exactly(builder, column, part)
                        .unwrap_or_else(|| "1 = 0".to_owned()),
                );
            }
            any.push(format!("({})", all.join(" AND ")));
        }
        match any.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("({})", any.join(" OR ")),
        }
    }

    /// Keys of one column as two lists: as an index finds them, and by their very bytes. A server looks a list up in one go, where it takes
    /// the square of the time for as many conditions.
    fn listed_in_one(
        &self,
        builder: &mut Builder<'_>,
        column: &LiveColumn,
        keys: &[&Key],
    ) -> String {
        let (mut values, mut bytes) = (Vec::new(), Vec::new());
        for part in keys.iter().filter_map(|key| key.parts().first()) {
            // A value that the column cannot hold is no row's key.
            if comparison::is_exactly(builder, column, part).is_some() {
                values.push(self.placed(builder, column, part));
                let bound = builder.bind(Some(part.clone()));
                bytes.push(format!("CAST({bound} AS BINARY)"));
            }
        }
        if values.is_empty() {
            return "1 = 0".to_owned();
        }
        let name = builder.column(column);
        format!(
            "({name} IN ({}) AND CAST({} AS BINARY) IN ({}))",
            values.join(", "),
            letters::written(column, &name),
            bytes.join(", ")
        )
    }

    /// How many records one statement names: a list grows by two values a key, of which a server takes 65,535; conditions by the square.
    pub(in crate::connector::sql) fn at_once(&self) -> usize {
        let listed = |column: &LiveColumn| {
            matches!(column.compare, Compare::Cast(..) | Compare::Letters { .. })
        };
        match (self.table.dialect, self.object.key.as_slice()) {
            (Dialect::Mysql, [one]) if self.table.require(one).is_ok_and(listed) => 10_000,
            (Dialect::Mysql, _) => 1_000,
            (Dialect::Postgres | Dialect::Sqlite, _) => 20_000,
        }
    }

    /// A key column as it is compared with a text.
    pub(super) fn compared(&self, builder: &Builder<'_>, column: &LiveColumn) -> String {
        match (self.table.dialect, &column.compare) {
            (_, Compare::Text | Compare::Cast(..)) | (Dialect::Sqlite, Compare::Both) => {
                builder.column(column)
            }
            _ => text_of(self.table, column),
        }
    }

    pub(in crate::connector::sql) fn ordered(
        &self,
        builder: &Builder<'_>,
        column: &LiveColumn,
    ) -> String {
        match self.table.dialect {
            Dialect::Mysql => builder.column(column),
            _ => self.compared(builder, column),
        }
    }

    /// A value of the position from which the walk goes on.
    pub(in crate::connector::sql) fn placed(
        &self,
        builder: &mut Builder<'_>,
        column: &LiveColumn,
        value: &str,
    ) -> String {
        let bound = builder.bind(Some(value.to_owned()));
        match (self.table.dialect, &column.compare) {
            (Dialect::Postgres, _) if std::ptr::eq(column, self.clock) => {
                format!("{bound}{}", cast(&column.cast))
            }
            (Dialect::Postgres, Compare::Cast(cast, _)) => format!("{bound}::{cast}"),
            (Dialect::Mysql, Compare::Cast(cast, _)) => format!("CAST({bound} AS {cast})"),
            (
                Dialect::Mysql,
                Compare::Letters {
                    charset, collation, ..
                },
            ) => letters::like(&bound, charset, collation),
            _ => bound,
        }
    }

    /// A column as its text.
    pub(in crate::connector::sql) fn text(&self, column: &LiveColumn) -> String {
        text_as(self.table, column, &self.named(column))
    }

    pub(in crate::connector::sql) fn key_texts(&self) -> Result<Vec<String>, Fault> {
        let texts = self.object.key.iter().map(|name| {
            let column = self.table.require(name)?;
            Ok(self.text(column))
        });
        texts.collect()
    }

    /// The parts of the key as they stand.
    pub(in crate::connector::sql) fn key_columns(
        &self,
        builder: &Builder<'_>,
    ) -> Result<Vec<String>, Fault> {
        let columns = self.object.key.iter().map(|name| {
            let column = self.table.require(name)?;
            Ok(builder.column(column))
        });
        columns.collect()
    }

    /// The parts of the key behind `RETURNING`, where SQLite knows no alias.
    pub(in crate::connector::sql) fn returned(&self) -> Result<Vec<String>, Fault> {
        if self.table.dialect != Dialect::Sqlite {
            return self.key_texts();
        }
        let texts = self.object.key.iter().map(|name| {
            let column = self.table.require(name)?;
            let name = quote(self.table.dialect, &column.name);
            Ok(text_as(self.table, column, &name))
        });
        texts.collect()
    }
}
