//! Hostile values in what the later verbs show and read: lists of candidates, the truth map, notes, tasks, packages, files of people.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::house::{HEAD, House, Ran};

/// What an attacker leaves in a form, and waits for somebody to list it.
const BAD: [&str; 9] = [
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31m",
    "\u{9b}31m\u{85}",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+cmd|' /C calc'!A0",
    "\t=1+1",
    "\u{202e}gpj.exe\u{2066}",
    "a\r\nb\u{2028}c",
    "\u{ff1d}1+1",
    "nul\0byte",
];

const SYSTEMS: &str = "  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }, { by: name, columns: [name] }]
        fields:
          email: { category: contact.email, identity: email }
          name: person.name
          town: contact.address
          note: content.note
  archive:
    engine: manual
    owner: office
    manual: { find: \"Look \\e[2J into =1+1 the \\u202Ebinders.\", erase: \"Destroy it.\", days: 14 }
";

fn house() -> House {
    let house = House::with(&format!("{HEAD}systems:\n{SYSTEMS}"), &[]);
    house.sql(
        "shop.db",
        "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, name TEXT, town TEXT, note TEXT)",
    );
    house
}

/// A value as a statement of SQLite holds it, whatever is in it.
fn literal(text: &str) -> String {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("CAST(x'{hex}' AS TEXT)")
}

/// Nothing in it steers a terminal, and no cell of a table is taken for a formula.
#[track_caller]
fn harmless(what: &str, ran: &Ran, format: &str) {
    assert!(!ran.err.contains("panicked"), "{what}: {ran:?}");
    let harmful = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
    };
    let harm: Vec<char> = ran.all().chars().filter(harmful).collect();
    assert!(harm.is_empty(), "{what}: {harm:?} in {}", ran.all());
    if format == "csv" {
        let text = ran.out.trim_start_matches('\u{feff}');
        let delimiter = if text.lines().next().unwrap_or_default().contains(';') {
            b';'
        } else {
            b','
        };
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        for row in rows.records() {
            for cell in &row.unwrap() {
                let bad = ['=', '+', '@', '\t', '\r', '\u{ff1d}'];
                assert!(!cell.trim_start().starts_with(bad), "{what}: {cell:?}");
            }
        }
    }
}

#[test]
fn what_the_later_verbs_show_does_no_harm() {
    let house = house();
    for (no, bad) in BAD.iter().enumerate() {
        let value = literal(bad);
        // A key with a NUL is no key.
        let key = literal(&bad.replace('\0', ""));
        house.sql(
            "shop.db",
            &format!("INSERT INTO people VALUES ({key} || {no}, 'anna@example.org', 'Anna Beispiel ' || {value}, {value}, {value})"),
        );
    }
    let formats = ["table", "csv", "json"];
    let every = |args: &[&str]| {
        for format in formats {
            for lang in ["en", "de"] {
                let all = [args, &["--format", format, "--lang", lang]].concat();
                let ran = house.run(&all);
                harmless(&format!("{args:?} {format} {lang}"), &ran, format);
                assert_ne!(ran.code, 1, "{args:?}: {ran:?}");
            }
        }
    };
    every(&["find", "--name", "Anna Beispiel"]);
    let odd = house.root.path().join("\u{1b}[2J=1+1\u{202e}.zip");
    let draft = house.run(&[
        "export",
        "--format",
        "json",
        "--email",
        "anna@example.org",
        "--to",
        odd.to_str().unwrap(),
    ]);
    harmless("export", draft.expect(0), "json");
    let case = draft.json()["case"].as_str().unwrap().to_owned();
    every(&["export", "--list"]);
    every(&["rectify", "--case", &case]);
    let set = json!({ "shop.people.note": BAD.concat() }).to_string();
    for format in formats {
        let plan = [
            "rectify",
            "--case",
            &case,
            "--plan",
            "--set-from",
            "-",
            "--format",
            format,
        ];
        harmless("rectify", &house.run_with(&plan, &set), format);
    }
    for bad in BAD {
        harmless(
            "note",
            house.run_with(&["note", &case, "-"], bad).expect(0),
            "",
        );
    }
    every(&["note", &case, "--list"]);
    house.run(&["find", "--case", &case]).expect(0);
    every(&["task", "list", "--all"]);
    every(&["task", "remind"]);
    let proof = house.root.path().join("\u{1b}[31m=1\u{202e}.pdf");
    fs_err::write(&proof, "x").unwrap();
    let done = ["task", "done", &case, "T1", "--found", "nothing", "--proof"];
    let done = house.run(&[&done[..], &[proof.to_str().unwrap(), "--note", "\u{1b}[2J"]].concat());
    harmless("done", done.expect(0), "");
    every(&["task", "list", "--all"]);
    every(&["case", "show", &case]);
    let mut file = "email,reference,\u{1b}[2Jodd\u{202e}\n".to_owned();
    for (no, bad) in BAD.iter().enumerate() {
        file += &format!("p{no}@example.org,\"{}\",x\n", bad.replace('"', "\"\""));
    }
    house.write("people.csv", file);
    let people = house.path("people.csv").display().to_string();
    every(&["find", "--subjects", &people]);
}

#[test]
fn a_very_large_value_comes_through_whole() {
    let house = house();
    let long = format!("{}end", "Größe =1+1 \u{1b}[2J\0 ".repeat(60_000));
    assert!(long.len() > 1_000_000);
    house.sql(
        "shop.db",
        &format!(
            "INSERT INTO people VALUES ('1', 'anna@example.org', 'Anna', NULL, {})",
            literal(&long)
        ),
    );
    let began = Instant::now();
    let ran = house.run(&[
        "export",
        "--format",
        "json",
        "--folder",
        "--email",
        "anna@example.org",
    ]);
    ran.expect(0);
    let path = house.path(ran.json()["path"].as_str().unwrap());
    let text = fs_err::read_to_string(path.join("data/shop/people.json")).unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["records"][0]["note"], long);
    let page = fs_err::metadata(path.join("overview.html")).unwrap().len();
    assert!(page < 100_000, "{page}");
    let case = ran.json()["case"].as_str().unwrap().to_owned();
    let map = house.run(&["rectify", "--case", &case]);
    assert!(map.code != 1 && !map.out.contains('\u{1b}'), "{}", map.code);
    assert!(map.out.len() < 20_000, "{}", map.out.len());
    let map = house.run(&["rectify", "--case", &case, "--format", "json"]);
    assert!(map.json().to_string().len() > long.len());
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_file_of_people_that_wants_too_much_is_refused_at_once() {
    let house = house();
    let file = |name: &str, text: &str| {
        house.write(name, text);
        house.path(name).display().to_string()
    };
    let refused = |path: &str, code: &str| {
        let began = Instant::now();
        let ran = house.run(&["find", "--subjects", path, "--format", "json"]);
        ran.expect(2);
        assert_eq!(ran.json()["errors"][0]["code"], code, "{path}");
        assert!(ran.out.len() < 60_000, "{path}: {}", ran.out.len());
        assert!(began.elapsed() < Duration::from_secs(20), "{path}");
    };
    // The same person over and over; nobody at all; no address in a hundred thousand lines.
    refused(
        &file(
            "same.csv",
            &format!("email\n{}", "a@example.org\n".repeat(100_000)),
        ),
        "E950",
    );
    refused(
        &file("none.csv", &format!("email,x\n{}", ",1\n".repeat(100_000))),
        "E949",
    );
    refused(
        &file("bad.csv", &format!("email\n{}", "nobody\n".repeat(100_000))),
        "E824",
    );
    refused(&file("empty.csv", "email\n"), "E942");
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    refused(&file("deep.json", &deep("[", "]")), "E941");
    refused(
        &file("deep2.json", &format!("[{}]", deep("{\"a\":", "}"))),
        "E941",
    );
    // Words that stand for others of their kind, nine times nine times nine.
    let mut bomb = "[".to_owned();
    bomb += "&a0 [\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\"]";
    for n in 1..12 {
        let one = format!("*a{},", n - 1).repeat(9);
        bomb += &format!(",&a{n} [{}]", one.trim_end_matches(','));
    }
    refused(&file("bomb.json", &format!("{bomb}]")), "E941");
    refused(
        &file(
            "twice.json",
            "[{\"email\": \"a@example.org\", \"email\": \"b@example.org\"}]",
        ),
        "E941",
    );
    refused(
        &file("half.json", "[{\"email\": \"a@example.org\\ud83d\"}]"),
        "E941",
    );
    refused(&file("nul.csv", "email\n\0a@example.org\n"), "E940");
    refused(&house.folder.display().to_string(), "E940");
    refused("/dev/null", "E947");
}

#[test]
fn right_values_that_want_too_much_are_refused() {
    let house = house();
    house.sql(
        "shop.db",
        "INSERT INTO people VALUES ('1', 'anna@example.org', 'Anna', NULL, 'x')",
    );
    for set in [
        "{\"person.name\": \"A\", \"person.name\": \"B\"}".to_owned(),
        format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)),
        "{\"person.name\": \"\\ud83d\"}".to_owned(),
        "{\"person.name\": {\"a\": 1}}".to_owned(),
        "\u{0}".to_owned(),
    ] {
        let began = Instant::now();
        let ran = house.run_with(
            &[
                "rectify",
                "--email",
                "anna@example.org",
                "--set-from",
                "-",
                "--plan",
            ],
            &set,
        );
        assert_eq!(ran.expect(2).out, "", "{}", &set[..set.len().min(60)]);
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    // Names that a search by patterns would stumble over.
    for name in [
        format!("{} x", "(a+)+$".repeat(2000)),
        "Anna .*".to_owned(),
        "% _".to_owned(),
        "a".repeat(1_000_000),
        format!("Anna {}", "\u{301}".repeat(5_000)),
    ] {
        let began = Instant::now();
        let ran = house.run(&[
            "find",
            "--name",
            &name[..name.len().min(100_000)],
            "--format",
            "json",
        ]);
        assert!([0, 2].contains(&ran.code), "{ran:?}");
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}
