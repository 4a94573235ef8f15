//! Rectification, restriction and its end, opting out: over SQLite, PostgreSQL, HTTP and paper; with lost updates, crashes, and
//! evidence that names no value. Files are corrected elsewhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "rights/landscape.rs"]
mod landscape;
mod support {
    #[path = "../support/house.rs"]
    pub(crate) mod house;
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/postgres.rs"]
    pub(crate) mod postgres;
}

use serde_json::{Value, json};

use landscape::{ANNA, DESK, Landscape, NEW};
use support::house::{HEAD, House, Ran};

fn set_email() -> [&'static str; 3] {
    ["rectify", "--set", "contact.email=Anna.Neu@Example.org"]
}

/// `SYSTEM.OBJECT OUTCOME LEVEL` of every record.
fn outcomes(ran: &Ran) -> Vec<String> {
    let all = ran.json();
    let records = all["records"].as_array().unwrap();
    let mut out: Vec<String> = records
        .iter()
        .map(|r| {
            let text = |name: &str| r[name].as_str().unwrap_or("-").to_owned();
            let place = format!("{}.{}", text("system"), text("object"));
            format!("{place} {} {}", text("outcome"), text("level"))
        })
        .collect();
    out.sort();
    out
}

/// What the club adds to what is expected, where there is one.
fn with_club(landscape: &Landscape, mut expected: Vec<&str>, more: &'static str) -> Vec<String> {
    if landscape.club.is_some() {
        expected.push(more);
    }
    let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
    expected.sort();
    expected
}

fn writes(landscape: &Landscape, count: usize) -> usize {
    count + usize::from(landscape.club.is_some())
}

#[test]
fn an_address_is_corrected_everywhere_and_found_by_its_new_value() {
    let landscape = Landscape::new();
    let ran = landscape.run(&set_email(), writes(&landscape, 2));
    ran.expect(0);
    assert_eq!(
        outcomes(&ran),
        with_club(
            &landscape,
            vec![
                "desk.calls manual -",
                "desk.users rectified L2",
                "shop.customers rectified L2",
                // A booking document is corrected only where its field was named.
                "shop.invoices manual -",
            ],
            "club.members rectified L2"
        )
    );
    assert_eq!(landscape.user("u1")["email"], NEW);
    let value = |query| landscape.house.sql_value("shop.db", query);
    assert_eq!(value("SELECT email FROM customers WHERE id = 1"), NEW);
    assert_eq!(
        value("SELECT email FROM customers WHERE id = 2"),
        "ben@example.org"
    );
    assert_eq!(value("SELECT mail FROM invoices WHERE id = 20"), ANNA);
    if let Some(club) = &landscape.club {
        assert_eq!(
            club.value("SELECT email FROM members WHERE id = 1")
                .unwrap(),
            NEW
        );
    }
    let statement = landscape.proven(&[ANNA, NEW, "Anna Berg"]);
    let predicate = &statement["predicate"];
    assert_eq!(predicate["rights"], json!(["rectification"]));
    assert_eq!(predicate["asked"][0]["fields"][0]["field"], "contact.email");
    // The same command finds the person by the new address and writes nothing.
    let case = landscape.case();
    let again = landscape.house.run(&[
        "rectify", "--case", &case, "--format", "json", "--yes", "--expect", "0",
    ]);
    again.expect(0);
    assert_eq!(
        outcomes(&again),
        with_club(
            &landscape,
            vec![
                "desk.calls manual -",
                "desk.users rectified L2",
                "shop.customers rectified L2",
                "shop.invoices manual -"
            ],
            "club.members rectified L2"
        )
    );
    assert_eq!(landscape.desk.lock().unwrap().effects.len(), 1);
    // A further run of the case plans no erasure, and one that is asked for finds the person still.
    landscape.house.run(&["apply", &case]).expect(0);
    assert_eq!(landscape.user("u1")["email"], NEW);
    let plan = landscape
        .house
        .run(&["erase", "--plan", "--case", &case, "--format", "json"]);
    let plan = plan.json();
    let erased: Vec<&str> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["decision"] == "erase")
        .map(|s| s["system"].as_str().unwrap())
        .collect();
    assert!(
        erased.contains(&"desk") && erased.contains(&"shop"),
        "{plan}"
    );
}

#[test]
fn values_are_written_in_the_notation_of_their_system() {
    let landscape = Landscape::new();
    let Some(club) = &landscape.club else { return };
    let line = [
        "rectify",
        "--set",
        "person.birth_date=17.05.1984",
        "--set",
        "club.members.fee=12.5",
        "--set",
        "desk.users.vip=false",
    ];
    let ran = landscape.run(&line, 3);
    ran.expect(0);
    assert_eq!(
        club.value("SELECT born FROM members WHERE id = 1").unwrap(),
        "1984-05-17"
    );
    assert_eq!(
        club.value("SELECT fee FROM members WHERE id = 1").unwrap(),
        "12.50"
    );
    assert_eq!(landscape.user("u1")["vip"], Value::Bool(false));
    assert!(
        outcomes(&ran)
            .iter()
            .all(|line| line.ends_with("rectified L2")),
        "{ran:?}"
    );
    landscape.proven(&["17.05.1984", "1984-05-17", ANNA]);
}

#[test]
fn what_cannot_be_written_stops_before_anything_is() {
    let landscape = Landscape::new();
    let before = landscape.everything();
    let mut lines = vec![
        (
            vec!["rectify", "--set", "contact.mail=x@example.org"],
            2,
            "E420",
        ),
        (
            vec![
                "rectify",
                "--set",
                "contact.email=one@example.org",
                "--set",
                "contact.email=two@example.org",
            ],
            2,
            "E421",
        ),
        (
            vec!["rectify", "--set", "desk.calls.email=x@example.org"],
            2,
            "E422",
        ),
        (vec!["rectify", "--set", "person.name=Anna Neu"], 4, "E423"),
        (
            vec!["rectify", "--set", "shop.customers.email=not-an-address"],
            2,
            "E424",
        ),
        (
            vec![
                "rectify",
                "--set",
                "contact.email=new@example.org",
                "--was",
                "contact.email=other@example.org",
            ],
            4,
            "E425",
        ),
        // A day that the calendar does not have, whatever its system would take.
        (
            vec!["rectify", "--set", "person.birth_date=31.02.1984"],
            2,
            "E424",
        ),
        (
            vec!["rectify", "--set", "shop.customers.born=1984-02-31"],
            2,
            "E424",
        ),
        (vec!["rectify", "--set", "contact.email"], 2, "E865"),
        (vec!["rectify", "--set", "contact.email= "], 2, "E866"),
        (vec!["rectify", "--set-from", "/nowhere"], 2, "E867"),
        (
            vec!["rectify", "--was", "contact.email=x@example.org"],
            2,
            "E868",
        ),
    ];
    if landscape.club.is_some() {
        lines.push((
            vec![
                "rectify",
                "--set",
                "club.members.email=a.very.long.address.indeed.it.is@example.org",
            ],
            2,
            "E424",
        ));
        lines.push((
            vec!["rectify", "--set", "club.members.born=31.02.1984"],
            2,
            "E424",
        ));
        lines.push((
            vec!["rectify", "--set", "club.members.fee=1.999"],
            2,
            "E424",
        ));
        lines.push((
            vec!["rectify", "--set", "club.members.age=99999999999"],
            2,
            "E424",
        ));
    }
    for (line, code, error) in lines {
        let ran = landscape.run(&line, 3);
        ran.expect(code);
        assert!(ran.all().contains(error), "{line:?}: {}", ran.all());
        let value = line[2].split('=').nth(1).unwrap_or("none given");
        assert!(
            value.trim().is_empty() || !ran.err.contains(value),
            "{line:?}: {}",
            ran.err
        );
    }
    assert_eq!(landscape.everything(), before);
    assert!(landscape.desk.lock().unwrap().effects.is_empty());
    // The exact names that the refusal gives are taken.
    let ran = landscape.run(
        &[
            "rectify",
            "--set",
            "person.name=Neu",
            "--set",
            "shop.customers.last_name=Neu",
        ],
        2,
    );
    ran.expect(0);
    assert_eq!(
        landscape.house.sql_value(
            "shop.db",
            "SELECT first_name || last_name FROM customers WHERE id = 1"
        ),
        "AnnaNeu"
    );
}

#[test]
fn values_come_from_a_file_and_the_old_ones_are_compared() {
    let landscape = Landscape::without_club();
    let file = "contact.phone: { was: \"030 123456\", set: \"+49 30 999\" }\nshop.customers.first_name: Anne\n";
    let line = [
        "rectify",
        "--set-from",
        "-",
        "--email",
        ANNA,
        "--format",
        "json",
        "--yes",
        "--expect",
        "2",
    ];
    let ran = landscape.house.run_with(&line, file);
    ran.expect(0);
    assert_eq!(landscape.user("u1")["phone"], "+49 30 999");
    assert_eq!(
        landscape
            .house
            .sql_value("shop.db", "SELECT first_name FROM customers WHERE id = 1"),
        "Anne"
    );
}

#[test]
fn a_system_that_writes_another_value_is_not_called_corrected() {
    let landscape = Landscape::without_club();
    landscape.desk.lock().unwrap().shouts = true;
    let ran = landscape.run(&["rectify", "--set", "desk.users.phone=+4930999"], 1);
    ran.expect(5);
    assert_eq!(outcomes(&ran), ["desk.users not_verified L0"]);
}

/// The event by which a request is approved: opened, entered in the log, identity, searched, task for paper, asked, planned, approved.
const APPROVED: &str = "8";

#[test]
fn a_lost_update_is_refused_on_every_engine() {
    for place in ["desk", "shop", "club"] {
        let mut landscape = Landscape::new();
        if place == "club" && landscape.club.is_none() {
            continue;
        }
        let count = writes(&landscape, 2);
        landscape.house.env("DSR_TEST_KILL_AFTER", APPROVED);
        let killed = landscape.run(&set_email(), count);
        assert_eq!(killed.code, -1, "{killed:?}");
        landscape.house.without("DSR_TEST_KILL_AFTER");
        // Somebody else changes the record between plan and write.
        match place {
            "desk" => {
                landscape.desk.lock().unwrap().users.get_mut("u1").unwrap()["name"] =
                    json!("Anna B.")
            }
            "shop" => landscape.house.sql(
                "shop.db",
                "UPDATE customers SET last_name = 'Bergmann' WHERE id = 1",
            ),
            _ => landscape
                .club
                .as_ref()
                .unwrap()
                .sql("UPDATE members SET age = 43 WHERE id = 1"),
        }
        let case = landscape.case();
        let ran = landscape.house.run(&["apply", &case]);
        // The changed record is shown, planned afresh, and waits for a yes.
        ran.expect(4);
        assert!(
            ran.all().contains("changed since the plan"),
            "{place}: {}",
            ran.all()
        );
        let untouched = match place {
            "desk" => landscape.user("u1")["email"] == ANNA,
            "shop" => {
                landscape
                    .house
                    .sql_value("shop.db", "SELECT email FROM customers WHERE id = 1")
                    == ANNA
            }
            _ => {
                landscape
                    .club
                    .as_ref()
                    .unwrap()
                    .value("SELECT email FROM members WHERE id = 1")
                    .unwrap()
                    == "Anna@example.org"
            }
        };
        assert!(untouched, "{place}");
        let yes = landscape
            .house
            .run(&["apply", &case, "--yes", "--expect", "1", "--format", "json"]);
        yes.expect(0);
        assert!(
            !landscape
                .everything()
                .contains("\"anna@example.org\", \"name\""),
            "{place}"
        );
    }
}

#[test]
fn restriction_is_set_where_it_can_be_and_lifted_only_after_notice() {
    let landscape = Landscape::new();
    let missing = landscape.house.run(&["restrict", "--email", ANNA]);
    missing.expect(2);
    assert!(missing.err.contains("E871") && missing.err.contains("needed_for_claims"));
    landscape
        .house
        .run(&["restrict", "--email", ANNA, "--because", "nosy"])
        .expect(2);
    // The other flag stood before: it is somebody else's.
    landscape
        .house
        .sql("shop.db", "UPDATE invoices SET locked = 1 WHERE id = 20");
    let ran = landscape.run(
        &[
            "restrict",
            "--because",
            "contested",
            "--until",
            "2099-12-31",
        ],
        writes(&landscape, 2),
    );
    ran.expect(0);
    assert_eq!(
        outcomes(&ran),
        with_club(
            &landscape,
            vec![
                "desk.calls manual -",
                "desk.users restricted L2",
                "shop.customers restricted L2",
                "shop.invoices restricted L1",
                "shop.notes manual -",
            ],
            "club.members restricted L2"
        )
        .into_iter()
        .map(|line| line.replace("shop.invoices restricted L1", invoice_level(&ran)))
        .collect::<Vec<_>>()
    );
    let flags = |landscape: &Landscape| {
        (
            landscape.user("u1")["locked"].clone(),
            landscape
                .house
                .sql_value("shop.db", "SELECT blocked FROM customers WHERE id = 1"),
        )
    };
    assert_eq!(flags(&landscape), (json!(true), "1".to_owned()));
    assert_eq!(landscape.user("u2")["locked"], json!(false));
    let statement = landscape.proven(&[ANNA, "Anna Berg"]);
    assert_eq!(statement["predicate"]["asked"][0]["because"], "contested");
    let cover = cover(&landscape);
    assert!(!cover.contains("Not erased, and why"), "{cover}");
    assert!(cover.contains("contests"), "{cover}");
    // Again: nothing is written.
    let effects = landscape.desk.lock().unwrap().effects.len();
    landscape
        .run(
            &[
                "restrict",
                "--because",
                "contested",
                "--until",
                "2099-12-31",
            ],
            0,
        )
        .expect(0);
    assert_eq!(landscape.desk.lock().unwrap().effects.len(), effects);

    let case = landscape.case();
    // No day before the restriction is a day of notice.
    for day in ["2020-01-01".to_owned(), days_ago(2)] {
        let told = ["restrict", "--case", &case, "--notice-sent", &day];
        let ran = landscape.house.run(&told);
        assert!(ran.expect(2).err.contains("E889"), "{ran:?}");
    }
    let lift = |more: &[&str], writes: usize| {
        let writes = writes.to_string();
        let line = [
            "restrict", "--lift", "--case", &case, "--format", "json", "--yes", "--expect", &writes,
        ];
        landscape.house.run(&[&line[..], more].concat())
    };
    let ran = lift(&["--because", "verified"], 2);
    ran.expect(4);
    assert!(ran.err.contains("E874"), "{}", ran.err);
    let today = jiff::Zoned::now().date();
    let (yesterday, tomorrow) = (
        today.yesterday().unwrap().to_string(),
        today.tomorrow().unwrap().to_string(),
    );
    let today = today.to_string();
    let ran = lift(&["--because", "verified", "--notice-sent", &today], 2);
    ran.expect(4);
    assert!(ran.err.contains("E875"), "{}", ran.err);
    lift(&["--because", "verified", "--notice-sent", &tomorrow], 2).expect(2);
    // Nor does an earlier day take the place of the one that is noted.
    let earlier = ["restrict", "--case", &case, "--notice-sent", &yesterday];
    let ran = landscape.house.run(&earlier);
    assert!(ran.expect(2).err.contains("E889"), "{ran:?}");
    lift(&["--because", "verified"], 2).expect(4);
}

#[test]
fn a_restriction_ends_everywhere_after_notice() {
    let landscape = Landscape::new();
    landscape
        .house
        .sql("shop.db", "UPDATE invoices SET locked = 1 WHERE id = 20");
    restrict_and_tell_of(&landscape, 2);
    let case = landscape.case();
    let flags = |landscape: &Landscape| {
        (
            landscape.user("u1")["locked"].clone(),
            landscape
                .house
                .sql_value("shop.db", "SELECT blocked FROM customers WHERE id = 1"),
        )
    };
    let lift = |more: &[&str], writes: usize| {
        let writes = writes.to_string();
        let line = [
            "restrict", "--lift", "--case", &case, "--format", "json", "--yes", "--expect", &writes,
        ];
        landscape.house.run(&[&line[..], more].concat())
    };
    assert_eq!(flags(&landscape), (json!(true), "1".to_owned()));
    let ran = lift(&["--because", "verified"], writes(&landscape, 2));
    ran.expect(0);
    assert_eq!(
        outcomes(&ran),
        with_club(
            &landscape,
            vec![
                "desk.users unrestricted L2",
                "shop.customers unrestricted L2",
                "shop.invoices manual -"
            ],
            "club.members unrestricted L2"
        )
    );
    assert_eq!(flags(&landscape), (json!(false), "0".to_owned()));
    assert_eq!(
        landscape
            .house
            .sql_value("shop.db", "SELECT locked FROM invoices WHERE id = 20"),
        "1"
    );
    if let Some(club) = &landscape.club {
        assert_eq!(
            club.value("SELECT string_agg(locked::text, ' ' ORDER BY id) FROM members")
                .unwrap(),
            "false true"
        );
    }
    let statement = landscape.proven(&[ANNA, "Anna Berg"]);
    assert_eq!(statement["predicate"]["noticeSent"][0], days_ago(1));
}

/// How well the lock of an invoice, which is reached from its customer only, is proven.
fn invoice_level(ran: &Ran) -> &'static str {
    match outcomes(ran)
        .iter()
        .any(|line| line == "shop.invoices restricted L2")
    {
        true => "shop.invoices restricted L2",
        false => "shop.invoices restricted L1",
    }
}

fn cover(landscape: &Landscape) -> String {
    let bundled = landscape.house.bundled();
    let covers = bundled.iter().filter(|(name, _)| name.ends_with(".html"));
    covers
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .collect()
}

#[test]
fn nothing_is_lifted_that_this_case_did_not_restrict() {
    let landscape = Landscape::without_club();
    landscape
        .house
        .sql("shop.db", "UPDATE customers SET blocked = 1 WHERE id = 1");
    let ran = landscape.run(&["restrict", "--lift", "--because", "verified"], 1);
    ran.expect(2);
    assert!(ran.err.contains("E878"), "{}", ran.err);
}

#[test]
fn an_opt_out_is_sent_where_it_is_offered_and_proven_where_it_shows() {
    let landscape = Landscape::without_club();
    landscape.house.run(&["optout", "--email", ANNA]).expect(2);
    let ran = landscape.run(&["optout", "--because", "objection"], 2);
    ran.expect(0);
    assert_eq!(
        outcomes(&ran),
        [
            "desk.calls suppressed L0",
            "desk.users suppressed L2",
            "shop.customers manual -",
            "shop.invoices manual -",
            "shop.notes manual -",
        ]
    );
    assert_eq!(landscape.user("u1")["news"], json!(false));
    assert_eq!(landscape.user("u1")["locked"], json!(false));
    let statement = landscape.proven(&[ANNA, "Anna Berg"]);
    let gaps = statement["predicate"]["notProven"].as_array().unwrap();
    assert!(
        gaps.iter()
            .any(|gap| gap["kind"] == "weakly_proven" && gap["object"] == "calls"),
        "{gaps:?}"
    );
    assert_eq!(statement["predicate"]["rights"], json!(["objection"]));
    let case = landscape.case();
    let shown = landscape.house.run(&["case", "show", &case]);
    shown.expect(0);
    assert!(shown.all().contains("direct marketing"), "{}", shown.all());
}

#[test]
fn what_the_law_keeps_is_locked_where_it_can_be() {
    let landscape = Landscape::new();
    let ran = landscape.run(&["erase"], writes(&landscape, 4));
    ran.expect(0);
    let outcomes = outcomes(&ran);
    assert!(
        outcomes.contains(&"shop.invoices restricted L1".to_owned())
            || outcomes.contains(&"shop.invoices restricted L2".to_owned()),
        "{outcomes:?}"
    );
    let value = |query| landscape.house.sql_value("shop.db", query);
    assert_eq!(
        value("SELECT locked || mail FROM invoices WHERE id = 20"),
        "1anna@example.org"
    );
    assert_eq!(value("SELECT locked FROM invoices WHERE id = 21"), "0");
    let record = ran.json()["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["object"] == "invoices")
        .unwrap()
        .clone();
    assert_eq!(
        (&record["decision"], &record["until"]),
        (&json!("restrict"), &json!("2034-12-31"))
    );
    assert!(cover(&landscape).contains("147 AO"));
}

#[test]
fn the_truth_map_shows_what_differs() {
    let landscape = Landscape::without_club();
    let ran = landscape
        .house
        .run(&["rectify", "--email", ANNA, "--format", "json"]);
    ran.expect(0);
    let map = ran.json();
    assert_eq!(map["schema"], "dsr.truth/1");
    let names = map["categories"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["category"] == "person.name")
        .unwrap();
    assert!(
        names["values"]
            .as_array()
            .unwrap()
            .iter()
            .all(|value| value["differs"] == "equal"),
        "{names}"
    );
    assert!(
        ran.err
            .contains("shop.customers.first_name, shop.customers.last_name"),
        "{}",
        ran.err
    );
    assert!(landscape.desk.lock().unwrap().effects.is_empty());
}

#[test]
fn a_restriction_that_could_never_be_seen_is_refused_at_load() {
    let blind = DESK.replace(", verify: { holds: \"record.locked == true\" }", "");
    let house = House::with(
        &format!(
            "{HEAD}systems:\n  paper: {{ engine: manual, owner: office, manual: {{ find: a, erase: b, days: 3 }} }}\n"
        ),
        &[],
    );
    house.write("connectors/desk.yml", blind);
    let ran = house.run(&["trust", "--yes", "connectors/desk.yml"]);
    ran.expect(2);
    assert!(ran.err.contains("E428"), "{}", ran.err);
}

/// Killed at every event, continued: the systems end as they would have, and nothing takes effect twice.
fn killed_at_every_event(line: &[&str], count: usize) {
    let undisturbed = Landscape::new();
    let count = writes(&undisturbed, count);
    undisturbed.run(line, count).expect(0);
    let expected = undisturbed.everything();
    let effects = undisturbed.desk.lock().unwrap().effects.clone();
    let log = undisturbed.house.run(&["audit", "log"]);
    let events = log
        .out
        .lines()
        .filter(|line| line.contains(&undisturbed.case()))
        .count();
    assert!(events > 12, "{events}");
    for n in 1..=events {
        let mut landscape = Landscape::new();
        landscape.house.env("DSR_TEST_KILL_AFTER", &n.to_string());
        let killed = landscape.run(line, count);
        assert_eq!(killed.code, -1, "{n}: {killed:?}");
        landscape.house.without("DSR_TEST_KILL_AFTER");
        let again = match n < APPROVED.parse().unwrap() {
            true => landscape.run(line, count),
            false => landscape.house.run(&["apply", &landscape.case()]),
        };
        assert_eq!(again.code, 0, "{n}: {again:?}");
        assert_eq!(landscape.everything(), expected, "{n}");
        assert_eq!(landscape.desk.lock().unwrap().effects, effects, "{n}");
        landscape.proven(&[ANNA, NEW]);
    }
}

#[test]
fn a_rectification_is_completed_after_any_crash() {
    killed_at_every_event(&set_email(), 2);
}

#[test]
fn a_restriction_is_completed_after_any_crash() {
    killed_at_every_event(&["restrict", "--because", "unlawful"], 3);
}

/// How many events one run writes to the ledger.
fn events(landscape: &Landscape) -> usize {
    let log = landscape.house.run(&["audit", "log"]);
    let case = landscape.case();
    log.out.lines().filter(|line| line.contains(&case)).count()
}

fn days_ago(days: i64) -> String {
    let day = jiff::Zoned::now().date();
    day.saturating_sub(jiff::Span::new().days(days)).to_string()
}

fn restrict_and_tell(landscape: &Landscape) -> String {
    restrict_and_tell_of(landscape, 3)
}

/// The same for a number of records beside those of the club.
fn restrict_and_tell_of(landscape: &Landscape, count: usize) -> String {
    let line = ["restrict", "--because", "contested"];
    landscape.run(&line, writes(landscape, count)).expect(0);
    let case = landscape.case();
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    let told = ["restrict", "--case", &case, "--notice-sent", &yesterday];
    landscape.house.run(&told).expect(0);
    case
}

fn lift(house: &House, case: &str, writes: usize) -> Ran {
    let line = "restrict --lift --because verified --format json --yes --expect";
    let mut line: Vec<&str> = line.split(' ').collect();
    let writes = writes.to_string();
    line.extend([&writes, "--case", case]);
    house.run(&line)
}

#[test]
fn the_end_of_a_restriction_is_completed_after_any_crash() {
    let undisturbed = Landscape::without_club();
    let case = restrict_and_tell(&undisturbed);
    let before = events(&undisturbed);
    lift(&undisturbed.house, &case, 3).expect(0);
    let (expected, count) = (undisturbed.everything(), events(&undisturbed) - before);
    let effects = undisturbed.desk.lock().unwrap().effects.clone();
    for (when, n) in (1..=count).flat_map(|n| [("BEFORE", n), ("AFTER", n)]) {
        let mut landscape = Landscape::without_club();
        let case = restrict_and_tell(&landscape);
        let name = format!("DSR_TEST_KILL_{when}");
        landscape.house.env(&name, &n.to_string());
        let killed = lift(&landscape.house, &case, 3);
        assert_eq!(killed.code, -1, "{when} {n}: {killed:?}");
        landscape.house.without(&name);
        let again = lift(&landscape.house, &case, 3);
        let again = match again.code {
            // All was carried out before a plan was made anew, which has nothing left to write.
            4 if again.err.contains("E851") => lift(&landscape.house, &case, 0),
            _ => again,
        };
        assert_eq!(again.code, 0, "{when} {n}: {again:?}");
        assert_eq!(landscape.everything(), expected, "{when} {n}");
        let sent = landscape.desk.lock().unwrap().effects.clone();
        assert_eq!(sent, effects, "{when} {n}");
        landscape.proven(&[ANNA]);
    }
}

#[test]
fn an_opt_out_that_was_cut_short_is_never_sent_twice() {
    let undisturbed = Landscape::without_club();
    let line = ["optout", "--because", "objection"];
    undisturbed.run(&line, 2).expect(0);
    let mut expected = undisturbed.desk.lock().unwrap().effects.clone();
    expected.sort();
    for n in 1..=events(&undisturbed) {
        let mut landscape = Landscape::without_club();
        landscape.house.env("DSR_TEST_KILL_AFTER", &n.to_string());
        assert_eq!(landscape.run(&line, 2).code, -1, "{n}");
        landscape.house.without("DSR_TEST_KILL_AFTER");
        let again = match n < APPROVED.parse().unwrap() {
            true => landscape.run(&line, 2),
            false => landscape.house.run(&["apply", &landscape.case()]),
        };
        let mut sent = landscape.desk.lock().unwrap().effects.clone();
        sent.sort();
        match again.code {
            0 => assert_eq!(sent, expected, "{n}: {again:?}"),
            // Nothing shows whether it arrived: a person has to look.
            4 => assert!(
                sent.len() <= expected.len() && again.all().contains("UNKNOWN"),
                "{n}: {again:?}"
            ),
            _ => panic!("{n}: {again:?}"),
        }
        assert_eq!(landscape.user("u1")["news"], json!(false), "{n}");
    }
}

#[test]
fn a_lock_that_somebody_else_set_is_not_lifted() {
    // Between plan and write.
    let mut landscape = Landscape::without_club();
    landscape.house.env("DSR_TEST_KILL_AFTER", APPROVED);
    let line = ["restrict", "--because", "contested"];
    assert_eq!(landscape.run(&line, 3).code, -1);
    landscape.house.without("DSR_TEST_KILL_AFTER");
    let foreign = "UPDATE customers SET blocked = 1 WHERE id = 1";
    landscape.house.sql("shop.db", foreign);
    let case = landscape.case();
    landscape.house.run(&["apply", &case]).expect(0);
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    let told = ["restrict", "--case", &case, "--notice-sent", &yesterday];
    landscape.house.run(&told).expect(0);
    lift(&landscape.house, &case, 2).expect(0);
    let blocked = |landscape: &Landscape| {
        let query = "SELECT blocked FROM customers WHERE id = 1";
        landscape.house.sql_value("shop.db", query)
    };
    assert_eq!(blocked(&landscape), "1", "it was not ours");
    assert_eq!(landscape.user("u1")["locked"], json!(false));

    // After our own was lifted.
    let landscape = Landscape::without_club();
    let case = restrict_and_tell(&landscape);
    lift(&landscape.house, &case, 3).expect(0);
    assert_eq!(blocked(&landscape), "0");
    landscape.house.sql("shop.db", foreign);
    lift(&landscape.house, &case, 0).expect(0);
    assert_eq!(blocked(&landscape), "1", "ours was lifted before");
    // What is restricted anew by the same case may be lifted anew.
    landscape
        .house
        .sql("shop.db", "UPDATE customers SET blocked = 0");
    restrict_and_tell(&landscape);
    lift(&landscape.house, &case, 3).expect(0);
    assert_eq!(blocked(&landscape), "0");
}

#[test]
fn a_lock_that_the_law_needs_by_now_is_not_lifted() {
    let systems = "  books:
    engine: sqlite
    settings: { path: books.db }
    objects:
      vouchers:
        table: vouchers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: day
        restrict: { set: { locked: 1 } }
        unrestrict: { set: { locked: 0 } }
        erase: remove
data_types:
  vouchers: { objects: [books.vouchers], purpose: accounting, basis: art6_1_c, keep: P8Y, start: eoy(day), kind: min, because: \"§147 AO\", then: remove }
";
    let house = House::new(systems, &[]);
    house.sql("books.db", "CREATE TABLE vouchers(id INTEGER PRIMARY KEY, email TEXT, day TEXT, locked INTEGER NOT NULL DEFAULT 0);
        INSERT INTO vouchers VALUES (1, 'anna@example.org', '2026-01-05', 0), (2, 'ben@example.org', '2026-01-05', 0);");
    let run = |line: &str| house.run(&line.split(' ').collect::<Vec<_>>());
    run("restrict --email anna@example.org --because contested --yes --expect 1").expect(0);
    let ran = run("erase --email anna@example.org --format json --yes --expect 0");
    ran.expect(0);
    assert_eq!(ran.outcomes(), ["books.vouchers restricted"]);
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap();
    run(&format!("restrict --case {case} --notice-sent {yesterday}")).expect(0);
    lift(&house, &case, 0).expect(0);
    let locked = || house.sql_value("books.db", "SELECT group_concat(locked) FROM vouchers");
    assert_eq!(locked(), "1,0");
    // Once the law keeps it no longer, the same request erases it, locked as it is.
    let inventory = house.read("dsr.yaml");
    let (without, _) = inventory.split_once("data_types:").unwrap();
    house.write("dsr.yaml", without);
    let again = run("erase --email anna@example.org --format json --yes --expect 1");
    again.expect(0);
    assert_eq!(again.outcomes(), ["books.vouchers removed"]);
    assert_eq!(locked(), "0");
}

#[test]
fn a_mistyped_address_adopts_nobody() {
    let landscape = Landscape::without_club();
    let line = ["rectify", "--set", "desk.users.email=ben@example.org"];
    landscape.run(&line, 1).expect(0);
    assert_eq!(landscape.user("u1")["email"], "ben@example.org");
    let case = landscape.case();
    let plan = ["erase", "--plan", "--case", &case, "--format", "json"];
    let plan = landscape.house.run(&plan).json();
    let steps = plan["steps"].as_array().unwrap();
    let ids: Vec<String> = steps
        .iter()
        .map(|step| format!("{} {}", step["system"], step["key"]))
        .collect();
    assert!(ids.iter().any(|id| id.contains("u1")), "{ids:?}");
    assert!(
        !ids.iter()
            .any(|id| id.contains("u2") || id.contains("\"2\"") || id.contains("21")),
        "{ids:?}"
    );
    // Nor when only Anna's own address is asked for again.
    landscape.run(&["erase"], 5).all();
    assert_eq!(landscape.user("u2")["email"], "ben@example.org");
    let query = "SELECT email FROM customers WHERE id = 2";
    assert_eq!(
        landscape.house.sql_value("shop.db", query),
        "ben@example.org"
    );
}

const FILES: &str = "  letters:
    engine: csv
    settings: { path: letters.csv }
    objects:
      readers:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email }, Name: person.name }
        restrict: { set: { Gesperrt: \"ja\" } }
        unrestrict: { set: { Gesperrt: \"\" } }
        erase: remove
";
const LETTERS: &str =
    "Mail,Name,Gesperrt\nanna@example.org,Anna,\nben@example.org,Ben,\nANNA@example.org,A. Berg,\n";

fn files() -> House {
    let house = House::new(FILES, &[]);
    house.write("letters.csv", LETTERS);
    house
}

fn file_case(house: &House) -> String {
    let list = house.run(&["case", "list", "--all", "--format", "json"]);
    list.json()["cases"][0]["case"].as_str().unwrap().to_owned()
}

#[test]
fn rows_of_files_are_corrected_restricted_and_erased_after_any_crash() {
    let correct = "rectify --email anna@example.org --set contact.email=anna.neu@example.org --yes --expect 2";
    let restrict = "restrict --email anna@example.org --because unlawful --yes --expect 2";
    for line in [correct, restrict] {
        let line: Vec<&str> = line.split(' ').collect();
        let undisturbed = files();
        undisturbed.run(&line).expect(0);
        let expected = undisturbed.read("letters.csv");
        assert_ne!(expected, LETTERS);
        let case = file_case(&undisturbed);
        let log = undisturbed.run(&["audit", "log"]);
        let count = log.out.lines().filter(|one| one.contains(&case)).count();
        for n in 1..=count {
            let mut house = files();
            house.env("DSR_TEST_KILL_AFTER", &n.to_string());
            assert_eq!(house.run(&line).code, -1, "{n}");
            house.without("DSR_TEST_KILL_AFTER");
            let again = match house.run(&line) {
                // The plan that was under way is done, and the one made anew writes nothing.
                ran if ran.code == 4 && ran.err.contains("E851") => {
                    house.run(&["apply", &file_case(&house), "--yes", "--expect", "0"])
                }
                ran => ran,
            };
            assert_eq!(again.code, 0, "{line:?} {n}: {again:?}");
            assert_eq!(house.read("letters.csv"), expected, "{line:?} {n}");
            let bundle = house.bundle().expect("a bundle");
            house
                .run(&["evidence", "verify", bundle.to_str().unwrap()])
                .expect(0);
            if line[0] == "rectify" {
                let case = file_case(&house);
                let gone = house.run(&["erase", "--case", &case, "--yes", "--expect", "2"]);
                assert_eq!(gone.code, 0, "{n}: {gone:?}");
                assert_eq!(
                    house.read("letters.csv"),
                    "Mail,Name,Gesperrt\nben@example.org,Ben,\n"
                );
            }
        }
    }
}

#[test]
fn rows_of_files_are_unlocked_once_and_only_by_who_locked_them() {
    let house = files();
    let run = |line: &str| house.run(&line.split(' ').collect::<Vec<_>>());
    run("restrict --email anna@example.org --because unlawful --yes --expect 2").expect(0);
    let case = file_case(&house);
    let locked = house.read("letters.csv");
    assert_eq!(locked.matches(",ja").count(), 2, "{locked}");
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap();
    run(&format!("restrict --case {case} --notice-sent {yesterday}")).expect(0);
    lift(&house, &case, 2).expect(0);
    assert_eq!(house.read("letters.csv"), LETTERS);
    house.write("letters.csv", &locked);
    lift(&house, &case, 0).expect(0);
    assert_eq!(house.read("letters.csv"), locked);
}
