//! `dsr demo` as somebody sees it who has just built `dsr`: the whole output in both languages, and what it leaves behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A machine of its own: home, state and temporary folder.
struct Machine {
    root: tempfile::TempDir,
}

impl Machine {
    fn new() -> Machine {
        let root = tempfile::tempdir().expect("a folder");
        for name in ["state", "tmp", "home"] {
            fs_err::create_dir(root.path().join(name)).expect("a folder");
        }
        Machine { root }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dsr"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.path("home"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("TMPDIR", self.path("tmp"))
            .current_dir(self.root.path())
            .stdin(Stdio::null());
        command
    }

    /// Exit code and both outputs together, in the order in which they were written.
    fn screen(&self, args: &[&str]) -> (i32, String) {
        let file = fs_err::File::create(self.path("screen")).expect("a file");
        let both = || Stdio::from(file.file().try_clone().expect("a handle"));
        let status = self.command(args).stdout(both()).stderr(both()).status();
        let code = status.expect("dsr runs").code().expect("an exit code");
        let text = fs_err::read_to_string(self.path("screen")).expect("UTF-8");
        (code, text)
    }

    /// Exit code and what a program would read.
    fn json(&self, args: &[&str]) -> (i32, Value) {
        let output = self.command(args).args(["--format", "json"]).output();
        let output = output.expect("dsr runs");
        let data = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().expect("an exit code"), data)
    }

    fn is_empty(&self, name: &str) -> bool {
        let mut entries = fs_err::read_dir(self.path(name)).expect("a folder");
        entries.next().is_none()
    }
}

/// What differs from run to run.
const FILTERS: [(&str, &str); 9] = [
    (r"\S*/demo/evidence/", "[folder]/evidence/"),
    (r"\b\d{4}-[0-9A-Z]{6}\b", "[case-no]"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "[time]"),
    (r"\b\d{4}-\d\d-\d\d\b", "[date----]"),
    (r"\b\d\d\.\d\d\.\d{4}\b", "[date----]"),
    (r"\b[0-9a-f]{64}\b", "[digest]"),
    (r"\bdsr\.log/[0-9a-f]{32}\b", "dsr.log/[log]"),
    (r"(?:[0-9A-F]{2}:){6,}(?:\n +)?[0-9A-F:]+", "[fingerprint]"),
    (r"\d+[.,]\d s\.", "[n] s."),
];

fn shows_the_whole_journey(lang: &str) {
    let machine = Machine::new();
    let (code, screen) = machine.screen(&["demo", "--lang", lang]);
    assert_eq!(code, 0, "{screen}");
    insta::with_settings!({ filters => FILTERS, snapshot_path => "cli_demo", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("demo_{lang}"), screen);
    });
    assert!(machine.is_empty("tmp"), "the landscape is left behind");
    assert!(machine.is_empty("state"), "a head is left behind");
}

#[test]
fn shows_the_whole_journey_in_english() {
    shows_the_whole_journey("en");
}

#[test]
fn shows_the_whole_journey_in_german() {
    shows_the_whole_journey("de");
}

#[test]
fn the_namesake_and_everybody_else_are_left_alone() {
    let (code, report) = Machine::new().json(&["demo"]);
    assert_eq!((code, &report["schema"]), (0, &"dsr.demo/1".into()));
    let places = report["everybody_else"].as_array().expect("places");
    assert_eq!(places.len(), 8);
    for place in places {
        for who in ["namesake", "others"] {
            assert_eq!(place[who]["untouched"], place[who]["of"], "{place}");
            assert_ne!(place[who]["of"], 0, "{place}");
        }
    }
    // What the subject had is gone, but for the rows that may not go.
    let gone = |place: &Value| place["before"].as_u64() > place["now"].as_u64();
    let stay: Vec<_> = places.iter().filter(|place| !gone(place)).collect();
    let stay: Vec<_> = stay.iter().map(|place| &place["place"]).collect();
    assert_eq!(stay, ["shop.customers", "shop.reviews"]);
    assert_eq!(report["evidence"]["standing"], "valid");
    let kept: Vec<_> = report["applied"]["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter(|record| record["outcome"] == "retained")
        .map(|record| (&record["object"], record["because"].as_str()))
        .collect();
    assert_eq!(
        kept,
        [(
            &Value::from("invoices"),
            Some("duty to keep: §147 AO, §257 HGB")
        )]
    );
}

#[test]
fn its_deletion_concept_has_no_gap() {
    let machine = Machine::new();
    for lang in ["en", "de"] {
        let folder = format!("kept-{lang}");
        let (code, _) = machine.json(&["demo", "--lang", lang, "--keep", &folder]);
        assert_eq!(code, 0);
        let lint = ["-C", &folder, "report", "concept", "--lint", "--strict"];
        let (code, concept) = machine.json(&lint);
        assert_eq!((code, &concept["lints"]), (0, &serde_json::json!([])));
        let types = concept["data_types"].as_array().expect("data types");
        assert_eq!(types.len(), 7);
    }
}

#[test]
fn what_is_kept_is_a_workspace_to_go_on_with() {
    let machine = Machine::new();
    let (code, report) = machine.json(&["demo", "--keep", "kept folder"]);
    assert_eq!(code, 0);
    let case = report["case"].as_str().expect("a case");
    let commands: Vec<_> = report["next"].as_array().expect("commands").clone();
    assert_eq!(
        commands[2],
        format!("dsr -C 'kept folder' case show {case}")
    );

    let (code, screen) = machine.screen(&["-C", "kept folder", "case", "list"]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(case), "{screen}");
    let bundle = format!("kept folder/evidence/{case}.evidence.zip");
    let (code, screen) =
        machine.screen(&["-C", "kept folder", "evidence", "verify", bundle.as_str()]);
    assert_eq!(code, 0, "{screen}");
    keeps_no_victim(&machine.path(&bundle));

    // Without the services the rest is searched all the same, and the answer says that it is not complete.
    let namesake = ["find", "--email", "jana.gruenberg@example.com"];
    let find = ["-C", "kept folder"].into_iter().chain(namesake);
    let find: Vec<&str> = find.collect();
    let (code, found) = machine.json(&find);
    assert_eq!((code, &found["complete"]), (3, &false.into()));

    let _services = Services::start(&machine, "kept folder");
    let (code, found) = machine.json(&find);
    assert_eq!((code, &found["complete"]), (0, &true.into()), "{found}");
    assert_eq!(records(&found), 8);
    let subject = "jana.gruenberg@example.org";
    let (code, found) = machine.json(&["-C", "kept folder", "find", "--email", subject]);
    assert_eq!((code, records(&found)), (0, 0), "{found}");
    // One landscape, one pair of services.
    let (code, screen) = machine.screen(&["demo", "--serve", "kept folder"]);
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("E886"), "{screen}");
}

/// What is over is shown by the first run, gone after the second, and the third has nothing to do.
#[test]
fn retention_runs_in_what_is_kept() {
    let machine = Machine::new();
    machine.json(&["demo", "--keep", "kept"]);
    let _services = Services::start(&machine, "kept");
    let sweep = |more: &[&str]| {
        let (code, run) = machine.json(&[&["-C", "kept", "sweep"], more].concat());
        assert_eq!(code, 0, "{run}");
        let rules = run["rules"].as_array().expect("rules").clone();
        let sum = |name: &str| {
            rules
                .iter()
                .filter_map(|rule| rule[name].as_u64())
                .sum::<u64>()
        };
        (rules.len(), sum("due"), sum("done"))
    };
    assert_eq!(sweep(&[]), (8, 8, 0));
    assert_eq!(sweep(&["--apply"]), (8, 8, 8));
    assert_eq!(sweep(&["--apply"]), (8, 0, 0));
    // Nobody's control person went with it, and everybody of last year is there.
    let find = [
        "-C",
        "kept",
        "find",
        "--email",
        "jana.gruenberg@example.com",
    ];
    let (code, found) = machine.json(&find);
    assert_eq!((code, records(&found)), (0, 8), "{found}");
    let (code, lint) = machine.screen(&["-C", "kept", "report", "concept", "--lint"]);
    assert_eq!(code, 0, "{lint}");
}

fn records(found: &Value) -> usize {
    let systems = found["systems"].as_array().expect("systems");
    let count = |system: &Value| system["records"].as_array().map_or(0, Vec::len);
    systems.iter().map(count).sum()
}

/// No file of the bundle holds a value of the person.
fn keeps_no_victim(bundle: &Path) {
    let mut zip = zip::ZipArchive::new(fs_err::File::open(bundle).expect("a bundle")).expect("zip");
    assert!(zip.len() > 10);
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("a file");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).expect("its bytes");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for value in ["gruenberg", "grünberg", "jg.privat", "100417", "pirna"] {
            assert!(!text.contains(value), "{value} in file {at}");
        }
    }
}

/// `dsr demo --serve`, until this goes.
struct Services(Child);

impl Services {
    fn start(machine: &Machine, folder: &str) -> Services {
        let mut command = machine.command(&["demo", "--serve", folder]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("dsr runs");
        let mut line = String::new();
        let out = child.stderr.as_mut().expect("its messages");
        BufReader::new(out).read_line(&mut line).expect("a line");
        assert!(line.contains("127.0.0.1"), "{line}");
        Services(child)
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_folder_with_something_in_it_is_refused_and_left_as_it_is() {
    let machine = Machine::new();
    let folder = machine.path("mine");
    fs_err::create_dir(&folder).expect("a folder");
    fs_err::write(folder.join("letter.txt"), "mine").expect("a file");
    let (code, screen) = machine.screen(&["demo", "--keep", "mine"]);
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("E881"), "{screen}");
    let entries: Vec<_> = fs_err::read_dir(&folder).expect("a folder").collect();
    assert_eq!(entries.len(), 1);
    assert!(machine.is_empty("state"));
    // A file is no folder either, and no services start where no landscape is.
    assert_eq!(machine.screen(&["demo", "--keep", "mine/letter.txt"]).0, 2);
    assert_eq!(machine.screen(&["demo", "--serve", "mine"]).0, 2);
}
