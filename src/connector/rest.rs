//! The `rest` engine: carries out what a connector file describes, over HTTP.
//!
//! Reading and writing are different machines. [`reader`] gets a client that cannot be handed a request that writes; [`writer`]
//! is opened with an approved plan and carries out nothing that is not in it. Candidates are returned as they come: whether one is
//! the person is decided by the guard in `find`.

pub(crate) mod access;
mod auth;
pub(in crate::connector) mod body;
mod client;
pub mod consent;
mod decode;
mod link;
mod outcome;
pub(crate) mod pace;
mod page;
mod reader;
pub mod request;
mod writer;

pub(in crate::connector) use client::http_client;
pub(crate) use client::http_client as plain_client;
pub(crate) use decode::read as decoded;

use serde_json::Value;

use crate::connector::definition::Definition;
use crate::connector::object::{Action, How, Object};
use crate::connector::{Fault, Key, Opening, Reader, Writer};
use crate::inventory::{Engine, System};
use crate::plan::Approved;

/// Opens a system for reading. Nothing is sent yet.
///
/// # Errors
/// The settings give no usable address or credential.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    Ok(Box::new(reader::RestReader::open(opening)?))
}

/// Opens a system for what the plan says. Nothing is sent yet.
///
/// # Errors
/// As [`reader`].
pub fn writer(opening: &Opening, approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    Ok(Box::new(writer::RestWriter::open(opening, approved)?))
}

/// Whether a session was opened that is to be ended.
pub fn has_to_sign_off() -> bool {
    client::farewell_is_due()
}

/// Ends the sessions that were opened in this run, where a connector says how.
pub async fn sign_off() {
    client::farewell().await;
}

/// The requests of an action with expressions in place of values, for the plan: `DELETE /guests/{record.id}`.
pub fn describe(object: &Object, action: Action) -> Vec<String> {
    let How::Http { actions, .. } = &object.how else {
        return Vec::new();
    };
    let steps = actions.iter().filter(|(known, _)| *known == action);
    steps
        .flat_map(|(_, does)| does.steps.iter().map(request::Request::describe))
        .collect()
}

/// Whether a URL stays on this machine.
pub(crate) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn definition(system: &System) -> Result<&Definition, Fault> {
    match &system.engine {
        Engine::Rest(definition) => Ok(definition),
        _ => Err(Fault::unreadable_here()),
    }
}

/// The key of a record as the system sent it.
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
