//! Values planted in every personal field of every engine must lie nowhere afterwards but where they came from.
//!
//! The only places that may show them are, on purpose: the standard output of `find` and `plan` (identities, record keys, names), and
//! of `erase` and `apply` (record keys, names); and the table on standard error that `erase` asks about. With `-q` that table is
//! left out, so standard error then holds logs and errors alone and must be clean.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "support/postgres.rs"]
mod postgres;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use support::house::{House, Ran, leaks};
use support::http::{Reply, Server};

const EMAIL: &str = "qzx7canary@example.org";
const PHONE: &str = "+493098761234";
const PHONE_WRITTEN: &str = "030 / 9876-1234";
const NAME: &str = "Quintessa Zarnowski";
const NUMBER: &str = "KX-77Q1Z9";
const HTTP_KEY: &str = "rec-zq81-canary";
const SQL_KEY: &str = "row-qw55-canary";
const NOTE: &str = "likes blue unicorns q9";
const REASON: &str = "because of the unicorns q9";
const STRANGER: &str = "wvv3stranger@example.org";

const PLANTED: [&str; 10] = [
    EMAIL,
    PHONE,
    PHONE_WRITTEN,
    NAME,
    NUMBER,
    HTTP_KEY,
    SQL_KEY,
    NOTE,
    REASON,
    STRANGER,
];

const SECRET: &str = "s3cret/+&=Hq7-canary";
const PASSWORD: &str = "pw-canary-81kkq";

const CRM: &str = r#"
dsr: 1
connector: crm
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: none
  limits: { retries: 1, timeout: 1s }
objects:
  guests:
    find:
      - { by: email, get: /guests, query: { email: "{{ value }}" } }
      - { by: phone, get: /guests, query: { phone: "{{ value }}" } }
    read: { get: "/guests/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      number: { category: account.id, identity: customer_no }
      phone: { category: contact.phone, identity: phone }
      name: person.name
      note: content.note
    remove: { delete: "/guests/{{ record.id }}" }
    erase: remove
"#;

const SHOP: &str = "
    CREATE TABLE customers(id TEXT PRIMARY KEY, email TEXT, phone TEXT, number TEXT, name TEXT, note TEXT);
    CREATE TABLE tickets(id TEXT PRIMARY KEY, email TEXT, note TEXT);
    CREATE TRIGGER keep BEFORE DELETE ON tickets WHEN (SELECT on_ FROM switch)
      BEGIN SELECT RAISE(ABORT, 'ticket of qzx7canary@example.org: likes blue unicorns q9'); END;
    CREATE TABLE switch(on_); INSERT INTO switch VALUES (1);";

fn systems(server: &str) -> String {
    let people = "
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, note: content.note }
        erase: remove";
    let crm = |name: &str, path: &str, secret: &str| {
        format!(
            "  {name}:
    connector: crm@1
    timeouts: {{ connect: 1s, request: 1s }}
    settings: {{ url: \"{server}/{path}\", key: {{ secret: \"env:{secret}\" }} }}\n"
        )
    };
    let csv = |name: &str, extra: &str| {
        format!("  {name}:
    engine: csv
    settings: {{ path: {name}.csv{extra} }}
    objects:
      readers:
        find: [{{ by: email, column: Mail }}]
        fields: {{ Mail: {{ category: contact.email, identity: email }}, Name: person.name, Note: content.note }}
        erase: remove\n")
    };
    format!("  shop:
    engine: sqlite
    settings: {{ path: shop.db }}
    objects:
      customers:
        table: customers
        key: id
        find: [{{ by: email, column: email }}, {{ by: phone, column: phone }}, {{ by: customer_no, column: number }}]
        fields:
          email: {{ category: contact.email, identity: email }}
          phone: {{ category: contact.phone, identity: phone }}
          number: {{ category: account.id, identity: customer_no }}
          name: person.name
          note: content.note
        erase: remove
      tickets:
        table: tickets{people}
      ghosts:
        table: ghosts{people}
  archive:
    engine: manual
    owner: office
    manual: {{ find: Look into the binders., erase: Destroy the sheet., days: 14 }}
{}{}{}{}{}{}{}{}",
        crm("crm", "crm", "CRM_KEY"),
        crm("failing", "failing", "CRM_KEY"),
        crm("page", "page", "CRM_KEY"),
        crm("moved", "moved", "CRM_KEY"),
        crm("keyless", "keyless", "NOT_SET"),
        csv("newsletter", ""),
        csv("broken", ""),
        csv("headless", ""),
    )
}

/// A house full of planted values and failures; the switch lets the CRM delete.
fn planted() -> (House, Server, Arc<AtomicBool>) {
    let heals = Arc::new(AtomicBool::new(false));
    let healed = Arc::clone(&heals);
    let gone = AtomicBool::new(false);
    let server = Server::start(move |request| {
        let record = json!({"id": HTTP_KEY, "email": EMAIL, "phone": PHONE_WRITTEN, "number": NUMBER, "name": NAME, "note": NOTE});
        let stranger = json!({"id": "9", "email": STRANGER, "name": "S"});
        let speaks = format!("{EMAIL} {NAME} {NOTE} {HTTP_KEY}");
        let (case, path) = request.path()[1..].split_once('/').unwrap_or_default();
        match (case, path, request.method.as_str()) {
            ("failing", ..) => Reply::html(&speaks)
                .with_status(500)
                .header("X-Error", &speaks),
            ("page", ..) => Reply::html(&speaks),
            ("moved", ..) => Reply::to(302, format!("http://127.0.0.1:1/login?for={EMAIL}")),
            (_, "guests", "GET") if gone.load(Ordering::SeqCst) => {
                Reply::json(json!({"items": [stranger]}))
            }
            (_, "guests", "GET") => Reply::json(json!({"items": [record, stranger]})),
            (_, _, "GET") if gone.load(Ordering::SeqCst) => Reply::status(404),
            (_, _, "GET") => Reply::json(record),
            (_, _, "DELETE") if healed.load(Ordering::SeqCst) => {
                gone.store(true, Ordering::SeqCst);
                Reply::status(204)
            }
            _ => Reply::json(json!({"error": speaks})).with_status(500),
        }
    });
    let inventory = format!("{}systems:\n{}", support::house::HEAD, systems(&server.url));
    let mut house = House::with(&inventory, &[("crm", CRM)]);
    house
        .env("CRM_KEY", SECRET)
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1");
    house.sql("shop.db", SHOP);
    house.sql("shop.db", &format!(
        "INSERT INTO customers VALUES ('{SQL_KEY}', '{EMAIL}', '{PHONE_WRITTEN}', '{NUMBER}', '{NAME}', '{NOTE}');
         INSERT INTO customers VALUES ('other', '{STRANGER}', NULL, NULL, 'S', NULL);
         INSERT INTO tickets VALUES ('{SQL_KEY}', '{EMAIL}', '{NOTE}')"
    ));
    house.write(
        "newsletter.csv",
        format!("Mail,Name,Note\n{STRANGER},S,\n{EMAIL},{NAME},{NOTE}\n"),
    );
    house.write(
        "broken.csv",
        format!("Mail,Name,Note\n{EMAIL},\"{NAME},{NOTE}\n{EMAIL},x\n"),
    );
    house.write("headless.csv", format!("{EMAIL};{NAME};{NOTE}\n"));
    (house, server, heals)
}

/// Data on standard output without what it shows on purpose.
fn without_what_is_shown(mut data: Value) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|name, _| !["key", "value", "label"].contains(&name.as_str()));
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut data);
    data.to_string()
}

/// Everything in and beside the workspace, but the sources themselves.
#[track_caller]
fn search_the_house(house: &House, sources: &[&str], planted: &[&str]) {
    let mut searched = 0;
    for path in house.files() {
        let name = path
            .strip_prefix(house.root.path())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let found = leaks(name.as_bytes(), planted);
        assert!(found.is_empty(), "in the file name {name}: {found:?}");
        if sources
            .iter()
            .any(|source| name.starts_with(&format!("acme/{source}")))
        {
            continue;
        }
        let found = leaks(&fs_err::read(&path).unwrap(), planted);
        assert!(found.is_empty(), "in {name}: {found:?}");
        searched += 1;
    }
    assert!(searched >= 6, "ledger, vault, lock, keys, heads, bundle");
    let bundled = house.bundled();
    assert!(bundled.len() > 10);
    for (name, bytes) in bundled {
        let found = leaks(&bytes, planted);
        assert!(found.is_empty(), "in the evidence, {name}: {found:?}");
        assert!(leaks(name.as_bytes(), planted).is_empty(), "{name}");
    }
}

#[track_caller]
fn clean(what: &str, text: &str) {
    let found = leaks(text.as_bytes(), &PLANTED);
    assert!(found.is_empty(), "{what}: {found:?}\n{text}");
    no_secret(what, text);
}

#[track_caller]
fn no_secret(what: &str, text: &str) {
    let found = leaks(text.as_bytes(), &[SECRET, PASSWORD]);
    assert!(found.is_empty(), "{what}: {found:?}\n{text}");
}

const SOURCES: [&str; 5] = [
    "shop.db",
    "newsletter.csv",
    "broken.csv",
    "headless.csv",
    "dsr.yaml",
];

#[test]
fn a_person_leaves_no_trace_in_ledger_logs_evidence_and_errors() {
    let (house, _server, heals) = planted();
    let subject = json!({"email": EMAIL, "phone": PHONE_WRITTEN}).to_string();
    let loud = |args: &[&str]| -> Ran {
        let mut all = args.to_vec();
        all.extend(["-q", "-vvv"]);
        let ran = house.run_with(&all, &subject);
        clean(&format!("standard error of {args:?}"), &ran.err);
        no_secret(&format!("standard output of {args:?}"), &ran.out);
        ran
    };
    let data = |ran: &Ran| clean("data", &without_what_is_shown(ran.json()));

    let find = loud(&[
        "find",
        "--subject",
        "-",
        "--format",
        "json",
        "--reason",
        REASON,
    ]);
    find.expect(3);
    data(&find);
    // The forms of a log: nothing else stands in them.
    for form in ["json", "journal"] {
        let logged = loud(&["find", "--subject", "-", "--log", form, "--reason", REASON]);
        logged.expect(3);
        assert!(logged.err.lines().count() > 6, "{}", logged.err);
        for line in logged.err.lines() {
            let is_json =
                serde_json::from_str::<Value>(line).is_ok_and(|one| one["level"].is_string());
            let is_journal = line.starts_with('<') && line.get(2..3) == Some(">");
            assert!(if form == "json" { is_json } else { is_journal }, "{line}");
        }
    }
    for (system, code) in [
        ("failing", "E505"),
        ("page", "E318"),
        ("moved", "E131"),
        ("keyless", "E531"),
        ("broken", "E524"),
        ("headless", "E523"),
    ] {
        assert!(
            find.system(system).to_string().contains(code),
            "{:#}",
            find.system(system)
        );
    }
    assert!(
        find.out.contains(EMAIL) && find.out.contains(HTTP_KEY),
        "shown on purpose, so the search is awake"
    );
    loud(&["find", "--subject", "-", "--lang", "de"]).expect(3);
    loud(&["check"]);
    let plan = loud(&["plan", "--subject", "-", "--format", "json"]);
    plan.expect(3);
    let case = plan.json()["case"].as_str().unwrap().to_owned();
    loud(&["plan", "--subject", "-", "--lang", "de"]).expect(3);
    loud(&["erase", "--subject", "-", "--yes", "--expect", "99"]).expect(3);
    let writes = plan.json()["writes"].to_string();
    let erase = loud(&[
        "erase",
        "--subject",
        "-",
        "--yes",
        "--expect",
        &writes,
        "--format",
        "json",
    ]);
    data(&erase);
    let outcomes = erase.outcomes();
    assert!(
        outcomes.contains(&"crm.guests failed".to_owned())
            || outcomes.contains(&"crm.guests unknown".to_owned()),
        "{outcomes:?}"
    );
    assert!(
        outcomes.contains(&"shop.tickets blocked".to_owned()),
        "{outcomes:?}"
    );
    search_the_house(&house, &SOURCES, &PLANTED);

    heals.store(true, Ordering::SeqCst);
    house.sql("shop.db", "UPDATE switch SET on_ = 0");
    for _ in 0..2 {
        data(&loud(&[
            "apply", &case, "--yes", "--expect", "1", "--format", "json",
        ]));
    }
    loud(&["evidence", "make", &case]);
    for args in [
        &["case", "show", &case][..],
        &["case", "list"],
        &["audit", "log"],
        &["audit", "log", "--format", "json"],
        &["case", "show", &case, "--format", "json"],
    ] {
        let ran = loud(args);
        clean(&format!("{args:?}"), &ran.out);
    }
    let bundle = house.bundle().expect("a bundle");
    let verified = loud(&["evidence", "verify", &bundle.to_string_lossy()]);
    clean("verification", &verified.expect(0).out);
    search_the_house(&house, &SOURCES, &PLANTED);
    search_the_house(&house, &["none"], &[SECRET, PASSWORD]);
    // The erased rows are gone from the files themselves.
    assert!(
        leaks(
            &fs_err::read(house.path("newsletter.csv")).unwrap(),
            &[EMAIL, NAME, NOTE]
        )
        .is_empty()
    );
}

#[test]
fn a_wrong_command_line_or_file_is_not_repeated() {
    let (house, _server, _) = planted();
    house.write("subject.yaml", format!("email: [{EMAIL}\n  phone: {PHONE}"));
    house.write("subject2.yaml", format!("- {EMAIL}\n- {NAME}\n"));
    house.write("subject3.yaml", format!("email: {{ a: {EMAIL} }}\n"));
    house.write(
        "subject4.yaml",
        format!("email: \"{NAME}\"\nphone: {NOTE}\n"),
    );
    house.write("subject5.yaml", format!("email: {EMAIL}\nemail: {EMAIL}\n"));
    let at = |name: &str| house.path(name).to_string_lossy().into_owned();
    for args in [
        vec!["find".to_owned(), "--email".into(), NAME.into()],
        vec!["find".into(), "--id".into(), NOTE.into()],
        vec!["find".into(), "--id".into(), format!("customer_no={NOTE}")],
        vec!["find".into(), EMAIL.into()],
        vec!["find".into(), format!("--emial={EMAIL}")],
        vec![EMAIL.into()],
        vec![
            "erase".into(),
            "--email".into(),
            EMAIL.into(),
            "--received".into(),
            NOTE.into(),
        ],
        vec![
            "erase".into(),
            "--email".into(),
            EMAIL.into(),
            "--channel".into(),
            NOTE.into(),
        ],
        vec![
            "erase".into(),
            "--email".into(),
            EMAIL.into(),
            "--accept".into(),
            NAME.into(),
        ],
        vec![
            "erase".into(),
            "--email".into(),
            EMAIL.into(),
            "--accept".into(),
            format!("shop.customers:{SQL_KEY}-x"),
        ],
        vec![
            "erase".into(),
            "--email".into(),
            EMAIL.into(),
            "--identity".into(),
            NOTE.into(),
        ],
        vec!["apply".into(), EMAIL.into()],
        vec!["find".into(), "--case".into(), EMAIL.into()],
        vec!["find".into(), "--subject".into(), at("subject.yaml")],
        vec!["find".into(), "--subject".into(), at("subject2.yaml")],
        vec!["find".into(), "--subject".into(), at("subject3.yaml")],
        vec!["find".into(), "--subject".into(), at("subject4.yaml")],
        vec!["find".into(), "--subject".into(), at("subject5.yaml")],
    ] {
        for format in ["table", "json"] {
            let mut all: Vec<&str> = args.iter().map(String::as_str).collect();
            all.extend(["-vvv", "--format", format]);
            let ran = house.run(&all);
            assert!(!ran.err.contains("panicked"), "{ran:?}");
            // What only a search can tell has a case open by then, which waits for a person.
            let searched = args.iter().any(|arg| arg.starts_with("shop.customers:"));
            let code = if searched { 4 } else { 2 };
            assert_eq!(ran.code, code, "{args:?}: {ran:?}");
            clean(&format!("{args:?}"), &ran.all());
            assert!(ran.err.contains("help"), "no remedy: {ran:?}");
        }
    }
}

#[test]
fn what_postgres_says_of_rows_is_never_repeated() {
    let Some(database) = postgres::database(&format!("
        CREATE TABLE customers(id text PRIMARY KEY, email text UNIQUE, phone text, number text, name text CHECK (name <> ''), note text);
        INSERT INTO customers VALUES ('{SQL_KEY}', '{EMAIL}', '{PHONE_WRITTEN}', '{NUMBER}', '{NAME}', '{NOTE}');
        CREATE TABLE tickets(id text PRIMARY KEY, email text, note text);
        INSERT INTO tickets VALUES ('{SQL_KEY}', '{EMAIL}', '{NOTE}');
        CREATE TABLE bills(id text PRIMARY KEY, email text, customer text REFERENCES customers);
        INSERT INTO bills VALUES ('{SQL_KEY}', '{STRANGER}', '{SQL_KEY}');
        CREATE FUNCTION speak() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'no: % %', OLD.email, OLD.note USING DETAIL = OLD::text, HINT = OLD.note; END $$;
        CREATE TRIGGER speak BEFORE DELETE ON tickets FOR EACH ROW EXECUTE FUNCTION speak();
    ")) else {
        return;
    };
    let object = |name: &str| {
        format!(
            "      {name}:
        table: {name}
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }}, note: content.note }}
        erase: remove\n"
        )
    };
    let mut house = House::new(
        &format!(
            "  shop:
    engine: postgres
    settings: {{ url: {{ secret: \"env:SHOP_URL\" }} }}
    objects:\n{}{}
  locked_out:
    engine: postgres
    settings: {{ url: {{ secret: \"env:WRONG_URL\" }} }}
    objects:\n{}",
            object("customers"),
            object("tickets"),
            object("customers")
        ),
        &[],
    );
    let mut wrong = url::Url::parse(&database.url).unwrap();
    wrong.set_password(Some(PASSWORD)).unwrap();
    house
        .env("SHOP_URL", &database.url)
        .env("WRONG_URL", wrong.as_str())
        .env("RUST_LOG", "trace");
    let subject = json!({"email": EMAIL}).to_string();
    let right = url::Url::parse(&database.url)
        .unwrap()
        .password()
        .unwrap()
        .to_owned();
    let loud = |args: &[&str]| {
        let mut all = args.to_vec();
        all.extend(["-q", "-vvv", "--format", "json"]);
        let ran = house.run_with(&all, &subject);
        clean(&format!("{args:?}"), &ran.err);
        clean(&format!("{args:?}"), &without_what_is_shown(ran.json()));
        assert!(
            leaks(ran.all().as_bytes(), &[&right, PASSWORD]).is_empty(),
            "{ran:?}"
        );
        ran
    };
    loud(&["find", "--subject", "-"]).expect(3);
    let erase = loud(&["erase", "--subject", "-", "--yes", "--expect", "2"]);
    erase.expect(3);
    assert_eq!(
        erase.outcomes(),
        ["shop.customers blocked", "shop.tickets blocked"]
    );
    search_the_house(&house, &["dsr.yaml"], &PLANTED);
    search_the_house(&house, &["none"], &[&right, PASSWORD]);
}

#[test]
fn the_search_sees_every_spelling() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    for before in ["", "x", "xy", "xyz"] {
        let hidden = engine.encode(format!("{before}{EMAIL} and more"));
        assert!(leaks(hidden.as_bytes(), &[EMAIL]).len() == 1, "{hidden}");
    }
    let upper = EMAIL.to_uppercase();
    let hex: String = EMAIL.bytes().map(|byte| format!("{byte:02X}")).collect();
    let wide: Vec<u8> = EMAIL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for hidden in [
        upper.as_bytes(),
        hex.as_bytes(),
        &wide,
        b"for=qzx7canary%40example.org",
        b"qzx7canary%40example%2Eorg",
    ] {
        assert!(
            leaks(hidden, &[EMAIL]).len() == 1,
            "{}",
            String::from_utf8_lossy(hidden)
        );
    }
    assert!(leaks(b"qzx8canary@example.org", &[EMAIL]).is_empty());
}

/// Every verb beside `erase`: what they show on standard output on purpose is the person's own data; nothing else may show any.
#[test]
fn no_verb_leaves_a_trace_of_whom_it_worked_for() {
    let (house, _server, heals) = planted();
    let by_name = house.read("dsr.yaml").replace(
        "{ by: customer_no, column: number }]",
        "{ by: customer_no, column: number }, { by: name, columns: [name] }]",
    );
    assert!(by_name.contains("by: name"));
    house.write("dsr.yaml", by_name);
    house.sql("shop.db", "UPDATE switch SET on_ = 0");
    heals.store(true, Ordering::SeqCst);
    let subject = json!({"email": EMAIL, "phone": PHONE_WRITTEN}).to_string();
    let loud_with = |args: &[&str], input: &str| -> Ran {
        let mut all = args.to_vec();
        all.extend(["-q", "-vvv"]);
        let ran = house.run_with(&all, input);
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        clean(&format!("standard error of {args:?}"), &ran.err);
        no_secret(&format!("standard output of {args:?}"), &ran.out);
        ran
    };
    let loud = |args: &[&str]| loud_with(args, &subject);
    let silent = |args: &[&str]| {
        let ran = loud(args);
        clean(&format!("standard output of {args:?}"), &ran.out);
        ran
    };

    // Packages.
    let export = |more: &[&str]| -> Ran {
        let all = [&["export", "--subject", "-", "--format", "json"], more].concat();
        let ran = loud(&all);
        clean("export", &without_what_is_shown(ran.json()));
        ran
    };
    let draft = export(&[]);
    draft.expect(3);
    let case = draft.json()["case"].as_str().unwrap().to_owned();
    let words = draft.json()["passphrase"].as_str().unwrap().to_owned();
    export(&["--portable"]).expect(3);
    export(&["--reviewed"]).expect(3);
    silent(&["export", "--list"]).expect(0);
    silent(&["export", "--list", "--format", "json"]).expect(0);
    silent(&["export", "--folder", "--case", EMAIL]).expect(2);
    silent(&["export", "--subject", "-", "--expires", NOTE]).expect(2);
    silent(&["export", "--subject", "-", "--recipient", NOTE]).expect(2);
    for file in house.files() {
        let found = leaks(&fs_err::read(&file).unwrap(), &[&words]);
        assert!(
            found.is_empty(),
            "the passphrase lies in {}",
            file.display()
        );
    }

    // People of a name.
    let query = ["find", "--name", NAME, "--reason", REASON];
    let listed = loud(&[&query[..], &["--format", "json"]].concat());
    listed.expect(4);
    assert!(
        listed.out.contains(SQL_KEY),
        "the search is awake: {listed:?}"
    );
    loud(&query);
    loud(&[&query[..], &["--lang", "de", "--format", "csv"]].concat());
    silent(&["find", "--name", NAME, "--born", NOTE]).expect(2);
    silent(&["find", "--name", NAME, "--postcode", "***"]).expect(2);
    let pick = format!("shop.customers:{SQL_KEY}");
    loud(&[
        "find", "--pick", &pick, "--format", "json", "--reason", REASON,
    ]);
    silent(&["find", "--pick", &format!("{pick}-x"), "--reason", "x"]).expect(2);
    silent(&["find", "--pick", &format!("{NOTE}:{NAME}"), "--reason", "x"]).expect(2);

    // Notes and tasks.
    house.write("letter-of-quintessa.txt", format!("{NAME} {NOTE}"));
    let letter = house.path("letter-of-quintessa.txt").display().to_string();
    silent(&["note", &case, &format!("{NAME}: {NOTE}")]).expect(0);
    let note = loud(&["note", &case, "--list", "--format", "json"]);
    assert!(note.expect(0).out.contains(NOTE));
    silent(&["note", EMAIL, "x"]).expect(2);
    silent(&["task", "list"]).expect(0);
    silent(&["task", "list", "--format", "json"]).expect(0);
    silent(&["task", "list", "--owner", EMAIL]);
    silent(&["task", "done", &case, EMAIL]).expect(2);
    silent(&["task", "done", &case, "T1", "--found", NOTE]).expect(2);
    let done = ["task", "done", &case, "T1", "--found", "1", "--note", NOTE];
    silent(&[&done[..], &["--proof", &letter]].concat()).expect(0);
    silent(&["task", "remind"]);

    // Holds.
    let words = format!("{NAME}: {NOTE}");
    let why = ["--ground", "art17_3_e", "--reason", &words];
    silent(&[&["hold", "add", "--subject", "-"], &why[..]].concat()).expect(3);
    silent(&[&["hold", "add", "--object", EMAIL], &why[..]].concat()).expect(2);
    silent(&[&["hold", "add", "--data-type", NOTE], &why[..]].concat()).expect(2);
    silent(&["hold", "list"]).expect(0);
    let list = silent(&["hold", "list", "--format", "json"])
        .expect(0)
        .json();
    let id = list["holds"][0]["hold"].as_str().unwrap().to_owned();
    let shown = loud(&["hold", "show", &id, "--format", "json"]);
    assert!(shown.expect(0).out.contains(NOTE));
    silent(&["hold", "show", EMAIL]).expect(2);
    silent(&["hold", "release", &id, "--reason", &words]).expect(0);
    silent(&["hold", "list", "--deferred", "--format", "json"]).expect(0);

    // The other rights.
    let rectify = |more: &[&str], input: &str| {
        let all = [&["rectify", "--case", &case, "--format", "json"], more].concat();
        loud_with(&all, input)
    };
    rectify(&[], "");
    loud(&["rectify", "--case", &case]);
    loud(&[
        "rectify", "--case", &case, "--lang", "de", "--format", "csv",
    ]);
    let right = json!({"content.note": "likes green unicorns q9"}).to_string();
    rectify(&["--set-from", "-", "--plan"], &right);
    let wrong = rectify(
        &["--set", &format!("shop.customers.{NOTE}={NAME}"), "--plan"],
        "",
    );
    clean("a wrong --set", &wrong.out);
    let wrong = rectify(&["--set-from", "-"], &format!("{{\"{EMAIL}\": [1, {{"));
    clean("a wrong --set-from", &wrong.out);
    let was = [
        "--set",
        "person.name=Nobody Else",
        "--was",
        &format!("person.name={NOTE}"),
        "--plan",
    ];
    rectify(&was, "");
    let changes = ["--set-from", "-", "--yes", "--expect", "99"];
    rectify(&changes, &right);
    for args in [
        &[
            "restrict",
            "--case",
            &case,
            "--because",
            "contested",
            "--plan",
        ][..],
        &["restrict", "--case", &case, "--because", NOTE],
        &[
            "optout",
            "--case",
            &case,
            "--because",
            "objection",
            "--plan",
        ],
        &["optout", "--case", &case, "--yes", "--expect", "0"],
    ] {
        let ran = loud(&[args, &["--format", "json"]].concat());
        clean(&format!("{args:?}"), &without_what_is_shown(ran.json()));
    }

    // Many people, and files of them that are wrong.
    house.write(
        "people.csv",
        format!("email,phone,reference\n{EMAIL},{PHONE},R-1\n"),
    );
    let people = house.path("people.csv").display().to_string();
    let many = ["find", "--subjects", &people, "--reason", REASON];
    let ran = loud(&[&many[..], &["--format", "json"]].concat());
    clean("many", &without_what_is_shown(ran.json()));
    silent(&many);
    for wrong in [
        format!("email\n{NAME}\n"),
        format!("email\n{EMAIL}\n{EMAIL}\n"),
        format!("email,phone\n{EMAIL},{NOTE}\n"),
        format!("email\n{EMAIL},{NAME},{NOTE}\n"),
        format!("[{{\"email\": \"{EMAIL}\", \"email\": \"{STRANGER}\"}}]"),
        format!("[{{\"email\": \"{EMAIL}\", \"{NOTE}\": "),
        format!("[{{\"email\": \"{EMAIL}\\ud83d\"}}]"),
        format!("[{{\"email\": {{\"{NAME}\": 1}}}}]"),
        format!("{{\"email\": \"{EMAIL}\"}}"),
        format!("email;received\n{EMAIL};{NOTE}\n"),
        format!("{EMAIL};{NAME};{NOTE}\n"),
        format!("[{{\"{EMAIL}\": \"{NAME}\"}}]"),
    ] {
        house.write("wrong.csv", &wrong);
        let path = house.path("wrong.csv").display().to_string();
        for format in ["table", "json"] {
            let ran = silent(&[
                "find",
                "--subjects",
                &path,
                "--reason",
                "x",
                "--format",
                format,
            ]);
            assert_eq!(ran.code, 2, "{wrong}: {ran:?}");
        }
    }

    // New values, days of notice and grounds in files that are wrong.
    let rectify = ["rectify", "--subjects"];
    let lift = ["restrict", "--lift", "--subjects"];
    for (verb, wrong) in [
        (
            &rectify[..],
            format!("email;contact.email\n{EMAIL};{NAME}\n"),
        ),
        (
            &rectify,
            format!("email;person.name;was:person.name\n{EMAIL};(empty);{NAME}\n"),
        ),
        (&rectify, format!("{EMAIL};{NAME} neu;{NOTE}\n")),
        (&rectify, format!("email;Name alt\n{EMAIL};{NAME}\n")),
        (
            &rectify,
            format!("[{{\"email\": \"{EMAIL}\", \"person.name\": [\"{NAME}\", \"{NOTE}\"]}}]"),
        ),
        (
            &lift,
            format!("email;told;Grund\n{EMAIL};{NOTE};Zarnowski\n"),
        ),
        (&lift, format!("email;told;Grund\n{EMAIL};{PHONE};{NAME}\n")),
    ] {
        house.write("wrong.csv", &wrong);
        let path = house.path("wrong.csv").display().to_string();
        for format in ["table", "json"] {
            let ran = silent(&[verb, &[&path, "--format", format]].concat());
            let said = format!("{}{}", ran.out, ran.err).to_lowercase();
            assert!(!said.contains("zarnowski"), "{wrong}: {ran:?}");
            assert_eq!(ran.code, 2, "{wrong}: {ran:?}");
        }
    }

    for wrong in [
        ["--map", &format!("{EMAIL}=email")],
        ["--map", &format!("email={NAME}")],
        ["--map", NOTE],
        ["--system", EMAIL],
        ["--system", NAME],
    ] {
        let all = [
            &["find", "--subjects", &people, "--reason", "x"],
            &wrong[..],
        ]
        .concat();
        silent(&all).expect(2);
    }

    // What speaks of nobody.
    for args in [
        &["check"][..],
        &["check", "--format", "json"],
        &["schema"],
        &["completions", "bash"],
        &["man"],
        &["login"],
        &["login", EMAIL],
        &["logout", EMAIL],
        &["case", "list", "--all"],
        &["case", "show", &case],
        &["audit", "log"],
        &["audit", "log", "--verify", "--format", "json"],
        &["evidence", "make", &case],
    ] {
        let ran = loud(args);
        if args[1..] != ["show", &case] {
            clean(&format!("{args:?}"), &ran.out);
        }
    }
    let erase = loud(&[
        "erase", "--case", &case, "--yes", "--expect", "99", "--format", "json",
    ]);
    clean("erase", &without_what_is_shown(erase.json()));
    let sources = [&SOURCES[..], &["people.csv", "wrong.csv", "letter-of-"]].concat();
    fs_err::remove_file(&letter).unwrap();
    search_the_house(&house, &sources, &PLANTED);
}
