use super::*;
use crate::findings::{Control, ObjectStatus};
use crate::inventory::terms::{Ending, ObjectTerms};
use crate::keys::Digest;
use crate::ledger::{Head, ObjectAnswer, Sealed, Stamped, SystemAnswer};

fn terms() -> Terms {
    let contacts = ObjectTerms {
        cap: 100,
        find: ["email", "customer_no"].map(str::to_owned).into(),
        erase: Ending::Remove,
        table: None,
    };
    let crm = SystemTerms {
        status: Connected::Active,
        control: true,
        insecure_http: false,
        unconfirmed_writes: false,
        objects: BTreeMap::from([("contacts".to_owned(), contacts)]),
    };
    let invoices = DataTerms {
        objects: ["crm.contacts".to_owned()].into(),
        rule: None,
        keep: "P8Y".to_owned(),
        kind: "min".to_owned(),
        then: "remove".to_owned(),
        start: BTreeMap::new(),
        stated: None,
    };
    Terms {
        approval: Approval::FourEyes,
        identity: true,
        reason: true,
        limits: BTreeMap::from([("records".to_owned(), 500)]),
        systems: BTreeMap::from([("crm".to_owned(), crm)]),
        data_types: BTreeMap::from([("invoices".to_owned(), invoices)]),
        people: None,
        cases: None,
    }
}

/// What is said of one change.
fn after(change: impl FnOnce(&mut Terms)) -> Vec<(Kind, String)> {
    let mut changed = terms();
    change(&mut changed);
    let found = weaker(&terms(), &changed);
    found
        .into_iter()
        .map(|(kind, text)| (kind, text.en))
        .collect()
}

#[test]
fn every_control_that_is_taken_away_is_named_and_none_that_is_added() {
    type Change = fn(&mut Terms);
    fn crm(terms: &mut Terms) -> &mut SystemTerms {
        terms.systems.get_mut("crm").unwrap()
    }
    fn contacts(terms: &mut Terms) -> &mut ObjectTerms {
        crm(terms).objects.get_mut("contacts").unwrap()
    }
    fn invoices(terms: &mut Terms) -> &mut DataTerms {
        terms.data_types.get_mut("invoices").unwrap()
    }
    let changes: [(Kind, &str, Change); 17] = [
        (Kind::Weakened, "second person", |t| {
            t.approval = Approval::None
        }),
        (Kind::Weakened, "requests.identity", |t| t.identity = false),
        (Kind::Weakened, "requests.reason", |t| t.reason = false),
        (
            Kind::Weakened,
            "limits.records was raised from 500 to 501",
            |t| {
                t.limits.insert("records".to_owned(), 501);
            },
        ),
        (Kind::SystemLeft, "not in the inventory", |t| {
            t.systems.clear()
        }),
        (Kind::SystemLeft, "disabled", |t| {
            crm(t).status = Connected::Disabled
        }),
        (Kind::SystemLeft, "no longer connected", |t| {
            crm(t).status = Connected::NotConnected
        }),
        (Kind::Weakened, "control person", |t| crm(t).control = false),
        (Kind::Weakened, "without encryption", |t| {
            crm(t).insecure_http = true
        }),
        (Kind::Weakened, "confirms the write", |t| {
            crm(t).unconfirmed_writes = true
        }),
        (Kind::Weakened, "crm.contacts is not looked through", |t| {
            crm(t).objects.clear()
        }),
        (Kind::Weakened, "no longer searched by: customer_no", |t| {
            contacts(t).find.remove("customer_no");
        }),
        (
            Kind::Weakened,
            "crm.contacts.cap was raised from 100 to 1000",
            |t| contacts(t).cap = 1000,
        ),
        (Kind::Weakened, "no longer erased", |t| {
            contacts(t).erase = Ending::Manual
        }),
        (Kind::Retention, "shortened from P8Y to P84M", |t| {
            invoices(t).keep = "P84M".to_owned()
        }),
        (Kind::Retention, "lengthened from P8Y to P10Y", |t| {
            invoices(t).keep = "P10Y".to_owned()
        }),
        (Kind::Retention, "has no rule", |t| t.data_types.clear()),
    ];
    for (kind, words, change) in changes {
        let said = after(change);
        assert_eq!(said.len(), 1, "{words}: {said:?}");
        assert_eq!(said[0].0, kind, "{words}");
        assert!(said[0].1.contains(words), "{words}: {said:?}");
        // The other way round it is no weakening; only periods are spoken of in both directions.
        let mut changed = terms();
        change(&mut changed);
        let back = weaker(&changed, &terms());
        let back: Vec<_> = back.iter().filter(|one| one.0 != Kind::Retention).collect();
        assert!(back.is_empty(), "{words}: {back:?}");
    }
    // The same period in other words is no change of its length.
    assert!(
        after(|terms| invoices(terms).keep = "P96M".to_owned())[0]
            .1
            .contains("changed")
    );
    assert!(weaker(&terms(), &terms()).is_empty());
}

/// A ledger in memory: one event a minute.
#[derive(Default)]
struct Story {
    lines: Vec<Stored>,
}

impl Story {
    fn at(count: usize) -> Timestamp {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        start + Span::new().minutes(i64::try_from(count).unwrap())
    }

    fn tell(&mut self, case: Option<&str>, event: Event) -> &mut Story {
        let seq = u64::try_from(self.lines.len()).unwrap() + 1;
        self.lines.push(Stored {
            seq,
            case: case.map(|text| CaseId::parse(text).unwrap()),
            n: case.map(|_| seq),
            at: Story::at(self.lines.len()),
            event,
            bytes: Vec::new(),
            hash: Digest([0; 32]),
            prev: Digest([0; 32]),
            case_prev: None,
        });
        self
    }

    fn opened(&mut self, case: &str, right: &str) -> &mut Story {
        let event = Event::CaseOpened {
            rights: vec![right.to_owned()],
            received: Date::constant(2026, 3, 1),
            channel: "letter".to_owned(),
            operator: "anna".to_owned(),
        };
        self.tell(Some(case), event)
    }

    fn searched(&mut self, case: Option<&str>, verb: &str, systems: &[&str]) -> &mut Story {
        let answer = |name: &&str| {
            let (name, status) = match name.strip_prefix('!') {
                Some(name) => (name, SystemStatus::NotSearched),
                None => (*name, SystemStatus::Searched),
            };
            SystemAnswer {
                system: name.to_owned(),
                status,
                error: None,
                objects: vec![ObjectAnswer {
                    object: "contacts".to_owned(),
                    status: ObjectStatus::Searched,
                    error: None,
                    control: Control::None,
                    records: 1,
                    near_misses: 0,
                }],
            }
        };
        let event = Event::Searched {
            back: BTreeMap::new(),
            verb: verb.to_owned(),
            operator: "anna".to_owned(),
            identities: Vec::new(),
            rounds: 1,
            complete: true,
            systems: systems.iter().map(answer).collect(),
            reason: None,
        };
        self.tell(case, event)
    }

    fn exported(&mut self, case: &str, draft: bool) -> &mut Story {
        let event = Event::Exported {
            kind: ExportKind::Access,
            package: Digest([1; 32]),
            draft,
            complete: true,
            records: 1,
            waiting: 0,
            files: 1,
            sealed: Sealed::Aes,
            expires: Date::constant(2026, 4, 1),
            operator: "anna".to_owned(),
        };
        self.tell(Some(case), event)
    }

    fn found(&self, now: Timestamp) -> Vec<(Kind, u64, String)> {
        let mut reader = Reader::default();
        let mut last = None;
        for stored in &self.lines {
            reader.take(stored);
            last = Some((stored.seq, stored.at));
        }
        let found = reader.end(last, now);
        let short = |one: Anomaly| (one.kind, one.seq, one.what.en);
        found.into_iter().map(short).collect()
    }
}

const ONE: &str = "2026-AAAAAA";
const TWO: &str = "2026-BBBBBB";
const THREE: &str = "2026-CCCCCC";

#[test]
fn a_case_that_asks_fewer_systems_than_the_last_of_its_kind_is_named_once() {
    let mut story = Story::default();
    story
        .opened(ONE, "erasure")
        .searched(Some(ONE), "erase", &["crm", "shop"]);
    // Another right is another kind of case, and a search that was made up for is none that is missing.
    story
        .opened(TWO, "access")
        .searched(Some(TWO), "export", &["crm"]);
    story.opened(THREE, "erasure");
    story.searched(Some(THREE), "erase", &["crm", "!shop"]);
    // What is looked at afterwards is not what the request asked.
    story.searched(Some(THREE), "verify", &["crm", "shop"]);
    let found = story.found(Timestamp::MAX);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].1), (Kind::FewerSystems, 5));
    assert!(found[0].2.ends_with("2026-AAAAAA: shop"), "{found:?}");
    story.searched(Some(THREE), "erase", &["shop"]);
    assert!(story.found(Timestamp::MAX).is_empty());
}

#[test]
fn looking_without_a_reason_is_counted_by_person_and_day_and_looking_with_one_is_not() {
    let mut story = Story::default();
    story
        .searched(None, "find", &["crm"])
        .searched(None, "find", &["crm"]);
    // A hold looks for further identities by itself.
    story.searched(None, "hold", &["crm"]);
    story.searched(None, "find", &["crm"]);
    if let Event::Searched { reason, .. } = &mut story.lines[3].event {
        *reason = Some(Digest([2; 32]));
    }
    let found = story.found(Timestamp::MAX);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].2.ends_with(": 2"), "{found:?}");
}

#[test]
fn early_ends_repeated_packages_and_odd_clocks_are_named() {
    let mut story = Story::default();
    story
        .opened(ONE, "access")
        .exported(ONE, true)
        .exported(ONE, false);
    story.exported(ONE, false);
    let purged = |early, again| Event::CasePurged {
        early,
        reason: early.then(|| "authority_order".to_owned()),
        again,
        operator: "anna".to_owned(),
    };
    story.tell(Some(ONE), purged(true, false));
    // Said once more after a restore it is no second one, and on its day it is none.
    story.tell(Some(ONE), purged(true, true));
    story.tell(Some(ONE), purged(false, false));
    let stamped = |minutes| Event::TimeStamped {
        of: Stamped::Bundle,
        digest: Digest([3; 32]),
        token: Digest([4; 32]),
        at: Story::at(7) + Span::new().minutes(minutes),
        authority: "CN=Authority".to_owned(),
    };
    story.tell(Some(ONE), stamped(4));
    story.tell(Some(ONE), stamped(60));
    let head = |count| Head {
        count,
        hash: Digest([5; 32]),
    };
    let adopted = Event::LedgerAdopted {
        known: head(90),
        found: head(80),
        reason: None,
        operator: "anna".to_owned(),
    };
    story.tell(None, adopted);
    let found = story.found(Story::at(20));
    let kinds: Vec<(Kind, u64)> = found.iter().map(|one| (one.0, one.1)).collect();
    let expected = [
        (Kind::ExportRepeated, 4),
        (Kind::EarlyPurge, 5),
        (Kind::Clock, 9),
        (Kind::LedgerAdopted, 10),
    ];
    assert_eq!(kinds, expected, "{found:?}");
    // Somebody looks whose clock is behind the last event.
    let found = story.found(Story::at(0));
    assert_eq!(found.iter().filter(|one| one.0 == Kind::Clock).count(), 2);
}

#[test]
fn the_cover_of_a_case_tells_what_is_new_since_the_last_of_its_kind() {
    let mut story = Story::default();
    let note = |change: fn(&mut Terms)| {
        let mut changed = terms();
        change(&mut changed);
        Event::TermsChanged {
            inventory: Digest([6; 32]),
            terms: changed,
            operator: "anna".to_owned(),
        }
    };
    story.tell(None, note(|_| {}));
    story.tell(None, note(|terms| terms.reason = false));
    story
        .opened(ONE, "erasure")
        .searched(Some(ONE), "erase", &["crm", "shop"]);
    story.tell(
        None,
        note(|terms| (terms.reason, terms.identity) = (false, false)),
    );
    story
        .opened(TWO, "erasure")
        .searched(Some(TWO), "erase", &["crm"]);
    let of = |case: &str| -> Vec<Stored> {
        let case = CaseId::parse(case);
        let lines = story.lines.iter().filter(|line| line.case == case);
        lines.cloned().collect()
    };
    let terms: Vec<Stored> = story
        .lines
        .iter()
        .filter(|line| line.case.is_none())
        .cloned()
        .collect();
    let (one, two) = (CaseId::parse(ONE).unwrap(), CaseId::parse(TWO).unwrap());
    let (first, second) = (of(ONE), of(TWO));
    let found = of_case(&two, &second, Some((&one, &first)), &terms);
    let found: Vec<(Kind, u64)> = found.iter().map(|one| (one.kind, one.seq)).collect();
    assert_eq!(found, [(Kind::Weakened, 5), (Kind::FewerSystems, 6)]);
    // The first of its kind has nothing before it, and shows what the ledger knows.
    let found = of_case(&one, &first, None, &terms[..2]);
    let found: Vec<(Kind, u64)> = found.iter().map(|one| (one.kind, one.seq)).collect();
    assert_eq!(found, [(Kind::Weakened, 2)]);
}
