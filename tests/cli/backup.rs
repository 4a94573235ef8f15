//! `dsr backup` and what an auditor sees afterwards: copies made, listed and put back, a ledger accepted, what stands out.

use age::secrecy::ExposeSecret as _;

use crate::see;
use crate::workspace::Company;

/// A workspace in which somebody looked without a reason, and a key of age beside it.
fn company() -> Company {
    let company = Company::new();
    let secret = age::x25519::Identity::generate();
    company.write("../to.txt", &format!("{}\n", secret.to_public()));
    company.write(
        "../mine.key",
        &format!("{}\n", secret.to_string().expose_secret()),
    );
    let found = company.run(&["find", "--email", "anna@example.org"]);
    assert_eq!(found.code, 0, "{}", found.err);
    company
}

#[test]
fn copies_made_listed_put_back_and_accepted() {
    let company = company();
    let make = |file, more: &[&str]| {
        let args = ["backup", file, "--recipients-file", "../to.txt"];
        company.run(&[&args[..], more].concat())
    };
    see!("backup_list_none", company.run(&["backup", "--list"]));
    see!("backup", make("../copy.age", &[]));
    see!(
        "backup_de",
        make("../zwei.age", &["--until", "31.12.2031", "--lang", "de"])
    );
    see!("backup_list", company.run(&["backup", "--list"]));
    see!(
        "backup_list_de",
        company.run(&["backup", "--list", "--lang", "de"])
    );
    let restore = [
        "backup",
        "--restore",
        "../copy.age",
        "--identity",
        "../mine.key",
    ];
    see!("backup_restore_over", company.run(&restore));
    see!(
        "backup_restore_over_de",
        company.run(&[&restore[..], &["--lang", "de"]].concat())
    );
    fs_err::remove_dir_all(company.path(".dsr")).unwrap();
    see!("backup_restore", company.run(&restore));
    let adopt = ["audit", "adopt", "--reason", "The disk failed."];
    see!("audit_adopt", company.run(&adopt));
    fs_err::remove_dir_all(company.path(".dsr")).unwrap();
    see!(
        "backup_restore_de",
        company.run(&[&restore[..], &["--lang", "de"]].concat())
    );
    let adopt = [
        "audit",
        "adopt",
        "--reason",
        "Plattenschaden.",
        "--lang",
        "de",
    ];
    see!("audit_adopt_de", company.run(&adopt));
    see!("audit_adopt_again_de", company.run(&adopt));
    see!(
        "audit_anomalies",
        company.run(&["audit", "log", "--anomalies"])
    );
    see!(
        "audit_anomalies_de",
        company.run(&["audit", "log", "--anomalies", "--lang", "de"])
    );
}
