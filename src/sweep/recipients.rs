//! Who holds copies of what a rule erases or locks, as far as the inventory says, and by what they come to know of it (Art. 19 GDPR).
//!
//! An erasure of one's own accord is one under Art. 17(1) too, so whoever was given the data is to be told. A run that erases by age keeps
//! no names that it could tell them, and need not where the copy goes by itself. What is left are copies that nothing would ever take away:
//! that is said before they are all that is left.

use crate::connector::Action;
use crate::inventory::{Deletes, Engine, Flow, Inventory};
use crate::ledger::{Recipient, Told};
use crate::sweep::Rule;

/// Those of a rule, in the order of the inventory.
pub fn recipients(inventory: &Inventory, rule: &Rule) -> Vec<Recipient> {
    let place = rule.place();
    let mut found = Vec::new();
    for flow in &inventory.flows {
        let Some(to) = other_end(flow, &place) else {
            continue;
        };
        let by = match rule.action {
            Action::Remove if flow.deletes == Deletes::Hard => Told::Flow,
            _ if is_swept(inventory, to, rule.action) => Told::Rule,
            _ => Told::Person,
        };
        let to = to.to_owned();
        found.push(Recipient { to, by });
    }
    if let Engine::Rest(connector) = &rule.system.engine {
        found.push(Recipient {
            to: connector
                .title
                .clone()
                .unwrap_or_else(|| connector.name.clone()),
            by: Told::System,
        });
    }
    found.dedup();
    found
}

fn other_end<'f>(flow: &'f Flow, place: &str) -> Option<&'f str> {
    match place {
        from if flow.from == from => Some(&flow.to),
        to if flow.both_ways && flow.to == to => Some(&flow.from),
        _ => None,
    }
}

/// Whether a rule of the object's own does the same, or more.
fn is_swept(inventory: &Inventory, place: &str, action: Action) -> bool {
    let mut data_types = inventory.data_types.iter();
    data_types.any(|data_type| {
        let does = match action {
            Action::Restrict => {
                data_type.active_until.is_some() || data_type.then.action() == Action::Restrict
            }
            _ => data_type.then.action() != Action::Restrict,
        };
        does && data_type.objects.iter().any(|object| object == place)
    })
}
