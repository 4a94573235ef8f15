//! Invented people and systems from which packages are made.

use std::path::Path;

use dsr::connector::object::{At, Erase, Field, Finder, How, Object, Via};
use dsr::connector::{Fault, Key, Record};
use dsr::findings::{Known, SystemStatus};
use dsr::inventory::{
    Conflict, Controller, Creates, DataType, Deletes, Every, Flow, Pause, Rule, RuleKind, Start,
    System, Then,
};
use dsr::messages::{Lang, Text};
use dsr::package::{
    Container, Folder, Kind, Material, ObjectMaterial, Package, Summary, SystemMaterial,
};
use dsr::subject::{Kind as IdentityKind, Kinds, Origin};
use jiff::civil::date;
use serde_json::{Value, json};

/// What outlives a package.
pub(crate) struct House {
    pub(crate) controller: Controller,
    pub(crate) data_types: Vec<DataType>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) systems: Vec<System>,
}

pub(crate) fn field(name: &str, category: &str) -> Field {
    Field {
        name: name.into(),
        category: category.into(),
        at: At::Path(vec![name.into()]),
        identity: None,
        links: Vec::new(),
        split: None,
        mask: None,
        fixed: false,
        volatile: false,
        self_service: false,
        portable: false,
        base64: false,
    }
}

pub(crate) fn portable(name: &str, category: &str) -> Field {
    Field {
        portable: true,
        ..field(name, category)
    }
}

pub(crate) fn object(name: &str, fields: Vec<Field>) -> Object {
    Object {
        name: name.into(),
        key: vec!["id".into()],
        find: vec![Finder {
            by: Some(IdentityKind("email".into())),
            under: Vec::new(),
            partial: false,
            via: Via::Columns(vec!["email".into()]),
        }],
        fields,
        clock: None,
        also: Vec::new(),
        by_hand: Vec::new(),
        screen: None,
        cap: 500,
        erase: Erase::Remove,
        after: Vec::new(),
        how: How::Table {
            table: name.into(),
            restrict: Vec::new(),
            unrestrict: Vec::new(),
        },
    }
}

pub(crate) fn record(data: Value) -> Record {
    let key = match &data["id"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Record {
        key: Key::new(vec![key]).unwrap(),
        data,
    }
}

fn data_type(name: &str, object: &str, purpose: &str, basis: &str, rule: Rule) -> DataType {
    DataType {
        name: name.into(),
        objects: vec![object.into()],
        purpose: Some(purpose.into()),
        basis: Some(basis.into()),
        rule,
        then: Then::Remove,
        steering: None,
        active_until: None,
        financial_year: None,
        duties: Vec::new(),
        about: Default::default(),
    }
}

impl House {
    pub(crate) fn new(lang: Lang) -> House {
        let de = lang == Lang::De;
        let word = |en: &str, german: &str| if de { german.to_owned() } else { en.to_owned() };
        let mut orders = object(
            "orders",
            vec![
                portable("shipping_address", "contact.address"),
                field("note", "content.note"),
            ],
        );
        orders.clock = Some("ordered_at".into());
        let mut customers = object(
            "customers",
            vec![
                portable("first_name", "person.name"),
                portable("last_name", "person.name"),
                portable("email", "contact.email"),
                portable("phone", "contact.phone"),
                portable("birthday", "person.birth_date"),
                field("tier", "x.loyalty_tier"),
                field("preferences", "person.interest"),
                field("newsletter", "consent.choice"),
                Field {
                    base64: true,
                    ..field("photo", "person.image")
                },
            ],
        );
        customers.clock = Some("last_seen".into());
        let mut shop = System::named("shop");
        shop.objects = vec![customers, orders];
        let mut helpdesk = System::named("helpdesk");
        helpdesk.objects = vec![object(
            "tickets",
            vec![
                field("subject", "content.message"),
                field("body", "content.message"),
                field("reset_token", "account.login"),
            ],
        )];
        let eoy = Rule::Stated {
            keep: "P8Y".parse().unwrap(),
            start: Start::Eoy("ordered_at".into()),
            kind: RuleKind::Min,
            because: Some("§ 147 AO, § 257 HGB".into()),
        };
        let max = Rule::Stated {
            keep: "P2Y".parse().unwrap(),
            start: Start::Clock,
            kind: RuleKind::Max,
            because: None,
        };
        House {
            controller: Controller {
                name: "Beispiel Versand GmbH".into(),
                seat: "DE-BY".into(),
                language: lang,
                contact: Some("datenschutz@acme.example".into()),
                regulated_finance: false,
                financial_year: None,
            },
            data_types: vec![
                data_type(
                    "customers",
                    "shop.customers",
                    &word("customer accounts", "Führung des Kundenkontos"),
                    "art6_1_b",
                    max,
                ),
                data_type(
                    "orders",
                    "shop.orders",
                    &word("delivery and accounting", "Lieferung und Buchhaltung"),
                    "art6_1_c",
                    eoy,
                ),
            ],
            flows: vec![Flow {
                from: "shop.customers".into(),
                to: "newsletter.members".into(),
                both_ways: false,
                master: None,
                on: None,
                carries: vec!["email".into()],
                every: Every::Unknown,
                deletes: Deletes::None,
                creates: Creates::Upsert,
                conflict: Some(Conflict::SourceWins),
                pause: Pause::Manual,
            }],
            systems: vec![shop, helpdesk],
        }
    }

    /// Facts of a package about Anna, with every kind of gap.
    pub(crate) fn material(&self, kind: Kind, draft: bool) -> Material<'_> {
        let lang = self.controller.language;
        let identity = Kinds::default()
            .identity(&IdentityKind("email".into()), "anna@example.org")
            .unwrap();
        let searched = |name: &str, unproven: bool| ObjectMaterial {
            name: name.into(),
            searched: true,
            error: None,
            unproven,
            waiting: 0,
        };
        let system =
            |name: &str, status: SystemStatus, objects: Vec<ObjectMaterial>| SystemMaterial {
                name: name.into(),
                owner: None,
                status,
                error: None,
                task: None,
                objects,
                look_up: Vec::new(),
                system: self.systems.iter().find(|system| system.name == name),
            };
        let mut erp = system("erp", SystemStatus::NotSearched, Vec::new());
        erp.error = Some(Fault::refused());
        let mut archive = system("hr_archive", SystemStatus::Manual, Vec::new());
        archive.owner = Some("hr".into());
        archive.task = Some(Text {
            en: "Search the paper files A-Z.".into(),
            de: "Papierakten A-Z durchsuchen.".into(),
        });
        Material {
            kind,
            draft,
            controller: &self.controller,
            language: lang,
            case: "2026-K7QF3M",
            received: date(2026, 3, 2),
            made: date(2026, 3, 20),
            expires: Some(date(2026, 6, 20)),
            systems: vec![
                system(
                    "shop",
                    SystemStatus::Searched,
                    vec![searched("customers", false), searched("orders", false)],
                ),
                system(
                    "helpdesk",
                    SystemStatus::Searched,
                    vec![searched("tickets", false)],
                ),
                system(
                    "newsletter",
                    SystemStatus::Searched,
                    vec![searched("members", true)],
                ),
                erp,
                archive,
            ],
            data_types: &self.data_types,
            flows: &self.flows,
            identities: vec![Known {
                identity,
                from: Origin::Stated,
                shared: false,
            }],
            scratch: None,
        }
    }

    /// Makes Anna's package in a container.
    pub(crate) fn anna(
        &self,
        material: Material<'_>,
        container: Box<dyn Container + '_>,
    ) -> Summary {
        let shop = &self.systems[0];
        let mut package = Package::new(material, container).unwrap();
        let mut writer = package.object("shop", &shop.objects[0]).unwrap();
        writer.push(&record(json!({
            "id": 4711,
            "first_name": "Anna",
            "last_name": "Beispiel",
            "email": "anna@example.org",
            "phone": "+49 89 1234567",
            "birthday": "1984-05-17",
            "tier": "gold",
            "preferences": {"topics": ["Garten", "Küche"], "channel": "post", "calls": false},
            "newsletter": true,
            "photo": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
            "last_seen": "2025-11-30T18:22:05Z",
            "password_hash": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            "internal_score": 0.73,
        }))).unwrap();
        writer.finish().unwrap();
        let mut writer = package.object("shop", &shop.objects[1]).unwrap();
        for (id, address, note, day) in [
            (
                9001,
                "Musterstraße 12\n80331 München",
                Value::Null,
                "2024-08-14",
            ),
            (
                9002,
                "Musterstraße 12\n80331 München",
                json!("Bitte bei Bernd klingeln, 0171 7654321 oder bernd@example.com."),
                "2025-02-03",
            ),
            (
                9003,
                "Beispielweg 3\n10115 Berlin",
                json!("Zahlt mit 4111 1111 1111 1111, Passwort: Sommer2024!"),
                "2025-11-30",
            ),
        ] {
            writer
                .push(&record(json!({
                    "id": id, "shipping_address": address, "note": note, "ordered_at": day, "customer_id": 4711,
                })))
                .unwrap();
        }
        writer.finish().unwrap();
        let tickets = &self.systems[1].objects[0];
        let mut writer = package.object("helpdesk", tickets).unwrap();
        writer
            .push(&record(json!({
                "id": "T-77",
                "subject": "Rückgabe der Gießkanne",
                "body": "Guten Tag,\n\ndie Gießkanne ist undicht. Ich möchte sie zurückgeben.\n\nViele Grüße\nAnna Beispiel",
                "reset_token": "f3a9c1",
            })))
            .unwrap();
        writer.finish().unwrap();
        let members = object("members", vec![field("email", "contact.email")]);
        package
            .object("newsletter", &members)
            .unwrap()
            .finish()
            .unwrap();
        package.finish().unwrap()
    }

    pub(crate) fn anna_in(&self, folder: &Path, kind: Kind, draft: bool) -> Summary {
        let container = Box::new(Folder::create(folder).unwrap());
        self.anna(self.material(kind, draft), container)
    }
}
