//! Databases that speak SQL: the same reading and writing for all of them.
//!
//! An engine supplies a session that reads, a session that writes, and the live catalogue ([`catalogue`]); what is asked
//! ([`statement`], [`comparison`]) and what a write has to prove before it counts is the same for all and stands here. All values
//! travel as text in the database's own notation, so a record has the same digest however a driver would have decoded it.

mod catalogue;
mod comparison;
pub mod postgres;
pub mod sqlite;
mod statement;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use catalogue::{Table, TableName};
use statement::{Change, Select};

use crate::connector::object::{At, Field, How, Object, Via};
use crate::connector::{
    Action, Digester, Effect, Fault, Health, Holds, Key, Notes, Opening, Probe, Reader, Record,
    Shape, Sink, Target, Writer,
};
use crate::inventory::System;
use crate::messages::{Text, sql as say};

/// The statements that carry out an action on one record, `?` standing for each value, as the plan shows them.
pub fn describe(object: &Object, action: Action) -> Vec<String> {
    statement::describe(object, action)
}

/// What a warning in [`Notes::warnings`] means; `None` for a code of another room.
pub fn warning(code: &str, what: &str) -> Option<Text> {
    match code {
        "W203" => Some(say::no_index(what)),
        "W204" => Some(say::trigger(what)),
        "W205" => Some(say::pooled(what)),
        "W206" => Some(say::key_not_unique(what)),
        "W207" => Some(say::cascade(what)),
        _ => None,
    }
}

/// The column in which a field lies.
fn column_of(field: &Field) -> String {
    match &field.at {
        At::Path(names) => names.first().unwrap_or(&field.name).clone(),
        At::JsonPath(_) => field.name.clone(),
    }
}

/// The columns that anyone will ask a record of this object for: its key, its fields, its clock, the dates that
/// rules count from, and what its children refer to.
fn columns_needed(system: &System, object: &Object) -> Vec<String> {
    let mut needed = object.key.clone();
    needed.extend(object.fields.iter().map(column_of));
    needed.extend(object.clock.clone());
    needed.extend(object.also.iter().cloned());
    for finder in &object.find {
        // The guard compares them with the parent's.
        if let Via::Join(pairs) = &finder.via {
            needed.extend(pairs.iter().map(|(own, _)| own.clone()));
        }
    }
    for finder in system.objects.iter().flat_map(|child| &child.find) {
        if let Via::Join(pairs) = &finder.via
            && finder.under.contains(&object.name)
        {
            needed.extend(pairs.iter().map(|(_, parent)| parent.clone()));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    needed.retain(|name| seen.insert(name.clone()));
    needed
}

type Row = Vec<Option<String>>;

/// Why a session did not do what it was asked.
#[derive(Debug)]
enum Refusal {
    Fault(Fault),
    /// The statement names something that is no longer there.
    Stale(String),
    /// The database keeps the record for a reason of its own: a foreign key, a trigger that objects.
    Blocked(String),
    /// The connection broke while the transaction was being committed.
    Unknown,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        match refusal {
            Refusal::Fault(fault) => fault,
            Refusal::Stale(code) | Refusal::Blocked(code) => Fault::database(code),
            Refusal::Unknown => Fault::connection(),
        }
    }
}

/// What receives rows; `false` ends the statement.
type Each<'a> = &'a mut (dyn FnMut(Row) -> bool + Send);

/// A session that reads. It has no function that writes, and [`Select`] is the only kind of statement it takes.
#[async_trait]
trait ReadSession: Send {
    async fn table(&mut self, name: &TableName) -> Result<Table, Refusal>;
    async fn rows(&mut self, select: &Select, each: Each<'_>) -> Result<(), Refusal>;
    async fn check(&mut self) -> Result<(), Refusal>;
    fn notes(&self) -> &Notes;
}

/// A session that writes: one transaction at a time.
#[async_trait]
trait WriteSession: Send {
    async fn table(&mut self, name: &TableName) -> Result<Table, Refusal>;
    async fn begin(&mut self) -> Result<(), Refusal>;
    async fn rows(&mut self, select: &Select) -> Result<Vec<Row>, Refusal>;
    /// The number of rows that were changed.
    async fn execute(&mut self, change: &Change) -> Result<u64, Refusal>;
    async fn commit(&mut self) -> Result<(), Refusal>;
    /// Leaves nothing behind, by closing the connection if need be.
    async fn rollback(&mut self);
}

/// Reads objects through a session.
struct Reading<S> {
    system: Arc<System>,
    session: S,
    tables: BTreeMap<String, Arc<Table>>,
    warnings: Vec<(String, String)>,
}

impl<S: ReadSession> Reading<S> {
    fn new(opening: &Opening, session: S) -> Reading<S> {
        let (system, tables, warnings) = (Arc::clone(&opening.system), BTreeMap::new(), Vec::new());
        Reading {
            system,
            session,
            tables,
            warnings,
        }
    }

    /// The table of an object, checked against the live catalogue when it is first touched.
    async fn table(&mut self, object: &Object) -> Result<Arc<Table>, Fault> {
        if let Some(known) = self.tables.get(&object.name) {
            return Ok(Arc::clone(known));
        }
        let table = self.session.table(&TableName::of(object)).await?;
        table.check(object, &columns_needed(&self.system, object))?;
        for warning in table.warnings(object) {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        let table = Arc::new(table);
        self.tables.insert(object.name.clone(), Arc::clone(&table));
        Ok(table)
    }

    async fn rows(
        &mut self,
        object: &Object,
        select: &Select,
        each: Each<'_>,
    ) -> Result<(), Fault> {
        match self.session.rows(select, each).await {
            Err(Refusal::Stale(code)) => {
                // Something was renamed or dropped while we were running; the catalogue now says what.
                self.tables.remove(&object.name);
                self.table(object).await?;
                Err(Fault::database(code))
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

    fn notes(&self) -> Notes {
        let mut notes = self.session.notes().clone();
        notes.warnings.extend(self.warnings.iter().cloned());
        notes
    }
}

/// Makes a record of a row: an object of column name to text or null.
fn record(object: &Object, columns: &[String], row: Row) -> Result<Record, Fault> {
    let mut data = serde_json::Map::new();
    for (name, value) in columns.iter().zip(row) {
        data.insert(name.clone(), value.map_or(Value::Null, Value::String));
    }
    let part = |name: &String| {
        data.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let key = Key::new(object.key.iter().map(part).collect())
        .map_err(|empty| Fault::empty_key(object.key.get(empty).map_or("", String::as_str)))?;
    Ok(Record {
        key,
        data: Value::Object(data),
    })
}

/// The one record under a key; a collation may have brought others that are written differently.
fn only(
    object: &Object,
    columns: &[String],
    key: &Key,
    rows: Vec<Row>,
) -> Result<Option<Record>, Fault> {
    if rows.len() > 1 {
        return Err(Fault::two_records());
    }
    match rows.into_iter().next() {
        None => Ok(None),
        Some(row) => Ok(Some(record(object, columns, row)?).filter(|record| record.key == *key)),
    }
}

/// Writes records, each in a transaction of its own.
struct Writing<S> {
    system: Arc<System>,
    session: S,
    tables: BTreeMap<String, Arc<Table>>,
}

impl<S: WriteSession> Writing<S> {
    fn new(opening: &Opening, session: S) -> Writing<S> {
        Writing {
            system: Arc::clone(&opening.system),
            session,
            tables: BTreeMap::new(),
        }
    }

    async fn one(
        &mut self,
        object: &Object,
        action: Action,
        target: &Target<'_>,
        digester: &Digester,
    ) -> Result<Effect, Fault> {
        let columns = columns_needed(&self.system, object);
        let table = match self.tables.get(&object.name) {
            Some(known) => Arc::clone(known),
            None => {
                let table = self.session.table(&TableName::of(object)).await?;
                table.check(object, &columns)?;
                let table = Arc::new(table);
                self.tables.insert(object.name.clone(), Arc::clone(&table));
                table
            }
        };
        let key = &target.record.key;
        let change = match action {
            Action::Remove => Some(statement::delete(&table, object, key)?),
            _ => match values(object, action, target, &table) {
                values if values.is_empty() => None,
                values => Some(statement::update(&table, object, key, &values)?),
            },
        };
        let read_again = statement::by_key(&table, object, &columns, key, true)?;

        let step = Step {
            table: &table,
            object,
            action,
            target,
            columns: &columns,
            read_again,
            change,
        };
        self.session.begin().await?;
        match step.inside(&mut self.session, digester).await {
            Ok(Effect::Done) => match self.session.commit().await {
                Ok(()) => Ok(Effect::Done),
                Err(Refusal::Unknown) => Ok(Effect::Unknown),
                refused => {
                    self.session.rollback().await;
                    self.settle(object, refused.map(|()| Effect::Done))
                }
            },
            other => {
                self.session.rollback().await;
                self.settle(object, other)
            }
        }
    }

    fn settle(
        &mut self,
        object: &Object,
        result: Result<Effect, Refusal>,
    ) -> Result<Effect, Fault> {
        match result {
            Err(Refusal::Blocked(_)) => Ok(Effect::Blocked),
            Err(refusal) => {
                self.tables.remove(&object.name);
                Err(refusal.into())
            }
            Ok(effect) => Ok(effect),
        }
    }
}

/// One write on one record, within its transaction.
struct Step<'a> {
    table: &'a Table,
    object: &'a Object,
    action: Action,
    target: &'a Target<'a>,
    columns: &'a [String],
    read_again: Select,
    change: Option<Change>,
}

impl Step<'_> {
    /// Anything but `Done` has to be rolled back.
    async fn inside(
        &self,
        session: &mut impl WriteSession,
        digester: &Digester,
    ) -> Result<Effect, Refusal> {
        let key = &self.target.record.key;
        let rows = session.rows(&self.read_again).await?;
        let Some(now) = only(self.object, self.columns, key, rows)? else {
            return Ok(Effect::Gone);
        };
        if digester.digest(self.object, &now) != *self.target.before {
            return Ok(Effect::Changed);
        }
        if self.action == Action::Remove {
            // What the database would delete along with it stands in no plan.
            for cascade in &self.table.cascades {
                let vanishing = statement::vanishing(self.table, self.object, cascade, key)?;
                if !session.rows(&vanishing).await?.is_empty() {
                    return Ok(Effect::Blocked);
                }
            }
        }
        let Some(change) = &self.change else {
            return Ok(Effect::Done);
        };
        match session.execute(change).await? {
            1 => {}
            // The row is there and locked, so a trigger or rule swallowed the statement.
            0 => return Ok(Effect::Blocked),
            _ => return Err(Fault::two_records().into()),
        }
        if self.action == Action::Remove && !session.rows(&self.read_again).await?.is_empty() {
            return Ok(Effect::Blocked);
        }
        Ok(Effect::Done)
    }
}

/// The columns that an action sets.
fn values(
    object: &Object,
    action: Action,
    target: &Target<'_>,
    table: &Table,
) -> Vec<(String, Option<String>)> {
    let mut values: Vec<(String, Option<String>)> = Vec::new();
    for (name, value) in target.changes {
        let column = object.field(name).map_or_else(|| name.clone(), column_of);
        values.push((column, value.clone()));
    }
    let fixed = match (&object.how, action) {
        (How::Table { restrict, .. }, Action::Restrict) => restrict.as_slice(),
        (How::Table { unrestrict, .. }, Action::Unrestrict) => unrestrict.as_slice(),
        _ => &[],
    };
    for (column, value) in fixed {
        if !values.iter().any(|(name, _)| name == column) {
            values.push((column.clone(), value.clone()));
        }
    }
    for (column, value) in &mut values {
        let holds = table.column(column).map(|live| live.shape.holds);
        let as_number = match (holds, table.dialect) {
            (Some(Holds::Number), _) | (Some(Holds::Boolean), catalogue::Dialect::Sqlite) => true,
            (_, catalogue::Dialect::Postgres | catalogue::Dialect::Sqlite) => false,
        };
        // Flags are often kept as 0 and 1.
        match value.as_deref() {
            Some("true") if as_number => *value = Some("1".to_owned()),
            Some("false") if as_number => *value = Some("0".to_owned()),
            _ => {}
        }
    }
    values
}

#[async_trait]
impl<S: WriteSession> Writer for Writing<S> {
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
        let mut results = Vec::with_capacity(targets.len());
        for target in targets {
            results.push(self.one(object, action, target, digester).await);
        }
        results
    }
}
