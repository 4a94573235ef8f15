//! No flag and no rule undercuts a statutory minimum (docs/promises.md, 7): rules that are shorter than the duty that they are under, attacked
//! through the program, by requests and by sweeps.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/program.rs"]
mod program;

use program::{Ran, Workspace};
use rusqlite::Connection;
use serde_json::{Value, json};

const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
limits: { sweep: { records: 1000, share: 100, batch: 7 } }
systems:
  shop:
    engine: sqlite
    settings: { path: shop.db }
    owner: it
    objects:
      invoices:
        table: invoices
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, number: finance.invoice }
        clock: issued_on
        restrict: { set: { locked: "1" } }
        erase: remove
data_types:
  invoices: { objects: [shop.invoices], purpose: accounting, basis: art6_1_c, RULE, then: remove }
"#;

/// Two invoices of every year from 2007 to this one: on its first and on its last day, or today.
struct Shop {
    workspace: Workspace,
}

/// The first year whose invoices the law still keeps: eight years from the end of theirs, and ten for those that ended by 2024.
fn kept_from() -> i32 {
    this_year() - 8
}

fn this_year() -> i32 {
    let day = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    i32::from(day.year())
}

impl Shop {
    fn with(rule: &str) -> Shop {
        let shop = Shop {
            workspace: Workspace::new(&INVENTORY.replace("RULE", rule), &[]),
        };
        let shop_db = shop.open();
        let table = "CREATE TABLE invoices (id INTEGER PRIMARY KEY, email TEXT, number TEXT, issued_on TEXT, locked INTEGER NOT NULL DEFAULT 0);
            CREATE INDEX issued ON invoices (issued_on);";
        shop_db.execute_batch(table).unwrap();
        for year in 2007..=this_year() {
            for day in ["01-01", "12-31"] {
                let insert = "INSERT INTO invoices (email, number, issued_on) VALUES (?1, ?2, min(?3, date('now', '-1 day')))";
                let email = format!("p{year}@example.org");
                let date = format!("{year}-{day}");
                let values = rusqlite::params![email, format!("R{date}"), date];
                shop_db.execute(insert, values).unwrap();
            }
        }
        shop
    }

    fn open(&self) -> Connection {
        Connection::open(self.workspace.path("shop.db")).unwrap()
    }

    /// Years of the invoices that are left, and how many of each.
    fn left(&self) -> Vec<(i32, u32)> {
        let open = self.open();
        let sql = "SELECT CAST(substr(issued_on, 1, 4) AS INTEGER) AS year, count(*) FROM invoices GROUP BY year ORDER BY year";
        let mut statement = open.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn sweep(&self, more: &[&str]) -> Ran {
        self.workspace.run(&[&["sweep"], more].concat())
    }

    /// Sweeps that show first, and then carry out whatever may be carried out.
    fn swept(&self) -> (i32, Value) {
        self.sweep(&[]);
        let ran = self.sweep(&["--apply", "--format", "json"]);
        (ran.code.unwrap(), ran.json()["rules"][0].clone())
    }

    /// Erases whoever has the invoices of a year; `writes` is how many records the plan writes to.
    fn erase(&self, year: i32, writes: &str) -> Value {
        let email = format!("p{year}@example.org");
        let ran = self.workspace.run(&[
            "erase", "--email", &email, "--yes", "--expect", writes, "--format", "json",
        ]);
        ran.json()
    }
}

/// All of the years that the law still keeps are whole, and nothing else is left.
#[track_caller]
fn only_what_is_over_went(left: &[(i32, u32)]) {
    let kept: Vec<(i32, u32)> = (kept_from()..=this_year()).map(|year| (year, 2)).collect();
    assert_eq!(left, kept);
}

#[test]
fn a_limit_ends_no_earlier_than_the_duty_beside_it() {
    for rule in [
        // Named, implied by the category, by a rule of the catalogue that is another.
        "keep: P2Y, start: issued_on, kind: max, reason: r, justified_by: [de.ao147.voucher]",
        "keep: P2Y, start: issued_on, kind: max, reason: r, justified_by: [de.ao147.letter, de.ao147.voucher]",
        "keep: P2Y, start: issued_on, kind: max, reason: r",
        "rule: de.ao147.letter",
        "rule: de.bgb195.contract, start_type: end_of_process",
    ] {
        let shop = Shop::with(rule);
        let (code, line) = shop.swept();
        assert_eq!(
            (code, &line["obstacle"]),
            (0, &Value::Null),
            "{rule}: {line}"
        );
        assert_eq!(line["remaining"], 0, "{rule}");
        assert!(
            line["because"]["en"]
                .as_str()
                .unwrap()
                .contains("de.ao147.voucher"),
            "{rule}: {line}"
        );
        only_what_is_over_went(&shop.left());
    }
}

#[test]
fn a_minimum_that_is_shorter_than_its_norm_is_carried_out_nowhere() {
    for rule in [
        "keep: P1D, start: issued_on, kind: min, because: \"§147 AO\"",
        "keep: P7Y, start: eoy(issued_on), kind: min, because: \"§ 10 BORA\", justified_by: [de.ao147.voucher]",
        // The category is denied; the words still name a norm of six years.
        "keep: P1D, start: issued_on, kind: min, because: \"§147 AO\", justified_by: []",
    ] {
        let shop = Shop::with(rule);
        let before = shop.left();
        for _ in 0..2 {
            let (code, line) = shop.swept();
            assert_eq!(
                (code, &line["obstacle"]),
                (4, &json!("short_minimum")),
                "{rule}"
            );
        }
        // No number lifts it, and no flag.
        shop.sweep(&["--apply", "--data-type", "invoices", "--expect", "40"])
            .ends_with(4);
        assert_eq!(shop.left(), before, "{rule}");
        let shown = shop.sweep(&[]).ends_with(4);
        let said = format!("{}{}", shown.out, shown.err);
        assert!(
            said.contains("E462") && said.contains("dsr.yaml:20"),
            "{said}"
        );
        // A request is decided by the norm.
        let report = shop.erase(this_year(), "2");
        assert!(report.to_string().contains("§ 147"), "{report}");
        assert_eq!(shop.left(), before, "{rule}");
        let gone = this_year() - 12;
        shop.erase(gone, "2");
        assert!(shop.left().iter().all(|(year, _)| *year != gone), "{rule}");
    }
}

#[test]
fn a_duty_that_counts_from_another_day_stops_the_rule_and_keeps_the_record() {
    for rule in [
        "rule: de.ao147.voucher, justified_by: [de.ao147.voucher, de.sgb4.28f]",
        "keep: P2Y, start: issued_on, kind: max, reason: r, start_type: end_of_relationship, justified_by: [de.ao147.voucher]",
    ] {
        let shop = Shop::with(rule);
        let before = shop.left();
        let (code, line) = shop.swept();
        assert_eq!(
            (code, &line["obstacle"]),
            (4, &json!("other_day")),
            "{rule}"
        );
        let shown = shop.sweep(&[]).ends_with(4);
        let said = format!("{}{}", shown.out, shown.err);
        assert!(
            said.contains("E463") && said.contains("dsr.yaml:20"),
            "{said}"
        );
        // Nobody can say that the duty is over, however old the record.
        shop.erase(2007, "0");
        assert_eq!(shop.left(), before, "{rule}");
    }
}

#[test]
fn somebody_who_looked_is_believed() {
    let shop = Shop::with("keep: P2Y, start: issued_on, kind: max, reason: r, justified_by: []");
    let (code, line) = shop.swept();
    assert_eq!((code, &line["obstacle"]), (0, &Value::Null));
    assert!(shop.left().iter().all(|(year, _)| *year >= this_year() - 2));
    shop.erase(this_year(), "2");
    assert!(shop.left().iter().all(|(year, _)| *year != this_year()));
}

#[test]
fn what_a_duty_beside_the_rule_keeps_says_norm_and_day() {
    let rule =
        "keep: P2Y, start: issued_on, kind: max, reason: r, justified_by: [de.ao147.voucher]";
    let shop = Shop::with(rule);
    let year = this_year();
    let plan = shop.workspace.run(&[
        "plan",
        "--email",
        &format!("p{year}@example.org"),
        "--format",
        "json",
    ]);
    let said = plan.json().to_string();
    let last = format!("{}-12-31", year + 8);
    assert!(said.contains(&last), "{said}");
    assert!(said.contains("de.ao147.voucher"), "{said}");
    let report = shop.erase(year, "2").to_string();
    assert!(
        report.contains(&last) && report.contains("de.ao147.voucher"),
        "{report}"
    );
    let locked = "SELECT count(*) FROM invoices WHERE locked = 1";
    let locked: u32 = shop.open().query_row(locked, [], |row| row.get(0)).unwrap();
    assert_eq!(locked, 2, "what has to stay is locked");
    assert_eq!(shop.left().last(), Some(&(year, 2)));
}
