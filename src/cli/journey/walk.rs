//! The whole path of a request that changes something, whatever its aim: go on with what is unfinished, search, plan, ask, carry
//! out, prove.
//!
//! The path has two halves with a question between them, so that one question can stand for many people.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::case::Case;
use crate::cli::context::{Context, House};
use crate::cli::journey::apply::{self, Applied, Consent, StepResult};
use crate::cli::journey::{self, Opened, prove as bundle};
use crate::cli::{find, report, signing};
use crate::connector::Fault;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::Made;
use crate::findings::Findings;
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::messages::{cli as say, rights};
use crate::plan::{Aim, Correction, Outcome, Plan, Step, rectify};
use crate::ui::Format;

/// How far a case came before anybody has to be asked.
pub(crate) enum Ready {
    /// What an approved plan left undone is done, and nothing calls for another look.
    Done(Applied),
    /// A plan waits for a yes.
    Planned(Box<Planned>),
}

/// A plan, and what led to it.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) findings: Findings,
    /// What an earlier, unfinished plan came to in this run.
    earlier: Option<Applied>,
    /// Whether that plan had the same aim.
    same: bool,
}

/// What of a plan is needed to go on once it is approved; the plan itself lies in the vault.
pub(crate) struct Approvable {
    pub(crate) plan: Digest,
    /// What the search alone would exit with.
    pub(crate) searched: Exit,
    earlier: Option<Applied>,
    same: bool,
}

impl Planned {
    pub(crate) fn approvable(self) -> Approvable {
        Approvable {
            plan: self.plan.id(),
            searched: find::exit_of(&self.findings),
            earlier: self.earlier,
            same: self.same,
        }
    }
}

/// What a run came to, and the bundle that proves it.
pub(crate) struct Finished {
    pub(crate) applied: Applied,
    pub(crate) made: Result<Made>,
}

/// Brings a case as far as it goes: first what an approved plan left undone, then a fresh look at every system.
pub(crate) fn go_on(
    context: &Context,
    house: &House,
    opened: &Opened,
    aim: &Aim,
    only: &[String],
    consent: &Consent,
) -> Result<Exit> {
    signing::operates(context, house)?;
    let ready = crate::cli::block_on(prepare(context, house, opened, aim, only))??;
    match ready {
        Ready::Done(applied) => finish(context, house, opened, applied),
        Ready::Planned(planned) => {
            // Programs get one document, that of the end; what this part came to stands in the ledger too.
            if let Some(earlier) = &planned.earlier
                && context.ui.format == Format::Table
            {
                report::applied(context, opened.id.as_str(), earlier, None);
            }
            ask_and_carry_out(context, house, opened, *planned, consent)
        }
    }
}

/// Carries out a plan that was shown and that nobody has agreed to yet: as it was shown, or not at all.
///
/// # Errors
/// E887 if the systems hold something else by now; nothing is planned then, so that the plan that was shown stays the latest.
pub(crate) fn go_on_as_shown(
    context: &Context,
    house: &House,
    opened: &Opened,
    aim: &Aim,
    shown: &Plan,
    consent: &Consent,
) -> Result<Exit> {
    signing::operates(context, house)?;
    let only = asked_for(house, opened)?;
    let searched = journey::search(context, house, opened, &only, aim.verb());
    let findings = crate::cli::block_on(searched)??;
    report::summary(context, &findings);
    report::truth_of(context, house, &findings, aim);
    let aim = &settled(context, house, &findings, aim)?;
    let draft = journey::draft_plan(house, opened, &findings, aim, context.today())?;
    if let Some(other) = another(opened, shown, &draft) {
        return Err(other.into());
    }
    let planned = Planned {
        plan: journey::make_plan(context, house, opened, &findings, aim, context.today())?,
        findings,
        earlier: None,
        same: true,
    };
    ask_and_carry_out(context, house, opened, planned, consent)
}

/// The systems to which the latest search was limited; none if all were asked.
fn asked_for(house: &House, opened: &Opened) -> Result<Vec<String>> {
    let left_out = Fault::left_out().code;
    let findings = journey::stored::findings(house, &opened.id)?;
    let systems = findings.into_iter().flat_map(|findings| findings.systems);
    let (left_out, asked): (Vec<_>, Vec<_>) = systems.partition(|system| {
        let error = system.error.as_ref();
        error.is_some_and(|fault| fault.code == left_out)
    });
    Ok(match left_out.is_empty() {
        true => Vec::new(),
        false => asked.into_iter().map(|system| system.system).collect(),
    })
}

/// What a plan says of other records, or otherwise of the same, than the one that was shown; `None` if it is nothing. What is not there
/// any more, or cannot be searched now, stops nobody from carrying out the rest as it was shown.
fn another(opened: &Opened, shown: &Plan, now: &Plan) -> Option<Diagnostic> {
    let same = |a: &Step, b: &Step| {
        (a.before, a.after, a.decision, a.action, &a.changes)
            == (b.before, b.after, b.decision, b.action, &b.changes)
    };
    // A key may be personal, and an error is read by whoever reads the log of a program.
    let place = |step: &Step| format!("{}.{}", step.system, step.object);
    let before: BTreeMap<Digest, &Step> = shown.steps.iter().map(|one| (one.name, one)).collect();
    let after: BTreeSet<Digest> = now.steps.iter().map(|one| one.name).collect();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for step in &now.steps {
        match before.get(&step.name) {
            None => added.push(place(step)),
            Some(other) if !same(other, step) => changed.push(place(step)),
            Some(_) => {}
        }
    }
    let gone = shown.steps.iter();
    let gone = gone.filter(|step| !after.contains(&step.name));
    let gone: Vec<String> = gone.map(place).collect();
    if added.is_empty() && changed.is_empty() {
        return None;
    }
    let case = opened.id.as_str();
    let what = say::not_as_shown(case, added.len(), gone.len(), changed.len());
    let counted = |all: &[String]| {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for place in all {
            *places.entry(place).or_default() += 1;
        }
        let places = places
            .iter()
            .map(|(place, count)| format!("{place} ({count})"));
        let places: Vec<String> = places.collect();
        match places.is_empty() {
            true => "-".to_owned(),
            false => places.join(", "),
        }
    };
    let why = say::not_as_shown_why(counted(&added), counted(&gone), counted(&changed));
    let diagnostic = Diagnostic::new("E887", Exit::Waiting, what).why(why);
    Some(diagnostic.help(say::not_as_shown_help(case)))
}

/// The question, and what follows from a yes.
fn ask_and_carry_out(
    context: &Context,
    house: &House,
    opened: &Opened,
    planned: Planned,
    consent: &Consent,
) -> Result<Exit> {
    report::plan_in_words(context, &planned.plan);
    let searched = find::exit_of(&planned.findings);
    apply::approve(context, house, opened, &planned.plan, consent).map_err(|mut trouble| {
        // An answer that leaves a system out comes before what waits for a person.
        for one in &mut trouble.diagnostics {
            one.exit = one.exit.and(searched);
        }
        trouble
    })?;
    let planned = planned.approvable();
    let carried = carry_out(context, house, opened, &planned);
    let applied = crate::cli::block_on(carried)??;
    finish(context, house, opened, applied)
}

/// The first half: nothing is written but what was approved before.
pub(crate) async fn prepare(
    context: &Context,
    house: &House,
    opened: &Opened,
    aim: &Aim,
    only: &[String],
) -> Result<Ready> {
    let mut earlier = None;
    let mut same = true;
    let case = opened.case(house)?;
    if let Some((unfinished, verb)) = case.unfinished().map(|plan| (plan.id, &plan.verb)) {
        same = journey::aim_of(house, opened, &unfinished)?
            .map_or(verb == aim.verb(), |earlier| earlier == *aim);
        context.ui.say(&say::going_on());
        if apply::clock_was_wrong(house, opened)? {
            journey::search(context, house, opened, only, "apply").await?;
        }
        let applied = apply::apply(context, house, opened, &unfinished).await?;
        // What was begun is brought to its end first; what is asked for now may be another thing.
        if same && !needs_another_look(house, opened, &applied)? {
            return Ok(Ready::Done(applied));
        }
        earlier = Some(applied);
    }
    let mut planned = plan(context, house, opened, aim, only).await?;
    (planned.earlier, planned.same) = (earlier, same);
    Ok(Ready::Planned(Box::new(planned)))
}

/// Search and plan, whatever an earlier plan left undone.
pub(crate) async fn plan(
    context: &Context,
    house: &House,
    opened: &Opened,
    aim: &Aim,
    only: &[String],
) -> Result<Planned> {
    let findings = journey::search(context, house, opened, only, aim.verb()).await?;
    report::summary(context, &findings);
    report::truth_of(context, house, &findings, aim);
    let aim = &settled(context, house, &findings, aim)?;
    let plan = journey::make_plan(context, house, opened, &findings, aim, context.today())?;
    Ok(Planned {
        plan,
        findings,
        earlier: None,
        same: true,
    })
}

/// The second half, once the plan is approved.
pub(crate) async fn carry_out(
    context: &Context,
    house: &House,
    opened: &Opened,
    planned: &Approvable,
) -> Result<Applied> {
    let mut applied = apply::apply(context, house, opened, &planned.plan).await?;
    applied.exit = applied.exit.and(planned.searched);
    if let Some(earlier) = &planned.earlier {
        applied.exit = applied.exit.and(match planned.same {
            true => left_over(earlier, &applied),
            // Another aim takes up nothing of what the earlier one left.
            false => earlier.exit,
        });
    }
    Ok(applied)
}

/// Makes the bundle. What was written to systems counts whether or not it could be proven.
pub(crate) fn prove(
    context: &Context,
    house: &House,
    opened: &Opened,
    mut applied: Applied,
) -> Finished {
    let made = bundle::make(context, house, opened);
    if let Err(trouble) = &made {
        applied.exit = applied.exit.and(trouble.exit());
    }
    Finished { applied, made }
}

fn finish(context: &Context, house: &House, opened: &Opened, applied: Applied) -> Result<Exit> {
    let finished = prove(context, house, opened, applied);
    let applied = &finished.applied;
    let path = finished.made.as_ref().ok().map(|made| made.path.as_path());
    report::applied(context, opened.id.as_str(), applied, path);
    match &finished.made {
        Ok(made) => context
            .ui
            .say(&say::evidence_made(made.path.display().to_string())),
        Err(trouble) => {
            for diagnostic in &trouble.diagnostics {
                let help = say::prove_later(opened.id.as_str());
                context.ui.warn(&diagnostic.clone().help(help));
            }
            return Ok(applied.exit);
        }
    }
    let case = opened.case(house)?;
    tell_lost(context, &case);
    // Also when all went well: people may have tasks, and what is finished can be closed.
    tell_next(context, &case);
    Ok(applied.exit)
}

/// What an earlier plan named and the latest search did not return: nobody wrote to it, and nobody knows what became of it.
fn tell_lost(context: &Context, case: &Case) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (plan, system, object) in case.lost.values() {
        if case.latest_plan != Some(*plan) {
            *places.entry(format!("{system}.{object}")).or_default() += 1;
        }
    }
    for (place, count) in places {
        let diagnostic = Diagnostic::new(
            "W254",
            Exit::Done,
            crate::messages::case::lost(place, count),
        );
        context
            .ui
            .warn(&diagnostic.help(crate::messages::case::lost_help()));
    }
}

fn tell_next(context: &Context, case: &Case) {
    let waits = case.waits_for();
    context.ui.say(&match waits.next_command(case) {
        Some(next) => say::next_step(waits.text(), next),
        None => crate::messages::case::waiting(waits.text()),
    });
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
    if as_of.is_none() {
        signing::operates(context, house)?;
    }
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
        if house.inventory.approval == Approval::FourEyes {
            let case = opened.case(house)?;
            let waits = signing::waits(house, &case, &plan.id());
            waits.help.iter().for_each(|help| context.ui.say(help));
        }
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
