//! What the doctor shows, and what `login` says where there is no keyring.

use std::os::unix::fs::PermissionsExt as _;

use rusqlite::Connection;

use crate::see;
use crate::workspace::Company;

/// The shop with most of what can be wrong with a table.
fn neglected() -> Company {
    let company = Company::with(
        "key: id\n        find: [{ by: email",
        "key: code\n        find: [{ by: email",
    );
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch(
        "DROP INDEX customers_email;
         ALTER TABLE customers ADD COLUMN code TEXT COLLATE NOCASE;
         UPDATE customers SET code = 'k' || id;
         CREATE UNIQUE INDEX customers_code ON customers (code);
         CREATE TABLE audit (old TEXT);
         CREATE TRIGGER keep AFTER DELETE ON customers BEGIN INSERT INTO audit VALUES (old.email); END;
         CREATE TABLE baskets (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers ON DELETE CASCADE);
         PRAGMA journal_mode = WAL;",
    )
    .unwrap();
    drop(shop);
    let open = std::fs::Permissions::from_mode(0o644);
    fs_err::set_permissions(company.path("shop.db"), open).unwrap();
    // The folder above it closes nothing.
    let mut folder = company.path("");
    while folder.pop() && folder.starts_with(std::env::temp_dir()) {
        let _ = fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o755));
        if folder.join("work").exists() {
            break;
        }
    }
    company
}

#[test]
fn the_doctor_names_each_trap_and_what_to_do() {
    let company = neglected();
    see!("doctor", company.run(&["check"]));
    see!("doctor_de", company.run(&["--lang", "de", "check"]));
    see!(
        "doctor_json",
        company.run(&["check", "--system", "shop", "--format", "json"])
    );
    see!(
        "doctor_strict_quiet",
        company.run(&["check", "--strict", "--quiet"])
    );
    see!(
        "doctor_csv_de",
        company.run(&["check", "--format", "csv", "--lang", "de"])
    );
    // Nothing was written, not even by the search for the control person.
    assert_eq!(company.customers().len(), 3);
}

#[test]
fn the_quiet_hear_nothing_where_all_is_well() {
    let company = Company::new();
    let quiet = company.run(&["check", "--quiet", "--strict"]);
    assert_eq!(
        (quiet.code, quiet.out.as_str(), quiet.err.as_str()),
        (0, "", "")
    );
}

#[test]
fn the_checklist_says_what_the_inventory_does_not() {
    let company = Company::new();
    see!("compliance", company.run(&["check", "--compliance"]));
    see!(
        "compliance_de",
        company.run(&["--lang", "de", "check", "--compliance"])
    );
    let data = company.run(&["check", "--compliance", "--format", "json"]);
    let data: serde_json::Value = serde_json::from_str(&data.out).unwrap();
    let points = data["compliance"].as_array().unwrap();
    assert_eq!(points.len(), 17);
    assert!(
        points
            .iter()
            .all(|point| point["article"].as_str().unwrap().starts_with("Art."))
    );
}

#[test]
fn the_doctor_looks_at_the_workspace_too() {
    let company = Company::new();
    let open = std::fs::Permissions::from_mode(0o644);
    fs_err::set_permissions(company.path(".dsr/vault.db"), open).unwrap();
    company.write(".gitignore", "/.dsr/\n");
    fs_err::create_dir(company.path(".git")).unwrap();
    company.write("exports/old.zip", "x");
    let month = std::time::SystemTime::now() - std::time::Duration::from_secs(40 * 86_400);
    let old = std::fs::File::options()
        .write(true)
        .open(company.path("exports/old.zip"))
        .unwrap();
    old.set_modified(month).unwrap();
    fs_err::remove_file(company.path(".dsr/keys/seal.cert.pem")).unwrap();
    see!(
        "doctor_workspace",
        company.run(&["check", "--system", "paper_files"])
    );
}

#[test]
fn login_explains_what_it_does_not_store() {
    let secret = "engine: sqlite\n    settings: { path: shop.db }";
    let postgres = |reference: &str| {
        Company::with(
            secret,
            &format!("engine: postgres\n    settings: {{ url: {{ secret: {reference} }} }}"),
        )
    };
    let company = postgres("\"env:SHOP_URL\"");
    see!("login_env", company.run(&["login", "shop"]));
    see!(
        "login_env_de",
        company.run(&["--lang", "de", "login", "shop"])
    );
    see!("login_list", company.run(&["login"]));
    see!(
        "login_list_json",
        company.run(&["login", "--format", "json"])
    );
    see!("login_no_secrets", company.run(&["login", "newsletter"]));
    see!("login_unknown", company.run(&["login", "shopp"]));
    for (reference, advice) in [
        ("\"file:secrets/url\"", "umask 077"),
        ("\"credential:shop-url\"", "systemd-creds encrypt"),
        ("{ command: [pass, show, shop] }", "command:pass"),
    ] {
        let company = postgres(reference);
        let trusted = company.run(&["trust", "--yes", "dsr.yaml"]);
        assert_eq!(trusted.code, 0, "{}", trusted.err);
        let said = company.run(&["login", "shop"]);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains("E910"), "{}", said.err);
        assert!(said.err.contains(advice), "{}", said.err);
    }
}

/// `-C` given from elsewhere: what is trusted is noted under its path in the workspace.
#[test]
fn trust_from_another_folder_is_trust() {
    let company = Company::new();
    let connector = "dsr: 1\nconnector: desk\nversion: 1.0.0\nsettings: { url: { type: url } }\napi: { url: \"{{ settings.url }}\", records: \"$[*]\", page: none }\nobjects:\n  people:\n    find: [{ by: email, get: /people, query: { email: \"{{ value }}\" } }]\n    fields: { email: { category: contact.email, identity: email } }\n    erase: manual\n";
    company.write("connectors/desk.yml", connector);
    let mut trust = company.command(env!("CARGO_BIN_EXE_dsr"));
    trust.current_dir(company.path("").parent().unwrap());
    trust.args(["-C", "work", "trust", "--yes", "connectors/desk.yml"]);
    let trusted = trust.output().unwrap();
    assert!(
        trusted.status.success(),
        "{}",
        String::from_utf8_lossy(&trusted.stderr)
    );
    let lock: serde_json::Value = serde_json::from_str(&company.read("dsr.lock")).unwrap();
    assert_eq!(lock["trusted"][0]["path"], "connectors/desk.yml");
}
