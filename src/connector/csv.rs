//! The `csv` engine: people in the rows of text files.
//!
//! Every object of the system reads all files that the system's pattern names. A row is found by searching the raw bytes (`scan`)
//! for what could be the person (`search`); only rows that hold a hit are parsed (`row`). Rows are removed by writing each file
//! once, without them (`rewrite`). Other actions come later.
//!
//! Unless an object names key columns, a row is named by its file, a keyed digest of its bytes and its ordinal among equal rows of
//! that file, so that removing one row moves no other's name. Key columns must name one row over all files.

mod files;
mod rewrite;
mod row;
mod scan;
mod search;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use crate::connector::{
    Action, Fault, Health, Key, Notes, Object, Opening, Probe, Reader, Record, Sink, Writer,
};
use crate::diagnostic::{Diagnostic, Exit};
use crate::inventory::CsvSettings;
use crate::messages::csv as say;
use crate::plan::Approved;
use files::{Opened, Source};
use row::Header;
use scan::{Charset, Failure, Row, Scan};
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
        objects: opening.system.objects.clone(),
        notes: Notes::default(),
    }))
}

/// Opens the files of a system for carrying out an approved plan, and nothing else.
///
/// # Errors
/// The encoding cannot be read row by row.
pub fn writer(opening: &Opening, approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    Ok(Box::new(rewrite::CsvWriter::new(
        Source::new(opening)?,
        approved,
    )))
}

/// What an action does, for the plan.
pub fn describe(settings: &CsvSettings, _object: &Object, action: Action) -> Vec<String> {
    vec![format!("{} row from {}", action.word(), settings.path)]
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
    objects: Vec<Object>,
    notes: Notes,
}

/// A row that answers a question.
struct Hit {
    record: Record,
    /// Offsets of the row in its file, line end included.
    range: (u64, u64),
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
        let (send, mut found) = tokio::sync::mpsc::channel(64);
        // Set when this future ends or is dropped, so that no search outlives the time its system may take.
        let stop = StopOnDrop::default();
        let stopped = stop.0.clone();
        let search = tokio::task::spawn_blocking(move || {
            find(&source, &object, &question, &stopped, &mut |hit| {
                send.blocking_send(hit.record).is_ok()
            })
        });
        while let Some(record) = found.recv().await {
            if !sink(record) {
                return Ok(());
            }
        }
        search.await.unwrap_or_else(|_| Err(Fault::panicked()))
    }

    fn reads_by_key(&self, _object: &Object) -> bool {
        true
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        let (source, object, key) = (self.source.clone(), object.clone(), key.clone());
        blocking(move || read(&source, &object, &key)).await
    }

    fn notes(&self) -> Notes {
        self.notes.clone()
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

/// Looks at every file's header; the first fault of any ends it.
fn check(source: &Source, objects: &[Object]) -> Result<Notes, Fault> {
    let mut notes = Notes::default();
    for listed in source.list()? {
        let listed = listed?;
        let opened = source.open(&listed, false)?;
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
    }
    Ok(notes)
}

/// Serves what all readable files hold, then reports the first that could not be searched.
fn find(
    source: &Source,
    object: &Object,
    question: &Question,
    stopped: &AtomicBool,
    emit: &mut dyn FnMut(Hit) -> bool,
) -> Result<(), Fault> {
    let named_by_row = row::is_named_by_row(object);
    let mut keys = HashSet::new();
    let mut fault = None;
    for listed in source.list()? {
        let mut all = true;
        let searched = listed.and_then(|listed| {
            let opened = source.open(&listed, false)?;
            search(source, object, question, &opened, stopped, &mut |hit| {
                if !named_by_row {
                    keys.insert(hit.record.key.clone());
                }
                all = emit(hit);
                all
            })
        });
        if !all {
            return Ok(());
        }
        if let Err(error) = searched {
            fault.get_or_insert(error);
        }
    }
    if let Some(fault) = fault {
        return Err(fault);
    }
    if keys.is_empty() {
        return Ok(());
    }
    // A key that two rows share would let a step reach the wrong one.
    by_columns(source, object, keys, stopped).map(drop)
}

fn read(source: &Source, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
    let never = AtomicBool::default();
    if !row::is_named_by_row(object) {
        let found = by_columns(source, object, HashSet::from([key.clone()]), &never)?;
        return Ok(found.into_values().next());
    }
    let (file, digest) = row_name(key)?;
    let files = source.list()?;
    let Some(listed) = files
        .into_iter()
        .flatten()
        .find(|listed| listed.name == file)
    else {
        return Err(Fault::no_file(file));
    };
    let question = Question::Rows(HashSet::from([digest.to_owned()]));
    let mut found = None;
    let opened = source.open(&listed, false)?;
    search(source, object, &question, &opened, &never, &mut |hit| {
        if hit.record.key == *key {
            found = Some(hit.record);
        }
        found.is_none()
    })?;
    Ok(found)
}

/// File and digest from the key of a row.
fn row_name(key: &Key) -> Result<(&str, &str), Fault> {
    match key.parts() {
        [file, digest, _ordinal] => Ok((file, digest)),
        _ => Err(Fault::empty_key(row::ROW)),
    }
}

/// The records under keys made of columns.
///
/// # Errors
/// Two rows share a key, or a file could not be searched and may hold a second one.
fn by_columns(
    source: &Source,
    object: &Object,
    keys: HashSet<Key>,
    stopped: &AtomicBool,
) -> Result<HashMap<Key, Record>, Fault> {
    let question = Question::Keys(keys);
    let mut found = HashMap::new();
    let mut twice = false;
    for listed in source.list()? {
        let opened = source.open(&listed?, false)?;
        search(source, object, &question, &opened, stopped, &mut |hit| {
            let key = hit.record.key.clone();
            twice |= found.insert(key, hit.record).is_some();
            !twice
        })?;
        if twice {
            return Err(Fault::two_records());
        }
    }
    Ok(found)
}

/// Why the rows of a file ended early.
enum Ended {
    Scan(Failure),
    Fault(Fault),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Ended {
        Ended::Scan(failure)
    }
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Ended {
        Ended::Fault(fault)
    }
}

/// Every row of one file that answers the question, until `emit` returns `false`; says how the file's bytes are read.
fn search(
    source: &Source,
    object: &Object,
    question: &Question,
    opened: &Opened,
    stopped: &AtomicBool,
    emit: &mut dyn FnMut(Hit) -> bool,
) -> Result<Charset, Fault> {
    let mut scan = opened.scan(source, stopped)?;
    let header = read_header(source, opened, &mut scan)?;
    require(opened, &header, object)?;
    let (charset, delimiter) = (scan.charset, source.settings.delimiter);
    let named_by_row = row::is_named_by_row(object);
    let mut equals: HashMap<String, u64> = HashMap::new();
    let mut visit = |row: Row<'_>| -> Result<bool, Ended> {
        let digest = || source.row_key.mac(row.raw).hex();
        if let Question::Rows(wanted) = question
            && !wanted.contains(&digest())
        {
            return Ok(true);
        }
        let fields = row::fields(row.raw, charset.encoding, delimiter)
            .filter(|fields| fields.len() == header.width())
            .ok_or(Failure::Broken(row.start))?;
        if !question.fits(&header, &fields) {
            return Ok(true);
        }
        let key = if named_by_row {
            let digest = digest();
            let before = equals.entry(digest.clone()).or_default();
            let parts = vec![opened.listed.name.clone(), digest, before.to_string()];
            *before += 1;
            Key::new(parts).map_err(|_| Fault::empty_key(row::ROW))?
        } else {
            match (header.key(object, &fields), question) {
                // A row without a key can be no answer to a question for keys.
                (Err(_), Question::Keys(_)) => return Ok(true),
                (Ok(key), Question::Keys(wanted)) if !wanted.contains(&key) => return Ok(true),
                (key, _) => key?,
            }
        };
        let data = header.data(fields);
        Ok(emit(Hit {
            record: Record { key, data },
            range: (row.start, row.end),
        }))
    };
    let pattern = question.pattern(charset.encoding);
    let strict = question.needs_text(charset.encoding);
    match scan.rows(pattern.as_ref(), strict, &mut visit) {
        Ok(()) => Ok(charset),
        Err(Ended::Scan(failure)) => Err(opened.fault(source, failure)),
        Err(Ended::Fault(fault)) => Err(fault),
    }
}

/// The first row that is not empty and no hint to a spreadsheet (`sep=;`).
fn read_header<R: std::io::Read>(
    source: &Source,
    opened: &Opened,
    scan: &mut Scan<R>,
) -> Result<Header, Fault> {
    let (encoding, delimiter) = (scan.charset.encoding, source.settings.delimiter);
    let mut next = || {
        let raw = scan
            .next_row()
            .map_err(|failure| opened.fault(source, failure))?;
        Ok(raw.unwrap_or_default())
    };
    let mut raw = next()?;
    let hint = encoding.decode_without_bom_handling(&raw).0.to_lowercase();
    if hint.starts_with("sep=") && hint.chars().count() <= 5 {
        raw = next()?;
    }
    row::fields(&raw, encoding, delimiter)
        .map(Header::new)
        .ok_or_else(|| Fault::broken_file(&opened.listed.name, 1u64))
}

/// Every column that the object speaks of stands in the file, once.
fn require(opened: &Opened, header: &Header, object: &Object) -> Result<(), Fault> {
    for column in row::needed(object) {
        if header.position(column).is_none() {
            return Err(Fault::no_header(&opened.listed.name, column));
        }
        if header.is_ambiguous(column) {
            return Err(Fault::broken_file(&opened.listed.name, 1u64));
        }
    }
    Ok(())
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
}
