//! Whose records a hold on a person keeps: by what she is known, and the records that were found by that.
//!
//! Somebody may correct the address in a record, here or by hand. The record is held all the same: the vault remembers which were found, by
//! their keys, and a correction that this program writes widens the hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{LEASE, WAIT, digests, put, words};
use crate::cli::context::{Context, House};
use crate::connector::Key;
use crate::diagnostic::Result;
use crate::findings::{Findings, Match};
use crate::hold::{self, Hold, HoldId};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::hold as say;
use crate::subject::Identity;
use crate::workspace::lease_within;

/// Records by system, object and key.
pub(crate) type Records = BTreeSet<(String, String, Key)>;

/// By what the person of a hold is known; nothing if it is on no person.
pub(crate) fn identities(house: &House, id: &HoldId) -> Result<Vec<Identity>> {
    Ok(words(house, id)?.identities)
}

/// The records that were found to be the person's, whenever that was.
pub(crate) fn records(house: &House, id: &HoldId) -> Result<Records> {
    Ok(words(house, id)?.records)
}

/// The same of all holds on persons.
pub(crate) fn all_records(house: &House, holds: &[Hold]) -> Result<BTreeMap<HoldId, Records>> {
    let on_persons = (holds.iter()).filter(|hold| !hold.scope.identities.is_empty());
    let all = on_persons.map(|hold| Ok((hold.id.clone(), records(house, &hold.id)?)));
    all.collect()
}

/// The records of a search that are surely the person's.
pub(super) fn found(findings: &Findings) -> Records {
    let sure = (findings.records()).filter(|(.., found)| found.matched == Match::Stated);
    let names = sure.map(|(system, object, found)| {
        let key = found.record.key.clone();
        (system.system.clone(), object.object.clone(), key)
    });
    names.collect()
}

/// Remembers which records of a hold's person a search has found.
///
/// # Errors
/// What the vault refuses; somebody else is setting or releasing holds and does not come to an end.
pub(crate) fn remember(house: &House, id: &HoldId, findings: &Findings) -> Result<()> {
    let found = found(findings);
    if found.is_subset(&records(house, id)?) {
        return Ok(());
    }
    let _held = lease_within(&house.workspace, LEASE, WAIT)?;
    // A released hold goes by nobody's records.
    let standing = hold::all(&house.ledger())?;
    if standing.iter().any(|hold| hold.id == *id) {
        let mut words = words(house, id)?;
        words.records.extend(found);
        put(house, id, &words)?;
    }
    Ok(())
}

/// Widens the holds on a person by the identities that a correction has written into her records. `person` are the digests of all that was
/// known of her.
///
/// # Errors
/// As [`remember`], and what the ledger refuses.
pub(crate) fn follow(
    context: &Context,
    house: &House,
    person: &[Digest],
    fresh: &[Identity],
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let _held = lease_within(&house.workspace, LEASE, WAIT)?;
    let (mut events, mut names) = (Vec::new(), Vec::new());
    for hold in hold::all(&house.ledger())? {
        let known = &hold.scope.identities;
        let mut identities = digests(house, fresh);
        identities.retain(|one| !known.contains(one));
        let is_hers = known.iter().any(|one| person.contains(one));
        if !is_hers || identities.is_empty() {
            continue;
        }
        let mut words = words(house, &hold.id)?;
        words.identities.extend(fresh.iter().cloned());
        words.identities.sort();
        words.identities.dedup();
        put(house, &hold.id, &words)?;
        names.push(hold.id.clone());
        events.push(Event::HoldWidened {
            hold: hold.id,
            identities,
        });
    }
    if events.is_empty() {
        return Ok(());
    }
    house.write(None, context.now(), &events)?;
    let ids = hold::listed(&names);
    context.ui.say(&say::followed(ids));
    Ok(())
}
