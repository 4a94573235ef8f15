//! Who holds copies of what goes (Art. 19 GDPR): named before it goes and in the statement, and what nothing would ever take away.

use serde_json::{Value, json};

use super::sweeping::statements;
use super::{Shop, rule};

const NEWS: &str = r#"  news:
    engine: csv
    owner: marketing
    settings: { path: news.csv }
    objects:
      readers:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email } }
        clock: Since
        erase: remove
flows:
  - { from: shop.customers, to: news.readers, carries: [email], every: 24h, deletes: DELETES }
data_types:
"#;

const SWEPT: &str = "  readers: { objects: [news.readers], purpose: news, basis: art6_1_a, keep: P2Y, start: clock, kind: max, then: remove }\n";

/// Customers are copied to a newsletter by a flow that `deletes` there or does not; `more` are further data types.
fn shop(deletes: &str, more: &str) -> Shop {
    let shop = Shop::with(|text| {
        let news = NEWS.replace("DELETES", deletes);
        text.replace("data_types:\n", &news) + more
    });
    shop.workspace
        .write("news.csv", "Mail,Since\nlisa@example.org,2026-01-01\n");
    shop
}

fn told(shop: &Shop) -> Value {
    rule(&shop.json(&[]), "accounts")["recipients"].clone()
}

#[test]
fn copies_that_nothing_takes_away_are_told_before_they_are_all_that_is_left() {
    let shop = shop("none", "");
    let by_hand = json!([{ "to": "news.readers", "by": "person" }]);
    assert_eq!(told(&shop), by_hand);
    let mut screen = String::new();
    for lang in ["en", "de"] {
        let ran = shop.workspace.run_in(lang, &["sweep"]).ends_with(0);
        // What is said about other things is seen elsewhere.
        let lines = ran.err.lines();
        let from = lines.skip_while(|line| !line.contains("Art. 19"));
        let part: Vec<&str> = from.take(4).collect();
        screen += &format!("--- {lang}\n{}\n", part.join("\n"));
    }
    insta::assert_snapshot!("recipients", screen);
    let ran = shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(ran.err.matches("W337").count(), 1, "{ran:?}");
    let quiet = shop
        .workspace
        .run(&["--quiet", "sweep", "--apply"])
        .ends_with(0);
    assert_eq!(quiet.err, "", "nothing went, so cron has nothing to mail");
    // The statements of both runs name them, hold, and so does what is made anew of the ledger.
    for said in statements(&shop.workspace.path("")) {
        assert_eq!(rule(&said, "accounts")["recipients"], by_hand, "{said}");
        assert_eq!(rule(&said, "booking")["recipients"], Value::Null);
    }
    shop.workspace.run(&["audit", "runs"]).ends_with(0);
}

#[test]
fn copies_that_go_as_well_need_nobody() {
    for (deletes, more, by) in [
        ("hard", "", "flow"),
        ("none", SWEPT, "rule"),
        ("soft", SWEPT, "rule"),
    ] {
        let shop = shop(deletes, more);
        assert_eq!(
            told(&shop),
            json!([{ "to": "news.readers", "by": by }]),
            "{deletes}"
        );
        let ran = shop.sweep(&[]).ends_with(0);
        assert!(!ran.err.contains("W337"), "{ran:?}");
        assert!(ran.err.contains("Art. 19"), "{ran:?}");
    }
}

#[test]
fn a_lock_is_carried_by_no_flow() {
    let shop = shop("hard", "");
    let text = shop.workspace.read("dsr.yaml").replacen(
        "then: remove }",
        "then: remove, active_until: { event: clock, plus: P1Y } }",
        1,
    );
    shop.workspace.write("dsr.yaml", &text);
    let swept = shop.json(&[]);
    let of = |action: &str| {
        let mut rules = swept["rules"].as_array().unwrap().iter();
        let found = rules.find(|rule| rule["object"] == "customers" && rule["action"] == action);
        found.unwrap()["recipients"][0]["by"].clone()
    };
    assert_eq!(
        (of("remove"), of("restrict")),
        (json!("flow"), json!("person"))
    );
    let ran = shop.sweep(&[]).ends_with(0);
    assert!(ran.err.contains("active_until"), "{ran:?}");
}

#[test]
fn a_flow_says_nothing_of_what_it_does_not_carry() {
    let shop = shop("none", "");
    let swept = shop.json(&[]);
    for data_type in ["deliveries", "booking"] {
        assert_eq!(rule(&swept, data_type)["recipients"], json!([]));
    }
}
