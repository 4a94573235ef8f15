//! What a log gets of a retention run that nobody watches, and that it says all of it and no more.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/program.rs"]
mod program;

use program::{Ran, Workspace};
use rusqlite::Connection;
use serde_json::Value;

const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: de, contact: privacy@example.org }
requests: { identity: assumed }
limits: { sweep: { records: 1000, share: 60, batch: 7 } }
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
  gone:
    engine: sqlite
    settings: { path: gone.db }
    objects:
      visits:
        table: visits
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: seen_on
        erase: remove
data_types:
  accounts: { objects: [shop.customers], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
  visits: { objects: [gone.visits], purpose: sales, basis: art6_1_f, keep: P1Y, start: clock, kind: max, then: remove }
"#;

fn shop() -> Workspace {
    let workspace = Workspace::new(INVENTORY, &[]);
    let shop = Connection::open(workspace.path("shop.db")).unwrap();
    shop.execute_batch(
        "CREATE TABLE customers (email TEXT PRIMARY KEY, last_seen TEXT);
         CREATE INDEX seen ON customers (last_seen);
         INSERT INTO customers VALUES ('anna@example.org', date('now', '-900 days')), ('berta@example.org', date('now', '-3 days')),
            ('clara@example.org', date('now', '-3 days'));",
    )
    .unwrap();
    workspace
}

fn sweep(shop: &Workspace, form: &str) -> Ran {
    shop.run(&["--log", form, "sweep", "--apply"])
}

#[test]
fn every_rule_and_the_run_have_a_line() {
    let shop = shop();
    let lines = |ran: &Ran| -> Vec<Value> {
        assert!(!ran.err.contains("@example"), "{}", ran.err);
        let lines = ran.err.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let of = |lines: &[Value], name: &str| -> Value {
        let found = lines.iter().find(|line| line["data_type"] == name);
        found.unwrap_or_else(|| panic!("{lines:#?}")).clone()
    };
    // Shown for the first time: waits, and says so as a warning.
    let first = lines(&sweep(&shop, "json"));
    let accounts = of(&first, "accounts");
    assert_eq!(
        (&accounts["level"], &accounts["brakes"]),
        (&"warning".into(), &"new".into())
    );
    let visits = of(&first, "visits");
    assert_eq!(
        (&visits["level"], &visits["system"]),
        (&"error".into(), &"gone".into())
    );
    assert!(
        visits["why"]
            .as_str()
            .is_some_and(|why| why.starts_with('E')),
        "{visits}"
    );
    let second = lines(&sweep(&shop, "json"));
    let accounts = of(&second, "accounts");
    assert_eq!(
        (&accounts["level"], &accounts["done"], &accounts["due"]),
        (&"info".into(), &1.into(), &1.into())
    );
    let last = second.last().unwrap();
    assert_eq!(
        (&last["message"], &last["exit"], &last["applied"]),
        (&"sweep ended".into(), &3.into(), &true.into())
    );
}

#[test]
fn the_journal_gets_one_line_a_message_with_its_priority() {
    let shop = shop();
    sweep(&shop, "journal");
    let ran = sweep(&shop, "journal");
    assert_eq!(ran.code, Some(3));
    let priorities: Vec<&str> = ran.err.lines().map(|line| line.get(..3).unwrap()).collect();
    assert!(
        priorities
            .iter()
            .all(|one| ["<3>", "<4>", "<6>"].contains(one)),
        "{}",
        ran.err
    );
    for line in [
        "<6>rule ",
        "<3>rule could not be looked at ",
        "<4>sweep ended ",
    ] {
        assert!(
            ran.err.lines().any(|one| one.starts_with(line)),
            "{line}: {}",
            ran.err
        );
    }
    // What stops a command is a line too, in the language of the house and with its code.
    let ran = shop.run(&["--log", "journal", "sweep", "--data-type", "acounts"]);
    assert_eq!(
        (ran.code, ran.err.lines().count()),
        (Some(2), 1),
        "{}",
        ran.err
    );
    assert!(
        ran.err.starts_with("<3>E469: ") && ran.err.contains("accounts"),
        "{}",
        ran.err
    );
    let json = shop.run(&["--log", "json", "sweep", "--data-type", "acounts"]);
    let told: Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(
        (&told["code"], &told["level"]),
        (&"E469".into(), &"error".into())
    );
}
