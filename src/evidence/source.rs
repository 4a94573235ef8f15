//! Where the files of a bundle come from: the zip, or the folder into which somebody unpacked it.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::{MIMETYPE, zip as form};
use crate::diagnostic::Diagnostic;
use crate::messages::evidence as say;

/// The files of a bundle, each read as a stream.
pub(super) enum Source {
    Zip {
        archive: Box<::zip::ZipArchive<BufReader<fs_err::File>>>,
        names: Vec<String>,
    },
    Folder {
        root: PathBuf,
        names: Vec<String>,
    },
}

impl Source {
    /// Opens a bundle and checks its form, but none of its content.
    ///
    /// # Errors
    /// I/O errors as they are; a bad form as `Ok(Err(reasons))`.
    pub(super) fn open(path: &Path) -> std::io::Result<Result<Source, Vec<Diagnostic>>> {
        if fs_err::metadata(path)?.is_dir() {
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
        let refuse = |text| Ok(Err(vec![super::verify::reason("E710", text)]));
        let mut file = BufReader::new(fs_err::File::open(path)?);
        let names = match form::inspect(&mut file)? {
            Ok(names) => names,
            Err(reason) => return refuse(reason),
        };
        // EN 319 162-1, A.1: file type recognition reads the type at a fixed place.
        let mut start = [0; 38 + MIMETYPE.len()];
        std::io::Seek::rewind(&mut file)?;
        let came = file.read_exact(&mut start).is_ok();
        if !came
            || start[8..10] != [0, 0]
            || &start[30..38] != b"mimetype"
            || &start[38..] != MIMETYPE.as_bytes()
        {
            return refuse(say::zip_mimetype());
        }
        std::io::Seek::rewind(&mut file)?;
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
        Ok(Ok(Source::Zip {
            archive: Box::new(archive),
            names,
        }))
    }

    /// Names of all files, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Source::Zip { names, .. } | Source::Folder { names, .. } => names.clone(),
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
        match self {
            Source::Zip { archive, .. } => {
                let file = archive.by_name(name).map_err(std::io::Error::other)?;
                // One byte more than stated: the end must be reached for the checksum to be looked at, and a stream that goes on
                // is cut, so that its digest cannot match.
                let most = file.size().saturating_add(1);
                pump(file.take(most), sink)
            }
            Source::Folder { root, .. } => pump(fs_err::File::open(root.join(name))?, sink),
        }
    }
}

fn pump(mut from: impl Read, sink: &mut dyn FnMut(&[u8])) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => sink(&buffer[..count]),
        }
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
