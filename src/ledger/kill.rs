//! Death at a chosen event, for the crash tests (see the module's head). Nothing in release builds.

#[cfg(all(debug_assertions, unix))]
mod armed {
    use std::sync::atomic::{AtomicU64, Ordering};

    static WRITTEN: AtomicU64 = AtomicU64::new(0);

    /// Called inside the transaction, before it is committed.
    pub(in crate::ledger) fn before(events: usize) {
        let written = WRITTEN.load(Ordering::SeqCst);
        die_if("DSR_TEST_KILL_BEFORE", written, events);
    }

    /// Called when the commit is on the disk.
    pub(in crate::ledger) fn after(events: usize) {
        let written = WRITTEN.fetch_add(events as u64, Ordering::SeqCst);
        die_if("DSR_TEST_KILL_AFTER", written, events);
    }

    fn die_if(name: &str, written: u64, events: usize) {
        let number = std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
        if number.is_some_and(|n| n > written && n <= written + events as u64) {
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
            loop {
                std::thread::park();
            }
        }
    }
}

#[cfg(not(all(debug_assertions, unix)))]
mod armed {
    pub(in crate::ledger) fn before(_: usize) {}
    pub(in crate::ledger) fn after(_: usize) {}
}

pub(super) use armed::{after, before};
