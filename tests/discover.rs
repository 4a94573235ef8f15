//! What a system says it holds becomes a proposal: what is right about people is proposed with its reason, what could lead to
//! somebody else's data is left open, nothing is written, and what was proposed is an inventory that works.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "support/mysql.rs"]
#[allow(dead_code, reason = "asks less of its databases than others")]
mod mysql;
#[path = "support/postgres.rs"]
mod postgres;

use support::house::{House, Ran};

const SHOP: &str = "
    CREATE TABLE countries (code CHAR(2) PRIMARY KEY, title VARCHAR(50));
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(200), first_name VARCHAR(50), email_verified BOOLEAN,
        country CHAR(2) REFERENCES countries (code), customer_no VARCHAR(20), segment VARCHAR(10));
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_id INTEGER, address VARCHAR(200), approved_by INTEGER,
        FOREIGN KEY (customer_id) REFERENCES customers (id), FOREIGN KEY (approved_by) REFERENCES customers (id));
    CREATE TABLE notes (customer_id INTEGER, nth INTEGER, remark VARCHAR(200), PRIMARY KEY (customer_id, nth),
        FOREIGN KEY (customer_id) REFERENCES customers (id));
    CREATE TABLE visits (day DATE, phone VARCHAR(30));
    CREATE TABLE waiting (id INTEGER PRIMARY KEY, street VARCHAR(50));
    CREATE VIEW mailing AS SELECT email FROM customers;
";

/// A workspace with one system that is not connected yet.
fn house(engine: &str, settings: &str) -> House {
    House::with(
        &format!(
            "dsr: 1
controller: {{ name: \"Example GmbH\", seat: DE-BY, language: en }}
identities:
  customer_no: {{ like: \"^[0-9]{{4,10}}$\" }}
systems:
  shop: {{ engine: {engine}, status: not_connected, settings: {settings} }}
"
        ),
        &[],
    )
}

fn shown(ran: &Ran) -> String {
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        ran.code, ran.out, ran.err
    )
}

macro_rules! snapshot {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ snapshot_path => "discover", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $text);
        })
    };
}

/// Puts a proposal into the inventory and looks whether it is taken.
fn take(house: &House, proposal: &str) -> Ran {
    let inventory = house.read("dsr.yaml");
    // The one open point that only a person can close.
    let proposal = proposal.replace("table: visits\n", "table: visits\n    key: [day, phone]\n");
    let objects: String = proposal
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    let settings = inventory
        .split("settings: ")
        .nth(1)
        .unwrap()
        .rsplit_once(" }")
        .unwrap()
        .0;
    let engine = inventory
        .split("engine: ")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let head = inventory.split("systems:").next().unwrap();
    house.write(
        "dsr.yaml",
        format!(
            "{head}systems:\n  shop:\n      engine: {engine}\n      settings: {settings}\n{objects}"
        ),
    );
    house.run(&["find", "--email", "ada@example.org", "--format", "json"])
}

#[test]
fn a_file_of_sqlite_is_described_in_both_languages() {
    let house = house("sqlite", "{ path: shop.db }");
    house.sql("shop.db", SHOP);
    let before = fs_err::read(house.path("shop.db")).unwrap();
    let english = house.run(&["connector", "discover", "shop"]);
    snapshot!("sqlite", shown(&english));
    snapshot!(
        "sqlite_de",
        shown(&house.run(&["connector", "discover", "shop", "--lang", "de"]))
    );
    snapshot!(
        "sqlite_csv",
        shown(&house.run(&["connector", "discover", "shop", "--format", "csv"]))
    );
    snapshot!(
        "sqlite_json",
        shown(&house.run(&["connector", "discover", "shop", "--format", "json"]))
    );
    assert_eq!(
        fs_err::read(house.path("shop.db")).unwrap(),
        before,
        "the file was written to"
    );

    house.sql("shop.db", "INSERT INTO customers (id, email) VALUES (1, 'ada@example.org'), (2, 'ada@example.com');
        INSERT INTO invoices (id, customer_id) VALUES (7, 1), (8, 2); INSERT INTO notes VALUES (1, 1, 'x');");
    let found = take(&house, &english.out);
    found.expect(0);
    let mut records = found.records("shop");
    records.sort();
    assert_eq!(
        records,
        [
            "customers:1 stated",
            "invoices:7 stated",
            "notes:1/1 stated"
        ],
        "{}",
        found.all()
    );
    // What is listed by now is not proposed again.
    let again = house.run(&["connector", "discover", "shop"]);
    assert!(
        !again.expect(0).out.contains("customers:"),
        "{}",
        again.all()
    );
}

/// What is proposed, without what each database calls its types.
fn without_types(ran: &Ran) -> serde_json::Value {
    let mut all = ran.expect(0).json();
    for object in all["objects"].as_array_mut().unwrap() {
        for field in object["fields"].as_array_mut().unwrap() {
            field.as_object_mut().unwrap().remove("type");
        }
    }
    all
}

fn same_as_sqlite(engine: &str, settings: &str, url: &str) -> House {
    let sqlite = house("sqlite", "{ path: shop.db }");
    sqlite.sql("shop.db", SHOP);
    let mut other = house(engine, settings);
    other.env("SHOP_URL", url);
    let ask = ["connector", "discover", "shop", "--format", "json"];
    assert_eq!(
        without_types(&other.run(&ask)),
        without_types(&sqlite.run(&ask))
    );
    let proposal = other.run(&["connector", "discover", "shop"]);
    take(&other, &proposal.expect(0).out).expect(0);
    other
}

#[test]
fn postgresql_says_the_same_and_more() {
    let Some(database) = postgres::database(SHOP) else {
        return;
    };
    same_as_sqlite(
        "postgres",
        "{ url: { secret: \"env:SHOP_URL\" } }",
        &database.url,
    );

    // Partitions stand for nobody, other schemas are named with theirs, and what the account may not read is not there.
    database.sql("CREATE SCHEMA crm; CREATE TABLE crm.people (id INT PRIMARY KEY, email TEXT);
        CREATE TABLE crm.letters (id INT PRIMARY KEY, person INT REFERENCES crm.people (id), message TEXT);
        CREATE TABLE logs (id INT, email TEXT, day DATE, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE TABLE logs_2026 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        DROP VIEW mailing; DROP TABLE notes, invoices, customers, countries, visits, waiting;");
    let mut more = house("postgres", "{ url: { secret: \"env:SHOP_URL\" } }");
    more.env("SHOP_URL", &database.url);
    snapshot!(
        "postgres",
        shown(&more.run(&["connector", "discover", "shop"]))
    );
}

#[test]
fn mariadb_says_the_same() {
    // MySQL takes no reference that stands beside a column.
    let sql = SHOP.replace(
        "country CHAR(2) REFERENCES countries (code)",
        "country CHAR(2), FOREIGN KEY (country) REFERENCES countries (code)",
    );
    let Some(database) = mysql::database(&sql) else {
        return;
    };
    same_as_sqlite(
        "mysql",
        "{ url: { secret: \"env:SHOP_URL\" } }",
        &database.url,
    );
}

#[test]
fn names_cannot_break_out_of_the_proposal() {
    let house = house("sqlite", "{ path: shop.db }");
    house.sql(
        "shop.db",
        "CREATE TABLE \"a\n  evil:\n    table: b\" (\"id # x\" INTEGER PRIMARY KEY, \"email: 'x\n\" TEXT, \"phone\u{1b}[31m\" TEXT, \"odd\nname\" TEXT);",
    );
    let proposal = house.run(&["connector", "discover", "shop"]);
    assert!(!proposal.expect(0).all().contains('\u{1b}'));
    assert!(
        !proposal
            .out
            .lines()
            .any(|line| line.trim_start().starts_with("evil:")),
        "{}",
        proposal.out
    );
    assert!(
        !proposal.out.lines().any(|line| line.starts_with("name")),
        "{}",
        proposal.out
    );
}

#[test]
fn files_have_columns_and_a_manual_system_has_none() {
    let csv = house("csv", "{ path: \"*.csv\", delimiter: \";\" }");
    csv.write("a.csv", "Mail;Vorname;Kundennummer;Stand\n");
    csv.write("b.csv", "Kundennummer;Mail;Ort\n");
    snapshot!("csv", shown(&csv.run(&["connector", "discover", "shop"])));
    let manual = House::with(
        "dsr: 1\ncontroller: { name: \"Example GmbH\", seat: DE-BY, language: en }\nsystems:\n  shop: { engine: manual }\n",
        &[],
    );
    snapshot!(
        "manual",
        shown(&manual.run(&["connector", "discover", "shop"]))
    );
    let gone = house("sqlite", "{ path: missing.db }");
    snapshot!("gone", shown(&gone.run(&["connector", "discover", "shop"])));
}
