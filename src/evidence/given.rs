//! What the maker of a bundle is given one by one, because there may be very many of it: events, steps and what was found.

use super::JournalLine;
use crate::diagnostic::Result;
use crate::findings::{Findings, Found};
use crate::keys::Digest;
use crate::plan::{Plan, Step};

/// All events of a case. They pass by more than once, each time the same.
pub trait Journal {
    /// Hands the events over in their order.
    ///
    /// # Errors
    /// Those of the ledger and of the visitor.
    fn each(&self, visit: &mut dyn FnMut(&JournalLine) -> Result<()>) -> Result<()>;
}

/// A plan whose steps may lie elsewhere.
pub trait Planned {
    /// All but the steps; they may be missing here.
    fn head(&self) -> &Plan;

    /// SHA-256 of the canonical bytes of the whole plan.
    fn id(&self) -> Digest;

    /// Hands the steps over in their order.
    ///
    /// # Errors
    /// Those of the vault and of the visitor.
    fn each(&self, visit: &mut dyn FnMut(&Step) -> Result<()>) -> Result<()>;
}

/// Findings whose records may lie elsewhere.
pub trait Searched {
    /// All but the records; they may be missing here.
    fn head(&self) -> &Findings;

    /// Hands the records over in their order, with the number of their system and of their object within it.
    ///
    /// # Errors
    /// Those of the vault and of the visitor.
    fn each(&self, visit: &mut dyn FnMut(usize, usize, &Found) -> Result<()>) -> Result<()>;
}

impl Journal for Vec<JournalLine> {
    fn each(&self, visit: &mut dyn FnMut(&JournalLine) -> Result<()>) -> Result<()> {
        self.iter().try_for_each(visit)
    }
}

impl Planned for Plan {
    fn head(&self) -> &Plan {
        self
    }

    fn id(&self) -> Digest {
        Plan::id(self)
    }

    fn each(&self, visit: &mut dyn FnMut(&Step) -> Result<()>) -> Result<()> {
        self.steps.iter().try_for_each(visit)
    }
}

impl Searched for Findings {
    fn head(&self) -> &Findings {
        self
    }

    fn each(&self, visit: &mut dyn FnMut(usize, usize, &Found) -> Result<()>) -> Result<()> {
        for (number, system) in self.systems.iter().enumerate() {
            for (object, own) in system.objects.iter().enumerate() {
                own.records
                    .iter()
                    .try_for_each(|found| visit(number, object, found))?;
            }
        }
        Ok(())
    }
}
