use std::sync::Arc;

use super::*;
use crate::connector::definition;
use crate::diagnostic::Exit;

/// A folder with connector files of one's own.
struct House(tempfile::TempDir);

impl House {
    fn new(files: &[(&str, &str)]) -> House {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs_err::write(folder.path().join(name), text).unwrap();
        }
        House(folder)
    }

    fn read(&self, name: &str) -> Result<definition::Definition> {
        definition::read(&self.0.path().join(name))
    }

    fn codes(&self, name: &str) -> Vec<&'static str> {
        let trouble = self.read(name).map(|_| ()).unwrap_err();
        assert_eq!(trouble.exit(), Exit::Usage);
        trouble.diagnostics.iter().map(|one| one.code).collect()
    }
}

const BASE: &str = r#"
dsr: 1
connector: base
version: 2.3.0
settings: { key: { secret: true } }
api:
  url: https://crm.example.org
  auth: { bearer: "{{ settings.key }}" }
  records: "$.items[*]"
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    fields: { email: { category: contact.email, identity: email }, note: content.note }
    remove: { delete: "/people/{{ record.id }}" }
"#;

#[test]
fn an_overlay_adds_replaces_removes_and_appends() {
    let house = House::new(&[
        ("base.yml", BASE),
        (
            "crm.yml",
            r#"
dsr: 1
extends: base@2
objects:
  people:
    find+: [{ by: phone, get: /people, query: { phone: "{{ value }}" } }]
    fields:
      phone: { category: contact.phone, identity: phone, mask: null }
      note: null
    remove: { delete: "/v2/people/{{ record.id }}" }
  letters:
    find: [{ under: people, get: "/people/{{ parent.id }}/letters" }]
    fields: { text: content.message }
    remove: { delete: "/letters/{{ record.id }}" }
"#,
        ),
    ]);
    let base = house.read("base.yml").unwrap();
    assert!(base.changes.is_empty());
    assert_eq!(base.parts.len(), 1);
    let crm = house.read("crm.yml").unwrap();
    assert_eq!((crm.name.as_str(), crm.version.as_str()), ("base", "2.3.0"));
    let people = crm.object("people").unwrap();
    assert_eq!(people.find.len(), 2);
    assert!(people.field("note").is_none());
    assert!(people.field("phone").unwrap().mask.is_some());
    assert!(crm.writes()[0].1[0].contains("/v2/people/"));
    assert!(crm.object("letters").is_some());
    let names: Vec<&str> = crm.parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["crm", "base"]);
    assert_eq!(crm.parts[0].digest, crm.digest);
    assert_eq!(crm.parts[1].digest, base.digest);
    let changes: Vec<&str> = crm.changes.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(
        changes,
        [
            "objects.people.find+",
            "objects.people.fields.note",
            "objects.people.fields.phone",
            "objects.people.remove.delete",
            "objects.letters"
        ]
    );
    assert!(crm.changes.iter().all(|one| !one.safety));
}

/// Each of them is told before anyone trusts or confirms anything.
#[test]
fn what_keeps_a_connector_harmless_is_told_apart() {
    let overlay = r#"
dsr: 1
extends: base@2
api:
  url: https://elsewhere.example.org
  auth: { bearer: null, header: { X-Key: "{{ settings.key }}" } }
objects:
  people:
    cap: 9000
    find+: [{ by: email, post: /search, read_only: true, body: { q: "{{ value }}" } }]
"#;
    let house = House::new(&[("base.yml", BASE), ("own.yml", overlay)]);
    let changes = house.read("own.yml").unwrap().changes;
    assert!(changes.iter().all(|one| one.safety), "{changes:#?}");
    let shown: Vec<String> = changes
        .iter()
        .map(|one| format!("{}: {:?} -> {:?}", one.path, one.before, one.after))
        .collect();
    assert_eq!(
        shown,
        [
            r#"api.url: Some("\"https://crm.example.org\"") -> Some("\"https://elsewhere.example.org\"")"#,
            r#"api.auth: Some("bearer") -> Some("header")"#,
            r#"objects.people.find+: None -> Some("{ by: email, post: /search, read_only: true, body: { q: \"{{ value }}\" } }")"#,
            r#"objects.people.cap: None -> Some("9000")"#,
        ]
    );
}

/// A word that finds nothing to change is a typing error, and never passes in silence.
#[test]
fn what_is_not_there_cannot_be_changed() {
    let wrong = [
        "objects: { pepole: { cap: 5 } }",
        "objects: { people: { fields: { nte: null } } }",
        "objects: { people: { fields: { nte: { mask: token } } } }",
        "objects: { people: { rectify: { verify: { within: 1d } } } }",
        "objects: { people: { after+: [people] } }",
        "objects: { people: { fields: { email: { mask: null } } } }",
        "docs: null",
    ];
    for text in wrong {
        let overlay = format!("dsr: 1\nextends: base@2\n{text}\n");
        let house = House::new(&[("base.yml", BASE), ("own.yml", &overlay)]);
        assert_eq!(house.codes("own.yml"), ["E400"], "{text}");
        let trouble = house.read("own.yml").map(|_| ()).unwrap_err();
        let place = trouble.diagnostics[0].place.as_ref().unwrap();
        assert!(place.source.path.ends_with("own.yml"));
        assert_eq!(place.line_column().0, 3);
    }
    for (text, code) in [
        ("objects: { people: { fields+: [a] } }", "E403"),
        ("objects: { people: { find+: 5 } }", "E121"),
        ("object: { people: { cap: 5 } }", "E120"),
        ("objects: { people: { finds: [] } }", "E120"),
        (
            "objects: { people: { fields: { email: contact.phone } } }",
            "E210",
        ),
    ] {
        let overlay = format!("dsr: 1\nextends: base@2\n{text}\n");
        let house = House::new(&[("base.yml", BASE), ("own.yml", &overlay)]);
        assert_eq!(house.codes("own.yml"), [code], "{text}");
    }
}

#[test]
fn what_an_overlay_stands_on() {
    let over = |extends: &str| format!("dsr: 1\nextends: {extends}\ntitle: Ours\n");
    let house = House::new(&[
        ("base.yml", BASE),
        ("nothing.yml", &over("nowhere@1")),
        ("old.yml", &over("base@1")),
        ("formless.yml", &over("base")),
        ("headless.yml", "extends: base@2\n"),
        ("itself.yml", &over("itself@1")),
        ("one.yml", &over("other@1")),
        ("other.yml", &over("one@1")),
        ("first.yml", &over("base@2")),
        ("second.yml", &over("first@2")),
        ("directus.yml", &over("directus@1")),
    ]);
    assert_eq!(house.codes("nothing.yml"), ["E401"]);
    assert_eq!(house.codes("old.yml"), ["E108"]);
    assert_eq!(house.codes("formless.yml"), ["E107"]);
    assert_eq!(house.codes("headless.yml"), ["E122"]);
    assert_eq!(house.codes("itself.yml"), ["E402"]);
    assert_eq!(house.codes("one.yml"), ["E402"]);
    let second = house.read("second.yml").unwrap();
    let names: Vec<&str> = second.parts.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["second", "first", "base"]);
    // A file may extend the shipped connector whose name it has.
    let own = house.read("directus.yml").unwrap();
    assert_eq!(own.title.as_deref(), Some("Ours"));
    assert!(own.parts[0].file.is_some());
    assert_eq!(own.parts[1].file, None);
}

/// Nothing that comes with the program is replaced by accident.
#[test]
fn a_shipped_name_is_taken() {
    let named = BASE.replace("connector: base", "connector: directus");
    let shipped = library::shipped("directus").unwrap();
    let house = House::new(&[
        ("crm.yml", &named),
        ("directus.yml", BASE),
        ("copy.yml", &shipped.source.text),
    ]);
    let load = |name: &str| {
        let file = house.0.path().join(name);
        let volume = library::open(&file, library::Origin::Workspace).unwrap();
        let library = Library::around(house.0.path());
        definition::load(&volume, &library, None).map(|definition| definition.name)
    };
    for taken in ["crm.yml", "directus.yml"] {
        let trouble = load(taken).unwrap_err();
        assert_eq!(trouble.diagnostics[0].code, "E101", "{taken}");
    }
    assert_eq!(load("copy.yml").unwrap(), "directus");
}

/// `extend:` of the inventory stands on top of everything.
#[test]
fn an_inventory_extends_too() {
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: "objects: { people: { cap: 7 } }\n".into(),
    });
    let extend = crate::yaml::parse(&source).unwrap();
    let house = House::new(&[("base.yml", BASE)]);
    let volume = library::open(&house.0.path().join("base.yml"), library::Origin::Path).unwrap();
    let extended = definition::load(&volume, &Library::default(), Some(&extend)).unwrap();
    assert_eq!(extended.object("people").unwrap().cap, 7);
    assert_eq!(extended.changes.len(), 1);
    assert_eq!(extended.parts.len(), 1);
    for (text, code) in [
        ("extends: base@2\n", "E120"),
        ("objects: { peple: { cap: 7 } }\n", "E400"),
    ] {
        let source = Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.into(),
        });
        let extend = crate::yaml::parse(&source).unwrap();
        let trouble = definition::load(&volume, &Library::default(), Some(&extend));
        let trouble = trouble.map(|_| ()).unwrap_err();
        assert_eq!(trouble.diagnostics[0].code, code);
        let place = trouble.diagnostics[0].place.as_ref().unwrap();
        assert_eq!(place.source.path, source.path);
    }
}
