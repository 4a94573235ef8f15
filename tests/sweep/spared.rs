//! Who is spared though it does not show in the place that is swept: persons of whom another system knows the number, restricted records, and
//! the control person.

use dsr::ledger::{Closing, Event, Ledger};
use dsr::trust::Lock;
use dsr::workspace::Workspace as Folder;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::program::{Ran, Workspace};
use super::runs::steady;
use super::{Shop, rule};

const NUMBERS: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
limits: { sweep: { records: 1000, share: 100 } }
identities:
  customer_no: { like: 'C-[0-9]{4}', trusted_from: [crm.customers] }
systems:
  crm:
    engine: sqlite
    settings: { path: crm.db }
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no }
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      orders:
        table: orders
        key: id
        find: [{ by: customer_no, column: customer }]
        fields: { customer: { category: account.id, identity: customer_no } }
        clock: ordered_on
        erase: remove
data_types:
  deliveries: { objects: [shop.orders], purpose: delivery, basis: art6_1_b, keep: P1Y, start: clock, kind: max, then: remove }
"#;

/// Two customers, whose orders are known by numbers that another system gives out.
struct Numbers {
    workspace: Workspace,
}

impl Numbers {
    fn new() -> Numbers {
        let workspace = Workspace::new(NUMBERS, &[]);
        let sql = |file: &str, sql: &str| {
            let connection = Connection::open(workspace.path(file)).unwrap();
            connection.execute_batch(sql).unwrap();
        };
        sql(
            "crm.db",
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, number TEXT);
             INSERT INTO customers (email, number) VALUES ('anna@example.org', 'C-0001'), ('ben@example.org', 'C-0002');",
        );
        sql(
            "shop.db",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, ordered_on TEXT);
             INSERT INTO orders (customer, ordered_on) VALUES ('C-0001', '2011-01-01'), ('C-0002', '2012-01-01'), ('C-0002', '2013-01-01');",
        );
        Numbers { workspace }
    }

    fn run(&self, line: &[&str]) -> Ran {
        self.workspace.run(line)
    }

    fn hold(&self, who: &[&str]) -> String {
        let line = "hold add --ground art17_3_e --no-search --reason";
        let mut line: Vec<&str> = line.split(' ').chain(["a claim"]).collect();
        line.extend(who);
        self.run(&line).ends_with(0).out.trim().to_owned()
    }

    fn open(&self, who: &[&str]) -> String {
        let line = [&["case", "open", "--right", "access"], who].concat();
        self.run(&line).ends_with(0).case().unwrap()
    }

    /// The other system is there or not.
    fn crm(&self, there: bool) {
        let names = [self.workspace.path("crm.db"), self.workspace.path("away")];
        let [from, to] = match there {
            true => [&names[1], &names[0]],
            false => [&names[0], &names[1]],
        };
        fs_err::rename(from, to).unwrap();
    }

    fn orders(&self) -> Vec<String> {
        let connection = Connection::open(self.workspace.path("shop.db")).unwrap();
        let mut read = connection
            .prepare("SELECT customer FROM orders ORDER BY id")
            .unwrap();
        let found = read.query_map([], |row| row.get(0)).unwrap();
        found.map(Result::unwrap).collect()
    }
}

#[test]
fn nothing_goes_while_the_system_that_knows_whose_it_is_cannot_be_asked() {
    for is_held in [false, true] {
        let house = Numbers::new();
        house.run(&["sweep"]).ends_with(0);
        let who = ["--email", "anna@example.org"];
        let number = match is_held {
            true => house.hold(&who),
            false => house.open(&who),
        };
        house.crm(false);
        let ran = house.run(&["sweep", "--apply"]).ends_with(3);
        for word in ["W338", "shop.orders", "crm.customers", &number] {
            assert!(ran.err.contains(word), "{word}: {ran:?}");
        }
        assert_eq!(house.orders(), ["C-0001", "C-0002", "C-0002"]);
        let run = house.run(&["sweep", "--apply", "--format", "json"]).json();
        assert_eq!(rule(&run, "deliveries")["brakes"], json!(["holds"]));
        assert_eq!(
            rule(&run, "deliveries")["unfound"],
            json!([{ "for": number, "why": "not_searched", "not_searched": ["crm.customers"], "known_by": [], "stops": true }])
        );
        assert_eq!(run["complete"], false);
        // Nothing waits for a person: the same command goes on once the system answers.
        house.crm(true);
        let ran = house.run(&["sweep", "--apply"]).ends_with(0);
        assert!(!ran.err.contains("W338"), "{ran:?}");
        assert_eq!(house.orders(), ["C-0001"]);
        let run = house.run(&["sweep", "--format", "json"]).json();
        assert_eq!(rule(&run, "deliveries")["unfound"], json!([]));
    }
}

#[test]
fn a_system_that_is_switched_off_stops_no_sweep_for_ever() {
    let house = Numbers::new();
    house.open(&["--email", "anna@example.org", "--id", "customer_no=C-0001"]);
    house.crm(false);
    let text = house.workspace.read("dsr.yaml");
    let text = text.replacen("engine: sqlite", "engine: sqlite\n    status: disabled", 1);
    house.workspace.write("dsr.yaml", &text);
    house.run(&["sweep"]).ends_with(0);
    house.run(&["sweep", "--apply"]).ends_with(0);
    assert_eq!(house.orders(), ["C-0001"]);
}

#[test]
fn a_person_of_whom_nothing_leads_anywhere_is_named_and_a_hold_on_them_stops_what_it_is_on() {
    let house = Numbers::new();
    house.run(&["sweep"]).ends_with(0);
    let phone = ["--phone", "+498912345678"];
    let hold = house.hold(&phone);
    let ran = house.run(&["sweep", "--apply"]).ends_with(3);
    for word in ["W338", "shop.orders", &hold] {
        assert!(ran.err.contains(word), "{word}: {ran:?}");
    }
    assert!(!ran.err.contains("12345678"), "{ran:?}");
    let run = house.run(&["sweep", "--format", "json"]).json();
    assert_eq!(
        rule(&run, "deliveries")["unfound"],
        json!([{ "for": hold, "why": "nothing_leads", "not_searched": [], "known_by": [], "stops": true }])
    );
    assert_eq!(house.orders().len(), 3);
    house
        .run(&["hold", "release", &hold, "--reason", "set anew"])
        .ends_with(0);
    // A request that came by telephone does not end all erasing, and is not passed over without a word.
    let case = house.open(&phone);
    let mut screen = String::new();
    for lang in ["en", "de"] {
        let ran = house.workspace.run_in(lang, &["sweep"]).ends_with(0);
        assert!(ran.err.contains(&case), "{ran:?}");
        screen += &format!("--- {lang}\n{}", ran.err.replace(&case, "[case]"));
    }
    insta::assert_snapshot!("unled", steady(&screen));
    let ran = house.run(&["sweep", "--apply", "--format", "json"]);
    let ran = ran.ends_with(0);
    for word in ["W339", "shop.orders", &case, "phone"] {
        assert!(ran.err.contains(word), "{word}: {ran:?}");
    }
    assert_eq!(ran.json()["rules"][0]["done"], 3);
    assert_eq!(
        ran.json()["rules"][0]["unfound"],
        json!([{ "for": case, "why": "nothing_leads", "not_searched": [], "known_by": ["phone"], "stops": false }])
    );
    assert!(!ran.out.contains("12345678"), "{ran:?}");
    // With nothing due there is nothing to say.
    let ran = house.run(&["sweep", "--apply"]).ends_with(0);
    assert!(!ran.err.contains("W339"), "{ran:?}");
}

#[test]
fn whoever_is_nobodys_customer_stops_and_troubles_nobody() {
    let house = Numbers::new();
    house.run(&["sweep"]).ends_with(0);
    house.open(&["--email", "reader@example.org"]);
    let ran = house.run(&["sweep", "--apply"]).ends_with(0);
    assert!(
        !ran.err.contains("W338") && !ran.err.contains("W339"),
        "{ran:?}"
    );
    assert_eq!(house.orders().len(), 0);
}

const ONE: [&str; 2] = ["--email", "p00@example.org"];

/// One old customer's record is restricted; the number of the case.
fn restricted() -> (Shop, String) {
    let shop = Shop::with(|text| {
        text.replace(
            r#"restrict: { set: { locked: "1" } }"#,
            r#"restrict: { set: { locked: "1" } }
        unrestrict: { set: { locked: "0" } }"#,
        )
    });
    shop.sweep(&[]).ends_with(0);
    let line = "restrict --because needed_for_claims --yes --expect 1";
    let line: Vec<&str> = line.split(' ').chain(ONE).collect();
    let ran = shop.workspace.run(&line).ends_with(0);
    assert!(!ran.err.contains("case close"), "{ran:?}");
    assert!(ran.err.contains("dsr restrict --lift"), "{ran:?}");
    let case = ran.case().unwrap();
    assert_eq!(shop.count("customers WHERE locked = 1"), 1);
    (shop, case)
}

#[test]
fn what_is_restricted_is_stored_until_the_restriction_is_lifted() {
    let (shop, case) = restricted();
    let shown = shop.workspace.run(&["case", "show", &case]).ends_with(0);
    assert!(!shown.out.contains("case close"), "{shown:?}");
    let shown = ["case", "show", &case, "--format", "json"];
    let shown = shop.workspace.run(&shown).json();
    assert_eq!(
        (&shown["waits_for"], &shown["next"]),
        (&json!("lift"), &Value::Null)
    );
    for how in ["answered", "refused", "withdrawn"] {
        let close = ["case", "close", &case, "--how", how];
        let ran = shop.workspace.run(&close).ends_with(4);
        let lift = format!("dsr restrict --lift --case {case}");
        assert!(
            ran.err.contains("E929") && ran.err.contains(&lift),
            "{ran:?}"
        );
    }
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["requested"], &accounts["done"]),
        (&json!(1), &json!(19))
    );
    assert_eq!(shop.count("customers WHERE locked = 1"), 1);
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    let lift = "restrict --lift --because claim_settled --yes --expect 1 --notice-sent";
    let mut lift: Vec<&str> = lift.split(' ').collect();
    lift.extend([&yesterday, "--case", &case]);
    let ran = shop.workspace.run(&lift).ends_with(0);
    assert!(ran.err.contains("dsr case close"), "{ran:?}");
    shop.workspace.run(&["case", "close", &case]).ends_with(0);
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["done"], 1);
}

#[test]
fn a_restriction_whose_record_is_gone_ends_with_the_next_lifting() {
    let (shop, case) = restricted();
    shop.sql("DELETE FROM customers WHERE locked = 1");
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    let lift = "restrict --lift --because claim_settled --yes --expect 0 --notice-sent";
    let mut lift: Vec<&str> = lift.split(' ').collect();
    lift.extend([&yesterday, "--case", &case]);
    shop.workspace.run(&lift).ends_with(0);
    shop.workspace.run(&["case", "close", &case]).ends_with(0);
}

#[test]
fn a_case_that_an_earlier_version_closed_over_a_restriction_still_counts() {
    let (shop, case) = restricted();
    let folder = Folder::find(&shop.workspace.path("")).unwrap();
    let lock = Lock::read(&folder).unwrap();
    let mut ledger = Ledger::open(&folder, &lock).unwrap();
    let closed = Event::CaseClosed {
        closing: Some(Closing::Answered),
        operator: Some("somebody".into()),
    };
    let id = dsr::case_id::CaseId::parse(&case).unwrap();
    let now = jiff::Timestamp::now();
    ledger.append(Some(&id), now, &[closed]).unwrap();
    drop(ledger);
    let run = shop.json(&["--apply"]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["requested"], &accounts["done"]),
        (&json!(1), &json!(19)),
        "{accounts}"
    );
    assert_eq!(shop.count("customers WHERE locked = 1"), 1);
}

/// A shop whose control person has not been there for years.
fn controlled() -> Shop {
    let shop = Shop::with(|text| {
        text.replace(
            "settings: { path: shop.db }\n",
            "settings: { path: shop.db }\n    control: { email: Control@example.org }\n",
        )
    });
    shop.sql(
        "INSERT INTO customers (email, last_seen) VALUES ('control@example.org', '2009-01-01');
         INSERT INTO vouchers (email, issued_on) VALUES ('control@example.org', '2009-01-01'), ('a@example.org', '2001-01-01');",
    );
    shop
}

#[test]
fn the_control_person_is_never_due() {
    let shop = controlled();
    shop.sweep(&[]).ends_with(0);
    let mut screen = String::new();
    for lang in ["en", "de"] {
        for line in [
            &["sweep", "--system", "shop"][..],
            &["sweep", "--left-alone"],
            &["sweep", "--left-alone", "--format", "csv"],
        ] {
            let ran = shop.workspace.run_in(lang, line).ends_with(0);
            screen += &format!("--- {lang} {line:?}\n{}{}", ran.out, ran.err);
        }
    }
    insta::assert_snapshot!("control", steady(&screen));
    let run = shop.json(&["--apply", "--metrics", "dsr.prom"]);
    let metrics = shop.workspace.read("dsr.prom");
    let line = metrics
        .lines()
        .find(|line| line.starts_with("dsr_sweep_control{") && line.contains("accounts"));
    assert!(line.unwrap().ends_with(" 1"), "{metrics}");
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["control"], &accounts["held"], &accounts["done"]),
        (&json!(1), &json!(0), &json!(20)),
        "{accounts}"
    );
    assert_eq!(
        (&accounts["remaining"], &run["complete"]),
        (&json!(0), &json!(true))
    );
    let statement = shop.statement();
    let spared = &rule(&statement, "accounts")["spared"];
    assert_eq!(
        (&spared["control"], &spared["hold"]),
        (&json!(1), &json!(0))
    );
    for (lang, words) in [
        ("en", "of the control person"),
        ("de", "der Kontrollperson"),
    ] {
        let ran = shop.workspace.run_in(lang, &["audit", "runs"]).ends_with(0);
        assert!(ran.out.contains(words), "{ran:?}");
    }
    let runs = shop.workspace.run(&["audit", "runs", "--format", "json"]);
    let runs = &runs.json()["runs"][0];
    assert!(runs["control"].as_u64().unwrap() >= 1, "{runs}");
    assert_eq!(
        (
            &rule(runs, "accounts")["control"],
            &rule(runs, "accounts")["spared"]
        ),
        (&json!(1), &json!(0))
    );
    for table in ["customers", "vouchers"] {
        let control = format!("{table} WHERE email = 'control@example.org'");
        assert_eq!(shop.count(&control), 1, "{table}");
    }
    assert_eq!(shop.count("vouchers"), 1);
    // Everybody is found as before.
    let found = ["find", "--email", "p01@example.org"];
    shop.workspace.run(&found).ends_with(0);
    let listed = shop.json(&["--left-alone"]);
    let whys: Vec<&Value> = listed["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["why"])
        .collect();
    assert_eq!(whys, ["control", "control"]);
    // A hold on all of it says that it keeps theirs too.
    let line = "hold add --object shop.customers --ground art17_3_e --reason";
    let line: Vec<&str> = line.split(' ').chain(["a claim"]).collect();
    shop.workspace.run(&line).ends_with(0);
    let run = shop.json(&[]);
    let accounts = rule(&run, "accounts");
    assert_eq!(
        (&accounts["control"], &accounts["held"]),
        (&json!(0), &json!(1))
    );
}

#[test]
fn nothing_of_a_control_person_is_changed_on_request() {
    let shop = controlled();
    let who = ["--email", "CONTROL@example.org"];
    let cases = || {
        let list = ["case", "list", "--all", "--format", "json"];
        let list = shop.workspace.run(&list).json();
        list["cases"].as_array().unwrap().len()
    };
    for line in [
        "erase --yes --expect 2",
        "erase --plan",
        "rectify --set contact.email=new@example.org --yes --expect 2",
        "restrict --because unlawful --yes --expect 1",
        "case open --right erasure",
    ] {
        let line: Vec<&str> = line.split(' ').chain(who).collect();
        let ran = shop.workspace.run(&line).ends_with(2);
        assert!(ran.err.contains("E498"), "{ran:?}");
        assert_eq!(cases(), 0, "{line:?}");
    }
    // Nobody else of the file is begun with either.
    shop.workspace.write(
        "people.csv",
        "email\np01@example.org\ncontrol@example.org\n",
    );
    let file = shop.workspace.path("people.csv");
    let file = ["erase", "--subjects", file.to_str().unwrap(), "--plan"];
    let ran = shop.workspace.run(&file).ends_with(2);
    assert!(
        ran.err.contains("E498") && ran.err.contains("entry 3"),
        "{ran:?}"
    );
    assert_eq!(cases(), 0);
    // To look is no change, and opens no way round.
    let line = ["case", "open", "--right", "access"];
    let ran = shop.workspace.run(&[&line[..], &who].concat()).ends_with(0);
    let case = ran.case().unwrap();
    let ran = ["erase", "--case", &case, "--yes", "--expect", "2"];
    let ran = shop.workspace.run(&ran).ends_with(2);
    assert!(ran.err.contains("E498"), "{ran:?}");
    let shown = ["case", "show", &case, "--format", "json"];
    let shown = shop.workspace.run(&shown).json();
    assert_eq!(shown["rights"], json!(["access"]));
    let german = [&["erase", "--plan"][..], &who].concat();
    let german = shop.workspace.run_in("de", &german).ends_with(2);
    assert!(german.err.contains("Kontrollperson"), "{german:?}");
}
