//! Makes the evidence bundle of a case from ledger and vault. No system is called, but for the authority that stamps the time.

use serde_json::Value;

use crate::case::item;
use crate::cli::audit::anomalies;
use crate::cli::context::{Context, House, signers};
use crate::cli::evidence::openings;
use crate::cli::journey::stored::{FindingsInVault, JournalInLedger, PlanInVault};
use crate::cli::journey::{Opened, log, time};
use crate::cli::seal;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::{self, Made, Material, Planned, Searched, Witnesses};
use crate::inventory::{self, Engine};
use crate::keys::Digest;
use crate::ledger::{Closing, Event, Leaf, Stamped};
use crate::messages::cli as say;
use crate::workspace;

/// Writes the bundle into the workspace's evidence folder and notes it in the ledger.
pub(crate) fn make(context: &Context, house: &House, opened: &Opened) -> Result<Made> {
    // A change of the inventory that no command has noted yet belongs on this cover, and not on the next.
    house.note_terms(context.now())?;
    time::opening(context, house, opened)?;
    time::catch_up(context, house, opened)?;
    let case = opened.outline(house)?;
    let journal = JournalInLedger::of(house, &opened.id);
    let plan = case.latest_plan.as_ref();
    let plan = plan.map(|id| PlanInVault::open(house, &opened.id, id));
    let plan = plan.transpose()?;
    let findings = FindingsInVault::open(house, &opened.id)?;
    // Without a plan the inventory is the one of today.
    let extract: Option<Value> = house.vault().read(&opened.id, item::INVENTORY)?;
    let extract = extract.or_else(|| Some(inventory::extract::extract(&house.inventory)));
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
        plan: plan.as_ref().map(|plan| plan as &dyn Planned),
        findings: findings.as_ref().map(|found| found as &dyn Searched),
        law: extract
            .as_ref()
            .and_then(|extract| extract.get("data_types").cloned())
            .unwrap_or_default(),
        inventory_extract: extract.unwrap_or_default(),
        inventory_digest: house.inventory.digest,
        lock_digest: lock_digest(house)?,
        received: case.first_received,
        answered: answered(&case),
        identity_method: case.identity.clone().unwrap_or_else(|| "open".to_owned()),
        operator: case.operator.clone(),
        approver,
        approval: house.inventory.approval,
        connectors: connectors(house),
        number,
        predecessor: case.evidence.last().copied(),
        keep_until: context.today().checked_add(keep).ok(),
        open_stamp: time::open_token(house, opened, &case)?,
        anomalies: anomalies::of_case(house, &opened.id)?,
        amendments: anomalies::amendments(house, &opened.id)?,
        now: context.now(),
    };
    let seal = seal::settle(context, house, seal::open(house)?)?;
    set_aside(house, opened, number)?;
    let log = log::HouseLog::open(context, house, Some(&opened.id), Leaf::Statement)?;
    let made = evidence::make_for(
        &material,
        &seal,
        Witnesses {
            time: house.authority(),
            log: Some(&log),
        },
        &house.workspace.evidence_dir(),
        &mut |made| openings::keep(house, &opened.id, made),
    )?;
    let mut events = vec![Event::EvidenceMade {
        bundle: made.bundle,
        number,
    }];
    events.extend(time::event(Stamped::Bundle, made.bundle, &made.time));
    house.write(Some(&opened.id), context.now(), &events)?;
    time::tell(context, &made.time);
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
        let plugin = |file, digest: &Digest| (file, "plugin".to_owned(), *digest);
        match &system.engine {
            Engine::Process(settings) => {
                let files = settings.files.iter();
                all.extend(files.map(|(file, digest)| plugin(file.clone(), digest)));
            }
            Engine::Rest(definition) => {
                let files = signers(definition).into_iter();
                let files = files.map(|(file, digest)| (house.workspace.relative(&file), digest));
                all.extend(files.map(|(file, digest)| plugin(file, &digest)));
            }
            _ => {}
        }
    }
    all.sort();
    all.dedup();
    all
}
