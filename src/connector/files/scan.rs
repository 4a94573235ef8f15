//! One walk over all documents, with several readers, and the second look at single ones.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use glob::Pattern;

use super::document::{self, Sort};
use super::look::{At, LARGEST_PART, Look};
use super::needle::Needles;
use super::record::record;
use super::unread::{Documents, NotRead, Why};
use super::walk::{self, Listed, MATCHING, Met, Place, Stamp};
use crate::connector::{Fault, Heard, Key, Object, Record};
use crate::inventory::FilesSettings;
use crate::subject::{Identity, Kinds};

/// Most readers at once.
const MOST_READERS: usize = 8;
/// What a document may come to when it is unpacked, in multiples of what one may be on disk.
const UNPACKED: u64 = 4;
/// Records that are kept with all their places; of further ones only the first place, so that memory stays what it is.
const MOST_WHOLE: u64 = 5_000;
/// How often somebody who waits is told.
const TOLD: u64 = 64;

/// What is read.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) settings: FilesSettings,
    pub(super) folder: PathBuf,
    pub(super) objects: Vec<Object>,
}

/// A document in which something was found.
pub(super) struct Found {
    pub(super) object: usize,
    pub(super) record: Record,
    pub(super) carries: Vec<Identity>,
}

/// What a walk brought.
pub(super) struct Scanned {
    pub(super) found: Vec<Found>,
    pub(super) documents: Documents,
}

/// What a look at the first bytes of all documents brought.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) documents: Documents,
    /// Documents that every account of this machine can read, and one of them.
    pub(super) open: u64,
    pub(super) open_example: String,
    /// Nothing is searched by but numbers.
    pub(super) weak_only: bool,
}

impl Job {
    pub(super) fn place(&self) -> Result<Place, Fault> {
        Place::new(&self.settings, &self.folder)
    }

    /// Whether there is anything to read at all: a share that is not mounted is an empty folder.
    pub(super) fn look_at_place(&self) -> Result<(), Fault> {
        let place = self.place()?;
        let mut any = false;
        place.walk(&AtomicBool::default(), &mut |_| {
            any = true;
            false
        })?;
        match any {
            true => Ok(()),
            false => Err(Fault::empty_folder(&place.shown)),
        }
    }

    fn kinds(&self) -> Kinds {
        Kinds {
            country: self.settings.country.clone(),
            ..Kinds::default()
        }
    }

    fn budget(&self) -> u64 {
        self.settings.largest.saturating_mul(UNPACKED).max(16 << 20)
    }

    /// The object to which a document belongs: the first whose pattern it fits.
    fn object_of(&self, patterns: &[Option<Pattern>], name: &str) -> Option<usize> {
        patterns.iter().position(|pattern| {
            let pattern = pattern.as_ref();
            pattern.is_none_or(|pattern| pattern.matches_with(name, MATCHING))
        })
    }

    fn patterns(&self) -> Vec<Option<Pattern>> {
        let stated = |object: &Object| self.settings.parts.get(&object.name);
        self.objects
            .iter()
            .map(|object| stated(object).and_then(|path| Pattern::new(path).ok()))
            .collect()
    }
}

/// What one document came to.
struct Outcome {
    found: Option<(Record, Vec<Identity>)>,
    unread: Vec<NotRead>,
    /// Whether it was read from beginning to end.
    whole: bool,
}

/// Reads every document and looks for all of these identities in it.
///
/// # Errors
/// The folder is not there, or holds nothing.
pub(super) fn scan(
    job: &Job,
    identities: &[Identity],
    stopped: &AtomicBool,
    heard: Option<&Heard>,
) -> Result<Scanned, Fault> {
    let place = job.place()?;
    let needles = Needles::new(identities, &job.kinds())?;
    let patterns = job.patterns();
    let readers = thread::available_parallelism().map_or(2, |count| count.get());
    let readers = readers.min(MOST_READERS);
    let (send, receive) = mpsc::sync_channel::<Listed>(readers * 4);
    let receive = Mutex::new(receive);
    let all = Mutex::new(Scanned {
        found: Vec::new(),
        documents: Documents::default(),
    });
    let (done, kept) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut noted = Documents::default();
    let walked = thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(|| {
                loop {
                    let next = receive.lock().map(|receive| receive.recv());
                    let Ok(Ok(listed)) = next else { return };
                    if stopped.load(Ordering::Relaxed) {
                        continue;
                    }
                    let object = job.object_of(&patterns, &listed.name);
                    let few = kept.load(Ordering::Relaxed) < MOST_WHOLE;
                    let outcome = match object {
                        Some(_) => read(job, &listed, &needles, stopped, few),
                        None => Outcome::not_read(&listed, Why::NoObject),
                    };
                    let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if let Some(heard) = heard.filter(|_| so_far.is_multiple_of(TOLD)) {
                        heard(so_far);
                    }
                    let Ok(mut all) = all.lock() else { return };
                    all.documents.searched += u64::from(outcome.whole);
                    outcome
                        .unread
                        .into_iter()
                        .for_each(|one| all.documents.add(one));
                    if let (Some((record, carries)), Some(object)) = (outcome.found, object) {
                        kept.fetch_add(1, Ordering::Relaxed);
                        all.found.push(Found {
                            object,
                            record,
                            carries,
                        });
                    }
                }
            });
        }
        let walked = place.walk(stopped, &mut |met| match met {
            Met::Document(listed) => {
                noted.seen += 1;
                send.send(listed).is_ok()
            }
            Met::NotRead(not_read) => {
                noted.add(not_read);
                true
            }
            Met::Skipped => {
                noted.skipped += 1;
                true
            }
        });
        drop(send);
        walked
    });
    walked?;
    if stopped.load(Ordering::Relaxed) {
        return Err(Fault::interrupted());
    }
    let mut all = all.into_inner().map_err(|_| Fault::panicked())?;
    if noted.seen == 0 && noted.unread() == 0 && noted.skipped == 0 {
        return Err(Fault::empty_folder(&place.shown));
    }
    all.documents.join(noted);
    all.found.sort_by(|a, b| a.record.key.cmp(&b.record.key));
    Ok(all)
}

impl Outcome {
    fn not_read(listed: &Listed, why: Why) -> Outcome {
        let path = listed.name.clone();
        Outcome {
            found: None,
            unread: vec![NotRead { path, why }],
            whole: false,
        }
    }
}

/// Reads one document; one that is written to meanwhile is read once more.
fn read(
    job: &Job,
    listed: &Listed,
    needles: &Needles,
    stopped: &AtomicBool,
    with_all_places: bool,
) -> Outcome {
    for _ in 0..2 {
        let outcome = match read_once(job, listed, needles, stopped, with_all_places) {
            Ok(Some(outcome)) => outcome,
            Ok(None) => continue,
            Err(error) => Outcome::not_read(listed, walk::not_read(&error)),
        };
        return outcome;
    }
    Outcome::not_read(listed, Why::Changed)
}

/// `None` if the file was written to while it was read.
fn read_once(
    job: &Job,
    listed: &Listed,
    needles: &Needles,
    stopped: &AtomicBool,
    with_all_places: bool,
) -> std::io::Result<Option<Outcome>> {
    let file = walk::open(&listed.path)?;
    let stamp = Stamp::of(&file)?;
    let mut look = Look::new(needles, job.settings.encoding, job.budget(), stopped);
    // A name may say whose a document is that nobody can read.
    look.text(&At::Name, &listed.name);
    let (format, result) = if stamp.size > job.settings.largest && !is_plain(&file, listed) {
        ("unknown", Err(Why::TooLarge))
    } else {
        // What a reader trips over is a finding about the document and not the end of the search.
        let read = catch_unwind(AssertUnwindSafe(|| {
            document::read(&file, stamp.size, &listed.name, &mut look)
        }));
        read.unwrap_or(("unknown", Err(Why::Broken)))
    };
    if !stamp.still_is(&listed.path) {
        return Ok(None);
    }
    let named = |part: &str, why: Why| NotRead {
        path: match part.is_empty() {
            true => listed.name.clone(),
            false => format!("{} › {part}", listed.name),
        },
        why,
    };
    let mut unread: Vec<NotRead> = look
        .unread
        .iter()
        .map(|(part, why)| named(part, *why))
        .collect();
    unread.extend(result.err().map(|why| named("", why)));
    if !with_all_places {
        look.more += look.hits.len().saturating_sub(1) as u64;
        look.hits.truncate(1);
    }
    let carries: Vec<Identity> = needles
        .all
        .iter()
        .zip(&look.found)
        .filter(|(_, found)| **found)
        .map(|(needle, _)| needle.identity.clone())
        .collect();
    let found = record(&listed.name, format, &stamp, &look).map(|record| (record, carries));
    Ok(Some(Outcome {
        found,
        whole: unread.is_empty(),
        unread,
    }))
}

/// Plain texts are read as a stream, whatever their size.
fn is_plain(mut file: &fs_err::File, listed: &Listed) -> bool {
    use std::io::{Read as _, Seek as _};
    let mut head = Vec::new();
    let read = file.by_ref().take(4096).read_to_end(&mut head);
    let back = file.rewind();
    let sort = document::sort(&head, &listed.name);
    read.is_ok() && back.is_ok() && matches!(sort, Sort::Text(_) | Sort::Mailbox)
}

/// Looks at the first bytes of every document.
///
/// # Errors
/// As [`scan`].
pub(super) fn survey(job: &Job) -> Result<Survey, Fault> {
    use std::io::Read as _;
    job.look_at_place()?;
    let place = job.place()?;
    let patterns = job.patterns();
    let mut survey = Survey::default();
    place.walk(&AtomicBool::default(), &mut |met| {
        let documents = &mut survey.documents;
        let listed = match met {
            Met::Document(listed) => listed,
            Met::NotRead(not_read) => {
                documents.add(not_read);
                return true;
            }
            Met::Skipped => {
                documents.skipped += 1;
                return true;
            }
        };
        documents.seen += 1;
        let mut head = Vec::new();
        let size = walk::open(&listed.path).and_then(|file| {
            let size = file.metadata()?.len();
            file.take(4096).read_to_end(&mut head)?;
            Ok(size)
        });
        let why = match size {
            Err(error) => Some(walk::not_read(&error)),
            Ok(size) => match document::sort(&head, &listed.name) {
                Sort::Not(why) => Some(why),
                Sort::Text(_) | Sort::Mailbox => None,
                Sort::Compound if size <= job.settings.largest.min(LARGEST_PART) => {
                    inside(job, &listed.path)
                }
                _ => (size > job.settings.largest).then_some(Why::TooLarge),
            },
        };
        let why = match job.object_of(&patterns, &listed.name) {
            Some(_) => why,
            None => Some(Why::NoObject),
        };
        if let Some(why) = why {
            documents.add(NotRead {
                path: listed.name,
                why,
            });
        }
        if crate::disk::open_to_all(&listed.path) {
            survey.open += 1;
            if survey.open_example.is_empty() {
                survey.open_example.clone_from(&place.shown);
            }
        }
        true
    })?;
    let mut kinds = job.objects.iter().flat_map(|object| &object.find);
    survey.weak_only =
        kinds.all(|finder| finder.by.as_ref().is_some_and(|kind| !kind.is_address()));
    Ok(survey)
}

/// Whether the directory of a compound file says that nobody reads it.
fn inside(job: &Job, path: &std::path::Path) -> Option<Why> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = walk::open(path).and_then(|file| file.take(LARGEST_PART).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Some(walk::not_read(&error));
    }
    let needles = Needles::new(&[], &job.kinds()).ok()?;
    let stopped = AtomicBool::default();
    let look = Look::new(&needles, job.settings.encoding, job.budget(), &stopped);
    document::not_read_inside(&bytes, &look)
}

/// What a second look at a document told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is not there any more.
    Gone,
    /// It is there, was read to its end, and names nobody of those asked for.
    Clear,
    /// It still names the person.
    Names,
    /// It could not be read.
    NotRead(Why),
}

/// Reads one document again, after somebody said that it was dealt with.
///
/// # Errors
/// The folder itself is not there: then nothing can be said of a document in it.
pub fn still_names(
    settings: &FilesSettings,
    folder: &std::path::Path,
    key: &Key,
    identities: &[Identity],
) -> Result<Told, Fault> {
    let job = Job {
        settings: settings.clone(),
        folder: folder.to_owned(),
        objects: Vec::new(),
    };
    job.look_at_place()?;
    let place = job.place()?;
    let needles = Needles::new(identities, &job.kinds())?;
    let stopped = AtomicBool::default();
    let name = key.parts().first().map_or("", String::as_str);
    let mut told = Told::Gone;
    place.walk(&stopped, &mut |met| {
        let outcome = match met {
            Met::Document(listed) if listed.name == name => {
                read(&job, &listed, &needles, &stopped, true)
            }
            Met::NotRead(NotRead { path, why })
                if path == name || name.starts_with(&format!("{path}/")) =>
            {
                told = Told::NotRead(why);
                return false;
            }
            _ => return true,
        };
        // A name that others carry too, in the document's own path, is gone only with the document.
        told = match (&outcome.found, outcome.unread.first()) {
            (Some(_), _) => Told::Names,
            (None, Some(not_read)) => Told::NotRead(not_read.why),
            (None, None) => Told::Clear,
        };
        false
    })?;
    Ok(told)
}
