//! Working through an object by the age of its records, whosever they are: what retention does.
//!
//! As with requests there are two halves, one of which has no way to write. Both take the whole rule with every call and look at the
//! records as they are at that moment, so a record that is no longer due is not touched, whenever that came about.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{
    Action, Changes, Fault, Health, Key, Object, Opening, Record, Shape, Unread, csv, sql,
};
use crate::inventory::Engine;
use crate::keys::Digest;

/// Which records of an object are due, and for what.
#[derive(Clone, Debug)]
pub struct Due {
    pub action: Action,
    /// The field that holds the day from which the period counts.
    pub field: String,
    /// The days of which the period is over: ranges without their end, oldest first, none touching another.
    pub days: Vec<Range<Date>>,
    /// Where there is one: only records that show one of these days too, in another field, are due. Holds go by the days of that field, and
    /// are on all others and on records that show no day there.
    pub free: Option<Box<Due>>,
    /// The day of the run. A start after it is told and never due.
    pub today: Date,
    /// Where a moment becomes a day.
    pub zone: TimeZone,
}

/// What a rule meets in an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// Records that there are.
    pub records: u64,
    /// Whether there are more, which were not counted.
    pub more: bool,
    /// Those that would be written to now.
    pub due: u64,
    /// Due by their day, but others refer to them, which would vanish, change or stand alone.
    pub referenced: u64,
    /// Without a day from which to count.
    pub unknown: u64,
    /// With a day that is still to come.
    pub future: u64,
    /// Objects of the same system whose records refer to these, its own name where they refer to each other.
    pub below: BTreeSet<String>,
    /// The oldest day of those that are due, whoever may spare them.
    pub oldest: Option<Date>,
    /// Whether `records` are only those that were listed, because nobody says how many there are in all.
    pub uncounted: bool,
    /// How the due ones are found: `None` by an index, else the statement that would make one.
    pub missing_index: Option<String>,
    /// What could not be read, a file among others; nothing of it is counted. `None` where all was.
    pub broken: Option<Fault>,
}

/// Why records are left alone, as far as their system tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Without a day from which to count.
    Unknown,
    /// With a day that is still to come.
    Future,
    /// Due, but others refer to them.
    Referenced,
}

/// Why it cannot be seen how far copies of a system lag behind, though there are some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blind {
    /// The account may not look.
    Account,
    /// A primary of this product does not know it.
    Primary,
}

/// Records that what stays of them would let stand out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    /// Due, and to be like fewer others than asked for.
    pub due: u64,
    /// Anonymous already, their day over, and like fewer others.
    pub done: u64,
}

/// A record that is due, by its name and the day from which it counts as the system writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub key: Key,
    pub start: String,
}

/// By which columns the records of an object name those above them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub columns: Vec<String>,
    /// The objects of which one may be meant, each with its own columns in the order of `columns`.
    pub parents: Vec<(String, Vec<String>)>,
}

/// Records that name a parent which is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    pub records: u64,
    /// Those among them whose link holds 0 or an empty text, which some programs write for none.
    pub blank: u64,
    /// The first of them, where a key is nothing but a number that the system has given its record.
    pub keys: Vec<Key>,
    /// By which whoever runs the system sees all of them; without any value.
    pub statement: String,
}

/// One record that is to be written to.
#[derive(Clone, Debug)]
pub struct Work {
    pub key: Key,
    /// New values, where the action writes some.
    pub changes: Changes,
}

/// What [`Sweeper::take`] found and wrote to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Records that were written to.
    pub keys: Vec<Key>,
    /// How many were found; more than were written to where somebody else was quicker.
    pub found: usize,
    /// The last day that one of them shows, from which the next search goes on; `None` where it begins anew.
    pub last: Option<String>,
}

/// Where a search for the next records begins, and which way it goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    pub end: End,
    /// The day that the search before came to, as the system writes it; `None` for the end itself.
    pub day: Option<String>,
}

/// An end of the days of which the period is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    #[default]
    Oldest,
    Newest,
}

/// The word that a rule may write: an earlier run has shown what it would do. Sweepers open with nothing else.
#[derive(Clone, Debug)]
pub struct Cleared {
    rule: Digest,
}

impl Cleared {
    /// `shown` are the rules, by their digest, that earlier runs have planned in the ledger; `None` if this one is not among them.
    pub fn new(rule: Digest, shown: &[Digest]) -> Option<Cleared> {
        shown.contains(&rule).then_some(Cleared { rule })
    }

    pub fn rule(&self) -> Digest {
        self.rule
    }
}

/// Looks for what is due. Holds nothing through which something could be changed.
#[async_trait]
pub trait Surveyor: Send {
    /// Connects, and notes who answers.
    async fn check(&mut self) -> Result<Health, Fault>;

    /// Counts what the rule meets.
    async fn survey(&mut self, object: &Object, due: &Due) -> Result<Survey, Fault>;

    /// The same, all records counted only until it is certain that the due ones are no more than `share` per cent of them, and a hundred thousand
    /// in any case.
    ///
    /// # Errors
    /// As [`Surveyor::survey`].
    async fn survey_for(
        &mut self,
        object: &Object,
        due: &Due,
        _share: u8,
    ) -> Result<Survey, Fault> {
        self.survey(object, due).await
    }

    /// How many records are due: the one number of [`Survey`] that is asked for again when a walk has ended.
    async fn due(&mut self, object: &Object, due: &Due) -> Result<u64, Fault>;

    /// The next records that are due, in an order that does not change while records go, at most `most` of them.
    async fn next(
        &mut self,
        _object: &Object,
        _due: &Due,
        _after: Option<&Candidate>,
        _most: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        Err(Fault::unreadable_here())
    }

    /// Those of some records that are still due.
    async fn still(&mut self, object: &Object, due: &Due, keys: &[Key]) -> Result<Vec<Key>, Fault>;

    /// Those of some records that show nothing of the action, whether or not they are due by now: after a crash they tell what had not been
    /// done. A record that is held since, or whose date was corrected, is not due any more and was not touched all the same.
    async fn untouched(
        &mut self,
        _object: &Object,
        _due: &Due,
        _keys: &[Key],
    ) -> Result<Vec<Key>, Fault> {
        Err(Fault::unreadable_here())
    }

    /// Those of some records that are there, with every field that the object names.
    async fn records(
        &mut self,
        _object: &Object,
        _due: &Due,
        _keys: &[Key],
    ) -> Result<Vec<Record>, Fault> {
        Err(Fault::unreadable_here())
    }

    /// What the system itself does besides, whenever records of an object are written to: its triggers and rules by name, in a fixed order.
    async fn acts_along(&mut self, _object: &Object) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    /// Whether one can look for the next records while a [`Sweeper`] writes, neither of them waiting for the other.
    fn sees_past_writers(&self) -> bool {
        false
    }

    /// The columns of an object by their names, and those among them that nobody lists.
    async fn described(&mut self, _object: &Object) -> Result<(Shape, Unread), Fault> {
        Err(Fault::unreadable_here())
    }

    /// How many records share what stays in some fields with fewer than `fewest` that are anonymous, or will be by this rule. Those of
    /// `spared` will not be.
    async fn alike(
        &mut self,
        _object: &Object,
        _due: &Due,
        _fields: &[String],
        _fewest: u32,
        _spared: &[Key],
    ) -> Result<Alike, Fault> {
        Err(Fault::unreadable_here())
    }

    /// How many records an object has.
    async fn records_in(&mut self, _object: &Object) -> Result<u64, Fault> {
        Err(Fault::unreadable_here())
    }

    /// The records of an object whose link leads to none, and the keys of at most `most` of them.
    async fn orphans(
        &mut self,
        _object: &Object,
        _link: &Link,
        _most: usize,
    ) -> Result<Orphans, Fault> {
        Err(Fault::unreadable_here())
    }

    /// The next records that are left alone for one reason, in an order of the system's own, at most `most` of them.
    async fn left(
        &mut self,
        _object: &Object,
        _due: &Due,
        _why: Left,
        _after: Option<&Key>,
        _most: usize,
    ) -> Result<Vec<Key>, Fault> {
        Err(Fault::unreadable_here())
    }

    /// Whether the system has copies of which [`Surveyor::lag`] cannot tell.
    async fn blind(&mut self) -> Result<Option<Blind>, Fault> {
        Ok(None)
    }

    /// How far the slowest copy of the system lags behind; `None` where there is none, or it cannot be seen.
    async fn lag(&mut self) -> Result<Option<std::time::Duration>, Fault> {
        Ok(None)
    }
}

/// Writes to what is due. Between writing and keeping what was written lies a last look at what may have come in between.
#[async_trait]
pub trait Sweeper: Send {
    /// Whether the system takes writes at all: a copy that follows another server does not. Asked before a run says that it begins.
    ///
    /// # Errors
    /// Why it does not. Nothing was written.
    async fn ready(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// Returns once nobody else is at work on these records. What a run sent before it was killed may still be under way in the system or
    /// on the line to it, and is not to be read before it has come to its end.
    ///
    /// # Errors
    /// Somebody holds them longer than a lock is waited for.
    async fn quiet(&mut self, _object: &Object, _due: &Due, _keys: &[Key]) -> Result<(), Fault> {
        Ok(())
    }

    /// Carries the rule's action out on those of the records that are due at this moment, in one transaction that stays open, and names them.
    ///
    /// # Errors
    /// Nothing was written, and no transaction is open.
    async fn act(&mut self, object: &Object, due: &Due, work: &[Work]) -> Result<Vec<Key>, Fault>;

    /// How many sweepers may [`Sweeper::take`] at the same time, each in a transaction of its own and from another end, without waiting for
    /// each other; 0 where records have to be found before they can be written to.
    ///
    /// # Errors
    /// The object cannot be looked at, or the action is refused there.
    async fn abreast(&mut self, _object: &Object, _due: &Due) -> Result<usize, Fault> {
        Ok(0)
    }

    /// Finds the next records from a position on that are due, at most `most` and none of `spared`, and carries the rule's action out on
    /// them with the same statement, in one transaction that stays open. Only where [`Sweeper::abreast`] allows it. What is between both ends
    /// and fits into what two searches were asked for is found by one of them alone.
    ///
    /// # Errors
    /// As [`Sweeper::act`].
    async fn take(
        &mut self,
        _object: &Object,
        _due: &Due,
        _from: &Position,
        _most: usize,
        _spared: &[Key],
    ) -> Result<Taken, Fault> {
        Err(Fault::unreadable_here())
    }

    /// Makes durable what [`Sweeper::act`] or [`Sweeper::take`] wrote.
    ///
    /// # Errors
    /// Nothing was written, except where [`Fault::leaves_open`] says so.
    async fn keep(&mut self) -> Result<(), Fault>;

    /// Takes back what they wrote.
    async fn undo(&mut self);

    /// How many records one call takes at most.
    fn most(&self) -> usize;
}

/// Names a record for ledger and evidence.
pub type Namer = Arc<dyn Fn(&Key) -> Digest + Send + Sync>;

/// Takes the keys of what goes from a file, some at a time, in their order.
pub type Leaving = tokio::sync::mpsc::Sender<Vec<Key>>;

/// What one writing of a file takes from it.
#[derive(Clone)]
pub struct Renewal {
    pub object: Object,
    pub due: Due,
    /// The file, by its name.
    pub file: String,
    /// Records that are held, or that belong to a person whose request is open.
    pub spared: Arc<BTreeSet<Key>>,
    /// Most records that may go: what was counted.
    pub most: u64,
    /// Set when nobody wants the new file any more.
    pub stopped: Arc<AtomicBool>,
}

/// Writes files anew without what is due. A file is one batch, however many records go from it: it takes the place of the old one as a
/// whole or not at all.
#[async_trait]
pub trait Renewer: Send {
    /// Removes what a killed run left beside the files, and names them in their order.
    async fn files(&mut self) -> Result<Vec<String>, Fault>;

    /// Makes the new file beside the old one and says how many records it lacks; the file waits to be kept or undone unless it lacks none.
    ///
    /// # Errors
    /// No file waits. E491 if more is due than may go.
    async fn prepare(&mut self, renewal: Renewal, taken: Leaving) -> Result<u64, Fault>;

    /// Puts the new file in the old one's place, if that is still the one that was read.
    ///
    /// # Errors
    /// The old file is there, except where [`Fault::leaves_open`] says so.
    async fn keep(&mut self) -> Result<(), Fault>;

    /// Removes the new file.
    async fn undo(&mut self);

    /// Those of some records that lie in a file and show nothing of the action, by their names.
    async fn untouched(
        &mut self,
        renewal: Renewal,
        names: Arc<BTreeSet<Digest>>,
        namer: Namer,
    ) -> Result<BTreeSet<Digest>, Fault>;
}

/// Opens a system whose files are written anew; `None` if its engine does not work in that way.
///
/// # Errors
/// As [`surveyor`].
pub fn renewer(opening: &Opening, cleared: &Cleared) -> Result<Option<Box<dyn Renewer>>, Fault> {
    match &opening.system.engine {
        Engine::Csv(_) => csv::renewer(opening, cleared).map(Some),
        _ => Ok(None),
    }
}

/// Opens a system to look for what is due; `None` if its engine cannot be swept.
///
/// # Errors
/// What its settings lack.
pub fn surveyor(opening: &Opening) -> Result<Option<Box<dyn Surveyor>>, Fault> {
    match &opening.system.engine {
        Engine::Postgres => sql::postgres::surveyor(opening).map(Some),
        Engine::Mysql => sql::mysql::surveyor(opening).map(Some),
        Engine::Sqlite => sql::sqlite::surveyor(opening).map(Some),
        Engine::Csv(_) => csv::surveyor(opening).map(Some),
        _ => Ok(None),
    }
}

/// Opens a system to write what a cleared rule says.
///
/// # Errors
/// As [`surveyor`].
pub fn sweeper(opening: &Opening, cleared: &Cleared) -> Result<Option<Box<dyn Sweeper>>, Fault> {
    match &opening.system.engine {
        Engine::Postgres => sql::postgres::sweeper(opening, cleared).map(Some),
        Engine::Mysql => sql::mysql::sweeper(opening, cleared).map(Some),
        Engine::Sqlite => sql::sqlite::sweeper(opening, cleared).map(Some),
        _ => Ok(None),
    }
}
