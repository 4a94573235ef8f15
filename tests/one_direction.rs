//! Keeps the arrows between the rooms pointing one way, and the promises that hang on who does what (docs/architecture.md).
//!
//! It reads the source as text: what stands in a comment, a string or a test module does not count.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Rooms that a room must not know, with the reason that is told when it does.
const ARROWS: [(&str, &[&str], &str); 21] = [
    (
        "statute",
        &[
            "ledger",
            "vault",
            "ui",
            "cli",
            "inventory",
            "connector",
            "plan",
            "law",
        ],
        "the law as data knows neither records nor systems",
    ),
    (
        "plan",
        &[
            "ledger",
            "vault",
            "ui",
            "cli",
            "execute",
            "evidence",
            "find",
            "case",
            "workspace",
            "connector::rest",
            "connector::sql",
            "connector::csv",
        ],
        "planning is pure: it reads nothing but its arguments",
    ),
    (
        "law",
        &[
            "ledger",
            "vault",
            "ui",
            "cli",
            "execute",
            "evidence",
            "find",
            "case",
            "workspace",
            "connector::rest",
            "connector::sql",
            "connector::csv",
        ],
        "the law decides from its arguments alone",
    ),
    (
        "concept",
        &[
            "ledger",
            "vault",
            "ui",
            "cli",
            "execute",
            "evidence",
            "find",
            "case",
            "workspace",
            "package",
            "connector::rest",
            "connector::sql",
            "connector::csv",
        ],
        "a deletion concept is computed from the inventory alone",
    ),
    (
        "hold",
        &[
            "vault",
            "ui",
            "cli",
            "execute",
            "evidence",
            "find",
            "findings",
            "case",
            "workspace",
            "connector",
            "plan",
        ],
        "a hold knows names, days and digests, and no record",
    ),
    (
        "deferred",
        &[
            "ledger",
            "ui",
            "cli",
            "execute",
            "evidence",
            "find",
            "findings",
            "case",
            "workspace",
        ],
        "what waits to be erased is only kept",
    ),
    (
        "subject",
        &[
            "ledger",
            "vault",
            "ui",
            "cli",
            "execute",
            "evidence",
            "find",
            "case",
            "workspace",
            "connector",
            "plan",
        ],
        "who is asked about depends on nobody",
    ),
    (
        "clock",
        &["ledger", "vault", "ui", "cli", "connector"],
        "deadlines are pure",
    ),
    (
        "find",
        &[
            "execute",
            "evidence",
            "ledger",
            "vault",
            "cli",
            "ui",
            "case",
            "workspace",
        ],
        "searching knows no case and remembers nothing",
    ),
    (
        "execute",
        &[
            "inventory::Inventory",
            "inventory::read",
            "inventory::parse",
            "inventory::DataType",
            "law",
            "evidence",
            "vault",
            "cli",
            "ui",
            "plan::build",
        ],
        "the executor carries out the plan and decides nothing: of the inventory it knows only `System`",
    ),
    (
        "connector",
        &[
            "case",
            "ledger",
            "vault",
            "find",
            "execute",
            "evidence",
            "cli",
            "ui",
            "workspace",
            "replay",
        ],
        "a connector never sees a case",
    ),
    (
        "replay",
        &[
            "vault",
            "evidence",
            "cli",
            "ui",
            "case",
            "workspace",
            "secret",
        ],
        "a test of a connector has no case and remembers nothing",
    ),
    (
        "author",
        &[
            "ledger",
            "vault",
            "evidence",
            "cli",
            "ui",
            "case",
            "workspace",
            "secret",
            "find",
            "execute",
        ],
        "a draft is made from what is written down, and contacts nobody",
    ),
    (
        "evidence",
        &[
            "find",
            "execute",
            "cli",
            "vault",
            "workspace",
            "secret",
            "connector::rest",
            "connector::sql",
            "connector::csv",
            "connector::reader",
            "connector::writer",
            "connector::Reader",
            "connector::Writer",
        ],
        "evidence is made from what is written down and calls no system",
    ),
    (
        "package",
        &[
            "find",
            "execute",
            "evidence",
            "ledger",
            "vault",
            "cli",
            "ui",
            "case",
            "workspace",
            "connector::rest",
            "connector::sql",
            "connector::csv",
            "connector::Reader",
            "connector::Writer",
        ],
        "a package is made of records that others found",
    ),
    (
        "html",
        &["package", "evidence", "ui", "cli", "inventory"],
        "pages of every room are made with it",
    ),
    (
        "harmless",
        &["package", "evidence", "ui", "cli", "inventory"],
        "it knows values and nothing of where they come from",
    ),
    (
        "ledger",
        &[
            "vault",
            "connector::rest",
            "connector::sql",
            "connector::csv",
            "find",
            "execute",
            "evidence",
            "cli",
            "ui",
            "case",
        ],
        "the ledger only remembers",
    ),
    (
        "vault",
        &[
            "ledger",
            "connector",
            "find",
            "execute",
            "evidence",
            "cli",
            "ui",
            "case",
            "plan",
        ],
        "the vault only keeps",
    ),
    (
        "inventory",
        &[
            "find",
            "execute",
            "evidence",
            "ledger",
            "vault",
            "cli",
            "ui",
            "case",
            "plan::build",
        ],
        "the inventory is read before anything is done",
    ),
    (
        "messages",
        &[
            "cli",
            "execute",
            "find",
            "ledger",
            "vault",
            "evidence",
            "inventory",
            "connector",
        ],
        "words know nothing of those who use them",
    ),
];

/// What only some rooms may write, each with a pattern and the reason.
const PRIVILEGES: [(&str, &[&str], &str); 6] = [
    (
        r"\b(e?print(ln)?|dbg)!\s*\(|\bstd::io::(stdout|stderr)\b|\bio::(stdout|stderr)\(",
        &["ui", "cli"],
        "only `ui` and `cli` write to the terminal",
    ),
    (
        r"\bTimestamp::now\b|\bZoned::now\b|\bSystemTime::now\b",
        &["cli"],
        CLOCK,
    ),
    (
        r"\bserde_yaml\b",
        &["yaml"],
        "only `yaml.rs` knows the YAML crate",
    ),
    (
        r"\b(secret_service|keyring_core|\w+_keyring_store)\b",
        &["keyring"],
        "only `keyring` knows the keyring crates",
    ),
    (
        r"\bstd::fs::(read|write|create_dir|remove|rename|copy|metadata|OpenOptions)",
        &[],
        "`fs_err` names the file in its errors",
    ),
    (
        r"\bprocess::exit\b",
        &["cli"],
        "only `cli` may end the program",
    ),
];

/// Files that may do one of these all the same: file, which reason is set aside, and why.
const EXCEPTIONS: [(&str, &str, &str); 5] = [
    (
        "connector/rest/client/wire.rs",
        CLOCK,
        "compares the server's clock with this one at the moment of the reply",
    ),
    (
        "connector/ldap/line.rs",
        CLOCK,
        "compares the server's clock with this one at the moment of the reply",
    ),
    (
        "connector/sql/postgres.rs",
        CLOCK,
        "compares the server's clock with this one at the moment of the reply",
    ),
    (
        "connector/sql/mysql.rs",
        CLOCK,
        "compares the server's clock with this one at the moment of the reply",
    ),
    (
        "workspace/lock.rs",
        CLOCK,
        "the age of a lease is read off the file of another process",
    ),
];

const CLOCK: &str = "only `cli` asks what time it is";

/// A file without comments, strings and test modules, its lines where they were.
fn bare(text: &str) -> String {
    let text = text
        .split("\n#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '/' if signs.peek() == Some(&'/') => {
                while signs.peek().is_some_and(|next| *next != '\n') {
                    signs.next();
                }
            }
            '"' => {
                out.push('"');
                while let Some(inner) = signs.next() {
                    match inner {
                        '\\' if signs.next() == Some('\n') => out.push('\n'),
                        '"' => break,
                        '\n' => out.push('\n'),
                        _ => {}
                    }
                }
                out.push('"');
            }
            // A quotation mark as a character.
            '\'' if signs.peek() == Some(&'"') => {
                signs.next();
                signs.next();
                out.push_str("' '");
            }
            other => out.push(other),
        }
    }
    out
}

/// Every path that a file names in the crate, with its line: `connector::Fault`, out of nested braces too.
fn paths(bare: &str) -> Vec<(usize, String)> {
    let start = Regex::new(r"\bcrate::").expect("a pattern");
    let mut all = Vec::new();
    for found in start.find_iter(bare) {
        let line = bare[..found.start()].matches('\n').count() + 1;
        spread(&bare[found.end()..], "", line, &mut all);
    }
    all
}

/// Follows one path; returns how much of the text it took.
fn spread(text: &str, before: &str, line: usize, all: &mut Vec<(usize, String)>) -> usize {
    let name: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let mut at = name.len();
    let path = match (before.is_empty(), name.is_empty()) {
        (true, _) => name,
        (false, true) => before.to_owned(),
        (false, false) => format!("{before}::{name}"),
    };
    if text[at..].starts_with("::") && !text[at..].starts_with("::<") {
        return at + 2 + spread(&text[at + 2..], &path, line, all);
    }
    if !text[at..].starts_with('{') {
        all.push((line, path));
        return at;
    }
    at += 1;
    loop {
        let blank = text[at..].len() - text[at..].trim_start_matches([' ', '\n', ',']).len();
        let below = line + text[..at + blank].matches('\n').count();
        at += blank;
        if text[at..].starts_with('}') || at >= text.len() {
            return at + 1;
        }
        let took = spread(&text[at..], &path, below, all);
        at += took;
        // `as name`
        at += text[at..].find([',', '}']).unwrap_or(text.len() - at);
    }
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).expect("the source can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            out.push(path);
        }
    }
}

/// What is wrong with a file, one line each.
fn faults(name: &str, text: &str) -> Vec<String> {
    let room = name
        .split('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".rs");
    let bare = bare(text);
    let mut wrong = Vec::new();
    for (of, unknown, because) in ARROWS.iter().filter(|(of, _, _)| *of == room) {
        for (line, path) in paths(&bare) {
            let known = unknown.iter().find(|unknown| {
                path.strip_prefix(**unknown)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            });
            if let Some(known) = known {
                wrong.push(format!("src/{name}:{line}: `{of}` must not know `{known}` (it names `{path}`): {because}"));
            }
        }
    }
    for (pattern, rooms, because) in PRIVILEGES {
        let allowed = rooms.contains(&room)
            || EXCEPTIONS
                .iter()
                .any(|(file, what, _)| *file == name && *what == because);
        if allowed {
            continue;
        }
        for found in Regex::new(pattern).expect("a pattern").find_iter(&bare) {
            let line = bare[..found.start()].matches('\n').count() + 1;
            wrong.push(format!(
                "src/{name}:{line}: `{}`: {because}",
                found.as_str().trim()
            ));
        }
    }
    wrong
}

#[test]
fn the_arrows_point_one_way() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    assert!(files.len() > 80, "only {} files were read", files.len());
    files.sort();
    let mut report = String::new();
    for file in files {
        let name = file
            .strip_prefix(&folder)
            .expect("a file of src")
            .display()
            .to_string();
        for line in faults(
            &name,
            &fs_err::read_to_string(&file).expect("a readable file"),
        ) {
            let _ = writeln!(report, "{line}");
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// An exception that nobody needs any more goes.
#[test]
fn every_exception_is_needed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (file, what, why) in EXCEPTIONS {
        let text = fs_err::read_to_string(folder.join(file)).expect("a readable file");
        let bare = bare(&text);
        let (pattern, ..) = PRIVILEGES
            .iter()
            .find(|(_, _, because)| *because == what)
            .expect("a rule");
        assert!(
            Regex::new(pattern).expect("a pattern").is_match(&bare),
            "{file}: {why}"
        );
    }
}

/// The test sees what it is there to see.
#[test]
fn a_broken_rule_is_found() {
    let said = |name: &str, text: &str| faults(name, text).join("\n");
    let nested = "use crate::messages::Text;\nuse crate::{\n    keys::Key,\n    ledger::{Event, Ledger as Book},\n};\n";
    let found = said("plan/build.rs", nested);
    assert!(
        found.starts_with("src/plan/build.rs:4: `plan` must not know `ledger`"),
        "{found}"
    );
    assert_eq!(faults("plan/build.rs", nested).len(), 2, "{found}");
    assert!(said("connector/csv.rs", "fn f(_: &crate::case::Case) {}").contains("csv.rs:1"));
    // A room whose name only begins the same is another room.
    assert_eq!(said("connector/csv.rs", "use crate::case_id::CaseId;"), "");
    assert!(
        said("execute.rs", "use crate::inventory::{System, Inventory};")
            .contains("`inventory::Inventory`")
    );
    assert_eq!(said("execute.rs", "use crate::inventory::System;"), "");
    assert!(said("find.rs", "\nfn f() { println!(\"x\") }").contains("find.rs:2"));
    assert!(said("vault.rs", "let now = Timestamp::now();").contains("what time it is"));
    assert_eq!(
        said(
            "vault.rs",
            "// Timestamp::now() would be wrong\nlet a = \"println!(\";"
        ),
        ""
    );
    assert_eq!(
        said(
            "vault.rs",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n  use crate::cli::run;\n}"
        ),
        ""
    );
}

/// A day is typed in one of two ways, whichever verb asks for it.
#[test]
fn every_flag_that_takes_a_day_reads_it_in_one_place() {
    let mut files = Vec::new();
    sources(Path::new("src/cli"), &mut files);
    let mut flags = 0;
    for file in files {
        let text = fs_err::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("#[arg(") {
            let (attribute, after) = text[at..].split_once(")]").unwrap();
            let field = after.split(",\n").next().unwrap_or_default();
            let place = file.display();
            let is_day = attribute.contains("\"DATE\"") || attribute.contains("\"DAY\"");
            // A birthday is read together with the name that it tells apart.
            if field.contains("born:") {
                continue;
            }
            assert_eq!(is_day, field.contains("Date"), "{place}: {field}");
            if is_day {
                flags += 1;
                assert!(attribute.contains("usage::day"), "{place}: {field}");
            }
        }
    }
    assert!(flags > 10, "{flags}");
}
