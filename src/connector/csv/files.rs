//! The files of a CSV system: which there are, and how they are opened without waiting for a pipe or trusting a lock.
//!
//! All that depends on the operating system is here.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fs_err::File;

use super::scan::{Failure, Scan};
use crate::connector::{Fault, Opening};
use crate::inventory::{CsvSettings, Engine};
use crate::keys::Key as SecretKey;
use crate::messages::{Text, csv as say};

/// How much is read at once: small enough to stay in the processor's cache while it is searched twice.
const BLOCK: usize = 512 << 10;

/// Where the rows come from.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) system: String,
    pub(super) settings: CsvSettings,
    pub(super) row_key: SecretKey,
    pub(super) block: usize,
    folder: PathBuf,
    lock_wait: Duration,
}

/// A file that the pattern names.
#[derive(Clone)]
pub(super) struct Listed {
    /// Relative to the inventory's folder: what keys and faults call it.
    pub(super) name: String,
    /// The file itself, links followed.
    pub(super) path: PathBuf,
}

/// An open file and what it was when it was opened.
pub(super) struct Opened {
    pub(super) listed: Listed,
    pub(super) file: File,
    pub(super) stamp: Stamp,
}

/// A file whose reading ends early when nobody waits for it any more.
pub(super) struct Stoppable<'s> {
    file: &'s std::fs::File,
    stopped: &'s AtomicBool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopped.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.file.read(buffer)
    }
}

/// Tells whether a file is still the one that was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) size: u64,
    /// How many names (hard links) the file has.
    pub(super) names: u64,
    #[cfg(unix)]
    place: (u64, u64),
    #[cfg(unix)]
    changed: (i64, i64),
    #[cfg(not(unix))]
    changed: Option<std::time::SystemTime>,
}

impl Source {
    /// # Errors
    /// The encoding has states or escapes, so that a quote cannot be told from half a character.
    pub(super) fn new(opening: &Opening) -> Result<Source, Fault> {
        let Engine::Csv(settings) = &opening.system.engine else {
            return Err(Fault::not_connected());
        };
        let encoding = settings.encoding;
        let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
        if !encoding.is_ascii_compatible() && !wide {
            let reason = say::encoding(encoding.name());
            return Err(Fault::unreadable(&settings.path, reason));
        }
        Ok(Source {
            system: opening.system.name.clone(),
            settings: settings.clone(),
            row_key: opening.row_key.clone(),
            block: BLOCK,
            folder: opening.folder.clone(),
            lock_wait: opening.system.timeouts.lock,
        })
    }

    /// The files of the pattern in the order of their names; each file once, however many links lead to it.
    ///
    /// Hidden files are left out, as a shell does: programs keep their locks and temporary copies there.
    pub(super) fn list(&self) -> Result<Vec<Result<Listed, Fault>>, Fault> {
        let shown = &self.settings.path;
        let absolute = Path::new(shown).is_absolute();
        let folder = self.folder.to_str();
        let pattern = match (absolute, folder) {
            (true, _) => shown.clone(),
            (false, Some("")) => shown.clone(),
            (false, Some(folder)) => format!("{}/{shown}", glob::Pattern::escape(folder)),
            (false, None) => return Err(Fault::unreadable(shown, say::path_not_text())),
        };
        let options = glob::MatchOptions {
            require_literal_leading_dot: true,
            require_literal_separator: true,
            ..glob::MatchOptions::new()
        };
        let entries = glob::glob_with(&pattern, options)
            .map_err(|_| Fault::unreadable(shown, say::bad_pattern()))?;
        let mut seen = BTreeSet::new();
        let mut files = Vec::new();
        for entry in entries {
            let listed = match entry {
                Ok(path) => self.listed(path),
                Err(error) => Err(Fault::unreadable(shown, reason(error.error()))),
            };
            if let Ok(listed) = &listed
                && !seen.insert(listed.path.clone())
            {
                continue;
            }
            files.push(listed);
        }
        if files.is_empty() {
            return Err(Fault::no_file(shown));
        }
        Ok(files)
    }

    fn listed(&self, path: PathBuf) -> Result<Listed, Fault> {
        let relative = path.strip_prefix(&self.folder).unwrap_or(&path);
        let Some(name) = relative.to_str().map(str::to_owned) else {
            return Err(Fault::unreadable(
                relative.to_string_lossy().into_owned(),
                say::path_not_text(),
            ));
        };
        match fs_err::canonicalize(&path) {
            Ok(path) => Ok(Listed { name, path }),
            Err(error) => Err(Fault::unreadable(name, reason(&error))),
        }
    }

    /// Opens a file for reading, shared or exclusively locked; waits as long as the system's `lock` limit allows.
    pub(super) fn open(&self, listed: &Listed, exclusive: bool) -> Result<Opened, Fault> {
        let failed = |error: io::Error| Fault::unreadable(&listed.name, reason(&error));
        let special = || Fault::unreadable(&listed.name, say::not_regular());
        if !fs_err::metadata(&listed.path).map_err(failed)?.is_file() {
            return Err(special());
        }
        let file = open_without_waiting(&listed.path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(special());
        }
        let begun = Instant::now();
        while is_locked(&file, exclusive) {
            if begun.elapsed() >= self.lock_wait {
                return Err(Fault::locked());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // What was there before the wait may have been written since.
        let metadata = file.metadata().map_err(failed)?;
        Ok(Opened {
            listed: listed.clone(),
            stamp: Stamp::of(&metadata),
            file,
        })
    }
}

impl Opened {
    /// Begins to read rows, until `stopped` is set.
    pub(super) fn scan<'s>(
        &'s self,
        source: &Source,
        stopped: &'s AtomicBool,
    ) -> Result<Scan<Stoppable<'s>>, Fault> {
        let settings = &source.settings;
        let mut file = self.file.file();
        file.rewind()
            .map_err(|error| self.fault(source, error.into()))?;
        let input = Stoppable { file, stopped };
        Scan::start(input, settings.encoding, settings.delimiter, source.block)
            .map_err(|failure| self.fault(source, failure))
    }

    /// Names the file and the line.
    pub(super) fn fault(&self, source: &Source, failure: Failure) -> Fault {
        let name = &self.listed.name;
        match failure {
            Failure::Io(error) => Fault::unreadable(name, reason(&error)),
            Failure::Mistaken => Fault::other_encoding(name, source.settings.encoding.name()),
            Failure::Broken(offset) => {
                let charset = super::charset::Charset::new(source.settings.encoding);
                let line = File::open(&self.listed.path)
                    .and_then(|file| charset.line_at(file, offset))
                    .unwrap_or(1);
                Fault::broken_file(name, line)
            }
        }
    }
}

impl Stamp {
    #[cfg(unix)]
    pub(super) fn of(metadata: &std::fs::Metadata) -> Stamp {
        use std::os::unix::fs::MetadataExt as _;
        Stamp {
            size: metadata.len(),
            names: metadata.nlink(),
            place: (metadata.dev(), metadata.ino()),
            changed: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn of(metadata: &std::fs::Metadata) -> Stamp {
        Stamp {
            size: metadata.len(),
            names: 1,
            changed: metadata.modified().ok(),
        }
    }
}

/// Words for an operating system's error, without the path, which the fault names itself.
pub(super) fn reason(error: &io::Error) -> Text {
    match error.kind() {
        io::ErrorKind::PermissionDenied => say::permission(),
        io::ErrorKind::NotFound => say::vanished(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => say::disk_full(),
        other => say::other(other.to_string()),
    }
}

/// Whether another program holds a lock. File systems without locks have nobody who could hold one.
fn is_locked(file: &File, exclusive: bool) -> bool {
    let tried = if exclusive {
        file.try_lock()
    } else {
        file.try_lock_shared()
    };
    matches!(tried, Err(std::fs::TryLockError::WouldBlock))
}

/// Opening a pipe would wait for somebody to write into it; between looking and opening a file may become one.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    fs_err::OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Whether this process may replace the file: its own mark and its folder's are heeded even by root, who could ignore them.
pub(super) fn refusal(path: &Path) -> Option<Text> {
    let folder = path.parent()?;
    let marked = |path: &Path| fs_err::metadata(path).is_ok_and(|m| m.permissions().readonly());
    if marked(path) {
        return Some(say::marked_read_only());
    }
    if marked(folder) {
        return Some(say::folder_read_only());
    }
    #[cfg(unix)]
    for path in [path, folder] {
        if rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err() {
            return Some(say::permission());
        }
    }
    match fs_err::metadata(path).map(|metadata| Stamp::of(&metadata).names) {
        Ok(count) if count > 1 => Some(say::hard_links(count)),
        _ => None,
    }
}

/// Gives the new file the owner, mode and extended attributes (access lists among them) of the old one.
///
/// Attributes first to last in the order in which they could only narrow access: the new file begins as 0600.
#[cfg(unix)]
pub(super) fn keep_rights(old: &std::fs::File, new: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let (was, is) = (old.metadata()?, new.metadata()?);
    if (was.uid(), was.gid()) != (is.uid(), is.gid()) {
        let owner = rustix::fs::Uid::from_raw(was.uid());
        let group = rustix::fs::Gid::from_raw(was.gid());
        rustix::fs::fchown(new, Some(owner), Some(group))?;
    }
    new.set_permissions(was.permissions())?;
    #[cfg(target_os = "linux")]
    keep_attributes(old, new)?;
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn keep_rights(old: &std::fs::File, new: &std::fs::File) -> io::Result<()> {
    new.set_permissions(old.metadata()?.permissions())
}

/// Without its access list, a file's mode would read the list's mask as the rights of its group and open it wider.
#[cfg(target_os = "linux")]
fn keep_attributes(old: &std::fs::File, new: &std::fs::File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    let mut list = vec![0u8; 1 << 16];
    let length = match flistxattr(old, &mut list) {
        Ok(length) => length,
        Err(rustix::io::Errno::NOTSUP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for name in list[..length].split(|b| *b == 0).filter(|n| !n.is_empty()) {
        let mut value = vec![0u8; 1 << 16];
        let length = fgetxattr(old, name, &mut value)?;
        let set = fsetxattr(new, name, &value[..length], XattrFlags::empty());
        // Labels of security modules follow the folder's policy and are not ours to set.
        if !name.starts_with(b"security.") {
            set?;
        }
    }
    Ok(())
}

/// Makes a rename in the folder outlast a power cut.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
