//! Further cases from each recorded erasure: what the program must do when a system misbehaves, tried with the very replies that were
//! recorded.

use super::file::{Case, TestFile};
use super::play::Played;
use crate::connector::definition::Definition;
use crate::messages::{Text, replay as say};

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
    Wrong(Vec<crate::diagnostic::Diagnostic>),
    /// It cannot be formed from this case, and why.
    NotDerived(Text),
}

impl Derived {
    pub fn wrong(&self) -> Option<&[crate::diagnostic::Diagnostic]> {
        match &self.came {
            Came::Wrong(wrong) => Some(wrong),
            Came::Right | Came::NotDerived(_) => None,
        }
    }
}

/// Forms and plays what a case that came out right wants derived. Only erasures are.
pub(super) fn derive(
    _definition: &Definition,
    _file: &TestFile,
    _case: &Case,
    _recorded: &Played,
) -> Vec<Derived> {
    Vec::new()
}
