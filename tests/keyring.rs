//! The keyring for real: each test has a session bus and a GNOME keyring of its own, in a folder that goes with it.
//!
//! The bus starts nothing by itself, so that no keyring is asked but the one that the test started, and no window opens.
#![cfg(all(target_os = "linux", feature = "keyring"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/http.rs"]
mod http;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PASSWORD: &str = "the keyring's password";

const INVENTORY: &str = r#"dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: required }
systems:
  newsletter:
    engine: csv
    settings: { path: "newsletter.csv", delimiter: ";" }
    control: { email: control@example.org }
    owner: marketing
    objects:
      subscribers:
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
"#;

const SHOP: &str = r#"  shop:
    engine: postgres
    settings: { url: { secret: "keyring:shop's url" } }
    control: { email: control@example.org }
    owner: it
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
"#;

const DESK: &str = r#"  desk:
    connector: desk@1
    settings: { url: "URL", key: { secret: "keyring:desk-key" } }
    control: { email: control@example.org }
    owner: support
  second_desk:
    connector: desk@1
    settings: { url: "URL", key: { secret: "keyring:desk-key" } }
    owner: support
"#;

const CONNECTOR: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: none
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    read: { get: "/people/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/people/{{ record.id }}" }
"#;

/// Whether there is a keyring service.
const RUNNING: [&str; 4] = [
    "--dest=org.freedesktop.DBus",
    "/",
    "org.freedesktop.DBus.NameHasOwner",
    "string:org.freedesktop.secrets",
];

/// Whether its default keyring is locked.
const LOCKED: [&str; 5] = [
    "--dest=org.freedesktop.secrets",
    "/org/freedesktop/secrets/aliases/default",
    "org.freedesktop.DBus.Properties.Get",
    "string:org.freedesktop.Secret.Collection",
    "string:Locked",
];

/// A process that ends with its value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Somebody's machine.
struct Machine {
    root: tempfile::TempDir,
    bus: Option<(Running, String)>,
    keyring: Option<Running>,
}

impl Machine {
    /// One without a session, as a server is.
    fn new() -> Machine {
        let root = tempfile::tempdir().unwrap();
        for name in ["home", "run"] {
            fs_err::create_dir(root.path().join(name)).unwrap();
            use std::os::unix::fs::PermissionsExt as _;
            let private = std::fs::Permissions::from_mode(0o700);
            fs_err::set_permissions(root.path().join(name), private).unwrap();
        }
        Machine {
            root,
            bus: None,
            keyring: None,
        }
    }

    /// One with a session and an unlocked keyring; `None`, said on a line of its own, if the programs for it are not there.
    ///
    /// # Panics
    /// If `DSR_TEST_REQUIRE_SERVERS` is set and they are not there.
    fn with_keyring() -> Option<Machine> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let is_there = |name: &str| std::env::split_paths(&path).any(|dir| dir.join(name).exists());
        let programs = [
            "dbus-daemon",
            "dbus-send",
            "gnome-keyring-daemon",
            "secret-tool",
        ];
        if let Some(missing) = programs.into_iter().find(|name| !is_there(name)) {
            let needs = format!("needs a keyring ({missing})");
            assert!(
                std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
                "{needs}"
            );
            // Past the test harness, which keeps what a passing test prints to itself.
            let _ = writeln!(std::io::stderr(), "skipped: {needs}");
            return None;
        }
        let mut machine = Machine::new();
        let settings = machine.path("bus.conf");
        let socket = machine.path("run");
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
              "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
            </busconfig>"#,
            socket.display()
        );
        fs_err::write(&settings, text).unwrap();
        let mut bus = machine
            .command("dbus-daemon")
            .arg(format!("--config-file={}", settings.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Running)
            .unwrap();
        let mut address = String::new();
        let lines = bus.0.stdout.take().unwrap();
        BufReader::new(lines).read_line(&mut address).unwrap();
        machine.bus = Some((bus, address.trim().to_owned()));
        machine.unlock();
        Some(machine)
    }

    fn unlock(&mut self) {
        self.start_keyring(&["--unlock"], false);
    }

    fn lock(&mut self) {
        self.start_keyring(&[], true);
    }

    /// Starts the keyring anew; it is locked until somebody gives the password. One that still finds traces of the one before goes away at
    /// once, and another is started.
    fn start_keyring(&mut self, args: &[&str], locked: bool) {
        for _ in 0..5 {
            self.try_keyring(args);
            if self.comes(&RUNNING, true) && self.comes(&LOCKED, locked) {
                return;
            }
        }
        panic!("the keyring does not start");
    }

    fn try_keyring(&mut self, args: &[&str]) {
        self.keyring = None;
        self.wait_for(&RUNNING, false);
        let mut started = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Running)
            .unwrap();
        let mut input = started.0.stdin.take().unwrap();
        let _ = input.write_all(PASSWORD.as_bytes());
        drop(input);
        self.keyring = Some(started);
    }

    /// Waits until the bus gives this answer to a question.
    fn wait_for(&self, question: &[&str], answer: bool) {
        assert!(self.comes(question, answer), "no {answer}: {question:?}");
    }

    /// The same; false if it does not come for a while.
    fn comes(&self, question: &[&str], answer: bool) -> bool {
        let until = Instant::now() + Duration::from_secs(20);
        let wanted = format!("boolean {answer}");
        while Instant::now() < until {
            let mut ask = self.command("dbus-send");
            let asked = ask.args(["--session", "--print-reply"]).args(question);
            let asked = asked.output().unwrap();
            if String::from_utf8_lossy(&asked.stdout).contains(&wanted) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn key_file(&self) -> PathBuf {
        self.path("acme/.dsr/keys/workspace.key")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let nowhere = format!("unix:path={}", self.path("nowhere").display());
        let address = self.bus.as_ref().map_or(nowhere, |(_, bus)| bus.clone());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .current_dir(self.root.path())
            .stdin(Stdio::null());
        command
    }

    /// Exit code and both outputs.
    fn dsr(&self, args: &[&str]) -> (i32, String) {
        let mut command = self.command(env!("CARGO_BIN_EXE_dsr"));
        shown(command.args(["-C", "acme"]).args(args).output().unwrap())
    }

    /// The same with something on its standard input.
    fn dsr_with(&self, args: &[&str], input: &str) -> (i32, String) {
        let mut command = self.command(env!("CARGO_BIN_EXE_dsr"));
        command.args(["-C", "acme"]).args(args);
        let piped = command.stdin(Stdio::piped());
        let mut child = piped
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses at once does not read.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        shown(child.wait_with_output().unwrap())
    }

    /// A person at a terminal who types a line when they are asked; what the terminal showed.
    fn dsr_typed(&self, args: &str, typed: &str) -> (i32, String) {
        let line = format!("{} -C acme {args}", env!("CARGO_BIN_EXE_dsr"));
        let mut command = self.command("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        let piped = command.stdin(Stdio::piped());
        let mut child = piped.stdout(Stdio::piped()).spawn().unwrap();
        let mut keys = child.stdin.take().unwrap();
        let mut screen = child.stdout.take().unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&seen).contains("not shown):") {
            assert_eq!(screen.read(&mut byte).unwrap(), 1, "{seen:?}");
            seen.push(byte[0]);
        }
        // Nobody types this fast; the terminal is told to be silent right behind the question.
        std::thread::sleep(Duration::from_millis(500));
        keys.write_all(format!("{typed}\n").as_bytes()).unwrap();
        screen.read_to_end(&mut seen).unwrap();
        let code = child.wait().unwrap().code().unwrap();
        (code, String::from_utf8_lossy(&seen).into_owned())
    }

    fn stored(&self, account: &str) -> String {
        let line = format!("secret-tool lookup service dsr username \"{account}\"");
        String::from_utf8(self.follow(&line, "").stdout).unwrap()
    }

    /// The same, with a person at a terminal.
    fn dsr_at_terminal(&self, args: &str) -> (i32, String) {
        let line = format!("{} -C acme {args}", env!("CARGO_BIN_EXE_dsr"));
        let mut command = self.command("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        shown(command.output().unwrap())
    }

    /// Runs a line that `dsr` told the reader to run, and types the secret.
    fn follow(&self, line: &str, typed: &str) -> Output {
        let mut child = self
            .command("sh")
            .args(["-c", line])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(typed.as_bytes()).unwrap();
        drop(input);
        child.wait_with_output().unwrap()
    }

    /// The account that the key file names.
    fn account(&self) -> String {
        let text = fs_err::read_to_string(self.key_file()).unwrap();
        text.strip_prefix("keyring:").unwrap().trim().to_owned()
    }

    fn stored_key(&self) -> String {
        let line = format!("secret-tool lookup service dsr username {}", self.account());
        String::from_utf8(self.follow(&line, "").stdout).unwrap()
    }

    fn describe(&self, inventory: &str) {
        fs_err::write(self.path("acme/dsr.yaml"), inventory).unwrap();
        let rows = "email\nanna@example.org\ncontrol@example.org\n";
        fs_err::write(self.path("acme/newsletter.csv"), rows).unwrap();
    }
}

fn shown(output: Output) -> (i32, String) {
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    (output.status.code().unwrap(), text)
}

/// The rest of the line, from where a command begins.
fn advice<'a>(text: &'a str, command: &str) -> &'a str {
    let start = text.find(command).unwrap_or_else(|| panic!("{text}"));
    text[start..].lines().next().unwrap().trim()
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, out),
            false => out.push(path),
        }
    }
}

#[test]
fn a_key_in_the_keyring_opens_the_vault_and_stands_in_no_file() {
    let Some(machine) = Machine::with_keyring() else {
        return;
    };
    let (code, text) = machine.dsr(&["init", "--key", "keyring"]);
    assert_eq!(code, 0, "{text}");
    let account = machine.account();
    assert!(account.starts_with("workspace-"), "{account}");
    let key = machine.stored_key();
    assert!(
        key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()),
        "not a key"
    );
    // The advice on keeping a copy is right.
    let copy = machine.follow(advice(&text, "secret-tool lookup"), "");
    assert_eq!(copy.stdout, key.as_bytes());
    let raw: Vec<u8> = (0..32)
        .map(|i| u8::from_str_radix(&key[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    let mut all = Vec::new();
    files(&machine.path("acme"), &mut all);
    assert!(all.contains(&machine.key_file()));
    for file in all {
        let bytes = fs_err::read(&file).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(!holds(key.as_bytes()) && !holds(&raw), "{}", file.display());
    }

    machine.describe(INVENTORY);
    let (code, text) = machine.dsr(&["find", "--email", "anna@example.org", "--format", "json"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("newsletter"), "{text}");
    let (code, text) = machine.dsr(&["check"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(&account), "{text}");
    let (_, text) = machine.dsr(&["check", "--format", "json"]);
    assert!(text.contains(r#""workspace_key": "keyring""#), "{text}");

    for args in [&["init"][..], &["init", "--key", "keyring"]] {
        assert_eq!(machine.dsr(args).0, 0);
    }
    let (code, text) = machine.dsr(&["init", "--key", "file"]);
    assert_eq!((code, text.contains("E659")), (2, true), "{text}");
    assert_eq!(machine.stored_key(), key);
}

#[test]
fn a_keyring_that_is_locked_or_gone_is_named_and_no_key_is_made() {
    let Some(mut machine) = Machine::with_keyring() else {
        return;
    };
    assert_eq!(machine.dsr(&["init", "--key", "keyring"]).0, 0);
    machine.describe(INVENTORY);
    let key = machine.stored_key();
    let named = fs_err::read(machine.key_file()).unwrap();
    let refused = |machine: &Machine, code: &str, words: &str| {
        let mut said = String::new();
        for args in [
            &["find", "--email", "anna@example.org"][..],
            &["check"],
            &["init"],
            &["init", "--key", "keyring"],
        ] {
            let began = Instant::now();
            let (exit, text) = machine.dsr(args);
            assert_eq!(exit, 2, "{args:?}: {text}");
            assert!(text.contains(code) && text.contains(words), "{text}");
            assert!(began.elapsed() < Duration::from_secs(20), "{args:?}");
            said = text;
        }
        assert_eq!(fs_err::read(machine.key_file()).unwrap(), named);
        said
    };

    machine.lock();
    refused(&machine, "E658", "the keyring is locked");
    let (bus, keyring) = (machine.bus.take(), machine.keyring.take());
    refused(&machine, "E658", "no keyring can be reached");
    (machine.bus, machine.keyring) = (bus, keyring);
    machine.keyring = None;
    machine.wait_for(&RUNNING, false);
    refused(&machine, "E658", "no keyring can be reached");

    machine.unlock();
    assert_eq!(machine.dsr(&["check"]).0, 0);
    let account = machine.account();
    let clear = format!("secret-tool clear service dsr username {account}");
    assert!(machine.follow(&clear, "").status.success());
    let said = refused(&machine, "E657", "is missing in the keyring");
    assert_eq!(machine.stored_key(), "", "a key was made");

    // What the message advises puts it right.
    let store = advice(&said, "secret-tool store");
    assert!(machine.follow(store, &key).status.success());
    assert_eq!(machine.dsr(&["check"]).0, 0);
}

#[test]
fn a_secret_is_read_from_the_keyring() {
    let Some(mut machine) = Machine::with_keyring() else {
        return;
    };
    assert_eq!(machine.dsr(&["init"]).0, 0);
    machine.describe(&format!("{INVENTORY}{SHOP}"));
    let check = |machine: &Machine| {
        let (code, text) = machine.dsr(&["check", "--system", "shop", "--format", "json"]);
        assert_eq!(code, 3, "{text}");
        // Of JSON the escaped quotes go.
        text.replace("\\\\", "\\").replace("\\\"", "\"")
    };
    let text = check(&machine);
    assert!(text.contains("E531"), "{text}");
    let line = advice(&text, "secret-tool store");
    let line = line.trim_end_matches(['"', ',']);
    // Nothing listens there; that the address was used shows the secret was read.
    let secret = "postgres://dsr:s3cret-in-keyring@127.0.0.1:1/shop";
    assert!(machine.follow(line, secret).status.success(), "{line}");
    let text = check(&machine);
    assert!(text.contains("E502"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
    machine.lock();
    let text = check(&machine);
    assert!(text.contains("E532") && text.contains("locked"), "{text}");
}

#[test]
fn only_a_person_at_a_terminal_gets_the_keyring_unasked() {
    let Some(mut machine) = Machine::with_keyring() else {
        return;
    };
    let (code, text) = machine.dsr(&["init"]);
    assert_eq!(code, 0, "{text}");
    let key = fs_err::read_to_string(machine.key_file()).unwrap();
    assert_eq!(key.trim().len(), 64, "no terminal, so a file");

    fs_err::remove_dir_all(machine.path("acme")).unwrap();
    let (code, text) = machine.dsr_at_terminal("init --yes");
    assert_eq!(code, 0, "{text}");
    assert_eq!(machine.stored_key().len(), 64);

    machine.lock();
    fs_err::remove_dir_all(machine.path("acme")).unwrap();
    let (code, text) = machine.dsr_at_terminal("init --yes");
    assert_eq!(code, 0, "{text}");
    let key = fs_err::read_to_string(machine.key_file()).unwrap();
    assert_eq!(key.trim().len(), 64, "a locked keyring is not asked for");
}

#[test]
fn without_a_session_everything_is_as_if_there_were_no_keyrings() {
    let machine = Machine::new();
    let (code, text) = machine.dsr(&["init", "--key", "keyring"]);
    assert_eq!((code, text.contains("E658")), (2, true), "{text}");
    assert!(text.contains("--key file"), "{text}");
    assert!(!machine.path("acme").exists(), "nothing was begun");

    let (code, text) = machine.dsr(&["init"]);
    assert_eq!(code, 0, "{text}");
    let key = fs_err::read_to_string(machine.key_file()).unwrap();
    assert_eq!(key.trim().len(), 64);
    let (code, text) = machine.dsr(&["init", "--key", "keyring"]);
    assert_eq!((code, text.contains("E659")), (2, true), "{text}");
    assert_eq!(machine.dsr(&["init", "--key", "file"]).0, 0);
    assert_eq!(fs_err::read_to_string(machine.key_file()).unwrap(), key);
}

/// A service that lets in whoever has this key.
fn service(key: &'static str) -> http::Server {
    http::Server::start(move |asked| match asked.header("x-api-key") {
        Some(sent) if sent == key => {
            let control = serde_json::json!({ "id": "1", "email": "control@example.org" });
            http::Reply::json(match asked.path() {
                "/people" => serde_json::json!({ "items": [control] }),
                _ => control,
            })
        }
        _ => http::Reply::status(401),
    })
}

#[test]
fn login_keeps_a_secret_that_the_system_accepts_and_no_other() {
    let Some(mut machine) = Machine::with_keyring() else {
        return;
    };
    const KEY: &str = "s3cret-desk-key";
    let server = service(KEY);
    assert_eq!(machine.dsr(&["init"]).0, 0);
    fs_err::write(machine.path("acme/connectors/desk.yml"), CONNECTOR).unwrap();
    assert_eq!(machine.dsr(&["trust", "--yes", "connectors/desk.yml"]).0, 0);
    let url = server.url.to_string();
    machine.describe(&format!(
        "{INVENTORY}{}",
        DESK.replace("URL", url.trim_end_matches('/'))
    ));
    let stored = |machine: &Machine| machine.stored("desk-key");

    let (code, text) = machine.dsr(&["login"]);
    assert_eq!((code, text.contains("E531")), (3, true), "{text}");
    assert!(text.contains("keyring:desk-key"), "{text}");

    // Nobody at the terminal, nothing typed, and a wrong one: nothing is kept.
    assert_eq!(machine.dsr(&["login", "desk"]).0, 4);
    let (code, text) = machine.dsr_with(&["login", "desk", "--stdin"], "\n");
    assert_eq!((code, text.contains("E913")), (2, true), "{text}");
    let (code, text) = machine.dsr_with(&["login", "desk", "--stdin"], "s3cret-wrong\n");
    assert_eq!((code, text.contains("E915")), (2, true), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
    assert_eq!(stored(&machine), "");

    let (code, text) = machine.dsr_with(&["login", "desk", "--stdin"], &format!("{KEY}\n"));
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("accepted it") && !text.contains("s3cret"),
        "{text}"
    );
    assert_eq!(stored(&machine), KEY);
    let (code, text) = machine.dsr(&["login", "--format", "json"]);
    assert_eq!((code, text.contains("there")), (0, true), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
    assert_eq!(machine.dsr(&["check", "--system", "desk"]).0, 0);

    let (code, text) = machine.dsr(&["logout", "desk"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("second_desk"), "others are named: {text}");
    assert_eq!(stored(&machine), "");
    let (code, text) = machine.dsr(&["logout", "desk"]);
    assert_eq!(
        (code, text.contains("was not in the keyring")),
        (0, true),
        "{text}"
    );

    // At a terminal, unseen.
    let (code, text) = machine.dsr_typed("login desk", KEY);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("accepted it") && !text.contains("s3cret"),
        "{text}"
    );
    assert_eq!(stored(&machine), KEY);

    // A service that is away proves nothing; only who says so keeps what was not tried.
    drop(server);
    let other = ["login", "desk", "--stdin"];
    let (code, text) = machine.dsr_with(&other, "s3cret-other\n");
    assert_eq!((code, text.contains("E916")), (3, true), "{text}");
    assert_eq!(stored(&machine), KEY, "the old one stays");
    let (code, text) = machine.dsr_with(&[&other[..], &["--unchecked"]].concat(), "s3cret-other\n");
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("s3cret"), "{text}");
    assert_eq!(stored(&machine), "s3cret-other");

    machine.lock();
    for args in [&["login", "desk", "--stdin"][..], &["logout", "desk"]] {
        let (code, text) = machine.dsr_with(args, "s3cret-third\n");
        assert_eq!((code, text.contains("E912")), (2, true), "{text}");
        assert!(text.contains("locked"), "{text}");
    }
    machine.unlock();
    assert_eq!(stored(&machine), "s3cret-other", "nothing was changed");
}

#[test]
fn where_there_is_no_keyring_login_says_what_to_use_instead() {
    let machine = Machine::new();
    assert_eq!(machine.dsr(&["init"]).0, 0);
    machine.describe(&format!("{INVENTORY}{SHOP}"));
    for args in [&["login", "shop", "--stdin"][..], &["logout", "shop"]] {
        let (code, text) = machine.dsr_with(args, "postgres://u:s3cret@localhost/x\n");
        assert_eq!((code, text.contains("E912")), (2, true), "{text}");
        assert!(
            text.contains("systemd-creds encrypt") && text.contains("file:PATH"),
            "{text}"
        );
        assert!(!text.contains("s3cret"), "{text}");
    }
}

const GRANTED: &str = r#"
dsr: 1
connector: crm
version: 1.0.0
settings: { url: { type: url }, consent: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth:
    oauth2:
      grant: refresh_token
      token_url: "{{ settings.url }}/token"
      authorize_url: "{{ settings.url }}/authorize?access_type=offline"
      client_id: dsr-client
      refresh_token: "{{ settings.consent }}"
      scope: [people.read, people.write]
  records: "$.items[*]"
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    fields: { email: { category: contact.email, identity: email } }
    erase: manual in the CRM
"#;

const CRM: &str = r#"  crm:
    connector: crm@1
    settings: { url: "URL", consent: { secret: "keyring:crm-consent" } }
    control: { email: control@example.org }
    owner: sales
"#;

/// A system whose refresh tokens are worth one use each.
fn rotating() -> (http::Server, std::sync::Arc<std::sync::Mutex<String>>) {
    let current = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let kept = std::sync::Arc::clone(&current);
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = http::Server::start(move |asked| {
        let mut current = kept.lock().unwrap();
        if asked.path() != "/token" {
            let live = current.replace("refresh", "Bearer access");
            let control = asked.query("email").as_deref() == Some("control@example.org");
            let items = match control {
                true => serde_json::json!([{ "id": "1", "email": "control@example.org" }]),
                false => serde_json::json!([]),
            };
            return match asked.header("authorization") == Some(live.as_str()) && !live.is_empty() {
                true => http::Reply::json(serde_json::json!({ "items": items })),
                false => http::Reply::status(401),
            };
        }
        let sent: std::collections::BTreeMap<String, String> =
            url::form_urlencoded::parse(&asked.body)
                .into_owned()
                .collect();
        let known = match sent["grant_type"].as_str() {
            "authorization_code" => {
                sent["code"] == "code/from browser" && sent["code_verifier"].len() == 43
            }
            _ => sent["refresh_token"] == *current && !current.is_empty(),
        };
        if !known || sent["client_id"] != "dsr-client" {
            return http::Reply::json(serde_json::json!({ "error": "invalid_grant" }))
                .with_status(400);
        }
        let nth = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        *current = format!("refresh-token-{nth}");
        http::Reply::json(serde_json::json!({
            "access_token": format!("access-token-{nth}"),
            "refresh_token": *current,
            "expires_in": 3600,
        }))
    });
    (server, current)
}

#[test]
fn a_consent_in_the_browser_brings_a_refresh_token_that_is_followed_as_it_rotates() {
    let Some(machine) = Machine::with_keyring() else {
        return;
    };
    let (server, current) = rotating();
    assert_eq!(machine.dsr(&["init", "--key", "file"]).0, 0);
    machine.describe(&format!("{INVENTORY}{}", CRM.replace("URL", &server.url)));
    fs_err::create_dir_all(machine.path("acme/connectors")).unwrap();
    fs_err::write(machine.path("acme/connectors/crm.yml"), GRANTED).unwrap();
    let (code, text) = machine.dsr(&["trust", "--yes", "connectors/crm.yml"]);
    assert_eq!(code, 0, "{text}");
    let stored = || machine.stored("crm-consent");

    let mut login = machine
        .command(env!("CARGO_BIN_EXE_dsr"))
        .args(["-C", "acme", "-vvv", "login", "crm"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(login.stderr.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map(|line| line.unwrap())
        .find(|line| line.contains("/authorize?"))
        .unwrap();
    let address = url::Url::parse(address.trim()).unwrap();
    let asked: std::collections::BTreeMap<String, String> =
        address.query_pairs().into_owned().collect();
    assert_eq!(asked["access_type"], "offline");
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], "dsr-client");
    assert_eq!(asked["scope"], "people.read people.write");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["code_challenge"].len(), 43);
    let back = url::Url::parse(&asked["redirect_uri"]).unwrap();
    assert_eq!(back.host_str(), Some("127.0.0.1"));
    let visit = |target: &str| {
        let at = ("127.0.0.1", back.port().unwrap());
        let mut stream = std::net::TcpStream::connect(at).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    };
    assert!(visit("/favicon.ico").starts_with("HTTP/1.1 404"));
    assert!(visit("/?code=stolen&state=guessed").starts_with("HTTP/1.1 404"));
    let answer = format!("/?code=code%2Ffrom+browser&state={}", asked["state"]);
    assert!(visit(&answer).starts_with("HTTP/1.1 200"));
    let said: Vec<String> = lines.map(|line| line.unwrap()).collect();
    let said = said.join("\n");
    assert!(login.wait().unwrap().success(), "{said}");
    for secret in ["refresh-token-", "access-token-", "code/from", "code%2F"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }

    // The trial has used up the token that the browser brought; what lies in the keyring is its successor.
    assert_eq!(*current.lock().unwrap(), "refresh-token-1");
    assert_eq!(stored(), "refresh-token-1");
    for nth in [2, 3] {
        let (code, text) = machine.dsr(&[
            "find",
            "--email",
            "anna@example.org",
            "--system",
            "crm",
            "-vvv",
        ]);
        assert_eq!(code, 3, "only one system was asked: {text}");
        assert_eq!(stored(), format!("refresh-token-{nth}"));
        assert!(!text.contains("refresh-token-"), "{text}");
    }
    // A token that is worth nothing any more is told apart from a system that does not answer.
    "refresh-token-elsewhere".clone_into(&mut current.lock().unwrap());
    let (code, text) = machine.dsr(&["find", "--email", "anna@example.org", "--system", "crm"]);
    assert_eq!(code, 3, "{text}");
    assert!(
        text.contains("E533") && text.contains("invalid_grant"),
        "{text}"
    );
}

#[test]
fn a_persons_key_in_the_keyring_signs_and_stands_in_no_file() {
    let Some(mut machine) = Machine::with_keyring() else {
        return;
    };
    let (code, text) = machine.dsr(&["init", "--key", "file", "--yes"]);
    assert_eq!(code, 0, "{text}");
    let mut pems = Vec::new();
    for name in ["op1", "ap1"] {
        let (code, text) = machine.dsr(&["key", "new", "--as", name, "--keyring"]);
        assert_eq!(code, 0, "{text}");
        let (_, rest) = text.split_once("in your keyring, as ").unwrap();
        let pem = machine.stored(rest.split(' ').next().unwrap());
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----"), "not a key");
        pems.push(pem);
    }
    let people = "people:
  op1: { role: operator, key: keys/op1.pub }
  ap1: { role: approver, key: keys/ap1.pub }
approval: four_eyes
";
    machine.describe(&format!("{INVENTORY}{people}"));
    let erase = [
        "--as",
        "op1",
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
    ];
    let (code, text) = machine.dsr(&erase);
    assert!(code == 4 && text.contains("E850"), "{code} {text}");
    let (_, rest) = text.split_once("dsr approve ").unwrap();
    let case = rest.split(' ').next().unwrap().to_owned();
    let approve = ["--as", "ap1", "approve", &case, "--yes", "--expect", "1"];
    let (code, text) = machine.dsr(&approve);
    assert_eq!(code, 0, "{text}");
    // Locked, the name is a claim that nothing bears out.
    machine.lock();
    let apply = ["--as", "op1", "apply", &case];
    let (code, text) = machine.dsr(&apply);
    assert!(code == 2 && text.contains("E977"), "{code} {text}");
    let rows = || fs_err::read_to_string(machine.path("acme/newsletter.csv")).unwrap();
    assert!(rows().contains("anna@example.org"));
    machine.unlock();
    let (code, text) = machine.dsr(&apply);
    assert_eq!(code, 0, "{text}");
    let rows = fs_err::read_to_string(machine.path("acme/newsletter.csv")).unwrap();
    assert!(!rows.contains("anna@example.org"));
    // Nothing of the keys lies in any file but the keyring's own, which is encrypted.
    let mut all = Vec::new();
    files(&machine.path("home"), &mut all);
    files(&machine.path("acme"), &mut all);
    for file in all {
        let bytes = fs_err::read(&file).unwrap();
        for pem in &pems {
            // What comes before is the same in every key on this curve.
            let secret = &pem.lines().nth(1).unwrap().as_bytes()[48..];
            assert!(
                memchr::memmem::find(&bytes, secret).is_none(),
                "{}",
                file.display()
            );
        }
    }
    // Gone from the keyring, it is gone.
    let (code, text) = machine.dsr(&["--as", "op1", "key", "list"]);
    assert_eq!(code, 0, "{text}");
    let clear = machine.follow("secret-tool clear service dsr", "");
    assert!(clear.status.success());
    let (code, text) = machine.dsr(&erase);
    assert!(code == 2 && text.contains("E976"), "{code} {text}");
}
