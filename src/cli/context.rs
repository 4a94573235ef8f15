//! What every command starts from: the terminal, the time, and the opened workspace.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::case_id::CaseId;
use crate::cli::Globals;
use crate::cli::shelf::Shelf;
use crate::connector::definition::Definition;
use crate::connector::library::{self, Library, Origin};
use crate::connector::sql::Descriptions;
use crate::connector::{self, Fault, Opening, Reader, Settings, Writer};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::execute::{Doors, Journal, Turn};
use crate::inventory::{Engine, Inventory, Status, System, Wanted};
use crate::keys::{Key, Purpose};
use crate::ledger::{Event, Ledger, Stored};
use crate::messages::cli as say;
use crate::plan::Approved;
use crate::trust::Lock;
use crate::ui::Ui;
use crate::vault::{KeySource, Vault};
use crate::workspace::Workspace;
use crate::{inventory, secret, vault};

/// Who works while the inventory lists nobody.
const NOBODY_LISTED: &str = "op";

/// The caller and the hour.
pub(crate) struct Context {
    pub(crate) ui: Ui,
    pub(crate) globals: Globals,
    /// Whether the language was chosen; if not, the inventory's is taken.
    lang_is_chosen: bool,
}

impl Context {
    pub(crate) fn new(ui: Ui, globals: Globals, lang_is_chosen: bool) -> Context {
        Context {
            ui,
            globals,
            lang_is_chosen,
        }
    }

    /// For one of many who are worked for at once: no questions' surroundings, no progress of its own.
    pub(crate) fn hushed(&self) -> Context {
        Context {
            ui: self.ui.hushed(),
            globals: self.globals.clone(),
            lang_is_chosen: self.lang_is_chosen,
        }
    }

    /// The time. Nothing outside `cli` asks for it.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The calendar day where the program runs.
    pub(crate) fn today(&self) -> Date {
        Zoned::now().date()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.globals
            .directory
            .clone()
            .unwrap_or_else(|| PathBuf::from("."))
    }

    /// Opens the workspace: checks whose it is, reads the inventory, refuses connectors that nobody trusted.
    pub(crate) fn house(&mut self) -> Result<House> {
        let workspace = Workspace::find(&self.folder())?;
        self.house_in(workspace)
    }

    /// Opens this workspace, wherever the heads of its ledger are remembered.
    pub(crate) fn house_in(&mut self, workspace: Workspace) -> Result<House> {
        workspace.check_ownership()?;
        let lock = Lock::read(&workspace)?;
        let (inventory, warnings) = read_inventory(&workspace, &lock)?;
        self.speak_as(&inventory);
        self.check_operator(&inventory)?;
        for warning in &warnings {
            self.ui.warn(warning);
        }
        let (key, key_source) = vault::workspace_key(&workspace)?;
        let ledger = Ledger::open(&workspace, &lock)?;
        let vault = Vault::open(&workspace, &key)?;
        Ok(House {
            row_key: key.derive(Purpose::Row),
            key,
            lock,
            inventory: Arc::new(inventory),
            ledger: Arc::new(Mutex::new(ledger)),
            vault: RefCell::new(vault),
            key_source,
            workspace,
            operator: self.globals.operator.clone(),
            shelf: Shelf::default(),
            turns: Turns::default(),
            descriptions: Descriptions::default(),
        })
    }

    /// Takes the inventory's language, unless one was chosen.
    pub(crate) fn speak_as(&mut self, inventory: &Inventory) {
        if !self.lang_is_chosen {
            self.ui.lang = inventory.controller.language;
        }
    }

    /// `--as` names one of `people:`; while there are none, everybody is `op`.
    fn check_operator(&self, inventory: &Inventory) -> Result<()> {
        let operator = &self.globals.operator;
        if inventory.people.contains_key(operator) {
            return Ok(());
        }
        // The name goes into the ledger, so it is one that the inventory lists and never free text.
        if inventory.people.is_empty() {
            if operator == NOBODY_LISTED {
                return Ok(());
            }
            let diagnostic = Diagnostic::new("E827", Exit::Usage, say::nobody_listed(operator));
            return Err(diagnostic.help(say::nobody_listed_help()).into());
        }
        let names = inventory
            .people
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        Err(
            Diagnostic::new("E827", Exit::Usage, say::unknown_person(operator))
                .help(say::known_people(names))
                .into(),
        )
    }
}

/// Reads the inventory with the connectors that `dsr.lock` trusts.
pub(crate) fn read_inventory(
    workspace: &Workspace,
    lock: &Lock,
) -> Result<(Inventory, Vec<Diagnostic>)> {
    let (inventory, warnings) = read_with(workspace, Some(lock))?;
    refuse_plugins(&inventory, workspace, lock)?;
    Ok((inventory, warnings))
}

/// Reads the inventory; without a lock, whatever it names, to be shown and not to be used.
pub(crate) fn read_with(
    workspace: &Workspace,
    lock: Option<&Lock>,
) -> Result<(Inventory, Vec<Diagnostic>)> {
    // A hundred systems may have one connector.
    let read = RefCell::new(BTreeMap::<String, Definition>::new());
    let library = Library::of(&workspace.folder);
    let load = |wanted: &Wanted<'_>| -> Result<Definition> {
        let name = wanted.name;
        let known = read.borrow().get(name).map(Definition::for_another_system);
        if let Some(definition) = known.filter(|_| wanted.extend.is_none()) {
            return Ok(definition);
        }
        let unknown = || {
            Diagnostic::new("E625", Exit::Usage, say::no_connector(name))
                .help(say::no_connector_help(name))
        };
        let volume = match library::is_path(name) {
            true => library::open(&wanted.folder.join(name), Origin::Path)?,
            false => library.find(name, &[])?.ok_or_else(unknown)?,
        };
        let definition = connector::definition::load(&volume, &library, wanted.extend)?;
        // What came with the program is trusted with it; every file of one's own was looked at.
        for part in &definition.parts {
            let Some(file) = &part.file else { continue };
            let path = workspace.relative(file);
            if lock.is_some_and(|lock| !lock.is_trusted(&path, &part.digest)) {
                let diagnostic = Diagnostic::new("E626", Exit::Usage, say::not_trusted(&path))
                    .why(say::not_trusted_why());
                return Err(diagnostic.help(say::trust_help(&path)).into());
            }
        }
        if wanted.extend.is_none() {
            let mut read = read.borrow_mut();
            read.insert(name.to_owned(), definition.clone());
        }
        Ok(definition)
    };
    inventory::read(&workspace.inventory_file(), &load)
}

/// No plugin runs of which a file is not in `dsr.lock` as it is now.
fn refuse_plugins(inventory: &Inventory, workspace: &Workspace, lock: &Lock) -> Result<()> {
    let active = inventory
        .systems
        .iter()
        .filter(|system| system.status == Status::Active);
    let files = active.filter_map(|system| match &system.engine {
        Engine::Process(plugin) => Some(&plugin.files),
        _ => None,
    });
    for (file, digest) in files.flatten() {
        let path = workspace.relative(&workspace.folder.join(file));
        if !lock.is_trusted(&path, digest) {
            let diagnostic = Diagnostic::new("E626", Exit::Usage, say::not_trusted(&path))
                .why(say::not_trusted_why());
            return Err(diagnostic.help(say::trust_help(&path)).into());
        }
    }
    Ok(())
}

/// An opened workspace.
pub(crate) struct House {
    pub(crate) workspace: Workspace,
    pub(crate) lock: Lock,
    pub(crate) inventory: Arc<Inventory>,
    ledger: Arc<Mutex<Ledger>>,
    vault: RefCell<Vault>,
    pub(crate) key: Key,
    pub(crate) key_source: KeySource,
    row_key: Key,
    pub(crate) operator: String,
    shelf: Shelf,
    turns: Turns,
    descriptions: Descriptions,
}

/// Who may write to a file now, by the names of the systems that are files.
type Turns = Arc<Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>>;

impl House {
    /// The ledger, for the length of one call.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic while writing leaves the ledger as its last commit left it.
        self.ledger
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The vault, for the length of one call.
    pub(crate) fn vault(&self) -> RefMut<'_, Vault> {
        self.vault.borrow_mut()
    }

    /// Ends a run that wrote: copies the ledger's head outside the workspace.
    pub(crate) fn close(&self) -> Result<()> {
        self.ledger().remember()
    }

    pub(crate) fn write(
        &self,
        case: Option<&CaseId>,
        at: Timestamp,
        events: &[Event],
    ) -> Result<()> {
        let mut ledger = self.ledger();
        // While this waited for its turn, others of the same run may have written.
        ledger.append(case, at.max(Timestamp::now()), events)
    }

    pub(crate) fn events(&self, case: &CaseId) -> Result<Vec<Stored>> {
        self.ledger().case_events(case)
    }

    pub(crate) fn doors(&self) -> Arc<HouseDoors> {
        Arc::new(HouseDoors {
            folder: self.inventory.folder.clone(),
            row_key: self.row_key.clone(),
            shelf: self.shelf.clone(),
            turns: Arc::clone(&self.turns),
            descriptions: self.descriptions.clone(),
        })
    }

    /// Writes events of a case for the executor.
    pub(crate) fn journal(&self, case: &CaseId) -> Arc<CaseJournal> {
        Arc::new(CaseJournal {
            ledger: Arc::clone(&self.ledger),
            case: case.clone(),
        })
    }

    /// Every system of the inventory.
    pub(crate) fn systems(&self) -> Vec<Arc<System>> {
        self.inventory
            .systems
            .iter()
            .cloned()
            .map(Arc::new)
            .collect()
    }
}

/// Opens systems with their secrets fetched.
pub(crate) struct HouseDoors {
    folder: PathBuf,
    row_key: Key,
    shelf: Shelf,
    turns: Turns,
    descriptions: Descriptions,
}

impl HouseDoors {
    fn opening(&self, system: &System) -> std::result::Result<Opening, Fault> {
        Ok(Opening {
            settings: secret::settings(system, &self.folder)?,
            system: Arc::new(system.clone()),
            folder: self.folder.clone(),
            row_key: self.row_key.clone(),
            descriptions: self.descriptions.clone(),
            transport: Default::default(),
        })
    }
}

impl HouseDoors {
    /// A reader with secrets that lie nowhere yet, to try them.
    ///
    /// # Errors
    /// Those of opening.
    pub(crate) fn trial(
        &self,
        system: &System,
        settings: Settings,
    ) -> std::result::Result<Box<dyn Reader>, Fault> {
        connector::reader(&self.with(system, settings))
    }

    /// What opens a system with these settings.
    pub(crate) fn with(&self, system: &System, settings: Settings) -> Opening {
        Opening {
            settings,
            system: Arc::new(system.clone()),
            folder: self.folder.clone(),
            row_key: self.row_key.clone(),
            descriptions: Descriptions::default(),
            transport: Default::default(),
        }
    }
}

#[async_trait]
impl Doors for HouseDoors {
    async fn turn(&self, system: &System) -> Option<Turn> {
        if !matches!(system.engine, Engine::Csv(_) | Engine::Sqlite) {
            return None;
        }
        let turn = {
            let mut turns = self
                .turns
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(turns.entry(system.name.clone()).or_default())
        };
        Some(turn.lock_owned().await)
    }

    fn reader(&self, system: &System) -> std::result::Result<Box<dyn Reader>, Fault> {
        self.shelf
            .reader(system, || connector::reader(&self.opening(system)?))
    }

    fn writer(
        &self,
        system: &System,
        approved: &Approved,
    ) -> std::result::Result<Box<dyn Writer>, Fault> {
        connector::writer(&self.opening(system)?, approved)
    }
}

/// The ledger as the executor sees it.
pub(crate) struct CaseJournal {
    ledger: Arc<Mutex<Ledger>>,
    case: CaseId,
}

impl Journal for CaseJournal {
    fn write(&self, events: &[Event]) -> std::result::Result<(), Trouble> {
        let mut ledger = self
            .ledger
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        ledger.append(Some(&self.case), Timestamp::now(), events)
    }
}
