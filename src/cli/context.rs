//! What every command starts from: the terminal, the time, and the opened workspace.

use std::cell::{Cell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::agreed;
use crate::case_id::CaseId;
use crate::cli::Globals;
use crate::cli::agreeing;
use crate::cli::shelf::Shelf;
use crate::cli::sweep::spare::changes_who_is_spared;
use crate::connector::definition::{Definition, Signing};
use crate::connector::library::{self, Library, Origin};
use crate::connector::sql::Descriptions;
use crate::connector::sweeping::{self, Cleared, Renewer, Surveyor, Sweeper};
use crate::connector::{self, Fault, Opening, Reader, Settings, Writer};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::execute::{Doors, Journal, Standing, Turn};
use crate::hold::{self, Hold, HoldId};
use crate::inventory::terms::Terms;
use crate::inventory::{Engine, Inventory, SealSource, Status, System, Wanted};
use crate::keys::{Digest, Key, Purpose};
use crate::ledger::{Event, Ledger, Stored};
use crate::messages::{
    Lang, Text, audit as say_audit, cli as say, hold as say_hold, sweep as say_sweep,
};
use crate::people::own::PersonKey;
use crate::plan::{Approved, Step};
use crate::sweep::listing::Listing;
use crate::trust::Lock;
use crate::tsa::Authorities;
use crate::ui::Ui;
use crate::vault::{KeySource, Vault};
use crate::workspace::Workspace;
use crate::{inventory, law, secret, vault};

/// Who works while the inventory lists nobody.
pub(crate) const NOBODY_LISTED: &str = "op";

/// The item of the workspace that holds the digest of the terms that the ledger noted last.
const TERMS: &str = "terms";

/// The item of the workspace that holds the terms that two people have agreed on, or none of them had to: those that bind.
const STANDING: &str = "terms.standing";

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
        self.open(workspace, false)
    }

    /// Opens the workspace for somebody whom the inventory does not list any more, and did before two people agree to that.
    pub(crate) fn house_before_changes(&mut self) -> Result<House> {
        let workspace = Workspace::find(&self.folder())?;
        self.open(workspace, true)
    }

    fn open(&mut self, workspace: Workspace, or_before: bool) -> Result<House> {
        workspace.check_ownership()?;
        let lock = Lock::read(&workspace);
        let lock = lock.inspect_err(|_| self.speak_as_stated(&workspace))?;
        let (inventory, warnings) = self.read(&workspace, Some(&lock))?;
        let known = self.check_operator(&inventory);
        let unknown = match (known, or_before) {
            (Err(trouble), true) => Some(trouble),
            (known, _) => known.map(|()| None)?,
        };
        for warning in &warnings {
            // What this version does not do yet is no news to whoever asked to hear of what is wrong: cron would mail it every night.
            if warning.code != "W230" || !self.ui.is_quiet() {
                self.ui.warn(warning);
            }
        }
        let (key, key_source) = vault::workspace_key(&workspace)?;
        let authorities = Authorities::new(&inventory.evidence.tsa, &inventory.folder);
        let ledger = Ledger::open(&workspace, &lock)?;
        let vault = Vault::open(&workspace, &key)?;
        let house = House {
            row_key: key.derive(Purpose::Row),
            key,
            lock,
            inventory: Arc::new(inventory),
            ledger: Arc::new(Mutex::new(ledger)),
            known_holds: Arc::default(),
            vault: RefCell::new(vault),
            key_source,
            workspace,
            operator: self.globals.operator.clone(),
            signer: RefCell::default(),
            shelf: Shelf::default(),
            turns: Turns::default(),
            descriptions: Descriptions::default(),
            authorities,
            terms_noted: Cell::new(false),
        };
        if let Some(trouble) = unknown
            && agreeing::register(&house)?
                .person(&house.operator)
                .is_none()
        {
            return Err(trouble);
        }
        if house.ledger().is_unremembered()? {
            let warning = Diagnostic::new("W361", Exit::Done, say_audit::unremembered());
            self.ui.warn(&warning.help(say_audit::unremembered_help()));
        }
        crate::cli::case::purge::resume(self, &house)?;
        Ok(house)
    }

    /// Reads the inventory, and speaks its language from then on: also of what is wrong with it, where it cannot be used. Without a lock
    /// it is to be shown and not to be used.
    pub(crate) fn read(
        &mut self,
        workspace: &Workspace,
        lock: Option<&Lock>,
    ) -> Result<(Inventory, Vec<Diagnostic>)> {
        let read = match lock {
            Some(lock) => read_inventory(workspace, lock),
            None => read_with(workspace, None),
        };
        match &read {
            Ok((inventory, _)) => self.speak(inventory.controller.language),
            Err(_) => self.speak_as_stated(workspace),
        }
        read
    }

    fn speak(&mut self, lang: Lang) {
        if !self.lang_is_chosen {
            self.ui.lang = lang;
        }
    }

    /// Speaks the language that the inventory states, whatever else is wrong with it, as far as that can be read.
    pub(crate) fn speak_as_stated(&mut self, workspace: &Workspace) {
        if let Some(stated) = inventory::language(&workspace.inventory_file()) {
            self.speak(stated);
        }
    }

    /// The same for what needs no inventory and may be asked beside one: whoever works there reads its language.
    pub(crate) fn speak_as_here(&mut self) {
        if let Ok(workspace) = Workspace::find(&self.folder()) {
            self.speak_as_stated(&workspace);
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
fn read_inventory(workspace: &Workspace, lock: &Lock) -> Result<(Inventory, Vec<Diagnostic>)> {
    let (inventory, warnings) = read_with(workspace, Some(lock))?;
    refuse_plugins(&inventory, workspace, lock)?;
    refuse_started(&inventory, lock)?;
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
        if let Some(lock) = lock {
            let parts = definition.parts.iter();
            let own = parts.filter_map(|part| Some((part.file.clone()?, part.digest)));
            refuse_unseen(|path| say::not_trusted(path), own, workspace, lock)?;
            refuse_unseen(
                |path| say::not_trusted_signer(path),
                signers(&definition),
                workspace,
                lock,
            )?;
        }
        if wanted.extend.is_none() {
            let mut read = read.borrow_mut();
            read.insert(name.to_owned(), definition.clone());
        }
        Ok(definition)
    };
    inventory::read(&workspace.inventory_file(), &load)
}

/// No plugin runs, and no program seals, of which a file is not in `dsr.lock` as it is now.
fn refuse_plugins(inventory: &Inventory, workspace: &Workspace, lock: &Lock) -> Result<()> {
    let active = inventory
        .systems
        .iter()
        .filter(|system| system.status == Status::Active);
    let files = active.filter_map(|system| match &system.engine {
        Engine::Process(plugin) => Some(&plugin.files),
        _ => None,
    });
    let signer = match &inventory.evidence.seal {
        SealSource::Command(signer) => signer.files.as_slice(),
        _ => &[],
    };
    let whole = |(file, digest): &(String, Digest)| -> (PathBuf, Digest) {
        (workspace.folder.join(file), *digest)
    };
    let files = files.flatten().map(whole);
    refuse_unseen(|path| say::not_trusted_plugin(path), files, workspace, lock)?;
    let signer = signer.iter().map(whole);
    refuse_unseen(|path| say::not_trusted_seal(path), signer, workspace, lock)
}

/// No program that the inventory names for a secret or a checkpoint runs that is not in `dsr.lock` word for word.
fn refuse_started(inventory: &Inventory, lock: &Lock) -> Result<()> {
    let is_idle = |name: &str| {
        let system = inventory.systems.iter().find(|system| system.name == name);
        system.is_some_and(|system| system.status != Status::Active)
    };
    let unseen = inventory.started.iter().find(|started| {
        !started.system().is_some_and(is_idle)
            && !lock.is_trusted(&started.path(), &started.digest())
    });
    match unseen {
        Some(started) => {
            let program = started.argv.first().map_or("", String::as_str);
            let diagnostic = Diagnostic::new(
                "E613",
                Exit::Usage,
                say::not_started(program, &started.place),
            )
            .why(say::not_trusted_why());
            Err(diagnostic.help(say::trust_help("dsr.yaml")).into())
        }
        None => Ok(()),
    }
}

/// The files of the program that signs a connector's requests, if one does.
pub(crate) fn signers(definition: &Definition) -> Vec<(PathBuf, Digest)> {
    let signing = definition.signing().into_iter();
    signing.flat_map(Signing::pinned).collect()
}

/// `what` says what these files are.
///
/// # Errors
/// E626 for the first file that nobody has allowed as it is.
pub(crate) fn refuse_unseen(
    what: impl Fn(&str) -> Text,
    files: impl IntoIterator<Item = (PathBuf, Digest)>,
    workspace: &Workspace,
    lock: &Lock,
) -> Result<()> {
    for (file, digest) in files {
        let path = workspace.relative(&file);
        if !lock.is_trusted(&path, &digest) {
            let diagnostic =
                Diagnostic::new("E626", Exit::Usage, what(&path)).why(say::not_trusted_why());
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
    known_holds: Arc<Mutex<hold::Register>>,
    vault: RefCell<Vault>,
    pub(crate) key: Key,
    pub(crate) key_source: KeySource,
    row_key: Key,
    pub(crate) operator: String,
    /// The operator's key, once it was opened (`cli/signing.rs`).
    pub(crate) signer: RefCell<Option<PersonKey>>,
    shelf: Shelf,
    turns: Turns,
    descriptions: Descriptions,
    /// Who is asked for the time of what is proven; perhaps nobody.
    pub(crate) authorities: Authorities,
    /// Whether the ledger knows by now what the inventory asks for.
    terms_noted: Cell<bool>,
}

/// A panic elsewhere leaves what is kept here as its last change left it.
fn unpoisoned<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
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

    /// Who stamps the time, if the inventory names anybody.
    pub(crate) fn authority(&self) -> Option<&dyn crate::evidence::Authority> {
        (!self.authorities.is_empty()).then_some(&self.authorities as _)
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
        self.note_terms(at)?;
        let mut ledger = self.ledger();
        // While this waited for its turn, others of the same run may have written.
        ledger.append(case, at.max(Timestamp::now()), events)
    }

    /// Says in the ledger what the inventory asks for, if that is something else than when a command last wrote.
    ///
    /// # Errors
    /// Those of ledger and vault.
    pub(crate) fn note_terms(&self, at: Timestamp) -> Result<()> {
        if self.terms_noted.get() {
            return Ok(());
        }
        let terms = Terms::of(&self.inventory);
        let digest = terms.digest();
        let known: Option<Digest> = self.vault().read_for_workspace(TERMS)?;
        if known != Some(digest) {
            let event = Event::TermsChanged {
                inventory: self.inventory.digest,
                terms,
                operator: self.operator.clone(),
            };
            let at = at.max(Timestamp::now());
            self.ledger().append(None, at, &[event])?;
            // Killed in between, the next run says the same once more, which weakens nothing.
            self.vault().put_for_workspace(TERMS, &digest)?;
            self.remember_standing()?;
        } else if !self
            .vault()
            .names_for_workspace()?
            .iter()
            .any(|name| name == STANDING)
        {
            self.remember_standing()?;
        }
        self.terms_noted.set(true);
        Ok(())
    }

    /// Remembers the terms that stand, in the vault and beside the ledger's head, so that an older ledger does not say alone what does.
    pub(crate) fn remember_standing(&self) -> Result<()> {
        if self.ledger().missed().is_some() {
            return Ok(());
        }
        let register = agreeing::register(self)?;
        let standing = register.standing().map(|standing| &standing.terms);
        let standing = standing.filter(|terms| agreed::binds(terms));
        self.vault().put_for_workspace(STANDING, &standing)?;
        self.ledger().remember()?;
        self.ledger().remember_terms(standing.cloned())
    }

    /// The terms by which two people have to agree to an older ledger: those that are remembered, whatever it says itself. `None` where none
    /// bind.
    pub(crate) fn binding_terms(&self) -> Result<Option<Terms>> {
        let in_vault: Option<Option<Terms>> = self.vault().read_for_workspace(STANDING)?;
        let said = agreeing::register(self)?;
        let said = said.standing().map(|standing| standing.terms.clone());
        let all = [
            self.ledger().remembered_terms()?,
            in_vault.flatten(),
            said,
            Some(Terms::of(&self.inventory)),
        ];
        Ok(all.into_iter().flatten().find(agreed::binds))
    }

    /// Says in the vault that the ledger knows by now what the inventory asks for.
    pub(crate) fn terms_are_noted(&self) -> Result<()> {
        let digest = Terms::of(&self.inventory).digest();
        self.vault().put_for_workspace(TERMS, &digest)?;
        self.terms_noted.set(true);
        self.remember_standing()
    }

    pub(crate) fn events(&self, case: &CaseId) -> Result<Vec<Stored>> {
        self.ledger().case_events(case)
    }

    /// Hands a case's events over one by one, until `visit` says `false`. The ledger is held meanwhile.
    pub(crate) fn each_event(
        &self,
        case: &CaseId,
        visit: &mut dyn FnMut(Stored) -> Result<bool>,
    ) -> Result<()> {
        self.ledger().each_of_case(case, visit)
    }

    /// A vault of one's own over the same file, to read from while the other is at work.
    pub(crate) fn second_vault(&self) -> Result<Vault> {
        Vault::open(&self.workspace, &self.key)
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

    /// The holds that stand, for what is about to be planned or erased.
    ///
    /// # Errors
    /// E440 (exit 2) if one of them is on a name that the inventory does not know: it would keep nothing, and nobody would notice.
    pub(crate) fn holds(&self) -> Result<Vec<Hold>> {
        let mut known = unpoisoned(&self.known_holds);
        known.catch_up(&self.ledger())?;
        let standing: Vec<Hold> = known.standing().cloned().collect();
        let lost = standing
            .iter()
            .filter_map(|hold| Some((hold, hold.lost(&self.inventory)?)));
        let lost: Vec<Diagnostic> = lost
            .map(|(hold, name)| {
                let what = say_hold::names_nothing(hold.id.as_str(), name);
                let wrong = Diagnostic::new("E440", Exit::Usage, what);
                wrong
                    .why(say_hold::names_nothing_why())
                    .help(say_hold::names_nothing_help(hold.id.as_str()))
            })
            .collect();
        match lost.is_empty() {
            true => Ok(standing),
            false => Err(lost.into()),
        }
    }

    /// The same for the executor, which asks again before each write. `person` are the digests of all that is known of her.
    pub(crate) fn standing(&self, person: Vec<Digest>) -> Arc<HoldsNow> {
        Arc::new(HoldsNow {
            ledger: Arc::clone(&self.ledger),
            inventory: Arc::clone(&self.inventory),
            person,
            known: Arc::clone(&self.known_holds),
        })
    }

    /// The holds as they stand right before a write of a sweep, and whether anybody came in between who is to be spared.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(crate) fn overtaken(&self) -> Result<Arc<Overtaken>> {
        let seen = self.ledger().head()?.count;
        Ok(Arc::new(Overtaken {
            ledger: Arc::clone(&self.ledger),
            holds: self.standing(Vec::new()),
            seen: Mutex::new(seen),
            came: AtomicBool::new(false),
        }))
    }

    /// The ledger as the executor sees it, for what belongs to no case.
    pub(crate) fn journal_of_the_workspace(&self) -> Arc<WorkspaceJournal> {
        Arc::new(WorkspaceJournal {
            ledger: Arc::clone(&self.ledger),
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

impl HouseDoors {
    /// Opens a system to look for what is due.
    pub(crate) fn surveyor(
        &self,
        system: &System,
    ) -> std::result::Result<Option<Box<dyn Surveyor>>, Fault> {
        let opening = self.opening(system)?;
        if matches!(system.engine, Engine::Rest(_)) {
            let reader = connector::reader(&opening)?;
            return Ok(Some(Box::new(Listing::new(opening.system, reader))));
        }
        sweeping::surveyor(&opening)
    }

    /// Opens a system to write what a cleared rule says.
    pub(crate) fn sweeper(
        &self,
        system: &System,
        cleared: &Cleared,
    ) -> std::result::Result<Option<Box<dyn Sweeper>>, Fault> {
        sweeping::sweeper(&self.opening(system)?, cleared)
    }

    /// Opens a system to write its files anew as a cleared rule says.
    pub(crate) fn renewer(
        &self,
        system: &System,
        cleared: &Cleared,
    ) -> std::result::Result<Option<Box<dyn Renewer>>, Fault> {
        sweeping::renewer(&self.opening(system)?, cleared)
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

/// The holds as the ledger tells them at the moment of a write.
pub(crate) struct HoldsNow {
    ledger: Arc<Mutex<Ledger>>,
    inventory: Arc<Inventory>,
    person: Vec<Digest>,
    known: Arc<Mutex<hold::Register>>,
}

impl Standing for HoldsNow {
    fn holds(&self, step: &Step) -> std::result::Result<Vec<HoldId>, Trouble> {
        let mut known = unpoisoned(&self.known);
        known.catch_up(&unpoisoned(&self.ledger))?;
        let place = format!("{}.{}", step.system, step.object);
        let data_type = law::data_type_of(&self.inventory.data_types, &place);
        let data_type = data_type.map(|data_type| data_type.name.as_str());
        let keeping = step.keeping.clone().unwrap_or_default();
        let mut identities = keeping.identities;
        identities.extend(&self.person);
        let covering = known.standing().filter(|hold| {
            let (system, object) = (&step.system, &step.object);
            hold.covers(system, object, data_type, keeping.clock, &identities)
                // A name that nobody bears: whoever gave it meant something.
                || hold.lost(&self.inventory).is_some()
        });
        Ok(covering.map(|hold| hold.id.clone()).collect())
    }
}

/// Lets a sweep write only while nobody has set or released a hold or opened a case.
pub(crate) struct Overtaken {
    ledger: Arc<Mutex<Ledger>>,
    holds: Arc<HoldsNow>,
    /// The last event that was looked at.
    seen: Mutex<u64>,
    /// Whether somebody came in between.
    pub(crate) came: AtomicBool,
}

impl Standing for Overtaken {
    fn holds(&self, step: &Step) -> std::result::Result<Vec<HoldId>, Trouble> {
        {
            let mut seen = unpoisoned(&self.seen);
            let ledger = unpoisoned(&self.ledger);
            let head = ledger.head()?.count;
            for seq in *seen + 1..=head {
                let event = ledger.event(seq)?.map(|stored| stored.event);
                if event.is_none_or(|event| changes_who_is_spared(&event)) {
                    self.came.store(true, Ordering::SeqCst);
                    let what = say_sweep::halted_holds();
                    return Err(Diagnostic::new("E496", Exit::Incomplete, what).into());
                }
            }
            *seen = head;
        }
        self.holds.holds(step)
    }
}

/// The ledger as the executor sees it, for what belongs to no case.
pub(crate) struct WorkspaceJournal {
    ledger: Arc<Mutex<Ledger>>,
}

impl Journal for WorkspaceJournal {
    fn write(&self, events: &[Event]) -> std::result::Result<(), Trouble> {
        unpoisoned(&self.ledger).append(None, Timestamp::now(), events)
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
