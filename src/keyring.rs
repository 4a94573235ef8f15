//! The keyring of the person's session: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! The only room that knows their crates. It never asks anybody anything: a locked keyring is said to be locked, and one that
//! does not answer in time (it may be asking in a window of its own) is given up. While a keyring is unlocked, every program of
//! its owner can read it. What lies there is the business of `vault` and `secret`.

#[cfg(any(test, all(feature = "keyring", any(target_os = "macos", windows))))]
mod native;
#[cfg(all(feature = "keyring", target_os = "linux", not(test)))]
mod secret_service;

use std::sync::mpsc;
use std::time::Duration;

use secrecy::SecretString;

use crate::messages::{Text, keyring as say};

#[cfg(any(test, all(feature = "keyring", any(target_os = "macos", windows))))]
use native as system;
#[cfg(all(feature = "keyring", target_os = "linux", not(test)))]
use secret_service as system;

/// Everything of this program stands under this service.
pub const SERVICE: &str = "dsr";

/// How long a keyring may take, in seconds; it lies on this machine.
const PATIENCE: u64 = 5;

/// Why a keyring cannot be used. The system's own words go into the log only: a fault may end up in the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No session, or no keyring service in it.
    Unreachable,
    /// The service runs and has no keyring that lasts.
    NoDefault,
    Locked,
    Denied,
    /// More than one entry fits the name.
    Several,
    NotText,
    /// No answer within so many seconds.
    Silent(u64),
    NotBuilt,
    Failed,
}

impl Why {
    pub fn text(&self) -> Text {
        match self {
            Why::Unreachable => say::unreachable(),
            Why::NoDefault => say::no_default(),
            Why::Locked => say::locked(),
            Why::Denied => say::denied(),
            Why::Several => say::several(),
            Why::NotText => say::not_text(),
            Why::Silent(seconds) => say::silent(*seconds),
            Why::NotBuilt => say::not_built(),
            Why::Failed => say::failed(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Text {
        match self {
            Why::Unreachable => say::unreachable_help(),
            Why::NoDefault => say::no_default_help(),
            Why::Locked => say::locked_help(),
            Why::Denied => say::denied_help(),
            Why::Several => say::several_help(),
            Why::NotText => say::not_text_help(),
            Why::Silent(_) => say::silent_help(),
            Why::NotBuilt => say::not_built_help(),
            Why::Failed => say::failed_help(),
        }
    }
}

/// The secret of an entry; `None` if an unlocked keyring holds none of this name.
///
/// # Errors
/// Why the keyring could not be asked. It is never taken for an empty one.
pub fn read(service: &str, account: &str) -> Result<Option<SecretString>, Why> {
    let (service, account) = (service.to_owned(), account.to_owned());
    within(PATIENCE, move || system::read(&service, &account))
}

/// Puts a secret into the person's default keyring, in the place of one with the same name.
///
/// # Errors
/// Why it could not be stored. After [`Why::Silent`] it may be stored all the same.
pub fn write(service: &str, account: &str, secret: &SecretString) -> Result<(), Why> {
    let (service, account, secret) = (service.to_owned(), account.to_owned(), secret.clone());
    within(PATIENCE, move || system::write(&service, &account, &secret))
}

/// Deletes an entry; it is no error if there is none.
///
/// # Errors
/// Why the keyring could not be asked.
pub fn delete(service: &str, account: &str) -> Result<(), Why> {
    let (service, account) = (service.to_owned(), account.to_owned());
    within(PATIENCE, move || system::delete(&service, &account))
}

/// Whether a secret could be stored now, without anybody being asked.
///
/// # Errors
/// Why not.
pub fn available() -> Result<(), Why> {
    within(PATIENCE, system::available)
}

/// The command by which a person stores a secret themselves; it asks for it.
pub fn store_command(account: &str) -> String {
    let account = word(account);
    if cfg!(target_os = "macos") {
        format!("security add-generic-password -s {SERVICE} -a {account} -w")
    } else if cfg!(windows) {
        format!("cmdkey /generic:{account}.{SERVICE} /user:{account} /pass")
    } else {
        format!("secret-tool store --label={SERVICE} service {SERVICE} username {account}")
    }
}

/// The command that shows a secret; Windows has none.
pub fn show_command(account: &str) -> Option<String> {
    let account = word(account);
    if cfg!(target_os = "macos") {
        Some(format!(
            "security find-generic-password -s {SERVICE} -a {account} -w"
        ))
    } else if cfg!(windows) {
        None
    } else {
        Some(format!(
            "secret-tool lookup service {SERVICE} username {account}"
        ))
    }
}

/// A name as one word for a shell.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    match name.chars().all(plain) {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

/// Asks on a thread of its own, which is left behind if it does not come back; what it still brings is wiped.
fn within<T: Send + 'static>(
    seconds: u64,
    ask: impl FnOnce() -> Result<T, Why> + Send + 'static,
) -> Result<T, Why> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new().name("keyring".to_owned());
    thread
        .spawn(move || {
            let _ = sender.send(ask());
        })
        .map_err(|error| logged(&error, Why::Failed))?;
    match receiver.recv_timeout(Duration::from_secs(seconds)) {
        Ok(answer) => answer,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Why::Silent(seconds)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Why::Failed),
    }
}

/// Leaves the system's words in the log.
fn logged(reason: &dyn std::fmt::Display, why: Why) -> Why {
    tracing::debug!("keyring: {reason}");
    why
}

/// Where no keyring was built in.
#[cfg(not(any(
    test,
    all(
        feature = "keyring",
        any(target_os = "linux", target_os = "macos", windows)
    )
)))]
mod system {
    use secrecy::SecretString;

    use super::Why;

    pub(super) fn read(_: &str, _: &str) -> Result<Option<SecretString>, Why> {
        Err(Why::NotBuilt)
    }

    pub(super) fn write(_: &str, _: &str, _: &SecretString) -> Result<(), Why> {
        Err(Why::NotBuilt)
    }

    pub(super) fn delete(_: &str, _: &str) -> Result<(), Why> {
        Err(Why::NotBuilt)
    }

    pub(super) fn available() -> Result<(), Why> {
        Err(Why::NotBuilt)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Instant;

    use keyring_core::Error;
    use secrecy::ExposeSecret as _;

    use super::*;

    /// Makes the next call for this account fail as a keyring does that refuses access.
    pub(crate) fn refuse_once(account: &str) {
        native::fail_once(account, Error::NoStorageAccess("locked".into()));
    }

    fn text(secret: &str) -> SecretString {
        SecretString::from(secret)
    }

    #[test]
    fn an_entry_comes_back_and_goes() {
        let account = "tests/an entry";
        assert!(read(SERVICE, account).unwrap().is_none());
        delete(SERVICE, account).unwrap();
        write(SERVICE, account, &text("old")).unwrap();
        write(SERVICE, account, &text("s3cret")).unwrap();
        let got = read(SERVICE, account).unwrap().unwrap();
        assert_eq!(got.expose_secret(), "s3cret");
        assert!(!format!("{got:?}").contains("s3cret"));
        assert!(read("other", account).unwrap().is_none());
        delete(SERVICE, account).unwrap();
        assert!(read(SERVICE, account).unwrap().is_none());
    }

    #[test]
    fn a_keyring_that_refuses_is_not_an_empty_one() {
        let account = "tests/refused";
        write(SERVICE, account, &text("s3cret")).unwrap();
        for (error, why) in [
            (Error::NoStorageAccess("x".into()), Why::Denied),
            (Error::BadEncoding(b"s3cret\xff".to_vec()), Why::NotText),
            (Error::Ambiguous(Vec::new()), Why::Several),
        ] {
            native::fail_once(account, error);
            assert_eq!(read(SERVICE, account).unwrap_err(), why);
        }
        let odd = Error::PlatformFailure("code 7".into());
        native::fail_once(account, odd);
        assert_eq!(read(SERVICE, account).unwrap_err(), Why::Failed);
        assert!(read(SERVICE, account).unwrap().is_some());
    }

    #[test]
    fn a_keyring_that_does_not_answer_is_given_up() {
        let began = Instant::now();
        let hanging = within(1, || {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        });
        assert_eq!(hanging, Err(Why::Silent(1)));
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn commands_take_a_name_as_one_word() {
        assert_eq!(
            store_command("it's; rm -r ~"),
            r"secret-tool store --label=dsr service dsr username 'it'\''s; rm -r ~'"
        );
        assert_eq!(
            show_command("sf-secret").unwrap(),
            "secret-tool lookup service dsr username sf-secret"
        );
    }
}
