//! What an erasure has left for a later day: due on its day and not before, erased once, left alone when it is another by now.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/sweeping.rs"]
mod sweeping;

use jiff::civil::date;
use program::{Ran, Workspace};
use rusqlite::Connection;
use serde_json::{Value, json};
use sweeping::statements;

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
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
      vouchers:
        table: vouchers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, note: content.note }
        clock: issued_on
        restrict: { set: { locked: "1" } }
        erase: remove
  letters:
    engine: csv
    settings: { path: letters.csv }
    objects:
      readers:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email } }
        erase: remove
data_types:
  booking: { objects: [shop.vouchers], purpose: accounting, basis: art6_1_c, rule: de.ao147.voucher, then: remove }
"#;

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

struct Shop {
    workspace: Workspace,
}

impl Shop {
    /// Anna has two vouchers that the law keeps, Bert has one.
    fn new() -> Shop {
        Shop::with(|text| text.to_owned())
    }

    fn with(change: impl Fn(&str) -> String) -> Shop {
        let shop = Shop {
            workspace: Workspace::new(&change(INVENTORY), &[]),
        };
        shop.sql(
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT);
             CREATE TABLE vouchers (id INTEGER PRIMARY KEY, email TEXT, note TEXT, issued_on TEXT, locked INTEGER NOT NULL DEFAULT 0);
             INSERT INTO customers VALUES (1, 'anna@example.org'), (2, 'bert@example.org');
             INSERT INTO vouchers VALUES (1, 'anna@example.org', 'a', '2026-01-15', 0), (2, 'anna@example.org', 'b', '2026-02-15', 0),
                (3, 'bert@example.org', 'c', '2026-01-15', 0);",
        );
        shop.workspace.write(
            "letters.csv",
            "Mail\nbert@example.org\nanna@example.org\ncarl@example.org\n",
        );
        shop
    }

    fn sql(&self, sql: &str) {
        let connection = Connection::open(self.workspace.path("shop.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    fn vouchers(&self) -> Vec<i64> {
        self.ids("vouchers")
    }

    fn ids(&self, table: &str) -> Vec<i64> {
        let connection = Connection::open(self.workspace.path("shop.db")).unwrap();
        let mut statement = connection
            .prepare(&format!("SELECT id FROM {table} ORDER BY id"))
            .unwrap();
        let ids = statement.query_map([], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    }

    fn run(&self, line: &[&str]) -> Ran {
        self.workspace.run(line)
    }

    /// Erases Anna; so many of her records can be written to at once.
    fn erase_anna(&self, writes: &str) -> String {
        let consent = ["--yes", "--expect", writes, "--format", "json"];
        let ran = self.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
        ran.case().unwrap_or_else(|| panic!("{ran:?}"))
    }

    /// Years go by: the vouchers of 2026 are of 2010, and their rows know it.
    fn years_pass(&self) {
        self.sql("UPDATE vouchers SET issued_on = replace(issued_on, '2026', '2010')");
        let (mut vault, rows) = self.rows();
        let old = rows.into_iter().map(|row| dsr::deferred::Deferred {
            until: row.until.map(|_| date(2018, 12, 31)),
            ..row
        });
        let old: Vec<_> = old.collect();
        dsr::deferred::add(&mut vault, &old).unwrap();
    }

    fn rows(&self) -> (dsr::vault::Vault, Vec<dsr::deferred::Deferred>) {
        let workspace = dsr::workspace::Workspace::find(&self.workspace.path("")).unwrap();
        let text = self.workspace.read(".dsr/keys/workspace.key");
        let digest = dsr::keys::Digest::from_hex(text.trim()).unwrap();
        let key = dsr::keys::Key::from_bytes(digest.0);
        let vault = dsr::vault::Vault::open(&workspace, &key).unwrap();
        let rows = dsr::deferred::all(&vault).unwrap();
        (vault, rows)
    }

    fn left(&self) -> usize {
        self.rows().1.len()
    }

    /// What a sweep says of deferred erasures in one object.
    fn owed(&self, object: &str, more: &[&str]) -> Value {
        let swept = self.run(&[&["sweep", "--format", "json"], more].concat());
        let lines = swept.json()["deferred"].as_array().unwrap().clone();
        let line = lines.iter().find(|line| line["object"] == object);
        line.cloned().unwrap_or(Value::Null)
    }

    /// What the sealed statements of all runs say of deferred erasures, by object: due and done.
    fn stated(&self) -> std::collections::BTreeMap<String, (u64, u64)> {
        let mut all = std::collections::BTreeMap::new();
        for statement in statements(&self.workspace.path("")) {
            for part in statement["deferred"].as_array().into_iter().flatten() {
                let object = part["object"].as_str().unwrap().to_owned();
                let sum: &mut (u64, u64) = all.entry(object).or_default();
                sum.0 += part["due"].as_u64().unwrap();
                sum.1 += part["done"].as_u64().unwrap();
            }
        }
        all
    }

    fn hold(&self, scope: &[&str]) -> String {
        let line = [
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
        ];
        let added = self.run(&[&line, scope].concat()).ends_with(0);
        added.out.trim().to_owned()
    }

    fn ended(&self) -> Vec<String> {
        let log = self.run(&["audit", "log", "--format", "json"]).json();
        let events = log["events"].as_array().unwrap().iter();
        let ended = events.filter(|stored| stored["event"]["event"] == "deferred_ended");
        ended
            .map(|stored| stored["event"]["outcome"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_voucher_is_due_on_its_day_and_not_before() {
    let shop = Shop::new();
    let case = shop.erase_anna("4");
    assert_eq!((shop.vouchers(), shop.left()), (vec![1, 2, 3], 2));
    assert_eq!(
        shop.owed("vouchers", &["--as-of", "2034-12-31"]),
        Value::Null
    );
    let due = shop.owed("vouchers", &["--as-of", "2035-01-01"]);
    assert_eq!(
        (&due["case"], &due["due"], &due["since"]),
        (&json!(case), &json!(2), &json!("2035-01-01")),
        "{due}"
    );
    shop.run(&["sweep", "--apply"]).ends_with(0);
    shop.run(&["sweep", "--apply"]).ends_with(0);
    assert_eq!(shop.vouchers(), [1, 2, 3], "not due yet");
    // Bert's voucher stays out of the rule's way, so that only what is deferred is looked at.
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
    let hold = shop.hold(&["--object", "shop.customers"]);
    shop.run(&["hold", "release", &hold, "--reason", "x"])
        .ends_with(0);
    let shown = shop.owed("vouchers", &["--system", "shop", "--data-type", "booking"]);
    assert_eq!(
        (&shown["due"], &shown["done"]),
        (&json!(2), &json!(0)),
        "{shown}"
    );
    assert_eq!(shop.vouchers(), [1, 2, 3], "a look writes nothing");
}

#[test]
fn a_file_has_rules_and_what_requests_have_left_in_one_table() {
    let shop = Shop::new();
    let case = shop.erase_anna("4");
    shop.years_pass();
    let mut found = Vec::new();
    // The last run finds nothing of a request any more.
    for (lang, line) in [
        ("en", &["sweep"][..]),
        ("de", &["sweep", "--apply"]),
        ("en", &["sweep"]),
    ] {
        let ran = shop
            .workspace
            .run_in(lang, &[line, &["--format", "csv"]].concat());
        let text = ran.out.trim_start_matches('\u{feff}');
        let (delimiter, case_of) = match lang {
            "de" => (b';', "Vorgang"),
            _ => (b',', "Case"),
        };
        // A row with another number of cells would be an error of the reader.
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        let place = head.iter().position(|name| name == case_of).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let (requests, rules): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row[place] == case);
        let is_rule = |row: &&csv::StringRecord| !row[0].is_empty() && row[place].is_empty();
        assert!(!rules.is_empty() && rules.iter().all(is_rule), "{text}");
        let is_request = |row: &&csv::StringRecord| row[0].is_empty() && &row[1] == "shop.vouchers";
        assert!(requests.iter().all(is_request), "{text}");
        found.push(requests.len());
    }
    assert_eq!(found, [1, 1, 0]);
}

#[test]
fn what_is_due_is_erased_once_and_tagged_with_its_case() {
    let shop = Shop::new();
    let case = shop.erase_anna("4");
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
    let done = shop.owed("vouchers", &["--apply"]);
    assert_eq!(
        (
            &done["done"],
            &done["changed"],
            &done["open"],
            &done["kept"]
        ),
        (&json!(2), &json!(0), &json!(0), &json!(0)),
        "{done}"
    );
    assert_eq!((shop.vouchers(), shop.left()), (vec![3], 0));
    let show = shop.run(&["case", "show", &case]).ends_with(0);
    assert!(show.out.contains("came due"), "{show:?}");
    assert_eq!(shop.owed("vouchers", &["--apply"]), Value::Null);
    shop.run(&["audit", "log", "--verify"]).ends_with(0);
    // The proof of the case is made as ever.
    shop.run(&["evidence", "make", &case]);
    shop.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn the_law_of_today_is_asked_again() {
    let shop = Shop::new();
    shop.erase_anna("4");
    // The rows say that the years are over, the vouchers' dates do not.
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-15'");
    let line = shop.owed("vouchers", &["--apply"]);
    assert_eq!(
        (&line["done"], &line["kept"]),
        (&json!(0), &json!(2)),
        "{line}"
    );
    assert_eq!((shop.vouchers(), shop.left()), (vec![1, 2, 3], 2));
}

#[test]
fn what_a_hold_kept_goes_when_it_is_released() {
    let shop = Shop::new();
    let id = shop.hold(&["--system", "letters"]);
    let customers = shop.hold(&["--object", "shop.customers"]);
    shop.erase_anna("2");
    assert!(shop.workspace.read("letters.csv").contains("anna@"));
    let held = shop.owed("readers", &["--apply"]);
    assert_eq!(
        (&held["due"], &held["held"], &held["holds"]),
        (&json!(0), &json!(1), &json!([id])),
        "{held}"
    );
    // A hold is named while it stands, and called released once it is.
    let line = |lang: &str| {
        let list = ["sweep", "--deferred", "--format", "csv"];
        let ran = shop.workspace.run_in(lang, &list).ends_with(0);
        let mut lines = ran.out.lines();
        let line = lines.find(|line| line.contains("letters.readers"));
        line.unwrap_or_else(|| panic!("{ran:?}")).to_owned()
    };
    for (lang, kept, left, released) in [
        ("en", "hold", "1 held", "was released"),
        (
            "de",
            "Löschstopp",
            "1 unter Löschstopp",
            "aufgehobenen Löschstopp",
        ),
    ] {
        let line = line(lang);
        assert!(line.contains(&format!("{kept} {id}")), "{line}");
        assert!(line.contains(&format!("{left} ({id})")), "{line}");
        assert!(!line.contains(released), "{line}");
    }
    shop.run(&["hold", "release", &id, "--reason", "x"])
        .ends_with(0);
    for (lang, released) in [("en", "was released"), ("de", "aufgehobenen Löschstopp")] {
        let line = line(lang);
        assert!(line.contains(released) && !line.contains(&id), "{line}");
    }
    let seen = shop.owed("readers", &[]);
    assert_eq!(
        (&seen["due"], &seen["held"]),
        (&json!(1), &json!(0)),
        "{seen}"
    );
    let done = shop.owed("readers", &["--apply"]);
    assert_eq!(
        (&done["done"], &done["open"]),
        (&json!(1), &json!(0)),
        "{done}"
    );
    assert_eq!(
        shop.workspace.read("letters.csv"),
        "Mail\nbert@example.org\ncarl@example.org\n"
    );
    assert_eq!(shop.owed("customers", &[])["held"], 1);
    shop.run(&["hold", "release", &customers, "--reason", "x"])
        .ends_with(0);
    assert_eq!(shop.owed("customers", &["--apply"])["done"], 1);
    shop.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn a_later_hold_keeps_what_an_erasure_left_though_nothing_names_the_person_any_more() {
    let shop = Shop::new();
    let case = shop.erase_anna("4");
    shop.run(&["case", "close", &case]).ends_with(0);
    shop.years_pass();
    shop.sql(
        "UPDATE vouchers SET email = '' WHERE id IN (1, 2);
         WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
         INSERT INTO vouchers SELECT i, 'carl@example.org', 'd', '2026-03-01', 0 FROM n",
    );
    let line = ["hold", "add", "--ground", "art17_3_e", "--reason", "x"];
    let added = shop.run(&[&line, &ANNA[..]].concat()).ends_with(0);
    assert!(!added.err.contains("W348"), "{added:?}");
    let id = added.out.trim();
    shop.run(&["sweep"]);
    let run = shop.run(&["sweep", "--apply", "--format", "json"]).json();
    let booking = &run["rules"][0];
    assert_eq!(
        (&booking["held"], &booking["done"], &booking["holds"]),
        (&json!(2), &json!(1), &json!([id])),
        "{run}"
    );
    assert_eq!(run["deferred"][0]["held"], 2, "{run}");
    assert_eq!((shop.vouchers().len(), shop.left()), (22, 2));
    assert_eq!(shop.vouchers()[..3], [1, 2, 10]);
}

#[test]
fn a_record_that_is_another_by_now_is_left_to_a_person() {
    let shop = Shop::new();
    shop.erase_anna("4");
    shop.years_pass();
    shop.sql(
        "UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3; UPDATE vouchers SET email = 'dora@example.org' WHERE id = 1;
         UPDATE vouchers SET note = 'somebody wrote here' WHERE id = 2",
    );
    shop.run(&["sweep"]).ends_with(0);
    let ran = shop.run(&["sweep", "--apply"]).ends_with(4);
    assert!(ran.err.contains("W329"), "{ran:?}");
    assert_eq!((shop.vouchers(), shop.left()), (vec![1, 3], 1));
    shop.run(&["sweep", "--apply"]).ends_with(4);
    assert_eq!(shop.ended(), ["changed", "removed"], "told once");
}

#[test]
fn a_purged_case_is_finished_all_the_same() {
    let shop = Shop::new();
    let case = shop.erase_anna("4");
    shop.run(&["case", "close", &case]).ends_with(0);
    shop.run(&[
        "case", "purge", &case, "--early", "--reason", "test", "--yes",
    ])
    .ends_with(0);
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3; DELETE FROM vouchers WHERE id = 2");
    let done = shop.owed("vouchers", &["--apply"]);
    assert_eq!(
        (&done["done"], &done["open"]),
        (&json!(2), &json!(0)),
        "{done}"
    );
    assert_eq!((shop.vouchers(), shop.left()), (vec![3], 0));
    let mut ended = shop.ended();
    ended.sort();
    assert_eq!(ended, ["already_gone", "removed"]);
    shop.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn whose_other_request_is_open_waits() {
    let shop = Shop::new();
    let case = shop.erase_anna("4");
    shop.run(&["case", "close", &case]).ends_with(0);
    shop.run(&[&["case", "open", "--right", "access"], &ANNA[..]].concat())
        .ends_with(0);
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
    let line = shop.owed("vouchers", &["--apply"]);
    assert_eq!(
        (&line["due"], &line["spared"], &line["done"]),
        (&json!(0), &json!(2), &json!(0)),
        "{line}"
    );
    assert_eq!(shop.vouchers(), [1, 2, 3]);
}

#[test]
fn what_the_own_case_has_still_to_hand_over_waits() {
    let shop = Shop::new();
    shop.erase_anna("4");
    shop.run(&[&["case", "open", "--right", "access"], &ANNA[..]].concat())
        .ends_with(0);
    shop.years_pass();
    let line = shop.owed("vouchers", &["--apply"]);
    assert_eq!(
        (&line["spared"], &line["done"]),
        (&json!(2), &json!(0)),
        "{line}"
    );
    assert_eq!(shop.vouchers(), [1, 2, 3]);
}

#[test]
fn a_request_that_came_after_a_kill_is_asked_about() {
    for at in 1.. {
        let shop = Shop::new();
        let case = shop.erase_anna("4");
        shop.run(&["case", "close", &case]).ends_with(0);
        shop.years_pass();
        shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
        shop.run(&["sweep"]).ends_with(0);
        let line = ["sweep", "--apply"];
        let killed = shop
            .workspace
            .run_with("DSR_TEST_KILL_AFTER", &at.to_string(), &line);
        assert!(at < 40, "the run never ends: {killed:?}");
        // The rule itself waits for a person, because so much of so little is due.
        if killed.code == Some(4) {
            assert!(at > 5, "the run was never killed");
            break;
        }
        let before = shop.vouchers();
        shop.run(&[&["case", "open", "--right", "access"], &ANNA[..]].concat())
            .ends_with(0);
        shop.run(&line);
        assert_eq!(shop.vouchers(), before, "{at}");
    }
}

#[test]
fn a_parent_stays_above_what_the_law_keeps() {
    let shop = Shop::with(|text| {
        text.replace(
            "find: [{ by: email, column: email }]\n        fields: { email: { category: contact.email, identity: email }, note",
            "find: [{ under: customers, on: { email: email } }]\n        fields: { email: { category: contact.email, identity: email }, note",
        )
    });
    let id = shop.hold(&["--object", "shop.customers"]);
    shop.erase_anna("3");
    shop.run(&["hold", "release", &id, "--reason", "x"])
        .ends_with(0);
    let line = shop.owed("customers", &["--apply"]);
    assert_eq!(
        (&line["due"], &line["done"], &line["changed"], &line["kept"]),
        (&json!(1), &json!(0), &json!(0), &json!(1)),
        "{line}"
    );
    let shop_db = Connection::open(shop.workspace.path("shop.db")).unwrap();
    let above: i64 = shop_db
        .query_row("SELECT count(*) FROM customers WHERE id = 1", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(above, 1);
}

/// Customers with orders, and those with lines; all of it is known by the customer alone.
fn family() -> Shop {
    let shop = Shop::with(|text| {
        let below = r#"      orders:
        table: orders
        key: id
        find: [{ under: customers, column: customer }]
        fields: { street: contact.address }
        clock: ordered_on
        erase: remove
      lines:
        table: lines
        key: id
        find: [{ under: orders, column: of }]
        fields: { title: order.item }
        erase: remove
      vouchers:"#;
        text.replace("      vouchers:", below)
    });
    shop.sql(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, street TEXT, ordered_on TEXT);
         CREATE TABLE lines (id INTEGER PRIMARY KEY, of INTEGER, title TEXT);
         DELETE FROM vouchers;
         INSERT INTO orders VALUES (1, 1, 'Main Street', '2020-01-01'), (2, 2, 'Side Street', '2020-01-01');
         INSERT INTO lines VALUES (1, 1, 'chair'), (2, 2, 'table');",
    );
    let id = shop.hold(&["--object", "shop.customers"]);
    // What hangs below goes at once, and so does her letter; she herself waits for the end of the hold.
    shop.erase_anna("3");
    shop.run(&["hold", "release", &id, "--reason", "x"])
        .ends_with(0);
    assert_eq!(shop.ids("customers"), [1, 2]);
    assert_eq!((shop.ids("orders"), shop.ids("lines")), (vec![2], vec![2]));
    // Meanwhile she has bought again.
    shop.sql(
        "INSERT INTO orders VALUES (3, 1, 'New Street', '2026-01-01'), (4, 1, 'New Street', '2026-02-01');
         INSERT INTO lines VALUES (3, 3, 'lamp'), (4, 3, 'shade');",
    );
    shop
}

#[test]
fn what_came_to_hang_below_goes_with_it() {
    let shop = family();
    let line = shop.owed("customers", &["--apply"]);
    assert_eq!(
        (&line["due"], &line["done"], &line["changed"]),
        (&json!(1), &json!(1), &json!(0)),
        "{line}"
    );
    assert_eq!(shop.ids("customers"), [2]);
    assert_eq!((shop.ids("orders"), shop.ids("lines")), (vec![2], vec![2]));
    assert_eq!(shop.left(), 0);
    assert_eq!(
        shop.ended().iter().filter(|one| *one == "removed").count(),
        5
    );
    shop.run(&["audit", "log", "--verify"]).ends_with(0);
    assert_eq!(shop.owed("customers", &["--apply"]), Value::Null);
}

#[test]
fn nothing_of_a_tree_goes_while_a_part_of_it_stays() {
    let lines = "  booking: {";
    let by_law = "  lines: { objects: [shop.orders], purpose: x, basis: art6_1_c, rule: de.ao147.voucher, start: ordered_on, then: remove }\n  booking: {";
    type Keep<'k> = (&'k str, &'k dyn Fn(&Shop), &'k str);
    let keeps: [Keep<'_>; 5] = [
        (
            "a hold on a leaf",
            &|shop| drop(shop.hold(&["--object", "shop.lines"])),
            "kept",
        ),
        (
            "a hold on her",
            &|shop| drop(shop.hold(&["--email", "anna@example.org"])),
            "held",
        ),
        (
            "the law, for what is new",
            &|shop| {
                let text = shop.workspace.read("dsr.yaml").replace(lines, by_law);
                shop.workspace.write("dsr.yaml", &text);
            },
            "kept",
        ),
        (
            "a word of a person",
            &|shop| {
                let text = shop.workspace.read("dsr.yaml");
                let manual = "fields: { title: order.item }\n        erase: { manual: Look. }";
                let asked = text.replace(
                    "fields: { title: order.item }\n        erase: remove",
                    manual,
                );
                assert_ne!(text, asked);
                shop.workspace.write("dsr.yaml", &asked);
            },
            "changed",
        ),
        (
            "a table that is gone",
            &|shop| shop.sql("ALTER TABLE lines RENAME TO rows"),
            "open",
        ),
    ];
    for (what, keep, count) in keeps {
        let shop = family();
        keep(&shop);
        let line = shop.owed("customers", &["--apply"]);
        assert_eq!(
            (&line["done"], &line[count]),
            (&json!(0), &json!(1)),
            "{what}: {line}"
        );
        assert_eq!(shop.ids("customers"), [1, 2], "{what}");
        assert_eq!(shop.ids("orders"), [2, 3, 4], "{what}");
        assert_eq!(shop.left(), 1, "{what}");
    }
}

#[test]
fn a_part_of_a_tree_that_is_another_by_now_keeps_it() {
    let shop = Shop::with(|text| {
        let own = "find: [{ by: email, column: email }]\n        fields: { email: { category: contact.email, identity: email }, note";
        let below = "find: [{ under: customers, column: customer }]\n        fields: { email: { category: contact.email, identity: email }, note";
        assert!(text.contains(own));
        text.replace(own, below)
    });
    shop.sql(
        "ALTER TABLE vouchers ADD customer INTEGER; UPDATE vouchers SET customer = CASE id WHEN 3 THEN 2 ELSE 1 END;",
    );
    let id = shop.hold(&["--object", "shop.customers"]);
    shop.erase_anna("3");
    shop.run(&["hold", "release", &id, "--reason", "x"])
        .ends_with(0);
    shop.years_pass();
    // Somebody else took one of her vouchers over.
    shop.sql("UPDATE vouchers SET email = 'carl@example.org' WHERE id = 2");
    let line = shop.owed("customers", &["--apply"]);
    assert_eq!(
        (&line["done"], &line["changed"]),
        (&json!(0), &json!(1)),
        "{line}"
    );
    assert_eq!(shop.ids("customers"), [1, 2]);
    assert_eq!(shop.vouchers(), [2, 3]);
    // As soon as it is nobody's below her, she goes.
    shop.sql("UPDATE vouchers SET customer = 2 WHERE id = 2");
    let line = shop.owed("customers", &["--apply"]);
    assert_eq!(line["done"], json!(1), "{line}");
    assert_eq!(
        (shop.ids("customers"), shop.vouchers()),
        (vec![2], vec![2, 3])
    );
}

#[test]
fn a_tree_that_was_begun_is_finished() {
    for at in 1.. {
        let shop = family();
        shop.run(&["sweep"]).ends_with(0);
        let killed = shop.workspace.run_with(
            "DSR_TEST_KILL_AFTER",
            &at.to_string(),
            &["sweep", "--apply"],
        );
        if killed.code == Some(0) {
            assert!(at > 8, "the run was never killed");
            break;
        }
        shop.run(&["sweep", "--apply"]).ends_with(0);
        assert_eq!((shop.ids("customers"), shop.left()), (vec![2], 0), "{at}");
        assert_eq!(
            (shop.ids("orders"), shop.ids("lines")),
            (vec![2], vec![2]),
            "{at}"
        );
        shop.run(&["audit", "log", "--verify"]).ends_with(0);
        // Each is counted once, whichever of the runs it went in.
        let done = |object: &str| shop.stated().get(object).map(|sum| sum.1);
        let all = ["customers", "orders", "lines"].map(done);
        assert_eq!(all, [Some(1), Some(2), Some(2)], "{at}");
        shop.run(&["audit", "runs"]).ends_with(0);
    }
}

#[test]
fn a_look_at_what_is_left_says_nothing_of_rules() {
    let shop = family();
    let look = ["sweep", "--deferred"];
    let ran = shop.run(&look).ends_with(0);
    assert!(ran.err.contains("What requests have left"), "{ran:?}");
    for words in [
        "What the rules make due",
        "shown for the first time",
        "carry the rules out",
    ] {
        assert!(!ran.err.contains(words), "{words}: {ran:?}");
    }
    // A look at all of it has both.
    let ran = shop.run(&["sweep"]).ends_with(0);
    assert!(ran.err.contains("What the rules make due"), "{ran:?}");
    // What only the pause stops waits for nobody's look.
    shop.run(&["sweep", "--pause"]).ends_with(0);
    for line in [&look[..], &["sweep"]] {
        let ran = shop.run(line).ends_with(0);
        assert!(ran.err.contains("--resume"), "{ran:?}");
        assert!(
            !ran.err.contains("for the first time, or exceed"),
            "{ran:?}"
        );
    }
    let ran = shop.run(&["sweep", "--apply", "--deferred"]).ends_with(3);
    assert!(
        !ran.err.contains("for the first time, or exceed"),
        "{ran:?}"
    );
}

#[test]
fn what_came_of_them_is_stated() {
    let shop = family();
    let case = shop.run(&["case", "list", "--format", "json"]).json()["cases"][0]["case"]
        .as_str()
        .unwrap()
        .to_owned();
    // A look leaves no statement, a run that could not do it says so.
    shop.run(&["sweep"]).ends_with(0);
    let id = shop.hold(&["--object", "shop.lines"]);
    shop.run(&["sweep", "--apply", "--metrics", "a.prom"])
        .ends_with(0);
    assert_eq!(shop.stated()["customers"], (1, 0));
    shop.run(&["hold", "release", &id, "--reason", "x"])
        .ends_with(0);
    shop.run(&["sweep", "--apply", "--metrics", "b.prom"])
        .ends_with(0);
    let stated = shop.stated();
    assert_eq!((stated["customers"], stated["orders"]), ((2, 1), (2, 2)));
    for (file, done) in [("a.prom", 0), ("b.prom", 1)] {
        let text = shop.workspace.read(file);
        let place = "{system=\"shop\",object=\"customers\"}";
        for wanted in [
            format!("\ndsr_sweep_deferred_due{place} 1\n"),
            format!("\ndsr_sweep_deferred_done{place} {done}\n"),
        ] {
            assert!(text.contains(&wanted), "{file} {wanted}: {text}");
        }
        assert!(!text.contains(&case) && !text.contains('@'), "{text}");
    }
    shop.run(&["audit", "runs"]).ends_with(0);
    // The case's own bundle tells it too, and so does that of the period.
    shop.run(&["evidence", "make", &case]).ends_with(0);
    let said: Value =
        serde_json::from_str(&shop.workspace.inside(&case, "data/statement.json")).unwrap();
    let gone = |object: &str, records: u64| json!({ "system": "shop", "object": object, "outcome": "removed", "records": records });
    assert_eq!(
        said["predicate"]["deferred"],
        json!([gone("customers", 1), gone("lines", 2), gone("orders", 2)])
    );
    let today = jiff::Zoned::now().date();
    let period = format!(
        "{}..{}",
        today.yesterday().unwrap(),
        today.tomorrow().unwrap()
    );
    let made = shop.run(&["evidence", "make", "--period", &period, "--format", "json"]);
    let path = made.json()["path"].as_str().unwrap().to_owned();
    shop.run(&["evidence", "verify", &path]).ends_with(0);
    let mut zip = zip::ZipArchive::new(fs_err::File::open(path).unwrap()).unwrap();
    let said: Value = serde_json::from_reader(zip.by_name("data/statement.json").unwrap()).unwrap();
    let sweeps = &said["predicate"]["sweeps"];
    // Due twice, because the first run left it.
    assert_eq!(
        (&sweeps["deferredDue"], &sweeps["deferredDone"]),
        (&json!(6), &json!(5)),
        "{sweeps}"
    );
}

#[test]
fn a_pause_and_the_cap_hold_for_them_too() {
    let shop = Shop::new();
    shop.erase_anna("4");
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
    shop.run(&["sweep"]).ends_with(0);
    shop.run(&["sweep", "--pause"]).ends_with(0);
    assert_eq!(
        shop.owed("vouchers", &["--apply"])["brakes"],
        json!(["stopped"])
    );
    shop.run(&["sweep", "--resume"]).ends_with(0);
    shop.workspace.write(
        "dsr.yaml",
        &shop
            .workspace
            .read("dsr.yaml")
            .replace("requests:", "limits: { sweep: { records: 1 } }\nrequests:"),
    );
    assert_eq!(
        shop.owed("vouchers", &["--apply"])["brakes"],
        json!(["cap"])
    );
    shop.run(&["sweep", "--apply"]).ends_with(4);
    assert_eq!(shop.vouchers(), [1, 2, 3]);
    // The number of a rule says nothing of what requests have left.
    let line = ["--apply", "--expect", "2", "--data-type", "booking"];
    assert_eq!(shop.owed("vouchers", &line)["brakes"], json!(["cap"]));
    assert_eq!(shop.vouchers(), [1, 2, 3]);
    let line = ["--apply", "--expect", "2", "--deferred"];
    assert_eq!(shop.owed("vouchers", &line)["done"], 2);
}

#[test]
fn killed_at_any_event_the_next_run_finishes() {
    for at in 1.. {
        let shop = Shop::new();
        shop.erase_anna("4");
        shop.years_pass();
        shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
        shop.run(&["sweep"]).ends_with(0);
        let killed = shop.workspace.run_with(
            "DSR_TEST_KILL_AFTER",
            &at.to_string(),
            &["sweep", "--apply"],
        );
        if killed.code == Some(0) {
            assert!(at > 5, "the run was never killed");
            break;
        }
        shop.run(&["sweep", "--apply"]).ends_with(0);
        assert_eq!((shop.vouchers(), shop.left()), (vec![3], 0), "{at}");
        let removed = shop
            .ended()
            .iter()
            .filter(|outcome| *outcome == "removed")
            .count();
        assert!(removed >= 2, "{at}: {:?}", shop.ended());
        shop.run(&["audit", "log", "--verify"]).ends_with(0);
    }
}

/// A shop that cannot lock vouchers, so that somebody is asked to.
fn unlockable() -> Shop {
    Shop::with(|text| {
        let without = text.replace("        restrict: { set: { locked: \"1\" } }\n", "");
        assert_ne!(without, text);
        without
    })
}

impl Shop {
    fn tasks(&self) -> Vec<Value> {
        let listed = self.run(&["task", "list", "--all", "--format", "json"]);
        listed.json()["tasks"].as_array().unwrap().clone()
    }

    /// State of the only task, and why it is so.
    fn task(&self) -> (Value, Value) {
        let tasks = self.tasks();
        assert_eq!(tasks.len(), 1, "{tasks:?}");
        (tasks[0]["state"].clone(), tasks[0]["because"].clone())
    }
}

#[test]
fn nobody_is_sent_to_lock_what_is_erased() {
    let shop = unlockable();
    let case = shop.erase_anna("2");
    let asked = shop.tasks();
    assert!(
        asked[0]["text"].as_str().unwrap().contains("shop.vouchers"),
        "{asked:?}"
    );
    assert_eq!(shop.task(), (json!("open"), Value::Null));
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
    // A look closes nothing.
    shop.run(&["sweep"]).ends_with(0);
    assert_eq!(shop.task(), (json!("open"), Value::Null));
    let ran = shop.run(&["sweep", "--apply"]).ends_with(0);
    assert_eq!(shop.vouchers(), [3]);
    let told = format!("Case {case}: no longer needed, because the records are erased: T1.");
    assert!(ran.err.contains(&told), "{ran:?}");
    assert_eq!(shop.task(), (json!("dropped"), json!("erased")));
    let listed = shop.workspace.run_in("de", &["task", "list", "--all"]);
    let words = listed.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("nicht mehr"), "{listed:?}");
    let shown = shop.run(&["case", "show", &case]).ends_with(0);
    assert!(shown.out.contains("erased its records"), "{shown:?}");
    // The proof says so, holds, and counts no open task; another run says it no second time.
    shop.run(&["evidence", "make", &case]).ends_with(0);
    let said: Value =
        serde_json::from_str(&shop.workspace.inside(&case, "data/statement.json")).unwrap();
    let task = &said["predicate"]["tasks"][0];
    assert_eq!(
        (&task["state"], &task["because"]),
        (&json!("dropped"), &json!("erased")),
        "{said}"
    );
    let gaps = said["predicate"]["notProven"].as_array().unwrap();
    assert!(
        gaps.iter().all(|gap| gap["kind"] != "task_open"),
        "{gaps:?}"
    );
    let bundle = shop.workspace.bundles(&case).pop().unwrap();
    shop.run(&["evidence", "verify", bundle.to_str().unwrap()])
        .ends_with(0);
    let again = shop.run(&["sweep", "--apply"]).ends_with(0);
    assert!(!again.err.contains("no longer needed"), "{again:?}");
    shop.run(&["case", "close", &case]).ends_with(0);
    shop.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn a_task_stays_as_long_as_one_of_its_records_does() {
    let shop = unlockable();
    shop.erase_anna("2");
    shop.years_pass();
    shop.sql(
        "UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3; UPDATE vouchers SET email = 'dora@example.org' WHERE id = 1",
    );
    shop.run(&["sweep", "--apply"]).ends_with(4);
    assert_eq!(shop.vouchers(), [1, 3]);
    assert_eq!(shop.task(), (json!("open"), Value::Null));
}

#[test]
fn what_somebody_has_done_stays_done() {
    let shop = unlockable();
    let case = shop.erase_anna("2");
    shop.run(&["task", "done", &case, "T1"]).ends_with(0);
    shop.years_pass();
    shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
    shop.run(&["sweep", "--apply"]).ends_with(0);
    assert_eq!(shop.vouchers(), [3]);
    assert_eq!(shop.task(), (json!("done"), Value::Null));
}

#[test]
fn killed_at_any_event_its_task_is_closed_by_the_next_run() {
    for at in 1.. {
        let shop = unlockable();
        shop.erase_anna("2");
        shop.years_pass();
        shop.sql("UPDATE vouchers SET issued_on = '2026-01-01' WHERE id = 3");
        shop.run(&["sweep"]).ends_with(0);
        let number = at.to_string();
        let killed = shop
            .workspace
            .run_with("DSR_TEST_KILL_AFTER", &number, &["sweep", "--apply"]);
        if killed.code == Some(0) {
            assert!(at > 6, "the run was never killed");
            break;
        }
        shop.run(&["sweep", "--apply"]).ends_with(0);
        assert_eq!(
            shop.task(),
            (json!("dropped"), json!("erased")),
            "killed at {at}"
        );
        shop.run(&["audit", "log", "--verify"]).ends_with(0);
    }
}
