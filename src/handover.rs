//! Packages for people on their way out: encrypted, written where nothing was before, and deleted when their day has come.
//!
//! What a package holds is the business of `package`; who may have it and what is remembered of it that of `cli::export`. Here a
//! passphrase is made and never stored, a file gets its name only once it is whole, and nothing is deleted but what has the digest
//! of a package that was made here.

pub mod expiry;
mod place;
pub mod seal;

pub use place::{Place, Whole, Written, write};

use std::io::Read as _;
use std::path::Path;

use sha2::Digest as _;

use crate::keys::Digest;

/// SHA-256 of a file; of a folder, of the lines `digest  path` of its files in the order of their paths, as `sha256sum` writes them.
/// `None` if there is something else in it, such as a symbolic link.
///
/// # Errors
/// Those of reading.
pub fn digest(path: &Path) -> std::io::Result<Option<Digest>> {
    let kind = fs_err::symlink_metadata(path)?.file_type();
    if kind.is_file() {
        return of_file(path).map(Some);
    }
    let mut lines = Vec::new();
    if !kind.is_dir() || !of_folder(path, "", &mut lines)? {
        return Ok(None);
    }
    lines.sort();
    let mut all = sha2::Sha256::new();
    for (name, digest) in lines {
        all.update(format!("{}  {name}\n", digest.hex()));
    }
    Ok(Some(Digest(all.finalize().into())))
}

fn of_file(path: &Path) -> std::io::Result<Digest> {
    let mut file = fs_err::File::open(path)?;
    let mut all = sha2::Sha256::new();
    let mut part = vec![0; 256 * 1024];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(Digest(all.finalize().into())),
            read => all.update(&part[..read]),
        }
    }
}

fn of_folder(
    folder: &Path,
    above: &str,
    lines: &mut Vec<(String, Digest)>,
) -> std::io::Result<bool> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let Some(name) = entry
            .file_name()
            .to_str()
            .map(|name| format!("{above}{name}"))
        else {
            return Ok(false);
        };
        let kind = entry.file_type()?;
        if kind.is_file() {
            lines.push((name, of_file(&entry.path())?));
        } else if !kind.is_dir() || !of_folder(&entry.path(), &format!("{name}/"), lines)? {
            return Ok(false);
        }
    }
    Ok(true)
}
