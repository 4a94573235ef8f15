//! What a person is handed may hold nobody else: neighbours with planted values, records that change their owner while a request is
//! under way, many people at once; each package is compared with what the systems hold.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use support::house::{House, Ran};
use support::http::{Reply, Server};

/// What stands in the neighbour's records, and in nobody else's.
const CANARY: &str = "canary-of-the-neighbour";

const HEAD: &str = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: assumed }
limits: { records: 100000 }
identities: { customer_no: { like: \"^[0-9A-Z-]{1,20}$\", trusted_from: [shop.people] } }
systems:
";

/// People with what hangs below each, and what only the number of each leads to.
const SHOP: &str = "  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }, { by: name, columns: [name] }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no }
          name: person.name
      events:
        table: events
        key: id
        find: [{ under: people, column: person }]
        fields: { what: content.note }
        cap: 100000
      visits:
        table: visits
        key: id
        find: [{ by: customer_no, column: number }]
        fields: { number: { category: account.id, identity: customer_no }, what: content.note }
        cap: 100000
";

fn house() -> House {
    let house = House::with(&format!("{HEAD}{SHOP}"), &[]);
    house.sql(
        "shop.db",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT);
         CREATE TABLE events (id INTEGER PRIMARY KEY, person INTEGER, what TEXT);
         CREATE TABLE visits (id INTEGER PRIMARY KEY, number TEXT, what TEXT);
         INSERT INTO people VALUES (1, 'anna@example.org', '4711', 'Anna Muster'), (2, 'berta@example.org', '4712', 'Berta Holler');
         INSERT INTO events VALUES (1, 1, 'first'); INSERT INTO visits VALUES (1, '4711', 'first')",
    );
    house
}

/// So many events that they flow from the system into the package and lie nowhere in between.
fn many(house: &House, table: &str, owner: &str) {
    house.sql(
        "shop.db",
        &format!(
            "DELETE FROM {table};
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
             INSERT INTO {table} SELECT i, {owner}, 'done ' || i FROM n"
        ),
    );
}

fn export(house: &House, more: &[&str]) -> Ran {
    house.run(&[&["export", "--format", "json", "--folder"], more].concat())
}

fn case_of(ran: &Ran) -> String {
    ran.json()["case"].as_str().unwrap().to_owned()
}

fn content(house: &House, ran: &Ran) -> String {
    read_all(&house.path(ran.json()["path"].as_str().unwrap()))
}

/// Everything below a folder, as one text.
fn read_all(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs_err::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        text += &match path.is_dir() {
            true => read_all(&path),
            false => String::from_utf8_lossy(&fs_err::read(&path).unwrap()).into_owned(),
        };
    }
    text
}

/// No package anywhere in the workspace holds the neighbour.
#[track_caller]
fn no_package_holds_the_neighbour(house: &House) {
    for file in house.files() {
        let name = file.display().to_string();
        if name.contains("/exports/") {
            let text = String::from_utf8_lossy(&fs_err::read(&file).unwrap()).into_owned();
            assert!(!text.contains(CANARY), "{name}");
        }
    }
}

#[test]
fn a_key_that_was_given_to_somebody_else_leads_to_nobody() {
    for (table, owner) in [("events", "1"), ("visits", "'4711'")] {
        let house = house();
        many(&house, table, owner);
        let draft = export(&house, &["--email", "anna@example.org"]);
        draft.expect(0);
        let case = case_of(&draft);
        // Nothing changed: the final holds all of it.
        let last = export(&house, &["--case", &case, "--reviewed"]);
        last.expect(0);
        assert_eq!(last.json()["records"], draft.json()["records"]);
        // Anna closes her account; the next customer gets its number and its row, as many databases do.
        house.sql(
            "shop.db",
            &format!(
                "UPDATE people SET email = 'next@example.org', name = '{CANARY}' WHERE id = 1;
                 UPDATE {table} SET what = '{CANARY} ' || id"
            ),
        );
        let last = export(&house, &["--case", &case, "--reviewed"]);
        no_package_holds_the_neighbour(&house);
        last.expect(4);
        assert_eq!(last.json()["errors"][0]["code"], "E802", "{table}");
    }
}

#[test]
fn a_draft_answers_for_the_person_that_was_known_then() {
    let house = house();
    let draft = export(&house, &["--email", "anna@example.org"]);
    let case = case_of(draft.expect(0));
    house.sql(
        "shop.db",
        "INSERT INTO people VALUES (3, 'anna.2@example.org', NULL, 'Anna Muster')",
    );
    // Another address of hers was never searched for: the final would leave its records out without a word, so the draft counts no more.
    let last = export(
        &house,
        &[
            "--case",
            &case,
            "--reviewed",
            "--email",
            "anna.2@example.org",
            "--same-person",
            "--identity",
            "letter",
        ],
    );
    if last.code == 2 {
        // Said of the command line itself.
        let last = export(
            &house,
            &[
                "--email",
                "anna@example.org",
                "--email",
                "anna.2@example.org",
                "--same-person",
                "--identity",
                "letter",
                "--reviewed",
            ],
        );
        last.expect(4);
        assert_eq!(last.json()["errors"][0]["code"], "E800");
    } else {
        last.expect(4);
        assert_eq!(last.json()["errors"][0]["code"], "E800");
    }
    let draft = export(&house, &["--case", &case]);
    draft.expect(0);
    let last = export(&house, &["--case", &case, "--reviewed"]);
    assert!(content(&house, last.expect(0)).contains("anna.2@example.org"));
}

/// Killed between the findings and the event that speaks of the package: nobody looked at those findings.
#[test]
fn findings_that_nobody_was_told_of_are_not_handed_over() {
    let mut house = house();
    let who = ["--email", "anna@example.org"];
    let draft = export(&house, &who);
    let case = case_of(draft.expect(0));
    house.sql(
        "shop.db",
        &format!("UPDATE people SET name = '{CANARY}' WHERE id = 1"),
    );
    // A run of a draft writes that it searched, and then that there is a package.
    house.env("DSR_TEST_KILL_BEFORE", "2");
    export(&house, &["--case", &case]).expect(-1);
    house.without("DSR_TEST_KILL_BEFORE");
    let last = export(&house, &["--case", &case, "--reviewed"]);
    last.expect(4);
    assert_eq!(last.json()["errors"][0]["code"], "E800", "{}", last.out);
    export(&house, &["--case", &case]).expect(0);
    export(&house, &["--case", &case, "--reviewed"]).expect(0);
}

#[test]
fn a_picked_record_that_is_somebody_elses_by_now_does_not_open_the_case_of_the_first() {
    let house = house();
    let list = |name: &str| house.run(&["find", "--name", name, "--format", "json"]);
    list("Anna Muster").expect(4);
    let pick = ["--pick", "shop.people:1"];
    let draft = export(&house, &pick);
    let case = case_of(draft.expect(0));
    assert!(content(&house, &draft).contains("anna@example.org"));
    // The same again is the same case.
    assert_eq!(case_of(export(&house, &pick).expect(0)), case);
    // Anna is gone, and another Anna has the row.
    house.sql(
        "shop.db",
        "UPDATE people SET email = 'other@example.org', number = '9000' WHERE id = 1",
    );
    list("Anna Muster").expect(4);
    let other = export(&house, &pick);
    other.expect(2);
    assert_eq!(other.json()["errors"][0]["code"], "E917", "{}", other.out);
    // Whoever knows that it is Anna's case says so.
    export(&house, &[&["--case", &case], &pick[..]].concat()).expect(0);
}

#[test]
fn an_order_of_two_people_is_shown_to_whoever_looks_through_the_draft() {
    let house = House::with(
        &format!(
            "{HEAD}  shop:
    engine: sqlite
    settings: {{ path: shop.db }}
    objects:
      orders:
        table: orders
        key: id
        find: [{{ by: email, columns: [buyer, recipient] }}]
        fields:
          buyer: {{ category: contact.email, identity: email }}
          recipient: {{ category: contact.email, identity: email }}
          note: content.note
      people:
        table: people
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }}, name: person.name }}
"
        ),
        &[],
    );
    house.sql(
        "shop.db",
        &format!("CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer TEXT, recipient TEXT, note TEXT);
         CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
         INSERT INTO orders VALUES (1, 'anna@example.org', 'anna@example.org', 'plain'),
           (2, 'anna@example.org', 'berta@example.org', 'a present'),
           (3, 'berta@example.org', 'berta@example.org', '{CANARY}'),
           (4, 'anna@example.org', NULL, 'please ask berta@example.org');
         INSERT INTO people VALUES (1, 'anna@example.org', 'Anna'), (2, 'berta@example.org', '{CANARY}')"),
    );
    let draft = export(&house, &["--email", "anna@example.org"]);
    draft.expect(4);
    no_package_holds_the_neighbour(&house);
    let path = house.path(draft.json()["path"].as_str().unwrap());
    let review = fs_err::read_to_string(path.join("REVIEW.txt")).unwrap();
    assert!(review.contains("recipient"), "{review}");
    let flagged: Vec<&str> = review
        .lines()
        .filter(|l| l.contains("shop.orders"))
        .collect();
    let of = |key: &str| flagged.iter().any(|line| line.contains(key));
    assert!(of("shop.orders:2") || of("2"), "{flagged:?}");
    // The other's address does not become her own by standing in an order.
    assert!(
        flagged.iter().any(|line| line.contains("note")),
        "{flagged:?}"
    );
    assert!(
        !flagged.iter().any(|line| line.contains("buyer")),
        "{flagged:?}"
    );
    // What else is said of her names her own address alone.
    let overview = fs_err::read_to_string(path.join("overview.html")).unwrap();
    assert!(overview.contains("anna@example.org"));
}

#[test]
fn both_of_two_packages_that_are_alike_end_on_their_day() {
    let house = house();
    let today = ["--expires", "P0D", "--email", "anna@example.org"];
    let first = export(&house, &today);
    first.expect(0);
    let path = house.path(first.json()["path"].as_str().unwrap());
    // Somebody made a copy beside it.
    let copy = path.with_file_name("a-copy");
    copy_folder(&path, &copy);
    house.run(&["export", "--list"]).expect(0);
    assert!(!path.exists() && !copy.exists());
}

fn copy_folder(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        match path.is_dir() {
            true => copy_folder(&path, &to.join(name)),
            false => drop(fs_err::copy(&path, to.join(name)).unwrap()),
        }
    }
}

const DESK: &str = "dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url } }
api:
  url: \"{{ settings.url }}\"
  auth: none
  records: \"$.items[*]\"
  page: none
  limits: { retries: 1 }
objects:
  tickets:
    find: [{ by: email, get: /tickets, query: { email: \"{{ value }}\" } }]
    read: { get: \"/tickets/{{ record.id }}\", records: $ }
    fields: { email: { category: contact.email, identity: email }, text: content.message }
    remove: { delete: \"/tickets/{{ record.id }}\" }
    erase: remove
";

/// How many people live in the landscape of the test below.
const PEOPLE: usize = 16;

fn address(no: usize) -> String {
    format!("person{no}@example.org")
}

/// Stands in every record of one person.
fn mark(no: usize) -> String {
    format!("mark-{no:02}-end")
}

/// A shop, a file and a desk that answers late, out of order, and with everybody's tickets whatever it is asked.
fn town() -> (House, Server) {
    let server = Server::start(|request| {
        let path = request.path().to_owned();
        let ticket = |no: usize, n: usize| json!({"id": format!("{no}-{n}"), "email": address(no), "text": format!("{} ticket {n}", mark(no))});
        let asked: usize = request
            .query("email")
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap_or(0);
        if let Some(id) = path.strip_prefix("/tickets/") {
            let (no, n) = id.split_once('-').unwrap();
            std::thread::sleep(Duration::from_millis(n.parse::<u64>().unwrap() * 7));
            return Reply::json(ticket(no.parse().unwrap(), n.parse().unwrap()));
        }
        std::thread::sleep(Duration::from_millis((asked as u64 * 37) % 90));
        let all: Vec<Value> = (0..PEOPLE)
            .flat_map(|no| (0..2).map(move |n| (no, n)))
            .map(|(no, n)| ticket(no, n))
            .collect();
        Reply::json(json!({ "items": all }))
    });
    let systems = format!(
        "{HEAD}{SHOP}  letters:
    engine: csv
    settings: {{ path: letters.csv }}
    objects:
      readers:
        find: [{{ by: email, column: mail }}]
        fields: {{ mail: {{ category: contact.email, identity: email }}, name: person.name }}
  desk:
    connector: desk@1
    settings: {{ url: \"{}\" }}
",
        server.url
    );
    let house = House::with(&systems, &[("desk", DESK)]);
    house.sql(
        "shop.db",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT);
         CREATE TABLE events (id INTEGER PRIMARY KEY, person INTEGER, what TEXT);
         CREATE TABLE visits (id INTEGER PRIMARY KEY, number TEXT, what TEXT)",
    );
    let mut letters = "mail,name\n".to_owned();
    for no in 0..PEOPLE {
        let (mail, mark) = (address(no), mark(no));
        house.sql(
            "shop.db",
            &format!(
                "INSERT INTO people VALUES ({0}, '{mail}', 'K-{no}', '{mark}');
                 INSERT INTO events VALUES ({0}, {0}, '{mark} event'), ({0} + 100, {0}, '{mark} event');
                 INSERT INTO visits VALUES ({0}, 'K-{no}', '{mark} visit')",
                no + 1
            ),
        );
        letters += &format!("{},{mark}\n", mail.to_uppercase());
    }
    house.write("letters.csv", letters);
    (house, server)
}

/// Whose marks stand in a text, and how often.
fn marks(text: &str) -> BTreeMap<usize, usize> {
    (0..PEOPLE)
        .map(|no| (no, text.matches(&mark(no)).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn many_packages_at_once_hold_one_person_each() {
    let (house, _server) = town();
    let ran: Vec<(usize, Ran)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..PEOPLE)
            .map(|no| {
                let house = &house;
                scope.spawn(move || {
                    let who = address(no);
                    (no, export(house, &["--email", &who]))
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut cases = BTreeSet::new();
    for (no, ran) in &ran {
        ran.expect(0);
        // One in the shop, two events, a visit, a letter, two tickets.
        assert_eq!(ran.json()["records"], 7, "{no}");
        assert!(cases.insert(case_of(ran)), "a case of their own");
        let found = marks(&content(&house, ran));
        assert_eq!(
            found.keys().copied().collect::<Vec<_>>(),
            [*no],
            "{found:?}"
        );
    }
    // The finals, in another order, also at once.
    std::thread::scope(|scope| {
        for (no, draft) in ran.iter().rev() {
            let house = &house;
            scope.spawn(move || {
                let last = export(house, &["--case", &case_of(draft), "--reviewed"]);
                last.expect(0);
                let found = marks(&content(house, &last));
                assert_eq!(found.keys().copied().collect::<Vec<_>>(), [*no]);
            });
        }
    });
    // The same people in one command.
    let mut file = "reference,email\n".to_owned();
    for no in (0..PEOPLE).rev() {
        file += &format!("R-{no},{}\n", address(no));
    }
    house.write("people.csv", file);
    let path = house.path("people.csv").display().to_string();
    let found = house.run(&["find", "--subjects", &path, "--format", "json"]);
    found.expect(0);
    for person in found.json()["people"].as_array().unwrap() {
        let no: usize = person["reference"].as_str().unwrap()[2..].parse().unwrap();
        let text = person["result"].to_string();
        assert!(text.contains(&address(no)));
        for other in (0..PEOPLE).filter(|other| *other != no) {
            let quoted = format!("\"{}\"", address(other));
            assert!(!text.contains(&quoted), "{other} in the answer of {no}");
            assert!(
                !text.contains(&mark(other)),
                "{other} in the answer of {no}"
            );
        }
    }
}

fn program(house: &House, script: &str) -> PathBuf {
    let path = house.root.path().join("run.sh");
    fs_err::write(&path, script).unwrap();
    path
}

#[test]
fn whatever_the_umask_a_package_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = house();
    let script = program(&house, "umask 000\nexec \"$@\"\n");
    for seal in [&["--folder"][..], &[]] {
        let mut command = std::process::Command::new("/bin/sh");
        let inner = house.command();
        command.env_clear();
        for (name, value) in inner.get_envs() {
            command.env(name, value.unwrap());
        }
        command.arg(&script).arg(inner.get_program());
        command.args(inner.get_args());
        command.args(["export", "--format", "json", "--email", "anna@example.org"]);
        command.args(seal);
        support::house::finish(command, "").expect(0);
    }
    let mut seen = 0;
    for path in house.files() {
        let name = path.display().to_string();
        if name.contains("/exports/") || name.contains("/.dsr/") {
            let mode = fs_err::metadata(&path).unwrap().permissions().mode() & 0o077;
            assert_eq!(mode, 0, "{name}");
            seen += 1;
        }
        if let Some((_, inside)) = name.split_once("/exports/") {
            let mut folder = path.parent().unwrap();
            for _ in inside.matches('/') {
                let mode = fs_err::metadata(folder).unwrap().permissions().mode() & 0o077;
                assert_eq!(mode, 0, "{}", folder.display());
                folder = folder.parent().unwrap();
            }
        }
    }
    assert!(seen > 8, "{seen}");
}

/// Killed while it writes a folder: what is left in clear goes with the next run, wherever it lies.
#[test]
fn a_killed_run_leaves_nothing_in_clear_behind() {
    let house = house();
    many(&house, "events", "1");
    let out = house.root.path().join("elsewhere");
    fs_err::create_dir_all(&out).unwrap();
    let partial = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                name.starts_with(".dsr-package-")
            })
            .collect()
    };
    // Somebody else's, which only looks like one.
    let other = out.join(".dsr-package-other");
    fs_err::create_dir_all(&other).unwrap();
    let mut killed = false;
    for _ in 0..20 {
        let mut command = house.command();
        command.args(["export", "--format", "json", "--folder", "--to"]);
        command.arg(&out).args(["--email", "anna@example.org"]);
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        for _ in 0..2000 {
            if partial(&out).len() > 1 || child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if partial(&out).len() > 1 {
            killed = true;
            break;
        }
    }
    assert!(killed, "no run was met while it was writing");
    let to = out.to_str().unwrap();
    export(&house, &["--email", "anna@example.org", "--to", to]).expect(0);
    assert_eq!(partial(&out), [other], "only the stranger's is left");
}
