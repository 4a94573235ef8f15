//! Columns of a database that the inventory does not list: a package names them and nobody reads them, on the page, in the manifest and
//! in the reviewer's list.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

mod support;

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::house::{House, Ran};

/// Stands in every column that nobody lists.
const SECRET: &str = "Geheimniskraemerin";

/// One table with three objects over it, one of them a view, and a table of orders. The inventory does not spell names as they are.
const SYSTEMS: &str = "
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, NAME: person.name, spare: content.note }
        restrict: { set: { blocked: \"1\" } }
      letters:
        table: People
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, letter: content.message }
      orders:
        table: orders
        key: id
        find: [{ under: people, column: person }]
        fields: { place: contact.address }
      club:
        table: club
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
      archive:
        table: archive
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
";

fn house() -> House {
    let house = House::new(SYSTEMS, &[]);
    house.sql(
        "shop.db",
        &format!(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, Email TEXT, Name TEXT, spare TEXT, blocked INTEGER, letter TEXT,
               score TEXT, \"<b>odd</b> & = column\" TEXT, lowered TEXT GENERATED ALWAYS AS (lower(score)) VIRTUAL);
             CREATE TABLE orders (id INTEGER PRIMARY KEY, person INTEGER, place TEXT, courier TEXT);
             CREATE VIEW club AS SELECT id, Email, score AS rank FROM people;
             CREATE TABLE archive (id INTEGER PRIMARY KEY, email TEXT, box TEXT);
             INSERT INTO people VALUES (1, 'anna@example.org', 'Anna', NULL, 0, 'Dear shop', '{SECRET}', '{SECRET}'),
               (2, 'berta@example.org', 'Berta', NULL, 0, NULL, '{SECRET}', '{SECRET}');
             INSERT INTO orders VALUES (10, 1, 'Harbour 1', '{SECRET}'), (11, 1, 'Harbour 2', NULL), (12, 2, 'Hill 3', NULL)"
        ),
    );
    house
}

fn export(house: &House, more: &[&str]) -> Ran {
    let anna = ["export", "--format", "json", "--email", "anna@example.org"];
    let ran = house.run(&[&anna[..], more].concat());
    ran.expect(0);
    ran
}

fn read(house: &House, ran: &Ran, file: &str) -> String {
    let package = house.path(ran.json()["path"].as_str().unwrap());
    fs_err::read_to_string(package.join(file)).unwrap()
}

fn see(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// What the page says under "not included".
fn left_out(page: &str) -> &str {
    let start = page.find("<section id=\"left\">").unwrap();
    let end = page[start..].find("</section>").unwrap();
    &page[start..start + end]
}

fn of<'v>(manifest: &'v Value, object: &str) -> &'v Value {
    let mut objects = manifest["objects"].as_array().unwrap().iter();
    objects.find(|one| one["object"] == object).unwrap()
}

#[test]
fn the_page_names_what_nobody_read_in_both_languages() {
    let house = house();
    for (language, page) in [("en", "overview.html"), ("de", "uebersicht.html")] {
        let ran = export(&house, &["--folder", "--language", language]);
        let html = read(&house, &ran, page);
        see(&format!("columns_{language}"), left_out(&html));
        let review = read(&house, &ran, "REVIEW.txt");
        let about = |line: &&str| ["column", "Spalte"].iter().any(|word| line.contains(word));
        let lines: Vec<&str> = review.lines().filter(about).collect();
        see(&format!("columns_review_{language}"), &lines.join("\n"));
        assert!(!html.contains("<b>odd"));
        let package = house.path(ran.json()["path"].as_str().unwrap());
        let mut everything = ran.all();
        for file in ["manifest.json", "schema.json", "data/shop/people.json"] {
            everything += &fs_err::read_to_string(package.join(file)).unwrap();
        }
        everything += &html;
        assert!(
            !everything.to_lowercase().contains(&SECRET.to_lowercase()),
            "nobody read it"
        );
    }
}

#[test]
fn the_manifest_says_how_many_records_are_concerned() {
    let house = house();
    let ran = export(&house, &["--folder"]);
    let manifest: Value = serde_json::from_str(&read(&house, &ran, "manifest.json")).unwrap();
    // The mark of a restriction is read and has a value, as a file's column would be told; an empty listed field is no gap.
    assert_eq!(
        of(&manifest, "people")["unlisted_fields"],
        json!({"blocked": 1})
    );
    let odd = "<b>odd</b> & = column";
    assert_eq!(
        of(&manifest, "people")["unread_columns"],
        json!([
            {"name": "letter", "records": 1, "listed_for": ["letters"]},
            {"name": "score", "records": 1},
            {"name": odd, "records": 1},
            {"name": "lowered", "records": 1},
        ])
    );
    assert_eq!(
        of(&manifest, "letters")["unread_columns"],
        json!([
            {"name": "Name", "records": 1, "listed_for": ["people"]},
            {"name": "spare", "records": 1, "listed_for": ["people"]},
            {"name": "blocked", "records": 1},
            {"name": "score", "records": 1},
            {"name": odd, "records": 1},
            {"name": "lowered", "records": 1},
        ])
    );
    // What leads to the parent is read, what else the row has is not; two records have it.
    let orders = of(&manifest, "orders");
    assert_eq!(orders["unlisted_fields"], json!({"person": 2}));
    assert_eq!(
        orders["unread_columns"],
        json!([{"name": "courier", "records": 2}])
    );
    assert_eq!(orders["columns_known"], "all");
    // A view shows what it was made to show.
    let club = of(&manifest, "club");
    assert_eq!(
        (&club["unread_columns"], &club["columns_known"]),
        (&json!([{"name": "rank", "records": 1}]), &json!("view"))
    );
    // Without a record there is nothing that could be left out of it.
    let archive = of(&manifest, "archive");
    assert_eq!(
        (&archive["unread_columns"], &archive["columns_known"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(manifest["not_included"]["unread_columns"], 12);
    assert_eq!(ran.json()["not_included"]["unread_columns"], 12);
    assert_eq!(ran.json()["not_included"]["unlisted_fields"], 2);
}

/// An Art. 20 package says the same, and a final one says what its draft said.
#[test]
fn portable_and_final_packages_say_it_too() {
    let house = house();
    let ran = export(&house, &["--folder", "--portable"]);
    let manifest: Value = serde_json::from_str(&read(&house, &ran, "manifest.json")).unwrap();
    assert_eq!(manifest["not_included"]["unread_columns"], 12);

    let house = self::house();
    let draft = export(&house, &["--folder"]);
    let case = draft.json()["case"].as_str().unwrap().to_owned();
    house.sql("shop.db", "ALTER TABLE orders ADD COLUMN later TEXT");
    let reviewed = ["--case", &case, "--reviewed", "--identity", "letter"];
    let last = house.run(&[&["export", "--format", "json"], &reviewed[..]].concat());
    last.expect(0);
    assert_eq!(last.json()["not_included"]["unread_columns"], 12);
    let found = Command::new("7zz").stdout(Stdio::null()).status().is_ok();
    if !found {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs 7zz");
        return;
    }
    let said = last.json();
    let folder = tempfile::tempdir().unwrap();
    let unpacked = Command::new("7zz")
        .arg("x")
        .arg(format!("-p{}", said["passphrase"].as_str().unwrap()))
        .arg(format!("-o{}", folder.path().display()))
        .arg(house.path(said["path"].as_str().unwrap()))
        .stdout(Stdio::null())
        .status();
    assert!(unpacked.unwrap().success());
    let page = fs_err::read_to_string(folder.path().join("overview.html")).unwrap();
    assert!(left_out(&page).contains("<code>courier</code>"));
    assert!(!page.contains("later") && !folder.path().join("REVIEW.txt").exists());
}

/// Records that are not kept are read again, so it is said of that reading what it left.
#[test]
fn records_that_flow_are_told_of_once() {
    let systems = "
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      events:
        table: events
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, what: content.note }
        cap: 100000
";
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
limits: { records: 100000 }
systems:";
    let house = House::with(&format!("{head}{systems}"), &[]);
    house.sql(
        "shop.db",
        "CREATE TABLE events (id INTEGER PRIMARY KEY, email TEXT, what TEXT, place TEXT);
         CREATE INDEX e ON events (lower(email));
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
         INSERT INTO events SELECT i, 'anna@example.org', 'x', 'here' FROM n",
    );
    let draft = export(&house, &["--folder"]);
    let unread = |ran: &Ran| {
        let manifest: Value = serde_json::from_str(&read(&house, ran, "manifest.json")).unwrap();
        of(&manifest, "events")["unread_columns"].clone()
    };
    assert_eq!(unread(&draft), json!([{"name": "place", "records": 8_000}]));

    // What the inventory lists by now is read and stands in it.
    let inventory = house.read("dsr.yaml");
    let listed = inventory.replace("content.note }", "content.note, place: contact.address }");
    assert_ne!(inventory, listed);
    house.write("dsr.yaml", listed);
    house.sql("shop.db", "ALTER TABLE events ADD COLUMN later TEXT");
    let case = draft.json()["case"].as_str().unwrap().to_owned();
    let reviewed = [
        "--case",
        &case,
        "--reviewed",
        "--identity",
        "letter",
        "--folder",
    ];
    let last = house.run(&[&["export", "--format", "json"], &reviewed[..]].concat());
    last.expect(0);
    assert_eq!(unread(&last), json!([{"name": "later", "records": 8_000}]));
}
