//! What takes the place of personal values when a record becomes anonymous, and what the record should then look like.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::connector::object::{At, Field, Mask, Object};
use crate::connector::{Action, Changes, Digester, Record, Shape, mask};
use crate::diagnostic::{Diagnostic, Exit};
use crate::findings::SystemFindings;
use crate::inventory::System;
use crate::keys::{self, Purpose};
use crate::messages::{Text, mask as say_mask, plan as say};
use crate::plan::Step;
use crate::plan::build::Basis;

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

impl Basis<'_> {
    /// New values of everything that becomes anonymous, and the state that each record should have afterwards.
    pub(super) fn fill_changes(
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
            .filter(|s| s.system == system.name && s.action.is_some())
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
            match step.action {
                Some(Action::Anonymise) => {}
                Some(action @ (Action::Restrict | Action::Unrestrict | Action::Suppress)) => {
                    let plain = step.before;
                    step.before = digester.state(object, action, &record.record);
                    // Where nothing would show the mark, no state can be named that proves it.
                    let shows = object.shows(action, &record.record).is_some();
                    step.after = shows.then(|| digester.marked(plain, true));
                    continue;
                }
                _ => continue,
            }
            match self.masked(step, object, &record.record, &records.shape) {
                Ok(changes) => {
                    step.after = Some(digester.digest(
                        object,
                        &changed(object, &record.record, &changes, &Changes::new()),
                    ));
                    step.changes = changes;
                    // An earlier run of this case made it so; writing it again would prove nothing.
                    if !step.writes() {
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
            if object.is_file() && old.as_str() == Some("") {
                // What null is to a table: nothing personal stands there.
                continue;
            }
            let column = shape.get(&field.name);
            let mask = field
                .mask
                .clone()
                .unwrap_or_else(|| mask::default_mask(field, column));
            if object.is_file() && mask == Mask::Token && self.is_own_token(step, field, old) {
                continue;
            }
            let token = self.token(step, field, object.is_file());
            match mask::masked_value(&mask, field, column, &token, old) {
                Ok(Some(Some(text))) if object.is_file() && text.starts_with(FORMULA) => {
                    problems.push((field.name.clone(), say_mask::formula(&field.name)));
                }
                Ok(Some(value)) => {
                    let value = match value {
                        None if object.is_file() => Some(String::new()),
                        value => value,
                    };
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
}

/// Half a token.
const HALF: usize = 10;

impl Basis<'_> {
    /// The record's own token for a field.
    ///
    /// A record keeps its name, and with it its token, as long as it keeps its key. The rows of files do not: there the second half
    /// vouches for the first, so that a later plan of the case knows what an earlier one wrote, and leaves it.
    fn token(&self, step: &Step, field: &Field, vouched: bool) -> String {
        let key = self.case_key.derive(Purpose::Mask);
        let salted = crate::canonical::bytes(&(step.name, &field.name));
        let token = keys::token(&key.mac(&salted));
        if vouched {
            self.vouched(step, field, &token[..HALF])
        } else {
            token
        }
    }

    fn vouched(&self, step: &Step, field: &Field, half: &str) -> String {
        let key = self.case_key.derive(Purpose::Mask);
        let salted = crate::canonical::bytes(&("vouched", &step.system, &field.name, half));
        format!("{half}{}", &keys::token(&key.mac(&salted))[..HALF])
    }

    /// Whether an earlier plan of this case put the value there. Half a token is 50 bits, so nothing else looks like one.
    fn is_own_token(&self, step: &Step, field: &Field, old: &Value) -> bool {
        let text = old.as_str().unwrap_or_default();
        let token = text.split_once('@').map_or(text, |(local, _)| local);
        let half = token.get(..HALF);
        half.is_some_and(|half| self.vouched(step, field, half) == token)
    }
}

/// The record as it should be afterwards. Of several values the one that `was` names is replaced, else all of them.
pub(super) fn changed(
    object: &Object,
    record: &Record,
    changes: &Changes,
    was: &Changes,
) -> Record {
    let mut after = record.clone();
    for (name, value) in changes {
        let Some(At::Path(path)) = object.field(name).map(|field| &field.at) else {
            continue;
        };
        if let Some(place) = path
            .iter()
            .try_fold(&mut after.data, |here, member| here.get_mut(member))
        {
            if let (Value::Array(several), Some(Some(old))) = (&*place, was.get(name)) {
                *place = replaced(several, old, value.as_deref());
                continue;
            }
            // A truth value stays one, as writers send it.
            let flag = value.as_deref().and_then(|text| text.parse::<bool>().ok());
            *place = match (flag, &value) {
                (Some(flag), _) if place.is_boolean() => Value::Bool(flag),
                (_, Some(text)) => Value::String(text.clone()),
                (_, None) => Value::Null,
            };
        }
    }
    after
}

/// Several values with one of them replaced, in the order in which directories' records have them.
fn replaced(several: &[Value], old: &str, new: Option<&str>) -> Value {
    let texts = several.iter().filter_map(Value::as_str);
    let mut all: Vec<&str> = texts.filter(|text| *text != old).chain(new).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [] => Value::Null,
        [one] => Value::String((*one).to_owned()),
        many => many
            .iter()
            .map(|text| Value::String((*text).to_owned()))
            .collect(),
    }
}
