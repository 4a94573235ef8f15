//! Objects with more records of one person than are to be kept in memory.
//!
//! A search counts them, keeps two of each sort (those that carry the same identities below the same parent are one sort), and
//! judges the sorts. What is handed over later is asked for again, guarded again, and goes on one record at a time; a record of a
//! sort that the search did not see is left out. What is remembered of a record is a hash of eight bytes, so that one that two
//! finders return is counted and handed over once.

use std::collections::btree_map::Entry as Slot;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::Arc;

use crate::connector::object::{How, Object};
use crate::connector::{Fault, Key, Probe, Reader, Record, Sink, Unread};
use crate::find::classify::Judgement;
use crate::find::guard::{self, Verdict};
use crate::find::session::Entry;
use crate::find::{Open, opened};
use crate::findings::{FoundBy, Judged, Match, Streamed, SystemFindings};
use crate::inventory::System;
use crate::subject::{Identity, Kinds};

/// Those that carry the same identities and hang below the same parent.
type Sort = (Vec<Identity>, Option<(String, Key)>);

/// Entries that are kept of each sort: two, because whether an address is a desk's shows only when several have it.
const OF_EACH: u64 = 2;

/// What a search remembers of records that it does not keep.
#[derive(Default)]
pub(super) struct Streaming {
    seen: Seen,
    /// Number of records, and how many of them are kept.
    sorts: BTreeMap<Sort, (u64, u64)>,
}

impl Streaming {
    pub(super) fn count(&self) -> usize {
        self.seen.hashes.len()
    }

    /// Counts a record; it is kept among `entries` if few of its sort are there.
    ///
    /// # Errors
    /// E570 if there are too many sorts: then the records are not one person's in any way that could be told.
    pub(super) fn take(
        &mut self,
        entry: Entry,
        entries: &mut BTreeMap<Key, Entry>,
        hold: usize,
    ) -> Result<(), Fault> {
        let fresh = self.seen.insert(&entry.record.key);
        let sort = (entry.carried.clone(), entry.found_by.parent.clone());
        let known = self.sorts.len();
        let (count, kept) = self.sorts.entry(sort).or_default();
        *count += u64::from(fresh);
        if *kept < OF_EACH
            && let Slot::Vacant(slot) = entries.entry(entry.record.key.clone())
        {
            slot.insert(entry);
            *kept += 1;
        }
        if known > hold {
            return Err(Fault::many_identities(hold));
        }
        Ok(())
    }

    /// The sorts with their judgement, which is that of the entries kept of each.
    pub(super) fn finish(
        self,
        entries: &BTreeMap<Key, Entry>,
        matches: &BTreeMap<Key, Judgement>,
        mut leads: Vec<FoundBy>,
    ) -> Streamed {
        let mut judged: BTreeMap<Sort, Match> = BTreeMap::new();
        for (key, entry) in entries {
            let Some((matched, _, _)) = matches.get(key) else {
                continue;
            };
            let sort = (entry.carried.clone(), entry.found_by.parent.clone());
            // The less sure word counts.
            let word = judged.entry(sort).or_insert(*matched);
            *word = (*word).max(*matched);
        }
        // What hangs below a record that is the person's is so too, whichever finder came first.
        leads.sort_by_key(|lead| lead.parent.is_none());
        let records = self.seen.hashes.len() as u64;
        let of_sort = |(sort, (records, _)): (Sort, (u64, u64))| {
            let matched = judged.get(&sort).copied().unwrap_or(Match::Linked);
            let (carried, parent) = sort;
            Judged {
                carried,
                parent,
                matched,
                records,
            }
        };
        Streamed {
            records,
            leads,
            judged: self.sorts.into_iter().map(of_sort).collect(),
        }
    }
}

/// Keys that came already, as hashes: of a thousand million records two would be taken for one about once in forty runs, of a
/// million practically never.
#[derive(Default)]
struct Seen {
    hashes: HashSet<u64>,
    state: RandomState,
}

impl Seen {
    /// Whether the key is new.
    fn insert(&mut self, key: &Key) -> bool {
        self.hashes.insert(self.state.hash_one(key))
    }
}

/// What became of records that were handed over one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// The person's; they were handed over.
    pub handed: u64,
    /// Found over others only, or by a shared address.
    pub waiting: u64,
    /// Of a sort that the search did not see: written or changed since.
    pub unknown: u64,
    /// What the records have beyond what was read of them this time.
    pub unread: Option<Unread>,
}

/// Finds the records of an object again that a search did not keep, and hands over those that are the person's.
///
/// The sink returns `false` to stop. The time that the system may take in one run counts here too.
///
/// # Errors
/// Those of the system; what was handed over until then is not complete.
pub async fn stream(
    open: &Arc<Open>,
    system: &Arc<System>,
    found: &SystemFindings,
    object: &Object,
    streamed: &Streamed,
    kinds: &Kinds,
    sink: Sink<'_>,
) -> Result<Flow, Fault> {
    let mut reader = opened(Arc::clone(open), system).await?;
    let flowing = flow(reader.as_mut(), found, object, streamed, kinds, sink);
    match tokio::time::timeout(system.within, flowing).await {
        Ok(flow) => flow,
        Err(_) => Err(Fault::cut(system.within.as_secs())),
    }
}

/// A [`Sort`] as a record in passing shows it.
type SortSeen<'a> = (&'a [Identity], Option<&'a (String, Key)>);

async fn flow(
    reader: &mut dyn Reader,
    found: &SystemFindings,
    object: &Object,
    streamed: &Streamed,
    kinds: &Kinds,
    sink: Sink<'_>,
) -> Result<Flow, Fault> {
    let judged: BTreeMap<SortSeen<'_>, Match> = streamed
        .judged
        .iter()
        .map(|j| ((j.carried.as_slice(), j.parent.as_ref()), j.matched))
        .collect();
    // One question to a table or a file returns no record twice; pages may.
    let mut seen =
        (streamed.leads.len() > 1 || matches!(object.how, How::Http { .. })).then(Seen::default);
    let mut flow = Flow {
        unread: reader.unread(object).await?,
        ..Flow::default()
    };
    let mut stopped = false;
    for lead in &streamed.leads {
        let finder = object
            .find
            .get(lead.finder)
            .ok_or_else(Fault::parent_missing)?;
        let above = match &lead.parent {
            Some((name, key)) if finder.under.contains(name) => {
                Some(parent(found, name, key).ok_or_else(Fault::parent_missing)?)
            }
            _ => None,
        };
        let probe = match (&lead.identity, above) {
            (Some(identity), Some(parent)) => Probe::Within { identity, parent },
            (Some(identity), None) => Probe::Identity(identity),
            (None, Some(parent)) => Probe::Parent(parent),
            (None, None) => continue,
        };
        let mut over = false;
        reader
            .find(object, lead.finder, probe, &mut |record| {
                if guard::check(object, finder, probe, &record, kinds) != Verdict::Passed {
                    return true;
                }
                let carried = guard::carried(object, &record, kinds);
                match judged.get(&(carried.as_slice(), lead.parent.as_ref())) {
                    Some(Match::Stated) => {}
                    Some(_) => {
                        flow.waiting += 1;
                        return true;
                    }
                    None => {
                        flow.unknown += 1;
                        return true;
                    }
                }
                if seen.as_mut().is_some_and(|seen| !seen.insert(&record.key)) {
                    return true;
                }
                flow.handed += 1;
                over = flow.handed > object.cap as u64;
                stopped = over || !sink(record);
                !stopped
            })
            .await?;
        if over {
            return Err(Fault::cap(object.cap));
        }
        if stopped {
            break;
        }
    }
    Ok(flow)
}

/// A record of the same system that the search kept.
fn parent<'f>(found: &'f SystemFindings, name: &str, key: &Key) -> Option<&'f Record> {
    let object = found.objects.iter().find(|object| object.object == name)?;
    let records = object.records.iter().map(|found| &found.record);
    records.into_iter().find(|record| record.key == *key)
}
