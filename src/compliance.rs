//! What an inventory has to say before a company can rely on it under the GDPR: a checklist, computed from the inventory alone.
//!
//! It is no legal judgement: a point is fulfilled if the inventory states what it should, whether or not that is true or enough. What
//! the systems themselves say is for the doctor (`cli/check.rs`).

use crate::connector::object::How;
use crate::connector::rest::request::Request;
use crate::inventory::{Approval, Deletes, Engine, Every, Inventory, Status, System};
use crate::messages::{Text, compliance as say};

/// Whether the inventory states what a point asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Fulfilled,
    Open,
    /// Nothing in the inventory is concerned.
    NotApplicable,
}

/// One line of the checklist.
#[derive(Clone, Debug)]
pub struct Point {
    /// Stays the same over versions.
    pub id: &'static str,
    /// Of the GDPR.
    pub article: &'static str,
    pub state: State,
    pub text: Text,
    pub remedy: Text,
    /// What is missing where: systems, objects, kinds of data.
    pub open: Vec<String>,
}

/// How far evidence is sealed, which the inventory alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
    None,
    /// With a certificate that the workspace issued to itself.
    Own,
    /// With one that an authority issued.
    Issued,
}

/// The checklist in a fixed order.
pub fn checklist(inventory: &Inventory, sealing: Sealing) -> Vec<Point> {
    let all = &inventory.systems;
    let active: Vec<&System> = all.iter().filter(|s| s.status == Status::Active).collect();
    let connected: Vec<&System> = active
        .iter()
        .copied()
        .filter(|system| !matches!(system.engine, Engine::Manual(_) | Engine::None))
        .collect();
    let names = |systems: Vec<&System>| -> Vec<String> {
        systems.into_iter().map(|s| s.name.clone()).collect()
    };
    let objects: Vec<String> = active
        .iter()
        .flat_map(|system| {
            system
                .objects
                .iter()
                .map(|o| format!("{}.{}", system.name, o.name))
        })
        .collect();
    let mut points = Vec::new();
    let mut point = |id, article, texts: (Text, Text), any: bool, open: Vec<String>| {
        let state = match (any, open.is_empty()) {
            (false, _) => State::NotApplicable,
            (true, true) => State::Fulfilled,
            (true, false) => State::Open,
        };
        points.push(Point {
            id,
            article,
            state,
            text: texts.0,
            remedy: texts.1,
            open: if any { open } else { Vec::new() },
        });
    };

    let contact = inventory.controller.contact.is_none();
    let missing = contact.then(|| "controller".to_owned());
    point(
        "contact",
        "Art. 12(2), 13(1)",
        (say::contact(), say::contact_help()),
        true,
        missing.into_iter().collect(),
    );

    let ownerless = |systems: &[&System]| -> Vec<String> {
        let without = systems.iter().filter(|system| system.owner.is_none());
        without.map(|system| system.name.clone()).collect()
    };
    point(
        "owners",
        "Art. 5(2), 24(1)",
        (say::owners(), say::owners_help()),
        !active.is_empty(),
        ownerless(&active),
    );
    let unconnected: Vec<&System> = all
        .iter()
        .filter(|s| s.status == Status::NotConnected)
        .collect();
    point(
        "unconnected",
        "Art. 24(1), 30(1)",
        (say::unconnected(), say::unconnected_help()),
        !unconnected.is_empty(),
        ownerless(&unconnected),
    );
    let off: Vec<&System> = all
        .iter()
        .filter(|s| s.status == Status::Disabled)
        .collect();
    point(
        "disabled",
        "Art. 12(3), 15(1)",
        (say::disabled(), say::disabled_help()),
        !all.is_empty(),
        names(off),
    );

    let uncontrolled = connected
        .iter()
        .copied()
        .filter(|s| s.control.is_none())
        .collect();
    point(
        "controls",
        "Art. 5(2), 32(1)(d)",
        (say::controls(), say::controls_help()),
        !connected.is_empty(),
        names(uncontrolled),
    );

    let unruled = active.iter().flat_map(|system| {
        let objects = system.objects.iter();
        let without =
            objects.filter(|object| crate::concept::rule_of(inventory, system, object).is_none());
        without.map(|object| format!("{}.{}", system.name, object.name))
    });
    let unruled: Vec<String> = unruled.collect();
    point(
        "retention",
        "Art. 5(1)(e), 30(1)(f)",
        (say::retention(), say::retention_help()),
        !objects.is_empty(),
        unruled,
    );
    let vague = inventory
        .data_types
        .iter()
        .filter(|kind| kind.purpose.is_none() || kind.basis.is_none());
    let vague = vague.map(|kind| kind.name.clone()).collect();
    point(
        "purposes",
        "Art. 6(1), 30(1)(b)",
        (say::purposes(), say::purposes_help()),
        !inventory.data_types.is_empty(),
        vague,
    );

    let bare = active.iter().flat_map(|system| {
        let bare = system
            .objects
            .iter()
            .filter(|object| object.fields.is_empty());
        bare.map(|object| format!("{}.{}", system.name, object.name))
    });
    point(
        "categories",
        "Art. 30(1)(c)",
        (say::categories(), say::categories_help()),
        !objects.is_empty(),
        bare.collect(),
    );
    let (special, unbased) = special(inventory, &active);
    point(
        "special",
        "Art. 9(2), 30(1)(c)",
        (say::special(), say::special_help()),
        special,
        unbased,
    );

    let assumed = (!inventory.identity_required).then(|| "requests.identity".to_owned());
    point(
        "identity",
        "Art. 12(6)",
        (say::identity(), say::identity_help()),
        true,
        assumed.into_iter().collect(),
    );
    // Several people without a word on it are refused when the inventory is read (E148); one person alone has nobody to ask.
    let several = inventory.people.len() > 1 || inventory.approval == Approval::FourEyes;
    point(
        "approval",
        "Art. 24(1), 32(4)",
        (say::approval(), say::approval_help()),
        several,
        Vec::new(),
    );
    let unsealed = (sealing != Sealing::Issued).then(|| "evidence.seal".to_owned());
    point(
        "seal",
        "Art. 5(2)",
        (say::seal(), say::seal_help()),
        true,
        unsealed.into_iter().collect(),
    );
    let untimed = inventory
        .evidence
        .tsa
        .is_empty()
        .then(|| "evidence.tsa".to_owned());
    point(
        "tsa",
        "Art. 5(2), 32(1)(b)",
        (say::tsa(), say::tsa_help()),
        true,
        untimed.into_iter().collect(),
    );

    let by_hand: Vec<(&str, bool)> = active
        .iter()
        .filter_map(|system| match &system.engine {
            Engine::Manual(tasks) => Some((
                system.name.as_str(),
                tasks.find.is_some() && tasks.erase.is_some(),
            )),
            _ => None,
        })
        .collect();
    let halved = by_hand
        .iter()
        .filter(|(_, whole)| !whole)
        .map(|(name, _)| (*name).to_owned());
    point(
        "manual",
        "Art. 15(1), 17(1)",
        (say::manual(), say::manual_help()),
        !by_hand.is_empty(),
        halved.collect(),
    );

    let mut unknown: Vec<String> = inventory
        .flows
        .iter()
        .filter(|flow| flow.every == Every::Unknown || flow.deletes == Deletes::Unknown)
        .map(|flow| format!("{} -> {}", flow.from, flow.to))
        .collect();
    if inventory.flows.is_empty() {
        unknown.push("flows".to_owned());
    }
    point(
        "flows",
        "Art. 17(2), 19, 30(1)(d)",
        (say::flows(), say::flows_help()),
        active.len() > 1,
        unknown,
    );

    let over_http: Vec<&System> = connected
        .iter()
        .copied()
        .filter(|s| matches!(s.engine, Engine::Rest(_)))
        .collect();
    let plain = over_http
        .iter()
        .copied()
        .filter(|s| s.insecure_http)
        .collect();
    point(
        "encrypted",
        "Art. 32(1)(a)",
        (say::encrypted(), say::encrypted_help()),
        !over_http.is_empty(),
        names(plain),
    );
    let unsure = over_http
        .iter()
        .copied()
        .filter(|s| has_unconfirmed(s))
        .collect();
    point(
        "confirmed",
        "Art. 25(1), 32(1)(d)",
        (say::confirmed(), say::confirmed_help()),
        !over_http.is_empty(),
        names(unsure),
    );
    points
}

/// Whether there are special categories of data, and the objects that hold some without a basis for it.
fn special(inventory: &Inventory, active: &[&System]) -> (bool, Vec<String>) {
    let mut any = false;
    let mut open = Vec::new();
    for system in active {
        for object in &system.objects {
            if !object
                .fields
                .iter()
                .any(|field| field.category.starts_with("special."))
            {
                continue;
            }
            any = true;
            let name = format!("{}.{}", system.name, object.name);
            let based = inventory
                .data_types
                .iter()
                .filter(|kind| kind.objects.contains(&name))
                .any(|kind| {
                    kind.basis
                        .as_deref()
                        .is_some_and(|basis| basis.contains("art9"))
                });
            if !based {
                open.push(name);
            }
        }
    }
    (any, open)
}

fn has_unconfirmed(system: &System) -> bool {
    system.objects.iter().any(|object| match &object.how {
        How::Http { actions, .. } => actions
            .iter()
            .any(|(_, does)| does.unconfirmed && does.steps.iter().any(writes)),
        How::Table { .. }
        | How::File { .. }
        | How::Entry { .. }
        | How::Document
        | How::Plugin { .. } => false,
    })
}

fn writes(request: &Request) -> bool {
    !request.read_only
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(systems: &str) -> Inventory {
        let text = format!(
            "dsr: 1\ncontroller: {{ name: Acme GmbH, seat: DE, language: en }}\nsystems:\n{systems}"
        );
        let source = std::sync::Arc::new(crate::diagnostic::Source {
            path: "dsr.yaml".into(),
            text,
        });
        let load: crate::inventory::Load<'_> = &|_| unreachable!("no connectors here");
        crate::inventory::parse(&source, std::path::Path::new("."), load)
            .unwrap()
            .0
    }

    fn states(inventory: &Inventory, sealing: Sealing) -> Vec<(&'static str, State)> {
        let points = checklist(inventory, sealing);
        points.iter().map(|point| (point.id, point.state)).collect()
    }

    #[test]
    fn what_is_not_stated_is_open_and_what_is_not_there_does_not_count() {
        let bare = inventory(
            "  paper: { engine: manual, manual: { find: \"Search.\" } }\n  crm: { status: not_connected, owner: sales }\n",
        );
        let states = states(&bare, Sealing::Own);
        let is = |id: &str, state: State| {
            assert!(states.contains(&(id, state)), "{id} {state:?}: {states:?}");
        };
        for id in ["contact", "owners", "manual", "seal", "tsa"] {
            is(id, State::Open);
        }
        for id in ["unconnected", "identity", "disabled"] {
            is(id, State::Fulfilled);
        }
        for id in [
            "controls",
            "retention",
            "special",
            "approval",
            "encrypted",
            "flows",
        ] {
            is(id, State::NotApplicable);
        }
    }

    #[test]
    fn data_about_health_needs_a_basis_of_its_own() {
        let clinic = "  clinic:
    engine: sqlite
    settings: { path: clinic.db }
    objects:
      patients:
        table: patients
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, note: special.health }
        erase: remove
data_types:
  patients: { objects: [clinic.patients], purpose: care, basis: BASIS, keep: P10Y, start: event(id), kind: min, because: law, then: remove }
";
        for (basis, state) in [("art6_1_c", State::Open), ("art9_2_h", State::Fulfilled)] {
            let found = states(&inventory(&clinic.replace("BASIS", basis)), Sealing::Issued);
            assert!(found.contains(&("special", state)), "{found:?}");
            assert!(found.contains(&("seal", State::Fulfilled)));
            assert!(found.contains(&("controls", State::Open)));
        }
    }
}
