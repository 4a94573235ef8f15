//! Retention runs that make anonymous: schemes that would not, told and refused; good ones, carried out once and found done.

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

use program::{Ran, Workspace};
use rusqlite::Connection;
use serde_json::{Value, json};
use sweeping::head;

/// The same words for every engine.
fn inventory(engine: &str) -> String {
    let settings = match engine {
        "sqlite" => "path: shop.db".to_owned(),
        _ => "url: { secret: \"env:SHOP_URL\" }".to_owned(),
    };
    format!(
        r#"{}  shop:
    engine: {engine}
    settings: {{ {settings} }}
    objects:
      customers:
        table: customers
        key: id
        find: [{{ by: email, column: email }}]
        fields:
          email: {{ category: contact.email, identity: email }}
          name: person.name
          login: {{ category: account.login, mask: token }}
          phone: {{ category: contact.phone, mask: "text:none" }}
          note: content.note
          born: {{ category: person.birth_date, mask: year }}
          joined: {{ category: x.joined, mask: year }}
          spent: {{ category: finance.payment, mask: zero }}
          city: {{ category: contact.address, mask: keep }}
        clock: last_seen
        erase: anonymise
data_types:
  accounts: {{ objects: [shop.customers], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: anonymise }}
"#,
        head("records: 1000, share: 90, batch: 7")
    )
}

const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
        login VARCHAR(60) UNIQUE, phone TEXT, note TEXT, born DATE, joined TIMESTAMP NOT NULL, spent NUMERIC(10,2) NOT NULL,
        city TEXT, points INTEGER, last_seen TEXT);
    CREATE INDEX seen ON customers (last_seen);
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39)
    INSERT INTO customers SELECT 100 + i, printf('p%02d@example.org', i), 'Person ' || i, 'login' || i,
        CASE WHEN i % 4 = 0 THEN '089 1984' || i END, 'born 1984', printf('1984-%02d-17', 1 + i % 12),
        '2019-03-' || (10 + i % 20) || ' 10:11:12', 19.90 + i, 'Munich', i,
        date('now', CASE WHEN i % 2 = 0 THEN '-900 days' ELSE '-30 days' END) FROM n;";

struct Shop {
    workspace: Workspace,
}

impl Shop {
    /// Forty customers, every second one long gone.
    fn new() -> Shop {
        Shop::with(|text| text.to_owned())
    }

    fn with(change: impl Fn(&str) -> String) -> Shop {
        let shop = Shop {
            workspace: Workspace::new(&change(&inventory("sqlite")), &[]),
        };
        shop.sql(SHOP);
        shop
    }

    fn open(&self) -> Connection {
        Connection::open(self.workspace.path("shop.db")).unwrap()
    }

    fn sql(&self, sql: &str) {
        self.open().execute_batch(sql).unwrap();
    }

    fn count(&self, condition: &str) -> u64 {
        let sql = format!("SELECT count(*) FROM customers WHERE {condition}");
        let count: i64 = self.open().query_row(&sql, [], |row| row.get(0)).unwrap();
        u64::try_from(count).unwrap()
    }

    /// The whole table, to see whether anything at all was written.
    fn dump(&self) -> Vec<String> {
        let connection = self.open();
        let mut statement = connection
            .prepare("SELECT id, email, name, login, phone, note, born, joined, spent, city FROM customers ORDER BY id")
            .unwrap();
        let rows = statement.query_map([], |row| {
            let values = (0..10).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
            Ok(values.collect::<Vec<_>>().join("|"))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    fn sweep(&self, more: &[&str]) -> Ran {
        self.workspace.run(&[&["sweep"], more].concat())
    }

    fn rule(&self, more: &[&str]) -> Value {
        rule(&self.workspace, more)
    }
}

fn rule(workspace: &Workspace, more: &[&str]) -> Value {
    let line = [&["sweep", "--format", "json"], more].concat();
    let swept = workspace.run(&line).json();
    let rules = swept["rules"].as_array().unwrap();
    rules
        .iter()
        .find(|rule| rule["data_type"] == "accounts")
        .unwrap()
        .clone()
}

/// Rows that show nothing any more, on SQLite.
const ANONYMOUS: &str = "email GLOB '*@erased.invalid' AND length(email) = 35 AND name = '' AND login GLOB '*@erased.invalid' \
    AND (phone IS NULL OR phone = 'none') AND note IS NULL AND born = '1984-01-01' AND joined = '2019-01-01 00:00:00' AND spent = 0 \
    AND city = 'Munich'";

#[test]
fn a_good_scheme_is_carried_out_once_and_found_done() {
    let shop = Shop::new();
    let before = shop.dump();
    let first = shop.rule(&["--apply"]);
    assert_eq!(first["due"], 20, "{first}");
    assert_eq!(first["brakes"], json!(["new"]));
    assert_eq!(first["weaknesses"], json!([]));
    assert_eq!(shop.dump(), before);
    let second = shop.rule(&["--apply"]);
    assert_eq!(
        (
            &second["done"],
            &second["remaining"],
            &second["stood_out"],
            &second["error"]
        ),
        (&json!(20), &json!(0), &json!(0), &json!(null)),
        "{second}"
    );
    assert_eq!(shop.count(ANONYMOUS), 20);
    assert_eq!(
        shop.count("last_seen > date('now', '-100 days') AND name LIKE 'Person %'"),
        20
    );
    let after = shop.dump();
    let third = shop.rule(&["--apply"]);
    assert_eq!(
        (&third["due"], &third["done"]),
        (&json!(0), &json!(0)),
        "{third}"
    );
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.dump(), after, "what is anonymous is not written again");
    shop.workspace
        .run(&["audit", "log", "--verify"])
        .ends_with(0);
}

/// How the inventory and the table are changed, and what is then told of which field.
type Weak<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

#[test]
fn weak_schemes_are_told_with_a_remedy_and_write_nothing() {
    let cases: [Weak<'_>; 13] = [
        (
            "note: content.note",
            "note: { category: content.note, mask: keep }",
            "",
            "E470",
            "note",
        ),
        (
            "",
            "",
            "ALTER TABLE customers ADD remark TEXT",
            "E470",
            "remark",
        ),
        (
            "",
            "",
            "ALTER TABLE customers ADD photo BLOB",
            "E470",
            "photo",
        ),
        (
            "name: person.name",
            "name: { category: person.name, mask: keep }",
            "",
            "E471",
            "name",
        ),
        ("mask: \"text:none\"", "mask: year", "", "E471", "phone"),
        (
            "identity: email }",
            "identity: email, mask: keep }",
            "",
            "E472",
            "email",
        ),
        (
            "account.login, mask: token",
            "account.login, mask: keep",
            "",
            "E472",
            "login",
        ),
        (
            "account.login, mask: token",
            "account.login, fixed: true",
            "",
            "E472",
            "login",
        ),
        (
            "",
            "",
            "UPDATE customers SET city = 'Fürth' WHERE id = 100",
            "E473",
            "city",
        ),
        (
            "name: person.name",
            "name: { category: person.name, mask: \"null\" }",
            "",
            "E250",
            "name",
        ),
        (
            "          city:",
            "          extra: { category: x.extra, mask: \"text:{}\" }\n          city:",
            "ALTER TABLE customers ADD extra JSON",
            "E474",
            "extra",
        ),
        // The key is what the person is called; nobody lists it, and it is read all the same.
        (
            "key: id",
            "key: handle",
            "ALTER TABLE customers ADD handle TEXT; UPDATE customers SET handle = 'anna-' || id;
             CREATE UNIQUE INDEX handles ON customers (handle)",
            "E470",
            "handle",
        ),
        // So is the column by which others name the record.
        (
            "data_types:\n",
            "      visits:
        table: visits
        key: id
        find: [{ under: customers, on: { customer: nick } }]
        fields: { place: content.note }
        erase: anonymise
data_types:\n",
            "ALTER TABLE customers ADD nick TEXT; UPDATE customers SET nick = 'anna-' || id;
             CREATE TABLE visits (id INTEGER PRIMARY KEY, customer TEXT, place TEXT)",
            "E470",
            "nick",
        ),
    ];
    for (from, to, sql, code, field) in cases {
        let shop = Shop::with(|text| match from {
            "" => text.to_owned(),
            from => text.replace(from, to),
        });
        shop.sql(sql);
        let before = shop.dump();
        let shown = shop.rule(&[]);
        let told = shown["weaknesses"]
            .as_array()
            .unwrap_or_else(|| panic!("{code} {field}: {shown}"));
        assert!(
            told.contains(&json!({ "code": code, "field": field })),
            "{code} {field}: {shown}"
        );
        shop.sweep(&[]).ends_with(0);
        let ran = shop.sweep(&["--apply"]).ends_with(4);
        assert!(
            ran.err.contains(code) && ran.err.contains(field) && ran.err.contains("help"),
            "{ran:?}"
        );
        assert_eq!(
            shop.rule(&["--apply"])["brakes"],
            json!(["weak"]),
            "{code} {field}"
        );
        // No number that a person names lifts it.
        shop.sweep(&["--apply", "--expect", "20"]).ends_with(4);
        assert_eq!(shop.dump(), before, "{code} {field}");
    }
}

#[test]
fn who_stands_out_is_counted_among_the_anonymous() {
    let shop = Shop::new();
    // Many live in Bonn, but only three of them become anonymous: the others have their names beside it.
    shop.sql("UPDATE customers SET city = 'Bonn' WHERE id % 2 = 1 OR id < 106");
    let shown = shop.rule(&[]);
    assert_eq!(shown["stand_out"], 3, "{shown}");
    // A year that only one has.
    let shop = Shop::new();
    shop.sql("UPDATE customers SET born = '1931-05-05' WHERE id = 104");
    assert_eq!(shop.rule(&[])["stand_out"], 1);
    // Another day of the same year is no difference, nor is where nothing stands.
    shop.sql("UPDATE customers SET born = '1984-05-05' WHERE id = 104; UPDATE customers SET city = NULL, born = NULL");
    assert_eq!(shop.rule(&[])["stand_out"], 0);
    // How many are enough is for the company to say.
    let shop = Shop::with(|text| text.replace("batch: 7", "batch: 7, alike: 21"));
    assert_eq!(shop.rule(&[])["stand_out"], 20);
    // Whoever is held hides nobody: with one held, nineteen are left.
    let shop = Shop::with(|text| text.replace("batch: 7", "batch: 7, alike: 20"));
    assert_eq!(shop.rule(&[])["stand_out"], 0);
    hold(&shop, &["--email", "p00@example.org"]);
    assert_eq!(shop.rule(&[])["stand_out"], 19);
}

#[test]
fn a_column_that_leads_to_another_record_is_told() {
    let orders = r#"      orders:
        table: orders
        key: id
        find: [{ under: customers, on: { customer: id } }]
        fields: { street: contact.address }
        clock: ordered_on
        erase: anonymise
data_types:
  deliveries: { objects: [shop.orders], purpose: delivery, basis: art6_1_b, keep: P1Y, start: clock, kind: max, then: anonymise }
"#;
    let shop = Shop::with(|text| text.replace("data_types:\n", orders));
    shop.sql("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, street TEXT, ordered_on TEXT);
              INSERT INTO orders SELECT id, id, 'Main Street', '2020-01-01' FROM customers");
    let ran = shop.sweep(&["--format", "json"]);
    let told = ran.json()["rules"].as_array().unwrap().clone();
    let deliveries = told
        .iter()
        .find(|rule| rule["data_type"] == "deliveries")
        .unwrap();
    assert_eq!(
        deliveries["weaknesses"],
        json!([{ "code": "E472", "field": "customer" }])
    );
    let said = shop.sweep(&[]).err;
    assert!(
        said.contains("W326"),
        "the customers are named by their orders: {said}"
    );
    let listed = orders.replace(
        "{ street",
        "{ customer: { category: account.id, mask: \"null\" }, street",
    );
    shop.workspace.write(
        "dsr.yaml",
        &inventory("sqlite").replace("data_types:\n", &listed),
    );
    let told = shop.sweep(&["--format", "json"]).json()["rules"]
        .as_array()
        .unwrap()
        .clone();
    let deliveries = told
        .iter()
        .find(|rule| rule["data_type"] == "deliveries")
        .unwrap();
    assert_eq!(deliveries["weaknesses"], json!([]), "{deliveries}");
}

#[test]
fn killed_at_any_event_the_next_run_finishes() {
    for at in 1.. {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let killed = shop.workspace.run_with(
            "DSR_TEST_KILL_AFTER",
            &at.to_string(),
            &["sweep", "--apply"],
        );
        if killed.code == Some(0) {
            assert!(at > 6, "the run was never killed");
            break;
        }
        let next = shop.rule(&["--apply"]);
        assert_eq!(
            (&next["remaining"], &next["error"]),
            (&json!(0), &json!(null)),
            "{at}: {next}"
        );
        assert_eq!(shop.count(ANONYMOUS), 20, "{at}");
        let log = shop
            .workspace
            .run(&["audit", "log", "--format", "json"])
            .json();
        let events = log["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| &event["event"]);
        let done: u64 = events
            .filter(|event| event["event"] == "sweep_batch_ended")
            .map(|event| event["done"].as_u64().unwrap())
            .sum();
        assert_eq!(done, 20, "{at}");
        shop.workspace
            .run(&["audit", "log", "--verify"])
            .ends_with(0);
    }
}

fn hold(shop: &Shop, scope: &[&str]) {
    let line = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a dispute",
    ];
    shop.workspace.run(&[&line, scope].concat()).ends_with(0);
}

#[test]
fn whom_a_hold_is_on_stays_as_they_are() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    hold(&shop, &["--email", "p02@example.org"]);
    let run = shop.rule(&["--apply"]);
    assert_eq!(
        (&run["done"], &run["held"], &run["remaining"]),
        (&json!(19), &json!(1), &json!(0)),
        "{run}"
    );
    assert_eq!(
        shop.count("email = 'p02@example.org' AND name = 'Person 2' AND born = '1984-03-17'"),
        1
    );
    assert_eq!(shop.count(ANONYMOUS), 19);
}

#[test]
fn what_is_undone_in_the_same_moment_is_not_kept() {
    let shop = Shop::new();
    shop.sql("CREATE TRIGGER back AFTER UPDATE OF name ON customers BEGIN UPDATE customers SET note = old.name WHERE id = old.id; END");
    let before = shop.dump();
    shop.sweep(&[]).ends_with(0);
    let run = shop.rule(&["--apply"]);
    assert_eq!(
        (&run["error"]["code"], &run["done"]),
        (&json!("E474"), &json!(0)),
        "{run}"
    );
    assert_eq!(shop.dump(), before);
}

/// On a server: the same scheme, with the types that it has.
fn on_a_server(
    engine: &str,
    url: &str,
    value: &dyn Fn(&str) -> Option<String>,
    sql: &dyn Fn(&str),
) {
    let mut workspace = Workspace::new(&inventory(engine), &[]);
    workspace
        .environment
        .push(("SHOP_URL".to_owned(), url.to_owned()));
    let number = |condition: &str| {
        value(&format!(
            "(SELECT count(*) FROM customers WHERE {condition})"
        ))
    };
    let shown = rule(&workspace, &[]);
    assert_eq!(
        (&shown["due"], &shown["weaknesses"]),
        (&json!(20), &json!([])),
        "{shown}"
    );
    // Letters that the server's order takes for the same are not the same.
    sql("UPDATE customers SET city = 'munchen' WHERE id = 100");
    let weak = rule(&workspace, &["--apply"]);
    assert_eq!(
        (&weak["stand_out"], &weak["brakes"]),
        (&json!(1), &json!(["weak"])),
        "{weak}"
    );
    assert_eq!(number("name LIKE 'Person %'"), Some("40".into()));
    sql("UPDATE customers SET city = 'München' WHERE id = 100");
    let run = rule(&workspace, &["--apply"]);
    assert_eq!(
        (
            &run["done"],
            &run["remaining"],
            &run["stood_out"],
            &run["error"]
        ),
        (&json!(20), &json!(0), &json!(0), &json!(null)),
        "{run}"
    );
    let anonymous = "email LIKE '____________________@erased.invalid' AND name = '' AND login LIKE '%@erased.invalid' \
        AND (phone IS NULL OR phone = 'none') AND note IS NULL AND born = '1984-01-01' AND spent = 0 AND city = 'München'";
    assert_eq!(number(anonymous), Some("20".into()));
    assert_eq!(number("joined = '2019-01-01 00:00:00'"), Some("20".into()));
    assert_eq!(
        number("name LIKE 'Person %' AND note IS NOT NULL"),
        Some("20".into())
    );
    let again = rule(&workspace, &["--apply"]);
    assert_eq!(
        (&again["due"], &again["done"]),
        (&json!(0), &json!(0)),
        "{again}"
    );
    workspace.run(&["sweep", "--apply"]).ends_with(0);
}

#[test]
fn on_postgres() {
    let Some(database) = postgres::database(
        "CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name varchar(80) NOT NULL, login varchar(60) UNIQUE,
            phone char(30), note text, born date, joined timestamp(3) with time zone NOT NULL, spent numeric(10,2) NOT NULL, city text,
            points int, last_seen timestamptz);
         INSERT INTO customers SELECT 100 + i, 'p' || i || '@example.org', 'Person ' || i, 'login' || i,
            CASE WHEN i % 4 = 0 THEN '089 1984' END, 'born 1984', date '1984-02-03' + i, timestamptz '2019-03-05 10:11:12.131+00', 19.90, 'München', i,
            now() - CASE WHEN i % 2 = 0 THEN interval '900 days' ELSE interval '30 days' END FROM generate_series(0, 39) AS i;",
    ) else {
        return;
    };
    let utc = |sql: &str| database.value(&sql.replace("00:00:00'", "00:00:00+00'"));
    on_a_server("postgres", &database.url, &utc, &|sql| database.sql(sql));
}

#[test]
fn on_mariadb() {
    let Some(database) = mysql::database(
        "CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name varchar(80) NOT NULL, login varchar(60) UNIQUE,
            phone char(30), note text, born date, joined datetime(3) NOT NULL, spent decimal(10,2) NOT NULL, city varchar(40), points int,
            last_seen datetime) CHARACTER SET utf8mb4;
         INSERT INTO customers SELECT 100 + seq, concat('p', seq, '@example.org'), concat('Person ', seq), concat('login', seq),
            IF(seq % 4 = 0, '089 1984', NULL), 'born 1984', date '1984-02-03' + INTERVAL seq DAY, '2019-03-05 10:11:12.131', 19.90, 'München', seq,
            now() - INTERVAL IF(seq % 2 = 0, 900, 30) DAY FROM seq_0_to_39;",
    ) else {
        return;
    };
    on_a_server("mysql", &database.url, &|sql| database.value(sql), &|sql| {
        database.sql(sql)
    });
}
