use super::*;
use crate::connector::sweeping::{Due, Position};

/// Whatever else somebody may have written where days should stand.
const ODD: &str = "(NULL), (NULL), (''), (0), (20010101), (1.5), (x'00'), ('soon'), ('1899-12-30'), ('1970-01-01'),
    ('2001-02-30'), ('2001-02-30'), ('2001-01-01T10:00'), ('2001-01-01t10:00'), ('2099-01-01'), ('9999-12-31'), ('2001-01-01Z')";

/// What lies in one of two ranges.
fn due() -> Due {
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    Due {
        action: Action::Remove,
        field: "seen".into(),
        days: vec![
            day("1900-01-02")..day("1998-01-01"),
            day("1999-06-01")..day("2003-01-01"),
        ],
        free: None,
        today: day("2020-05-05"),
        zone: jiff::tz::TimeZone::UTC,
    }
}

#[tokio::test]
async fn nothing_is_kept_of_a_change_that_was_begun_and_changed_other_rows() {
    let shop = shop(SHOP);
    let orders = "SELECT count(*) FROM orders";
    let found = |rows: usize| Select {
        sql: format!("SELECT id FROM orders ORDER BY id LIMIT {rows}"),
        arguments: Vec::new(),
    };
    let remove = |condition: &str| -> Then {
        let sql = format!("DELETE FROM orders WHERE {condition}");
        Box::new(|rows| {
            (!rows.is_empty()).then_some(Change {
                sql,
                arguments: Vec::new(),
            })
        })
    };
    let mut session = ReadWrite(Session::new(&shop.opening(Vec::new()), true).unwrap());
    for (condition, rows) in [("id < 12", 3), ("id < 12", 1), ("no_column = 1", 1)] {
        session.begin().await.unwrap();
        let begun = session
            .find_and_begin(&found(rows), remove(condition))
            .await;
        assert_eq!(begun.unwrap().unwrap().len(), rows);
        assert!(session.commit().await.is_err(), "{condition}");
        session.rollback().await;
        assert_eq!(shop.count(orders), 4);
    }
    // Nor of one that somebody thinks better of while it is under way.
    session.begin().await.unwrap();
    let endless = "id < 12 AND id + (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n) > 0";
    session
        .find_and_begin(&found(2), remove(endless))
        .await
        .unwrap();
    session.rollback().await;
    assert_eq!(shop.count(orders), 4);
    session.begin().await.unwrap();
    // What cannot be found in time is not waited for.
    let select = Select {
        sql: format!("SELECT id FROM orders WHERE {endless}"),
        arguments: Vec::new(),
    };
    let late = session.find_and_begin(&select, remove("id < 12")).await;
    assert!(matches!(late, Err(Refusal::Fault(fault)) if fault.code == "E504"));
    // Nor what is begun too late: the rows that it took nobody would have heard of.
    let most = session.0.most();
    let slow: Then = Box::new(move |_| {
        std::thread::sleep(most + Duration::from_millis(200));
        Some(Change {
            sql: "DELETE FROM orders WHERE id < 12".to_owned(),
            arguments: Vec::new(),
        })
    });
    let late = session.find_and_begin(&found(2), slow).await;
    assert!(matches!(late, Err(Refusal::Fault(fault)) if fault.code == "E504"));
    session.rollback().await;
    assert_eq!(shop.count(orders), 4);
    session.begin().await.unwrap();
    // Where nothing is begun, what was found is not told.
    assert_eq!(
        session
            .find_and_begin(&found(0), remove("id < 12"))
            .await
            .unwrap(),
        None
    );
    session
        .find_and_begin(&found(2), remove("id < 12"))
        .await
        .unwrap();
    session.commit().await.unwrap();
    assert_eq!(shop.count(orders), 2);
}

#[tokio::test]
async fn an_index_counts_what_a_pass_over_all_rows_counts() {
    let due = due();
    let visits = object("visits", &["seen"], Vec::new());
    // So many days, each some times, in a column of each kind; among them whatever else somebody may have written.
    for (days, declared) in [
        (0, "TEXT"),
        (3_000, "TEXT"),
        (3_000, "DATE"),
        (3_000, ""),
        (9_000, "TEXT"),
    ] {
        let shop = shop(&format!(
            "CREATE TABLE visits (id INTEGER PRIMARY KEY, seen {declared});
             CREATE INDEX by_day ON visits (seen);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3 * {days})
             INSERT INTO visits (seen) SELECT date('1996-12-30', (i % {days}) || ' days') || CASE i % 7 WHEN 0 THEN ' 10:00' ELSE '' END FROM n WHERE {days} > 0;
             INSERT INTO visits (seen) VALUES {ODD}"
        ));
        let opening = shop.opening(vec![visits.clone()]);
        let by_index = surveyor(&opening)
            .unwrap()
            .survey(&visits, &due)
            .await
            .unwrap();
        assert!(
            by_index.missing_index.is_none() && by_index.unknown >= 11,
            "{by_index:?}"
        );
        shop.sql("DROP INDEX by_day");
        let mut by_rows = surveyor(&opening)
            .unwrap()
            .survey(&visits, &due)
            .await
            .unwrap();
        assert!(by_rows.missing_index.take().is_some());
        assert_eq!(by_index, by_rows, "{days} {declared}");
    }
}

#[tokio::test]
async fn what_is_found_quickly_is_what_is_due_and_has_the_names_that_it_has_everywhere() {
    let (visits, due) = (object("visits", &["seen"], Vec::new()), due());
    let rule = Digest([7; 32]);
    let cleared = Cleared::new(rule, &[rule]).unwrap();
    // Keys that stand there as what they are shown as, and such that do not; days that all are some, and others among them.
    for (key, made, odd) in [
        ("INTEGER PRIMARY KEY", "i", ""),
        ("INTEGER PRIMARY KEY", "i", ODD),
        (
            "TEXT UNIQUE",
            "'v' || i",
            "('2001-01-01 10:00:00,5'), ('2001-01-01  1'), ('2001-01-01 ')",
        ),
        ("REAL UNIQUE", "i + 0.5", ""),
        ("BLOB UNIQUE", "CAST('v' || i AS BLOB)", ""),
        (
            "UNIQUE",
            "CASE i % 3 WHEN 0 THEN i WHEN 1 THEN i + 0.25 ELSE 'v' || i END",
            ODD,
        ),
    ] {
        let odd = match odd {
            "" => String::new(),
            odd => format!("INSERT INTO days VALUES {odd};"),
        };
        let shop = shop(&format!(
            "CREATE TABLE days (day TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO days SELECT date('1996-12-30', i || ' days') || CASE i % 7 WHEN 0 THEN ' 10:00' ELSE '' END FROM n;
             {odd}
             CREATE TABLE visits (id {key}, seen TEXT);
             CREATE INDEX by_day ON visits (seen);
             INSERT INTO visits SELECT {made}, day FROM (SELECT rowid AS i, day FROM days)"
        ));
        let opening = shop.opening(vec![visits.clone()]);
        let mut surveyor = surveyor(&opening).unwrap();
        let found = surveyor.next(&visits, &due, None, 10_000).await.unwrap();
        let mut expected: Vec<Key> = found.into_iter().map(|one| one.key).collect();
        let spared = vec![expected.remove(5), expected.remove(500)];
        assert!(expected.len() > 1_500, "{key}");
        let all = shop.count("SELECT count(*) FROM visits");
        let mut sweeper = sweeper(&opening, &cleared).unwrap();
        let mut taken = Vec::new();
        loop {
            let from = Position::default();
            let batch = sweeper
                .take(&visits, &due, &from, 400, &spared)
                .await
                .unwrap();
            let count = batch.keys.len();
            taken.extend(batch.keys);
            sweeper.keep().await.unwrap();
            if count == 0 {
                break;
            }
        }
        assert_eq!(
            shop.count("SELECT count(*) FROM visits"),
            all - expected.len() as i64
        );
        taken.sort();
        expected.sort();
        assert_eq!(taken, expected, "{key}");
        let mut left = surveyor.next(&visits, &due, None, 10_000).await.unwrap();
        left.retain(|one| !spared.contains(&one.key));
        assert_eq!(left, [], "{key}");
    }
}
