//! What the tests of all systems share: a plain HTTP client of their own, a workspace around one system, and its way to the proof.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::house::{House, Ran, leaks};

/// Who is always there and never erased: an answer in which they are missing proves nothing.
pub(crate) const CONTROL: &str = "control@example.org";

/// A system as its administrator sees it, spoken to without anything of `dsr`.
#[derive(Clone)]
pub(crate) struct Site {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    headers: Vec<(String, String)>,
}

/// What `scripts/test --apps` set; `None`, said on a line of its own, where it did not run.
///
/// # Panics
/// If `DSR_TEST_REQUIRE_APPS` is set and the system is not there.
pub(crate) fn started(variable: &str, product: &str) -> Option<String> {
    if let Ok(address) = std::env::var(variable) {
        return Some(address);
    }
    let needs = format!("needs {product} ({variable}): scripts/test --apps");
    assert!(
        std::env::var_os("DSR_TEST_REQUIRE_APPS").is_none(),
        "{needs}"
    );
    // Past the test harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr(), "skipped: {needs}");
    None
}

/// A variable that comes with the one that [`started`] looks at.
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

impl Site {
    pub(crate) fn new(url: &str, headers: &[(&str, &str)]) -> Site {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Site {
            url: url.to_owned(),
            headers: headers.iter().map(own).collect(),
        }
    }

    /// The same system with one more header.
    pub(crate) fn with(&self, name: &str, value: &str) -> Site {
        let mut site = self.clone();
        site.headers.push((name.to_owned(), value.to_owned()));
        site
    }

    /// Status and body of an answer; a body that is no JSON comes as text, and an empty one as null.
    pub(crate) fn ask(&self, verb: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let server = self.url.strip_prefix("http://").unwrap();
        let mut line = TcpStream::connect(server).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        // HTTP 1.0: one answer, not in chunks, and then the end.
        let mut asked = format!(
            "{verb} {path} HTTP/1.0\r\nHost: {server}\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in &self.headers {
            asked += &format!("{name}: {value}\r\n");
        }
        line.write_all(format!("{asked}\r\n{body}").as_bytes())
            .unwrap();
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).unwrap();
        let end = memchr::memmem::find(&answer, b"\r\n\r\n")
            .unwrap_or_else(|| panic!("{verb} {path}: no answer"));
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = String::from_utf8_lossy(&answer[end + 4..]).into_owned();
        let value = serde_json::from_str(&body).unwrap_or(match body.trim() {
            "" => Value::Null,
            text => Value::from(text),
        });
        (status, value)
    }

    /// The body of an answer that says yes.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        self.yes("GET", path, None)
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.yes("POST", path, Some(body))
    }

    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &Value) -> Value {
        self.yes("PUT", path, Some(body))
    }

    #[track_caller]
    pub(crate) fn yes(&self, verb: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.ask(verb, path, body);
        assert!(
            (200..300).contains(&status),
            "{verb} {path}: {status} {answer}"
        );
        answer
    }

    pub(crate) fn status(&self, path: &str) -> u16 {
        self.ask("GET", path, None).0
    }
}

/// The workspace and the person of one test.
pub(crate) struct Case {
    pub(crate) house: House,
    pub(crate) system: &'static str,
    pub(crate) email: String,
}

impl Case {
    /// A command about the person, with its output as JSON.
    #[track_caller]
    pub(crate) fn about(&self, args: &[&str], code: i32) -> Ran {
        let ran = self.house.about(&json!({"email": self.email}), args);
        ran.expect(code);
        ran
    }

    /// A search that leaves nothing out but what the connector says that people look up.
    #[track_caller]
    fn looked(&self) -> Ran {
        let ran = self.house.about(&json!({"email": self.email}), &["find"]);
        let whole = ran.system(self.system)["look_up"].is_null();
        ran.expect(if whole { 0 } else { 3 });
        assert_eq!(ran.json()["complete"], json!(whole), "{ran:?}");
        assert_eq!(ran.system(self.system)["status"], json!("searched"));
        ran
    }

    /// `OBJECT:KEY` of what is found, sorted. The search has to be complete and proven.
    #[track_caller]
    pub(crate) fn found(&self) -> Vec<String> {
        let ran = self.looked();
        for object in ran.system(self.system)["objects"].as_array().unwrap() {
            assert_eq!(object["unproven"], json!(false), "{object}");
        }
        let mut records: Vec<String> = ran
            .records(self.system)
            .iter()
            .map(|record| record.split(' ').next().unwrap().to_owned())
            .collect();
        records.sort();
        records
    }

    /// How many records came back that are not the person's.
    #[track_caller]
    pub(crate) fn near_misses(&self) -> u64 {
        let system = self.looked().system(self.system);
        let objects = system["objects"].as_array().unwrap();
        objects
            .iter()
            .map(|object| object["near_misses"].as_u64().unwrap())
            .sum()
    }

    /// Every file of the package that is made for the person, as one text; a draft first, then the final, once people looked where
    /// the connector does not.
    #[track_caller]
    pub(crate) fn package(&self) -> String {
        let folder = |name: &str| self.house.root.path().join(name);
        let (draft, last) = (folder("draft"), folder("package"));
        let to = draft.to_str().unwrap();
        let export = ["export", "--folder", "--to", to];
        let made = self.house.about(&json!({"email": self.email}), &export);
        let parts = made.json()["look_up"].as_array().map_or(0, Vec::len);
        made.expect(if parts == 0 { 0 } else { 3 });
        let case = made.json()["case"].as_str().unwrap().to_owned();
        for number in 1..=parts {
            let task = format!("T{number}");
            let done = ["task", "done", &case, &task, "--found", "nothing"];
            self.house.run(&done).expect(0);
        }
        let to = last.to_str().unwrap();
        let args = [
            "export",
            "--case",
            &case,
            "--reviewed",
            "--folder",
            "--to",
            to,
        ];
        self.house.run(&args).expect(0);
        let mut text = String::new();
        let mut folders = vec![last.join("data")];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "json") {
                    text += &fs_err::read_to_string(path).unwrap();
                }
            }
        }
        text
    }

    /// Carries a verb out on so many records, and returns `OBJECT OUTCOME` of each, sorted.
    #[track_caller]
    pub(crate) fn carried_out(&self, args: &[&str], records: usize, code: i32) -> Vec<String> {
        let expect = records.to_string();
        let mut all = args.to_vec();
        all.extend(["--yes", "--expect", &expect]);
        let ran = self.about(&all, code);
        let start = format!("{}.", self.system);
        let outcomes = ran.outcomes();
        let cut = |line: &String| line.strip_prefix(&start).unwrap_or(line).to_owned();
        outcomes.iter().map(cut).collect()
    }

    /// The restriction that the newest case set ends, a day after the person was told.
    #[track_caller]
    pub(crate) fn lifted(&self) {
        let cases = self.house.run(&["case", "list", "--format", "json"]).json();
        let number = cases["cases"][0]["case"].as_str().unwrap().to_owned();
        let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
        let told = ["restrict", "--case", &number, "--notice-sent", &yesterday];
        self.house.run(&told).expect(0);
        let lift = [
            "restrict",
            "--case",
            &number,
            "--lift",
            "--because",
            "verified",
            "--yes",
            "--expect",
            "1",
        ];
        self.house.run(&lift).expect(0);
    }

    /// The newest evidence holds when it is looked at again, and holds none of these values.
    #[track_caller]
    pub(crate) fn proven_without(&self, planted: &[&str]) {
        let bundle = self.house.bundle().expect("a bundle");
        let bundle = bundle.to_string_lossy();
        self.house.run(&["evidence", "verify", &bundle]).expect(0);
        for (name, bytes) in self.house.bundled() {
            assert_eq!(leaks(&bytes, planted), Vec::<String>::new(), "{name}");
        }
    }
}

/// A number of an answer, as it stands in a path.
#[track_caller]
pub(crate) fn id(answer: &Value) -> String {
    let id = answer["id"].as_u64();
    id.unwrap_or_else(|| panic!("no id: {answer}")).to_string()
}

/// `OBJECT:KEY` of each key, sorted with the others by the caller.
pub(crate) fn keys(object: &str, ids: &[&String]) -> Vec<String> {
    ids.iter().map(|id| format!("{object}:{id}")).collect()
}

/// Mails that a system would have sent since it was started and that hold this text, as texts.
pub(crate) fn mails(folder: &str, text: &str) -> Vec<String> {
    let files = fs_err::read_dir(folder).unwrap();
    files
        .map(|file| fs_err::read(file.unwrap().path()).unwrap())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .filter(|mail| mail.contains(text))
        .collect()
}

/// `TABLE.COLUMN` of every place in a SQLite database where this pattern of LIKE stands.
pub(crate) fn sqlite_places(file: &str, pattern: &str) -> Vec<String> {
    let database = rusqlite::Connection::open(file).unwrap();
    let list = |query: &str| -> Vec<String> {
        let mut statement = database.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let mut places = Vec::new();
    for table in list("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
        for column in list(&format!("SELECT name FROM pragma_table_info('{table}')")) {
            let query = format!(
                "SELECT CAST(count(*) AS TEXT) FROM \"{table}\" WHERE CAST(\"{column}\" AS TEXT) LIKE '{pattern}'"
            );
            if list(&query) != ["0"] {
                places.push(format!("{table}.{column}"));
            }
        }
    }
    places
}
