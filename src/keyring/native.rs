//! Keychain and Credential Manager, through `keyring-core`. In unit tests its mock, so that they never touch a real keyring.
//!
//! macOS may ask in a window when another build of this program made the entry; the time limit holds then.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Why, logged};

pub(super) fn read(service: &str, account: &str) -> Result<Option<SecretString>, Why> {
    match entry(service, account)?.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(why(error)),
    }
}

pub(super) fn write(service: &str, account: &str, secret: &SecretString) -> Result<(), Why> {
    let entry = entry(service, account)?;
    entry.set_password(secret.expose_secret()).map_err(why)
}

pub(super) fn delete(service: &str, account: &str) -> Result<(), Why> {
    match entry(service, account)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(why(error)),
    }
}

pub(super) fn available() -> Result<(), Why> {
    store().map(|_| ())
}

fn entry(service: &str, account: &str) -> Result<Entry, Why> {
    store()?.build(service, account, None).map_err(why)
}

#[cfg(all(target_os = "macos", not(test)))]
fn store() -> Result<Arc<CredentialStore>, Why> {
    let store = apple_native_keyring_store::keychain::Store::new();
    let store = store.map_err(unreachable)?;
    Ok(store)
}

#[cfg(all(windows, not(test)))]
fn store() -> Result<Arc<CredentialStore>, Why> {
    let store = windows_native_keyring_store::Store::new();
    let store = store.map_err(unreachable)?;
    Ok(store)
}

#[cfg(not(test))]
fn unreachable(error: Error) -> Why {
    logged(&error, Why::Unreachable)
}

/// A secret that is no text comes within its error, so only errors without one are logged.
fn why(error: Error) -> Why {
    match error {
        Error::NoStorageAccess(_) => Why::Denied,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Why::NotText,
        Error::Ambiguous(_) => Why::Several,
        other => logged(&other, Why::Failed),
    }
}

#[cfg(test)]
fn store() -> Result<Arc<CredentialStore>, Why> {
    use std::sync::OnceLock;
    static STORE: OnceLock<Arc<CredentialStore>> = OnceLock::new();
    let mock = STORE.get_or_init(|| keyring_core::mock::Store::new().expect("a store in memory"));
    Ok(Arc::clone(mock))
}

/// Makes the next call for this account fail.
#[cfg(test)]
pub(super) fn fail_once(account: &str, error: Error) {
    let entry = entry(super::SERVICE, account).expect("an entry");
    let mock: &keyring_core::mock::Cred = entry.as_any().downcast_ref().expect("the mock");
    mock.set_error(error);
}
