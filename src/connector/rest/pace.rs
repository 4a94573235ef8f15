//! How fast a system may be asked, and how long to wait before asking again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::connector::definition::Limits;

/// Longest `Retry-After` that is obeyed; a system that asks for more is left alone in this run.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// What one system was asked lately. Shared by all its readers and writers, whoever they are asked about.
#[derive(Clone, Default)]
pub(crate) struct Pace(Arc<Recent>);

/// By [`Limits::counter`]: all requests of the system, those of an object, of one request.
type Recent = std::sync::Mutex<BTreeMap<u64, Arc<Counted>>>;

/// What is counted together.
struct Counted {
    slots: Arc<Semaphore>,
    sent: Mutex<VecDeque<Instant>>,
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[pace]")
    }
}

impl Pace {
    /// Waits until one more request may leave by each of these limits, the narrowest first, so that one that waits for its own turn
    /// keeps nobody else waiting. The permits are held while it is under way.
    pub(crate) async fn turns<'l>(
        &self,
        limits: impl Iterator<Item = &'l Limits>,
    ) -> Vec<OwnedSemaphorePermit> {
        let mut permits = Vec::new();
        for limits in limits {
            permits.push(self.turn(limits).await);
        }
        permits
    }

    async fn turn(&self, limits: &Limits) -> OwnedSemaphorePermit {
        let counted = self.counted(limits);
        let permit = Arc::clone(&counted.slots).acquire_owned().await;
        let permit = permit.expect("nobody closes this semaphore");
        if let Some((count, period)) = limits.rate {
            // The lock is kept while waiting, so that turns are taken in order.
            let mut sent = counted.sent.lock().await;
            while sent.len() >= count {
                let Some(oldest) = sent.pop_front() else {
                    break;
                };
                tokio::time::sleep_until(oldest + period).await;
            }
            sent.push_back(Instant::now());
        }
        permit
    }

    fn counted(&self, limits: &Limits) -> Arc<Counted> {
        // A thread that panicked while it held the lock has changed nothing halfway.
        let mut all = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let counted = all.entry(limits.counter).or_insert_with(|| {
            Arc::new(Counted {
                slots: Arc::new(Semaphore::new(limits.parallel.max(1))),
                sent: Mutex::default(),
            })
        });
        Arc::clone(counted)
    }
}

/// The wait before the nth repetition (from 0): doubled each time, half of it by chance, so that many clients do not return at once.
pub(crate) fn wait(limits: &Limits, repetition: u32) -> Duration {
    let full = longest(limits, repetition);
    let mut byte = [0u8; 1];
    // Without randomness the wait is merely the same for all.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut byte);
    full / 2 + (full / 2).mul_f64(f64::from(byte[0]) / 255.0)
}

/// The longest that [`wait`] can come to.
pub(crate) fn longest(limits: &Limits, repetition: u32) -> Duration {
    limits
        .first_wait
        .saturating_mul(1 << repetition.min(10))
        .min(LONGEST_PAUSE)
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
pub(crate) fn retry_after(text: &str, now: jiff::Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let seconds = http_date(text)?.as_second() - now.as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The preferred form of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_read_as_seconds_or_dates() {
        let now: jiff::Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        assert_eq!(retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:48:37 GMT", now),
            Some(Duration::ZERO)
        );
        for nonsense in ["", "soon", "-5", "1.5"] {
            assert_eq!(retry_after(nonsense, now), None, "{nonsense}");
        }
    }

    #[test]
    fn waits_double_and_stay_within_their_half() {
        let limits = Limits::default();
        for (repetition, full) in [(0, 1.0), (1, 2.0), (4, 16.0)] {
            let wait = wait(&limits, repetition).as_secs_f64();
            assert!((full / 2.0..=full).contains(&wait), "{repetition}: {wait}");
        }
        assert!(wait(&limits, 40) <= LONGEST_PAUSE);
    }

    #[tokio::test]
    async fn no_more_requests_leave_than_the_rate_allows() {
        let limits = Limits {
            rate: Some((3, Duration::from_millis(60))),
            ..Limits::default()
        };
        let pace = Pace::default();
        let start = Instant::now();
        for _ in 0..7 {
            drop(pace.turn(&limits).await);
        }
        assert!(
            start.elapsed() >= Duration::from_millis(118),
            "{:?}",
            start.elapsed()
        );
    }
}
