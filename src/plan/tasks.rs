//! What a plan leaves to people: each task with its owner and a date.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::connector::object::How;
use crate::connector::{files, manual};
use crate::inventory::System;
use crate::messages::{Text, documents, plan as say, rights};
use crate::plan::build::Basis;
use crate::plan::{Aim, Correction, Decision, Step, Task};

/// Days within which a person does what the plan leaves to people.
const TASK_DAYS: i32 = 14;

/// Object, decision, day and grounds that records to be kept have in common.
type Reason<'a> = (&'a str, Decision, Option<Date>, Option<&'a Text>);

impl Basis<'_> {
    pub(super) fn tasks(&self, aim: &Aim, steps: &[Step]) -> Vec<Task> {
        let mut tasks = Vec::new();
        for system in &self.inventory.systems {
            let due = |days: i32| self.day.saturating_add(jiff::Span::new().days(days));
            let task = |text: Text, days: i32| Task {
                system: system.name.clone(),
                owner: system.owner.clone(),
                text,
                due: due(days),
                document: None,
            };
            if let Some(manual) = manual::tasks(system) {
                let days = i32::try_from(manual.days).unwrap_or(TASK_DAYS);
                let act = match aim {
                    Aim::Erase => manual.erase,
                    Aim::Rectify { corrections } => {
                        rights::by_hand_correct(self.names(corrections))
                    }
                    Aim::Restrict { .. } => rights::by_hand_restrict(),
                    Aim::Lift { .. } => rights::by_hand_lift(),
                    Aim::Optout { .. } => rights::by_hand_suppress(),
                };
                tasks.extend([manual.find, act].map(|words| task(words, days)));
            }
            // One task for all records of an object that share a reason, in the order of the plan.
            let mut groups: Vec<(Reason<'_>, usize)> = Vec::new();
            for step in steps
                .iter()
                .filter(|step| step.system == system.name && step.action.is_none())
            {
                if step.decision != Decision::Retain
                    && let Some(text) = self.of_document(aim, system, step)
                {
                    let document = Some(step.key.clone());
                    tasks.push(Task {
                        document,
                        ..task(text, TASK_DAYS)
                    });
                    continue;
                }
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
                    (Decision::Manual, _) if *aim != Aim::Erase => {
                        by_hand(aim, count, place, because)
                    }
                    (Decision::Retain, Some(until)) => say::task_lock(count, place, until, because),
                    (Decision::UnknownStart, _) => say::task_start(count, place, because),
                    _ => say::task_decide(count, place, because),
                };
                tasks.push(task(text, TASK_DAYS));
            }
        }
        tasks
    }

    /// What is to be done with one document, which somebody has to read: its path and where it names the person.
    fn of_document(&self, aim: &Aim, system: &System, step: &Step) -> Option<Text> {
        let object = system.object(&step.object)?;
        if !matches!(object.how, How::Document) {
            return None;
        }
        let mut found = self.findings.records();
        let (_, _, found) = found.find(|(here, object, found)| {
            here.system == step.system
                && object.object == step.object
                && found.record.key == step.key
        })?;
        let path = step.key.parts().first()?.as_str();
        let places = files::places(&found.record);
        let because = step.because.clone().unwrap_or_else(|| Text::same(""));
        Some(match aim {
            Aim::Erase if step.decision == Decision::Manual => {
                documents::task_erase(path, places, because)
            }
            Aim::Erase => documents::task_decide(path, places, because),
            Aim::Rectify { .. } => documents::task_correct(path, places),
            Aim::Restrict { .. } => documents::task_restrict(path, places),
            Aim::Lift { .. } => documents::task_lift(path, places),
            Aim::Optout { .. } => documents::task_suppress(path, places),
        })
    }

    /// The categories that are to be corrected; fields of other systems would tell a person nothing.
    fn names(&self, corrections: &[Correction]) -> String {
        let mut names = BTreeSet::new();
        for system in &self.inventory.systems {
            for object in &system.objects {
                for field in &object.fields {
                    let place = format!("{}.{}.{}", system.name, object.name, field.name);
                    let mut all = corrections.iter();
                    if all.any(|c| c.field == place || c.field == field.category) {
                        names.insert(field.category.as_str());
                    }
                }
            }
        }
        names.into_iter().collect::<Vec<_>>().join(", ")
    }

    /// Fields of records that are corrected otherwise, and that dsr cannot write.
    pub(super) fn corrections_by_hand(
        &self,
        fields: &BTreeSet<(String, String, String)>,
    ) -> Vec<Task> {
        let mut tasks: Vec<Task> = Vec::new();
        for (system, object, field) in fields {
            let place = format!("{system}.{object}.{field}");
            tasks.push(Task {
                system: system.clone(),
                owner: self.inventory.system(system).and_then(|s| s.owner.clone()),
                text: rights::by_hand_correct(place),
                due: self.day.saturating_add(jiff::Span::new().days(TASK_DAYS)),
                document: None,
            });
        }
        tasks
    }
}

fn by_hand(aim: &Aim, count: usize, place: String, because: Text) -> Text {
    match aim {
        Aim::Erase => say::task_decide(count, place, because),
        Aim::Rectify { .. } => rights::task_correct(count, place, because),
        Aim::Restrict { .. } => rights::task_restrict(count, place, because),
        Aim::Lift { .. } => rights::task_lift(count, place, because),
        Aim::Optout { .. } => rights::task_suppress(count, place, because),
    }
}
