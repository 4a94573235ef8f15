//! `dsr key new`, `dsr key rotate` with `--as`: the key of a person.
//!
//! The public half goes into the workspace if there is one, else beside where the command is run, for somebody to carry there.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::approval as say;
use crate::people::own::{self, PersonKey, Place};
use crate::people::{PublicKey, spoken};
use crate::secret::{self, Reference};
use crate::workspace::{Workspace, file_trouble, make_folder, replace, shown, write_new};

/// Where a person's private key goes.
#[derive(clap::Args, Debug)]
pub(super) struct Where {
    /// Put the private key into your keyring instead of a file under a passphrase
    #[arg(long, conflicts_with_all = ["file", "passphrase"])]
    keyring: bool,
    /// File of the private key; without it one in your config folder
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Where a script finds the passphrase: env:, file:, keyring: or credential:; without it you are asked
    #[arg(long, value_name = "REFERENCE")]
    passphrase: Option<String>,
}

impl Where {
    pub(super) fn is_given(&self) -> bool {
        self.keyring || self.file.is_some() || self.passphrase.is_some()
    }
}

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    place: Where,
}

pub(super) fn new(context: &Context, args: &Args) -> Result<Exit> {
    let name = named(context)?;
    let public = public_file(context, name)?;
    if public.exists() {
        return Err(
            Diagnostic::new("E981", Exit::Usage, say::key_exists(shown(&public)))
                .help(say::key_exists_help(name))
                .into(),
        );
    }
    let made = make(context, name, &args.place)?;
    let io = |error: std::io::Error| file_trouble(&error);
    if let Some(folder) = public.parent() {
        make_folder(folder, 0o755).map_err(io)?;
    }
    write_new(&public, made.pem().as_bytes(), 0o644).map_err(io)?;
    tell(context, name, &made, &public)?;
    Ok(Exit::Done)
}

/// Another key in the place of a person's. The old public one is kept beside it, for what it signed.
pub(super) fn rotate(context: &Context, place: &Where) -> Result<Exit> {
    let name = named(context)?;
    let public = public_file(context, name)?;
    let io = |error: std::io::Error| file_trouble(&error);
    let old = fs_err::read_to_string(&public).ok();
    let old = old.and_then(|pem| PublicKey::from_pem(&pem));
    let Some(old) = old else {
        return Err(
            Diagnostic::new("E981", Exit::Usage, say::nothing_to_rotate(shown(&public)))
                .help(say::no_public_key_help(name))
                .into(),
        );
    };
    let made = make(context, name, place)?;
    let kept = format!("{name}.{}.pub", &old.fingerprint().hex()[..16]);
    replace(&public.with_file_name(kept), old.pem().as_bytes(), 0o644).map_err(io)?;
    replace(&public, made.pem().as_bytes(), 0o644).map_err(io)?;
    tell(context, name, &made, &public)?;
    context.ui.say(&say::rotated(spoken(&old.fingerprint())));
    Ok(Exit::Done)
}

/// Public keys that a person had before, with the fingerprint that the file's name promises.
pub(super) fn before(folder: &Path, name: &str, file: &str) -> Vec<PublicKey> {
    let current = folder.join(file);
    let Some(entries) = current
        .parent()
        .and_then(|keys| fs_err::read_dir(keys).ok())
    else {
        return Vec::new();
    };
    let (start, mut out) = (format!("{name}."), Vec::new());
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for path in files {
        let own = path.file_name().and_then(std::ffi::OsStr::to_str);
        let hex = own
            .and_then(|own| own.strip_prefix(&start))
            .and_then(|own| own.strip_suffix(".pub"));
        let Some(hex) = hex.filter(|hex| hex.len() == 16) else {
            continue;
        };
        let key = fs_err::read_to_string(&path).ok();
        let key = key.and_then(|pem| PublicKey::from_pem(&pem));
        out.extend(key.filter(|key| key.fingerprint().hex().starts_with(hex)));
    }
    out
}

/// Who gets the key: `--as` has to name somebody.
fn named(context: &Context) -> Result<&str> {
    let name = context.globals.operator.as_str();
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match good && context.globals.names_operator() {
        true => Ok(name),
        false => Err(Diagnostic::new("E989", Exit::Usage, say::whose_key())
            .help(say::whose_key_help())
            .into()),
    }
}

/// Where the public key of somebody lies, or is to lie.
fn public_file(context: &Context, name: &str) -> Result<PathBuf> {
    let file = format!("{name}.pub");
    match Workspace::find(&context.folder()) {
        Ok(workspace) => Ok(workspace.folder.join("keys").join(file)),
        Err(trouble) if trouble.diagnostics.iter().all(|one| one.code == "E600") => {
            Ok(context.folder().join(file))
        }
        Err(trouble) => Err(trouble),
    }
}

/// Makes a key and puts it in its place.
fn make(context: &Context, name: &str, place: &Where) -> Result<PublicKey> {
    let key = PersonKey::random();
    let place = match place.keyring {
        true => Place::Keyring,
        false => {
            let reference = place.passphrase.as_deref().map(reference).transpose()?;
            Place::File {
                file: place.file.as_ref().map(|file| absolute(context, file)),
                passphrase: passphrase(context, name, reference.as_ref())?,
                reference,
            }
        }
    };
    let words = own::keep(&key, &place)?;
    context.ui.say(&words);
    Ok(key.public())
}

fn absolute(context: &Context, file: &Path) -> PathBuf {
    let path = context.folder().join(file);
    std::path::absolute(&path).unwrap_or(path)
}

fn reference(text: &str) -> Result<Reference> {
    let wrong = |why| {
        Diagnostic::new("E986", Exit::Usage, say::no_reference())
            .why(why)
            .help(say::no_reference_help())
    };
    match Reference::parse(text).map_err(wrong)? {
        Reference::File(path) => {
            let path = std::path::absolute(&path).unwrap_or(path);
            Ok(Reference::File(path))
        }
        other => Ok(other),
    }
}

/// The passphrase, asked for twice where no reference says where it lies.
fn passphrase(
    context: &Context,
    name: &str,
    reference: Option<&Reference>,
) -> Result<SecretString> {
    let passphrase = match reference {
        Some(reference) => secret::resolve(reference, Path::new("/")).map_err(|fault| {
            Diagnostic::new("E986", Exit::Usage, say::no_reference())
                .why(fault.text)
                .help(say::no_reference_help())
        })?,
        None => {
            let first = context.ui.ask_hidden(&say::ask_new_passphrase(name))?;
            own::check_passphrase(&first)?;
            let second = context.ui.ask_hidden(&say::ask_once_more())?;
            if first.expose_secret() != second.expose_secret() {
                return Err(Diagnostic::new("E986", Exit::Usage, say::not_the_same())
                    .help(say::not_the_same_help())
                    .into());
            }
            first
        }
    };
    own::check_passphrase(&passphrase)?;
    Ok(passphrase)
}

/// What was made, and what has to be written where.
fn tell(context: &Context, name: &str, key: &PublicKey, file: &Path) -> Result<()> {
    let words = spoken(&key.fingerprint());
    context.ui.say(&say::key_made(shown(file), words));
    let recipient = own::recipient()?;
    context.ui.say(&say::write_this(name, recipient));
    Ok(())
}
