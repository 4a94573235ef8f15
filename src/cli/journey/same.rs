//! Whether all that is stated is one person's.
//!
//! A mistyped address beside a case would make one case of two people: one would be handed the other's data, or be erased with her.
//! So no identity comes into a case that does not know it before an operator says that it is the same person's, and identity is to be
//! confirmed anew then. What came in by mistake is taken out again, as long as nothing was carried out by it.

use serde::{Deserialize, Serialize};

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::journey::{Opened, Register, digest, stored};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::Accepted;
use crate::findings::Known;
use crate::keys::Digest;
use crate::ledger::{Event, ExportKind};
use crate::messages::same as say;
use crate::subject::Identity;
use crate::vault::Item;

/// What a case knew before an identity was added.
#[derive(Default, Serialize, Deserialize)]
struct Before {
    known: Vec<Known>,
    accepted: Accepted,
}

/// The one open case of a person with one of these identities.
///
/// # Errors
/// E838 (exit 4) if they lie in more than one; those of [`Register::of`].
pub(crate) fn case_of(
    house: &House,
    register: &Register,
    recognised_by: &[Identity],
) -> Result<Option<CaseId>> {
    let mut cases = register.of(house, recognised_by)?;
    if cases.len() < 2 {
        return Ok(cases.pop());
    }
    let names: Vec<&str> = cases.iter().map(CaseId::as_str).collect();
    let wrong = Diagnostic::new("E838", Exit::Waiting, say::several_cases(names.join(", ")));
    Err(wrong
        .why(say::mixed_up())
        .help(say::several_cases_help(names[0]))
        .into())
}

/// Lets no identity into a case that does not know it, unless somebody says that it is the same person's.
///
/// # Errors
/// E839 (exit 4).
pub(crate) fn check(opened: &Opened, typed: &[Identity], same_person: bool) -> Result<()> {
    let strange = typed.iter().filter(|one| !opened.subject.contains(one));
    let strange = strange.count();
    if strange == 0 || same_person {
        return Ok(());
    }
    let case = opened.id.as_str();
    let wrong = Diagnostic::new("E839", Exit::Waiting, say::strange(case, strange));
    Err(wrong
        .why(say::mixed_up())
        .help(say::strange_help())
        .help(say::strange_other_help())
        .into())
}

/// Adds identities to those that were stated in a case.
///
/// The event comes first: a run that is killed after it leaves a case that asks for confirmation without need, and one that was killed
/// before it nothing at all. The other way round, a second try would find the identity known, and nobody would hear of it.
pub(crate) fn add(
    context: &Context,
    house: &House,
    opened: &mut Opened,
    stated: &[Identity],
) -> Result<()> {
    let fresh = stated.iter().filter(|one| !opened.subject.contains(one));
    let fresh: Vec<Identity> = fresh.cloned().collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let digests: Vec<Digest> = fresh.iter().map(|one| digest(&opened.key, one)).collect();
    let before = {
        let vault = house.vault();
        let known: Option<Vec<Known>> = vault.read(&opened.id, item::KNOWN)?;
        let accepted: Option<Accepted> = vault.read(&opened.id, item::ACCEPTED)?;
        Before {
            known: known.unwrap_or_default(),
            accepted: accepted.unwrap_or_default(),
        }
    };
    let items = digests
        .iter()
        .map(|one| Item::new(item::before(one), &before));
    house.vault().put_all(&opened.id, items.collect())?;
    let event = Event::IdentityAdded {
        identities: digests,
        operator: house.operator.clone(),
    };
    house.write(Some(&opened.id), context.now(), &[event])?;
    opened.subject.extend(fresh);
    opened.subject.sort();
    opened.subject.dedup();
    let mut vault = house.vault();
    vault.put(&opened.id, item::SUBJECT, &opened.subject)
}

/// Takes identities out of a case again that were stated by mistake, with all that was found by them.
///
/// # Errors
/// E845 for an identity that the case does not know, E846 if none would be left (both exit 2), E847 (exit 4) if something was carried
/// out since it was stated.
pub(crate) fn remove(
    context: &Context,
    house: &House,
    opened: &mut Opened,
    wrong: &[Identity],
) -> Result<()> {
    let case = opened.id.as_str().to_owned();
    if wrong.iter().any(|one| !opened.subject.contains(one)) {
        let unknown = Diagnostic::new("E845", Exit::Usage, say::not_in_case(&case));
        return Err(unknown.help(say::not_in_case_help()).into());
    }
    if opened.subject.iter().all(|one| wrong.contains(one)) {
        let last = Diagnostic::new("E846", Exit::Usage, say::last_one(&case));
        return Err(last.help(say::last_one_help(&case)).into());
    }
    let digests: Vec<Digest> = wrong.iter().map(|one| digest(&opened.key, one)).collect();
    if is_acted_on(house, &opened.id, &digests)? {
        let late = Diagnostic::new("E847", Exit::Waiting, say::carried_out(&case));
        return Err(late
            .why(say::carried_out_why())
            .help(say::carried_out_help(&case))
            .into());
    }
    let event = Event::IdentityRemoved {
        identities: digests,
        operator: house.operator.clone(),
    };
    house.write(Some(&opened.id), context.now(), &[event])?;
    settle(house, &opened.case(house)?, opened)
}

/// Whether anything was carried out, handed over or done by somebody since one of these identities was stated.
fn is_acted_on(house: &House, case: &CaseId, identities: &[Digest]) -> Result<bool> {
    let mut acts = Vec::new();
    let mut stated = vec![0; identities.len()];
    house.each_event(case, &mut |stored| {
        match &stored.event {
            Event::IdentityAdded { identities: of, .. } => {
                for (one, at) in identities.iter().zip(&mut stated) {
                    if of.contains(one) {
                        *at = stored.seq;
                    }
                }
            }
            Event::ApplyStarted { .. }
            | Event::DeferredDue { .. }
            | Event::Disclosed { .. }
            | Event::TaskDone { .. }
            | Event::Exported { draft: false, .. } => acts.push(stored.seq),
            _ => {}
        }
        Ok(true)
    })?;
    let since = stated.into_iter().min().unwrap_or_default();
    Ok(acts.into_iter().any(|act| act > since))
}

/// Does in the vault what the ledger says was taken out; a run that was killed in between is completed by the next that opens the case.
pub(super) fn settle(house: &House, case: &Case, opened: &mut Opened) -> Result<()> {
    let is_out = |one: &Identity| case.taken_out.contains(&digest(&opened.key, one));
    let (out, left): (Vec<Identity>, Vec<Identity>) =
        opened.subject.iter().cloned().partition(is_out);
    if out.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = out
        .iter()
        .map(|one| item::before(&digest(&opened.key, one)))
        .collect();
    let mut vault = house.vault();
    // Of several the oldest knew least. Without a note the identity was there from the beginning.
    let mut before: Option<Before> = None;
    for name in &names {
        let noted: Before = vault.read(&opened.id, name)?.unwrap_or_default();
        let is_older = |known: &Before| noted.known.len() < known.known.len();
        if before.as_ref().is_none_or(is_older) {
            before = Some(noted);
        }
    }
    let before = before.unwrap_or_default();
    // Whatever was noted for an identity that came later goes back no further than that.
    let mut items = Vec::new();
    for name in vault.names(&opened.id)? {
        if names.contains(&name) || !name.starts_with(item::BEFORE) {
            continue;
        }
        let mut noted: Before = vault.read(&opened.id, &name)?.unwrap_or_default();
        let knew = |one: &Known| before.known.iter().any(|k| k.identity == one.identity);
        noted.known.retain(knew);
        noted.accepted.retain(|one| before.accepted.contains(one));
        items.push(Item::new(name, &noted));
    }
    // What was found may be the other person's.
    stored::forget_parts(&mut vault, &opened.id, 0)?;
    let drafts = [ExportKind::Access, ExportKind::Portability].map(item::draft);
    let found = [item::FINDINGS.to_owned()];
    for name in found.iter().chain(&drafts) {
        vault.remove(&opened.id, name)?;
    }
    items.extend([
        Item::new(item::SUBJECT, &left),
        Item::new(item::KNOWN, &before.known),
        Item::new(item::ACCEPTED, &before.accepted),
    ]);
    vault.put_all(&opened.id, items)?;
    for name in &names {
        vault.remove(&opened.id, name)?;
    }
    opened.subject = left;
    Ok(())
}
