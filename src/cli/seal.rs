//! The key that seals evidence, from wherever the inventory says it lies, and the memory of those before it.

mod register;

use std::path::PathBuf;

use secrecy::SecretString;
use x509_cert::Certificate;

pub(crate) use register::{Register, keep, kept, settle};

use crate::cli::context::House;
use crate::connector::Fault;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::Seal;
use crate::evidence::certificate::{self, Anchor};
use crate::inventory::SealSource;
use crate::messages::{Text, cli as say, os};
use crate::secret::{self, Reference};
use crate::signer::Program;
use crate::workspace::{Workspace, file_trouble};

/// The key that `init` made, and what replaced it.
pub(crate) const SEAL_KEY: &str = "seal.key.pem";
/// Its certificate.
pub(crate) const SEAL_CERTIFICATE: &str = "seal.cert.pem";

/// The seal that the inventory names, else the workspace's own.
///
/// # Errors
/// E861 if something of it is missing, and those of [`Seal`].
pub(crate) fn open(house: &House) -> Result<Seal> {
    let folder = &house.inventory.folder;
    let read = |reference: &Reference| {
        secret::resolve(reference, folder).map_err(|fault| missing(fault.text))
    };
    match &house.inventory.evidence.seal {
        SealSource::Workspace => own(&house.workspace),
        SealSource::Key {
            key,
            passphrase,
            certificate,
        } => {
            let key = read(key)?;
            let passphrase = passphrase.as_ref().map(read).transpose()?;
            let certificate = certificate.as_ref().map(|file| folder.join(file));
            let certificate = certificate.unwrap_or_else(|| own_certificate(house));
            Seal::from_pem_under(&key, passphrase.as_ref(), &text(certificate)?)
        }
        SealSource::Pkcs12 { file, passphrase } => {
            let closed = |fault: Fault| missing(fault.text);
            let bytes = secret::bytes(file, folder).map_err(closed)?;
            let passphrase = passphrase.as_ref().map(read).transpose()?;
            Seal::from_pkcs12(&bytes, &passphrase.unwrap_or_default())
        }
        SealSource::Command(signer) => {
            let certificate = text(folder.join(&signer.certificate))?;
            Seal::from_signer(Box::new(Program::new(signer, folder)), &certificate)
        }
    }
}

/// The seal that lies in the workspace itself.
///
/// # Errors
/// As [`open`].
pub(crate) fn own(workspace: &Workspace) -> Result<Seal> {
    let read = |file: PathBuf| {
        let key = fs_err::read_to_string(&file).map(SecretString::from);
        key.map_err(|error| missing(os::why_at(&file, &error)))
    };
    let certificate = text(workspace.keys_dir().join(SEAL_CERTIFICATE))?;
    let key = workspace.keys_dir().join(SEAL_KEY);
    let next = Anchor::from_pem(&certificate)?;
    let next = next.first().and_then(|anchor| match anchor {
        Anchor::Certificate(certificate) => Some(key_in_waiting(workspace, certificate)),
        Anchor::Fingerprint(_) => None,
    });
    // A change that was interrupted between certificate and key: the key of the certificate counts.
    if let Some(next) = next.filter(|file| file.exists()) {
        let seal = Seal::from_pem(&read(next.clone())?, &certificate)?;
        fs_err::rename(&next, &key).map_err(|error| file_trouble(&error))?;
        return Ok(seal);
    }
    Seal::from_pem(&read(key)?, &certificate)
}

/// Where the key of a new certificate lies until the certificate is in its place.
pub(crate) fn key_in_waiting(workspace: &Workspace, certificate: &Certificate) -> PathBuf {
    let name = certificate::fingerprint(certificate).hex()[..16].to_owned();
    workspace.keys_dir().join(format!("seal-{name}.key.pem"))
}

/// Every certificate that the workspace ever sealed with, or is to seal with, in PEM.
pub(crate) fn certificates(workspace: &Workspace) -> Vec<String> {
    let Ok(entries) = fs_err::read_dir(workspace.keys_dir()) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().and_then(std::ffi::OsStr::to_str);
            name.is_some_and(|name| name.starts_with("seal") && name.ends_with(".cert.pem"))
        })
        .collect();
    files.sort();
    let texts = files
        .iter()
        .filter_map(|file| fs_err::read_to_string(file).ok());
    texts.collect()
}

/// Where the certificate of the workspace's own seal lies; it is public.
pub(crate) fn own_certificate(house: &House) -> PathBuf {
    house.workspace.keys_dir().join(SEAL_CERTIFICATE)
}

fn text(file: PathBuf) -> Result<String> {
    let read = fs_err::read_to_string(&file);
    Ok(read.map_err(|error| missing(os::why_at(&file, &error)))?)
}

fn missing(why: Text) -> Diagnostic {
    Diagnostic::new("E861", Exit::Usage, say::seal_missing())
        .why(why)
        .help(say::seal_missing_help())
}
