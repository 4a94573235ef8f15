//! How a search or an execution goes on, for a person who waits at a terminal.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::findings::SystemStatus;
use crate::messages::{Lang, ui as say};
use crate::plan::Outcome;

/// One line that counts what is done and names what is waited for; nothing where no terminal is.
pub struct Progress {
    bar: ProgressBar,
    waiting: Mutex<Vec<String>>,
    /// Systems that have answered at least once; a search asks some of them again in a later round.
    answered: Mutex<BTreeSet<String>>,
    lang: Lang,
}

impl Progress {
    pub fn new(ui: &super::Ui, of: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(of as u64), ProgressDrawTarget::stderr());
        if ui.shows_progress() {
            bar.set_style(
                ProgressStyle::with_template("{spinner} {pos}/{len} {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Progress {
            bar,
            waiting: Mutex::new(Vec::new()),
            answered: Mutex::new(BTreeSet::new()),
            lang: ui.lang,
        }
    }

    /// One more of the many is done.
    pub fn one_more(&self) {
        self.bar.inc(1);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn changed(&self, change: impl FnOnce(&mut Vec<String>)) {
        let Ok(mut waiting) = self.waiting.lock() else {
            return;
        };
        change(&mut waiting);
        self.bar.set_message(match waiting.is_empty() {
            true => String::new(),
            false => say::waiting_for(
                waiting
                    .iter()
                    .take(5)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", "),
            )
            .to(self.lang)
            .to_owned(),
        });
    }
}

impl crate::find::Watch for Progress {
    fn system_reads(&self, system: &str, documents: u64) {
        let words = say::reads_documents(system, documents);
        self.bar.set_message(words.to(self.lang).to_owned());
    }

    fn system_began(&self, system: &str) {
        self.changed(|waiting| waiting.push(system.to_owned()));
    }

    fn system_ended(&self, system: &str, _status: SystemStatus, _records: usize) {
        self.changed(|waiting| waiting.retain(|name| name != system));
        if let Ok(mut answered) = self.answered.lock() {
            answered.insert(system.to_owned());
            self.bar.set_position(answered.len() as u64);
        }
    }
}

impl crate::execute::Watch for Progress {
    fn step_ended(&self, system: &str, _outcome: Outcome) {
        self.changed(|waiting| *waiting = vec![system.to_owned()]);
        self.bar.inc(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::Watch as _;
    use crate::ui::{Colour, Format, Ui};

    #[test]
    fn a_system_that_is_asked_again_counts_once() {
        let ui = Ui::new(Lang::En, Format::Table, Colour::Never, false, false);
        let progress = Progress::new(&ui, 2);
        for system in ["crm", "shop", "crm", "shop", "crm"] {
            progress.system_began(system);
            progress.system_ended(system, SystemStatus::Searched, 1);
        }
        assert_eq!(progress.bar.position(), 2);
    }
}
