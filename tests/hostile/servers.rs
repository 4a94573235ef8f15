//! Servers that lie, break off, never end, lead elsewhere, or send what would hurt whoever looks at it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::house::House;
use crate::support::http::{Received, Reply, Server};
use crate::{CRM, CRM_KEY, SHOP, SHOP_TABLE, crm};

const ANNA: &str = "anna@example.org";

fn guest(id: Value, email: &str, number: Value) -> Value {
    json!({"id": id, "email": email, "number": number, "name": "Anna Adler"})
}

fn anna(id: Value) -> Value {
    guest(id, ANNA, json!(null))
}

fn list(items: Value) -> Reply {
    Reply::json(json!({ "items": items }))
}

/// A workspace with a database that works, in which Anna and a stranger have a row, and so many CRMs at one server, each under a
/// path of its own.
fn house(server: &Server, cases: &[(&str, &str)]) -> House {
    let mut systems = String::from(SHOP);
    for (case, connector) in cases {
        let one = crm(&format!("{}/{case}", server.url));
        systems += &one
            .replace("  crm:", &format!("  {case}:"))
            .replace("crm@1", &format!("{connector}@1"));
    }
    let numbered = CRM
        .replace("connector: crm", "connector: numbered")
        .replace(
            "page: none",
            "page: { number: query.page, start: 1, size: query.per_page, of: 1, max: 7 }",
        );
    let linked = CRM
        .replace("connector: crm", "connector: linked")
        .replace("page: none", "page: { next: $.next }");
    let mut house = House::new(
        &systems,
        &[("crm", CRM), ("numbered", &numbered), ("linked", &linked)],
    );
    house.env("CRM_KEY", CRM_KEY);
    house.sql("shop.db", SHOP_TABLE);
    house.sql(
        "shop.db",
        "INSERT INTO people VALUES (1, 'anna@example.org', NULL, 'Anna'), (2, 'berta@example.org', '4711', 'Berta')",
    );
    house
}

/// The case that a request is for, and its path behind that.
fn case_of(request: &Received) -> (String, String) {
    let (case, path) = request.path()[1..].split_once('/').unwrap_or_default();
    (case.to_owned(), format!("/{path}"))
}

/// A gzip stream of so many mebibytes of zeros.
fn bomb(mebibytes: usize) -> Vec<u8> {
    // Stored once by the test machine's own gzip would need a program; a run of one repeated block (RFC 1951) does not.
    let mut encoder = Vec::from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let mut bits: u64 = 0;
    let mut count = 0;
    let mut put = |value: u64, length: u32, out: &mut Vec<u8>| {
        bits |= value << count;
        count += length;
        while count >= 8 {
            out.push((bits & 0xff) as u8);
            bits >>= 8;
            count -= 8;
        }
    };
    let turned = |code: u64, length: u32| code.reverse_bits() >> (64 - length);
    put(0b011, 3, &mut encoder); // last block, fixed codes
    put(turned(0x30, 8), 8, &mut encoder); // one zero byte
    for _ in 0..mebibytes * (1 << 20) / 258 {
        put(turned(0b1100_0101, 8), 8, &mut encoder); // length 258
        put(0, 5, &mut encoder); // distance 1
    }
    put(0, 7, &mut encoder); // end
    put(0, 8, &mut encoder);
    encoder.extend([0; 8]);
    encoder
}

/// Sends one byte now and then, for ever.
fn drip() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut stream = stream;
                let _ = stream.read(&mut [0; 4096]);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
                let _ = stream.write_all(head.as_bytes());
                while stream.write_all(b" ").is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    url
}

#[test]
fn a_wrong_answer_is_an_error_of_that_system_and_of_no_other() {
    let elsewhere = Server::start(|_| list(json!([anna(json!(666))])));
    let away = elsewhere.url.clone();
    let cut_list = format!("{{\"items\": [{}, {{\"id\": 2", anna(json!(1)));
    let thousand: Vec<Value> = (1..=1000).map(|id| anna(json!(id))).collect();
    let packed = bomb(80);
    // Case, connector, code.
    let cases = [
        ("key_empty", "crm", "E206"),
        ("key_blank", "crm", "E206"),
        ("key_null", "crm", "E206"),
        ("key_missing", "crm", "E206"),
        ("key_list", "crm", "E316"),
        ("key_fraction", "crm", "E316"),
        ("key_dots", "crm", "E330"),
        ("cut_reply", "crm", "E508"),
        ("cut_json", "crm", "E314"),
        ("empty_body", "crm", "E314"),
        ("html", "crm", "E318"),
        ("list_for_object", "crm", "E310"),
        ("items_number", "crm", "E310"),
        ("items_null", "crm", "E310"),
        ("items_object", "crm", "E310"),
        ("record_number", "crm", "E331"),
        ("record_null", "crm", "E331"),
        ("endless", "numbered", "E313"),
        ("same_page", "numbered", "E311"),
        ("next_elsewhere", "linked", "E131"),
        ("next_scheme", "linked", "E131"),
        ("next_number", "linked", "E310"),
        ("next_itself", "linked", "E311"),
        ("redirect", "crm", "E131"),
        ("redirect_keeping", "crm", "E131"),
        ("redirect_circle", "crm", "E311"),
        ("status_500", "crm", "E505"),
        ("status_401", "crm", "E506"),
        ("status_403", "crm", "E507"),
        ("status_404", "crm", "E505"),
        ("another_record", "crm", "E334"),
        ("two_records", "crm", "E331"),
        ("gone_in_between", "crm", "E215"),
        ("cap", "crm", "E320"),
        ("bomb", "crm", "E315"),
        ("silent", "crm", "E504"),
    ];
    let names: Vec<(&str, &str)> = cases
        .iter()
        .map(|(case, connector, _)| (*case, *connector))
        .collect();
    let server = Server::start(move |request| {
        let (case, path) = case_of(request);
        let reading = path != "/guests";
        let key = |key: Value| list(json!([anna(key)]));
        match case.as_str() {
            "key_empty" => key(json!("")),
            "key_blank" => key(json!(" \t")),
            "key_null" => key(json!(null)),
            "key_missing" => list(json!([{"email": ANNA}])),
            "key_list" => key(json!(["1"])),
            "key_fraction" => key(json!(1.5)),
            "key_dots" => key(json!("..")),
            "cut_reply" => list(json!([anna(json!(1))])).cut(),
            "cut_json" => Reply::bytes("application/json", cut_list.clone()),
            "empty_body" => Reply::bytes("application/json", ""),
            "html" => Reply::html("<html><body>Please log in, anna@example.org</body></html>"),
            "list_for_object" => Reply::json(json!([])),
            "items_number" => list(json!(0)),
            "items_null" => list(json!(null)),
            "items_object" => list(json!({})),
            "record_number" => list(json!([1])),
            "record_null" => list(json!([null])),
            "endless" => key(json!(request.nth + 1)),
            "same_page" => key(json!(1)),
            "next_elsewhere" => Reply::json(json!({"items": [], "next": format!("{away}/guests")})),
            "next_scheme" => Reply::json(json!({"items": [], "next": "file:///etc/passwd"})),
            "next_number" => Reply::json(json!({"items": [], "next": 2})),
            "next_itself" => Reply::json(json!({"items": [], "next": request.target})),
            "redirect" => Reply::to(302, format!("{away}/guests")),
            "redirect_keeping" => Reply::to(307, format!("{away}/guests")),
            "redirect_circle" => Reply::to(302, request.target.clone()),
            "status_500" => Reply::html("internal error near anna@example.org").with_status(500),
            "status_401" => {
                Reply::json(json!({"error": "no access for anna@example.org"})).with_status(401)
            }
            "status_403" => Reply::status(403),
            "status_404" => Reply::html("not found: anna@example.org").with_status(404),
            "another_record" if reading => Reply::json(anna(json!(2))),
            "two_records" if reading => Reply::json(json!([anna(json!(1)), anna(json!(1))])),
            "gone_in_between" if reading => Reply::status(404),
            "another_record" | "two_records" | "gone_in_between" => key(json!(1)),
            "cap" => list(json!(thousand)),
            "bomb" => {
                Reply::bytes("application/json", packed.clone()).header("Content-Encoding", "gzip")
            }
            "silent" => list(json!([])).after(Duration::from_secs(8)),
            _ => Reply::status(500),
        }
    });
    let house = house(&server, &names);
    house.write(
        "dsr.yaml",
        format!(
            "{}{}",
            house.read("dsr.yaml"),
            crm(&drip()).replace("  crm:", "  drip:")
        ),
    );
    let began = Instant::now();
    let ran = house.about(&json!({"email": ANNA}), &["find"]);
    ran.expect(3);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "the slow ones delay nobody for long"
    );
    assert_eq!(
        ran.records("shop"),
        ["people:1 stated"],
        "the healthy system is served"
    );
    for (case, _, code) in cases.into_iter().chain([("drip", "", "E504")]) {
        let system = ran.system(case);
        let of_object = &system["objects"][0]["error"]["code"];
        let found = if of_object.is_null() {
            &system["error"]["code"]
        } else {
            of_object
        };
        assert_eq!(found, code, "{case}: {system:#}");
        assert_ne!(system["status"], "searched", "{case}");
        assert_eq!(system["records"], json!([]), "{case}");
        assert!(!system.to_string().contains(ANNA), "{case}: {system:#}");
    }
    assert_eq!(ran.json()["complete"], json!(false));
    assert!(
        elsewhere.received().is_empty(),
        "nothing, and no credential, goes to another origin"
    );
    assert!(!ran.all().contains(CRM_KEY));

    // And nothing of it can be written: only the record in the healthy database goes.
    let ran = house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", "1"],
    );
    ran.expect(3);
    assert_eq!(ran.outcomes(), ["shop.people removed"]);
    assert_eq!(ran.json()["complete"], json!(false));
    assert_eq!(server.writes(), 0, "{:?}", server.lines());
    assert!(elsewhere.received().is_empty());
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(id) FROM people"),
        "2"
    );
}

#[test]
fn strangers_in_an_answer_stay_strangers() {
    let cases = [
        "strangers",
        "number",
        "list",
        "object",
        "figure",
        "null",
        "nested",
        "read_differs",
        "beside",
    ];
    let names: Vec<(&str, &str)> = cases.iter().map(|case| (*case, "crm")).collect();
    let server = Server::start(|request| {
        let (case, path) = case_of(request);
        let mut record = match case.as_str() {
            "strangers" | "read_differs" | "beside" => {
                guest(json!(1), "berta@example.org", json!("4711"))
            }
            "number" => guest(json!(1), "berta@example.org", json!(ANNA)),
            "list" => guest(json!(1), "", json!(null)),
            _ => anna(json!(1)),
        };
        match case.as_str() {
            "list" => record["email"] = json!([["anna@example.org"], {"a": "anna@example.org"}]),
            "object" => record["email"] = json!({"value": ANNA}),
            "figure" => record["email"] = json!(4711),
            "null" => record["email"] = json!(null),
            "nested" => record = json!({"id": 1, "guest": {"email": ANNA}}),
            _ => {}
        }
        match (case.as_str(), path.as_str()) {
            // The search claims what the record itself denies.
            ("read_differs", "/guests") => list(json!([anna(json!(1))])),
            (_, "/guests") => list(json!([record])),
            (_, _) if request.is_write() => Reply::status(204),
            _ => Reply::json(record),
        }
    });
    let house = house(&server, &names);
    let ran = house.about(&json!({"email": ANNA}), &["find"]);
    ran.expect(0);
    for case in cases {
        let system = ran.system(case);
        assert_eq!(system["status"], "searched", "{case}");
        assert_eq!(system["records"], json!([]), "{case}");
        assert_eq!(
            system["objects"][0]["near_misses"],
            json!(1),
            "{case}: {system:#}"
        );
    }
    assert!(
        !ran.all().contains("berta"),
        "a stranger is counted and never shown"
    );
    house
        .about(
            &json!({"email": ANNA}),
            &["erase", "--yes", "--expect", "1"],
        )
        .expect(0);
    assert_eq!(server.writes(), 0);
}

#[test]
fn a_strangers_number_leads_to_linked_records_that_nobody_writes() {
    // The CRM puts the stranger's customer number into Anna's record.
    let server = Server::start(|request| match case_of(request) {
        (_, path) if path == "/guests" && request.query("email").is_some() => {
            list(json!([guest(json!(7), ANNA, json!("4711"))]))
        }
        (_, path) if path == "/guests" => list(json!([])),
        _ if request.is_write() => Reply::status(204),
        _ if request.nth > 8 => Reply::status(404),
        _ => Reply::json(guest(json!(7), ANNA, json!("4711"))),
    });
    let house = house(&server, &[("one", "crm")]);
    let ran = house.about(&json!({"email": ANNA}), &["find"]);
    ran.expect(4);
    assert_eq!(ran.records("shop"), ["people:1 stated", "people:2 linked"]);
    let ran = house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", "3"],
    );
    ran.expect(4);
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        "2",
        "another number than expected writes nothing"
    );
    assert_eq!(server.writes(), 0);
    let ran = house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", "2"],
    );
    assert_eq!(
        house.sql_value("shop.db", "SELECT group_concat(name) FROM people"),
        "Berta",
        "{ran:#?}"
    );
    assert!(matches!(ran.code, 4 | 5), "{ran:#?}");
}

#[test]
fn a_key_cannot_leave_its_place_in_a_url() {
    let keys = [
        "../admin",
        "1?x=2",
        "a/b",
        "a#b",
        "%2e%2e",
        "a%2Fb",
        "1&delete=all",
        "a b",
        "\u{430}",
        "'--",
        "=1+1",
        ".hidden",
        "a\\b",
        "{{x}}",
    ];
    let server = Server::start(move |request| {
        let (_, path) = case_of(request);
        if path == "/guests" {
            return list(keys.iter().map(|key| anna(json!(key))).collect());
        }
        let raw = path.strip_prefix("/guests/").unwrap_or("?");
        let key = percent_encoding::percent_decode_str(raw)
            .decode_utf8_lossy()
            .into_owned();
        match raw.contains('/') || !keys.contains(&key.as_str()) || request.target.contains('?') {
            true => Reply::status(500),
            false => Reply::json(anna(json!(key))),
        }
    });
    let house = house(&server, &[("one", "crm")]);
    let ran = house.about(&json!({"email": ANNA}), &["find"]);
    ran.expect(0);
    assert_eq!(ran.records("one").len(), keys.len());
    let expected = (keys.len() + 1).to_string();
    // Every DELETE is answered, none has an effect; what counts is where they went.
    let ran = house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", &expected],
    );
    ran.expect(5);
    let writes: Vec<Received> = server
        .received()
        .into_iter()
        .filter(Received::is_write)
        .collect();
    assert!(!writes.is_empty());
    for write in writes {
        let raw = write
            .target
            .strip_prefix("/one/guests/")
            .unwrap_or_else(|| panic!("{}", write.target));
        let key = percent_encoding::percent_decode_str(raw)
            .decode_utf8_lossy()
            .into_owned();
        assert!(keys.contains(&key.as_str()), "{}", write.target);
        assert!(!raw.contains(['/', '?', '#', '&']), "{}", write.target);
    }
}

#[test]
fn a_write_is_proven_by_reading_and_never_by_its_answer() {
    let elsewhere = Server::start(|_| Reply::status(204));
    let away = elsewhere.url.clone();
    let cases = [
        "lying",
        "redirected",
        "redirected_308",
        "html",
        "refused",
        "conflict",
        "teapot",
        "broken",
    ];
    let names: Vec<(&str, &str)> = cases.iter().map(|case| (*case, "crm")).collect();
    let server = Server::start(move |request| {
        let (case, path) = case_of(request);
        if path == "/guests" {
            return list(json!([anna(json!(1))]));
        }
        if !request.is_write() {
            return Reply::json(anna(json!(1)));
        }
        match case.as_str() {
            "lying" => Reply::status(204),
            "redirected" => Reply::to(302, format!("{away}/guests/1")),
            "redirected_308" => Reply::to(308, format!("{away}/guests/1")),
            "html" => Reply::html("deleted anna@example.org!"),
            "refused" => Reply::status(403),
            "conflict" => {
                Reply::json(json!({"error": "anna@example.org has invoices"})).with_status(409)
            }
            "teapot" => Reply::status(418),
            _ => Reply::dropped(),
        }
    });
    let house = house(&server, &names);
    let ran = house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", "9"],
    );
    // Unproven outranks failed and blocked.
    ran.expect(5);
    let outcomes = ran.outcomes();
    for (case, outcomes_allowed) in [
        ("lying", vec!["not_verified"]),
        ("html", vec!["not_verified", "failed"]),
        ("redirected", vec!["failed"]),
        ("redirected_308", vec!["failed"]),
        ("refused", vec!["failed"]),
        ("conflict", vec!["blocked"]),
        ("teapot", vec!["failed"]),
        ("broken", vec!["failed", "unknown"]),
    ] {
        let outcome = outcomes
            .iter()
            .find_map(|line| line.strip_prefix(&format!("{case}.guests ")))
            .unwrap_or("-");
        assert!(outcomes_allowed.contains(&outcome), "{case}: {outcome}");
    }
    assert!(outcomes.contains(&"shop.people removed".to_owned()));
    assert!(
        elsewhere.received().is_empty(),
        "a write follows no redirect"
    );
    assert!(!ran.err.contains("has invoices"), "{}", ran.err);
    // The bundle claims none of it.
    let bundle = house.bundle().expect("a bundle");
    house
        .run(&["evidence", "verify", &bundle.to_string_lossy()])
        .expect(0);
    let cover = house
        .bundled()
        .into_iter()
        .find(|(name, _)| name.ends_with("00-COVER.txt"))
        .expect("a cover");
    let cover = String::from_utf8_lossy(&cover.1).into_owned();
    assert!(cover.contains("NOT"), "{cover}");
}

#[test]
fn what_is_shown_does_no_harm() {
    let names = [
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mAnna",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "\u{202e}gpj.exe",
        "a\r\nb\u{85}c\u{2028}d",
        "\u{9b}31m",
        "@SUM(1)",
        "  =1+1",
    ];
    let server = Server::start(move |request| {
        let (_, path) = case_of(request);
        let record = |id: usize| {
            let mut record = anna(json!(format!("{}{id}", names[id])));
            record["name"] = json!(names[id]);
            record
        };
        match path.strip_prefix("/guests/") {
            None => list((0..names.len()).map(record).collect()),
            Some(raw) => {
                let key = percent_encoding::percent_decode_str(raw)
                    .decode_utf8_lossy()
                    .into_owned();
                let id = key.chars().last().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
                Reply::json(record(id))
            }
        }
    });
    let house = house(&server, &[("one", "crm")]);
    let subject = json!({"email": ANNA}).to_string();
    for (verb, format, lang) in [
        ("find", "table", "en"),
        ("find", "csv", "de"),
        ("plan", "table", "de"),
        ("plan", "csv", "en"),
        ("find", "json", "en"),
        ("plan", "json", "en"),
    ] {
        let ran = house.run_with(
            &[verb, "--subject", "-", "--format", format, "--lang", lang],
            &subject,
        );
        ran.expect(0);
        let shown = ran.all();
        let harmful = |c: &char| {
            c.is_control() && *c != '\n'
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}')
        };
        let harm: Vec<char> = shown.chars().filter(harmful).collect();
        assert!(harm.is_empty(), "{verb} {format}: {harm:?} in {shown}");
        if format == "csv" {
            let delimiter = if lang == "de" { b';' } else { b',' };
            let text = ran.out.trim_start_matches('\u{feff}');
            let mut rows = csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            for cell in rows
                .records()
                .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            {
                assert!(
                    !cell.trim_start().starts_with(['=', '+', '@', '\t', '\r']),
                    "{cell:?}"
                );
            }
        }
    }
    // The same names on the way to the proof.
    let expected = (names.len() + 1).to_string();
    let ran = house.run_with(
        &["erase", "--subject", "-", "--yes", "--expect", &expected],
        &subject,
    );
    assert!(!ran.all().contains('\u{1b}'), "{ran:?}");
    for (name, bytes) in house.bundled() {
        let text = String::from_utf8_lossy(&bytes);
        for name_of in ["HYPERLINK", "owned", "alert(1)", "gpj.exe"] {
            assert!(!text.contains(name_of), "{name} holds {name_of}");
        }
    }
}

#[test]
fn a_date_that_nobody_can_read_never_ends_a_duty_to_keep() {
    let dates = [
        json!(null),
        json!(""),
        json!("garbage"),
        json!({"a": 1}),
        json!([]),
        json!("32.13.2001"),
        json!("2001-02-30"),
        json!("0000-00-00"),
        json!(-1e99),
        json!(true),
        json!("2001"),
        json!("99999-01-01"),
        json!("2001-01-01/2026-12-31"),
        json!("1970-01-01T00:00:00Z"),
        json!("0001-01-01"),
        json!("\u{662}\u{660}\u{660}\u{661}-01-01"),
    ];
    let cases: Vec<String> = (0..dates.len()).map(|n| format!("c{n}")).collect();
    let server = Server::start(move |request| {
        let (case, path) = case_of(request);
        let mut record = anna(json!(1));
        record["since"] = dates[case[1..].parse::<usize>().unwrap()].clone();
        if path == "/guests" {
            list(json!([record]))
        } else {
            Reply::json(record)
        }
    });
    let dated = CRM.replace(
        "      name: person.name\n",
        "      name: person.name\n      since: x.since\n",
    );
    let systems: String = cases
        .iter()
        .map(|case| crm(&format!("{}/{case}", server.url)).replace("  crm:", &format!("  {case}:")))
        .collect();
    let objects: Vec<String> = cases.iter().map(|case| format!("{case}.guests")).collect();
    let rules = format!("data_types:
  bills: {{ objects: [{}], purpose: accounting, basis: art6_1_c, keep: P8Y, start: event(since), kind: min, because: §147 AO, then: remove }}\n", objects.join(", "));
    let mut house = House::new(&format!("{systems}{rules}"), &[("crm", &dated)]);
    house.env("CRM_KEY", CRM_KEY);
    let plan = house.about(&json!({"email": ANNA}), &["plan"]);
    let decided: Vec<(String, String)> = plan.json()["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["system"].to_string(), step["decision"].to_string()))
        .collect();
    assert_eq!(decided.len(), cases.len());
    for (case, decision) in &decided {
        assert!(decision != "\"erase\"", "{case}: {decision}");
    }
    house.about(
        &json!({"email": ANNA}),
        &["erase", "--yes", "--expect", "0"],
    );
    assert_eq!(server.writes(), 0, "{:?}", server.lines());
}
