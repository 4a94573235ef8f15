//! What is due in a system that is reached over HTTP: listed by the connector's search by age, and judged here.
//!
//! The system is asked for what is older than the last day of the rule. What it sends is believed about no record: each is judged by its
//! own day, in full, before it counts and again right before it is written to. How many records there are in all nobody says, so that a
//! rule there is bounded by a number and by what is usual, and not by a share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;

use crate::connector::object::{Finder, Object};
use crate::connector::start::{Reckoner, Standing, Start};
use crate::connector::sweeping::{Candidate, Due, Left, Survey, Surveyor};
use crate::connector::{Action, Fault, Health, Key, Probe, Reader, Record, Shape, Unread};
use crate::find::age;
use crate::inventory::System;

/// Looks through a reader; keeps names of records, and no records.
pub struct Listing {
    system: Arc<System>,
    reader: Box<dyn Reader>,
    listed: Option<Listed>,
}

/// What was listed for a rule.
struct Listed {
    object: String,
    due: Due,
    survey: Survey,
    keys: BTreeSet<Key>,
    /// Those that are left alone, and why.
    left: BTreeMap<Key, Left>,
}

impl Listing {
    pub fn new(system: Arc<System>, reader: Box<dyn Reader>) -> Listing {
        Listing {
            system,
            reader,
            listed: None,
        }
    }

    /// Lists once for each rule.
    async fn list(&mut self, object: &Object, due: &Due) -> Result<&Listed, Fault> {
        let known = self.listed.take().filter(|listed| {
            listed.object == object.name
                && listed.due.field == due.field
                && listed.due.days == due.days
                && listed.due.action == due.action
        });
        let listed = match known {
            Some(listed) => listed,
            None => self.ask(object, due).await?,
        };
        Ok(self.listed.insert(listed))
    }

    async fn ask(&mut self, object: &Object, due: &Due) -> Result<Listed, Fault> {
        may_write(&self.system, object, due.action)?;
        if !self.reader.reads_by_key(object) {
            return Err(Fault::not_read_again());
        }
        let mut survey = Survey {
            uncounted: true,
            below: match due.action {
                Action::Remove => below(&self.system, object)
                    .map(|(child, _, _)| child.name.clone())
                    .collect(),
                _ => BTreeSet::new(),
            },
            ..Survey::default()
        };
        let reckoner = Reckoner::new(due);
        let mut found: BTreeMap<Key, Option<Date>> = BTreeMap::new();
        let mut left: BTreeMap<Key, Left> = BTreeMap::new();
        if let Some(last) = due.days.iter().map(|range| range.end).max() {
            let mut each = |record: Record, _older: bool| {
                survey.records += 1;
                let start = start_of(object, due, &record);
                match reckoner.judge(start) {
                    Standing::Unknown => {
                        survey.unknown += 1;
                        left.insert(record.key, Left::Unknown);
                    }
                    Standing::Future => {
                        survey.future += 1;
                        left.insert(record.key, Left::Future);
                    }
                    Standing::Running => {}
                    Standing::Over if shows(object, due, &record) => {}
                    Standing::Over => {
                        found.insert(record.key, start.map(|start| reckoner.day(start)));
                    }
                }
                true
            };
            age::listed(&mut *self.reader, &self.system, object, last, &mut each).await?;
        }
        let mut keys = BTreeSet::new();
        for (key, day) in found {
            if due.action == Action::Remove && self.has_finders_below(object) {
                let record = self.reader.read(object, &key).await?;
                let record = record.ok_or_else(Fault::unreadable_after_find)?;
                if self.has_something_below(object, &record).await? {
                    survey.referenced += 1;
                    left.insert(key, Left::Referenced);
                    continue;
                }
            }
            survey.due += 1;
            survey.oldest = survey.oldest.into_iter().chain(day).min();
            keys.insert(key);
        }
        Ok(Listed {
            object: object.name.clone(),
            due: due.clone(),
            survey,
            keys,
            left,
        })
    }

    fn has_finders_below(&self, object: &Object) -> bool {
        below(&self.system, object).next().is_some()
    }

    /// Whether a record of another object lies below this one: with it, that would vanish, change or stand alone.
    async fn has_something_below(
        &mut self,
        object: &Object,
        record: &Record,
    ) -> Result<bool, Fault> {
        let finders: Vec<(Object, usize)> = below(&self.system, object)
            .map(|(child, number, _)| (child.clone(), number))
            .collect();
        for (child, number) in finders {
            let mut any = false;
            let probe = Probe::Parent(record);
            let mut first = |_| {
                any = true;
                false
            };
            self.reader.find(&child, number, probe, &mut first).await?;
            if any {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Refuses what the connector cannot do by itself.
fn may_write(system: &System, object: &Object, action: Action) -> Result<(), Fault> {
    if action == Action::Anonymise {
        return Err(Fault::not_anonymised_here());
    }
    let does = object.http(action);
    let confirmed = does.is_some_and(|does| !does.unconfirmed || system.unconfirmed_writes);
    match object.can(action) && confirmed {
        true => Ok(()),
        false => Err(Fault::no_action(action.word())),
    }
}

/// The ways from a record of an object to what lies below it.
fn below<'s>(
    system: &'s System,
    object: &'s Object,
) -> impl Iterator<Item = (&'s Object, usize, &'s Finder)> {
    system.objects.iter().flat_map(move |child| {
        let finders = child.find.iter().enumerate();
        finders
            .filter(|(_, finder)| finder.by.is_none() && finder.under.contains(&object.name))
            .map(move |(number, finder)| (child, number, finder))
    })
}

/// From when a record's period counts; `None` where it says nothing, or several things.
fn start_of(object: &Object, due: &Due, record: &Record) -> Option<Start> {
    match object.at(&due.field).all(&record.data)[..] {
        [one] => Start::read(one.as_str()?),
        _ => None,
    }
}

/// Whether a record is as the action would leave it.
fn shows(object: &Object, due: &Due, record: &Record) -> bool {
    due.action != Action::Remove && object.shows(due.action, record) == Some(true)
}

#[async_trait]
impl Surveyor for Listing {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.reader.check().await
    }

    async fn survey(&mut self, object: &Object, due: &Due) -> Result<Survey, Fault> {
        Ok(self.list(object, due).await?.survey.clone())
    }

    async fn due(&mut self, object: &Object, due: &Due) -> Result<u64, Fault> {
        Ok(self.list(object, due).await?.survey.due)
    }

    async fn next(
        &mut self,
        object: &Object,
        due: &Due,
        after: Option<&Candidate>,
        most: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        let listed = self.list(object, due).await?;
        let keys = listed.keys.iter();
        let behind = keys.filter(|key| after.is_none_or(|after| **key > after.key));
        let candidate = |key: &Key| Candidate {
            key: key.clone(),
            start: String::new(),
        };
        Ok(behind.take(most).map(candidate).collect())
    }

    async fn left(
        &mut self,
        object: &Object,
        due: &Due,
        why: Left,
        after: Option<&Key>,
        most: usize,
    ) -> Result<Vec<Key>, Fault> {
        let listed = self.list(object, due).await?;
        let left = listed.left.iter().filter(|(_, found)| **found == why);
        let behind = left.filter(|(key, _)| after.is_none_or(|after| *key > after));
        Ok(behind.take(most).map(|(key, _)| key.clone()).collect())
    }

    async fn still(&mut self, object: &Object, due: &Due, keys: &[Key]) -> Result<Vec<Key>, Fault> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let listed = self.list(object, due).await?;
        let keys = keys.iter().filter(|key| listed.keys.contains(key));
        Ok(keys.cloned().collect())
    }

    /// Those that are there and due at this very moment, read one by one.
    async fn records(
        &mut self,
        object: &Object,
        due: &Due,
        keys: &[Key],
    ) -> Result<Vec<Record>, Fault> {
        let reckoner = Reckoner::new(due);
        let mut records = Vec::new();
        for key in keys {
            let Some(record) = self.reader.read(object, key).await? else {
                continue;
            };
            if record.key != *key {
                return Err(Fault::other_record());
            }
            let over = reckoner.judge(start_of(object, due, &record)) == Standing::Over;
            let is_due = over && !shows(object, due, &record);
            let hangs = is_due
                && due.action == Action::Remove
                && self.has_something_below(object, &record).await?;
            if is_due && !hangs {
                records.push(record);
            }
        }
        Ok(records)
    }

    async fn described(&mut self, _object: &Object) -> Result<(Shape, Unread), Fault> {
        Err(Fault::not_anonymised_here())
    }
}
