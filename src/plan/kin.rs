//! Whose child a record is, and what a child that stays means for those above it.
//!
//! Many systems delete with a record whatever hangs below it, so nothing is removed above a record that has to stay. Who hangs below
//! whom follows from every way in which a record was found and from what it says itself: the columns that join it, fields that link,
//! references of the database. Where nothing tells, it may hang below any of them, and a person decides.

use std::collections::BTreeMap;

use crate::connector::mask::default_mask;
use crate::connector::object::{Field, How, HttpAction, Mask, Object, Via};
use crate::connector::{Action, Key, Record};
use crate::findings::{Found, ObjectFindings, SystemFindings};
use crate::inventory::System;
use crate::messages::plan as say;
use crate::plan::family::{irreversible, may};
use crate::plan::{Decision, Step};

/// Who hangs below whom among the records of one system.
pub(super) struct Family {
    /// By the index of the step above.
    below: BTreeMap<usize, Vec<Child>>,
}

/// A record below another, or perhaps below it.
struct Child {
    object: String,
    /// Index of its step; `None` of a record that waits for a person's word and has none.
    step: Option<usize>,
    is_sure: bool,
    /// The database refuses to remove the one above, or takes this one along.
    is_bound: bool,
}

/// What one record says of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hangs {
    Below,
    Perhaps,
    Apart,
}

impl Family {
    /// Compares the records of a system with those that are to be erased, and notes in each step what its record hangs below.
    ///
    /// The steps keep their places until [`settle_parents`] has seen them.
    pub(super) fn of(system: &System, found: &SystemFindings, steps: &mut [Step]) -> Family {
        let mut below: BTreeMap<usize, Vec<Child>> = BTreeMap::new();
        let mut places: BTreeMap<(String, Key), usize> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            if step.system == system.name {
                places.insert((step.object.clone(), step.key.clone()), at);
            }
        }
        for above in &system.objects {
            let erased: Vec<(usize, &Found)> = records(found, above)
                .filter_map(|one| {
                    let at = *places.get(&(above.name.clone(), one.record.key.clone()))?;
                    steps[at]
                        .action
                        .is_some_and(Action::erases)
                        .then_some((at, one))
                })
                .collect();
            if erased.is_empty() {
                continue;
            }
            for object in &system.objects {
                let Some(shown) = found.objects.iter().find(|o| o.object == object.name) else {
                    continue;
                };
                let tie = Tie::between(system, object, shown, above);
                for child in &shown.records {
                    let own = places.get(&(object.name.clone(), child.record.key.clone()));
                    for (at, parent) in &erased {
                        if own == Some(at) {
                            continue;
                        }
                        let hangs = tie.judge(child, &parent.record);
                        if hangs == Hangs::Apart {
                            continue;
                        }
                        below.entry(*at).or_default().push(Child {
                            object: object.name.clone(),
                            step: own.copied(),
                            is_sure: hangs == Hangs::Below,
                            is_bound: tie.is_bound(&child.record),
                        });
                        if let Some(own) = own {
                            let parent = (above.name.clone(), parent.record.key.clone());
                            steps[*own].found_by.join(parent);
                        }
                    }
                }
            }
        }
        Family { below }
    }
}

/// A parent whose children stay cannot be removed: it becomes anonymous, else a person decides. So does a person where it cannot be
/// told whose child it is, and where a child waits for somebody's word.
pub(super) fn settle_parents(system: &System, family: &Family, steps: &mut [Step]) {
    // What is not removed after all is a child that stays for those above it.
    let mut settled = false;
    while !settled {
        settled = true;
        for (at, children) in family.below.iter().rev() {
            let at = *at;
            if steps[at].action != Some(Action::Remove) {
                continue;
            }
            let Some(object) = system.object(&steps[at].object) else {
                continue;
            };
            let mut staying = children.iter().filter(|child| match child.step {
                None => true,
                Some(step) => stays(system, object, child, &steps[step]),
            });
            // The surest reason is told.
            let Some(mut child) = staying.next() else {
                continue;
            };
            let rank = |child: &Child| (child.step.is_none(), !child.is_sure);
            for other in staying {
                if rank(other) < rank(child) {
                    child = other;
                }
            }
            settled = false;
            let name = child.object.clone();
            let step = &mut steps[at];
            let known = child.step.is_some() && child.is_sure;
            if known && may(system, object, Action::Anonymise) {
                step.action = Some(Action::Anonymise);
                step.because = Some(say::child_stays(name));
                step.irreversible = irreversible(object, Action::Anonymise);
                continue;
            }
            step.action = None;
            step.decision = Decision::Manual;
            step.irreversible = None;
            step.because = Some(match (child.step, child.is_sure) {
                (None, _) => say::child_waits(name),
                (Some(_), false) => say::child_unsure(name),
                (Some(_), true) => {
                    let told = object.by_hand(Action::Anonymise).cloned();
                    told.unwrap_or_else(|| say::cannot_anonymise(name))
                }
            });
        }
    }
}

/// Whether a child is there after its own step, so that the removal of the one above could destroy it.
fn stays(system: &System, above: &Object, child: &Child, step: &Step) -> bool {
    if step.action == Some(Action::Remove) {
        return false;
    }
    if step.decision != Decision::Erase || child.is_bound {
        return true;
    }
    let Some(object) = system.object(&step.object) else {
        return true;
    };
    match &object.how {
        How::Http { .. } | How::Plugin { .. } => {
            let removal = above.http(Action::Remove);
            let despite = removal.is_some_and(|removal| removal.despite.contains(&object.name));
            !(despite || child.is_sure && lets_go(object, above, step.action))
        }
        // What takes rows along is a constraint, which the catalogue shows.
        How::Table { .. } | How::File { .. } | How::Entry { .. } | How::Document => false,
    }
}

/// Whether what is done to a record also takes out of it that it belongs to the other.
fn lets_go(object: &Object, above: &Object, action: Option<Action>) -> bool {
    let (Some(Action::Anonymise), Some(does)) = (action, object.http(Action::Anonymise)) else {
        return false;
    };
    let mut links = links(object, above).peekable();
    links.peek().is_some()
        && links.all(|field| {
            let mask = default_mask(field, None);
            let emptied = matches!(mask, Mask::Null | Mask::Empty | Mask::Zero);
            !field.fixed && emptied && sends_masked(does, &field.name)
        })
}

fn sends_masked(does: &HttpAction, name: &str) -> bool {
    let one = format!("masked.{name}");
    let steps = does.steps.iter().filter(|step| step.when.is_none());
    let mut reads = steps.flat_map(|step| step.reads());
    reads.any(|read| read == "masked" || read == one)
}

fn links<'o>(object: &'o Object, above: &'o Object) -> impl Iterator<Item = &'o Field> {
    let mut fields = object.fields.iter();
    std::iter::from_fn(move || fields.find(|field| field.links.contains(&above.name)))
}

fn records<'f>(found: &'f SystemFindings, object: &Object) -> impl Iterator<Item = &'f Found> {
    let mut objects = found.objects.iter();
    let shown = objects.find(|shown| shown.object == object.name);
    shown.into_iter().flat_map(|shown| &shown.records)
}

/// What connects the records of one object with those of another.
struct Tie<'o> {
    /// Whether the object says that its records lie below those of the other.
    is_declared: bool,
    name: &'o str,
    joins: Vec<&'o [(String, String)]>,
    links: Vec<&'o Field>,
    /// Columns of which the database says that they name a row of the other's table.
    references: Vec<&'o str>,
    /// Among the columns that join, some that name a row of any table.
    has_bound_join: bool,
    /// Other objects of records below which its records are searched; places are not among them.
    others: Vec<&'o str>,
    key: &'o [String],
}

impl<'o> Tie<'o> {
    fn between(
        system: &System,
        object: &'o Object,
        shown: &'o ObjectFindings,
        above: &'o Object,
    ) -> Tie<'o> {
        let finders = object.find.iter();
        let under: Vec<_> = finders.filter(|f| f.under.contains(&above.name)).collect();
        let joins: Vec<&[(String, String)]> = under
            .iter()
            .filter_map(|finder| match &finder.via {
                Via::Join(pairs) => Some(pairs.as_slice()),
                Via::Columns(_) | Via::Request(_) => None,
            })
            .collect();
        let table = match (&object.how, &above.how) {
            (How::Table { .. }, How::Table { table, .. }) => Some(table.as_str()),
            _ => None,
        };
        let names = |elsewhere: &str| {
            let last = |name: &str| name.rsplit('.').next().unwrap_or(name).replace('"', "");
            table.is_some_and(|table| last(table).eq_ignore_ascii_case(&last(elsewhere)))
        };
        let references = shown.shape.iter().filter(|(_, column)| {
            let elsewhere = column.references.as_deref();
            elsewhere.is_some_and(names)
        });
        let is_bound = |column: &String| {
            let column = shown.shape.get(column);
            column.is_some_and(|column| column.references.is_some())
        };
        let mut joined = joins.iter().flat_map(|pairs| pairs.iter());
        Tie {
            is_declared: !under.is_empty(),
            name: &above.name,
            has_bound_join: joined.any(|(own, _)| is_bound(own)),
            joins,
            links: links(object, above).collect(),
            references: references.map(|(name, _)| name.as_str()).collect(),
            others: object
                .parents()
                .filter(|name| !system.object(name).is_some_and(Object::is_place))
                .collect(),
            key: &object.key,
        }
    }

    fn is_bound(&self, child: &Record) -> bool {
        let full = |column: &&str| child.data.get(*column).is_none_or(|value| !value.is_null());
        self.has_bound_join || self.references.iter().any(full)
    }

    fn judge(&self, child: &Found, parent: &Record) -> Hangs {
        let mut parents = child.found_by.parents();
        if parents.any(|(name, key)| name == self.name && *key == parent.key) {
            return Hangs::Below;
        }
        let data = &child.record.data;
        let mut told = false;
        for pairs in &self.joins {
            let both = pairs
                .iter()
                .map(|(own, above)| (data.get(own), parent.data.get(above)));
            let both: Vec<_> = both.collect();
            if !both.is_empty()
                && both
                    .iter()
                    .all(|(own, above)| text(*own).is_some() && text(*own) == text(*above))
            {
                return Hangs::Below;
            }
            told |= both
                .iter()
                .any(|(own, above)| own.is_some() && above.is_some());
        }
        for field in &self.links {
            let part = Object::part_of_parent(field, parent);
            let whole = parent.key.to_string();
            let same = |value: &String| {
                let value = value.trim();
                value == whole || part.as_deref().is_some_and(|part| value == part.trim())
            };
            if field.values(data).iter().any(same) {
                return Hangs::Below;
            }
            told |= !field.at.all(data).is_empty();
        }
        let mut unread = false;
        for column in &self.references {
            match data.get(*column) {
                // Which of the other's columns it names is not known; its key as a rule.
                Some(value) => {
                    told = true;
                    let same = |value: &str| parent.key.parts().iter().any(|part| part == value);
                    if text(Some(value)).is_some_and(|value| same(&value)) {
                        return Hangs::Below;
                    }
                }
                None => unread = !self.key.iter().any(|part| part == column),
            }
        }
        let mut parents = child.found_by.parents();
        let elsewhere = parents.any(|(name, _)| self.others.contains(&name.as_str()));
        match told || elsewhere {
            false if self.is_declared || unread => Hangs::Perhaps,
            _ => Hangs::Apart,
        }
    }
}

fn text(value: Option<&serde_json::Value>) -> Option<String> {
    match value? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
