//! Find, plan and execute over systems in memory: whose record it is, what may be planned for it, and that nothing else is done.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support {
    #[path = "../support/fake.rs"]
    pub(crate) mod fake;
}

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dsr::connector::{Action, Digester, Key};
use dsr::diagnostic::Source;
use dsr::execute::{Results, Run, Stop};
use dsr::find::{Accepted, Depth, Search, Unwatched};
use dsr::findings::{Findings, Match, ObjectStatus, SystemStatus};
use dsr::inventory::{Inventory, System};
use dsr::keys::{self, Purpose};
use dsr::ledger::Event;
use dsr::plan::build::{self, Basis};
use dsr::plan::{Aim, Approved, Decision, Level, Outcome, Plan, WaitingFor};
use dsr::subject::{Identity, Kind};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;
use support::fake::{FakeDoors, FakeJournal, Manner, World};

/// `systems` and what follows, after the head that every inventory has.
fn inventory(rest: &str) -> Inventory {
    let head = "dsr: 1\ncontroller: { name: Acme GmbH, seat: DE-BY, language: en, contact: a@example.org }\n";
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: format!("{head}{rest}"),
    });
    let none = |_: &dsr::inventory::Wanted<'_>| -> Result<_, _> { unreachable!("no connectors") };
    match dsr::inventory::parse(&source, Path::new("."), &none) {
        Ok((inventory, _)) => inventory,
        Err(trouble) => panic!("{:#?}", trouble.diagnostics),
    }
}

const CRM: &str = r#"
  crm:
    engine: sqlite
    settings: { path: crm.db }
    objects:
      contacts:
        table: contacts
        key: id
        find: [{ by: email, column: email }, { by: customer_no, column: customer_no }]
        fields:
          email: { category: contact.email, identity: email }
          customer_no: { category: account.id, identity: customer_no, mask: keep }
          name: person.name
        erase: remove
"#;

const SHOP: &str = r#"
  shop:
    engine: sqlite
    settings: { path: shop.db }
    within: 1s
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: customer_no, column: customer_no }]
        fields: { customer_no: { category: account.id, identity: customer_no } }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, column: customer_ref }]
        fields: { note: content.note }
        erase: remove
"#;

fn identity(inventory: &Inventory, kind: &str, value: &str) -> Identity {
    let kind = Kind(kind.to_owned());
    inventory.kinds.identity(&kind, value).unwrap()
}

fn systems(inventory: &Inventory) -> Vec<Arc<System>> {
    inventory.systems.iter().cloned().map(Arc::new).collect()
}

async fn find(
    world: &Arc<World>,
    inventory: &Inventory,
    accepted: &[(&str, &str, &str)],
) -> Findings {
    let doors = Arc::new(FakeDoors(Arc::clone(world)));
    let accepted: Accepted = accepted
        .iter()
        .map(|(s, o, k)| ((*s).to_owned(), (*o).to_owned(), key(k)))
        .collect();
    let search = Search {
        systems: systems(inventory),
        only: None,
        kinds: Arc::new(inventory.kinds.clone()),
        expand: inventory.expand.clone(),
        known: Search::stated(vec![identity(inventory, "email", "anna@example.org")]),
        accepted,
        depth: Depth::Whole,
        hold: None,
        open: Arc::new(move |system| dsr::execute::Doors::reader(&*doors, system)),
        watch: Arc::new(Unwatched),
    };
    search.run().await
}

fn key(id: &str) -> Key {
    Key::new(vec![id.to_owned()]).unwrap()
}

/// What was found, as `system.object:key match`.
fn found(findings: &Findings) -> Vec<String> {
    let records = findings.records();
    records
        .map(|(s, o, f)| format!("{}.{}:{} {:?}", s.system, o.object, f.record.key, f.matched))
        .collect()
}

fn case_key() -> keys::Key {
    keys::Key::from_bytes([3; 32])
}

fn workspace_key() -> keys::Key {
    keys::Key::from_bytes([9; 32])
}

fn plan(inventory: &Inventory, findings: &Findings) -> Plan {
    let basis = Basis {
        case: "2026-AAAAAA",
        inventory,
        findings,
        case_key: &case_key(),
        workspace_key: &workspace_key(),
        holds: &[],
        held: &Default::default(),
        day: date(2026, 11, 21),
        describe: &|_, _, _| Vec::new(),
    };
    build::plan(&basis, &Aim::Erase).unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics))
}

/// What is planned, as `system.object:key decision action`.
fn planned(plan: &Plan) -> Vec<String> {
    let word = |action: Option<Action>| action.map_or("-", Action::word);
    plan.steps
        .iter()
        .map(|s| {
            let (place, word) = (
                format!("{}.{}:{}", s.system, s.object, s.key),
                word(s.action),
            );
            format!("{place} {:?} {word}", s.decision)
        })
        .collect()
}

fn approved(plan: &Plan) -> Event {
    Event::Approved {
        plan: plan.id(),
        policy: dsr::inventory::Approval::None,
        by: "op".to_owned(),
    }
}

/// Carries a plan out, with all that the world's journal already holds as its history.
async fn apply(world: &Arc<World>, inventory: &Inventory, plan: &Plan) -> Results {
    apply_knowing(world, inventory, plan, &[]).await
}

/// The same while holds come and go.
async fn apply_under(
    world: &Arc<World>,
    inventory: &Inventory,
    plan: &Plan,
    standing: Arc<dyn dsr::execute::Standing>,
) -> Results {
    run(world, inventory, plan, &[], standing).await
}

/// The same for a case that knows more identities than the address.
async fn apply_knowing(
    world: &Arc<World>,
    inventory: &Inventory,
    plan: &Plan,
    more: &[(&str, &str)],
) -> Results {
    run(world, inventory, plan, more, Arc::new(dsr::execute::Unheld)).await
}

async fn run(
    world: &Arc<World>,
    inventory: &Inventory,
    plan: &Plan,
    more: &[(&str, &str)],
    standing: Arc<dyn dsr::execute::Standing>,
) -> Results {
    let stated = [("email", "anna@example.org")];
    let all = stated.iter().chain(more);
    let history = world.journal.lock().unwrap().clone();
    let run = Run {
        approved: Arc::new(Approved::new(plan.clone(), &[plan.id()]).unwrap()),
        systems: systems(inventory),
        doors: Arc::new(FakeDoors(Arc::clone(world))),
        journal: Arc::new(FakeJournal(Arc::clone(world))),
        history,
        digester: Digester::new(case_key().derive(Purpose::Record)),
        identities: all
            .map(|(kind, value)| identity(inventory, kind, value))
            .collect(),
        kinds: Arc::new(inventory.kinds.clone()),
        watch: Arc::new(Unwatched),
        stop: Stop::default(),
        rested: Duration::ZERO,
        taken: BTreeMap::new(),
        rules_changed: plan.inventory != inventory.digest,
        standing,
    };
    run.apply()
        .await
        .unwrap_or_else(|trouble| panic!("{:#?}", trouble.diagnostics))
}

fn outcomes(plan: &Plan, results: &Results) -> BTreeMap<String, (Outcome, Option<Level>)> {
    let steps = plan.steps.iter();
    steps
        .filter_map(|s| {
            let ended = results.get(&s.no)?;
            let place = format!("{}.{}:{}", s.system, s.object, s.key);
            Some((place, (ended.outcome, ended.level)))
        })
        .collect()
}

fn contact(id: &str, email: &str, number: &str) -> serde_json::Value {
    json!({"id": id, "email": email, "customer_no": number, "name": "Anna"})
}

/// A contact in the CRM whose number leads to a customer with an order.
fn linked() -> Arc<World> {
    let world = World::new();
    world.put("crm.contacts", contact("1", "anna@example.org", "4711"));
    world.put("shop.customers", json!({"id": "7", "customer_no": "4711"}));
    world.put("shop.customers", json!({"id": "8", "customer_no": "4712"}));
    world.put(
        "shop.orders",
        json!({"id": "70", "customer_ref": "7", "note": "ring"}),
    );
    world.put(
        "shop.orders",
        json!({"id": "80", "customer_ref": "8", "note": "ring"}),
    );
    world
}

fn spread(trusted: bool, more: &str) -> Inventory {
    let from = if trusted {
        "trusted_from: [crm.contacts]"
    } else {
        ""
    };
    inventory(&format!(
        "identities: {{ customer_no: {{ {from} }} }}\n{more}\nsystems:{CRM}{SHOP}"
    ))
}

#[tokio::test]
async fn a_record_reached_over_another_waits_until_a_person_accepts_it() {
    let (world, inventory) = (linked(), spread(false, ""));
    let findings = find(&world, &inventory, &[]).await;
    assert_eq!(
        found(&findings),
        [
            "crm.contacts:1 Stated",
            "shop.customers:7 Linked",
            "shop.orders:70 Linked"
        ]
    );
    let waits = plan(&inventory, &findings);
    assert_eq!(planned(&waits), ["crm.contacts:1 Erase remove"]);
    let why: Vec<WaitingFor> = waits.waiting.iter().map(|w| w.why).collect();
    assert_eq!(why, [WaitingFor::AcceptLinked; 2]);
    let findings = find(&world, &inventory, &[("shop", "customers", "7")]).await;
    let accepted = plan(&inventory, &findings);
    assert!(accepted.waiting.is_empty());
    assert_eq!(
        planned(&accepted),
        [
            "crm.contacts:1 Erase remove",
            "shop.customers:7 Erase remove",
            "shop.orders:70 Erase remove"
        ]
    );
}

#[tokio::test]
async fn a_trusted_source_makes_a_record_the_persons() {
    let (world, inventory) = (linked(), spread(true, ""));
    let findings = find(&world, &inventory, &[]).await;
    assert!(
        findings
            .records()
            .all(|(_, _, found)| found.matched == Match::Stated)
    );
    assert_eq!(findings.records().count(), 3);
}

#[tokio::test]
async fn rounds_end_where_the_inventory_says() {
    let (world, inventory) = (linked(), spread(true, "expand: { rounds: 1 }"));
    let findings = find(&world, &inventory, &[]).await;
    assert_eq!(
        (found(&findings), findings.rounds),
        (vec!["crm.contacts:1 Stated".into()], 1)
    );
}

#[tokio::test]
async fn an_address_of_several_people_leads_nowhere() {
    let (world, inventory) = (linked(), spread(true, ""));
    world.put("crm.contacts", contact("2", "anna@example.org", "4712"));
    let findings = find(&world, &inventory, &[]).await;
    assert_eq!(
        found(&findings),
        ["crm.contacts:1 Shared", "crm.contacts:2 Shared"]
    );
    assert!(plan(&inventory, &findings).steps.is_empty());
    // Accepting one of the two makes its number, and only its number, the person's.
    let findings = find(&world, &inventory, &[("crm", "contacts", "1")]).await;
    assert_eq!(
        found(&findings),
        [
            "crm.contacts:1 Stated",
            "crm.contacts:2 Shared",
            "shop.customers:7 Stated",
            "shop.orders:70 Stated"
        ]
    );
}

#[tokio::test]
async fn trust_ends_when_the_address_turns_out_to_be_shared() {
    let phone = CRM.replace(
        "          name: person.name",
        "          phone: { category: contact.phone, identity: phone }\n          name: person.name",
    );
    let club = r#"
  club:
    engine: sqlite
    settings: { path: club.db }
    objects:
      members:
        table: members
        key: id
        find: [{ by: phone, column: phone }]
        fields:
          phone: { category: contact.phone, identity: phone }
          email: { category: contact.email, identity: email }
          customer_no: { category: account.id, identity: customer_no }
        erase: remove
"#;
    let inventory = inventory(&format!(
        "identities: {{ customer_no: {{ trusted_from: [crm.contacts] }} }}\nsystems:{phone}{SHOP}{club}"
    ));
    let world = linked();
    world
        .records
        .lock()
        .unwrap()
        .get_mut("crm.contacts")
        .unwrap()[0]["phone"] = json!("+4930111111");
    let findings = find(&world, &inventory, &[]).await;
    assert_eq!(plan(&inventory, &findings).steps.len(), 3);
    // Only the telephone shows, a round later, that two people write from this address.
    for (id, number) in [("1", "4711"), ("2", "4712")] {
        let member = json!({"id": id, "phone": "+4930111111", "email": "anna@example.org", "customer_no": number});
        world.put("club.members", member);
    }
    let findings = find(&world, &inventory, &[]).await;
    assert!(
        findings
            .records()
            .all(|(_, _, found)| found.matched != Match::Stated)
    );
    assert!(plan(&inventory, &findings).steps.is_empty());
}

#[tokio::test]
async fn too_many_records_stop_the_object_and_not_the_others() {
    let (world, inventory) = (linked(), spread(true, ""));
    for id in 0..600 {
        let record = json!({"id": format!("9{id}"), "customer_ref": "7", "note": "n"});
        world.put("shop.orders", record);
    }
    let findings = find(&world, &inventory, &[]).await;
    let shop = &findings.systems[1];
    assert_eq!(shop.status, SystemStatus::Incomplete);
    assert_eq!(shop.objects[1].status, ObjectStatus::NotSearched);
    assert_eq!(shop.objects[1].error.as_ref().unwrap().code, "E320");
    // Without its orders the customer cannot go: they would not be found again.
    let plan = plan(&inventory, &findings);
    assert_eq!(planned(&plan), ["crm.contacts:1 Erase remove"]);
    assert_eq!(plan.waiting[0].why, WaitingFor::ChildNotSearched);
}

#[tokio::test]
async fn nobody_waits_for_a_system_that_hangs_or_falls() {
    for manner in [
        Manner::Hangs,
        Manner::Panics,
        Manner::PanicsWhenOpened,
        Manner::Down,
    ] {
        let (world, inventory) = (linked(), spread(true, ""));
        world.manner("shop", manner);
        let began = Instant::now();
        let findings = find(&world, &inventory, &[]).await;
        assert!(began.elapsed() < Duration::from_secs(5), "{manner:?}");
        assert_eq!(found(&findings), ["crm.contacts:1 Stated"], "{manner:?}");
        assert_eq!(findings.systems[1].status, SystemStatus::NotSearched);
        assert!(findings.systems[1].error.is_some() && !findings.complete());
    }
}

#[tokio::test]
async fn a_control_person_who_is_missing_makes_the_object_blind() {
    let controlled = SHOP.replace(
        "within: 1s",
        "within: 1s\n    control: { customer_no: \"1\" }",
    );
    let inventory = inventory(&format!(
        "identities: {{ customer_no: {{ trusted_from: [crm.contacts] }} }}\nsystems:{CRM}{controlled}"
    ));
    let world = linked();
    let findings = find(&world, &inventory, &[]).await;
    let shop = &findings.systems[1];
    assert_eq!(shop.objects[0].error.as_ref().unwrap().code, "E530");
    // What hangs below was not searched either.
    assert_eq!(shop.objects[1].error.as_ref().unwrap().code, "E545");
    world.put("shop.customers", json!({"id": "1", "customer_no": "1"}));
    let findings = find(&world, &inventory, &[]).await;
    assert!(findings.complete());
    assert_eq!(findings.records().count(), 3);
}

#[tokio::test]
async fn every_question_is_asked_once() {
    let (world, inventory) = (linked(), spread(true, ""));
    find(&world, &inventory, &[]).await;
    let asked = world.asked.lock().unwrap().clone();
    let once: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(asked.len(), once.len(), "{asked:?}");
}

#[tokio::test]
async fn an_erasure_is_carried_out_children_first() {
    let (world, inventory) = (linked(), spread(true, ""));
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    let results = apply(&world, &inventory, &plan).await;
    assert!(
        results
            .values()
            .all(|ended| ended.outcome == Outcome::Removed)
    );
    let written = world.written();
    let at = |line: &str| written.iter().position(|w| w == line).unwrap();
    assert!(at("shop.orders remove 70") < at("shop.customers remove 7"));
    assert_eq!(world.ids("shop.customers"), ["8"]);
    assert_eq!(world.ids("shop.orders"), ["80"]);
    // Carried out again, it does nothing.
    let before = world.written();
    world.journal.lock().unwrap().insert(0, approved(&plan));
    apply(&world, &inventory, &plan).await;
    assert_eq!(world.written(), before);
}

#[tokio::test]
async fn what_must_be_dealt_with_first_is() {
    for (first, second) in [("aa", "bb"), ("bb", "aa")] {
        let object = |name: &str, more: &str| {
            format!(
                "      {name}:\n        table: {name}\n        key: id\n        find: [{{ by: email, column: email }}]\n        fields: {{ email: {{ category: contact.email, identity: email }} }}\n        erase: remove\n{more}"
            )
        };
        let text = object(second, &format!("        after: [{first}]\n")) + &object(first, "");
        let inventory = inventory(&format!(
            "systems:\n  crm:\n    engine: sqlite\n    settings: {{ path: a.db }}\n    objects:\n{text}"
        ));
        let world = World::new();
        for name in ["crm.aa", "crm.bb"] {
            world.put(name, json!({"id": "1", "email": "anna@example.org"}));
        }
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        apply(&world, &inventory, &plan).await;
        let expected = [first, second].map(|name| format!("crm.{name} remove 1"));
        assert_eq!(world.written(), expected);
    }
}

#[tokio::test]
async fn a_parent_does_not_go_before_a_child_that_could_not() {
    for manner in ["changed", "blocked"] {
        let (world, inventory) = (linked(), spread(true, ""));
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        match manner {
            "changed" => {
                world
                    .records
                    .lock()
                    .unwrap()
                    .get_mut("shop.orders")
                    .unwrap()[0]["note"] = json!("new");
            }
            _ => world.manner("shop", Manner::Blocks),
        }
        let results = apply(&world, &inventory, &plan).await;
        let outcomes = outcomes(&plan, &results);
        let order = if manner == "changed" {
            Outcome::Changed
        } else {
            Outcome::Blocked
        };
        assert_eq!(outcomes["shop.orders:70"].0, order);
        assert_eq!(outcomes["shop.customers:7"].0, Outcome::Failed);
        assert_eq!(outcomes["crm.contacts:1"].0, Outcome::Removed);
        assert!(
            !world
                .written()
                .contains(&"shop.customers remove 7".to_owned())
        );
    }
}

#[tokio::test]
async fn what_a_reply_says_is_never_the_proof() {
    let expected = [
        (Manner::Forgetful, Outcome::NotVerified),
        (Manner::SaysGone, Outcome::NotVerified),
        (Manner::LosesReplies, Outcome::Removed),
        (Manner::FailsAndRemoves, Outcome::Removed),
        (Manner::Blocks, Outcome::Blocked),
    ];
    for idempotent in [true, false] {
        for (manner, outcome) in expected {
            let (world, inventory) = (
                linked(),
                inventory(&format!(
                    "identities: {{ customer_no: {{}} }}\nsystems:{CRM}"
                )),
            );
            *world.idempotent.lock().unwrap() = idempotent;
            let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
            world.manner("crm", manner);
            let results = apply(&world, &inventory, &plan).await;
            assert_eq!(results[&0].outcome, outcome, "{manner:?}");
            assert_eq!(world.written().len(), 1, "{manner:?}");
        }
    }
}

#[tokio::test]
async fn what_the_system_took_and_may_not_be_repeated_is_not_sent_again() {
    let (world, inventory) = (
        linked(),
        inventory(&format!(
            "identities: {{ customer_no: {{}} }}\nsystems:{CRM}"
        )),
    );
    *world.idempotent.lock().unwrap() = false;
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    world.manner("crm", Manner::Forgetful);
    for _ in 0..3 {
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(results[&0].outcome, Outcome::NotVerified);
    }
    assert_eq!(world.written().len(), 1);
    // Approved again, it is an order of its own.
    world.journal.lock().unwrap().push(approved(&plan));
    world.manner("crm", Manner::Sound);
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(results[&0].outcome, Outcome::Removed);
    assert_eq!(world.written().len(), 2);
}

#[tokio::test]
async fn a_lane_that_hangs_or_falls_leaves_the_others_alone_and_goes_on_later() {
    for manner in [
        Manner::Hangs,
        Manner::Panics,
        Manner::PanicsWhenOpened,
        Manner::Down,
    ] {
        let (world, inventory) = (linked(), spread(true, ""));
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        world.journal.lock().unwrap().push(approved(&plan));
        world.manner("shop", manner);
        let began = Instant::now();
        let results = apply(&world, &inventory, &plan).await;
        assert!(began.elapsed() < Duration::from_secs(8), "{manner:?}");
        let first = outcomes(&plan, &results);
        assert_eq!(first["crm.contacts:1"].0, Outcome::Removed, "{manner:?}");
        assert!(
            matches!(
                first["shop.orders:70"].0,
                Outcome::Pending | Outcome::Failed
            ),
            "{manner:?} {first:?}"
        );
        world.manner("shop", Manner::Sound);
        let results = apply(&world, &inventory, &plan).await;
        assert!(
            results
                .values()
                .all(|ended| ended.outcome == Outcome::Removed),
            "{manner:?}"
        );
        assert_eq!(world.ids("shop.orders"), ["80"]);
    }
}

#[tokio::test]
async fn under_other_rules_what_was_begun_is_settled_and_nothing_more_is_written() {
    let (world, inventory) = (linked(), spread(true, ""));
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    world.manner("shop", Manner::Hangs);
    apply(&world, &inventory, &plan).await;
    // The order went all the same; the customer was never written to.
    world.manner("shop", Manner::Sound);
    world.records.lock().unwrap().remove("shop.orders");
    let written = world.written();
    let other = spread(true, "expand: { rounds: 2 }");
    let results = apply(&world, &other, &plan).await;
    let outcomes = outcomes(&plan, &results);
    assert_eq!(outcomes["shop.orders:70"].0, Outcome::Removed);
    assert_eq!(outcomes["shop.customers:7"].0, Outcome::Changed);
    assert_eq!(world.written(), written);
}

#[tokio::test]
async fn an_anonymous_record_may_be_found_by_what_it_keeps() {
    let anonymous = CRM.replace("erase: remove", "erase: anonymise");
    let inventory = inventory(&format!(
        "identities: {{ customer_no: {{}} }}\nsystems:{anonymous}"
    ));
    let world = linked();
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(results[&0].outcome, Outcome::Anonymised);
    assert_eq!(results[&0].level, Some(Level::L2));
    let record = world.records.lock().unwrap()["crm.contacts"][0].clone();
    assert_eq!(
        (&record["customer_no"], &record["name"]),
        (&json!("4711"), &json!(null))
    );
}

const KEPT: &str = r#"
data_types:
  vouchers: { objects: [books.invoices], purpose: accounting, basis: art6_1_c, keep: P10Y, start: clock, kind: min, because: "§147 AO", then: remove }
"#;

fn books(customers: &str, link: &str) -> Inventory {
    inventory(&format!(
        r#"
systems:
  books:
    engine: sqlite
    settings: {{ path: books.db }}
    objects:
      customers:
        table: customers
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        erase: {customers}
      invoices:
        table: invoices
        key: id
        find: [{{ by: email, column: email }}, {{ under: customers, column: {link} }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        clock: issued_on
        erase: remove
      lines:
        table: lines
        key: id
        find: [{{ under: invoices, column: invoice }}]
        fields: {{ text: content.note }}
        erase: with invoices
{KEPT}"#
    ))
}

fn bookkeeping(issued: &str, link: &str) -> Arc<World> {
    let world = World::new();
    world.put(
        "books.customers",
        json!({"id": "1", "email": "anna@example.org"}),
    );
    let mut invoice = json!({"id": "2", "email": "anna@example.org", "issued_on": issued});
    invoice[link] = json!("1");
    world.put("books.invoices", invoice);
    world.put(
        "books.lines",
        json!({"id": "3", "invoice": "2", "text": "for Anna"}),
    );
    world
}

#[tokio::test]
async fn what_the_law_keeps_keeps_its_parent_and_its_lines() {
    // The invoice is found by its address first and hangs below the customer all the same.
    for link in ["customer", "customer_ref"] {
        let (world, inventory) = (bookkeeping("2026-01-01", link), books("remove", link));
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        assert_eq!(
            planned(&plan),
            [
                "books.customers:1 Erase anonymise",
                "books.invoices:2 Retain -",
                "books.lines:3 Retain -"
            ],
            "{link}"
        );
        assert_eq!(plan.steps[1].until, plan.steps[2].until);
        let results = apply(&world, &inventory, &plan).await;
        let outcomes = outcomes(&plan, &results);
        assert_eq!(outcomes["books.lines:3"].0, Outcome::Retained);
        assert_eq!(world.written(), ["books.customers anonymise 1"]);
    }
}

#[tokio::test]
async fn a_row_that_stays_keeps_every_row_that_it_names() {
    // No search leads from the customer to the invoice: `links`, or a reference of the database, says that they belong together.
    let books = |fields: &str, key: &str| {
        inventory(&format!(
            r#"
systems:
  books:
    engine: sqlite
    settings: {{ path: books.db }}
    objects:
      invoices:
        table: invoices
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }}{fields} }}
        clock: issued_on
        erase: remove
      customers:
        table: {key}
        key: id
        find: [{{ by: email, column: email }}]
        fields: {{ email: {{ category: contact.email, identity: email }} }}
        erase: remove
{KEPT}"#
        ))
    };
    let links = ", customer: { category: account.id, links: customers }";
    let column = ", customer_ref: account.id";
    // The catalogue of these systems says that columns in `_ref` name rows of the table `elsewhere`.
    for (fields, table, named, kept) in [
        (links, "customers", json!("1"), "anonymise"),
        (links, "customers", json!(null), "remove"),
        (links, "customers", json!("2"), "remove"),
        (column, "elsewhere", json!("1"), "anonymise"),
        (column, "elsewhere", json!(null), "remove"),
        (column, "elsewhere", json!("2"), "remove"),
        (column, "customers", json!("1"), "remove"),
        ("", "customers", json!("1"), "remove"),
    ] {
        let inventory = books(fields, table);
        let world = World::new();
        let email = "anna@example.org";
        world.put("books.customers", json!({"id": "1", "email": email}));
        let mut invoice = json!({"id": "2", "email": email, "issued_on": "2026-01-01"});
        invoice[if fields == column {
            "customer_ref"
        } else {
            "customer"
        }] = named;
        world.put("books.invoices", invoice);
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        let wanted = format!("books.customers:1 Erase {kept}");
        assert_eq!(planned(&plan)[0], wanted, "{fields} {table}");
    }
}

#[tokio::test]
async fn what_waits_for_a_word_is_not_taken_along() {
    // The note is reached over an address that only the customer's record gives; nobody has accepted it.
    let inventory = inventory(
        r#"
identities: { customer_no: {} }
systems:
  crm:
    engine: sqlite
    settings: { path: crm.db }
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          customer_no: { category: account.id, identity: customer_no }
        erase: remove
      letters:
        table: letters
        key: id
        find: [{ by: customer_no, column: customer_no }]
        fields:
          customer_no: { category: account.id, identity: customer_no }
          customer: { category: account.id, links: customers }
        erase: remove
"#,
    );
    let world = World::new();
    let email = "anna@example.org";
    world.put(
        "crm.customers",
        json!({"id": "1", "email": email, "customer_no": "4711"}),
    );
    world.put(
        "crm.letters",
        json!({"id": "5", "customer_no": "4711", "customer": "1"}),
    );
    let findings = find(&world, &inventory, &[]).await;
    let plan = plan(&inventory, &findings);
    assert_eq!(planned(&plan), ["crm.customers:1 Manual -"]);
    let accepted = find(&world, &inventory, &[("crm", "letters", "5")]).await;
    let plan = self::plan(&inventory, &accepted);
    assert_eq!(
        planned(&plan),
        ["crm.customers:1 Erase remove", "crm.letters:5 Erase remove"]
    );
}

#[tokio::test]
async fn an_unknown_start_is_never_erased() {
    for issued in ["", "soon"] {
        let (world, inventory) = (bookkeeping(issued, "customer"), books("remove", "customer"));
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        let decisions: Vec<Decision> = plan.steps.iter().map(|step| step.decision).collect();
        assert_eq!(
            decisions[1..],
            [Decision::UnknownStart, Decision::UnknownStart]
        );
        assert_eq!(plan.tasks.len(), 2);
    }
}

#[tokio::test]
async fn what_the_law_lets_go_goes_with_all_that_follows_it() {
    let (world, inventory) = (
        bookkeeping("2001-01-01", "customer"),
        books("remove", "customer"),
    );
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    assert!(
        plan.steps
            .iter()
            .all(|step| step.action == Some(Action::Remove))
    );
    let results = apply(&world, &inventory, &plan).await;
    assert!(
        results
            .values()
            .all(|ended| ended.outcome == Outcome::Removed)
    );
    assert_eq!(
        world.written(),
        [
            "books.lines remove 3",
            "books.invoices remove 2",
            "books.customers remove 1"
        ]
    );
}

#[tokio::test]
async fn what_nobody_may_write_is_a_persons_to_do() {
    for erase in [
        "manual Ask the bookkeeper.",
        "retain\n        reason: Booked.",
    ] {
        let (world, inventory) = (
            bookkeeping("2001-01-01", "customer"),
            books(erase, "customer"),
        );
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        assert_eq!(plan.steps[0].decision, Decision::Manual, "{erase}");
        assert_eq!(plan.steps[0].action, None);
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(results[&0].outcome, Outcome::Manual);
        assert_eq!(world.ids("books.customers"), ["1"]);
    }
}

/// Findings of a small world with everything in it that weighs on a plan.
fn everything() -> (Inventory, Findings) {
    let inventory = books("remove", "customer_ref");
    let world = bookkeeping("2026-01-01", "customer_ref");
    for id in 10..16 {
        let issued = if id % 2 == 0 {
            "2026-02-02"
        } else {
            "2001-01-01"
        };
        let id = id.to_string();
        let record = json!({"id": id, "email": "anna@example.org", "customer_ref": "1", "issued_on": issued});
        world.put("books.invoices", record);
        world.put(
            "books.lines",
            json!({"id": format!("l{id}"), "invoice": id, "text": "x"}),
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let findings = runtime.block_on(find(&world, &inventory, &[]));
    (inventory, findings)
}

proptest! {
    #[test]
    fn the_same_findings_in_any_order_are_the_same_plan(seed in any::<u64>()) {
        let (inventory, findings) = everything();
        let expected = plan(&inventory, &findings);
        let mut shuffled = findings;
        let mut state = seed | 1;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        for system in &mut shuffled.systems {
            for object in &mut system.objects {
                for at in (1..object.records.len()).rev() {
                    object.records.swap(at, random(at + 1));
                }
            }
            for at in (1..system.objects.len()).rev() {
                system.objects.swap(at, random(at + 1));
            }
        }
        let made = plan(&inventory, &shuffled);
        prop_assert_eq!(planned(&made), planned(&expected));
        prop_assert_eq!(made.id(), expected.id());
    }
}

#[test]
fn only_an_approval_of_this_very_plan_opens_a_writer() {
    let (inventory, findings) = everything();
    let plan = plan(&inventory, &findings);
    let mut other = plan.clone();
    other.steps[0].action = Some(Action::Remove);
    assert!(Approved::new(plan.clone(), &[]).is_none());
    assert!(Approved::new(other, &[plan.id()]).is_none());
    assert!(Approved::new(plan.clone(), &[plan.id()]).is_some());
}

/// A club whose payments the law keeps; what hangs on a payment follows it.
const CLUB: &str = r#"
  club:
    engine: sqlite
    settings: { path: club.db }
    owner: board
    objects:
      members:
        table: members
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, first: person.name, last: person.name }
        erase: remove
      payments:
        table: payments
        key: id
        find: [{ under: members, column: member }]
        fields: { note: content.note }
        clock: paid_on
        restrict: { set: { locked: true } }
        erase: remove
      receipts:
        table: receipts
        key: id
        find: [{ under: payments, column: payment }]
        fields: { text: content.note }
        restrict: { set: { locked: true } }
        erase: with payments
      reminders:
        table: reminders
        key: id
        find: [{ under: payments, column: payment }]
        fields: { text: content.note }
        erase: with payments
data_types:
  vouchers: { objects: [club.payments], purpose: accounting, basis: art6_1_c, keep: P8Y, start: eoy(paid_on), kind: min, because: "§147 AO", then: remove }
"#;

fn club() -> Arc<World> {
    let world = World::new();
    world.put(
        "club.members",
        json!({"id": "1", "email": "anna@example.org", "first": "Anna", "last": "Berg"}),
    );
    world.put(
        "club.payments",
        json!({"id": "10", "member": "1", "note": "x", "paid_on": "2026-01-05", "locked": false}),
    );
    world.put(
        "club.receipts",
        json!({"id": "20", "payment": "10", "text": "x", "locked": false}),
    );
    world.put(
        "club.reminders",
        json!({"id": "30", "payment": "10", "text": "x"}),
    );
    world
}

#[tokio::test]
async fn a_locked_record_keeps_its_parent_and_takes_its_followers_along() {
    let inventory = inventory(&format!("systems:{CLUB}"));
    let findings = find(&club(), &inventory, &[]).await;
    let plan = plan(&inventory, &findings);
    assert_eq!(
        planned(&plan),
        [
            "club.members:1 Erase anonymise",
            "club.payments:10 Restrict restrict",
            "club.receipts:20 Restrict restrict",
            "club.reminders:30 Retain -",
        ]
    );
    assert!(
        plan.steps[1..]
            .iter()
            .all(|step| step.until == Some(date(2034, 12, 31)))
    );
    // Only what cannot be locked is left to its owner.
    assert_eq!(plan.tasks.len(), 1, "{:?}", plan.tasks);
    assert!(plan.tasks[0].text.en.contains("club.reminders"));
}

fn planned_for(inventory: &Inventory, findings: &Findings, aim: &Aim) -> Result<Plan, Vec<String>> {
    let basis = Basis {
        case: "2026-AAAAAA",
        inventory,
        findings,
        case_key: &case_key(),
        workspace_key: &workspace_key(),
        holds: &[],
        held: &Default::default(),
        day: date(2026, 11, 21),
        describe: &|_, _, _| Vec::new(),
    };
    build::plan(&basis, aim).map_err(|trouble| {
        trouble
            .diagnostics
            .iter()
            .map(|d| d.code.to_owned())
            .collect()
    })
}

fn correction(field: &str, value: &str) -> dsr::plan::Correction {
    dsr::plan::Correction {
        field: field.into(),
        value: value.into(),
        was: None,
    }
}

#[tokio::test]
async fn a_correction_is_planned_for_the_field_that_was_meant() {
    let inventory = inventory(&format!("systems:{CLUB}"));
    let findings = find(&club(), &inventory, &[]).await;
    let rectify = |corrections: &[dsr::plan::Correction]| {
        let corrections = corrections.to_vec();
        planned_for(&inventory, &findings, &Aim::Rectify { corrections })
    };
    let unclear = rectify(&[correction("person.name", "Anne")]);
    assert_eq!(unclear.unwrap_err(), ["E423"]);
    // One that names the field settles the others of its category.
    let plan = rectify(&[
        correction("person.name", "Anne"),
        correction("club.members.first", "Anne"),
    ]);
    let plan = plan.unwrap();
    assert_eq!(planned(&plan), ["club.members:1 Rectify rectify"]);
    assert_eq!(plan.steps[0].changes.keys().collect::<Vec<_>>(), ["first"]);
    assert_eq!(plan.steps[0].was["first"].as_deref(), Some("Anna"));
    // What the law keeps is left to a person; what stands there already is not written.
    let plan = rectify(&[
        correction("content.note", "x"),
        correction("contact.email", "ANNA@example.org"),
    ]);
    let plan = plan.unwrap();
    assert_eq!(
        planned(&plan),
        [
            "club.members:1 Rectify rectify",
            "club.payments:10 Manual -",
            "club.receipts:20 Rectify rectify",
            "club.reminders:30 Rectify rectify",
        ]
    );
    assert!(plan.steps.iter().all(|step| !step.writes()));
    // The same aim gives the same plan.
    let again = rectify(&[
        correction("content.note", "x"),
        correction("contact.email", "ANNA@example.org"),
    ]);
    assert_eq!(again.unwrap().id(), plan.id());
}

#[tokio::test]
async fn a_restriction_changes_nothing_but_its_flag() {
    let (world, inventory) = (club(), inventory(&format!("systems:{CLUB}")));
    let findings = find(&world, &inventory, &[]).await;
    let aim = Aim::Restrict {
        because: dsr::plan::Ground::Contested,
        until: None,
    };
    let plan = planned_for(&inventory, &findings, &aim).unwrap();
    assert_eq!(
        planned(&plan),
        [
            "club.members:1 Manual -",
            "club.payments:10 Restrict restrict",
            "club.receipts:20 Restrict restrict",
            "club.reminders:30 Manual -",
        ]
    );
    assert!(plan.steps.iter().all(|step| step.changes.is_empty()));
    // Nobody's lock but this case's own is taken away.
    let aim = Aim::Lift {
        because: dsr::plan::LiftReason::Verified,
        notice: date(2026, 11, 1),
        records: Vec::new(),
    };
    assert!(
        planned_for(&inventory, &findings, &aim)
            .unwrap()
            .steps
            .is_empty()
    );
}

/// The CRM alone, whose contacts are found by their address and never read by their key.
fn searched_only() -> (Arc<World>, Inventory) {
    let world = World::new();
    world.put("crm.contacts", contact("1", "anna@example.org", "4711"));
    *world.unreadable.lock().unwrap() = vec!["crm.contacts".to_owned()];
    let by_address = CRM.replace(", { by: customer_no, column: customer_no }", "");
    let inventory = inventory(&format!(
        "identities: {{ customer_no: {{}} }}\nsystems:{by_address}"
    ));
    (world, inventory)
}

fn only(results: &Results) -> (Outcome, Option<Level>, Option<&str>) {
    let ended = &results[&0];
    let fault = ended.fault.as_ref().map(|fault| fault.code.as_str());
    (ended.outcome, ended.level, fault)
}

/// Whoever has another address by now is not found by the old one. That says nothing of whether the record is there.
#[tokio::test]
async fn what_only_a_search_misses_is_not_called_gone() {
    for aim in [
        Aim::Erase,
        Aim::Rectify {
            corrections: vec![correction("crm.contacts.name", "Anna Neu")],
        },
    ] {
        let (world, inventory) = searched_only();
        let findings = find(&world, &inventory, &[]).await;
        let plan = planned_for(&inventory, &findings, &aim).unwrap();
        world.set("crm.contacts", "1", "email", "anna.new@example.org");
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(
            only(&results),
            (Outcome::Changed, None, Some("E429")),
            "{aim:?}"
        );
        assert!(world.written().is_empty());
        assert_eq!(world.ids("crm.contacts"), ["1"]);
        // Nothing was begun, so that a second run, as after a crash, comes to the same.
        world
            .journal
            .lock()
            .unwrap()
            .retain(|event| !matches!(event, Event::StepEnded { .. }));
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(
            only(&results),
            (Outcome::Changed, None, Some("E429")),
            "{aim:?}"
        );
        // A new plan has nothing left to do.
        let again = self::plan(&inventory, &find(&world, &inventory, &[]).await);
        assert!(again.steps.is_empty());
    }
}

/// The same under the record above it: what is no longer listed there may have moved to another.
#[tokio::test]
async fn what_is_no_longer_below_its_parent_is_not_called_gone() {
    let (world, inventory) = (linked(), spread(true, ""));
    *world.unreadable.lock().unwrap() = vec!["shop.orders".to_owned()];
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    world.set("shop.orders", "70", "customer_ref", "8");
    let results = apply(&world, &inventory, &plan).await;
    let outcomes = outcomes(&plan, &results);
    assert_eq!(outcomes["shop.orders:70"].0, Outcome::Changed);
    // Its parent waits for it, and goes by the next plan.
    assert_eq!(outcomes["shop.customers:7"].0, Outcome::Failed);
    assert_eq!(world.ids("shop.orders"), ["70", "80"]);
    assert_eq!(world.ids("shop.customers"), ["7", "8"]);
    // The number is known from then on, as the vault knows it.
    world.put("crm.contacts", contact("1", "anna@example.org", "4711"));
    let again = self::plan(&inventory, &find(&world, &inventory, &[]).await);
    assert_eq!(
        planned(&again),
        [
            "crm.contacts:1 Erase remove",
            "shop.customers:7 Erase remove"
        ]
    );
}

/// A search by another identity may still return it: then it is there, and another than was planned.
#[tokio::test]
async fn every_way_to_a_record_is_tried_before_it_is_missed() {
    let world = World::new();
    world.put("crm.contacts", contact("1", "anna@example.org", "4711"));
    *world.unreadable.lock().unwrap() = vec!["crm.contacts".to_owned()];
    let inventory = inventory(&format!(
        "identities: {{ customer_no: {{}} }}\nsystems:{CRM}"
    ));
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    world.set("crm.contacts", "1", "email", "anna.new@example.org");
    let results = apply_knowing(&world, &inventory, &plan, &[("customer_no", "4711")]).await;
    // No fault: it was seen, and is another.
    assert_eq!(only(&results), (Outcome::Changed, None, None));
    assert!(world.written().is_empty());
}

/// The answer to a removal and a search that no longer returns the record are what the contract asks for; without that answer, or
/// against it, the search alone shows nothing.
#[tokio::test]
async fn a_removal_without_reading_rests_on_the_answer_and_the_search() {
    for (manner, ended) in [
        (Manner::Sound, (Outcome::Removed, Some(Level::L2), None)),
        (
            Manner::LosesReplies,
            (Outcome::Removed, Some(Level::L2), None),
        ),
        (
            Manner::Forgetful,
            (Outcome::NotVerified, Some(Level::L0), None),
        ),
        (
            Manner::FailsAndRemoves,
            (Outcome::Failed, None, Some("E508")),
        ),
    ] {
        let (world, inventory) = searched_only();
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        world.manner("crm", manner);
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(only(&results), ended, "{manner:?}");
        // The next run does not make more of it.
        world.manner("crm", Manner::Sound);
        let results = apply(&world, &inventory, &plan).await;
        let expected = match manner {
            Manner::FailsAndRemoves => (Outcome::Changed, None, Some("E429")),
            _ => (Outcome::Removed, Some(Level::L2), None),
        };
        assert_eq!(only(&results), expected, "{manner:?}");
    }
}

/// What a run that was killed may have written, and only that, is taken for its own work.
#[tokio::test]
async fn only_the_record_whose_turn_it_was_counts_as_begun() {
    let (world, inventory) = searched_only();
    world.put("crm.contacts", contact("2", "anna@example.org", "4711"));
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    assert_eq!(plan.steps.len(), 2);
    // It hangs at the first write, and is killed there.
    world.manner("crm", Manner::HangsWriting);
    let run = tokio::time::timeout(Duration::from_millis(300), apply(&world, &inventory, &plan));
    assert!(run.await.is_err());
    world.manner("crm", Manner::Sound);
    world.set("crm.contacts", "2", "email", "anna.new@example.org");
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(results[&0].outcome, Outcome::Removed);
    assert_eq!(results[&1].outcome, Outcome::Changed);
    assert_eq!(world.ids("crm.contacts"), ["2"]);
}

/// A record that became anonymous is not found by its old address either, and that shows none of the new values.
#[tokio::test]
async fn an_anonymisation_that_cannot_be_looked_at_is_not_verified() {
    let (world, inventory) = searched_only();
    let mut inventory = inventory;
    for object in &mut inventory.systems[0].objects {
        object.erase = dsr::connector::object::Erase::Anonymise;
    }
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    assert_eq!(planned(&plan), ["crm.contacts:1 Erase anonymise"]);
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(
        only(&results),
        (Outcome::NotVerified, Some(Level::L0), None)
    );
    assert_eq!(world.ids("crm.contacts"), ["1"]);
}

/// A key that is an address is no better than a search by it.
#[tokio::test]
async fn a_record_that_is_named_by_its_address_may_have_another_by_now() {
    let list = r#"
  list:
    engine: sqlite
    settings: { path: list.db }
    objects:
      readers:
        table: readers
        key: id
        find: [{ by: email, column: id }]
        fields: { id: { category: contact.email, identity: email }, name: person.name }
        erase: remove
"#;
    let inventory = inventory(&format!("systems:{list}"));
    let world = World::new();
    world.put(
        "list.readers",
        json!({"id": "anna@example.org", "name": "Anna"}),
    );
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    assert_eq!(plan.steps.len(), 1);
    world.set(
        "list.readers",
        "anna@example.org",
        "id",
        "anna.new@example.org",
    );
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(only(&results), (Outcome::Changed, None, Some("E429")));
}

/// The CRM with Anna and a control person who is found as long as anybody is.
fn watched() -> (Arc<World>, Inventory) {
    let world = World::new();
    world.put("crm.contacts", contact("1", "anna@example.org", "4711"));
    world.put("crm.contacts", contact("9", "control@example.org", "9999"));
    let crm = CRM.replace(
        "    objects:",
        "    control: { email: control@example.org }\n    objects:",
    );
    let inventory = inventory(&format!(
        "identities: {{ customer_no: {{}} }}\nsystems:{crm}"
    ));
    (world, inventory)
}

/// Who is not let in any more sees an empty system. The control person, who is not seen either, gives it away.
#[tokio::test]
async fn a_reader_that_sees_nobody_proves_nobody_gone() {
    for (manner, code) in [(Manner::Blind, "E530"), (Manner::Moved, "E505")] {
        let (world, inventory) = watched();
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        world.manner("crm", manner);
        for _ in 0..2 {
            let results = apply(&world, &inventory, &plan).await;
            assert_eq!(
                only(&results),
                (Outcome::Failed, None, Some(code)),
                "{manner:?}"
            );
        }
        // With its eyes open again it finds the record and writes.
        world.manner("crm", Manner::Sound);
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(only(&results), (Outcome::Removed, Some(Level::L2), None));
    }
}

/// The same where a killed run has announced the write: what was announced need not have been sent.
#[tokio::test]
async fn a_reader_that_sees_nobody_does_not_complete_a_killed_run() {
    for manner in [Manner::Blind, Manner::Moved] {
        let (world, inventory) = watched();
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        world.manner("crm", Manner::Hangs);
        let run =
            tokio::time::timeout(Duration::from_millis(300), apply(&world, &inventory, &plan));
        assert!(run.await.is_err());
        let begun = |event: &Event| matches!(event, Event::StepStarted { .. });
        assert!(world.journal.lock().unwrap().iter().any(begun));
        world.manner("crm", manner);
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(only(&results).0, Outcome::Unknown, "{manner:?}");
        assert_eq!(world.ids("crm.contacts"), ["1", "9"]);
        // Seen again as it was, it is written after all.
        world.manner("crm", Manner::Sound);
        let results = apply(&world, &inventory, &plan).await;
        assert_eq!(only(&results), (Outcome::Removed, Some(Level::L2), None));
    }
}

/// What nobody of ours removed is not called removed later, because a search had its doubts once.
#[tokio::test]
async fn what_was_gone_without_us_stays_so() {
    let (world, inventory) = watched();
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    world.manner("crm", Manner::HidesFromReading);
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(only(&results), (Outcome::NotVerified, None, Some("E548")));
    world.manner("crm", Manner::Sound);
    world
        .records
        .lock()
        .unwrap()
        .get_mut("crm.contacts")
        .unwrap()
        .remove(0);
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(
        only(&results),
        (Outcome::AlreadyGone, Some(Level::L2), None)
    );
    assert!(world.written().is_empty());
}

/// A person who is found by the same question under a key that no plan names is not gone.
#[tokio::test]
async fn who_is_found_under_another_key_is_not_gone() {
    let (world, inventory) = watched();
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    world.set("crm.contacts", "1", "id", "5");
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(only(&results), (Outcome::Changed, None, Some("E429")));

    let (world, inventory) = watched();
    world.manner("crm", Manner::Recreates);
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(
        only(&results),
        (Outcome::Removed, Some(Level::L1), Some("E548"))
    );
    // The record itself is gone, and nothing more can be said of it.
    let results = apply(&world, &inventory, &plan).await;
    assert_eq!(
        only(&results),
        (Outcome::Removed, Some(Level::L1), Some("E548"))
    );
}

/// Says from some question on that everything, or one record, is held.
struct From {
    asked: std::sync::atomic::AtomicUsize,
    after: usize,
    only: Option<&'static str>,
}

impl dsr::execute::Standing for From {
    fn holds(
        &self,
        step: &dsr::plan::Step,
    ) -> Result<Vec<dsr::hold::HoldId>, dsr::diagnostic::Trouble> {
        let asked = self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let name = format!("{}.{}:{}", step.system, step.object, step.key);
        let held = asked >= self.after && self.only.is_none_or(|only| only == name);
        Ok(match held {
            true => vec![dsr::hold::HoldId::parse("H-AAAAAA").unwrap()],
            false => Vec::new(),
        })
    }
}

#[tokio::test]
async fn a_hold_that_comes_in_between_stops_every_further_write() {
    for after in 0..3 {
        let (world, inventory) = (linked(), spread(true, ""));
        let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
        let writing = plan.steps.iter().filter(|step| step.writes()).count();
        assert_eq!(writing, 3);
        let standing = From {
            asked: Default::default(),
            after,
            only: None,
        };
        let results = apply_under(&world, &inventory, &plan, Arc::new(standing)).await;
        assert_eq!(world.written().len(), after, "{:?}", world.written());
        let held = results
            .values()
            .filter(|ended| ended.outcome == Outcome::Held);
        assert_eq!(
            held.count(),
            writing - after,
            "{:?}",
            outcomes(&plan, &results)
        );
        // The same plan, gone on with after the hold was released, still leaves them: it has to be made anew.
        world.journal.lock().unwrap().insert(0, approved(&plan));
        apply(&world, &inventory, &plan).await;
        assert_eq!(world.written().len(), after);
    }
}

#[tokio::test]
async fn a_hold_on_what_hangs_below_keeps_what_is_above() {
    let (world, inventory) = (linked(), spread(true, ""));
    let plan = plan(&inventory, &find(&world, &inventory, &[]).await);
    let standing = From {
        asked: Default::default(),
        after: 0,
        only: Some("shop.orders:70"),
    };
    let results = apply_under(&world, &inventory, &plan, Arc::new(standing)).await;
    let outcomes = outcomes(&plan, &results);
    assert_eq!(outcomes["shop.orders:70"].0, Outcome::Held);
    assert_eq!(outcomes["shop.customers:7"].0, Outcome::Held);
    assert_eq!(outcomes["crm.contacts:1"].0, Outcome::Removed);
    let held = results
        .values()
        .filter(|ended| ended.outcome == Outcome::Held);
    assert!(held.map(|ended| &ended.holds).all(|holds| holds.len() == 1));
}
