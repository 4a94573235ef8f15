//! Records that no rule reaches by way of a person: counted, told by their numbers at most, and never written to.

use serde_json::{Value, json};

use super::Shop;

const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
systems:
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      customers:
        table: customers
        key: email
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: last_seen
        erase: remove
      companies:
        table: companies
        key: [tenant, id]
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, on: { customer: email } }]
        fields: { note: content.note }
        clock: ordered_on
        erase: remove
      lines:
        table: lines
        key: [order_id, no]
        find: [{ under: orders, column: order_id }]
        fields: { title: order.item }
        erase: with orders
      letters:
        table: letters
        key: recipient
        find:
          - { under: customers, on: { recipient: email } }
          - { under: companies, on: { recipient: email } }
        fields: { recipient: { category: contact.email, identity: email } }
        erase: remove
      branches:
        table: branches
        key: id
        find: [{ under: companies, on: { tenant: tenant, company: id } }]
        fields: { town: contact.address }
        erase: remove
  post:
    engine: csv
    settings: { path: post.csv }
    objects:
      readers:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email } }
        erase: remove
  gone: { status: not_connected }
data_types:
  accounts: { objects: [shop.customers], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
  deliveries: { objects: [shop.orders], purpose: delivery, basis: art6_1_b, keep: P1Y, start: clock, kind: max, then: remove }
"#;

fn shop() -> Shop {
    let shop = Shop::new();
    shop.workspace.write("dsr.yaml", INVENTORY);
    shop.workspace.write("post.csv", "Mail\nanna@example.org\n");
    shop.sql(
        "CREATE TABLE companies (tenant INTEGER, id INTEGER, email TEXT, PRIMARY KEY (tenant, id));
         CREATE TABLE lines (order_id INTEGER, no INTEGER, title TEXT, PRIMARY KEY (order_id, no));
         CREATE TABLE letters (recipient TEXT PRIMARY KEY);
         CREATE TABLE branches (id INTEGER PRIMARY KEY, tenant INTEGER, company INTEGER, town TEXT);
         INSERT INTO companies VALUES (1, 1, 'firm@example.org'), (2, 1, 'other@example.org');
         INSERT INTO orders VALUES (1, 'p00@example.org', '2026-01-01', 'a'), (2, 'secret-person@example.org', '2026-01-01', 'b'),
            (3, NULL, '2026-01-01', 'c'), (4, '', '2026-01-01', 'd'), (5, 'other-person@example.org', '2026-01-01', 'e');
         INSERT INTO lines VALUES (1, 1, 'x'), (7, 1, 'y'), (7, 2, 'z'), (9, 1, 'w');
         INSERT INTO letters VALUES ('p00@example.org'), ('firm@example.org'), ('secret-person@example.org');
         -- Of two companies of the same number the tenant tells which; half a link leads nowhere and is none.
         INSERT INTO branches VALUES (1, 1, 1, 'Bonn'), (2, 2, 1, 'Fürth'), (3, 2, 2, 'Ulm'), (4, NULL, 1, 'Hof'), (5, 0, 0, 'Rom');",
    );
    shop
}

fn orphans(shop: &Shop, more: &[&str]) -> Value {
    let line = [&["--orphans", "--format", "json"], more].concat();
    shop.sweep(&line).ends_with(0).json()
}

fn link<'v>(found: &'v Value, object: &str) -> &'v Value {
    let links = found["links"].as_array().unwrap();
    links.iter().find(|link| link["object"] == object).unwrap()
}

fn dump(shop: &Shop) -> Vec<u8> {
    fs_err::read(shop.workspace.path("shop.db")).unwrap()
}

#[test]
fn records_without_their_parent_are_counted_and_left_alone() {
    let shop = shop();
    let before = (
        dump(&shop),
        shop.workspace
            .run(&["audit", "log", "--format", "json"])
            .out,
    );
    let found = orphans(&shop, &[]);
    let told = |object: &str| {
        let link = link(&found, object);
        (
            link["orphans"].clone(),
            link["blank"].clone(),
            link["keys"].clone(),
        )
    };
    let numbers = |keys: &[&str]| json!(keys.iter().map(|key| json!([key])).collect::<Vec<_>>());
    assert_eq!(
        told("orders"),
        (json!(3), json!(1), numbers(&["2", "4", "5"]))
    );
    assert_eq!(
        told("lines"),
        (
            json!(3),
            json!(0),
            json!([["7", "1"], ["7", "2"], ["9", "1"]])
        )
    );
    // Either of two parents will do, and what is named by an address is not shown.
    assert_eq!(told("letters"), (json!(1), json!(0), json!([])));
    assert_eq!(
        link(&found, "letters")["parents"].as_array().unwrap().len(),
        2
    );
    assert_eq!(told("branches"), (json!(2), json!(1), numbers(&["3", "5"])));
    let after = (
        dump(&shop),
        shop.workspace
            .run(&["audit", "log", "--format", "json"])
            .out,
    );
    assert_eq!(
        before, after,
        "nothing is written, and nothing of it is remembered"
    );
    // The statement that is shown finds the same ones.
    let statement = link(&found, "branches")["statement"].as_str().unwrap();
    let connection = shop.open();
    let mut rows = connection.prepare(statement).unwrap();
    let ids: Vec<i64> = rows
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(ids, [3, 5]);
}

#[test]
fn what_no_data_type_covers_is_what_the_concept_says() {
    let shop = shop();
    let found = orphans(&shop, &[]);
    let objects = found["uncovered"].as_array().unwrap().iter();
    let told: Vec<(String, Value)> = objects
        .map(|one| {
            let place = format!(
                "{}.{}",
                one["system"].as_str().unwrap(),
                one["object"].as_str().unwrap()
            );
            (place, one["records"].clone())
        })
        .collect();
    // The lines follow their orders, and so are covered.
    let wanted = [
        ("shop.companies", json!(2)),
        ("shop.letters", json!(3)),
        ("shop.branches", json!(5)),
        ("post.readers", Value::Null),
    ];
    assert_eq!(
        told,
        wanted.map(|(place, records)| (place.to_owned(), records))
    );
    let concept = shop
        .workspace
        .run(&["report", "concept", "--lint", "--format", "json"])
        .json();
    let lints = concept["lints"].as_array().unwrap().iter();
    let lints = lints.filter(|lint| lint["code"] == "E450");
    let mut named: Vec<String> = lints
        .map(|lint| {
            format!(
                "{}.{}",
                lint["system"].as_str().unwrap(),
                lint["object"].as_str().unwrap()
            )
        })
        .collect();
    let mut told: Vec<String> = told.into_iter().map(|(place, _)| place).collect();
    named.sort();
    told.sort();
    assert_eq!(named, told);
}

#[test]
fn no_person_stands_in_what_is_shown() {
    let shop = shop();
    for line in [
        vec![],
        vec!["--format", "json"],
        vec!["--format", "csv"],
        vec!["-vvv"],
    ] {
        let ran = shop.sweep(&[&["--orphans"], &line[..]].concat());
        let all = format!("{}{}", ran.out, ran.err);
        assert!(!all.contains('@') && !all.contains("secret"), "{all}");
    }
}

#[test]
fn a_system_that_fails_is_told_and_stops_only_itself() {
    let shop = shop();
    shop.sql("ALTER TABLE orders RENAME TO purchases");
    let ran = shop.sweep(&["--orphans", "--format", "json"]).ends_with(3);
    let found = ran.json();
    assert_eq!(found["complete"], false);
    assert_eq!(link(&found, "orders")["error"]["code"], "E512", "{found}");
    assert_eq!(link(&found, "branches")["orphans"], 2, "{found}");
    let said = shop.sweep(&["--orphans"]).ends_with(3).err;
    assert!(said.contains("W324") && said.contains("help"), "{said}");
    assert_eq!(orphans(&shop, &["--system", "post"])["links"], json!([]));
    shop.sweep(&["--orphans", "--apply"]).ends_with(2);
    shop.sweep(&["--orphans", "--system", "shpo"]).ends_with(2);
}

#[test]
fn a_spreadsheet_gets_one_table() {
    let shop = shop();
    for (lang, sign, kinds) in [
        ("en", ',', ["parent is gone", "no data type"]),
        ("de", ';', ["verwaist", "ohne Datenart"]),
    ] {
        let line = ["sweep", "--orphans", "--format", "csv"];
        let out = shop.workspace.run_in(lang, &line).ends_with(0).out;
        assert_eq!(out.matches('\u{feff}').count(), usize::from(lang == "de"));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(sign as u8)
            .from_reader(out.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(reader.headers().unwrap().len(), 9);
        // A row of another length would be an error.
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let of = |kind: &str| rows.iter().filter(|row| &row[0] == kind).count();
        assert_eq!(kinds.map(of), [4, 4], "{out}");
        let orders = rows.iter().find(|row| &row[1] == "shop.orders").unwrap();
        assert_eq!((&orders[5], &orders[6]), ("3", "1"), "{out}");
        let branches = rows.iter().rfind(|row| &row[1] == "shop.branches").unwrap();
        assert_eq!((&branches[0], &branches[5]), (kinds[1], "5"), "{out}");
    }
}

#[test]
fn the_screens() {
    let shop = shop();
    let mut screen = String::new();
    for lang in ["en", "de"] {
        let ran = shop
            .workspace
            .run_in(lang, &["sweep", "--orphans"])
            .ends_with(0);
        screen += &format!("--- {lang}\n{}{}", ran.out, ran.err);
    }
    let head = INVENTORY.split("systems:").next().unwrap();
    let nothing = format!("{head}systems: {{ gone: {{ status: not_connected }} }}\n");
    shop.workspace.write("dsr.yaml", &nothing);
    for lang in ["en", "de"] {
        let ran = shop
            .workspace
            .run_in(lang, &["sweep", "--orphans"])
            .ends_with(0);
        screen += &format!("--- nothing, {lang}\n{}{}", ran.out, ran.err);
    }
    insta::assert_snapshot!("orphans", screen);
}
