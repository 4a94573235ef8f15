//! Finding and reading records over HTTP.

mod described;
mod edmx;

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use reqwest::header::ETAG;
use serde_json::Value;

use super::client::{ReadClient, Reply};
use super::decode::{Content, shape};
use super::key_of;
use super::outcome::{self, Meaning};
use super::page::{self, Onward, Progress};
use super::request::{Decode, Request};
use crate::connector::attachment::{self, Fetched, FileRule, Named, Pieces};
use crate::connector::object::{At, ExportPart, How, Object, Via};
use crate::connector::outline::Outline;
use crate::connector::{
    Action, Fault, Finding, Health, Key, Notes, Opening, Probe, Reader, Record, Sight, Sink,
};
use crate::keys::Digest;
use crate::messages::{connector as say_connector, finding as say, process as say_process};
use crate::template::Names;

/// Code of the warning that a credential could not be tried.
const UNPROVEN_CREDENTIAL: &str = "W330";
/// Items of one part of one record at most.
const PART: usize = 10_000;
/// Code of the warning that no record of an object can be read by its key.
const UNREADABLE: &str = "W253";

pub(super) struct RestReader {
    opening: Opening,
    client: ReadClient,
    /// Whether any reply so far needed the credential and got it accepted.
    proven: bool,
    /// The version that the reply to the last reading named in its headers.
    last: Option<(String, Key, String)>,
    /// Objects that were searched and whose records cannot be read by their key.
    unreadable: BTreeSet<String>,
}

impl RestReader {
    pub(super) fn open(opening: &Opening) -> Result<RestReader, Fault> {
        Ok(RestReader {
            client: ReadClient::open(opening)?,
            opening: opening.clone(),
            proven: false,
            last: None,
            unreadable: BTreeSet::new(),
        })
    }

    /// One search, page by page. Returns `false` when the sink wants no more.
    async fn search(
        &self,
        object: &Object,
        request: &Request,
        names: Names,
        given: &[(String, String)],
        seen: &mut HashSet<Key>,
        sink: &mut (dyn FnMut(Record) -> bool + Send),
    ) -> Result<bool, Fault> {
        let mut progress = Progress::default();
        let page = &request.page;
        let first = self.client.request(request, names)?.first(page)?;
        let mut asked = first.clone();
        progress.ask(asked.identity())?;
        loop {
            let (meaning, reply) = self.client.send(&asked, &request.outcome).await?;
            match meaning {
                Meaning::Done => {}
                // Only a connector that says so may take a 404 for an empty result: a wrong path answers the same.
                Meaning::Gone if request.outcome.gone.is_some() && progress.pages() == 0 => {
                    return Ok(true);
                }
                _ => return Err(outcome::failure(reply.status)),
            }
            let (content, records) = taken(object, &reply, request, given)?;
            let keys: Vec<Key> = records.iter().map(|record| record.key.clone()).collect();
            progress.page(page, (&content, &reply), &keys)?;
            let empty = records.is_empty();
            for record in records {
                if seen.insert(record.key.clone()) && !sink(record) {
                    return Ok(false);
                }
            }
            asked = match progress.onward(page, &content, &reply, empty)? {
                Onward::End => return progress.finish().map(|()| true),
                Onward::Url(target) => first.follow(&self.client, &reply.url, &target)?,
                Onward::Cursor(token) => first.moved(page, token)?,
                Onward::Offset(number) | Onward::Number(number) => {
                    first.moved(page, Value::from(number))?
                }
            };
            progress.within(page)?;
            progress.ask(asked.identity())?;
        }
    }

    /// The cheapest search that needs the credential: for the control person.
    fn probe(&self) -> Option<(&Object, usize)> {
        let control = self.opening.system.control.as_ref()?;
        self.opening.system.objects.iter().find_map(|object| {
            let finder = object.find.iter().position(|finder| {
                finder.by.as_ref() == Some(&control.kind) && finder.under.is_empty()
            })?;
            Some((object, finder))
        })
    }

    /// A list of places, which needs the credential as well.
    fn list(&self) -> Option<(&Object, usize)> {
        self.opening.system.objects.iter().find_map(|object| {
            let mut finders = object.find.iter();
            let finder = finders.position(|finder| finder.is_all() && finder.under.is_empty())?;
            Some((object, finder))
        })
    }
}

#[async_trait]
impl Reader for RestReader {
    async fn check(&mut self) -> Result<Health, Fault> {
        let opening = self.opening.clone();
        if let (Some((object, finder)), Some(control)) = (self.probe(), &opening.system.control) {
            let object = object.clone();
            self.find(&object, finder, Probe::Identity(control), &mut |_| false)
                .await?;
            self.proven = true;
        } else if let Some((object, finder)) = self.list() {
            let object = object.clone();
            self.find(&object, finder, Probe::All, &mut |_| false)
                .await?;
        } else {
            let (meaning, reply) = self
                .client
                .send(&self.client.base(), &Default::default())
                .await?;
            match (meaning, reply.status) {
                (_, 401 | 407 | 500..) | (Meaning::Retry, _) => {
                    return Err(outcome::failure(reply.status));
                }
                // Any other answer shows that a server is there, and a log-in before it that the credential is good. So does a 403:
                // nobody needs this address, and systems forbid it to accounts that may do all that a connector asks for.
                _ => self.proven = self.client.logs_in(),
            }
        }
        Ok(Health {
            notes: self.notes(),
        })
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let finder = object.find.get(finder).ok_or_else(Fault::unreadable_here)?;
        let Via::Request(request) = &finder.via else {
            return Err(Fault::unreadable_here());
        };
        // A list of places is never taken for somebody's records, nor what is old for what is the person's.
        let fits = match probe {
            Probe::All => finder.is_all(),
            Probe::Before { .. } => finder.is_by_age(),
            Probe::Parent(_) => finder.by.is_none() || finder.is_all(),
            Probe::Identity(_) | Probe::Within { .. } => {
                finder.by.is_some() && !finder.is_all() && !finder.is_by_age()
            }
        };
        if !fits || probe.parent().is_none() != finder.under.is_empty() {
            return Err(Fault::unreadable_here());
        }
        let mut names = self.client.names();
        let mut given = Vec::new();
        if let Some(parent) = probe.parent() {
            names = names.with("parent", &parent.data);
            given = object
                .inherited(&finder.under)
                .filter_map(|(name, field)| {
                    let part = Object::part_of_parent(field, parent)?;
                    Some((name.to_owned(), part))
                })
                .collect();
        }
        let spelled: Vec<Names> = match probe {
            Probe::Parent(_) | Probe::All => vec![names],
            Probe::Before { day, .. } => vec![names.with("before", day.to_string())],
            Probe::Identity(identity) | Probe::Within { identity, .. } => {
                let spellings = identity.spellings().into_iter();
                let named = spellings.map(|spelling| names.clone().with("value", spelling));
                named.collect()
            }
        };
        let mut seen = HashSet::new();
        for names in spelled {
            let goes_on = self
                .search(object, request, names, &given, &mut seen, sink)
                .await?;
            if !goes_on {
                break;
            }
        }
        self.proven = true;
        if !self.reads_by_key(object) && !object.is_place() {
            self.unreadable.insert(object.name.clone());
        }
        Ok(())
    }

    fn reads_by_key(&self, object: &Object) -> bool {
        matches!(&object.how, How::Http { read: Some(_), .. })
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        let How::Http {
            read: Some(request),
            ..
        } = &object.how
        else {
            return Err(Fault::unreadable_here());
        };
        let names = self
            .client
            .names()
            .with("record", key_as_data(object, key)?);
        let asked = self.client.request(request, names)?;
        let (meaning, reply) = self.client.send(&asked, &request.outcome).await?;
        let tag = reply.headers.get(ETAG).and_then(|v| v.to_str().ok());
        self.last = tag.map(|tag| (object.name.clone(), key.clone(), tag.to_owned()));
        match meaning {
            Meaning::Done => {}
            Meaning::Gone => return Ok(None),
            _ => return Err(outcome::failure(reply.status)),
        }
        let parents: Vec<String> = object.parents().map(str::to_owned).collect();
        let given: Vec<(String, String)> = object
            .inherited(&parents)
            .filter_map(|(name, _)| {
                let at = object.key.iter().position(|part| part == name)?;
                Some((name.to_owned(), key.parts().get(at)?.clone()))
            })
            .collect();
        let (_, mut records) = taken(object, &reply, request, &given)?;
        if records.len() > 1 {
            return Err(Fault::two_records());
        }
        match records.pop() {
            Some(record) if record.key != *key => Err(Fault::other_record()),
            record => Ok(record),
        }
    }

    fn version(&self, object: &Object, record: &Record) -> Option<String> {
        let etag = self.client.etag()?;
        let of_reply = || {
            let (name, key, tag) = self.last.as_ref()?;
            (*name == object.name && *key == record.key).then(|| tag.clone())
        };
        etag.of(&record.data).or_else(of_reply)
    }

    async fn part(
        &mut self,
        object: &Object,
        part: &ExportPart,
        record: &Record,
        sink: &mut (dyn FnMut(Value) -> bool + Send),
    ) -> Result<(), Fault> {
        let request = &part.request;
        let path = request
            .records
            .as_ref()
            .ok_or_else(Fault::unreadable_here)?;
        let mut progress = Progress::default();
        let page = &request.page;
        let names = self.client.names().with("record", &record.data);
        let first = self.client.request(request, names)?.first(page)?;
        let mut asked = first.clone();
        progress.ask(asked.identity())?;
        let mut came = 0;
        loop {
            let (meaning, reply) = self.client.send(&asked, &request.outcome).await?;
            match meaning {
                Meaning::Done => {}
                // Only a connector that says so may take a 404 for "there is none".
                Meaning::Gone if request.outcome.gone.is_some() && progress.pages() == 0 => {
                    return Ok(());
                }
                _ => return Err(outcome::failure(reply.status)),
            }
            let mut content = reply.content()?;
            let items = page::of_reply(&mut content, path, page)?;
            // Items need no key of their own, so a page is known by what it holds.
            let keys = items.iter().map(|item| {
                let digest = Digest::sha256(&crate::canonical::bytes(item));
                Key::new(vec![digest.hex()]).map_err(|_| Fault::not_a_record())
            });
            let keys = keys.collect::<Result<Vec<Key>, Fault>>()?;
            progress.page(page, (&content, &reply), &keys)?;
            let empty = items.is_empty();
            for mut item in items {
                if content.form == Decode::Xml {
                    shape_files(object, Some(&part.name), &mut item);
                }
                came += 1;
                if came > PART {
                    return Err(Fault::too_many_items(&part.name, PART));
                }
                if !sink(item) {
                    return Ok(());
                }
            }
            asked = match progress.onward(page, &content, &reply, empty)? {
                Onward::End => return progress.finish(),
                Onward::Url(target) => first.follow(&self.client, &reply.url, &target)?,
                Onward::Cursor(token) => first.moved(page, token)?,
                Onward::Offset(number) | Onward::Number(number) => {
                    first.moved(page, Value::from(number))?
                }
            };
            progress.within(page)?;
            progress.ask(asked.identity())?;
        }
    }

    async fn file(
        &mut self,
        _object: &Object,
        rule: &FileRule,
        record: &Record,
        named: &Named,
        take: Pieces<'_>,
    ) -> Fetched {
        let names = self.client.names();
        let names = names.with("record", &record.data);
        let names = names.with("file", &named.file).with("item", &named.item);
        let name = attachment::name(rule, &names);
        let came = self.client.download(rule, &names, take).await;
        let came = came.and_then(|came| match came {
            Some(came) if attachment::is_other_page(&name, came.content_type.as_deref()) => {
                Err(Fault::page_for_file())
            }
            came => Ok(came),
        });
        Fetched { name, came }
    }

    async fn verify(&mut self, object: &Object, action: Action, key: &Key) -> Result<Sight, Fault> {
        let request = object
            .http(action)
            .and_then(|does| does.verify.request.as_deref());
        let Some(request) = request else {
            return Ok(Sight::NotAsked);
        };
        let names = self
            .client
            .names()
            .with("record", key_as_data(object, key)?);
        let asked = self.client.request(request, names)?;
        let (meaning, reply) = self.client.send(&asked, &request.outcome).await?;
        match meaning {
            Meaning::Done => {}
            Meaning::Gone => return Ok(Sight::Nothing),
            _ => return Err(outcome::failure(reply.status)),
        }
        let path = request
            .records
            .as_ref()
            .ok_or_else(Fault::unreadable_here)?;
        let mut content = reply.content()?;
        let mut records = page::of_reply(&mut content, path, &request.page)?;
        if records.len() > 1 {
            return Err(Fault::two_records());
        }
        let Some(data) = records.pop() else {
            return match content.lacks(&object.key) {
                Some(column) => Err(Fault::envelope(column)),
                None => Ok(Sight::Nothing),
            };
        };
        // Another kind of reply may leave the key out; one that names it must name this record.
        match key_of(object, &data) {
            Ok(other) if other != *key => Err(Fault::other_record()),
            _ => Ok(Sight::Shows(data)),
        }
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        let mut found = Vec::new();
        if !self.proven {
            let text = say_connector::unproven_credential(&self.opening.system.name);
            found.push(Finding::warning(UNPROVEN_CREDENTIAL, text).remedy(say::unproven_help()));
        }
        if self.opening.system.insecure_http {
            found.push(Finding::warning("W239", say::plain_http()).remedy(say::plain_http_help()));
        }
        let signing = super::definition(&self.opening.system)?.signing();
        if signing.is_some_and(|signing| !signing.secrets.is_empty()) {
            let text = say_process::signed_by_plugin();
            let handed = Finding::warning("W264", text);
            found.push(handed.remedy(say_process::signed_by_plugin_help()));
        }
        Ok(found)
    }

    async fn examine(&mut self, object: &Object, needs: &[Action]) -> Result<Vec<Finding>, Fault> {
        let How::Http { actions, .. } = &object.how else {
            return Ok(Vec::new());
        };
        let allowed = self.opening.system.unconfirmed_writes;
        let mut found = Vec::new();
        for action in needs {
            let word = action.word();
            match actions.iter().find(|(known, _)| known == action) {
                Some((_, does)) if does.manual.is_some() => {}
                None => found
                    .push(Finding::warning("W241", say::cannot(word)).remedy(say::cannot_help())),
                Some((_, does)) if does.unconfirmed && allowed => found.push(
                    Finding::warning("W237", say::unconfirmed_allowed(word))
                        .remedy(say::unconfirmed_help()),
                ),
                Some((_, does)) if does.unconfirmed => found.push(
                    Finding::warning("W237", say::unconfirmed(word))
                        .remedy(say::unconfirmed_help()),
                ),
                Some(_) => {}
            }
        }
        if !self.reads_by_key(object) && needs.iter().any(|action| object.can(*action)) {
            found.push(
                Finding::warning(UNREADABLE, say::unreadable()).remedy(say::unreadable_help()),
            );
        }
        Ok(found.into_iter().map(|one| one.on(&object.name)).collect())
    }

    async fn outline(&mut self) -> Result<Option<Outline>, Fault> {
        described::outline(self).await
    }

    fn notes(&self) -> Notes {
        let mut notes = self.client.notes();
        let unreadable = self.unreadable.iter();
        notes
            .warnings
            .extend(unreadable.map(|object| (UNREADABLE.to_owned(), object.clone())));
        if !self.proven {
            notes.warnings.push((
                UNPROVEN_CREDENTIAL.to_owned(),
                self.opening.system.name.clone(),
            ));
        }
        notes
    }
}

/// The members of a record by which it is asked for.
fn key_as_data(object: &Object, key: &Key) -> Result<Value, Fault> {
    if key.parts().len() != object.key.len() {
        return Err(Fault::empty_key(object.key.join(", ")));
    }
    let parts = object.key.iter().zip(key.parts());
    Ok(parts
        .map(|(name, part)| (name.clone(), Value::String(part.clone())))
        .collect())
}

/// The records of a reply with their keys; one without a key is a fault for all, because it cannot be told whose it is. `given` are
/// the parts of the key that are the parent's, for systems that leave them out of the record.
fn taken(
    object: &Object,
    reply: &Reply,
    request: &Request,
    given: &[(String, String)],
) -> Result<(Content, Vec<Record>), Fault> {
    let path = request
        .records
        .as_ref()
        .ok_or_else(Fault::unreadable_here)?;
    let mut content = reply.content()?;
    let mut records = Vec::new();
    for mut data in page::of_reply(&mut content, path, &request.page)? {
        if content.form == Decode::Xml {
            shape_fields(object, &mut data)?;
            shape_files(object, None, &mut data);
        }
        if let Value::Object(members) = &mut data {
            for (name, part) in given {
                if members.get(name).is_none_or(Value::is_null) {
                    members.insert(name.clone(), Value::String(part.clone()));
                }
            }
        }
        records.push(Record {
            key: key_of(object, &data)?,
            data,
        });
    }
    match content.lacks(&object.key).filter(|_| records.is_empty()) {
        Some(column) => Err(Fault::envelope(column)),
        None => Ok((content, records)),
    }
}

/// Makes lists of what the entries of `files` take for one.
fn shape_files(object: &Object, part: Option<&str>, data: &mut Value) {
    let rules = object.files().iter();
    for rule in rules.filter(|rule| rule.part.as_deref() == part) {
        shape(data, &rule.each.text, None);
    }
}

/// Gives a record from XML the shape that the fields' paths ask for. Where a path cannot see what came, because an element is
/// repeated or has attributes, that is a fault: the value would be left out of the comparison with the person and of the export.
fn shape_fields(object: &Object, data: &mut Value) -> Result<(), Fault> {
    for field in &object.fields {
        if let At::JsonPath(path) = &field.at {
            shape(data, &path.text, None);
        }
    }
    for field in &object.fields {
        if let At::Path(names) = &field.at {
            let mut here = &*data;
            for name in names {
                if here.is_array() {
                    return Err(Fault::wrong_type(&field.name));
                }
                match here.get(name) {
                    Some(below) => here = below,
                    None => break,
                }
            }
        }
        let compared = field.identity.is_some() || !field.links.is_empty();
        let plain = |value: &&Value| !value.is_object() && !value.is_array();
        if compared && !field.at.all(data).iter().all(plain) {
            return Err(Fault::wrong_type(&field.name));
        }
    }
    Ok(())
}
