//! One system's part of a search: its objects in order, each finder with each identity, the control person, the caps.

mod collecting;
mod control;
mod progress;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::connector::files::Documents;
use crate::connector::object::Object;
use crate::connector::{Fault, Notes, Reader, Record};
use crate::find::{Accepted, Depth, classify, guard};
use crate::findings::{
    Control, Found, FoundBy, Known, Match, ObjectFindings, ObjectStatus, SystemStatus,
};
use crate::inventory::System;
use crate::subject::{Identity, Kind, Kinds, Origin};

pub(super) use progress::{Entry, Progress};

/// The conversation with one system, kept over all rounds.
pub(super) struct Session {
    system: Arc<System>,
    reader: Box<dyn Reader>,
    kinds: Arc<Kinds>,
    depth: Depth,
    hold: Option<usize>,
    objects: Vec<Progress>,
    /// What was searched for in all rounds so far: below a record that comes later it is searched again.
    known: Vec<Known>,
    fault: Option<Fault>,
    spent: Duration,
}

impl Session {
    pub(super) fn new(
        system: Arc<System>,
        reader: Box<dyn Reader>,
        kinds: Arc<Kinds>,
        depth: Depth,
        hold: Option<usize>,
    ) -> Session {
        let objects = system.objects.iter().map(|_| Progress::default()).collect();
        Session {
            system,
            reader,
            kinds,
            depth,
            hold,
            objects,
            known: Vec::new(),
            fault: None,
            spent: Duration::ZERO,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.system.name
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.spent
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    pub(super) fn notes(&self) -> Notes {
        self.reader.notes()
    }

    pub(super) fn documents(&self) -> Option<Documents> {
        self.reader.documents()
    }

    pub(super) fn count(&self) -> usize {
        self.objects.iter().map(Progress::count).sum()
    }

    /// Objects with what was found in them.
    pub(super) fn objects(&self) -> impl Iterator<Item = (&Object, &Progress)> {
        self.system.objects.iter().zip(&self.objects)
    }

    pub(super) fn status(&self) -> SystemStatus {
        let failed = self
            .objects
            .iter()
            .filter(|object| object.fault.is_some())
            .count();
        match (failed, &self.fault) {
            (0, None) => SystemStatus::Searched,
            (n, _) if n == self.objects.len() => SystemStatus::NotSearched,
            (_, Some(_)) if self.objects.iter().all(|object| !object.touched) => {
                SystemStatus::NotSearched
            }
            _ => SystemStatus::Incomplete,
        }
    }

    /// Asks for the identities that are new in this round, and for the children of records that are.
    pub(super) async fn round(&mut self, fresh: &[Known]) {
        if self.fault.is_some() {
            return;
        }
        self.known.extend_from_slice(fresh);
        let began = Instant::now();
        let left = self.system.within.saturating_sub(self.spent);
        let asked = tokio::time::timeout(left, self.ask(fresh)).await;
        self.spent += began.elapsed();
        if asked.is_err() {
            self.give_up(Fault::cut(self.system.within.as_secs()));
        }
    }

    /// The system as a whole failed: whatever was not searched to the end stays not searched.
    fn give_up(&mut self, fault: Fault) {
        for object in &mut self.objects {
            object.fault.get_or_insert_with(|| fault.clone());
        }
        self.fault = Some(fault);
    }

    async fn ask(&mut self, fresh: &[Known]) {
        for index in 0..self.objects.len() {
            if self.objects[index].fault.is_some() {
                continue;
            }
            if let Err(fault) = self.ask_object(index, fresh).await {
                if fault.is_of_system() {
                    self.give_up(fault);
                    return;
                }
                // What a failed object held so far is not to be planned with.
                self.objects[index].entries.clear();
                self.objects[index].places.clear();
                self.objects[index].streaming = None;
                self.objects[index].fault = Some(fault);
            }
            self.objects[index].touched = true;
        }
    }

    async fn ask_object(&mut self, index: usize, fresh: &[Known]) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        let first = !self.objects[index].touched;
        if first {
            self.objects[index].shape = self.reader.shape(object).await?;
            self.objects[index].unread = self.reader.unread(object).await?;
        }
        if object.parents().any(|parent| self.failed(parent)) {
            return Err(Fault::parent_missing());
        }
        if object.parents().any(|parent| self.streams(parent)) {
            return Err(Fault::below_streamed());
        }
        let control = system.control.iter().filter(|_| first).cloned();
        let asked = fresh.iter().filter(|known| self.may_ask(known));
        let asked = asked.map(|known| known.identity.clone());
        let asked: Vec<Identity> = asked
            .chain(control)
            .filter(|identity| {
                let mut finders = object.find.iter();
                finders.any(|finder| finder.by.as_ref() == Some(&identity.kind))
            })
            .collect();
        self.reader.announce(&asked);
        for (number, finder) in object.find.iter().enumerate() {
            match &finder.by {
                Some(kind) if kind.0 == Kind::NAME || finder.is_by_age() => {}
                // Places do not change with what is known of the person.
                Some(_) if finder.is_all() => {
                    if first {
                        self.list_places(index, number).await?;
                    }
                }
                Some(kind) if !finder.under.is_empty() => {
                    self.collect_within(index, number, kind).await?;
                }
                Some(kind) => {
                    for known in fresh.iter().filter(|known| known.identity.kind == *kind) {
                        if self.may_ask(known) {
                            self.collect(index, number, &known.identity).await?;
                        }
                    }
                }
                None => self.collect_children(index, number, finder).await?,
            }
        }
        if first {
            self.look_for_control(index).await?;
        }
        Ok(())
    }

    /// Looks for what hangs below some records, and below what is found there.
    pub(super) async fn below(&mut self, seeds: Vec<(String, Record)>, known: &[Known]) {
        self.known.extend_from_slice(known);
        for (name, record) in seeds {
            let Some(at) = self.position(&name) else {
                continue;
            };
            let carried = guard::carried(&self.system.objects[at], &record, &self.kinds);
            let found_by = FoundBy {
                finder: 0,
                identity: None,
                parent: None,
                also: Vec::new(),
            };
            let entry = Entry {
                record,
                found_by,
                carried,
            };
            self.objects[at]
                .entries
                .insert(entry.record.key.clone(), entry);
        }
        let within = self.system.within;
        if tokio::time::timeout(within, self.ask_below())
            .await
            .is_err()
        {
            self.give_up(Fault::cut(within.as_secs()));
        }
    }

    async fn ask_below(&mut self) {
        for index in 0..self.objects.len() {
            if let Err(fault) = self.ask_object_below(index).await {
                if fault.is_of_system() {
                    self.give_up(fault);
                    return;
                }
                self.objects[index].entries.clear();
                self.objects[index].fault = Some(fault);
            }
        }
    }

    async fn ask_object_below(&mut self, index: usize) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        let concerns = |name: &str| {
            let at = self.position(name).map(|at| &self.objects[at]);
            at.is_some_and(|above| above.fault.is_some() || !above.entries.is_empty())
        };
        let is_below = object.parents().any(concerns);
        if object.is_place() || !is_below && self.objects[index].entries.is_empty() {
            return Ok(());
        }
        self.objects[index].touched = true;
        self.objects[index].shape = self.reader.shape(object).await?;
        self.objects[index].unread = self.reader.unread(object).await?;
        if object.parents().any(|parent| self.failed(parent)) {
            return Err(Fault::parent_missing());
        }
        let ways = object.find.iter().enumerate();
        for (number, finder) in ways.filter(|(_, finder)| !finder.under.is_empty()) {
            match &finder.by {
                Some(kind) if kind.0 == Kind::NAME || finder.is_by_age() || finder.is_all() => {}
                Some(kind) => self.collect_within(index, number, kind).await?,
                None => self.collect_children(index, number, finder).await?,
            }
        }
        Ok(())
    }

    /// What [`Session::below`] found: whose it is follows from the records that it began with.
    pub(super) fn finish_below(self) -> Vec<ObjectFindings> {
        let objects = self.system.objects.iter().zip(self.objects);
        let asked = objects.filter(|(_, progress)| progress.touched || progress.fault.is_some());
        let found = asked.map(|(object, progress)| ObjectFindings {
            object: object.name.clone(),
            status: match progress.fault {
                Some(_) => ObjectStatus::NotSearched,
                None => ObjectStatus::Searched,
            },
            error: progress.fault,
            near_misses: progress.near_misses,
            control: Control::None,
            shape: progress.shape,
            unread: progress.unread,
            records: progress
                .entries
                .into_values()
                .map(|entry| Found {
                    record: entry.record,
                    matched: Match::Stated,
                    matched_by: Vec::new(),
                    found_by: entry.found_by,
                    path: Vec::new(),
                })
                .collect(),
            streamed: None,
        });
        found.collect()
    }

    fn failed(&self, name: &str) -> bool {
        self.position(name)
            .is_some_and(|at| self.objects[at].fault.is_some())
    }

    fn streams(&self, name: &str) -> bool {
        self.position(name)
            .is_some_and(|at| self.objects[at].streaming.is_some())
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.system
            .objects
            .iter()
            .position(|object| object.name == name)
    }

    /// A private identity is searched only in the system that it came from.
    fn may_ask(&self, known: &Known) -> bool {
        match &known.from {
            Origin::Derived { object, .. } if known.identity.kind.is_private() => {
                object.split('.').next() == Some(self.name())
            }
            _ => true,
        }
    }

    fn is_place(&self, name: &str) -> bool {
        self.system.object(name).is_some_and(Object::is_place)
    }

    pub(super) fn finish(self, known: &[Known], accepted: &Accepted) -> Vec<ObjectFindings> {
        let matches = classify::matches(&self, known, accepted);
        let mut out = Vec::with_capacity(self.objects.len());
        for ((object, progress), mut matches) in
            self.system.objects.iter().zip(self.objects).zip(matches)
        {
            // A place is nobody's and not found; only that it could not be walked through is worth a word.
            if object.is_place() && progress.fault.is_none() {
                continue;
            }
            let status = if progress.fault.is_some() {
                ObjectStatus::NotSearched
            } else {
                ObjectStatus::Searched
            };
            let streaming = progress.streaming;
            let streamed = streaming
                .filter(|_| status == ObjectStatus::Searched)
                .map(|streaming| streaming.finish(&progress.entries, &matches, progress.leads));
            let records = match status {
                ObjectStatus::Searched if streamed.is_none() => progress
                    .entries
                    .into_iter()
                    .filter_map(|(key, entry)| {
                        let (matched, matched_by, path) = matches.remove(&key)?;
                        Some(Found {
                            record: entry.record,
                            matched,
                            matched_by,
                            found_by: entry.found_by,
                            path,
                        })
                    })
                    .collect(),
                _ => Vec::new(),
            };
            out.push(ObjectFindings {
                object: object.name.clone(),
                status,
                error: progress.fault,
                near_misses: progress.near_misses,
                control: progress.control.unwrap_or(Control::None),
                shape: progress.shape,
                unread: progress.unread,
                records,
                streamed,
            });
        }
        out
    }
}
