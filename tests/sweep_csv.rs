//! Retention runs over files: every byte that is not due stays, whatever the file looks like, whoever writes to it meanwhile, and at
//! whichever moment the program is killed.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/program.rs"]
mod program;
#[path = "support/sweeping.rs"]
mod sweeping;

use std::time::{Duration, Instant};

use program::{Ran, Workspace};
use serde_json::{Value, json};
use sweeping::{ago, left_in_the_vault, statements};

const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
limits: { sweep: { records: 1000000, share: 60 } }
systems:
  fair:
    engine: csv
    settings: { path: "fair/*.csv", delimiter: ";", encoding: latin1 }
    objects:
      visitors:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email }, Note: content.note }
        clock: Seen
        restrict: { set: { Locked: "yes" } }
        erase: remove
data_types:
  visits: { objects: [fair.visitors], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
"#;

struct Fair {
    workspace: Workspace,
}

impl Fair {
    fn with(inventory: &str, files: &[(&str, &[u8])]) -> Fair {
        let workspace = Workspace::new(inventory, &[]);
        fs_err::create_dir_all(workspace.path("fair")).unwrap();
        let fair = Fair { workspace };
        for (name, bytes) in files {
            fair.put(name, bytes);
        }
        fair
    }

    fn new(files: &[(&str, &[u8])]) -> Fair {
        Fair::with(INVENTORY, files)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs_err::write(self.workspace.path("fair").join(name), bytes).unwrap();
    }

    fn get(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.workspace.path("fair").join(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.get(name)).into_owned()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs_err::read_dir(self.workspace.path("fair")).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn sweep(&self, more: &[&str]) -> Ran {
        self.workspace.run(&[&["sweep"], more].concat())
    }

    /// The only rule of a run.
    fn rule(&self, more: &[&str]) -> Value {
        let ran = self.sweep(&[more, &["--format", "json"]].concat());
        ran.json()["rules"][0].clone()
    }

    /// What the last statement says of the only rule.
    fn statement(&self) -> Value {
        let last = statements(&self.workspace.path("")).pop().unwrap();
        last["rules"][0].clone()
    }

    fn is_sound(&self) {
        self.workspace
            .run(&["audit", "log", "--verify"])
            .ends_with(0);
    }
}

/// Some rows that are long over, some that are not; twenty of thirty stay.
fn thirty() -> (String, String) {
    let head = "Mail;Seen;Note;Locked\n";
    let row = |number: u32| {
        let days = if number.is_multiple_of(3) { 900 } else { 30 };
        format!("p{number:02}@example.org;{};a note;\n", ago(days))
    };
    let all: String = (0..30).map(row).collect();
    let left: String = (0..30u32)
        .filter(|number| !number.is_multiple_of(3))
        .map(row)
        .collect();
    (format!("{head}{all}"), format!("{head}{left}"))
}

#[test]
fn the_first_run_shows_the_second_writes_and_every_other_byte_stays() {
    let old = ago(900);
    let (new, today, tomorrow) = (ago(30), ago(0), ago(-1));
    let german = {
        let day: jiff::civil::Date = old.parse().unwrap();
        day.strftime("%d.%m.%Y").to_string()
    };
    // In Latin-1, with every line end there is, a hint to spreadsheets, empty lines, quotes over lines, and no line end at the end.
    let parts: Vec<(bool, String)> = vec![
        (true, "sep=;\r\n".into()),
        (true, "Mail;\"Note\";Seen;Locked;\"\"\r\n".into()),
        (false, format!("a@example.org;x;{old};;1\r\n")),
        (true, format!("b@example.org;x;{new};;2\n")),
        (true, "\r\n\r\n".into()),
        (
            false,
            format!("c@example.org;\"x\r\n;{new};\"\"y\"\"\";\"{old} 10:00:00\";;3\r"),
        ),
        (true, format!("d@example.org;\"x\n;{old};\";{new};;4\r\n")),
        (true, "e@example.org;x;;;5\r\n".into()),
        (true, "f@example.org;x;0000-00-00;;6\r\n".into()),
        (true, "g@example.org;x;1970-01-01;;7\r\n".into()),
        (true, "h@example.org;x;last year;;8\n".into()),
        (true, format!("i@example.org;x;{tomorrow};;9\n")),
        (true, format!("j@example.org;J\u{fc}rgen;{today};;10\n")),
        (false, format!("k@example.org;J\u{fc}rgen;{german};;11\n")),
        (false, format!("k@example.org;J\u{fc}rgen;{german};;11\n")),
        (
            false,
            format!("l@example.org;5\" x;{old}T23:59:59+01:00;;12\n"),
        ),
        (true, "m@example.org;x\n".into()),
        (true, format!("n@example.org;x;{new};=1+1;13")),
    ];
    let latin1 = |wanted: &dyn Fn(bool) -> bool| -> Vec<u8> {
        let parts = parts.iter().filter(|(stays, _)| wanted(*stays));
        parts
            .flat_map(|(_, text)| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()))
            .collect()
    };
    let (whole, left) = (latin1(&|_| true), latin1(&|stays| stays));
    let fair = Fair::new(&[("a.csv", &whole)]);
    let first = fair.rule(&["--apply"]);
    assert_eq!(first["brakes"], json!(["new"]), "{first}");
    assert_eq!(
        [
            &first["records"],
            &first["due"],
            &first["unknown_start"],
            &first["future"]
        ],
        [&json!(15), &json!(5), &json!(5), &json!(1)],
        "{first}"
    );
    assert_eq!(first["oldest"], json!(old));
    assert_eq!(fair.get("a.csv"), whole);
    let second = fair.rule(&["--apply"]);
    assert_eq!(
        [&second["done"], &second["remaining"], &second["batches"]],
        [&json!(5), &json!(0), &json!(1)],
        "{second}"
    );
    assert_eq!(fair.get("a.csv"), left);
    assert_eq!(fair.names(), ["a.csv"]);
    assert_eq!(fair.statement()["batches"][0]["done"], json!(5));
    let names = fs_err::read_dir(fair.workspace.path("evidence/sweeps")).unwrap();
    let names: u64 = names
        .flat_map(|run| fs_err::read_dir(run.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "names"))
        .map(|path| fs_err::metadata(path).unwrap().len())
        .sum();
    assert_eq!(names, 5 * 32);
    fair.sweep(&["--apply"]).ends_with(0);
    assert_eq!(fair.get("a.csv"), left);
    fair.is_sound();
}

#[test]
fn a_file_without_a_line_end_at_its_end_has_none_afterwards() {
    let (old, new) = (ago(900), ago(30));
    let whole = format!("Mail;Seen;Note;Locked\r\na@example.org;{new};;\r\nb@example.org;{old};;");
    let fair = Fair::new(&[("a.csv", whole.as_bytes())]);
    fair.sweep(&[]);
    fair.sweep(&["--apply"]).ends_with(0);
    assert_eq!(
        fair.text("a.csv"),
        format!("Mail;Seen;Note;Locked\r\na@example.org;{new};;")
    );
}

#[test]
fn byte_order_marks_and_wide_letters_stay_too() {
    let (old, new) = (ago(900), ago(30));
    let lines = [
        "Mail;Seen;Note;Locked\r\n".to_owned(),
        format!("ä@example.org;{new};\u{4e2d};\r\n"),
        format!("b@example.org;{old};\"\u{4e2d}\r\n\";\r\n"),
        format!("c@example.org;\"{new}\";;\r\n"),
    ];
    let wide = |skip: usize| -> Vec<u8> {
        let text: String = (0..4).filter(|n| *n != skip).map(|n| &*lines[n]).collect();
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let marked = |skip: usize| -> Vec<u8> {
        let text: String = (0..4).filter(|n| *n != skip).map(|n| &*lines[n]).collect();
        [b"\xef\xbb\xbf", text.as_bytes()].concat()
    };
    let fair = Fair::new(&[("a.csv", &wide(9)), ("b.csv", &marked(9))]);
    fair.sweep(&[]).ends_with(0);
    let run = fair.rule(&["--apply"]);
    assert_eq!(
        [&run["done"], &run["batches"]],
        [&json!(2), &json!(2)],
        "{run}"
    );
    assert_eq!(fair.get("a.csv"), wide(2));
    assert_eq!(fair.get("b.csv"), marked(2));
}

#[test]
fn more_than_the_bounds_waits_for_a_person() {
    let row = format!("a@example.org;{};;\n", ago(900));
    let whole = format!("Mail;Seen;Note;Locked\n{}", row.repeat(3));
    let fair = Fair::new(&[("a.csv", whole.as_bytes())]);
    fair.sweep(&[]).ends_with(0);
    for _ in 0..2 {
        fair.sweep(&["--apply"]).ends_with(4);
        assert_eq!(fair.text("a.csv"), whole);
    }
    fair.sweep(&["--apply", "--data-type", "visits", "--expect", "3"])
        .ends_with(0);
    assert_eq!(fair.text("a.csv"), "Mail;Seen;Note;Locked\n");
}

#[test]
fn held_and_asking_persons_are_spared_and_their_twins_with_them() {
    let (whole, _) = thirty();
    let twin = format!("p00@example.org;{};a note;\n", ago(900));
    let whole = format!("{whole}{twin}");
    let fair = Fair::new(&[("a.csv", whole.as_bytes())]);
    fair.sweep(&[]).ends_with(0);
    fair.workspace
        .run(&[
            "case",
            "open",
            "--email",
            "p00@example.org",
            "--right",
            "access",
        ])
        .ends_with(0);
    fair.workspace
        .run(&[
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
            "--email",
            "p03@example.org",
        ])
        .ends_with(0);
    let run = fair.rule(&["--apply"]);
    assert_eq!(
        [&run["held"], &run["done"], &run["remaining"]],
        [&json!(3), &json!(8), &json!(0)],
        "{run}"
    );
    let left = fair.text("a.csv");
    assert_eq!(left.matches("p00@example.org").count(), 2);
    assert_eq!(left.matches("p03@example.org").count(), 1);
    assert!(!left.contains("p06@example.org"));
}

#[test]
fn killed_at_any_moment_of_the_rewriting_nothing_or_all_of_it_happened() {
    let (whole, left) = thirty();
    for (moment, happened) in [
        ("Created", false),
        ("Written", false),
        ("Rights", false),
        ("Synced", false),
        ("Renamed", true),
        ("Settled", true),
    ] {
        let fair = Fair::new(&[("a.csv", whole.as_bytes())]);
        fair.sweep(&[]).ends_with(0);
        let killed = fair
            .workspace
            .run_with("DSR_TEST_KILL_FILE", moment, &["sweep", "--apply"]);
        assert_eq!(killed.code, None, "{moment}: {killed:?}");
        let is = if happened { &left } else { &whole };
        assert_eq!(&fair.text("a.csv"), is, "{moment}");
        let run = fair.rule(&["--apply"]);
        assert_eq!(
            [&run["done"], &run["remaining"]],
            [&json!(10), &json!(0)],
            "{moment}: {run}"
        );
        assert_eq!(
            run["settled"],
            json!(if happened { 10 } else { 0 }),
            "{moment}"
        );
        assert_eq!(fair.text("a.csv"), left, "{moment}");
        assert_eq!(fair.names(), ["a.csv"], "{moment}");
        let said = fair.statement();
        assert_eq!(
            [&said["due"], &said["done"]],
            [&json!(10), &json!(10)],
            "{said}"
        );
        fair.is_sound();
    }
}

#[test]
fn killed_at_any_event_of_the_ledger_the_counts_are_those_of_the_files() {
    let (whole, left) = thirty();
    // What `init` and the first look wrote is not counted: numbers are those of one process.
    for when in ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"] {
        for number in 1..12 {
            let fair = Fair::new(&[("a.csv", whole.as_bytes()), ("b.csv", whole.as_bytes())]);
            fair.sweep(&[]).ends_with(0);
            let number = number.to_string();
            let killed = fair
                .workspace
                .run_with(when, &number, &["sweep", "--apply"]);
            for name in ["a.csv", "b.csv"] {
                let is = fair.text(name);
                assert!(is == whole || is == left, "{when} {number}: {is}");
            }
            if killed.code.is_some() {
                assert_eq!(fair.text("a.csv"), left, "{killed:?}");
                break;
            }
            fair.sweep(&["--apply"]).ends_with(0);
            assert_eq!(fair.text("a.csv"), left, "{when} {number}");
            assert_eq!(fair.text("b.csv"), left, "{when} {number}");
            let said = fair.statement();
            // Killed after the last event of the rule there is nothing left to state again.
            let done = said["done"].as_u64().unwrap();
            assert!(done == 20 || done == 0, "{when} {number}: {said}");
            fair.is_sound();
        }
    }
}

/// Looked at once, then killed after the ledger spoke of the first file and before the new one took its place.
fn killed_before_the_rename(whole: &str) -> Fair {
    for at in 2..6 {
        let fair = Fair::new(&[("a.csv", whole.as_bytes()), ("b.csv", whole.as_bytes())]);
        fair.sweep(&[]).ends_with(0);
        let (line, at) = (["sweep", "--apply"], at.to_string());
        fair.workspace.run_with("DSR_TEST_KILL_AFTER", &at, &line);
        if !left_in_the_vault(&fair.workspace.path("")).is_empty() {
            assert_eq!(fair.text("a.csv"), whole);
            return fair;
        }
    }
    panic!("no run was killed between the intent and the rename");
}

#[test]
fn a_file_that_was_moved_away_after_a_kill_is_told_once_and_keeps_no_other_waiting() {
    let (whole, left) = thirty();
    let fair = killed_before_the_rename(&whole);
    let (here, away) = ("fair/a.csv", "away.csv");
    let path = |name| fair.workspace.path(name);
    fs_err::rename(path(here), path(away)).unwrap();
    let ran = fair.sweep(&["--apply", "--format", "json"]).ends_with(4);
    let run = ran.json();
    let rule = &run["rules"][0];
    assert_eq!(
        [
            &rule["done"],
            &rule["unknown"],
            &rule["settled"],
            &rule["remaining"]
        ],
        [&json!(10), &json!(10), &json!(0), &json!(0)],
        "{run}"
    );
    assert_eq!(rule["error"]["code"], "E994");
    assert!(
        rule["error"]["text"]["en"]
            .as_str()
            .unwrap()
            .contains("a.csv")
    );
    assert_eq!(fair.text("b.csv"), left);
    let said = fair.statement();
    let batches = said["batches"].as_array().unwrap();
    assert_eq!(batches.len(), 2, "{said}");
    assert_eq!(
        [&batches[0]["unknown"], &batches[0]["done"]],
        [&json!(10), &json!(0)]
    );
    assert_eq!(
        [&batches[1]["unknown"], &batches[1]["done"]],
        [&Value::Null, &json!(10)]
    );
    assert_eq!(said["stopped"], "E994");
    assert_eq!(left_in_the_vault(&path("")), [""; 0]);
    let log = fair.workspace.run(&["audit", "log"]).ends_with(0);
    assert!(log.out.contains("of 10 nobody can tell"), "{log:?}");
    fair.workspace.run(&["audit", "runs"]).ends_with(0);
    // From then on nothing waits, whether it comes back or not.
    fair.sweep(&["--apply"]).ends_with(0);
    fs_err::rename(path(away), path(here)).unwrap();
    fair.sweep(&["--apply"]).ends_with(0);
    assert_eq!(fair.text("a.csv"), left);
    fair.workspace.run(&["audit", "runs"]).ends_with(0);
    fair.is_sound();
}

#[test]
fn a_folder_in_which_no_file_is_left_keeps_a_batch_open_as_a_share_that_is_not_mounted() {
    let (whole, left) = thirty();
    let fair = killed_before_the_rename(&whole);
    let (fair_folder, away) = (fair.workspace.path("fair"), fair.workspace.path("away"));
    fs_err::rename(&fair_folder, &away).unwrap();
    fs_err::create_dir(&fair_folder).unwrap();
    fair.sweep(&["--apply"]).ends_with(3);
    assert_ne!(left_in_the_vault(&fair.workspace.path("")), [""; 0]);
    fs_err::remove_dir(&fair_folder).unwrap();
    fs_err::rename(&away, &fair_folder).unwrap();
    fair.sweep(&["--apply"]).ends_with(0);
    assert_eq!(
        (fair.text("a.csv"), fair.text("b.csv")),
        (left.clone(), left)
    );
    assert_eq!(fair.statement()["done"], 20);
}

/// A file that takes a while, and what it is to become.
fn long(rows: u32) -> (Vec<u8>, usize) {
    let (old, new) = (ago(900), ago(30));
    let mut text = String::from("Mail;Seen;Note;Locked\n");
    let mut due = 0;
    for number in 0..rows {
        let is_due = number.is_multiple_of(10);
        due += usize::from(is_due);
        let day = if is_due { &old } else { &new };
        text.push_str(&format!(
            "p{number}@example.org;{day};\"a \"\"note\"\", long enough to fill some lines\";\n"
        ));
    }
    (text.into_bytes(), due)
}

/// Waits until a new file grows beside the old one.
fn wait_for_new_file(fair: &Fair) {
    let begun = Instant::now();
    while fair.names().len() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(120), "no new file");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_hold_that_is_set_meanwhile_takes_it_back() {
    let (whole, due) = long(150_000);
    let fair = Fair::new(&[("a.csv", &whole)]);
    fair.sweep(&[]).ends_with(0);
    let run = fair
        .workspace
        .start(&["sweep", "--apply", "--format", "json"]);
    wait_for_new_file(&fair);
    fair.workspace
        .run(&[
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
            "--email",
            "p0@example.org",
        ])
        .ends_with(0);
    let ran = run.wait();
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let rule = ran.json()["rules"][0].clone();
    assert_eq!(
        [&rule["halted"], &rule["done"]],
        [&json!("holds_changed"), &json!(0)],
        "{rule}"
    );
    assert!(fair.get("a.csv") == whole, "nothing was written");
    assert_eq!(fair.names(), ["a.csv"]);
    let next = fair.rule(&["--apply"]);
    assert_eq!(
        [&next["held"], &next["done"]],
        [&json!(1), &json!(due - 1)],
        "{next}"
    );
    assert!(fair.text("a.csv").contains("p0@example.org"));
}

#[test]
fn what_somebody_writes_meanwhile_is_not_lost() {
    let (whole, due) = long(150_000);
    let fair = Fair::new(&[("a.csv", &whole)]);
    fair.sweep(&[]).ends_with(0);
    let run = fair
        .workspace
        .start(&["sweep", "--apply", "--format", "json"]);
    wait_for_new_file(&fair);
    let added = format!("late@example.org;{};;\n", ago(900));
    let mut bytes = whole.clone();
    bytes.extend_from_slice(added.as_bytes());
    {
        use std::io::Write as _;
        let path = fair.workspace.path("fair/a.csv");
        let mut file = fs_err::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(added.as_bytes()).unwrap();
    }
    let ran = run.wait();
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let code = ran.json()["rules"][0]["error"]["code"].clone();
    assert!(code == "E493" || code == "E491", "{ran:?}");
    assert!(fair.get("a.csv") == bytes, "both are there");
    assert_eq!(fair.names(), ["a.csv"]);
    let (ran, peak) = fair
        .workspace
        .start(&["sweep", "--apply", "--format", "json"])
        .watched();
    assert_eq!(ran.json()["rules"][0]["done"], json!(due + 1), "{ran:?}");
    // The file is 11 MB; the names of what goes are the only thing that grows with it.
    assert!(peak < 120_000, "{peak} KiB");
}

#[test]
fn a_due_row_of_which_nobody_can_say_which_cell_is_which_stops_its_file() {
    let (whole, _) = thirty();
    let broken = format!("{whole}x@example.org;{};one;two;three;four\n", ago(900));
    let fair = Fair::new(&[("a.csv", broken.as_bytes())]);
    fair.sweep(&[]);
    let ran = fair.sweep(&["--apply"]).ends_with(3);
    assert!(ran.err.contains("E524"), "{ran:?}");
    assert_eq!(fair.text("a.csv"), broken);
    // A file that is UTF-8 and was declared as something else is not guessed at.
    let other = whole.replace("a note", "für später");
    let fair = Fair::new(&[("a.csv", other.as_bytes())]);
    let ran = fair.sweep(&["--apply"]).ends_with(3);
    assert!(ran.err.contains("E561"), "{ran:?}");
    assert_eq!(fair.text("a.csv"), other);
}

#[test]
fn a_broken_file_keeps_no_other_one_from_being_gone_through() {
    let (whole, left) = thirty();
    let broken = format!("{whole}x@example.org;{};one;two;three;four\n", ago(900));
    let files = [("a.csv", broken.as_bytes()), ("b.csv", whole.as_bytes())];
    let fair = Fair::new(&files);
    // Nothing of the broken one is counted: nobody can say what goes there.
    let shown = fair.rule(&[]);
    let figures = (&shown["records"], &shown["due"], &shown["error"]["code"]);
    assert_eq!(figures, (&json!(30), &json!(10), &json!("E524")), "{shown}");
    fair.sweep(&[]).ends_with(3);
    let ran = fair.sweep(&["--apply"]).ends_with(3);
    assert!(
        ran.err.contains("E524") && ran.err.contains("a.csv"),
        "{ran:?}"
    );
    assert_eq!(
        (fair.text("a.csv"), fair.text("b.csv")),
        (broken.clone(), left.clone())
    );
    let told = fair.statement();
    let figures = (&told["done"], &told["stopped"], &told["still_due"]);
    assert_eq!(
        figures,
        (&json!(10), &json!("E524"), &json!(null)),
        "{told}"
    );
    // The others have nothing more to do, and the broken one is still told.
    let ran = fair.sweep(&["--apply"]).ends_with(3);
    assert!(ran.err.contains("E524"), "{ran:?}");
    assert_eq!(fair.statement()["stopped"], "E524");
    fair.put("a.csv", whole.as_bytes());
    fair.sweep(&["--apply"]).ends_with(0);
    assert_eq!(fair.text("a.csv"), left);
    fair.is_sound();
}

#[test]
fn a_file_without_the_column_of_the_day_keeps_no_other_one_from_being_gone_through() {
    let (whole, left) = thirty();
    let other = "Mail;Name\nx@example.org;X\n";
    let fair = Fair::new(&[("a.csv", whole.as_bytes()), ("c.csv", other.as_bytes())]);
    let shown = fair.rule(&[]);
    let figures = (&shown["records"], &shown["due"], &shown["error"]["code"]);
    assert_eq!(figures, (&json!(30), &json!(10), &json!("E523")), "{shown}");
    let ran = fair.sweep(&["--apply"]).ends_with(3);
    assert!(
        ran.err.contains("E523") && ran.err.contains("c.csv"),
        "{ran:?}"
    );
    assert_eq!(
        (fair.text("a.csv"), fair.text("c.csv")),
        (left, other.to_owned())
    );
    assert_eq!(fair.statement()["stopped"], "E523");
    fair.is_sound();
}

#[test]
fn nothing_is_made_anonymous_in_files() {
    let (whole, _) = thirty();
    let inventory = INVENTORY.replace("then: remove", "then: anonymise");
    let fair = Fair::with(&inventory, &[("a.csv", whole.as_bytes())]);
    for _ in 0..2 {
        let ran = fair.sweep(&["--apply"]).ends_with(3);
        assert!(ran.err.contains("E490"), "{ran:?}");
        assert!(ran.err.contains("then: remove"), "{ran:?}");
    }
    assert_eq!(fair.text("a.csv"), whole);
}

#[test]
fn a_restriction_writes_its_cells_and_no_others_and_only_once() {
    let (whole, _) = thirty();
    let inventory = INVENTORY.replace("then: remove", "then: restrict");
    let fair = Fair::with(&inventory, &[("a.csv", whole.as_bytes())]);
    fair.sweep(&[]).ends_with(0);
    let run = fair.rule(&["--apply"]);
    assert_eq!(
        [&run["done"], &run["remaining"]],
        [&json!(10), &json!(0)],
        "{run}"
    );
    let old = ago(900);
    let marked = whole.replace(&format!("{old};a note;"), &format!("{old};a note;yes"));
    assert_eq!(fair.text("a.csv"), marked);
    let again = fair.rule(&["--apply"]);
    assert_eq!(again["due"], json!(0), "{again}");
    assert_eq!(fair.text("a.csv"), marked);
    // Killed right behind the renaming, what was done shows in the cells.
    let fair = Fair::with(&inventory, &[("a.csv", whole.as_bytes())]);
    fair.sweep(&[]).ends_with(0);
    fair.workspace
        .run_with("DSR_TEST_KILL_FILE", "Renamed", &["sweep", "--apply"]);
    let run = fair.rule(&["--apply"]);
    assert_eq!(
        [&run["done"], &run["settled"]],
        [&json!(10), &json!(10)],
        "{run}"
    );
    assert_eq!(fair.text("a.csv"), marked);
}

#[test]
fn a_file_that_may_not_be_replaced_stops_no_other_one() {
    let (whole, left) = thirty();
    let fair = Fair::new(&[("a.csv", whole.as_bytes()), ("b.csv", whole.as_bytes())]);
    fair.sweep(&[]).ends_with(0);
    // LibreOffice has it open.
    fair.put(".~lock.a.csv#", b"");
    let ran = fair.sweep(&["--apply"]).ends_with(3);
    assert!(ran.err.contains("E511"), "{ran:?}");
    assert_eq!(fair.text("a.csv"), whole);
    assert_eq!(fair.text("b.csv"), left);
    fs_err::remove_file(fair.workspace.path("fair/.~lock.a.csv#")).unwrap();
    fair.sweep(&["--apply"]).ends_with(0);
    assert_eq!(fair.text("a.csv"), left);
}

#[test]
fn what_is_left_alone_is_listed_row_by_row() {
    let old = ago(900);
    // More than are told at once, and rows of the same bytes.
    let undated: String = (0..2_500)
        .map(|n| format!("u{n}@example.org;;;\n"))
        .collect();
    let twice = "twice@example.org;soon;;\n".repeat(3);
    let whole = format!(
        "Mail;Seen;Note;Locked\n{undated}{twice}later@example.org;{};;\nheld@example.org;{old};;\nasks@example.org;{old};;\ngoes@example.org;{old};;\nstays@example.org;{};;\nshort@example.org\n",
        ago(-5),
        ago(10)
    );
    let inventory = INVENTORY.replace("share: 60", "share: 100");
    let fair = Fair::with(
        &inventory,
        &[
            ("a.csv", whole.as_bytes()),
            ("b.csv", b"Mail;Seen;Note;Locked\n"),
        ],
    );
    let hold = |scope: &[&str]| {
        let line = [
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
        ];
        let added = fair.workspace.run(&[&line, scope].concat()).ends_with(0);
        added.out.trim().to_owned()
    };
    let person = hold(&["--email", "held@example.org"]);
    let asks = [
        "case",
        "open",
        "--email",
        "asks@example.org",
        "--right",
        "access",
    ];
    fair.workspace.run(&asks).ends_with(0);
    let shown = fair.rule(&[]);
    let listed = || {
        let ran = fair
            .sweep(&["--left-alone", "--format", "json"])
            .ends_with(0);
        ran.json()["records"].as_array().unwrap().clone()
    };
    let of = |records: &[Value], why: &str| -> Vec<Value> {
        let records = records.iter().filter(|record| record["why"] == why);
        records.cloned().collect()
    };
    let records = listed();
    for (why, column, count) in [
        ("unknown_start", "unknown_start", 2_504),
        ("future", "future", 1),
        ("requested", "requested", 1),
    ] {
        assert_eq!(of(&records, why).len(), count, "{why}");
        assert_eq!(shown[column], json!(count), "{why}: {shown}");
    }
    let held = of(&records, "held");
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["holds"], json!([person]));
    // Each is told once, by a name of its own.
    let names: std::collections::BTreeSet<&str> = records
        .iter()
        .map(|record| record["key"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), records.len());
    assert!(names.iter().all(|name| name.contains("a.csv/")));
    // A hold on everything keeps every due row, and nothing else changes.
    let all = hold(&["--system", "fair"]);
    let records = listed();
    let held = of(&records, "held");
    assert_eq!(held.len(), 2, "{held:?}");
    assert!(
        held.iter()
            .all(|record| record["holds"].as_array().unwrap().contains(&json!(all)))
    );
    assert_eq!(of(&records, "requested").len(), 1);
    assert_eq!(of(&records, "unknown_start").len(), 2_504);
    assert_eq!(fair.text("a.csv"), whole);
}

#[test]
fn what_lost_its_purpose_is_locked_and_what_is_over_goes() {
    let inventory = INVENTORY.replace("share: 60", "share: 100").replace(
        "then: remove }",
        "then: remove, active_until: { event: clock, plus: P1Y } }",
    );
    let row =
        |name: &str, days, locked: &str| format!("{name}@example.org;{};x;{locked}\n", ago(days));
    let head = "Mail;Seen;Note;Locked\n";
    let whole = format!(
        "{head}{}{}{}{}",
        row("over", 900, ""),
        row("purposeless", 500, ""),
        row("locked", 500, "yes"),
        row("active", 30, "")
    );
    let fair = Fair::with(&inventory, &[("a.csv", whole.as_bytes())]);
    let rules = |more: &[&str]| {
        let ran = fair.sweep(&[more, &["--format", "json"]].concat());
        let rules = ran.json()["rules"].as_array().unwrap().clone();
        assert_eq!(
            [&rules[0]["action"], &rules[1]["action"]],
            [&json!("restrict"), &json!("remove")]
        );
        rules
    };
    let shown = rules(&[]);
    assert_eq!([&shown[0]["due"], &shown[1]["due"]], [&json!(2), &json!(1)]);
    assert_eq!(fair.text("a.csv"), whole);
    let done = rules(&["--apply"]);
    assert_eq!([&done[0]["done"], &done[1]["done"]], [&json!(2), &json!(1)]);
    let left = format!(
        "{head}{}{}{}",
        row("purposeless", 500, "yes"),
        row("locked", 500, "yes"),
        row("active", 30, "")
    );
    assert_eq!(fair.text("a.csv"), left);
    let again = rules(&["--apply"]);
    assert_eq!([&again[0]["due"], &again[1]["due"]], [&json!(0), &json!(0)]);
    assert_eq!(fair.text("a.csv"), left);
    // Whoever takes the lock away finds it back after the next run.
    fair.put(
        "a.csv",
        left.replace("purposeless@example.org", "opened@example.org")
            .replacen(";yes", ";", 1)
            .as_bytes(),
    );
    assert_eq!(rules(&["--apply"])[0]["done"], json!(1));
    assert_eq!(fair.text("a.csv"), left.replace("purposeless@", "opened@"));
    fair.workspace.run(&["audit", "runs"]).ends_with(0);
    fair.is_sound();
}
