//! A person's private key, where only that person reaches it: a file of their own under a passphrase, or their keyring.
//!
//! Which key lies where is noted in the person's own config folder by the fingerprint of the public key, so one person can have keys for
//! several workspaces and a second machine needs no workspace to find one.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use p256::ecdsa::signature::Signer as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{Matter, Proof, PublicKey, Statement};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keyring::{self, SERVICE};
use crate::keys::Digest;
use crate::messages::{Text, approval as say};
use crate::private_key::{self, Unreadable};
use crate::secret::{self, Reference};
use crate::workspace::{file_trouble, make_folder, private_file, replace, shown, write_new};

/// Fewer signs are found by trying.
const SHORTEST: usize = 10;

/// A private key in the memory of this process.
pub struct PersonKey(p256::ecdsa::SigningKey);

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[a person's key]")
    }
}

impl PersonKey {
    pub fn random() -> PersonKey {
        PersonKey(private_key::random())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(p256::PublicKey::from(self.0.verifying_key()))
    }

    /// RFC 6979: the same statement gives the same signature.
    pub fn sign(&self, statement: &Statement<'_>) -> Proof {
        self.proof(statement.ledger, &statement.text(), statement.day)
    }

    /// Signs that this person agrees.
    pub fn agree(&self, ledger: &str, matter: &Matter, person: &str, day: Date) -> Proof {
        self.proof(ledger, &matter.text(ledger, person, day), day)
    }

    fn proof(&self, ledger: &str, text: &str, day: Date) -> Proof {
        let signature: p256::ecdsa::Signature = self.0.sign(text.as_bytes());
        Proof {
            ledger: ledger.to_owned(),
            day,
            key: self.public().fingerprint(),
            signature: STANDARD.encode(signature.to_der().as_bytes()),
        }
    }
}

/// Where a private key is put.
pub enum Place {
    /// A file, under a passphrase; one in the config folder if none is named.
    File {
        file: Option<PathBuf>,
        passphrase: SecretString,
        /// Where the passphrase lies, for machines on which nobody can be asked.
        reference: Option<Reference>,
    },
    Keyring,
}

/// What the config folder says of a key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// `file:PATH` or `keyring:ACCOUNT`.
    key: String,
    /// Reference to the passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passphrase: Option<String>,
}

/// `dsr/people` in the user's config folder (XDG Base Directory Specification: a relative path there is ignored).
///
/// # Errors
/// E976 if the environment names none.
pub fn folder() -> Result<PathBuf> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let config = absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))
        .or_else(|| absolute("APPDATA"));
    match config {
        Some(config) => Ok(config.join("dsr").join("people")),
        None => Err(
            Diagnostic::new("E976", Exit::Usage, say::no_config_folder())
                .help(say::no_config_folder_help())
                .into(),
        ),
    }
}

fn entry_file(fingerprint: &Digest) -> Result<PathBuf> {
    Ok(folder()?.join(format!("{}.json", &fingerprint.hex()[..16])))
}

/// Whether the private half of this key lies on this machine, as far as can be told without opening it.
pub fn is_here(fingerprint: &Digest) -> bool {
    entry_file(fingerprint).is_ok_and(|file| file.exists())
}

/// A passphrase that is no use.
///
/// # Errors
/// E986 if it is too short.
pub fn check_passphrase(passphrase: &SecretString) -> Result<()> {
    match passphrase.expose_secret().chars().count() >= SHORTEST {
        true => Ok(()),
        false => Err(
            Diagnostic::new("E986", Exit::Usage, say::short_passphrase(SHORTEST))
                .help(say::short_passphrase_help())
                .into(),
        ),
    }
}

/// Puts a key in its place and notes that place; returns the place in words.
///
/// # Errors
/// E982 if the keyring does not take it; those of writing files. Nothing is overwritten.
pub fn keep(key: &PersonKey, place: &Place) -> Result<Text> {
    let fingerprint = key.public().fingerprint();
    let io = |error: std::io::Error| file_trouble(&error);
    let home = folder()?;
    make_folder(&home, 0o700).map_err(io)?;
    let (entry, words) = match place {
        Place::Keyring => {
            let account = format!("person-{}", &fingerprint.hex()[..16]);
            to_keyring(&account, &private_key::write(&key.0, None))?;
            let entry = Entry {
                key: format!("keyring:{account}"),
                passphrase: None,
            };
            (entry, say::in_keyring(&account))
        }
        Place::File {
            file,
            passphrase,
            reference,
        } => {
            let own = home.join(format!("{}.pem", &fingerprint.hex()[..16]));
            let file = file.clone().unwrap_or(own);
            let pem = private_key::write(&key.0, Some(passphrase));
            write_new(&file, pem.as_bytes(), 0o600).map_err(io)?;
            let entry = Entry {
                key: format!("file:{}", shown(&file)),
                passphrase: reference.as_ref().map(ToString::to_string),
            };
            (entry, say::in_file(shown(&file)))
        }
    };
    let mut text = serde_json::to_vec_pretty(&entry).expect("an entry serialises");
    text.push(b'\n');
    replace(&entry_file(&fingerprint)?, &text, 0o600).map_err(io)?;
    Ok(words)
}

fn to_keyring(account: &str, pem: &str) -> Result<()> {
    let refused = |why: keyring::Why| {
        Diagnostic::new("E982", Exit::Usage, say::keyring_refused())
            .why(why.text())
            .help(why.help())
            .help(say::keyring_refused_help())
    };
    let secret = SecretString::from(pem);
    keyring::write(SERVICE, account, &secret).map_err(refused)?;
    let kept = keyring::read(SERVICE, account).map_err(refused)?;
    match kept.is_some_and(|kept| kept.expose_secret() == pem) {
        true => Ok(()),
        false => Err(refused(keyring::Why::Failed).into()),
    }
}

/// Opens the private half of a person's key; `ask` is for the passphrase, where nobody noted where it lies.
///
/// # Errors
/// E976 if it is not on this machine, E977 if it does not open or is another, E601 to E603 if others could have read it; those of
/// `ask`.
pub fn open(
    person: &str,
    fingerprint: &Digest,
    ask: &dyn Fn() -> Result<SecretString>,
) -> Result<PersonKey> {
    let missing = || {
        let words = super::spoken(fingerprint);
        Diagnostic::new("E976", Exit::Usage, say::key_not_here(person, words))
            .why(say::key_not_here_why(person))
            .help(say::key_not_here_help(person))
    };
    let closed = |why: Text| {
        Diagnostic::new("E977", Exit::Usage, say::key_closed(person))
            .why(why)
            .help(say::key_closed_help(person))
    };
    let file = entry_file(fingerprint)?;
    if !file.exists() {
        return Err(missing().into());
    }
    private_file(&file)?;
    let text = fs_err::read_to_string(&file).map_err(|error| file_trouble(&error))?;
    let entry: Entry = serde_json::from_str(&text).map_err(|_| closed(say::note_damaged()))?;
    let place = Reference::parse(&entry.key).map_err(|_| closed(say::note_damaged()))?;
    let pem = match &place {
        Reference::Keyring(account) => match keyring::read(SERVICE, account) {
            Ok(Some(pem)) => pem,
            Ok(None) => return Err(missing().into()),
            Err(why) => return Err(closed(why.text()).help(why.help()).into()),
        },
        Reference::File(path) => {
            if !path.exists() {
                return Err(missing().into());
            }
            private_file(path)?;
            secret::resolve(&place, Path::new("/")).map_err(|fault| closed(fault.text))?
        }
        _ => return Err(closed(say::note_damaged()).into()),
    };
    let passphrase = match (
        &entry.passphrase,
        private_key::is_encrypted(pem.expose_secret()),
    ) {
        (_, false) => None,
        (None, true) => Some(ask()?),
        (Some(reference), true) => {
            let reference = Reference::parse(reference);
            let reference = reference.map_err(|_| closed(say::note_damaged()))?;
            let found = secret::resolve(&reference, Path::new("/"));
            Some(found.map_err(|fault| closed(fault.text))?)
        }
    };
    let key = private_key::read(pem.expose_secret(), passphrase.as_ref());
    let key = key.map(PersonKey).map_err(|why| {
        closed(match why {
            Unreadable::NoP256 => say::no_p256(),
            Unreadable::NoPassphrase => say::no_passphrase(),
            Unreadable::WrongPassphrase => say::wrong_passphrase(),
            Unreadable::OldCipher => crate::messages::seal::old_cipher(),
        })
    })?;
    match key.public().fingerprint() == *fingerprint {
        true => Ok(key),
        false => Err(closed(say::another_key()).into()),
    }
}

/// File of the age identity with which plans for this person are opened.
const IDENTITY: &str = "age.key";

/// The public half of the age identity in the config folder, which is made if there is none.
///
/// # Errors
/// Those of files; E983 if the file there holds none.
pub fn recipient() -> Result<String> {
    let file = folder()?.join(IDENTITY);
    if !file.exists() {
        let io = |error: std::io::Error| file_trouble(&error);
        let identity = age::x25519::Identity::generate();
        let secret = identity.to_string();
        let mut text = zeroize::Zeroizing::new(String::with_capacity(128));
        text.push_str(age::secrecy::ExposeSecret::expose_secret(&secret));
        text.push('\n');
        make_folder(&folder()?, 0o700).map_err(io)?;
        write_new(&file, text.as_bytes(), 0o600).map_err(io)?;
    }
    let own = identities(None)?;
    Ok(own[0].to_public().to_string())
}

/// The age identities in a file, as `age-keygen` writes it, or those of the config folder; at least one.
///
/// # Errors
/// E983 if the file holds none, E601 to E603 if others could have read it.
pub fn identities(file: Option<&Path>) -> Result<Vec<age::x25519::Identity>> {
    let file = match file {
        Some(file) => file.to_owned(),
        None => folder()?.join(IDENTITY),
    };
    let none = |why: Text| {
        Diagnostic::new("E983", Exit::Usage, say::no_identity(shown(&file)))
            .why(why)
            .help(say::no_identity_help())
    };
    private_file(&file)?;
    let text = fs_err::read_to_string(&file)
        .map(zeroize::Zeroizing::new)
        .map_err(|error| none(crate::messages::os::why(&error)))?;
    let lines = text.lines().map(str::trim);
    let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read: Option<Vec<age::x25519::Identity>> = keys.map(|line| line.parse().ok()).collect();
    match read.filter(|read| !read.is_empty()) {
        Some(read) => Ok(read),
        None => Err(none(say::no_identity_why()).into()),
    }
}
