//! What writers of connectors see: those that there are, mistakes, and what an overlay changes.

use crate::see;
use crate::workspace::Company;

const OVERLAY: &str = "dsr: 1\nextends: directus@1\nobjects:\n  users:\n    cap: 900\n    fields:\n      customer_no: { category: account.id, identity: customer_no }\n      location: null\n";

#[test]
fn an_overlay_is_checked_compared_and_trusted() {
    let company = Company::new();
    company.write("connectors/cms.yml", OVERLAY);
    see!(
        "connector_check",
        company.run(&["connector", "check", "cms"])
    );
    see!("connector_diff", company.run(&["connector", "diff", "cms"]));
    see!(
        "connector_diff_de",
        company.run(&["--lang", "de", "connector", "diff", "cms"])
    );
    see!("connector_show", company.run(&["connector", "show", "cms"]));
    see!(
        "connector_trust",
        company.run(&["trust", "connectors/cms.yml"])
    );
    see!(
        "connector_trust_shipped",
        company.run(&["trust", "directus"])
    );
}

#[test]
fn mistakes_of_a_connector_are_shown_with_their_lines() {
    let company = Company::new();
    company.write("connectors/cms.yml", &OVERLAY.replace("users", "user"));
    see!(
        "connector_broken",
        company.run(&["connector", "check", "cms"])
    );
    see!(
        "connector_unknown",
        company.run(&["--lang", "de", "connector", "show", "directsu"])
    );
    let taken = "dsr: 1\nconnector: directus\nversion: 1.0.0\n";
    company.write("connectors/cms.yml", taken);
    see!(
        "connector_taken",
        company.run(&["connector", "check", "cms"])
    );
    see!(
        "connector_no_overlay",
        company.run(&["connector", "diff", "directus"])
    );
}

#[test]
fn what_came_along_is_listed_anywhere() {
    let company = Company::nothing();
    let listed = company.run(&["connector", "list"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(listed.out.contains("Directus"), "{}", listed.out);
    let expanded = company.run(&["connector", "show", "directus", "--expanded"]);
    assert!(
        expanded.out.contains("idempotent: true"),
        "{}",
        expanded.out
    );
}

/// A checkout of another version, or a file that somebody sent: nothing runs by it, so its name is nobody's.
#[test]
fn a_file_outside_of_any_inventory_is_looked_at_whatever_it_is_called() {
    let company = Company::nothing();
    let shipped = company.run(&["connector", "show", "directus"]);
    assert_eq!(shipped.code, 0);
    let other = OVERLAY.replace("extends: directus@1", "connector: directus\nversion: 9.0.0\nsettings: { url: { type: url } }\napi: { url: \"{{ settings.url }}\", records: \"$.data[*]\" }").replace(
        "    cap: 900\n    fields:\n      customer_no: { category: account.id, identity: customer_no }\n      location: null\n",
        "    find: [{ by: email, get: /users, query: { email: \"{{ value }}\" } }]\n    fields: { email: { category: contact.email, identity: email } }\n    remove: { delete: \"/users/{{ record.id }}\" }\n",
    );
    company.write("connectors/directus.yml", &other);
    see!(
        "connector_loose",
        company.run(&["connector", "check", "connectors/directus.yml"])
    );
    company.write("dsr.yaml", "dsr: 1\n");
    let beside = company.run(&["connector", "check", "connectors/directus.yml"]);
    assert_eq!(beside.code, 2);
    assert!(beside.err.contains("E101"), "{}", beside.err);
}

const BOOKINGS: &str = include_str!("../connectors/bookings.yml");

/// What cannot be read stands among the broken ones, and hides nothing of the others.
#[test]
fn a_file_that_cannot_be_read_is_listed_as_broken() {
    let company = Company::new();
    company.write("connectors/bookings.yml", BOOKINGS);
    company.write("connectors/large.yml", &"# much\n".repeat(200_000));
    let listed = company.run(&["connector", "list"]);
    assert_eq!(listed.code, 2, "{}", listed.err);
    for name in ["bookings", "Directus"] {
        assert!(listed.out.contains(name), "{}", listed.out);
    }
    assert!(listed.err.contains("E521"), "{}", listed.err);
    for said in [&listed.out, &listed.err] {
        assert!(!said.contains("./connectors"), "{said}");
    }
    let json = company.run(&["connector", "list", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["broken"][0]["name"], "large");
    let path = json["broken"][0]["path"].as_str().unwrap();
    assert!(
        path.ends_with("connectors/large.yml") && !path.contains("/./"),
        "{path}"
    );
    see!(
        "connector_check_unreadable",
        company.run(&["connector", "check"])
    );
}

/// An action is what the program carries out.
#[test]
fn what_a_person_does_is_listed_as_that() {
    let company = Company::nothing();
    let json = company.run(&["connector", "list", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let all = json["connectors"].as_array().unwrap();
    let intercom = all.iter().find(|one| one["name"] == "intercom").unwrap();
    let contacts = &intercom["objects"][0];
    assert_eq!(
        contacts["by_hand"],
        serde_json::json!(["restrict", "unrestrict"])
    );
    assert!(
        !contacts["actions"]
            .as_array()
            .unwrap()
            .contains(&"restrict".into())
    );
    let table = company.run(&["--lang", "de", "connector", "list"]);
    assert!(table.out.contains("restrict (von Hand)"), "{}", table.out);
}

#[test]
fn what_is_written_out_is_explained_in_the_language_asked_for() {
    let company = Company::nothing();
    let german = company.run(&[
        "--lang",
        "de",
        "connector",
        "show",
        "directus",
        "--expanded",
    ]);
    assert!(
        german.out.starts_with("# Was eine Antwort bedeutet"),
        "{}",
        german.out
    );
    let english = company.run(&["connector", "show", "directus", "--expanded"]);
    assert!(
        english.out.starts_with("# What a reply means"),
        "{}",
        english.out
    );
}

#[test]
fn remedies_lead_to_what_can_be_done() {
    let company = Company::new();
    see!(
        "connector_check_nothing",
        company.run(&["connector", "check"])
    );
    company.write("connectors/foo.yml", BOOKINGS);
    see!(
        "connector_called_otherwise",
        company.run(&["connector", "check"])
    );
    company.write(
        "connectors/foo.yml",
        "dsr: 1\nextends: directus@1\napi: { auth: none }\n",
    );
    see!(
        "connector_setting_below",
        company.run(&["connector", "check", "foo"])
    );
    company.write("connectors/foo.yml", "dsr: 1\nextends: directus@7\n");
    see!(
        "connector_extends_other",
        company.run(&["connector", "check", "foo"])
    );
}
