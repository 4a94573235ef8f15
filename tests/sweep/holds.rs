//! Holds in retention runs: how many records they keep, which of them, by which days, and that all of it stands in the evidence.

use serde_json::{Value, json};

use super::runs::steady;
use super::{Shop, rule};

impl Shop {
    fn hold(&self, scope: &[&str]) -> String {
        let line = [
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
        ];
        let added = self.workspace.run(&[&line, scope].concat()).ends_with(0);
        added.out.trim().to_owned()
    }

    fn open_case(&self, email: &str) {
        let line = ["case", "open", "--email", email, "--right", "access"];
        self.workspace.run(&line).ends_with(0);
    }

    fn emails(&self) -> Vec<String> {
        let connection = self.open();
        let mut statement = connection
            .prepare("SELECT email FROM customers ORDER BY email")
            .unwrap();
        let found = statement.query_map([], |row| row.get(0)).unwrap();
        found.map(Result::unwrap).collect()
    }
}

#[test]
fn what_a_hold_on_all_of_it_keeps_is_counted_as_kept() {
    let shop = Shop::new();
    shop.sql("INSERT INTO vouchers (email, issued_on) VALUES ('a@example.org', '2001-01-01'), ('b@example.org', '2026-01-01')");
    shop.sweep(&[]).ends_with(0);
    let id = shop.hold(&["--object", "shop.customers"]);
    shop.open_case("p00@example.org");
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["due"], &accounts["held"], &accounts["requested"]),
        (&json!(0), &json!(20), &json!(1)),
        "{accounts}"
    );
    assert_eq!(accounts["oldest"], json!(null), "all of it is kept");
    assert_eq!(
        (&accounts["holds"], &accounts["brakes"]),
        (&json!([id]), &json!(["held"]))
    );
    assert_eq!(
        (&run["complete"], shop.count("customers")),
        (&json!(true), 40)
    );
    let statement = shop.statement();
    let accounts = rule(&statement, "accounts");
    assert_eq!(
        (
            &accounts["due"],
            &accounts["done"],
            &accounts["spared"]["hold"],
            &accounts["spared"]["open_request"]
        ),
        (&json!(0), &json!(0), &json!(19), &json!(1)),
        "{accounts}"
    );
    assert_eq!(accounts["holds"], json!([id]));
    assert!(rule(&statement, "booking").get("holds").is_none());
    let audit = shop
        .workspace
        .run(&["audit", "runs", "--format", "json"])
        .ends_with(0)
        .json();
    let run = &audit["runs"][0];
    assert_eq!(
        (&run["due"], &run["done"], &run["spared"]),
        (&json!(1), &json!(1), &json!(20))
    );
    // A request and a hold are two reasons, and each says which.
    let shown = shop.sweep(&[]).ends_with(0);
    let words = shown.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("19 held") && words.contains("1 in an open"),
        "{shown:?}"
    );
}

#[test]
fn each_hold_that_keeps_something_is_named() {
    let shop = Shop::new();
    shop.sql("UPDATE customers SET last_seen = '2011-05-05' WHERE email IN ('p02@example.org', 'p04@example.org')");
    shop.sweep(&[]).ends_with(0);
    let person = shop.hold(&["--email", "p00@example.org"]);
    let days = shop.hold(&[
        "--system",
        "shop",
        "--from",
        "2011-05-05",
        "--until",
        "2011-05-05",
    ]);
    // One that is on nothing due here, one on somebody who is not due, and one on another object.
    shop.hold(&[
        "--system",
        "shop",
        "--from",
        "2001-01-01",
        "--until",
        "2001-01-02",
    ]);
    shop.hold(&["--email", "p01@example.org"]);
    shop.hold(&["--email", "p06@example.org", "--object", "shop.vouchers"]);
    shop.open_case("p08@example.org");
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["held"], &accounts["requested"], &accounts["done"]),
        (&json!(4), &json!(1), &json!(16)),
        "{accounts}"
    );
    let mut named: Vec<Value> = accounts["holds"].as_array().unwrap().clone();
    named.sort_by_key(Value::to_string);
    let mut expected = vec![json!(person), json!(days)];
    expected.sort_by_key(Value::to_string);
    assert_eq!(named, expected);
    let statement = shop.statement();
    assert_eq!(rule(&statement, "accounts")["spared"]["hold"], 3);
    assert_eq!(shop.count("customers"), 24);
}

#[test]
fn a_hold_on_what_an_open_request_spares_as_well_is_named() {
    let shop = Shop::new();
    let id = shop.hold(&["--email", "p00@example.org"]);
    shop.open_case("p00@example.org");
    let run = shop.json(&[]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (
            &accounts["held"],
            &accounts["requested"],
            &accounts["holds"]
        ),
        (&json!(1), &json!(1), &json!([id])),
        "{accounts}"
    );
    for (lang, words) in [
        ("en", "1 in an open request, held as well: "),
        ("de", "1 in einem offenen Vorgang, auch unter Löschstopp: "),
    ] {
        let shown = shop.workspace.run_in(lang, &["sweep", "--format", "csv"]);
        let named = format!("{words}{id}");
        assert!(shown.out.contains(&named), "{shown:?}");
    }
}

/// Customers count from the day of their last visit; holds go by the day on which they came.
fn joined(text: &str) -> String {
    let text = text.replace("clock: last_seen", "clock: joined_on");
    text.replace(
        "keep: P2Y, start: clock",
        "keep: P2Y, start: event(last_seen)",
    )
}

#[test]
fn days_of_another_field_keep_their_records_and_no_others() {
    let shop = Shop::with(joined);
    shop.sql(
        "ALTER TABLE customers ADD COLUMN joined_on TEXT; UPDATE customers SET joined_on = '2015-06-01';
         UPDATE customers SET joined_on = '2018-01-01' WHERE email = 'p00@example.org';
         UPDATE customers SET joined_on = '2018-12-31' WHERE email = 'p02@example.org';
         UPDATE customers SET joined_on = '2017-12-31' WHERE email = 'p04@example.org';
         UPDATE customers SET joined_on = '2019-01-01' WHERE email = 'p06@example.org';
         UPDATE customers SET joined_on = NULL WHERE email = 'p08@example.org';
         UPDATE customers SET joined_on = 'long ago' WHERE email = 'p10@example.org';
         UPDATE customers SET joined_on = '1970-01-01' WHERE email = 'p12@example.org';
         UPDATE customers SET joined_on = '9999-12-31' WHERE email = 'p14@example.org';",
    );
    shop.sweep(&[]).ends_with(0);
    let id = shop.hold(&[
        "--system",
        "shop",
        "--from",
        "2018-01-01",
        "--until",
        "2018-12-31",
    ]);
    let from = shop.hold(&["--system", "shop", "--from", "2020-01-01"]);
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    // A day that nobody knows may lie in any range.
    assert_eq!(
        (&accounts["held"], &accounts["done"], &accounts["remaining"]),
        (&json!(6), &json!(14), &json!(0)),
        "{accounts}"
    );
    assert_eq!(accounts["holds"], json!([id, from]));
    assert_eq!(accounts["brakes"], json!([]));
    let stay: Vec<String> = shop
        .emails()
        .into_iter()
        .filter(|email| email[1..3].parse::<u32>().unwrap().is_multiple_of(2))
        .collect();
    let expected = ["p00", "p02", "p08", "p10", "p12", "p14"];
    let expected: Vec<String> = expected
        .iter()
        .map(|name| format!("{name}@example.org"))
        .collect();
    assert_eq!(stay, expected);
    assert_eq!(rule(&shop.statement(), "accounts")["spared"]["hold"], 6);
    let listed = shop.json(&["--left-alone"]);
    let records = listed["records"].as_array().unwrap();
    assert_eq!(records.len(), 6, "{listed}");
    let holds_of = |email: &str| {
        let mut found = records.iter();
        let found = found.find(|one| one["key"] == format!("{email}@example.org"));
        found.unwrap()["holds"].clone()
    };
    assert_eq!(holds_of("p00"), json!([id]));
    assert_eq!(holds_of("p08"), json!([id, from]));
    // The last day of all is what systems write for want of one.
    assert_eq!(holds_of("p14"), json!([id, from]));
}

#[test]
fn days_of_a_hold_count_where_the_object_has_no_clock() {
    let shop = Shop::with(|text| {
        let text = text.replace("        clock: last_seen\n", "");
        text.replace(
            "keep: P2Y, start: clock",
            "keep: P2Y, start: event(last_seen)",
        )
    });
    shop.sql("UPDATE customers SET last_seen = '2018-07-01' WHERE email IN ('p00@example.org', 'p02@example.org')");
    shop.sweep(&[]).ends_with(0);
    shop.hold(&[
        "--object",
        "shop.customers",
        "--from",
        "2018-01-01",
        "--until",
        "2018-12-31",
    ]);
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["held"], &accounts["done"]),
        (&json!(2), &json!(18)),
        "{accounts}"
    );
    assert_eq!(shop.count("customers WHERE last_seen = '2018-07-01'"), 2);
}

#[test]
fn a_hold_that_somebody_should_have_looked_at_is_told_and_keeps_on() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let today = jiff::Zoned::now().date().to_string();
    let id = shop.hold(&["--email", "p00@example.org", "--review-by", &today]);
    let later = shop.hold(&["--email", "p02@example.org"]);
    let ran = shop.sweep(&["--apply"]).ends_with(6);
    assert!(ran.err.contains("W335") && ran.err.contains(&id), "{ran:?}");
    assert!(!ran.err.contains(&later), "{ran:?}");
    assert_eq!(shop.count("customers"), 22);
    let audit = shop
        .workspace
        .run(&["audit", "runs", "--format", "json"])
        .ends_with(0)
        .json();
    assert_eq!(
        (&audit["runs"][0]["complete"], &audit["runs"][0]["exit"]),
        (&json!(true), &json!(6))
    );
    let list = shop.workspace.run(&["audit", "runs"]).ends_with(0);
    assert!(list.out.contains("complete"), "{list:?}");
}

#[test]
fn what_is_left_alone_is_listed_record_by_record() {
    let shop = Shop::with(|text| {
        text.replace(
            "engine: sqlite\n",
            "engine: sqlite\n    owner: anna@example.com\n",
        )
    });
    shop.sql(
        "INSERT INTO customers (email, last_seen) VALUES ('u1@example.org', NULL), ('u/2@example.org', 'soon'), ('later@example.org', '2099-01-01');
         INSERT INTO orders (customer, ordered_on) VALUES ('p04@example.org', date('now', '-10 days'));",
    );
    let person = shop.hold(&["--email", "p00@example.org"]);
    shop.open_case("p02@example.org");
    let mut screen = String::new();
    for lang in ["en", "de"] {
        for format in ["table", "csv"] {
            let line = ["sweep", "--left-alone", "--format", format];
            let ran = shop.workspace.run_in(lang, &line).ends_with(0);
            screen += &format!("--- {lang} {format}\n{}{}", ran.out, ran.err);
        }
    }
    screen = screen.replace(&person, "H-[hold]");
    insta::assert_snapshot!("left_alone", steady(&screen));
    let listed = shop.json(&["--left-alone"]);
    assert_eq!(listed["complete"], true);
    let keys = |why: &str| -> Vec<String> {
        let records = listed["records"].as_array().unwrap().iter();
        let records = records.filter(|record| record["why"] == why);
        records
            .map(|record| record["key"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        keys("unknown_start"),
        ["u%2F2@example.org", "u1@example.org"]
    );
    assert_eq!(keys("future"), ["later@example.org"]);
    assert_eq!(keys("referenced"), ["p04@example.org"]);
    assert_eq!(keys("requested"), ["p02@example.org"]);
    assert_eq!(keys("held"), ["p00@example.org"]);
    // It is no look that lets a rule write.
    assert_eq!(shop.events("sweep_planned"), 0);
    shop.sweep(&["--apply", "--left-alone"]).ends_with(2);
    // A hold on all of it has every record that is due, and more of them than fit on a page.
    shop.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO customers (email, last_seen) SELECT 'x' || i || '@example.org', date('now', '-900 days') FROM n;
         INSERT INTO customers (email, last_seen) SELECT 'n' || email, NULL FROM customers WHERE email LIKE 'x%';",
    );
    let all = shop.hold(&["--object", "shop.customers"]);
    let listed = shop.json(&["--left-alone"]);
    let records = listed["records"].as_array().unwrap();
    let count = |why: &str| records.iter().filter(|record| record["why"] == why).count();
    assert_eq!(
        (count("unknown_start"), count("held"), count("requested")),
        (2502, 2518, 1)
    );
    let all_of_it = |record: &&Value| record["why"] != "held" || record["holds"][0] == all;
    assert!(records.iter().all(|record| all_of_it(&record)));
    let csv = shop
        .sweep(&["--left-alone", "--format", "csv"])
        .ends_with(0);
    assert_eq!(
        csv.out
            .lines()
            .filter(|line| line.starts_with("Data type,"))
            .count(),
        1
    );
    assert_eq!(csv.out.lines().count(), records.len() + 1);
}

#[test]
fn a_run_under_holds_as_people_see_it() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let person = shop.hold(&["--email", "p00@example.org"]);
    shop.open_case("p02@example.org");
    let all = shop.hold(&["--object", "shop.vouchers"]);
    let mut screen = String::new();
    for lang in ["en", "de"] {
        let ran = shop.workspace.run_in(lang, &["sweep"]);
        screen += &format!("--- {lang}\n{}{}", ran.out, ran.err);
    }
    let screen = screen
        .replace(&person, "H-[person]")
        .replace(&all, "H-[all]");
    insta::assert_snapshot!("under_holds", steady(&screen));
}

#[test]
fn a_hold_on_a_name_that_nobody_bears_any_more_stops_every_run() {
    for (scope, before, after) in [
        (["--object", "shop.customers"], "customers", "clients"),
        (["--system", "shop"], "shop", "store"),
        (["--data-type", "accounts"], "accounts:", "people:"),
    ] {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let id = shop.hold(&scope);
        let text = shop.workspace.read("dsr.yaml").replace(before, after);
        let text = text.replace("table: clients", "table: customers");
        let text = text.replace("path: store.db", "path: shop.db");
        shop.workspace.write("dsr.yaml", &text);
        for more in [&[][..], &["--apply"], &["--left-alone"], &["--apply"]] {
            let ran = shop.sweep(more).ends_with(2);
            assert!(ran.err.contains("E440") && ran.err.contains(&id), "{ran:?}");
        }
        assert_eq!(
            (shop.count("customers"), shop.events("sweep_planned")),
            (40, 1)
        );
        shop.workspace
            .run(&["hold", "release", &id, "--reason", "settled"])
            .ends_with(0);
        shop.sweep(&[]).ends_with(0);
    }
}

#[test]
fn a_record_is_held_whatever_somebody_writes_into_it() {
    for by_hand in [true, false] {
        let shop = Shop::new();
        shop.sql(
            "INSERT INTO vouchers (email, issued_on) VALUES ('a@example.org', '2001-01-01'), ('b@example.org', '2001-01-01')",
        );
        let id = shop.hold(&["--email", "a@example.org"]);
        if by_hand {
            shop.sql("UPDATE vouchers SET email = 'new@example.org' WHERE id = 1");
        } else {
            let line = ["rectify", "--email", "a@example.org", "--set"];
            let set = ["contact.email=new@example.org", "--yes", "--expect", "1"];
            let json = ["--format", "json"];
            let ran = shop.workspace.run(&[&line[..], &set, &json].concat());
            assert!(ran.err.contains(&id), "{ran:?}");
            let case = ran.case().unwrap();
            shop.workspace.run(&["case", "close", &case]).ends_with(0);
            // Found by the new address alone.
            shop.sql(
                "INSERT INTO vouchers (email, issued_on) VALUES ('new@example.org', '2002-01-01')",
            );
        }
        let held = if by_hand { 1 } else { 2 };
        shop.sweep(&[]).ends_with(0);
        let run = shop.json(&["--apply"]);
        let booking = rule(&run, "booking");
        assert_eq!(
            (&booking["held"], &booking["requested"], &booking["done"]),
            (&json!(held), &json!(0), &json!(1)),
            "{by_hand} {booking}"
        );
        assert_eq!(booking["holds"], json!([id]));
        assert_eq!(shop.count("vouchers WHERE email = 'new@example.org'"), held);
        let line = ["erase", "--email", "new@example.org", "--plan"];
        let plan = shop.workspace.run(&line);
        assert!(plan.out.contains(&id), "{plan:?}");
        // A released hold remembers nobody's records.
        shop.workspace
            .run(&["hold", "release", &id, "--reason", "settled"])
            .ends_with(0);
        let case = plan.case().unwrap();
        let ended = ["case", "close", &case, "--early", "--reason", "withdrawn"];
        shop.workspace.run(&ended);
        let run = shop.json(&["--apply"]);
        assert_eq!(rule(&run, "booking")["holds"], json!([]), "{run}");
    }
}

#[test]
fn a_record_of_an_open_request_is_spared_whatever_somebody_writes_into_it() {
    let shop = Shop::new();
    shop.sql("INSERT INTO vouchers (email, issued_on) VALUES ('a@example.org', '2001-01-01'), ('b@example.org', '2001-01-01')");
    shop.sweep(&[]).ends_with(0);
    shop.workspace
        .run(&["erase", "--email", "a@example.org", "--plan"])
        .ends_with(0);
    shop.sql("UPDATE vouchers SET email = 'new@example.org' WHERE id = 1");
    let run = shop.json(&["--apply"]);
    let booking = rule(&run, "booking");
    assert_eq!(
        (&booking["requested"], &booking["done"]),
        (&json!(1), &json!(1)),
        "{booking}"
    );
    assert_eq!(shop.count("vouchers"), 1);
}

#[test]
fn a_hold_stops_no_run_that_locks() {
    let shop = Shop::with(|text| {
        text.replace(
            "keep: P2Y, start: clock, kind: max, then: remove",
            "keep: P9Y, start: clock, kind: max, then: remove, active_until: { event: clock, plus: P1Y }",
        )
    });
    let id = shop.hold(&["--email", "p00@example.org"]);
    shop.hold(&["--object", "shop.customers", "--until", "2009-01-01"]);
    let all = shop.hold(&["--system", "shop"]);
    shop.sql("UPDATE customers SET last_seen = '2010-05-05' WHERE email IN ('p00@example.org', 'p02@example.org')");
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply"]);
    let rules = run["rules"].as_array().unwrap().iter();
    let of = |action: &str| -> &Value {
        let mut all = rules.clone();
        all.find(|one| one["data_type"] == "accounts" && one["action"] == action)
            .unwrap_or_else(|| panic!("{run}"))
    };
    let locks = of("restrict");
    assert_eq!(
        (&locks["done"], &locks["held"], &locks["brakes"]),
        (&json!(20), &json!(0), &json!([])),
        "{locks}"
    );
    assert_eq!(shop.count("customers WHERE locked = 1"), 20);
    let erases = of("remove");
    assert_eq!(
        (&erases["due"], &erases["brakes"], &erases["held"]),
        (&json!(0), &json!(["held"]), &json!(2)),
        "{erases}"
    );
    assert!(erases["holds"].to_string().contains(&all), "{erases}");
    assert!(erases["holds"].to_string().contains(&id), "{erases}");
    assert_eq!(shop.count("customers"), 40);
}
