//! Rectification, restriction and opting out, as people see them.

use crate::see;
use crate::verbs::side_by_side;
use crate::workspace::Company;

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

/// The company with a lock on its customers.
fn company() -> Company {
    let company = Company::with(
        "          town: contact.address\n        erase: remove",
        "          town: contact.address\n        restrict: { set: { blocked: true } }\n        unrestrict: { set: { blocked: false } }\n        erase: remove",
    );
    let shop = rusqlite::Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch("ALTER TABLE customers ADD COLUMN blocked BOOLEAN NOT NULL DEFAULT 0")
        .unwrap();
    company
}

#[test]
fn rectify_shows_what_there_is_and_then_corrects_it() {
    let company = company();
    let rectify = [&["rectify"], &ANNA[..]].concat();
    see!("truth", company.run(&rectify));
    see!(
        "truth_de",
        company.run(&[&["--lang", "de"], &rectify[..]].concat())
    );
    see!(
        "truth_json",
        company.run(&[&rectify[..], &["--format", "json"]].concat())
    );
    let set = [
        "--set",
        "shop.customers.town=Aachen",
        "--identity",
        "letter",
    ];
    see!(
        "rectify_without_consent",
        company.run(&[&rectify[..], &set].concat())
    );
    see!(
        "rectify_plan_de",
        company.run(&[&["--lang", "de"], &rectify[..], &set, &["--plan"]].concat())
    );
    see!(
        "rectify_plan_json",
        company.run(&[&rectify[..], &set, &["--plan", "--format", "json"]].concat())
    );
    see!(
        "rectify",
        company.run(&[&rectify[..], &set, &["--yes", "--expect", "1"]].concat())
    );
    let case = company.case();
    see!(
        "rectify_again_de",
        company.run(&["--lang", "de", "rectify", "--case", &case])
    );
    see!(
        "rectified_case_de",
        company.run(&["--lang", "de", "case", "show", &case])
    );
    see!(
        "rectify_not_an_address",
        company.run(&[
            "rectify",
            "--case",
            &case,
            "--set",
            "shop.customers.email=none"
        ])
    );
}

#[test]
fn restrict_locks_and_lifts_after_notice() {
    let company = company();
    let restrict = [&["restrict"], &ANNA[..]].concat();
    see!("restrict_without_ground", company.run(&restrict));
    see!(
        "restrict_without_ground_de",
        company.run(&[&["--lang", "de"], &restrict[..]].concat())
    );
    let yes = ["--identity", "letter", "--yes", "--expect", "1"];
    let because = ["--because", "contested", "--until", "2099-12-31"];
    see!(
        "restrict",
        company.run(&[&restrict[..], &because, &yes].concat())
    );
    let case = company.case();
    see!(
        "restrict_again_de",
        company.run(&["--lang", "de", "restrict", "--case", &case])
    );
    let lift = [
        "restrict",
        "--lift",
        "--case",
        &case,
        "--because",
        "verified",
    ];
    see!("lift_without_notice", company.run(&lift));
    see!(
        "lift_without_notice_de",
        company.run(&[&["--lang", "de"], &lift[..]].concat())
    );
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    see!(
        "notice_sent",
        company.run(&["restrict", "--case", &case, "--notice-sent", &yesterday])
    );
    see!(
        "lift",
        company.run(&[&lift[..], &["--yes", "--expect", "1"]].concat())
    );
    see!(
        "lifted_case",
        side_by_side(company.run(&["case", "show", &case]))
    );
}

#[test]
fn optout_says_what_offers_none() {
    let company = company();
    let line = [
        &["optout", "--because", "objection", "--identity", "letter"],
        &ANNA[..],
    ]
    .concat();
    see!("optout", company.run(&line));
    see!(
        "optout_de",
        company.run(&[&["--lang", "de"], &line[..], &["--plan"]].concat())
    );
}
