//! Which records a sweep leaves alone: those of persons whose request is open, those that are held, and those of control persons.
//!
//! A hold on a system, an object or a kind of data keeps all of it, one with days the records of those days: days of the object's clock, and
//! where it has none of the field from which its rule counts, as with a request. Records of persons are found as a request finds them, by the
//! person's identities, in every system: what leads to a record in one may stand in another. Where a system was not searched that could have led
//! to more of an object's records, the object is not swept. Records that an earlier search found are spared too, whatever stands in them by now,
//! and those that an erasure has left for a later day, though nothing in them may name the person any more.
//!
//! A person may be known by nothing that any connected system leads from to an object: no search would ever find their records there, and no
//! later one will. That is told, and stops nothing, or a telephone number in one request would end all erasing; only a hold on a person of
//! whom nothing at all can be found stops what it is on, for whoever set it meant something.
//!
//! A request whose case was closed while a restriction of it stood, as earlier versions let it, counts as open until the case is purged
//! (Art. 18(2) GDPR).
//!
//! A hold is a stop on erasing: a rule that only restricts goes on under it, as a request does.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::{Date, date};

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::cli::hold;
use crate::cli::journey;
use crate::cli::sweep::owed::Asking;
use crate::connector::Key;
use crate::connector::sweeping::Due;
use crate::deferred;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::reach::Reach;
use crate::find::{Accepted, Search};
use crate::findings::{Known, ObjectFindings};
use crate::hold::{Hold, HoldId, Register};
use crate::ledger::Event;
use crate::messages::sweep as say;
use crate::subject::{Identity, Kind};
use crate::sweep::Rule;

/// Records that are spared, and places of which that is not known.
#[derive(Default)]
pub(super) struct Spared {
    /// Records of a person whose request is open.
    requested: BTreeMap<(String, String), BTreeSet<Key>>,
    /// Records that a hold on a person keeps from being erased, by the hold.
    held: BTreeMap<(String, String), BTreeMap<HoldId, BTreeSet<Key>>>,
    /// Records of control persons.
    controls: BTreeMap<(String, String), BTreeSet<Key>>,
    /// Places of which nobody can say who is to be spared: for whom, and what was not searched for them.
    unknown: BTreeMap<(String, String), BTreeMap<String, BTreeSet<String>>>,
    /// Persons for whom a place could never be asked: who, by the kinds that they are known by, and where.
    unled: BTreeMap<String, (BTreeSet<Kind>, BTreeSet<String>)>,
    register: Register,
    /// Position of the last event that was looked at for something that changes who is spared.
    seen: Cell<u64>,
    overtaken: Cell<bool>,
}

/// Somebody who is to be spared, and of whom it cannot be told which records of an object are theirs.
#[derive(serde::Serialize)]
pub(super) struct Unfound {
    /// The number of the case or hold, or the word of the inventory for a control person.
    #[serde(rename = "for")]
    who: String,
    why: &'static str,
    /// Objects that were not searched and may lead there.
    not_searched: Vec<String>,
    /// The kinds of identities that are known of the person, where none of them leads there.
    known_by: Vec<String>,
    /// Whether nothing is written there for it.
    stops: bool,
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

    /// Records of a rule's object that belong to a control person and to nobody else who is spared.
    pub(super) fn controls(&self, rule: &Rule) -> Vec<Key> {
        let place = place(rule);
        let requested = self.requested.get(&place);
        let mut others: BTreeSet<&Key> = requested.into_iter().flatten().collect();
        others.extend(self.held_at(rule).flat_map(|(_, keys)| keys));
        let found = self.controls.get(&place).into_iter().flatten();
        found.filter(|key| !others.contains(key)).cloned().collect()
    }

    pub(super) fn set(&self, rule: &Rule) -> BTreeSet<Key> {
        let place = place(rule);
        let mut all = self.requested.get(&place).cloned().unwrap_or_default();
        all.extend(self.controls.get(&place).into_iter().flatten().cloned());
        all.extend(self.held_at(rule).flat_map(|(_, keys)| keys).cloned());
        all
    }

    /// Records that holds on persons keep from what a rule does.
    fn held_at<'s>(
        &'s self,
        rule: &Rule,
    ) -> impl Iterator<Item = (&'s HoldId, &'s BTreeSet<Key>)> + use<'s> {
        let held = self.held.get(&place(rule)).filter(|_| rule.action.erases());
        held.into_iter().flatten()
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
        let keys = |keys: &BTreeSet<Key>| keys.iter().cloned().collect();
        let held = self.held_at(rule);
        held.map(|(hold, found)| (hold, keys(found))).collect()
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
        !self.unknown.contains_key(&place(rule))
    }

    /// Of whom it cannot be told which records of a rule's object are theirs, as [`Spared::warn`] says it; where nothing leads, only if
    /// something is `due` there.
    pub(super) fn unfound(&self, rule: &Rule, due: bool) -> Vec<Unfound> {
        let people = self.unknown.get(&place(rule)).into_iter().flatten();
        let mut unfound: Vec<Unfound> = people
            .map(|(who, missing)| Unfound {
                who: who.clone(),
                why: match missing.is_empty() {
                    true => "nothing_leads",
                    false => "not_searched",
                },
                not_searched: missing.iter().cloned().collect(),
                known_by: Vec::new(),
                stops: true,
            })
            .collect();
        let unled = self.unled.iter();
        let mut unled = unled.filter(|(_, (_, places))| due && places.contains(&rule.place()));
        unfound.extend(unled.by_ref().map(|(who, (kinds, _))| Unfound {
            who: who.clone(),
            why: "nothing_leads",
            not_searched: Vec::new(),
            known_by: kinds.iter().map(|kind| kind.0.clone()).collect(),
            stops: false,
        }));
        unfound
    }

    /// Says of whom it cannot be told which records are theirs, and what to do about it; where nothing leads, only if something is `due` there.
    pub(super) fn warn(&self, context: &Context, due: &BTreeSet<String>) {
        let list = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join(", ");
        for ((system, object), people) in &self.unknown {
            let who = people.keys().cloned().collect();
            let missing: BTreeSet<String> = people.values().flatten().cloned().collect();
            let what = say::unsearched(format!("{system}.{object}"), list(&who));
            let warning = Diagnostic::new("W338", Exit::Incomplete, what);
            context.ui.warn(&match missing.is_empty() {
                true => warning
                    .why(say::nothing_leads())
                    .help(say::nothing_leads_help()),
                false => warning
                    .why(say::unsearched_why(list(&missing)))
                    .help(say::unsearched_help()),
            });
        }
        for (who, (kinds, places)) in &self.unled {
            let places: BTreeSet<String> = places.intersection(due).cloned().collect();
            if places.is_empty() {
                continue;
            }
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.0.as_str()).collect();
            let what = say::unled(who, list(&places));
            let warning = Diagnostic::new("W339", Exit::Done, what);
            let warning = warning.why(say::unled_why(kinds.join(", ")));
            context.ui.warn(&warning.help(say::unled_help()));
        }
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
            | Event::IdentityAdded { .. }
            | Event::IdentityRemoved { .. }
    )
}

fn place(rule: &Rule) -> (String, String) {
    (rule.system.name.clone(), rule.object.name.clone())
}

/// Whether a hold keeps records of a rule's object from what the rule does, some or all.
fn is_on(hold: &Hold, rule: &Rule) -> bool {
    let (system, object) = (&rule.system.name, &rule.object.name);
    let data_type = Some(rule.data_type.name.as_str());
    rule.action.erases() && hold.covers(system, object, data_type, None, &hold.scope.identities)
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
///
/// # Errors
/// E440 for a hold on a name that nobody bears, what ledger and vault refuse, and E649 where somebody breaks the search off.
pub(super) fn find(context: &Context, house: &House, rules: &[Rule]) -> Result<Spared> {
    let standing = house.holds()?;
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
    let all = house.systems();
    for person in persons(house, &register)? {
        let concerns = |rule: &&Rule| {
            rule.due.is_ok()
                && match &person.why {
                    Why::Request(_) => true,
                    Why::Hold(hold) => is_on(hold, rule),
                    // Whose records prove nothing there may go there.
                    Why::Control => rule.system.control.is_some(),
                }
        };
        let concerned: Vec<&Rule> = rules.iter().filter(concerns).collect();
        if concerned.is_empty() {
            continue;
        }
        let who = person.name();
        if person.known.is_empty() {
            // Nobody can be looked for without a name.
            for rule in concerned {
                spared.miss(rule, &who, BTreeSet::new());
            }
            continue;
        }
        // Whoever is only to be named by what other systems say has to be looked for there too. A control person is who they are in each.
        for (system, object, key) in &person.records {
            let place = (system.clone(), object.clone());
            let mut places = concerned.iter().map(|rule| self::place(rule));
            if places.any(|one| one == place) {
                spared.spare(&person.why, place, [key.clone()]);
            }
        }
        let only: &[String] = match person.why {
            Why::Control => &systems,
            _ => &[],
        };
        let asked = journey::search::ask(context, house, person.known, Accepted::new(), only, None);
        let findings = block_on(asked)??;
        if let Why::Hold(hold) = &person.why {
            hold::remember(house, &hold.id, &findings)?;
        }
        let reach = Reach::of(&all, &findings);
        for rule in concerned {
            let (system, object) = (rule.system.name.as_str(), rule.object.name.as_str());
            let place = place(rule);
            let mut missing = reach.missing(system, object);
            if let Why::Control = person.why {
                // Where a control person is not (E530), none of their records can go.
                let is_absent = |name: &str| {
                    let mut objects = findings.systems.iter().flat_map(|one| {
                        let named =
                            |object: &ObjectFindings| format!("{}.{}", one.system, object.object);
                        one.objects
                            .iter()
                            .map(move |object| (named(object), &object.error))
                    });
                    objects.any(|(named, error)| {
                        named == name && error.as_ref().is_some_and(|fault| fault.code == "E530")
                    })
                };
                missing.retain(|name| name.split('.').next() == Some(system) && !is_absent(name));
            }
            if !missing.is_empty() {
                spared.miss(rule, &who, missing);
            } else if !reach.leads_to(system, object) {
                match person.why {
                    Why::Hold(_) if !reach.leads_anywhere() => {
                        spared.miss(rule, &who, BTreeSet::new());
                    }
                    Why::Control => {}
                    _ => {
                        let known = findings.identities.iter();
                        let unled = spared.unled.entry(who.clone()).or_default();
                        unled.0.extend(known.map(|one| one.identity.kind.clone()));
                        unled.1.insert(rule.place());
                    }
                }
            }
            let found = findings
                .records()
                .filter(|(at, of, _)| at.system == system && of.object == object);
            let keys = found.map(|(.., found)| found.record.key.clone());
            spared.spare(&person.why, place, keys);
        }
    }
    spared.register = register;
    spared.left(house, rules, &standing)?;
    Ok(spared)
}

/// Somebody whose records are spared.
struct Person {
    known: Vec<Known>,
    /// Records that an earlier search found, whatever stands in them by now.
    records: hold::Records,
    why: Why,
}

/// Why they are: all of them, those that a hold is on, or those by which searches are proven.
enum Why {
    Request(CaseId),
    Hold(Box<Hold>),
    Control,
}

impl Person {
    /// The number of the case or hold; a control person has the word of the inventory.
    fn name(&self) -> String {
        match &self.why {
            Why::Request(case) => case.to_string(),
            Why::Hold(hold) => hold.id.to_string(),
            Why::Control => "control".to_owned(),
        }
    }
}

impl Spared {
    fn spare(&mut self, why: &Why, place: (String, String), keys: impl IntoIterator<Item = Key>) {
        let spared = match why {
            Why::Request(_) => self.requested.entry(place).or_default(),
            Why::Hold(hold) => {
                let held = self.held.entry(place).or_default();
                held.entry(hold.id.clone()).or_default()
            }
            Why::Control => self.controls.entry(place).or_default(),
        };
        spared.extend(keys);
    }

    /// Records that an erasure has left for a later day, where a hold keeps them or somebody's request is open to whom they belong.
    fn left(&mut self, house: &House, rules: &[Rule], standing: &[Hold]) -> Result<()> {
        let due = rules.iter().filter(|rule| rule.due.is_ok());
        let places: BTreeSet<(String, String)> = due.map(place).collect();
        let asking = Asking::of(house)?;
        deferred::each(&house.vault(), &mut |row| {
            let place = (row.system.clone(), row.object.clone());
            if !places.contains(&place) {
                return;
            }
            for hold in row.held_by(standing) {
                let held = self.held.entry(place.clone()).or_default();
                let keys = held.entry(hold.id.clone()).or_default();
                keys.insert(row.key.clone());
            }
            if asking.concerns(&row) {
                let requested = self.requested.entry(place).or_default();
                requested.insert(row.key);
            }
        })
    }

    /// Notes that nobody can say which records of a rule's object are somebody's.
    fn miss(&mut self, rule: &Rule, who: &str, missing: BTreeSet<String>) {
        let unknown = self.unknown.entry(place(rule)).or_default();
        unknown.entry(who.to_owned()).or_default().extend(missing);
    }
}

/// Everybody whose request is open or has left a restriction, everybody on whom there is a hold, and the control persons.
fn persons(house: &House, register: &Register) -> Result<Vec<Person>> {
    let mut persons = Vec::new();
    let cases = house.ledger().cases()?;
    for id in cases {
        let Some(case) = Case::fold(&id, &house.events(&id)?) else {
            continue;
        };
        let is_left = case.restricts() && case.purged.is_none();
        if case.closed && !is_left {
            continue;
        }
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
        let findings = journey::stored::findings(house, &id)?;
        let found = findings.iter().flat_map(|findings| findings.records());
        let records = found.map(|(system, object, found)| {
            let key = found.record.key.clone();
            (system.system.clone(), object.object.clone(), key)
        });
        persons.push(Person {
            known,
            records: records.collect(),
            why: Why::Request(id),
        });
    }
    for hold in register.standing() {
        if !hold.scope.identities.is_empty() {
            persons.push(Person {
                known: Search::stated(hold::identities(house, &hold.id)?),
                records: hold::records(house, &hold.id)?,
                why: Why::Hold(Box::new(hold.clone())),
            });
        }
    }
    let controls = house.inventory.controls();
    if !controls.is_empty() {
        persons.push(Person {
            known: Search::stated(controls),
            records: hold::Records::new(),
            why: Why::Control,
        });
    }
    Ok(persons)
}
