//! The systems of the crash tests: a shop in SQLite, a newsletter in CSV, a help desk over HTTP, and a club in PostgreSQL where a
//! server is at hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};
use crate::support::postgres::{self, Database};
use crate::support::program::{Ran, Workspace};

pub(crate) const ANNA: &str = "anna@example.org";

const DESK: &str = r#"
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
    read: { get: "/users/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name }
    remove: { delete: "/users/{{ record.id }}", despite: [tickets] }
    erase: remove
  tickets:
    find: [{ under: users, get: "/users/{{ parent.id }}/tickets" }]
    read: { get: "/tickets/{{ record.id }}", records: $ }
    fields: { text: { category: content.note, mask: "text:erased" } }
    anonymise: { patch: "/tickets/{{ record.id }}", body: "{{ masked }}" }
    erase: anonymise
  accounts:
    find: [{ by: email, get: /accounts, query: { email: "{{ value }}" } }]
    read: { get: "/accounts/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    remove: { post: "/accounts/{{ record.id }}/closure", idempotent: false }
    erase: remove
"#;

const SHOP: &str = "
    CREATE TABLE customers(id INTEGER PRIMARY KEY, email TEXT, name TEXT);
    CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), address TEXT);
    CREATE TABLE invoices(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), issued_on TEXT, note TEXT);
    INSERT INTO customers VALUES (1, 'anna@example.org', 'Anna Berg'), (2, 'ben@example.org', 'Ben Tal');
    INSERT INTO orders VALUES (10, 1, 'Talweg 1'), (11, 1, 'Talweg 2'), (12, 2, 'Bergweg 3');
    INSERT INTO invoices VALUES (20, 1, '2026-01-05', 'for Anna Berg'), (21, 2, '2026-01-06', 'for Ben Tal');";

const NEWSLETTER: &str = "Mail,Name\nben@example.org,Ben Tal\nanna@example.org,Anna Berg\nclara@example.org,Clara\nANNA@example.org,A. Berg\n";

const CLUB: &str = "
    CREATE TABLE members(id int PRIMARY KEY, email text, name text);
    CREATE INDEX ON members (lower(email));
    INSERT INTO members VALUES (1, 'anna@example.org', 'Anna Berg'), (2, 'ben@example.org', 'Ben Tal'), (3, 'Anna@example.org', 'Anna B.');";

/// How the desk misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Mood {
    #[default]
    Well,
    /// The closure of an account takes its time, and takes effect whether or not anybody still waits.
    SlowClosure,
    /// The closure takes effect and its reply is lost.
    LostReply,
    /// Removals are answered with 200 and change nothing.
    Forgetful,
    /// After a write, reading is forbidden.
    Closed,
    /// The search still returns what was removed.
    StaleIndex,
    /// Each answer takes its time.
    Slow,
    /// No answer comes for minutes.
    Stuck,
    /// It answers questions at once and takes its time for each write.
    SlowWrites,
    /// Its clock is ten minutes ahead.
    AnotherTime,
    /// It answers nothing but 503.
    Down,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) mood: Mood,
    pub(crate) users: BTreeMap<String, Value>,
    pub(crate) tickets: BTreeMap<String, Value>,
    pub(crate) accounts: BTreeMap<String, Value>,
    removed: Vec<Value>,
    /// Writes that changed something, as `METHOD /path`.
    pub(crate) effects: Vec<String>,
    written: bool,
}

impl State {
    fn new() -> State {
        let user = |id: &str, email: &str| {
            let record = json!({"id": id, "email": email, "name": "N"});
            (id.to_owned(), record)
        };
        let ticket = |id: &str, user: &str| {
            let record = json!({"id": id, "user": user, "text": "my door bell"});
            (id.to_owned(), record)
        };
        State {
            users: [user("u1", ANNA), user("u2", "ben@example.org")].into(),
            tickets: [ticket("t1", "u1"), ticket("t2", "u1"), ticket("t3", "u2")].into(),
            accounts: [user("a1", ANNA), user("a2", "ben@example.org")].into(),
            ..State::default()
        }
    }

    fn records(&self) -> Value {
        json!({"users": self.users, "tickets": self.tickets, "accounts": self.accounts})
    }
}

/// A landscape with Anna in every corner of it.
pub(crate) struct Landscape {
    pub(crate) workspace: Workspace,
    pub(crate) desk: Arc<Mutex<State>>,
    pub(crate) server: Server,
    club: Option<Database>,
}

impl Landscape {
    pub(crate) fn new() -> Landscape {
        Landscape::made("", postgres::database(CLUB))
    }

    /// `more` is put into the description of the desk in the inventory.
    pub(crate) fn with(more: &str) -> Landscape {
        Landscape::made(more, postgres::database(CLUB))
    }

    /// Also where there is a server for it.
    pub(crate) fn without_club() -> Landscape {
        Landscape::made("", None)
    }

    fn made(more: &str, club: Option<Database>) -> Landscape {
        let desk = Arc::new(Mutex::new(State::new()));
        let state = Arc::clone(&desk);
        let server = Server::start(move |request| answer(&state, request));
        let inventory = inventory(&server.url, more, club.is_some());
        let mut workspace = Workspace::new(&inventory, &[("desk.yml", DESK)]);
        if let Some(club) = &club {
            let variable = ("CLUB_URL".to_owned(), club.url.clone());
            workspace.environment.push(variable);
        }
        workspace.write("newsletter.csv", NEWSLETTER);
        let landscape = Landscape {
            workspace,
            desk,
            server,
            club,
        };
        landscape.shop().execute_batch(SHOP).expect("a shop");
        landscape
    }

    pub(crate) fn shop(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.workspace.path("shop.db")).expect("a shop")
    }

    pub(crate) fn mood(&self, mood: Mood) {
        let mut desk = self.desk.lock().expect("the desk");
        desk.mood = mood;
        desk.written = false;
    }

    /// How many records an erasure of Anna writes.
    pub(crate) fn writes(&self) -> usize {
        // One customer and two orders, two rows of the newsletter, a user with two tickets and an account, two members.
        3 + 2 + 4 + if self.club.is_some() { 2 } else { 0 }
    }

    pub(crate) fn erase(&self) -> Ran {
        self.workspace
            .run(&self.erase_line(&self.writes().to_string()))
    }

    pub(crate) fn erase_line<'a>(&self, expect: &'a str) -> [&'a str; 8] {
        let who = ["erase", "--email", ANNA, "--identity", "letter"];
        [
            who[0], who[1], who[2], who[3], who[4], "--yes", "--expect", expect,
        ]
    }

    pub(crate) fn apply(&self, case: &str, expect: usize) -> Ran {
        let expect = expect.to_string();
        self.workspace
            .run(&["apply", case, "--yes", "--expect", &expect])
    }

    /// Everything that every system holds.
    pub(crate) fn everything(&self) -> String {
        let mut all = vec![self.workspace.read("newsletter.csv")];
        let shop = self.shop();
        for table in ["customers", "orders", "invoices"] {
            let mut statement = shop
                .prepare(&format!("SELECT * FROM {table} ORDER BY id"))
                .expect("a table");
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                let cells = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
                cells.collect::<Result<Vec<_>, _>>()
            });
            all.extend(rows.expect("rows").map(|row| format!("{table} {row:?}")));
        }
        all.push(self.desk.lock().expect("the desk").records().to_string());
        if let Some(club) = &self.club {
            let rows = "SELECT string_agg(m::text, ';' ORDER BY id) FROM members m";
            all.extend(club.value(rows));
        }
        all.join("\n")
    }

    /// What the last bundle says about each record, without times and pseudonyms; sorted.
    pub(crate) fn proven(&self, case: &str) -> Vec<String> {
        let mut lines: Vec<String> = self
            .workspace
            .records(case)
            .iter()
            .map(|record| {
                let words = ["system", "object", "decision", "action", "outcome", "level"];
                let words: Vec<String> = words.iter().map(|w| record[*w].to_string()).collect();
                words.join(" ")
            })
            .collect();
        lines.sort();
        lines
    }

    /// Chain and evidence are whole.
    pub(crate) fn verify(&self, case: &str) {
        self.workspace
            .run(&["audit", "log", "--verify"])
            .ends_with(0);
        for bundle in self.workspace.bundles(case) {
            let bundle = bundle.to_string_lossy().into_owned();
            self.workspace
                .run(&["evidence", "verify", &bundle])
                .ends_with(0);
        }
    }

    /// The writes that reached the desk, whether or not they changed anything.
    pub(crate) fn sent(&self) -> Vec<String> {
        let received = self.server.received();
        let writes = received.iter().filter(|request| request.is_write());
        let mut lines: Vec<String> = writes.map(Received::line).collect();
        lines.sort();
        lines
    }

    pub(crate) fn was_asked(&self) -> bool {
        !self.server.received().is_empty()
    }

    pub(crate) fn effects(&self) -> Vec<String> {
        let mut effects = self.desk.lock().expect("the desk").effects.clone();
        effects.sort();
        effects
    }
}

fn inventory(url: &str, more: &str, club: bool) -> String {
    let mut text = format!(
        r#"
dsr: 1
controller: {{ name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }}
systems:
  shop:
    engine: sqlite
    settings: {{ path: shop.db }}
    objects:
      customers:
        table: customers
        key: id
        find: [{{ by: email, column: email }}]
        fields:
          email: {{ category: contact.email, identity: email, mask: "null" }}
          name: {{ category: person.name, mask: "text:erased" }}
        erase: remove
      orders:
        table: orders
        key: id
        find: [{{ under: customers, column: customer_id }}]
        fields: {{ address: contact.address }}
        erase: remove
      invoices:
        table: invoices
        key: id
        find: [{{ under: customers, column: customer_id }}]
        fields: {{ note: content.note }}
        clock: issued_on
        erase: remove
  newsletter:
    engine: csv
    settings: {{ path: newsletter.csv }}
    objects:
      readers:
        find: [{{ by: email, column: Mail }}]
        fields: {{ Mail: {{ category: contact.email, identity: email }}, Name: person.name }}
        erase: remove
  desk:
    connector: desk@1
    settings: {{ url: "{url}" }}
    timeouts: {{ request: 1s }}
    {more}
data_types:
  vouchers: {{ objects: [shop.invoices], purpose: accounting, basis: art6_1_c, keep: P80Y, start: clock, kind: min, because: "§147 AO", then: remove }}
"#
    );
    if club {
        let club = r#"
  club:
    engine: postgres
    settings: { url: { secret: "env:CLUB_URL" } }
    objects:
      members:
        table: members
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, name: person.name }
        erase: remove
"#;
        text = text.replace(
            "data_types:",
            &format!("{}\ndata_types:", club.trim_matches('\n')),
        );
    }
    text
}

fn answer(state: &Arc<Mutex<State>>, request: &Received) -> Reply {
    let mut desk = state.lock().expect("the desk");
    let mood = desk.mood;
    if mood == Mood::Down {
        return Reply::status(503);
    }
    if mood == Mood::Closed && desk.written && !request.is_write() {
        return Reply::status(403);
    }
    desk.written |= request.is_write();
    let reply = match request.is_write() {
        true => write(&mut desk, state, request),
        false => read(&desk, request),
    };
    match mood {
        Mood::Slow => reply.after(Duration::from_millis(120)),
        Mood::Stuck => reply.after(Duration::from_secs(300)),
        Mood::SlowWrites if request.is_write() => reply.after(Duration::from_millis(1500)),
        Mood::AnotherTime => {
            let ahead = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(10);
            let zoned = ahead.to_zoned(jiff::tz::TimeZone::UTC);
            reply.header(
                "Date",
                zoned.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            )
        }
        _ => reply,
    }
}

fn read(desk: &State, request: &Received) -> Reply {
    let parts: Vec<&str> = request.path().trim_matches('/').split('/').collect();
    let one = |record: Option<&Value>| match record {
        Some(record) => Reply::json(record.clone()),
        None => Reply::status(404),
    };
    let by_email = |records: &BTreeMap<String, Value>, stale: &[Value]| {
        let wanted = request.query("email");
        let all = records.values().chain(stale);
        let found: Vec<&Value> = all
            .filter(|r| r["email"].as_str() == wanted.as_deref())
            .collect();
        Reply::json(json!({ "items": found }))
    };
    match parts[..] {
        ["users"] => by_email(&desk.users, &desk.removed),
        ["accounts"] => by_email(&desk.accounts, &[]),
        ["users", id] => one(desk.users.get(id)),
        ["tickets", id] => one(desk.tickets.get(id)),
        ["accounts", id] => one(desk.accounts.get(id)),
        ["users", id, "tickets"] => {
            let found: Vec<&Value> = desk.tickets.values().filter(|t| t["user"] == id).collect();
            Reply::json(json!({ "items": found }))
        }
        _ => Reply::status(404),
    }
}

fn write(desk: &mut State, state: &Arc<Mutex<State>>, request: &Received) -> Reply {
    let parts: Vec<&str> = request.path().trim_matches('/').split('/').collect();
    let done = Reply::json(json!({}));
    match (request.method.as_str(), &parts[..]) {
        ("DELETE", ["users", _]) if desk.mood == Mood::Forgetful => done,
        ("DELETE", ["users", id]) => match desk.users.remove(*id) {
            Some(user) => {
                desk.effects.push(request.line());
                if desk.mood == Mood::StaleIndex {
                    desk.removed.push(user);
                }
                done
            }
            None => Reply::status(404),
        },
        ("PATCH", ["tickets", id]) => {
            let new = request.json();
            match desk.tickets.get_mut(*id) {
                Some(ticket) => {
                    if ticket["text"] != new["text"] {
                        ticket["text"] = new["text"].clone();
                        desk.effects.push(request.line());
                    }
                    done
                }
                None => Reply::status(404),
            }
        }
        ("POST", ["accounts", id, "closure"]) => match desk.mood {
            Mood::SlowClosure => {
                let (state, id, line) = (Arc::clone(state), (*id).to_owned(), request.line());
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(600));
                    let mut desk = state.lock().expect("the desk");
                    desk.accounts.remove(&id);
                    desk.effects.push(line);
                });
                done.after(Duration::from_millis(600))
            }
            mood => {
                let there = desk.accounts.remove(*id).is_some();
                desk.effects.push(request.line());
                match (there, mood) {
                    (_, Mood::LostReply) => Reply::dropped(),
                    (true, _) => done,
                    (false, _) => Reply::status(404),
                }
            }
        },
        _ => Reply::status(405),
    }
}
