//! A closed erasure of very many records in a workspace that is there already: written through the same doors as by the verbs, with
//! ledger, vault, plan and findings as an erasure leaves them, but without a system, and in seconds instead of hours.
//!
//! One table, `shop.orders`, of which every row was removed: for each the intent, the outcome, and the last look. Or the law keeps every
//! row, which takes one event each.

use std::path::Path;

use dsr::canonical;
use dsr::case::item;
use dsr::connector::{Action, Key as RecordKey, Notes, Record, Shape};
use dsr::diagnostic::Result;
use dsr::evidence::commitment::Opened;
use dsr::findings::{
    Control, Findings, Found, FoundBy, Known, Match, ObjectFindings, ObjectStatus, SystemFindings,
    SystemStatus,
};
use dsr::inventory::Approval;
use dsr::keys::{Digest, Purpose};
use dsr::ledger::{Event, Leaf, Ledger, ObjectAnswer, SystemAnswer};
use dsr::plan::{Decision, Ends, Keeping, Level, Namer, Outcome, Plan, Step};
use dsr::subject::{Identity, Kind, Kinds, Origin};
use dsr::trust::Lock;
use dsr::vault::parts::{self, PART};
use dsr::vault::{Vault, workspace_key};
use dsr::workspace::Workspace;
use jiff::civil::{Date, date};
use jiff::{Timestamp, Zoned};
use serde_json::json;

/// Events in one commit.
const AT_ONCE: usize = 30_000;
const SYSTEM: &str = "shop";
const OBJECT: &str = "orders";

/// What became of the rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Became {
    Removed,
    #[allow(dead_code, reason = "for tests; the bench measures removal")]
    Retained,
}

/// Writes the case; returns its number. `heads` is where the head of the ledger is remembered, if not in the user's state folder.
///
/// # Errors
/// Those of workspace, ledger and vault.
pub(crate) fn fill(
    folder: &Path,
    heads: Option<&Path>,
    records: u32,
    became: Became,
) -> Result<String> {
    let mut workspace = Workspace::find(folder)?;
    if let Some(heads) = heads {
        workspace.heads = heads.to_owned();
    }
    let (key, _) = workspace_key(&workspace)?;
    let mut vault = Vault::open(&workspace, &key)?;
    let mut ledger = Ledger::open(&workspace, &Lock::read(&workspace)?)?;
    let received = Zoned::now().date();
    let case = ledger.fresh_case(received)?;
    let case_key = vault.create_case(&case)?;
    let person = Kinds::default().identity(&Kind("email".into()), "anna.person@example.org");
    let person = person.expect("an address");
    let identities = case_key.derive(Purpose::Identity);
    let identity = identities.mac(format!("{}={}", person.kind, person.value()).as_bytes());

    let make = Make {
        namer: Namer::of(&case_key),
        person: person.clone(),
        became,
    };
    let head = plan(case.as_str());
    let id = head.id_with(&mut |visit| {
        (0..records).for_each(|no| visit(&make.step(no)));
        Ok(())
    })?;

    vault.put(&case, item::SUBJECT, &[&person])?;
    let known = vec![Known {
        identity: person,
        from: Origin::Stated,
        shared: false,
    }];
    vault.put(&case, item::KNOWN, &known)?;
    let found = findings(known);
    let name = item::plan(&id);
    let numbers: Vec<u32> = (0..records).collect();
    let count = numbers.len().div_ceil(PART);
    vault.put_each(&case, &mut |put| {
        for (number, some) in numbers.chunks(PART).enumerate() {
            let steps: Vec<Step> = some.iter().map(|no| make.step(*no)).collect();
            put(dsr::vault::Item::new(parts::part(&name, number), &steps))?;
            let rows: Vec<_> = some.iter().map(|no| (0, 0, make.found(*no))).collect();
            let name = parts::part(item::FINDINGS, number);
            put(dsr::vault::Item::new(name, &rows))?;
        }
        put(parts::head(&name, json!(head), count))?;
        put(parts::head(item::FINDINGS, json!(found), count))
    })?;

    let operator = "op".to_owned();
    let mut write = |events: &[Event]| ledger.append(Some(&case), Timestamp::now(), events);
    write(&[
        Event::CaseOpened {
            rights: vec!["erasure".into()],
            received,
            channel: "letter".into(),
            operator: operator.clone(),
        },
        Event::LeafAppended {
            leaf: Opened::of(&case_key, case.as_str(), received).hash(),
            of: Leaf::Opened,
        },
        Event::IdentityConfirmed {
            method: "letter".into(),
            operator: operator.clone(),
        },
        searched("erase", identity, records),
        Event::Planned {
            plan: id,
            inventory: head.inventory,
            verb: "erase".into(),
            decisions: vec![(make.decision(), records)],
            waiting: 0,
        },
        Event::Approved {
            plan: id,
            policy: Approval::None,
            by: operator,
        },
        Event::ApplyStarted {
            plan: id,
            version: env!("CARGO_PKG_VERSION").into(),
            run: 1,
        },
    ])?;
    let acts = (0..records).flat_map(|no| make.acts(id, no));
    let looked = if became == Became::Removed {
        records
    } else {
        0
    };
    let looks = (0..looked).map(|step| Event::StepVerified {
        plan: id,
        step,
        outcome: Outcome::Removed,
        level: Level::L2,
    });
    let mut all = acts
        .chain([searched("verify", identity, records - looked)])
        .chain(looks)
        .chain([Event::ApplyEnded {
            plan: id,
            complete: true,
            exit: 0,
        }]);
    loop {
        let some: Vec<Event> = all.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        write(&some)?;
    }
    ledger.close()?;
    Ok(case.as_str().to_owned())
}

struct Make {
    namer: Namer,
    person: Identity,
    became: Became,
}

impl Make {
    fn decision(&self) -> Decision {
        match self.became {
            Became::Removed => Decision::Erase,
            Became::Retained => Decision::Retain,
        }
    }

    /// The last day on which the law keeps a row.
    fn until(&self) -> Option<Date> {
        (self.became == Became::Retained).then(|| date(2099, 12, 31))
    }

    fn action(&self) -> Option<Action> {
        (self.became == Became::Removed).then_some(Action::Remove)
    }

    fn key(no: u32) -> RecordKey {
        // Keys are sorted as texts.
        RecordKey::new(vec![format!("{:09}", 1000 + no)]).expect("a key")
    }

    fn found_by(&self) -> FoundBy {
        FoundBy {
            finder: 0,
            identity: Some(self.person.clone()),
            parent: None,
            also: Vec::new(),
        }
    }

    fn step(&self, no: u32) -> Step {
        let key = Make::key(no);
        Step {
            no,
            system: SYSTEM.into(),
            object: OBJECT.into(),
            name: self.namer.name(SYSTEM, OBJECT, &key),
            before: Digest::sha256(&no.to_be_bytes()),
            key,
            found_by: self.found_by(),
            decision: self.decision(),
            action: self.action(),
            after: None,
            changes: Default::default(),
            was: Default::default(),
            order: 0,
            until: self.until(),
            because: None,
            irreversible: None,
            label: None,
            categories: vec!["contact.email".into(), "content.note".into()],
            keeping: Some(Keeping {
                ends: self.until().map(|_| Ends::Until),
                until: self.until(),
                identities: vec![Digest::sha256(self.person.value().as_bytes())],
                state: Some(Digest::sha256(&no.to_le_bytes())),
                ..Keeping::default()
            }),
        }
    }

    fn found(&self, no: u32) -> Found {
        let data = json!({"id": 1000 + no, "email": self.person.value(), "note": format!("Order {no}, ring twice")});
        Found {
            record: Record {
                key: Make::key(no),
                data,
            },
            matched: Match::Stated,
            matched_by: vec![Kind("email".into())],
            found_by: self.found_by(),
            path: Vec::new(),
        }
    }

    /// Intent, where something is written, and outcome.
    fn acts(&self, plan: Digest, no: u32) -> Vec<Event> {
        let step = self.step(no);
        let (outcome, level) = match self.became {
            Became::Removed => (Outcome::Removed, Some(Level::L2)),
            Became::Retained => (Outcome::Retained, None),
        };
        let started = step.action.map(|action| Event::StepStarted {
            plan,
            step: no,
            system: step.system.clone(),
            object: step.object.clone(),
            record: step.name,
            action,
            before: step.before,
            after: None,
        });
        let ended = Event::StepEnded {
            plan,
            step: no,
            system: step.system,
            object: step.object,
            record: step.name,
            decision: step.decision,
            action: step.action,
            outcome,
            level,
            until: step.until,
            fault: None,
            holds: Vec::new(),
        };
        started.into_iter().chain([ended]).collect()
    }
}

fn plan(case: &str) -> Plan {
    Plan {
        schema: "dsr.plan/1".into(),
        case: case.into(),
        verb: "erase".into(),
        day: Zoned::now().date(),
        inventory: Digest::sha256(&canonical::bytes(&json!({}))),
        steps: Vec::new(),
        not_searched: Vec::new(),
        tasks: Vec::new(),
        waiting: Vec::new(),
        requests: Default::default(),
        changed_safety: Vec::new(),
    }
}

fn findings(identities: Vec<Known>) -> Findings {
    Findings {
        rounds: 1,
        identities,
        systems: vec![SystemFindings {
            system: SYSTEM.into(),
            status: SystemStatus::Searched,
            elapsed_ms: 1,
            error: None,
            task: None,
            owner: None,
            look_up: Vec::new(),
            objects: vec![ObjectFindings {
                object: OBJECT.into(),
                status: ObjectStatus::Searched,
                error: None,
                near_misses: 0,
                control: Control::None,
                shape: Shape::new(),
                unread: None,
                records: Vec::new(),
                streamed: None,
            }],
            notes: Notes::default(),
            documents: None,
        }],
    }
}

fn searched(verb: &str, identity: Digest, records: u32) -> Event {
    Event::Searched {
        back: std::collections::BTreeMap::new(),
        reason: None,
        verb: verb.into(),
        operator: "op".into(),
        identities: vec![identity],
        rounds: 1,
        complete: true,
        systems: vec![SystemAnswer {
            system: SYSTEM.into(),
            status: SystemStatus::Searched,
            error: None,
            objects: vec![ObjectAnswer {
                object: OBJECT.into(),
                status: ObjectStatus::Searched,
                error: None,
                control: Control::None,
                records: u64::from(records),
                near_misses: 0,
            }],
        }],
    }
}
