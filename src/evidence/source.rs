//! Where the files of a bundle come from: the zip, or the folder into which somebody unpacked it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::veiled::Veiled;
use super::{MIMETYPE, zip as form};
use crate::diagnostic::Diagnostic;
use crate::messages::evidence as say;

/// A piece of a file that is handed over has at most so many bytes.
pub(super) const PIECE: usize = 64 * 1024;
/// One that goes to other threads. Handing over takes time of its own, and an unpacker gives less than it is asked for: pieces are
/// filled before they go.
const LARGE_PIECE: usize = 128 * 1024;
/// A zip of at most so many bytes is read with one call.
const SMALL: u64 = 1 << 20;

/// The files of a bundle, each read as a stream. Copies read the same bytes, each from a place of its own, so that two files can be
/// read at once.
#[derive(Clone)]
pub(super) enum Source {
    Zip {
        archive: ::zip::ZipArchive<Bytes>,
        names: Vec<String>,
    },
    Folder {
        root: PathBuf,
        names: Vec<String>,
    },
}

/// The bytes of a zip, in a file, in an encrypted one or in memory, and where the next are read. It is one and the same open file for all copies: another
/// that takes its name meanwhile is not looked at.
#[derive(Clone)]
pub(super) struct Bytes {
    of: Arc<Place>,
    at: u64,
    length: u64,
}

enum Place {
    File(File),
    Veiled(Arc<Veiled>),
    Memory(Vec<u8>),
}

impl Bytes {
    fn of_file(mut file: File) -> std::io::Result<Bytes> {
        let length = file.metadata()?.len();
        if length > SMALL {
            let of = Arc::new(Place::File(file));
            return Ok(Bytes { of, at: 0, length });
        }
        let mut bytes = Vec::new();
        Read::by_ref(&mut file)
            .take(SMALL + 1)
            .read_to_end(&mut bytes)?;
        Ok(Bytes::of_memory(bytes))
    }

    fn of_memory(bytes: Vec<u8>) -> Bytes {
        Bytes {
            length: bytes.len() as u64,
            of: Arc::new(Place::Memory(bytes)),
            at: 0,
        }
    }
}

impl Read for Bytes {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = match &*self.of {
            Place::File(file) => read_at(file, into, self.at)?,
            Place::Veiled(file) => file.read_at(into, self.at)?,
            Place::Memory(bytes) => {
                let start = usize::try_from(self.at).unwrap_or(usize::MAX);
                let mut rest = bytes.get(start..).unwrap_or_default();
                rest.read(into)?
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        self.at = at.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Source {
    /// Opens a bundle and checks its form, but none of its content.
    ///
    /// # Errors
    /// I/O errors as they are; a bad form as `Ok(Err(reasons))`.
    pub(super) fn open(path: &Path) -> std::io::Result<Result<Source, Vec<Diagnostic>>> {
        let kind = fs_err::metadata(path)?;
        // A pipe would be waited for without end, and could not be read twice.
        if !kind.is_dir() && !kind.is_file() {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        if kind.is_dir() {
            let mut walk = Walk::default();
            walk.folder(path, "", 0)?;
            if !walk.reasons.is_empty() {
                return Ok(Err(walk.reasons));
            }
            walk.names.sort();
            return Ok(Ok(Source::Folder {
                root: path.to_owned(),
                names: walk.names,
            }));
        }
        let (file, _) = fs_err::File::open(path)?.into_parts();
        Source::zip(Bytes::of_file(file)?)
    }

    /// A zip in a file that has no name, from its beginning.
    ///
    /// # Errors
    /// As for [`Source::open`].
    pub(super) fn of_file(file: File) -> std::io::Result<Result<Source, Vec<Diagnostic>>> {
        Source::zip(Bytes::of_file(file)?)
    }

    /// A zip in a file that only this run can read.
    ///
    /// # Errors
    /// As for [`Source::open`].
    pub(super) fn of_veiled(
        file: &Arc<Veiled>,
    ) -> std::io::Result<Result<Source, Vec<Diagnostic>>> {
        Source::zip(Bytes {
            length: file.length(),
            of: Arc::new(Place::Veiled(Arc::clone(file))),
            at: 0,
        })
    }

    /// A zip in memory.
    ///
    /// # Errors
    /// As for [`Source::open`].
    pub(super) fn of_bytes(bytes: Vec<u8>) -> std::io::Result<Result<Source, Vec<Diagnostic>>> {
        Source::zip(Bytes::of_memory(bytes))
    }

    fn zip(mut file: Bytes) -> std::io::Result<Result<Source, Vec<Diagnostic>>> {
        let refuse = |text| Ok(Err(vec![super::verify::reason("E710", text)]));
        let names = match form::inspect(&mut file)? {
            Ok(names) => names,
            Err(reason) => return refuse(reason),
        };
        // EN 319 162-1, A.1: file type recognition reads the type at a fixed place.
        let mut start = [0; 38 + MIMETYPE.len()];
        file.rewind()?;
        let came = file.read_exact(&mut start).is_ok();
        if !came
            || start[8..10] != [0, 0]
            || &start[30..38] != b"mimetype"
            || &start[38..] != MIMETYPE.as_bytes()
        {
            return refuse(say::zip_mimetype());
        }
        file.rewind()?;
        let Ok(archive) = ::zip::ZipArchive::new(file) else {
            return refuse(say::zip_end());
        };
        // An extra field may give an entry another name than the one that was checked.
        let mut read: Vec<String> = archive
            .file_names()
            .filter_map(|name| Some(name.ok()?.into_owned()))
            .collect();
        read.sort();
        if read != names {
            return refuse(say::zip_headers_differ("-"));
        }
        Ok(Ok(Source::Zip { archive, names }))
    }

    /// Names of all files, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Source::Zip { names, .. } | Source::Folder { names, .. } => names.clone(),
        }
    }

    /// How many bytes a file says that it has, unpacked; 0 if it does not say.
    pub(super) fn size(&mut self, name: &str) -> u64 {
        match self {
            Source::Zip { archive, .. } => archive.by_name(name).map_or(0, |file| file.size()),
            Source::Folder { root, .. } => {
                fs_err::metadata(root.join(name)).map_or(0, |file| file.len())
            }
        }
    }

    /// Hands a file over piece by piece.
    ///
    /// # Errors
    /// Also when the packed data are damaged.
    pub(super) fn stream(
        &mut self,
        name: &str,
        sink: &mut dyn FnMut(&[u8]),
    ) -> std::io::Result<()> {
        self.read(name, &mut |from| {
            let mut buffer = vec![0; PIECE];
            loop {
                match from.read(&mut buffer)? {
                    0 => return Ok(()),
                    count => sink(&buffer[..count]),
                }
            }
        })
    }

    /// The same in pieces that others may keep for a while, such as other threads.
    ///
    /// # Errors
    /// As for [`Source::stream`].
    pub(super) fn pieces(
        &mut self,
        name: &str,
        sink: &mut dyn FnMut(Piece),
    ) -> std::io::Result<()> {
        self.read(name, &mut |from| {
            // What nobody holds any more is filled again.
            let mut used: VecDeque<Arc<Vec<u8>>> = VecDeque::new();
            loop {
                let mut bytes = match used.front_mut().is_some_and(|a| Arc::get_mut(a).is_some()) {
                    true => used.pop_front().unwrap_or_default(),
                    false => Arc::new(vec![0; LARGE_PIECE]),
                };
                let (count, end) = fill(from, Arc::make_mut(&mut bytes).as_mut_slice());
                if count > 0 {
                    used.push_back(Arc::clone(&bytes));
                    sink(Piece { bytes, count });
                }
                if let Some(end) = end {
                    return end;
                }
            }
        })
    }

    fn read(
        &mut self,
        name: &str,
        pump: &mut dyn FnMut(&mut dyn Read) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        match self {
            Source::Zip { archive, .. } => {
                let file = archive.by_name(name).map_err(std::io::Error::other)?;
                // One byte more than stated: the end must be reached for the checksum to be looked at, and a stream that goes on
                // is cut, so that its digest cannot match.
                let most = file.size().saturating_add(1);
                pump(&mut file.take(most))
            }
            Source::Folder { root, .. } => pump(&mut fs_err::File::open(root.join(name))?),
        }
    }
}

/// Reads until the buffer is full or it is over: how much came, and how it ended if it did.
fn fill(from: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<std::io::Result<()>>) {
    let mut count = 0;
    while count < buffer.len() {
        match from.read(&mut buffer[count..]) {
            Ok(0) => return (count, Some(Ok(()))),
            Ok(more) => count += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return (count, Some(Err(error))),
        }
    }
    (count, None)
}

/// Some bytes of a file.
#[derive(Clone)]
pub(super) struct Piece {
    bytes: Arc<Vec<u8>>,
    count: usize,
}

impl Piece {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }
}

#[derive(Default)]
struct Walk {
    names: Vec<String>,
    reasons: Vec<Diagnostic>,
}

impl Walk {
    fn folder(&mut self, path: &Path, prefix: &str, depth: u8) -> std::io::Result<()> {
        for entry in fs_err::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name();
            let full = format!("{prefix}{}", name.to_string_lossy());
            // Not followed: a link could lead to a file outside.
            let kind = entry.file_type()?;
            let problem = if kind.is_symlink() || (!kind.is_dir() && !kind.is_file()) {
                Some(say::zip_kind(form::printable(full.as_bytes())))
            } else if name.to_str().is_none() || !form::is_proper_name(&full) || depth > 4 {
                Some(say::zip_name(form::printable(full.as_bytes())))
            } else if self.names.len() >= form::MOST_FILES {
                Some(say::too_many_files(form::MOST_FILES))
            } else {
                None
            };
            match problem {
                Some(problem) => {
                    self.reasons.push(super::verify::reason("E710", problem));
                    if self.reasons.len() > 20 {
                        return Ok(());
                    }
                }
                None if kind.is_dir() => {
                    self.folder(&entry.path(), &format!("{full}/"), depth + 1)?
                }
                None => self.names.push(full),
            }
        }
        Ok(())
    }
}
