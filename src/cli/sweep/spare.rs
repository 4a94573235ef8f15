//! Which records a sweep leaves alone: those of persons whose request is open, and those that are held.
//!
//! A hold on a system, an object or a kind of data keeps all of it, one with days the records of those days: days of the object's clock, and
//! where it has none of the field from which its rule counts, as with a request. Records of persons are found as a request finds them, by the
//! person's identities in every system that a rule looks into. Where that cannot be done, the system is not swept.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::{Date, date};

use crate::case::item;
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::cli::journey;
use crate::connector::Key;
use crate::connector::sweeping::Due;
use crate::diagnostic::Result;
use crate::find::{Accepted, Search};
use crate::findings::{Known, ObjectStatus};
use crate::hold::{Hold, HoldId, Register};
use crate::ledger::Event;
use crate::subject::Identity;
use crate::sweep::Rule;

/// Records that are spared, and places of which that is not known.
#[derive(Default)]
pub(super) struct Spared {
    keys: BTreeMap<(String, String), BTreeSet<Key>>,
    /// Those among them that belong to a person whose request is open.
    requested: BTreeMap<(String, String), BTreeSet<Key>>,
    /// Those that a hold on a person keeps, by the hold.
    held: BTreeMap<(String, String), BTreeMap<HoldId, BTreeSet<Key>>>,
    unknown: BTreeSet<(String, String)>,
    register: Register,
    /// Position of the last event that was looked at for something that changes who is spared.
    seen: Cell<u64>,
    overtaken: Cell<bool>,
}

impl Spared {
    /// Spared records of a rule's object.
    pub(super) fn of(&self, rule: &Rule) -> Vec<Key> {
        self.set(rule).into_iter().collect()
    }

    /// Records of a rule's object that belong to a person whose request is open.
    pub(super) fn requested(&self, rule: &Rule) -> Vec<Key> {
        let found = self.requested.get(&place(rule));
        found.into_iter().flatten().cloned().collect()
    }

    pub(super) fn set(&self, rule: &Rule) -> BTreeSet<Key> {
        self.keys.get(&place(rule)).cloned().unwrap_or_default()
    }

    /// Holds that keep everything that a rule could touch.
    pub(super) fn held(&self, rule: &Rule) -> Vec<&Hold> {
        let all = self.on_all(rule);
        all.filter(|hold| days_of(hold, rule).is_none()).collect()
    }

    /// Holds that keep the records of some days, each with what is due beside it alone.
    pub(super) fn by_days(&self, rule: &Rule, due: &Due) -> Vec<(&Hold, Due)> {
        let all = self.on_all(rule);
        let ranged = all.filter_map(|hold| {
            let days = days_of(hold, rule)?;
            let mut left = due.clone();
            days.keep(hold, &mut left);
            Some((hold, left))
        });
        ranged.collect()
    }

    /// What is due without the days that a hold keeps.
    pub(super) fn without_held_days(&self, rule: &Rule, due: &Due) -> Due {
        let mut left = due.clone();
        for hold in self.on_all(rule) {
            if let Some(days) = days_of(hold, rule) {
                days.keep(hold, &mut left);
            }
        }
        left
    }

    /// Records that holds on persons keep, by the hold.
    pub(super) fn by_person(&self, rule: &Rule) -> Vec<(&HoldId, Vec<Key>)> {
        let found = self.held.get(&place(rule)).into_iter().flatten();
        let keys = |keys: &BTreeSet<Key>| keys.iter().cloned().collect();
        found.map(|(hold, found)| (hold, keys(found))).collect()
    }

    /// Holds on a rule's object, or some days of it, whosever records they are.
    fn on_all<'s>(&'s self, rule: &Rule) -> impl Iterator<Item = &'s Hold> {
        let standing = self.register.standing();
        standing.filter(|hold| is_on(hold, rule) && hold.scope.identities.is_empty())
    }

    /// A hold that stands.
    pub(super) fn hold(&self, id: &HoldId) -> Option<&Hold> {
        self.register.standing().find(|hold| hold.id == *id)
    }

    /// Whether somebody has set, widened or released a hold, opened a case, or accepted a record as a person's since this was found out.
    pub(super) fn is_outdated(&self, house: &House) -> Result<bool> {
        let ledger = house.ledger();
        let head = ledger.head()?.count;
        for seq in self.seen.get() + 1..=head {
            if self.overtaken.get() {
                break;
            }
            let event = ledger.event(seq)?.map(|stored| stored.event);
            self.overtaken
                .set(event.is_none_or(|event| changes_who_is_spared(&event)));
        }
        self.seen.set(head);
        Ok(self.overtaken.get())
    }

    /// Whether everybody who is to be spared could be looked for in a rule's object.
    pub(super) fn knows(&self, rule: &Rule) -> bool {
        !self.unknown.contains(&place(rule))
    }
}

/// Whether somebody is spared from now on who was not, or the other way round.
pub(crate) fn changes_who_is_spared(event: &Event) -> bool {
    matches!(
        event,
        Event::HoldAdded { .. }
            | Event::HoldWidened { .. }
            | Event::HoldReleased { .. }
            | Event::CaseOpened { .. }
            | Event::RecordAccepted { .. }
    )
}

fn place(rule: &Rule) -> (String, String) {
    (rule.system.name.clone(), rule.object.name.clone())
}

/// Whether a hold keeps records of a rule's object, some or all.
fn is_on(hold: &Hold, rule: &Rule) -> bool {
    let (system, object) = (&rule.system.name, &rule.object.name);
    let data_type = Some(rule.data_type.name.as_str());
    hold.covers(system, object, data_type, None, &hold.scope.identities)
}

/// Where a record shows the day by which a hold goes.
enum Days<'r> {
    /// In the field from which the rule counts.
    Start,
    /// In another: the object's clock.
    Clock(&'r str),
}

/// Where the days of a hold are found; `None` where it has none, or the system cannot be asked for two fields at once: it is on everything then.
fn days_of<'r>(hold: &Hold, rule: &'r Rule) -> Option<Days<'r>> {
    let ranged = hold.scope.from.is_some() || hold.scope.until.is_some();
    let due = rule.due.as_ref().ok().filter(|_| ranged)?;
    match rule.object.clock.as_deref() {
        None => Some(Days::Start),
        Some(clock) if clock == due.field => Some(Days::Start),
        Some(clock) => {
            let compares = rule.system.engine.is_database();
            compares.then_some(Days::Clock(clock))
        }
    }
}

impl Days<'_> {
    /// Takes a hold's days away from what is due.
    fn keep(&self, hold: &Hold, due: &mut Due) {
        let from = hold.scope.from.unwrap_or(Date::MIN);
        let after = hold.scope.until.and_then(|day| day.tomorrow().ok());
        let after = after.unwrap_or(Date::MAX);
        match self {
            Days::Start => due.days = outside(&due.days, from, after),
            Days::Clock(clock) => {
                let mut free = due.free.take().unwrap_or_else(|| {
                    Box::new(Due {
                        field: (*clock).to_owned(),
                        days: vec![FIRST_DAY..Date::MAX],
                        ..due.clone()
                    })
                });
                free.days = outside(&free.days, from, after);
                due.free = Some(free);
            }
        }
    }
}

/// Before every day that a database is asked about; what lies before is no day from which anybody counts.
const FIRST_DAY: Date = date(1000, 1, 1);

/// What is left of some ranges outside of another.
fn outside(days: &[Range<Date>], from: Date, to: Date) -> Vec<Range<Date>> {
    let mut left = Vec::new();
    for range in days {
        for part in [
            range.start..range.end.min(from),
            range.start.max(to)..range.end,
        ] {
            if part.start < part.end {
                left.push(part);
            }
        }
    }
    left
}

/// Looks for everybody who is to be spared.
pub(super) fn find(context: &Context, house: &House, rules: &[Rule]) -> Result<Spared> {
    let mut systems: Vec<String> = rules
        .iter()
        .filter(|rule| rule.due.is_ok())
        .map(|rule| rule.system.name.clone())
        .collect();
    systems.sort();
    systems.dedup();
    // Whatever comes from here on makes a run that writes look once more.
    let seen = Cell::new(house.ledger().head()?.count);
    let mut register = Register::default();
    register.catch_up(&house.ledger())?;
    let mut spared = Spared {
        seen,
        ..Spared::default()
    };
    for person in persons(house, &register)? {
        let concerns = |rule: &&Rule| {
            let hold = person.hold.as_ref();
            rule.due.is_ok() && hold.is_none_or(|hold| is_on(hold, rule))
        };
        if person.known.is_empty() {
            // Nobody can be looked for without a name.
            spared
                .unknown
                .extend(rules.iter().filter(concerns).map(place));
            continue;
        }
        // Whoever is only to be named by what other systems say has to be looked for there too.
        let asked = journey::search::ask(context, house, person.known, Accepted::new(), &[], None);
        let findings = block_on(asked)??;
        for system in findings
            .systems
            .iter()
            .filter(|one| systems.contains(&one.system))
        {
            let here = rules
                .iter()
                .filter(|rule| rule.system.name == system.system);
            for rule in here.filter(concerns) {
                let object = system
                    .objects
                    .iter()
                    .find(|one| one.object == rule.object.name);
                match object {
                    Some(object) if object.status == ObjectStatus::Searched => {
                        let keys = object.records.iter().map(|found| found.record.key.clone());
                        let keys: Vec<Key> = keys.collect();
                        match &person.hold {
                            None => {
                                let requested = spared.requested.entry(place(rule)).or_default();
                                requested.extend(keys.iter().cloned());
                            }
                            Some(hold) => {
                                let held = spared.held.entry(place(rule)).or_default();
                                let held = held.entry(hold.id.clone()).or_default();
                                held.extend(keys.iter().cloned());
                            }
                        }
                        spared.keys.entry(place(rule)).or_default().extend(keys);
                    }
                    _ => {
                        spared.unknown.insert(place(rule));
                    }
                }
            }
        }
    }
    spared.register = register;
    Ok(spared)
}

/// Somebody whose records are spared: all of them, or those that a hold is on.
struct Person {
    known: Vec<Known>,
    hold: Option<Hold>,
}

/// Everybody whose request is open, and everybody on whom there is a hold.
fn persons(house: &House, register: &Register) -> Result<Vec<Person>> {
    let mut persons = Vec::new();
    for case in journey::open_cases(house)? {
        let stated: Vec<Identity> = house
            .vault()
            .read(&case.id, item::SUBJECT)?
            .unwrap_or_default();
        let mut known = Search::stated(stated);
        let learned: Vec<Known> = house
            .vault()
            .read(&case.id, item::KNOWN)?
            .unwrap_or_default();
        for one in learned {
            if known.iter().all(|other| other.identity != one.identity) {
                known.push(one);
            }
        }
        persons.push(Person { known, hold: None });
    }
    for hold in register.standing() {
        if !hold.scope.identities.is_empty() {
            persons.push(Person {
                known: Search::stated(crate::cli::hold::identities(house, &hold.id)?),
                hold: Some(hold.clone()),
            });
        }
    }
    Ok(persons)
}
