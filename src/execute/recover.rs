//! What the ledger says about a step, and what follows from it when a run goes on.

use crate::connector::Action;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::plan::Outcome;

/// A step's place in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// No intent was written: nothing can have happened.
    Untouched,
    /// The intent was written and no outcome: the write may or may not have taken effect.
    Begun,
    /// It ended; trying again could change nothing, or needs a person first.
    Ended(Outcome),
    /// It ended without effect, for a reason that may pass.
    TryAgain,
}

/// Replays the history of one step.
///
/// A newer intent supersedes an older outcome; events of other plans and steps change nothing.
pub(super) fn status(history: &[Event], plan: Digest, no: u32) -> Status {
    history
        .iter()
        .fold(Status::Untouched, |status, event| match (status, event) {
            (_, Event::StepStarted { plan: of, step, .. }) if *of == plan && *step == no => {
                Status::Begun
            }
            (
                _,
                Event::StepEnded {
                    plan: of,
                    step,
                    outcome,
                    ..
                },
            ) if *of == plan && *step == no => match outcome {
                Outcome::Failed | Outcome::Pending => Status::TryAgain,
                // The write was sent; whether it took effect is settled by reading, and only by reading.
                Outcome::NotVerified | Outcome::Unknown => Status::Begun,
                ended => Status::Ended(*ended),
            },
            (
                _,
                Event::StepVerified {
                    plan: of,
                    step,
                    outcome,
                    ..
                },
            ) if *of == plan && *step == no => match outcome {
                Outcome::NotVerified => Status::Begun,
                ended => Status::Ended(*ended),
            },
            (status, _) => status,
        })
}

/// What a record's present state says about a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    /// As it was planned.
    Before,
    /// As it should be afterwards.
    After,
    Other,
}

/// What to do with a step, from its status and the record's state. This table is the whole of recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Write,
    End(Outcome),
}

pub(super) fn next(status: Status, state: State, action: Action) -> Next {
    let done = if action == Action::Remove {
        Outcome::Removed
    } else {
        Outcome::Anonymised
    };
    match (status, state) {
        (Status::Ended(outcome), _) => Next::End(outcome),
        // Begun and now absent or equal: it was us. Untouched and absent: somebody else.
        (Status::Begun, State::Absent) if action == Action::Remove => Next::End(done),
        (Status::Begun, State::After) => Next::End(done),
        (Status::Untouched | Status::TryAgain | Status::Begun, State::Absent) => {
            Next::End(Outcome::AlreadyGone)
        }
        // Unchanged: the write did not take effect, so it cannot take effect twice.
        (Status::Untouched | Status::TryAgain | Status::Begun, State::Before) => Next::Write,
        (Status::Untouched | Status::TryAgain, State::After) => Next::End(done),
        (Status::Untouched | Status::TryAgain | Status::Begun, State::Other) => {
            Next::End(Outcome::Changed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_removal_that_is_absent_was_ours_and_an_untouched_one_was_not() {
        assert_eq!(
            next(Status::Begun, State::Absent, Action::Remove),
            Next::End(Outcome::Removed)
        );
        assert_eq!(
            next(Status::Untouched, State::Absent, Action::Remove),
            Next::End(Outcome::AlreadyGone)
        );
        assert_eq!(
            next(Status::Begun, State::Before, Action::Remove),
            Next::Write
        );
        assert_eq!(
            next(Status::Begun, State::Other, Action::Remove),
            Next::End(Outcome::Changed)
        );
        assert_eq!(
            next(Status::Begun, State::After, Action::Anonymise),
            Next::End(Outcome::Anonymised)
        );
    }

    #[test]
    fn a_finished_step_is_never_written_again() {
        for state in [State::Absent, State::Before, State::After, State::Other] {
            for outcome in [Outcome::Removed, Outcome::Blocked, Outcome::Changed] {
                assert_eq!(
                    next(Status::Ended(outcome), state, Action::Remove),
                    Next::End(outcome)
                );
            }
        }
    }
}
