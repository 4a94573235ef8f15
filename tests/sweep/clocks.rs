//! Clocks that stand in another year, and periods that nobody can mean.

use serde_json::json;

use super::{INVENTORY, Shop, rule};

impl Shop {
    /// Moves everything that the ledger remembers by so many days: to it, the clock has jumped by as many the other way.
    pub(super) fn moved(&self, days: i32) {
        self.forge(|lines| {
            for line in lines {
                let at: jiff::Timestamp = line["at"].as_str().unwrap().parse().unwrap();
                let span = jiff::SignedDuration::from_hours(i64::from(days) * 24);
                let at = (at + span).as_millisecond();
                line["at"] = json!(jiff::Timestamp::from_millisecond(at).unwrap());
                if let Some(day) = line["day"].as_str() {
                    let day: jiff::civil::Date = day.parse().unwrap();
                    line["day"] = json!(day + jiff::Span::new().days(days));
                }
            }
        });
        // What is remembered elsewhere of the ledger's head knows nothing of this.
        let heads = self.workspace.path("../state/dsr/heads");
        if heads.exists() {
            fs_err::remove_dir_all(heads).unwrap();
        }
    }

    fn brakes(&self, more: &[&str]) -> serde_json::Value {
        rule(&self.json(more), "accounts")["brakes"].clone()
    }
}

#[test]
fn a_clock_that_was_set_ahead_erases_nothing_however_many_nights_it_stays_so() {
    for days in [32, 400, 3653] {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        shop.moved(-days);
        for night in 0..3 {
            assert_eq!(shop.brakes(&["--apply"]), json!(["forgotten"]), "{night}");
            shop.sweep(&["--apply"]).ends_with(4);
            assert_eq!(shop.count("customers"), 40, "{days} {night}");
        }
        // The number of records is no word on the clock.
        let line = ["--apply", "--data-type", "accounts", "--expect", "20"];
        shop.sweep(&line).ends_with(4);
        assert_eq!(shop.count("customers"), 40);
        // Somebody looks, and finds the day right.
        assert_eq!(shop.brakes(&[]), json!(["forgotten"]));
        shop.sweep(&["--apply"]).ends_with(0);
        assert_eq!(shop.count("customers"), 20);
        shop.workspace.run(&["audit", "runs"]).ends_with(0);
    }
}

#[test]
fn a_clock_that_was_set_back_writes_nothing() {
    for days in [1, 400, 20_000] {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        shop.moved(days);
        for line in [&[][..], &["--apply"]] {
            let ran = shop.sweep(line).ends_with(1);
            assert!(
                ran.err.contains("E633") && ran.err.contains("dsr backup --restore"),
                "{ran:?}"
            );
        }
        assert_eq!(shop.count("customers"), 40, "{days}");
        assert_eq!(shop.events("sweep_planned"), 1);
    }
}

#[test]
fn a_month_without_a_run_is_no_jump() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.moved(-31);
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn periods_that_nobody_can_mean_erase_nothing() {
    for period in [
        "P1000000000Y",
        "P99999999999999999999Y",
        "P9999999D",
        "2",
        "P",
        "PT1H",
        "-P2Y",
        "P-2Y",
        "{}",
    ] {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        let text = INVENTORY.replace("keep: P2Y", &format!("keep: {period}"));
        shop.workspace.write("dsr.yaml", &text);
        let first = shop.sweep(&["--apply"]);
        let second = shop.sweep(&["--apply"]);
        assert_eq!(shop.count("customers"), 40, "{period}: {second:?}");
        for ran in [first, second] {
            assert!(!ran.err.contains("panicked"), "{period}: {ran:?}");
            let refused = ran.code == Some(2) && ran.err.contains("keep");
            // A period beyond all calendars ends on no day.
            let never = period.starts_with('P') && [Some(0), Some(4)].contains(&ran.code);
            assert!(refused || never, "{period}: {ran:?}");
        }
    }
    // Without the line there is no rule at all.
    let shop = Shop::with(|text| text.replace("keep: P2Y, ", ""));
    shop.sweep(&["--apply"]).ends_with(2);
    assert_eq!(shop.count("customers"), 40);
}

#[test]
fn a_trigger_that_swallows_a_deletion_is_found_out() {
    let shop = Shop::new();
    shop.sql(
        "CREATE TRIGGER keeper BEFORE DELETE ON customers WHEN old.email < 'p04' BEGIN SELECT RAISE(IGNORE); END",
    );
    let shown = shop.sweep(&[]).ends_with(0);
    assert!(shown.err.contains("keeper"), "{shown:?}");
    for done in [18, 0] {
        let run = shop.json(&["--apply"]);
        let accounts = rule(&run, "accounts");
        assert_eq!(
            (&accounts["done"], &accounts["remaining"]),
            (&json!(done), &json!(2))
        );
    }
    shop.sweep(&["--apply"]).ends_with(3);
    assert_eq!(shop.count("customers"), 22);
    assert_eq!((super::batches(&shop), super::names(&shop).len()), (18, 18));
}

#[test]
fn nothing_goes_through_a_view() {
    let shop = Shop::new();
    shop.sql(
        "ALTER TABLE customers RENAME TO people; CREATE VIEW customers AS SELECT * FROM people;
         CREATE TRIGGER through INSTEAD OF DELETE ON customers BEGIN DELETE FROM people; END",
    );
    for line in [&[][..], &["--apply"], &["--apply"]] {
        let ran = shop.sweep(line).ends_with(3);
        assert!(ran.err.contains("E251"), "{ran:?}");
    }
    assert_eq!(shop.count("people"), 40);
}

#[test]
fn a_table_that_was_emptied_is_done_without_a_word() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sql("DELETE FROM customers");
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["records"], &accounts["done"]),
        (&json!(0), &json!(0))
    );
    shop.sweep(&["--apply"]).ends_with(0);
}
