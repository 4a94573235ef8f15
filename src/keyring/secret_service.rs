//! The Secret Service of a Linux desktop (specifications.freedesktop.org/secret-service), as GNOME and KDE offer it.
//!
//! Entries carry the attributes `service` and `username`, as other programs write them too. Nothing is unlocked from here,
//! because unlocking asks the person in a window. The secret crosses the bus encrypted.

use std::collections::HashMap;

use secrecy::{ExposeSecret as _, SecretString};
use secret_service::blocking::{Collection, SecretService};
use secret_service::{EncryptionType, Error};
use zeroize::Zeroizing;

use super::{Why, logged};

pub(super) fn read(service: &str, account: &str) -> Result<Option<SecretString>, Why> {
    let bus = connect()?;
    let found = bus
        .search_items(attributes(service, account))
        .map_err(why)?;
    let item = match (found.unlocked.as_slice(), found.locked.as_slice()) {
        ([item], []) => item,
        ([], [_]) => return Err(Why::Locked),
        // Some services hide what lies in a locked keyring, so a locked one is not taken for an empty one.
        ([], []) => return unlocked(&bus).map(|_| None),
        _ => return Err(Why::Several),
    };
    let bytes = Zeroizing::new(item.get_secret().map_err(why)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| Why::NotText)?;
    Ok(Some(SecretString::from(text)))
}

pub(super) fn write(service: &str, account: &str, secret: &SecretString) -> Result<(), Why> {
    let bus = connect()?;
    let keyring = unlocked(&bus)?;
    let label = format!("{service} {account}");
    let secret = secret.expose_secret().as_bytes();
    keyring
        .create_item(
            &label,
            attributes(service, account),
            secret,
            true,
            "text/plain",
        )
        .map(|_| ())
        .map_err(why)
}

pub(super) fn delete(service: &str, account: &str) -> Result<(), Why> {
    let bus = connect()?;
    let found = bus
        .search_items(attributes(service, account))
        .map_err(why)?;
    if !found.locked.is_empty() {
        return Err(Why::Locked);
    }
    match found.unlocked.as_slice() {
        [] => unlocked(&bus).map(|_| ()),
        [item] => item.delete().map_err(why),
        _ => Err(Why::Several),
    }
}

pub(super) fn available() -> Result<(), Why> {
    unlocked(&connect()?).map(|_| ())
}

fn connect<'a>() -> Result<SecretService<'a>, Why> {
    SecretService::connect(EncryptionType::Dh).map_err(|error| logged(&error, Why::Unreachable))
}

/// The default keyring. That of the session is no substitute: it is forgotten with the session.
fn unlocked<'a>(bus: &'a SecretService<'a>) -> Result<Collection<'a>, Why> {
    let keyring = match bus.get_default_collection() {
        Err(Error::NoResult) => return Err(Why::NoDefault),
        other => other.map_err(why)?,
    };
    match keyring.is_locked().map_err(why)? {
        true => Err(Why::Locked),
        false => Ok(keyring),
    }
}

fn attributes<'a>(service: &'a str, account: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", account)])
}

fn why(error: Error) -> Why {
    match error {
        Error::Locked => Why::Locked,
        Error::Prompt => Why::Denied,
        other => logged(&other, Why::Failed),
    }
}
