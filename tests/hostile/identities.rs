//! Values that try to be more than one person's, or somebody else's, or no value at all.

use serde_json::{Value, json};

use crate::support::house::{House, leaks};
use crate::support::http::{Received, Reply, Server};
use crate::{CRM, CRM_KEY, SHOP, SHOP_TABLE, crm};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const NEWSLETTER: &str = "  newsletter:
    engine: csv
    settings: { path: newsletter.csv }
    objects:
      readers:
        key: Id
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email }, Name: person.name }
        erase: remove\n";

/// Everybody, by key. Each address is one person; several look alike or contain another as a pattern.
const PEOPLE: [&str; 30] = [
    "anna@example.org",
    "\u{430}nna@example.org",   // Cyrillic a
    "\u{ff41}nna@example.org",  // full-width a
    "a\u{200b}nna@example.org", // zero-width space
    "anna\u{301}@example.org",  // combining accent
    "\u{202e}anna@example.org", // right-to-left override
    "joanna@example.org",
    "anna@example.org.example.net",
    "anna@example.com",
    "o'brien\"@example.org",
    "obrien@example.org",
    "a%b@example.org",
    "axb@example.org",
    "a_b@example.org",
    "a%25b@example.org",
    "x'or'1'='1@example.org",
    "x';drop_table_people;--@example.org",
    "$(id)@example.org",
    "`id`@example.org",
    "a|b&c;d@example.org",
    "<script>alert(1)</script>@example.org",
    "{\"$ne\":1}@example.org",
    "a\\b@example.org",
    "a/../b@example.org",
    "a?b=c&d=e#f@example.org",
    "a+b@example.org",
    "{{value}}@example.org",
    "=1+1@example.org",
    "kim@example.org",
    "stra\u{df}e@example.org",
];

/// Names of nobody, or of more than one person: refused before anything is asked.
fn nobody() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        " ",
        "%",
        "_",
        "*",
        "**",
        "%@%",
        "_@_",
        "%%",
        "*@example.org",
        "ann*@example.org",
        "@example.org",
        "anna@",
        "anna",
        "@",
        "anna@*",
        "anna@%",
        "anna@%.org",
        "anna@_xample.org",
        "anna@example.org\r\nBcc: all@example.org",
        "anna@example.org\0",
        "an\u{1b}[2Jna@example.org",
        "\t%\t",
        "a@b@example.org",
        "an na@example.org",
        "anna@exa mple.org",
        "'%@example.org",
        "anna@example.org?x=1",
        "anna@example.org/..",
        "\u{200b}",
        "\u{202e}",
        "\u{212a}im@example.org",
        "anna@example.org, bob@example.org",
        "anna@example.org;bob@example.org",
        "--",
        "?",
        "%00",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    all.push("a".repeat(10_000));
    all.push(format!("{}@", "a".repeat(10_000)));
    all
}

type Guests = Arc<Mutex<BTreeMap<usize, String>>>;

/// Answers every search with everybody, as fuzzy searches do.
fn fuzzy(guests: &Guests) -> impl Fn(&Received) -> Reply + use<> {
    let guests = Arc::clone(guests);
    move |request| {
        let mut guests = guests.lock().unwrap();
        let one = |id: usize, email: &String| json!({"id": id, "email": email, "number": null, "name": "N."});
        let id = request
            .path()
            .strip_prefix("/guests/")
            .and_then(|id| id.parse::<usize>().ok());
        match (request.method.as_str(), id) {
            ("GET", None) => Reply::json(
                json!({"items": guests.iter().map(|(id, email)| one(*id, email)).collect::<Vec<_>>()}),
            ),
            ("GET", Some(id)) => guests
                .get(&id)
                .map_or(Reply::status(404), |email| Reply::json(one(id, email))),
            ("DELETE", Some(id)) => match guests.remove(&id) {
                Some(_) => Reply::status(204),
                None => Reply::status(404),
            },
            _ => Reply::status(405),
        }
    }
}

/// The same people in a database, a file and a server.
fn everywhere() -> (House, Server, Guests) {
    let guests: Guests = Arc::new(Mutex::new(
        PEOPLE
            .iter()
            .enumerate()
            .map(|(id, email)| (id + 1, (*email).to_owned()))
            .collect(),
    ));
    let server = Server::start(fuzzy(&guests));
    let mut house = House::new(
        &format!("{}{SHOP}{NEWSLETTER}", crm(&server.url)),
        &[("crm", CRM)],
    );
    house.env("CRM_KEY", CRM_KEY);
    house.sql("shop.db", SHOP_TABLE);
    let shop = rusqlite::Connection::open(house.path("shop.db")).unwrap();
    let mut newsletter = csv::Writer::from_path(house.path("newsletter.csv")).unwrap();
    newsletter.write_record(["Id", "Mail", "Name"]).unwrap();
    for (id, email) in PEOPLE.iter().enumerate() {
        let id = (id + 1).to_string();
        shop.execute(
            "INSERT INTO people(id, email) VALUES (?, ?)",
            [id.as_str(), email],
        )
        .unwrap();
        newsletter.write_record([&id, *email, "N."]).unwrap();
    }
    newsletter.flush().unwrap();
    (house, server, guests)
}

#[test]
fn everybody_is_found_alone() {
    let (house, server, _) = everywhere();
    // Two processes at a time, one for each half.
    std::thread::scope(|scope| {
        for half in 0..2 {
            let house = &house;
            scope.spawn(move || {
                for (id, email) in PEOPLE.iter().enumerate().filter(|(id, _)| id % 2 == half) {
                    let id = id + 1;
                    let ran = house.about(&json!({"email": email}), &["find"]);
                    ran.expect(0);
                    assert_eq!(
                        ran.records("crm"),
                        [format!("guests:{id} stated")],
                        "{email}"
                    );
                    assert_eq!(
                        ran.records("shop"),
                        [format!("people:{id} stated")],
                        "{email}"
                    );
                    assert_eq!(
                        ran.records("newsletter"),
                        [format!("readers:{id} stated")],
                        "{email}"
                    );
                    let near = &ran.system("crm")["objects"][0]["near_misses"];
                    assert_eq!(
                        near,
                        &json!(PEOPLE.len() - 1),
                        "strangers are counted: {email}"
                    );
                }
            });
        }
    });
    assert_eq!(server.writes(), 0);
}

#[test]
fn what_names_nobody_is_refused_and_not_repeated() {
    let (house, server, _) = everywhere();
    let before = state(&house);
    for value in nobody() {
        let verbs: [&[&str]; 3] = [&["find"], &["plan"], &["erase", "--yes", "--expect", "1"]];
        let verb = verbs[value.len() % 3];
        let ran = house.about(&json!({"email": value}), verb);
        ran.expect(2);
        assert_eq!(ran.json()["schema"], "dsr.error/1", "{value:?}");
        assert!(
            ran.json()["errors"][0]["help"][0].is_string(),
            "no remedy: {ran:?}"
        );
        if value.chars().filter(|c| c.is_alphanumeric()).count() > 4 {
            let marked = value.chars().take(60).collect::<String>();
            assert!(!ran.all().contains(&marked), "{ran:?}");
        }
    }
    for (kind, value) in [
        ("phone", "0000"),
        ("phone", "*"),
        ("phone", "+49 30 123456\u{668}"),
        ("phone", "+49301234567 OR 1"),
        ("customer_no", "%"),
        ("customer_no", "4711*"),
        ("customer_no", "4711' OR '1'='1"),
        ("customer_no", ""),
        ("nickname", "anna"),
        ("name", "anna"),
    ] {
        let ran = house.about(&json!({kind: value}), &["erase", "--yes", "--expect", "1"]);
        ran.expect(2);
        assert!(value.len() < 6 || !ran.all().contains(value), "{ran:?}");
    }
    assert!(server.received().is_empty(), "{:?}", server.lines());
    assert_eq!(
        state(&house),
        before,
        "a refused command line left something behind"
    );
}

/// Number of events and cases, and every row.
fn state(house: &House) -> [String; 3] {
    [
        house.sql_value(".dsr/ledger.db", "SELECT count(*) FROM event"),
        house.sql_value("shop.db", "SELECT group_concat(id) FROM people"),
        house.read("newsletter.csv"),
    ]
}

#[test]
fn who_is_erased_is_erased_alone() {
    let (house, server, guests) = everywhere();
    let mut left: Vec<usize> = (1..=PEOPLE.len()).collect();
    // Patterns, quotes, look-alikes, markup, braces, formulas, and the one whom they imitate.
    for id in [2, 3, 5, 6, 10, 12, 16, 17, 21, 22, 24, 25, 27, 28, 1] {
        let email = PEOPLE[id - 1];
        let ran = house.about(
            &json!({"email": email}),
            &["erase", "--yes", "--expect", "3"],
        );
        ran.expect(0);
        assert_eq!(
            ran.outcomes(),
            [
                "crm.guests removed",
                "newsletter.readers removed",
                "shop.people removed"
            ],
            "{email}"
        );
        left.retain(|one| *one != id);
        let ids: Vec<String> = left.iter().map(usize::to_string).collect();
        assert_eq!(
            guests.lock().unwrap().keys().copied().collect::<Vec<_>>(),
            left,
            "{email}"
        );
        let rows = house.sql_value(
            "shop.db",
            "SELECT group_concat(id) FROM (SELECT id FROM people ORDER BY id)",
        );
        assert_eq!(rows, ids.join(","), "{email}");
        let mut csv = csv::Reader::from_path(house.path("newsletter.csv")).unwrap();
        let rows: Vec<String> = csv
            .records()
            .map(|row| row.unwrap()[0].to_owned())
            .collect();
        assert_eq!(rows, ids, "{email}");
    }
    let writes: Vec<Received> = server
        .received()
        .into_iter()
        .filter(Received::is_write)
        .collect();
    assert_eq!(writes.len(), 15);
    for (name, bytes) in house.bundled() {
        let found = leaks(&bytes, &[PEOPLE[9], PEOPLE[20], PEOPLE[0]]);
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn who_is_nowhere_is_found_nowhere() {
    let (house, _server, _) = everywhere();
    let value = |ran: &Value| {
        ran["systems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["records"].as_array().unwrap().len())
            .sum::<usize>()
    };
    for subject in [
        json!({"customer_no": "4711"}),
        json!({"phone": "+49 30 1234567"}),
        json!({"email": "nobody@example.org"}),
        json!({"email": "ANNA@example.org.invalid"}),
        json!({"email": format!("{}@example.org", "a".repeat(10_000))}),
    ] {
        let ran = house.about(&subject, &["find"]);
        ran.expect(0);
        assert_eq!(value(&ran.json()), 0, "{subject}");
    }
    // Case and surrounding space are the same person.
    let ran = house.about(&json!({"email": "  ANNA@Example.ORG "}), &["find"]);
    assert_eq!(ran.expect(0).records("shop"), ["people:1 stated"]);
}

#[test]
fn a_record_that_became_somebody_elses_is_left_alone() {
    let house = House::new(
        &SHOP.replace(
            "    settings",
            "    timeouts: { lock: 100ms }\n    settings",
        ),
        &[],
    );
    house.sql("shop.db", SHOP_TABLE);
    house.sql("shop.db", "INSERT INTO people VALUES (1, 'anna@example.org', NULL, 'Anna'), (2, 'anna@example.org', NULL, 'Anna again')");
    // The plan is approved while the database is locked, so nothing of it is carried out yet.
    let other = rusqlite::Connection::open(house.path("shop.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = house.about(
        &json!({"email": "anna@example.org"}),
        &["erase", "--yes", "--expect", "2"],
    );
    ran.expect(3);
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    other
        .execute_batch(
            "UPDATE people SET email = 'berta@example.org', name = 'Berta' WHERE id = 1; COMMIT",
        )
        .unwrap();
    let ran = house.run(&["apply", &case, "--format", "json"]);
    assert!(matches!(ran.code, 0 | 4), "{ran:?}");
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id || name) FROM people"),
        "1Berta"
    );
    // Neither does another word of the same person's erase her.
    house.run(&["apply", &case, "--yes", "--expect", "1"]);
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id || name) FROM people"),
        "1Berta"
    );
}

#[test]
fn two_runs_on_one_case_do_not_meet() {
    let (house, server, guests) = everywhere();
    let subject = json!({"email": PEOPLE[0]});
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    house
                        .about(&subject, &["erase", "--yes", "--expect", "3"])
                        .code
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    // One does it; the others are told that somebody is at it, or find nothing left.
    assert!(codes.contains(&0), "{codes:?}");
    assert!(
        codes.iter().all(|code| [0, 1, 4].contains(code)),
        "{codes:?}"
    );
    assert_eq!(
        server
            .received()
            .iter()
            .filter(|request| request.is_write())
            .count(),
        1
    );
    assert_eq!(guests.lock().unwrap().len(), PEOPLE.len() - 1);
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        (PEOPLE.len() - 1).to_string()
    );
    house.run(&["audit", "log"]).expect(0);
}
