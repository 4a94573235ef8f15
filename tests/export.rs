//! `dsr export`: what is in a package and what is not, that other programs open it, that it ends, and that a person with very many
//! records costs no more memory than one with few.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "support/postgres.rs"]
mod postgres;

use serde_json::{Value, json};
use support::house::{House, Ran, leaks};
use support::http::{Reply, Server};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

const SYSTEMS: &str = "
  shop:
    engine: sqlite
    settings: { path: shop.db }
    control: { email: control@example.com }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }]
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

fn fill(house: &House) {
    house.sql(
        "shop.db",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT);
         INSERT INTO people VALUES (1, 'anna@example.org', '4711', 'Anna Zwetschgenbaum'),
           (2, 'berta@example.org', '4712', 'Berta Holler'), (3, 'control@example.com', '1', 'Control')",
    );
    house.sql(
        "books.db",
        "CREATE TABLE debtors (id INTEGER PRIMARY KEY, number TEXT, name TEXT);
         INSERT INTO debtors VALUES (70, '4711', 'Anna Zwetschgenbaum'), (71, '4712', 'Berta Holler')",
    );
}

/// A shop that knows Anna by her address, and books that know her by the number that the shop has given her, which is trusted.
fn house() -> House {
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
identities: { customer_no: { like: \"^[0-9A-Z-]{1,20}$\", trusted_from: [shop.people] } }
systems:";
    let house = House::with(&format!("{head}{SYSTEMS}"), &[]);
    fill(&house);
    house
}

/// The same where the number's word is not taken.
fn doubting() -> House {
    let house = House::new(SYSTEMS, &[]);
    fill(&house);
    house
}

fn export(house: &House, more: &[&str]) -> Ran {
    house.run(&[&["export", "--format", "json"], more].concat())
}

fn case_of(ran: &Ran) -> String {
    ran.json()["case"].as_str().unwrap().to_owned()
}

/// Where a package lies.
fn package(house: &House, ran: &Ran) -> PathBuf {
    house.path(ran.json()["path"].as_str().unwrap())
}

/// Whether a program of another maker is there; where servers are required, it has to be.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).exists());
    if !found {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs {program}");
    }
    found
}

fn runs(command: &mut Command) -> bool {
    let ran = command.stdin(Stdio::null()).output().unwrap();
    ran.status.success()
}

/// Everything below a folder, as one text.
fn read_all(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs_err::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        text += &path.display().to_string();
        text += &if path.is_dir() {
            read_all(&path)
        } else {
            String::from_utf8_lossy(&fs_err::read(&path).unwrap()).into_owned()
        };
    }
    text
}

fn unpack(archive: &Path, passphrase: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("7zz");
    command.arg("x").arg(format!("-p{passphrase}"));
    command.arg(format!("-o{}", folder.path().display()));
    runs(command.arg(archive)).then(|| read_all(folder.path()))
}

#[test]
fn a_draft_is_looked_at_and_then_made_final() {
    let house = house();
    // The draft stays in the house, so identity may be open; the final may not.
    let draft = export(&house, &ANNA);
    draft.expect(0);
    let (case, said) = (case_of(&draft), draft.json());
    assert_eq!(
        (&said["draft"], &said["records"]),
        (&true.into(), &2.into())
    );
    assert_eq!(said["encrypted"], "aes");
    assert_eq!(
        said["path"],
        format!("exports/{case}/{case}.access.draft.zip")
    );
    let next = |house: &House| {
        let cases = house.run(&["case", "list", "--format", "json"]).json();
        let case = &cases["cases"][0];
        (case["waits_for"].clone(), case["next"].clone())
    };
    let (waits, command) = next(&house);
    assert_eq!(waits, "identity");
    assert_eq!(command, format!("dsr export --case {case} --reviewed"));
    let reviewed = ["--case", &case, "--reviewed"];
    export(&house, &reviewed).expect(4);
    // Nobody asked for anything to be erased.
    let apply = house.run(&[
        "apply",
        &case,
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "2",
    ]);
    apply.expect(2);
    assert!(apply.err.contains("E809"), "{}", apply.err);

    // What was asked in a wrong way is not noted either.
    assert_eq!(next(&house).0, "identity");

    // What is written to a system after the draft is not in the final: nobody has looked at it.
    house.sql(
        "books.db",
        "INSERT INTO debtors VALUES (72, '4711', 'Later Addition')",
    );
    let last = export(&house, &[&reviewed[..], &["--identity", "letter"]].concat());
    last.expect(0);
    let said = last.json();
    assert_eq!(
        (&said["draft"], &said["records"]),
        (&false.into(), &2.into())
    );
    assert_eq!(next(&house).0, "nothing");

    let path = package(&house, &last);
    let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    // A second one never takes the place of the first.
    let again = export(&house, &reviewed);
    again.expect(0);
    assert!(
        again.json()["path"]
            .as_str()
            .unwrap()
            .ends_with(".access-2.zip")
    );
    assert_ne!(again.json()["passphrase"], said["passphrase"]);
    let left = fs_err::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 3, "nothing unfinished is left");

    if !has("7zz") {
        return;
    }
    let passphrase = said["passphrase"].as_str().unwrap();
    let content = unpack(&path, passphrase).expect("7-Zip opens it");
    assert!(content.contains("Anna Zwetschgenbaum") && !content.contains("Berta Holler"));
    assert!(!content.contains("Later Addition"));
    assert!(!content.contains("DRAFT"), "{content}");
    assert!(unpack(&path, "7K2M-9QXT-7K2M-9QXT-7K2M-9QXT").is_none());
    assert!(unpack(&path, &passphrase.replace('-', "")).is_none());
    let draft_words = draft.json()["passphrase"].as_str().unwrap().to_owned();
    let content = unpack(&package(&house, &draft), &draft_words).unwrap();
    assert!(content.contains("DRAFT"));
}

#[test]
fn an_age_file_opens_with_the_key_and_with_no_other() {
    if !has("age") || !has("age-keygen") || !has("7zz") {
        return;
    }
    let house = house();
    let key = |name: &str| {
        let file = house.root.path().join(name);
        assert!(runs(Command::new("age-keygen").arg("-o").arg(&file)));
        let text = fs_err::read_to_string(&file).unwrap();
        let public = text
            .lines()
            .find_map(|line| line.strip_prefix("# public key: "));
        (file.clone(), public.unwrap().to_owned())
    };
    let ((anna, public), (other, _)) = (key("anna.key"), key("other.key"));
    // No passphrase is made, so nobody has to be at the terminal.
    let ran = house.run(&[&["export"], &ANNA[..], &["--recipient", &public]].concat());
    ran.expect(0);
    let list = house.run(&["export", "--list", "--format", "json"]).json();
    let path = house.path(list["packages"][0]["path"].as_str().unwrap());
    assert!(path.to_string_lossy().ends_with(".zip.age"));
    let zip = house.root.path().join("opened.zip");
    let open = |key: &Path| {
        let mut age = Command::new("age");
        age.arg("-d").arg("-i").arg(key).arg("-o").arg(&zip);
        runs(age.arg(&path))
    };
    assert!(!open(&other));
    assert!(open(&anna));
    assert!(unpack(&zip, "").unwrap().contains("Anna Zwetschgenbaum"));

    // The same from a file of public keys.
    house.write("keys.txt", format!("# Anna\n{public}\n"));
    let file = house.path("keys.txt");
    let more = ["--recipient-file", file.to_str().unwrap()];
    let ran = export(&house, &[&ANNA[..], &more].concat());
    ran.expect(0);
    assert_eq!(ran.json()["recipients"][0], public);
    assert_eq!(ran.json()["passphrase"], Value::Null);
}

#[test]
fn what_waits_for_a_word_stays_out_until_it_is_given() {
    let house = doubting();
    let draft = export(&house, &[&ANNA[..], &["--folder"]].concat());
    draft.expect(4);
    let said = draft.json();
    assert_eq!(said["waiting"][0]["key"], "70");
    assert_eq!(
        (&said["records"], &said["encrypted"]),
        (&1.into(), &"none".into())
    );
    assert!(draft.err.contains("NOT be encrypted"), "{}", draft.err);
    let content = read_all(&package(&house, &draft));
    assert!(!content.contains("debtors/70") && content.contains("Anna Zwetschgenbaum"));
    let case = case_of(&draft);
    // What was not looked at cannot slip in with the final.
    let accept = ["--accept", "books.debtors:70"];
    export(
        &house,
        &[&["--case", &case, "--reviewed"], &accept[..]].concat(),
    )
    .expect(2);
    let final_one = export(&house, &["--case", &case, "--reviewed"]);
    final_one.expect(4);
    assert_eq!(final_one.json()["records"], 1);
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    assert_eq!(cases["cases"][0]["waits_for"], "acceptance");
    let accepted = export(&house, &[&["--case", &case], &accept[..]].concat());
    accepted.expect(0);
    assert_eq!(accepted.json()["records"], 2);
}

#[test]
fn a_system_that_was_not_searched_is_named_and_changes_the_code() {
    let house = house();
    fs_err::remove_file(house.path("books.db")).unwrap();
    let draft = export(&house, &ANNA);
    draft.expect(3);
    assert_eq!(draft.json()["not_searched"][0]["system"], "books");
    assert!(draft.err.contains("NOT SEARCHED: books"), "{}", draft.err);
    let case = case_of(&draft);
    let reviewed = ["--case", &case, "--reviewed", "--identity", "letter"];
    let last = export(&house, &reviewed);
    last.expect(3);
    assert_eq!(last.json()["complete"], false);
    let cases = house.run(&["case", "list", "--format", "json"]).json();
    assert_eq!(cases["cases"][0]["waits_for"], "again");
    assert_eq!(
        cases["cases"][0]["next"],
        format!("dsr export --case {case}")
    );
}

#[test]
fn nothing_is_written_over_and_nothing_is_written_when_something_is_wrong() {
    let house = house();
    house.write("there.zip", "mine");
    std::os::unix::fs::symlink(house.path("nowhere.zip"), house.path("link.zip")).unwrap();
    let refused = |more: &[&str], code: &str, exit: i32| {
        let ran = export(&house, &[&ANNA[..], more].concat());
        ran.expect(exit);
        assert_eq!(ran.json()["errors"][0]["code"], code, "{more:?}");
    };
    let (there, link) = (house.path("there.zip"), house.path("link.zip"));
    refused(&["--to", there.to_str().unwrap()], "E803", 2);
    refused(&["--to", link.to_str().unwrap()], "E803", 2);
    refused(&["--recipient", "age1nobody"], "E806", 2);
    refused(&["--recipient-file", "/nowhere/keys.txt"], "E807", 2);
    refused(&["--expires", "soon"], "E808", 2);
    refused(&["--reviewed", "--system", "shop"], "E801", 2);
    let no_eyes = house.run(&[&["export"], &ANNA[..]].concat());
    no_eyes.expect(4);
    assert!(no_eyes.err.contains("E804"), "{}", no_eyes.err);
    let cases = house
        .run(&["case", "list", "--all", "--format", "json"])
        .json();
    assert_eq!(cases["cases"].as_array().unwrap().len(), 0);
    assert_eq!(house.read("there.zip"), "mine");
    assert!(!house.path("nowhere.zip").exists() && !house.path("exports").join("x").exists());
    // Nothing was looked at yet.
    let early = [&ANNA[..], &["--reviewed", "--identity", "letter"]].concat();
    refused(&early[2..], "E800", 4);
    // A folder takes it under its own name, a new path is taken as it is.
    let elsewhere = house.root.path().join("out");
    fs_err::create_dir(&elsewhere).unwrap();
    let ran = export(
        &house,
        &[&ANNA[..], &["--to", elsewhere.to_str().unwrap()]].concat(),
    );
    ran.expect(0);
    assert!(ran.err.contains("outside the workspace"), "{}", ran.err);
    assert!(package(&house, &ran).starts_with(fs_err::canonicalize(&elsewhere).unwrap()));
}

#[test]
fn a_package_ends_on_its_day_and_nothing_else_does() {
    let house = house();
    let today = ["--expires", "P0D"];
    let draft = export(&house, &[&ANNA[..], &today].concat());
    draft.expect(0);
    let case = case_of(&draft);
    let first = package(&house, &draft);
    // Somebody's own file beside it, a package that was changed, and one that lies elsewhere.
    let own = first.with_file_name("notes.txt");
    fs_err::write(&own, "mine").unwrap();
    let out = house.root.path().join("away.zip");
    let more = ["--case", &case, "--to", out.to_str().unwrap()];
    export(&house, &[&more[..], &today].concat()).expect(0);
    assert!(!first.exists(), "the run after it deletes it");
    let changed = export(&house, &[&["--case", &case], &today[..]].concat());
    changed.expect(0);
    let changed = package(&house, &changed);
    fs_err::write(&changed, "worked on").unwrap();
    house
        .run(&["find", "--email", "berta@example.org"])
        .expect(0);
    assert!(own.exists() && out.exists() && changed.exists());

    let list = house.run(&["export", "--list", "--format", "json"]);
    list.expect(0);
    let states: Vec<Value> = list.json()["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| package["state"].clone())
        .collect();
    assert_eq!(states, ["deleted", "overdue", "overdue"]);
    // What nobody can look at any more is not made final.
    let draft = export(&house, &[&["--case", &case], &today[..]].concat());
    draft.expect(0);
    export(
        &house,
        &["--case", &case, "--reviewed", "--identity", "letter"],
    )
    .expect(4);
    let show = house.run(&["case", "show", &case]);
    assert!(show.out.contains("reached its day"), "{}", show.out);
    // What a killed run left of a package goes with the next one.
    let left = own.with_file_name(".dsr-package-left");
    fs_err::create_dir_all(left.join("data")).unwrap();
    fs_err::write(left.join("data/x.csv"), "x").unwrap();
    export(&house, &["--case", &case]).expect(0);
    assert!(!left.exists() && own.exists());
    house.run(&["audit", "log", "--verify"]).expect(0);
}

#[test]
fn a_person_who_waits_for_their_data_is_not_erased_first() {
    let house = house();
    let draft = export(&house, &[&ANNA[..], &["--identity", "letter"]].concat());
    let case = case_of(draft.expect(0));
    let erase = ["erase", "--case", &case, "--yes", "--expect", "2"];
    let refused = house.run(&erase);
    refused.expect(4);
    assert!(refused.err.contains("E805"), "{}", refused.err);
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        "3"
    );
    house
        .run(&["apply", &case, "--yes", "--expect", "2"])
        .expect(4);
    export(&house, &["--case", &case, "--reviewed"]).expect(0);
    house.run(&erase).expect(0);
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        "2"
    );

    // The evidence says that there was a package, and nothing of what was in it.
    let bundled = house.bundled();
    let cover = bundled
        .iter()
        .find(|(name, _)| name.ends_with("COVER.html"));
    let cover = String::from_utf8_lossy(&cover.expect("a cover sheet").1).into_owned();
    assert!(cover.contains("Packages made for the person"), "{cover}");
    let list = house.run(&["export", "--list", "--format", "json"]).json();
    assert!(cover.contains(list["packages"][1]["package"].as_str().unwrap()));
    for (name, bytes) in &bundled {
        assert_eq!(
            leaks(bytes, &["Zwetschgenbaum", "anna@example.org"]),
            [""; 0],
            "{name}"
        );
    }
    let bundle = house.bundle().unwrap();
    house
        .run(&["evidence", "verify", bundle.to_str().unwrap()])
        .expect(0);
}

#[test]
fn the_person_can_insist_on_erasure() {
    let house = house();
    let draft = export(&house, &[&ANNA[..], &["--identity", "letter"]].concat());
    let case = case_of(draft.expect(0));
    let erase = ["erase", "--case", &case, "--yes", "--expect", "2"];
    house
        .run(&[&erase[..], &["--despite-access"]].concat())
        .expect(0);
}

#[test]
fn ledger_and_log_hold_nothing_of_it() {
    let house = house();
    let secret_path = house.root.path().join("zwetschgenbaum.zip");
    let ran = house.run(&[
        "-vvv",
        "export",
        "--format",
        "json",
        "--email",
        "anna@example.org",
        "--to",
        secret_path.to_str().unwrap(),
    ]);
    ran.expect(0);
    let passphrase = ran.json()["passphrase"].as_str().unwrap().to_owned();
    let planted = [
        "anna@example.org",
        "Anna Zwetschgenbaum",
        passphrase.as_str(),
    ];
    assert_eq!(leaks(ran.err.as_bytes(), &planted), [""; 0]);
    let planted = [&planted[..], &["zwetschgenbaum.zip"]].concat();
    for file in house.files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("ledger.db") || name.starts_with("vault.db") || name.ends_with(".lock")
        {
            assert_eq!(
                leaks(&fs_err::read(&file).unwrap(), &planted),
                [""; 0],
                "{name}"
            );
        }
    }
}

/// Anna with so many events; every tenth event is Berta's.
fn events(rows: u32) -> House {
    let systems = "
  shop:
    engine: sqlite
    settings: { path: events.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
      events:
        table: events
        key: id
        find: [{ by: email, column: email }, { under: people, column: person }]
        fields: { email: { category: contact.email, identity: email }, what: content.note }
        cap: 2000000
      marks:
        table: marks
        key: id
        find: [{ under: events, column: event }]
        fields: { what: content.note }
";
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: assumed }
limits: { records: 2000000 }
systems:";
    let house = House::with(&format!("{head}{systems}"), &[]);
    house.sql(
        "events.db",
        &format!(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT);
             CREATE TABLE events (id INTEGER PRIMARY KEY, email TEXT, person INTEGER, what TEXT);
             CREATE TABLE marks (id INTEGER PRIMARY KEY, event INTEGER, what TEXT);
             CREATE INDEX e1 ON events (lower(email)); CREATE INDEX e2 ON events (person);
             INSERT INTO people VALUES (1, 'anna@example.org'), (2, 'berta@example.org');
             INSERT INTO marks VALUES (1, 1, 'star');
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO events SELECT i, CASE i % 10 WHEN 0 THEN 'berta@example.org' WHEN 1 THEN NULL ELSE 'anna@example.org' END,
               CASE i % 10 WHEN 0 THEN 2 ELSE 1 END, 'event ' || i || ' with some words that fill a line' FROM n",
        ),
    );
    house
}

/// Runs and watches how much memory the program holds at most, in KiB.
fn watched(house: &House, args: &[&str]) -> (Ran, u64) {
    let mut command = house.command();
    command.args(args);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs_err::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
        peak = peak.max(held.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    (ran, peak)
}

#[test]
fn fifty_thousand_records_flow_through() {
    let house = events(50_000);
    let args = [
        "export",
        "--format",
        "json",
        "--email",
        "anna@example.org",
        "--folder",
    ];
    let (few, base) = watched(&events(500), &args);
    few.expect(0);
    let (ran, peak) = watched(&house, &args);
    // What hangs below each of so many cannot be looked for, and that is said.
    ran.expect(3);
    let said = ran.json();
    let of = |name: &str| {
        let objects = said["objects"].as_array().unwrap().iter();
        objects
            .clone()
            .find(|object| object["object"] == name)
            .unwrap()
            .clone()
    };
    // By her address and by her number, each once.
    assert_eq!(of("events")["records"], 45_000);
    assert_eq!(of("marks")["error"]["code"], "E571");
    let content = read_all(&package(&house, &ran));
    let path = package(&house, &ran);
    assert_eq!(
        content.matches("event 3 with").count(),
        content.matches("event 4 with").count()
    );
    assert!(!content.contains("event 10 with"), "Berta's");
    assert!(content.contains("event 49999 with") && content.contains("event 11 with"));
    // The program's own pages grow with the program; what a hundred times as many records add must not.
    assert!(
        base > 0 && peak < base + 16 * 1024,
        "{base} KiB, then {peak} KiB"
    );
    // The vault holds what leads to them and not the records.
    let vault = fs_err::metadata(house.path(".dsr/vault.db")).unwrap().len();
    assert!(vault < 1_000_000, "{vault} bytes");
    fs_err::remove_dir_all(path).unwrap();

    // The final asks for them again; what was changed in between is left out and said.
    house.sql(
        "events.db",
        "UPDATE events SET email = NULL, person = 2 WHERE id = 2",
    );
    let case = said["case"].as_str().unwrap();
    let last = export(&house, &["--case", case, "--reviewed", "--folder"]);
    last.expect(3);
    let events = last.json()["objects"].clone();
    let events = events
        .as_array()
        .unwrap()
        .iter()
        .find(|o| o["object"] == "events")
        .unwrap()
        .clone();
    assert_eq!(events["records"], 44_999);
}

#[test]
fn too_many_records_wait_for_a_person() {
    let house = events(6_000);
    let inventory = house
        .read("dsr.yaml")
        .replace("records: 2000000", "records: 5500");
    house.write("dsr.yaml", inventory);
    export(&house, &[&ANNA[..], &["--folder"]].concat()).expect(3);
    let inventory = house
        .read("dsr.yaml")
        .replace("records: 5500", "records: 5300");
    house.write("dsr.yaml", inventory);
    let ran = export(&house, &[&ANNA[..], &["--folder"]].concat());
    ran.expect(4);
    assert_eq!(ran.json()["errors"][0]["code"], "E841");
    // `cap` holds as elsewhere: the object is left alone.
    let inventory = house.read("dsr.yaml").replace("cap: 2000000", "cap: 5200");
    house.write("dsr.yaml", inventory);
    let ran = export(&house, &[&ANNA[..], &["--folder"]].concat());
    ran.expect(3);
    let objects = ran.json()["objects"].clone();
    let events = objects
        .as_array()
        .unwrap()
        .iter()
        .find(|o| o["object"] == "events")
        .unwrap()
        .clone();
    assert_eq!(
        (&events["error"]["code"], &events["records"]),
        (&"E320".into(), &0.into())
    );
}

#[test]
fn many_records_that_wait_stay_out_and_are_counted() {
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
identities: { customer_no: { like: \"^[0-9A-Z-]{1,20}$\" } }
limits: { records: 100000 }
systems:";
    let systems = SYSTEMS.replace(
        "name: person.name }\n",
        "name: person.name }\n        cap: 100000\n",
    );
    let house = House::with(&format!("{head}{systems}"), &[]);
    fill(&house);
    house.sql(
        "books.db",
        "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 6999)
         INSERT INTO debtors SELECT i, '4711', 'Booking ' || i FROM n",
    );
    let draft = export(&house, &[&ANNA[..], &["--folder"]].concat());
    draft.expect(4);
    let books = |ran: &Ran| {
        let objects = ran.json()["objects"].clone();
        let objects = objects.as_array().unwrap().iter();
        objects
            .clone()
            .find(|object| object["object"] == "debtors")
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&books(&draft)["records"], &books(&draft)["waiting"]),
        (&0.into(), &6001.into())
    );
    assert!(
        draft.err.contains("books.debtors, records: 6001"),
        "{}",
        draft.err
    );
    assert!(!read_all(&package(&house, &draft)).contains("Booking"));
    // One of them cannot be accepted for all.
    let case = case_of(&draft);
    let one = [
        "--case",
        &case,
        "--folder",
        "--accept",
        "books.debtors:1000",
    ];
    export(&house, &one).expect(4);
    // The number itself, stated, leads to them.
    let number = ["--id", "customer_no=4711", "--same-person"];
    let stated = [&["--case", &case, "--folder"], &number[..]].concat();
    let draft = export(&house, &stated);
    draft.expect(0);
    assert_eq!(
        (&books(&draft)["records"], &books(&draft)["waiting"]),
        (&6001.into(), &0.into())
    );
    assert!(!read_all(&package(&house, &draft)).contains("Berta Holler"));
}

/// Visits over HTTP, in pages that overlap, some of them somebody else's.
#[test]
fn pages_that_overlap_bring_no_record_twice() {
    let server = Server::start(|request| {
        let page: u64 = request
            .query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        let items: Vec<Value> = (0..1000)
            .map(|n| (page - 1) * 950 + n)
            .filter(|id| *id < 6_000)
            .map(|id| {
                let email = if id % 100 == 0 {
                    "berta@example.org"
                } else {
                    "Anna@example.org"
                };
                json!({ "id": id, "email": email, "page": format!("visit-{id}-end") })
            })
            .collect();
        Reply::json(json!({ "items": items }))
    });
    let connector = "dsr: 1
connector: visits
version: 1.0.0
settings: { url: { type: url } }
api:
  url: \"{{ settings.url }}\"
  auth: none
  records: \"$.items[*]\"
  page: { number: query.page, start: 1, size: query.per_page, of: 1000 }
objects:
  visits:
    find: [{ by: email, get: /visits, query: { email: \"{{ value }}\" } }]
    fields:
      email: { category: contact.email, identity: email }
      page: content.note
    cap: 100000
    remove: { delete: \"/visits/{{ record.id }}\" }
    erase: remove
";
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
limits: { records: 100000 }
systems:";
    let system = format!(
        "\n  web:\n    connector: visits@1\n    settings: {{ url: \"{}\" }}\n",
        server.url
    );
    let house = House::bare();
    house.write("dsr.yaml", format!("{head} {{}}\n"));
    house.run(&["init", "--yes"]).expect(0);
    house.write("connectors/visits.yml", connector);
    house
        .run(&["trust", "--yes", "connectors/visits.yml"])
        .expect(0);
    house.write("dsr.yaml", format!("{head}{system}"));
    let draft = export(&house, &[&ANNA[..], &["--folder"]].concat());
    draft.expect(0);
    assert_eq!(draft.json()["records"], 5_940, "{}", draft.out);
    let content = read_all(&package(&house, &draft));
    assert!(content.contains("visit-4999-end") && content.contains("visit-5999-end"));
    assert!(!content.contains("visit-100-end") && !content.contains("berta"));
}

/// One broken object of a system does not make another one whole again.
#[test]
fn each_object_that_breaks_off_is_named() {
    let object = |name: &str| {
        format!(
            "      {name}:
        table: {name}
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }}, number: {{ category: account.id, identity: customer_no }} }}
        cap: 10000
"
        )
    };
    let (visits, clicks) = (object("visits"), object("clicks"));
    let system = format!(
        "
  shop:
    engine: sqlite
    settings: {{ path: shop.db }}
    objects:
{visits}{clicks}"
    );
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: assumed }
identities: { customer_no: { like: \"^[0-9]{1,9}$\" } }
limits: { records: 100000 }
systems:";
    let house = House::with(&format!("{head}{system}"), &[]);
    for table in ["visits", "clicks"] {
        house.sql(
            "shop.db",
            &format!(
                "CREATE TABLE {table} (id INTEGER PRIMARY KEY, email TEXT, number TEXT);
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
                 INSERT INTO {table} SELECT i, 'anna@example.org', NULL FROM n"
            ),
        );
    }
    let draft = export(&house, &[&ANNA[..], &["--folder"]].concat());
    draft.expect(0);
    let case = case_of(&draft);
    // A record of each says something else about itself meanwhile.
    house.sql(
        "shop.db",
        "UPDATE visits SET number = '1' WHERE id = 1; UPDATE clicks SET number = '2' WHERE id = 1",
    );
    let last = export(&house, &["--case", &case, "--reviewed", "--folder"]);
    last.expect(3);
    let page = package(&house, &last).join("overview.html");
    let page = fs_err::read_to_string(page).unwrap();
    let gaps = &page[page.find("id=\"gaps\"").unwrap()..];
    let gaps = &gaps[..gaps.find("</aside>").unwrap()];
    assert!(gaps.contains("visits") && gaps.contains("clicks"), "{gaps}");
}

/// The same over a line: rows come in batches, and none is held.
#[test]
fn rows_of_a_server_flow_through() {
    let Some(database) = postgres::database(
        "CREATE TABLE events (id int PRIMARY KEY, email text, what text, place text DEFAULT 'a place');
         CREATE INDEX ON events (lower(email));
         INSERT INTO events SELECT i, CASE WHEN i % 10 = 0 THEN 'berta@example.org' ELSE 'anna@example.org' END, 'event ' || i || ' end'
           FROM generate_series(1, 30000) i;",
    ) else {
        return;
    };
    let system = "
  shop:
    engine: postgres
    settings: { url: { secret: \"env:SHOP_URL\" } }
    objects:
      events:
        table: public.events
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, what: content.note }
        cap: 100000
";
    let head = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
limits: { records: 100000 }
systems:";
    let mut house = House::with(&format!("{head}{system}"), &[]);
    house.env("SHOP_URL", &database.url);
    let draft = export(&house, &[&ANNA[..], &["--folder"]].concat());
    draft.expect(0);
    assert_eq!(draft.json()["records"], 27_000);
    let content = read_all(&package(&house, &draft));
    assert!(content.contains("event 29999 end") && !content.contains("event 10 end"));
    // What the inventory does not list is named once for all of them, and not read.
    let manifest = fs_err::read(package(&house, &draft).join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(
        manifest["objects"][0]["unread_columns"],
        json!([{"name": "place", "records": 27_000}])
    );
    assert!(!content.contains("a place"));
    let evidence = house.run(&["evidence", "make", &case_of(&draft)]);
    evidence.expect(0);
    let bundle = house.bundle().unwrap();
    house
        .run(&["evidence", "verify", bundle.to_str().unwrap()])
        .expect(0);
}

#[test]
fn a_system_that_its_owner_has_searched_is_no_gap_of_the_package() {
    let systems = format!(
        "{SYSTEMS}  paper:
    engine: manual
    owner: office
    manual: {{ find: \"Search the paper files.\", erase: \"Destroy the file.\", days: 14 }}
"
    );
    let house = House::new(&systems, &[]);
    fill(&house);
    let said = |ran: &Ran| read_all(&package(&house, ran));
    let first = export(&house, &[&ANNA[..], &["--folder"]].concat());
    let case = case_of(&first);
    assert!(said(&first).contains("searched by a person"), "{first:?}");
    assert!(first.err.contains("paper"), "{first:?}");
    let done = ["task", "done", &case, "T1", "--found", "0"];
    house.run(&done).expect(0);
    let again = export(&house, &["--case", &case, "--folder"]);
    assert!(!said(&again).contains("searched by a person"), "{again:?}");
    assert!(!again.err.contains("by hand"), "{again:?}");
    // The final that is made of a draft from before the word is no other.
    let last = export(
        &house,
        &[
            "--case",
            &case,
            "--folder",
            "--reviewed",
            "--identity",
            "letter",
        ],
    );
    assert!(!said(&last).contains("searched by a person"), "{last:?}");
}
