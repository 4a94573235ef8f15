//! What a plan leaves to people: each task with its owner and a date.

use jiff::civil::Date;

use crate::connector::manual;
use crate::messages::{Text, plan as say};
use crate::plan::build::Basis;
use crate::plan::{Decision, Step, Task};

/// Days within which a person does what the plan leaves to people.
const TASK_DAYS: i32 = 14;

/// Object, decision, day and grounds that records to be kept have in common.
type Reason<'a> = (&'a str, Decision, Option<Date>, Option<&'a Text>);

impl Basis<'_> {
    pub(super) fn tasks(&self, steps: &[Step]) -> Vec<Task> {
        let mut tasks = Vec::new();
        for system in &self.inventory.systems {
            let due = |days: i32| self.day.saturating_add(jiff::Span::new().days(days));
            let task = |text: Text, days: i32| Task {
                system: system.name.clone(),
                owner: system.owner.clone(),
                text,
                due: due(days),
            };
            if let Some(manual) = manual::tasks(system) {
                let days = i32::try_from(manual.days).unwrap_or(TASK_DAYS);
                tasks.extend([manual.find, manual.erase].map(|words| task(words, days)));
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
}
