//! Makes the evidence bundle of a case from ledger and vault. No system is called.

use secrecy::SecretString;
use serde_json::Value;

use crate::case::item;
use crate::cli::context::{Context, House};
use crate::cli::journey::{Opened, stored_plan};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::{self, JournalLine, Made, Material, seal::Seal};
use crate::findings::Findings;
use crate::inventory::Engine;
use crate::keys::Digest;
use crate::ledger::{Closing, Event};
use crate::messages::cli as say;
use crate::plan::Plan;
use crate::secret;
use crate::vault::Item;
use crate::workspace;

/// Writes the bundle into the workspace's evidence folder and notes it in the ledger.
pub(crate) fn make(context: &Context, house: &House, opened: &Opened) -> Result<Made> {
    let case = opened.case(house)?;
    let journal: Vec<JournalLine> = house
        .events(&opened.id)?
        .into_iter()
        .map(|stored| JournalLine {
            seq: stored.seq,
            at: stored.at,
            event: stored.event,
            bytes: stored.bytes,
            hash: stored.hash,
        })
        .collect();
    let plan: Option<Plan> = case
        .latest_plan
        .map(|id| stored_plan(house, opened, &id))
        .transpose()?;
    let findings: Option<Findings> = house.vault().read(&opened.id, item::FINDINGS)?;
    let extract: Option<Value> = house.vault().read(&opened.id, item::INVENTORY)?;
    let number = u32::try_from(case.evidence.len()).unwrap_or(u32::MAX) + 1;
    let approver = case
        .plans
        .iter()
        .rev()
        .find_map(|state| state.approved.as_ref())
        .map(|(_, by)| by.clone());
    let keep = house
        .inventory
        .evidence
        .keep
        .unwrap_or_else(|| jiff::Span::new().years(3));
    let material = Material {
        case: opened.id.as_str(),
        controller: house.inventory.controller.name.clone(),
        seat: house.inventory.controller.seat.clone(),
        contact: house.inventory.controller.contact.clone(),
        case_key: &opened.key,
        journal: &journal,
        plan: plan.as_ref(),
        findings: findings.as_ref(),
        law: extract
            .as_ref()
            .and_then(|extract| extract.get("data_types").cloned())
            .unwrap_or_default(),
        inventory_extract: extract.unwrap_or_default(),
        inventory_digest: house.inventory.digest,
        lock_digest: lock_digest(house)?,
        received: case.received,
        answered: answered(&case),
        identity_method: case.identity.clone().unwrap_or_else(|| "open".to_owned()),
        operator: case.operator.clone(),
        approver,
        approval: house.inventory.approval,
        connectors: connectors(house),
        number,
        predecessor: case.evidence.last().copied(),
        keep_until: context.today().checked_add(keep).ok(),
        now: context.now(),
    };
    set_aside(house, opened, number)?;
    let made = evidence::make(&material, &seal(house)?, &house.workspace.evidence_dir())?;
    house
        .vault()
        .put_all(&opened.id, vec![Item::new(item::OPENINGS, &made.openings)])?;
    house.write(
        Some(&opened.id),
        context.now(),
        &[Event::EvidenceMade {
            bundle: made.bundle,
            number,
        }],
    )?;
    Ok(made)
}

/// The day on which an operator said that the person had been answered.
fn answered(case: &crate::case::Case) -> Option<jiff::civil::Date> {
    let (closing, at) = case.closing?;
    let day = at.to_zoned(jiff::tz::TimeZone::system()).date();
    (closing != Closing::Withdrawn).then_some(day)
}

/// A bundle of this number that the ledger does not know was written by a run that died before it could note it. It proves nothing
/// that this one does not, so it makes room, and stays readable under another name.
fn set_aside(house: &House, opened: &Opened, number: u32) -> Result<()> {
    let name = evidence::file_name(opened.id.as_str(), number);
    let path = house.workspace.evidence_dir().join(&name);
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let aside = path.with_file_name(format!("{name}.interrupted"));
    fs_err::rename(&path, aside).map_err(|error| workspace::file_trouble(&error))
}

fn lock_digest(house: &House) -> Result<Digest> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::new("E860", Exit::Failed, say::lock_unreadable())
            .why(crate::messages::Text::same(error.to_string()))
            .help(say::lock_unreadable_help())
    };
    Ok(Digest::sha256(
        &fs_err::read(house.workspace.lock_file()).map_err(unreadable)?,
    ))
}

fn connectors(house: &House) -> Vec<(String, String, Digest)> {
    let rest = house
        .inventory
        .systems
        .iter()
        .filter_map(|system| match &system.engine {
            Engine::Rest(definition) => Some(&definition.parts),
            _ => None,
        });
    let rest = rest.flatten();
    let rest = rest.map(|part| (part.name.clone(), part.version.clone(), part.digest));
    let mut all: Vec<_> = rest.collect();
    for system in &house.inventory.systems {
        if let Engine::Process(plugin) = &system.engine {
            let files = plugin.files.iter();
            all.extend(files.map(|(file, digest)| (file.clone(), "plugin".to_owned(), *digest)));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The seal that the inventory names, else the one that `init` made.
pub(crate) fn seal(house: &House) -> Result<Seal> {
    let missing = |reason: String| {
        let diagnostic = Diagnostic::new("E861", Exit::Usage, say::seal_missing())
            .why(crate::messages::Text::same(reason));
        diagnostic.help(say::seal_missing_help())
    };
    let key = match &house.inventory.evidence.seal_key {
        Some(reference) => secret::resolve(reference, &house.inventory.folder)
            .map_err(|fault| missing(fault.text.en))?,
        None => fs_err::read_to_string(house.workspace.keys_dir().join(SEAL_KEY))
            .map(SecretString::from)
            .map_err(|e| missing(e.to_string()))?,
    };
    let certificate = fs_err::read_to_string(certificate_file(house))
        .map_err(|error| missing(error.to_string()))?;
    Seal::from_pem(&key, &certificate)
}

/// Where the certificate of the seal lies; it is public.
pub(crate) fn certificate_file(house: &House) -> std::path::PathBuf {
    house.workspace.keys_dir().join(SEAL_CERTIFICATE)
}

pub(crate) const SEAL_KEY: &str = "seal.key.pem";
pub(crate) const SEAL_CERTIFICATE: &str = "seal.cert.pem";
