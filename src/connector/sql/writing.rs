//! Writing: one record, one transaction, and the proofs that it needs before it counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::catalogue::Table;
use super::known::Known;
use super::statement::{self, Change, Select};
use super::{Refusal, WriteSession, column_of, columns_needed, only, written_as};
use crate::connector::object::Object;
use crate::connector::{Action, Digester, Effect, Fault, Opening, Target, Writer};
use crate::inventory::System;

/// Writes records, each in a transaction of its own.
pub(super) struct Writing<S> {
    system: Arc<System>,
    session: S,
    known: Known,
    tables: BTreeMap<String, Arc<Table>>,
}

impl<S: WriteSession> Writing<S> {
    pub(super) fn new(opening: &Opening, session: S) -> Writing<S> {
        Writing {
            system: Arc::clone(&opening.system),
            session,
            known: Known::new(opening),
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
                let table = self.known.table(&mut self.session, object).await?;
                self.tables.insert(object.name.clone(), Arc::clone(&table));
                table
            }
        };
        if let Some(refused) = table.refuses.action(action) {
            return Err(refused.clone());
        }
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
                self.known.forget();
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
        if digester.state(self.object, self.action, &now) != *self.target.before {
            return Ok(Effect::Changed);
        }
        if self.action == Action::Remove {
            // What the database would delete along with it stands in no plan.
            for cascade in self.table.cascades() {
                let vanishing = statement::vanishing(self.table, self.object, cascade, key)?;
                if !session.rows(&vanishing).await?.is_empty() {
                    return Err(Fault::takes_along(&cascade.table).into());
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
    for (column, value) in object.sets(action) {
        if !values.iter().any(|(name, _)| name == column) {
            values.push((column.clone(), value.clone()));
        }
    }
    for (column, value) in &mut values {
        *value = written_as(table, column, value.take());
    }
    values
}

#[async_trait]
impl<S: WriteSession> Writer for Writing<S> {
    async fn recover(&mut self) -> Result<(), Fault> {
        Ok(self.session.recover().await?)
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
        let mut results = Vec::with_capacity(targets.len());
        for target in targets {
            results.push(self.one(object, action, target, digester).await);
        }
        results
    }
}
