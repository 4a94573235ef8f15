//! Plans what marks records and changes nothing else about them: a restriction, its end, an opt-out.
//!
//! None of these is weighed against retention: a record that has to be kept can be restricted all the same, and an objection to
//! advertising needs no weighing (Art. 21(3) GDPR). What an object cannot do becomes a task of its owner.

use crate::connector::object::How;
use crate::connector::{Action, Digester, Object, Record};
use crate::findings::Found;
use crate::inventory::System;
use crate::keys::Purpose;
use crate::messages::{Text, look_up, rights as say};
use crate::plan::build::Basis;
use crate::plan::family::{irreversible, is_unconfirmed, turn};
use crate::plan::{Aim, Decision, Restricted, Step};

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
        Aim::Lift { records, .. } => match lifting(basis, object, &found.record, &step, records) {
            Lifting::NotRestricted => return None,
            Lifting::Foreign => by_hand(say::restricted_elsewhere()),
            Lifting::Ours if !object.can(action) => by_hand(told(object, action)),
            Lifting::Ours => (decision, Some(action), Some(because)),
        },
        _ if !object.can(action) => by_hand(told(object, action)),
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

/// What the connector tells a person to do, else that nothing here does it. That is said of the connector or the inventory and not of
/// the system, which may well have a way that they do not use.
fn told(object: &Object, action: Action) -> Text {
    let name = object.name.as_str();
    let connector = matches!(object.how, How::Http { .. });
    let cannot = || match (action, connector) {
        (Action::Unrestrict, true) => look_up::connector_lifts_not(name),
        (Action::Unrestrict, false) => look_up::inventory_lifts_not(name),
        (Action::Suppress, true) => look_up::connector_suppresses_not(name),
        (Action::Suppress, false) => look_up::no_suppression(name),
        (_, true) => look_up::connector_restricts_not(name),
        (_, false) => look_up::inventory_restricts_not(name),
    };
    object.by_hand(action).cloned().unwrap_or_else(cannot)
}

enum Lifting {
    NotRestricted,
    /// Somebody else locked it, for reasons that this case does not know.
    Foreign,
    Ours,
}

/// A lock is taken away only where this case set it: the same flag may serve a dispute, a payment stop or the law.
fn lifting(
    basis: &Basis<'_>,
    object: &Object,
    record: &Record,
    step: &Step,
    ours: &[Restricted],
) -> Lifting {
    let is_restricted = object.shows(Action::Restrict, record).unwrap_or(false);
    let digester = Digester::new(basis.case_key.derive(Purpose::Record));
    // A row of a file has had another key since it was written to; it is known by what it became.
    let became = |other: &Restricted| {
        let as_before = Record {
            key: other.key.clone(),
            data: record.data.clone(),
        };
        matches!(object.how, How::File { .. })
            && (&other.system, &other.object) == (&step.system, &step.object)
            && other.after == Some(digester.state(object, Action::Restrict, &as_before))
    };
    let is_ours = |other: &Restricted| other.record == step.name || became(other);
    match (is_restricted, ours.iter().any(is_ours)) {
        (_, true) => Lifting::Ours,
        (true, false) => Lifting::Foreign,
        (false, false) => Lifting::NotRestricted,
    }
}
