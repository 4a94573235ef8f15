//! What the verbs say when something is wrong: what, where, what next; and that nothing was written.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use rusqlite::Connection;

use crate::see;
use crate::workspace::{Company, INVENTORY};

#[test]
fn a_bad_inventory() {
    let company = Company::with("  newsletter:\n", "  shop:\n");
    see!("bad_inventory_twice", company.run(&["check"]));
    let company = Company::with(
        "        erase: remove\n  newsletter",
        "        erase: anonymize\n  newsletter",
    );
    see!("bad_inventory_word", company.run(&["check"]));
    see!(
        "bad_inventory_word_de",
        company.run(&["--lang", "de", "check"])
    );
    see!(
        "bad_inventory_json",
        company.run(&["check", "--format", "json"])
    );
}

#[test]
fn a_wrong_command_line() {
    let company = Company::new();
    see!("unknown_command", company.run(&["serch"]));
    see!(
        "unknown_flag",
        company.run(&["find", "--emial", "a@example.org"])
    );
    see!(
        "unknown_flag_de",
        company.run(&["--lang", "de", "find", "--emial", "a@example.org"])
    );
    see!("several_near", company.run(&["evidence", "verfy"]));
    see!(
        "several_near_de",
        company.run(&["--lang", "de", "evidence", "verfy"])
    );
    see!("bad_format", company.run(&["find", "--format", "xml"]));
    see!(
        "bad_date_de",
        company.run(&["--lang", "de", "plan", "--received", "1. Dezember"])
    );
    see!("yes_without_number", company.run(&["erase", "--yes"]));
    see!(
        "received_tomorrow",
        company.run(&[
            "plan",
            "--email",
            "a@example.org",
            "--received",
            "2099-01-01"
        ])
    );
    see!("bad_case", company.run(&["apply", "4711"]));
    see!(
        "unknown_case",
        company.run(&["case", "show", "2026-AAAAAA"])
    );
    see!(
        "unknown_system",
        company.run(&["find", "--email", "a@example.org", "--system", "shp"])
    );
    see!(
        "unknown_operator",
        company.run(&["--as", "eve", "find", "--email", "a@example.org"])
    );
}

/// Whoever works beside an inventory reads its language, also where the command line could not be understood, unless they asked for another.
#[test]
fn a_wrong_command_line_beside_an_inventory() {
    let company = Company::with("language: en", "language: de");
    let wrong = company.run(&["find", "--emial", "anna@example.org"]);
    assert!(
        wrong.err.contains("ist `--email` gemeint?"),
        "{}",
        wrong.err
    );
    see!("unknown_flag_here", wrong);
    see!(
        "day_missing_here",
        company.run(&["plan", "--received", "bald"])
    );
    let help = company.run(&["sweep", "--help"]);
    assert!(help.out.contains("Aufruf"), "{}", help.out);
    let chosen = company.run(&["--lang", "en", "find", "--emial", "anna@example.org"]);
    assert!(
        chosen.err.contains("did you mean `--email`?"),
        "{}",
        chosen.err
    );
    let place = company.path("").display().to_string();
    for there in [
        &["-C", &place][..],
        &[&format!("-C{place}")],
        &[&format!("--directory={place}")],
    ] {
        let mut command = company.command(env!("CARGO_BIN_EXE_dsr"));
        let done = command
            .current_dir("/")
            .args(there)
            .arg("serch")
            .output()
            .unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(said.contains("Fehler[E820]"), "{there:?}: {said}");
        assert_eq!(done.status.code(), Some(2));
    }
}

/// Also what is found before the inventory is read.
#[test]
fn a_workspace_without_its_lock_beside_an_inventory() {
    let company = Company::with("language: en", "language: de");
    fs_err::remove_file(company.path("dsr.lock")).unwrap();
    see!("no_lock_here", company.run(&["check"]));
}

/// What is wrong with an inventory is said in the language that it states, by whatever reads it and however far that gets.
#[test]
fn an_inventory_that_cannot_be_used_is_refused_in_its_language() {
    let company = Company::with("language: en", "language: de");
    let good = company.read("dsr.yaml");
    let seat = good.replacen("seat: DE-BY", "seat: Bayern", 1);
    let nameless = good.replacen("name:", "nome:", 1);
    let torn = format!("{good}\nlimits: [\n");
    let unsaid = torn.replacen("language: de, ", "", 1);
    for (wrong, german) in [
        (good.replacen("keep: P8Y", "keep: 0", 1), true),
        (seat, true),
        (nameless, true),
        (torn.clone(), true),
        (unsaid, true),
        (torn.replacen("language: de", "language: en", 1), false),
    ] {
        assert_ne!(wrong, good);
        company.write("dsr.yaml", &wrong);
        for command in [
            &["report", "concept", "--lint"][..],
            &["check"],
            &["sweep"],
            &["hold", "list"],
            &["audit", "runs"],
            &["evidence", "make", "--period", "2026-01-01..2026-01-31"],
            &["trust", "dsr.yaml", "--yes"],
        ] {
            let ran = company.run(command);
            let word = if german { "Fehler[" } else { "error[" };
            assert!(ran.err.starts_with(word), "{command:?}: {}", ran.err);
            assert_eq!(ran.code, 2, "{command:?}: {}", ran.err);
        }
    }
}

/// What a value should look like, and with what an argument does not go, is said; of days only where a day is meant.
#[test]
fn a_value_of_another_form() {
    let company = Company::new();
    let de = |args: &[&str]| company.run(&[&["--lang", "de"], args].concat());
    see!("no_number_de", de(&["erase", "--expect", "fünf"]));
    see!(
        "no_days_de",
        de(&["task", "remind", "--due-within", "bald"])
    );
    see!(
        "given_twice_de",
        de(&["case", "open", "--right", "erasure", "--right", "access"])
    );
    see!(
        "not_together",
        company.run(&["sweep", "--apply", "--as-of", "2026-01-01"])
    );
}

/// A place that is not there is refused before anything is read, asked or written.
#[test]
fn a_place_that_is_not_there() {
    let company = Company::new();
    see!(
        "package_nowhere_de",
        company.run(&[
            "--lang",
            "de",
            "export",
            "--email",
            "anna@example.org",
            "--to",
            "no/such/answer.zip"
        ])
    );
    let recipient = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";
    see!(
        "backup_nowhere",
        company.run(&["backup", "no/such/copy.age", "--to", recipient])
    );
    see!(
        "no_bundle_de",
        company.run(&["--lang", "de", "evidence", "verify", "no.evidence.zip"])
    );
    let list = company.run(&["case", "list", "--all", "--format", "json"]);
    assert!(list.out.contains("\"cases\": []"), "{}", list.out);
}

/// A first inventory that `dsr` would not read again is not written.
#[test]
fn a_first_inventory_that_could_not_be_read() {
    let company = Company::new();
    let folder = company.path("new");
    fs_err::create_dir(&folder).unwrap();
    see!(
        "seat_in_words_de",
        company.run(&[
            "-C", "new", "--lang", "de", "init", "--yes", "--seat", "Bayern"
        ])
    );
    see!(
        "nameless",
        company.run(&["-C", "new", "init", "--yes", "--controller", " "])
    );
    assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_person_that_is_not_named_well() {
    let company = Company::new();
    see!(
        "unknown_kind",
        company.run(&["find", "--id", "custmer_no=4711"])
    );
    see!("not_a_pair", company.run(&["find", "--id", "4711"]));
    see!(
        "wildcard",
        company.run(&["find", "--email", "*@example.org"])
    );
    see!("blank", company.run(&["find", "--email", " "]));
    see!("nobody_named", company.run(&["find"]));
    company.write(
        "person.yaml",
        "email: anna@example.org\nemail: bert@example.org\n",
    );
    see!(
        "two_emails",
        company.run(&["find", "--subject", "person.yaml"])
    );
    company.write("person.yaml", "anna@example.org\n");
    see!(
        "not_a_mapping",
        company.run(&["find", "--subject", "person.yaml"])
    );
    see!(
        "no_file",
        company.run(&["find", "--subject", "persons.yaml"])
    );
    // None of it stands in the ledger, and no value on the screen.
    let log = company.run(&["audit", "log", "--format", "json"]);
    assert!(!log.out.contains("example.org"));
}

#[test]
fn a_workspace_that_is_not_one() {
    let nothing = Company::nothing();
    see!(
        "no_workspace",
        nothing.run(&["find", "--email", "a@example.org"])
    );
    see!("no_folder", nothing.run(&["-C", "acme", "check"]));
    let company = Company::new();
    fs_err::set_permissions(company.path(""), Permissions::from_mode(0o777)).unwrap();
    see!("writable_by_others", company.run(&["check"]));
    fs_err::set_permissions(company.path(""), Permissions::from_mode(0o755)).unwrap();
    fs_err::remove_file(company.path(".dsr/ledger.db")).unwrap();
    see!("ledger_missing", company.run(&["case", "list"]));
}

#[test]
fn a_secret_that_is_missing() {
    let company = Company::with(
        "  paper_files:\n",
        "  billing:
    engine: postgres
    settings: { url: { secret: \"env:DSR_SHOP_PASSWORD\" } }
    objects:
      payers: { table: payers, key: id, find: [{ by: email, column: email }], fields: { email: { category: contact.email, identity: email } }, erase: remove }
  paper_files:\n",
    );
    see!(
        "secret_missing_check",
        company.run(&["check", "--system", "billing"])
    );
    see!(
        "secret_missing_find",
        company.run(&["find", "--email", "anna@example.org"])
    );
    let literal = Company::with(
        "settings: { path: shop.db }",
        "settings: { path: shop.db, password: hunter22 }",
    );
    let refused = literal.run(&["check"]);
    assert!(!refused.err.contains("hunter22"), "{}", refused.err);
    see!("literal_secret", refused);
}

const CRM: &str = r#"dsr: 1
connector: crm
version: 1.0.0
settings: { url: { type: url } }
api: { url: "{{ settings.url }}", auth: none, page: none }
objects:
  people:
    key: id
    find:
      - { by: email, get: /people, query: { email: "{{ value }}" }, records: "$.people[*]" }
      - { by: phone, post: /search, read_only: true, body: { phone: "{{ value }}" }, records: "$.people[*]" }
    read: { get: "/people/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      phone: { category: contact.phone, identity: phone }
    erase: remove
    remove: { delete: "/people/{{ record.id }}" }
"#;

#[test]
fn a_connector_that_nobody_trusted() {
    let company = Company::with(
        "  paper_files:\n",
        "  crm:
    connector: crm@1
    settings: { url: \"https://crm.example.com\" }
  paper_files:\n",
    );
    see!("no_connector", company.run(&["check"]));
    company.write("connectors/crm.yml", CRM);
    see!("not_trusted", company.run(&["check"]));
    see!(
        "not_trusted_de",
        company.run(&["--lang", "de", "find", "--email", "anna@example.org"])
    );
    see!("trust_asks", company.run(&["trust", "connectors/crm.yml"]));
    see!(
        "trust",
        company.run(&["trust", "connectors/crm.yml", "--yes"])
    );
    see!(
        "trust_de",
        company.run(&["--lang", "de", "trust", "connectors/crm.yml"])
    );
    // Whoever edits it afterwards changes what was allowed.
    company.write(
        "connectors/crm.yml",
        &CRM.replace("get: /people", "get: /everybody"),
    );
    see!("trusted_and_changed", company.run(&["check"]));
    company.write("connectors/crm.yml", "dsr: 1\nconnector: crm\n");
    see!(
        "broken_connector",
        company.run(&["trust", "connectors/crm.yml"])
    );
    see!("no_connector_file", company.run(&["trust", "crm.yml"]));
}

#[test]
fn a_locked_database_stops_only_itself() {
    let company = Company::new();
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch("BEGIN EXCLUSIVE").unwrap();
    see!(
        "locked_database",
        company.run(&["find", "--email", "anna@example.org"])
    );
}

#[test]
fn an_evidence_folder_that_cannot_be_written() {
    let company = Company::new();
    // A file in its place is refused to root as well.
    fs_err::remove_dir(company.path("evidence")).unwrap();
    fs_err::write(company.path("evidence"), "").unwrap();
    let erased = company.run(&[
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "4",
    ]);
    see!("evidence_unwritable", erased);
    assert_eq!(company.customers().len(), 2);
    fs_err::remove_file(company.path("evidence")).unwrap();
    fs_err::create_dir(company.path("evidence")).unwrap();
    let made = company.run(&["evidence", "make", &company.case()]);
    assert_eq!(made.code, 0, "{}", made.err);
}

#[test]
fn four_eyes() {
    let people = "people:
  op1: { role: operator, key: \"keys/op1.pub\" }
  ap1: { role: approver, key: \"keys/ap1.pub\" }
approval: four_eyes
systems:
";
    let company = Company::new();
    company.write("../op1.pass", "a few words of op1\n");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs_err::set_permissions(company.path("../op1.pass"), private).unwrap();
    let key = [
        "key",
        "new",
        "--as",
        "op1",
        "--passphrase",
        "file:../op1.pass",
    ];
    assert_eq!(company.run(&key).code, 0);
    company.write("dsr.yaml", &INVENTORY.replace("systems:\n", people));
    let erase = |operator: &str| {
        company.run(&[
            "--as",
            operator,
            "erase",
            "--email",
            "anna@example.org",
            "--identity",
            "letter",
            "--yes",
            "--expect",
            "4",
        ])
    };
    see!("four_eyes", erase("op1"));
    see!("four_eyes_stranger", erase("op"));
    assert_eq!(company.customers().len(), 3);
    assert!(INVENTORY.contains("systems:\n"));
}

#[test]
fn a_plan_that_changed_meanwhile() {
    let company = Company::new();
    let plan = company.run(&[
        "plan",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
    ]);
    assert_eq!(plan.code, 0, "{}", plan.err);
    let case = company.case();
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute("INSERT INTO orders VALUES (13, 2, 'late')", [])
        .unwrap();
    drop(shop);
    let refused = company.run(&["apply", &case, "--yes", "--expect", "4"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert_eq!(company.customers().len(), 3);
    see!("apply_other_number", refused);
}
