//! Joins a request to the person's open case, or opens one for it, once nothing speaks against it.

use jiff::civil::Date;

use super::accept::{accept, accepted, record_named};
use super::search::check_names;
use super::{
    NO_CHANNEL, Opened, Register, RequestArgs, code, control, log, pick, reopen, same, time,
};
use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::{Event, ExportKind};
use crate::messages::cli as say;
use crate::subject::Identity;
use crate::workspace::lease;

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
