//! Many people with one command: everybody gets an answer of their own, and what befalls one stops nobody else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "subjects/company.rs"]
mod company;
#[path = "subjects/corrections.rs"]
mod corrections;
#[path = "subjects/lifting.rs"]
mod lifting;
mod support {
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::http::{Received, Reply, Server};
use support::program::{Ran, Workspace};

const CONNECTOR: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  records: "$.items[*]"
  page: none
  limits: { rate: RATE, retries: 0 }
objects:
  users:
    find: [{ by: email, get: /users, query: { email: "{{ value }}" } }]
    read: { get: "/users/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name }
    remove: { delete: "/users/{{ record.id }}" }
    erase: remove
"#;

const INVENTORY: &str = r#"dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: IDENTITY }
identities: { customer_no: { like: "^[0-9]{4}$", trusted_from: [shop.people] } }
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
          number: { category: account.id, identity: customer_no }
          name: person.name
        restrict: { set: { blocked: true } }
        unrestrict: { set: { blocked: false } }
        erase: remove
  letters:
    engine: csv
    settings: { path: letters.csv }
    objects:
      readers:
        find: [{ by: email, column: mail }]
        fields: { mail: { category: contact.email, identity: email }, name: person.name }
        erase: remove
  desk:
    connector: desk@1
    settings: { url: "URL" }
"#;

const SHOP: &str =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT, blocked INTEGER DEFAULT 0);
    CREATE INDEX by_email ON people (email); CREATE INDEX by_number ON people (number);";

fn address(no: u32) -> String {
    format!("person{no}@example.org")
}

/// The number in an address or at the end of a path.
fn number(text: &str) -> u32 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// What the desk knows and was asked.
#[derive(Default)]
struct Desk {
    users: BTreeSet<u32>,
    asked: Vec<Instant>,
    removals: Vec<u32>,
    /// Whose record it refuses to remove.
    stubborn: u32,
}

impl Desk {
    fn answer(&mut self, request: &Received) -> Reply {
        self.asked.push(Instant::now());
        let record = |no: u32| json!({"id": no.to_string(), "email": address(no), "name": format!("Person {no}")});
        let named = number(request.path());
        match request.method.as_str() {
            "GET" if request.path() == "/users" => {
                let no = number(&request.query("email").unwrap_or_default());
                let found: Vec<Value> = self
                    .users
                    .get(&no)
                    .map(|no| record(*no))
                    .into_iter()
                    .collect();
                Reply::json(json!({ "items": found }))
            }
            "GET" if self.users.contains(&named) => Reply::json(record(named)),
            "DELETE" if named == self.stubborn => Reply::status(500),
            "DELETE" if self.users.remove(&named) => {
                self.removals.push(named);
                Reply::status(204)
            }
            _ => Reply::status(404),
        }
    }
}

/// People of a shop, of a newsletter in a file, and of a desk behind HTTP.
struct Landscape {
    workspace: Workspace,
    desk: Arc<Mutex<Desk>>,
    /// Whom a search at the desk makes wait as long as this holds; 0 is nobody.
    held: Arc<AtomicU32>,
    _server: Server,
}

impl Landscape {
    fn new(people: u32, identity: &str) -> Landscape {
        Landscape::at_a_rate("1000/1s", people, identity)
    }

    fn at_a_rate(rate: &str, people: u32, identity: &str) -> Landscape {
        let desk = Desk {
            users: (1..=people).collect(),
            ..Desk::default()
        };
        let desk = Arc::new(Mutex::new(desk));
        let answering = Arc::clone(&desk);
        let held = Arc::new(AtomicU32::new(0));
        let holding = Arc::clone(&held);
        let server = Server::start(move |request| {
            let asked = number(&request.query("email").unwrap_or_default());
            let since = Instant::now();
            while asked != 0
                && holding.load(Ordering::SeqCst) == asked
                && since.elapsed() < Duration::from_secs(10)
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            answering.lock().unwrap().answer(request)
        });
        let inventory = INVENTORY
            .replace("URL", &server.url)
            .replace("IDENTITY", identity);
        let connector = CONNECTOR.replace("RATE", rate);
        let workspace = Workspace::new(&inventory, &[("desk.yml", &connector)]);
        let shop = rusqlite::Connection::open(workspace.path("shop.db")).unwrap();
        shop.execute_batch(SHOP).unwrap();
        let mut letters = "mail,name\n".to_owned();
        for no in 1..=people {
            let row = (
                no,
                address(no),
                format!("{:04}", 1000 + no),
                format!("Person {no}"),
            );
            shop.execute(
                "INSERT INTO people (id, email, number, name) VALUES (?1, ?2, ?3, ?4)",
                row,
            )
            .unwrap();
            writeln!(letters, "{},Person {no}", address(no)).unwrap();
        }
        workspace.write("letters.csv", &letters);
        Landscape {
            workspace,
            desk,
            held,
            _server: server,
        }
    }

    /// A file of people as a German spreadsheet writes it.
    fn file(&self, people: impl IntoIterator<Item = u32>) -> String {
        let mut text = "\u{feff}Aktenzeichen;E-Mail;Bemerkung\r\n".to_owned();
        for no in people {
            write!(
                text,
                "T-{no};{};\"a note;\r\nof two lines\"\r\n",
                address(no).to_uppercase()
            )
            .unwrap();
        }
        self.written("people.csv", &text)
    }

    fn written(&self, name: &str, text: &str) -> String {
        self.workspace.write(name, text);
        self.workspace.path(name).display().to_string()
    }

    /// Records in the shop, the newsletter, at the desk.
    fn left(&self) -> (u32, usize, usize) {
        let shop = rusqlite::Connection::open(self.workspace.path("shop.db")).unwrap();
        let rows = shop
            .query_row("SELECT count(*) FROM people", [], |row| row.get(0))
            .unwrap();
        let letters = self.workspace.read("letters.csv").lines().count() - 1;
        (rows, letters, self.desk.lock().unwrap().users.len())
    }

    fn erase(&self, file: &str, more: &[&str]) -> Ran {
        let erase = ["erase", "--subjects", file, "--format", "json"];
        self.workspace.run(&[&erase[..], more].concat())
    }

    fn cases(&self) -> Vec<Value> {
        let listed = self
            .workspace
            .run(&["case", "list", "--all", "--format", "json"])
            .ends_with(0);
        listed.json()["cases"].as_array().unwrap().clone()
    }
}

#[test]
fn everybody_in_a_file_is_found_and_the_search_is_no_faster_than_the_desk_allows() {
    let place = Landscape::at_a_rate("20/1s", 30, "assumed");
    let file = place.file([1, 2, 3, 29, 99]);
    let found = place
        .workspace
        .run(&["find", "--subjects", &file, "--format", "json"])
        .ends_with(0);
    let answer = found.json();
    assert_eq!(
        (&answer["schema"], &answer["complete"]),
        (&json!("dsr.subjects/1"), &json!(true))
    );
    let people = answer["people"].as_array().unwrap();
    let records = |at: usize| -> usize {
        let systems = people[at]["result"]["systems"].as_array().unwrap();
        systems
            .iter()
            .map(|system| system["records"].as_array().unwrap().len())
            .sum()
    };
    assert_eq!([0, 1, 2, 3, 4].map(records), [3, 3, 3, 3, 0]);
    assert_eq!(people[3]["reference"], "T-29");
    // The third person stands in the sixth line, because a note runs over two.
    assert_eq!(people[2]["row"], 6);
    // No case is opened by a search.
    assert!(place.cases().is_empty());
    let asked = place.desk.lock().unwrap().asked.clone();
    for window in asked.windows(21) {
        let span = window[20] - window[0];
        assert!(
            span >= Duration::from_millis(900),
            "21 requests in {span:?}"
        );
    }
    let table = place
        .workspace
        .run(&["find", "--subjects", &file])
        .ends_with(0);
    assert!(table.out.contains("shop, letters, desk"), "{table:?}");
}

#[test]
fn everybody_gets_a_case_a_plan_and_a_proof_and_one_question_is_for_all() {
    let place = Landscape::new(12, "required");
    let file = place.file(1..=10);
    // Nobody said how identity was confirmed: nothing is planned, and each case waits.
    place
        .erase(&file, &["--yes", "--expect", "30"])
        .ends_with(4);
    assert_eq!(place.left(), (12, 12, 12));
    let confirmed = ["--identity", "portal-login"];
    let wrong = place.erase(
        &file,
        &[&confirmed[..], &["--yes", "--expect", "29"]].concat(),
    );
    assert!(wrong.ends_with(4).out.contains("E851"));
    assert_eq!(place.left(), (12, 12, 12));

    let done = place
        .erase(
            &file,
            &[&confirmed[..], &["--yes", "--expect", "30"]].concat(),
        )
        .ends_with(0);
    assert_eq!(place.left(), (2, 2, 2));
    let answer = done.json();
    for person in answer["people"].as_array().unwrap() {
        let result = &person["result"];
        assert_eq!(
            (
                &result["complete"],
                result["records"].as_array().unwrap().len()
            ),
            (&json!(true), 3)
        );
        let bundle = result["evidence"].as_str().unwrap();
        place
            .workspace
            .run(&["evidence", "verify", bundle])
            .ends_with(0);
    }
    let cases = place.cases();
    assert_eq!(cases.len(), 10);

    // Again: nobody is asked about or written to, and nobody gets a second case or bundle.
    let asked = place.desk.lock().unwrap().asked.len();
    let again = place.erase(&file, &["--yes", "--expect", "0"]).ends_with(0);
    let finished = again.json()["people"].as_array().unwrap().clone();
    assert!(
        finished
            .iter()
            .all(|person| person["result"]["finished_before"] == json!(true))
    );
    assert_eq!(place.desk.lock().unwrap().asked.len(), asked);
    assert_eq!(place.cases().len(), 10);
}

#[test]
fn what_befalls_one_stops_nobody_else() {
    let place = Landscape::new(6, "assumed");
    place.desk.lock().unwrap().stubborn = 3;
    let file = place.file(1..=6);
    let ran = place
        .erase(&file, &["--yes", "--expect", "18"])
        .ends_with(3);
    assert_eq!(place.left(), (0, 0, 1));
    let answer = ran.json();
    let complete: Vec<bool> = answer["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["result"]["complete"] == json!(true))
        .collect();
    assert_eq!(complete, [true, true, false, true, true, true]);
    // The same command goes on, and only for the one who is left.
    place.desk.lock().unwrap().stubborn = 0;
    place.erase(&file, &["--yes", "--expect", "0"]).ends_with(0);
    assert_eq!(place.left(), (0, 0, 0));
    let removals = place.desk.lock().unwrap().removals.clone();
    let each: BTreeSet<u32> = removals.iter().copied().collect();
    assert_eq!((removals.len(), each.len()), (6, 6));
}

#[test]
fn killed_in_the_middle_and_continued_nobody_is_forgotten_and_nothing_is_done_twice() {
    let people = 10;
    for events in [1, 15, 40, 60, 75, 110] {
        let place = Landscape::new(people + 1, "assumed");
        let file = place.file(1..=people);
        let arguments = [
            "erase",
            "--subjects",
            &file,
            "--yes",
            "--expect",
            "30",
            "--format",
            "json",
        ];
        let killed =
            place
                .workspace
                .run_with("DSR_TEST_KILL_AFTER", &events.to_string(), &arguments);
        assert_ne!(killed.code, Some(0), "killed after {events} events");
        // What is left to write is known only to the cases; a wrong number says which is right.
        let asked = place.erase(&file, &["--yes", "--expect", "999"]);
        let found = asked
            .err
            .lines()
            .find_map(|line| line.strip_prefix("error[E851]: "));
        let expect = match asked.code {
            Some(4) => found
                .and_then(|line| line.split([':', ';']).nth(1))
                .unwrap()
                .trim()
                .parse::<u32>()
                .unwrap(),
            _ => 0,
        };
        place
            .erase(&file, &["--yes", "--expect", &expect.to_string()])
            .ends_with(0);
        assert_eq!(place.left(), (1, 1, 1), "after {events}");
        let removals = place.desk.lock().unwrap().removals.clone();
        let each: BTreeSet<u32> = removals.iter().copied().collect();
        assert_eq!(
            (removals.len(), each.len()),
            (people as usize, people as usize),
            "after {events}"
        );
        let cases = place.cases();
        assert_eq!(cases.len(), people as usize, "after {events}");
        assert!(
            cases
                .iter()
                .all(|case| case["waits_for"] == json!("nothing")),
            "{cases:?}"
        );
    }
}

#[test]
fn a_file_that_is_wrong_anywhere_asks_nothing_of_anybody() {
    let place = Landscape::new(3, "assumed");
    let refused = |name: &str, text: &str, code: &str| {
        let file = place.written(name, text);
        let ran = place.erase(&file, &["--yes", "--expect", "9"]).ends_with(2);
        assert!(ran.out.contains(code), "{code}: {ran:?}");
        assert!(
            !ran.err.contains("person1@") && !ran.out.contains("person1@"),
            "{ran:?}"
        );
    };
    refused("empty.csv", "email\n", "E942");
    refused("none.csv", "Name;Town\nAnna;Ulm\n", "E947");
    refused(
        "ragged.csv",
        "email;name\nperson1@example.org;Anna\nperson2@example.org\n",
        "E943",
    );
    refused(
        "bad.csv",
        "email\nperson1@example.org\n*@example.org\n",
        "E824",
    );
    refused(
        "blank.csv",
        "email;name\nperson1@example.org;Anna\n;Ben\n",
        "E949",
    );
    refused(
        "twice.csv",
        "email\nperson1@example.org\nPERSON1@example.org\n",
        "E950",
    );
    refused(
        "columns.csv",
        "email;E-Mail\nperson1@example.org;person2@example.org\n",
        "E946",
    );
    refused("list.json", "{\"email\": \"person1@example.org\"}", "E941");
    refused(
        "broken.json",
        "[{\"email\": \"person1@example.org\"",
        "E941",
    );
    refused(
        "day.csv",
        "email,received\nperson1@example.org,yesterday\n",
        "E948",
    );
    refused("nothing.csv", "", "E947");
    assert_eq!(place.left(), (3, 3, 3));
    assert!(place.cases().is_empty());
    assert!(place.desk.lock().unwrap().asked.is_empty());
}

#[test]
fn columns_are_named_and_lists_and_numbers_are_people_too() {
    let place = Landscape::new(3, "required");
    let text = r#"[
	{ "Mail": ["person1@example.org", "other@example.org"], "how": "letter-with-signature", "received": "01.11.2026" },
	{ "Mail": null, "no": 1002, "how": "portal-login" } ]"#;
    let file = place.written("people.json", text);
    let mapped = [
        "--map",
        "customer_no=no",
        "--map",
        "identity=how",
        "--map",
        "email=Mail",
    ];
    let done = place
        .erase(&file, &[&mapped[..], &["--yes", "--expect", "4"]].concat())
        .ends_with(4);
    // The customer number leads to an address, and what is found by that alone waits for a word.
    assert_eq!(place.left(), (1, 2, 2));
    assert_eq!(done.json()["people"].as_array().unwrap().len(), 2);
    let cases = place.cases();
    let received: Vec<&str> = cases
        .iter()
        .map(|case| case["received"].as_str().unwrap())
        .collect();
    assert!(received.contains(&"2026-11-01"), "{received:?}");
    let wrong = place
        .erase(&file, &["--map", "customer_no=nope"])
        .ends_with(2);
    assert!(wrong.out.contains("E945"));
    let wrong = place.erase(&file, &["--map", "shoe_size=no"]).ends_with(2);
    assert!(wrong.out.contains("E944"));
}

#[test]
fn everybody_gets_a_package_with_their_own_data_and_nobody_elses() {
    let place = Landscape::new(9, "required");
    let file = place.file(1..=8);
    let export = |more: &[&str]| {
        let all = [
            "export",
            "--subjects",
            &file,
            "--folder",
            "--format",
            "json",
        ];
        place.workspace.run(&[&all[..], more].concat())
    };
    // Killed in the middle, and continued: whose draft was made keeps it.
    let arguments = ["export", "--subjects", &file, "--folder"];
    let killed = place
        .workspace
        .run_with("DSR_TEST_KILL_AFTER", "30", &arguments);
    assert_ne!(killed.code, Some(0));
    let drafts = export(&[]).ends_with(0).json();
    let people = drafts["people"].as_array().unwrap();
    let before = people
        .iter()
        .filter(|one| one["result"]["finished_before"] == json!(true))
        .count();
    assert!((1..8).contains(&before), "{before}");
    assert_eq!(place.cases().len(), 8);

    // Nothing is handed over before identity is confirmed.
    export(&["--reviewed"]).ends_with(4);
    let finals = export(&["--reviewed", "--identity", "portal-login"])
        .ends_with(0)
        .json();
    let people = finals["people"].as_array().unwrap();
    assert_eq!(people.len(), 8);
    for (no, person) in (1..=8).zip(people) {
        let result = &person["result"];
        assert_eq!(
            (&result["draft"], &result["records"]),
            (&json!(false), &json!(3)),
            "{person}"
        );
        let folder = place.workspace.path(result["path"].as_str().unwrap());
        let mut text = String::new();
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => text.push_str(&fs_err::read_to_string(path).unwrap()),
                }
            }
        }
        for other in 1..=9 {
            assert_eq!(
                text.contains(&address(other)),
                other == no,
                "{other} in the package of {no}"
            );
        }
    }
    // The same command once more makes nothing twice.
    let again = export(&["--reviewed"]).ends_with(0).json();
    let mut again = again["people"].as_array().unwrap().iter();
    assert!(again.all(|one| one["result"]["finished_before"] == json!(true)));
}

#[test]
fn each_package_has_a_passphrase_of_its_own() {
    let place = Landscape::new(3, "assumed");
    let file = place.file(1..=3);
    let made = place
        .workspace
        .run(&["export", "--subjects", &file, "--format", "json"])
        .ends_with(0)
        .json();
    let people = made["people"].as_array().unwrap();
    let words: BTreeSet<&str> = people
        .iter()
        .map(|one| one["result"]["passphrase"].as_str().unwrap())
        .collect();
    assert_eq!(words.len(), 3);
    // Where nobody reads it, none is made.
    place
        .workspace
        .run(&["export", "--subjects", &file])
        .ends_with(4);
}

/// Several packages are written at once, and still they get their names one after the other, each followed by its event.
#[test]
fn a_run_killed_among_packages_leaves_one_at_most_that_nobody_knows_of() {
    for kill in [16, 18, 20] {
        let place = Landscape::new(5, "assumed");
        let file = place.file(1..=5);
        let exports = ["export", "--subjects", &file, "--format", "json"];
        let killed = place
            .workspace
            .run_with("DSR_TEST_KILL_BEFORE", &kill.to_string(), &exports);
        assert_ne!(killed.code, Some(0), "{kill}: {killed:?}");
        let known = listed(&place);
        let (named, unnamed) = written(&place);
        assert_eq!(named.len(), known.len() + 1, "{kill}: {named:?} {known:?}");
        assert!(unnamed.len() <= 8, "{kill}: {unnamed:?}");

        let again = place.workspace.run(&exports).ends_with(0).json();
        let people = again["people"].as_array().unwrap();
        let before = |one: &&Value| one["result"]["finished_before"] == json!(true);
        assert_eq!(people.iter().filter(before).count(), known.len(), "{kill}");
        let order: Vec<&str> = people
            .iter()
            .map(|one| one["result"]["case"].as_str().unwrap())
            .collect();
        assert_eq!(
            known,
            order[..known.len()],
            "{kill}: in the order of the file"
        );
        let (named, unnamed) = written(&place);
        assert_eq!((named.len(), unnamed), (6, Vec::new()), "{kill}");
        assert_eq!(listed(&place), order, "{kill}");
    }
}

/// The cases of the packages that the ledger knows of, in its order.
fn listed(place: &Landscape) -> Vec<String> {
    let list = ["export", "--list", "--format", "json"];
    let list = place.workspace.run(&list).ends_with(0).json();
    let packages = list["packages"].as_array().unwrap().iter();
    packages
        .map(|one| one["case"].as_str().unwrap().to_owned())
        .collect()
}

/// The names below `exports/`: of packages, and of what is none yet.
fn written(place: &Landscape) -> (Vec<String>, Vec<String>) {
    let folders = fs_err::read_dir(place.workspace.path("exports")).unwrap();
    let files = folders.flat_map(|folder| fs_err::read_dir(folder.unwrap().path()).unwrap());
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .partition(|name| name.ends_with(".zip"))
}

#[test]
fn a_plan_for_everybody_writes_nothing_and_a_restriction_reaches_everybody() {
    let place = Landscape::new(4, "assumed");
    let file = place.file(1..=3);
    let plan = place.erase(&file, &["--plan"]).ends_with(0).json();
    let writes: Vec<&Value> = plan["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["result"]["writes"])
        .collect();
    assert_eq!(
        (&plan["verb"], writes),
        (&json!("plan"), vec![&json!(3); 3])
    );
    assert_eq!(place.left(), (4, 4, 4));

    let restrict = [
        "restrict",
        "--subjects",
        &file,
        "--because",
        "contested",
        "--yes",
        "--expect",
        "3",
        "--format",
        "json",
    ];
    place.workspace.run(&restrict).ends_with(0);
    let shop = rusqlite::Connection::open(place.workspace.path("shop.db")).unwrap();
    let blocked = "SELECT group_concat(id) FROM people WHERE blocked";
    let blocked: String = shop.query_row(blocked, [], |row| row.get(0)).unwrap();
    assert_eq!(blocked, "1,2,3");
    let missing = place
        .workspace
        .run(&["restrict", "--subjects", &file])
        .ends_with(2);
    assert!(missing.err.contains("E871"), "{missing:?}");
    let lift = ["restrict", "--lift", "--subjects", &file];
    let missing = place.workspace.run(&lift).ends_with(2);
    assert!(missing.err.contains("E871"), "{missing:?}");

    // Who still waits for a package is not erased behind their back.
    place
        .workspace
        .run(&["export", "--subjects", &file, "--folder"])
        .ends_with(0);
    let ran = place.erase(&file, &["--yes", "--expect", "0"]).ends_with(4);
    assert!(ran.out.contains("E805"), "{ran:?}");
    assert_eq!(place.left(), (4, 4, 4));
    place
        .erase(&file, &["--despite-access", "--yes", "--expect", "9"])
        .ends_with(0);
}

/// A spreadsheet on a German Windows saves CSV files in Windows-1252 or, as “Unicode text”, in UTF-16.
#[test]
fn a_file_from_a_german_spreadsheet_is_understood_and_it_is_said_how() {
    let place = Landscape::new(3, "assumed");
    let text = "Aktenzeichen;E-Mail;Straße\r\nWiderspruch Müller;person1@example.org;Köln\r\n";
    let windows: Vec<u8> = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let wide = |text: &str| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let wide = wide(&text.replace(';', "\t"));
    for (name, bytes, encoding) in [
        ("windows.csv", windows, Some("windows-1252")),
        ("unicode.txt", wide, Some("UTF-16LE")),
        ("utf8.csv", format!("\u{feff}{text}").into_bytes(), None),
    ] {
        let file = place.workspace.path(name);
        fs_err::write(&file, bytes).unwrap();
        let find = ["--format", "json", "find", "--subjects"];
        let ran = place
            .workspace
            .run(&[&find[..], &[file.to_str().unwrap()]].concat());
        assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
        let reference = &ran.json()["people"][0]["reference"];
        assert_eq!(reference, "Widerspruch Müller", "{name}");
        let said = ran.err.contains("not in UTF-8");
        assert_eq!(said, encoding.is_some(), "{name}: {}", ran.err);
        assert!(
            ran.err.contains(encoding.unwrap_or_default()),
            "{name}: {}",
            ran.err
        );
        assert!(ran.err.contains("Not read: Straße"), "{name}: {}", ran.err);
    }
    for (name, bytes) in [
        ("book.xlsx", &b"PK\x03\x04 and so on"[..]),
        ("wide.csv", b"e\0m\0a\0i\0l\0"),
        ("other.csv", b"email\nm\x81ller@example.org\n"),
    ] {
        let file = place.workspace.path(name);
        fs_err::write(&file, bytes).unwrap();
        let ran = place
            .workspace
            .run(&["find", "--subjects", file.to_str().unwrap()]);
        assert_eq!(ran.code, Some(2), "{name}: {ran:?}");
        assert!(ran.err.contains("E940"), "{name}: {ran:?}");
    }
    assert!(place.cases().is_empty());
}

#[test]
fn a_plan_for_many_writes_nothing_whatever_stands_beside_it() {
    let place = Landscape::new(3, "required");
    let file = place.file(1..=2);
    let yes = ["--identity", "portal-login", "--yes", "--expect", "6"];
    let planned = place
        .erase(&file, &[&["--plan"], &yes[..]].concat())
        .ends_with(0);
    assert_eq!(place.left(), (3, 3, 3));
    let out = planned.json();
    assert_eq!(
        (&out["schema"], &out["verb"]),
        (&json!("dsr.subjects/1"), &json!("plan"))
    );
    for person in out["people"].as_array().unwrap() {
        assert_eq!(person["result"]["schema"], "dsr.plan/1", "{person}");
        assert_eq!(
            person["result"]["steps"].as_array().unwrap().len(),
            3,
            "{person}"
        );
    }
    // A plan needs nobody's identity confirmed, and notes it where it is stated all the same.
    let other = place.file(1..=3);
    place.erase(&other, &["--plan"]).ends_with(0);
    let cases = place.cases();
    let mut waits: Vec<&str> = cases
        .iter()
        .map(|case| case["waits_for"].as_str().unwrap())
        .collect();
    waits.sort_unstable();
    assert_eq!(waits, ["approval", "approval", "identity"]);
    let file = place.file(1..=2);
    place.erase(&file, &yes).ends_with(0);
    assert_eq!(place.left(), (1, 1, 1));
}

#[test]
fn who_asked_for_their_data_gets_them_before_anything_is_erased() {
    let place = Landscape::new(3, "assumed");
    let ask = ["export", "--email", &address(2), "--folder"];
    place.workspace.run(&ask).ends_with(0);
    let file = place.file(1..=3);
    let ran = place.erase(&file, &["--yes", "--expect", "6"]).ends_with(4);
    assert!(ran.out.contains("E805"), "{ran:?}");
    assert_eq!(place.left(), (1, 1, 1), "only the second person's is there");
    let despite = ["--yes", "--expect", "3", "--despite-access"];
    place.erase(&file, &despite).ends_with(0);
    assert_eq!(place.left(), (0, 0, 0));
}

#[test]
fn who_still_waits_for_their_data_is_not_erased_with_the_others() {
    let place = Landscape::new(3, "assumed");
    let first = address(1);
    let asked = ["case", "open", "--right", "access", "--email", &first];
    place.workspace.run(&asked).ends_with(0);
    let file = place.file(1..=2);
    let yes = ["--yes", "--expect", "3"];
    let done = place.erase(&file, &yes).ends_with(4);
    assert_eq!(
        done.json()["people"][0]["errors"][0]["code"],
        "E805",
        "{done:?}"
    );
    assert_eq!(place.left(), (2, 2, 2));
    place
        .erase(&file, &["--despite-access", "--yes", "--expect", "3"])
        .ends_with(0);
    assert_eq!(place.left(), (1, 1, 1));
}

#[test]
fn somebody_for_whom_another_run_works_stops_nobody_else() {
    let place = Landscape::new(3, "assumed");
    place.held.store(2, Ordering::SeqCst);
    let second = address(2);
    let single = ["erase", "--email", &second, "--yes", "--expect", "3"];
    let running = place.workspace.start(&single);
    let began = Instant::now();
    // It has written to the file by then: of two that replace a file in the same moment one leaves it alone.
    while place.workspace.read("letters.csv").contains(&second)
        && began.elapsed() < Duration::from_secs(10)
    {
        std::thread::sleep(Duration::from_millis(50));
    }
    let file = place.file(1..=3);
    let ran = place.erase(&file, &["--yes", "--expect", "6"]).ends_with(1);
    let answer = ran.json();
    assert_eq!(answer["people"][1]["errors"][0]["code"], "E605", "{ran:?}");
    for at in [0, 2] {
        let complete = &answer["people"][at]["result"]["complete"];
        assert_eq!(complete, &json!(true), "{ran:?}");
    }
    place.held.store(0, Ordering::SeqCst);
    running.wait().ends_with(0);
    assert_eq!(place.left(), (0, 0, 0));
    // Once nobody holds it, the same command has nothing left to do.
    place.erase(&file, &["--yes", "--expect", "0"]).ends_with(0);
    assert_eq!(place.cases().len(), 3);
    let mut removals = place.desk.lock().unwrap().removals.clone();
    removals.sort_unstable();
    assert_eq!(removals, [1, 2, 3]);
}

#[test]
fn two_runs_for_the_same_people_do_everything_once() {
    let place = Landscape::new(8, "assumed");
    let file = place.file(1..=8);
    let line = ["erase", "--subjects", &file, "--yes", "--expect", "24"];
    let both = [place.workspace.start(&line), place.workspace.start(&line)];
    let both = both.map(|running| running.wait());
    assert!(
        both.iter().all(|ran| !ran.err.contains("panicked")),
        "{both:?}"
    );
    // Whatever they did to each other, somebody ends it.
    for _ in 0..3 {
        let asked = place.erase(&file, &["--yes", "--expect", "999"]);
        let says = asked
            .err
            .lines()
            .find_map(|line| line.strip_prefix("error[E851]: "));
        let count = says.and_then(|line| line.split([':', ';']).nth(1));
        let count = count.map_or("0", str::trim);
        if place.erase(&file, &["--yes", "--expect", count]).code == Some(0) {
            break;
        }
    }
    place.erase(&file, &["--yes", "--expect", "0"]).ends_with(0);
    assert_eq!(place.left(), (0, 0, 0));
    assert_eq!(place.cases().len(), 8);
    let mut removals = place.desk.lock().unwrap().removals.clone();
    removals.sort_unstable();
    assert_eq!(removals, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn what_another_request_of_somebody_left_undone_is_done_first() {
    for event in ["6", "7", "8", "10"] {
        let place = Landscape::new(3, "assumed");
        let second = address(2);
        let correct = [
            "rectify",
            "--email",
            &second,
            "--set",
            "shop.people.name=Right",
            "--yes",
            "--expect",
            "1",
        ];
        let killed = place
            .workspace
            .run_with("DSR_TEST_KILL_AFTER", event, &correct);
        assert_eq!(killed.code, None, "{event}: {killed:?}");
        let file = place.file(1..=3);
        place.erase(&file, &["--yes", "--expect", "9"]).ends_with(0);
        assert_eq!(place.left(), (0, 0, 0), "{event}");
        assert_eq!(place.cases().len(), 3);
        place.erase(&file, &["--yes", "--expect", "0"]).ends_with(0);
    }
}

/// Whose record is accepted cannot be said beside a file; the flag was passed over without a word.
#[test]
fn a_record_cannot_be_accepted_for_a_whole_file() {
    let place = Landscape::new(2, "assumed");
    let file = place.file(1..=2);
    let accept = ["--accept", "shop.people:1", "--yes", "--expect", "6"];
    let ran = place.erase(&file, &accept).ends_with(2);
    assert!(ran.out.contains("E953"), "{ran:?}");
    for verb in [&["export"][..], &["optout", "--because", "objection"]] {
        let line = [verb, &["--subjects", &file, "--accept", "shop.people:1"]].concat();
        let ran = place.workspace.run(&line).ends_with(2);
        assert!(ran.err.contains("E953"), "{ran:?}");
    }
    assert_eq!(place.left(), (2, 2, 2));
    assert!(place.cases().is_empty());
}

/// A channel that the ledger cannot hold, or a day of receipt still to come, stopped the command after cases of others were opened.
#[test]
fn what_would_stop_the_command_between_two_people_is_refused_before_the_first() {
    let place = Landscape::new(3, "assumed");
    for (column, cell, code) in [
        ("Eingangsweg", "per Brief", "E834"),
        ("identity", "Ausweis gesehen", "E834"),
        ("Eingang", "31.12.2099", "E833"),
    ] {
        let text = format!("E-Mail;{column}\n{};\n{};{cell}\n", address(1), address(2));
        let file = place.written("wrong.csv", &text);
        let ran = place.erase(&file, &["--yes", "--expect", "6"]).ends_with(2);
        assert!(ran.out.contains(code), "{code}: {ran:?}");
        assert!(ran.err.contains("line or entry 3"), "{ran:?}");
        assert!(place.cases().is_empty(), "{column}");
    }
}

/// What is left for people to do by hand leaves nothing for the same command; each run made one more plan and one more bundle.
#[test]
fn who_waits_only_for_tasks_is_finished_for_the_command() {
    let place = Landscape::new(3, "assumed");
    let file = place.file(1..=2);
    let restrict = |expect: &str| {
        let line = ["restrict", "--subjects", &file, "--because", "contested"];
        let more = ["--yes", "--expect", expect, "--format", "json"];
        place.workspace.run(&[&line[..], &more].concat())
    };
    restrict("2").ends_with(0);
    let waits = |case: &Value| case["waits_for"] == json!("tasks");
    assert!(place.cases().iter().all(waits), "{:?}", place.cases());
    let again = restrict("0").ends_with(0).json();
    for person in again["people"].as_array().unwrap() {
        assert_eq!(person["result"]["finished_before"], json!(true), "{person}");
    }
}
