//! What opens a bundle: one record shown so that an auditor can check it with stock tools, all of it encrypted to recipients, and its
//! end with the case.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "verifier/page.rs"]
mod page;
#[path = "support/workspace.rs"]
mod workspace;

use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use dsr::keys::Digest;
use rusqlite::Connection;
use serde_json::{Value, json};
use workspace::{Company, Output};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
/// Nothing of these may be left of the person.
const PERSONAL: [&str; 4] = ["anna@example.org", "Anna Beispiel", "Köln", "gift for Bert"];

/// A company whose invoices need not be kept any more, with Anna erased.
fn erased() -> (Company, String) {
    let company = Company::with(
        "keep: P8Y, start: eoy(issued_on), kind: min, because: \"§147 AO\"",
        "keep: P1D, start: eoy(issued_on), kind: max, reason: \"a day\"",
    );
    let consent = ["--identity", "letter", "--yes", "--expect", "5"];
    let done = company.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    let case = company.case();
    (company, case)
}

fn closed() -> (Company, String) {
    let (company, case) = erased();
    ok(
        &company,
        &["note", &case, "Answer by letter to Anna Beispiel."],
    );
    ok(
        &company,
        &["task", "done", &case, "T1", "--found", "nothing"],
    );
    ok(&company, &["case", "close", &case]);
    (company, case)
}

fn ok(company: &Company, args: &[&str]) -> Output {
    let done = company.run(args);
    assert_eq!(done.code, 0, "{args:?}\n{}\n{}", done.out, done.err);
    done
}

fn json(company: &Company, args: &[&str]) -> Value {
    let done = ok(company, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&done.out).unwrap()
}

/// Ends with this code and says this code of an error.
#[track_caller]
fn refused(company: &Company, args: &[&str], exit: i32, code: &str) -> String {
    let done = company.run(args);
    assert_eq!(done.code, exit, "{args:?}\n{}\n{}", done.out, done.err);
    assert!(done.err.contains(code), "{code}: {}", done.err);
    done.err
}

fn events(company: &Company, kind: &str) -> Vec<Value> {
    let log = json(company, &["audit", "log"]);
    let events = log["events"].as_array().unwrap().iter();
    events
        .map(|stored| stored["event"].clone())
        .filter(|event| event["event"] == kind)
        .collect()
}

fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok()
        || Command::new(program).arg("version").output().is_ok();
    if !there {
        assert!(
            std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
            "{program}"
        );
        eprintln!("skipped: needs {program}");
    }
    there
}

fn shell(script: &str) -> String {
    let done = Command::new("bash").args(["-e", "-c", script]).output();
    let done = done.unwrap();
    assert!(done.status.success(), "{script}\n{done:?}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

fn bundle(company: &Company, case: &str, number: u32) -> PathBuf {
    let path = match number {
        1 => format!("evidence/{case}.evidence.zip"),
        number => format!("evidence/{case}.{number}.evidence.zip"),
    };
    company.path(&path)
}

fn file_of(bundle: &PathBuf, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(fs_err::File::open(bundle).unwrap()).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn one_record_is_shown_with_what_an_auditor_needs_and_nothing_of_the_others() {
    let (company, case) = erased();
    let bundle = bundle(&company, &case, 1);
    let lines: Vec<String> = file_of(&bundle, "data/records.jsonl")
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(lines.len(), 5);
    let statement: Value = serde_json::from_str(&file_of(&bundle, "data/statement.json")).unwrap();
    let root = &statement["predicate"]["records"]["merkleRoot"];
    let all: Vec<Value> = (0..lines.len())
        .map(|seq| json(&company, &["evidence", "reveal", &case, &seq.to_string()]))
        .collect();
    for (seq, shown) in all.iter().enumerate() {
        assert_eq!(shown["line"], lines[seq]);
        assert_eq!((&shown["merkle_root"], &shown["lines"]), (root, &json!(5)));
        let line: Value = serde_json::from_str(&lines[seq]).unwrap();
        let committed = line["_sd"].as_array().unwrap();
        let disclosures = shown["disclosures"].as_array().unwrap();
        let names: Vec<_> = disclosures.iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, ["record", "key", "categories"]);
        // Whoever sees one record sees nothing that opens another.
        for (other, elsewhere) in all.iter().enumerate().filter(|(other, _)| *other != seq) {
            let text = shown.to_string();
            for one in elsewhere["disclosures"].as_array().unwrap() {
                let disclosure = one["disclosure"].as_str().unwrap();
                assert!(!text.contains(disclosure), "{seq} shows {other}");
                if one["name"] == "record" {
                    assert!(!text.contains(one["value"].as_str().unwrap()));
                }
            }
        }
        if !has("openssl") || !has("xxd") {
            continue;
        }
        for one in disclosures {
            let digest = shell(one["command"].as_str().unwrap());
            assert_eq!(digest, one["digest"].as_str().unwrap());
            assert!(committed.contains(&json!(digest)), "{digest}");
            let disclosure = one["disclosure"].as_str().unwrap();
            let plain = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(disclosure);
            let opened: Value = serde_json::from_slice(&plain.unwrap()).unwrap();
            assert_eq!((&opened[1], &opened[2]), (&one["name"], &one["value"]));
        }
        assert_eq!(
            shell(shown["script"].as_str().unwrap()),
            root.as_str().unwrap()
        );
        // The same script over another line leads elsewhere.
        let forged = shown["script"]
            .as_str()
            .unwrap()
            .replace("\"removed\"", "\"retained\"");
        assert_ne!(shell(&forged), root.as_str().unwrap());
    }
    // By its key, and by its name in the ledger.
    let customer = json(&company, &["evidence", "reveal", &case, "shop.customers:2"]);
    assert_eq!(customer["disclosures"][1]["value"], json!(["2"]));
    let name = customer["disclosures"][0]["value"].as_str().unwrap();
    let again = json(&company, &["evidence", "reveal", &case, name]);
    assert_eq!(again["line"], customer["line"]);

    let shown = events(&company, "disclosed");
    assert_eq!(shown.len(), 7);
    assert!(shown.iter().all(|event| event["records"] == 1
        && event["recipients"] == json!([])
        && event["bundle"] == customer["bundle"]));
    for wrong in [
        "5",
        "shop.customers:3",
        "shop.customers",
        "anna@example.org",
        &"0".repeat(64),
    ] {
        refused(&company, &["evidence", "reveal", &case, wrong], 2, "E691");
    }
    assert_eq!(events(&company, "disclosed").len(), 7, "nothing was shown");
}

#[test]
fn what_the_screen_shows_can_be_pasted() {
    if !has("openssl") || !has("xxd") {
        return;
    }
    let (company, case) = erased();
    let screen = ok(&company, &["evidence", "reveal", &case, "3"]).out;
    let commands: Vec<&str> = screen
        .lines()
        .filter_map(|line| line.strip_prefix("  printf %s"))
        .collect();
    assert_eq!(commands.len(), 3, "{screen}");
    for command in commands {
        let digest = shell(&format!("printf %s{command}"));
        assert!(
            screen.contains(&format!("\"{digest}\"")),
            "{digest} is in the line"
        );
    }
    let script: String = screen
        .lines()
        .skip_while(|line| !line.starts_with("  line='"))
        .take_while(|line| line.starts_with("  "))
        .map(|line| format!("{line}\n"))
        .collect();
    let root = shell(&script);
    assert!(screen.lines().last().unwrap().ends_with(&root), "{screen}");
}

#[test]
fn an_earlier_bundle_is_opened_too_and_a_foreign_one_is_not() {
    let (company, case) = erased();
    ok(&company, &["evidence", "make", &case]);
    let first = bundle(&company, &case, 1);
    let shown = |file: &str| {
        json(
            &company,
            &["evidence", "reveal", &case, "2", "--bundle", file],
        )
    };
    let elsewhere = company.path("elsewhere.zip");
    fs_err::rename(&first, &elsewhere).unwrap();
    let old = shown(elsewhere.to_str().unwrap());
    assert_ne!(
        old["bundle"],
        json(&company, &["evidence", "reveal", &case, "2"])["bundle"]
    );

    let (other, _) = erased();
    let foreign = bundle(&other, &other.case(), 1);
    let args = [
        "evidence",
        "reveal",
        &case,
        "2",
        "--bundle",
        foreign.to_str().unwrap(),
    ];
    refused(&company, &args, 2, "E694");
    // The file was put in the place of the latest.
    fs_err::copy(&elsewhere, bundle(&company, &case, 2)).unwrap();
    refused(&company, &["evidence", "reveal", &case, "2"], 2, "E694");
    fs_err::remove_file(bundle(&company, &case, 2)).unwrap();
    refused(&company, &["evidence", "reveal", &case, "2"], 1, "E700");
}

fn disclose<'a>(case: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["evidence", "disclose", case], more].concat()
}

#[test]
fn recipients_and_nobody_else_open_the_disclosures() {
    if !has("age") || !has("age-keygen") {
        return;
    }
    let (company, case) = erased();
    let key = |name: &str| {
        let file = company.path(name);
        let made = Command::new("age-keygen")
            .arg("-o")
            .arg(&file)
            .output()
            .unwrap();
        let said = String::from_utf8(made.stderr).unwrap();
        let public = said.split_whitespace().last().unwrap().to_owned();
        (file, public)
    };
    let (dpo, public) = key("dpo.txt");
    let (stranger, _) = key("stranger.txt");
    refused(&company, &disclose(&case, &[]), 2, "E695");
    let said = refused(
        &company,
        &disclose(&case, &["--recipient", &public]),
        4,
        "E696",
    );
    assert!(
        said.contains("its key in its system") && said.contains("5 records"),
        "{said}"
    );
    let german = company.run(&disclose(&case, &["--recipient", &public, "--lang", "de"]));
    assert!(
        german.err.contains("zu jedem der 5 Datensätze"),
        "{}",
        german.err
    );
    let path = company.path(&format!("evidence/{case}.disclosures.age"));
    assert!(!path.exists() && events(&company, "disclosed").is_empty());

    let inventory =
        company.read("dsr.yaml") + &format!("evidence: {{ recipients: {{ dpo: {public} }} }}\n");
    company.write("dsr.yaml", &inventory);
    let made = json(&company, &disclose(&case, &["--recipient", "dpo", "--yes"]));
    let fingerprint = Digest::sha256(public.as_bytes());
    assert_eq!(
        made["recipients"],
        json!([{ "name": "dpo", "fingerprint": fingerprint }])
    );
    let event = &events(&company, "disclosed")[0];
    assert_eq!(
        (&event["records"], &event["recipients"]),
        (&json!(5), &json!([fingerprint]))
    );

    let open = |key: &PathBuf| {
        Command::new("age")
            .arg("-d")
            .arg("-i")
            .arg(key)
            .arg(&path)
            .output()
            .unwrap()
    };
    assert!(!open(&stranger).status.success());
    let plain = String::from_utf8(open(&dpo).stdout).unwrap();
    let lines: Vec<Value> = plain
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["bundle"], made["bundle"]);
    assert_eq!((lines.len(), &lines[0]["records"]), (6, &json!(5)));
    for (seq, line) in lines[1..].iter().enumerate() {
        let shown = json(&company, &["evidence", "reveal", &case, &seq.to_string()]);
        let own: Vec<&Value> = shown["disclosures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["disclosure"])
            .collect();
        assert_eq!(line["seq"], seq);
        assert_eq!(
            line["disclosures"]
                .as_array()
                .unwrap()
                .iter()
                .collect::<Vec<_>>(),
            own
        );
    }
    refused(
        &company,
        &disclose(&case, &["--recipient", "dpo", "--yes"]),
        2,
        "E699",
    );
    refused(
        &company,
        &disclose(&case, &["--recipient", "age1nobody", "--yes"]),
        2,
        "E806",
    );
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(
        fs_err::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    company.write("dsr.yaml", &inventory.replace(&public, "age1nobody"));
    refused(&company, &["case", "list"], 2, "E690");
}

/// Every byte of the databases and what lies beside them.
fn raw(company: &Company) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in fs_err::read_dir(company.path(".dsr")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            out.push((path.display().to_string(), fs_err::read(&path).unwrap()));
        }
    }
    out
}

fn holds(files: &[(String, Vec<u8>)], part: &[u8]) -> bool {
    let finder = memchr::memmem::Finder::new(part);
    files.iter().any(|(_, bytes)| finder.find(bytes).is_some())
}

/// What lies sealed in the vault for a case: wrapped key and items.
fn sealed(company: &Company, case: &str) -> Vec<Vec<u8>> {
    let vault = Connection::open(company.path(".dsr/vault.db")).unwrap();
    let mut out = Vec::new();
    for sql in [
        "SELECT wrapped FROM case_key WHERE case_id = ?1",
        "SELECT sealed FROM item WHERE owner = ?1",
    ] {
        let mut read = vault.prepare(sql).unwrap();
        let rows = read.query_map([case], |row| row.get(0)).unwrap();
        out.extend(rows.map(Result::unwrap));
    }
    out
}

#[test]
fn a_purge_leaves_proof_and_nothing_personal() {
    let (company, case) = closed();
    let blobs = sealed(&company, &case);
    assert!(blobs.len() > 8, "{}", blobs.len());
    // What lies over the edge of a page is in two pieces, and is not looked for.
    let before = raw(&company);
    let parts: Vec<&[u8]> = blobs
        .iter()
        .map(|blob| &blob[blob.len().saturating_sub(40)..])
        .filter(|part| holds(&before, part))
        .collect();
    assert!(parts.len() * 4 > blobs.len() * 3, "the trap is set");
    company.write(
        &format!("evidence/{case}.2.disclosures.age"),
        "sealed to somebody",
    );
    company.write("evidence/2026-ZZZZZZ.disclosures.age", "of another case");

    let said = refused(&company, &["case", "purge", &case, "--yes"], 4, "E697");
    assert!(said.contains("it is kept until"), "{said}");
    let early = [
        "case",
        "purge",
        &case,
        "--early",
        "--reason",
        "authority_order",
    ];
    refused(&company, &early, 4, "E696");
    refused(
        &company,
        &["case", "purge", &case, "--early", "--yes"],
        2,
        "--reason",
    );
    refused(
        &company,
        &[
            "case",
            "purge",
            &case,
            "--early",
            "--reason",
            "because Anna asked",
            "--yes",
        ],
        2,
        "E834",
    );
    assert_eq!(
        sealed(&company, &case).len(),
        blobs.len(),
        "nothing was done"
    );

    let done = ok(&company, &[&early[..], &["--yes"]].concat());
    assert!(
        done.err.contains("What remains: the events of the case"),
        "{}",
        done.err
    );
    let after = raw(&company);
    assert!(sealed(&company, &case).is_empty());
    for (name, blob) in parts.iter().enumerate() {
        assert!(!holds(&after, blob), "item {name} is still in the file");
    }
    for word in PERSONAL {
        assert!(!holds(&after, word.as_bytes()), "{word}");
    }
    let own = company.path(&format!("evidence/{case}.2.disclosures.age"));
    assert!(
        !own.exists()
            && company
                .path("evidence/2026-ZZZZZZ.disclosures.age")
                .exists()
    );

    // What proves the case is whole; what opened it is gone.
    let mut page = page::Page::open("en");
    if let Some(page) = &mut page {
        page.trust(&company.path(".dsr/keys/seal.cert.pem"));
    }
    for number in [1, 2] {
        let bundle = bundle(&company, &case, number);
        ok(&company, &["evidence", "verify", bundle.to_str().unwrap()]);
        if let Some(page) = &mut page {
            assert_eq!(page.verify(&bundle), ("valid".to_owned(), vec![]));
        }
    }
    let said = refused(&company, &["evidence", "reveal", &case, "0"], 2, "E832");
    assert!(said.contains("was destroyed"), "{said}");
    refused(
        &company,
        &["evidence", "disclose", &case, "--yes"],
        2,
        "E695",
    );
    refused(&company, &["evidence", "make", &case], 2, "E832");
    let show = ok(&company, &["case", "show", &case]);
    assert!(
        show.out.contains("destroyed EARLY by op: authority_order"),
        "{}",
        show.out
    );
    assert!(
        show.err.contains("which still verify and name nobody"),
        "{}",
        show.err
    );
    let shown = json(&company, &["case", "show", &case]);
    assert_eq!(shown["purged"]["reason"], "authority_order");
    let event = &events(&company, "case_purged")[0];
    assert_eq!(
        (&event["early"], &event["reason"]),
        (&json!(true), &json!("authority_order"))
    );
    assert!(
        ok(&company, &["audit", "log"])
            .out
            .contains("authority_order")
    );
    // Everything that lists cases goes on.
    for args in [
        &["case", "list", "--all"][..],
        &["task", "list", "--all"],
        &["export", "--list"],
        &["note", &case, "--list"],
    ] {
        ok(&company, args);
    }
    let again = ok(&company, &["case", "purge", &case, "--yes"]);
    assert!(
        again.err.contains("The case was purged on"),
        "{}",
        again.err
    );
    assert_eq!(events(&company, "case_purged").len(), 1);
}

#[test]
fn what_has_to_be_erased_one_day_is_known_without_the_case() {
    let company = Company::new();
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    assert_eq!(
        company
            .run(&[&["erase"], &ANNA[..], &consent[..]].concat())
            .code,
        0
    );
    let case = company.case();
    let early = [
        "case", "purge", &case, "--early", "--reason", "test", "--yes",
    ];
    let said = refused(&company, &early, 4, "E697");
    assert!(said.contains("it is not closed"), "{said}");
    assert!(!sealed(&company, &case).is_empty());
    let open = json(&company, &["task", "list", "--case", &case]);
    for task in open["tasks"].as_array().unwrap() {
        let task = task["task"].as_str().unwrap();
        let found: &[&str] = if task == "T1" { &["--found", "1"] } else { &[] };
        ok(&company, &[&["task", "done", &case, task], found].concat());
    }
    ok(&company, &["case", "close", &case]);
    // A workspace of before, in which nothing lay apart from the case.
    let vault = Connection::open(company.path(".dsr/vault.db")).unwrap();
    assert_eq!(vault.execute("DELETE FROM deferred", []).unwrap(), 1);
    drop(vault);
    let said = ok(&company, &early).err;
    assert!(
        said.contains("Records that are to be erased later: 1"),
        "{said}"
    );
    assert!(sealed(&company, &case).is_empty());
    let files = raw(&company);
    for word in PERSONAL {
        assert!(!holds(&files, word.as_bytes()), "{word}");
    }
    let left = json(&company, &["hold", "list", "--deferred"]);
    let [row] = &left["records"].as_array().unwrap()[..] else {
        panic!("{left}");
    };
    assert_eq!(
        (&row["object"], &row["until"], &row["case"]),
        (&json!("invoices"), &json!("2033-12-31"), &json!(case))
    );
}

#[test]
fn a_purge_that_was_killed_is_completed_by_the_next_command() {
    for (when, purged) in [
        ("DSR_TEST_KILL_BEFORE", false),
        ("DSR_TEST_KILL_AFTER", true),
    ] {
        let (company, case) = closed();
        let blobs = sealed(&company, &case);
        let killed = company
            .command(env!("CARGO_BIN_EXE_dsr"))
            .args([
                "case", "purge", &case, "--early", "--reason", "test", "--yes",
            ])
            .env(when, "1")
            .output()
            .unwrap();
        assert_eq!(killed.status.code(), None, "{killed:?}");
        assert_eq!(sealed(&company, &case).len(), blobs.len(), "{when}");
        ok(&company, &["case", "list"]);
        let left = sealed(&company, &case).len();
        assert_eq!(left, if purged { 0 } else { blobs.len() }, "{when}");
        assert_eq!(events(&company, "case_purged").len(), usize::from(purged));
        let files = raw(&company);
        let key = &blobs[0];
        assert_eq!(holds(&files, key), !purged, "{when}");
        // No note of it is left.
        let vault = Connection::open(company.path(".dsr/vault.db")).unwrap();
        let notes: u32 = vault
            .query_row(
                "SELECT count(*) FROM item WHERE name LIKE '%purge%'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(notes, 0, "{when}");
    }
}

/// Most memory that a run had, in KiB.
fn peak(company: &Company, args: &[&str]) -> (i32, u64) {
    let mut running = company
        .command(env!("CARGO_BIN_EXE_dsr"))
        .args(args)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", running.id());
    let mut peak = 0;
    loop {
        let text = fs_err::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = now.unwrap_or(0).max(peak);
        if let Some(ended) = running.try_wait().unwrap() {
            return (ended.code().unwrap(), peak);
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// A bundle of very many lines is read as a stream: it costs as much memory as a small one.
#[cfg(target_os = "linux")]
#[test]
fn one_line_among_very_many_costs_no_memory() {
    use std::io::Write as _;
    const LINES: u64 = 120_000;
    let (company, case) = erased();
    let own = bundle(&company, &case, 1);
    let big = company.path("big.zip");
    let mut zip = zip::ZipWriter::new(fs_err::File::create(&big).unwrap());
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut tree = dsr::evidence::merkle::Tree::default();
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.etsi.asic-e+zip").unwrap();
    zip.start_file("data/records.jsonl", stored).unwrap();
    let filling = "0".repeat(500);
    for seq in 0..LINES {
        let line =
            format!("{{\"_sd\":[],\"object\":\"{filling}\",\"seq\":{seq},\"system\":\"shop\"}}");
        tree.push(line.as_bytes());
        zip.write_all(line.as_bytes()).unwrap();
        zip.write_all(b"\n").unwrap();
    }
    let mut statement: Value = serde_json::from_str(&file_of(&own, "data/statement.json")).unwrap();
    statement["predicate"]["records"]["count"] = json!(LINES);
    statement["predicate"]["records"]["merkleRoot"] = json!(tree.root());
    for (name, text) in [
        ("data/statement.json", statement.to_string()),
        (
            "META-INF/ASiCManifest001.xml",
            file_of(&own, "META-INF/ASiCManifest001.xml"),
        ),
    ] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    assert!(fs_err::metadata(&big).unwrap().len() > 60 << 20);

    let line = dsr::evidence::reveal::line(&big, LINES - 1).unwrap();
    assert_eq!(
        (line.seq, line.count, line.root),
        (LINES - 1, LINES, tree.root())
    );
    let (code, small) = peak(&company, &["evidence", "reveal", &case, "0"]);
    assert_eq!(code, 0);
    // The list names the bundle, so this is the bundle's id; its lines are not those that the vault opens.
    let args = [
        "evidence",
        "reveal",
        &case,
        "77777",
        "--bundle",
        big.to_str().unwrap(),
    ];
    let (code, large) = peak(&company, &args);
    assert_eq!(code, 1, "E693");
    assert!(large < small + 12 * 1024, "{small} KiB, then {large} KiB");
}
