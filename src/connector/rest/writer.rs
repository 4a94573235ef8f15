//! Carrying out planned actions over HTTP: step by step for one record, or one call for several.
//!
//! Each record is checked against the approved plan before anything is sent for it. What a reply says is only what the system says;
//! whether an action took effect is settled by reading (`execute`).

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::client::{Reply, WriteClient, Written};
use super::decode::shape;
use super::key_of;
use super::outcome::{self, Meaning};
use super::request::{Capture, Decode, Each, Request, Source};
use crate::connector::object::{Action, At, How, HttpAction, Object};
use crate::connector::{Changes, Digester, Effect, Fault, Key, Opening, Patience, Target, Writer};
use crate::keys::Digest;
use crate::plan::Approved;
use crate::template::{Condition, Names};

pub(super) struct RestWriter {
    client: WriteClient,
    /// What the approved plan lets this system write: object, key, action, state before.
    planned: HashSet<(String, Key, Action, Digest)>,
    /// Bounds the waiting for jobs.
    patience: Option<Patience>,
}

impl RestWriter {
    pub(super) fn open(opening: &Opening, approved: &Approved) -> Result<RestWriter, Fault> {
        let steps = approved.plan().steps.iter();
        let planned = steps.filter(|step| step.system == opening.system.name);
        Ok(RestWriter {
            client: WriteClient::open(opening, approved)?,
            planned: planned
                .filter_map(|step| {
                    Some((
                        step.object.clone(),
                        step.key.clone(),
                        step.action?,
                        step.before,
                    ))
                })
                .collect(),
            patience: None,
        })
    }

    /// # Errors
    /// The plan does not have it, or the data names another record than the one that was planned: requests are built from the data.
    fn admit(&self, object: &Object, action: Action, target: &Target<'_>) -> Result<(), Fault> {
        let key = target.record.key.clone();
        if !self
            .planned
            .contains(&(object.name.clone(), key, action, *target.before))
        {
            return Err(Fault::not_planned());
        }
        if key_of(object, &target.record.data)? != target.record.key {
            return Err(Fault::other_record());
        }
        Ok(())
    }

    async fn one(
        &self,
        object: &Object,
        action: Action,
        does: &HttpAction,
        target: &Target<'_>,
    ) -> Result<Effect, Fault> {
        self.admit(object, action, target)?;
        let values = nested(object, target)?;
        let mut names = self.client.names().with("record", &target.record.data);
        names = match action {
            Action::Anonymise => names.with("masked", values),
            Action::Rectify => names.with("changes", values),
            _ => names,
        };
        let version = target.version.map(str::to_owned);
        self.steps(object, does, names, version).await
    }

    /// A step whose record is gone is done; later ones still run, because a purge follows a deletion.
    async fn steps(
        &self,
        object: &Object,
        does: &HttpAction,
        mut names: Names,
        mut version: Option<String>,
    ) -> Result<Effect, Fault> {
        let read = match &object.how {
            How::Http { read, .. } => read.as_deref(),
            _ => None,
        };
        let (mut sent, mut gone) = (0, 0);
        let mut missing: HashSet<&str> = HashSet::new();
        for (nth, step) in does.steps.iter().enumerate() {
            if !is_wanted(step, nth, &names)? {
                continue;
            }
            sent += 1;
            // It goes on from what is gone: so there is nothing to send.
            if step
                .reads()
                .into_iter()
                .any(|read| missing.contains(root(read)))
            {
                gone += 1;
                continue;
            }
            match self.client.send(step, &names, version.as_deref()).await? {
                Written::Unknown => return Ok(Effect::Unknown),
                // Nobody has written yet, so what changed can still be looked at.
                Written::Reply(_, reply)
                    if reply.status == 412 && version.is_some() && sent == 1 =>
                {
                    return Ok(Effect::Stale);
                }
                Written::Reply(meaning, reply) => match meaning {
                    Meaning::Done => {
                        if version.is_some() && nth + 1 < does.steps.len() && !step.read_only {
                            let after = self.client.version_after(&reply, read, &names);
                            version = after.await?;
                        }
                        names = capture(step, &reply, names)?;
                        match self.job(step, &names).await? {
                            Job::Done => {}
                            Job::Running => return Ok(Effect::Running),
                            Job::Lost => return Ok(Effect::Lost),
                        }
                    }
                    Meaning::Gone => {
                        gone += 1;
                        missing.extend(step.capture.iter().map(|capture| capture.name.as_str()));
                    }
                    Meaning::Blocked => return Ok(Effect::Blocked),
                    Meaning::Failed | Meaning::Retry => return Err(outcome::failure(reply.status)),
                },
            }
        }
        match sent {
            // Every condition said no: the action did nothing, and that is no success.
            0 => Err(Fault::unfit("when")),
            _ if gone == sent => Ok(Effect::Gone),
            _ => Ok(Effect::Done),
        }
    }

    /// Waits for the job that a step started, as long as it and this run may take.
    async fn job(&self, step: &Request, names: &Names) -> Result<Job, Fault> {
        let Some(poll) = &step.poll else {
            return Ok(Job::Done);
        };
        let until = Instant::now() + poll.within;
        loop {
            match self.client.look(&poll.get, names).await {
                Ok((Meaning::Done, reply)) => {
                    let reply = outcome::names_of(&reply);
                    if let Some(failed) = &poll.failed
                        && failed.holds(&reply)?
                    {
                        return Err(Fault::job_failed());
                    }
                    if poll.done.proves(&reply)? {
                        return Ok(Job::Done);
                    }
                }
                // What cannot be asked now may be asked in a moment.
                Err(fault) if fault.passing => {}
                // Nobody knows the job any more, or may ask after it: what became of it shows in the record.
                Ok(_) | Err(_) => return Ok(Job::Lost),
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Job::Lost);
            }
            let again = Instant::now() + poll.every.min(left);
            while Instant::now() < again {
                if self.patience.as_ref().is_some_and(Patience::is_over) {
                    return Ok(Job::Running);
                }
                tokio::time::sleep_until(again.min(Instant::now() + GLANCE)).await;
            }
        }
    }

    /// One call for several records. What became of each is said by its own item of the reply, or by nobody.
    async fn batch_of(
        &self,
        object: &Object,
        action: Action,
        does: &HttpAction,
        targets: &[Target<'_>],
    ) -> Vec<Result<Effect, Fault>> {
        let mut members: Vec<Member> = targets
            .iter()
            .map(|target| Member {
                // Batches are refused where a key has several parts.
                key: target.record.key.parts().concat(),
                ended: self.admit(object, action, target).err().map(Err),
                gone: 0,
                sent: 0,
            })
            .collect();
        let mut names = self.client.names();
        for (nth, step) in does.steps.iter().enumerate() {
            let going = || {
                let both = members.iter().zip(targets);
                both.filter(|(member, _)| member.ended.is_none())
            };
            let records: Vec<&Value> = going().map(|(_, target)| &target.record.data).collect();
            let name = object.key.first().map_or("", String::as_str);
            // With the type that they have in the record.
            let keys: Vec<Value> = records.iter().map(|record| record[name].clone()).collect();
            if records.is_empty() {
                break;
            }
            let known = names.clone().with("records", &records).with("keys", keys);
            let ended = match self.batch_step(step, nth, &known).await {
                Ok(Some((reply, captured))) => {
                    names = captured;
                    item_by_item(step, &reply, &mut members);
                    match self.job(step, &names).await {
                        Ok(Job::Done) => continue,
                        Ok(Job::Running) => Ok(Effect::Running),
                        Ok(Job::Lost) => Ok(Effect::Lost),
                        Err(fault) => Err(fault),
                    }
                }
                Ok(None) => continue,
                Err(ended) => ended,
            };
            for member in members.iter_mut().filter(|member| member.ended.is_none()) {
                member.ended = Some(ended.clone());
            }
        }
        members.into_iter().map(Member::came_to).collect()
    }

    /// The reply to one step of a batch, with what is known from then on; `None` if it is not sent.
    async fn batch_step(
        &self,
        step: &Request,
        nth: usize,
        names: &Names,
    ) -> Result<Option<(Reply, Names)>, Result<Effect, Fault>> {
        if !is_wanted(step, nth, names).map_err(Err)? {
            return Ok(None);
        }
        match self.client.send(step, names, None).await.map_err(Err)? {
            Written::Unknown => Err(Ok(Effect::Unknown)),
            Written::Reply(Meaning::Done, reply) => {
                let names = capture(step, &reply, names.clone()).map_err(Err)?;
                Ok(Some((reply, names)))
            }
            // One status for many people says nothing about any of them.
            Written::Reply(_, reply) => Err(Err(outcome::failure(reply.status))),
        }
    }
}

/// How a job stands when the waiting for it is over.
enum Job {
    Done,
    /// Nobody can tell any more, or it takes longer than it may.
    Lost,
    /// This run ends before it does.
    Running,
}

/// Between two looks at a job it is looked at least so often whether the run is to end.
const GLANCE: Duration = Duration::from_millis(200);

/// A record on its way through a batch.
struct Member {
    key: String,
    ended: Option<Result<Effect, Fault>>,
    sent: usize,
    gone: usize,
}

impl Member {
    fn came_to(self) -> Result<Effect, Fault> {
        match self.ended {
            Some(ended) => ended,
            None if self.sent == 0 => Err(Fault::unfit("when")),
            None if self.gone == self.sent => Ok(Effect::Gone),
            None => Ok(Effect::Done),
        }
    }
}

/// Whether a step is sent. One that is not is noted, because it is part of what was approved.
fn is_wanted(step: &Request, nth: usize, names: &Names) -> Result<bool, Fault> {
    let Some(when) = &step.when else {
        return Ok(true);
    };
    let wanted = when.holds(names)?;
    if !wanted {
        let name = step.name.as_deref().unwrap_or_default();
        tracing::info!(step = nth + 1, name, "left out: `when` does not hold");
    }
    Ok(wanted)
}

fn root(read: &str) -> &str {
    read.split('.').next().unwrap_or_default()
}

/// Adds what a step captures.
///
/// # Errors
/// E552 if the reply lacks it: the step took effect, and the next one cannot be sent.
fn capture(step: &Request, reply: &Reply, mut names: Names) -> Result<Names, Fault> {
    let needs_body = |capture: &&Capture| matches!(capture.from, Source::Body(_));
    let body = match step.capture.iter().find(needs_body) {
        Some(capture) => {
            let content = reply.content();
            Some(content.map_err(|_| Fault::no_capture(&capture.name))?)
        }
        None => None,
    };
    for capture in &step.capture {
        let value = match &capture.from {
            Source::Body(path) => body.as_ref().and_then(|body| body.single(path)).cloned(),
            Source::Header(name) => {
                let header = reply.headers.get(name.as_str());
                header.and_then(|v| v.to_str().ok()).map(Value::from)
            }
        };
        let empty = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        let value = value.filter(|value| !empty(value));
        let value = value.ok_or_else(|| Fault::no_capture(&capture.name))?;
        names = names.with(capture.name.clone(), value);
    }
    Ok(names)
}

/// Gives each member of a batch what its item of the reply says. One without an item stays unknown; a reply that names a record
/// twice, or one that was not sent, is believed about nobody.
fn item_by_item(step: &Request, reply: &Reply, members: &mut [Member]) {
    let Some(each) = &step.each else {
        return;
    };
    let said = reply.content().and_then(|mut body| {
        let mut said: BTreeMap<String, Item> = BTreeMap::new();
        // In XML a single item does not show that it stands in a list.
        if body.form == Decode::Xml {
            shape(&mut body.value, &each.at.text, None);
        }
        for item in each.at.path.query(&body.value).all() {
            let key = match item.get(&each.key) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => continue,
            };
            let mut sent = members.iter().filter(|member| member.ended.is_none());
            let of_ours = sent.any(|member| member.key == key);
            if !of_ours || said.insert(key, meaning(each, item)?).is_some() {
                return Err(Fault::other_items());
            }
        }
        Ok(said)
    });
    for member in members.iter_mut().filter(|member| member.ended.is_none()) {
        let item = match &said {
            Ok(said) => said.get(&member.key),
            Err(fault) => {
                member.ended = Some(Err(fault.clone()));
                continue;
            }
        };
        member.sent += 1;
        match item {
            Some(Item::Done) => {}
            Some(Item::Gone) => member.gone += 1,
            Some(Item::Blocked) => member.ended = Some(Ok(Effect::Blocked)),
            Some(Item::Failed) => member.ended = Some(Err(Fault::refused_item())),
            None => member.ended = Some(Ok(Effect::Unknown)),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Item {
    Done,
    Gone,
    Blocked,
    Failed,
}

/// The first of gone, blocked, done that holds of an item; failed if none does.
fn meaning(each: &Each, item: &Value) -> Result<Item, Fault> {
    let names = Names::default().with("item", item);
    let proves = |condition: &Option<Condition>| match condition {
        Some(condition) => condition.proves(&names),
        None => Ok(false),
    };
    let refuses = match &each.blocked {
        Some(blocked) => blocked.holds(&names)?,
        None => false,
    };
    Ok(match () {
        () if proves(&each.gone)? => Item::Gone,
        () if refuses => Item::Blocked,
        () if each.done.proves(&names)? => Item::Done,
        () => Item::Failed,
    })
}

#[async_trait]
impl Writer for RestWriter {
    fn batch(&self, object: &Object, action: Action) -> usize {
        object.http(action).and_then(|does| does.batch).unwrap_or(1)
    }

    fn is_idempotent(&self, object: &Object, action: Action) -> bool {
        object.http(action).is_some_and(|does| {
            does.steps
                .iter()
                .all(|step| step.poll.is_none() && (step.idempotent || step.read_only))
        })
    }

    fn wait_no_longer(&mut self, than: Patience) {
        self.patience = Some(than);
    }

    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        _digester: &Digester,
    ) -> Vec<Result<Effect, Fault>> {
        let does = object.http(action).filter(|does| !does.steps.is_empty());
        let Some(does) = does else {
            return vec![Err(Fault::unreadable_here()); targets.len()];
        };
        if does.batch.is_some() {
            return self.batch_of(object, action, does, targets).await;
        }
        let mut effects = Vec::with_capacity(targets.len());
        for target in targets {
            effects.push(self.one(object, action, does, target).await);
        }
        effects
    }
}

/// New values as an object that is nested like the record. A number or boolean stays one where the new text allows it.
fn nested(object: &Object, target: &Target<'_>) -> Result<Value, Fault> {
    let changes: &Changes = target.changes;
    let mut tree = Map::new();
    for (name, value) in changes {
        let field = object.field(name).filter(|field| !field.fixed);
        let Some(At::Path(path)) = field.map(|field| &field.at) else {
            return Err(Fault::wrong_type(name));
        };
        let old = path
            .iter()
            .try_fold(&target.record.data, |here, member| here.get(member));
        put(&mut tree, path, typed(value.as_deref(), old))
            .ok_or_else(|| Fault::wrong_type(name))?;
    }
    Ok(Value::Object(tree))
}

fn typed(text: Option<&str>, old: Option<&Value>) -> Value {
    let Some(text) = text else {
        return Value::Null;
    };
    let same_type = match old {
        Some(Value::Number(_)) => text.parse::<serde_json::Number>().ok().map(Value::Number),
        Some(Value::Bool(_)) => text.parse::<bool>().ok().map(Value::Bool),
        _ => None,
    };
    same_type.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn put(tree: &mut Map<String, Value>, path: &[String], value: Value) -> Option<()> {
    match path {
        [] => None,
        [last] => {
            tree.insert(last.clone(), value);
            Some(())
        }
        [first, rest @ ..] => {
            let below = tree
                .entry(first.clone())
                .or_insert_with(|| Value::Object(Map::new()));
            put(below.as_object_mut()?, rest, value)
        }
    }
}
