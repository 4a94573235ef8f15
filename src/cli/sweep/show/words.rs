//! How a rule stands, and what holds it up, in words.

use crate::cli::context::House;
use crate::cli::sweep::{Line, Owed, Sweep};
use crate::hold::{self, HoldId};
use crate::ledger::Brake;
use crate::messages::{Text, owed as say_owed, sweep as say};
use crate::sweep::{Halt, Obstacle};

pub(crate) fn joined(parts: impl Iterator<Item = Text>) -> Text {
    let mut all = Text::same("");
    for part in parts {
        let comma = if all.en.is_empty() { "" } else { ", " };
        all.en.push_str(&format!("{comma}{}", part.en));
        all.de.push_str(&format!("{comma}{}", part.de));
    }
    all
}

pub(super) fn state(house: &House, line: &Line) -> Text {
    let unknown = line.walked.as_ref().map_or(0, |walked| walked.unknown);
    let unclear = (unknown > 0).then(|| say::unclear(unknown));
    joined(unclear.into_iter().chain([came_to(house, line)]))
}

/// How a rule stands, but for what nobody can tell of an earlier run.
fn came_to(house: &House, line: &Line) -> Text {
    if let Err(obstacle) = &line.rule.due {
        return obstructed(*obstacle);
    }
    if let Err(fault) = &line.survey {
        return Text::same(&fault.code);
    }
    if let Some(walked) = &line.walked {
        return match (&walked.fault, walked.halted) {
            (Some(fault), _) => say::stopped(Text::same(&fault.code)),
            (None, Some(halt)) => say::stopped(halted(halt)),
            (None, None) => say::finished(),
        };
    }
    let nothing = line.survey.as_ref().is_ok_and(|survey| survey.due == 0);
    let state = match (line.brakes.is_empty(), nothing) {
        (false, _) => brakes(house, line),
        (true, true) => say::nothing_due(),
        (true, false) => say::ready(),
    };
    let broken = line.fault().map(|fault| Text::same(&fault.code));
    joined([state].into_iter().chain(broken))
}

pub(super) fn obstructed(obstacle: Obstacle) -> Text {
    match obstacle {
        Obstacle::Disconnected => say::disconnected(),
        Obstacle::Engine => say::engine(),
        Obstacle::KeptOnPurpose => say::on_purpose(),
        Obstacle::NotByAge => say::not_by_age(),
        Obstacle::NoStart => say::no_start(),
        Obstacle::FinancialYear => say::no_financial_year(),
        Obstacle::ShortMinimum(norm) => say::short_minimum(&norm.id),
        Obstacle::OtherDay(norm) => say::other_day(&norm.id),
    }
}

/// What the words for a brake name.
#[derive(Default)]
pub(crate) struct Facts<'f> {
    pub(crate) usual: Option<u64>,
    pub(crate) holds: &'f [HoldId],
    pub(crate) due: u64,
    pub(crate) expected: Option<u64>,
}

pub(in crate::cli::sweep) fn brakes(house: &House, line: &Line) -> Text {
    let facts = Facts {
        usual: line.usual,
        holds: &line.whole,
        due: line.survey.as_ref().map_or(0, |survey| survey.due),
        expected: line.expected,
    };
    let brakes = line.brakes.iter();
    joined(brakes.map(|brake| brake_in_words(house, *brake, &facts)))
}

/// What holds up what requests have left.
pub(in crate::cli::sweep) fn brakes_of_owed(house: &House, sweep: &Sweep, owed: &Owed) -> Text {
    let facts = Facts {
        due: sweep.owed.iter().map(|owed| owed.count).sum(),
        expected: sweep.expected,
        ..Facts::default()
    };
    let brakes = owed.brakes.iter();
    joined(brakes.map(|brake| brake_in_words(house, *brake, &facts)))
}

/// A brake as people read it.
pub(crate) fn brake_in_words(house: &House, brake: Brake, facts: &Facts<'_>) -> Text {
    let limits = &house.inventory.limits.sweep;
    match brake {
        Brake::New => say::brake_new(),
        Brake::Forgotten => say::brake_forgotten(),
        Brake::Cap => say::brake_cap(limits.records),
        Brake::Share => say::brake_share(limits.share),
        Brake::Unusual => say::brake_unusual(facts.usual.unwrap_or(0)),
        Brake::Number => say::brake_number(facts.due, facts.expected.unwrap_or(0)),
        Brake::Triggers => say::brake_triggers(),
        Brake::Window => say::brake_window(),
        Brake::Stopped => say::brake_stopped(),
        Brake::Clock => say::brake_clock(),
        Brake::Holds => say::brake_holds(),
        Brake::Held => say::brake_held(hold::listed(facts.holds)),
        Brake::Weak => crate::messages::anonymity::brake(),
    }
}

pub(super) fn owed_state(house: &House, sweep: &Sweep, owed: &Owed) -> Text {
    if !owed.brakes.is_empty() {
        return brakes_of_owed(house, sweep, owed);
    }
    if owed.busy {
        return say_owed::busy();
    }
    match (owed.ran, owed.count) {
        (true, _) => say::finished(),
        (false, 0) => say::nothing_due(),
        (false, _) => say::ready(),
    }
}

pub(in crate::cli::sweep) fn halted(halt: Halt) -> Text {
    match halt {
        Halt::Interrupted => say::halted_interrupted(),
        Halt::Stopped => say::halted_stopped(),
        Halt::Window => say::halted_window(),
        Halt::HoldsChanged => say::halted_holds(),
    }
}
