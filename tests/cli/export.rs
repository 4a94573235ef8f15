//! What `export` shows. Packages are encrypted to a key here, because a passphrase is shown to nobody who is not at a terminal.

use crate::see;
use crate::workspace::Company;

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
/// The public half of a key that nobody keeps.
const KEY: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

fn export(company: &Company, more: &[&str]) -> crate::workspace::Output {
    company.run(&[&["export", "--recipient", KEY], more].concat())
}

#[test]
fn export_makes_a_draft_and_then_the_package() {
    let company = Company::new();
    see!("export_draft", export(&company, &ANNA));
    let case = company.case();
    let reviewed = ["--case", &case, "--reviewed"];
    see!("export_without_identity", export(&company, &reviewed));
    let identity = [&reviewed[..], &["--identity", "letter"]].concat();
    see!("export_final", export(&company, &identity));
    see!(
        "export_final_de",
        export(&company, &[&reviewed[..], &["--lang", "de"]].concat())
    );
    see!(
        "export_draft_de",
        export(&company, &["--case", &case, "--lang", "de", "--portable"])
    );
    see!("export_list", company.run(&["export", "--list"]));
    see!(
        "export_list_de",
        company.run(&["--lang", "de", "export", "--list"])
    );
    see!(
        "export_list_csv_de",
        company.run(&["--lang", "de", "export", "--list", "--format", "csv"])
    );
    see!(
        "export_list_json",
        company.run(&["export", "--list", "--format", "json"])
    );
    see!(
        "export_case_de",
        company.run(&["--lang", "de", "case", "show", &case])
    );
}

#[test]
fn export_prints_data_for_programs() {
    let company = Company::new();
    let args = [&ANNA[..], &["--format", "json"]].concat();
    see!("export_json", export(&company, &args));
}

#[test]
fn export_says_what_is_wrong() {
    let company = Company::new();
    let wrong = |more: &[&str]| export(&company, &[&ANNA[..], more].concat());
    see!(
        "export_no_eyes",
        company.run(&[&["export"], &ANNA[..]].concat())
    );
    see!(
        "export_no_eyes_de",
        company.run(&[&["export", "--lang", "de"], &ANNA[..]].concat())
    );
    see!("export_bad_expiry", wrong(&["--expires", "soon"]));
    see!(
        "export_taken_de",
        wrong(&["--to", "shop.db", "--lang", "de"])
    );
    see!("export_bad_key", wrong(&["--recipient", "ssh-rsa AAAA"]));
    see!(
        "export_no_draft",
        wrong(&["--reviewed", "--identity", "letter"])
    );
    see!(
        "export_no_list_de",
        company.run(&["--lang", "de", "export", "--list"])
    );
    // The person asked for their data first.
    let erase = [
        "erase",
        "--email",
        "anna@example.org",
        "--yes",
        "--expect",
        "4",
    ];
    see!("erase_before_access", company.run(&erase));
    see!(
        "erase_before_access_de",
        company.run(&[&erase[..], &["--lang", "de"]].concat())
    );
}
