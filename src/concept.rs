//! The deletion concept that an inventory states: every kind of data with its one rule and its class, what follows for each system,
//! and what is missing (DIN 66398, ISO/IEC 27555).
//!
//! Pure: computed from the inventory and the catalogue of law alone, so that a build server can hold it against every change of
//! `dsr.yaml` without reaching a system. Classes are not written down anywhere, because they follow: the standard period (the period
//! with the time its execution takes, unless `class` states a longer one) and the kind of moment it counts from make the cell of the
//! matrix. Whether the systems do what the rules say is the doctor's question (`cli/check.rs`), and carrying them out is another room's.

pub mod document;
pub mod lint;
pub mod measure;
pub mod page;
mod start;

use crate::connector::object::{Erase, Object};
use crate::inventory::{DataType, Engine, Inventory, Rule, StartType, Status, System};
use crate::statute::Begin;
use lint::Lint;
use measure::Length;

/// A deletion concept.
pub struct Concept<'i> {
    pub inventory: &'i Inventory,
    /// In the order of the inventory.
    pub entries: Vec<Entry<'i>>,
    /// What no data type covers, in the order of the inventory.
    pub uncovered: Vec<Holding<'i>>,
    /// What is wrong with it or missing, the gravest first.
    pub lints: Vec<Lint>,
}

/// A data type with what follows from it.
pub struct Entry<'i> {
    pub data_type: &'i DataType,
    /// How long it is kept (Vorhaltefrist); `None` without an end.
    pub keeps: Option<Length>,
    pub window: Option<Length>,
    /// By when it is gone at the latest (Regellöschfrist); `None` without an end.
    pub standard: Option<Length>,
    pub start_type: Option<StartType>,
    pub begin: Begin,
    pub holdings: Vec<Holding<'i>>,
}

/// An object of a system that holds data of a type.
pub struct Holding<'i> {
    pub system: &'i System,
    pub object: &'i Object,
    /// Where the day lies from which the period counts.
    pub start: Option<String>,
    /// The object whose records decide about this one's.
    pub follows: Option<String>,
}

impl Holding<'_> {
    /// `system.object`.
    pub fn name(&self) -> String {
        name(self.system, self.object)
    }

    /// What its fields are about, each category once.
    pub fn categories(&self) -> Vec<&str> {
        let fields = self.object.fields.iter();
        let mut all: Vec<&str> = fields.map(|field| field.category.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Entry<'_> {
    /// What the inventory names and does not describe: objects of systems that are not connected, or without a personal field.
    pub fn undescribed(&self) -> impl Iterator<Item = &str> {
        let names = self.data_type.objects.iter().map(String::as_str);
        names.filter(|name| self.holdings.iter().all(|holding| holding.name() != *name))
    }

    /// What the fields of all its objects are about.
    pub fn categories(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.holdings.iter().flat_map(Holding::categories).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A row of the matrix: a standard period with its data types by kind of start, in the order of [`StartType::ALL`], then those
/// whose kind of start nobody said.
pub struct Row<'c, 'i> {
    /// `None` without an end.
    pub standard: Option<Length>,
    pub cells: [Vec<&'c Entry<'i>>; 4],
}

impl<'i> Concept<'i> {
    pub fn of(inventory: &'i Inventory) -> Concept<'i> {
        let mut entries: Vec<Entry<'i>> = inventory.data_types.iter().map(entry).collect();
        let mut uncovered = Vec::new();
        for mut holding in holdings(inventory) {
            let Some((of, follows)) = rule_of(inventory, holding.system, holding.object) else {
                uncovered.push(holding);
                continue;
            };
            holding.start = match follows {
                Some(_) => None,
                None => start_field(of, holding.object),
            };
            holding.follows = follows;
            let entry = entries
                .iter_mut()
                .find(|entry| std::ptr::eq(entry.data_type, of));
            if let Some(entry) = entry {
                entry.holdings.push(holding);
            }
        }
        let mut concept = Concept {
            inventory,
            entries,
            uncovered,
            lints: Vec::new(),
        };
        concept.lints = lint::all(&concept);
        concept
    }

    /// The classes: standard periods, the shortest first and what has no end last.
    pub fn matrix(&self) -> Vec<Row<'_, 'i>> {
        let mut rows: Vec<Row<'_, 'i>> = Vec::new();
        for entry in &self.entries {
            let at = match rows.iter().position(|row| row.standard == entry.standard) {
                Some(at) => at,
                None => {
                    rows.push(Row {
                        standard: entry.standard,
                        cells: Default::default(),
                    });
                    rows.len() - 1
                }
            };
            let column = StartType::ALL
                .iter()
                .position(|one| Some(*one) == entry.start_type);
            rows[at].cells[column.unwrap_or(StartType::ALL.len())].push(entry);
        }
        rows.sort_by_key(|row| (row.standard.is_none(), row.standard));
        rows
    }

    /// Lints of a severity.
    pub fn count(&self, severity: lint::Severity) -> usize {
        let of = |lint: &&Lint| lint.severity == severity;
        self.lints.iter().filter(of).count()
    }
}

/// A data type, of which nobody has said yet where it lies.
fn entry(data_type: &DataType) -> Entry<'_> {
    let about = &data_type.about;
    let keeps = measure::keeps(&data_type.rule);
    let window = about.window.map(Length::of);
    let own = keeps.map(|keeps| keeps.and(window.unwrap_or(Length::NONE)));
    Entry {
        data_type,
        keeps,
        window,
        standard: own.map(|own| about.class.map(Length::of).unwrap_or(own)),
        start_type: StartType::of(&data_type.rule, &data_type.about),
        begin: measure::begin(&data_type.rule),
        holdings: Vec::new(),
    }
}

/// Every object that holds personal data; what is only somewhere to look holds none.
fn holdings(inventory: &Inventory) -> Vec<Holding<'_>> {
    let objects = inventory.systems.iter().flat_map(|system| {
        let objects = system.objects.iter();
        objects.map(move |object| Holding {
            system,
            object,
            start: None,
            follows: None,
        })
    });
    objects
        .filter(|holding| !holding.object.fields.is_empty() && !holding.object.is_place())
        .collect()
}

/// The data type of an object, and the object that it follows to it (`erase: with`).
pub(crate) fn rule_of<'i>(
    inventory: &'i Inventory,
    system: &System,
    object: &Object,
) -> Option<(&'i DataType, Option<String>)> {
    let own = |object: &Object| {
        let name = name(system, object);
        let mut types = inventory.data_types.iter();
        types.find(|data_type| data_type.objects.contains(&name))
    };
    if let Some(found) = own(object) {
        return Some((found, None));
    }
    let mut here = object;
    // A chain is never longer than there are objects.
    for _ in 0..system.objects.len() {
        let Erase::With { object: other } = &here.erase else {
            return None;
        };
        here = system.object(other)?;
        if let Some(found) = own(here) {
            return Some((found, Some(name(system, here))));
        }
    }
    None
}

/// Where an object keeps the day from which the period counts.
fn start_field(data_type: &DataType, object: &Object) -> Option<String> {
    let field = match &data_type.rule {
        Rule::Catalogue { field, .. } => field.as_deref(),
        Rule::Stated { start, .. } => start.field(),
    };
    field.map(str::to_owned).or_else(|| object.clock.clone())
}

pub(crate) fn name(system: &System, object: &Object) -> String {
    format!("{}.{}", system.name, object.name)
}

/// Whether no program carries rules out in a system: people do, or nobody.
pub fn is_out_of_reach(system: &System) -> bool {
    system.status != Status::Active || matches!(system.engine, Engine::Manual(_) | Engine::None)
}

#[cfg(test)]
mod tests {
    use super::lint::tests::{SHOP, SOUND, read};
    use super::*;

    #[test]
    fn classes_follow_from_periods_and_starts() {
        let inventory = read(&format!("{SHOP}{SOUND}"));
        let concept = Concept::of(&inventory);
        let matrix: Vec<(Option<String>, Vec<Vec<&str>>)> = concept
            .matrix()
            .iter()
            .map(|row| {
                let cells = row.cells.iter().map(|cell| {
                    let names = cell.iter().map(|entry| entry.data_type.name.as_str());
                    names.collect()
                });
                (row.standard.map(|standard| standard.iso()), cells.collect())
            })
            .collect();
        // The stated class of the orders is the computed one of the customers: one row, two columns.
        let row = |standard: &str, cells: [Vec<&'static str>; 4]| {
            (Some(standard.to_owned()), cells.to_vec())
        };
        assert_eq!(
            matrix,
            [
                row("P3Y1M", [vec![], vec!["orders"], vec!["customers"], vec![]]),
                row("P8Y1M", [vec![], vec!["invoices"], vec![], vec![]]),
            ]
        );
        let without_end = SOUND.replace(
            "rule: de.ao147.voucher\n    start: issued_on\n    justified_by: [de.ao147.voucher, de.ustg14b.invoice]",
            "rule: gdpr.suppression\n    start: issued_on",
        );
        let inventory = read(&format!("{SHOP}{without_end}"));
        let concept = Concept::of(&inventory);
        let matrix = concept.matrix();
        assert_eq!(
            matrix.last().and_then(|row| row.standard),
            None,
            "it comes last"
        );
    }

    #[test]
    fn every_object_stands_in_one_place_and_its_start_is_known() {
        let only_known = SHOP.replace("systems:\n", "systems:\n  crm: { status: not_connected }\n");
        let types = SOUND
            .replace("[shop.customers]", "[shop.customers, crm.people]")
            .replace("[shop.invoices]", "[crm.bills]");
        let inventory = read(&format!("{only_known}{types}"));
        let concept = Concept::of(&inventory);
        let [customers, orders, invoices] = &concept.entries[..] else {
            panic!("three data types");
        };
        assert_eq!(customers.undescribed().collect::<Vec<_>>(), ["crm.people"]);
        assert_eq!(invoices.undescribed().collect::<Vec<_>>(), ["crm.bills"]);
        let places: Vec<_> = orders
            .holdings
            .iter()
            .map(|one| (one.name(), one.start.as_deref(), one.follows.as_deref()))
            .collect();
        assert_eq!(
            places,
            [
                ("shop.orders".to_owned(), Some("ordered_at"), None),
                ("shop.items".to_owned(), None, Some("shop.orders")),
            ]
        );
        let left: Vec<_> = concept.uncovered.iter().map(Holding::name).collect();
        assert_eq!(left, ["shop.invoices"]);
    }
}
