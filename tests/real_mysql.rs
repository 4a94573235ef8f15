//! The MySQL engine against a real MariaDB server, under attack. `scripts/test` provides the server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/mysql.rs"]
mod mysql;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dsr::connector::object::{At, Erase, Field, Finder, How, Object, Via};
use dsr::connector::sql::mysql::{reader, writer};
use dsr::connector::{
    Action, Changes, Digester, Effect, Fault, Holds, Key, Opening, Probe, Reader, Record, Settings,
    Target,
};
use dsr::inventory::{Engine, Status, System, Timeouts};
use dsr::keys::{Digest, Key as SecretKey};
use dsr::plan::{Approved, Plan};
use dsr::subject::{Identity, Kind, Kinds};
use serde_json::json;

use mysql::{Database, database};

const SHOP: &str = r#"
    CREATE TABLE customers(id int PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, login varchar(60) COLLATE utf8mb4_bin,
      number int, code char(8), token uuid, phone varchar(40), born date, seen timestamp NULL, extra json,
      state enum('new', 'old'), mail varchar(80) CHARACTER SET latin1 COLLATE latin1_german1_ci, total decimal(10,2),
      photo blob, blocked tinyint(1) DEFAULT 0, big bigint unsigned, flag bit(1), padded int(6) unsigned zerofill,
      joined year, at datetime(3));
    INSERT INTO customers(id, email, login, number, code, token, phone, born, seen, extra, state, mail, total, photo, big, flag,
      padded, joined, at) VALUES
      (1, 'Anna@Example.org', 'Anna@Login.example', 4711, 'AB12', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '+49 (0)30 / 1234567',
       '1984-05-17', '2026-01-11 10:00:00', '{"b": 1, "a": "x"}', 'new', 'anna@example.org', 19.90, x'00ff',
       18446744073709551615, b'1', 42, 1984, '2026-01-11 12:00:00.5'),
      (2, 'o''brien"@example.org', NULL, 42, 'CD', NULL, '030-7654321', '0000-00-00', NULL, NULL, 'old', 'ärger@example.org', NULL,
       NULL, NULL, NULL, NULL, NULL, NULL),
      (3, 'ÄNNE@MÜLLER.example', NULL, 43, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (4, 'аnna@example.org', NULL, 44, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE TABLE orders(id int PRIMARY KEY, customer_id int, note text,
      FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE RESTRICT);
    INSERT INTO orders VALUES (10, 1, 'ring twice'), (11, 1, NULL), (12, 2, 'x'), (13, NULL, 'nobody''s');
    CREATE TABLE basket(customer int, item text, FOREIGN KEY (customer) REFERENCES customers(id) ON DELETE CASCADE);
    INSERT INTO basket VALUES (3, 'tea');
"#;

fn opening(url: &str, objects: Vec<Object>) -> Opening {
    let system = System {
        name: "shop".into(),
        engine: Engine::Mysql,
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
        "mail", "total", "photo", "big", "flag", "padded", "joined", "at",
    ];
    let find = vec![
        by("email", &["email", "login", "mail"]),
        by("phone", &["phone"]),
        by("customer_no", &every[2..]),
    ];
    let mut object = object("customers", &every, find);
    let flag = |value: &str| vec![("blocked".to_owned(), Some(value.to_owned()))];
    object.how = How::Table {
        table: "customers".into(),
        restrict: flag("true"),
        unrestrict: flag("false"),
    };
    object
}

fn orders() -> Object {
    let via = Via::Join(vec![("customer_id".into(), "id".into())]);
    let under = Finder {
        by: None,
        under: vec!["customers".into()],
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
        (0, "email", "ÄRGER@example.org", vec!["2"]),
        (0, "email", "änne@xn--mller-kva.example", vec!["3"]),
        (0, "email", "\u{430}nna@example.org", vec!["4"]),
        (0, "email", "%nna@example.org", vec![]),
        (0, "email", "_nna@example.org", vec![]),
        (0, "email", "anna\\@example.org", vec![]),
        (1, "phone", "030 1234567", vec!["1"]),
        (1, "phone", "0049 30 7654321", vec!["2"]),
        (2, "customer_no", "4711", vec!["1"]),
        (2, "customer_no", "04711", vec![]),
        (2, "customer_no", "4711x", vec![]),
        (2, "customer_no", "4711.0", vec![]),
        (2, "customer_no", "18446744073709551615", vec!["1"]),
        (2, "customer_no", "18446744073709551614", vec![]),
        (2, "customer_no", "-1", vec![]),
        (2, "customer_no", "99999999999999999999999999", vec![]),
        (2, "customer_no", "AB12", vec!["1"]),
        (
            2,
            "customer_no",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            vec!["1"],
        ),
        (2, "customer_no", "1984-05-17", vec!["1"]),
        (2, "customer_no", "0000-00-00", vec!["2"]),
        (2, "customer_no", "old", vec!["2"]),
        (2, "customer_no", "2", vec![]),
        (2, "customer_no", "19.90", vec!["1"]),
        (2, "customer_no", "000042", vec!["1"]),
        (2, "customer_no", "00FF", vec!["1"]),
        (2, "customer_no", "anna@example.org", vec!["1"]),
        (2, "customer_no", "ыnna@example.org", vec![]),
        (2, "customer_no", "x'; DROP TABLE customers; --", vec![]),
        (2, "customer_no", "x\\'; DROP TABLE customers; --", vec![]),
        (2, "customer_no", "? OR true", vec![]),
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
        json!({"id": "1", "email": "Anna@Example.org", "login": "Anna@Login.example", "number": "4711", "code": "AB12",
            "token": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "phone": "+49 (0)30 / 1234567", "born": "1984-05-17",
            "seen": "2026-01-11 10:00:00", "extra": "{\"b\": 1, \"a\": \"x\"}", "state": "new", "mail": "anna@example.org",
            "total": "19.90", "photo": "00FF", "big": "18446744073709551615", "flag": "1", "padded": "000042", "joined": "1984",
            "at": "2026-01-11 12:00:00.500", "blocked": "0"})
    );
    let second = read(&opening, &object, "2").await.unwrap();
    assert_eq!(
        second.data["born"],
        json!("0000-00-00"),
        "no date is no null"
    );
    assert_eq!(second.data["mail"], json!("ärger@example.org"));
    let mut reader = reader(&opening).unwrap();
    let records = found(&mut reader, &orders, 0, Probe::Parent(&anna))
        .await
        .unwrap();
    assert_eq!(records.len(), 2);
    for id in [json!(null), json!("not a number"), json!("1x")] {
        let nobody = Record {
            key: anna.key.clone(),
            data: json!({"id": id}),
        };
        assert!(
            found(&mut reader, &orders, 0, Probe::Parent(&nobody))
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_value_too_large_for_the_line_is_no_empty_one() {
    let Some(database) = database(
        "CREATE TABLE files(id int PRIMARY KEY, owner varchar(40), body longtext, scan longblob);
         INSERT INTO files VALUES (1, 'anna', repeat('ä', 5000000), repeat('x', 5000000))",
    ) else {
        return;
    };
    let files = object(
        "files",
        &["owner", "body", "scan"],
        vec![by("customer_no", &["owner"])],
    );
    let opening = opening(&database.url, vec![files.clone()]);
    let record = read(&opening, &files, "1").await;
    let record = record.unwrap();
    assert_eq!(record.data["body"].as_str().unwrap().len(), 10_000_000);
    assert_eq!(record.data["scan"].as_str().unwrap().len(), 10_000_000);
    database.sql(
        "UPDATE files SET body = NULL, scan = concat(repeat('x', 8000000), repeat('y', 5000000))",
    );
    let key = Key::new(vec!["1".into()]).unwrap();
    let read = reader(&opening).unwrap().read(&files, &key).await;
    let record = read.unwrap().unwrap();
    assert_eq!(record.data["scan"].as_str().unwrap().len(), 26_000_000);
    assert!(record.data["scan"].as_str().unwrap().ends_with("7979"));
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
    assert!(email.unique && !email.nullable && email.indexed && email.max_length == Some(60));
    assert_eq!(email.type_name, "varchar(60)");
    assert!(!shape["login"].indexed && !shape["login"].unique);
    let holds = |name: &str| shape[name].holds;
    assert_eq!(
        [
            "number", "born", "seen", "extra", "token", "photo", "login", "total", "blocked",
            "state", "flag", "joined"
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
            Holds::Number,
            Holds::Other,
            Holds::Number,
            Holds::Number,
        ]
    );
    let warnings = first.notes().warnings;
    let title = format!("{}.customers", database.name);
    assert!(
        warnings
            .iter()
            .any(|(code, what)| code == "W207" && *what == format!("{title}: basket.customer")),
        "{warnings:?}"
    );
    let mut only = object.clone();
    only.find = vec![
        by("email", &["email", "login", "mail"]),
        by("phone", &["phone"]),
        by("customer_no", &["number", "code"]),
    ];
    let there = self::opening(&database.url, vec![only.clone()]);
    let mut first = reader(&there).unwrap();
    first.shape(&only).await.unwrap();
    let warnings = first.notes().warnings;
    let missing: Vec<&str> = warnings
        .iter()
        .filter(|(code, _)| code == "W203")
        .map(|(_, what)| what.split_once(": ").unwrap().1)
        .collect();
    assert_eq!(missing.len(), 5, "{missing:#?}");
    for statement in missing {
        database.sql(statement);
    }
    database.sql(
        "CREATE TABLE copies(email text);
         CREATE TRIGGER keeps_copies AFTER UPDATE ON customers FOR EACH ROW INSERT INTO copies VALUES (OLD.email)",
    );
    // What one command has read it takes over for a while; this is the next.
    let there = self::opening(&database.url, vec![only.clone()]);
    let mut second = reader(&there).unwrap();
    let shape = second.shape(&only).await.unwrap();
    assert!(
        ["email", "login", "mail", "phone", "number", "code"]
            .iter()
            .all(|name| shape[*name].indexed)
    );
    let warnings = second.notes().warnings;
    let codes: Vec<&str> = warnings.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(
        codes,
        ["W204", "W207"],
        "the statements of the warnings make them go away: {warnings:?}"
    );
    assert_eq!(warnings[0].1, format!("{title}: keeps_copies"));
    // An application that names no columns goes on working.
    database.sql("INSERT INTO orders SELECT 20, 1, 'as ever'; CREATE TABLE clone LIKE customers");

    // The server does use the indexes for what we ask.
    database.sql(
        "INSERT INTO customers(id, email, login, phone) SELECT seq, concat('p', seq, '@example.org'), concat('P', seq, '@Login.example'),
           concat('+49 30 / ', seq) FROM seq_1000_to_20000; ANALYZE TABLE customers; FLUSH INDEX_STATISTICS",
    );
    for (finder, kind, value, id, column) in [
        (
            by("email", &["email"]),
            "email",
            "p5000@example.org",
            "5000",
            "email",
        ),
        (
            by("email", &["login"]),
            "email",
            "p6000@login.example",
            "6000",
            "login_lower_dsr",
        ),
        (
            by("phone", &["phone"]),
            "phone",
            "+49307000",
            "7000",
            "phone_digits_dsr",
        ),
    ] {
        let mut one = only.clone();
        one.find = vec![finder];
        assert_eq!(keys(&mut second, &one, 0, kind, value).await, [id]);
        let read = database.value(&format!(
            "SELECT sum(ROWS_READ) FROM information_schema.INDEX_STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = '{column}'"
        ));
        // Further ones are those that may begin with white space.
        let read: u64 = read.unwrap_or_default().parse().unwrap_or(0);
        assert!((1..20).contains(&read), "{column}: {read}");
    }
}

#[tokio::test]
async fn an_address_is_the_same_with_white_space_around_it_and_an_index_serves_it() {
    let Some(database) = database(
        "CREATE TABLE people(id int PRIMARY KEY, general varchar(60) COLLATE utf8mb4_general_ci, uca varchar(60) COLLATE utf8mb4_unicode_520_ci,
           strict varchar(60) COLLATE utf8mb4_bin, latin varchar(60) CHARACTER SET latin1) CHARACTER SET utf8mb4;
         INSERT INTO people SELECT n, v, v, v, v FROM (SELECT 1 n, 'Anna@Example.org ' v UNION SELECT 2, ' anna@example.org'
           UNION SELECT 3, _utf8mb4 x'616e6e61406578616d706c652e6f7267c2a0' UNION SELECT 4, '\tanna@example.org'
           UNION SELECT 5, 'anna@example.org\r\n' UNION SELECT 7, 'anna@example.org') AS these;
         INSERT INTO people SELECT 6, v, v, v, NULL FROM (SELECT _utf8mb4 x'e28083e38080616e6e61406578616d706c652e6f7267202020c285' v) AS this;
         INSERT INTO people SELECT n, v, v, v, v FROM (SELECT 91 n, 'anna@example.organic' v UNION SELECT 92, ' johanna@example.org'
           UNION SELECT 93, 'anna @example.org' UNION SELECT 94, '' UNION SELECT 95, NULL UNION SELECT 96, 'anna%@example.org') AS those;
         INSERT INTO people SELECT seq, concat('p', seq, '@example.org'), concat('p', seq, '@example.org'), concat('p', seq, '@example.org'),
           concat('p', seq, '@example.org') FROM seq_1000_to_20000",
    ) else {
        return;
    };
    for (column, indexed) in [
        ("general", "general_dsr"),
        ("uca", "uca_dsr"),
        ("strict", "strict_lower_dsr"),
        ("latin", "latin_dsr"),
    ] {
        let object = object("people", &[column], vec![by("email", &[column])]);
        let everybody: &[&str] = match column {
            "latin" => &["1", "2", "3", "4", "5", "7"],
            _ => &["1", "2", "3", "4", "5", "6", "7"],
        };
        for round in 0..2 {
            let opening = opening(&database.url, vec![object.clone()]);
            let mut reader = reader(&opening).unwrap();
            database.sql("FLUSH INDEX_STATISTICS");
            let mut found = keys(&mut reader, &object, 0, "email", "anna@example.org").await;
            found.sort_unstable();
            assert_eq!(found, everybody, "{column} {round}");
            if round == 1 {
                let read = database.value(&format!(
                    "SELECT sum(ROWS_READ) FROM information_schema.INDEX_STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = '{indexed}'"
                ));
                let read: u64 = read.unwrap_or_default().parse().unwrap_or(0);
                assert!((1..100).contains(&read), "{column}: {read}");
            }
            for (code, what) in reader.notes().warnings {
                assert_eq!(code, "W203");
                database.sql(what.split_once(": ").unwrap().1);
            }
            database.sql("ANALYZE TABLE people");
        }
    }
}

#[tokio::test]
async fn reading_cannot_write() {
    let Some(database) = database(SHOP) else {
        return;
    };
    // The worst case: a view whose rows are made by a function that deletes, also where nothing can be undone.
    database.sql(
        "CREATE TABLE loose(id int) ENGINE=MyISAM; INSERT INTO loose VALUES (1);
         CREATE SEQUENCE numbers;
         CREATE FUNCTION sly() RETURNS varchar(9) MODIFIES SQL DATA BEGIN DELETE FROM orders; RETURN 'x'; END;
         CREATE FUNCTION slier() RETURNS varchar(9) MODIFIES SQL DATA
           BEGIN SET SESSION tx_read_only = 0; DELETE FROM orders; RETURN 'x'; END;
         CREATE FUNCTION looser() RETURNS varchar(9) MODIFIES SQL DATA BEGIN DELETE FROM loose; RETURN 'x'; END;
         CREATE FUNCTION counts() RETURNS varchar(9) MODIFIES SQL DATA BEGIN RETURN nextval(numbers); END;
         CREATE VIEW sly_view AS SELECT 1 AS id, 'x' AS mail; CREATE VIEW slier_view AS SELECT * FROM sly_view;
         CREATE VIEW looser_view AS SELECT * FROM sly_view; CREATE VIEW counts_view AS SELECT * FROM sly_view",
    );
    let anna = identity("email", "anna@example.org");
    let views = ["sly", "slier", "looser", "counts"];
    let objects: Vec<Object> = views
        .map(|view| {
            object(
                &format!("{view}_view"),
                &["mail"],
                vec![by("email", &["mail"])],
            )
        })
        .to_vec();
    let mut reader = reader(&opening(&database.url, objects.clone())).unwrap();
    for object in &objects {
        assert!(
            keys(&mut reader, object, 0, "email", "anna@example.org")
                .await
                .is_empty()
        );
    }
    // From here on they are what they seem no longer.
    for view in views {
        database.sql(&format!(
            "CREATE OR REPLACE VIEW {view}_view AS SELECT 1 AS id, {view}() AS mail"
        ));
    }
    for object in &objects {
        let fault = found(&mut reader, object, 0, Probe::Identity(&anna))
            .await
            .unwrap_err();
        assert_eq!(
            fault.code, "E514",
            "{}: the server itself refuses",
            object.name
        );
        // The server does not even describe such a view to a session that may not write.
        let mut fresh = self::reader(&opening(&database.url, vec![object.clone()])).unwrap();
        assert!(fresh.shape(object).await.is_err());
    }
    assert_eq!(count(&database, "orders"), "4");
    assert_eq!(count(&database, "loose"), "1");
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
    let mut find = async || {
        found(&mut first, &object, 0, Probe::Identity(&anna))
            .await
            .map_or_else(|fault| fault.code, |all| all.len().to_string())
    };
    assert_eq!(find().await, "1");
    database.sql("ALTER TABLE customers RENAME COLUMN email TO e_mail");
    assert_eq!(find().await, "E513");
    database.sql(
        "ALTER TABLE customers RENAME COLUMN e_mail TO email; RENAME TABLE customers TO clients",
    );
    assert_eq!(find().await, "E512");
    database.sql("RENAME TABLE clients TO customers");
    assert_eq!(find().await, "1", "the reader recovers");
    // Another table of a name that differs in nothing but case is another table.
    let mut other = object.clone();
    other.how = How::Table {
        table: "Customers".into(),
        restrict: Vec::new(),
        unrestrict: Vec::new(),
    };
    let key = Key::new(vec!["1".into()]).unwrap();
    let fault = reader(&there)
        .unwrap()
        .read(&other, &key)
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E512");

    // Accounts that may not see everything.
    let code = async |url: &str| {
        let mut reader = reader(&opening(url, vec![object.clone()])).unwrap();
        found(&mut reader, &object, 0, Probe::Identity(&anna))
            .await
            .map_or_else(|fault| fault.code, |all| all.len().to_string())
    };
    let whole = database.account("whole", &["SELECT ON {db}.customers"]);
    assert_eq!(code(&whole).await, "1");
    let part = database.account("part", &["SELECT(id) ON {db}.customers"]);
    assert_eq!(code(&part).await, "E513");
    let blind = database.account("blind", &["INSERT, UPDATE ON {db}.customers"]);
    assert_eq!(code(&blind).await, "E507");
    let other = database.account("other", &["SELECT ON {db}.orders"]);
    assert_eq!(code(&other).await, "E512");
    let wrong = whole.replace("p-w@", "p-x@");
    assert_eq!(code(&wrong).await, "E506");
    let nowhere = database.account("nowhere", &[]);
    assert_eq!(code(&nowhere).await, "E507");
}

#[tokio::test]
async fn the_catalogue_names_what_nobody_reads() {
    let Some(database) = database(
        "CREATE TABLE people(id int PRIMARY KEY, email varchar(60), name varchar(60), secret text, initial varchar(1) AS (left(name, 1)));
         CREATE VIEW shown AS SELECT id, email, name FROM people;
         INSERT INTO people(id, email, name, secret) VALUES (1, 'anna@example.org', 'Anna', 'x')",
    ) else {
        return;
    };
    let by_email = || vec![by("email", &["email"])];
    let (people, shown) = (
        object("people", &["Email"], vec![by("email", &["Email"])]),
        object("shown", &["email"], by_email()),
    );
    let mut names = object("names", &["email", "name"], by_email());
    names.how = How::Table {
        table: format!("{}.people", database.name),
        restrict: Vec::new(),
        unrestrict: Vec::new(),
    };
    let told = async |url: &str, object: &Object| {
        let every = [&people, &names, &shown].map(Object::clone).to_vec();
        let mut reader = reader(&opening(url, every)).unwrap();
        let unread = reader.unread(object).await.unwrap().unwrap();
        let columns = unread.columns.into_iter().map(|column| {
            let forbidden = if column.forbidden { "!" } else { "" };
            let listed_for = column.listed_for.join(",");
            format!("{forbidden}{}{listed_for}", column.name)
        });
        (columns.collect::<Vec<_>>().join(" "), unread.blind)
    };
    assert_eq!(
        told(&database.url, &people).await,
        ("namenames secret initial".into(), None)
    );
    assert_eq!(
        told(&database.url, &names).await,
        ("secret initial".into(), None)
    );
    let view = Some(dsr::connector::Blind::View);
    assert_eq!(told(&database.url, &shown).await, ("name".into(), view));
    // What it does not name is not fetched either.
    let mut first = reader(&opening(&database.url, vec![people.clone()])).unwrap();
    let anna = identity("email", "anna@example.org");
    let all = found(&mut first, &people, 0, Probe::Identity(&anna)).await;
    assert_eq!(
        all.unwrap()[0].data,
        json!({"id": "1", "Email": "anna@example.org"})
    );

    // The server hides a column from an account without a right to it; one to write shows it.
    let few = database.account(
        "columns",
        &["SELECT (id, email, initial), UPDATE (name) ON {db}.people"],
    );
    let grants = Some(dsr::connector::Blind::Grants);
    assert_eq!(
        told(&few, &people).await,
        ("!namenames initial".into(), grants)
    );
    let whole = database.account("table", &["SELECT ON {db}.people"]);
    assert_eq!(
        told(&whole, &people).await,
        ("namenames secret initial".into(), None)
    );
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
    assert_eq!(act().await.unwrap_err().code, "E513");
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
        ("email".into(), new("x'y\"\\?@erased.invalid")),
        ("phone".into(), None),
        ("born".into(), new("1984-01-01")),
        ("seen".into(), None),
        ("extra".into(), new("{}")),
        ("state".into(), new("old")),
        ("total".into(), new("0")),
        ("token".into(), new("00000000-0000-4000-8000-000000000000")),
        ("login".into(), new("x")),
        ("code".into(), new("ABCDEFGH")),
        ("photo".into(), new("00AB")),
        ("flag".into(), new("0")),
        ("mail".into(), new("ü@erased.invalid")),
        ("big".into(), new("9223372036854775808")),
        ("at".into(), new("2026-01-01 00:00:00.000")),
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
    // Bytes that are none would become null without a word.
    let odd = Changes::from([("photo".into(), new("no hex"))]);
    let fault = act(&opening, &object, Action::Rectify, &now, &odd)
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E330");

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
    for (action, flag) in [
        (Action::Restrict, "1"),
        (Action::Unrestrict, "0"),
        (Action::Unrestrict, "0"),
    ] {
        let now = read(&opening, &object, "1").await.unwrap();
        assert_eq!(
            act(&opening, &object, action, &now, &Changes::new()).await,
            Ok(Effect::Done),
            "also where the row has that value already"
        );
        assert_eq!(
            database
                .value("SELECT blocked FROM customers WHERE id = 1")
                .as_deref(),
            Some(flag)
        );
    }
    let now = read(&opening, &object, "1").await.unwrap();
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
async fn a_deletion_that_something_else_refuses_is_blocked() {
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
    for (make, unmake, expected) in [
        (
            "CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'CANARY'",
            "DROP TRIGGER keep",
            Ok(Effect::Blocked),
        ),
        (
            "CREATE TABLE refers(id int, FOREIGN KEY (id) REFERENCES orders(id)); INSERT INTO refers VALUES (10)",
            "DROP TABLE refers",
            Ok(Effect::Blocked),
        ),
        // The server lets no trigger put back what was deleted.
        (
            "CREATE TRIGGER keep AFTER DELETE ON orders FOR EACH ROW INSERT INTO orders VALUES (OLD.id, OLD.customer_id, OLD.note)",
            "DROP TRIGGER keep",
            Err(Fault::database("HY000, 1442")),
        ),
    ] {
        database.sql(make);
        assert_eq!(
            act(&opening, &orders, Action::Remove, &order, &Changes::new()).await,
            expected,
            "{make}"
        );
        assert_eq!(
            database
                .value("SELECT note FROM orders WHERE id = 10")
                .as_deref(),
            Some("ring twice")
        );
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
        ("email", Some("o'brien\"@example.org"), "23000, 1062"),
        ("email", None, "23000, 1048"),
        ("number", Some("9999"), "23000, 4025"),
        ("number", Some("CANARY"), "22007, 1366"),
        ("number", Some("12 CANARY"), "01000, 1265"),
        (
            "email",
            Some("CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY-CANARY"),
            "22001, 1406",
        ),
        ("code", Some("CANARY-CANARY"), "22001, 1406"),
        ("state", Some("CANARY"), "01000, 1265"),
        ("born", Some("0000-00-00"), "22007, 1292"),
        ("born", Some("CANARY"), "22007, 1292"),
        ("extra", Some("CANARY"), "23000, 4025"),
        ("mail", Some("CANARY-ы"), "22007, 1366"),
    ] {
        let changes = Changes::from([(column.into(), value.map(str::to_owned))]);
        let fault = act(&opening, &object, Action::Rectify, &anna, &changes)
            .await
            .unwrap_err();
        assert_eq!(fault, Fault::database(code), "{column} {value:?}");
        assert!(!format!("{fault:?} {fault}").contains("CANARY"));
    }
    assert_eq!(read(&opening, &object, "1").await.unwrap(), anna);
}

#[tokio::test]
async fn a_collation_never_hands_over_the_record_of_another() {
    let Some(database) = database(
        "CREATE TABLE codes(id varchar(20) PRIMARY KEY, owner varchar(40));
         INSERT INTO codes VALUES ('K-a', 'anna'), ('K-ö', 'berta'), ('K-1', 'carla');
         CREATE TABLE loose(id varchar(20), owner varchar(40), KEY (id));
         INSERT INTO loose VALUES ('X', 'anna'), ('x', 'berta'), ('x ', 'carla'), ('ẍ', 'dora');
         CREATE TABLE old(id varchar(20) CHARACTER SET latin1 PRIMARY KEY, owner varchar(40));
         INSERT INTO old VALUES ('Ärger', 'anna'), ('?', 'berta');
         CREATE TABLE numbers(id int PRIMARY KEY, owner varchar(40)); INSERT INTO numbers VALUES (4711, 'anna');
         CREATE TABLE bytes(id binary(4) PRIMARY KEY, owner varchar(40)); INSERT INTO bytes VALUES (x'00ff2000', 'anna');
         CREATE TABLE padded(id int(5) unsigned zerofill PRIMARY KEY, owner varchar(40)); INSERT INTO padded VALUES (42, 'anna');
         CREATE TABLE days(id date PRIMARY KEY, owner varchar(40)); INSERT INTO days VALUES ('0000-00-00', 'anna')",
    ) else {
        return;
    };
    for (table, key, owner) in [
        ("codes", "K-a", Some("anna")),
        ("codes", "k-a", None),
        ("codes", "K-A", None),
        ("codes", "K-ä", None),
        ("codes", "K-a ", None),
        ("codes", "K-o", None),
        ("codes", "K-ö", Some("berta")),
        ("loose", "X", Some("anna")),
        ("loose", "x", Some("berta")),
        ("loose", "x ", Some("carla")),
        ("loose", "ẍ", Some("dora")),
        ("old", "Ärger", Some("anna")),
        ("old", "ärger", None),
        ("old", "ы", None),
        ("old", "?", Some("berta")),
        ("numbers", "4711", Some("anna")),
        ("numbers", "4711x", None),
        ("numbers", "4711.0", None),
        ("numbers", "04711", None),
        ("bytes", "00FF2000", Some("anna")),
        ("bytes", "00FF20", None),
        ("bytes", "00ff2000", None),
        ("padded", "00042", Some("anna")),
        ("padded", "42", None),
        ("days", "0000-00-00", Some("anna")),
        ("days", "0000-00-00 00:00:00", None),
    ] {
        let object = object(table, &["owner"], Vec::new());
        let opening = opening(&database.url, vec![object.clone()]);
        let parts = Key::new(vec![key.to_owned()]).unwrap();
        let got = reader(&opening)
            .unwrap()
            .read(&object, &parts)
            .await
            .unwrap();
        let name = got
            .as_ref()
            .map(|record| record.data["owner"].as_str().unwrap());
        assert_eq!(name, owner, "{table} {key}");
        let forged = Record {
            key: parts,
            data: json!({"id": key, "owner": "anna"}),
        };
        if owner.is_none() {
            for (action, changes) in [
                (Action::Remove, Changes::new()),
                (
                    Action::Anonymise,
                    Changes::from([("owner".into(), Some("x".into()))]),
                ),
            ] {
                let effect = act(&opening, &object, action, &forged, &changes).await;
                assert_eq!(effect, Ok(Effect::Gone), "{table} {key}");
            }
        }
    }
    // Of four that the collation takes for one, one is removed.
    let loose = object("loose", &["owner"], Vec::new());
    let opening = opening(&database.url, vec![loose.clone()]);
    let berta = read(&opening, &loose, "x").await.unwrap();
    assert_eq!(
        act(&opening, &loose, Action::Remove, &berta, &Changes::new()).await,
        Ok(Effect::Done)
    );
    let left = "SELECT group_concat(owner ORDER BY owner) FROM loose";
    assert_eq!(database.value(left).as_deref(), Some("anna,carla,dora"));
    for table in ["codes", "old", "numbers", "bytes", "padded", "days"] {
        let whole = if ["codes"].contains(&table) {
            "3"
        } else if table == "old" {
            "2"
        } else {
            "1"
        };
        assert_eq!(count(&database, table), whole, "{table}");
    }
}

#[tokio::test]
async fn a_table_that_undoes_nothing_is_read_and_not_written() {
    let Some(database) = database(
        "CREATE TABLE isam(id int PRIMARY KEY, email varchar(40), KEY (email)) ENGINE=MyISAM;
         CREATE TABLE aria(id int PRIMARY KEY, email varchar(40), KEY (email)) ENGINE=Aria;
         CREATE TABLE base(id int PRIMARY KEY, email varchar(40), KEY (email));
         CREATE VIEW seen AS SELECT * FROM base;
         CREATE TABLE kept(id int PRIMARY KEY, email varchar(40), KEY (email)) WITH SYSTEM VERSIONING;
         INSERT INTO isam VALUES (1, 'anna@example.org'); INSERT INTO aria VALUES (1, 'anna@example.org');
         INSERT INTO base VALUES (1, 'anna@example.org'); INSERT INTO kept VALUES (1, 'anna@example.org')",
    ) else {
        return;
    };
    for (table, warning, fault) in [
        ("isam", Some("W211"), Some("E590")),
        ("aria", Some("W211"), Some("E590")),
        ("seen", Some("W211"), Some("E590")),
        ("kept", Some("W213"), Some("E593")),
        ("base", None, None),
    ] {
        let object = object(table, &["email"], vec![by("email", &["email"])]);
        let opening = opening(&database.url, vec![object.clone()]);
        let mut reader = reader(&opening).unwrap();
        assert_eq!(
            keys(&mut reader, &object, 0, "email", "Anna@example.org").await,
            ["1"],
            "{table}"
        );
        let codes: Vec<String> = reader
            .notes()
            .warnings
            .into_iter()
            .map(|(code, _)| code)
            .collect();
        assert_eq!(codes.first().map(String::as_str), warning, "{table}");
        let record = read(&opening, &object, "1").await.unwrap();
        for (action, changes) in [
            (
                Action::Anonymise,
                Changes::from([("email".into(), Some("x".into()))]),
            ),
            (Action::Remove, Changes::new()),
        ] {
            let record = read(&opening, &object, "1")
                .await
                .unwrap_or_else(|| record.clone());
            let done = act(&opening, &object, action, &record, &changes).await;
            assert_eq!(
                done.err().map(|fault| fault.code).as_deref(),
                fault,
                "{table}"
            );
        }
        let left = if fault.is_some() { "1" } else { "0" };
        let email = format!(
            "SELECT count(*) FROM {} WHERE email = 'anna@example.org'",
            if table == "seen" { "base" } else { table }
        );
        assert_eq!(database.value(&email).as_deref(), Some(left), "{table}");
    }
}

#[tokio::test]
async fn what_an_account_does_not_see_is_not_deleted_along() {
    let Some(database) = database(SHOP) else {
        return;
    };
    database.sql("DELETE FROM orders");
    let object = customers();
    // The server deletes the basket's rows for an account that has no right to that table, and does not even name it.
    let url = database.account("few", &["SELECT, UPDATE, DELETE ON {db}.customers"]);
    let few = opening(&url, vec![object.clone()]);
    let mut first = reader(&few).unwrap();
    first.shape(&object).await.unwrap();
    let warnings = first.notes().warnings;
    let (_, what) = warnings.iter().find(|(code, _)| code == "W212").unwrap();
    let third = read(&few, &object, "3").await.unwrap();
    let fault = act(&few, &object, Action::Remove, &third, &Changes::new())
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E592");
    assert_eq!(count(&database, "basket"), "1");
    let changes = Changes::from([("phone".into(), Some("1".into()))]);
    assert_eq!(
        act(&few, &object, Action::Anonymise, &third, &changes).await,
        Ok(Effect::Done)
    );

    // With the right that the warning names it sees the table, though not its rows; that is asked for then.
    database.sql(what.split_once(": ").unwrap().1);
    let shown = opening(&url, vec![object.clone()]);
    let third = read(&shown, &object, "3").await.unwrap();
    let fault = act(&shown, &object, Action::Remove, &third, &Changes::new())
        .await
        .unwrap_err();
    assert_eq!(fault.code, "E507");
    database.sql(&format!(
        "GRANT SELECT ON {}.basket TO '{}'@'%'",
        database.name,
        url::Url::parse(&url).unwrap().username()
    ));
    let may = opening(&url, vec![object.clone()]);
    assert_eq!(
        act(&may, &object, Action::Remove, &third, &Changes::new()).await,
        Err(Fault::takes_along("basket"))
    );
    database.sql("DELETE FROM basket");
    assert_eq!(
        act(&may, &object, Action::Remove, &third, &Changes::new()).await,
        Ok(Effect::Done)
    );
    let mut last = reader(&may).unwrap();
    last.shape(&object).await.unwrap();
    assert!(!last.notes().warnings.iter().any(|(code, _)| code == "W212"));
}

#[tokio::test]
async fn locks_and_slow_statements_end() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let object = customers();
    let there = opening(&database.url, vec![object.clone()]);
    let anna = read(&there, &object, "1").await.unwrap();
    let url = database.url.clone();
    let holder = tokio::spawn(async move {
        use sqlx::Connection as _;
        let mut connection = sqlx::MySqlConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("BEGIN; UPDATE customers SET number = 1 WHERE id = 1")
            .execute(&mut connection)
            .await
            .unwrap();
        connection
    });
    let holder = holder.await.unwrap();
    let fault = act(&there, &object, Action::Remove, &anna, &Changes::new())
        .await
        .unwrap_err();
    assert!(fault.code == "E511" && fault.passing, "{fault}");
    drop(holder);

    database.sql("CREATE VIEW slow AS SELECT 1 AS id, concat('x', sleep(20)) AS mail");
    let slow = self::object("slow", &["mail"], vec![by("email", &["mail"])]);
    let mut reader = reader(&opening(&database.url, vec![slow.clone(), object.clone()])).unwrap();
    let begun = Instant::now();
    let anna = identity("email", "anna@example.org");
    let fault = found(&mut reader, &slow, 0, Probe::Identity(&anna))
        .await
        .unwrap_err();
    assert!(
        fault.code == "E504" && begun.elapsed() < Duration::from_secs(5),
        "{fault}"
    );
    assert_eq!(
        found(&mut reader, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap()
            .len(),
        1,
        "the reader goes on"
    );
    // A write that takes too long has not happened.
    database.sql("CREATE TRIGGER slow BEFORE DELETE ON basket FOR EACH ROW SET @x = sleep(20); ALTER TABLE basket ADD id int PRIMARY KEY AUTO_INCREMENT");
    let basket = self::object("basket", &["item"], Vec::new());
    let there = opening(&database.url, vec![basket.clone()]);
    let tea = read(&there, &basket, "1").await.unwrap();
    let fault = act(&there, &basket, Action::Remove, &tea, &Changes::new())
        .await
        .unwrap_err();
    assert!(fault.code == "E504" && fault.passing, "{fault}");
    database.sql("DROP TRIGGER slow");
    assert_eq!(count(&database, "basket"), "1");
}

#[tokio::test]
async fn a_sink_can_stop_and_a_broken_line_is_mended() {
    let Some(database) = database(SHOP) else {
        return;
    };
    database.sql("INSERT INTO orders SELECT seq, 1, repeat('x', 200) FROM seq_100_to_9999");
    let orders = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let there = opening(&database.url, vec![orders.clone()]);
    let mut reader = reader(&there).unwrap();
    let anna = identity("customer_no", "1");
    for limit in [3, 9_902] {
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
    let key = Key::new(vec!["10".into()]).unwrap();
    assert!(reader.read(&orders, &key).await.unwrap().is_some());
    assert_eq!(database.hang_up(), 1, "one connection");
    assert!(reader.read(&orders, &key).await.unwrap().is_some());
}

#[tokio::test]
async fn odd_names_and_composite_keys_are_names_and_keys() {
    let Some(database) = database(
        "CREATE TABLE `we``ird \"table\"; --`(`ten'ant` varchar(20), `order?` int, `e\\\\mail` varchar(60), `select` text, \
         PRIMARY KEY (`ten'ant`, `order?`), KEY (`e\\\\mail`));
         INSERT INTO `we``ird \"table\"; --` VALUES ('a/b', 1, 'anna@example.org', 'x'), ('a', 1, 'berta@example.org', 'y'), ('a/b', 2, 'c@example.org', 'z')",
    ) else {
        return;
    };
    let mut odd = object(
        "odd",
        &["e\\\\mail", "select"],
        vec![by("email", &["e\\\\mail"])],
    );
    odd.key = vec!["ten'ant".into(), "order?".into()];
    odd.how = How::Table {
        table: "\"we`ird \"\"table\"\"; --\"".into(),
        restrict: vec![("select".into(), Some("it's ?".into()))],
        unrestrict: Vec::new(),
    };
    let opening = opening(&database.url, vec![odd.clone()]);
    let mut reader = reader(&opening).unwrap();
    assert_eq!(
        keys(&mut reader, &odd, 0, "email", "anna@example.org").await,
        ["a%2Fb/1"]
    );
    let key = Key::new(vec!["a/b".into(), "1".into()]).unwrap();
    let anna = reader.read(&odd, &key).await.unwrap().unwrap();
    assert_eq!(
        act(&opening, &odd, Action::Restrict, &anna, &Changes::new()).await,
        Ok(Effect::Done)
    );
    let anna = reader.read(&odd, &key).await.unwrap().unwrap();
    assert_eq!(anna.data["select"], json!("it's ?"));
    assert_eq!(
        act(&opening, &odd, Action::Remove, &anna, &Changes::new()).await,
        Ok(Effect::Done)
    );
    assert_eq!(count(&database, "`we``ird \"table\"; --`"), "2");
    let short = Key::new(vec!["a/b".into()]).unwrap();
    assert!(reader.read(&odd, &short).await.is_err());
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
    assert_eq!(notes.account.as_deref(), Some("root@127.0.0.1"));
    assert!(
        notes.server.unwrap().starts_with("MariaDB 1") && notes.clock_offset_s.unwrap().abs() < 5
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
    for mode in ["REQUIRED", "verify_ca", "VERIFY_IDENTITY"] {
        let unknown = check(&format!("{by_name}?ssl-mode={mode}"), None).await;
        assert!(
            unknown.starts_with("E503") && unknown.contains("issuer is unknown"),
            "{unknown}"
        );
    }
    if let Ok(ca) = std::env::var("DSR_TEST_MARIADB_CA") {
        let strict = format!("{by_name}?ssl-mode=required");
        assert_eq!(check(&strict, Some(&ca)).await, "TLSv1.3");
        assert_eq!(check(&by_name, Some(&ca)).await, "TLSv1.3");
        assert!(
            check(&database.url, Some(&ca))
                .await
                .contains("another name")
        );
    }
    if let Ok(socket) = std::env::var("DSR_TEST_MARIADB_SOCKET") {
        let mut url = url::Url::parse(&by_name).unwrap();
        url.query_pairs_mut().append_pair("socket", &socket);
        url.set_port(Some(1)).unwrap();
        assert_eq!(check(url.as_str(), None).await, "none");
        url.query_pairs_mut()
            .clear()
            .append_pair("socket", "/nowhere/s");
        assert!(check(url.as_str(), None).await.starts_with("E502"));
    }
    let dead = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (url, code) in [
        (format!("mysql://x@127.0.0.1:{dead}/x"), "E502"),
        ("mysql://x@no-such-host.invalid/x".to_owned(), "E501"),
        ("postgres://x@localhost/x".to_owned(), "E532"),
    ] {
        let said = check(&url, None).await;
        assert!(said.starts_with(code), "{said}");
    }
    // A password that the account keeps in a way we do not know.
    let url = database.account("ed", &["SELECT ON {db}.*"]);
    let user = url::Url::parse(&url).unwrap().username().to_owned();
    database.sql(&format!("INSTALL PLUGIN IF NOT EXISTS ed25519 SONAME 'auth_ed25519'; ALTER USER '{user}'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('p-w')"));
    let said = check(&url, None).await;
    assert!(said.starts_with("E594"), "{said}");
}

#[tokio::test]
async fn a_server_that_offers_no_tls_gets_no_password() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    // An address that is not loopback by name is spoken to with TLS or not at all, whatever its `ssl-mode` says.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let mut received = Vec::new();
        for plugin in ["mysql_native_password", "mysql_clear_password"] {
            let (mut socket, _) = listener.accept().await.unwrap();
            // Handshake of protocol version 10 without the flag for TLS (0x0800).
            let mut body = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0".to_vec();
            body.extend((0x0008_8201_u32 as u16).to_le_bytes());
            body.extend([45, 2, 0]);
            body.extend(((0x0008_8201_u32 >> 16) as u16).to_le_bytes());
            body.push(21);
            body.extend([0; 10]);
            body.extend(b"ijklmnopqrst\0");
            body.extend(plugin.as_bytes());
            body.push(0);
            let mut packet = u32::try_from(body.len()).unwrap().to_le_bytes();
            packet[3] = 0;
            socket.write_all(&packet).await.unwrap();
            socket.write_all(&body).await.unwrap();
            socket.read_to_end(&mut received).await.unwrap();
        }
        received
    });
    let url = format!("mysql://anna:secret@0.0.0.0:{port}/x?ssl-mode=DISABLED");
    for _ in 0..2 {
        let fault = reader(&opening(&url, Vec::new()))
            .unwrap()
            .check()
            .await
            .unwrap_err();
        assert_eq!(fault.code, "E515");
    }
    assert_eq!(server.await.unwrap(), Vec::<u8>::new());
}

/// Stands between us and the server, and cuts the line when a word comes by: before or after the server hears it.
async fn cutting(url: &str, word: &'static [u8], heard: bool) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut url = url::Url::parse(url).unwrap();
    let behind = url.port().unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port()))
        .unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = tokio::net::TcpStream::connect(("127.0.0.1", behind))
                .await
                .unwrap();
            tokio::spawn(async move {
                let (mut from, mut back) = client.into_split();
                let (mut answers, mut to) = server.into_split();
                let answering =
                    tokio::spawn(async move { tokio::io::copy(&mut answers, &mut back).await });
                let mut buffer = vec![0; 65536];
                while let Ok(count @ 1..) = from.read(&mut buffer).await {
                    let said = &buffer[..count];
                    let is_it = said.windows(word.len()).any(|part| part == word);
                    if is_it {
                        // The answer finds nobody.
                        answering.abort();
                        if heard {
                            to.write_all(said).await.unwrap();
                            tokio::time::sleep(Duration::from_millis(300)).await;
                        }
                        return;
                    }
                    to.write_all(said).await.unwrap();
                }
            });
        }
    });
    url.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_an_answer_is_unknown() {
    let Some(database) = database(SHOP) else {
        return;
    };
    let orders = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let direct = opening(&database.url, vec![orders.clone()]);
    for (id, heard, left) in [("10", true, "3"), ("11", false, "3")] {
        let order = read(&direct, &orders, id).await.unwrap();
        let url = cutting(&database.url, b"COMMIT", heard).await;
        let cut = opening(&url, vec![orders.clone()]);
        let effect = act(&cut, &orders, Action::Remove, &order, &Changes::new()).await;
        assert_eq!(effect, Ok(Effect::Unknown));
        assert_eq!(count(&database, "orders"), left);
    }
    // Before the commit a broken line means that nothing happened.
    let order = read(&direct, &orders, "12").await.unwrap();
    let url = cutting(&database.url, b"DELETE t", true).await;
    let cut = opening(&url, vec![orders.clone()]);
    let fault = act(&cut, &orders, Action::Remove, &order, &Changes::new())
        .await
        .unwrap_err();
    assert!(fault.code == "E508" && fault.passing, "{fault}");
    assert_eq!(count(&database, "orders"), "3");

    // The same when an administrator ends the connection in the middle of the deletion.
    database.sql("CREATE TRIGGER slow BEFORE DELETE ON orders FOR EACH ROW SET @x = sleep(0.8)");
    let order = read(&direct, &orders, "13").await.unwrap();
    let none = Changes::new();
    let acting = act(&direct, &orders, Action::Remove, &order, &none);
    let killing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        database.hang_up()
    };
    let (done, killed) = tokio::join!(acting, killing);
    assert_eq!((done.unwrap_err().code.as_str(), killed), ("E508", 1));
    assert_eq!(count(&database, "orders"), "3");
}

#[tokio::test]
async fn names_and_columns_of_several_values_find_candidates() {
    let Some(database) = database(
        "CREATE TABLE people(id int PRIMARY KEY, first varchar(40), last varchar(40) COLLATE utf8mb4_unicode_ci, mails text, phones text);
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
        // An accent left out is the same name to `find`, so it may not be missed here.
        (0, "name", "Anne Müller", vec!["1"]),
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
    database.sql("ALTER TABLE customers ADD shown varchar(60) AS (lower(email)) STORED");
    let mut object = customers();
    object.fields.push(field("shown"));
    for (name, mask) in [
        ("born", Mask::Year),
        ("seen", Mask::Year),
        ("at", Mask::Year),
        ("joined", Mask::Year),
        ("total", Mask::Zero),
        ("big", Mask::Zero),
        ("flag", Mask::Zero),
        ("extra", Mask::Text("{}".into())),
        ("state", Mask::Text("old".into())),
        ("photo", Mask::Empty),
        ("code", Mask::Text("gone".into())),
        ("phone", Mask::Empty),
        ("padded", Mask::Null),
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
    assert!(!changes.contains_key("shown"), "the database computes it");
    assert_eq!(
        act(&opening, &object, Action::Anonymise, &anna, &changes).await,
        Ok(Effect::Done)
    );
    assert_eq!(read(&opening, &object, "1").await.unwrap().data, expected);
}

/// A server of its own for a test that changes the whole of it; stopped when the test ends.
struct OwnServer {
    folder: tempfile::TempDir,
    url: String,
}

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/servers/mariadb");

impl OwnServer {
    fn start() -> Option<OwnServer> {
        std::env::var_os("DSR_TEST_MARIADB")?;
        let folder = tempfile::tempdir().unwrap();
        let started = Command::new(SERVER)
            .arg("start")
            .arg(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(started.stdout).unwrap();
        let url = said
            .lines()
            .find_map(|line| line.strip_prefix("DSR_TEST_MARIADB="))
            .expect("a server");
        Some(OwnServer {
            url: url.to_owned(),
            folder,
        })
    }

    fn stop(&self) {
        let stopped = Command::new(SERVER)
            .arg("stop")
            .arg(self.folder.path())
            .status()
            .unwrap();
        assert!(stopped.success());
    }

    async fn sql(&self, sql: &'static str) {
        use sqlx::Connection as _;
        let mut connection = sqlx::MySqlConnection::connect(&self.url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.stop();
    }
}

#[tokio::test]
async fn a_replica_takes_no_writing_and_a_killed_server_no_record_along() {
    let Some(server) = OwnServer::start() else {
        return;
    };
    server
        .sql(
            "CREATE TABLE people(id int PRIMARY KEY, email varchar(60), KEY (email)); INSERT INTO people VALUES (1, 'anna@example.org');
             SET GLOBAL sql_mode = '', GLOBAL time_zone = '+09:00', GLOBAL tx_isolation = 'READ-UNCOMMITTED', GLOBAL read_only = 1",
        )
        .await;
    let people = object("people", &["email"], vec![by("email", &["email"])]);
    let there = opening(&server.url, vec![people.clone()]);
    let mut first = reader(&there).unwrap();
    let warnings = first.check().await.unwrap().notes.warnings;
    assert_eq!(warnings[0].0, "W214");
    let anna = read(&there, &people, "1").await.unwrap();
    // The owner might write there all the same, and the server that leads would keep the person.
    let act = async || act(&there, &people, Action::Remove, &anna, &Changes::new()).await;
    assert_eq!(act().await.unwrap_err().code, "E591");
    server.sql("SET GLOBAL read_only = 0").await;
    assert!(first.read(&people, &anna.key).await.unwrap().is_some());

    server.stop();
    let fault = first.read(&people, &anna.key).await.unwrap_err();
    assert!(
        ["E502", "E508"].contains(&fault.code.as_str()) && fault.passing,
        "{fault}"
    );
    assert_eq!(act().await.unwrap_err().code, "E502");
}
