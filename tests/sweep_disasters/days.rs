//! Days that are none, days of elsewhere, and clocks that are wrong.

use super::{APPLY, Server, events, inventory, lead_to, rule};
use crate::program::Workspace;
use crate::{mysql, postgres};

fn visits(server: &Server, change: impl Fn(&str) -> String) -> Workspace {
    let mut workspace = Workspace::new(&change(&inventory(server.engine())), &[]);
    lead_to(&mut workspace, server.url());
    workspace
}

/// One day that counts, some that do not, some to come; told alike with and without an index that leads to them.
fn judged(server: &Server, unknown: u64, future: u64) {
    let workspace = visits(server, str::to_owned);
    for index in ["", "CREATE INDEX seen ON visits (seen_on)"] {
        if !index.is_empty() {
            server.sql(index);
        }
        let seen = rule(&workspace, &[]);
        let told = ["due", "unknown_start", "future"].map(|name| seen[name].clone());
        let expected: [serde_json::Value; 3] = [1.into(), unknown.into(), future.into()];
        assert_eq!(told, expected, "{index}: {seen}");
    }
    workspace.run(APPLY).ends_with(0);
    assert_eq!(server.count("visits"), unknown + future);
    assert_eq!(server.count("visits WHERE id = 1"), 0);
}

#[test]
fn what_stands_for_no_day_is_never_due() {
    if let Some(database) = postgres::database(
        "CREATE TABLE visits (id int PRIMARY KEY, email text, seen_on date);
         INSERT INTO visits VALUES (1, 'a', '2011-05-05'), (2, 'a', NULL), (3, 'a', '-infinity'), (4, 'a', 'infinity'),
            (5, 'a', '0044-03-15 BC'), (6, 'a', '9999-12-31'), (7, 'a', '1970-01-01'), (8, 'a', '0001-01-01'), (9, 'a', '5874897-12-31');",
    ) {
        judged(&Server::Postgres(database), 5, 3);
    }
    if let Some(database) = mysql::database(
        "CREATE TABLE visits (id int PRIMARY KEY, email varchar(80), seen_on date);
         SET sql_mode = '';
         INSERT INTO visits VALUES (1, 'a', '2011-05-05'), (2, 'a', NULL), (3, 'a', '0000-00-00'), (4, 'a', '2010-00-00'),
            (5, 'a', '2010-05-00'), (6, 'a', '9999-12-31'), (7, 'a', '1970-01-01'), (8, 'a', '0001-01-01');",
    ) {
        judged(&Server::Mariadb(database), 6, 1);
    }
}

/// A day is one at the seat, whatever the session's zone: on the last evening of a year, and in the nights in which clocks are changed.
#[test]
fn a_day_is_one_at_the_seat() {
    // In UTC: the moment, and the first day on which it is due where everything older than a day is.
    let moments = [
        ("2023-12-31 22:30:00", "2024-01-02"),
        ("2023-12-31 23:30:00", "2024-01-03"),
        ("2024-03-30 22:30:00", "2024-04-01"),
        ("2024-03-30 23:30:00", "2024-04-02"),
        ("2024-03-31 21:30:00", "2024-04-02"),
        ("2024-03-31 22:30:00", "2024-04-03"),
        ("2024-10-26 21:30:00", "2024-10-28"),
        ("2024-10-26 22:30:00", "2024-10-29"),
        ("2024-10-27 00:30:00", "2024-10-29"),
        ("2024-10-27 01:30:00", "2024-10-29"),
        ("2024-10-27 22:30:00", "2024-10-29"),
        ("2024-10-27 23:30:00", "2024-10-30"),
    ];
    let rows = |zone: &str| {
        let rows = moments.iter().enumerate();
        let rows = rows.map(|(id, (at, _))| format!("({id}, 'a@example.org', '{at}{zone}')"));
        rows.collect::<Vec<_>>().join(", ")
    };
    let mut days: Vec<&str> = moments.iter().map(|(_, day)| *day).collect();
    days.push("2023-12-31");
    days.sort_unstable();
    days.dedup();
    let look = |server: &Server, seat: &str| {
        let workspace = visits(server, |text| {
            text.replace("DE-BY", seat)
                .replace("keep: P1Y", "keep: P1D")
        });
        for day in &days {
            let due = moments.iter().filter(|(_, first)| first <= day).count();
            let seen = rule(&workspace, &["--as-of", day]);
            assert_eq!(seen["due"], due, "{seat} {day}: {seen}");
        }
    };
    if let Some(database) = postgres::database(
        "CREATE TABLE visits (id int PRIMARY KEY, email text, seen_on timestamptz);",
    ) {
        let server = Server::Postgres(database);
        server.sql(&format!("INSERT INTO visits VALUES {}", rows("+00")));
        let name = server.value("SELECT current_database()");
        for (seat, zone) in [
            ("DE-BY", "Pacific/Kiritimati"),
            ("AT-9", "America/Los_Angeles"),
            ("CH-ZH", "UTC"),
        ] {
            server.sql(&format!("ALTER DATABASE {name} SET timezone = '{zone}'"));
            look(&server, seat);
        }
    }
    if let Some(database) = mysql::database(
        "CREATE TABLE visits (id int PRIMARY KEY, email varchar(80), seen_on timestamp NULL);",
    ) {
        let server = Server::Mariadb(database);
        server.sql(&format!(
            "SET time_zone = '+00:00'; INSERT INTO visits VALUES {}",
            rows("")
        ));
        look(&server, "DE-BY");
    }
}

/// What has no zone is taken as it stands: days, and moments of which nobody says where.
#[test]
fn what_names_no_zone_is_taken_as_it_stands() {
    for kind in ["date", "timestamp", "text"] {
        let Some(database) = postgres::database(&format!(
            "CREATE TABLE visits (id int PRIMARY KEY, email text, seen_on {kind});
             INSERT INTO visits VALUES (1, 'a', '2023-12-31'), (2, 'a', '2024-01-01');"
        )) else {
            return;
        };
        let server = Server::Postgres(database);
        if kind != "date" {
            server.sql("UPDATE visits SET seen_on = '2023-12-31 23:30:00' WHERE id = 1");
        }
        let name = server.value("SELECT current_database()");
        for zone in ["Pacific/Kiritimati", "America/Los_Angeles"] {
            server.sql(&format!("ALTER DATABASE {name} SET timezone = '{zone}'"));
            let workspace = visits(&server, |text| {
                text.replace("start: clock", "start: eoy(seen_on)")
            });
            for (day, due) in [
                ("2024-12-31", 0),
                ("2025-01-01", 1),
                ("2025-12-31", 1),
                ("2026-01-01", 2),
            ] {
                let seen = rule(&workspace, &["--as-of", day]);
                assert_eq!(seen["due"], due, "{kind} {zone} {day}: {seen}");
            }
        }
    }
}

/// A clock that most systems do not agree with writes nothing at all: an event from another year would lock the ledger until then.
#[test]
fn a_clock_that_the_systems_do_not_agree_with_leaves_no_event() {
    let Some(database) = postgres::database(&super::seed()) else {
        return;
    };
    let server = Server::Postgres(database);
    let workspace = server.workspace();
    super::looked_at(&workspace);
    let before = events(&workspace, "sweep_planned").len();
    let name = server.value("SELECT current_database()");
    for years in ["10 years", "-10 years", "400 seconds"] {
        server.sql(&format!(
            "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
             AS $$ SELECT pg_catalog.clock_timestamp() + interval '{years}' $$;
             ALTER DATABASE {name} SET search_path = public, pg_catalog;"
        ));
        for line in [&["sweep"][..], APPLY] {
            let ran = workspace.run(line).ends_with(1);
            assert!(ran.err.contains("E855"), "{ran:?}");
        }
    }
    assert_eq!(events(&workspace, "sweep_planned").len(), before);
    assert_eq!(server.count("visits"), super::ROWS);
    server.sql(&format!("ALTER DATABASE {name} RESET search_path"));
    super::finish(&workspace, "clock");
    super::books_hold(&workspace, super::DUE, "clock");
}
