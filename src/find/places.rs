//! Walking through places: the mailing lists, projects and folders of a system, listed to the last page.
//!
//! A place is nobody's, so nothing here is guarded by an identity, kept, or shown. A list that breaks off is a fault and never a
//! shorter list: what lies in the places that did not come would be taken for not there.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use crate::connector::object::{Finder, Object};
use crate::connector::{Fault, Key, Probe, Reader, Record};
use crate::inventory::System;

type Listing<'a> = Pin<Box<dyn Future<Output = Result<Vec<Record>, Fault>> + Send + 'a>>;

/// Every place of an object, with those that lie under other places.
///
/// # Errors
/// Those of the system; E324 if there are more than the place's `cap`, E325 if one key names several. The places are then not known.
pub fn list<'a>(reader: &'a mut dyn Reader, system: &'a System, object: &'a Object) -> Listing<'a> {
    Box::pin(async move {
        let mut places = BTreeMap::new();
        for (number, finder) in object.find.iter().enumerate() {
            if finder.under.is_empty() {
                gather(reader, object, number, Probe::All, &mut places).await?;
                continue;
            }
            for (_, parent) in above(reader, system, finder).await? {
                gather(reader, object, number, Probe::Parent(&parent), &mut places).await?;
            }
        }
        Ok(places.into_values().collect())
    })
}

/// Every place in which a finder searches, with the names of their objects.
///
/// # Errors
/// As [`list`].
pub async fn above(
    reader: &mut dyn Reader,
    system: &System,
    finder: &Finder,
) -> Result<Vec<(String, Record)>, Fault> {
    let mut places = Vec::new();
    let objects = finder.under.iter().filter_map(|name| system.object(name));
    for object in objects.filter(|object| object.is_place()) {
        let listed = list(reader, system, object).await?;
        places.extend(listed.into_iter().map(|place| (object.name.clone(), place)));
    }
    Ok(places)
}

/// Lists the places of one finder and probe.
///
/// # Errors
/// As [`list`].
pub(super) async fn gather(
    reader: &mut dyn Reader,
    object: &Object,
    number: usize,
    probe: Probe<'_>,
    places: &mut BTreeMap<Key, Record>,
) -> Result<(), Fault> {
    let mut wrong = None;
    reader
        .find(object, number, probe, &mut |place| {
            let known = places.get(&place.key);
            if known.is_some_and(|known| known.data != place.data) {
                wrong = Some(Fault::one_key_in_two_places());
            }
            places.insert(place.key.clone(), place);
            if places.len() > object.cap {
                wrong = Some(Fault::too_many_places(object.cap));
            }
            wrong.is_none()
        })
        .await?;
    wrong.map_or(Ok(()), Err)
}
