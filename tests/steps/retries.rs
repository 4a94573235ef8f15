//! What is sent again and what never is: verbs against what can go wrong.

use std::time::{Duration, Instant};

use dsr::connector::Effect;
use serde_json::json;

use crate::support::http::{Reply, Server};
use crate::writer::remove;

/// A way of removing, and whether it may be repeated after a lost reply.
const WAYS: [(&str, bool); 7] = [
    ("delete: \"/users/{{ record.id }}\"", true),
    (
        "put: \"/users/{{ record.id }}\"\nbody: { gone: true }",
        true,
    ),
    (
        "patch: \"/users/{{ record.id }}\"\nbody: { gone: true }",
        false,
    ),
    ("post: \"/users/{{ record.id }}/closure\"", false),
    (
        "post: \"/users/{{ record.id }}/closure\"\nidempotent: true",
        true,
    ),
    ("patch: \"/users/{{ record.id }}\"\nidempotent: true", true),
    (
        "delete: \"/users/{{ record.id }}\"\nidempotent: false",
        false,
    ),
];

#[tokio::test]
async fn a_write_that_may_have_happened_is_repeated_only_if_it_may_be() {
    for (way, idempotent) in WAYS {
        for lost in [
            Reply::dropped(),
            Reply::status(500),
            Reply::status(502),
            Reply::status(503),
            Reply::status(504),
            Reply::status(408),
            Reply::json(json!({"ok": true})).cut(),
        ] {
            let shown = format!("{way} {lost:?}");
            let server = Server::start(move |request| match request.nth {
                0 => lost.clone(),
                _ => Reply::status(204),
            });
            let expected = if idempotent {
                Effect::Done
            } else {
                Effect::Unknown
            };
            assert_eq!(remove(&server, way).await, Ok(expected), "{shown}");
            assert_eq!(server.writes(), 1 + usize::from(idempotent), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_write_that_was_turned_away_is_repeated_as_the_server_asks() {
    let soon = || {
        let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
        date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    for (way, _) in WAYS {
        for (status, after, at_least) in [
            (429, None, 0),
            (429, Some("0".to_owned()), 0),
            (429, Some("1".to_owned()), 1),
            (503, Some("1".to_owned()), 1),
            (503, Some(soon()), 0),
        ] {
            if at_least > 0 && !way.starts_with("post") {
                continue;
            }
            let asked = after.clone();
            let server = Server::start(move |request| match (request.nth, &after) {
                (0, Some(after)) => Reply::status(status).header("Retry-After", after.clone()),
                (0, None) => Reply::status(status),
                _ => Reply::status(204),
            });
            let began = Instant::now();
            assert_eq!(
                remove(&server, way).await,
                Ok(Effect::Done),
                "{way} {status} {asked:?}"
            );
            assert_eq!(server.writes(), 2, "{way} {status} {asked:?}");
            assert!(began.elapsed() >= Duration::from_secs(at_least));
        }
    }
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_for_long_is_left_alone() {
    let far = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2);
    let far = far.to_zoned(jiff::tz::TimeZone::UTC);
    let date = far.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for after in ["3600".to_owned(), date, "99999999999".to_owned()] {
        let server =
            Server::start(move |_| Reply::status(429).header("Retry-After", after.clone()));
        let began = Instant::now();
        assert_eq!(remove(&server, WAYS[0].0).await, Err("E509".into()));
        assert_eq!(server.writes(), 1);
        assert!(began.elapsed() < Duration::from_secs(2));
    }
    // Overloaded it may be, but whether it wrote nobody knows.
    let server = Server::start(|_| Reply::status(500).header("Retry-After", "0"));
    assert_eq!(remove(&server, WAYS[3].0).await, Ok(Effect::Unknown));
    assert_eq!(server.writes(), 1);
}
