//! Statements of retention that find rows and write to them at once.
//!
//! Where a rule walks by an index of its day, nobody has to be told first which rows come next: one statement finds them, removes or
//! restricts those that are still due when it gets to them, and names them, before its transaction is kept. Nothing else is asked of a row
//! than where its key is known before, and a batch that is named and not kept has changed nothing.

use super::aged::Aged;
use super::catalogue::{Dialect, Table};
use super::statement::{Change, quoted_table};
use super::{Row, sweeping};
use crate::connector::sweeping::{Candidate, Taken};
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
    // Rows that the database takes along have to be seen once these are locked, and not before.
    by_place
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
    after: Option<&Candidate>,
    most: usize,
    spared: &[&Key],
) -> Result<Change, Fault> {
    match aged.table.dialect {
        Dialect::Postgres => on_postgres(aged, after, most, spared),
        Dialect::Mysql => on_mariadb(aged, after, most, spared),
        Dialect::Sqlite => on_sqlite(aged, most, spared),
    }
}

/// One row: how many were found, a list for each part of the key, the parts of the last one's key, and its day.
fn on_postgres(
    aged: &Aged<'_>,
    after: Option<&Candidate>,
    most: usize,
    spared: &[&Key],
) -> Result<Change, Fault> {
    let mut builder = aged.builder();
    let table = quoted_table(aged.table);
    let mut order = vec![builder.column(aged.clock)];
    for name in &aged.object.key {
        order.push(aged.ordered(&builder, aged.table.require(name)?));
    }
    let mut still = aged.is_due(&mut builder)?;
    if !spared.is_empty() {
        still = format!("{still} AND NOT ({})", aged.among(&mut builder, spared)?);
    }
    let mut condition = still.clone();
    if let Some(after) = after {
        let mut values = vec![aged.placed(&mut builder, aged.clock, &after.start)];
        for (name, part) in aged.object.key.iter().zip(after.key.parts()) {
            let column = aged.table.require(name)?;
            values.push(aged.placed(&mut builder, column, part));
        }
        let (columns, values) = (order.join(", "), values.join(", "));
        condition = format!("{condition} AND ({columns}) > ({values})");
    }
    let texts = aged.key_texts()?;
    let found: Vec<String> = (order.iter().enumerate())
        .map(|(number, column)| format!("{column} AS o{number}"))
        .chain(numbered(&texts))
        .collect();
    let numbers = |of: &str| -> Vec<String> {
        let count = if of == "o" { order.len() } else { texts.len() };
        (0..count).map(|number| format!("{of}{number}")).collect()
    };
    let backwards: Vec<String> = (numbers("o").iter())
        .map(|column| format!("f.{column} DESC"))
        .collect();
    let lists: Vec<String> = (numbers("k").iter())
        .map(|key| format!("json_agg(g.{key})::text AS {key}"))
        .collect();
    let all = |of: &str| -> String {
        let columns = numbers("k").into_iter();
        let columns = columns.map(|column| format!("{of}.{column}"));
        columns.collect::<Vec<String>>().join(", ")
    };
    let head = aged.head(&mut builder)?;
    let place = aged.table.place.unwrap_or("ctid");
    let sql = format!(
        "WITH found AS (SELECT t.{place} AS place, {}, {} AS start FROM {table} AS t WHERE {condition} ORDER BY {} LIMIT {most}), \
         gone AS ({head} WHERE t.{place} = ANY (ARRAY(SELECT f.place FROM found AS f)) AND {still} RETURNING {}) \
         SELECT (SELECT count(*) FROM found)::text, {}, {}, l.start \
         FROM (SELECT {} FROM gone AS g) AS g LEFT JOIN (SELECT f.* FROM found AS f ORDER BY {} LIMIT 1) AS l ON true",
        found.join(", "),
        aged.text(aged.clock),
        order.join(", "),
        numbered(&texts).collect::<Vec<String>>().join(", "),
        all("g"),
        all("l"),
        lists.join(", "),
        backwards.join(", "),
    );
    let (sql, arguments) = builder.finish(sql);
    Ok(Change { sql, arguments })
}

fn numbered(texts: &[String]) -> impl Iterator<Item = String> {
    let texts = texts.iter().enumerate();
    texts.map(|(number, text)| format!("{text} AS k{number}"))
}

/// A row for each that was removed, in their order: the parts of its key, and its day. The statement gives the table no other name.
fn on_mariadb(
    aged: &Aged<'_>,
    after: Option<&Candidate>,
    most: usize,
    spared: &[&Key],
) -> Result<Change, Fault> {
    let mut builder = aged.builder();
    let mut order = vec![aged.clock];
    for name in &aged.object.key {
        order.push(aged.table.require(name)?);
    }
    let mut condition = aged.is_due(&mut builder)?;
    if !spared.is_empty() {
        let spared = aged.among(&mut builder, spared)?;
        condition = format!("{condition} AND NOT ({spared})");
    }
    if let Some(after) = after {
        // One range of the index for each column that differs first; a comparison of them all at once would begin a day earlier, at rows
        // that somebody else may hold.
        let values: Vec<&str> = std::iter::once(after.start.as_str())
            .chain(after.key.parts().iter().map(String::as_str))
            .collect();
        let mut any = Vec::new();
        for (place, (column, value)) in order.iter().zip(&values).enumerate() {
            let mut all = Vec::new();
            for (same, value) in order.iter().zip(&values).take(place) {
                let name = builder.column(same);
                all.push(format!(
                    "{name} = {}",
                    aged.placed(&mut builder, same, value)
                ));
            }
            let name = builder.column(column);
            all.push(format!(
                "{name} > {}",
                aged.placed(&mut builder, column, value)
            ));
            any.push(all.join(" AND "));
        }
        condition = format!("{condition} AND ({})", any.join(" OR "));
    }
    let mut named = aged.key_texts()?;
    named.push(aged.text(aged.clock));
    let order: Vec<String> = order.iter().map(|column| builder.column(column)).collect();
    let (sql, arguments) = builder.finish(format!(
        "DELETE FROM {} WHERE {condition} ORDER BY {} LIMIT {most} RETURNING {}",
        quoted_table(aged.table),
        order.join(", "),
        named.join(", ")
    ));
    Ok(Change { sql, arguments })
}

/// A row for each that was removed: the parts of its key, and its day. Nobody else writes meanwhile, and what is removed is in nobody's
/// way, so every search begins anew.
fn on_sqlite(aged: &Aged<'_>, most: usize, spared: &[&Key]) -> Result<Change, Fault> {
    let mut builder = aged.builder();
    let mut condition = aged.is_due(&mut builder)?;
    if !spared.is_empty() {
        let spared = aged.among(&mut builder, spared)?;
        condition = format!("{condition} AND NOT ({spared})");
    }
    let table = quoted_table(aged.table);
    let place = aged.table.place.unwrap_or("rowid");
    let day = builder.column(aged.clock);
    let (sql, arguments) = builder.finish(format!(
        "DELETE FROM {table} AS t WHERE t.{place} IN (SELECT t.{place} FROM {table} AS t WHERE {condition} ORDER BY {day} LIMIT {most}) \
         RETURNING {}",
        aged.returned()?.join(", "),
    ));
    Ok(Change { sql, arguments })
}

/// What the rows of [`take`] say.
///
/// # Errors
/// They are not what the statement asks for.
pub(super) fn taken(table: &Table, object: &Object, rows: Vec<Row>) -> Result<Taken, Fault> {
    match table.dialect {
        Dialect::Postgres => in_one_row(object, rows),
        dialect => {
            let is_ordered = dialect == Dialect::Mysql;
            let mut taken = Taken {
                found: rows.len(),
                ..Taken::default()
            };
            let mut day = None;
            for mut row in rows {
                if is_ordered {
                    day = row.pop().flatten();
                }
                taken.keys.push(sweeping::key(object, row)?);
            }
            taken.last = day.and_then(|start| {
                let key = taken.keys.last()?.clone();
                Some(Candidate { key, start })
            });
            Ok(taken)
        }
    }
}

fn in_one_row(object: &Object, rows: Vec<Row>) -> Result<Taken, Fault> {
    let parts = object.key.len();
    let [row]: [Row; 1] = rows.try_into().map_err(|_| Fault::not_a_record())?;
    if row.len() != 2 + 2 * parts {
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
    let last: Row = row.by_ref().take(parts).collect();
    if let Some(start) = row.next().flatten() {
        let key = sweeping::key(object, last)?;
        taken.last = Some(Candidate { key, start });
    }
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
        let said = [
            "3",
            r#"["1","1"]"#,
            r#"["a\"b","ü"]"#,
            "2",
            "c",
            "2020-01-01",
        ];
        let taken = in_one_row(&object, row(&said)).unwrap();
        let key = |parts: [&str; 2]| Key::new(parts.map(str::to_owned).to_vec()).unwrap();
        assert_eq!(taken.keys, [key(["1", "a\"b"]), key(["1", "ü"])]);
        assert_eq!(taken.found, 3);
        let last = taken.last.unwrap();
        assert_eq!(
            (last.key, last.start),
            (key(["2", "c"]), "2020-01-01".to_owned())
        );
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let object = object(&["id"]);
        let none = in_one_row(&object, row(&["0", "-", "-", "-"])).unwrap();
        assert_eq!(none, Taken::default());
        for said in [
            &["1", r#"[""]"#, "1", "2020-01-01"][..],
            &["1", "[null]", "1", "2020-01-01"],
            &["1", "1", "1", "2020-01-01"],
            &["1", r#"["1"]"#, "1"],
            &["one", r#"["1"]"#, "1", "2020-01-01"],
        ] {
            assert!(in_one_row(&object, row(said)).is_err(), "{said:?}");
        }
        assert!(in_one_row(&object, Vec::new()).is_err());
    }
}
