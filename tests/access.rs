//! How a connector is let in: tokens that run out, log-ins, signed requests, protocols with tokens and versions of their own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

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

const HEAD: &str = "dsr: 1\nconnector: crm\nversion: 1.0.0\n";

/// An object with everything that these tests use.
const OBJECT: &str = r#"
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    read: { get: "/people/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
    remove: { delete: "/people/{{ record.id }}" }
    suppress: { post: /suppressions, body: { person: "{{ record.id }}" } }
"#;

fn parse(yaml: &str) -> Definition {
    let source = Arc::new(Source {
        path: "crm.yml".into(),
        text: yaml.into(),
    });
    let mut definition =
        definition::parse(source).unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics));
    definition.api.limits.first_wait = Duration::from_millis(4);
    definition
}

/// An opened system with these settings; those whose names sound secret are.
fn opening(definition: Definition, settings: &[(&str, &str)]) -> Opening {
    let mut all = Settings::default();
    for (name, value) in settings {
        match definition
            .settings
            .get(*name)
            .is_some_and(|rule| rule.secret)
        {
            true => drop(all.secret.insert((*name).to_owned(), (*value).into())),
            false => drop(all.plain.insert((*name).to_owned(), (*value).to_owned())),
        }
    }
    let system = System {
        name: "crm".into(),
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
        settings: all,
        row_key: keys::Key::from_bytes([1; 32]),
        descriptions: Default::default(),
    }
}

fn anna() -> Identity {
    let kinds = Kinds {
        country: "DE".into(),
        ..Kinds::default()
    };
    kinds
        .identity(&Kind("email".into()), "anna@example.org")
        .expect("an address")
}

async fn find(opening: &Opening) -> Result<Vec<String>, Fault> {
    let mut reader = rest::reader(opening)?;
    let object = opening.system.objects[0].clone();
    let mut found = Vec::new();
    let identity = anna();
    reader
        .find(&object, 0, Probe::Identity(&identity), &mut |record| {
            found.push(record.key.to_string());
            true
        })
        .await?;
    Ok(found)
}

async fn read(opening: &Opening, key: &str) -> Result<Option<Record>, Fault> {
    let object = opening.system.objects[0].clone();
    let key = Key::new(vec![key.to_owned()]).expect("a key");
    rest::reader(opening)?.read(&object, &key).await
}

// ---- tokens ----

const OAUTH: &str = r#"settings: { url: { type: url }, id: {}, key: { secret: true } }
api:
  url: "{{ settings.url }}/api"
  auth:
    oauth2:
      grant: client_credentials
      token_url: "{{ settings.url }}/token"
      client_id: "{{ settings.id }}"
      client_secret: "{{ settings.key }}"
      scope: [read, "write:all"]
      params: { audience: crm }
  records: "$.items[*]"
"#;

/// A server that gives out tokens `token-0001`, `token-0002`, …; `alive` says how many the last ones are accepted.
struct Issuer {
    given: AtomicUsize,
    revoked: AtomicUsize,
    life: u64,
}

impl Issuer {
    fn new(life: u64) -> Arc<Issuer> {
        Arc::new(Issuer {
            given: AtomicUsize::new(0),
            revoked: AtomicUsize::new(0),
            life,
        })
    }

    fn give(&self) -> Reply {
        let nth = self.given.fetch_add(1, Ordering::SeqCst) + 1;
        Reply::json(json!({
            "access_token": format!("token-{nth:04}"),
            "token_type": "Bearer",
            "expires_in": self.life,
        }))
    }

    /// Whether this is a token that was given and not revoked.
    fn knows(&self, request: &Received) -> bool {
        let token = request
            .header("authorization")
            .and_then(|v| v.strip_prefix("Bearer token-"));
        let nth: Option<usize> = token.and_then(|nth| nth.parse().ok());
        nth.is_some_and(|nth| {
            nth > self.revoked.load(Ordering::SeqCst) && nth <= self.given.load(Ordering::SeqCst)
        })
    }

    fn revoke_all(&self) {
        self.revoked
            .store(self.given.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

fn served_by(issuer: &Arc<Issuer>) -> Server {
    let issuer = Arc::clone(issuer);
    Server::start(move |request| match request.path() {
        "/token" => issuer.give(),
        _ if !issuer.knows(request) => Reply::status(401),
        _ => Reply::json(json!({ "items": [{ "id": "7", "email": "anna@example.org" }] })),
    })
}

fn tokens_asked(server: &Server) -> usize {
    server
        .received()
        .iter()
        .filter(|r| r.path() == "/token")
        .count()
}

fn form(request: &Received) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect()
}

fn with_key(url: &str) -> Opening {
    opening(
        parse(&format!("{HEAD}{OAUTH}{OBJECT}")),
        &[("url", url), ("id", "dsr-client"), ("key", "s3cret/k&y=")],
    )
}

#[tokio::test]
async fn one_token_serves_a_whole_run() {
    let issuer = Issuer::new(3600);
    let server = served_by(&issuer);
    let opening = with_key(&server.url);
    for _ in 0..3 {
        assert_eq!(find(&opening).await.unwrap(), ["7"]);
    }
    // Another reader of the same system, as `execute` opens one.
    let (one, two) = tokio::join!(find(&opening), find(&opening));
    assert_eq!(
        (one.unwrap(), two.unwrap()),
        (vec!["7".to_owned()], vec!["7".to_owned()])
    );
    assert_eq!(tokens_asked(&server), 1);
    let asked = &server.received()[0];
    assert_eq!(asked.method, "POST");
    assert_eq!(asked.header("authorization"), None);
    let sent = form(asked);
    let expected = [
        ("audience", "crm"),
        ("client_id", "dsr-client"),
        ("client_secret", "s3cret/k&y="),
        ("grant_type", "client_credentials"),
        ("scope", "read write:all"),
    ];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(sent, expected);
    // Another system with the same file logs in by itself.
    let mut other = parse(&format!("{HEAD}{OAUTH}{OBJECT}")).for_another_system();
    other.api.limits.first_wait = Duration::from_millis(4);
    let other = self::opening(
        other,
        &[("url", &server.url), ("id", "other"), ("key", "other-key")],
    );
    find(&other).await.unwrap();
    assert_eq!(tokens_asked(&server), 2);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end() {
    let issuer = Issuer::new(1);
    let server = served_by(&issuer);
    let opening = with_key(&server.url);
    find(&opening).await.unwrap();
    find(&opening).await.unwrap();
    assert_eq!(tokens_asked(&server), 1, "while it lives");
    tokio::time::sleep(Duration::from_millis(850)).await;
    issuer.revoke_all();
    find(&opening).await.unwrap();
    assert_eq!(tokens_asked(&server), 2);
    let refused = server
        .received()
        .iter()
        .filter(|r| r.path() != "/token")
        .count();
    assert_eq!(refused, 3, "no request went with a token that had ended");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_then_it_fails() {
    let issuer = Issuer::new(3600);
    let server = served_by(&issuer);
    let opening = with_key(&server.url);
    find(&opening).await.unwrap();
    issuer.revoke_all();
    assert_eq!(find(&opening).await.unwrap(), ["7"]);
    assert_eq!(tokens_asked(&server), 2);

    // One that accepts no token at all.
    let server = Server::start(|request| match request.path() {
        "/token" => Reply::json(json!({ "access_token": "token-that-nobody-takes" })),
        _ => Reply::status(401),
    });
    let opening = with_key(&server.url);
    assert_eq!(find(&opening).await.unwrap_err().code, "E506");
    assert_eq!(server.lines().len(), 4, "{:?}", server.lines());
}

#[tokio::test]
async fn what_a_token_endpoint_refuses_is_told_by_its_code_alone() {
    for (reply, reason) in [
        (Reply::json(json!({ "error": "invalid_client", "error_description": "the key s3cret/k&y= is wrong" })).with_status(401), "invalid_client"),
        (Reply::json(json!({ "error": "s3cret/k&y=" })).with_status(400), "HTTP 400"),
        (Reply::json(json!({ "token": "x" })), "HTTP 200"),
        (Reply::html("s3cret/k&y="), "HTTP 200"),
        (Reply::to(302, "https://elsewhere.example.org/"), "HTTP 302"),
    ] {
        let server = Server::start(move |_| reply.clone());
        let fault = find(&with_key(&server.url)).await.unwrap_err();
        assert_eq!(fault.code, "E533");
        assert_eq!(fault.text.en, format!("the token endpoint gave no token ({reason})"));
        assert_eq!(server.lines(), ["POST /token"]);
    }
}

#[tokio::test]
async fn a_busy_token_endpoint_is_asked_again() {
    let issuer = Issuer::new(3600);
    let busy = AtomicUsize::new(0);
    let server = {
        let issuer = Arc::clone(&issuer);
        Server::start(move |request| match request.path() {
            "/token" if busy.fetch_add(1, Ordering::SeqCst) < 2 => Reply::status(503),
            "/token" => issuer.give(),
            _ if !issuer.knows(request) => Reply::status(401),
            _ => Reply::json(json!({ "items": [] })),
        })
    };
    assert!(find(&with_key(&server.url)).await.unwrap().is_empty());
    assert_eq!(tokens_asked(&server), 3);
}

#[tokio::test]
async fn the_client_can_say_who_it_is_in_a_header() {
    let issuer = Issuer::new(3600);
    let server = served_by(&issuer);
    let yaml =
        format!("{HEAD}{OAUTH}{OBJECT}").replace("params: { audience: crm }", "client_auth: basic");
    let opening = opening(
        parse(&yaml),
        &[("url", &server.url), ("id", "dsr client"), ("key", "a:b&c")],
    );
    find(&opening).await.unwrap();
    let asked = &server.received()[0];
    // dsr+client:a%3Ab%26c
    assert_eq!(
        asked.header("authorization"),
        Some("Basic ZHNyK2NsaWVudDphJTNBYiUyNmM=")
    );
    assert!(!form(asked).contains_key("client_secret"));
}

#[tokio::test]
async fn a_token_goes_into_the_header_that_the_file_names() {
    let server = Server::start(|request| match request.path() {
        "/token" => Reply::json(json!({ "access_token": "shop-token-1" })),
        _ if request.header("x-shop-token") == Some("shop-token-1") => {
            Reply::json(json!({ "items": [] }))
        }
        _ => Reply::status(403),
    });
    let yaml = format!("{HEAD}{OAUTH}{OBJECT}").replace(
        "params: { audience: crm }",
        "header: { X-Shop-Token: \"{{ auth.token }}\" }",
    );
    let opening = opening(
        parse(&yaml),
        &[("url", &server.url), ("id", "a"), ("key", "b")],
    );
    assert!(find(&opening).await.unwrap().is_empty());
    assert_eq!(server.received()[1].header("authorization"), None);
}

// ---- refresh tokens ----

#[tokio::test]
async fn a_refresh_token_that_rotates_is_followed() {
    let current = Arc::new(Mutex::new("refresh-0".to_owned()));
    let nth = AtomicUsize::new(0);
    let server = {
        let current = Arc::clone(&current);
        Server::start(move |request| {
            if request.path() != "/token" {
                let live = current
                    .lock()
                    .unwrap()
                    .replace("refresh-", "Bearer access-");
                return match request.header("authorization") == Some(live.as_str()) {
                    true => Reply::json(json!({ "items": [] })),
                    false => Reply::status(401),
                };
            }
            let sent = form(request);
            let mut current = current.lock().unwrap();
            if sent.get("grant_type").map(String::as_str) != Some("refresh_token")
                || sent.get("refresh_token") != Some(&*current)
            {
                return Reply::json(json!({ "error": "invalid_grant" })).with_status(400);
            }
            let nth = nth.fetch_add(1, Ordering::SeqCst) + 1;
            *current = format!("refresh-{nth}");
            Reply::json(
                json!({ "access_token": format!("access-{nth}"), "refresh_token": *current, "expires_in": "0" }),
            )
        })
    };
    let yaml = format!("{HEAD}{OAUTH}{OBJECT}")
        .replace("client_credentials", "refresh_token")
        .replace(
            "client_secret: \"{{ settings.key }}\"",
            "refresh_token: \"{{ settings.key }}\"",
        );
    let opening = opening(
        parse(&yaml),
        &[("url", &server.url), ("id", "dsr"), ("key", "refresh-0")],
    );
    for _ in 0..3 {
        find(&opening).await.unwrap();
    }
    assert_eq!(*current.lock().unwrap(), "refresh-3");
    let mut reader = rest::reader(&opening).unwrap();
    reader.check().await.unwrap();
    // The setting does not lie in the keyring, so the new token ends with the run.
    assert!(
        reader
            .notes()
            .warnings
            .iter()
            .any(|(code, _)| code == "W331")
    );
}

// ---- query ----

#[tokio::test]
async fn a_key_in_the_query_leaves_with_the_request_and_is_kept_nowhere() {
    let url = Arc::new(Mutex::new(String::new()));
    let server = {
        let url = Arc::clone(&url);
        Server::start(move |request| match request.path() {
            "/api/people" => {
                let from = url.lock().unwrap().clone();
                Reply::to(307, format!("{from}/api/moved?page=1&api_key=stolen"))
            }
            "/api/moved" if request.query("page").as_deref() == Some("1") => {
                Reply::json(json!({ "items": [{ "id": "7" }], "next": "/api/moved?page=2" }))
            }
            "/api/moved" => Reply::json(json!({ "items": [{ "id": "8" }], "next": null })),
            _ => Reply::status(404),
        })
    };
    *url.lock().unwrap() = server.url.clone();
    let yaml = format!(
        "{HEAD}settings: {{ url: {{ type: url }}, key: {{ secret: true }} }}\napi:\n  url: \"{{{{ settings.url }}}}/api\"\n  auth: {{ query: {{ api_key: \"{{{{ settings.key }}}}\" }} }}\n  records: \"$.items[*]\"\n  page: {{ next: $.next }}\n{OBJECT}"
    );
    let opening = opening(
        parse(&yaml),
        &[("url", &server.url), ("key", "k&y in the query")],
    );
    assert_eq!(find(&opening).await.unwrap(), ["7", "8"]);
    for request in server.received() {
        assert_eq!(
            request.query("api_key").as_deref(),
            Some("k&y in the query"),
            "{}",
            request.target
        );
        assert_eq!(request.target.matches("api_key").count(), 1);
        assert_eq!(request.header("referer"), None);
    }
    let closed = Server::start(|_| Reply::status(500));
    let opening = self::opening(
        parse(&yaml),
        &[("url", &closed.url), ("key", "k&y in the query")],
    );
    let fault = find(&opening).await.unwrap_err();
    assert!(!format!("{fault:?}").contains("k&y"));
    assert!(!format!("{:?}", opening.system).contains("k&y"));
}
