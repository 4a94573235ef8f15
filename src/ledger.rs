//! The append-only, hash-chained history of everything that was done.
//!
//! An event is canonical JSON; its hash is SHA-256 of the stored bytes, and those bytes are what the journal of a bundle holds.
//! Events are an enum of codes, numbers, ids and keyed digests: no free text, nothing personal. Intent is written before a write,
//! always. Here the events are linked and checked; where the lines lie is the business of a [`store::Store`] (SQLite in
//! `ledger/sqlite.rs`), and all stores pass the same tests.
//!
//! For the crash tests, builds with debug assertions obey variables of the environment: with `DSR_TEST_KILL_BEFORE=n` or
//! `DSR_TEST_KILL_AFTER=n` the process kills itself with SIGKILL right before or right after the commit that holds the n-th event
//! written since the process started, and `DSR_TEST_LOCK_WAIT_MS` is how long a commit waits for another process. Release builds do
//! not look at them.

mod chain;
mod event;
mod heads;
mod kill;
mod sqlite;
pub mod store;
mod verify;

use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use chain::Stored;
pub use event::{
    Brake, Closing, DeferredPart, Event, ExportKind, Leaf, Needless, ObjectAnswer, Recipient,
    RuleMissed, RulePlanned, Sealed, Stamped, SystemAnswer, TaskKind, TaskResult, Told,
};
pub use store::Stillness;
pub use verify::{Break, Flaw, Verdict};

use crate::case_id::CaseId;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::terms::Terms;
use crate::keys::Digest;
use crate::messages::store as say;
use crate::trust::Lock;
use crate::workspace::Workspace;
use chain::{Clock, Header};
use heads::Heads;
use sqlite::SqliteStore;
use store::Store;

/// How long a chain is and what its last line hashes to. An empty chain has the hash of 64 zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub count: u64,
    pub hash: Digest,
}

impl Head {
    pub const EMPTY: Head = Head {
        count: 0,
        hash: Digest([0; 32]),
    };
}

/// How events of the log over all cases are recognised before they are read. In canonical JSON a kind can stand nowhere else like this:
/// quotation marks within values are escaped.
const KINDS_OF_THE_LOG: [&[u8]; 2] = [
    b"\"event\":\"leaf_appended\"",
    b"\"event\":\"log_anchored\"",
];

/// The same for what weakens or strengthens the workspace as a whole.
const KINDS_OF_THE_TERMS: [&[u8]; 4] = [
    b"\"event\":\"terms_changed\"",
    b"\"event\":\"agreed\"",
    b"\"event\":\"ledger_adopted\"",
    b"\"event\":\"backup_",
];

/// The history of a workspace.
pub struct Ledger {
    id: String,
    store: Box<dyn Store + Send>,
    heads: Heads,
    /// Set if the ledger does not contain the head that was remembered: then nothing is written.
    set_back: Option<heads::Known>,
    /// Whether nothing was remembered when it was opened.
    unremembered: bool,
    clock: Clock,
}

impl Ledger {
    /// Makes the ledger of a new workspace and returns its id, which belongs into `dsr.lock`.
    ///
    /// A ledger that holds nothing but its first event is taken over: its making was interrupted before `dsr.lock` was written.
    ///
    /// # Errors
    /// E630 (exit 2) if there is a ledger with a history already.
    pub fn create(workspace: &Workspace, at: Timestamp) -> Result<(Ledger, String)> {
        let store = SqliteStore::create(workspace)?;
        if let Some(first) = store.line(1)? {
            let first = Stored::read(first)?;
            return match (store.head()?.count, first.event) {
                (1, Event::LedgerMade { ledger, .. }) => {
                    let id = ledger.clone();
                    Ok((Ledger::over(store, ledger, workspace)?, id))
                }
                _ => Err(Diagnostic::new("E630", Exit::Usage, say::ledger_exists())
                    .help(say::lock_missing_beside_ledger_help())
                    .into()),
            };
        }
        let id = Digest::sha256(crate::keys::Key::random().expose()).hex()[..32].to_owned();
        let mut ledger = Ledger::over(store, id.clone(), workspace)?;
        let first = Event::LedgerMade {
            ledger: id.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        ledger.append(None, at, &[first])?;
        Ok((ledger, id))
    }

    /// Opens the ledger that `dsr.lock` names.
    ///
    /// A ledger that lags behind a head remembered outside the workspace can be read; [`Ledger::append`] refuses.
    ///
    /// # Errors
    /// Exit 2 if `dsr.lock` names none (E623), it is missing (E631) or another one lies there (E632).
    pub fn open(workspace: &Workspace, lock: &Lock) -> Result<Ledger> {
        let Some(id) = lock.ledger.clone() else {
            return Err(
                Diagnostic::new("E623", Exit::Usage, say::lock_without_ledger())
                    .help(say::lock_missing_help())
                    .into(),
            );
        };
        let missing = || {
            Diagnostic::new("E631", Exit::Usage, say::ledger_missing(id.as_str()))
                .help(say::ledger_missing_help())
        };
        if !workspace.ledger_file().exists() {
            return Err(missing().into());
        }
        let store = SqliteStore::open(workspace)?;
        let first = store.line(1)?.ok_or_else(missing)?;
        match Stored::read(first)?.event {
            Event::LedgerMade { ledger, .. } if ledger == id => Ledger::over(store, id, workspace),
            _ => Err(
                Diagnostic::new("E632", Exit::Usage, say::ledger_foreign(id.as_str()))
                    .help(say::ledger_missing_help())
                    .into(),
            ),
        }
    }

    fn over(store: SqliteStore, id: String, workspace: &Workspace) -> Result<Ledger> {
        let heads = Heads::new(workspace, &id)?;
        let known = heads.read()?;
        let set_back = match &known {
            heads::Known::Nothing => None,
            known => (!known.lies_in(&store)?).then(|| known.clone()),
        };
        let last = store.head()?.count;
        let last = store.line(last)?.as_ref().map(Header::read).transpose()?;
        Ok(Ledger {
            id,
            store: Box::new(store),
            heads,
            set_back,
            unremembered: matches!(known, heads::Known::Nothing),
            clock: Clock {
                opened: Instant::now(),
                at_open: last.map(|last| last.at),
                given: None,
            },
        })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// Writes events, all in one commit or none; they are on the disk when this returns.
    ///
    /// `at` is the time of the run, kept to the millisecond; the same time may be handed in again. Where another process wrote a
    /// later event while this one was at work, the line carries that event's time, so that times never fall along the chain.
    ///
    /// # Errors
    /// E633 (exit 1) if the clock stands before the last event; E634 (exit 2) if the ledger lags behind a remembered head; E635
    /// (exit 1) if another process holds the lock for longer than 10 s; full disks and broken files as E606 to E611. In every
    /// case nothing was written.
    pub fn append(&mut self, case: Option<&CaseId>, at: Timestamp, events: &[Event]) -> Result<()> {
        if let Some(known) = &self.set_back {
            return Err(known.refusal(self.heads.file(), self.store.head()?));
        }
        if events.is_empty() {
            return Ok(());
        }
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        let clock = &self.clock;
        // Tests count what a command does; that it notes the inventory's terms first, once, is not part of that.
        let counted = |event: &&Event| !matches!(event, Event::TermsChanged { .. });
        let counted = events.iter().filter(counted).count();
        self.store.commit(case, &mut |tips| {
            let last = tips.last.as_ref().map(Header::read).transpose()?;
            let at = clock.time(at, last.map(|last| last.at))?;
            let lines = chain::link(tips, case, at, events)?;
            kill::before(counted);
            Ok(lines)
        })?;
        kill::after(counted);
        self.clock.given = Some(at);
        Ok(())
    }

    /// A case's events in their order; none if the case is not known.
    ///
    /// # Errors
    /// As for [`Ledger::each_of_case`].
    pub fn case_events(&self, case: &CaseId) -> Result<Vec<Stored>> {
        let mut events: Vec<Stored> = Vec::new();
        self.each_of_case(case, &mut |stored| {
            events.push(stored);
            Ok(true)
        })?;
        Ok(events)
    }

    /// Hands a case's events over in their order, until `visit` says `false`.
    ///
    /// The chain of the case is checked on the way, and that the ledger goes on from each event; whether events at the end of the
    /// case are missing, only [`Ledger::verify`] can say.
    ///
    /// # Errors
    /// E636 if an event cannot be relied on; those of `visit`.
    pub fn each_of_case(
        &self,
        case: &CaseId,
        visit: &mut dyn FnMut(Stored) -> Result<bool>,
    ) -> Result<()> {
        let mut check = chain::CaseCheck::default();
        let head = self.store.head()?;
        // An event whose successor in the ledger has not come by yet.
        let mut open: Option<(u64, Digest)> = None;
        let goes_on = |seq: u64, hash: Digest, next: Option<&Stored>| -> Result<()> {
            let prev = match next.filter(|next| next.seq == seq + 1) {
                Some(next) => Some(next.prev),
                None if seq >= head.count => return Ok(()),
                None => {
                    let next = self.store.line(seq + 1)?;
                    let next = next.as_ref().map(Header::read).transpose()?;
                    next.map(|next| next.prev)
                }
            };
            match prev == Some(hash) {
                true => Ok(()),
                false => Err(verify::damaged(seq, Flaw::Chain)),
            }
        };
        self.store.lines(Some(case), &mut |line| {
            let seq = line.seq;
            let stored = Stored::read(line)?;
            if let Some((seq, hash)) = open.take() {
                goes_on(seq, hash, Some(&stored))?;
            }
            let linked = check.next(&stored);
            linked.map_err(|flaw| verify::damaged(seq, flaw))?;
            open = Some((seq, stored.hash));
            visit(stored)
        })?;
        match open {
            Some((seq, hash)) => goes_on(seq, hash, None),
            None => Ok(()),
        }
    }

    /// A case number that no event of this ledger carries.
    pub fn fresh_case(&self, received: Date) -> Result<CaseId> {
        loop {
            let case = CaseId::random(received);
            if self.case_events(&case)?.is_empty() {
                return Ok(case);
            }
        }
    }

    /// All cases, in the order in which they were opened.
    pub fn cases(&self) -> Result<Vec<CaseId>> {
        self.store.cases()
    }

    /// Lets nobody write to the ledger, this process neither, until what it returns is dropped: what is read meanwhile stays true. It is for
    /// moments; others wait for 10 s and then give up.
    ///
    /// # Errors
    /// E635 (exit 1) if another process holds the lock for longer than 10 s.
    pub fn still(&self) -> Result<Stillness> {
        self.store.still()
    }

    /// Hands every event over, from the first one on, until `visit` says `false`.
    pub fn all(&self, visit: &mut dyn FnMut(Stored) -> bool) -> Result<()> {
        self.store
            .lines(None, &mut |line| Ok(visit(Stored::read(line)?)))
    }

    pub fn head(&self) -> Result<Head> {
        self.store.head()
    }

    /// Hands over the events of the log over all cases (leaves, and checkpoints that left the house) behind a position; returns the
    /// last event that was looked at.
    ///
    /// # Errors
    /// E636 if one of them cannot be relied on.
    pub fn of_the_log(&self, behind: u64, visit: &mut dyn FnMut(Stored)) -> Result<Head> {
        let head = self.store.head()?;
        let finders = KINDS_OF_THE_LOG.map(memchr::memmem::Finder::new);
        let mut look = |line: store::Line| -> Result<bool> {
            let seq = line.seq;
            if finders.iter().any(|kind| kind.find(&line.bytes).is_some()) {
                visit(Stored::read(line)?);
            }
            Ok(seq < head.count)
        };
        if behind == 0 {
            self.store.lines(None, &mut look)?;
        } else {
            for seq in behind + 1..=head.count {
                if let Some(line) = self.store.line(seq)? {
                    look(line)?;
                }
            }
        }
        Ok(head)
    }

    /// Hands over the events behind a position that belong to no case; returns the position up to which was looked.
    ///
    /// # Errors
    /// E636 if one of them cannot be relied on.
    pub fn of_the_workspace(&self, behind: u64, visit: &mut dyn FnMut(Stored)) -> Result<u64> {
        let head = self.store.head()?.count;
        if head > behind {
            self.store.of_no_case(behind, &mut |line| {
                // What comes while this reads is for the next look.
                if line.seq <= head {
                    visit(Stored::read(line)?);
                }
                Ok(())
            })?;
        }
        Ok(head)
    }

    /// Hands over those events of a case that are of the log over all cases.
    ///
    /// # Errors
    /// E636 if one of them cannot be relied on; those of `visit`.
    pub fn of_the_log_and_case(
        &self,
        case: &CaseId,
        visit: &mut dyn FnMut(Stored) -> Result<()>,
    ) -> Result<()> {
        let finders = KINDS_OF_THE_LOG.map(memchr::memmem::Finder::new);
        self.store.lines(Some(case), &mut |line| {
            if finders.iter().any(|kind| kind.find(&line.bytes).is_some()) {
                visit(Stored::read(line)?)?;
            }
            Ok(true)
        })
    }

    /// The event at a position.
    ///
    /// # Errors
    /// E636 if it cannot be relied on.
    pub fn event(&self, seq: u64) -> Result<Option<Stored>> {
        self.store.line(seq)?.map(Stored::read).transpose()
    }

    /// The hash of the event at a position.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn hash_of(&self, seq: u64) -> Result<Option<Digest>> {
        Ok(self
            .store
            .line(seq)?
            .map(|line| Digest::sha256(&line.bytes)))
    }

    /// Refuses what speaks for the whole ledger while it lags behind a head remembered outside the workspace.
    ///
    /// # Errors
    /// E634 (exit 2).
    pub fn is_current(&self) -> Result<()> {
        match &self.set_back {
            Some(known) => Err(known.refusal(self.heads.file(), self.store.head()?)),
            None => Ok(()),
        }
    }

    /// Checks the whole chain, the chain of every case, every event, and that the remembered head lies in it.
    ///
    /// # Errors
    /// Only where the file cannot be read at all; a broken chain is a [`Verdict`].
    pub fn verify(&self) -> Result<Verdict> {
        verify::verify(self.store.as_ref(), &self.id, &self.heads.read()?)
    }

    /// What is remembered of the ledger outside the workspace, where the ledger does not contain it: an empty head if the file that
    /// should say it cannot be understood. `None` if the ledger is current.
    pub fn missed(&self) -> Option<Head> {
        self.set_back.as_ref().map(heads::Known::head)
    }

    /// Whether this account remembers nothing of a ledger that has a history.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn is_unremembered(&self) -> Result<bool> {
        Ok(self.unremembered && self.store.head()?.count > 1)
    }

    /// Checks the chain alone, whatever is remembered of it.
    ///
    /// # Errors
    /// Only where the file cannot be read at all.
    pub fn verify_chain(&self) -> Result<Verdict> {
        verify::verify(self.store.as_ref(), &self.id, &heads::Known::Nothing)
    }

    /// Hands over the events in which the terms of the inventory changed, people agreed on something, or the ledger itself was set back,
    /// in their order.
    ///
    /// That the ledger goes on from each of them is checked on the way.
    ///
    /// # Errors
    /// E636 if one of them cannot be relied on.
    pub fn of_the_terms(&self, visit: &mut dyn FnMut(Stored)) -> Result<()> {
        let finders = KINDS_OF_THE_TERMS.map(memchr::memmem::Finder::new);
        let mut found = Vec::new();
        self.store.of_no_case(0, &mut |line| {
            if finders.iter().any(|kind| kind.find(&line.bytes).is_some()) {
                found.push(Stored::read(line)?);
            }
            Ok(())
        })?;
        for stored in found {
            let next = self.store.line(stored.seq + 1)?;
            let next = next.as_ref().map(Header::read).transpose()?;
            if next.is_some_and(|next| next.prev != stored.hash) {
                return Err(verify::damaged(stored.seq, Flaw::Chain));
            }
            visit(stored);
        }
        Ok(())
    }

    /// Accepts the ledger as it is although it lags behind a remembered head or differs from it, for example after a restore.
    /// The event stays in the ledger with the digest of the reason, which is the caller's to keep; what is to hold from then on is written
    /// `along` with it, in the same commit.
    ///
    /// # Errors
    /// Those of [`Ledger::append`]; nothing is accepted then.
    pub fn adopt(
        &mut self,
        at: Timestamp,
        reason: Option<Digest>,
        operator: &str,
        along: Vec<Event>,
    ) -> Result<()> {
        let Some(known) = self.set_back.take() else {
            return Ok(());
        };
        let event = Event::LedgerAdopted {
            known: known.head(),
            found: self.store.head()?,
            reason,
            operator: operator.to_owned(),
        };
        let events: Vec<Event> = std::iter::once(event).chain(along).collect();
        if let Err(trouble) = self.append(None, at, &events) {
            self.set_back = Some(known);
            return Err(trouble);
        }
        self.heads.write(self.store.head()?)
    }

    /// Terms that are remembered outside the workspace, beside the head.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn remembered_terms(&self) -> Result<Option<Terms>> {
        self.heads.terms()
    }

    /// Remembers terms there, unless the ledger lags behind the head: then it says nothing of what stands.
    ///
    /// # Errors
    /// Those of writing a file.
    pub fn remember_terms(&self, terms: Option<Terms>) -> Result<()> {
        match self.set_back {
            Some(_) => Ok(()),
            None => self.heads.write_terms(terms),
        }
    }

    /// Ends the run: remembers the head outside the workspace.
    ///
    /// # Errors
    /// Those of writing a file. A ledger that is dropped instead tries the same in silence.
    pub fn close(self) -> Result<()> {
        self.remember()
    }

    /// Copies the head outside the workspace, as the end of a run does.
    ///
    /// # Errors
    /// Those of writing a file.
    pub fn remember(&self) -> Result<()> {
        match self.set_back {
            Some(_) => Ok(()),
            None => self.heads.advance(self.store.head()?),
        }
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[ledger {}]", self.id)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        let _ = self.remember();
    }
}

#[cfg(test)]
mod tests;
