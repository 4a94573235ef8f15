//! Retention on tables: counting what is due, walking through it, and writing to a batch of it in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::aged::Aged;
use super::anonymous;
use super::catalogue::{Dialect, Reference, Table};
use super::known::Known;
use super::name::TableName;
use super::orphans::{self, Abandoned};
use super::statement::{self, Select};
use super::taking;
use super::{
    ReadSession, Refusal, Row, WriteSession, columns_needed, dialect, record, unread, written_as,
};
use crate::connector::object::{How, Object, Via};
use crate::connector::sweeping::{
    Alike, Blind, Candidate, Due, Left, Link, Orphans, Position, Survey, Surveyor, Sweeper, Taken,
    Work,
};
use crate::connector::{Action, Fault, Health, Key, Opening, Record, Shape, Unread};
use crate::inventory::System;

/// So many records of an object are counted in any case.
const COUNTED: u64 = 100_000;

/// Looks through a session that reads.
pub(super) struct Surveying<S> {
    system: Arc<System>,
    session: S,
    known: Known,
}

impl<S: ReadSession> Surveying<S> {
    pub(super) fn new(opening: &Opening, session: S) -> Surveying<S> {
        Surveying {
            system: Arc::clone(&opening.system),
            session,
            known: Known::new(opening),
        }
    }

    async fn rows(&mut self, select: &Select) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        let mut each = |row| {
            rows.push(row);
            true
        };
        let read = self.session.rows(select, &mut each).await;
        if read.is_err() {
            self.known.forget();
        }
        read?;
        Ok(rows)
    }

    async fn count(
        &mut self,
        object: &Object,
        due: &Due,
        share: Option<u8>,
    ) -> Result<Survey, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        refuse(&table, due.action)?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        // Where all rows are looked at anyway, they are counted on the way.
        let share = share.filter(|_| aged.surveys_by_index());
        let mut counted = None;
        if let Some(few) = aged.survey_of_few(share.is_none()) {
            let rows = self.rows(&few?).await?;
            counted = rows
                .into_iter()
                .next()
                .filter(|row| row.iter().any(Option::is_some));
        }
        if counted.is_none() {
            let rows = self.rows(&aged.survey(share.is_none())?).await?;
            counted = rows.into_iter().next();
        }
        let row: Option<[Option<String>; 6]> = counted.and_then(|row| row.try_into().ok());
        let Some([records, of_due, referenced, unknown, future, oldest]) = row else {
            return Err(Fault::not_a_record());
        };
        let mut survey = Survey {
            records: number(records)?,
            more: false,
            uncounted: false,
            due: number(of_due)?,
            referenced: number(referenced)?,
            unknown: number(unknown)?,
            future: number(future)?,
            below: below(&self.system, &aged),
            oldest: oldest.and_then(|day| day_of(&day, due)),
            missing_index: aged.missing_index(),
            broken: None,
        };
        if let Some(share) = share {
            let enough = (survey.due.saturating_mul(100) / u64::from(share.max(1))).max(COUNTED);
            let rows = self.rows(&aged.count_up_to(enough + 1)).await?;
            let counted = rows.into_iter().flatten().next().flatten();
            survey.records = number(counted)?;
            survey.more = survey.records > enough;
        }
        Ok(survey)
    }

    /// Some statements over parts of a list of keys.
    async fn in_parts(
        &mut self,
        keys: &[Key],
        at_once: usize,
        statement: impl Fn(&[&Key]) -> Result<Select, Fault>,
    ) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        let keys: Vec<&Key> = keys.iter().collect();
        for part in keys.chunks(at_once) {
            rows.extend(self.rows(&statement(part)?).await?);
        }
        Ok(rows)
    }
}

#[async_trait]
impl<S: ReadSession> Surveyor for Surveying<S> {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.session.check().await?;
        Ok(Health {
            notes: self.session.notes().clone(),
        })
    }

    async fn survey(&mut self, object: &Object, due: &Due) -> Result<Survey, Fault> {
        self.count(object, due, None).await
    }

    async fn survey_for(&mut self, object: &Object, due: &Due, share: u8) -> Result<Survey, Fault> {
        self.count(object, due, Some(share)).await
    }

    async fn due(&mut self, object: &Object, due: &Due) -> Result<u64, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let rows = self.rows(&aged.count()?).await?;
        let row = rows.into_iter().next().unwrap_or_default();
        number(row.into_iter().next().flatten())
    }

    async fn next(
        &mut self,
        object: &Object,
        due: &Due,
        after: Option<&Candidate>,
        most: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let rows = self.rows(&aged.next(after, most)?).await?;
        rows.into_iter()
            .map(|mut row| {
                let start = row.pop().flatten().unwrap_or_default();
                Ok(Candidate {
                    key: key(object, row)?,
                    start,
                })
            })
            .collect()
    }

    async fn still(&mut self, object: &Object, due: &Due, keys: &[Key]) -> Result<Vec<Key>, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let rows = self
            .in_parts(keys, aged.at_once(), |part| aged.still(part, false))
            .await?;
        rows.into_iter().map(|row| key(object, row)).collect()
    }

    async fn untouched(
        &mut self,
        object: &Object,
        due: &Due,
        keys: &[Key],
    ) -> Result<Vec<Key>, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let rows = self
            .in_parts(keys, aged.at_once(), |part| aged.untouched(part))
            .await?;
        rows.into_iter().map(|row| key(object, row)).collect()
    }

    async fn records(
        &mut self,
        object: &Object,
        due: &Due,
        keys: &[Key],
    ) -> Result<Vec<Record>, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let columns = columns_needed(&self.system, object);
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let rows = self
            .in_parts(keys, aged.at_once(), |part| aged.rows(&columns, part))
            .await?;
        rows.into_iter()
            .map(|row| record(object, &columns, row))
            .collect()
    }

    async fn acts_along(&mut self, object: &Object) -> Result<Vec<String>, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        Ok(table.triggers.iter().chain(&table.rules).cloned().collect())
    }

    fn sees_past_writers(&self) -> bool {
        // A file of SQLite is one writer's while it writes.
        dialect(&self.system.engine) != Dialect::Sqlite
    }

    async fn described(&mut self, object: &Object) -> Result<(Shape, Unread), Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let unread = unread::unread(&self.system, object, &table);
        Ok((table.shape(object), unread))
    }

    async fn alike(
        &mut self,
        object: &Object,
        due: &Due,
        fields: &[String],
        fewest: u32,
        spared: &[Key],
    ) -> Result<Alike, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let spared: Vec<&Key> = spared.iter().collect();
        let rows = self
            .rows(&anonymous::alike(&aged, fields, fewest, &spared)?)
            .await?;
        let row: Option<[Option<String>; 2]> =
            rows.into_iter().next().and_then(|row| row.try_into().ok());
        let Some([due, done]) = row else {
            return Err(Fault::not_a_record());
        };
        Ok(Alike {
            due: number(due)?,
            done: number(done)?,
        })
    }

    async fn records_in(&mut self, object: &Object) -> Result<u64, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let rows = self.rows(&orphans::rows(&table)).await?;
        let row = rows.into_iter().next().unwrap_or_default();
        number(row.into_iter().next().flatten())
    }

    async fn orphans(
        &mut self,
        object: &Object,
        link: &Link,
        most: usize,
    ) -> Result<Orphans, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let mut parents = Vec::new();
        let system = Arc::clone(&self.system);
        for (name, _) in &link.parents {
            let above = system.object(name).ok_or_else(Fault::not_a_record)?;
            parents.push(self.known.table(&mut self.session, above).await?);
        }
        let abandoned = Abandoned::new(&table, object, link, &parents)?;
        let rows = self.rows(&abandoned.count()).await?;
        let row: Option<[Option<String>; 2]> =
            rows.into_iter().next().and_then(|row| row.try_into().ok());
        let Some([records, blank]) = row else {
            return Err(Fault::not_a_record());
        };
        let mut found = Orphans {
            records: number(records)?,
            blank: number(blank)?,
            keys: Vec::new(),
            statement: abandoned.statement(),
        };
        if found.records > 0
            && let Some(select) = abandoned.keys(most)
        {
            let rows = self.rows(&select).await?;
            let keys: Result<Vec<Key>, Fault> =
                rows.into_iter().map(|row| key(object, row)).collect();
            found.keys = keys?;
        }
        Ok(found)
    }

    async fn left(
        &mut self,
        object: &Object,
        due: &Due,
        why: Left,
        after: Option<&Key>,
        most: usize,
    ) -> Result<Vec<Key>, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let rows = self.rows(&aged.left(why, after, most)?).await?;
        rows.into_iter().map(|row| key(object, row)).collect()
    }

    async fn blind(&mut self) -> Result<Option<Blind>, Fault> {
        let is_mariadb = self.session.notes().server.as_deref();
        let is_mariadb = is_mariadb.is_some_and(|server| server.contains("MariaDB"));
        let (sql, why) = match dialect(&self.system.engine) {
            // Whoever may not look sees that there are copies, and nothing else of them.
            Dialect::Postgres => (
                "SELECT (count(*) FILTER (WHERE state IS NULL))::text FROM pg_catalog.pg_stat_replication",
                Blind::Account,
            ),
            Dialect::Mysql if is_mariadb => (
                "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'SLAVES_CONNECTED'",
                Blind::Primary,
            ),
            _ => return Ok(None),
        };
        let select = Select {
            sql: sql.to_owned(),
            arguments: Vec::new(),
        };
        let rows = self.rows(&select).await?;
        let copies = number(rows.into_iter().flatten().next().flatten()).unwrap_or(0);
        Ok((copies > 0).then_some(why))
    }

    async fn lag(&mut self) -> Result<Option<Duration>, Fault> {
        if dialect(&self.system.engine) != Dialect::Postgres {
            return Ok(None);
        }
        let select = Select {
            sql: "SELECT max(extract(epoch FROM replay_lag))::float8::text FROM pg_catalog.pg_stat_replication".to_owned(),
            arguments: Vec::new(),
        };
        let rows = self.rows(&select).await?;
        let seconds = rows.into_iter().flatten().next().flatten();
        let seconds = seconds.and_then(|text| text.parse::<f64>().ok());
        Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
    }
}

/// Writes through a session that writes.
pub(super) struct Sweeping<S> {
    system: Arc<System>,
    session: S,
    known: Known,
    /// Whether a transaction waits to be kept or undone.
    open: bool,
}

impl<S: WriteSession> Sweeping<S> {
    pub(super) fn new(opening: &Opening, session: S) -> Sweeping<S> {
        Sweeping {
            system: Arc::clone(&opening.system),
            session,
            known: Known::new(opening),
            open: false,
        }
    }

    /// Finds the next rows, begins to remove them, and names them meanwhile.
    async fn remove_next(
        &mut self,
        aged: &Aged<'_>,
        most: usize,
        spared: &[&Key],
    ) -> Result<Vec<Row>, Refusal> {
        let mut found = None;
        for aged in [&aged.to_be_looked_at(), aged] {
            let next = taking::next_places(aged, most, spared)?;
            let then = taking::removal(aged);
            found = self.session.find_and_begin(&next, then).await?;
            if found.is_some() {
                break;
            }
        }
        let mut rows = found.unwrap_or_default();
        rows.iter_mut().for_each(taking::leave_key);
        Ok(rows)
    }

    /// As many statements as it takes, within one transaction.
    async fn write_in_parts(
        &mut self,
        table: &Table,
        object: &Object,
        due: &Due,
        work: &[Work],
    ) -> Result<Vec<Key>, Refusal> {
        let aged = Aged::new(table, object, due, children(&self.system, object))?;
        let mut done = Vec::with_capacity(work.len());
        for part in work.chunks(aged.at_once()) {
            done.extend(self.write(table, object, due, part).await?);
        }
        Ok(done)
    }

    /// Within a transaction.
    async fn write(
        &mut self,
        table: &Table,
        object: &Object,
        due: &Due,
        work: &[Work],
    ) -> Result<Vec<Key>, Refusal> {
        let aged = Aged::new(table, object, due, children(&self.system, object))?;
        let keys: Vec<&Key> = work.iter().map(|one| &one.key).collect();
        let named = table.dialect != Dialect::Mysql && due.action != Action::Anonymise;
        if named {
            // Whoever adds a row below one of these holds its key until then. Once they are locked, the next statement sees it.
            if table.dialect == Dialect::Postgres && aged.takes_along() {
                self.session.rows(&aged.still(&keys, true)?).await?;
            }
            let rows = self.session.returning(&aged.change(&keys)?).await?;
            return keys_of(object, rows, &keys);
        }
        let locked = self.session.rows(&aged.still(&keys, true)?).await?;
        let locked = keys_of(object, locked, &keys)?;
        if due.action == Action::Anonymise {
            let free: BTreeSet<&Key> = locked.iter().collect();
            for one in work.iter().filter(|one| free.contains(&one.key)) {
                let values: Vec<(String, Option<String>)> = one
                    .changes
                    .iter()
                    .map(|(name, value)| {
                        let column = object
                            .field(name)
                            .map_or_else(|| name.clone(), super::column_of);
                        let value = written_as(table, &column, value.clone());
                        (column, value)
                    })
                    .collect();
                if values.is_empty() {
                    continue;
                }
                let change = statement::update(table, object, &one.key, &values)?;
                if self.session.execute(&change).await? != 1 {
                    return Err(Fault::two_records().into());
                }
            }
            // Somebody wrote in between, or a trigger did: the values were made for another record.
            let locked: Vec<&Key> = locked.iter().collect();
            let left = self.session.rows(&aged.still(&locked, false)?).await?;
            if !left.is_empty() {
                return Err(Fault::not_anonymous(left.len()).into());
            }
            let locked = locked.into_iter().cloned().collect();
            return Ok(locked);
        }
        if locked.is_empty() {
            return Ok(locked);
        }
        let keys: Vec<&Key> = locked.iter().collect();
        let count = self.session.execute(&aged.change(&keys)?).await?;
        match usize::try_from(count) {
            Ok(count) if count == locked.len() => Ok(locked),
            // A trigger swallowed some: which ones, nobody says.
            _ => Err(Refusal::Blocked(String::new())),
        }
    }
}

#[async_trait]
impl<S: WriteSession> Sweeper for Sweeping<S> {
    async fn ready(&mut self) -> Result<(), Fault> {
        Ok(self.session.ready().await?)
    }

    async fn quiet(&mut self, object: &Object, due: &Due, keys: &[Key]) -> Result<(), Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        let keys: Vec<&Key> = keys.iter().collect();
        self.session.begin().await?;
        let mut asked = Ok(());
        for part in keys.chunks(aged.at_once()) {
            let locked = aged.locked(part).map_err(Refusal::from);
            asked = match locked {
                Ok(locked) => self.session.rows(&locked).await.map(|_| ()),
                Err(refusal) => Err(refusal),
            };
            if asked.is_err() {
                break;
            }
        }
        self.session.rollback().await;
        Ok(asked?)
    }

    async fn act(&mut self, object: &Object, due: &Due, work: &[Work]) -> Result<Vec<Key>, Fault> {
        if work.is_empty() {
            return Ok(Vec::new());
        }
        let table = self.known.table(&mut self.session, object).await?;
        refuse(&table, due.action)?;
        self.session.begin().await?;
        self.open = true;
        match self.write_in_parts(&table, object, due, work).await {
            Ok(done) => Ok(done),
            Err(refusal) => {
                self.undo().await;
                Err(refusal.into())
            }
        }
    }

    async fn abreast(&mut self, object: &Object, due: &Due) -> Result<usize, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        refuse(&table, due.action)?;
        let aged = Aged::new(&table, object, due, children(&self.system, object))?;
        if !taking::is_possible(&aged) || !self.session.names_what_it_removes().await? {
            return Ok(0);
        }
        Ok(taking::abreast(&aged))
    }

    async fn take(
        &mut self,
        object: &Object,
        due: &Due,
        from: &Position,
        most: usize,
        spared: &[Key],
    ) -> Result<Taken, Fault> {
        let table = self.known.table(&mut self.session, object).await?;
        refuse(&table, due.action)?;
        let mut aged = Aged::new(&table, object, due, children(&self.system, object))?;
        // What was there when it was asked may be another by now.
        if !taking::is_possible(&aged) {
            return Err(Fault::unreadable_here());
        }
        if table.dialect == Dialect::Mysql {
            aged = aged.under_its_name();
        }
        let spared: Vec<&Key> = spared.iter().collect();
        self.session.begin().await?;
        self.open = true;
        let rows = match table.dialect {
            Dialect::Sqlite => self.remove_next(&aged, most, &spared).await,
            _ => match taking::take(&aged, from, most, &spared) {
                Ok(take) => self.session.returning(&take).await,
                Err(fault) => Err(fault.into()),
            },
        };
        let taken = rows.map_err(Fault::from);
        match taken.and_then(|rows| taking::taken(&table, object, rows)) {
            Ok(taken) => Ok(taken),
            Err(fault) => {
                self.undo().await;
                Err(fault)
            }
        }
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        if !self.open {
            return Ok(());
        }
        match self.session.commit().await {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(Refusal::Unknown) => {
                self.open = false;
                Err(Fault::unsettled())
            }
            Err(refusal) => {
                self.undo().await;
                Err(refusal.into())
            }
        }
    }

    async fn undo(&mut self) {
        if std::mem::take(&mut self.open) {
            self.session.rollback().await;
            self.known.forget();
        }
    }

    fn most(&self) -> usize {
        20_000
    }
}

/// Nothing is removed through a view: what hangs on the rows below it, and acts when they go, the catalogue does not tell of it.
fn refuse(table: &Table, action: Action) -> Result<(), Fault> {
    if let Some(refused) = table.refuses.action(action) {
        return Err(refused.clone());
    }
    if table.is_view && action == Action::Remove {
        return Err(Fault::view(table.title()));
    }
    Ok(())
}

/// The objects whose rows refer to those of a rule. What is called alike in another schema is taken for one of them: their order decides
/// nothing else.
fn below(system: &System, aged: &Aged<'_>) -> BTreeSet<String> {
    let tables = (system.objects.iter()).filter(|one| matches!(one.how, How::Table { .. }));
    let referring = tables.filter(|one| aged.is_referred_to_by(&TableName::of(one)));
    referring.map(|one| one.name.clone()).collect()
}

/// The day that a rule's column shows; of a moment the day where the controller has its seat.
fn day_of(shown: &str, due: &Due) -> Option<Date> {
    match shown.parse::<Timestamp>() {
        Ok(moment) => Some(moment.to_zoned(due.zone.clone()).date()),
        Err(_) => shown.get(..10)?.parse().ok(),
    }
}

/// A count as a database writes it, where a sum may be a decimal.
pub(super) fn number(text: Option<String>) -> Result<u64, Fault> {
    let text = text.unwrap_or_default();
    let whole = text.split('.').next().unwrap_or_default();
    whole.parse().map_err(|_| Fault::not_a_record())
}

pub(super) fn key(object: &Object, row: Row) -> Result<Key, Fault> {
    let parts = row.into_iter().map(Option::unwrap_or_default).collect();
    Key::new(parts)
        .map_err(|empty| Fault::empty_key(object.key.get(empty).map_or("", String::as_str)))
}

/// The keys of rows, each of which was asked for: a collation may bring others that are written differently.
fn keys_of(object: &Object, rows: Vec<Row>, asked: &[&Key]) -> Result<Vec<Key>, Refusal> {
    let asked: BTreeSet<&Key> = asked.iter().copied().collect();
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let key = key(object, row)?;
        if !asked.contains(&key) {
            return Err(Fault::two_records().into());
        }
        keys.push(key);
    }
    Ok(keys)
}

/// The rows of other objects that hang below one of this object, as the inventory says it.
fn children(system: &System, object: &Object) -> Vec<Reference> {
    let mut found: BTreeMap<(TableName, Vec<(String, String)>), ()> = BTreeMap::new();
    for child in &system.objects {
        if !matches!(child.how, How::Table { .. }) {
            continue;
        }
        for finder in &child.find {
            if let Via::Join(pairs) = &finder.via
                && finder.under.contains(&object.name)
            {
                found.insert((TableName::of(child), pairs.clone()), ());
            }
        }
    }
    found
        .into_keys()
        .map(|(name, columns)| Reference {
            schema: name.schema,
            table: name.table,
            columns,
            cascades: false,
        })
        .collect()
}
