//! `dsr.yaml`, read and checked.
//!
//! After this door the rest of the program cannot hold an unknown engine, an empty identity or an action that an engine cannot do.
//! Everything that was wrong is returned together, with its place. The guides under `docs/` show the grammar.

mod context;
pub mod extract;
mod head;
mod object;
mod plugin;
mod read;
mod retention;
mod settings;
mod sync;
mod system;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::connector::definition::Definition;
use crate::connector::{Action, Object};
use crate::diagnostic::Trouble;
use crate::keys::Digest;
use crate::secret::Reference;
use crate::subject::{Identity, Kinds};
use crate::yaml::Node;

pub use read::{controller_name, parse, read};

/// How a connector is found and read.
///
/// The engine of connector files is one of several to the inventory, so it is handed in.
pub type Load<'a> = &'a dyn Fn(&Wanted<'_>) -> Result<Definition, Trouble>;

/// The connector that a system names.
pub struct Wanted<'a> {
    /// A name, or the path of a file from the inventory's folder.
    pub name: &'a str,
    /// Of the inventory.
    pub folder: &'a Path,
    /// What the system changes in it.
    pub extend: Option<&'a Node>,
}

/// A checked inventory.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// Folder of `dsr.yaml`; relative paths start there.
    pub folder: PathBuf,
    /// SHA-256 of the file's bytes.
    pub digest: Digest,
    pub controller: Controller,
    /// Whether identity must be confirmed before anything is handed over or changed (`requests.identity`).
    pub identity_required: bool,
    /// Whether `find` asks why (`requests.reason: required`).
    pub reason_required: bool,
    pub people: BTreeMap<String, Person>,
    pub approval: Approval,
    pub kinds: Kinds,
    pub expand: Expand,
    pub limits: Limits,
    /// In the order of the file.
    pub systems: Vec<System>,
    pub flows: Vec<Flow>,
    pub data_types: Vec<DataType>,
    pub evidence: EvidenceSettings,
}

#[derive(Clone, Debug)]
pub struct Controller {
    pub name: String,
    /// ISO 3166-2, such as `DE-BY`, or ISO 3166-1.
    pub seat: String,
    pub language: crate::messages::Lang,
    pub contact: Option<String>,
    pub regulated_finance: bool,
}

#[derive(Clone, Debug)]
pub struct Person {
    /// `operator` or `approver`.
    pub role: String,
    /// File of the public key, relative to the inventory's folder.
    pub key: String,
    /// Public key of age to which files for this person are encrypted.
    pub recipient: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    None,
    FourEyes,
}

#[derive(Clone, Debug)]
pub struct Expand {
    pub rounds: u32,
    /// Whether an address that leads to several customer numbers stops spreading (`stop_on: shared`, the default).
    pub stop_on_shared: bool,
}

/// For one command.
#[derive(Clone, Debug)]
pub struct Limits {
    pub people: usize,
    pub records: usize,
}

/// One connected system.
#[derive(Clone, Debug)]
pub struct System {
    pub name: String,
    pub engine: Engine,
    pub status: Status,
    pub owner: Option<String>,
    /// A synthetic person who must be found.
    pub control: Option<Identity>,
    /// Longest time the system may take in one run (default 30 min).
    pub within: Duration,
    pub timeouts: Timeouts,
    pub settings: BTreeMap<String, Setting>,
    pub insecure_http: bool,
    pub unconfirmed_writes: bool,
    /// Children after their parents.
    pub objects: Vec<Object>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Disabled,
    NotConnected,
}

/// Time limits.
#[derive(Clone, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    pub request: Duration,
    pub lock: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(30),
            lock: Duration::from_secs(5),
        }
    }
}

/// What speaks with the system.
#[derive(Clone, Debug)]
pub enum Engine {
    Postgres,
    /// MariaDB and MySQL.
    Mysql,
    Sqlite,
    Csv(CsvSettings),
    Manual(ManualTasks),
    Rest(Box<crate::connector::definition::Definition>),
    Ldap,
    Files(FilesSettings),
    Process(ProcessSettings),
    /// A system of status `not_connected` needs none.
    None,
}

#[derive(Clone, Debug)]
pub struct CsvSettings {
    /// Glob pattern, relative to the inventory's folder.
    pub path: String,
    pub delimiter: u8,
    /// WHATWG label, `utf-8` by default.
    pub encoding: &'static encoding_rs::Encoding,
}

/// Folders of documents.
#[derive(Clone, Debug, Default)]
pub struct FilesSettings {}

/// A program beside `dsr` that speaks with the system.
#[derive(Clone, Debug, Default)]
pub struct ProcessSettings {
    /// Program and arguments. A program with a `/` in it starts in the inventory's folder, a bare name is looked up in `PATH`.
    pub run: Vec<String>,
    /// Every file of its own, relative to the inventory's folder, with the content that was read: what `dsr.lock` has to name.
    pub files: Vec<(String, Digest)>,
    /// Whether it opens connections itself and is handed its secrets; else every request goes through `dsr`.
    pub own_network: bool,
    /// Where it may write what it has to say beside the protocol, relative to the inventory's folder.
    pub log: Option<String>,
}

/// What a person does by hand, and within how many days.
#[derive(Clone, Debug, Default)]
pub struct ManualTasks {
    pub find: Option<String>,
    pub erase: Option<String>,
    pub days: u32,
}

#[derive(Clone, Debug)]
pub enum Setting {
    Plain(String),
    Secret(Reference),
}

/// A flow of data between two objects (`system.object`).
#[derive(Clone, Debug)]
pub struct Flow {
    pub from: String,
    pub to: String,
    pub both_ways: bool,
    /// The object whose values win.
    pub master: Option<String>,
    /// The kind of identity or field by which records are matched.
    pub on: Option<String>,
    pub carries: Vec<String>,
    pub every: Every,
    pub deletes: Deletes,
    pub creates: Creates,
    pub conflict: Option<Conflict>,
    pub pause: Pause,
}

/// How often a flow runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Unknown,
    Period(Duration),
    Realtime,
    ByHand,
}

/// What a flow does at the other end when a record is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletes {
    Hard,
    Soft,
    None,
    Unknown,
}

/// Whether a flow brings back a record that is missing at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creates {
    Upsert,
    UpdateOnly,
}

/// Whose value wins when both ends changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    SourceWins,
    LastWrite,
    Manual,
}

/// How a flow can be stopped for the time of an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    Api,
    Command,
    Manual,
    Impossible,
}

/// A kind of data with exactly one rule (Datenart, DIN 66398).
#[derive(Clone, Debug)]
pub struct DataType {
    pub name: String,
    /// `system.object`.
    pub objects: Vec<String>,
    pub purpose: Option<String>,
    pub basis: Option<String>,
    pub rule: Rule,
    pub then: Then,
    /// The system that steers the deletion.
    pub steering: Option<String>,
}

#[derive(Clone, Debug)]
pub enum Rule {
    /// A rule of the statutory catalogue, by id.
    Catalogue { id: String, start: Option<Start> },
    Stated {
        keep: jiff::Span,
        start: Start,
        kind: RuleKind,
        because: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// Must be kept.
    Min,
    /// Must be deleted.
    Max,
    Keep,
}

/// From when a period counts; the text is a field, `None` the object's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Clock,
    Event(String),
    /// End of the calendar year of the date.
    Eoy(String),
    /// End of the financial year of the date.
    FyEnd(String),
    /// End of the calendar year after the date.
    EoyAfter(String),
    /// A bare field under a catalogue rule: counted as that rule counts.
    Own(String),
}

impl Start {
    /// The field that holds the date; `None` for the object's clock.
    pub fn field(&self) -> Option<&str> {
        match self {
            Start::Clock => None,
            Start::Event(field)
            | Start::Eoy(field)
            | Start::FyEnd(field)
            | Start::EoyAfter(field)
            | Start::Own(field) => Some(field),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Remove,
    Anonymise,
    Restrict,
}

impl Then {
    pub fn action(self) -> Action {
        match self {
            Then::Remove => Action::Remove,
            Then::Anonymise => Action::Anonymise,
            Then::Restrict => Action::Restrict,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct EvidenceSettings {
    pub seal_key: Option<Reference>,
    pub tsa: Vec<String>,
    pub keep: Option<jiff::Span>,
}

impl Inventory {
    pub fn system(&self, name: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.name == name)
    }
}

impl System {
    /// A system of which nothing but the name is known.
    pub fn named(name: &str) -> System {
        System {
            name: name.to_owned(),
            engine: Engine::None,
            status: Status::Active,
            owner: None,
            control: None,
            within: Duration::from_secs(30 * 60),
            timeouts: Timeouts::default(),
            settings: BTreeMap::new(),
            insecure_http: false,
            unconfirmed_writes: false,
            objects: Vec::new(),
        }
    }

    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }
}
