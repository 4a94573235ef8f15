//! Copies of a workspace, put back and stolen: what a backup holds and does not, what is purged again, what a thief reads with the key
//! and without it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "support/workspace.rs"]
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use age::secrecy::ExposeSecret as _;
use rusqlite::Connection;
use serde_json::Value;
use workspace::{Company, Output};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
/// What is known of the person in the systems and the letter.
const PERSONAL: [&str; 5] = [
    "anna@example.org",
    "Anna Beispiel",
    "Köln",
    "gift for Bert",
    "4711",
];

/// A key of age: the public part, and the file with the secret one, which lies outside of the workspace.
fn key(company: &Company, name: &str) -> (String, PathBuf) {
    let secret = age::x25519::Identity::generate();
    let file = company.path(&format!("../{name}.key"));
    let text = format!("# backup\n{}\n", secret.to_string().expose_secret());
    fs_err::write(&file, text).unwrap();
    (secret.to_public().to_string(), file)
}

#[track_caller]
fn ok(company: &Company, args: &[&str]) -> Output {
    let done = company.run(args);
    assert_eq!(done.code, 0, "{args:?}\n{}\n{}", done.out, done.err);
    done
}

#[track_caller]
fn refused(company: &Company, args: &[&str], exit: i32, code: &str) -> String {
    let done = company.run(args);
    assert_eq!(done.code, exit, "{args:?}\n{}\n{}", done.out, done.err);
    assert!(done.err.contains(code), "{code}: {}", done.err);
    done.err
}

fn json(company: &Company, args: &[&str]) -> Value {
    let done = ok(company, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&done.out).unwrap()
}

fn events(company: &Company, kind: &str) -> Vec<Value> {
    let log = json(company, &["audit", "log"]);
    let events = log["events"].as_array().unwrap().iter();
    let events = events.map(|stored| stored["event"].clone());
    events.filter(|event| event["event"] == kind).collect()
}

/// Anna erased, a note written about her, and the case closed.
fn closed() -> (Company, String) {
    let company = Company::new();
    let rest = ["--identity", "letter", "--yes", "--expect", "4"];
    ok(&company, &[&["erase"], &ANNA[..], &rest[..]].concat());
    let case = company.case();
    ok(
        &company,
        &["note", &case, "Answer by letter to Anna Beispiel, Köln."],
    );
    let tasks = json(&company, &["task", "list"]);
    for task in tasks["tasks"].as_array().unwrap() {
        let name = task["task"].as_str().unwrap();
        let found: &[&str] = if name == "T1" { &["--found", "1"] } else { &[] };
        ok(&company, &[&["task", "done", &case, name], found].concat());
    }
    ok(&company, &["case", "close", &case]);
    (company, case)
}

fn purge(company: &Company, case: &str) -> Output {
    let early = ["--early", "--reason", "authority_order", "--yes"];
    ok(company, &[&["case", "purge", case], &early[..]].concat())
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs_err::copy(entry.path(), &to).unwrap()),
        }
    }
    let rights = fs_err::metadata(from).unwrap().permissions();
    fs_err::set_permissions(to, rights).unwrap();
}

/// Every byte of the files in a folder and below.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(bytes(&path)),
            false => all.extend(fs_err::read(&path).unwrap()),
        }
    }
    all
}

#[track_caller]
fn nothing_of_her(bytes: &[u8]) {
    for word in PERSONAL.iter().filter(|word| word.len() > 4) {
        let found = memchr::memmem::find(bytes, word.as_bytes());
        assert!(found.is_none(), "{word}");
    }
}

fn backup(company: &Company, to: &str, more: &[&str]) -> PathBuf {
    let file = company.path("../copy.tar.age");
    let name = file.display().to_string();
    ok(company, &[&["backup", &name, "--to", to], more].concat());
    file
}

#[test]
fn a_backup_opens_with_stock_tools_and_holds_ledger_vault_and_keys() {
    let (company, _) = closed();
    let (to, identity) = key(&company, "mine");
    let file = backup(&company, &to, &[]);
    nothing_of_her(&fs_err::read(&file).unwrap());
    let made = events(&company, "backup_made");
    assert_eq!(made.len(), 1);
    assert!(!made[0].to_string().contains("copy.tar"), "no path");
    assert!(!made[0].to_string().contains(&to), "a fingerprint, no key");
    // Nothing is left of the making.
    let left: Vec<_> = fs_err::read_dir(company.path(".dsr")).unwrap().collect();
    let left = left.into_iter().map(|one| one.unwrap().file_name());
    assert!(
        left.into_iter()
            .all(|name| !name.to_string_lossy().starts_with("backup-"))
    );
    if Command::new("age").arg("--version").output().is_err() {
        eprintln!("skipped: needs age");
        return;
    }
    let into = company.path("../unpacked");
    fs_err::create_dir(&into).unwrap();
    let script = format!(
        "age -d -i {} {} | tar -xf - -C {}",
        identity.display(),
        file.display(),
        into.display()
    );
    let done = Command::new("bash")
        .args(["-e", "-o", "pipefail", "-c", &script])
        .output();
    let done = done.unwrap();
    assert!(done.status.success(), "{done:?}");
    for name in ["backup.json", "ledger.db", "vault.db", "keys/workspace.key"] {
        assert!(into.join(name).exists(), "{name}");
    }
    let ledger = Connection::open(into.join("ledger.db")).unwrap();
    let check: String = ledger
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    let count: u32 = ledger
        .query_row("SELECT count(*) FROM event", [], |row| row.get(0))
        .unwrap();
    assert_eq!(made[0]["head"]["count"], count);
}

#[test]
fn a_backup_is_never_written_over_anything_or_to_nobody() {
    let company = Company::new();
    let (to, _) = key(&company, "mine");
    refused(&company, &["backup", "a.age"], 2, "E641");
    refused(
        &company,
        &["backup", "a.age", "--to", "age1nobody"],
        2,
        "E806",
    );
    company.write("there", "mine");
    refused(&company, &["backup", "there", "--to", &to], 2, "E642");
    assert_eq!(company.read("there"), "mine");
    let past = ["backup", "a.age", "--to", &to, "--until", "2020-01-01"];
    refused(&company, &past, 2, "E645");
    assert!(!company.path("a.age").exists());
    assert!(events(&company, "backup_made").is_empty());
    // Within the workspace it is written and warned of; others cannot read it.
    let done = ok(&company, &["backup", "a.age", "--to", &to]);
    assert!(done.err.contains("W362"), "{}", done.err);
    let mode = fs_err::metadata(company.path("a.age"))
        .unwrap()
        .permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600
    );
}

#[test]
fn a_restore_brings_back_what_was_and_asks_before_it_writes() {
    let (company, case) = closed();
    let (to, identity) = key(&company, "mine");
    let file = backup(&company, &to, &[]);
    let (file, identity) = (file.display().to_string(), identity.display().to_string());
    let restore = ["backup", "--restore", &file, "--identity", &identity];
    // Never over what is there.
    refused(&company, &restore, 2, "E637");
    fs_err::rename(company.path(".dsr"), company.path("../lost")).unwrap();
    let (_, other) = key(&company, "other");
    let other = other.display().to_string();
    refused(
        &company,
        &["backup", "--restore", &file, "--identity", &other],
        2,
        "E638",
    );
    refused(
        &company,
        &["backup", "--restore", &file, "--identity", &file],
        2,
        "E644",
    );
    refused(
        &company,
        &["backup", "--restore", "dsr.yaml", "--identity", &identity],
        2,
        "E638",
    );
    assert!(!company.path(".dsr").exists());
    // The backup's own event is not in it, so this account knows of more.
    let done = company.run(&restore);
    assert_eq!(done.code, 4, "{}", done.err);
    assert!(done.err.contains("audit adopt"), "{}", done.err);
    refused(&company, &[&["find"], &ANNA[..]].concat(), 2, "E634");
    ok(&company, &["audit", "adopt", "--reason", "the disk failed"]);
    ok(&company, &["audit", "log", "--verify"]);
    let notes = json(&company, &["note", &case, "--list"]);
    assert!(notes.to_string().contains("Köln"), "{notes}");
    let mode = fs_err::metadata(company.path(".dsr"))
        .unwrap()
        .permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o077, 0);
}

#[test]
fn a_damaged_foreign_or_cut_backup_writes_nothing() {
    let (company, _) = closed();
    let (to, identity) = key(&company, "mine");
    let file = backup(&company, &to, &[]);
    let whole = fs_err::read(&file).unwrap();
    fs_err::rename(company.path(".dsr"), company.path("../lost")).unwrap();
    let identity = identity.display().to_string();
    let bad = company.path("../bad.age");
    let name = bad.display().to_string();
    let restore = ["backup", "--restore", &name, "--identity", &identity];
    for cut in [whole.len() / 2, whole.len() - 1, 200] {
        fs_err::write(&bad, &whole[..cut]).unwrap();
        let done = company.run(&restore);
        assert_eq!(done.code, 2, "{cut}: {}", done.err);
        assert!(!company.path(".dsr").exists(), "{cut}");
    }
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs_err::write(&bad, &flipped).unwrap();
    refused(&company, &restore, 2, "E639");
    // Another workspace's, encrypted to the same person.
    let neighbour = Company::new();
    let theirs = neighbour.path("../theirs.age").display().to_string();
    ok(&neighbour, &["backup", &theirs, "--to", &to]);
    refused(
        &company,
        &["backup", "--restore", &theirs, "--identity", &identity],
        2,
        "E640",
    );
    assert!(!company.path(".dsr").exists());
    let left = fs_err::read_dir(company.path("")).unwrap();
    let left: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().starts_with(".dsr-restore")),
        "{left:?}"
    );
}

#[test]
fn what_was_purged_since_is_purged_again_however_the_old_files_came_back() {
    for by_hand in [false, true] {
        let (company, case) = closed();
        let (to, identity) = key(&company, "mine");
        let file = backup(&company, &to, &[]);
        copy(&company.path(".dsr"), &company.path("../old"));
        purge(&company, &case);
        fs_err::rename(company.path(".dsr"), company.path("../lost")).unwrap();
        if by_hand {
            // The head and one of the two lists are gone as well.
            fs_err::remove_dir_all(company.path("../state")).unwrap();
            copy(&company.path("../old"), &company.path(".dsr"));
        } else {
            let (file, identity) = (file.display().to_string(), identity.display().to_string());
            let done = company.run(&["backup", "--restore", &file, "--identity", &identity]);
            assert_eq!(done.code, 4, "{}", done.err);
            assert!(done.err.contains("W360"), "{}", done.err);
            ok(&company, &["audit", "adopt", "--reason", "the disk failed"]);
        }
        ok(&company, &["case", "list"]);
        let vault = Connection::open(company.path(".dsr/vault.db")).unwrap();
        let keys: u32 = vault
            .query_row(
                "SELECT count(*) FROM case_key WHERE case_id = ?1",
                [&case],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(keys, 0, "by hand: {by_hand}");
        let items: u32 = vault
            .query_row(
                "SELECT count(*) FROM item WHERE owner = ?1",
                [&case],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(items, 0);
        drop(vault);
        // The ledger says so again, and the evidence still verifies.
        let purged = events(&company, "case_purged");
        assert_eq!(purged.len(), 1, "{purged:?}");
        assert_eq!(purged[0]["again"], true);
        assert_eq!(purged[0]["reason"], "authority_order");
        let bundle = format!("evidence/{case}.evidence.zip");
        ok(&company, &["evidence", "verify", &bundle]);
        // Deferred erasures outlive purge and restore: the invoice goes on its day.
        let deferred = json(&company, &["hold", "list", "--deferred"]);
        assert!(deferred.to_string().contains("invoices"), "{deferred}");
    }
}

#[test]
fn a_stolen_vault_yields_nothing_without_its_key_and_everything_open_with_it() {
    let (company, case) = closed();
    let stolen = company.path("../stolen");
    copy(&company.path(".dsr"), &stolen);
    // All raw bytes but the keys: databases, their logs, free pages, locks.
    fs_err::rename(stolen.join("keys"), company.path("../stolen-keys")).unwrap();
    nothing_of_her(&bytes(&stolen));
    // Put under another workspace of the same ledger, it does not open.
    let thief = company.path("../thief");
    fs_err::create_dir(&thief).unwrap();
    for name in ["dsr.yaml", "dsr.lock"] {
        fs_err::copy(company.path(name), thief.join(name)).unwrap();
    }
    copy(&stolen, &thief.join(".dsr"));
    let run = |args: &[&str]| {
        let mut command = company.command(env!("CARGO_BIN_EXE_dsr"));
        command.arg("-C").arg(&thief).args(args);
        command.env("XDG_STATE_HOME", company.path("../thief-state"));
        let done = command.output().unwrap();
        let out = String::from_utf8(done.stdout).unwrap();
        (
            done.status.code(),
            out,
            String::from_utf8(done.stderr).unwrap(),
        )
    };
    let notes = ["note", case.as_str(), "--list"];
    let (code, out, err) = run(&notes);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("E655") && out.is_empty(), "{err}");
    // Any other key is no key.
    copy(&company.path("../stolen-keys"), &thief.join(".dsr/keys"));
    let right = fs_err::read(thief.join(".dsr/keys/workspace.key")).unwrap();
    let wrong = "ab".repeat(32);
    fs_err::write(thief.join(".dsr/keys/workspace.key"), wrong).unwrap();
    let (code, _, err) = run(&notes);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("E651"), "{err}");
    // With the key all of it opens: what the documents say of a thief who has both.
    fs_err::write(thief.join(".dsr/keys/workspace.key"), right).unwrap();
    let (code, out, err) = run(&notes);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("Köln"), "{out}");
}

#[test]
fn an_old_backup_opens_a_purged_case_and_that_is_said_until_it_is_destroyed() {
    let (company, case) = closed();
    let (to, identity) = key(&company, "mine");
    let file = backup(&company, &to, &["--until", "2999-12-31"]);
    let said = purge(&company, &case);
    assert!(said.err.contains("still open this case: 1"), "{}", said.err);
    assert!(said.err.contains("2999-12-31"), "{}", said.err);
    // Here nothing is left, in whatever byte.
    nothing_of_her(&bytes(&company.path(".dsr")));
    let notes = ok(&company, &["note", &case, "--list"]);
    assert!(!notes.out.contains("Köln"), "{}", notes.out);
    let list = json(&company, &["backup", "--list"]);
    assert_eq!(list["backups"][0]["opens"][0], case.as_str());
    assert_eq!(list["backups"][0]["until"], "2999-12-31");

    // The window: elsewhere, without the lists of purges, the copy opens the case for whoever has its key.
    let elsewhere = company.path("../elsewhere");
    fs_err::create_dir(&elsewhere).unwrap();
    for name in ["dsr.yaml", "dsr.lock"] {
        fs_err::copy(company.path(name), elsewhere.join(name)).unwrap();
    }
    let run = |args: &[&str]| {
        let mut command = company.command(env!("CARGO_BIN_EXE_dsr"));
        command.arg("-C").arg(&elsewhere).args(args);
        command.env("XDG_STATE_HOME", company.path("../elsewhere-state"));
        let done = command.output().unwrap();
        let out = String::from_utf8(done.stdout).unwrap();
        (
            done.status.code(),
            out,
            String::from_utf8(done.stderr).unwrap(),
        )
    };
    let (file, identity) = (file.display().to_string(), identity.display().to_string());
    let (code, _, err) = run(&["backup", "--restore", &file, "--identity", &identity]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        err.contains("W361"),
        "a ledger that this account does not know: {err}"
    );
    let (_, out, _) = run(&["note", &case, "--list"]);
    assert!(out.contains("Köln"), "as the documents say: {out}");

    // With its end noted the window is closed, as far as anybody here can know.
    let number = list["backups"][0]["backup"].as_str().unwrap().to_owned();
    refused(&company, &["backup", "--destroyed", "0000"], 2, "E643");
    ok(&company, &["backup", "--destroyed", &number[..12]]);
    ok(&company, &["backup", "--destroyed", &number]);
    assert_eq!(events(&company, "backup_destroyed").len(), 1);
    let list = json(&company, &["backup", "--list"]);
    assert_eq!(list["backups"][0]["opens"].as_array().unwrap().len(), 0);
}

#[test]
fn a_backup_that_is_made_while_others_write_is_of_one_moment() {
    let company = Company::new();
    let (to, identity) = key(&company, "mine");
    let mut finds: Vec<_> = (0..3)
        .map(|_| {
            let mut command = company.command(env!("CARGO_BIN_EXE_dsr"));
            command.args([&["find", "--reason", "ticket"], &ANNA[..]].concat());
            command.stdout(std::process::Stdio::null());
            command.stderr(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    let file = backup(&company, &to, &[]);
    for find in &mut finds {
        assert!(find.wait().unwrap().success());
    }
    fs_err::rename(company.path(".dsr"), company.path("../lost")).unwrap();
    let (file, identity) = (file.display().to_string(), identity.display().to_string());
    let done = company.run(&["backup", "--restore", &file, "--identity", &identity]);
    assert_eq!(done.code, 4, "{}", done.err);
    ok(&company, &["audit", "adopt", "--reason", "test"]);
    ok(&company, &["audit", "log", "--verify"]);
    // Every reason that the ledger names lies in the vault.
    let log = json(&company, &["audit", "log", "--reasons"]);
    for line in log["events"].as_array().unwrap() {
        if !line["event"]["reason"].is_null() {
            assert!(line["reason"].is_string(), "{line}");
        }
    }
}
