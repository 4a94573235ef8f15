//! The records that somebody says are the person's, by `--accept` or by picking them.

use std::collections::BTreeSet;

use super::{Opened, RequestArgs, search_holding, stored};
use crate::case::item;
use crate::cli::context::{Context, House};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::Accepted;
use crate::findings::{Findings, ObjectStatus};
use crate::ledger::Event;
use crate::messages::cli as say;
use crate::plan;

/// Notes the records that `--accept` names. They may come from the list of a search without a case, so whatever the case has not found
/// yet is looked for first.
///
/// # Errors
/// E849 for what that search does not find: exit 4, or exit 3 where the system could not be searched.
pub(super) fn accept(
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
pub(super) fn record_named(text: &str) -> Result<(&str, &str, &str)> {
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
