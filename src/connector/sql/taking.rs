//! Statements of retention that find rows and write to them at once.
//!
//! Where a rule walks by an index of its day, nobody has to be told first which rows come next: one statement finds them, removes or
//! restricts those that are still due when it gets to them, and names them, before its transaction is kept. Nothing else is asked of a row
//! than where its key is known before, and a batch that is named and not kept has changed nothing.

use super::aged::Aged;
use super::catalogue::{Dialect, Table};
use super::statement::{Builder, Change, Select, quoted_table, text_as};
use super::{Row, Then, sweeping};
use crate::connector::start::Start;
use crate::connector::sweeping::{End, Position, Taken};
use crate::connector::{Action, Fault, Key, Object};

/// Whether there is such a statement for what is to be done. Triggers may do what no transaction takes back, and are to find the batch in
/// vault and ledger.
pub(super) fn is_possible(aged: &Aged<'_>) -> bool {
    let (table, action) = (aged.table, aged.due.action);
    let by_place = match (table.dialect, action) {
        // MariaDB names what it removes, and not what it changes.
        (Dialect::Mysql, action) => action == Action::Remove,
        (Dialect::Sqlite, action) => action == Action::Remove && table.place.is_some(),
        (Dialect::Postgres, action) => {
            matches!(action, Action::Remove | Action::Restrict) && table.place.is_some()
        }
    };
    // A row shows the day that it was found by only where that is not written to.
    let sets_its_day = (aged.object.sets(action).iter()).any(|(name, _)| *name == aged.clock.name);
    // Rows that the database takes along have to be seen once these are locked, and not before.
    by_place
        && !sets_its_day
        && !table.is_view
        && table.triggers.is_empty()
        && table.rules.is_empty()
        && !aged.takes_along()
        && aged.walks_by_day()
}

/// How many such transactions may be open at the same time. Where other rows refer to these, both would look at them.
pub(super) fn abreast(aged: &Aged<'_>) -> usize {
    match aged.table.dialect {
        Dialect::Sqlite => 1,
        _ if aged.is_referred_to() => 1,
        _ => 2,
    }
}

/// The statement, and with [`taken`] what its rows say.
pub(super) fn take(
    aged: &Aged<'_>,
    from: &Position,
    most: usize,
    spared: &[&Key],
) -> Result<Change, Fault> {
    match aged.table.dialect {
        Dialect::Postgres => on_postgres(aged, from, most, spared),
        Dialect::Mysql => on_mariadb(aged, from, most, spared),
        // It finds them first: see [`next_places`].
        Dialect::Sqlite => Err(Fault::unreadable_here()),
    }
}

/// Which rows are due and not spared.
fn free(aged: &Aged<'_>, builder: &mut Builder<'_>, spared: &[&Key]) -> Result<String, Fault> {
    let is_due = aged.is_due(builder)?;
    if spared.is_empty() {
        return Ok(is_due);
    }
    let spared = aged.among(builder, spared)?;
    Ok(format!("{is_due} AND NOT ({spared})"))
}

/// Which rows a search has not been past, its own last day included, and their order. That day's rows which stay are met once more; a
/// position among them would have to sort them all.
fn onward(aged: &Aged<'_>, builder: &mut Builder<'_>, from: &Position) -> (String, String) {
    let day = builder.column(aged.clock);
    let (order, sign) = match from.end {
        End::Oldest => (day.clone(), ">="),
        End::Newest => (format!("{day} DESC"), "<="),
    };
    let behind = from.day.as_ref().map_or_else(String::new, |last| {
        format!(
            " AND {day} {sign} {}",
            aged.placed(builder, aged.clock, last)
        )
    });
    (behind, order)
}

/// One row: how many were found, a list for each part of the key, and the last day of one that was written to.
fn on_postgres(
    aged: &Aged<'_>,
    from: &Position,
    most: usize,
    spared: &[&Key],
) -> Result<Change, Fault> {
    let mut builder = aged.builder();
    let table = quoted_table(aged.table);
    let still = free(aged, &mut builder, spared)?;
    let (behind, order) = onward(aged, &mut builder, from);
    let texts = aged.key_texts()?;
    let named: Vec<String> = (texts.iter().enumerate())
        .map(|(number, text)| format!("{text} AS k{number}"))
        .collect();
    let lists: Vec<String> = (0..texts.len())
        .map(|number| format!("json_agg(g.k{number})::text"))
        .collect();
    let last = match from.end {
        End::Oldest => "max(g.day)",
        End::Newest => "min(g.day)",
    };
    let head = aged.head(&mut builder)?;
    let place = aged.table.place.unwrap_or("ctid");
    let sql = format!(
        "WITH found AS (SELECT ARRAY(SELECT t.{place} FROM {table} AS t WHERE {still}{behind} ORDER BY {order} LIMIT {most}) AS places), \
         gone AS ({head} WHERE t.{place} = ANY ((SELECT f.places FROM found AS f)::tid[]) AND {still} RETURNING {}, {} AS day) \
         SELECT (SELECT cardinality(f.places) FROM found AS f)::text, {}, {} FROM gone AS g",
        named.join(", "),
        builder.column(aged.clock),
        lists.join(", "),
        text_as(aged.table, aged.clock, last),
    );
    let (sql, arguments) = builder.finish(sql);
    Ok(Change { sql, arguments })
}

/// A row for each that was removed, in the order of their days: the parts of its key, and its day. The statement gives the table no other
/// name.
fn on_mariadb(
    aged: &Aged<'_>,
    from: &Position,
    most: usize,
    spared: &[&Key],
) -> Result<Change, Fault> {
    let mut builder = aged.builder();
    let condition = free(aged, &mut builder, spared)?;
    let (behind, order) = onward(aged, &mut builder, from);
    let mut named = aged.key_texts()?;
    named.push(aged.text(aged.clock));
    let (sql, arguments) = builder.finish(format!(
        "DELETE FROM {} WHERE {condition}{behind} ORDER BY {order} LIMIT {most} RETURNING {}",
        quoted_table(aged.table),
        named.join(", ")
    ));
    Ok(Change { sql, arguments })
}

/// The rows that come next in a file of SQLite: their places, their days, and the parts of their keys. Within the transaction nobody else
/// writes, so they are what [`removal`] removes; and while it is at work they have their names already. What is removed is in nobody's way,
/// so every search begins anew.
///
/// For a database a day is dear to look at, and a number to make a text of. Where that is left to the reader, all of a row comes as it
/// stands; if it is not what its texts would be, everything has to be asked of the database.
pub(super) fn next_places(aged: &Aged<'_>, most: usize, spared: &[&Key]) -> Result<Select, Fault> {
    let mut builder = aged.builder();
    let condition = free(aged, &mut builder, spared)?;
    let day = builder.column(aged.clock);
    let mut list = vec![format!("t.{}", place(aged)), day.clone()];
    list.extend(match aged.is_looked_at_later() {
        true => aged.key_columns(&builder)?,
        false => aged.key_texts()?,
    });
    let (sql, arguments) = builder.finish(format!(
        "SELECT {} FROM {} AS t WHERE {condition} ORDER BY {day} LIMIT {most}",
        list.join(", "),
        quoted_table(aged.table),
    ));
    Ok(Select { sql, arguments })
}

/// Removes the rows of [`next_places`], if there are any and all of them are as they were asked for.
pub(super) fn removal(aged: &Aged<'_>) -> Then {
    let looks = aged.is_looked_at_later();
    let sql = format!(
        "DELETE FROM {} AS t WHERE t.{} IN (SELECT p.value FROM json_each(?1) AS p)",
        quoted_table(aged.table),
        place(aged)
    );
    Box::new(move |rows| {
        if rows.is_empty() || looks && !are_as_asked(rows) {
            return None;
        }
        let places: Option<Vec<&str>> = rows.iter().map(|row| row.first()?.as_deref()).collect();
        let places = format!("[{}]", places?.join(","));
        Some(Change {
            sql,
            arguments: vec![Some(places)],
        })
    })
}

/// Leaves of a row of [`next_places`] what [`taken`] reads.
pub(super) fn leave_key(row: &mut Row) {
    row.drain(..row.len().min(2));
}

/// Whether every value of these rows is a whole number or a text, and each of their days is one of the calendar.
fn are_as_asked(rows: &[Row]) -> bool {
    let mut known: Option<&str> = None;
    rows.iter().all(|row| {
        let Some(Some(day)) = row.get(1) else {
            return false;
        };
        // They come in the order of their days, which are few.
        if known != Some(day) && !is_a_date(day) {
            return false;
        }
        known = Some(day);
        row.iter().all(Option::is_some)
    })
}

/// What a condition asks of a text that is to show a day: one of the calendar in the notation of ISO 8601, alone or before a time of day.
fn is_a_date(text: &str) -> bool {
    let is_plain = text.trim() == text && text.as_bytes().get(4) == Some(&b'-');
    is_plain && matches!(Start::read(text), Some(Start::Day(_)))
}

fn place<'a>(aged: &Aged<'a>) -> &'a str {
    aged.table.place.unwrap_or("rowid")
}

/// What the rows of [`take`] say.
///
/// # Errors
/// They are not what the statement asks for.
pub(super) fn taken(table: &Table, object: &Object, rows: Vec<Row>) -> Result<Taken, Fault> {
    match table.dialect {
        Dialect::Postgres => in_one_row(object, rows),
        dialect => {
            let shows_days = dialect == Dialect::Mysql;
            let mut taken = Taken {
                found: rows.len(),
                ..Taken::default()
            };
            for mut row in rows {
                if shows_days {
                    taken.last = row.pop().flatten();
                }
                taken.keys.push(sweeping::key(object, row)?);
            }
            Ok(taken)
        }
    }
}

fn in_one_row(object: &Object, rows: Vec<Row>) -> Result<Taken, Fault> {
    let parts = object.key.len();
    let [row]: [Row; 1] = rows.try_into().map_err(|_| Fault::not_a_record())?;
    if row.len() != 2 + parts {
        return Err(Fault::not_a_record());
    }
    let mut row = row.into_iter();
    let found = sweeping::number(row.next().flatten())?;
    let mut lists = Vec::with_capacity(parts);
    for list in row.by_ref().take(parts) {
        let list: Vec<Option<String>> = match list {
            Some(list) => serde_json::from_str(&list).map_err(|_| Fault::not_a_record())?,
            None => Vec::new(),
        };
        lists.push(list.into_iter());
    }
    let mut taken = Taken {
        found: usize::try_from(found).unwrap_or(usize::MAX),
        ..Taken::default()
    };
    let count = lists.first().map_or(0, ExactSizeIterator::len);
    taken.keys.reserve_exact(count);
    for _ in 0..count {
        let parts = lists.iter_mut().map(|list| list.next().flatten()).collect();
        taken.keys.push(sweeping::key(object, parts)?);
    }
    taken.last = row.next().flatten();
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::object::{Erase, How};

    fn object(key: &[&str]) -> Object {
        Object {
            name: "visits".into(),
            key: key.iter().map(|name| (*name).to_owned()).collect(),
            find: Vec::new(),
            fields: Vec::new(),
            clock: None,
            also: Vec::new(),
            by_hand: Vec::new(),
            screen: None,
            cap: 1,
            erase: Erase::Remove,
            after: Vec::new(),
            how: How::Table {
                table: "visits".into(),
                restrict: Vec::new(),
                unrestrict: Vec::new(),
            },
        }
    }

    fn row(values: &[&str]) -> Vec<Row> {
        let value = |text: &&str| (*text != "-").then(|| (*text).to_owned());
        vec![values.iter().map(value).collect()]
    }

    #[test]
    fn lists_of_parts_make_keys_again() {
        let object = object(&["tenant", "id"]);
        let said = ["3", r#"["1","1"]"#, r#"["a\"b","ü"]"#, "2020-01-01"];
        let taken = in_one_row(&object, row(&said)).unwrap();
        let key = |parts: [&str; 2]| Key::new(parts.map(str::to_owned).to_vec()).unwrap();
        assert_eq!(taken.keys, [key(["1", "a\"b"]), key(["1", "ü"])]);
        assert_eq!(taken.found, 3);
        assert_eq!(taken.last.as_deref(), Some("2020-01-01"));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let object = object(&["id"]);
        let none = in_one_row(&object, row(&["0", "-", "-"])).unwrap();
        assert_eq!(none, Taken::default());
        for said in [
            &["1", r#"[""]"#, "2020-01-01"][..],
            &["1", "[null]", "2020-01-01"],
            &["1", "1", "2020-01-01"],
            &["1", r#"["1"]"#],
            &["1", r#"["1"]"#, "1", "2020-01-01"],
            &["one", r#"["1"]"#, "2020-01-01"],
        ] {
            assert!(in_one_row(&object, row(said)).is_err(), "{said:?}");
        }
        assert!(in_one_row(&object, Vec::new()).is_err());
    }
}
