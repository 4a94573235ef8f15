//! The documents of a folder in a fixed order, and how they are opened.
//!
//! Links are not followed: what they lead to within the folder is met under its own name, and what lies outside is told. Pipes, sockets
//! and devices hold no documents. All that depends on the operating system is here.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use fs_err::File;
use glob::{MatchOptions, Pattern};

use super::unread::{NotRead, Why};
use crate::connector::Fault;
use crate::inventory::FilesSettings;
use crate::messages::csv as say;

/// As people name files: no difference between cases, `*` within a folder, `**` over folders.
pub(super) const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Where documents lie and which of them count.
#[derive(Clone)]
pub(super) struct Place {
    /// As the inventory states it.
    pub(super) shown: String,
    base: PathBuf,
    pattern: Option<Pattern>,
    skip: Vec<Pattern>,
}

/// A document to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// From the place's folder, parts joined by `/`; bytes that are no text as `\xNN`.
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// What a walk meets.
#[derive(Debug)]
pub(super) enum Met {
    Document(Listed),
    NotRead(NotRead),
    /// Left out by the inventory.
    Skipped,
}

/// Tells whether a file is still the one that was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) size: u64,
    pub(super) modified: Option<std::time::SystemTime>,
    #[cfg(unix)]
    node: (u64, u64),
}

impl Place {
    /// # Errors
    /// The folder is not there.
    pub(super) fn new(settings: &FilesSettings, folder: &Path) -> Result<Place, Fault> {
        let shown = settings.path.clone();
        let is_wild = |part: &str| part.contains(['*', '?', '[']);
        let stated = Path::new(&shown);
        let mut base = folder.to_owned();
        let mut rest: Vec<String> = Vec::new();
        for part in stated.components() {
            let text = part.as_os_str().to_string_lossy();
            if rest.is_empty() && !is_wild(&text) {
                base.push(part);
            } else {
                rest.push(text.into_owned());
            }
        }
        let bad = || Fault::unreadable(&settings.path, say::bad_pattern());
        let pattern = match rest.is_empty() {
            true => None,
            false => Some(Pattern::new(&rest.join("/")).map_err(|_| bad())?),
        };
        let skip: Result<Vec<Pattern>, _> =
            settings.skip.iter().map(|one| Pattern::new(one)).collect();
        let base = fs_err::canonicalize(&base).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Fault::no_file(&shown),
            _ => Fault::unreadable(&shown, reason(&error)),
        })?;
        Ok(Place {
            shown,
            base,
            pattern,
            skip: skip.map_err(|_| bad())?,
        })
    }

    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// Meets every document in the order of the names, folder by folder, until `each` returns `false`.
    ///
    /// # Errors
    /// The folder itself cannot be read.
    pub(super) fn walk(
        &self,
        stopped: &AtomicBool,
        each: &mut dyn FnMut(Met) -> bool,
    ) -> Result<(), Fault> {
        let top = fs_err::symlink_metadata(&self.base);
        let top = top.map_err(|error| Fault::unreadable(&self.shown, reason(&error)))?;
        if top.is_file() {
            let name = self.base.file_name().map(lossless).unwrap_or_default();
            let path = self.base.clone();
            each(Met::Document(Listed { name, path }));
            return Ok(());
        }
        // Each folder's entries, the last one next.
        let first = entries(&self.base);
        let first = first.map_err(|error| Fault::unreadable(&self.shown, reason(&error)))?;
        let mut folders = vec![(String::new(), first)];
        while let Some((prefix, left)) = folders.last_mut() {
            if stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            let Some((file_name, path)) = left.pop() else {
                folders.pop();
                continue;
            };
            let name = format!("{prefix}{}", lossless(&file_name));
            let met = |why| {
                Met::NotRead(NotRead {
                    path: name.clone(),
                    why,
                })
            };
            let goes_on = match fs_err::symlink_metadata(&path) {
                Err(error) => each(met(not_read(&error))),
                Ok(about) if about.is_symlink() => match self.leads_out(&path) {
                    true if self.counts(&name) => each(met(Why::Link)),
                    _ => true,
                },
                Ok(about) if about.is_dir() => match entries(&path) {
                    Ok(inner) => {
                        folders.push((format!("{name}/"), inner));
                        true
                    }
                    Err(error) => each(met(not_read(&error))),
                },
                Ok(about) if about.is_file() && self.is_wanted(&name) => {
                    match self.is_skipped(&name) {
                        true => each(Met::Skipped),
                        false => each(Met::Document(Listed { name, path })),
                    }
                }
                Ok(_) => true,
            };
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    fn counts(&self, name: &str) -> bool {
        self.is_wanted(name) && !self.is_skipped(name)
    }

    fn is_wanted(&self, name: &str) -> bool {
        let pattern = self.pattern.as_ref();
        pattern.is_none_or(|pattern| pattern.matches_with(name, MATCHING))
    }

    /// A pattern without a folder goes by the file's own name, wherever it lies.
    fn is_skipped(&self, name: &str) -> bool {
        let own = name.rsplit('/').next().unwrap_or(name);
        self.skip.iter().any(|pattern| {
            let by = if pattern.as_str().contains('/') {
                name
            } else {
                own
            };
            pattern.matches_with(by, MATCHING)
        })
    }

    /// Whether a link leads to something outside the folder. One that leads nowhere holds nothing.
    fn leads_out(&self, link: &Path) -> bool {
        fs_err::canonicalize(link).is_ok_and(|to| !to.starts_with(&self.base))
    }
}

/// The entries of a folder, last one first.
fn entries(folder: &Path) -> io::Result<Vec<(std::ffi::OsString, PathBuf)>> {
    let mut all = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        all.push((entry.file_name(), entry.path()));
    }
    all.sort_unstable_by(|a, b| b.0.cmp(&a.0));
    Ok(all)
}

/// A name of which no two files have the same, also where it is no text.
#[cfg(unix)]
fn lossless(name: &OsStr) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let mut out = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

#[cfg(not(unix))]
fn lossless(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// What an error of the operating system means for a document.
pub(super) fn not_read(error: &io::Error) -> Why {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Why::Forbidden,
        io::ErrorKind::NotFound => Why::Changed,
        _ => Why::Failed,
    }
}

fn reason(error: &io::Error) -> crate::messages::Text {
    crate::messages::os::why(error)
}

impl Stamp {
    pub(super) fn of(file: &File) -> io::Result<Stamp> {
        let about = file.metadata()?;
        Ok(Stamp::from(&about))
    }

    fn from(about: &std::fs::Metadata) -> Stamp {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Stamp {
            size: about.len(),
            modified: about.modified().ok(),
            #[cfg(unix)]
            node: (about.dev(), about.ino()),
        }
    }

    /// Whether the path still leads to the file as it was.
    pub(super) fn still_is(&self, path: &Path) -> bool {
        fs_err::symlink_metadata(path).is_ok_and(|about| Stamp::from(&about) == *self)
    }
}

/// Opens a document; what became a link or a pipe since it was listed is not opened.
///
/// # Errors
/// Those of the operating system.
#[cfg(unix)]
pub(super) fn open(path: &Path) -> io::Result<File> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    use rustix::fs::OFlags;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    let file = fs_err::OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
        .open(path)?;
    regular(file)
}

#[cfg(not(unix))]
pub(super) fn open(path: &Path) -> io::Result<File> {
    regular(File::open(path)?)
}

fn regular(file: File) -> io::Result<File> {
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    fn met(settings: &FilesSettings, folder: &Path) -> Vec<String> {
        let place = Place::new(settings, folder).unwrap();
        let mut all = Vec::new();
        let each = &mut |met| {
            all.push(match met {
                Met::Document(listed) => listed.name,
                Met::NotRead(not_read) => format!("{} {}", not_read.why.word(), not_read.path),
                Met::Skipped => "skipped".to_owned(),
            });
            true
        };
        place.walk(&AtomicBool::default(), each).unwrap();
        all
    }

    fn settings(path: &str, skip: &[&str]) -> FilesSettings {
        FilesSettings {
            path: path.into(),
            skip: skip.iter().map(|one| (*one).to_owned()).collect(),
            ..FilesSettings::default()
        }
    }

    #[test]
    fn documents_come_in_one_order_and_links_lead_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs_err::create_dir_all(at("share/b/deep")).unwrap();
        for name in [
            "share/z.txt",
            "share/b/a.TXT",
            "share/b/deep/c.md",
            "share/.x",
            "out.txt",
        ] {
            fs_err::write(at(name), name).unwrap();
        }
        let odd = at("share").join(OsStr::from_bytes(b"r\xe9sum\xe9.txt"));
        fs_err::write(odd, "x").unwrap();
        for (to, link) in [
            (at("out.txt"), "share/link.txt"),
            (at("share/z.txt"), "share/inner.txt"),
            (at("share"), "share/b/loop"),
            (at("nowhere"), "share/dead"),
        ] {
            std::os::unix::fs::symlink(to, at(link)).unwrap();
        }
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("share/pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let all = [
            ".x",
            "b/a.TXT",
            "b/deep/c.md",
            "link link.txt",
            r"r\xe9sum\xe9.txt",
            "z.txt",
        ];
        assert_eq!(met(&settings("share", &[]), folder.path()), all);
        let texts = met(&settings("share/**/*.txt", &[]), folder.path());
        assert_eq!(
            texts,
            ["b/a.TXT", "link link.txt", r"r\xe9sum\xe9.txt", "z.txt"]
        );
        let some = met(&settings("share", &["b/**", "*.TXT"]), folder.path());
        assert_eq!(some, [".x", "skipped", "skipped", "skipped", "skipped"]);
        assert_eq!(met(&settings("out.txt", &[]), folder.path()), ["out.txt"]);
        let gone = Place::new(&settings("gone/**", &[]), folder.path());
        assert_eq!(gone.err().unwrap().code, "E520");
    }

    #[test]
    fn a_link_that_took_a_files_place_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("b"));
        fs_err::write(&file, "x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(open(&file).is_ok() && open(&link).is_err());
        assert!(open(folder.path()).is_err());
    }
}
