//! Carrying out planned actions over HTTP, one record at a time.

use std::collections::HashSet;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::client::{WriteClient, Written};
use super::key_of;
use super::outcome::{self, Meaning};
use super::request::Request;
use crate::connector::object::{Action, At, How, HttpAction, Object};
use crate::connector::{Changes, Digester, Effect, Fault, Key, Opening, Target, Writer};
use crate::keys::Digest;
use crate::plan::Approved;
use crate::template::Names;

pub(super) struct RestWriter {
    client: WriteClient,
    /// What the approved plan lets this system write: object, key, action, state before.
    planned: HashSet<(String, Key, Action, Digest)>,
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
        })
    }

    async fn one(
        &self,
        object: &Object,
        action: Action,
        target: &Target<'_>,
    ) -> Result<Effect, Fault> {
        let key = target.record.key.clone();
        if !self
            .planned
            .contains(&(object.name.clone(), key, action, *target.before))
        {
            return Err(Fault::not_planned());
        }
        let does = action_of(object, action).ok_or_else(Fault::unreadable_here)?;
        // The requests are built from the data; it must name the record that was planned.
        if key_of(object, &target.record.data)? != target.record.key {
            return Err(Fault::other_record());
        }
        let values = nested(object, target)?;
        let mut names = self.client.names().with("record", &target.record.data);
        names = match action {
            Action::Anonymise => names.with("masked", values),
            Action::Rectify => names.with("changes", values),
            _ => names,
        };
        let version = target.version.map(str::to_owned);
        self.steps(object, &does.steps, &names, version).await
    }

    /// A step whose record is gone is done; later ones still run, because a purge follows a deletion.
    async fn steps(
        &self,
        object: &Object,
        steps: &[Request],
        names: &Names,
        mut version: Option<String>,
    ) -> Result<Effect, Fault> {
        let read = match &object.how {
            How::Http { read, .. } => read.as_deref(),
            _ => None,
        };
        let (mut sent, mut gone) = (0, 0);
        for (nth, step) in steps.iter().enumerate() {
            if let Some(condition) = &step.when
                && !condition.holds(names)?
            {
                continue;
            }
            sent += 1;
            match self.client.send(step, names, version.as_deref()).await? {
                Written::Unknown => return Ok(Effect::Unknown),
                // Nobody has written yet, so what changed can still be looked at.
                Written::Reply(_, reply)
                    if reply.status == 412 && version.is_some() && sent == 1 =>
                {
                    return Ok(Effect::Stale);
                }
                Written::Reply(meaning, reply) => match meaning {
                    Meaning::Done if version.is_some() && nth + 1 < steps.len() => {
                        version = self.client.version_after(&reply, read, names).await?;
                    }
                    Meaning::Done => {}
                    Meaning::Gone => gone += 1,
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
}

#[async_trait]
impl Writer for RestWriter {
    fn is_idempotent(&self, object: &Object, action: Action) -> bool {
        action_of(object, action).is_some_and(|does| does.steps.iter().all(|step| step.idempotent))
    }

    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        _digester: &Digester,
    ) -> Vec<Result<Effect, Fault>> {
        let mut effects = Vec::with_capacity(targets.len());
        for target in targets {
            effects.push(self.one(object, action, target).await);
        }
        effects
    }
}

fn action_of(object: &Object, action: Action) -> Option<&HttpAction> {
    match &object.how {
        How::Http { actions, .. } => actions
            .iter()
            .find(|(known, _)| *known == action)
            .map(|(_, does)| does),
        _ => None,
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
