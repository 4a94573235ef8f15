//! From a search by name to a person: the list that was shown, and the records picked from it.
//!
//! A name identifies nobody, so somebody has to say which record is the person's. What can be picked was shown within the last
//! hour: the list lies in the vault until the next search by name, and a key that was not in it is refused. A picked record is read
//! again before its identities count as stated, and has to be of the same name still.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::case::item;
use crate::case_id::CaseId;
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::cli::journey::outline_of;
use crate::connector::Key;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::Accepted;
use crate::find::candidates::{self, Candidates, Query};
use crate::find::narrow::{self, Postcode};
use crate::findings::{Findings, Found, Known};
use crate::messages::{Text, candidates as say};
use crate::subject::Identity;
use crate::subject::name::Name;
use crate::ui::progress::Progress;

/// How long a list can be picked from.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);
/// The workspace's item with the last list.
const LIST: &str = "candidates";

/// Whom to look for, as it was typed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) postcode: Option<String>,
    pub(crate) born: Option<String>,
}

/// What the last search by name showed.
#[derive(Serialize, Deserialize)]
struct List {
    at: Timestamp,
    asked: Asked,
    records: BTreeSet<(String, String, Key)>,
}

/// Records that a person picked, and the identities in them.
#[derive(Default)]
pub(crate) struct Picked {
    pub(crate) identities: Vec<Identity>,
    pub(crate) records: Accepted,
}

impl Picked {
    /// By what an open case of the person is recognised: what was typed, and the numbers in what was picked. An address in a record
    /// may be a household's, and would lead to the case of another member; it counts where there is nothing else.
    pub(crate) fn recognised_by(&self, stated: &[Identity]) -> Vec<Identity> {
        let numbers = self
            .identities
            .iter()
            .filter(|identity| !identity.kind.is_address());
        let mut all: Vec<Identity> = stated.iter().chain(numbers).cloned().collect();
        if all.is_empty() {
            all.clone_from(&self.identities);
        }
        all
    }
}

/// The open case in which all these records were picked or accepted before.
pub(crate) fn case_of(house: &House, picks: &[String]) -> Result<Option<CaseId>> {
    if picks.is_empty() {
        return Ok(None);
    }
    let ids = house.ledger().cases()?;
    for id in ids {
        if noted(house, &id, picks)?.is_some()
            && outline_of(house, &id)?.is_some_and(|case| !case.closed)
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Looks whether records are still of the person in whose case they were picked: a system may have given a key to somebody else.
///
/// A record that cannot be read any more (it was erased, or the list is old) is continued with by the case's own notes.
///
/// # Errors
/// E917 if a record carries nothing by which the case knows its person.
pub(crate) fn check_owner(
    context: &Context,
    house: &House,
    id: &CaseId,
    picks: &[String],
) -> Result<()> {
    let mut known: Vec<Identity> = house.vault().read(id, item::SUBJECT)?.unwrap_or_default();
    let learned: Option<Vec<Known>> = house.vault().read(id, item::KNOWN)?;
    known.extend(learned.into_iter().flatten().map(|known| known.identity));
    for pick in picks {
        let Ok(now) = picked(context, house, std::slice::from_ref(pick)) else {
            continue;
        };
        if !now.identities.iter().any(|one| known.contains(one)) {
            let place = pick.split(':').next().unwrap_or_default();
            return Err(Diagnostic::new("E917", Exit::Usage, say::not_theirs(place))
                .why(say::not_theirs_why(id.as_str()))
                .help(say::help_not_theirs(id.as_str()))
                .into());
        }
    }
    Ok(())
}

/// These records, if all of them are the person's by the case's own notes, so that they need not be read again.
pub(crate) fn noted(house: &House, id: &CaseId, picks: &[String]) -> Result<Option<Picked>> {
    let accepted: Option<Accepted> = house.vault().read(id, item::ACCEPTED)?;
    let mut picked = Picked::default();
    for pick in picks {
        let mut all = accepted.iter().flatten();
        let named = all.find(|(system, object, key)| *pick == format!("{system}.{object}:{key}"));
        let Some(record) = named else {
            return Ok(None);
        };
        picked.records.insert(record.clone());
    }
    Ok(Some(picked))
}

impl Asked {
    /// # Errors
    /// Exit 2: E900 for the name, E901 for the day of birth, E902 for the postcode. The values are not repeated.
    pub(crate) fn query(&self) -> Result<Query> {
        let wrong = |code, what, help| Diagnostic::new(code, Exit::Usage, what).help(help);
        let mut troubles = Vec::new();
        let name = Name::read(&self.name);
        if let Err(why) = &name {
            troubles.push(wrong("E900", why.clone(), say::help_name()));
        }
        let born = self.born.as_deref().map(narrow::day);
        if born == Some(None) {
            troubles.push(wrong("E901", say::not_a_day(), say::help_day()));
        }
        let postcode = self.postcode.as_deref().map(Postcode::read);
        if postcode == Some(None) {
            troubles.push(wrong("E902", say::not_a_postcode(), say::help_postcode()));
        }
        match name {
            Ok(name) if troubles.is_empty() => Ok(Query {
                name,
                postcode: postcode.flatten(),
                born: born.flatten(),
            }),
            _ => Err(troubles.into()),
        }
    }
}

/// Asks the systems who is called so; also says which ones cannot be asked that.
///
/// # Errors
/// E909 if none can.
pub(crate) fn candidates(
    context: &Context,
    house: &House,
    query: Query,
    only: &[String],
) -> Result<(Findings, Vec<String>)> {
    let searchable = |system: &crate::inventory::System| {
        (only.is_empty() || only.contains(&system.name))
            && system.objects.iter().any(candidates::is_searchable)
    };
    if !house.inventory.systems.iter().any(searchable) {
        return Err(
            Diagnostic::new("E909", Exit::Usage, say::nothing_searchable())
                .help(say::help_searchable())
                .into(),
        );
    }
    let progress = Arc::new(Progress::new(&context.ui, house.inventory.systems.len()));
    let doors = house.doors();
    let search = Candidates {
        systems: house.systems(),
        only: (!only.is_empty()).then(|| only.to_vec()),
        kinds: Arc::new(house.inventory.kinds.clone()),
        query,
        open: Arc::new(move |system| crate::execute::Doors::reader(&*doors, system)),
        watch: Arc::clone(&progress) as Arc<dyn crate::find::Watch>,
    };
    let unsearchable = search.unsearchable();
    let findings = block_on(search.run())?;
    progress.finish();
    Ok((findings, unsearchable))
}

/// Keeps what is about to be shown, so that it can be picked from.
pub(crate) fn keep(
    context: &Context,
    house: &House,
    asked: &Asked,
    found: &Findings,
) -> Result<()> {
    let records = found
        .records()
        .map(|(system, object, found)| {
            let key = found.record.key.clone();
            (system.system.clone(), object.object.clone(), key)
        })
        .collect();
    let list = List {
        at: context.now(),
        asked: asked.clone(),
        records,
    };
    house.vault().put_for_workspace(LIST, &list)
}

/// Forgets the list that was shown last.
pub(crate) fn forget(house: &House) -> Result<()> {
    house.vault().remove_for_workspace(LIST)
}

/// The records behind references that a list showed, read again.
///
/// # Errors
/// E904 and E905 for a reference that is none or was not shown, E906 to E908 for a record that does not lead anywhere.
pub(crate) fn picked(context: &Context, house: &House, picks: &[String]) -> Result<Picked> {
    if picks.is_empty() {
        return Ok(Picked::default());
    }
    let mut list: Option<List> = house.vault().read_for_workspace(LIST)?;
    let stale = |list: &List| context.now().duration_since(list.at).abs() > GOOD_FOR;
    if list.as_ref().is_some_and(stale) {
        house.vault().remove_for_workspace(LIST)?;
        list = None;
    }
    let mut systems = Vec::new();
    let mut wanted = Vec::new();
    for text in picks {
        let wrong =
            || Diagnostic::new("E904", Exit::Usage, say::not_a_pick()).help(say::help_pick());
        let (place, key) = text.split_once(':').ok_or_else(wrong)?;
        let (system, object) = place.split_once('.').ok_or_else(wrong)?;
        let shown = list.iter().flat_map(|list| &list.records);
        let mut shown =
            shown.filter(|(s, o, k)| s == system && o == object && k.to_string() == key);
        let Some(record) = shown.next() else {
            // What was typed may be anything; only a place of the inventory is repeated.
            let known = house.inventory.system(system);
            let known = known.is_some_and(|system| system.object(object).is_some());
            let place = if known { place } else { "?" };
            return Err(Diagnostic::new("E905", Exit::Usage, say::not_listed(place))
                .why(say::not_listed_why())
                .help(say::help_search())
                .into());
        };
        systems.push(system.to_owned());
        wanted.push(record.clone());
    }
    let Some(list) = &list else {
        return Ok(Picked::default());
    };
    systems.sort();
    systems.dedup();
    let (findings, _) = candidates(context, house, list.asked.query()?, &systems)?;
    take(house, &findings, wanted)
}

/// The identities of these records, out of what was found.
pub(crate) fn take(
    house: &House,
    findings: &Findings,
    wanted: Vec<(String, String, Key)>,
) -> Result<Picked> {
    let mut picked = Picked::default();
    for (system, object, key) in wanted {
        let place = format!("{system}.{object}");
        let found = record(findings, &system, &object, &key).map_err(|why| match why {
            None => {
                Diagnostic::new("E907", Exit::Usage, say::gone(&place)).help(say::help_search())
            }
            Some(why) => Diagnostic::new("E908", Exit::Incomplete, say::not_read(&place))
                .why(why)
                .help(say::help_again()),
        })?;
        let definition = house.inventory.system(&system);
        let definition = definition.and_then(|system| system.object(&object));
        let kinds = &house.inventory.kinds;
        let identities = definition
            .map(|object| candidates::identities(object, &found.record, kinds))
            .unwrap_or_default();
        // The address of a desk would name its other people too.
        let identities: Vec<Identity> = identities
            .into_iter()
            .filter(|identity| !identity.is_role_address())
            .collect();
        if identities.is_empty() {
            return Err(
                Diagnostic::new("E906", Exit::Usage, say::nothing_to_search_by(&place))
                    .help(say::help_no_identity())
                    .into(),
            );
        }
        picked.identities.extend(identities);
        picked.records.insert((system, object, key));
    }
    picked.identities.sort();
    picked.identities.dedup();
    Ok(picked)
}

/// A record among what was found; if it is not there, why its object was not searched, if it was not.
fn record<'f>(
    findings: &'f Findings,
    system: &str,
    object: &str,
    key: &Key,
) -> std::result::Result<&'f Found, Option<Text>> {
    let mut all = findings.records();
    let found = all
        .find(|(s, o, found)| s.system == system && o.object == object && found.record.key == *key);
    if let Some((_, _, found)) = found {
        return Ok(found);
    }
    let answer = findings.systems.iter().find(|s| s.system == system);
    let here = answer.and_then(|s| s.objects.iter().find(|o| o.object == object));
    let fault = here.and_then(|o| o.error.as_ref());
    Err(fault
        .or(answer.and_then(|s| s.error.as_ref()))
        .map(|fault| fault.text.clone()))
}
