//! An invented case with everything in it that evidence must cope with, and an invented person in every personal field.

use std::collections::BTreeMap;

use dsr::connector::{Action, Fault, Key as RecordKey, Notes, Record, Shape};
use dsr::evidence::{JournalLine, Material, Seal, certificate};
use dsr::findings::{
    Control, Findings, Found, FoundBy, Known, Match, ObjectFindings, ObjectStatus, SystemFindings,
    SystemStatus,
};
use dsr::inventory::Approval;
use dsr::keys::{Digest, Key};
use dsr::ledger::{Event, ObjectAnswer, SystemAnswer};
use dsr::messages::Text;
use dsr::plan::{Decision, Level, NotSearched, Outcome, Plan, Step, Task};
use dsr::subject::{Kind, Kinds, Origin};
use jiff::Timestamp;
use jiff::civil::date;
use secrecy::SecretString;
use serde_json::json;

pub(crate) const CASE: &str = "2026-K7QF3M";
/// Personal values that stand in plan and findings; none may stand in a bundle.
pub(crate) const CANARIES: [&str; 5] = [
    "canary.anna@example.org",
    "Canaria Annabella",
    "CANARY-KEY-4711",
    "+4930555canary",
    "Canarystadt",
];

pub(crate) struct Case {
    pub key: Key,
    pub plan: Plan,
    pub findings: Findings,
    pub journal: Vec<JournalLine>,
}

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Key and certificate of a sealing organisation, both PEM.
pub(crate) fn organisation() -> (SecretString, String) {
    certificate::make("Acme GmbH", now()).unwrap()
}

pub(crate) fn seal_of(organisation: &(SecretString, String)) -> Seal {
    Seal::from_pem(&organisation.0, &organisation.1).unwrap()
}

impl Case {
    pub(crate) fn new() -> Case {
        let plan = plan();
        let events = events(&plan);
        Case {
            key: Key::from_bytes([9; 32]),
            findings: findings(),
            journal: journal(&events),
            plan,
        }
    }

    pub(crate) fn material(&self) -> Material<'_> {
        Material {
            case: CASE,
            controller: "Acme GmbH".into(),
            seat: "DE-BY".into(),
            contact: Some("datenschutz@acme.example".into()),
            case_key: &self.key,
            journal: &self.journal,
            plan: Some(&self.plan),
            findings: Some(&self.findings),
            inventory_extract: json!({"systems": {"crm": {"engine": "rest"}, "shop": {"engine": "postgres"}, "erp": {}, "hr_archive": {}, "newsletter": {}, "fleet": {}, "warehouse": {}}}),
            inventory_digest: Digest::sha256(b"dsr.yaml"),
            lock_digest: Digest::sha256(b"dsr.lock"),
            law: json!({"de.ao147.voucher": {"keep": "P8Y", "norm": "§147 AO"}}),
            received: date(2026, 1, 31),
            answered: Some(date(2026, 2, 20)),
            identity_method: "known_address".into(),
            operator: "op1".into(),
            approver: Some("ap1".into()),
            approval: Approval::FourEyes,
            connectors: vec![(
                "salesforce".into(),
                "1.2.0".into(),
                Digest::sha256(b"connector"),
            )],
            number: 1,
            predecessor: None,
            keep_until: Some(date(2029, 12, 31)),
            open_stamp: None,
            anomalies: Vec::new(),
            amendments: None,
            now: now(),
        }
    }
}

/// The stored form of events: canonical JSON, each linked to the case's event before it.
pub(crate) fn journal(events: &[Event]) -> Vec<JournalLine> {
    let mut before = Digest([0; 32]);
    let mut lines = Vec::new();
    for (n, event) in events.iter().enumerate() {
        let at = now() - jiff::SignedDuration::from_mins(60 - n as i64);
        let mut value = serde_json::to_value(event).unwrap();
        value["seq"] = json!(100 + n);
        value["prev"] = json!(Digest::sha256(&[n as u8]));
        value["at"] = json!(at);
        value["case"] = json!(CASE);
        value["n"] = json!(n + 1);
        value["case_prev"] = json!(before);
        let bytes = dsr::canonical::bytes(&value);
        let hash = Digest::sha256(&bytes);
        before = hash;
        lines.push(JournalLine {
            seq: 100 + n as u64,
            at,
            event: event.clone(),
            bytes,
            hash,
        });
    }
    lines
}

fn found_by() -> FoundBy {
    FoundBy {
        finder: 0,
        identity: Some(
            Kinds::default()
                .identity(&Kind("email".into()), CANARIES[0])
                .unwrap(),
        ),
        parent: Some((
            "crm.contacts".into(),
            RecordKey::new(vec![CANARIES[2].into()]).unwrap(),
        )),
        also: Vec::new(),
    }
}

fn step(no: u32, place: (&str, &str), decision: Decision, action: Option<Action>) -> Step {
    let key = format!("{}-{no}", CANARIES[2]);
    Step {
        no,
        system: place.0.into(),
        object: place.1.into(),
        name: Digest::sha256(format!("{place:?}{key}").as_bytes()),
        key: RecordKey::new(vec![key]).unwrap(),
        found_by: found_by(),
        decision,
        action,
        before: Digest::sha256(b"before"),
        after: None,
        changes: BTreeMap::from([("email".into(), Some(CANARIES[0].into()))]),
        was: BTreeMap::new(),
        order: 0,
        until: (decision != Decision::Erase).then(|| date(2034, 12, 31)),
        because: match decision {
            Decision::Erase => None,
            Decision::Held => Some(Text::same(format!("dispute with Mrs {}", CANARIES[1]))),
            Decision::Manual => Some(Text::same(format!("ask {}", CANARIES[0].to_uppercase()))),
            _ => Some(Text {
                en: "§147 AO, 8 years".into(),
                de: "§147 AO, 8 Jahre".into(),
            }),
        },
        irreversible: Some(Text::same(CANARIES[1])),
        label: Some(format!("{}, {}", CANARIES[1], CANARIES[4])),
        categories: vec!["contact.email".into(), "special.health".into()],
        keeping: None,
    }
}

pub(crate) fn plan() -> Plan {
    use Decision as D;
    Plan {
        schema: "dsr.plan/1".into(),
        case: CASE.into(),
        verb: "erase".into(),
        day: date(2026, 11, 21),
        inventory: Digest::sha256(b"dsr.yaml"),
        steps: vec![
            step(0, ("crm", "contacts"), D::Erase, Some(Action::Remove)),
            step(1, ("crm", "leads"), D::Erase, Some(Action::Remove)),
            step(2, ("crm", "notes"), D::Manual, None),
            step(3, ("shop", "customers"), D::Erase, Some(Action::Anonymise)),
            step(4, ("shop", "disputes"), D::Held, None),
            step(5, ("shop", "orders"), D::Restrict, Some(Action::Restrict)),
            step(6, ("shop", "reviews"), D::Erase, Some(Action::Remove)),
        ],
        not_searched: vec![NotSearched {
            system: "erp".into(),
            object: None,
            error: Some(fault("E502")),
        }],
        waiting: Vec::new(),
        tasks: vec![Task {
            document: None,
            system: "hr_archive".into(),
            owner: Some("hr".into()),
            text: Text::same(format!("find {}", CANARIES[1])),
            due: date(2026, 12, 5),
            part: None,
            about: None,
        }],
        requests: BTreeMap::from([("crm.contacts.remove".into(), vec![CANARIES[0].into()])]),
        changed_safety: Vec::new(),
    }
}

fn fault(code: &str) -> Fault {
    Fault {
        code: code.into(),
        text: Text::same(CANARIES[0]),
        passing: true,
    }
}

fn ended(plan: &Plan, no: usize, outcome: Outcome, level: Option<Level>) -> Event {
    let step = &plan.steps[no];
    Event::StepEnded {
        plan: plan.id(),
        step: step.no,
        system: step.system.clone(),
        object: step.object.clone(),
        record: step.name,
        decision: step.decision,
        action: step.action,
        outcome,
        level,
        until: step.until,
        fault: None,
        holds: Vec::new(),
    }
}

pub(crate) fn events(plan: &Plan) -> Vec<Event> {
    let id = plan.id();
    let started = |no: usize| {
        let step = &plan.steps[no];
        Event::StepStarted {
            plan: id,
            step: step.no,
            system: step.system.clone(),
            object: step.object.clone(),
            record: step.name,
            action: step.action.unwrap(),
            before: step.before,
            after: step.after,
        }
    };
    let object = |object: &str, records, control| ObjectAnswer {
        object: object.into(),
        status: ObjectStatus::Searched,
        error: None,
        control,
        records,
        near_misses: 1,
    };
    let answer = |system: &str, status, error: Option<&str>, objects| SystemAnswer {
        system: system.into(),
        status,
        error: error.map(str::to_owned),
        objects,
    };
    vec![
        Event::CaseOpened {
            rights: vec!["erasure".into()],
            received: date(2026, 1, 31),
            channel: "letter".into(),
            operator: "op1".into(),
        },
        Event::IdentityConfirmed {
            method: "known_address".into(),
            operator: "op1".into(),
        },
        Event::Searched {
            back: std::collections::BTreeMap::new(),
            verb: "erase".into(),
            operator: "op1".into(),
            identities: vec![Digest::sha256(b"identity")],
            rounds: 2,
            complete: false,
            reason: None,
            systems: vec![
                answer(
                    "crm",
                    SystemStatus::Searched,
                    None,
                    vec![
                        object("contacts", 1, Control::Found),
                        object("leads", 1, Control::Found),
                        object("notes", 1, Control::Found),
                    ],
                ),
                answer(
                    "shop",
                    SystemStatus::Searched,
                    None,
                    vec![
                        object("customers", 2, Control::Found),
                        object("disputes", 1, Control::Found),
                        object("orders", 1, Control::Found),
                        object("reviews", 1, Control::Found),
                    ],
                ),
                answer(
                    "newsletter",
                    SystemStatus::Searched,
                    None,
                    vec![object("list", 0, Control::None)],
                ),
                answer("erp", SystemStatus::NotSearched, Some("E502"), vec![]),
                answer("hr_archive", SystemStatus::Manual, None, vec![]),
                answer("fleet", SystemStatus::NotSearched, Some("E543"), vec![]),
            ],
        },
        Event::Planned {
            plan: id,
            inventory: plan.inventory,
            verb: "erase".into(),
            decisions: vec![
                (Decision::Erase, 4),
                (Decision::Manual, 1),
                (Decision::Held, 1),
                (Decision::Restrict, 1),
            ],
            waiting: 0,
        },
        Event::Approved {
            plan: id,
            policy: Approval::FourEyes,
            by: "ap1".into(),
        },
        Event::ApplyStarted {
            plan: id,
            version: "0.1.0".into(),
            run: 1,
        },
        started(0),
        ended(plan, 0, Outcome::Removed, Some(Level::L0)),
        started(1),
        ended(plan, 1, Outcome::Removed, Some(Level::L1)),
        ended(plan, 2, Outcome::Manual, None),
        started(3),
        ended(plan, 3, Outcome::Anonymised, Some(Level::L1)),
        ended(plan, 4, Outcome::Held, None),
        started(5),
        ended(plan, 5, Outcome::Restricted, Some(Level::L2)),
        // Step 6 was begun and its end is not known.
        started(6),
        Event::StepVerified {
            plan: id,
            step: 0,
            outcome: Outcome::Removed,
            level: Level::L2,
        },
        Event::ApplyEnded {
            plan: id,
            complete: false,
            exit: 3,
        },
    ]
}

fn findings() -> Findings {
    let record = |key: &str, matched| Found {
        record: Record {
            key: RecordKey::new(vec![key.into()]).unwrap(),
            data: json!({"mail": CANARIES[0], "name": CANARIES[1], "phone": CANARIES[3], "town": CANARIES[4]}),
        },
        matched,
        matched_by: vec![Kind("email".into())],
        found_by: found_by(),
        path: vec!["crm.contacts".into()],
    };
    let system = |name: &str, objects| SystemFindings {
        documents: None,
        look_up: Vec::new(),
        system: name.into(),
        status: SystemStatus::Searched,
        elapsed_ms: 12,
        error: Some(fault("E504")),
        task: Some(Text::same(CANARIES[1])),
        owner: Some("sales-it".into()),
        objects,
        notes: Notes {
            host: Some(format!("{name}.acme.example")),
            server: Some(format!("Shop 8.1 for {}", CANARIES[0])),
            tls: Some("TLSv1.3".into()),
            certificate: Some(Digest::sha256(b"server")),
            account: Some(CANARIES[1].into()),
            clock_offset_s: Some(-1),
            warnings: vec![
                ("W203".into(), format!("{name}.customers.email")),
                ("W204".into(), format!("{name}.customers: audit")),
            ],
        },
    };
    let object = |name: &str, records| ObjectFindings {
        object: name.into(),
        status: ObjectStatus::Searched,
        error: Some(fault("E504")),
        near_misses: 1,
        control: Control::Found,
        shape: Shape::new(),
        unread: None,
        records,
        streamed: None,
    };
    let kinds = Kinds::default();
    let known = |kind: &str, value: &str| Known {
        identity: kinds.identity(&Kind(kind.into()), value).unwrap(),
        from: Origin::Stated,
        shared: false,
    };
    Findings {
        rounds: 2,
        identities: vec![
            known("email", CANARIES[0]),
            known("customer_no", CANARIES[2]),
        ],
        systems: vec![
            system(
                "crm",
                vec![object(
                    "contacts",
                    vec![record("CANARY-KEY-4711-0", Match::Stated)],
                )],
            ),
            system(
                "shop",
                vec![object(
                    "customers",
                    vec![
                        record("CANARY-KEY-4711-3", Match::Stated),
                        record("CANARY-KEY-4711-99", Match::Linked),
                    ],
                )],
            ),
        ],
    }
}
