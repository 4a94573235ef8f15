//! References to secrets, and the values they lead to.
//!
//! An inventory holds references only. A value is fetched when its system is opened, kept in a type that prints as `[redacted]`
//! and wipes itself, and registered so that [`redact`] removes it from anything that is about to be written. Whether a `command`
//! may run at all is the business of `trust`, which is asked before.

pub(crate) mod program;
mod redaction;

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

pub use redaction::{blots, redact, remember, remember_for_now, sounds_secret};

use crate::connector::{Fault, Settings};
use crate::inventory::{Setting, System};
use crate::keyring;
use crate::messages::{Text, keyring as say_keyring, secret as say};

/// Longest secret in bytes; a private key with its chain is far below.
const LONGEST: u64 = 64 * 1024;

/// Where a secret lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    Env(String),
    File(PathBuf),
    /// An entry of the person's keyring, of the service `dsr` and with this account.
    Keyring(String),
    /// A systemd credential: `$CREDENTIALS_DIRECTORY/NAME`.
    Credential(String),
    /// A program and its arguments, run without a shell.
    Command(Vec<String>),
}

impl Reference {
    /// Reads `env:NAME`, `file:PATH`, `keyring:NAME` or `credential:NAME`; a command is a list and never a text.
    ///
    /// # Errors
    /// What is wrong, without the text itself, which may well be a secret written in the wrong place.
    pub fn parse(text: &str) -> Result<Reference, Text> {
        let (source, name) = text.split_once(':').ok_or_else(say::not_a_reference)?;
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(say::not_a_reference());
        }
        match source {
            "env" if !name.contains(['=', ' ']) => Ok(Reference::Env(name.to_owned())),
            "file" => Ok(Reference::File(PathBuf::from(name))),
            "keyring" => Ok(Reference::Keyring(name.to_owned())),
            "credential" if name.contains(['/', '\\']) || name.starts_with('.') => {
                Err(say::credential_name())
            }
            "credential" => Ok(Reference::Credential(name.to_owned())),
            _ => Err(say::not_a_reference()),
        }
    }
}

/// The reference as it is written; of a command the program only, because arguments have been seen to hold secrets.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Env(name) => write!(f, "env:{name}"),
            Reference::File(path) => write!(f, "file:{}", path.display()),
            Reference::Keyring(name) => write!(f, "keyring:{name}"),
            Reference::Credential(name) => write!(f, "credential:{name}"),
            Reference::Command(argv) => write!(f, "command:{}", argv.first().map_or("", |p| p)),
        }
    }
}

/// All settings of a system with its secrets fetched; relative paths start in `folder`, that of the inventory.
///
/// # Errors
/// E531 if a secret is missing, E532 if it is there and cannot be used: the system is then not searched (exit 3).
pub fn settings(system: &System, folder: &Path) -> Result<Settings, Fault> {
    let mut out = Settings::default();
    for (name, setting) in &system.settings {
        match setting {
            Setting::Plain(value) => {
                out.plain.insert(name.clone(), value.clone());
            }
            Setting::Secret(reference) => {
                out.secret.insert(name.clone(), resolve(reference, folder)?);
            }
        }
    }
    Ok(out)
}

/// Fetches a secret and registers it with [`redact`]. Line ends behind it are taken off. Blocks while a command runs.
///
/// # Errors
/// E531 if it is missing, E532 if it is empty, or the file is open to others, or the program fails. Never the value.
pub fn resolve(reference: &Reference, folder: &Path) -> Result<SecretString, Fault> {
    let unusable = |reason: Text| Fault::secret_unreadable(reference.to_string(), reason);
    let missing = || Fault::secret(reference.to_string());
    let value = match reference {
        Reference::Env(name) => {
            let value = std::env::var_os(name).ok_or_else(missing)?;
            Zeroizing::new(value.into_string().map_err(|_| unusable(say::not_text()))?)
        }
        Reference::File(path) => read(&folder.join(path), Rights::Private, reference)?,
        Reference::Credential(name) => {
            let home = std::env::var_os("CREDENTIALS_DIRECTORY")
                .ok_or_else(|| unusable(say::no_credentials()))?;
            // systemd guards that folder itself; its files may belong to root with an access list for the service.
            read(&Path::new(&home).join(name), Rights::Any, reference)?
        }
        Reference::Command(argv) => program::first_line(argv, folder).map_err(unusable)?,
        Reference::Keyring(name) => from_keyring(name, reference)?,
    };
    let value = value.trim_end_matches(['\n', '\r']);
    if value.trim().is_empty() {
        return Err(unusable(say::empty()));
    }
    remember(value);
    Ok(SecretString::from(value))
}

/// Puts a newer value where a reference leads, if that is the keyring, and says whether it lies there now.
pub fn keep(reference: &Reference, value: &SecretString) -> bool {
    let Reference::Keyring(name) = reference else {
        return false;
    };
    remember(value.expose_secret());
    keyring::write(keyring::SERVICE, name, value).is_ok()
}

fn from_keyring(name: &str, reference: &Reference) -> Result<Zeroizing<String>, Fault> {
    let reference = reference.to_string();
    match keyring::read(keyring::SERVICE, name) {
        Ok(Some(value)) => Ok(Zeroizing::new(value.expose_secret().to_owned())),
        Ok(None) => Err(Fault {
            text: say_keyring::secret_missing(&reference, keyring::store_command(name)),
            ..Fault::secret(&reference)
        }),
        Err(why) => {
            let reason = say_keyring::secret_unusable(why.text(), why.help());
            Err(Fault::secret_unreadable(reference, reason))
        }
    }
}

/// Who may be able to read a file with a secret in it.
#[derive(Clone, Copy, PartialEq)]
enum Rights {
    /// The caller alone, who also owns it.
    Private,
    Any,
}

fn read(path: &Path, rights: Rights, reference: &Reference) -> Result<Zeroizing<String>, Fault> {
    let bytes = read_bytes(path, rights, reference)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Fault::secret_unreadable(reference.to_string(), say::not_text()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The bytes of a secret that is a whole file, such as a key store.
///
/// # Errors
/// E531 if it is missing, E532 if it cannot be read, is open to others, or the reference names no file.
pub fn bytes(reference: &Reference, folder: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let unusable = |reason: Text| Fault::secret_unreadable(reference.to_string(), reason);
    match reference {
        Reference::File(path) => read_bytes(&folder.join(path), Rights::Private, reference),
        Reference::Credential(name) => {
            let home = std::env::var_os("CREDENTIALS_DIRECTORY")
                .ok_or_else(|| unusable(say::no_credentials()))?;
            read_bytes(&Path::new(&home).join(name), Rights::Any, reference)
        }
        _ => Err(unusable(say::not_a_file())),
    }
}

fn read_bytes(
    path: &Path,
    rights: Rights,
    reference: &Reference,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let unusable = |reason: Text| Fault::secret_unreadable(reference.to_string(), reason);
    let broken = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::secret(reference.to_string()),
        _ => unusable(crate::messages::os::why(&error)),
    };
    // A pipe would block until somebody writes to it, so the kind is asked before opening and again of what was opened.
    let is_file = fs_err::metadata(path).map_err(broken)?.is_file();
    let file = is_file
        .then(|| fs_err::File::open(path).map_err(broken))
        .ok_or_else(|| unusable(say::not_a_file()))??;
    let metadata = file.metadata().map_err(broken)?;
    if !metadata.is_file() {
        return Err(unusable(say::not_a_file()));
    }
    if rights == Rights::Private {
        is_private(&metadata).map_err(unusable)?;
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(broken)?;
    if bytes.len() as u64 > LONGEST {
        return Err(unusable(say::too_long(LONGEST)));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_private(metadata: &std::fs::Metadata) -> Result<(), Text> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(say::other_owner());
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(say::open_to_others());
    }
    Ok(())
}

#[cfg(not(unix))]
fn is_private(_: &std::fs::Metadata) -> Result<(), Text> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(argv: &[&str]) -> Reference {
        Reference::Command(argv.iter().map(|&arg| arg.to_owned()).collect())
    }

    #[test]
    fn references_are_names_and_nothing_else() {
        for text in [
            "env:SF_SECRET",
            "file:/run/secrets/sap",
            "keyring:dsr",
            "credential:dsr-seal",
        ] {
            assert_eq!(Reference::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "hunter2",
            "",
            "env:",
            "env: ",
            "Env:X",
            "vault:x",
            "env:A=B",
            "credential:../x",
            "file:\n",
        ] {
            let error = Reference::parse(text).unwrap_err();
            assert!(
                text.is_empty() || !error.en.contains(text),
                "the text may be the secret itself"
            );
        }
        let with_password = command(&["vault", "-password=hunter2"]);
        assert_eq!(with_password.to_string(), "command:vault");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_must_be_the_callers_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs_err::write(&path, "s3cret-in-file\r\n").unwrap();
        let reference = Reference::parse("file:key").unwrap();
        for (mode, code) in [
            (0o600, None),
            (0o400, None),
            (0o640, Some("E532")),
            (0o604, Some("E532")),
        ] {
            fs_err::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let got = resolve(&reference, folder.path());
            assert_eq!(
                got.as_ref().err().map(|fault| fault.code.as_str()),
                code,
                "{mode:o}"
            );
            if let Ok(value) = got {
                assert_eq!(value.expose_secret(), "s3cret-in-file");
                assert!(!format!("{value:?}").contains("s3cret"));
            }
        }
        let missing = resolve(&Reference::parse("file:none").unwrap(), folder.path());
        assert_eq!(missing.unwrap_err().code, "E531");
        let folder_itself = resolve(&Reference::parse("file:.").unwrap(), folder.path());
        assert_eq!(folder_itself.unwrap_err().code, "E532");
        fs_err::write(&path, "\n\n").unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(
            resolve(&reference, folder.path()).unwrap_err().code,
            "E532",
            "empty"
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_command_runs_without_a_shell_and_gives_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let got = resolve(
            &command(&["printf", "%s\\nsecond", "a$(id);b"]),
            folder.path(),
        )
        .unwrap();
        assert_eq!(got.expose_secret(), "a$(id);b");
        for (argv, code) in [
            (vec!["false"], "E532"),
            (vec!["true"], "E532"),
            (vec!["./not-there"], "E532"),
        ] {
            assert_eq!(
                resolve(&command(&argv), folder.path()).unwrap_err().code,
                code,
                "{argv:?}"
            );
        }
        fs_err::write(folder.path().join("pick"), "#!/bin/sh\necho from-folder\n").unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(
            folder.path().join("pick"),
            std::fs::Permissions::from_mode(0o700),
        )
        .unwrap();
        assert_eq!(
            resolve(&command(&["./pick"]), folder.path())
                .unwrap()
                .expose_secret(),
            "from-folder"
        );
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_more() {
        let folder = Path::new(".");
        let env = Reference::parse("env:DSR_TEST_SURELY_NOT_SET").unwrap();
        let fault = resolve(&env, folder).unwrap_err();
        assert_eq!(
            (fault.code.as_str(), fault.text.en.as_str()),
            ("E531", "the secret env:DSR_TEST_SURELY_NOT_SET is missing")
        );
    }

    #[test]
    fn a_keyring_without_the_entry_and_one_that_refuses_are_two_things() {
        let folder = Path::new(".");
        let reference = Reference::parse("keyring:tests/secret").unwrap();
        let missing = resolve(&reference, folder).unwrap_err();
        assert_eq!(missing.code, "E531");
        assert!(
            missing
                .text
                .de
                .contains(&keyring::store_command("tests/secret"))
        );
        keyring::write("dsr", "tests/secret", &"s3cret-in-keyring\n".into()).unwrap();
        let got = resolve(&reference, folder).unwrap();
        assert_eq!(got.expose_secret(), "s3cret-in-keyring");
        assert!(!redact("a s3cret-in-keyring b").contains("s3cret"));
        keyring::tests::refuse_once("tests/secret");
        let refused = resolve(&reference, folder).unwrap_err();
        assert_eq!(refused.code, "E532");
        assert!(refused.text.en.contains("denies access"));
    }

    #[test]
    fn settings_are_split_by_what_may_be_shown() {
        let mut system = crate::inventory::System::named("shop");
        system
            .settings
            .insert("tls".into(), Setting::Plain("verify".into()));
        system.settings.insert(
            "url".into(),
            Setting::Secret(Reference::Env("DSR_TEST_SURELY_NOT_SET".into())),
        );
        assert_eq!(
            settings(&system, Path::new("."))
                .err()
                .map(|fault| fault.code),
            Some("E531".to_owned())
        );
        system.settings.remove("url");
        assert_eq!(
            settings(&system, Path::new(".")).map(|settings| settings.plain["tls"].clone()),
            Ok("verify".to_owned())
        );
    }
}
