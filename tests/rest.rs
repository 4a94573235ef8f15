//! The `rest` engine against a server that misbehaves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dsr::connector::definition::{self, Definition};
use dsr::connector::{
    Action, Changes, Digester, Effect, Fault, Key, Opening, Probe, Record, Settings, Target, rest,
};
use dsr::diagnostic::Source;
use dsr::findings::FoundBy;
use dsr::inventory::{Engine, Status, System, Timeouts};
use dsr::keys::{self, Digest};
use dsr::plan::{Approved, Decision, Plan, Step};
use dsr::subject::{Identity, Kind, Kinds};
use serde_json::{Value, json};
use support::http::{Received, Reply, Server};

#[path = "rest/pages.rs"]
mod pages_of_every_form;

const BOOKINGS: &str = r#"
dsr: 1
connector: bookings
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: { number: query.page, start: 1, size: query.per_page, of: 2 }
objects:
  guests:
    find: [{ by: email, get: /guests, query: { email: "{{ value }}" } }]
    read: { get: "/guests/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      name: person.name
      address.city: contact.address
      visits: x.visits
    remove: { delete: "/guests/{{ record.id }}" }
    anonymise: { patch: "/guests/{{ record.id }}", body: "{{ masked }}" }
    rectify: { put: "/guests/{{ record.id }}", body: "{{ record | merge(changes) }}" }
    suppress: { post: /suppressions, body: { guest: "{{ record.id }}", reason: objection } }
  notes:
    find: [{ under: guests, get: "/guests/{{ parent.id }}/notes", records: "$[*]", page: none }]
    fields: { text: content.note }
    remove:
      steps:
        - { delete: "/notes/{{ record.id }}" }
        - { delete: "/trash/{{ record.id }}" }
"#;

const SECRET: &str = "s3cret-key";

fn parse(yaml: &str) -> Definition {
    let source = Arc::new(Source {
        path: "bookings.yml".into(),
        text: yaml.into(),
    });
    let mut definition =
        definition::parse(source).unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics));
    definition.api.limits.first_wait = Duration::from_millis(4);
    definition
}

fn opening_of(definition: Definition, url: &str, control: Option<Identity>) -> Opening {
    let system = System {
        name: "hotel".into(),
        status: Status::Active,
        owner: None,
        control,
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
            secret: BTreeMap::from([("key".to_owned(), SECRET.into())]),
        },
        row_key: keys::Key::from_bytes([1; 32]),
        descriptions: Default::default(),
        transport: Default::default(),
    }
}

fn opening(url: &str) -> Opening {
    opening_of(parse(BOOKINGS), url, None)
}

fn anna() -> Identity {
    let kinds = Kinds {
        country: "DE".into(),
        ..Kinds::default()
    };
    kinds
        .identity(&Kind("email".into()), "o'brien+a&b=c@example.org")
        .expect("an address")
}

async fn find_in(opening: &Opening) -> Result<Vec<Record>, Fault> {
    let mut reader = rest::reader(opening)?;
    let object = opening.system.objects[0].clone();
    let mut found = Vec::new();
    let identity = anna();
    reader
        .find(&object, 0, Probe::Identity(&identity), &mut |record| {
            found.push(record);
            true
        })
        .await?;
    Ok(found)
}

async fn find(server: &Server) -> Result<Vec<Record>, Fault> {
    find_in(&opening(&server.url)).await
}

async fn read(server: &Server, key: &str) -> Result<Option<Record>, Fault> {
    let opening = opening(&server.url);
    let object = opening.system.objects[0].clone();
    let key = Key::new(vec![key.to_owned()]).expect("a key");
    rest::reader(&opening)?.read(&object, &key).await
}

fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    result.expect_err("must be a fault").code
}

fn keys_of(found: &[Record]) -> Vec<String> {
    found.iter().map(|record| record.key.to_string()).collect()
}

fn guest(id: u64) -> Value {
    json!({"id": id, "email": "someone@example.org", "name": "N.", "address": {"city": "Ulm", "zip": "89073"}, "visits": 3})
}

/// Answers pages of two from so many guests.
fn pages(guests: u64) -> impl Fn(&Received) -> Reply {
    move |request| {
        let page: u64 = request
            .query("page")
            .and_then(|p| p.parse().ok())
            .unwrap_or(1);
        let items: Vec<Value> = ((page - 1) * 2..(page * 2).min(guests))
            .map(|i| guest(i + 1))
            .collect();
        Reply::json(json!({"items": items}))
    }
}

// ---- finding ----

#[tokio::test]
async fn all_pages_come_and_the_value_arrives_as_it_is() {
    let server = Server::start(pages(5));
    let found = find(&server).await.unwrap();
    assert_eq!(keys_of(&found), ["1", "2", "3", "4", "5"]);
    let received = server.received();
    assert_eq!(
        received.len(),
        4,
        "three full or short pages, and the empty one that ends"
    );
    for (i, request) in received.iter().enumerate() {
        assert_eq!(
            request.query("email").as_deref(),
            Some("o'brien+a&b=c@example.org")
        );
        assert_eq!(request.query("page"), Some((i + 1).to_string()));
        assert_eq!(request.query("per_page").as_deref(), Some("2"));
        assert_eq!(request.header("x-api-key"), Some(SECRET));
        assert_eq!(request.header("accept"), Some("application/json"));
    }
    assert_eq!(server.writes(), 0);
}

#[tokio::test]
async fn the_sink_can_stop_the_reading() {
    let server = Server::start(pages(100));
    let opening = opening(&server.url);
    let mut count = 0;
    let identity = anna();
    let object = opening.system.objects[0].clone();
    let mut reader = rest::reader(&opening).unwrap();
    reader
        .find(&object, 0, Probe::Identity(&identity), &mut |_| {
            count += 1;
            count < 3
        })
        .await
        .unwrap();
    assert_eq!((count, server.received().len()), (3, 2));
}

#[tokio::test]
async fn a_changed_reply_is_never_nothing_found() {
    for (reply, expected) in [
        (Reply::json(json!({})), "E310"),
        (Reply::json(json!({"items": 5})), "E310"),
        (Reply::json(json!({"items": null})), "E310"),
        (Reply::json(json!({"error": "no such thing"})), "E310"),
        (Reply::json(json!({"items": [1, 2]})), "E331"),
        (Reply::json(json!({"items": [null]})), "E331"),
        (Reply::html("<html>please log in</html>"), "E318"),
        (Reply::html("{\"items\": []}"), "E318"),
        (Reply::bytes("text/plain", "{\"items\": []}"), "E318"),
        (Reply::bytes("text/csv", "id\n"), "E310"),
        (Reply::bytes("application/xml", "<error/>"), "E310"),
        (Reply::bytes("application/json", "{\"items\": ["), "E314"),
        (Reply::bytes("application/json", ""), "E314"),
        (Reply::status(204), "E314"),
        (Reply::status(404), "E505"),
        (Reply::status(401), "E506"),
        (Reply::status(403), "E507"),
        (Reply::status(304), "E505"),
        (Reply::status(418), "E505"),
        (Reply::status(409), "E505"),
        (
            Reply::json(json!({"items": [{"email": "x@example.org"}]})),
            "E206",
        ),
        (Reply::json(json!({"items": [{"id": ""}]})), "E206"),
        (Reply::json(json!({"items": [{"id": "  "}]})), "E206"),
        (Reply::json(json!({"items": [{"id": null}]})), "E206"),
        (Reply::json(json!({"items": [{"id": true}]})), "E316"),
        (Reply::json(json!({"items": [{"id": {"a": 1}}]})), "E316"),
        // More digits than a number can carry: it may have become another record's.
        (
            Reply::bytes(
                "application/json",
                "{\"items\": [{\"id\": 123456789012345678901234567890}]}",
            ),
            "E316",
        ),
    ] {
        let shown = format!("{reply:?}");
        let server = Server::start(move |_| reply.clone());
        assert_eq!(code(find(&server).await), expected, "{shown}");
    }
    let server = Server::start(|_| Reply::json(json!({"items": []})));
    assert_eq!(find(&server).await.unwrap(), []);
}

#[tokio::test]
async fn a_fault_says_nothing_of_the_reply_or_the_request() {
    let server =
        Server::start(|_| Reply::json(json!({"error": "o'brien is unknown"})).with_status(400));
    let fault = find(&server).await.unwrap_err();
    let said = format!("{fault:?} {fault}");
    assert!(
        !said.contains("brien") && !said.contains("127.0.0.1") && !said.contains(SECRET),
        "{said}"
    );
    let refused = find_in(&opening("http://127.0.0.1:9")).await.unwrap_err();
    assert_eq!(refused.code, "E502");
    assert!(refused.passing && !format!("{refused:?}").contains("brien"));
}

#[tokio::test]
async fn endless_and_repeated_pages_are_noticed() {
    // The server ignores the page number.
    let server = Server::start(|_| Reply::json(json!({"items": [guest(1), guest(2)]})));
    assert_eq!(code(find(&server).await), "E311");
    assert_eq!(server.received().len(), 2);
    // The same page in another order.
    let server = Server::start(|request| {
        let turned = request.nth % 2 == 1;
        Reply::json(
            json!({"items": if turned { [guest(2), guest(1)] } else { [guest(1), guest(2)] }}),
        )
    });
    assert_eq!(code(find(&server).await), "E311");
    // New pages without end.
    let mut definition = parse(&BOOKINGS.replace("of: 2 }", "of: 2, max: 7 }"));
    definition.api.limits.retries = 0;
    let server = Server::start(pages(1000));
    assert_eq!(
        code(find_in(&opening_of(definition, &server.url, None)).await),
        "E313"
    );
    assert_eq!(server.received().len(), 7);
}

#[tokio::test]
async fn counts_are_compared_and_save_the_last_request() {
    let counted = BOOKINGS.replace("of: 2 }", "of: 2, total: $.total }");
    for (total, expected) in [
        (json!(5), Ok(5)),
        (json!(6), Err("E312")),
        (json!(3), Err("E312")),
        (json!("5"), Err("E310")),
    ] {
        let server = Server::start(move |request| {
            let page: u64 = request
                .query("page")
                .and_then(|p| p.parse().ok())
                .unwrap_or(1);
            let items: Vec<Value> = ((page - 1) * 2..(page * 2).min(5))
                .map(|i| guest(i + 1))
                .collect();
            Reply::json(json!({"items": items, "total": total}))
        });
        let found = find_in(&opening_of(parse(&counted), &server.url, None)).await;
        assert_eq!(
            found.map(|f| f.len()).map_err(|f| f.code),
            expected.map_err(str::to_owned)
        );
        if expected.is_ok() {
            assert_eq!(server.received().len(), 3, "no request for an empty page");
        }
    }
}

#[tokio::test]
async fn next_links_stay_with_the_server() {
    let linked = BOOKINGS.replace(
        "page: { number: query.page, start: 1, size: query.per_page, of: 2 }",
        "page: { next: $.next, more: $.more }",
    );
    let run = async |answer: fn(&Received) -> Reply| {
        let server = Server::start(answer);
        let found = find_in(&opening_of(parse(&linked), &server.url, None)).await;
        (
            found.map(|f| keys_of(&f)).map_err(|f| f.code),
            server.lines().len(),
        )
    };
    let three: fn(&Received) -> Reply = |r| match r.query("cursor").as_deref() {
        None => Reply::json(json!({"items": [guest(1)], "next": "/guests?cursor=b", "more": true})),
        Some("b") => Reply::json(json!({"items": [guest(2)], "next": "?cursor=c", "more": true})),
        _ => Reply::json(json!({"items": [guest(3)], "next": null, "more": false})),
    };
    assert_eq!(
        run(three).await,
        (Ok(vec!["1".into(), "2".into(), "3".into()]), 3)
    );
    assert_eq!(
        run(|_| Reply::json(
            json!({"items": [guest(1)], "next": "http://127.0.0.1:1/x", "more": true})
        ))
        .await,
        (Err("E131".into()), 1)
    );
    assert_eq!(
        run(|_| Reply::json(
            json!({"items": [guest(1)], "next": "//evil.example/x", "more": true})
        ))
        .await,
        (Err("E131".into()), 1)
    );
    assert_eq!(
        run(|_| Reply::json(
            json!({"items": [guest(1)], "next": "https://user@evil.example/x", "more": true})
        ))
        .await,
        (Err("E131".into()), 1)
    );
    assert_eq!(
        run(|_| Reply::json(
            json!({"items": [guest(1)], "next": "file:///etc/passwd", "more": true})
        ))
        .await,
        (Err("E131".into()), 1)
    );
    assert_eq!(
        run(|_| Reply::json(json!({"items": [guest(1)], "next": 7, "more": true}))).await,
        (Err("E310".into()), 1)
    );
    assert_eq!(
        run(|_| Reply::json(json!({"items": [guest(1)], "next": null}))).await,
        (Err("E310".into()), 1)
    );
    let (outcome, _) = run(|r| {
        Reply::json(
            json!({"items": [guest(r.nth as u64)], "next": "/guests?cursor=b", "more": true}),
        )
    })
    .await;
    assert_eq!(outcome, Err("E311".into()));
}

#[tokio::test]
async fn children_are_found_under_their_parent_as_one_segment() {
    let server = Server::start(|_| Reply::json(json!([{"id": 9, "text": "x"}])));
    let opening = opening(&server.url);
    let notes = opening.system.object("notes").unwrap().clone();
    let mut reader = rest::reader(&opening).unwrap();
    let mut go = async |id: Value| {
        let parent = Record {
            key: Key::new(vec!["x".into()]).unwrap(),
            data: json!({"id": id}),
        };
        let mut found = Vec::new();
        let outcome = reader
            .find(&notes, 0, Probe::Parent(&parent), &mut |record| {
                found.push(record);
                true
            })
            .await;
        outcome.map(|()| keys_of(&found)).map_err(|f| f.code)
    };
    assert_eq!(go(json!("a/../b?c#d")).await, Ok(vec!["9".to_owned()]));
    assert_eq!(server.lines(), ["GET /guests/a%2F..%2Fb%3Fc%23d/notes"]);
    server.clear();
    for bad in [
        json!(""),
        json!(" "),
        json!(null),
        json!(".."),
        json!("."),
        json!([1]),
        json!({"a": 1}),
    ] {
        assert!(
            matches!(go(bad.clone()).await.unwrap_err().as_str(), "E317" | "E330"),
            "{bad}"
        );
    }
    assert!(
        server.received().is_empty(),
        "nothing leaves with a broken path"
    );
}

// ---- waiting and trying again ----

#[tokio::test]
async fn a_throttled_system_is_given_the_time_it_asks_for() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::status(429).header("Retry-After", "1"),
        _ => Reply::json(json!({"items": []})),
    });
    let start = Instant::now();
    assert_eq!(find(&server).await.unwrap(), []);
    assert!(start.elapsed() >= Duration::from_secs(1));

    let server = Server::start(|_| Reply::status(429).header("Retry-After", "3600"));
    let start = Instant::now();
    let fault = find(&server).await.unwrap_err();
    assert_eq!((fault.code.as_str(), fault.passing), ("E509", true));
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "longer pauses stop the system, not the run"
    );
}

#[tokio::test]
async fn reading_is_repeated_after_every_passing_failure() {
    for failure in [
        Reply::status(503),
        Reply::status(500),
        Reply::status(502),
        Reply::status(504),
        Reply::status(408),
        Reply::dropped(),
        Reply::json(json!({"items": [guest(1), guest(2)]})).cut(),
    ] {
        let shown = format!("{failure:?}");
        let server = Server::start(move |request| {
            if request.nth < 3 {
                failure.clone()
            } else {
                Reply::json(json!({"items": []}))
            }
        });
        assert_eq!(find(&server).await.unwrap(), [], "{shown}");
        assert_eq!(server.received().len(), 4);
    }
    let server = Server::start(|_| Reply::status(500));
    let fault = find(&server).await.unwrap_err();
    assert_eq!((fault.code.as_str(), fault.passing), ("E505", true));
    assert_eq!(server.received().len(), 6, "one and five repetitions");
    let server = Server::start(|_| Reply::dropped());
    assert_eq!(code(find(&server).await), "E508");
    let server = Server::start(|_| Reply::status(400));
    assert_eq!(code(find(&server).await), "E505");
    assert_eq!(
        server.received().len(),
        1,
        "what will not pass is not repeated"
    );
}

#[tokio::test]
async fn a_silent_system_is_cut() {
    let mut definition = parse(BOOKINGS);
    definition.api.limits.retries = 0;
    definition.api.limits.timeout = Duration::from_millis(150);
    let server = Server::start(|_| Reply::json(json!({"items": []})).after(Duration::from_secs(3)));
    assert_eq!(
        code(find_in(&opening_of(definition, &server.url, None)).await),
        "E504"
    );
}

#[tokio::test]
async fn a_403_by_which_a_system_throttles_is_told_apart_by_its_body() {
    let yaml = BOOKINGS.replace(
        "get: /guests, query: { email: \"{{ value }}\" }",
        "get: /guests, query: { email: \"{{ value }}\" }, outcome: { retry: \"status == 403 and body.code == 'LIMIT'\", gone: \"status == 403 and body.code == 'DENIED'\" }",
    );
    let server = Server::start(|request| match request.nth {
        0 => Reply::json(json!({"code": "LIMIT"})).with_status(403),
        _ => Reply::json(json!({"items": []})),
    });
    assert_eq!(
        find_in(&opening_of(parse(&yaml), &server.url, None))
            .await
            .unwrap(),
        []
    );
    let server = Server::start(|_| Reply::json(json!({"code": "DENIED"})).with_status(403));
    assert_eq!(
        code(find_in(&opening_of(parse(&yaml), &server.url, None)).await),
        "E507",
        "403 is never gone, whatever a file says"
    );
}

#[tokio::test]
async fn a_404_is_an_empty_result_only_where_the_search_itself_says_so() {
    let everywhere = BOOKINGS.replace(
        "  records: \"$.items[*]\"",
        "  records: \"$.items[*]\"\n  outcome: { gone: [404] }",
    );
    let here = BOOKINGS.replace(
        "get: /guests, query: { email: \"{{ value }}\" }",
        "get: /guests, query: { email: \"{{ value }}\" }, outcome: { gone: [404] }",
    );
    for (yaml, expected) in [
        (BOOKINGS, Err("E505")),
        (everywhere.as_str(), Err("E505")),
        (here.as_str(), Ok(0)),
    ] {
        let server = Server::start(|_| Reply::status(404));
        let found = find_in(&opening_of(parse(yaml), &server.url, None)).await;
        assert_eq!(
            found.map(|f| f.len()).map_err(|f| f.code),
            expected.map_err(str::to_owned)
        );
    }
    // A later page that is gone leaves the rest unknown.
    let server = Server::start(|request| match request.nth {
        0 => Reply::json(json!({"items": [guest(1), guest(2)]})),
        _ => Reply::status(404),
    });
    assert_eq!(
        code(find_in(&opening_of(parse(&here), &server.url, None)).await),
        "E505"
    );
}

// ---- redirects and origins ----

#[tokio::test]
async fn reads_follow_redirects_within_the_server_only() {
    let server = Server::start(|request| match request.path() {
        "/guests" => Reply::to(307, "/v2/guests"),
        _ => Reply::json(json!({"items": []})),
    });
    assert_eq!(find(&server).await.unwrap(), []);
    assert_eq!(server.received()[1].header("x-api-key"), Some(SECRET));

    let other = Server::start(|_| Reply::json(json!({"items": []})));
    let target = format!("{}/guests", other.url);
    let server = Server::start(move |_| Reply::to(302, target.clone()));
    assert_eq!(code(find(&server).await), "E131");
    assert!(
        other.received().is_empty(),
        "neither request nor credential reached the other server"
    );

    let server = Server::start(|request| Reply::to(302, format!("/r{}", request.nth)));
    assert_eq!(code(find(&server).await), "E311");
    assert!(server.received().len() <= 7);
}

#[tokio::test]
async fn what_a_redirect_led_away_to_is_missing_and_not_the_record() {
    // Whoever is not let in any more is often sent to a page that this server does not even have.
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(move |request| match request.path() {
            "/guests/7" => Reply::to(status, "/login?next=7"),
            _ => Reply::status(404),
        });
        assert_eq!(code(read(&server, "7").await), "E505", "{status}");
    }
    // The same record behind another prefix, or with a slash at its end, is the one that was asked for.
    let server = Server::start(|request| match request.path() {
        "/guests/7" => Reply::to(301, "/guests/7/"),
        "/guests/7/" => Reply::to(308, "/v2/guests/7"),
        "/v2/guests/7" => Reply::status(404),
        other => panic!("{other}"),
    });
    assert_eq!(read(&server, "7").await.unwrap(), None);
}

#[tokio::test]
async fn a_post_that_only_reads_is_led_nowhere_else() {
    let posted = BOOKINGS.replace(
        "get: /guests, query: { email: \"{{ value }}\" }",
        "post: /search, read_only: true, body: { email: \"{{ value }}\" }",
    );
    let posted = posted.replace(
        "page: { number: query.page, start: 1, size: query.per_page, of: 2 }",
        "page: { next: $.next }",
    );
    // That it only reads was said of this path, and of no other.
    for next in ["/guests/7/purge", "/search/../purge", "/"] {
        let server = Server::start(move |request| match request.path() {
            "/search" => Reply::json(json!({"items": [guest(1)], "next": next})),
            _ => Reply::json(json!({"items": []})),
        });
        let opening = opening_of(parse(&posted), &server.url, None);
        assert_eq!(code(find_in(&opening).await), "E556", "{next}");
        assert_eq!(server.lines(), ["POST /search"], "{next}");
        let server = Server::start(move |request| match request.path() {
            "/search" => Reply::to(307, next),
            _ => Reply::json(json!({"items": []})),
        });
        let opening = opening_of(parse(&posted), &server.url, None);
        assert_eq!(code(find_in(&opening).await), "E556", "{next}");
        assert_eq!(server.lines(), ["POST /search"], "{next}");
    }
    let server = Server::start(|request| match request.query("page") {
        None => Reply::json(json!({"items": [guest(1)], "next": "/search?page=2"})),
        _ => Reply::json(json!({"items": [guest(2)], "next": null})),
    });
    let opening = opening_of(parse(&posted), &server.url, None);
    assert_eq!(keys_of(&find_in(&opening).await.unwrap()), ["1", "2"]);
}

#[tokio::test]
async fn plain_http_needs_permission_outside_of_this_machine() {
    let fault = |url: &str, insecure: bool| {
        let mut opening = opening(url);
        Arc::make_mut(&mut opening.system).insecure_http = insecure;
        rest::reader(&opening).err().map(|f| f.code)
    };
    assert!(fault("http://hotel.example", false).is_some());
    assert_eq!(fault("http://hotel.example", true), None);
    assert_eq!(fault("https://hotel.example", false), None);
    assert_eq!(fault("http://localhost:1", false), None);
    for broken in [
        "ftp://hotel.example",
        "https://u:p@hotel.example",
        "https://hotel.example/?a=b",
        "https://hotel.example/#x",
        "hotel.example",
        "",
    ] {
        assert!(fault(broken, true).is_some(), "{broken}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_fault_and_never_plain_text() {
    let server = Server::start(|_| Reply::json(json!({"items": []})));
    let url = server.url.replace("http://", "https://");
    assert_eq!(code(find_in(&opening(&url)).await), "E503");
    assert!(server.received().is_empty());
}

// ---- sizes ----

/// A gzip stream of so many zero bytes: one literal, then the same match again and again (RFC 1951, fixed codes).
fn bomb(size: usize) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut held, mut count) = (0u32, 0);
    let mut put = |bits: &str| {
        for bit in bits.bytes() {
            held |= u32::from(bit == b'1') << count;
            count += 1;
            if count == 8 {
                out.push(held as u8);
                (held, count) = (0, 0);
            }
        }
    };
    put("110"); // last block, fixed codes (each field from its lowest bit)
    put("00110000"); // the byte 0
    for _ in 0..size / 258 {
        put("1100010100000"); // 258 bytes from distance 1
    }
    put("0000000"); // end of block
    put("0000000");
    out
}

#[tokio::test]
async fn an_unpacking_bomb_is_refused() {
    let packed = bomb(80 << 20);
    assert!(packed.len() < 1 << 20);
    let server = Server::start(move |_| {
        Reply::bytes("application/json", packed.clone()).header("Content-Encoding", "gzip")
    });
    assert_eq!(code(find(&server).await), "E315");
    assert_eq!(server.received().len(), 1);
    // What it answers does not undo what was asked.
    assert_eq!(act(&server, Action::Remove).await, Ok(Effect::Unknown));
}

// ---- reading by key ----

#[tokio::test]
async fn reading_returns_the_record_that_was_asked_for_or_none() {
    let server = Server::start(|request| match request.path() {
        "/guests/7" => Reply::json(guest(7)),
        "/guests/8" => Reply::json(guest(7)),
        "/guests/9" => Reply::status(404),
        "/guests/10" => Reply::status(410),
        "/guests/11" => Reply::status(403),
        "/guests/12" => Reply::status(401),
        "/guests/13" => Reply::json(json!({"email": "x@example.org"})),
        "/guests/14" => Reply::json(json!(null)),
        "/guests/15" => Reply::html("<h1>Login</h1>"),
        "/guests/a%2F7" => Reply::json(json!({"id": "a/7"})),
        other => panic!("{other}"),
    });
    assert_eq!(read(&server, "7").await.unwrap().unwrap().data, guest(7));
    assert_eq!(
        read(&server, "a/7").await.unwrap().unwrap().key.parts(),
        ["a/7"]
    );
    assert_eq!(code(read(&server, "8").await), "E334");
    assert_eq!(read(&server, "9").await.unwrap(), None);
    assert_eq!(read(&server, "10").await.unwrap(), None);
    assert_eq!(code(read(&server, "11").await), "E507");
    assert_eq!(code(read(&server, "12").await), "E506");
    assert_eq!(code(read(&server, "13").await), "E206");
    assert_eq!(code(read(&server, "14").await), "E331");
    assert_eq!(code(read(&server, "15").await), "E318");
    assert_eq!(code(read(&server, "..").await), "E330");
}

#[tokio::test]
async fn reading_by_filter_returns_one_at_most() {
    let yaml = BOOKINGS.replace(
        "read: { get: \"/guests/{{ record.id }}\", records: $ }",
        "read: { get: /guests, query: { id: \"{{ record.id }}\" } }",
    );
    let run = async |answer: fn(&Received) -> Reply| {
        let server = Server::start(answer);
        let opening = opening_of(parse(&yaml), &server.url, None);
        let object = opening.system.objects[0].clone();
        let key = Key::new(vec!["7".into()]).unwrap();
        let read = rest::reader(&opening).unwrap().read(&object, &key).await;
        read.map(|r| r.is_some()).map_err(|f| f.code)
    };
    assert_eq!(
        run(|_| Reply::json(json!({"items": [guest(7)]}))).await,
        Ok(true)
    );
    assert_eq!(run(|_| Reply::json(json!({"items": []}))).await, Ok(false));
    assert_eq!(
        run(|_| Reply::json(json!({"items": [guest(7), guest(8)]}))).await,
        Err("E214".into())
    );
    assert_eq!(
        run(|_| Reply::json(json!({"items": [guest(8)]}))).await,
        Err("E334".into())
    );
}

// ---- check and notes ----

#[tokio::test]
async fn check_tries_the_credential_with_the_control_person() {
    let server = Server::start(|_| {
        Reply::json(json!({"items": []})).header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
    });
    let opening = opening_of(parse(BOOKINGS), &server.url, Some(anna()));
    let health = rest::reader(&opening).unwrap().check().await.unwrap();
    assert_eq!(server.received()[0].path(), "/guests");
    assert!(health.notes.warnings.is_empty());
    assert_eq!(health.notes.tls.as_deref(), Some("none"));
    assert_eq!(health.notes.host.as_deref(), Some("127.0.0.1"));
    assert!(
        health.notes.clock_offset_s.unwrap() < -900_000_000,
        "the server lives in 1994"
    );

    // Redmine forbids its first page to whoever brings an API key, and serves everything else.
    for status in [404, 403] {
        let server = Server::start(move |_| Reply::status(status));
        let opening = opening_of(parse(BOOKINGS), &server.url, None);
        let health = rest::reader(&opening).unwrap().check().await.unwrap();
        assert_eq!(
            health.notes.warnings,
            [("W330".to_owned(), "hotel".to_owned())]
        );
    }
    // With a control person the question is one that is needed, and a 403 is what it says.
    let server = Server::start(|_| Reply::status(403));
    let opening = opening_of(parse(BOOKINGS), &server.url, Some(anna()));
    let fault = rest::reader(&opening).unwrap().check().await.unwrap_err();
    assert_eq!(fault.code, "E507");
    for (status, expected) in [(401, "E506"), (500, "E505")] {
        let server = Server::start(move |_| Reply::status(status));
        let opening = opening_of(parse(BOOKINGS), &server.url, None);
        let fault = rest::reader(&opening).unwrap().check().await.unwrap_err();
        assert_eq!(fault.code, expected);
    }
}

// ---- writing ----

struct Write<'a> {
    object: &'a str,
    action: Action,
    data: Value,
    changes: Changes,
}

fn write(action: Action) -> Write<'static> {
    Write {
        object: "guests",
        action,
        data: guest(7),
        changes: Changes::new(),
    }
}

fn plan_for(write: &Write<'_>, key: &Key) -> Approved {
    let step = Step {
        no: 0,
        system: "hotel".into(),
        object: write.object.into(),
        key: key.clone(),
        name: Digest([0; 32]),
        found_by: FoundBy {
            finder: 0,
            identity: None,
            parent: None,
            also: Vec::new(),
        },
        decision: Decision::Erase,
        action: Some(write.action),
        before: Digest([1; 32]),
        after: None,
        changes: write.changes.clone(),
        order: 0,
        until: None,
        because: None,
        irreversible: None,
        label: None,
        was: BTreeMap::new(),
        categories: Vec::new(),
        keeping: None,
    };
    let plan = Plan {
        schema: "dsr.plan/1".into(),
        case: "2026-K7QF3M".into(),
        verb: "erase".into(),
        day: "2026-11-21".parse().unwrap(),
        inventory: Digest([0; 32]),
        steps: vec![step],
        not_searched: Vec::new(),
        tasks: Vec::new(),
        waiting: Vec::new(),
        requests: BTreeMap::new(),
        changed_safety: Vec::new(),
    };
    let id = plan.id();
    Approved::new(plan, &[id]).expect("approved")
}

async fn act_on(server: &Server, yaml: &str, write: &Write<'_>) -> Result<Effect, Fault> {
    act_at(&server.url, yaml, write).await
}

async fn act_at(url: &str, yaml: &str, write: &Write<'_>) -> Result<Effect, Fault> {
    let opening = opening_of(parse(yaml), url, None);
    let id = write.data["id"].to_string();
    let record = Record {
        key: Key::new(vec![id]).unwrap(),
        data: write.data.clone(),
    };
    let approved = plan_for(write, &record.key);
    let mut writer = rest::writer(&opening, &approved)?;
    let object = opening.system.object(write.object).unwrap();
    let before = Digest([1; 32]);
    let target = Target {
        record: &record,
        before: &before,
        changes: &write.changes,
        version: None,
    };
    let digester = Digester::new(keys::Key::from_bytes([2; 32]));
    writer
        .act(object, write.action, &[target], &digester)
        .await
        .remove(0)
}

async fn act(server: &Server, action: Action) -> Result<Effect, Fault> {
    act_on(server, BOOKINGS, &write(action)).await
}

#[tokio::test]
async fn replies_to_a_removal_become_effects() {
    for (status, expected) in [
        (200, Ok(Effect::Done)),
        (204, Ok(Effect::Done)),
        (404, Ok(Effect::Gone)),
        (410, Ok(Effect::Gone)),
        (409, Ok(Effect::Blocked)),
        (423, Ok(Effect::Blocked)),
        (400, Err("E505")),
        (401, Err("E506")),
        (403, Err("E507")),
        (422, Err("E505")),
        (500, Ok(Effect::Unknown)),
    ] {
        let server = Server::start(move |_| Reply::status(status));
        let effect = act(&server, Action::Remove).await;
        assert_eq!(
            effect.map_err(|f| f.code),
            expected.map_err(str::to_owned),
            "{status}"
        );
        assert_eq!(server.lines()[0], "DELETE /guests/7");
        assert_eq!(server.received()[0].header("x-api-key"), Some(SECRET));
    }
}

#[tokio::test]
async fn a_lost_reply_of_a_post_is_unknown_and_never_sent_again() {
    for lost in [
        Reply::dropped(),
        Reply::status(500),
        Reply::status(502),
        Reply::status(503),
        Reply::status(408),
        Reply::json(json!({"ok": true})).cut(),
    ] {
        let shown = format!("{lost:?}");
        let server = Server::start(move |_| lost.clone());
        assert_eq!(
            act(&server, Action::Suppress).await,
            Ok(Effect::Unknown),
            "{shown}"
        );
        assert_eq!(server.writes(), 1, "{shown}");
    }
}

#[tokio::test]
async fn a_post_that_was_turned_away_is_sent_again() {
    for refusal in [
        Reply::status(429),
        Reply::status(503).header("Retry-After", "0"),
    ] {
        let server = Server::start(move |request| {
            if request.nth == 0 {
                refusal.clone()
            } else {
                Reply::status(201)
            }
        });
        assert_eq!(act(&server, Action::Suppress).await, Ok(Effect::Done));
        assert_eq!(server.writes(), 2);
        assert_eq!(
            server.received()[1].json(),
            json!({"guest": 7, "reason": "objection"})
        );
    }
}

#[tokio::test]
async fn a_lost_reply_of_a_delete_is_repeated_and_in_the_end_unknown() {
    let gone = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&gone);
    let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::dropped(),
        _ => Reply::status(404),
    });
    assert_eq!(act(&server, Action::Remove).await, Ok(Effect::Gone));
    assert_eq!(server.writes(), 2);
    let server = Server::start(|_| Reply::dropped());
    assert_eq!(act(&server, Action::Remove).await, Ok(Effect::Unknown));
}

#[tokio::test]
async fn what_may_have_happened_stays_so_whatever_a_repetition_is_told() {
    // The first request may have removed the guest; a refusal of the second says nothing about that.
    for refusal in [400, 401, 403, 409, 412, 423, 429] {
        for lost in [Reply::dropped(), Reply::status(500)] {
            let server = Server::start(move |request| match request.nth {
                0 => lost.clone(),
                _ => Reply::status(refusal),
            });
            let effect = act(&server, Action::Remove).await;
            assert_eq!(effect, Ok(Effect::Unknown), "{refusal}");
        }
    }
    // Nor does a server that is not there any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        use std::io::Read as _;
        let (mut stream, _) = listener.accept().unwrap();
        drop(listener);
        let _ = stream.read(&mut [0; 64]);
    });
    assert_eq!(
        act_at(&url, BOOKINGS, &write(Action::Remove)).await,
        Ok(Effect::Unknown)
    );
    thread.join().unwrap();
}

#[tokio::test]
async fn a_page_for_people_is_no_answer_to_a_write() {
    let page = "\n<!doctype html><title>Please log in</title>";
    for action in [Action::Suppress, Action::Remove, Action::Anonymise] {
        let server = Server::start(move |_| Reply::html(page));
        assert_eq!(
            act(&server, action).await,
            Ok(Effect::Unknown),
            "{action:?}"
        );
        assert_eq!(server.writes(), 1);
    }
    // Some say so of a reply that is empty or one word, because nobody told them otherwise.
    for text in ["", "OK"] {
        let server = Server::start(move |_| Reply::html(text));
        assert_eq!(act(&server, Action::Suppress).await, Ok(Effect::Done));
    }
}

#[tokio::test]
async fn a_system_that_is_down_is_a_fault_because_nothing_was_sent() {
    let server = Server::start(|_| Reply::status(200));
    let url = server.url.clone();
    drop(server);
    let opening = opening(&url);
    let write = write(Action::Suppress);
    let record = Record {
        key: Key::new(vec!["7".into()]).unwrap(),
        data: guest(7),
    };
    let mut writer = rest::writer(&opening, &plan_for(&write, &record.key)).unwrap();
    let before = Digest([1; 32]);
    let target = Target {
        record: &record,
        before: &before,
        changes: &write.changes,
        version: None,
    };
    let digester = Digester::new(keys::Key::from_bytes([2; 32]));
    let object = opening.system.objects[0].clone();
    let effect = writer
        .act(&object, Action::Suppress, &[target], &digester)
        .await
        .remove(0);
    assert_eq!(code(effect), "E502");
}

#[tokio::test]
async fn writes_follow_no_redirect() {
    let other = Server::start(|_| Reply::status(200));
    for status in [301, 302, 303, 307, 308] {
        for target in [format!("{}/x", other.url), "/elsewhere".to_owned()] {
            let server = Server::start(move |_| Reply::to(status, target.clone()));
            assert_eq!(code(act(&server, Action::Remove).await), "E132");
            assert_eq!(server.writes(), 1);
        }
    }
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn a_redirect_after_a_write_that_must_not_be_repeated_leaves_it_open() {
    for (status, repeats) in [
        (301, false),
        (302, false),
        (303, false),
        (307, true),
        (308, true),
    ] {
        let server = Server::start(move |_| Reply::to(status, "/done".to_owned()));
        let effect = act(&server, Action::Suppress).await;
        match repeats {
            // The method would be the same there: it was not carried out here (RFC 9110, 15.4.8).
            true => assert_eq!(code(effect), "E132", "{status}"),
            false => assert_eq!(effect, Ok(Effect::Unknown), "{status}"),
        }
        assert_eq!(server.writes(), 1, "{status}");
    }
}

#[tokio::test]
async fn nothing_is_written_that_is_not_in_the_approved_plan() {
    let server = Server::start(|_| Reply::status(204));
    let opening = opening(&server.url);
    let write = write(Action::Remove);
    let key = Key::new(vec!["7".into()]).unwrap();
    let mut writer = rest::writer(&opening, &plan_for(&write, &key)).unwrap();
    let digester = Digester::new(keys::Key::from_bytes([2; 32]));
    let guests = opening.system.objects[0].clone();
    let record = |key: &str, data: Value| Record {
        key: Key::new(vec![key.into()]).unwrap(),
        data,
    };
    let planned = Digest([1; 32]);
    let other = Digest([9; 32]);
    for (action, record, before, expected) in [
        (Action::Remove, record("8", guest(8)), &planned, "E339"),
        (Action::Suppress, record("7", guest(7)), &planned, "E339"),
        (Action::Remove, record("7", guest(7)), &other, "E339"),
        // The data names another record than the plan.
        (Action::Remove, record("7", guest(8)), &planned, "E334"),
        (
            Action::Remove,
            record("7", json!({"id": ""})),
            &planned,
            "E206",
        ),
        (Action::Remove, record("7", json!({})), &planned, "E206"),
    ] {
        let target = Target {
            record: &record,
            before,
            changes: &write.changes,
            version: None,
        };
        let effect = writer
            .act(&guests, action, &[target], &digester)
            .await
            .remove(0);
        assert_eq!(code(effect), expected);
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn masks_and_changes_are_nested_like_the_record() {
    let changes = Changes::from([
        ("name".to_owned(), None),
        ("email".to_owned(), Some("x\"},{@erased.invalid".to_owned())),
        ("address.city".to_owned(), Some(String::new())),
        ("visits".to_owned(), Some("0".to_owned())),
    ]);
    let server = Server::start(|_| Reply::status(200));
    let effect = act_on(
        &server,
        BOOKINGS,
        &Write {
            changes: changes.clone(),
            ..write(Action::Anonymise)
        },
    )
    .await;
    assert_eq!(effect, Ok(Effect::Done));
    let masked = json!({"name": null, "email": "x\"},{@erased.invalid", "address": {"city": ""}, "visits": 0});
    assert_eq!(server.received()[0].json(), masked);
    assert_eq!(
        server.received()[0].header("content-type"),
        Some("application/json")
    );

    let effect = act_on(
        &server,
        BOOKINGS,
        &Write {
            changes,
            ..write(Action::Rectify)
        },
    )
    .await;
    assert_eq!(effect, Ok(Effect::Done));
    let merged = json!({"id": 7, "name": null, "email": "x\"},{@erased.invalid", "address": {"city": "", "zip": "89073"}, "visits": 0});
    assert_eq!(server.received()[1].json(), merged);
    assert_eq!(server.lines()[1], "PUT /guests/7");
}

#[tokio::test]
async fn steps_run_in_order_past_what_is_gone_and_stop_at_a_failure() {
    let run = async |first: u16, second: u16| {
        let server = Server::start(move |request| {
            Reply::status(if request.path().starts_with("/notes") {
                first
            } else {
                second
            })
        });
        let write = Write {
            object: "notes",
            data: json!({"id": 4}),
            ..write(Action::Remove)
        };
        let effect = act_on(&server, BOOKINGS, &write).await;
        (effect.map_err(|f| f.code), server.lines().len())
    };
    assert_eq!(run(204, 204).await, (Ok(Effect::Done), 2));
    assert_eq!(run(404, 204).await, (Ok(Effect::Done), 2));
    assert_eq!(run(404, 404).await, (Ok(Effect::Gone), 2));
    assert_eq!(run(409, 204).await, (Ok(Effect::Blocked), 1));
    assert_eq!(run(403, 204).await, (Err("E507".into()), 1));
    assert_eq!(run(204, 403).await, (Err("E507".into()), 2));
}

#[test]
fn a_plan_shows_requests_without_values() {
    let definition = parse(BOOKINGS);
    let guests = definition.object("guests").unwrap();
    assert_eq!(
        rest::describe(guests, Action::Remove),
        ["DELETE /guests/{record.id}"]
    );
    assert_eq!(
        rest::describe(guests, Action::Suppress),
        ["POST /suppressions body {\"guest\":\"{record.id}\",\"reason\":\"objection\"}"]
    );
    assert_eq!(
        rest::describe(definition.object("notes").unwrap(), Action::Remove).len(),
        2
    );
    assert_eq!(definition.origin(), "{settings.url}");
    assert_eq!(definition.writes().len(), 5);
}

#[tokio::test]
async fn writing_alike_is_idempotent_only_where_every_step_is() {
    let server = Server::start(|_| Reply::status(200));
    let opening = opening(&server.url);
    let key = Key::new(vec!["7".into()]).unwrap();
    let writer = rest::writer(&opening, &plan_for(&write(Action::Remove), &key)).unwrap();
    let guests = &opening.system.objects[0];
    assert!(writer.is_idempotent(guests, Action::Remove));
    assert!(writer.is_idempotent(guests, Action::Rectify));
    assert!(!writer.is_idempotent(guests, Action::Suppress));
    assert!(!writer.is_idempotent(guests, Action::Anonymise));
    assert_eq!(writer.batch(guests, Action::Remove), 1);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_stops_everything() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("a server");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut tls = rustls::ServerConnection::new(Arc::new(config)).expect("a session");
        // Whatever the client would say after the handshake.
        let mut said = Vec::new();
        let mut session = rustls::Stream::new(&mut tls, &mut stream);
        let _ = std::io::Read::read_to_end(&mut session, &mut said);
        said
    });
    let fault = find_in(&opening(&format!("https://localhost:{port}")))
        .await
        .unwrap_err();
    assert_eq!((fault.code.as_str(), fault.passing), ("E503", false));
    assert!(
        fault.text.en.contains("unknown issuer"),
        "{}",
        fault.text.en
    );
    assert!(
        server.join().expect("the server").is_empty(),
        "not a byte of the request left"
    );
}
