//! What a system says of the members of its records: by the connector's `describe`, by the metadata of OData, else by the records
//! of the control person, of which names and types are kept and no value. These also complete a `describe` that speaks of one branch
//! of the records, as lists of custom fields do.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::RestReader;
use super::edmx::Model;
use crate::connector::definition::Protocol;
use crate::connector::members;
use crate::connector::object::{At, Describe, ExportPart, How, Object, Via};
use crate::connector::outline::{Collection, Outline, OutlineColumn};
use crate::connector::rest::outcome;
use crate::connector::rest::outcome::Meaning;
use crate::connector::{Fault, Key, Probe, Reader as _, Record};
use crate::subject::Identity;

/// Every object of which the system says something; `None` if it says nothing of any.
///
/// # Errors
/// What is asked for is refused, or is not what the connector says it is.
pub(super) async fn outline(reader: &mut RestReader) -> Result<Option<Outline>, Fault> {
    let system = std::sync::Arc::clone(&reader.opening.system);
    let objects = || system.objects.iter().filter(|object| !object.is_place());
    let mut found: BTreeMap<String, Collection> = BTreeMap::new();
    for object in objects() {
        let How::Http { describe, .. } = &object.how else {
            continue;
        };
        for one in describe {
            let columns = ask(reader, object, one).await?;
            let collection = of_object(object, false);
            let known = found.entry(object.name.clone()).or_insert(collection);
            known.columns.extend(columns);
        }
    }
    let definition = crate::connector::rest::definition(&system)?;
    if matches!(definition.api.protocol, Protocol::OData2 | Protocol::OData4) {
        let model = metadata(reader).await?;
        for object in objects()
            .filter(|object| !found.contains_key(&object.name))
            .collect::<Vec<_>>()
        {
            let Some(columns) = names_of_sets(object).find_map(|name| model.members(&name)) else {
                continue;
            };
            let mut collection = of_object(object, false);
            collection.columns = columns;
            found.insert(object.name.clone(), collection);
        }
    }
    if let Some(control) = &system.control {
        let mut seen: BTreeMap<&str, Vec<Record>> = BTreeMap::new();
        for object in objects() {
            let is_whole = found.contains_key(&object.name) && !speaks_of_a_branch(object);
            if is_whole && !has_children(&system.objects, object) {
                continue;
            }
            let records = of_control(reader, object, control, &seen).await?;
            if !is_whole && !records.is_empty() {
                let known = found.remove(&object.name);
                let mut collection = of_object(object, true);
                collection.columns = known.map(|known| known.columns).unwrap_or_default();
                for record in &records {
                    for column in members::of(&record.data) {
                        if collection
                            .columns
                            .iter()
                            .all(|known| known.name != column.name)
                        {
                            collection.columns.push(column);
                        }
                    }
                }
                found.insert(object.name.clone(), collection);
            }
            seen.insert(&object.name, records);
        }
    }
    let collections: Vec<Collection> = objects()
        .filter_map(|object| found.remove(&object.name))
        .collect();
    Ok((!collections.is_empty()).then_some(Outline { collections }))
}

/// Whether `describe` names members below others only, and the object lists fields beside them.
fn speaks_of_a_branch(object: &Object) -> bool {
    let How::Http { describe, .. } = &object.how else {
        return false;
    };
    let within = |one: &Describe| match &one.below {
        Some(below) => !members::all_below(object, below),
        None => false,
    };
    !describe.is_empty() && describe.iter().all(within)
}

fn of_object(object: &Object, is_sample: bool) -> Collection {
    Collection {
        name: object.name.clone(),
        key: object.key.clone(),
        is_sample,
        ..Collection::default()
    }
}

fn has_children(objects: &[Object], object: &Object) -> bool {
    let mut parents = objects.iter().flat_map(Object::parents);
    parents.any(|parent| parent == object.name)
}

/// The members that one `describe` names.
async fn ask(
    reader: &mut RestReader,
    object: &Object,
    one: &Describe,
) -> Result<Vec<OutlineColumn>, Fault> {
    let part = ExportPart {
        name: "describe".to_owned(),
        category: String::new(),
        request: one.request.clone(),
    };
    // Nothing of a record is named in it.
    let nobody = Record {
        key: Key::new(vec!["-".to_owned()]).map_err(|_| Fault::not_a_record())?,
        data: Value::Object(Map::new()),
    };
    let mut columns = Vec::new();
    let mut nameless = false;
    let mut note = |name: Option<String>, item: &Value| {
        let Some(name) = name else {
            nameless = true;
            return;
        };
        let text = |at: &Option<At>| at.as_ref().and_then(|at| only(at, item));
        let type_name = text(&one.type_name).unwrap_or_default();
        columns.push(OutlineColumn {
            name: match &one.below {
                Some(below) => format!("{below}.{name}"),
                None => name,
            },
            label: text(&one.label),
            holds: members::holds(&type_name),
            type_name,
        });
    };
    reader
        .part(object, &part, &nobody, &mut |item| {
            match (&one.name, &item) {
                (Some(at), _) => note(only(at, &item), &item),
                (None, Value::Object(all)) => {
                    for (name, item) in all {
                        note(Some(name.clone()), item);
                    }
                }
                (None, _) => note(None, &item),
            }
            true
        })
        .await?;
    match nameless {
        true => Err(Fault::undescribed(&object.name)),
        false => Ok(columns),
    }
}

/// The one text at a place of an item.
fn only(at: &At, item: &Value) -> Option<String> {
    match at.all(item).as_slice() {
        [Value::String(text)] if !text.trim().is_empty() => Some(text.clone()),
        [Value::Number(number)] => Some(number.to_string()),
        _ => None,
    }
}

async fn metadata(reader: &RestReader) -> Result<Model, Fault> {
    let asked = reader.client.metadata();
    let (meaning, reply) = reader.client.send(&asked, &Default::default()).await?;
    match meaning {
        Meaning::Done => {
            Model::read(&reply.content()?.value).ok_or_else(|| Fault::undescribed("$metadata"))
        }
        _ => Err(outcome::failure(reply.status)),
    }
}

/// What the paths by which an object is found end in: entity sets, or properties that lead to others.
fn names_of_sets(object: &Object) -> impl Iterator<Item = String> {
    object.find.iter().filter_map(|finder| {
        let Via::Request(request) = &finder.via else {
            return None;
        };
        let path = request.path.masked();
        let last = path.trim_end_matches('/').rsplit('/').next()?;
        let name = last.split(['(', '?', '{']).next()?;
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// Records of the control person: those that carry the identity, and what hangs below them.
async fn of_control(
    reader: &mut RestReader,
    object: &Object,
    control: &Identity,
    seen: &BTreeMap<&str, Vec<Record>>,
) -> Result<Vec<Record>, Fault> {
    let mut records: Vec<Record> = Vec::new();
    for (number, finder) in object.find.iter().enumerate() {
        let mut came = Vec::new();
        let above: Vec<&Record> = finder
            .under
            .iter()
            .filter_map(|name| seen.get(name.as_str()))
            .flatten()
            .collect();
        let probes: Vec<Probe<'_>> = match (&finder.by, finder.under.is_empty()) {
            (Some(kind), true) if *kind == control.kind => vec![Probe::Identity(control)],
            (None, false) => above.into_iter().map(Probe::Parent).collect(),
            _ => continue,
        };
        let of_person = finder.by.is_some();
        for probe in probes {
            reader
                .find(object, number, probe, &mut |record| {
                    came.push(record);
                    came.len() < object.cap
                })
                .await?;
        }
        for short in came {
            // A search is fuzzy: nobody else's record is looked at.
            if of_person && !carries(object, control, &short) && !finder.partial {
                continue;
            }
            let whole = match reader.reads_by_key(object) {
                true => reader.read(object, &short.key).await?.unwrap_or(short),
                false => short,
            };
            if !of_person || carries(object, control, &whole) {
                records.push(whole);
            }
        }
        if !records.is_empty() {
            break;
        }
    }
    Ok(records)
}

fn carries(object: &Object, control: &Identity, record: &Record) -> bool {
    let spellings = control.spellings();
    let same = |value: &String| {
        let value = value.trim();
        spellings
            .iter()
            .any(|known| known.to_lowercase() == value.to_lowercase())
    };
    let fields = object.fields.iter();
    let mut fields = fields.filter(|field| field.identity.as_ref() == Some(&control.kind));
    fields.any(|field| field.values(&record.data).iter().any(same))
}
