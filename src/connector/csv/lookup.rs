//! Asks files a question and makes records of the rows that answer it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;

use super::cell;
use super::charset::Charset;
use super::files::{Listed, Opened, Source};
use super::row::{self, Header};
use super::scan::{Failure, Row, Scan};
use super::search::Question;
use crate::connector::{Column, Fault, Holds, Key, Object, Record, Shape};

/// A row that answers a question.
pub(super) struct Hit {
    pub(super) record: Record,
    /// Offsets of the row in its file, line end included.
    pub(super) range: (u64, u64),
}

/// Serves what all readable files hold, then reports the first that could not be searched.
pub(super) fn find(
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

pub(super) fn read(source: &Source, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
    let never = AtomicBool::default();
    if !row::is_named_by_row(object) {
        let found = by_columns(source, object, HashSet::from([key.clone()]), &never)?;
        return Ok(found.into_values().next());
    }
    let (file, digest) = row_name(key)?;
    let listed = listed(source, file)?;
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

/// The rows that hold the values of a write, as if they had the key of the row that was written to.
pub(super) fn moved(
    source: &Source,
    object: &Object,
    key: &Key,
    values: Vec<(String, String)>,
    stopped: &AtomicBool,
    emit: &mut dyn FnMut(Hit) -> bool,
) -> Result<(), Fault> {
    let (file, _) = row_name(key)?;
    let opened = source.open(&listed(source, file)?, false)?;
    let question = Question::Holding(vec![values]);
    search(
        source,
        object,
        &question,
        &opened,
        stopped,
        &mut |mut hit| {
            hit.record.key = key.clone();
            emit(hit)
        },
    )
    .map(drop)
}

/// The file of this name among those that the pattern names.
fn listed(source: &Source, file: &str) -> Result<Listed, Fault> {
    let mut files = source.list()?.into_iter().flatten();
    files
        .find(|listed| listed.name == file)
        .ok_or_else(|| Fault::no_file(file))
}

/// What the columns of all readable files can hold; `find` says which are not.
pub(super) fn shape(source: &Source, object: &Object) -> Result<Shape, Fault> {
    let mut shape = Shape::new();
    for listed in source.list()?.into_iter().flatten() {
        let described = source.open(&listed, false).and_then(|opened| {
            let never = AtomicBool::default();
            let mut scan = opened.scan(source, &never)?;
            let header = read_header(source, &opened, &mut scan)?;
            require(&opened, &header, object)?;
            Ok((header, scan.charset.encoding))
        });
        let Ok((header, encoding)) = described else {
            continue;
        };
        for name in header.names() {
            let column = shape.entry(name.clone()).or_insert_with(|| Column {
                type_name: "text".into(),
                holds: Holds::Text,
                nullable: true,
                ..Column::default()
            });
            if let Some(narrow) = cell::narrow(encoding) {
                column.encoding = Some(narrow.to_owned());
            }
        }
    }
    Ok(shape)
}

/// File and digest from the key of a row.
pub(super) fn row_name(key: &Key) -> Result<(&str, &str), Fault> {
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
pub(super) enum Ended {
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

/// Every row of one file that answers the question, until `emit` returns `false`; says how the file is written.
pub(super) fn search(
    source: &Source,
    object: &Object,
    question: &Question,
    opened: &Opened,
    stopped: &AtomicBool,
    emit: &mut dyn FnMut(Hit) -> bool,
) -> Result<(Charset, Header), Fault> {
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
        Ok(()) => Ok((charset, header)),
        Err(Ended::Scan(failure)) => Err(opened.fault(source, failure)),
        Err(Ended::Fault(fault)) => Err(fault),
    }
}

/// The first row that is not empty and no hint to a spreadsheet (`sep=;`).
pub(super) fn read_header<R: std::io::Read>(
    source: &Source,
    opened: &Opened,
    scan: &mut Scan<R>,
) -> Result<Header, Fault> {
    let (encoding, delimiter) = (scan.charset.encoding, source.settings.delimiter);
    let mut next = || {
        let raw = scan
            .next_row()
            .map_err(|failure| opened.fault(source, failure))?;
        Ok::<_, Fault>(raw.unwrap_or_default())
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
pub(super) fn require(opened: &Opened, header: &Header, object: &Object) -> Result<(), Fault> {
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
