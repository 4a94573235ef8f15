//! References to secrets, and the values they lead to.
//!
//! An inventory holds references only. A value is fetched when its system is opened, kept in a type that prints as `[redacted]`
//! and wipes itself, and registered so that [`redact`] removes it from anything that is about to be written.

/// Where a secret lies (inventory.md, rule on secrets).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    Env(String),
    File(std::path::PathBuf),
    Keyring(String),
    /// A systemd credential: `$CREDENTIALS_DIRECTORY/NAME`.
    Credential(String),
    /// A program and its arguments, run without a shell.
    Command(Vec<String>),
}
