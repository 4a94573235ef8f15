//! What a plan leaves to people: each task with its owner, a date and, where the connector knows one, the screen to open.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::connector::Action;
use crate::connector::look_up::Right;
use crate::connector::object::How;
use crate::connector::{files, manual};
use crate::hold;
use crate::inventory::System;
use crate::messages::{Text, documents, hold as say_hold, look_up, plan as say, rights};
use crate::plan::build::Basis;
use crate::plan::{About, Aim, Correction, Decision, Step, Task};

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
                part: None,
                about: None,
            };
            let about = |object: &str, decision: Decision, until: Option<Date>| {
                let object = object.to_owned();
                (*aim == Aim::Erase).then_some(About {
                    object,
                    decision,
                    until,
                })
            };
            if let Some(manual) = manual::tasks(system) {
                let days = i32::try_from(manual.days).unwrap_or(TASK_DAYS);
                // What is to be done in our words; where and how, in the inventory's.
                let (act, action) = match aim {
                    Aim::Erase => {
                        let person = self.person();
                        let holds = self.holds.iter();
                        let holds: Vec<_> = holds
                            .filter(|hold| hold.covers_system(&system.name, &person))
                            .collect();
                        let act = match holds.is_empty() {
                            true => manual.erase.clone(),
                            false => say_hold::task_keep(hold::in_words(&holds)),
                        };
                        (act, None)
                    }
                    Aim::Rectify { corrections } => {
                        let act = rights::by_hand_correct(self.names(corrections));
                        (act, Some(Action::Rectify))
                    }
                    Aim::Restrict { .. } => (rights::by_hand_restrict(), Some(Action::Restrict)),
                    Aim::Lift { .. } => (rights::by_hand_lift(), Some(Action::Unrestrict)),
                    Aim::Optout { .. } => (rights::by_hand_suppress(), Some(Action::Suppress)),
                };
                let act = match action.and_then(|action| manual.told(action)) {
                    Some(how) => rights::by_hand_so(act, how.clone()),
                    None => act,
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
                        about: about(&step.object, step.decision, step.until),
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
                let told = because;
                let because = because.cloned().unwrap_or_else(|| Text::same(""));
                let text = match (decision, until) {
                    (Decision::Manual, _) if *aim != Aim::Erase => {
                        by_hand(aim, count, place, because)
                    }
                    (Decision::Retain, Some(until)) => say::task_lock(count, place, until, because),
                    (Decision::Held, _) => say_hold::task_lock(count, place, because),
                    (Decision::UnknownStart, _) => say::task_start(count, place, because),
                    _ => say::task_decide(count, place, because),
                };
                let text = self.where_to(&system.name, object, text, told);
                tasks.push(Task {
                    about: about(object, decision, until),
                    ..task(text, TASK_DAYS)
                });
            }
            tasks.extend(self.look_ups(aim, system).map(|(part, text)| Task {
                part: Some(part),
                ..task(text, TASK_DAYS)
            }));
        }
        tasks
    }

    /// What people look up in a system and deal with as it was asked for: the part, and the words.
    fn look_ups(&self, aim: &Aim, system: &System) -> impl Iterator<Item = (String, Text)> {
        let right = match aim {
            Aim::Erase => Some(Right::Erase),
            Aim::Rectify { .. } => Some(Right::Rectify),
            Aim::Restrict { .. } => Some(Right::Restrict),
            // What was locked by hand is unlocked by the tasks that said so.
            Aim::Lift { .. } | Aim::Optout { .. } => None,
        };
        let person = self.person();
        let holds = self.holds.iter();
        let holds: Vec<_> = holds
            .filter(|hold| *aim == Aim::Erase && hold.covers_system(&system.name, &person))
            .collect();
        let kept = (!holds.is_empty()).then(|| say_hold::task_keep(hold::in_words(&holds)));
        let mut found = self.findings.systems.iter();
        let found = found.find(|found| found.system == system.name);
        let parts = found.into_iter().flat_map(|found| &found.look_up);
        let parts = parts.filter_map(move |part| {
            let right = right.filter(|right| part.concerns(*right))?;
            let text = match &kept {
                Some(keep) => look_up::task_keep(&part.holds, keep, &part.screen),
                None => part.task(&system.name, right),
            };
            Some((part.name.clone(), text))
        });
        parts.collect::<Vec<_>>().into_iter()
    }

    /// A task with the screen on which its records are found, unless its words name one already.
    fn where_to(&self, system: &str, object: &str, text: Text, told: Option<&Text>) -> Text {
        let object = self
            .inventory
            .system(system)
            .and_then(|system| system.object(object));
        let screen = object.and_then(|object| object.screen.as_ref());
        let named = object
            .zip(told)
            .is_some_and(|(object, told)| object.tells(told));
        match screen.filter(|_| !named) {
            Some(screen) => look_up::at_screen(text, screen),
            None => text,
        }
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
            Aim::Erase if step.decision == Decision::Held => say_hold::task_document(path, because),
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
                text: self.where_to(system, object, rights::by_hand_correct(place), None),
                due: self.day.saturating_add(jiff::Span::new().days(TASK_DAYS)),
                document: None,
                part: None,
                about: None,
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
