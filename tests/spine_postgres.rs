//! Erasing over a real PostgreSQL with the whole program, where it goes wrong: each test is a failure that somebody has seen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "support/postgres.rs"]
mod postgres;

use std::process::Command;

use postgres::{Database, database};
use serde_json::{Value, json};
use support::house::{HEAD, House, Ran, leaks};

const ANNA: &str = "anna@example.org";

/// The shop that everybody has: customers, orders, payments, tickets.
const SHOP: &str = "
    CREATE TABLE customers(id int PRIMARY KEY, email text NOT NULL UNIQUE, name text, customer_no text);
    CREATE TABLE orders(id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, address text, ordered_at date);
    CREATE TABLE payments(id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, iban text);
    CREATE TABLE tickets(id int PRIMARY KEY, email text, body text);
    CREATE INDEX ON customers (lower(email)); CREATE INDEX ON tickets (lower(email));
    CREATE INDEX ON orders (customer_id); CREATE INDEX ON payments (order_id);
    INSERT INTO customers VALUES (1, 'anna@example.org', 'Anna Adler', 'K-1'), (2, 'berta@example.org', 'Anna Adler', 'K-2');
    INSERT INTO orders VALUES (10, 1, 'Ring 1', '2026-01-01'), (11, 1, 'Ring 2', '2026-02-01'), (20, 2, 'Weg 3', '2026-02-01');
    INSERT INTO payments VALUES (100, 10, 'DE00 SPAR 0'), (101, 11, 'DE01 SPAR 1'), (200, 20, 'DE02 SPAR 2');
    INSERT INTO tickets VALUES (1000, 'Anna@Example.org', 'help'), (1001, 'joanna@example.org', 'help');";

const OBJECTS: &str = "      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, name: person.name }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { address: contact.address }
        erase: remove
      payments:
        table: payments
        key: id
        find: [{ under: orders, column: order_id }]
        fields: { iban: finance.bank }
        erase: remove
      tickets:
        table: tickets
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, body: content.message }
        erase: remove\n";

fn system(name: &str, objects: &str) -> String {
    let variable = format!("{}_URL", name.to_uppercase());
    format!(
        "  {name}:
    engine: postgres
    timeouts: {{ connect: 2s, request: 5s, lock: 500ms }}
    settings: {{ url: {{ secret: \"env:{variable}\" }} }}
    objects:\n{objects}"
    )
}

/// A second system beside PostgreSQL, with Anna and a stranger in it.
const SIDE: &str = "  side:
    engine: sqlite
    settings: { path: side.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove\n";

fn house(database: &Database, systems: &str) -> House {
    let mut house = House::new(systems, &[]);
    house.env("SHOP_URL", &database.url);
    house.sql("side.db", "CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT); INSERT INTO people VALUES (1, 'anna@example.org'), (2, 'berta@example.org')");
    house
}

fn erase(house: &House, expect: usize) -> Ran {
    house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", &expect.to_string()],
    )
}

fn count(database: &Database, table: &str) -> String {
    database
        .value(&format!("SELECT count(*) FROM {table}"))
        .unwrap()
}

#[test]
fn a_shop_of_four_tables_is_erased_and_proven() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let house = house(&database, &(system("shop", OBJECTS) + SIDE));
    let ran = erase(&house, 7);
    ran.expect(0);
    assert_eq!(
        ran.outcomes(),
        [
            "shop.customers removed",
            "shop.orders removed",
            "shop.orders removed",
            "shop.payments removed",
            "shop.payments removed",
            "shop.tickets removed",
            "side.people removed",
        ]
    );
    for (table, left) in [
        ("customers", "2"),
        ("orders", "20"),
        ("payments", "200"),
        ("tickets", "1001"),
    ] {
        assert_eq!(
            database
                .value(&format!("SELECT string_agg(id::text, ',') FROM {table}"))
                .as_deref(),
            Some(left),
            "{table}"
        );
    }
    for record in ran.json()["records"].as_array().unwrap() {
        // What is found under its parent alone cannot be searched for once that is gone.
        let under = ["orders", "payments"].contains(&record["object"].as_str().unwrap());
        assert_eq!(
            record["level"],
            if under { "L1" } else { "L2" },
            "{record:#}"
        );
    }
    assert_eq!(ran.json()["complete"], json!(true));
    let bundle = house.bundle().expect("a bundle");
    let bundle = bundle.to_string_lossy();
    house.run(&["evidence", "verify", &bundle]).expect(0);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/verify-evidence.sh");
    if std::path::Path::new(script).exists()
        && Command::new("openssl").arg("version").output().is_ok()
    {
        let anchor = house.path(".dsr/keys/seal.cert.pem");
        let out = Command::new("bash")
            .args([script, &bundle])
            .arg(&anchor)
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
    for (name, bytes) in house.bundled() {
        assert!(
            leaks(&bytes, &[ANNA, "Anna Adler", "Ring 1", "DE00 SPAR 0"]).is_empty(),
            "{name}"
        );
    }
    // Once more finds nothing and has nothing to do.
    let again = house.about(&json!({"email": ANNA}), &["find"]);
    assert_eq!(again.records("shop"), Vec::<String>::new());
}

#[test]
fn a_mask_that_a_column_cannot_take_stops_everything_before_it_begins() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let objects = "      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email, mask: \"null\" }
          name: person.name
        erase: anonymise\n";
    let house = house(&database, &(system("shop", objects) + SIDE));
    for args in [&["plan"][..], &["erase", "--yes", "--expect", "2"]] {
        let ran = house.about(&json!({"email": ANNA}), args);
        ran.expect(2);
        let error = &ran.json()["errors"][0];
        assert_eq!(error["code"], "E250", "{error:#}");
        assert!(
            error.to_string().contains("shop.customers.email"),
            "{error:#}"
        );
        assert!(
            error["help"].to_string().contains("mask"),
            "a remedy: {error:#}"
        );
    }
    assert_eq!(
        database
            .value("SELECT email FROM customers WHERE id = 1")
            .as_deref(),
        Some(ANNA)
    );
    assert_eq!(
        house.sql_value("side.db", "SELECT count(*) FROM people"),
        "2",
        "the other system is untouched as well"
    );
    assert!(house.bundle().is_none());
    // With the mask that the remedy names it works.
    house.write(
        "dsr.yaml",
        house
            .read("dsr.yaml")
            .replace("mask: \"null\"", "mask: token"),
    );
    let ran = erase(&house, 2);
    ran.expect(0);
    assert_eq!(
        ran.outcomes(),
        ["shop.customers anonymised", "side.people removed"]
    );
    let email = database
        .value("SELECT email FROM customers WHERE id = 1")
        .unwrap();
    assert!(email.ends_with("@erased.invalid"), "{email}");
    assert_eq!(
        database.value("SELECT name FROM customers WHERE id = 1"),
        None
    );
    assert_eq!(
        database
            .value("SELECT name FROM customers WHERE id = 2")
            .as_deref(),
        Some("Anna Adler"),
        "the namesake"
    );
}

#[test]
fn a_missing_table_or_column_is_an_error_of_that_object() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let more = OBJECTS.to_owned()
        + "      ghosts:
        table: ghosts
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
      halves:
        table: customers
        key: id
        find: [{ by: email, column: e_mail }]
        fields: { e_mail: { category: contact.email, identity: email } }
        erase: remove\n";
    let house = house(&database, &system("shop", &more));
    let find = house.about(&json!({"email": ANNA}), &["find"]);
    find.expect(3);
    let objects = find.system("shop")["objects"].clone();
    let error = |name: &str| {
        objects
            .as_array()
            .unwrap()
            .iter()
            .find(|o| o["object"] == name)
            .unwrap()["error"]["code"]
            .clone()
    };
    assert_eq!(
        (error("ghosts"), error("halves"), error("customers")),
        (json!("E512"), json!("E513"), Value::Null)
    );
    assert_eq!(find.system("shop")["status"], "incomplete");
    let ran = erase(&house, 6);
    ran.expect(3);
    assert_eq!(ran.json()["complete"], json!(false), "never complete");
    assert_eq!(
        count(&database, "customers"),
        "1",
        "what could be searched is served"
    );
    let cover = house
        .bundled()
        .into_iter()
        .find(|(name, _)| name.ends_with("00-COVER.txt"))
        .expect("a cover");
    assert!(
        String::from_utf8_lossy(&cover.1).contains("ghosts"),
        "the proof says so too"
    );
}

#[test]
fn an_action_that_an_engine_cannot_do_is_refused_when_the_inventory_is_read() {
    let Some(database) = database(SHOP) else {
        return;
    };
    for broken in [
        OBJECTS.replacen("erase: remove", "erase: suppress", 1),
        OBJECTS.replacen("erase: remove", "erase: restrict", 1),
        OBJECTS.replacen("erase: remove", "erase: with nobody", 1),
    ] {
        let house = house(&database, &system("shop", &broken));
        for args in [
            vec!["check"],
            vec!["erase", "--email", ANNA, "--yes", "--expect", "6"],
        ] {
            let ran = house.run(&args);
            ran.expect(2);
            assert!(
                ran.err.contains("dsr.yaml") && ran.err.contains("help"),
                "{}",
                ran.err
            );
        }
    }
    // Nothing says in which column of a file a lock would stand.
    let csv = "  letters:
    engine: csv
    settings: { path: a.csv }
    objects:
      readers:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email } }
        erase: restrict\n";
    let house = house(&database, &(system("shop", OBJECTS) + csv));
    house.run(&["check"]).expect(2);
    assert_eq!(count(&database, "customers"), "2");
}

#[test]
fn one_system_down_leaves_the_other_served_and_apply_completes() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let mut house = house(&database, &(system("shop", OBJECTS) + SIDE));
    house.env(
        "SHOP_URL",
        "postgres://nobody:secret-pw-91@127.0.0.1:1/shop",
    );
    let ran = erase(&house, 1);
    ran.expect(3);
    assert_eq!(ran.outcomes(), ["side.people removed"]);
    assert_eq!(ran.json()["complete"], json!(false));
    assert!(!ran.all().contains("secret-pw-91"));
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    // It comes back; the same case goes on.
    house.env("SHOP_URL", &database.url);
    let ran = house.run(&["apply", &case, "--yes", "--expect", "6", "--format", "json"]);
    ran.expect(0);
    assert_eq!(ran.outcomes().len(), 6);
    assert_eq!(ran.json()["complete"], json!(true));
    assert_eq!(count(&database, "customers"), "1");
    assert_eq!(
        house.sql_value("side.db", "SELECT group_concat(id) FROM people"),
        "2"
    );
}

#[test]
fn down_between_plan_and_apply_is_completed_later() {
    let Some(database) = database(SHOP) else {
        return;
    };
    // A trigger stands for the failure: it lets nothing go until it is dropped.
    database.sql("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN OLD; END $$;
                  CREATE TRIGGER no BEFORE DELETE ON tickets FOR EACH ROW EXECUTE FUNCTION no();");
    let house = house(
        &database,
        &(system("shop", OBJECTS).replace("request: 5s", "request: 1s") + SIDE),
    );
    let ran = erase(&house, 7);
    ran.expect(3);
    assert!(
        ran.outcomes().contains(&"side.people removed".to_owned()),
        "{:?}",
        ran.outcomes()
    );
    assert!(
        ran.outcomes().contains(&"shop.tickets failed".to_owned()),
        "{:?}",
        ran.outcomes()
    );
    assert_eq!(count(&database, "tickets"), "2");
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    database.sql("DROP TRIGGER no ON tickets");
    let ran = house.run(&["apply", &case, "--format", "json"]);
    ran.expect(0);
    assert_eq!(count(&database, "tickets"), "1");
    assert_eq!(count(&database, "customers"), "1");
}

#[test]
fn reading_writes_nothing_whatever_the_account_may_do() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let house = house(&database, &system("shop", OBJECTS));
    let written = || {
        // Statistics of other sessions arrive when those have ended.
        database.value("SELECT pg_stat_force_next_flush() IS NULL OR true");
        database.value("SELECT string_agg(relname || ':' || n_tup_ins || ':' || n_tup_upd || ':' || n_tup_del, ',' ORDER BY relname) FROM pg_stat_user_tables")
    };
    let before = (
        written(),
        database.value(
            "SELECT string_agg(t::text || xmin || ctid, ';' ORDER BY t.id) FROM customers t",
        ),
    );
    for args in [&["find"][..], &["plan"], &["find"]] {
        house.about(&json!({"email": ANNA}), args).expect(0);
    }
    house.run(&["check"]).expect(0);
    let after = (
        written(),
        database.value(
            "SELECT string_agg(t::text || xmin || ctid, ';' ORDER BY t.id) FROM customers t",
        ),
    );
    assert_eq!(before, after);
    // A view that would write when it is read is stopped by the server itself.
    database.sql("CREATE TABLE spied(at timestamptz);
        CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO spied VALUES (now()); RETURN true; END $$;
        CREATE VIEW watched AS SELECT id, email FROM customers WHERE spy();");
    let watched = OBJECTS
        .replace("table: tickets", "table: watched")
        .replace(", body: content.message", "");
    house.write(
        "dsr.yaml",
        format!("{HEAD}systems:\n{}", system("shop", &watched)),
    );
    let ran = house.about(&json!({"email": ANNA}), &["find"]);
    ran.expect(3);
    assert_eq!(count(&database, "spied"), "0");
}

#[test]
fn a_foreign_key_that_refuses_blocks_that_record_only() {
    let Some(database) = database(&format!(
        "{SHOP}
        CREATE TABLE ledger_lines(id int PRIMARY KEY, customer int REFERENCES customers, memo text);
        INSERT INTO ledger_lines VALUES (1, 1, 'kept for Anna Adler');"
    )) else {
        return;
    };
    let house = house(&database, &(system("shop", OBJECTS) + SIDE));
    let ran = erase(&house, 7);
    ran.expect(4);
    let outcomes = ran.outcomes();
    assert!(
        outcomes.contains(&"shop.customers blocked".to_owned()),
        "{outcomes:?}"
    );
    assert_eq!(
        outcomes
            .iter()
            .filter(|line| line.ends_with(" removed"))
            .count(),
        6,
        "{outcomes:?}"
    );
    assert_eq!(count(&database, "customers"), "2");
    let words = ran.json()["records"].to_string() + &ran.err.replace("Anna Adler", "");
    assert!(
        !words.contains("ledger_lines_customer_fkey") && !words.contains("kept for"),
        "{words}"
    );
}

#[test]
fn a_key_of_two_parts_keeps_tenants_apart() {
    let Some(database) = database("
        CREATE TABLE customers(tenant int, id int, email text, name text, PRIMARY KEY (tenant, id));
        INSERT INTO customers VALUES (1, 7, 'anna@example.org', 'Anna'), (2, 7, 'berta@example.org', 'Berta'), (1, 8, 'carla@example.org', 'Carla');
        CREATE TABLE orders(tenant int, id int, customer int, note text, PRIMARY KEY (tenant, id));
        INSERT INTO orders VALUES (1, 1, 7, 'a'), (2, 1, 7, 'b'), (1, 2, 8, 'c'), (2, 2, 7, 'd');") else { return };
    let objects = "      customers:
        table: customers
        key: [tenant, id]
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, name: person.name }
        erase: remove
      orders:
        table: orders
        key: [tenant, id]
        find: [{ under: customers, on: { tenant: tenant, customer: id } }]
        fields: { note: content.note }
        erase: remove\n";
    let house = house(&database, &system("shop", objects));
    let ran = erase(&house, 2);
    ran.expect(0);
    let left = database
        .value("SELECT string_agg(tenant || '/' || id, ',' ORDER BY tenant, id) FROM customers");
    assert_eq!(left.as_deref(), Some("1/8,2/7"));
    let left = database
        .value("SELECT string_agg(tenant || '/' || id, ',' ORDER BY tenant, id) FROM orders");
    assert_eq!(left.as_deref(), Some("1/2,2/1,2/2"));
}

#[test]
fn hostile_addresses_are_values_to_postgres_as_well() {
    let people = [
        "anna@example.org",
        "o'brien\"@example.org",
        "a%b@example.org",
        "axb@example.org",
        "a_b@example.org",
        "\u{430}nna@example.org",
        "x'||(select_1)||'@example.org",
        "a\\'b@example.org",
        "$1@example.org",
        "?@x1.example.org",
        ":name@example.org",
        "{a,b}@example.org",
        "a::text@example.org",
    ];
    let Some(database) = database(
        "CREATE TABLE customers(id int PRIMARY KEY, email text, phone text, customer_no text, name text)",
    ) else {
        return;
    };
    for (id, email) in people.iter().enumerate() {
        database.sql(&format!(
            "INSERT INTO customers VALUES ({}, '{}', NULL, NULL, 'N')",
            id + 1,
            email.replace('\'', "''")
        ));
    }
    let objects = "      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, name: person.name }
        erase: remove\n";
    let house = house(&database, &system("shop", objects));
    for (id, email) in people
        .iter()
        .enumerate()
        .filter(|(_, email)| !email.starts_with('?'))
    {
        let ran = house.about(&json!({"email": email}), &["find"]);
        assert_eq!(
            ran.expect(0).records("shop"),
            [format!("customers:{} stated", id + 1)],
            "{email}"
        );
    }
    for id in [2, 3, 7] {
        house
            .about(
                &json!({"email": people[id - 1]}),
                &["erase", "--yes", "--expect", "1"],
            )
            .expect(0);
    }
    let left = database.value("SELECT string_agg(id::text, ',' ORDER BY id) FROM customers");
    assert_eq!(left.as_deref(), Some("1,4,5,6,8,9,10,11,12,13"));
}

#[test]
fn a_locked_row_is_waited_for_and_then_said_to_be_locked() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let house = house(&database, &(system("shop", OBJECTS) + SIDE));
    // A session that holds the table for a while.
    let url = database.url.clone();
    let (ready, told) = std::sync::mpsc::channel();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        use sqlx::Connection as _;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql("BEGIN; SELECT * FROM tickets FOR UPDATE")
                .execute(&mut connection)
                .await
                .unwrap();
            ready.send(()).unwrap();
            let _ = held.recv();
        });
    });
    told.recv().unwrap();
    let ran = erase(&house, 7);
    ran.expect(3);
    assert!(
        ran.outcomes().contains(&"shop.tickets failed".to_owned()),
        "{:?}",
        ran.outcomes()
    );
    assert!(
        ran.outcomes().contains(&"side.people removed".to_owned()),
        "{:?}",
        ran.outcomes()
    );
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    release.send(()).unwrap();
    holder.join().unwrap();
    house.run(&["apply", &case, "--format", "json"]).expect(0);
    assert_eq!(
        (count(&database, "tickets"), count(&database, "customers")),
        ("1".into(), "1".into())
    );
}
