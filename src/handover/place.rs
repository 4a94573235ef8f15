//! Where a package is written: never over something that is there, and under its name only once it is whole.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tempfile::{NamedTempFile, TempDir};

use super::seal::Seal;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::keys::Digest;
use crate::messages::export as say;
use crate::package::{Container, Folder, Zip};
use crate::workspace::{file_trouble, make_folder, require_folder_of, shown};

/// Where a package may go.
pub enum Place {
    /// In this folder, under a name with a number if the name is taken.
    In { folder: PathBuf, stem: String },
    /// Exactly there.
    At(PathBuf),
}

/// A package that was written.
pub struct Written {
    pub path: PathBuf,
    pub digest: Digest,
}

impl Place {
    /// What `--to` says: a folder that is there, or a file that is not.
    ///
    /// # Errors
    /// E803 (exit 2) if something is there already, a symbolic link included; E646 (exit 2) if its folder is not there.
    pub fn given(path: &Path, stem: &str) -> Result<Place> {
        match fs_err::symlink_metadata(path) {
            Err(_) => {
                require_folder_of(path)?;
                Ok(Place::At(path.to_owned()))
            }
            Ok(there) if there.is_dir() => Ok(Place::In {
                folder: path.to_owned(),
                stem: stem.to_owned(),
            }),
            Ok(_) => Err(taken(path)),
        }
    }

    /// The first free path with this ending.
    fn free(&self, ending: &str) -> Result<PathBuf> {
        match self {
            Place::At(path) if fs_err::symlink_metadata(path).is_ok() => Err(taken(path)),
            Place::At(path) => Ok(path.clone()),
            Place::In { folder, stem } => {
                let named = |number: u32| match number {
                    1 => folder.join(format!("{stem}{ending}")),
                    _ => folder.join(format!("{stem}-{number}{ending}")),
                };
                let mut paths = (1..).map(named);
                let free = paths.find(|path| fs_err::symlink_metadata(path).is_err());
                free.ok_or_else(|| taken(folder))
            }
        }
    }

    /// Makes the folder if it is the program's to make, and looks whether there is room for a name.
    ///
    /// # Errors
    /// E803 if the place is taken, E606 to E608 if the folder cannot be made.
    pub fn prepare(&self, seal: &Seal) -> Result<()> {
        if let Place::In { folder, .. } = self {
            make_folder(folder, 0o700).map_err(|error| file_trouble(&error))?;
        }
        self.free(ending(seal)).map(drop)
    }

    /// Where it lies, or will lie.
    pub fn folder(&self) -> PathBuf {
        match self {
            Place::In { folder, .. } => folder.clone(),
            Place::At(path) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
                _ => PathBuf::from("."),
            },
        }
    }
}

/// A package that is whole and synced, and has no name yet. What is dropped before it gets one is removed.
pub struct Whole {
    begun: Begun,
    digest: Digest,
}

enum Begun {
    File(NamedTempFile),
    Folder(TempDir),
}

/// Writes a package: `fill` puts it into the container and finishes that. What has no place yet has a name with `mark` in it.
///
/// # Errors
/// Those of `fill`, E606 to E608 if it cannot be written. What did not become whole is removed.
pub fn write<T>(
    place: &Place,
    seal: &Seal,
    day: Date,
    mark: &str,
    fill: impl FnOnce(Box<dyn Container + '_>) -> Result<T>,
) -> Result<(T, Whole)> {
    let trouble = |error: std::io::Error| file_trouble(&error);
    let prefix = format!("{PARTIAL}{mark}-");
    let parent = place.folder();
    if let Seal::Open = seal {
        let begun = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(&parent)
            .map_err(trouble)?;
        let made = fill(Box::new(Folder::create(begun.path()).map_err(trouble)?))?;
        return Ok((made, Whole::of(Begun::Folder(begun))?));
    }
    // Readable by nobody else (0600), and encrypted from its first byte on.
    let mut file = tempfile::Builder::new()
        .prefix(&prefix)
        .tempfile_in(&parent)
        .map_err(trouble)?;
    let made = {
        let mut out = BufWriter::with_capacity(256 * 1024, file.as_file_mut());
        let made = match seal {
            Seal::Recipients(recipients) => {
                let keys = recipients.iter().map(|key| key as &dyn age::Recipient);
                let encryptor = age::Encryptor::with_recipients(keys)
                    .map_err(|error| file_trouble(&std::io::Error::other(error.to_string())))?;
                let mut sealed = encryptor.wrap_output(&mut out).map_err(trouble)?;
                let made = fill(Box::new(Zip::plain(&mut sealed).dated(day)))?;
                sealed.finish().map_err(trouble)?;
                made
            }
            Seal::Passphrase(passphrase) => fill(Box::new(
                Zip::with_password(&mut out, passphrase).dated(day),
            ))?,
            Seal::Open => unreachable!("written above"),
        };
        out.flush().map_err(trouble)?;
        made
    };
    file.as_file().sync_all().map_err(trouble)?;
    Ok((made, Whole::of(Begun::File(file))?))
}

impl Whole {
    fn of(begun: Begun) -> Result<Whole> {
        let path = match &begun {
            Begun::File(file) => file.path(),
            Begun::Folder(folder) => folder.path(),
        };
        let digest = super::digest(path).map_err(|error| file_trouble(&error))?;
        let digest = digest.ok_or_else(|| taken(path))?;
        Ok(Whole { begun, digest })
    }

    /// Gives it its name, over nothing that is there.
    ///
    /// # Errors
    /// E803 if the place is taken, E606 to E608 if it cannot be renamed.
    pub fn put(self, place: &Place, seal: &Seal) -> Result<Written> {
        let ending = ending(seal);
        let path = match self.begun {
            Begun::Folder(folder) => {
                let path = place.free(ending)?;
                fs_err::rename(folder.path(), &path).map_err(|error| file_trouble(&error))?;
                // Under its new name it stays.
                let _ = folder.keep();
                path
            }
            Begun::File(mut file) => loop {
                let path = place.free(ending)?;
                match file.persist_noclobber(&path) {
                    Ok(_) => break path,
                    Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                        file = error.file;
                    }
                    Err(error) => return Err(file_trouble(&error.error)),
                }
            },
        };
        Ok(Written {
            path: fs_err::canonicalize(&path).unwrap_or(path),
            digest: self.digest,
        })
    }
}

fn ending(seal: &Seal) -> &'static str {
    match seal {
        Seal::Passphrase(_) => ".zip",
        Seal::Recipients(_) => ".zip.age",
        Seal::Open => "",
    }
}

/// How files begin that were not finished; a run that was killed may leave one.
pub(super) const PARTIAL: &str = ".dsr-package-";

fn taken(path: &Path) -> Trouble {
    Diagnostic::new("E803", Exit::Usage, say::place_taken(shown(path)))
        .help(say::place_taken_help())
        .into()
}
