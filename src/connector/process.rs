//! The `process` engine: what a program beside `dsr` holds, asked and told in JSON lines (docs/reference/plugin-protocol.md).
//!
//! The objects stand in the inventory, so that nothing runs before a plan is wanted; what the program says of itself (`hello`) is
//! compared with them. Records go through the guard like all others. Requests over HTTP are sent by this side (`http`), which keeps
//! the phases apart, the origins to those of the settings, and the secrets to itself. A program that opens connections of its own is
//! marked as such wherever it is shown.

mod hello;
mod http;
mod message;
mod pinned;
mod program;
mod session;
mod sign;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::connector::object::Via;
use crate::connector::{
    Action, Digester, Effect, Fault, Finding, Health, Key, Notes, Object, Opening, Patience, Probe,
    Reader, Record, Sink, Target, Writer,
};
use crate::inventory::{Engine, System};
use crate::messages::process as say;
use crate::plan::Approved;
use message::{Outcome, Said};
use session::{Lost, Phase, Session};

pub(crate) use pinned::{content, pinned};
pub(crate) use program::on_path;
pub(in crate::connector) use sign::{Signature, Signer, Unsigned};

/// Opens a plugin for reading. The program starts with the first question.
///
/// # Errors
/// The settings give no usable address.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    Ok(Box::new(PluginReader {
        session: Session::new(opening, Phase::Read)?,
    }))
}

/// Opens a plugin for carrying out an approved plan, and nothing else.
///
/// # Errors
/// As [`reader`].
pub fn writer(opening: &Opening, _approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    Ok(Box::new(PluginWriter {
        session: Session::new(opening, Phase::Write)?,
    }))
}

/// What an action does, for the plan.
pub fn describe(system: &System, object: &Object, action: Action) -> Vec<String> {
    let Engine::Process(settings) = &system.engine else {
        return Vec::new();
    };
    let program = settings.files.last().map_or("", |(file, _)| file.as_str());
    vec![format!("{program}: {} {}", action.word(), object.name)]
}

struct PluginReader {
    session: Session,
}

impl PluginReader {
    /// Asks for records; every one has to be a mapping that names its key.
    async fn records(
        &mut self,
        object: &Object,
        question: Value,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let mut fault = None;
        let mut on = |said: Said| -> Result<bool, Fault> {
            let Said::Record(data) = said else {
                return Err(Fault::plugin_broke(say::out_of_place()));
            };
            match key_of(object, &data) {
                Ok(key) => Ok(sink(Record { key, data })),
                Err(wrong) => {
                    fault = Some(wrong);
                    Ok(false)
                }
            }
        };
        let ended = self.session.call(question, &mut on).await;
        if let Some(fault) = fault {
            return Err(fault);
        }
        let Some(done) = ended.map_err(Lost::fault)? else {
            // The sink had enough.
            return Ok(());
        };
        match done.get("complete") {
            Some(Value::Bool(true)) => Ok(()),
            Some(Value::Bool(false)) => Err(Fault::plugin_incomplete()),
            _ => Err(Fault::plugin_broke(say::no_complete())),
        }
    }
}

#[async_trait]
impl Reader for PluginReader {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.session.start().await?;
        let mut nothing = |_: Said| Err(Fault::plugin_broke(say::out_of_place()));
        let asked = json!({ "do": "check" });
        self.session
            .call(asked, &mut nothing)
            .await
            .map_err(Lost::fault)?;
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
        let via = object.find.get(finder).map(|finder| &finder.via);
        let question = match (via, probe) {
            (Some(Via::Columns(fields)), Probe::Identity(identity)) => json!({
                "do": "find", "object": object.name, "by": identity.kind.0, "value": identity.value(), "fields": fields,
            }),
            (Some(Via::Join(pairs)), Probe::Parent(parent)) => {
                let Some(under) = object
                    .find
                    .get(finder)
                    .and_then(|finder| finder.under.first())
                else {
                    return Err(Fault::unreadable_here());
                };
                let mut on = serde_json::Map::new();
                for (own, theirs) in pairs {
                    let value = parent.data.get(theirs).cloned().unwrap_or_default();
                    on.insert(own.clone(), value);
                }
                json!({ "do": "find", "object": object.name, "under": under, "parent": parent.key.parts(), "on": on })
            }
            // Nothing that the inventory lets through leads here.
            _ => return Err(Fault::unreadable_here()),
        };
        self.records(object, question, sink).await
    }

    fn reads_by_key(&self, _object: &Object) -> bool {
        true
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        let mut found: Vec<Record> = Vec::new();
        let mut sink = |record: Record| {
            found.push(record);
            found.len() < 2
        };
        let question = json!({ "do": "read", "object": object.name, "key": key.parts() });
        self.records(object, question, &mut sink).await?;
        match found.as_slice() {
            [] => Ok(None),
            [one] if one.key == *key => Ok(found.pop()),
            [_] => Err(Fault::other_record()),
            _ => Err(Fault::two_records()),
        }
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        let mut found = Vec::new();
        if self.session.own_network() {
            found
                .push(Finding::warning("W265", say::own_network()).remedy(say::own_network_help()));
        }
        Ok(found)
    }

    fn notes(&self) -> Notes {
        self.session.notes()
    }
}

struct PluginWriter {
    session: Session,
}

#[async_trait]
impl Writer for PluginWriter {
    /// A plugin may do anything, so what is lost is settled by reading and never done twice.
    fn is_idempotent(&self, _object: &Object, _action: Action) -> bool {
        false
    }

    fn wait_no_longer(&mut self, than: Patience) {
        self.session.patience(than);
    }

    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        _digester: &Digester,
    ) -> Vec<Result<Effect, Fault>> {
        let mut results = Vec::with_capacity(targets.len());
        for target in targets {
            results.push(self.one(object, action, target).await);
        }
        results
    }
}

impl PluginWriter {
    async fn one(
        &mut self,
        object: &Object,
        action: Action,
        target: &Target<'_>,
    ) -> Result<Effect, Fault> {
        let mut sets = serde_json::Map::new();
        for (name, value) in object.sets(action) {
            sets.insert(name.clone(), json!(value));
        }
        let order = json!({
            "do": "act",
            "object": object.name,
            "action": action.word(),
            "key": target.record.key.parts(),
            "record": target.record.data,
            "changes": target.changes,
            "sets": sets,
        });
        let mut outcome = None;
        let mut on = |said: Said| match said {
            Said::Outcome(is, key) if outcome.is_none() && key == target.record.key.parts() => {
                outcome = Some(is);
                Ok(true)
            }
            // About another record, or a second time: nobody knows what it has done.
            _ => Err(Fault::plugin_broke(say::out_of_place())),
        };
        let ended = self.session.call(order, &mut on).await;
        match ended {
            Ok(_) => match outcome {
                Some(Outcome::Done(stated)) if stated == action => Ok(Effect::Done),
                Some(Outcome::Gone) => Ok(Effect::Gone),
                Some(Outcome::Changed) => Ok(Effect::Changed),
                Some(Outcome::Blocked) => Ok(Effect::Blocked),
                Some(Outcome::Running) => Ok(Effect::Running),
                Some(Outcome::Failed) => Err(Fault::plugin_failed()),
                // Another action than the one that was ordered, or no word of what became of it.
                Some(Outcome::Done(_) | Outcome::Unknown) | None => Ok(Effect::Unknown),
            },
            Err(Lost::Unsent(fault)) => Err(fault),
            Err(Lost::Blocked) => Ok(Effect::Blocked),
            // It said itself that it did nothing.
            Err(Lost::Said(fault)) => Err(fault),
            // It may have begun.
            Err(Lost::Broken(_)) => Ok(Effect::Unknown),
        }
    }
}

/// The key of a record as the plugin gave it.
fn key_of(object: &Object, data: &Value) -> Result<Key, Fault> {
    let mut parts = Vec::with_capacity(object.key.len());
    for name in &object.key {
        parts.push(match data.get(name) {
            Some(Value::String(text)) => text.clone(),
            // A number beyond 64 bits or with a fraction has lost digits on the way and may name another record.
            Some(Value::Number(number)) if number.is_i64() || number.is_u64() => number.to_string(),
            None | Some(Value::Null) => return Err(Fault::empty_key(name)),
            Some(_) => return Err(Fault::wrong_type(name)),
        });
    }
    Key::new(parts)
        .map_err(|empty| Fault::empty_key(object.key.get(empty).map_or("key", String::as_str)))
}
