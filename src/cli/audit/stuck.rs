//! Rules that whole runs, one after the other, have not carried out for the same reason: nobody may have read what each of them said.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::sweep::{self, Facts, brake_in_words, joined};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::{Brake, RuleMissed, RulePlanned};
use crate::messages::{Text, runs as say};
use crate::sweep::brakes;
use crate::sweep::runs::{Part, Run};

/// So many runs in a row, of those over all rules, are told.
const IN_A_ROW: usize = 3;

/// A rule that is stuck.
pub(super) struct Stuck {
    place: Place,
    /// What all of those runs have in common, as the last one says it.
    brakes: BTreeSet<Brake>,
    failed: Option<String>,
    planned: Option<RulePlanned>,
    runs: usize,
}

/// A rule as people know it: its digest changes with every word of theirs.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    data_type: String,
    system: String,
    object: String,
    action: &'static str,
}

impl Place {
    fn planned(rule: &RulePlanned) -> Place {
        Place {
            data_type: rule.data_type.clone(),
            system: rule.system.clone(),
            object: rule.object.clone(),
            action: rule.action.word(),
        }
    }

    fn missed(rule: &RuleMissed) -> Place {
        Place {
            data_type: rule.data_type.clone(),
            system: rule.system.clone(),
            object: rule.object.clone(),
            action: rule.action.word(),
        }
    }
}

/// Why a run has not carried a rule out.
#[derive(Default)]
struct Why {
    brakes: BTreeSet<Brake>,
    /// The code of the system's failure.
    failed: Option<String>,
}

impl Why {
    /// What a run says of a rule; `None` where it has carried it out, or there was nothing to do.
    fn of(run: &Run, place: &Place) -> Option<Why> {
        let of_place = |part: &&Part| Place::planned(&part.planned) == *place;
        let mut why = Why::default();
        for part in run.rules.iter().filter(of_place) {
            let stopped = part.stopped.clone().filter(|stopped| is_code(stopped));
            why.failed = why.failed.or(stopped);
            let weak = part.planned.brakes.contains(&Brake::Weak);
            if part.due() > 0 || weak {
                let brakes = part.planned.brakes.iter().copied();
                // What is held is kept on purpose.
                why.brakes.extend(brakes.filter(|one| *one != Brake::Held));
            }
        }
        let mut missed = run.missed.iter();
        let missed = missed.find(|missed| is_code(&missed.why) && Place::missed(missed) == *place);
        why.failed = why.failed.or(missed.map(|missed| missed.why.clone()));
        (!why.brakes.is_empty() || why.failed.is_some()).then_some(why)
    }
}

/// Failures have codes; other reasons are words.
fn is_code(why: &str) -> bool {
    why.starts_with('E')
}

/// Rules that the last runs, oldest first, have not carried out.
pub(super) fn find(runs: &[&Run]) -> Vec<Stuck> {
    let ended = |run: &&&Run| run.ended.is_some();
    let Some(last) = runs.iter().filter(ended).rfind(|run| !run.limited) else {
        return Vec::new();
    };
    let planned = last.rules.iter().map(|part| Place::planned(&part.planned));
    let missed = last.missed.iter().map(Place::missed);
    let mut found = Vec::new();
    for place in planned.chain(missed) {
        let mut stuck: Option<Stuck> = None;
        for run in runs.iter().filter(ended).rev() {
            let why = Why::of(run, &place);
            if run.limited {
                let about_it = |part: &Part| Place::planned(&part.planned) == place && part.walked;
                // Somebody has carried it out by itself.
                if why.is_none() && run.rules.iter().any(about_it) {
                    break;
                }
                continue;
            }
            let Some(why) = why else { break };
            let Some(known) = &mut stuck else {
                let mut parts = run.rules.iter().map(|part| &part.planned);
                stuck = Some(Stuck {
                    planned: parts.find(|it| Place::planned(it) == place).cloned(),
                    place: place.clone(),
                    brakes: why.brakes,
                    failed: why.failed,
                    runs: 1,
                });
                continue;
            };
            let common: BTreeSet<Brake> = known.brakes.intersection(&why.brakes).copied().collect();
            let failed = known.failed.clone().filter(|_| why.failed.is_some());
            if common.is_empty() && failed.is_none() {
                break;
            }
            (known.brakes, known.failed) = (common, failed);
            known.runs += 1;
        }
        found.extend(stuck.filter(|stuck| stuck.runs >= IN_A_ROW));
    }
    found
}

impl Stuck {
    pub(super) fn exit(&self) -> Exit {
        let waits = self.brakes.iter().any(|brake| brake.waits_for_a_person());
        let failed = self.failed.as_ref().map(|_| Exit::Incomplete);
        let waits = match waits {
            true => Exit::Waiting,
            false => Exit::Incomplete,
        };
        failed.unwrap_or(waits)
    }

    pub(super) fn json(&self) -> Value {
        let brakes = self.brakes.iter().map(|brake| json!(brake));
        let failed = self.failed.iter().map(|code| json!(code));
        json!({
            "data_type": self.place.data_type,
            "system": self.place.system,
            "object": self.place.object,
            "action": self.place.action,
            "runs": self.runs,
            "why": brakes.chain(failed).collect::<Vec<_>>(),
        })
    }
}

/// One warning for each.
pub(super) fn warn(context: &Context, house: &House, all: &[Stuck]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let history = sweep::history(house)?;
    for stuck in all {
        let place = format!("{}.{}", stuck.place.system, stuck.place.object);
        let planned = stuck.planned.as_ref();
        let done = planned.map(|planned| history.of(&planned.rule).done);
        let facts = Facts {
            usual: done.and_then(|done| brakes::usual(&done)),
            holds: planned.map_or(&[], |planned| &planned.holds),
            due: planned.map_or(0, |planned| planned.due),
            expected: None,
        };
        let brakes = stuck.brakes.iter();
        let brakes = brakes.map(|brake| brake_in_words(house, *brake, &facts));
        let why = joined(brakes.chain(stuck.failed.iter().map(Text::same)));
        let what = say::stuck(&stuck.place.data_type, place, stuck.runs);
        let help = match &stuck.failed {
            Some(_) => say::stuck_failed_help(),
            None => say::stuck_help(),
        };
        let warning = Diagnostic::new("W352", stuck.exit(), what).why(why);
        context.ui.warn(&warning.help(help));
    }
    Ok(())
}
