//! The holds of a workspace, folded from the ledger and kept up with it.

use super::{Hold, Released};
use crate::diagnostic::Result;
use crate::ledger::{Event, Ledger, Stored};

/// All holds that the ledger tells of, up to an event.
#[derive(Clone, Debug, Default)]
pub struct Register {
    holds: Vec<Hold>,
    /// Position of the last event that was looked at.
    seen: u64,
}

impl Register {
    /// Takes what was written since the last look. Costs one question where nothing was.
    ///
    /// # Errors
    /// E636 if an event cannot be relied on.
    pub fn catch_up(&mut self, ledger: &Ledger) -> Result<()> {
        let mut events = Vec::new();
        self.seen = ledger.of_the_workspace(self.seen, &mut |stored| events.push(stored))?;
        for stored in events {
            self.take(stored);
        }
        Ok(())
    }

    fn take(&mut self, stored: Stored) {
        match stored.event {
            Event::HoldAdded {
                hold,
                ground,
                scope,
                review_by,
                person,
                operator,
            } => self.holds.push(Hold {
                id: hold,
                ground,
                scope,
                case: person,
                set_at: stored.at,
                set_by: operator,
                review_by,
                released: None,
            }),
            Event::HoldWidened { hold, identities } => {
                for known in self.holds.iter_mut().filter(|one| one.id == hold) {
                    // A hold that is on no person covers everybody; nothing widens that.
                    let digests = &mut known.scope.identities;
                    if !digests.is_empty() {
                        digests.extend(&identities);
                        digests.sort();
                        digests.dedup();
                    }
                }
            }
            Event::HoldReleased { hold, operator } => {
                let mut standing = self.holds.iter_mut().filter(|one| one.stands());
                if let Some(released) = standing.find(|one| one.id == hold) {
                    released.released = Some(Released {
                        at: stored.at,
                        by: operator,
                    });
                }
            }
            _ => {}
        }
    }

    /// Oldest first, the released ones among them.
    pub fn every(&self) -> &[Hold] {
        &self.holds
    }

    pub fn standing(&self) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(|hold| hold.stands())
    }
}

/// The standing holds, oldest first.
///
/// # Errors
/// Those of reading the ledger.
pub fn all(ledger: &Ledger) -> Result<Vec<Hold>> {
    let mut all = every(ledger)?;
    all.retain(Hold::stands);
    Ok(all)
}

/// All holds, the released ones among them.
///
/// # Errors
/// Those of reading the ledger.
pub fn every(ledger: &Ledger) -> Result<Vec<Hold>> {
    let mut register = Register::default();
    register.catch_up(ledger)?;
    Ok(register.holds)
}
