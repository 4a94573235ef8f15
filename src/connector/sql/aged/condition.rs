//! Which rows are due: the day that a column shows against the days of the rule, whether the action is still to be done, and whether
//! anything hangs on the row.

use std::ops::Range;

use jiff::civil::Date;

use super::{Aged, Form, cast};
use crate::connector::sql::catalogue::{Dialect, LiveColumn};
use crate::connector::sql::mysql::letters;
use crate::connector::sql::statement::{Builder, qualified, quote};
use crate::connector::sql::{anonymous, written_as};
use crate::connector::{Action, Fault};

impl Aged<'_> {
    pub(in crate::connector::sql) fn is_due(
        &self,
        builder: &mut Builder<'_>,
    ) -> Result<String, Fault> {
        let (over, open) = (self.over(builder)?, self.open(builder)?);
        Ok(format!("{over} AND {open} AND {}", self.unreferenced()))
    }

    /// Whether the day lies in one of the ranges: within their outer bounds, and in none of the holes between them. An index serves that,
    /// where of an `OR` it serves nothing, and a walk near its end would read every row that is not due.
    pub(in crate::connector::sql) fn over(
        &self,
        builder: &mut Builder<'_>,
    ) -> Result<String, Fault> {
        let mut days = self.due.days.clone();
        days.retain(|days| days.start < days.end);
        days.sort_by_key(|days| days.start);
        let (Some(begin), Some(end)) = (
            days.first().map(|days| days.start),
            days.iter().map(|days| days.end).max(),
        ) else {
            return Ok("1 = 0".to_owned());
        };
        let mut condition = self.within(builder, &(begin..end));
        let mut reached = begin;
        for days in days {
            if days.start > reached {
                let hole = self.between(builder, &(reached..days.start));
                condition.push_str(&format!(" AND NOT ({hole})"));
            }
            reached = reached.max(days.end);
        }
        if let Some(free) = &self.free {
            let (known, days) = (free.known(builder), free.over(builder)?);
            condition.push_str(&format!(" AND {known} AND {days}"));
        }
        Ok(format!("({condition})"))
    }

    /// Whether the column shows a day of this range.
    pub(super) fn within(&self, builder: &mut Builder<'_>, days: &Range<Date>) -> String {
        let inside = self.between(builder, days);
        match self.form {
            Form::Text if self.is_looked_at_later => format!("({inside})"),
            Form::Text => format!("({inside} AND {})", self.is_a_date()),
            _ => format!("({inside}{})", self.is_whole()),
        }
    }

    /// MariaDB and MySQL keep days without a month or a number, such as 2010-00-00: none of them can be counted from.
    pub(super) fn is_whole(&self) -> String {
        match self.table.dialect {
            Dialect::Mysql => format!(" AND to_days({}) IS NOT NULL", self.named(self.clock)),
            _ => String::new(),
        }
    }

    fn between(&self, builder: &mut Builder<'_>, days: &Range<Date>) -> String {
        let name = self.as_stored(builder);
        let (from, to) = (
            self.day_begins(builder, days.start),
            self.day_begins(builder, days.end),
        );
        format!("{name} >= {from} AND {name} < {to}")
    }

    pub(super) fn begins_on_or_after(&self, builder: &mut Builder<'_>, day: Date) -> String {
        let begin = self.day_begins(builder, day);
        format!("{} >= {begin}", self.as_stored(builder))
    }

    /// The column as days are compared with it: texts sign by sign, whatever the order of a language says about hyphens.
    pub(super) fn as_stored(&self, builder: &Builder<'_>) -> String {
        let name = builder.column(self.clock);
        match (self.table.dialect, self.form) {
            (Dialect::Postgres, Form::Text) => format!("{name} COLLATE \"C\""),
            _ => name,
        }
    }

    /// The first moment of a day, as the column is compared with it. PostgreSQL takes it as it stands: a text that is bound, and what makes a day
    /// of it, would be read anew for every row.
    pub(super) fn day_begins(&self, builder: &mut Builder<'_>, day: Date) -> String {
        let moment = || {
            let zoned = day.to_zoned(self.due.zone.clone());
            zoned.map_or_else(|_| day.to_string(), |zoned| zoned.timestamp().to_string())
        };
        match (self.table.dialect, self.form) {
            (Dialect::Postgres, Form::Date) => format!("'{day}'::date"),
            (Dialect::Postgres, Form::Local) => format!("'{day}'::timestamp"),
            (Dialect::Postgres, Form::Moment) => format!("'{}'::timestamptz", moment()),
            // The session's time zone is UTC.
            (Dialect::Mysql, Form::Moment) => {
                let moment = moment().replace('T', " ").replace('Z', "");
                format!("CAST({} AS DATETIME)", builder.bind(Some(moment)))
            }
            (Dialect::Mysql, Form::Date) => {
                format!("CAST({} AS DATE)", builder.bind(Some(day.to_string())))
            }
            (Dialect::Mysql, Form::Local) => {
                format!("CAST({} AS DATETIME)", builder.bind(Some(day.to_string())))
            }
            (_, Form::Text) | (Dialect::Sqlite, _) => builder.bind(Some(day.to_string())),
        }
    }

    /// Whether the column shows a day from which one can count. What systems write for want of one is none.
    pub(super) fn known(&self, builder: &mut Builder<'_>) -> String {
        let name = builder.column(self.clock);
        let first = self.begins_on_or_after(builder, FIRST_DAY);
        let zero = self.within(builder, &no_day());
        let is_date = match self.form {
            Form::Text if self.is_looked_at_later => String::new(),
            Form::Text => format!(" AND {}", self.is_a_date()),
            _ => self.is_whole(),
        };
        format!("coalesce({name} IS NOT NULL{is_date} AND {first} AND NOT {zero}, 1 = 0)")
    }

    /// Of a text, whether it begins with a day that the calendar has. One that names a zone shows the day of somewhere else, which nobody can
    /// take for the day here without reckoning: it counts as unknown.
    pub(super) fn is_a_date(&self) -> String {
        let name = self.named(self.clock);
        match self.table.dialect {
            Dialect::Sqlite => format!(
                "(typeof({name}) = 'text' AND CASE length({name}) WHEN 10 THEN date({name}) = {name} ELSE \
                 substr({name}, 11, 2) GLOB '[T ][0-9]' AND substr({name}, 12) NOT GLOB '*[^0-9:.,]*' \
                 AND date(substr({name}, 1, 10)) = substr({name}, 1, 10) END)"
            ),
            Dialect::Postgres => format!("{name}::text ~ '{A_DAY}'"),
            Dialect::Mysql => format!("{name} REGEXP '{A_DAY}'"),
        }
    }

    /// A column of the table.
    pub(super) fn named(&self, column: &LiveColumn) -> String {
        let name = quote(self.table.dialect, &column.name);
        format!("{}.{name}", self.alias)
    }

    /// The day alone, which is all that may be told of a row; of a moment that moment, in UTC, whose day is another elsewhere ([`day_of`]).
    pub(super) fn day(&self) -> String {
        let name = self.named(self.clock);
        match (self.table.dialect, self.form) {
            (Dialect::Postgres, Form::Moment) => {
                format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
            }
            // The session's time zone is UTC.
            (Dialect::Mysql, Form::Moment) => format!("date_format({name}, '%Y-%m-%dT%H:%i:%sZ')"),
            (Dialect::Sqlite, _) => format!("substr({name}, 1, 10)"),
            (_, Form::Text) => format!("left({name}, 10)"),
            (Dialect::Postgres, _) => format!("{name}::date"),
            (Dialect::Mysql, _) => format!("date({name})"),
        }
    }

    /// Whether the action is still to be done.
    pub(super) fn open(&self, builder: &mut Builder<'_>) -> Result<String, Fault> {
        match self.due.action {
            Action::Restrict => {}
            Action::Anonymise => return anonymous::open(builder, self.object),
            _ => return Ok("1 = 1".to_owned()),
        }
        let mut set = Vec::new();
        for (name, value) in self.object.sets(Action::Restrict) {
            let live = self.table.require(name)?;
            let value = written_as(self.table, name, value.clone());
            let written = builder.column(live);
            set.push(match (value, self.table.dialect) {
                (None, _) => format!("{written} IS NULL"),
                (value, Dialect::Mysql) => {
                    format!("{written} <=> {}", letters::stored(builder, live, value)?)
                }
                (value, Dialect::Postgres) => {
                    let value = format!("{}{}", builder.bind(value), cast(&live.cast));
                    format!("{written} IS NOT DISTINCT FROM {value}")
                }
                (value, Dialect::Sqlite) => format!("{written} IS {}", builder.bind(value)),
            });
        }
        Ok(match set.is_empty() {
            true => "1 = 1".to_owned(),
            false => format!("NOT ({})", set.join(" AND ")),
        })
    }

    /// Whether nothing elsewhere hangs on the row.
    pub(super) fn unreferenced(&self) -> String {
        let none: Vec<String> = self
            .references
            .iter()
            .map(|reference| {
                let on: Vec<String> = reference
                    .columns
                    .iter()
                    .map(|(there, here)| {
                        let dialect = self.table.dialect;
                        let (there, here) = (quote(dialect, there), quote(dialect, here));
                        format!("c.{there} = {}.{here}", self.alias)
                    })
                    .collect();
                let child = qualified(
                    self.table.dialect,
                    reference.schema.as_deref(),
                    &reference.table,
                );
                format!(
                    "NOT EXISTS (SELECT 1 FROM {child} AS c WHERE {})",
                    on.join(" AND ")
                )
            })
            .collect();
        match none.is_empty() {
            true => "1 = 1".to_owned(),
            false => none.join(" AND "),
        }
    }
}

/// Days before this one are what systems write for want of one: 0000-00-00, 1899-12-30, 1900-01-01.
pub(super) const FIRST_DAY: Date = Date::constant(1900, 1, 2);

/// The day on which Unix begins to count, which stands for none as well.
pub(super) fn no_day() -> Range<Date> {
    Date::constant(1970, 1, 1)..Date::constant(1970, 1, 2)
}

/// A day of the calendar, alone or before a time of day.
const A_DAY: &str = "^[12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
                     |02-(0[1-9]|[12][0-9]))([T ][0-9][0-9:.,]*)?$";
