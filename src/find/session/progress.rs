//! What is known about one object so far.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use crate::connector::{Fault, Key, Record, Shape, Unread};
use crate::find::stream::Streaming;
use crate::findings::{Control, FoundBy};
use crate::subject::Identity;

/// A record that passed the guard, with what is needed to judge it once all systems have answered.
pub(in crate::find) struct Entry {
    pub(in crate::find) record: Record,
    pub(in crate::find) found_by: FoundBy,
    pub(in crate::find) carried: Vec<Identity>,
}

/// What is known about one object so far.
#[derive(Default)]
pub(in crate::find) struct Progress {
    pub(in crate::find) entries: BTreeMap<Key, Entry>,
    /// Of an object that is a place: every one there is, and with it no entries.
    pub(super) places: BTreeMap<Key, Record>,
    /// Set once there are too many to be kept; `entries` then holds some of each sort.
    pub(in crate::find) streaming: Option<Streaming>,
    /// What was asked and answered, for asking it again.
    pub(super) leads: Vec<FoundBy>,
    pub(super) fault: Option<Fault>,
    pub(super) near_misses: u64,
    pub(super) control: Option<Control>,
    pub(super) control_records: Vec<Record>,
    pub(super) shape: Shape,
    pub(super) unread: Option<Unread>,
    pub(super) touched: bool,
    /// Finders and parents that were asked already; what hangs below a record does not change with what else is known.
    pub(super) asked: BTreeSet<(usize, String, Key, Option<Identity>)>,
}

impl Progress {
    /// How many records were found.
    pub(super) fn count(&self) -> usize {
        match &self.streaming {
            Some(streaming) => streaming.count(),
            None => self.entries.len(),
        }
    }

    /// Keeps a record, or notes that it was reached once more.
    pub(super) fn keep(&mut self, entry: Entry, is_place: &dyn Fn(&str) -> bool) {
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
    pub(super) fn take(&mut self, entry: Entry, hold: usize) -> Result<(), Fault> {
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
