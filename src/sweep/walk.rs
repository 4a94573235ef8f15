//! Goes through what is due, batch by batch.
//!
//! Which records a batch takes lies in the vault and, as a number and a root, in the ledger before any of it becomes final; what became of
//! them follows. So a run that is killed knows afterwards which records it may have taken, and reading tells which of them it did.
//! Where the system finds and writes at once the records are named by the statement itself ([`taking`]), elsewhere before it.

mod pace;
mod taking;

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use super::rule::Rule;
use crate::connector::sweeping::{Candidate, Due, Surveyor, Sweeper, Work};
use crate::connector::{Action, Fault, Key};
use crate::diagnostic::Trouble;
use crate::keys::Digest;
use crate::ledger::{Event, Stillness};
use crate::messages::fault as say;
use crate::plan::Namer;
use crate::translog::tree::{self, Tree};
use pace::Pace;

/// Where a walk writes down what it is about to do and what it did.
pub trait Book {
    /// Durable when it returns.
    fn write(&mut self, events: &[Event]) -> Result<(), Trouble>;
    /// The keys of the batch that begins, in the vault.
    fn keep(&mut self, rule: &Digest, keys: &[Key]) -> Result<(), Trouble>;
    /// The keys of a rule's last batch; none if it had no batch.
    fn kept(&mut self, rule: &Digest) -> Result<Vec<Key>, Trouble>;
    fn forget(&mut self, rule: &Digest) -> Result<(), Trouble>;
    /// Names of records that were written to, in their order, for the proof; durable when it returns. `before` of the rule's names the
    /// ledger knows already: what stands behind those was left by a run that died before the ledger knew.
    fn name(&mut self, rule: &Digest, before: u64, names: &[Digest]) -> Result<(), Trouble>;
    /// So many names from a place on: what a run wrote down that was killed before the ledger knew what became of them.
    fn named(&mut self, rule: &Digest, from: u64, count: u64) -> Result<Vec<Digest>, Trouble>;
    /// Keeps everybody from setting a hold or opening a case until what it returns is dropped.
    fn still(&mut self) -> Result<Stillness, Trouble>;
}

/// Why a walk stops between two batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// Somebody pressed a key, or the machine goes down.
    Interrupted,
    /// The stop file was laid there.
    Stopped,
    /// The maintenance window has closed.
    Window,
    /// A hold was set or released, or a case opened: which records are spared has to be found out again.
    HoldsChanged,
}

impl Halt {
    pub fn word(self) -> &'static str {
        match self {
            Halt::Interrupted => "interrupted",
            Halt::Stopped => "stopped",
            Halt::Window => "window",
            Halt::HoldsChanged => "holds_changed",
        }
    }
}

/// Makes new values for records that become anonymous.
pub type Masks<'a> = dyn Fn(&[crate::connector::Record]) -> Result<Vec<Work>, Fault> + 'a;

/// What earlier parts of the same run, which was killed, have done under a rule.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Names that the ledger knows.
    pub named: u64,
    /// Number of the last batch.
    pub batches: u32,
    /// Batches whose outcome nobody wrote down.
    pub unsettled: Vec<Begun>,
}

/// A batch that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    pub batch: u32,
    /// How many records were about to be written to.
    pub records: u64,
}

/// One rule on its way through an object.
pub struct Walk<'a> {
    pub sweep: &'a str,
    pub rule: &'a Rule,
    pub due: &'a Due,
    pub surveyor: &'a mut dyn Surveyor,
    /// One, and a second one for where two can write at the same time.
    pub sweepers: Vec<Box<dyn Sweeper>>,
    pub book: &'a mut dyn Book,
    /// Records that are held, or that belong to a person whose request is open.
    pub spared: &'a BTreeSet<Key>,
    /// Most records that may be written to: what the survey counted.
    pub most: u64,
    /// Most records of one batch.
    pub batch: usize,
    /// How far a copy may lag behind before the walk waits.
    pub lag: Duration,
    /// Names records.
    pub naming: &'a Namer,
    /// New values of records that are made anonymous.
    pub masks: &'a Masks<'a>,
    pub halt: &'a dyn Fn() -> Option<Halt>,
    /// Whether somebody has set a hold or opened a case since it was found out which records are spared.
    pub overtaken: &'a dyn Fn() -> bool,
    pub before: Before,
}

/// What a walk came to.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// Records that were written to, those of a killed run that this one settled included.
    pub done: u64,
    /// Those among them that reading settled after a run was killed.
    pub settled: u64,
    /// Due, and left alone because they are held or a request is open.
    pub spared: u64,
    pub batches: u32,
    pub halted: Option<Halt>,
    pub fault: Option<Fault>,
    /// Whether a batch is left of which nobody knows what became of it.
    pub open: bool,
    /// Records of batches that were ended though nobody can tell any more what became of them; none of them counts as done.
    pub unknown: u64,
    /// Why nobody can, of the first of those batches.
    pub lost: Option<Fault>,
}

impl Walked {
    /// Takes note of a batch of which nobody can tell any more what became of so many records.
    pub fn lose(&mut self, records: u64, why: Fault) {
        self.unknown += records;
        self.lost.get_or_insert(why);
    }
}

/// The records of a batch that were written to; `None` if it was taken back.
type Written = Result<Option<Vec<Key>>, Fault>;

/// More records that are spared than this are not named in every statement, but picked out of what was found.
const SPARED: usize = 1_000;

/// What records are called, in their order, and the root over that.
struct Named {
    names: Vec<Digest>,
    root: Digest,
}

impl Walk<'_> {
    /// Settles what a killed run left open, then goes on until nothing is due any more, something stops it, or the system fails.
    ///
    /// # Errors
    /// Only what ledger, vault or disk refuse; a failure of the system is part of the result.
    pub async fn run(mut self) -> Result<Walked, Trouble> {
        let mut walked = Walked {
            batches: self.before.batches,
            ..Walked::default()
        };
        for begun in std::mem::take(&mut self.before.unsettled) {
            if let Err(fault) = self.settle(begun, &mut walked).await? {
                walked.fault = Some(fault);
                walked.open = true;
                return Ok(walked);
            }
        }
        let gone = match self.abreast().await {
            Ok(0) => self.go(&mut walked).await?,
            Ok(sweepers) => self.take_all(sweepers, &mut walked).await?,
            Err(fault) => Err(fault),
        };
        match gone {
            Ok(halted) => walked.halted = halted,
            Err(fault) => walked.fault = Some(fault),
        }
        if !walked.open {
            self.book.forget(&self.rule.id)?;
        }
        Ok(walked)
    }

    /// What became of the records of a batch that nobody saw the end of: those that show what was to be done to them are done.
    async fn settle(
        &mut self,
        begun: Begun,
        walked: &mut Walked,
    ) -> Result<Result<(), Fault>, Trouble> {
        let Begun { batch, records } = begun;
        let keys = self.book.kept(&self.rule.id)?;
        if keys.is_empty() {
            return self.lose(begun, Fault::lost_plan(records), walked);
        }
        let quiet = match self.sweepers.first_mut() {
            Some(sweeper) => sweeper.quiet(&self.rule.object, self.due, &keys).await,
            None => Err(Fault::not_connected()),
        };
        match quiet {
            Err(fault) if is_gone(&fault) => {
                let why = say::table_gone(self.rule.place());
                return self.lose(begun, Fault::lost_batch(why, records), walked);
            }
            Err(fault) => return Ok(Err(fault)),
            Ok(()) => {}
        }
        let still = match self
            .surveyor
            .untouched(&self.rule.object, self.due, &keys)
            .await
        {
            Ok(still) => still.into_iter().collect::<BTreeSet<Key>>(),
            Err(fault) if is_gone(&fault) => {
                let why = say::table_gone(self.rule.place());
                return self.lose(begun, Fault::lost_batch(why, records), walked);
            }
            Err(fault) => return Ok(Err(fault)),
        };
        let done: Vec<Key> = keys
            .into_iter()
            .filter(|key| !still.contains(key))
            .collect();
        self.end(batch, &self.named(&done), true)?;
        let count = done.len() as u64;
        walked.done += count;
        walked.settled += count;
        Ok(Ok(()))
    }

    /// Ends a batch of which nobody can tell any more what became of it.
    fn lose(
        &mut self,
        begun: Begun,
        why: Fault,
        walked: &mut Walked,
    ) -> Result<Result<(), Fault>, Trouble> {
        let (book, before) = (&mut *self.book, &mut self.before);
        give_up(
            book,
            (self.sweep, &self.rule.id),
            before,
            begun,
            &[],
            begun.records,
        )?;
        walked.lose(begun.records, why);
        Ok(Ok(()))
    }

    /// How many batches can be found and written to at once by one statement each; 0 if records have to be found first.
    async fn abreast(&mut self) -> Result<usize, Fault> {
        // What a killed run left open may be all that there is to do.
        if self.most == 0 || self.spared.len() > SPARED {
            return Ok(0);
        }
        let most = self.sweepers.len();
        match self.sweepers.first_mut() {
            Some(sweeper) => {
                let abreast = sweeper.abreast(&self.rule.object, self.due).await?;
                Ok(abreast.min(most))
            }
            None => Ok(0),
        }
    }

    /// How many records may still be written to. What a killed run had done is not among those that the survey found.
    fn left(&self, walked: &Walked) -> usize {
        let done = walked.done.saturating_sub(walked.settled);
        usize::try_from(self.most.saturating_sub(done)).unwrap_or(usize::MAX)
    }

    fn pace(&self) -> Pace {
        let most = self.sweepers.first().map_or(1, |sweeper| sweeper.most());
        Pace::new(self.batch.min(most), self.lag)
    }

    async fn go(&mut self, walked: &mut Walked) -> Result<Result<Option<Halt>, Fault>, Trouble> {
        let mut pace = self.pace();
        let mut after: Option<Candidate> = None;
        let mut ahead: Option<Vec<Candidate>> = None;
        loop {
            let left = self.left(walked);
            if left == 0 {
                break;
            }
            if let Some(halt) = (self.halt)() {
                return Ok(Ok(Some(halt)));
            }
            if let Err(fault) = pace.wait_for_copies(&mut *self.surveyor).await {
                return Ok(Err(fault));
            }
            let asked = pace.size.min(left.saturating_add(self.spared.len()));
            let object = &self.rule.object;
            let next = match ahead.take() {
                Some(found) => Ok(found),
                None => {
                    let surveyor = &mut *self.surveyor;
                    surveyor.next(object, self.due, after.as_ref(), asked).await
                }
            };
            let found = match next {
                Ok(found) => found,
                Err(fault) => return Ok(Err(fault)),
            };
            let Some(last) = found.last().cloned() else {
                break;
            };
            // A server that orders keys otherwise than it compares them would show the same rows for ever. What is left is said to be left.
            if after.as_ref().is_some_and(|after| after.key == last.key) {
                break;
            }
            let (spared, mut free): (Vec<Candidate>, Vec<Candidate>) = found
                .into_iter()
                .partition(|one| self.spared.contains(&one.key));
            free.truncate(left);
            if free.is_empty() {
                walked.spared += spared.len() as u64;
                after = Some(last);
                continue;
            }
            let keys: Vec<Key> = free.into_iter().map(|one| one.key).collect();
            let work = match self.work(&keys).await {
                Ok(work) => work,
                Err(fault) => return Ok(Err(fault)),
            };
            let batch = walked.batches + 1;
            let begun = self.begin(batch, &keys)?;
            walked.batches = batch;
            let rest = left - keys.len();
            let asked = pace.size.min(rest.saturating_add(self.spared.len()));
            let look = (rest > 0).then_some((&last, asked));
            let (written, took, found) = self.write(&work, look).await?;
            match written {
                Ok(None) => {
                    self.end(batch, &Named::nothing(), false)?;
                    return Ok(Ok(Some(Halt::HoldsChanged)));
                }
                Ok(Some(done)) => {
                    // Nearly always all of them, which have their names already.
                    let named = match is_all(&done, &keys) {
                        true => begun,
                        false => self.named(&done),
                    };
                    self.end(batch, &named, false)?;
                    walked.done += done.len() as u64;
                    walked.spared += spared.len() as u64;
                    after = Some(last);
                    ahead = found;
                    pace.went(took);
                }
                Err(fault) if fault.leaves_open() => {
                    walked.open = true;
                    return Ok(Err(fault));
                }
                Err(fault) => {
                    self.end(batch, &Named::nothing(), false)?;
                    // Somebody else is at work on these rows: fewer of them, later.
                    if let Err(fault) = pace.met(fault).await {
                        return Ok(Err(fault));
                    }
                }
            }
        }
        Ok(Ok(None))
    }

    /// Writes a batch, and keeps it unless a hold or a case has come in between: `None` then. From the last look until the system has
    /// confirmed nobody can set one, so whoever sets one later sets it on what is still there.
    ///
    /// Meanwhile looks for the batch behind `look`, where the system lets one look while another writes; what goes wrong there is met again
    /// by whoever looks next.
    async fn write(
        &mut self,
        work: &[Work],
        look: Option<(&Candidate, usize)>,
    ) -> Result<(Written, Duration, Option<Vec<Candidate>>), Trouble> {
        let (object, due) = (&self.rule.object, self.due);
        let overtaken = self.overtaken;
        let (surveyor, book) = (&mut *self.surveyor, &mut *self.book);
        let Some(sweeper) = self.sweepers.first_mut() else {
            return Ok((Err(Fault::not_connected()), Duration::ZERO, None));
        };
        let look = look.filter(|_| surveyor.sees_past_writers());
        let looking = async {
            let (after, most) = look?;
            surveyor.next(object, due, Some(after), most).await.ok()
        };
        // Whoever waits for these rows does not wait for that look.
        let writing = async {
            let began = Instant::now();
            let done = match sweeper.act(object, due, work).await {
                Ok(done) => done,
                Err(fault) => return Ok((Err(fault), began.elapsed())),
            };
            let still = book.still();
            if still.is_err() || overtaken() {
                sweeper.undo().await;
                return still.map(|_| (Ok(None), began.elapsed()));
            }
            let kept = sweeper.keep().await;
            Ok((kept.map(|()| Some(done)), began.elapsed()))
        };
        let (written, ahead) = tokio::join!(writing, looking);
        let (written, took) = written?;
        let ahead = ahead.filter(|_| matches!(written, Ok(Some(_))));
        Ok((written, took, ahead))
    }

    async fn work(&mut self, keys: &[Key]) -> Result<Vec<Work>, Fault> {
        if self.due.action == Action::Anonymise {
            let records = self
                .surveyor
                .records(&self.rule.object, self.due, keys)
                .await?;
            return (self.masks)(&records);
        }
        let plain = |key: &Key| Work {
            key: key.clone(),
            changes: Default::default(),
        };
        Ok(keys.iter().map(plain).collect())
    }

    /// The records of a batch stand in vault and ledger when this returns.
    fn begin(&mut self, batch: u32, keys: &[Key]) -> Result<Named, Trouble> {
        self.book.keep(&self.rule.id, keys)?;
        let named = self.named(keys);
        self.book.write(&[Event::SweepBatchStarted {
            sweep: self.sweep.to_owned(),
            rule: self.rule.id,
            batch,
            records: keys.len() as u64,
            root: named.root,
            plan: None,
        }])?;
        Ok(named)
    }

    fn end(&mut self, batch: u32, done: &Named, settled: bool) -> Result<(), Trouble> {
        let count = done.names.len() as u64;
        self.book
            .name(&self.rule.id, self.before.named, &done.names)?;
        self.before.named += count;
        self.book.write(&[Event::SweepBatchEnded {
            sweep: self.sweep.to_owned(),
            rule: self.rule.id,
            batch,
            done: count,
            root: done.root,
            settled,
            unknown: 0,
        }])
    }

    fn named(&self, keys: &[Key]) -> Named {
        let (system, object) = (&self.rule.system.name, &self.rule.object.name);
        let name = |key| self.naming.name(system, object, key);
        let names: Vec<Digest> = keys.iter().map(name).collect();
        let root = root(&names);
        Named { names, root }
    }
}

impl Named {
    fn nothing() -> Named {
        Named {
            names: Vec::new(),
            root: root(&[]),
        }
    }
}

/// Whether a system says that the table itself is not there, so that no later run reads more.
fn is_gone(fault: &Fault) -> bool {
    fault.code == "E512"
}

/// Ends a batch that a killed run has left, with the names of what is known to be done; of so many more nobody can tell any more.
///
/// # Errors
/// What ledger or disk refuse.
pub fn give_up(
    book: &mut dyn Book,
    (sweep, rule): (&str, &Digest),
    before: &mut Before,
    begun: Begun,
    done: &[Digest],
    unknown: u64,
) -> Result<(), Trouble> {
    book.name(rule, before.named, done)?;
    let count = done.len() as u64;
    before.named += count;
    book.write(&[Event::SweepBatchEnded {
        sweep: sweep.to_owned(),
        rule: *rule,
        batch: begun.batch,
        done: count,
        root: root(done),
        settled: true,
        unknown,
    }])
}

/// Whether these are the records of the batch, each once, in whatever order.
fn is_all(done: &[Key], keys: &[Key]) -> bool {
    let done_once: HashSet<&Key> = done.iter().collect();
    done.len() == keys.len()
        && done_once.len() == keys.len()
        && keys.iter().all(|key| done_once.contains(key))
}

/// The root of a Merkle tree (RFC 6962) over the names of records.
pub fn root(names: &[Digest]) -> Digest {
    let mut tree = Tree::default();
    names
        .iter()
        .for_each(|name| tree.push_leaf(tree::leaf(&name.0)));
    tree.root()
}

#[cfg(test)]
mod tests;
