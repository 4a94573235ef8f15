//! What is wrong with a deletion concept, or missing: each with a code of its own, its place in the inventory, a reason and a remedy.
//!
//! Errors are what no sound concept has (a table without a rule, a period below a duty to keep); warnings are what a person has to
//! look at; hints are good to know. Nothing here asks a system anything.

mod coverage;
mod kinship;
mod periods;
mod wording;

use crate::concept::Concept;
use crate::diagnostic::Place;
use crate::inventory::{DataType, Inventory};
use crate::messages::Text;
use crate::yaml::{self, Node};

pub use crate::connector::Severity;

/// One thing that is wrong or missing.
#[derive(Clone, Debug)]
pub struct Lint {
    pub code: &'static str,
    pub severity: Severity,
    /// Where it stands in the inventory.
    pub place: Option<Place>,
    pub data_type: Option<String>,
    pub system: Option<String>,
    pub object: Option<String>,
    pub what: Text,
    pub why: Option<Text>,
    pub remedy: Text,
    /// The keys that lead to the place, from the top of the file.
    path: Vec<String>,
}

impl Lint {
    fn new(
        code: &'static str,
        severity: Severity,
        path: &[&str],
        (what, remedy): (Text, Text),
    ) -> Lint {
        Lint {
            code,
            severity,
            place: None,
            data_type: None,
            system: None,
            object: None,
            what,
            why: None,
            remedy,
            path: path.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    /// Of a data type; the place is a key of it, or its name where the key is not there.
    fn on(
        code: &'static str,
        severity: Severity,
        data_type: &DataType,
        key: &str,
        says: (Text, Text),
    ) -> Lint {
        let path = ["data_types", data_type.name.as_str(), key];
        Lint {
            data_type: Some(data_type.name.clone()),
            ..Lint::new(code, severity, &path, says)
        }
    }

    fn why(mut self, why: Text) -> Lint {
        self.why = Some(why);
        self
    }

    /// The object that it is about, as `system.object`.
    fn object(mut self, name: &str) -> Lint {
        let (system, object) = name.split_once('.').unwrap_or((name, ""));
        self.system = Some(system.to_owned());
        self.object = (!object.is_empty()).then(|| object.to_owned());
        self
    }
}

/// Every lint of a concept: the gravest first, then in the order of the file.
pub(super) fn all(concept: &Concept<'_>) -> Vec<Lint> {
    let mut lints = coverage::lints(concept);
    lints.extend(periods::lints(concept));
    lints.extend(wording::lints(concept));
    lints.extend(kinship::lints(concept));
    // The file was read before, so it can be read again.
    let top = yaml::parse(&concept.inventory.source).ok();
    for lint in &mut lints {
        lint.place = top.as_ref().and_then(|top| place(top, &lint.path));
    }
    lints.sort_by_key(|lint| {
        let at = lint.place.as_ref().map_or(usize::MAX, |place| place.start);
        (lint.severity, at, lint.code)
    });
    lints
}

/// Where a key of the inventory stands, or the last one on the way to it.
pub fn place_of(inventory: &Inventory, path: &[&str]) -> Option<Place> {
    let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
    place(&yaml::parse(&inventory.source).ok()?, &path)
}

/// Where the last key of a path stands that is there: its value if that is short enough to point at, else the key itself.
fn place(top: &Node, path: &[String]) -> Option<Place> {
    let mut here = top;
    let mut found = None;
    for key in path {
        let entry = here.map()?.iter().find(|(name, _)| name.text == *key);
        let Some((name, node)) = entry else {
            break;
        };
        let is_mapping = node.map().is_some() || node.place.start == node.place.end;
        found = Some(if is_mapping {
            name.place.clone()
        } else {
            node.place.clone()
        });
        here = node;
        if node.map().is_none() {
            break;
        }
    }
    found
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;

    /// A shop with three tables and one of each kind of column.
    pub(in crate::concept) const SHOP: &str = r#"dsr: 1
controller: { name: Acme GmbH, seat: DE-BY, language: en }
systems:
  shop:
    engine: sqlite
    owner: it
    settings: { path: shop.db }
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, name: person.name }
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { note: content.note }
        clock: ordered_at
        erase: remove
      items:
        table: items
        key: id
        find: [{ under: orders, column: order_id }]
        fields: { title: order.item }
        erase: with orders
      invoices:
        table: invoices
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { number: finance.invoice, name: person.name }
        clock: created_at
        erase: remove
"#;

    /// A concept of that shop without a flaw.
    pub(in crate::concept) const SOUND: &str = r#"data_types:
  customers:
    title: { en: Customers, de: Kundinnen und Kunden }
    subjects: [customers]
    objects: [shop.customers]
    purpose: keeping customer accounts
    basis: art6_1_b
    keep: P3Y
    start: eoy(last_seen)
    kind: max
    reason: claims fall under the statute of limitations
    start_type: end_of_relationship
    window: P1M
    steering: shop
    then: anonymise
  orders:
    objects: [shop.orders]
    purpose: delivery
    basis: art6_1_b
    keep: P3Y
    start: clock
    kind: max
    reason: warranty and disputes
    start_type: end_of_process
    window: P1M
    class: P37M
    then: remove
  invoices:
    objects: [shop.invoices]
    purpose: accounting
    basis: art6_1_c
    rule: de.ao147.voucher
    start: issued_on
    justified_by: [de.ao147.voucher, de.ustg14b.invoice]
    window: P1M
    then: remove
"#;

    pub(in crate::concept) fn read(text: &str) -> Inventory {
        let source = Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.to_owned(),
        });
        let load: crate::inventory::Load<'_> = &|_| unreachable!("no connectors here");
        match crate::inventory::parse(&source, std::path::Path::new("."), load) {
            Ok((inventory, _)) => inventory,
            Err(trouble) => panic!("{:#?}", trouble.diagnostics),
        }
    }

    /// The sound concept with some of its words replaced, and the codes that it gets.
    pub(in crate::concept) fn codes(changes: &[(&str, &str)]) -> Vec<String> {
        let mut text = format!("{SHOP}{SOUND}");
        for (old, new) in changes {
            assert!(text.contains(old), "nothing says {old}");
            text = text.replacen(old, new, 1);
        }
        let inventory = read(&text);
        let concept = Concept::of(&inventory);
        concept
            .lints
            .iter()
            .map(|lint| {
                let place = lint.place.as_ref().expect("a place");
                let line = place.line_column().0;
                let line = text.lines().nth(line - 1).unwrap().trim();
                let word = line.split([':', ' ']).next().unwrap();
                format!("{} {word}", lint.code)
            })
            .collect()
    }

    #[test]
    fn a_sound_concept_has_no_flaw() {
        assert_eq!(codes(&[]), Vec::<String>::new());
    }

    #[test]
    fn the_gravest_come_first_and_the_same_ones_in_the_order_of_the_file() {
        let found = codes(&[
            ("    purpose: keeping customer accounts\n", ""),
            ("    reason: warranty and disputes\n", ""),
            ("keep: P3Y\n    start: clock", "keep: P1M\n    start: clock"),
            (
                "window: P1M\n    class: P37M",
                "window: P2M\n    class: P1M",
            ),
            (
                "    objects: [shop.invoices]",
                "    objects: [shop.invoices]\n    steering: elsewhere",
            ),
            (
                "systems:\n",
                "systems:\n  elsewhere: { status: disabled, engine: sqlite }\n",
            ),
        ]);
        assert_eq!(
            found,
            [
                "E456 window",
                "E457 class",
                "E458 steering",
                "W300 customers",
                "W297 kind",
                "W305 elsewhere"
            ]
        );
    }
}
