//! Goes through what is due where one statement finds records and writes to them.
//!
//! The statement's transaction stays open while the records that it names go into vault and ledger and the last look is taken; only then is
//! it kept. A run that dies before has changed nothing, whatever stands in the ledger. Where two transactions do not wait for each other, the
//! system is at work on the next batch while this one is written down; at most one of them stands in the ledger without its end.

use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinHandle;

use super::{Halt, Named, Pace, Walk, Walked};
use crate::connector::sweeping::{Candidate, Due, Sweeper, Taken};
use crate::connector::{Fault, Key, Object};
use crate::diagnostic::Trouble;

/// What the searches of a walk have in common.
struct Search {
    object: Object,
    due: Due,
    spared: Vec<Key>,
}

/// A batch that the system has written to, its transaction open.
struct Arrived {
    sweeper: Box<dyn Sweeper>,
    /// Since when its locks are held.
    began: Instant,
    asked: usize,
    taken: Result<Taken, Fault>,
}

/// A batch that the system is at work on.
struct Coming(JoinHandle<Arrived>);

impl Coming {
    fn begin(
        search: &Arc<Search>,
        mut sweeper: Box<dyn Sweeper>,
        after: Option<Candidate>,
        most: usize,
    ) -> Coming {
        let search = Arc::clone(search);
        Coming(tokio::spawn(async move {
            let began = Instant::now();
            let taken = sweeper.take(
                &search.object,
                &search.due,
                after.as_ref(),
                most,
                &search.spared,
            );
            Arrived {
                taken: taken.await,
                sweeper,
                began,
                asked: most,
            }
        }))
    }

    async fn arrived(self) -> Result<Arrived, Fault> {
        self.0.await.map_err(|_| Fault::panicked())
    }
}

impl Walk<'_> {
    /// Takes batch after batch with so many sweepers; what others changed while it was taken is looked for once more in the end.
    pub(super) async fn take_all(
        &mut self,
        sweepers: usize,
        walked: &mut Walked,
    ) -> Result<Result<Option<Halt>, Fault>, Trouble> {
        let mut idle = std::mem::take(&mut self.sweepers);
        let others = idle.split_off(sweepers.min(idle.len()));
        let mut coming = None;
        let mut missed = 0;
        let ended = self
            .take_on(walked, &mut idle, &mut coming, &mut missed)
            .await;
        // Whatever ended it, nothing is left half-done: what nobody has written down is taken back.
        if let Some(coming) = coming
            && let Ok(mut arrived) = coming.arrived().await
        {
            arrived.sweeper.undo().await;
            idle.push(arrived.sweeper);
        }
        idle.extend(others);
        self.sweepers = idle;
        match ended? {
            Ok(None) if missed > 0 => self.go(walked).await,
            ended => Ok(ended),
        }
    }

    /// `coming` is what was begun and not looked at when this returns; `missed` are records that were found, and not written to.
    async fn take_on(
        &mut self,
        walked: &mut Walked,
        idle: &mut Vec<Box<dyn Sweeper>>,
        coming: &mut Option<Coming>,
        missed: &mut usize,
    ) -> Result<Result<Option<Halt>, Fault>, Trouble> {
        let search = Arc::new(Search {
            object: self.rule.object.clone(),
            due: self.due.clone(),
            spared: self.spared.iter().cloned().collect(),
        });
        let mut pace = Pace::new(self.largest(idle), self.lag);
        let mut after: Option<Candidate> = None;
        loop {
            let left = self.left(walked);
            if left == 0 {
                return Ok(Ok(None));
            }
            if let Some(halt) = (self.halt)() {
                return Ok(Ok(Some(halt)));
            }
            let begun = match (coming.take(), idle.pop()) {
                (Some(begun), sweeper) => {
                    idle.extend(sweeper);
                    begun
                }
                (None, Some(sweeper)) => {
                    if let Err(fault) = pace.wait_for_copies(&mut *self.surveyor).await {
                        idle.push(sweeper);
                        return Ok(Err(fault));
                    }
                    Coming::begin(&search, sweeper, after.clone(), pace.size.min(left))
                }
                (None, None) => return Ok(Err(Fault::not_connected())),
            };
            let Arrived {
                mut sweeper,
                began,
                asked,
                taken,
            } = match begun.arrived().await {
                Ok(arrived) => arrived,
                Err(fault) => return Ok(Err(fault)),
            };
            let Taken { keys, found, last } = match taken {
                Ok(taken) => taken,
                Err(fault) => {
                    idle.push(sweeper);
                    match pace.met(fault).await {
                        Ok(()) => continue,
                        Err(fault) => return Ok(Err(fault)),
                    }
                }
            };
            *missed += found.saturating_sub(keys.len());
            // Whatever the database was made to do by somebody else's hand, no more is written to than the survey found.
            let is_odd = keys.len() > left || (found > 0 && last.is_some() && last == after);
            if keys.is_empty() || is_odd {
                sweeper.undo().await;
                idle.push(sweeper);
                if is_odd {
                    *missed += 1;
                }
                if found < asked || is_odd {
                    return Ok(Ok(None));
                }
                after = last;
                continue;
            }
            let rest = left - keys.len();
            let goes_on = rest > 0 && found >= asked;
            // Nobody waits for copies while a transaction is open.
            if goes_on
                && !idle.is_empty()
                && matches!(pace.too_far(&mut *self.surveyor).await, Ok(None))
                && let Some(sweeper) = idle.pop()
            {
                let asked = pace.size.min(rest);
                *coming = Some(Coming::begin(&search, sweeper, last.clone(), asked));
            }
            let batch = walked.batches + 1;
            let named = match self.begin(batch, &keys) {
                Ok(named) => named,
                Err(trouble) => {
                    sweeper.undo().await;
                    return Err(trouble);
                }
            };
            walked.batches = batch;
            let kept = self.keep(&mut *sweeper).await?;
            match kept {
                Ok(true) => {
                    walked.done += keys.len() as u64;
                    pace.went(began.elapsed());
                    after = last;
                    // Where there is but one, it goes on while this batch is written down.
                    if goes_on
                        && coming.is_none()
                        && idle.is_empty()
                        && (self.halt)().is_none()
                        && matches!(pace.too_far(&mut *self.surveyor).await, Ok(None))
                    {
                        let asked = pace.size.min(rest);
                        *coming = Some(Coming::begin(&search, sweeper, after.clone(), asked));
                    } else {
                        idle.push(sweeper);
                    }
                    self.end(batch, &named, false)?;
                    if !goes_on {
                        return Ok(Ok(None));
                    }
                }
                Ok(false) => {
                    idle.push(sweeper);
                    self.end(batch, &Named::nothing(), false)?;
                    return Ok(Ok(Some(Halt::HoldsChanged)));
                }
                Err(fault) if fault.leaves_open() => {
                    walked.open = true;
                    return Ok(Err(fault));
                }
                Err(fault) => {
                    idle.push(sweeper);
                    self.end(batch, &Named::nothing(), false)?;
                    // What comes behind it would leave this one out.
                    if let Some(coming) = coming.take()
                        && let Ok(mut arrived) = coming.arrived().await
                    {
                        arrived.sweeper.undo().await;
                        idle.push(arrived.sweeper);
                    }
                    if let Err(fault) = pace.met(fault).await {
                        return Ok(Err(fault));
                    }
                }
            }
        }
    }

    /// Keeps what a sweeper wrote unless a hold or a case has come in between: `false` then, and it is taken back. From the last look until
    /// the system has confirmed nobody can set one.
    async fn keep(&mut self, sweeper: &mut dyn Sweeper) -> Result<Result<bool, Fault>, Trouble> {
        let still = self.book.still();
        if still.is_err() || (self.overtaken)() {
            sweeper.undo().await;
            return still.map(|_| Ok(false));
        }
        Ok(sweeper.keep().await.map(|()| true))
    }

    fn largest(&self, idle: &[Box<dyn Sweeper>]) -> usize {
        let most = idle.iter().map(|sweeper| sweeper.most()).min();
        self.batch.min(most.unwrap_or(1))
    }
}
