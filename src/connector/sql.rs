//! Databases that speak SQL: the same reading and writing for all of them.
//!
//! An engine supplies a session that reads, a session that writes, and the live catalogue ([`catalogue`]); what is asked
//! ([`statement`], [`comparison`]) and what a write has to prove before it counts is the same for all and stands here. All values
//! travel as text in the database's own notation, so a record has the same digest however a driver would have decoded it.

mod aged;
mod anonymous;
mod catalogue;
mod comparison;
mod examine;
mod known;
mod lines;
pub mod mysql;
mod name;
mod orphans;
mod outline;
pub mod postgres;
mod reading;
pub mod sqlite;
mod statement;
mod sweeping;
mod taking;
mod unread;
mod writing;

pub use known::Descriptions;

use async_trait::async_trait;
use serde_json::Value;

use catalogue::{Dialect, Table};
use examine::{Facts, Nature};
use known::Describe;
use statement::{Change, Select};

use crate::connector::object::{At, Field, Object, Via};
use crate::connector::{Action, Fault, Finding, Holds, Key, Notes, Record};
use crate::inventory::{Engine, System};
use crate::messages::{Text, sql as say};

/// The statements that carry out an action on one record, `?` standing for each value, as the plan shows them.
pub fn describe(engine: &Engine, object: &Object, action: Action) -> Vec<String> {
    statement::describe(dialect(engine), object, action)
}

fn dialect(engine: &Engine) -> Dialect {
    match engine {
        Engine::Mysql => Dialect::Mysql,
        Engine::Sqlite => Dialect::Sqlite,
        _ => Dialect::Postgres,
    }
}

/// What a warning in [`Notes::warnings`] means; `None` for a code of another room.
pub fn warning(code: &str, what: &str) -> Option<Text> {
    match code {
        "W203" => Some(say::no_index(what)),
        "W204" => Some(say::trigger(what)),
        "W205" => Some(say::pooled(what)),
        "W206" => Some(say::key_not_unique(what)),
        "W207" => Some(say::cascade(what)),
        "W211" => Some(say::no_transactions(what)),
        "W212" => Some(say::unseen(what)),
        "W213" => Some(say::keeps_history(what)),
        "W214" => Some(say::replica(what)),
        "W353" => Some(say::no_blank_index(what)),
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
    for action in [Action::Restrict, Action::Unrestrict] {
        needed.extend(object.sets(action).iter().map(|(name, _)| name.clone()));
    }
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

/// A value as the column takes it: flags are often kept as 0 and 1.
fn written_as(table: &Table, column: &str, value: Option<String>) -> Option<String> {
    let holds = table.column(column).map(|live| live.shape.holds);
    let as_number = match (holds, table.dialect) {
        (Some(Holds::Number), _) | (Some(Holds::Boolean), Dialect::Sqlite) => true,
        (_, Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql) => false,
    };
    match value.as_deref() {
        Some("true") if as_number => Some("1".to_owned()),
        Some("false") if as_number => Some("0".to_owned()),
        _ => value,
    }
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

/// What makes a change of rows that were found.
type Then = Box<dyn FnOnce(&[Row]) -> Option<Change> + Send>;

/// A session that reads. It has no function that writes, and [`Select`] is the only kind of statement it takes.
#[async_trait]
trait ReadSession: Describe {
    async fn rows(&mut self, select: &Select, each: Each<'_>) -> Result<(), Refusal>;
    async fn check(&mut self) -> Result<(), Refusal>;
    /// What weakens promises about the server, the file or the account as a whole.
    async fn examine(&mut self) -> Result<Vec<Finding>, Refusal> {
        Ok(Vec::new())
    }
    /// What there is to know of a table for the doctor; the default knows only what its description says.
    async fn facts(&mut self, table: &Table) -> Result<Facts, Refusal> {
        let nature = if table.is_view {
            Nature::View
        } else {
            Nature::Table
        };
        Ok(Facts {
            nature,
            ..Facts::default()
        })
    }
    fn notes(&self) -> &Notes;
}

/// A session that writes: one transaction at a time.
#[async_trait]
trait WriteSession: Describe {
    /// Undoes what a writer that died left half-done, where the server does not do so itself.
    async fn recover(&mut self) -> Result<(), Refusal> {
        Ok(())
    }
    /// Whether the server takes writes, where it says so before one is tried.
    async fn ready(&mut self) -> Result<(), Refusal> {
        Ok(())
    }
    async fn begin(&mut self) -> Result<(), Refusal>;
    async fn rows(&mut self, select: &Select) -> Result<Vec<Row>, Refusal>;
    /// The number of rows that were changed.
    async fn execute(&mut self, change: &Change) -> Result<u64, Refusal>;
    /// Finds rows, and begins to change just these by what `then` makes of them; they are told while the database is at work. What comes of it,
    /// the next call tells: nothing is committed unless so many rows were changed. `None` if `then` made nothing of them.
    async fn find_and_begin(
        &mut self,
        _select: &Select,
        _then: Then,
    ) -> Result<Option<Vec<Row>>, Refusal> {
        Err(Fault::unreadable_here().into())
    }
    /// The rows that a statement changes, as its `RETURNING` names them; MySQL knows no such thing, MariaDB where rows are removed.
    async fn returning(&mut self, _change: &Change) -> Result<Vec<Row>, Refusal> {
        Err(Fault::unreadable_here().into())
    }
    /// Whether a statement that removes rows can name them.
    async fn names_what_it_removes(&mut self) -> Result<bool, Refusal> {
        Ok(true)
    }
    async fn commit(&mut self) -> Result<(), Refusal>;
    /// Leaves nothing behind, by closing the connection if need be.
    async fn rollback(&mut self);
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
