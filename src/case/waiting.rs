//! What stands between a case and its end, and the command that goes on from there.

use std::collections::BTreeSet;

use super::{Case, Searched};
use crate::findings::SystemStatus;
use crate::ledger::{ExportKind, SystemAnswer};
use crate::messages::{Text, case as say};
use crate::plan::{Aim, Outcome};
use crate::task::Tasks;

/// What a case waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    Identity,
    Search,
    Plan,
    /// A look at the draft of a package.
    Review,
    Approval,
    Apply,
    /// A system that was not searched, or a step that may succeed later.
    Again,
    /// Outcomes that a person has to look at: blocked, changed, unknown, not verified.
    Person,
    /// A word on records that were found over others only, or by a shared address.
    Acceptance,
    Evidence,
    /// People who have something to do by hand.
    Tasks,
    /// The owners of systems that are not connected.
    Owners,
    /// The end of the ground of a restriction.
    Lift,
    Nothing,
}

impl Case {
    /// What a package waits for. A draft is made before identity is confirmed; the final never.
    fn export_waits_for(&self, kind: ExportKind) -> WaitsFor {
        match (self.draft_of(kind).is_some(), &self.identity) {
            (false, _) => WaitsFor::Search,
            (true, None) => WaitsFor::Identity,
            (true, Some(_)) => WaitsFor::Review,
        }
    }

    /// What a case waits for whose packages are all made.
    fn after_exports(&self) -> WaitsFor {
        let last = self.exports.iter().rev().find(|export| !export.draft);
        match (&self.searched, last) {
            (Some(searched), _) if searched.is_worth_repeating() => WaitsFor::Again,
            (_, Some(last)) if last.waiting > 0 => WaitsFor::Acceptance,
            _ if self.tasks.open().next().is_some() => WaitsFor::Tasks,
            _ if !self.tasks_proven => WaitsFor::Evidence,
            (Some(searched), _) if !searched.is_whole(&self.tasks) => WaitsFor::Owners,
            _ => WaitsFor::Nothing,
        }
    }

    /// What stands between this case and its end.
    pub fn waits_for(&self) -> WaitsFor {
        if self.closed {
            return WaitsFor::Nothing;
        }
        // What was begun is ended first; then the person learns what there is, before anything of it goes.
        if self.unfinished().is_none() {
            if let Some(kind) = self.pending_export() {
                return self.export_waits_for(kind);
            }
            if self.only_exports() {
                return self.after_exports();
            }
        }
        let last = self
            .plans
            .iter()
            .find(|plan| Some(plan.id) == self.latest_plan && !plan.outdated);
        // What an earlier plan left unsettled was looked at again when the latest was made.
        let outcomes: BTreeSet<Outcome> = last
            .iter()
            .flat_map(|plan| plan.steps.values().map(|step| step.0))
            .collect();
        let person = [
            Outcome::Unknown,
            Outcome::NotVerified,
            Outcome::Blocked,
            Outcome::Changed,
        ];
        match (&self.identity, &self.searched, last) {
            (None, _, _) => WaitsFor::Identity,
            (_, None, _) => WaitsFor::Search,
            (_, Some(_), None) => WaitsFor::Plan,
            (_, _, Some(plan)) if plan.approved.is_none() => WaitsFor::Approval,
            (_, _, Some(plan)) if plan.ended.is_none() => WaitsFor::Apply,
            (_, Some(searched), Some(plan))
                if searched.is_worth_repeating()
                    || plan.ended.is_some_and(|(_, exit)| exit == 3) =>
            {
                WaitsFor::Again
            }
            _ if person.iter().any(|outcome| outcomes.contains(outcome)) => WaitsFor::Person,
            _ if !self.back.is_empty() => WaitsFor::Person,
            // All done, and the person is found there again.
            (_, _, Some(plan)) if plan.ended.is_some_and(|(_, exit)| exit == 5) => WaitsFor::Person,
            (_, _, Some(plan)) if plan.waiting > 0 => WaitsFor::Acceptance,
            (_, _, Some(plan)) if !plan.proven => WaitsFor::Evidence,
            _ if self.tasks.open().next().is_some() => WaitsFor::Tasks,
            _ if !self.tasks_proven => WaitsFor::Evidence,
            (_, Some(searched), _) if !searched.is_whole(&self.tasks) => WaitsFor::Owners,
            _ if self.restricts() => WaitsFor::Lift,
            _ => WaitsFor::Nothing,
        }
    }
}

impl Searched {
    /// Whether every system was searched, what no program can look into by people.
    fn is_whole(&self, tasks: &Tasks) -> bool {
        let unsearched = |answer: &&SystemAnswer| {
            matches!(
                answer.status,
                SystemStatus::NotSearched | SystemStatus::Incomplete
            )
        };
        let by_hand = |answer: &SystemAnswer| {
            answer.error.as_deref() == Some("E574") && tasks.found_by_hand(&answer.system).is_some()
        };
        self.complete || self.systems.iter().filter(unsearched).all(by_hand)
    }

    /// Whether a system was not searched that may be next time.
    fn is_worth_repeating(&self) -> bool {
        self.systems.iter().any(SystemAnswer::may_answer_later)
    }
}

impl SystemAnswer {
    /// Whether it was not searched, or not to its end, and may be next time; what is not connected or switched off will not be.
    pub(super) fn may_answer_later(&self) -> bool {
        // Documents that nobody but a person can look into have a task of their own.
        let lasting = ["E542", "E543", "E574"];
        matches!(
            self.status,
            SystemStatus::NotSearched | SystemStatus::Incomplete
        ) && !self
            .error
            .as_deref()
            .is_some_and(|code| lasting.contains(&code))
    }
}

impl WaitsFor {
    pub fn text(self) -> Text {
        match self {
            WaitsFor::Identity => say::waits_identity(),
            WaitsFor::Search => say::waits_search(),
            WaitsFor::Plan => say::waits_plan(),
            WaitsFor::Review => say::waits_review(),
            WaitsFor::Approval => say::waits_approval(),
            WaitsFor::Apply => say::waits_apply(),
            WaitsFor::Again => say::waits_again(),
            WaitsFor::Person => say::waits_person(),
            WaitsFor::Acceptance => say::waits_acceptance(),
            WaitsFor::Evidence => say::waits_evidence(),
            WaitsFor::Tasks => say::waits_tasks(),
            WaitsFor::Owners => say::waits_owners(),
            WaitsFor::Lift => say::waits_lift(),
            WaitsFor::Nothing => say::waits_nothing(),
        }
    }

    /// The command that goes on from here, with the verb that the case is about.
    pub fn next_command(self, case: &Case) -> Option<String> {
        let (verb, closed) = (Aim::command(case.verb()), case.closed);
        let package = case.only_exports() || case.pending_export().is_some();
        let (approver, case) = (case.approver.as_deref(), &case.id);
        match self {
            // A second person has to look at it: the same command once more would only say so.
            WaitsFor::Approval => Some(match approver {
                Some(name) => format!("dsr approve {case} --as {name}"),
                None => format!("dsr {verb} --case {case}"),
            }),
            // How identity was confirmed is asked: a placeholder, pasted as it stands, would confirm it.
            WaitsFor::Identity if package => Some(format!("dsr {verb} --case {case} --reviewed")),
            WaitsFor::Review => Some(format!("dsr {verb} --case {case} --reviewed")),
            WaitsFor::Again if package => Some(format!("dsr {verb} --case {case}")),
            WaitsFor::Identity | WaitsFor::Search | WaitsFor::Plan | WaitsFor::Person => {
                Some(format!("dsr {verb} --case {case}"))
            }
            WaitsFor::Apply | WaitsFor::Again => Some(format!("dsr apply {case}")),
            WaitsFor::Evidence => Some(format!("dsr evidence make {case}")),
            WaitsFor::Acceptance => Some(format!("dsr find --case {case}")),
            WaitsFor::Tasks => Some(format!("dsr task list --case {case}")),
            WaitsFor::Nothing if !closed => Some(format!("dsr case close {case}")),
            // When the ground has ended, and that the person was told, is for a person to say.
            WaitsFor::Owners | WaitsFor::Lift | WaitsFor::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn searched(error: Option<&str>) -> Searched {
        let status = match error {
            Some(_) => SystemStatus::NotSearched,
            None => SystemStatus::Searched,
        };
        let answer = SystemAnswer {
            system: "erp".into(),
            status,
            error: error.map(str::to_owned),
            objects: Vec::new(),
        };
        Searched {
            at: Timestamp::UNIX_EPOCH,
            complete: error.is_none(),
            systems: vec![answer],
        }
    }

    #[test]
    fn only_a_system_that_may_answer_next_time_is_asked_again() {
        assert!(searched(Some("E502")).is_worth_repeating());
        assert!(searched(Some("E531")).is_worth_repeating());
        for never in [Some("E542"), Some("E543"), None] {
            assert!(!searched(never).is_worth_repeating(), "{never:?}");
        }
    }
}
