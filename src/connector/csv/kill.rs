//! Death at a chosen moment of a rewrite, for the crash tests. Nothing in release builds.

/// The moments of a rewrite, in their order: the temporary file is there, holds everything, has the old one's rights, is on the disk,
/// has taken the old one's place, and so has the folder's entry on the disk.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    Created,
    Written,
    Rights,
    Synced,
    Renamed,
    Settled,
}

/// `DSR_TEST_KILL_FILE=Renamed` dies at the first such moment, `Renamed:2` at the second.
#[cfg(all(debug_assertions, unix))]
pub(super) fn at(moment: Moment) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let wanted = std::env::var("DSR_TEST_KILL_FILE").unwrap_or_default();
    let (name, count) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == format!("{moment:?}")
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == count.parse().unwrap_or(1)
    {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}

#[cfg(not(all(debug_assertions, unix)))]
pub(super) fn at(_: Moment) {}
