//! How many of what, over all people: the summary above the one question, which names places and numbers and nobody's values.

use std::collections::BTreeMap;

use crate::cli::context::Context;
use crate::cli::report;
use crate::messages::{Text, people as say, report as say_report};
use crate::plan::{Action, Plan};

/// Records by place (SYSTEM.OBJECT, of a correction SYSTEM.OBJECT.FIELD) and what happens there.
pub(super) type Effects = BTreeMap<(String, String), (Text, usize)>;

/// What a plan would write, counted; no value of anybody's.
pub(super) fn effects(plan: &Plan) -> Effects {
    let mut effects = Effects::new();
    for step in plan.steps.iter().filter(|step| step.writes()) {
        let place = format!("{}.{}", step.system, step.object);
        let happens = report::happens(step);
        let places: Vec<String> = match step.action {
            Some(Action::Rectify) => step
                .changes
                .keys()
                .map(|field| format!("{place}.{field}"))
                .collect(),
            _ => vec![place],
        };
        for place in places {
            let effect = effects.entry((place, happens.en.clone()));
            effect.or_insert_with(|| (happens.clone(), 0)).1 += 1;
        }
    }
    effects
}

/// Shows the plans of all people in one table.
pub(super) fn show<'a>(context: &Context, plans: impl Iterator<Item = &'a Effects>) {
    let mut all: BTreeMap<&(String, String), (&Text, usize, usize)> = BTreeMap::new();
    for effects in plans {
        for (effect, (happens, records)) in effects {
            let sum = all.entry(effect).or_insert((happens, 0, 0));
            sum.1 += records;
            sum.2 += 1;
        }
    }
    let rows = all.iter().map(|((place, _), (happens, records, people))| {
        vec![
            place.clone(),
            happens.to(context.ui.lang).to_owned(),
            records.to_string(),
            people.to_string(),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if !rows.is_empty() {
        let columns = [
            say::place(),
            say_report::happens(),
            say::records(),
            say::people(),
        ];
        context.ui.show(&columns, &rows);
    }
}
