//! Records of entries: which attributes are asked for, what a record looks like, and the entry behind a key.
//!
//! Reader and writer use the same words for the same entry, so that a state which the one saw is the state that the other compares.

use std::collections::BTreeSet;
use std::sync::Arc;

use ldap3::Scope;
use serde_json::{Map, Value};

use super::dn::Dn;
use super::entry::Entry;
use super::filter::Filter;
use super::line::{Look, Search};
use super::schema::Schema;
use super::value::{self, Sort};
use super::{Entries, NAME, entries, time};
use crate::connector::object::{At, Via};
use crate::connector::{Fault, Key, Object, Record};
use crate::inventory::System;

/// A directory behind a line.
pub(super) struct Directory<L> {
    pub(super) line: L,
    pub(super) system: Arc<System>,
    schema: Option<Arc<Schema>>,
}

impl<L: Look> Directory<L> {
    pub(super) fn new(line: L, system: Arc<System>) -> Directory<L> {
        Directory {
            line,
            system,
            schema: None,
        }
    }

    /// The directory's description of itself, empty if it hides it.
    pub(super) async fn schema(&mut self) -> Result<Arc<Schema>, Fault> {
        if let Some(schema) = &self.schema {
            return Ok(Arc::clone(schema));
        }
        let mut found = None;
        if let Some(name) = self.line.server().await?.schema {
            let all = Filter::present("objectClass");
            let search = Search {
                base: &name,
                scope: Scope::Base,
                filter: &all,
                attributes: vec!["attributeTypes".to_owned(), "objectClasses".to_owned()],
                names_only: false,
                most: 0,
                only_here: false,
            };
            let mut take = |entry| {
                found = Some(entry);
                Ok(true)
            };
            match self.line.search(&search, &mut take).await {
                // Hidden from this account; whatever else goes wrong must not look like that.
                Err(fault) if !["E507", "E563"].contains(&fault.code.as_str()) => {
                    return Err(fault);
                }
                Ok(()) | Err(_) => {}
            }
        }
        let (attributes, classes) = found.map_or_else(Default::default, |entry| {
            (entry.texts("attributeTypes"), entry.texts("objectClasses"))
        });
        let schema = Schema::read(
            attributes.iter().map(String::as_str),
            classes.iter().map(String::as_str),
        );
        let schema = Arc::new(schema);
        self.schema = Some(Arc::clone(&schema));
        Ok(schema)
    }

    /// The entries of an object that fulfil one condition more, as they come.
    pub(super) async fn entries(
        &mut self,
        object: &Object,
        asked: Filter,
        more: &[&str],
        take: super::line::Take<'_>,
    ) -> Result<(), Fault> {
        let described = entries(object)?;
        let filter = Filter::And(vec![described.filter.clone(), asked]);
        let search = Search {
            base: &described.base,
            scope: Scope::Subtree,
            filter: &filter,
            attributes: self.asked_for(object, more)?,
            names_only: false,
            most: 0,
            only_here: false,
        };
        self.line.search(&search, take).await
    }

    fn asked_for(&self, object: &Object, more: &[&str]) -> Result<Vec<String>, Fault> {
        let each = entries(object)?.each.as_deref();
        let mut all = needed(&self.system, object);
        // Of a group only the one value is asked about, not who else belongs to it.
        all.retain(|name| name != NAME && Some(name.as_str()) != each);
        all.extend(more.iter().map(|name| (*name).to_owned()));
        Ok(all)
    }

    /// The entry under a key, `None` if there is none any more.
    ///
    /// Neither the object's filter nor its base decides about that: an account that was locked or moved to another branch is still
    /// there. It is looked for below the base first, then, if its key is one in the whole directory, wherever that holds the base.
    pub(super) async fn by_key(
        &mut self,
        object: &Object,
        key: &Key,
        more: &[&str],
    ) -> Result<Option<Entry>, Fault> {
        let described = entries(object)?;
        let schema = self.schema().await?;
        let mut conditions = Vec::new();
        for (name, part) in object.key.iter().zip(key.parts()) {
            let sort = value::sort(&schema, name);
            let Some(bytes) = value::bytes(sort, part) else {
                return Err(Fault::wrong_type(name));
            };
            conditions.push(Filter::equal(name, bytes));
        }
        let filter = Filter::And(conditions);
        let mut bases = vec![described.base.clone()];
        if object.key.iter().any(|name| lasts(name)) {
            bases.extend(self.contexts(described).await?);
        }
        for (nth, base) in bases.iter().enumerate() {
            let search = Search {
                base,
                scope: Scope::Subtree,
                filter: &filter,
                attributes: self.asked_for(object, more)?,
                names_only: false,
                most: 0,
                // Who is moved stays in this directory.
                only_here: nth > 0,
            };
            let mut found: Vec<Entry> = Vec::new();
            let mut take = |entry| {
                found.push(entry);
                Ok(found.len() < 2)
            };
            match self.line.search(&search, &mut take).await {
                Ok(()) => {}
                // What lies beyond the base may well be closed to this account; nothing else may pass for absence.
                Err(fault) if nth > 0 && ["E507", "E563"].contains(&fault.code.as_str()) => {}
                Err(fault) => return Err(fault),
            }
            if found.len() > 1 {
                return Err(Fault::two_records());
            }
            if let Some(entry) = found.pop() {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// The parts of the directory that hold the base and are more than it.
    pub(super) async fn contexts(&mut self, described: &Entries) -> Result<Vec<String>, Fault> {
        let server = self.line.server().await?;
        let Some(base) = Dn::parse(&described.base) else {
            return Ok(Vec::new());
        };
        let contexts = server.contexts.iter().filter_map(|text| Dn::parse(text));
        let wider =
            contexts.filter(|one| !one.is_root() && base.is_below(one) && !one.is_below(&base));
        Ok(wider.map(|one| one.to_string()).collect())
    }
}

/// An entry as a record; `each` is the value that it stands for where records are values.
pub(super) fn record(
    system: &System,
    schema: &Schema,
    object: &Object,
    entry: &Entry,
    each: Option<&str>,
) -> Result<Record, Fault> {
    let described = entries(object)?;
    let mut data = Map::new();
    let wanted = needed(system, object);
    for name in &wanted {
        let value = if name == NAME {
            Value::String(value::shown(Sort::Name, entry.dn.as_bytes()))
        } else if described.each.as_ref() == Some(name) {
            each.map_or(Value::Null, |value| Value::String(value.to_owned()))
        } else {
            let mut shown = shown(schema, object, described, name, entry)?;
            shown.sort();
            shown.dedup();
            folded(shown)
        };
        data.insert(name.clone(), value);
    }
    // The same attribute in another language or form came with it and is nothing that the inventory lists.
    for (name, values) in &entry.attributes {
        let Some((plain, _)) = name.split_once(';') else {
            continue;
        };
        let is_listed = wanted.iter().any(|known| schema.is_same(known, name));
        if !is_listed && wanted.iter().any(|known| schema.is_same(known, plain)) {
            let sort = value::sort(schema, name);
            let shown = values
                .iter()
                .map(|bytes| value::shown(sort, bytes))
                .collect();
            data.insert(name.clone(), folded(shown));
        }
    }
    let mut parts = Vec::new();
    for name in &object.key {
        match data.get(name) {
            Some(Value::String(text)) => parts.push(text.clone()),
            Some(Value::Array(_)) => return Err(Fault::wrong_type(name)),
            _ => return Err(Fault::empty_key(name)),
        }
    }
    let key = Key::new(parts).map_err(|at| Fault::empty_key(&object.key[at]))?;
    Ok(Record {
        key,
        data: Value::Object(data),
    })
}

/// Whether an attribute names an entry in the whole directory and for good. Any other may belong to somebody else elsewhere.
fn lasts(name: &str) -> bool {
    const LASTING: [&str; 6] = [
        "entryuuid",
        "objectguid",
        "objectsid",
        "nsuniqueid",
        "ipauniqueid",
        "ibm-entryuuid",
    ];
    LASTING.contains(&name.to_lowercase().as_str())
}

/// No value, one, or a list.
fn folded(mut shown: Vec<String>) -> Value {
    match shown.len() {
        0 => Value::Null,
        1 => Value::String(shown.remove(0)),
        _ => Value::Array(shown.into_iter().map(Value::String).collect()),
    }
}

/// The values of an attribute as a record has them.
///
/// # Errors
/// The server sent only some of them (Active Directory does so beyond 1500), which must not pass for all.
fn shown(
    schema: &Schema,
    object: &Object,
    described: &Entries,
    name: &str,
    entry: &Entry,
) -> Result<Vec<String>, Fault> {
    let sort = value::sort(schema, name);
    let mut out = Vec::new();
    for (known, values) in &entry.attributes {
        if let Some((plain, options)) = known.split_once(';')
            && options.to_lowercase().starts_with("range=")
            && schema.is_same(plain, name)
        {
            return Err(Fault::parted(name));
        }
        if schema.is_same(known, name) {
            out.extend(
                values
                    .iter()
                    .map(|bytes| as_shown(object, described, sort, name, bytes)),
            );
        }
    }
    Ok(out)
}

/// One value as a record has it: an address without what surrounds it, the time of the object's clock as a date.
pub(super) fn as_shown(
    object: &Object,
    described: &Entries,
    sort: Sort,
    name: &str,
    bytes: &[u8],
) -> String {
    let text = value::shown(sort, bytes);
    if let Some((_, inner, _)) = described.form(name).and_then(|form| form.inside(&text)) {
        return inner.to_owned();
    }
    let dates = object.clock.iter().chain(&object.also);
    match dates.into_iter().any(|clock| clock == name) {
        true => time::dated(&text),
        false => text,
    }
}

/// The attributes that anyone will ask a record of this object for: its key, its fields, its clock, what rules count from, what a
/// restriction leaves, what it shares with its parents and its children.
pub(super) fn needed(system: &System, object: &Object) -> Vec<String> {
    let mut all = object.key.clone();
    all.extend(object.fields.iter().filter_map(|field| match &field.at {
        At::Path(path) => path.first().cloned(),
        At::JsonPath(_) => None,
    }));
    all.extend(object.clock.clone());
    all.extend(object.also.iter().cloned());
    if let Ok(described) = entries(object) {
        let marks = described.restrict.iter().chain(&described.unrestrict);
        all.extend(marks.map(|mark| mark.attribute().to_owned()));
    }
    for finder in &object.find {
        match &finder.via {
            // Names of candidates are read from where they were looked for.
            Via::Columns(columns) => all.extend(columns.iter().cloned()),
            Via::Join(pairs) => all.extend(pairs.iter().map(|(own, _)| own.clone())),
            Via::Request(_) => {}
        }
    }
    for finder in system.objects.iter().flat_map(|child| &child.find) {
        if let Via::Join(pairs) = &finder.via
            && finder.under.contains(&object.name)
        {
            all.extend(pairs.iter().map(|(_, parent)| parent.clone()));
        }
    }
    let mut seen = BTreeSet::new();
    all.retain(|name| seen.insert(name.clone()));
    all
}
