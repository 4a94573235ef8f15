//! What hangs together: in which order records go, and what a record that stays means for those beside it; what it means for those
//! above is told in `kin`.

use crate::connector::Action;
use crate::connector::object::{Erase, How, Object};
use crate::inventory::System;
use crate::messages::{Text, plan as say};
use crate::plan::{Decision, Ends, Keeping, Step};

/// When an object's records have their turn: after those of its children and of what it names in `after`. The inventory refuses
/// circles.
pub(super) fn turn(system: &System, object: &Object) -> usize {
    let before = system.objects.iter().filter(|other| {
        object.after.contains(&other.name) || other.parents().any(|parent| parent == object.name)
    });
    before
        .map(|other| turn(system, other) + 1)
        .max()
        .unwrap_or(0)
}

/// Whether `child` is reached from `above`, over any number of objects.
pub(super) fn hangs_below(system: &System, child: &str, above: &str) -> bool {
    system.object(child).is_some_and(|object| {
        object
            .parents()
            .any(|parent| parent == above || hangs_below(system, parent, above))
    })
}

/// A write that no specification or sandbox confirms, and that the system does not allow all the same.
pub(super) fn is_unconfirmed(system: &System, object: &Object, action: Action) -> bool {
    let How::Http { actions, .. } = &object.how else {
        return false;
    };
    let mut actions = actions.iter();
    !system.unconfirmed_writes && actions.any(|(a, http)| *a == action && http.unconfirmed)
}

pub(super) fn may(system: &System, object: &Object, action: Action) -> bool {
    object.can(action) && !is_unconfirmed(system, object, action)
}

/// Gives records that follow others (`erase: { with: … }`) what is decided about those: the lines of an invoice that the law keeps
/// are kept. What the law says about a follower itself comes first; one without anything to follow is a person's to decide.
pub(super) fn settle_followers(system: &System, steps: &mut [Step]) {
    for at in 0..steps.len() {
        let step = &steps[at];
        let Some(object) = system
            .object(&step.object)
            .filter(|_| step.system == system.name)
        else {
            continue;
        };
        let Erase::With { object: leader } = &object.erase else {
            continue;
        };
        let follows = say::follows(leader.clone());
        if step.decision != Decision::Erase && step.because.as_ref() != Some(&follows) {
            continue;
        }
        let above = |child: &Step, parent: &Step| {
            let mut parents = child.found_by.parents();
            parents.any(|(object, key)| *object == parent.object && *key == parent.key)
        };
        let all = || {
            let leaders = steps.iter();
            leaders.filter(|other| other.system == step.system && other.object == *leader)
        };
        let mut leaders: Vec<&Step> = all()
            .filter(|other| above(step, other) || above(other, step))
            .collect();
        if leaders.is_empty() {
            leaders = all().collect();
        }
        let stays = leaders
            .iter()
            .find(|other| other.decision != Decision::Erase);
        let kept_with = stays.and_then(|other| other.keeping.clone());
        let (decision, action, until, because) = match (stays, &leaders[..]) {
            // The leader is locked: so is what follows it, where that can be.
            (Some(other), _) if other.decision == Decision::Restrict => {
                let can = may(system, object, Action::Restrict);
                let decision = if can {
                    Decision::Restrict
                } else {
                    Decision::Retain
                };
                let action = can.then_some(Action::Restrict);
                (decision, action, other.until, other.because.clone())
            }
            // So is what follows a record that a hold keeps.
            (Some(other), _) if other.decision == Decision::Held => {
                let can = may(system, object, Action::Restrict);
                let action = can.then_some(Action::Restrict);
                (Decision::Held, action, other.until, other.because.clone())
            }
            (Some(other), _) => (other.decision, None, other.until, other.because.clone()),
            (None, []) => (Decision::Manual, None, None, Some(follows)),
            (None, [first, ..]) => {
                // Some go and some become anonymous: the milder of the two.
                let mild = leaders.iter().find(|o| o.action != Some(Action::Remove));
                match mild.unwrap_or(first).action {
                    Some(action) if may(system, object, action) => {
                        (Decision::Erase, Some(action), None, None)
                    }
                    // Erasing locks the leader: what cannot be locked by itself stays with it.
                    Some(Action::Restrict) => {
                        let because = say::locked_with(leader.clone());
                        (Decision::Retain, None, None, Some(because))
                    }
                    _ => (Decision::Manual, None, None, Some(follows)),
                }
            }
        };
        let step = &mut steps[at];
        step.irreversible = action.and_then(|action| irreversible(object, action));
        (step.decision, step.action) = (decision, action);
        (step.until, step.because) = (until, because);
        follow(step, kept_with);
    }
}

/// What keeps the leader keeps the follower.
fn follow(step: &mut Step, leader: Option<Keeping>) {
    let Some(own) = &mut step.keeping else {
        return;
    };
    let kept = matches!(
        step.decision,
        Decision::Retain | Decision::Restrict | Decision::Held
    );
    let leader = leader.filter(|_| kept).unwrap_or_default();
    own.holds = leader.holds;
    own.ends = leader.ends;
    own.until = leader.until;
    own.norm = leader.norm;
    if own.ends == Some(Ends::Until) {
        own.start = leader.start;
    }
}

pub(super) fn irreversible(object: &Object, action: Action) -> Option<Text> {
    let How::Http { actions, .. } = &object.how else {
        return None;
    };
    let (_, http) = actions.iter().find(|(a, _)| *a == action)?;
    http.irreversible.clone()
}
