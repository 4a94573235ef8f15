//! Cases drawn by a seed and looked at once more: anybody draws the same, what is back is found, and nothing is written.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/workspace.rs"]
mod workspace;

use rusqlite::Connection;
use serde_json::Value;
use workspace::{Company, Output};

fn erase(company: &Company, email: &str, expect: &str) {
    let erased = company.run(&[
        "erase",
        "--email",
        email,
        "--identity",
        "letter",
        "--yes",
        "--expect",
        expect,
    ]);
    assert!([0, 3].contains(&erased.code), "{}", erased.err);
}

fn sample(company: &Company, more: &[&str]) -> Output {
    company.run(
        &[
            &[
                "audit",
                "sample",
                "--n",
                "5",
                "--seed",
                "2026-audit",
                "--all",
            ],
            more,
        ]
        .concat(),
    )
}

fn json(company: &Company) -> (i32, Value) {
    let done = sample(company, &["--format", "json"]);
    (
        done.code,
        serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err)),
    )
}

fn nows(sample: &Value) -> Vec<(String, String)> {
    let cases = sample["cases"].as_array().unwrap();
    let records = cases
        .iter()
        .flat_map(|case| case["records"].as_array().unwrap());
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all: Vec<_> = records
        .map(|one| (word(&one["object"]), word(&one["now"])))
        .collect();
    all.sort();
    all
}

/// Everything under a folder with its bytes.
fn content(company: &Company, names: &[&str]) -> Vec<Vec<u8>> {
    names
        .iter()
        .map(|name| fs_err::read(company.path(name)).unwrap())
        .collect()
}

#[test]
fn what_was_erased_is_looked_for_again_and_nothing_is_written() {
    let company = Company::new();
    erase(&company, "anna@example.org", "4");
    let systems = ["shop.db", "newsletter.csv"];
    let before = content(&company, &systems);
    let (code, first) = json(&company);
    assert_eq!(code, 0, "{first}");
    let gone = |object: &str| (object.to_owned(), "gone".to_owned());
    assert_eq!(
        nows(&first),
        [
            gone("customers"),
            gone("orders"),
            gone("orders"),
            gone("subscribers")
        ]
    );
    assert_eq!(first["cases"][0]["bundles"][0]["state"], "valid");
    assert_eq!(before, content(&company, &systems));
    insta::assert_snapshot!("sample", sample(&company, &[]).screen());
    insta::assert_snapshot!("sample_de", sample(&company, &["--lang", "de"]).screen());
    insta::assert_snapshot!(
        "sample_json",
        sample(&company, &["--format", "json"]).screen()
    );

    // Only closed cases are drawn unless that is asked for, and only those received in these days.
    let closed = company.run(&["audit", "sample", "--n", "1", "--seed", "x"]);
    insta::assert_snapshot!("sample_of_none", closed.screen());
    assert_eq!(sample(&company, &["--to", "2020-01-01"]).out, "");

    // The ledger knows who drew what, and every event of it is still in its place.
    let log = company.run(&["audit", "log", "--format", "json"]);
    let log: Value = serde_json::from_str(&log.out).unwrap();
    let drawn = log["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stored| &stored["event"]);
    let drawn: Vec<_> = drawn.filter(|event| event["event"] == "sampled").collect();
    assert_eq!(drawn.len(), 4);
    assert_eq!(
        (&drawn[0]["seed"], &drawn[0]["cases"][0]),
        (&"2026-audit".into(), &company.case().into())
    );
    assert_eq!(company.run(&["audit", "log", "--verify"]).code, 0);
}

#[test]
fn what_came_back_is_told_with_its_digest() {
    let company = Company::new();
    erase(&company, "anna@example.org", "4");
    let shop = Connection::open(company.path("shop.db")).unwrap();
    // A backup was restored: the same row. And Anna ordered again, as a new customer: another row.
    shop.execute_batch(
        "INSERT INTO customers VALUES (2, 'Anna@example.org', '4711', 'Anna Beispiel', 'Köln')",
    )
    .unwrap();
    let (code, found) = json(&company);
    assert_eq!(code, 5);
    assert_eq!(
        (&found["found_again"], &found["not_seen"]),
        (&1.into(), &0.into())
    );
    insta::assert_snapshot!("sample_found_again", sample(&company, &[]).screen());
    shop.execute_batch("DELETE FROM customers WHERE id = 2; INSERT INTO customers VALUES (9, 'anna@example.org', NULL, 'Anna Beispiel', 'Köln')").unwrap();
    let (code, found) = json(&company);
    assert_eq!(code, 0, "a new customer is no failed erasure");
    let appeared = &found["cases"][0]["appeared"];
    assert_eq!(
        (&appeared[0]["object"], &appeared[0]["count"]),
        (&"customers".into(), &1.into())
    );
    // Rows of a file have no key of their own; the search finds them.
    company.write(
        "newsletter.csv",
        "Mail;Name\nanna@example.org;Anna Beispiel\n",
    );
    let (code, found) = json(&company);
    assert_eq!(code, 5);
    assert!(
        nows(&found).contains(&("subscribers".into(), "found_again".into())),
        "{found}"
    );
}

#[test]
fn what_cannot_be_looked_at_is_told_and_what_was_tampered_with_too() {
    let company = Company::new();
    erase(&company, "anna@example.org", "4");
    let shop = fs_err::read(company.path("shop.db")).unwrap();
    fs_err::remove_file(company.path("shop.db")).unwrap();
    let (code, unseen) = json(&company);
    assert_eq!((code, &unseen["not_seen"]), (3, &3.into()), "{unseen}");
    insta::assert_snapshot!("sample_not_seen", sample(&company, &[]).screen());
    fs_err::write(company.path("shop.db"), shop).unwrap();

    let bundle = company.path(&format!("evidence/{}.evidence.zip", company.case()));
    let mut bytes = fs_err::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs_err::write(&bundle, &bytes).unwrap();
    let (code, bent) = json(&company);
    assert_eq!(
        (code, &bent["cases"][0]["bundles"][0]["state"]),
        (5, &"invalid".into())
    );
    fs_err::remove_file(&bundle).unwrap();
    let (code, gone) = json(&company);
    assert_eq!(
        (code, &gone["cases"][0]["bundles"][0]["state"]),
        (5, &"missing".into())
    );
}

#[test]
fn records_of_a_purged_case_are_called_unseen_and_not_proven_anew() {
    let company = Company::new();
    erase(&company, "anna@example.org", "4");
    let (_, before) = json(&company);
    let case = company.case();
    let levels = |sample: &Value| -> Vec<(String, String)> {
        let records = sample["cases"][0]["records"].as_array().unwrap().iter();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let mut all: Vec<_> = records
            .map(|one| (word(&one["record"]), word(&one["level"])))
            .collect();
        all.sort();
        all
    };
    let tasks = company.run(&["task", "list", "--format", "json"]);
    let tasks: Value = serde_json::from_str(&tasks.out).unwrap();
    for task in tasks["tasks"].as_array().unwrap() {
        let name = task["task"].as_str().unwrap();
        let found: &[&str] = if name == "T1" { &["--found", "1"] } else { &[] };
        company.run(&[&["task", "done", &case, name], found].concat());
    }
    let closed = company.run(&["case", "close", &case]);
    assert_eq!(closed.code, 0, "{}", closed.err);
    let early = ["--early", "--reason", "test", "--yes"];
    let purged = company.run(&[&["case", "purge", &case], &early[..]].concat());
    assert_eq!(purged.code, 0, "{}", purged.err);

    let (code, after) = json(&company);
    assert_eq!(code, 3, "{after}");
    assert_eq!(
        (&after["not_seen"], &after["purged"], &after["found_again"]),
        (&4.into(), &4.into(), &0.into())
    );
    assert!(nows(&after).iter().all(|(_, now)| now == "purged"));
    // How well each was proven, the ledger still says, with what a later search confirmed.
    assert_eq!(levels(&after), levels(&before));
    insta::assert_snapshot!("sample_purged", sample(&company, &[]).screen());
    let papers = sample(&company, &["--papers", "papers"]);
    assert_eq!(papers.code, 3, "{}", papers.err);
    let page = company.read("papers/sample.html");
    assert!(!page.contains("every record is as its evidence says"));
    for words in [
        "Records that nobody looked at: 4.",
        "Of these, in purged cases, of which nobody knows any more what to look for: 4.",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn the_papers_hold_no_person_and_draw_the_sample_again() {
    let company = Company::new();
    erase(&company, "anna@example.org", "4");
    erase(&company, "bert@example.org", "1");
    let done = sample(&company, &["--papers", "papers"]);
    assert_eq!(done.code, 0, "{}", done.err);
    for name in [
        "sample.html",
        "sample.json",
        "records.csv",
        "bundles.csv",
        "population.csv",
    ] {
        let text = company.read(&format!("papers/{name}"));
        let lower = text.to_lowercase();
        for personal in ["anna", "bert", "beispiel", "example.org", "köln"] {
            assert!(!lower.contains(personal), "{personal} in {name}");
        }
        // As a word: four digits stand in some digest by chance.
        let mut words = lower.split(|sign: char| !sign.is_alphanumeric());
        assert!(words.all(|word| word != "4711"), "{name}");
    }
    let page = company.read("papers/sample.html");
    assert!(page.contains("default-src 'none'") && !page.contains("<script"));
    for words in ["Stichprobe", "Sample of cases", "Was das nicht zeigt"] {
        assert!(page.contains(words), "{words}");
    }
    // The commands on the page come to the cases that were drawn.
    let command = "tail -n +2 papers/population.csv | cut -d , -f 1 | while read -r case; do
        echo \"$(printf '%s%s' 2026-audit \"$case\" | sha256sum | cut -c 1-64) $case\"; done | sort | head -n 5";
    let drawn = company
        .command("bash")
        .args(["-c", command])
        .output()
        .unwrap();
    let sample_json: Value = serde_json::from_str(&company.read("papers/sample.json")).unwrap();
    let cases = sample_json["cases"].as_array().unwrap().iter();
    let lines = cases.map(|case| {
        format!(
            "{} {}\n",
            case["rank"].as_str().unwrap(),
            case["case"].as_str().unwrap()
        )
    });
    assert_eq!(
        String::from_utf8(drawn.stdout).unwrap(),
        lines.collect::<String>()
    );
    assert_eq!(sample_json["population"], 2);
    let again = sample(&company, &["--papers", "papers"]);
    assert!(
        again.code == 2 && again.err.contains("E964"),
        "{}",
        again.err
    );
    // In the language of the inventory.
    let inventory = company.read("dsr.yaml");
    assert!(inventory.contains("language: en"), "{inventory}");
    company.write(
        "dsr.yaml",
        &inventory.replace("language: en", "language: de"),
    );
    let again = sample(&company, &["--papers", "papers"]);
    assert!(again.err.contains("Fehler[E964]"), "{}", again.err);
    let refused = company.run(&["audit", "sample", "--n", "1", "--seed", "Anna Beispiel"]);
    assert_eq!(refused.code, 2);
}
