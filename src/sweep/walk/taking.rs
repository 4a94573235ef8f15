//! Goes through what is due where one statement finds records and writes to them.
//!
//! The statement's transaction stays open while the records that it names go into vault and ledger and the last look is taken; only then is
//! it kept. A run that dies before has changed nothing, whatever stands in the ledger. Where two transactions do not wait for each other, one
//! walks from the oldest day and one from the newest, and the system is at work on one batch while the other is written down. Batches are
//! dealt with one at a time, as they arrive, so at most one of them stands in the ledger without its end.

use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::pace::Pace;
use super::{Halt, Named, Walk, Walked};
use crate::connector::sweeping::{Due, End, Position, Sweeper, Taken};
use crate::connector::{Fault, Key, Object};
use crate::diagnostic::Trouble;

/// What the searches of a walk have in common.
struct Search {
    object: Object,
    due: Due,
    spared: Vec<Key>,
}

/// One way through what is due, and who goes it; nobody while the system is at work on a batch of it.
struct Lane {
    from: Position,
    sweeper: Option<Box<dyn Sweeper>>,
}

/// A batch that the system has written to, its transaction open.
struct Arrived {
    /// Which lane it is of.
    lane: usize,
    sweeper: Box<dyn Sweeper>,
    /// Since when its locks are held.
    began: Instant,
    asked: usize,
    taken: Result<Taken, Fault>,
}

/// The lanes of a walk, and the batches that the system is at work on.
struct Lanes {
    search: Arc<Search>,
    all: Vec<Lane>,
    coming: JoinSet<Arrived>,
    /// How many records those batches have at most.
    asked: usize,
    /// A search found less than it was asked for: whatever is not found by now comes from others.
    is_through: bool,
    /// Whether records were found, and not written to.
    has_missed: bool,
}

impl Lanes {
    fn new(walk: &Walk<'_>, sweepers: Vec<Box<dyn Sweeper>>) -> Lanes {
        let ends = [End::Oldest, End::Newest];
        let lane = |(sweeper, end)| Lane {
            from: Position { end, day: None },
            sweeper: Some(sweeper),
        };
        Lanes {
            search: Arc::new(Search {
                object: walk.rule.object.clone(),
                due: walk.due.clone(),
                spared: walk.spared.iter().cloned().collect(),
            }),
            all: sweepers.into_iter().zip(ends).map(lane).collect(),
            coming: JoinSet::new(),
            asked: 0,
            is_through: false,
            has_missed: false,
        }
    }

    /// Sends every sweeper for its next batch that has nothing to do. Two of them go only as long as they cannot meet: where both would want
    /// the same records, one would wait for the other's.
    fn send(&mut self, size: usize, left: usize) {
        for (number, lane) in self.all.iter_mut().enumerate() {
            let free = left.saturating_sub(self.asked);
            let is_apart = free >= size.saturating_add(self.search.spared.len());
            if free == 0 || self.is_through || !(is_apart || self.coming.is_empty()) {
                return;
            }
            let Some(mut sweeper) = lane.sweeper.take() else {
                continue;
            };
            let asked = size.min(free);
            self.asked += asked;
            let (search, from) = (Arc::clone(&self.search), lane.from.clone());
            self.coming.spawn(async move {
                let began = Instant::now();
                let (object, due) = (&search.object, &search.due);
                let taken = sweeper.take(object, due, &from, asked, &search.spared);
                Arrived {
                    lane: number,
                    taken: taken.await,
                    sweeper,
                    began,
                    asked,
                }
            });
        }
    }

    /// The batch that the system is done with first; `None` if it is at work on none.
    async fn next(&mut self) -> Result<Option<Arrived>, Fault> {
        match self.coming.join_next().await {
            None => Ok(None),
            Some(Ok(arrived)) => {
                self.asked = self.asked.saturating_sub(arrived.asked);
                Ok(Some(arrived))
            }
            Some(Err(_)) => Err(Fault::panicked()),
        }
    }

    fn rest(&mut self, lane: usize, sweeper: Box<dyn Sweeper>) {
        if let Some(lane) = self.all.get_mut(lane) {
            lane.sweeper = Some(sweeper);
        }
    }

    fn go_on(&mut self, lane: usize, last: Option<String>) {
        if let Some(lane) = self.all.get_mut(lane) {
            lane.from.day = last;
        }
    }

    /// Takes back whatever nobody has written down, so that it is found again.
    async fn take_back(&mut self) {
        self.is_through = false;
        loop {
            match self.next().await {
                Ok(Some(mut arrived)) => {
                    arrived.sweeper.undo().await;
                    self.rest(arrived.lane, arrived.sweeper);
                }
                Ok(None) => return,
                // Its connection went with it, and the system takes back what was on that.
                Err(_) => {}
            }
        }
    }

    fn sweepers(self) -> impl Iterator<Item = Box<dyn Sweeper>> {
        self.all.into_iter().filter_map(|lane| lane.sweeper)
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
        let mut pace = Pace::new(self.largest(&idle), self.lag);
        let mut lanes = Lanes::new(self, idle);
        let ended = self.take_on(walked, &mut lanes, &mut pace).await;
        // Whatever ended it, nothing is left half-done.
        lanes.take_back().await;
        let has_missed = lanes.has_missed;
        self.sweepers = lanes.sweepers().chain(others).collect();
        match ended? {
            Ok(None) if has_missed => self.go(walked).await,
            ended => Ok(ended),
        }
    }

    /// What was begun and not looked at when this returns is still coming.
    async fn take_on(
        &mut self,
        walked: &mut Walked,
        lanes: &mut Lanes,
        pace: &mut Pace,
    ) -> Result<Result<Option<Halt>, Fault>, Trouble> {
        loop {
            let left = self.left(walked);
            if left == 0 {
                return Ok(Ok(None));
            }
            if let Some(halt) = (self.halt)() {
                return Ok(Ok(Some(halt)));
            }
            // Nobody waits for copies while a transaction is open.
            if lanes.coming.is_empty() {
                if let Err(fault) = pace.wait_for_copies(&mut *self.surveyor).await {
                    return Ok(Err(fault));
                }
                lanes.send(pace.size, left);
            } else {
                self.send(walked, lanes, pace).await;
            }
            let Arrived {
                lane,
                mut sweeper,
                began,
                asked,
                taken,
            } = match lanes.next().await {
                Ok(Some(arrived)) => arrived,
                Ok(None) => return Ok(Ok(None)),
                Err(fault) => return Ok(Err(fault)),
            };
            let Taken { keys, found, last } = match taken {
                Ok(taken) => taken,
                Err(fault) => {
                    lanes.rest(lane, sweeper);
                    // Nor for others.
                    lanes.take_back().await;
                    match pace.met(fault).await {
                        Ok(()) => continue,
                        Err(fault) => return Ok(Err(fault)),
                    }
                }
            };
            // Whatever the database was made to do by somebody else's hand, no more is written to than the survey found.
            let is_odd = keys.len() > asked;
            lanes.has_missed |= is_odd || found > keys.len();
            lanes.is_through |= is_odd || found < asked || keys.is_empty();
            if is_odd || keys.is_empty() {
                sweeper.undo().await;
                lanes.rest(lane, sweeper);
                continue;
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
            lanes.rest(lane, sweeper);
            match kept {
                Ok(true) => {
                    walked.done += keys.len() as u64;
                    pace.went(began.elapsed());
                    lanes.go_on(lane, last);
                    // It goes on while this batch is written down.
                    if (self.halt)().is_none() {
                        self.send(walked, lanes, pace).await;
                    }
                    self.end(batch, &named, false)?;
                }
                Ok(false) => {
                    self.end(batch, &Named::nothing(), false)?;
                    return Ok(Ok(Some(Halt::HoldsChanged)));
                }
                Err(fault) if fault.leaves_open() => {
                    walked.open = true;
                    return Ok(Err(fault));
                }
                Err(fault) => {
                    self.end(batch, &Named::nothing(), false)?;
                    lanes.take_back().await;
                    if let Err(fault) = pace.met(fault).await {
                        return Ok(Err(fault));
                    }
                }
            }
        }
    }

    /// Sends whoever may go, unless copies lag behind too far.
    async fn send(&mut self, walked: &Walked, lanes: &mut Lanes, pace: &mut Pace) {
        if matches!(pace.too_far(&mut *self.surveyor).await, Ok(None)) {
            lanes.send(pace.size, self.left(walked));
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
