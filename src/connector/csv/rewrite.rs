//! Removes rows: each file is written once more, without them.
//!
//! The new file grows beside the old one under a name of our own, byte for byte but for the rows left out, and takes the old one's
//! place only if that is still what was read. Killed at any instant, the folder holds the whole old file or the whole new one.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use tempfile::NamedTempFile;

use super::charset::Charset;
use super::files::{self, Opened, Source, Stamp};
use super::lookup::{row_name, search};
use super::search::Question;
use super::{blocking, row};
use crate::connector::{Action, Digester, Effect, Fault, Key, Object, Target, Writer};
use crate::keys::Digest;
use crate::messages::csv as say;
use crate::plan::Approved;

const SUFFIX: &str = ".tmp";

pub(super) struct CsvWriter {
    source: Source,
    /// Object, key and action of every step of the plan for this system.
    approved: HashSet<(String, Key, Action)>,
}

impl CsvWriter {
    pub(super) fn new(source: Source, approved: &Approved) -> CsvWriter {
        let steps = approved.plan().steps.iter();
        let approved = steps
            .filter(|step| step.system == source.system)
            .filter_map(|step| Some((step.object.clone(), step.key.clone(), step.action?)))
            .collect();
        CsvWriter { source, approved }
    }
}

#[async_trait]
impl Writer for CsvWriter {
    fn batch(&self, _object: &Object, _action: Action) -> usize {
        usize::MAX
    }

    fn is_idempotent(&self, _object: &Object, _action: Action) -> bool {
        true
    }

    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        digester: &Digester,
    ) -> Vec<Result<Effect, Fault>> {
        let planned = |target: &Target<'_>| {
            let step = (object.name.clone(), target.record.key.clone(), action);
            action == Action::Remove && self.approved.contains(&step)
        };
        if !targets.iter().all(planned) {
            // Something outside of the plan asked: nothing of what it asked is carried out.
            return targets.iter().map(|_| Err(Fault::read_only())).collect();
        }
        let wanted: Vec<(Key, Digest)> = targets
            .iter()
            .map(|target| (target.record.key.clone(), *target.before))
            .collect();
        let (source, object, digester) = (self.source.clone(), object.clone(), digester.clone());
        let work = move || Ok(remove(&source, &object, &wanted, &digester));
        // A started rewrite is not cut short with this future; the new file takes its place or not at all.
        blocking(work)
            .await
            .unwrap_or_else(|_| targets.iter().map(|_| Ok(Effect::Unknown)).collect())
    }

    async fn recover(&mut self) -> Result<(), Fault> {
        let source = self.source.clone();
        blocking(move || recover(&source)).await
    }
}

/// A file with the rows that leave it.
struct Part {
    opened: Opened,
    charset: Charset,
    /// Index of the target and range of its row.
    rows: Vec<(usize, (u64, u64))>,
}

/// What is known about one target before anything is written.
#[derive(Clone)]
enum Found {
    Nowhere,
    Once,
    Settled(Result<Effect, Fault>),
}

/// Looks for all targets in all files first, then rewrites each file that holds some.
fn remove(
    source: &Source,
    object: &Object,
    wanted: &[(Key, Digest)],
    digester: &Digester,
) -> Vec<Result<Effect, Fault>> {
    let files = match source.list() {
        Ok(files) => files,
        Err(fault) => return wanted.iter().map(|_| Err(fault.clone())).collect(),
    };
    let named_by_row = row::is_named_by_row(object);
    let indices: HashMap<&Key, usize> = wanted
        .iter()
        .enumerate()
        .map(|(i, (key, _))| (key, i))
        .collect();
    let mut found = vec![Found::Nowhere; wanted.len()];
    let mut parts = Vec::new();
    // What befalls targets that are found nowhere: with key columns, a file that was not searched may hold them.
    let mut unsearched = None;
    let mut seen = HashSet::new();
    for listed in files {
        let question = match &listed {
            Ok(listed) if named_by_row => {
                seen.insert(listed.name.clone());
                let digests = wanted.iter().filter_map(|(key, _)| row_name(key).ok());
                let here = digests.filter(|(file, _)| *file == listed.name);
                Question::Rows(here.map(|(_, digest)| digest.to_owned()).collect())
            }
            Err(_) if named_by_row => continue,
            _ => Question::Keys(wanted.iter().map(|(key, _)| key.clone()).collect()),
        };
        if matches!(&question, Question::Rows(digests) if digests.is_empty()) {
            continue;
        }
        let name = listed
            .as_ref()
            .map(|listed| listed.name.clone())
            .unwrap_or_default();
        let part = listed
            .and_then(|listed| source.open(&listed, true))
            .and_then(|opened| {
                let mut hits = Vec::new();
                let charset = search(
                    source,
                    object,
                    &question,
                    &opened,
                    &AtomicBool::default(),
                    &mut |hit| {
                        if let Some(index) = indices.get(&hit.record.key) {
                            hits.push((*index, hit.range, digester.digest(object, &hit.record)));
                        }
                        true
                    },
                )?;
                Ok((opened, charset, hits))
            });
        match part {
            Err(fault) if named_by_row => {
                for (index, (key, _)) in wanted.iter().enumerate() {
                    if row_name(key).is_ok_and(|(file, _)| file == name) {
                        found[index] = Found::Settled(Err(fault.clone()));
                    }
                }
            }
            Err(fault) => unsearched = unsearched.or(Some(fault)),
            Ok((opened, charset, hits)) => {
                let mut rows = Vec::new();
                for (index, range, digest) in hits {
                    found[index] = match found[index] {
                        Found::Nowhere if digest == wanted[index].1 => Found::Once,
                        Found::Nowhere => Found::Settled(Ok(Effect::Changed)),
                        _ => Found::Settled(Err(Fault::two_records())),
                    };
                    rows.push((index, range));
                }
                parts.push(Part {
                    opened,
                    charset,
                    rows,
                });
            }
        }
    }
    let mut results: Vec<Result<Effect, Fault>> = found
        .iter()
        .zip(wanted)
        .map(|(found, (key, _))| match (found, &unsearched) {
            (Found::Settled(result), _) => result.clone(),
            (Found::Once, _) => Ok(Effect::Unknown),
            (Found::Nowhere, Some(fault)) => Err(fault.clone()),
            (Found::Nowhere, None) if named_by_row => match row_name(key)? {
                (file, _) if seen.contains(file) => Ok(Effect::Gone),
                (file, _) => Err(Fault::no_file(file)),
            },
            (Found::Nowhere, None) => Ok(Effect::Gone),
        })
        .collect();
    for mut part in parts {
        part.rows
            .retain(|(index, _)| matches!(found[*index], Found::Once));
        if part.rows.is_empty() {
            continue;
        }
        let result = rewrite(source, &part);
        for (index, _) in &part.rows {
            results[*index] = result.clone();
        }
    }
    results
}

/// Writes one file without the rows and puts it in place.
fn rewrite(source: &Source, part: &Part) -> Result<Effect, Fault> {
    let Part {
        opened,
        charset,
        rows,
    } = part;
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
    let ranges = merged(rows.iter().map(|(_, range)| *range).collect());
    copy_without(opened, *charset, ranges, &new).map_err(failed)?;
    files::keep_rights(opened.file.file(), new.as_file())
        .map_err(|_| Fault::unwritable(name, say::rights()))?;
    new.as_file().sync_all().map_err(failed)?;
    put_in_place(opened, new).map_err(failed)
}

/// Replaces the old file if it is still the one that was read.
fn put_in_place(opened: &Opened, new: NamedTempFile) -> io::Result<Effect> {
    let path = &opened.listed.path;
    let there = fs_err::symlink_metadata(path).map(|metadata| Stamp::of(&metadata));
    if !there.is_ok_and(|there| there == opened.stamp) {
        return Ok(Effect::Changed);
    }
    new.persist(path).map_err(|error| error.error)?;
    match path.parent().map(files::sync_folder) {
        Some(Ok(())) | None => Ok(Effect::Done),
        // The new file is there, but a power cut could still bring back the old one.
        Some(Err(_)) => Ok(Effect::Unknown),
    }
}

/// Sorted, and touching ones made one.
fn merged(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    ranges.sort_unstable();
    let mut out: Vec<(u64, u64)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match out.last_mut() {
            Some(last) if last.1 >= start => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

fn copy_without(
    opened: &Opened,
    charset: Charset,
    mut ranges: Vec<(u64, u64)>,
    new: &NamedTempFile,
) -> io::Result<()> {
    let mut old = opened.file.file();
    let size = opened.stamp.size;
    if let Some(last) = ranges.last_mut().filter(|last| last.1 == size)
        && charset.line_end_length(&tail(old, last.1)?) == 0
    {
        // The last line had no line end; nor shall the one that is the last now.
        last.0 -= charset.line_end_length(&tail(old, last.0)?) as u64;
    }
    let mut new = new.as_file();
    let mut place = 0;
    for (start, end) in ranges.into_iter().chain([(size, size)]) {
        old.seek(SeekFrom::Start(place))?;
        let wanted = start - place;
        if io::copy(&mut Read::take(old, wanted), &mut new)? != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        place = end;
    }
    Ok(())
}

/// The last few bytes before an offset.
fn tail(mut file: &std::fs::File, offset: u64) -> io::Result<Vec<u8>> {
    let length = offset.min(4);
    file.seek(SeekFrom::Start(offset - length))?;
    let mut bytes = Vec::new();
    Read::take(file, length).read_to_end(&mut bytes)?;
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
fn recover(source: &Source) -> Result<(), Fault> {
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
        })
        .unwrap()
    }

    fn part(source: &Source, rows: Vec<(usize, (u64, u64))>) -> Part {
        let listed = source.list().unwrap().remove(0).unwrap();
        Part {
            opened: source.open(&listed, true).unwrap(),
            charset: Charset::new(encoding_rs::UTF_8),
            rows,
        }
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
            let part = part(&source, vec![(0, (5, 10))]);
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
            assert_eq!(rewrite(&source, &part), Ok(Effect::Changed), "{other}");
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
        let result = rewrite(&source, &part(&source, vec![(0, (5, 10))]));
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
        assert_eq!(
            rewrite(&source, &part(&source, vec![(0, (5, 10))])),
            Ok(Effect::Done)
        );
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "Mail\n");
        let mut value = [0u8; 8];
        let length = getxattr(&path, "user.dsr", &mut value).unwrap();
        assert_eq!(&value[..length], b"kept");
    }
}
