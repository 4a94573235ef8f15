//! Plugins: the worked examples against a SOAP service and a database, whole cases through the program; and programs that lie, hang,
//! shout, die or want more than they may.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "process/replay.rs"]
mod replay;
#[path = "process/sign.rs"]
mod sign;
mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::house::{House, Ran, leaks};
use support::http::{Received, Reply, Server};

/// Whether python3 is here; said on a line of its own if not.
fn python() -> bool {
    let there = std::process::Command::new("python3")
        .arg("--version")
        .output()
        .is_ok();
    if !there {
        assert!(
            std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
            "needs python3"
        );
        let _ = writeln!(std::io::stderr(), "skipped: needs python3");
    }
    there
}

const SECRET: &str = "s3cr<t&\"word\"";

/// A service with two customers called Ada and their letters.
#[derive(Default)]
struct Desk {
    customers: BTreeMap<String, BTreeMap<String, String>>,
    letters: BTreeMap<String, BTreeMap<String, String>>,
    in_use: bool,
    logs: Vec<String>,
}

fn desk() -> Arc<Mutex<Desk>> {
    let record = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    let mut desk = Desk::default();
    desk.customers.insert(
        "K-1".into(),
        record(&[
            ("no", "K-1"),
            ("mail", "Ada@example.org"),
            ("name", "Ada <b>"),
            ("locked", "no"),
        ]),
    );
    desk.customers.insert(
        "K-2".into(),
        record(&[
            ("no", "K-2"),
            ("mail", "ada@example.org.uk"),
            ("name", "Ada"),
            ("locked", "no"),
        ]),
    );
    desk.letters.insert(
        "7".into(),
        record(&[("id", "7"), ("customer", "K-1"), ("text", "Dear & dear")]),
    );
    desk.letters.insert(
        "8".into(),
        record(&[("id", "8"), ("customer", "K-2"), ("text", "Hello")]),
    );
    Arc::new(Mutex::new(desk))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The text of the first element of this name.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&"),
    )
}

fn soap(desk: &Arc<Mutex<Desk>>, asked: &Received) -> Reply {
    let body = String::from_utf8(asked.body.clone()).unwrap();
    let mut desk = desk.lock().unwrap();
    let call = asked
        .header("soapaction")
        .unwrap()
        .trim_matches('"')
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    desk.logs.push(call.clone());
    let say = |name: &str, inner: String| {
        let text = format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{name}>{inner}</{name}></s:Body></s:Envelope>"
        );
        Reply::bytes("text/xml", text)
    };
    let fault = |code: &str| say("s:Fault", format!("<faultcode>{code}</faultcode>"));
    if element(&body, "Password").as_deref() != Some(SECRET)
        || element(&body, "User").as_deref() != Some("dsr")
    {
        return fault("Login");
    }
    let key = element(&body, "Key").unwrap_or_default();
    let list = |kind: &str, records: Vec<&BTreeMap<String, String>>| {
        let one = |record: &&BTreeMap<String, String>| {
            let parts: String = record
                .iter()
                .map(|(name, value)| format!("<{name}>{}</{name}>", escape(value)))
                .collect();
            format!("<{kind}>{parts}</{kind}>")
        };
        say(
            &format!("{call}Reply"),
            format!(
                "<List>{}</List>",
                records.iter().map(one).collect::<String>()
            ),
        )
    };
    match call.as_str() {
        "Ping" => say("PingReply", String::new()),
        // As fuzzy as searches are: whatever contains the text.
        "FindCustomers" => {
            let wanted = element(&body, "Mail").unwrap().to_lowercase();
            list(
                "Customer",
                desk.customers
                    .values()
                    .filter(|one| one["mail"].to_lowercase().contains(&wanted))
                    .collect(),
            )
        }
        "ListLetters" => {
            let wanted = element(&body, "Customer").unwrap();
            list(
                "Letter",
                desk.letters
                    .values()
                    .filter(|one| one["customer"] == wanted)
                    .collect(),
            )
        }
        "GetCustomer" => list("Customer", desk.customers.get(&key).into_iter().collect()),
        "GetLetter" => list("Letter", desk.letters.get(&key).into_iter().collect()),
        "DeleteCustomer" if desk.in_use => fault("InUse"),
        "DeleteCustomer" => {
            let gone = desk.customers.remove(&key).is_some();
            say(
                "DeleteCustomerReply",
                format!("<Deleted>{}</Deleted>", u8::from(gone)),
            )
        }
        "DeleteLetter" => {
            let gone = desk.letters.remove(&key).is_some();
            say(
                "DeleteLetterReply",
                format!("<Deleted>{}</Deleted>", u8::from(gone)),
            )
        }
        "ChangeCustomer" => {
            let customer = desk.customers.get_mut(&key).unwrap();
            for name in ["mail", "name", "locked"] {
                if let Some(value) = element(&body, name) {
                    customer.insert(name.to_owned(), value);
                }
            }
            say("ChangeCustomerReply", String::new())
        }
        _ => Reply::status(404),
    }
}

const ERP: &str = "  erp:
    engine: process
    plugin: { run: [python3, plugins/soap.py], files: [plugins/dsr_plugin.py] }
    settings: { url: URL, user: dsr, password: { secret: \"env:ERP_PASSWORD\" } }
    objects:
      customers:
        key: no
        find: [{ by: email, column: mail }]
        fields: { no: account.id, mail: { category: contact.email, identity: email }, name: person.name }
        actions: [remove, rectify, restrict, unrestrict]
        restrict: { set: { locked: yes } }
        unrestrict: { set: { locked: no } }
        erase: remove
      letters:
        key: id
        find: [{ under: customers, column: customer }]
        fields: { id: account.id, customer: { category: account.id, links: [customers] }, text: content.message }
        actions: [remove]
        erase: remove
";

/// A file of the worked examples.
fn examples(file: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins");
    fs_err::read(folder.join(file)).unwrap()
}

fn plugins(house: &House) {
    for file in ["soap.py", "database.py", "dsr_plugin.py"] {
        house.write(&format!("plugins/{file}"), examples(file));
    }
}

/// Searches for Ada.
fn find(house: &House) -> Ran {
    house.run(&["find", "--email", "ada@example.org", "--format", "json"])
}

/// Erases Ada, of whom so many records are to be written.
fn erase(house: &House, records: usize) -> Ran {
    let records = records.to_string();
    let erase = ["erase", "--email", "ada@example.org", "--yes", "--expect"];
    let all = [&erase[..], &[records.as_str(), "--format", "json"]].concat();
    house.run(&all)
}

/// Ends the test if one of these stands in the evidence, in any spelling; returns its text.
fn bundled(house: &House, planted: &[&str]) -> String {
    let bundle = house.bundle().unwrap();
    let verified = house.run(&["evidence", "verify", bundle.to_str().unwrap()]);
    verified.expect(0);
    let bytes: Vec<u8> = house.bundled().into_iter().flat_map(|(_, b)| b).collect();
    assert!(leaks(&bytes, planted).is_empty());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lets a file be run.
fn executable(file: &std::path::Path) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(file, mode).unwrap();
}

/// Whole words of a screen, with digests of files left out.
fn snapshot(name: &str, words: &str) {
    let digest = regex::Regex::new("[0-9a-f]{64}").unwrap();
    insta::with_settings!({ snapshot_path => "process", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, digest.replace_all(words, "[digest]"));
    });
}

fn erp(desk: &Arc<Mutex<Desk>>) -> (House, Server) {
    let desk = Arc::clone(desk);
    let server = Server::start(move |asked| soap(&desk, asked));
    let mut house = House::new(&ERP.replace("URL", &server.url), &[]);
    house.env("ERP_PASSWORD", SECRET);
    plugins(&house);
    (house, server)
}

#[test]
fn a_soap_service_is_asked_and_told_through_dsr() {
    if !python() {
        return;
    }
    let desk = desk();
    let (house, server) = erp(&desk);
    // Nothing of it runs before somebody has looked at it.
    let refused = find(&house);
    refused.expect(2);
    assert!(refused.err.contains("E626"), "{}", refused.all());
    assert!(server.received().is_empty());
    let trusted = house.run(&["trust", "plugins/soap.py", "--yes"]);
    snapshot(
        "trust",
        &trusted.expect(0).err.replace(&server.url, "[url]"),
    );

    let found = find(&house);
    found.expect(0);
    let mut records = found.records("erp");
    records.sort();
    assert_eq!(
        records,
        ["customers:K-1 stated", "letters:7 stated"],
        "{}",
        found.all()
    );
    assert_eq!(
        found.system("erp")["objects"][0]["near_misses"],
        1,
        "{}",
        found.all()
    );

    let locked = house.run(&[
        "restrict",
        "--email",
        "ada@example.org",
        "--because",
        "contested",
        "--yes",
        "--expect",
        "1",
    ]);
    assert!(matches!(locked.code, 0 | 3 | 4), "{}", locked.all());
    assert_eq!(
        desk.lock().unwrap().customers["K-1"]["locked"],
        "yes",
        "{}",
        locked.all()
    );

    let erased = erase(&house, 2);
    erased.expect(0);
    assert_eq!(
        erased.outcomes(),
        ["erp.customers removed", "erp.letters removed"],
        "{}",
        erased.all()
    );
    let left = desk.lock().unwrap();
    assert_eq!(left.customers.keys().collect::<Vec<_>>(), ["K-2"]);
    assert_eq!(left.letters.keys().collect::<Vec<_>>(), ["8"]);
    drop(left);
    let evidence = bundled(&house, &["ada@example.org", SECRET]);
    assert!(
        evidence.contains("plugins/soap.py"),
        "the evidence names the plugin's digest"
    );
}

#[test]
fn a_value_is_corrected_and_a_record_in_use_stays() {
    if !python() {
        return;
    }
    let desk = desk();
    let (house, _server) = erp(&desk);
    house.run(&["trust", "plugins/soap.py", "--yes"]).expect(0);
    let right = house.run(&[
        "rectify",
        "--email",
        "ada@example.org",
        "--set",
        "person.name=Ada & \"Söhne\" <x>",
        "--yes",
        "--expect",
        "1",
    ]);
    right.expect(0);
    assert_eq!(
        desk.lock().unwrap().customers["K-1"]["name"],
        "Ada & \"Söhne\" <x>"
    );

    desk.lock().unwrap().in_use = true;
    let kept = erase(&house, 2);
    assert_eq!(
        kept.outcomes(),
        ["erp.customers blocked", "erp.letters removed"],
        "{}",
        kept.all()
    );
}

#[test]
fn a_database_is_spoken_to_by_its_driver_and_marked_as_such() {
    if !python() {
        return;
    }
    let house = House::new(
        "  old:
    engine: process
    plugin: { run: [python3, plugins/database.py], files: [plugins/dsr_plugin.py], network: own }
    settings: { database: old.db }
    objects:
      customers:
        key: id
        find: [{ by: email, column: email }]
        fields: { id: account.id, email: { category: contact.email, identity: email }, name: person.name }
        actions: [remove, rectify]
        erase: remove
      tickets:
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { id: account.id, customer_id: account.id, subject: content.message }
        actions: [remove, rectify]
        erase: remove
",
        &[],
    );
    plugins(&house);
    house.sql(
        "old.db",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
         CREATE TABLE tickets (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), subject TEXT);
         INSERT INTO customers VALUES (1, 'Ada@example.org', 'Ada'), (2, 'ada@example.com', 'Ada'), (3, 'bo@example.org', 'Bo');
         INSERT INTO tickets VALUES (5, 1, 'Help'), (6, 2, 'Help'), (7, 3, 'Help');",
    );
    house
        .run(&["trust", "plugins/database.py", "--yes"])
        .expect(0);
    let checked = house.run(&["check"]);
    assert!(checked.all().contains("W265"), "{}", checked.all());
    let package = house.run(&["export", "--email", "bo@example.org", "--folder"]);
    assert!(matches!(package.code, 0 | 3 | 4), "{}", package.all());
    let erased = erase(&house, 2);
    erased.expect(0);
    assert_eq!(
        erased.outcomes(),
        ["old.customers removed", "old.tickets removed"],
        "{}",
        erased.all()
    );
    assert_eq!(
        house.sql_value("old.db", "SELECT group_concat(id) FROM customers"),
        "2,3"
    );
    let evidence = bundled(&house, &["ada@example.org"]);
    assert!(
        evidence.contains("process (own network)") && evidence.contains("W265"),
        "the evidence says who enforces nothing"
    );
}

/// A plugin in the shell: it answers `hello` well, then does what the test says; `$line` is the question, its id is 2.
fn shell(body: &str) -> House {
    shell_with(body, "", "timeouts: { request: 3s }")
}

fn shell_with(body: &str, settings: &str, more: &str) -> House {
    let house = House::new(
        &format!(
            "  crm:
    engine: process
    plugin: {{ run: [plugins/crm.sh] }}
    {more}
    settings: {{ {settings} }}
    objects:
      people:
        key: id
        find: [{{ by: email, column: mail }}]
        fields: {{ id: account.id, mail: {{ category: contact.email, identity: email }} }}
        actions: [remove]
        erase: remove
"
        ),
        &[],
    );
    let objects = json!({ "people": { "key": ["id"], "fields": ["id", "mail"], "find": ["email"], "actions": ["remove"] } });
    let hello = json!({ "id": 1, "done": { "name": "crm", "version": "1", "protocol": 1, "objects": objects } });
    house.write(
        "plugins/crm.sh",
        format!("#!/bin/sh\nread -r line\nprintf '%s\\n' '{hello}'\nread -r line\n{body}\n"),
    );
    executable(&house.path("plugins/crm.sh"));
    house.run(&["trust", "plugins/crm.sh", "--yes"]).expect(0);
    house
}

/// The code of the fault with which a search ends.
fn fault(house: &House) -> String {
    let found = find(house);
    let system = found.system("crm");
    assert!(
        system["records"].as_array().is_none_or(Vec::is_empty),
        "{}",
        found.all()
    );
    if found.code == 0 {
        return "found nothing".into();
    }
    found.expect(3);
    let all = system.to_string();
    let code = regex::Regex::new("E[0-9]{3}").unwrap();
    code.find(&all)
        .map_or(all.clone(), |code| code.as_str().to_owned())
}

#[test]
fn what_breaks_the_protocol_is_never_an_empty_answer() {
    let record = r#"{"id":2,"record":{"id":"1","mail":"ada@example.org"}}"#;
    for (what, body, code) in [
        ("silence", "", "E589"),
        ("garbage", "echo hello", "E582"),
        (
            "another question's answer",
            r#"echo '{"id":7,"done":{"complete":true}}'"#,
            "E582",
        ),
        (
            "no word on completeness",
            r#"echo '{"id":2,"done":{}}'"#,
            "E582",
        ),
        (
            "incomplete",
            r#"echo '{"id":2,"done":{"complete":false}}'"#,
            "E587",
        ),
        (
            "a record and then the end",
            &format!("echo '{record}'"),
            "E589",
        ),
        (
            "a record without a key",
            r#"echo '{"id":2,"record":{"mail":"ada@example.org"}}'; echo '{"id":2,"done":{"complete":true}}'"#,
            "E206",
        ),
        (
            "a key that is a list",
            r#"echo '{"id":2,"record":{"id":[1],"mail":"ada@example.org"}}'"#,
            "E316",
        ),
        (
            "an outcome nobody asked for",
            r#"echo '{"id":2,"outcome":{"key":["1"],"is":"removed"}}'"#,
            "E582",
        ),
        (
            "it cannot now",
            r#"echo '{"id":2,"error":{"is":"retry"}}'"#,
            "E583",
        ),
        (
            "it failed",
            r#"echo '{"id":2,"error":{"is":"failed","text":"ada@example.org"}}'"#,
            "E588",
        ),
        ("bytes", "printf '\\377\\376\\n'", "E582"),
        ("an endless line", "tr '\\0' x < /dev/zero", "E582"),
        ("it hangs", "sleep 60", "E504"),
        (
            "a request to another server",
            r#"echo '{"id":2,"http":{"n":1,"method":"GET","url":"http://127.0.0.1:1/"}}'; read -r x"#,
            "E131",
        ),
    ] {
        let began = Instant::now();
        let house = shell(body);
        assert_eq!(fault(&house), code, "{what}");
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{what}: {:?}",
            began.elapsed()
        );
    }
    // The same program, well behaved.
    let house = shell(r#"echo '{"id":2,"done":{"complete":true}}'"#);
    assert_eq!(fault(&house), "found nothing");
}

#[test]
fn a_program_that_promises_too_little_is_refused_by_name() {
    let house = shell(r#"echo '{"id":2,"done":{"complete":true}}'"#);
    let inventory = house.read("dsr.yaml").replace(
        "fields: { id: account.id,",
        "fields: { id: account.id, phone: contact.phone,",
    );
    house.write("dsr.yaml", inventory);
    let found = find(&house);
    found.expect(3);
    assert!(
        found.all().contains("E586") && found.all().contains("phone"),
        "{}",
        found.all()
    );
}

#[test]
fn a_changed_file_does_not_run() {
    let house = shell(r#"echo '{"id":2,"done":{"complete":true}}'; touch ran"#);
    house.write(
        "plugins/crm.sh",
        format!("{}\n# more", house.read("plugins/crm.sh")),
    );
    let found = find(&house);
    found.expect(2);
    assert!(found.err.contains("E626"), "{}", found.all());
    assert!(!house.path("ran").exists());
}

#[test]
fn what_a_program_started_ends_with_it() {
    let house = shell("(sleep 600 & echo $! > child.pid; wait) & sleep 600");
    assert_eq!(fault(&house), "E504");
    let child = house.read("child.pid").trim().to_owned();
    let alive = || {
        let state = fs_err::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    };
    let began = Instant::now();
    while alive() && began.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!alive(), "process {child} is still there");
}

#[test]
fn it_gets_no_environment_and_no_secret() {
    let mut house = shell_with(
        r#"env > env.txt; printf '%s\n' "$line" > asked.txt; echo '{"id":2,"done":{"complete":true}}'"#,
        "mandant: '17', password: { secret: \"env:CRM_PASSWORD\" }",
        "timeouts: { request: 5s }",
    );
    house.env("CRM_PASSWORD", "never-in-the-plugin");
    // The first line is hello; kept as well.
    let script = house.read("plugins/crm.sh").replacen(
        "read -r line\n",
        "read -r line\nprintf '%s\\n' \"$line\" > hello.txt\n",
        1,
    );
    house.write("plugins/crm.sh", script);
    house.run(&["trust", "plugins/crm.sh", "--yes"]).expect(0);
    assert_eq!(fault(&house), "found nothing");
    let seen = format!(
        "{}{}{}",
        house.read("env.txt"),
        house.read("asked.txt"),
        house.read("hello.txt")
    );
    assert!(
        leaks(seen.as_bytes(), &["never-in-the-plugin"]).is_empty(),
        "{seen}"
    );
    assert!(
        !house.read("env.txt").contains("CRM_PASSWORD") && !house.read("env.txt").contains("HOME="),
        "{seen}"
    );
    let hello: Value = serde_json::from_str(&house.read("hello.txt")).unwrap();
    assert_eq!(
        (&hello["settings"]["mandant"], &hello["secrets"]),
        (&json!("17"), &json!(["password"]))
    );
}

#[test]
fn while_reading_nothing_that_writes_leaves() {
    let server = Server::start(|_| Reply::json(json!({})));
    for (request, code) in [
        (r#""method":"POST","url":"URL/x""#, "E584"),
        (
            r#""method":"DELETE","url":"URL/x","read_only":true"#,
            "E584",
        ),
        (r#""method":"post","url":"URL/x""#, "E584"),
        (
            r#""method":"GET","url":"URL/x","headers":{"Host":"evil.example.org"}"#,
            "E584",
        ),
        (
            r#""method":"GET","url":"URL/x","text":"{{secret:other}}""#,
            "E584",
        ),
        (
            r#""method":"GET","url":"http://user:pw@127.0.0.1:1/x""#,
            "E584",
        ),
        (
            r#""method":"GET","url":"https://evil.example.org/x""#,
            "E131",
        ),
    ] {
        let line = format!(
            r#"{{"id":2,"http":{{"n":1,{}}}}}"#,
            request.replace("URL", &server.url)
        );
        let house = shell_with(
            &format!("echo '{line}'; read -r x"),
            &format!("url: \"{}\"", server.url),
            "timeouts: { request: 3s }",
        );
        assert_eq!(fault(&house), code, "{request}");
    }
    assert!(server.received().is_empty(), "{:?}", server.lines());
}

#[test]
fn a_write_whose_end_nobody_heard_is_settled_by_reading() {
    // It removes the record, and dies before it says so. What is there is one file.
    let body = r#"
while :; do
  id=$(printf '%s' "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  case "$line" in
    *'"do":"act"'*) echo acted >> acts.txt; rm -f there.txt; exit 1 ;;
    *) [ -f there.txt ] && printf '{"id":%s,"record":{"id":"1","mail":"ada@example.org"}}\n' "$id"
       printf '{"id":%s,"done":{"complete":true}}\n' "$id" ;;
  esac
  read -r line || exit 0
done"#;
    let house = shell(&format!("PATH=/usr/bin:/bin; export PATH{body}"));
    house.write("there.txt", "");
    let erased = erase(&house, 1);
    assert_eq!(
        house.read("acts.txt").lines().count(),
        1,
        "{}",
        erased.all()
    );
    assert_eq!(
        erased.outcomes(),
        ["crm.people removed"],
        "{}",
        erased.all()
    );
}
