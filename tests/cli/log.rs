//! `dsr evidence log`: for whoever keeps the log, and for whoever checks it.

use crate::see;
use crate::workspace::{Company, Output};

fn company() -> Company {
    let company = Company::new();
    let person = [
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
    ];
    let erased = company.run(&[&person[..], &["--yes", "--expect", "4"]].concat());
    assert_eq!(erased.code, 0, "{}", erased.err);
    company
}

/// Systems are worked on side by side, so which of their steps ends first is not the same every time.
fn without_steps(mut shown: Output) -> Output {
    let is_step = |line: &&str| line.contains(" shop.") || line.contains(" newsletter.");
    let kept: Vec<&str> = shown.out.lines().filter(|line| !is_step(line)).collect();
    shown.out = kept.join("\n") + "\n";
    shown
}

fn log(company: &Company, lang: &str, args: &[&str]) -> Output {
    company.run(&[&["--lang", lang, "evidence", "log"], args].concat())
}

#[test]
fn the_log_as_its_keeper_sees_it() {
    let company = company();
    see!("log_checkpoint", log(&company, "en", &["checkpoint"]));
    see!("log_prove", log(&company, "en", &["prove", "0"]));
    see!(
        "log_consistency",
        log(&company, "en", &["consistency", "--from", "1"])
    );
    see!("log_key", log(&company, "en", &["key"]));
    see!("log_leaves", log(&company, "en", &["leaves"]));
    see!("log_leaves_de", log(&company, "de", &["leaves"]));
    see!(
        "log_leaves_csv",
        log(
            &company,
            "en",
            &["leaves", "--from", "1", "--format", "csv"]
        )
    );
    see!("log_no_leaf", log(&company, "en", &["prove", "7"]));
    see!(
        "log_no_leaf_de",
        log(&company, "de", &["prove", "2020-000000"])
    );
    see!("log_anchor", log(&company, "en", &["anchor"]));
    see!("log_anchor_de", log(&company, "de", &["anchor"]));
    see!(
        "log_anchor_sent",
        log(&company, "en", &["anchor", "--sent"])
    );
    see!(
        "log_anchor_again_json",
        log(&company, "en", &["anchor", "--format", "json"])
    );
    let case = company.case();
    see!(
        "log_case_show",
        without_steps(company.run(&["case", "show", &case]))
    );
    see!(
        "log_case_show_de",
        without_steps(company.run(&["--lang", "de", "case", "show", &case]))
    );
}

#[test]
fn the_log_as_an_auditor_sees_it() {
    let company = company();
    let auditor = Company::nothing();
    auditor.write("vkey", &log(&company, "en", &["key"]).out);
    auditor.write("old", &log(&company, "en", &["checkpoint"]).out);
    let opened = [
        "case",
        "open",
        "--email",
        "berta@example.org",
        "--right",
        "access",
    ];
    assert_eq!(company.run(&opened).code, 0);
    auditor.write("new", &log(&company, "en", &["checkpoint"]).out);
    auditor.write(
        "proof",
        &log(&company, "en", &["consistency", "--from", "2"]).out,
    );
    let verify = |lang: &str, args: &[&str]| log(&auditor, lang, &[&["verify"], args].concat());
    let key = ["--log-key", "vkey"];
    see!(
        "log_verify",
        verify("en", &[&["old", "new", "proof"], &key[..]].concat())
    );
    see!("log_verify_unnamed_de", verify("de", &["old", "proof"]));
    see!(
        "log_verify_json",
        verify(
            "en",
            &[&["old", "proof", "--format", "json"], &key[..]].concat()
        )
    );
    see!(
        "log_verify_shrunk",
        verify("en", &[&["new", "old"], &key[..]].concat())
    );
    see!(
        "log_verify_shrunk_de",
        verify("de", &[&["new", "old"], &key[..]].concat())
    );
    see!("log_verify_no_proof", verify("en", &["old", "new"]));
    see!(
        "log_verify_no_checkpoint_de",
        verify("de", &["old", "vkey"])
    );
    see!(
        "log_verify_no_key",
        verify("en", &["old", "proof", "--log-key", "old"])
    );
}
