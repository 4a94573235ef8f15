//! What people see when an inventory is wrong, and that a right one is understood.
//!
//! Each file in `inventory/broken/` has beside it what `dsr` says about it, in both languages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::Arc;

use dsr::connector::definition::{self, Definition};
use dsr::connector::library::{Library, Origin, Volume};
use dsr::diagnostic::{Diagnostic, Source, Trouble};
use dsr::inventory::{Inventory, Wanted, parse};
use dsr::messages::Lang;
use dsr::ui::diagnostic::render;
use proptest::prelude::*;

/// Two invented connectors, in place of files beside the inventory.
fn load(wanted: &Wanted<'_>) -> Result<Definition, Trouble> {
    let name = wanted.name;
    if !["bookings", "crm"].contains(&name) {
        let what = dsr::messages::Text::same("no such connector");
        return Err(Diagnostic::new("E101", dsr::diagnostic::Exit::Usage, what).into());
    }
    let text = format!(
        r#"
dsr: 1
connector: {name}
version: 1.4.0
settings: {{ url: {{ type: url }}, key: {{ secret: true }} }}
api:
  url: "{{{{ settings.url }}}}"
  auth: {{ header: {{ X-Api-Key: "{{{{ settings.key }}}}" }} }}
  records: "$.items[*]"
objects:
  guests:
    find: [{{ by: email, get: /guests, query: {{ email: "{{{{ value }}}}" }} }}]
    fields: {{ email: {{ category: contact.email, identity: email }} }}
    remove: {{ delete: "/guests/{{{{ record.id }}}}" }}
"#
    );
    let path = format!("{name}.yml").into();
    let volume = Volume {
        name: name.to_owned(),
        origin: Origin::Path,
        source: Arc::new(Source { path, text }),
    };
    definition::load(&volume, &Library::default(), wanted.extend)
}

fn read(path: &Path) -> Result<(Inventory, Vec<Diagnostic>), Trouble> {
    let text = fs_err::read_to_string(path).unwrap();
    let source = Arc::new(Source {
        path: path.file_name().unwrap().into(),
        text,
    });
    parse(&source, Path::new("."), &load)
}

fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_mistake_is_explained() {
    let files = files("tests/inventory/broken");
    assert!(files.len() >= 40, "{}", files.len());
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let diagnostics = match read(&path) {
            Err(trouble) => trouble.diagnostics,
            Ok((_, warnings)) => {
                assert!(!warnings.is_empty(), "{name} is not broken");
                warnings
            }
        };
        let mut shown = Vec::new();
        for lang in [Lang::En, Lang::De] {
            shown.extend(diagnostics.iter().map(|one| render(one, lang, false)));
        }
        let shown = shown.join("\n\n");
        assert!(
            !shown.contains("hunter2"),
            "{name}: a secret is shown\n{shown}"
        );
        assert!(
            !format!("{diagnostics:?}").contains("hunter2"),
            "{name}: a secret in Debug"
        );
        for one in &diagnostics {
            assert!(!one.help.is_empty(), "{name}: no remedy");
        }
        insta::with_settings!({
            snapshot_path => "inventory/broken",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

/// Every `E…` and `W…` in these sources stands in the answer to one of the broken files, and none is a system's fault as well.
#[test]
fn every_code_has_an_example_and_one_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let answers: String = fs_err::read_dir(root.join("tests/inventory/broken"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "snap"))
        .map(|path| fs_err::read_to_string(path).unwrap())
        .collect();
    let code = regex::Regex::new(r#""([EW]\d{3})""#).unwrap();
    // Files that cannot be read have a test of their own; paths occur in connector files only.
    let elsewhere = ["E150", "E151", "E305"];
    for file in [
        "yaml.rs",
        "yaml/fields.rs",
        "connector/grammar.rs",
        "inventory/context.rs",
        "inventory/head.rs",
        "inventory/object.rs",
        "inventory/object/entry.rs",
        "inventory/object/find.rs",
        "inventory/read.rs",
        "inventory/retention.rs",
        "inventory/settings.rs",
        "inventory/sync.rs",
        "inventory/system.rs",
        "inventory/values.rs",
    ] {
        let text = fs_err::read_to_string(root.join("src").join(file)).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for found in code.captures_iter(text) {
            let code = &found[1];
            let shown = answers.contains(&format!("[{code}]")) || elsewhere.contains(&code);
            assert!(shown, "{file}: {code} has no example");
            assert!(
                !dsr::connector::fault::CODES.contains(&code),
                "{code} means two things"
            );
        }
    }
}

#[test]
fn the_example_is_understood() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inventory/acme.yaml");
    let (inventory, warnings) = read(&path).unwrap_or_else(|trouble| {
        let shown: Vec<String> = trouble
            .diagnostics
            .iter()
            .map(|one| render(one, Lang::En, false))
            .collect();
        panic!("{}", shown.join("\n"))
    });
    let codes: Vec<&str> = warnings.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["W230"]);
    let shop = inventory.system("shop").unwrap();
    let names: Vec<&str> = shop.objects.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["customers", "orders", "items"], "parents first");
    assert_eq!(
        shop.control.as_ref().map(|control| control.value()),
        Some("control@acme.example")
    );
    assert_eq!(inventory.kinds.country, "DE");
    // What a connector file turns into is the business of its own tests.
    let mut inventory = inventory;
    for system in &mut inventory.systems {
        if let dsr::inventory::Engine::Rest(definition) = &system.engine {
            assert_eq!(definition.version, "1.4.0");
            system.engine = dsr::inventory::Engine::None;
            system.objects.clear();
        }
    }
    insta::with_settings!({
        snapshot_path => "inventory",
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => [(r"/[^ ]*?/tests/inventory", "…")],
    }, {
        insta::assert_debug_snapshot!("acme", inventory);
    });
}

#[test]
fn a_file_that_is_no_inventory_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let code = |path: &Path| {
        let trouble = dsr::inventory::read(path, &load).unwrap_err();
        assert_eq!(trouble.exit(), dsr::diagnostic::Exit::Usage);
        trouble.diagnostics[0].code
    };
    assert_eq!(code(&folder.path().join("dsr.yaml")), "E150");
    assert_eq!(code(folder.path()), "E150");
    let latin = folder.path().join("latin.yaml");
    fs_err::write(&latin, b"dsr: 1 # f\xfcr alle\n").unwrap();
    assert_eq!(code(&latin), "E151");
    let path = folder.path().join("dsr.yaml");
    let text = include_str!("inventory/acme.yaml");
    fs_err::write(&path, text).unwrap();
    let (inventory, _) = dsr::inventory::read(&path, &load).unwrap();
    assert_eq!(inventory.folder, folder.path());
    assert_eq!(inventory.digest, dsr::keys::Digest::sha256(text.as_bytes()));
}

/// A system that is not searched needs nothing else, whatever it will be one day.
#[test]
fn what_is_not_connected_may_wait() {
    let text = "dsr: 1
controller: { name: Acme GmbH, seat: AT }
systems:
  a: { status: not_connected }
  b: { status: disabled, engine: files, settings: { path: later } }
  c: { status: disabled, connector: unwritten@1 }
  d: { status: disabled, engine: postgres }
flows:
  - { from: a.x, to: b.documents }
  - { from: c.z, to: a.x }
";
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: text.into(),
    });
    let (inventory, _) = parse(&source, Path::new("."), &load).unwrap();
    assert_eq!(inventory.systems.len(), 4);
    assert_eq!(inventory.controller.language, Lang::De);
}

/// Reads a text as an inventory, and draws whatever is wrong with it.
fn survive(text: &str) {
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: text.to_owned(),
    });
    match parse(&source, Path::new("."), &load) {
        Ok((inventory, _)) => promises(&inventory),
        Err(trouble) => {
            assert!(!trouble.diagnostics.is_empty());
            assert!(trouble.diagnostics.len() <= 21);
            for one in &trouble.diagnostics {
                for lang in [Lang::En, Lang::De] {
                    let shown = render(one, lang, false);
                    assert!(shown.contains(one.code));
                    assert!(
                        !shown.contains(|c: char| c.is_control() && c != '\n'),
                        "{shown:?}"
                    );
                }
            }
        }
    }
}

/// What the rest of the program takes for granted.
fn promises(inventory: &Inventory) {
    for system in &inventory.systems {
        for (index, object) in system.objects.iter().enumerate() {
            assert!(!object.key.is_empty() && object.key.iter().all(|part| !part.is_empty()));
            assert!(!object.find.is_empty());
            assert!(object.cap > 0);
            for parent in object.parents() {
                let before = system.objects[..index].iter().any(|one| one.name == parent);
                assert!(before, "{parent} stands before {}", object.name);
            }
            for finder in &object.find {
                if let Some(kind) = finder
                    .by
                    .as_ref()
                    .filter(|kind| !["name", "age"].contains(&kind.0.as_str()))
                {
                    let guarded = object
                        .fields
                        .iter()
                        .any(|field| field.identity.as_ref() == Some(kind));
                    assert!(guarded, "{} by {kind}", object.name);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn text_that_looks_like_yaml_never_panics(text in "([a-z]{1,4}:? ?|[-{}\\[\\],&*!|>'\"#%@`\n ]|[0-9]|\\{\\{|ä|\u{1b}|\t){0,60}") {
        survive(&text);
    }

    #[test]
    fn a_damaged_inventory_never_panics(
        cuts in proptest::collection::vec((0.0..1.0f64, 0..12usize, "[a-z{}\\[\\]:, \"\n-]{0,6}"), 1..4)
    ) {
        let mut text = include_str!("inventory/acme.yaml").to_owned();
        for (at, length, with) in cuts {
            let start = text.floor_char_boundary((text.len() as f64 * at) as usize);
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end.max(start), &with);
        }
        survive(&text);
    }

    #[test]
    fn a_value_in_a_wrong_place_is_refused_and_not_misread(line in 0usize..75, value in prop_oneof![
        Just("null"), Just("[]"), Just("{}"), Just("[x, x]"), Just("-1"), Just("true"), Just("''"), Just("\"\\e\""), Just("name")
    ]) {
        let text = include_str!("inventory/acme.yaml");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if let Some((key, _)) = lines.get(line).and_then(|line| line.split_once(": ")) {
            lines[line] = format!("{key}: {value}");
            survive(&lines.join("\n"));
        }
    }
}
