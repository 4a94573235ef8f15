//! What was got to be let into one system: token, session, cookies, CSRF token. Shared by all its readers and writers in one run,
//! so that nobody logs in twice. Everything in it is secret.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::auth::cookies::Jar;
use crate::keys::Digest;

/// See the module.
#[derive(Clone, Default)]
pub(crate) struct Access(Arc<Shared>);

#[derive(Default)]
struct Shared {
    entry: tokio::sync::Mutex<Entry>,
    csrf: tokio::sync::Mutex<Option<String>>,
    cookies: Mutex<Jar>,
    calls: AtomicU64,
}

/// What the last log-in brought.
#[derive(Default)]
pub(super) struct Entry {
    /// The settings it was got with: others get another.
    pub(super) of: Option<Digest>,
    /// Grows with each log-in, so that a refused one can be told from a newer one.
    pub(super) serial: u64,
    pub(super) open: bool,
    /// `auth.<name>`
    pub(super) values: Map<String, Value>,
    /// When it has to be got anew.
    pub(super) until: Option<Instant>,
    /// The refresh token that replaced the one of the settings.
    pub(super) refresh: Option<SecretString>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[access]")
    }
}

impl Access {
    /// The entry, for as long as it takes to get one: others wait for the same.
    pub(super) async fn entry(&self) -> tokio::sync::MutexGuard<'_, Entry> {
        self.0.entry.lock().await
    }

    pub(super) async fn csrf(&self) -> tokio::sync::MutexGuard<'_, Option<String>> {
        self.0.csrf.lock().await
    }

    pub(super) fn cookies(&self) -> MutexGuard<'_, Jar> {
        self.0
            .cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that no other call to this system has.
    pub(super) fn next_call(&self) -> u64 {
        self.0.calls.fetch_add(1, Ordering::Relaxed) + 1
    }
}
