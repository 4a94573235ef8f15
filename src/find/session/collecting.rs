//! Asks with every finder and keeps what passes the guard.

use std::sync::Arc;

use super::{Entry, Session};
use crate::connector::files;
use crate::connector::object::{Finder, How, Object};
use crate::connector::{Fault, Probe, Record};
use crate::find::guard::{self, Verdict};
use crate::find::{Depth, places};
use crate::findings::FoundBy;
use crate::subject::{Identity, Kind};

/// Shortened records of one search that are read to see whose they are, at most.
const LOOKED_AT: usize = 100_000;

impl Session {
    /// Asks for the children of every parent that has not been asked for yet. Parents come before children in the list.
    pub(super) async fn collect_children(
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
    pub(super) async fn collect_within(
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
    pub(super) async fn list_places(&mut self, index: usize, number: usize) -> Result<(), Fault> {
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

    pub(super) async fn collect(
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
    pub(super) async fn gather(
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
    pub(super) fn clashes(&self, index: usize, entry: &Entry) -> bool {
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
    pub(super) fn is_completed(&self, object: &Object) -> bool {
        let shortened = object.find.iter().any(|finder| finder.partial);
        shortened
            || matches!(object.how, How::Document)
            || !object.parts().is_empty()
            || !object.files().is_empty()
            || object.parents().any(|parent| self.is_place(parent))
            || matches!(object.how, How::Http { .. }) && self.reader.reads_by_key(object)
    }

    /// The same for objects that may have more records than are to be kept.
    pub(super) async fn gather_many(
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
    pub(super) async fn candidates(
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
}
