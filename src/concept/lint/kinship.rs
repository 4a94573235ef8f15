//! Records that hang below others: who removes a parent before its child is due leaves an orphan, takes along what has to stay, or
//! fails at the database.

use super::{Lint, Severity};
use crate::concept::{Concept, Entry, Holding, measure};
use crate::inventory::Then;
use crate::messages::lint as say;

pub(super) fn lints(concept: &Concept<'_>) -> Vec<Lint> {
    let year = concept.inventory.controller.financial_year;
    let mut lints = Vec::new();
    for parent in &concept.entries {
        if parent.data_type.then != Then::Remove {
            continue;
        }
        let mut told: Vec<String> = Vec::new();
        for holding in &parent.holdings {
            for (child, below) in children(concept, holding) {
                let same = std::ptr::eq(child.data_type, parent.data_type);
                let ends_first =
                    measure::is_shorter(&parent.data_type.rule, &child.data_type.rule, year);
                let below = below.name();
                if same || !ends_first || told.contains(&below) {
                    continue;
                }
                let says = (
                    say::orphans(
                        &parent.data_type.name,
                        holding.name(),
                        &below,
                        &child.data_type.name,
                    ),
                    say::orphans_help(),
                );
                let lint = Lint::on("W296", Severity::Warning, parent.data_type, "then", says);
                lints.push(lint.why(say::orphans_why()).object(&below));
                told.push(below);
            }
        }
    }
    lints
}

/// What is found under an object, with its data type. What follows another object is removed with that one and not by a rule.
fn children<'c, 'i>(
    concept: &'c Concept<'i>,
    parent: &Holding<'i>,
) -> impl Iterator<Item = (&'c Entry<'i>, &'c Holding<'i>)> {
    let (system, object) = (parent.system, parent.object.name.as_str());
    let above = parent.name();
    concept.entries.iter().flat_map(move |entry| {
        let above = above.clone();
        let below = entry.holdings.iter().filter(move |holding| {
            std::ptr::eq(holding.system, system)
                && holding.follows.as_ref() != Some(&above)
                && holding.object.parents().any(|parent| parent == object)
        });
        below.map(move |holding| (entry, holding))
    })
}

#[cfg(test)]
mod tests {
    use crate::concept::lint::tests::codes;

    #[test]
    fn a_parent_is_not_removed_before_what_hangs_below_it() {
        let remove = ("then: anonymise", "then: remove");
        // Vouchers outlive the customers; orders end a year before them, counted from the end of the year.
        assert_eq!(codes(&[remove]), ["W296 then"]);
        let ten = (
            "keep: P3Y\n    start: eoy(last_seen)",
            "keep: P10Y\n    start: eoy(last_seen)",
        );
        assert!(codes(&[remove, ten]).is_empty());
        assert_eq!(
            codes(&[
                remove,
                ("keep: P3Y\n    start: clock", "keep: P5Y\n    start: clock"),
                ("    class: P37M\n", "")
            ]),
            ["W296 then", "W296 then"]
        );
        // Nothing is said of a parent that stays, and nothing of items, which go with their orders.
        assert!(codes(&[]).is_empty());
    }
}
