//! Whose record it is: stated, linked or shared; and which identities spread to the next round.
//!
//! A record is the person's if it carries a stated identity, or one that an object named in `trusted_from` gave, or if a person
//! accepted it; what was reached from such a record inherits. An address that leads to several people proves nothing by itself.
//! A hostile reply can therefore add linked records to look at, and never one that is exported or written (docs/promises.md, 12).

use std::collections::{BTreeMap, BTreeSet};

use crate::connector::Key;
use crate::find::Accepted;
use crate::find::session::{Entry, Session};
use crate::findings::{Known, Match};
use crate::inventory::Expand;
use crate::subject::{Identity, Kind, Kinds, Origin};

/// Marks addresses that several people share: one address with several numbers of one kind in an object, or a desk's address
/// (`info@`) with several records in one.
pub(super) fn mark_shared<'s>(
    known: &mut [Known],
    sessions: impl Iterator<Item = &'s Session>,
    expand: &Expand,
) {
    if !expand.stop_on_shared {
        return;
    }
    let sessions: Vec<&Session> = sessions.collect();
    for known in known
        .iter_mut()
        .filter(|known| known.identity.kind.is_address())
    {
        known.shared |=
            sessions
                .iter()
                .flat_map(|session| session.objects())
                .any(|(_, progress)| {
                    let holders: Vec<&Entry> = progress
                        .entries
                        .values()
                        .filter(|entry| entry.carried.contains(&known.identity))
                        .collect();
                    let mut numbers: BTreeMap<&Kind, BTreeSet<&Identity>> = BTreeMap::new();
                    for identity in holders.iter().flat_map(|entry| &entry.carried) {
                        if !identity.kind.is_address() && !identity.kind.is_private() {
                            numbers.entry(&identity.kind).or_default().insert(identity);
                        }
                    }
                    numbers.values().any(|values| values.len() > 1)
                        || (known.identity.is_role_address() && holders.len() > 1)
                });
    }
}

/// Takes the trust back from derived identities whose source turns out to be nobody's in particular: an address that looked like one
/// person's when a number was taken from its record, and that a later round, or a later search, shows to be shared.
///
/// The source is judged without the identity in question, which would otherwise vouch for itself. A source that is no longer there
/// (it was erased) keeps its word.
pub(super) fn withdraw_trust(known: &mut [Known], sessions: &[&Session], accepted: &Accepted) {
    let mut withdrawn = true;
    while withdrawn {
        withdrawn = false;
        for at in 0..known.len() {
            let Origin::Derived {
                object,
                trusted: true,
            } = known[at].from.clone()
            else {
                continue;
            };
            let trust = |known: &mut [Known], trusted| {
                known[at].from = Origin::Derived {
                    object: object.clone(),
                    trusted,
                }
            };
            trust(known, false);
            let mut sources = sessions
                .iter()
                .flat_map(|session| judged(session, known, accepted))
                .filter(|(place, entry, _)| {
                    *place == object && entry.carried.contains(&known[at].identity)
                })
                .map(|(_, _, matched)| matched)
                .peekable();
            let none = sources.peek().is_none();
            if none || sources.any(|matched| matched == Match::Stated) {
                trust(known, true);
            } else {
                withdrawn = true;
            }
        }
    }
}

/// Every record of a system with its place and how sure we are of it.
fn judged<'s>(
    session: &'s Session,
    known: &[Known],
    accepted: &Accepted,
) -> Vec<(String, &'s Entry, Match)> {
    let matches = matches(session, known, accepted);
    let objects = session.objects().zip(matches);
    objects
        .flat_map(|((object, progress), matches)| {
            let place = format!("{}.{}", session.name(), object.name);
            let entries = progress.entries.iter();
            entries.filter_map(move |(key, entry)| {
                let (matched, _, _) = matches.get(key)?;
                Some((place.clone(), entry, *matched))
            })
        })
        .collect()
}

/// Adds the identities that accepted records lead to.
pub(super) fn spread<'s>(
    known: &mut Vec<Known>,
    sessions: impl Iterator<Item = &'s Session>,
    kinds: &Kinds,
    accepted: &Accepted,
) {
    let mut fresh = Vec::new();
    for session in sessions {
        let matches = matches(session, known, accepted);
        for ((object, progress), matches) in session.objects().zip(matches) {
            let from = format!("{}.{}", session.name(), object.name);
            for (key, entry) in &progress.entries {
                if matches
                    .get(key)
                    .is_none_or(|(matched, _, _)| *matched != Match::Stated)
                {
                    continue;
                }
                for field in object.fields.iter().filter(|field| !field.self_service) {
                    let Some(kind) = &field.identity else {
                        continue;
                    };
                    for raw in field.values(&entry.record.data) {
                        if let Ok(identity) = kinds.identity(kind, &raw) {
                            let trusted = kinds.trusts(kind, &from);
                            fresh.push(Known {
                                identity,
                                from: Origin::Derived {
                                    object: from.clone(),
                                    trusted,
                                },
                                shared: false,
                            });
                        }
                    }
                }
            }
        }
    }
    for candidate in fresh {
        match known
            .iter_mut()
            .find(|known| known.identity == candidate.identity)
        {
            None => known.push(candidate),
            // A second, trusted source makes a derived identity trusted.
            Some(Known {
                from: Origin::Derived { trusted, .. },
                ..
            }) => {
                *trusted |= matches!(candidate.from, Origin::Derived { trusted: true, .. });
            }
            Some(_) => {}
        }
    }
}

/// How sure we are of a record, by which kinds it was recognised, and over which objects it was reached.
pub(super) type Judgement = (Match, Vec<Kind>, Vec<String>);

/// Judges every record of a system, object by object in the system's order, parents first.
pub(super) fn matches(
    session: &Session,
    known: &[Known],
    accepted: &Accepted,
) -> Vec<BTreeMap<Key, Judgement>> {
    let mut all: Vec<BTreeMap<Key, Judgement>> = Vec::new();
    let names: Vec<&str> = session
        .objects()
        .map(|(object, _)| object.name.as_str())
        .collect();
    for (object, progress) in session.objects() {
        let mut here = BTreeMap::new();
        for (key, entry) in &progress.entries {
            let own = format!("{}.{}", session.name(), object.name);
            let recognised: Vec<&Known> = known
                .iter()
                .filter(|known| entry.carried.contains(&known.identity))
                .collect();
            let sure = |known: &&Known| {
                !known.shared && !matches!(known.from, Origin::Derived { trusted: false, .. })
            };
            // Below several, the surest of them counts, whichever was asked first.
            let parents = entry.found_by.parents().filter_map(|(name, parent_key)| {
                let at = names.iter().position(|candidate| candidate == name)?;
                all.get(at)?.get(parent_key)
            });
            let parent = parents.min_by_key(|(matched, _, _)| *matched);
            // One that stands for many is not accepted for all of them.
            let is_accepted = progress.streaming.is_none()
                && accepted.contains(&(
                    session.name().to_owned(),
                    object.name.clone(),
                    key.clone(),
                ));
            let matched = if is_accepted || recognised.iter().any(sure) {
                Match::Stated
            } else if let Some((above, _, _)) = parent {
                *above
            } else if recognised.iter().any(|known| {
                known.shared && !matches!(known.from, Origin::Derived { trusted: false, .. })
            }) {
                Match::Shared
            } else {
                Match::Linked
            };
            let mut path = match (parent, &recognised[..]) {
                (Some((_, _, above)), _) => above.clone(),
                (
                    None,
                    [
                        Known {
                            from: Origin::Derived { object, .. },
                            ..
                        },
                        ..,
                    ],
                ) if matched == Match::Linked => vec![object.clone()],
                _ => Vec::new(),
            };
            path.push(own);
            let mut kinds: Vec<Kind> = recognised
                .iter()
                .map(|known| known.identity.kind.clone())
                .collect();
            kinds.sort();
            kinds.dedup();
            here.insert(key.clone(), (matched, kinds, path));
        }
        all.push(here);
    }
    all
}
