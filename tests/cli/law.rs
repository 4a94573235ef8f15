//! `dsr law`: rules and reckonings, in words and for machines.

use crate::see;
use crate::workspace::Company;

#[test]
fn the_rules_are_listed_and_shown() {
    let company = Company::nothing();
    see!("law_list", company.run(&["law", "list"]));
    see!(
        "law_list_de",
        company.run(&["--lang", "de", "law", "list", "--order", "ch"])
    );
    see!(
        "law_list_none",
        company.run(&["law", "list", "--order", "at", "--kind", "keep"])
    );
    see!(
        "law_list_unknown_order",
        company.run(&["law", "list", "--order", "fr"])
    );
    see!(
        "law_list_unknown_order_de",
        company.run(&["--lang", "de", "law", "list", "--order", "fr"])
    );
    see!(
        "law_show_json",
        company.run(&["law", "show", "de.ao147.voucher", "--format", "json"])
    );
    see!("law_show", company.run(&["law", "show", "de.gwg8"]));
    see!(
        "law_show_de",
        company.run(&["--lang", "de", "law", "show", "de.ao147.voucher"])
    );
    see!(
        "law_show_unknown",
        company.run(&["law", "show", "de.ao147.vouchers"])
    );
}

#[test]
fn a_day_is_reckoned_step_by_step() {
    let company = Company::nothing();
    let explain = |lang: &str, more: &[&str]| {
        let mut all = vec!["--lang", lang, "law", "explain"];
        all.extend(more);
        company.run(&all)
    };
    let voucher = ["de.ao147.voucher", "--event", "2026-03-15"];
    see!("law_explain", explain("en", &voucher));
    see!("law_explain_de", explain("de", &voucher));
    see!(
        "law_explain_json",
        explain("en", &[&voucher[..], &["--format", "json"]].concat())
    );
    let csv = [&voucher[..], &["--format", "csv"]].concat();
    see!("law_explain_csv", explain("en", &csv));
    see!("law_explain_csv_de", explain("de", &csv));
    // No time at all is written in days.
    let nothing = [
        "gdpr.dsr.id-evidence",
        "--event",
        "2026-03-15",
        "--format",
        "json",
    ];
    let shown = explain("en", &nothing).screen();
    assert!(shown.contains("\"keep\": \"P0D\""), "{shown}");
    let before = ["de.ao147.voucher", "--event", "2015-03-15"];
    see!("law_explain_before", explain("de", &before));
    see!(
        "law_explain_regulated",
        explain("en", &[&before[..], &["--regulated-finance"]].concat())
    );
    see!(
        "law_explain_latest",
        explain("en", &["de.gwg8", "--event", "2026-04-30"])
    );
    see!(
        "law_explain_open",
        explain("en", &["gdpr.suppression", "--event", "2026-04-30"])
    );
    let books = ["ch.or958f", "--event", "2026-07-01"];
    see!("law_explain_year_unknown", explain("en", &books));
    see!(
        "law_explain_year",
        explain(
            "de",
            &[&books[..], &["--financial-year-end", "06-30"]].concat()
        )
    );
    see!(
        "law_explain_no_year",
        explain(
            "en",
            &[&books[..], &["--financial-year-end", "30.6."]].concat()
        )
    );
    see!(
        "law_explain_no_day",
        explain("en", &["de.gwg8", "--event", "31.04.2026"])
    );
}
