//! Where the workspace key comes from.
//!
//! A systemd credential wins over a file, because it can be bound to the machine (systemd.io/CREDENTIALS). Both hold 64
//! hexadecimal digits.

use std::path::PathBuf;

use zeroize::{Zeroize as _, Zeroizing};

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::{Digest, Key};
use crate::messages::store as say;
use crate::workspace::{Workspace, file_trouble, private_file, shown, write_new};

/// Name of the systemd credential.
const CREDENTIAL: &str = "dsr-workspace-key";

/// Where the workspace key was found; `check` mentions a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    Credential,
    File(PathBuf),
}

/// The workspace key and where it was found.
///
/// # Errors
/// Exit 2: E655 if there is none, E656 if it is not a key, E601 to E603 if others could have read or written its file.
pub fn workspace_key(workspace: &Workspace) -> Result<(Key, KeySource)> {
    let file = workspace.workspace_key_file();
    let (path, source) = match credential() {
        Some(path) => (path, KeySource::Credential),
        None if file.exists() => {
            private_file(&file)?;
            (file.clone(), KeySource::File(file))
        }
        None => {
            return Err(
                Diagnostic::new("E655", Exit::Usage, say::key_missing(shown(&file)))
                    .help(say::key_missing_help(CREDENTIAL))
                    .into(),
            );
        }
    };
    let text = Zeroizing::new(fs_err::read_to_string(&path).map_err(|e| file_trouble(&e))?);
    match Digest::from_hex(text.trim()) {
        Some(mut digest) => {
            let key = Key::from_bytes(digest.0);
            digest.0.zeroize();
            Ok((key, source))
        }
        None => Err(
            Diagnostic::new("E656", Exit::Usage, say::key_malformed(shown(&path)))
                .help(say::key_missing_help(CREDENTIAL))
                .into(),
        ),
    }
}

/// The workspace key, made if neither it nor anything encrypted under it exists.
pub(crate) fn make_workspace_key(workspace: &Workspace) -> Result<Key> {
    let file = workspace.workspace_key_file();
    if credential().is_none() && !file.exists() && !workspace.vault_file().exists() {
        let key = Key::random();
        let digits = Zeroizing::new(Digest(*key.expose()).hex());
        // Sized beforehand: a string that grows leaves its old bytes behind.
        let mut text = Zeroizing::new(String::with_capacity(digits.len() + 1));
        text.push_str(&digits);
        text.push('\n');
        write_new(&file, text.as_bytes(), 0o600).map_err(|e| file_trouble(&e))?;
    }
    Ok(workspace_key(workspace)?.0)
}

fn credential() -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    let path = PathBuf::from(folder).join(CREDENTIAL);
    path.exists().then_some(path)
}
