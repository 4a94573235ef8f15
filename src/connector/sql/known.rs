//! Descriptions of tables that one command has read, so that reader and writer need not both ask for them.
//!
//! A description is taken over only for as long as a request may take: somebody may have thought about a plan for an hour, and a
//! trigger or a foreign key that came in the meantime has to be seen before something is written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;

use super::catalogue::Table;
use super::lines::Lines;
use super::name::TableName;
use super::{Refusal, columns_needed};
use crate::connector::{Fault, Object, Opening};
use crate::inventory::{Engine, System};

/// What the databases of one command said about their tables, by the names of system and table, and the lines to them.
#[derive(Clone, Default)]
pub struct Descriptions {
    tables: Arc<Mutex<Tables>>,
    pub(super) lines: Lines,
}

/// When a table was described, and how.
type Tables = BTreeMap<(String, TableName), (Instant, Arc<Table>)>;

impl Descriptions {
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
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
            Engine::Postgres | Engine::Mysql => opening.descriptions.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::sql::catalogue::Dialect;
    use std::time::Duration;

    /// Knows every table but one, and counts how often it is asked.
    struct Asked(usize);

    #[async_trait]
    impl Describe for Asked {
        async fn tables(
            &mut self,
            names: &[TableName],
        ) -> Result<Vec<Result<Table, Fault>>, Refusal> {
            self.0 += 1;
            let table = |name: &TableName| match name.table.as_str() {
                "missing" => Err(Fault::no_table("missing")),
                other => Ok(Table {
                    dialect: Dialect::Postgres,
                    schema: None,
                    name: other.to_owned(),
                    folds_unicode: true,
                    columns: Vec::new(),
                    unique: Vec::new(),
                    triggers: Vec::new(),
                    rules: Vec::new(),
                    references: Vec::new(),
                    is_view: false,
                    place: None,
                    weak: Vec::new(),
                    refuses: Default::default(),
                    beyond: Default::default(),
                }),
            };
            Ok(names.iter().map(table).collect())
        }
    }

    fn object(name: &str) -> Object {
        use crate::connector::object::{Erase, How};
        Object {
            name: name.into(),
            key: Vec::new(),
            find: Vec::new(),
            fields: Vec::new(),
            clock: None,
            also: Vec::new(),
            by_hand: Vec::new(),
            screen: None,
            cap: 1,
            erase: Erase::Remove,
            after: Vec::new(),
            how: How::Table {
                table: name.into(),
                restrict: Vec::new(),
                unrestrict: Vec::new(),
            },
        }
    }

    fn known(request: Duration, descriptions: &Descriptions) -> Known {
        let system = System {
            name: "shop".into(),
            engine: Engine::Postgres,
            status: crate::inventory::Status::Active,
            owner: None,
            control: None,
            within: request,
            timeouts: crate::inventory::Timeouts {
                connect: request,
                request,
                lock: request,
            },
            settings: BTreeMap::new(),
            insecure_http: false,
            unconfirmed_writes: false,
            objects: ["a", "missing", "b"].map(object).to_vec(),
        };
        Known {
            system: Arc::new(system),
            descriptions: descriptions.clone(),
        }
    }

    #[tokio::test]
    async fn what_the_reader_learned_serves_the_writer_for_a_while_and_until_it_is_refused() {
        let (shared, mut asked) = (Descriptions::default(), Asked(0));
        let minute = Duration::from_secs(60);
        let (reader, writer) = (known(minute, &shared), known(minute, &shared));
        for known in [&reader, &writer] {
            for name in ["b", "a"] {
                let table = known.table(&mut asked, &object(name)).await.unwrap();
                assert_eq!(table.name, name);
            }
        }
        assert_eq!(asked.0, 1, "all tables at once, once for both");
        let missing = object("missing");
        for times in [2, 3] {
            assert!(reader.table(&mut asked, &missing).await.is_err());
            assert_eq!(asked.0, times, "what is missing is looked for again");
        }
        writer.forget();
        reader.table(&mut asked, &object("a")).await.unwrap();
        assert_eq!(asked.0, 4);
        let late = known(Duration::ZERO, &shared);
        late.table(&mut asked, &object("a")).await.unwrap();
        assert_eq!(asked.0, 5, "an old description is not taken over");
    }
}
