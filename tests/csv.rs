//! The CSV engine under attack: whose rows it finds, and which bytes of a file it leaves alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "csv/changes.rs"]
mod changes;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dsr::connector::object::{At, Erase, Field, Finder, How, Via};
use dsr::connector::{
    Action, Changes, Digester, Effect, Fault, Key, Object, Opening, Probe, Record, Settings,
    Target, csv,
};
use dsr::findings::FoundBy;
use dsr::inventory::{CsvSettings, Engine, Status, System, Timeouts};
use dsr::keys::{Digest, Key as SecretKey};
use dsr::plan::{Approved, Decision, Plan, Step};
use dsr::subject::{Identity, Kind, Kinds};
use proptest::prelude::*;

fn identity(kind: &str, value: &str) -> Identity {
    let kinds = Kinds {
        country: "DE".into(),
        ..Kinds::default()
    };
    kinds.identity(&Kind(kind.into()), value).unwrap()
}

fn field(name: &str, kind: Option<&str>) -> Field {
    Field {
        name: name.into(),
        category: "contact.email".into(),
        at: At::Path(vec![name.into()]),
        identity: kind.map(|kind| Kind(kind.into())),
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
    Finder {
        by: Some(Kind(kind.into())),
        under: Vec::new(),
        partial: false,
        via: Via::Columns(columns.iter().map(|c| c.to_string()).collect()),
    }
}

/// Guests with an address; other finders can be added by tests.
fn guests(key: &[&str]) -> Object {
    Object {
        name: "guests".into(),
        key: key.iter().map(|k| k.to_string()).collect(),
        find: vec![by("email", &["Mail"])],
        fields: vec![field("Mail", Some("email"))],
        clock: None,
        also: Vec::new(),
        by_hand: Vec::new(),
        screen: None,
        cap: 500,
        erase: Erase::Remove,
        after: Vec::new(),
        how: How::File {
            restrict: Vec::new(),
            unrestrict: Vec::new(),
        },
    }
}

fn opening(
    folder: &Path,
    path: &str,
    (encoding, delimiter): (&str, u8),
    object: &Object,
) -> Opening {
    let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
    let system = System {
        name: "events".into(),
        engine: Engine::Csv(CsvSettings {
            path: path.into(),
            delimiter,
            encoding,
        }),
        status: Status::Active,
        owner: None,
        control: None,
        within: Duration::from_secs(60),
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(30),
            lock: Duration::from_millis(50),
        },
        settings: BTreeMap::new(),
        insecure_http: false,
        unconfirmed_writes: false,
        objects: vec![object.clone()],
    };
    Opening {
        system: Arc::new(system),
        folder: folder.to_owned(),
        settings: Settings::default(),
        row_key: SecretKey::from_bytes([7; 32]),
        descriptions: Default::default(),
        transport: Default::default(),
    }
}

/// A folder with files, and a system over them.
struct Place {
    folder: tempfile::TempDir,
    object: Object,
    encoding: &'static str,
    delimiter: u8,
    path: &'static str,
}

impl Place {
    fn new(files: &[(&str, &[u8])]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs_err::write(folder.path().join(name), bytes).unwrap();
        }
        Place {
            folder,
            object: guests(&["_row"]),
            encoding: "utf-8",
            delimiter: b';',
            path: "*.csv",
        }
    }

    fn opening(&self) -> Opening {
        let notation = (self.encoding, self.delimiter);
        opening(self.folder.path(), self.path, notation, &self.object)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.folder.path().join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs_err::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    async fn find_with(&self, finder: usize, probe: Probe<'_>) -> (Vec<Record>, Result<(), Fault>) {
        let mut reader = csv::reader(&self.opening()).unwrap();
        let mut found = Vec::new();
        let end = reader
            .find(&self.object, finder, probe, &mut |record| {
                found.push(record);
                true
            })
            .await;
        (found, end)
    }

    async fn find(&self, mail: &str) -> (Vec<Record>, Result<(), Fault>) {
        let identity = identity("email", mail);
        self.find_with(0, Probe::Identity(&identity)).await
    }

    async fn found(&self, mail: &str) -> Vec<Record> {
        let (found, end) = self.find(mail).await;
        end.unwrap();
        found
    }

    async fn code(&self, mail: &str) -> String {
        self.find(mail).await.1.unwrap_err().code
    }

    async fn read(&self, key: &Key) -> Result<Option<Record>, Fault> {
        let mut reader = csv::reader(&self.opening()).unwrap();
        reader.read(&self.object, key).await
    }

    async fn remove(&self, records: &[Record]) -> Vec<Result<Effect, Fault>> {
        let digester = digester();
        let digests: Vec<Digest> = records
            .iter()
            .map(|r| digester.digest(&self.object, r))
            .collect();
        self.remove_as(records, &digests).await
    }

    async fn remove_as(&self, records: &[Record], before: &[Digest]) -> Vec<Result<Effect, Fault>> {
        self.act(Action::Remove, records, before, &Changes::new())
            .await
    }

    async fn act(
        &self,
        action: Action,
        records: &[Record],
        before: &[Digest],
        changes: &Changes,
    ) -> Vec<Result<Effect, Fault>> {
        let approved = approved(records, action, changes);
        let mut writer = csv::writer(&self.opening(), &approved).unwrap();
        writer.recover().await.unwrap();
        let targets: Vec<Target<'_>> = records
            .iter()
            .zip(before)
            .map(|(record, before)| Target {
                record,
                before,
                changes,
                version: None,
            })
            .collect();
        writer
            .act(&self.object, action, &targets, &digester())
            .await
    }

    async fn erase(&self, mail: &str) -> Vec<Result<Effect, Fault>> {
        let records = self.found(mail).await;
        self.remove(&records).await
    }
}

fn digester() -> Digester {
    Digester::new(SecretKey::from_bytes([9; 32]))
}

fn approved(records: &[Record], action: Action, changes: &Changes) -> Approved {
    let step = |(no, record): (usize, &Record)| Step {
        no: no as u32,
        system: "events".into(),
        object: "guests".into(),
        key: record.key.clone(),
        name: Digest::sha256(b""),
        found_by: FoundBy {
            finder: 0,
            identity: None,
            parent: None,
            also: Vec::new(),
        },
        decision: Decision::Erase,
        action: Some(action),
        before: Digest::sha256(b""),
        after: None,
        changes: changes.clone(),
        order: 0,
        until: None,
        because: None,
        irreversible: None,
        label: None,
        was: BTreeMap::new(),
        categories: Vec::new(),
        keeping: None,
    };
    let plan = Plan {
        schema: "dsr.plan/1".into(),
        case: "2026-K7QF3M".into(),
        verb: "erase".into(),
        day: jiff::civil::date(2026, 11, 21),
        inventory: Digest::sha256(b""),
        steps: records.iter().enumerate().map(step).collect(),
        not_searched: Vec::new(),
        tasks: Vec::new(),
        waiting: Vec::new(),
        requests: BTreeMap::new(),
        changed_safety: Vec::new(),
    };
    let id = plan.id();
    Approved::new(plan, &[id]).unwrap()
}

/// File before, file after Anna left it.
const CORPUS: &[(&str, &[u8], &[u8])] = &[
    ("lf", b"Mail;Name\nanna@example.org;Anna\nbob@example.org;Bob\n", b"Mail;Name\nbob@example.org;Bob\n"),
    ("crlf", b"Mail;Name\r\nanna@example.org;Anna\r\nbob@example.org;Bob\r\n", b"Mail;Name\r\nbob@example.org;Bob\r\n"),
    ("mixed line ends", b"Mail;Name\r\nbob@example.org;Bob\nanna@example.org;Anna\r\ncy@example.org;Cy\n", b"Mail;Name\r\nbob@example.org;Bob\ncy@example.org;Cy\n"),
    ("no newline at the end, other row", b"Mail;Name\nanna@example.org;Anna\nbob@example.org;Bob", b"Mail;Name\nbob@example.org;Bob"),
    ("no newline at the end, last row", b"Mail;Name\r\nbob@example.org;Bob\r\nanna@example.org;Anna", b"Mail;Name\r\nbob@example.org;Bob"),
    ("no newline at the end, last rows", b"Mail;Name\nbob@example.org;Bob\nanna@example.org;A\nanna@example.org;B", b"Mail;Name\nbob@example.org;Bob"),
    ("only rows of one", b"Mail;Name\nanna@example.org;Anna", b"Mail;Name"),
    ("bom", b"\xef\xbb\xbfMail;Name\nanna@example.org;Anna\nbob@example.org;Bob\n", b"\xef\xbb\xbfMail;Name\nbob@example.org;Bob\n"),
    ("quotes kept as they were", b"\"Mail\";Name\n\"bob@example.org\";Bob\n\"ANNA@example.org\";\"A\"\ncy@example.org;\"C\"\n", b"\"Mail\";Name\n\"bob@example.org\";Bob\ncy@example.org;\"C\"\n"),
    ("line breaks and delimiters inside", b"Mail;Name\nbob@example.org;\"B;\r\nanna@example.org;\"\"x\"\"\"\nanna@example.org;\"A\n;\n\"\ncy@example.org;C\n", b"Mail;Name\nbob@example.org;\"B;\r\nanna@example.org;\"\"x\"\"\"\ncy@example.org;C\n"),
    ("empty lines", b"\nMail;Name\n\n\nanna@example.org;Anna\n\nbob@example.org;Bob\n\n", b"\nMail;Name\n\n\n\nbob@example.org;Bob\n\n"),
    ("one column", b"Mail\nbob@example.org\n anna@example.org \ncy@example.org\n", b"Mail\nbob@example.org\ncy@example.org\n"),
    ("equal rows", b"Mail;Name\nanna@example.org;A\nbob@example.org;B\nanna@example.org;A\nanna@example.org;A\n", b"Mail;Name\nbob@example.org;B\n"),
    ("a hint to a spreadsheet", b"sep=;\r\nMail;Name\r\nanna@example.org;A\r\n", b"sep=;\r\nMail;Name\r\n"),
    ("formulas and escapes", b"Mail;Name\nbob@example.org;=cmd|' /C calc'!A0\nanna@example.org;\x1b[31mA\ncy@example.org;\x1b]0;x\x07\x00\n", b"Mail;Name\nbob@example.org;=cmd|' /C calc'!A0\ncy@example.org;\x1b]0;x\x07\x00\n"),
    ("a quote within an unquoted field", b"Mail;Name\nbob@example.org;5\" pipe\nanna@example.org;6\" pipe\ncy@example.org;7\n", b"Mail;Name\nbob@example.org;5\" pipe\ncy@example.org;7\n"),
    ("old line ends", b"Mail;Name\ranna@example.org;A\rbob@example.org;B\r", b"Mail;Name\rbob@example.org;B\r"),
];

#[tokio::test]
async fn untouched_rows_keep_every_byte() {
    for (what, before, after) in CORPUS {
        let place = Place::new(&[("a.csv", before)]);
        let results = place.erase("anna@example.org").await;
        assert!(!results.is_empty(), "{what}");
        assert!(
            results.iter().all(|r| *r == Ok(Effect::Done)),
            "{what}: {results:?}"
        );
        let is = place.bytes("a.csv");
        assert_eq!(
            String::from_utf8_lossy(&is),
            String::from_utf8_lossy(after),
            "{what}"
        );
        assert_eq!(place.names(), ["a.csv"], "{what}");
        assert!(place.found("anna@example.org").await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn other_encodings_are_found_and_kept() {
    let mut place = Place::new(&[(
        "a.csv",
        b"Mail;Name\nj\xfcrgen@example.org;J\xfcrgen\nbob@example.org;B\xf6b\n",
    )]);
    place.encoding = "latin1";
    let found = place.found("JÜRGEN@example.org").await;
    assert_eq!(found[0].data["Name"], "Jürgen");
    place.remove(&found).await[0].clone().unwrap();
    assert_eq!(place.bytes("a.csv"), b"Mail;Name\nbob@example.org;B\xf6b\n");

    for (label, big) in [("utf-16le", false), ("utf-16be", true), ("utf-8", false)] {
        let wide = |text: &str| -> Vec<u8> {
            let units = text.encode_utf16();
            units
                .flat_map(|u| {
                    if big {
                        u.to_be_bytes()
                    } else {
                        u.to_le_bytes()
                    }
                })
                .collect()
        };
        // With a byte order mark the stated encoding does not matter.
        let before = wide("\u{feff}Mail;Name\r\nanna@example.org;\"Ä\r\n\"\r\nbob@example.org;ਊ上");
        let mut place = Place::new(&[("a.csv", &before)]);
        place.encoding = label;
        let found = place.found("anna@example.org").await;
        assert_eq!(found[0].data["Name"], "Ä\r\n", "{label}");
        assert_eq!(
            place.read(&found[0].key).await.unwrap().as_ref(),
            Some(&found[0])
        );
        place.remove(&found).await[0].clone().unwrap();
        assert_eq!(
            place.bytes("a.csv"),
            wide("\u{feff}Mail;Name\r\nbob@example.org;ਊ上")
        );
        let rest = place.found("bob@example.org").await;
        place.remove(&rest).await[0].clone().unwrap();
        assert_eq!(place.bytes("a.csv"), wide("\u{feff}Mail;Name"));
    }
}

#[tokio::test]
async fn strangers_with_a_similar_address_are_no_candidates() {
    let file = "Mail;Name\njoanna@example.org;1\nanna@example.org.uk;2\nanna@example.organic;3\n\
        x-anna@example.org;4\nbob@example.org;anna@example.org\n ANNA@Example.org ;5\n\
        \"Anna <anna@example.org>\";6\nanna@ｅｘａｍｐｌｅ.org;7\nanna@example.org;8\n";
    let place = Place::new(&[("a.csv", file.as_bytes())]);
    let names: Vec<_> = place
        .found("anna@example.org")
        .await
        .into_iter()
        .map(|r| r.data["Name"].clone())
        .collect();
    // 6 holds the address among other words: the guard counts it as a near miss.
    assert_eq!(names, ["5", "6", "7", "8"]);
}

#[tokio::test]
async fn values_are_found_as_csv_writes_them() {
    let place = Place::new(&[(
        "a.csv",
        b"Mail;Name\n\"o'brien\"\"@example.org\";O\no'brien\"@example.org;P\n",
    )]);
    assert_eq!(place.found("o'brien\"@example.org").await.len(), 2);
}

#[tokio::test]
async fn other_finders_compare_as_their_kind_does() {
    let mut place = Place::new(&[(
        "a.csv",
        "Mail;Tel;No;First;Last\nx@example.org;030 / 123 45 67;0042;Änne;Weiß-Muster\n\
         y@example.org;\"+49 (0)30\n1234567\";42; Änne ;Muster\nz@example.org;0301234568;00421;Muster;Max\n"
            .as_bytes(),
    )]);
    place.object.find.extend([
        by("phone", &["Tel"]),
        by("customer_no", &["No"]),
        by("name", &["First", "Last"]),
    ]);
    let mails = async |finder: usize, kind: &str, value: &str| -> Vec<String> {
        let identity = identity(kind, value);
        let (found, end) = place.find_with(finder, Probe::Identity(&identity)).await;
        end.unwrap();
        found
            .iter()
            .map(|r| r.data["Mail"].as_str().unwrap()[..1].to_owned())
            .collect()
    };
    assert_eq!(mails(1, "phone", "+49 30 1234567").await, ["x", "y"]);
    assert_eq!(mails(2, "customer_no", "0042").await, ["x"]);
    assert_eq!(mails(2, "customer_no", "42").await, ["y"]);
    assert_eq!(mails(3, "name", "ÄNNE Muster").await, ["x", "y"]);
    assert_eq!(mails(3, "name", "Aenne Weiss").await, ["x"]);
}

#[tokio::test]
async fn children_are_found_by_the_columns_of_their_parent() {
    let mut place = Place::new(&[(
        "a.csv",
        b"Mail;No\nanna@example.org;7\n;17\nx@example.org;7\n;\n",
    )]);
    place.object.find.push(Finder {
        by: None,
        under: vec!["guests".into()],
        partial: false,
        via: Via::Join(vec![("No".into(), "No".into())]),
    });
    let parent = |no: serde_json::Value| Record {
        key: Key::new(vec!["1".into()]).unwrap(),
        data: serde_json::json!({ "No": no }),
    };
    let (found, end) = place.find_with(1, Probe::Parent(&parent("7".into()))).await;
    assert_eq!((found.len(), end), (2, Ok(())));
    // An empty value leads nowhere, least of all to all rows without one.
    for nothing in [serde_json::Value::Null, "".into(), " ".into()] {
        let (found, end) = place.find_with(1, Probe::Parent(&parent(nothing))).await;
        assert_eq!((found.len(), end), (0, Ok(())));
    }
    let missing = Record {
        data: serde_json::json!({}),
        ..parent("7".into())
    };
    assert_eq!(
        place
            .find_with(1, Probe::Parent(&missing))
            .await
            .1
            .unwrap_err()
            .code,
        "E317"
    );
}

#[tokio::test]
async fn removing_one_row_moves_no_other_key() {
    let place = Place::new(&[(
        "a.csv",
        b"Mail;Name\nanna@example.org;A\nanna@example.org;B\nanna@example.org;A\n",
    )]);
    let found = place.found("anna@example.org").await;
    let ordinals: Vec<&str> = found.iter().map(|r| r.key.parts()[2].as_str()).collect();
    assert_eq!(ordinals, ["0", "0", "1"]);
    assert_eq!(place.remove(&found[..1]).await, [Ok(Effect::Done)]);
    assert_eq!(
        place.read(&found[1].key).await.unwrap().as_ref(),
        Some(&found[1])
    );
    // The bytes of the third row are now the first of their kind.
    assert_eq!(place.remove(&found[1..2]).await, [Ok(Effect::Done)]);
    // Whether it is gone or another now, only a new search can tell.
    assert_eq!(place.remove(&found[1..2]).await, [Ok(Effect::Changed)]);
    assert_eq!(place.bytes("a.csv"), b"Mail;Name\nanna@example.org;A\n");
}

#[tokio::test]
async fn key_columns_name_one_row_over_all_files() {
    let mut place = Place::new(&[
        ("a.csv", b"Mail;Id\nanna@example.org;1\nbob@example.org;2\n"),
        (
            "b.csv",
            b"Mail;Id\ncy@example.org;3\ndi@example.org;2\neve@example.org;\n",
        ),
    ]);
    place.object.key = vec!["Id".into()];
    let found = place.found("anna@example.org").await;
    assert_eq!(found[0].key.parts(), ["1"]);
    assert_eq!(
        place.read(&found[0].key).await.unwrap().as_ref(),
        Some(&found[0])
    );
    assert_eq!(place.code("bob@example.org").await, "E214");
    assert_eq!(place.code("eve@example.org").await, "E206");
    let twice = Record {
        key: Key::new(vec!["2".into()]).unwrap(),
        ..found[0].clone()
    };
    let results = place.remove(&[found[0].clone(), twice]).await;
    assert_eq!(results[0], Ok(Effect::Done));
    assert_eq!(results[1].as_ref().unwrap_err().code, "E214");
    assert_eq!(place.bytes("a.csv"), b"Mail;Id\nbob@example.org;2\n");
    assert_eq!(place.bytes("b.csv").len(), 59);
}

#[tokio::test]
async fn a_row_that_is_not_as_planned_stays() {
    let mut place = Place::new(&[("a.csv", b"Mail;Id;Name\nanna@example.org;1;Anna\n")]);
    place.object.key = vec!["Id".into()];
    place.object.fields.push(field("Name", None));
    let found = place.found("anna@example.org").await;
    let planned = digester().digest(&place.object, &found[0]);
    let now = b"Mail;Id;Name\nanna@example.org;1;Otto\n";
    fs_err::write(place.folder.path().join("a.csv"), now).unwrap();
    assert_eq!(
        place.remove_as(&found, &[planned]).await,
        [Ok(Effect::Changed)]
    );
    assert_eq!(place.bytes("a.csv"), now);
}

#[tokio::test]
async fn nothing_outside_of_the_plan_is_removed() {
    let place = Place::new(&[("a.csv", b"Mail\nanna@example.org\nbob@example.org\n")]);
    let anna = place.found("anna@example.org").await;
    let bob = place.found("bob@example.org").await;
    let changes = Changes::new();
    let approved = approved(&anna, Action::Remove, &changes);
    let mut writer = csv::writer(&place.opening(), &approved).unwrap();
    let before = digester().digest(&place.object, &bob[0]);
    let target = Target {
        record: &bob[0],
        before: &before,
        changes: &changes,
        version: None,
    };
    for (action, record) in [(Action::Remove, &bob[0]), (Action::Rectify, &anna[0])] {
        let results = writer
            .act(
                &place.object,
                action,
                &[Target { record, ..target }],
                &digester(),
            )
            .await;
        assert_eq!(results[0].as_ref().unwrap_err().code, "E514");
    }
    assert_eq!(place.bytes("a.csv").len(), 38);
}

#[tokio::test]
async fn a_file_that_is_not_as_described_is_never_an_empty_answer() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("empty", b"", "E523"),
        ("only empty lines", b"\n\n", "E523"),
        (
            "other columns",
            b"E-Mail;Name\nanna@example.org;A\n",
            "E523",
        ),
        (
            "other delimiter",
            b"Mail,Name\nanna@example.org,A\n",
            "E523",
        ),
        (
            "column twice",
            b"Mail;Mail\nx@example.org;anna@example.org\n",
            "E524",
        ),
        (
            "open quote",
            b"Mail;Name\nbob@example.org;\"B\ncy@example.org;C\n",
            "E524",
        ),
        ("too few columns", b"Mail;Name\nanna@example.org\n", "E524"),
        (
            "too many columns",
            b"Mail;Name\nanna@example.org;A;B\n",
            "E524",
        ),
        (
            "other encoding",
            b"Mail;Name\nanna@example.org;\xc4nne\n",
            "E524",
        ),
        (
            "other encoding in a domain",
            b"Mail;Name\nanna@ex\xe4mple.org;A\n",
            "E524",
        ),
    ];
    for (what, bytes, code) in cases {
        let place = Place::new(&[("a.csv", bytes), ("b.csv", b"Mail\nanna@example.org\n")]);
        let (found, end) = place.find("anna@example.org").await;
        assert_eq!(end.unwrap_err().code, *code, "{what}");
        assert_eq!(found.len(), 1, "the other file was searched ({what})");
    }
    assert_eq!(Place::new(&[]).code("anna@example.org").await, "E520");
    let place = Place::new(&[("a.csv", b"Mail;Name\n\"b\n\";B\nanna@example.org\n")]);
    let fault = place.find("anna@example.org").await.1.unwrap_err();
    assert!(fault.text.en.ends_with("line 4"), "{}", fault.text.en);
    assert!(!format!("{fault:?}").contains("anna"));
    let place = Place::new(&[("a.csv", b"Mail;Name\nbob@example.org;J\xfcrgen\n")]);
    assert_eq!(
        place.code("jürgen@example.org").await,
        "E524",
        "it may hide in what is not text"
    );
    assert!(place.found("anna@example.org").await.is_empty());
}

#[tokio::test]
async fn a_missing_file_does_not_mean_that_its_rows_are_gone() {
    let place = Place::new(&[("a.csv", b"Mail\nanna@example.org\n"), ("b.csv", b"Mail\n")]);
    let found = place.found("anna@example.org").await;
    fs_err::remove_file(place.folder.path().join("a.csv")).unwrap();
    assert_eq!(place.read(&found[0].key).await.unwrap_err().code, "E520");
    assert_eq!(
        place.remove(&found).await[0].as_ref().unwrap_err().code,
        "E520"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn pipes_locks_and_links() {
    let place = Place::new(&[
        ("a.csv", b"Mail\nanna@example.org\n"),
        ("b.csv", b"Mail\nanna@example.org\n"),
    ]);
    let path = |name: &str| place.folder.path().join(name);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path("pipe.csv"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let (found, end) = place.find("anna@example.org").await;
    assert_eq!((found.len(), end.unwrap_err().code), (2, "E521".into()));
    fs_err::remove_file(path("pipe.csv")).unwrap();

    let held = fs_err::File::open(path("a.csv")).unwrap();
    held.try_lock().unwrap();
    let (some, end) = place.find("anna@example.org").await;
    assert_eq!((some.len(), end.unwrap_err().code), (1, "E511".into()));
    let results = place.remove(&found).await;
    assert_eq!(results[0].as_ref().unwrap_err().code, "E511");
    assert_eq!(results[1], Ok(Effect::Done));
    drop(held);

    // Under its other name the data would stay.
    fs_err::hard_link(path("a.csv"), path("copy")).unwrap();
    assert_eq!(
        place.remove(&found[..1]).await[0]
            .as_ref()
            .unwrap_err()
            .code,
        "E522"
    );
    let health = csv::reader(&place.opening()).unwrap().check().await;
    assert_eq!(health.unwrap().notes.warnings[0].0, "W222");
    fs_err::remove_file(path("copy")).unwrap();

    // Two links and one file: found once, and the links stay links.
    fs_err::rename(path("a.csv"), path("data")).unwrap();
    for link in ["a.csv", "c.csv"] {
        std::os::unix::fs::symlink(path("data"), path(link)).unwrap();
    }
    let results = place.erase("anna@example.org").await;
    assert_eq!(results, [Ok(Effect::Done)]);
    assert_eq!(place.bytes("data"), b"Mail\n");
    assert!(
        fs_err::symlink_metadata(path("a.csv"))
            .unwrap()
            .is_symlink()
    );
}

#[cfg(unix)]
#[tokio::test]
async fn rights_are_kept_and_heeded() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let place = Place::new(&[("a.csv", b"Mail\nanna@example.org\nanna@example.org\n")]);
    let (folder, file) = (place.folder.path(), place.folder.path().join("a.csv"));
    let mode = |path: &Path, mode: u32| {
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&file, Some(1234), Some(4321)).unwrap();
    }
    mode(&file, 0o640);
    let was = fs_err::metadata(&file).unwrap();
    let found = place.found("anna@example.org").await;

    mode(folder, 0o555);
    let refused = place.remove(&found).await;
    let warned = csv::reader(&place.opening())
        .unwrap()
        .check()
        .await
        .unwrap();
    mode(folder, 0o755);
    assert!(
        refused
            .iter()
            .all(|r| r.as_ref().unwrap_err().code == "E522")
    );
    assert_eq!(
        warned.notes.warnings,
        [("W220".to_owned(), "a.csv".to_owned())]
    );
    mode(&file, 0o440);
    assert_eq!(
        place.remove(&found).await[0].as_ref().unwrap_err().code,
        "E522"
    );
    mode(&file, 0o640);
    assert_eq!(place.bytes("a.csv").len(), 39);
    assert_eq!(place.names(), ["a.csv"]);

    assert_eq!(place.remove(&found[..1]).await, [Ok(Effect::Done)]);
    let is = fs_err::metadata(&file).unwrap();
    assert_eq!(
        (is.mode(), is.uid(), is.gid()),
        (was.mode(), was.uid(), was.gid())
    );
    let health = csv::reader(&place.opening())
        .unwrap()
        .check()
        .await
        .unwrap();
    assert!(health.notes.warnings.is_empty());
}

#[tokio::test]
async fn a_large_file_is_searched_across_blocks() {
    let mut text = String::from("Mail;Note\n");
    let mut row = 0;
    while text.len() < 5_000_000 {
        row += 1;
        text.push_str(&format!(
            "guest{row}@example.org;\"line one;\nline \"\"two\"\"\"\n"
        ));
    }
    let place = Place::new(&[("a.csv", text.as_bytes())]);
    for number in [1, 2, row / 2, row - 1, row] {
        let found = place.found(&format!("guest{number}@example.org")).await;
        assert_eq!(found.len(), 1, "{number}");
        assert_eq!(found[0].data["Note"], "line one;\nline \"two\"");
    }
    let mail = format!("guest{}@example.org", row / 2);
    assert_eq!(place.erase(&mail).await, [Ok(Effect::Done)]);
    let gone = format!("{mail};\"line one;\nline \"\"two\"\"\"\n");
    assert_eq!(
        place.bytes("a.csv"),
        text.replace(&format!("\n{gone}"), "\n").into_bytes()
    );
}

#[tokio::test]
async fn the_cap_stops_the_search() {
    let text = format!("Mail\n{}", "anna@example.org\n".repeat(5000));
    let place = Place::new(&[("a.csv", text.as_bytes())]);
    let (anna, mut count) = (identity("email", "anna@example.org"), 0);
    let mut reader = csv::reader(&place.opening()).unwrap();
    let end = reader
        .find(&place.object, 0, Probe::Identity(&anna), &mut |_| {
            count += 1;
            count < 3
        })
        .await;
    assert_eq!((count, end), (3, Ok(())));
}

fn quoted(cell: &str, always: bool) -> String {
    if always || cell.starts_with('"') || cell.contains([';', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn removing_rows_equals_the_naive_model(
        rows in prop::collection::vec(
            (prop::sample::select(vec!["anna@example.org", "Anna@example.org", "joanna@example.org", "bob@example.org", ""]),
             "[a;\"\n\r@ü]{0,5}", any::<bool>(), prop::sample::select(vec!["\n", "\r\n"])),
            0..12),
        ended in any::<bool>(),
        bom in any::<bool>(),
    ) {
        let mut before = vec![(String::from(if bom { "\u{feff}Mail;Note" } else { "Mail;Note" }), "\n", true)];
        for (mail, note, always, end) in &rows {
            let row = format!("{};{}", quoted(mail, *always), quoted(note, *always));
            before.push((row, end, !mail.eq_ignore_ascii_case("anna@example.org")));
        }
        let write = |rows: Vec<&(String, &str, bool)>| {
            let mut text: String = rows.iter().map(|(row, end, _)| format!("{row}{end}")).collect();
            if !ended {
                let length = rows.last().unwrap().1.len();
                text.truncate(text.len() - length);
            }
            text
        };
        let all = write(before.iter().collect());
        let kept = write(before.iter().filter(|row| row.2).collect());
        let wanted = before.iter().filter(|row| !row.2).count();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let place = Place::new(&[("a.csv", all.as_bytes())]);
            let results = place.erase("anna@example.org").await;
            assert_eq!(results.len(), wanted);
            assert!(results.iter().all(|r| *r == Ok(Effect::Done)));
            assert_eq!(String::from_utf8(place.bytes("a.csv")).unwrap(), kept);
        });
    }
}
