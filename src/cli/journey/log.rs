//! The log over all cases as this workspace keeps it: its key, its leaves, and the proofs that bundles carry.

use std::cell::RefCell;
use std::time::Duration;

use jiff::civil::Date;
use secrecy::{ExposeSecret as _, SecretString};

use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::evidence::commitment::Opened;
use crate::evidence::{self, Anchoring};
use crate::keys::{Digest, Key};
use crate::ledger::{Event, Leaf};
use crate::messages::{Text, translog as say};
use crate::secret;
use crate::sweep::rhythm;
use crate::translog::{self, Inclusion, Leaves, Signed, Signer, VerifierKey, tree};
use crate::workspace::{Workspace, acquire, file_trouble, replace, write_new};

pub(crate) const LOG_KEY: &str = "log.key.pem";
/// Every key under which the log ever spoke, one a line.
const LOG_KEYS: &str = "log.vkeys";
/// A checkpoint is to leave the house once in so many seconds.
const DAY: u64 = 24 * 3600;
/// How long a run waits for another that is just making the key.
const MAKING: Duration = Duration::from_secs(10);

/// The event that enters a new case into the log.
pub(crate) fn opened(case_key: &Key, case: &CaseId, received: Date) -> Event {
    Event::LeafAppended {
        leaf: Opened::of(case_key, case.as_str(), received).hash(),
        of: Leaf::Opened,
    }
}

/// All leaves.
pub(crate) fn leaves(house: &House) -> Result<Leaves> {
    Leaves::of(&house.workspace, &house.ledger())
}

/// Makes the log's key if there is none; returns its file if it was made.
pub(crate) fn make_key(workspace: &Workspace) -> Result<Option<std::path::PathBuf>> {
    let io = |error: std::io::Error| file_trouble(&error);
    let file = workspace.keys_dir().join(LOG_KEY);
    let _held = hold(workspace)?;
    if file.exists() {
        return Ok(None);
    }
    if !known_keys(workspace).is_empty() {
        return Err(unusable(say::key_missing(workspace.relative(&file))));
    }
    let key = Signer::make();
    write_new(&file, key.expose_secret().as_bytes(), 0o600).map_err(io)?;
    Ok(Some(file))
}

/// Holds the key's lock until what it returns is dropped.
fn hold(workspace: &Workspace) -> Result<impl Sized + use<>> {
    let lock = workspace.private_dir().join("log-key.lock");
    acquire(&lock, MAKING)?.map_err(unusable)
}

fn unusable(why: Text) -> Trouble {
    Diagnostic::new("E676", Exit::Usage, say::key_unusable())
        .why(why)
        .help(say::key_unusable_help())
        .into()
}

/// The log's key: the one that the inventory names, else the one beside the seal, which is made if there never was one.
///
/// # Errors
/// E676 if it cannot be used, or is gone.
pub(crate) fn signer(house: &House) -> Result<Signer> {
    let workspace = &house.workspace;
    let pem = match &house.inventory.evidence.log.key {
        Some(reference) => secret::resolve(reference, &house.inventory.folder)
            .map_err(|fault| unusable(fault.text))?,
        None => {
            make_key(workspace)?;
            let file = workspace.keys_dir().join(LOG_KEY);
            let text = fs_err::read_to_string(&file)
                .map_err(|error| unusable(crate::messages::os::why_at(&file, &error)))?;
            SecretString::from(text)
        }
    };
    let origin = translog::origin(house.ledger().id());
    let signer = Signer::from_pem(&pem, origin).ok_or_else(|| unusable(say::key_other()))?;
    remember(workspace, &signer.key())?;
    Ok(signer)
}

/// Notes a key, so that what it signed can be checked here without it.
fn remember(workspace: &Workspace, key: &VerifierKey) -> Result<()> {
    if known_keys(workspace).contains(key) {
        return Ok(());
    }
    let _held = hold(workspace)?;
    let mut known = known_keys(workspace);
    if !known.contains(key) {
        known.push(key.clone());
    }
    let lines: String = known.iter().map(|key| format!("{key}\n")).collect();
    let file = workspace.keys_dir().join(LOG_KEYS);
    replace(&file, lines.as_bytes(), 0o600).map_err(|e| file_trouble(&e))
}

/// Every key under which this workspace's log spoke.
pub(crate) fn known_keys(workspace: &Workspace) -> Vec<VerifierKey> {
    let text = fs_err::read_to_string(workspace.keys_dir().join(LOG_KEYS)).unwrap_or_default();
    text.lines().filter_map(VerifierKey::parse).collect()
}

/// The checkpoint over the first leaves.
///
/// # Errors
/// E634 if the ledger was set back: nothing is signed then.
pub(crate) fn checkpoint(
    house: &House,
    signer: &Signer,
    leaves: &Leaves,
    size: usize,
) -> Result<Option<Signed>> {
    house.ledger().is_current()?;
    let root = leaves.root(size);
    Ok(root.map(|root| signer.checkpoint(size as u64, root)))
}

/// The proof that a leaf is among the first ones.
///
/// # Errors
/// As [`checkpoint`].
pub(crate) fn inclusion(
    house: &House,
    signer: &Signer,
    leaves: &Leaves,
    index: usize,
    size: usize,
) -> Result<Option<Inclusion>> {
    let path = leaves
        .hashes()
        .get(..size)
        .and_then(|hashes| tree::inclusion(hashes, index));
    let signed = checkpoint(house, signer, leaves, size)?;
    Ok(path.zip(signed).map(|(path, signed)| Inclusion {
        index: index as u64,
        path,
        signed,
    }))
}

/// Positions and kinds of a case's leaves, in their order.
pub(crate) fn of_case(
    house: &House,
    leaves: &Leaves,
    case: &CaseId,
) -> Result<Vec<(usize, Leaf, Digest)>> {
    let mut found = Vec::new();
    house.ledger().of_the_log_and_case(case, &mut |stored| {
        if let Event::LeafAppended { leaf, of } = stored.event {
            found.extend(leaves.index_of(stored.seq).map(|index| (index, of, leaf)));
        }
        Ok(())
    })?;
    Ok(found)
}

/// What the confirmation letter to the person says of the log: position of the case's opening, and the root over all entries up to
/// and with it.
pub(crate) struct Letter {
    pub(crate) index: usize,
    pub(crate) size: usize,
    pub(crate) root: Digest,
}

impl Letter {
    /// `None` for cases that were opened before there was a log.
    pub(crate) fn of(house: &House, case: &CaseId) -> Result<Option<Letter>> {
        let leaves = leaves(house)?;
        let opened = of_case(house, &leaves, case)?;
        let opened = opened.into_iter().find(|(_, of, _)| *of == Leaf::Opened);
        Ok(opened.and_then(|(index, ..)| {
            let size = index + 1;
            let root = leaves.root(size)?;
            Some(Letter { index, size, root })
        }))
    }

    pub(crate) fn text(&self) -> Text {
        say::for_the_letter(self.index, base64(&self.root))
    }
}

/// A root as checkpoints write it.
pub(crate) fn base64(root: &Digest) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(root.0)
}

/// The log as the maker of a container sees it.
pub(crate) struct HouseLog<'h> {
    context: &'h Context,
    house: &'h House,
    /// Whose container it is, and of what kind.
    case: Option<&'h CaseId>,
    of: Leaf,
    signer: Signer,
    /// As they were when last asked for.
    leaves: RefCell<Leaves>,
}

impl<'h> HouseLog<'h> {
    pub(crate) fn open(
        context: &'h Context,
        house: &'h House,
        case: Option<&'h CaseId>,
        of: Leaf,
    ) -> Result<HouseLog<'h>> {
        Ok(HouseLog {
            signer: signer(house)?,
            leaves: RefCell::new(leaves(house)?),
            context,
            house,
            case,
            of,
        })
    }
}

impl evidence::Log for HouseLog<'_> {
    fn key(&self) -> VerifierKey {
        self.signer.key()
    }

    fn prove(&self, leaf: &Digest) -> Result<Option<Inclusion>> {
        let mut leaves = self.leaves.borrow_mut();
        leaves.catch_up(&self.house.ledger())?;
        let known = leaves.hashes().iter();
        match known.rev().position(|known| known == leaf) {
            Some(behind) => {
                let index = leaves.len() - 1 - behind;
                inclusion(self.house, &self.signer, &leaves, index, index + 1)
            }
            None => Ok(None),
        }
    }

    fn anchoring(&self) -> Result<Anchoring> {
        let leaves = self.leaves.borrow();
        match (leaves.witnessed, leaves.anchored) {
            (None, None) => return Ok(Anchoring::Never),
            (None, Some(_)) => return Ok(Anchoring::ByWord),
            (Some(_), _) => {}
        }
        let since = leaves.uncovered_since(&self.house.ledger())?;
        let now = self.context.now();
        let old = since.filter(|since| rhythm::missing(*since, now, DAY) > 0);
        Ok(old.map_or(Anchoring::Daily, |since| {
            let passed = now.as_second().saturating_sub(since.as_second());
            let days = u64::try_from(passed).unwrap_or(0) / DAY;
            Anchoring::Old { days: days.max(1) }
        }))
    }

    fn append(&self, statement: &[u8]) -> Result<Inclusion> {
        let leaf = tree::leaf(statement);
        let event = Event::LeafAppended { leaf, of: self.of };
        self.house.write(self.case, self.context.now(), &[event])?;
        let gone = || Diagnostic::new("E678", Exit::Failed, say::no_such_leaf(leaf.hex()));
        Ok(self.prove(&leaf)?.ok_or_else(gone)?)
    }
}
