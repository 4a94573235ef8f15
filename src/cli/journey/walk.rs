//! The whole path of a request that changes something, whatever its aim: go on with what is unfinished, search, plan, ask, carry
//! out, prove.

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::{self, Applied, Consent, StepResult};
use crate::cli::journey::{self, Opened, prove};
use crate::cli::{find, report};
use crate::diagnostic::{Exit, Result};
use crate::messages::cli as say;
use crate::plan::{Aim, Outcome};
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
    if let Some(unfinished) = opened.case(house)?.unfinished().map(|plan| plan.id) {
        context.ui.say(&say::going_on());
        if apply::clock_was_wrong(house, opened)? {
            crate::cli::block_on(journey::search(context, house, opened, only, "apply"))??;
        }
        let applied = crate::cli::block_on(apply::apply(context, house, opened, &unfinished))??;
        if !needs_another_look(house, opened, &applied)? {
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
    let plan = journey::make_plan(context, house, opened, &findings, aim, context.today())?;
    report::plan_in_words(context, &plan);
    apply::approve(context, house, opened, &plan, consent)?;
    let mut applied = crate::cli::block_on(apply::apply(context, house, opened, &plan.id()))??;
    applied.exit = applied.exit.and(find::exit_of(&findings));
    if let Some(earlier) = &earlier {
        applied.exit = applied.exit.and(left_over(earlier, &applied));
    }
    finish(context, house, opened, applied)
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
