//! The PostgreSQL engine against a real server, under attack. `scripts/test` provides the server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/postgres.rs"]
mod postgres;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dsr::connector::object::{At, Erase, Field, Finder, How, Object, Via};
use dsr::connector::sql::postgres::{reader, writer};
use dsr::connector::{
    Action, Changes, Digester, Effect, Fault, Holds, Key, Opening, Probe, Reader, Record, Settings,
    Target,
};
use dsr::inventory::{Engine, Status, System, Timeouts};
use dsr::keys::{Digest, Key as SecretKey};
use dsr::plan::{Approved, Plan};
use dsr::subject::{Identity, Kind, Kinds};
use serde_json::json;

use postgres::{Database, database};

const SHOP: &str = r#"
    CREATE EXTENSION citext;
    CREATE TYPE state AS ENUM ('new', 'old');
    CREATE DOMAIN address AS varchar(80) CHECK (value LIKE '%@%');
    CREATE TABLE customers(id int PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, login citext, number int, code bpchar(8),
      token uuid, phone text, born date, seen timestamptz, extra jsonb, state state, mail address, total numeric(10,2),
      photo bytea, blocked boolean DEFAULT false, big numeric(12,0));
    INSERT INTO customers(id, email, login, number, code, token, phone, born, seen, extra, state, mail, total, photo, big) VALUES
      (1, 'Anna@Example.org', 'Anna@Login.example', 4711, 'AB12', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '+49 (0)30 / 1234567', '1984-05-17',
       '2026-01-11 12:00:00+02', '{"b": 1, "a": "x"}', 'new', 'anna@example.org', 19.90, '\x00ff', 900),
      (2, 'o''brien"@example.org', NULL, 42, 'CD', NULL, '030-7654321', NULL, NULL, NULL, 'old', NULL, NULL, NULL, NULL),
      (3, 'ÄNNE@MÜLLER.example', NULL, 43, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (4, 'а' || 'nna@example.org', NULL, 44, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE TABLE orders(id int PRIMARY KEY, customer_id int REFERENCES customers(id) ON DELETE RESTRICT, note text);
    INSERT INTO orders VALUES (10, 1, 'ring twice'), (11, 1, NULL), (12, 2, 'x'), (13, NULL, 'nobody''s');
    CREATE TABLE basket(customer int REFERENCES customers ON DELETE CASCADE, item text);
    INSERT INTO basket VALUES (3, 'tea');
"#;

fn opening(url: &str, objects: Vec<Object>) -> Opening {
    let system = System {
        name: "shop".into(),
        engine: Engine::Postgres,
        status: Status::Active,
        owner: None,
        control: None,
        within: Duration::from_secs(60),
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            request: Duration::from_secs(1),
            lock: Duration::from_millis(200),
        },
        settings: BTreeMap::new(),
        insecure_http: false,
        unconfirmed_writes: false,
        objects,
    };
    let secret = BTreeMap::from([("url".to_owned(), url.to_owned().into())]);
    Opening {
        system: Arc::new(system),
        folder: std::env::temp_dir(),
        settings: Settings {
            plain: BTreeMap::new(),
            secret,
        },
        row_key: SecretKey::from_bytes([1; 32]),
        descriptions: Default::default(),
        transport: Default::default(),
    }
}

fn field(name: &str) -> Field {
    Field {
        name: name.into(),
        category: "contact.email".into(),
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

fn by(kind: &str, columns: &[&str]) -> Finder {
    let via = Via::Columns(columns.iter().map(|name| (*name).to_owned()).collect());
    Finder {
        by: Some(Kind(kind.into())),
        under: Vec::new(),
        partial: false,
        via,
    }
}

fn object(table: &str, fields: &[&str], find: Vec<Finder>) -> Object {
    Object {
        name: table.into(),
        key: vec!["id".into()],
        find,
        fields: fields.iter().map(|name| field(name)).collect(),
        clock: None,
        also: Vec::new(),
        by_hand: Vec::new(),
        screen: None,
        cap: 500,
        erase: Erase::Remove,
        after: Vec::new(),
        how: How::Table {
            table: table.into(),
            restrict: Vec::new(),
            unrestrict: Vec::new(),
        },
    }
}

fn customers() -> Object {
    let every = [
        "email", "login", "number", "code", "token", "phone", "born", "seen", "extra", "state",
        "mail", "total", "photo", "big",
    ];
    let find = vec![
        by("email", &["email", "login", "mail"]),
        by("phone", &["phone"]),
        by("customer_no", &every[2..]),
    ];
    let mut object = object("public.customers", &every, find);
    let flag = |value: &str| vec![("blocked".to_owned(), Some(value.to_owned()))];
    object.how = How::Table {
        table: "public.customers".into(),
        restrict: flag("true"),
        unrestrict: flag("false"),
    };
    object
}

fn orders() -> Object {
    let via = Via::Join(vec![("customer_id".into(), "id".into())]);
    let under = Finder {
        by: None,
        under: vec!["public.customers".into()],
        partial: false,
        via,
    };
    object("orders", &["note"], vec![under])
}

fn identity(kind: &str, value: &str) -> Identity {
    let kinds = Kinds {
        country: "DE".into(),
        ..Kinds::default()
    };
    kinds.identity(&Kind(kind.into()), value).unwrap()
}

async fn found(
    reader: &mut Box<dyn Reader>,
    object: &Object,
    finder: usize,
    probe: Probe<'_>,
) -> Result<Vec<Record>, Fault> {
    let mut records = Vec::new();
    let mut sink = |record| {
        records.push(record);
        true
    };
    reader.find(object, finder, probe, &mut sink).await?;
    Ok(records)
}

async fn keys(
    reader: &mut Box<dyn Reader>,
    object: &Object,
    finder: usize,
    kind: &str,
    value: &str,
) -> Vec<String> {
    let identity = identity(kind, value);
    let records = found(reader, object, finder, Probe::Identity(&identity))
        .await
        .unwrap();
    records
        .iter()
        .map(|record| record.key.to_string())
        .collect()
}

fn approved() -> Approved {
    let plan = Plan {
        schema: "dsr.plan/1".into(),
        case: "2026-K7QF3M".into(),
        verb: "erase".into(),
        day: jiff::civil::date(2026, 11, 21),
        inventory: Digest::sha256(b""),
        steps: Vec::new(),
        not_searched: Vec::new(),
        tasks: Vec::new(),
        waiting: Vec::new(),
        requests: BTreeMap::new(),
        changed_safety: Vec::new(),
    };
    let id = plan.id();
    Approved::new(plan, &[id]).unwrap()
}

fn digester() -> Digester {
    Digester::new(SecretKey::from_bytes([9; 32]))
}

async fn act(
    opening: &Opening,
    object: &Object,
    action: Action,
    record: &Record,
    changes: &Changes,
) -> Result<Effect, Fault> {
    let before = digester().state(object, action, record);
    let mut writer = writer(opening, &approved()).unwrap();
    let target = Target {
        record,
        before: &before,
        changes,
        version: None,
    };
    writer
        .act(object, action, &[target], &digester())
        .await
        .remove(0)
}

async fn read(opening: &Opening, object: &Object, key: &str) -> Option<Record> {
    let key = Key::new(vec![key.into()]).unwrap();
    reader(opening).unwrap().read(object, &key).await.unwrap()
}

fn count(database: &Database, table: &str) -> String {
    database
        .value(&format!("SELECT count(*) FROM {table}"))
        .unwrap()
}

#[tokio::test]
async fn people_are_found_by_every_spelling_and_only_they() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let mut reader = reader(&opening(&database.url, vec![object.clone()])).unwrap();
    for (finder, kind, value, expected) in [
        (0, "email", "anna@example.org", vec!["1"]),
        (0, "email", "ANNA@login.example", vec!["1"]),
        (0, "email", "o'brien\"@example.org", vec!["2"]),
        (0, "email", "änne@xn--mller-kva.example", vec!["3"]),
        (0, "email", "\u{430}nna@example.org", vec!["4"]),
        (0, "email", "%nna@example.org", vec![]),
        (0, "email", "_nna@example.org", vec![]),
        (0, "email", "anna\\@example.org", vec![]),
        (1, "phone", "030 1234567", vec!["1"]),
        (1, "phone", "0049 30 7654321", vec!["2"]),
        (2, "customer_no", "4711", vec!["1"]),
        (2, "customer_no", "04711", vec![]),
        (2, "customer_no", "99999999999999999999999999", vec![]),
        (2, "customer_no", "AB12", vec!["1"]),
        (
            2,
            "customer_no",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            vec!["1"],
        ),
        (2, "customer_no", "1984-05-17", vec!["1"]),
        (2, "customer_no", "old", vec!["2"]),
        (2, "customer_no", "19.90", vec!["1"]),
        (2, "customer_no", "900", vec!["1"]),
        (2, "customer_no", "anna@example.org", vec!["1"]),
        (2, "customer_no", "x'; DROP TABLE customers; --", vec![]),
        (2, "customer_no", "$1::text OR true", vec![]),
    ] {
        assert_eq!(
            keys(&mut reader, &object, finder, kind, value).await,
            expected,
            "{kind} {value}"
        );
    }
    assert_eq!(count(&database, "customers"), "4");
}

#[tokio::test]
async fn all_types_travel_as_text() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let (object, orders) = (customers(), orders());
    let opening = opening(&database.url, vec![object.clone(), orders.clone()]);
    let anna = read(&opening, &object, "1").await.unwrap();
    assert_eq!(
        anna.data,
        json!({"id": "1", "blocked": "false", "email": "Anna@Example.org", "login": "Anna@Login.example", "number": "4711", "code": "AB12",
            "token": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "phone": "+49 (0)30 / 1234567", "born": "1984-05-17",
            "seen": "2026-01-11 10:00:00+00", "extra": "{\"a\": \"x\", \"b\": 1}", "state": "new", "mail": "anna@example.org",
            "total": "19.90", "photo": "\\x00ff", "big": "900"})
    );
    let mut reader = reader(&opening).unwrap();
    let records = found(&mut reader, &orders, 0, Probe::Parent(&anna))
        .await
        .unwrap();
    assert_eq!(records.len(), 2);
    let nobody = Record {
        key: anna.key.clone(),
        data: json!({"id": null}),
    };
    assert!(
        found(&mut reader, &orders, 0, Probe::Parent(&nobody))
            .await
            .unwrap()
            .is_empty()
    );
    let odd = Record {
        key: anna.key.clone(),
        data: json!({"id": "not a number"}),
    };
    assert!(
        found(&mut reader, &orders, 0, Probe::Parent(&odd))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_catalogue_tells_what_columns_hold_and_what_weakens_a_promise() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let opening = opening(&database.url, vec![object.clone()]);
    let mut first = reader(&opening).unwrap();
    let shape = first.shape(&object).await.unwrap();
    let email = &shape["email"];
    assert!(email.unique && !email.nullable && !email.indexed && email.max_length == Some(60));
    assert_eq!(email.type_name, "character varying(60)");
    assert_eq!(shape["mail"].max_length, Some(80));
    let holds = |name: &str| shape[name].holds;
    assert_eq!(
        [
            "number", "born", "seen", "extra", "token", "photo", "login", "total", "blocked",
            "state"
        ]
        .map(holds),
        [
            Holds::Number,
            Holds::Date,
            Holds::Timestamp,
            Holds::Json,
            Holds::Uuid,
            Holds::Binary,
            Holds::Text,
            Holds::Number,
            Holds::Boolean,
            Holds::Other
        ]
    );
    let warnings = first.notes().warnings;
    assert!(
        warnings
            .iter()
            .any(|(code, what)| code == "W207" && what == "public.customers: basket.customer")
    );
    for (_, what) in warnings
        .iter()
        .filter(|(code, _)| ["W203", "W353"].contains(&code.as_str()))
    {
        database.sql(what.split_once(": ").unwrap().1);
    }
    database.sql(
        "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER keeps_copies AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION copy()",
    );
    let mut second = reader(&opening).unwrap();
    assert!(second.shape(&object).await.unwrap()["email"].indexed);
    let warnings = second.notes().warnings;
    let codes: Vec<&str> = warnings.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(
        codes,
        ["W204", "W207"],
        "the statements of the warnings make them go away: {warnings:?}"
    );
    assert_eq!(warnings[0].1, "public.customers: keeps_copies");

    // The server does use the index for what we ask.
    let plan = database.value(
        "SELECT count(*) FROM pg_stat_user_indexes WHERE indexrelname = 'customers_lower_idx' AND idx_scan > 0",
    );
    assert_eq!(plan.as_deref(), Some("0"));
    database.sql("INSERT INTO customers(id, email) SELECT n, 'p' || n || '@example.org' FROM generate_series(100, 20000) n; ANALYZE customers");
    let only = {
        let mut only = object.clone();
        only.find = vec![by("email", &["email"])];
        only
    };
    assert_eq!(
        keys(&mut second, &only, 0, "email", "p5000@example.org").await,
        ["5000"]
    );
    drop(second);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let used = database.value(
        "SELECT count(*) FROM pg_stat_user_indexes WHERE indexrelname = 'customers_lower_idx' AND idx_scan > 0",
    );
    assert_eq!(used.as_deref(), Some("1"));
    let whole = database
        .value("SELECT seq_tup_read::text FROM pg_stat_user_tables WHERE relname = 'customers'");
    let whole: u64 = whole.unwrap().parse().unwrap();
    assert!(whole < 20_000, "the whole table was read: {whole}");
}

#[tokio::test]
async fn an_address_is_the_same_with_white_space_around_it() {
    let Some(database) = database(
        "CREATE EXTENSION citext;
         CREATE TABLE people(id int PRIMARY KEY, email text, login citext, short varchar(60), padded char(60));
         INSERT INTO people SELECT n, v, v, v, v FROM (VALUES (1, 'Anna@Example.org '), (2, ' anna@example.org'),
           (3, U&'anna@example.org\\00a0'), (4, E'\\tanna@example.org'), (5, E'anna@example.org\\r\\n'),
           (6, U&'\\2003\\3000anna@example.org   \\0085'), (7, 'anna@example.org')) AS these(n, v);
         INSERT INTO people SELECT n, v, v, v, v FROM (VALUES (91, 'anna@example.organic'), (92, U&'\\feffanna@example.org'),
           (93, 'anna @example.org'), (94, ''), (95, NULL)) AS those(n, v);
         INSERT INTO people(id, email) SELECT n, 'p' || n || '@example.org' FROM generate_series(100, 9999) n",
    ) else {
        return;
    };
    let everybody = ["1", "2", "3", "4", "5", "6", "7"];
    for column in ["email", "login", "short", "padded"] {
        let object = object("people", &[column], vec![by("email", &[column])]);
        for _ in 0..2 {
            let opening = opening(&database.url, vec![object.clone()]);
            let mut reader = reader(&opening).unwrap();
            let mut found = keys(&mut reader, &object, 0, "email", "anna@example.org").await;
            found.sort_unstable();
            assert_eq!(found, everybody, "{column}");
            // The same with the indexes that are asked for.
            let warnings = reader.notes().warnings;
            for (code, what) in &warnings {
                assert!(["W203", "W353"].contains(&code.as_str()), "{warnings:?}");
                database.sql(what.split_once(": ").unwrap().1);
            }
        }
    }
}

#[tokio::test]
async fn reading_cannot_write() {
    let Some(database) = database(SHOP) else {
        return;
    };
    // The worst case: a view whose rows are made by a function that deletes.
    database.sql(
        "CREATE FUNCTION sly() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN DELETE FROM orders; RETURN 'x'; END $$;
         CREATE VIEW sly_view AS SELECT 1 AS id, sly() AS mail;
         CREATE FUNCTION slier() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN
           SET TRANSACTION READ WRITE; DELETE FROM orders; RETURN 'x'; END $$;
         CREATE VIEW slier_view AS SELECT 1 AS id, slier() AS mail",
    );
    for view in ["sly_view", "slier_view"] {
        let object = object(view, &["mail"], vec![by("email", &["mail"])]);
        let mut reader = reader(&opening(&database.url, vec![object.clone()])).unwrap();
        let anna = identity("email", "anna@example.org");
        assert!(
            found(&mut reader, &object, 0, Probe::Identity(&anna))
                .await
                .is_err(),
            "{view}"
        );
    }
    assert_eq!(count(&database, "orders"), "4");
}

#[tokio::test]
async fn absence_is_not_emptiness() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = object("customers", &["email"], vec![by("email", &["email"])]);
    let anna = identity("email", "anna@example.org");
    let there = opening(&database.url, vec![object.clone()]);
    let mut first = reader(&there).unwrap();
    assert_eq!(
        found(&mut first, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap()
            .len(),
        1
    );
    database.sql("ALTER TABLE customers RENAME COLUMN email TO e_mail");
    let fault = found(&mut first, &object, 0, Probe::Identity(&anna))
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code.as_str(), fault.text.en.as_str()),
        ("E513", "the table public.customers has no column email")
    );
    database.sql("ALTER TABLE customers RENAME COLUMN e_mail TO email; ALTER TABLE customers RENAME TO clients");
    assert_eq!(
        found(&mut first, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap_err()
            .code,
        "E512"
    );
    database.sql("ALTER TABLE clients RENAME TO customers");
    assert_eq!(
        found(&mut first, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap()
            .len(),
        1,
        "the reader recovers"
    );

    // An account that may not see everything.
    let role = format!("dsr_reader_{}", std::process::id());
    database.sql(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'p-w'; GRANT SELECT ON customers TO {role}"));
    let mut url = url::Url::parse(&database.url).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p-w")).unwrap();
    let limited = opening(url.as_str(), vec![object.clone()]);
    let code = async |opening: &Opening| {
        let mut reader = reader(opening).unwrap();
        found(&mut reader, &object, 0, Probe::Identity(&anna))
            .await
            .map_or_else(|fault| fault.code, |all| all.len().to_string())
    };
    assert_eq!(code(&limited).await, "1");
    database.sql("ALTER TABLE customers ENABLE ROW LEVEL SECURITY");
    assert_eq!(
        code(&limited).await,
        "E580",
        "rows that are filtered away are not rows that are not there"
    );
    database.sql(&format!("ALTER TABLE customers DISABLE ROW LEVEL SECURITY; REVOKE SELECT ON customers FROM {role}; GRANT SELECT(id) ON customers TO {role}"));
    assert_eq!(code(&limited).await, "E507");
    database.sql(&format!("REVOKE SELECT(id) ON customers FROM {role}"));
    assert_eq!(code(&limited).await, "E512");
    url.set_password(Some("wrong")).unwrap();
    assert_eq!(
        code(&opening(url.as_str(), vec![object.clone()])).await,
        "E506"
    );
    database.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[tokio::test]
async fn the_catalogue_names_what_nobody_reads() {
    let Some(database) = database(
        "CREATE TABLE people(id int PRIMARY KEY, email text, name text, gone text, secret text, initial text GENERATED ALWAYS AS (left(name, 1)) STORED);
         ALTER TABLE people DROP COLUMN gone;
         CREATE TABLE staff(desk text, \"a.b\" text) INHERITS (people);
         CREATE TABLE bosses(car text) INHERITS (staff);
         CREATE VIEW shown AS SELECT id, email, name FROM people;
         CREATE MATERIALIZED VIEW kept AS SELECT id, email FROM people;
         CREATE TABLE parted(id int PRIMARY KEY, email text, note text) PARTITION BY RANGE (id);
         CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9);
         CREATE SCHEMA other;
         CREATE TABLE other.people(id int PRIMARY KEY, email text, elsewhere text);
         INSERT INTO bosses VALUES (1, 'anna@example.org', 'Anna', 'x', DEFAULT, 'd', 'e', 'f')",
    ) else {
        return;
    };
    let by_email = || vec![by("email", &["email"])];
    let people = object("public.people", &["email"], by_email());
    let mut names = object("names", &["email", "name"], by_email());
    names.how = How::Table {
        table: "people".into(),
        restrict: Vec::new(),
        unrestrict: Vec::new(),
    };
    let of = |table: &str| object(table, &["email"], by_email());
    let (other, shown, kept, parted) = (of("other.people"), of("shown"), of("kept"), of("parted"));
    let every = || {
        [&people, &names, &other, &shown, &kept, &parted]
            .map(Object::clone)
            .to_vec()
    };
    let told = async |opening: &Opening, object: &Object| {
        let mut reader = reader(opening).unwrap();
        let unread = reader.unread(object).await.unwrap().unwrap();
        let columns = unread.columns.into_iter().map(|column| {
            let forbidden = if column.forbidden { "!" } else { "" };
            format!("{forbidden}{}{}", column.name, column.listed_for.join(","))
        });
        (columns.collect::<Vec<_>>().join(" "), unread.blind)
    };
    let whole = opening(&database.url, every());
    let heirs = "bosses.desk bosses.a.b bosses.car staff.desk staff.a.b";
    // Of a name without a schema nobody can say here which table it is, so it is not taken for the same one.
    assert_eq!(
        told(&whole, &people).await,
        (format!("name secret initial {heirs}"), None)
    );
    assert_eq!(
        told(&whole, &names).await,
        (format!("secret initial {heirs}"), None)
    );
    assert_eq!(told(&whole, &other).await, ("elsewhere".into(), None));
    let view = Some(dsr::connector::Blind::View);
    assert_eq!(told(&whole, &shown).await, ("name".into(), view));
    assert_eq!(told(&whole, &kept).await, (String::new(), view));
    assert_eq!(told(&whole, &parted).await, ("note".into(), None));
    // What it does not name is not fetched either.
    let mut reader = reader(&whole).unwrap();
    let anna = identity("email", "anna@example.org");
    let all = found(&mut reader, &people, 0, Probe::Identity(&anna)).await;
    assert_eq!(
        all.unwrap()[0].data,
        json!({"id": "1", "email": "anna@example.org"})
    );

    // The catalogue names a column to an account that may not read it.
    let role = format!("dsr_few_{}", std::process::id());
    database.sql(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'p-w'; GRANT SELECT (id, email, initial) ON people TO {role}"));
    let mut url = url::Url::parse(&database.url).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p-w")).unwrap();
    let few = opening(url.as_str(), vec![people.clone()]);
    assert_eq!(
        told(&few, &people).await,
        (format!("!name !secret initial {heirs}"), None)
    );
    database.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[tokio::test]
async fn tables_are_described_together_and_each_for_itself() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let (customers, orders) = (customers(), orders());
    let later = object("later", &["note"], Vec::new());
    let every = vec![later.clone(), customers.clone(), orders.clone()];
    let opening = opening(&database.url, every);
    let mut reader = reader(&opening).unwrap();
    let one = Key::new(vec!["1".into()]).unwrap();

    // What is wrong with one table is no fault of another.
    assert!(reader.read(&customers, &one).await.unwrap().is_some());
    let fault = reader.read(&later, &one).await.unwrap_err();
    assert_eq!(fault.code, "E512");
    let ten = Key::new(vec!["10".into()]).unwrap();
    let order = reader.read(&orders, &ten).await.unwrap().unwrap();
    database.sql("CREATE TABLE later(id int PRIMARY KEY, note text)");
    assert_eq!(reader.read(&later, &one).await.unwrap(), None);

    // A writer takes the description over, and reads its own once that no longer fits.
    database.sql("ALTER TABLE orders RENAME COLUMN note TO remark");
    let none = Changes::default();
    let act = || act(&opening, &orders, Action::Remove, &order, &none);
    assert!(act().await.is_err());
    let fault = act().await.unwrap_err();
    assert_eq!(
        (fault.code.as_str(), fault.text.en.as_str()),
        ("E513", "the table public.orders has no column note")
    );
    database.sql("ALTER TABLE orders RENAME COLUMN remark TO note");
    assert_eq!(act().await, Ok(Effect::Done));
    assert_eq!(count(&database, "orders"), "3");
}

#[tokio::test]
async fn a_write_changes_the_planned_record_and_nothing_else() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let opening = opening(&database.url, vec![object.clone()]);
    let anna = read(&opening, &object, "1").await.unwrap();
    let new = |value: &str| Some(value.to_owned());
    let changes = Changes::from([
        ("email".into(), new("x'y\"$1@erased.invalid")),
        ("phone".into(), None),
        ("born".into(), new("1984-01-01")),
        ("seen".into(), None),
        ("extra".into(), new("{}")),
        ("state".into(), new("old")),
        ("total".into(), new("0")),
        ("token".into(), new("00000000-0000-4000-8000-000000000000")),
        ("login".into(), new("x")),
        ("code".into(), new("ABCDEFGH")),
        ("photo".into(), new("\\x")),
    ]);
    assert_eq!(
        act(&opening, &object, Action::Anonymise, &anna, &changes).await,
        Ok(Effect::Done)
    );
    let now = read(&opening, &object, "1").await.unwrap();
    for (name, value) in &changes {
        let expected = if name == "total" {
            Some("0.00".to_owned())
        } else {
            value.clone()
        };
        assert_eq!(now.data[name.as_str()], json!(expected), "{name}");
    }
    assert_eq!(
        database
            .value("SELECT count(*) FROM customers WHERE state = 'old'")
            .unwrap(),
        "2"
    );

    assert_eq!(
        act(&opening, &object, Action::Remove, &anna, &Changes::new()).await,
        Ok(Effect::Changed)
    );
    assert_eq!(
        act(&opening, &object, Action::Remove, &now, &Changes::new()).await,
        Ok(Effect::Blocked),
        "orders refer to it"
    );
    database.sql("DELETE FROM orders WHERE customer_id = 1");
    assert_eq!(
        act(&opening, &object, Action::Restrict, &now, &Changes::new()).await,
        Ok(Effect::Done)
    );
    assert_eq!(
        database
            .value("SELECT blocked FROM customers WHERE id = 1")
            .as_deref(),
        Some("true")
    );
    assert_eq!(
        act(&opening, &object, Action::Unrestrict, &now, &Changes::new()).await,
        Ok(Effect::Changed),
        "the lock was set since this was read"
    );
    let locked = read(&opening, &object, "1").await.unwrap();
    assert_eq!(
        act(
            &opening,
            &object,
            Action::Unrestrict,
            &locked,
            &Changes::new()
        )
        .await,
        Ok(Effect::Done)
    );
    assert_eq!(
        act(&opening, &object, Action::Remove, &now, &Changes::new()).await,
        Ok(Effect::Done)
    );
    assert_eq!(
        act(&opening, &object, Action::Remove, &now, &Changes::new()).await,
        Ok(Effect::Gone)
    );
    assert_eq!(count(&database, "customers"), "3");

    // The database would empty the basket along with its owner; no plan said so.
    let third = read(&opening, &object, "3").await.unwrap();
    assert_eq!(
        act(&opening, &object, Action::Remove, &third, &Changes::new()).await,
        Err(Fault::takes_along("basket"))
    );
    assert_eq!(
        (count(&database, "basket"), count(&database, "customers")),
        ("1".into(), "3".into())
    );
}

#[tokio::test]
async fn a_swallowed_deletion_does_not_count_as_done() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let orders = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let opening = opening(&database.url, vec![orders.clone()]);
    let order = read(&opening, &orders, "10").await.unwrap();
    for (make, unmake) in [
        (
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep()",
            "DROP FUNCTION keep CASCADE",
        ),
        (
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'CANARY %', old.note; END $$;
             CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep()",
            "DROP FUNCTION keep CASCADE",
        ),
        (
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (old.*); RETURN NULL; END $$;
             CREATE TRIGGER keep AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep()",
            "DROP FUNCTION keep CASCADE",
        ),
        ("CREATE RULE keep AS ON DELETE TO orders DO INSTEAD UPDATE orders SET note = 'hidden' WHERE id = old.id", "DROP RULE keep ON orders"),
        (
            "CREATE TABLE refers(id int REFERENCES orders DEFERRABLE INITIALLY DEFERRED); INSERT INTO refers VALUES (10)",
            "DROP TABLE refers",
        ),
    ] {
        database.sql(make);
        assert_eq!(act(&opening, &orders, Action::Remove, &order, &Changes::new()).await, Ok(Effect::Blocked), "{make}");
        assert_eq!(database.value("SELECT note FROM orders WHERE id = 10").as_deref(), Some("ring twice"));
        database.sql(unmake);
    }
    assert_eq!(
        act(&opening, &orders, Action::Remove, &order, &Changes::new()).await,
        Ok(Effect::Done)
    );
}

#[tokio::test]
async fn faults_name_codes_and_no_values() {
    let Some(database) = database(SHOP) else {
        return;
    };
    database.sql("ALTER TABLE customers ADD CHECK (number < 5000)");
    let object = customers();
    let opening = opening(&database.url, vec![object.clone()]);
    let anna = read(&opening, &object, "1").await.unwrap();
    for (column, value, code) in [
        ("email", Some("o'brien\"@example.org"), "23505"),
        ("email", None, "23502"),
        ("number", Some("9999"), "23514"),
        ("number", Some("CANARY"), "22P02"),
        (
            "email",
            Some("CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY"),
            "22001",
        ),
        ("code", Some("CANARY-CANARY"), "22001"),
        ("mail", Some("CANARY"), "23514"),
    ] {
        let changes = Changes::from([(column.into(), value.map(str::to_owned))]);
        let fault = act(&opening, &object, Action::Rectify, &anna, &changes)
            .await
            .unwrap_err();
        assert_eq!(fault, Fault::database(code), "{column}");
        assert!(!format!("{fault:?} {fault}").contains("CANARY"));
    }
    assert_eq!(read(&opening, &object, "1").await.unwrap(), anna);
}

#[tokio::test]
async fn locks_and_slow_statements_end() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let there = opening(&database.url, vec![object.clone()]);
    let anna = read(&there, &object, "1").await.unwrap();
    let holder = {
        let url = database.url.clone();
        tokio::spawn(async move {
            use sqlx::Connection as _;
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql("BEGIN; UPDATE customers SET number = 1 WHERE id = 1")
                .execute(&mut connection)
                .await
                .unwrap();
            connection
        })
    };
    let holder = holder.await.unwrap();
    let fault = act(&there, &object, Action::Remove, &anna, &Changes::new())
        .await
        .unwrap_err();
    assert!(fault.code == "E511" && fault.passing);
    drop(holder);

    database.sql("CREATE VIEW slow AS SELECT 1 AS id, 'x' || pg_sleep(20)::text AS mail");
    let slow = self::object("slow", &["mail"], vec![by("email", &["mail"])]);
    let mut reader = reader(&opening(&database.url, vec![slow.clone(), object.clone()])).unwrap();
    let begun = Instant::now();
    let anna = identity("email", "anna@example.org");
    let fault = found(&mut reader, &slow, 0, Probe::Identity(&anna))
        .await
        .unwrap_err();
    assert!(fault.code == "E504" && begun.elapsed() < Duration::from_secs(5));
    assert_eq!(
        found(&mut reader, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap()
            .len(),
        1,
        "the reader goes on"
    );
}

#[tokio::test]
async fn a_sink_can_stop_and_a_broken_line_is_mended() {
    let Some(database) = database(SHOP) else {
        return;
    };
    database
        .sql("INSERT INTO orders SELECT n, 1, repeat('x', 200) FROM generate_series(100, 50000) n");
    let orders = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let there = opening(&database.url, vec![orders.clone()]);
    let mut reader = reader(&there).unwrap();
    let anna = identity("customer_no", "1");
    for limit in [3, 49_903] {
        let mut seen = 0;
        let mut sink = |_| {
            seen += 1;
            seen < limit
        };
        reader
            .find(&orders, 0, Probe::Identity(&anna), &mut sink)
            .await
            .unwrap();
        assert_eq!(seen, limit);
    }
    let hang_up = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'dsr' AND datname = current_database()";
    let key = Key::new(vec!["10".into()]).unwrap();
    assert!(reader.read(&orders, &key).await.unwrap().is_some());
    assert_eq!(
        database.value(hang_up).as_deref(),
        Some("1"),
        "one connection, and it says whose it is"
    );
    assert!(reader.read(&orders, &key).await.unwrap().is_some());
}

#[tokio::test]
async fn odd_names_and_composite_keys_are_names_and_keys() {
    let Some(database) = database(
        r#"CREATE SCHEMA "Odd.Schema"; CREATE TABLE "Odd.Schema"."Order ""Items"("Tenant Id" text, "select" int, "E Mail" text, PRIMARY KEY("Tenant Id", "select"));
           INSERT INTO "Odd.Schema"."Order ""Items" VALUES ('a/b', 1, 'anna@example.org'), ('a', 1, 'ben@example.org'), ('a/b', 2, 'eva@example.org')"#,
    ) else {
        return;
    };
    let table = r#""Odd.Schema"."Order ""Items""#;
    let mut object = object(table, &["E Mail"], vec![by("email", &["E Mail"])]);
    object.key = vec!["Tenant Id".into(), "select".into()];
    let opening = opening(&database.url, vec![object.clone()]);
    let mut first = reader(&opening).unwrap();
    let anna = identity("email", "anna@example.org");
    let records = found(&mut first, &object, 0, Probe::Identity(&anna))
        .await
        .unwrap();
    assert_eq!(records[0].key.parts(), ["a/b", "1"]);
    let half = Key::new(vec!["a/b".into()]).unwrap();
    assert_eq!(first.read(&object, &half).await.unwrap_err().code, "E206");
    let forged = Record {
        key: half,
        data: records[0].data.clone(),
    };
    assert_eq!(
        act(&opening, &object, Action::Remove, &forged, &Changes::new())
            .await
            .unwrap_err()
            .code,
        "E206"
    );
    assert_eq!(
        act(
            &opening,
            &object,
            Action::Remove,
            &records[0],
            &Changes::new()
        )
        .await,
        Ok(Effect::Done)
    );
    assert_eq!(count(&database, table), "2");

    // A key that the database does not keep unique never writes to two rows.
    let mut loose = object.clone();
    loose.key = vec!["select".into()];
    database.sql(&format!("INSERT INTO {table} VALUES ('c', 2, 'x')"));
    let two = Record {
        key: Key::new(vec!["2".into()]).unwrap(),
        data: json!({}),
    };
    assert_eq!(
        act(&opening, &loose, Action::Remove, &two, &Changes::new())
            .await
            .unwrap_err()
            .code,
        "E214"
    );
    let mut second = reader(&opening).unwrap();
    second.shape(&loose).await.unwrap();
    assert!(
        second
            .notes()
            .warnings
            .iter()
            .any(|(code, _)| code == "W206")
    );
}

#[tokio::test]
async fn the_line_is_plain_on_this_machine_only_and_else_verified() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let mut first = reader(&opening(&database.url, vec![object.clone()])).unwrap();
    let notes = first.check().await.unwrap().notes;
    assert_eq!(notes.tls.as_deref(), Some("none"));
    assert_eq!(notes.account.as_deref(), Some("postgres"));
    assert!(
        notes.server.unwrap().starts_with("PostgreSQL 1")
            && notes.clock_offset_s.unwrap().abs() < 5
    );
    assert!(!notes.host.unwrap().contains('@') && notes.warnings.is_empty());

    let check = async |url: &str, ca: Option<&str>| {
        let mut opening = opening(url, vec![object.clone()]);
        if let Some(ca) = ca {
            opening.settings.plain.insert("ca_file".into(), ca.into());
        }
        match reader(&opening) {
            Ok(mut reader) => reader
                .check()
                .await
                .map(|health| health.notes.tls.unwrap_or_default()),
            Err(fault) => Err(fault),
        }
        .unwrap_or_else(|fault| format!("{}: {}", fault.code, fault.text.en))
    };
    let by_name = database.url.replace("127.0.0.1", "localhost");
    let strict = format!("{by_name}?sslmode=require");
    let unknown = check(&strict, None).await;
    assert!(
        unknown.starts_with("E503") && unknown.contains("issuer is unknown"),
        "{unknown}"
    );
    if let Ok(ca) = std::env::var("DSR_TEST_POSTGRES_CA") {
        assert_eq!(check(&strict, Some(&ca)).await, "TLSv1.3");
        assert_eq!(check(&by_name, Some(&ca)).await, "TLSv1.3");
        assert!(
            check(&database.url, Some(&ca))
                .await
                .contains("another name")
        );
    }
    let dead = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    assert!(
        check(&format!("postgres://x@127.0.0.1:{dead}/x"), None)
            .await
            .starts_with("E502")
    );
    assert!(
        check("postgres://x@no-such-host.invalid/x", None)
            .await
            .starts_with("E501")
    );
    assert!(
        check("mysql://x@localhost/x", None)
            .await
            .starts_with("E532")
    );
}

#[tokio::test]
async fn a_server_that_offers_no_tls_gets_no_password() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    // An address that is not loopback by name is spoken to with TLS or not at all, whatever its `sslmode` says.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = [0; 8];
        socket.read_exact(&mut asked).await.unwrap();
        socket.write_all(b"N").await.unwrap();
        let mut rest = Vec::new();
        socket.read_to_end(&mut rest).await.unwrap();
        (asked, rest)
    });
    let url = format!("postgres://anna:secret@0.0.0.0:{port}/x?sslmode=disable");
    let fault = reader(&opening(&url, Vec::new()))
        .unwrap()
        .check()
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E515");
    let (asked, rest) = server.await.unwrap();
    // SSLRequest: length 8, code 80877103.
    assert_eq!((asked, rest.len()), ([0, 0, 0, 8, 4, 210, 22, 47], 0));
}

#[tokio::test]
async fn a_commit_without_an_answer_is_unknown() {
    let Some(database) = database(SHOP) else {
        return;
    };
    database.sql(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER die AFTER DELETE ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
    );
    let orders = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let opening = opening(&database.url, vec![orders.clone()]);
    let order = read(&opening, &orders, "10").await.unwrap();
    assert_eq!(
        act(&opening, &orders, Action::Remove, &order, &Changes::new()).await,
        Ok(Effect::Unknown)
    );

    // Before the commit a broken line means that nothing happened.
    database.sql("DROP TRIGGER die ON orders; CREATE TRIGGER die BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION die()");
    let fault = act(&opening, &orders, Action::Remove, &order, &Changes::new())
        .await
        .unwrap_err();
    assert!(fault.code == "E508" && fault.passing);
    assert_eq!(count(&database, "orders"), "4");
}

#[tokio::test]
async fn names_and_columns_of_several_values_find_candidates() {
    let Some(database) = database(
        "CREATE TABLE people(id int PRIMARY KEY, first text, last text, mails text, phones text);
         INSERT INTO people VALUES (1, 'Änne', 'Müller', 'x@example.org; Anna@Example.org', '030/1234567; 089 1'), (2, NULL, 'SCHMIDT', NULL, '')",
    ) else {
        return;
    };
    let find = vec![
        by("name", &["first", "last"]),
        by("email", &["mails"]),
        by("phone", &["phones"]),
        by("no", &["mails"]),
    ];
    let mut object = object("people", &["mails", "phones"], find);
    object
        .fields
        .iter_mut()
        .for_each(|field| field.split = Some(";".into()));
    let mut reader = reader(&opening(&database.url, vec![object.clone()])).unwrap();
    for (finder, kind, value, expected) in [
        (0, "name", "änne MÜLLER", vec!["1"]),
        (0, "name", "Müller, Änne", vec!["1"]),
        (0, "name", "Schmidt", vec!["2"]),
        (0, "name", "Aenne Mueller", vec!["1"]),
        (0, "name", "Anna Müller", vec![]),
        (1, "email", "anna@example.org", vec!["1"]),
        (1, "email", "%nna@example.org", vec![]),
        (2, "phone", "+49 30 1234567", vec!["1"]),
        (3, "no", "x@example.org", vec!["1"]),
    ] {
        assert_eq!(
            keys(&mut reader, &object, finder, kind, value).await,
            expected,
            "{kind} {value}"
        );
    }
}

#[tokio::test]
async fn masks_are_read_back_as_they_were_planned() {
    use dsr::connector::mask::{default_mask, masked_value};
    use dsr::connector::object::Mask;
    let Some(database) = database(SHOP) else {
        return;
    };
    database.sql("ALTER TABLE customers ADD shown text GENERATED ALWAYS AS (lower(email)) STORED");
    let mut object = customers();
    object.fields.push(field("shown"));
    for (name, mask) in [
        ("born", Mask::Year),
        ("seen", Mask::Year),
        ("total", Mask::Zero),
        ("big", Mask::Zero),
        ("extra", Mask::Text("{}".into())),
        ("state", Mask::Text("old".into())),
        ("photo", Mask::Null),
        ("code", Mask::Text("gone".into())),
        ("phone", Mask::Empty),
    ] {
        object
            .fields
            .iter_mut()
            .find(|field| field.name == name)
            .unwrap()
            .mask = Some(mask);
    }
    object.fields[0].identity = Some(Kind("email".into()));
    let opening = opening(&database.url, vec![object.clone()]);
    let shape = reader(&opening).unwrap().shape(&object).await.unwrap();
    let anna = read(&opening, &object, "1").await.unwrap();
    let mut changes = Changes::new();
    let mut expected = anna.data.clone();
    for field in &object.fields {
        let column = shape.get(&field.name);
        let mask = default_mask(field, column);
        let new = masked_value(
            &mask,
            field,
            column,
            "abcdefghijklmnopqrst",
            &anna.data[&field.name],
        )
        .unwrap();
        if let Some(new) = new {
            expected[&field.name] = json!(new);
            changes.insert(field.name.clone(), new);
        }
    }
    expected["shown"] = json!("abcdefghijklmnopqrst@erased.invalid");
    assert_eq!(
        changes["email"].as_deref(),
        Some("abcdefghijklmnopqrst@erased.invalid")
    );
    assert!(!changes.contains_key("shown"), "the database computes it");
    assert_eq!(
        act(&opening, &object, Action::Anonymise, &anna, &changes).await,
        Ok(Effect::Done)
    );
    assert_eq!(read(&opening, &object, "1").await.unwrap().data, expected);
}

#[tokio::test]
async fn a_pooler_is_noticed_and_never_weakens_reading() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let Some(pooler) = postgres::pooler() else {
        return;
    };
    database.sql(
        "CREATE FUNCTION sly() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN DELETE FROM orders; RETURN 'x'; END $$;
         CREATE VIEW sly_view AS SELECT 1 AS id, sly() AS mail",
    );
    let at = |name: &str| {
        let mut url = url::Url::parse(&pooler).unwrap();
        url.set_path(name);
        url.to_string()
    };
    let name = url::Url::parse(&database.url).unwrap().path().to_owned();
    let (object, view) = (
        customers(),
        object("sly_view", &["mail"], vec![by("email", &["mail"])]),
    );
    let pooled = opening(&at(&name), vec![object.clone(), view.clone()]);
    let mut first = reader(&pooled).unwrap();
    assert_eq!(first.check().await.unwrap().notes.warnings[0].0, "W205");
    assert_eq!(
        keys(&mut first, &object, 0, "email", "anna@example.org").await,
        ["1"]
    );
    let anna = identity("email", "anna@example.org");
    assert_eq!(
        found(&mut first, &view, 0, Probe::Identity(&anna))
            .await
            .unwrap_err()
            .code,
        "E514"
    );
    assert_eq!(count(&database, "orders"), "4");
    let second = read(&pooled, &object, "2").await.unwrap();
    let changes = Changes::from([("phone".into(), None)]);
    assert_eq!(
        act(&pooled, &object, Action::Anonymise, &second, &changes).await,
        Ok(Effect::Done)
    );

    // One that hands out single statements could promise nothing.
    let fault = reader(&opening(&at("statement"), Vec::new()))
        .unwrap()
        .check()
        .await
        .unwrap_err();
    assert!(
        fault.code == "E510" && fault.text.en.contains("08P01"),
        "{}",
        fault.text.en
    );
}

#[tokio::test]
async fn accounts_with_other_settings_read_the_same_record() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let opening = opening(&database.url, vec![object.clone()]);
    let before = read(&opening, &object, "1").await.unwrap();
    let name = url::Url::parse(&database.url).unwrap().path()[1..].to_owned();
    for setting in [
        "bytea_output = escape",
        "timezone = 'Asia/Tokyo'",
        "datestyle = 'German'",
        "extra_float_digits = -5",
    ] {
        database.sql(&format!("ALTER DATABASE {name} SET {setting}"));
    }
    assert_eq!(read(&opening, &object, "1").await.unwrap(), before);
}
