//! Whole erasures through the program, killed and gone on with: the reply is never the proof.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};
use crate::support::program::{Ran, Workspace};

/// What the desk holds, and how it behaves.
#[derive(Default)]
struct Desk {
    users: BTreeMap<String, Value>,
    bin: BTreeMap<String, Value>,
    purge_is_refused: bool,
    bin_is_closed: bool,
    /// A purge is taken and never carried out.
    purge_is_late: bool,
    /// Requests that write hang, and change nothing.
    hangs: bool,
    job_has_ended: bool,
    /// Removed users are still returned by their key.
    keeps_a_shell: bool,
}

struct World {
    workspace: Workspace,
    desk: Arc<Mutex<Desk>>,
    server: Server,
}

impl World {
    /// `object` goes on with the description of `users`, `more` with that of the system.
    fn new(object: &str, more: &str) -> World {
        let desk = Arc::new(Mutex::new(Desk::default()));
        {
            let mut desk = desk.lock().unwrap();
            for (id, email) in [("u1", "anna@example.org"), ("u2", "ben@example.org")] {
                let user = json!({"id": id, "email": email, "name": "Anna Berg"});
                desk.users.insert(id.to_owned(), user);
            }
        }
        let state = Arc::clone(&desk);
        let server = Server::start(move |request| answer(&mut state.lock().unwrap(), request));
        let connector = format!(
            r#"dsr: 1
connector: desk
version: 1.0.0
settings: {{ url: {{ type: url }} }}
api:
  url: "{{{{ settings.url }}}}"
  records: "$.items[*]"
  limits: {{ retries: 1 }}
objects:
  users:
    find: [{{ by: email, get: /users, query: {{ email: "{{{{ value }}}}" }} }}]
    read: {{ get: "/users/{{{{ record.id }}}}", records: $ }}
    fields: {{ email: {{ category: contact.email, identity: email }}, name: person.name }}
{}
"#,
            object
                .trim_matches('\n')
                .lines()
                .map(|line| format!("    {line}"))
                .collect::<Vec<_>>()
                .join("\n")
        );
        let inventory = format!(
            r#"
dsr: 1
controller: {{ name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }}
systems:
  desk:
    connector: desk@1
    settings: {{ url: "{}" }}
    timeouts: {{ request: 1s }}
    owner: helpdesk@example.org
    {more}
"#,
            server.url
        );
        World {
            workspace: Workspace::new(&inventory, &[("desk.yml", &connector)]),
            desk,
            server,
        }
    }

    fn with(&self, change: impl FnOnce(&mut Desk)) {
        change(&mut self.desk.lock().unwrap());
    }

    fn erase(&self, expect: &str) -> Ran {
        self.workspace.run(&erase(expect))
    }

    fn apply(&self, case: &str, expect: &str) -> Ran {
        self.workspace
            .run(&["apply", case, "--yes", "--expect", expect])
    }

    /// Sorted, each once.
    fn outcomes(&self, case: &str) -> Vec<String> {
        let records = self.workspace.records(case);
        let mut all: Vec<String> = records
            .iter()
            .map(|record| record["outcome"].as_str().unwrap().to_owned())
            .collect();
        all.sort();
        all.dedup();
        all
    }

    fn writes(&self) -> Vec<String> {
        let received = self.server.received();
        let writes = received.iter().filter(|request| request.is_write());
        writes.map(Received::line).collect()
    }

    fn asked(&self, line: &str) -> usize {
        let lines = self.server.lines();
        lines.iter().filter(|known| *known == line).count()
    }

    fn wait_for(&self, line: &str) {
        let began = Instant::now();
        while self.asked(line) == 0 {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{line} never came"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn has(&self, id: &str) -> (bool, bool) {
        let desk = self.desk.lock().unwrap();
        (desk.users.contains_key(id), desk.bin.contains_key(id))
    }
}

fn erase(expect: &str) -> [&str; 8] {
    [
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        expect,
    ]
}

fn answer(desk: &mut Desk, request: &Received) -> Reply {
    let parts: Vec<&str> = request.path().trim_matches('/').split('/').collect();
    let one = |record: Option<&Value>| match record {
        Some(record) => Reply::json(record.clone()),
        None => Reply::status(404),
    };
    if desk.hangs && request.is_write() && parts[0] != "users" {
        return Reply::status(204).after(Duration::from_secs(20));
    }
    match (request.method.as_str(), &parts[..]) {
        ("GET", ["users"]) => {
            let email = request.query("email");
            let found = desk.users.values();
            let found = found.filter(|user| user["email"].as_str() == email.as_deref());
            Reply::json(json!({"items": found.collect::<Vec<_>>()}))
        }
        ("GET", ["users", id]) if desk.keeps_a_shell && !desk.users.contains_key(*id) => {
            Reply::json(json!({"id": id, "deleted": true}))
        }
        ("GET", ["users", id]) => one(desk.users.get(*id)),
        ("GET", ["bin", _]) if desk.bin_is_closed => Reply::status(403),
        ("GET", ["bin", id]) => one(desk.bin.get(*id)),
        ("GET", ["jobs", id]) => {
            if desk.job_has_ended {
                desk.users.remove(*id);
            }
            Reply::json(json!({"status": if desk.job_has_ended { "done" } else { "running" }}))
        }
        ("DELETE", ["users", id]) => match desk.users.remove(*id) {
            Some(user) => {
                desk.bin.insert((*id).to_owned(), user);
                Reply::status(204)
            }
            None => Reply::status(404),
        },
        ("DELETE", ["bin", _]) if desk.purge_is_refused => Reply::status(403),
        ("DELETE", ["bin", _]) if desk.purge_is_late => Reply::status(202),
        ("DELETE", ["bin", id]) => match desk.bin.remove(*id) {
            Some(_) => Reply::status(204),
            None => Reply::status(404),
        },
        ("POST", ["users", id, "purge"]) => Reply::json(json!({ "job": id })).with_status(202),
        ("POST", ["deletions"]) => {
            let ids = request.json()["ids"].as_array().unwrap().clone();
            let items = ids.iter().map(|id| {
                let there = desk.users.remove(id.as_str().unwrap()).is_some();
                json!({"id": id, "ok": there})
            });
            Reply::json(items.collect())
        }
        _ => Reply::status(405),
    }
}

const BIN: &str = r#"
remove:
  steps:
    - { name: soft delete, delete: "/users/{{ record.id }}" }
    - { name: purge, delete: "/bin/{{ record.id }}" }
  verify: { get: "/bin/{{ record.id }}", records: $ }
"#;

/// The same, and nobody looks into the bin.
fn unseen_bin() -> String {
    BIN.replace(
        "  verify: { get: \"/bin/{{ record.id }}\", records: $ }\n",
        "",
    )
}

#[test]
fn a_recycle_bin_is_looked_into() {
    let world = World::new(BIN, "");
    let case = world.erase("1").ends_with(0).case().unwrap();
    assert_eq!(world.outcomes(&case), ["removed"]);
    assert_eq!(world.has("u1"), (false, false));
    assert_eq!(world.has("u2"), (true, false));
    assert_eq!(world.asked("GET /bin/u1"), 1);
}

#[test]
fn a_purge_that_is_refused_is_no_removal_whether_or_not_anybody_looks_into_the_bin() {
    for connector in [BIN.to_owned(), unseen_bin()] {
        let world = World::new(&connector, "");
        world.with(|desk| desk.purge_is_refused = true);
        let case = world.erase("1").ends_with(3).case().unwrap();
        assert_eq!(world.outcomes(&case), ["failed"]);
        assert_eq!(world.has("u1"), (false, true));
        // Nothing but its key is known of it by now, and that is enough.
        world.with(|desk| desk.purge_is_refused = false);
        world.apply(&case, "1").ends_with(0);
        assert_eq!(world.outcomes(&case), ["removed"]);
        assert_eq!(world.has("u1"), (false, false));
    }
}

#[test]
fn killed_between_two_steps_the_second_is_still_sent() {
    for connector in [BIN.to_owned(), unseen_bin()] {
        let world = World::new(&connector, "");
        world.with(|desk| desk.hangs = true);
        let mut running = world.workspace.start(&erase("1"));
        world.wait_for("DELETE /bin/u1");
        running.kill();
        assert_eq!(world.has("u1"), (false, true));
        world.with(|desk| desk.hangs = false);
        let again = world.erase("1").ends_with(0);
        assert_eq!(world.outcomes(&again.case().unwrap()), ["removed"]);
        assert_eq!(world.has("u1"), (false, false));
    }
}

#[test]
fn killed_between_two_steps_that_cannot_be_repeated_a_person_decides() {
    let once = unseen_bin().replace(
        "delete: \"/bin/{{ record.id }}\"",
        "delete: \"/bin/{{ record.id }}\", idempotent: false",
    );
    let world = World::new(&once, "");
    world.with(|desk| desk.hangs = true);
    let mut running = world.workspace.start(&erase("1"));
    world.wait_for("DELETE /bin/u1");
    running.kill();
    world.with(|desk| desk.hangs = false);
    let again = world.erase("1").ends_with(4);
    assert_eq!(world.outcomes(&again.case().unwrap()), ["unknown"]);
    assert_eq!(world.asked("DELETE /bin/u1"), 1);
}

#[test]
fn a_forbidden_look_is_no_proof() {
    let world = World::new(BIN, "");
    world.with(|desk| desk.bin_is_closed = true);
    let case = world.erase("1").ends_with(5).case().unwrap();
    assert_eq!(world.outcomes(&case), ["not_verified"]);
    world.with(|desk| desk.bin_is_closed = false);
    world.apply(&case, "1").ends_with(0);
    assert_eq!(world.outcomes(&case), ["removed"]);
}

#[test]
fn a_verification_that_is_still_open_is_pending_and_goes_on_without_another_write() {
    let lasting = BIN.replace("records: $ }", "records: $, within: 1d }");
    let world = World::new(&lasting, "within: 3s");
    world.with(|desk| desk.purge_is_late = true);
    let case = world.erase("1").ends_with(3).case().unwrap();
    assert_eq!(world.outcomes(&case), ["pending"]);
    let sent = world.writes();
    world.apply(&case, "1").ends_with(3);
    world.with(|desk| desk.bin.clear());
    world.apply(&case, "1").ends_with(0);
    assert_eq!(world.outcomes(&case), ["removed"]);
    assert_eq!(world.writes(), sent);
}

#[test]
fn the_time_to_show_an_effect_is_counted_from_the_write_however_often_it_is_looked_for() {
    let lasting = BIN.replace("records: $ }", "records: $, within: 12s }");
    let world = World::new(&lasting, "within: 3s");
    world.with(|desk| desk.purge_is_late = true);
    let began = Instant::now();
    let case = world.erase("1").ends_with(3).case().unwrap();
    world.apply(&case, "1").ends_with(3);
    world.apply(&case, "1").ends_with(3);
    assert_eq!(world.asked("DELETE /bin/u1"), 1);
    std::thread::sleep(Duration::from_secs(14).saturating_sub(began.elapsed()));
    // It has had its time, and may be sent twice.
    world.apply(&case, "1");
    assert_eq!(world.asked("DELETE /bin/u1"), 2);
}

#[test]
fn a_record_can_say_of_itself_that_it_is_gone() {
    let shell = "remove: { delete: \"/users/{{ record.id }}\", verify: { gone: record.deleted } }";
    let world = World::new(shell, "");
    world.with(|desk| desk.keeps_a_shell = true);
    let case = world.erase("1").ends_with(0).case().unwrap();
    assert_eq!(world.outcomes(&case), ["removed"]);
    // Without that word it is still there.
    let world = World::new("remove: { delete: \"/users/{{ record.id }}\" }", "");
    world.with(|desk| desk.keeps_a_shell = true);
    let case = world.erase("1").ends_with(5).case().unwrap();
    assert_eq!(world.outcomes(&case), ["not_verified"]);
}

const JOB: &str = r#"
remove:
  post: "/users/{{ record.id }}/purge"
  capture: { job: $.job }
  poll: { get: "/jobs/{{ job }}", every: 50ms, within: 5s, done: "body.status == 'done'" }
"#;

#[test]
fn killed_while_a_job_runs_it_is_not_started_again() {
    for ends_later in [false, true] {
        let world = World::new(JOB, "");
        let mut running = world.workspace.start(&erase("1"));
        world.wait_for("GET /jobs/u1");
        running.kill();
        let desk = Arc::clone(&world.desk);
        let end = move || {
            let mut desk = desk.lock().unwrap();
            desk.job_has_ended = true;
            desk.users.remove("u1");
        };
        let waiting = match ends_later {
            true => Some(std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(3));
                end();
            })),
            false => {
                end();
                None
            }
        };
        let again = world.erase("1").ends_with(0);
        assert_eq!(world.outcomes(&again.case().unwrap()), ["removed"]);
        assert_eq!(world.writes(), ["POST /users/u1/purge"], "{ends_later}");
        if let Some(waiting) = waiting {
            waiting.join().unwrap();
        }
    }
}

#[test]
fn a_job_that_outlasts_the_run_is_pending() {
    let slow = JOB.replace("within: 5s", "within: 1h");
    let world = World::new(&slow, "within: 3s");
    let began = Instant::now();
    let case = world.erase("1").ends_with(3).case().unwrap();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(world.outcomes(&case), ["pending"]);
    world.apply(&case, "1").ends_with(3);
    world.with(|desk| {
        desk.users.remove("u1");
    });
    world.apply(&case, "1").ends_with(0);
    assert_eq!(world.outcomes(&case), ["removed"]);
    assert_eq!(world.writes(), ["POST /users/u1/purge"]);
}

#[test]
fn a_job_that_takes_longer_than_it_may_falls_to_verification() {
    let world = World::new(&JOB.replace("within: 5s", "within: 300ms"), "");
    let case = world.erase("1").ends_with(5).case().unwrap();
    assert_eq!(world.outcomes(&case), ["not_verified"]);
    assert_eq!(world.writes().len(), 1);
}

const BATCH: &str = r#"
remove:
  batch: 10
  post: /deletions
  body: { ids: "{{ keys }}" }
  each: { at: "$[*]", key: id, done: item.ok }
"#;

#[test]
fn killed_in_a_batch_each_record_is_settled_by_reading() {
    let world = World::new(BATCH, "");
    world.with(|desk| {
        let user = json!({"id": "u3", "email": "anna@example.org", "name": "A. Berg"});
        desk.users.insert("u3".to_owned(), user);
        desk.hangs = true;
    });
    let mut running = world.workspace.start(&erase("2"));
    world.wait_for("POST /deletions");
    running.kill();
    // One of the two was removed before the server broke down.
    world.with(|desk| {
        desk.hangs = false;
        desk.users.remove("u1");
    });
    let again = world.erase("2").ends_with(0);
    assert_eq!(world.outcomes(&again.case().unwrap()), ["removed"]);
    let sent = world.server.received();
    let sent: Vec<Value> = sent
        .iter()
        .filter(|request| request.is_write())
        .map(|request| request.json()["ids"].clone())
        .collect();
    assert_eq!(sent, [json!(["u1", "u3"]), json!(["u3"])]);
    assert_eq!(world.has("u2"), (true, false));
}

fn plan(world: &World, lang: &str, format: &str) -> Ran {
    let who = ["--email", "anna@example.org", "--identity", "letter"];
    let mut line = vec!["plan", "--format", format];
    line.extend(who);
    world.workspace.run_in(lang, &line)
}

#[test]
fn what_a_person_does_is_a_task_that_names_the_screen() {
    let manual = "remove: { manual: \"Admin centre, People, user, Erase.\" }";
    for object in [
        manual,
        "erase: { manual: \"Admin centre, People, user, Erase.\" }",
    ] {
        let world = World::new(object, "");
        let planned = plan(&world, "en", "json").ends_with(0).json();
        assert_eq!(planned["steps"][0]["decision"], "manual");
        assert_eq!(planned["steps"][0]["action"], Value::Null);
        assert_eq!(planned["writes"], 0);
        let task = &planned["tasks"][0];
        assert!(
            task["text"]["en"]
                .as_str()
                .unwrap()
                .contains("Admin centre, People"),
            "{task}"
        );
        assert_eq!(task["owner"], "helpdesk@example.org");
        world.erase("0");
        assert!(world.writes().is_empty());
    }
}

#[test]
fn an_effect_that_cannot_be_undone_is_shown_before_anyone_confirms() {
    let object = "remove: { delete: \"/users/{{ record.id }}\", irreversible: \"The address is blocked for good.\" }";
    let world = World::new(object, "");
    for (lang, words) in [
        (
            "en",
            "Cannot be undone, desk.users: The address is blocked for good.",
        ),
        (
            "de",
            "Nicht umkehrbar, desk.users: The address is blocked for good.",
        ),
    ] {
        let ran = plan(&world, lang, "table").ends_with(0);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains(words), "{said}");
    }
    let planned = plan(&world, "en", "json").ends_with(0).json();
    assert_eq!(
        planned["steps"][0]["irreversible"]["en"],
        "The address is blocked for good."
    );
    let ran = world.erase("1").ends_with(0);
    assert!(
        ran.err.contains("The address is blocked for good."),
        "{ran:?}"
    );
    let cover = world.workspace.inside(&ran.case().unwrap(), "COVER");
    assert!(
        cover.contains("The address is blocked for good."),
        "{cover}"
    );
    assert!(cover.contains("What cannot be undone"), "{cover}");
    assert!(
        cover.contains("Was sich nicht rückgängig machen lässt"),
        "{cover}"
    );
}

#[test]
fn a_write_that_nothing_confirms_is_a_persons_until_the_system_allows_it() {
    let object = "remove: { delete: \"/users/{{ record.id }}\", unconfirmed: true }";
    let world = World::new(object, "");
    let planned = plan(&world, "en", "json").ends_with(0).json();
    assert_eq!(planned["steps"][0]["decision"], "manual");
    assert_eq!(planned["writes"], 0);
    let world = World::new(object, "unconfirmed_writes: allow");
    world.erase("1").ends_with(0);
    assert_eq!(world.has("u1"), (false, true));
}
