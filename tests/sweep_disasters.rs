//! The disasters that others had with retention, on PostgreSQL and MariaDB: killed runs, servers that go down, lines that break, copies instead of
//! the original, tables that are not what they were, clocks and days. Each time three things have to hold: the next run finishes, the rows that
//! are left are exactly those that the rule lets stay, and ledger, names and statements count what the database lost.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "support/mysql.rs"]
mod mysql;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/program.rs"]
mod program;
#[path = "support/sweeping.rs"]
mod sweeping;

#[path = "sweep_disasters/copies.rs"]
mod copies;
#[path = "sweep_disasters/cut.rs"]
mod cut;
#[path = "sweep_disasters/days.rs"]
mod days;
#[path = "sweep_disasters/ends.rs"]
mod ends;
#[path = "sweep_disasters/killed.rs"]
mod killed;
#[path = "sweep_disasters/line.rs"]
mod line;
#[path = "sweep_disasters/private.rs"]
mod private;
#[path = "sweep_disasters/tables.rs"]
mod tables;

use std::collections::BTreeSet;

use program::{Ran, Workspace};
use serde_json::Value;
use sweeping::head;

/// How many visits there are; every third one stays.
const ROWS: u64 = 1500;
/// How many of them are due.
const DUE: u64 = 1000;

fn inventory(engine: &str) -> String {
    format!(
        r#"{}  shop:
    engine: {engine}
    settings: {{ url: {{ secret: "env:SHOP_URL" }} }}
    timeouts: {{ connect: 2s, request: 2s, lock: 1s }}
    objects:
      visits:
        table: visits
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        clock: seen_on
        erase: remove
data_types:
  visits: {{ objects: [shop.visits], purpose: sales, basis: art6_1_f, keep: P1Y, start: clock, kind: max, then: remove }}
"#,
        head("records: 100000, share: 100, batch: 50")
    )
}

/// What both servers understand.
fn seed() -> String {
    let row = |id: u64| {
        let day = if id.is_multiple_of(3) {
            "2030-01-01"
        } else {
            "2011-05-05"
        };
        format!("({id}, 'p{id}@example.org', '{day}')")
    };
    let rows: Vec<String> = (1..=ROWS).map(row).collect();
    format!(
        "CREATE TABLE visits (id bigint PRIMARY KEY, email varchar(80), seen_on date); CREATE INDEX seen ON visits (seen_on);
         INSERT INTO visits VALUES {};",
        rows.join(", ")
    )
}

/// What the rule lets stay, as both servers write it.
fn survivors() -> String {
    let stay = (1..=ROWS).filter(|id| id.is_multiple_of(3));
    let rows: Vec<String> = stay
        .map(|id| format!("{id} p{id}@example.org 2030-01-01"))
        .collect();
    rows.join(",")
}

/// A database with its own words for the same questions.
enum Server {
    Postgres(postgres::Database),
    Mariadb(mysql::Database),
}

impl Server {
    /// Those that are there, each with the visits.
    fn all() -> Vec<Server> {
        let postgres = postgres::database(&seed()).map(Server::Postgres);
        let mariadb = mysql::database(&seed()).map(Server::Mariadb);
        postgres.into_iter().chain(mariadb).collect()
    }

    fn engine(&self) -> &'static str {
        match self {
            Server::Postgres(_) => "postgres",
            Server::Mariadb(_) => "mysql",
        }
    }

    fn url(&self) -> &str {
        match self {
            Server::Postgres(database) => &database.url,
            Server::Mariadb(database) => &database.url,
        }
    }

    fn sql(&self, sql: &str) {
        match self {
            Server::Postgres(database) => database.sql(sql),
            Server::Mariadb(database) => database.sql(sql),
        }
    }

    fn value(&self, sql: &str) -> String {
        let value = match self {
            Server::Postgres(database) => database.value(sql),
            Server::Mariadb(database) => database.value(sql),
        };
        value.unwrap_or_default()
    }

    fn count(&self, of: &str) -> u64 {
        self.value(&format!("SELECT count(*) FROM {of}"))
            .parse()
            .unwrap()
    }

    /// Every row that is left, cell by cell.
    fn rows(&self) -> String {
        self.value(match self {
            Server::Postgres(_) => ROWS_OF_POSTGRES,
            Server::Mariadb(_) => ROWS_OF_MARIADB,
        })
    }

    fn workspace(&self) -> Workspace {
        workspace(self.engine(), self.url())
    }
}

const ROWS_OF_POSTGRES: &str =
    "SELECT string_agg(concat_ws(' ', id, email, seen_on), ',' ORDER BY id) FROM visits";
const ROWS_OF_MARIADB: &str =
    "SELECT group_concat(concat_ws(' ', id, email, seen_on) ORDER BY id) FROM visits";

fn workspace(engine: &str, url: &str) -> Workspace {
    let mut workspace = Workspace::new(&inventory(engine), &[]);
    lead_to(&mut workspace, url);
    workspace
}

/// Whatever the address is from now on, it is the same system.
fn lead_to(workspace: &mut Workspace, url: &str) {
    workspace.environment = vec![("SHOP_URL".to_owned(), url.to_owned())];
}

/// Shown by one run, so that the next may write.
fn looked_at(workspace: &Workspace) {
    workspace.run(&["sweep"]).ends_with(0);
}

const APPLY: &[&str] = &["sweep", "--apply"];

fn rule(workspace: &Workspace, more: &[&str]) -> Value {
    let line = [&["sweep", "--format", "json"], more].concat();
    workspace.run(&line).json()["rules"][0].clone()
}

/// The events of a kind in the ledger.
fn events(workspace: &Workspace, kind: &str) -> Vec<Value> {
    let log = workspace.run(&["audit", "log", "--format", "json"]).json();
    let events = log["events"].as_array().unwrap().iter();
    let events = events.map(|event| event["event"].clone());
    events.filter(|event| event["event"] == kind).collect()
}

/// What the batches of the ledger say was erased.
fn booked(workspace: &Workspace) -> u64 {
    let ended = events(workspace, "sweep_batch_ended");
    ended
        .iter()
        .map(|event| event["done"].as_u64().unwrap())
        .sum()
}

/// The names beside the evidence: how many, and how many different ones.
fn names(workspace: &Workspace) -> (u64, u64) {
    let mut names = Vec::new();
    for run in fs_err::read_dir(workspace.path("evidence/sweeps")).unwrap() {
        for file in fs_err::read_dir(run.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|end| end == "names") {
                let bytes = fs_err::read(file).unwrap();
                assert_eq!(bytes.len() % 32, 0);
                names.extend(bytes.chunks(32).map(<[u8]>::to_vec));
            }
        }
    }
    let different: BTreeSet<&Vec<u8>> = names.iter().collect();
    (names.len() as u64, different.len() as u64)
}

/// Ledger, names, statements and list of runs say that so many were erased, and hold.
fn books_hold(workspace: &Workspace, erased: u64, what: &str) {
    assert_eq!(booked(workspace), erased, "{what}: the ledger");
    assert_eq!(names(workspace), (erased, erased), "{what}: the names");
    workspace.run(&["audit", "log", "--verify"]).ends_with(0);
    let audit = workspace.run(&["audit", "runs", "--format", "json"]);
    let audit = audit.ends_with(0).json();
    let runs = audit["runs"].as_array().unwrap();
    let done: u64 = runs.iter().map(|run| run["done"].as_u64().unwrap()).sum();
    assert_eq!(done, erased, "{what}: the statements");
}

/// Runs until nothing is left, as the nights do that follow; a person is never needed.
fn finish(workspace: &Workspace, what: &str) -> Ran {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let ran = workspace.run(APPLY);
        if ran.code == Some(0) {
            return ran;
        }
        assert_eq!(ran.code, Some(3), "{what}: {ran:?}");
        assert!(std::time::Instant::now() < patience, "{what}: {ran:?}");
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
}

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        // xorshift64 (Marsaglia, 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
