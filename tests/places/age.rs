//! Records by their age, which no search for a person asks for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dsr::connector::{Opening, Probe, Settings, definition, rest};
use dsr::diagnostic::Source;
use dsr::find::age;
use dsr::inventory::{Engine, Status, System, Timeouts};
use dsr::keys;
use serde_json::json;

use crate::support::http::{Reply, Server};
use crate::town::{LISTS, World, connector, faults, keys as found_keys};

const VISITS: &str = r#"
  visits:
    clock: "$.meta.seen"
    find:
      - { by: email, get: /visits, query: { email: "{{ value }}" } }
      - { by: age, get: /visits, query: { before: "{{ before }}" } }
      - { by: age, under: lists, get: "/lists/{{ parent.id }}/visits", query: { before: "{{ before | date('%d.%m.%Y') }}" } }
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/visits/{{ record.id }}" }
"#;

fn opening(objects: &[&str], url: &str) -> Opening {
    let source = Arc::new(Source {
        path: "town.yml".into(),
        text: connector(objects),
    });
    let definition =
        definition::parse(source).unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics));
    let system = System {
        name: "town".into(),
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

#[tokio::test]
async fn only_what_is_older_comes_up_whatever_the_server_sends() {
    let server = Server::start(|request| match request.path() {
        "/lists" => Reply::json(json!({"lists": [{"id": "news"}], "total": 1})),
        "/visits" => Reply::json(json!({"items": [
            {"id": 1, "email": "a@example.org", "meta": {"seen": "2020-12-31T23:59:59Z"}},
            {"id": 2, "email": "b@example.org", "meta": {"seen": "2021-01-01"}},
            {"id": 3, "email": "c@example.org", "meta": {"seen": null}},
            {"id": 4, "email": "d@example.org", "meta": {}},
            {"id": 5, "email": "e@example.org", "meta": {"seen": "1970-01-01"}},
            {"id": 6, "email": "f@example.org", "meta": {"seen": 20201231}},
        ]})),
        _ => Reply::json(json!({"items": [{"id": 7, "meta": {"seen": "2019-05-01 10:00:00"}}]})),
    });
    let opening = opening(&[LISTS, VISITS], &server.url);
    let object = opening.system.object("visits").unwrap();
    let mut reader = rest::reader(&opening).unwrap();
    let mut keys = Vec::new();
    let day = "2021-01-01".parse().unwrap();
    let refused = age::older(
        reader.as_mut(),
        &opening.system,
        object,
        day,
        &mut |record| {
            keys.push(record.key.to_string());
            true
        },
    )
    .await
    .unwrap();
    assert_eq!((keys, refused), (vec!["1".to_owned(), "7".to_owned()], 5));
    let lines = server.lines();
    assert!(
        lines.contains(&"GET /visits?before=2021-01-01".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"GET /lists/news/visits?before=01.01.2021".to_owned()),
        "{lines:?}"
    );
}

#[tokio::test]
async fn no_other_question_reaches_a_finder_by_age_and_it_reaches_no_other_finder() {
    let server = Server::start(|_| Reply::json(json!({"items": []})));
    let opening = opening(&[LISTS, VISITS], &server.url);
    let object = opening.system.object("visits").unwrap();
    let lists = opening.system.object("lists").unwrap();
    let mut reader = rest::reader(&opening).unwrap();
    let day = "2021-01-01".parse().unwrap();
    for (object, finder, probe) in [
        (object, 0, Probe::Before { day, parent: None }),
        (object, 2, Probe::Before { day, parent: None }),
        (object, 0, Probe::All),
        (object, 1, Probe::All),
        (lists, 0, Probe::Before { day, parent: None }),
    ] {
        let asked = reader.find(object, finder, probe, &mut |_| true).await;
        assert_eq!(asked.unwrap_err().code, "E333");
    }
    let found = age::older(reader.as_mut(), &opening.system, lists, day, &mut |_| true).await;
    assert_eq!(found.unwrap_err().code, "E333");
    assert!(server.lines().is_empty());
}

#[test]
fn a_search_for_a_person_never_goes_by_age() {
    let world = World::answering(&[LISTS, VISITS], |request| match request.path() {
        "/lists" => Reply::json(json!({"lists": [{"id": "news"}], "total": 1})),
        _ if request.query("before").is_some() => Reply::status(500),
        _ => Reply::json(
            json!({"items": [{"id": 1, "email": "anna@example.org", "meta": {"seen": "2020-01-01"}}]}),
        ),
    });
    let (code, found) = world.find();
    assert_eq!((code, faults(&found)), (0, Vec::<String>::new()), "{found}");
    assert_eq!(found_keys(&found), ["visits:1"]);
}
