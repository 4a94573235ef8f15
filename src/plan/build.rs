//! Makes the plan of an erasure: the law says whether and until when, the connector how.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use crate::connector::mask;
use crate::connector::object::{At, Erase, How, Object, Via};
use crate::connector::{Action, Changes, Digester, Key, Record, Shape};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::{Findings, Found, Match, ObjectStatus, SystemFindings, SystemStatus};
use crate::inventory::{Engine, Inventory, System};
use crate::keys::{self, Digest, Purpose};
use crate::law::{self, Ruling};
use crate::messages::{Text, plan as say};
use crate::plan::{Decision, NotSearched, Plan, Step, Task, Waiting, WaitingFor};

/// What a plan is made from; nothing else is read.
pub struct Basis<'a> {
    pub case: &'a str,
    pub inventory: &'a Inventory,
    pub findings: &'a Findings,
    pub case_key: &'a keys::Key,
    pub day: Date,
    /// Requests of an action in words, values masked (`connector::describe`).
    pub describe: &'a dyn Fn(&System, &Object, Action) -> Vec<String>,
}

/// Days within which a person does what the plan leaves to people.
const TASK_DAYS: i32 = 14;

/// Plans the erasure of everything that was found and is surely the person's.
///
/// # Errors
/// Every mask that a column cannot take (exit 2), with column and remedy.
pub fn erase(basis: &Basis<'_>) -> Result<Plan> {
    let mut steps = Vec::new();
    let mut waiting = Vec::new();
    let mut troubles = Vec::new();
    for (system, found) in basis.searched() {
        let unsearched: BTreeSet<&str> = found
            .objects
            .iter()
            .filter(|o| o.status == ObjectStatus::NotSearched)
            .map(|o| o.object.as_str())
            .collect();
        for object in &system.objects {
            let Some(records) = found.objects.iter().find(|o| o.object == object.name) else {
                continue;
            };
            let blocked = unsearched
                .iter()
                .any(|child| hangs_below(system, child, &object.name));
            for record in &records.records {
                let why = match record.matched {
                    Match::Linked => Some(WaitingFor::AcceptLinked),
                    Match::Shared => Some(WaitingFor::AcceptShared),
                    Match::Stated if blocked => Some(WaitingFor::ChildNotSearched),
                    Match::Stated => None,
                };
                match why {
                    Some(why) => waiting.push(basis.waiting(system, object, record, why)),
                    None => steps.push(basis.step(system, object, record, turn(system, object))),
                }
            }
        }
    }
    // Sorted before they are weighed against each other, so that the order in which records came decides nothing.
    steps.sort_by(|a, b| (&a.system, &a.object, &a.key).cmp(&(&b.system, &b.object, &b.key)));
    for (system, found) in basis.searched() {
        settle_followers(system, &mut steps);
        basis.settle_parents(system, found, &mut steps);
        // What became of a parent is what its followers follow.
        settle_followers(system, &mut steps);
        basis.fill_changes(system, found, &mut steps, &mut troubles);
    }
    if !troubles.is_empty() {
        return Err(troubles.into());
    }
    for (no, step) in steps.iter_mut().enumerate() {
        step.no = u32::try_from(no).unwrap_or(u32::MAX);
    }
    waiting.sort_by(|a, b| (&a.system, &a.object, &a.key).cmp(&(&b.system, &b.object, &b.key)));
    Ok(Plan {
        schema: "dsr.plan/1".to_owned(),
        case: basis.case.to_owned(),
        verb: "erase".to_owned(),
        day: basis.day,
        inventory: basis.inventory.digest,
        requests: basis.requests(&steps),
        tasks: basis.tasks(&steps),
        not_searched: basis.not_searched(),
        steps,
        waiting,
    })
}

/// When an object's records have their turn: after those of its children and of what it names in `after`. The inventory refuses
/// circles.
fn turn(system: &System, object: &Object) -> usize {
    let before = system.objects.iter().filter(|other| {
        object.after.contains(&other.name) || other.parents().any(|parent| parent == object.name)
    });
    before
        .map(|other| turn(system, other) + 1)
        .max()
        .unwrap_or(0)
}

/// Whether `child` is reached from `above`, over any number of objects.
fn hangs_below(system: &System, child: &str, above: &str) -> bool {
    system.object(child).is_some_and(|object| {
        object
            .parents()
            .any(|parent| parent == above || hangs_below(system, parent, above))
    })
}

/// Object, decision, day and grounds that records to be kept have in common.
type Reason<'a> = (&'a str, Decision, Option<Date>, Option<&'a Text>);

impl<'a> Basis<'a> {
    /// Systems of the inventory with what was found in them.
    fn searched(&self) -> impl Iterator<Item = (&'a System, &'a SystemFindings)> {
        let findings = self.findings;
        self.inventory.systems.iter().filter_map(move |system| {
            let mut found = findings.systems.iter();
            Some((system, found.find(|s| s.system == system.name)?))
        })
    }

    /// The record's name in ledger and evidence.
    fn name(&self, system: &System, object: &Object, key: &Key) -> Digest {
        super::name_of(self.case_key, &system.name, &object.name, key)
    }

    fn waiting(&self, system: &System, object: &Object, found: &Found, why: WaitingFor) -> Waiting {
        Waiting {
            system: system.name.clone(),
            object: object.name.clone(),
            key: found.record.key.clone(),
            name: self.name(system, object, &found.record.key),
            why,
            label: label(object, &found.record),
        }
    }

    fn step(&self, system: &System, object: &Object, found: &Found, order: usize) -> Step {
        let place = format!("{}.{}", system.name, object.name);
        let mut ruling = law::decide(
            &self.inventory.data_types,
            &place,
            object,
            &found.record,
            self.day,
        );
        let mut action = None;
        if ruling.decision == Decision::Erase {
            (ruling, action) = how(system, object, ruling);
        }
        let mut categories: Vec<String> = object
            .fields
            .iter()
            .map(|field| field.category.clone())
            .collect();
        categories.sort();
        categories.dedup();
        let digester = Digester::new(self.case_key.derive(Purpose::Record));
        Step {
            no: 0,
            system: system.name.clone(),
            object: object.name.clone(),
            key: found.record.key.clone(),
            name: self.name(system, object, &found.record.key),
            found_by: found.found_by.clone(),
            decision: ruling.decision,
            action,
            before: digester.digest(object, &found.record),
            after: None,
            changes: Changes::new(),
            order: u32::try_from(order).unwrap_or(u32::MAX),
            until: ruling.until,
            because: ruling.because,
            irreversible: action.and_then(|action| irreversible(object, action)),
            label: label(object, &found.record),
            categories,
        }
    }

    /// A parent whose children stay cannot be removed: it becomes anonymous, else a person decides.
    fn settle_parents(&self, system: &System, found: &SystemFindings, steps: &mut [Step]) {
        for rank in (0..system.objects.len()).rev() {
            let object = &system.objects[rank];
            for at in 0..steps.len() {
                let step = &steps[at];
                if step.system != system.name
                    || step.object != object.name
                    || step.action != Some(Action::Remove)
                {
                    continue;
                }
                let above = Some((object.name.clone(), step.key.clone()));
                let stays = steps.iter().find(|child| {
                    child.system == system.name
                        && child.found_by.parent == above
                        && child.action != Some(Action::Remove)
                        && (child.decision != Decision::Erase
                            || is_foreign_key(system, found, child))
                });
                let Some(child) = stays.map(|child| child.object.clone()) else {
                    continue;
                };
                let step = &mut steps[at];
                if may(system, object, Action::Anonymise) {
                    step.action = Some(Action::Anonymise);
                    step.because = Some(say::child_stays(child));
                    step.irreversible = irreversible(object, Action::Anonymise);
                } else {
                    step.action = None;
                    step.decision = Decision::Manual;
                    step.because = Some(say::cannot_anonymise(child));
                }
            }
        }
    }

    /// New values of everything that becomes anonymous, and the digest it should have afterwards.
    fn fill_changes(
        &self,
        system: &System,
        found: &SystemFindings,
        steps: &mut [Step],
        troubles: &mut Vec<Diagnostic>,
    ) {
        let digester = Digester::new(self.case_key.derive(Purpose::Record));
        let mut refused = BTreeSet::new();
        for step in steps
            .iter_mut()
            .filter(|s| s.system == system.name && s.action == Some(Action::Anonymise))
        {
            let Some(object) = system.object(&step.object) else {
                continue;
            };
            let Some(records) = found.objects.iter().find(|o| o.object == step.object) else {
                continue;
            };
            let Some(record) = records.records.iter().find(|r| r.record.key == step.key) else {
                continue;
            };
            match self.masked(step, object, &record.record, &records.shape) {
                Ok(changes) => {
                    step.after =
                        Some(digester.digest(object, &changed(object, &record.record, &changes)));
                    step.changes = changes;
                    // An earlier run of this case made it so; writing it again would prove nothing.
                    if step.after == Some(step.before) {
                        step.action = None;
                        step.because = Some(say::anonymous_already());
                    }
                }
                Err(problems) => {
                    for (field, problem) in problems {
                        // One field of one object is one mistake, however many records it concerns.
                        if refused.insert((step.object.clone(), field.clone())) {
                            let place = format!("{}.{}.{field}", step.system, step.object);
                            let what = say::mask_refused(place);
                            troubles.push(
                                Diagnostic::new(mask::REFUSED, Exit::Usage, what).help(problem),
                            );
                        }
                    }
                }
            }
        }
    }

    fn masked(
        &self,
        step: &Step,
        object: &Object,
        record: &Record,
        shape: &Shape,
    ) -> Result<Changes, Vec<(String, Text)>> {
        let mut changes = Changes::new();
        let mut problems = Vec::new();
        for field in object
            .fields
            .iter()
            .filter(|field| !field.fixed && matches!(field.at, At::Path(_)))
            // What names a record is not written: the record could not be found again.
            .filter(|field| !object.key.contains(&field.name))
        {
            let old = field.at.all(&record.data);
            let Some(old) = old.first() else { continue };
            let column = shape.get(&field.name);
            let mask = field
                .mask
                .clone()
                .unwrap_or_else(|| mask::default_mask(field, column));
            let salted = crate::canonical::bytes(&(step.name, &field.name));
            let token = keys::token(&self.case_key.derive(Purpose::Mask).mac(&salted));
            match mask::masked_value(&mask, field, column, &token, old) {
                Ok(Some(value)) => {
                    changes.insert(field.name.clone(), value);
                }
                Ok(None) => {}
                Err(problem) => problems.push((field.name.clone(), problem)),
            }
        }
        if problems.is_empty() {
            Ok(changes)
        } else {
            Err(problems)
        }
    }

    fn requests(&self, steps: &[Step]) -> BTreeMap<String, Vec<String>> {
        let mut requests = BTreeMap::new();
        for step in steps {
            let (Some(action), Some(system)) = (step.action, self.inventory.system(&step.system))
            else {
                continue;
            };
            let Some(object) = system.object(&step.object) else {
                continue;
            };
            let name = format!("{}.{}.{}", step.system, step.object, action.word());
            requests
                .entry(name)
                .or_insert_with(|| (self.describe)(system, object, action));
        }
        requests
    }

    fn tasks(&self, steps: &[Step]) -> Vec<Task> {
        let mut tasks = Vec::new();
        for system in &self.inventory.systems {
            let due = |days: i32| self.day.saturating_add(jiff::Span::new().days(days));
            let task = |text: Text, days: i32| Task {
                system: system.name.clone(),
                owner: system.owner.clone(),
                text,
                due: due(days),
            };
            if let Engine::Manual(manual) = &system.engine {
                let days = i32::try_from(manual.days).unwrap_or(TASK_DAYS);
                tasks.extend(
                    manual
                        .find
                        .iter()
                        .chain(&manual.erase)
                        .map(|words| task(Text::same(words.clone()), days)),
                );
            }
            // One task for all records of an object that share a reason, in the order of the plan.
            let mut groups: Vec<(Reason<'_>, usize)> = Vec::new();
            for step in steps
                .iter()
                .filter(|step| step.system == system.name && step.decision != Decision::Erase)
            {
                let reason: Reason<'_> = (
                    &step.object,
                    step.decision,
                    step.until,
                    step.because.as_ref(),
                );
                match groups.iter_mut().find(|group| group.0 == reason) {
                    Some(group) => group.1 += 1,
                    None => groups.push((reason, 1)),
                }
            }
            for ((object, decision, until, because), count) in groups {
                let place = format!("{}.{object}", system.name);
                let because = because.cloned().unwrap_or_else(|| Text::same(""));
                let text = match (decision, until) {
                    (Decision::Retain, Some(until)) => say::task_lock(count, place, until, because),
                    (Decision::UnknownStart, _) => say::task_start(count, place, because),
                    _ => say::task_decide(count, place, because),
                };
                tasks.push(task(text, TASK_DAYS));
            }
        }
        tasks
    }

    fn not_searched(&self) -> Vec<NotSearched> {
        let mut out = Vec::new();
        for system in &self.findings.systems {
            match system.status {
                SystemStatus::NotSearched => {
                    out.push(NotSearched {
                        system: system.system.clone(),
                        object: None,
                        error: system.error.clone(),
                    });
                }
                SystemStatus::Incomplete => {
                    for object in system
                        .objects
                        .iter()
                        .filter(|object| object.status == ObjectStatus::NotSearched)
                    {
                        let (name, error) = (Some(object.object.clone()), object.error.clone());
                        out.push(NotSearched {
                            system: system.system.clone(),
                            object: name,
                            error,
                        });
                    }
                }
                SystemStatus::Searched | SystemStatus::Manual => {}
            }
        }
        out.sort_by(|a, b| (&a.system, &a.object).cmp(&(&b.system, &b.object)));
        out
    }
}

/// How the connector answers an erasure that the law allows.
fn how(system: &System, object: &Object, ruling: Ruling) -> (Ruling, Option<Action>) {
    let by_hand = |because: Text| {
        (
            Ruling {
                decision: Decision::Manual,
                until: None,
                because: Some(because),
            },
            None,
        )
    };
    let action = match &object.erase {
        Erase::Remove => Action::Remove,
        Erase::Anonymise => Action::Anonymise,
        Erase::Restrict => Action::Restrict,
        Erase::Retain { reason } => return by_hand(say::only_retain_with_rule(reason.clone())),
        Erase::Manual { task } => return by_hand(Text::same(task.clone())),
        Erase::With { object: other } => match system.object(other).map(|other| &other.erase) {
            Some(Erase::Remove) if object.can(Action::Remove) => Action::Remove,
            Some(Erase::Anonymise) if object.can(Action::Anonymise) => Action::Anonymise,
            _ => return by_hand(say::follows(other.clone())),
        },
    };
    if is_unconfirmed(system, object, action) {
        return by_hand(say::unconfirmed_write());
    }
    (ruling, Some(action))
}

/// A write that no specification or sandbox confirms, and that the system does not allow all the same.
fn is_unconfirmed(system: &System, object: &Object, action: Action) -> bool {
    let How::Http { actions, .. } = &object.how else {
        return false;
    };
    let mut actions = actions.iter();
    !system.unconfirmed_writes && actions.any(|(a, http)| *a == action && http.unconfirmed)
}

fn may(system: &System, object: &Object, action: Action) -> bool {
    object.can(action) && !is_unconfirmed(system, object, action)
}

/// Gives records that follow others (`erase: { with: … }`) what is decided about those: the lines of an invoice that the law keeps
/// are kept. What the law says about a follower itself comes first; one without anything to follow is a person's to decide.
fn settle_followers(system: &System, steps: &mut [Step]) {
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
            child.found_by.parent.as_ref() == Some(&(parent.object.clone(), parent.key.clone()))
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
        let (decision, action, until, because) = match (stays, &leaders[..]) {
            (Some(other), _) => (other.decision, None, other.until, other.because.clone()),
            (None, []) => (Decision::Manual, None, None, Some(follows)),
            (None, [first, ..]) => {
                // Some go and some become anonymous: the milder of the two.
                let mild = leaders.iter().find(|o| o.action != Some(Action::Remove));
                match mild.unwrap_or(first).action {
                    Some(action) if may(system, object, action) => {
                        (Decision::Erase, Some(action), None, None)
                    }
                    _ => (Decision::Manual, None, None, Some(follows)),
                }
            }
        };
        let step = &mut steps[at];
        step.irreversible = action.and_then(|action| irreversible(object, action));
        (step.decision, step.action) = (decision, action);
        (step.until, step.because) = (until, because);
    }
}

fn irreversible(object: &Object, action: Action) -> Option<Text> {
    let How::Http { actions, .. } = &object.how else {
        return None;
    };
    let (_, http) = actions.iter().find(|(a, _)| *a == action)?;
    http.irreversible.clone().map(Text::same)
}

/// Whether the child's link to its parent is a constraint of the database, so that the parent cannot go while the child stays.
fn is_foreign_key(system: &System, found: &SystemFindings, child: &Step) -> bool {
    let (Some(object), Some(shape)) = (
        system.object(&child.object),
        found
            .objects
            .iter()
            .find(|o| o.object == child.object)
            .map(|o| &o.shape),
    ) else {
        return false;
    };
    // Whichever way it was found: the constraint stands all the same.
    let parent = child.found_by.parent.as_ref();
    let finders = object.find.iter();
    finders
        .filter(|finder| parent.is_some_and(|(parent, _)| finder.under.contains(parent)))
        .filter_map(|finder| match &finder.via {
            Via::Join(pairs) => Some(pairs),
            Via::Columns(_) | Via::Request(_) => None,
        })
        .flatten()
        .any(|(column, _)| {
            shape
                .get(column)
                .is_some_and(|column| column.references.is_some())
        })
}

/// The record as it should be afterwards.
fn changed(object: &Object, record: &Record, changes: &Changes) -> Record {
    let mut after = record.clone();
    for (name, value) in changes {
        let Some(At::Path(path)) = object.field(name).map(|field| &field.at) else {
            continue;
        };
        let value = value.clone().map_or(Value::Null, Value::String);
        if let Some(place) = path
            .iter()
            .try_fold(&mut after.data, |here, member| here.get_mut(member))
        {
            *place = value;
        }
    }
    after
}

/// What people call a record: the stored name and town.
pub fn label(object: &Object, record: &Record) -> Option<String> {
    const TOWN: [&str; 4] = ["city", "town", "ort", "stadt"];
    let value =
        |field: &crate::connector::object::Field| field.values(&record.data).into_iter().next();
    let names: Vec<String> = object
        .fields
        .iter()
        .filter(|f| f.category == "person.name")
        .filter_map(value)
        .collect();
    let is_town = |name: &str| TOWN.iter().any(|town| name.to_lowercase().contains(town));
    let town = object
        .fields
        .iter()
        .filter(|f| f.category == "contact.address" && is_town(&f.name))
        .find_map(value);
    let label = [names.join(" "), town.unwrap_or_default()]
        .into_iter()
        .filter(|s| !s.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    (!label.is_empty()).then_some(label)
}
