//! Further cases from each recorded erasure: what the program must do when a system misbehaves, tried with the very replies that were
//! recorded.

mod apply;
mod leaves;
mod pages;
mod search;

use std::collections::BTreeMap;

use super::file::{Case, Run, TestFile};
use super::play::{Played, Until};
use super::specimen::Specimen;
use super::tape::Tamper;
use super::{judge, play};
use crate::diagnostic::Diagnostic;
use crate::messages::{Text, replay as say};
use crate::yaml::error;

/// How the recorded case is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing is approved.
    PlanMode,
    /// The replies are about somebody else.
    Stranger,
    /// The first reply is built otherwise.
    NoEnvelope,
    /// The first write answers 404.
    AlreadyGone,
    /// Each request is throttled once.
    Throttled,
    /// The reply to a write that may not be repeated is lost.
    LostReply,
    /// The record changes between plan and write.
    Changed,
    /// Nobody may look afterwards.
    Forbidden,
    /// The second page is the first.
    RepeatedPage,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::PlanMode,
        Kind::Stranger,
        Kind::NoEnvelope,
        Kind::AlreadyGone,
        Kind::Throttled,
        Kind::LostReply,
        Kind::Changed,
        Kind::Forbidden,
        Kind::RepeatedPage,
    ];

    /// As the test file names it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::PlanMode => "plan_mode",
            Kind::Stranger => "stranger",
            Kind::NoEnvelope => "no_envelope",
            Kind::AlreadyGone => "already_gone",
            Kind::Throttled => "throttled",
            Kind::LostReply => "lost_reply",
            Kind::Changed => "changed",
            Kind::Forbidden => "forbidden",
            Kind::RepeatedPage => "repeated_page",
        }
    }

    pub fn words() -> String {
        let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        words.join(", ")
    }

    pub fn title(self) -> Text {
        match self {
            Kind::PlanMode => say::derived_plan_mode(),
            Kind::Stranger => say::derived_stranger(),
            Kind::NoEnvelope => say::derived_no_envelope(),
            Kind::AlreadyGone => say::derived_already_gone(),
            Kind::Throttled => say::derived_throttled(),
            Kind::LostReply => say::derived_lost_reply(),
            Kind::Changed => say::derived_changed(),
            Kind::Forbidden => say::derived_forbidden(),
            Kind::RepeatedPage => say::derived_repeated_page(),
        }
    }
}

/// A derived case and what it came to.
pub struct Derived {
    pub kind: Kind,
    pub came: Came,
}

pub enum Came {
    Right,
    Wrong(Vec<Diagnostic>),
    /// It cannot be formed from this case, and why.
    NotDerived(Text),
}

impl Derived {
    pub fn wrong(&self) -> Option<&[Diagnostic]> {
        match &self.came {
            Came::Wrong(wrong) => Some(wrong),
            Came::Right | Came::NotDerived(_) => None,
        }
    }
}

/// A recorded case that came out right.
struct Recorded<'a> {
    specimen: &'a Specimen,
    file: &'a TestFile,
    case: &'a Case,
    played: &'a Played,
    outcomes: BTreeMap<String, String>,
}

/// Why a derived case is not right: one of these, or that it cannot be formed.
type Checked = std::result::Result<(), Flaw>;

enum Flaw {
    Wrong(Text),
    Absent(Text),
    /// Something was asked that the recorded replies do not answer.
    Missed(Vec<String>),
    NotStarted(std::io::Error),
}

/// Forms and plays what a case that came out right wants derived. Only erasures are.
pub(super) fn derive(
    specimen: &Specimen,
    file: &TestFile,
    case: &Case,
    played: &Played,
) -> Vec<Derived> {
    if case.run != Run::Erase {
        return Vec::new();
    }
    let recorded = Recorded {
        specimen,
        file,
        case,
        played,
        outcomes: judge::outcomes(played),
    };
    let one = |kind: &Kind| Derived {
        kind: *kind,
        came: match recorded.check(*kind) {
            Ok(()) => Came::Right,
            Err(Flaw::Absent(why)) => Came::NotDerived(why),
            Err(flaw) => Came::Wrong(vec![recorded.wrong(*kind, flaw)]),
        },
    };
    case.derive.iter().map(one).collect()
}

impl Recorded<'_> {
    fn check(&self, kind: Kind) -> Checked {
        if !judge::all_faults(self.played).is_empty() || self.played.trouble.is_some() {
            return Err(Flaw::Absent(say::ends_in_a_fault()));
        }
        if judge::found(self.played).is_empty() {
            return Err(Flaw::Absent(say::finds_nobody()));
        }
        match kind {
            Kind::PlanMode => search::plan_mode(self),
            Kind::Stranger => search::stranger(self),
            Kind::NoEnvelope => search::no_envelope(self),
            Kind::RepeatedPage => pages::repeated_page(self),
            Kind::AlreadyGone => apply::already_gone(self),
            Kind::Throttled => apply::throttled(self),
            Kind::LostReply => apply::lost_reply(self),
            Kind::Changed => apply::changed(self),
            Kind::Forbidden => apply::forbidden(self),
        }
    }

    /// Plays the case with other replies. What is asked beyond the recording is a flaw.
    fn play(&self, until: Until, tamper: Option<Tamper>) -> Result<Played, Flaw> {
        let played = play::play(self.specimen, self.file, self.case, until, false, tamper);
        let played = played.map_err(Flaw::NotStarted)?;
        match played.tape.misses.is_empty() {
            true => Ok(played),
            false => {
                let asked = played.tape.misses.iter().map(|miss| miss.asked.clone());
                Err(Flaw::Missed(asked.collect()))
            }
        }
    }

    /// Records of which the recorded case made what it should.
    fn successes(&self) -> Result<Vec<&String>, Flaw> {
        let done = self
            .outcomes
            .iter()
            .filter(|(_, outcome)| is_success(outcome));
        let done: Vec<&String> = done.map(|(record, _)| record).collect();
        match done.is_empty() {
            true => Err(Flaw::Absent(say::erases_nothing())),
            false => Ok(done),
        }
    }

    /// The first write, if there is one.
    fn first_write(&self) -> Result<(), Flaw> {
        let mut log = self.played.tape.log.iter();
        match log.any(|sent| sent.writes) {
            true => Ok(()),
            false => Err(Flaw::Absent(say::writes_nothing())),
        }
    }

    fn wrong(&self, kind: Kind, flaw: Flaw) -> Diagnostic {
        let (what, why) = match flaw {
            Flaw::Wrong(why) | Flaw::Absent(why) => (say::derived_wrong(kind.title()), why),
            Flaw::Missed(asked) => {
                let asked = asked.into_iter().take(3).collect::<Vec<_>>().join("; ");
                (say::derived_wrong(kind.title()), say::derived_asked(asked))
            }
            Flaw::NotStarted(failure) => (say::no_runtime(), crate::messages::os::why(&failure)),
        };
        error("E780", what)
            .at(self.case.place.clone())
            .why(why)
            .help(say::derived_wrong_help(kind.word()))
    }
}

/// Whether what was asked for has come true.
fn is_success(outcome: &str) -> bool {
    ["removed", "anonymised", "restricted", "already_gone"].contains(&outcome)
}
