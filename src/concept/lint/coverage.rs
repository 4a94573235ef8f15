//! What a concept leaves out, or says twice: tables without a rule or with two, systems that nobody answers for, systems that nothing reaches, and data types
//! that do not say what they are for.

use super::{Lint, Severity};
use crate::concept::{Concept, Holding};
use crate::connector::Object;
use crate::inventory::{DataType, Engine, Rule, RuleKind, Status, System, Then};
use crate::messages::lint as say;
use crate::statute::{self, Kind};

pub(super) fn lints(concept: &Concept<'_>) -> Vec<Lint> {
    let inventory = concept.inventory;
    let mut lints = Vec::new();
    // Art. 5(1)(e) GDPR: whatever is held about people has an end.
    for holding in &concept.uncovered {
        let name = holding.name();
        let path = [
            "systems",
            holding.system.name.as_str(),
            "objects",
            holding.object.name.as_str(),
        ];
        let what = say::uncovered(&name, holding.categories().join(", "));
        let says = (what, say::uncovered_help(&name));
        let lint = Lint::new("E450", Severity::Error, &path, says);
        lints.push(lint.why(say::uncovered_why()).object(&name));
    }
    lints.extend(two_rules(concept));
    for system in &inventory.systems {
        let path = ["systems", system.name.as_str()];
        if system.owner.is_none() && system.status == Status::Active {
            let says = (say::no_owner(&system.name), say::no_owner_help());
            lints.push(Lint::new("W304", Severity::Warning, &path, says).object(&system.name));
        }
        if system.status != Status::Active {
            let path = ["systems", system.name.as_str(), "status"];
            let says = (say::out_of_reach(&system.name), say::out_of_reach_help());
            lints.push(Lint::new("W305", Severity::Hint, &path, says).object(&system.name));
        }
    }
    for entry in &concept.entries {
        let data_type = entry.data_type;
        let name = &data_type.name;
        if data_type.purpose.is_none() || data_type.basis.is_none() {
            let key = if data_type.purpose.is_none() {
                "purpose"
            } else {
                "basis"
            };
            let says = (say::no_purpose(name, key), say::no_purpose_help());
            let lint = Lint::on("W300", Severity::Warning, data_type, key, says);
            lints.push(lint.why(say::no_purpose_why()));
        }
        if entry.start_type.is_none() {
            let says = (say::no_start_type(name), say::no_start_type_help());
            let lint = Lint::on("E446", Severity::Error, data_type, "start_type", says);
            lints.push(lint.why(say::no_start_type_why()));
        }
        if entry.window.is_none() && entry.standard.is_some() {
            let says = (say::no_window(name), say::no_window_help());
            let lint = Lint::on("W302", Severity::Hint, data_type, "window", says);
            lints.push(lint.why(say::no_window_why()));
        }
        if needs_reason(data_type) {
            let says = (say::no_reason(name), say::no_reason_help());
            let lint = Lint::on("W297", Severity::Warning, data_type, "kind", says);
            lints.push(lint.why(say::no_reason_why()));
        }
        lints.extend(reverse_lock(data_type));
        lints.extend(unnamed_norm(data_type));
        lints.extend(steering(data_type));
    }
    lints
}

/// A table that two objects of a system name, with a data type each: every record of it has two rules, and the shorter one wins unseen.
fn two_rules(concept: &Concept<'_>) -> Vec<Lint> {
    let covered = concept.entries.iter().flat_map(|entry| {
        let holdings = entry.holdings.iter();
        holdings.map(move |holding| (entry.data_type, holding))
    });
    let covered: Vec<(&DataType, &Holding<'_>)> = covered.collect();
    let mut lints = Vec::new();
    for (at, (own, holding)) in covered.iter().enumerate() {
        let before = covered.iter().take(at);
        let twin = before.rev().find(|(other, twin)| {
            !std::ptr::eq(*other, *own)
                && std::ptr::eq(twin.system, holding.system)
                && holds_the_same(holding.system, twin.object, holding.object)
        });
        let Some((other, twin)) = twin else {
            continue;
        };
        let path = [
            "systems",
            holding.system.name.as_str(),
            "objects",
            holding.object.name.as_str(),
        ];
        let says = (
            say::two_rules(twin.name(), holding.name(), &other.name, &own.name),
            say::two_rules_help(),
        );
        let lint = Lint::new("W354", Severity::Warning, &path, says);
        let mut lint = lint.why(say::two_rules_why()).object(&holding.name());
        lint.data_type = Some(own.name.clone());
        lints.push(lint);
    }
    lints
}

/// Whether two objects of a system surely hold the same records.
fn holds_the_same(system: &System, one: &Object, other: &Object) -> bool {
    match (one.table(), other.table()) {
        (Some(one), Some(other)) if matches!(system.engine, Engine::Sqlite) => {
            one.eq_ignore_ascii_case(other)
        }
        (Some(one), Some(other)) => one == other,
        _ => one.is_file() && other.is_file(),
    }
}

/// A period that no law asks for needs a reason in writing: who reads the concept has to see why it is as long as it is.
fn needs_reason(data_type: &DataType) -> bool {
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    match &data_type.rule {
        // A rule of the catalogue brings its own.
        Rule::Catalogue { .. } => false,
        Rule::Stated { kind, because, .. } => {
            *kind != RuleKind::Min && !said(because) && !said(&data_type.about.reason)
        }
    }
}

/// A lock is for the time in which a duty runs. As what is done at its end, it leaves the records open until then and keeps them for ever
/// after.
fn reverse_lock(data_type: &DataType) -> Option<Lint> {
    let is_duty = match &data_type.rule {
        Rule::Catalogue { statute, .. } => statute.kind == Kind::Min,
        Rule::Stated { kind, .. } => *kind == RuleKind::Min,
    };
    if !is_duty || data_type.then != Then::Restrict {
        return None;
    }
    let says = (say::reverse_lock(&data_type.name), say::reverse_lock_help());
    let lint = Lint::on("E445", Severity::Error, data_type, "then", says);
    Some(lint.why(say::reverse_lock_why()))
}

/// Only a law is a duty to keep; a rule of the house stands against nobody's request.
fn unnamed_norm(data_type: &DataType) -> Option<Lint> {
    let Rule::Stated {
        kind: RuleKind::Min,
        because: Some(because),
        ..
    } = &data_type.rule
    else {
        return None;
    };
    if statute::names_a_norm(because) {
        return None;
    }
    let says = (
        say::unnamed_norm(&data_type.name, because),
        say::unnamed_norm_help(),
    );
    let lint = Lint::on("W311", Severity::Warning, data_type, "because", says);
    Some(lint.why(say::unnamed_norm_why()))
}

/// Who steers: the system whose word about a record counts, where several hold the same data.
fn steering(data_type: &DataType) -> Option<Lint> {
    let name = &data_type.name;
    let mut systems: Vec<&str> = data_type
        .objects
        .iter()
        .filter_map(|object| Some(object.split_once('.')?.0))
        .collect();
    systems.sort_unstable();
    systems.dedup();
    match &data_type.steering {
        Some(steering) if !systems.contains(&steering.as_str()) => {
            let says = (
                say::foreign_steering(name, steering),
                say::foreign_steering_help(systems.join(", ")),
            );
            let lint = Lint::on("E458", Severity::Error, data_type, "steering", says);
            Some(lint.why(say::foreign_steering_why()))
        }
        None if systems.len() > 1 => {
            let says = (
                say::no_steering(name, systems.join(", ")),
                say::no_steering_help(),
            );
            Some(Lint::on(
                "W303",
                Severity::Warning,
                data_type,
                "objects",
                says,
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::concept::lint::tests::codes;

    const NOBODY: [&str; 0] = [];

    #[test]
    fn a_table_without_a_rule_is_an_error() {
        // Each object once: the order and, because they follow it, its items.
        let found = codes(&[
            (
                "  orders:\n    objects: [shop.orders]",
                "  vouchers:\n    objects: [shop.invoices]",
            ),
            (
                "  invoices:\n    objects: [shop.invoices]",
                "  rest:\n    objects: [shop.orders]",
            ),
            (
                "objects: [shop.orders]\n    purpose: accounting",
                "objects: [other.things]\n    purpose: accounting",
            ),
            (
                "systems:\n",
                "systems:\n  other: { status: not_connected }\n",
            ),
        ]);
        let missing: Vec<_> = found.iter().filter(|one| one.starts_with("E450")).collect();
        assert_eq!(missing, ["E450 orders", "E450 items"], "{found:?}");
    }

    #[test]
    fn what_follows_another_object_or_is_only_a_place_needs_no_rule_of_its_own() {
        assert_eq!(codes(&[]), NOBODY, "the items go with their orders");
        let own = ("erase: with orders", "erase: remove");
        assert_eq!(codes(&[own]), ["E450 items"]);
        let bare = ("fields: { title: order.item }", "fields: {}");
        assert_eq!(codes(&[own, bare]), NOBODY, "no field is personal");
    }

    #[test]
    fn a_table_has_one_rule_however_often_it_is_listed() {
        let again = |table: &str, types: &str| {
            let object = format!(
                "      ledger:\n        table: {table}\n        key: id\n        find: [{{ under: customers, column: customer_id }}]\n        fields: {{ note: content.note }}\n        clock: ordered_at\n        erase: remove\n      items:\n"
            );
            codes(&[
                ("      items:\n", &object),
                ("objects: [shop.orders]", types),
            ])
        };
        let own = "objects: [shop.orders]\n    purpose: delivery\n    basis: art6_1_b\n    keep: P1Y\n    start: clock\n    kind: max\n    reason: questions\n    start_type: end_of_process\n    window: P1M\n    then: remove\n  ledger:\n    title: { en: Ledger, de: Hauptbuch }\n    subjects: [partners]\n    objects: [shop.ledger]";
        assert_eq!(again("orders", own), ["W354 ledger"]);
        assert_eq!(again("ORDERS", own), ["W354 ledger"], "as SQLite reads it");
        assert_eq!(again("others", own), NOBODY);
        // The same rule twice is one rule.
        let one = "objects: [shop.orders, shop.ledger]";
        assert_eq!(again("orders", one), NOBODY);
        // What follows another object has that one's rule.
        assert_eq!(again("items", own), ["W354 ledger"]);
    }

    #[test]
    fn people_answer_for_systems_and_reasons_for_periods() {
        assert_eq!(codes(&[("    owner: it\n", "")]), ["W304 shop"]);
        let off = (
            "systems:\n",
            "systems:\n  old: { engine: sqlite, status: disabled }\n",
        );
        assert_eq!(codes(&[off]), ["W305 old"]);
        assert_eq!(codes(&[("    purpose: delivery\n", "")]), ["W300 orders"]);
        assert_eq!(
            codes(&[(
                "purpose: delivery\n    basis: art6_1_b\n",
                "purpose: delivery\n"
            )]),
            ["W300 orders"]
        );
        assert_eq!(
            codes(&[("    start_type: end_of_process\n", "")]),
            ["E446 orders"]
        );
        assert_eq!(
            codes(&[("    reason: warranty and disputes\n", "")]),
            ["W297 kind"]
        );
        assert_eq!(
            codes(&[(
                "reason: warranty and disputes",
                "because: warranty and disputes"
            )]),
            NOBODY
        );
        assert_eq!(
            codes(&[("reason: warranty and disputes", "reason: \" \"")]),
            ["W297 kind"]
        );
    }

    #[test]
    fn a_duty_is_not_locked_at_its_end() {
        let voucher = |then: &str| {
            let invoices = "window: P1M\n    then: remove";
            let able = (
                "clock: created_at\n        erase: remove",
                "clock: created_at\n        restrict: { set: { locked: true } }\n        erase: remove",
            );
            codes(&[able, (invoices, &format!("window: P1M\n    then: {then}"))])
        };
        assert_eq!(voucher("restrict"), ["E445 then"]);
        assert_eq!(voucher("remove"), NOBODY);
    }

    #[test]
    fn a_duty_has_a_norm() {
        let orders = |because: &str| {
            codes(&[(
                "kind: max\n    reason: warranty and disputes",
                &format!("kind: min\n    because: \"{because}\""),
            )])
        };
        assert_eq!(orders("Hausregel"), ["W311 because"]);
        assert_eq!(orders("§ 10 BORA"), NOBODY);
        assert_eq!(orders("Companies Act 2006, s. 388"), NOBODY);
    }

    #[test]
    fn the_steering_system_holds_what_it_steers() {
        let crm = (
            "systems:\n",
            "systems:\n  crm: { engine: manual, owner: sales, manual: { find: look, erase: shred } }\n",
        );
        let steered = ("steering: shop", "steering: crm");
        assert_eq!(codes(&[crm, steered]), ["E458 steering"]);
        // A system that is only known may hold objects of any name.
        let known = ("systems:\n", "systems:\n  crm: { status: not_connected }\n");
        let two = (
            "objects: [shop.customers]",
            "objects: [shop.customers, crm.people]",
        );
        assert_eq!(codes(&[known, two]), ["W305 crm"]);
        assert_eq!(codes(&[known, two, steered]), ["W305 crm"]);
        let nobody = ("    steering: shop\n", "");
        assert_eq!(codes(&[known, two, nobody]), ["W303 objects", "W305 crm"]);
        assert_eq!(codes(&[nobody]), NOBODY, "one system steers itself");
    }
}
