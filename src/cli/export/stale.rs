//! Whether a draft still answers for the person: what became known since, and whose the records are that are asked for again.
//!
//! The final holds what stood in the draft. A new identity, or a record accepted since, would be left out of it without a word. And
//! where records are too many to be kept, they are asked for a second time, days later, by numbers and keys that the draft found: a
//! system that gave such a number to its next customer would hand over somebody else's. So what led there is looked for once more.

use crate::case::item;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::{Accepted, Search};
use crate::findings::{Findings, Found, Known, Match};
use crate::ledger::ExportKind;
use crate::messages::{Text, export as say};
use crate::subject::{Identity, Kinds, Origin};

/// Refuses a draft that does not answer for the person any more.
///
/// # Errors
/// E802 (exit 4); a new draft settles it.
pub(super) fn check(
    context: &Context,
    house: &House,
    opened: &Opened,
    kind: ExportKind,
    drafted: &Findings,
) -> Result<()> {
    let wrong = |why: Text| {
        let command = format!("dsr {} --case {}", kind.verb(), opened.id);
        Diagnostic::new("E802", Exit::Waiting, say::stale_draft())
            .why(why)
            .help(say::no_draft_help(command))
            .into()
    };
    let stated = |identity: &Identity| {
        let mut known = drafted.identities.iter();
        known.any(|known| known.from == Origin::Stated && known.identity == *identity)
    };
    if !opened.subject.iter().all(stated) {
        return Err(wrong(say::stale_identity()));
    }
    let accepted: Accepted = house
        .vault()
        .read(&opened.id, item::ACCEPTED)?
        .unwrap_or_default();
    let is_accepted = |system: &str, object: &str, found: &Found| {
        accepted.contains(&(
            system.to_owned(),
            object.to_owned(),
            found.record.key.clone(),
        ))
    };
    let mut records = drafted.records();
    if records.any(|(system, object, found)| {
        found.matched != Match::Stated && is_accepted(&system.system, &object.object, found)
    }) {
        return Err(wrong(say::stale_acceptance()));
    }
    let objects = drafted.systems.iter().flat_map(|system| &system.objects);
    if !objects.clone().any(|object| object.streamed.is_some()) {
        return Ok(());
    }
    let known = Search::stated(opened.subject.clone());
    let hold = Some(super::HOLD);
    let now = crate::cli::block_on(journey::ask(context, house, known, accepted, &[], hold))??;
    let event = journey::searched(&now, &opened.key, kind.verb(), &house.operator);
    house.write(Some(&opened.id), context.now(), &[event])?;
    match still_leads(house, drafted, &now) {
        true => Ok(()),
        false => Err(wrong(say::stale_source())),
    }
}

/// Whether all that leads to records which are asked for again is the person's still.
fn still_leads(house: &House, drafted: &Findings, now: &Findings) -> bool {
    let kinds = &house.inventory.kinds;
    drafted.systems.iter().all(|system| {
        let streamed = system.objects.iter().filter_map(|o| o.streamed.as_ref());
        let mut leads = streamed.flat_map(|streamed| &streamed.leads);
        leads.all(|lead| {
            let parent = lead.parent.as_ref().is_none_or(|(object, key)| {
                let mut records = now.records();
                records.any(|(s, o, found)| {
                    s.system == system.system
                        && o.object == *object
                        && found.record.key == *key
                        && found.matched == Match::Stated
                })
            });
            let identity = lead.identity.as_ref();
            parent && identity.is_none_or(|one| still_hers(house, kinds, drafted, now, one))
        })
    })
}

/// An identity that a record gave is the person's while such a record is; one whose source was gone before the draft keeps its word.
fn still_hers(
    house: &House,
    kinds: &Kinds,
    drafted: &Findings,
    now: &Findings,
    identity: &Identity,
) -> bool {
    let of = |known: &&Known| known.identity == *identity;
    let Some(known) = drafted.identities.iter().find(of) else {
        return false;
    };
    let Origin::Derived { object: source, .. } = &known.from else {
        return true;
    };
    let gives = |findings: &Findings| {
        let mut records = findings.records();
        records.any(|(system, object, found)| {
            let definition = house.inventory.system(&system.system);
            let definition = definition.and_then(|system| system.object(&object.object));
            let carries = || {
                let fields = definition.iter().flat_map(|object| &object.fields);
                let mut fields = fields.filter(|f| f.identity.as_ref() == Some(&identity.kind));
                fields.any(|field| {
                    let values = field.values(&found.record.data);
                    let read = |raw: &String| kinds.identity(&identity.kind, raw).ok();
                    values.iter().filter_map(read).any(|one| one == *identity)
                })
            };
            found.matched == Match::Stated
                && *source == format!("{}.{}", system.system, object.object)
                && carries()
        })
    };
    !gives(drafted) || gives(now)
}
