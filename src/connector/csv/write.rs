//! Carries out what an approved plan says about rows: looks for all of them first, then has each file rewritten once.
//!
//! Nothing is written while anything about the values is in doubt: a character that one file's encoding lacks stops all of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use serde_json::Value;

use super::charset::Charset;
use super::files::{self, Listed, Opened, Source};
use super::lookup::{row_name, search};
use super::rewrite::{self, Edit};
use super::row::{self, Header};
use super::search::Question;
use super::{blocking, cell};
use crate::connector::{
    Action, Changes, Digester, Effect, Fault, Key, Object, Record, Target, Writer,
};
use crate::keys::Digest;
use crate::plan::Approved;

pub(super) struct CsvWriter {
    source: Source,
    /// Object, key and action of every step of the plan for this system, with what it changes.
    approved: HashMap<(String, Key, Action), Changes>,
}

impl CsvWriter {
    pub(super) fn new(source: Source, approved: &Approved) -> CsvWriter {
        let steps = approved.plan().steps.iter();
        let approved = steps
            .filter(|step| step.system == source.system)
            .filter_map(|step| {
                let place = (step.object.clone(), step.key.clone(), step.action?);
                Some((place, step.changes.clone()))
            })
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
            object.can(action) && self.approved.get(&step) == Some(target.changes)
        };
        if !targets.iter().all(planned) {
            // Something outside of the plan asked: nothing of what it asked is carried out.
            return targets.iter().map(|_| Err(Fault::read_only())).collect();
        }
        let wanted: Vec<Wanted> = targets
            .iter()
            .map(|target| Wanted {
                key: target.record.key.clone(),
                data: target.record.data.clone(),
                before: *target.before,
                values: row::values(object, action, target.changes),
            })
            .collect();
        let work = Work {
            source: self.source.clone(),
            object: object.clone(),
            action,
            digester: digester.clone(),
            wanted,
        };
        // A started rewrite is not cut short with this future; the new file takes its place or not at all.
        blocking(move || Ok(work.carry_out()))
            .await
            .unwrap_or_else(|_| targets.iter().map(|_| Ok(Effect::Unknown)).collect())
    }

    async fn recover(&mut self) -> Result<(), Fault> {
        let source = self.source.clone();
        blocking(move || rewrite::recover(&source)).await
    }
}

/// One row that is to be written to.
struct Wanted {
    key: Key,
    /// As it was read just now.
    data: Value,
    before: Digest,
    /// New texts by column.
    values: Vec<(String, String)>,
}

/// What one call of the writer has to do.
struct Work {
    source: Source,
    object: Object,
    action: Action,
    digester: Digester,
    wanted: Vec<Wanted>,
}

/// Index of the target and place of its row, line end included.
type Place = (usize, (u64, u64));

/// A file with the rows that are written to.
struct Part {
    opened: Opened,
    charset: Charset,
    header: Header,
    rows: Vec<Place>,
}

/// What is known about one target before anything is written.
#[derive(Clone)]
enum Found {
    Nowhere,
    Once,
    Settled(Result<Effect, Fault>),
}

impl Work {
    fn carry_out(&self) -> Vec<Result<Effect, Fault>> {
        let all = |result: Result<Effect, Fault>| vec![result; self.wanted.len()];
        let files = match self.source.list() {
            Ok(files) => files,
            Err(fault) => return all(Err(fault)),
        };
        let (found, mut parts, mut results) = self.look(files);
        for part in &mut parts {
            part.rows
                .retain(|(index, _)| matches!(found[*index], Found::Once));
        }
        parts.retain(|part| !part.rows.is_empty());
        // All new rows of all files are made before the first file is touched.
        let edits: Result<Vec<Vec<Edit>>, Fault> =
            parts.iter().map(|part| self.edits(part)).collect();
        match edits {
            Err(fault) => {
                for (index, _) in parts.iter().flat_map(|part| &part.rows) {
                    results[*index] = Err(fault.clone());
                }
            }
            Ok(edits) => {
                for (part, edits) in parts.iter().zip(edits) {
                    let result = match edits.is_empty() {
                        true => Ok(Effect::Done),
                        false => rewrite::rewrite(&self.source, &part.opened, part.charset, edits),
                    };
                    for (index, _) in &part.rows {
                        results[*index] = result.clone();
                    }
                }
            }
        }
        results
    }

    /// Looks for all targets in all files.
    fn look(
        &self,
        files: Vec<Result<Listed, Fault>>,
    ) -> (Vec<Found>, Vec<Part>, Vec<Result<Effect, Fault>>) {
        let named_by_row = row::is_named_by_row(&self.object);
        let mut found = vec![Found::Nowhere; self.wanted.len()];
        let mut parts = Vec::new();
        // What befalls targets that are found nowhere: with key columns, a file that was not searched may hold them.
        let mut unsearched = None;
        let mut seen = HashSet::new();
        for listed in files {
            let here: Vec<usize> = match &listed {
                Ok(listed) if named_by_row => {
                    seen.insert(listed.name.clone());
                    self.in_file(&listed.name)
                }
                Err(_) if named_by_row => continue,
                _ => (0..self.wanted.len()).collect(),
            };
            if here.is_empty() {
                continue;
            }
            let part = listed
                .and_then(|listed| self.source.open(&listed, true))
                .and_then(|opened| self.in_opened(opened, &here, named_by_row));
            match part {
                Err(fault) if named_by_row => {
                    for index in here {
                        found[index] = Found::Settled(Err(fault.clone()));
                    }
                }
                Err(fault) => unsearched = unsearched.or(Some(fault)),
                Ok((part, states)) => {
                    for ((index, _), state) in part.rows.iter().zip(states) {
                        found[*index] = match found[*index] {
                            Found::Nowhere if state == self.wanted[*index].before => Found::Once,
                            Found::Nowhere => Found::Settled(Ok(Effect::Changed)),
                            _ => Found::Settled(Err(Fault::two_records())),
                        };
                    }
                    parts.push(part);
                }
            }
        }
        let results = found
            .iter()
            .zip(&self.wanted)
            .map(|(found, wanted)| match (found, &unsearched) {
                (Found::Settled(result), _) => result.clone(),
                (Found::Once, _) => Ok(Effect::Unknown),
                (Found::Nowhere, Some(fault)) => Err(fault.clone()),
                (Found::Nowhere, None) if named_by_row => match row_name(&wanted.key)? {
                    // It was there a moment ago: whether it is gone or another now, only a new search can tell.
                    (file, _) if seen.contains(file) => Ok(Effect::Changed),
                    (file, _) => Err(Fault::no_file(file)),
                },
                (Found::Nowhere, None) => Ok(Effect::Gone),
            })
            .collect();
        (found, parts, results)
    }

    /// The targets that lie in the file by this name.
    fn in_file(&self, name: &str) -> Vec<usize> {
        let is_here = |key: &Key| row_name(key).is_ok_and(|(file, _)| file == name);
        let all = self.wanted.iter().enumerate();
        all.filter(|(_, wanted)| is_here(&wanted.key))
            .map(|(index, _)| index)
            .collect()
    }

    /// Finds targets in one file, with the state that each is in now.
    fn in_opened(
        &self,
        opened: Opened,
        here: &[usize],
        named_by_row: bool,
    ) -> Result<(Part, Vec<Digest>), Fault> {
        let never = AtomicBool::default();
        let indices: HashMap<&Key, usize> = here
            .iter()
            .map(|index| (&self.wanted[*index].key, *index))
            .collect();
        let question = if named_by_row {
            let names = indices.keys().filter_map(|key| row_name(key).ok());
            Question::Rows(names.map(|(_, digest)| digest.to_owned()).collect())
        } else {
            Question::Keys(indices.keys().map(|key| (*key).clone()).collect())
        };
        let mut rows: Vec<Place> = Vec::new();
        let mut states = Vec::new();
        let state = |record: &Record| self.digester.state(&self.object, self.action, record);
        let (charset, header) = search(
            &self.source,
            &self.object,
            &question,
            &opened,
            &never,
            &mut |hit| {
                if let Some(index) = indices.get(&hit.record.key) {
                    rows.push((*index, hit.range));
                    states.push(state(&hit.record));
                }
                true
            },
        )?;
        let mut missing: Vec<usize> = here.to_vec();
        missing.retain(|index| !rows.iter().any(|(found, _)| found == index));
        if named_by_row && !missing.is_empty() {
            // What another step has written to has another name now; it still holds what was read of it just now.
            let texts = |index: &usize| {
                let data = self.wanted[*index].data.as_object().into_iter().flatten();
                data.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                    .collect()
            };
            let question = Question::Holding(missing.iter().map(texts).collect());
            search(
                &self.source,
                &self.object,
                &question,
                &opened,
                &never,
                &mut |mut hit| {
                    let mut left = missing.iter();
                    let same = left.position(|index| self.wanted[*index].data == hit.record.data);
                    if let Some(at) = same.filter(|_| !rows.iter().any(|(_, r)| *r == hit.range)) {
                        let index = missing.swap_remove(at);
                        hit.record.key = self.wanted[index].key.clone();
                        rows.push((index, hit.range));
                        states.push(state(&hit.record));
                    }
                    !missing.is_empty()
                },
            )?;
        }
        let part = Part {
            opened,
            charset,
            header,
            rows,
        };
        Ok((part, states))
    }

    /// What is to become of the rows of one file.
    fn edits(&self, part: &Part) -> Result<Vec<Edit>, Fault> {
        let name = &part.opened.listed.name;
        let encoding = part.charset.encoding.name();
        if self.action == Action::Remove {
            let remove = |(_, range): &Place| Edit::remove(*range);
            return Ok(part.rows.iter().map(remove).collect());
        }
        if !cell::is_writable(part.charset) {
            return Err(Fault::multibyte(name, encoding));
        }
        let delimiter = self.source.settings.delimiter;
        let mut edits = Vec::new();
        for (index, range) in &part.rows {
            let values = &self.wanted[*index].values;
            let mut texts: BTreeMap<usize, &str> = BTreeMap::new();
            for (column, text) in values {
                let at = part.header.position(column);
                texts.insert(at.ok_or_else(|| Fault::no_header(name, column))?, text);
            }
            let raw = rewrite::row_at(&part.opened, part.charset, *range)
                .map_err(|error| Fault::unreadable(name, files::reason(&error)))?;
            let new = cell::replaced(&raw, part.charset, delimiter, &texts).map_err(|column| {
                Fault::unencodable(name, part.header.names()[column].as_str(), encoding)
            })?;
            if new != raw {
                edits.push(Edit::replace(range.0, raw.len(), new));
            }
        }
        Ok(edits)
    }
}
