//! Retention runs over HTTP: records listed by age, judged again, erased by the connector's own action. Servers that list too much, lie,
//! lose replies and refuse; runs that are killed; persons who are to be spared from now on.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support {
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/program.rs"]
    pub(crate) mod program;
    #[path = "../support/sweeping.rs"]
    pub(crate) mod sweeping;
}

#[path = "sweep_http/shipped.rs"]
mod shipped;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::http::{Received, Reply, Server};
use support::program::{Ran, Workspace};
use support::sweeping::{ago, head, statements};

const CONNECTOR: &str = r#"dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  records: "$.items[*]"
  page: { number: query.page }
  limits: { retries: 0 }
objects:
  visits:
    clock: seen
    find:
      - { by: email, get: /visits, query: { email: "{{ value }}" } }
      - { by: age, get: /visits, query: { before: "{{ before }}" } }
    read: { get: "/visits/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, note: content.note }
    remove: { delete: "/visits/{{ record.id }}" }
    restrict: { patch: "/visits/{{ record.id }}", body: { locked: true }, verify: { holds: "record.locked" } }
    anonymise: { patch: "/visits/{{ record.id }}", body: "{{ masked }}" }
"#;

const BELOW: &str = r#"  replies:
    find: [{ under: visits, get: "/visits/{{ parent.id }}/replies" }]
    fields: { text: content.message, visit: { category: account.id, links: visits } }
    remove: { delete: "/replies/{{ record.id }}" }
"#;

/// What the service holds and how it behaves.
#[derive(Default)]
struct Desk {
    visits: BTreeMap<u32, Value>,
    /// Takes no notice of the day that it is asked for.
    lists_all: bool,
    /// Requests to delete so far, and what happens at one of them.
    deletes: usize,
    drops: Option<usize>,
    refuses: Vec<u32>,
    /// Says yes and does nothing.
    ignores: Vec<u32>,
    replies: Vec<u32>,
    waits: Duration,
}

struct World {
    workspace: Workspace,
    desk: Arc<Mutex<Desk>>,
    server: Server,
}

impl World {
    /// Twenty-four visits, every second one long ago.
    fn new() -> World {
        World::with("then: remove", "", |_| {})
    }

    fn with(then: &str, below: &str, change: impl Fn(&mut Desk)) -> World {
        let mut desk = Desk::default();
        for id in 1..=24u32 {
            let days = if id.is_multiple_of(2) { 900 } else { 30 };
            let zone = if id.is_multiple_of(3) { "+0100" } else { "Z" };
            let seen = format!("{}T10:00:00{zone}", ago(days));
            let visit = json!({"id": id, "email": format!("p{id:02}@example.org"), "note": "x", "seen": seen});
            desk.visits.insert(id, visit);
        }
        change(&mut desk);
        let desk = Arc::new(Mutex::new(desk));
        let state = Arc::clone(&desk);
        let server = Server::start(move |request| answer(&state, request));
        let inventory = format!(
            "{}  desk:\n    connector: desk@1\n    settings: {{ url: \"{}\" }}\n\
             data_types:\n  visits: {{ objects: [desk.visits], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, {then} }}\n",
            head("records: 100, share: 1"),
            server.url
        );
        let connector = format!("{CONNECTOR}{below}");
        World {
            workspace: Workspace::new(&inventory, &[("desk.yml", &connector)]),
            desk,
            server,
        }
    }

    fn sweep(&self, more: &[&str]) -> Ran {
        self.workspace.run(&[&["sweep"], more].concat())
    }

    fn rule(&self, more: &[&str]) -> Value {
        let ran = self.sweep(&[more, &["--format", "json"]].concat());
        ran.json()["rules"][0].clone()
    }

    fn left(&self) -> Vec<u32> {
        self.desk.lock().unwrap().visits.keys().copied().collect()
    }

    fn deleted(&self) -> Vec<String> {
        let received = self.server.received();
        let writes = received.iter().filter(|request| request.is_write());
        writes.map(Received::line).collect()
    }

    /// `OUTCOME` of every record in the ledger, and how often.
    fn outcomes(&self) -> BTreeMap<String, usize> {
        let ran = self.workspace.run(&["audit", "log", "--format", "json"]);
        let mut found = BTreeMap::new();
        let outcome = regex::Regex::new("\"outcome\":\\s*\"([a-z_]+)\"").unwrap();
        for one in outcome.captures_iter(&ran.out) {
            *found.entry(one[1].to_owned()).or_default() += 1;
        }
        found
    }

    fn statement(&self) -> Value {
        let last = statements(&self.workspace.path("")).pop().unwrap();
        last["rules"][0].clone()
    }

    fn is_sound(&self) {
        self.workspace
            .run(&["audit", "log", "--verify"])
            .ends_with(0);
    }
}

const NEWER: [u32; 12] = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23];

fn answer(desk: &Mutex<Desk>, request: &Received) -> Reply {
    let mut desk = desk.lock().unwrap();
    let path: Vec<&str> = request.path().split('/').skip(1).collect();
    let id = path.get(1).and_then(|id| id.parse::<u32>().ok());
    match (request.method.as_str(), path.as_slice(), id) {
        ("GET", ["visits"], _) => {
            let before = request.query("before").filter(|_| !desk.lists_all);
            let email = request.query("email");
            let page: usize = request
                .query("page")
                .map_or(1, |page| page.parse().unwrap());
            let is_meant = |visit: &&Value| {
                let seen = visit["seen"].as_str().unwrap_or_default();
                let older = before.as_ref().is_none_or(|before| seen < before.as_str());
                older
                    && email
                        .as_ref()
                        .is_none_or(|email| visit["email"] == *email.as_str())
            };
            let found = desk.visits.values().filter(is_meant);
            let found: Vec<&Value> = found.skip((page - 1) * 5).take(5).collect();
            Reply::json(json!({ "items": found }))
        }
        ("GET", ["visits", _], Some(id)) => match desk.visits.get(&id) {
            Some(visit) => Reply::json(visit.clone()),
            None => Reply::status(404),
        },
        ("GET", ["visits", _, "replies"], Some(id)) => {
            let has = desk.replies.contains(&id) && request.query("page").as_deref() == Some("1");
            let found = has.then(|| json!({"id": 1, "visit": id, "text": "x"}));
            let found: Vec<Value> = found.into_iter().collect();
            Reply::json(json!({ "items": found }))
        }
        ("PATCH", ["visits", _], Some(id)) => match desk.visits.get_mut(&id) {
            Some(visit) => {
                visit["locked"] = request.json()["locked"].clone();
                Reply::json(visit.clone())
            }
            None => Reply::status(404),
        },
        ("DELETE", ["visits", _], Some(id)) => {
            std::thread::sleep(desk.waits);
            desk.deletes += 1;
            if desk.refuses.contains(&id) {
                return Reply::status(409);
            }
            if !desk.ignores.contains(&id) {
                desk.visits.remove(&id);
            }
            match desk.drops == Some(desk.deletes) {
                true => Reply::dropped(),
                false => Reply::status(204),
            }
        }
        _ => Reply::status(404),
    }
}

#[test]
fn what_is_older_is_listed_shown_and_erased_one_by_one() {
    let world = World::new();
    let first = world.rule(&["--apply"]);
    assert_eq!(first["brakes"], json!(["new"]), "{first}");
    // Nobody says how many there are in all, so no share of them is reckoned.
    assert_eq!(
        [&first["records"], &first["due"], &first["oldest"]],
        [&Value::Null, &json!(12), &json!(ago(900))],
        "{first}"
    );
    assert!(world.deleted().is_empty());
    let second = world.rule(&["--apply"]);
    assert_eq!(
        [&second["done"], &second["remaining"], &second["error"]],
        [&json!(12), &json!(0), &Value::Null],
        "{second}"
    );
    assert_eq!(world.left(), NEWER);
    assert_eq!(world.deleted().len(), 12);
    assert_eq!(world.outcomes().get("removed"), Some(&12));
    let said = world.statement();
    assert_eq!(
        [&said["due"], &said["done"]],
        [&json!(12), &json!(12)],
        "{said}"
    );
    world.sweep(&["--apply"]).ends_with(0);
    assert_eq!(world.left(), NEWER);
    world.is_sound();
}

#[test]
fn a_server_that_lists_everything_loses_nothing_that_is_newer() {
    let world = World::with("then: remove", "", |desk| {
        desk.lists_all = true;
        for (id, seen) in [
            (30, json!(null)),
            (31, json!("")),
            (32, json!("0000-00-00")),
            (33, json!("1970-01-01T00:00:00Z")),
            (34, json!(1_300_000_000)),
            (35, json!([ago(900), ago(1)])),
            (36, json!(ago(-2))),
        ] {
            let visit = json!({"id": id, "email": "x@example.org", "seen": seen});
            desk.visits.insert(id, visit);
        }
    });
    let first = world.rule(&[]);
    assert_eq!(
        [&first["due"], &first["unknown_start"], &first["future"]],
        [&json!(12), &json!(6), &json!(1)],
        "{first}"
    );
    let run = world.rule(&["--apply"]);
    assert_eq!(
        [&run["done"], &run["remaining"]],
        [&json!(12), &json!(0)],
        "{run}"
    );
    let kept: Vec<u32> = NEWER.into_iter().chain(30..37).collect();
    assert_eq!(world.left(), kept);
}

#[test]
fn more_than_the_bound_waits_for_a_person() {
    let world = World::with("then: remove", "", |desk| {
        for id in 100..200 {
            let visit = json!({"id": id, "email": "x@example.org", "seen": ago(900)});
            desk.visits.insert(id, visit);
        }
    });
    world.sweep(&[]).ends_with(0);
    world.sweep(&["--apply"]).ends_with(4);
    assert!(world.deleted().is_empty());
    world
        .sweep(&["--apply", "--data-type", "visits", "--expect", "112"])
        .ends_with(0);
    assert_eq!(world.left(), NEWER);
}

#[test]
fn held_and_asking_persons_are_spared() {
    let world = World::new();
    world.sweep(&[]).ends_with(0);
    world
        .workspace
        .run(&[
            "case",
            "open",
            "--email",
            "p02@example.org",
            "--right",
            "access",
        ])
        .ends_with(0);
    world
        .workspace
        .run(&[
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
            "--email",
            "p04@example.org",
        ])
        .ends_with(0);
    let run = world.rule(&["--apply"]);
    assert_eq!(
        [&run["held"], &run["done"], &run["remaining"]],
        [&json!(2), &json!(10), &json!(0)],
        "{run}"
    );
    assert!([2, 4].iter().all(|id| world.left().contains(id)));
}

#[test]
fn a_hold_that_is_set_meanwhile_stops_the_run_before_the_next_record() {
    let world = World::with("then: remove", "", |desk| {
        desk.waits = Duration::from_millis(300)
    });
    world.sweep(&[]).ends_with(0);
    let run = world
        .workspace
        .start(&["sweep", "--apply", "--format", "json"]);
    let begun = Instant::now();
    while world.deleted().is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "nothing was written"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    world
        .workspace
        .run(&[
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
            "--email",
            "p24@example.org",
        ])
        .ends_with(0);
    let written = world.deleted().len();
    let ran = run.wait();
    let rule = ran.json()["rules"][0].clone();
    assert_eq!(rule["halted"], json!("holds_changed"), "{rule}");
    // The one that was on its way is the last.
    assert!(
        world.deleted().len() <= written + 1,
        "{:?}",
        world.deleted()
    );
    assert_eq!(rule["done"], json!(world.deleted().len()), "{rule}");
    assert!(world.left().contains(&24));
    let next = world.rule(&["--apply"]);
    assert_eq!(
        [&next["held"], &next["remaining"]],
        [&json!(1), &json!(0)],
        "{next}"
    );
    assert_eq!(world.left().len(), 13);
}

#[test]
fn a_lost_reply_is_settled_by_reading_and_a_refusal_keeps_no_other_record() {
    let world = World::with("then: remove", "", |desk| {
        desk.drops = Some(3);
        desk.refuses = vec![8];
        desk.ignores = vec![10];
    });
    world.sweep(&[]).ends_with(0);
    let ran = world.sweep(&["--apply", "--format", "json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let rule = ran.json()["rules"][0].clone();
    assert_eq!([&rule["done"]], [&json!(10)], "{rule}");
    let left = world.left();
    assert!(
        left.contains(&8) && left.contains(&10) && left.len() == 14,
        "{left:?}"
    );
    let mut desk = world.desk.lock().unwrap();
    (desk.refuses, desk.ignores) = (Vec::new(), Vec::new());
    drop(desk);
    let rule = world.rule(&["--apply"]);
    assert_eq!(
        [&rule["done"], &rule["remaining"]],
        [&json!(2), &json!(0)],
        "{rule}"
    );
    assert_eq!(world.left(), NEWER);
    world.is_sound();
}

#[test]
fn killed_at_any_event_of_the_ledger_nothing_is_lost_or_counted_twice() {
    for when in ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"] {
        for number in [2, 3, 4, 5, 7, 9, 14, 16, 20, 26, 29] {
            let world = World::new();
            world.sweep(&[]).ends_with(0);
            let text = number.to_string();
            let killed = world.workspace.run_with(when, &text, &["sweep", "--apply"]);
            if killed.code.is_some() {
                assert_eq!(world.left(), NEWER, "{killed:?}");
                break;
            }
            let ran = world.sweep(&["--apply"]);
            assert_eq!(ran.code, Some(0), "{when} {number}: {ran:?}");
            assert_eq!(world.left(), NEWER, "{when} {number}");
            assert_eq!(
                world.deleted().len(),
                12,
                "{when} {number}: nothing is written twice"
            );
            let done = world.statement()["done"].clone();
            assert!(done == 12 || done == 0, "{when} {number}: {done}");
            world.is_sound();
        }
    }
}

#[test]
fn what_has_something_below_it_stays() {
    let world = World::with("then: remove", BELOW, |desk| desk.replies = vec![6]);
    world.sweep(&[]).ends_with(0);
    let run = world.rule(&["--apply"]);
    assert_eq!(
        [&run["referenced"], &run["done"], &run["remaining"]],
        [&json!(1), &json!(11), &json!(0)],
        "{run}"
    );
    assert!(world.left().contains(&6));
}

#[test]
fn what_the_connector_cannot_do_is_said_and_not_done() {
    let world = World::with("then: anonymise", "", |_| {});
    let ran = world.sweep(&["--apply"]).ends_with(3);
    assert!(ran.err.contains("E490"), "{ran:?}");
    let world = World::with("then: restrict", "", |_| {});
    let ran = world.sweep(&["--apply"]);
    assert!(ran.code != Some(0) && world.deleted().is_empty(), "{ran:?}");
    // A rule that counts from another day than the one by which records are listed is not swept.
    let world = World::with("then: remove", "", |_| {});
    let inventory = world.workspace.read("dsr.yaml");
    let other = inventory.replace("start: clock", "start: event(left_on)");
    world.workspace.write("dsr.yaml", &other);
    let rule = world.rule(&["--apply"]);
    assert_eq!(rule["obstacle"], json!("not_by_age"), "{rule}");
    assert!(world.deleted().is_empty());
}

#[test]
fn a_record_that_changed_since_it_was_listed_is_judged_by_what_it_is() {
    let world = World::new();
    world.sweep(&[]).ends_with(0);
    {
        // The list is old: it shows another day than the record itself.
        let mut desk = world.desk.lock().unwrap();
        let visit = desk.visits.get_mut(&12).unwrap();
        visit["seen"] = json!(format!("{}T10:00:00Z", ago(1)));
    }
    let rule = world.rule(&["--apply"]);
    assert_eq!(
        [&rule["done"], &rule["remaining"]],
        [&json!(11), &json!(0)],
        "{rule}"
    );
    assert!(world.left().contains(&12));
}

#[test]
fn what_is_left_alone_is_listed_record_by_record() {
    let world = World::with("then: remove", BELOW, |desk| {
        desk.lists_all = true;
        for (id, seen) in [(30, json!(null)), (31, json!("soon")), (36, json!(ago(-2)))] {
            let visit = json!({"id": id, "email": "x@example.org", "seen": seen});
            desk.visits.insert(id, visit);
        }
        desk.replies = vec![4];
    });
    let shown = world.rule(&[]);
    let ran = world
        .sweep(&["--left-alone", "--format", "json"])
        .ends_with(0);
    let listed = ran.json();
    let keys = |why: &str| -> Vec<String> {
        let records = listed["records"].as_array().unwrap().iter();
        let records = records.filter(|record| record["why"] == why);
        records
            .map(|record| record["key"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(keys("unknown_start"), ["30", "31"]);
    assert_eq!(keys("future"), ["36"]);
    assert_eq!(keys("referenced"), ["4"]);
    assert_eq!(
        [
            &shown["unknown_start"],
            &shown["future"],
            &shown["referenced"]
        ],
        [&json!(2), &json!(1), &json!(1)]
    );
    assert!(world.deleted().is_empty());
}

#[test]
fn what_lost_its_purpose_is_locked_and_what_is_over_goes() {
    let then = "then: remove, active_until: { event: clock, plus: P1Y }";
    let world = World::with(then, "", |desk| {
        for id in 30..33 {
            let visit = json!({"id": id, "email": "x@example.org", "note": "x", "seen": format!("{}T10:00:00Z", ago(500))});
            desk.visits.insert(id, visit);
        }
    });
    let rules = |more: &[&str]| {
        let ran = world.sweep(&[more, &["--format", "json"]].concat());
        ran.json()["rules"].as_array().unwrap().clone()
    };
    let shown = rules(&[]);
    assert_eq!(
        [&shown[0]["action"], &shown[1]["action"]],
        [&json!("restrict"), &json!("remove")]
    );
    assert_eq!(
        [&shown[0]["due"], &shown[1]["due"]],
        [&json!(15), &json!(12)]
    );
    assert!(world.deleted().is_empty());
    let done = rules(&["--apply"]);
    assert_eq!(
        [&done[0]["done"], &done[1]["done"]],
        [&json!(15), &json!(12)],
        "{done:?}"
    );
    let left: Vec<u32> = NEWER.into_iter().chain(30..33).collect();
    assert_eq!(world.left(), left);
    let locked: Vec<u32> = {
        let desk = world.desk.lock().unwrap();
        let locked = desk
            .visits
            .iter()
            .filter(|(_, visit)| visit["locked"] == json!(true));
        locked.map(|(id, _)| *id).collect()
    };
    assert_eq!(
        locked,
        [30, 31, 32],
        "what still serves its purpose is not locked"
    );
    let outcomes = world.outcomes();
    assert_eq!(
        (outcomes.get("restricted"), outcomes.get("removed")),
        (Some(&15), Some(&12))
    );
    let writes = world.deleted().len();
    let again = rules(&["--apply"]);
    assert_eq!([&again[0]["due"], &again[1]["due"]], [&json!(0), &json!(0)]);
    assert_eq!(world.deleted().len(), writes);
    world.workspace.run(&["audit", "runs"]).ends_with(0);
    world.is_sound();
}

/// Takes what a killed run had begun out of the vault, as a copy of yesterday that is put back would; says how much there was.
fn lose_what_was_begun(world: &World) -> usize {
    let workspace = dsr::workspace::Workspace::find(&world.workspace.path("")).unwrap();
    let text = world.workspace.read(".dsr/keys/workspace.key");
    let digest = dsr::keys::Digest::from_hex(text.trim()).unwrap();
    let key = dsr::keys::Key::from_bytes(digest.0);
    let mut vault = dsr::vault::Vault::open(&workspace, &key).unwrap();
    let names = vault.names_for_workspace().unwrap();
    let begun: Vec<&String> = names
        .iter()
        .filter(|name| name.starts_with("sweep/"))
        .collect();
    for name in &begun {
        vault.remove_for_workspace(name).unwrap();
    }
    begun.len()
}

#[test]
fn what_the_vault_has_lost_is_told_and_claimed_by_nobody() {
    let mut told = 0;
    for at in 3..16 {
        let world = World::new();
        world.sweep(&[]).ends_with(0);
        world.workspace.run_with(
            "DSR_TEST_KILL_AFTER",
            &at.to_string(),
            &["sweep", "--apply"],
        );
        let gone = 12 - (world.left().len() - NEWER.len());
        if lose_what_was_begun(&world) == 0 {
            continue;
        }
        let before = world.outcomes().get("removed").copied().unwrap_or(0);
        let ran = world.sweep(&["--apply", "--format", "json"]);
        let rule = ran.json()["rules"][0].clone();
        // What has no outcome in the ledger nobody knows of; records that are gone by it are not counted as this program's work.
        if ran.code == Some(4) {
            told += 1;
            assert!(
                ran.err.contains("E483") || ran.out.contains("E483"),
                "{at}: {ran:?}"
            );
            assert_eq!(rule["error"]["code"], "E483", "{at}: {rule}");
        } else {
            assert_eq!(ran.code, Some(0), "{at}: {ran:?}");
            assert_eq!(
                gone, before,
                "{at}: the ledger has the outcome of all that went"
            );
        }
        assert_eq!(world.sweep(&["--apply"]).code, Some(0), "{at}");
        assert_eq!(world.left(), NEWER, "{at}");
        world.workspace.run(&["audit", "runs"]).ends_with(0);
        let done: u64 = statements(&world.workspace.path(""))
            .iter()
            .map(|said| said["rules"][0]["done"].as_u64().unwrap())
            .sum();
        let outcomes = world.outcomes().get("removed").copied().unwrap_or(0);
        assert_eq!(
            done, outcomes as u64,
            "{at}: as many as the ledger has outcomes"
        );
        world.is_sound();
    }
    assert!(told > 1, "the vault never lost anything");
}
