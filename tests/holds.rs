//! Holds: what they keep from being erased and what they leave alone, set at any moment, released, purged around, and never said aloud.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/workspace.rs"]
mod workspace;

use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;
use serde_json::{Value, json};
use workspace::{Company, Output};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
const REASON: &str = "Zyxwvut dispute over an unpaid delivery";
const RELEASED: &str = "Ponmlkj settled out of court";

#[track_caller]
fn ok(company: &Company, args: &[&str]) -> Output {
    let done = company.run(args);
    assert_eq!(done.code, 0, "{args:?}\n{}\n{}", done.out, done.err);
    done
}

#[track_caller]
fn json(company: &Company, args: &[&str]) -> Value {
    let done = ok(company, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&done.out).unwrap()
}

#[track_caller]
fn refused(company: &Company, args: &[&str], exit: i32, code: &str) -> String {
    let done = company.run(args);
    assert_eq!(done.code, exit, "{args:?}\n{}\n{}", done.out, done.err);
    assert!(done.err.contains(code), "{code}: {}", done.err);
    done.err
}

/// Sets a hold and gives its number.
#[track_caller]
fn hold(company: &Company, scope: &[&str]) -> String {
    let fixed = ["hold", "add", "--ground", "art17_3_e", "--reason", REASON];
    let done = ok(company, &[&fixed[..], scope].concat());
    done.out.trim().to_owned()
}

fn release(company: &Company, id: &str) -> Output {
    ok(company, &["hold", "release", id, "--reason", RELEASED])
}

/// Erases Anna, with so many records to be written.
fn erase(company: &Company, writes: &str) -> Output {
    let consent = ["--identity", "letter", "--yes", "--expect", writes];
    company.run(&[&["erase", "--format", "json"], &ANNA[..], &consent[..]].concat())
}

#[track_caller]
fn erased(company: &Company, writes: &str) -> Value {
    let done = erase(company, writes);
    assert_eq!(done.code, 0, "{}\n{}", done.out, done.err);
    serde_json::from_str(&done.out).unwrap()
}

/// A company whose invoices need not be kept any more.
fn lawless() -> Company {
    Company::with(
        "keep: P8Y, start: eoy(issued_on), kind: min, because: \"§147 AO\"",
        "keep: P1D, start: eoy(issued_on), kind: max, reason: \"a day\"",
    )
}

/// What stands in the systems.
fn everything(company: &Company) -> Vec<String> {
    let shop = Connection::open(company.path("shop.db")).unwrap();
    let mut out = vec![company.read("newsletter.csv")];
    for table in ["customers", "orders", "invoices"] {
        let mut read = shop
            .prepare(&format!("SELECT * FROM {table} ORDER BY id"))
            .unwrap();
        let width = read.column_count();
        let rows = read.query_map([], |row| {
            let cells = (0..width).map(|at| row.get::<_, rusqlite::types::Value>(at));
            let cells: Vec<String> = cells.map(|cell| format!("{:?}", cell.unwrap())).collect();
            Ok(format!("{table} {}", cells.join(" ")))
        });
        out.extend(rows.unwrap().map(Result::unwrap));
    }
    out
}

/// `system.object outcome` of each record, sorted.
fn outcomes(applied: &Value) -> Vec<String> {
    let records = applied["records"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut out: Vec<String> = records
        .map(|record| {
            let place = format!("{}.{}", text(&record["system"]), text(&record["object"]));
            format!("{place} {}", text(&record["outcome"]))
        })
        .collect();
    out.sort();
    out
}

fn events(company: &Company, kind: &str) -> Vec<Value> {
    let log = json(company, &["audit", "log"]);
    let events = log["events"].as_array().unwrap().iter();
    events
        .map(|stored| stored["event"].clone())
        .filter(|event| event["event"] == kind)
        .collect()
}

fn waiting(company: &Company) -> Vec<Value> {
    let list = json(company, &["hold", "list", "--deferred"]);
    list["records"].as_array().unwrap().clone()
}

fn bundle(company: &Company, number: u32) -> String {
    let case = company.case();
    match number {
        1 => format!("evidence/{case}.evidence.zip"),
        number => format!("evidence/{case}.{number}.evidence.zip"),
    }
}

/// Every file of a bundle as text.
fn unpacked(company: &Company, name: &str) -> Vec<(String, String)> {
    let file = fs_err::File::open(company.path(name)).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let name = entry.name().unwrap().into_owned();
            (name, String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

fn cover(company: &Company, number: u32) -> String {
    let files = unpacked(company, &bundle(company, number));
    let mut pages = files.into_iter();
    let page = pages.find(|(name, _)| name.ends_with(".html")).unwrap();
    page.1
}

#[test]
fn a_hold_on_a_person_keeps_all_that_is_hers_and_lets_the_rest_of_her_rights_be() {
    let company = Company::new();
    let before = everything(&company);
    let id = hold(&company, &ANNA);
    let done = erased(&company, "0");
    assert_eq!(everything(&company), before, "nothing was written");
    for record in done["records"].as_array().unwrap() {
        assert_eq!(record["decision"], "held", "{record}");
        assert_eq!(record["holds"], json!([id]), "{record}");
        let because = record["because"].as_str().unwrap();
        assert!(because.contains(&id) && because.contains("Art. 17(3)(e) GDPR"));
        assert!(because.contains("to be reviewed by 20"), "{because}");
        // The law keeps the invoice besides.
        let law = because.contains("besides until 2033-12-31") && because.contains("§147 AO");
        assert_eq!(law, record["object"] == "invoices", "{because}");
    }
    assert_eq!(done["records"].as_array().unwrap().len(), 5);
    // The proof and the case file name the hold.
    let case = company.case();
    ok(&company, &["evidence", "verify", &bundle(&company, 1)]);
    assert!(cover(&company, 1).contains(&id));
    let show = ok(&company, &["case", "show", &case]);
    assert_eq!(show.out.matches(&id).count(), 5, "{}", show.out);
    assert!(
        show.err.contains("Records left for a later erasure: 5"),
        "{}",
        show.err
    );
    let german = ok(&company, &["case", "show", &case, "--lang", "de"]);
    assert!(
        german.out.contains(&format!("Löschstopp ({id})")),
        "{}",
        german.out
    );
    // What somebody was to destroy by hand is to be kept.
    let tasks = json(&company, &["task", "list", "--case", &case]).to_string();
    assert!(tasks.contains("Destroy nothing of the person's"), "{tasks}");
    assert!(!tasks.contains("Destroy the person's file"), "{tasks}");
    assert!(tasks.contains("and erase none of them"), "{tasks}");

    // Access and rectification go on.
    let draft = company.run(&[&["export"], &ANNA[..], &["--to", "none"]].concat());
    assert_ne!(draft.code, 1, "{}", draft.err);
    let found = json(&company, &[&["find"], &ANNA[..]].concat());
    assert_eq!(found["systems"][0]["records"].as_array().unwrap().len(), 4);
    let other = Company::new();
    hold(&other, &ANNA);
    let set = [
        "--set",
        "shop.customers.town=Trier",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "1",
    ];
    let corrected = ok(&other, &[&["rectify"], &ANNA[..], &set[..]].concat());
    assert!(corrected.out.contains("rectified"), "{}", corrected.out);
}

#[test]
fn what_can_be_locked_is_locked_and_can_be_on_request_as_well() {
    let lockable = |company: &Company| {
        let inventory = company.read("dsr.yaml").replace(
            "        erase: remove\n      orders:",
            "        restrict: { set: { town: Locked } }\n        erase: remove\n      orders:",
        );
        company.write(
            "dsr.yaml",
            &inventory.replace("          town: contact.address\n", ""),
        );
    };
    let company = lawless();
    lockable(&company);
    let id = hold(&company, &["--object", "shop.customers"]);
    let done = erased(&company, "5");
    let of = |object: &str| {
        let mut records = done["records"].as_array().unwrap().iter();
        records.find(|r| r["object"] == object).unwrap().clone()
    };
    let customer = of("customers");
    assert_eq!(
        (&customer["decision"], &customer["action"]),
        (&json!("held"), &json!("restrict"))
    );
    assert_eq!(
        (&customer["outcome"], &customer["level"]),
        (&json!("restricted"), &json!("L2"))
    );
    assert_eq!(customer["holds"], json!([id]));
    assert_eq!(of("orders")["outcome"], "removed");
    let rows = everything(&company);
    assert!(
        rows.iter()
            .any(|row| row.contains("Anna@example.org") && row.contains("Locked"))
    );
    assert!(cover(&company, 1).contains(&id));
    // Released, it is owed: the case goes on by itself, or a sweep takes it.
    let said = release(&company, &id).err;
    assert!(said.contains("that nothing keeps any more: 1"), "{said}");
    assert_eq!(waiting(&company)[0]["due"], true);
    erased(&company, "1");
    assert!(waiting(&company).is_empty(), "{:?}", waiting(&company));
    assert!(
        !everything(&company)
            .iter()
            .any(|row| row.contains("Anna@example.org"))
    );

    let asked = Company::new();
    lockable(&asked);
    hold(&asked, &ANNA);
    let args = [
        "--because",
        "needed_for_claims",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "1",
    ];
    ok(&asked, &[&["restrict"], &ANNA[..], &args[..]].concat());
    assert!(everything(&asked).iter().any(|row| row.contains("Locked")));
}

#[test]
fn a_hold_on_a_system_leaves_the_person_elsewhere_alone() {
    let company = lawless();
    let id = hold(&company, &["--system", "newsletter"]);
    let done = erased(&company, "4");
    assert_eq!(
        outcomes(&done),
        [
            "newsletter.subscribers held",
            "shop.customers removed",
            "shop.invoices removed",
            "shop.orders removed",
            "shop.orders removed",
        ]
    );
    assert!(company.read("newsletter.csv").contains("anna@example.org"));
    // The other Anna was never anybody's business.
    assert_eq!(
        company.customers(),
        ["control@acme.example", "anna.b@example.org"]
    );
    // On the person and in one system: only both together.
    let both = lawless();
    let elsewhere = ["--email", "bert@example.org", "--system", "newsletter"];
    hold(&both, &elsewhere);
    assert_eq!(erased(&both, "5")["records"].as_array().unwrap().len(), 5);
    assert!(!both.read("newsletter.csv").contains("anna@example.org"));
    assert_ne!(id, "");
}

#[test]
fn a_range_covers_what_lies_in_it_and_what_says_no_day() {
    // A duty that is over, of which nobody can say so where a day is missing.
    let company = Company::with(
        "keep: P8Y, start: eoy(issued_on), kind: min, because: \"§147 AO\"",
        "keep: P1D, start: eoy(issued_on), kind: min, because: \"a contract\"",
    );
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch(
        "INSERT INTO invoices VALUES (102, '4711', 'Anna Beispiel', '2024-06-30'),
            (103, '4711', 'Anna Beispiel', NULL), (104, '4711', 'Anna Beispiel', '2024-01-01');",
    )
    .unwrap();
    drop(shop);
    let range = [
        "--data-type",
        "booking_documents",
        "--from",
        "2024-01-01",
        "--until",
        "30.06.2024",
    ];
    hold(&company, &range);
    let done = erased(&company, "5");
    let mut kept: Vec<String> = done["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["outcome"] == "held")
        .map(|record| record["key"].as_str().unwrap().to_owned())
        .collect();
    kept.sort();
    assert_eq!(kept, ["102", "103", "104"]);
    let left = waiting(&company);
    let of = |start: Value| {
        left.iter()
            .find(|row| row["start"] == start)
            .unwrap()
            .clone()
    };
    assert_eq!(of(json!("2024-06-30"))["ends"], "hold");
    // Of what began on no known day a person decides, when the hold is gone.
    assert_eq!(of(Value::Null)["ends"], "person");
    // A range where nothing says a day is told.
    let done = ok(
        &company,
        &[
            "hold",
            "add",
            "--ground",
            "bao132",
            "--reason",
            REASON,
            "--object",
            "shop.orders",
            "--from",
            "2024-01-01",
        ],
    );
    assert!(done.err.contains("W287"), "{}", done.err);
}

#[test]
fn of_a_record_without_a_day_the_duty_is_told_and_each_hold_once() {
    let company = Company::with(
        "keep: P8Y, start: eoy(issued_on), kind: min, because: \"§147 AO\"",
        "keep: P1D, start: eoy(issued_on), kind: min, because: \"a contract\"",
    );
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch("INSERT INTO invoices VALUES (103, '4711', 'Anna Beispiel', NULL);")
        .unwrap();
    drop(shop);
    let id = hold(&company, &["--object", "shop.invoices"]);
    erased(&company, "4");
    let undated = || {
        let rows = waiting(&company);
        rows.into_iter().find(|row| row["start"].is_null()).unwrap()
    };
    let line = |lang: &str, sign: &str| {
        let list = ["--lang", lang, "--format", "csv"];
        let list = ok(
            &company,
            &[&list[..], &["hold", "list", "--deferred"]].concat(),
        );
        let mut lines = list.out.lines().filter(|line| line.contains(sign));
        lines.next().unwrap().to_owned()
    };
    assert_eq!(
        (&undated()["norm"], &undated()["holds"]),
        (&json!("a contract"), &json!([id]))
    );
    for (lang, sign, word) in [
        ("en", "when released, by a person", "hold"),
        (
            "de",
            "mit der Aufhebung, durch einen Menschen",
            "Löschstopp",
        ),
    ] {
        let line = line(lang, sign);
        assert!(line.contains(&format!("{word} {id} (")), "{line}");
        assert_eq!(line.matches(&id).count(), 1, "{line}");
        assert!(line.contains("a contract"), "{line}");
    }
    release(&company, &id);
    assert_eq!(
        (&undated()["norm"], &undated()["holds"]),
        (&json!("a contract"), &json!([]))
    );
    for (lang, sign, gone) in [
        ("en", "by a person", "when released"),
        ("de", "durch einen Menschen", "mit der Aufhebung"),
    ] {
        let line = line(lang, sign);
        assert!(!line.contains(gone) && !line.contains(&id), "{line}");
        assert!(line.contains("a contract"), "{line}");
    }
}

#[test]
fn two_holds_keep_a_record_until_both_are_released() {
    let company = lawless();
    let first = hold(&company, &ANNA);
    let second = hold(&company, &["--object", "shop.invoices"]);
    let done = erased(&company, "0");
    let invoice = |done: &Value| {
        let mut records = done["records"].as_array().unwrap().iter();
        records.find(|r| r["object"] == "invoices").unwrap().clone()
    };
    let mut both = vec![first.clone(), second.clone()];
    both.sort();
    assert_eq!(invoice(&done)["holds"], json!(both));
    let said = release(&company, &first).err;
    assert!(said.contains("that nothing keeps any more: 4"), "{said}");
    assert!(said.contains("keeps all the same: 1"), "{said}");
    let due: Vec<bool> = waiting(&company)
        .iter()
        .map(|row| row["due"] == true)
        .collect();
    assert_eq!(due.iter().filter(|due| **due).count(), 4);
    let done = erased(&company, "4");
    assert_eq!(invoice(&done)["holds"], json!([second]));
    assert_eq!(waiting(&company).len(), 1);
    release(&company, &second);
    erased(&company, "1");
    assert!(waiting(&company).is_empty());
    let said = refused(
        &company,
        &["hold", "release", &second, "--reason", "x"],
        2,
        "E439",
    );
    assert!(said.contains(&second), "{said}");
}

/// Killed at any event of an erasure, then held: nothing more is erased, whatever was approved, and what is left is proven as held.
#[test]
fn a_hold_that_is_set_while_a_plan_is_carried_out_stops_it() {
    let (next, stopped) = (AtomicUsize::new(2), AtomicUsize::new(0));
    let last = AtomicUsize::new(usize::MAX);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |n| n.get().max(2)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    if at / 2 >= last.load(Ordering::SeqCst) {
                        break;
                    }
                    let when = ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"][at % 2];
                    match held_after(when, at / 2) {
                        None => drop(last.fetch_min(at / 2, Ordering::SeqCst)),
                        Some(held) => drop(stopped.fetch_add(held.min(1), Ordering::SeqCst)),
                    }
                }
            });
        }
    });
    let (last, stopped) = (last.into_inner(), stopped.into_inner());
    assert!(last > 15 && stopped > 20, "{last} {stopped}");
}

/// Erases a person, killed at an event, then sets a hold and goes on: how many records were held; `None` if there is no such event.
fn held_after(when: &str, n: usize) -> Option<usize> {
    let company = lawless();
    let args = ["--identity", "letter", "--yes", "--expect", "5"];
    let killed = company
        .command(env!("CARGO_BIN_EXE_dsr"))
        .args([&["erase"], &ANNA[..], &args[..]].concat())
        .env(when, n.to_string())
        .output()
        .unwrap();
    if killed.status.code().is_some() {
        return None;
    }
    let before = everything(&company);
    let id = hold(&company, &ANNA);
    let again = erase(&company, "0");
    assert_eq!(again.code, 0, "{when}={n}\n{}\n{}", again.out, again.err);
    assert_eq!(everything(&company), before, "{when}={n}: {}", again.err);
    let done: Value = serde_json::from_str(&again.out).unwrap();
    let outcomes = outcomes(&done);
    let held = outcomes
        .iter()
        .filter(|line| line.ends_with("held"))
        .count();
    // Her customer, her orders (which name her by 2) and her invoice; her line in the file.
    let hers = |row: &&String| row.contains("4711") || row.contains("Integer(2)");
    let left = before[1..].iter().filter(hers).count();
    let left = left + usize::from(before[0].contains("anna@"));
    assert_eq!(held, left, "{when}={n}: {before:?} {done}");

    let case = company.case();
    let shown = json(&company, &["case", "show", &case]);
    let number = u32::try_from(shown["evidence"].as_array().unwrap().len()).unwrap();
    ok(&company, &["evidence", "verify", &bundle(&company, number)]);
    assert_eq!(
        cover(&company, number).contains(&id),
        held > 0,
        "{when}={n}"
    );
    let rows = shown["deferred"].as_array().unwrap();
    assert_eq!(rows.len(), held, "{when}={n}: {rows:?}");
    assert!(
        rows.iter().all(|row| row["holds"] == json!([id])),
        "{rows:?}"
    );
    release(&company, &id);
    assert!(waiting(&company).iter().all(|row| row["due"] == true));
    if held > 0 {
        erased(&company, &held.to_string());
    }
    assert!(waiting(&company).is_empty(), "{when}={n}");
    let after = everything(&company).join("\n");
    assert!(
        !after.contains("4711") && !after.contains("anna@"),
        "{when}={n}: {after}"
    );
    Some(held)
}

/// Killed at any event, an erasure that the law stops at one record leaves that record known exactly once.
#[test]
fn what_the_law_keeps_is_known_once_whatever_happens() {
    let whole = |company: &Company| {
        let rows = waiting(company);
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = &rows[0];
        assert_eq!(
            (&row["object"], &row["until"]),
            (&json!("invoices"), &json!("2033-12-31"))
        );
        assert_eq!(
            (&row["free_from"], &row["ends"]),
            (&json!("2034-01-01"), &json!("until"))
        );
        assert_eq!(
            (&row["norm"], &row["start"]),
            (&json!("§147 AO"), &json!("2025-03-04"))
        );
        assert_eq!(
            (&row["due"], &row["case"]),
            (&json!(false), &json!(company.case()))
        );
    };
    for n in 1.. {
        let company = Company::new();
        let args = [
            &["erase"],
            &ANNA[..],
            &["--identity", "letter", "--yes", "--expect", "4"],
        ]
        .concat();
        let killed = company
            .command(env!("CARGO_BIN_EXE_dsr"))
            .args(&args)
            .env("DSR_TEST_KILL_BEFORE", n.to_string())
            .output()
            .unwrap();
        let is_whole = killed.status.code().is_some();
        if !is_whole {
            let again = company.run(&args);
            let case = company.case();
            if again.code != 0 {
                ok(&company, &["apply", &case]);
            }
        }
        whole(&company);
        // Gone on with once more, it stays one.
        ok(&company, &["apply", &company.case()]);
        whole(&company);
        if is_whole {
            assert!(n > 15, "{n}");
            break;
        }
    }
}

/// Whether a word stands in these bytes by itself: a short number also stands within some digest every few runs.
fn stands(bytes: &[u8], word: &str) -> bool {
    let within = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    memchr::memmem::find_iter(bytes, word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !within(before) && !within(bytes.get(at + word.len()))
    })
}

#[test]
fn a_purge_waits_for_holds_on_the_person_and_leaves_what_is_to_be_erased_known() {
    let company = Company::new();
    erased(&company, "4");
    let case = company.case();
    for task in ["T1", "T2"] {
        let found = ["--found", "nothing"];
        let more: &[&str] = if task == "T1" { &found } else { &[] };
        company.run(&[&["task", "done", &case, task], more].concat());
    }
    let open = json(&company, &["task", "list", "--case", &case]);
    for task in open["tasks"].as_array().unwrap() {
        ok(
            &company,
            &["task", "done", &case, task["task"].as_str().unwrap()],
        );
    }
    ok(&company, &["evidence", "make", &case]);
    ok(&company, &["case", "close", &case]);
    let early = [
        "case", "purge", &case, "--early", "--reason", "test", "--yes",
    ];
    let other = hold(&company, &["--object", "shop.invoices"]);
    let hers = hold(&company, &["--case", &case, "--no-search"]);
    let said = refused(&company, &early, 4, "E697");
    assert!(said.contains(&hers) && !said.contains(&other), "{said}");
    release(&company, &hers);
    let done = ok(&company, &early);
    assert!(
        done.err.contains("Records that are to be erased later: 1"),
        "{}",
        done.err
    );

    // The row is there, says which hold and which law, and nothing of her is to be read.
    let rows = waiting(&company);
    assert_eq!((rows.len(), &rows[0]["holds"]), (1, &json!([other])));
    assert_eq!(
        (&rows[0]["case"], &rows[0]["until"]),
        (&json!(case), &json!("2033-12-31"))
    );
    for entry in fs_err::read_dir(company.path(".dsr")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let bytes = fs_err::read(&path).unwrap();
        for word in [
            "anna@example.org",
            "Anna Beispiel",
            "4711",
            "Köln",
            REASON,
            RELEASED,
        ] {
            assert!(!stands(&bytes, word), "{word} in {}", path.display());
        }
    }
    // A hold by the case's person goes on without the case, and so does the list.
    ok(&company, &["hold", "list", "--all"]);
    ok(&company, &["hold", "show", &hers]);
    release(&company, &other);
    assert_eq!(
        waiting(&company)[0]["due"],
        false,
        "the law keeps it all the same"
    );
}

#[test]
fn the_grounds_are_told_in_both_languages() {
    for (code, english, german) in [
        (
            "art17_3_e",
            "Art. 17(3)(e) GDPR",
            "Art. 17 Abs. 3 Buchst. e DSGVO",
        ),
        (
            "ao147_3_s5",
            "§ 147(3) sentence 5 AO",
            "§ 147 Abs. 3 Satz 5 AO",
        ),
        ("bao132", "§ 132(1) BAO", "§ 132 Abs. 1 BAO"),
        ("ugb212", "§ 212(1) UGB", "§ 212 Abs. 1 UGB"),
        (
            "authority_order",
            "order of a court or an authority",
            "Anordnung eines Gerichts",
        ),
    ] {
        let company = Company::new();
        let add = [
            "hold", "add", "--ground", code, "--reason", REASON, "--system", "shop",
        ];
        let id = ok(&company, &add).out.trim().to_owned();
        let plan = |lang: &str| {
            let args = ["--plan", "--lang", lang];
            ok(&company, &[&["erase"], &ANNA[..], &args[..]].concat()).out
        };
        // A table may break a line where it likes.
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (plain, deutsch) = (words(plan("en")), words(plan("de")));
        assert!(plain.contains(&id) && plain.contains(english), "{plain}");
        assert!(
            deutsch.contains(&id) && deutsch.contains(german),
            "{deutsch}"
        );
        let shown = ok(&company, &["hold", "show", &id, "--lang", "de"]).out;
        assert!(shown.contains(code) && shown.contains(REASON), "{shown}");
        assert_eq!(events(&company, "hold_added")[0]["ground"], code);
    }
}

#[test]
fn neither_reason_nor_person_leaves_the_vault() {
    let company = lawless();
    let add = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        REASON,
        "-vv",
    ];
    let said = ok(&company, &[&add[..], &ANNA[..]].concat());
    let id = said.out.trim().to_owned();
    let erased = erase(&company, "0");
    assert_eq!(erased.code, 0, "{}", erased.err);
    let case = company.case();
    let mut texts = vec![said.err.clone(), erased.err.clone()];
    for args in [
        &["hold", "list", "--all"][..],
        &["hold", "list", "--format", "json"],
        &["hold", "list", "--format", "csv"],
        &["hold", "list", "--deferred"],
        &["hold", "list", "--deferred", "--format", "json"],
        &["case", "show", &case, "-v"],
        &["audit", "log", "--format", "json"],
        &[],
    ] {
        let done = ok(&company, args);
        texts.extend([done.out, done.err]);
    }
    let shown = json(&company, &["hold", "show", &id]);
    assert_eq!(shown["reason"], REASON);
    let kinds: Vec<&str> = shown["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["customer_no", "email"], "the number was learnt");
    let done = release(&company, &id);
    texts.extend([done.out, done.err]);
    let shown = json(&company, &["hold", "show", &id]);
    assert_eq!(
        shown["identities"],
        json!([]),
        "nobody is named by a released hold"
    );
    assert_eq!(
        (&shown["reason"], &shown["released_because"]),
        (&json!(REASON), &json!(RELEASED))
    );
    texts.extend(
        unpacked(&company, &bundle(&company, 1))
            .into_iter()
            .map(|(_, text)| text),
    );
    for text in &texts {
        for word in ["Zyxwvut", "Ponmlkj"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
    let ledger = fs_err::read(company.path(".dsr/ledger.db")).unwrap();
    let vault = fs_err::read(company.path(".dsr/vault.db")).unwrap();
    for word in ["Zyxwvut", "Ponmlkj", "anna@example.org", "4711"] {
        for bytes in [&ledger, &vault] {
            assert!(!stands(bytes, word), "{word}");
        }
        for text in &texts[..2] {
            assert!(!stands(text.as_bytes(), word), "{word} in {text}");
        }
    }
    // Digests are keyed: the same person's are others in another workspace.
    let other = lawless();
    hold(&other, &ANNA);
    let digests =
        |company: &Company| events(company, "hold_added")[0]["scope"]["identities"].clone();
    assert_ne!(digests(&company), digests(&other));
}

/// How many items of holds lie in the vault.
fn items(company: &Company) -> u32 {
    let vault = Connection::open(company.path(".dsr/vault.db")).unwrap();
    let sql = "SELECT count(*) FROM item WHERE name LIKE '/hold.%'";
    vault.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_hold_that_was_cut_short_stands_or_leaves_nothing() {
    let kill = |company: &Company, when: &str, args: &[&str]| {
        let done = company
            .command(env!("CARGO_BIN_EXE_dsr"))
            .args(args)
            .env(when, "1")
            .output()
            .unwrap();
        assert_eq!(done.status.code(), None, "{done:?}");
    };
    let add = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        REASON,
        "--email",
        "anna@example.org",
    ];
    let standing = |company: &Company| {
        let list = json(company, &["hold", "list"]);
        list["holds"].as_array().unwrap().clone()
    };
    let company = Company::new();
    kill(&company, "DSR_TEST_KILL_BEFORE", &add);
    assert_eq!(items(&company), 1, "the trap is set");
    assert!(standing(&company).is_empty());
    assert_eq!(items(&company), 0, "nobody will ever ask for these words");
    kill(&company, "DSR_TEST_KILL_AFTER", &add);
    let stands = standing(&company);
    assert_eq!((stands.len(), items(&company)), (1, 1));
    let id = stands[0]["hold"].as_str().unwrap().to_owned();
    assert_eq!(
        erased(&company, "0")["records"].as_array().unwrap().len(),
        5
    );

    let end = ["hold", "release", &id, "--reason", RELEASED];
    kill(&company, "DSR_TEST_KILL_BEFORE", &end);
    assert_eq!(standing(&company).len(), 1);
    let shown = json(&company, &["hold", "show", &id]);
    assert_eq!(shown["identities"][0]["value"], "anna@example.org");
    kill(&company, "DSR_TEST_KILL_AFTER", &end);
    assert!(standing(&company).is_empty());
    let shown = json(&company, &["hold", "show", &id]);
    assert_eq!(shown["identities"], json!([]));
    assert!(shown["released_at"].is_string());
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_set() {
    let company = Company::new();
    let fixed = ["hold", "add", "--ground", "bao132", "--reason", REASON];
    let far = (jiff::Zoned::now().date() + jiff::Span::new().months(12).days(1)).to_string();
    let past = (jiff::Zoned::now().date() - jiff::Span::new().days(1)).to_string();
    let wrong: [(&[&str], &str, &str); 14] = [
        (&[], "E431", "a `--system`"),
        (&["--from", "2024-01-01"], "E431", "days alone"),
        (&["--system", "shopp"], "E837", "shop"),
        (&["--object", "shop.invoice"], "E433", "shop.invoices"),
        (&["--object", "invoices"], "E433", "shop.invoices"),
        (&["--data-type", "letters"], "E434", "booking_documents"),
        (
            &["--object", "shop.orders", "--system", "newsletter"],
            "E435",
            "two holds",
        ),
        (
            &[
                "--object",
                "shop.orders",
                "--data-type",
                "booking_documents",
            ],
            "E435",
            "two holds",
        ),
        (
            &["--system", "newsletter", "--data-type", "booking_documents"],
            "E435",
            "two holds",
        ),
        (
            &[
                "--system",
                "shop",
                "--from",
                "2025-01-01",
                "--until",
                "2024-01-01",
            ],
            "E438",
            "exchange",
        ),
        (
            &["--system", "shop", "--review-by", &far],
            "E436",
            "name a day until",
        ),
        (
            &["--system", "shop", "--review-by", &past],
            "E437",
            "name a day from today",
        ),
        (&["--email", "*"], "E824", ""),
        (&["--case", "2026-ZZZZZZ"], "E830", ""),
    ];
    for (args, code, help) in wrong {
        let said = refused(&company, &[&fixed[..], args].concat(), 2, code);
        assert!(said.contains(help), "{args:?}: {said}");
        let german = company.run(&[&fixed[..], args, &["--lang", "de"]].concat());
        assert_eq!(german.code, 2, "{}", german.err);
    }
    for (ground, reason, code) in [
        ("because", REASON, "authority_order"),
        ("bao132", "  ", "E441"),
        ("bao132", &"x".repeat(5000), "E441"),
    ] {
        let args = [
            "hold", "add", "--system", "shop", "--ground", ground, "--reason", reason,
        ];
        refused(&company, &args, 2, code);
    }
    for id in ["H-ZZZZZZ", "nonsense", "2026-K7QF3M"] {
        refused(&company, &["hold", "show", id], 2, "E430");
        refused(
            &company,
            &["hold", "release", id, "--reason", "x"],
            2,
            "E430",
        );
    }
    assert!(events(&company, "hold_added").is_empty());
    assert_eq!(items(&company), 0);

    let id = hold(&company, &["--system", "shop"]);
    let inventory = company.read("dsr.yaml");
    let people = "people:
  op1: { role: operator, key: \"keys/op1.pub\" }
  ap1: { role: approver, key: \"keys/ap1.pub\" }
approval: four_eyes
";
    company.write("dsr.yaml", &(inventory.clone() + people));
    let alone = ["--as", "op1", "hold", "release", &id, "--reason", "x"];
    // Nobody has a key yet, so nobody could be a second.
    refused(&company, &alone, 2, "E975");
    company.write("dsr.yaml", &inventory);
    assert!(events(&company, "hold_released").is_empty());
}

#[test]
fn a_review_is_reminded_of_and_ends_nothing() {
    let company = lawless();
    let today = jiff::Zoned::now().date();
    let later = (today + jiff::Span::new().days(20)).to_string();
    let id = hold(
        &company,
        &[
            "--object",
            "shop.invoices",
            "--review-by",
            &today.to_string(),
        ],
    );
    let other = hold(&company, &["--system", "newsletter", "--review-by", &later]);
    let said = refused(&company, &["hold", "list"], 6, "W290");
    assert!(said.contains(&id) && !said.contains(&other), "{said}");
    let said = refused(&company, &["hold", "list", "--within", "20"], 6, "W290");
    assert!(said.contains(&other), "{said}");
    let list = company.run(&["hold", "list", "--format", "json"]);
    let list: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list["holds"][0]["review_due"], true);
    assert_eq!(list["holds"][1]["review_due"], false);
    let first = ok(&company, &[]);
    assert!(
        first.err.contains("Holds to be reviewed: 1."),
        "{}",
        first.err
    );
    assert_eq!(json(&company, &[])["holds_to_review"], 1);
    // Nobody reviewed it, and it keeps what it kept.
    let done = erased(&company, "3");
    assert!(outcomes(&done).contains(&"shop.invoices held".to_owned()));
    release(&company, &id);
    ok(&company, &["hold", "list"]);
    let all = json(&company, &["hold", "list", "--all"]);
    assert_eq!(all["holds"].as_array().unwrap().len(), 2);
}

#[test]
fn a_hold_by_a_name_that_nobody_bears_stops_every_erasure() {
    let company = lawless();
    let id = hold(&company, &["--object", "shop.invoices"]);
    let before = everything(&company);
    let inventory = company.read("dsr.yaml");
    let renamed = inventory
        .replace("      invoices:\n", "      bills:\n")
        .replace("shop.invoices", "shop.bills");
    company.write("dsr.yaml", &renamed);
    let done = erase(&company, "5");
    assert_eq!(done.code, 2, "{}", done.err);
    assert!(
        done.err.contains("E440") && done.err.contains(&id),
        "{}",
        done.err
    );
    assert_eq!(everything(&company), before);
    let list = ok(&company, &["hold", "list"]);
    assert!(list.err.contains("W289"), "{}", list.err);
    // Access goes on.
    ok(&company, &[&["find"], &ANNA[..]].concat());
    let anew = hold(&company, &["--object", "shop.bills"]);
    release(&company, &id);
    let done = erased(&company, "4");
    assert!(outcomes(&done).contains(&"shop.bills held".to_owned()));
    assert_ne!(anew, id);
}

#[test]
fn who_was_asked_to_destroy_paper_is_to_be_told() {
    let company = lawless();
    erased(&company, "5");
    let case = company.case();
    let add = ["hold", "add", "--ground", "art17_3_e", "--reason", REASON];
    let said = ok(&company, &[&add[..], &ANNA[..]].concat()).err;
    assert!(
        said.contains("W288") && said.contains(&case) && said.contains("T2"),
        "{said}"
    );
    let said = ok(
        &company,
        &[&add[..], &["--email", "bert@example.org"]].concat(),
    )
    .err;
    assert!(!said.contains("W288"), "{said}");
    let said = ok(&company, &[&add[..], &["--system", "paper_files"]].concat()).err;
    assert!(said.contains("W288"), "{said}");
}

/// Rows of files are named by their content: a locked one has another name, and whoever erases it one day has to know that.
#[test]
fn a_row_of_a_file_is_known_by_the_name_that_its_lock_gave_it() {
    let company = lawless();
    let inventory = company.read("dsr.yaml").replace(
        "fields: { Mail: { category: contact.email, identity: email }, Name: person.name }",
        "fields: { Mail: { category: contact.email, identity: email }, Name: person.name }\n        restrict: { set: { Locked: true } }",
    );
    company.write("dsr.yaml", &inventory);
    company.write(
        "newsletter.csv",
        "Mail;Name;Locked\nbert@example.org;Bert Muster;\nanna@example.org;Anna Beispiel;\n",
    );
    let id = hold(&company, &["--system", "newsletter"]);
    let done = erased(&company, "5");
    assert!(outcomes(&done).contains(&"newsletter.subscribers restricted".to_owned()));
    assert!(
        company
            .read("newsletter.csv")
            .contains("Anna Beispiel;true")
    );
    let key_now = || {
        let found = json(&company, &[&["find"], &ANNA[..]].concat());
        let systems = found["systems"].as_array().unwrap();
        let here = systems
            .iter()
            .find(|system| system["system"] == "newsletter")
            .unwrap();
        here["records"][0]["key"].as_str().unwrap().to_owned()
    };
    let key_left = || {
        let workspace = dsr::workspace::Workspace::find(&company.path("")).unwrap();
        let text = company.read(".dsr/keys/workspace.key");
        let digest = dsr::keys::Digest::from_hex(text.trim()).unwrap();
        let key = dsr::keys::Key::from_bytes(digest.0);
        let vault = dsr::vault::Vault::open(&workspace, &key).unwrap();
        let rows = dsr::deferred::all(&vault).unwrap();
        assert_eq!(rows.len(), 1);
        rows[0].key.to_string()
    };
    assert_eq!(key_left(), key_now());
    // Gone on with, the name is not forgotten.
    ok(&company, &["apply", &company.case()]);
    assert_eq!(key_left(), key_now());
    release(&company, &id);
    assert_eq!(waiting(&company)[0]["due"], true);
    erased(&company, "1");
    assert!(!company.read("newsletter.csv").contains("anna@"));
}
