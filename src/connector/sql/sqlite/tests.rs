mod retention;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::connector::object::{At, Erase, Field, Finder, How, Object, Via};
use crate::connector::{Action, Changes, Digester, Effect, Key, Probe, Record, Settings, Target};
use crate::inventory::{Engine, Setting, Status, System, Timeouts};
use crate::keys::{Digest, Key as SecretKey};
use crate::subject::{Identity, Kind, Kinds};

const SHOP: &str = r#"
    CREATE TABLE customers(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, no INTEGER, phone TEXT, name TEXT, born DATE, photo BLOB, blocked BOOLEAN DEFAULT 0);
    CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), note TEXT);
    CREATE TABLE basket(customer INTEGER REFERENCES customers ON DELETE CASCADE, item TEXT);
    INSERT INTO customers VALUES
      (1, 'Anna@Example.org', 4711, '+49 30 1234567', 'Anna Schmidt', '1984-05-17', x'00ff', 0),
      (2, 'o''brien"@example.org', 42, '030/7654321', 'O''Brien', NULL, NULL, 0),
      (3, 'ÄNNE@MÜLLER.example', 43, NULL, 'Änne Müller', NULL, NULL, 0),
      (4, 'а' || 'nna@example.org', 44, NULL, 'look-alike', NULL, NULL, 0);
    INSERT INTO orders VALUES (10, 1, 'ring twice'), (11, 1, NULL), (12, 2, 'x'), (13, NULL, 'nobody''s');
    INSERT INTO basket VALUES (2, 'tea');
"#;

struct Shop {
    folder: tempfile::TempDir,
}

fn shop(sql: &str) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("shop.db")).unwrap();
    connection.execute_batch(sql).unwrap();
    Shop { folder }
}

impl Shop {
    fn sql(&self, sql: &str) {
        Connection::open(self.folder.path().join("shop.db"))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    }

    fn count(&self, sql: &str) -> i64 {
        let connection = Connection::open(self.folder.path().join("shop.db")).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn opening(&self, objects: Vec<Object>) -> Opening {
        opening(self.folder.path(), objects)
    }
}

fn opening(folder: &Path, objects: Vec<Object>) -> Opening {
    let plain = BTreeMap::from([("path".to_owned(), "shop.db".to_owned())]);
    let system = System {
        name: "shop".into(),
        engine: Engine::Sqlite,
        status: Status::Active,
        owner: None,
        control: None,
        within: Duration::from_secs(60),
        timeouts: Timeouts {
            connect: Duration::from_secs(1),
            request: Duration::from_secs(1),
            lock: Duration::from_millis(100),
        },
        settings: BTreeMap::from([("path".to_owned(), Setting::Plain("shop.db".into()))]),
        insecure_http: false,
        unconfirmed_writes: false,
        objects,
    };
    Opening {
        system: Arc::new(system),
        folder: folder.to_path_buf(),
        settings: Settings {
            plain,
            ..Settings::default()
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

fn object(name: &str, fields: &[&str], find: Vec<Finder>) -> Object {
    Object {
        name: name.into(),
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
            table: name.into(),
            restrict: Vec::new(),
            unrestrict: Vec::new(),
        },
    }
}

fn customers() -> Object {
    let find = vec![
        by("email", &["email"]),
        by("customer_no", &["no"]),
        by("phone", &["phone"]),
        by("name", &["name"]),
    ];
    let mut object = object("customers", &["email", "phone", "name", "photo"], find);
    let flag = |value: &str| vec![("blocked".to_owned(), Some(value.to_owned()))];
    object.how = How::Table {
        table: "customers".into(),
        restrict: flag("true"),
        unrestrict: flag("false"),
    };
    object
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
    let plan = crate::plan::Plan {
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

#[tokio::test]
async fn people_are_found_by_every_spelling_and_only_they() {
    let shop = shop(SHOP);
    let object = customers();
    let mut reader = reader(&shop.opening(vec![object.clone()])).unwrap();
    for (finder, kind, value, expected) in [
        (0, "email", "anna@example.org", vec!["1"]),
        (0, "email", "O'BRIEN\"@example.org", vec!["2"]),
        (0, "email", "änne@müller.example", vec!["3"]),
        (0, "email", "%nna@example.org", vec![]),
        (0, "email", "_nna@example.org", vec![]),
        (0, "email", "\\anna@example.org", vec![]),
        (1, "customer_no", "4711", vec!["1"]),
        (1, "customer_no", "04711", vec![]),
        (1, "customer_no", "1 OR 1=1", vec![]),
        (1, "customer_no", "x'; DROP TABLE customers; --", vec![]),
        (2, "phone", "030 1234567", vec!["1"]),
        (2, "phone", "+49 (0)30 7654321", vec!["2"]),
        (3, "name", "anna SCHMIDT", vec!["1"]),
        (3, "name", "änne müller", vec!["3"]),
        (3, "name", "Aenne Mueller", vec!["3"]),
        (3, "name", "x' OR '1'='1", vec![]),
    ] {
        assert_eq!(
            keys(&mut reader, &object, finder, kind, value).await,
            expected,
            "{kind} {value}"
        );
    }
}

#[tokio::test]
async fn records_are_text_or_null_and_know_what_their_children_refer_to() {
    let shop = shop(SHOP);
    let parent = customers();
    let under = |via| Finder {
        by: None,
        under: vec!["customers".into()],
        partial: false,
        via,
    };
    let orders = object(
        "orders",
        &["note"],
        vec![under(Via::Join(vec![("customer_id".into(), "id".into())]))],
    );
    let odd = object(
        "basket",
        &[],
        vec![under(Via::Join(vec![("customer".into(), "no".into())]))],
    );
    let opening = shop.opening(vec![parent.clone(), orders.clone(), odd]);
    let anna = read(&opening, &parent, "1").await.unwrap();
    assert_eq!(
        anna.data,
        json!({"id": "1", "email": "Anna@Example.org", "phone": "+49 30 1234567", "name": "Anna Schmidt", "photo": "00FF", "no": "4711", "blocked": "0"})
    );
    let mut reader = reader(&opening).unwrap();
    let records = found(&mut reader, &orders, 0, Probe::Parent(&anna))
        .await
        .unwrap();
    assert_eq!(records.len(), 2);
    // The column that joins is read as well: the guard compares it with the parent.
    assert_eq!(
        records[1].data,
        json!({"customer_id": "1", "id": "11", "note": null})
    );

    // A parent without a value leads to nothing, least of all to rows that refer to nobody.
    for value in [json!(null), json!(""), json!(" ")] {
        let nobody = Record {
            key: anna.key.clone(),
            data: json!({"id": value}),
        };
        assert!(
            found(&mut reader, &orders, 0, Probe::Parent(&nobody))
                .await
                .unwrap()
                .is_empty()
        );
    }
    let cut = Record {
        key: anna.key.clone(),
        data: json!({}),
    };
    assert_eq!(
        found(&mut reader, &orders, 0, Probe::Parent(&cut))
            .await
            .unwrap_err()
            .code,
        "E317"
    );
}

#[tokio::test]
async fn the_sink_can_stop_and_the_reader_goes_on() {
    let shop = shop(SHOP);
    shop.sql("WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO orders SELECT i, 1, 'x' FROM n");
    let orders = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let mut reader = reader(&shop.opening(vec![orders.clone()])).unwrap();
    let anna = identity("customer_no", "1");
    for limit in [3, 4903] {
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
}

#[tokio::test]
async fn absence_is_not_emptiness() {
    let shop = shop(SHOP);
    let object = customers();
    let opening = shop.opening(vec![object.clone()]);
    let anna = identity("email", "anna@example.org");
    let mut reader = super::reader(&opening).unwrap();
    assert_eq!(
        found(&mut reader, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap()
            .len(),
        1
    );

    // Renamed while we are running: SQLite alone would compare with the text "email".
    shop.sql("ALTER TABLE customers RENAME COLUMN email TO mail");
    let fault = found(&mut reader, &object, 0, Probe::Identity(&anna))
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code.as_str(), fault.text.en.as_str()),
        ("E513", "the table customers has no column email")
    );
    shop.sql("DROP TABLE basket; DROP TABLE orders; DROP TABLE customers");
    assert_eq!(
        found(&mut reader, &object, 0, Probe::Identity(&anna))
            .await
            .unwrap_err()
            .code,
        "E512"
    );

    fs_err::remove_file(shop.folder.path().join("shop.db")).unwrap();
    let mut fresh = super::reader(&opening).unwrap();
    assert_eq!(fresh.check().await.unwrap_err().code, "E520");
    assert!(
        !shop.folder.path().join("shop.db").exists(),
        "a missing file is never made"
    );
    fs_err::write(
        shop.folder.path().join("shop.db"),
        "this is a letter, not a database, and long enough to be looked at",
    )
    .unwrap();
    assert_eq!(fresh.check().await.unwrap_err().code, "E521");
}

#[tokio::test]
async fn the_reading_connection_refuses_to_write() {
    let shop = shop(SHOP);
    let mut session = ReadOnly(Session::new(&shop.opening(vec![customers()]), false).unwrap());
    session.check().await.unwrap();
    for sql in [
        "DELETE FROM customers",
        "UPDATE customers SET email = 'x'",
        "CREATE TABLE x(y)",
        "PRAGMA user_version = 3",
    ] {
        let select = Select {
            sql: sql.into(),
            arguments: Vec::new(),
        };
        let refused = session.rows(&select, &mut |_| true).await;
        assert!(
            matches!(refused, Err(Refusal::Fault(fault)) if fault.code == "E514"),
            "{sql}"
        );
    }
    // Even if the switch is turned back, the file was opened for reading only.
    let switch = Select {
        sql: "PRAGMA query_only = OFF".into(),
        arguments: Vec::new(),
    };
    session.rows(&switch, &mut |_| true).await.unwrap();
    let select = Select {
        sql: "DELETE FROM orders".into(),
        arguments: Vec::new(),
    };
    assert!(session.rows(&select, &mut |_| true).await.is_err());
    assert_eq!(shop.count("SELECT count(*) FROM customers"), 4);
}

#[tokio::test]
async fn a_write_changes_the_planned_record_and_nothing_else() {
    let shop = shop(SHOP);
    let object = customers();
    let opening = shop.opening(vec![object.clone()]);
    let anna = read(&opening, &object, "1").await.unwrap();
    let changes = Changes::from([
        ("email".into(), Some("x'y\"@erased.invalid".into())),
        ("phone".into(), None),
    ]);
    assert_eq!(
        act(&opening, &object, Action::Anonymise, &anna, &changes).await,
        Ok(Effect::Done)
    );
    let now = read(&opening, &object, "1").await.unwrap();
    assert_eq!(
        (&now.data["email"], &now.data["phone"]),
        (&json!("x'y\"@erased.invalid"), &json!(null))
    );
    assert_eq!(
        shop.count("SELECT count(*) FROM customers WHERE email LIKE '%erased%' OR phone IS NULL"),
        3
    );

    // It is no longer what was planned.
    assert_eq!(
        act(&opening, &object, Action::Remove, &anna, &Changes::new()).await,
        Ok(Effect::Changed)
    );
    assert_eq!(shop.count("SELECT count(*) FROM customers WHERE id = 1"), 1);
    // Orders refer to it.
    assert_eq!(
        act(&opening, &object, Action::Remove, &now, &Changes::new()).await,
        Ok(Effect::Blocked)
    );
    shop.sql("DELETE FROM orders");
    assert_eq!(
        act(&opening, &object, Action::Restrict, &now, &Changes::new()).await,
        Ok(Effect::Done)
    );
    assert_eq!(
        shop.count("SELECT count(*) FROM customers WHERE blocked = 1"),
        1
    );
    assert_eq!(
        act(&opening, &object, Action::Remove, &now, &Changes::new()).await,
        Ok(Effect::Done)
    );
    assert_eq!(
        act(&opening, &object, Action::Remove, &now, &Changes::new()).await,
        Ok(Effect::Gone)
    );
    assert_eq!(shop.count("SELECT count(*) FROM customers"), 3);
}

#[tokio::test]
async fn nothing_vanishes_that_stands_in_no_plan() {
    let shop = shop(SHOP);
    let object = customers();
    let opening = shop.opening(vec![object.clone()]);
    shop.sql("DELETE FROM orders");
    let brien = read(&opening, &object, "2").await.unwrap();
    assert_eq!(
        act(&opening, &object, Action::Remove, &brien, &Changes::new()).await,
        Err(Fault::takes_along("basket"))
    );
    assert_eq!(shop.count("SELECT count(*) FROM basket"), 1);
    shop.sql("DELETE FROM basket");
    assert_eq!(
        act(&opening, &object, Action::Remove, &brien, &Changes::new()).await,
        Ok(Effect::Done)
    );
}

#[tokio::test]
async fn a_swallowed_deletion_does_not_count_as_done() {
    let shop = shop(SHOP);
    let object = object(
        "orders",
        &["note"],
        vec![by("customer_no", &["customer_id"])],
    );
    let opening = shop.opening(vec![object.clone()]);
    let order = read(&opening, &object, "10").await.unwrap();
    for trigger in [
        "CREATE TRIGGER keep BEFORE DELETE ON orders BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER keep BEFORE DELETE ON orders BEGIN SELECT RAISE(ABORT, 'CANARY'); END",
        "CREATE TRIGGER keep AFTER DELETE ON orders BEGIN INSERT INTO orders VALUES (old.id, old.customer_id, old.note); END",
    ] {
        shop.sql(trigger);
        assert_eq!(
            act(&opening, &object, Action::Remove, &order, &Changes::new()).await,
            Ok(Effect::Blocked),
            "{trigger}"
        );
        assert_eq!(shop.count("SELECT count(*) FROM orders WHERE id = 10"), 1);
        shop.sql("DROP TRIGGER keep");
    }
    assert_eq!(
        act(&opening, &object, Action::Remove, &order, &Changes::new()).await,
        Ok(Effect::Done)
    );
}

#[tokio::test]
async fn faults_name_numbers_and_no_values() {
    let shop = shop(SHOP);
    let object = customers();
    let opening = shop.opening(vec![object.clone()]);
    let anna = read(&opening, &object, "1").await.unwrap();
    let taken = Changes::from([("email".into(), Some("o'brien\"@example.org".into()))]);
    let fault = act(&opening, &object, Action::Rectify, &anna, &taken)
        .await
        .unwrap_err();
    assert_eq!(
        fault.text.en,
        "the database refused the statement (SQLSTATE SQLITE 2067)"
    );

    let other = Connection::open(shop.folder.path().join("shop.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let fault = act(&opening, &object, Action::Remove, &anna, &Changes::new())
        .await
        .unwrap_err();
    assert!(fault.code == "E511" && fault.passing);
}

#[tokio::test]
async fn a_deleted_record_leaves_no_trace_in_the_file() {
    let shop = shop(
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT, mail TEXT); INSERT INTO notes VALUES (1, 'CANARYCANARYCANARY', 'x');",
    );
    let object = object("notes", &["body"], vec![by("email", &["mail"])]);
    let opening = shop.opening(vec![object.clone()]);
    let trace = || {
        fs_err::read_dir(shop.folder.path()).unwrap().any(|file| {
            fs_err::read(file.unwrap().path())
                .unwrap()
                .windows(6)
                .any(|bytes| bytes == b"CANARY")
        })
    };
    for mode in ["DELETE", "WAL"] {
        shop.sql(&format!("PRAGMA journal_mode = {mode}; INSERT OR IGNORE INTO notes VALUES (1, 'CANARYCANARYCANARY', 'x')"));
        assert!(trace());
        let note = read(&opening, &object, "1").await.unwrap();
        let _open = Connection::open(shop.folder.path().join("shop.db")).unwrap();
        assert_eq!(
            act(&opening, &object, Action::Remove, &note, &Changes::new()).await,
            Ok(Effect::Done)
        );
        assert!(!trace(), "{mode}");
    }
}

#[tokio::test]
async fn odd_names_and_composite_keys_are_names_and_keys() {
    let shop = shop(
        "CREATE TABLE \"Order \"\"Items\"(\"Tenant Id\" TEXT, \"select\" INTEGER, \"E Mail\" TEXT, PRIMARY KEY(\"Tenant Id\", \"select\"));
         INSERT INTO \"Order \"\"Items\" VALUES ('a/b', 1, 'anna@example.org'), ('a', 1, 'ben@example.org'), ('a/b', 2, 'eva@example.org');",
    );
    let mut object = object("items", &["E Mail"], vec![by("email", &["E Mail"])]);
    object.key = vec!["Tenant Id".into(), "select".into()];
    object.how = How::Table {
        table: "\"Order \"\"Items\"".into(),
        restrict: Vec::new(),
        unrestrict: Vec::new(),
    };
    let opening = shop.opening(vec![object.clone()]);
    let mut reader = super::reader(&opening).unwrap();
    let anna = identity("email", "anna@example.org");
    let records = found(&mut reader, &object, 0, Probe::Identity(&anna))
        .await
        .unwrap();
    assert_eq!(records[0].key.parts(), ["a/b", "1"]);

    // A key that names fewer parts would name more records.
    let half = Key::new(vec!["a/b".into()]).unwrap();
    assert_eq!(reader.read(&object, &half).await.unwrap_err().code, "E206");
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
    assert_eq!(shop.count("SELECT count(*) FROM \"Order \"\"Items\""), 2);
}

#[tokio::test]
async fn the_catalogue_tells_what_columns_hold_and_what_weakens_a_promise() {
    let shop = shop(SHOP);
    shop.sql("CREATE TRIGGER copy AFTER UPDATE ON customers BEGIN SELECT 1; END");
    let object = customers();
    let mut reader = reader(&shop.opening(vec![object.clone()])).unwrap();
    let shape = reader.shape(&object).await.unwrap();
    assert!(shape["email"].unique && !shape["email"].nullable && !shape["email"].indexed);
    assert!(shape["born"].nullable && shape["born"].holds == crate::connector::Holds::Date);
    let warnings = reader.notes().warnings;
    assert_eq!(
        warnings[0].1,
        "customers.email: CREATE INDEX \"customers_email_dsr\" ON \"customers\" (lower(\"email\"))"
    );
    let codes: Vec<&str> = warnings.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["W203", "W203", "W203", "W204", "W207"]);

    // The statements that the warnings give make them go away.
    for (_, what) in warnings.iter().filter(|(code, _)| code == "W203") {
        shop.sql(what.split_once(": ").unwrap().1);
    }
    let mut reader = super::reader(&shop.opening(vec![object.clone()])).unwrap();
    assert!(reader.shape(&object).await.unwrap()["email"].indexed);
    let codes: Vec<String> = reader
        .notes()
        .warnings
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["W204", "W207"]);
}

#[tokio::test]
async fn an_address_is_the_same_with_white_space_around_it_whatever_the_index() {
    let around = [
        ("", " "),
        (" ", ""),
        ("", "\u{a0}"),
        ("\u{a0}", ""),
        ("\t", ""),
        ("", "\t"),
        ("", "\r\n"),
        ("\u{2003}\u{3000}", "   \u{85}"),
        ("\u{feff}", ""),
    ];
    for index in [
        "",
        "CREATE INDEX i ON people (lower(email))",
        "CREATE INDEX i ON people (email COLLATE NOCASE)",
    ] {
        let shop = shop(
            "CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT);
             INSERT INTO people VALUES (90, 'anna@example.organic'), (91, ' johanna@example.org'), (92, ''), (93, NULL),
               (94, 'anna @example.org')",
        );
        shop.sql(index);
        {
            let connection = Connection::open(shop.folder.path().join("shop.db")).unwrap();
            for (id, (before, behind)) in around.iter().enumerate() {
                for (more, address) in ["Anna@Example.org", "änne@example.org"].iter().enumerate()
                {
                    connection
                        .execute(
                            "INSERT INTO people VALUES (?1, ?2)",
                            rusqlite::params![
                                i64::try_from(id * 2 + more).unwrap(),
                                format!("{before}{address}{behind}")
                            ],
                        )
                        .unwrap();
                }
            }
        }
        let object = object("people", &["email"], vec![by("email", &["email"])]);
        let mut reader = reader(&shop.opening(vec![object.clone()])).unwrap();
        for (more, address) in ["anna@example.org", "änne@example.org"].iter().enumerate() {
            let who = identity("email", address);
            let mut keys: Vec<usize> = found(&mut reader, &object, 0, Probe::Identity(&who))
                .await
                .unwrap()
                .iter()
                .map(|record| record.key.parts()[0].parse().unwrap())
                .collect();
            keys.sort_unstable();
            // What nobody calls white space belongs to the address.
            let expected: Vec<usize> = (0..around.len() - 1).map(|id| id * 2 + more).collect();
            assert_eq!(keys, expected, "{index} {address}");
        }
    }
}

#[test]
fn an_index_in_lower_case_goes_on_serving_a_search_that_minds_white_space() {
    for index in ["lower(email)", "email COLLATE NOCASE"] {
        let shop = shop(&format!(
            "CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX i ON people ({index})"
        ));
        let connection = Connection::open(shop.folder.path().join("shop.db")).unwrap();
        let name = crate::connector::sql::name::TableName {
            schema: None,
            table: "people".into(),
        };
        let table = live::table(&connection, &name).unwrap().unwrap();
        let object = object("people", &["email"], vec![by("email", &["email"])]);
        let columns = ["id".to_owned(), "email".to_owned()];
        let who = identity("email", "anna@example.org");
        let select = crate::connector::sql::statement::by_identity(
            &table,
            &object,
            &columns,
            &["email".into()],
            &who,
        )
        .unwrap()
        .unwrap();
        let mut plan = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {}", select.sql))
            .unwrap();
        let steps: Vec<String> = plan
            .query_map(rusqlite::params_from_iter(&select.arguments), |row| {
                row.get(3)
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let by_index = steps.iter().filter(|one| one.contains("INDEX i"));
        assert!(
            by_index.count() > 8 && !steps.iter().any(|one| one.starts_with("SCAN")),
            "{index}: {steps:#?}\n{}",
            select.sql
        );
    }
}

#[tokio::test]
async fn a_number_is_found_however_it_is_written_and_its_index_is_made_as_printed() {
    let shop = shop(
        "CREATE TABLE people(id INTEGER PRIMARY KEY, phone TEXT);
         INSERT INTO people VALUES (1, 'tel:+49-89-1234567'), (2, '089' || char(9) || '1234567'), (3, 'TEL:+49 89 1234567' || char(13, 10)),
           (4, '089' || char(160) || '123' || char(8209) || '4567'), (9, '089 12345678')",
    );
    let object = object("people", &["phone"], vec![by("phone", &["phone"])]);
    for _ in 0..2 {
        let mut reader = reader(&shop.opening(vec![object.clone()])).unwrap();
        let who = identity("phone", "089 1234567");
        let records = found(&mut reader, &object, 0, Probe::Identity(&who))
            .await
            .unwrap();
        let mut keys: Vec<&str> = records
            .iter()
            .map(|record| record.key.parts()[0].as_str())
            .collect();
        keys.sort_unstable();
        assert_eq!(keys, ["1", "2", "3", "4"]);
        for (_, what) in reader.notes().warnings {
            let (_, statement) = what.split_once(": ").unwrap();
            assert!(
                statement.chars().all(|sign| (' '..='~').contains(&sign)),
                "{statement}"
            );
            shop.sql(statement);
        }
    }
    let mut reader = reader(&shop.opening(vec![object.clone()])).unwrap();
    reader.shape(&object).await.unwrap();
    assert_eq!(reader.notes().warnings, []);
}

#[tokio::test]
async fn the_catalogue_names_what_nobody_reads() {
    let shop = shop(SHOP);
    shop.sql(
        "ALTER TABLE customers ADD COLUMN initials TEXT GENERATED ALWAYS AS (substr(name, 1, 1)) VIRTUAL;
         CREATE VIEW seen AS SELECT id, email, phone FROM customers;
         CREATE TABLE heap(id INTEGER PRIMARY KEY, email TEXT)",
    );
    let mut second = object("dates", &["EMAIL", "born"], vec![by("email", &["EMAIL"])]);
    second.how = How::Table {
        table: "main.CUSTOMERS".into(),
        restrict: Vec::new(),
        unrestrict: Vec::new(),
    };
    let seen = object("seen", &["email"], vec![by("email", &["email"])]);
    let heap = object("heap", &["email"], vec![by("email", &["email"])]);
    let every = vec![customers(), second.clone(), seen.clone(), heap.clone()];
    let mut reader = reader(&shop.opening(every)).unwrap();
    let mut names = async |object: &Object| {
        let unread = reader.unread(object).await.unwrap().unwrap();
        assert!(unread.columns.iter().all(|column| !column.forbidden));
        let columns = unread.columns.into_iter();
        let names: Vec<String> = columns
            .map(|column| match column.listed_for.is_empty() {
                true => column.name,
                false => format!("{} for {}", column.name, column.listed_for.join(", ")),
            })
            .collect();
        (names.join("; "), unread.blind)
    };
    // The mark of a restriction is read with the record, so the record itself tells of it.
    assert_eq!(
        names(&customers()).await,
        ("no; born for dates; initials".to_owned(), None)
    );
    let of_customers = ["phone", "name", "photo"].map(|name| format!("{name} for customers"));
    let [phone, name, photo] = of_customers;
    assert_eq!(
        names(&second).await,
        (
            format!("no; {phone}; {name}; {photo}; blocked; initials"),
            None
        )
    );
    assert_eq!(
        names(&seen).await,
        ("phone".to_owned(), Some(crate::connector::Blind::View))
    );
    assert_eq!(names(&heap).await, (String::new(), None));
}

#[tokio::test]
async fn a_statement_without_end_is_cut_and_the_reader_goes_on() {
    let shop = shop(SHOP);
    shop.sql("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'x' || i AS mail FROM n");
    let (endless, customers) = (
        object("endless", &["mail"], vec![by("email", &["mail"])]),
        customers(),
    );
    let mut reader = reader(&shop.opening(vec![endless.clone(), customers.clone()])).unwrap();
    let anna = identity("email", "anna@example.org");
    let fault = found(&mut reader, &endless, 0, Probe::Identity(&anna))
        .await
        .unwrap_err();
    assert!(fault.code == "E504" && fault.passing);
    assert_eq!(
        keys(&mut reader, &customers, 0, "email", "anna@example.org").await,
        ["1"]
    );
}

#[test]
fn the_plan_shows_statements_without_values() {
    use crate::connector::sql::describe;
    let mut object = customers();
    object.fields[1].mask = Some(crate::connector::object::Mask::Keep);
    assert_eq!(
        describe(&Engine::Sqlite, &object, Action::Remove),
        ["DELETE FROM \"customers\" WHERE \"id\" = ?"]
    );
    assert_eq!(
        describe(&Engine::Sqlite, &object, Action::Anonymise),
        ["UPDATE \"customers\" SET \"email\" = ?, \"name\" = ?, \"photo\" = ? WHERE \"id\" = ?"]
    );
    assert_eq!(
        describe(&Engine::Sqlite, &object, Action::Restrict),
        ["UPDATE \"customers\" SET \"blocked\" = ? WHERE \"id\" = ?"]
    );
}
