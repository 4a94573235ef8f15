//! What the verbs show that open a bundle, give away what opens it, destroy it, and make the further profiles.

use crate::see;
use crate::workspace::{Company, Output};

/// A public key of nobody.
const PUBLIC: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

/// A screen without what salts make different each time.
struct Unsalted(String);

impl Unsalted {
    fn of(output: Output) -> Unsalted {
        let mut text = output.screen();
        for (pattern, sign) in [
            (r"\bWy[A-Za-z0-9_-]{44,}", "[disclosure]"),
            (r#"[A-Za-z0-9_-]{43}([ "\\\n])"#, "[commitment]$1"),
            (r#"(\\?"n\\?":\\?")[A-Za-z0-9_-]{22}"#, "$1[nonce]"),
            (r"(left|right):\[digest\]", "[side]:[digest]"),
        ] {
            let pattern = regex::Regex::new(pattern).unwrap();
            text = pattern.replace_all(&text, sign).into_owned();
        }
        Unsalted(text)
    }

    fn screen(&self) -> &str {
        &self.0
    }
}

fn erased() -> (Company, String) {
    let company = Company::with(
        "keep: P8Y, start: eoy(issued_on), kind: min, because: \"§147 AO\"",
        "keep: P1D, start: eoy(issued_on), kind: max, reason: \"a day\"",
    );
    let consent = ["--identity", "letter", "--yes", "--expect", "5"];
    let args = [&["erase", "--email", "anna@example.org"], &consent[..]].concat();
    assert_eq!(company.run(&args).code, 0);
    let case = company.case();
    (company, case)
}

#[test]
fn reveal_shows_one_record() {
    let (company, case) = erased();
    let reveal = |record: &str, more: &[&str]| {
        let args = [&["evidence", "reveal", &case, record], more].concat();
        Unsalted::of(company.run(&args))
    };
    see!("reveal", reveal("shop.customers:2", &[]));
    see!("reveal_de", reveal("shop.customers:2", &["--lang", "de"]));
    see!(
        "reveal_json",
        reveal("shop.customers:2", &["--format", "json"])
    );
    see!("reveal_nothing_de", reveal("99", &["--lang", "de"]));
}

#[test]
fn disclose_says_what_is_given_away() {
    let (company, case) = erased();
    let disclose = |more: &[&str]| company.run(&[&["evidence", "disclose", &case], more].concat());
    see!("disclose_to_nobody", disclose(&["--yes"]));
    see!(
        "disclose_unconfirmed_de",
        disclose(&["--recipient", PUBLIC, "--lang", "de"])
    );
    see!("disclose", disclose(&["--recipient", PUBLIC, "--yes"]));
    company.run(&["note", &case, "to be shown"]);
    let args = [
        "evidence",
        "make",
        &case,
        "--profile",
        "authority",
        "--recipient",
        PUBLIC,
    ];
    see!(
        "authority_unconfirmed_de",
        company.run(&[&args[..], &["--lang", "de"]].concat())
    );
    see!("authority", company.run(&[&args[..], &["--yes"]].concat()));
    let json = [&args[..], &["--yes", "--format", "json"]].concat();
    see!("authority_json", company.run(&json));
}

#[test]
fn a_case_is_let_go() {
    let (company, case) = erased();
    see!(
        "purge_open_de",
        company.run(&["case", "purge", &case, "--yes", "--lang", "de"])
    );
    company.run(&["task", "done", &case, "T1", "--found", "nothing"]);
    company.run(&["case", "close", &case]);
    see!(
        "purge_kept",
        company.run(&["case", "purge", &case, "--yes"])
    );
    let early = [
        "case",
        "purge",
        &case,
        "--early",
        "--reason",
        "authority_order",
    ];
    see!("purge_unconfirmed", company.run(&early));
    see!(
        "purge_de",
        company.run(&[&early[..], &["--yes", "--lang", "de"]].concat())
    );
    see!(
        "purged_reveal",
        company.run(&["evidence", "reveal", &case, "0"])
    );
    see!("purged_again", company.run(&["case", "purge", &case]));
    let show = company.run(&["case", "show", &case, "--lang", "de"]);
    see!("purged_case_de", crate::verbs::side_by_side(show));
}

#[test]
fn a_period_is_one_sheet() {
    let (company, _) = erased();
    let make = |more: &[&str]| {
        let args = ["evidence", "make", "--period", "2026-01-01..2034-12-31"];
        company.run(&[&args[..], more].concat())
    };
    see!("period", make(&[]));
    see!("period_de", make(&["--lang", "de"]));
    see!("period_json", make(&["--format", "json"]));
    let bundle = "evidence/period-2026-01-01--2034-12-31.1.evidence.zip";
    see!(
        "period_verify_de",
        company.run(&["evidence", "verify", bundle, "--lang", "de"])
    );
    see!(
        "period_wrong",
        company.run(&["evidence", "make", "--period", "2026"])
    );
}
