//! Fills a package from findings: what the search kept goes in as it was found, what it did not keep is asked for again.
//!
//! A record that waits for a person's word stays out. Where a system breaks off while its records flow, the package says so of that
//! object and goes on with the next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use crate::cli::export::Order;
use crate::cli::export::beside::Beside;
use crate::cli::export::make::Source;
use crate::connector::object::How;
use crate::connector::{Blind, Fault, Object, Record, Unread};
use crate::diagnostic::Result;
use crate::find::{self, Flow, Open};
use crate::findings::{
    Control, Match, ObjectFindings, ObjectStatus, Streamed, SystemFindings, SystemStatus,
};
use crate::inventory::{Inventory, System};
use crate::ledger::ExportKind;
use crate::package::{Container, Kind, Material, NotIncluded, Package, SystemMaterial};
use crate::workspace::file_trouble;

/// Records on their way from a system to the package. Few: each waits for the disk.
pub(super) const UNDER_WAY: usize = 64;

/// What stands in a package.
pub(super) struct Contents {
    pub(super) records: u64,
    pub(super) files: u64,
    /// Records by system and object.
    pub(super) objects: BTreeMap<(String, String), u64>,
    /// Objects that broke off.
    pub(super) broken: Broken,
    pub(super) not_included: NotIncluded,
    /// Files that were left out for their size.
    pub(super) too_large: u64,
}

pub(super) fn fill<'a>(
    source: &'a Source,
    order: &Order,
    container: Box<dyn Container + 'a>,
) -> Result<Contents> {
    let trouble = |error: std::io::Error| file_trouble(&error);
    let inventory = &*source.inventory;
    let systems = order.findings.systems.iter();
    let material = Material {
        kind: match order.kind {
            ExportKind::Access => Kind::Access,
            ExportKind::Portability => Kind::Portable,
        },
        draft: order.draft,
        controller: &inventory.controller,
        language: order.lang,
        case: source.case.as_str(),
        received: source.received,
        made: source.today,
        expires: Some(order.expires),
        systems: systems
            .map(|found| told(inventory, found, &Broken::new()))
            .collect(),
        data_types: &inventory.data_types,
        flows: &inventory.flows,
        identities: order.findings.identities.clone(),
        scratch: Some(&source.scratch),
    };
    let mut package = Package::new(material, container).map_err(trouble)?;
    let (mut objects, mut broken) = (BTreeMap::new(), Broken::new());
    let mut too_large = 0;
    for found in &order.findings.systems {
        let Some(system) = inventory.system(&found.system) else {
            continue;
        };
        for answer in &found.objects {
            let Some(object) = system.object(&answer.object) else {
                continue;
            };
            if answer.status != ObjectStatus::Searched {
                continue;
            }
            let mut writer = package.object(&found.system, object).map_err(trouble)?;
            let mut push = |record: &Record| writer.push(record).map_err(trouble);
            let mut records = 0;
            let stated = answer.records.iter();
            for kept in stated.filter(|kept| kept.matched == Match::Stated) {
                push(&kept.record)?;
                records += 1;
            }
            let (mut fault, mut unread) = (None, answer.unread.clone());
            if let Some(streamed) = &answer.streamed {
                let (flow, why) = flow(source, system, found, object, streamed, &mut push)?;
                records += flow.handed;
                fault = why;
                unread = flow.unread.or(unread);
            }
            if let Some(unread) = unread.or_else(|| unasked(object)) {
                writer.unread(&unread);
            }
            writer.finish().map_err(trouble)?;
            let place = (found.system.clone(), object.name.clone());
            if order.kind == ExportKind::Access && records > 0 {
                let mut beside = Beside::new(source, system, object, answer);
                for part in object.parts() {
                    let why = beside.part(part, &mut package)?;
                    fault = fault.or(why);
                }
                let (left_out, why) = beside.files(&mut package)?;
                too_large += left_out;
                fault = fault.or(why);
            }
            if let Some(fault) = fault {
                broken.insert(place.clone(), fault);
                package.tell(told(inventory, found, &broken));
            }
            objects.insert(place, records);
        }
    }
    let summary = package.finish().map_err(trouble)?;
    Ok(Contents {
        records: summary.records,
        files: summary.files,
        objects,
        broken,
        not_included: summary.not_included,
        too_large,
    })
}

/// What is said of a table of which a search did not look what else it has.
fn unasked(object: &Object) -> Option<Unread> {
    matches!(object.how, How::Table { .. }).then_some(Unread {
        columns: Vec::new(),
        blind: Some(Blind::Unasked),
    })
}

/// Objects whose records stopped coming, by system and object.
type Broken = BTreeMap<(String, String), Fault>;

/// What the package says of a system.
fn told<'a>(
    inventory: &'a Inventory,
    found: &SystemFindings,
    broken: &Broken,
) -> SystemMaterial<'a> {
    let mut told = SystemMaterial::found(found, inventory.system(&found.system));
    for (object, answer) in told.objects.iter_mut().zip(&found.objects) {
        object.unproven = is_unproven(answer);
        if let Some(fault) = broken.get(&(found.system.clone(), object.name.clone())) {
            object.searched = false;
            object.error = Some(fault.clone());
            told.status = SystemStatus::Incomplete;
        }
    }
    told
}

fn is_unproven(answer: &ObjectFindings) -> bool {
    answer.control != Control::Found && answer.count() == 0
}

/// Lets the records of one object flow from the system into the package. The system reads ahead a little and waits for the disk.
fn flow(
    source: &Source,
    system: &System,
    found: &SystemFindings,
    object: &Object,
    streamed: &Streamed,
    push: &mut dyn FnMut(&Record) -> Result<()>,
) -> Result<(Flow, Option<Fault>)> {
    let (send, receive) = sync_channel::<Record>(UNDER_WAY);
    let doors = Arc::clone(&source.doors);
    let open: Arc<Open> = Arc::new(move |system| crate::execute::Doors::reader(&*doors, system));
    let (system, found) = (Arc::new(system.clone()), found.clone());
    let (object, streamed) = (object.clone(), streamed.clone());
    let kinds = source.inventory.kinds.clone();
    let streaming = async move {
        let mut sink = |record| send.send(record).is_ok();
        find::stream(
            &open, &system, &found, &object, &streamed, &kinds, &mut sink,
        )
        .await
    };
    // Begun, and not waited for: it fills the channel while this empties it.
    let reading = crate::cli::spawn(streaming)?;
    let mut written = Ok(0);
    for record in receive {
        written = written.and_then(|count: u64| push(&record).map(|()| count + 1));
        if written.is_err() {
            // Dropping the receiver stops the system.
            break;
        }
    }
    let read = crate::cli::block_on(reading)?.unwrap_or_else(|_| Err(Fault::panicked()));
    let handed = written?;
    let flow = |flow: Flow| Flow { handed, ..flow };
    Ok(match read {
        Ok(end) if end.unknown > 0 => {
            let fault = Fault::changed_meanwhile(end.unknown);
            (flow(end), Some(fault))
        }
        Ok(end) => (flow(end), None),
        Err(fault) => (flow(Flow::default()), Some(fault)),
    })
}
