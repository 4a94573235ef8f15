//! The `csv` engine: people in the rows of text files.
//!
//! Every object of the system reads all files that the system's pattern names. A row is found by searching the raw bytes (`scan`)
//! for what could be the person (`search`); only rows that hold a hit are parsed (`row`) and made records (`lookup`). Rows are
//! removed and cells changed (`cell`) by writing each file once for all records of an action (`write`, `rewrite`).
//!
//! Unless an object names key columns, a row is named by its file, a keyed digest of its bytes and its ordinal among equal rows of
//! that file, so that removing one row moves no other's name. Changing a row does: it is then recognised by what was written to it
//! (`lookup::moved`). Key columns must name one row over all files.

mod cell;
mod charset;
mod files;
mod kill;
mod lookup;
mod parity;
mod rewrite;
mod row;
mod scan;
mod search;
mod sweep;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use crate::connector::object::{Field, Mask};
use crate::connector::outline::{Collection, Outline, OutlineColumn};
use crate::connector::sweeping::{Cleared, Renewer, Surveyor};
use crate::connector::{
    Action, Changes, Fault, Finding, Health, Key, Notes, Object, Opening, Probe, Reader, Record,
    Shape, Sink, Writer,
};
use crate::diagnostic::{Diagnostic, Exit};
use crate::disk;
use crate::inventory::CsvSettings;
use crate::messages::{csv as say, finding as say_finding};
use crate::plan::Approved;
use files::{Listed, Source};
use lookup::{Hit, find, read, read_header, require};
use search::Question;

/// A file above this size makes `check` mention it.
const LARGE: u64 = 1 << 30;

/// Opens the files of a system for reading.
///
/// # Errors
/// The encoding cannot be read row by row.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    Ok(Box::new(CsvReader {
        source: Source::new(opening)?,
        name: opening.system.name.clone(),
        objects: opening.system.objects.clone(),
        notes: Notes::default(),
    }))
}

/// Opens the files of a system for carrying out an approved plan, and nothing else.
///
/// # Errors
/// The encoding cannot be read row by row.
pub fn writer(opening: &Opening, approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    Ok(Box::new(write::CsvWriter::new(
        Source::new(opening)?,
        approved,
    )))
}

/// Opens the files of a system to look for what is due.
///
/// # Errors
/// The encoding cannot be read row by row.
pub fn surveyor(opening: &Opening) -> Result<Box<dyn Surveyor>, Fault> {
    Ok(Box::new(sweep::CsvSurveyor::new(opening)?))
}

/// Opens the files of a system to write them anew as a cleared rule says.
///
/// # Errors
/// The encoding cannot be read row by row.
pub fn renewer(opening: &Opening, _cleared: &Cleared) -> Result<Box<dyn Renewer>, Fault> {
    Ok(Box::new(sweep::CsvRenewer::new(opening)?))
}

/// What an action does, for the plan: `?` stands for each value that differs from record to record.
pub fn describe(settings: &CsvSettings, object: &Object, action: Action) -> Vec<String> {
    let (word, path) = (action.word(), &settings.path);
    let cells: Vec<String> = match action {
        Action::Remove => return vec![format!("{word} row from {path}")],
        Action::Anonymise | Action::Rectify => {
            let keeps = |field: &&Field| {
                field.fixed || (action == Action::Anonymise && field.mask == Some(Mask::Keep))
            };
            let fields = object.fields.iter().filter(|field| !keeps(field));
            let fields = fields.filter(|field| !object.key.contains(&field.name));
            fields.map(|field| format!("{} = ?", field.name)).collect()
        }
        Action::Restrict | Action::Unrestrict | Action::Suppress => {
            let sets = object.sets(action).iter();
            sets.map(|(column, value)| {
                let value = value.as_deref().unwrap_or_default();
                format!("{column} = \"{value}\"")
            })
            .collect()
        }
    };
    if cells.is_empty() {
        return Vec::new();
    }
    vec![format!("{word} row in {path}: {}", cells.join(", "))]
}

/// A warning of this engine (W220 to W222) with its remedy; the second argument is the file that [`Notes`] names with the code.
pub fn warning(code: &str, path: &str) -> Option<Diagnostic> {
    let (code, what, help) = match code {
        "W220" => ("W220", say::warn_folder(path), say::warn_folder_help()),
        "W221" => ("W221", say::warn_large(path), say::warn_large_help()),
        "W222" => ("W222", say::warn_links(path), say::warn_links_help()),
        _ => return None,
    };
    Some(Diagnostic::new(code, Exit::Done, what).help(help))
}

struct CsvReader {
    source: Source,
    name: String,
    objects: Vec<Object>,
    notes: Notes,
}

#[async_trait]
impl Reader for CsvReader {
    async fn check(&mut self) -> Result<Health, Fault> {
        let source = self.source.clone();
        let objects = self.objects.clone();
        let notes = blocking(move || check(&source, &objects)).await?;
        self.notes = notes.clone();
        Ok(Health { notes })
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let Some(question) = Question::new(object, finder, probe)? else {
            return Ok(());
        };
        let (source, object) = (self.source.clone(), object.clone());
        stream(sink, move |stopped, emit| {
            find(&source, &object, &question, stopped, emit)
        })
        .await
    }

    async fn shape(&mut self, object: &Object) -> Result<Shape, Fault> {
        let (source, object) = (self.source.clone(), object.clone());
        blocking(move || lookup::shape(&source, &object)).await
    }

    fn reads_by_key(&self, _object: &Object) -> bool {
        true
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        let (source, object, key) = (self.source.clone(), object.clone(), key.clone());
        blocking(move || read(&source, &object, &key)).await
    }

    fn keys_follow_content(&self, object: &Object) -> bool {
        row::is_named_by_row(object)
    }

    async fn moved(
        &mut self,
        object: &Object,
        action: Action,
        key: &Key,
        changes: &Changes,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let values = row::values(object, action, changes);
        if values.is_empty() || !row::is_named_by_row(object) {
            return Ok(());
        }
        let (source, object, key) = (self.source.clone(), object.clone(), key.clone());
        stream(sink, move |stopped, emit| {
            lookup::moved(&source, &object, &key, values, stopped, emit)
        })
        .await
    }

    async fn outline(&mut self) -> Result<Option<Outline>, Fault> {
        let (source, name) = (self.source.clone(), self.name.clone());
        blocking(move || outline(&source, name).map(Some)).await
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        let source = self.source.clone();
        let warnings = self.notes.warnings.clone();
        blocking(move || examine(&source, &warnings)).await
    }

    fn notes(&self) -> Notes {
        self.notes.clone()
    }
}

/// Hands on what a search of files finds while it goes on.
async fn stream(
    sink: Sink<'_>,
    search: impl FnOnce(&AtomicBool, &mut dyn FnMut(Hit) -> bool) -> Result<(), Fault> + Send + 'static,
) -> Result<(), Fault> {
    let (send, mut found) = tokio::sync::mpsc::channel(64);
    // Set when this future ends or is dropped, so that no search outlives the time its system may take.
    let stop = StopOnDrop::default();
    let stopped = stop.0.clone();
    let search = tokio::task::spawn_blocking(move || {
        search(&stopped, &mut |hit| send.blocking_send(hit.record).is_ok())
    });
    while let Some(record) = found.recv().await {
        if !sink(record) {
            return Ok(());
        }
    }
    search.await.unwrap_or_else(|_| Err(Fault::panicked()))
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

/// Looks at every file's header; the first fault of any ends it.
fn check(source: &Source, objects: &[Object]) -> Result<Notes, Fault> {
    let mut notes = Notes::default();
    for listed in source.list()? {
        check_file(source, &listed?, objects, &mut notes)?;
    }
    Ok(notes)
}

/// The same where a file that cannot be read is told by what is read of it later, and keeps nobody from the others.
fn check_each(source: &Source, objects: &[Object]) -> Result<Notes, Fault> {
    let mut notes = Notes::default();
    for listed in source.list()?.into_iter().flatten() {
        if let Err(fault) = check_file(source, &listed, objects, &mut notes) {
            tracing::debug!(code = fault.code, "a file among others");
        }
    }
    Ok(notes)
}

fn check_file(
    source: &Source,
    listed: &Listed,
    objects: &[Object],
    notes: &mut Notes,
) -> Result<(), Fault> {
    let opened = source.open(listed, false)?;
    let header = read_header(
        source,
        &opened,
        &mut opened.scan(source, &AtomicBool::default())?,
    )?;
    for object in objects {
        require(&opened, &header, object)?;
    }
    let mut warn = |code: &str| notes.warnings.push((code.to_owned(), listed.name.clone()));
    if opened.stamp.size > LARGE {
        warn("W221");
    }
    match (opened.stamp.names, files::refusal(&listed.path)) {
        (2.., _) => warn("W222"),
        (_, Some(_)) => warn("W220"),
        (_, None) => {}
    }
    Ok(())
}

/// The columns of the files as one collection, named like the system.
fn outline(source: &Source, name: String) -> Result<Outline, Fault> {
    let mut columns: Vec<(String, usize)> = Vec::new();
    let mut files = 0;
    for listed in source.list()? {
        let listed = listed?;
        let opened = source.open(&listed, false)?;
        let header = read_header(
            source,
            &opened,
            &mut opened.scan(source, &AtomicBool::default())?,
        )?;
        files += 1;
        for name in header.names() {
            match columns.iter_mut().find(|(known, _)| known == name) {
                Some((_, count)) => *count += 1,
                None => columns.push((name.clone(), 1)),
            }
        }
    }
    let (everywhere, somewhere): (Vec<_>, Vec<_>) =
        columns.into_iter().partition(|(_, count)| *count == files);
    let column = |(name, _)| OutlineColumn {
        name,
        ..OutlineColumn::default()
    };
    Ok(Outline {
        collections: vec![Collection {
            name,
            columns: everywhere.into_iter().map(column).collect(),
            uneven: somewhere.into_iter().map(|(name, _)| name).collect(),
            ..Collection::default()
        }],
    })
}

/// What was noted of the files, and what is to be said of the places where they lie.
fn examine(source: &Source, warnings: &[(String, String)]) -> Result<Vec<Finding>, Fault> {
    let mut found = Vec::new();
    for diagnostic in warnings
        .iter()
        .filter_map(|(code, path)| warning(code, path))
    {
        let mut finding = Finding::warning(diagnostic.code, diagnostic.what);
        finding.remedy = diagnostic.help.into_iter().next();
        found.push(finding);
    }
    for listed in source.list()?.into_iter().flatten() {
        let folder = listed.path.parent().unwrap_or(&listed.path);
        if let Some(kind) = disk::share(folder) {
            let text = say_finding::share(&listed.name, kind);
            found.push(Finding::warning("W229", text).remedy(say_finding::share_help()));
        }
        if disk::open_to_all(&listed.path) {
            found.push(
                Finding::warning("W227", say_finding::open_file(&listed.name))
                    .remedy(say_finding::open_file_help())
                    .statement(format!("chmod o= {}", disk::word(&listed.name))),
            );
        }
    }
    Ok(found)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use crate::inventory::{Engine, Status, System, Timeouts};

    pub(crate) fn system(engine: Engine) -> System {
        System {
            name: "events".into(),
            engine,
            status: Status::Active,
            owner: None,
            control: None,
            within: Duration::from_secs(60),
            timeouts: Timeouts {
                connect: Duration::from_secs(5),
                request: Duration::from_secs(30),
                lock: Duration::from_millis(50),
            },
            settings: BTreeMap::new(),
            insecure_http: false,
            unconfirmed_writes: false,
            objects: Vec::new(),
        }
    }

    #[test]
    fn every_warning_has_words_and_a_remedy() {
        for code in ["W220", "W221", "W222"] {
            let diagnostic = super::warning(code, "events/a.csv").unwrap();
            assert_eq!(diagnostic.code, code);
            assert!(diagnostic.is_warning() && diagnostic.what.de.contains("events/a.csv"));
            assert_eq!(diagnostic.help.len(), 1);
        }
        assert!(super::warning("W999", "").is_none());
    }
}
