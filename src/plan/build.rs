//! Makes the plan. For an erasure the law says whether and until when, the connector how; corrections and marks are planned in rooms of
//! their own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::connector::object::{Erase, How, Object};
use crate::connector::{Action, Changes, Digester, Key, Record};
use crate::diagnostic::Result;
use crate::findings::{
    Findings, Found, Match, ObjectFindings, ObjectStatus, SystemFindings, SystemStatus,
};
use crate::hold::{self, Hold, HoldId};
use crate::inventory::{Engine, Inventory, System};
use crate::keys::{self, Digest, Purpose};
use crate::law::{self, Days, Ruling};
use crate::messages::{Text, hold as say_hold, plan as say, rights};
use crate::plan::family::{hangs_below, irreversible, is_unconfirmed, may, settle_followers, turn};
use crate::plan::kin::{Family, settle_parents};
use crate::plan::{
    Aim, ChangedSafety, Decision, Ends, Keeping, NotSearched, Plan, Step, Waiting, WaitingFor,
    marks, rectify,
};

/// What a plan is made from; nothing else is read.
pub struct Basis<'a> {
    pub case: &'a str,
    pub inventory: &'a Inventory,
    pub findings: &'a Findings,
    pub case_key: &'a keys::Key,
    /// The workspace's key, under which holds and later erasures know identities.
    pub workspace_key: &'a keys::Key,
    /// The holds that stand.
    pub holds: &'a [Hold],
    /// The records that holds on persons are on, whatever stands in them by now: system, object and key.
    pub held: &'a BTreeMap<HoldId, BTreeSet<(String, String, Key)>>,
    pub day: Date,
    /// Requests of an action in words, values masked (`connector::describe`).
    pub describe: &'a dyn Fn(&System, &Object, Action) -> Vec<String>,
}

/// Plans what brings the aim about for everything that was found and is surely the person's.
///
/// # Errors
/// What cannot be planned as it was asked for (exit 2), with place and remedy.
pub fn plan(basis: &Basis<'_>, aim: &Aim) -> Result<Plan> {
    match aim {
        Aim::Erase => erase(basis),
        Aim::Rectify { corrections } => {
            let planned = rectify::plan(basis, corrections)?;
            let mut plan = basis.whole(aim, planned.steps, planned.waiting);
            let by_hand = basis.corrections_by_hand(&planned.by_hand);
            plan.tasks.extend(by_hand);
            Ok(plan)
        }
        Aim::Restrict { .. } | Aim::Lift { .. } | Aim::Optout { .. } => Ok(mark(basis, aim)),
    }
}

/// Plans a mark on every record that is surely the person's.
fn mark(basis: &Basis<'_>, aim: &Aim) -> Plan {
    let (mut steps, mut waiting) = (Vec::new(), Vec::new());
    for (system, found) in basis.searched() {
        let mut here = Vec::new();
        for object in &system.objects {
            let Some(records) = found.objects.iter().find(|o| o.object == object.name) else {
                continue;
            };
            for record in &records.records {
                let Some(step) = marks::step(basis, aim, system, object, record) else {
                    continue;
                };
                let why = match record.matched {
                    Match::Linked => WaitingFor::AcceptLinked,
                    Match::Shared => WaitingFor::AcceptShared,
                    Match::Stated => {
                        here.push(step);
                        continue;
                    }
                };
                waiting.push(basis.waiting(system, object, record, why));
            }
        }
        // Marks set no values of their own, so that no mask can be refused.
        basis.fill_changes(system, found, &mut here, &mut Vec::new());
        for step in here
            .iter_mut()
            .filter(|step| step.action.is_some() && !step.writes())
        {
            step.because = Some(match step.decision {
                Decision::Lift => rights::lifted_already(),
                Decision::Suppress => rights::suppressed_already(),
                _ => rights::restricted_already(),
            });
        }
        steps.extend(here);
    }
    basis.whole(aim, steps, waiting)
}

/// Plans the erasure of everything that was found and is surely the person's.
///
/// # Errors
/// Every mask that a column cannot take (exit 2), with column and remedy.
fn erase(basis: &Basis<'_>) -> Result<Plan> {
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
        let family = Family::of(system, found, &mut steps);
        settle_followers(system, &mut steps);
        settle_parents(system, &family, &mut steps);
        // What became of a parent is what its followers follow.
        settle_followers(system, &mut steps);
        basis.fill_changes(system, found, &mut steps, &mut troubles);
    }
    if !troubles.is_empty() {
        return Err(troubles.into());
    }
    Ok(basis.whole(&Aim::Erase, steps, waiting))
}

impl<'a> Basis<'a> {
    /// The plan around its steps, in its order.
    fn whole(&self, aim: &Aim, mut steps: Vec<Step>, mut waiting: Vec<Waiting>) -> Plan {
        steps.sort_by(|a, b| (&a.system, &a.object, &a.key).cmp(&(&b.system, &b.object, &b.key)));
        for (no, step) in steps.iter_mut().enumerate() {
            step.no = u32::try_from(no).unwrap_or(u32::MAX);
        }
        waiting.sort_by(|a, b| (&a.system, &a.object, &a.key).cmp(&(&b.system, &b.object, &b.key)));
        Plan {
            schema: "dsr.plan/1".to_owned(),
            case: self.case.to_owned(),
            verb: aim.verb().to_owned(),
            day: self.day,
            inventory: self.inventory.digest,
            requests: self.requests(&steps),
            changed_safety: self.changed_safety(),
            tasks: self.tasks(aim, &steps),
            not_searched: self.not_searched(),
            steps,
            waiting,
        }
    }

    /// Of every system whose connector is an extended one.
    fn changed_safety(&self) -> Vec<ChangedSafety> {
        let mut out = Vec::new();
        for system in &self.inventory.systems {
            let Engine::Rest(definition) = &system.engine else {
                continue;
            };
            let changes = definition.changes.iter().filter(|change| change.safety);
            out.extend(changes.map(|change| ChangedSafety {
                system: system.name.clone(),
                path: change.path.clone(),
                before: change.before.clone(),
                after: change.after.clone(),
            }));
        }
        out
    }

    /// Systems of the inventory with what was found in them.
    pub(super) fn searched(&self) -> impl Iterator<Item = (&'a System, &'a SystemFindings)> {
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

    pub(super) fn waiting(
        &self,
        system: &System,
        object: &Object,
        found: &Found,
        why: WaitingFor,
    ) -> Waiting {
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
        let days = self.days(system, object);
        let mut ruling = law::decide(
            &self.inventory.data_types,
            &place,
            object,
            &found.record,
            self.day,
            &days,
        );
        let by_law = ruling.clone();
        let mut action = None;
        match ruling.decision {
            Decision::Erase => (ruling, action) = how(system, object, ruling),
            // What has to be kept serves nothing else meanwhile (Art. 5(1)(b) GDPR), where the system can lock it.
            Decision::Retain if may(system, object, Action::Restrict) => {
                (ruling.decision, action) = (Decision::Restrict, Some(Action::Restrict));
            }
            _ => {}
        }
        let mut step = self.bare(system, object, found, order);
        let mut keeping = self.keeping(&place, object, found, &by_law, &days);
        let holds = self.holds_on(system, object, &found.record.key, &keeping);
        if !holds.is_empty() {
            // Whatever the law says of it, and whoever would have to decide: it stays until the holds are released.
            keeping.ends = Some(match by_law.decision {
                Decision::Retain => keeping.ends.unwrap_or(Ends::Never),
                Decision::Erase if is_for_the_program(object, &ruling) => Ends::Hold,
                _ => Ends::Person,
            });
            keeping.holds = holds.iter().map(|hold| hold.id.clone()).collect();
            keeping.holds.sort();
            let words = hold::in_words(&holds);
            let because = match (&by_law.because, by_law.decision) {
                (Some(duty), Decision::Retain) => match keeping.until {
                    Some(until) => say_hold::holds_and_law(words, duty, until),
                    None => say_hold::holds_and_law_open(words, duty),
                },
                _ => words,
            };
            ruling = Ruling {
                decision: Decision::Held,
                until: None,
                because: Some(because),
                norm: None,
            };
            // What waits for a dispute serves nothing else meanwhile (Art. 18(2) GDPR), where the system can lock it. The lock changes
            // nothing of what is recorded about the person.
            action = may(system, object, Action::Restrict).then_some(Action::Restrict);
        }
        step.keeping = Some(keeping);
        (step.decision, step.action) = (ruling.decision, action);
        (step.until, step.because) = (ruling.until, ruling.because);
        step.irreversible = action.and_then(|action| irreversible(object, action));
        step
    }

    pub(super) fn days(&self, system: &System, object: &Object) -> Days {
        let mut found = self.findings.systems.iter();
        let found = found.find(|found| found.system == system.name);
        let found = found.and_then(|found| found.objects.iter().find(|o| o.object == object.name));
        days_of(self.inventory, system, found)
    }

    /// By what holds and a later erasure know a record, and how long the law keeps it.
    fn keeping(
        &self,
        place: &str,
        object: &Object,
        found: &Found,
        by_law: &Ruling,
        days: &Days,
    ) -> Keeping {
        let types = &self.inventory.data_types;
        let record = &found.record;
        let identity = self.workspace_key.derive(Purpose::Identity);
        let carried = crate::findings::carried(object, record, &self.inventory.kinds);
        let mut identities: Vec<Digest> = carried
            .iter()
            .map(|one| hold::digest_under(&identity, one))
            .collect();
        identities.sort();
        let kept = by_law.decision == Decision::Retain;
        let digester = Digester::new(self.workspace_key.derive(Purpose::Record));
        Keeping {
            holds: Vec::new(),
            ends: kept.then_some(match by_law.until {
                Some(_) => Ends::Until,
                None => Ends::Never,
            }),
            until: by_law.until,
            norm: by_law.norm.clone(),
            start: law::start_of(types, place, object, record, days),
            clock: law::day_for_holds(types, place, object, record, days),
            identities,
            state: Some(digester.digest(object, record)),
        }
    }

    /// The holds that keep a record from being erased. It is the person's, so a hold on the person is known by anything that is known
    /// of her, whether the record carries it or not; and by the record, where it was found when it still carried what she is known by.
    fn holds_on(
        &self,
        system: &System,
        object: &Object,
        key: &Key,
        keeping: &Keeping,
    ) -> Vec<&'a Hold> {
        if self.holds.is_empty() {
            return Vec::new();
        }
        let mut known = keeping.identities.clone();
        known.extend(self.person());
        let (system, object) = (&system.name, &object.name);
        let place = format!("{system}.{object}");
        let data_type = law::data_type_of(&self.inventory.data_types, &place);
        let data_type = data_type.map(|data_type| data_type.name.as_str());
        let record = (system.clone(), object.clone(), key.clone());
        let on = self.holds.iter().filter(|hold| {
            let held = self.held.get(&hold.id);
            let known = match held.is_some_and(|records| records.contains(&record)) {
                true => &hold.scope.identities,
                false => &known,
            };
            hold.covers(system, object, data_type, keeping.clock, known)
        });
        on.collect()
    }

    /// Digests of what is known of the person. An address that several people share says of a record only that it carries it.
    pub(super) fn person(&self) -> Vec<Digest> {
        let identity = self.workspace_key.derive(Purpose::Identity);
        let known = self
            .findings
            .identities
            .iter()
            .filter(|known| !known.shared);
        known
            .map(|known| hold::digest_under(&identity, &known.identity))
            .collect()
    }

    /// A step that says which record it is, and decides nothing yet.
    pub(super) fn bare(
        &self,
        system: &System,
        object: &Object,
        found: &Found,
        order: usize,
    ) -> Step {
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
            decision: Decision::Manual,
            action: None,
            before: digester.digest(object, &found.record),
            after: None,
            changes: Changes::new(),
            was: Changes::new(),
            order: u32::try_from(order).unwrap_or(u32::MAX),
            until: None,
            because: None,
            irreversible: None,
            label: label(object, &found.record),
            categories,
            keeping: None,
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
            // A correction names the fields that it writes, and no others.
            let narrow = (action == Action::Rectify).then(|| {
                let mut narrow = object.clone();
                let mut same = steps
                    .iter()
                    .filter(|other| (&other.system, &other.object) == (&step.system, &step.object));
                let written: BTreeSet<&String> = same
                    .by_ref()
                    .flat_map(|other| other.changes.keys())
                    .collect();
                narrow.fields.retain(|field| {
                    written.contains(&field.name) || object.key.contains(&field.name)
                });
                narrow
            });
            let object = narrow.as_ref().unwrap_or(object);
            requests
                .entry(name)
                .or_insert_with(|| (self.describe)(system, object, action));
        }
        requests
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

/// Whether nobody but the program is needed to erase a record that the law lets go, once nothing else keeps it.
fn is_for_the_program(object: &Object, ruling: &Ruling) -> bool {
    // What follows another record follows it again.
    ruling.decision == Decision::Erase || matches!(object.erase, Erase::With { .. })
}

/// How the connector answers an erasure that the law allows.
fn how(system: &System, object: &Object, ruling: Ruling) -> (Ruling, Option<Action>) {
    let by_hand = |because: Text| {
        (
            Ruling {
                decision: Decision::Manual,
                until: None,
                because: Some(because),
                norm: None,
            },
            None,
        )
    };
    let action = match &object.erase {
        Erase::Remove => Action::Remove,
        Erase::Anonymise => Action::Anonymise,
        Erase::Restrict => Action::Restrict,
        Erase::Retain { reason } => return by_hand(say::only_retain_with_rule(reason.clone())),
        Erase::Manual { task } => return by_hand(task.clone()),
        Erase::With { object: other } => match system.object(other).map(|other| &other.erase) {
            Some(Erase::Remove) if object.can(Action::Remove) => Action::Remove,
            Some(Erase::Anonymise) if object.can(Action::Anonymise) => Action::Anonymise,
            Some(Erase::Remove) if object.by_hand(Action::Remove).is_some() => Action::Remove,
            Some(Erase::Anonymise) if object.by_hand(Action::Anonymise).is_some() => {
                Action::Anonymise
            }
            _ => return by_hand(say::follows(other.clone())),
        },
    };
    if let Some(task) = object.by_hand(action) {
        return by_hand(task.clone());
    }
    if is_unconfirmed(system, object, action) {
        return by_hand(say::unconfirmed_write());
    }
    (ruling, Some(action))
}

/// How the values of an object show days: moments become days where the company has its seat.
pub fn days_of(inventory: &Inventory, system: &System, found: Option<&ObjectFindings>) -> Days {
    let days = Days::at_seat(&inventory.controller.seat);
    if !matches!(system.engine, Engine::Mysql) {
        return days;
    }
    let moments = found.into_iter().flat_map(|found| &found.shape);
    // The time zone of our sessions is UTC, and a `timestamp` is shown in the session's.
    let moments = moments.filter(|(_, column)| column.type_name.starts_with("timestamp"));
    days.with_utc(moments.map(|(name, _)| name.clone()).collect())
}

/// What people call a record: the stored name and town.
pub fn label(object: &Object, record: &Record) -> Option<String> {
    const TOWN: [&str; 4] = ["city", "town", "ort", "stadt"];
    if matches!(object.how, How::Document) {
        return record.key.parts().first().cloned();
    }
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
