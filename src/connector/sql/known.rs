//! Descriptions of tables that one command has read, so that reader and writer need not both ask for them.
//!
//! A description is taken over only for as long as a request may take: somebody may have thought about a plan for an hour, and a
//! trigger or a foreign key that came in the meantime has to be seen before something is written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;

use super::catalogue::Table;
use super::name::TableName;
use super::{Refusal, columns_needed};
use crate::connector::{Fault, Object, Opening};
use crate::inventory::{Engine, System};

/// What the databases of one command said about their tables, by the names of system and table.
#[derive(Clone, Default)]
pub struct Descriptions(Arc<Mutex<BTreeMap<(String, TableName), Described>>>);

type Described = (Instant, Arc<Table>);

impl Descriptions {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, TableName), Described>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session that can be asked what its tables are.
#[async_trait]
pub(super) trait Describe: Send {
    /// Describes the tables in the order of their names, at least the first one. What is wrong with one is said of that one alone.
    async fn tables(&mut self, names: &[TableName]) -> Result<Vec<Result<Table, Fault>>, Refusal>;
}

/// The tables of one system.
pub(super) struct Known {
    system: Arc<System>,
    descriptions: Descriptions,
}

impl Known {
    pub(super) fn new(opening: &Opening) -> Known {
        let descriptions = match opening.system.engine {
            Engine::Postgres => opening.descriptions.clone(),
            // Another file may lie under the name by the time it is opened again.
            _ => Descriptions::default(),
        };
        Known {
            system: Arc::clone(&opening.system),
            descriptions,
        }
    }

    /// The table of an object, which has every column that the object speaks of; the first question brings the other objects' tables
    /// along. A description that does not fit is read again before anybody is told so.
    pub(super) async fn table(
        &self,
        session: &mut impl Describe,
        object: &Object,
    ) -> Result<Arc<Table>, Refusal> {
        let name = TableName::of(object);
        let columns = columns_needed(&self.system, object);
        if let Some(fresh) = self.fresh(&name)
            && fresh.check(object, &columns).is_ok()
        {
            return Ok(fresh);
        }
        let mut names = vec![name.clone()];
        for other in self.system.objects.iter().map(TableName::of) {
            if !names.contains(&other) {
                names.push(other);
            }
        }
        let read = Instant::now();
        let tables = session.tables(&names).await?;
        let mut wanted: Result<Arc<Table>, Refusal> = Err(Fault::no_table(name.to_string()).into());
        for (other, table) in names.into_iter().zip(tables) {
            let table = table.map(Arc::new);
            if let Ok(table) = &table {
                let place = (self.system.name.clone(), other.clone());
                let described = (read, Arc::clone(table));
                self.descriptions.lock().insert(place, described);
            }
            if other == name {
                wanted = table.map_err(Refusal::from);
            }
        }
        let table = wanted?;
        table.check(object, &columns)?;
        Ok(table)
    }

    /// After a refusal that the description may explain; the next question goes to the database.
    pub(super) fn forget(&self) {
        let mut known = self.descriptions.lock();
        known.retain(|(system, _), _| *system != self.system.name);
    }

    fn fresh(&self, name: &TableName) -> Option<Arc<Table>> {
        let place = (self.system.name.clone(), name.clone());
        let known = self.descriptions.lock();
        let (read, table) = known.get(&place)?;
        (read.elapsed() < self.system.timeouts.request).then(|| Arc::clone(table))
    }
}
