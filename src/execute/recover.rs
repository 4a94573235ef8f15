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
    /// The intent was written and no outcome that settles it: the write may or may not have taken effect.
    Begun,
    /// The system took the write; reading has not shown its effect yet.
    Accepted,
    /// It ended; trying again could change nothing, or needs a person first.
    Ended(Outcome),
    /// It ended without effect, for a reason that may pass.
    TryAgain,
}

/// Replays the history of one step.
///
/// A newer intent supersedes an older outcome. So does a newer approval: whoever approves the same plan once more does so after a
/// fresh search that found the record as it was, so that an outcome from before says nothing about it. Events of other plans and
/// steps change nothing.
pub(super) fn status(history: &[Event], plan: Digest, no: u32) -> Status {
    history
        .iter()
        .fold(Status::Untouched, |status, event| match (status, event) {
            (_, Event::StepStarted { plan: of, step, .. }) if *of == plan && *step == no => {
                Status::Begun
            }
            (Status::Ended(_) | Status::Accepted, Event::Approved { plan: of, .. })
                if *of == plan =>
            {
                Status::TryAgain
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
                Outcome::Failed => Status::TryAgain,
                // The write was sent; whether it took effect is settled by reading, and only by reading.
                Outcome::Unknown => Status::Begun,
                Outcome::NotVerified | Outcome::Pending => Status::Accepted,
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
                // Nobody of ours wrote to it, and a search had its doubts that it is gone.
                Outcome::NotVerified if status == Status::Ended(Outcome::AlreadyGone) => {
                    Status::TryAgain
                }
                Outcome::NotVerified => Status::Accepted,
                ended => Status::Ended(*ended),
            },
            (status, _) => status,
        })
}

/// What a record's present state says about a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing bears its key any more.
    Absent,
    /// A search does not return it, and nothing else could show it: it may be gone, or there and not found.
    Unfound,
    /// As it was planned.
    Before,
    /// As it should be afterwards.
    After,
    Other,
}

/// What to do with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Write,
    /// As `Write`, but a request of an earlier run may still be on its way: only once that has had its time, and after another look.
    WriteLater,
    End(Outcome),
    /// Nobody of ours wrote to it and no search returns it: that is no proof that it is gone, so it is planned afresh.
    Lost,
}

/// What follows from a step's status and the record's state. This table is the whole of recovery.
pub(super) fn next(status: Status, state: State, action: Action, idempotent: bool) -> Next {
    let done = done(action);
    match (status, state) {
        (Status::Ended(outcome), _) => Next::End(outcome),
        // Begun and now absent or equal: it was us. Untouched and absent: somebody else.
        (Status::Begun | Status::Accepted, State::Absent | State::Unfound)
            if action == Action::Remove =>
        {
            Next::End(done)
        }
        // What was to stay may be gone, or hidden by what was done to it: it does not show that.
        (Status::Begun | Status::Accepted, State::Absent) if !action.erases() => {
            Next::End(Outcome::NotVerified)
        }
        (Status::Begun | Status::Accepted, State::Unfound) => Next::End(Outcome::NotVerified),
        (Status::Untouched | Status::TryAgain, State::Unfound) => Next::Lost,
        (_, State::Absent) => Next::End(Outcome::AlreadyGone),
        (_, State::After) => Next::End(done),
        // Unchanged: the write did not take effect, so it cannot take effect twice, unless it still does so later.
        (Status::Untouched | Status::TryAgain, State::Before) => Next::Write,
        (Status::Begun | Status::Accepted, State::Before) if idempotent => Next::Write,
        (Status::Begun, State::Before) => Next::WriteLater,
        // The system said that it did it. Sending again is for a person to decide, by approving again.
        (Status::Accepted, State::Before) => Next::End(Outcome::NotVerified),
        (_, State::Other) => Next::End(Outcome::Changed),
    }
}

/// What an action comes to when it took effect.
pub(super) fn done(action: Action) -> Outcome {
    match action {
        Action::Remove => Outcome::Removed,
        Action::Anonymise => Outcome::Anonymised,
        Action::Rectify => Outcome::Rectified,
        Action::Restrict => Outcome::Restricted,
        Action::Unrestrict => Outcome::Unrestricted,
        Action::Suppress => Outcome::Suppressed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Approval;
    use crate::plan::Decision;

    const PLAN: Digest = Digest([7; 32]);

    fn started() -> Event {
        Event::StepStarted {
            plan: PLAN,
            step: 0,
            system: "s".into(),
            object: "o".into(),
            record: PLAN,
            action: Action::Remove,
            before: PLAN,
            after: None,
        }
    }

    fn ended(outcome: Outcome) -> Event {
        Event::StepEnded {
            plan: PLAN,
            step: 0,
            system: "s".into(),
            object: "o".into(),
            record: PLAN,
            decision: Decision::Erase,
            action: Some(Action::Remove),
            outcome,
            level: None,
            until: None,
            fault: None,
            holds: Vec::new(),
        }
    }

    fn approved() -> Event {
        Event::Approved {
            plan: PLAN,
            policy: Approval::None,
            by: "op".into(),
        }
    }

    fn after(events: &[Event]) -> Status {
        status(events, PLAN, 0)
    }

    #[test]
    fn a_begun_removal_that_is_absent_was_ours_and_an_untouched_one_was_not() {
        let remove = |status, state, idempotent| next(status, state, Action::Remove, idempotent);
        for idempotent in [true, false] {
            for begun in [Status::Begun, Status::Accepted] {
                assert_eq!(
                    remove(begun, State::Absent, idempotent),
                    Next::End(Outcome::Removed)
                );
                assert_eq!(
                    remove(begun, State::Other, idempotent),
                    Next::End(Outcome::Changed)
                );
            }
            assert_eq!(
                remove(Status::Untouched, State::Absent, idempotent),
                Next::End(Outcome::AlreadyGone)
            );
        }
        assert_eq!(
            next(Status::Begun, State::After, Action::Anonymise, true),
            Next::End(Outcome::Anonymised)
        );
        assert_eq!(
            next(Status::Begun, State::Absent, Action::Anonymise, true),
            Next::End(Outcome::AlreadyGone)
        );
    }

    #[test]
    fn what_should_stay_and_is_not_there_after_a_write_proves_nothing() {
        for action in [
            Action::Rectify,
            Action::Restrict,
            Action::Unrestrict,
            Action::Suppress,
        ] {
            assert_eq!(
                next(Status::Begun, State::Absent, action, true),
                Next::End(Outcome::NotVerified)
            );
            assert_eq!(
                next(Status::Untouched, State::Absent, action, true),
                Next::End(Outcome::AlreadyGone)
            );
        }
    }

    #[test]
    fn what_only_a_search_misses_is_gone_only_if_it_was_ours_to_remove() {
        for action in [
            Action::Remove,
            Action::Anonymise,
            Action::Rectify,
            Action::Restrict,
            Action::Unrestrict,
            Action::Suppress,
        ] {
            for idempotent in [true, false] {
                let unfound = |status| next(status, State::Unfound, action, idempotent);
                assert_eq!(unfound(Status::Untouched), Next::Lost);
                assert_eq!(unfound(Status::TryAgain), Next::Lost);
                let ours = match action {
                    Action::Remove => Outcome::Removed,
                    _ => Outcome::NotVerified,
                };
                assert_eq!(unfound(Status::Begun), Next::End(ours));
                assert_eq!(unfound(Status::Accepted), Next::End(ours));
            }
        }
    }

    #[test]
    fn a_write_that_may_not_be_repeated_waits_for_its_predecessor() {
        let before = |status, idempotent| next(status, State::Before, Action::Remove, idempotent);
        assert_eq!(before(Status::Begun, true), Next::Write);
        assert_eq!(before(Status::Begun, false), Next::WriteLater);
        assert_eq!(before(Status::Accepted, true), Next::Write);
        assert_eq!(
            before(Status::Accepted, false),
            Next::End(Outcome::NotVerified)
        );
        assert_eq!(before(Status::TryAgain, false), Next::Write);
    }

    #[test]
    fn a_finished_step_is_never_written_again() {
        for state in [
            State::Absent,
            State::Unfound,
            State::Before,
            State::After,
            State::Other,
        ] {
            for outcome in [Outcome::Removed, Outcome::Blocked, Outcome::Changed] {
                assert_eq!(
                    next(Status::Ended(outcome), state, Action::Remove, true),
                    Next::End(outcome)
                );
            }
        }
    }

    #[test]
    fn an_outcome_from_before_a_new_approval_does_not_count() {
        for outcome in [Outcome::Removed, Outcome::Changed, Outcome::Blocked] {
            let once = [approved(), started(), ended(outcome)];
            assert_eq!(after(&once), Status::Ended(outcome));
            let twice = [approved(), started(), ended(outcome), approved()];
            assert_eq!(after(&twice), Status::TryAgain);
        }
        // What may still be on its way stays begun, whoever approves what.
        assert_eq!(after(&[approved(), started(), approved()]), Status::Begun);
        let unknown = [approved(), started(), ended(Outcome::Unknown), approved()];
        assert_eq!(after(&unknown), Status::Begun);
    }

    #[test]
    fn a_doubt_about_what_was_gone_makes_it_nobodys_work() {
        let doubted = Event::StepVerified {
            plan: PLAN,
            step: 0,
            outcome: Outcome::NotVerified,
            level: crate::plan::Level::L0,
        };
        let after = |outcome| after(&[started(), ended(outcome), doubted.clone()]);
        assert_eq!(after(Outcome::AlreadyGone), Status::TryAgain);
        assert_eq!(after(Outcome::Removed), Status::Accepted);
    }

    #[test]
    fn what_was_sent_stays_open_until_reading_settles_it() {
        assert_eq!(after(&[]), Status::Untouched);
        assert_eq!(after(&[started()]), Status::Begun);
        assert_eq!(after(&[started(), ended(Outcome::Unknown)]), Status::Begun);
        for open in [Outcome::NotVerified, Outcome::Pending] {
            assert_eq!(after(&[started(), ended(open)]), Status::Accepted);
        }
        assert_eq!(
            after(&[started(), ended(Outcome::Failed)]),
            Status::TryAgain
        );
        assert_eq!(
            after(&[started(), ended(Outcome::Failed), started()]),
            Status::Begun
        );
    }
}
