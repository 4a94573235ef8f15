//! What a continued or half-proven run may not claim.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::house::House;

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
