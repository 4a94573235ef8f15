use super::*;
use crate::connector::{Fault, Notes, Shape};
use crate::diagnostic::Source;
use crate::find::Search;
use crate::findings::{Control, ObjectFindings, SystemFindings};
use crate::subject::Kinds;

/// Customers give numbers, orders are found by them and give parcels; items hang below orders; nobody but the caller knows a ticket.
const INVENTORY: &str = "dsr: 1
controller: { name: Acme, seat: DE-BY, language: en, contact: privacy@example.org }
identities:
  customer_no: { like: 'C[0-9]+', trusted_from: [crm.customers] }
  parcel_no: { like: 'P[0-9]+' }
  ticket_no: { like: 'T[0-9]+' }
systems:
  crm:
    engine: sqlite
    settings: { path: crm.db }
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no }
  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      orders:
        table: orders
        key: id
        find: [{ by: customer_no, column: customer }]
        fields:
          customer: { category: account.id, identity: customer_no }
          parcel: { category: account.id, identity: parcel_no }
      items:
        table: items
        key: id
        find: [{ under: orders, on: { order_id: id } }]
        fields: { what: content.note }
  post:
    engine: sqlite
    settings: { path: post.db }
    objects:
      parcels:
        table: parcels
        key: id
        find: [{ by: parcel_no, column: number }]
        fields: { number: { category: account.id, identity: parcel_no } }
  desk:
    engine: sqlite
    settings: { path: desk.db }
    objects:
      tickets:
        table: tickets
        key: id
        find: [{ by: ticket_no, column: number }]
        fields: { number: { category: account.id, identity: ticket_no } }
";

fn systems() -> Vec<Arc<System>> {
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: INVENTORY.to_owned(),
    });
    let load: crate::inventory::Load<'_> = &|_| unreachable!("no connectors here");
    let parsed = crate::inventory::parse(&source, std::path::Path::new("."), load);
    let (inventory, _) = parsed.unwrap_or_else(|trouble| panic!("{:?}", trouble.diagnostics));
    inventory.systems.into_iter().map(Arc::new).collect()
}

/// What a search says that began with one identity, and in which these systems were away.
fn findings(systems: &[Arc<System>], kind: &str, value: &str, away: &[&str]) -> Findings {
    let identity = Kinds::default().identity(&Kind(kind.into()), value);
    let of_system = |system: &Arc<System>| {
        let is_away = away.contains(&system.name.as_str());
        let objects = system.objects.iter().map(|object| ObjectFindings {
            object: object.name.clone(),
            status: ObjectStatus::Searched,
            error: None,
            near_misses: 0,
            control: Control::None,
            shape: Shape::default(),
            unread: None,
            records: Vec::new(),
            streamed: None,
        });
        SystemFindings {
            system: system.name.clone(),
            status: match is_away {
                true => SystemStatus::NotSearched,
                false => SystemStatus::Searched,
            },
            elapsed_ms: 0,
            error: is_away.then(Fault::not_connected),
            task: None,
            owner: None,
            objects: objects.filter(|_| !is_away).collect(),
            notes: Notes::default(),
            documents: None,
            look_up: Vec::new(),
        }
    };
    Findings {
        rounds: 1,
        identities: Search::stated(vec![identity.unwrap()]),
        systems: systems.iter().map(of_system).collect(),
    }
}

fn missing(away: &[&str], system: &str, object: &str) -> Vec<String> {
    let systems = systems();
    let findings = findings(&systems, "email", "anna@example.org", away);
    let reach = Reach::of(&systems, &findings);
    reach.missing(system, object).into_iter().collect()
}

#[test]
fn an_object_that_was_asked_nothing_does_not_speak_for_itself() {
    assert_eq!(missing(&["crm"], "shop", "orders"), ["crm.customers"]);
    assert_eq!(missing(&["crm"], "shop", "items"), ["crm.customers"]);
    // The parcels are two steps away.
    assert_eq!(missing(&["crm"], "post", "parcels"), ["crm.customers"]);
    assert_eq!(
        missing(&["crm", "shop"], "post", "parcels"),
        ["crm.customers", "shop.orders"]
    );
    assert_eq!(missing(&["shop"], "shop", "orders"), ["shop.orders"]);
    // What leads on from an object leads not to it.
    for (away, system, object) in [
        ("post", "shop", "orders"),
        ("shop", "crm", "customers"),
        ("crm", "desk", "tickets"),
    ] {
        assert_eq!(missing(&[away], system, object), [""; 0], "{away}");
    }
    assert_eq!(missing(&[], "post", "parcels"), [""; 0]);
    assert_eq!(missing(&[], "shop", "nothing"), ["shop.nothing"]);
}

#[test]
fn a_system_that_is_switched_off_keeps_nobody_waiting() {
    let mut systems = systems();
    let mut off = (*systems[0]).clone();
    off.status = Status::Disabled;
    systems[0] = Arc::new(off);
    let found = findings(&systems, "email", "anna@example.org", &["crm"]);
    let reach = Reach::of(&systems, &found);
    assert!(reach.missing("shop", "orders").is_empty());
    assert!(!reach.leads_anywhere());
}

#[test]
fn whoever_is_known_by_nothing_that_leads_there_is_told_apart() {
    let systems = systems();
    let leads = |kind: &str, value: &str| {
        let found = findings(&systems, kind, value, &[]);
        let reach = Reach::of(&systems, &found);
        let places = [
            ("crm", "customers"),
            ("shop", "orders"),
            ("shop", "items"),
            ("post", "parcels"),
            ("desk", "tickets"),
        ];
        let led: Vec<bool> = places
            .iter()
            .map(|(system, object)| reach.leads_to(system, object))
            .collect();
        (led, reach.leads_anywhere())
    };
    let email = leads("email", "anna@example.org");
    assert_eq!(email, (vec![true, true, true, true, false], true));
    let phone = leads("phone", "+498912345678");
    assert_eq!(phone, (vec![false; 5], false));
}
