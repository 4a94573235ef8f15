//! `dsr hold show`: one hold with what the vault keeps of it, for whoever reviews it.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::hold::{day_of, hold_json, named, scope_in_words, words};
use crate::deferred;
use crate::diagnostic::{Exit, Result};
use crate::messages::{Text, hold as say};
use crate::ui::Format;

pub(super) fn run(context: &mut Context, text: &str) -> Result<Exit> {
    let house = context.house()?;
    let hold = named(&house, text)?;
    let words = words(&house, &hold.id)?;
    let rows = deferred::all(&house.vault())?;
    let keeps = rows
        .iter()
        .filter(|row| !row.held_by(std::slice::from_ref(&hold)).is_empty());
    let keeps = keeps.count();
    let today = context.today();
    if context.ui.format == Format::Json {
        let mut out = hold_json(&house, &hold, today);
        out["schema"] = json!("dsr.hold/1");
        out["reason"] = json!(words.reason);
        out["released_because"] = json!(words.released_because);
        out["identities"] = words
            .identities
            .iter()
            .map(|one| json!({ "kind": one.kind, "value": one.value() }))
            .collect();
        out["deferred"] = json!(keeps);
        context.ui.json(&out);
        return Ok(Exit::Done);
    }
    let day_by = |at, by: &str| say::by_on(day_of(at), by);
    let mut facts = vec![
        (say::head_hold(), Text::same(hold.id.as_str())),
        (say::head_scope(), scope_in_words(&hold)),
        (
            say::head_ground(),
            Text::same(hold.ground.code()).with(&hold.ground.text()),
        ),
        (say::fact_reason(), Text::same(&words.reason)),
        (say::head_set(), day_by(hold.set_at, &hold.set_by)),
        (say::head_review(), say_day(hold.review_by)),
        (
            say::head_state(),
            match (&hold.released, hold.lost(&house.inventory)) {
                (Some(released), _) => say::released_on(day_of(released.at)),
                (None, Some(_)) => say::lost(),
                (None, None) if hold.is_to_review(today) => say::to_review(),
                (None, None) => say::stands(),
            },
        ),
    ];
    if !hold.scope.identities.is_empty() {
        let whose: Vec<String> = words
            .identities
            .iter()
            .map(|one| format!("{}={}", one.kind, one.value()))
            .collect();
        let whose = match whose.is_empty() {
            true => say::fact_person_gone(),
            false => Text::same(whose.join(", ")),
        };
        facts.push((say::fact_person(), whose));
    }
    if let Some(released) = &hold.released {
        facts.push((say::fact_released(), day_by(released.at, &released.by)));
    }
    if let Some(because) = &words.released_because {
        facts.push((say::fact_release_reason(), Text::same(because)));
    }
    facts.push((say::fact_keeps(), Text::same(keeps.to_string())));
    let lang = context.ui.lang;
    let rows: Vec<Vec<String>> = facts
        .iter()
        .map(|(name, value)| vec![name.to(lang).to_owned(), value.to(lang).to_owned()])
        .collect();
    context
        .ui
        .rows(&[say::head_fact(), say::head_says()], &rows);
    Ok(Exit::Done)
}

fn say_day(day: jiff::civil::Date) -> Text {
    use crate::messages::{Lang, Say as _};
    Text {
        en: day.say(Lang::En),
        de: day.say(Lang::De),
    }
}
