//! What a continued or half-proven run may not claim.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::house::House;
use support::http::{Reply, Server};

/// The number is stated as well, so that the record stays hers when the address is gone.
const ANNA: [&str; 4] = ["--email", "anna@example.org", "--id", "customer_no=4711"];

/// A shop in which the customer number stays when a person becomes anonymous, so that the record is found again by it.
fn house() -> House {
    let inventory = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: assumed }
identities: { customer_no: { like: \"^[0-9]{4}$\", trusted_from: [shop.people] } }
systems:
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }, { by: customer_no, column: number }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no, mask: keep }
          name: person.name
        erase: anonymise
";
    let house = House::with(inventory, &[]);
    house.sql(
        "shop.db",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT);
         INSERT INTO people VALUES (1, 'anna@example.org', '4711', 'Anna')",
    );
    house
}

fn name(house: &House) -> String {
    house.sql_value("shop.db", "SELECT coalesce(name, '-') FROM people")
}

/// A record that was anonymous when it was planned is read again before anybody calls it so.
#[test]
fn what_was_anonymous_is_looked_at_again() {
    let mut house = house();
    let erase = |house: &House, case: &[&str], expect: &str| {
        let consent = ["--yes", "--expect", expect, "--format", "json"];
        house.run(&[&["erase"], case, &consent[..]].concat())
    };
    erase(&house, &ANNA, "1").expect(0);
    assert_eq!(name(&house), "-");
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let case = cases["cases"][0]["case"].as_str().unwrap().to_owned();

    // Nothing is left to write, and that is said of what was read just now.
    let again = erase(&house, &["--case", &case], "0");
    again.expect(0);
    assert_eq!(again.outcomes(), ["shop.people anonymised"]);

    // Killed right after the approval; a sync fills the name in again before the run is continued.
    house.env("DSR_TEST_KILL_AFTER", "3");
    assert_ne!(erase(&house, &["--case", &case], "0").code, 0);
    house.without("DSR_TEST_KILL_AFTER");
    house.sql("shop.db", "UPDATE people SET name = 'Anna'");
    let continued = house.run(&["apply", &case, "--yes", "--expect", "1", "--format", "json"]);
    continued.expect(0);
    assert_eq!(name(&house), "-", "{continued:?}");
}

/// An exit code that ranks higher does not hide that a system was not searched.
#[test]
fn complete_is_said_of_nothing_else() {
    let house = house();
    house.write(
        "dsr.yaml",
        &(house.read("dsr.yaml") + "  fleet: { status: not_connected }\n"),
    );
    // The write is undone behind its back, so that it is not verified: exit 5 outranks exit 3.
    house.sql(
        "shop.db",
        "CREATE TRIGGER back AFTER UPDATE ON people BEGIN UPDATE people SET name = 'Anna' WHERE id = new.id AND new.name IS NULL; END",
    );
    let consent = ["--yes", "--expect", "1", "--format", "json"];
    let ran = house.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
    ran.expect(5);
    assert_eq!(ran.json()["complete"], false, "{ran:?}");
}

/// A desk whose people are found by their address and cannot be read by their key.
const DESK: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: none
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    fields: { email: { category: contact.email, identity: email }, name: person.name }
    remove: { delete: "/people/{{ record.id }}" }
"#;

/// The desk with Anna in it. `searches` is how often a search finds her before somebody changes her address.
fn desk(searches: usize) -> (Server, House) {
    let anna = AtomicUsize::new(1);
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.method.as_str() {
        "GET" => {
            let there = asked.fetch_add(1, Ordering::SeqCst) < searches;
            let found = there && anna.load(Ordering::SeqCst) == 1;
            let items: &[_] = &[json!({"id": "7", "email": "anna@example.org", "name": "Anna"})];
            Reply::json(json!({ "items": if found { items } else { &[] } }))
        }
        _ => {
            anna.store(0, Ordering::SeqCst);
            Reply::status(204)
        }
    });
    let system = format!(
        "  desk:
    connector: desk@1
    settings: {{ url: \"{}\", key: {{ secret: \"env:DESK_KEY\" }} }}\n",
        server.url
    );
    let mut house = House::bare();
    house.env("DESK_KEY", "s3cret-desk-key");
    house.write("connectors/desk.yml", DESK);
    let head = support::house::HEAD;
    house.write("dsr.yaml", format!("{head}systems:\n{system}"));
    house.run(&["init", "--yes"]).expect(0);
    let trust = ["trust", "--yes", "connectors/desk.yml"];
    house.run(&trust).expect(0);
    (server, house)
}

fn gaps(house: &House) -> Vec<(String, String)> {
    let bundle = house.bundle().unwrap();
    let verify = [
        "evidence",
        "verify",
        bundle.to_str().unwrap(),
        "--format",
        "json",
    ];
    let verdict = house.run(&verify);
    verdict.expect(0);
    let gaps = verdict.json()["not_proven"].as_array().unwrap().clone();
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap_or_default().to_owned();
    let gaps = gaps
        .iter()
        .map(|gap| (text(gap, "kind"), text(gap, "code")));
    gaps.collect()
}

/// Found, planned, and then not found any more: nobody may say that she is gone, in the answer, on the cover or in the statement.
#[test]
fn who_is_only_not_found_any_more_is_not_called_gone() {
    let (server, house) = desk(1);
    let erase = |who: [&str; 2], expect: &str| {
        let consent = ["--yes", "--expect", expect];
        house.run(&[&["erase"], &who[..], &consent[..]].concat())
    };
    let first = erase(["--email", "anna@example.org"], "1");
    first.expect(4);
    assert!(
        first.out.contains("not found any more, left alone"),
        "{first:?}"
    );
    assert_eq!(server.writes(), 0);
    let lost = ("not_found_again".to_owned(), "E429".to_owned());
    assert!(gaps(&house).contains(&lost));

    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let case = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    assert!(
        first.err.contains(&format!("dsr erase --case {case}")),
        "{first:?}"
    );
    // The fresh look finds nothing, and that is the end of it.
    let second = erase(["--case", &case], "0");
    second.expect(0);
    assert!(second.err.contains("W254"), "{second:?}");
    assert!(second.err.contains("dsr case close"), "{second:?}");
    assert_eq!(server.writes(), 0);
    assert!(gaps(&house).contains(&lost));
    let bundled = house.bundled();
    let text = |name: &str| {
        let newest = bundled.iter().rev().find(|(file, _)| file.ends_with(name));
        String::from_utf8(newest.unwrap().1.clone()).unwrap()
    };
    for cover in bundled
        .iter()
        .filter(|(file, _)| file.ends_with("00-COVER.html"))
    {
        let page = String::from_utf8_lossy(&cover.1);
        assert!(
            page.contains("not proven to be gone") || page.contains("nicht bewiesen"),
            "{}",
            cover.0
        );
        assert!(
            !page.contains("already gone") && !page.contains("war bereits gelöscht"),
            "{}",
            cover.0
        );
    }
    let records = text("records.jsonl");
    assert!(
        records.contains(r#""fault":"E429""#) && !records.contains("already_gone"),
        "{records}"
    );
    // A third run has nothing to add.
    let third = erase(["--case", &case], "0");
    third.expect(0);
}

/// What the system took and the search no longer returns is removed; the proof says what that rests on.
#[test]
fn a_removal_that_only_a_search_confirms_says_so() {
    let (server, house) = desk(usize::MAX);
    let consent = [
        "--email",
        "anna@example.org",
        "--yes",
        "--expect",
        "1",
        "--format",
        "json",
    ];
    let ran = house.run(&[&["erase"], &consent[..]].concat());
    ran.expect(0);
    assert_eq!(ran.outcomes(), ["desk.people removed"]);
    assert_eq!(server.writes(), 1);
    assert!(gaps(&house).contains(&("warning".to_owned(), "W253".to_owned())));
    let checked = house.run(&["check"]);
    assert!(checked.out.contains("W253 desk.people"), "{checked:?}");
}

/// A system that puts back what it deletes, under another number: the record is gone, and the person is not.
#[test]
fn who_comes_back_under_another_key_ends_no_case() {
    let house = house();
    let inventory = house.read("dsr.yaml");
    house.write(
        "dsr.yaml",
        inventory.replace("erase: anonymise", "erase: remove"),
    );
    house.sql(
        "shop.db",
        "CREATE TRIGGER back AFTER DELETE ON people WHEN old.id < 3 BEGIN
             INSERT INTO people VALUES (old.id + 1, old.email, old.number, old.name); END",
    );
    let consent = ["--yes", "--expect", "1"];
    let ran = house.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
    ran.expect(5);
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let case = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    assert!(
        ran.err.contains(&format!("dsr erase --case {case}")),
        "{ran:?}"
    );
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("a search still"), "{ran:?}");
    let kinds = |house: &House| {
        gaps(house)
            .into_iter()
            .map(|(kind, _)| kind)
            .collect::<Vec<_>>()
    };
    assert!(kinds(&house).contains(&"weakly_proven".to_owned()));
    // As often as it takes.
    let again = |expect: i32| {
        let line = ["erase", "--case", &case, "--yes", "--expect", "1"];
        house.run(&line).expect(expect);
    };
    again(5);
    again(0);
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        "0"
    );
}

/// A newsletter in a file, with somebody of whom it is known that they are in it.
fn newsletter(more: &str) -> House {
    let systems = format!(
        "  nl:
    engine: csv
    settings: {{ path: n.csv }}
    control: {{ email: control@example.org }}
    objects:
      readers:
        find: [{{ by: email, column: mail }}]
        fields: {{ mail: {{ category: contact.email, identity: email }}, name: person.name }}
        erase: remove
{more}"
    );
    let house = House::new(&systems, &[]);
    house.write("n.csv", READERS);
    house
}

const READERS: &str =
    "mail,name\nanna@example.org,Anna\nbert@example.org,Bert\ncontrol@example.org,Control\n";

fn only_case(house: &House) -> String {
    let list = house.run(&["case", "list", "--all", "--format", "json"]);
    list.json()["cases"][0]["case"].as_str().unwrap().to_owned()
}

#[test]
fn who_comes_back_as_they_were_is_erased_again_and_the_case_waits_for_it() {
    let house = newsletter("");
    let erase = ["erase", "--email", "anna@example.org", "--yes", "--expect"];
    house.run(&[&erase[..], &["1"]].concat()).expect(0);
    let case = only_case(&house);
    house.run(&["find", "--case", &case]).expect(0);
    house.write("n.csv", READERS);
    let found = house.run(&["find", "--case", &case]);
    found.expect(5);
    assert!(
        found.err.contains("E888") && found.err.contains("nl.readers"),
        "{found:?}"
    );
    let planned = house.run(&["erase", "--case", &case, "--plan"]);
    assert!(planned.expect(0).err.contains("dsr apply"), "{planned:?}");
    house.run(&["case", "close", &case]).expect(4);
    let wrong = house.run(&["apply", &case, "--yes", "--expect", "0"]);
    assert!(wrong.expect(4).err.contains("E851"), "{wrong:?}");
    house
        .run(&["apply", &case, "--yes", "--expect", "1"])
        .expect(0);
    assert!(!house.read("n.csv").contains("anna"));
    house.run(&["find", "--case", &case]).expect(0);
    house.run(&["case", "close", &case]).expect(0);
}

#[test]
fn a_case_does_not_end_over_records_that_came_back() {
    let house = newsletter("");
    let erase = ["erase", "--email", "anna@example.org", "--yes", "--expect"];
    house.run(&[&erase[..], &["1"]].concat()).expect(0);
    let case = only_case(&house);
    house.write("n.csv", READERS);
    house.run(&["find", "--case", &case]).expect(5);
    for how in ["answered", "refused", "withdrawn"] {
        let close = ["case", "close", &case, "--how", how];
        let ran = house.run(&close);
        ran.expect(4);
        for word in ["E929", "nl.readers", "dsr erase --case", "dsr note"] {
            assert!(ran.err.contains(word), "{how} {word}: {ran:?}");
        }
    }
    let german = house.run(&["--lang", "de", "case", "close", &case]);
    assert!(german.expect(4).err.contains("wieder da"), "{german:?}");
    let shown = house.run(&["case", "show", &case, "--format", "json"]);
    assert_eq!(shown.json()["waits_for"], "person");
    // Looking anew where they are still there changes nothing; neither does a look elsewhere only.
    house.run(&["find", "--case", &case]).expect(5);
    house.run(&["case", "close", &case]).expect(4);
    // Once they are gone without the program, a search says so.
    let gone = READERS.replace("anna@example.org,Anna\n", "");
    house.write("n.csv", &gone);
    house.run(&["find", "--case", &case]).expect(0);
    // Back again, and erased again.
    house.write("n.csv", READERS);
    house.run(&["find", "--case", &case]).expect(5);
    let again = ["erase", "--case", &case, "--yes", "--expect", "1"];
    house.run(&again).expect(0);
    assert_eq!(house.read("n.csv"), gone);
    // Back once more, and this time somebody says why it stays.
    house.write("n.csv", READERS);
    house.run(&["find", "--case", &case]).expect(5);
    house.run(&["case", "close", &case]).expect(4);
    house
        .run(&["note", &case, "has subscribed again on her own"])
        .expect(0);
    house.run(&["case", "close", &case]).expect(0);
}

#[test]
fn what_the_database_would_take_along_is_named_as_the_reason() {
    let house = House::new(
        "  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
",
        &[],
    );
    house.sql(
        "shop.db",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT);
         CREATE TABLE baskets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people ON DELETE CASCADE);
         INSERT INTO people VALUES (1, 'anna@example.org');
         INSERT INTO baskets VALUES (7, 1)",
    );
    let erase = ["erase", "--email", "anna@example.org", "--yes", "--expect"];
    let ran = house.run(&[&erase[..], &["1", "--format", "json"]].concat());
    ran.expect(4);
    let record = &ran.json()["records"][0];
    assert_eq!(record["outcome"], "blocked");
    assert_eq!(record["error"]["code"], "E858");
    let text = record["error"]["text"].as_str().unwrap();
    assert!(text.contains("baskets"), "{text}");
    let case = only_case(&house);
    for (lang, word) in [("en", "delete rows of"), ("de", "mitlöschen")] {
        let again = ["--lang", lang, "erase", "--case", &case, "--yes"];
        let ran = house.run(&[&again[..], &["--expect", "1"]].concat());
        ran.expect(4);
        assert!(
            ran.all().contains(word) && ran.all().contains("baskets"),
            "{ran:?}"
        );
    }
    let counted = house.sql_value(
        "shop.db",
        "SELECT (SELECT count(*) FROM people) || (SELECT count(*) FROM baskets)",
    );
    assert_eq!(counted, "11");
}

#[test]
fn what_was_not_shown_is_not_carried_out() {
    let house = newsletter("");
    house
        .run(&["plan", "--email", "anna@example.org"])
        .expect(0);
    let case = only_case(&house);
    let apply = ["apply", &case, "--yes", "--expect", "1"];
    // Another row of hers, in the place of the one that was shown.
    let changed = READERS.replace("org,Anna", "org,Anna Berg");
    house.write("n.csv", &changed);
    // However often it is tried: nobody has seen the other plan.
    for _ in 0..2 {
        let ran = house.run(&apply);
        ran.expect(4);
        assert!(
            ran.err.contains("E887") && ran.err.contains("dsr plan --case"),
            "{ran:?}"
        );
        // A place and a number, and nothing of whose record it is.
        assert!(ran.err.contains("nl.readers (1)"), "{ran:?}");
        assert!(!ran.err.contains("nl.readers:"), "{ran:?}");
        assert_eq!(house.read("n.csv"), changed);
    }
    // One record more.
    house.write("n.csv", format!("{READERS}anna@example.org,Anna\n"));
    let ran = house.run(&["apply", &case, "--yes", "--expect", "2"]);
    assert!(ran.expect(4).err.contains("E887"), "{ran:?}");
    // As it was shown.
    house.write("n.csv", READERS);
    house.run(&apply).expect(0);
    assert!(!house.read("n.csv").contains("anna"));
}

#[test]
fn what_is_shown_anew_is_carried_out() {
    let house = newsletter("");
    house
        .run(&["plan", "--email", "anna@example.org"])
        .expect(0);
    let case = only_case(&house);
    house.write("n.csv", READERS.replace("org,Anna", "org,Anna Berg"));
    house.run(&["plan", "--case", &case]).expect(0);
    house
        .run(&["apply", &case, "--yes", "--expect", "1"])
        .expect(0);
    assert!(!house.read("n.csv").contains("anna"));
}

const OLD: &str = "  old:
    engine: csv
    settings: { path: old.csv }
    objects:
      readers:
        find: [{ by: email, column: mail }]
        fields: { mail: { category: contact.email, identity: email } }
        erase: remove
";

#[test]
fn a_plan_of_one_system_is_carried_out_in_that_one() {
    let house = newsletter(OLD);
    house.write("old.csv", READERS);
    let plan = ["plan", "--email", "anna@example.org", "--system", "nl"];
    house.run(&plan).expect(3);
    let case = only_case(&house);
    let ran = house.run(&["apply", &case, "--yes", "--expect", "1"]);
    assert!(!ran.expect(3).err.contains("E887"), "{ran:?}");
    assert!(!house.read("n.csv").contains("anna"));
    assert_eq!(house.read("old.csv"), READERS);
}

#[test]
fn a_system_that_is_away_when_a_shown_plan_is_carried_out_comes_later() {
    let house = newsletter(OLD);
    house.write("old.csv", READERS);
    house
        .run(&["plan", "--email", "anna@example.org"])
        .expect(0);
    let case = only_case(&house);
    fs_err::rename(house.path("old.csv"), house.path("away.csv")).unwrap();
    let ran = house.run(&["apply", &case, "--yes", "--expect", "1"]);
    assert!(!ran.expect(3).err.contains("E887"), "{ran:?}");
    assert!(!house.read("n.csv").contains("anna"));
    fs_err::rename(house.path("away.csv"), house.path("old.csv")).unwrap();
    house
        .run(&["apply", &case, "--yes", "--expect", "1"])
        .expect(0);
    assert!(!house.read("old.csv").contains("anna"));
}

/// `incomplete` outranks what waits for a person.
#[test]
fn a_wrong_number_beside_an_incomplete_search_ends_as_incomplete() {
    let house = newsletter(OLD);
    let erase = ["erase", "--email", "anna@example.org", "--yes", "--expect"];
    let ran = house.run(&[&erase[..], &["2"]].concat());
    assert!(ran.expect(3).err.contains("E851"), "{ran:?}");
    assert_eq!(house.read("n.csv"), READERS);
}
