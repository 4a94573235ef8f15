//! A workspace in a folder of its own, the `dsr` binary in it, and the search for what must not be where it lies.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of this"
)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::Value;

/// A workspace; its folder and everything beside it goes when this is dropped.
pub struct House {
    /// The workspace itself.
    pub folder: PathBuf,
    /// Home and state folder lie beside the workspace.
    pub root: tempfile::TempDir,
    env: BTreeMap<String, String>,
}

/// What a run of the binary left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Standard output as JSON.
    ///
    /// # Panics
    /// If it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Ends the test unless the program ended with this code and without a panic.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Ran {
        assert!(!self.err.contains("panicked"), "{self:#?}");
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }

    /// What `find --format json` says of a system.
    #[track_caller]
    pub fn system(&self, name: &str) -> Value {
        let all = self.json();
        let found = all["systems"]
            .as_array()
            .and_then(|systems| systems.iter().find(|s| s["system"] == name));
        found
            .unwrap_or_else(|| panic!("no system {name}: {self:?}"))
            .clone()
    }

    /// `OBJECT:KEY MATCH` of every record that `find --format json` shows of a system.
    pub fn records(&self, system: &str) -> Vec<String> {
        let system = self.system(system);
        let records = system["records"].as_array().cloned().unwrap_or_default();
        records
            .iter()
            .map(|r| {
                let text = |name: &str| r[name].as_str().unwrap_or_default().to_owned();
                format!("{}:{} {}", text("object"), text("key"), text("match"))
            })
            .collect()
    }

    /// `SYSTEM.OBJECT OUTCOME` of every record that `apply --format json` shows, sorted.
    pub fn outcomes(&self) -> Vec<String> {
        let all = self.json();
        let mut outcomes: Vec<String> = all["records"]
            .as_array()
            .cloned()
            .unwrap_or_default()
            .iter()
            .map(|r| {
                let text = |name: &str| r[name].as_str().unwrap_or("-").to_owned();
                format!("{}.{} {}", text("system"), text("object"), text("outcome"))
            })
            .collect();
        outcomes.sort();
        outcomes
    }

    pub fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }
}

/// A zone in which it is always the day before that of UTC.
const THE_DAY_BEFORE: &str = "<-24>24";

/// A restriction can be lifted on the day after the notice that follows it, for which no test can wait: it is made the day before.
fn is_restriction(args: &[&str]) -> bool {
    args.contains(&"restrict") && args.contains(&"--because") && !args.contains(&"--lift")
}

/// The head of an inventory in which a machine may work without questions.
pub const HEAD: &str = "dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: assumed }
identities: { customer_no: { like: \"^[0-9A-Z-]{1,20}$\" } }
";

impl House {
    /// A workspace around an inventory whose systems are given, with connectors (name, text) that are trusted.
    pub fn new(systems: &str, connectors: &[(&str, &str)]) -> House {
        House::with(&format!("{HEAD}systems:\n{systems}"), connectors)
    }

    /// The same with the inventory as a whole.
    pub fn with(inventory: &str, connectors: &[(&str, &str)]) -> House {
        let house = House::bare();
        house.write("dsr.yaml", inventory);
        house.run(&["init", "--yes"]).expect(0);
        for (name, text) in connectors {
            let file = format!("connectors/{name}.yml");
            house.write(&file, text);
            house.run(&["trust", "--yes", &file]).expect(0);
        }
        house
    }

    /// An empty folder.
    pub fn bare() -> House {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("acme");
        fs_err::create_dir_all(&folder).expect("a folder");
        fs_err::create_dir_all(root.path().join("home")).expect("a folder");
        let mut env = BTreeMap::new();
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        env.insert("HOME".to_owned(), text(root.path().join("home")));
        env.insert("XDG_STATE_HOME".to_owned(), text(root.path().join("state")));
        env.insert("PATH".to_owned(), std::env::var("PATH").unwrap_or_default());
        House { folder, root, env }
    }

    /// Sets a variable for every later run.
    pub fn env(&mut self, name: &str, value: &str) -> &mut House {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without(&mut self, name: &str) -> &mut House {
        self.env.remove(name);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent).expect("a folder");
        }
        fs_err::write(path, content).expect("a file");
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs_err::read(self.path(name)).expect("a file")).into_owned()
    }

    /// Runs statements on a SQLite file of the workspace.
    pub fn sql(&self, file: &str, sql: &str) {
        let connection = rusqlite::Connection::open(self.path(file)).expect("a database");
        connection.execute_batch(sql).expect("statements");
    }

    /// The one value of a query, as text.
    pub fn sql_value(&self, file: &str, query: &str) -> String {
        let connection = rusqlite::Connection::open(self.path(file)).expect("a database");
        let value: rusqlite::types::Value = connection
            .query_row(query, [], |row| row.get(0))
            .expect("a value");
        match value {
            rusqlite::types::Value::Null => "NULL".to_owned(),
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Real(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Blob(_) => "BLOB".to_owned(),
        }
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dsr"));
        command
            .env_clear()
            .envs(&self.env)
            .arg("-C")
            .arg(&self.folder);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Runs the binary with something on its standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command();
        command.args(args);
        if is_restriction(args) {
            command.env("TZ", THE_DAY_BEFORE);
        }
        finish(command, input)
    }

    /// Runs with the subject from standard input, as JSON.
    pub fn about(&self, subject: &Value, args: &[&str]) -> Ran {
        let mut all = args.to_vec();
        all.extend(["--subject", "-", "--format", "json"]);
        self.run_with(&all, &subject.to_string())
    }

    /// Every file of the workspace and the folders beside it, by path.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(self.root.path())
    }

    /// The newest evidence bundle.
    pub fn bundle(&self) -> Option<PathBuf> {
        let mut all: Vec<PathBuf> = files_below(&self.path("evidence"))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "zip"))
            .collect();
        all.sort_by_key(|path| fs_err::metadata(path).and_then(|m| m.modified()).ok());
        all.pop()
    }

    /// Names and unpacked contents of every file in every bundle.
    pub fn bundled(&self) -> Vec<(String, Vec<u8>)> {
        let mut out = Vec::new();
        for path in files_below(&self.path("evidence")) {
            let Ok(mut archive) =
                zip::ZipArchive::new(fs_err::File::open(&path).expect("a bundle"))
            else {
                continue;
            };
            for index in 0..archive.len() {
                let mut file = archive.by_index(index).expect("an entry");
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).expect("its content");
                out.push((
                    file.name().map(|n| n.to_string()).unwrap_or_default(),
                    bytes,
                ));
            }
        }
        out
    }
}

pub fn finish(mut command: Command, input: &str) -> Ran {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("dsr starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that does not read its input may be gone already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("dsr ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let Ok(entries) = fs_err::read_dir(folder) else {
        return out;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(files_below(&path));
        } else {
            out.push(path);
        }
    }
    out
}

/// The spellings in which a value could lie somewhere: as it is, in other letters, base64 at each of its three offsets, hexadecimal,
/// percent-encoded, UTF-16, JSON.
pub fn spellings(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut all: Vec<(&'static str, Vec<u8>)> = vec![("plain", value.into())];
    let bytes = value.as_bytes();
    for (name, engine) in [
        ("base64", base64::engine::general_purpose::STANDARD_NO_PAD),
        (
            "base64url",
            base64::engine::general_purpose::URL_SAFE_NO_PAD,
        ),
    ] {
        for offset in 0..3 {
            let shifted: Vec<u8> = std::iter::repeat_n(0, offset)
                .chain(bytes.iter().copied())
                .collect();
            let encoded = engine.encode(shifted);
            // The characters that also depend on what stands before or behind are left out.
            let first = [0, 2, 3][offset];
            let last = (offset + bytes.len()) * 8 / 6;
            if let Some(part) = encoded.get(first..last) {
                all.push((name, part.into()));
            }
        }
    }
    all.push(("hexadecimal", hex(bytes).into()));
    let percent = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC)
        .to_string();
    all.push(("percent", percent.into()));
    let form: String = url::form_urlencoded::byte_serialize(bytes).collect();
    all.push(("form", form.into()));
    all.push((
        "UTF-16 LE",
        value.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ));
    all.push((
        "UTF-16 BE",
        value.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ));
    all.push((
        "JSON",
        Value::from(value).to_string().trim_matches('"').into(),
    ));
    all.push(("reversed", value.chars().rev().collect::<String>().into()));
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a value lies in bytes, if it does. Letters are compared without their case. Four signs stand in the digits of some digest
/// every few runs, so that only longer values are looked for.
pub fn leak(bytes: &[u8], value: &str) -> Option<&'static str> {
    assert!(value.len() >= 6, "{value} can stand anywhere by chance");
    let hay = bytes.to_ascii_lowercase();
    spellings(value).into_iter().find_map(|(name, needle)| {
        let exact = name.starts_with("base64");
        let found = if exact {
            memchr::memmem::find(bytes, &needle)
        } else {
            memchr::memmem::find(&hay, &needle.to_ascii_lowercase())
        };
        found.map(|_| name)
    })
}

/// Every planted value that lies in these bytes, with its spelling.
pub fn leaks(bytes: &[u8], planted: &[&str]) -> Vec<String> {
    planted
        .iter()
        .filter_map(|value| leak(bytes, value).map(|how| format!("{value} ({how})")))
        .collect()
}
