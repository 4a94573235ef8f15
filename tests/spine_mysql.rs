//! Erasing over a real MariaDB with the whole program, where it goes wrong: each test is a failure that somebody has seen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "support/mysql.rs"]
mod mysql;

use std::process::Command;

use mysql::{Database, database};
use serde_json::json;
use support::house::{House, Ran, leaks};

const ANNA: &str = "anna@example.org";

/// The shop that everybody has: customers, orders, payments, tickets.
const SHOP: &str = "
    CREATE TABLE customers(id int PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name text, customer_no varchar(20));
    CREATE TABLE orders(id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers(id), address text, ordered_at date);
    CREATE TABLE payments(id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders(id), iban text);
    CREATE TABLE tickets(id int PRIMARY KEY, email varchar(80), body text, KEY (email));
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
    engine: mysql
    timeouts: {{ connect: 2s, request: 5s, lock: 500ms }}
    settings: {{ url: {{ secret: \"env:{variable}\" }} }}
    objects:\n{objects}"
    )
}

/// A second system beside MariaDB, with Anna and a stranger in it.
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
                .value(&format!("SELECT group_concat(id ORDER BY id) FROM {table}"))
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
fn one_system_down_leaves_the_other_served_and_apply_completes() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let mut house = house(&database, &(system("shop", OBJECTS) + SIDE));
    house.env("SHOP_URL", "mysql://nobody:secret-pw-91@127.0.0.1:1/shop");
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
fn a_foreign_key_that_refuses_blocks_that_record_only() {
    let Some(database) = database(&format!(
        "{SHOP}
        CREATE TABLE ledger_lines(id int PRIMARY KEY, customer int REFERENCES customers(id), memo text);
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
        !words.contains("ledger_lines_ibfk") && !words.contains("kept for"),
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
        .value("SELECT group_concat(concat(tenant, '/', id) ORDER BY tenant, id) FROM customers");
    assert_eq!(left.as_deref(), Some("1/8,2/7"));
    let left = database
        .value("SELECT group_concat(concat(tenant, '/', id) ORDER BY tenant, id) FROM orders");
    assert_eq!(left.as_deref(), Some("1/2,2/1,2/2"));
}

#[test]
fn what_cannot_be_undone_is_left_alone_and_said() {
    let Some(database) = database(&format!(
        "{SHOP} ALTER TABLE tickets ENGINE=MyISAM; UPDATE tickets SET email = 'änna@example.org' WHERE id = 1001"
    )) else {
        return;
    };
    let house = house(&database, &(system("shop", OBJECTS) + SIDE));
    let check = house.run(&["check"]);
    assert!(check.all().contains("W211"), "{}", check.all());
    // Nor is it said to be another weakness.
    assert!(!check.all().contains("W207"), "{}", check.all());
    // The server's first account may do anything, which is more than anybody needs here; one that may change four tables is told what
    // it cannot see.
    assert!(check.all().contains("W228"), "{}", check.all());
    let rights = [
        "SELECT, UPDATE, DELETE ON {db}.customers",
        "SELECT, UPDATE, DELETE ON {db}.orders",
        "SELECT, UPDATE, DELETE ON {db}.payments",
        "SELECT ON {db}.tickets",
    ];
    let mut house = house;
    house.env("SHOP_URL", &database.account("narrow", &rights));
    let narrow = house.run(&["check"]);
    assert!(
        !narrow.all().contains("W228") && narrow.all().contains("W212"),
        "{}",
        narrow.all()
    );
    assert!(
        narrow.all().contains("GRANT REFERENCES ON"),
        "{}",
        narrow.all()
    );
    house.env("SHOP_URL", &database.url);
    let ran = erase(&house, 7);
    ran.expect(3);
    let outcomes = ran.outcomes();
    assert!(
        outcomes.contains(&"shop.tickets failed".to_owned()),
        "{outcomes:?}"
    );
    assert_eq!(ran.json()["complete"], json!(false));
    assert_eq!(count(&database, "tickets"), "2");
    // Once the table can take part in a transaction, the same case goes on.
    database.sql("ALTER TABLE tickets ENGINE=InnoDB");
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    let ran = house.run(&["apply", &case, "--format", "json"]);
    ran.expect(0);
    assert_eq!(
        database
            .value("SELECT group_concat(id) FROM tickets")
            .as_deref(),
        Some("1001"),
        "a collation that takes her for Anna does not make her Anna"
    );
}

#[test]
fn lines_that_are_cut_all_the_time_lose_nothing_and_do_nothing_twice() {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;
    let Some(database) = database(SHOP) else {
        return;
    };
    let house = house(&database, &(system("shop", OBJECTS) + SIDE));
    let over = AtomicBool::new(false);
    let case = std::thread::scope(|scope| {
        let ended = scope.spawn(|| {
            let mut pause = 1;
            while !over.load(Ordering::SeqCst) {
                database.hang_up();
                pause = pause * 3 % 41;
                std::thread::sleep(Duration::from_millis(pause));
            }
        });
        let mut case: Option<String> = None;
        for _ in 0..6 {
            let ran = match &case {
                None => erase(&house, 7),
                Some(case) => {
                    house.run(&["apply", case, "--yes", "--expect", "7", "--format", "json"])
                }
            };
            assert!([0, 3, 4].contains(&ran.code), "{ran:?}");
            let list = house.run(&["case", "list", "--all", "--format", "json"]);
            case = list.json()["cases"][0]["case"].as_str().map(str::to_owned);
        }
        over.store(true, Ordering::SeqCst);
        ended.join().unwrap();
        case.unwrap()
    });
    // Undisturbed at last: what is left is planned afresh if it was not planned before.
    house.run(&["plan", "--case", &case]);
    for count in ["0", "1", "2", "3", "4", "5", "6", "7"] {
        let ran = house.run(&[
            "apply", &case, "--yes", "--expect", count, "--format", "json",
        ]);
        assert!([0, 3, 4].contains(&ran.code), "{ran:?}");
    }
    house.run(&["apply", &case]).expect(0);
    for (table, left) in [
        ("customers", "2"),
        ("orders", "20"),
        ("payments", "200"),
        ("tickets", "1001"),
    ] {
        let query = format!("SELECT group_concat(id ORDER BY id) FROM {table}");
        assert_eq!(database.value(&query).as_deref(), Some(left), "{table}");
    }
    let bundle = house.bundle().expect("a bundle");
    house
        .run(&["evidence", "verify", &bundle.to_string_lossy()])
        .expect(0);
}

/// Somebody else writes between the plan and its execution: their value stays, and the record is planned afresh.
#[test]
fn a_lost_update_is_shown_and_refused() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let mut house = house(&database, &system("shop", OBJECTS));
    let name = || {
        let rows = "SELECT name FROM customers WHERE id = 1";
        database.value(rows).unwrap()
    };
    let set = "shop.customers.name=Anna Berg";
    let rectify = ["rectify", "--email", ANNA, "--set", set];
    let yes = ["--yes", "--expect", "1"];
    // Opened, entered in the log, identity assumed, searched, asked, planned, approved: the next thing would be the write.
    house.env("DSR_TEST_KILL_AFTER", "7");
    let killed = house.run(&[&rectify[..], &yes].concat());
    assert_eq!((killed.code, name().as_str()), (-1, "Anna Adler"));
    house.without("DSR_TEST_KILL_AFTER");
    database.sql("UPDATE customers SET name = 'Anna Amsel' WHERE id = 1");
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let case = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    let ran = house.run(&["apply", &case]);
    ran.expect(4);
    assert!(
        ran.all().contains("changed since the plan"),
        "{}",
        ran.all()
    );
    assert_eq!(name(), "Anna Amsel");
    house.run(&[&["apply", &case], &yes[..]].concat()).expect(0);
    assert_eq!(name(), "Anna Berg");
}
