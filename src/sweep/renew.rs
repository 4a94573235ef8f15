//! Goes through a system of files, each of which is one batch: written anew beside the old one, noted, put in its place, noted again.
//!
//! The names of the records lie beside the evidence before the ledger speaks of the batch, and the ledger speaks of it before the new file
//! takes the old one's place. So whoever finds a run killed in between reads the file and knows: a name that a row still has was not touched.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::walk::{Before, Begun, Book, Halt, Walked};
use super::{Rule, walk};
use crate::connector::sweeping::{self, Due, Namer, Renewer};
use crate::connector::{Fault, Key};
use crate::diagnostic::Trouble;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::fault as say;
use crate::translog::tree::{self, Tree};

/// One rule on its way through the files of a system.
pub struct Renewal<'a> {
    pub sweep: &'a str,
    pub rule: &'a Rule,
    pub due: &'a Due,
    pub renewer: &'a mut dyn Renewer,
    pub book: &'a mut dyn Book,
    /// Records that are held, or that belong to a person whose request is open.
    pub spared: Arc<BTreeSet<Key>>,
    /// Most records that may be written to: what the survey counted.
    pub most: u64,
    pub namer: Namer,
    pub halt: &'a dyn Fn() -> Option<Halt>,
    /// Whether somebody has set a hold or opened a case since it was found out which records are spared.
    pub overtaken: &'a dyn Fn() -> bool,
    pub before: Before,
}

/// What a file came to.
enum Came {
    Done(u64),
    Halted(Halt),
    Failed(Fault),
    /// Nobody knows which of the two files is there.
    Open(Fault),
}

/// How often it is asked whether to stop while a file is written.
const GLANCE: Duration = Duration::from_millis(250);

/// So many names, of 32 bytes each, are written down at once: the disk is waited for every time.
const NAMES: usize = 1 << 17;

impl Renewal<'_> {
    /// Settles what a killed run left open, then writes one file after the other.
    ///
    /// # Errors
    /// Only what ledger, vault or disk refuse; a failure of the system is part of the result.
    pub async fn run(mut self) -> Result<Walked, Trouble> {
        let mut walked = Walked {
            batches: self.before.batches,
            ..Walked::default()
        };
        let files = match self.renewer.files().await {
            Ok(files) => files,
            Err(fault) => {
                walked.open = !self.before.unsettled.is_empty();
                walked.fault = Some(fault);
                return Ok(walked);
            }
        };
        for begun in std::mem::take(&mut self.before.unsettled) {
            if let Err(fault) = self.settle(begun, &files, &mut walked).await? {
                walked.fault = Some(fault);
                walked.open = true;
                return Ok(walked);
            }
        }
        for file in files {
            let left = self.most.saturating_sub(walked.done - walked.settled);
            if left == 0 {
                break;
            }
            if let Some(halt) = (self.halt)() {
                walked.halted = Some(halt);
                break;
            }
            match self.file(&file, left, &mut walked).await? {
                Came::Done(count) => walked.done += count,
                Came::Halted(halt) => {
                    walked.halted = Some(halt);
                    break;
                }
                // The other files are there all the same.
                Came::Failed(fault) => walked.fault = walked.fault.or(Some(fault)),
                Came::Open(fault) => {
                    walked.open = true;
                    walked.fault = Some(fault);
                    return Ok(walked);
                }
            }
        }
        self.book.forget(&self.rule.id)?;
        Ok(walked)
    }

    /// What became of the file that a killed run was about to put in its place.
    async fn settle(
        &mut self,
        begun: Begun,
        files: &[String],
        walked: &mut Walked,
    ) -> Result<Result<(), Fault>, Trouble> {
        let Begun { batch, records } = begun;
        let kept = self.book.kept(&self.rule.id)?;
        // The second part says how many records it has, as the ledger does.
        let Some([file, _]) = kept.first().map(Key::parts) else {
            self.lose(begun, Fault::lost_plan(records), walked)?;
            return Ok(Ok(()));
        };
        if !files.contains(file) {
            let why = say::file_gone(file);
            self.lose(begun, Fault::lost_batch(why, records), walked)?;
            return Ok(Ok(()));
        }
        let names = self.book.named(&self.rule.id, self.before.named, records)?;
        let wanted: BTreeSet<Digest> = names.iter().copied().collect();
        let renewal = self.renewal(file, 0);
        let found = self
            .renewer
            .untouched(renewal, Arc::new(wanted), Arc::clone(&self.namer))
            .await;
        let found = match found {
            Ok(found) => found,
            Err(fault) => return Ok(Err(fault)),
        };
        let done: Vec<Digest> = names
            .into_iter()
            .filter(|name| !found.contains(name))
            .collect();
        let count = done.len() as u64;
        match count == records {
            // They stand where they belong.
            true => self.ended(batch, count, walk::root(&done), true)?,
            false => self.end(batch, &done, true)?,
        }
        walked.done += count;
        walked.settled += count;
        Ok(Ok(()))
    }

    /// Ends a batch of which nobody can tell any more what became of it.
    fn lose(&mut self, begun: Begun, why: Fault, walked: &mut Walked) -> Result<(), Trouble> {
        let (book, before) = (&mut *self.book, &mut self.before);
        let of = (self.sweep, &self.rule.id);
        walk::give_up(book, of, before, begun, &[], begun.records)?;
        walked.lose(begun.records, why);
        Ok(())
    }

    fn renewal(&self, file: &str, most: u64) -> sweeping::Renewal {
        sweeping::Renewal {
            object: self.rule.object.clone(),
            due: self.due.clone(),
            file: file.to_owned(),
            spared: Arc::clone(&self.spared),
            most,
            stopped: Arc::new(AtomicBool::new(false)),
        }
    }

    async fn file(&mut self, file: &str, left: u64, walked: &mut Walked) -> Result<Came, Trouble> {
        let (count, root) = match self.prepare(file, left).await? {
            Ok((0, _)) => return Ok(Came::Done(0)),
            Ok(prepared) => prepared,
            Err(came) => {
                self.book.name(&self.rule.id, self.before.named, &[])?;
                return Ok(came);
            }
        };
        let batch = walked.batches + 1;
        let begun = Key::new(vec![file.to_owned(), count.to_string()]);
        let begun: Vec<Key> = begun.into_iter().collect();
        self.book.keep(&self.rule.id, &begun)?;
        self.book.write(&[Event::SweepBatchStarted {
            sweep: self.sweep.to_owned(),
            rule: self.rule.id,
            batch,
            records: count,
            root,
            plan: None,
        }])?;
        walked.batches = batch;
        // From here until the file has taken its place nobody can set a hold or open a case.
        let still = self.book.still();
        let halt = (self.halt)();
        if still.is_err() || (self.overtaken)() || halt.is_some() {
            self.renewer.undo().await;
            self.end(batch, &[], false)?;
            still?;
            return Ok(Came::Halted(halt.unwrap_or(Halt::HoldsChanged)));
        }
        match self.renewer.keep().await {
            Ok(()) => {
                drop(still);
                self.ended(batch, count, root, false)?;
                Ok(Came::Done(count))
            }
            Err(fault) if fault.leaves_open() => Ok(Came::Open(fault)),
            Err(fault) => {
                self.end(batch, &[], false)?;
                Ok(Came::Failed(fault))
            }
        }
    }

    /// The new file, with its records counted and their names on the disk, or why there is none.
    async fn prepare(
        &mut self,
        file: &str,
        left: u64,
    ) -> Result<Result<(u64, Digest), Came>, Trouble> {
        let renewal = self.renewal(file, left);
        let stopped = Arc::clone(&renewal.stopped);
        let (rule, before) = (self.rule.id, self.before.named);
        let (book, namer, halt) = (&mut *self.book, &self.namer, self.halt);
        let (send, mut taken) = tokio::sync::mpsc::channel::<Vec<Key>>(8);
        let (mut tree, mut halted) = (Tree::default(), None);
        let naming = async {
            let mut names: Vec<Digest> = Vec::new();
            let mut glance = tokio::time::interval(GLANCE);
            loop {
                let keys = tokio::select! {
                    keys = taken.recv() => keys,
                    _ = glance.tick() => {
                        halted = halt();
                        if halted.is_some() {
                            stopped.store(true, Ordering::SeqCst);
                            // Whoever hands on keys hears that nobody takes them.
                            taken.close();
                            return Ok(());
                        }
                        continue;
                    }
                };
                let is_last = keys.is_none();
                for key in keys.into_iter().flatten() {
                    let name = namer(&key);
                    tree.push_leaf(tree::leaf(&name.0));
                    names.push(name);
                }
                if is_last && names.is_empty() {
                    return Ok(());
                }
                if is_last || names.len() >= NAMES {
                    let behind = tree.count() - names.len() as u64;
                    let named = book.name(&rule, before + behind, &names);
                    names.clear();
                    if named.is_err() {
                        stopped.store(true, Ordering::SeqCst);
                        taken.close();
                    }
                    if is_last || named.is_err() {
                        return named;
                    }
                }
            }
        };
        let (prepared, named) = tokio::join!(self.renewer.prepare(renewal, send), naming);
        if named.is_err() || halted.is_some() {
            self.renewer.undo().await;
        }
        named?;
        if let Some(halt) = halted {
            return Ok(Err(Came::Halted(halt)));
        }
        Ok(match prepared {
            Ok(count) if count == tree.count() => Ok((count, tree.root())),
            Ok(_) => {
                self.renewer.undo().await;
                Err(Came::Failed(Fault::panicked()))
            }
            Err(fault) => Err(Came::Failed(fault)),
        })
    }

    /// Notes what was done, with the names of it and no others.
    fn end(&mut self, batch: u32, done: &[Digest], settled: bool) -> Result<(), Trouble> {
        self.book.name(&self.rule.id, self.before.named, done)?;
        self.ended(batch, done.len() as u64, walk::root(done), settled)
    }

    fn ended(&mut self, batch: u32, done: u64, root: Digest, settled: bool) -> Result<(), Trouble> {
        self.before.named += done;
        self.book.write(&[Event::SweepBatchEnded {
            sweep: self.sweep.to_owned(),
            rule: self.rule.id,
            batch,
            done,
            root,
            settled,
            unknown: 0,
        }])
    }
}
