//! How large a batch is, and when the next one may begin.

use std::time::{Duration, Instant};

use crate::connector::Fault;
use crate::connector::sweeping::Surveyor;

/// The batch that a walk begins with.
const FIRST: usize = 2_500;
/// No batch is made smaller than this by waiting for locks.
const SMALLEST: usize = 50;
/// How long a batch should take: short enough that nobody waits for its locks.
const PACE: Duration = Duration::from_millis(400);
/// How often a batch is tried again after it waited for a lock in vain.
const TRIES: u32 = 5;
/// How long the walk waits for copies to catch up before it gives up.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 3 } else { 300 });
/// How often it is asked how far they are. They cannot fall behind by more than this unseen.
const GLANCE: Duration = Duration::from_millis(250);

/// What a walk has learned about how much the system bears.
pub(super) struct Pace {
    /// How many records the next batch has at most.
    pub(super) size: usize,
    largest: usize,
    tries: u32,
    /// How far a copy may lag behind.
    lag: Duration,
    /// When the copies were last seen to be near enough.
    seen: Option<Instant>,
}

impl Pace {
    pub(super) fn new(largest: usize, lag: Duration) -> Pace {
        let largest = largest.max(1);
        Pace {
            size: FIRST.min(largest),
            largest,
            tries: 0,
            lag,
            seen: None,
        }
    }

    /// After a batch for which locks were held so long: the next one is larger while it was quick, and much so while it was nothing; smaller
    /// when it took long.
    pub(super) fn went(&mut self, took: Duration) {
        self.tries = 0;
        self.size = if took > PACE * 2 {
            (self.size / 2).max(SMALLEST).min(self.largest)
        } else if took < PACE / 8 {
            (self.size * 4).min(self.largest)
        } else if took < PACE / 2 {
            (self.size * 2).min(self.largest)
        } else {
            self.size
        };
    }

    /// After a batch of which nothing was written: waits before a smaller one is tried.
    ///
    /// # Errors
    /// The fault, if it does not pass or came too often.
    pub(super) async fn met(&mut self, fault: Fault) -> Result<(), Fault> {
        if !fault.passing || self.tries >= TRIES {
            return Err(fault);
        }
        self.tries += 1;
        self.size = (self.size / 4).max(SMALLEST).min(self.largest);
        tokio::time::sleep(Duration::from_millis(100) * 2u32.pow(self.tries)).await;
        Ok(())
    }

    /// Waits until no copy lags behind too far.
    ///
    /// # Errors
    /// One still does after minutes, or nobody can say.
    pub(super) async fn wait_for_copies(
        &mut self,
        surveyor: &mut dyn Surveyor,
    ) -> Result<(), Fault> {
        let began = Instant::now();
        while let Some(lag) = self.too_far(surveyor).await? {
            if began.elapsed() > PATIENCE {
                return Err(Fault::lagging(lag.as_secs()));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }

    /// How far a copy lags behind, if that is too far. Asked again only after a while.
    pub(super) async fn too_far(
        &mut self,
        surveyor: &mut dyn Surveyor,
    ) -> Result<Option<Duration>, Fault> {
        if self.seen.is_some_and(|seen| seen.elapsed() < GLANCE) {
            return Ok(None);
        }
        let lag = surveyor.lag().await?;
        let too_far = lag.filter(|lag| *lag > self.lag);
        self.seen = too_far.is_none().then(Instant::now);
        Ok(too_far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_while_they_are_quick_and_never_beyond_their_bound() {
        let mut pace = Pace::new(30_000, Duration::ZERO);
        let mut sizes = Vec::new();
        for took in [1, 60, 100, 300, 900, 900] {
            pace.went(Duration::from_millis(took));
            sizes.push(pace.size);
        }
        assert_eq!(sizes, [10_000, 20_000, 30_000, 30_000, 15_000, 7_500]);
        assert_eq!(Pace::new(7, Duration::ZERO).size, 7);
        assert_eq!(Pace::new(0, Duration::ZERO).size, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_makes_batches_smaller_and_in_the_end_the_walk_gives_up() {
        let mut pace = Pace::new(10_000, Duration::ZERO);
        for size in [625, 156, 50, 50, 50] {
            assert!(pace.met(Fault::locked()).await.is_ok());
            assert_eq!(pace.size, size);
        }
        assert!(pace.met(Fault::locked()).await.is_err());
        pace.went(Duration::ZERO);
        assert!(pace.met(Fault::read_only()).await.is_err());
        assert!(pace.met(Fault::locked()).await.is_ok());
    }
}
