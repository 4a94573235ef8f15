//! `dsr case purge`: the end of what is personal in a closed case. What was done stays: the ledger, and the bundle that proves it.
//!
//! The intent is noted in the vault, then the event is written, then everything is destroyed. A run that dies after the event leaves
//! the note behind, and the next command completes it before it does anything else.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;

use crate::case::Case;
use crate::case_id::CaseId;
use crate::cli::case::case_json;
use crate::cli::context::{Context, House};
use crate::cli::evidence::openings as stored;
use crate::cli::journey::{self, defer, pick};
use crate::cli::plan::case_id;
use crate::cli::signing;
use crate::deferred::Deferred;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::hold::{self, Hold};
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::{Event, Stored};
use crate::messages::{Text, approval, hold as say_hold, openings as say};
use crate::plan::{Aim, Ends, Outcome};
use crate::ui::Format;
use crate::workspace::{file_trouble, lease};

/// How long a case is kept where the inventory does not say.
const KEEP_YEARS: i32 = 3;
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
    let case = journey::fold(&house, &id)?;
    if let Some(purged) = &case.purged {
        // Once more does no harm, and reaches what a restored backup brought back.
        destroy(&house, &id)?;
        context.ui.say(&say::purged_before(day_of(purged.at)));
        return finish(context, &house, &id);
    }
    let has_key = house.vault().case_key(&id)?.is_some();
    let events = house.events(&id)?;
    let today = context.today();
    let keep_until = kept_until(house.inventory.evidence.keep, end_of(&events));
    let early = today < keep_until;
    // Which records have to go one day is known without the case from here on.
    if has_key {
        defer::catch_up(&house, &case)?;
    }
    let in_the_way = obstacles(&house, &case, early && !args.early, keep_until, has_key)?;
    if !in_the_way.is_empty() {
        return Err(refusal(&id, &in_the_way));
    }
    if early && house.inventory.approval == Approval::FourEyes {
        let wrong = Diagnostic::new("E844", Exit::Waiting, approval::no_early_purge(id.as_str()));
        let wrong = wrong.why(approval::no_early_purge_why());
        return Err(wrong.help(approval::no_early_purge_help(keep_until)).into());
    }
    let left = defer::of_case(&house, &id)?;
    if !left.is_empty() {
        context.ui.say(&say_hold::outlives(left.len()));
    }
    for (place, day) in overdue(&case, &events, today, &left) {
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
    confirm(context, args.yes, &id)?;
    signing::operates(context, &house)?;

    house.vault().put_for_workspace(&begun(&id), "")?;
    let event = Event::CasePurged {
        early,
        reason: reason.filter(|_| early),
        operator: house.operator.clone(),
    };
    house.write(Some(&id), context.now(), &[event])?;
    complete(&house, &id)?;
    context.ui.say(&say::purged(id.as_str()));
    finish(context, &house, &id)
}

/// Completes what a killed run began. Costs one look into the vault where there is nothing to do.
///
/// # Errors
/// Those of vault and ledger.
pub(crate) fn resume(house: &House) -> Result<()> {
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

fn begun(case: &CaseId) -> String {
    format!("{BEGUN}{case}")
}

fn complete(house: &House, case: &CaseId) -> Result<()> {
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

/// When the case came to its end, or to its last bundle.
fn end_of(events: &[Stored]) -> jiff::Timestamp {
    let ends = |stored: &&Stored| {
        matches!(
            stored.event,
            Event::CaseClosed { .. } | Event::EvidenceMade { .. }
        )
    };
    let last = events.iter().rev().find(ends).or(events.last());
    last.map_or(jiff::Timestamp::UNIX_EPOCH, |stored| stored.at)
}

/// The day until which a case is kept that ended then.
fn kept_until(keep: Option<jiff::Span>, end: jiff::Timestamp) -> Date {
    let keep = keep.unwrap_or_else(|| jiff::Span::new().years(KEEP_YEARS));
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
        let left = defer::of_case(house, &case.id)?;
        let for_people = left.iter().filter(|row| row.ends == Ends::Person).count();
        if for_people > 0 {
            out.push(say_hold::stands_decision(for_people));
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

/// Records that an erasure left where they are, as their last event tells: how many, and until when the last of them.
fn retained(case: &Case, events: &[Stored]) -> BTreeMap<(String, String), (u64, Option<Date>)> {
    let erasure = |plan: &Digest| {
        let plan = case.plans.iter().find(|state| state.id == *plan);
        plan.is_some_and(|state| state.verb == Aim::Erase.verb())
    };
    let mut last: BTreeMap<Digest, Option<(String, String, Option<Date>)>> = BTreeMap::new();
    for stored in events {
        if let Event::DeferredEnded {
            record, outcome, ..
        } = &stored.event
            && crate::deferred::is_gone(*outcome)
        {
            last.insert(*record, None);
        }
        if let Event::StepEnded {
            plan,
            system,
            object,
            record,
            outcome,
            until,
            ..
        } = &stored.event
        {
            let stays = matches!(
                outcome,
                Outcome::Retained | Outcome::Restricted | Outcome::Held
            );
            let stays = stays && erasure(plan);
            let place = stays.then(|| (system.clone(), object.clone(), *until));
            last.insert(*record, place);
        }
    }
    let mut out: BTreeMap<(String, String), (u64, Option<Date>)> = BTreeMap::new();
    for (system, object, until) in last.into_values().flatten() {
        let known = out.entry((system, object)).or_insert((0, until));
        known.0 += 1;
        // Without a day it is the longest of all.
        known.1 = known.1.zip(until).map(|(one, other)| one.max(other));
    }
    out
}

/// Places of records whose day has passed without an event that says that they went, and that nothing but this case knows of.
fn overdue(case: &Case, events: &[Stored], today: Date, left: &[Deferred]) -> Vec<(String, Date)> {
    let passed = |(place, (_, until)): ((String, String), (u64, Option<Date>))| {
        let day = until.filter(|day| *day <= today)?;
        let mut left = left.iter();
        if left.any(|row| (&row.system, &row.object) == (&place.0, &place.1)) {
            return None;
        }
        Some((format!("{}.{}", place.0, place.1), day))
    };
    retained(case, events)
        .into_iter()
        .filter_map(passed)
        .collect()
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
    let case = journey::fold(house, id)?;
    let events = house.events(id)?.len();
    let purged = case.purged.as_ref().map(|purged| day_of(purged.at));
    let today = context.today();
    let remains = say::remains(purged.unwrap_or(today), events, case.evidence.len());
    context.ui.say(&remains);
    let given = house.events(id)?;
    let given = given.iter().filter_map(|stored| match &stored.event {
        Event::Disclosed { recipients, .. } => Some(recipients.len()),
        _ => None,
    });
    let given: usize = given.sum();
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
        let kept = |keep: Option<&str>| {
            let keep = keep.map(|text| text.parse().unwrap());
            kept_until(keep, end).to_string()
        };
        assert_eq!(kept(None), "2029-03-01");
        assert_eq!(kept(Some("P1D")), "2026-03-02");
        assert_eq!(kept(Some("P6M")), "2026-09-01");
        assert_eq!(kept(Some("P9000Y")), Date::MAX.to_string());
    }
}
