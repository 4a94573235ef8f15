//! What of a system is likely about people, and how it hangs together: a proposal with the reason for each guess.
//!
//! From names, types and keys alone; no record was read. Nothing of it counts until a person has put it into the inventory. Where a
//! guess could lead to the wrong person's data being erased, nothing is proposed and the point is left open by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::connector::guess::{self, Guess, words};
use crate::connector::members;
use crate::connector::object::How;
use crate::connector::outline::{Collection, Outline, OutlineColumn};
use crate::connector::{Holds, Object};
use crate::messages::{Text, describe, discover as say};

/// Everything that was guessed about one system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// Parents before what hangs below them.
    pub objects: Vec<Proposed>,
    /// What is not proposed, and why.
    pub left: Vec<(String, Text)>,
}

/// An object for the inventory, or what one that is there lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// What it is called; the inventory's own name where it knows the table.
    pub object: String,
    pub collection: String,
    /// The inventory has it already; only what it does not list is here.
    pub known: bool,
    pub key: Vec<String>,
    pub find: Vec<Way>,
    pub fields: Vec<ProposedField>,
    /// Columns of whose names nothing follows.
    pub unclear: Vec<String>,
    pub erase: Fate,
    pub open: Vec<Text>,
}

/// How its records are reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    By {
        kind: &'static str,
        column: String,
    },
    Under {
        object: String,
        column: String,
        because: Text,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProposedField {
    pub column: String,
    pub type_name: String,
    pub category: &'static str,
    pub identity: Option<&'static str>,
    pub because: Text,
}

/// What an erasure is likely to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Remove,
    /// Its name is one of documents that laws tend to keep.
    Retain,
}

/// Names of documents that tax and commercial law tend to keep.
const BOOKED: [&str; 22] = [
    "invoice",
    "invoices",
    "rechnung",
    "rechnungen",
    "order",
    "orders",
    "bestellung",
    "bestellungen",
    "auftrag",
    "auftraege",
    "payment",
    "payments",
    "zahlung",
    "zahlungen",
    "booking",
    "bookings",
    "buchung",
    "buchungen",
    "beleg",
    "belege",
    "receipt",
    "receipts",
];

/// Columns that tell who did something to a record, not whose it is.
const DOERS: [&str; 16] = [
    "assignee",
    "assigned",
    "agent",
    "editor",
    "approver",
    "reviewer",
    "seller",
    "salesperson",
    "sachbearbeiter",
    "bearbeiter",
    "betreuer",
    "verkaeufer",
    "ersteller",
    "creator",
    "operator",
    "supervisor",
];

/// Guesses what an outline holds about people. `known` are the objects that the inventory has by the collection they read, `kinds`
/// the identities it declares.
pub fn propose(
    outline: &Outline,
    known: &BTreeMap<String, &Object>,
    kinds: &BTreeSet<String>,
) -> Proposal {
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    let mut left = Vec::new();
    let mut taken: BTreeSet<String> = known.values().map(|object| object.name.clone()).collect();
    for collection in &outline.collections {
        if collection.is_view && !known.contains_key(&collection.name) {
            left.push((collection.name.clone(), say::a_view()));
            continue;
        }
        drafts.push(Draft::of(
            collection,
            known.get(&collection.name).copied(),
            kinds,
            &mut taken,
        ));
    }
    let links = links(&drafts);
    let mut objects = Vec::new();
    for nth in in_order(drafts.len(), &links) {
        let draft = &drafts[nth];
        let own = links.iter().filter(|link| link.child == nth);
        let own: Vec<Way> = own
            .map(|link| Way::Under {
                object: drafts[link.parent].object.clone(),
                column: link.column.clone(),
                because: say::refers(&link.column, &drafts[link.parent].collection.name),
            })
            .collect();
        match draft.proposed(own) {
            Ok(proposed) if proposed.known && proposed.fields.is_empty() => {}
            Ok(proposed) => objects.push(proposed),
            Err(why) => left.push((draft.collection.name.clone(), why)),
        }
    }
    Proposal { objects, left }
}

/// One collection, while it is looked at.
struct Draft<'o> {
    collection: &'o Collection,
    known: Option<&'o Object>,
    object: String,
    fields: Vec<ProposedField>,
    unclear: Vec<String>,
    open: Vec<Text>,
}

impl<'o> Draft<'o> {
    fn of(
        collection: &'o Collection,
        known: Option<&'o Object>,
        kinds: &BTreeSet<String>,
        taken: &mut BTreeSet<String>,
    ) -> Draft<'o> {
        let object = match known {
            Some(object) => object.name.clone(),
            None => label(&collection.name, taken),
        };
        let mut draft = Draft {
            collection,
            known,
            object,
            fields: Vec::new(),
            unclear: Vec::new(),
            open: Vec::new(),
        };
        for column in &collection.columns {
            draft.column(column, kinds);
        }
        draft
    }

    fn column(&mut self, column: &OutlineColumn, kinds: &BTreeSet<String>) {
        let is_listed = self.known.is_some_and(|object| {
            object.fields.iter().any(|field| field.name == column.name)
                || object.key.contains(&column.name)
                || matches!(object.how, How::Http { .. }) && members::lists(object, &column.name)
        });
        // A tree of custom fields is listed under one name, and one of them may still be a date of birth.
        let over_http = self
            .known
            .filter(|object| matches!(object.how, How::Http { .. }));
        let within = over_http.and_then(|object| members::only_within(object, &column.name));
        let is_structure = self.collection.key.contains(&column.name)
            || self
                .collection
                .references
                .iter()
                .any(|reference| reference.pairs.iter().any(|(own, _)| *own == column.name));
        if (is_listed && within.is_none()) || is_structure {
            return;
        }
        let of_name = guess::category(&column.name).map(|guess| (guess, say::by_its_name()));
        let of_label = || {
            let guess = guess::category(column.label.as_deref()?)?;
            Some((guess, describe::by_its_label()))
        };
        let guessed = of_name.or_else(of_label);
        let guessed = guessed.filter(|_| column.holds != Holds::Boolean);
        let guessed = guessed
            .filter(|(guess, _)| within.is_none_or(|field| field.category != guess.category));
        let Some((Guess { category, identity }, because)) = guessed else {
            if within.is_none() {
                self.unclear.push(column.name.clone());
            }
            return;
        };
        // Over HTTP a field identifies somebody only where records are searched by it; elsewhere it may be anybody's.
        let identity = identity.filter(|kind| {
            let object = self
                .known
                .filter(|object| matches!(object.how, How::Http { .. }));
            let searched = |object: &Object| {
                let mut finders = object.find.iter();
                finders.any(|finder| finder.by.as_ref().is_some_and(|by| by.0 == **kind))
            };
            object.is_none_or(searched)
        });
        let declared = identity.filter(|kind| kinds.contains(*kind));
        if let (Some(kind), None) = (identity, declared) {
            self.open.push(say::undeclared(&column.name, kind));
        }
        self.fields.push(ProposedField {
            column: column.name.clone(),
            type_name: column.type_name.clone(),
            category,
            identity: declared,
            because,
        });
    }

    /// Whether a person can be searched in it.
    fn names_people(&self) -> bool {
        let listed = self
            .known
            .is_some_and(|object| object.find.iter().any(|finder| finder.by.is_some()));
        listed || self.fields.iter().any(|field| field.identity.is_some())
    }

    /// The one column by which others refer to it.
    fn only_key(&self) -> Option<&str> {
        let key = self
            .known
            .map_or(&self.collection.key, |object| &object.key);
        match key.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn proposed(&self, links: Vec<Way>) -> Result<Proposed, Text> {
        let mut find: Vec<Way> = Vec::new();
        for field in &self.fields {
            if let Some(kind) = field.identity {
                find.push(Way::By {
                    kind,
                    column: field.column.clone(),
                });
            }
        }
        let mut open = self.open.clone();
        for (column, parent) in self.doers() {
            open.push(say::a_doer(column, parent));
        }
        find.extend(links);
        if self.known.is_none() && find.is_empty() {
            return Err(match self.fields.is_empty() {
                true => say::nothing_personal(),
                false => say::no_way(
                    self.fields
                        .iter()
                        .map(|field| field.column.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
            });
        }
        if self.collection.key.is_empty() && self.known.is_none() && self.has_types() {
            open.push(say::no_key());
        }
        if !self.collection.uneven.is_empty() {
            open.push(say::uneven(self.collection.uneven.join(", ")));
        }
        if self.collection.is_sample {
            open.push(describe::a_sample());
        }
        let name = words(&self.collection.name);
        let erase = match name.iter().any(|word| BOOKED.contains(&word.as_str())) {
            true => Fate::Retain,
            false => Fate::Remove,
        };
        Ok(Proposed {
            object: self.object.clone(),
            collection: self.collection.name.clone(),
            known: self.known.is_some(),
            key: self.collection.key.clone(),
            find,
            fields: self.fields.clone(),
            unclear: self.unclear.clone(),
            erase,
            open,
        })
    }

    /// Files have none, and no keys either.
    fn has_types(&self) -> bool {
        self.collection
            .columns
            .iter()
            .any(|column| !column.type_name.is_empty())
    }

    /// References by columns that tell who did something, with what they refer to.
    fn doers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.collection
            .references
            .iter()
            .filter_map(|reference| match reference.pairs.as_slice() {
                [(own, _)] if tells_who_did(own) => Some((own.as_str(), reference.to.as_str())),
                _ => None,
            })
    }
}

/// A record of `child` belongs to the one of `parent` that a column names.
struct Link {
    child: usize,
    parent: usize,
    column: String,
}

/// What hangs below people, directly or further down; never in a circle.
fn links(drafts: &[Draft<'_>]) -> Vec<Link> {
    let place: BTreeMap<&str, usize> = drafts
        .iter()
        .enumerate()
        .map(|(nth, draft)| (draft.collection.name.as_str(), nth))
        .collect();
    let mut reached: Vec<bool> = drafts.iter().map(Draft::names_people).collect();
    let mut links: Vec<Link> = Vec::new();
    loop {
        let before = links.len();
        for (child, draft) in drafts.iter().enumerate() {
            if draft.known.is_some() {
                continue;
            }
            for reference in &draft.collection.references {
                let [(column, theirs)] = reference.pairs.as_slice() else {
                    continue;
                };
                let Some(&parent) = place
                    .get(reference.to.as_str())
                    .filter(|&&parent| parent != child && reached[parent])
                else {
                    continue;
                };
                let means_key = drafts[parent]
                    .only_key()
                    .is_some_and(|key| theirs.is_empty() || key == theirs);
                let is_there = links
                    .iter()
                    .any(|link| link.child == child && link.column == *column);
                if !means_key || is_there || tells_who_did(column) || leads(&links, parent, child) {
                    continue;
                }
                links.push(Link {
                    child,
                    parent,
                    column: column.clone(),
                });
                reached[child] = true;
            }
        }
        if links.len() == before {
            return links;
        }
    }
}

/// Whether following links upwards from `from` comes to `to`.
fn leads(links: &[Link], from: usize, to: usize) -> bool {
    links
        .iter()
        .filter(|link| link.child == from)
        .any(|link| link.parent == to || leads(links, link.parent, to))
}

/// Parents first, else as the outline has them.
fn in_order(count: usize, links: &[Link]) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    while out.len() < count {
        let next = (0..count).filter(|nth| !out.contains(nth));
        let mut free = next.filter(|nth| {
            links
                .iter()
                .filter(|link| link.child == *nth)
                .all(|link| out.contains(&link.parent))
        });
        let Some(nth) = free.next() else { break };
        out.push(nth);
    }
    out
}

fn tells_who_did(column: &str) -> bool {
    let words = words(column);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&DOERS) || has(&["by", "von"])
}

/// A name as the inventory takes it, that no other object has.
fn label(name: &str, taken: &mut BTreeSet<String>) -> String {
    let signs = name.chars().map(|sign| match sign {
        _ if sign.is_ascii_alphanumeric() || sign == '_' || sign == '-' => {
            sign.to_ascii_lowercase()
        }
        _ => '_',
    });
    let mut base: String = signs.collect();
    if !base.starts_with(|first: char| first.is_ascii_alphabetic()) {
        base.insert_str(0, "table_");
    }
    let mut label = base.clone();
    let mut nth = 2;
    while !taken.insert(label.clone()) {
        label = format!("{base}_{nth}");
        nth += 1;
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::outline::Reference;

    fn collection(name: &str, columns: &[&str], references: &[(&str, &str)]) -> Collection {
        Collection {
            name: name.into(),
            is_view: false,
            key: vec!["id".into()],
            columns: columns
                .iter()
                .map(|column| OutlineColumn {
                    name: (*column).into(),
                    label: None,
                    type_name: "text".into(),
                    holds: Holds::Text,
                })
                .collect(),
            uneven: Vec::new(),
            is_sample: false,
            references: references
                .iter()
                .map(|(own, to)| Reference {
                    to: (*to).into(),
                    pairs: vec![((*own).into(), "id".into())],
                })
                .collect(),
        }
    }

    fn of(collections: Vec<Collection>) -> Proposal {
        let kinds = ["email", "phone"].map(str::to_owned).into();
        propose(&Outline { collections }, &BTreeMap::new(), &kinds)
    }

    fn names(proposal: &Proposal) -> Vec<&str> {
        proposal
            .objects
            .iter()
            .map(|object| object.object.as_str())
            .collect()
    }

    #[test]
    fn what_hangs_below_people_comes_with_them_and_after_them() {
        let proposal = of(vec![
            collection(
                "addresses",
                &["id", "order_id", "street"],
                &[("order_id", "orders")],
            ),
            collection("countries", &["id", "code"], &[]),
            collection(
                "customers",
                &["id", "email", "country_id"],
                &[("country_id", "countries")],
            ),
            collection(
                "orders",
                &["id", "customer_id", "total"],
                &[("customer_id", "customers")],
            ),
        ]);
        assert_eq!(names(&proposal), ["customers", "orders", "addresses"]);
        assert_eq!(proposal.objects[1].erase, Fate::Retain);
        assert_eq!(
            proposal.left,
            [("countries".to_owned(), say::nothing_personal())]
        );
    }

    #[test]
    fn who_did_something_is_not_whose_it_is() {
        let proposal = of(vec![
            collection("users", &["id", "email"], &[]),
            collection(
                "articles",
                &["id", "text"],
                &[("created_by", "users"), ("assigned_user_id", "users")],
            ),
            collection(
                "letters",
                &["id", "text"],
                &[("user_id", "users"), ("approved_by", "users")],
            ),
        ]);
        assert_eq!(names(&proposal), ["users", "letters"]);
        assert_eq!(proposal.objects[1].find.len(), 1);
        assert_eq!(
            proposal.objects[1].open,
            [say::a_doer("approved_by", "users")]
        );
    }

    #[test]
    fn circles_are_cut_and_names_stay_apart() {
        let proposal = of(vec![
            collection("a b", &["id", "email"], &[("other", "a.b")]),
            collection("a.b", &["id", "email"], &[("other", "a b")]),
            collection("tree", &["id", "email", "above"], &[("above", "tree")]),
        ]);
        let mut objects = names(&proposal);
        objects.sort_unstable();
        assert_eq!(objects, ["a_b", "a_b_2", "tree"]);
        let links = proposal
            .objects
            .iter()
            .flat_map(|object| &object.find)
            .filter(|way| matches!(way, Way::Under { .. }));
        assert_eq!(links.count(), 1);
    }

    #[test]
    fn a_kind_that_the_inventory_lacks_is_no_identity() {
        let proposal = of(vec![collection(
            "customers",
            &["id", "email", "kundennummer"],
            &[],
        )]);
        let fields = &proposal.objects[0].fields;
        assert_eq!(
            (fields[1].category, fields[1].identity),
            ("account.id", None)
        );
        assert_eq!(
            proposal.objects[0].open,
            [say::undeclared("kundennummer", "customer_no")]
        );
    }
}
