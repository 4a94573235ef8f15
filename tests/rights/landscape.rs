//! The systems of these tests: a shop in SQLite, a help desk over HTTP, a club in PostgreSQL where a server is at hand, and paper.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::house::{HEAD, House, Ran};
use crate::support::http::{Received, Reply, Server};
use crate::support::postgres::{self, Database};

pub(crate) const ANNA: &str = "anna@example.org";
pub(crate) const NEW: &str = "anna.neu@example.org";

pub(crate) const DESK: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  records: "$.items[*]"
  page: none
  limits: { retries: 2, timeout: 1s }
objects:
  users:
    find: [{ by: email, get: /users, query: { email: "{{ value }}" } }]
    fields: { email: { category: contact.email, identity: email }, name: person.name, phone: contact.phone, vip: consent.choice }
    rectify: { patch: "/users/{{ record.id }}", body: "{{ changes }}" }
    restrict: { patch: "/users/{{ record.id }}", body: { locked: true }, verify: { holds: "record.locked == true" } }
    unrestrict: { patch: "/users/{{ record.id }}", body: { locked: false }, verify: { holds: "record.locked == false" } }
    suppress: { patch: "/users/{{ record.id }}", body: { news: false }, verify: { holds: "record.news == false" } }
    remove: { delete: "/users/{{ record.id }}" }
    erase: remove
  calls:
    find: [{ by: email, get: /calls, query: { email: "{{ value }}" } }]
    read: { get: "/calls/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email, fixed: true } }
    suppress: { post: "/calls/{{ record.id }}/stop", idempotent: false }
    erase: manual
"#;

const SHOP: &str = "
    CREATE TABLE customers(id INTEGER PRIMARY KEY, email VARCHAR(40) UNIQUE, first_name TEXT, last_name TEXT, born DATE, blocked BOOLEAN NOT NULL DEFAULT 0);
    CREATE TABLE invoices(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), mail TEXT, issued_on TEXT, locked INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE notes(id INTEGER PRIMARY KEY, customer_id INTEGER, note TEXT);
    INSERT INTO customers VALUES (1, 'anna@example.org', 'Anna', 'Berg', '1984-05-16', 0), (2, 'ben@example.org', 'Ben', 'Tal', NULL, 0);
    INSERT INTO invoices VALUES (20, 1, 'anna@example.org', '2026-01-05', 0), (21, 2, 'ben@example.org', '2026-01-06', 0);
    INSERT INTO notes VALUES (30, 1, 'rings twice');";

const CLUB: &str = "
    CREATE TABLE members(id int PRIMARY KEY, email varchar(40) NOT NULL, born date, fee numeric(8,2), locked boolean NOT NULL DEFAULT false, age int);
    CREATE INDEX ON members (lower(email));
    INSERT INTO members VALUES (1, 'Anna@example.org', '1984-05-16', 10, false, 42), (2, 'ben@example.org', NULL, 10, true, 50);";

pub(crate) fn systems(url: &str, club: bool) -> String {
    let mut text = format!(
        r#"  desk: {{ connector: desk@1, settings: {{ url: "{url}" }}, owner: support }}
  shop:
    engine: sqlite
    settings: {{ path: shop.db }}
    owner: web-team
    objects:
      customers:
        table: customers
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }}, first_name: person.name, last_name: person.name, born: person.birth_date }}
        restrict: {{ set: {{ blocked: true }} }}
        unrestrict: {{ set: {{ blocked: false }} }}
        erase: anonymise
      invoices:
        table: invoices
        key: id
        find: [{{ under: customers, on: {{ customer_id: id }} }}]
        fields: {{ mail: contact.email }}
        clock: issued_on
        restrict: {{ set: {{ locked: 1 }} }}
        unrestrict: {{ set: {{ locked: 0 }} }}
        erase: remove
      notes:
        table: notes
        key: id
        find: [{{ under: customers, on: {{ customer_id: id }} }}]
        fields: {{ note: content.note }}
        erase: remove
  paper:
    engine: manual
    owner: office
    manual: {{ find: "Search the paper files.", erase: "Shred them.", days: 14 }}
"#
    );
    if club {
        text.push_str(
            r#"  club:
    engine: postgres
    settings: { url: { secret: "env:CLUB_URL" } }
    objects:
      members:
        table: public.members
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, born: person.birth_date, fee: finance.payment, age: person.interest }
        restrict: { set: { locked: true } }
        unrestrict: { set: { locked: false } }
        erase: remove
"#,
        );
    }
    text
}

const LAW: &str = "data_types:
  vouchers: { objects: [shop.invoices], purpose: accounting, basis: art6_1_c, keep: P8Y, start: eoy(issued_on), kind: min, because: \"§147 AO\", then: remove }
";

#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: BTreeMap<String, Value>,
    pub(crate) calls: BTreeMap<String, Value>,
    /// Writes that changed something, as `METHOD /path`.
    pub(crate) effects: Vec<String>,
    /// What the server makes of an address: some systems write it in another way.
    pub(crate) shouts: bool,
}

pub(crate) struct Landscape {
    pub(crate) house: House,
    pub(crate) desk: Arc<Mutex<State>>,
    /// Answers as long as this lives.
    _server: Server,
    pub(crate) club: Option<Database>,
}

impl Landscape {
    pub(crate) fn new() -> Landscape {
        Landscape::made(postgres::database(CLUB))
    }

    pub(crate) fn without_club() -> Landscape {
        Landscape::made(None)
    }

    fn made(club: Option<Database>) -> Landscape {
        let state = State {
            users: [
                ("u1", json!({"id": "u1", "email": ANNA, "name": "Anna Berg", "phone": "030 123456", "vip": true, "locked": false, "news": true})),
                ("u2", json!({"id": "u2", "email": "ben@example.org", "name": "Ben", "phone": null, "vip": false, "locked": false, "news": true})),
            ]
            .map(|(id, user)| (id.to_owned(), user))
            .into(),
            calls: [("c1", ANNA), ("c2", "ben@example.org")]
                .map(|(id, email)| (id.to_owned(), json!({"id": id, "email": email})))
                .into(),
            ..State::default()
        };
        let desk = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&desk);
        let server = Server::start(move |request| answer(&mut shared.lock().unwrap(), request));
        let systems = systems(&server.url, club.is_some());
        let inventory = format!("{HEAD}systems:\n{systems}{LAW}");
        let mut house = House::with(&inventory_without_desk(), &[("desk", DESK)]);
        if let Some(club) = &club {
            house.env("CLUB_URL", &club.url);
        }
        house.write("dsr.yaml", inventory);
        house.sql("shop.db", SHOP);
        Landscape {
            house,
            desk,
            _server: server,
            club,
        }
    }

    pub(crate) fn case(&self) -> String {
        let list = self
            .house
            .run(&["case", "list", "--all", "--format", "json"]);
        list.json()["cases"][0]["case"].as_str().unwrap().to_owned()
    }

    /// `rectify --email ANNA …` with a yes to this many writes.
    pub(crate) fn run(&self, verb: &[&str], writes: usize) -> Ran {
        let writes = writes.to_string();
        let who = [
            "--email", ANNA, "--format", "json", "--yes", "--expect", &writes,
        ];
        self.house.run(&[verb, &who[..]].concat())
    }

    pub(crate) fn user(&self, id: &str) -> Value {
        self.desk.lock().unwrap().users[id].clone()
    }

    /// Everything that the systems hold.
    pub(crate) fn everything(&self) -> String {
        let desk = self.desk.lock().unwrap();
        let rows = |query: &str| self.house.sql_value("shop.db", query);
        let mut all = format!(
            "{:?}\n{:?}\n{}\n{}",
            desk.users,
            desk.calls,
            rows(
                "SELECT json_group_array(json_array(id, email, first_name, last_name, born, blocked)) FROM customers"
            ),
            rows("SELECT json_group_array(json_array(id, mail, issued_on, locked)) FROM invoices"),
        );
        if let Some(club) = &self.club {
            all.push_str(
                &club
                    .value("SELECT json_agg(m ORDER BY id) FROM members m")
                    .unwrap(),
            );
        }
        all
    }

    /// The newest bundle, verified, with nothing personal in it.
    pub(crate) fn proven(&self, planted: &[&str]) -> Value {
        let bundle = self.house.bundle().expect("a bundle");
        let name = bundle.to_str().unwrap();
        self.house.run(&["evidence", "verify", name]).expect(0);
        let files = self.house.bundled();
        for (name, bytes) in &files {
            let leaks = crate::support::house::leaks(bytes, planted);
            assert!(leaks.is_empty(), "{name}: {leaks:?}");
        }
        let mut zip = zip::ZipArchive::new(fs_err::File::open(&bundle).unwrap()).unwrap();
        let names: Vec<String> = zip
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        let name = names
            .iter()
            .find(|name| name.ends_with("data/statement.json"))
            .expect("a statement");
        serde_json::from_reader(zip.by_name(name).unwrap()).unwrap()
    }
}

fn inventory_without_desk() -> String {
    format!(
        "{HEAD}systems:\n  paper: {{ engine: manual, owner: office, manual: {{ find: a, erase: b, days: 3 }} }}\n"
    )
}

fn answer(state: &mut State, request: &Received) -> Reply {
    let path = request.path().to_owned();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let same = |record: &&Value, email: &str| {
        record["email"]
            .as_str()
            .is_some_and(|e| e.eq_ignore_ascii_case(email))
    };
    match (request.method.as_str(), &parts[..]) {
        ("GET", [kind]) => {
            let email = request.query("email").unwrap_or_default();
            let all = if *kind == "users" {
                &state.users
            } else {
                &state.calls
            };
            let items: Vec<&Value> = all.values().filter(|r| same(r, &email)).collect();
            Reply::json(json!({ "items": items }))
        }
        ("GET", ["calls", id]) => match state.calls.get(*id) {
            Some(record) => Reply::json(record.clone()),
            None => Reply::status(404),
        },
        ("PATCH", ["users", id]) => {
            let shouts = state.shouts;
            let Some(user) = state.users.get_mut(*id) else {
                return Reply::status(404);
            };
            for (name, value) in request.json().as_object().unwrap() {
                user[name] = match value.as_str().filter(|_| shouts && name == "phone") {
                    Some(text) => json!(text.replace('+', "00")),
                    None => value.clone(),
                };
            }
            state.effects.push(request.line());
            Reply::json(json!({}))
        }
        ("POST", ["calls", _, "stop"]) | ("DELETE", _) => {
            state.effects.push(request.line());
            if request.method == "DELETE" {
                state.users.remove(parts[1]);
            }
            Reply::status(204)
        }
        _ => Reply::status(405),
    }
}
