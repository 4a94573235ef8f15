//! What a package holds beside the records of an object: the items of their parts, and their files.
//!
//! Both are asked for now and at no other time. Items of a part go into the package as they come; what they name of files is kept
//! until the parts are written, then the files are fetched one after the other and go through in pieces.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use serde_json::Value;

use crate::cli::export::fill::UNDER_WAY;
use crate::cli::export::make::Source;
use crate::connector::attachment::{self, Fetched, Named, Piece};
use crate::connector::object::ExportPart;
use crate::connector::{Fault, Object, Reader, Record};
use crate::diagnostic::Result;
use crate::findings::{Match, ObjectFindings};
use crate::inventory::System;
use crate::package::Package;
use crate::workspace::file_trouble;

/// Pieces of files on their way; one may be half a megabyte.
const PIECES: usize = 8;

/// The code of a file that is larger than its entry allows.
const TOO_LARGE: &str = "E557";

/// The records of one object, and what they name of files.
pub(super) struct Beside<'s> {
    source: &'s Source,
    system: Arc<System>,
    object: &'s Object,
    records: Arc<Vec<Record>>,
    /// Index of the record, and what is said of the file.
    named: Vec<(usize, Named)>,
    /// For each record, how many files it names so far.
    counts: Vec<usize>,
}

/// What a fetching thread tells the one that writes.
enum Told {
    Begin,
    Bytes(Vec<u8>),
    End(usize, Fetched),
}

impl<'s> Beside<'s> {
    pub(super) fn new(
        source: &'s Source,
        system: &System,
        object: &'s Object,
        answer: &ObjectFindings,
    ) -> Beside<'s> {
        let stated = answer.records.iter();
        let stated = stated.filter(|kept| kept.matched == Match::Stated);
        let records: Vec<Record> = stated.map(|kept| kept.record.clone()).collect();
        let mut beside = Beside {
            source,
            system: Arc::new(system.clone()),
            object,
            counts: vec![0; records.len()],
            records: Arc::new(records),
            named: Vec::new(),
        };
        let records = Arc::clone(&beside.records);
        for (index, record) in records.iter().enumerate() {
            beside.keep(index, None, &record.data);
        }
        beside
    }

    /// Keeps what a record, or an item of a part of it, names of files; one more than there may be is kept, to be told from all.
    fn keep(&mut self, index: usize, part: Option<&str>, data: &Value) {
        for named in attachment::named(self.object, part, data) {
            if self.counts[index] <= attachment::FILES {
                self.counts[index] += 1;
                self.named.push((index, named));
            }
        }
    }

    /// Puts the items of one part of every record into the package, under a name of their own. Where they break off for a record, the
    /// others go on, and the fault is that of the object: it does not stand in the package as a whole.
    pub(super) fn part(
        &mut self,
        part: &ExportPart,
        package: &mut Package<'_>,
    ) -> Result<Option<Fault>> {
        let trouble = |error: std::io::Error| file_trouble(&error);
        let shown = self.object.of_part(part);
        let (send, receive) = sync_channel::<(usize, Value)>(UNDER_WAY);
        let (records, of, asked) = (Arc::clone(&self.records), self.object.clone(), part.clone());
        let reading = self.reading(move |mut reader| async move {
            let mut first = None;
            for (index, record) in records.iter().enumerate() {
                let mut sink = |item: Value| send.send((index, item)).is_ok();
                if let Err(fault) = reader.part(&of, &asked, record, &mut sink).await {
                    let ends = fault.is_of_system();
                    first.get_or_insert(fault);
                    if ends {
                        break;
                    }
                }
            }
            first.map_or(Ok(()), Err)
        })?;
        let mut writer = package.object(&self.system.name, &shown).map_err(trouble)?;
        let mut written = Ok(());
        for (index, item) in receive {
            self.keep(index, Some(&part.name), &item);
            let record = &self.records[index];
            let mut data = record.data.clone();
            if let Value::Object(members) = &mut data {
                members.retain(|name, _| self.object.key.contains(name));
                members.insert(part.name.clone(), item);
            }
            let key = record.key.clone();
            written = writer.push(&Record { key, data });
            if written.is_err() {
                break;
            }
        }
        let read = crate::cli::block_on(reading)?.unwrap_or_else(|_| Err(Fault::panicked()));
        written.map_err(trouble)?;
        writer.finish().map_err(trouble)?;
        Ok(read.err())
    }

    /// Fetches the files and puts them into the package with a list of them. Returns how many were left out for their size, and the
    /// first fault of another kind. Each that did not come stands in the list with the reason, and the others go on.
    pub(super) fn files(self, package: &mut Package<'_>) -> Result<(u64, Option<Fault>)> {
        if self.object.files().is_empty() {
            return Ok((0, None));
        }
        let trouble = |error: std::io::Error| file_trouble(&error);
        let shown = self.object.of_files();
        let many = self.counts.iter().any(|count| *count > attachment::FILES);
        let mut fault = many.then(|| Fault::too_many_items("files", attachment::FILES));
        let (send, receive) = sync_channel::<Told>(PIECES);
        let (records, of) = (Arc::clone(&self.records), self.object.clone());
        let mut named = self.named.clone();
        // One more than there may be was kept of each, and goes no further.
        let mut seen = vec![0; records.len()];
        named.retain(|(index, _)| {
            seen[*index] += 1;
            seen[*index] <= attachment::FILES
        });
        let reading = self.reading(move |mut reader| async move {
            for (index, file) in named {
                let Some(rule) = of.files().get(file.rule) else {
                    continue;
                };
                let mut take = |piece: Piece<'_>| {
                    let told = match piece {
                        Piece::Begin => Told::Begin,
                        Piece::Bytes(bytes) => Told::Bytes(bytes.to_vec()),
                    };
                    send.send(told).is_ok()
                };
                let record = &records[index];
                let fetched = reader.file(&of, rule, record, &file, &mut take).await;
                if send.send(Told::End(index, fetched)).is_err() {
                    break;
                }
            }
            Ok(())
        })?;
        let mut writer = package.object(&self.system.name, &shown).map_err(trouble)?;
        let (mut written, mut too_large) = (Ok(()), 0);
        for told in receive {
            written = match told {
                Told::Begin => {
                    writer.begin_file();
                    Ok(())
                }
                Told::Bytes(bytes) => writer.add_to_file(&bytes),
                Told::End(index, fetched) => {
                    let record = &self.records[index];
                    match fetched.came {
                        Ok(None) => Ok(()),
                        Ok(Some(came)) => writer.end_file(record, &fetched.name, &came),
                        Err(why) => {
                            let written = writer.leave_out(record, &fetched.name, &why);
                            match why.code == TOO_LARGE {
                                true => too_large += 1,
                                false => drop(fault.get_or_insert(why)),
                            }
                            written
                        }
                    }
                }
            };
            if written.is_err() {
                break;
            }
        }
        let read = crate::cli::block_on(reading)?.unwrap_or_else(|_| Err(Fault::panicked()));
        written.map_err(trouble)?;
        writer.finish().map_err(trouble)?;
        Ok((too_large, fault.or(read.err())))
    }

    /// Begins to read; the system's own time counts.
    fn reading<F>(
        &self,
        read: impl FnOnce(Box<dyn Reader>) -> F + Send + 'static,
    ) -> Result<tokio::task::JoinHandle<std::result::Result<(), Fault>>>
    where
        F: Future<Output = std::result::Result<(), Fault>> + Send + 'static,
    {
        let doors = Arc::clone(&self.source.doors);
        let system = Arc::clone(&self.system);
        let within = system.within;
        let reading = async move {
            let opened = tokio::task::spawn_blocking(move || {
                crate::execute::Doors::reader(&*doors, &system)
            });
            let reader = opened.await.unwrap_or_else(|_| Err(Fault::panicked()))?;
            read(reader).await
        };
        crate::cli::spawn(async move {
            match tokio::time::timeout(within, reading).await {
                Ok(read) => read,
                Err(_) => Err(Fault::cut(within.as_secs())),
            }
        })
    }
}
