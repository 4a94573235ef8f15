//! Several hands on one ledger: operators and cron at once, holders that die, ledgers that are old, foreign, copied or gone, and an
//! operator who means harm. Attacker and defender stand side by side.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/workspace.rs"]
mod workspace;

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use workspace::{Company, Output};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
const BERT: [&str; 2] = ["--email", "bert@example.org"];
const DSR: &str = env!("CARGO_BIN_EXE_dsr");

/// Old orders go by themselves, so that a retention run has something to do.
const SWEPT: &str = "data_types:
  old_orders:
    { objects: [shop.parcels], purpose: delivery, basis: art6_1_b, keep: P1Y, start: clock, kind: max, then: remove }
";

const PARCELS: &str = "      parcels:
        table: parcels
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: sent_on
        erase: remove
";

/// A company with parcels that are long due.
fn shipping(parcels: u32) -> Company {
    let company = Company::new();
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, email TEXT, sent_on TEXT);
         CREATE INDEX parcels_email ON parcels (lower(email)); CREATE INDEX parcels_sent ON parcels (sent_on);
         INSERT INTO parcels VALUES (100000, 'control@acme.example', '2999-01-01');",
    )
    .unwrap();
    for id in 0..parcels {
        let row = (id, format!("p{id}@example.com"));
        shop.execute("INSERT INTO parcels VALUES (?1, ?2, '2019-01-01')", row)
            .unwrap();
    }
    for id in parcels..2 * parcels {
        let row = (id, format!("p{id}@example.com"));
        shop.execute("INSERT INTO parcels VALUES (?1, ?2, '2999-01-01')", row)
            .unwrap();
    }
    let inventory = company.read("dsr.yaml");
    let inventory = inventory
        .replace("  newsletter:\n", &format!("{PARCELS}  newsletter:\n"))
        .replace("data_types:\n", SWEPT);
    let limits = "limits: { sweep: { records: 100000, share: 90, batch: 5 } }\nsystems:\n";
    company.write("dsr.yaml", &inventory.replacen("systems:\n", limits, 1));
    company
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

/// A retention run that ended, whatever it leaves to people.
#[track_caller]
fn swept(company: &Company, args: &[&str]) {
    let done = company.run(args);
    assert!(matches!(done.code, 0 | 3 | 4), "{}\n{}", done.out, done.err);
}

fn log(company: &Company) -> Value {
    let done = ok(company, &["audit", "log", "--format", "json"]);
    serde_json::from_str(&done.out).unwrap()
}

fn events(company: &Company, kind: &str) -> Vec<Value> {
    let log = log(company);
    let events = log["events"].as_array().unwrap().iter();
    let events = events.map(|stored| stored["event"].clone());
    events.filter(|event| event["event"] == kind).collect()
}

/// The kinds of what stands out.
fn anomalies(company: &Company) -> Vec<(String, String)> {
    let done = ok(
        company,
        &["audit", "log", "--anomalies", "--format", "json"],
    );
    let found: Value = serde_json::from_str(&done.out).unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let found = found["anomalies"].as_array().unwrap().iter();
    found
        .map(|one| (text(one, "kind"), text(one, "what")))
        .collect()
}

fn start(company: &Company, args: &[&str]) -> Child {
    let mut command = company.command(DSR);
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// What a started command came to: its exit code and what it said.
fn end(child: Child) -> (Option<i32>, String) {
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(!said.contains("panicked"), "{said}");
    (done.status.code(), said)
}

/// Waits until a lease of this name is held.
fn until_held(company: &Company, name: &str) {
    let since = Instant::now();
    loop {
        let folder = fs_err::read_dir(company.path(".dsr/leases")).ok();
        let mut files = folder.into_iter().flatten().flatten();
        let held = files.any(|file| {
            let is_it = file.file_name().to_string_lossy().starts_with(name);
            is_it && std::fs::File::open(file.path()).is_ok_and(|file| file.try_lock().is_err())
        });
        if held {
            return;
        }
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "nobody took {name}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
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

/// Puts `.dsr` back to an earlier copy of it.
fn set_back(company: &Company, to: &Path) {
    fs_err::remove_dir_all(company.path(".dsr")).unwrap();
    copy(to, &company.path(".dsr"));
}

#[test]
fn two_operators_and_a_cron_job_write_one_chain_in_any_order() {
    for round in 0..4 {
        let company = shipping(40);
        swept(&company, &["sweep"]);
        let erase = ["--identity", "letter", "--yes"];
        let anna = [&["erase"], &ANNA[..], &erase[..], &["--expect", "4"]].concat();
        let bert = [&["erase"], &BERT[..], &erase[..], &["--expect", "1"]].concat();
        let mut all = vec![
            start(&company, &["sweep", "--apply"]),
            start(&company, &anna),
            start(&company, &bert),
            start(&company, &[&["find"], &BERT[..]].concat()),
        ];
        all.rotate_left(round);
        for child in all {
            let (code, said) = end(child);
            // The newsletter's file and the shop have one writer at a time; who lost says what to do and loses nothing.
            assert!(matches!(code, Some(0 | 3 | 4)), "{code:?} {said}");
        }
        for args in [&anna, &bert] {
            let again = company.run(args);
            assert!(matches!(again.code, 0 | 3 | 4), "{}", again.err);
        }
        ok(&company, &["audit", "log", "--verify"]);
        let log = log(&company);
        assert_eq!(log["whole"], true);
        let lines = log["events"].as_array().unwrap();
        let places: Vec<u64> = lines
            .iter()
            .map(|line| line["seq"].as_u64().unwrap())
            .collect();
        assert!(places.iter().copied().eq(1..=places.len() as u64));
        let cases: BTreeSet<&str> = lines
            .iter()
            .filter_map(|line| line["case"].as_str())
            .collect();
        assert_eq!(cases.len(), 2, "a case each");
    }
}

#[test]
fn a_long_sweep_keeps_nobody_from_looking_and_a_second_sweep_out() {
    let company = shipping(2_000);
    swept(&company, &["sweep"]);
    let sweep = start(&company, &["sweep", "--apply"]);
    until_held(&company, "sweep");
    // Beside it somebody looks, and somebody opens a case.
    ok(&company, &[&["find"], &BERT[..]].concat());
    let second = company.run(&["sweep", "--apply"]);
    let mut running = sweep;
    let still = running.try_wait().unwrap().is_none();
    if still {
        assert_eq!(second.code, 1, "{}", second.err);
        assert!(second.err.contains("E605"), "{}", second.err);
        assert!(
            second.err.contains("dsr sweep"),
            "names the holder: {}",
            second.err
        );
    }
    ok(
        &company,
        &[
            "case",
            "open",
            "--email",
            "carl@example.com",
            "--right",
            "access",
        ],
    );
    let (code, said) = end(running);
    // A request that comes in between is spared for, so the run may ask to be repeated.
    assert!(matches!(code, Some(0 | 3 | 4)), "{code:?} {said}");
    ok(&company, &["audit", "log", "--verify"]);
}

#[test]
fn a_killed_holder_leaves_no_lock_behind_and_a_whole_chain() {
    for moment in [1, 3, 6, 9] {
        let company = shipping(60);
        swept(&company, &["sweep"]);
        let killed = company
            .command(DSR)
            .args(["sweep", "--apply"])
            .env("DSR_TEST_KILL_AFTER", moment.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(killed.signal(), Some(9), "after {moment}");
        ok(&company, &["audit", "log", "--verify"]);
        let since = Instant::now();
        ok(&company, &[&["find"], &ANNA[..]].concat());
        swept(&company, &["sweep", "--apply"]);
        assert!(since.elapsed() < Duration::from_secs(9), "somebody waited");
        ok(&company, &["audit", "log", "--verify"]);
        let shop = Connection::open(company.path("shop.db")).unwrap();
        let left: u32 = shop
            .query_row("SELECT count(*) FROM parcels", [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 61, "the due ones are gone, no other");
    }
}

#[test]
fn an_older_ledger_writes_nothing_until_somebody_says_why() {
    let company = Company::new();
    ok(&company, &[&["find"], &ANNA[..]].concat());
    let old = company.path("../old");
    copy(&company.path(".dsr"), &old);
    ok(
        &company,
        &[&["find", "--reason", "ticket 17"], &BERT[..]].concat(),
    );
    set_back(&company, &old);

    let said = refused(&company, &[&["find"], &BERT[..]].concat(), 2, "E634");
    assert!(said.contains("audit adopt --reason"), "{said}");
    // Reading goes on; that something is missing is proof that failed.
    refused(&company, &["audit", "log", "--verify"], 5, "E880");
    refused(&company, &["audit", "adopt"], 2, "--reason");
    refused(&company, &["audit", "adopt", "--reason", "  "], 2, "E628");
    let why = "The disk failed; Anna Beispiel's ticket";
    ok(&company, &["audit", "adopt", "--reason", why]);
    ok(&company, &["audit", "log", "--verify"]);
    ok(&company, &[&["find"], &BERT[..]].concat());

    let adopted = events(&company, "ledger_adopted");
    assert_eq!(adopted.len(), 1, "{adopted:?}");
    let count = |which: &str| adopted[0][which]["count"].as_u64().unwrap();
    assert!(count("known") > count("found"), "{adopted:?}");
    // The words are in the vault alone, and can be read by whoever asks for them.
    assert!(!log(&company).to_string().contains("Beispiel"));
    let told = ok(&company, &["audit", "log", "--reasons", "--format", "json"]);
    assert!(told.out.contains(why), "{}", told.out);
    assert!(
        anomalies(&company)
            .iter()
            .any(|one| one.0 == "ledger_adopted")
    );
    // Once more is nothing to do.
    let again = ok(&company, &["audit", "adopt", "--reason", "again"]);
    assert!(again.err.contains("nothing to accept"), "{}", again.err);
    assert_eq!(events(&company, "ledger_adopted").len(), 1);
    let german = company.run(&["audit", "adopt", "--reason", "x", "--lang", "de"]);
    assert!(german.err.contains("nichts anzuerkennen"), "{}", german.err);
}

#[test]
fn a_forged_chain_cannot_be_adopted() {
    let company = Company::new();
    for _ in 0..3 {
        ok(&company, &[&["find"], &ANNA[..]].concat());
    }
    let ledger = Connection::open(company.path(".dsr/ledger.db")).unwrap();
    ledger
        .execute_batch("DROP TRIGGER event_remains; DELETE FROM event WHERE seq = 3; DROP TRIGGER event_stays; UPDATE event SET seq = seq - 1 WHERE seq > 3;")
        .unwrap();
    drop(ledger);
    let args = ["audit", "adopt", "--reason", "all is well"];
    let refusal = company.run(&args);
    assert!(matches!(refusal.code, 1 | 5), "{}", refusal.err);
    assert!(
        refusal.err.contains("E627") || refusal.err.contains("E636"),
        "{}",
        refusal.err
    );
    refused(&company, &["audit", "log", "--verify"], 5, "E880");
}

#[test]
fn a_copy_of_the_folder_is_noticed_on_this_machine_and_said_on_another() {
    let company = Company::new();
    ok(&company, &[&["find"], &ANNA[..]].concat());
    let twin = company.path("../twin");
    copy(&company.path(""), &twin);
    ok(&company, &[&["find"], &BERT[..]].concat());
    let in_twin = |args: &[&str], state: &str| {
        let mut command = company.command(DSR);
        command.arg("-C").arg(&twin).args(args);
        if !state.is_empty() {
            command.env("XDG_STATE_HOME", company.path(state));
        }
        let done = command.output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let find = [&["find"], &BERT[..]].concat();
    // The same account knows the ledger by its id, wherever the folder lies.
    let (code, said) = in_twin(&find, "");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("E634"), "{said}");
    // Another machine knows nothing of it and cannot tell; it says so, once.
    let (code, said) = in_twin(&find, "../elsewhere");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("W361"), "{said}");
    let (_, said) = in_twin(&find, "../elsewhere");
    assert!(!said.contains("W361"), "{said}");
    // Both chains hold; that they part is seen when the one's head is looked for in the other.
    let (code, said) = in_twin(&["audit", "log", "--verify"], "");
    assert_eq!(code, Some(5), "{said}");
}

#[test]
fn a_clone_without_its_ledger_makes_none_of_its_own() {
    let company = Company::new();
    let clone = company.path("../clone");
    fs_err::create_dir(&clone).unwrap();
    for name in ["dsr.yaml", "dsr.lock"] {
        fs_err::copy(company.path(name), clone.join(name)).unwrap();
    }
    for args in [
        &["find", "--email", "anna@example.org"][..],
        &["init", "--yes"],
        &["sweep"],
    ] {
        let done = company
            .command(DSR)
            .arg("-C")
            .arg(&clone)
            .args(args)
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(2), "{args:?} {done:?}");
        assert!(!clone.join(".dsr/ledger.db").exists());
    }
}

#[test]
fn a_clock_that_stands_before_the_last_event_writes_nothing() {
    let company = Company::new();
    ok(&company, &[&["find"], &ANNA[..]].concat());
    let count = log(&company)["count"].as_u64().unwrap();
    // An event of a clock that was far ahead, as it would have been written.
    let ledger = Connection::open(company.path(".dsr/ledger.db")).unwrap();
    let (bytes, hash): (Vec<u8>, Vec<u8>) = ledger
        .query_row(
            "SELECT bytes, hash FROM event ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let mut line: Value = serde_json::from_slice(&bytes).unwrap();
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    line["at"] = "2097-01-01T00:00:00Z".into();
    line["seq"] = (count + 1).into();
    line["prev"] = hex(&hash).into();
    let bytes = dsr::canonical::bytes(&line);
    let hash = dsr::keys::Digest::sha256(&bytes);
    ledger
        .execute(
            "INSERT INTO event (seq, bytes, hash) VALUES (?1, ?2, ?3)",
            rusqlite::params![i64::try_from(count + 1).unwrap(), bytes, hash.0],
        )
        .unwrap();
    drop(ledger);
    refused(&company, &[&["find"], &ANNA[..]].concat(), 1, "E633");
    let found = anomalies(&company);
    assert!(found.iter().any(|one| one.0 == "clock"), "{found:?}");
    assert_eq!(log(&company)["count"].as_u64().unwrap(), count + 1);
}

/// Whether this process may give files away.
fn is_root() -> bool {
    let own = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap());
    own == 0
}

#[test]
fn cron_of_root_in_the_folder_of_another_does_nothing() {
    if !is_root() {
        return;
    }
    let company = shipping(5);
    swept(&company, &["sweep"]);
    std::os::unix::fs::chown(company.path(""), Some(65_534), None).unwrap();
    refused(&company, &["sweep", "--apply"], 2, "E601");
    std::os::unix::fs::chown(company.path(""), Some(0), None).unwrap();
    let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs_err::set_permissions(company.path(""), all).unwrap();
    refused(&company, &["sweep", "--apply"], 2, "E602");
    let shop = Connection::open(company.path("shop.db")).unwrap();
    let left: u32 = shop
        .query_row("SELECT count(*) FROM parcels", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 11);
}

#[test]
fn an_operator_who_weakens_a_control_for_an_afternoon_stands_in_the_ledger() {
    let company = Company::new();
    let sound = company.read("dsr.yaml");
    ok(
        &company,
        &[&["find", "--reason", "ticket 17"], &ANNA[..]].concat(),
    );
    assert!(anomalies(&company).is_empty(), "{:?}", anomalies(&company));
    // Without a control person, with shorter periods and one system less; then as if nothing had been.
    let weak = sound
        .replace("    control: { email: control@acme.example }\n", "")
        .replace("engine: csv\n", "engine: csv\n    status: disabled\n")
        .replace("keep: P8Y", "keep: P10Y");
    assert_ne!(weak, sound);
    company.write("dsr.yaml", &weak);
    company.run(&[&["find", "--reason", "ticket 18"], &ANNA[..]].concat());
    company.write("dsr.yaml", &sound);
    ok(
        &company,
        &[&["find", "--reason", "ticket 19"], &ANNA[..]].concat(),
    );
    let found = anomalies(&company);
    for (kind, words) in [
        ("weakened", "control person"),
        ("system_left", "newsletter was disabled"),
        ("retention", "from P8Y to P10Y"),
    ] {
        let is = |one: &(String, String)| one.0 == kind && one.1.contains(words);
        assert!(found.iter().any(is), "{kind}: {found:?}");
    }
    assert_eq!(events(&company, "terms_changed").len(), 3);
    // A comment is no change of terms.
    company.write("dsr.yaml", &format!("# reviewed\n{sound}"));
    ok(
        &company,
        &[&["find", "--reason", "ticket 20"], &ANNA[..]].concat(),
    );
    assert_eq!(events(&company, "terms_changed").len(), 3);
    // For cron there is a code; without the flag a list is only a list.
    let fail = company.run(&["audit", "log", "--anomalies", "--fail"]);
    assert_eq!(fail.code, 4, "{}", fail.err);
    let later = company.run(&[
        "audit",
        "log",
        "--anomalies",
        "--fail",
        "--since",
        "2999-01-01",
    ]);
    assert_eq!(later.code, 0, "{}", later.err);
}

#[test]
fn looking_out_of_curiosity_stands_in_the_ledger_without_naming_whom() {
    let company = Company::new();
    ok(&company, &[&["find"], &ANNA[..]].concat());
    ok(&company, &[&["find"], &BERT[..]].concat());
    let found = anomalies(&company);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "no_reason");
    assert!(found[0].1.ends_with(": 2"), "{found:?}");
    let all = ok(&company, &["audit", "log", "--anomalies"]);
    for name in ["anna@example.org", "bert@example.org", "Beispiel"] {
        assert!(!format!("{}{}", all.out, all.err).contains(name), "{name}");
    }
}

/// The text of the cover sheet in a case's first bundle.
fn cover(company: &Company, case: &str) -> String {
    cover_of(company, &format!("{case}.evidence.zip"))
}

fn cover_of(company: &Company, bundle: &str) -> String {
    let path = company.path(&format!("evidence/{bundle}"));
    let mut zip = zip::ZipArchive::new(fs_err::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).unwrap();
        if file.name().is_ok_and(|name| name.ends_with(".html")) {
            std::io::Read::read_to_string(&mut file, &mut text).unwrap();
        }
    }
    text
}

#[test]
fn the_cover_of_the_next_case_shows_what_was_left_out_and_weakened() {
    let company = Company::new();
    let erase = |who: &[&str], expect: &str| {
        let rest = ["--identity", "letter", "--yes", "--expect", expect];
        company.run(&[&["erase"], who, &rest[..]].concat())
    };
    let first = erase(&ANNA, "4");
    assert_eq!(first.code, 0, "{}", first.err);
    let one = company.case();
    assert!(!cover(&company, &one).contains("What stands out"));
    let sound = company.read("dsr.yaml");
    let weak = sound
        .replace("    control: { email: control@acme.example }\n", "")
        .replace("engine: manual\n", "engine: manual\n    status: disabled\n");
    company.write("dsr.yaml", &weak);
    let second = erase(&BERT, "1");
    assert!(matches!(second.code, 0 | 3), "{}", second.err);
    let list = ok(&company, &["case", "list", "--all", "--format", "json"]);
    let list: Value = serde_json::from_str(&list.out).unwrap();
    let cases = list["cases"].as_array().unwrap().iter();
    let two = cases
        .map(|case| case["case"].as_str().unwrap().to_owned())
        .find(|case| *case != one)
        .unwrap();
    let page = cover(&company, &two);
    for words in [
        "What stands out",
        "control person",
        "paper_files was disabled",
        "paper_files",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        page.contains(&format!("unlike in the case {one}")),
        "{page}"
    );
    // Since that case was opened nothing changed, and then somebody put it back.
    assert!(page.contains("The ledger notes none since the case was opened."));
    company.write("dsr.yaml", &sound);
    ok(&company, &["evidence", "make", &two]);
    let later = cover_of(&company, &format!("{two}.2.evidence.zip"));
    for words in [
        "Since the bundle before this one, as the ledger noted them:",
        "the system paper_files was disabled and is searched by people",
    ] {
        assert!(later.contains(words), "{words}\n{later}");
    }
    assert!(!later.contains("are not listed"), "{later}");
    let verdict = company.run(&[
        "evidence",
        "verify",
        &format!("evidence/{two}.2.evidence.zip"),
    ]);
    assert_eq!(verdict.code, 0, "{}", verdict.err);
    assert!(!verdict.err.contains("W345"), "{}", verdict.err);
    // The bundle is whole with it.
    let verdict = company.run(&[
        "evidence",
        "verify",
        &format!("evidence/{two}.evidence.zip"),
    ]);
    assert_eq!(verdict.code, 0, "{}", verdict.err);
}
