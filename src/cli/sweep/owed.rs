//! Erasures that requests have left for a later day, once the day has come or the hold is released.
//!
//! Each record is read again. It is erased if it carries the identities that it carried, and the law, holds and open requests let it go, with
//! what hangs below it ([`tree`]); what is another by now is left to a person. The plan is made and carried out as that of a request, which was
//! approved when the case left the record; it lies in the vault until all of it has an outcome, so that a run that was killed is gone on with. The ledger has
//! every record under its case, whether or not the case was purged.

mod journal;
pub(super) mod told;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Args, is_paused};
use crate::case_id::CaseId;
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, defer};
use crate::connector::{self, Digester, Fault, Key, Record, Shape};
use crate::deferred::{self, Deferred};
use crate::diagnostic::{Exit, Result};
use crate::execute::{Doors as _, Run, Stop};
use crate::find::{Search, Unwatched};
use crate::findings::{
    self, Control, Findings, Found, FoundBy, Match, ObjectFindings, ObjectStatus, SystemFindings,
    SystemStatus,
};
use crate::hold::{self, HoldId};
use crate::keys::{Digest, Purpose};
use crate::ledger::{Brake, Event, TaskKind};
use crate::messages::owed as say;
use crate::plan::{self, Aim, Approved, Decision, Outcome, Plan, Step};
use crate::subject::Identity;
use crate::sweep::Halt;
use crate::workspace::lease;

use tree::Fate;

/// What one case has left in one object.
pub(super) struct Owed {
    pub(super) case: CaseId,
    pub(super) system: String,
    pub(super) object: String,
    pub(super) norm: Option<String>,
    /// The first day on which the law let one of them go.
    pub(super) since: Option<Date>,
    due: Vec<Deferred>,
    /// How many were due when it was looked at.
    pub(super) count: u64,
    pub(super) held: u64,
    pub(super) holds: BTreeSet<HoldId>,
    /// Of a person whose other request is open.
    pub(super) spared: u64,
    pub(super) brakes: Vec<Brake>,
    pub(super) ran: bool,
    pub(super) done: u64,
    pub(super) changed: u64,
    pub(super) kept: u64,
    pub(super) unreadable: u64,
    pub(super) open: u64,
    pub(super) busy: bool,
}

impl Owed {
    pub(super) fn place(&self) -> String {
        format!("{}.{}", self.system, self.object)
    }

    pub(super) fn exit(&self, applied: bool) -> Exit {
        if !applied {
            return Exit::Done;
        }
        let waits = self.brakes.iter().any(|brake| brake.waits_for_a_person());
        let stopped = !self.brakes.is_empty() || !self.ran && !self.due.is_empty();
        let people = if waits || self.changed + self.unreadable > 0 {
            Exit::Waiting
        } else {
            Exit::Done
        };
        match self.open > 0 || self.busy || stopped && !waits {
            true => people.and(Exit::Incomplete),
            false => people,
        }
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            outcome if deferred::is_gone(outcome) => self.done += 1,
            Outcome::Changed | Outcome::Blocked => self.changed += 1,
            Outcome::Held => self.held += 1,
            _ => self.open += 1,
        }
    }
}

/// A plan that was begun, and which row each step is of: number, row, name in the ledger.
#[derive(Serialize, Deserialize)]
struct Begun {
    plan: Plan,
    rows: Vec<(u32, Digest, Digest)>,
    identities: Vec<Identity>,
    person: Vec<Digest>,
}

const BEGUN: &str = "owed/";

/// What is due by a day, one line for each case and object.
///
/// `expected` is how many a person says that there are, which stands in for the bound.
pub(super) fn look(
    house: &House,
    args: &Args,
    expected: Option<u64>,
    day: Date,
    outside: bool,
) -> Result<Vec<Owed>> {
    let mut rows = deferred::due(&house.vault(), day)?;
    rows.retain(|row| {
        let named = |names: &[String], name: Option<&String>| {
            names.is_empty() || name.is_some_and(|name| names.contains(name))
        };
        named(&args.system, Some(&row.system)) && named(&args.data_type, row.data_type.as_ref())
    });
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let holds = house.holds()?;
    let asking = Asking::of(house)?;
    let mut found: BTreeMap<(CaseId, String, String), Owed> = BTreeMap::new();
    for row in rows {
        let place = (row.case.clone(), row.system.clone(), row.object.clone());
        let owed = found.entry(place).or_insert_with(|| Owed {
            case: row.case.clone(),
            system: row.system.clone(),
            object: row.object.clone(),
            norm: row.norm().map(str::to_owned),
            since: None,
            due: Vec::new(),
            count: 0,
            held: 0,
            holds: BTreeSet::new(),
            spared: 0,
            brakes: Vec::new(),
            ran: false,
            done: 0,
            changed: 0,
            kept: 0,
            unreadable: 0,
            open: 0,
            busy: false,
        });
        let keeping = row.held_by(&holds);
        if !keeping.is_empty() {
            owed.held += 1;
            owed.holds
                .extend(keeping.into_iter().map(|hold| hold.id.clone()));
        } else if asking.concerns(&row) {
            owed.spared += 1;
        } else {
            owed.since = owed.since.into_iter().chain(row.free_from()).min();
            owed.due.push(row);
        }
    }
    let mut found: Vec<Owed> = found.into_values().collect();
    let due: u64 = found.iter().map(|owed| owed.due.len() as u64).sum();
    for owed in found.iter_mut().filter(|owed| !owed.due.is_empty()) {
        owed.count = owed.due.len() as u64;
        if due > house.inventory.limits.sweep.records && expected != Some(due) {
            owed.brakes.push(Brake::Cap);
        }
        if outside {
            owed.brakes.push(Brake::Window);
        }
        if is_paused(house) {
            owed.brakes.push(Brake::Stopped);
        }
    }
    Ok(found)
}

/// Whose requests are open: by what the persons are known, and whether the case owes a package, or asks people to look something up.
pub(super) struct Asking(Vec<(CaseId, Vec<Digest>, bool)>);

impl Asking {
    pub(super) fn of(house: &House) -> Result<Asking> {
        let mut all = Vec::new();
        for case in journey::open_cases(house)? {
            let person = defer::person(house, &case.id)?;
            let mut tasks = case.tasks.open();
            let owes =
                case.pending_export().is_some() || tasks.any(|task| task.kind == TaskKind::LookUp);
            all.push((case.id, person, owes));
        }
        Ok(Asking(all))
    }

    /// Whether a record belongs to one of them. The case that left it may be open, but not for a package in which the record belongs.
    pub(super) fn concerns(&self, row: &Deferred) -> bool {
        let is_hers = |one: &Digest| row.person.contains(one) || row.identities.contains(one);
        let mut all = self.0.iter();
        all.any(|(case, person, owes)| (*owes || *case != row.case) && person.iter().any(is_hers))
    }
}

/// Whether a run that was killed has left something begun.
pub(super) fn is_begun(house: &House) -> Result<bool> {
    Ok(!begun_cases(house)?.is_empty())
}

fn begun_cases(house: &House) -> Result<Vec<CaseId>> {
    let names = house.vault().names_for_workspace()?;
    let cases = names.iter().filter_map(|name| name.strip_prefix(BEGUN));
    Ok(cases.filter_map(CaseId::parse).collect())
}

/// Erases what is due, case by case; first what a killed run has begun.
pub(super) fn carry_out(
    context: &Context,
    house: &House,
    sweep: &str,
    day: Date,
    lines: &mut [Owed],
    halt: &dyn Fn() -> Option<Halt>,
) -> Result<()> {
    let mut cases: BTreeSet<CaseId> = begun_cases(house)?.into_iter().collect();
    let ready = |owed: &&Owed| owed.brakes.is_empty() && !owed.due.is_empty();
    cases.extend(lines.iter().filter(ready).map(|owed| owed.case.clone()));
    for case in cases {
        if halt().is_some() {
            return Ok(());
        }
        let mut here: Vec<&mut Owed> = lines.iter_mut().filter(|owed| owed.case == case).collect();
        // Somebody may be going on with the case.
        let Ok(_held) = lease(&house.workspace, &format!("case-{case}")) else {
            for owed in &mut here {
                owed.busy = true;
            }
            continue;
        };
        let name = format!("{BEGUN}{case}");
        let begun: Option<Begun> = house.vault().read_for_workspace(&name)?;
        if let Some(begun) = begun {
            match is_taken(house, &case, &begun)? {
                // None of it was written: what has come in between, a request or a hold, is asked about anew.
                false => house.vault().remove_for_workspace(&name)?,
                true if here.iter().any(|owed| owed.spared > 0) => {
                    for owed in &mut here {
                        owed.busy = true;
                    }
                    continue;
                }
                true => carry(context, house, &case, begun, false, &mut here)?,
            }
        }
        here.retain(|owed| owed.brakes.is_empty() && !owed.due.is_empty());
        if here.is_empty() || house.vault().read_for_workspace::<Begun>(&name)?.is_some() {
            continue;
        }
        if let Some(begun) = prepare(house, context, &case, day, &mut here)? {
            let due = Event::DeferredDue {
                sweep: sweep.to_owned(),
                plan: begun.plan.id(),
                records: begun.rows.len() as u64,
                operator: house.operator.clone(),
            };
            house.vault().put_for_workspace(&name, &begun)?;
            house.write(Some(&case), context.now(), &[due])?;
            carry(context, house, &case, begun, true, &mut here)?;
        }
    }
    Ok(())
}

/// Whether any step of a plan that was begun may have been written.
fn is_taken(house: &House, case: &CaseId, begun: &Begun) -> Result<bool> {
    let id = begun.plan.id();
    let events = house.events(case)?;
    Ok(events
        .iter()
        .any(|stored| matches!(&stored.event, Event::DeferredStarted { plan, .. } if *plan == id)))
}

/// What became of reading a record again.
enum Seen {
    Same(Box<Record>, Vec<Identity>),
    Other,
    Gone,
    Unreadable,
    Failed,
}

/// Reads every record again and plans what may go; `None` if nothing may.
fn prepare(
    house: &House,
    context: &Context,
    case: &CaseId,
    day: Date,
    here: &mut [&mut Owed],
) -> Result<Option<Begun>> {
    let mut systems: Vec<SystemFindings> = Vec::new();
    let mut identities: Vec<Identity> = Vec::new();
    let mut person: Vec<Digest> = Vec::new();
    let mut by_place: BTreeMap<(String, String, Key), (Digest, Digest)> = BTreeMap::new();
    let mut gone: Vec<Deferred> = Vec::new();
    let mut others: BTreeSet<tree::Place> = BTreeSet::new();
    let mut events = Vec::new();
    for owed in here.iter_mut() {
        owed.ran = true;
        let rows = std::mem::take(&mut owed.due);
        // Rows that were settled by going on with a killed run are no rows any more.
        let mut left = Vec::new();
        for row in rows {
            left.extend(deferred::of(&house.vault(), &row.id)?);
        }
        let (shape, seen) = block_on(read(house, &owed.system, &owed.object, &left))?;
        let mut found = Vec::new();
        for (row, seen) in left.into_iter().zip(seen) {
            person.extend(row.person.iter().chain(&row.identities));
            match seen {
                Seen::Same(record, carried) => {
                    identities.extend(carried);
                    let place = (row.system.clone(), row.object.clone(), record.key.clone());
                    by_place.insert(place, (row.id, row.record));
                    found.push(known(*record));
                }
                Seen::Gone => gone.push(row),
                Seen::Other => {
                    others.insert((row.system.clone(), row.object.clone(), row.key.clone()));
                    owed.changed += 1;
                    // Told once; a person does the rest.
                    if row.tried != Some(Outcome::Changed) {
                        events.push(journal::changed(&row));
                        deferred::done(&mut house.vault(), &row.id, Outcome::Changed)?;
                    }
                }
                Seen::Unreadable | Seen::Failed => {
                    others.insert((row.system.clone(), row.object.clone(), row.key.clone()));
                    match seen {
                        Seen::Failed => owed.open += 1,
                        _ => owed.unreadable += 1,
                    }
                }
            }
        }
        let object = ObjectFindings {
            object: owed.object.clone(),
            status: ObjectStatus::Searched,
            error: None,
            near_misses: 0,
            control: Control::None,
            shape,
            unread: None,
            records: found,
            streamed: None,
        };
        match systems
            .iter_mut()
            .find(|system| system.system == owed.system)
        {
            Some(system) => system.objects.push(object),
            None => systems.push(SystemFindings {
                system: owed.system.clone(),
                status: SystemStatus::Searched,
                elapsed_ms: 0,
                error: None,
                task: None,
                owner: None,
                objects: vec![object],
                notes: Default::default(),
                documents: None,
                look_up: Default::default(),
            }),
        }
    }
    if !events.is_empty() {
        house.write(Some(case), context.now(), &events)?;
    }
    identities.sort();
    identities.dedup();
    person.sort();
    person.dedup();
    for system in &mut systems {
        let objects = std::mem::take(&mut system.objects);
        let asked = tree::complete(house, &system.system, &identities, objects);
        // What could not be asked has no step, and is open.
        system.objects = block_on(asked)?.unwrap_or_default();
    }
    let findings = Findings {
        rounds: 1,
        identities: Search::stated(identities.clone()),
        systems,
    };
    let holds = house.holds()?;
    let held = crate::cli::hold::all_records(house, &holds)?;
    let basis = plan::build::Basis {
        case: case.as_str(),
        inventory: &house.inventory,
        findings: &findings,
        // The case's own key may be gone.
        case_key: &house.key,
        workspace_key: &house.key,
        holds: &holds,
        held: &held,
        day,
        describe: &connector::describe,
    };
    let Ok(mut plan) = plan::build::plan(&basis, &Aim::Erase) else {
        // A record that cannot be planned is a person's, and stops nobody else's.
        for (system, object, _) in by_place.keys() {
            if let Some(owed) = line(here, system, object) {
                owed.changed += 1;
            }
        }
        return Ok(None);
    };
    plan.tasks.clear();
    plan.waiting.clear();
    let owed: BTreeSet<tree::Place> = by_place.keys().cloned().collect();
    let fates = tree::fates(
        &plan,
        &tree::Known {
            house,
            owed: &owed,
            others: &others,
            holds: &holds,
            person: &person,
        },
    );
    let planned: BTreeSet<tree::Place> = plan.steps.iter().map(tree::place).collect();
    for (system, object, _) in owed.difference(&planned) {
        if let Some(owed) = line(here, system, object) {
            owed.open += 1;
        }
    }
    for (step, fate) in plan.steps.iter().zip(&fates) {
        if !owed.contains(&tree::place(step)) {
            continue;
        }
        if let Some(owed) = line(here, &step.system, &step.object) {
            match fate {
                Fate::Goes => {}
                Fate::Kept => owed.kept += 1,
                Fate::Person | Fate::NotOwed => owed.changed += 1,
            }
        }
    }
    let mut fates = fates.into_iter();
    plan.steps.retain(|_| fates.next() == Some(Fate::Goes));
    let mut rows = Vec::new();
    for step in &plan.steps {
        let place = (step.system.clone(), step.object.clone(), step.key.clone());
        if let Some((row, record)) = by_place.get(&place) {
            rows.push((step.no, *row, *record));
        }
    }
    let free = plan.steps.iter().map(|step| step.no + 1).max().unwrap_or(0);
    for (no, row) in (free..).zip(gone) {
        rows.push((no, row.id, row.record));
        plan.steps.push(absent(no, &row));
    }
    plan.steps
        .sort_by(|a, b| (&a.system, &a.object, &a.key).cmp(&(&b.system, &b.object, &b.key)));
    Ok((!rows.is_empty()).then_some(Begun {
        plan,
        rows,
        identities,
        person,
    }))
}

/// Whether the law of today lets the record go, by the program.
fn goes(step: &Step) -> bool {
    step.decision == Decision::Erase && step.action.is_some_and(|action| action.erases())
}

fn line<'l>(lines: &'l mut [&mut Owed], system: &str, object: &str) -> Option<&'l mut Owed> {
    let mut lines = lines.iter_mut();
    let found = lines.find(|owed| owed.system == system && owed.object == object)?;
    Some(&mut **found)
}

/// A record that is known by its row, as a search would give it.
fn known(record: Record) -> Found {
    Found {
        record,
        matched: Match::Stated,
        matched_by: Vec::new(),
        found_by: nowhere(),
        path: Vec::new(),
    }
}

fn nowhere() -> FoundBy {
    FoundBy {
        finder: 0,
        identity: None,
        parent: None,
        also: Vec::new(),
    }
}

/// The step of a record that nobody finds any more: reading once more concludes that it is gone, and nothing of it is written.
fn absent(no: u32, row: &Deferred) -> Step {
    Step {
        no,
        system: row.system.clone(),
        object: row.object.clone(),
        key: row.key.clone(),
        name: row.record,
        found_by: nowhere(),
        decision: Decision::Erase,
        action: Some(connector::Action::Remove),
        before: row.state.unwrap_or(row.record),
        after: None,
        changes: Default::default(),
        was: Default::default(),
        order: 0,
        until: None,
        because: None,
        irreversible: None,
        label: None,
        categories: Vec::new(),
        keeping: None,
    }
}

/// The rows' records as they are now, by their keys.
async fn read(house: &House, system: &str, object: &str, rows: &[Deferred]) -> (Shape, Vec<Seen>) {
    let failed = || rows.iter().map(|_| Seen::Failed).collect();
    let doors = house.doors();
    let Some(system) = house.inventory.system(system) else {
        return (Shape::new(), failed());
    };
    let Some(object) = system.object(object) else {
        return (Shape::new(), failed());
    };
    let Ok(mut reader) = doors.reader(system) else {
        return (Shape::new(), failed());
    };
    if !reader.reads_by_key(object) {
        return (
            Shape::new(),
            rows.iter().map(|_| Seen::Unreadable).collect(),
        );
    }
    let Ok(shape) = reader.shape(object).await else {
        return (Shape::new(), failed());
    };
    let identity = house.key.derive(Purpose::Identity);
    let digester = Digester::new(house.key.derive(Purpose::Record));
    let mut seen = Vec::new();
    for row in rows {
        let record: std::result::Result<Option<Record>, Fault> =
            reader.read(object, &row.key).await;
        seen.push(match record {
            Err(_) => Seen::Failed,
            // A changed row has another name, so its absence proves nothing.
            Ok(None) if reader.keys_follow_content(object) => Seen::Other,
            Ok(None) => Seen::Gone,
            Ok(Some(record)) => {
                let carried = findings::carried(object, &record, &house.inventory.kinds);
                let mut digests: Vec<Digest> = carried
                    .iter()
                    .map(|one| hold::digest_under(&identity, one))
                    .collect();
                digests.sort();
                // What carries nobody's identity has to be as it was to the letter.
                let same = match digests.is_empty() {
                    true => row.state == Some(digester.digest(object, &record)),
                    false => digests == row.identities,
                };
                match same {
                    true => Seen::Same(Box::new(record), carried),
                    false => Seen::Other,
                }
            }
        });
    }
    (shape, seen)
}

/// Carries a plan out as far as it goes, and settles the rows of its steps.
fn carry(
    context: &Context,
    house: &House,
    case: &CaseId,
    begun: Begun,
    first: bool,
    here: &mut [&mut Owed],
) -> Result<()> {
    let name = format!("{BEGUN}{case}");
    let stored = house.events(case)?;
    let id = begun.plan.id();
    let approvals: Vec<Digest> = stored
        .iter()
        .filter_map(|stored| match &stored.event {
            Event::DeferredDue { plan, .. } => Some(*plan),
            _ => None,
        })
        .collect();
    let Some(approved) = Approved::new(begun.plan, &approvals) else {
        // Nothing was said yet, so nothing was done.
        return house.vault().remove_for_workspace(&name);
    };
    let ago = |at: jiff::Timestamp| {
        context
            .now()
            .duration_since(at)
            .try_into()
            .unwrap_or_default()
    };
    let mut taken = BTreeMap::new();
    for stored in &stored {
        if let Event::DeferredStarted { plan, step, .. } = &stored.event
            && *plan == id
        {
            taken.insert(*step, ago(stored.at));
        }
    }
    let approved = Arc::new(approved);
    let records = begun
        .rows
        .iter()
        .map(|(no, _, record)| (*no, *record))
        .collect();
    let run = Run {
        rested: stored.last().map(|last| ago(last.at)).unwrap_or_default(),
        rules_changed: approved.plan().inventory != house.inventory.digest,
        systems: house.systems(),
        doors: house.doors(),
        journal: Arc::new(journal::Tagged::new(house.journal(case), records)),
        history: stored
            .iter()
            .filter_map(|stored| journal::as_step(&stored.event))
            .collect(),
        digester: Digester::new(house.key.derive(Purpose::Record)),
        identities: begun.identities,
        kinds: Arc::new(house.inventory.kinds.clone()),
        watch: Arc::new(Unwatched),
        stop: Stop::default(),
        taken,
        standing: house.standing(begun.person),
        approved: Arc::clone(&approved),
    };
    let ended = block_on(run.apply())??;
    let mut settled = true;
    for step in &approved.plan().steps {
        let Some(ended) = ended.get(&step.no) else {
            settled = false;
            continue;
        };
        // What hung below has no row of its own.
        if let Some((_, row, _)) = begun.rows.iter().find(|(no, ..)| *no == step.no) {
            deferred::done(&mut house.vault(), row, ended.outcome)?;
        }
        let unclear = [Outcome::Pending, Outcome::Unknown, Outcome::NotVerified];
        let is_open = unclear.contains(&ended.outcome);
        settled &= !is_open;
        // What a killed run began and could not do is tried once more below.
        let is_last = first || is_open || deferred::is_gone(ended.outcome);
        if let Some(owed) = line(here, &step.system, &step.object).filter(|_| is_last) {
            owed.ran = true;
            owed.count(ended.outcome);
        }
    }
    // Before the plan is given up: who is killed here comes this way once more.
    let erased = journey::tasks::erased(house, case)?;
    if !erased.is_empty() {
        let (names, events): (Vec<String>, Vec<Event>) = erased.into_iter().unzip();
        house.write(Some(case), context.now(), &events)?;
        let names = names.join(", ");
        context.ui.say(&say::tasks_erased(names, case.as_str()));
    }
    match settled {
        true => house.vault().remove_for_workspace(&name),
        // Reading will tell; the next run goes on with it.
        false => Ok(()),
    }
}
