//! Requests that a program signs: the worked example before a server that verifies every signature, and programs that die, dawdle,
//! babble or want more than a signature.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::house::House;
use super::support::http::{Received, Reply, Server};
use super::{bundled, erase, examples, executable, find, python, snapshot};

const KEY: &str = "k3y-of-the-w4rehouse";

type Stock = Arc<Mutex<BTreeMap<String, Value>>>;

fn stock() -> Stock {
    let all = [
        json!({ "id": "7", "email": "Ada@example.org", "name": "Ada" }),
        json!({ "id": "8", "email": "ada@example.org.uk", "name": "Ada" }),
    ];
    let all = all.map(|one| (one["id"].as_str().unwrap().to_owned(), one));
    Arc::new(Mutex::new(all.into_iter().collect()))
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    ring::hmac::sign(&key, text).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a request bears the signature that belongs to it, made within the last minute.
fn is_signed(asked: &Received) -> bool {
    let Some(date) = asked.header("x-date") else {
        return false;
    };
    let stamp = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).unwrap();
    let stamp = stamp.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let age = jiff::Timestamp::now().as_second() - stamp.as_second();
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    let mut query: Vec<&str> = query.split('&').collect();
    query.sort_unstable();
    let body = ring::digest::digest(&ring::digest::SHA256, &asked.body);
    let said = [
        &asked.method,
        path,
        &query.join("&"),
        date,
        &hex(body.as_ref()),
    ];
    let day = hmac(KEY.as_bytes(), &date.as_bytes()[..8]);
    let signature = hex(&hmac(&day, said.join("\n").as_bytes()));
    let wanted = format!("EXAMPLE-HMAC-SHA256 Credential=dsr-1, Signature={signature}");
    asked.header("authorization") == Some(wanted.as_str()) && (-5..60).contains(&age)
}

fn warehouse(stock: &Stock, asked: &Received) -> Reply {
    if !is_signed(asked) {
        return Reply::status(401);
    }
    let mut stock = stock.lock().unwrap();
    let id = asked.path().strip_prefix("/v1/customers/");
    match (asked.method.as_str(), id) {
        // As fuzzy as searches are: whatever contains the text.
        ("GET", None) if asked.path() == "/v1/customers" => {
            let wanted = asked.query("mail").unwrap().to_lowercase();
            let fits = |one: &&Value| {
                one["email"]
                    .as_str()
                    .unwrap()
                    .to_lowercase()
                    .contains(&wanted)
            };
            let found: Vec<&Value> = stock.values().filter(fits).collect();
            Reply::json(json!({ "items": found }))
        }
        ("GET", Some(id)) => stock
            .get(id)
            .map_or_else(|| Reply::status(404), |one| Reply::json(one.clone())),
        ("PATCH", Some(id)) => {
            for (name, value) in asked.json().as_object().unwrap() {
                stock.get_mut(id).unwrap()[name] = value.clone();
            }
            Reply::status(204)
        }
        ("DELETE", Some(id)) => match stock.remove(id) {
            Some(_) => Reply::status(204),
            None => Reply::status(404),
        },
        _ => Reply::status(404),
    }
}

const SYSTEM: &str = "  crm:
    connector: ./connectors/warehouse.yml
    settings: { url: \"URL\", key_id: dsr-1, key: { secret: \"env:WAREHOUSE_KEY\" } }
    timeouts: { request: 3s }
";

/// A workspace with the worked connector; nothing of it is trusted yet.
fn house(server: &Server) -> House {
    let mut house = House::bare();
    house.env("WAREHOUSE_KEY", KEY);
    for file in ["warehouse.yml", "hmac_sign.py", "dsr_plugin.py"] {
        house.write(&format!("connectors/{file}"), examples(file));
    }
    let head = super::support::house::HEAD;
    house.write(
        "dsr.yaml",
        format!("{head}systems:\n{}", SYSTEM.replace("URL", &server.url)),
    );
    house
}

/// The same with a signer in the shell in place of the worked one, trusted: it answers `hello` well, then does what the test says;
/// `$line` is the question, its id is 2.
fn shell(server: &Server, body: &str) -> House {
    let house = house(server);
    let hello =
        json!({ "id": 1, "done": { "name": "s", "version": "1", "protocol": 1, "signs": true } });
    house.write(
        "connectors/sign.sh",
        format!("#!/bin/sh\nPATH=/usr/bin:/bin; export PATH\nread -r line\nprintf '%s\\n' \"$line\" > hello.txt\nprintf '%s\\n' '{hello}'\nread -r line\n{body}\n"),
    );
    executable(&house.path("connectors/sign.sh"));
    let connector = house.read("connectors/warehouse.yml");
    let connector = connector
        .replace("[python3, hmac_sign.py]", "[./sign.sh]")
        .replace("      files: [dsr_plugin.py]\n", "")
        .replace("X-Date]", "X-Date]\n      query: [sig]");
    house.write("connectors/warehouse.yml", connector);
    allow(&house);
    house
}

fn allow(house: &House) {
    house.run(&["init", "--yes"]).expect(0);
    house
        .run(&["trust", "connectors/warehouse.yml", "--yes"])
        .expect(0);
}

#[test]
fn a_server_that_verifies_signatures_is_searched_changed_and_read_back() {
    if !python() {
        return;
    }
    let stock = stock();
    let shelf = Arc::clone(&stock);
    let server = Server::start(move |asked| warehouse(&shelf, asked));
    let house = house(&server);
    house.run(&["init", "--yes"]);
    let refused = find(&house);
    refused.expect(2);
    assert!(refused.err.contains("E626"), "{}", refused.all());
    let trusted = house.run(&["trust", "connectors/warehouse.yml", "--yes"]);
    snapshot(
        "trust_signing",
        &trusted.expect(0).err.replace(&server.url, "[url]"),
    );
    assert!(server.received().is_empty());

    let found = find(&house);
    found.expect(0);
    assert_eq!(
        found.records("crm"),
        ["customers:7 stated"],
        "{}",
        found.all()
    );
    let right = house.run(&[
        "rectify",
        "--email",
        "ada@example.org",
        "--set",
        "person.name=Ada \"Söhne\"",
        "--yes",
        "--expect",
        "1",
    ]);
    right.expect(0);
    assert_eq!(stock.lock().unwrap()["7"]["name"], "Ada \"Söhne\"");
    let checked = house.run(&["check"]);
    assert!(checked.all().contains("W264"), "{}", checked.all());

    let erased = erase(&house, 1);
    erased.expect(0);
    assert_eq!(
        erased.outcomes(),
        ["crm.customers removed"],
        "{}",
        erased.all()
    );
    assert_eq!(stock.lock().unwrap().keys().collect::<Vec<_>>(), ["8"]);
    let unsigned: Vec<String> = server
        .received()
        .iter()
        .filter(|asked| !is_signed(asked))
        .map(Received::line)
        .collect();
    assert!(unsigned.is_empty(), "{unsigned:?}");
    let last = server.received().pop().unwrap();
    let signature = last.header("authorization").unwrap().to_owned();
    let signature = signature.rsplit('=').next().unwrap();
    let text = bundled(&house, &["ada@example.org", KEY, signature]);
    assert!(
        text.contains("connectors/hmac_sign.py") && text.contains("W264"),
        "the evidence names who signed"
    );
}

#[test]
fn a_program_that_changed_since_it_was_allowed_signs_nothing() {
    let server = Server::start(|_| Reply::json(json!({ "items": [] })));
    let signs = r#"echo '{"id":2,"done":{"headers":{"X-Date":"now"}}}'; touch ran"#;
    let house = shell(&server, signs);
    find(&house).expect(0);
    fs_err::remove_file(house.path("connectors/ran")).unwrap();
    let arrived = server.received().len();
    let text = house.read("connectors/sign.sh") + "# more\n";
    house.write("connectors/sign.sh", text);
    let found = find(&house);
    found.expect(2);
    assert!(
        found.err.contains("E626") && found.err.contains("connectors/sign.sh"),
        "{}",
        found.all()
    );
    // A recording names its connector on the command line, and asks nobody to trust it.
    let recorded = house.run(&[
        "connector",
        "record",
        "--connector",
        "connectors/warehouse.yml",
        "--set",
        "key_id=dsr-1",
        "--set",
        "key=env:WAREHOUSE_KEY",
        "--set",
        &format!("url={}", server.url),
        "--subject",
        "ada@example.org",
        "--case",
        "a search",
    ]);
    recorded.expect(2);
    assert!(recorded.err.contains("E626"), "{}", recorded.all());
    assert_eq!(server.received().len(), arrived);
    assert!(!house.path("connectors/ran").exists());
    let again = house.run(&["trust", "connectors/sign.sh", "--yes"]);
    let words = again.expect(0).err.clone();
    assert!(
        words.contains("hands the program the secrets: key"),
        "{words}"
    );
    find(&house).expect(0);
}

#[test]
fn what_gives_no_signature_sends_no_request() {
    let server = Server::start(|_| Reply::json(json!({ "items": [] })));
    for (what, body, code) in [
        ("it dies", "kill -9 $$", "E589"),
        ("it is silent", "exit 0", "E589"),
        ("it dawdles", "sleep 60", "E582"),
        (
            "it works for ever",
            r#"while :; do echo '{"id":2,"progress":{}}'; sleep 0.2; done"#,
            "E582",
        ),
        ("garbage", "echo hello", "E582"),
        (
            "another question's answer",
            r#"echo '{"id":9,"done":{"headers":{"X-Date":"a"}}}'"#,
            "E582",
        ),
        ("nothing", r#"echo '{"id":2,"done":{}}'"#, "E582"),
        (
            "no texts",
            r#"echo '{"id":2,"done":{"headers":{"X-Date":7}}}'"#,
            "E582",
        ),
        (
            "another host",
            r#"echo '{"id":2,"done":{"url":"http://127.0.0.1:1/","headers":{"X-Date":"a"}}}'"#,
            "E582",
        ),
        (
            "another host by its header",
            r#"echo '{"id":2,"done":{"headers":{"Host":"evil.example.org"}}}'"#,
            "E582",
        ),
        (
            "another method",
            r#"echo '{"id":2,"done":{"method":{"a":"DELETE"}}}'"#,
            "E582",
        ),
        (
            "another method by its header",
            r#"echo '{"id":2,"done":{"headers":{"X-Http-Method-Override":"DELETE"}}}'"#,
            "E582",
        ),
        (
            "a header in its place",
            r#"echo '{"id":2,"done":{"headers":{"Accept":"text/html"}}}'"#,
            "E582",
        ),
        (
            "the same header twice",
            r#"echo '{"id":2,"done":{"headers":{"X-Date":"a","x-date":"b"}}}'"#,
            "E582",
        ),
        (
            "another header line",
            r#"echo '{"id":2,"done":{"headers":{"X-Date":"a\r\nHost: b"}}}'"#,
            "E582",
        ),
        (
            "a parameter in place",
            r#"echo '{"id":2,"done":{"query":{"mail":"%"}}}'"#,
            "E582",
        ),
        (
            "a request of its own",
            r#"echo '{"id":2,"http":{"n":1,"method":"GET","url":"URL/"}}'; read -r x"#,
            "E582",
        ),
        ("a record", r#"echo '{"id":2,"record":{"id":"7"}}'"#, "E582"),
        (
            "it cannot now",
            r#"echo '{"id":2,"error":{"is":"retry"}}'"#,
            "E583",
        ),
        (
            "it will not",
            r#"echo '{"id":2,"error":{"is":"failed","text":"ada@example.org"}}'"#,
            "E588",
        ),
    ] {
        let began = Instant::now();
        let house = shell(&server, &body.replace("URL", &server.url));
        assert_eq!(super::fault(&house), code, "{what}");
        assert!(began.elapsed() < Duration::from_secs(30), "{what}");
        assert!(server.received().is_empty(), "{what}: {:?}", server.lines());
    }
    // The same program, well behaved, with a parameter; it is handed what is listed and nothing else.
    let house = shell(
        &server,
        r#"printf '%s\n' "$line" > asked.txt; env > env.txt; echo '{"id":2,"done":{"headers":{"x-date":"a"},"query":{"sig":"b&c"}}}'"#,
    );
    assert_eq!(super::fault(&house), "found nothing");
    let asked = &server.received()[0];
    assert_eq!(
        (asked.header("x-date"), asked.query("sig").as_deref()),
        (Some("a"), Some("b&c"))
    );
    assert_eq!(asked.query("mail").as_deref(), Some("ada@example.org"));
    let hello: Value = serde_json::from_str(&house.read("connectors/hello.txt")).unwrap();
    assert_eq!(hello["settings"], json!({ "key_id": "dsr-1" }));
    assert_eq!(hello["secret_values"], json!({ "key": KEY }));
    let question: Value = serde_json::from_str(&house.read("connectors/asked.txt")).unwrap();
    assert_eq!(
        (&question["do"], &question["phase"]),
        (&json!("sign"), &json!("read"))
    );
    assert_eq!(question["request"]["method"], "GET");
    assert!(question["request"].get("body").is_none(), "{question}");
    assert!(!house.read("connectors/env.txt").contains("WAREHOUSE_KEY"));
}

#[test]
fn a_write_that_nobody_signs_does_not_happen() {
    let there = json!({ "id": "7", "email": "ada@example.org", "name": "Ada" });
    let reply = there.clone();
    let server = Server::start(move |asked| match asked.path() {
        "/v1/customers" => Reply::json(json!({ "items": [reply] })),
        _ => Reply::json(reply.clone()),
    });
    // It signs what reads, and dies when it is to sign a DELETE.
    let house = shell(
        &server,
        r#"while :; do
  id=$(printf '%s' "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  case "$line" in *'"method":"DELETE"'*) echo x >> asked.txt; exit 1 ;; esac
  printf '{"id":%s,"done":{"headers":{"X-Date":"a"}}}\n' "$id"
  read -r line || exit 0
done"#,
    );
    let erased = erase(&house, 1);
    erased.expect(3);
    assert_eq!(
        erased.outcomes(),
        ["crm.customers failed"],
        "{}",
        erased.all()
    );
    assert!(erased.all().contains("E589"), "{}", erased.all());
    assert_eq!(house.read("connectors/asked.txt").lines().count(), 1);
    assert_eq!(server.writes(), 0, "{:?}", server.lines());
}

#[test]
fn recorded_exchanges_need_no_signature_and_start_no_program() {
    let server = Server::start(|_| Reply::status(500));
    let house = shell(&server, "touch ran");
    fs_err::remove_file(house.path("dsr.lock")).unwrap();
    house.write(
        "connectors/tests/warehouse.test.yml",
        "dsr: 1
tests: warehouse
settings: { url: \"https://warehouse.example.com\", key_id: dsr-1, key: invented }
cases:
  - name: a customer is removed
    run: erase
    subject: { email: ada@example.org }
    exchanges:
      - { get: /customers, query: { mail: ada@example.org }, reply: { json: { items: [{ id: \"7\", email: ada@example.org, name: Ada }] } } }
      - { get: /customers/7, reply: { json: { id: \"7\", email: ada@example.org, name: Ada } } }
      - { delete: /customers/7, reply: { status: 204 } }
      - { get: /customers/7, reply: { status: 404 } }
      - { get: /customers, reply: { json: { items: [] } } }
    expect: { found: { customers: [\"7\"] }, outcomes: { customers/7: removed } }
",
    );
    house
        .run(&["connector", "test", "connectors/warehouse.yml"])
        .expect(0);
    assert!(!house.path("connectors/hello.txt").exists());
    assert!(server.received().is_empty());
}
