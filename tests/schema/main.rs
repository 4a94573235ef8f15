//! The published schemas agree with the program: with the parser of the inventory, key by key, with every example, and with every
//! output that the snapshots and the reference show.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/workspace.rs"]
mod workspace;

mod checker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use checker::{Unlisted, check};
use dsr::connector::definition::Definition;
use dsr::diagnostic::{Diagnostic, Exit, Source, Trouble};
use dsr::inventory::Wanted;
use dsr::messages::Text;
use dsr::yaml::{self, Node, Value as Yaml};
use serde_json::{Map, Value, json};
use workspace::Company;

/// A key that nobody would write.
const STRANGE: &str = "zzqqxxvvkk";

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn schema(name: &str) -> Value {
    let text = fs_err::read_to_string(project(&format!("schemas/{name}.schema.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![project(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn from_yaml(text: &str) -> Value {
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: text.to_owned(),
    });
    fn value(node: &Node) -> Value {
        match &node.value {
            Yaml::Null => Value::Null,
            Yaml::Bool(value) => json!(value),
            Yaml::Number(text) => serde_json::from_str(text).unwrap(),
            Yaml::Text(text) => json!(text),
            Yaml::List(items) => items.iter().map(value).collect(),
            Yaml::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(name, node)| (name.text.clone(), value(node)));
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
    value(&yaml::parse(&source).unwrap())
}

/// Connectors of the example, which this test does not look into.
fn load(_: &Wanted<'_>) -> Result<Definition, Trouble> {
    Err(Diagnostic::new("E625", Exit::Usage, Text::same("not here")).into())
}

fn mistakes(inventory: &Value) -> Vec<Diagnostic> {
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: inventory.to_string(),
    });
    match dsr::inventory::parse(&source, Path::new("."), &load) {
        Ok(_) => Vec::new(),
        Err(trouble) => trouble.diagnostics,
    }
}

/// Every mapping with fixed keys: its place in the value, the name of its schema, and the keys that the schema lists.
fn mappings(
    root: &Value,
    schema: &Value,
    name: &str,
    value: &Value,
    at: &str,
    out: &mut Vec<(String, String, BTreeSet<String>)>,
) {
    if let Some(target) = schema["$ref"].as_str() {
        let target = target.strip_prefix('#').unwrap();
        let name = target.rsplit('/').next().unwrap();
        return mappings(root, root.pointer(target).unwrap(), name, value, at, out);
    }
    for one in ["oneOf", "anyOf"] {
        for schema in schema[one].as_array().into_iter().flatten() {
            mappings(root, schema, name, value, at, out);
        }
    }
    if let Some(items) = value.as_array() {
        for (n, item) in items.iter().enumerate() {
            if schema["items"].is_object() {
                mappings(
                    root,
                    &schema["items"],
                    name,
                    item,
                    &format!("{at}/{n}"),
                    out,
                );
            }
        }
    }
    let Some(entries) = value.as_object() else {
        return;
    };
    let listed = schema["properties"].as_object();
    if let Some(listed) = listed.filter(|_| schema["additionalProperties"] == false) {
        let keys = listed.keys().cloned().collect();
        out.push((at.to_owned(), name.to_owned(), keys));
    }
    for (key, inner) in entries {
        let below = match listed.and_then(|listed| listed.get(key)) {
            Some(schema) => schema,
            None if schema["additionalProperties"].is_object() => &schema["additionalProperties"],
            None => continue,
        };
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        mappings(root, below, name, inner, &at, out);
    }
}

#[test]
fn the_parser_and_the_schema_know_the_same_keys() {
    let schema = schema("inventory");
    let example = fs_err::read_to_string(project("tests/inventory/acme.yaml")).unwrap();
    let example = from_yaml(&example);
    let mut found = Vec::new();
    mappings(&schema, &schema, "top", &example, "", &mut found);
    let mut by_parser: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut by_schema: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, name, keys) in found {
        let mut with_strange = example.clone();
        let mapping = with_strange.pointer_mut(&at).unwrap();
        mapping[STRANGE] = json!(1);
        let wrong = mistakes(&with_strange);
        assert!(!wrong.is_empty(), "{at}: the parser takes any key");
        let known = wrong
            .iter()
            .find(|one| one.code == "E120" && one.what.en.contains(STRANGE));
        // References to secrets have one key, and their own words for it.
        if name.starts_with("secret") {
            continue;
        }
        let known = known.unwrap_or_else(|| panic!("{at}: {wrong:?}"));
        let list = known
            .help
            .iter()
            .find_map(|help| help.en.strip_prefix("known here: "));
        let list = list.unwrap_or_else(|| panic!("{at}: {known:?}"));
        let of_name = by_parser.entry(name.clone()).or_default();
        of_name.extend(list.split(", ").map(str::to_owned));
        by_schema.insert(name, keys);
    }
    assert!(by_parser.len() >= 15, "{:?}", by_parser.keys());
    assert_eq!(by_parser, by_schema);
    // Every part of the schema with keys of its own was looked at.
    for (name, part) in schema["$defs"].as_object().unwrap() {
        let fixed = part["additionalProperties"] == false;
        assert!(
            !fixed || by_schema.contains_key(name) || name == "secretReference",
            "{name}"
        );
    }
}

/// A connector in which every part stands at least once.
const CONNECTOR: &str = r#"
dsr: 1
connector: crm
version: 1.0.0
title: An invented CRM
docs: https://crm.example/docs
settings: { url: { type: url }, user: { type: text }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { basic: { user: "{{ settings.user }}", password: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: { next: "$.next" }
  outcome: { retry: [429], gone: [404] }
  limits: { retries: 1, timeout: 1s }
screen: "Guests, the guest"
look_up:
  chats: { holds: Chats with the hotel, screen: { en: "Desk, Chats", de: "Empfang, Chats" }, for: [export, erase], under: guests, category: [content.message], off: There is no chat. }
objects:
  guests:
    screen: { en: "Guests, the guest, Edit", de: "Gäste, der Gast, Bearbeiten" }
    find:
      - { by: email, get: /guests, query: { email: "{{ value }}" } }
    read: { get: "/guests/{{ record.id }}", records: $ }
    export: { letters: { get: "/guests/{{ record.id }}/letters" } }
    files: [{ each: "$.letters[*].scans[*]", get: "{{ file.url }}", name: "{{ file.name }}", hosts: ["*.crm.example"], limit: 5MB }]
    describe: { get: /guests/fields, name: key, label: title, type: type, below: more }
    fields:
      email: { category: contact.email, identity: email }
      name: person.name
    remove: { delete: "/guests/{{ record.id }}", capture: { job: $.id }, poll: { get: "/jobs/{{ job }}", done: "body.done == true" }, limits: { rate: 10/s }, verify: { get: "/bin/{{ record.id }}", after: 1s, within: 10s } }
    suppress: { batch: 2, post: /blocked, body: { ids: "{{ keys }}" }, each: { at: "$[*]", key: id, done: "item.ok == true" } }
    restrict: { steps: [{ post: "/guests/{{ record.id }}/lock" }], outcome: { done: [204] }, verify: { holds: "record.locked == true" } }
    erase: remove
"#;

#[test]
fn connectors_and_their_schema_know_the_same_keys() {
    let schema = schema("connector");
    let example = from_yaml(CONNECTOR);
    let wrong = |value: &Value| -> Vec<Diagnostic> {
        let source = Arc::new(Source {
            path: "crm.yml".into(),
            text: value.to_string(),
        });
        let parsed = dsr::connector::definition::parse(source);
        parsed
            .err()
            .map(|trouble| trouble.diagnostics)
            .unwrap_or_default()
    };
    let sound = wrong(&example);
    assert!(sound.is_empty(), "{sound:?}");
    let own = check(&schema, &example, Unlisted::Allowed);
    assert!(own.is_empty(), "{own:?}");
    let mut found = Vec::new();
    mappings(&schema, &schema, "top", &example, "", &mut found);
    let mut by_parser: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut by_schema: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, name, keys) in found {
        let mut changed = example.clone();
        changed.pointer_mut(&at).unwrap()[STRANGE] = json!(1);
        let all = wrong(&changed);
        let known = all
            .iter()
            .find(|one| one.code == "E120" && one.what.en.contains(STRANGE));
        let known = known.unwrap_or_else(|| panic!("{at}: {all:?}"));
        let list = known
            .help
            .iter()
            .find_map(|help| help.en.strip_prefix("known here: "));
        for key in list
            .unwrap_or_else(|| panic!("{at}: {known:?}"))
            .split(", ")
        {
            let mut changed = example.clone();
            changed.pointer_mut(&at).unwrap()[key] = json!("x");
            // Words that have their place in steps that write are refused elsewhere, and an editor may underline them.
            let later =
                |one: &Diagnostic| one.code == "E392" && one.what.en.contains(&format!("`{key}`"));
            if !wrong(&changed).iter().any(later) {
                by_parser
                    .entry(name.clone())
                    .or_default()
                    .insert(key.to_owned());
            }
        }
        by_schema.insert(name, keys);
    }
    assert_eq!(by_parser, by_schema);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        let fixed = part["additionalProperties"] == false;
        assert!(!fixed || by_schema.contains_key(name), "{name}");
    }
}

#[test]
fn every_example_connector_fits_the_schema() {
    let schema = schema("connector");
    let mut seen = 0;
    // What tests a plugin is no connector.
    let is_test = |path: &PathBuf| path.to_string_lossy().ends_with(".test.yml");
    for path in files("examples", "yml")
        .into_iter()
        .filter(|path| !is_test(path))
    {
        let value = from_yaml(&fs_err::read_to_string(&path).unwrap());
        let wrong = check(&schema, &value, Unlisted::Allowed);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
        seen += 1;
    }
    for path in files("docs", "md") {
        let text = fs_err::read_to_string(&path).unwrap();
        for block in text.split("```").skip(1).step_by(2) {
            if block.starts_with("yaml") && block.contains("\nconnector: ") {
                let value = from_yaml(block.split_once('\n').unwrap().1);
                let wrong = check(&schema, &value, Unlisted::Allowed);
                assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 3, "{seen}");
}

#[test]
fn categories_are_those_of_the_program() {
    let listed = schema("inventory")["$defs"]["category"]["anyOf"][0]["enum"].clone();
    let known: Vec<&str> = dsr::connector::categories::CATEGORIES
        .iter()
        .map(|category| category.name)
        .collect();
    assert_eq!(listed, json!(known));
}

/// Words that the schema allows and the parser refuses, or the other way round, would mislead an editor.
#[test]
fn the_parser_takes_every_word_of_the_schema() {
    let schema = schema("inventory");
    let example = fs_err::read_to_string(project("tests/inventory/acme.yaml")).unwrap();
    let example = from_yaml(&example);
    let places = [
        (
            "/controller/language",
            "/$defs/controller/properties/language",
        ),
        ("/requests/identity", "/$defs/requests/properties/identity"),
        ("/requests/reason", "/$defs/requests/properties/reason"),
        ("/expand/stop_on", "/$defs/expand/properties/stop_on"),
        ("/systems/fleet/status", "/$defs/system/properties/status"),
        ("/flows/0/direction", "/$defs/flow/properties/direction"),
        ("/flows/0/deletes", "/$defs/flow/properties/deletes"),
        ("/flows/0/creates", "/$defs/flow/properties/creates"),
        ("/flows/0/conflict", "/$defs/flow/properties/conflict"),
        ("/flows/0/pause", "/$defs/flow/properties/pause"),
        (
            "/data_types/customers/kind",
            "/$defs/dataType/properties/kind",
        ),
        (
            "/data_types/customers/then",
            "/$defs/dataType/properties/then",
        ),
        ("/people/op1/role", "/$defs/person/properties/role"),
        ("/approval", "/properties/approval"),
        ("/ledger", "/properties/ledger"),
    ];
    for (at, word) in places {
        let words = schema.pointer(word).unwrap()["enum"].as_array().unwrap();
        assert!(words.len() > 1 || at == "/ledger");
        for (word, good) in words
            .iter()
            .map(|word| (word, true))
            .chain([(&json!("zz"), false)])
        {
            let mut changed = example.clone();
            *changed.pointer_mut(at).unwrap_or(&mut Value::Null) = word.clone();
            let refused = mistakes(&changed).iter().any(|one| one.code == "E123");
            assert_eq!(!refused, good, "{at}: {word}");
        }
    }
}

#[test]
fn every_example_inventory_fits_the_schema() {
    let schema = schema("inventory");
    let mut texts = vec![
        ("tests/support".to_owned(), workspace::INVENTORY.to_owned()),
        (
            "tests/inventory/acme.yaml".to_owned(),
            fs_err::read_to_string(project("tests/inventory/acme.yaml")).unwrap(),
        ),
    ];
    let mut pages = files("docs", "md");
    pages.push(project("README.md"));
    for path in pages {
        let text = fs_err::read_to_string(&path).unwrap();
        for block in text.split("```").skip(1).step_by(2) {
            let (language, block) = block.split_once('\n').unwrap_or_default();
            let is_inventory = block.contains("dsr: 1") && block.contains("\nsystems:");
            if language.trim() == "yaml" && is_inventory {
                texts.push((path.display().to_string(), block.to_owned()));
            }
        }
    }
    assert!(texts.len() >= 4, "{}", texts.len());
    for (place, text) in texts {
        let wrong = check(&schema, &from_yaml(&text), Unlisted::Allowed);
        assert!(wrong.is_empty(), "{place}: {wrong:#?}");
    }
    // What `init` writes fits as well.
    let company = Company::nothing();
    assert_eq!(company.run(&["init", "--yes"]).code, 0);
    let made = check(
        &schema,
        &from_yaml(&company.read("dsr.yaml")),
        Unlisted::Allowed,
    );
    assert!(made.is_empty(), "{made:#?}");
}

/// The parser is the judge; what it refuses for its form the schema need not see, but what is plainly misspelt it does.
#[test]
fn a_misspelt_key_is_seen_by_an_editor_too() {
    let schema = schema("inventory");
    for name in [
        "e120_top_level_typo",
        "e120_key_in_object",
        "e123_words",
        "e125_names",
    ] {
        let file = project(&format!("tests/inventory/broken/{name}.yaml"));
        let value = from_yaml(&fs_err::read_to_string(file).unwrap());
        let wrong = check(&schema, &value, Unlisted::Allowed);
        assert_eq!(wrong.is_empty(), name == "e125_names", "{name}: {wrong:?}");
    }
}

/// Puts values of the right form back where the snapshots left them out.
fn with_values(text: &str) -> String {
    [
        ("[digest]", "0".repeat(64)),
        ("[hex]", "0".repeat(32)),
        ("[root]", format!("{}=", "A".repeat(43))),
        ("[case]", "2026-K7QF3M".into()),
        ("[time]", "2026-01-31T10:00:00Z".into()),
        ("[day]", "2026-01-31".into()),
        ("[hold]", "H-K7QF3M".into()),
    ]
    .iter()
    .fold(text.to_owned(), |text, (sign, value)| {
        text.replace(sign, value)
    })
}

fn fits(place: &str, value: &Value, seen: &mut BTreeSet<String>) {
    let name = value["schema"]
        .as_str()
        .unwrap_or_else(|| panic!("{place}: no schema"));
    let name = name
        .strip_prefix("dsr.")
        .unwrap()
        .strip_suffix("/1")
        .unwrap();
    let wrong = check(&schema(name), value, Unlisted::Wrong);
    assert!(wrong.is_empty(), "{place}: {name}: {wrong:#?}");
    seen.insert(name.to_owned());
}

#[test]
fn every_output_fits_its_schema() {
    let mut seen = BTreeSet::new();
    for path in files("tests/cli/snapshots", "snap") {
        let text = fs_err::read_to_string(&path).unwrap();
        let Some((_, rest)) = text.split_once("--- stdout\n") else {
            continue;
        };
        let out = rest.split("\n--- ").next().unwrap();
        // A schema that is printed is none of the outputs that it describes.
        if out.starts_with('{') && !out.contains("\"$schema\"") {
            let value = serde_json::from_str(&with_values(out));
            fits(&path.display().to_string(), &value.unwrap(), &mut seen);
        }
    }
    let page = fs_err::read_to_string(project("docs/reference/json.md")).unwrap();
    for block in page.split("```json\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let value = serde_json::from_str(&with_values(block)).unwrap();
        fits("docs/reference/json.md", &value, &mut seen);
    }
    let company = Company::new();
    let listed = company.run(&["schema", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    fits("dsr schema", &listed, &mut seen);
    let connectors = company.run(&["connector", "list", "--format", "json"]);
    let connectors: Value = serde_json::from_str(&connectors.out).unwrap();
    fits("dsr connector list", &connectors, &mut seen);
    let names: BTreeSet<String> = listed["schemas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect();
    let without_output: Vec<&String> = names.difference(&seen).collect();
    assert_eq!(
        without_output,
        ["connector", "inventory"],
        "no output shows it"
    );
    // Every file is printed, and every schema has a file.
    let on_disk = files("schemas", "json");
    assert_eq!(on_disk.len(), names.len());
    for name in names {
        let printed = company.run(&["schema", &name]);
        assert_eq!(printed.code, 0);
        let printed: Value = serde_json::from_str(&printed.out).unwrap();
        assert_eq!(printed, schema(&name), "{name}");
    }
}
