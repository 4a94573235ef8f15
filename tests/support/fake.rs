//! Systems in memory: they do what a test says, and remember what was done to them.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of this"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use dsr::connector::object::{Finder, Via};
use dsr::connector::{
    Action, Column, Digester, Effect, Fault, Health, Key, Notes, Object, Probe, Reader, Record,
    Shape, Sink, Target, Writer,
};
use dsr::diagnostic::Trouble;
use dsr::execute::{Doors, Journal};
use dsr::inventory::System;
use dsr::ledger::Event;
use dsr::plan::Approved;
use serde_json::Value;

/// How a system behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Manner {
    #[default]
    Sound,
    /// Every request fails.
    Down,
    /// No request ever ends.
    Hangs,
    /// A write takes effect and never ends.
    HangsWriting,
    /// Every request ends the task.
    Panics,
    /// Opening it ends the thread.
    PanicsWhenOpened,
    /// Writes are answered as done and do nothing.
    Forgetful,
    /// Writes are answered with "nothing there" and do nothing.
    SaysGone,
    /// Writes take effect, and the answer is lost.
    LosesReplies,
    /// Writes are lost, and the answer too.
    LosesWrites,
    /// Writes fail, and the record is gone all the same.
    FailsAndRemoves,
    /// Searches and readings come back empty, whatever there is.
    Blind,
    /// Readings find nothing, and searches fail: everything has moved to another address.
    Moved,
    /// Readings find nothing; searches do.
    HidesFromReading,
    /// What is removed comes back at once under another key.
    Recreates,
    /// Writes are refused.
    Blocks,
}

#[derive(Default)]
pub struct World {
    /// Records by `system.object`.
    pub records: Mutex<BTreeMap<String, Vec<Value>>>,
    manners: Mutex<BTreeMap<String, Manner>>,
    /// `system.object action key`, in the order in which writes were attempted.
    pub writes: Mutex<Vec<String>>,
    /// Searches, as `system.object by what`.
    pub asked: Mutex<Vec<String>>,
    /// Objects (`system.object`) that cannot be searched.
    pub broken: Mutex<Vec<String>>,
    /// Objects (`system.object`) whose records can only be searched, not read by their key.
    pub unreadable: Mutex<Vec<String>>,
    /// Whether writes may be repeated.
    pub idempotent: Mutex<bool>,
    pub journal: Mutex<Vec<Event>>,
}

impl World {
    pub fn new() -> Arc<World> {
        let world = World::default();
        *world.idempotent.lock().unwrap() = true;
        Arc::new(world)
    }

    pub fn put(&self, place: &str, record: Value) {
        let mut records = self.records.lock().unwrap();
        records.entry(place.to_owned()).or_default().push(record);
    }

    pub fn manner(&self, system: &str, manner: Manner) {
        self.manners
            .lock()
            .unwrap()
            .insert(system.to_owned(), manner);
    }

    /// Somebody else writes a value to a record.
    pub fn set(&self, place: &str, id: &str, name: &str, value: &str) {
        let mut records = self.records.lock().unwrap();
        let records = records.get_mut(place).unwrap().iter_mut();
        for record in records.filter(|record| record["id"] == id) {
            record[name] = Value::String(value.to_owned());
        }
    }

    /// The ids of the records of an object.
    pub fn ids(&self, place: &str) -> Vec<String> {
        let records = self.records.lock().unwrap();
        let records = records.get(place).into_iter().flatten();
        records
            .map(|record| record["id"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn written(&self) -> Vec<String> {
        self.writes.lock().unwrap().clone()
    }

    fn manner_of(&self, system: &str) -> Manner {
        let manners = self.manners.lock().unwrap();
        manners.get(system).copied().unwrap_or_default()
    }

    async fn enter(&self, system: &str) -> Result<(), Fault> {
        match self.manner_of(system) {
            Manner::Down => Err(Fault::refused()),
            Manner::Hangs => {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Ok(())
            }
            Manner::Panics => panic!("as the test wants it"),
            _ => Ok(()),
        }
    }

    fn all(&self, place: &str) -> Vec<Record> {
        let records = self.records.lock().unwrap();
        let records = records.get(place).into_iter().flatten();
        records.map(|data| record(data.clone())).collect()
    }
}

fn record(data: Value) -> Record {
    let key = Key::new(vec![data["id"].as_str().unwrap().to_owned()]).unwrap();
    Record { key, data }
}

/// One system of the world.
pub struct Fake {
    world: Arc<World>,
    system: String,
}

impl Fake {
    fn place(&self, object: &Object) -> String {
        format!("{}.{}", self.system, object.name)
    }
}

#[async_trait]
impl Reader for Fake {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.world.enter(&self.system).await?;
        Ok(Health::default())
    }

    async fn shape(&mut self, object: &Object) -> Result<Shape, Fault> {
        self.world.enter(&self.system).await?;
        let column = |name: &String| {
            let column = Column {
                nullable: true,
                // As a database would say of a column that names its parent.
                references: name.ends_with("_ref").then(|| "elsewhere".to_owned()),
                ..Column::default()
            };
            (name.clone(), column)
        };
        let fields = object.fields.iter().map(|field| &field.name);
        let links = object.find.iter().filter_map(|finder| match &finder.via {
            Via::Join(pairs) => pairs.first().map(|(child, _)| child),
            _ => None,
        });
        Ok(fields.chain(links).map(column).collect())
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        self.world.enter(&self.system).await?;
        let place = self.place(object);
        match self.world.manner_of(&self.system) {
            Manner::Blind => return Ok(()),
            Manner::Moved => return Err(Fault::status(404)),
            _ => {}
        }
        if self.world.broken.lock().unwrap().contains(&place) {
            return Err(Fault::no_table(&place));
        }
        let by = match probe {
            Probe::Identity(identity) => format!("{}={}", identity.kind, identity.value()),
            Probe::Within { identity, parent } => {
                let (kind, value) = (&identity.kind, identity.value());
                format!("{kind}={value} under {}", parent.key)
            }
            Probe::Parent(parent) => format!("under {}", parent.key),
            Probe::All | Probe::Before { .. } => return Err(Fault::unreadable_here()),
        };
        self.world
            .asked
            .lock()
            .unwrap()
            .push(format!("{place} {by}"));
        for found in self.world.all(&place) {
            if is_asked_for(&object.find[finder], probe, &found) && !sink(found) {
                break;
            }
        }
        Ok(())
    }

    fn reads_by_key(&self, object: &Object) -> bool {
        let unreadable = self.world.unreadable.lock().unwrap();
        !unreadable.contains(&self.place(object))
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        assert!(self.reads_by_key(object), "nothing reads these by key");
        self.world.enter(&self.system).await?;
        let manner = self.world.manner_of(&self.system);
        if matches!(
            manner,
            Manner::Blind | Manner::Moved | Manner::HidesFromReading
        ) {
            return Ok(None);
        }
        let mut all = self.world.all(&self.place(object)).into_iter();
        Ok(all.find(|record| record.key == *key))
    }

    fn notes(&self) -> Notes {
        Notes::default()
    }
}

fn is_asked_for(finder: &Finder, probe: Probe<'_>, found: &Record) -> bool {
    let text = |data: &Value, name: &str| data[name].as_str().map(str::to_owned);
    match (&finder.via, probe) {
        (Via::Columns(columns), Probe::Identity(identity)) => columns
            .iter()
            .any(|column| text(&found.data, column).as_deref() == Some(identity.value())),
        (Via::Join(pairs), Probe::Parent(parent)) => pairs.iter().all(|(child, above)| {
            let child = text(&found.data, child);
            child.is_some() && child == text(&parent.data, above)
        }),
        _ => false,
    }
}

#[async_trait]
impl Writer for Fake {
    fn is_idempotent(&self, _: &Object, _: Action) -> bool {
        *self.world.idempotent.lock().unwrap()
    }

    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        _: &Digester,
    ) -> Vec<Result<Effect, Fault>> {
        let place = self.place(object);
        let manner = self.world.manner_of(&self.system);
        let mut effects = Vec::new();
        for target in targets {
            let id = target.record.key.to_string();
            let line = format!("{place} {} {id}", action.word());
            self.world.writes.lock().unwrap().push(line);
            if let Err(fault) = self.world.enter(&self.system).await {
                effects.push(Err(fault));
                continue;
            }
            if manner == Manner::HangsWriting {
                let mut records = self.world.records.lock().unwrap();
                let records = records.entry(place.clone()).or_default();
                records.retain(|record| record["id"] != id.as_str());
            }
            if manner == Manner::HangsWriting {
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
            let takes_effect = matches!(
                manner,
                Manner::Sound | Manner::LosesReplies | Manner::FailsAndRemoves | Manner::Recreates
            );
            if takes_effect {
                let mut records = self.world.records.lock().unwrap();
                let records = records.entry(place.clone()).or_default();
                match action {
                    Action::Remove if manner == Manner::Recreates => {
                        for record in records.iter_mut().filter(|r| r["id"] == id.as_str()) {
                            record["id"] = Value::String(format!("{id}x"));
                        }
                    }
                    Action::Remove => records.retain(|record| record["id"] != id.as_str()),
                    _ => {
                        for record in records.iter_mut().filter(|r| r["id"] == id.as_str()) {
                            for (name, value) in target.changes {
                                record[name.as_str()] =
                                    value.clone().map_or(Value::Null, Value::String);
                            }
                        }
                    }
                }
            }
            effects.push(match manner {
                Manner::SaysGone => Ok(Effect::Gone),
                Manner::LosesReplies | Manner::LosesWrites => Ok(Effect::Unknown),
                Manner::FailsAndRemoves => Err(Fault::connection()),
                Manner::Blocks => Ok(Effect::Blocked),
                _ => Ok(Effect::Done),
            });
        }
        effects
    }
}

/// Opens the systems of a world, whatever engine the inventory names.
pub struct FakeDoors(pub Arc<World>);

impl FakeDoors {
    fn open(&self, system: &System) -> Fake {
        assert!(
            self.0.manner_of(&system.name) != Manner::PanicsWhenOpened,
            "as the test wants it"
        );
        Fake {
            world: Arc::clone(&self.0),
            system: system.name.clone(),
        }
    }
}

impl Doors for FakeDoors {
    fn reader(&self, system: &System) -> Result<Box<dyn Reader>, Fault> {
        Ok(Box::new(self.open(system)))
    }

    fn writer(&self, system: &System, _: &Approved) -> Result<Box<dyn Writer>, Fault> {
        Ok(Box::new(self.open(system)))
    }
}

/// Keeps the events of a world.
pub struct FakeJournal(pub Arc<World>);

impl Journal for FakeJournal {
    fn write(&self, events: &[Event]) -> Result<(), Trouble> {
        self.0.journal.lock().unwrap().extend_from_slice(events);
        Ok(())
    }
}
