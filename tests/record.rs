//! Recordings of cases against a sandbox: nothing of the sandbox is left in them, in no spelling and no encoding, and they play.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "support/http.rs"]
mod http;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use http::{Reply, Server};
use serde_json::{Value, json};

const CONNECTOR: &str = r#"
dsr: 1
connector: club
version: 1.0.0
settings:
  url: { type: url }
  tenant: {}
  key: { secret: true }
api:
  url: "{{ settings.url }}/{{ settings.tenant }}"
  auth: { header: { X-Key: "{{ settings.key }}" } }
  page: { next: $.links.next }
objects:
  people:
    find:
      - { by: email, get: /people, query: { q: "mail:{{ value | quoted }}" }, records: "$.people[*]" }
      - { by: phone, get: /people, query: { phone: "{{ value }}" }, records: "$.people[*]" }
    read: { get: "/people/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      phone: { category: contact.phone, identity: phone }
      name: person.name
      born: person.birth_date
    rectify: { patch: "/people/{{ record.id }}", body: "{{ changes }}" }
    remove: { delete: "/people/{{ record.id }}", despite: [letters] }
  letters:
    find: [{ under: people, get: "/people/{{ parent.id }}/letters", records: "$.letters[*]", page: none }]
    read: { get: "/letters/{{ record.id }}", records: $ }
    fields: { text: content.message }
    anonymise: { patch: "/letters/{{ record.id }}", body: "{{ masked }}" }
    erase: anonymise
"#;

/// Everything that must not be found in a recording, in no form.
const ORIGINALS: [&str; 12] = [
    "margarete.quandt@verein-nord.test",
    "margarete",
    "quandt",
    "verein-nord",
    "heinrich.quandt@verein-nord.test",
    "heinrich",
    "+49 40 7654321",
    "7654321",
    "1957-11-23",
    "hunter2-secret",
    "elbchaussee",
    "nord-tenant",
];

type People = Arc<Mutex<BTreeMap<u64, Value>>>;

fn people() -> People {
    let margarete = json!({
        "id": 41, "email": "Margarete.Quandt@verein-nord.test", "phone": "+49 40 7654321", "name": "Margarete Quandt", "born": "1957-11-23",
        // What nobody listed is somebody's all the same.
        "address": { "street": "Elbchaussee 12", "city": "Hamburg" }, "remark": "Frau QUANDT ruft an, Tel. 040/7654321, margarete.quandt@verein-nord.test",
        "status": "active", "active": true, "visits": 7, "salary": 68450, "place": [53.5511, 9.9937], "created_at": "2024-03-01T10:00:00Z", "owner_id": 3,
        "token": base64::engine::general_purpose::STANDARD.encode("x:margarete.quandt@verein-nord.test"),
        "by_address": { "margarete.quandt@verein-nord.test": 1 },
    });
    let heinrich = json!({ "id": 42, "email": "heinrich.quandt@verein-nord.test", "phone": "+49 40 1112223", "name": "Heinrich Quandt", "born": "1955-01-02" });
    Arc::new(Mutex::new(BTreeMap::from([
        (41, margarete),
        (42, heinrich),
    ])))
}

fn serve(people: &People) -> Server {
    let people = Arc::clone(people);
    let letters: Arc<Mutex<Value>> = Arc::new(Mutex::new(
        json!({ "id": "b-9", "text": "Lieber Verein, hier ist Margarete Quandt, Elbchaussee 12." }),
    ));
    Server::start(move |request| {
        let mut people = people.lock().unwrap();
        if request.header("x-key") != Some("hunter2-secret") {
            return Reply::status(401);
        }
        let path = request
            .path()
            .strip_prefix("/nord-tenant")
            .unwrap_or("/none")
            .to_owned();
        let own = format!("http://{}/nord-tenant", request.header("host").unwrap());
        let record = path
            .strip_prefix("/people/")
            .and_then(|id| id.parse::<u64>().ok());
        match (request.method.as_str(), path.as_str(), record) {
            ("GET", "/people", _) if request.query("cursor").is_some() => Reply::json(
                json!({ "people": people.get(&42).into_iter().collect::<Vec<_>>(), "links": { "next": null } }),
            ),
            ("GET", "/people", _) => {
                let all: Vec<&Value> = people.get(&41).into_iter().collect();
                let next = (!all.is_empty()).then(|| format!("{own}/people?cursor=2"));
                Reply::json(
                    json!({ "people": all, "links": { "next": next, "self": format!("{own}/people?q=mail%3A%22margarete.quandt%40verein-nord.test%22") } }),
                )
            }
            ("GET", _, Some(id)) => people
                .get(&id)
                .map_or(Reply::status(404), |one| Reply::json(one.clone())),
            ("DELETE", _, Some(id)) => {
                people.remove(&id);
                Reply::status(204)
            }
            ("PATCH", _, Some(id)) => {
                let changes = request.json();
                let one = people.get_mut(&id).unwrap();
                for (name, value) in changes.as_object().unwrap() {
                    one[name] = value.clone();
                }
                Reply::json(one.clone())
            }
            ("GET", "/people/41/letters", _) => {
                Reply::json(json!({ "letters": [letters.lock().unwrap().clone()] }))
            }
            ("GET", "/letters/b-9", _) => Reply::json(letters.lock().unwrap().clone()),
            ("PATCH", "/letters/b-9", _) => {
                letters.lock().unwrap()["text"] = request.json()["text"].clone();
                Reply::status(204)
            }
            _ => {
                Reply::html("<p>Not found: margarete.quandt@verein-nord.test</p>").with_status(404)
            }
        }
    })
}

struct Desk {
    folder: tempfile::TempDir,
    server: Server,
}

impl Desk {
    fn new(server: Server, connector: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(folder.path().join("connectors")).unwrap();
        fs_err::write(folder.path().join("connectors/club.yml"), connector).unwrap();
        Desk { folder, server }
    }

    fn dsr(&self, args: &[&str]) -> (i32, String, String) {
        let done = Command::new(env!("CARGO_BIN_EXE_dsr"))
            .current_dir(self.folder.path())
            .env("LANG", "C")
            .env("XDG_CONFIG_HOME", self.folder.path().join("none"))
            .env("SANDBOX_KEY", "hunter2-secret")
            .args(args)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            done.status.code().unwrap(),
            text(&done.stdout),
            text(&done.stderr),
        )
    }

    fn record(&self, case: &str, more: &[&str]) -> (i32, String, String) {
        let url = format!("url={}", self.server.url.trim_end_matches('/'));
        let base = [
            "connector",
            "record",
            "--connector",
            "club",
            "--set",
            &url,
            "--set",
            "tenant=nord-tenant",
            "--set",
            "key=env:SANDBOX_KEY",
            "--subject",
            "margarete.quandt@verein-nord.test",
            "--case",
            case,
        ];
        let args: Vec<&str> = base.iter().chain(more).copied().collect();
        self.dsr(&args)
    }

    fn tests(&self) -> Option<String> {
        fs_err::read_to_string(self.folder.path().join("connectors/tests/club.test.yml")).ok()
    }
}

/// A text in every reading that a curious person would try.
fn readings(text: &str) -> Vec<String> {
    let mut all = vec![text.to_lowercase()];
    all.push(
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .to_lowercase(),
    );
    for word in text.split(|sign: char| !(sign.is_ascii_alphanumeric() || "+/=-_".contains(sign))) {
        for start in 0..4.min(word.len()) {
            let part = word[start..]
                .trim_end_matches('=')
                .replace('-', "+")
                .replace('_', "/");
            let part = &part[..part.len() - part.len() % 4];
            if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(part) {
                all.push(String::from_utf8_lossy(&bytes).to_lowercase());
            }
        }
        let bytes: Option<Vec<u8>> = (0..word.len() / 2)
            .map(|at| {
                word.get(2 * at..2 * at + 2)
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            })
            .collect();
        all.extend(bytes.map(|bytes| String::from_utf8_lossy(&bytes).to_lowercase()));
    }
    all
}

fn nobody_is_in(text: &str) {
    for reading in readings(text) {
        for original in ORIGINALS {
            assert!(
                !reading.contains(&original.to_lowercase()),
                "{original} in {reading}\n{text}"
            );
        }
    }
}

#[test]
fn a_recording_holds_nothing_of_the_sandbox_and_plays() {
    let people = people();
    let desk = Desk::new(serve(&people), CONNECTOR);
    for (case, run) in [
        ("a member is found among others", "find"),
        ("what is held about a member", "export"),
    ] {
        let (code, out, err) = desk.record(case, &["--run", run]);
        assert_eq!(code, 0, "{out}{err}");
        nobody_is_in(&err);
    }
    let (code, out, err) = desk.record(
        "a name is corrected",
        &[
            "--run",
            "rectify",
            "--change",
            "people.name=Margarete Elbchaussee",
            "--sandbox",
            "--yes",
            "--expect",
            "1",
        ],
    );
    assert_eq!(code, 0, "{out}{err}");
    // The plan is shown, and a person has to agree to it.
    let (code, _, err) = desk.record("a member is erased", &["--run", "erase", "--sandbox"]);
    assert_eq!(code, 4, "{err}");
    assert!(
        err.contains("is removed") || err.contains("people"),
        "{err}"
    );
    let before = desk.server.writes();
    let (code, _, err) = desk.record(
        "a member is erased",
        &["--run", "erase", "--sandbox", "--yes", "--expect", "7"],
    );
    assert_eq!((code, desk.server.writes()), (4, before), "{err}");
    let (code, out, err) = desk.record(
        "a member is erased",
        &[
            "--run",
            "erase",
            "--sandbox",
            "--yes",
            "--expect",
            "2",
            "--format",
            "json",
        ],
    );
    assert_eq!(code, 0, "{out}{err}");
    let said: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        said["expect"]["outcomes"],
        json!({ "people/41": "removed", "letters/b-9": "anonymised" })
    );
    nobody_is_in(&out);
    let text = desk.tests().unwrap();
    nobody_is_in(&text);
    assert!(
        text.contains("ada@example.org") && !text.contains(&desk.server.url),
        "{text}"
    );
    assert!(
        people.lock().unwrap().contains_key(&42),
        "only the test person is gone"
    );
    let (code, out, err) = desk.dsr(&["connector", "test", "club", "--all"]);
    assert_eq!(code, 0, "{out}{err}\n{text}");
    assert!(!out.contains("FAILED"), "{out}");
    // The same value has the same substitute everywhere.
    assert!(text.matches("name: \"").count() >= 4);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("recorded_file", text);
    });
}

/// Whoever records has to see where it goes before it goes there: the server itself, not the name of a setting.
#[test]
fn the_server_that_is_asked_is_named_before() {
    let people = people();
    let desk = Desk::new(serve(&people), CONNECTOR);
    let named = url::Url::parse(&desk.server.url).unwrap();
    let wanted = format!("contact: {}", named.origin().ascii_serialization());
    let (code, out, err) = desk.record("a member is found", &["--run", "find"]);
    assert_eq!(code, 0, "{out}{err}");
    let lines: Vec<&str> = err
        .lines()
        .filter(|line| line.contains("contact:"))
        .collect();
    assert_eq!(lines.len(), 1, "{err}");
    assert!(lines[0].trim().starts_with(&wanted), "{err}");
    assert!(!err.contains("{settings"), "{err}");
    let (_, _, german) = desk.record("noch einmal", &["--run", "find", "--lang", "de"]);
    let origin = named.origin().ascii_serialization();
    assert!(
        german.contains(&format!("Verbindung aufnehmen mit: {origin}")),
        "{german}"
    );
}

#[test]
fn what_writes_needs_a_sandbox_and_a_word() {
    let people = people();
    let desk = Desk::new(serve(&people), CONNECTOR);
    let erase = |more: &[&str]| {
        let args: Vec<&str> = ["--run", "erase"].iter().chain(more).copied().collect();
        let (code, _, err) = desk.record("x", &args);
        (code, err)
    };
    let (code, err) = erase(&["--yes", "--expect", "2"]);
    assert_eq!(code, 2);
    assert!(err.contains("E796"), "{err}");
    assert_eq!(desk.server.lines().len(), 0, "nothing was asked");
    assert_eq!(erase(&["--sandbox"]).0, 4);
    assert_eq!(desk.server.writes(), 0);
    assert!(desk.tests().is_none());
    // A secret is never typed.
    let (code, _, err) = desk.dsr(&[
        "connector",
        "record",
        "--connector",
        "club",
        "--set",
        "url=http://127.0.0.1:1",
        "--set",
        "tenant=a",
        "--set",
        "key=hunter2-secret",
        "--subject",
        "a@example.org",
        "--case",
        "x",
    ]);
    assert_eq!(code, 2);
    assert!(err.contains("E794") && !err.contains("hunter2"), "{err}");
    let (code, _, err) = desk.dsr(&[
        "connector",
        "record",
        "--connector",
        "club",
        "--set",
        "url=http://127.0.0.1:1",
        "--set",
        "tenant=a",
        "--set",
        "key=env:SANDBOX_KEY",
        "--subject",
        "a@example.org",
        "--case",
        "x",
    ]);
    assert!(code != 0 && err.contains("E797"), "{err}");
    assert!(desk.tests().is_none());
}

#[test]
fn a_case_is_added_and_none_is_overwritten_and_members_can_stay_or_go() {
    let people = people();
    let desk = Desk::new(serve(&people), CONNECTOR);
    assert_eq!(desk.record("a member is found", &[]).0, 0);
    let before = desk.tests().unwrap();
    assert!(
        before.contains("owner_id: 3") && !before.contains("status: active"),
        "{before}"
    );
    let (code, _, err) = desk.record("a member is found", &[]);
    assert!(code == 2 && err.contains("E798"), "{err}");
    assert_eq!(desk.tests().unwrap(), before, "nothing was overwritten");
    let more = ["--keep", "status", "--hide", "owner_id", "--hide", "visits"];
    let (code, _, err) = desk.record("once more", &more);
    assert_eq!(code, 0, "{err}");
    let after = desk.tests().unwrap();
    assert!(after.starts_with(before.trim_end()), "{after}");
    let added = &after[before.trim_end().len()..];
    assert!(
        added.contains("status: active") && !added.contains("owner_id: 3"),
        "{added}"
    );
    nobody_is_in(&after);
    // What is kept by name is looked for all the same.
    let (code, _, err) = desk.record("kept too much", &["--keep", "remark"]);
    assert!(
        code == 2 && err.contains("E793") && err.contains("remark"),
        "{err}"
    );
    nobody_is_in(&err);
    assert_eq!(desk.tests().unwrap(), after);
    // The name of a case is part of the file.
    let (code, _, err) = desk.record("Quandt is found", &[]);
    assert!(code == 2 && err.contains("E793"), "{err}");
    // A list of cases that is not the end of the file takes no other.
    let file = desk.folder.path().join("connectors/tests/club.test.yml");
    fs_err::write(&file, format!("{}derive: none\n", after)).unwrap();
    let (code, _, err) = desk.record("behind the end", &[]);
    assert!(code == 2 && err.contains("E798"), "{err}");
}

/// A server that hides the person where no disguise looks: each is refused, and nothing is saved.
#[test]
fn an_original_that_is_left_is_refused_in_every_disguise() {
    let address = "margarete.quandt@verein-nord.test";
    let engine = base64::engine::general_purpose::STANDARD;
    let digest: String = {
        use sha2::Digest as _;
        let bytes = sha2::Sha256::digest(address.as_bytes());
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let hex: String = address.bytes().map(|byte| format!("{byte:02x}")).collect();
    let hidden: Vec<(&str, String)> = vec![
        ("as it stands", "margarete.quandt-1".to_owned()),
        ("in capitals", "X1MARGARETE1QUANDT".to_owned()),
        (
            "in base64",
            format!(
                "c1{}",
                engine.encode(format!("ab{address}")).trim_end_matches('=')
            ),
        ),
        (
            "in base64, moved by one",
            format!("Z{}", engine.encode(address).trim_end_matches('=')),
        ),
        (
            "in base64 for URLs",
            base64::engine::general_purpose::URL_SAFE_NO_PAD
                .encode(format!("{{\"after\":\"{address}\",\"n\":12}}")),
        ),
        ("in hexadecimal", hex.clone()),
        ("in hexadecimal capitals", hex.to_uppercase()),
        ("as digits", "49407654321".to_owned()),
        ("as a digest", digest.clone()),
    ];
    let mut refused = 0;
    for (how, value) in hidden {
        for place in ["member", "link", "name"] {
            let value = value.clone();
            let server = Server::start(move |request| {
                let path = request.path().to_owned();
                let own = format!("http://{}/nord-tenant", request.header("host").unwrap());
                let mut one = json!({ "id": 41, "email": address, "phone": "+49 40 7654321", "name": "Margarete Quandt", "born": null });
                match place {
                    // Members that look like the number of a record stay.
                    "member" => one["customer_id"] = json!(value),
                    "name" => one[format!("x-{value}")] = json!(true),
                    _ => {}
                }
                let next = (place == "link" && request.query("cursor").is_none())
                    .then(|| format!("{own}/people?cursor={value}"));
                match path.as_str() {
                    "/nord-tenant/people" if request.query("cursor").is_some() => {
                        Reply::json(json!({ "people": [], "links": { "next": null } }))
                    }
                    "/nord-tenant/people" => {
                        Reply::json(json!({ "people": [one], "links": { "next": next } }))
                    }
                    "/nord-tenant/people/41" => Reply::json(one),
                    "/nord-tenant/people/41/letters" => Reply::json(json!({ "letters": [] })),
                    _ => Reply::status(404),
                }
            });
            let desk = Desk::new(server, CONNECTOR);
            let (code, out, err) = desk.record("hidden", &[]);
            let Some(text) = desk.tests() else {
                assert!(
                    code == 2 && err.contains("E793"),
                    "{how} as {place}: {code} {out}{err}"
                );
                nobody_is_in(&err);
                refused += 1;
                continue;
            };
            // What was replaced may be saved, if it is really gone.
            nobody_is_in(&text);
            assert!(
                !text.contains(&digest) && !text.contains("49407654321"),
                "{how} as {place}: {text}"
            );
        }
    }
    assert!(
        refused >= 20,
        "only {refused} had to be refused: the disguise is not attacked"
    );
}

const REGISTER: &str = r#"
dsr: 1
connector: club
version: 1.0.0
settings:
  url: { type: url }
  tenant: {}
  key: { secret: true }
api:
  url: "{{ settings.url }}/{{ settings.tenant }}"
  auth: { header: { X-Key: "{{ settings.key }}" } }
objects:
  people:
    key: "@id"
    find: [{ by: email, get: /people.xml, query: { mail: "{{ value }}" }, records: "$.people.person[*]" }]
    read: { get: "/people/{{ record['@id'] }}.xml", records: $.person }
    fields:
      email: { category: contact.email, identity: email }
      name: { category: person.name, at: "$.name['#text']" }
    remove: { delete: "/people/{{ record['@id'] }}.xml", outcome: { done: "status == 200 and 'removed' in text" } }
  visits:
    find: [{ by: email, get: /visits.csv, query: { mail: "{{ value }}" }, records: "$[*]" }]
    fields: { mail: { category: contact.email, identity: email }, remark: content.note }
    erase: { manual: "Cross it out." }
"#;

fn register(change: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let gone = std::sync::atomic::AtomicBool::new(false);
    Server::start(move |request| {
        use std::sync::atomic::Ordering;
        let person = "<person id=\"41\" xmlns:x=\"urn:quandt\"><!-- Margarete Quandt --><email>margarete.quandt@verein-nord.test</email>\
            <name lang=\"de\">Margarete &#81;uandt</name><street><![CDATA[Elbchaussee <12>]]></street><active>true</active>\
            <salary>68450</salary><phone>+49 40 7654321</phone><since>2024-03-01T10:00:00Z</since></person>";
        let path = request
            .path()
            .strip_prefix("/nord-tenant")
            .unwrap_or("/none")
            .to_owned();
        if let Some(reply) = change(&path) {
            return reply;
        }
        let xml = |text: String| Reply::bytes("application/xml", text);
        match (request.method.as_str(), path.as_str()) {
            ("GET", "/people.xml") if gone.load(Ordering::SeqCst) => {
                xml("<people count=\"0\"/>".to_owned())
            }
            ("GET", "/people.xml") => xml(format!(
                "<?xml version=\"1.0\"?><people count=\"1\">{person}</people>"
            )),
            ("GET", "/people/41.xml") if gone.load(Ordering::SeqCst) => Reply::status(404),
            ("GET", "/people/41.xml") => xml(person.to_owned()),
            ("DELETE", "/people/41.xml") => {
                gone.store(true, Ordering::SeqCst);
                Reply::bytes("text/plain", "removed")
            }
            ("GET", "/visits.csv") => Reply::bytes(
                "text/csv",
                "id,mail,remark\r\n7,margarete.quandt@verein-nord.test,\"Frau Quandt, \"\"Elbchaussee\"\"\"\r\n",
            ),
            _ => Reply::status(404),
        }
    })
}

/// XML, CSV and plain text are recorded as they are notated, with everything in them invented; comments and declarations stay away.
#[test]
fn replies_in_xml_csv_and_text_are_recorded_with_substitutes() {
    let desk = Desk::new(register(|_| None), REGISTER);
    let more = ["--run", "erase", "--sandbox", "--yes", "--expect", "1"];
    let (code, out, err) = desk.record("a member is struck off", &more);
    assert_eq!(code, 0, "{out}{err}");
    let tests = desk.tests().unwrap();
    nobody_is_in(&tests);
    for kept in [
        "<people count",
        "person id=",
        "lang=",
        "<active>true</active>",
        "id,mail,remark",
        "2024-03-01T10:00:00Z",
        "text: removed",
    ] {
        assert!(tests.contains(kept), "{kept}: {tests}");
    }
    for dropped in ["68450", "<!--", "xmlns"] {
        assert!(!tests.contains(dropped), "{dropped}: {tests}");
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("record_xml_csv_text", tests);
    });
    let (code, out, err) = desk.dsr(&["connector", "test", "club"]);
    assert_eq!(code, 0, "{out}{err}");
}

/// What cannot be told apart, or cannot be written down so that it says the same, is refused, and nothing is saved.
#[test]
fn what_cannot_be_told_apart_is_not_recorded() {
    let page = |kind: &'static str, body: &'static str| {
        move |path: &str| (path == "/visits.csv").then(|| Reply::bytes(kind, body))
    };
    let with = REGISTER.replace("get: /visits.csv", "decode: csv, get: /visits.csv");
    let replies: [(&str, &str, &'static str, &'static str); 3] = [
        (
            "a column called like the person",
            REGISTER,
            "text/csv",
            "id,mail,Quandt\n7,margarete.quandt@verein-nord.test,x\n",
        ),
        (
            "bytes",
            &with,
            "application/octet-stream",
            "mail\nmargarete.quandt@verein-nord.test\n\u{0}",
        ),
        (
            "a table that comes as text",
            &with,
            "text/plain",
            "mail,remark\nmargarete.quandt@verein-nord.test,Quandt\n",
        ),
    ];
    for (case, connector, kind, body) in replies {
        let desk = Desk::new(register(page(kind, body)), connector);
        let (code, out, err) = desk.record(case, &["--run", "find"]);
        nobody_is_in(&err);
        match desk.tests() {
            // Where it is saved, it is safe and plays.
            Some(tests) => {
                assert_eq!(code, 0, "{case}: {out}{err}");
                nobody_is_in(&tests);
                assert_eq!(desk.dsr(&["connector", "test", "club"]).0, 0, "{case}");
            }
            None => assert_ne!(code, 0, "{case}: {out}{err}"),
        }
    }
}
