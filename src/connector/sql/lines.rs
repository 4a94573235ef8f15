//! Lines for writing that are used again within one command.
//!
//! A hundred people are written for by eight at a time. Each of them opens a writer, which knows what one approved plan lets it know,
//! and takes over no more than the line: a sign-in costs a database more than what is written over it. A line is put back only when its
//! transaction has ended; one that the server has closed since is opened anew by whoever takes it.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Lines that nobody uses now, by the names of their systems.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Kept>>);

type Kept = BTreeMap<String, Vec<Box<dyn Any + Send>>>;

impl Lines {
    /// A line to the system, with what it said of itself.
    pub(super) fn take<L: Any + Send>(&self, system: &str) -> Option<L> {
        let line = self.lock().get_mut(system).and_then(Vec::pop)?;
        line.downcast().ok().map(|line| *line)
    }

    pub(super) fn put_back(&self, system: &str, line: impl Any + Send) {
        // After a panic nobody knows what state it is in.
        if !std::thread::panicking() {
            let mut kept = self.lock();
            kept.entry(system.to_owned())
                .or_default()
                .push(Box::new(line));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_for_one_at_a_time_and_for_its_own_system() {
        let lines = Lines::default();
        lines.put_back("shop", 1_u8);
        let other = lines.clone();
        assert_eq!(other.take::<u8>("crm"), None);
        assert_eq!(other.take::<u8>("shop"), Some(1));
        assert_eq!(lines.take::<u8>("shop"), None);
        lines.put_back("shop", "another engine");
        assert_eq!(lines.take::<u8>("shop"), None);
    }
}
