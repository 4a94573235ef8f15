//! The whole path of a request that changes something, whatever its aim: go on with what is unfinished, search, plan, ask, carry
//! out, prove.

use jiff::civil::Date;

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::{self, Applied, Consent, StepResult};
use crate::cli::journey::{self, Opened, prove};
use crate::cli::{find, report};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::Findings;
use crate::messages::{cli as say, rights};
use crate::plan::{Aim, Correction, Outcome, rectify};
use crate::ui::Format;

/// Brings a case as far as it goes: first what an approved plan left undone, then a fresh look at every system.
pub(crate) fn go_on(
    context: &Context,
    house: &House,
    opened: &Opened,
    aim: &Aim,
    only: &[String],
    consent: &Consent,
) -> Result<Exit> {
    let mut earlier = None;
    let mut same = true;
    let case = opened.case(house)?;
    if let Some((unfinished, verb)) = case.unfinished().map(|plan| (plan.id, &plan.verb)) {
        same = journey::aim_of(house, opened, &unfinished)?
            .map_or(verb == aim.verb(), |earlier| earlier == *aim);
        context.ui.say(&say::going_on());
        if apply::clock_was_wrong(house, opened)? {
            crate::cli::block_on(journey::search(context, house, opened, only, "apply"))??;
        }
        let applied = crate::cli::block_on(apply::apply(context, house, opened, &unfinished))??;
        // What was begun is brought to its end first; what is asked for now may be another thing.
        if same && !needs_another_look(house, opened, &applied)? {
            return finish(context, house, opened, applied);
        }
        // Programs get one document, that of the end; what this part came to stands in the ledger too.
        if context.ui.format == Format::Table {
            report::applied(context, opened.id.as_str(), &applied, None);
        }
        earlier = Some(applied);
    }
    let findings =
        crate::cli::block_on(journey::search(context, house, opened, only, aim.verb()))??;
    report::summary(context, &findings);
    report::truth_of(context, house, &findings, aim);
    let aim = &settled(context, house, &findings, aim)?;
    let plan = journey::make_plan(context, house, opened, &findings, aim, context.today())?;
    report::plan_in_words(context, &plan);
    apply::approve(context, house, opened, &plan, consent)?;
    let mut applied = crate::cli::block_on(apply::apply(context, house, opened, &plan.id()))??;
    applied.exit = applied.exit.and(find::exit_of(&findings));
    if let Some(earlier) = &earlier {
        applied.exit = applied.exit.and(match same {
            true => left_over(earlier, &applied),
            // Another aim takes up nothing of what the earlier one left.
            false => earlier.exit,
        });
    }
    finish(context, house, opened, applied)
}

/// The path up to the plan, which is printed as data; nothing is written to any system. The plan of another day is not kept.
pub(crate) fn plan_only(
    context: &Context,
    house: &House,
    opened: &Opened,
    aim: &Aim,
    only: &[String],
    as_of: Option<Date>,
) -> Result<Exit> {
    let findings = crate::cli::block_on(journey::search(context, house, opened, only, "plan"))??;
    report::summary(context, &findings);
    report::truth_of(context, house, &findings, aim);
    let aim = &settled(context, house, &findings, aim)?;
    let plan = match as_of {
        None => journey::make_plan(context, house, opened, &findings, aim, context.today())?,
        Some(day) => {
            context.ui.say(&say::as_of(day));
            journey::draft_plan(house, opened, &findings, aim, day)?
        }
    };
    match context.ui.format {
        Format::Json => context.ui.json(&report::plan_json(&plan)),
        Format::Table | Format::Csv => report::plan_table(context, &plan),
    }
    if as_of.is_none() {
        let writes = plan.steps.iter().filter(|step| step.writes()).count();
        context
            .ui
            .say(&say::plan_made(opened.id.as_str(), plan.id().hex(), writes));
    }
    Ok(find::exit_of(&findings))
}

/// The aim with every open question of it answered: a category that meets several fields of one object does not say which is wrong.
fn settled(context: &Context, house: &House, findings: &Findings, aim: &Aim) -> Result<Aim> {
    let Aim::Rectify { corrections } = aim else {
        return Ok(aim.clone());
    };
    let mut corrections = corrections.clone();
    let unclear = rectify::ambiguous(&house.inventory, findings, &corrections);
    if !unclear.is_empty() && !context.ui.can_ask() {
        let all: Vec<Diagnostic> = unclear.iter().map(rectify::Ambiguity::diagnostic).collect();
        return Err(all.into());
    }
    for unclear in unclear {
        let fields = unclear.fields.join(", ");
        let question = rights::ask_field(&unclear.category, &unclear.place, fields);
        let answer = context.ui.ask(&question)?;
        let named = unclear
            .fields
            .iter()
            .find(|field| **field == answer || field.ends_with(&format!(".{answer}")));
        let meant = corrections.iter().find(|c| c.field == unclear.category);
        let (Some(field), Some(meant)) = (named, meant.cloned()) else {
            return Err(unclear.diagnostic().into());
        };
        corrections.push(Correction {
            field: field.clone(),
            ..meant
        });
    }
    Ok(Aim::Rectify { corrections })
}

/// Whether systems are still to be searched, or records changed since the plan.
fn needs_another_look(house: &House, opened: &Opened, applied: &Applied) -> Result<bool> {
    let case = opened.case(house)?;
    let searched = case.searched.as_ref().is_some_and(|s| s.complete);
    // A later plan that was approved has seen the change already.
    let later = case
        .plans
        .iter()
        .skip_while(|plan| plan.id != applied.plan)
        .skip(1);
    let changed = later.filter(|plan| plan.approved.is_some()).count() == 0
        && applied
            .results
            .iter()
            .any(|result| outcome(result) == Some(Outcome::Changed));
    Ok(changed || (applied.exit != Exit::Incomplete && !searched))
}

fn outcome(result: &StepResult) -> Option<Outcome> {
    result.ended.as_ref().map(|ended| ended.outcome)
}

/// What an earlier plan leaves open that the later one does not take up again. A record that changed was planned afresh, or is the
/// person's no longer.
fn left_over(earlier: &Applied, later: &Applied) -> Exit {
    let same = |a: &StepResult, b: &StepResult| a.step.name == b.step.name;
    let open = earlier.results.iter().filter(|result| {
        outcome(result) != Some(Outcome::Changed) && !later.results.iter().any(|l| same(result, l))
    });
    open.map(|result| apply::exit_of(result.ended.as_ref()))
        .fold(Exit::Done, Exit::and)
}

fn finish(context: &Context, house: &House, opened: &Opened, applied: Applied) -> Result<Exit> {
    let made = prove::make(context, house, opened);
    let path = made.as_ref().ok().map(|made| made.path.as_path());
    // What was written to systems is shown whether or not it could be proven.
    report::applied(context, opened.id.as_str(), &applied, path);
    match &made {
        Ok(made) => context
            .ui
            .say(&say::evidence_made(made.path.display().to_string())),
        Err(trouble) => {
            for diagnostic in &trouble.diagnostics {
                let help = say::prove_later(opened.id.as_str());
                context.ui.warn(&diagnostic.clone().help(help));
            }
            return Ok(applied.exit.and(trouble.exit()));
        }
    }
    let case = opened.case(house)?;
    if applied.exit != Exit::Done {
        let waits = case.waits_for();
        context.ui.say(&match waits.next_command(&case) {
            Some(next) => say::next_step(waits.text(), next),
            None => crate::messages::case::waiting(waits.text()),
        });
    }
    Ok(applied.exit)
}
