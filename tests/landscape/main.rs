//! Every verb over SQLite, PostgreSQL, MariaDB, a file, HTTP and paper: one person's way through the house, from the first look to
//! the proof, in both languages, as tables and as JSON.
//!
//! Each walk compares whole screens with its snapshots, and after each verb that writes, every cell of every system with what it was
//! before: what had to change has changed, and nothing else, of the person, of her neighbour, or of anybody. The lists of changes are
//! written out here, so that no new snapshot can accept a wrong one.
//!
//! `INSTA_UPDATE=always cargo test --test landscape` writes the snapshots anew; read the difference before you commit it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/http.rs"]
mod http;
#[path = "../support/mysql.rs"]
mod mysql;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/workspace.rs"]
mod workspace;

mod company;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use company::{Cells, Landscape, changes};
use serde_json::{Value, json};
use workspace::{Output, steady};

const ANNA: [&str; 2] = ["--email", "anna.berg@example.org"];

#[test]
fn in_english() {
    walk("en", "table");
}

#[test]
fn in_german() {
    walk("de", "table");
}

#[test]
fn as_json() {
    walk("en", "json");
}

#[test]
fn as_json_in_german() {
    walk("de", "json");
}

/// One way through the house: its screens, chapter by chapter.
struct Walk {
    landscape: Landscape,
    language: &'static str,
    format: &'static str,
    chapter: String,
    before: Cells,
    /// What was not as expected, all of it, because one thing explains the next.
    faults: Vec<String>,
}

impl Walk {
    /// Runs a command, which has to end with this code, and keeps its screen.
    #[track_caller]
    fn step(&mut self, code: i32, args: &[&str]) -> Output {
        let mut all = vec!["--lang", self.language];
        if self.format == "json" {
            all.extend(["--format", "json"]);
        }
        all.extend(args);
        let ran = self.landscape.company.run(&all);
        let screen = ran.screen();
        if ran.code != code || screen.contains("panicked") {
            self.faults.push(format!("expected exit {code}\n{screen}"));
        }
        let seen = match self.format {
            "json" => self.data(args, &ran),
            _ => self.steady(&screen),
        };
        self.chapter.push_str(&seen);
        self.chapter.push('\n');
        ran
    }

    /// The data of a command, which are the same in both languages; its conversation is part of the walks with tables.
    fn data(&self, args: &[&str], ran: &Output) -> String {
        let folder = self.landscape.company.path("").display().to_string();
        let line = steady(
            &format!("$ dsr --format json {}\n", args.join(" ")),
            &folder,
        );
        // What only notes something has no data to print.
        let mut data = String::new();
        if !ran.out.is_empty() {
            let mut all: Value =
                serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}", ran.screen()));
            // Errors are in the reader's language; the walks with tables show their words.
            for error in all
                .get_mut("errors")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                for words in ["message", "why", "help"] {
                    error[words] = json!("[words]");
                }
            }
            if let Some(history) = all.get_mut("history") {
                *history = kinds(history);
            }
            data = serde_json::to_string_pretty(&all).unwrap() + "\n";
        }
        line + &self.steady(&steady(&data, &folder)) + &format!("--- exit {}\n", ran.code)
    }

    /// What differs from run to run in this landscape only.
    fn steady(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (pattern, sign) in [
            (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
            (r#""clock_offset_s": -?\d"#, r#""clock_offset_s": 0"#),
            (r"dsr_test_\d+_\d+", "[database]"),
            (
                r"PostgreSQL \d+(\.\d+)*( \([^)]*\))?",
                "PostgreSQL [version]",
            ),
            (
                r"MariaDB \d+(\.\d+)*(-[0-9A-Za-z.+~-]+)?",
                "MariaDB [version]",
            ),
            (r"[a-z2-7]{10,}@erased\.invalid", "[token]@erased.invalid"),
        ] {
            text = regex::Regex::new(pattern)
                .unwrap()
                .replace_all(&text, sign)
                .into_owned();
        }
        in_order(&text)
    }

    /// Ends a chapter: its screens are compared.
    #[track_caller]
    fn end(&mut self, name: &str) {
        let name = match self.format {
            // What `check` has to say is for whoever mends it, in their language.
            "json" if name == "check" => format!("{name}_json_{}", self.language),
            "json" => format!("{name}_json"),
            _ => format!("{name}_{}", self.language),
        };
        let chapter = std::mem::take(&mut self.chapter);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, chapter);
        });
    }

    /// Compares what the systems hold with what they held when this was asked last.
    #[track_caller]
    fn changed(&mut self, expected: &[&str]) {
        let after = self.landscape.cells();
        let changes = changes(&self.before, &after);
        if changes != expected {
            let at = std::panic::Location::caller();
            self.faults.push(format!(
                "{at}: expected {expected:#?}, changed {changes:#?}"
            ));
        }
        self.before = after;
    }
}

/// How many events of each kind a history holds; the events of several systems stand in it in any order.
fn kinds(history: &Value) -> Value {
    let mut count = BTreeMap::<&str, u64>::new();
    for event in history.as_array().unwrap() {
        *count
            .entry(event["event"]["event"].as_str().unwrap())
            .or_default() += 1;
    }
    json!(count)
}

/// Systems are written to at the same time, so the outcomes of one run stand in the ledger in any order.
fn in_order(text: &str) -> String {
    let outcome = regex::Regex::new(r"^  \[day\]   [a-z]+\.[a-z]+: ").unwrap();
    let mut lines: Vec<&str> = text.split('\n').collect();
    for run in lines.chunk_by_mut(|one, next| outcome.is_match(one) && outcome.is_match(next)) {
        run.sort_unstable();
    }
    lines.join("\n")
}

fn walk(language: &'static str, format: &'static str) {
    // Data are compared across languages, so the words of the inventory have to be the same.
    let controller = if format == "json" { "en" } else { language };
    let Some(landscape) = Landscape::new(controller) else {
        return;
    };
    let before = landscape.cells();
    let mut walk = Walk {
        landscape,
        language,
        format,
        chapter: String::new(),
        before,
        faults: Vec::new(),
    };
    look(&mut walk);
    let case = hand_out(&mut walk);
    correct(&mut walk, &case);
    lock(&mut walk, &case);
    object(&mut walk, &case);
    work(&mut walk, &case);
    erase(&mut walk, &case);
    prove(&mut walk, &case);
    values_of_many(&mut walk);
    many(&mut walk);
    assert!(walk.faults.is_empty(), "{}", walk.faults.join("\n"));
}

/// check and find: nothing is written.
fn look(walk: &mut Walk) {
    walk.step(0, &["check"]);
    walk.end("check");
    walk.step(4, &[&["find"], &ANNA[..]].concat());
    walk.step(4, &["find", "--name", "Anna Berg"]);
    walk.step(4, &["find", "--pick", "shop.customers:2"]);
    let people = "reference;email\r\nT-1;anna.berg@example.org\r\nT-2;anna.l.berg@example.org\r\nT-3;nobody@example.org\r\n";
    walk.landscape.company.write("people.csv", people);
    walk.step(4, &["find", "--subjects", "people.csv"]);
    walk.end("find");
    walk.changed(&[]);
}

/// export: a draft, the linked record accepted, the package.
fn hand_out(walk: &mut Walk) -> String {
    walk.step(4, &[&["export", "--folder"], &ANNA[..]].concat());
    let case = walk.landscape.company.case();
    walk.step(
        0,
        &[
            "export",
            "--folder",
            "--case",
            &case,
            "--accept",
            "crm.donations:d7",
        ],
    );
    walk.step(
        0,
        &[
            "export",
            "--folder",
            "--case",
            &case,
            "--reviewed",
            "--identity",
            "letter",
        ],
    );
    walk.step(0, &["export", "--list"]);
    walk.end("export");
    walk.changed(&[]);
    packed(walk, &case);
    case
}

/// What stands in the package: every record of hers, word by word, and nobody else's.
fn packed(walk: &mut Walk, case: &str) {
    let folder = walk.landscape.company.path("exports").join(case);
    let data = folder.join(format!("{case}.access/data"));
    let mut all = String::new();
    for file in files_below(&data) {
        let name = file.strip_prefix(&data).unwrap().display().to_string();
        let text = fs_err::read_to_string(&file).unwrap();
        writeln!(all, "--- {name}\n{}", text.replace('\u{feff}', "[BOM]")).unwrap();
    }
    for foreign in [
        "anna.l.berg@",
        "4712",
        "M-8",
        "control@",
        "\"d8\"",
        "Person",
    ] {
        assert!(!all.contains(foreign), "{foreign} in the package\n{all}");
    }
    if walk.format == "table" {
        walk.chapter = all;
        walk.end("package");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => files.extend(files_below(&path)),
            path => files.push(path),
        }
    }
    files.sort();
    files
}

/// rectify: what there is, a category that says too little, then one category everywhere and two fields by name.
fn correct(walk: &mut Walk, case: &str) {
    let rectify = ["rectify", "--case", case];
    walk.step(0, &rectify);
    let email = ["--set", "contact.email=Anna.Tal@example.org"];
    walk.step(
        4,
        &[&rectify[..], &email, &["--set", "person.name=Anna Tal"]].concat(),
    );
    let names = [
        "--set",
        "shop.customers.last_name=Tal",
        "--set",
        "crm.contacts.name=Anna Tal",
    ];
    let set = [&rectify[..], &email, &names].concat();
    walk.step(0, &[&set[..], &["--plan"]].concat());
    walk.changed(&[]);
    walk.step(0, &[&set[..], &["--yes", "--expect", "4"]].concat());
    walk.changed(&[
        r#"crm contacts/c2 email: "anna.berg@example.org" -> "anna.tal@example.org""#,
        r#"crm contacts/c2 name: "Anna Berg" -> "Anna Tal""#,
        r#"newsletter 2 line: \"anna.berg@example.org\";\"Berg; Anna\";\r\n -> \"anna.tal@example.org\";\"Berg; Anna\";\r\n"#,
        r#"shop.customers 2 email: "Anna.Berg@example.org" -> "anna.tal@example.org""#,
        r#"shop.customers 2 last_name: "Berg" -> "Tal""#,
        r#"support.members 2 email: "anna.berg@example.org" -> "anna.tal@example.org""#,
    ]);
    walk.end("rectify");
}

/// restrict, and the end of it after notice.
fn lock(walk: &mut Walk, case: &str) {
    let restrict = ["restrict", "--case", case];
    let because = ["--because", "contested", "--until", "2099-12-31"];
    walk.step(
        0,
        &[&restrict[..], &because, &["--yes", "--expect", "7"]].concat(),
    );
    walk.changed(&[
        r#"books.debtors 71 locked: false -> true"#,
        r#"books.invoices 500 locked: false -> true"#,
        r#"books.invoices 501 locked: false -> true"#,
        r#"crm contacts/c2 locked: false -> true"#,
        r#"newsletter 2 line: \"anna.tal@example.org\";\"Berg; Anna\";\r\n -> \"anna.tal@example.org\";\"Berg; Anna\";ja\r\n"#,
        r#"shop.customers 2 blocked: 0 -> 1"#,
        r#"support.members 2 locked: 0 -> 1"#,
    ]);
    // The orders of the shop are locked by hand.
    walk.step(0, &["task", "done", case, "T3"]);
    let lift = [
        "restrict",
        "--lift",
        "--case",
        case,
        "--because",
        "verified",
    ];
    walk.step(4, &lift);
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    walk.step(0, &[&restrict[..], &["--notice-sent", &yesterday]].concat());
    walk.changed(&[]);
    walk.step(0, &[&lift[..], &["--yes", "--expect", "7"]].concat());
    walk.changed(&[
        r#"books.debtors 71 locked: true -> false"#,
        r#"books.invoices 500 locked: true -> false"#,
        r#"books.invoices 501 locked: true -> false"#,
        r#"crm contacts/c2 locked: true -> false"#,
        r#"newsletter 2 line: \"anna.tal@example.org\";\"Berg; Anna\";ja\r\n -> \"anna.tal@example.org\";\"Berg; Anna\";\r\n"#,
        r#"shop.customers 2 blocked: 1 -> 0"#,
        r#"support.members 2 locked: 1 -> 0"#,
    ]);
    walk.end("restrict");
    // Nobody has to lock by hand any more.
    let tasks = walk
        .landscape
        .company
        .run(&["task", "list", "--format", "json"]);
    let tasks: Value = serde_json::from_str(&tasks.out).unwrap();
    let open = tasks["tasks"].as_array().unwrap().iter();
    let locks: Vec<&str> = open
        .filter_map(|task| task["text"].as_str())
        .filter(|text| text.contains("against any use") || text.contains("für jede Nutzung"))
        .collect();
    assert!(
        matches!(locks[..], [undo] if undo.contains("shop.orders") && undo.starts_with(['T', 'D'])),
        "{locks:?}"
    );
}

/// optout, which one system offers.
fn object(walk: &mut Walk, case: &str) {
    walk.step(
        0,
        &[
            "optout",
            "--case",
            case,
            "--because",
            "objection",
            "--yes",
            "--expect",
            "1",
        ],
    );
    walk.changed(&[r#"crm contacts/c2 news: true -> false"#]);
    walk.end("optout");
}

/// The tasks that all this left, a note, and the overview.
fn work(walk: &mut Walk, case: &str) {
    walk.step(0, &["task", "list"]);
    walk.step(0, &["task", "done", case, "T1", "--found", "1"]);
    walk.step(0, &["note", case, "She called on Monday."]);
    walk.step(0, &[]);
    walk.end("task");
    walk.changed(&[]);
}

/// erase: the plan, then the deed.
fn erase(walk: &mut Walk, case: &str) {
    walk.step(0, &["erase", "--case", case, "--plan"]);
    walk.changed(&[]);
    walk.step(0, &["erase", "--case", case, "--yes", "--expect", "13"]);
    walk.changed(&[
        r#"books.debtors 71 name: "Anna Berg" -> "erased""#,
        r#"books.debtors 71 street: "Lindenweg 5" -> null"#,
        r#"books.invoices 500 locked: false -> true"#,
        r#"books.invoices 501: gone"#,
        r#"books.lines 501/1: gone"#,
        r#"books.lines 501/2: gone"#,
        r#"crm contacts/c2: gone"#,
        r#"crm donations/d7: gone"#,
        r#"newsletter 2: gone"#,
        r#"shop.customers 2: gone"#,
        r#"shop.orders 10: gone"#,
        r#"shop.orders 11: gone"#,
        r#"support.members 2 email: "anna.tal@example.org" -> "[token]""#,
        r#"support.members 2 name: "Anna Berg" -> "erased""#,
        r#"support.tickets 30: gone"#,
    ]);
    walk.end("erase");
}

/// The case, the bundle and the ledger.
fn prove(walk: &mut Walk, case: &str) {
    walk.step(0, &["case", "show", case]);
    let bundle = newest_bundle(walk);
    let verified = walk.step(0, &["evidence", "verify", &bundle]);
    // Sealed in the name of the controller, though its connector was not trusted yet when the seal was made.
    assert!(verified.out.contains("CN=Acme GmbH"), "{}", verified.out);
    walk.step(0, &["audit", "log", "--verify"]);
    walk.end("proof");
    walk.changed(&[]);
}

/// rectify, restrict and restrict --lift with --subjects: the neighbour by the values of her line, in four engines.
fn values_of_many(walk: &mut Walk) {
    let company = &walk.landscape.company;
    company.write(
        "values.csv",
        "Aktenzeichen;E-Mail;Telefon alt;Telefon neu;books.debtors.street;support.members.name alt;support.members.name neu\r\nT-2;anna.l.berg@example.org;0221 4712;0221 4713;Lindenweg 5b;Anna Lena Berg;Anna Lena Tal\r\n",
    );
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap();
    company.write(
        "lift.csv",
        &format!(
            "E-Mail;Unterrichtet am;Grund\r\nanna.l.berg@example.org;{};geprüft\r\nanna.berg@example.org;{yesterday};\r\n",
            yesterday.strftime("%d.%m.%Y"),
        ),
    );
    let rectify = ["rectify", "--subjects", "values.csv"];
    walk.step(4, &[&rectify[..], &["--plan"]].concat());
    walk.changed(&[]);
    let yes = ["--identity", "letter", "--yes", "--expect"];
    walk.step(4, &[&rectify[..], &yes, &["3"]].concat());
    walk.changed(&[
        r#"books.debtors 72 street: "Lindenweg 5a" -> "Lindenweg 5b""#,
        r#"crm contacts/c3 phone: "0221 4712" -> "0221 4713""#,
        r#"support.members 3 name: "Anna Lena Berg" -> "Anna Lena Tal""#,
    ]);
    let restrict = ["restrict", "--subjects", "values.csv"];
    let contested = ["--because", "contested"];
    walk.step(4, &[&restrict[..], &contested, &yes, &["7"]].concat());
    walk.changed(&[
        r#"books.debtors 72 locked: false -> true"#,
        r#"books.invoices 502 locked: false -> true"#,
        r#"books.invoices 503 locked: false -> true"#,
        r#"crm contacts/c3 locked: false -> true"#,
        r#"newsletter 3 line: anna.l.berg@example.org;\"Berg; Anna Lena\"; -> anna.l.berg@example.org;\"Berg; Anna Lena\";ja"#,
        r#"shop.customers 3 blocked: 0 -> 1"#,
        r#"support.members 3 locked: 0 -> 1"#,
    ]);
    let lift = ["restrict", "--lift", "--subjects", "lift.csv"];
    let verified = ["--because", "verified", "--yes", "--expect", "7"];
    walk.step(4, &[&lift[..], &verified].concat());
    walk.changed(&[
        r#"books.debtors 72 locked: true -> false"#,
        r#"books.invoices 502 locked: true -> false"#,
        r#"books.invoices 503 locked: true -> false"#,
        r#"crm contacts/c3 locked: true -> false"#,
        r#"newsletter 3 line: anna.l.berg@example.org;\"Berg; Anna Lena\";ja -> anna.l.berg@example.org;\"Berg; Anna Lena\";"#,
        r#"shop.customers 3 blocked: 1 -> 0"#,
        r#"support.members 3 locked: 1 -> 0"#,
    ]);
    walk.end("values_of_many");
}

/// erase --subjects: the neighbour has moved too, and Anna stands in the file once more.
fn many(walk: &mut Walk) {
    let people = "reference;email\r\nT-1;anna.berg@example.org\r\nT-2;anna.l.berg@example.org\r\n";
    walk.landscape.company.write("people.csv", people);
    walk.step(
        4,
        &[
            "erase",
            "--subjects",
            "people.csv",
            "--identity",
            "letter",
            "--despite-access",
            "--yes",
            "--expect",
            "10",
        ],
    );
    walk.changed(&[
        r#"books.debtors 72 name: "Anna Lena Berg" -> "erased""#,
        r#"books.debtors 72 street: "Lindenweg 5b" -> null"#,
        r#"books.invoices 502 locked: false -> true"#,
        r#"books.invoices 503: gone"#,
        r#"books.lines 503/1: gone"#,
        r#"crm contacts/c3: gone"#,
        // The file had no line end at its end, and has none now.
        r#"newsletter 1 line: control@acme.example;Control Person;\r\n -> control@acme.example;Control Person;"#,
        r#"newsletter 3: gone"#,
        r#"shop.customers 3: gone"#,
        r#"shop.orders 12: gone"#,
        r#"support.members 3 email: "anna.l.berg@example.org" -> "[token]""#,
        r#"support.members 3 name: "Anna Lena Tal" -> "erased""#,
        r#"support.tickets 31: gone"#,
    ]);
    walk.step(0, &["case", "list", "--all"]);
    walk.end("many");
}

/// Path of the bundle that was made last.
fn newest_bundle(walk: &Walk) -> String {
    let folder = walk.landscape.company.path("evidence");
    let bundles = fs_err::read_dir(folder).unwrap().flatten();
    let newest = bundles
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|ending| ending == "zip")
        })
        .max_by_key(|entry| entry.metadata().unwrap().modified().unwrap());
    let path = newest.expect("a bundle").path();
    format!("evidence/{}", path.file_name().unwrap().to_str().unwrap())
}
