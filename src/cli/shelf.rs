//! Readers that are used again within one command.
//!
//! A line to a database costs more than what is asked over it: a process of the server's, a handshake, a look at the catalogue. So the
//! reader of a search is put back and serves what comes later, the reading before and after each write and the last search. What it
//! says is as fresh as that of a new one: each question is a transaction or a request of its own, a line that broke is opened anew,
//! and one that was left in the middle of an answer is never used again. Only what is behind a line is kept; what opens a file opens
//! it afresh, because another file may lie there by then.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::connector::attachment::{Fetched, FileRule, Named, Pieces};
use crate::connector::object::ExportPart;
use crate::connector::outline::Outline;
use crate::connector::{
    Action, Changes, Fault, Finding, Health, Key, Notes, Object, Probe, Reader, Record, Shape,
    Sight, Sink, Unread,
};
use crate::inventory::{Engine, System};

/// Readers that nobody uses now, by the names of their systems: several where several people were looked for at once.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Kept>>);

type Kept = BTreeMap<String, Vec<Box<dyn Reader>>>;

impl Shelf {
    /// The system's reader from the shelf, else a new one; it comes back when it is dropped.
    ///
    /// # Errors
    /// Those of opening.
    pub(crate) fn reader(
        &self,
        system: &System,
        open: impl FnOnce() -> Result<Box<dyn Reader>, Fault>,
    ) -> Result<Box<dyn Reader>, Fault> {
        let line = matches!(
            system.engine,
            Engine::Postgres | Engine::Mysql | Engine::Rest(_)
        );
        if !line {
            return open();
        }
        let kept = self.lock().get_mut(&system.name).and_then(Vec::pop);
        let reader = kept.map_or_else(open, Ok)?;
        Ok(Box::new(Lent {
            reader: Some(reader),
            system: system.name.clone(),
            shelf: self.clone(),
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent {
    /// There until the drop.
    reader: Option<Box<dyn Reader>>,
    system: String,
    shelf: Shelf,
}

impl Lent {
    fn reader(&mut self) -> Result<&mut Box<dyn Reader>, Fault> {
        self.reader.as_mut().ok_or_else(Fault::panicked)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // After a panic nobody knows what state it is in.
        if let Some(reader) = self.reader.take().filter(|_| !std::thread::panicking()) {
            let mut shelf = self.shelf.lock();
            shelf.entry(self.system.clone()).or_default().push(reader);
        }
    }
}

#[async_trait]
impl Reader for Lent {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.reader()?.check().await
    }

    async fn shape(&mut self, object: &Object) -> Result<Shape, Fault> {
        self.reader()?.shape(object).await
    }

    async fn unread(&mut self, object: &Object) -> Result<Option<Unread>, Fault> {
        self.reader()?.unread(object).await
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        self.reader()?.find(object, finder, probe, sink).await
    }

    fn reads_by_key(&self, object: &Object) -> bool {
        let reader = self.reader.as_ref();
        reader.is_some_and(|reader| reader.reads_by_key(object))
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        self.reader()?.read(object, key).await
    }

    async fn part(
        &mut self,
        object: &Object,
        part: &ExportPart,
        record: &Record,
        sink: &mut (dyn FnMut(serde_json::Value) -> bool + Send),
    ) -> Result<(), Fault> {
        self.reader()?.part(object, part, record, sink).await
    }

    async fn file(
        &mut self,
        object: &Object,
        rule: &FileRule,
        record: &Record,
        named: &Named,
        take: Pieces<'_>,
    ) -> Fetched {
        match self.reader() {
            Ok(reader) => reader.file(object, rule, record, named, take).await,
            Err(fault) => Fetched {
                name: String::new(),
                came: Err(fault),
            },
        }
    }

    async fn verify(&mut self, object: &Object, action: Action, key: &Key) -> Result<Sight, Fault> {
        self.reader()?.verify(object, action, key).await
    }

    async fn moved(
        &mut self,
        object: &Object,
        action: Action,
        key: &Key,
        changes: &Changes,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let reader = self.reader()?;
        reader.moved(object, action, key, changes, sink).await
    }

    fn keys_follow_content(&self, object: &Object) -> bool {
        let reader = self.reader.as_ref();
        reader.is_some_and(|reader| reader.keys_follow_content(object))
    }

    fn version(&self, object: &Object, record: &Record) -> Option<String> {
        self.reader.as_ref()?.version(object, record)
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        self.reader()?.examine_system().await
    }

    async fn examine(&mut self, object: &Object, needs: &[Action]) -> Result<Vec<Finding>, Fault> {
        self.reader()?.examine(object, needs).await
    }

    async fn outline(&mut self) -> Result<Option<Outline>, Fault> {
        self.reader()?.outline().await
    }

    fn notes(&self) -> Notes {
        let reader = self.reader.as_ref();
        reader.map_or_else(Notes::default, |reader| reader.notes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::inventory::{Status, Timeouts};

    struct Numbered(u64);

    #[async_trait]
    impl Reader for Numbered {
        async fn check(&mut self) -> Result<Health, Fault> {
            Err(Fault::refused())
        }

        async fn find(
            &mut self,
            _: &Object,
            _: usize,
            _: Probe<'_>,
            _: Sink<'_>,
        ) -> Result<(), Fault> {
            Ok(())
        }

        fn reads_by_key(&self, _: &Object) -> bool {
            true
        }

        async fn read(&mut self, _: &Object, _: &Key) -> Result<Option<Record>, Fault> {
            Ok(None)
        }

        fn notes(&self) -> Notes {
            Notes {
                host: Some(self.0.to_string()),
                ..Notes::default()
            }
        }
    }

    fn system(name: &str, engine: Engine) -> System {
        let second = Duration::from_secs(1);
        System {
            name: name.into(),
            engine,
            status: Status::Active,
            owner: None,
            control: None,
            within: second,
            timeouts: Timeouts {
                connect: second,
                request: second,
                lock: second,
            },
            settings: BTreeMap::new(),
            insecure_http: false,
            unconfirmed_writes: false,
            objects: Vec::new(),
        }
    }

    #[test]
    fn a_reader_is_lent_to_one_at_a_time_and_only_for_its_own_system() {
        let shelf = Shelf::default();
        let mut opened = 0;
        let mut host = |system: &System, keep: &mut Vec<Box<dyn Reader>>| {
            let reader = shelf.reader(system, || {
                opened += 1;
                Ok(Box::new(Numbered(opened)))
            });
            let reader = reader.unwrap();
            let host = reader.notes().host.unwrap();
            keep.push(reader);
            host
        };
        let (shop, crm) = (
            system("shop", Engine::Postgres),
            system("crm", Engine::Postgres),
        );
        let mut held = Vec::new();
        assert_eq!(host(&shop, &mut held), "1");
        assert_eq!(host(&shop, &mut held), "2", "the first is in use");
        held.remove(1);
        assert_eq!(host(&shop, &mut held), "2", "put back");
        held.drain(..);
        let two = [host(&shop, &mut held), host(&shop, &mut held)];
        assert!(
            two.contains(&"1".to_owned()) && two.contains(&"2".to_owned()),
            "both came back"
        );
        assert_eq!(host(&crm, &mut held), "3", "another system");
        let file = system("shop", Engine::Sqlite);
        held.clear();
        assert_eq!(host(&file, &mut held), "4", "a file is opened afresh");
    }
}
