//! Retention runs under attack: rules that are wrong, processes that die, rows that change, and the boundary days.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "sweep/boundaries.rs"]
mod boundaries;
#[path = "sweep/brakes.rs"]
mod brakes;
#[path = "sweep/clocks.rs"]
mod clocks;
#[path = "sweep/holds.rs"]
mod holds;
#[path = "support/http.rs"]
mod http;
#[path = "sweep/orphans.rs"]
mod orphans;
#[path = "sweep/ping.rs"]
mod ping;
#[path = "support/program.rs"]
mod program;
#[path = "sweep/purpose.rs"]
mod purpose;
#[path = "sweep/recipients.rs"]
mod recipients;
#[path = "sweep/referred.rs"]
mod referred;
#[path = "sweep/runs.rs"]
mod runs;
#[path = "sweep/spared.rs"]
mod spared;
#[path = "support/sweeping.rs"]
mod sweeping;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "the tests of bundles use the rest")]
mod tamper;

use std::collections::BTreeSet;

use program::{Ran, Workspace};
use rusqlite::Connection;
use serde_json::Value;

const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@example.org }
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
        restrict: { set: { locked: "1" } }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, on: { customer: email } }]
        fields: { note: content.note }
        clock: ordered_on
        erase: remove
      vouchers:
        table: vouchers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: issued_on
        erase: remove
data_types:
  accounts: { objects: [shop.customers], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
  deliveries: { objects: [shop.orders], purpose: delivery, basis: art6_1_b, keep: P1Y, start: clock, kind: max, then: remove }
  booking: { objects: [shop.vouchers], purpose: accounting, basis: art6_1_c, rule: de.ao147.voucher, then: remove }
"#;

const SHOP: &str = "
    CREATE TABLE customers (email TEXT PRIMARY KEY, last_seen TEXT, locked INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX seen ON customers (last_seen);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, ordered_on TEXT, note TEXT);
    CREATE TABLE vouchers (id INTEGER PRIMARY KEY, email TEXT, issued_on TEXT);
    CREATE INDEX issued ON vouchers (issued_on);";

struct Shop {
    workspace: Workspace,
}

impl Shop {
    /// Forty customers, every second one long gone; some have orders.
    fn new() -> Shop {
        Shop::with(|text| text.to_owned())
    }

    fn with(change: impl Fn(&str) -> String) -> Shop {
        let workspace = Workspace::new(&change(INVENTORY), &[]);
        let shop = Shop { workspace };
        shop.sql(SHOP);
        let seen = |number: u32| {
            if number.is_multiple_of(2) {
                "-900 days"
            } else {
                "-30 days"
            }
        };
        let rows: Vec<String> = (0..40)
            .map(|number| {
                format!(
                    "('p{number:02}@example.org', date('now', '{}'))",
                    seen(number)
                )
            })
            .collect();
        shop.sql(&format!(
            "INSERT INTO customers (email, last_seen) VALUES {}",
            rows.join(", ")
        ));
        shop
    }

    fn open(&self) -> Connection {
        Connection::open(self.workspace.path("shop.db")).unwrap()
    }

    fn sql(&self, sql: &str) {
        self.open().execute_batch(sql).unwrap();
    }

    fn count(&self, table: &str) -> u64 {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = self.open().query_row(&sql, [], |row| row.get(0)).unwrap();
        u64::try_from(count).unwrap()
    }

    /// From now on the database works for a while whenever one of these customers goes, for so long as `ballast` holds rows. What happens
    /// beside a run then meets it in the middle, however busy the machine is: the work takes longer as everything else does.
    fn slow_down(&self, ballast: u32, when: &str) {
        self.sql(&format!(
            "CREATE TABLE ballast (n INTEGER);
             INSERT INTO ballast WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {ballast}) SELECT n FROM up;
             CREATE TRIGGER slow AFTER DELETE ON customers WHEN {when} BEGIN SELECT sum(a.n + b.n) FROM ballast a, ballast b; END"
        ));
    }

    fn sweep(&self, more: &[&str]) -> Ran {
        self.workspace.run(&[&["sweep"], more].concat())
    }

    fn json(&self, more: &[&str]) -> Value {
        self.sweep(&[more, &["--format", "json"]].concat()).json()
    }
}

/// The rule of a data type in what a sweep printed.
fn rule<'v>(sweep: &'v Value, data_type: &str) -> &'v Value {
    let rules = sweep["rules"].as_array().unwrap();
    rules
        .iter()
        .find(|rule| rule["data_type"] == data_type)
        .unwrap()
}

#[test]
fn the_first_run_shows_the_second_writes_and_the_third_has_nothing_to_do() {
    let shop = Shop::new();
    let first = shop.json(&["--apply"]);
    assert_eq!(
        rule(&first, "accounts")["brakes"],
        serde_json::json!(["new"])
    );
    assert_eq!(rule(&first, "accounts")["due"], 20);
    assert_eq!(shop.count("customers"), 40);
    let second = shop.json(&["--apply"]);
    assert_eq!(rule(&second, "accounts")["done"], 20);
    assert_eq!(rule(&second, "accounts")["remaining"], 0);
    assert_eq!(rule(&second, "accounts")["batches"], 3);
    assert_eq!(second["complete"], true);
    assert_eq!(shop.count("customers"), 20);
    assert_eq!(
        shop.count("customers WHERE last_seen < date('now', '-100 days')"),
        0
    );
    let third = shop.json(&["--apply"]);
    assert_eq!(rule(&third, "accounts")["done"], 0);
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.count("customers"), 20);
    shop.workspace
        .run(&["audit", "log", "--verify"])
        .ends_with(0);
}

#[test]
fn the_first_run_waits_for_a_person() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let shop = Shop::new();
    shop.sweep(&["--apply"]).ends_with(4);
}

#[test]
fn a_rule_that_is_changed_by_a_word_is_shown_first() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let edited = INVENTORY.replace("keep: P2Y", "keep: P1D");
    shop.workspace.write("dsr.yaml", &edited);
    let run = shop.json(&["--apply"]);
    assert_eq!(
        rule(&run, "accounts")["brakes"],
        serde_json::json!(["new", "share"])
    );
    assert_eq!(shop.count("customers"), 40);
    // What it would meet is now everything: beyond the bounds it waits for a person, run after run.
    for _ in 0..3 {
        shop.sweep(&["--apply"]).ends_with(4);
    }
    assert_eq!(shop.count("customers"), 40);
    for wrong in ["39", "20"] {
        shop.sweep(&["--apply", "--data-type", "accounts", "--expect", wrong])
            .ends_with(4);
    }
    assert_eq!(shop.count("customers"), 40);
    shop.sweep(&["--apply", "--data-type", "accounts", "--expect", "40"])
        .ends_with(0);
    assert_eq!(shop.count("customers"), 0);
}

#[test]
fn another_database_is_shown_first_and_so_is_another_link_to_a_child() {
    for (before, after) in [
        ("path: shop.db", "path: other.db"),
        ("on: { customer: email }", "on: { note: email }"),
        // Where nothing hangs below, nothing is kept.
        ("table: orders", "table: orders_archive"),
        // What is written to a field goes by what it holds, where no mask is stated.
        (
            "fields: { email: { category: contact.email, identity: email } }\n        clock: last_seen",
            "fields: { email: { category: contact.phone, identity: email } }\n        clock: last_seen",
        ),
    ] {
        let shop = Shop::new();
        shop.sql(
            "CREATE TABLE orders_archive (id INTEGER PRIMARY KEY, customer TEXT, ordered_on TEXT, note TEXT);
             INSERT INTO orders (customer, ordered_on) VALUES ('p00@example.org', date('now', '-10 days'))",
        );
        shop.sweep(&[]).ends_with(0);
        let text = shop.workspace.read("dsr.yaml");
        assert!(text.contains(before));
        let copied = fs_err::copy(
            shop.workspace.path("shop.db"),
            shop.workspace.path("other.db"),
        );
        copied.unwrap();
        shop.workspace
            .write("dsr.yaml", &text.replacen(before, after, 1));
        let ran = shop.sweep(&["--apply", "--format", "json"]);
        assert_eq!(ran.code, Some(4), "{after}: {ran:?}");
        let run = ran.json();
        let brakes = &rule(&run, "accounts")["brakes"];
        assert!(brakes.to_string().contains("new"), "{after}: {brakes}");
        assert_eq!(shop.count("customers"), 40, "{after}");
    }
}

#[test]
fn periods_of_zero_or_less_are_refused() {
    for period in ["P0D", "-P1D", "P-1D", "\"\"", "null", "~"] {
        let shop = Shop::with(|text| text.replace("keep: P2Y", &format!("keep: {period}")));
        let ran = shop.sweep(&["--apply"]).ends_with(2);
        assert!(ran.err.contains("keep"), "{ran:?}");
        assert_eq!(shop.count("customers"), 40, "{period}");
    }
}

#[test]
fn what_has_no_day_is_never_due() {
    let shop = Shop::new();
    for (number, day) in [
        "NULL",
        "''",
        "'soon'",
        "'31.12.2010'",
        "'2010-02-30'",
        "'2010-13-01'",
        "'1970-01-01'",
        "'0000-00-00'",
        "'1899-12-30'",
        "'2010-01-01abc'",
        "1262304000",
        "x'32303130'",
        // Where a zone is named, the day is one of somewhere else.
        "'2010-01-01T23:30:00Z'",
        "'2010-01-01 23:30:00+02:00'",
        "'2010-01-01T23:30-05'",
    ]
    .iter()
    .enumerate()
    {
        shop.sql(&format!(
            "INSERT INTO customers (email, last_seen) VALUES ('u{number}@example.org', {day})"
        ));
    }
    shop.sql("INSERT INTO customers (email, last_seen) VALUES ('later@example.org', '2099-01-01')");
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["unknown_start"], 15);
    assert_eq!(rule(&run, "accounts")["future"], 1);
    assert_eq!(rule(&run, "accounts")["done"], 20);
    assert_eq!(shop.count("customers WHERE email LIKE 'u%'"), 15);
}

#[test]
fn vouchers_are_due_on_the_very_day() {
    let shop = Shop::new();
    for year in 2010..=2026 {
        for day in ["01-01", "12-31"] {
            shop.sql(&format!(
                "INSERT INTO vouchers (email, issued_on) VALUES ('a@example.org', '{year}-{day}')"
            ));
        }
    }
    // § 147 AO: ten years until the end of 2024, eight after; what was free stayed free (Art. 97 § 19a EGAO).
    for (day, oldest_kept) in [
        ("2024-12-31", 2014),
        ("2025-01-01", 2017),
        ("2025-12-31", 2017),
        ("2026-01-01", 2018),
        ("2034-12-31", 2026),
        ("2035-01-01", 2027),
    ] {
        let shown = shop.json(&["--as-of", day]);
        let due = rule(&shown, "booking")["due"].as_u64().unwrap();
        assert_eq!(due, 2 * (oldest_kept - 2010), "{day}");
    }
    // A look at another day is no run that has shown the rule.
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "booking")["brakes"][0], "new");
}

#[test]
fn a_parent_goes_before_what_hangs_below_and_waits_where_there_is_some() {
    let shop = Shop::new();
    shop.sql(
        "INSERT INTO orders (customer, ordered_on) VALUES ('p00@example.org', date('now', '-800 days')),
         ('p02@example.org', date('now', '-10 days')), ('p04@example.org', NULL)",
    );
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply", "--data-type", "accounts"]);
    assert_eq!(rule(&run, "accounts")["referenced"], 3);
    assert_eq!(rule(&run, "accounts")["done"], 17);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "deliveries")["done"], 1);
    let order: Vec<&str> = run["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["data_type"].as_str().unwrap())
        .collect();
    assert!(
        order.iter().position(|name| *name == "accounts")
            < order.iter().position(|name| *name == "deliveries")
    );
    assert_eq!(shop.count("orders"), 2);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["done"], 1);
    assert_eq!(
        shop.count("customers WHERE email IN ('p02@example.org', 'p04@example.org')"),
        2
    );
}

#[test]
fn a_foreign_key_that_nobody_listed_takes_no_rows_along() {
    let shop = Shop::new();
    shop.sql(
        "CREATE TABLE reviews (id INTEGER PRIMARY KEY, customer TEXT REFERENCES customers (email) ON DELETE CASCADE);
         CREATE TABLE coupons (id INTEGER PRIMARY KEY, customer TEXT REFERENCES customers (email) ON DELETE SET NULL);
         INSERT INTO reviews (customer) VALUES ('p06@example.org'); INSERT INTO coupons (customer) VALUES ('p08@example.org');",
    );
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["referenced"], 2);
    assert_eq!(rule(&run, "accounts")["done"], 18);
    assert_eq!(
        (
            shop.count("reviews"),
            shop.count("coupons WHERE customer IS NOT NULL")
        ),
        (1, 1)
    );
}

#[test]
fn a_person_whose_request_is_open_is_spared() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.workspace
        .run(&[
            "case",
            "open",
            "--email",
            "p00@example.org",
            "--right",
            "access",
        ])
        .ends_with(0);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["held"], 1);
    assert_eq!(rule(&run, "accounts")["done"], 19);
    assert_eq!(rule(&run, "accounts")["remaining"], 0);
    assert_eq!(shop.count("customers WHERE email = 'p00@example.org'"), 1);
}

#[test]
fn holds_keep_what_they_are_on_and_nothing_else() {
    let hold = |shop: &Shop, scope: &[&str]| {
        let line = [
            &[
                "hold",
                "add",
                "--ground",
                "art17_3_e",
                "--reason",
                "a claim",
            ],
            scope,
        ]
        .concat();
        let added = shop
            .workspace
            .run(&[&line[..], &["--format", "json"]].concat())
            .ends_with(0);
        let text = added.json().to_string();
        let at = text.find("H-").unwrap();
        text[at..].split(['"', ' ']).next().unwrap().to_owned()
    };
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    hold(&shop, &["--email", "p00@example.org"]);
    hold(
        &shop,
        &["--email", "p02@example.org", "--object", "shop.vouchers"],
    );
    let run = shop.json(&["--apply"]);
    assert_eq!(
        (
            rule(&run, "accounts")["held"].clone(),
            rule(&run, "accounts")["done"].clone()
        ),
        (1.into(), 19.into())
    );
    assert_eq!(shop.count("customers WHERE email = 'p00@example.org'"), 1);

    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let id = hold(&shop, &["--object", "shop.customers"]);
    let run = shop.sweep(&["--apply"]).ends_with(0);
    assert!(run.out.contains(&id), "{run:?}");
    assert_eq!(shop.count("customers"), 40);
    shop.workspace
        .run(&["hold", "release", &id, "--reason", "it is over"])
        .ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.count("customers"), 20);

    let shop = Shop::new();
    shop.sql("UPDATE customers SET last_seen = '2011-05-05' WHERE email IN ('p00@example.org', 'p02@example.org')");
    shop.sweep(&[]).ends_with(0);
    hold(
        &shop,
        &[
            "--system",
            "shop",
            "--from",
            "2011-05-05",
            "--until",
            "2011-05-05",
        ],
    );
    let run = shop.json(&["--apply"]);
    assert_eq!(
        (
            rule(&run, "accounts")["held"].clone(),
            rule(&run, "accounts")["done"].clone()
        ),
        (2.into(), 18.into())
    );
    assert_eq!(shop.count("customers WHERE last_seen = '2011-05-05'"), 2);
}

#[test]
fn a_hold_that_is_set_while_a_run_is_at_work_stops_it() {
    let shop = Shop::with(|text| text.replace("batch: 7", "batch: 1"));
    // The eleventh takes so long that the hold comes in between and not behind the run.
    shop.slow_down(10_000, "OLD.email = 'p20@example.org'");
    shop.sweep(&[]).ends_with(0);
    let running = shop.workspace.start(&["sweep", "--apply"]);
    while shop.count("customers") == 40 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let hold = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
        "--email",
        "p38@example.org",
    ];
    shop.workspace.run(&hold).ends_with(0);
    // What was there when the hold was confirmed stays.
    let before = shop.count("customers");
    assert_eq!(shop.count("customers WHERE email = 'p38@example.org'"), 1);
    let ended = running.wait().ends_with(3);
    assert!(ended.out.contains("hold"), "{ended:?}");
    assert_eq!(shop.count("customers WHERE email = 'p38@example.org'"), 1);
    let left = shop.count("customers");
    assert!(left >= before - 1, "{left} of {before}: {ended:?}");
    shop.sql("DELETE FROM ballast");
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["remaining"], 0);
    assert_eq!(rule(&run, "accounts")["held"], 1);
    assert_eq!(shop.count("customers"), 21);
}

/// With a trigger records are found before they are written to, without one by the statement that writes.
const TRIGGER: &str = "CREATE TRIGGER watches AFTER DELETE ON customers BEGIN SELECT 1; END;";

#[test]
fn killed_at_any_event_the_next_run_finishes_and_counts_what_the_database_lost() {
    // Before an event: the rows are gone and nobody has said so. After it: they may be about to go.
    for (when, trigger) in [
        ("DSR_TEST_KILL_BEFORE", ""),
        ("DSR_TEST_KILL_AFTER", ""),
        ("DSR_TEST_KILL_BEFORE", TRIGGER),
        ("DSR_TEST_KILL_AFTER", TRIGGER),
    ] {
        for at in 1.. {
            let shop = Shop::new();
            shop.sql(trigger);
            shop.sweep(&[]).ends_with(0);
            let line = ["sweep", "--apply"];
            let killed = shop.workspace.run_with(when, &at.to_string(), &line);
            let left = shop.count("customers");
            assert!(left >= 20, "{at}: {left}");
            if killed.code == Some(0) {
                assert_eq!(left, 20);
                assert!(at > 8, "the run was never killed");
                break;
            }
            let next = shop.json(&["--apply"]);
            assert_eq!(shop.count("customers"), 20, "{when} {at}");
            assert_eq!(rule(&next, "accounts")["remaining"], 0, "{when} {at}");
            shop.workspace
                .run(&["audit", "log", "--verify"])
                .ends_with(0);
            assert_eq!(
                batches(&shop),
                20,
                "{when} {at}: the ledger counts otherwise than the database"
            );
            let names = names(&shop);
            let different: BTreeSet<&[u8; 32]> = names.iter().collect();
            assert_eq!(
                (names.len(), different.len()),
                (20, 20),
                "{when} {at}: a name stands twice, or is missing"
            );
            shop.workspace.run(&["audit", "runs"]).ends_with(0);
            assert_eq!(
                shop.count("customers WHERE last_seen > date('now', '-100 days')"),
                20
            );
        }
    }
}

#[test]
fn what_is_held_after_a_kill_is_not_counted_as_done() {
    for at in 1..12 {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let line = ["sweep", "--apply"];
        shop.workspace
            .run_with("DSR_TEST_KILL_AFTER", &at.to_string(), &line);
        let hold = ["hold", "add", "--ground", "art17_3_e", "--reason", "x"];
        let on = [
            "--object",
            "shop.customers",
            "--from",
            "2000-01-01",
            "--until",
            "2100-01-01",
        ];
        shop.workspace.run(&[&hold[..], &on].concat()).ends_with(0);
        shop.sweep(&["--apply"]);
        assert_eq!(batches(&shop) + shop.count("customers"), 40, "{at}");
    }
}

#[test]
fn rows_that_come_again_and_again_end_the_run() {
    let shop = Shop::new();
    shop.sql(
        "DROP TABLE vouchers;
         CREATE TABLE vouchers (id UUID PRIMARY KEY, email TEXT, issued_on TEXT);
         INSERT INTO vouchers VALUES (x'00112233445566778899aabbccddeeff', 'a@example.org', '2010-01-01'),
            (x'10112233445566778899aabbccddeeff', 'b@example.org', '2010-01-01'), (x'20112233445566778899aabbccddeeff', 'c@example.org', '2010-01-02');",
    );
    shop.sweep(&[]).ends_with(0);
    let line = ["--apply", "--data-type", "booking", "--expect", "3"];
    let run = shop.json(&line);
    let left = shop.count("vouchers");
    assert_eq!(rule(&run, "booking")["remaining"], left, "{run}");
    assert_eq!(batches(&shop) + left, 3);
}

/// The names of records beside the evidence, of all runs.
fn names(shop: &Shop) -> Vec<[u8; 32]> {
    let mut names = Vec::new();
    for run in fs_err::read_dir(shop.workspace.path("evidence/sweeps")).unwrap() {
        for file in fs_err::read_dir(run.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|end| end == "names") {
                let bytes = fs_err::read(file).unwrap();
                assert_eq!(bytes.len() % 32, 0);
                names.extend(
                    bytes
                        .chunks(32)
                        .map(|name| <[u8; 32]>::try_from(name).unwrap()),
                );
            }
        }
    }
    names
}

impl Shop {
    /// Looked at once, then killed when the first batch of customers is written and nobody has said so.
    fn killed_in_a_batch() -> Shop {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let line = ["sweep", "--apply"];
        let killed = shop.workspace.run_with("DSR_TEST_KILL_BEFORE", "4", &line);
        assert_eq!(killed.code, None, "{killed:?}");
        assert_eq!((shop.count("customers"), batches(&shop)), (33, 0));
        shop
    }

    /// How many events of a kind the ledger holds.
    fn events(&self, kind: &str) -> usize {
        let log = self.workspace.run(&["audit", "log", "--format", "json"]);
        let log = log.json();
        let events = log["events"].as_array().unwrap();
        events
            .iter()
            .filter(|event| event["event"]["event"] == kind)
            .count()
    }
}

#[test]
fn a_run_over_other_rules_settles_what_a_killed_run_left() {
    let shop = Shop::killed_in_a_batch();
    let run = shop
        .sweep(&["--apply", "--data-type", "booking", "--format", "json"])
        .ends_with(3);
    let run = run.json();
    assert_eq!(rule(&run, "accounts")["settled"], 7);
    assert_eq!(run["complete"], false);
    assert_eq!((shop.count("customers"), batches(&shop)), (33, 7));
    let run = shop.sweep(&["--apply"]).ends_with(0);
    assert!(!run.err.contains("was not finished"), "{run:?}");
    assert_eq!((shop.count("customers"), batches(&shop)), (20, 20));
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn what_a_killed_part_has_done_counts_among_what_was_due() {
    for shop in [Shop::killed_in_a_batch(), killed_between_two_batches()] {
        let line = ["--apply", "--metrics", "dsr.prom", "--format", "json"];
        let run = shop.sweep(&line).ends_with(0).json();
        let accounts = rule(&run, "accounts");
        assert_eq!(
            (&accounts["due"], &accounts["done"]),
            (&20.into(), &20.into()),
            "{run}"
        );
        let text = shop.workspace.read("dsr.prom");
        let sample = "dsr_sweep_due{data_type=\"accounts\",system=\"shop\",object=\"customers\",action=\"remove\"} 20\n";
        assert!(text.contains(sample), "{text}");
        let runs = ["audit", "runs", "--format", "json"];
        let runs = shop.workspace.run(&runs).ends_with(0).json();
        let told = &runs["runs"][0];
        assert_eq!((&told["due"], &told["done"]), (&20.into(), &20.into()));
    }
}

/// Looked at once, then killed when one batch of customers is written and noted, and the next is not begun.
fn killed_between_two_batches() -> Shop {
    for at in 4..12 {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let line = ["sweep", "--apply"];
        let at = at.to_string();
        shop.workspace.run_with("DSR_TEST_KILL_AFTER", &at, &line);
        let (begun, ended) = (
            shop.events("sweep_batch_started"),
            shop.events("sweep_batch_ended"),
        );
        if (begun, ended, shop.count("customers")) == (1, 1, 33) {
            return shop;
        }
    }
    panic!("no run was killed between two batches");
}

#[test]
fn a_run_over_one_rule_does_not_end_a_whole_one_as_complete() {
    let shop = killed_between_two_batches();
    let line = ["--apply", "--data-type", "booking"];
    let ran = shop.sweep(&line).ends_with(3);
    assert!(ran.err.contains("was about more than this"), "{ran:?}");
    assert_eq!((shop.count("customers"), batches(&shop)), (33, 7));
    let said = sweeping::statements(&shop.workspace.path("")).remove(0);
    assert_eq!(
        (&said["complete"], &said["exit"], &said["resumed"]),
        (&false.into(), &3.into(), &1.into()),
        "{said}"
    );
    let walked = |data_type| rule(&said, data_type)["walked"] == true;
    assert!(walked("booking") && !walked("accounts"), "{said}");
    // What it was begun for is the next whole run's, and that one is complete.
    let run = shop.json(&["--apply"]);
    assert_eq!(
        (&run["complete"], shop.count("customers")),
        (&true.into(), 20)
    );
    let said = sweeping::statements(&shop.workspace.path("")).remove(1);
    assert_eq!(
        (&said["complete"], &said["exit"]),
        (&true.into(), &0.into())
    );
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
    // Nobody else's run: the same words once more are complete.
    shop.sweep(&line).ends_with(0);
}

#[test]
fn a_run_over_some_rules_that_was_killed_is_finished_by_its_own_words_alone() {
    for (next, exit) in [("accounts", 0), ("booking", 3)] {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let line = ["sweep", "--apply", "--data-type", "accounts"];
        shop.workspace.run_with("DSR_TEST_KILL_AFTER", "3", &line);
        assert_eq!(shop.events("sweep_started"), 1);
        shop.sweep(&["--apply", "--data-type", next])
            .ends_with(exit);
        assert_eq!(shop.events("sweep_ended"), 1);
    }
}

#[test]
fn a_rule_that_was_edited_after_a_kill_ends_its_batch_as_unclear_once() {
    let accounts = "  accounts: { objects: [shop.customers], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }\n";
    let edited = INVENTORY.replace("keep: P2Y", "keep: P700D");
    let gone = INVENTORY.replace(accounts, "");
    for (inventory, words, left) in [(edited, "is another", 20), (gone, "any more", 33)] {
        let shop = Shop::killed_in_a_batch();
        shop.workspace.write("dsr.yaml", &inventory);
        let ran = shop.sweep(&["--apply"]).ends_with(4);
        for said in ["W364", "E994", "shop.customers: of 7 records", words] {
            assert!(ran.err.contains(said), "{said}: {ran:?}");
        }
        assert!(ran.out.contains("7 unclear"), "{ran:?}");
        // Seven rows are gone, and nobody says that this program took them.
        assert_eq!((shop.count("customers"), batches(&shop)), (33, 0));
        let said = sweeping::statements(&shop.workspace.path("")).remove(0);
        let batch = &said["rules"].as_array().unwrap().iter();
        let batch = batch
            .clone()
            .flat_map(|rule| rule["batches"].as_array().unwrap());
        let batch: Vec<&Value> = batch.collect();
        assert_eq!(
            (batch.len(), &batch[0]["unknown"], &batch[0]["done"]),
            (1, &7.into(), &0.into()),
            "{said}"
        );
        assert_eq!(
            (&said["complete"], &said["exit"]),
            (&false.into(), &4.into())
        );
        assert_eq!(
            sweeping::left_in_the_vault(&shop.workspace.path("")),
            [""; 0]
        );
        let listed = shop.workspace.run(&["audit", "runs"]).ends_with(0);
        assert!(listed.out.contains("7 unclear"), "{listed:?}");
        // And the next run is free.
        let next = shop.sweep(&["--apply"]).ends_with(0);
        assert!(!next.err.contains("W364"), "{next:?}");
        assert_eq!(shop.count("customers"), left, "{words}");
        shop.workspace.run(&["audit", "runs"]).ends_with(0);
        shop.workspace
            .run(&["audit", "log", "--verify"])
            .ends_with(0);
    }
}

#[test]
fn what_programs_read_names_the_lost_batch_of_a_rule_that_is_no_more() {
    let shop = Shop::killed_in_a_batch();
    let edited = INVENTORY.replace("keep: P2Y", "keep: P700D");
    shop.workspace.write("dsr.yaml", &edited);
    let run = shop.json(&["--apply", "--data-type", "booking"]);
    let lost = &run["lost"];
    assert_eq!(lost.as_array().unwrap().len(), 1, "{run}");
    assert_eq!(
        [
            &lost[0]["data_type"],
            &lost[0]["system"],
            &lost[0]["object"]
        ],
        ["accounts", "shop", "customers"]
    );
    assert_eq!(
        (
            &lost[0]["unknown"],
            &lost[0]["done"],
            &lost[0]["error"]["code"]
        ),
        (&7.into(), &0.into(), &"E994".into()),
        "{run}"
    );
    assert_eq!(run["complete"], false);
    assert_eq!(shop.json(&["--apply"])["lost"], serde_json::json!([]));
}

#[test]
fn a_batch_whose_table_or_system_is_gone_is_ended_and_keeps_nothing_waiting() {
    let disabled = INVENTORY.replace("engine: sqlite", "engine: sqlite\n    status: disabled");
    for (sql, inventory) in [
        ("ALTER TABLE customers RENAME TO people", INVENTORY),
        ("", disabled.as_str()),
    ] {
        let shop = Shop::killed_in_a_batch();
        shop.sql(sql);
        shop.workspace.write("dsr.yaml", inventory);
        let run = shop.sweep(&["--apply", "--format", "json"]).ends_with(3);
        let run = run.json();
        let accounts = rule(&run, "accounts");
        assert_eq!(
            (&accounts["unknown"], &accounts["done"]),
            (&7.into(), &0.into())
        );
        assert_eq!((shop.events("sweep_batch_ended"), batches(&shop)), (1, 0));
        assert_eq!(
            sweeping::left_in_the_vault(&shop.workspace.path("")),
            [""; 0]
        );
        // The statements go on.
        for _ in 0..2 {
            let next = shop.sweep(&["--apply"]).ends_with(3);
            assert!(!next.err.contains("was not finished"), "{next:?}");
        }
        assert_eq!(sweeping::statements(&shop.workspace.path("")).len(), 3);
        // A table that is gone is a fault three times over; a system that is disabled is what somebody wanted.
        let stuck = shop.workspace.run(&["audit", "runs"]);
        let stuck = stuck.ends_with(if sql.is_empty() { 0 } else { 3 });
        assert_eq!(stuck.err.contains("W352"), !sql.is_empty(), "{stuck:?}");
        if !sql.is_empty() {
            shop.sql("ALTER TABLE people RENAME TO customers");
        }
        shop.workspace.write("dsr.yaml", INVENTORY);
        shop.sweep(&["--apply"]).ends_with(0);
        assert_eq!((shop.count("customers"), batches(&shop)), (20, 13));
        assert_eq!(names(&shop).len(), 13);
        shop.workspace.run(&["audit", "runs"]).ends_with(0);
    }
}

#[test]
fn a_batch_stays_open_until_its_system_answers_again() {
    let shop = Shop::killed_in_a_batch();
    let (here, away) = (
        shop.workspace.path("shop.db"),
        shop.workspace.path("away.db"),
    );
    fs_err::rename(&here, &away).unwrap();
    for _ in 0..2 {
        shop.sweep(&["--apply"]).ends_with(3);
        assert_eq!(shop.events("sweep_batch_ended"), 0);
        assert_ne!(
            sweeping::left_in_the_vault(&shop.workspace.path("")),
            [""; 0]
        );
    }
    fs_err::rename(&away, &here).unwrap();
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!((shop.count("customers"), batches(&shop)), (20, 20));
    assert_eq!(names(&shop).len(), 20);
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn keys_of_a_batch_that_was_given_up_do_not_stay_in_the_vault() {
    // With a trigger the keys are kept before the statement that waits for the lock.
    let shop = Shop::with(|text| {
        text.replace(
            "engine: sqlite\n",
            "engine: sqlite\n    timeouts: { lock: 1s }\n",
        )
    });
    shop.sql(TRIGGER);
    shop.sweep(&[]).ends_with(0);
    let other = shop.open();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = shop.sweep(&["--apply"]).ends_with(3);
    assert!(ran.out.contains("E511"), "{ran:?}");
    other.execute_batch("COMMIT").unwrap();
    assert!(shop.events("sweep_batch_ended") > 0);
    assert_eq!(
        sweeping::left_in_the_vault(&shop.workspace.path("")),
        [""; 0]
    );
}

#[test]
fn keys_that_a_killed_run_never_spoke_of_leave_the_vault_with_the_next_one() {
    let mut met = 0;
    for at in 3..7 {
        let shop = Shop::new();
        shop.sql(TRIGGER);
        shop.sweep(&[]).ends_with(0);
        let (line, at) = (["sweep", "--apply"], at.to_string());
        shop.workspace.run_with("DSR_TEST_KILL_BEFORE", &at, &line);
        let folder = shop.workspace.path("");
        if sweeping::left_in_the_vault(&folder).is_empty() {
            continue;
        }
        met += 1;
        // Under another period it is another rule, and nobody asks for the keys of the old one again.
        let edited = INVENTORY.replace("keep: P2Y", "keep: P700D");
        shop.workspace.write("dsr.yaml", &edited);
        shop.sweep(&["--apply"]);
        assert_eq!(sweeping::left_in_the_vault(&folder), [""; 0], "{at}");
    }
    assert!(met > 1, "{met}");
}

#[test]
fn a_hold_that_is_set_while_a_batch_is_in_flight_keeps_its_record() {
    let shop = Shop::new();
    shop.sql(TRIGGER);
    // Somebody else writes to the shop, so the first batch waits between its intent and its statement.
    a_hold_comes_in_between(&shop, "sweep_batch_started");
}

#[test]
fn a_hold_that_is_set_while_records_are_found_keeps_its_record() {
    // The statement that finds them waits, and nothing stands in the ledger yet.
    a_hold_comes_in_between(&Shop::new(), "sweep_started");
}

/// Until the ledger has such an event.
fn waits_for(shop: &Shop, event: &str) {
    let ledger = Connection::open(shop.workspace.path(".dsr/ledger.db")).unwrap();
    let begun = || -> i64 {
        let sql =
            format!("SELECT count(*) FROM event WHERE instr(CAST(bytes AS TEXT), '\"{event}\"')");
        ledger.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while begun() == 0 {
        assert!(std::time::Instant::now() < deadline, "no {event}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_gives_way_to_others_on_its_machine() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let other = shop.open();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let running = shop.workspace.start(&["sweep", "--apply"]);
    waits_for(&shop, "sweep_started");
    // Those that wait for the database among them.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let niceness = running.niceness();
    assert!(
        niceness.len() > 2 && niceness.iter().all(|nice| *nice >= 10),
        "{niceness:?}"
    );
    other.execute_batch("COMMIT").unwrap();
    running.wait().ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

/// While somebody else writes to the shop, a run begins, and a hold is set after an event of this kind.
fn a_hold_comes_in_between(shop: &Shop, event: &str) {
    shop.sweep(&[]).ends_with(0);
    let other = shop.open();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let running = shop.workspace.start(&["sweep", "--apply"]);
    waits_for(shop, event);
    std::thread::sleep(std::time::Duration::from_millis(300));
    let hold = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
        "--email",
        "p00@example.org",
    ];
    shop.workspace.run(&hold).ends_with(0);
    other.execute_batch("COMMIT").unwrap();
    let ended = running.wait();
    assert_eq!(
        shop.count("customers WHERE email = 'p00@example.org'"),
        1,
        "{ended:?}"
    );
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(shop.count("customers"), 40, "{ended:?}");
    let run = shop.json(&["--apply"]);
    assert_eq!(
        (
            rule(&run, "accounts")["held"].clone(),
            rule(&run, "accounts")["done"].clone(),
            shop.count("customers WHERE email = 'p00@example.org'")
        ),
        (1.into(), 19.into(), 1)
    );
    assert_eq!(batches(shop), 19);
}

/// How many customers the batches of the ledger say were erased.
fn batches(shop: &Shop) -> u64 {
    let log = shop
        .workspace
        .run(&["audit", "log", "--format", "json"])
        .json();
    let events = log["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| &event["event"])
        .filter(|event| event["event"] == "sweep_batch_ended")
        .map(|event| event["done"].as_u64().unwrap())
        .sum()
}

#[test]
fn two_sweeps_at_once_are_refused() {
    let shop = Shop::new();
    let lease = shop.workspace.path(".dsr/leases/sweep");
    shop.sweep(&[]).ends_with(0);
    let file = fs_err::OpenOptions::new().write(true).open(&lease).unwrap();
    file.file().lock().unwrap();
    let ran = shop.sweep(&["--apply"]).ends_with(1);
    assert!(ran.err.contains("E605"), "{ran:?}");
    assert_eq!(shop.count("customers"), 40);
}

#[test]
fn a_pause_holds_until_it_is_lifted() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--pause"]).ends_with(0);
    let run = shop.sweep(&["--apply"]).ends_with(3);
    assert!(run.out.contains("--pause"), "{run:?}");
    assert_eq!(shop.count("customers"), 40);
    shop.sweep(&["--resume"]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn a_table_that_was_renamed_stops_only_its_own_rule() {
    let shop = Shop::new();
    shop.sql("INSERT INTO vouchers (email, issued_on) VALUES ('a@example.org', '2010-01-01'), ('a@example.org', '2026-01-01')");
    shop.sweep(&[]).ends_with(0);
    shop.sql("ALTER TABLE customers RENAME TO people");
    let run = shop.sweep(&["--apply", "--format", "json"]).ends_with(3);
    let run = run.json();
    assert_eq!(rule(&run, "accounts")["error"]["code"], "E512");
    assert_eq!(rule(&run, "booking")["done"], 1);
    assert_eq!(shop.count("people"), 40);
}

#[test]
fn what_is_to_be_locked_is_locked_once() {
    let shop = Shop::with(|text| {
        text.replace(
            "kind: max, then: remove }\n  deliveries",
            "kind: max, then: restrict }\n  deliveries",
        )
    });
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["done"], 20);
    assert_eq!(shop.count("customers WHERE locked = 1"), 20);
    assert_eq!(shop.count("customers"), 40);
    let run = shop.json(&["--apply"]);
    assert_eq!(
        (
            rule(&run, "accounts")["due"].clone(),
            rule(&run, "accounts")["done"].clone()
        ),
        (0.into(), 0.into())
    );
}

#[test]
fn no_key_stands_in_ledger_or_evidence() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    let mut folders = vec![shop.workspace.path(".dsr"), shop.workspace.path("evidence")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = fs_err::read(&path).unwrap();
            let found = bytes.windows(12).any(|window| window == b"@example.org");
            assert!(!found, "{}", path.display());
        }
    }
    assert!(files > 3);
}

#[test]
fn names_of_what_went_lie_beside_the_evidence() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply"]);
    let rule = rule(&run, "accounts")["rule"].as_str().unwrap()[..16].to_owned();
    let sweep = run["sweep"].as_str().unwrap();
    let names = fs_err::read(
        shop.workspace
            .path(&format!("evidence/sweeps/{sweep}/{rule}.names")),
    )
    .unwrap();
    assert_eq!(names.len(), 20 * 32);
}

#[test]
fn outside_of_the_window_nothing_is_written() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let now = jiff::Timestamp::now().to_zoned(zone);
    let hour = |hours: i64| {
        (now.checked_add(jiff::SignedDuration::from_hours(hours))
            .unwrap())
        .strftime("%H:%M")
        .to_string()
    };
    let window = |from: i64, to: i64| format!("window: {}-{}, records", hour(from), hour(to));
    let shop = Shop::with(|text| text.replace("records", &window(2, 4)));
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(3);
    assert_eq!(shop.count("customers"), 40);
    shop.workspace
        .write("dsr.yaml", &INVENTORY.replace("records", &window(-1, 2)));
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn wrong_words_are_told_with_a_remedy() {
    let shop = Shop::new();
    for (line, code) in [
        (vec!["--data-type", "acounts"], "E469"),
        (vec!["--system", "shpo"], "E837"),
        (vec!["--apply", "--expect", "3"], "E467"),
    ] {
        let ran = shop.sweep(&line).ends_with(2);
        assert!(
            ran.err.contains(code) && ran.err.contains("help"),
            "{ran:?}"
        );
    }
    // Each says what there is to do in its own case, and not what was done already.
    let ran = shop.sweep(&["--apply", "--expect", "3"]).ends_with(2);
    assert!(ran.err.contains("--data-type"), "{ran:?}");
    let ran = shop.sweep(&["--apply", "--deferred", "--expect", "12"]);
    let ran = ran.ends_with(2);
    assert!(
        ran.err.contains("E467") && ran.err.contains("leave --expect out"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("--data-type"), "{ran:?}");
    let two = shop.workspace.read("dsr.yaml").replace(
        "objects: [shop.customers]",
        "objects: [shop.customers, shop.orders]",
    );
    let two = two.replace("  deliveries:", "  #deliveries:");
    let both = Shop::new();
    both.workspace.write("dsr.yaml", &two);
    let line = ["--apply", "--data-type", "accounts", "--expect", "20"];
    let ran = both.sweep(&line).ends_with(2);
    assert!(
        ran.err.contains("customers, orders") && ran.err.contains("limits.sweep"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("--then"), "{ran:?}");
    let shop = Shop::with(|text| text.replace("share: 60", "share: 60, window: night"));
    assert!(shop.sweep(&[]).ends_with(2).err.contains("E465"));
}
