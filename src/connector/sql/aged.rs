//! Statements of retention: which rows are due, in which order they come, and what is done to several of them at once.
//!
//! Whether a row is due stands in every statement again, the one that writes included, so a row that stops being due between two of
//! them is not touched. A date in a column of dates is compared as a date, and an index serves that; a text counts only if it is a
//! date in the notation of ISO 8601.

mod condition;
mod keys;

use condition::{FIRST_DAY, no_day};

use super::catalogue::{Dialect, LiveColumn, Reference, Table};
use super::mysql::letters;
use super::name::TableName;
use super::statement::{Builder, Change, Select, quote, quoted_table, text_of};
use super::written_as;
use crate::connector::object::Object;
use crate::connector::sweeping::{Candidate, Due, Left};
use crate::connector::{Action, Fault, Holds, Key};

/// A rule on a table: the statements that it needs.
#[derive(Clone)]
pub(super) struct Aged<'a> {
    pub(super) table: &'a Table,
    pub(super) object: &'a Object,
    pub(super) due: &'a Due,
    pub(super) clock: &'a LiveColumn,
    form: Form,
    /// The days that another column has to show as well.
    free: Option<Box<Aged<'a>>>,
    /// Rows elsewhere that would vanish, change or stand alone.
    references: Vec<Reference>,
    /// What the table is called in the statements.
    alias: String,
    /// Whether whoever reads the rows looks at their days, so that no statement asks whether a text is one.
    is_looked_at_later: bool,
}

/// So many texts of a column are gone through by steps of an index; more of them are read with their rows.
pub(super) const FEW: u64 = 5_000;

/// How a column holds its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Date,
    /// A day and a time of day, of which nobody says where.
    Local,
    /// A moment, which is another day elsewhere.
    Moment,
    Text,
}

impl<'a> Aged<'a> {
    /// `references` are the rows of other objects that belong to one of this, where no foreign key says so.
    ///
    /// # Errors
    /// The column is not there, or holds no dates (E341).
    pub(super) fn new(
        table: &'a Table,
        object: &'a Object,
        due: &'a Due,
        mut references: Vec<Reference>,
    ) -> Result<Aged<'a>, Fault> {
        let name = object
            .field(&due.field)
            .map_or_else(|| due.field.clone(), super::column_of);
        let clock = table.require(&name)?;
        let type_name = clock.shape.type_name.as_str();
        let form = match (table.dialect, clock.shape.holds) {
            // Whatever a column of SQLite is called, a date in it is a text.
            (Dialect::Sqlite, _) => Form::Text,
            (_, Holds::Date) => Form::Date,
            (Dialect::Postgres, Holds::Timestamp) if type_name.contains("with time zone") => {
                Form::Moment
            }
            (Dialect::Mysql, Holds::Timestamp) if type_name.starts_with("timestamp") => {
                Form::Moment
            }
            (_, Holds::Timestamp) => Form::Local,
            (_, Holds::Text) => Form::Text,
            _ => return Err(Fault::no_dates(&name)),
        };
        if due.action == Action::Remove {
            let known = |one: &&Reference| {
                !references.iter().any(|other| {
                    other.table == one.table
                        && other.schema == one.schema
                        && other.columns == one.columns
                })
            };
            let more: Vec<Reference> = table.references.iter().filter(known).cloned().collect();
            references.extend(more);
        } else {
            references.clear();
        }
        let free = match &due.free {
            Some(free) => Some(Box::new(Aged::new(table, object, free, Vec::new())?)),
            None => None,
        };
        Ok(Aged {
            table,
            object,
            due,
            clock,
            form,
            free,
            references,
            alias: "t".to_owned(),
            is_looked_at_later: false,
        })
    }

    /// The same where whoever reads the rows looks whether what they show is a day.
    pub(super) fn to_be_looked_at(&self) -> Aged<'a> {
        Aged {
            is_looked_at_later: true,
            ..self.clone()
        }
    }

    pub(super) fn is_looked_at_later(&self) -> bool {
        self.is_looked_at_later
    }

    /// The same for a statement that gives its table no other name: MariaDB takes none where rows are removed and named at once.
    pub(super) fn under_its_name(mut self) -> Aged<'a> {
        self.alias = quote(self.table.dialect, &self.table.name);
        self.free = self.free.map(|free| Box::new(free.under_its_name()));
        self
    }

    /// What is called so elsewhere hangs on the rows: while others look at them, they may wait for each other.
    pub(super) fn is_referred_to(&self) -> bool {
        !self.references.is_empty()
    }

    /// Whether what refers to them lies in such a table.
    pub(super) fn is_referred_to_by(&self, name: &TableName) -> bool {
        self.references.iter().any(|one| {
            let of_schema = one.schema.is_none() || name.schema.is_none();
            one.table.eq_ignore_ascii_case(&name.table) && (of_schema || one.schema == name.schema)
        })
    }

    pub(super) fn builder(&self) -> Builder<'a> {
        Builder::called(self.table, &self.alias)
    }

    /// One row of numbers and a day: all rows, due, due but referred to, without a day, with a day to come, the oldest that is due.
    ///
    /// Without `all` the number of all rows is told as 0 where an index serves the rest.
    pub(super) fn survey(&self, all: bool) -> Result<Select, Fault> {
        match self.surveys_by_index() {
            true => self.survey_by_index(all, false),
            false => self.survey_in_one_pass(),
        }
    }

    /// The same where a column holds few texts, by steps of their index; a row of nulls where it holds more than [`FEW`]. `None` where it holds
    /// no texts, or no index leads from one to the next.
    pub(super) fn survey_of_few(&self, all: bool) -> Option<Result<Select, Fault>> {
        let by_steps = self.form == Form::Text && self.surveys_by_index();
        by_steps.then(|| self.survey_by_index(all, true))
    }

    /// Whether an index of the day finds what a survey counts.
    pub(super) fn surveys_by_index(&self) -> bool {
        // A text is a date only where somebody looked at it, which no index does; SQLite has nothing but texts, and looks at each once.
        let looked_at = self.form == Form::Text && self.table.dialect != Dialect::Sqlite;
        self.walks_by_day() && !looked_at
    }

    /// How many rows there are, counted as far as `most`.
    pub(super) fn count_up_to(&self, most: u64) -> Select {
        Select {
            sql: format!(
                "SELECT {} FROM (SELECT 1 AS one FROM {} AS t LIMIT {most}) AS r",
                self.number("count(*)"),
                quoted_table(self.table)
            ),
            arguments: Vec::new(),
        }
    }

    /// All rows are looked at once.
    fn survey_in_one_pass(&self) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let aged = self.over(&mut builder)?;
        let open = self.open(&mut builder)?;
        let free = self.unreferenced();
        let known = self.known(&mut builder);
        let tomorrow = self.due.today.tomorrow().unwrap_or(self.due.today);
        let later = self.begins_on_or_after(&mut builder, tomorrow);
        let due = format!("{aged} AND {open}");
        let count = |condition: &str| {
            let sum = format!("coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)");
            self.number(&sum)
        };
        let oldest = format!("min(CASE WHEN {due} AND {free} THEN {} END)", self.day());
        let list = [
            self.number("count(*)"),
            count(&format!("{due} AND {free}")),
            count(&format!("{due} AND NOT ({free})")),
            count(&format!("NOT {known}")),
            count(&format!("{known} AND {later}")),
            self.as_text(&oldest),
        ];
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t",
            list.join(", "),
            quoted_table(self.table)
        ));
        Ok(Select { sql, arguments })
    }

    /// The same where an index of the day finds each kind of row by itself; only the number of all rows needs all of them.
    fn survey_by_index(&self, all: bool, few: bool) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let due = format!(
            "{} AND {}",
            self.over(&mut builder)?,
            self.open(&mut builder)?
        );
        let free = self.unreferenced();
        let tomorrow = self.due.today.tomorrow().unwrap_or(self.due.today);
        let later = self.begins_on_or_after(&mut builder, tomorrow);
        let (name, table) = (self.as_stored(&builder), quoted_table(self.table));
        let count =
            |condition: &str| format!("(SELECT count(*) FROM {table} AS t WHERE {condition})");
        let mut of_due = count(&format!("{due} AND {free}"));
        let mut sums = String::new();
        let (unknown, later) = match self.form {
            Form::Text => {
                let looked_at = self.to_be_looked_at();
                let known = looked_at.known(&mut builder);
                let sum = |condition: &str| {
                    format!("coalesce(sum(CASE WHEN {condition} THEN t.n ELSE 0 END), 0)")
                };
                // Each text that stands there is looked at once, and counted as often as it does: one step of the index where they are few, and
                // its rows only where they matter.
                let is_date = self.is_a_date();
                let texts = match few {
                    true => {
                        let column = quote(Dialect::Sqlite, &self.clock.name);
                        format!(
                            "{}, e AS MATERIALIZED (SELECT {name}, {is_date} AS is_date FROM (SELECT day AS {column} FROM d) AS t) \
                             SELECT {name}, t.is_date, (SELECT count(*) FROM {table} AS r WHERE r.{column} COLLATE BINARY IS {name}) AS n \
                             FROM e AS t",
                            self.each_text()
                        )
                    }
                    false => format!(
                        "SELECT {name}, {is_date} AS is_date, count(*) AS n FROM {table} AS t GROUP BY {name} COLLATE BINARY"
                    ),
                };
                let of_day = match self.goes_by_its_day() {
                    true => format!("t.is_date AND {}", looked_at.over(&mut builder)?),
                    false => "1 = 0".to_owned(),
                };
                sums = format!(
                    " FROM (SELECT {} AS due, {} AS unknown, {} AS later, count(*) AS texts FROM ({texts}) AS t) AS s",
                    sum(&of_day),
                    sum(&format!("NOT coalesce(t.is_date AND {known}, 1 = 0)")),
                    sum(&format!("t.is_date AND {known} AND {later}")),
                );
                if self.goes_by_its_day() {
                    of_due = "s.due".to_owned();
                }
                ("s.unknown".to_owned(), "s.later".to_owned())
            }
            _ => {
                let first = self.day_begins(&mut builder, FIRST_DAY);
                let none = self.within(&mut builder, &no_day());
                let mut unknown = vec![
                    count(&format!("{name} IS NULL")),
                    count(&format!("{name} < {first}")),
                    count(&none),
                ];
                if self.table.dialect == Dialect::Mysql {
                    let parted = count(&format!(
                        "{name} >= {first} AND NOT (1 = 1{})",
                        self.is_whole()
                    ));
                    unknown.push(match self.form {
                        // Each day that stands there is looked at once; an index leads from one to the next. What a day without a number
                        // becomes on the way is no day either, so that only then all rows are counted.
                        Form::Date => {
                            let day = quote(Dialect::Mysql, &self.clock.name);
                            format!(
                                "(CASE WHEN EXISTS (SELECT 1 FROM (SELECT DISTINCT {name} FROM {table} AS t WHERE {name} >= {first}) AS d \
                                 WHERE to_days(d.{day}) IS NULL) THEN {parted} ELSE 0 END)"
                            )
                        }
                        _ => parted,
                    });
                }
                (unknown.join(" + "), count(&later))
            }
        };
        let referenced = match self.references.is_empty() {
            true => "0".to_owned(),
            false => count(&format!("{due} AND NOT ({free})")),
        };
        let oldest = format!(
            "(SELECT {} FROM {table} AS t WHERE {due} AND {free} ORDER BY {name} LIMIT 1)",
            self.day()
        );
        let mut list = [
            self.number(&match all {
                true => count("1 = 1"),
                false => "0".to_owned(),
            }),
            self.number(&of_due),
            self.number(&referenced),
            self.number(&unknown),
            self.number(&later),
            self.as_text(&oldest),
        ];
        if few {
            // The null at the end is none of them.
            list = list.map(|one| format!("CASE WHEN s.texts <= {} THEN {one} END", FEW + 1));
        }
        let (sql, arguments) = builder.finish(format!("SELECT {}{sums}", list.join(", ")));
        Ok(Select { sql, arguments })
    }

    /// The beginning of a statement that goes through the texts of a column of SQLite, each once: `d` has them as `day`, and a last row that is
    /// null. Much beyond [`FEW`] it does not go.
    fn each_text(&self) -> String {
        let (name, table) = (self.named(self.clock), quoted_table(self.table));
        let least = format!("SELECT min({name} COLLATE BINARY) FROM {table} AS t");
        format!(
            "WITH RECURSIVE d(day) AS ({least} UNION ALL SELECT ({least} WHERE {name} COLLATE BINARY > d.day) FROM d \
             WHERE d.day IS NOT NULL LIMIT {})",
            FEW + 2
        )
    }

    /// Whether nothing but the day tells that a row is due.
    fn goes_by_its_day(&self) -> bool {
        self.due.action == Action::Remove && self.references.is_empty() && self.free.is_none()
    }

    fn as_text(&self, day: &str) -> String {
        match self.table.dialect {
            Dialect::Postgres => format!("({day})::text"),
            Dialect::Mysql => format!("CAST({day} AS CHAR)"),
            Dialect::Sqlite => day.to_owned(),
        }
    }

    /// How many rows are due.
    pub(super) fn count(&self) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let condition = self.is_due(&mut builder)?;
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {condition}",
            self.number("count(*)"),
            quoted_table(self.table)
        ));
        Ok(Select { sql, arguments })
    }

    /// The next rows: the parts of their keys, then the day as it stands.
    pub(super) fn next(&self, after: Option<&Candidate>, most: usize) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let mut condition = self.is_due(&mut builder)?;
        let mut order = Vec::new();
        let mut position = Vec::new();
        if self.walks_by_day() {
            order.push(builder.column(self.clock));
            if let Some(after) = after {
                position.push((self.clock, after.start.clone()));
                if self.table.dialect == Dialect::Mysql {
                    // Says no more than the comparison of the whole position, which no index serves there.
                    let column = builder.column(self.clock);
                    let from = self.placed(&mut builder, self.clock, &after.start);
                    condition = format!("{column} >= {from} AND {condition}");
                }
            }
        }
        for (place, name) in self.object.key.iter().enumerate() {
            let column = self.table.require(name)?;
            order.push(self.ordered(&builder, column));
            if let Some(part) = after.and_then(|after| after.key.parts().get(place)) {
                position.push((column, part.clone()));
            }
        }
        if !position.is_empty() {
            let mut values = Vec::new();
            for (column, value) in position {
                values.push(self.placed(&mut builder, column, &value));
            }
            let (columns, values) = (order.join(", "), values.join(", "));
            condition = format!("{condition} AND ({columns}) > ({values})");
        }
        let mut list = self.key_texts()?;
        list.push(text_of(self.table, self.clock));
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {condition} ORDER BY {} LIMIT {most}",
            list.join(", "),
            quoted_table(self.table),
            order.join(", ")
        ));
        Ok(Select { sql, arguments })
    }

    /// The keys of those rows that are due, locked until the transaction ends if asked for.
    pub(super) fn still(&self, keys: &[&Key], lock: bool) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let condition = self.is_due(&mut builder)?;
        let among = self.among(&mut builder, keys)?;
        let lock = match self.table.dialect {
            Dialect::Postgres if lock => " FOR UPDATE OF t",
            Dialect::Mysql if lock => " FOR UPDATE",
            _ => "",
        };
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {among} AND {condition}{lock}",
            self.key_texts()?.join(", "),
            quoted_table(self.table)
        ));
        Ok(Select { sql, arguments })
    }

    /// Those of some rows that are there, whatever their day, locked until the transaction ends.
    pub(super) fn locked(&self, keys: &[&Key]) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let among = self.among(&mut builder, keys)?;
        let lock = match self.table.dialect {
            Dialect::Postgres => " FOR UPDATE OF t",
            Dialect::Mysql => " FOR UPDATE",
            // Its transactions have the whole file to themselves.
            Dialect::Sqlite => "",
        };
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {among}{lock}",
            self.key_texts()?.join(", "),
            quoted_table(self.table)
        ));
        Ok(Select { sql, arguments })
    }

    /// The keys of the next rows that are left alone for one reason.
    pub(super) fn left(
        &self,
        why: Left,
        after: Option<&Key>,
        most: usize,
    ) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let mut condition = match why {
            Left::Unknown => format!("NOT {}", self.known(&mut builder)),
            Left::Future => {
                let tomorrow = self.due.today.tomorrow().unwrap_or(self.due.today);
                let known = self.known(&mut builder);
                let later = self.begins_on_or_after(&mut builder, tomorrow);
                format!("{known} AND {later}")
            }
            Left::Referenced => {
                let (over, open) = (self.over(&mut builder)?, self.open(&mut builder)?);
                format!("{over} AND {open} AND NOT ({})", self.unreferenced())
            }
        };
        let (mut order, mut values) = (Vec::new(), Vec::new());
        for (place, name) in self.object.key.iter().enumerate() {
            let column = self.table.require(name)?;
            order.push(self.ordered(&builder, column));
            if let Some(part) = after.and_then(|after| after.parts().get(place)) {
                values.push(self.placed(&mut builder, column, part));
            }
        }
        let columns = order.join(", ");
        if !values.is_empty() {
            condition = format!("{condition} AND ({columns}) > ({})", values.join(", "));
        }
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {condition} ORDER BY {columns} LIMIT {most}",
            self.key_texts()?.join(", "),
            quoted_table(self.table),
        ));
        Ok(Select { sql, arguments })
    }

    /// Whether the database itself would do something to rows elsewhere when one of these goes.
    pub(super) fn takes_along(&self) -> bool {
        self.due.action == Action::Remove && !self.table.references.is_empty()
    }

    /// The keys of those rows that show nothing of the action, whatever their day and whatever hangs on them.
    pub(super) fn untouched(&self, keys: &[&Key]) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let open = self.open(&mut builder)?;
        let among = self.among(&mut builder, keys)?;
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {among} AND {open}",
            self.key_texts()?.join(", "),
            quoted_table(self.table)
        ));
        Ok(Select { sql, arguments })
    }

    /// Those of some rows that are there, with their columns.
    pub(super) fn rows(&self, columns: &[String], keys: &[&Key]) -> Result<Select, Fault> {
        let mut builder = self.builder();
        let mut list = Vec::new();
        for name in columns {
            list.push(text_of(self.table, self.table.require(name)?));
        }
        let among = self.among(&mut builder, keys)?;
        let (sql, arguments) = builder.finish(format!(
            "SELECT {} FROM {} AS t WHERE {among}",
            list.join(", "),
            quoted_table(self.table)
        ));
        Ok(Select { sql, arguments })
    }

    /// Removes those of the rows that are due, or sets the columns of a restriction; where the dialect can, it names the rows.
    pub(super) fn change(&self, keys: &[&Key]) -> Result<Change, Fault> {
        let mut builder = self.builder();
        let head = self.head(&mut builder)?;
        let among = self.among(&mut builder, keys)?;
        let condition = self.is_due(&mut builder)?;
        let named = match self.table.dialect {
            Dialect::Mysql => String::new(),
            _ => format!(" RETURNING {}", self.returned()?.join(", ")),
        };
        let (sql, arguments) =
            builder.finish(format!("{head} WHERE {among} AND {condition}{named}"));
        Ok(Change { sql, arguments })
    }

    /// The beginning of a statement that carries the action out, as far as the condition.
    pub(super) fn head(&self, builder: &mut Builder<'_>) -> Result<String, Fault> {
        let table = quoted_table(self.table);
        Ok(match (self.due.action, self.table.dialect) {
            (Action::Remove, Dialect::Mysql) => format!("DELETE t FROM {table} AS t"),
            (Action::Remove, _) => format!("DELETE FROM {table} AS t"),
            _ => {
                let mut set = Vec::new();
                for (name, value) in self.object.sets(self.due.action) {
                    let live = self.table.require(name)?;
                    let value = written_as(self.table, name, value.clone());
                    let name = quote(self.table.dialect, &live.name);
                    set.push(match self.table.dialect {
                        Dialect::Mysql => {
                            format!("t.{name} = {}", letters::stored(builder, live, value)?)
                        }
                        _ => format!("{name} = {}{}", builder.bind(value), cast(&live.cast)),
                    });
                }
                format!("UPDATE {table} AS t SET {}", set.join(", "))
            }
        })
    }

    /// The statement that would make an index by which the due rows are found; `None` where there is one.
    pub(super) fn missing_index(&self) -> Option<String> {
        if self.walks_by_day() || self.table.is_view {
            return None;
        }
        let lookup = super::catalogue::Lookup::Equal;
        Some(super::statement::index(self.table, self.clock, lookup))
    }

    /// By the day where an index gives that order, else by the key.
    pub(super) fn walks_by_day(&self) -> bool {
        self.clock.indexes.plain
    }

    pub(super) fn number(&self, sum: &str) -> String {
        match self.table.dialect {
            Dialect::Postgres => format!("({sum})::text"),
            Dialect::Mysql => format!("CAST({sum} AS CHAR)"),
            Dialect::Sqlite => format!("CAST({sum} AS TEXT)"),
        }
    }
}

pub(super) fn cast(name: &str) -> String {
    match name {
        "" => String::new(),
        name => format!("::{name}"),
    }
}
