//! Files of records: into the package whole and under harmless names, from nowhere but where the connector says, and never with our
//! credentials elsewhere.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};
use crate::support::program::Workspace;

const KEY: &str = "s3cret-of-the-desk";

/// A desk, a store of files that the connector names, and a server that it does not.
struct World {
    workspace: Workspace,
    desk: Server,
    store: Server,
    stranger: Server,
}

type Answer = Arc<dyn Fn(&str, &Received) -> Reply + Send + Sync>;

impl World {
    /// One ticket with one comment; `attachments` gets the addresses of desk, store and stranger. `entry` is the rest of the entry of
    /// `files`, and `answer` gets the name of the server that is asked for a file.
    fn new(
        entry: &str,
        attachments: impl Fn(&str, &str, &str) -> Value,
        answer: impl Fn(&str, &Received) -> Reply + Send + Sync + 'static,
    ) -> World {
        let answer: Answer = Arc::new(answer);
        let serve = |name: &'static str| {
            let answer = Arc::clone(&answer);
            Server::start(move |request| answer(name, request))
        };
        let (store, stranger) = (serve("store"), serve("stranger"));
        let listed = Arc::new(Mutex::new(json!([])));
        let (kept, own) = (Arc::clone(&listed), Arc::clone(&answer));
        let desk = Server::start(move |request| match request.path() {
            "/api/tickets" => {
                Reply::json(json!({"items": [{"id": 1, "email": "anna@example.org"}]}))
            }
            "/api/tickets/1" => Reply::json(json!({"id": 1, "email": "anna@example.org"})),
            "/api/tickets/1/comments" => {
                let files = kept.lock().unwrap().clone();
                Reply::json(json!({"items": [{"id": 5, "attachments": files}]}))
            }
            _ => own("desk", request),
        });
        *listed.lock().unwrap() = attachments(&desk.url, &store.url, &stranger.url);
        let port = store.url.rsplit(':').next().unwrap().to_owned();
        let connector = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}/api"
  auth: { bearer: "{{ settings.key }}" }
  records: "$.items[*]"
  limits: { retries: 0, timeout: 2s }
objects:
  tickets:
    find: [{ by: email, get: /tickets, query: { email: "{{ value }}" } }]
    read: { get: "/tickets/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    export: { comments: { get: "/tickets/{{ record.id }}/comments" } }
    files: [{ each: "$.comments[*].attachments[*]", name: "{{ file.name }}", ENTRY }]
    remove: { delete: "/tickets/{{ record.id }}" }
"#
        .replace("ENTRY", &entry.replace("PORT", &port));
        let inventory = format!(
            "dsr: 1\ncontroller: {{ name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }}\nsystems:\n  desk:\n    connector: desk@1\n    settings: {{ url: \"{}\", key: {{ secret: \"env:DESK_KEY\" }} }}\n    owner: helpdesk@example.org\n",
            desk.url
        );
        let mut workspace = Workspace::new(&inventory, &[("desk.yml", connector.trim_start())]);
        let key = ("DESK_KEY".to_owned(), KEY.to_owned());
        workspace.environment.push(key);
        World {
            workspace,
            desk,
            store,
            stranger,
        }
    }

    fn export(&self) -> (i32, Value, String) {
        let to = self.workspace.path("draft");
        let arguments = [
            "export",
            "--email",
            "anna@example.org",
            "--folder",
            "--to",
            to.to_str().unwrap(),
            "--format",
            "json",
        ];
        let ran = self.workspace.run(&arguments);
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        assert!(!ran.err.contains(KEY) && !ran.out.contains(KEY), "{ran:?}");
        (ran.code.unwrap(), ran.json(), ran.err)
    }

    /// The list of files in the package.
    fn listed(&self) -> Vec<Value> {
        let list = self.workspace.read("draft/data/desk/tickets_files.json");
        let list: Value = serde_json::from_str(&list).unwrap();
        list["records"].as_array().unwrap().clone()
    }

    /// The requests for files that a server got: line and `Authorization`.
    fn asked(server: &Server) -> Vec<(String, Option<String>)> {
        let received = server.received().into_iter();
        let files = received.filter(|one| !one.path().starts_with("/api/tickets"));
        let shown = |one: &Received| one.header("authorization").map(str::to_owned);
        files.map(|one| (one.line(), shown(&one))).collect()
    }
}

fn bearer() -> Option<String> {
    Some(format!("Bearer {KEY}"))
}

#[test]
fn a_file_below_the_base_comes_with_credentials_and_an_address_without() {
    let world = World::new(
        "get: \"/files/{{ file.id }}\"",
        |_, _, _| json!([{"id": "a/b?c", "name": "CV.pdf"}]),
        |_, _| Reply::bytes("application/pdf; x=y", "%PDF-1.7 text"),
    );
    let (code, made, said) = world.export();
    assert_eq!(code, 0, "{made} {said}");
    let asked = [("GET /api/files/a%2Fb%3Fc".to_owned(), bearer())];
    assert_eq!(World::asked(&world.desk), asked);
    let listed = world.listed();
    assert_eq!(
        listed,
        [
            json!({"file_name": "CV.pdf", "content_type": "application/pdf", "file": {"file": "files/desk/tickets_files/000001.pdf", "bytes": 13}, "id": 1})
        ]
    );
    let file = world
        .workspace
        .read("draft/files/desk/tickets_files/000001.pdf");
    assert_eq!(file, "%PDF-1.7 text");
    assert_eq!(made["not_included"]["files"], 0, "{made}");
    let manifest = world.workspace.read("draft/manifest.json");
    assert!(manifest.contains("000001.pdf"), "{manifest}");
    let review = world.workspace.read("draft/REVIEW.txt");
    assert!(review.contains("desk.tickets/files"), "{review}");

    // The same server by an address that the system names: its author may be anybody.
    for (auth, shown) in [
        ("", None),
        (", auth: true", bearer()),
        (", auth: false", None),
    ] {
        let world = World::new(
            &format!("get: \"{{{{ file.url }}}}\"{auth}"),
            |desk, _, _| json!([{"url": format!("{desk}/files/1"), "name": "x"}]),
            |_, _| Reply::bytes("text/plain", "x"),
        );
        assert_eq!(world.export().0, 0);
        assert_eq!(
            World::asked(&world.desk),
            [("GET /files/1".to_owned(), shown)]
        );
    }
}

#[test]
fn credentials_go_to_a_host_that_is_written_out_and_to_no_other() {
    for (auth, shown) in [(", auth: true", bearer()), ("", None)] {
        let world = World::new(
            &format!("get: \"{{{{ file.url }}}}\", hosts: [\"127.0.0.1:PORT\"]{auth}"),
            |_, store, _| json!([{"url": format!("{store}/1"), "name": "x"}]),
            |_, _| Reply::bytes("text/plain", "x"),
        );
        let (code, made, _) = world.export();
        assert_eq!(code, 0, "{made}");
        assert_eq!(World::asked(&world.store), [("GET /1".to_owned(), shown)]);
    }
}

#[test]
fn a_file_that_lies_elsewhere_is_not_fetched_and_is_missed() {
    let world = World::new(
        "get: \"{{ file.url }}\", hosts: [\"127.0.0.1:PORT\", \"*.example.com\"], auth: true",
        |desk, store, stranger| {
            let port = store.rsplit(':').next().unwrap();
            let own = desk.rsplit(':').next().unwrap();
            let addresses = [
                format!("{stranger}/1"),
                stranger.replace("http:", "") + "/2",
                format!("http://user:pass@127.0.0.1:{port}/3"),
                format!(
                    "http://127.0.0.1:{own}@{}/4",
                    stranger.replace("http://", "")
                ),
                "http://files.example.com/5".to_owned(),
                "https://example.com/6".to_owned(),
                "file:///etc/passwd".to_owned(),
                "ftp://127.0.0.1/7".to_owned(),
                "data:text/plain,x".to_owned(),
            ];
            let files = addresses.iter().map(|url| json!({"url": url, "name": "x"}));
            files.collect()
        },
        |_, _| Reply::bytes("text/plain", "x"),
    );
    let (code, made, _) = world.export();
    assert_eq!(code, 3, "{made}");
    assert!(made.to_string().contains("E558"), "{made}");
    let listed = world.listed();
    assert_eq!(listed.len(), 9);
    for line in listed {
        assert!(line.get("file").is_none(), "{line}");
        assert!(
            line["left_out"]
                .as_str()
                .is_some_and(|why| !why.contains("127.0.0.1")),
            "{line}"
        );
    }
    assert_eq!(made["not_included"]["files"], 9, "{made}");
    assert_eq!(World::asked(&world.stranger), []);
    assert_eq!(World::asked(&world.store), []);
}

#[test]
fn a_redirect_leads_to_allowed_hosts_only_and_without_credentials() {
    let world = |target: fn(&str, &str, &str) -> String| {
        let addresses = Arc::new(Mutex::new(String::new()));
        let to = Arc::clone(&addresses);
        World::new(
            "get: \"/files/{{ file.id }}\", hosts: [\"127.0.0.1:PORT\"], auth: true",
            move |desk, store, stranger| {
                *to.lock().unwrap() = target(desk, store, stranger);
                json!([{"id": 1, "name": "x"}])
            },
            move |server, request| match (server, request.path()) {
                ("desk", "/api/files/1") => Reply::to(302, addresses.lock().unwrap().clone()),
                ("store", "/back") => {
                    let desk = request.query("to").unwrap();
                    Reply::to(302, desk)
                }
                _ => Reply::bytes("text/plain", "x"),
            },
        )
    };
    // Within the system the credentials go along.
    let within = world(|_, _, _| "/api/files/1/content".to_owned());
    assert_eq!(within.export().0, 0);
    assert_eq!(
        World::asked(&within.desk)[1],
        ("GET /api/files/1/content".to_owned(), bearer())
    );
    let store = world(|_, store, _| format!("{store}/1"));
    assert_eq!(store.export().0, 0);
    assert_eq!(World::asked(&store.store), [("GET /1".to_owned(), None)]);
    // Whoever answers elsewhere does not choose what is asked with our credentials.
    let back = world(|desk, store, _| {
        let desk = format!("{desk}/api/users");
        let desk: String = url::form_urlencoded::byte_serialize(desk.as_bytes()).collect();
        format!("{store}/back?to={desk}")
    });
    assert_eq!(back.export().0, 0);
    assert_eq!(
        World::asked(&back.desk)[1],
        ("GET /api/users".to_owned(), None)
    );
    let elsewhere = world(|_, _, stranger| format!("{stranger}/1"));
    let (code, made, _) = elsewhere.export();
    assert_eq!(code, 3, "{made}");
    assert!(made.to_string().contains("E558"), "{made}");
    assert_eq!(World::asked(&elsewhere.stranger), []);
    let round = world(|desk, _, _| format!("{desk}/api/files/1"));
    let (code, made, _) = round.export();
    assert_eq!(code, 3, "{made}");
    assert!(made.to_string().contains("E311"), "{made}");
    assert!(World::asked(&round.desk).len() < 10);
}

/// A credential in the URL goes the way of one in a header, and what every request carries stays with the system.
#[test]
fn nothing_of_ours_is_in_a_foreign_url() {
    for (entry, own) in [
        (
            "get: \"{{ file.url }}\", hosts: [\"127.0.0.1:PORT\"]",
            false,
        ),
        (
            "get: \"/files/{{ file.id }}\", hosts: [\"127.0.0.1:PORT\"]",
            true,
        ),
    ] {
        let target = Arc::new(Mutex::new(String::new()));
        let to = Arc::clone(&target);
        let world = World::new(
            entry,
            move |_, store, _| {
                *to.lock().unwrap() = format!("{store}/1");
                json!([{"id": 1, "url": format!("{store}/1"), "name": "x"}])
            },
            move |server, _| match server {
                "desk" => Reply::to(302, target.lock().unwrap().clone()),
                _ => Reply::bytes("text/plain", "x"),
            },
        );
        let connector = world.workspace.read("connectors/desk.yml").replace(
            "auth: { bearer: \"{{ settings.key }}\" }",
            "auth: { query: { api_key: \"{{ settings.key }}\" } }\n  headers: { X-Tenant: acme }\n  query: { tenant: acme }",
        );
        world.workspace.write("connectors/desk.yml", &connector);
        let trust = ["trust", "connectors/desk.yml", "--yes"];
        world.workspace.run(&trust).ends_with(0);
        let (code, made, said) = world.export();
        assert_eq!(code, 0, "{made} {said}");
        let asked = world.store.received();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].target, "/1");
        assert_eq!(asked[0].header("x-tenant"), None);
        assert!(!format!("{:?}", asked[0].headers).contains(KEY));
        let own_asked = World::asked(&world.desk);
        assert_eq!(own_asked.len(), usize::from(own), "{own_asked:?}");
        assert!(own_asked.iter().all(|(line, _)| line.contains(KEY)));
    }
}

#[test]
fn what_is_too_large_is_named_and_left_out() {
    let world = World::new(
        "get: \"/files/{{ file.id }}\", limit: 100kB",
        |_, _, _| json!([{"id": 1, "name": "small.txt"}, {"id": 2, "name": "large.txt"}, {"id": 3, "name": "next.txt"}]),
        |_, request| {
            let bytes = if request.path().ends_with('2') {
                100_001
            } else {
                100_000
            };
            Reply::bytes("text/plain", vec![b'x'; bytes])
        },
    );
    let (code, made, said) = world.export();
    assert_eq!(code, 0, "{made} {said}");
    assert!(said.contains("W255"), "{said}");
    assert_eq!(made["not_included"]["files"], 1);
    let listed = world.listed();
    assert_eq!(
        listed[1],
        json!({"file_name": "large.txt", "left_out": "the file is larger than 100 kB", "id": 1})
    );
    assert_eq!(listed[2]["file"]["bytes"], 100_000);
    let page = world.workspace.read("draft/overview.html");
    assert!(
        page.contains("large.txt") && page.contains("not part of this package: 1"),
        "{page}"
    );
    let folder = fs_err::read_dir(world.workspace.path("draft/files/desk/tickets_files")).unwrap();
    assert_eq!(folder.count(), 2);
}

#[test]
fn a_file_that_does_not_come_whole_is_none() {
    type Answers = (&'static str, fn() -> Reply);
    let answers: [Answers; 7] = [
        ("E508", || {
            Reply::bytes("text/plain", vec![b'x'; 200_000]).cut()
        }),
        ("E508", Reply::dropped),
        ("E504", || {
            Reply::bytes("text/plain", "x").after(Duration::from_secs(4))
        }),
        ("E505", || Reply::status(404)),
        ("E507", || Reply::status(403)),
        ("E534", || Reply::bytes("text/plain", "x").with_status(206)),
        ("E559", || Reply::html("<html>Log in</html>")),
    ];
    for (fault, answer) in answers {
        let world = World::new(
            "get: \"/files/{{ file.id }}\"",
            |_, _, _| json!([{"id": 1, "name": "cv.pdf"}, {"id": 2, "name": "b.txt"}]),
            move |_, request| match request.path() {
                "/api/files/1" => answer(),
                _ => Reply::bytes("text/plain", "second"),
            },
        );
        let (code, made, _) = world.export();
        assert_eq!(code, 3, "{fault} {made}");
        assert!(made.to_string().contains(fault), "{fault} {made}");
        let listed = world.listed();
        assert!(
            listed[0].get("file").is_none() && listed[0]["left_out"].is_string(),
            "{listed:?}"
        );
        assert_eq!(
            listed[1]["file"]["bytes"], 6,
            "the others go on: {listed:?}"
        );
        let file = world
            .workspace
            .read("draft/files/desk/tickets_files/000002.txt");
        assert_eq!(file, "second");
    }
    // Where the connector says how it shows that there is none, nothing is missed.
    let world = World::new(
        "get: \"/files/{{ file.id }}\", outcome: { gone: [404] }",
        |_, _, _| json!([{"id": 1, "name": "x"}, {"id": 2, "name": null}]),
        |_, request| match request.path() {
            "/api/files/1" => Reply::status(404),
            _ => Reply::bytes("text/plain", "x"),
        },
    );
    let (code, made, _) = world.export();
    assert_eq!(code, 0, "{made}");
    assert_eq!(world.listed().len(), 1);
}

#[test]
fn no_name_of_a_file_reaches_the_disk() {
    let names = [
        "../../x.pdf",
        "/etc/passwd",
        "C:\\Windows\\x.txt",
        "a\u{0}b\r\nc\u{1b}[31m.txt",
        "CON.txt",
        "same.txt",
        "same.txt",
        "\u{202e}txt.exe",
        "=cmd()|x.csv",
        "<script>alert(1)</script>.html",
        "",
    ];
    let world = World::new(
        "get: \"/files/{{ file.id }}\"",
        move |_, _, _| {
            let files = names.iter().enumerate();
            files
                .map(|(id, name)| json!({"id": id, "name": name}))
                .collect()
        },
        |_, request| Reply::bytes("text/plain", request.path().to_owned()),
    );
    let (code, made, said) = world.export();
    assert_eq!(code, 0, "{made} {said}");
    let mut there: Vec<String> =
        fs_err::read_dir(world.workspace.path("draft/files/desk/tickets_files"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
    there.sort();
    assert_eq!(
        there,
        [
            "000001.pdf",
            "000002.bin",
            "000003.txt",
            "000004.txt",
            "000005.txt",
            "000006.txt",
            "000007.txt",
            "000008.bin",
            "000009.csv",
            "000010.bin",
            "000011.bin"
        ]
    );
    for (at, line) in world.listed().iter().enumerate() {
        let path = line["file"]["file"].as_str().unwrap();
        let content = world.workspace.read(&format!("draft/{path}"));
        assert_eq!(
            content,
            format!("/api/files/{at}"),
            "each under its own line"
        );
        let name = line["file_name"].as_str().unwrap();
        assert!(
            !name.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{name:?}"
        );
    }
    let table = world.workspace.read("draft/data/desk/tickets_files.csv");
    assert!(table.contains("'=cmd()"), "{table}");
    let page = world.workspace.read("draft/overview.html");
    assert!(!page.contains("<script>"), "{page}");
    assert!(!world.workspace.path("x.pdf").exists());
}

/// A file comes through that is far larger than what the program holds meanwhile.
#[test]
fn files_go_through_in_pieces() {
    let world = |bytes: usize| {
        let world = World::new(
            "get: \"/files/{{ file.id }}\", limit: 200MB",
            |_, _, _| json!([{"id": 1, "name": "film.mp4"}]),
            move |_, _| Reply::bytes("video/mp4", vec![7; bytes]),
        );
        let to = world.workspace.path("draft");
        let arguments = [
            "export",
            "--email",
            "anna@example.org",
            "--folder",
            "--to",
            to.to_str().unwrap(),
        ];
        let (ran, peak) = world.workspace.start(&arguments).watched();
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let file = to.join("files/desk/tickets_files/000001.mp4");
        assert_eq!(fs_err::metadata(file).unwrap().len(), bytes as u64);
        peak
    };
    let (small, large) = (world(10), world(120_000_000));
    assert!(
        large < small + 30_000,
        "{small} KiB with a small file, {large} KiB with a large one"
    );
}

#[test]
fn trust_shows_what_may_be_fetched_and_a_search_fetches_nothing() {
    let world = World::new(
        "get: \"{{ file.url }}\", hosts: [\"*.example.com\"]",
        |desk, _, _| json!([{"url": format!("{desk}/files/1"), "name": "x"}]),
        |_, _| Reply::bytes("text/plain", "x"),
    );
    let found = ["find", "--email", "anna@example.org"];
    assert_eq!(world.workspace.run(&found).code, Some(0));
    let lines = world.desk.lines();
    assert!(
        !lines.iter().any(|line| line.contains("comments")),
        "{lines:?}"
    );
    let connector = world.workspace.read("connectors/desk.yml");
    world
        .workspace
        .write("connectors/desk.yml", &(connector + "\n# changed\n"));
    let ran = world
        .workspace
        .run(&["trust", "connectors/desk.yml", "--yes"]);
    let said = "May fetch files for packages, without credentials: tickets: GET {file.url}, from {settings.url}, *.example.com";
    assert!(ran.err.contains(said), "{ran:?}");
    let portable = world.workspace.path("portable");
    let portable = [
        "export",
        "--portable",
        "--email",
        "anna@example.org",
        "--folder",
        "--to",
        portable.to_str().unwrap(),
    ];
    world.workspace.run(&portable).ends_with(0);
    assert_eq!(World::asked(&world.desk), [], "Art. 20 has no files");
}

/// A file within JSON goes through in pieces like any other, and its limit is that of the file.
#[test]
fn a_file_in_a_json_reply_is_decoded_on_its_way() {
    use base64::Engine as _;
    let encode = |bytes: Vec<u8>| base64::engine::general_purpose::STANDARD.encode(bytes);
    let world = World::new(
        "get: \"/files/{{ file.id }}\", base64: \"$.result[0].datas\", type: \"{{ file.kind }}\", limit: 100kB, outcome: { gone: \"body.result[0].datas == ''\" }",
        |_, _, _| {
            let ids = [
                "whole", "large", "empty", "none", "broken", "page", "cut", "next",
            ];
            let files =
                ids.map(|id| json!({"id": id, "name": format!("{id}.txt"), "kind": "text/plain"}));
            files.into_iter().collect()
        },
        move |_, request| {
            let reply = |datas: Value| {
                Reply::json(json!({"id": 1, "result": [{"name": "x", "datas": datas}]}))
            };
            match request.path().rsplit('/').next().unwrap_or_default() {
                "whole" => reply(json!(encode(vec![b'x'; 100_000]))),
                "large" => reply(json!(encode(vec![b'x'; 100_001]))),
                "empty" => reply(json!("")),
                "none" => Reply::json(json!({"result": []})),
                "broken" => reply(json!("%PDF")),
                "page" => Reply::html("<html>Log in</html>"),
                "cut" => Reply::bytes("application/json", "{\"result\": [{\"datas\": \"AAAA"),
                _ => reply(json!(encode(b"second".to_vec()))),
            }
        },
    );
    let (code, made, said) = world.export();
    assert_eq!(code, 3, "{made} {said}");
    let listed = world.listed();
    let came = |name: &str| listed.iter().find(|line| line["file_name"] == name);
    assert_eq!(came("whole.txt").unwrap()["file"]["bytes"], 100_000);
    assert_eq!(came("whole.txt").unwrap()["content_type"], "text/plain");
    assert_eq!(came("empty.txt"), None, "{listed:?}");
    assert_eq!(came("next.txt").unwrap()["file"]["bytes"], 6);
    for (name, why) in [
        ("large.txt", "the file is larger than 100 kB"),
        (
            "none.txt",
            "the reply does not hold exactly one file at $.result[0].datas",
        ),
        ("broken.txt", "the file in the reply is not in Base64"),
        (
            "page.txt",
            "a page for people came in the place of the file, as of a log-in",
        ),
        ("cut.txt", "the reply cannot be read as json"),
    ] {
        let line = came(name).unwrap();
        assert!(line.get("file").is_none(), "{line}");
        assert_eq!(line["left_out"], why, "{name}");
    }
    let folder = "draft/files/desk/tickets_files/000007.txt";
    assert_eq!(world.workspace.read(folder), "second");
    assert_eq!(
        World::asked(&world.desk)[0],
        ("GET /api/files/whole".to_owned(), bearer())
    );
}
