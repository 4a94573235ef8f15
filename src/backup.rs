//! A copy of what a workspace cannot do without: ledger, vault with what it owes to later days, and keys, as one file for `age`.
//!
//! Inside is a plain tar (POSIX.1-2017, ustar), so that `age -d` and `tar` open it where there is no `dsr`. Both databases are copied as
//! they stood at one moment, while other commands go on. A copy is made to be kept elsewhere, so it outlives a purge: until it is
//! destroyed it holds the key of every case that had one when it was made. The ledger remembers each copy ([`known`]) so that this can be
//! said.

pub mod known;
mod tar;

use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use age::x25519::{Identity, Recipient};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempDir};

use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::handover;
use crate::keys::Digest;
use crate::ledger::{Head, Ledger};
use crate::messages::{Text, backup as say, os};
use crate::trust::Lock;
use crate::vault::{self, Vault};
use crate::workspace::{
    Workspace, database_trouble, file_trouble, make_folder, open_database, require_folder_of, shown,
};

/// What the first entry of a copy is called.
const MANIFEST: &str = "backup.json";
const SCHEMA: &str = "dsr.backup.content/1";
/// Entries are not larger than this in a copy that is put back; of the manifest alone.
const MANIFEST_LIMIT: u64 = 1 << 20;
const WAIT: Duration = Duration::from_secs(10);
/// Pages that are copied at a time.
const PAGES: i32 = 1024;

/// What a copy says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    schema: String,
    /// Version of the program that made it.
    pub version: String,
    pub ledger: String,
    /// How far the ledger had come.
    pub head: Head,
    pub made: Timestamp,
    /// Whether the workspace key is in it.
    pub key: bool,
    files: Vec<Entry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    name: String,
    bytes: u64,
    sha256: Digest,
}

/// A copy that is whole and synced, and has no name yet. Dropped, it is removed.
pub struct Whole {
    file: NamedTempFile,
    /// SHA-256 of the encrypted file.
    pub digest: Digest,
    pub manifest: Manifest,
}

impl Whole {
    /// Gives it its name, over nothing that is there.
    ///
    /// # Errors
    /// E642 if the place is taken, E606 to E608 if it cannot be renamed.
    pub fn put(self, path: &Path) -> Result<()> {
        match self.file.persist_noclobber(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(taken(path))
            }
            Err(error) => Err(file_trouble(&error.error)),
        }
    }
}

/// Refuses a place where something is, or where nothing can be.
///
/// # Errors
/// E642, E646.
pub fn free(path: &Path) -> Result<()> {
    match fs_err::symlink_metadata(path) {
        Ok(_) => Err(taken(path)),
        Err(_) => require_folder_of(path),
    }
}

fn taken(path: &Path) -> Trouble {
    Diagnostic::new("E642", Exit::Usage, say::place_taken(shown(path)))
        .help(say::place_taken_help())
        .into()
}

/// Writes a copy beside the place where it will lie. Others go on reading and writing the workspace meanwhile.
///
/// # Errors
/// Those of reading the databases (E606 to E611), E635 if somebody writes to the ledger for longer than 10 s, and those of writing.
pub fn write(
    workspace: &Workspace,
    ledger: &Ledger,
    recipients: &[Recipient],
    path: &Path,
    made: Timestamp,
) -> Result<Whole> {
    let io = |error: std::io::Error| file_trouble(&error);
    let folder = tempfile::Builder::new()
        .prefix("backup-")
        .tempdir_in(workspace.private_dir())
        .map_err(io)?;
    let head = snapshots(workspace, ledger, &folder)?;
    let mut files = vec![
        ("ledger.db".to_owned(), folder.path().join("ledger.db")),
        ("vault.db".to_owned(), folder.path().join("vault.db")),
    ];
    files.extend(keys(workspace)?);
    let entry = |(name, path): &(String, PathBuf)| -> std::io::Result<Entry> {
        let digest = handover::digest(path)?;
        Ok(Entry {
            name: name.clone(),
            bytes: fs_err::metadata(path)?.len(),
            sha256: digest.ok_or(std::io::ErrorKind::InvalidInput)?,
        })
    };
    let entries: std::io::Result<Vec<Entry>> = files.iter().map(entry).collect();
    let source = vault::key_source(&workspace.folder)?;
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ledger: ledger.id().to_owned(),
        head,
        made,
        key: matches!(source, Some(vault::KeySource::File(_))),
        files: entries.map_err(io)?,
    };
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".dsr-backup-")
        .tempfile_in(parent)
        .map_err(io)?;
    encrypt(&mut file, recipients, &manifest, &files).map_err(io)?;
    let digest = handover::digest(file.path()).map_err(io)?;
    Ok(Whole {
        digest: digest.ok_or_else(|| taken(path))?,
        file,
        manifest,
    })
}

fn encrypt(
    file: &mut NamedTempFile,
    recipients: &[Recipient],
    manifest: &Manifest,
    files: &[(String, PathBuf)],
) -> std::io::Result<()> {
    let keys = recipients.iter().map(|key| key as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(keys)
        .map_err(|error| std::io::Error::other(error.to_string()))?;
    let mut out = BufWriter::with_capacity(256 * 1024, file.as_file_mut());
    let mut sealed = encryptor.wrap_output(&mut out)?;
    let said = crate::canonical::bytes(manifest);
    let at = manifest.made;
    tar::add(
        &mut sealed,
        MANIFEST,
        said.len() as u64,
        at,
        &mut said.as_slice(),
    )?;
    for ((name, path), entry) in files.iter().zip(&manifest.files) {
        let mut content = fs_err::File::open(path)?;
        tar::add(&mut sealed, name, entry.bytes, at, &mut content)?;
    }
    tar::end(&mut sealed)?;
    sealed.finish()?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()
}

/// Copies both databases as they stand at one moment: nobody commits to the ledger until both are being read.
fn snapshots(workspace: &Workspace, ledger: &Ledger, folder: &TempDir) -> Result<Head> {
    let sources = [
        (workspace.ledger_file(), "ledger.db"),
        (workspace.vault_file(), "vault.db"),
    ];
    let mut open = Vec::new();
    for (file, name) in sources {
        open.push((open_database(&file, false, WAIT)?, file, name));
    }
    let still = ledger.still()?;
    for (connection, file, _) in &open {
        // What is read from here on is what stands there now.
        let begun = connection
            .execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")
            .map_err(|error| database_trouble(&error, file));
        begun?;
    }
    let head = ledger.head()?;
    drop(still);
    for (connection, file, name) in &open {
        let target = folder.path().join(name);
        let copy = || -> rusqlite::Result<()> {
            let mut to = rusqlite::Connection::open(&target)?;
            rusqlite::backup::Backup::new(connection, &mut to)?.run_to_completion(
                PAGES,
                Duration::ZERO,
                None,
            )?;
            // One file each, without a log beside it.
            to.pragma_update(None, "journal_mode", "DELETE")
        };
        copy().map_err(|error| database_trouble(&error, file))?;
    }
    Ok(head)
}

/// The files of `.dsr/keys`, by the names that they have in a copy.
fn keys(workspace: &Workspace) -> Result<Vec<(String, PathBuf)>> {
    let folder = workspace.keys_dir();
    let mut files = Vec::new();
    let entries = fs_err::read_dir(&folder).map_err(|error| file_trouble(&error))?;
    for entry in entries {
        let entry = entry.map_err(|error| file_trouble(&error))?;
        let name = format!("keys/{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_file()) && is_ours(&name) {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// Names that a copy may hold: none leads out of the folder.
fn is_ours(name: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match name.strip_prefix("keys/") {
        Some(name) => plain(name),
        None => ["ledger.db", "vault.db"].contains(&name),
    }
}

/// The secret keys of age in a file; other lines are comments.
///
/// # Errors
/// E644 if the file cannot be read or holds none.
pub fn identities(file: &Path) -> Result<Vec<Identity>> {
    let none = |why: Option<Text>| {
        let mut wrong = Diagnostic::new("E644", Exit::Usage, say::no_identity());
        if let Some(why) = why {
            wrong = wrong.why(why);
        }
        Trouble::from(wrong.help(say::no_identity_help()))
    };
    let text = fs_err::read_to_string(file)
        .map(zeroize::Zeroizing::new)
        .map_err(|error| none(Some(Text::same(error.to_string()))))?;
    let lines = text.lines().map(str::trim);
    let keys: Vec<Identity> = lines
        .filter(|line| line.starts_with("AGE-SECRET-KEY-"))
        .filter_map(|line| Identity::from_str(line).ok())
        .collect();
    match keys.is_empty() {
        true => Err(none(None)),
        false => Ok(keys),
    }
}

/// What was put back.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// SHA-256 of the encrypted file.
    pub digest: Digest,
}

/// Puts ledger, vault and keys back into a workspace that has none. All of it, or nothing.
///
/// # Errors
/// Exit 2, and nothing was written: E637 if there is something in `.dsr`, E638 if the file cannot be opened with these keys, E639 if it
/// is not a whole copy, E640 if it is of another ledger than `dsr.lock` names. E606 to E608 if it cannot be written.
pub fn restore(workspace: &Workspace, file: &Path, keys: &[Identity]) -> Result<Restored> {
    let io = |error: std::io::Error| file_trouble(&error);
    let lock = Lock::read(workspace)?;
    empty(&workspace.private_dir())?;
    let folder = tempfile::Builder::new()
        .prefix(".dsr-restore-")
        .tempdir_in(&workspace.folder)
        .map_err(io)?;
    let inner = Workspace {
        folder: folder.path().to_owned(),
        heads: folder.path().join("heads"),
    };
    make_folder(&inner.keys_dir(), 0o700).map_err(io)?;
    let manifest = unpack(file, keys, &inner.private_dir())?;
    if lock.ledger.as_ref() != Some(&manifest.ledger) {
        let what = say::other_ledger(manifest.ledger.as_str());
        let wrong = Diagnostic::new("E640", Exit::Usage, what);
        return Err(wrong.help(say::other_ledger_help()).into());
    }
    {
        let ledger = Ledger::open(&inner, &lock).map_err(|_| damaged())?;
        let is_it = ledger.verify_chain()?.is_whole() && ledger.head()? == manifest.head;
        if !is_it {
            return Err(damaged());
        }
        if manifest.key {
            let (key, _) = vault::workspace_key(&inner)?;
            Vault::open(&inner, &key)?;
        }
    }
    let digest = handover::digest(file).map_err(io)?.ok_or_else(damaged)?;
    empty(&workspace.private_dir())?;
    if workspace.private_dir().exists() {
        fs_err::remove_dir_all(workspace.private_dir()).map_err(io)?;
    }
    fs_err::rename(inner.private_dir(), workspace.private_dir()).map_err(io)?;
    Ok(Restored { manifest, digest })
}

/// Decrypts and unpacks a copy into a folder, which holds nothing yet but `keys`.
fn unpack(file: &Path, keys: &[Identity], into: &Path) -> Result<Manifest> {
    let unopened = |why: String| {
        Diagnostic::new("E638", Exit::Usage, say::not_opened(shown(file)))
            .why(Text::same(why))
            .help(say::not_opened_help())
    };
    let source = fs_err::File::open(file).map_err(|error| {
        Diagnostic::new("E638", Exit::Usage, say::not_readable(shown(file)))
            .why(os::why(&error))
            .help(say::not_opened_help())
    })?;
    let decryptor =
        age::Decryptor::new(BufReader::new(source)).map_err(|error| unopened(error.to_string()))?;
    let mut content = decryptor
        .decrypt(keys.iter().map(|key| key as &dyn age::Identity))
        .map_err(|error| unopened(error.to_string()))?;
    let wrong = |_: std::io::Error| damaged();
    let (name, size) = tar::next(&mut content)
        .map_err(wrong)?
        .ok_or_else(damaged)?;
    if name != MANIFEST || size > MANIFEST_LIMIT {
        return Err(damaged());
    }
    let mut said = Vec::new();
    tar::content(&mut content, size, &mut said).map_err(wrong)?;
    let manifest: Manifest = serde_json::from_slice(&said).map_err(|_| damaged())?;
    if manifest.schema != SCHEMA {
        return Err(damaged());
    }
    for entry in &manifest.files {
        let (name, size) = tar::next(&mut content)
            .map_err(wrong)?
            .ok_or_else(damaged)?;
        if name != entry.name || size != entry.bytes || !is_ours(&name) {
            return Err(damaged());
        }
        let path = into.join(&name);
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out = options.open(&path).map_err(|error| file_trouble(&error))?;
        tar::content(&mut content, size, &mut out).map_err(wrong)?;
        out.sync_all().map_err(|error| file_trouble(&error))?;
        let digest = handover::digest(&path).map_err(|error| file_trouble(&error))?;
        if digest != Some(entry.sha256) {
            return Err(damaged());
        }
    }
    // The end of the encrypted stream says that nothing is missing.
    let mut rest = [0; 512];
    while content.read(&mut rest).map_err(wrong)? > 0 {
        if rest.iter().any(|byte| *byte != 0) {
            return Err(damaged());
        }
    }
    Ok(manifest)
}

fn damaged() -> Trouble {
    Diagnostic::new("E639", Exit::Usage, say::damaged())
        .help(say::damaged_help())
        .into()
}

/// Refuses a folder with any file in it or below.
fn empty(folder: &Path) -> Result<()> {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry.map_err(|error| file_trouble(&error))?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            empty(&entry.path())?;
        } else {
            let there = Diagnostic::new("E637", Exit::Usage, say::there_already(shown(folder)));
            return Err(there.help(say::there_already_help()).into());
        }
    }
    Ok(())
}
