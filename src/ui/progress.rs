//! How a search or an execution goes on, for a person who waits at a terminal.

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
            lang: ui.lang,
        }
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
    fn system_began(&self, system: &str) {
        self.changed(|waiting| waiting.push(system.to_owned()));
    }

    fn system_ended(&self, system: &str, _status: SystemStatus, _records: usize) {
        self.changed(|waiting| waiting.retain(|name| name != system));
        self.bar.inc(1);
    }
}

impl crate::execute::Watch for Progress {
    fn step_ended(&self, system: &str, _outcome: Outcome) {
        self.changed(|waiting| *waiting = vec![system.to_owned()]);
        self.bar.inc(1);
    }
}
