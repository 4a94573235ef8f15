//! Every connector of the project against its recorded exchanges, and the runner of these tests against connectors and test files that
//! are wrong.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "connectors/habits.rs"]
mod habits;
#[path = "connectors/runner.rs"]
mod runner;
#[path = "connectors/shipped.rs"]
mod shipped;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dsr::connector::definition::{self, Definition};
use dsr::diagnostic::{Diagnostic, Source};
use dsr::messages::Lang;
use dsr::replay::derive::{Came, Kind};
use dsr::replay::{self, Report, TestFile};

const BOOKINGS: &str = include_str!("connectors/bookings.yml");
const BOOKINGS_TEST: &str = include_str!("connectors/tests/bookings.test.yml");
const SHOP: &str = include_str!("connectors/shop.yml");
const SHOP_TEST: &str = include_str!("connectors/tests/shop.test.yml");

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source {
        path: name.into(),
        text: text.to_owned(),
    })
}

fn connector(text: &str) -> Definition {
    definition::parse(source("connector.yml", text))
        .unwrap_or_else(|trouble| panic!("{}", drawn(&trouble.diagnostics)))
}

fn tests(text: &str, definition: &Definition) -> TestFile {
    replay::parse(&source("tests.yml", text), definition)
        .unwrap_or_else(|trouble| panic!("{}", drawn(&trouble.diagnostics)))
}

fn run(connector_text: &str, test_text: &str) -> Report {
    let definition = connector(connector_text);
    replay::run(&definition, &tests(test_text, &definition))
}

fn drawn(all: &[Diagnostic]) -> String {
    let drawn = all
        .iter()
        .map(|one| dsr::ui::diagnostic::render(one, Lang::En, false));
    drawn.collect::<Vec<_>>().join("\n")
}

/// Everything that went wrong, drawn.
fn wrong(report: &Report) -> String {
    let mut out = String::new();
    for case in &report.cases {
        out.push_str(&drawn(&case.wrong));
        for derived in &case.derived {
            out.push_str(&drawn(derived.wrong().unwrap_or_default()));
        }
    }
    out
}

/// Codes of what went wrong, each once, in order.
fn codes(report: &Report) -> Vec<&'static str> {
    let cases = report.cases.iter();
    let mut codes: Vec<&str> = cases
        .flat_map(|case| {
            let derived = case.derived.iter().filter_map(|one| one.wrong());
            case.wrong.iter().chain(derived.flatten())
        })
        .map(|one| one.code)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Derived cases that no erasure of a connector forms, and why that is right. `*` stands for every connector whose writes may all be
/// repeated: an update with PUT or DELETE that was lost is sent again, and nothing is unknown.
const GAPS: &[(&str, &str, &str)] = &[
    // Both answer a search by email with one contact, and never with a page.
    (
        "brevo",
        "repeated_page",
        "nothing that the case asks for comes in pages",
    ),
    (
        "cleverreach",
        "repeated_page",
        "nothing that the case asks for comes in pages",
    ),
    // Erasing an employee is a person's task: the interface removes nobody.
    (
        "sap-successfactors",
        "already_gone",
        "the recorded case writes nothing",
    ),
    (
        "sap-successfactors",
        "lost_reply",
        "the recorded case writes nothing",
    ),
    (
        "sap-successfactors",
        "changed",
        "the recorded case writes nothing",
    ),
    (
        "sap-successfactors",
        "forbidden",
        "the recorded case writes nothing",
    ),
    ("*", "lost_reply", "every write of it may be repeated"),
];

/// Connectors without a derived case of a kind, but for those that `GAPS` allows.
fn gaps(connector: &str, report: &Report, allowed: &mut [bool]) -> Vec<String> {
    let derived = || report.cases.iter().flat_map(|case| &case.derived);
    let mut gaps = Vec::new();
    for kind in Kind::ALL {
        let of_kind = || derived().filter(|one| one.kind == kind);
        if of_kind().any(|one| matches!(one.came, Came::Right)) {
            continue;
        }
        let reasons: Vec<String> = of_kind()
            .filter_map(|one| match &one.came {
                Came::NotDerived(why) => Some(why.en.clone()),
                _ => None,
            })
            .collect();
        let gap = GAPS.iter().position(|(name, word, why)| {
            [connector, "*"].contains(name)
                && *word == kind.word()
                && reasons.iter().any(|r| r == why)
        });
        match gap {
            Some(at) => allowed[at] = true,
            None => gaps.push(format!("{connector} {}: {reasons:?}", kind.word())),
        }
    }
    gaps
}

#[test]
fn every_connector_holds_against_what_was_recorded() {
    let mut seen = 0;
    let (mut missing, mut allowed) = (Vec::new(), vec![false; GAPS.len()]);
    for folder in ["connectors", "tests/connectors"] {
        let entries = fs_err::read_dir(project(folder)).into_iter().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == "yml"))
        {
            let definition = definition::read(file)
                .unwrap_or_else(|trouble| panic!("{}", drawn(&trouble.diagnostics)));
            let name = format!("tests/{}.test.yml", file.file_stem().unwrap().display());
            let tests = replay::read(&file.parent().unwrap().join(name), &definition)
                .unwrap_or_else(|trouble| panic!("{}", drawn(&trouble.diagnostics)));
            let report = replay::run(&definition, &tests);
            assert!(report.holds(), "{}:\n{}", file.display(), wrong(&report));
            assert!(
                report.uncovered.is_empty(),
                "{}: no case shows {:?}",
                file.display(),
                report.uncovered
            );
            assert!(report.warnings.is_empty(), "{}", drawn(&report.warnings));
            if folder == "connectors" {
                missing.extend(gaps(&definition.name, &report, &mut allowed));
            }
            seen += 1;
        }
    }
    assert!(seen >= 2, "{seen}");
    assert!(missing.is_empty(), "not derived: {missing:#?}");
    let idle: Vec<_> = GAPS.iter().zip(allowed).filter(|(_, met)| !met).collect();
    assert!(idle.is_empty(), "no gap any more: {idle:?}");
}

/// What was refused, failed or never asked is not covered.
#[test]
fn coverage_is_what_took_effect() {
    let refusing = BOOKINGS.replace(
        "remove: { delete: \"/guests/{{ record.id }}\" }",
        "remove: { delete: \"/guests/{{ record.id }}\", outcome: { blocked: [422] } }",
    );
    let refused = BOOKINGS_TEST
        .replace("- { delete: /guests/7, reply: { status: 204 } }", "- { delete: /guests/7, reply: { status: 422 } }")
        .replace("      - { get: /guests/7, reply: { status: 404 } }\n", "")
        .replace("reply: { status: 404 } }\n      - { get: /guests, query: { page: 1 }, reply: { json: { items: [] } } }\n", "")
        .replace("guests/7: removed", "guests/7: blocked");
    let last = "      - { get: /guests, query: { page: 1 }, reply: { json: { items: [] } } }\n    expect:\n      found: { guests: [7] }\n      outcomes";
    let refused = refused.replace(last, &last[last.find("    expect").unwrap()..]);
    let report = run(&refusing, &refused);
    assert!(
        report.cases.iter().all(|case| case.wrong.is_empty()),
        "{}",
        wrong(&report)
    );
    assert_eq!(report.uncovered, ["guests.remove"]);

    let by_number = BOOKINGS
        .replace(
            "find: [{ by: email, get: /guests, query: { email: \"{{ value }}\" } }]",
            "find: [{ by: email, get: /guests, query: { email: \"{{ value }}\" } }, { by: customer_no, get: /guests, query: { number: \"{{ value }}\" } }]",
        )
        .replace(
            "phone: contact.phone",
            "phone: contact.phone\n      number: { category: account.id, identity: customer_no }",
        );
    let report = run(&by_number, BOOKINGS_TEST);
    assert!(report.holds(), "{}", wrong(&report));
    assert_eq!(report.uncovered, ["guests.find[2]"]);
}

/// Together the two small connectors form every derived case.
#[test]
fn every_derived_case_is_formed_somewhere() {
    let reports = [run(BOOKINGS, BOOKINGS_TEST), run(SHOP, SHOP_TEST)];
    for kind in Kind::ALL {
        let cases = reports.iter().flat_map(|report| &report.cases);
        let mut derived = cases.flat_map(|case| &case.derived);
        assert!(
            derived.any(|one| one.kind == kind && matches!(one.came, Came::Right)),
            "{}",
            kind.word()
        );
    }
}

/// A connector that is wrong in one place has to fail, each with a reason that leads there.
#[test]
fn a_connector_that_is_wrong_fails() {
    let mutants = [
        // Another path, verb or body than recorded.
        (
            SHOP,
            SHOP_TEST,
            "get: \"/orders/{{ record.id }}\"",
            "get: \"/order/{{ record.id }}\"",
            "E770",
        ),
        (
            SHOP,
            SHOP_TEST,
            "patch: \"/orders/{{ record.id }}\"",
            "put: \"/orders/{{ record.id }}\"",
            "E770",
        ),
        (
            SHOP,
            SHOP_TEST,
            "body: { customer: \"{{ record.id }}\" }",
            "body: { person: \"{{ record.id }}\" }",
            "E770",
        ),
        (
            SHOP,
            SHOP_TEST,
            "post: \"/customers/{{ record.id }}/lock\", body: { reason: dispute }",
            "post: \"/customers/{{ record.id }}/lock\"",
            "E770",
        ),
        // Identities that are read from the wrong member.
        (
            BOOKINGS,
            BOOKINGS_TEST,
            "email: { category: contact.email, identity: email }\n      name: person.name",
            "email: contact.email\n      name: { category: person.name, identity: email }",
            "E773",
        ),
        // The link to the parent that nobody compares, and one that compares with something else.
        (
            SHOP,
            SHOP_TEST,
            "customer: { category: account.id, links: customers, mask: keep }",
            "id: { category: account.id, links: customers, mask: keep }",
            "E773",
        ),
        (
            SHOP,
            SHOP_TEST,
            "links: customers, mask: keep",
            "mask: keep",
            "E770",
        ),
        // No reading before and after.
        (
            BOOKINGS,
            BOOKINGS_TEST,
            "    read: { get: \"/guests/{{ record.id }}\", records: $ }\n",
            "",
            "E771",
        ),
        // Only the first page.
        (
            BOOKINGS,
            BOOKINGS_TEST,
            "  page: { number: query.page, start: 1, size: query.per_page, of: 50 }\n",
            "",
            "E770",
        ),
        (
            SHOP,
            SHOP_TEST,
            "  page: { next: $.links.next, total: $.count }",
            "  page: { next: $.links.more, total: $.count }",
            "E778",
        ),
        // A step is forgotten, or comes too early.
        (
            SHOP,
            SHOP_TEST,
            "        - { name: close, post: \"/customers/{{ record.id }}/close\" }\n",
            "",
            "E771",
        ),
        (
            SHOP,
            SHOP_TEST,
            "        - { name: close, post: \"/customers/{{ record.id }}/close\" }\n        - { name: delete, delete: \"/customers/{{ record.id }}\" }\n",
            "        - { name: delete, delete: \"/customers/{{ record.id }}\" }\n        - { name: close, post: \"/customers/{{ record.id }}/close\" }\n",
            "E772",
        ),
        // Sends too little of what is to become anonymous.
        (
            SHOP,
            SHOP_TEST,
            "      note: content.note\n",
            "      note: { category: content.note, mask: keep }\n",
            "E770",
        ),
        // Nobody is waited for.
        (
            BOOKINGS,
            BOOKINGS_TEST,
            "  records: \"$.items[*]\"\n",
            "  records: \"$.items[*]\"\n  limits: { retries: 0 }\n",
            "E775",
        ),
        // A condition that nothing fulfils.
        (
            SHOP,
            SHOP_TEST,
            "holds: \"record.locked\"",
            "holds: \"record.frozen\"",
            "E775",
        ),
        // A refusal that is taken for success, or for nothing of the kind.
        (
            SHOP,
            SHOP_TEST,
            "      outcome: { blocked: [422] }\n",
            "",
            "E775",
        ),
    ];
    let mut survivors = Vec::new();
    for (connector, tests, from, to, code) in mutants {
        assert!(connector.contains(from), "{from}");
        let report = run(&connector.replace(from, to), tests);
        let codes = codes(&report);
        if !codes.contains(&code) {
            survivors.push(format!("{to}: {codes:?}, not {code}\n{}", wrong(&report)));
        }
    }
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
}

/// Expectations that do not come true.
#[test]
fn an_expectation_that_is_wrong_fails() {
    let changes = [
        (
            "found: { guests: [7] }\n      near_misses",
            "found: { guests: [7, 8] }\n      near_misses",
            "E773",
        ),
        (
            "expect: { found: {}, near_misses: 0 }",
            "expect: { found: {}, near_misses: 1 }",
            "E774",
        ),
        ("{ guests/7: removed }", "{ guests/7: anonymised }", "E775"),
        (
            "{ guests/7: { name: Ada Moss, phone",
            "{ guests/7: { name: Ada Mos, phone",
            "E776",
        ),
        ("waited: 2s", "waited: 3s", "E777"),
        (
            "expect: { found: {}, near_misses: 0 }",
            "expect: { found: {}, error: E310 }",
            "E778",
        ),
        ("reply: { status: 404 }", "reply: { status: 500 }", "E775"),
        (
            "      - { delete: /guests/7, reply: { status: 204 } }\n",
            "",
            "E770",
        ),
        (
            "      - { get: /guests, query: { page: 1 }, reply: { json: { items: [] } } }\n",
            "",
            "E775",
        ),
    ];
    for (from, to, code) in changes {
        assert!(BOOKINGS_TEST.contains(from), "{from}");
        let report = run(BOOKINGS, &BOOKINGS_TEST.replace(from, to));
        assert!(codes(&report).contains(&code), "{to}: {}", wrong(&report));
    }
}

/// Messages about test files that are wrong.
#[test]
fn a_test_file_that_is_wrong_says_where_and_what_to_do() {
    let changes = [
        ("tests: bookings", "tests: booking"),
        (", key: invented }", " }"),
        (", key: invented }", ", kee: invented, key: x }"),
        (
            "https://bookings.example.com/api",
            "http://bookings.example.com/api",
        ),
        ("run: export", "run: exprot"),
        ("run: export", "run: migrate"),
        ("run: export", "run: rectify"),
        (
            "subject: { email: bob@example.org }",
            "subject: { e-mail: bob@example.org }",
        ),
        (
            "subject: { email: bob@example.org }",
            "subject: { email: \"*\" }",
        ),
        ("name: nobody is found", "name: a guest is exported"),
        (
            "expect: { found: {}, near_misses: 0 }",
            "expect: { near_misses: 0 }",
        ),
        (
            "expect: { found: {}, near_misses: 0 }",
            "expect: { found: { guest: [7] } }",
        ),
        (
            "expect: { found: {}, near_misses: 0 }",
            "expect: { error: E3100 }",
        ),
        ("{ guests/7: removed }", "{ guests-7: removed }"),
        ("{ guests/7: removed }", "{ guests/7: remove }"),
        (
            "- { delete: /guests/7, reply: { status: 204 } }",
            "- { delete: /guests/7, get: /guests/7, reply: { status: 204 } }",
        ),
        (
            "- { delete: /guests/7, reply: { status: 204 } }",
            "- { delete: /guests/7?now, reply: { status: 204 } }",
        ),
        (
            "- { delete: /guests/7, reply: { status: 204 } }",
            "- { delete: /guests/7, reply: { status: 204, text: a, json: {} } }",
        ),
        (
            "- { delete: /guests/7, reply: { status: 204 } }",
            "- { delete: /guests/7, reply: { bytes: \"%\" } }",
        ),
        (
            "- { delete: /guests/7, reply: { status: 204 } }",
            "- { delete: /guests/7 }",
        ),
        (
            "- { delete: /guests/7, reply: { status: 204 } }",
            "- { delete: /guests/7, replies: { status: 204 } }",
        ),
        ("cases:\n", "derive: [stranger, strangers]\ncases:\n"),
    ];
    let definition = connector(BOOKINGS);
    let mut all = String::new();
    for (from, to) in changes {
        assert!(BOOKINGS_TEST.contains(from), "{from}");
        let text = BOOKINGS_TEST.replace(from, to);
        let Err(trouble) = replay::parse(&source("tests.yml", &text), &definition) else {
            panic!("taken: {to}");
        };
        all.push_str(&format!("# {to}\n{}\n\n", drawn(&trouble.diagnostics)));
    }
    insta::with_settings!({ snapshot_path => "connectors/snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("wrong_test_files", all);
    });
}

/// A case that cannot be formed says so.
#[test]
fn what_cannot_be_derived_is_said_and_not_counted() {
    let report = run(BOOKINGS, BOOKINGS_TEST);
    let erased = report.cases.last().unwrap();
    let lost = erased
        .derived
        .iter()
        .find(|one| one.kind == Kind::LostReply);
    assert!(matches!(lost.unwrap().came, Came::NotDerived(_)));
    let none = run(
        BOOKINGS,
        &BOOKINGS_TEST.replace("cases:\n", "derive: none\ncases:\n"),
    );
    assert!(none.cases.iter().all(|case| case.derived.is_empty()));
}

/// Waits of hours pass at once, and five hundred cases in a few seconds.
#[test]
fn time_is_simulated() {
    let patient = BOOKINGS_TEST
        .replace("Retry-After: \"2\"", "Retry-After: \"900\"")
        .replace("waited: 2s", "waited: 15m");
    let began = Instant::now();
    let report = run(BOOKINGS, &patient);
    assert!(report.holds(), "{}", wrong(&report));
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
}

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dsr"))
        .current_dir(project("tests"))
        .args(arguments)
        .output()
        .unwrap()
}

fn shown(output: &Output) -> String {
    let text = format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let time = regex::Regex::new(r"\d+ ms").unwrap();
    time.replace_all(&text, "[time]").into_owned()
}

#[test]
fn the_command_tests_connectors_without_a_workspace() {
    insta::with_settings!({ snapshot_path => "connectors/snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("command", shown(&program(&["connector", "test", "--all", "--lang", "en"])));
        insta::assert_snapshot!("command_de", shown(&program(&["connector", "test", "shop", "--lang", "de"])));
        let other = ["connector", "test", "shop", "--tests", "connectors/tests/bookings.test.yml", "--lang", "en"];
        insta::assert_snapshot!("command_other_tests", shown(&program(&other)));
        insta::assert_snapshot!("command_unknown", shown(&program(&["connector", "test", "chop", "--lang", "en"])));
    });
}

/// After an erasure the lists are asked once more. Somebody else in a list of everybody is nobody's remainder: neither they nor what
/// lies below them is looked at as if it were the person's.
#[test]
fn a_stranger_in_a_list_stays_a_stranger_after_the_erasure() {
    let roster = r#"
dsr: 1
connector: roster
version: 1.0.0
settings: { url: { type: url } }
api: { url: "{{ settings.url }}", records: "$.items[*]" }
objects:
  members:
    find: [{ by: email, get: /members, partial: true }]
    read: { get: "/members/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/members/{{ record.id }}" }
  letters:
    find: [{ under: members, get: "/members/{{ parent.id }}/letters" }]
    fields: { text: content.message }
    remove: { delete: "/letters/{{ record.id }}" }
"#;
    let recorded = r#"
dsr: 1
tests: roster
settings: { url: "https://roster.example.com" }
derive: none
cases:
  - name: one goes, the other stays
    run: erase
    subject: { email: ada@example.org }
    exchanges:
      - { get: /members, reply: { json: { items: [{ id: 7 }, { id: 8 }] } } }
      - { get: /members/7, times: 2, reply: { json: { id: 7, email: ada@example.org } } }
      - { get: /members/8, reply: { json: { id: 8, email: eve@example.org } } }
      - { get: /members/7/letters, reply: { json: { items: [] } } }
      - { delete: /members/7, reply: { status: 204 } }
      - { get: /members/7, reply: { status: 404 } }
      - { get: /members, reply: { json: { items: [{ id: 8 }] } } }
      - { get: /members/8, reply: { json: { id: 8, email: eve@example.org } } }
    expect: { found: { members: [7] }, near_misses: 1, outcomes: { members/7: removed } }
"#;
    let report = run(roster, recorded);
    assert!(report.holds(), "{}", wrong(&report));
}
