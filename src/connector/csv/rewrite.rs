//! Writes a file once more, without some rows and with others changed.
//!
//! The new file grows beside the old one under a name of our own, byte for byte but for these rows, and takes the old one's place
//! only if that is still what was read. Killed at any instant, the folder holds the whole old file or the whole new one.

use std::collections::HashSet;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};

use tempfile::NamedTempFile;

use super::charset::Charset;
use super::files::{self, Opened, Source, Stamp};
use super::kill::{self, Moment};
use crate::connector::{Effect, Fault};
use crate::messages::csv as say;

const SUFFIX: &str = ".tmp";

/// A stretch of a file that leaves it, and what takes its place.
pub(super) struct Edit {
    start: u64,
    end: u64,
    /// Nothing for a row that is removed.
    new: Vec<u8>,
}

impl Edit {
    /// A row with its line end.
    pub(super) fn remove((start, end): (u64, u64)) -> Edit {
        Edit {
            start,
            end,
            new: Vec::new(),
        }
    }

    /// The bytes of a row without its line end.
    pub(super) fn replace(start: u64, length: usize, new: Vec<u8>) -> Edit {
        Edit {
            start,
            end: start + length as u64,
            new,
        }
    }
}

/// The bytes of a row, without its line end.
pub(super) fn row_at(
    opened: &Opened,
    charset: Charset,
    (start, end): (u64, u64),
) -> io::Result<Vec<u8>> {
    let mut bytes = bytes_at(opened.file.file(), start, end)?;
    bytes.truncate(bytes.len() - charset.line_end_length(&bytes));
    Ok(bytes)
}

/// Writes one file with these edits, which lie apart from each other, and puts it in place.
pub(super) fn rewrite(
    source: &Source,
    opened: &Opened,
    charset: Charset,
    edits: Vec<Edit>,
) -> Result<Effect, Fault> {
    let failed = |error: io::Error| Fault::unwritable(&opened.listed.name, files::reason(&error));
    let new = begin(source, opened)?;
    copy(opened, charset, merged(edits), &new).map_err(failed)?;
    finish(opened, &new)?;
    put_in_place(opened, new).map_err(failed)
}

/// An empty file beside the old one, which may be replaced.
pub(super) fn begin(source: &Source, opened: &Opened) -> Result<NamedTempFile, Fault> {
    let (name, path) = (&opened.listed.name, &opened.listed.path);
    let failed = |error: io::Error| Fault::unwritable(name, files::reason(&error));
    if let Some(reason) = files::refusal(path) {
        return Err(Fault::unwritable(name, reason));
    }
    let (Some(folder), Some(file)) = (path.parent(), path.file_name()) else {
        return Err(Fault::unwritable(name, say::not_regular()));
    };
    // LibreOffice marks files that it has open in this way, without a lock that others could see.
    if folder
        .join(format!(".~lock.{}#", file.to_string_lossy()))
        .exists()
    {
        return Err(Fault::locked());
    }
    let new = tempfile::Builder::new()
        .prefix(&prefix(source))
        .suffix(SUFFIX)
        .tempfile_in(folder)
        .map_err(failed)?;
    // Held while the file is ours, so that another run's `recover` leaves it alone.
    let _ = new.as_file().try_lock();
    kill::at(Moment::Created);
    Ok(new)
}

/// Gives a new file that holds everything the old one's rights, and brings it to the disk.
pub(super) fn finish(opened: &Opened, new: &NamedTempFile) -> Result<(), Fault> {
    let name = &opened.listed.name;
    kill::at(Moment::Written);
    files::keep_rights(opened.file.file(), new.as_file())
        .map_err(|_| Fault::unwritable(name, say::rights()))?;
    kill::at(Moment::Rights);
    let synced = new.as_file().sync_all();
    synced.map_err(|error| Fault::unwritable(name, files::reason(&error)))?;
    kill::at(Moment::Synced);
    Ok(())
}

/// Replaces the old file if it is still the one that was read.
pub(super) fn put_in_place(opened: &Opened, new: NamedTempFile) -> io::Result<Effect> {
    let path = &opened.listed.path;
    let there = fs_err::symlink_metadata(path).map(|metadata| Stamp::of(&metadata));
    if !there.is_ok_and(|there| there == opened.stamp) {
        return Ok(Effect::Changed);
    }
    new.persist(path).map_err(|error| error.error)?;
    kill::at(Moment::Renamed);
    let synced = path.parent().map(files::sync_folder);
    kill::at(Moment::Settled);
    match synced {
        Some(Ok(())) | None => Ok(Effect::Done),
        // The new file is there, but a power cut could still bring back the old one.
        Some(Err(_)) => Ok(Effect::Unknown),
    }
}

/// Sorted, and removed rows that touch made one.
fn merged(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_unstable_by_key(|edit| edit.start);
    let mut out: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match out.last_mut() {
            Some(last) if last.end >= edit.start && last.new.is_empty() && edit.new.is_empty() => {
                last.end = last.end.max(edit.end);
            }
            _ => out.push(edit),
        }
    }
    out
}

fn copy(
    opened: &Opened,
    charset: Charset,
    mut edits: Vec<Edit>,
    new: &NamedTempFile,
) -> io::Result<()> {
    let mut old = opened.file.file();
    let size = opened.stamp.size;
    if let Some(last) = edits.last_mut().filter(|last| last.end == size)
        && last.new.is_empty()
        && charset.line_end_length(&tail(old, last.end)?) == 0
    {
        // The last line had no line end; nor shall the one that is the last now.
        last.start -= charset.line_end_length(&tail(old, last.start)?) as u64;
    }
    let mut new = new.as_file();
    let mut place = 0;
    for edit in edits.into_iter().chain([Edit::remove((size, size))]) {
        old.seek(SeekFrom::Start(place))?;
        let wanted = edit.start - place;
        if io::copy(&mut Read::take(old, wanted), &mut new)? != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        new.write_all(&edit.new)?;
        place = edit.end;
    }
    Ok(())
}

/// Takes the line end from the end of a new file, where the old one had none at its end either.
pub(super) fn trim(new: &NamedTempFile, charset: Charset) -> io::Result<()> {
    let file = new.as_file();
    let size = file.metadata()?.len();
    let length = charset.line_end_length(&tail(file, size)?) as u64;
    file.set_len(size - length)
}

/// The last few bytes before an offset.
fn tail(file: &std::fs::File, offset: u64) -> io::Result<Vec<u8>> {
    bytes_at(file, offset - offset.min(4), offset)
}

pub(super) fn bytes_at(mut file: &std::fs::File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    Read::take(file, end - start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Begins the name of every temporary file of this system in this workspace.
fn prefix(source: &Source) -> String {
    let tag = source
        .row_key
        .mac(format!("temporary file of {}", source.system).as_bytes());
    format!(".dsr-{}-", &tag.hex()[..16])
}

/// Removes what a killed run left behind.
pub(super) fn recover(source: &Source) -> Result<(), Fault> {
    let prefix = prefix(source);
    let files = source.list().unwrap_or_default();
    let folders: HashSet<_> = files
        .iter()
        .flatten()
        .filter_map(|listed| listed.path.parent())
        .collect();
    for folder in folders {
        let shown = &source.settings.path;
        let entries =
            fs_err::read_dir(folder).map_err(|e| Fault::unreadable(shown, files::reason(&e)))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let ours = name
                .to_str()
                .is_some_and(|n| n.starts_with(&prefix) && n.ends_with(SUFFIX));
            if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
                continue;
            }
            let free = fs_err::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
            if free {
                fs_err::remove_file(entry.path())
                    .map_err(|e| Fault::unwritable(shown, files::reason(&e)))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::{Opening, Settings};
    use crate::inventory::{CsvSettings, Engine};

    fn source(folder: &std::path::Path, key: u8) -> Source {
        let settings = CsvSettings {
            path: "*".into(),
            delimiter: b';',
            encoding: encoding_rs::UTF_8,
        };
        let system = super::super::tests::system(Engine::Csv(settings));
        Source::new(&Opening {
            system: std::sync::Arc::new(system),
            folder: folder.to_owned(),
            settings: Settings::default(),
            row_key: crate::keys::Key::from_bytes([key; 32]),
            descriptions: Default::default(),
            transport: Default::default(),
        })
        .unwrap()
    }

    fn opened(source: &Source) -> Opened {
        let listed = source.list().unwrap().remove(0).unwrap();
        source.open(&listed, true).unwrap()
    }

    /// Without the first row behind the header.
    fn without_anna(source: &Source, opened: &Opened) -> Result<Effect, Fault> {
        let charset = Charset::new(encoding_rs::UTF_8);
        rewrite(source, opened, charset, vec![Edit::remove((5, 10))])
    }

    fn names(folder: &std::path::Path) -> Vec<String> {
        let entries = fs_err::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_changed_since_it_was_read_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let source = source(folder.path(), 1);
        for other in ["appended", "same size", "another file"] {
            fs_err::write(&path, "Mail\nanna\n").unwrap();
            let opened = opened(&source);
            std::thread::sleep(std::time::Duration::from_millis(20));
            let now = match other {
                "appended" => "Mail\nanna\nbob\n",
                "same size" => "Mail\notto\n",
                _ => {
                    fs_err::remove_file(&path).unwrap();
                    "Mail\nanna\n"
                }
            };
            fs_err::write(&path, now).unwrap();
            assert_eq!(
                without_anna(&source, &opened),
                Ok(Effect::Changed),
                "{other}"
            );
            assert_eq!(fs_err::read_to_string(&path).unwrap(), now);
            assert_eq!(names(folder.path()), ["a.csv"]);
        }
    }

    #[test]
    fn a_file_that_a_spreadsheet_has_open_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("a.csv"), "Mail\nanna\n").unwrap();
        fs_err::write(folder.path().join(".~lock.a.csv#"), "").unwrap();
        let source = source(folder.path(), 1);
        let result = without_anna(&source, &opened(&source));
        assert_eq!(result.unwrap_err().code, "E511");
    }

    #[test]
    fn only_what_a_dead_run_of_ours_left_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("a.csv"), "Mail\nanna\n").unwrap();
        let (ours, theirs) = (source(folder.path(), 1), source(folder.path(), 2));
        let temporary = |source: &Source| {
            let name = prefix(source);
            let builder = tempfile::Builder::new()
                .prefix(&name)
                .suffix(SUFFIX)
                .tempfile_in(folder.path());
            builder.unwrap().keep().unwrap()
        };
        let (alive, _) = temporary(&ours);
        alive.try_lock().unwrap();
        temporary(&theirs);
        // A killed run: the file is there and nobody holds it.
        let (dead, path) = temporary(&ours);
        drop(dead);
        fs_err::write(folder.path().join(".dsr-notes.tmp"), "").unwrap();
        assert_eq!(names(folder.path()).len(), 5);
        recover(&ours).unwrap();
        assert_eq!(names(folder.path()).len(), 4);
        assert!(!path.exists());
        assert_eq!(
            fs_err::read_to_string(folder.path().join("a.csv")).unwrap(),
            "Mail\nanna\n"
        );
        // Not even a pattern that takes every file reads a temporary one.
        assert_eq!(ours.list().unwrap().len(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn attributes_stay_with_the_file() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let folder = tempfile::tempdir_in(".").unwrap();
        let path = folder.path().join("a.csv");
        fs_err::write(&path, "Mail\nanna\n").unwrap();
        if setxattr(&path, "user.dsr", b"kept", XattrFlags::empty()).is_err() {
            // Nothing to lose on a file system without attributes.
            return;
        }
        let source = source(folder.path(), 1);
        assert_eq!(without_anna(&source, &opened(&source)), Ok(Effect::Done));
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "Mail\n");
        let mut value = [0u8; 8];
        let length = getxattr(&path, "user.dsr", &mut value).unwrap();
        assert_eq!(&value[..length], b"kept");
    }
}
