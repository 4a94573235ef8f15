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

#[cfg(all(debug_assertions, unix))]
pub(super) fn at(moment: Moment) {
    let wanted = std::env::var("DSR_TEST_KILL_FILE").unwrap_or_default();
    if wanted.eq_ignore_ascii_case(&format!("{moment:?}")) {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}

#[cfg(not(all(debug_assertions, unix)))]
pub(super) fn at(_: Moment) {}
