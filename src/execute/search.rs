//! The look afterwards: a search over all identities in every system that was written to (level L2).
//!
//! A record that was read back as gone and that a search still returns is not erased; this is what a read by key cannot see. Nor can
//! it see that the reader is blind: the control person is looked for as well, and what was concluded from an absence alone does not
//! outlive a search that cannot be made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::connector::{Action, Fault, Key, Object, Record, notation, object};
use crate::diagnostic::Trouble;
use crate::execute::recover::{self, Status};
use crate::execute::{Ended, Results, Run};
use crate::find::{Depth, Search, Unwatched};
use crate::findings::{Findings, Found, ObjectStatus};
use crate::inventory::Expand;
use crate::ledger::Event;
use crate::plan::{Level, Outcome, Step};
use crate::subject::{Identity, Kind};

/// Raises or lowers what this run's results are worth, and writes it down.
pub(super) async fn look_again(run: &Arc<Run>, results: &mut Results) -> Result<(), Trouble> {
    let open: Vec<&Step> = run
        .approved
        .plan()
        .steps
        .iter()
        .filter(|step| results.get(&step.no).is_some_and(is_at_l1))
        .collect();
    if open.is_empty() || run.stop.is_asked() {
        return Ok(());
    }
    let written: BTreeSet<&str> = open.iter().map(|step| step.system.as_str()).collect();
    let doors = Arc::clone(&run.doors);
    let search = Search {
        systems: run
            .systems
            .iter()
            .filter(|system| written.contains(system.name.as_str()))
            .cloned()
            .collect(),
        only: None,
        kinds: Arc::clone(&run.kinds),
        expand: Expand {
            rounds: 1,
            stop_on_shared: true,
        },
        known: Search::stated(run.identities.clone()),
        accepted: BTreeSet::new(),
        depth: Depth::Keys,
        hold: None,
        open: Arc::new(move |system| doors.reader(system)),
        watch: Arc::new(Unwatched),
    };
    let findings = search.run().await;
    let mut searched: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut still: BTreeMap<(&str, &str, &Key), &Found> = BTreeMap::new();
    for system in &findings.systems {
        for object in system
            .objects
            .iter()
            .filter(|object| object.status == ObjectStatus::Searched)
        {
            searched.insert((&system.system, &object.object));
            still.extend(object.records.iter().map(|found| {
                let (system, object) = (system.system.as_str(), object.object.as_str());
                ((system, object, &found.record.key), found)
            }));
        }
    }
    let strangers = strangers(run, &still);
    let mut events = Vec::new();
    for step in open {
        if !searched.contains(&(step.system.as_str(), step.object.as_str())) {
            let fault = unsearched(&findings, step);
            if let (Some(ended), Some(fault)) = (results.get_mut(&step.no), fault)
                && (ended.by_absence || ended.outcome == Outcome::AlreadyGone)
            {
                *ended = undone(run, step, fault);
                events.push(run.ended_event(step, ended));
            }
            continue;
        }
        let Some(object) = run
            .system(&step.system)
            .and_then(|system| system.object(&step.object))
        else {
            continue;
        };
        let place = (step.system.as_str(), step.object.as_str(), &step.key);
        let Some(ended) = results.get_mut(&step.no) else {
            continue;
        };
        // A row that was changed bears another key now.
        let has_moved = |found: &&Found| {
            let state = step.action.map(|action| {
                let as_it_was_named = Record {
                    key: step.key.clone(),
                    data: found.record.data.clone(),
                };
                run.digester.state(object, action, &as_it_was_named)
            });
            object.is_file() && step.after.is_some() && state == step.after
        };
        let mut others = still
            .iter()
            .filter(|((system, object, _), _)| *system == step.system && *object == step.object);
        let moved = others.find(|(_, found)| has_moved(found));
        let found = still.get(&place).or(moved.map(|(_, found)| found)).copied();
        *ended = match said(object, step, found, ended.outcome) {
            Said::Otherwise if step.action.is_some_and(Action::erases) => {
                Ended::failed(Outcome::NotVerified, Fault::still_found())
            }
            Said::Otherwise => Ended::failed(Outcome::NotVerified, Fault::shows_otherwise()),
            Said::Nothing => continue,
            // Found by the same question, under a key that nobody decided on: what is gone by its key may only have got another.
            Said::So if found.is_none() && is_elsewhere(object, step, &strangers) => {
                if ended.by_absence || ended.outcome == Outcome::AlreadyGone {
                    *ended = Ended::failed(Outcome::Changed, Fault::unfound());
                    events.push(run.ended_event(step, ended));
                } else {
                    ended.fault = Some(Fault::still_found());
                }
                continue;
            }
            // Nobody could have asked for it by any identity, so that its absence shows nothing new.
            Said::So if found.is_none() && !is_asked_for(object, &run.identities) => continue,
            Said::So => Ended {
                key: ended.key.take(),
                ..Ended::new(ended.outcome, Some(Level::L2))
            },
        };
        let level = ended.level.unwrap_or(Level::L0);
        events.push(Event::StepVerified {
            plan: run.plan_id(),
            step: step.no,
            outcome: ended.outcome,
            level,
        });
    }
    if events.is_empty() {
        Ok(())
    } else {
        run.journal.write(&events)
    }
}

/// What a search has to say about an outcome.
enum Said {
    So,
    Otherwise,
    /// Neither: the record came shortened, or did not come though it should be there.
    Nothing,
}

fn said(object: &Object, step: &Step, found: Option<&Found>, outcome: Outcome) -> Said {
    // As when it was read back: the connector says how a record looks that is still returned and removed.
    let gone = |found: &&Found| {
        let action = step.action.filter(|action| *action == Action::Remove);
        action.is_some_and(|action| object.says_gone(action, &found.record.data))
    };
    let found = found.filter(|found| !gone(found));
    let (Some(action), false) = (step.action, outcome == Outcome::AlreadyGone) else {
        return match found {
            Some(found) if !is_expected(object, step, found) => Said::Otherwise,
            _ => Said::So,
        };
    };
    let shortened = |found: &Found| {
        let finder = object.find.get(found.found_by.finder);
        finder.is_none_or(|finder| finder.partial)
    };
    match (action, found) {
        (Action::Remove | Action::Anonymise, Some(found)) => {
            match is_expected(object, step, found) {
                true => Said::So,
                false => Said::Otherwise,
            }
        }
        // Whoever looks for the person in the ordinary way does not come upon it any more.
        (Action::Remove | Action::Anonymise | Action::Restrict | Action::Suppress, None) => {
            Said::So
        }
        (Action::Rectify | Action::Unrestrict, None) => Said::Nothing,
        (Action::Rectify, Some(found)) => corrected(object, step, found),
        (Action::Restrict | Action::Unrestrict | Action::Suppress, Some(found)) => {
            match object.shows(action, &found.record) {
                Some(true) => Said::So,
                Some(false) if !shortened(found) => Said::Otherwise,
                _ => Said::Nothing,
            }
        }
    }
}

/// Whether the search shows the new values, as far as it shows these fields at all.
fn corrected(object: &Object, step: &Step, found: &Found) -> Said {
    let mut seen = step.changes.is_empty();
    for (name, value) in &step.changes {
        let Some(field) = object.field(name) else {
            continue;
        };
        let shown = field.at.all(&found.record.data);
        let Some(shown) = shown.first() else { continue };
        seen = true;
        let texts: Vec<Option<String>> = object::items(shown)
            .into_iter()
            .map(notation::text)
            .collect();
        let old = step
            .was
            .get(name)
            .filter(|old| texts.len() > 1 && *old != value);
        if !texts.contains(value) || old.is_some_and(|old| texts.contains(old)) {
            return Said::Otherwise;
        }
    }
    if seen { Said::So } else { Said::Nothing }
}

/// A record that became anonymous may still be found by what it was to keep, or through the record above it; by nothing else.
fn is_expected(object: &Object, step: &Step, found: &Found) -> bool {
    let kept = |kind: &Kind| {
        let mut fields = object.fields.iter();
        fields.any(|f| f.identity.as_ref() == Some(kind) && !step.changes.contains_key(&f.name))
    };
    let asked = found
        .found_by
        .identity
        .as_ref()
        .map(|identity| &identity.kind);
    step.action == Some(Action::Anonymise) && found.matched_by.iter().chain(asked).all(kept)
}

fn is_asked_for(object: &Object, identities: &[Identity]) -> bool {
    object.find.iter().any(|finder| {
        let asked = |kind: &Kind| identities.iter().any(|identity| identity.kind == *kind);
        finder.by.as_ref().is_some_and(asked)
    })
}

fn is_at_l1(ended: &Ended) -> bool {
    matches!(
        ended.outcome,
        Outcome::Removed
            | Outcome::Anonymised
            | Outcome::AlreadyGone
            | Outcome::Rectified
            | Outcome::Restricted
            | Outcome::Unrestricted
            | Outcome::Suppressed
    ) && ended.level == Some(Level::L1)
}

/// Why an object was not searched, if it was not; the control person, who was not found, may be the reason.
fn unsearched(findings: &Findings, step: &Step) -> Option<Fault> {
    let mut systems = findings.systems.iter();
    let system = systems.find(|system| system.system == step.system)?;
    let mut objects = system.objects.iter();
    match objects.find(|object| object.object == step.object) {
        Some(object) if object.status == ObjectStatus::Searched => None,
        Some(object) => object.error.clone().or_else(|| system.error.clone()),
        None => system.error.clone(),
    }
}

/// What is left of an outcome that rests on an absence alone when the search that should bear it out could not be made: as if the
/// record had not been read at all.
fn undone(run: &Run, step: &Step, fault: Fault) -> Ended {
    match recover::status(&run.history, run.plan_id(), step.no) {
        Status::Begun => Ended::failed(Outcome::Unknown, fault),
        Status::Accepted => Ended::failed(Outcome::NotVerified, fault),
        Status::Untouched | Status::TryAgain | Status::Ended(_) => {
            Ended::failed(Outcome::Failed, fault)
        }
    }
}

/// Records that a search finds and that stand in no plan: nobody decided on them.
fn strangers<'f>(run: &Run, still: &BTreeMap<(&str, &str, &Key), &'f Found>) -> Vec<Stranger<'f>> {
    let plan = run.approved.plan();
    let planned = plan.steps.iter().map(|s| (&*s.system, &*s.object, &s.key));
    let waiting = plan
        .waiting
        .iter()
        .map(|w| (&*w.system, &*w.object, &w.key));
    let known: BTreeSet<(&str, &str, &Key)> = planned.chain(waiting).collect();
    still
        .iter()
        .filter(|(place, _)| !known.contains(place))
        .map(|((system, object, _), found)| Stranger {
            system: (*system).to_owned(),
            object: (*object).to_owned(),
            found,
        })
        .collect()
}

struct Stranger<'f> {
    system: String,
    object: String,
    found: &'f Found,
}

/// Whether the question by which the record was found is answered by a stranger: the same under another key, or one that has come
/// since. Rows of files get other keys by being written.
fn is_elsewhere(object: &Object, step: &Step, strangers: &[Stranger<'_>]) -> bool {
    let by = &step.found_by;
    let is_same_question = |found: &Found| {
        found.found_by.finder == by.finder && found.found_by.identity == by.identity
    };
    step.action.is_some_and(Action::erases)
        && by.identity.is_some()
        && !object.is_file()
        && strangers.iter().any(|one| {
            one.system == step.system && one.object == step.object && is_same_question(one.found)
        })
}
