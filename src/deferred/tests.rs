use jiff::civil::date;

use super::*;
use crate::hold::{Ground, Scope};
use crate::vault::workspace_key;
use crate::workspace::tests::workspace;

fn row(ends: Ends, until: Option<Date>) -> Deferred {
    Deferred {
        id: Digest([7; 32]),
        case: CaseId::parse("2026-AAAAAA").unwrap(),
        system: "shop".into(),
        object: "invoices".into(),
        key: RecordKey::new(vec!["canary@example.org".into()]).unwrap(),
        data_type: Some("vouchers".into()),
        decision: Decision::Retain,
        record: Digest([1; 32]),
        ends,
        until,
        norm: Some("§ 147 AO".into()),
        start: Some(date(2025, 3, 4)),
        clock: None,
        holds: Vec::new(),
        identities: vec![Digest([2; 32])],
        person: vec![Digest([3; 32])],
        state: None,
        since: date(2026, 11, 22),
        tried: None,
    }
}

#[test]
fn a_record_is_due_when_the_law_lets_go() {
    let until = row(Ends::Until, Some(date(2033, 12, 31)));
    assert!(!until.is_due(date(2033, 12, 31)) && until.is_due(date(2034, 1, 1)));
    for ends in [Ends::Never, Ends::Person] {
        assert!(!row(ends, None).is_due(Date::MAX), "{ends:?}");
    }
    assert!(row(Ends::Hold, None).is_due(date(2026, 11, 22)));
    // A last day that is not known is none that could have passed.
    assert!(!row(Ends::Until, None).is_due(Date::MAX));
}

#[test]
fn the_words_of_a_hold_are_no_norm() {
    let mut row = row(Ends::Person, None);
    assert_eq!(row.norm(), Some("§ 147 AO"));
    row.holds = vec![HoldId::parse("H-AAAAAA").unwrap()];
    assert_eq!(row.norm(), Some("§ 147 AO"));
    let words = "hold H-AAAAAA (legal claims, Art. 17(3)(e) GDPR), to be reviewed by 2027-01-01";
    row.norm = Some(words.into());
    assert_eq!(row.norm(), None);
    // What nobody can take for certain is left as it is.
    row.holds.clear();
    assert_eq!(row.norm(), Some(words));
}

#[test]
fn a_hold_on_the_person_keeps_what_does_not_carry_her_address() {
    let hold = |identities: Vec<Digest>| Hold {
        id: HoldId::parse("H-AAAAAA").unwrap(),
        ground: Ground::Art173E,
        scope: Scope {
            identities,
            ..Scope::default()
        },
        case: None,
        set_at: jiff::Timestamp::UNIX_EPOCH,
        set_by: "op".into(),
        review_by: date(2027, 1, 1),
        released: None,
    };
    let row = row(Ends::Hold, None);
    for (digest, kept) in [(2, 1), (3, 1), (4, 0)] {
        let holds = [hold(vec![Digest([digest; 32])])];
        assert_eq!(row.held_by(&holds).len(), kept, "{digest}");
    }
}

#[test]
fn rows_are_kept_sealed_written_anew_and_settled() {
    let (_folder, workspace) = workspace();
    let mut vault = Vault::open(&workspace, &workspace_key(&workspace).unwrap().0).unwrap();
    let kept = row(Ends::Until, Some(date(2033, 12, 31)));
    add(&mut vault, std::slice::from_ref(&kept)).unwrap();
    add(&mut vault, std::slice::from_ref(&kept)).unwrap();
    assert_eq!(all(&vault).unwrap(), std::slice::from_ref(&kept));
    assert!(due(&vault, date(2033, 12, 31)).unwrap().is_empty());
    assert_eq!(due(&vault, date(2034, 1, 1)).unwrap().len(), 1);
    // Nothing of it can be read without the workspace's key.
    for entry in fs_err::read_dir(workspace.private_dir()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() {
            fs_err::read(&path).unwrap()
        } else {
            Vec::new()
        };
        for word in [&b"canary"[..], b"invoices", b"147 AO", b"2026-AAAAAA"] {
            let found = memchr::memmem::find(&bytes, word).is_some();
            assert!(
                !found,
                "{} in {}",
                String::from_utf8_lossy(word),
                path.display()
            );
        }
    }
    let id = kept.id;
    done(&mut vault, &id, Outcome::Changed).unwrap();
    assert_eq!(all(&vault).unwrap()[0].tried, Some(Outcome::Changed));
    done(&mut vault, &id, Outcome::Removed).unwrap();
    done(&mut vault, &id, Outcome::Removed).unwrap();
    assert!(all(&vault).unwrap().is_empty());
}

#[test]
fn a_row_in_the_place_of_another_is_refused() {
    let (_folder, workspace) = workspace();
    let mut vault = Vault::open(&workspace, &workspace_key(&workspace).unwrap().0).unwrap();
    add(&mut vault, &[row(Ends::Hold, None)]).unwrap();
    drop(vault);
    let raw = rusqlite::Connection::open(workspace.vault_file()).unwrap();
    let moved = Digest([8; 32]).hex();
    raw.execute("UPDATE deferred SET id = ?1", [moved]).unwrap();
    drop(raw);
    let vault = Vault::open(&workspace, &workspace_key(&workspace).unwrap().0).unwrap();
    let trouble = all(&vault).unwrap_err();
    assert_eq!(trouble.diagnostics[0].code, "E653");
    assert!(!format!("{trouble:?}").contains("canary"));
}
