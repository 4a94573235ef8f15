//! Reading as proof: what a record looks like now, and what a write has come to by that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::connector::object::{Finder, How, Object, Verify};
use crate::connector::{Action, Effect, Fault, Key, Probe, Record};
use crate::execute::Ended;
use crate::execute::recover::{self, State, Status};
use crate::find::places;
use crate::plan::{Level, Outcome, Step};
use crate::subject::{Identity, Kind, Kinds};

use super::Lane;
use super::proof::hides;

/// Pause between two looks at the same record.
pub(super) const AGAIN: Duration = Duration::from_millis(250);

impl Lane<'_> {
    /// The record as it is now, also if a write has given it another key.
    pub(super) async fn look(
        &mut self,
        object: &Object,
        step: &Step,
    ) -> Result<Option<Record>, Fault> {
        let mut record = self.look_under_key(object, step).await?;
        // What was removed needs no second search here: the one after the run asks for every identity.
        if record.is_none() && step.action != Some(Action::Remove) {
            record = self.look_elsewhere(object, step).await?;
        }
        if record.is_some() || !self.reader.keys_follow_content(object) {
            return Ok(record);
        }
        self.look_for_moved(object, step, true).await
    }

    /// The record by what this step, if it may have been written, or another step on the same record has written to it: several
    /// objects can describe one row.
    async fn look_for_moved(
        &mut self,
        object: &Object,
        step: &Step,
        may_be_written: bool,
    ) -> Result<Option<Record>, Fault> {
        let (run, system) = (self.run, Arc::clone(&self.system));
        let steps = run.approved.plan().steps.iter();
        let same = steps.filter(|other| {
            other.system == step.system
                && other.key == step.key
                && (other.no != step.no || may_be_written)
        });
        for other in same {
            let (Some(action), Some(described)) = (other.action, system.object(&other.object))
            else {
                continue;
            };
            let mut moved = None;
            let mut take = |candidate: Record| {
                let state = |of: &Step, object| {
                    let action = of.action?;
                    Some(run.digester.state(object, action, &candidate))
                };
                let as_written = other.after.is_some() && state(other, described) == other.after;
                let as_planned = other.no != step.no && state(step, object) == Some(step.before);
                if as_written || as_planned {
                    moved = Some(candidate);
                }
                moved.is_none()
            };
            self.reader
                .moved(described, action, &step.key, &other.changes, &mut take)
                .await?;
            if moved.is_some() {
                return Ok(moved);
            }
        }
        Ok(None)
    }

    /// The record before it is written to: as [`Lane::look`], but an edit by somebody else is never taken for its absence.
    pub(super) async fn look_before(
        &mut self,
        object: &Object,
        step: &Step,
        status: Status,
    ) -> Result<Option<Record>, Fault> {
        let mut record = self.look_under_key(object, step).await?;
        // Somebody, or a run that was killed, may have changed the value that the search goes by.
        if record.is_none() {
            record = self.look_elsewhere(object, step).await?;
        }
        if record.is_some() || !self.reader.keys_follow_content(object) {
            return Ok(record);
        }
        let may_be_written = status != Status::Untouched;
        let moved = self.look_for_moved(object, step, may_be_written).await?;
        let edited = self.look_for_edited(object, step, moved.as_ref()).await?;
        Ok(edited.or(moved))
    }

    /// A record that may be the one of this step, edited by somebody so that it has another key now: a search for the person returns
    /// it, and no other step explains it. Each step explains one: that of its key, or one in the state before or after it.
    async fn look_for_edited(
        &mut self,
        object: &Object,
        step: &Step,
        moved: Option<&Record>,
    ) -> Result<Option<Record>, Fault> {
        let run = self.run;
        let found = self.found_now(object, step).await?;
        let steps = run.approved.plan().steps.iter();
        let mut unused: Vec<&Step> = steps
            .filter(|other| other.system == step.system && other.object == step.object)
            .filter(|other| other.no != step.no && !found.contains_key(&other.key))
            .collect();
        let mut moved = moved;
        for (key, record) in &found {
            let mut steps = run.approved.plan().steps.iter();
            if steps.any(|other| other.system == step.system && other.key == *key) {
                continue;
            }
            if moved.is_some_and(|moved| moved.data == record.data) {
                moved = None;
                continue;
            }
            let explains = |other: &&Step| {
                let as_it_was_named = Record {
                    key: other.key.clone(),
                    data: record.data.clone(),
                };
                let state = match other.action {
                    Some(action) => run.digester.state(object, action, &as_it_was_named),
                    None => run.digester.digest(object, &as_it_was_named),
                };
                state == other.before || Some(state) == other.after
            };
            match unused.iter().position(explains) {
                Some(at) => drop(unused.swap_remove(at)),
                None => return Ok(Some(record.clone())),
            }
        }
        Ok(None)
    }

    /// The name of a row since this step was written: a search for the person returns it, in the state that the step leads to.
    pub(super) async fn key_now(&mut self, object: &Object, step: &Step) -> Option<Key> {
        let found = self.found_now(object, step).await.ok()?;
        let action = step.action?;
        let is_it = |(key, record): &(Key, Record)| {
            let as_it_was_named = Record {
                key: step.key.clone(),
                data: record.data.clone(),
            };
            let state = self.run.digester.state(object, action, &as_it_was_named);
            Some(state) == step.after && !self.renamed.contains(key)
        };
        let (key, _) = found.into_iter().find(is_it)?;
        self.renamed.insert(key.clone());
        Some(key)
    }

    /// Everything of this object that a search for the person returns now, by key.
    async fn found_now(
        &mut self,
        object: &Object,
        step: &Step,
    ) -> Result<BTreeMap<Key, Record>, Fault> {
        let run = self.run;
        let mut found = BTreeMap::new();
        let plain = |finder: &Finder| finder.under.is_empty();
        for (index, finder) in object.find.iter().enumerate().filter(|(_, f)| plain(f)) {
            let asked = step.found_by.identity.iter().chain(&run.identities);
            for identity in asked.filter(|i| finder.by.as_ref() == Some(&i.kind)) {
                let mut take = |record: Record| {
                    if carries(object, &record, identity, &run.kinds) {
                        found.insert(record.key.clone(), record);
                    }
                    true
                };
                self.reader
                    .find(object, index, Probe::Identity(identity), &mut take)
                    .await?;
            }
        }
        Ok(found)
    }

    /// By key where the system can, else by the search that found it.
    async fn look_under_key(
        &mut self,
        object: &Object,
        step: &Step,
    ) -> Result<Option<Record>, Fault> {
        if self.reader.reads_by_key(object) {
            return self.reader.read(object, &step.key).await;
        }
        let mut found = None;
        let finder = object.find.get(step.found_by.finder);
        let finder = finder.ok_or_else(Fault::unreadable_after_find)?;
        let above = step.found_by.parent.as_ref();
        let above = above.filter(|(name, _)| finder.under.contains(name));
        let parent = match above {
            // A place that is gone took with it what lay there.
            Some((name, key)) => match self.parent(finder, name, key).await? {
                Some(parent) => Some(parent),
                None => return Ok(None),
            },
            None => None,
        };
        let probe = match (&step.found_by.identity, &parent) {
            (Some(identity), Some(parent)) if finder.by.is_some() => {
                Probe::Within { identity, parent }
            }
            (_, Some(parent)) => Probe::Parent(parent),
            (Some(identity), None) => Probe::Identity(identity),
            (None, None) => return Err(Fault::unreadable_after_find()),
        };
        self.reader
            .find(object, step.found_by.finder, probe, &mut |record| {
                if record.key == step.key {
                    found = Some(record);
                }
                found.is_none()
            })
            .await?;
        Ok(found)
    }

    /// A record that cannot be read by its key, by every identity that is known of the person or that this step writes: the very value
    /// that it was found by may have changed.
    async fn look_elsewhere(
        &mut self,
        object: &Object,
        step: &Step,
    ) -> Result<Option<Record>, Fault> {
        if self.reader.reads_by_key(object) {
            return Ok(None);
        }
        let run = self.run;
        for (at, finder) in object.find.iter().enumerate() {
            let Some(kind) = &finder.by else { continue };
            let known = run.identities.iter().filter(|known| known.kind == *kind);
            let mut asked = new_identities(object, step, kind, &run.kinds);
            asked.extend(known.cloned());
            asked.sort();
            asked.dedup();
            let above = self.places_for(finder, step).await?;
            let questions = asked.iter().flat_map(|identity| {
                let plain = finder.under.is_empty().then_some(Probe::Identity(identity));
                let within = above
                    .iter()
                    .map(move |parent| Probe::Within { identity, parent });
                plain
                    .into_iter()
                    .chain(within)
                    .map(move |probe| (identity, probe))
            });
            for (identity, probe) in questions.collect::<Vec<_>>() {
                let by_this = step.found_by.identity.as_ref() == Some(identity);
                if by_this && step.found_by.finder == at {
                    continue;
                }
                let mut found = None;
                self.reader
                    .find(object, at, probe, &mut |record| {
                        if record.key == step.key {
                            found = Some(record);
                        }
                        found.is_none()
                    })
                    .await?;
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    /// The record or place below which a finder searches, as far as its request needs it; `None` if it is gone.
    async fn parent(
        &mut self,
        finder: &Finder,
        name: &str,
        key: &Key,
    ) -> Result<Option<Record>, Fault> {
        let system = Arc::clone(&self.system);
        let named = Record {
            key: key.clone(),
            data: self.key_as_data(name, key),
        };
        let Some(above) = system.object(name) else {
            return Ok(Some(named));
        };
        if !finder.needs_more_of(above) {
            return Ok(Some(named));
        }
        if above.is_place() {
            let places = places::list(self.reader.as_mut(), &system, above).await?;
            return Ok(places.into_iter().find(|place| place.key == *key));
        }
        if self.reader.reads_by_key(above) {
            return self.reader.read(above, key).await;
        }
        Ok(Some(named))
    }

    /// The places in which a finder may find a record again: the one that it was found in, else all of them.
    async fn places_for(&mut self, finder: &Finder, step: &Step) -> Result<Vec<Record>, Fault> {
        if let Some((name, key)) = &step.found_by.parent
            && finder.under.contains(name)
        {
            let parent = self.parent(finder, name, key).await?;
            return Ok(parent.into_iter().collect());
        }
        let system = Arc::clone(&self.system);
        let places = places::above(self.reader.as_mut(), &system, finder).await?;
        Ok(places.into_iter().map(|(_, place)| place).collect())
    }

    pub(super) fn key_as_data(
        &self,
        object: &str,
        key: &crate::connector::Key,
    ) -> serde_json::Value {
        let names = self
            .system
            .object(object)
            .map(|object| object.key.clone())
            .unwrap_or_default();
        names
            .into_iter()
            .zip(key.parts())
            .map(|(name, part)| (name, serde_json::Value::String(part.clone())))
            .collect()
    }

    pub(super) fn state(&self, object: &Object, step: &Step, record: Option<&Record>) -> State {
        let digest = |record| match step.action {
            Some(action) => self.run.digester.state(object, action, record),
            None => self.run.digester.digest(object, record),
        };
        match record.map(digest) {
            None if self.explains_absence(object, step) => State::Absent,
            None => State::Unfound,
            Some(_) if says_gone(object, step, record) => State::Absent,
            // First, because a record that is anonymous already was planned as it should become.
            Some(digest) if Some(digest) == step.after && says_so(object, step, record) => {
                State::After
            }
            Some(digest) if digest == step.before => State::Before,
            Some(_) => State::Other,
        }
    }

    /// Whether a record that is not under its key is not there at all. A search can miss what it was found by before, and a name made
    /// of the content or of an address changes with it.
    pub(super) fn shows_absence(&self, object: &Object) -> bool {
        self.reader.reads_by_key(object)
            && !self.reader.keys_follow_content(object)
            && !object.is_named_by_address()
    }

    /// Whether a record that was not seen is gone: that can be seen, or this plan removed it already under another object's name.
    fn explains_absence(&self, object: &Object, step: &Step) -> bool {
        let same_row = |(other, key): &(String, Key)| {
            let described = self.system.object(other);
            *key == step.key && described.is_some_and(|other| are_rows_of_one_place(object, other))
        };
        self.shows_absence(object) || self.removed.iter().any(same_row)
    }

    /// What an attempted write came to: the status of a reply is never the proof.
    ///
    /// The intent is in the ledger by now. What is gone was ours to remove, whatever the reply said: a repeated request finds
    /// nothing any more, and a run that is resumed after a crash must come to the same.
    pub(super) async fn conclude(
        &mut self,
        object: &Object,
        action: Action,
        step: &Step,
        effect: Result<Effect, Fault>,
        verify: &Verify,
        sent: Instant,
    ) -> Ended {
        let done = recover::done(action);
        match effect {
            // The system took it, and says nothing by which it could be seen.
            Ok(Effect::Done) if super::is_blind(object, action) => {
                Ended::new(done, Some(Level::L0))
            }
            Ok(Effect::Unknown) if super::is_blind(object, action) => {
                Ended::new(Outcome::Unknown, None)
            }
            // A request that was repeated finds nothing; a statement is sent once, and whoever was faster gave the row another name.
            Ok(Effect::Gone)
                if !matches!(object.how, How::Http { .. })
                    && !self.explains_absence(object, step) =>
            {
                Ended::failed(Outcome::Changed, Fault::unfound())
            }
            Ok(Effect::Done | Effect::Gone) => {
                self.read_back(object, step, done, verify, sent).await
            }
            Ok(Effect::Lost | Effect::Running) => {
                let running = effect == Ok(Effect::Running);
                match self.unfinished(object, action, step, running).await {
                    Some(ended) => ended,
                    None => self.read_back(object, step, done, verify, sent).await,
                }
            }
            // Somebody writes to it faster than it can be read.
            Ok(Effect::Changed | Effect::Stale) => Ended::new(Outcome::Changed, None),
            Ok(Effect::Blocked) => Ended::new(Outcome::Blocked, None),
            Ok(Effect::Unknown) => self.settle(object, step, done, sent).await,
            Err(fault) if fault.is_of_kin() => Ended::failed(Outcome::Blocked, fault),
            Err(fault) => match self.proof(object, step).await {
                Ok(state) => match state {
                    // What went before may only hide it.
                    State::Absent if hides(object, action) => Ended::failed(Outcome::Failed, fault),
                    State::Absent if done == Outcome::Removed => Ended::new(done, Some(Level::L1)),
                    State::Absent if !action.erases() => Ended::failed(Outcome::Failed, fault),
                    State::Absent => Ended::new(Outcome::AlreadyGone, Some(Level::L1)),
                    State::After => Ended::new(done, Some(Level::L1)),
                    State::Before | State::Other if fault.leaves_open() => {
                        Ended::failed(Outcome::Unknown, fault)
                    }
                    // The system says no, and its search may have lost the record over that: nothing vouches for the removal.
                    State::Unfound | State::Before | State::Other => {
                        Ended::failed(Outcome::Failed, fault)
                    }
                },
                Err(_) => Ended::failed(Outcome::Unknown, fault),
            },
        }
    }

    /// Absent after a removal, the new values after anonymising; looked at until `within` is over.
    async fn read_back(
        &mut self,
        object: &Object,
        step: &Step,
        done: Outcome,
        verify: &Verify,
        sent: Instant,
    ) -> Ended {
        let within = Duration::from_millis(verify.after_ms.saturating_add(verify.within_ms));
        let (until, run_until) = match verify.within_ms {
            0 => (sent, sent),
            _ => self.looks_until(sent, within),
        };
        let mut pause = AGAIN;
        loop {
            match self.proof(object, step).await {
                Ok(state) => match state {
                    // The system took it, and what it searched for and found just now is not found any more.
                    State::Absent | State::Unfound if done == Outcome::Removed => {
                        return Ended::new(done, Some(Level::L1));
                    }
                    // It may be hidden as well as gone, and either way it does not show what was written.
                    State::Unfound => {}
                    State::Absent if !step.action.is_some_and(Action::erases) => {}
                    // Whoever removed it, there is nothing left that could bear the new values.
                    State::Absent => return Ended::new(Outcome::AlreadyGone, Some(Level::L1)),
                    State::After => return Ended::new(done, Some(Level::L1)),
                    State::Before | State::Other => {}
                },
                // What cannot be asked now is asked again by the next run; a lost permission never passes for an erasure.
                Err(fault) => {
                    let outcome = match fault.passing {
                        true => Outcome::Pending,
                        false => Outcome::NotVerified,
                    };
                    return Ended {
                        level: Some(Level::L0),
                        ..Ended::failed(outcome, fault)
                    };
                }
            }
            let now = Instant::now();
            if now >= until {
                return Ended::new(Outcome::NotVerified, Some(Level::L0));
            }
            if now >= run_until || self.run.stop.is_asked() {
                return Ended::new(Outcome::Pending, Some(Level::L0));
            }
            tokio::time::sleep_until(run_until.min(now + pause)).await;
            // An index that lags by a minute is not asked two hundred times.
            pause = (pause * 2).min(AGAIN * 8);
        }
    }

    /// A write whose reply was lost: reading decides, and where it cannot, a person does.
    ///
    /// A record that stands as before may still change while the request is on its way, so it is watched for as long as that can be.
    async fn settle(
        &mut self,
        object: &Object,
        step: &Step,
        done: Outcome,
        sent: Instant,
    ) -> Ended {
        loop {
            let state = match self.proof(object, step).await {
                Ok(state) => state,
                Err(fault) => return Ended::failed(Outcome::Unknown, fault),
            };
            let hidden = step.action.is_some_and(|action| hides(object, action));
            match state {
                State::Absent | State::Unfound if done == Outcome::Removed && !hidden => {
                    return Ended::new(done, Some(Level::L1));
                }
                State::After => return Ended::new(done, Some(Level::L1)),
                State::Absent | State::Unfound | State::Other => {
                    return Ended::new(Outcome::Unknown, None);
                }
                State::Before if self.run.stop.is_asked() => {
                    return Ended::failed(Outcome::Unknown, Fault::interrupted());
                }
                State::Before => {}
            }
            let left = self.request_limit().saturating_sub(sent.elapsed());
            if left.is_zero() {
                return Ended::failed(Outcome::Failed, Fault::no_effect());
            }
            tokio::time::sleep(left.min(AGAIN)).await;
        }
    }
}

/// Whether a record that is returned says of itself that it is removed.
fn says_gone(object: &Object, step: &Step, record: Option<&Record>) -> bool {
    let (Some(action), Some(record)) = (step.action, record) else {
        return false;
    };
    object.says_gone(action, &record.data)
}

/// Whether what the connector says must hold after writing new values holds; most say nothing.
fn says_so(object: &Object, step: &Step, record: Option<&Record>) -> bool {
    match (step.action, record) {
        (Some(action @ (Action::Anonymise | Action::Rectify)), Some(record)) => {
            object.shows(action, record).unwrap_or(true)
        }
        _ => true,
    }
}

/// Whether a record holds the identity by which it was found, exactly.
fn carries(object: &Object, record: &Record, identity: &Identity, kinds: &Kinds) -> bool {
    let fields = object.fields.iter();
    let mut values = fields
        .filter(|field| field.identity.as_ref() == Some(&identity.kind))
        .flat_map(|field| field.values(&record.data));
    values.any(|raw| {
        let same = kinds.identity(&identity.kind, &raw);
        same.is_ok_and(|value| value == *identity)
    })
}

/// Whether two objects describe rows of one place, so that equal keys name one row.
fn are_rows_of_one_place(one: &Object, other: &Object) -> bool {
    match (&one.how, &other.how) {
        (How::Table { table, .. }, How::Table { table: same, .. }) => {
            table == same && one.key == other.key
        }
        (How::File { .. }, How::File { .. }) => one.key == other.key,
        _ => one.name == other.name,
    }
}

/// The identities of one kind that a correction writes.
fn new_identities(object: &Object, step: &Step, kind: &Kind, kinds: &Kinds) -> Vec<Identity> {
    let fields = object.fields.iter();
    fields
        .filter(|field| field.identity.as_ref() == Some(kind))
        .filter_map(|field| step.changes.get(&field.name)?.as_deref())
        .filter_map(|value| kinds.identity(kind, value).ok())
        .collect()
}
