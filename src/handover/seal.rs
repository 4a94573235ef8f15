//! How a package is encrypted: to public keys of age, or as a zip under a passphrase that is made here and stored nowhere.

use std::path::Path;
use std::str::FromStr as _;

use age::x25519::Recipient;
use secrecy::{ExposeSecret as _, SecretString};

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::Sealed;
use crate::messages::{Text, export as say};

/// How a package is encrypted.
pub enum Seal {
    /// AES-256 zip under this passphrase.
    Passphrase(SecretString),
    /// A zip in an age file.
    Recipients(Vec<Recipient>),
    /// A folder that everyone can read who may read the files.
    Open,
}

impl Seal {
    /// What the ledger calls it.
    pub fn sealed(&self) -> Sealed {
        match self {
            Seal::Passphrase(_) => Sealed::Aes,
            Seal::Recipients(_) => Sealed::Age,
            Seal::Open => Sealed::None,
        }
    }

    /// The passphrase, for the one time that it is shown.
    pub fn passphrase(&self) -> Option<&str> {
        match self {
            Seal::Passphrase(passphrase) => Some(passphrase.expose_secret()),
            _ => None,
        }
    }
}

/// Signs that can be told apart when read out on the telephone (Crockford's Base32, without check sign).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Six groups of four: 120 bits. A zip derives its key by 1,000 rounds of PBKDF2 only, so that the passphrase has to be strong.
const GROUPS: usize = 6;

/// A fresh passphrase such as `7K2M-9QXT-…`; the dashes belong to it.
pub fn passphrase() -> SecretString {
    let random = crate::keys::Key::random();
    let signs = random.expose().iter().take(4 * GROUPS);
    let mut text = String::with_capacity(5 * GROUPS);
    for (at, byte) in signs.enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(SIGNS[usize::from(byte % 32)]));
    }
    SecretString::from(text)
}

/// Public keys from the command line and from a file with one a line; empty lines and such with `#` do not count.
///
/// # Errors
/// E806 for what is no public key of age, E807 if the file cannot be read. Exit 2, and nothing was written.
pub fn recipients(given: &[String], file: Option<&Path>) -> Result<Vec<Recipient>> {
    let mut all: Vec<String> = given.to_vec();
    if let Some(file) = file {
        let text = fs_err::read_to_string(file).map_err(|error| {
            Diagnostic::new("E807", Exit::Usage, say::recipients_unreadable())
                .why(Text::same(error.to_string()))
                .help(say::recipients_unreadable_help())
        })?;
        let lines = text.lines().map(str::trim);
        let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let before = all.len();
        all.extend(keys.map(str::to_owned));
        if all.len() == before {
            // An empty list would leave the package to nobody, or to the wrong seal.
            return Err(no_key());
        }
    }
    let parse = |text: &String| Recipient::from_str(text.trim()).map_err(|_| no_key());
    all.iter().map(parse).collect()
}

fn no_key() -> crate::diagnostic::Trouble {
    Diagnostic::new("E806", Exit::Usage, say::not_a_recipient())
        .help(say::recipient_help())
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_long_and_never_the_same() {
        let made: std::collections::BTreeSet<String> = (0..50)
            .map(|_| passphrase().expose_secret().to_owned())
            .collect();
        assert_eq!(made.len(), 50);
        for text in made {
            assert_eq!(text.len(), 29, "{text}");
            let signs = text.bytes().filter(|sign| *sign != b'-');
            assert_eq!(signs.filter(|sign| SIGNS.contains(sign)).count(), 24);
        }
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let key = age::x25519::Identity::generate();
        let public = key.to_public().to_string();
        assert_eq!(
            recipients(std::slice::from_ref(&public), None)
                .unwrap()
                .len(),
            1
        );
        for wrong in ["", "age1", "ssh-ed25519 AAAA", &public[..40]] {
            assert!(recipients(&[wrong.to_owned()], None).is_err(), "{wrong}");
        }
        // A secret key given by mistake is refused and not repeated.
        let secret = age::secrecy::ExposeSecret::expose_secret(&key.to_string()).to_owned();
        let error = recipients(std::slice::from_ref(&secret), None).unwrap_err();
        assert!(!format!("{error:?}").contains(&secret));
        let file = tempfile::NamedTempFile::new().unwrap();
        fs_err::write(file.path(), format!("# Anna\n\n{public}\n")).unwrap();
        assert_eq!(recipients(&[], Some(file.path())).unwrap().len(), 1);
        fs_err::write(file.path(), "# nobody\n").unwrap();
        assert!(recipients(&[], Some(file.path())).is_err());
    }
}
