//! Retention on files: what is due in them is counted as they stream by, and a file that holds some is written anew without it.
//!
//! One pass judges every row by its own cell (`pass`). A file is one batch: the new one grows beside the old one during a second such pass,
//! and takes its place by the same steps as for a request (`rewrite`). Nothing hangs below a row of a file.

mod ordinals;
mod pass;

use std::collections::{BTreeSet, HashSet};
use std::io::{BufWriter, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tempfile::NamedTempFile;

use super::files::{self, Listed, Opened, Source};
use super::lookup::Ended;
use super::rewrite;
use super::{blocking, check_each};
use crate::connector::sweeping::{
    Candidate, Due, Leaving, Left, Namer, Renewal, Renewer, Survey, Surveyor,
};
use crate::connector::{Action, Effect, Fault, Health, Key, Object, Opening, Shape, Unread};
use crate::inventory::System;
use crate::keys::Digest;
use pass::{Fate, Judge};

/// Keys that are handed on at once.
const CHUNK: usize = 4096;

/// Counts what is due in the files of a system.
pub(super) struct CsvSurveyor {
    source: Source,
    system: Arc<System>,
    paged: Option<Paged>,
}

/// What is handed on page by page: all of it from one pass, in the order of the files.
struct Paged {
    why: Option<Left>,
    keys: std::vec::IntoIter<Key>,
}

impl Paged {
    fn next(&mut self, most: usize) -> Vec<Key> {
        self.keys.by_ref().take(most).collect()
    }
}

impl CsvSurveyor {
    pub(super) fn new(opening: &Opening) -> Result<CsvSurveyor, Fault> {
        Ok(CsvSurveyor {
            source: Source::new(opening)?,
            system: Arc::clone(&opening.system),
            paged: None,
        })
    }

    /// Looks through all files, and names of the rows that are due those that are wanted.
    ///
    /// A file that cannot be read to its end counts nothing and keeps no other one from being looked through; where none can be, its fault is
    /// the answer.
    async fn look(
        &self,
        object: &Object,
        due: &Due,
        wanted: Wanted,
    ) -> Result<(Survey, Vec<Key>), Fault> {
        let source = self.source.clone();
        let (object, due) = (object.clone(), due.clone());
        let stop = StopOnEnd::default();
        let stopped = Arc::clone(&stop.0);
        let looked = blocking(move || {
            let judge = Judge::new(&source, &object, &due)?;
            let (mut survey, mut keys, mut read) = (Survey::default(), Vec::new(), false);
            for listed in source.list()? {
                match count(&judge, &source, &listed?, &stopped, &wanted) {
                    Ok((one, named)) => {
                        read = true;
                        survey.records += one.records;
                        survey.due += one.due;
                        survey.unknown += one.unknown;
                        survey.future += one.future;
                        survey.oldest = survey.oldest.into_iter().chain(one.oldest).min();
                        keys.extend(named);
                    }
                    Err(fault) => survey.broken = survey.broken.or(Some(fault)),
                }
            }
            match survey.broken {
                Some(fault) if !read => Err(fault),
                _ => Ok((survey, keys)),
            }
        })
        .await;
        drop(stop);
        looked
    }
}

/// Which of the rows that are due are to be named.
enum Wanted {
    None,
    All,
    Among(HashSet<Key>),
}

/// What a rule meets in one file.
fn count(
    judge: &Judge<'_>,
    source: &Source,
    listed: &Listed,
    stopped: &AtomicBool,
    wanted: &Wanted,
) -> Result<(Survey, Vec<Key>), Fault> {
    let opened = source.open(listed, false)?;
    let (mut survey, mut keys) = (Survey::default(), Vec::new());
    let counted = judge.pass(&opened, stopped, None, &mut |row| {
        survey.due += 1;
        survey.oldest = survey.oldest.into_iter().chain([row.day()]).min();
        match wanted {
            Wanted::None => {}
            Wanted::All => keys.push(row.key()?),
            Wanted::Among(some) => {
                let key = row.key()?;
                if some.contains(&key) {
                    keys.push(key);
                }
            }
        }
        Ok(Fate::Stays)
    })?;
    survey.records = counted.records;
    survey.unknown = counted.unknown;
    survey.future = counted.future;
    Ok((survey, keys))
}

impl CsvSurveyor {
    /// The next keys of what was asked for last; none of anything else.
    fn page(&mut self, why: Option<Left>, most: usize) -> Vec<Key> {
        let paged = self.paged.as_mut().filter(|paged| paged.why == why);
        paged.map_or_else(Vec::new, |paged| paged.next(most))
    }

    /// The rows that are left alone for one reason, of which there are seldom many.
    async fn aside(&self, object: &Object, due: &Due, why: Left) -> Result<Vec<Key>, Fault> {
        let source = self.source.clone();
        let (object, due) = (object.clone(), due.clone());
        let stop = StopOnEnd::default();
        let stopped = Arc::clone(&stop.0);
        blocking(move || {
            let judge = Judge::new(&source, &object, &due)?;
            let mut keys = Vec::new();
            for listed in source.list()? {
                let opened = source.open(&listed?, false)?;
                judge.left(&opened, &stopped, &mut |found, key| {
                    if found == why {
                        keys.push(key);
                    }
                })?;
            }
            Ok(keys)
        })
        .await
    }
}

/// Ends a search of files whose future nobody waits for any more.
#[derive(Default)]
struct StopOnEnd(Arc<AtomicBool>);

impl Drop for StopOnEnd {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Surveyor for CsvSurveyor {
    async fn check(&mut self) -> Result<Health, Fault> {
        let source = self.source.clone();
        let objects = self.system.objects.clone();
        let notes = blocking(move || check_each(&source, &objects)).await?;
        Ok(Health { notes })
    }

    async fn survey(&mut self, object: &Object, due: &Due) -> Result<Survey, Fault> {
        let (survey, _) = self.look(object, due, Wanted::None).await?;
        Ok(survey)
    }

    async fn due(&mut self, object: &Object, due: &Due) -> Result<u64, Fault> {
        Ok(self.survey(object, due).await?.due)
    }

    async fn still(&mut self, object: &Object, due: &Due, keys: &[Key]) -> Result<Vec<Key>, Fault> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = Wanted::Among(keys.iter().cloned().collect());
        let (_, found) = self.look(object, due, wanted).await?;
        Ok(found)
    }

    async fn next(
        &mut self,
        object: &Object,
        due: &Due,
        after: Option<&Candidate>,
        most: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        if after.is_none() {
            let (_, keys) = self.look(object, due, Wanted::All).await?;
            self.paged = Some(Paged {
                why: None,
                keys: keys.into_iter(),
            });
        }
        let page = self.page(None, most);
        let candidate = |key| Candidate {
            key,
            start: String::new(),
        };
        Ok(page.into_iter().map(candidate).collect())
    }

    async fn left(
        &mut self,
        object: &Object,
        due: &Due,
        why: Left,
        after: Option<&Key>,
        most: usize,
    ) -> Result<Vec<Key>, Fault> {
        if after.is_none() {
            let keys = self.aside(object, due, why).await?;
            self.paged = Some(Paged {
                why: Some(why),
                keys: keys.into_iter(),
            });
        }
        Ok(self.page(Some(why), most))
    }

    async fn described(&mut self, _object: &Object) -> Result<(Shape, Unread), Fault> {
        // Whether what is left of a row is anonymous could only be told by everything else that lies in the files.
        Err(Fault::not_anonymised_here())
    }
}

/// Writes the files of a system anew.
pub(super) struct CsvRenewer {
    source: Source,
    waiting: Option<Waiting>,
}

/// A new file beside the old one, which stays locked meanwhile.
struct Waiting {
    opened: Opened,
    new: NamedTempFile,
}

impl CsvRenewer {
    pub(super) fn new(opening: &Opening) -> Result<CsvRenewer, Fault> {
        Ok(CsvRenewer {
            source: Source::new(opening)?,
            waiting: None,
        })
    }
}

#[async_trait]
impl Renewer for CsvRenewer {
    async fn files(&mut self) -> Result<Vec<String>, Fault> {
        let source = self.source.clone();
        blocking(move || {
            rewrite::recover(&source)?;
            let files: Result<Vec<Listed>, Fault> = source.list()?.into_iter().collect();
            Ok(files?.into_iter().map(|listed| listed.name).collect())
        })
        .await
    }

    async fn prepare(&mut self, renewal: Renewal, taken: Leaving) -> Result<u64, Fault> {
        self.waiting = None;
        let source = self.source.clone();
        let (count, waiting) = blocking(move || prepare(&source, &renewal, &taken)).await?;
        self.waiting = waiting;
        Ok(count)
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        let Some(Waiting { opened, new }) = self.waiting.take() else {
            return Ok(());
        };
        blocking(move || {
            let name = opened.listed.name.clone();
            match rewrite::put_in_place(&opened, new) {
                Ok(Effect::Done) => Ok(()),
                // Somebody wrote to it while it was read.
                Ok(Effect::Changed) => Err(Fault::changed_file(&name)),
                Ok(_) => Err(Fault::unsynced(&name)),
                Err(error) => Err(Fault::unwritable(&name, files::reason(&error))),
            }
        })
        .await
    }

    async fn undo(&mut self) {
        self.waiting = None;
    }

    async fn untouched(
        &mut self,
        renewal: Renewal,
        names: Arc<BTreeSet<Digest>>,
        namer: Namer,
    ) -> Result<BTreeSet<Digest>, Fault> {
        let source = self.source.clone();
        blocking(move || {
            let judge = Judge::new(&source, &renewal.object, &renewal.due)?;
            let opened = source.open(&listed(&source, &renewal.file)?, false)?;
            judge.among(&opened, &renewal.stopped, &names, &namer)
        })
        .await
    }
}

fn listed(source: &Source, file: &str) -> Result<Listed, Fault> {
    let mut files = source.list()?.into_iter().flatten();
    let found = files.find(|listed| listed.name == file);
    found.ok_or_else(|| Fault::no_file(file))
}

/// Writes the new file; `None` beside the count if nothing would go.
fn prepare(
    source: &Source,
    renewal: &Renewal,
    taken: &Leaving,
) -> Result<(u64, Option<Waiting>), Fault> {
    let judge = Judge::new(source, &renewal.object, &renewal.due)?;
    let listed = listed(source, &renewal.file)?;
    let opened = source.open(&listed, true)?;
    let new = rewrite::begin(source, &opened)?;
    let failed = |error| Fault::unwritable(&listed.name, files::reason(&error));
    let mut out = BufWriter::with_capacity(1 << 20, new.as_file());
    let (mut count, mut keys) = (0, Vec::with_capacity(CHUNK));
    // Whoever takes them is gone where nobody wants the file any more.
    let hand_on = |keys: Vec<Key>| {
        let sent = taken.blocking_send(keys);
        sent.map_err(|_| Ended::Fault(Fault::interrupted()))
    };
    let counted = judge.pass(&opened, &renewal.stopped, Some(&mut out), &mut |row| {
        let key = row.key()?;
        if renewal.spared.contains(&key) {
            return Ok(Fate::Stays);
        }
        if count == renewal.most {
            return Err(Fault::more_than_shown(&renewal.file).into());
        }
        count += 1;
        keys.push(key);
        if keys.len() == CHUNK {
            hand_on(std::mem::replace(&mut keys, Vec::with_capacity(CHUNK)))?;
        }
        match renewal.due.action {
            Action::Remove => Ok(Fate::Goes),
            _ => Ok(Fate::Becomes(row.restricted()?)),
        }
    })?;
    if !keys.is_empty() {
        hand_on(keys).map_err(|_| Fault::interrupted())?;
    }
    out.flush().map_err(failed)?;
    drop(out);
    if count == 0 {
        return Ok((0, None));
    }
    if counted.lost_its_end {
        rewrite::trim(&new, counted.charset).map_err(failed)?;
    }
    rewrite::finish(&opened, &new)?;
    Ok((count, Some(Waiting { opened, new })))
}
