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
        transport: Default::default(),
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

// ---- signed statements ----

/// What a token endpoint was shown, its header and claims decoded, and whether the key signed it.
fn statement(text: &str, verify: impl Fn(&[u8], &[u8]) -> bool) -> (Value, Value) {
    use base64::Engine as _;
    let decode = |part: &str| {
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part)
            .unwrap()
    };
    let parts: Vec<&str> = text.split('.').collect();
    let signed = format!("{}.{}", parts[0], parts[1]);
    assert!(verify(signed.as_bytes(), &decode(parts[2])), "signature");
    let json = |part| serde_json::from_slice(&decode(part)).unwrap();
    (json(parts[0]), json(parts[1]))
}

fn give_one(request: &Received) -> Reply {
    match request.path() {
        "/token" => Reply::json(json!({ "access_token": "token-from-jwt" })),
        _ => Reply::json(json!({ "items": [] })),
    }
}

/// A P-256 key, made anew: in PEM form, and the point by which its signatures are verified.
fn p256_key() -> (String, Vec<u8>) {
    let pair = rcgen::KeyPair::generate().unwrap();
    (pair.serialize_pem(), pair.public_key_raw().to_vec())
}

fn es256(public: &[u8], text: &[u8], signature: &[u8]) -> bool {
    ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, public)
        .verify(text, signature)
        .is_ok()
}

#[tokio::test]
async fn an_account_of_a_service_shows_a_signed_statement() {
    let (pem, public) = p256_key();
    let server = Server::start(give_one);
    let yaml = format!(
        r#"{HEAD}settings: {{ url: {{ type: url }}, account: {{}}, on_behalf: {{}}, key: {{ secret: true }} }}
api:
  url: "{{{{ settings.url }}}}/api"
  auth:
    oauth2:
      grant: jwt_bearer
      token_url: "{{{{ settings.url }}}}/token"
      key: "{{{{ settings.key }}}}"
      key_id: k1
      algorithm: ES256
      claims:
        iss: "{{{{ settings.account }}}}"
        sub: "{{{{ settings.on_behalf }}}}"
        scope: [https://www.example.com/auth/directory, https://www.example.com/auth/drive]
        exp: 1h
  records: "$.items[*]"
{OBJECT}"#
    );
    let settings = [
        ("url", server.url.as_str()),
        ("account", "dsr@project.example.com"),
        ("on_behalf", "admin@example.com"),
        // As it stands in a variable of one line.
        ("key", &pem.replace('\n', "\\n")),
    ];
    find(&opening(parse(&yaml), &settings)).await.unwrap();
    let sent = form(&server.received()[0]);
    assert_eq!(
        sent["grant_type"],
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    let (header, claims) = statement(&sent["assertion"], |text, signature| {
        es256(&public, text, signature)
    });
    assert_eq!(header, json!({ "alg": "ES256", "typ": "JWT", "kid": "k1" }));
    assert_eq!(claims["iss"], "dsr@project.example.com");
    assert_eq!(claims["sub"], "admin@example.com");
    assert_eq!(claims["aud"], format!("{}/token", server.url));
    assert_eq!(
        claims["scope"],
        "https://www.example.com/auth/directory https://www.example.com/auth/drive"
    );
    let (from, until) = (
        claims["iat"].as_i64().unwrap(),
        claims["exp"].as_i64().unwrap(),
    );
    assert_eq!(until - from, 3600);
    assert!((jiff::Timestamp::now().as_second() - from).abs() < 60);
    assert_eq!(
        server.received()[1].header("authorization"),
        Some("Bearer token-from-jwt")
    );

    // Another key than the algorithm needs.
    let yaml = yaml.replace("algorithm: ES256", "algorithm: RS256");
    let fault = find(&opening(parse(&yaml), &settings)).await.unwrap_err();
    assert_eq!(fault.code, "E538");
}

#[tokio::test]
async fn a_signed_statement_can_take_the_place_of_the_client_secret() {
    let (pem, public) = p256_key();
    let server = Server::start(give_one);
    let yaml = format!("{HEAD}{OAUTH}{OBJECT}").replace(
        "client_secret: \"{{ settings.key }}\"",
        "client_auth: jwt\n      key: \"{{ settings.key }}\"\n      algorithm: ES256",
    );
    let settings = [
        ("url", server.url.as_str()),
        ("id", "client-7"),
        ("key", pem.as_str()),
    ];
    find(&opening(parse(&yaml), &settings)).await.unwrap();
    let sent = form(&server.received()[0]);
    assert_eq!(sent["grant_type"], "client_credentials");
    assert_eq!(
        sent["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    let (_, claims) = statement(&sent["client_assertion"], |text, signature| {
        es256(&public, text, signature)
    });
    assert_eq!(
        (claims["iss"].as_str(), claims["sub"].as_str()),
        (Some("client-7"), Some("client-7"))
    );
    assert!(!sent.contains_key("client_secret"));
}

// ---- oauth1 ----

#[tokio::test]
async fn every_request_is_signed_with_its_own_parameters() {
    let server = Server::start(|_| Reply::json(json!({ "items": [] })));
    let yaml = format!(
        r#"{HEAD}settings: {{ url: {{ type: url }}, account: {{}}, ck: {{ secret: true }}, cs: {{ secret: true }}, t: {{ secret: true }}, ts: {{ secret: true }} }}
api:
  url: "{{{{ settings.url }}}}/services"
  auth:
    oauth1:
      consumer_key: "{{{{ settings.ck }}}}"
      consumer_secret: "{{{{ settings.cs }}}}"
      token: "{{{{ settings.t }}}}"
      token_secret: "{{{{ settings.ts }}}}"
      realm: "{{{{ settings.account }}}}"
  records: "$.items[*]"
{OBJECT}"#
    );
    let settings = [
        ("url", server.url.as_str()),
        ("account", "1234567_SB1"),
        ("ck", "consumer"),
        ("cs", "consumer-secret"),
        ("t", "token"),
        ("ts", "token-secret"),
    ];
    find(&opening(parse(&yaml), &settings)).await.unwrap();
    let request = &server.received()[0];
    let header = request.header("authorization").unwrap();
    let rest = header.strip_prefix("OAuth ").unwrap();
    let pairs: BTreeMap<&str, String> = rest
        .split(", ")
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let value = percent_encoding::percent_decode_str(value.trim_matches('"'));
            (name, value.decode_utf8().unwrap().into_owned())
        })
        .collect();
    assert_eq!(pairs["realm"], "1234567_SB1");
    assert_eq!(pairs["oauth_signature_method"], "HMAC-SHA256");
    assert!(!header.contains("secret"));
    // RFC 5849, 3.4, written out once more.
    let encode = |text: &str| {
        const SET: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'~');
        percent_encoding::utf8_percent_encode(text, SET).to_string()
    };
    let parameters = format!(
        "email={}&oauth_consumer_key=consumer&oauth_nonce={}&oauth_signature_method=HMAC-SHA256&oauth_timestamp={}&oauth_token=token&oauth_version=1.0",
        encode("anna@example.org"),
        pairs["oauth_nonce"],
        pairs["oauth_timestamp"],
    );
    let base = format!(
        "GET&{}&{}",
        encode(&format!("{}/services/people", server.url)),
        encode(&parameters)
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"consumer-secret&token-secret");
    use base64::Engine as _;
    let expected =
        base64::engine::general_purpose::STANDARD.encode(ring::hmac::sign(&key, base.as_bytes()));
    assert_eq!(pairs["oauth_signature"], expected);
}

// ---- sessions ----

const SESSION: &str = r#"settings: { url: { type: url }, user: {}, password: { secret: true } }
api:
  url: "{{ settings.url }}/api"
  auth:
    session:
      post: /login
      body: { user: "{{ settings.user }}", password: "{{ settings.password }}" }
      capture: { token: $.session.token, area: header.X-Area }
      header: { X-Session: "{{ auth.token }}" }
      cookies: true
      ends: { delete: "/sessions/{{ auth.area }}" }
  records: "$.items[*]"
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    read: { get: "/people/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    remove: { post: /purge, body: { session: "{{ auth.token }}", ids: ["{{ record.id }}"] } }
"#;

fn session_server() -> (Server, Arc<AtomicUsize>) {
    let logins = Arc::new(AtomicUsize::new(0));
    let ended = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&logins);
    let server = Server::start(move |request| {
        let nth = count.load(Ordering::SeqCst);
        if request.path() == "/api/login" {
            let nth = count.fetch_add(1, Ordering::SeqCst) + 1;
            return Reply::json(json!({ "session": { "token": format!("session-token-{nth}") } }))
                .header("X-Area", format!("area {nth}"))
                .header(
                    "Set-Cookie",
                    format!("sid=cookie-of-session-{nth}; Path=/api; HttpOnly"),
                );
        }
        let known = request.header("x-session") == Some(&format!("session-token-{nth}"))
            && request.header("cookie") == Some(&format!("sid=cookie-of-session-{nth}"));
        match (request.method.as_str(), request.path()) {
            _ if !known || nth == 0 => Reply::status(401),
            // The first session is cut off after its first request.
            ("GET", "/api/people") if nth == 1 && ended.fetch_add(1, Ordering::SeqCst) > 0 => {
                Reply::status(401)
            }
            ("GET", _) => {
                Reply::json(json!({ "items": [{ "id": "7", "email": "anna@example.org" }] }))
            }
            ("POST", "/api/purge")
                if request.json()["session"] == format!("session-token-{nth}") =>
            {
                Reply::status(204)
            }
            ("DELETE", _) => Reply::status(204),
            _ => Reply::status(400),
        }
    });
    (server, logins)
}

fn person(id: &str) -> Record {
    Record {
        key: Key::new(vec![id.to_owned()]).unwrap(),
        data: json!({ "id": id, "email": "anna@example.org" }),
    }
}

async fn act(
    opening: &Opening,
    action: Action,
    id: &str,
    version: Option<&str>,
) -> Result<Effect, Fault> {
    let before = Digest([1; 32]);
    let record = person(id);
    let step = Step {
        no: 0,
        system: "crm".into(),
        object: "people".into(),
        key: record.key.clone(),
        name: Digest([0; 32]),
        found_by: FoundBy {
            finder: 0,
            identity: None,
            parent: None,
            also: Vec::new(),
        },
        decision: Decision::Erase,
        action: Some(action),
        before,
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
    let plan_id = plan.id();
    let approved = Approved::new(plan, &[plan_id]).expect("approved");
    let mut writer = rest::writer(opening, &approved)?;
    let object = opening.system.object("people").unwrap();
    let changes = Changes::new();
    let target = Target {
        record: &record,
        before: &before,
        changes: &changes,
        version,
    };
    let digester = Digester::new(keys::Key::from_bytes([2; 32]));
    writer
        .act(object, action, &[target], &digester)
        .await
        .remove(0)
}

#[tokio::test]
async fn a_session_is_opened_kept_renewed_and_ended() {
    let (server, logins) = session_server();
    let settings = [
        ("url", server.url.as_str()),
        ("user", "dsr"),
        ("password", "s3cret-of-session"),
    ];
    let opening = opening(parse(&format!("{HEAD}{SESSION}")), &settings);
    assert_eq!(find(&opening).await.unwrap(), ["7"]);
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    assert_eq!(
        find(&opening).await.unwrap(),
        ["7"],
        "the 401 opens another"
    );
    assert_eq!(logins.load(Ordering::SeqCst), 2);
    // What the log-in brought stands in the body, as some systems want it, and is that of the session that is open.
    assert_eq!(
        act(&opening, Action::Remove, "7", None).await,
        Ok(Effect::Done)
    );
    assert_eq!(logins.load(Ordering::SeqCst), 2);
    let login = &server.received()[0];
    assert_eq!(
        login.json(),
        json!({ "user": "dsr", "password": "s3cret-of-session" })
    );
    assert_eq!(login.header("x-session"), None);
    server.clear();
    rest::sign_off().await;
    assert_eq!(
        server.lines(),
        [
            "DELETE /api/sessions/area%201",
            "DELETE /api/sessions/area%202"
        ]
    );
    server.clear();
    rest::sign_off().await;
    assert_eq!(server.lines(), [""; 0], "each once");
    // The plan shows where the secret goes, not the secret.
    let object = opening.system.object("people").unwrap();
    assert_eq!(
        rest::describe(object, Action::Remove),
        ["POST /purge body {\"ids\":[\"{record.id}\"],\"session\":\"{auth.token}\"}"]
    );
}

#[tokio::test]
async fn a_log_in_that_brings_nothing_is_no_log_in() {
    for (reply, code) in [
        (
            Reply::json(json!({ "session": { "token": false } })).header("X-Area", "a"),
            "E535",
        ),
        (
            Reply::json(json!({ "session": {} })).header("X-Area", "a"),
            "E535",
        ),
        (Reply::json(json!({ "session": { "token": "t" } })), "E535"),
        (Reply::html("please log in"), "E318"),
        (Reply::status(401), "E506"),
    ] {
        let server = Server::start(move |_| reply.clone());
        let settings = [
            ("url", server.url.as_str()),
            ("user", "dsr"),
            ("password", "s3cret-of-session"),
        ];
        let opening = opening(parse(&format!("{HEAD}{SESSION}")), &settings);
        let fault = find(&opening).await.unwrap_err();
        assert_eq!(fault.code, code, "{fault:?}");
        assert_eq!(server.lines(), ["POST /api/login"]);
        assert!(!format!("{fault:?}").contains("s3cret"));
    }
}

// ---- odata ----

const SAP: &str = r#"settings: { url: { type: url }, user: {}, password: { secret: true } }
api:
  protocol: odata2
  url: "{{ settings.url }}/sap/API"
  auth: { basic: { user: "{{ settings.user }}", password: "{{ settings.password }}" } }
  query: { sap-client: 100 }
objects:
  people:
    find: [{ by: email, get: /People, query: { $filter: "Email eq {{ value | odata }}" } }]
    read: { get: "/People({{ record.id | odata }})", records: $.d }
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/People({{ record.id | odata }})" }
"#;

/// An SAP gateway: writes need the token of the session, its cookie and the version of the record.
struct Gateway {
    session: AtomicUsize,
    version: AtomicUsize,
    /// Whether the reply to the next write is that the token has run out.
    expired: std::sync::atomic::AtomicBool,
}

fn gateway() -> (Server, Arc<Gateway>) {
    let gateway = Arc::new(Gateway {
        session: AtomicUsize::new(0),
        version: AtomicUsize::new(1),
        expired: false.into(),
    });
    let state = Arc::clone(&gateway);
    let server = Server::start(move |request| {
        let version = || format!("W/\"version-{}\"", state.version.load(Ordering::SeqCst));
        let session = || state.session.load(Ordering::SeqCst);
        if request.header("authorization") != Some("Basic ZHNyOnMzY3JldC1vZi1zYXA=") {
            return Reply::status(401);
        }
        match (request.method.as_str(), request.path()) {
            ("GET", "/sap/API" | "/sap/API/") => {
                assert_eq!(request.header("x-csrf-token"), Some("Fetch"));
                assert_eq!(request.query("sap-client").as_deref(), Some("100"));
                let nth = state.session.fetch_add(1, Ordering::SeqCst) + 1;
                Reply::json(json!({ "d": { "EntitySets": [] } }))
                    .header("X-CSRF-Token", format!("csrf-token-{nth}"))
                    .header(
                        "Set-Cookie",
                        format!("SAP_SESSIONID=session-cookie-{nth}; path=/; HttpOnly"),
                    )
            }
            ("GET", "/sap/API/People") if request.query("$skiptoken").is_none() => {
                Reply::json(json!({ "d": {
                "results": [{ "id": "7", "email": "anna@example.org", "__metadata": { "etag": version() } }],
                "__next": "People?$skiptoken=2",
            } }))
            }
            ("GET", "/sap/API/People") => Reply::json(
                json!({ "d": { "results": [{ "id": "8", "email": "anna@example.org" }] } }),
            ),
            ("GET", _) => Reply::json(json!({ "d": { "id": "7", "email": "anna@example.org" } }))
                .header("ETag", version()),
            (_, _) if state.expired.swap(false, Ordering::SeqCst) => {
                Reply::status(403).header("X-CSRF-Token", "Required")
            }
            (_, _)
                if request.header("x-csrf-token") != Some(&format!("csrf-token-{}", session()))
                    || request.header("cookie")
                        != Some(&format!("SAP_SESSIONID=session-cookie-{}", session())) =>
            {
                Reply::status(403).header("x-csrf-token", "required")
            }
            (_, _) => match request.header("if-match") {
                None => Reply::status(428),
                Some(tag) if tag != version() => Reply::status(412),
                Some(_) => Reply::status(204),
            },
        }
    });
    (server, gateway)
}

fn sap(url: &str) -> Opening {
    opening(
        parse(&format!("{HEAD}{SAP}")),
        &[("url", url), ("user", "dsr"), ("password", "s3cret-of-sap")],
    )
}

#[tokio::test]
async fn odata2_walks_its_pages_and_writes_with_token_cookie_and_version() {
    let (server, gateway) = gateway();
    let opening = sap(&server.url);
    assert_eq!(find(&opening).await.unwrap(), ["7", "8"]);
    assert_eq!(
        gateway.session.load(Ordering::SeqCst),
        0,
        "reading needs no token"
    );
    assert_eq!(
        server.received()[0].query("$filter").as_deref(),
        Some("Email eq 'anna@example.org'")
    );

    // The version comes from the record, and from the header where the record has none.
    let object = opening.system.objects[0].clone();
    let mut reader = rest::reader(&opening).unwrap();
    let key = Key::new(vec!["7".to_owned()]).unwrap();
    let record = reader.read(&object, &key).await.unwrap().unwrap();
    let version = reader.version(&object, &record);
    assert_eq!(version.as_deref(), Some("W/\"version-1\""));
    let mut other = record.clone();
    other.key = Key::new(vec!["8".to_owned()]).unwrap();
    assert_eq!(
        reader.version(&object, &other),
        None,
        "the header spoke of one record"
    );
    other.data["__metadata"] = json!({ "etag": "W/\"of the record\"" });
    assert_eq!(
        reader.version(&object, &other).as_deref(),
        Some("W/\"of the record\"")
    );

    server.clear();
    for _ in 0..2 {
        assert_eq!(
            act(&opening, Action::Remove, "7", version.as_deref()).await,
            Ok(Effect::Done)
        );
    }
    assert_eq!(
        server.lines(),
        [
            "GET /sap/API?sap-client=100",
            "DELETE /sap/API/People(%277%27)?sap-client=100",
            "DELETE /sap/API/People(%277%27)?sap-client=100",
        ],
        "the token is fetched once a session"
    );

    server.clear();
    gateway.expired.store(true, Ordering::SeqCst);
    assert_eq!(
        act(&opening, Action::Remove, "7", version.as_deref()).await,
        Ok(Effect::Done)
    );
    let verbs: Vec<String> = server.received().iter().map(|r| r.method.clone()).collect();
    assert_eq!(
        verbs,
        ["DELETE", "GET", "DELETE"],
        "fetched again after `Required`"
    );

    gateway.version.store(2, Ordering::SeqCst);
    assert_eq!(
        act(&opening, Action::Remove, "7", version.as_deref()).await,
        Ok(Effect::Stale)
    );
    let refused = act(&opening, Action::Remove, "7", None).await.unwrap_err();
    assert_eq!(refused.text.en, "the system answered with HTTP status 428");
}

#[tokio::test]
async fn a_system_that_refuses_every_csrf_token_is_asked_twice_and_no_more() {
    let server = Server::start(|request| match request.method.as_str() {
        "GET" => Reply::json(json!({})).header("X-CSRF-Token", "a-csrf-token"),
        _ => Reply::status(403).header("X-CSRF-Token", "Required"),
    });
    let fault = act(&sap(&server.url), Action::Remove, "7", None)
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E507");
    assert_eq!(server.lines().len(), 4);
    let server = Server::start(|_| Reply::json(json!({})));
    let fault = act(&sap(&server.url), Action::Remove, "7", None)
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E537");
    assert_eq!(server.writes(), 0);
}

#[tokio::test]
async fn odata4_has_its_headers_pages_and_versions() {
    let server =
        Server::start(
            |request| match (request.method.as_str(), request.target.contains("skip")) {
                ("GET", false) => Reply::json(json!({
                    "value": [{ "id": "7", "@odata.etag": "W/\"1\"" }],
                    "@odata.nextLink": "people?$skiptoken=2",
                })),
                ("GET", true) => Reply::json(json!({ "value": [{ "id": "8" }] })),
                _ => Reply::status(204),
            },
        );
    let yaml = format!(
        "{HEAD}settings: {{ url: {{ type: url }}, key: {{ secret: true }} }}\napi:\n  protocol: odata4\n  url: \"{{{{ settings.url }}}}/v9\"\n  auth: {{ bearer: \"{{{{ settings.key }}}}\" }}\n{OBJECT}"
    );
    let opening = opening(
        parse(&yaml),
        &[("url", &server.url), ("key", "k-of-odata4")],
    );
    assert_eq!(find(&opening).await.unwrap(), ["7", "8"]);
    assert_eq!(
        act(&opening, Action::Remove, "7", Some("W/\"1\"")).await,
        Ok(Effect::Done)
    );
    assert_eq!(
        act(&opening, Action::Suppress, "7", Some("W/\"1\"")).await,
        Ok(Effect::Done)
    );
    let received = server.received();
    assert_eq!(received[0].header("odata-version"), Some("4.0"));
    assert_eq!(received[2].header("if-match"), Some("W/\"1\""));
    assert_eq!(received[2].header("x-csrf-token"), None);
    assert_eq!(
        received[3].header("if-match"),
        None,
        "a POST makes something new"
    );
}

// ---- json-rpc ----

const ODOO: &str = r#"settings: { url: { type: url }, database: {}, user: {}, key: { secret: true } }
api:
  protocol: jsonrpc2
  url: "{{ settings.url }}/jsonrpc"
  auth:
    session:
      call: { service: common, method: authenticate, args: ["{{ settings.database }}", "{{ settings.user }}", "{{ settings.key }}", {}] }
      capture: { uid: $.result }
  envelope: { service: object, method: execute_kw, args: ["{{ settings.database }}", "{{ auth.uid }}", "{{ settings.key }}", "{{ call.model }}", "{{ call.method }}", "{{ call.args }}", "{{ call.options | default({}) }}"] }
objects:
  people:
    find: [{ by: email, call: { model: res.partner, method: search_read, args: [[[email, "=ilike", "{{ value }}"]]] }, read_only: true }]
    read: { call: { model: res.partner, method: read, args: [["{{ record.id }}"]], options: { limit: 1 } }, read_only: true }
    fields: { email: { category: contact.email, identity: email } }
    remove:
      call: { model: res.partner, method: unlink, args: [["{{ record.id }}"]] }
      outcome: { gone: "body.error.data.name == 'MissingError'", blocked: "body.error.data.name == 'UserError'" }
"#;

fn odoo(url: &str) -> Opening {
    let settings = [
        ("url", url),
        ("database", "acme"),
        ("user", "dsr"),
        ("key", "s3cret-of-odoo"),
    ];
    opening(parse(&format!("{HEAD}{ODOO}")), &settings)
}

fn rpc(request: &Received, result: Value) -> Reply {
    let mut reply = json!({ "jsonrpc": "2.0", "id": request.json()["id"] });
    for (name, value) in result.as_object().unwrap() {
        reply[name] = value.clone();
    }
    Reply::json(reply)
}

#[tokio::test]
async fn calls_are_put_into_their_envelope() {
    let server = Server::start(
        |request| match request.json()["params"]["service"].as_str() {
            Some("common") => rpc(request, json!({ "result": 42 })),
            _ => rpc(
                request,
                json!({ "result": [{ "id": 7, "email": "anna@example.org" }] }),
            ),
        },
    );
    let opening = odoo(&server.url);
    assert_eq!(find(&opening).await.unwrap(), ["7"]);
    assert!(read(&opening, "7").await.unwrap().is_some());
    assert_eq!(server.lines(), ["POST /jsonrpc"; 3]);
    let sent: Vec<Value> = server.received().iter().map(Received::json).collect();
    assert_eq!(
        sent[0]["params"]["args"],
        json!(["acme", "dsr", "s3cret-of-odoo", {}])
    );
    assert_eq!(
        sent[1],
        json!({
            "jsonrpc": "2.0",
            "id": sent[1]["id"],
            "method": "call",
            "params": {
                "service": "object",
                "method": "execute_kw",
                "args": ["acme", 42, "s3cret-of-odoo", "res.partner", "search_read", [[["email", "=ilike", "anna@example.org"]]], {}],
            },
        })
    );
    assert_eq!(sent[2]["params"]["args"][6], json!({ "limit": 1 }));
    let ids: std::collections::BTreeSet<u64> = sent
        .iter()
        .map(|call| call["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.len(), 3, "each call has an id of its own");
    let object = opening.system.object("people").unwrap();
    assert_eq!(
        rest::describe(object, Action::Remove),
        ["CALL {\"args\":[[\"{record.id}\"]],\"method\":\"unlink\",\"model\":\"res.partner\"}"]
    );
}

#[tokio::test]
async fn errors_in_replies_with_status_200_are_errors() {
    let error = |name: &str| json!({ "error": { "code": 200, "message": "Odoo Server Error: anna@example.org", "data": { "name": name } } });
    let answers = move |name: &'static str| {
        Server::start(
            move |request| match request.json()["params"]["service"].as_str() {
                Some("common") => rpc(request, json!({ "result": 42 })),
                _ => rpc(request, error(name)),
            },
        )
    };
    let server = answers("AccessError");
    let fault = find(&odoo(&server.url)).await.unwrap_err();
    assert_eq!(fault.code, "E534");
    assert!(!format!("{fault:?}").contains("anna"));
    let server = answers("AccessError");
    assert_eq!(
        act(&odoo(&server.url), Action::Remove, "7", None)
            .await
            .unwrap_err()
            .code,
        "E534"
    );
    for (name, effect) in [
        ("MissingError", Effect::Gone),
        ("UserError", Effect::Blocked),
    ] {
        let server = answers(name);
        assert_eq!(
            act(&odoo(&server.url), Action::Remove, "7", None).await,
            Ok(effect)
        );
    }
    // A wrong password is answered by `false`.
    let server = Server::start(|request| rpc(request, json!({ "result": false })));
    assert_eq!(find(&odoo(&server.url)).await.unwrap_err().code, "E535");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_reply_to_another_call_answers_nothing() {
    let server = Server::start(
        |request| match request.json()["params"]["service"].as_str() {
            Some("common") => rpc(request, json!({ "result": 42 })),
            _ => Reply::json(json!({ "jsonrpc": "2.0", "id": 4711, "result": true })),
        },
    );
    assert_eq!(find(&odoo(&server.url)).await.unwrap_err().code, "E536");
    assert_eq!(
        act(&odoo(&server.url), Action::Remove, "7", None).await,
        Ok(Effect::Unknown),
        "it may have been carried out"
    );
}

#[tokio::test]
async fn a_call_that_reaches_nobody_says_nothing_of_a_record() {
    // Every call goes to one path: that it is missing, as where no database was chosen, is no word about a person.
    for status in [404, 410] {
        let server =
            Server::start(
                move |request| match request.json()["params"]["service"].as_str() {
                    Some("common") => rpc(request, json!({ "result": 42 })),
                    _ => Reply::status(status),
                },
            );
        let opening = odoo(&server.url);
        assert_eq!(read(&opening, "7").await.unwrap_err().code, "E505");
        let effect = act(&opening, Action::Remove, "7", None).await;
        assert_eq!(effect.unwrap_err().code, "E505");
    }
}

#[tokio::test]
async fn a_reply_to_a_call_has_a_result_or_an_error_in_it() {
    let answers = |reply: fn(&Received) -> Reply| {
        Server::start(
            move |request| match request.json()["params"]["service"].as_str() {
                Some("common") => rpc(request, json!({ "result": 42 })),
                _ => reply(request),
            },
        )
    };
    for reply in [
        (|request| rpc(request, json!({}))) as fn(&Received) -> Reply,
        |request| rpc(request, json!({ "error": null })),
        |request| {
            Reply::json(json!([{ "jsonrpc": "2.0", "id": request.json()["id"], "result": true }]))
        },
        |_| Reply::json(json!(true)),
        |_| Reply::bytes("application/json", ""),
        |_| Reply::html("<h1>Log in</h1>"),
    ] {
        let server = answers(reply);
        let effect = act(&odoo(&server.url), Action::Remove, "7", None).await;
        assert_eq!(effect, Ok(Effect::Unknown));
        let server = answers(reply);
        find(&odoo(&server.url)).await.unwrap_err();
    }
    // An error is one behind a byte order mark as well.
    let server = answers(|request| {
        let body = json!({ "jsonrpc": "2.0", "id": request.json()["id"], "error": { "code": 1 } });
        Reply::bytes("application/json", format!("\u{feff}{body}"))
    });
    let effect = act(&odoo(&server.url), Action::Remove, "7", None).await;
    assert_eq!(effect.unwrap_err().code, "E534");
}

#[tokio::test]
async fn a_call_without_an_envelope_names_its_own_method() {
    let server = Server::start(|request| rpc(request, json!({ "result": [] })));
    let yaml = format!(
        "{HEAD}settings: {{ url: {{ type: url }} }}\napi: {{ protocol: jsonrpc2, url: \"{{{{ settings.url }}}}\" }}\nobjects:\n  people:\n    find: [{{ by: email, call: {{ method: contact.find, params: {{ mail: \"{{{{ value }}}}\" }} }}, read_only: true }}]\n    fields: {{ email: {{ category: contact.email, identity: email }} }}\n    erase: manual look\n"
    );
    let opening = opening(parse(&yaml), &[("url", &server.url)]);
    assert!(find(&opening).await.unwrap().is_empty());
    let sent = server.received()[0].json();
    assert_eq!(
        (sent["method"].as_str(), &sent["params"]),
        (Some("contact.find"), &json!({ "mail": "anna@example.org" }))
    );
}

// ---- the program as a whole ----

/// What the partner of the gateway does while dsr works on it.
#[derive(Clone, Copy, PartialEq)]
enum Meanwhile {
    Nothing,
    /// Something changes that nobody planned for, once.
    Counter,
    /// The person's own data changes, once.
    Data,
    /// Somebody writes all the time.
    Always,
}

const SECRETS: [&str; 8] = [
    "s3cret-of-sap",
    "ZHNyOnMzY3JldC1vZi1zYXA=",
    "csrf-token-1",
    "session-cookie-1",
    "s3cret-of-crm",
    "crm-token-0001",
    "s3cret-of-odoo",
    "secret-in-a-query",
];

/// An SAP gateway with one partner, and what happens to it between the reading and the first write.
fn partner(meanwhile: Meanwhile) -> Server {
    struct Partner {
        there: bool,
        version: u64,
        city: &'static str,
        writes: u64,
    }
    let state = Mutex::new(Partner {
        there: true,
        version: 1,
        city: "Ulm",
        writes: 0,
    });
    Server::start(move |request| {
        let mut partner = state.lock().unwrap();
        let record = json!({ "id": "7", "email": "anna@example.org", "city": partner.city, "seen": partner.version });
        match (request.method.as_str(), request.path()) {
            ("GET", "/sap/API") => Reply::json(json!({ "d": {} }))
                .header("X-CSRF-Token", "csrf-token-1")
                .header("Set-Cookie", "SAP_SESSIONID=session-cookie-1; path=/"),
            ("GET", "/sap/API/People") => {
                let items = if partner.there {
                    vec![record]
                } else {
                    Vec::new()
                };
                Reply::json(json!({ "d": { "results": items } }))
            }
            ("GET", _) if !partner.there => Reply::status(404),
            ("GET", _) => Reply::json(json!({ "d": record }))
                .header("ETag", format!("\"{}\"", partner.version)),
            ("DELETE", _) => {
                partner.writes += 1;
                if meanwhile == Meanwhile::Always
                    || (meanwhile != Meanwhile::Nothing && partner.writes == 1)
                {
                    partner.version += 1;
                    if meanwhile == Meanwhile::Data {
                        partner.city = "Bonn";
                    }
                }
                if request.header("x-csrf-token") != Some("csrf-token-1")
                    || request.header("cookie") != Some("SAP_SESSIONID=session-cookie-1")
                {
                    return Reply::status(403);
                }
                match request.header("if-match") {
                    None => Reply::status(428),
                    Some(tag) if tag != format!("\"{}\"", partner.version) => Reply::status(412),
                    Some(_) => {
                        partner.there = false;
                        Reply::status(204)
                    }
                }
            }
            _ => Reply::status(405),
        }
    })
}

#[test]
fn a_write_names_the_version_that_was_read_and_what_changed_is_left_alone() {
    let connector = format!("{HEAD}{SAP}").replace(
        "identity: email } }",
        "identity: email }, city: contact.address }",
    );
    for (meanwhile, outcome, writes) in [
        (Meanwhile::Nothing, "removed", 1),
        (Meanwhile::Counter, "removed", 2),
        (Meanwhile::Data, "changed", 1),
        (Meanwhile::Always, "changed", 2),
    ] {
        let server = partner(meanwhile);
        let systems = format!(
            "  crm: {{ connector: crm@1, settings: {{ url: \"{}\", user: dsr, password: {{ secret: \"env:SAP_PASSWORD\" }} }}, owner: it }}\n",
            server.url
        );
        let mut house = support::house::House::new(&systems, &[("crm", &connector)]);
        house.env("SAP_PASSWORD", "s3cret-of-sap");
        let ran = house.run(&[
            "erase",
            "--email",
            "anna@example.org",
            "--yes",
            "--expect",
            "1",
            "--format",
            "json",
            "-vvv",
        ]);
        assert_eq!(
            ran.outcomes(),
            [format!("crm.people {outcome}")],
            "{}",
            ran.all()
        );
        let received = server.received();
        let sent = received.iter().filter(|r| r.method == "DELETE").count();
        assert_eq!(sent, writes, "{:?}", server.lines());
        let fetched = received.iter().filter(|r| r.path() == "/sap/API").count();
        assert_eq!(fetched, 1, "{:?}", server.lines());
        no_secret_in(&house, &ran.all());
    }
}

/// Neither in what was said nor in any file.
fn no_secret_in(house: &support::house::House, said: &str) {
    let holds = |bytes: &[u8], secret: &str| {
        bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    };
    for secret in SECRETS {
        assert!(!said.contains(secret), "{secret} in {said}");
        for file in house.files() {
            let bytes = fs_err::read(&file).unwrap_or_default();
            assert!(!holds(&bytes, secret), "{secret} in {}", file.display());
        }
    }
}

#[test]
fn secrets_and_what_they_bring_are_said_and_written_nowhere() {
    let down = Arc::new(AtomicUsize::new(0));
    let server = {
        let down = Arc::clone(&down);
        Server::start(move |request| match request.path() {
            "/token" => Reply::json(
                json!({ "access_token": "crm-token-0001", "error_description": "s3cret-of-crm" }),
            ),
            _ if down.load(Ordering::SeqCst) == 1 => Reply::json(
                json!({ "echo": String::from_utf8_lossy(&request.body), "of": request.headers }),
            ),
            _ if down.load(Ordering::SeqCst) == 2 => Reply::dropped(),
            _ => Reply::json(json!({ "items": [{ "id": "7", "email": "anna@example.org" }] })),
        })
    };
    let query = format!(
        "{}{}",
        "dsr: 1\nconnector: list\nversion: 1.0.0\nsettings: { url: { type: url }, key: { secret: true } }\napi:\n  url: \"{{ settings.url }}\"\n  auth: { query: { key: \"{{ settings.key }}\" } }\n  records: \"$.items[*]\"\n  limits: { retries: 0 }\n",
        OBJECT
    );
    let odoo = format!("{HEAD}{ODOO}").replace("connector: crm", "connector: erp");
    let systems = format!(
        r#"  crm: {{ connector: crm@1, settings: {{ url: "{url}", id: dsr, key: {{ secret: "env:CRM_KEY" }} }}, owner: it }}
  list: {{ connector: list@1, settings: {{ url: "{url}", key: {{ secret: "env:LIST_KEY" }} }}, owner: it }}
  erp: {{ connector: erp@1, settings: {{ url: "{url}", database: acme, user: dsr, key: {{ secret: "env:ODOO_KEY" }} }}, owner: it }}
"#,
        url = server.url
    );
    let crm = format!("{HEAD}{OAUTH}{OBJECT}").replacen(
        "records:",
        "limits: { retries: 0 }\n  records:",
        1,
    );
    let mut house =
        support::house::House::new(&systems, &[("crm", &crm), ("list", &query), ("erp", &odoo)]);
    house.env("CRM_KEY", "s3cret-of-crm");
    house.env("LIST_KEY", "secret-in-a-query");
    house.env("ODOO_KEY", "s3cret-of-odoo");
    for state in 0..3 {
        down.store(state, Ordering::SeqCst);
        for verb in ["find", "export"] {
            let ran = house.run(&[verb, "--email", "anna@example.org", "-vvv"]);
            no_secret_in(&house, &ran.all());
        }
    }
    let ran = house.run(&["erase", "--email", "anna@example.org", "--yes", "-vvv"]);
    no_secret_in(&house, &ran.all());
}

/// Every message of what these words can be written wrong.
#[test]
fn what_cannot_be_written_is_refused_with_a_remedy() {
    let oauth = format!("{HEAD}{OAUTH}{OBJECT}");
    let session = format!("{HEAD}{SESSION}");
    let odoo = format!("{HEAD}{ODOO}");
    let cases = [
        (
            &session,
            "session: \"{{ auth.token }}\"",
            "session: \"Token {{ auth.token | quoted }}\"",
            "E370",
        ),
        (
            &session,
            "session: \"{{ auth.token }}\"",
            "session: \"{{ auth.token | upper }}\"",
            "E370",
        ),
        (
            &session,
            "session: \"{{ auth.token }}\"",
            "session: \"{{ auth.tokn }}\"",
            "E303",
        ),
        (
            &session,
            "post: /purge,",
            "post: \"/purge/{{ auth.token }}\",",
            "E303",
        ),
        (
            &session,
            "post: /purge,",
            "post: /purge, headers: { X-T: \"{{ auth.token }}\" },",
            "E303",
        ),
        (
            &session,
            "query: { email: \"{{ value }}\" }",
            "query: { email: \"{{ value }}\", t: \"{{ auth.token }}\" }",
            "E303",
        ),
        (
            &session,
            "get: /people,",
            "post: /people, read_only: true, body: { t: \"{{ auth.token }}\" },",
            "E303",
        ),
        (&session, "capture: { token:", "capture: { to-ken:", "E375"),
        (
            &oauth,
            "token_url: \"{{ settings.url }}/token\"",
            "token_url: \"https://{{ settings.id }}/token\"",
            "",
        ),
        (
            &oauth,
            "token_url: \"{{ settings.url }}/token\"",
            "token_url: \"{{ settings.id }}/token\"",
            "E371",
        ),
        (
            &oauth,
            "token_url: \"{{ settings.url }}/token\"",
            "token_url: http://login.example.com/token",
            "E371",
        ),
        (
            &oauth,
            "params: { audience: crm }",
            "params: { grant_type: password }",
            "E373",
        ),
        (
            &oauth,
            "params: { audience: crm }",
            "refresh_token: x",
            "E372",
        ),
        (&oauth, "params: { audience: crm }", "key: x", "E372"),
        (
            &oauth,
            "params: { audience: crm }",
            "client_auth: header",
            "E121",
        ),
        (&oauth, "client_credentials", "password", "E121"),
        (
            &oauth,
            "client_secret: \"{{ settings.key }}\"",
            "client_secret: \"{{ settings.key }}\"\n      bearer: \"{{ settings.key }}\"",
            "E120",
        ),
        (
            &oauth,
            "/api\"\n",
            "/api\"\n  envelope: { a: \"{{ call }}\" }\n",
            "E376",
        ),
        (
            &oauth,
            "get: /people,",
            "call: { method: a }, read_only: true,",
            "E376",
        ),
        (&odoo, "read_only: true }]", "idempotent: true }]", "E140"),
        (
            &odoo,
            "\"{{ call.model }}\", \"{{ call.method }}\", \"{{ call.args }}\", \"{{ call.options | default({}) }}\"",
            "1",
            "E377",
        ),
        (
            &odoo,
            "outcome: {",
            "body: { a: b }\n      outcome: {",
            "E372",
        ),
    ];
    let mut all = String::new();
    for (sound, from, to, code) in cases {
        assert!(sound.contains(from), "{from}");
        let source = Arc::new(Source {
            path: "crm.yml".into(),
            text: sound.replacen(from, to, 1),
        });
        let codes: Vec<String> = match definition::parse(source) {
            Ok(_) => Vec::new(),
            Err(trouble) => trouble
                .diagnostics
                .iter()
                .map(|diagnostic| {
                    assert!(!diagnostic.help.is_empty(), "{}", diagnostic.code);
                    assert!(diagnostic.place.is_some(), "{}", diagnostic.code);
                    all.push_str(&format!(
                        "{to}\n  {} {}\n  {}\n",
                        diagnostic.code, diagnostic.what.en, diagnostic.what.de
                    ));
                    diagnostic.code.to_owned()
                })
                .collect(),
        };
        let expected: Vec<&str> = Some(code)
            .into_iter()
            .filter(|code| !code.is_empty())
            .collect();
        assert_eq!(codes, expected, "{to}");
    }
    insta::assert_snapshot!("refused", all);
}
