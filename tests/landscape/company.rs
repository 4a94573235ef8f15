//! The company of this test: one system of every engine and a cabinet of paper, with Anna Berg, her neighbour Anna Lena Berg, who is
//! alike in everything that identifies nobody, and the control person. Also its state, cell by cell, and what became of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use crate::http::{Received, Reply, Server};
use crate::workspace::Company;
use crate::{mysql, postgres};

const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: LANGUAGE, contact: privacy@acme.example }
identities:
  customer_no: { like: "^[0-9]{4}$", trusted_from: [shop.customers] }
  member_no: { like: "^M-[0-9]$" }
systems:
  shop:
    engine: sqlite
    settings: { path: shop.db }
    control: { email: control@acme.example }
    owner: web-team
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }, { by: name, columns: [first_name, last_name] }]
        fields:
          email: { category: contact.email, identity: email, portable: true }
          customer_no: { category: account.id, identity: customer_no }
          first_name: { category: person.name, portable: true }
          last_name: { category: person.name, portable: true }
          street: contact.address
          town: contact.address
          born: person.birth_date
        restrict: { set: { blocked: true } }
        unrestrict: { set: { blocked: false } }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { note: content.note }
        erase: remove
  books:
    engine: postgres
    settings: { url: { secret: "file:books.url" } }
    control: { customer_no: "1000" }
    owner: accounting
    objects:
      debtors:
        table: public.debtors
        key: id
        find: [{ by: customer_no, column: customer_no }]
        fields:
          customer_no: { category: account.id, identity: customer_no, mask: keep }
          name: { category: person.name, mask: "text:erased" }
          street: { category: contact.address, mask: "null" }
        restrict: { set: { locked: true } }
        unrestrict: { set: { locked: false } }
        erase: remove
      invoices:
        table: public.invoices
        key: id
        find: [{ under: debtors, column: debtor_id }]
        fields: { name: person.name }
        clock: issued_on
        restrict: { set: { locked: true } }
        unrestrict: { set: { locked: false } }
        erase: remove
      lines:
        table: public.lines
        key: [invoice_id, pos]
        find: [{ under: invoices, column: invoice_id }]
        fields: { title: order.item }
        erase: with invoices
  support:
    engine: mysql
    settings: { url: { secret: "file:support.url" } }
    control: { email: control@acme.example }
    owner: support
    objects:
      members:
        table: members
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email, mask: token }
          member_no: { category: account.id, identity: member_no, mask: keep }
          name: { category: person.name, mask: "text:erased" }
        restrict: { set: { locked: true } }
        unrestrict: { set: { locked: false } }
        erase: anonymise
      tickets:
        table: tickets
        key: id
        find: [{ under: members, column: member_id }]
        fields: { body: content.message }
        erase: remove
  newsletter:
    engine: csv
    settings: { path: newsletter.csv, delimiter: ";" }
    control: { email: control@acme.example }
    owner: marketing
    objects:
      subscribers:
        key: Nr
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email }, Name: person.name }
        restrict: { set: { Gesperrt: "ja" } }
        unrestrict: { set: { Gesperrt: "" } }
        erase: remove
  crm:
    connector: crm@1
    settings: { url: "URL" }
    control: { email: control@acme.example }
    owner: sales
  cabinet:
    engine: manual
    owner: office
    manual: { find: "FIND", erase: "SHRED", days: 14 }
data_types:
  booking_documents:
    { objects: [books.invoices], purpose: accounting, basis: art6_1_c, keep: P8Y, start: eoy(issued_on), kind: min, because: "§ 147 AO", then: remove }
"#;

const CONNECTOR: &str = r#"dsr: 1
connector: crm
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  records: "$.items[*]"
  page: none
objects:
  contacts:
    find: [{ by: email, get: /contacts, query: { email: "{{ value }}" } }, { by: name, get: /contacts, query: { name: "{{ value }}" } }]
    read: { get: "/contacts/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name, phone: contact.phone, city: contact.address }
    rectify: { patch: "/contacts/{{ record.id }}", body: "{{ changes }}" }
    restrict: { patch: "/contacts/{{ record.id }}", body: { locked: true }, verify: { holds: "record.locked == true" } }
    unrestrict: { patch: "/contacts/{{ record.id }}", body: { locked: false }, verify: { holds: "record.locked == false" } }
    suppress: { patch: "/contacts/{{ record.id }}", body: { news: false }, verify: { holds: "record.news == false" } }
    remove: { delete: "/contacts/{{ record.id }}" }
    erase: remove
  donations:
    find: [{ by: member_no, get: /donations, query: { member_no: "{{ value }}" } }]
    read: { get: "/donations/{{ record.id }}", records: $ }
    fields: { member_no: { category: account.id, identity: member_no }, amount: finance.payment }
    remove: { delete: "/donations/{{ record.id }}" }
    erase: remove
"#;

const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL, customer_no TEXT UNIQUE, first_name TEXT, last_name TEXT,
        street TEXT, town TEXT, born TEXT, blocked BOOLEAN NOT NULL DEFAULT 0, memo TEXT);
    CREATE INDEX customers_email ON customers (lower(email));
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, note TEXT);
    CREATE INDEX orders_customer ON orders (customer_id);
    INSERT INTO customers VALUES
        (1, 'control@acme.example', '1000', 'Control', 'Person', 'Nowhere 1', 'Nowhere', NULL, 0, NULL),
        (2, 'Anna.Berg@example.org', '4711', 'Anna', 'Berg', 'Lindenweg 5', 'Köln', '1984-05-16', 0, 'calls on Mondays'),
        (3, 'anna.l.berg@example.org', '4712', 'Anna Lena', 'Berg', 'Lindenweg 5a', 'Köln', '1984-05-16', 0, 'calls on Mondays');
    INSERT INTO orders VALUES (10, 2, 'leave with Anna Lena Berg at 5a'), (11, 2, NULL), (12, 3, 'leave with Anna Berg, Lindenweg 5');";

const BOOKS: &str = "
    CREATE TABLE debtors (id int PRIMARY KEY, customer_no varchar(20) NOT NULL, name text, street text, locked boolean NOT NULL DEFAULT false);
    CREATE INDEX ON debtors (customer_no);
    CREATE TABLE invoices (id int PRIMARY KEY, debtor_id int NOT NULL REFERENCES debtors, name text, issued_on date, locked boolean NOT NULL DEFAULT false);
    CREATE INDEX ON invoices (debtor_id);
    CREATE TABLE lines (invoice_id int NOT NULL REFERENCES invoices, pos int NOT NULL, title text, PRIMARY KEY (invoice_id, pos));
    INSERT INTO debtors VALUES (70, '1000', 'Control Person', NULL), (71, '4711', 'Anna Berg', 'Lindenweg 5'), (72, '4712', 'Anna Lena Berg', 'Lindenweg 5a');
    INSERT INTO invoices VALUES (500, 71, 'Anna Berg', '2025-03-04'), (501, 71, 'Anna Berg', '2010-02-03'),
        (502, 72, 'Anna Lena Berg', '2025-03-04'), (503, 72, 'Anna Lena Berg', '2010-02-03');
    INSERT INTO lines VALUES (500, 1, 'Tea'), (501, 1, 'Coffee'), (501, 2, 'Sugar'), (502, 1, 'Tea'), (503, 1, 'Coffee');";

const SUPPORT: &str = "
    CREATE TABLE members (id int PRIMARY KEY, email varchar(80) NOT NULL, member_no varchar(20) NOT NULL, name varchar(80), locked tinyint(1) NOT NULL DEFAULT 0, KEY (email), KEY (member_no));
    CREATE TABLE tickets (id int PRIMARY KEY, member_id int NOT NULL REFERENCES members (id), body text, KEY (member_id));
    INSERT INTO members VALUES (1, 'control@acme.example', 'M-0', 'Control Person', 0), (2, 'anna.berg@example.org', 'M-7', 'Anna Berg', 0),
        (3, 'anna.l.berg@example.org', 'M-8', 'Anna Lena Berg', 0);
    INSERT INTO tickets VALUES (30, 2, 'The parcel went to my neighbour.'), (31, 3, 'The parcel of Anna Berg came to me.');";

/// Two neighbours with quoted fields, Windows line ends, and no line end at the end.
const NEWSLETTER: &str = "Nr;Mail;Name;Gesperrt\r\n1;control@acme.example;Control Person;\r\n2;\"anna.berg@example.org\";\"Berg; Anna\";\r\n3;anna.l.berg@example.org;\"Berg; Anna Lena\";";

/// What lies behind HTTP: records by their path, such as `contacts/c2`.
type Remote = BTreeMap<String, Value>;

/// A state of all systems: cells by `system.object KEY field`.
pub(crate) type Cells = BTreeMap<String, String>;

pub(crate) struct Landscape {
    pub(crate) company: Company,
    books: postgres::Database,
    support: mysql::Database,
    remote: Arc<Mutex<Remote>>,
    /// Answers as long as this lives.
    _server: Server,
}

impl Landscape {
    /// The company, whose controller writes `language`; `None` where a server is missing.
    pub(crate) fn new(language: &str) -> Option<Landscape> {
        let (books, support) = (postgres::database(BOOKS)?, mysql::database(SUPPORT)?);
        let contact = |id: &str, email: &str, name: &str, phone: &str| {
            let contact = json!({ "id": id, "email": email, "name": name, "phone": phone, "city": "Köln", "locked": false, "news": true });
            (format!("contacts/{id}"), contact)
        };
        let donation = |id: &str, member: &str| {
            let donation = json!({ "id": id, "member_no": member, "amount": "20.00" });
            (format!("donations/{id}"), donation)
        };
        let remote = Remote::from([
            contact("c1", "control@acme.example", "Control Person", "0221 1"),
            contact("c2", "anna.berg@example.org", "Anna Berg", "0221 4711"),
            contact(
                "c3",
                "anna.l.berg@example.org",
                "Anna Lena Berg",
                "0221 4712",
            ),
            donation("d7", "M-7"),
            donation("d8", "M-8"),
        ]);
        let remote = Arc::new(Mutex::new(remote));
        let shared = Arc::clone(&remote);
        let server = Server::start(move |request| answer(&mut shared.lock().unwrap(), request));
        let (find, shred) = match language {
            "de" => ("Die Schubladen A bis Z durchsehen.", "Die Akte schreddern."),
            _ => ("Search the drawers A to Z.", "Shred the file."),
        };
        let inventory = INVENTORY
            .replace("URL", &server.url)
            .replace("LANGUAGE", language)
            .replace("FIND", find)
            .replace("SHRED", shred);
        let company = Company::nothing();
        company.write("dsr.yaml", &inventory);
        company.write("connectors/crm.yml", CONNECTOR);
        company.write("newsletter.csv", NEWSLETTER);
        company.write("books.url", &books.url);
        company.write("support.url", &support.url);
        company.shop().execute_batch(SHOP).unwrap();
        for name in ["newsletter.csv", "shop.db", "books.url", "support.url"] {
            use std::os::unix::fs::PermissionsExt as _;
            let private = std::fs::Permissions::from_mode(0o600);
            fs_err::set_permissions(company.path(name), private).unwrap();
        }
        for line in [
            &["init", "--yes"][..],
            &["trust", "--yes", "connectors/crm.yml"],
        ] {
            let made = company.run(line);
            assert_eq!(made.code, 0, "{}{}", made.out, made.err);
        }
        Some(Landscape {
            company,
            books,
            support,
            remote,
            _server: server,
        })
    }

    /// Everything that all systems hold.
    pub(crate) fn cells(&self) -> Cells {
        let mut cells = Cells::new();
        let shop = self.company.shop();
        for (table, columns) in [
            (
                "customers",
                &[
                    "id",
                    "email",
                    "customer_no",
                    "first_name",
                    "last_name",
                    "street",
                    "town",
                    "born",
                    "blocked",
                    "memo",
                ][..],
            ),
            ("orders", &["id", "customer_id", "note"]),
        ] {
            let query = format!(
                "SELECT json_group_array(json_object({})) FROM {table}",
                pairs(columns)
            );
            let rows: String = shop.query_row(&query, [], |row| row.get(0)).unwrap();
            add(&mut cells, &format!("shop.{table}"), &["id"], &rows);
        }
        for (table, key) in [
            ("debtors", &["id"][..]),
            ("invoices", &["id"]),
            ("lines", &["invoice_id", "pos"]),
        ] {
            let rows = self
                .books
                .value(&format!("SELECT json_agg(t) FROM {table} t"));
            add(
                &mut cells,
                &format!("books.{table}"),
                key,
                &rows.unwrap_or("[]".to_owned()),
            );
        }
        for (table, columns) in [
            (
                "members",
                &["id", "email", "member_no", "name", "locked"][..],
            ),
            ("tickets", &["id", "member_id", "body"]),
        ] {
            let query = format!(
                "SELECT JSON_ARRAYAGG(JSON_OBJECT({})) FROM {table}",
                pairs(columns)
            );
            let rows = self.support.value(&query);
            add(
                &mut cells,
                &format!("support.{table}"),
                &["id"],
                &rows.unwrap_or("[]".to_owned()),
            );
        }
        // Lines with their ends, byte by byte.
        for line in self.company.read("newsletter.csv").split_inclusive('\n') {
            let (number, rest) = line.split_once(';').unwrap();
            cells.insert(
                format!("newsletter {number} line"),
                rest.escape_debug().to_string(),
            );
        }
        for (path, record) in self.remote.lock().unwrap().iter() {
            add_record(
                &mut cells,
                &format!("crm {path}"),
                record.as_object().unwrap(),
            );
        }
        cells
    }
}

impl Company {
    fn shop(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("shop.db")).unwrap()
    }
}

/// `'a', a, 'b', b`
fn pairs(columns: &[&str]) -> String {
    let pairs: Vec<String> = columns
        .iter()
        .map(|column| format!("'{column}', {column}"))
        .collect();
    pairs.join(", ")
}

fn add(cells: &mut Cells, place: &str, key: &[&str], rows: &str) {
    let rows: Vec<Map<String, Value>> = serde_json::from_str(rows).unwrap();
    for row in rows {
        let key: Vec<String> = key.iter().map(|part| row[*part].to_string()).collect();
        add_record(cells, &format!("{place} {}", key.join("/")), &row);
    }
}

fn add_record(cells: &mut Cells, place: &str, record: &Map<String, Value>) {
    for (field, value) in record {
        cells.insert(format!("{place} {field}"), value.to_string());
    }
}

/// What differs between two states, a line for each cell: `place: old -> new`, and one for each record that came or went.
pub(crate) fn changes(before: &Cells, after: &Cells) -> Vec<String> {
    let record = |cell: &String| cell.rsplit_once(' ').unwrap().0.to_owned();
    let in_records = |cells: &Cells| {
        cells
            .keys()
            .map(record)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (old, new) = (in_records(before), in_records(after));
    let mut lines: Vec<String> = old
        .difference(&new)
        .map(|gone| format!("{gone}: gone"))
        .collect();
    lines.extend(new.difference(&old).map(|came| format!("{came}: came")));
    let token = regex::Regex::new(r"[a-z2-7]+@erased\.invalid").unwrap();
    for (cell, value) in after {
        if let Some(was) = before.get(cell).filter(|was| *was != value) {
            let mut line = String::new();
            write!(line, "{cell}: {was} -> {}", token.replace(value, "[token]")).unwrap();
            lines.push(line);
        }
    }
    lines.sort();
    lines
}

fn answer(remote: &mut Remote, request: &Received) -> Reply {
    let path = request.path().trim_start_matches('/').to_owned();
    match request.method.as_str() {
        "GET" if !path.contains('/') => {
            let matches = |record: &Value| {
                let is = |field: &str, asked: &str| {
                    record[field]
                        .as_str()
                        .is_some_and(|known| known.eq_ignore_ascii_case(asked))
                };
                let mut named = ["email", "member_no"].into_iter();
                named.any(|field| request.query(field).is_some_and(|asked| is(field, &asked)))
                    // As careless as real systems are: one word of a name will do.
                    || request.query("name").is_some_and(|name| {
                        let words = name.to_lowercase();
                        let known = record["name"].as_str().unwrap_or_default().to_lowercase();
                        words.split(' ').any(|word| known.contains(word))
                    })
            };
            let of_kind = remote
                .iter()
                .filter(|(known, _)| known.starts_with(&format!("{path}/")));
            let items: Vec<&Value> = of_kind
                .map(|(_, record)| record)
                .filter(|record| matches(record))
                .collect();
            Reply::json(json!({ "items": items }))
        }
        "GET" => remote
            .get(&path)
            .map_or(Reply::status(404), |record| Reply::json(record.clone())),
        "PATCH" => {
            let Some(record) = remote.get_mut(&path) else {
                return Reply::status(404);
            };
            for (name, value) in request.json().as_object().unwrap() {
                record[name.as_str()] = value.clone();
            }
            Reply::json(record.clone())
        }
        "DELETE" if remote.remove(&path).is_some() => Reply::status(204),
        _ => Reply::status(404),
    }
}
