//! The `files` engine: documents in folders and shares that name a person.
//!
//! A record is a document: its key is its path, its fields say what of the person stands in it and where. Nothing is ever written;
//! what is to become of a document is a task for somebody who reads it. A question means reading everything, so that all identities
//! of a round are looked for in one walk (`scan`), by as many readers as there are processors.
//!
//! `walk` lists documents, `document` tells what they are, `text`, `markup`, `office`, `mail`, `pdf`, `outlook` and `ancient` (both over
//! `compound`) read them, `needle` and `look`
//! look for the person, `record` makes what was found a record, and `unread` holds what could not be read.

mod ancient;
mod compound;
mod document;
mod look;
mod mail;
mod markup;
pub(crate) mod needle;
mod office;
mod outlook;
pub mod pdf;
pub(crate) mod record;
mod scan;
mod text;
pub mod unread;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

pub(crate) use needle::speaks_for_itself;
pub(crate) use record::{merge, places};
pub use scan::{Told, still_names};
pub use unread::{Documents, NotRead, Why};

use crate::connector::{
    Fault, Finding, Health, Heard, Key, Notes, Object, Opening, Probe, Reader, Record, Sink,
};
use crate::disk;
use crate::inventory::Engine;
use crate::messages::{documents as say, finding as say_finding};
use crate::subject::Identity;
use scan::{Found, Job};

/// Opens folders for reading.
///
/// # Errors
/// What the settings lack.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    let Engine::Files(settings) = &opening.system.engine else {
        return Err(Fault::not_connected());
    };
    Ok(Box::new(FilesReader {
        job: Job {
            settings: settings.clone(),
            folder: opening.folder.clone(),
            objects: opening.system.objects.clone(),
        },
        announced: BTreeSet::new(),
        found: BTreeMap::new(),
        documents: None,
        heard: None,
    }))
}

struct FilesReader {
    job: Job,
    /// What is going to be asked.
    announced: BTreeSet<Identity>,
    /// What was looked for and what was found, with the object to which each document belongs.
    found: BTreeMap<Identity, Vec<Arc<(usize, Record)>>>,
    documents: Option<Documents>,
    heard: Option<Heard>,
}

impl FilesReader {
    /// Reads everything once, for this identity and all others that were announced.
    async fn look_for(&mut self, identity: &Identity) -> Result<(), Fault> {
        let mut wanted = std::mem::take(&mut self.announced);
        wanted.insert(identity.clone());
        wanted.retain(|one| !self.found.contains_key(one));
        let wanted: Vec<Identity> = wanted.into_iter().collect();
        // Set when this future ends or is dropped, so that no search outlives the time its system may take.
        let stop = StopOnDrop::default();
        let (job, stopped, heard) = (self.job.clone(), stop.0.clone(), self.heard.clone());
        let asked = wanted.clone();
        let scanned = blocking(move || scan::scan(&job, &asked, &stopped, heard.as_ref())).await?;
        for identity in wanted {
            self.found.insert(identity, Vec::new());
        }
        for Found {
            object,
            record,
            carries,
        } in scanned.found
        {
            let found = Arc::new((object, record));
            for identity in carries {
                let all = self.found.entry(identity).or_default();
                all.push(Arc::clone(&found));
            }
        }
        self.documents = Some(scanned.documents);
        Ok(())
    }
}

#[async_trait]
impl Reader for FilesReader {
    async fn check(&mut self) -> Result<Health, Fault> {
        let job = self.job.clone();
        blocking(move || job.look_at_place()).await?;
        Ok(Health {
            notes: self.notes(),
        })
    }

    fn announce(&mut self, identities: &[Identity]) {
        self.announced.extend(identities.iter().cloned());
    }

    fn report_to(&mut self, heard: Heard) {
        self.heard = Some(heard);
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let Probe::Identity(identity) = probe else {
            return Err(Fault::no_value(&object.name));
        };
        let by = object
            .find
            .get(finder)
            .and_then(|finder| finder.by.as_ref());
        if by != Some(&identity.kind) {
            return Err(Fault::no_value(&identity.kind.0));
        }
        if !self.found.contains_key(identity) {
            self.look_for(identity).await?;
        }
        for found in self.found.get(identity).into_iter().flatten() {
            let (index, record) = found.as_ref();
            let is_of_object = self.job.objects.get(*index).map(|one| &one.name);
            if is_of_object == Some(&object.name) && !sink(record.clone()) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn reads_by_key(&self, _object: &Object) -> bool {
        false
    }

    async fn read(&mut self, _object: &Object, _key: &Key) -> Result<Option<Record>, Fault> {
        Err(Fault::unreadable_here())
    }

    fn documents(&self) -> Option<Documents> {
        self.documents.clone()
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        let job = self.job.clone();
        blocking(move || examine(&job)).await
    }

    fn notes(&self) -> Notes {
        let mut notes = Notes::default();
        if let Some(documents) = &self.documents {
            if documents.unread() > 0 {
                let warning = ("W260".to_owned(), documents.in_codes());
                notes.warnings.push(warning);
            }
            if documents.skipped > 0 {
                let warning = ("W261".to_owned(), documents.skipped.to_string());
                notes.warnings.push(warning);
            }
        }
        notes
    }
}

#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs file work where it holds up no other system.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Fault::panicked()))
}

/// What is to be said of the documents before anybody is searched for: read by their first bytes only.
fn examine(job: &Job) -> Result<Vec<Finding>, Fault> {
    let survey = scan::survey(job)?;
    let documents = &survey.documents;
    let mut found = Vec::new();
    if documents.unread() > 0 {
        found.push(
            Finding::warning(
                "W260",
                say::warn_unread(documents.unread(), documents.in_words()),
            )
            .remedy(say::warn_unread_help()),
        );
    }
    if documents.skipped > 0 {
        found.push(
            Finding::warning("W261", say::warn_skipped(documents.skipped))
                .remedy(say::warn_skipped_help()),
        );
    }
    if survey.weak_only {
        found.push(Finding::hint("W262", say::hint_weak()).remedy(say::hint_weak_help()));
    }
    if survey.open > 0 {
        found.push(
            Finding::warning("W227", say_finding::open_file(survey.open_example.as_str()))
                .remedy(say_finding::open_file_help()),
        );
    }
    let place = job.place()?;
    if let Some(kind) = disk::share(place.base()) {
        found.push(
            Finding::hint("W263", say::hint_share(&place.shown, kind))
                .remedy(say::hint_share_help()),
        );
    }
    Ok(found)
}
