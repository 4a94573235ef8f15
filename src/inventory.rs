//! `dsr.yaml`, read and checked.
//!
//! After this door the rest of the program cannot hold an unknown engine, an empty identity or an action that an engine cannot do.
//! Everything that was wrong is returned together, with its place. The guides under `docs/` show the grammar.

mod commands;
mod context;
mod documents;
mod duties;
mod ends;
mod evidence;
pub mod extract;
mod head;
mod object;
mod plugin;
mod read;
mod retention;
mod seat;
mod settings;
mod sync;
mod system;
pub mod terms;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;

use crate::connector::definition::Definition;
use crate::connector::{Action, Object};
use crate::diagnostic::{Source, Trouble};
use crate::keys::Digest;
use crate::messages::Text;
use crate::people::PublicKey;
use crate::secret::Reference;
use crate::statute::{Begin, FinancialYear, Statute};
use crate::subject::{Identity, Kinds};
use crate::yaml::Node;

pub use commands::Started;
pub use duties::{Duty, Source as DutySource, as_rule, implied};
pub use ends::TELLING_DAYS;
pub(crate) use plugin::plugged;
pub use read::{controller, language, parse, ping, read};
pub use seat::is_seat;

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
    /// The file as it was read, to point at lines of it.
    pub source: Arc<Source>,
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
    /// Programs that it names for secrets and checkpoints.
    pub started: Vec<Started>,
}

#[derive(Clone, Debug)]
pub struct Controller {
    pub name: String,
    /// ISO 3166-2, such as `DE-BY`, or ISO 3166-1.
    pub seat: String,
    pub language: crate::messages::Lang,
    pub contact: Option<String>,
    pub regulated_finance: bool,
    /// `None` where it is not said.
    pub financial_year: Option<FinancialYear>,
}

#[derive(Clone, Debug)]
pub struct Person {
    /// `operator` or `approver`.
    pub role: String,
    /// File of the public key, relative to the inventory's folder.
    pub key: String,
    /// What that file holds; `None` while it is not there.
    pub public: Option<PublicKey>,
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
    pub sweep: SweepLimits,
}

/// Bounds of `limits.sweep` in the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepLimits {
    /// Most records that one rule may write to in a run.
    pub records: u64,
    /// Most of an object, in percent.
    pub share: u8,
    /// How many times as many as usual, before somebody has to look.
    pub deviation: u32,
    /// When a run may write; always, if not said.
    pub window: Option<Window>,
    /// Most records of one batch.
    pub batch: usize,
    /// How many anonymous records have to share what stays of them.
    pub alike: u32,
    /// Seconds that a copy of a database may lag behind before the run waits for it.
    pub lag: u32,
    /// Seconds after which the next run is expected; `None` if nobody said.
    pub every_s: Option<u64>,
    /// Where the address of a monitoring service lies that hears of each run over all rules.
    pub ping: Option<Reference>,
}

impl Default for SweepLimits {
    fn default() -> SweepLimits {
        SweepLimits {
            records: 10_000,
            share: 10,
            deviation: 5,
            window: None,
            batch: 10_000,
            // What statistical offices commonly ask of a cell; no law names a figure.
            alike: 5,
            lag: 10,
            every_s: None,
            ping: None,
        }
    }
}

/// From when to when, on the clock of the controller's seat; over midnight if it ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: Time,
    pub to: Time,
}

impl Window {
    pub fn holds(self, now: Time) -> bool {
        if self.from <= self.to {
            self.from <= now && now < self.to
        } else {
            now >= self.from || now < self.to
        }
    }
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

impl Engine {
    /// Whether the system compares rows by itself.
    pub fn is_database(&self) -> bool {
        matches!(self, Engine::Postgres | Engine::Mysql | Engine::Sqlite)
    }
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
#[derive(Clone, Debug)]
pub struct FilesSettings {
    /// A folder, or a pattern for paths; relative to the inventory's folder.
    pub path: String,
    /// Patterns of what is not looked into. One without `/` goes by a file's own name.
    pub skip: Vec<String>,
    /// Bytes; larger documents are not read, plain texts apart.
    pub largest: u64,
    /// Of texts that are neither UTF-8 nor say what they are.
    pub encoding: &'static encoding_rs::Encoding,
    /// ISO 3166 country of the controller's seat, for telephone numbers without one.
    pub country: String,
    /// Patterns for paths below the folder, by object; one without takes what no object before it has.
    pub parts: BTreeMap<String, String>,
}

impl Default for FilesSettings {
    fn default() -> FilesSettings {
        FilesSettings {
            path: String::new(),
            skip: Vec::new(),
            largest: 200 << 20,
            encoding: encoding_rs::WINDOWS_1252,
            country: String::new(),
            parts: BTreeMap::new(),
        }
    }
}

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
    /// What is done to correct, to restrict, to lift a restriction, to stop advertising.
    pub others: Vec<(Action, Text)>,
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
    /// The controller's, where the inventory says it: some periods count from its end.
    pub financial_year: Option<FinancialYear>,
    /// Duties to keep that bind it beside its rule: what is kept longest is kept.
    pub duties: Vec<Duty>,
    /// Until when it serves its purpose, where that is sooner than it may be erased.
    pub active_until: Option<Active>,
    pub about: About,
}

/// The end of a purpose: from the day after, records are kept and no longer used (Art. 18(2) GDPR, § 35(3) BDSG).
#[derive(Clone, Debug)]
pub struct Active {
    pub event: Start,
    /// How long after it the purpose goes on.
    pub plus: jiff::Span,
}

impl Active {
    /// As the inventory says it.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "event": self.event.words(), "plus": self.plus.to_string() })
    }
}

/// What the deletion concept says of a data type beyond its rule (DIN 66398, ISO/IEC 27555). Of it only the duties bind (`DataType::duties`).
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Its name for people; without one it is called as in the inventory.
    pub title: Option<Text>,
    /// The groups of people whom it is about, in the words of the inventory.
    pub subjects: Vec<String>,
    /// The standard period of its class: the most that may lie between start and deletion.
    pub class: Option<jiff::Span>,
    pub start_type: Option<StartType>,
    /// How long deletion may take once the period has ended.
    pub window: Option<jiff::Span>,
    /// The duties to keep that its period honours; an empty list says that somebody looked and there is none.
    pub justified_by: Option<Vec<&'static Statute>>,
    /// Why it is kept as long as it is.
    pub reason: Option<String>,
}

/// What kind of moment a period counts from: with the standard period it makes the class (DIN 66398).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StartType {
    Collection,
    EndOfProcess,
    EndOfRelationship,
}

impl StartType {
    pub const ALL: [StartType; 3] = [
        StartType::Collection,
        StartType::EndOfProcess,
        StartType::EndOfRelationship,
    ];

    /// As the inventory writes it.
    pub fn word(self) -> &'static str {
        match self {
            StartType::Collection => "collection",
            StartType::EndOfProcess => "end_of_process",
            StartType::EndOfRelationship => "end_of_relationship",
        }
    }
}

#[derive(Clone, Debug)]
pub enum Rule {
    /// A rule of the statutory catalogue, the one that holds for this controller; it counts from a field, else from the object's clock.
    Catalogue {
        statute: &'static Statute,
        field: Option<String>,
    },
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
    /// As the inventory writes it.
    pub fn words(&self) -> String {
        match self {
            Start::Clock => "clock".to_owned(),
            Start::Event(field) => format!("event({field})"),
            Start::Eoy(field) => format!("eoy({field})"),
            Start::FyEnd(field) => format!("fy_end({field})"),
            Start::Own(field) => field.clone(),
            Start::EoyAfter(field) => format!("eoy_after({field})"),
        }
    }
}

impl Start {
    /// How it is counted.
    pub fn begin(&self) -> Begin {
        match self {
            Start::Clock | Start::Event(_) | Start::Own(_) => Begin::Event,
            Start::Eoy(_) => Begin::Eoy,
            Start::FyEnd(_) => Begin::FyEnd,
            Start::EoyAfter(_) => Begin::EoyAfter,
        }
    }

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

/// What seals evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SealSource {
    /// The key and certificate that lie in the workspace; `dsr init` makes them.
    #[default]
    Workspace,
    /// A key in PKCS#8 form. Its certificate is the workspace's, unless a file is named; paths start in the inventory's folder.
    Key {
        key: Reference,
        passphrase: Option<Reference>,
        certificate: Option<String>,
    },
    /// Key and certificates in one file (RFC 7292).
    Pkcs12 {
        file: Reference,
        passphrase: Option<Reference>,
    },
    /// A program that signs what it reads, for keys that cannot be read.
    Command(Signer),
}

/// A program that signs: started without a shell, as its words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    pub command: Vec<String>,
    /// The files among its words, with their SHA-256: what `dsr.lock` has to name.
    pub files: Vec<(String, Digest)>,
    /// The certificate of its key; the path starts in the inventory's folder.
    pub certificate: String,
}

#[derive(Clone, Debug, Default)]
pub struct EvidenceSettings {
    pub seal: SealSource,
    /// In the order in which they are asked.
    pub tsa: Vec<TimeAuthority>,
    /// Public keys of age by name: who may be given what opens the commitments.
    pub recipients: BTreeMap<String, String>,
    pub keep: Option<jiff::Span>,
    pub log: LogSettings,
}

impl EvidenceSettings {
    /// How long a closed case is kept: three years where nothing is said, which is how long a civil claim lasts (§ 195 BGB).
    pub fn kept(&self) -> jiff::Span {
        self.keep.unwrap_or_else(|| jiff::Span::new().years(3))
    }
}

/// Where the log over all cases has its key, and where its checkpoints go.
#[derive(Clone, Debug, Default)]
pub struct LogSettings {
    /// The key that `init` made, if not named.
    pub key: Option<Reference>,
    /// Folders, relative ones from that of the inventory.
    pub copy_to: Vec<std::path::PathBuf>,
    /// A program and its arguments, run without a shell; the checkpoint is its standard input.
    pub command: Vec<String>,
}

/// A time-stamping authority (RFC 3161).
#[derive(Clone, Debug)]
pub struct TimeAuthority {
    pub url: String,
    /// Certificates (PEM) that the authority has to lead to.
    pub ca: Option<PathBuf>,
    /// Under which policy it is to stamp, as an object identifier.
    pub policy: Option<String>,
    pub user: Option<String>,
    pub password: Option<Reference>,
    /// A certificate (PEM) to sign in with, and its key.
    pub certificate: Option<PathBuf>,
    pub key: Option<Reference>,
}

impl TimeAuthority {
    /// One of which nothing but the address is known.
    pub fn at(url: String) -> TimeAuthority {
        TimeAuthority {
            url,
            ca: None,
            policy: None,
            user: None,
            password: None,
            certificate: None,
            key: None,
        }
    }
}

impl Inventory {
    pub fn system(&self, name: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.name == name)
    }

    /// The synthetic persons by whom searches are proven, each once.
    pub fn controls(&self) -> Vec<Identity> {
        let stated = self
            .systems
            .iter()
            .filter_map(|system| system.control.clone());
        let mut all: Vec<Identity> = stated.collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether an identity is that of a synthetic person: nothing of theirs may go, or every answer of the system would be unproven.
    pub fn is_control(&self, identity: &Identity) -> bool {
        let mut systems = self.systems.iter();
        systems.any(|system| system.control.as_ref() == Some(identity))
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
