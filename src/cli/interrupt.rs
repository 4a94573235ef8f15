//! Ctrl-C. Whoever is at work on something that has to be ended in order takes it; while nobody does, it ends the program.
//!
//! Once one part of a program listens to the signal, the system does nothing of its own any more when it comes: a question at the
//! terminal could not be left. So one task listens as long as there is a runtime, and tells those who took it.

use std::sync::LazyLock;

use tokio::sync::watch;

use crate::diagnostic::Exit;

/// How often it was pressed while somebody had taken it.
static PRESSED: LazyLock<watch::Sender<u32>> = LazyLock::new(|| watch::Sender::new(0));

/// As long as it lives, the program goes on after Ctrl-C, so that its holder can end in order.
pub(crate) struct Taken(watch::Receiver<u32>);

pub(crate) fn take() -> Taken {
    Taken(PRESSED.subscribe())
}

impl Taken {
    /// Returns when somebody presses it.
    pub(crate) async fn asked(&mut self) {
        // The sender is there for good.
        let _ = self.0.changed().await;
    }

    /// Ends the program when somebody presses it once more: intents are in the ledger, so this is as safe as a crash.
    pub(crate) async fn asked_again(&mut self) {
        self.asked().await;
        end();
    }
}

/// Listens. What was written is in ledger and vault when it ends the program, as after a crash.
pub(super) async fn watch() {
    while tokio::signal::ctrl_c().await.is_ok() {
        match PRESSED.receiver_count() {
            0 => end(),
            _ => PRESSED.send_modify(|times| *times = times.wrapping_add(1)),
        }
    }
}

#[expect(
    clippy::exit,
    reason = "nothing is under way that has to be ended in order, or the person asked twice"
)]
fn end() {
    std::process::exit(Exit::Incomplete as i32);
}
