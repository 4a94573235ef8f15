//! A company whose records are corrected and locked: a shop in SQLite, letters in a file, a desk behind HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};
use crate::support::program::{Ran, Workspace};

const CONNECTOR: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  records: "$.items[*]"
  page: none
  limits: { retries: 0 }
objects:
  users:
    find: [{ by: email, get: /users, query: { email: "{{ value }}" } }]
    read: { get: "/users/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name, phone: contact.phone, note: { category: content.note, fixed: true } }
    rectify: { patch: "/users/{{ record.id }}", body: "{{ changes }}" }
    restrict: { patch: "/users/{{ record.id }}", body: { locked: true }, verify: { holds: "record.locked == true" } }
    unrestrict: { patch: "/users/{{ record.id }}", body: { locked: false }, verify: { holds: "record.locked == false" } }
    remove: { delete: "/users/{{ record.id }}" }
    erase: remove
"#;

const INVENTORY: &str = r#"dsr: 1
controller: { name: Example GmbH, seat: DE, language: en }
requests: { identity: IDENTITY }
identities: { customer_no: { like: "^[0-9]{4}$", trusted_from: [shop.people] } }
systems:
  shop:
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
          town: contact.address
        restrict: { set: { blocked: true } }
        unrestrict: { set: { blocked: false } }
        erase: remove
  letters:
    engine: csv
    settings: { path: letters.csv }
    objects:
      readers:
        find: [{ by: email, column: mail }]
        fields: { mail: { category: contact.email, identity: email }, name: person.name }
        restrict: { set: { stop: "yes" } }
        unrestrict: { set: { stop: "" } }
        erase: remove
  desk:
    connector: desk@1
    settings: { url: "URL" }
"#;

const SHOP: &str =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, number TEXT, name TEXT, town VARCHAR(20), blocked INTEGER DEFAULT 0);
    CREATE INDEX by_email ON people (email); CREATE INDEX by_number ON people (number);";

/// What the desk knows, and whom it refuses to change.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) users: BTreeMap<String, Value>,
    /// `PATCH /users/3` for each write that changed something.
    pub(crate) effects: Vec<String>,
    pub(crate) stubborn: Option<String>,
    pub(crate) asked: usize,
}

pub(crate) struct Company {
    pub(crate) workspace: Workspace,
    pub(crate) desk: Arc<Mutex<Desk>>,
    _server: Server,
}

pub(crate) fn address(no: u32) -> String {
    format!("person{no}@example.org")
}

impl Company {
    /// People 1 to `people` of Ulm, with a number from 1001 and no telephone.
    pub(crate) fn new(people: u32, identity: &str) -> Company {
        let user = |no: u32| {
            let record = json!({ "id": no.to_string(), "email": address(no), "name": format!("Person {no}"), "phone": null, "note": "none", "locked": false });
            (no.to_string(), record)
        };
        let desk = Desk {
            users: (1..=people).map(user).collect(),
            ..Desk::default()
        };
        let desk = Arc::new(Mutex::new(desk));
        let answering = Arc::clone(&desk);
        let server = Server::start(move |request| answering.lock().unwrap().answer(request));
        let inventory = INVENTORY
            .replace("URL", &server.url)
            .replace("IDENTITY", identity);
        let workspace = Workspace::new(&inventory, &[("desk.yml", CONNECTOR)]);
        let shop = rusqlite::Connection::open(workspace.path("shop.db")).unwrap();
        shop.execute_batch(SHOP).unwrap();
        let mut letters = "mail,name,stop\n".to_owned();
        for no in 1..=people {
            let row = (
                no,
                address(no),
                format!("{}", 1000 + no),
                format!("Person {no}"),
            );
            shop.execute(
                "INSERT INTO people (id, email, number, name, town) VALUES (?1, ?2, ?3, ?4, 'Ulm')",
                row,
            )
            .unwrap();
            letters.push_str(&format!("{},Person {no},\n", address(no)));
        }
        workspace.write("letters.csv", &letters);
        Company {
            workspace,
            desk,
            _server: server,
        }
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        self.workspace.write(name, text);
        self.workspace.path(name).display().to_string()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Ran {
        let json = ["--format", "json"];
        self.workspace.run(&[arguments, &json].concat())
    }

    pub(crate) fn cases(&self) -> Vec<Value> {
        let listed = self.json(&["case", "list", "--all"]).ends_with(0);
        listed.json()["cases"].as_array().unwrap().clone()
    }

    /// One value of the shop, such as all names.
    pub(crate) fn shop(&self, query: &str) -> String {
        let shop = rusqlite::Connection::open(self.workspace.path("shop.db")).unwrap();
        shop.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// Column of everybody at the desk.
    pub(crate) fn at_the_desk(&self, field: &str) -> Vec<Value> {
        let desk = self.desk.lock().unwrap();
        desk.users
            .values()
            .map(|user| user[field].clone())
            .collect()
    }

    /// Everything that the systems hold.
    pub(crate) fn everything(&self) -> String {
        let desk = self.desk.lock().unwrap();
        let rows = "SELECT json_group_array(json_array(id, email, number, name, town, blocked)) FROM people";
        let letters = self.workspace.read("letters.csv");
        format!("{}\n{letters}\n{:?}", self.shop(rows), desk.users)
    }

    /// Runs a command for a file to its end: first with a wrong number, which says the right one, then with that.
    pub(crate) fn to_the_end(&self, arguments: &[&str]) -> Ran {
        let with = |count: &str| self.json(&[arguments, &["--yes", "--expect", count]].concat());
        let asked = with("999");
        let says = asked
            .err
            .lines()
            .find_map(|line| line.strip_prefix("error[E851]: "));
        let count = says.and_then(|line| line.split([':', ';']).nth(1));
        let count = count.map_or("0", str::trim);
        with(count)
    }
}

impl Desk {
    fn answer(&mut self, request: &Received) -> Reply {
        self.asked += 1;
        let path = request.path().to_owned();
        let id = path.trim_start_matches("/users/").to_owned();
        match request.method.as_str() {
            "GET" if path == "/users" => {
                let email = request.query("email").unwrap_or_default();
                let same = |user: &&Value| {
                    user["email"]
                        .as_str()
                        .is_some_and(|known| known.eq_ignore_ascii_case(&email))
                };
                let found: Vec<&Value> = self.users.values().filter(same).collect();
                Reply::json(json!({ "items": found }))
            }
            "GET" => match self.users.get(&id) {
                Some(user) => Reply::json(user.clone()),
                None => Reply::status(404),
            },
            "PATCH" if self.stubborn.as_ref() == Some(&id) => Reply::status(500),
            "PATCH" => {
                let Some(user) = self.users.get_mut(&id) else {
                    return Reply::status(404);
                };
                for (name, value) in request.json().as_object().unwrap() {
                    user[name] = value.clone();
                }
                self.effects.push(request.line());
                Reply::json(json!({}))
            }
            _ => Reply::status(405),
        }
    }
}
