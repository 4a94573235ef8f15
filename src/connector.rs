//! What a connected system can do, whatever it speaks.
//!
//! An engine gives two things: a [`Reader`], which has no way to change anything, and a [`Writer`], which can only be opened with
//! an approved plan. Engines return candidates; whether a candidate is the person is decided by the guard in `find`, for all
//! engines alike. A connector never sees a case.

pub mod attachment;
pub mod categories;
pub mod csv;
pub mod definition;
pub mod fault;
pub mod files;
pub mod finding;
pub mod grammar;
pub mod guess;
pub mod ldap;
pub mod library;
pub mod look_up;
pub mod manual;
pub mod mask;
pub(crate) mod members;
pub mod moment;
pub mod notation;
pub mod object;
pub(crate) mod order;
pub mod outline;
pub mod process;
pub mod proposal;
pub mod rest;
pub mod sql;
pub mod start;
pub mod sweeping;
pub mod transport;
pub mod unread;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use fault::Fault;
pub use finding::{Finding, Severity};
pub use object::{Action, Object};
pub use unread::{Blind, Unread, UnreadColumn};

use crate::inventory::{Engine, System};
use crate::keys::{Digest, Key as SecretKey};
use crate::plan::Approved;
use crate::subject::Identity;

/// The values that name one record, in the order in which the object lists its key fields. May be personal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Vec<String>);

impl Key {
    /// # Errors
    /// The index of the first part that is empty or blank: such a key would name more than one record.
    pub fn new(parts: Vec<String>) -> Result<Key, usize> {
        match parts.iter().position(|part| part.trim().is_empty()) {
            Some(empty) => Err(empty),
            None if parts.is_empty() => Err(0),
            None => Ok(Key(parts)),
        }
    }

    pub fn parts(&self) -> &[String] {
        &self.0
    }
}

/// Parts joined by `/`; `/` and `%` inside a part are percent-encoded, so that the text names one key only.
impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|p| p.replace('%', "%25").replace('/', "%2F"))
            .collect();
        f.write_str(&parts.join("/"))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

/// One record as the system gave it: every column or property that came with it. Personal throughout.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub key: Key,
    /// Always a JSON object.
    pub data: Value,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[record]")
    }
}

/// Recognises a record's state: HMAC over its key and its listed fields, volatile ones left out.
#[derive(Clone)]
pub struct Digester(SecretKey);

impl Digester {
    /// `key` is the case key derived for [`crate::keys::Purpose::Record`].
    pub fn new(key: SecretKey) -> Digester {
        Digester(key)
    }

    /// The state that a write starts from or leads to. A restriction changes no listed field, so its mark is part of the state for
    /// the actions that set it or take it away.
    pub fn state(&self, object: &Object, action: Action, record: &Record) -> Digest {
        let plain = self.digest(object, record);
        match action {
            Action::Remove | Action::Anonymise | Action::Rectify => plain,
            Action::Restrict | Action::Unrestrict | Action::Suppress => {
                let shown = object.shows(action, record).unwrap_or(false);
                self.marked(plain, shown)
            }
        }
    }

    /// A record's state with or without the mark of an action.
    pub fn marked(&self, plain: Digest, shown: bool) -> Digest {
        self.0.mac(&crate::canonical::bytes(&(plain, shown)))
    }

    pub fn digest(&self, object: &Object, record: &Record) -> Digest {
        let mut fields = BTreeMap::new();
        for field in object.fields.iter().filter(|field| !field.volatile) {
            let mut value = object::as_text(&field.at.all(&record.data));
            if value.is_null() && object.is_file() {
                // A file has no null: what is set to it is an empty cell when it is read back.
                value = Value::String(String::new());
            }
            fields.insert(field.name.as_str(), value);
        }
        self.0.mac(&crate::canonical::bytes(&(&record.key, fields)))
    }
}

/// New values for fields, by field name; `None` is null. Texts are written in the system's own notation.
pub type Changes = BTreeMap<String, Option<String>>;

/// What an engine asks a finder to look for.
#[derive(Clone, Copy)]
pub enum Probe<'a> {
    Identity(&'a Identity),
    Parent(&'a Record),
    /// What carries the identity inside one place, or below one record.
    Within {
        identity: &'a Identity,
        parent: &'a Record,
    },
    /// Every record there is; of places only.
    All,
    /// What is older than a day, inside one place where there are any. No search for a person asks this.
    Before {
        day: jiff::civil::Date,
        parent: Option<&'a Record>,
    },
}

impl<'a> Probe<'a> {
    /// The record below which is searched.
    pub fn parent(self) -> Option<&'a Record> {
        match self {
            Probe::Parent(parent) | Probe::Within { parent, .. } => Some(parent),
            Probe::Before { parent, .. } => parent,
            Probe::Identity(_) | Probe::All => None,
        }
    }
}

/// What a column can hold, read from the live catalogue; systems without a catalogue leave it out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The type as the system names it (`character varying`, `date`).
    pub type_name: String,
    pub holds: Holds,
    pub nullable: bool,
    /// Whether two rows may not have the same value in this column alone.
    pub unique: bool,
    /// Most characters that fit.
    pub max_length: Option<usize>,
    /// The values must exist in another table.
    pub references: Option<String>,
    /// Whether a comparison with this column can use an index.
    pub indexed: bool,
    /// There are no empty values: what is not null has at least one sign.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_empty: bool,
    /// Why nothing is written to it, whatever the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuses: Option<crate::messages::Text>,
    /// The encoding that values are kept in, where it holds less than Unicode (`windows-1252`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// Coarse type of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    #[default]
    Text,
    Number,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Json,
    Binary,
    Other,
}

/// The columns of an object, by name; empty where the system has no catalogue.
pub type Shape = BTreeMap<String, Column>;

/// What was seen of a system while it was used, for `check` and the evidence. Holds nothing personal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    pub host: Option<String>,
    /// Product and version as the system states it.
    pub server: Option<String>,
    /// `none` on loopback and sockets, else the protocol version.
    pub tls: Option<String>,
    /// SHA-256 of the server's certificate.
    pub certificate: Option<Digest>,
    /// The account used, if it is no secret; tells reading and writing accounts apart.
    pub account: Option<String>,
    /// The system's clock minus ours.
    pub clock_offset_s: Option<i64>,
    /// Things that weaken a promise, as diagnostic codes (W…) with their object or column.
    pub warnings: Vec<(String, String)>,
}

/// What an engine gets to open a system: the inventory's words with every secret fetched.
#[derive(Clone)]
pub struct Opening {
    pub system: Arc<System>,
    /// Folder of the inventory; relative paths start there.
    pub folder: PathBuf,
    pub settings: Settings,
    /// Workspace key derived for [`crate::keys::Purpose::Row`].
    pub row_key: SecretKey,
    /// What databases said about their tables already, shared by whatever one command opens.
    pub descriptions: sql::Descriptions,
    /// What requests leave by.
    pub transport: transport::Transport,
}

/// The settings of one system, secrets fetched.
#[derive(Clone, Default)]
pub struct Settings {
    pub plain: BTreeMap<String, String>,
    pub secret: BTreeMap<String, SecretString>,
}

/// What `check` learned by asking the system.
#[derive(Clone, Debug, Default)]
pub struct Health {
    pub notes: Notes,
}

/// Receives candidates as they arrive. Return `false` to stop the engine (the cap was reached).
pub type Sink<'a> = &'a mut (dyn FnMut(Record) -> bool + Send);

/// Hears how many documents, files or records a long search has gone through.
pub type Heard = Arc<dyn Fn(u64) + Send + Sync>;

/// Reads a system. Implementations hold no connection, client or handle through which something could be changed.
#[async_trait]
pub trait Reader: Send {
    /// Connects and proves that the credential works, with the cheapest request there is.
    async fn check(&mut self) -> Result<Health, Fault>;

    /// What the object's columns can hold; also proves that object and columns exist.
    async fn shape(&mut self, _object: &Object) -> Result<Shape, Fault> {
        Ok(Shape::new())
    }

    /// What the object's records have beyond what comes with them, by name; `None` for systems that give whole records.
    async fn unread(&mut self, _object: &Object) -> Result<Option<Unread>, Fault> {
        Ok(None)
    }

    /// Every candidate that one finder of the object (by its index) returns for a probe, page by page.
    ///
    /// Candidates are not yet guarded. A reply of another shape than described is a fault, never an empty result.
    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault>;

    /// What is about to be asked, one by one: an engine for which every question means reading everything reads once for all.
    fn announce(&mut self, _identities: &[Identity]) {}

    /// Whom to tell how a long search goes on.
    fn report_to(&mut self, _heard: Heard) {}

    /// What became of the documents of a system of folders, once it was searched.
    fn documents(&self) -> Option<files::Documents> {
        None
    }

    /// Whether [`Reader::read`] works for this object; if not, records are read again by finding them.
    fn reads_by_key(&self, object: &Object) -> bool;

    /// The record under this key, `None` if it is gone.
    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault>;

    /// The version of a record that was read just now, by which a write can be refused once there is a newer one.
    fn version(&self, _object: &Object, _record: &Record) -> Option<String> {
        None
    }

    /// Every item of one part of a record that a package holds beside the record itself, page by page. The sink returns `false` to
    /// stop.
    async fn part(
        &mut self,
        _object: &Object,
        _part: &object::ExportPart,
        _record: &Record,
        _sink: &mut (dyn FnMut(Value) -> bool + Send),
    ) -> Result<(), Fault> {
        Err(Fault::unreadable_here())
    }

    /// One file of a record, as an entry of `files` fetches it.
    async fn file(
        &mut self,
        _object: &Object,
        _rule: &attachment::FileRule,
        _record: &Record,
        _named: &attachment::Named,
        _take: attachment::Pieces<'_>,
    ) -> attachment::Fetched {
        attachment::Fetched {
            name: String::new(),
            came: Err(Fault::unreadable_here()),
        }
    }

    /// What an action's own verification finds under this key.
    async fn verify(
        &mut self,
        _object: &Object,
        _action: Action,
        _key: &Key,
    ) -> Result<Sight, Fault> {
        Ok(Sight::NotAsked)
    }

    /// Whether a record's key changes with its content (rows of files that no column names), so that one which is no longer under its
    /// key need not be gone.
    fn keys_follow_content(&self, _object: &Object) -> bool {
        false
    }

    /// Records that a write to `key` may have turned into, where a record's key changes with its content (rows of files): those
    /// that hold every new value. They come under the old key, so that their digest is the planned one if they are it.
    async fn moved(
        &mut self,
        _object: &Object,
        _action: Action,
        _key: &Key,
        _changes: &Changes,
        _sink: Sink<'_>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// What weakens a promise about the system as a whole: its account, its server, its file. Asked after [`Reader::check`].
    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        Ok(Vec::new())
    }

    /// What weakens a promise about one object; `needs` are the actions that the inventory may plan for it.
    async fn examine(
        &mut self,
        _object: &Object,
        _needs: &[Action],
    ) -> Result<Vec<Finding>, Fault> {
        Ok(Vec::new())
    }

    /// What lies in the system, whether the inventory names it or not; `None` where the system does not say.
    async fn outline(&mut self) -> Result<Option<outline::Outline>, Fault> {
        Ok(None)
    }

    /// Seen so far.
    fn notes(&self) -> Notes;
}

/// What the request that verifies an action found.
#[derive(Clone, PartialEq)]
pub enum Sight {
    /// The action is verified by reading the record itself.
    NotAsked,
    /// No record came.
    Nothing,
    /// The record as that request shows it: perhaps other members than its own.
    Shows(Value),
}

impl std::fmt::Debug for Sight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Sight::NotAsked => "[not asked]",
            Sight::Nothing => "[nothing]",
            Sight::Shows(_) => "[record]",
        })
    }
}

/// One record to be written, as it was read just now.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub record: &'a Record,
    /// Digest that the record had when it was planned; a differing one in the system means `Changed`.
    pub before: &'a Digest,
    /// New values, for actions that write some.
    pub changes: &'a Changes,
    /// The version that the system gave the record when it was read just now, where it has any.
    pub version: Option<&'a str>,
}

/// What became of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Done,
    /// There was nothing left to write to.
    Gone,
    /// The record no longer is what was planned; nothing was written.
    Changed,
    /// The system has another version of the record than the one named; nothing was written. Reading tells what has changed.
    Stale,
    /// The system refused for a reason of its own (a foreign key, a booked document).
    Blocked,
    /// The write may or may not have happened; reading decides.
    Unknown,
    /// The system took it and started a job of which nobody can tell any more whether it ended; verification decides.
    Lost,
    /// The system took it and is still at it; later reading decides.
    Running,
}

/// How long a writer may wait for the system to finish what it took.
#[derive(Clone)]
pub struct Patience {
    pub until: tokio::time::Instant,
    /// Whether somebody has asked to stop.
    pub stop: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl Patience {
    pub fn is_over(&self) -> bool {
        (self.stop)() || tokio::time::Instant::now() >= self.until
    }
}

/// Writes to a system. Opened with an approved plan only.
#[async_trait]
pub trait Writer: Send {
    /// How many records of this object one call of [`Writer::act`] takes at most. Files take all at once.
    fn batch(&self, _object: &Object, _action: Action) -> usize {
        1
    }

    /// Whether the action may be repeated when its reply was lost. Intents of others are never batched.
    fn is_idempotent(&self, object: &Object, action: Action) -> bool;

    /// Bounds the waiting for jobs. Called once, before [`Writer::act`].
    fn wait_no_longer(&mut self, _than: Patience) {}

    /// Carries out one action on the targets; one result per target, in their order.
    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        digester: &Digester,
    ) -> Vec<Result<Effect, Fault>>;

    /// Undoes what a previous, killed run may have left half-done (a temporary file, a prepared transaction). Called once, first.
    async fn recover(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

/// Opens a system for reading.
///
/// # Errors
/// What its settings lack. Whether it answers shows at the first request.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    match &opening.system.engine {
        Engine::Postgres => sql::postgres::reader(opening),
        Engine::Mysql => sql::mysql::reader(opening),
        Engine::Sqlite => sql::sqlite::reader(opening),
        Engine::Csv(_) => csv::reader(opening),
        Engine::Rest(_) => rest::reader(opening),
        Engine::Ldap => ldap::reader(opening),
        Engine::Files(_) => files::reader(opening),
        Engine::Process(_) => process::reader(opening),
        Engine::Manual(_) | Engine::None => Err(Fault::not_connected()),
    }
}

/// Opens a system for writing what an approved plan says.
///
/// # Errors
/// As [`reader`].
pub fn writer(opening: &Opening, approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    match &opening.system.engine {
        Engine::Postgres => sql::postgres::writer(opening, approved),
        Engine::Mysql => sql::mysql::writer(opening, approved),
        Engine::Sqlite => sql::sqlite::writer(opening, approved),
        Engine::Csv(_) => csv::writer(opening, approved),
        Engine::Rest(_) => rest::writer(opening, approved),
        Engine::Ldap => ldap::writer(opening, approved),
        // Documents are cleared by people.
        Engine::Files(_) => Err(Fault::not_connected()),
        Engine::Process(_) => process::writer(opening, approved),
        Engine::Manual(_) | Engine::None => Err(Fault::not_connected()),
    }
}

/// What an action sends, in words and with its values masked, for the plan.
pub fn describe(system: &System, object: &Object, action: Action) -> Vec<String> {
    match &system.engine {
        Engine::Postgres | Engine::Mysql | Engine::Sqlite => {
            sql::describe(&system.engine, object, action)
        }
        Engine::Csv(settings) => csv::describe(settings, object, action),
        Engine::Rest(_) => rest::describe(object, action),
        Engine::Ldap => ldap::describe(object, action),
        Engine::Files(_) => Vec::new(),
        Engine::Process(_) => process::describe(system, object, action),
        Engine::Manual(_) | Engine::None => Vec::new(),
    }
}
