//! What the verbs show when all is well.

use crate::see;
use crate::workspace::Company;

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

fn erase(company: &Company) -> crate::workspace::Output {
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    company.run(&[&["erase"], &ANNA[..], &consent[..]].concat())
}

#[test]
fn init_makes_a_workspace_once() {
    let company = Company::nothing();
    see!("init", company.run(&["init", "--yes"]));
    see!("init_again", company.run(&["init", "--yes"]));
    see!("init_then_check", company.run(&["check"]));
    let german = Company::nothing();
    see!("init_de", german.run(&["--lang", "de", "init", "--yes"]));
    assert!(german.read("dsr.yaml").contains("language: de"));
    see!("no_cases_de", german.run(&[]));
}

/// Whoever has written `dsr.yaml` first, in German, is told in German what `init` adds to it.
#[test]
fn init_beside_a_german_inventory_speaks_german() {
    let german = Company::nothing();
    let own = "dsr: 1\ncontroller: { name: Muster GmbH, seat: DE-BY, language: de, contact: datenschutz@example.org }\nsystems:\n  akten: { engine: manual, owner: Personal, manual: { find: \"Akten A bis Z durchsehen.\", erase: \"Vernichten.\" } }\n";
    german.write("dsr.yaml", own);
    see!("init_beside_german", german.run(&["init", "--yes"]));
    assert_eq!(german.read("dsr.yaml"), own, "what is there stays");
    see!("init_beside_german_again", german.run(&["init", "--yes"]));
    see!(
        "init_beside_german_in_english",
        german.run(&["--lang", "en", "init", "--yes"])
    );
    see!("init_beside_german_then_check", german.run(&["check"]));
    german.write(
        "dsr.yaml",
        "dsr: 1\ncontroller: { name: Muster GmbH, seat: DE-BY, language: de }\nsysteme: {}\n",
    );
    see!("init_beside_broken_german", german.run(&["init", "--yes"]));
}

/// What needs no inventory reads the language of the one beside which it is called.
#[test]
fn whatever_is_called_beside_a_german_inventory_speaks_german() {
    let german = Company::with("language: en", "language: de");
    for line in [
        &["law", "list"][..],
        &["law", "show", "nothing"],
        &["trust", "nothing.yaml"],
        &["key", "list"],
        &["key", "new"],
        &["approve", "nothing.approval"],
        &["connector", "list"],
        &["connector", "check", "nothing"],
        &["evidence", "verify", "nothing.zip"],
        &["backup", "--list"],
        &["report", "concept", "--lint"],
    ] {
        let said = |lang: &[&str]| {
            let ran = german.run(&[lang, line].concat());
            format!("{}{}", ran.out, ran.err)
        };
        assert_eq!(said(&[]), said(&["--lang", "de"]), "{line:?}");
        assert_ne!(said(&[]), said(&["--lang", "en"]), "{line:?}");
    }
}

/// What cannot be read is told in the language that it states.
#[test]
fn a_german_inventory_is_refused_in_german() {
    let german = Company::with("language: en", "language: de, langage: de");
    see!(
        "broken_inventory_de",
        german.run(&["find", "--email", "anna@example.org"])
    );
    let english = Company::with("language: en", "language: en, langage: en");
    let said = english.run(&["find", "--email", "anna@example.org"]);
    assert!(said.err.contains("error[E120]"), "{}", said.err);
}

#[test]
fn check_asks_every_system() {
    let company = Company::new();
    see!("check", company.run(&["check"]));
    see!("check_de", company.run(&["--lang", "de", "check"]));
    see!("check_json", company.run(&["check", "--format", "json"]));
}

#[test]
fn find_shows_where_a_person_is() {
    let company = Company::new();
    let find = |more: &[&str]| company.run(&[&["find"], &ANNA[..], more].concat());
    see!("find", find(&[]));
    see!("find_de", find(&["--lang", "de"]));
    see!("find_json", find(&["--format", "json"]));
    see!("find_csv_de", find(&["--format", "csv", "--lang", "de"]));
    see!("find_partly", find(&["--system", "newsletter"]));
    see!(
        "find_nobody",
        company.run(&["find", "--email", "nobody@example.org"])
    );
}

#[test]
fn plan_writes_nothing() {
    let company = Company::new();
    let before = company.read("newsletter.csv");
    see!("plan", company.run(&[&["plan"], &ANNA[..]].concat()));
    let case = company.case();
    see!(
        "plan_json",
        company.run(&["plan", "--case", &case, "--format", "json"])
    );
    see!(
        "plan_as_of_de",
        company.run(&[
            "plan",
            "--case",
            &case,
            "--as-of",
            "2034-01-01",
            "--lang",
            "de"
        ])
    );
    assert_eq!(company.read("newsletter.csv"), before);
    assert_eq!(company.customers().len(), 3);
}

#[test]
fn erase_asks_first_and_then_erases_this_person_only() {
    let company = Company::new();
    let anna = [&["erase"], &ANNA[..]].concat();
    see!("erase_without_identity", company.run(&anna));
    see!(
        "erase_without_consent",
        company.run(&[&anna[..], &["--identity", "letter"]].concat())
    );
    see!(
        "erase_other_number",
        company.run(&[&anna[..], &["--yes", "--expect", "3", "--lang", "de"]].concat())
    );
    assert_eq!(company.customers().len(), 3);
    see!("erase", erase(&company));
    assert_eq!(
        company.customers(),
        ["control@acme.example", "anna.b@example.org"]
    );
    assert_eq!(
        company.read("newsletter.csv"),
        "Mail;Name\nbert@example.org;Bert Muster\n"
    );
    see!(
        "find_after_erase",
        company.run(&[&["find"], &ANNA[..]].concat())
    );
    see!("cases", company.run(&["case", "list"]));
    see!(
        "cases_json",
        company.run(&["case", "list", "--format", "json"])
    );
    let case = company.case();
    see!("case", side_by_side(company.run(&["case", "show", &case])));
    see!(
        "case_de",
        side_by_side(company.run(&["--lang", "de", "case", "show", &case]))
    );
    see!("audit", side_by_side(company.run(&["audit", "log"])));
    see!(
        "audit_verify_json",
        company.run(&["audit", "log", "--verify", "--format", "json"])
    );
}

/// Systems are written to at the same time, so what they say comes in another order each time: such lines are put in one order.
pub(crate) fn side_by_side(mut output: crate::workspace::Output) -> crate::workspace::Output {
    let of_a_system = |line: &str| {
        let at = ["looked at again", "shop.", "newsletter."]
            .iter()
            .find_map(|word| line.find(word))?;
        Some(line[at..].to_owned())
    };
    // A number, and the day.
    let is_event = |line: &str| {
        let mut words = line.split_whitespace();
        let numbered = words.next().is_some_and(|word| word.parse::<u64>().is_ok());
        numbered
            && words
                .next()
                .is_some_and(|word| word.len() == 10 && word.starts_with("20"))
    };
    let lines: Vec<&str> = output.out.lines().collect();
    let mut out = String::new();
    for block in lines.chunk_by(|a, b| of_a_system(a).is_some() == of_a_system(b).is_some()) {
        let mut block: Vec<&str> = block.to_vec();
        block.sort_by_key(|line| {
            let said = of_a_system(line).unwrap_or_default();
            // Behind what happened stands the hash of the event.
            match is_event(line) {
                true => said.split("  ").next().unwrap().to_owned(),
                false => said,
            }
        });
        for line in block {
            // The number of an event says nothing but its place.
            let numbered = of_a_system(line).is_some() && is_event(line);
            out += if numbered {
                line.trim_start().trim_start_matches(char::is_numeric)
            } else {
                line
            };
            out.push('\n');
        }
    }
    output.out = out;
    output
}

#[test]
fn erase_prints_data_for_programs() {
    let company = Company::new();
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    let args = [&["erase", "--format", "json"], &ANNA[..], &consent[..]].concat();
    see!("erase_json", company.run(&args));
}

#[test]
fn apply_carries_out_the_plan() {
    let company = Company::new();
    let plan = company.run(&[&["plan", "--identity", "letter"], &ANNA[..]].concat());
    assert_eq!(plan.code, 0, "{}", plan.err);
    let case = company.case();
    see!("cases_waiting_de", company.run(&["--lang", "de"]));
    see!("apply_without_consent", company.run(&["apply", &case]));
    see!(
        "apply_de",
        company.run(&["--lang", "de", "apply", &case, "--yes", "--expect", "4"])
    );
    see!("apply_again", company.run(&["apply", &case]));
}

#[test]
fn evidence_is_made_and_verified() {
    let company = Company::new();
    assert_eq!(erase(&company).code, 0);
    let case = company.case();
    see!("evidence_make", company.run(&["evidence", "make", &case]));
    see!(
        "evidence_make_json",
        company.run(&["evidence", "make", &case, "--format", "json"])
    );
    let bundle = format!("evidence/{case}.evidence.zip");
    see!(
        "evidence_verify",
        company.run(&["evidence", "verify", &bundle])
    );
    see!(
        "evidence_verify_de",
        company.run(&["--lang", "de", "evidence", "verify", &bundle])
    );
    see!(
        "evidence_verify_json",
        company.run(&["evidence", "verify", &bundle, "--format", "json"])
    );
    // Elsewhere nobody vouches for the signer.
    let elsewhere = Company::nothing();
    fs_err::copy(company.path(&bundle), elsewhere.path("bundle.zip")).unwrap();
    see!(
        "evidence_verify_elsewhere",
        elsewhere.run(&["evidence", "verify", "bundle.zip"])
    );
    let mut bytes = fs_err::read(elsewhere.path("bundle.zip")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs_err::write(elsewhere.path("bundle.zip"), bytes).unwrap();
    let tampered = elsewhere.run(&["evidence", "verify", "bundle.zip"]);
    assert_eq!(tampered.code, 5, "{}", tampered.err);
}
