//! Connectors that come with the program, tested where nothing of its source lies; overlays of them; and what recordings show that no
//! field lists.

use std::process::Command;

use dsr::replay;

use super::{BOOKINGS, BOOKINGS_TEST, connector, drawn, run, shown, tests, wrong};

/// A folder with nothing in it but what is written there.
struct Elsewhere(tempfile::TempDir);

impl Elsewhere {
    fn new() -> Elsewhere {
        Elsewhere(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.0.path().join(name);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, text).unwrap();
    }

    fn dsr(&self, arguments: &[&str]) -> std::process::Output {
        Command::new(env!("CARGO_BIN_EXE_dsr"))
            .current_dir(self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path().join("none"))
            .env("LANG", "C")
            .args(arguments)
            .output()
            .unwrap()
    }

    fn json(&self, arguments: &[&str]) -> (i32, serde_json::Value) {
        let output = self.dsr(&[arguments, &["--format", "json"]].concat());
        let code = output.status.code().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (
            code,
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{said}")),
        )
    }
}

fn see(name: &str, output: &std::process::Output) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, shown(output));
    });
}

#[test]
fn what_came_along_is_tested_in_any_folder() {
    let folder = Elsewhere::new();
    see("shipped", &folder.dsr(&["connector", "test", "directus"]));
    see("shipped_none_here", &folder.dsr(&["connector", "test"]));
    see(
        "shipped_none_here_de",
        &folder.dsr(&["connector", "test", "--lang", "de"]),
    );
    // The test that came along is the one of the source.
    let printed = folder.dsr(&["connector", "show", "zendesk", "--tests"]);
    let source = fs_err::read_to_string(super::project("connectors/tests/zendesk.test.yml"));
    assert!(String::from_utf8_lossy(&printed.stdout) == source.unwrap());
}

/// All of them, in a folder that has none: as many as there are files, and every case holds.
#[test]
fn a_test_file_stands_for_its_connector() {
    let folder = Elsewhere::new();
    folder.write("connectors/bookings.yml", BOOKINGS);
    folder.write("connectors/tests/bookings.test.yml", BOOKINGS_TEST);
    let said = |file: &str| folder.json(&["connector", "test", file]);
    let (code, by_test) = said("connectors/tests/bookings.test.yml");
    assert_eq!(code, 0);
    let names = |report: &serde_json::Value| report["connectors"][0]["connector"].clone();
    assert_eq!(names(&by_test), "bookings", "{by_test}");
    // One without a connector is read as what it is called, and refused.
    folder.write("elsewhere/tests/bookings.test.yml", BOOKINGS_TEST);
    let refused = folder.dsr(&["connector", "test", "elsewhere/tests/bookings.test.yml"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn all_that_came_along_are_tested_at_once() {
    let folder = Elsewhere::new();
    let (code, document) = folder.json(&["connector", "test", "--all"]);
    let tested = document["connectors"].as_array().unwrap();
    let files = fs_err::read_dir(super::project("connectors/tests")).unwrap();
    assert_eq!(tested.len(), files.count());
    assert_eq!(
        (code, document["failed"].as_u64()),
        (0, Some(0)),
        "{document}"
    );
}

#[test]
fn an_overlay_is_replayed_with_what_is_recorded_below_it() {
    let folder = Elsewhere::new();
    let harmless = "dsr: 1\nextends: directus@1\nobjects: { users: { cap: 900, fields: { location: null } } }\n";
    folder.write("connectors/cms.yml", harmless);
    see(
        "overlay_holds",
        &folder.dsr(&["connector", "test", "cms", "--all"]),
    );
    let (code, document) = folder.json(&["connector", "test", "cms"]);
    assert_eq!(code, 0, "{document}");
    let one = &document["connectors"][0];
    assert_eq!(one["connector"], "cms");
    assert_eq!(one["replayed_with"]["connector"], "directus");
    let paths = one["replayed_with"]["changes"].as_array().unwrap().iter();
    let paths: Vec<&str> = paths
        .map(|change| change["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        ["objects.users.cap", "objects.users.fields.location"]
    );

    // It locks what the connector below removes.
    let other = "dsr: 1\nextends: directus@1\nobjects: { users: { erase: restrict } }\n";
    folder.write("connectors/cms.yml", other);
    see(
        "overlay_differs",
        &folder.dsr(&["connector", "test", "cms"]),
    );
    see(
        "overlay_differs_de",
        &folder.dsr(&["connector", "test", "cms", "--lang", "de"]),
    );
    let (code, document) = folder.json(&["connector", "test", "cms"]);
    assert_eq!(
        (code, document["failed"].as_u64()),
        (2, Some(1)),
        "{document}"
    );
    let cases = document["connectors"][0]["cases"]
        .as_array()
        .unwrap()
        .iter();
    let results: Vec<&str> = cases.map(|case| case["result"].as_str().unwrap()).collect();
    assert_eq!(results[0], "differs", "{document}");
    assert!(
        results[1..].iter().all(|result| *result == "passed"),
        "{document}"
    );

    // A test of its own is the one that counts.
    let own = folder.dsr(&["connector", "show", "directus", "--tests"]);
    let own = String::from_utf8(own.stdout).unwrap();
    let own = own.replace("run: erase", "run: find").replace(
        "outcomes: { users/u7: removed, comments/c1: anonymised }",
        "found: {}",
    );
    folder.write("connectors/tests/cms.test.yml", &own);
    let output = folder.dsr(&["connector", "test", "cms"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("no test of its own"), "{said}");
}

/// Settings that an overlay adds get invented values, objects that it removes are missed and named, and a wrong overlay says so itself.
#[test]
fn an_overlay_may_add_settings_and_take_objects_away() {
    let folder = Elsewhere::new();
    let added = "dsr: 1\nextends: directus@1\nsettings: { site: { pattern: \"^[0-9]+$\", help: Number of the site } }\napi: { headers: { X-Site: \"{{ settings.site }}\" } }\n";
    folder.write("connectors/cms.yml", added);
    let (code, document) = folder.json(&["connector", "test", "cms"]);
    assert_eq!(code, 0, "{document}");
    let fewer = "dsr: 1\nextends: directus@1\nobjects: { users: { remove: { despite: null } }, comments: null }\n";
    folder.write("connectors/cms.yml", fewer);
    let (code, document) = folder.json(&["connector", "test", "cms"]);
    assert_eq!(code, 2, "{document}");
    assert_eq!(document["connectors"][0]["cases"][0]["result"], "differs");
    folder.write("connectors/cms.yml", &fewer.replace("comments", "comment"));
    let output = folder.dsr(&["connector", "test", "cms"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E400"));
}

/// An overlay of an overlay is replayed with the nearest test below it, and the changes shown are its own.
#[test]
fn an_overlay_of_an_overlay_has_the_nearest_test() {
    let folder = Elsewhere::new();
    folder.write("connectors/bookings.yml", BOOKINGS);
    folder.write("connectors/tests/bookings.test.yml", BOOKINGS_TEST);
    folder.write(
        "connectors/hotel.yml",
        "dsr: 1\nextends: bookings@1\ntitle: Hotel\n",
    );
    folder.write(
        "connectors/inn.yml",
        "dsr: 1\nextends: hotel@1\nobjects: { guests: { cap: 3 } }\n",
    );
    let (code, document) = folder.json(&["connector", "test", "inn"]);
    assert_eq!(code, 0, "{document}");
    let lent = &document["connectors"][0]["replayed_with"];
    assert_eq!(lent["connector"], "bookings");
    assert_eq!(lent["changes"].as_array().unwrap().len(), 2);
    let own = BOOKINGS_TEST.replace("a guest is exported", "Hotel, a guest is exported");
    folder.write("connectors/tests/hotel.test.yml", &own);
    let (code, document) = folder.json(&["connector", "test", "inn"]);
    assert_eq!(code, 0, "{document}");
    let lent = &document["connectors"][0]["replayed_with"];
    assert_eq!(lent["changes"].as_array().unwrap().len(), 1, "{document}");
    assert_eq!(
        document["connectors"][0]["cases"][2]["name"],
        "Hotel, a guest is exported"
    );
}

/// What the replies of `BOOKINGS_TEST` hold beside the listed fields.
fn recorded(more: &str) -> String {
    let from = "email: ada@example.org, name: Ada Moss";
    assert!(BOOKINGS_TEST.contains(from));
    BOOKINGS_TEST.replace(from, &format!("{more}, {from}"))
}

#[test]
fn recorded_members_that_look_personal_and_are_listed_nowhere_are_named() {
    let more = "iban: DE02120300000000202051, birthday: 1984-02-29, room: 12, note_count: 3, avatar: null, reference: ada@example.org, \
                assignee: { email: eve@example.org }, billing: { city: Berlin, code: X1 }, created: 2026-01-02";
    let report = run(BOOKINGS, &recorded(more));
    assert!(report.holds(), "{}", wrong(&report));
    let said = drawn(&report.warnings);
    assert_eq!(report.warnings.len(), 1, "{said}");
    for named in [
        "billing.city (contact.address)",
        "birthday (person.birth_date)",
        "iban (finance.bank)",
        "reference (contact.email)",
    ] {
        assert!(said.contains(named), "{named}\n{said}");
    }
    for quiet in [
        "room",
        "note_count",
        "avatar",
        "assignee",
        "billing.code",
        "created",
    ] {
        assert!(!said.contains(&format!("{quiet} (")), "{quiet}\n{said}");
    }
    // Once listed, with whatever lies below, nothing is left to say.
    let listed = BOOKINGS.replace(
        "      phone: contact.phone\n",
        "      phone: contact.phone\n      iban: finance.bank\n      birthday: person.birth_date\n      reference: contact.email\n      billing: contact.address\n",
    );
    let report = run(&listed, &recorded(more));
    assert!(report.warnings.is_empty(), "{}", drawn(&report.warnings));
    let definition = connector(BOOKINGS);
    let found = replay::unlisted(&definition, &tests(&recorded(more), &definition));
    assert_eq!(drawn(&found), said, "`check` says the same");
}

#[test]
fn check_and_test_warn_of_recordings_and_still_end_well() {
    let folder = Elsewhere::new();
    folder.write("connectors/bookings.yml", BOOKINGS);
    folder.write(
        "connectors/tests/bookings.test.yml",
        &recorded("iban: DE02120300000000202051"),
    );
    see(
        "personal_check",
        &folder.dsr(&["connector", "check", "bookings"]),
    );
    see(
        "personal_check_de",
        &folder.dsr(&["connector", "check", "bookings", "--lang", "de"]),
    );
    let (code, document) = folder.json(&["connector", "test", "bookings"]);
    assert_eq!(
        (code, &document["connectors"][0]["warnings"][0]["code"]),
        (0, &serde_json::json!("W310"))
    );
    // A test file that is wrong is another command's affair.
    folder.write("connectors/tests/bookings.test.yml", "dsr: 1\n");
    assert_eq!(
        folder
            .dsr(&["connector", "check", "bookings"])
            .status
            .code(),
        Some(0)
    );
}
