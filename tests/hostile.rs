//! Hostile identities, hostile servers and a hostile machine, through the whole program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "hostile/identities.rs"]
mod identities;
#[path = "hostile/servers.rs"]
mod servers;
#[path = "hostile/shown.rs"]
mod shown;
#[path = "hostile/surroundings.rs"]
mod surroundings;

/// A CRM over HTTP with one kind of person and their notes.
const CRM: &str = r#"
dsr: 1
connector: crm
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: none
  limits: { retries: 1, timeout: 2s }
objects:
  guests:
    find:
      - { by: email, get: /guests, query: { email: "{{ value }}" } }
      - { by: customer_no, get: /guests, query: { number: "{{ value }}" } }
    read: { get: "/guests/{{ record.id }}", records: $ }
    fields:
      email: { category: contact.email, identity: email }
      number: { category: account.id, identity: customer_no }
      name: person.name
    remove: { delete: "/guests/{{ record.id }}" }
    erase: remove
"#;

/// The system of that CRM in an inventory.
fn crm(url: &str) -> String {
    format!(
        "  crm:
    connector: crm@1
    timeouts: {{ connect: 2s, request: 2s }}
    settings: {{ url: \"{url}\", key: {{ secret: \"env:CRM_KEY\" }} }}\n"
    )
}

/// A database beside the CRM that works, so that it can be seen to be served.
const SHOP: &str = "  shop:
    engine: sqlite
    settings: { path: shop.db }
    objects:
      people:
        table: people
        key: id
        find: [{ by: email, column: email }, { by: customer_no, column: number }]
        fields:
          email: { category: contact.email, identity: email }
          number: { category: account.id, identity: customer_no }
          name: person.name
        erase: remove\n";

const SHOP_TABLE: &str =
    "CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT);";

/// Planted in the environment; must never be seen again.
const CRM_KEY: &str = "crm-key-h7Qz-very-secret";
