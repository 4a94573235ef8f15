//! Records that stay below others, and services that delete along: nothing is removed above what has to stay.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::Reply;
use crate::town::World;

const KEPT: &str = "within: 1m\ndata_types:\n  vouchers: { objects: [town.orders], purpose: accounting, basis: art6_1_c, keep: P10Y, start: clock, kind: min, because: \"§147 AO\", then: remove }";

/// Customers who are found by their address; `more` stands in `remove`.
fn customers(more: &str) -> String {
    format!(
        r#"
  customers:
    find: [{{ by: email, get: /customers, query: {{ email: "{{{{ value }}}}" }} }}]
    read: {{ get: "/customers/{{{{ record.id }}}}", records: $ }}
    fields: {{ email: {{ category: contact.email, identity: email }}, name: person.name }}
    remove: {{ delete: "/customers/{{{{ record.id }}}}"{more} }}
"#
    )
}

/// Orders with these ways in and this field for their customer.
fn orders(find: &str, customer: &str, erase: &str) -> String {
    format!(
        r#"
  orders:
    find: [{find}]
    read: {{ get: "/orders/{{{{ record.id }}}}", records: $ }}
    fields: {{ email: {{ category: contact.email, identity: email }}, note: content.note{customer} }}
    clock: $.day
    anonymise: {{ patch: "/orders/{{{{ record.id }}}}", body: "{{{{ masked }}}}" }}
    remove: {{ delete: "/orders/{{{{ record.id }}}}" }}
    erase: {erase}
"#
    )
}

const BY_EMAIL: &str = r#"{ by: email, get: /orders, query: { email: "{{ value }}" } }"#;
const BELOW: &str = r#"{ under: customers, get: /orders, query: { customer: "{{ parent.id }}" } }"#;
const LINK: &str = ", customer: { category: account.id, links: customers, fixed: true }";

/// What a shop holds of Anna: customers and orders by their number.
type Shop = Arc<Mutex<Vec<(String, Value)>>>;

/// A shop in which an order goes with its customer, whatever became of the order. `shown_below` are the orders that a search below
/// any customer returns.
fn shop(
    objects: &[&str],
    more: &str,
    held: &[(&str, Value)],
    shown_below: &'static [&str],
) -> (World, Shop) {
    let held = held.iter();
    let held: Vec<(String, Value)> = held
        .map(|(path, one)| ((*path).to_owned(), one.clone()))
        .collect();
    let shop: Shop = Arc::new(Mutex::new(held));
    let state = Arc::clone(&shop);
    let world = World::keeping(objects, more, move |request| {
        let mut held = state.lock().unwrap();
        let path = request.path().to_owned();
        let at = held.iter().position(|(known, _)| *known == path);
        match (request.method.as_str(), at) {
            ("GET", Some(at)) => Reply::json(held[at].1.clone()),
            ("GET", None) if ["/customers", "/orders"].contains(&path.as_str()) => {
                let asked = request.query("email").map(|mail| mail.replace("%40", "@"));
                let below = |path: &str| {
                    shown_below
                        .iter()
                        .any(|name| path == format!("/orders/{name}"))
                };
                let items: Vec<&Value> = held
                    .iter()
                    .filter(|(known, one)| {
                        known.starts_with(&format!("{path}/"))
                            && match &asked {
                                Some(mail) => one["email"] == mail.as_str(),
                                None => below(known),
                            }
                    })
                    .map(|(_, one)| one)
                    .collect();
                Reply::json(json!({ "items": items }))
            }
            ("PATCH", Some(at)) => {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                for (name, value) in body.as_object().unwrap() {
                    held[at].1[name] = value.clone();
                }
                Reply::json(held[at].1.clone())
            }
            ("DELETE", Some(at)) => {
                held.remove(at);
                if path.starts_with("/customers/") {
                    let number = path.rsplit('/').next().unwrap().to_owned();
                    held.retain(|(_, one)| one["customer"] != number.as_str());
                }
                Reply::status(204)
            }
            _ => Reply::status(404),
        }
    });
    (world, shop)
}

fn customer(number: &str) -> (&'static str, Value) {
    let path = match number {
        "c1" => "/customers/c1",
        _ => "/customers/c2",
    };
    (
        path,
        json!({"id": number, "email": "anna@example.org", "name": "Anna Berg"}),
    )
}

/// What an erasure comes to, with the paths that are left.
fn erase(world: &World, shop: &Shop, expect: usize) -> (Value, Vec<String>) {
    let expect = expect.to_string();
    let ran = world.workspace.run(&[
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "confirmed",
        "--yes",
        "--expect",
        &expect,
        "--format",
        "json",
    ]);
    let left = shop
        .lock()
        .unwrap()
        .iter()
        .map(|(path, _)| path.clone())
        .collect();
    (ran.json(), left)
}

/// `object/key outcome: reason` of each record.
fn told(done: &Value) -> Vec<String> {
    let word = |record: &Value, name: &str| record[name].as_str().unwrap_or("-").to_owned();
    let records = done["records"]
        .as_array()
        .unwrap_or_else(|| panic!("{done:#}"));
    let mut all: Vec<String> = records
        .iter()
        .map(|r| {
            format!(
                "{}/{} {}: {}",
                word(r, "object"),
                word(r, "key"),
                word(r, "outcome"),
                word(r, "because")
            )
        })
        .collect();
    all.sort();
    all
}

fn order(customer: Value) -> (&'static str, Value) {
    (
        "/orders/o1",
        json!({"id": "o1", "email": "anna@example.org", "note": "ring", "day": "2026-02-01", "customer": customer}),
    )
}

#[test]
fn what_the_law_keeps_is_not_taken_along_by_what_it_links_to() {
    // No search below the customer: only the field says whose order it is.
    let objects = [customers(""), orders(BY_EMAIL, LINK, "remove")];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let held = [customer("c1"), customer("c2"), order(json!("c1"))];
    let (world, shop) = shop(&objects, KEPT, &held, &[]);
    let (done, left) = erase(&world, &shop, 1);
    assert_eq!(left, ["/customers/c1", "/orders/o1"], "{done:#}");
    let told = told(&done);
    assert!(
        told[0].starts_with("customers/c1 manual: records of orders stay and point to it"),
        "{told:#?}"
    );
    assert!(told[1].starts_with("customers/c2 removed"), "{told:#?}");
    assert!(told[2].starts_with("orders/o1 retained"), "{told:#?}");
}

#[test]
fn a_record_found_below_two_keeps_both() {
    let find = format!("{BY_EMAIL}, {BELOW}");
    for find in [find.as_str(), BELOW] {
        let objects = [customers(""), orders(find, "", "remove")];
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        let held = [customer("c1"), customer("c2"), order(json!("c2"))];
        let (world, shop) = shop(&objects, KEPT, &held, &["o1"]);
        let (done, left) = erase(&world, &shop, 0);
        assert_eq!(left.len(), 3, "{find}\n{done:#}");
    }
}

#[test]
fn where_nothing_tells_whose_it_is_a_person_decides() {
    let find = format!("{BY_EMAIL}, {BELOW}");
    let objects = [customers(""), orders(&find, "", "remove")];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let held = [customer("c1"), customer("c2"), order(json!("c2"))];
    // The search below customers does not show the order, and the record has no field that links.
    let (world, shop) = shop(&objects, KEPT, &held, &[]);
    let (done, left) = erase(&world, &shop, 0);
    assert_eq!(left.len(), 3, "{done:#}");
    let told = told(&done);
    for line in &told[..2] {
        assert!(
            line.contains(
                "manual: records of orders stay, and nothing tells whether they belong to it"
            ),
            "{told:#?}"
        );
    }
}

#[test]
fn what_belongs_to_nobody_keeps_nobody() {
    // A guest's order says so itself.
    let find = format!("{BY_EMAIL}, {BELOW}");
    let objects = [customers(""), orders(&find, LINK, "remove")];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    for guest in [json!(null), json!(""), json!(0), json!("c9")] {
        let held = [customer("c1"), order(guest)];
        let (world, shop) = shop(&objects, KEPT, &held, &[]);
        let (done, left) = erase(&world, &shop, 1);
        assert_eq!(left, ["/orders/o1"], "{done:#}");
    }
}

#[test]
fn what_is_made_anonymous_is_not_destroyed_unless_the_connector_says_so() {
    let emptied = ", customer: { category: account.id, links: customers, mask: \"null\" }";
    let find = format!("{BY_EMAIL}, {BELOW}");
    for (despite, link, customer_goes, order_stays) in [
        ("", LINK, false, true),
        // Nothing of it may be lost: its author says so, and here it goes along.
        (", despite: [orders]", LINK, true, false),
        // It belongs to nobody any more when the customer goes.
        ("", emptied, true, true),
    ] {
        let objects = [customers(despite), orders(&find, link, "anonymise")];
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        let held = [customer("c1"), order(json!("c1"))];
        let (world, shop) = shop(&objects, "", &held, &["o1"]);
        let expect = if customer_goes { 2 } else { 1 };
        let (done, left) = erase(&world, &shop, expect);
        let mut wanted = Vec::new();
        if !customer_goes {
            wanted.push("/customers/c1");
        }
        if order_stays {
            wanted.push("/orders/o1");
        }
        assert_eq!(left, wanted, "{despite} {link}\n{done:#}");
    }
    // The law is not overruled by it.
    let objects = [
        customers(", despite: [orders]"),
        orders(&find, LINK, "anonymise"),
    ];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let held = [customer("c1"), order(json!("c1"))];
    let (world, shop) = shop(&objects, KEPT, &held, &["o1"]);
    let (done, left) = erase(&world, &shop, 0);
    assert_eq!(left.len(), 2, "{done:#}");
}
