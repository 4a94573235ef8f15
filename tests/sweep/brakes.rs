//! What stops a run and what does not, by the program itself: numbers that a person names, what is usual, rules that cannot run, and the
//! ways to stop a run that is at work.

use serde_json::{Value, json};

use super::program::Ran;
use super::{INVENTORY, Shop, rule};

/// The cells of a table, however they were broken into lines: of one column that alone was too narrow.
fn words(ran: &Ran) -> String {
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    words.join(" ")
}

/// What was said, however it was broken into lines.
fn said(ran: &Ran) -> String {
    let words: Vec<&str> = ran.err.split_whitespace().collect();
    words.join(" ")
}

impl Shop {
    /// With as many customers more whose time is over.
    fn with_gone(self, count: u32) -> Shop {
        self.sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO customers (email, last_seen) SELECT 'x' || i || '@example.org', date('now', '-900 days') FROM n"
        ));
        self
    }

    /// The sealed statement of the last run that left one.
    pub(super) fn statement(&self) -> Value {
        let audit = self.workspace.run(&["audit", "runs", "--format", "json"]);
        let audit = audit.json();
        let last = audit["runs"].as_array().unwrap().last().unwrap().clone();
        let sweep = last["sweep"].as_str().unwrap();
        let file = format!("evidence/sweeps/{sweep}/statement.json");
        serde_json::from_str(&self.workspace.read(&file)).unwrap()
    }
}

#[test]
fn a_number_lifts_the_bounds_of_one_thing_and_never_of_several() {
    let shop = Shop::with(|text| text.replace("share: 60", "share: 10"));
    for number in 0..21 {
        let day = if number < 19 {
            "2010-01-01"
        } else {
            "2026-01-01"
        };
        shop.sql(&format!(
            "INSERT INTO vouchers (email, issued_on) VALUES ('v{number}@example.org', '{day}')"
        ));
    }
    let hold = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
    ];
    let on = ["--email", "p00@example.org"];
    let added = shop.workspace.run(&[&hold[..], &on].concat()).ends_with(0);
    let id = added.out.trim().to_owned();
    let erase = [
        "erase",
        "--email",
        "p00@example.org",
        "--yes",
        "--expect",
        "1",
    ];
    shop.workspace.run(&erase);
    shop.workspace
        .run(&["hold", "release", &id, "--reason", "it is over"])
        .ends_with(0);
    let shown = shop.json(&[]);
    assert_eq!(shown["deferred"][0]["due"], 1, "{shown}");
    let due = |name: &str| rule(&shown, name)["due"].clone();
    assert_eq!((due("accounts"), due("booking")), (19.into(), 19.into()));
    // Nineteen are due by each of two rules, and one record that a request has left.
    for wrong in ["19", "1", "38"] {
        let ran = shop.sweep(&["--apply", "--expect", wrong]).ends_with(2);
        assert!(ran.err.contains("E467"), "{ran:?}");
    }
    assert_eq!((shop.count("customers"), shop.count("vouchers")), (40, 21));
    let line = ["--apply", "--data-type", "booking", "--expect", "19"];
    let run = shop.json(&line);
    assert_eq!(rule(&run, "booking")["done"], 19);
    assert_eq!(shop.count("customers WHERE email <> 'p00@example.org'"), 39);
    // What requests have left is named by itself, and no rule is touched by that.
    let wrong = ["--apply", "--deferred", "--expect", "2"];
    let ran = shop.sweep(&wrong).ends_with(4);
    assert!(
        said(&ran).contains("due: 1, and --expect names 2"),
        "{ran:?}"
    );
    assert_eq!(
        shop.json(&wrong)["deferred"][0]["brakes"],
        json!(["number"])
    );
    assert_eq!(shop.count("customers WHERE email = 'p00@example.org'"), 1);
    let run = shop.json(&["--apply", "--deferred", "--expect", "1"]);
    assert_eq!(run["rules"], json!([]), "{run}");
    assert_eq!(run["deferred"][0]["brakes"], json!([]));
    assert_eq!(shop.count("customers WHERE email <> 'p00@example.org'"), 39);
    let none = Shop::new();
    let ran = none.sweep(&["--deferred"]).ends_with(0);
    assert!(ran.err.contains("left nothing"), "{ran:?}");
    none.sweep(&["--apply", "--deferred", "--expect", "7"])
        .ends_with(2);
}

#[test]
fn a_wrong_number_stops_the_rule_where_no_bound_is_in_the_way() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let named = |data_type: &str, number: &str| {
        let line = ["--apply", "--data-type", data_type, "--expect", number];
        shop.sweep(&line)
    };
    for wrong in ["7", "19", "21", "0"] {
        let ran = named("accounts", wrong).ends_with(4);
        let both = format!("due: 20, and --expect names {wrong}");
        assert!(said(&ran).contains(&both), "{ran:?}");
        assert!(words(&ran).contains("--expect names"), "{ran:?}");
        assert_eq!(
            rule(&shop.statement(), "accounts")["brakes"],
            json!(["number"])
        );
    }
    let run = shop.json(&["--apply", "--data-type", "accounts", "--expect", "7"]);
    assert_eq!(rule(&run, "accounts")["brakes"], json!(["number"]));
    let german = [
        "sweep",
        "--apply",
        "--data-type",
        "accounts",
        "--expect",
        "7",
    ];
    let ran = shop.workspace.run_in("de", &german);
    let told = said(&ran.ends_with(4));
    assert!(told.contains("fällig: 20, --expect nennt aber 7"), "{told}");
    assert_eq!(shop.count("customers"), 40);
    // Where nothing is due, another number is as wrong.
    named("booking", "3").ends_with(4);
    named("booking", "0").ends_with(0);
    named("accounts", "20").ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn interrupted_runs_do_not_stop_the_one_that_goes_on() {
    let shop = Shop::with(|text| {
        text.replace("share: 60, batch: 7", "share: 100, deviation: 2, batch: 1")
    });
    let shop = shop.with_gone(300);
    shop.slow_down(300, "OLD.locked = 0");
    shop.sweep(&[]).ends_with(0);
    for signal in [true, false, true] {
        let before = shop.count("customers");
        let running = shop.workspace.start(&["sweep", "--apply"]);
        while shop.count("customers") == before {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        // By a service manager, or by somebody at another terminal.
        match signal {
            true => running.signal(rustix::process::Signal::TERM),
            false => drop(shop.sweep(&["--pause"]).ends_with(0)),
        }
        let ended = running.wait().ends_with(3);
        let why = ["pause", "interrupted"][usize::from(signal)];
        assert!(ended.out.contains(why), "{ended:?}");
        let said = ["--resume lets them go on", "is done by the same command"];
        assert!(ended.err.contains(said[usize::from(signal)]), "{ended:?}");
        assert!(ended.err.contains("W351"), "{ended:?}");
        let left = shop.count("customers WHERE last_seen < date('now', '-100 days')");
        assert!(left > 100, "too fast for this test: {left}");
        assert_eq!(left + super::batches(&shop), 320, "what is gone is counted");
        shop.sweep(&["--resume"]).ends_with(0);
    }
    shop.sql("DELETE FROM ballast");
    let text = shop.workspace.read("dsr.yaml");
    shop.workspace
        .write("dsr.yaml", &text.replace("batch: 1", "batch: 1000"));
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["brakes"], json!([]), "{run}");
    assert_eq!(rule(&run, "accounts")["remaining"], 0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn far_more_than_usual_waits_for_a_person() {
    let shop = Shop::with(|text| {
        text.replace(
            "share: 60, batch: 7",
            "share: 100, deviation: 2, batch: 1000",
        )
    });
    shop.sweep(&[]).ends_with(0);
    let shop = shop.with_gone(60);
    shop.sweep(&["--apply"]).ends_with(0);
    for _ in 0..2 {
        shop.sql("DELETE FROM customers WHERE email LIKE 'x%'");
        shop.sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)
             INSERT INTO customers (email, last_seen) SELECT 'x' || i || '@example.org', date('now', '-900 days') FROM n",
        );
        shop.sweep(&["--apply"]).ends_with(0);
    }
    // Eighty are usual: twice as many are let go, and one more is not.
    let shop = shop.with_gone(161);
    let ran = shop.sweep(&["--apply"]).ends_with(4);
    assert!(
        words(&ran).contains("far more than the usual 80"),
        "{ran:?}"
    );
    assert_eq!(shop.count("customers"), 181);
    shop.sql("DELETE FROM customers WHERE email = 'x161@example.org'");
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn where_nothing_is_due_nothing_waits() {
    let shop = Shop::new();
    shop.sql("UPDATE customers SET last_seen = date('now', '-30 days')");
    let run = shop.sweep(&["--apply"]).ends_with(0);
    assert!(words(&run).contains("shown for the first"), "{run:?}");
    shop.sweep(&["--pause"]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    let audit = shop.workspace.run(&["audit", "runs"]).ends_with(0);
    assert!(!audit.out.contains("something is left"), "{audit:?}");
    // Where something is, the way on is said: the pause ends by another command.
    shop.sql(
        "UPDATE customers SET last_seen = date('now', '-900 days') WHERE email = 'p00@example.org'",
    );
    let run = shop.sweep(&["--apply"]).ends_with(3);
    assert!(
        run.err.contains("dsr sweep --resume lets them go on"),
        "{run:?}"
    );
}

#[test]
fn a_look_at_another_day_forgets_nothing() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let later = jiff::Zoned::now()
        .date()
        .saturating_add(jiff::Span::new().years(3));
    let shown = shop.json(&["--as-of", &later.to_string()]);
    let brakes = rule(&shown, "accounts")["brakes"].to_string();
    assert!(
        !brakes.contains("forgotten") && !brakes.contains("new"),
        "{shown}"
    );
    assert_eq!(rule(&shown, "accounts")["due"], 40);
}

/// Books in Switzerland count from the end of a financial year, of which this inventory says nothing.
fn without_a_financial_year(text: &str) -> String {
    text.replace("rule: de.ao147.voucher", "rule: ch.or958f")
}

#[test]
fn a_rule_that_cannot_run_is_no_success() {
    let shop = Shop::with(without_a_financial_year);
    shop.sql("UPDATE customers SET last_seen = date('now', '-30 days')");
    shop.sql("INSERT INTO vouchers (email, issued_on) VALUES ('a@example.org', '2001-01-01')");
    for line in [&["--apply", "--metrics", "dsr.prom"][..], &[]] {
        let ran = shop.sweep(line).ends_with(3);
        assert!(
            ran.err.contains("W332") && ran.err.contains("financial_year_end"),
            "{ran:?}"
        );
        assert!(
            !ran.err.contains("same command"),
            "the same command does nothing about it: {ran:?}"
        );
        let run = shop.json(line);
        assert_eq!(
            (&run["complete"], &rule(&run, "booking")["obstacle"]),
            (&json!(false), &json!("financial_year"))
        );
    }
    let text = shop.workspace.read("dsr.prom");
    let booking = "{data_type=\"booking\",system=\"shop\",object=\"vouchers\",action=\"remove\"}";
    let accounts =
        "{data_type=\"accounts\",system=\"shop\",object=\"customers\",action=\"remove\"}";
    for expected in [
        format!("dsr_sweep_unable{booking} 1\n"),
        format!("dsr_sweep_unable{accounts} 0\n"),
        "\ndsr_sweep_complete 0\n".to_owned(),
        "\ndsr_sweep_last_exit_code 3\n".to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected}: {text}");
    }
    let audit = shop
        .workspace
        .run(&["audit", "runs", "--format", "json"])
        .json();
    assert_eq!(audit["runs"][0]["complete"], false);
    assert_eq!(audit["runs"][0]["missed"][0]["why"], "financial_year");
    // A run over other rules has nothing to do with it.
    shop.sweep(&["--apply", "--data-type", "accounts"])
        .ends_with(0);
    // So it is where the system is not connected; what is kept on purpose is meant.
    let cut = "engine: sqlite\n    settings: { path: shop.db }";
    assert!(INVENTORY.contains(cut));
    let text = INVENTORY.replace(cut, &format!("status: disabled\n    {cut}"));
    shop.workspace.write("dsr.yaml", &text);
    shop.sweep(&["--apply"]).ends_with(3);
    let kept = INVENTORY.replace("rule: de.ao147.voucher", "rule: gdpr.suppression");
    shop.workspace.write("dsr.yaml", &kept);
    shop.sweep(&["--apply"]).ends_with(0);
}

#[test]
fn a_rule_of_the_company_has_its_norm_in_the_statement() {
    let shop = Shop::with(|text| {
        text.replace(
            "keep: P2Y, start: clock, kind: max",
            "keep: P2Y, start: clock, kind: min, because: \"section 9 of the charter\"",
        )
    });
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    let statement = shop.statement();
    let accounts = rule(&statement, "accounts");
    assert_eq!(
        (&accounts["norm"], &accounts["keep"]),
        (&json!("section 9 of the charter"), &json!("P2Y"))
    );
    let booking = rule(&statement, "booking");
    assert_eq!(booking["statute"], "de.ao147.voucher");
    assert!(booking["norm"].as_str().unwrap().contains("147"));
}

#[test]
fn a_second_run_is_refused_by_the_first_ones_name_and_age() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    // Somebody else writes to the shop, so the first run waits within its batch.
    let other = shop.open();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let running = shop.workspace.start(&["sweep", "--apply"]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while shop.events("sweep_planned") < 2 {
        assert!(
            std::time::Instant::now() < deadline,
            "the first run does not begin"
        );
    }
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let held = regex::Regex::new(r"E605(.|\n)*process \d+, for [1-9]\d* s").unwrap();
    for line in [&["--apply"][..], &[], &["--left-alone"]] {
        let second = shop.sweep(line).ends_with(1);
        assert!(held.is_match(&second.err), "{second:?}");
    }
    other.execute_batch("COMMIT").unwrap();
    running.wait().ends_with(0);
    assert_eq!((shop.count("customers"), super::batches(&shop)), (20, 20));
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn a_window_that_closes_stops_a_run_that_is_at_work() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let now = jiff::Timestamp::now().to_zoned(zone);
    let ends = now
        .checked_add(jiff::SignedDuration::from_secs(63))
        .unwrap();
    let begins = now
        .checked_sub(jiff::SignedDuration::from_mins(10))
        .unwrap();
    let clock = |at: &jiff::Zoned| at.strftime("%H:%M").to_string();
    let window = format!("window: {}-{}, records", clock(&begins), clock(&ends));
    let text = INVENTORY.replace("records", &window);
    let text = text.replace(
        "    settings: { path: shop.db }",
        "    settings: { path: shop.db }\n    timeouts: { lock: 100s }",
    );
    shop.workspace.write("dsr.yaml", &text);
    let other = shop.open();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let running = shop.workspace.start(&["sweep", "--apply"]);
    let closes = ends.with().second(0).subsec_nanosecond(0).build().unwrap();
    let left = closes.timestamp().duration_since(jiff::Timestamp::now());
    let left = std::time::Duration::try_from(left).unwrap_or_default();
    std::thread::sleep(left + std::time::Duration::from_millis(300));
    other.execute_batch("COMMIT").unwrap();
    let ended = running.wait().ends_with(3);
    assert!(words(&ended).contains("window has closed"), "{ended:?}");
    // The batch in flight was finished, and no other begun.
    assert_eq!((shop.count("customers"), super::batches(&shop)), (33, 7));
}

#[test]
fn the_quiet_hear_only_of_what_is_wrong() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let line = ["--quiet", "sweep", "--apply", "--metrics", "dsr.prom"];
    let ran = shop.workspace.run(&line).ends_with(0);
    assert_eq!(ran.err, "", "cron would send this every night");
    // What is slow stands in the figures for programs.
    let run = shop.json(&[]);
    let index = rule(&run, "deliveries")["missing_index"].as_str().unwrap();
    assert!(index.contains("ordered_on"), "{index}");
    assert_eq!(rule(&run, "booking")["missing_index"], Value::Null);
    shop.sql("ALTER TABLE customers RENAME TO people");
    let ran = shop.workspace.run(&line).ends_with(3);
    assert!(ran.err.contains("W315"), "{ran:?}");
}

#[test]
fn the_quiet_hear_of_each_rule_that_is_held_up_and_why() {
    let quiet = |shop: &Shop, more: &[&str], code| {
        let line = [&["--quiet", "sweep", "--apply"], more].concat();
        said(&shop.workspace.run(&line).ends_with(code))
    };
    let shop = Shop::with(|text| text.replace("share: 60", "share: 10"));
    let told = quiet(&shop, &[], 4);
    assert_eq!(told.matches("W350").count(), 1, "{told}");
    for part in ["`accounts` in shop.customers", "first time", "due: 20"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = quiet(&shop, &[], 4);
    let number = "dsr sweep --apply --data-type accounts --system shop --expect 20";
    assert!(
        told.contains("more than 10 %") && told.contains(number),
        "{told}"
    );
    shop.sweep(&["--pause"]).ends_with(0);
    let told = quiet(&shop, &["--data-type", "accounts", "--expect", "20"], 3);
    assert!(told.contains("W350") && told.contains("--resume"), "{told}");
    shop.sweep(&["--resume"]).ends_with(0);
    let told = quiet(&shop, &["--data-type", "accounts", "--expect", "20"], 0);
    assert_eq!(told, "");
    // A pause in which nothing is due is nothing to tell.
    shop.sweep(&["--pause"]).ends_with(0);
    assert_eq!(quiet(&shop, &[], 0), "");
}

#[test]
fn a_rule_that_run_after_run_leaves_undone_is_told_by_the_audit() {
    let shop = Shop::with(|text| text.replace("share: 60", "share: 10"));
    shop.sweep(&[]).ends_with(0);
    let audit = |code| {
        let line = ["audit", "runs", "--format", "json"];
        shop.workspace.run(&line).ends_with(code).json()["stuck"].clone()
    };
    shop.sweep(&["--apply"]).ends_with(4);
    shop.sweep(&["--apply"]).ends_with(4);
    assert_eq!(audit(0), json!([]), "two may be one weekend");
    shop.sweep(&["--apply"]).ends_with(4);
    let stuck = json!([{
        "data_type": "accounts",
        "system": "shop",
        "object": "customers",
        "action": "remove",
        "runs": 3,
        "why": ["share"],
    }]);
    assert_eq!(audit(4), stuck);
    let ran = shop.workspace.run(&["--quiet", "audit", "runs"]);
    let told = said(&ran.ends_with(4));
    assert!(
        told.contains("W352") && told.contains("more than 10 %"),
        "{told}"
    );
    // Somebody carries it out by itself, and the next night has nothing to do.
    let number = ["--apply", "--data-type", "accounts", "--expect", "20"];
    shop.sweep(&number).ends_with(0);
    assert_eq!(audit(0), json!([]));
    shop.sql("ALTER TABLE customers RENAME TO people");
    for _ in 0..3 {
        shop.sweep(&["--apply"]).ends_with(3);
    }
    assert_eq!(audit(3)[0]["why"], json!(["E512"]));
    shop.sql("ALTER TABLE people RENAME TO customers");
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(audit(0), json!([]));
}

#[test]
fn a_command_about_no_rule_says_so_in_words_and_as_a_document() {
    let shop = Shop::new();
    let none = shop.sweep(&["--then", "anonymise"]).ends_with(0);
    assert!(
        said(&none).contains("No rule of the inventory is about this"),
        "{none:?}"
    );
    for line in [
        &["--then", "anonymise"][..],
        &["--apply", "--then", "anonymise"],
        &["--deferred"],
    ] {
        let run = shop.json(line);
        assert_eq!((&run["rules"], &run["deferred"]), (&json!([]), &json!([])));
        assert_eq!(run["complete"], true, "{line:?}");
    }
    let left = shop.json(&["--then", "anonymise", "--left-alone"]);
    assert_eq!(left["records"], json!([]), "{left}");
    let types = INVENTORY.find("data_types:").unwrap();
    shop.workspace.write("dsr.yaml", &INVENTORY[..types]);
    let none = shop.sweep(&[]).ends_with(0);
    assert!(none.err.contains("names no data types"), "{none:?}");
}

#[test]
fn parents_that_a_run_frees_are_the_next_ones() {
    let shop = Shop::new();
    shop.sql(
        "INSERT INTO orders (customer, ordered_on) VALUES ('p00@example.org', date('now', '-800 days')),
            ('p01@example.org', date('now', '-10 days')), ('p01@example.org', date('now', '-20 days'))",
    );
    shop.sweep(&[]).ends_with(0);
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["done"], &accounts["remaining"], &accounts["late"]),
        (&json!(19), &json!(0), &json!(0)),
        "{run}"
    );
    assert_eq!(shop.count("customers WHERE email = 'p00@example.org'"), 1);
    assert_eq!(run["complete"], true);
    assert_eq!(shop.count("orders"), 2);
    let quiet = shop.workspace.run(&["--quiet", "sweep", "--apply"]);
    assert_eq!(quiet.ends_with(0).err, "");
    assert_eq!(shop.count("customers"), 20);
    let again = shop.json(&["--apply"]);
    assert_eq!(rule(&again, "accounts")["late"], 0);
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn figures_tell_what_stays_and_how_old_it_is() {
    let shop = Shop::with(|text| text.replace("share: 60", "share: 10"));
    shop.sql(
        "INSERT INTO customers (email, last_seen) VALUES ('u@example.org', NULL), ('o@example.org', '2001-02-03');
         INSERT INTO orders (customer, ordered_on) VALUES ('p02@example.org', date('now', '-10 days'));",
    );
    shop.sweep(&[]).ends_with(0);
    let line = ["--apply", "--metrics", "dsr.prom"];
    shop.sweep(&line).ends_with(4);
    let accounts =
        "{data_type=\"accounts\",system=\"shop\",object=\"customers\",action=\"remove\"}";
    let day: jiff::civil::Date = "2001-02-03".parse().unwrap();
    let begins = day
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
        .as_second();
    let text = shop.workspace.read("dsr.prom");
    for expected in [
        format!("dsr_sweep_unknown_start{accounts} 1\n"),
        format!("dsr_sweep_referenced{accounts} 1\n"),
        format!("dsr_sweep_oldest_due_timestamp_seconds{accounts} {begins}\n"),
        format!("dsr_sweep_waits{accounts} 1\n"),
        format!("dsr_sweep_idle_runs{accounts} 0\n"),
    ] {
        assert!(text.contains(&expected), "{expected}: {text}");
    }
    let expect = ["--data-type", "accounts", "--expect", "20"];
    shop.sweep(&[&line[..], &expect].concat()).ends_with(0);
    let text = shop.workspace.read("dsr.prom");
    assert!(
        !text.contains("dsr_sweep_oldest_due_timestamp_seconds{"),
        "nothing is left: {text}"
    );
}

#[test]
fn a_rule_that_finds_nothing_any_more_is_told() {
    let shop = Shop::with(|text| text.replace("share: 60", "share: 100"));
    shop.sweep(&[]).ends_with(0);
    for _ in 0..3 {
        shop.sql("INSERT OR REPLACE INTO customers (email, last_seen) VALUES ('x@example.org', '2010-01-01')");
        shop.sweep(&["--apply"]).ends_with(0);
    }
    let quiet = ["--quiet", "sweep", "--apply"];
    for run in 1..=8 {
        let ran = shop.workspace.run(&quiet).ends_with(0);
        assert_eq!(ran.err.contains("W333"), run == 7, "{run}: {ran:?}");
    }
    let run = shop.json(&[]);
    assert_eq!(rule(&run, "accounts")["idle"], 9);
    assert_eq!(
        rule(&run, "booking")["idle"],
        Value::Null,
        "it never found anything"
    );
    shop.sql("INSERT OR REPLACE INTO customers (email, last_seen) VALUES ('x@example.org', '2010-01-01')");
    assert_eq!(rule(&shop.json(&[]), "accounts")["idle"], Value::Null);
}

#[test]
fn days_without_runs_are_not_a_house_without_runs() {
    let shop = Shop::new();
    let none = shop.workspace.run(&["audit", "runs"]).ends_with(0);
    assert!(none.err.contains("No sweep has written yet"), "{none:?}");
    shop.sweep(&["--apply"]);
    let later = shop
        .workspace
        .run(&["audit", "runs", "--to", "2020-01-01"])
        .ends_with(0);
    assert!(later.err.contains("None of the 1 runs"), "{later:?}");
    assert!(!later.err.contains("has written yet"), "{later:?}");
}
