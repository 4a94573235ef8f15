//! Asks every system at once: does it answer and how fast, is its control person there, what does its engine find wrong.

use std::sync::Arc;
use std::time::Instant;

use crate::cli::context::{House, HouseDoors};
use crate::connector::object::Erase;
use crate::connector::{Action, Fault, Finding, Notes, Object, Reader};
use crate::execute::Doors as _;
use crate::find::{Search, Unwatched};
use crate::findings::Control;
use crate::inventory::{Engine, Expand, Inventory, Status, System};
use crate::messages::{check as say_check, finding as say};

/// Seconds by which a system's clock may differ before the doctor speaks of it; from 300 on nothing is written to it.
const CLOCK: i64 = 30;

/// How often the cheapest request is repeated.
const TIMES: usize = 3;

/// What was learned about one system.
pub(super) struct Checked {
    pub(super) system: String,
    pub(super) result: Result<Notes, Fault>,
    /// By object: the control person, or why it could not be looked for.
    pub(super) controls: Vec<(String, Result<Control, Fault>)>,
    pub(super) elapsed_ms: u64,
    /// From nothing to the first answer, and the median of the cheapest requests after that.
    pub(super) latency: Option<Latency>,
    pub(super) findings: Vec<Finding>,
    /// Nothing is asked of it.
    pub(super) by_hand: bool,
}

#[derive(Clone, Copy, serde::Serialize)]
pub(super) struct Latency {
    pub(super) connect_ms: u64,
    pub(super) request_ms: u64,
}

pub(super) async fn check_all(house: &House, systems: &[System]) -> Vec<Checked> {
    let doors = house.doors();
    let tasks: Vec<_> = systems
        .iter()
        .cloned()
        .map(|system| {
            let doors = Arc::clone(&doors);
            let inventory = Arc::clone(&house.inventory);
            let name = system.name.clone();
            (
                name,
                tokio::spawn(async move { check_one(system, doors, inventory).await }),
            )
        })
        .collect();
    let mut checked = Vec::new();
    for (system, task) in tasks {
        checked.push(task.await.unwrap_or_else(|_| {
            let mut broken = Checked::new(&system);
            broken.fail(Fault::panicked());
            broken
        }));
    }
    checked
}

impl Checked {
    fn new(system: &str) -> Checked {
        Checked {
            system: system.to_owned(),
            result: Ok(Notes::default()),
            controls: Vec::new(),
            elapsed_ms: 0,
            latency: None,
            findings: Vec::new(),
            by_hand: false,
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.findings.push(Finding::of_fault(&fault));
        self.result = Err(fault);
    }
}

async fn check_one(system: System, doors: Arc<HouseDoors>, inventory: Arc<Inventory>) -> Checked {
    let began = Instant::now();
    let mut checked = Checked::new(&system.name);
    match (&system.status, &system.engine) {
        (Status::Disabled, _) => checked.fail(Fault::disabled()),
        (Status::NotConnected, _) | (_, Engine::None) => checked.fail(Fault::not_connected()),
        (_, Engine::Manual(_)) => checked.by_hand = true,
        _ => {
            let within = system.within;
            let asked = examine(&system, &doors, &inventory, &mut checked);
            let result = match tokio::time::timeout(within, asked).await {
                Ok(result) => result,
                Err(_) => Err(Fault::cut(within.as_secs())),
            };
            if let Err(fault) = result {
                checked.fail(fault);
            } else {
                look_for_control(system, doors, &inventory, &mut checked).await;
            }
        }
    }
    checked.elapsed_ms = milliseconds(began);
    checked
}

/// Everything that one reader can say.
async fn examine(
    system: &System,
    doors: &HouseDoors,
    inventory: &Inventory,
    checked: &mut Checked,
) -> Result<(), Fault> {
    let began = Instant::now();
    let mut reader = doors.reader(system)?;
    reader.check().await?;
    let connect_ms = milliseconds(began);
    checked.latency = Some(Latency {
        connect_ms,
        request_ms: median(reader.as_mut()).await?,
    });
    checked.findings.extend(reader.examine_system().await?);
    for object in &system.objects {
        let needs = needs(inventory, system, object);
        // What keeps an object from being examined keeps it from being searched, and is said there.
        if let Ok(found) = reader.examine(object, &needs).await {
            checked.findings.extend(found);
        }
    }
    let notes = reader.notes();
    if let Some(offset) = notes.clock_offset_s.filter(|offset| offset.abs() > CLOCK) {
        checked
            .findings
            .push(Finding::warning("W242", say::clock(offset)).remedy(say::clock_help()));
    }
    if system.control.is_none() {
        checked
            .findings
            .push(Finding::hint("W243", say::no_control()).remedy(say::no_control_help()));
    }
    checked.result = Ok(notes);
    Ok(())
}

async fn median(reader: &mut dyn Reader) -> Result<u64, Fault> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        reader.check().await?;
        times.push(milliseconds(began));
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// The actions that the inventory may plan for an object.
fn needs(inventory: &Inventory, system: &System, object: &Object) -> Vec<Action> {
    let mut needs = Vec::new();
    let mut of = object;
    // As many steps as there are objects: an inventory may not lead in a circle, and this would end all the same.
    for _ in 0..system.objects.len() {
        match &of.erase {
            Erase::Remove => needs.push(Action::Remove),
            Erase::Anonymise => needs.push(Action::Anonymise),
            Erase::Restrict => needs.push(Action::Restrict),
            Erase::Retain { .. } | Erase::Manual { .. } => {}
            Erase::With { object } => {
                if let Some(other) = system.object(object) {
                    of = other;
                    continue;
                }
            }
        }
        break;
    }
    let name = format!("{}.{}", system.name, object.name);
    for kind in &inventory.data_types {
        if kind.objects.contains(&name) && object.can(kind.then.action()) {
            needs.push(kind.then.action());
        }
    }
    if object.can(Action::Restrict) {
        needs.push(Action::Restrict);
    }
    needs.sort_unstable();
    needs.dedup();
    needs
}

/// A search for nobody: it touches every object, and finds the control person where one is configured.
async fn look_for_control(
    system: System,
    doors: Arc<HouseDoors>,
    inventory: &Inventory,
    checked: &mut Checked,
) {
    let search = Search {
        systems: vec![Arc::new(system)],
        only: None,
        kinds: Arc::new(inventory.kinds.clone()),
        expand: Expand {
            rounds: 1,
            stop_on_shared: true,
        },
        known: Vec::new(),
        accepted: Default::default(),
        depth: crate::find::Depth::Whole,
        hold: None,
        open: Arc::new(move |system| doors.reader(system)),
        watch: Arc::new(Unwatched),
    };
    let findings = search.run().await;
    for found in findings.systems {
        if let Some(fault) = found.error {
            checked.fail(fault);
        }
        for object in found.objects {
            if let Some(fault) = &object.error {
                let finding = Finding::of_fault(fault).on(&object.object);
                checked.findings.push(finding);
            }
            checked
                .controls
                .push((object.object, object.error.map_or(Ok(object.control), Err)));
        }
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The state of a system in a few words.
pub(super) fn state(checked: &Checked) -> crate::messages::Text {
    let lost = checked.controls.iter().filter(|(_, c)| c.is_err()).count();
    match &checked.result {
        _ if checked.by_hand => say_check::by_hand(),
        Ok(_) if lost > 0 => say_check::partly(lost, checked.controls.len()),
        Ok(_) => say_check::reachable(),
        Err(fault) if fault.code == "E543" => say_check::not_connected(),
        Err(fault) if fault.code == "E542" => say_check::switched_off(),
        Err(fault) => say_check::failed(fault.code.clone(), fault.text.clone()),
    }
}
