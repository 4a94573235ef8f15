//! The very days: vouchers of 2015 to 2026 under the rules of Germany, Austria and Switzerland, by `dsr law explain` and by runs.
//!
//! What is expected here is reckoned by hand, in a table, and by no function of the program:
//!
//! - Germany, § 147(3), (4) AO: from the end of the calendar year in which the voucher came about; ten years until the end of 2024, since 1 January
//!   2025 eight for whatever was not free by then (Art. 97 § 19a(2) EGAO). Vouchers of 2015 became free by that on the day the rule began, with
//!   those of 2016, whose eight years ended the day before.
//! - Germany, banks, insurers and investment firms: still ten years (Art. 97 § 19a(3) EGAO).
//! - Austria, § 132(1) BAO, § 212 UGB: seven years from the end of the calendar year.
//! - Switzerland, Art. 958f OR: ten years from the end of the financial year.

use jiff::civil::{Date, date};

use super::Shop;
use super::program::Workspace;
use rusqlite::Connection;
use serde_json::Value;

/// Year of the voucher, and the last day on which it is kept: Germany, Germany regulated, Austria, Switzerland where the year of business is that
/// of the calendar.
const TABLE: [(i16, &str, &str, &str, &str); 12] = [
    (2015, "2024-12-31", "2025-12-31", "2022-12-31", "2025-12-31"),
    (2016, "2024-12-31", "2026-12-31", "2023-12-31", "2026-12-31"),
    (2017, "2025-12-31", "2027-12-31", "2024-12-31", "2027-12-31"),
    (2018, "2026-12-31", "2028-12-31", "2025-12-31", "2028-12-31"),
    (2019, "2027-12-31", "2029-12-31", "2026-12-31", "2029-12-31"),
    (2020, "2028-12-31", "2030-12-31", "2027-12-31", "2030-12-31"),
    (2021, "2029-12-31", "2031-12-31", "2028-12-31", "2031-12-31"),
    (2022, "2030-12-31", "2032-12-31", "2029-12-31", "2032-12-31"),
    (2023, "2031-12-31", "2033-12-31", "2030-12-31", "2033-12-31"),
    (2024, "2032-12-31", "2034-12-31", "2031-12-31", "2034-12-31"),
    (2025, "2033-12-31", "2035-12-31", "2032-12-31", "2035-12-31"),
    (2026, "2034-12-31", "2036-12-31", "2033-12-31", "2036-12-31"),
];

/// Switzerland, where the year of business ends on 30 June: what is of the first half of a year, and what is of the second.
const HALVES: [(i16, &str, &str); 12] = [
    (2015, "2025-06-30", "2026-06-30"),
    (2016, "2026-06-30", "2027-06-30"),
    (2017, "2027-06-30", "2028-06-30"),
    (2018, "2028-06-30", "2029-06-30"),
    (2019, "2029-06-30", "2030-06-30"),
    (2020, "2030-06-30", "2031-06-30"),
    (2021, "2031-06-30", "2032-06-30"),
    (2022, "2032-06-30", "2033-06-30"),
    (2023, "2033-06-30", "2034-06-30"),
    (2024, "2034-06-30", "2035-06-30"),
    (2025, "2035-06-30", "2036-06-30"),
    (2026, "2036-06-30", "2037-06-30"),
];

/// A voucher of a table, and the last day on which it is kept.
struct Voucher {
    table: &'static str,
    day: Date,
    until: Date,
}

const DAYS: [(i8, i8); 4] = [(1, 1), (6, 30), (7, 1), (12, 31)];

/// Those of a table; `until` says for a line and for whether the day lies in the second half of its year, which day is the last.
fn vouchers<L: Copy>(
    table: &'static str,
    lines: &[L],
    year: impl Fn(L) -> i16,
    until: impl Fn(L, bool) -> &'static str,
) -> Vec<Voucher> {
    let mut all = Vec::new();
    for line in lines {
        for (month, day) in DAYS {
            all.push(Voucher {
                table,
                day: date(year(*line), month, day),
                until: until(*line, month > 6).parse().unwrap(),
            });
        }
    }
    all
}

/// Rule and table.
type Place = (&'static str, &'static str);

fn workspace(controller: &str, places: &[Place], vouchers: &[Voucher]) -> Workspace {
    let objects: String = places
        .iter()
        .map(|(_, table)| {
            format!(
                "      {table}:\n        table: {table}\n        key: id\n        find: [{{ by: email, column: email }}]\n        \
                 fields: {{ email: {{ category: contact.email, identity: email }} }}\n        clock: issued_on\n        erase: remove\n"
            )
        })
        .collect();
    let types: String = places
        .iter()
        .map(|(rule, table)| {
            format!(
                "  {table}: {{ objects: [books.{table}], purpose: accounting, basis: art6_1_c, rule: {rule}, then: remove }}\n"
            )
        })
        .collect();
    let inventory = format!(
        "dsr: 1\ncontroller: {{ name: \"Acme\", language: en, contact: privacy@example.org, {controller} }}\n\
         limits: {{ sweep: {{ records: 1000, share: 100 }} }}\nsystems:\n  books:\n    engine: sqlite\n    \
         settings: {{ path: books.db }}\n    objects:\n{objects}data_types:\n{types}"
    );
    let workspace = Workspace::new(&inventory, &[]);
    let books = Connection::open(workspace.path("books.db")).unwrap();
    for (_, table) in places {
        books
            .execute_batch(&format!(
                "CREATE TABLE {table} (id INTEGER PRIMARY KEY, email TEXT, issued_on TEXT); CREATE INDEX {table}_on ON {table} (issued_on);"
            ))
            .unwrap();
    }
    for voucher in vouchers {
        let sql = format!(
            "INSERT INTO {} (email, issued_on) VALUES ('a@example.org', ?1)",
            voucher.table
        );
        books.execute(&sql, [voucher.day.to_string()]).unwrap();
    }
    workspace
}

fn due(run: &Value, table: &str) -> u64 {
    let rules = run["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["data_type"] == table);
    rule.unwrap()["due"].as_u64().unwrap()
}

/// Each voucher is kept on its last day, and free on the next: as it is explained, and as a run would have it.
fn on_the_very_days(
    controller: &str,
    places: &[Place],
    vouchers: &[Voucher],
    turns: [(i8, i8); 2],
) {
    let workspace = workspace(controller, places, vouchers);
    for (rule, table) in places {
        let own = vouchers.iter().filter(|one| one.table == *table);
        // The first and the last day of what counts alike.
        let own = own.filter(|one| turns.contains(&(one.day.month(), one.day.day())));
        for voucher in own {
            let event = voucher.day.to_string();
            let line = [
                "law", "explain", *rule, "--event", &event, "--format", "json",
            ];
            let told = workspace.run(&line).ends_with(0).json();
            let free = voucher.until.tomorrow().unwrap().to_string();
            assert_eq!(
                (
                    told["until"].as_str().unwrap(),
                    told["free_from"].as_str().unwrap()
                ),
                (voucher.until.to_string().as_str(), free.as_str()),
                "{rule} {event}"
            );
        }
    }
    let mut days: Vec<Date> = vouchers.iter().map(|voucher| voucher.until).collect();
    days.extend(
        vouchers
            .iter()
            .map(|voucher| voucher.until.tomorrow().unwrap()),
    );
    days.sort_unstable();
    days.dedup();
    for day in days {
        let seen = workspace
            .run(&["sweep", "--as-of", &day.to_string(), "--format", "json"])
            .ends_with(0)
            .json();
        for (_, table) in places {
            let own = vouchers.iter().filter(|one| one.table == *table);
            let expected = own.filter(|one| one.until < day).count() as u64;
            assert_eq!(due(&seen, table), expected, "{table} on {day}");
        }
    }
    // Today, in earnest: what is gone is what was free, voucher by voucher.
    workspace.run(&["sweep"]).ends_with(0);
    workspace.run(&["sweep", "--apply"]).ends_with(0);
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap())
        .date();
    let books = Connection::open(workspace.path("books.db")).unwrap();
    for (_, table) in places {
        let own = vouchers.iter().filter(|one| one.table == *table);
        let stay = own.filter(|one| one.until >= today);
        let stay: Vec<String> = stay.map(|one| one.day.to_string()).collect();
        let sql = format!("SELECT issued_on FROM {table} ORDER BY id");
        let mut left = books.prepare(&sql).unwrap();
        let left = left.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let left: Vec<String> = left.map(Result::unwrap).collect();
        assert_eq!(left, stay, "{table}");
    }
    workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn vouchers_of_a_company() {
    let places: [Place; 3] = [
        ("de.ao147.voucher", "german"),
        ("at.bao132", "austrian"),
        ("ch.or958f", "swiss"),
    ];
    let year = |line: (i16, &str, &str, &str, &str)| line.0;
    let mut all = vouchers("german", &TABLE, year, |line, _| line.1);
    all.extend(vouchers("austrian", &TABLE, year, |line, _| line.3));
    all.extend(vouchers("swiss", &TABLE, year, |line, _| line.4));
    let company = "seat: DE-BY, financial_year_end: 12-31";
    on_the_very_days(company, &places, &all, [(1, 1), (12, 31)]);
}

/// A year of business that is none of the calendar moves what the norm counts from it, and nothing else.
#[test]
fn vouchers_of_a_bank_whose_year_ends_in_june() {
    let places: [Place; 2] = [("de.ao147.voucher", "german"), ("ch.or958f", "swiss")];
    let year = |line: (i16, &str, &str, &str, &str)| line.0;
    let mut all = vouchers("german", &TABLE, year, |line, _| line.2);
    let half = |line: (i16, &'static str, &'static str), second| match second {
        true => line.2,
        false => line.1,
    };
    all.extend(vouchers("swiss", &HALVES, |line| line.0, half));
    let bank = "seat: DE-HE, financial_year_end: 06-30, regulated_finance: true";
    on_the_very_days(bank, &places, &all, [(6, 30), (7, 1)]);
}

#[test]
fn a_rule_that_outlasts_the_last_day_of_a_law_is_named_by_every_run() {
    let long = |keep: &str| {
        let rule = format!(
            "keep: {keep}, start: eoy(issued_on), kind: min, because: \"§ 8 GwG\", justified_by: [de.gwg8]"
        );
        let shop = Shop::with(|text| text.replace("rule: de.ao147.voucher", &rule));
        shop.sweep(&[])
    };
    assert!(!long("P10Y").err.contains("W336"));
    let ran = long("P11Y").ends_with(0);
    assert!(
        ran.err.contains("W336") && ran.err.contains("de.gwg8"),
        "{ran:?}"
    );
}
