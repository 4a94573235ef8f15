//! The path of a request as the verbs walk it: open the case, confirm identity, search, plan; then approve, apply, prove.
//!
//! Each function is one stage and can be repeated: what an earlier run did is in the ledger and the vault, and the next run goes on
//! from there. The vault is written before the ledger event that speaks of it; only what comes into a case or goes out of it (`same`) is
//! said first.

pub(crate) mod apply;
pub(crate) mod back;
pub(crate) mod control;
pub(crate) mod defer;
mod learn;
pub(crate) mod log;
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
use crate::find::Accepted;
use crate::findings::{Findings, ObjectStatus};
use crate::keys::{Digest, Key, Purpose};
use crate::ledger::{Event, ExportKind};
use crate::messages::{Text, cli as say};
use crate::people;
use crate::plan::{self, Aim, Correction, Decision, Plan, Waiting, WaitingFor};
use crate::subject::Identity;
use crate::vault::Item;
use crate::workspace::{Lease, lease};

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

/// What arrived: who asks, since when, and how.
pub(crate) struct Arrival {
    /// Who is named, in words.
    pub(crate) typed: Vec<Identity>,
    /// What stands in records that were picked: a person's word on them.
    pub(crate) picked: Vec<Identity>,
    /// Those by which an open case is recognised as the person's.
    pub(crate) recognised_by: Vec<Identity>,
    /// Whether somebody says that what is typed and an open case does not know is the same person's.
    pub(crate) same_person: bool,
    /// The case, if the caller names it.
    pub(crate) case: Option<CaseId>,
    /// Today if not given.
    pub(crate) received: Option<Date>,
    pub(crate) channel: String,
}

impl Arrival {
    fn stated(&self) -> Vec<Identity> {
        let mut stated = [&*self.typed, &*self.picked].concat();
        stated.sort();
        stated.dedup();
        stated
    }
}

/// What speaks against a request once it is known whose it is; without a case where one would be opened.
pub(crate) type Judge<'j> = &'j dyn Fn(Option<&Opened>) -> Result<()>;

/// Joins the person's open case or opens one, as the command line says.
///
/// # Errors
/// Exit 2 and exit 4 with nothing written, but for E849: those of [`check`], [`same::case_of`], [`same::check`] and [`Arrival`]'s
/// receipt; those of `--pick` and `--accept`.
pub(crate) fn open(
    context: &Context,
    house: &House,
    args: &RequestArgs,
    right: &str,
) -> Result<Opened> {
    open_unless(context, house, args, right, &|_| Ok(()))
}

/// The same, unless something speaks against it.
pub(crate) fn open_unless(
    context: &Context,
    house: &House,
    args: &RequestArgs,
    right: &str,
    judge: Judge<'_>,
) -> Result<Opened> {
    check(context, house, args)?;
    let typed = args.who.identities(context, &house.inventory.kinds)?;
    crate::cli::export::register::expire(context, house)?;
    // What was picked may be erased by now: a run that was stopped is continued by the same command.
    let earlier = match args.who.case_id()? {
        None => {
            let id = pick::case_of(house, &args.who.pick)?;
            if let Some(id) = &id {
                pick::check_owner(context, house, id, &args.who.pick)?;
            }
            id
        }
        id => id,
    };
    let noted = match &earlier {
        Some(id) => pick::noted(house, id, &args.who.pick)?,
        None => None,
    };
    let picked = match noted {
        Some(picked) => picked,
        None => pick::picked(context, house, &args.who.pick)?,
    };
    let arrival = Arrival {
        recognised_by: picked.recognised_by(&typed),
        typed,
        picked: picked.identities,
        same_person: args.same_person,
        case: earlier,
        received: args.received,
        channel: args.channel.clone(),
    };
    let register = &mut Register::open(house)?;
    let opened = open_for(context, house, register, arrival, right, judge)?;
    accepted(context, house, &opened, picked.records)?;
    // A package keeps no more than so many records of an object, and what it does not keep cannot be accepted singly.
    let hold = ExportKind::of(right).map(|_| crate::cli::export::HOLD);
    accept(context, house, &opened, args, hold)?;
    Ok(opened)
}

/// What can be said about a request from its words and the inventory alone.
///
/// # Errors
/// All with exit 2: E833 for a day to come, E834 for a channel or method that is no code, E835 and E836 for records that cannot be
/// accepted, E837 for a system that there is not.
pub(crate) fn check(context: &Context, house: &House, args: &RequestArgs) -> Result<()> {
    code(&args.channel)?;
    args.identity.as_deref().map(code).transpose()?;
    if let Some(day) = args.received {
        check_day(context, day)?;
    }
    check_names(house, &args.system)?;
    for text in &args.accept {
        let (system, object, _) = record_named(text)?;
        let known = house.inventory.system(system);
        if known.is_none_or(|system| system.object(object).is_none()) {
            // What was typed may be anything, so it is not repeated.
            let wrong = Diagnostic::new("E836", Exit::Usage, say::record_nowhere());
            return Err(wrong.help(say::record_help()).into());
        }
    }
    Ok(())
}

/// A day of receipt is not to come.
///
/// # Errors
/// E833.
pub(crate) fn check_day(context: &Context, received: Date) -> Result<()> {
    let today = context.today();
    if received <= today {
        return Ok(());
    }
    let wrong = Diagnostic::new("E833", Exit::Usage, say::received_in_future(received));
    Err(wrong.help(say::received_help(today)).into())
}

/// Joins the person's open case or opens one.
pub(crate) fn open_for(
    context: &Context,
    house: &House,
    register: &mut Register,
    arrival: Arrival,
    right: &str,
    judge: Judge<'_>,
) -> Result<Opened> {
    control::spare(house, &arrival.stated(), right)?;
    let id = match &arrival.case {
        Some(id) => Some(id.clone()),
        None => same::case_of(house, register, &arrival.recognised_by)?,
    };
    let opened = match id {
        Some(id) => {
            let mut opened = reopen(house, &id)?;
            control::spare(house, &opened.subject, right)?;
            let case = opened.case(house)?;
            same::check(&opened, &arrival.typed, arrival.same_person)?;
            check_receipt(&case, &arrival)?;
            judge(Some(&opened))?;
            context
                .ui
                .say(&say::joined_case(id.as_str(), case.received));
            if !case.rights.iter().any(|r| r == right) {
                house.write(
                    Some(&id),
                    context.now(),
                    &[Event::RightsAdded {
                        rights: vec![right.to_owned()],
                    }],
                )?;
            }
            same::add(context, house, &mut opened, &arrival.stated())?;
            opened
        }
        None => {
            judge(None)?;
            new_case(context, house, &arrival, right)?
        }
    };
    register.note(&opened.id, &opened.subject);
    time::opening(context, house, &opened)?;
    Ok(opened)
}

/// An open case keeps the day of receipt and the channel that it was opened with: the deadline runs from that day.
///
/// # Errors
/// E856 for another day, E857 for another channel.
fn check_receipt(case: &Case, arrival: &Arrival) -> Result<()> {
    let id = case.id.as_str();
    let mut wrong = Vec::new();
    if let Some(day) = arrival.received
        && day != case.received
    {
        let what = say::other_receipt(id, case.received);
        let help = say::other_receipt_help(id, day.to_string());
        wrong.push(Diagnostic::new("E856", Exit::Usage, what).help(help));
    }
    if arrival.channel != NO_CHANNEL && arrival.channel != case.channel {
        let what = say::other_channel(id, &case.channel);
        let help = say::other_channel_help(id, &arrival.channel);
        wrong.push(Diagnostic::new("E857", Exit::Usage, what).help(help));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.into()),
    }
}

fn new_case(context: &Context, house: &House, arrival: &Arrival, right: &str) -> Result<Opened> {
    let received = arrival.received.unwrap_or_else(|| context.today());
    let channel = code(&arrival.channel)?;
    let id = house.ledger().fresh_case(received)?;
    let held = lease(&house.workspace, &format!("case-{id}"))?;
    let key = house.vault().create_case(&id)?;
    let subject = arrival.stated();
    let begin = || {
        house.vault().put(&id, item::SUBJECT, &subject)?;
        let event = Event::CaseOpened {
            rights: vec![right.to_owned()],
            received,
            channel,
            operator: house.operator.clone(),
        };
        let events = [event, log::opened(&key, &id, received)];
        house.write(Some(&id), context.now(), &events)
    };
    if let Err(trouble) = begin() {
        // Nobody would ever look for it; what a killed run leaves, the next one removes.
        let _ = house.vault().destroy_case(&id);
        return Err(trouble);
    }
    context.ui.say(&say::opened_case(id.as_str(), received));
    Ok(Opened {
        id,
        key,
        subject,
        _lease: held,
    })
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

/// Notes the records that `--accept` names. They may come from the list of a search without a case, so whatever the case has not found
/// yet is looked for first.
///
/// # Errors
/// E849 for what that search does not find: exit 4, or exit 3 where the system could not be searched.
fn accept(
    context: &Context,
    house: &House,
    opened: &Opened,
    args: &RequestArgs,
    hold: Option<usize>,
) -> Result<()> {
    if args.accept.is_empty() {
        return Ok(());
    }
    let known = stored::findings(house, &opened.id)?;
    let known = known.map(|known| among(&known, &args.accept));
    let records = match known.transpose()? {
        Some(Ok(records)) => records,
        Some(Err(_)) | None => {
            let only = &args.system;
            let found = search_holding(context, house, opened, only, "find", hold);
            let found = crate::cli::block_on(found)??;
            among(&found, &args.accept)?.map_err(|(system, object)| {
                let mut systems = found.systems.iter();
                let answer = systems.find(|answer| answer.system == system);
                let objects = answer.into_iter().flat_map(|answer| &answer.objects);
                let mut objects = objects.filter(|answer| answer.object == object);
                let searched = objects.any(|answer| answer.status == ObjectStatus::Searched);
                let exit = match searched {
                    true => Exit::Waiting,
                    false => Exit::Incomplete,
                };
                let what = say::record_not_found(format!("{system}.{object}"));
                let case = opened.id.as_str();
                let wrong =
                    Diagnostic::new("E849", exit, what).why(say::record_not_found_why(case));
                wrong.help(say::record_not_found_help(case))
            })?
        }
    };
    accepted(context, house, opened, records)
}

/// The records of findings that `--accept` names; the place of the first that is not among them.
fn among(
    findings: &Findings,
    accepts: &[String],
) -> Result<std::result::Result<Accepted, (String, String)>> {
    let mut records = Accepted::default();
    for text in accepts {
        let (system, object, key) = record_named(text)?;
        let mut all = findings.records();
        let found = all.find(|(s, o, found)| {
            s.system == system && o.object == object && found.record.key.to_string() == key
        });
        let place = (system.to_owned(), object.to_owned());
        let Some((_, _, found)) = found else {
            return Ok(Err(place));
        };
        records.insert((place.0, place.1, found.record.key.clone()));
    }
    Ok(Ok(records))
}

/// System, object and key of `SYSTEM.OBJECT:KEY`.
fn record_named(text: &str) -> Result<(&str, &str, &str)> {
    let wrong =
        || Diagnostic::new("E835", Exit::Usage, say::not_a_record()).help(say::record_help());
    let (place, key) = text.split_once(':').ok_or_else(wrong)?;
    let (system, object) = place.split_once('.').ok_or_else(wrong)?;
    Ok((system, object, key))
}

/// Notes records as the person's, by somebody's word. Where a run was killed between vault and ledger, the event follows with the next
/// that names the record.
pub(crate) fn accepted(
    context: &Context,
    house: &House,
    opened: &Opened,
    records: Accepted,
) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let mut told = BTreeSet::new();
    house.each_event(&opened.id, &mut |stored| {
        match stored.event {
            Event::RecordAccepted { record, .. } => drop(told.insert(record)),
            // With an identity goes what was accepted since it was stated.
            Event::IdentityRemoved { .. } => told.clear(),
            _ => {}
        }
        Ok(true)
    })?;
    let all: Option<Accepted> = house.vault().read(&opened.id, item::ACCEPTED)?;
    let mut all = all.unwrap_or_default();
    let before = all.len();
    all.extend(records.iter().cloned());
    if all.len() > before {
        house.vault().put(&opened.id, item::ACCEPTED, &all)?;
    }
    let events = records.into_iter().filter_map(|(system, object, key)| {
        let record = plan::name_of(&opened.key, &system, &object, &key);
        let operator = house.operator.clone();
        (!told.contains(&record)).then_some(Event::RecordAccepted {
            system,
            object,
            record,
            operator,
        })
    });
    let events: Vec<Event> = events.collect();
    match events.is_empty() {
        true => Ok(()),
        false => house.write(Some(&opened.id), context.now(), &events),
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
    let basis = plan::build::Basis {
        case: opened.id.as_str(),
        inventory: &house.inventory,
        findings,
        case_key: &opened.key,
        workspace_key: &house.key,
        holds: &holds,
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
