//! Cells of files made anonymous by the program itself: killed at every event and every moment of a rewrite and gone on with,
//! searched again, edited by others in between.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]

mod support {
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}

use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::program::{Ran, Workspace};

/// Guests are known by address and number, and their row may name a companion; both become anonymous, the number stays. Coaches lie
/// in files of their own, where a row is marked as blocked.
const INVENTORY: &str = r#"
dsr: 1
controller: { name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
identities: { customer_no: { like: "^[0-9]{4}$", trusted_from: [events.guests] } }
systems:
  events:
    engine: csv
    settings: { path: "events/*.csv", delimiter: ";", encoding: latin1 }
    objects:
      guests:
        find: [{ by: email, column: Mail }, { by: customer_no, column: Nr }]
        fields:
          Mail: { category: contact.email, identity: email, mask: token }
          Nr: { category: account.id, identity: customer_no, mask: keep }
          Name: { category: person.name, mask: "text:gelöscht" }
          Ort: contact.address
        erase: anonymise
      companions:
        find: [{ by: email, column: Begleitung }]
        fields: { Begleitung: { category: contact.email, identity: email } }
        erase: anonymise
  coaches:
    engine: csv
    settings: { path: "coaches.csv" }
    objects:
      trips:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email } }
        restrict: { set: { Gesperrt: "ja", Hinweis: null } }
        erase: restrict
"#;

const SUMMER: &str = "Mail;Nr;Name;Ort;Begleitung;Z\r\n\
    anna@example.org;4711;Änne Berg;Köln;anna@example.org;1\r\n\
    ben@example.org;4712;Ben Tal;Bonn;;2\r\n\
    \"ANNA@example.org\";4711;\"Berg, \"\"Änne\"\"\";\"\";;=3+4\r\n\
    cy@example.org;4713;Cy;Ulm;anna@example.org;4";

const WINTER: &str = "Mail;Nr;Name;Ort;Begleitung;Z\n\
    anna@example.org;4711;A;Köln;;1\n\
    anna@example.org;4711;A;Köln;;1\n\
    anna@example.org;;A;;;5\n";

const COACHES: &str = "Mail,Gesperrt,Hinweis\nanna@example.org,,Gang\nben@example.org,,Fenster\n";

/// Five rows of guests, two of them companions, and one of the coach.
const WRITES: &str = "8";

const ANNA: [&str; 4] = ["--email", "anna@example.org", "--id", "customer_no=4711"];

struct Files(Workspace);

impl Files {
    fn new() -> Files {
        let files = Files(Workspace::new(INVENTORY, &[]));
        files.0.write("coaches.csv", COACHES);
        files.put("summer.csv", SUMMER);
        files.put("winter.csv", WINTER);
        let rights = std::fs::Permissions::from_mode(0o640);
        fs_err::set_permissions(files.0.path("events/summer.csv"), rights).unwrap();
        files
    }

    fn put(&self, name: &str, text: &str) {
        self.0.write(&format!("events/{name}"), "");
        let bytes = encoding_rs::WINDOWS_1252.encode(text).0;
        fs_err::write(self.0.path(&format!("events/{name}")), bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        let bytes = fs_err::read(self.0.path(&format!("events/{name}"))).unwrap();
        encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned()
    }

    fn erase_line<'a>(&self, expect: &'a str) -> Vec<&'a str> {
        let mut line = vec!["erase"];
        line.extend(ANNA);
        line.extend(["--identity", "letter", "--yes", "--expect", expect]);
        line
    }

    fn erase(&self, expect: &str) -> Ran {
        self.0.run(&self.erase_line(expect))
    }

    /// Everything there is, tokens replaced, and that it lies there as it lay.
    fn everything(&self) -> String {
        let mode = fs_err::metadata(self.0.path("events/summer.csv")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o640);
        let mut names: Vec<String> = fs_err::read_dir(self.0.path("events"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["summer.csv", "winter.csv"],
            "nothing is left behind"
        );
        let all = [
            self.text("summer.csv"),
            self.text("winter.csv"),
            self.0.read("coaches.csv"),
        ];
        let token = regex::Regex::new("[a-z2-7]{20}").unwrap();
        token.replace_all(&all.join("--\n"), "TOKEN").into_owned()
    }

    /// What the last bundle says, sorted.
    fn proven(&self, case: &str) -> Vec<String> {
        let records = self.0.records(case);
        let word = |record: &serde_json::Value, name: &str| record[name].to_string();
        let line = |record: &serde_json::Value| {
            let words = ["system", "object", "action", "outcome", "level"];
            words.map(|name| word(record, name)).join(" ")
        };
        let mut lines: Vec<String> = records.iter().map(line).collect();
        lines.sort();
        lines
    }

    /// How many records were changed, gone and made anonymous, by the case's history.
    fn ended(&self, case: &str) -> [usize; 3] {
        let history = self.0.run(&["case", "show", case]).ends_with(0).out;
        ["changed since the plan", "already gone", "made anonymous"]
            .map(|words| history.lines().filter(|line| line.contains(words)).count())
    }

    fn plan(&self, case: &str) -> serde_json::Value {
        let plan = self.0.run(&["plan", "--case", case, "--format", "json"]);
        plan.ends_with(0).json()
    }
}

const SUMMER_AFTER: &str = "Mail;Nr;Name;Ort;Begleitung;Z\r\n\
    TOKEN@erased.invalid;4711;gelöscht;;;1\r\n\
    ben@example.org;4712;Ben Tal;Bonn;;2\r\n\
    \"TOKEN@erased.invalid\";4711;\"gelöscht\";\"\";;=3+4\r\n\
    cy@example.org;4713;Cy;Ulm;;4";

const WINTER_AFTER: &str = "Mail;Nr;Name;Ort;Begleitung;Z\n\
    TOKEN@erased.invalid;4711;gelöscht;;;1\n\
    TOKEN@erased.invalid;4711;gelöscht;;;1\n\
    TOKEN@erased.invalid;;gelöscht;;;5\n";

fn after() -> String {
    let coaches = "Mail,Gesperrt,Hinweis\nanna@example.org,ja,\nben@example.org,,Fenster\n";
    [SUMMER_AFTER, WINTER_AFTER, coaches].join("--\n")
}

#[test]
fn rows_become_anonymous_and_a_second_erasure_writes_nothing() {
    let files = Files::new();
    let ran = files.erase(WRITES).ends_with(0);
    let case = ran.case().unwrap();
    assert_eq!(files.everything(), after());
    let proven = files.proven(&case);
    assert_eq!(proven.len(), 8, "{proven:?}");
    let l2 = |line: &&String| line.ends_with("\"anonymised\" \"L2\"");
    assert_eq!(proven.iter().filter(l2).count(), 7, "{proven:?}");
    let tokens = [files.text("summer.csv"), files.text("winter.csv")];

    // The number was kept, so the rows are found again, under other keys: they are anonymous already.
    let plan = files.plan(&case);
    assert_eq!(plan["writes"], 0, "{plan:#}");
    let because = plan["steps"].to_string();
    assert!(because.contains("anonymous"), "{because}");
    files
        .0
        .run(&["erase", "--case", &case, "--yes", "--expect", "0"])
        .ends_with(0);
    assert_eq!([files.text("summer.csv"), files.text("winter.csv")], tokens);

    // Whoever comes back is erased, and only that.
    files.put(
        "summer.csv",
        &format!("{}\r\nanna@example.org;;A;;;6", tokens[0]),
    );
    fs_err::set_permissions(
        files.0.path("events/summer.csv"),
        std::fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    files
        .0
        .run(&["erase", "--case", &case, "--yes", "--expect", "1"])
        .ends_with(0);
    assert_eq!(files.text("winter.csv"), tokens[1]);
    assert!(files.text("summer.csv").starts_with(&tokens[0]));
    assert!(
        files
            .everything()
            .contains("\r\nTOKEN@erased.invalid;;gelöscht;;;6--")
    );
    files.0.run(&["audit", "log", "--verify"]).ends_with(0);
}

#[test]
fn killed_at_any_event_or_moment_the_same_command_completes_it() {
    let undisturbed = Files::new();
    let case = undisturbed.erase(WRITES).ends_with(0).case().unwrap();
    let log = undisturbed.0.run(&["audit", "log"]).ends_with(0);
    let events = log.out.lines().filter(|line| line.contains(&case)).count();
    assert!(events > 20, "{events}");
    let proven = undisturbed.proven(&case);
    let mut deaths = Vec::new();
    for n in 1..=events {
        deaths.extend(
            ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"].map(|name| (name, n.to_string())),
        );
    }
    for moment in [
        "Created", "Written", "Rights", "Synced", "Renamed", "Settled",
    ] {
        // Of the first rewrite, and of one that meets what others have written before it.
        deaths.extend(
            ["", ":2", ":3"].map(|count| ("DSR_TEST_KILL_FILE", format!("{moment}{count}"))),
        );
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, value)) = deaths.get(next.fetch_add(1, Ordering::SeqCst)) {
                    killed(name, value, &proven);
                }
            });
        }
    });
}

/// The event by which an erasure is approved.
const APPROVED: usize = 5;

fn killed(name: &str, value: &str, proven: &[String]) {
    let files = Files::new();
    let first = files.0.run_with(name, value, &files.erase_line(WRITES));
    assert_eq!(first.code, None, "{name}={value}: not killed: {first:?}");
    let number = value.parse::<usize>().unwrap_or(usize::MAX);
    let again = match first.case() {
        Some(case) if number > APPROVED => {
            files.0.run(&["apply", &case, "--yes", "--expect", WRITES])
        }
        _ => files.erase(WRITES),
    };
    assert_eq!(
        again.code,
        Some(0),
        "{name}={value}: {first:?}\n-- then --\n{again:?}"
    );
    let case = again.case().unwrap();
    assert_eq!(files.everything(), after(), "{name}={value}");
    assert_eq!(files.proven(&case), proven, "{name}={value}: {again:?}");
    files.0.run(&["audit", "log", "--verify"]).ends_with(0);
}

/// A run that died behind this event; the plan is approved by the sixth.
fn approved_and_dead(files: &Files, event: &str) -> String {
    let line = files.erase_line(WRITES);
    let first = files.0.run_with("DSR_TEST_KILL_AFTER", event, &line);
    assert_eq!(first.code, None, "{first:?}");
    first.case().unwrap()
}

#[test]
fn an_edit_between_plan_and_write_is_never_written_over_nor_taken_for_gone() {
    let edited = SUMMER.replace("Änne Berg;Köln", "Änne Berg;Neuss");
    // Found by address and number, by the number alone, by the address alone.
    for (at, new) in [
        ("6", "anna@example.org;4711;Änne"),
        ("6", "new@example.org;4711;Änne"),
        ("6", "anna@example.org;;Änne"),
        // Behind the intents.
        ("8", "anna@example.org;4711;Änne"),
        ("9", "new@example.org;4711;Änne"),
    ] {
        let files = Files::new();
        let old = "anna@example.org;4711;Änne";
        let case = approved_and_dead(&files, at);
        let edited = edited.replace(old, new);
        files.put("summer.csv", &edited);
        let ran = files.0.run(&["apply", &case, "--yes", "--expect", WRITES]);
        let line = edited.lines().nth(1).unwrap();
        assert!(
            files.text("summer.csv").contains(&format!("{line}\r\n")),
            "{new}: {ran:?}"
        );
        // As a guest and as a companion. What is there now is planned afresh, and asked about again.
        assert_eq!(files.ended(&case), [2, 0, 5], "{at} {new}: {ran:?}");
        assert_eq!(ran.code, Some(4), "{ran:?}");
    }
}

#[test]
fn an_edit_of_one_of_two_equal_rows_is_seen() {
    let files = Files::new();
    let case = approved_and_dead(&files, "6");
    // In a column that the inventory does not describe.
    let edited = WINTER.replacen("A;Köln;;1", "A;Köln;;2", 1);
    files.put("winter.csv", &edited);
    let ran = files.0.run(&["apply", &case, "--yes", "--expect", WRITES]);
    assert!(
        files
            .text("winter.csv")
            .contains("anna@example.org;4711;A;Köln;;2"),
        "{ran:?}"
    );
    assert_eq!(files.ended(&case), [1, 0, 6], "{ran:?}");
}

/// Rows are named by their content: one that was removed and one that bears another address by now look alike, so neither is called
/// gone.
#[test]
fn a_row_that_is_not_found_any_more_is_not_called_gone() {
    for now in ["", "new@example.org;;A;;;5\n"] {
        let files = Files::new();
        let case = approved_and_dead(&files, "6");
        let edited = WINTER.replace("anna@example.org;;A;;;5\n", now);
        files.put("winter.csv", &edited);
        // The others are written; the fresh plan has nothing to write, which is another number.
        let apply = ["apply", &case, "--yes", "--expect", WRITES];
        files.0.run(&apply).ends_with(4);
        assert_eq!(files.ended(&case), [1, 0, 6], "{now}");
        let again = ["erase", "--case", &case, "--yes", "--expect", "0"];
        let ended = files.0.run(&again).ends_with(0);
        assert!(ended.err.contains("W254"), "{ended:?}");
        assert!(files.text("winter.csv").ends_with(now), "{now}");
    }
}

#[test]
fn a_mask_that_a_file_cannot_take_stops_the_plan() {
    for (mask, words) in [("text:удалено", "windows-1252"), ("text:=1+1", "formula")] {
        let files = Files::new();
        let inventory = INVENTORY.replace("text:gelöscht", mask);
        files.0.write("dsr.yaml", &inventory);
        let ran = files.erase(WRITES).ends_with(2);
        assert!(
            ran.err.contains("E250") && ran.err.contains(words),
            "{ran:?}"
        );
        assert_eq!(files.text("summer.csv"), SUMMER);
    }
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let files = Files::new();
    let folder = files.0.path("events");
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=32k,mode=755", "tmpfs"])
        .arg(&folder)
        .output();
    if !mounted.is_ok_and(|done| done.status.success()) {
        eprintln!("skipped: needs the right to mount");
        return;
    }
    let big = format!("{SUMMER}\r\n{}", "x@example.org;1;n;o;;z\r\n".repeat(900));
    files.put("summer.csv", &big);
    let ran = files.erase("5");
    let (left, names) = (
        files.text("summer.csv"),
        fs_err::read_dir(&folder).unwrap().count(),
    );
    let unmounted = std::process::Command::new("umount").arg(&folder).output();
    assert!(unmounted.is_ok_and(|done| done.status.success()));
    assert_eq!((left, names), (big, 1));
    assert_eq!(ran.code, Some(3), "{ran:?}");
    // Wherever a table breaks its lines.
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    assert!(
        words.windows(2).any(|pair| pair == ["(the", "disk"]),
        "{ran:?}"
    );
}
