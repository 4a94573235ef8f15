//! `dsr report concept`: screens, data and the answer that a build server gets.

use crate::see;
use crate::workspace::Company;

fn with(inventory: &str) -> Company {
    let company = Company::nothing();
    company.write("dsr.yaml", inventory);
    company
}

fn broken() -> Company {
    with(include_str!("../concept/broken.yaml"))
}

fn sound() -> Company {
    with(include_str!("../concept/sound.yaml"))
}

const LINT: [&str; 3] = ["report", "concept", "--lint"];

#[test]
fn the_concept_is_shown_with_its_gaps() {
    let company = broken();
    see!(
        "concept_broken",
        company.run(&["--lang", "en", "report", "concept"])
    );
    see!("concept_broken_de", company.run(&["report", "concept"]));
    see!(
        "concept_broken_csv_de",
        company.run(&["report", "concept", "--format", "csv"])
    );
    see!(
        "concept_json",
        company.run(&["--lang", "en", "report", "concept", "--format", "json"])
    );
    let company = sound();
    see!("concept_sound", company.run(&["report", "concept"]));
    see!(
        "concept_sound_de",
        company.run(&["--lang", "de", "report", "concept"])
    );
    see!(
        "concept_help_de",
        company.run(&["--lang", "de", "report", "concept", "--help"])
    );
    see!(
        "concept_no_types",
        with(
            "dsr: 1\ncontroller: { name: A, seat: FR }\nsystems:\n  a: { status: not_connected }\n"
        )
        .run(&["report", "concept"])
    );
    // Nobody's workspace was opened, made or written to.
    assert!(!company.path(".dsr").exists() && !company.path("dsr.lock").exists());
}

#[test]
fn a_build_server_hears_of_errors_by_exit_code_2() {
    let company = broken();
    see!(
        "concept_lint",
        company.run(&[&["--lang", "en"], &LINT[..]].concat())
    );
    see!("concept_lint_de", company.run(&LINT));
    see!(
        "concept_lint_csv_de",
        company.run(&[&LINT[..], &["--format", "csv"]].concat())
    );
    let quiet = company.run(&[&LINT[..], &["--format", "json", "--quiet"]].concat());
    assert_eq!(quiet.code, 2);
    let data: serde_json::Value = serde_json::from_str(&quiet.out).unwrap();
    assert_eq!(data["errors"], 5);
    assert_eq!(data["lints"].as_array().unwrap().len(), 11);

    let company = sound();
    see!(
        "concept_lint_sound",
        company.run(&[&LINT[..], &["--strict"]].concat())
    );
    // Each of these alone is enough, without --strict.
    for (code, before, after) in [
        ("E446", "    start_type: end_of_relationship\n", ""),
        ("E447", "start: last_contact", "start: created_ts"),
        (
            "E450",
            "[shop.customers, mailing.subscribers]",
            "[shop.customers]",
        ),
        ("E451", "keep: P10Y", "keep: P7Y"),
        (
            "E455",
            "reason: nobody",
            "reason: two years, else three; nobody",
        ),
    ] {
        let text = include_str!("../concept/sound.yaml");
        assert!(text.contains(before), "{before}");
        let ran = with(&text.replace(before, after)).run(&LINT);
        let said = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.code, 2, "{code}: {said}");
        assert!(said.contains(code), "{code}: {said}");
    }

    // Warnings count only where they are to.
    let ownerless = company
        .read("dsr.yaml")
        .replace("    owner: marketing\n", "");
    company.write("dsr.yaml", &ownerless);
    assert_eq!(company.run(&LINT).code, 0);
    see!(
        "concept_lint_strict",
        company.run(&[&LINT[..], &["--strict"]].concat())
    );
    assert_eq!(
        company.run(&["report", "concept", "--strict"]).code,
        2,
        "only with --lint"
    );
    // Hints never do.
    let hint = ownerless
        .replace(
            "    engine: csv\n",
            "    engine: csv\n    owner: marketing\n",
        )
        .replace("    window: P6W\n", "");
    company.write("dsr.yaml", &hint);
    let hinted = company.run(&[&LINT[..], &["--strict"]].concat());
    assert!(hinted.out.contains("W302"), "{}", hinted.out);
    assert_eq!(hinted.code, 0);
}

#[test]
fn a_page_replaces_its_elders_and_nothing_else() {
    let company = sound();
    let write = |file: &str| company.run(&["report", "concept", "--html", file]);
    see!("concept_html", write("concept.html"));
    let first = company.read("concept.html");
    assert!(
        first.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"),
        "{first}"
    );
    assert_eq!(write("concept.html").code, 0);
    let german = company.run(&[
        "--lang",
        "de",
        "report",
        "concept",
        "--html",
        "concept.html",
    ]);
    assert_eq!(german.code, 0);
    assert!(company.read("concept.html").contains("Löschklassen"));
    // The inventory itself is no such page.
    let inventory = company.read("dsr.yaml");
    see!("concept_html_taken", write("dsr.yaml"));
    assert_eq!(company.read("dsr.yaml"), inventory);
    see!("concept_html_nowhere", write("nowhere/concept.html"));
}

#[test]
fn the_doctor_counts_what_is_missing() {
    let company = Company::new();
    let check = company.run(&["check"]);
    assert!(
        check.err.contains("`dsr report concept --lint`"),
        "{}",
        check.err
    );
    let data = company.run(&["check", "--format", "json"]);
    let data: serde_json::Value = serde_json::from_str(&data.out).unwrap();
    assert_eq!(
        data["concept"]["errors"], 4,
        "customers, orders and subscribers without a rule, vouchers without a class"
    );
}
