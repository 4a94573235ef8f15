//! `dsr find`: where is this person.

use jiff::Timestamp;

use crate::cli::audit::log::keep_reason;
use crate::cli::candidates::{self, Called, Choice};
use crate::cli::context::{Context, House};
use crate::cli::journey::{pick, same};
use crate::cli::people::{self, PeopleArgs, Reads};
use crate::cli::who::Who;
use crate::cli::{journey, many, report};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::Search;
use crate::findings::{Findings, Match};
use crate::ledger::Event;
use crate::messages::cli as say;

/// Find where a person's data is
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    people: PeopleArgs,
    #[command(flatten)]
    called: Called,
    /// Identities that the case does not know are the same person's; identity is to be confirmed anew then
    #[arg(long, requires = "case")]
    same_person: bool,
    /// Ask only this system; repeat for several. The result is then partial
    #[arg(long, value_name = "NAME")]
    system: Vec<String>,
    /// Why you look; kept encrypted, and asked for where the inventory says so
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    crate::cli::export::register::expire(context, &house)?;
    if args.who.case.is_some() {
        return in_case(context, &house, &args);
    }
    let kinds = &house.inventory.kinds;
    let people = people::read(context, &args.people, kinds, &Reads::Nothing)?;
    let asked = args.called.asked();
    if let Some(asked) = &asked {
        asked.query()?;
    }
    let mut stated = match asked {
        None if people.is_empty() => args.who.identities(context, &house.inventory.kinds)?,
        _ => Vec::new(),
    };
    journey::check_names(&house, &args.system)?;
    let reason = match (&args.reason, house.inventory.reason_required) {
        (None, true) => Some(context.ui.ask(&say::ask_reason())?),
        (reason, _) => reason.clone(),
    };
    if house.inventory.reason_required
        && reason.as_deref().is_none_or(|text| text.trim().is_empty())
    {
        return Err(
            Diagnostic::new("E843", Exit::Waiting, say::reason_missing())
                .help(say::reason_help())
                .into(),
        );
    }
    if !people.is_empty() {
        let exit = many::find(context, &house, &people, &args.system, reason.as_deref())?;
        house.close()?;
        return Ok(exit);
    }
    // A search alone opens no case, and is logged all the same, under a digest of the workspace.
    let log = |findings: &Findings| -> Result<()> {
        let at = context.now();
        let event = journey::searched(findings, &house.key, "find", &house.operator);
        let event = because(&house, event, at, reason.as_deref())?;
        house.write(None, at, &[event])
    };
    let picks = &args.who.pick;
    let picked = match &asked {
        None => pick::picked(context, &house, picks)?,
        Some(asked) => {
            match candidates::choose(context, &house, asked, picks, &args.system, log)? {
                Choice::Stop(exit) => return Ok(exit),
                Choice::Picked(picked) => picked,
            }
        }
    };
    stated.extend(picked.identities);
    stated.sort();
    stated.dedup();
    let known = Search::stated(stated);
    let findings = super::block_on(journey::ask_systems(
        context,
        &house,
        known,
        picked.records,
        &args.system,
    ))??;
    log(&findings)?;
    house.close()?;
    Ok(show(context, &house, &findings))
}

/// A search without a case, with the digest of why somebody looked; the words lie in the vault.
///
/// # Errors
/// Those of writing the vault.
pub(crate) fn because(
    house: &House,
    mut event: Event,
    at: Timestamp,
    why: Option<&str>,
) -> Result<Event> {
    if let (Event::Searched { reason, .. }, Some(why)) = (&mut event, why)
        && !why.trim().is_empty()
    {
        *reason = Some(keep_reason(house, at, why)?);
    }
    Ok(event)
}

fn in_case(context: &Context, house: &House, args: &Args) -> Result<Exit> {
    let Some(id) = args.who.case_id()? else {
        return Ok(Exit::Done);
    };
    journey::check_names(house, &args.system)?;
    let typed = args.who.identities(context, &house.inventory.kinds)?;
    let picked = match pick::noted(house, &id, &args.who.pick)? {
        Some(picked) => picked,
        None => pick::picked(context, house, &args.who.pick)?,
    };
    let mut opened = journey::reopen(house, &id)?;
    same::check(&opened, &typed, args.same_person)?;
    let stated = [typed, picked.identities].concat();
    same::add(context, house, &mut opened, &stated)?;
    journey::accepted(context, house, &opened, picked.records)?;
    let findings = super::block_on(journey::search(
        context,
        house,
        &opened,
        &args.system,
        "find",
    ))??;
    let back = journey::back::came_back(house, &opened, &findings)?;
    house.close()?;
    let exit = show(context, house, &findings);
    if back.is_empty() {
        return Ok(exit);
    }
    let places: Vec<&str> = back.keys().map(String::as_str).collect();
    let records: u64 = back.values().sum();
    let what = say::came_back(id.as_str(), records, places.join(", "));
    let again = Diagnostic::new("E888", Exit::Unproven, what);
    context
        .ui
        .warn(&again.help(say::came_back_help(id.as_str())));
    Ok(exit.and(Exit::Unproven))
}

fn show(context: &Context, house: &House, findings: &Findings) -> Exit {
    report::findings(context, house, findings);
    report::summary(context, findings);
    report::to_look_up(context, findings);
    report::waiting(context, findings);
    exit_of_answer(findings)
}

/// Exit code of a search that is itself the answer: what people look up counts, which an erasure leaves to tasks of its own.
pub(crate) fn exit_of_answer(findings: &Findings) -> Exit {
    match findings.is_whole() {
        true => exit_of(findings),
        false => Exit::Incomplete.and(exit_of(findings)),
    }
}

/// Exit code of a search: incomplete before waiting for acceptance.
pub(crate) fn exit_of(findings: &Findings) -> Exit {
    let waits = findings
        .records()
        .any(|(_, _, found)| found.matched != Match::Stated);
    let waiting = if waits { Exit::Waiting } else { Exit::Done };
    if findings.complete() {
        waiting
    } else {
        Exit::Incomplete.and(waiting)
    }
}
