use super::*;
use crate::workspace::tests::{noon, workspace};

fn case() -> CaseId {
    CaseId::parse("2026-K7QF3M").unwrap()
}

#[test]
fn events_are_linked_and_read_back() {
    let (_folder, workspace) = workspace();
    let lock = Lock::read(&workspace).unwrap();
    let mut ledger = Ledger::open(&workspace, &lock).unwrap();
    ledger
        .append(
            Some(&case()),
            noon(),
            &[Event::IdentityAssumed, Event::CaseClosed],
        )
        .unwrap();
    let events = ledger.case_events(&case()).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(
        String::from_utf8_lossy(&events[1].bytes),
        format!(
            r#"{{"at":"2026-11-21T12:00:00Z","case":"2026-K7QF3M","case_prev":"{0}","event":"case_closed","n":2,"prev":"{0}","seq":3}}"#,
            Digest::sha256(&events[0].bytes)
        )
    );
    assert!(ledger.verify().unwrap().is_whole());
}
