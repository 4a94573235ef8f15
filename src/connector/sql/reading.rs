//! Reading: candidates by a finder, records by their key, and what the catalogue says about both.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::catalogue::Table;
use super::known::Known;
use super::outline;
use super::statement::{self, Select};
use super::{
    Each, ReadSession, Refusal, Row, columns_needed, dialect, examine, only, record, unread,
};
use crate::connector::object::{Object, Via};
use crate::connector::outline::Outline;
use crate::connector::{
    Action, Fault, Finding, Health, Key, Notes, Opening, Probe, Reader, Record, Shape, Sink, Unread,
};
use crate::inventory::System;

/// Reads objects through a session.
pub(super) struct Reading<S> {
    system: Arc<System>,
    session: S,
    known: Known,
    tables: BTreeMap<String, Arc<Table>>,
    warnings: Vec<(String, String)>,
}

impl<S: ReadSession> Reading<S> {
    pub(super) fn new(opening: &Opening, session: S) -> Reading<S> {
        Reading {
            system: Arc::clone(&opening.system),
            session,
            known: Known::new(opening),
            tables: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// The table of an object, checked against the live catalogue when it is first touched.
    async fn table(&mut self, object: &Object) -> Result<Arc<Table>, Fault> {
        if let Some(known) = self.tables.get(&object.name) {
            return Ok(Arc::clone(known));
        }
        let table = self.known.table(&mut self.session, object).await?;
        for warning in table.warnings(object) {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.tables.insert(object.name.clone(), Arc::clone(&table));
        Ok(table)
    }

    async fn rows(
        &mut self,
        object: &Object,
        select: &Select,
        each: Each<'_>,
    ) -> Result<(), Fault> {
        let read = self.session.rows(select, each).await;
        if read.is_err() {
            self.known.forget();
        }
        match read {
            Err(Refusal::Stale(code)) => {
                // Something was renamed or dropped while we were running; the catalogue now says what.
                self.tables.remove(&object.name);
                self.table(object).await?;
                Err(Fault::database(code))
            }
            Err(Refusal::Fault(fault)) if fault.code == "E507" => {
                // A right was taken away, or row-level security came, since the table was described; the catalogue says which.
                self.tables.remove(&object.name);
                self.table(object).await?;
                Err(fault)
            }
            other => other.map_err(Fault::from),
        }
    }
}

#[async_trait]
impl<S: ReadSession> Reader for Reading<S> {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.session.check().await?;
        Ok(Health {
            notes: self.notes(),
        })
    }

    async fn shape(&mut self, object: &Object) -> Result<Shape, Fault> {
        Ok(self.table(object).await?.shape(object))
    }

    async fn unread(&mut self, object: &Object) -> Result<Option<Unread>, Fault> {
        let table = self.table(object).await?;
        Ok(Some(unread::unread(&self.system, object, &table)))
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let table = self.table(object).await?;
        let columns = columns_needed(&self.system, object);
        let via = object.find.get(finder).map(|finder| &finder.via);
        let select = match (via, probe) {
            (Some(Via::Columns(looked_in)), Probe::Identity(identity)) => {
                statement::by_identity(&table, object, &columns, looked_in, identity)?
            }
            (Some(Via::Join(pairs)), Probe::Parent(parent)) => {
                statement::by_parent(&table, &columns, pairs, parent)?
            }
            // Nothing that the inventory lets through leads here.
            _ => return Err(Fault::wrong_type(&object.name)),
        };
        // No column of this finder can hold such a value.
        let Some(select) = select else { return Ok(()) };
        let mut wrong = None;
        let mut each = |row: Row| match record(object, &columns, row) {
            Ok(record) => sink(record),
            Err(fault) => {
                wrong = Some(fault);
                false
            }
        };
        self.rows(object, &select, &mut each).await?;
        wrong.map_or(Ok(()), Err)
    }

    fn reads_by_key(&self, _object: &Object) -> bool {
        true
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        let table = self.table(object).await?;
        let columns = columns_needed(&self.system, object);
        let select = statement::by_key(&table, object, &columns, key, false)?;
        let mut rows = Vec::new();
        let mut each = |row: Row| {
            rows.push(row);
            rows.len() < 2
        };
        self.rows(object, &select, &mut each).await?;
        only(object, &columns, key, rows)
    }

    async fn outline(&mut self) -> Result<Option<Outline>, Fault> {
        let dialect = dialect(&self.system.engine);
        Ok(Some(outline::outline(&mut self.session, dialect).await?))
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        let mut found = self.session.examine().await?;
        found.extend(examine::server(self.session.notes()));
        Ok(found)
    }

    async fn examine(&mut self, object: &Object, needs: &[Action]) -> Result<Vec<Finding>, Fault> {
        let table = self.table(object).await?;
        let facts = self.session.facts(&table).await?;
        Ok(examine::object(
            &table,
            &facts,
            object,
            needs,
            self.session.notes(),
        ))
    }

    fn notes(&self) -> Notes {
        let mut notes = self.session.notes().clone();
        notes.warnings.extend(self.warnings.iter().cloned());
        notes
    }
}
