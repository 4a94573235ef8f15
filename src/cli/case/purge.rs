//! `dsr case purge`: the end of what is personal in a closed case. What was done stays: the ledger, and the bundle that proves it.
//!
//! The intent is noted in the vault, then the event is written, then everything is destroyed. A run that dies after the event leaves
//! the note behind, and the next command completes it before it does anything else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::json;

use crate::backup::known;
use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::agreeing;
use crate::cli::case::case_json;
use crate::cli::context::{Context, House};
use crate::cli::evidence::openings as stored;
use crate::cli::journey::{self, defer, pick};
use crate::cli::plan::case_id;
use crate::cli::signing;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::hold::{self, Hold};
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::{Event, Head};
use crate::messages::{Text, agreed, backup as say_backup, hold as say_hold, openings as say};
use crate::people::Matter;
use crate::plan::{Aim, Outcome};
use crate::purged::{self, Purge};
use crate::ui::Format;
use crate::workspace::{file_trouble, lease};

/// Workspace items with this beginning name cases whose purge was begun.
const BEGUN: &str = "purge.";

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// Before the day until which the case is kept; needs --reason
    #[arg(long, requires = "reason")]
    early: bool,
    /// Why it is destroyed early, as a short code for the ledger, such as authority_order
    #[arg(long, value_name = "CODE", requires = "early")]
    reason: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let id = case_id(&args.case)?;
    let reason = args.reason.as_deref().map(journey::code).transpose()?;
    let house = context.house()?;
    let _held = lease(&house.workspace, &format!("case-{id}"))?;
    let case = journey::outline(&house, &id)?;
    if let Some(purged) = &case.purged {
        // Once more does no harm, and reaches what a restored backup brought back.
        destroy(&house, &id)?;
        context.ui.say(&say::purged_before(day_of(purged.at)));
        return finish(context, &house, &id);
    }
    let has_key = house.vault().case_key(&id)?.is_some();
    let today = context.today();
    let keep_until = keeps(&house, &id)?;
    let early = today < keep_until;
    // Which records have to go one day is known without the case from here on.
    if has_key {
        defer::catch_up(&house, &case)?;
    }
    let in_the_way = obstacles(&house, &case, early && !args.early, keep_until, has_key)?;
    if !in_the_way.is_empty() {
        return Err(refusal(&id, &in_the_way));
    }
    signing::operates(context, &house)?;
    if early && house.inventory.approval == Approval::FourEyes {
        let reason = reason.as_deref().unwrap_or_default();
        second(context, &house, &id, reason, keep_until)?;
    }
    let left = defer::left(&house, &id)?;
    if left.count > 0 {
        context.ui.say(&say_hold::outlives(left.count));
    }
    for (place, day) in overdue(&house, &case, today, &left)? {
        let warning = Diagnostic::new("W283", Exit::Done, say::was_kept(place, day));
        context.ui.warn(&warning.help(say::was_kept_help()));
    }
    let lines = match has_key {
        true => stored::count(&house, &id)?,
        false => 0,
    };
    context.ui.say(&say::what_is_destroyed(
        id.as_str(),
        case.notes.len(),
        lines,
    ));
    still_known(context, &house, &id)?;
    confirm(context, args.yes, &id)?;

    house.vault().put_for_workspace(&begun(&id), "")?;
    let event = Event::CasePurged {
        early,
        reason: reason.filter(|_| early),
        again: false,
        operator: house.operator.clone(),
    };
    house.write(Some(&id), context.now(), &[event])?;
    complete(&house, &id)?;
    context.ui.say(&say::purged(id.as_str()));
    finish(context, &house, &id)
}

/// Lets an early end pass that a second person has agreed to; asks for it otherwise.
///
/// # Errors
/// E844 (exit 4) while nobody has.
fn second(
    context: &Context,
    house: &House,
    id: &CaseId,
    reason: &str,
    keep_until: Date,
) -> Result<()> {
    let matter = Matter::Purge {
        of_case: id.to_string(),
        closed: closed(house, id)?.unwrap_or(Head::EMPTY.hash),
        reason: reason.to_owned(),
    };
    let mut signers = agreeing::signers(house, &agreeing::register(house)?, &matter);
    if agreeing::is_agreed(house, &signers) {
        return Ok(());
    }
    if !signers.contains(&house.operator) {
        let signed = agreeing::signature(context, house, &matter)?;
        house.write(None, context.now(), &Vec::from_iter(signed))?;
        house.close()?;
        signers.push(house.operator.clone());
    }
    let approvers = agreeing::approvers(house, &signers);
    let what = agreed::purge_waits(id.as_str(), signers.join(", "));
    let wrong = Diagnostic::new("E844", Exit::Waiting, what).why(agreed::purge_why(keep_until));
    let help = agreed::purge_help(id.as_str(), approvers, reason);
    Err(wrong.help(help).into())
}

/// Hash of the event that closed a case last; `None` if it is open.
///
/// # Errors
/// Those of reading the ledger.
pub(crate) fn closed(house: &House, id: &CaseId) -> Result<Option<Digest>> {
    let mut last = None;
    house.each_event(id, &mut |stored| {
        if matches!(stored.event, Event::CaseClosed { .. }) {
            last = Some(stored.hash);
        }
        Ok(true)
    })?;
    let is_closed = journey::outline_of(house, id)?.is_some_and(|case| case.closed);
    Ok(last.filter(|_| is_closed))
}

/// Completes what a killed run began. Costs one look into the vault where there is nothing to do.
///
/// # Errors
/// Those of vault and ledger.
pub(crate) fn resume(context: &Context, house: &House) -> Result<()> {
    repeat(context, house)?;
    unopened(house)?;
    let names = house.vault().names_for_workspace()?;
    for name in names.iter().filter_map(|name| name.strip_prefix(BEGUN)) {
        let Some(id) = CaseId::parse(name) else {
            continue;
        };
        // Whoever holds it is at work on it.
        let Ok(_held) = lease(&house.workspace, &format!("case-{id}")) else {
            continue;
        };
        match journey::outline_of(house, &id)?.and_then(|case| case.purged) {
            Some(_) => complete(house, &id)?,
            // Nothing was said yet, so nothing was done.
            None => house.vault().remove_for_workspace(&begun(&id))?,
        }
    }
    Ok(())
}

/// Destroys what a run left that was killed while it opened a case: the ledger does not know of it, so nobody could ever purge it.
///
/// A ledger that lags behind may know nothing of cases that there are. Such a case holds more than who was named, though.
fn unopened(house: &House) -> Result<()> {
    if house.ledger().missed().is_some() {
        return Ok(());
    }
    let barely = house.vault().cases_with_only(item::SUBJECT)?;
    for id in barely {
        if journey::is_opened(house, &id)? {
            continue;
        }
        // Whoever holds it is just opening it.
        let Ok(_held) = lease(&house.workspace, &format!("case-{id}")) else {
            continue;
        };
        if !journey::is_opened(house, &id)? {
            house.vault().destroy_case(&id)?;
        }
    }
    Ok(())
}

/// Purges once more what an older copy of the vault has brought back.
fn repeat(context: &Context, house: &House) -> Result<()> {
    let ledger = house.ledger().id().to_owned();
    let mut repeated = false;
    for purge in purged::all(&house.workspace, &ledger, &house.key)? {
        if house.vault().case_key(&purge.case)?.is_none() {
            continue;
        }
        destroy(house, &purge.case)?;
        let warning = Diagnostic::new("W360", Exit::Done, say_backup::purge_repeated(&purge.case));
        context
            .ui
            .warn(&warning.help(say_backup::purge_repeated_help()));
        repeated = true;
    }
    // A ledger that lags behind takes no event before somebody has accepted it, which says so again.
    match repeated && house.ledger().missed().is_none() {
        true => say_again(context, house),
        false => Ok(()),
    }
}

/// Says of every case that was purged and is not any more by what a restored ledger tells, that it is.
///
/// # Errors
/// Those of reading and writing the ledger.
pub(crate) fn say_again(context: &Context, house: &House) -> Result<()> {
    let ledger = house.ledger().id().to_owned();
    for purge in purged::all(&house.workspace, &ledger, &house.key)? {
        // What was opened after the copy was made is not in it.
        let Some(case) = journey::outline_of(house, &purge.case)? else {
            continue;
        };
        if case.purged.is_none() {
            let event = Event::CasePurged {
                early: purge.early.is_some(),
                reason: purge.early,
                again: true,
                operator: house.operator.clone(),
            };
            house.write(Some(&purge.case), context.now(), &[event])?;
        }
    }
    Ok(())
}

/// Which copies still hold the key of a case.
fn still_known(context: &Context, house: &House, case: &CaseId) -> Result<()> {
    let mut first = None;
    house.each_event(case, &mut |stored| {
        first = Some(stored.seq);
        Ok(false)
    })?;
    let Some(first) = first else {
        return Ok(());
    };
    let today = context.today();
    let mut there = known::all(&house.ledger())?;
    there.retain(|copy| copy.exists(today) && copy.holds(first, None));
    if there.is_empty() {
        return Ok(());
    }
    context.ui.say(&say_backup::still_holds(there.len()));
    for copy in there {
        let (number, made) = (copy.backup.hex()[..12].to_owned(), day_of(copy.made));
        context.ui.say(&match copy.until {
            Some(until) => say_backup::still_until(number, made, until),
            None => say_backup::still(number, made),
        });
    }
    Ok(())
}

fn begun(case: &CaseId) -> String {
    format!("{BEGUN}{case}")
}

fn complete(house: &House, case: &CaseId) -> Result<()> {
    // Where a backup does not reach, so that whoever puts an older vault back purges the case once more.
    if let Some(purged) = journey::outline_of(house, case)?.and_then(|case| case.purged) {
        let purge = Purge {
            case: case.clone(),
            at: purged.at,
            early: purged.early,
        };
        let ledger = house.ledger().id().to_owned();
        purged::note(&house.workspace, &ledger, &house.key, &purge)?;
    }
    destroy(house, case)?;
    house.vault().remove_for_workspace(&begun(case))
}

/// Key, items, the list that was last shown to pick from, and what lies encrypted to others beside the bundle.
fn destroy(house: &House, case: &CaseId) -> Result<()> {
    house.vault().destroy_case(case)?;
    pick::forget(house)?;
    let folder = house.workspace.evidence_dir();
    let Ok(files) = fs_err::read_dir(&folder) else {
        return Ok(());
    };
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let own = name
            .trim_start_matches('.')
            .starts_with(&format!("{case}."));
        // The bundles are not personal, and stay.
        if own && name.contains(".age") && file.file_type().is_ok_and(|kind| kind.is_file()) {
            fs_err::remove_file(file.path()).map_err(|error| file_trouble(&error))?;
        }
    }
    Ok(())
}

fn day_of(at: jiff::Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::system()).date()
}

/// Until when a case is kept, and with it what opens its latest bundle.
///
/// # Errors
/// Those of reading the ledger.
pub(crate) fn keeps(house: &House, case: &CaseId) -> Result<Date> {
    Ok(kept_until(
        house.inventory.evidence.kept(),
        end_of(house, case)?,
    ))
}

/// When the case came to its end, or to its last bundle.
fn end_of(house: &House, case: &CaseId) -> Result<jiff::Timestamp> {
    let (mut end, mut last) = (None, jiff::Timestamp::UNIX_EPOCH);
    house.each_event(case, &mut |stored| {
        last = stored.at;
        if matches!(
            stored.event,
            Event::CaseClosed { .. } | Event::EvidenceMade { .. }
        ) {
            end = Some(stored.at);
        }
        Ok(true)
    })?;
    Ok(end.unwrap_or(last))
}

/// The day until which a case is kept that ended then.
fn kept_until(keep: jiff::Span, end: jiff::Timestamp) -> Date {
    day_of(end).checked_add(keep).unwrap_or(Date::MAX)
}

fn obstacles(
    house: &House,
    case: &Case,
    early: bool,
    keep_until: Date,
    has_key: bool,
) -> Result<Vec<Text>> {
    let mut out = Vec::new();
    if !case.closed {
        out.push(say::stands_open());
    }
    // What is in the case may be what the dispute is about.
    if has_key {
        let person = defer::person(house, &case.id)?;
        let standing = hold::all(&house.ledger())?;
        let on_her = |hold: &&Hold| hold.scope.identities.iter().any(|one| person.contains(one));
        let ids: Vec<_> = standing
            .iter()
            .filter(on_her)
            .map(|hold| &hold.id)
            .collect();
        if !ids.is_empty() {
            out.push(say_hold::stands_hold(hold::listed(ids)));
        }
        let left = defer::left(house, &case.id)?;
        if left.for_people > 0 {
            out.push(say_hold::stands_decision(left.for_people));
        }
    }
    if case.closed && early {
        out.push(say::stands_early(keep_until));
    }
    let exports = house.workspace.exports_dir().join(case.id.as_str());
    let there = case
        .exports
        .iter()
        .filter(|export| export.deleted.is_none());
    let there = there.count();
    if there > 0 && fs_err::read_dir(exports).is_ok_and(|mut files| files.next().is_some()) {
        out.push(say::stands_packages(there));
    }
    Ok(out)
}

/// System and object, and until when the last record stays there; without a day it is the longest of all.
type Staying = BTreeMap<(String, String), Option<Date>>;

/// The end of a step that left its record where it is.
fn stays(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Retained | Outcome::Restricted | Outcome::Held
    )
}

/// Until when an erasure left records where they are, as their last event tells, in these places. Only records of these are held while the
/// events pass by.
fn retained(house: &House, case: &Case, places: &BTreeSet<(String, String)>) -> Result<Staying> {
    let erasure = |plan: &Digest| {
        let plan = case.plans.iter().find(|state| state.id == *plan);
        plan.is_some_and(|state| state.verb == Aim::Erase.verb())
    };
    let mut last: BTreeMap<Digest, ((String, String), Option<Date>)> = BTreeMap::new();
    house.each_event(&case.id, &mut |stored| {
        match stored.event {
            Event::DeferredEnded {
                record, outcome, ..
            } if crate::deferred::is_gone(outcome) => {
                last.remove(&record);
            }
            Event::StepEnded {
                plan,
                system,
                object,
                record,
                outcome,
                until,
                ..
            } => {
                let place = (system, object);
                match stays(outcome) && erasure(&plan) && places.contains(&place) {
                    true => drop(last.insert(record, (place, until))),
                    false => drop(last.remove(&record)),
                }
            }
            _ => {}
        }
        Ok(true)
    })?;
    let mut out = Staying::new();
    for (place, until) in last.into_values() {
        let known = out.entry(place).or_insert(until);
        *known = known.zip(until).map(|(one, other)| one.max(other));
    }
    Ok(out)
}

/// Places of records whose day has passed without an event that says that they went, and that nothing but this case knows of.
fn overdue(
    house: &House,
    case: &Case,
    today: Date,
    left: &defer::Left,
) -> Result<Vec<(String, Date)>> {
    let mut places = BTreeSet::new();
    house.each_event(&case.id, &mut |stored| {
        if let Event::StepEnded {
            system,
            object,
            outcome,
            until: Some(until),
            ..
        } = stored.event
            && stays(outcome)
            && until <= today
        {
            places.insert((system, object));
        }
        Ok(true)
    })?;
    places.retain(|place| !left.places.contains(place));
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let passed = |((system, object), until): ((String, String), Option<Date>)| {
        let day = until.filter(|day| *day <= today)?;
        Some((format!("{system}.{object}"), day))
    };
    let staying = retained(house, case, &places)?.into_iter();
    Ok(staying.filter_map(passed).collect())
}

fn refusal(case: &CaseId, in_the_way: &[Text]) -> Trouble {
    let list = |lang: fn(&Text) -> &str| {
        let reasons: Vec<&str> = in_the_way.iter().map(lang).collect();
        reasons.join("; ")
    };
    let why = Text {
        en: list(|text| &text.en),
        de: list(|text| &text.de),
    };
    Diagnostic::new("E697", Exit::Waiting, say::cannot_purge(case.as_str()))
        .why(why)
        .help(say::cannot_purge_help())
        .into()
}

/// The number of the case typed once more, or `--yes`.
fn confirm(context: &Context, yes: bool, case: &CaseId) -> Result<()> {
    if yes {
        return Ok(());
    }
    let no = || Diagnostic::new("E696", Exit::Waiting, say::not_confirmed());
    if !context.ui.can_ask() {
        return Err(no().help(say::confirm_help()).into());
    }
    let answer = context.ui.ask(&say::ask_purge())?;
    match answer.trim().eq_ignore_ascii_case(case.as_str()) {
        true => Ok(()),
        false => Err(no().into()),
    }
}

/// What remains, in both forms.
fn finish(context: &Context, house: &House, id: &CaseId) -> Result<Exit> {
    house.close()?;
    let case = journey::outline(house, id)?;
    let (mut events, mut given) = (0, 0);
    house.each_event(id, &mut |stored| {
        events += 1;
        if let Event::Disclosed { recipients, .. } = &stored.event {
            given += recipients.len();
        }
        Ok(true)
    })?;
    let purged = case.purged.as_ref().map(|purged| day_of(purged.at));
    let today = context.today();
    let remains = say::remains(purged.unwrap_or(today), events, case.evidence.len());
    context.ui.say(&remains);
    if given > 0 {
        context.ui.say(&say::copies_elsewhere());
    }
    if context.ui.format == Format::Json {
        let mut out = case_json(&case, today);
        out["schema"] = json!("dsr.case/1");
        context.ui.json(&out);
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_kept_as_long_as_the_inventory_says() {
        let end: jiff::Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let kept = |keep: &str| kept_until(keep.parse().unwrap(), end).to_string();
        assert_eq!(kept("P3Y"), "2029-03-01");
        assert_eq!(kept("P1D"), "2026-03-02");
        assert_eq!(kept("P6M"), "2026-09-01");
        assert_eq!(kept("P9000Y"), Date::MAX.to_string());
    }
}
