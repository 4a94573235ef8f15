//! What no connector reads and people look up: said for whoever has a record that leads there, a task until somebody has looked, and
//! never silently gone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/http.rs"]
mod http;
#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use http::{Reply, Server};
use program::{Ran, Workspace};
use serde_json::{Value, json};

/// Accounts and what hangs behind them, as the interface of an office suite gives them out.
const OFFICE: &str = r#"
dsr: 1
connector: office
version: 1.0.0
settings: { url: { type: url } }
screen: { en: "Admin center, Users, the user", de: "Admin Center, Benutzer, den Benutzer" }
look_up:
  mailbox:
    holds: { en: Mails and calendar, de: E-Mails und Kalender }
    screen: { en: "Admin center, Mailboxes, the mailbox, Export", de: "Admin Center, Postfächer, das Postfach, Exportieren" }
    category: content.message
  badges:
    holds: { en: Badges that the person was given, de: Auszeichnungen der Person }
    screen: { en: "Badges, search for the name", de: "Auszeichnungen, nach dem Namen suchen" }
    for: restrict
    under: users
  forum:
    holds: { en: Posts in the forum, de: Beiträge im Forum }
    screen: { en: "Forum, Members", de: "Forum, Mitglieder" }
    under: members
api: { url: "{{ settings.url }}", records: "$.items[*]" }
objects:
  users:
    find: [{ by: email, get: /users, query: { email: "{{ value }}" } }]
    read: { get: "/users/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name }
    remove: { delete: "/users/{{ record.id }}" }
  members:
    find: [{ by: email, get: /members, query: { email: "{{ value }}" } }]
    read: { get: "/members/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/members/{{ record.id }}" }
"#;

struct Office {
    workspace: Workspace,
    _server: Server,
    users: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl Office {
    fn new(more: &str) -> Office {
        Office::of(&[("office.yml", OFFICE)], "office@1", more)
    }

    fn of(connectors: &[(&str, &str)], connector: &str, more: &str) -> Office {
        let anna = json!({ "id": "u1", "email": "anna@example.org", "name": "Anna Berg" });
        let users = Arc::new(Mutex::new(BTreeMap::from([("u1".to_owned(), anna)])));
        let state = Arc::clone(&users);
        let server = Server::start(move |request| {
            let mut users = state.lock().unwrap();
            let id = request.path().strip_prefix("/users/").map(str::to_owned);
            match (request.method.as_str(), id) {
                ("GET", Some(id)) => users
                    .get(&id)
                    .map_or_else(|| Reply::status(404), |user| Reply::json(user.clone())),
                ("DELETE", Some(id)) => match users.remove(&id) {
                    Some(_) => Reply::status(204),
                    None => Reply::status(404),
                },
                ("GET", None) if request.path() == "/users" => {
                    let email = request.query("email").unwrap_or_default();
                    let found = users.values().filter(|user| user["email"] == json!(email));
                    Reply::json(json!({ "items": found.collect::<Vec<_>>() }))
                }
                ("GET", None) => Reply::json(json!({ "items": [] })),
                _ => Reply::status(405),
            }
        });
        let inventory = inventory(&server.url, connector, more);
        Office {
            workspace: Workspace::new(&inventory, connectors),
            _server: server,
            users,
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.workspace.run(arguments)
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        run.ends_with(code).json()
    }

    /// Kind, state and system of every task, in order.
    fn tasks(&self) -> Vec<String> {
        let tasks = self.json(&["task", "list", "--all"], 0);
        let tasks = tasks["tasks"].as_array().unwrap().clone();
        let mut tasks: Vec<String> = tasks
            .iter()
            .map(|task| {
                let of = |name: &str| task[name].as_str().unwrap_or("–").to_owned();
                format!("{} {} {}", of("task"), of("kind"), of("state"))
            })
            .collect();
        tasks.sort();
        tasks
    }

    fn gaps(&self, case: &str) -> Vec<String> {
        let made = self.json(&["evidence", "make", case], 0);
        let gaps = made["gaps"].as_array().unwrap().clone();
        let of = |gap: &Value, name: &str| gap[name].as_str().unwrap_or("–").to_owned();
        let gaps = gaps.iter().map(|gap| {
            let [kind, object, code] = ["kind", "object", "code"].map(|name| of(gap, name));
            format!("{kind} {object} {code}")
        });
        gaps.collect()
    }
}

fn inventory(url: &str, connector: &str, more: &str) -> String {
    format!(
        r#"
dsr: 1
controller: {{ name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }}
systems:
  office:
    connector: {connector}
    settings: {{ url: "{url}" }}
    owner: office-it@example.org
{more}
"#
    )
}

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
const GAP: &str = "not_searched mailbox E249";

/// The manifest of a package that lies in a folder, and the page for the person.
fn package(folder: &std::path::Path) -> (Value, String) {
    let read = |name: &str| fs_err::read_to_string(folder.join(name)).unwrap();
    let manifest = serde_json::from_str(&read("manifest.json")).unwrap();
    let pages = fs_err::read_dir(folder).unwrap();
    let pages = pages.map(|entry| entry.unwrap().path());
    let page = pages.filter(|path| path.extension().is_some_and(|e| e == "html"));
    let page: String = page
        .map(|path| fs_err::read_to_string(path).unwrap())
        .collect();
    (manifest, page)
}

#[test]
fn an_answer_is_whole_only_when_somebody_looked() {
    let office = Office::new("");
    let folder = office.workspace.path("out");
    fs_err::create_dir_all(&folder).unwrap();
    let to = |name: &str| folder.join(name).display().to_string();
    let drafted = office.run(&[&["export", "--folder", "--to", &to("draft")], &ANNA[..]].concat());
    let drafted = drafted.ends_with(3);
    assert!(
        drafted.err.contains("Mails and calendar") || drafted.out.contains("Mails and calendar"),
        "{drafted:?}"
    );
    let case = drafted.case().unwrap();
    // Neither what is only to be restricted, nor what a record leads to that the person does not have.
    assert_eq!(office.tasks(), ["T1 look_up open"]);
    let list = office.json(&["task", "list"], 0);
    let task = &list["tasks"][0];
    let text = task["text"].as_str().unwrap();
    assert!(text.contains("Mailboxes, the mailbox, Export"), "{text}");
    assert_eq!(task["owner"], "office-it@example.org");
    let review = fs_err::read_to_string(folder.join("draft/REVIEW.txt")).unwrap();
    assert!(
        review.contains("Mailboxes, the mailbox, Export"),
        "{review}"
    );

    let exported = [
        "export",
        "--case",
        &case,
        "--reviewed",
        "--folder",
        "--identity",
        "letter",
    ];
    let open = office.json(&[&exported[..], &["--to", &to("open")]].concat(), 3);
    assert_eq!(open["complete"], false);
    assert_eq!(open["look_up"][0]["state"], "open");
    let (manifest, page) = package(&folder.join("open"));
    let said = &manifest["systems"][0]["look_up"];
    assert_eq!(*said, json!([{ "part": "mailbox", "state": "open" }]));
    assert!(page.contains("Mails and calendar"), "{page}");
    assert!(!page.contains("Mailboxes") && !manifest.to_string().contains("Mailboxes"));
    assert!(
        office.gaps(&case).contains(&GAP.to_owned()),
        "{:?}",
        office.gaps(&case)
    );
    let closed = office.run(&["case", "close", &case, "--how", "answered"]);
    assert_ne!(closed.code, Some(0), "{closed:?}");

    office.run(&["task", "done", &case, "T1"]).ends_with(2);
    let proof = office.workspace.path("mails.txt");
    fs_err::write(&proof, "12 mails, handed over on paper").unwrap();
    let proof = proof.display().to_string();
    let done = office.run(&[
        "task", "done", &case, "T1", "--found", "12", "--proof", &proof,
    ]);
    assert!(done.ends_with(0).err.contains("beside the package"));
    let whole = office.json(&[&exported[..], &["--to", &to("whole")]].concat(), 0);
    assert_eq!(whole["complete"], true);
    let (manifest, page) = package(&folder.join("whole"));
    let said = &manifest["systems"][0]["look_up"];
    assert_eq!(
        *said,
        json!([{ "part": "mailbox", "state": "answered_by_hand", "found": 12 }])
    );
    assert!(page.contains("looked up by a person"), "{page}");
    let gaps = office.gaps(&case);
    assert!(
        !gaps.iter().any(|gap| gap.starts_with("not_searched")),
        "{gaps:?}"
    );
    office.json(&["find", "--case", &case], 0);
    assert_eq!(office.tasks(), ["T1 look_up done"]);
}

#[test]
fn a_search_says_what_it_cannot_see() {
    let office = Office::new("");
    let found = office.json(&[&["find"], &ANNA[..]].concat(), 3);
    assert_eq!(found["complete"], false);
    let parts = found["systems"][0]["look_up"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|p| p["part"].as_str().unwrap()).collect();
    assert_eq!(names, ["mailbox", "badges"]);
    assert_eq!(parts[0]["for"], json!(["export", "erase"]));
    let shown = office
        .workspace
        .run_in("de", &[&["find"], &ANNA[..]].concat());
    assert!(shown.out.contains("VON HAND NACHZUSEHEN"), "{shown:?}");
    assert!(!shown.out.contains("Auszeichnungen"), "{shown:?}");
}

#[test]
fn nobody_looks_for_a_stranger() {
    let office = Office::new("");
    let found = office.json(&["find", "--email", "ben@example.org"], 0);
    assert!(found["systems"][0].get("look_up").is_none());
    let stranger = ["export", "--folder", "--email", "ben@example.org"];
    assert_eq!(office.json(&stranger, 0)["complete"], true);
    assert_eq!(office.tasks(), [""; 0]);
}

#[test]
fn an_overlay_drops_and_adds_and_switches_off() {
    let overlay = |changes: &str| {
        format!("dsr: 1\nextends: office@1\nconnector: ours\nversion: 1.0.0\nlook_up:\n{changes}")
    };
    let ours = |changes: &str| {
        let ours = overlay(changes);
        let office = Office::of(&[("office.yml", OFFICE), ("ours.yml", &ours)], "ours@1", "");
        let found = office.run(&[&["find", "--format", "json"], &ANNA[..]].concat());
        let parts = found.json()["systems"][0]["look_up"].clone();
        let parts = parts.as_array().cloned().unwrap_or_default();
        let names = parts.iter().map(|p| p["part"].as_str().unwrap().to_owned());
        (found.code, names.collect::<Vec<_>>())
    };
    assert_eq!(
        ours("  mailbox: null\n"),
        (Some(0), vec!["badges".to_owned()])
    );
    let off = "  mailbox: { off: \"nobody has a mailbox here\" }\n";
    assert_eq!(ours(off), (Some(0), vec!["badges".to_owned()]));
    let chat = "  chat: { holds: Messages, screen: \"Chat, Search\" }\n";
    let (code, names) = ours(chat);
    assert_eq!((code, names.len()), (Some(3), 3), "{names:?}");

    // The inventory can do the same, and whoever approves a plan sees that it did.
    let office =
        Office::new("    extend: { look_up: { mailbox: { off: \"nobody has a mailbox here\" } } }");
    office.json(&[&["find"], &ANNA[..]].concat(), 0);
    let shown = office.run(&[&["plan"], &ANNA[..]].concat()).ends_with(0);
    let said = format!("{}{}", shown.out, shown.err);
    assert!(said.contains("look_up.mailbox.off"), "{said}");
}

#[test]
fn an_erasure_leaves_the_rest_to_people_and_forgets_it_not() {
    let office = Office::new("");
    let erase = [
        &["erase", "--identity", "letter", "--yes", "--expect", "1"],
        &ANNA[..],
    ]
    .concat();
    let done = office.run(&erase).ends_with(0);
    let case = done.case().unwrap();
    assert!(office.users.lock().unwrap().is_empty());
    assert_eq!(office.tasks(), ["T1 act open"]);
    let list = office.json(&["task", "list"], 0);
    let text = list["tasks"][0]["text"].as_str().unwrap().to_owned();
    assert!(
        text.contains("erase") && text.contains("Mailboxes"),
        "{text}"
    );
    assert!(office.gaps(&case).contains(&"task_open – –".to_owned()));
    // The account is gone by now, and the mailbox is not.
    office
        .run(&["erase", "--case", &case, "--yes", "--expect", "0"])
        .ends_with(0);
    assert_eq!(office.tasks(), ["T1 act open"]);
    assert_ne!(
        office
            .run(&["case", "close", &case, "--how", "answered"])
            .code,
        Some(0)
    );
    office.run(&["task", "done", &case, "T1"]).ends_with(0);
    office.run(&["evidence", "make", &case]).ends_with(0);
    office
        .run(&["case", "close", &case, "--how", "answered"])
        .ends_with(0);
}

#[test]
fn nothing_is_erased_before_it_was_looked_up() {
    let office = Office::new("");
    let drafted = office.run(&[&["export", "--folder"], &ANNA[..]].concat());
    let case = drafted.ends_with(3).case().unwrap();
    let reviewed = [
        "export",
        "--case",
        &case,
        "--reviewed",
        "--folder",
        "--identity",
        "letter",
    ];
    office.run(&reviewed).ends_with(3);
    let erase = ["erase", "--case", &case, "--yes", "--expect", "1"];
    let waits = office.run(&erase).ends_with(4);
    assert!(
        waits.err.contains("E247") && waits.err.contains("office.mailbox (T1)"),
        "{waits:?}"
    );
    assert!(!office.users.lock().unwrap().is_empty());
    office
        .run(&["task", "done", &case, "T1", "--found", "nothing"])
        .ends_with(0);
    office.run(&erase).ends_with(0);
    assert_eq!(office.tasks(), ["T1 look_up done", "T2 act open"]);
}

/// What the connector does not do is not said of the system, and the task says where to go.
#[test]
fn a_task_without_a_way_of_its_own_names_the_screen() {
    let office = Office::new("");
    let restrict = [
        &[
            "restrict",
            "--because",
            "contested",
            "--identity",
            "letter",
            "--yes",
            "--expect",
            "0",
        ],
        &ANNA[..],
    ]
    .concat();
    office.run(&restrict).ends_with(0);
    let list = office.json(&["task", "list"], 0);
    let texts = list["tasks"].as_array().unwrap().iter();
    let texts: Vec<&str> = texts.map(|task| task["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(
        texts[0].contains("this connector does not restrict users"),
        "{texts:?}"
    );
    assert!(
        texts[0].contains("Where: Admin center, Users, the user"),
        "{texts:?}"
    );
    assert!(
        texts[1].contains("Badges, search for the name"),
        "{texts:?}"
    );
}
