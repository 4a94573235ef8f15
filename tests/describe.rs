//! What systems behind a connector say of their records: by `describe`, by the metadata of OData, by the control person's records.
//! Names and types come out, no value does, and nothing is written.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::json;
use support::http::{Received, Reply, Server};
use support::program::Workspace;

mod support {
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}

const CANARY: &str = "Ada CANARY";

struct Desk {
    workspace: Workspace,
    server: Server,
}

/// A system with this protocol and these objects, and perhaps a control person.
fn desk(
    protocol: &str,
    objects: &str,
    more: &str,
    answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
) -> Desk {
    let server = Server::start(answer);
    let connector = format!(
        "dsr: 1\nconnector: town\nversion: 1.0.0\nsettings: {{ url: {{ type: url }} }}\napi:\n  protocol: {protocol}\n  url: \"{{{{ settings.url }}}}\"\n  limits: {{ retries: 0 }}\nobjects:\n{objects}"
    );
    let inventory = format!(
        "dsr: 1\ncontroller: {{ name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }}\nsystems:\n  town:\n    connector: town@1\n    settings: {{ url: \"{}\" }}\n    owner: helpdesk@example.org\n    {more}\n",
        server.url
    );
    Desk {
        workspace: Workspace::new(&inventory, &[("town.yml", &connector)]),
        server,
    }
}

impl Desk {
    fn discover(&self, more: &[&str]) -> (i32, String, String) {
        let mut arguments = vec!["connector", "discover", "town"];
        arguments.extend(more);
        let ran = self.workspace.run(&arguments);
        let writes = self.server.received();
        let writes: Vec<String> = writes
            .iter()
            .filter(|one| one.is_write())
            .map(Received::line)
            .collect();
        assert_eq!(writes, Vec::<String>::new());
        assert!(
            !format!("{}{}", ran.out, ran.err).contains("CANARY"),
            "{}\n{}",
            ran.out,
            ran.err
        );
        (ran.code.unwrap(), ran.out.clone(), ran.err.clone())
    }
}

const CONTACTS: &str = r#"  contacts:
    find: [{ by: email, get: /contacts, query: { email: "{{ value }}" }, records: "$.items[*]" }]
    fields: { email: { category: contact.email, identity: email }, address.city: contact.address }
    remove: { delete: "/contacts/{{ record.id }}" }
"#;

fn with(describe: &str) -> String {
    CONTACTS.replace(
        "    remove:",
        &format!("    describe: {describe}\n    remove:"),
    )
}

#[test]
fn what_a_connector_lets_ask_is_proposed_for_the_inventory() {
    let objects = with(
        r#"
      - { get: /fields, records: "$.fields[*]", page: { number: query.page, start: 1 }, name: field.key, label: title, type: type }
      - { get: /extra, records: $, name: null, label: string, below: extra }"#,
    )
    .replace(", name: null", "");
    let desk = desk("rest", &objects, "", |request| {
        match (request.path(), request.query("page").as_deref()) {
            ("/fields", Some("1")) => Reply::json(json!({ "fields": [
            { "field": { "key": "email" }, "title": "E-mail", "type": "text" },
            { "field": { "key": "cf_81" }, "title": "Geburtsdatum", "type": "date" },
            { "field": { "key": "address" }, "title": "Address", "type": "object" },
        ] })),
            ("/fields", Some("2")) => Reply::json(json!({ "fields": [
            { "field": { "key": "phone_verified" }, "title": "", "type": "boolean" },
            { "field": { "key": "fax" }, "title": "Fax", "type": "text" },
        ] })),
            ("/fields", _) => Reply::json(json!({ "fields": [] })),
            ("/extra", _) => {
                Reply::json(json!({ "iban": { "string": "IBAN" }, "x_1": { "string": "Colour" } }))
            }
            _ => Reply::status(404),
        }
    });
    let (code, out, err) = desk.discover(&[]);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!("described_screen", out);
    let (_, out, _) = desk.discover(&["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let fields = document["objects"][0]["fields"].as_array().unwrap();
    let shown: Vec<String> = fields
        .iter()
        .map(|field| {
            format!(
                "{} {}",
                field["column"].as_str().unwrap(),
                field["category"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "cf_81 person.birth_date",
            "fax contact.phone",
            "extra.iban finance.bank"
        ]
    );
    // What was proposed is an inventory that works, in German too.
    let (_, german, _) = desk.discover(&["--lang", "de"]);
    let block: String = german
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("    {line}\n"))
        .collect();
    let inventory = desk.workspace.read("dsr.yaml");
    desk.workspace
        .write("dsr.yaml", &format!("{inventory}{block}"));
    let (code, out, err) = desk.discover(&["--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["objects"], json!([]), "nothing is left to propose");
}

#[test]
fn the_metadata_of_odata_is_enough() {
    const EDMX: &str = r#"<?xml version="1.0"?><edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="desk">
        <EntityType Name="contact"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.Guid"/><Property Name="email" Type="Edm.String"/><Property Name="birthDate" Type="Edm.Date"/><Property Name="segment" Type="Edm.String"/><NavigationProperty Name="letters" Type="Collection(desk.letter)"/></EntityType>
        <EntityType Name="letter"><Property Name="id" Type="Edm.Guid"/><Property Name="phone" Type="Edm.String"/></EntityType>
        <EntityContainer Name="all"><EntitySet Name="contacts" EntityType="desk.contact"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"#;
    let objects = format!(
        "{}  letters:\n    find: [{{ under: contacts, get: \"/contacts({{{{ parent.id | text }}}})/letters\" }}]\n    fields: {{ note: content.note }}\n    remove: {{ delete: \"/letters({{{{ record.id | text }}}})\" }}\n",
        CONTACTS.replace(", records: \"$.items[*]\"", "")
    );
    let desk = desk("odata4", &objects, "", |request| match request.path() {
        "/$metadata" => Reply::bytes("application/xml", EDMX.as_bytes()),
        _ => Reply::status(404),
    });
    let (code, out, err) = desk.discover(&[]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("birthDate: person.birth_date"), "{out}");
    assert!(out.contains("phone: contact.phone"), "{out}");
    assert!(out.contains("segment"), "{out}");
    assert!(!out.contains("id: "), "a key is listed: {out}");
    assert!(!out.contains("identity"), "nobody is searched by it: {out}");
}

#[test]
fn the_control_persons_record_shows_names_and_no_value() {
    let objects = format!(
        "{CONTACTS}  notes:\n    find: [{{ under: contacts, get: \"/contacts/{{{{ parent.id }}}}/notes\", records: \"$.items[*]\" }}]\n    fields: {{ text: content.note }}\n    remove: {{ delete: \"/notes/{{{{ record.id }}}}\" }}\n"
    );
    let answer = |request: &Received| match request.path() {
        "/contacts" => Reply::json(json!({ "items": [
            { "id": 2, "email": "other@example.org", "passport": CANARY },
            { "id": 7, "email": "Control@Example.org", "first_name": CANARY, "address": { "city": CANARY, "street": CANARY },
              "mails": [{ "mail": CANARY }], "segment": CANARY, "_links": { "self": CANARY } },
        ] })),
        "/contacts/7/notes" => {
            Reply::json(json!({ "items": [{ "id": 1, "text": CANARY, "phone": CANARY }] }))
        }
        _ => Reply::status(404),
    };
    let control = "control: { email: control@example.org }";
    let desk = desk("rest", &objects, control, answer);
    let (code, out, err) = desk.discover(&[]);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains("passport"), "somebody else's record: {out}");
    insta::assert_snapshot!("sampled_screen", out);
    // Without such a person nothing is asked.
    let silent = self::desk("rest", &objects, "", answer);
    let (code, _, err) = silent.discover(&[]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("E921"), "{err}");
    assert!(silent.server.received().is_empty());
}

/// A list of custom fields says nothing of the members beside them, so the control person's record is looked at as well. One of the
/// custom fields that are listed under one name may still be something of its own.
#[test]
fn a_list_of_custom_fields_is_completed_by_the_control_persons_record() {
    let objects = with(
        r#"{ get: /fields, records: "$.fields[*]", name: key, label: title, type: type, below: own }"#,
    );
    let listed = objects.replace(
        "address.city: contact.address",
        "own: content.note, address.city: contact.address",
    );
    let answer = |request: &Received| match request.path() {
        "/fields" => Reply::json(json!({ "fields": [
            { "key": "geburtstag", "title": "Geburtstag", "type": "date" },
            { "key": "k_1", "title": "IBAN", "type": "text" },
            { "key": "shoes", "title": "Shoe size", "type": "text" },
            { "key": "remark", "title": "Remark", "type": "text" },
        ] })),
        "/contacts" => Reply::json(json!({ "items": [
            { "id": 7, "email": "control@example.org", "first_name": CANARY, "segment": CANARY, "own": { "shoes": CANARY } },
        ] })),
        _ => Reply::status(404),
    };
    let control = "control: { email: control@example.org }";
    for (objects, wanted) in [
        (
            &objects,
            "own.geburtstag person.birth_date, own.k_1 finance.bank, own.remark content.note, first_name person.name | own.shoes, segment",
        ),
        // Under `own: content.note` a note is what it is listed as, and what nobody can tell from its name stays there.
        (
            &listed,
            "own.geburtstag person.birth_date, own.k_1 finance.bank, first_name person.name | segment",
        ),
    ] {
        let desk = desk("rest", objects, control, answer);
        let (code, out, err) = desk.discover(&["--format", "json"]);
        assert_eq!(code, 0, "{err}");
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        let object = &document["objects"][0];
        let fields = object["fields"].as_array().unwrap().iter();
        let fields: Vec<String> = fields
            .map(|field| {
                let text = |key: &str| field[key].as_str().unwrap().to_owned();
                format!("{} {}", text("column"), text("category"))
            })
            .collect();
        let unclear = object["unclear"].as_array().unwrap().iter();
        let unclear: Vec<&str> = unclear.map(|name| name.as_str().unwrap()).collect();
        assert_eq!(
            format!("{} | {}", fields.join(", "), unclear.join(", ")),
            wanted
        );
        // What was proposed beside the field above it is an inventory that works.
        let (_, block, _) = desk.discover(&[]);
        let block: String = block
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| format!("    {line}\n"))
            .collect();
        let inventory = desk.workspace.read("dsr.yaml");
        desk.workspace
            .write("dsr.yaml", &format!("{inventory}{block}"));
        let (code, out, err) = desk.discover(&["--format", "json"]);
        assert_eq!(code, 0, "{err}");
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        let left = document["objects"].as_array().unwrap();
        let none = |object: &serde_json::Value| object["fields"] == json!([]);
        assert!(left.iter().all(none), "{out}");
    }
}

#[test]
fn what_is_not_said_as_the_connector_says_is_a_fault() {
    for (reply, code) in [
        (Reply::status(403), "E508"),
        (Reply::json(json!({ "other": [] })), "E310"),
        (Reply::json(json!({ "fields": [{ "nothing": 1 }] })), "E577"),
    ] {
        let objects = with(r#"{ get: /fields, records: "$.fields[*]", name: key }"#);
        let desk = desk("rest", &objects, "", move |_| reply.clone());
        let (exit, out, err) = desk.discover(&[]);
        assert_eq!((exit, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("E920"), "{err}");
        let _ = code;
    }
}
