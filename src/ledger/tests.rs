use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::*;
use crate::workspace::tests::{noon, workspace};

fn case(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}

fn open(workspace: &Workspace) -> Ledger {
    Ledger::open(workspace, &Lock::read(workspace).unwrap()).unwrap()
}

fn confirmed(operator: &str) -> Event {
    Event::IdentityConfirmed {
        method: "letter".into(),
        operator: operator.into(),
    }
}

/// A ledger of seven events, two cases, remembered outside the workspace.
fn history() -> (tempfile::TempDir, Workspace) {
    let (folder, workspace) = workspace();
    let mut ledger = open(&workspace);
    for (number, case_) in [
        (2, "2026-AAAAAA"),
        (3, "2026-BBBBBB"),
        (4, "2026-AAAAAA"),
        (5, "2026-AAAAAA"),
        (6, "2026-BBBBBB"),
    ] {
        let at = noon() + number.seconds();
        let event = confirmed(&format!("op{number}"));
        ledger.append(Some(&case(case_)), at, &[event]).unwrap();
    }
    let at = noon() + 7.seconds();
    ledger.append(None, at, &[Event::IdentityAssumed]).unwrap();
    ledger.close().unwrap();
    (folder, workspace)
}

fn raw(workspace: &Workspace) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(workspace.ledger_file()).unwrap();
    connection
        .execute_batch("DROP TRIGGER event_stays; DROP TRIGGER event_remains;")
        .unwrap();
    connection
}

/// Rewrites the ledger as somebody would who knows how its hashes are made.
fn forge(workspace: &Workspace, link_cases: bool, change: impl Fn(&mut Vec<Value>)) {
    let mut lines: Vec<Value> = Vec::new();
    let read = |stored: Stored| {
        lines.push(serde_json::from_slice(&stored.bytes).unwrap());
        true
    };
    open(workspace).all(&mut { read }).unwrap();
    change(&mut lines);
    let connection = raw(workspace);
    connection.execute("DELETE FROM event", []).unwrap();
    let mut prev = Head::EMPTY.hash;
    let mut cases = std::collections::BTreeMap::new();
    for (index, line) in lines.iter_mut().enumerate() {
        line["seq"] = json!(index + 1);
        line["prev"] = json!(prev);
        let name = line["case"].as_str().map(str::to_owned);
        let tip = cases.entry(name.clone()).or_insert((0, Head::EMPTY.hash));
        if name.is_some() && link_cases {
            line["n"] = json!(tip.0 + 1);
            line["case_prev"] = json!(tip.1);
        }
        let bytes = crate::canonical::bytes(&line);
        prev = Digest::sha256(&bytes);
        *tip = (tip.0 + 1, prev);
        connection
            .execute(
                "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)",
                (index as i64 + 1, name, line["n"].as_i64(), bytes, prev.0),
            )
            .unwrap();
    }
}

fn broken(workspace: &Workspace) -> Option<(u64, Flaw)> {
    let verdict = open(workspace).verify().unwrap();
    verdict.broken.map(|broken| (broken.seq, broken.flaw))
}

#[test]
fn events_are_linked_and_read_back() {
    let (_folder, workspace) = workspace();
    let mut ledger = open(&workspace);
    let case = case("2026-K7QF3M");
    ledger
        .append(
            Some(&case),
            noon(),
            &[
                Event::IdentityAssumed,
                Event::CaseClosed {
                    closing: None,
                    operator: None,
                },
            ],
        )
        .unwrap();
    let events = ledger.case_events(&case).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(
        String::from_utf8_lossy(&events[1].bytes),
        format!(
            r#"{{"at":"2026-11-21T12:00:00Z","case":"2026-K7QF3M","case_prev":"{0}","event":"case_closed","n":2,"prev":"{0}","seq":3}}"#,
            Digest::sha256(&events[0].bytes)
        )
    );
    assert_eq!(events[0].case_prev, Some(Head::EMPTY.hash));
    assert!(ledger.verify().unwrap().is_whole());
    assert_eq!(ledger.head().unwrap().count, 3);
}

#[test]
fn a_whole_history_is_whole_and_cases_keep_their_order() {
    let (_folder, workspace) = history();
    assert_eq!(broken(&workspace), None);
    let ledger = open(&workspace);
    let cases = ledger.cases().unwrap();
    assert_eq!(cases, [case("2026-AAAAAA"), case("2026-BBBBBB")]);
    let places: Vec<_> = ledger
        .case_events(&cases[0])
        .unwrap()
        .iter()
        .map(|stored| (stored.seq, stored.n))
        .collect();
    assert_eq!(places, [(2, Some(1)), (4, Some(2)), (5, Some(3))]);
}

#[test]
fn every_tampering_with_rows_is_found_where_it_happened() {
    let rehash = |connection: &rusqlite::Connection, seq: i64| {
        let bytes: Vec<u8> = connection
            .query_row("SELECT bytes FROM event WHERE seq = ?1", [seq], |row| {
                row.get(0)
            })
            .unwrap();
        connection
            .execute(
                "UPDATE event SET hash = ?1 WHERE seq = ?2",
                (Digest::sha256(&bytes).0, seq),
            )
            .unwrap();
    };
    let changed = "UPDATE event SET bytes = CAST(replace(CAST(bytes AS TEXT), 'letter', 'phone') AS BLOB) WHERE seq = ";
    type Attack<'a> = Box<dyn Fn(&rusqlite::Connection) + 'a>;
    let sql = |text: String| -> Attack<'_> {
        Box::new(move |connection| connection.execute_batch(&text).unwrap())
    };
    let attacks: Vec<(&str, Attack<'_>, (u64, Flaw))> = vec![
        ("changed byte", sql(format!("{changed} 4")), (4, Flaw::Hash)),
        (
            "changed byte and its hash",
            Box::new(|connection| {
                connection.execute_batch(&format!("{changed} 4")).unwrap();
                rehash(connection, 4);
            }),
            (5, Flaw::Chain),
        ),
        (
            "changed byte of the last of a case, and its hash",
            Box::new(|connection| {
                connection.execute_batch(&format!("{changed} 6")).unwrap();
                rehash(connection, 6);
            }),
            (7, Flaw::Chain),
        ),
        (
            "removed row",
            sql("DELETE FROM event WHERE seq = 4".into()),
            (5, Flaw::Chain),
        ),
        (
            "removed row, the others moved up",
            sql("DELETE FROM event WHERE seq = 4; UPDATE event SET seq = seq - 1 WHERE seq > 4".into()),
            (4, Flaw::Columns),
        ),
        (
            "swapped rows",
            sql("UPDATE event SET seq = 99 WHERE seq = 4; UPDATE event SET seq = 4 WHERE seq = 5; UPDATE event SET seq = 5 WHERE seq = 99".into()),
            (4, Flaw::Columns),
        ),
        (
            "moved to another case",
            sql("UPDATE event SET case_id = '2026-CCCCCC' WHERE seq = 5".into()),
            (5, Flaw::Columns),
        ),
        (
            "hidden from its case by another spelling",
            sql("UPDATE event SET case_id = '2026-aaaaaa' WHERE seq = 5".into()),
            (5, Flaw::Columns),
        ),
        (
            "shortened hash",
            sql("UPDATE event SET hash = x'00' WHERE seq = 5".into()),
            (5, Flaw::Hash),
        ),
        (
            "copied row at the end",
            sql("INSERT INTO event SELECT 8, case_id, 9, bytes, hash FROM event WHERE seq = 7".into()),
            (8, Flaw::Columns),
        ),
        (
            "truncated tail",
            sql("DELETE FROM event WHERE seq > 5".into()),
            (6, Flaw::Remembered),
        ),
    ];
    for (name, attack, expected) in attacks {
        let (_folder, workspace) = history();
        attack(&raw(&workspace));
        assert_eq!(broken(&workspace), Some(expected), "{name}");
    }
}

#[test]
fn forgeries_with_right_hashes_are_found_too() {
    type Change = fn(&mut Vec<Value>);
    let forgeries: Vec<(&str, bool, Change, (u64, Flaw))> = vec![
        (
            "an event left out of its case",
            false,
            |lines| drop(lines.remove(3)),
            // The hash of the event before has changed with its place.
            (4, Flaw::CaseChain),
        ),
        (
            "a date set back",
            true,
            |lines| lines[4]["at"] = json!("2026-11-21T12:00:01Z"),
            (5, Flaw::Clock),
        ),
        (
            "an unknown event",
            true,
            |lines| lines[4]["event"] = json!("all_is_well"),
            (5, Flaw::Unreadable),
        ),
        (
            "a second beginning",
            true,
            |lines| lines[4] = json!({"event": "ledger_made", "ledger": "x", "version": "1", "at": lines[3]["at"]}),
            (5, Flaw::First),
        ),
        (
            "a case without a number",
            true,
            |lines| lines[6] = json!({"event": "case_closed", "at": lines[6]["at"], "n": 1}),
            (7, Flaw::Columns),
        ),
        (
            "a history rewritten without a seam",
            true,
            |lines| lines[2]["operator"] = json!("somebody else"),
            (7, Flaw::Remembered),
        ),
        (
            "a foreign event at the end",
            true,
            |lines| lines[6]["event"] = json!("case_closed"),
            (7, Flaw::Remembered),
        ),
    ];
    for (name, link_cases, change, expected) in forgeries {
        let (_folder, workspace) = history();
        forge(&workspace, link_cases, change);
        assert_eq!(broken(&workspace), Some(expected), "{name}");
    }
}

#[test]
fn a_case_whose_chain_is_broken_is_not_replayed() {
    let (_folder, workspace) = history();
    raw(&workspace)
        .execute("DELETE FROM event WHERE seq = 4", [])
        .unwrap();
    let ledger = open(&workspace);
    let error = ledger.case_events(&case("2026-AAAAAA")).unwrap_err();
    assert_eq!(error.diagnostics[0].code, "E636");
    // Of the other case, an event no longer meets the one that followed it.
    assert!(ledger.case_events(&case("2026-BBBBBB")).is_err());
}

#[test]
fn the_last_event_of_a_case_cannot_be_exchanged_unseen() {
    let (_folder, workspace) = history();
    let ledger = open(&workspace);
    let last = ledger.case_events(&case("2026-BBBBBB")).unwrap().remove(1);
    let forged = String::from_utf8(last.bytes).unwrap().replace("op6", "op7");
    raw(&workspace)
        .execute(
            "UPDATE event SET bytes = ?1, hash = ?2 WHERE seq = 6",
            (forged.as_bytes(), Digest::sha256(forged.as_bytes()).0),
        )
        .unwrap();
    let error = ledger.case_events(&case("2026-BBBBBB")).unwrap_err();
    assert_eq!(error.diagnostics[0].code, "E636");
    assert_eq!(ledger.case_events(&case("2026-AAAAAA")).unwrap().len(), 3);
}

#[test]
fn a_fresh_case_is_one_that_is_not_taken() {
    let (_folder, workspace) = history();
    let ledger = open(&workspace);
    let fresh = ledger.fresh_case(jiff::civil::date(2027, 1, 1)).unwrap();
    assert!(fresh.as_str().starts_with("2027-"));
    assert!(!ledger.cases().unwrap().contains(&fresh));
}

#[test]
fn nothing_is_written_to_a_ledger_that_was_set_back_until_it_is_adopted() {
    let (_folder, workspace) = history();
    raw(&workspace)
        .execute("DELETE FROM event WHERE seq > 5", [])
        .unwrap();
    let mut ledger = open(&workspace);
    let later = noon() + 1.minute();
    let error = ledger
        .append(None, later, &[Event::IdentityAssumed])
        .unwrap_err();
    assert_eq!(
        (error.diagnostics[0].code, error.exit()),
        ("E634", Exit::Usage)
    );
    ledger.close().unwrap();

    let mut ledger = open(&workspace);
    assert!(
        ledger
            .append(None, later, &[Event::IdentityAssumed])
            .is_err()
    );
    assert_eq!(ledger.head().unwrap().count, 5);
    ledger.adopt(later, None, "op1", Vec::new()).unwrap();
    ledger
        .append(None, later, &[Event::IdentityAssumed])
        .unwrap();
    ledger.close().unwrap();
    assert_eq!(broken(&workspace), None);
    let mut adopted = Vec::new();
    open(&workspace)
        .all(&mut |stored| {
            if let Event::LedgerAdopted { known, found, .. } = stored.event {
                adopted.push((known.count, found.count));
            }
            true
        })
        .unwrap();
    assert_eq!(adopted, [(7, 5)]);
}

#[test]
fn an_unreadable_memory_is_not_taken_for_none() {
    let (_folder, workspace) = history();
    let file = open(&workspace).heads.file().to_owned();
    fs_err::write(file, "").unwrap();
    let mut ledger = open(&workspace);
    let later = noon() + 1.minute();
    let error = ledger
        .append(None, later, &[Event::IdentityAssumed])
        .unwrap_err();
    assert_eq!(error.diagnostics[0].code, "E634");
}

#[test]
fn a_clock_that_goes_back_writes_nothing() {
    let (_folder, workspace) = history();
    let last = noon() + 7.seconds();
    let mut ledger = open(&workspace);
    for at in [last - 5.seconds(), last - 1.hour()] {
        let error = ledger
            .append(None, at, &[Event::IdentityAssumed])
            .unwrap_err();
        assert_eq!(
            (error.diagnostics[0].code, error.exit()),
            ("E633", Exit::Failed)
        );
    }
    // Its own events are not excused, not even by a moment.
    ledger
        .append(None, last + 1.hour(), &[Event::IdentityAssumed])
        .unwrap();
    let earlier = last + 1.hour() - 1.milliseconds();
    assert!(
        ledger
            .append(None, earlier, &[Event::IdentityAssumed])
            .is_err()
    );
    assert_eq!(ledger.head().unwrap().count, 8);
}

#[test]
fn another_process_that_was_quicker_is_no_clock_fault() {
    let (_folder, workspace) = history();
    let (mut slow, mut quick) = (open(&workspace), open(&workspace));
    let at = noon() + 1.hour();
    let quicker = at + 300.milliseconds();
    quick
        .append(None, quicker, &[Event::IdentityAssumed])
        .unwrap();
    slow.append(None, at, &[Event::IdentityAssumed]).unwrap();
    slow.append(None, at, &[Event::IdentityAssumed]).unwrap();
    let mut times = Vec::new();
    slow.all(&mut |stored| {
        times.push(stored.at);
        true
    })
    .unwrap();
    assert_eq!(times[7..], [quicker; 3]);
    // But an hour cannot have passed since the ledger was opened.
    quick
        .append(None, at + 1.hour(), &[Event::IdentityAssumed])
        .unwrap();
    let error = slow
        .append(None, at, &[Event::IdentityAssumed])
        .unwrap_err();
    assert_eq!(error.diagnostics[0].code, "E633");
}

#[test]
fn many_writers_make_one_chain() {
    let (_folder, workspace) = workspace();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let workspace = &workspace;
            scope.spawn(move || {
                let mut ledger = open(workspace);
                let own = case(&format!("2026-00000{writer}"));
                for _ in 0..10 {
                    let event = [confirmed("op1"), Event::IdentityAssumed];
                    ledger.append(Some(&own), noon(), &event).unwrap();
                    let shared = case("2026-SSSSSS");
                    ledger.append(Some(&shared), noon(), &event[1..]).unwrap();
                }
                ledger.close().unwrap();
            });
        }
    });
    assert_eq!(broken(&workspace), None);
    let ledger = open(&workspace);
    assert_eq!(ledger.head().unwrap().count, 1 + 4 * 30);
    assert_eq!(ledger.case_events(&case("2026-SSSSSS")).unwrap().len(), 40);
}

#[test]
fn while_a_ledger_is_still_everybody_reads_and_nobody_writes() {
    let (_folder, workspace) = history();
    let ledger = open(&workspace);
    let still = ledger.still().unwrap();
    let mut other = open(&workspace);
    let writer = std::thread::spawn(move || {
        let at = noon() + 9.seconds();
        other.append(None, at, &[Event::IdentityAssumed]).unwrap();
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(ledger.head().unwrap().count, 7);
    assert!(ledger.event(7).unwrap().is_some());
    drop(still);
    writer.join().unwrap();
    assert_eq!(ledger.head().unwrap().count, 8);
}

#[test]
fn a_missing_foreign_or_broken_ledger_is_never_replaced() {
    let (_folder, workspace) = history();
    let lock = Lock::read(&workspace).unwrap();
    let refused = |lock: &Lock| {
        let error = Ledger::open(&workspace, lock).unwrap_err();
        (error.diagnostics[0].code, error.exit())
    };
    let foreign = Lock {
        ledger: Some("0".repeat(32)),
        ..lock.clone()
    };
    assert_eq!(refused(&foreign), ("E632", Exit::Usage));
    assert_eq!(refused(&Lock::default()), ("E623", Exit::Usage));
    let error = Ledger::create(&workspace, noon()).unwrap_err();
    assert_eq!(
        (error.diagnostics[0].code, error.exit()),
        ("E630", Exit::Usage)
    );

    raw(&workspace)
        .execute("DELETE FROM event WHERE seq = 1", [])
        .unwrap();
    assert_eq!(refused(&lock), ("E631", Exit::Usage));
    fs_err::write(workspace.ledger_file(), "this is no database, it is a text").unwrap();
    assert_eq!(refused(&lock), ("E610", Exit::Failed));
    fs_err::write(workspace.ledger_file(), "").unwrap();
    assert_eq!(refused(&lock), ("E610", Exit::Failed));
    fs_err::remove_file(workspace.ledger_file()).unwrap();
    assert_eq!(refused(&lock), ("E631", Exit::Usage));
    assert!(!workspace.ledger_file().exists());
}

#[test]
fn the_heads_are_remembered_outside_and_for_the_owner_only() {
    let (_folder, workspace) = history();
    let ledger = open(&workspace);
    let file = ledger.heads.file();
    assert!(!file.starts_with(&workspace.folder));
    let text = fs_err::read_to_string(file).unwrap();
    let remembered: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(remembered["count"], 7);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs_err::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
