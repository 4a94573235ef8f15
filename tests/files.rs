//! Documents on a share: every format read, everything else told, hostile ones survived, and the way of a request from the first look to
//! the evidence.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]
#![cfg(unix)]

#[path = "files/make.rs"]
mod make;
mod support {
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use make::{archive, compound, doc, docx, docx_of, letter, odf, pdf, pptx, wide, xls, xlsx};
use serde_json::Value;
use support::program::{Ran, Workspace};

const INVENTORY: &str = r#"
dsr: 1
controller: { name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }
requests: { identity: assumed }
identities: { customer_no: { like: "^[0-9]{4}$", trusted_from: [crm.customers] }, iban: {} }
systems:
  crm:
    engine: csv
    settings: { path: "crm.csv" }
    objects:
      customers:
        find: [{ by: email, column: mail }]
        fields:
          mail: { category: contact.email, identity: email }
          no: { category: account.id, identity: customer_no }
        erase: remove
  share:
    engine: files
    owner: office
    settings: { path: "share" }
"#;

const ADA: &str = "ada@example.org";

struct Share(Workspace);

impl Share {
    fn new() -> Share {
        Share::of(INVENTORY)
    }

    fn of(inventory: &str) -> Share {
        let share = Share(Workspace::new(inventory, &[]));
        share
            .0
            .write("crm.csv", "mail,no\ncontrol@example.org,1000\n");
        fs_err::create_dir(share.0.path("share")).unwrap();
        share
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.path("share").join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }

    fn find(&self, code: i32) -> Value {
        let line = [
            "find", "--email", ADA, "--format", "json", "--reason", "access",
        ];
        self.0.run(&line).ends_with(code).json()
    }
}

/// What the share's part of an answer is.
fn share(found: &Value) -> &Value {
    let systems = found["systems"].as_array().unwrap();
    systems.iter().find(|one| one["system"] == "share").unwrap()
}

/// Each document with its places, as short words.
fn documents(found: &Value) -> BTreeMap<String, Vec<String>> {
    let records = share(found)["records"].as_array().unwrap();
    let of = |record: &Value| {
        let places = record["places"].as_array().unwrap().iter().map(|place| {
            let mut words = Vec::new();
            for name in ["part", "page", "slide", "line", "sheet", "cell"] {
                match &place[name] {
                    Value::Null => {}
                    Value::String(text) => words.push(format!("{name} {text}")),
                    other => words.push(format!("{name} {other}")),
                }
            }
            words.join(" ")
        });
        let mut places: Vec<String> = places.collect();
        places.dedup();
        (record["document"].as_str().unwrap().to_owned(), places)
    };
    records.iter().map(of).collect()
}

/// Documents that were not read, with the reason.
fn unread(found: &Value) -> BTreeMap<String, String> {
    let named = share(found)["documents"]["named"].as_array().unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    named
        .iter()
        .map(|one| (text(one, "path"), text(one, "why")))
        .collect()
}

#[test]
fn every_format_is_read_to_the_place() {
    let share = Share::new();
    let wide: Vec<u8> = "\u{feff}first\nADA@Example.org\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    share.put("a/plain.txt", "one\ntwo ada@example.org\n");
    share.put("a/latin.TXT", b"Gr\xfc\xdfe\nan ada@example.org\n");
    share.put("a/wide.txt", wide);
    share.put("a/no ending", "ada@example.org");
    share.put("a/list.csv", "Mail;Name\n\"ada@example.org\";Ada\n");
    share.put("a/notes.md", "# x\n\n* _ada@example.org_\n");
    share.put("a/page.html", "<p>x\n<b>ada</b>&#64;example.org");
    share.put("a/data.json", "{\n\"m\": \"ada\\u0040example.org\"}");
    share.put("a/data.xml", "<a>\n<b m='ada@example.org'/></a>");
    share.put("a/old.rtf", r"{\rtf1 {\b ada}@example.org}");
    share.put(
        "b/split.docx",
        docx(&[&["Dear"], &["mail ada", "@exam", "ple.org", "!"]]),
    );
    share.put(
        "b/aside.docx",
        docx_of(
            b"<w:document xmlns:w='w'><w:p/></w:document>",
            &[
                (
                    "word/footer1.xml",
                    b"<w:ftr xmlns:w='w'><w:p><w:t>ada@example.org</w:t></w:p></w:ftr>",
                ),
                (
                    "word/_rels/document.xml.rels",
                    b"<R><R Target='mailto:ada@example.org'/></R>",
                ),
            ],
        ),
    );
    share.put(
        "b/book.xlsx",
        xlsx(
            "Kunden",
            &["x", "ada@example.org"],
            "<c r=\"B7\" t=\"s\"><v>1</v></c><c r=\"C7\" t=\"inlineStr\"><is><t>Ada: ada@example.org</t></is></c>",
        ),
    );
    share.put("b/talk.pptx", pptx("ada@example.org"));
    share.put(
        "b/text.odt",
        odf(
            "text",
            "<text:p>ada<text:span>@example.org</text:span></text:p>",
        ),
    );
    share.put(
        "b/table.ods",
        odf(
            "spreadsheet",
            "<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"2\"/><table:table-row>\
             <table:table-cell table:number-columns-repeated=\"3\"/><table:table-cell>\
             <text:p>ada@example.org</text:p></table:table-cell></table:table-row></table:table>",
        ),
    );
    share.put(
        "c/two.pdf",
        pdf(&["nobody", "write to ada@example.org please"]),
    );
    let attached = docx(&[&["ada@example.org"]]);
    share.put(
        "d/letter.eml",
        letter("Hello =\r\nada=40example.org", "offer.docx", &attached),
    );
    let inner = letter("nobody", "two.pdf", &pdf(&["ada@example.org"]));
    let mut boxed = b"From a Sat Nov 21 10:00:00 2026\nFrom: x@example.com\nSubject: s\n\n>From ada@example.org\n\n".to_vec();
    boxed.extend_from_slice(b"From b Sat Nov 21 10:00:00 2026\n");
    boxed.extend_from_slice(&inner);
    share.put("d/mails.mbox", boxed);
    share.put(
        "d/all.zip",
        archive(&[
            ("x/in.txt", b"1\nada@example.org"),
            ("y.pdf", &pdf(&["ada@example.org"])),
        ]),
    );
    share.put("e/ada@example.org/holiday.txt", "nothing");
    // Somebody else's, in each direction.
    share.put(
        "f/other.txt",
        "xada@example.org ada@example.org.uk adam@example.org ada @example.org",
    );

    let found = share.find(0);
    let expected: BTreeMap<String, Vec<String>> = [
        ("a/data.json", &["line 2"][..]),
        ("a/data.xml", &["line 2"]),
        ("a/latin.TXT", &["line 2"]),
        ("a/list.csv", &["line 2"]),
        ("a/no ending", &["line 1"]),
        ("a/notes.md", &["line 3"]),
        ("a/old.rtf", &["line 1"]),
        ("a/page.html", &["line 2"]),
        ("a/plain.txt", &["line 2"]),
        ("a/wide.txt", &["line 2"]),
        ("b/aside.docx", &[""]),
        (
            "b/book.xlsx",
            &["sheet Kunden cell B7", "sheet Kunden cell C7"],
        ),
        ("b/split.docx", &[""]),
        ("b/table.ods", &["sheet S cell D3"]),
        ("b/talk.pptx", &["slide 2"]),
        ("b/text.odt", &[""]),
        ("c/two.pdf", &["page 2"]),
        ("d/all.zip", &["part x/in.txt line 2", "part y.pdf page 1"]),
        ("d/letter.eml", &["line 1", "part offer.docx"]),
        (
            "d/mails.mbox",
            &["part #1 line 1", "part #2 › two.pdf page 1"],
        ),
        ("e/ada@example.org/holiday.txt", &[""]),
    ]
    .into_iter()
    .map(|(name, places)| {
        (
            name.to_owned(),
            places.iter().map(|p| (*p).to_owned()).collect(),
        )
    })
    .collect();
    assert_eq!(documents(&found), expected);
    let told = &self::share(&found)["documents"];
    assert_eq!(
        (&told["seen"], &told["searched"]),
        (&22.into(), &22.into()),
        "{told}"
    );
    let records = self::share(&found)["records"].as_array().unwrap();
    assert!(
        records
            .iter()
            .all(|one| one["match"] == "stated" && one["erase"] == "manual")
    );
    let snippet = |name: &str| {
        let record = records.iter().find(|one| one["document"] == name).unwrap();
        record["places"][0]["snippet"].clone()
    };
    assert_eq!(snippet("b/split.docx"), "mail ada@example.org!");
}

#[test]
fn what_cannot_be_looked_into_is_told_and_becomes_a_task() {
    let share = Share::new();
    share.put("ok.txt", "nothing");
    share.put("photo.txt", b"\xff\xd8\xff\xe0\0\x10JFIF");
    share.put("scan.pdf", pdf(&[""]));
    share.put("half.pdf", pdf(&["ada@example.org", ""]));
    share.put("cut.pdf", &pdf(&["ada@example.org"])[..300]);
    share.put("fake.pdf", "no pdf");
    share.put(
        "old.doc",
        compound(&[("PowerPoint Document", b"ada@example.org")]),
    );
    share.put("locked.docx", compound(&[("EncryptedPackage", b"x")]));
    share.put("film.mp4", b"\0\0\0\x18ftypmp42....");
    share.put("packed.7z", b"7z\xbc\xaf\x27\x1c\0\x04");
    share.put("odd.bin", b"\x01\x02\0\0\x03\x04");
    share.put("torn.docx", &docx(&[&["ada@example.org"]])[..200]);
    share.put(
        "sealed.odt",
        archive(&[
            ("content.xml", b"\x80\x81"),
            ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
        ]),
    );
    share.put("mail.eml", letter("nothing", "scan.pdf", &pdf(&[""])));
    fs_err::write(share.0.path("outside.txt"), ADA).unwrap();
    let link = share.0.path("share/out.txt");
    std::os::unix::fs::symlink(share.0.path("outside.txt"), link).unwrap();

    let found = share.find(3);
    let told: Vec<(String, String)> = unread(&found).into_iter().collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        told,
        [
            ("cut.pdf", "broken"),
            ("fake.pdf", "broken"),
            ("film.mp4", "media"),
            ("half.pdf", "scanned"),
            ("locked.docx", "encrypted"),
            ("mail.eml › scan.pdf", "scanned"),
            ("odd.bin", "unknown"),
            ("old.doc", "legacy"),
            ("out.txt", "link"),
            ("packed.7z", "packed"),
            ("photo.txt", "image"),
            ("scan.pdf", "scanned"),
            ("sealed.odt", "encrypted"),
            ("torn.docx", "broken"),
        ]
    );
    let answer = self::share(&found);
    assert_eq!(answer["status"], "incomplete");
    assert_eq!(answer["error"]["code"], "E574");
    assert_eq!(documents(&found).len(), 1, "half of a PDF was read");
    let screen = share
        .0
        .run(&["find", "--email", ADA, "--reason", "access"])
        .ends_with(3);
    assert!(screen.out.contains("documents not read"), "{screen:?}");
    let planned = share
        .0
        .run(&["erase", "--email", ADA, "--plan"])
        .ends_with(3);
    let case = planned.case().unwrap();
    let tasks = share
        .0
        .run(&["task", "list", "--case", &case, "--format", "json"])
        .ends_with(0);
    let tasks = tasks.json();
    let task = &tasks["tasks"][0];
    assert_eq!(
        (task["kind"].as_str(), task["owner"].as_str()),
        (Some("search"), Some("office"))
    );
    assert!(
        task["text"].as_str().unwrap().contains("photo.txt"),
        "{task}"
    );
    // What the inventory leaves out is no gap, and is told by its number.
    let skip = "settings: { path: \"share\", skip: [\"*.p*\", \"*.mp4\", \"*.7z\", \"*.bin\", \"old.doc\", \"locked.docx\", \"sealed.odt\", \"torn.docx\", \"mail.eml\", \"out.txt\"] }";
    share.0.write(
        "dsr.yaml",
        &INVENTORY.replace("settings: { path: \"share\" }", skip),
    );
    let found = share.find(3);
    assert_eq!(unread(&found).into_values().collect::<Vec<_>>(), ["image"]);
}

/// Properties of a message of Outlook: its class, and what belongs to every one.
const MESSAGE: [(&str, &[u8]); 1] = [("__properties_version1.0", &[0; 32])];

#[test]
fn messages_of_outlook_and_office_before_2007_are_read() {
    let share = Share::new();
    let sender = wide("ada@example.org");
    let html = "<p>Write to <b>ada</b>@example.org</p>";
    let rtf = {
        let text = b"{\\rtf1 Dear ada@example.org}";
        let mut out = ((text.len() + 12) as u32).to_le_bytes().to_vec();
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(b"MELA\0\0\0\0");
        out.extend(text);
        out
    };
    let with = |streams: &[(&str, &[u8])]| compound(&[&MESSAGE[..], streams].concat());
    share.put("m/from.msg", with(&[("__substg1.0_0C1F001F", &sender)]));
    share.put(
        "m/to.msg",
        with(&[("__recip_version1.0_#00000000/__substg1.0_39FE001F", &sender)]),
    );
    share.put(
        "m/narrow.msg",
        with(&[(
            "__substg1.0_1000001E",
            b"line\r\nda, Gr\xfc\xdfe, ada@example.org",
        )]),
    );
    share.put(
        "m/html.msg",
        with(&[("__substg1.0_10130102", html.as_bytes())]),
    );
    share.put("m/rtf.msg", with(&[("__substg1.0_10090102", &rtf)]));
    share.put(
        "m/several.msg",
        with(&[("__substg1.0_8001101F-00000001", &sender)]),
    );
    let long = wide(&format!("{}ada@example.org", "x ".repeat(4000)));
    share.put("m/long.msg", with(&[("__substg1.0_1000001F", &long)]));
    let inner = docx(&[&["to ada@", "example.org"]]);
    share.put(
        "m/attached.msg",
        with(&[
            (
                "__attach_version1.0_#00000000/__substg1.0_3707001F",
                &wide("cv.docx"),
            ),
            ("__attach_version1.0_#00000000/__substg1.0_37010102", &inner),
            (
                "__attach_version1.0_#00000001/__substg1.0_3707001F",
                &wide("ada@example.org.jpg"),
            ),
            (
                "__attach_version1.0_#00000001/__substg1.0_37010102",
                b"\xff\xd8\xff\xe0",
            ),
            (
                "__attach_version1.0_#00000002/__substg1.0_37010102",
                b"\xff\xd8\xff\xe0",
            ),
            (
                "__attach_version1.0_#00000002/__substg1.0_3712001F",
                &wide("logo"),
            ),
            (
                "__attach_version1.0_#00000003/__substg1.0_3701000D/__properties_version1.0",
                &[0; 24],
            ),
            (
                "__attach_version1.0_#00000003/__substg1.0_3701000D/__substg1.0_0037001F",
                &sender,
            ),
            (
                "__attach_version1.0_#00000004/__substg1.0_3701000D/CONTENTS",
                b"x",
            ),
        ]),
    );
    share.put(
        "o/letter.doc",
        doc("Dear Sir, ada@exam", "ple.org \u{2014} regards"),
    );
    share.put(
        "o/book.xls",
        xls(
            "People",
            &["nobody", "ada@example.org"],
            4711.0,
            "seen by ada@example.org",
        ),
    );
    share.put("o/locked.doc", {
        let mut bytes = doc("ada@example.org", "");
        let at = bytes
            .windows(4)
            .position(|four| four == [0xec, 0xa5, 0xc1, 0])
            .unwrap();
        bytes[at + 11] |= 1;
        bytes
    });
    share.put("o/older.doc", {
        let mut bytes = doc("ada@example.org", "");
        let at = bytes
            .windows(4)
            .position(|four| four == [0xec, 0xa5, 0xc1, 0])
            .unwrap();
        bytes[at + 2] = 0x65;
        bytes
    });
    let found = share.find(3);
    let all = documents(&found);
    for (name, place) in [
        ("m/from.msg", "line 1"),
        ("m/to.msg", "line 1"),
        ("m/narrow.msg", "line 2"),
        ("m/html.msg", "line 1"),
        ("m/rtf.msg", "line 1"),
        ("m/several.msg", "line 1"),
        ("m/long.msg", "line 1"),
        ("o/letter.doc", "whole"),
    ] {
        assert_eq!(
            all.get(name).map(|places| places.len()),
            Some(1),
            "{name} {place}: {all:?}"
        );
    }
    assert_eq!(all["m/attached.msg"], ["part cv.docx", "part [4] line 1"]);
    assert_eq!(all["o/book.xls"].len(), 2, "{all:?}");
    assert!(
        all["o/book.xls"].iter().any(|place| place.contains("B2")),
        "{all:?}"
    );
    let told: Vec<(String, String)> = unread(&found).into_iter().collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        told,
        [
            ("m/attached.msg › [5]", "legacy"),
            ("m/attached.msg › ada@example.org.jpg", "image"),
            ("o/locked.doc", "encrypted"),
            ("o/older.doc", "legacy"),
        ]
    );
}

/// Cut anywhere, led in circles, with counts of billions: each is told as not read, quickly, in little memory.
#[test]
fn hostile_compound_files_are_told_and_do_no_harm() {
    let share = Share::new();
    let message = compound(
        &[
            &MESSAGE[..],
            &[(
                "__substg1.0_1000001F",
                &wide(&"ada@example.org ".repeat(400)),
            )],
        ]
        .concat(),
    );
    let whole = [
        message,
        doc("ada@example.org", "and more"),
        xls("S", &["one two", "ada@example.org"], 1.0, "x"),
    ];
    let mut count = 0;
    for (kind, bytes) in whole.iter().enumerate() {
        for cut in (8..bytes.len()).step_by(bytes.len() / 40) {
            share.put(&format!("cut/{kind}-{cut}.bin"), &bytes[..cut]);
            count += 1;
        }
        // Every four bytes of the head and of the tables become the largest number, or lead back to the beginning.
        for at in (28..bytes.len().min(2048)).step_by(20) {
            for value in [u32::MAX, 0, 0x7fff_ffff] {
                let mut bytes = bytes.clone();
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&value.to_le_bytes()[..end - at]);
                share.put(&format!("bent/{kind}-{at}-{value}.bin"), &bytes);
                count += 1;
            }
        }
        // A table in which every sector follows itself.
        let mut round = bytes.clone();
        let length = round.len();
        for (number, four) in round[length - 512..].chunks_exact_mut(4).enumerate() {
            four.copy_from_slice(&(number as u32).to_le_bytes());
        }
        share.put(&format!("round/{kind}.bin"), &round);
    }
    let (ran, memory, time) = most_memory(
        &share,
        &[
            "find", "--email", ADA, "--reason", "access", "--format", "json",
        ],
    );
    assert!([Some(3), Some(0)].contains(&ran.code), "{}", ran.err);
    assert!(
        count > 300 && memory < 400_000 && time < Duration::from_secs(90),
        "{memory} {time:?}"
    );
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let told = unread(&found);
    for kind in 0..3 {
        assert_eq!(
            told.get(&format!("round/{kind}.bin")).map(String::as_str),
            Some("broken"),
            "{told:?}"
        );
    }
    // What is cut is never taken for read.
    for cut in told.keys().filter(|name| name.starts_with("cut/")) {
        assert!(!documents(&found).contains_key(cut), "{cut}");
    }
}

#[test]
fn a_share_that_is_not_there_is_no_empty_answer() {
    let share = Share::new();
    let found = share.find(3);
    assert_eq!(self::share(&found)["status"], "not_searched");
    assert_eq!(self::share(&found)["error"]["code"], "E573");
    fs_err::remove_dir(share.0.path("share")).unwrap();
    let found = share.find(3).to_string();
    assert!(found.contains("E520"), "{found}");
}

#[test]
fn a_number_that_a_record_led_to_is_looked_for_and_a_short_one_waits() {
    let share = Share::new();
    share.0.write(
        "crm.csv",
        "mail,no\ncontrol@example.org,1000\nada@example.org,4711\n",
    );
    share.put("both.txt", "ada@example.org\nKd-Nr 4711");
    share.put("number.txt", "Rechnung 4711");
    share.put("other.txt", "4711.50 14711");
    let found = share.find(4);
    let all = documents(&found);
    assert_eq!(all["both.txt"], ["line 1", "line 2"]);
    assert_eq!(all["number.txt"], ["line 1"]);
    assert_eq!(all.len(), 2);
    let records = self::share(&found)["records"].as_array().unwrap();
    let matched: Vec<&Value> = records.iter().map(|one| &one["match"]).collect();
    assert_eq!(matched, ["stated", "linked"]);
}

/// Runs the program and returns the most memory that it and each of its readers had, in KiB.
fn most_memory(share: &Share, arguments: &[&str]) -> (Ran, u64, Duration) {
    let began = Instant::now();
    let mut command = share.0.command(arguments);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let done = std::sync::atomic::AtomicBool::default();
    let mut most = 0;
    let output = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let output = child.wait_with_output().unwrap();
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            output
        });
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            let text = fs_err::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with("VmHWM:"));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            most = most.max(number.and_then(|n| n.parse().ok()).unwrap_or(0));
            std::thread::sleep(Duration::from_millis(10));
        }
        waiting.join().unwrap()
    });
    let ran = Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    (ran, most, began.elapsed())
}

#[test]
fn hostile_documents_end_alone() {
    let inventory = INVENTORY.replace("path: \"share\"", "path: \"share\", largest: 1MB");
    let share = Share::of(&inventory);
    share.put("good.txt", ADA);
    let zeros = vec![b' '; 64 << 20];
    // Much from little: as one text, as spread ones, as an archive in an archive.
    let wrap = |inner: &[u8]| {
        [
            b"<w:document xmlns:w='w'><w:p><w:t>",
            inner,
            b"</w:t></w:p></w:document>",
        ]
        .concat()
    };
    share.put("bomb.docx", docx_of(&wrap(&zeros), &[]));
    let tags = b"<w:p><w:t>x</w:t></w:p>".repeat(1 << 20);
    share.put("bomb2.docx", docx_of(&wrap(&tags), &[]));
    share.put("bomb.zip", archive(&[("a.txt", &zeros[..40 << 20])]));
    let mut nested = b"ada@example.org".to_vec();
    for _ in 0..12 {
        nested = archive(&[("n.zip", &nested)]);
    }
    share.put("nested.zip", nested);
    let laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'><!ENTITY l1 '&l0;&l0;'><!ENTITY l2 '&l1;&l1;'>]><w:document xmlns:w='w'><w:p><w:t>&l2;ada@example.org</w:t></w:p></w:document>";
    share.put("laughs.docx", docx_of(laughs.as_bytes(), &[]));
    share.put("deep.docx", docx_of(&b"<a>".repeat(300_000), &[]));
    share.put("deep.html", b"<div>".repeat(300_000));
    share.put(
        "cut.eml",
        "From: a@b.c\nTo: b@c.d\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
    );
    let nested_parts = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(20_000);
    share.put(
        "parts.eml",
        format!("From: a@b.c\nTo: b@c.d\nSubject: x\n{nested_parts}"),
    );
    let mbox = "From x Sat Nov 21 10:00:00 2026\nFrom: a@example.com\n\nbody\n\n".repeat(20_000);
    share.put(
        "many.mbox",
        format!("{mbox}From x Sat\nFrom: ada@example.org\n\nlast\n"),
    );
    // Pages that are their own parents; a content that calls itself; numbers beyond all bounds.
    let circle = String::from_utf8_lossy(&pdf(&["ada@example.org"]))
        .replace("/Kids [4 0 R]", "/Kids [2 0 R]");
    share.put("circle.pdf", circle);
    share.put(
        "huge.pdf",
        "%PDF-1.4\n1 0 obj\n<< /Length 99999999999999999999 >>\nstream\n".repeat(50),
    );
    share.put(
        "nest.pdf",
        format!(
            "%PDF-1.4\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>",
            "[".repeat(200_000)
        ),
    );
    let mut noise = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    })
    .take(200_000)
    .collect();
    for (name, head) in [
        ("n.pdf", &b"%PDF-1.7\n"[..]),
        ("n.docx", b"PK\x03\x04"),
        ("n.eml", b"From: a\n"),
    ] {
        share.put(name, [head, &noise].concat());
    }
    let (ran, memory, took) = most_memory(
        &share,
        &[
            "find", "--email", ADA, "--format", "json", "--reason", "access",
        ],
    );
    let found = ran.ends_with(3).json();
    let names: Vec<String> = documents(&found).into_keys().collect();
    assert_eq!(names, ["good.txt", "laughs.docx", "many.mbox"], "{found:#}");
    let told = unread(&found);
    for (name, why) in [
        ("bomb.docx", "too_large"),
        ("bomb2.docx", "too_large"),
        ("deep.docx", "broken"),
        ("circle.pdf", "broken"),
        ("huge.pdf", "broken"),
        ("n.docx", "broken"),
    ] {
        assert_eq!(
            told.get(name).map(String::as_str),
            Some(why),
            "{name} {told:#?}"
        );
    }
    assert!(
        told.keys().any(|name| name.starts_with("nested.zip › ")),
        "{told:#?}"
    );
    assert!(memory < 400 << 10, "{} MiB", memory >> 10);
    eprintln!("hostile documents: {} MiB, {took:?}", memory >> 10);
}

#[test]
fn memory_stays_flat_over_a_huge_text_and_very_many_files() {
    let share = Share::new();
    let line = "An invoice of somebody else, bob@example.com, 030 7654321, number 1234567890\n";
    let block = line.repeat((1 << 20) / line.len());
    let mut file =
        std::io::BufWriter::new(fs_err::File::create(share.0.path("share/huge.log")).unwrap());
    for _ in 0..300 {
        std::io::Write::write_all(&mut file, block.as_bytes()).unwrap();
    }
    std::io::Write::write_all(&mut file, b"ada@example.org\n").unwrap();
    drop(file);
    let many = if std::env::var_os("CI").is_some() {
        50_000
    } else {
        20_000
    };
    for folder in 0..many / 1000 {
        fs_err::create_dir_all(share.0.path(&format!("share/{folder:02}"))).unwrap();
        for at in 0..1000 {
            let text = if at == 500 { ADA } else { "nobody" };
            fs_err::write(share.0.path(&format!("share/{folder:02}/{at}.txt")), text).unwrap();
        }
    }
    let (ran, memory, took) = most_memory(
        &share,
        &[
            "find",
            "--email",
            ADA,
            "--phone",
            "030 1234567",
            "--format",
            "json",
            "--reason",
            "access",
        ],
    );
    let found = ran.ends_with(0).json();
    let all = documents(&found);
    assert_eq!(all.len(), many / 1000 + 1);
    let lines = 300 * (block.lines().count()) + 1;
    assert_eq!(all["huge.log"], [format!("line {lines}")]);
    assert!(memory < 200 << 10, "{} MiB", memory >> 10);
    eprintln!("300 MB and {many} files: {} MiB, {took:?}", memory >> 10);
}

#[test]
fn the_way_of_a_request_ends_in_evidence() {
    let share = Share::new();
    share.0.write(
        "crm.csv",
        "mail,no\ncontrol@example.org,1000\nada@example.org,4711\n",
    );
    share.put("personal/ada.txt", "Ada\nada@example.org\n");
    share.put(
        "personal/list.docx",
        docx(&[&["ada@example.org"], &["bob@example.com"]]),
    );
    share.put("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF");
    let before = share.0.read("share/personal/ada.txt");
    let planned = share
        .0
        .run(&["erase", "--email", ADA, "--plan"])
        .ends_with(3);
    assert!(planned.out.contains("personal/ada.txt"), "{planned:?}");
    let case = planned.case().unwrap();
    let done = share
        .0
        .run(&["erase", "--case", &case, "--yes", "--expect", "1"])
        .ends_with(3);
    assert_eq!(
        share.0.read("share/personal/ada.txt"),
        before,
        "documents are never written to\n{done:?}"
    );
    let tasks = share
        .0
        .run(&["task", "list", "--case", &case, "--format", "json"])
        .json();
    let tasks = tasks["tasks"].as_array().unwrap().clone();
    let named = |word: &str| {
        let task = tasks
            .iter()
            .find(|task| task["text"].as_str().unwrap().contains(word));
        let task = task.unwrap_or_else(|| panic!("{word} {tasks:#?}"));
        assert_eq!(task["owner"], "office");
        task["task"].as_str().unwrap().to_owned()
    };
    let (look, text, list) = (
        named("photo.jpg"),
        named("personal/ada.txt"),
        named("list.docx"),
    );

    // Said to be done, and not done.
    let refused = share.0.run(&["task", "done", &case, &text]).ends_with(5);
    assert!(refused.err.contains("E575"), "{refused:?}");
    fs_err::remove_file(share.0.path("share/personal/ada.txt")).unwrap();
    share.0.run(&["task", "done", &case, &text]).ends_with(0);
    share.put("personal/list.docx", b"PK\x03\x04 broken");
    let refused = share.0.run(&["task", "done", &case, &list]).ends_with(5);
    assert!(refused.err.contains("E576"), "{refused:?}");
    share.put("personal/list.docx", docx(&[&["bob@example.com"]]));
    share.0.run(&["task", "done", &case, &list]).ends_with(0);
    share
        .0
        .run(&["task", "done", &case, &look, "--found", "nothing"])
        .ends_with(0);
    let tasks = share
        .0
        .run(&["task", "list", "--case", &case, "--all", "--format", "json"])
        .json();
    for task in tasks["tasks"].as_array().unwrap() {
        assert_eq!(task["state"], "done", "{task}");
        if task["kind"] == "act" {
            assert_eq!(task["level"], "L1", "{task}");
        }
    }

    let shown = share.0.run(&["case", "show", &case]);
    assert!(
        !shown.err.contains("have not answered in full"),
        "{shown:?}"
    );
    share.0.run(&["evidence", "make", &case]);
    let bundle = share.0.bundles(&case).pop().unwrap();
    let verified = share
        .0
        .run(&["evidence", "verify", bundle.to_str().unwrap()]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    // Neither who the person is nor what a document is called.
    let all = share.0.inside(&case, "");
    for word in [ADA, "ada.txt", "personal/", "photo.jpg"] {
        assert!(!all.contains(word), "{word} stands in the bundle");
    }
    // As a word: four digits stand in some digest by chance.
    let mut words = all.split(|sign: char| !sign.is_alphanumeric());
    assert!(words.all(|word| word != "4711"));
    assert!(
        all.contains("W260"),
        "what was not read stands in the bundle"
    );
}

#[test]
fn a_number_of_workers_and_the_clock_change_nothing() {
    let share = Share::new();
    for at in 0..200 {
        share.put(
            &format!("{:03}/x.txt", at % 17 * 13 + at),
            format!("{at}\nada@example.org {at}"),
        );
        share.put(&format!("p/{at}.jpg"), b"\xff\xd8\xff\xe0");
    }
    let strip = |mut found: Value| {
        found["systems"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|one| one["elapsed_ms"] = 0.into());
        found.to_string()
    };
    assert_eq!(strip(share.find(3)), strip(share.find(3)));
}

#[test]
fn what_is_wrong_in_the_inventory_is_told_with_its_place() {
    let share = Share::new();
    for (settings, code) in [
        ("settings: { path: \"share\", largest: 3XB }", "E157"),
        ("settings: { path: \"[\" }", "E158"),
        ("settings: { path: share, skip: [\"**\"] }", "E158"),
        (
            "settings: { path: share }\n    objects: { a: { find: [name] } }",
            "E159",
        ),
        (
            "settings: { path: share }\n    objects: { a: { erase: remove } }",
            "E160",
        ),
        ("settings: { path: share, encoding: klingon }", "E161"),
        (
            "settings: { path: share }\n    objects: { a: { find: [custmer_no] } }",
            "E127",
        ),
        ("settings: { skip: [x] }", "E116"),
        ("settings: { path: share, depth: 3 }", "E120"),
    ] {
        share.0.write(
            "dsr.yaml",
            &INVENTORY.replace("settings: { path: \"share\" }", settings),
        );
        let ran = share.0.run(&["check"]).ends_with(2);
        assert!(ran.err.contains(code), "{code} {ran:?}");
        assert!(ran.err.contains("dsr.yaml"), "{ran:?}");
    }
}

#[test]
fn objects_divide_a_share() {
    let stated = r#"settings: { path: "share" }
    objects:
      applications: { path: "hr/**", find: [email], holds: [employment.record], erase: { manual: "shred it" } }
      mails: { path: "**/*.eml" }"#;
    let share = Share::of(&INVENTORY.replace("settings: { path: \"share\" }", stated));
    share.put("hr/a.txt", ADA);
    share.put(
        "hr/b.eml",
        format!("From: {ADA}\nTo: x@y.z\nSubject: s\n\nx"),
    );
    share.put(
        "x/c.eml",
        format!("From: {ADA}\nTo: x@y.z\nSubject: s\n\nx"),
    );
    share.put("x/d.txt", ADA);
    let found = share.find(3);
    let records = self::share(&found)["records"].as_array().unwrap();
    let all: Vec<String> = records
        .iter()
        .map(|one| format!("{} {}", one["object"], one["document"]).replace('"', ""))
        .collect();
    assert_eq!(
        all,
        [
            "applications hr/a.txt",
            "applications hr/b.eml",
            "mails x/c.eml"
        ]
    );
    assert_eq!(unread(&found)["x/d.txt"], "no_object");
}

#[test]
fn a_package_lists_documents_and_attaches_none() {
    let share = Share::new();
    share.put(
        "hr/ada.txt",
        "Ada ada@example.org and Bert bert@example.com",
    );
    let to = share.0.path("../package");
    let line = [
        "export",
        "--email",
        ADA,
        "--folder",
        "--to",
        to.to_str().unwrap(),
    ];
    share.0.run(&line).ends_with(0);
    let listed = fs_err::read_to_string(to.join("data/share/documents.json")).unwrap();
    assert!(
        listed.contains("\"hr/ada.txt\"") && listed.contains("and Bert"),
        "{listed}"
    );
    let review = fs_err::read_to_string(to.join("REVIEW.txt")).unwrap();
    assert!(
        review.contains("none is attached") && review.contains("field places: e-mail address"),
        "{review}"
    );
    let mut names: Vec<String> = fs_err::read_dir(to.join("data/share"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["documents.csv", "documents.json"]);
}

#[test]
fn whoever_stops_a_search_does_not_wait_for_it() {
    let share = Share::new();
    // Thousands of pages that cost their reader a long time each.
    let pages = vec!["somebody else"; 3000];
    let slow = pdf(&pages);
    for at in 0..40 {
        share.put(&format!("{at}.pdf"), &slow);
    }
    let line = [
        "find", "--email", ADA, "--format", "json", "--reason", "access",
    ];
    let began = Instant::now();
    let running = share.0.start(&line);
    std::thread::sleep(Duration::from_secs(2));
    running.signal(rustix::process::Signal::TERM);
    let ran = running.wait();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn one_address_on_every_line_costs_one_pass() {
    let share = Share::new();
    share.put("list.csv", "ada@example.org;x\n".repeat(200_000));
    share.put("line.txt", "ada@example.org ".repeat(200_000));
    let began = Instant::now();
    let found = share.find(0);
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    let all = documents(&found);
    assert_eq!(all["line.txt"], ["line 1"]);
    assert_eq!(all["list.csv"].len(), 50);
}

#[test]
fn a_linked_document_in_a_folder_can_be_accepted() {
    let share = Share::new();
    share.0.write(
        "crm.csv",
        "mail,no\ncontrol@example.org,1000\nada@example.org,4711\n",
    );
    share.put("a b/50%/number.txt", "Rechnung 4711");
    let asked = share
        .0
        .run(&["find", "--email", ADA, "--reason", "access"])
        .ends_with(4);
    let flag = asked.err.split("--accept '").nth(1).unwrap();
    let flag = flag.split('\'').next().unwrap();
    assert_eq!(flag, "share.documents:a b%2F50%25%2Fnumber.txt");
    let opened = share
        .0
        .run(&["erase", "--email", ADA, "--plan"])
        .ends_with(4);
    let case = opened.case().unwrap();
    let line = ["erase", "--case", &case, "--accept", flag, "--plan"];
    let planned = share.0.run(&line).ends_with(0);
    assert!(planned.out.contains("a b/50%/number.txt"), "{planned:?}");
}

#[test]
fn what_people_read_about_documents() {
    let share = Share::new();
    share.put(
        "hr/application.docx",
        docx(&[&["Dear Sir, write to ada", "@example.org"]]),
    );
    share.put(
        "mails/2026.mbox",
        b"From x Sat Nov 21 10:00:00 2026\nFrom: ada@example.org\nSubject: s\n\nHello\n",
    );
    share.put("scan.pdf", pdf(&[""]));
    share.put("old.doc", compound(&[("PowerPoint Document", b"x")]));
    let mut screens = String::new();
    let mut show = |lang: &str, line: &[&str]| {
        let ran = share.0.run_in(lang, line);
        screens.push_str(&format!(
            "$ dsr --lang {lang} {}\n{}{}exit {:?}\n\n",
            line.join(" "),
            ran.out,
            ran.err,
            ran.code
        ));
        ran.case()
    };
    let mut case = None;
    for lang in ["en", "de"] {
        show(lang, &["find", "--email", ADA, "--reason", "access"]);
        show(lang, &["check", "--system", "share"]);
        let planned = show(lang, &["erase", "--email", ADA, "--plan"]);
        case = case.or(planned);
    }
    let case = case.unwrap();
    show("de", &["erase", "--case", &case, "--yes", "--expect", "0"]);
    for lang in ["en", "de"] {
        show(lang, &["task", "list", "--case", &case]);
        show(lang, &["task", "done", &case, "T2"]);
    }
    fs_err::write(share.0.path("share/hr/application.docx"), "gone").unwrap();
    show("de", &["task", "done", &case, "T2"]);
    show("en", &["case", "show", &case]);
    let folder = share.0.path("").display().to_string();
    for (pattern, word) in [
        (regex::escape(&folder).as_str(), "FOLDER/"),
        (r"20\d\d-[0-9A-Z]{6}\b", "CASE-NUMBER"),
        (r"20\d\d-\d\d-\d\d( \d\d:\d\d:\d\d)?", "DAY"),
        (r"\d\d\.\d\d\.20\d\d", "TAG"),
        (r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b", "DIGEST"),
        (r"[A-Za-z0-9+/]{43}=", "ROOT"),
        (r"\d+ ms +\d+ ms", "1 ms      0 ms"),
        (r"  +", "  "),
        (r"─+", "─"),
    ] {
        screens = regex::Regex::new(pattern)
            .unwrap()
            .replace_all(&screens, word)
            .into_owned();
    }
    insta::assert_snapshot!("documents", screens);
}
