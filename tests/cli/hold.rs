//! `dsr hold`: what is said when one is set, looked at, reviewed and released, and what an erasure says that meets one.

use crate::see;
use crate::workspace::Company;

const ADD: [&str; 6] = [
    "hold",
    "add",
    "--ground",
    "art17_3_e",
    "--reason",
    "Claim over the delivery of March",
];

fn add(company: &Company, more: &[&str]) -> crate::workspace::Output {
    company.run(&[&ADD[..], more].concat())
}

fn erase(company: &Company, more: &[&str]) -> crate::workspace::Output {
    let anna = ["erase", "--email", "anna@example.org"];
    company.run(&[&anna[..], more].concat())
}

#[test]
fn setting_looking_releasing() {
    let company = Company::new();
    see!("hold_list_none", company.run(&["hold", "list"]));
    see!("hold_add", add(&company, &["--email", "anna@example.org"]));
    see!(
        "hold_add_de",
        add(
            &company,
            &[
                "--lang",
                "de",
                "--object",
                "shop.orders",
                "--from",
                "01.01.2024"
            ]
        )
    );
    see!(
        "hold_add_json",
        add(
            &company,
            &["--data-type", "booking_documents", "--format", "json"]
        )
    );
    see!("hold_list", company.run(&["hold", "list"]));
    see!(
        "hold_list_de",
        company.run(&["--lang", "de", "hold", "list", "--within", "400"])
    );
    see!(
        "hold_list_json",
        company.run(&["hold", "list", "--format", "json"])
    );
    see!(
        "hold_list_csv",
        company.run(&["hold", "list", "--format", "csv"])
    );
    let list = company.run(&["hold", "list", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list.out).unwrap();
    let id = |at: usize| list["holds"][at]["hold"].as_str().unwrap().to_owned();
    see!("hold_show", shown(&company, &["hold", "show", &id(0)]));
    see!(
        "hold_show_de",
        shown(&company, &["--lang", "de", "hold", "show", &id(1)])
    );
    see!(
        "hold_show_json",
        shown(&company, &["hold", "show", &id(0), "--format", "json"])
    );
    see!("erase_held", erase(&company, &["--plan"]));
    see!(
        "erase_held_de",
        erase(&company, &["--plan", "--lang", "de"])
    );
    let consent = ["--identity", "letter", "--yes", "--expect", "0"];
    see!("erase_held_done", erase(&company, &consent));
    let deferred = ["hold", "list", "--deferred"];
    see!("hold_deferred", company.run(&deferred));
    see!(
        "hold_release",
        shown(
            &company,
            &["hold", "release", &id(0), "--reason", "Settled in May"]
        )
    );
    see!(
        "hold_release_de",
        shown(
            &company,
            &[
                "--lang",
                "de",
                "hold",
                "release",
                &id(1),
                "--reason",
                "Erledigt"
            ]
        )
    );
    see!(
        "hold_deferred_de",
        company.run(&[&["--lang", "de"], &deferred[..]].concat())
    );
    see!(
        "hold_deferred_json",
        company.run(&[&deferred[..], &["--format", "json"]].concat())
    );
    see!("hold_list_all", company.run(&["hold", "list", "--all"]));
    see!(
        "hold_show_released",
        shown(&company, &["hold", "show", &id(0)])
    );
}

fn shown(company: &Company, args: &[&str]) -> crate::workspace::Output {
    company.run(args)
}

#[test]
fn what_cannot_be_set() {
    let company = Company::new();
    see!("hold_empty", add(&company, &[]));
    see!(
        "hold_wrong_de",
        add(
            &company,
            &[
                "--lang",
                "de",
                "--object",
                "shop.invoice",
                "--data-type",
                "booking",
                "--from",
                "2025-02-01",
                "--until",
                "2025-01-01"
            ]
        )
    );
    see!(
        "hold_apart",
        add(
            &company,
            &["--system", "newsletter", "--object", "shop.orders"]
        )
    );
    see!(
        "hold_review_past",
        add(&company, &["--system", "shop", "--review-by", "2020-01-01"])
    );
    see!(
        "hold_ground",
        company.run(&[
            "hold", "add", "--system", "shop", "--ground", "because", "--reason", "x"
        ])
    );
    see!("hold_unknown", company.run(&["hold", "show", "H-ZZZZZZ"]));
}
