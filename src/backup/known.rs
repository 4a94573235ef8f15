//! Which copies there are, as the ledger tells, and what each of them still knows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::case_id::CaseId;
use crate::diagnostic::Result;
use crate::keys::Digest;
use crate::ledger::{Event, Ledger};

/// A copy that was made.
#[derive(Clone, Debug)]
pub struct Known {
    /// SHA-256 of the file.
    pub backup: Digest,
    pub made: Timestamp,
    /// How many events its ledger has.
    pub events: u64,
    /// Whether the workspace key is in it.
    pub key: bool,
    /// Last day on which somebody keeps it, if that was said.
    pub until: Option<Date>,
    pub recipients: Vec<Digest>,
    pub operator: String,
    /// When an operator said that it does not exist any more.
    pub destroyed: Option<Timestamp>,
}

impl Known {
    /// Whether it may still exist on this day. A day that somebody meant to destroy it by is believed.
    pub fn exists(&self, day: Date) -> bool {
        self.destroyed.is_none() && self.until.is_none_or(|until| until >= day)
    }

    /// Whether it holds the key of a case that was opened and purged by these events; not purged yet without the second.
    pub fn holds(&self, opened: u64, purged: Option<u64>) -> bool {
        opened <= self.events && purged.is_none_or(|purged| self.events < purged)
    }
}

/// Every copy that the ledger knows of, oldest first. Copies of the files that were made by other means are in no ledger.
///
/// # Errors
/// Those of reading the ledger.
pub fn all(ledger: &Ledger) -> Result<Vec<Known>> {
    let mut all: Vec<Known> = Vec::new();
    ledger.of_the_terms(&mut |stored| match stored.event {
        Event::BackupMade {
            backup,
            head,
            key,
            until,
            recipients,
            operator,
        } => all.push(Known {
            backup,
            made: stored.at,
            events: head.count,
            key,
            until,
            recipients,
            operator,
            destroyed: None,
        }),
        Event::BackupDestroyed { backup, .. } => {
            for known in all.iter_mut().filter(|known| known.backup == backup) {
                known.destroyed = known.destroyed.or(Some(stored.at));
            }
        }
        _ => {}
    })?;
    Ok(all)
}

/// By which events each purged case was opened and purged.
///
/// # Errors
/// Those of reading the ledger.
pub fn purges(ledger: &Ledger) -> Result<BTreeMap<CaseId, (u64, u64)>> {
    let mut opened = BTreeMap::new();
    let mut purged = BTreeMap::new();
    ledger.all(&mut |stored| {
        match (stored.case, stored.event) {
            (Some(case), Event::CaseOpened { .. }) => drop(opened.insert(case, stored.seq)),
            (Some(case), Event::CasePurged { .. }) => {
                let first = opened.get(&case).copied().unwrap_or(stored.seq);
                purged.entry(case).or_insert((first, stored.seq));
            }
            _ => {}
        }
        true
    })?;
    Ok(purged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_the_keys_of_the_cases_that_were_open_when_it_was_made() {
        let known = Known {
            backup: Digest([1; 32]),
            made: Timestamp::UNIX_EPOCH,
            events: 10,
            key: true,
            until: Some(Date::constant(2026, 6, 30)),
            recipients: Vec::new(),
            operator: "op".to_owned(),
            destroyed: None,
        };
        assert!(known.holds(10, None) && known.holds(3, Some(11)));
        assert!(!known.holds(11, None) && !known.holds(3, Some(10)));
        assert!(known.exists(Date::constant(2026, 6, 30)));
        assert!(!known.exists(Date::constant(2026, 7, 1)));
        let gone = Known {
            destroyed: Some(Timestamp::UNIX_EPOCH),
            until: None,
            ..known
        };
        assert!(!gone.exists(Date::constant(2026, 1, 1)));
    }
}
