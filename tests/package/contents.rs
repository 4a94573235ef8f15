//! What stands in a package, word for word, in both languages.

use std::path::{Path, PathBuf};

use dsr::messages::Lang;
use dsr::package::{Kind, Material};
use serde_json::Value;

use crate::material::House;

/// Compares with a snapshot; of a page everything but its style sheet, which the pictures show better.
fn see(name: &str, text: &str) {
    let styled = regex::Regex::new(r"(?s)<style>.*?</style>|sha256-[A-Za-z0-9+/=]+").unwrap();
    let text = styled.replace_all(text, "[style]");
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn read(folder: &Path, path: &str) -> String {
    fs_err::read_to_string(folder.join(path)).unwrap()
}

/// A fresh folder that stays after the test.
fn shelf(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("package")
        .join(name);
    let _ = fs_err::remove_dir_all(&folder);
    folder
}

fn every_file(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs_err::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                out.push(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    out.sort();
    out
}

#[test]
fn a_draft_in_german() {
    let folder = shelf("draft-de");
    let summary = House::new(Lang::De).anna_in(&folder, Kind::Access, true);
    see("draft_de_uebersicht", &read(&folder, "uebersicht.html"));
    see("draft_de_review", &read(&folder, "REVIEW.txt"));
    see(
        "draft_de_customers_csv",
        &read(&folder, "data/shop/customers.csv"),
    );
    see(
        "draft_de_orders_csv",
        &read(&folder, "data/shop/orders.csv"),
    );
    see(
        "draft_de_orders_json",
        &read(&folder, "data/shop/orders.json"),
    );
    see("draft_de_files", &every_file(&folder).join("\n"));
    assert_eq!(summary.records, 5);
    assert_eq!(summary.not_included.credentials, 3, "{summary:?}");
    assert_eq!(summary.not_included.unlisted_fields, 3);
    assert_eq!(summary.not_included.systems, 2);
    assert!(summary.open_points > 5);
}

#[test]
fn a_reviewed_one_in_english() {
    let folder = shelf("reviewed-en");
    House::new(Lang::En).anna_in(&folder, Kind::Access, false);
    see("reviewed_en_overview", &read(&folder, "overview.html"));
    see(
        "reviewed_en_customers_json",
        &read(&folder, "data/shop/customers.json"),
    );
    see("reviewed_en_schema", &read(&folder, "schema.json"));
    assert!(!folder.join("REVIEW.txt").exists());
    assert!(!read(&folder, "overview.html").contains("DRAFT"));
    // English spreadsheets want commas.
    assert!(read(&folder, "data/shop/orders.csv").starts_with("shipping_address,note,"));
}

#[test]
fn a_portable_one() {
    let folder = shelf("portable-de");
    let summary = House::new(Lang::De).anna_in(&folder, Kind::Portable, true);
    see("portable_de_uebersicht", &read(&folder, "uebersicht.html"));
    see(
        "portable_de_customers_json",
        &read(&folder, "data/shop/customers.json"),
    );
    see("portable_de_review", &read(&folder, "REVIEW.txt"));
    assert!(!folder.join("data/helpdesk").exists());
    assert!(summary.not_included.not_portable > 0);
}

#[test]
fn no_data_is_an_answer_too() {
    let house = House::new(Lang::De);
    let answer = |material: Material<'_>| {
        let folder = tempfile::tempdir().unwrap();
        let container = dsr::package::Folder::create(folder.path()).unwrap();
        let mut package = dsr::package::Package::new(material, Box::new(container)).unwrap();
        let object = &house.systems[0].objects[0];
        package.object("shop", object).unwrap().finish().unwrap();
        package.finish().unwrap();
        assert!(!folder.path().join("data").exists());
        read(folder.path(), "uebersicht.html")
    };
    let incomplete = answer(house.material(Kind::Access, false));
    assert!(
        incomplete.contains("keine abschließende Antwort"),
        "{incomplete}"
    );
    assert!(!incomplete.contains("Wir haben keine personenbezogenen Daten"));
    // Records that wait for a decision are no negative answer either.
    let mut material = house.material(Kind::Access, false);
    material.systems.truncate(1);
    material.systems[0].objects[1].waiting = 2;
    let waiting = answer(material);
    assert!(
        waiting.contains("noch nicht zugeordnet sind (2)"),
        "{waiting}"
    );
    assert!(!waiting.contains("Wir haben keine personenbezogenen Daten"));
    let mut material = house.material(Kind::Access, false);
    material.systems.truncate(1);
    let complete = answer(material);
    see("negative_de_uebersicht", &complete);
    assert!(complete.contains("Wir haben keine personenbezogenen Daten über Sie gespeichert"));
    assert!(!complete.contains("Nicht durchsucht"));
}

/// Each file that is there is in the manifest with the hash that it has, and nothing else is.
#[test]
fn the_manifest_names_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package");
    let summary = House::new(Lang::En).anna_in(&path, Kind::Access, true);
    let text = fs_err::read(path.join("manifest.json")).unwrap();
    assert_eq!(dsr::keys::Digest::sha256(&text), summary.manifest);
    let manifest: Value = serde_json::from_slice(&text).unwrap();
    let mut named = vec!["manifest.json".to_owned()];
    for file in manifest["files"].as_array().unwrap() {
        let name = file["path"].as_str().unwrap();
        let bytes = fs_err::read(path.join(name)).unwrap();
        assert_eq!(
            file["sha256"],
            dsr::keys::Digest::sha256(&bytes).hex(),
            "{name}"
        );
        assert_eq!(file["bytes"], bytes.len(), "{name}");
        named.push(name.to_owned());
    }
    named.sort();
    assert_eq!(named, every_file(&path));
    assert_eq!(summary.files, named.len() as u64);
    assert_eq!(manifest["files"][0]["records"], 1);
}

/// Two systems whose names differ by case only, and names that Windows keeps for devices.
#[test]
fn names_that_collide_get_files_of_their_own() {
    let house = House::new(Lang::En);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package");
    let container = dsr::package::Folder::create(&path).unwrap();
    let material = house.material(Kind::Access, false);
    let mut package = dsr::package::Package::new(material, Box::new(container)).unwrap();
    let object = crate::material::object("con", vec![crate::material::field("a", "person.name")]);
    for system in ["CRM", "crm", "nul"] {
        let mut writer = package.object(system, &object).unwrap();
        writer
            .push(&crate::material::record(
                serde_json::json!({"id": 1, "a": system}),
            ))
            .unwrap();
        writer.finish().unwrap();
    }
    assert!(package.object("crm", &object).is_err());
    package.finish().unwrap();
    let files = every_file(&path).join("\n");
    assert!(
        files.contains("data/CRM/_con.json")
            && files.contains("data/crm/_con-2.json")
            && files.contains("data/_nul/"),
        "{files}"
    );
}
