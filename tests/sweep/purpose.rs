//! Records that are locked once their purpose has ended and erased once their period has: `active_until`.

use serde_json::{Value, json};

use super::sweeping::statements;
use super::{Shop, rule};

const LOCKED: &str = "then: remove, active_until: { event: clock, plus: P1Y } }";

/// Forty customers: twenty are due to go, ten have only lost their purpose.
fn shop() -> Shop {
    let shop = Shop::with(|text| {
        let first = text
            .replacen("then: remove }", LOCKED, 1)
            .replace("share: 60", "share: 90");
        assert!(first.contains(LOCKED));
        first
    });
    shop.sql(
        "UPDATE customers SET last_seen = date('now', '-500 days')
         WHERE email IN (SELECT email FROM customers WHERE last_seen > date('now', '-100 days') ORDER BY email LIMIT 10)",
    );
    shop
}

/// The rule of the accounts that locks, or the one that erases.
fn of<'v>(sweep: &'v Value, action: &str) -> &'v Value {
    let rules = sweep["rules"].as_array().unwrap();
    let is_it = |rule: &&Value| rule["data_type"] == "accounts" && rule["action"] == action;
    rules.iter().find(is_it).unwrap()
}

#[test]
fn what_lost_its_purpose_is_locked_and_what_is_over_goes() {
    let shop = shop();
    let first = shop.json(&[]);
    assert_eq!(of(&first, "restrict")["due"], 30);
    assert_eq!(of(&first, "remove")["due"], 20);
    // Locks come before erasures.
    let order: Vec<&Value> = first["rules"].as_array().unwrap().iter().collect();
    assert_eq!(order[0]["action"], "restrict");
    let run = shop.json(&["--apply"]);
    assert_eq!(of(&run, "restrict")["done"], 30, "{run}");
    assert_eq!(of(&run, "remove")["done"], 20, "{run}");
    assert_eq!(shop.count("customers"), 20);
    assert_eq!(shop.count("customers WHERE locked = 1"), 10);
    assert_eq!(
        shop.count("customers WHERE locked = 1 AND last_seen > date('now', '-366 days')"),
        0
    );
    let third = shop.json(&["--apply"]);
    assert_eq!(of(&third, "restrict")["due"], 0);
    assert_eq!(of(&third, "restrict")["done"], 0);
    shop.sweep(&["--apply"]).ends_with(0);
    shop.workspace
        .run(&["audit", "log", "--verify"])
        .ends_with(0);
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn the_statement_tells_the_lock_from_the_erasure() {
    let shop = shop();
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    let said = statements(&shop.workspace.path("")).pop().unwrap();
    assert_eq!(of(&said, "restrict")["done"], 30);
    assert_eq!(of(&said, "restrict")["keep"], "P1Y");
    assert_eq!(of(&said, "remove")["done"], 20);
    assert_eq!(of(&said, "remove")["keep"], "P2Y");
}

#[test]
fn a_lock_that_somebody_takes_away_comes_back_with_the_next_run() {
    let shop = shop();
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    shop.sql("UPDATE customers SET locked = 0 WHERE locked = 1 AND rowid % 2 = 0");
    let open = shop.count("customers WHERE locked = 0 AND last_seen < date('now', '-400 days')");
    assert!(open > 0);
    let run = shop.json(&["--apply"]);
    assert_eq!(of(&run, "restrict")["done"], json!(open), "{run}");
    assert_eq!(shop.count("customers WHERE locked = 1"), 10);
}

#[test]
fn the_last_day_of_the_purpose_is_still_free() {
    let shop = shop();
    // The day of the seat, which is another than this machine's for some hours of each day.
    let day = shop.json(&[])["day"].as_str().unwrap().to_owned();
    shop.sql(&format!(
        "DELETE FROM customers; INSERT INTO customers (email, last_seen) VALUES
         ('on@example.org', date('{day}', '-1 years')),
         ('after@example.org', date('{day}', '-1 years', '-1 days'))",
    ));
    shop.sweep(&[]).ends_with(0);
    let shown = shop.json(&["--apply", "--then", "restrict"]);
    let due = of(&shown, "restrict")["due"].clone();
    assert_eq!(due, 1, "{shown}");
}

#[test]
fn a_hold_keeps_no_record_from_being_locked() {
    let shop = shop();
    shop.sweep(&[]).ends_with(0);
    let held: String = shop
        .open()
        .query_row(
            "SELECT email FROM customers WHERE last_seen = date('now', '-500 days') LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let hold = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
        "--email",
    ];
    shop.workspace
        .run(&[&hold[..], &[&held]].concat())
        .ends_with(0);
    let run = shop.json(&["--apply"]);
    assert_eq!(of(&run, "restrict")["done"], 30, "{run}");
    assert_eq!(
        shop.count(&format!("customers WHERE email = '{held}' AND locked = 1")),
        1
    );
}

#[test]
fn killed_between_any_two_events_every_record_is_locked_once() {
    for number in [3, 5, 6, 8, 11] {
        let shop = shop();
        shop.sweep(&[]).ends_with(0);
        let text = number.to_string();
        shop.workspace
            .run_with("DSR_TEST_KILL_AFTER", &text, &["sweep", "--apply"]);
        shop.sweep(&["--apply"]).ends_with(0);
        assert_eq!(shop.count("customers"), 20, "{number}");
        assert_eq!(shop.count("customers WHERE locked = 1"), 10, "{number}");
        shop.workspace.run(&["audit", "runs"]).ends_with(0);
    }
}

#[test]
fn one_of_the_two_is_named_by_what_it_does() {
    let shop = shop();
    shop.sweep(&[]).ends_with(0);
    // Of two rules nobody can say whose number it is.
    let both = ["--apply", "--data-type", "accounts", "--expect", "20"];
    let refused = shop.sweep(&both).ends_with(2);
    assert!(refused.err.contains("E467"), "{refused:?}");
    assert!(
        refused.err.contains("--then restrict") && refused.err.contains("--then remove"),
        "{refused:?}"
    );
    // It lies in one system, and naming that would not help.
    assert!(
        !refused.err.contains("name one with --system"),
        "{refused:?}"
    );
    let run = shop.json(&[&both[..], &["--then", "remove"]].concat());
    assert_eq!(run["rules"].as_array().unwrap().len(), 1, "{run}");
    assert_eq!(rule(&run, "accounts")["done"], 20);
    assert_eq!(shop.count("customers WHERE locked = 1"), 0);
}
