//! Tables that are not what they were, or do more than the rule: views, triggers, rules, foreign keys, hidden rows.

use std::time::Duration;

use super::{
    APPLY, DUE, ROWS, Server, booked, books_hold, events, finish, lead_to, looked_at, rule, seed,
    survivors, workspace,
};
use crate::postgres;

fn on_postgres() -> Option<Server> {
    postgres::database(&seed()).map(Server::Postgres)
}

#[test]
fn nothing_goes_through_a_view() {
    let Some(server) = on_postgres() else { return };
    server.sql(
        "ALTER TABLE visits RENAME TO people; CREATE VIEW visits AS SELECT * FROM people;
         CREATE TABLE reviews (id int PRIMARY KEY, visit bigint REFERENCES people ON DELETE CASCADE);
         INSERT INTO reviews VALUES (1, 1), (2, 2), (3, 3);",
    );
    let workspace = server.workspace();
    for line in [&["sweep"], APPLY, APPLY] {
        let ran = workspace.run(line).ends_with(3);
        assert!(
            ran.err.contains("E251") && ran.err.contains("view"),
            "{ran:?}"
        );
    }
    assert_eq!((server.count("people"), server.count("reviews")), (ROWS, 3));
    assert!(events(&workspace, "sweep_batch_started").is_empty());
}

#[test]
fn rows_that_the_account_may_not_see_stop_the_rule() {
    let Some(server) = on_postgres() else { return };
    let role = format!("clerk_{}", std::process::id());
    server.sql(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'p-w'; GRANT ALL ON visits TO {role};
         ALTER TABLE visits ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON visits USING (id < 100);"
    ));
    let mut url = url::Url::parse(server.url()).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p-w")).unwrap();
    let workspace = workspace("postgres", url.as_str());
    for line in [&["sweep"], APPLY, APPLY] {
        let ran = workspace.run(line).ends_with(3);
        assert!(ran.err.contains("E580"), "{ran:?}");
    }
    assert_eq!(server.count("visits"), ROWS);
    server.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role};"));
}

/// Rows that a rule does not name stay, whether they were there before or come in the very moment.
#[test]
fn a_row_that_comes_below_another_meanwhile_keeps_it() {
    for server in Server::all() {
        server.sql(
            "CREATE TABLE reviews (id int PRIMARY KEY, visit bigint, FOREIGN KEY (visit) REFERENCES visits (id) ON DELETE CASCADE);
             INSERT INTO reviews VALUES (1, 1);",
        );
        let workspace = server.workspace();
        let text = workspace.read("dsr.yaml").replace("lock: 1s", "lock: 20s");
        workspace.write("dsr.yaml", &text);
        looked_at(&workspace);
        let (written, is_written) = std::sync::mpsc::channel();
        let (go, on) = std::sync::mpsc::channel::<()>();
        let url = server.url().to_owned();
        let add = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                use sqlx::{Connection as _, Executor as _};
                let add = "INSERT INTO reviews VALUES (2, 2)";
                if url.starts_with("postgres") {
                    let mut other = sqlx::PgConnection::connect(&url).await.unwrap();
                    other.execute("BEGIN").await.unwrap();
                    other.execute(add).await.unwrap();
                    written.send(()).unwrap();
                    on.recv().unwrap();
                    other.execute("COMMIT").await.unwrap();
                } else {
                    let mut other = sqlx::MySqlConnection::connect(&url).await.unwrap();
                    other.execute("START TRANSACTION").await.unwrap();
                    other.execute(add).await.unwrap();
                    written.send(()).unwrap();
                    on.recv().unwrap();
                    other.execute("COMMIT").await.unwrap();
                }
            });
        };
        let other = std::thread::spawn(add);
        is_written.recv().unwrap();
        let running = workspace.start(APPLY);
        // The run is in the middle of its first statement, which waits for the other one.
        while events(&workspace, "sweep_batch_started").is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(500));
        go.send(()).unwrap();
        other.join().unwrap();
        let ran = running.wait();
        assert!([Some(0), Some(3)].contains(&ran.code), "{ran:?}");
        assert_eq!(server.count("reviews"), 2, "{}: {ran:?}", server.engine());
        finish(&workspace, server.engine());
        assert_eq!(server.count("reviews"), 2);
        assert_eq!(server.count("visits"), DUE / 2 + 2);
        books_hold(&workspace, DUE - 2, server.engine());
    }
}

#[test]
fn keys_that_lead_to_a_part_of_the_table_keep_its_rows() {
    let Some(server) = on_postgres() else { return };
    server.sql(
        "ALTER TABLE visits RENAME TO old; DROP INDEX seen;
         CREATE TABLE visits (id bigint PRIMARY KEY, email varchar(80), seen_on date) PARTITION BY RANGE (id);
         CREATE TABLE low PARTITION OF visits FOR VALUES FROM (0) TO (700);
         CREATE TABLE high PARTITION OF visits FOR VALUES FROM (700) TO (9000);
         INSERT INTO visits SELECT * FROM old;
         CREATE TABLE reviews (id int PRIMARY KEY, visit bigint REFERENCES low ON DELETE CASCADE);
         INSERT INTO reviews VALUES (1, 1), (2, 2);",
    );
    let workspace = server.workspace();
    looked_at(&workspace);
    finish(&workspace, "partitions");
    assert_eq!(server.count("reviews"), 2);
    assert_eq!(server.count("visits"), DUE / 2 + 2);
    books_hold(&workspace, DUE - 2, "partitions");

    let Some(server) = on_postgres() else { return };
    server.sql(
        "CREATE TABLE late (PRIMARY KEY (id)) INHERITS (visits);
         INSERT INTO late VALUES (7001, 'a@example.org', '2011-05-05'), (7002, 'b@example.org', '2011-05-05');
         CREATE TABLE reviews (id int PRIMARY KEY, visit bigint REFERENCES late ON DELETE CASCADE);
         INSERT INTO reviews VALUES (1, 7001);",
    );
    let workspace = server.workspace();
    looked_at(&workspace);
    finish(&workspace, "heirs");
    assert_eq!(server.count("reviews"), 1);
    assert_eq!(server.count("late"), 1);
    books_hold(&workspace, DUE + 1, "heirs");
}

#[test]
fn a_trigger_that_swallows_a_deletion_is_found_out() {
    let Some(server) = on_postgres() else { return };
    server.sql(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF OLD.id IN (1, 2, 4) THEN RETURN NULL; END IF; RETURN OLD; END $$;
         CREATE TRIGGER keeper BEFORE DELETE ON visits FOR EACH ROW EXECUTE FUNCTION keep();",
    );
    let workspace = server.workspace();
    let shown = workspace.run(&["sweep"]).ends_with(0);
    assert!(
        shown.err.contains("W204") && shown.err.contains("keeper"),
        "{shown:?}"
    );
    for done in [DUE - 3, 0] {
        let run = rule(&workspace, &["--apply"]);
        assert_eq!(
            (run["done"].clone(), run["remaining"].clone()),
            (done.into(), 3.into())
        );
    }
    workspace.run(APPLY).ends_with(3);
    assert_eq!(server.count("visits"), DUE / 2 + 3);
    books_hold(&workspace, DUE - 3, "swallowed");
}

#[test]
fn what_acts_along_is_shown_before_anything_is_written() {
    let Some(server) = on_postgres() else { return };
    server.sql("CREATE TABLE bookings AS SELECT id FROM visits");
    let workspace = server.workspace();
    looked_at(&workspace);
    for act in [
        "CREATE FUNCTION also() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           DELETE FROM bookings WHERE id = OLD.id; RETURN OLD; END $$;
         CREATE TRIGGER tidy AFTER DELETE ON visits FOR EACH ROW EXECUTE FUNCTION also();",
        "DROP TRIGGER tidy ON visits;
         CREATE RULE tidier AS ON DELETE TO visits DO ALSO DELETE FROM bookings WHERE id = OLD.id",
    ] {
        server.sql(act);
        let ran = workspace.run(APPLY).ends_with(4);
        assert!(ran.out.contains("other triggers act"), "{ran:?}");
        assert!(ran.err.contains("tid"), "{ran:?}");
        assert_eq!(
            (server.count("visits"), server.count("bookings")),
            (ROWS, ROWS)
        );
    }
    let run = rule(&workspace, &[]);
    assert_eq!(run["triggers"], serde_json::json!(["tidier"]));
    server.sql("DROP RULE tidier ON visits");
    workspace.run(APPLY).ends_with(4);
    finish(&workspace, "along");
    assert_eq!(server.rows(), survivors());
    assert_eq!(server.count("bookings"), ROWS);
}

#[test]
fn a_table_that_is_another_stops_its_rule_and_loses_nothing() {
    for server in Server::all() {
        let workspace = server.workspace();
        looked_at(&workspace);
        let text = match &server {
            Server::Postgres(_) => "ALTER TABLE visits ALTER COLUMN seen_on TYPE int USING 0",
            Server::Mariadb(_) => {
                "ALTER TABLE visits DROP COLUMN seen_on; ALTER TABLE visits ADD COLUMN seen_on int"
            }
        };
        for (change, code) in [
            ("ALTER TABLE visits RENAME TO people", "E512"),
            ("ALTER TABLE people RENAME TO visits", ""),
            (
                "ALTER TABLE visits RENAME COLUMN seen_on TO seen_at",
                "E513",
            ),
            ("ALTER TABLE visits RENAME COLUMN seen_at TO seen_on", ""),
            ("ALTER TABLE visits RENAME COLUMN id TO number", "E513"),
            ("ALTER TABLE visits RENAME COLUMN number TO id", ""),
            (text, "E516"),
        ] {
            server.sql(change);
            if code.is_empty() {
                continue;
            }
            let ran = workspace.run(APPLY).ends_with(3);
            assert!(ran.err.contains(code), "{change}: {ran:?}");
            let table = if code == "E512" { "people" } else { "visits" };
            assert_eq!(server.count(table), ROWS, "{change}");
        }
        assert_eq!(booked(&workspace), 0);
        server.sql("DELETE FROM visits");
        server.sql("DROP TABLE visits");
        server.sql("CREATE TABLE visits (id bigint PRIMARY KEY, email varchar(80), seen_on date)");
        let run = rule(&workspace, &["--apply"]);
        assert_eq!(
            (run["due"].clone(), run["done"].clone()),
            (0.into(), 0.into())
        );
    }
}

/// The database itself says which table it is: another one under the same address has rows of its own.
#[test]
fn a_server_that_takes_no_writing_is_told_before_a_batch_begins() {
    let Some(server) = on_postgres() else { return };
    let mut workspace = server.workspace();
    looked_at(&workspace);
    lead_to(
        &mut workspace,
        &format!(
            "{}?options=-c%20default_transaction_read_only%3Don",
            server.url()
        ),
    );
    let ran = workspace.run(APPLY).ends_with(3);
    assert!(ran.err.contains("E514"), "{ran:?}");
    for kind in ["sweep_batch_started", "sweep_batch_ended"] {
        assert!(events(&workspace, kind).is_empty(), "{kind}");
    }
    assert_eq!(server.count("visits"), ROWS);
    lead_to(&mut workspace, server.url());
    finish(&workspace, "read only");
    books_hold(&workspace, DUE, "read only");
}
