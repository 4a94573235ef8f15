//! How cases are opened and joined: nobody comes into another's case unnoticed, what is refused leaves nothing behind, and what was killed
//! halfway is completed or gone.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use support::house::{House, Ran};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
const BERT: [&str; 2] = ["--email", "bert@example.org"];
const CARL: [&str; 2] = ["--email", "carl@example.org"];

const HEAD: &str = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: required }
identities: { customer_no: { like: \"^[0-9A-Z-]{1,20}$\" } }
";

/// A newsletter that knows people by address, and books that know them by the number that the newsletter has for them.
const SYSTEMS: &str = "systems:
  nl:
    engine: sqlite
    settings: { path: nl.db }
    objects:
      abos:
        table: abos
        key: id
        find: [{ by: email, column: email }, { by: name, columns: [name] }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no }
          name: person.name
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

fn house() -> House {
    house_with("")
}

fn house_with(more: &str) -> House {
    let house = House::with(&format!("{HEAD}{more}{SYSTEMS}"), &[]);
    house.sql(
        "nl.db",
        "CREATE TABLE abos (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT);
         INSERT INTO abos VALUES (1, 'anna@example.org', '4711', 'Anna Berg'), (2, 'bert@example.org', '4712', 'Bert Tal')",
    );
    house.sql(
        "books.db",
        "CREATE TABLE debtors (id INTEGER PRIMARY KEY, number TEXT, name TEXT);
         INSERT INTO debtors VALUES (70, '4711', 'Anna Berg'), (71, '4712', 'Bert Tal')",
    );
    house
}

/// Opens a case and gives its number.
#[track_caller]
fn open(house: &House, args: &[&str]) -> String {
    let opened = house.run(&[&["case", "open", "--format", "json"], args].concat());
    opened.expect(0);
    opened.json()["case"].as_str().unwrap().to_owned()
}

/// Runs, and expects this exit and code.
#[track_caller]
fn refused(house: &House, args: &[&str], exit: i32, code: &str) -> Ran {
    let ran = house.run(args);
    ran.expect(exit);
    assert!(ran.err.contains(code), "{code}: {}", ran.err);
    ran
}

/// Every row of a table of the workspace.
fn rows(house: &House, file: &str, table: &str) -> Vec<Vec<Cell>> {
    let connection = Connection::open(house.path(&format!(".dsr/{file}"))).unwrap();
    let mut statement = connection
        .prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))
        .unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
    rows.unwrap().map(Result::unwrap).collect()
}

/// All that ledger and vault hold.
fn state(house: &House) -> Vec<Vec<Vec<Cell>>> {
    let tables = [
        ("ledger.db", "event"),
        ("vault.db", "case_key"),
        ("vault.db", "item"),
    ];
    let all = tables.iter().map(|(file, table)| rows(house, file, table));
    all.collect()
}

/// The kinds of a case's events, in their order.
fn events(house: &House, case: &str) -> Vec<String> {
    let shown = house.run(&["case", "show", case, "--format", "json"]);
    shown.expect(0);
    let all = shown.json();
    let history = all["history"].as_array().unwrap().iter();
    let kinds = history.map(|one| one["event"]["event"].as_str().unwrap().to_owned());
    kinds.collect()
}

fn count(events: &[String], kind: &str) -> usize {
    events.iter().filter(|event| *event == kind).count()
}

/// Runs and is killed before the n-th event is committed.
#[track_caller]
fn killed(house: &House, when: &str, n: u32, args: &[&str]) {
    let mut command = house.command();
    command.env(when, n.to_string()).args(args);
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), None, "{ended:?}");
}

#[test]
fn a_mistyped_address_beside_a_case_is_no_way_into_it() {
    let house = house();
    let a = open(
        &house,
        &[&ANNA[..], &["--right", "erasure", "--identity", "id-card"]].concat(),
    );
    let b = open(&house, &[&BERT[..], &["--right", "access"]].concat());
    let before = state(&house);
    let into_a = [&["erase", "--case", &a], &BERT[..]].concat();
    let plan = [&into_a[..], &["--plan"]].concat();
    let said = refused(&house, &plan, 4, "E839");
    assert!(
        said.err.contains(&a) && said.err.contains("--same-person"),
        "{}",
        said.err
    );
    refused(
        &house,
        &[&into_a[..], &["--yes", "--expect", "2"]].concat(),
        4,
        "E839",
    );
    refused(
        &house,
        &[&["find", "--case", &a], &BERT[..]].concat(),
        4,
        "E839",
    );
    // Two addresses without a case: of two cases, and of one case and nobody.
    let both = [&["erase"], &ANNA[..], &BERT[..], &["--plan"]].concat();
    let said = refused(&house, &both, 4, "E838");
    assert!(
        said.err.contains(&a) && said.err.contains(&b),
        "{}",
        said.err
    );
    let with_carl = [&["erase"], &ANNA[..], &CARL[..], &["--plan"]].concat();
    refused(&house, &with_carl, 4, "E839");
    assert_eq!(state(&house), before, "a refusal wrote something");

    // Bert's package comes from Bert's case, and holds Bert alone.
    let to = house.path("bert").to_string_lossy().into_owned();
    let export = [&["export"], &BERT[..], &["--folder", "--to", &to]].concat();
    let made = house.run(&export);
    assert!([0, 4].contains(&made.code), "{made:?}");
    assert!(
        made.all().contains(&b) && !made.all().contains(&a),
        "{made:?}"
    );
    let files = house.files();
    let package = files
        .iter()
        .filter(|file| file.starts_with(house.path("bert")));
    let texts =
        package.map(|file| String::from_utf8_lossy(&fs_err::read(file).unwrap()).into_owned());
    let text: String = texts.collect();
    assert!(
        text.contains("bert@example.org") && !text.contains("anna@example.org"),
        "{text}"
    );
}

#[test]
fn whoever_says_that_it_is_the_same_person_says_so_in_the_history_and_confirms_identity_anew() {
    let house = house();
    let a = open(
        &house,
        &[&ANNA[..], &["--right", "erasure", "--identity", "id-card"]].concat(),
    );
    let into_a = [&["erase", "--case", &a], &BERT[..]].concat();
    house
        .run(&[&into_a[..], &["--same-person", "--plan"]].concat())
        .expect(4);
    assert_eq!(count(&events(&house, &a), "identity_added"), 1);
    let shown = house.run(&["case", "show", &a]);
    assert!(
        shown
            .out
            .contains("further identities stated as the person's by op: 1"),
        "{}",
        shown.out
    );
    // Said once, it is known.
    house.run(&[&into_a[..], &["--plan"]].concat()).expect(4);
    assert_eq!(count(&events(&house, &a), "identity_added"), 1);
    // What was confirmed was Anna.
    let go = [&into_a[..], &["--yes", "--expect", "2"]].concat();
    refused(&house, &go, 4, "E840");
    assert_eq!(house.sql_value("nl.db", "SELECT count(*) FROM abos"), "2");
    // Confirmed anew, both go; what is linked waits.
    house
        .run(&[&go[..], &["--identity", "portal-login"]].concat())
        .expect(4);
    assert_eq!(house.sql_value("nl.db", "SELECT count(*) FROM abos"), "0");
    verified(&house);
    let journal: String = house
        .bundled()
        .iter()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    assert!(
        journal.contains("\"identity_added\""),
        "the journal is silent"
    );
    // Too late to take it back.
    refused(
        &house,
        &[&["case", "separate", &a], &BERT[..]].concat(),
        4,
        "E847",
    );
}

#[test]
fn killed_while_an_identity_is_added_the_same_command_asks_again_and_says_it() {
    for when in ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"] {
        let house = house();
        let a = open(
            &house,
            &[&ANNA[..], &["--right", "erasure", "--identity", "id-card"]].concat(),
        );
        let into_a = [&["erase", "--case", &a, "--plan"], &BERT[..]].concat();
        let same = [&into_a[..], &["--same-person"]].concat();
        killed(&house, when, 1, &same);
        // Bert is not in by a run that died.
        refused(&house, &into_a, 4, "E839");
        house.run(&same).expect(4);
        assert!(count(&events(&house, &a), "identity_added") >= 1, "{when}");
        let go = [&into_a[..3], &["--yes", "--expect", "2"]].concat();
        refused(&house, &go, 4, "E840");
    }
}

#[test]
fn what_came_in_by_mistake_is_taken_out_with_all_that_was_found_by_it() {
    let house = house();
    let a = open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    let into_a = [&["erase", "--case", &a, "--plan"], &BERT[..]].concat();
    let same = [
        &into_a[..],
        &["--same-person", "--accept", "books.debtors:71"],
    ]
    .concat();
    house.run(&same).expect(4);
    let draft = ["export", "--case", &a, "--folder"];
    assert!([0, 4].contains(&house.run(&draft).code));
    let separate = [&["case", "separate", &a], &BERT[..]].concat();

    // Killed at its event, it is completed by whatever opens the case next.
    killed(&house, "DSR_TEST_KILL_AFTER", 1, &separate);
    let found = house.run(&["find", "--case", &a, "--format", "json"]);
    assert_eq!(found.records("nl"), ["abos:1 stated"]);
    assert_eq!(
        found.records("books"),
        ["debtors:70 linked"],
        "Bert's is still accepted"
    );
    refused(&house, &separate, 2, "E845");
    assert_eq!(count(&events(&house, &a), "identity_removed"), 1);
    assert_eq!(drafts(&house, &a), 0, "a draft with Bert in it lies there");

    // Nobody gets the draft that was made with Bert in it.
    refused(
        &house,
        &[
            "export",
            "--case",
            &a,
            "--folder",
            "--reviewed",
            "--identity",
            "id-card",
        ],
        4,
        "E800",
    );
    // The last one cannot go.
    refused(
        &house,
        &[&["case", "separate", &a], &ANNA[..]].concat(),
        2,
        "E846",
    );
    // Bert has a case of his own again.
    let b = open(&house, &[&BERT[..], &["--right", "access"]].concat());
    assert_ne!(a, b);
    house
        .run(&[
            "erase",
            "--case",
            &a,
            "--identity",
            "id-card",
            "--despite-access",
            "--yes",
            "--expect",
            "1",
        ])
        .expect(4);
    assert_eq!(
        house.sql_value("nl.db", "SELECT name FROM abos"),
        "Bert Tal"
    );
    verified(&house);
}

/// Packages that lie in the case's own folder.
fn drafts(house: &House, case: &str) -> usize {
    let folder = house.path(&format!("exports/{case}"));
    fs_err::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn drafts_that_were_made_with_somebody_else_are_deleted_with_them() {
    let house = house();
    let a = open(&house, &[&ANNA[..], &["--right", "access"]].concat());
    let draft = ["export", "--case", &a, "--folder"];
    assert!([0, 4].contains(&house.run(&draft).code));
    assert_eq!(drafts(&house, &a), 1);
    let both = [&draft[..], &BERT[..], &["--same-person"]].concat();
    assert!([0, 4].contains(&house.run(&both).code));
    let elsewhere = house.path("elsewhere");
    fs_err::create_dir(&elsewhere).unwrap();
    let elsewhere = elsewhere.join("draft").display().to_string();
    let ran = house.run(&[&draft[..], &["--to", &elsewhere]].concat());
    assert!([0, 4].contains(&ran.code), "{ran:?}");
    assert_eq!(drafts(&house, &a), 2);
    let separate = [&["case", "separate", &a], &BERT[..]].concat();
    let ran = house.run(&[&separate[..], &["--format", "json"]].concat());
    ran.expect(0);
    assert!(
        ran.err.contains("are deleted: 1") && ran.err.contains("W343"),
        "{ran:?}"
    );
    assert!(ran.err.contains("elsewhere"), "{ran:?}");
    // What was made before is Anna's alone.
    assert_eq!(drafts(&house, &a), 1);
    let exports = ran.json()["exports"].as_array().unwrap().clone();
    let deleted: Vec<bool> = exports
        .iter()
        .map(|export| !export["deleted_at"].is_null())
        .collect();
    // The two are the same to the byte, and the ledger tells them apart no more.
    assert_eq!(deleted, [false, true, true], "{exports:?}");
    assert!(fs_err::exists(&elsewhere).unwrap());
    verified_log(&house);
}

/// The ledger holds.
#[track_caller]
fn verified_log(house: &House) {
    house.run(&["audit", "log"]).expect(0);
}

/// A case that was opened and planned for Anna and Bert, of which Bert was taken out.
#[track_caller]
fn separated(house: &House) -> String {
    let both = [&["erase", "--plan"], &ANNA[..], &BERT[..]].concat();
    house.run(&both).expect(4);
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let case = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    let separate = [&["case", "separate", &case], &BERT[..]].concat();
    house.run(&separate).expect(0);
    case
}

/// The newest bundle holds.
#[track_caller]
fn verified(house: &House) {
    let bundle = house.bundle().unwrap();
    let verify = ["evidence", "verify", bundle.to_str().unwrap()];
    house.run(&verify).expect(0);
}

#[test]
fn a_case_that_was_opened_for_two_people_is_made_one_persons() {
    let house = house();
    let a = separated(&house);
    let shown = house.run(&["case", "show", &a]);
    assert!(
        shown
            .out
            .contains("identities taken out by op, stated by mistake: 1"),
        "{}",
        shown.out
    );
    // The plan with both in it is no plan any more.
    let shown = house.run(&["case", "show", &a, "--format", "json"]).json();
    assert_ne!(shown["waits_for"], "approval");
    house
        .run(&[
            "erase",
            "--case",
            &a,
            "--identity",
            "id-card",
            "--yes",
            "--expect",
            "1",
        ])
        .expect(4);
    assert_eq!(
        house.sql_value("nl.db", "SELECT name FROM abos"),
        "Bert Tal"
    );
    verified(&house);

    // Closed before anybody searches anew, its bundle holds as well.
    let house = self::house();
    let a = separated(&house);
    house
        .run(&["case", "close", &a, "--how", "withdrawn"])
        .expect(0);
    verified(&house);
}

#[test]
fn in_a_file_of_people_a_stranger_stops_their_line_alone() {
    let house = house();
    let a = open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    house.write(
        "people.csv",
        "email;customer_no\nanna@example.org;4712\nbert@example.org;\n",
    );
    let file = house.path("people.csv").to_string_lossy().into_owned();
    let many = ["erase", "--subjects", &file, "--plan", "--format", "json"];
    let ran = refused(&house, &many, 4, "E839");
    let out = ran.json();
    assert_eq!(out["people"][0]["errors"][0]["code"], "E839");
    assert!(out["people"][1]["errors"].is_null(), "{out}");
    assert_eq!(count(&events(&house, &a), "identity_added"), 0);
    house
        .run(&[&many[..], &["--same-person"]].concat())
        .expect(4);
    assert_eq!(count(&events(&house, &a), "identity_added"), 1);
}

#[test]
fn what_is_asked_in_a_wrong_way_opens_no_case_and_writes_nothing() {
    let house = house();
    open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    let before = state(&house);
    let wrong: [(&[&str], &str); 21] = [
        (&["erase", "--identity="], "E834"),
        (&["erase", "--identity", "by phone call"], "E834"),
        (&["erase", "--plan", "--identity", "by phone call"], "E834"),
        (&["erase", "--channel", "by phone"], "E834"),
        (&["erase", "--accept", "quatsch"], "E835"),
        (&["erase", "--accept", "quatsch.abos:1"], "E836"),
        (&["erase", "--accept", "nl.quatsch:1"], "E836"),
        (&["erase", "--system", "quatsch", "--plan"], "E837"),
        (&["erase", "--received", "2999-01-01", "--plan"], "E833"),
        (&["plan", "--identity", "a b"], "E834"),
        (
            &[
                "rectify",
                "--set",
                "contact.email=x@example.org",
                "--identity",
                "a b",
            ],
            "E834",
        ),
        (&["rectify", "--set", "quatsch.kat=x", "--plan"], "E420"),
        (&["rectify", "--set", "nl.abos.quatsch=x"], "E420"),
        (&["restrict"], "E871"),
        (
            &[
                "restrict",
                "--because",
                "contested",
                "--accept",
                "nl.quatsch:x",
            ],
            "E836",
        ),
        (&["restrict", "--lift", "--because", "lawful"], "E878"),
        (&["restrict", "--lift"], "E871"),
        (
            &["optout", "--because", "objection", "--identity", "a b"],
            "E834",
        ),
        (&["export", "--folder", "--identity", "x.y"], "E834"),
        (
            &["case", "open", "--right", "access", "--identity", "ö"],
            "E834",
        ),
        (
            &["case", "open", "--right", "access", "--channel", "by phone"],
            "E834",
        ),
    ];
    for who in [CARL, ANNA] {
        for (args, code) in wrong {
            refused(&house, &[args, &who[..]].concat(), 2, code);
            assert_eq!(state(&house), before, "{args:?} wrote something");
        }
    }
    let carl = [
        &["case", "open", "--right", "access", "--channel", "by phone"],
        &CARL[..],
    ]
    .concat();
    refused(&house, &carl, 2, "E834");
    house.write("people.csv", "email\ncarl@example.org\nbert@example.org\n");
    let file = house.path("people.csv").to_string_lossy().into_owned();
    for (args, code) in [
        (["--identity", "a b"], "E834"),
        (["--channel", "a b"], "E834"),
        (["--received", "2999-01-01"], "E833"),
        (["--system", "quatsch"], "E837"),
    ] {
        for verb in ["erase", "export"] {
            let folder: &[&str] = if verb == "export" { &["--folder"] } else { &[] };
            let many = [&[verb, "--subjects", &file], folder, &args[..]].concat();
            refused(&house, &many, 2, code);
            assert_eq!(state(&house), before, "{many:?} wrote something");
        }
    }
}

#[test]
fn whoever_has_no_key_under_four_eyes_opens_no_case() {
    let house = house();
    open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    let people = "people:\n  op1: { role: operator, key: \"keys/op1.pub\" }\n  ap1: { role: approver, key: \"keys/ap1.pub\" }\napproval: four_eyes\n";
    house.write("dsr.yaml", format!("{HEAD}{people}{SYSTEMS}"));
    let before = state(&house);
    let verbs: [&[&str]; 5] = [
        &["erase", "--plan"],
        &["plan"],
        &["rectify", "--set", "contact.email=x@example.org"],
        &["restrict", "--because", "contested"],
        &["optout", "--because", "objection"],
    ];
    for verb in verbs {
        let ran = house.run(&[verb, &CARL[..], &["--as", "op1"]].concat());
        ran.expect(2);
        assert_eq!(
            state(&house),
            before,
            "{verb:?} wrote something: {}",
            ran.err
        );
    }
}

#[test]
fn killed_while_a_case_is_opened_nothing_of_the_person_stays() {
    let house = house();
    open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    let vault = |house: &House| state(house)[1..].to_vec();
    let before = vault(&house);
    killed(
        &house,
        "DSR_TEST_KILL_BEFORE",
        1,
        &[&["case", "open", "--right", "access"], &CARL[..]].concat(),
    );
    assert_eq!(
        vault(&house)[0].len(),
        before[0].len() + 1,
        "nothing was begun"
    );
    house.run(&["case", "list"]).expect(0);
    assert_eq!(vault(&house), before);
    // Opened to its end, a case that nobody has searched for is left alone.
    open(&house, &[&CARL[..], &["--right", "access"]].concat());
    let opened = vault(&house);
    house.run(&["case", "list"]).expect(0);
    assert_eq!(vault(&house), opened);
}

#[test]
fn where_the_ledger_takes_no_event_nothing_of_the_person_stays_and_no_other_case_goes() {
    let house = house();
    open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    let ledger = |name: &str| house.path(&format!(".dsr/{name}"));
    let names = ["ledger.db", "ledger.db-wal", "ledger.db-shm"];
    let older: Vec<Option<Vec<u8>>> = names
        .iter()
        .map(|name| fs_err::read(ledger(name)).ok())
        .collect();
    open(&house, &[&BERT[..], &["--right", "access"]].concat());
    for (name, bytes) in names.iter().zip(&older) {
        match bytes {
            Some(bytes) => fs_err::write(ledger(name), bytes).unwrap(),
            None => drop(fs_err::remove_file(ledger(name))),
        }
    }
    let before = state(&house)[1..].to_vec();
    let carl = [&["case", "open", "--right", "access"], &CARL[..]].concat();
    refused(&house, &carl, 2, "E634");
    assert_eq!(state(&house)[1..].to_vec(), before);
}

#[test]
fn a_record_is_accepted_as_the_list_of_a_search_prints_it() {
    let house = house();
    let found = house.run(&[&["find"], &ANNA[..]].concat());
    assert!(
        found.out.contains("--accept") && found.out.contains("'books.debtors:70'"),
        "{}",
        found.out
    );
    let accept = [
        &[
            "erase",
            "--identity",
            "letter",
            "--accept",
            "books.debtors:70",
            "--plan",
            "--format",
            "json",
        ],
        &ANNA[..],
    ]
    .concat();
    let planned = house.run(&accept);
    planned.expect(0);
    let steps = planned.json()["steps"].as_array().unwrap().len();
    assert_eq!(steps, 2, "{}", planned.out);
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let a = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    let happened = events(&house, &a);
    assert_eq!(count(&happened, "record_accepted"), 1);
    // Whether or not anything is carried out, what was said of identity is kept.
    assert_eq!(count(&happened, "identity_confirmed"), 1);

    // Nobody else's, and nothing is planned where it is tried.
    let strange = [
        &["erase", "--accept", "books.debtors:71", "--plan"],
        &ANNA[..],
    ]
    .concat();
    let said = refused(&house, &strange, 4, "E849");
    assert!(
        said.err.contains(&format!("dsr find --case {a}")),
        "{}",
        said.err
    );
    let after = events(&house, &a);
    assert_eq!(count(&after, "planned"), count(&happened, "planned"));
    assert_eq!(count(&after, "record_accepted"), 1);
}

#[test]
fn what_is_said_of_identity_is_kept_whatever_the_verb_stops_at() {
    let house = house();
    for verb in [
        &["erase"][..],
        &["rectify", "--set", "person.name=Carla Berg"],
        &["restrict", "--because", "contested"],
        &["optout", "--because", "objection"],
        &["plan"],
    ] {
        let plan: &[&str] = if verb == ["plan"] { &[] } else { &["--plan"] };
        let ran = house.run(&[verb, plan, &["--identity", "letter"], &ANNA[..]].concat());
        assert_ne!(ran.code, 2, "{verb:?} {}", ran.err);
    }
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let a = cases["cases"][0]["case"].as_str().unwrap();
    assert_eq!(count(&events(&house, a), "identity_confirmed"), 5);
}

#[test]
fn an_open_case_keeps_its_day_and_channel_until_somebody_corrects_them() {
    let house = house();
    let day = ["--received", "2026-01-10"];
    let a = open(&house, &[&ANNA[..], &day, &["--right", "erasure"]].concat());
    let before = state(&house);
    fn erase<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["erase", "--plan"], &ANNA[..], more].concat()
    }
    let said = refused(&house, &erase(&["--received", "2026-02-01"]), 2, "E856");
    assert!(said.err.contains("2026-01-10"), "{}", said.err);
    refused(&house, &erase(&["--received", "2999-01-01"]), 2, "E833");
    refused(&house, &erase(&["--channel", "letter"]), 2, "E857");
    let again = [
        "case",
        "open",
        "--case",
        &a,
        "--right",
        "erasure",
        "--received",
        "2026-02-01",
    ];
    refused(&house, &again, 2, "E856");
    let correct = ["case", "correct", &a, "--reason", "mistyped"];
    refused(
        &house,
        &[&correct[..], &["--received", "2999-01-01"]].concat(),
        2,
        "E833",
    );
    refused(
        &house,
        &["case", "correct", &a, "--channel", "a b", "--reason", "x"],
        2,
        "E834",
    );
    refused(
        &house,
        &[
            "case",
            "correct",
            &a,
            "--channel",
            "letter",
            "--reason",
            "a b",
        ],
        2,
        "E834",
    );
    assert_eq!(state(&house), before);

    let both = ["--received", "2026-02-01", "--channel", "letter"];
    let done = house.run(&[&correct[..], &both, &["--format", "json"]].concat());
    done.expect(0);
    assert_eq!(done.json()["received"], "2026-02-01");
    assert_eq!(done.json()["due_nominal"], "2026-03-01");
    assert_eq!(done.json()["channel"], "letter");
    let shown = house.run(&["case", "show", &a]);
    let said = "day of receipt corrected to 2026-02-01 by op (mistyped)";
    assert!(shown.out.contains(said), "{}", shown.out);
    assert!(
        shown.out.contains("channel corrected to letter by op"),
        "{}",
        shown.out
    );
    // The same once more says nothing more, and the request may name what is right.
    let corrected = state(&house);
    house.run(&[&correct[..], &both].concat()).expect(0);
    assert_eq!(state(&house), corrected);
    let go = ["--identity", "letter", "--yes", "--expect", "1"];
    house
        .run(&[&["erase"], &ANNA[..], &both, &go].concat())
        .expect(4);
    verified(&house);
    let bundled = house.bundled();
    let texts = bundled
        .iter()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes));
    assert!(texts.collect::<String>().contains("\"receipt_corrected\""));
}

#[test]
fn killed_between_vault_and_ledger_an_accepted_record_has_its_event_in_the_end() {
    let house = house();
    let a = open(&house, &[&ANNA[..], &["--right", "erasure"]].concat());
    house.run(&["find", "--case", &a]).expect(4);
    let accept = [
        "erase",
        "--case",
        &a,
        "--accept",
        "books.debtors:70",
        "--plan",
    ];
    killed(&house, "DSR_TEST_KILL_BEFORE", 1, &accept);
    assert_eq!(count(&events(&house, &a), "record_accepted"), 0);
    for _ in 0..2 {
        house.run(&accept).expect(0);
        assert_eq!(count(&events(&house, &a), "record_accepted"), 1);
    }
}

#[test]
fn killed_between_vault_and_ledger_a_picked_record_has_its_event_in_the_end() {
    let house = house();
    house.run(&["find", "--name", "Anna Berg"]);
    let pick = ["erase", "--pick", "nl.abos:1", "--plan"];
    // The case is opened by two events.
    killed(&house, "DSR_TEST_KILL_BEFORE", 3, &pick);
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    let a = cases["cases"][0]["case"].as_str().unwrap().to_owned();
    assert_eq!(count(&events(&house, &a), "record_accepted"), 0);
    for _ in 0..2 {
        assert!([0, 4].contains(&house.run(&pick).code));
        assert_eq!(count(&events(&house, &a), "record_accepted"), 1);
    }
}

#[test]
fn a_hold_on_nobody_says_so() {
    let house = house();
    let hold = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a dispute",
        "--email",
    ];
    let ran = house.run(&[&hold[..], &["anan@example.org"]].concat());
    ran.expect(0);
    assert!(ran.err.contains("W348"), "{}", ran.err);
    let ran = house.run(&[&hold[..], &["anna@example.org"]].concat());
    ran.expect(0);
    assert!(!ran.err.contains("W348"), "{}", ran.err);
}
