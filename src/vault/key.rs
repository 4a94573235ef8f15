//! Where the workspace key comes from.
//!
//! A systemd credential wins, because it can be bound to the machine (systemd.io/CREDENTIALS). Then counts the file
//! `workspace.key`: it holds the key, or `keyring:ACCOUNT` if the key lies in the keyring of the person's session. So a keyring
//! that is locked or was lost is told from a workspace that has no key yet. Written out, a key is 64 hexadecimal digits.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::{Zeroize as _, Zeroizing};

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keyring::{self, SERVICE};
use crate::keys::{Digest, Key};
use crate::messages::{Text, keyring as say_keyring, store as say};
use crate::workspace::{Workspace, file_trouble, private_file, shown, write_new};

/// Name of the systemd credential.
const CREDENTIAL: &str = "dsr-workspace-key";

/// What `workspace.key` begins with if the key lies in the keyring.
const IN_KEYRING: &str = "keyring:";

/// Where the workspace key was found; `check` mentions it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    Credential,
    /// Under this account of the service `dsr`.
    Keyring(String),
    File(PathBuf),
}

impl KeySource {
    /// The place in words.
    pub fn text(&self) -> Text {
        match self {
            KeySource::Credential => say_keyring::in_credential(CREDENTIAL),
            KeySource::Keyring(account) => say_keyring::in_keyring(account),
            KeySource::File(file) => say_keyring::in_file(shown(file)),
        }
    }
}

/// Where a new workspace key is put: into the keyring of the person's session, or into a file that only its owner can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyPlace {
    Keyring,
    File,
}

/// Where the key of the workspace in this folder lies, without asking the keyring for it; `None` if it has none yet.
///
/// # Errors
/// Those of reading a file, E656 if the file names no account.
pub fn key_source(folder: &Path) -> Result<Option<KeySource>> {
    if credential().is_some() {
        return Ok(Some(KeySource::Credential));
    }
    let file = Workspace::key_file_in(folder);
    if !file.exists() {
        return Ok(None);
    }
    let text = Zeroizing::new(fs_err::read_to_string(&file).map_err(|e| file_trouble(&e))?);
    match text.trim_end().strip_prefix(IN_KEYRING) {
        None => Ok(Some(KeySource::File(file))),
        Some(account) if !account.is_empty() && !account.contains(char::is_control) => {
            Ok(Some(KeySource::Keyring(account.to_owned())))
        }
        Some(_) => Err(malformed(shown(&file)).into()),
    }
}

/// The workspace key and where it was found.
///
/// # Errors
/// Exit 2: E655 if there is none, E656 if it is not a key, E657 if the keyring has lost it, E658 if the keyring cannot be
/// asked, E601 to E603 if others could have read or written its file.
pub fn workspace_key(workspace: &Workspace) -> Result<(Key, KeySource)> {
    let file = workspace.workspace_key_file();
    let credential = credential();
    if credential.is_none() && file.exists() {
        private_file(&file)?;
    }
    let source = key_source(&workspace.folder)?.ok_or_else(|| {
        Diagnostic::new("E655", Exit::Usage, say::key_missing(shown(&file)))
            .help(say::key_missing_help(CREDENTIAL))
    })?;
    let (text, place) = match &source {
        KeySource::Keyring(account) => (
            Zeroizing::new(from_keyring(account, &file)?.expose_secret().to_owned()),
            format!("{IN_KEYRING}{account}"),
        ),
        KeySource::Credential | KeySource::File(_) => {
            let path = credential.unwrap_or(file);
            let text = fs_err::read_to_string(&path).map_err(|e| file_trouble(&e))?;
            (Zeroizing::new(text), shown(&path))
        }
    };
    match Digest::from_hex(text.trim()) {
        Some(mut digest) => {
            let key = Key::from_bytes(digest.0);
            digest.0.zeroize();
            Ok((key, source))
        }
        None => Err(malformed(place).into()),
    }
}

/// The workspace key, made if neither it nor anything encrypted under it exists.
///
/// # Errors
/// As for [`workspace_key`].
pub(crate) fn make_workspace_key(workspace: &Workspace, place: KeyPlace) -> Result<Key> {
    let file = workspace.workspace_key_file();
    if credential().is_none() && !file.exists() && !workspace.vault_file().exists() {
        let digits = Zeroizing::new(Digest(*Key::random().expose()).hex());
        match place {
            KeyPlace::Keyring => to_keyring(&SecretString::from(digits.as_str()), &file)?,
            KeyPlace::File => {
                // Sized beforehand: a string that grows leaves its old bytes behind.
                let mut text = Zeroizing::new(String::with_capacity(digits.len() + 1));
                text.push_str(&digits);
                text.push('\n');
                write_new(&file, text.as_bytes(), 0o600).map_err(|e| file_trouble(&e))?;
            }
        }
    }
    Ok(workspace_key(workspace)?.0)
}

fn from_keyring(account: &str, file: &Path) -> Result<SecretString> {
    match keyring::read(SERVICE, account) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(
            Diagnostic::new("E657", Exit::Usage, say_keyring::key_gone(account))
                .why(say_keyring::key_gone_why(shown(file)))
                .help(say_keyring::key_gone_help(keyring::store_command(account)))
                .help(say_keyring::key_gone_credential(CREDENTIAL))
                .into(),
        ),
        Err(why) => {
            Err(
                Diagnostic::new("E658", Exit::Usage, say_keyring::key_unreadable(why.text()))
                    .help(why.help())
                    .help(say_keyring::key_gone_credential(CREDENTIAL))
                    .into(),
            )
        }
    }
}

/// Puts a new key into the keyring and then says so in the file. Interrupted between the two, it leaves an entry that protects
/// nothing; the other way round it would leave a workspace that waits for a key which never was.
fn to_keyring(key: &SecretString, file: &Path) -> Result<()> {
    let unwritable = |why: Text, help: Text| {
        Diagnostic::new("E658", Exit::Usage, say_keyring::key_unwritable(why))
            .help(help)
            .help(say_keyring::key_file_instead())
    };
    let random = Digest::sha256(Key::random().expose()).hex();
    let account = format!("workspace-{}", &random[..16]);
    let refused = |why: keyring::Why| unwritable(why.text(), why.help());
    keyring::write(SERVICE, &account, key).map_err(refused)?;
    let kept = keyring::read(SERVICE, &account).map_err(refused)?;
    if kept.is_none_or(|kept| kept.expose_secret() != key.expose_secret()) {
        return Err(unwritable(say_keyring::key_not_kept(), keyring::Why::Failed.help()).into());
    }
    let named = format!("{IN_KEYRING}{account}\n");
    write_new(file, named.as_bytes(), 0o600).map_err(|error| {
        // Nobody will ask for it any more; if it stays, it protects nothing.
        let _ = keyring::delete(SERVICE, &account);
        file_trouble(&error)
    })
}

fn malformed(place: String) -> Diagnostic {
    Diagnostic::new("E656", Exit::Usage, say::key_malformed(place))
        .help(say::key_missing_help(CREDENTIAL))
}

fn credential() -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    let path = PathBuf::from(folder).join(CREDENTIAL);
    path.exists().then_some(path)
}
