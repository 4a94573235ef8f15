//! Looking for people by name: who is listed, who is not, and what it takes to get from a list to a person.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "support/postgres.rs"]
mod postgres;

use serde_json::{Value, json};
use support::house::{HEAD, House, Ran};
use support::http::{Reply, Server};

const PEOPLE: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, first TEXT, last TEXT, email TEXT, number TEXT, plz TEXT, town TEXT, born TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, person INTEGER, note TEXT);
    INSERT INTO people VALUES
        (1, 'Anna', 'Müller', 'anna@example.org', 'K-1', '80331', 'München', '1980-03-15'),
        (2, 'ANNA', 'MUELLER', 'anna.m@example.org', 'K-2', '50667', 'Köln', '1991-01-01'),
        (3, 'Anna Maria', 'Muller', NULL, 'K-3', NULL, NULL, NULL),
        (4, 'Johanna', 'Müller', 'johanna@example.org', 'K-4', '80331', 'München', '1980-03-15'),
        (5, 'Anna', 'Müllerin', 'anna.i@example.org', 'K-5', '80331', 'München', '1980-03-15'),
        (6, 'Bert', 'O''Brien', NULL, NULL, NULL, NULL, NULL),
        (7, 'Control', 'Person', 'control@example.org', NULL, NULL, NULL, NULL);
    INSERT INTO orders VALUES (10, 1, 'tea'), (20, 2, 'coffee');";

fn shop(engine: &str) -> String {
    format!(
        "  shop:
    {engine}
    control: {{ email: control@example.org }}
    objects:
      people:
        table: people
        key: id
        find: [{{ by: email, column: email }}, {{ by: customer_no, column: number }}, {{ by: name, columns: [first, last] }}]
        fields:
          email: {{ category: contact.email, identity: email }}
          number: {{ category: account.id, identity: customer_no }}
          first: person.name
          last: person.name
          plz: contact.address
          town: contact.address
          born: person.birth_date
        erase: remove
      orders:
        table: orders
        key: id
        find: [{{ under: people, column: person }}]
        fields: {{ note: content.note }}
        erase: remove\n"
    )
}

fn sqlite() -> String {
    shop("engine: sqlite\n    settings: { path: shop.db }")
}

fn house() -> House {
    let house = House::new(&sqlite(), &[]);
    house.sql("shop.db", PEOPLE);
    house
}

/// `SYSTEM.OBJECT:KEY` of every candidate.
fn listed(ran: &Ran) -> Vec<String> {
    let all = ran.json();
    let all = all["candidates"].as_array().unwrap().iter();
    all.map(|one| one["pick"].as_str().unwrap().to_owned())
        .collect()
}

fn find(house: &House, name: &str, more: &[&str]) -> Ran {
    house.run(&[&["find", "--name", name, "--format", "json"], more].concat())
}

#[test]
fn people_are_listed_by_every_spelling_and_never_planned() {
    let house = house();
    let all = ["shop.people:1", "shop.people:2", "shop.people:3"];
    for name in [
        "Anna Müller",
        "Müller, Anna",
        "Frau Dr. ANNA MÜLLER",
        "anna mu\u{308}ller",
    ] {
        let ran = find(&house, name, &[]);
        assert_eq!(listed(ran.expect(4)), all, "{name}");
        // Neither address nor number leaves the system, and no order of theirs was looked at.
        assert!(
            !ran.out.contains("example.org")
                && !ran.out.contains("K-1")
                && !ran.out.contains("03-15")
        );
        assert_eq!(
            ran.json()["systems"][0]["objects"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
    assert_eq!(
        listed(find(&house, "Anna Mueller", &[]).expect(4)),
        ["shop.people:1", "shop.people:2"]
    );
    assert_eq!(
        listed(find(&house, "Anna Muller", &[]).expect(4)),
        ["shop.people:1", "shop.people:3"]
    );
    assert_eq!(
        listed(find(&house, "bert obrien", &[]).expect(4)),
        ["shop.people:6"]
    );
    let nobody = find(&house, "Nobody Atall", &[]);
    assert_eq!(
        nobody.expect(0).json()["systems"][0]["objects"][0]["unproven"],
        false
    );
    assert!(
        house
            .run(&["case", "list", "--all", "--format", "json"])
            .json()["cases"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn postcode_and_day_of_birth_leave_out_only_who_states_another() {
    let house = house();
    let name = "Anna Müller";
    assert_eq!(
        listed(&find(&house, name, &["--postcode", "D-80331"])),
        ["shop.people:1", "shop.people:3"]
    );
    for born in ["1980-03-15", "15.03.1980"] {
        assert_eq!(
            listed(&find(&house, name, &["--born", born])),
            ["shop.people:1", "shop.people:3"]
        );
    }
    assert_eq!(
        listed(&find(
            &house,
            name,
            &["--postcode", "50667", "--born", "1980-03-15"]
        )),
        ["shop.people:3"]
    );
    for (args, code) in [
        (["--born", "15.03.80"], "E901"),
        (["--born", "03/04/1980"], "E901"),
        (["--postcode", "%"], "E902"),
    ] {
        let ran = find(&house, name, &args);
        assert_eq!(ran.expect(2).json()["errors"][0]["code"], code);
    }
    house.run(&["find", "--postcode", "80331"]).expect(2);
    house
        .run(&["find", "--name", name, "--email", "a@example.org"])
        .expect(2);
}

#[test]
fn what_would_find_everybody_is_refused_and_not_repeated() {
    let house = house();
    for name in [
        "",
        " ",
        "A",
        "%",
        "An%",
        "A_na",
        "*",
        "Ann*",
        "?",
        "-",
        "x\u{1b}[2J",
    ] {
        let ran = find(&house, name, &[]);
        assert_eq!(
            ran.expect(2).json()["errors"][0]["code"],
            "E900",
            "{name:?}"
        );
    }
    // As text it is only a name that nobody has.
    for name in [
        "x' OR '1'='1",
        "[a-z] bc",
        "a\\d+ b",
        "Anna' UNION SELECT 1 --",
        "(((",
        "An]na [",
    ] {
        let ran = find(&house, name, &[]);
        assert!([0, 2].contains(&ran.code), "{name:?} {ran:?}");
        assert!(ran.code == 2 || listed(&ran).is_empty(), "{name:?}");
    }
}

#[test]
fn a_pick_leads_to_the_person_and_to_nobody_else() {
    let house = house();
    // Nothing was shown yet.
    let ran = house.run(&["find", "--pick", "shop.people:1", "--format", "json"]);
    assert_eq!(ran.expect(2).json()["errors"][0]["code"], "E905");
    find(&house, "Anna Müller", &[]).expect(4);
    for (pick, code) in [
        ("shop.people:4", "E905"),
        ("shop.people:%", "E905"),
        ("shop.people:", "E905"),
        ("nowhere.people:1", "E905"),
        ("shop", "E904"),
        ("1", "E904"),
    ] {
        let ran = house.run(&["find", "--pick", pick, "--format", "json"]);
        assert_eq!(ran.expect(2).json()["errors"][0]["code"], code, "{pick}");
    }
    let ran = house.run(&["find", "--pick", "shop.people:1", "--format", "json"]);
    assert_eq!(
        ran.expect(0).records("shop"),
        ["people:1 stated", "orders:10 stated"]
    );
    let kinds: Vec<Value> = ran.json()["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["kind"].clone())
        .collect();
    assert_eq!(kinds, [json!("customer_no"), json!("email")]);
    // In one command, and without an address.
    let ran = find(&house, "Anna Muller", &["--pick", "shop.people:3"]);
    assert_eq!(ran.expect(0).records("shop"), ["people:3 stated"]);
    // What was shown is no longer there, or is somebody else by now.
    find(&house, "Anna Müller", &[]).expect(4);
    house.sql(
        "shop.db",
        "UPDATE people SET last = 'Schmidt' WHERE id = 2; DELETE FROM people WHERE id = 3;",
    );
    for pick in ["shop.people:2", "shop.people:3"] {
        let ran = house.run(&["find", "--pick", pick, "--format", "json"]);
        assert_eq!(ran.expect(2).json()["errors"][0]["code"], "E907", "{pick}");
    }
    house.sql("shop.db", "ALTER TABLE people RENAME TO persons");
    let ran = house.run(&["find", "--pick", "shop.people:1", "--format", "json"]);
    assert_eq!(ran.expect(3).json()["errors"][0]["code"], "E908");
}

#[test]
fn a_picked_record_without_an_identity_leads_nowhere() {
    let house = house();
    find(&house, "Bert O'Brien", &[]).expect(4);
    let ran = house.run(&[
        "erase",
        "--pick",
        "shop.people:6",
        "--yes",
        "--expect",
        "1",
        "--format",
        "json",
    ]);
    assert_eq!(ran.expect(2).json()["errors"][0]["code"], "E906");
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        "7"
    );
    // What the person can edit is no identity to go by.
    let text = house
        .read("dsr.yaml")
        .replace("identity: email }", "identity: email, self_service: true }")
        .replace(
            "identity: customer_no }",
            "identity: customer_no, self_service: true }",
        );
    house.write("dsr.yaml", text);
    find(&house, "Anna Müller", &[]).expect(4);
    let ran = house.run(&["find", "--pick", "shop.people:1", "--format", "json"]);
    assert_eq!(ran.expect(2).json()["errors"][0]["code"], "E906");
}

#[test]
fn erasing_a_picked_person_erases_nobody_of_the_same_name() {
    let house = house();
    find(&house, "Anna Müller", &[]).expect(4);
    let ran = house.run(&[
        "erase",
        "--pick",
        "shop.people:1",
        "--yes",
        "--expect",
        "2",
        "--format",
        "json",
    ]);
    assert_eq!(
        ran.expect(0).outcomes(),
        ["shop.orders removed", "shop.people removed"]
    );
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id) FROM people"),
        "2,3,4,5,6,7"
    );
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id) FROM orders"),
        "20"
    );
    // The same command goes on with the case, though the record is gone.
    let again = [
        "erase",
        "--pick",
        "shop.people:1",
        "--yes",
        "--expect",
        "0",
        "--format",
        "json",
    ];
    let ran = house.run(&again);
    assert!([0, 4].contains(&ran.code), "{ran:?}");
    assert_eq!(
        house
            .run(&["case", "list", "--all", "--format", "json"])
            .json()["cases"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id) FROM people"),
        "2,3,4,5,6,7"
    );
    let log = house.run(&["audit", "log", "--verify"]);
    log.expect(0);
    // Nothing that was typed or shown lies in the open.
    for file in house.files() {
        let name = file.display().to_string();
        if name.ends_with("shop.db") {
            continue;
        }
        let bytes = fs_err::read(&file).unwrap();
        for word in ["Müller", "Muller", "MUELLER", "München"] {
            let found = bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes());
            assert!(!found, "{word} in {name}");
        }
    }
}

#[test]
fn a_pick_that_was_stopped_is_continued_by_the_same_command() {
    let house = house();
    find(&house, "Anna Müller", &[]).expect(4);
    house.run(&["erase", "--pick", "shop.people:1"]).expect(4);
    // Another list has taken the place of the one that was picked from.
    find(&house, "Bert O'Brien", &[]).expect(4);
    house.sql("shop.db", "DELETE FROM people WHERE id = 1");
    let ran = house.run(&["erase", "--pick", "shop.people:1", "--format", "json"]);
    assert_eq!(ran.expect(0).json()["schema"], "dsr.apply/1");
    let cases = house
        .run(&["case", "list", "--all", "--format", "json"])
        .json();
    assert_eq!(cases["cases"].as_array().unwrap().len(), 1);
    // Somebody else's record is not noted there.
    house.run(&["erase", "--pick", "shop.people:2"]).expect(2);
}

#[test]
fn an_address_that_several_people_have_merges_nobody() {
    let house = house();
    house.sql("shop.db", "UPDATE people SET email = 'family@example.org' WHERE id IN (1, 4); UPDATE people SET email = 'info@example.org' WHERE id IN (2, 5)");
    // A case of Johanna's is open.
    house
        .run(&[
            "erase",
            "--email",
            "family@example.org",
            "--id",
            "customer_no=K-4",
        ])
        .expect(4);
    find(&house, "Anna Müller", &[]).expect(4);
    let ran = house.run(&[
        "erase",
        "--pick",
        "shop.people:1",
        "--yes",
        "--expect",
        "2",
        "--format",
        "json",
    ]);
    assert_eq!(
        ran.outcomes(),
        ["shop.orders removed", "shop.people removed"],
        "{ran:?}"
    );
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id) FROM people"),
        "2,3,4,5,6,7"
    );
    let cases = house
        .run(&["case", "list", "--all", "--format", "json"])
        .json();
    assert_eq!(cases["cases"].as_array().unwrap().len(), 2);
    // The address of a desk is no identity of the one who was picked.
    let ran = house.run(&["find", "--pick", "shop.people:2", "--format", "json"]);
    // Whoever shares it waits for a word, and is not taken for her.
    assert_eq!(
        ran.expect(4).records("shop"),
        ["people:2 stated", "people:5 linked", "orders:20 stated"]
    );
}

#[test]
fn a_list_that_nobody_could_read_is_not_shown() {
    let house = house();
    house.sql(
        "shop.db",
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 10099)
         INSERT INTO people SELECT i, 'Anna', 'Müller', 'a' || i || '@example.org', NULL, CAST(20000 + i AS TEXT), 'Ulm', NULL FROM n;",
    );
    let ran = find(&house, "Anna Müller", &[]);
    assert_eq!(ran.expect(4).json()["errors"][0]["code"], "E903");
    // Nothing of it can be picked either.
    let ran = house.run(&["find", "--pick", "shop.people:1", "--format", "json"]);
    assert_eq!(ran.expect(2).json()["errors"][0]["code"], "E905");
    let ran = find(&house, "Anna Müller", &["--postcode", "20150"]);
    assert_eq!(listed(ran.expect(4)), ["shop.people:150", "shop.people:3"]);
}

#[test]
fn a_search_by_name_is_logged_and_asks_for_its_reason() {
    let text = format!(
        "{}systems:\n{}",
        HEAD.replace("identity: assumed", "identity: assumed, reason: required"),
        sqlite()
    );
    let house = House::with(&text, &[]);
    house.sql("shop.db", PEOPLE);
    assert_eq!(
        find(&house, "Anna Müller", &[]).expect(4).json()["errors"][0]["code"],
        "E810"
    );
    let count = |house: &House| {
        let log = house.run(&["audit", "log", "--format", "json"]).json();
        let events = log["events"].as_array().unwrap().iter();
        // What the inventory asks for is noted beside the first of them.
        let searches = events.filter(|event| event["event"]["event"] != "terms_changed");
        searches.count()
    };
    let before = count(&house);
    find(&house, "Anna Müller", &["--reason", "letter"]).expect(4);
    find(&house, "Nobody Atall", &["--reason", "letter"]).expect(0);
    assert_eq!(count(&house), before + 2);
}

#[test]
fn values_of_records_cannot_reach_the_terminal() {
    let house = house();
    house.sql("shop.db", "UPDATE people SET first = 'Anna ' || char(27) || '[2J', town = char(27) || ']0;x' || char(7) || '=1+1' WHERE id = 1");
    for format in ["table", "json", "csv"] {
        let ran = house.run(&["find", "--name", "Anna Müller", "--format", format]);
        let seen = ran.expect(4).all();
        assert!(!seen.contains(['\u{1b}', '\u{7}']), "{format}: {seen:?}");
    }
}

#[test]
fn rows_of_files_are_candidates_in_any_encoding() {
    let system = |encoding: &str| {
        format!(
            "  guests:
    engine: csv
    settings: {{ path: guests.csv, delimiter: \";\"{encoding} }}
    objects:
      rows:
        find: [{{ by: email, column: Mail }}, {{ by: name, columns: [Vorname, Nachname] }}]
        fields: {{ Mail: {{ category: contact.email, identity: email }}, Vorname: person.name, Nachname: person.name, PLZ: contact.address, Ort: contact.address }}
        erase: remove\n"
        )
    };
    let rows = "Mail;Vorname;Nachname;PLZ;Ort\na@example.org;Änne;Weiß;1010;Wien\nb@example.org;AENNE;WEISS;8000;Zürich\nc@example.org;Hänne;Weiß;1010;Wien\nd@example.org;Änne;Weis;1010;Wien\n";
    for (encoding, bytes) in [
        ("", rows.as_bytes().to_vec()),
        (
            ", encoding: latin1",
            rows.chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap())
                .collect(),
        ),
    ] {
        let house = House::new(&system(encoding), &[]);
        house.write("guests.csv", &bytes);
        let ran = find(&house, "Änne Weiß", &[]);
        let people = ran.expect(4).json();
        let towns: Vec<&str> = people["candidates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["town"].as_str().unwrap())
            .collect();
        assert_eq!(
            (
                towns.len(),
                towns.contains(&"Wien"),
                towns.contains(&"Zürich")
            ),
            (2, true, true),
            "{encoding}"
        );
        let vienna = find(&house, "weiss, aenne", &["--postcode", "A-1010"]);
        let pick = listed(vienna.expect(4));
        assert_eq!(pick.len(), 1);
        let ran = house.run(&["erase", "--pick", &pick[0], "--yes", "--expect", "1"]);
        ran.expect(0);
        assert_eq!(
            fs_err::read(house.path("guests.csv"))
                .unwrap()
                .iter()
                .filter(|b| **b == b'\n')
                .count(),
            4
        );
        // Without a control person "nobody" is unproven, and says so.
        let ran = find(&house, "Nobody Atall", &[]);
        assert_eq!(
            ran.expect(0).json()["systems"][0]["objects"][0]["unproven"],
            true
        );
    }
}

const DESK: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  auth: none
  records: "$.users[*]"
  page: none
objects:
  users:
    find:
      - { by: email, get: /users, query: { email: "{{ value }}" } }
      - { by: name, get: /users, query: { name: "{{ value }}" } }
    read: { get: "/users/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      name: person.name
      zip: contact.address
    remove: { delete: "/users/{{ record.id }}" }
    erase: remove
"#;

#[test]
fn a_service_is_asked_for_every_spelling_and_not_believed() {
    let users = || {
        json!([
            {"id": 1, "email": "anna@example.org", "name": "Anna Müller", "zip": "80331"},
            {"id": 2, "email": "am@example.org", "name": "Mueller, Anna", "zip": "50667"},
            {"id": 3, "email": "x@example.org", "name": "Somebody Else", "zip": "80331"}
        ])
    };
    let server = Server::start(move |request| {
        let all = users();
        if let Some(id) = request.path().strip_prefix("/users/") {
            let user = all
                .as_array()
                .unwrap()
                .iter()
                .find(|user| id.parse().is_ok_and(|id: i64| user["id"] == id));
            return user.map_or_else(|| Reply::status(404), |user| Reply::json(user.clone()));
        }
        let wanted = |user: &&Value| match (request.query("email"), request.query("name")) {
            (Some(email), _) => user["email"] == email,
            // Each spelling finds its own; strangers come along with all of them.
            (_, Some(name)) => {
                user["id"] == 3
                    || match name.as_str() {
                        "Anna Müller" => user["id"] == 1,
                        "Anna Mueller" => user["id"] == 2,
                        _ => false,
                    }
            }
            _ => true,
        };
        let found: Vec<&Value> = all.as_array().unwrap().iter().filter(wanted).collect();
        Reply::json(json!({ "users": found }))
    });
    let system = format!(
        "  desk: {{ connector: desk@1, settings: {{ url: \"{}\" }} }}\n",
        server.url
    );
    let house = House::new(&system, &[("desk", DESK)]);
    let ran = find(&house, "Müller, Anna", &[]);
    assert_eq!(listed(ran.expect(4)), ["desk.users:1", "desk.users:2"]);
    assert!(ran.json()["systems"][0]["objects"][0]["near_misses"].as_u64() > Some(0));
    assert_eq!(
        listed(&find(&house, "Anna Müller", &["--postcode", "50667"])),
        ["desk.users:2"]
    );
    let ran = house.run(&["find", "--pick", "desk.users:2", "--format", "json"]);
    assert_eq!(ran.expect(0).records("desk"), ["users:2 stated"]);
    // A name cannot break out of the address it is put into.
    find(&house, "Anna&email=x@example.org#", &[]);
    assert!(server.lines().iter().all(|line| !line.contains("&email=")));
    assert_eq!(server.writes(), 0);
    // Without a name among its fields nobody could tell whose record it is.
    house.write(
        "connectors/desk.yml",
        DESK.replace("name: person.name", "name: content.note"),
    );
    house
        .run(&["trust", "--yes", "connectors/desk.yml"])
        .expect(2);
}

#[test]
fn systems_that_fail_or_cannot_be_asked_are_named() {
    let systems = sqlite()
        + "  paper:
    engine: manual
    owner: office
    manual: { find: \"Search the files.\", erase: \"Destroy the file.\", days: 14 }
  list:
    engine: csv
    settings: { path: list.csv }
    objects:
      rows:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email } }
        erase: remove
  broken:
    engine: sqlite
    settings: { path: missing.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: name, column: name }]
        fields: { name: person.name }
        erase: remove\n";
    let house = House::new(&systems, &[]);
    house.sql("shop.db", PEOPLE);
    house.write("list.csv", "Mail\n");
    let ran = find(&house, "Anna Müller", &[]);
    let all = ran.expect(3).json();
    assert_eq!(
        (&all["complete"], &all["not_searchable"]),
        (&json!(false), &json!(["list"]))
    );
    assert_eq!(listed(&ran).len(), 3);
    let ran = find(&house, "Anna Müller", &["--system", "list"]);
    assert_eq!(ran.expect(2).json()["errors"][0]["code"], "E909");
}

#[test]
fn telephone_numbers_are_found_however_they_are_kept() {
    let systems = "  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: phone, column: phone }]
        fields: { phone: { category: contact.phone, identity: phone } }
        erase: remove
  list:
    engine: csv
    settings: { path: list.csv, delimiter: \";\" }
    objects:
      rows:
        key: Id
        find: [{ by: phone, column: Tel }]
        fields: { Tel: { category: contact.phone, identity: phone } }
        erase: remove\n";
    let house = House::new(systems, &[]);
    let same = [
        "0301234567",
        "+49301234567",
        "0049301234567",
        "030/123 45-67",
        "+49 (0)30 1234567",
        "(030) 123 45 67",
        "+49 030 1234567",
    ];
    let others = [
        "0301234568",
        "+43301234567",
        "030 1234567 ext. 12",
        "301234567890",
        "031234567",
    ];
    let mut sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, phone TEXT);".to_owned();
    let mut csv = "Id;Tel\n".to_owned();
    for (at, number) in same.iter().chain(&others).enumerate() {
        sql.push_str(&format!("INSERT INTO people VALUES ({at}, '{number}');"));
        csv.push_str(&format!("r{at};{number}\n"));
    }
    house.sql("shop.db", &sql);
    house.write("list.csv", csv);
    for number in same {
        let ran = house.run(&["find", "--phone", number, "--format", "json"]);
        let expected = |prefix: &str| {
            (0..same.len())
                .map(|at| format!("{prefix}{at} stated"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ran.expect(0).records("shop"),
            expected("people:"),
            "{number}"
        );
        assert_eq!(ran.records("list"), expected("rows:r"), "{number}");
    }
    for number in ["030 1234567 ext. 12", "tel:+49301234567;ext=12"] {
        let ran = house.run(&["find", "--phone", number, "--format", "json"]);
        assert_eq!(
            ran.expect(0).records("shop"),
            ["people:9 stated"],
            "{number}"
        );
        assert_eq!(ran.records("list"), ["rows:r9 stated"], "{number}");
    }
    house.run(&["find", "--phone", "0800 FLOWERS"]).expect(2);
}

#[test]
fn a_service_is_asked_for_a_number_as_it_may_keep_it() {
    let kept = [
        "+49 30 1234567",
        "0301234567",
        "0049301234567",
        "0301234568",
    ];
    let server = Server::start(move |request| {
        let bare = |text: &str| text.replace(' ', "");
        let wanted = request.query("phone").unwrap_or_default();
        let all = kept.iter().enumerate();
        let found: Vec<Value> = all
            .filter(|(_, number)| bare(number) == wanted || number.ends_with('8'))
            .map(|(at, number)| json!({ "id": at, "phone": number }))
            .collect();
        Reply::json(json!({ "users": found }))
    });
    let connector = DESK
        .replace(
            "{ by: email, get: /users, query: { email: \"{{ value }}\" } }",
            "{ by: phone, get: /users, query: { phone: \"{{ value }}\" } }",
        )
        .replace(
            "      - { by: name, get: /users, query: { name: \"{{ value }}\" } }\n",
            "",
        )
        .replace(
            "    read: { get: \"/users/{{ record.id }}\", records: $ }\n",
            "",
        )
        .replace(
            "email: { category: contact.email, identity: email }",
            "phone: { category: contact.phone, identity: phone }",
        );
    let system = format!(
        "  desk: {{ connector: desk@1, settings: {{ url: \"{}\" }} }}\n",
        server.url
    );
    let house = House::new(&system, &[("desk", &connector)]);
    let ran = house.run(&["find", "--phone", "030/123 45-67", "--format", "json"]);
    assert_eq!(
        ran.expect(0).records("desk"),
        ["users:0 stated", "users:1 stated", "users:2 stated"]
    );
}

#[test]
fn addresses_are_taken_as_people_paste_them() {
    let house = house();
    for text in [
        "Anna <ANNA@example.org>",
        "mailto:anna@example.org?subject=hi",
        "\"anna\"@example.org",
        "anna@example.org.",
    ] {
        let ran = house.run(&["find", "--email", text, "--format", "json"]);
        assert_eq!(
            ran.expect(0).records("shop"),
            ["people:1 stated", "orders:10 stated"],
            "{text}"
        );
    }
    let ran = house.run(&[
        "find",
        "--email",
        "anna+shop@example.org",
        "--format",
        "json",
    ]);
    assert!(ran.expect(0).records("shop").is_empty());
}

#[test]
fn postgres_lists_the_same_people() {
    let seed = PEOPLE
        .replace("INTEGER PRIMARY KEY", "int PRIMARY KEY")
        .replace("person INTEGER", "person int");
    let seed = seed.replace("born TEXT", "born date");
    let Some(database) = postgres::database(&seed) else {
        return;
    };
    let mut house = House::new(
        &shop("engine: postgres\n    settings: { url: { secret: \"env:SHOP_URL\" } }"),
        &[],
    );
    house.env("SHOP_URL", &database.url);
    let ran = find(&house, "Müller, Anna", &[]);
    assert_eq!(
        listed(ran.expect(4)),
        ["shop.people:1", "shop.people:2", "shop.people:3"]
    );
    assert_eq!(
        listed(find(&house, "bert obrien", &[]).expect(4)),
        ["shop.people:6"]
    );
    assert_eq!(
        listed(find(&house, "Anna Mueller", &["--born", "15.03.1980"]).expect(4)),
        ["shop.people:1"]
    );
    for name in ["x' OR '1'='1", "[a-z] bc", "a\\d+ b", "(((", "Иван Петров"] {
        let ran = find(&house, name, &[]);
        assert!(
            ran.code == 2 || (ran.code == 0 && listed(&ran).is_empty()),
            "{name} {ran:?}"
        );
    }
    find(&house, "Anna Müller", &[]).expect(4);
    let ran = house.run(&[
        "erase",
        "--pick",
        "shop.people:1",
        "--yes",
        "--expect",
        "2",
        "--format",
        "json",
    ]);
    assert_eq!(
        ran.expect(0).outcomes(),
        ["shop.orders removed", "shop.people removed"]
    );
}
