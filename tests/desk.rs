//! What the desk promises: work is given out once and only after a yes, a word is not called a proof, a case ends when nothing is
//! open, and what operators write down lies nowhere but in the vault.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/workspace.rs"]
mod workspace;

use std::collections::BTreeMap;
use std::io::Read as _;

use dsr::keys::Digest;
use serde_json::Value;
use workspace::{Company, Output};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

fn erase(company: &Company, writes: &str) -> Output {
    let consent = ["--identity", "letter", "--yes", "--expect", writes];
    let done = company.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    done
}

fn json(company: &Company, args: &[&str]) -> Value {
    let done = company.run(&[args, &["--format", "json"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

/// Name, state and digest of every task.
fn tasks(company: &Company) -> Vec<(String, String, String)> {
    let list = json(company, &["task", "list", "--all"]);
    let mut tasks: Vec<_> = list["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| {
            let text = |name: &str| task[name].as_str().unwrap().to_owned();
            (text("task"), text("state"), text("digest"))
        })
        .collect();
    tasks.sort();
    tasks
}

fn states(company: &Company) -> Vec<String> {
    let tasks = tasks(company).into_iter();
    tasks
        .map(|(name, state, _)| format!("{name} {state}"))
        .collect()
}

fn gaps(company: &Company, case: &str) -> Vec<String> {
    let made = json(company, &["evidence", "make", case]);
    let gaps = made["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| {
        let of = |name: &str| gap[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}", of("kind"), of("system"))
    })
    .collect()
}

/// The files of the newest bundle.
fn bundle(company: &Company) -> BTreeMap<String, Vec<u8>> {
    let mut bundles: Vec<_> = fs_err::read_dir(company.path("evidence"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    bundles.sort_by_key(|path| fs_err::metadata(path).unwrap().modified().unwrap());
    let file = fs_err::File::open(bundles.last().unwrap()).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(entry.name().unwrap().to_string(), bytes);
    }
    files
}

#[test]
fn the_same_work_is_given_out_once() {
    let company = Company::new();
    erase(&company, "4");
    let first = tasks(&company);
    assert_eq!(first.len(), 3);
    let case = company.case();
    assert_eq!(company.run(&["find", "--case", &case]).code, 0);
    erase(&company, "0");
    erase(&company, "0");
    assert_eq!(tasks(&company), first);
    // Nor is what was done asked for again.
    let done = ["task", "done", case.as_str(), "T1", "--found", "1"];
    assert_eq!(company.run(&done).code, 0);
    erase(&company, "0");
    assert_eq!(states(&company), ["T1 done", "T2 open", "T3 open"]);
}

#[test]
fn nobody_is_asked_to_destroy_anything_before_a_yes() {
    let company = Company::new();
    let planned = company.run(&[&["plan"], &ANNA[..]].concat());
    assert_eq!(planned.code, 0);
    assert_eq!(states(&company), ["T1 open"], "only the search");
    let refused = company.run(&[&["erase", "--identity", "letter"], &ANNA[..]].concat());
    assert_eq!(refused.code, 4);
    assert_eq!(states(&company), ["T1 open"]);
    erase(&company, "4");
    assert_eq!(states(&company), ["T1 open", "T2 open", "T3 open"]);
}

#[test]
fn another_address_is_another_search() {
    let company = Company::new();
    erase(&company, "4");
    let case = company.case();
    let found = company.run(&[
        "erase",
        "--case",
        &case,
        "--email",
        "anna.beispiel@example.com",
        "--same-person",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "0",
    ]);
    assert_eq!(found.code, 0, "{}", found.err);
    let states = states(&company);
    assert_eq!(
        states[0], "T1 dropped",
        "whoever looks for both does not look for one"
    );
    assert_eq!(states[3], "T4 open");
}

#[test]
fn what_is_no_longer_needed_is_dropped() {
    let company = Company::new();
    erase(&company, "4");
    let shop = rusqlite::Connection::open(company.path("shop.db")).unwrap();
    shop.execute("DELETE FROM invoices", []).unwrap();
    // A look that leaves the shop out says nothing about the shop.
    let partly = [&["erase", "--system", "newsletter"], &ANNA[..]].concat();
    company.run(&partly);
    assert_eq!(states(&company), ["T1 open", "T2 open", "T3 open"]);
    erase(&company, "0");
    assert_eq!(states(&company), ["T1 open", "T2 dropped", "T3 open"]);
    // Where nobody found anything, nothing is destroyed.
    let done = ["task", "done", &company.case(), "T1", "--found", "nothing"];
    assert_eq!(company.run(&done).code, 0);
    erase(&company, "0");
    assert_eq!(states(&company), ["T1 done", "T2 dropped", "T3 dropped"]);
}

#[test]
fn a_word_is_not_called_a_proof() {
    let company = Company::new();
    erase(&company, "4");
    let case = company.case();
    let by_hand = "searched_by_hand paper_files".to_owned();
    let before = gaps(&company, &case);
    assert!(before.contains(&by_hand), "{before:?}");
    assert!(before.contains(&"task_open shop".to_owned()), "{before:?}");
    company.write("signed.pdf", "we found two files and shredded them");
    let digest = Digest::sha256(company.read("signed.pdf").as_bytes()).hex();
    let found = company.run(&["task", "done", &case, "T1", "--found", "2"]);
    assert_eq!(found.code, 0, "{}", found.err);
    let shredded = company.run(&[
        "task",
        "done",
        &case,
        "T3",
        "--proof",
        "signed.pdf",
        "--confirmed-by-processor",
    ]);
    assert_eq!(shredded.code, 0, "{}", shredded.err);
    let after = gaps(&company, &case);
    assert!(!after.contains(&by_hand), "somebody searched: {after:?}");
    assert!(after.contains(&"task_without_proof paper_files".to_owned()));
    let files = bundle(&company);
    let statement = &files["data/statement.json"];
    let statement: Value = serde_json::from_slice(statement).unwrap();
    let tasks = statement["predicate"]["tasks"].as_array().unwrap();
    let line = |at: usize, name: &str| tasks[at][name].clone();
    assert_eq!(
        (line(0, "found"), line(0, "proof")),
        (2.into(), Value::Null)
    );
    assert_eq!(line(0, "level"), Value::Null);
    assert_eq!(
        (line(2, "proof"), line(2, "level")),
        (digest.clone().into(), "L4".into())
    );
    assert_eq!(line(1, "state"), "open");
    let cover = files.iter().find(|(name, _)| name.ends_with("cover.txt"));
    let cover = String::from_utf8(
        cover
            .or(files.iter().find(|(name, _)| name.ends_with(".html")))
            .unwrap()
            .1
            .clone(),
    )
    .unwrap();
    assert!(
        cover.contains("without proof") && cover.contains(&digest),
        "{cover}"
    );
    // Auditors verify the bundle as any other.
    let newest = format!("evidence/{case}.3.evidence.zip");
    assert_eq!(company.run(&["evidence", "verify", &newest]).code, 0);
}

#[test]
fn what_operators_write_down_lies_in_the_vault_alone() {
    const SECRETS: [&str; 4] = [
        "qx7 she cried on the telephone",
        "qx8 shredded by Mr Muster",
        "qx9 the stamped page itself",
        "qx10-anna-beispiel.pdf",
    ];
    let company = Company::new();
    erase(&company, "4");
    let case = company.case();
    company.run(&["note", &case, SECRETS[0]]);
    company.write(SECRETS[3], SECRETS[2]);
    let args = [
        "task", "done", &case, "T1", "--found", "1", "--note", SECRETS[1], "--proof", SECRETS[3],
    ];
    let done = company.run(&args);
    assert_eq!(done.code, 0, "{}", done.err);
    fs_err::remove_file(company.path(SECRETS[3])).unwrap();
    company.run(&["evidence", "make", &case]);
    company.run(&["task", "remind"]);
    let audit = company.run(&["audit", "log", "--format", "json"]);
    let mut texts: Vec<(String, Vec<u8>)> = vec![("audit log".into(), audit.out.into_bytes())];
    let shown = company.run(&["case", "show", &case, "--format", "json"]);
    texts.push(("case show --format json".into(), shown.out.into_bytes()));
    texts.extend(bundle(&company));
    for name in ["ledger.db", "ledger.db-wal", "vault.db", "vault.db-wal"] {
        if let Ok(bytes) = fs_err::read(company.path(&format!(".dsr/{name}"))) {
            texts.push((name.to_owned(), bytes));
        }
    }
    for (place, bytes) in &texts {
        for secret in SECRETS {
            let there = memchr::memmem::find(bytes, secret.as_bytes());
            assert!(there.is_none(), "{secret} in {place}");
        }
    }
    // And it is there for those who may read it.
    let notes = company.run(&["note", &case, "--list"]).out;
    assert!(
        notes.contains(SECRETS[0]) && notes.contains(SECRETS[1]),
        "{notes}"
    );
}

#[test]
fn reminders_name_nobody_unless_told_to() {
    let company = Company::new();
    erase(&company, "4");
    let plain = company.run(&["task", "remind", "--format", "json"]);
    assert!(!plain.out.contains("anna"), "{}", plain.out);
    let named = company.run(&["task", "remind", "--with-identities"]);
    assert!(named.out.contains("anna@example.org"), "{}", named.out);
    let list = json(&company, &["task", "list"]);
    assert!(list["tasks"][0]["reminded_at"].is_string());
    // Cron asks every day; the exit code says when somebody has to act.
    assert_eq!(company.run(&["task", "remind"]).code, 0);
    assert_eq!(
        company
            .run(&["task", "remind", "--due-within", "P14D"])
            .code,
        6
    );
}

#[test]
fn only_what_is_near_is_a_reason_for_alarm() {
    let company = Company::with("days: 14", "days: 1");
    erase(&company, "4");
    let soon = company.run(&["task", "remind", "--due-within", "P2D"]);
    assert_eq!(soon.code, 6);
    assert!(soon.out.contains("paper_files"), "{}", soon.out);
    assert!(!soon.out.contains("shop"), "{}", soon.out);
}

#[test]
fn a_closed_case_stays_closed_and_the_next_request_is_a_new_one() {
    let company = Company::new();
    erase(&company, "4");
    let case = company.case();
    let close = ["case", "close", case.as_str()];
    assert_eq!(company.run(&close).code, 4, "tasks are open");
    for (task, found) in [("T1", Some("nothing")), ("T2", None)] {
        let mut args = vec!["task", "done", case.as_str(), task];
        args.extend(found.into_iter().flat_map(|found| ["--found", found]));
        assert_eq!(company.run(&args).code, 0);
    }
    assert_eq!(company.run(&close).code, 0);
    let statement = &bundle(&company)["data/statement.json"];
    let statement: Value = serde_json::from_slice(statement).unwrap();
    assert_eq!(statement["predicate"]["closed"], true);
    assert!(statement["predicate"]["answered"].is_string());
    for args in [
        vec!["task", "done", &case, "T2"],
        vec!["erase", "--case", &case],
        vec!["case", "close", &case],
    ] {
        assert_eq!(company.run(&args).code, 2, "{args:?}");
    }
    assert_eq!(company.run(&["evidence", "make", &case]).code, 0);
    erase(&company, "0");
    let cases = json(&company, &["case", "list", "--all"]);
    let cases = cases["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    let closed: Vec<&Value> = cases.iter().map(|case| &case["closed_as"]).collect();
    assert!(closed.contains(&&Value::from("answered")) && closed.contains(&&Value::Null));
    assert_eq!(company.run(&["audit", "log", "--verify"]).code, 0);
}

#[test]
fn a_case_does_not_end_in_the_middle_of_a_plan() {
    let company = Company::new();
    company.run(&[&["plan", "--identity", "letter"], &ANNA[..]].concat());
    let case = company.case();
    company.run(&["task", "done", &case, "T1", "--found", "nothing"]);
    for how in ["answered", "nothing_found"] {
        let closed = company.run(&["case", "close", &case, "--how", how]);
        assert_eq!(closed.code, 4, "{how}: {}", closed.err);
        assert!(closed.err.contains("E929"));
    }
    // Killed right after the yes, the plan is unfinished whatever the person says by then; and the yes and its tasks are one commit.
    let mut killed = company.command(env!("CARGO_BIN_EXE_dsr"));
    let args = [&["erase", "--yes", "--expect", "4"], &ANNA[..]].concat();
    let killed = killed.args(args).env("DSR_TEST_KILL_AFTER", "3").output();
    assert_eq!(killed.unwrap().status.code(), None, "it was to be killed");
    assert_eq!(states(&company), ["T1 done", "T2 open"]);
    let refused = company.run(&["case", "close", &case, "--how", "refused"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    let gone_on = company.run(&["apply", &case]);
    assert_eq!(gone_on.code, 0, "{}", gone_on.err);
    assert_eq!(states(&company), ["T1 done", "T2 open"]);
    assert_eq!(company.run(&["task", "done", &case, "T2"]).code, 0);
    assert_eq!(company.run(&["case", "close", &case]).code, 0);
}
