//! A record that was found over another one only: shown, left alone, accepted by a person, and then erased.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::house::House;

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

/// A shop that knows Anna by her address, and books that know her by the number that the shop has given her.
fn house() -> House {
    let systems = "
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no }
  books:
    engine: sqlite
    settings: { path: books.db }
    objects:
      debtors:
        table: debtors
        key: id
        find: [{ by: customer_no, column: number }]
        fields: { number: { category: account.id, identity: customer_no }, name: person.name }
";
    let house = House::new(systems, &[]);
    house.sql(
        "shop.db",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT);
         INSERT INTO people VALUES (1, 'anna@example.org', '4711'), (2, 'berta@example.org', '4712')",
    );
    house.sql(
        "books.db",
        "CREATE TABLE debtors (id INTEGER PRIMARY KEY, number TEXT, name TEXT);
         INSERT INTO debtors VALUES (70, '4711', 'Anna'), (71, '4712', 'Berta')",
    );
    house
}

#[test]
fn what_was_reached_over_others_waits_for_a_word() {
    let house = house();
    let erase = |more: &[&str]| house.run(&[&["erase", "--format", "json"], more].concat());

    // Shown, and written to by nobody: the stated record goes, the linked one waits.
    let first = erase(&[&ANNA[..], &["--yes", "--expect", "1"]].concat());
    first.expect(4);
    assert_eq!(first.outcomes(), ["shop.people removed"]);
    assert_eq!(first.json()["waiting"], 1);
    assert_eq!(
        house.sql_value("books.db", "SELECT count(*) FROM debtors"),
        "2"
    );
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let case = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    assert_eq!(cases["cases"][0]["waits_for"], "acceptance");
    assert_eq!(cases["cases"][0]["next"], format!("dsr find --case {case}"));

    // The next command shows the record with the words that accept it, though the shop that led to it is clean by now.
    let found = house.run(&["find", "--case", &case, "--format", "json"]);
    found.expect(4);
    assert_eq!(found.records("books"), ["debtors:70 linked"]);
    let table = house.run(&["find", "--case", &case]);
    let said = table.out.split_whitespace().collect::<String>();
    assert!(said.contains("--accept'books.debtors:70'"), "{}", table.out);

    // A record that a search does not find cannot be accepted; nothing changes by trying.
    let stranger = [
        "--case",
        &case,
        "--accept",
        "books.debtors:71",
        "--yes",
        "--expect",
        "1",
    ];
    erase(&stranger).expect(4);
    assert_eq!(
        house.sql_value("books.db", "SELECT count(*) FROM debtors"),
        "2"
    );

    // Accepted, it goes, and Berta stays.
    let last = erase(&[
        "--case",
        &case,
        "--accept",
        "books.debtors:70",
        "--yes",
        "--expect",
        "1",
    ]);
    last.expect(0);
    assert_eq!(last.outcomes(), ["books.debtors removed"]);
    assert_eq!(
        house.sql_value("books.db", "SELECT name FROM debtors"),
        "Berta"
    );
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    assert_eq!(cases["cases"][0]["waits_for"], "nothing");
    let show = house.run(&["case", "show", &case]);
    assert!(
        show.out
            .contains("a record of books.debtors accepted by op"),
        "{}",
        show.out
    );
}
