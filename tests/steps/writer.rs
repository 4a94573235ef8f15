//! One record, several requests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dsr::connector::definition::{self, Definition};
use dsr::connector::{
    Action, Changes, Digester, Effect, Fault, Key, Opening, Patience, Record, Settings, Target,
    rest,
};
use dsr::diagnostic::Source;
use dsr::findings::FoundBy;
use dsr::inventory::{Engine, Status, System, Timeouts};
use dsr::keys::{self, Digest};
use dsr::plan::{Approved, Decision, Plan, Step};
use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};

/// A connector whose `users` have this action.
pub(crate) fn connector(remove: &str) -> String {
    format!(
        r#"dsr: 1
connector: desk
version: 1.0.0
settings: {{ url: {{ type: url }} }}
api:
  url: "{{{{ settings.url }}}}"
  records: "$.items[*]"
  limits: {{ retries: 2 }}
objects:
  users:
    find: [{{ by: email, get: /users, query: {{ email: "{{{{ value }}}}" }} }}]
    fields: {{ email: {{ category: contact.email, identity: email }} }}
    remove:
{}
"#,
        remove
            .trim_matches('\n')
            .lines()
            .map(|line| format!("      {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    )
}

pub(crate) fn parse(yaml: &str) -> Definition {
    let source = Arc::new(Source {
        path: "desk.yml".into(),
        text: yaml.into(),
    });
    let mut definition =
        definition::parse(source).unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics));
    definition.api.limits.first_wait = Duration::from_millis(4);
    definition
}

pub(crate) fn opening(yaml: &str, url: &str) -> Opening {
    let definition = parse(yaml);
    let system = System {
        name: "desk".into(),
        status: Status::Active,
        owner: None,
        control: None,
        within: Duration::from_secs(60),
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            request: Duration::from_secs(2),
            lock: Duration::from_secs(1),
        },
        settings: BTreeMap::new(),
        insecure_http: false,
        unconfirmed_writes: false,
        objects: definition.objects.clone(),
        engine: Engine::Rest(Box::new(definition)),
    };
    Opening {
        system: Arc::new(system),
        folder: ".".into(),
        settings: Settings {
            plain: BTreeMap::from([("url".to_owned(), url.to_owned())]),
            secret: BTreeMap::new(),
        },
        row_key: keys::Key::from_bytes([1; 32]),
        descriptions: Default::default(),
        transport: Default::default(),
    }
}

fn step(no: u32, key: &Key) -> Step {
    Step {
        no,
        system: "desk".into(),
        object: "users".into(),
        key: key.clone(),
        name: Digest([0; 32]),
        found_by: FoundBy {
            finder: 0,
            identity: None,
            parent: None,
            also: Vec::new(),
        },
        decision: Decision::Erase,
        action: Some(Action::Remove),
        before: Digest([1; 32]),
        after: None,
        changes: Changes::new(),
        order: 0,
        until: None,
        because: None,
        irreversible: None,
        label: None,
        was: BTreeMap::new(),
        categories: Vec::new(),
        keeping: None,
    }
}

fn key(data: &Value) -> Key {
    let text = data["id"].as_str().map(str::to_owned);
    Key::new(vec![text.unwrap_or_else(|| data["id"].to_string())]).unwrap()
}

/// Removes these users; `planned` says how many of them are in the plan.
pub(crate) async fn remove_all(
    server: &Server,
    remove: &str,
    users: &[Value],
    planned: usize,
    patience: Option<Patience>,
) -> Vec<Result<Effect, String>> {
    let opening = opening(&connector(remove), &server.url);
    let records: Vec<Record> = users
        .iter()
        .map(|data| Record {
            key: key(data),
            data: data.clone(),
        })
        .collect();
    let steps = records.iter().take(planned).zip(0..);
    let plan = Plan {
        schema: "dsr.plan/1".into(),
        case: "2026-K7QF3M".into(),
        verb: "erase".into(),
        day: "2026-11-21".parse().unwrap(),
        inventory: Digest([0; 32]),
        steps: steps.map(|(record, no)| step(no, &record.key)).collect(),
        not_searched: Vec::new(),
        tasks: Vec::new(),
        waiting: Vec::new(),
        requests: BTreeMap::new(),
        changed_safety: Vec::new(),
    };
    let id = plan.id();
    let approved = Approved::new(plan, &[id]).expect("approved");
    let mut writer = rest::writer(&opening, &approved).unwrap();
    if let Some(patience) = patience {
        writer.wait_no_longer(patience);
    }
    let (before, changes) = (Digest([1; 32]), Changes::new());
    let targets: Vec<Target<'_>> = records
        .iter()
        .map(|record| Target {
            record,
            before: &before,
            changes: &changes,
            version: None,
        })
        .collect();
    let digester = Digester::new(keys::Key::from_bytes([2; 32]));
    let object = &opening.system.objects[0];
    let effects = writer
        .act(object, Action::Remove, &targets, &digester)
        .await;
    let code = |fault: Fault| fault.code;
    effects.into_iter().map(|one| one.map_err(code)).collect()
}

pub(crate) async fn remove(server: &Server, remove: &str) -> Result<Effect, String> {
    let users = [json!({"id": "u1", "email": "anna@example.org"})];
    remove_all(server, remove, &users, 1, None).await.remove(0)
}

fn is_delete(request: &Received) -> bool {
    request.method == "DELETE"
}

const TWO_STEPS: &str = r#"
steps:
  - { post: "/users/{{ record.id }}/closure", capture: { job: $.job.id, mark: header.X-Mark } }
  - { name: purge, delete: "/users/{{ record.id }}/jobs/{{ job }}", headers: { X-Mark: "{{ mark }}" }, when: "job != 'none'" }
"#;

#[tokio::test]
async fn a_captured_value_reaches_later_steps_as_one_segment() {
    for (job, expected) in [
        (json!("7"), "DELETE /users/u1/jobs/7"),
        (json!(7), "DELETE /users/u1/jobs/7"),
        (
            json!("a/../b?c=d#e"),
            "DELETE /users/u1/jobs/a%2F..%2Fb%3Fc%3Dd%23e",
        ),
        (json!("ü %"), "DELETE /users/u1/jobs/%C3%BC%20%25"),
    ] {
        let server = Server::start(move |request| match is_delete(request) {
            true => Reply::status(204),
            false => Reply::json(json!({"job": {"id": job}})).header("X-Mark", "m-1"),
        });
        assert_eq!(remove(&server, TWO_STEPS).await, Ok(Effect::Done));
        assert_eq!(server.lines(), ["POST /users/u1/closure", expected]);
        assert_eq!(server.received()[1].header("x-mark"), Some("m-1"));
    }
    // What would climb is not sent at all.
    for job in ["..", ".", "\u{7}", "a\nb"] {
        let server = Server::start(move |_| {
            Reply::json(json!({"job": {"id": job}})).header("X-Mark", "m-1")
        });
        let effect = remove(&server, TWO_STEPS).await;
        if job.len() < 3 && job.contains('.') {
            assert_eq!(effect, Err("E330".to_owned()), "{job:?}");
            assert_eq!(server.writes(), 1);
        }
    }
}

#[tokio::test]
async fn a_captured_value_that_does_not_come_is_a_fault_and_stops_the_action() {
    for reply in [
        Reply::json(json!({})).header("X-Mark", "m"),
        Reply::json(json!({"job": {"id": null}})).header("X-Mark", "m"),
        Reply::json(json!({"job": {"id": " "}})).header("X-Mark", "m"),
        Reply::json(json!({"job": {"id": "7"}})),
        Reply::html("<html>").header("X-Mark", "m"),
        Reply::status(204).header("X-Mark", "m"),
    ] {
        let shown = format!("{reply:?}");
        let server = Server::start(move |_| reply.clone());
        assert_eq!(
            remove(&server, TWO_STEPS).await,
            Err("E552".into()),
            "{shown}"
        );
        assert_eq!(server.writes(), 1, "{shown}");
    }
}

#[tokio::test]
async fn a_step_whose_condition_does_not_hold_is_left_out() {
    let server =
        Server::start(|_| Reply::json(json!({"job": {"id": "none"}})).header("X-Mark", "m"));
    assert_eq!(remove(&server, TWO_STEPS).await, Ok(Effect::Done));
    assert_eq!(server.lines(), ["POST /users/u1/closure"]);
    let never = r#"{ delete: "/users/{{ record.id }}", when: "record.email == 'b@example.org'" }"#;
    let server = Server::start(|_| Reply::status(204));
    assert_eq!(remove(&server, never).await, Err("E330".into()));
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn what_goes_on_from_something_gone_is_gone_as_well() {
    let server = Server::start(|_| Reply::status(404));
    assert_eq!(remove(&server, TWO_STEPS).await, Ok(Effect::Gone));
    assert_eq!(server.lines(), ["POST /users/u1/closure"]);
}

const JOB: &str = r#"
post: "/users/{{ record.id }}/purge"
capture: { job: $.job }
poll:
  get: "/jobs/{{ job }}"
  every: 20ms
  within: 300ms
  done: "body.status == 'done'"
  failed: "body.status == 'failed'"
"#;

/// Takes the purge, then answers for the job by how often it was asked.
fn job(answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request| match request.method.as_str() {
        "POST" => Reply::json(json!({"job": "j/1"})).with_status(202),
        _ => answer(request.nth - 1),
    })
}

fn status(status: &str) -> Reply {
    Reply::json(json!({ "status": status }))
}

#[tokio::test]
async fn a_job_is_waited_for_until_it_has_ended() {
    let server = job(|nth| status(if nth < 3 { "running" } else { "done" }));
    assert_eq!(remove(&server, JOB).await, Ok(Effect::Done));
    assert_eq!(server.lines().len(), 5);
    assert_eq!(server.lines()[1], "GET /jobs/j%2F1");
    assert_eq!(server.writes(), 1);
    let server = job(|nth| status(if nth < 1 { "running" } else { "failed" }));
    assert_eq!(remove(&server, JOB).await, Err("E553".into()));
    // A server that is busy for a moment is asked again.
    let server = job(|nth| match nth {
        0 => Reply::status(503),
        1 => Reply::dropped(),
        _ => status("done"),
    });
    assert_eq!(remove(&server, JOB).await, Ok(Effect::Done));
    // Done only what says so.
    for nothing in [json!({}), json!({"status": null}), json!([]), json!("done")] {
        let server = job(move |_| Reply::json(nothing.clone()));
        assert_eq!(remove(&server, JOB).await, Ok(Effect::Lost));
    }
}

#[tokio::test]
async fn a_job_that_is_lost_or_takes_too_long_is_settled_by_reading() {
    for lost in [
        Reply::status(404),
        Reply::status(403),
        Reply::status(400),
        Reply::to(302, "/elsewhere"),
    ] {
        let server = job(move |_| lost.clone());
        assert_eq!(remove(&server, JOB).await, Ok(Effect::Lost));
        assert_eq!(server.lines().len(), 2);
    }
    let began = Instant::now();
    let server = job(|_| status("running"));
    assert_eq!(remove(&server, JOB).await, Ok(Effect::Lost));
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_run_that_ends_waits_for_no_job() {
    let endless = JOB.replace("300ms", "1h").replace("20ms", "10m");
    for (until, stopped) in [
        (Duration::from_millis(50), false),
        (Duration::from_secs(60), true),
    ] {
        let patience = Patience {
            until: tokio::time::Instant::now() + until,
            stop: Arc::new(move || stopped),
        };
        let server = job(|_| status("running"));
        let users = [json!({"id": "u1"})];
        let began = Instant::now();
        let effects = remove_all(&server, &endless, &users, 1, Some(patience)).await;
        assert_eq!(effects, [Ok(Effect::Running)]);
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn limits_of_a_request_hold_beside_those_of_the_connector() {
    let slow = r#"
limits: { rate: 2/300ms }
steps:
  - { delete: "/users/{{ record.id }}" }
  - { delete: "/deleted/{{ record.id }}", limits: { rate: 2/300ms, retries: 0 } }
"#;
    // An action of several steps has no limits of its own; its steps have.
    let steps = slow.replace("limits: { rate: 2/300ms }\n", "");
    let users: Vec<Value> = (0..5).map(|n| json!({"id": format!("u{n}")})).collect();
    let server = Server::start(|_| Reply::status(204));
    let began = Instant::now();
    let effects = remove_all(&server, &steps, &users, 5, None).await;
    assert_eq!(effects, vec![Ok(Effect::Done); 5]);
    assert!(
        began.elapsed() >= Duration::from_millis(590),
        "{:?}",
        began.elapsed()
    );
    // Fewer repetitions than the connector's own.
    let server = Server::start(|request| match request.path().starts_with("/deleted") {
        true => Reply::status(429),
        false => Reply::status(204),
    });
    assert_eq!(remove(&server, &steps).await, Err("E505".into()));
    assert_eq!(server.writes(), 2);
}

#[tokio::test]
async fn a_403_is_what_a_condition_says_of_it_and_a_failure_otherwise() {
    let throttled = r#"
delete: "/users/{{ record.id }}"
outcome:
  retry: "status == 403 and body.error == 'REQUEST_LIMIT_EXCEEDED'"
  blocked: "status == 403 and body.error == 'LEGAL_HOLD'"
"#;
    for (error, expected, sent) in [
        ("REQUEST_LIMIT_EXCEEDED", Ok(Effect::Done), 2),
        ("LEGAL_HOLD", Ok(Effect::Blocked), 1),
        ("FORBIDDEN", Err("E507".to_owned()), 1),
    ] {
        let server = Server::start(move |request| match request.nth {
            0 => Reply::json(json!({ "error": error })).with_status(403),
            _ => Reply::status(204),
        });
        assert_eq!(remove(&server, throttled).await, expected, "{error}");
        assert_eq!(server.writes(), sent, "{error}");
    }
}

#[tokio::test]
async fn a_word_that_a_step_does_not_say_is_as_the_action_says() {
    let steps = r#"
outcome: { blocked: [422] }
steps:
  - { delete: "/users/{{ record.id }}", outcome: { gone: [405] } }
"#;
    for (status, expected) in [(422, Effect::Blocked), (405, Effect::Gone)] {
        let server = Server::start(move |_| Reply::status(status));
        assert_eq!(remove(&server, steps).await, Ok(expected));
    }
}
