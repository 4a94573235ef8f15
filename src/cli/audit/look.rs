//! One drawn case looked at once more: its bundles verified, its records read again where they lay. Nothing is written to any system:
//! only readers are opened, which have no way to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::case::Case;
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened, stored_plan};
use crate::cli::seal;
use crate::connector::{Action, Fault, Key, Object, Reader, Record, notation, object};
use crate::diagnostic::Result;
use crate::evidence::{self, Anchor, Anchors, Standing};
use crate::execute::Doors as _;
use crate::find::{Depth, Search, Unwatched};
use crate::findings::{Findings, Found, Match, ObjectStatus};
use crate::inventory::{Expand, System};
use crate::keys::Digest;
use crate::plan::{Level, Outcome, Step};

/// What a drawn case looks like now.
pub(super) struct Look {
    pub(super) case: CaseId,
    pub(super) rank: Digest,
    pub(super) received: Date,
    pub(super) closed: bool,
    /// Everything personal in it was destroyed, so there is nothing to look for any more.
    pub(super) purged: bool,
    pub(super) at: Timestamp,
    pub(super) bundles: Vec<Bundle>,
    pub(super) records: Vec<Again>,
    /// Records of the person that no plan of the case knows, by system and object.
    pub(super) appeared: BTreeMap<(String, String), u64>,
}

/// A bundle that the ledger names.
pub(super) struct Bundle {
    pub(super) number: u32,
    pub(super) bundle: Digest,
    pub(super) state: BundleState,
    pub(super) reasons: Vec<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BundleState {
    Valid,
    Unknown,
    Invalid,
    /// A valid one, and not the one that the ledger names.
    Another,
    Missing,
}

impl BundleState {
    pub(super) fn word(self) -> &'static str {
        match self {
            BundleState::Valid => "valid",
            BundleState::Unknown => "signer_unknown",
            BundleState::Invalid => "invalid",
            BundleState::Another => "another_bundle",
            BundleState::Missing => "missing",
        }
    }
}

/// A record that was erased, made anonymous or restricted, and what is there now.
pub(super) struct Again {
    pub(super) record: Digest,
    pub(super) system: String,
    pub(super) object: String,
    pub(super) outcome: Outcome,
    pub(super) level: Option<Level>,
    pub(super) now: Now,
    /// Why it could not be looked at.
    pub(super) code: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Now {
    /// It is not there.
    Gone,
    /// It is there as the proof says: anonymous, or locked.
    AsProven,
    /// It is there again, or shows again what was taken out of it.
    FoundAgain,
    /// It was to stay, locked, and is not there any more.
    Absent,
    /// Nobody could look.
    NotSeen,
    /// What would be looked for is not known any more.
    Purged,
}

impl Now {
    /// Whether nobody looked at it, for whatever reason.
    pub(super) fn is_unseen(self) -> bool {
        matches!(self, Now::NotSeen | Now::Purged)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Now::Gone => "gone",
            Now::AsProven => "as_proven",
            Now::FoundAgain => "found_again",
            Now::Absent => "absent",
            Now::NotSeen => "not_seen",
            Now::Purged => "purged",
        }
    }
}

/// Looks at a case.
///
/// # Errors
/// Those of ledger and vault; what systems and bundles say is part of the look.
pub(super) fn look(context: &Context, house: &House, case: &Case, rank: Digest) -> Result<Look> {
    let mut look = Look {
        case: case.id.clone(),
        rank,
        received: case.received,
        closed: case.closed,
        purged: house.vault().case_key(&case.id)?.is_none(),
        at: context.now(),
        bundles: bundles(house, case)?,
        records: Vec::new(),
        appeared: BTreeMap::new(),
    };
    let latest = latest(case);
    if latest.is_empty() {
        return Ok(look);
    }
    if look.purged {
        look.records = purged(house, case)?;
        return Ok(look);
    }
    let opened = journey::look_into(house, &case.id)?;
    let (steps, known) = steps(house, &opened, case, &latest)?;
    let (records, appeared) = crate::cli::block_on(read_again(house, &opened, steps, &known))?;
    (look.records, look.appeared) = (records, appeared);
    Ok(look)
}

/// Every bundle that the ledger names, verified with the certificates of the workspace.
fn bundles(house: &House, case: &Case) -> Result<Vec<Bundle>> {
    let mut anchors = Vec::new();
    for pem in seal::certificates(&house.workspace) {
        anchors.extend(Anchor::from_pem(&pem)?.into_iter().take(1));
    }
    let anchors = Anchors::of_seal(anchors);
    let mut bundles = Vec::new();
    for (number, bundle) in (1..).zip(&case.evidence) {
        let name = evidence::file_name(case.id.as_str(), number);
        let path = house.workspace.evidence_dir().join(name);
        let (state, reasons) = if path.exists() {
            let verdict = evidence::verify(&path, &anchors)?;
            let reasons = verdict.reasons.iter().map(|reason| reason.code).collect();
            let state = match verdict.standing {
                Standing::Valid if verdict.bundle != Some(*bundle) => BundleState::Another,
                Standing::Valid => BundleState::Valid,
                Standing::IntactButSignerUnknown => BundleState::Unknown,
                Standing::Invalid => BundleState::Invalid,
            };
            (state, reasons)
        } else {
            (BundleState::Missing, Vec::new())
        };
        bundles.push(Bundle {
            number,
            bundle: *bundle,
            state,
            reasons,
        });
    }
    Ok(bundles)
}

/// Steps whose outcome can be looked at again, by plan.
type Latest = BTreeMap<Digest, BTreeMap<u32, (Outcome, Option<Level>)>>;

fn latest(case: &Case) -> Latest {
    let mut latest = Latest::new();
    for plan in &case.plans {
        for (no, (outcome, level, _)) in &plan.steps {
            let steps = latest.entry(plan.id).or_default();
            steps.insert(*no, (*outcome, *level));
        }
    }
    latest.retain(|_, steps| !steps.is_empty());
    latest
}

fn can_be_looked_at(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Removed | Outcome::Anonymised | Outcome::AlreadyGone | Outcome::Restricted
    )
}

/// What the ledger alone still knows of the records of a purged case.
fn purged(house: &House, case: &Case) -> Result<Vec<Again>> {
    use crate::ledger::Event;
    let mut records: BTreeMap<Digest, Again> = BTreeMap::new();
    let mut steps: BTreeMap<(Digest, u32), Digest> = BTreeMap::new();
    for stored in house.events(&case.id)? {
        match stored.event {
            Event::StepEnded {
                plan,
                step,
                system,
                object,
                record,
                outcome,
                level,
                ..
            } => {
                steps.insert((plan, step), record);
                let again = Again {
                    record,
                    system,
                    object,
                    outcome,
                    level,
                    now: Now::Purged,
                    code: None,
                };
                records.insert(record, again);
            }
            // What the journal says last of it: a later look may have shown more, or less.
            Event::StepVerified {
                plan,
                step,
                outcome,
                level,
            } => {
                let known = steps.get(&(plan, step));
                if let Some(again) = known.and_then(|record| records.get_mut(record)) {
                    (again.outcome, again.level) = (outcome, Some(level));
                }
            }
            _ => {}
        }
    }
    records.retain(|_, again| can_be_looked_at(again.outcome));
    let mut records: Vec<Again> = records.into_values().collect();
    records.sort_by(|a, b| (&a.system, &a.object).cmp(&(&b.system, &b.object)));
    Ok(records)
}

/// A step of a plan with what came of it.
struct Done {
    step: Step,
    outcome: Outcome,
    level: Option<Level>,
}

/// Keys of records, by system and object.
type Keys = BTreeSet<(String, String, Key)>;

/// The latest outcome of each record, and the keys of all records that any plan knows.
fn steps(
    house: &House,
    opened: &Opened,
    case: &Case,
    latest: &Latest,
) -> Result<(Vec<Done>, Keys)> {
    let mut done: BTreeMap<Digest, Done> = BTreeMap::new();
    let mut known = Keys::new();
    for state in &case.plans {
        let Some(outcomes) = latest.get(&state.id) else {
            continue;
        };
        let plan = stored_plan(house, opened, &state.id)?;
        for step in plan.steps {
            known.insert((step.system.clone(), step.object.clone(), step.key.clone()));
            if let Some((outcome, level)) = outcomes.get(&step.no).copied() {
                let name = step.name;
                done.insert(
                    name,
                    Done {
                        step,
                        outcome,
                        level,
                    },
                );
            }
        }
    }
    // What the case left for later, and a sweep erased under its number.
    for stored in house.events(&case.id)? {
        let crate::ledger::Event::DeferredEnded {
            record,
            outcome,
            level,
            action,
            ..
        } = stored.event
        else {
            continue;
        };
        match outcome {
            Outcome::Removed | Outcome::AlreadyGone => {
                if let Some(left) = done.get_mut(&record) {
                    (left.outcome, left.level, left.step.action) = (outcome, level, action);
                }
            }
            // No plan that the case holds says what it should look like.
            Outcome::Anonymised => drop(done.remove(&record)),
            _ => {}
        }
    }
    let mut done: Vec<Done> = done
        .into_values()
        .filter(|done| can_be_looked_at(done.outcome))
        .collect();
    // Where they lie, and by their digests there.
    done.sort_by(|a, b| (&a.step.system, &a.step.object).cmp(&(&b.step.system, &b.step.object)));
    Ok((done, known))
}

async fn read_again(
    house: &House,
    opened: &Opened,
    steps: Vec<Done>,
    known: &Keys,
) -> (Vec<Again>, BTreeMap<(String, String), u64>) {
    let wanted: BTreeSet<String> = steps.iter().map(|done| done.step.system.clone()).collect();
    let systems: Vec<Arc<System>> = house
        .systems()
        .into_iter()
        .filter(|system| wanted.contains(&system.name))
        .collect();
    let doors = house.doors();
    let open = Arc::clone(&doors);
    let search = Search {
        systems: systems.clone(),
        only: None,
        kinds: Arc::new(house.inventory.kinds.clone()),
        expand: Expand {
            rounds: 1,
            stop_on_shared: true,
        },
        known: Search::stated(opened.subject.clone()),
        accepted: BTreeSet::new(),
        depth: Depth::Keys,
        hold: None,
        open: Arc::new(move |system| open.reader(system)),
        watch: Arc::new(Unwatched),
    };
    let findings = search.run().await;
    let mut readers: BTreeMap<String, std::result::Result<Box<dyn Reader>, Fault>> =
        BTreeMap::new();
    let mut records = Vec::new();
    for done in steps {
        let Done {
            step,
            outcome,
            level,
        } = done;
        let system = systems.iter().find(|system| system.name == step.system);
        let object = system.and_then(|system| system.object(&step.object));
        let (now, code) = match (system, object) {
            (Some(system), Some(object)) => {
                let reader = readers
                    .entry(system.name.clone())
                    .or_insert_with(|| doors.reader(system));
                match reader {
                    Ok(reader) => one(reader.as_mut(), object, &step, outcome, &findings).await,
                    Err(fault) => (Now::NotSeen, Some(fault.code.clone())),
                }
            }
            // What the inventory does not name any more cannot be asked.
            _ => (Now::NotSeen, Some(Fault::not_connected().code)),
        };
        records.push(Again {
            record: step.name,
            system: step.system,
            object: step.object,
            outcome,
            level,
            now,
            code,
        });
    }
    let mut appeared = BTreeMap::new();
    for (system, object, found) in findings.records() {
        let key = (
            system.system.clone(),
            object.object.clone(),
            found.record.key.clone(),
        );
        if found.matched == Match::Stated && !known.contains(&key) {
            *appeared.entry((key.0, key.1)).or_insert(0) += 1;
        }
    }
    (records, appeared)
}

/// One record: under its key where it can be read by it, else by the search.
async fn one(
    reader: &mut dyn Reader,
    object: &Object,
    step: &Step,
    outcome: Outcome,
    findings: &Findings,
) -> (Now, Option<String>) {
    let found = found(findings, step);
    if reader.reads_by_key(object) {
        return match reader.read(object, &step.key).await {
            Ok(record) => (judged(object, step, outcome, record.as_ref(), found), None),
            Err(fault) => (Now::NotSeen, Some(fault.code)),
        };
    }
    match searched(findings, step) {
        Ok(()) => {
            let record = found.map(|found| &found.record);
            (judged(object, step, outcome, record, found), None)
        }
        Err(code) => (Now::NotSeen, code),
    }
}

fn found<'f>(findings: &'f Findings, step: &Step) -> Option<&'f Found> {
    findings
        .records()
        .find(|(system, object, found)| {
            system.system == step.system
                && object.object == step.object
                && found.record.key == step.key
        })
        .map(|(_, _, found)| found)
}

/// Whether the search asked for the object, and if not why.
fn searched(findings: &Findings, step: &Step) -> std::result::Result<(), Option<String>> {
    let mut systems = findings.systems.iter();
    let system = systems.find(|system| system.system == step.system);
    let mut objects = system.iter().flat_map(|system| &system.objects);
    match objects.find(|object| object.object == step.object) {
        Some(object) if object.status == ObjectStatus::Searched => Ok(()),
        Some(object) => Err(object
            .error
            .as_ref()
            .or(system.and_then(|system| system.error.as_ref()))
            .map(|fault| fault.code.clone())),
        None => Err(system
            .and_then(|system| system.error.as_ref())
            .map(|fault| fault.code.clone())),
    }
}

fn judged(
    object: &Object,
    step: &Step,
    outcome: Outcome,
    record: Option<&Record>,
    found: Option<&Found>,
) -> Now {
    let Some(record) = record else {
        return match outcome {
            Outcome::Restricted => Now::Absent,
            // Not under its key any more, and still found by the person's identity.
            _ if found.is_some_and(|found| !is_gone(object, &found.record)) => Now::FoundAgain,
            _ => Now::Gone,
        };
    };
    match outcome {
        Outcome::Restricted => match object.shows(Action::Restrict, record) {
            Some(false) => Now::FoundAgain,
            _ => Now::AsProven,
        },
        Outcome::Anonymised => match holds_masks(object, step, record) {
            true => Now::AsProven,
            false => Now::FoundAgain,
        },
        _ if is_gone(object, record) => Now::Gone,
        _ => Now::FoundAgain,
    }
}

/// Whether a record that is still returned says of itself that it is removed.
fn is_gone(object: &Object, record: &Record) -> bool {
    object.says_gone(Action::Remove, &record.data)
}

/// Whether what was written over the person's values still stands there; other fields may have changed since.
fn holds_masks(object: &Object, step: &Step, record: &Record) -> bool {
    step.changes.iter().all(|(name, value)| {
        let Some(field) = object.field(name) else {
            return true;
        };
        let shown = field.at.all(&record.data);
        let Some(shown) = shown.first() else {
            return true;
        };
        let texts: Vec<Option<String>> = object::items(shown)
            .into_iter()
            .map(notation::text)
            .collect();
        texts.contains(value) || texts.iter().all(Option::is_none)
    })
}
