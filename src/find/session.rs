//! One system's part of a search: its objects in order, each finder with each identity, the control person, the caps.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::connector::files::{self, Documents};
use crate::connector::object::{Finder, How, Object};
use crate::connector::{Fault, Key, Notes, Probe, Reader, Record, Shape, Unread};
use crate::find::guard::{self, Verdict};
use crate::find::places;
use crate::find::stream::Streaming;
use crate::find::{Accepted, Depth, classify};
use crate::findings::{
    Control, Found, FoundBy, Known, Match, ObjectFindings, ObjectStatus, SystemStatus,
};
use crate::inventory::System;
use crate::subject::{Identity, Kind, Kinds, Origin};

/// Shortened records of one search that are read to see whose they are, at most.
const LOOKED_AT: usize = 100_000;

/// A record that passed the guard, with what is needed to judge it once all systems have answered.
pub(super) struct Entry {
    pub(super) record: Record,
    pub(super) found_by: FoundBy,
    pub(super) carried: Vec<Identity>,
}

/// What is known about one object so far.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) entries: BTreeMap<Key, Entry>,
    /// Of an object that is a place: every one there is, and with it no entries.
    places: BTreeMap<Key, Record>,
    /// Set once there are too many to be kept; `entries` then holds some of each sort.
    pub(super) streaming: Option<Streaming>,
    /// What was asked and answered, for asking it again.
    leads: Vec<FoundBy>,
    fault: Option<Fault>,
    near_misses: u64,
    control: Option<Control>,
    control_records: Vec<Record>,
    shape: Shape,
    unread: Option<Unread>,
    touched: bool,
    /// Finders and parents that were asked already; what hangs below a record does not change with what else is known.
    asked: BTreeSet<(usize, String, Key, Option<Identity>)>,
}

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

    /// Asks for the children of every parent that has not been asked for yet. Parents come before children in the list.
    async fn collect_children(
        &mut self,
        index: usize,
        number: usize,
        finder: &Finder,
    ) -> Result<(), Fault> {
        for (parent_name, parent) in self.above(finder) {
            let asked = (number, parent_name.clone(), parent.key.clone(), None);
            if !self.objects[index].asked.insert(asked) {
                continue;
            }
            let found_by = FoundBy {
                finder: number,
                identity: None,
                parent: Some((parent_name, parent.key.clone())),
                also: Vec::new(),
            };
            self.gather(index, number, Probe::Parent(&parent), found_by)
                .await?;
        }
        Ok(())
    }

    /// Asks for every identity in every place, or below every record, in which it was not asked for yet.
    async fn collect_within(
        &mut self,
        index: usize,
        number: usize,
        kind: &Kind,
    ) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let known = self
            .known
            .iter()
            .filter(|known| known.identity.kind == *kind);
        let known = known.filter(|known| self.may_ask(known));
        let identities: Vec<Identity> = known.map(|known| known.identity.clone()).collect();
        for (parent_name, parent) in self.above(&system.objects[index].find[number]) {
            let above = (parent_name, parent.key.clone());
            for identity in &identities {
                let (name, key) = above.clone();
                let asked = (number, name, key, Some(identity.clone()));
                if !self.objects[index].asked.insert(asked) {
                    continue;
                }
                let found_by = FoundBy {
                    finder: number,
                    identity: Some(identity.clone()),
                    parent: Some(above.clone()),
                    also: Vec::new(),
                };
                let parent = &parent;
                self.gather(index, number, Probe::Within { identity, parent }, found_by)
                    .await?;
            }
        }
        Ok(())
    }

    /// The places and records below which a finder searches, with the names of their objects.
    fn above(&self, finder: &Finder) -> Vec<(String, Record)> {
        let mut above = Vec::new();
        for name in &finder.under {
            let Some(at) = self.position(name) else {
                continue;
            };
            let entries = self.objects[at].entries.values().map(|entry| &entry.record);
            let records = entries.chain(self.objects[at].places.values());
            above.extend(records.map(|record| (name.clone(), record.clone())));
        }
        above
    }

    /// Every place there is, to the last page; more than its `cap` are a fault.
    async fn list_places(&mut self, index: usize, number: usize) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        let finder = &object.find[number];
        let above = self.above(finder);
        let probes = match finder.under.is_empty() {
            true => vec![Probe::All],
            false => above
                .iter()
                .map(|(_, parent)| Probe::Parent(parent))
                .collect(),
        };
        let reader = self.reader.as_mut();
        let listed = &mut self.objects[index].places;
        for probe in probes {
            places::gather(reader, object, number, probe, listed).await?;
        }
        Ok(())
    }

    fn is_place(&self, name: &str) -> bool {
        self.system.object(name).is_some_and(Object::is_place)
    }

    async fn collect(
        &mut self,
        index: usize,
        number: usize,
        identity: &Identity,
    ) -> Result<(), Fault> {
        let found_by = FoundBy {
            finder: number,
            identity: Some(identity.clone()),
            parent: None,
            also: Vec::new(),
        };
        self.gather(index, number, Probe::Identity(identity), found_by)
            .await
    }

    /// Runs one finder with one probe and keeps what passes the guard.
    async fn gather(
        &mut self,
        index: usize,
        number: usize,
        probe: Probe<'_>,
        found_by: FoundBy,
    ) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        if let Some(hold) = self.hold.filter(|_| !self.is_completed(object)) {
            return self.gather_many(index, number, probe, found_by, hold).await;
        }
        let (passed, refused) = self.candidates(object, number, probe, object.cap).await?;
        self.objects[index].near_misses += refused;
        for record in passed {
            let carried = guard::carried(object, &record, &self.kinds);
            let entry = Entry {
                found_by: found_by.clone(),
                carried,
                record,
            };
            if matches!(object.how, How::Document)
                && let Some(known) = self.objects[index].entries.get_mut(&entry.record.key)
            {
                // The same document, by another identity: it shows both.
                files::merge(&mut known.record, &entry.record);
                known.carried.extend(entry.carried);
                known.carried.sort();
                known.carried.dedup();
                continue;
            }
            if self.clashes(index, &entry) {
                return Err(Fault::one_key_in_two_places());
            }
            let system = Arc::clone(&self.system);
            let is_place = |name: &str| system.object(name).is_some_and(Object::is_place);
            self.objects[index].keep(entry, &is_place);
        }
        if self.objects[index].entries.len() > object.cap {
            return Err(Fault::cap(object.cap));
        }
        Ok(())
    }

    /// Whether another record came under the same key in another place: then the key does not name one record, and what is done to
    /// the one would be taken for done to the other.
    fn clashes(&self, index: usize, entry: &Entry) -> bool {
        let in_place = |found_by: &FoundBy| {
            let parent = found_by.parent.as_ref();
            parent.is_some_and(|(name, _)| self.is_place(name))
        };
        let object = &self.system.objects[index];
        let known = self.objects[index].entries.get(&entry.record.key);
        known.is_some_and(|known| {
            in_place(&known.found_by)
                && in_place(&entry.found_by)
                && known.found_by.parent != entry.found_by.parent
                && !self.reader.reads_by_key(object)
                && known.record.data != entry.record.data
        })
    }

    /// Whether records of an object are kept in any case: those that are read again one by one after a finder returned them, and
    /// those that lie in places.
    fn is_completed(&self, object: &Object) -> bool {
        let shortened = object.find.iter().any(|finder| finder.partial);
        shortened
            || matches!(object.how, How::Document)
            || !object.parts().is_empty()
            || !object.files().is_empty()
            || object.parents().any(|parent| self.is_place(parent))
            || matches!(object.how, How::Http { .. }) && self.reader.reads_by_key(object)
    }

    /// The same for objects that may have more records than are to be kept.
    async fn gather_many(
        &mut self,
        index: usize,
        number: usize,
        probe: Probe<'_>,
        found_by: FoundBy,
        hold: usize,
    ) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        let finder = &object.find[number];
        let Session {
            reader,
            kinds,
            objects,
            ..
        } = self;
        let progress = &mut objects[index];
        let (mut answered, mut wrong) = (false, None);
        reader
            .find(object, number, probe, &mut |record| {
                if guard::check(object, finder, probe, &record, kinds) != Verdict::Passed {
                    progress.near_misses += 1;
                    return true;
                }
                answered = true;
                let entry = Entry {
                    carried: guard::carried(object, &record, kinds),
                    found_by: found_by.clone(),
                    record,
                };
                let taken = progress.take(entry, hold).and_then(|()| {
                    let fits = progress.count() <= object.cap;
                    fits.then_some(()).ok_or_else(|| Fault::cap(object.cap))
                });
                wrong = taken.err();
                wrong.is_none()
            })
            .await?;
        if answered {
            progress.leads.push(found_by);
        }
        wrong.map_or(Ok(()), Err)
    }

    /// Guarded records of one finder and probe, completed by `read` where the object has one, and the number refused.
    async fn candidates(
        &mut self,
        object: &Object,
        number: usize,
        probe: Probe<'_>,
        cap: usize,
    ) -> Result<(Vec<Record>, u64), Fault> {
        let finder = &object.find[number];
        let mut kept = Vec::new();
        let (mut refused, mut unseen) = (0, 0);
        let kinds = Arc::clone(&self.kinds);
        self.reader
            .find(object, number, probe, &mut |record| {
                match guard::check(object, finder, probe, &record, &kinds) {
                    Verdict::Passed => kept.push(record),
                    // Whose it is shows when it is read; the cap counts what is the person's.
                    Verdict::Unseen if finder.partial => {
                        unseen += 1;
                        kept.push(record);
                    }
                    Verdict::Unseen | Verdict::Refused => refused += 1,
                }
                kept.len() - unseen <= cap && unseen <= LOOKED_AT
            })
            .await?;
        if kept.len() - unseen > cap {
            return Err(Fault::cap(cap));
        }
        if unseen > LOOKED_AT {
            return Err(Fault::cap(LOOKED_AT));
        }
        if !(finder.partial || matches!(object.how, How::Http { .. }))
            || !self.reader.reads_by_key(object)
        {
            return Ok((kept, refused));
        }
        let keys_will_do = self.depth == Depth::Keys;
        let mut whole = Vec::with_capacity(kept.len());
        for short in kept {
            let shown = guard::check(object, finder, probe, &short, &kinds);
            if keys_will_do && shown == Verdict::Passed {
                whole.push(short);
                continue;
            }
            let record = match self.reader.read(object, &short.key).await? {
                Some(record) => record,
                // A list that lags shows what is gone; whoever asked for keys compares them.
                None if keys_will_do => {
                    whole.push(short);
                    continue;
                }
                None => return Err(Fault::unreadable_after_find()),
            };
            // What the search showed and the read does not repeat is judged by what the search showed.
            match guard::check(object, finder, probe, &record, &kinds) {
                Verdict::Passed => whole.push(record),
                Verdict::Unseen if shown == Verdict::Passed => whole.push(record),
                Verdict::Unseen | Verdict::Refused => refused += 1,
            }
            if whole.len() > cap {
                return Err(Fault::cap(cap));
            }
        }
        Ok((whole, refused))
    }

    /// Looks for the synthetic person who must be there, in the same session, so that an empty answer means something.
    async fn look_for_control(&mut self, index: usize) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        let Some(control) = system.control.as_ref().filter(|_| !object.is_place()) else {
            self.objects[index].control = Some(Control::None);
            return Ok(());
        };
        let mut searched = false;
        let mut records = Vec::new();
        for (number, finder) in object.find.iter().enumerate() {
            if finder.by.as_ref() == Some(&control.kind) && !finder.under.is_empty() {
                let parents = self.above_control(finder);
                searched |= finder.under.iter().any(|name| self.is_place(name));
                for parent in &parents {
                    let identity = control;
                    let probe = Probe::Within { identity, parent };
                    records.extend(self.candidates(object, number, probe, object.cap).await?.0);
                    // In one place is enough: they cannot be expected on every list.
                    if !records.is_empty() {
                        break;
                    }
                }
            } else if finder.by.as_ref() == Some(&control.kind) {
                searched = true;
                records.extend(
                    self.candidates(object, number, Probe::Identity(control), object.cap)
                        .await?
                        .0,
                );
            } else if finder.by.is_none() {
                for parent in self.above_control(finder) {
                    records.extend(
                        self.candidates(object, number, Probe::Parent(&parent), object.cap)
                            .await?
                            .0,
                    );
                }
            }
        }
        // A child object in which the control person has no record proves nothing, but is not blind either.
        self.objects[index].control = Some(match (records.is_empty(), searched) {
            (false, _) => Control::Found,
            (true, true) => Control::NotFound,
            (true, false) => Control::None,
        });
        self.objects[index].control_records = records;
        match self.objects[index].control {
            Some(Control::NotFound) => Err(Fault::blind(&control.kind.0)),
            _ => Ok(()),
        }
    }

    /// Where the control person's records may lie: all places, and below their own records.
    fn above_control(&self, finder: &Finder) -> Vec<Record> {
        let positions = finder.under.iter().filter_map(|name| self.position(name));
        let above = positions.flat_map(|at| {
            let own = self.objects[at].control_records.iter();
            own.chain(self.objects[at].places.values())
        });
        above.cloned().collect()
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

impl Progress {
    /// How many records were found.
    fn count(&self) -> usize {
        match &self.streaming {
            Some(streaming) => streaming.count(),
            None => self.entries.len(),
        }
    }

    /// Keeps a record, or notes that it was reached once more.
    fn keep(&mut self, entry: Entry, is_place: &dyn Fn(&str) -> bool) {
        match self.entries.entry(entry.record.key.clone()) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            // Also below that one: it inherits from it, and the one above has to know of it.
            Slot::Occupied(mut slot) => {
                let known = &mut slot.get_mut().found_by;
                let in_place = |found_by: &FoundBy| {
                    let parent = found_by.parent.as_ref();
                    parent.is_some_and(|(name, _)| is_place(name))
                };
                if in_place(&entry.found_by) {
                    return;
                }
                if in_place(known) && entry.found_by.parent.is_some() {
                    *known = entry.found_by;
                } else if let Some(parent) = entry.found_by.parent {
                    known.join(parent);
                }
            }
        }
    }

    /// Keeps a record while there are not too many, and from then on some of each sort.
    fn take(&mut self, entry: Entry, hold: usize) -> Result<(), Fault> {
        if let Some(streaming) = &mut self.streaming {
            return streaming.take(entry, &mut self.entries, hold);
        }
        // What lies in places is never held back.
        self.keep(entry, &|_| false);
        if self.entries.len() > hold {
            let mut streaming = Streaming::default();
            for entry in std::mem::take(&mut self.entries).into_values() {
                streaming.take(entry, &mut self.entries, hold)?;
            }
            self.streaming = Some(streaming);
        }
        Ok(())
    }
}
