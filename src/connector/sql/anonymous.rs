//! Whether rows are anonymous already, as the database itself tells it, and how many of them would stand out by what stays.
//!
//! A mask is told by what it leaves: null, a fixed text, a year without its day, a token under `erased.invalid`. Where nothing stands
//! nothing is written, so null counts as masked. A row is anonymous when every column that is masked shows its mask.

use serde_json::json;

use super::aged::{Aged, cast};
use super::catalogue::{Compare, Dialect, LiveColumn, Table};
use super::mysql::letters;
use super::statement::{Builder, Select, quoted_table, text_of};
use super::{column_of, written_as};
use crate::connector::mask::{self, ERASED_TOKEN};
use crate::connector::object::{Field, Mask, Object};
use crate::connector::{Fault, Holds, Key};

/// Whether a row still shows something that is to be masked.
pub(super) fn open(builder: &mut Builder<'_>, object: &Object) -> Result<String, Fault> {
    let table = builder.table;
    let mut all = Vec::new();
    for field in object
        .fields
        .iter()
        .filter(|field| mask::is_masked(object, field))
    {
        let live = table.require(&column_of(field))?;
        let shows = shows(builder, table, field, live)?;
        all.extend(shows);
    }
    Ok(match all.is_empty() {
        true => "1 = 0".to_owned(),
        false => format!("NOT ({})", all.join(" AND ")),
    })
}

/// Whether a column shows its mask; `None` if it stays as it is. What cannot be told counts as not shown: it is refused elsewhere.
fn shows(
    builder: &mut Builder<'_>,
    table: &Table,
    field: &Field,
    live: &LiveColumn,
) -> Result<Option<String>, Fault> {
    let kind = mask::default_mask(field, Some(&live.shape));
    if kind == Mask::Keep || mask::is_generated(&live.shape) {
        return Ok(None);
    }
    let empty = format!("{} IS NULL", builder.column(live));
    if !mask::is_told(&kind, &live.shape) {
        return Ok(Some(empty));
    }
    let text = text(table, builder, live);
    let shown = match kind {
        Mask::Null => return Ok(Some(empty)),
        Mask::Token => token(table.dialect, &text),
        Mask::Year => {
            let year = bare_year(table.dialect, &text, &mask::year_form("", &live.shape));
            match !live.shape.nullable && live.shape.holds == Holds::Text {
                // What shows no year is emptied where it cannot be null.
                true => format!("({year} OR {})", constant(builder, table, live, "")?),
                false => year,
            }
        }
        _ => match mask::masked_value(&kind, field, Some(&live.shape), "", &json!("x")) {
            Ok(Some(Some(value))) => constant(builder, table, live, &value)?,
            _ => return Ok(Some(empty)),
        },
    };
    Ok(Some(format!("({empty} OR {shown})")))
}

/// Whether a column holds a value, sign by sign where it holds text.
fn constant(
    builder: &mut Builder<'_>,
    table: &Table,
    live: &LiveColumn,
    value: &str,
) -> Result<String, Fault> {
    let value = written_as(table, &live.name, Some(value.to_owned()));
    let name = builder.column(live);
    let by_type = matches!(
        live.shape.holds,
        Holds::Number | Holds::Boolean | Holds::Date | Holds::Timestamp
    );
    Ok(match table.dialect {
        Dialect::Postgres if by_type => {
            format!("{name} = {}{}", builder.bind(value), cast(&live.cast))
        }
        Dialect::Postgres => format!("{name}::text COLLATE \"C\" = {}", builder.bind(value)),
        Dialect::Mysql => match &live.compare {
            Compare::Letters { .. } | Compare::Bytes => {
                letters::is_exactly(builder, live, &value.unwrap_or_default())
                    .unwrap_or_else(|| "1 = 0".to_owned())
            }
            _ => format!("{name} = {}", letters::stored(builder, live, value)?),
        },
        Dialect::Sqlite => format!("{name} IS {} COLLATE BINARY", builder.bind(value)),
    })
}

/// A token under the domain to which no mail can go.
fn token(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Sqlite => {
            let letters = "[a-z2-7]".repeat(ERASED_TOKEN);
            format!("{text} GLOB '{letters}@erased.invalid'")
        }
        Dialect::Postgres => format!("{text} ~ '^[a-z2-7]{{{ERASED_TOKEN}}}@erased[.]invalid$'"),
        Dialect::Mysql => format!("{text} REGEXP '^[a-z2-7]{{{ERASED_TOKEN}}}@erased[.]invalid$'"),
    }
}

/// A year with nothing behind it but what its type asks for: `rest` is written by this program.
fn bare_year(dialect: Dialect, text: &str, rest: &str) -> String {
    let escaped = rest.replace('+', "[+]").replace('.', "[.]");
    match dialect {
        Dialect::Sqlite => {
            format!("({text} GLOB '1[89][0-9][0-9]{rest}' OR {text} GLOB '2[0-9][0-9][0-9]{rest}')")
        }
        Dialect::Postgres => format!("{text} ~ '^(1[89]|2[0-9])[0-9][0-9]{escaped}$'"),
        Dialect::Mysql => format!("{text} REGEXP '^(1[89]|2[0-9])[0-9][0-9]{escaped}$'"),
    }
}

/// A column as a text to look at.
fn text(table: &Table, builder: &Builder<'_>, live: &LiveColumn) -> String {
    match table.dialect {
        Dialect::Mysql => letters::written(live, &builder.column(live)),
        _ => text_of(table, live),
    }
}

/// Two numbers: rows that are due, and rows whose day is over and which are anonymous, where in either case what stays of them stays of
/// fewer than `fewest` rows that are anonymous or will be.
pub(super) fn alike(
    aged: &Aged<'_>,
    fields: &[String],
    fewest: u32,
    spared: &[&Key],
) -> Result<Select, Fault> {
    let table = aged.table;
    let mut builder = Builder::new(table);
    let over = aged.over(&mut builder)?;
    let open = open(&mut builder, aged.object)?;
    let free = match spared.is_empty() {
        true => "1 = 1".to_owned(),
        false => format!("NOT ({})", aged.among(&mut builder, spared)?),
    };
    let mut list = Vec::new();
    let mut names = Vec::new();
    for (place, name) in fields.iter().enumerate() {
        let Some(field) = aged.object.field(name) else {
            continue;
        };
        let live = table.require(&column_of(field))?;
        let left = left(table, &builder, aged.object, field, live);
        list.push(format!("{left} AS q{place}"));
        names.push(format!("q{place}"));
    }
    if names.is_empty() {
        return Err(Fault::not_planned());
    }
    let said: Vec<String> = names
        .iter()
        .map(|name| format!("{name} IS NOT NULL"))
        .collect();
    let sum = |of: &str| {
        aged.number(&format!(
            "coalesce(sum(CASE WHEN g.alike < {fewest} THEN g.{of} ELSE 0 END), 0)"
        ))
    };
    let (sql, arguments) = builder.finish(format!(
        "SELECT {}, {} FROM (SELECT count(*) AS alike, sum(r.due) AS due, sum(r.done) AS done FROM (SELECT {}, \
         CASE WHEN {over} AND {open} THEN 1 ELSE 0 END AS due, CASE WHEN {over} AND NOT ({open}) THEN 1 ELSE 0 END AS done \
         FROM {} AS t WHERE ({over} AND {free}) OR NOT ({open})) AS r WHERE {} GROUP BY {}) AS g",
        sum("due"),
        sum("done"),
        list.join(", "),
        quoted_table(table),
        said.join(" OR "),
        names.join(", ")
    ));
    Ok(Select { sql, arguments })
}

/// What stays of a column: all of it, or the year.
fn left(
    table: &Table,
    builder: &Builder<'_>,
    object: &Object,
    field: &Field,
    live: &LiveColumn,
) -> String {
    let text = text(table, builder, live);
    let masked = mask::is_masked(object, field);
    if masked && mask::default_mask(field, Some(&live.shape)) == Mask::Year {
        return match table.dialect {
            Dialect::Postgres => {
                format!(
                    "substring({text} from '(?:^|[^0-9])((?:1[89]|2[0-9])[0-9][0-9])(?:[^0-9]|$)')"
                )
            }
            Dialect::Mysql => {
                format!("CAST(REGEXP_SUBSTR({text}, '(1[89]|2[0-9])[0-9][0-9]') AS BINARY)")
            }
            // The year stands first or last.
            Dialect::Sqlite => format!(
                "CASE WHEN {text} GLOB '[12][0-9][0-9][0-9]*' THEN substr({text}, 1, 4) ELSE substr({text}, -4) END"
            ),
        };
    }
    match table.dialect {
        Dialect::Mysql => format!("CAST({text} AS BINARY)"),
        Dialect::Postgres => format!("{text} COLLATE \"C\""),
        Dialect::Sqlite => text,
    }
}
