//! The doctor against real systems: each trap is set, and has to be named with what puts it right. Where a statement is printed, it is
//! run, and the finding has to be gone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "support/postgres.rs"]
mod postgres;

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use postgres::{Database, database, pooler};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use support::house::{House, Ran};
use support::http::{Reply, Server};

/// Tables with one trap each.
const TRAPS: &str = r#"
    CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE TABLE customers (code text COLLATE loose PRIMARY KEY, email text COLLATE "C", name text);
    CREATE TABLE baskets (id int PRIMARY KEY, customer text COLLATE loose REFERENCES customers ON DELETE CASCADE);
    CREATE TABLE audit (old text);
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
    CREATE TRIGGER keeper AFTER DELETE ON customers FOR EACH ROW EXECUTE FUNCTION keep();
    CREATE TABLE mails (id int PRIMARY KEY, email text);
    CREATE INDEX ON mails (lower(email));
    CREATE RULE elsewhere AS ON DELETE TO mails DO INSTEAD NOTHING;
    CREATE TABLE secrets (id int PRIMARY KEY, email text);
    CREATE INDEX ON secrets (lower(email));
    ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
    CREATE VIEW shown AS SELECT * FROM mails;
    CREATE MATERIALIZED VIEW copied AS SELECT * FROM mails;
    CREATE TABLE visits (id int, email text, day date) PARTITION BY RANGE (day);
    CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE TABLE papers (id int PRIMARY KEY, email text);
    CREATE INDEX ON papers (lower(email));
    CREATE PUBLICATION everybody FOR TABLE papers;
"#;

fn objects(tables: &[(&str, &str, &str)]) -> String {
    let object = |(table, key, erase): &(&str, &str, &str)| {
        format!(
            "      {table}:
        table: {table}
        key: {key}
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        erase: {erase}\n"
        )
    };
    tables.iter().map(object).collect()
}

fn house(objects: &str, url: &str) -> House {
    let system = format!(
        "  shop:
    engine: postgres
    settings: {{ url: {{ secret: \"env:SHOP_URL\" }} }}
    owner: it
    objects:\n{objects}"
    );
    let mut house = House::new(&system, &[]);
    house.env("SHOP_URL", url);
    house
}

/// An account of its own with a right to log in, and these further words; goes with the value.
struct Account<'d> {
    database: &'d Database,
    name: String,
    url: String,
}

impl<'d> Account<'d> {
    fn new(database: &'d Database, name: &str, sql: &str) -> Account<'d> {
        let name = format!("dsr_{name}_{}", std::process::id());
        database.sql(&format!(
            "DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD 'p-w'; {}",
            sql.replace("ROLE", &name)
        ));
        let mut url = url::Url::parse(&database.url).unwrap();
        url.set_username(&name).unwrap();
        url.set_password(Some("p-w")).unwrap();
        Account {
            database,
            name,
            url: url.to_string(),
        }
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        self.database
            .sql(&format!("DROP OWNED BY {name} CASCADE; DROP ROLE {name}"));
    }
}

/// `OBJECT CODE` of every finding about a system, without those that every machine has.
fn found(ran: &Ran) -> Vec<String> {
    let mut all: Vec<String> = findings(ran)
        .iter()
        .filter(|one| !["W240", "W243"].contains(&one["code"].as_str().unwrap()))
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
            format!("{} {}", text("object"), text("code"))
        })
        .collect();
    all.sort();
    all
}

fn findings(ran: &Ran) -> Vec<Value> {
    ran.json()["findings"].as_array().unwrap().clone()
}

fn statement(ran: &Ran, object: &str, code: &str) -> String {
    let all = findings(ran);
    let one = all
        .iter()
        .find(|one| one["object"] == object && one["code"] == code);
    let one = one.unwrap_or_else(|| panic!("no {code} of {object}: {ran:#?}"));
    one["statement"].as_str().unwrap_or_default().to_owned()
}

const CHECK: [&str; 3] = ["check", "--format", "json"];

#[test]
fn every_trap_of_a_table_is_named() {
    let Some(database) = database(TRAPS) else {
        return;
    };
    let account = Account::new(
        &database,
        "reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO ROLE;
         GRANT DELETE, UPDATE ON customers, mails, visits, secrets, shown, copied TO ROLE;
         GRANT DELETE, TRUNCATE, UPDATE ON papers TO ROLE",
    );
    let tables = [
        ("customers", "code", "remove"),
        ("mails", "id", "remove"),
        ("secrets", "id", "remove"),
        ("shown", "id", "remove"),
        ("copied", "id", "remove"),
        ("visits", "id", "remove"),
        ("papers", "id", "manual Ask the archive"),
    ];
    let house = house(&objects(&tables), &account.url);
    let ran = house.run(&CHECK);
    ran.expect(3);
    let mut expected = vec![
        "copied W203",
        "copied W206",
        "copied W224",
        "copied W353",
        "customers W203",
        "customers W204",
        "customers W207",
        "customers W233",
        "customers W353",
        "mails W223",
        "mails W353",
        "papers W226",
        "papers W232",
        "papers W353",
        "secrets E580",
        "shown W224",
        "visits W203",
        "visits W206",
        "visits W225",
        "visits W353",
    ];
    if database.value("lower('Ä') = 'ä'").as_deref() == Some("true") {
        expected.push("customers W234");
        expected.sort_unstable();
    }
    assert_eq!(found(&ran), expected, "{ran:#?}");
    let partitioned = statement(&ran, "visits", "W203");
    assert!(!partitioned.contains("CONCURRENTLY"), "{partitioned}");
    database.sql(&partitioned);
    for object in ["visits", "papers"] {
        database.sql(&statement(&ran, object, "W353"));
    }
    database.sql(&statement(&ran, "papers", "W232"));
    let after = found(&house.run(&CHECK));
    for gone in ["visits W203", "visits W353", "papers W353", "papers W232"] {
        assert!(!after.contains(&gone.to_owned()), "{after:?}");
    }
    // What row-level security hides is not empty, and the remedy makes it readable.
    assert!(ran.out.contains("BYPASSRLS"), "{ran:#?}");
    database.sql(&format!("ALTER ROLE {} BYPASSRLS", account.name));
    let ran = house.run(&CHECK);
    ran.expect(0);
    assert!(!found(&ran).contains(&"secrets E580".to_owned()));
}

#[test]
fn what_an_account_lacks_is_granted_by_what_is_printed() {
    let Some(database) = database(
        "CREATE TABLE customers (id int PRIMARY KEY, email text); CREATE INDEX ON customers (lower(email));
         CREATE TABLE leads (id int PRIMARY KEY, email text); CREATE INDEX ON leads (lower(email))",
    ) else {
        return;
    };
    let account = Account::new(
        &database,
        "narrow",
        "GRANT SELECT ON customers, leads TO ROLE",
    );
    let tables = [("customers", "id", "remove"), ("leads", "id", "anonymise")];
    let house = house(&objects(&tables), &account.url);
    let ran = house.run(&CHECK);
    ran.expect(0);
    for object in ["customers", "leads"] {
        database.sql(&statement(&ran, object, "W353"));
    }
    let missing: Vec<Value> = findings(&ran);
    let missing: Vec<&Value> = missing.iter().filter(|one| one["code"] == "W231").collect();
    assert!(missing.len() >= 3, "{missing:#?}");
    assert_eq!(house.run(&["check", "--strict"]).code, 4);
    for one in missing {
        if let Some(statement) = one["statement"].as_str() {
            database.sql(statement);
        }
    }
    let ran = house.run(&CHECK);
    let graver = findings(&ran);
    let graver: Vec<&Value> = graver
        .iter()
        .filter(|one| one["severity"] != "hint")
        .collect();
    assert!(graver.is_empty(), "{graver:#?}");
    assert_eq!(house.run(&["check", "--strict"]).code, 0);
    assert_eq!(
        database.value("SELECT count(*) FROM customers").as_deref(),
        Some("0")
    );
}

#[test]
fn an_account_that_may_everything_is_too_wide() {
    let Some(database) = database(
        "CREATE TABLE customers (id int PRIMARY KEY, email text); CREATE INDEX ON customers (lower(email))",
    ) else {
        return;
    };
    let customers = objects(&[("customers", "id", "remove")]);
    let house = house(&customers, &database.url);
    let ran = house.run(&CHECK);
    database.sql(&statement(&ran, "customers", "W353"));
    let ran = house.run(&CHECK);
    ran.expect(0);
    assert_eq!(found(&ran), ["- W228"], "{ran:#?}");
    assert!(ran.out.contains("SUPERUSER"));
    let owner = Account::new(&database, "owner", "ALTER TABLE customers OWNER TO ROLE");
    let mut house = house;
    house.env("SHOP_URL", &owner.url);
    let ran = house.run(&CHECK);
    assert_eq!(found(&ran), ["customers W232"], "{ran:#?}");
}

#[test]
fn a_pooler_is_seen() {
    let Some(pooler) = pooler() else { return };
    let customers = "      tables:
        table: information_schema.tables
        key: table_name
        find: [{ by: email, column: table_name }]
        fields: { table_name: { category: contact.email, identity: email } }
        erase: manual\n";
    let ran = house(customers, &pooler).run(&CHECK);
    assert!(found(&ran).contains(&"- W205".to_owned()), "{ran:#?}");
}

const CONNECTOR: &str = r#"
dsr: 1
connector: desk
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { header: { X-Api-Key: "{{ settings.key }}" } }
  records: "$.items[*]"
  page: none
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    read: { get: "/people/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/people/{{ record.id }}", unconfirmed: true }
"#;

fn desk(url: &str, more: &str) -> House {
    let system = format!(
        "  desk:
    connector: desk@1
    settings: {{ url: \"{url}\", key: {{ secret: \"env:DESK_KEY\" }} }}
    owner: support
{more}"
    );
    let mut house = House::bare();
    house.write("connectors/desk.yml", CONNECTOR);
    house.write(
        "dsr.yaml",
        format!("{}systems:\n{system}", support::house::HEAD),
    );
    house.env("DESK_KEY", "s3cret-desk-key");
    house.run(&["init", "--yes"]).expect(0);
    house
        .run(&["trust", "--yes", "connectors/desk.yml"])
        .expect(0);
    house
}

#[test]
fn a_slow_service_shows_its_latency_and_is_never_written_to() {
    let server = Server::start(|_| {
        Reply::json(serde_json::json!({ "items": [] })).after(Duration::from_millis(120))
    });
    let house = desk(&server_url(&server), "");
    let ran = house.run(&CHECK);
    ran.expect(0);
    let desk = ran.system("desk");
    for which in ["connect_ms", "request_ms"] {
        let took = desk["latency"][which].as_u64().unwrap();
        assert!((100..20_000).contains(&took), "{which}: {took}");
    }
    assert_eq!(found(&ran), ["- W330", "people W237"], "{ran:#?}");
    assert_eq!(server.writes(), 0);
    assert!(!ran.all().contains("s3cret"));
    let text = house.run(&["check"]);
    assert!(!text.all().contains("s3cret"));
    assert!(text.out.contains("W237 desk.people"), "{text:#?}");
}

#[test]
fn a_control_person_that_is_gone_makes_the_service_blind() {
    let server = Server::start(|_| Reply::json(serde_json::json!({ "items": [] })));
    let house = desk(
        &server_url(&server),
        "    control: { email: control@example.org }\n",
    );
    let ran = house.run(&CHECK);
    ran.expect(3);
    assert!(found(&ran).contains(&"people E530".to_owned()), "{ran:#?}");
    let refusing = Server::start(|_| Reply::status(401));
    let house = desk(
        &server_url(&refusing),
        "    control: { email: control@example.org }\n",
    );
    let ran = house.run(&CHECK);
    ran.expect(3);
    assert_eq!(found(&ran), ["- E506"], "{ran:#?}");
    // The service was asked for the invented person and for nobody else.
    assert!(!ran.all().contains("control@example.org"), "{ran:#?}");
}

fn server_url(server: &Server) -> String {
    server.url.to_string().trim_end_matches('/').to_owned()
}

const FILES: &str = "  events:
    engine: csv
    settings: { path: \"events/*.csv\" }
    owner: marketing
    objects:
      guests:
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        erase: remove
";

#[test]
#[cfg(unix)]
fn files_that_cannot_be_rewritten_are_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new(FILES, &[]);
    house.write("events/a.csv", "email\nanna@example.org\n");
    house.write("events/b.csv", "email\nbert@example.org\n");
    fs_err::hard_link(house.path("events/b.csv"), house.path("copy.csv")).unwrap();
    let mode = |name: &str, mode: u32| {
        let rights = std::fs::Permissions::from_mode(mode);
        fs_err::set_permissions(house.path(name), rights).unwrap();
    };
    mode("events/a.csv", 0o400);
    mode("events/b.csv", 0o600);
    let ran = house.run(&CHECK);
    ran.expect(0);
    assert_eq!(found(&ran), ["- W220", "- W222"], "{ran:#?}");
    // No person of the files is named anywhere.
    assert!(!ran.all().contains("example.org"), "{ran:#?}");
    house.write("events/c.csv", "nothing\nx\n");
    let ran = house.run(&CHECK);
    ran.expect(3);
    assert!(found(&ran).contains(&"- E523".to_owned()), "{ran:#?}");
}

#[test]
fn a_certificate_near_its_end_is_spoken_of_and_one_after_it_stops() {
    let house = House::new(FILES, &[]);
    house.write("events/a.csv", "email\nanna@example.org\n");
    for (days_left, code, exit) in [(200, None, 0), (30, Some("W244"), 0), (-2, Some("E584"), 3)] {
        let made = Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .checked_sub(10.years())
            .unwrap()
            .checked_add(jiff::Span::new().days(days_left))
            .unwrap();
        let (key, certificate) =
            dsr::evidence::certificate::make("Example GmbH", made.timestamp()).unwrap();
        house.write(".dsr/keys/seal.key.pem", key.expose_secret());
        house.write(".dsr/keys/seal.cert.pem", certificate);
        let ran = house.run(&CHECK);
        ran.expect(exit);
        let all = found(&ran);
        let about: Vec<&String> = all
            .iter()
            .filter(|one| one.ends_with("44") || one.ends_with("84"))
            .collect();
        assert_eq!(about.len(), usize::from(code.is_some()), "{ran:#?}");
        assert!(code.is_none_or(|code| ran.out.contains(code)), "{ran:#?}");
    }
}

#[test]
fn a_ledger_that_somebody_wrote_to_is_a_proof_that_failed() {
    let house = House::new(FILES, &[]);
    house.write("events/a.csv", "email\nanna@example.org\n");
    for _ in 0..3 {
        house
            .run(&["find", "--email", "bert@example.org"])
            .expect(0);
    }
    house.run(&CHECK).expect(0);
    house.sql(
        ".dsr/ledger.db",
        "DROP TRIGGER event_stays; UPDATE event SET hash = zeroblob(32) WHERE seq = 2",
    );
    let ran = house.run(&CHECK);
    ran.expect(5);
    assert!(found(&ran).contains(&"- E581".to_owned()), "{ran:#?}");
}

#[test]
fn cron_hears_of_problems_only_and_nobody_is_asked() {
    let house = House::new(FILES, &[]);
    house.write("events/a.csv", "email\nanna@example.org\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let private = std::fs::Permissions::from_mode(0o600);
        fs_err::set_permissions(house.path("events/a.csv"), private).unwrap();
    }
    let quiet = house.run(&["check", "--quiet"]);
    quiet.expect(0);
    assert_eq!(quiet.all().trim(), "");
    fs_err::remove_file(house.path("events/a.csv")).unwrap();
    let quiet = house.run(&["check", "--quiet"]);
    quiet.expect(3);
    assert_eq!(
        quiet
            .out
            .lines()
            .filter(|line| !line.starts_with(' '))
            .count(),
        1,
        "{quiet:#?}"
    );
}
