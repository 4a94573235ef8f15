//! Plans what marks records and changes nothing else about them: a restriction, its end, an opt-out.
//!
//! None of these is weighed against retention: a record that has to be kept can be restricted all the same, and an objection to
//! advertising needs no weighing (Art. 21(3) GDPR). What an object cannot do becomes a task of its owner.

use std::collections::BTreeSet;

use crate::connector::{Action, Object, Record};
use crate::findings::Found;
use crate::inventory::System;
use crate::keys::Digest;
use crate::messages::{Text, rights as say};
use crate::plan::build::Basis;
use crate::plan::family::{irreversible, is_unconfirmed, turn};
use crate::plan::{Aim, Decision, Step};

/// One step for a record; `None` where there is nothing to say about it.
pub(super) fn step(
    basis: &Basis<'_>,
    aim: &Aim,
    system: &System,
    object: &Object,
    found: &Found,
) -> Option<Step> {
    let mut step = basis.bare(system, object, found, turn(system, object));
    let (decision, action) = match aim {
        Aim::Restrict { until, .. } => {
            step.until = *until;
            (Decision::Restrict, Action::Restrict)
        }
        Aim::Lift { .. } => (Decision::Lift, Action::Unrestrict),
        Aim::Optout { .. } => (Decision::Suppress, Action::Suppress),
        Aim::Erase | Aim::Rectify { .. } => return None,
    };
    let by_hand = |because: Text| (Decision::Manual, None, Some(because));
    let because = match aim {
        Aim::Restrict { because, .. } => because.text(),
        Aim::Lift { because, .. } => because.text(),
        Aim::Optout { because } => because.text(),
        Aim::Erase | Aim::Rectify { .. } => return None,
    };
    let (decision, action, because) = match aim {
        Aim::Lift { records, .. } => match lifting(object, &found.record, &step.name, records) {
            Lifting::NotRestricted => return None,
            Lifting::Foreign => by_hand(say::restricted_elsewhere()),
            Lifting::Ours if !object.can(action) => by_hand(say::cannot_lift()),
            Lifting::Ours => (decision, Some(action), Some(because)),
        },
        _ if !object.can(action) => by_hand(match action {
            Action::Suppress => say::cannot_suppress(),
            _ => say::cannot_restrict(),
        }),
        _ => (decision, Some(action), Some(because)),
    };
    (step.decision, step.action, step.because) = (decision, action, because);
    if let Some(action) = action {
        if is_unconfirmed(system, object, action) {
            (step.decision, step.action) = (Decision::Manual, None);
            step.because = Some(crate::messages::plan::unconfirmed_write());
        } else {
            step.irreversible = irreversible(object, action);
        }
    }
    Some(step)
}

enum Lifting {
    NotRestricted,
    /// Somebody else locked it, for reasons that this case does not know.
    Foreign,
    Ours,
}

/// A lock is taken away only where this case set it: the same flag may serve a dispute, a payment stop or the law.
fn lifting(object: &Object, record: &Record, name: &Digest, ours: &BTreeSet<Digest>) -> Lifting {
    let is_restricted = object.shows(Action::Restrict, record).unwrap_or(false);
    match (is_restricted, ours.contains(name)) {
        (_, true) => Lifting::Ours,
        (true, false) => Lifting::Foreign,
        (false, false) => Lifting::NotRestricted,
    }
}
