//! The path of a request as the verbs walk it: open the case, confirm identity, search, plan; then approve, apply, prove.
//!
//! Each function is one stage and can be repeated: what an earlier run did is in the ledger and the vault, and the next run goes on
//! from there. The vault is written before the ledger event that speaks of it; only what comes into a case or goes out of it (`same`) is
//! said first.

mod accept;
pub(crate) mod apply;
pub(crate) mod back;
pub(crate) mod control;
pub(crate) mod defer;
mod learn;
pub(crate) mod log;
mod open;
pub(crate) mod pick;
pub(crate) mod prove;
mod register;
pub(crate) mod same;
pub(crate) mod search;
pub(crate) mod stored;
pub(crate) mod tasks;
pub(crate) mod time;
pub(crate) mod walk;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::Date;

use crate::case::{Case, WaitsFor, item};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::signing;
use crate::cli::who::Who;
use crate::connector;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::Findings;
use crate::keys::{Digest, Key, Purpose};
use crate::ledger::Event;
use crate::messages::{Text, cli as say};
use crate::people;
use crate::plan::{self, Aim, Correction, Decision, Plan, Waiting, WaitingFor};
use crate::subject::Identity;
use crate::vault::Item;
use crate::workspace::{Lease, lease};

pub(crate) use accept::accepted;
pub(crate) use open::{Arrival, check, check_day, open, open_for, open_unless};
pub(crate) use register::Register;
pub(crate) use search::{ask, ask_systems, check_names, digest, search, search_holding, searched};

/// How long a run waits for another that is just opening a case.
const LOOK_FOR_CASE: Duration = Duration::from_secs(10);

/// The channel of a request of which nobody said how it arrived.
pub(crate) const NO_CHANNEL: &str = "unspecified";

/// What the verbs of a request have in common.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RequestArgs {
    #[command(flatten)]
    pub(crate) who: Who,
    /// Day on which the request arrived; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day)]
    pub(crate) received: Option<Date>,
    /// How the request arrived, such as letter, e-mail or telephone
    #[arg(long, value_name = "CHANNEL", default_value = NO_CHANNEL)]
    pub(crate) channel: String,
    /// How the person's identity was confirmed
    #[arg(long, value_name = "METHOD")]
    pub(crate) identity: Option<String>,
    /// Accept a linked or shared record as the person's; repeat for several
    #[arg(long, value_name = "SYSTEM.OBJECT:KEY")]
    pub(crate) accept: Vec<String>,
    /// Identities that the open case does not know are the same person's; identity is to be confirmed anew then
    #[arg(long)]
    pub(crate) same_person: bool,
    /// Ask only this system; repeat for several. The result is then partial
    #[arg(long, value_name = "NAME")]
    pub(crate) system: Vec<String>,
}

/// A case that this run works on; nobody else can at the same time.
pub(crate) struct Opened {
    pub(crate) id: CaseId,
    pub(crate) key: Key,
    pub(crate) subject: Vec<Identity>,
    _lease: Lease,
}

impl Opened {
    /// The case as the ledger tells it now.
    pub(crate) fn case(&self, house: &House) -> Result<Case> {
        fold(house, &self.id)
    }

    /// The same without what became of each step: of a case of any size in the same memory.
    pub(crate) fn outline(&self, house: &House) -> Result<Case> {
        outline(house, &self.id)
    }
}

/// A case from its events.
pub(crate) fn fold(house: &House, id: &CaseId) -> Result<Case> {
    Ok(fold_some(house, id, &|_| true)?.ok_or_else(|| unknown(id))?)
}

/// A case from its events, without what became of each step.
pub(crate) fn outline(house: &House, id: &CaseId) -> Result<Case> {
    Ok(outline_of(house, id)?.ok_or_else(|| unknown(id))?)
}

/// The same; `None` if there is no such case.
pub(crate) fn outline_of(house: &House, id: &CaseId) -> Result<Option<Case>> {
    fold_some(house, id, &|event| {
        !matches!(
            event,
            Event::StepStarted { .. } | Event::StepEnded { .. } | Event::StepVerified { .. }
        )
    })
}

/// Whether the ledger knows of a case.
pub(crate) fn is_opened(house: &House, id: &CaseId) -> Result<bool> {
    let mut opened = false;
    house.each_event(id, &mut |_| {
        opened = true;
        Ok(false)
    })?;
    Ok(opened)
}

fn unknown(id: &CaseId) -> Diagnostic {
    Diagnostic::new("E830", Exit::Usage, say::unknown_case(id.as_str()))
        .help(say::unknown_case_help())
}

fn fold_some(house: &House, id: &CaseId, wanted: &dyn Fn(&Event) -> bool) -> Result<Option<Case>> {
    let mut case: Option<Case> = None;
    house.each_event(id, &mut |stored| {
        match &mut case {
            None => case = Case::begin(id, &stored),
            Some(case) if wanted(&stored.event) => case.take(&stored),
            Some(_) => {}
        }
        Ok(case.is_some())
    })?;
    if let Some(case) = &mut case {
        case.approver = signing::approver_of(house, case);
    }
    Ok(case)
}

/// All cases that are not closed.
pub(crate) fn open_cases(house: &House) -> Result<Vec<Case>> {
    let ids = house.ledger().cases()?;
    let mut cases = Vec::new();
    for id in ids {
        if let Some(mut case) = Case::fold(&id, &house.events(&id)?)
            && !case.closed
        {
            case.approver = signing::approver_of(house, &case);
            cases.push(case);
        }
    }
    Ok(cases)
}

/// Opens a case that exists and is not closed, by its number.
pub(crate) fn reopen(house: &House, id: &CaseId) -> Result<Opened> {
    let held = lease(&house.workspace, &format!("case-{id}"))?;
    let case = outline(house, id)?;
    if case.closed {
        let diagnostic = Diagnostic::new("E831", Exit::Usage, say::case_is_closed(id.as_str()));
        return Err(diagnostic
            .help(say::case_is_closed_help(id.as_str()))
            .into());
    }
    unlock(house, &case, held)
}

/// Opens a case that exists, closed or not, for what changes nothing about its end.
pub(crate) fn look_into(house: &House, id: &CaseId) -> Result<Opened> {
    let held = lease(&house.workspace, &format!("case-{id}"))?;
    unlock(house, &outline(house, id)?, held)
}

fn unlock(house: &House, case: &Case, held: Lease) -> Result<Opened> {
    let id = &case.id;
    let gone = || {
        Diagnostic::new("E832", Exit::Usage, say::case_is_purged(id.as_str()))
            .help(say::case_is_purged_help(id.as_str()))
    };
    let key = house.vault().case_key(id)?.ok_or_else(gone)?;
    let subject = house.vault().read(id, item::SUBJECT)?.unwrap_or_default();
    let mut opened = Opened {
        id: id.clone(),
        key,
        subject,
        _lease: held,
    };
    same::settle(house, case, &mut opened)?;
    Ok(opened)
}

/// The ledger holds codes, not free text: short, without white space, nothing that could be an address.
pub(crate) fn code(text: &str) -> Result<String> {
    let fine = !text.is_empty()
        && text.len() <= 40
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match fine {
        true => Ok(text.to_owned()),
        false => Err(Diagnostic::new("E834", Exit::Usage, say::not_a_code())
            .help(say::code_help())
            .into()),
    }
}

/// Notes what is said about identity, also where nothing is carried out yet.
pub(crate) fn note_identity(
    context: &Context,
    house: &House,
    opened: &Opened,
    method: Option<&str>,
) -> Result<()> {
    match method {
        Some(method) => confirm_identity(context, house, opened, Some(method)),
        None => Ok(()),
    }
}

/// Makes sure that identity is confirmed before anything is handed over, corrected or erased.
///
/// # Errors
/// Exit 4 if it is not, and nobody is there to say how it was.
pub(crate) fn confirm_identity(
    context: &Context,
    house: &House,
    opened: &Opened,
    method: Option<&str>,
) -> Result<()> {
    let case = opened.case(house)?;
    let confirmed = |method: String| Event::IdentityConfirmed {
        method,
        operator: house.operator.clone(),
    };
    if let Some(method) = method {
        return house.write(Some(&opened.id), context.now(), &[confirmed(code(method)?)]);
    }
    if case.identity.is_some() {
        return Ok(());
    }
    if !house.inventory.identity_required {
        return house.write(Some(&opened.id), context.now(), &[Event::IdentityAssumed]);
    }
    if !context.ui.can_ask() {
        let diagnostic = Diagnostic::new("E840", Exit::Waiting, say::identity_open())
            .why(say::identity_open_why());
        return Err(diagnostic
            .help(say::identity_open_help(opened.id.as_str()))
            .into());
    }
    context.ui.say(&say::identity_open_why());
    let method = ask_method(context, &say::ask_identity())?;
    house.write(Some(&opened.id), context.now(), &[confirmed(method)])
}

/// Asks how identity was confirmed, once more after a sentence: a person writes one before they know that it has to be a code.
///
/// # Errors
/// Exit 2 for no answer at all, exit 4 when nobody is there.
pub(crate) fn ask_method(context: &Context, question: &Text) -> Result<String> {
    loop {
        let answer = context.ui.ask(question)?;
        match code(&answer) {
            Ok(method) => return Ok(method),
            Err(_) if !answer.is_empty() => context.ui.say(&say::method_again()),
            Err(none) => return Err(none),
        }
    }
}

/// What the person asked for last, as an earlier run kept it.
pub(crate) fn aim(house: &House, opened: &Opened) -> Result<Option<Aim>> {
    house.vault().read(&opened.id, item::AIM)
}

/// What a plan was made for; plans of the first ledgers do not say.
pub(crate) fn aim_of(house: &House, opened: &Opened, plan: &Digest) -> Result<Option<Aim>> {
    house.vault().read(&opened.id, &item::aim_of(plan))
}

/// Whether a further run would find nothing to do: what the latest plan left, if anything, are tasks for people.
pub(crate) fn is_at_rest(case: &Case) -> bool {
    let rests = [WaitsFor::Nothing, WaitsFor::Tasks, WaitsFor::Lift];
    case.unfinished().is_none() && rests.contains(&case.waits_for())
}

/// What the latest plan of a case was made for.
pub(crate) fn latest_aim(house: &House, opened: &Opened, case: &Case) -> Result<Option<Aim>> {
    match &case.latest_plan {
        Some(plan) => aim_of(house, opened, plan),
        None => Ok(None),
    }
}

/// Keeps what the person asks for, so that the case can go on with it whatever stops this run.
pub(crate) fn remember(house: &House, opened: &Opened, aim: &Aim) -> Result<()> {
    house.vault().put(&opened.id, item::AIM, aim)
}

/// What the ledger holds of a request beside its verb, if it does not hold that yet: field names and keyed digests, codes and days.
fn asked(house: &House, opened: &Opened, aim: &Aim) -> Result<Option<Event>> {
    let (until, fields) = match aim {
        Aim::Erase => return Ok(None),
        Aim::Rectify { corrections } => {
            let key = opened.key.derive(Purpose::Identity);
            let digest = |c: &Correction| key.mac(format!("{}={}", c.field, c.value).as_bytes());
            let fields = corrections.iter().map(|c| (c.field.clone(), digest(c)));
            (None, fields.collect())
        }
        Aim::Restrict { until, .. } => (*until, Vec::new()),
        Aim::Lift { .. } | Aim::Optout { .. } => (None, Vec::new()),
    };
    let event = Event::Asked {
        verb: aim.verb().to_owned(),
        because: aim.ground(),
        until,
        fields,
        operator: house.operator.clone(),
    };
    let events = house.events(&opened.id)?;
    let mut asked = events.iter().rev().map(|stored| &stored.event);
    let last = asked.find(|event| matches!(event, Event::Asked { .. }));
    Ok((last != Some(&event)).then_some(event))
}

/// The plan as it would be on a day.
pub(crate) fn draft_plan(
    house: &House,
    opened: &Opened,
    findings: &Findings,
    aim: &Aim,
    day: Date,
) -> Result<Plan> {
    // What is not erased is not held: everything else goes on under a hold.
    let holds = match aim {
        Aim::Erase => house.holds()?,
        _ => Vec::new(),
    };
    let held = crate::cli::hold::all_records(house, &holds)?;
    let basis = plan::build::Basis {
        case: opened.id.as_str(),
        inventory: &house.inventory,
        findings,
        case_key: &opened.key,
        workspace_key: &house.key,
        holds: &holds,
        held: &held,
        day,
        describe: &connector::describe,
    };
    let plan = plan::build::plan(&basis, aim)?;
    let limit = house.inventory.limits.records;
    if plan.steps.len() > limit {
        return Err(Diagnostic::new(
            "E841",
            Exit::Waiting,
            say::too_many_records(plan.steps.len(), limit),
        )
        .help(say::limits_help())
        .into());
    }
    Ok(plan)
}

/// Makes the plan and keeps it.
pub(crate) fn make_plan(
    context: &Context,
    house: &House,
    opened: &Opened,
    findings: &Findings,
    aim: &Aim,
    day: Date,
) -> Result<Plan> {
    let plan = draft_plan(house, opened, findings, aim, day)?;
    let id = plan.id();
    let extract = crate::inventory::extract::extract(&house.inventory);
    let mut items = stored::plan_items(&plan);
    items.extend([
        Item::new(item::INVENTORY, &extract),
        Item::new(item::AIM, aim),
        Item::new(item::aim_of(&id), aim),
    ]);
    house.vault().put_all(&opened.id, items)?;
    let decisions: BTreeSet<Decision> = plan.steps.iter().map(|step| step.decision).collect();
    let count = |decision: &Decision| {
        plan.steps
            .iter()
            .filter(|step| step.decision == *decision)
            .count()
    };
    let decisions = decisions
        .iter()
        .map(|d| (*d, u32::try_from(count(d)).unwrap_or(u32::MAX)))
        .collect();
    let for_a_word = |waiting: &&Waiting| waiting.why != WaitingFor::ChildNotSearched;
    let waiting = plan.waiting.iter().filter(for_a_word).count();
    let mut events: Vec<Event> = asked(house, opened, aim)?.into_iter().collect();
    events.push(Event::Planned {
        plan: id,
        inventory: plan.inventory,
        verb: plan.verb.clone(),
        decisions,
        waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
    });
    events.extend(signing::sign(
        context,
        house,
        people::Purpose::Plan,
        &opened.id,
        id,
    )?);
    house.write(Some(&opened.id), context.now(), &events)?;
    Ok(plan)
}

/// A plan of the case, from the vault; its bytes must still have its id.
pub(crate) fn stored_plan(house: &House, opened: &Opened, id: &Digest) -> Result<Plan> {
    stored::plan(house, &opened.id, id)
}
