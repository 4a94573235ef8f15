//! Work for people, as the path of a request gives it out: searches with every search, the rest with the approval of a plan.
//!
//! Nobody is asked to destroy a file before somebody approved that: what a plan leaves to people becomes a task only with the yes.
//! A task that was given out already is not given out again, and one that nothing asks for any more is dropped. The words go to the
//! vault first; the events are returned, so that they stand in the ledger together with what gave rise to them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::journey::Opened;
use crate::connector::look_up::{Part, Right};
use crate::connector::manual;
use crate::deferred;
use crate::diagnostic::Result;
use crate::findings::{Findings, SystemStatus};
use crate::inventory::{Engine, System};
use crate::keys::Digest;
use crate::ledger::{Event, ExportKind, Needless, TaskKind};
use crate::messages::rights as say;
use crate::plan::{About, Plan};
use crate::task::{Task, TaskState, Tasks};

/// Days for a search where the inventory says nothing that fits.
const SEARCH_DAYS: i32 = 14;

/// A task that something asks for now.
struct Wanted {
    id: Digest,
    due: Date,
    task: Task,
    /// The part of the system that is looked up.
    part: Option<String>,
}

/// What is to be looked up in a system for a package.
fn look_up(system: &System, part: &Part) -> Task {
    Task {
        system: system.name.clone(),
        owner: system.owner.clone(),
        kind: TaskKind::LookUp,
        verb: "find".to_owned(),
        text: part.task(&system.name, Right::Export),
        document: None,
        about: None,
    }
}

/// Notes in findings what people have looked up in this case by now.
pub(crate) fn settle(house: &House, opened: &Opened, findings: &mut Findings) -> Result<()> {
    if findings
        .systems
        .iter()
        .all(|found| found.look_up.is_empty())
    {
        return Ok(());
    }
    let case = opened.case(house)?;
    for found in &mut findings.systems {
        let Some(system) = house.inventory.system(&found.system) else {
            continue;
        };
        for part in &mut found.look_up {
            let id = look_up(system, part).digest(&opened.key, &opened.subject);
            let done = case.tasks.get(&id).and_then(TaskState::done);
            part.found = done.map(|done| done.found.unwrap_or(0));
        }
    }
    Ok(())
}

/// Whether a part that somebody is asked to look up is no part of the system any more, or nobody has to look there.
fn is_off(house: &House, state: &TaskState, part: &str) -> bool {
    let system = house.inventory.system(&state.system);
    !system.is_some_and(|system| crate::connector::look_up::of(system).any(|one| one.name == part))
}

/// Searches that people do, after the systems were asked: one for each system that is searched by hand.
pub(crate) fn of_search(
    context: &Context,
    house: &House,
    opened: &Opened,
    findings: &Findings,
) -> Result<Vec<Event>> {
    let mut wanted = Vec::new();
    for found in &findings.systems {
        let Some(system) = house.inventory.system(&found.system) else {
            continue;
        };
        let asked = found.status == SystemStatus::Manual;
        let unread = found
            .documents
            .as_ref()
            .filter(|documents| documents.unread() > 0);
        let (words, days) = match (manual::tasks(system).filter(|_| asked), unread) {
            (Some(words), _) => (words.find, i32::try_from(words.days).unwrap_or(SEARCH_DAYS)),
            (None, Some(documents)) => (manual::look_through(documents), SEARCH_DAYS),
            (None, None) => continue,
        };
        let task = Task {
            system: system.name.clone(),
            owner: system.owner.clone(),
            kind: TaskKind::Search,
            verb: "find".to_owned(),
            text: words,
            document: None,
            about: None,
        };
        wanted.push(Wanted {
            // Whoever searched for one address has not searched for a second one.
            id: task.digest(&opened.key, &opened.subject),
            due: context.today().saturating_add(jiff::Span::new().days(days)),
            task,
            part: None,
        });
    }
    let case = opened.case(house)?;
    // For an erasure alone nobody collects what is erased unseen.
    if case
        .rights
        .iter()
        .any(|right| ExportKind::of(right).is_some())
    {
        for found in &findings.systems {
            let Some(system) = house.inventory.system(&found.system) else {
                continue;
            };
            let parts = found.look_up.iter();
            for part in parts.filter(|part| part.concerns(Right::Export)) {
                let task = look_up(system, part);
                let days = jiff::Span::new().days(SEARCH_DAYS);
                wanted.push(Wanted {
                    id: task.digest(&opened.key, &opened.subject),
                    due: context.today().saturating_add(days),
                    task,
                    part: Some(part.name.clone()),
                });
            }
        }
    }
    let is_moot = |state: &TaskState, _: Option<&Task>| {
        if let (TaskKind::LookUp, Some(part)) = (state.kind, &state.part) {
            // Nobody is to look there, or for more than before. That the person is not found any more says nothing of it.
            let again = |one: &Wanted| one.task.system == state.system && one.part == state.part;
            return is_off(house, state, part) || wanted.iter().any(again);
        }
        let system = house.inventory.system(&state.system);
        let searched_by_hand = match system.map(|system| &system.engine) {
            Some(Engine::Manual(_)) => true,
            // What could not be read stays to be looked through until a search could read it.
            Some(Engine::Files(_)) => {
                let mut systems = findings.systems.iter();
                let found = systems.find(|found| found.system == state.system);
                found.is_none_or(|found| found.documents.is_none())
            }
            _ => false,
        };
        // Another search of the system takes its place, or the system is connected by now.
        let search = |one: &&Wanted| one.task.kind == TaskKind::Search;
        let mut searches = wanted.iter().filter(search);
        let replaced = searches.any(|one| one.task.system == state.system);
        state.kind == TaskKind::Search && (replaced || !searched_by_hand)
    };
    let moot = moot(house, opened, &case, &wanted, is_moot)?;
    give_out(house, opened, &case, wanted, moot)
}

/// What an approved plan leaves to people.
pub(crate) fn of_plan(house: &House, opened: &Opened, plan: &Plan) -> Result<Vec<Event>> {
    let case = opened.case(house)?;
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut searches: Vec<&str> = Vec::new();
    for left in &plan.tasks {
        let system = house.inventory.system(&left.system);
        if let Some(words) = system.and_then(manual::tasks) {
            // The search was given out when the systems were asked.
            if left.text == words.find && !searches.contains(&left.system.as_str()) {
                searches.push(&left.system);
                continue;
            }
            // Where somebody looked and found nothing there is nothing to do.
            if case.tasks.found_by_hand(&left.system) == Some(0) {
                continue;
            }
        }
        let task = Task {
            system: left.system.clone(),
            owner: left.owner.clone(),
            kind: TaskKind::Act,
            verb: plan.verb.clone(),
            text: left.text.clone(),
            document: left.document.clone(),
            about: left.about.clone(),
        };
        wanted.push(Wanted {
            id: task.digest(&opened.key, &opened.subject),
            due: left.due,
            task,
            part: left.part.clone(),
        });
    }
    if plan.verb == "lift" {
        wanted.extend(locked_by_hand(house, opened, &case, plan)?);
    }
    let is_moot = |state: &TaskState, task: Option<&Task>| {
        let searched = !plan
            .not_searched
            .iter()
            .any(|missing| missing.system == state.system);
        // Only a plan of the same kind says that the work is no longer needed, and only where it could look. A restriction that ends
        // needs nobody any more who would lock by hand.
        let settles =
            |verb: &str| verb == plan.verb || (verb, plan.verb.as_str()) == ("restrict", "lift");
        let settled = searched && task.is_some_and(|task| settles(&task.verb));
        // What the erased record led to is still there, though no search leads to it any more.
        let stays = state.part.as_ref().is_some_and(|part| {
            let same = |one: &Wanted| one.task.system == state.system && one.part == state.part;
            plan.verb != "lift" && !is_off(house, state, part) && !wanted.iter().any(same)
        });
        state.kind == TaskKind::Act && settled && !stays
    };
    let moot = moot(house, opened, &case, &wanted, is_moot)?;
    give_out(house, opened, &case, wanted, moot)
}

/// What somebody locked by hand, because the system could not, is unlocked by hand. What is kept on paper has a task for that anyway.
fn locked_by_hand(house: &House, opened: &Opened, case: &Case, plan: &Plan) -> Result<Vec<Wanted>> {
    let mut wanted = Vec::new();
    for state in case.tasks.iter().filter(|state| state.done().is_some()) {
        let system = house.inventory.system(&state.system);
        if state.kind != TaskKind::Act
            || system.is_none_or(|system| manual::tasks(system).is_some())
        {
            continue;
        }
        let locked: Option<Task> = house.vault().read(&opened.id, &item::task(&state.id))?;
        let Some(locked) = locked.filter(|task| task.verb == "restrict") else {
            continue;
        };
        let task = Task {
            verb: plan.verb.clone(),
            text: say::task_unlock(locked.text.clone()),
            ..locked
        };
        let days = jiff::Span::new().days(SEARCH_DAYS);
        wanted.push(Wanted {
            id: task.digest(&opened.key, &opened.subject),
            due: plan.day.saturating_add(days),
            task,
            part: state.part.clone(),
        });
    }
    Ok(wanted)
}

/// Open tasks that nothing asks for any more.
fn moot(
    house: &House,
    opened: &Opened,
    case: &Case,
    wanted: &[Wanted],
    is_moot: impl Fn(&TaskState, Option<&Task>) -> bool,
) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for state in case.tasks.open() {
        if wanted.iter().any(|one| one.id == state.id) {
            continue;
        }
        let task: Option<Task> = house.vault().read(&opened.id, &item::task(&state.id))?;
        if is_moot(state, task.as_ref()) {
            events.push(Event::TaskDropped {
                task: state.id,
                because: None,
            });
        }
    }
    Ok(events)
}

fn give_out(
    house: &House,
    opened: &Opened,
    case: &Case,
    wanted: Vec<Wanted>,
    mut events: Vec<Event>,
) -> Result<Vec<Event>> {
    for Wanted {
        id,
        due,
        task,
        part,
    } in wanted
    {
        let known = case.tasks.get(&id);
        // The words may have another owner by now, so they are kept anew as long as the work is not done.
        if known.is_none_or(|known| known.done().is_none()) {
            house.vault().put(&opened.id, &item::task(&id), &task)?;
        }
        let asked_for = known.is_some_and(|known| known.is_open() || known.done().is_some());
        let twice = events
            .iter()
            .any(|event| matches!(event, Event::TaskOpened { task, .. } if *task == id));
        if !asked_for && !twice {
            events.push(Event::TaskOpened {
                task: id,
                system: task.system,
                kind: task.kind,
                due,
                part,
            });
        }
    }
    Ok(events)
}

/// What a person's word on a search makes needless: where nothing was found, nothing is to be erased by hand.
pub(crate) fn needless(house: &House, case: &Case, system: &str) -> Vec<Event> {
    let by_hand = house
        .inventory
        .system(system)
        .is_some_and(|system| matches!(system.engine, Engine::Manual(_)));
    let acts = case
        .tasks
        .open()
        .filter(|task| by_hand && task.system == system && task.kind == TaskKind::Act);
    acts.map(|task| Event::TaskDropped {
        task: task.id,
        because: None,
    })
    .collect()
}

/// Open tasks of a case that are about records which a retention run has erased since, each with the event that ends it: nobody is sent to
/// look for what is gone. A task stays as long as one of its records does.
pub(crate) fn erased(house: &House, id: &CaseId) -> Result<Vec<(String, Event)>> {
    if house.vault().case_key(id)?.is_none() {
        return Ok(Vec::new());
    }
    let mut tasks = Tasks::default();
    // What the last plan that came upon a record has left of it, and which records are gone.
    let mut left: BTreeMap<Digest, (String, About)> = BTreeMap::new();
    let mut gone: BTreeSet<Digest> = BTreeSet::new();
    house.each_event(id, &mut |stored| {
        tasks.take(stored.at, &stored.event);
        match stored.event {
            Event::StepEnded {
                system,
                object,
                record,
                decision,
                until,
                ..
            } => {
                let about = About {
                    object,
                    decision,
                    until,
                };
                left.insert(record, (system, about));
            }
            Event::DeferredEnded {
                record, outcome, ..
            } => {
                match deferred::is_gone(outcome) {
                    true => gone.insert(record),
                    false => gone.remove(&record),
                };
            }
            _ => {}
        }
        Ok(true)
    })?;
    let mut out = Vec::new();
    for state in tasks.open().filter(|state| state.kind == TaskKind::Act) {
        let task: Option<Task> = house.vault().read(id, &item::task(&state.id))?;
        let Some(about) = task.and_then(|task| task.about) else {
            continue;
        };
        let mut records = left
            .iter()
            .filter(|(_, (system, left))| *system == state.system && *left == about)
            .peekable();
        if records.peek().is_some() && records.all(|(record, _)| gone.contains(record)) {
            let dropped = Event::TaskDropped {
                task: state.id,
                because: Some(Needless::Erased),
            };
            out.push((state.name(), dropped));
        }
    }
    Ok(out)
}
