//! What stands out in the ledger, listed for `dsr audit log --anomalies`, and gathered for the cover sheet of a case.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::anomaly::{self, Anomaly, Reader};
use crate::case_id::CaseId;
use crate::cli::case::when;
use crate::cli::context::{Context, House};
use crate::diagnostic::Result;
use crate::evidence::Amendment;
use crate::inventory::terms::Terms;
use crate::ledger::{Event, Stored, Verdict};
use crate::messages::anomaly as say;
use crate::people::Matter;
use crate::ui::Format;

/// Events of an earlier case that are looked through for whom it asked.
const ENOUGH: usize = 200;
/// Events of the case itself: of a very large one, the rest is what became of its records.
const ENOUGH_OF_OWN: usize = 5_000;

/// What stands out, of one case or of all, from a day on.
pub(super) fn found(
    context: &Context,
    house: &House,
    only: Option<&CaseId>,
    since: Option<Date>,
) -> Result<Vec<Anomaly>> {
    let mut reader = Reader::default();
    let mut last = None;
    house.ledger().all(&mut |stored| {
        last = Some((stored.seq, stored.at));
        reader.take(&stored);
        true
    })?;
    let mut found = reader.end(last, context.now());
    found.retain(|one| {
        only.is_none_or(|only| one.case.as_ref() == Some(only))
            && since.is_none_or(|since| one.at.to_zoned(TimeZone::UTC).date() >= since)
    });
    Ok(found)
}

pub(super) fn show(context: &Context, house: &House, verdict: &Verdict, found: &[Anomaly]) {
    let lang = context.ui.lang;
    if context.ui.format == Format::Json {
        let one = |one: &Anomaly| {
            json!({
                "kind": one.kind,
                "seq": one.seq,
                "at": one.at,
                "case": one.case,
                "operator": one.who,
                "what": one.what.to(lang),
                "why": one.kind.why().to(lang),
            })
        };
        context.ui.json(&json!({
            "schema": "dsr.anomalies/1",
            "ledger": house.lock.ledger,
            "whole": verdict.is_whole(),
            "anomalies": found.iter().map(one).collect::<Vec<_>>(),
        }));
    } else if !found.is_empty() {
        let head = [
            say::head_when(),
            say::head_who(),
            say::head_case(),
            say::head_what(),
            say::head_why(),
        ];
        let row = |one: &Anomaly| {
            let case = one.case.as_ref().map(ToString::to_string);
            vec![
                when(context, one.at),
                one.who.clone().unwrap_or_default(),
                case.unwrap_or_default(),
                one.what.to(lang).to_owned(),
                one.kind.why().to(lang).to_owned(),
            ]
        };
        context
            .ui
            .rows(&head, &found.iter().map(row).collect::<Vec<_>>());
    }
    context.ui.say(&match found.len() {
        0 => say::none(),
        count => say::some(count),
    });
}

/// What the cover sheet of a case says: whom it did not ask and the last of its kind did, and what became weaker in between.
///
/// # Errors
/// Those of reading the ledger.
pub(crate) fn of_case(house: &House, case: &CaseId) -> Result<Vec<Anomaly>> {
    let own = told(house, case, ENOUGH_OF_OWN)?;
    let Some(rights) = own.first().and_then(rights) else {
        return Ok(Vec::new());
    };
    let cases = house.ledger().cases()?;
    let place = cases.iter().position(|one| one == case).unwrap_or_default();
    let mut before = None;
    for earlier in cases[..place].iter().rev() {
        let events = told(house, earlier, ENOUGH)?;
        let asked = |stored: &Stored| matches!(stored.event, Event::Searched { .. });
        if events.first().and_then(self::rights) == Some(rights.clone()) && events.iter().any(asked)
        {
            before = Some((earlier, events));
            break;
        }
    }
    let mut terms = Vec::new();
    house
        .ledger()
        .of_the_terms(&mut |stored| terms.push(stored))?;
    let before = before
        .as_ref()
        .map(|(case, events)| (*case, events.as_slice()));
    Ok(anomaly::of_case(case, &own, before, &terms))
}

/// Changes to inventory and people since the last bundle of a case, or since it was opened; `None` where the ledger did not note before
/// that what the inventory asks for.
///
/// # Errors
/// Those of reading the ledger.
pub(crate) fn amendments(house: &House, case: &CaseId) -> Result<Option<Vec<Amendment>>> {
    let mut since = 0;
    house.each_event(case, &mut |stored| {
        if matches!(
            stored.event,
            Event::CaseOpened { .. } | Event::EvidenceMade { .. }
        ) {
            since = stored.seq;
        }
        Ok(true)
    })?;
    let (mut known, mut found): (Option<Terms>, _) = (None, None);
    house.ledger().of_the_terms(&mut |stored| {
        let is_later = stored.seq > since;
        let mut note = |who: &str, what| {
            let amendment = Amendment {
                at: stored.at,
                who: who.to_owned(),
                what,
            };
            found
                .iter_mut()
                .for_each(|found: &mut Vec<Amendment>| found.push(amendment.clone()));
        };
        match &stored.event {
            Event::TermsChanged {
                terms, operator, ..
            } => {
                if is_later && let Some(before) = &known {
                    let changes = anomaly::amended(before, terms);
                    changes.into_iter().for_each(|what| note(operator, what));
                } else if !is_later {
                    found = Some(Vec::new());
                }
                known = Some(terms.clone());
            }
            Event::Agreed {
                matter: Matter::Terms { .. },
                by,
                ..
            } if is_later => note(by, say::agreed_to_terms()),
            _ => {}
        }
    })?;
    Ok(found)
}

/// What was asked for when a case was opened, in order.
fn rights(first: &Stored) -> Option<Vec<String>> {
    match &first.event {
        Event::CaseOpened { rights, .. } => {
            let mut rights = rights.clone();
            rights.sort();
            Some(rights)
        }
        _ => None,
    }
}

/// The events of a case that tell who was asked, and what else stands out in it; of very many events only the first are looked at.
fn told(house: &House, case: &CaseId, enough: usize) -> Result<Vec<Stored>> {
    let (mut events, mut seen) = (Vec::new(), 0);
    house.each_event(case, &mut |stored| {
        seen += 1;
        if matches!(
            stored.event,
            Event::CaseOpened { .. }
                | Event::Searched { .. }
                | Event::Exported { .. }
                | Event::TimeStamped { .. }
        ) {
            events.push(stored);
        }
        Ok(seen < enough)
    })?;
    Ok(events)
}
