//! Makes one package in three steps: what is needed of the house is taken, the package is written, then it gets its place and is
//! remembered.
//!
//! Only the step in the middle takes long, and it holds neither vault nor ledger, so that several packages can be written at once.
//! What is written has no name of its own until the last step, and that is taken for one package after the other: a killed run leaves
//! at most one package under its name of which the ledger does not know.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use super::{Made, Order, fill, register};
use crate::case::item;
use crate::case_id::CaseId;
use crate::cli::context::{Context, House, HouseDoors};
use crate::cli::journey::Opened;
use crate::diagnostic::Result;
use crate::findings::{Findings, Match};
use crate::handover::{self, Whole};
use crate::inventory::Inventory;
use crate::keys::Purpose;
use crate::ledger::Event;
use crate::vault::Item;

/// What writing a package needs, and nothing that only one thread may hold.
pub(super) struct Source {
    pub(super) inventory: Arc<Inventory>,
    pub(super) doors: Arc<HouseDoors>,
    /// Folder for what is put aside meanwhile.
    pub(super) scratch: PathBuf,
    pub(super) case: CaseId,
    pub(super) received: Date,
    pub(super) today: Date,
    /// Stands in the name of what is not whole yet.
    mark: String,
}

/// A package that is written, and has no place yet; it is gone when this is dropped.
pub(super) struct Filled {
    contents: fill::Contents,
    whole: Whole,
}

/// Removes what an earlier run left half written, and notes in the vault where this one begins.
///
/// # Errors
/// E803 if the place is taken, E606 to E608 if nothing can be written there, those of the vault.
pub(super) fn begin(
    context: &Context,
    house: &House,
    opened: &Opened,
    order: &Order,
) -> Result<Source> {
    let own = house.workspace.exports_dir().join(opened.id.as_str());
    // The lease of the case is ours, so nobody is writing there.
    let trouble = |error: std::io::Error| crate::workspace::file_trouble(&error);
    handover::expiry::clear_partial(&own, "").map_err(trouble)?;
    // Elsewhere only what is this case's own, by a mark that nobody else can know.
    let mark = opened.key.derive(Purpose::Name).mac(b"unfinished package");
    let mark = mark.hex()[..20].to_owned();
    let before: BTreeSet<PathBuf> = house
        .vault()
        .read(&opened.id, item::EXPORTS_BEGUN)?
        .unwrap_or_default();
    let mut begun = before.clone();
    begun.retain(|folder| handover::expiry::clear_partial(folder, &mark).is_err());
    let target = order.place.folder();
    // The case's own folder is looked through by every run.
    if target != own {
        begun.insert(fs_err::canonicalize(&target).unwrap_or(target));
    }
    if begun != before {
        house.vault().put(&opened.id, item::EXPORTS_BEGUN, &begun)?;
    }
    order.place.prepare(&order.seal)?;
    Ok(Source {
        inventory: Arc::clone(&house.inventory),
        doors: house.doors(),
        scratch: house.workspace.private_dir(),
        case: opened.id.clone(),
        received: opened.case(house)?.received,
        today: context.today(),
        mark,
    })
}

impl Source {
    /// Writes the package, whole and without its name.
    ///
    /// # Errors
    /// Those of the systems that are read again, E606 to E608 if it cannot be written.
    pub(super) fn write(&self, order: &Order) -> Result<Filled> {
        let (contents, whole) = handover::write(
            &order.place,
            &order.seal,
            self.today,
            &self.mark,
            |container| fill::fill(self, order, container),
        )?;
        Ok(Filled { contents, whole })
    }
}

/// Gives the package its name, then writes what the vault and the ledger keep of it.
///
/// # Errors
/// E803 if the place was taken meanwhile, those of vault and ledger.
pub(super) fn keep(
    context: &Context,
    house: &House,
    opened: &Opened,
    order: &Order,
    filled: Filled,
) -> Result<Made> {
    let Filled { contents, whole } = filled;
    let written = whole.put(&order.place, &order.seal)?;
    let waiting = waiting(&order.findings);
    let complete = order.findings.is_whole() && contents.broken.is_empty();
    let exports = register::with(house, opened, &written)?;
    let (findings, drafted) = (item::draft(order.kind), item::drafted(order.kind));
    let mut items = vec![Item::new(item::EXPORTS, &exports)];
    if order.draft {
        items.push(Item::new(&findings, &order.findings));
        items.push(Item::new(&drafted, &written.digest));
    }
    house.vault().put_all(&opened.id, items)?;
    let event = Event::Exported {
        kind: order.kind,
        package: written.digest,
        draft: order.draft,
        complete,
        records: contents.records,
        waiting,
        files: u32::try_from(contents.files).unwrap_or(u32::MAX),
        sealed: order.seal.sealed(),
        expires: order.expires,
        operator: house.operator.clone(),
    };
    house.write(Some(&opened.id), context.now(), &[event])?;
    Ok(Made {
        path: written.path,
        package: written.digest,
        contents,
        waiting,
        complete,
    })
}

fn waiting(findings: &Findings) -> u64 {
    let kept = findings
        .records()
        .filter(|(_, _, found)| found.matched != Match::Stated)
        .count();
    let objects = findings.systems.iter().flat_map(|system| &system.objects);
    let streamed = objects.filter_map(|object| object.streamed.as_ref());
    kept as u64 + streamed.map(|streamed| streamed.waiting()).sum::<u64>()
}
