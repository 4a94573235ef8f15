//! Whether a ledger is whole, and where it is not.

use std::collections::BTreeMap;

use super::chain::{CaseCheck, Stored};
use super::heads::Known;
use super::store::Store;
use super::{Event, Head};
use crate::case_id::CaseId;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::keys::Digest;
use crate::messages::{Text, store as say};

/// What the check of a ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The last event that is linked as it should be.
    pub head: Head,
    /// The first place where the chain breaks; `None` if it is whole.
    pub broken: Option<Break>,
}

impl Verdict {
    pub fn is_whole(&self) -> bool {
        self.broken.is_none()
    }
}

/// Where a ledger breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// Position of the event, counted from 1.
    pub seq: u64,
    pub flaw: Flaw,
}

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its bytes do not have the hash that is stored with them.
    Hash,
    /// Its bytes are no event of this program.
    Unreadable,
    /// Position or case are not those that its bytes say.
    Columns,
    /// An event before it is missing, or another one stands there.
    Chain,
    /// The same within its case.
    CaseChain,
    /// It is older than the event before it.
    Clock,
    /// The first event does not carry the ledger's id, or a later one does.
    First,
    /// The head remembered outside the workspace is missing: the end was cut off or rewritten.
    Remembered,
}

impl Flaw {
    pub fn text(self) -> Text {
        match self {
            Flaw::Hash => say::flaw_hash(),
            Flaw::Unreadable => say::flaw_unreadable(),
            Flaw::Columns => say::flaw_columns(),
            Flaw::Chain => say::flaw_chain(),
            Flaw::CaseChain => say::flaw_case_chain(),
            Flaw::Clock => say::flaw_clock(),
            Flaw::First => say::flaw_first(),
            Flaw::Remembered => say::flaw_remembered(),
        }
    }
}

/// An event that cannot be relied on, as an error of a command that needed it.
pub(super) fn damaged(seq: u64, flaw: Flaw) -> Trouble {
    Diagnostic::new("E636", Exit::Failed, say::ledger_damaged(seq))
        .why(flaw.text())
        .help(say::ledger_damaged_help())
        .into()
}

pub(super) fn verify(store: &dyn Store, id: &str, known: &Known) -> Result<Verdict> {
    let mut head = Head::EMPTY;
    let mut broken = None;
    let mut last_at = None;
    let mut cases: BTreeMap<CaseId, CaseCheck> = BTreeMap::new();
    store.lines(None, &mut |line| {
        let seq = line.seq;
        let flaw = Stored::check(line).and_then(|stored| {
            check(&stored, head, id)?;
            if last_at > Some(stored.at) {
                return Err(Flaw::Clock);
            }
            if let Some(case) = &stored.case {
                cases.entry(case.clone()).or_default().next(&stored)?;
            }
            last_at = Some(stored.at);
            Ok(stored.hash)
        });
        match flaw {
            Ok(hash) => head = Head { count: seq, hash },
            Err(flaw) => broken = Some(Break { seq, flaw }),
        }
        Ok(broken.is_none())
    })?;
    if broken.is_none() && (head.count == 0 || !known.lies_in(store)?) {
        broken = Some(Break {
            seq: known.head().count.clamp(1, head.count + 1),
            flaw: Flaw::Remembered,
        });
    }
    Ok(Verdict { head, broken })
}

fn check(stored: &Stored, before: Head, id: &str) -> std::result::Result<(), Flaw> {
    if stored.seq != before.count + 1 || stored.prev != before.hash {
        return Err(Flaw::Chain);
    }
    let named: Option<&str> = match &stored.event {
        Event::LedgerMade { ledger, .. } => Some(ledger),
        _ => None,
    };
    let wanted = (before.hash == Digest([0; 32])).then_some(id);
    if named == wanted {
        Ok(())
    } else {
        Err(Flaw::First)
    }
}
