//! Plans a rectification (Art. 16 GDPR): which field of which record gets which value, in the notation of its system.
//!
//! What cannot be written is never passed over: a field that was named itself is refused, one that a category meets becomes a task.
//! Where the connector leaves corrections to a person, both become one.
//! Records that the law keeps as they are (booking documents) are corrected only where the field was named.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::connector::notation::{self, Notation};
use crate::connector::object::{At, Field, How, Object};
use crate::connector::{Action, Changes, Digester, Shape};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::narrow::is_no_day;
use crate::findings::{Findings, Found, Match};
use crate::inventory::{Engine, Inventory, System};
use crate::keys::Purpose;
use crate::law;
use crate::messages::{Text, ldap as say_ldap, rights as say};
use crate::plan::build::Basis;
use crate::plan::family::{is_unconfirmed, turn};
use crate::plan::masks::changed;
use crate::plan::{Correction, Decision, Step, Waiting, WaitingFor};

/// The category of days of birth.
const BIRTH_DATE: &str = "person.birth_date";

/// What was planned, with what people have to do beside it.
pub(super) struct Planned {
    pub(super) steps: Vec<Step>,
    pub(super) waiting: Vec<Waiting>,
    /// System, object and the fields there that dsr cannot write, with the reason.
    pub(super) by_hand: BTreeSet<(String, String, String)>,
}

/// A category that meets several fields of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    pub category: String,
    /// `system.object`
    pub place: String,
    /// Names as `--set` takes them: `system.object.field`.
    pub fields: Vec<String>,
}

/// Categories that do not say which field they mean, in objects that hold records of the person.
pub fn ambiguous(
    inventory: &Inventory,
    findings: &Findings,
    corrections: &[Correction],
) -> Vec<Ambiguity> {
    let mut all = Vec::new();
    for system in &inventory.systems {
        for object in &system.objects {
            let mut records = findings.records();
            let held = records.any(|(s, o, found)| {
                s.system == system.name && o.object == object.name && found.matched == Match::Stated
            });
            if !held {
                continue;
            }
            let place = format!("{}.{}", system.name, object.name);
            for correction in corrections {
                let met: Vec<String> = object
                    .fields
                    .iter()
                    .filter(|field| field.category == correction.field)
                    .map(|field| format!("{place}.{}", field.name))
                    .collect();
                let named = corrections.iter().any(|other| met.contains(&other.field));
                if met.len() > 1 && !named {
                    all.push(Ambiguity {
                        category: correction.field.clone(),
                        place: place.clone(),
                        fields: met,
                    });
                }
            }
        }
    }
    all
}

/// The corrections that concern an object, by field. One that names the field outranks one that names its category, also for the
/// other fields of that category in the same object.
fn concerned<'a>(
    place: &str,
    object: &'a Object,
    corrections: &'a [Correction],
) -> Vec<(&'a Field, &'a Correction, bool)> {
    let exact = |field: &Field| {
        let name = format!("{place}.{}", field.name);
        corrections.iter().find(|c| c.field == name)
    };
    let mut out = Vec::new();
    for field in &object.fields {
        if let Some(correction) = exact(field) {
            out.push((field, correction, true));
            continue;
        }
        let mut same = object
            .fields
            .iter()
            .filter(|other| other.category == field.category);
        if same.any(|other| exact(other).is_some()) {
            continue;
        }
        if let Some(correction) = corrections.iter().find(|c| c.field == field.category) {
            out.push((field, correction, false));
        }
    }
    out
}

/// Plans every correction for everything that is surely the person's.
///
/// # Errors
/// E420 a field that is not there, E421 two values for one, E422 one that cannot be written, E423 a category that does not say which
/// field it means, E424 a value that does not fit, E425 an expected value that is not there.
pub(super) fn plan(basis: &Basis<'_>, corrections: &[Correction]) -> Result<Planned> {
    check_names(basis.inventory, corrections)?;
    let unclear = ambiguous(basis.inventory, basis.findings, corrections);
    if !unclear.is_empty() {
        let all: Vec<Diagnostic> = unclear.into_iter().map(|a| a.diagnostic()).collect();
        return Err(all.into());
    }
    let mut planned = Planned {
        steps: Vec::new(),
        waiting: Vec::new(),
        by_hand: BTreeSet::new(),
    };
    let mut troubles = Troubles::default();
    for (system, found) in basis.searched() {
        for object in &system.objects {
            let Some(records) = found.objects.iter().find(|o| o.object == object.name) else {
                continue;
            };
            let place = format!("{}.{}", system.name, object.name);
            let met = concerned(&place, object, corrections);
            if met.is_empty() {
                continue;
            }
            let work = Work {
                basis,
                system,
                object,
                shape: &records.shape,
                place,
                met,
            };
            for record in &records.records {
                let why = match record.matched {
                    Match::Linked => WaitingFor::AcceptLinked,
                    Match::Shared => WaitingFor::AcceptShared,
                    Match::Stated => {
                        let step = work.step(record, &mut planned, &mut troubles);
                        planned.steps.push(step);
                        continue;
                    }
                };
                let waiting = basis.waiting(system, object, record, why);
                planned.waiting.push(waiting);
            }
            work.once_only(&planned.steps, &mut troubles);
        }
    }
    if troubles.all.is_empty() {
        Ok(planned)
    } else {
        Err(troubles.all.into())
    }
}

/// What a correction can name: categories, and fields as SYSTEM.OBJECT.FIELD.
pub fn names(inventory: &Inventory) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for system in &inventory.systems {
        for object in &system.objects {
            for field in &object.fields {
                names.insert(field.category.clone());
                names.insert(format!("{}.{}.{}", system.name, object.name, field.name));
            }
        }
    }
    names
}

/// Whether a correction concerns days of birth, by the category or in a field of it.
pub fn is_birth_date(inventory: &Inventory, name: &str) -> bool {
    name == BIRTH_DATE
        || inventory.systems.iter().any(|system| {
            system.objects.iter().any(|object| {
                let mut fields = object.fields.iter();
                fields.any(|field| {
                    field.category == BIRTH_DATE
                        && name == format!("{}.{}.{}", system.name, object.name, field.name)
                })
            })
        })
}

/// Each name is a category or a field of the inventory, and is given once; a day of birth is one that there is.
///
/// # Errors
/// E420, E421 and E424.
pub fn check_names(inventory: &Inventory, corrections: &[Correction]) -> Result<()> {
    let names = names(inventory);
    let mut troubles = Vec::new();
    let mut seen = BTreeSet::new();
    for correction in corrections {
        if !names.contains(&correction.field) {
            let mut diagnostic = Diagnostic::new(
                "E420",
                Exit::Usage,
                say::no_such_field(crate::harmless::typed(&correction.field)),
            );
            if let Some(near) =
                crate::yaml::nearest(&correction.field, names.iter().map(String::as_str))
            {
                diagnostic = diagnostic.help(crate::messages::yaml::did_you_mean(near));
            }
            troubles.push(diagnostic.help(say::no_such_field_help()));
        } else if !seen.insert(&correction.field) {
            let diagnostic = Diagnostic::new("E421", Exit::Usage, say::twice(&correction.field));
            troubles.push(diagnostic.help(say::twice_help()));
        } else if is_birth_date(inventory, &correction.field) && is_no_day(&correction.value) {
            let diagnostic = Diagnostic::new(
                "E424",
                Exit::Usage,
                say::does_not_fit(correction.field.clone()),
            );
            troubles.push(
                diagnostic
                    .why(say::no_such_day())
                    .help(say::no_such_day_help()),
            );
        }
    }
    if troubles.is_empty() {
        Ok(())
    } else {
        Err(troubles.into())
    }
}

impl Ambiguity {
    pub fn diagnostic(&self) -> Diagnostic {
        let what = say::ambiguous(&self.category, &self.place);
        Diagnostic::new("E423", Exit::Waiting, what)
            .help(say::ambiguous_help(self.fields.join(", ")))
    }
}

/// One mistake is said once, however many records it concerns.
#[derive(Default)]
struct Troubles {
    seen: BTreeSet<(&'static str, String)>,
    all: Vec<Diagnostic>,
}

impl Troubles {
    fn add(&mut self, code: &'static str, place: String, make: impl FnOnce(String) -> Diagnostic) {
        if self.seen.insert((code, place.clone())) {
            self.all.push(make(place));
        }
    }
}

/// One object of one system, with the corrections that concern it.
struct Work<'a> {
    basis: &'a Basis<'a>,
    system: &'a System,
    object: &'a Object,
    shape: &'a Shape,
    place: String,
    /// Field, correction, whether the field itself was named.
    met: Vec<(&'a Field, &'a Correction, bool)>,
}

impl Work<'_> {
    fn step(&self, found: &Found, planned: &mut Planned, troubles: &mut Troubles) -> Step {
        let order = turn(self.system, self.object);
        let mut step = self.basis.bare(self.system, self.object, found, order);
        let (mut changes, mut was) = (Changes::new(), Changes::new());
        let mut by_hand: BTreeMap<String, Text> = BTreeMap::new();
        let mut already = false;
        let kept = self.kept(found);
        for (field, correction, named) in &self.met {
            let full = format!("{}.{}", self.place, field.name);
            if let (Some(why), false) = (&kept, *named) {
                by_hand.insert(field.name.clone(), why.clone());
                continue;
            }
            if let Some(why) = self.unwritable(field) {
                if *named && !self.is_a_persons() {
                    troubles.add("E422", full, |place| {
                        Diagnostic::new("E422", Exit::Usage, say::not_writable(place))
                            .why(why)
                            .help(say::not_writable_help())
                    });
                } else {
                    by_hand.insert(field.name.clone(), why);
                }
                continue;
            }
            let old = field.at.all(&found.record.data);
            let old = old.first().copied().unwrap_or(&Value::Null);
            let old = match (&self.object.how, old) {
                (How::Entry(_), Value::Array(several)) => {
                    match self.one_of(field, several, correction) {
                        Some(one) => one,
                        None if correction.was.is_some() => {
                            troubles.add("E425", full, |place| {
                                Diagnostic::new("E425", Exit::Waiting, say::was_differs(place))
                                    .help(say::was_differs_help())
                            });
                            continue;
                        }
                        None if *named => {
                            troubles.add("E422", full, |place| {
                                Diagnostic::new("E422", Exit::Usage, say::not_writable(place))
                                    .why(say_ldap::which_value())
                                    .help(say::not_writable_help())
                            });
                            continue;
                        }
                        None => {
                            by_hand.insert(field.name.clone(), say_ldap::which_value());
                            continue;
                        }
                    }
                }
                (_, old) => old,
            };
            let notation = Notation {
                field,
                column: self.shape.get(&field.name),
                kinds: &self.basis.inventory.kinds,
                flags_are_numbers: !matches!(
                    self.system.engine,
                    Engine::Postgres | Engine::Rest(_)
                ),
                old,
            };
            let value = match notation.write(&correction.value) {
                Ok(value) => value,
                Err(why) => {
                    troubles.add("E424", full, |place| {
                        Diagnostic::new("E424", Exit::Usage, say::does_not_fit(place))
                            .why(why)
                            .help(say::does_not_fit_help())
                    });
                    continue;
                }
            };
            if notation.is_same(&value) {
                already = true;
                continue;
            }
            if let Some(expected) = &correction.was {
                let stands = match expected.trim().is_empty() {
                    true => old.is_null() || notation::text(old).is_some_and(|old| old.is_empty()),
                    false => notation
                        .write(expected)
                        .is_ok_and(|expected| notation.is_same(&expected)),
                };
                if !stands {
                    troubles.add("E425", full, |place| {
                        Diagnostic::new("E425", Exit::Waiting, say::was_differs(place))
                            .help(say::was_differs_help())
                    });
                    continue;
                }
            }
            was.insert(field.name.clone(), notation::text(old));
            changes.insert(field.name.clone(), Some(value));
        }
        let reason = |by_hand: &BTreeMap<String, Text>| {
            let fields: Vec<&str> = by_hand.keys().map(String::as_str).collect();
            let why = by_hand.values().next().cloned();
            let cannot = say::cannot_write(fields.join(", "));
            why.map_or(cannot.clone(), |why| cannot.with(&why))
        };
        if changes.is_empty() && !already {
            step.decision = Decision::Manual;
            step.because = Some(reason(&by_hand));
            return step;
        }
        let digester = Digester::new(self.basis.case_key.derive(Purpose::Record));
        let after = changed(self.object, &found.record, &changes, &was);
        step.decision = Decision::Rectify;
        step.action = Some(Action::Rectify);
        step.after = Some(digester.digest(self.object, &after));
        step.because = Some(match changes.is_empty() {
            true => say::correct_already(),
            false => say::correction(),
        });
        step.changes = changes;
        step.was = was;
        for name in by_hand.keys() {
            planned.by_hand.insert((
                self.system.name.clone(),
                self.object.name.clone(),
                name.clone(),
            ));
        }
        step
    }

    /// The value of several that a correction means: the expected one, else the one that is right already.
    fn one_of<'v>(
        &self,
        field: &Field,
        several: &'v [Value],
        correction: &Correction,
    ) -> Option<&'v Value> {
        let meant = correction.was.as_ref().unwrap_or(&correction.value);
        several.iter().find(|old| {
            let notation = Notation {
                field,
                column: self.shape.get(&field.name),
                kinds: &self.basis.inventory.kinds,
                flags_are_numbers: false,
                old,
            };
            notation
                .write(meant)
                .is_ok_and(|meant| notation.is_same(&meant))
        })
    }

    /// The norm that keeps the record as it is, if one does.
    fn kept(&self, found: &Found) -> Option<Text> {
        let ruling = law::decide(
            &self.basis.inventory.data_types,
            &self.place,
            self.object,
            &found.record,
            self.basis.day,
            &self.basis.days(self.system, self.object),
        );
        matches!(ruling.decision, Decision::Retain | Decision::UnknownStart)
            .then_some(ruling.because)
            .flatten()
    }

    /// Whether a person corrects records of this object, by the connector's word or because no write is confirmed.
    fn is_a_persons(&self) -> bool {
        self.object.by_hand(Action::Rectify).is_some()
            || is_unconfirmed(self.system, self.object, Action::Rectify)
    }

    fn unwritable(&self, field: &Field) -> Option<Text> {
        if self.object.key.contains(&field.name) {
            return Some(say::why_key());
        }
        let computed = self
            .shape
            .get(&field.name)
            .is_some_and(|column| column.type_name.ends_with("(generated)"));
        let refused = self.shape.get(&field.name);
        if let Some(why) = refused.and_then(|column| column.refuses.clone()) {
            return Some(why);
        }
        if field.fixed || computed {
            return Some(say::why_fixed());
        }
        if field.volatile {
            return Some(say::why_volatile());
        }
        if field.split.is_some() || matches!(field.at, At::JsonPath(_)) {
            return Some(say::why_several());
        }
        let offered = self.object.corrects(field)
            && !is_unconfirmed(self.system, self.object, Action::Rectify);
        let told = self.object.by_hand(Action::Rectify).cloned();
        let connector = matches!(self.object.how, How::Http { .. });
        let cannot = || match connector {
            true => say::why_connector(),
            false => say::why_engine(),
        };
        (!offered).then(|| told.unwrap_or_else(cannot))
    }

    /// Two records of the person cannot both get one value where it may stand only once.
    fn once_only(&self, steps: &[Step], troubles: &mut Troubles) {
        for (field, _, _) in &self.met {
            if !self
                .shape
                .get(&field.name)
                .is_some_and(|column| column.unique)
            {
                continue;
            }
            let getting = steps.iter().filter(|step| {
                step.system == self.system.name
                    && step.object == self.object.name
                    && step.changes.contains_key(&field.name)
            });
            if getting.count() > 1 {
                let full = format!("{}.{}", self.place, field.name);
                troubles.add("E426", full, |place| {
                    Diagnostic::new("E426", Exit::Usage, say::unique_twice(place))
                        .help(say::does_not_fit_help())
                });
            }
        }
    }
}
