//! Retention runs on PostgreSQL and MariaDB: what a moment is on a given day, who hangs on whom, locks of others, connections that are cut.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/mysql.rs"]
mod mysql;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/program.rs"]
mod program;
#[path = "support/sweeping.rs"]
mod sweeping;

use program::Workspace;
use serde_json::Value;
use sweeping::head;

/// The same words for both servers.
fn inventory(engine: &str) -> String {
    format!(
        r#"{}  shop:
    engine: {engine}
    settings: {{ url: {{ secret: "env:SHOP_URL" }} }}
    timeouts: {{ lock: 1s }}
    objects:
      visits:
        table: visits
        key: [tenant, id]
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        clock: seen_at
        erase: remove
      vouchers:
        table: vouchers
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        clock: issued_on
        erase: remove
data_types:
  visits: {{ objects: [shop.visits], purpose: sales, basis: art6_1_f, keep: P1Y, start: eoy(seen_at), kind: max, then: remove }}
  booking: {{ objects: [shop.vouchers], purpose: accounting, basis: art6_1_c, rule: de.ao147.voucher, then: remove }}
"#,
        head("records: 100000, share: 90, batch: 100")
    )
}

fn workspace(engine: &str, url: &str) -> Workspace {
    let mut workspace = Workspace::new(&inventory(engine), &[]);
    workspace
        .environment
        .push(("SHOP_URL".to_owned(), url.to_owned()));
    workspace
}

fn rule(workspace: &Workspace, more: &[&str], data_type: &str) -> Value {
    let line = [&["sweep", "--format", "json"], more].concat();
    let swept = workspace.run(&line).json();
    let rules = swept["rules"].as_array().unwrap();
    let found = rules.iter().find(|rule| rule["data_type"] == data_type);
    found.unwrap().clone()
}

/// Moments around New Year: in Munich the year 2020 began an hour before it did in Greenwich.
const VISITS: &str = "
    INSERT INTO visits VALUES (1, 1, 'a@example.org', '2019-12-31 22:59:59+00:00'), (1, 2, 'b@example.org', '2019-12-31 23:00:00+00:00'),
        (2, 1, 'c@example.org', '2020-12-31 22:30:00+00:00'), (2, 2, 'd@example.org', '2020-12-31 23:30:00+00:00'),
        (3, 1, 'e@example.org', NULL);";

/// Half an hour before midnight in Greenwich.
const LATE: &str = "INSERT INTO visits VALUES (4, 1, 'f@example.org', '2019-12-31 23:30:00+00:00')";

fn the_oldest_day_is_that_of_the_seat(workspace: &Workspace) {
    let found = rule(workspace, &["--as-of", "2022-01-01"], "visits");
    assert_eq!(found["due"], 1, "{found}");
    assert_eq!(found["oldest"], "2020-01-01", "{found}");
}

fn a_year_ends_where_the_company_sits(workspace: &Workspace) {
    for (day, due) in [
        ("2020-12-31", 0),
        ("2021-01-01", 1),
        ("2021-12-31", 1),
        ("2022-01-01", 3),
        ("2023-01-01", 4),
    ] {
        let found = rule(workspace, &["--as-of", day], "visits");
        assert_eq!(found["due"], due, "{day}: {found}");
        assert_eq!(found["unknown_start"], 1);
    }
    rule(workspace, &[], "visits");
    let done = rule(workspace, &["--apply"], "visits");
    assert_eq!(
        (done["done"].clone(), done["remaining"].clone()),
        (4.into(), 0.into()),
        "{done}"
    );
}

/// A request is decided by the same calendar: an hour before midnight in Greenwich it is New Year in Munich.
fn a_duty_ends_with_the_year_of_the_seat(engine: &str, url: &str) {
    let rule = "keep: P40Y, start: eoy(seen_at), kind: min, because: \"a norm\", then: remove }";
    let sweeping = inventory(engine);
    let asked = sweeping.replace(
        "keep: P1Y, start: eoy(seen_at), kind: max, then: remove }",
        rule,
    );
    assert_ne!(sweeping, asked);
    let workspace = workspace(engine, url);
    workspace.write("dsr.yaml", &asked);
    for (email, until) in [
        ("a@example.org", "2059-12-31"),
        ("b@example.org", "2060-12-31"),
        ("c@example.org", "2060-12-31"),
        ("d@example.org", "2061-12-31"),
    ] {
        let planned = workspace.run(&["plan", "--email", email, "--format", "json"]);
        let steps = planned.json()["steps"].as_array().unwrap().clone();
        assert_eq!(steps.len(), 1, "{planned:?}");
        assert_eq!(steps[0]["until"], until, "{email}: {planned:?}");
    }
}

#[test]
fn moments_and_days_on_postgres() {
    let Some(database) = postgres::database(
        "CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
         CREATE INDEX ON visits (seen_at);
         CREATE TABLE vouchers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text, issued_on date);",
    ) else {
        return;
    };
    database.sql(VISITS);
    database.sql(
        "ALTER DATABASE CURRENT_DB SET timezone = 'Asia/Tokyo'"
            .replace("CURRENT_DB", &database.value("current_database()").unwrap())
            .as_str(),
    );
    a_duty_ends_with_the_year_of_the_seat("postgres", &database.url);
    let workspace = workspace("postgres", &database.url);
    a_year_ends_where_the_company_sits(&workspace);
    assert_eq!(
        database.value("SELECT count(*) FROM visits"),
        Some("1".into())
    );
    database.sql(LATE);
    the_oldest_day_is_that_of_the_seat(&workspace);
}

#[test]
fn moments_and_days_on_mariadb() {
    let Some(database) = mysql::database(
        "CREATE TABLE visits (tenant int, id bigint, email varchar(80), seen_at timestamp NULL, PRIMARY KEY (tenant, id), INDEX (seen_at));
         CREATE TABLE vouchers (id varchar(40) PRIMARY KEY, email varchar(80), issued_on date);",
    ) else {
        return;
    };
    database.sql(&format!(
        "SET time_zone = '+00:00'; {}",
        VISITS.replace("+00:00", "")
    ));
    a_duty_ends_with_the_year_of_the_seat("mysql", &database.url);
    let workspace = workspace("mysql", &database.url);
    a_year_ends_where_the_company_sits(&workspace);
    assert_eq!(
        database.value("SELECT count(*) FROM visits"),
        Some("1".into())
    );
    database.sql(&format!(
        "SET time_zone = '+00:00'; {}",
        LATE.replace("+00:00", "")
    ));
    the_oldest_day_is_that_of_the_seat(&workspace);
}

/// Five thousand vouchers of which every second one is due, by keys that are words.
fn thousands(workspace: &Workspace, count: &dyn Fn(&str) -> u64) {
    rule(workspace, &[], "booking");
    let done = rule(workspace, &["--apply"], "booking");
    assert_eq!(
        (
            done["due"].clone(),
            done["done"].clone(),
            done["remaining"].clone()
        ),
        (2500.into(), 2500.into(), 0.into()),
        "{done}"
    );
    assert_eq!(
        (
            count("vouchers"),
            count("vouchers WHERE issued_on < '2015-01-01'")
        ),
        (2500, 0)
    );
    workspace.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn thousands_by_keys_that_are_words() {
    if let Some(database) = postgres::database(
        "CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
         CREATE TABLE vouchers (id text PRIMARY KEY, email text, issued_on date);
         INSERT INTO vouchers SELECT 'R-\"''ä' || i, 'a@example.org', CASE i % 2 WHEN 0 THEN date '2011-01-01' + i % 900 ELSE date '2030-01-01' END
         FROM generate_series(1, 5000) AS i;",
    ) {
        let count = |of: &str| database.value(&format!("SELECT count(*) FROM {of}")).unwrap().parse().unwrap();
        thousands(&workspace("postgres", &database.url), &count);
    }
    if let Some(database) = mysql::database(
        "CREATE TABLE visits (tenant int, id bigint, email varchar(80), seen_at timestamp NULL, PRIMARY KEY (tenant, id));
         CREATE TABLE vouchers (id varchar(40) CHARACTER SET utf8mb4 PRIMARY KEY, email varchar(80), issued_on date);
         INSERT INTO vouchers SELECT concat('R-\"''ä', seq), 'a@example.org',
         IF(seq % 2 = 0, date '2011-01-01' + INTERVAL seq % 900 DAY, date '2030-01-01') FROM seq_1_to_5000;",
    ) {
        let count = |of: &str| database.value(&format!("SELECT count(*) FROM {of}")).unwrap().parse().unwrap();
        thousands(&workspace("mysql", &database.url), &count);
    }
}

#[test]
fn rows_that_somebody_else_has_locked_stay_for_the_next_run() {
    let Some(database) = postgres::database(
        "CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
         CREATE TABLE vouchers (id int PRIMARY KEY, email text, issued_on date);
         INSERT INTO vouchers SELECT i, 'a@example.org', date '2011-01-01' + i FROM generate_series(1, 10) AS i;
         INSERT INTO vouchers SELECT i, 'a@example.org', date '2030-01-01' FROM generate_series(11, 20) AS i;",
    ) else {
        return;
    };
    let workspace = workspace("postgres", &database.url);
    rule(&workspace, &[], "booking");
    let url = database.url.clone();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let (ready, is_ready) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            use sqlx::{Connection as _, Executor as _};
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            let locked = "BEGIN; SELECT * FROM vouchers WHERE id = 5 FOR UPDATE";
            connection.execute(sqlx::raw_sql(locked)).await.unwrap();
            ready.send(()).unwrap();
            let _ = receiver.recv();
        });
    });
    is_ready.recv().unwrap();
    let ran = workspace.run(&["sweep", "--apply"]).ends_with(3);
    assert!(
        ran.out.contains("E511") || ran.err.contains("E511"),
        "{ran:?}"
    );
    assert_eq!(
        database.value("SELECT count(*) FROM vouchers"),
        Some("20".into())
    );
    sender.send(()).unwrap();
    holder.join().unwrap();
    workspace.run(&["sweep", "--apply"]).ends_with(0);
    assert_eq!(
        database.value("SELECT count(*) FROM vouchers"),
        Some("10".into())
    );
}

#[test]
fn connections_that_are_cut_lose_and_add_nothing() {
    let Some(database) = postgres::database(
        "CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
         CREATE TABLE vouchers (id int PRIMARY KEY, email text, issued_on date); CREATE INDEX ON vouchers (issued_on);
         INSERT INTO vouchers SELECT i, 'a@example.org', date '2011-01-01' + i % 900 FROM generate_series(1, 8000) AS i;
         INSERT INTO vouchers SELECT i, 'a@example.org', date '2030-01-01' FROM generate_series(8001, 16000) AS i;",
    ) else {
        return;
    };
    let workspace = workspace("postgres", &database.url);
    rule(&workspace, &[], "booking");
    let mut cuts = 0;
    loop {
        let running = workspace.start(&["sweep", "--apply"]);
        std::thread::sleep(std::time::Duration::from_millis(400));
        database.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        let ended = running.wait();
        assert_eq!(
            database.value("SELECT count(*) FROM vouchers WHERE issued_on = '2030-01-01'"),
            Some("8000".into())
        );
        cuts += 1;
        if ended.code == Some(0) || cuts > 60 {
            break;
        }
        assert!([3, 4].contains(&ended.code.unwrap()), "{ended:?}");
    }
    workspace.run(&["sweep", "--apply"]).ends_with(0);
    assert_eq!(
        database.value("SELECT count(*) FROM vouchers"),
        Some("8000".into())
    );
    let log = workspace.run(&["audit", "log", "--format", "json"]).json();
    let events = log["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["event"]);
    let done: u64 = events
        .filter(|event| event["event"] == "sweep_batch_ended")
        .map(|event| event["done"].as_u64().unwrap())
        .sum();
    assert_eq!(done, 8000, "after {cuts} cuts");
}

/// Links of numbers, of words whose letters the server compares, and of two columns.
const LINKED: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
systems:
  shop:
    engine: ENGINE
    settings: { url: { secret: "env:SHOP_URL" } }
    objects:
      customers:
        table: customers
        key: [tenant, id]
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, on: { tenant: tenant, customer: id } }]
        fields: { note: content.note }
        erase: remove
      letters:
        table: letters
        key: id
        find: [{ under: customers, on: { recipient: email } }]
        fields: { town: contact.address }
        erase: remove
"#;

fn orphans_are_counted(engine: &str, url: &str) {
    let mut workspace = Workspace::new(&LINKED.replace("ENGINE", engine), &[]);
    workspace
        .environment
        .push(("SHOP_URL".to_owned(), url.to_owned()));
    let ran = workspace.run(&["sweep", "--orphans", "--format", "json"]);
    let found = ran.ends_with(0).json();
    let told = |object: &str| {
        let links = found["links"].as_array().unwrap().iter();
        let link = links.clone().find(|link| link["object"] == object).unwrap();
        assert!(!link["statement"].as_str().unwrap().is_empty());
        (
            link["orphans"].clone(),
            link["blank"].clone(),
            link["keys"].to_string(),
        )
    };
    assert_eq!(
        told("orders"),
        (2.into(), 1.into(), r#"[["2"],["5"]]"#.to_owned())
    );
    assert_eq!(
        told("letters"),
        (2.into(), 1.into(), r#"[["2"],["3"]]"#.to_owned())
    );
    assert!(!found.to_string().contains("example.org"), "{found}");
}

const FAMILIES: &str = "
    INSERT INTO customers VALUES (1, 1, 'anna@example.org'), (2, 1, 'bert@example.org'), (2, 2, NULL);
    INSERT INTO orders VALUES (1, 1, 1, 'a'), (2, 1, 2, 'b'), (3, 2, 2, 'c'), (4, NULL, 9, 'd'), (5, 1, 0, 'e');
    INSERT INTO letters VALUES (1, 'bert@example.org', 'Bonn'), (2, 'carl@example.org', 'Ulm'), (3, '', 'Hof'), (4, NULL, 'Rom');";

#[test]
fn orphans_on_postgres() {
    let Some(database) = postgres::database(
        "CREATE TABLE customers (tenant int, id bigint, email text, PRIMARY KEY (tenant, id));
         CREATE TABLE orders (id bigint PRIMARY KEY, tenant int, customer bigint, note text);
         CREATE TABLE letters (id int PRIMARY KEY, recipient varchar(80), town text);",
    ) else {
        return;
    };
    database.sql(FAMILIES);
    orphans_are_counted("postgres", &database.url);
}

#[test]
fn orphans_on_mariadb() {
    let Some(database) = mysql::database(
        "CREATE TABLE customers (tenant int, id bigint, email varchar(80), PRIMARY KEY (tenant, id));
         CREATE TABLE orders (id bigint PRIMARY KEY, tenant int, customer bigint, note text);
         CREATE TABLE letters (id int PRIMARY KEY, recipient varchar(80), town text);",
    ) else {
        return;
    };
    database.sql(FAMILIES);
    orphans_are_counted("mysql", &database.url);
}

const FIFTY: &str = "
    CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
    CREATE TABLE vouchers (id int PRIMARY KEY, email text, issued_on date); CREATE INDEX ON vouchers (issued_on);
    INSERT INTO vouchers SELECT i, 'p' || i || '@example.org', date '2011-01-01' + i / 7 FROM generate_series(1, 50) AS i;
    INSERT INTO vouchers SELECT i, 'p' || i || '@example.org', date '2030-01-01' FROM generate_series(51, 100) AS i;";

/// Carries the rule out while somebody else holds a row of it; `meanwhile` is done when the run's statement waits for that row, before the other
/// one's statement on it is kept.
fn beside_another(
    database: &postgres::Database,
    workspace: &Workspace,
    statement: &str,
    meanwhile: impl FnOnce(),
) -> program::Ran {
    rule(workspace, &[], "booking");
    let (url, statement) = (database.url.clone(), format!("BEGIN; {statement}"));
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let (ready, is_ready) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            let held = sqlx::raw_sql(AssertSqlSafe(statement));
            connection.execute(held).await.unwrap();
            ready.send(()).unwrap();
            let _ = receiver.recv();
            connection.execute(sqlx::raw_sql("COMMIT")).await.unwrap();
        });
    });
    is_ready.recv().unwrap();
    let running = workspace.start(&["sweep", "--apply"]);
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                 AND query LIKE '%RETURNING%'";
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while database.value(waits).as_deref() == Some("0") {
        assert!(std::time::Instant::now() < deadline, "nothing waits");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    meanwhile();
    sender.send(()).unwrap();
    other.join().unwrap();
    running.wait()
}

/// A run on PostgreSQL that waits for others for a minute, in batches of seven.
fn patient(database: &postgres::Database) -> Workspace {
    let text = inventory("postgres").replace("lock: 1s", "lock: 60s");
    let mut workspace = Workspace::new(&text.replace("batch: 100", "batch: 7"), &[]);
    let url = ("SHOP_URL".to_owned(), database.url.clone());
    workspace.environment.push(url);
    workspace
}

/// Of each batch how many records were to be written to, and how many were.
fn batches(workspace: &Workspace) -> (u64, u64) {
    let log = workspace.run(&["audit", "log", "--format", "json"]).json();
    let events = log["events"].as_array().unwrap();
    let sum = |kind: &str, field: &str| -> u64 {
        let events = events.iter().map(|event| &event["event"]);
        let of_kind = events.filter(|event| event["event"] == kind);
        of_kind.map(|event| event[field].as_u64().unwrap()).sum()
    };
    (
        sum("sweep_batch_started", "records"),
        sum("sweep_batch_ended", "done"),
    )
}

#[test]
fn a_row_that_changes_while_it_is_found_stays_or_goes_by_what_it_is_then() {
    for (change, left) in [
        ("issued_on = '2030-01-01'", "51"),
        ("email = 'other@example.org'", "50"),
        ("id = 5000", "50"),
    ] {
        let Some(database) = postgres::database(FIFTY) else {
            return;
        };
        let workspace = patient(&database);
        let statement = format!("UPDATE vouchers SET {change} WHERE id = 20");
        let ran = beside_another(&database, &workspace, &statement, || {});
        ran.ends_with(0);
        let count = database.value("SELECT count(*) FROM vouchers");
        assert_eq!(count.as_deref(), Some(left), "{change}");
        let still = database.value("SELECT count(*) FROM vouchers WHERE id > 50");
        assert!(still >= Some("50".to_owned()), "{change}: {still:?}");
        let gone = 100 - left.parse::<u64>().unwrap();
        assert_eq!(batches(&workspace).1, gone, "{change}");
        workspace.run(&["audit", "log", "--verify"]).ends_with(0);
        workspace.run(&["audit", "runs"]).ends_with(0);
    }
}

#[test]
fn a_hold_that_is_set_while_the_server_finds_a_batch_takes_it_back() {
    let Some(database) = postgres::database(FIFTY) else {
        return;
    };
    let workspace = patient(&database);
    let hold = || {
        let line = [
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
        ];
        let on = ["--email", "p20@example.org"];
        workspace.run(&[&line[..], &on].concat()).ends_with(0);
    };
    let held = "SELECT * FROM vouchers WHERE id = 20 FOR UPDATE";
    let ran = beside_another(&database, &workspace, held, hold);
    ran.ends_with(3);
    // What was confirmed before the hold is gone; the batch that waited is back, and none came after it.
    let count = || database.value("SELECT count(*) FROM vouchers");
    let (_, done) = batches(&workspace);
    assert!(done <= 43, "{done}");
    assert_eq!(count(), Some((100 - done).to_string()));
    let there = "SELECT count(*) FROM vouchers WHERE id = 20";
    assert_eq!(database.value(there), Some("1".into()));
    let next = rule(&workspace, &["--apply"], "booking");
    assert_eq!(
        (next["held"].clone(), next["remaining"].clone()),
        (1.into(), 0.into()),
        "{next}"
    );
    assert_eq!(database.value(there), Some("1".into()));
    assert_eq!((count(), batches(&workspace).1), (Some("51".into()), 49));
}

#[test]
fn killed_at_any_event_on_a_server_the_next_run_finishes() {
    for when in ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"] {
        for at in (1..).step_by(3) {
            let Some(database) = postgres::database(FIFTY) else {
                return;
            };
            let workspace = patient(&database);
            rule(&workspace, &[], "booking");
            let killed = workspace.run_with(when, &at.to_string(), &["sweep", "--apply"]);
            if killed.code == Some(0) {
                assert!(at > 12, "the run was never killed");
                break;
            }
            workspace.run(&["sweep", "--apply"]).ends_with(0);
            let left = database.value("SELECT count(*) FROM vouchers");
            assert_eq!(left, Some("50".into()), "{when} {at}");
            assert_eq!(batches(&workspace).1, 50, "{when} {at}");
            workspace.run(&["audit", "log", "--verify"]).ends_with(0);
            workspace.run(&["audit", "runs"]).ends_with(0);
        }
    }
}

#[test]
fn what_others_refer_to_stays_and_what_triggers_watch_is_found_first() {
    let Some(database) = postgres::database(
        "CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
         CREATE INDEX ON visits (seen_at);
         INSERT INTO visits SELECT i % 3, i, 'a@example.org', timestamptz '2015-01-01 12:00Z' + i * interval '1 h' FROM generate_series(1, 300) AS i;
         INSERT INTO visits SELECT 1, i, 'a@example.org', now() FROM generate_series(1001, 1300) AS i;
         CREATE TABLE notes (tenant int, visit bigint, FOREIGN KEY (tenant, visit) REFERENCES visits (tenant, id) ON DELETE CASCADE);
         INSERT INTO notes VALUES (1, 7), (2, 8);
         CREATE TABLE vouchers (id int PRIMARY KEY, email text, issued_on date); CREATE INDEX ON vouchers (issued_on);
         CREATE TABLE seen (id int);
         CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen SELECT OLD.id; RETURN OLD; END $$;
         CREATE TRIGGER watch BEFORE DELETE ON vouchers FOR EACH ROW EXECUTE FUNCTION watch();
         INSERT INTO vouchers SELECT i, 'a@example.org', date '2011-01-01' + i / 7 FROM generate_series(1, 50) AS i;
         INSERT INTO vouchers SELECT i, 'a@example.org', date '2030-01-01' FROM generate_series(51, 100) AS i;",
    ) else {
        return;
    };
    let workspace = patient(&database);
    rule(&workspace, &[], "visits");
    let swept = workspace
        .run(&["sweep", "--apply", "--format", "json"])
        .json();
    let done: Vec<(Value, Value)> = swept["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["done"].clone(), rule["remaining"].clone()))
        .collect();
    assert_eq!(
        done,
        [(298.into(), 0.into()), (50.into(), 0.into())],
        "{swept}"
    );
    let count = |of: &str| database.value(&format!("SELECT count(*) FROM {of}"));
    assert_eq!(
        (count("visits"), count("notes"), count("seen")),
        (Some("302".into()), Some("2".into()), Some("50".into()))
    );
    assert_eq!(batches(&workspace), (348, 348));
}

#[test]
fn keys_of_many_parts_and_who_is_spared_on_mariadb() {
    let Some(database) = mysql::database(
        "CREATE TABLE visits (tenant int, id bigint, email varchar(80), seen_at timestamp NULL, PRIMARY KEY (tenant, id), INDEX (seen_at));
         INSERT INTO visits SELECT seq % 3, seq, concat('p', seq, '@example.org'), timestamp '2015-01-01 12:00:00' + INTERVAL seq DIV 50 HOUR FROM seq_1_to_300;
         INSERT INTO visits SELECT 1, seq, 'a@example.org', now() FROM seq_1001_to_1300;
         CREATE TABLE vouchers (id varchar(40) CHARACTER SET utf8mb4 PRIMARY KEY, email varchar(80), issued_on date, INDEX (issued_on));
         INSERT INTO vouchers SELECT concat('R-\"''ä', seq), concat('p', seq, '@example.org'), date '2011-01-01' + INTERVAL seq % 9 DAY FROM seq_1_to_200;
         INSERT INTO vouchers SELECT concat('R-', seq), 'a@example.org', date '2030-01-01' FROM seq_1001_to_1200;",
    ) else {
        return;
    };
    let text = inventory("mysql").replace("batch: 100", "batch: 17");
    let mut workspace = Workspace::new(&text, &[]);
    let url = ("SHOP_URL".to_owned(), database.url.clone());
    workspace.environment.push(url);
    let line = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
    ];
    let on = ["--email", "p20@example.org"];
    workspace.run(&[&line[..], &on].concat()).ends_with(0);
    rule(&workspace, &[], "visits");
    let swept = workspace
        .run(&["sweep", "--apply", "--format", "json"])
        .json();
    let done: Vec<[Value; 3]> = swept["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| ["done", "held", "remaining"].map(|name| rule[name].clone()))
        .collect();
    let wanted = [[299, 1, 0], [199, 1, 0]].map(|rule| rule.map(Value::from));
    assert_eq!(done, wanted, "{swept}");
    let count = |of: &str| database.value(&format!("SELECT count(*) FROM {of}"));
    assert_eq!(
        (count("visits"), count("vouchers")),
        (Some("301".into()), Some("201".into()))
    );
    for table in ["visits", "vouchers"] {
        let held = format!("{table} WHERE email = 'p20@example.org'");
        assert_eq!(count(&held), Some("1".into()), "{table}");
    }
    assert_eq!(batches(&workspace), (498, 498));
}

/// Vouchers that serve a purpose for a year: two are over, three have only lost their purpose, one of them is locked already.
const PURPOSES: &str = "INSERT INTO vouchers VALUES ('a', 'a@example.org', '2011-05-01', 0), ('b', 'b@example.org', '2012-12-31', 0),
    ('c', 'c@example.org', '2024-01-01', 0), ('d', 'd@example.org', '2024-06-01', 0), ('e', 'e@example.org', '2024-06-02', 1),
    ('f', 'f@example.org', '2099-01-01', 0), ('g', 'g@example.org', NULL, 0);";

fn locked_first_and_erased_in_the_end(
    engine: &str,
    url: &str,
    value: &dyn Fn(&str) -> Option<String>,
) {
    let workspace = workspace(engine, url);
    let text = inventory(engine)
        .replace(
            "        clock: issued_on\n",
            "        clock: issued_on\n        restrict: { set: { locked: \"1\" } }\n",
        )
        .replace(
            "rule: de.ao147.voucher, then: remove }",
            "rule: de.ao147.voucher, then: remove, active_until: { event: clock, plus: P1Y } }",
        );
    workspace.write("dsr.yaml", &text);
    let rules = |more: &[&str]| {
        let line = ["sweep", "--format", "json", "--data-type", "booking"];
        let ran = workspace.run(&[&line, more].concat()).ends_with(0);
        let rules = ran.json()["rules"].as_array().unwrap().clone();
        let actions: Vec<&Value> = rules.iter().map(|rule| &rule["action"]).collect();
        assert_eq!(actions, ["restrict", "remove"], "{engine}");
        rules
    };
    let shown = rules(&[]);
    assert_eq!(
        (&shown[0]["due"], &shown[1]["due"]),
        (&4.into(), &2.into()),
        "{engine}"
    );
    assert_eq!(value("SELECT count(*) FROM vouchers"), Some("7".into()));
    let done = rules(&["--apply"]);
    assert_eq!(
        (&done[0]["done"], &done[1]["done"]),
        (&4.into(), &2.into()),
        "{engine}"
    );
    assert_eq!(
        (&done[0]["remaining"], &done[1]["remaining"]),
        (&0.into(), &0.into()),
        "{engine}"
    );
    for (query, count) in [
        ("vouchers", "5"),
        ("vouchers WHERE locked = 1", "3"),
        ("vouchers WHERE locked = 0 AND id IN ('f', 'g')", "2"),
    ] {
        let query = format!("SELECT count(*) FROM {query}");
        assert_eq!(value(&query).as_deref(), Some(count), "{engine}: {query}");
    }
    let again = rules(&["--apply"]);
    assert_eq!(
        (&again[0]["due"], &again[1]["due"]),
        (&0.into(), &0.into()),
        "{engine}"
    );
    workspace.run(&["audit", "runs"]).ends_with(0);
    workspace.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn what_lost_its_purpose_is_locked_and_what_is_over_goes() {
    if let Some(database) = postgres::database(
        "CREATE TABLE visits (tenant int, id bigint, email text, seen_at timestamptz, PRIMARY KEY (tenant, id));
         CREATE TABLE vouchers (id text PRIMARY KEY, email text, issued_on date, locked int NOT NULL DEFAULT 0);",
    ) {
        database.sql(PURPOSES);
        locked_first_and_erased_in_the_end("postgres", &database.url, &|query| database.value(query));
    }
    if let Some(database) = mysql::database(
        "CREATE TABLE visits (tenant int, id bigint, email varchar(80), seen_at timestamp NULL, PRIMARY KEY (tenant, id));
         CREATE TABLE vouchers (id varchar(40) PRIMARY KEY, email varchar(80), issued_on date, locked int NOT NULL DEFAULT 0);",
    ) {
        database.sql(PURPOSES);
        locked_first_and_erased_in_the_end("mysql", &database.url, &|query| database.value(query));
    }
}
