//! Approve and apply: the question before anything is written, and the run itself.

use std::sync::Arc;

use jiff::Timestamp;

use crate::case::item;
use crate::cli::context::{Context, House};
use crate::cli::journey::{Opened, defer, learn, stored_plan, tasks};
use crate::cli::{interrupt, report, signing};
use crate::connector::{Digester, Fault};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::execute::{CLOCK_TOLERANCE_S, Ended, Run, Stop};
use crate::findings::Known;
use crate::hold;
use crate::inventory::Approval;
use crate::keys::{Digest, Purpose};
use crate::ledger::Event;
use crate::messages::{Text, cli as say, hold as say_hold};
use crate::plan::{Aim, Approved, Decision, Outcome, Plan, Step};
use crate::subject::name::Name;
use crate::ui::progress::Progress;

/// How a script says yes.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Consent {
    /// Do not ask; needs --expect
    #[arg(long, requires = "expect")]
    pub(crate) yes: bool,
    /// Number of records that will be written; another number stops the command
    #[arg(long, value_name = "N", requires = "yes")]
    pub(crate) expect: Option<usize>,
}

/// One step and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct StepResult {
    pub(crate) step: Step,
    pub(crate) ended: Option<Ended>,
    pub(crate) at: Option<Timestamp>,
}

/// What a run came to.
pub(crate) struct Applied {
    pub(crate) plan: Digest,
    /// The verb that the plan was made for.
    pub(crate) verb: String,
    pub(crate) results: Vec<StepResult>,
    pub(crate) waiting: usize,
    pub(crate) exit: Exit,
}

/// Asks before anything is written, then notes the approval.
///
/// # Errors
/// Exit 4 if the answer is no, nobody is there, or `--expect` names another number.
pub(crate) fn approve(
    context: &Context,
    house: &House,
    opened: &Opened,
    plan: &Plan,
    consent: &Consent,
) -> Result<()> {
    if house.inventory.approval == Approval::FourEyes {
        return Err(signing::waits(house, &opened.case(house)?, &plan.id()).into());
    }
    consent_for(context, opened.id.as_str(), plan, consent)?;
    let approved = Event::Approved {
        plan: plan.id(),
        policy: house.inventory.approval,
        by: house.operator.clone(),
    };
    let mut events = vec![approved];
    events.extend(tasks::of_plan(house, opened, plan)?);
    house.write(Some(&opened.id), context.now(), &events)
}

/// A yes to one person's plan.
///
/// # Errors
/// Exit 4 if there is none.
pub(crate) fn consent_for(
    context: &Context,
    case: &str,
    plan: &Plan,
    consent: &Consent,
) -> Result<()> {
    let writes = plan.steps.iter().filter(|step| step.writes()).count();
    let look_first = say::look_first(case, Aim::command(&plan.verb));
    let surnames = report::surnames(plan);
    if consent.yes || writes == 0 || surnames.is_empty() || !context.ui.can_ask() {
        return consent_to(context, writes, consent, look_first);
    }
    ask_surname(context, &surnames, writes, look_first)
}

/// A yes to that many records: by `--expect`, or typed.
///
/// # Errors
/// Exit 4 if there is none; `look_first` is what the person is told then.
pub(crate) fn consent_to(
    context: &Context,
    writes: usize,
    consent: &Consent,
    look_first: Text,
) -> Result<()> {
    match (consent.yes, consent.expect) {
        (true, Some(expected)) if expected == writes => Ok(()),
        (true, _) => {
            let expected = consent.expect.unwrap_or(0);
            let diagnostic =
                Diagnostic::new("E851", Exit::Waiting, say::other_number(writes, expected));
            Err(diagnostic.help(look_first).into())
        }
        (false, _) if writes == 0 => Ok(()),
        (false, _) if !context.ui.can_ask() => {
            let diagnostic = Diagnostic::new("E852", Exit::Waiting, say::consent_missing(writes));
            Err(diagnostic.help(say::consent_help(writes)).into())
        }
        (false, _) => {
            let answer = context.ui.ask(&say::ask_number(writes))?;
            match answer == writes.to_string() {
                true => Ok(()),
                false => Err(refused(look_first).into()),
            }
        }
    }
}

fn refused(look_first: Text) -> Diagnostic {
    Diagnostic::new("E853", Exit::Waiting, say::not_confirmed()).help(look_first)
}

/// The operator types the surname of the letter.
fn ask_surname(
    context: &Context,
    surnames: &[String],
    writes: usize,
    look_first: Text,
) -> Result<()> {
    let answer = context.ui.ask(&say::ask_surname(writes))?;
    match surnames.iter().any(|name| is_same_name(name, &answer)) {
        true => Ok(()),
        false => Err(refused(look_first).into()),
    }
}

/// Whether two surnames are one in two spellings: a letter may say Gruenberg where a system says Grünberg.
fn is_same_name(stored: &str, typed: &str) -> bool {
    match (Name::read(stored), Name::read(typed)) {
        (Ok(name), Ok(other)) => name.fits([typed]) && other.fits([stored]),
        _ => stored.to_lowercase() == typed.trim().to_lowercase(),
    }
}

/// Carries an approved plan out, from wherever an earlier run left it.
pub(crate) async fn apply(
    context: &Context,
    house: &House,
    opened: &Opened,
    id: &Digest,
) -> Result<Applied> {
    let plan = stored_plan(house, opened, id)?;
    let waiting = plan.waiting.len();
    let case = opened.case(house)?;
    let approvals = signing::approvals(house, &case);
    let verb = plan.verb.clone();
    let not_approved = || {
        if house.inventory.approval == Approval::FourEyes {
            return signing::waits(house, &case, id);
        }
        let help = say::plan_not_approved_help(opened.id.as_str(), Aim::command(&verb));
        Diagnostic::new("E854", Exit::Waiting, say::plan_not_approved()).help(help)
    };
    let rules_changed = plan.inventory != house.inventory.digest;
    let approved = Arc::new(Approved::new(plan, &approvals).ok_or_else(not_approved)?);
    refuse_a_wrong_clock(&clocks(house, opened)?)?;
    let mut known: Vec<Known> = house
        .vault()
        .read(&opened.id, item::KNOWN)?
        .unwrap_or_default();
    // The search afterwards also goes by what the corrections write.
    known.extend(learn::new_identities(house, approved.plan()));
    let person = defer::person(house, &opened.id)?;
    if approved.plan().verb == Aim::Erase.verb() {
        house.holds()?;
    }
    let runs = opened
        .case(house)?
        .plans
        .iter()
        .find(|state| state.id == *id)
        .map_or(0, |state| state.runs);
    let started = Event::ApplyStarted {
        plan: *id,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        run: runs + 1,
    };
    let history = house.events(&opened.id)?;
    let last = history.last().map(|stored| stored.at);
    let rested = last.map(|last| context.now().duration_since(last));
    let mut taken = std::collections::BTreeMap::new();
    for stored in &history {
        if let Event::StepStarted { plan, step, .. } = &stored.event
            && plan == id
        {
            let ago = context.now().duration_since(stored.at);
            taken.insert(*step, ago.try_into().unwrap_or_default());
        }
    }
    let history = history.into_iter().map(|stored| stored.event).collect();
    house.write(Some(&opened.id), context.now(), &[started])?;
    let progress = Arc::new(Progress::new(&context.ui, approved.plan().steps.len()));
    let stop = Stop::default();
    let run = Run {
        approved: Arc::clone(&approved),
        systems: house.systems(),
        doors: house.doors(),
        journal: house.journal(&opened.id),
        history,
        digester: Digester::new(opened.key.derive(Purpose::Record)),
        identities: known.into_iter().map(|known| known.identity).collect(),
        kinds: Arc::new(house.inventory.kinds.clone()),
        watch: Arc::clone(&progress) as Arc<dyn crate::execute::Watch>,
        stop: stop.clone(),
        rested: rested
            .and_then(|rested| rested.try_into().ok())
            .unwrap_or_default(),
        taken,
        rules_changed,
        standing: house.standing(person.clone()),
    };
    let listener = tokio::spawn(listen(stop.clone()));
    let ended = run.apply().await;
    listener.abort();
    progress.finish();
    let mut ended = ended?;
    let case = opened.case(house)?;
    let times = case.plans.iter().find(|state| state.id == *id);
    let results: Vec<StepResult> = approved
        .plan()
        .steps
        .iter()
        .map(|step| StepResult {
            step: step.clone(),
            ended: ended.remove(&step.no),
            at: times
                .and_then(|state| state.steps.get(&step.no))
                .map(|(_, _, at)| *at),
        })
        .collect();
    let fresh = learn::keep(house, opened, &results)?;
    crate::cli::hold::follow(context, house, &person, &fresh)?;
    defer::keep(house, opened, approved.plan(), &results, &person)?;
    tell_of_holds(context, opened, &results);
    let mut exit = results
        .iter()
        .map(|result| exit_of(result.ended.as_ref()))
        .fold(Exit::Done, Exit::and);
    // Everything ended: what remains is for people, and a further run of the same plan would change nothing.
    let open = |ended: &Option<Ended>| ended.as_ref().is_none_or(Ended::is_open);
    let complete = !results.iter().any(|result| open(&result.ended));
    house.write(
        Some(&opened.id),
        context.now(),
        &[Event::ApplyEnded {
            plan: *id,
            complete,
            exit: exit as u8,
        }],
    )?;
    if waiting > 0 {
        exit = exit.and(Exit::Waiting);
    }
    if stop.is_asked() {
        context.ui.say(&say::interrupted(opened.id.as_str()));
    }
    Ok(Applied {
        plan: *id,
        verb: approved.plan().verb.clone(),
        results,
        waiting,
        exit,
    })
}

/// Holds that were set after the plan was made, and what they kept.
fn tell_of_holds(context: &Context, opened: &Opened, results: &[StepResult]) {
    let held = results.iter().filter(|result| {
        let ended = result.ended.as_ref();
        result.step.decision != Decision::Held
            && ended.is_some_and(|ended| ended.outcome == Outcome::Held)
    });
    let held: Vec<&Ended> = held.filter_map(|result| result.ended.as_ref()).collect();
    if held.is_empty() {
        return;
    }
    let mut ids: Vec<_> = held.iter().flat_map(|ended| &ended.holds).collect();
    ids.sort();
    ids.dedup();
    let what = say_hold::came_between(hold::listed(ids), held.len());
    let help = say_hold::came_between_help(opened.id.as_str());
    let warning = Diagnostic::new("W285", Exit::Done, what);
    context.ui.warn(&warning.help(help));
}

/// The first Ctrl-C finishes what is in flight; a second one ends the program, and the ledger still knows what was begun.
async fn listen(stop: Stop) {
    let mut taken = interrupt::take();
    taken.asked().await;
    stop.ask();
    taken.asked_again().await;
}

/// What the clocks of the systems said at the latest search: how many were too far off, of how many that told the time.
fn clocks(house: &House, opened: &Opened) -> Result<(usize, usize)> {
    let findings = crate::cli::journey::stored::findings(house, &opened.id)?;
    let systems = findings.iter().flat_map(|f| &f.systems);
    let offsets: Vec<i64> = systems
        .filter_map(|system| system.notes.clock_offset_s)
        .collect();
    let wrong = offsets
        .iter()
        .filter(|offset| offset.abs() > CLOCK_TOLERANCE_S)
        .count();
    Ok((wrong, offsets.len()))
}

/// Whether most systems tell another time than this machine did when they were searched.
pub(crate) fn clock_was_wrong(house: &House, opened: &Opened) -> Result<bool> {
    let (wrong, all) = clocks(house, opened)?;
    Ok(is_most(wrong, all))
}

fn is_most(wrong: usize, all: usize) -> bool {
    wrong * 2 > all
}

/// If most systems tell another time than this machine, it is this machine that is wrong, and nothing is written anywhere.
pub(crate) fn refuse_a_wrong_clock(&(wrong, all): &(usize, usize)) -> Result<()> {
    if is_most(wrong, all) {
        return Err(
            Diagnostic::new("E855", Exit::Failed, say::wrong_clock(wrong, all))
                .help(say::wrong_clock_help())
                .into(),
        );
    }
    Ok(())
}

/// What an outcome means for the exit code.
pub(crate) fn exit_of(ended: Option<&Ended>) -> Exit {
    let Some(ended) = ended else {
        return Exit::Incomplete;
    };
    match (ended.outcome, &ended.fault) {
        // The record below has an exit code of its own.
        (Outcome::Failed, Some(fault)) if *fault == Fault::child_open() => Exit::Done,
        // Reading could not decide only because it could not be done.
        (Outcome::Unknown, Some(fault)) if fault.passing => Exit::Incomplete,
        (Outcome::Failed | Outcome::Pending, _) => Exit::Incomplete,
        (Outcome::NotVerified, _) => Exit::Unproven,
        // Gone, and a search finds the person there all the same.
        (Outcome::Removed | Outcome::Anonymised, Some(fault)) if *fault == Fault::still_found() => {
            Exit::Unproven
        }
        (Outcome::Blocked | Outcome::Changed | Outcome::Unknown, _) => Exit::Waiting,
        (
            Outcome::Removed
            | Outcome::Anonymised
            | Outcome::Restricted
            | Outcome::Unrestricted
            | Outcome::Rectified
            | Outcome::Suppressed
            | Outcome::AlreadyGone
            | Outcome::Retained
            | Outcome::Manual
            | Outcome::Held,
            _,
        ) => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surname_is_typed_as_the_letter_spells_it() {
        for typed in [
            "Grünberg",
            "grünberg",
            " GRÜNBERG ",
            "Gruenberg",
            "gruenberg",
        ] {
            assert!(is_same_name("Grünberg", typed), "{typed}");
        }
        assert!(is_same_name("Müller-Lüdenscheidt", "Mueller-Luedenscheidt"));
    }

    #[test]
    fn another_surname_confirms_nothing() {
        for typed in [
            "",
            " ",
            "*",
            "Grünbergs",
            "Grün",
            "Jana Grünberg",
            "Meier",
            "G",
        ] {
            assert!(!is_same_name("Grünberg", typed), "{typed}");
        }
        assert!(!is_same_name("Müller-Lüdenscheidt", "Müller"));
    }
}
