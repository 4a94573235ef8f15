//! `dsr check`: is the inventory valid, does each system answer, does the credential work, is the control person there.

use std::time::Instant;

use serde_json::json;

use crate::cli::context::{Context, House};
use crate::cli::report;
use crate::connector::{Fault, Notes};
use crate::diagnostic::{Exit, Result};
use crate::execute::Doors as _;
use crate::find::{Search, Unwatched};
use crate::findings::Control;
use crate::inventory::{Engine, Expand, Status, System};
use crate::messages::{Text, check as say};
use crate::ui::Format;
use crate::vault::KeySource;

/// Check the inventory and every system: reachable, credential, control person
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Check only this system; repeat for several
    #[arg(long, value_name = "NAME")]
    system: Vec<String>,
}

/// What was learned about one system.
struct Checked {
    system: String,
    result: std::result::Result<Notes, Fault>,
    /// By object: the control person, or why it could not be looked for.
    controls: Vec<(String, std::result::Result<Control, Fault>)>,
    elapsed_ms: u128,
    /// Nothing is asked of it.
    by_hand: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    super::journey::check_names(&house, &args.system)?;
    let systems: Vec<System> = house
        .inventory
        .systems
        .iter()
        .filter(|system| args.system.is_empty() || args.system.contains(&system.name))
        .cloned()
        .collect();
    let checked = super::block_on(check_all(&house, &systems))?;
    let exit = checked.iter().map(exit_of).fold(Exit::Done, Exit::and);
    match context.ui.format {
        Format::Json => context.ui.json(&json!({
            "schema": "dsr.check/1",
            "ok": exit == Exit::Done,
            "workspace_key": match &house.key_source {
                KeySource::Credential => "credential",
                KeySource::Keyring(_) => "keyring",
                KeySource::File(_) => "file",
            },
            "systems": checked.iter().map(checked_json).collect::<Vec<_>>(),
        })),
        Format::Table | Format::Csv => show(context, &checked),
    }
    context.ui.say(&match &house.key_source {
        KeySource::Credential => say::key_in_credential(),
        KeySource::Keyring(account) => say::key_in_keyring(account),
        KeySource::File(_) => say::key_in_file(),
    });
    Ok(exit)
}

async fn check_all(house: &House, systems: &[System]) -> Vec<Checked> {
    let doors = house.doors();
    let tasks: Vec<_> = systems
        .iter()
        .cloned()
        .map(|system| {
            let doors = std::sync::Arc::clone(&doors);
            let kinds = std::sync::Arc::new(house.inventory.kinds.clone());
            let name = system.name.clone();
            (
                name,
                tokio::spawn(async move { check_one(system, doors, kinds).await }),
            )
        })
        .collect();
    let mut checked = Vec::new();
    for (system, task) in tasks {
        checked.push(task.await.unwrap_or_else(|_| Checked {
            system,
            result: Err(Fault::panicked()),
            controls: Vec::new(),
            elapsed_ms: 0,
            by_hand: false,
        }));
    }
    checked
}

async fn check_one(
    system: System,
    doors: std::sync::Arc<super::context::HouseDoors>,
    kinds: std::sync::Arc<crate::subject::Kinds>,
) -> Checked {
    let began = Instant::now();
    let mut checked = Checked {
        system: system.name.clone(),
        result: Ok(Notes::default()),
        controls: Vec::new(),
        elapsed_ms: 0,
        by_hand: false,
    };
    match (&system.status, &system.engine) {
        (Status::Disabled, _) => checked.result = Err(Fault::disabled()),
        (Status::NotConnected, _) | (_, Engine::None) => {
            checked.result = Err(Fault::not_connected())
        }
        (_, Engine::Manual(_)) => checked.by_hand = true,
        _ => {
            let asked = async { doors.reader(&system)?.check().await };
            checked.result = match tokio::time::timeout(system.within, asked).await {
                Ok(result) => result.map(|health| health.notes),
                Err(_) => Err(Fault::cut(system.within.as_secs())),
            };
            if checked.result.is_ok() {
                look_for_control(system, doors, kinds, &mut checked).await;
            }
        }
    }
    checked.elapsed_ms = began.elapsed().as_millis();
    checked
}

/// A search for nobody: it touches every object, and finds the control person where one is configured.
async fn look_for_control(
    system: System,
    doors: std::sync::Arc<super::context::HouseDoors>,
    kinds: std::sync::Arc<crate::subject::Kinds>,
    checked: &mut Checked,
) {
    let search = Search {
        systems: vec![std::sync::Arc::new(system)],
        only: None,
        kinds,
        expand: Expand {
            rounds: 1,
            stop_on_shared: true,
        },
        known: Vec::new(),
        accepted: Default::default(),
        depth: crate::find::Depth::Whole,
        hold: None,
        open: std::sync::Arc::new(move |system| doors.reader(system)),
        watch: std::sync::Arc::new(Unwatched),
    };
    let findings = search.run().await;
    for found in findings.systems {
        if let Some(fault) = found.error {
            checked.result = Err(fault);
        } else {
            checked.result = Ok(found.notes);
        }
        for object in found.objects {
            checked
                .controls
                .push((object.object, object.error.map_or(Ok(object.control), Err)));
        }
    }
}

fn exit_of(checked: &Checked) -> Exit {
    let failed =
        checked.result.is_err() || checked.controls.iter().any(|(_, control)| control.is_err());
    if failed { Exit::Incomplete } else { Exit::Done }
}

fn checked_json(checked: &Checked) -> serde_json::Value {
    let objects = checked
        .controls
        .iter()
        .map(|(object, control)| match control {
            Ok(control) => json!({ "object": object, "control": control }),
            Err(fault) => {
                json!({ "object": object, "error": { "code": fault.code, "text": fault.text.en } })
            }
        });
    let mut out = json!({
        "system": checked.system,
        "status": if checked.by_hand { "manual" } else if checked.result.is_ok() { "reachable" } else { "failed" },
        "elapsed_ms": u64::try_from(checked.elapsed_ms).unwrap_or(u64::MAX),
        "objects": objects.collect::<Vec<_>>(),
    });
    match &checked.result {
        Ok(notes) => {
            out["notes"] = json!(notes);
        }
        Err(fault) => out["error"] = json!({ "code": fault.code, "text": fault.text.en }),
    }
    out
}

fn show(context: &Context, checked: &[Checked]) {
    let lang = context.ui.lang;
    let mut rows = Vec::new();
    for one in checked {
        let state = match &one.result {
            _ if one.by_hand => say::by_hand(),
            Ok(_) => say::reachable(),
            Err(fault) => say::failed(fault.code.clone(), fault.text.clone()),
        };
        let notes = one.result.as_ref().ok();
        let server = notes
            .and_then(|notes| notes.server.clone())
            .unwrap_or_default();
        rows.push(vec![
            one.system.clone(),
            "–".to_owned(),
            state.to(lang).to_owned(),
            server,
            format!("{} ms", one.elapsed_ms),
        ]);
        for (object, control) in &one.controls {
            let state = match control {
                Ok(Control::Found) => say::control_found(),
                Ok(Control::NotFound) => say::control_missing(),
                Ok(Control::None) => say::control_none(),
                Err(fault) => say::failed(fault.code.clone(), fault.text.clone()),
            };
            rows.push(vec![
                one.system.clone(),
                object.clone(),
                state.to(lang).to_owned(),
                String::new(),
                String::new(),
            ]);
        }
    }
    let columns = [
        crate::messages::report::system(),
        crate::messages::report::object(),
        say::state(),
        say::server(),
        say::took(),
    ];
    context.ui.rows(&columns, &rows);
    for one in checked {
        let of_objects = one.controls.iter().filter_map(|(_, c)| c.as_ref().err());
        let mut faults: Vec<_> = one.result.as_ref().err().into_iter().collect();
        faults.extend(of_objects);
        faults.dedup_by_key(|fault| fault.code.clone());
        let named = faults.into_iter().map(|fault| (one.system.as_str(), fault));
        report::remedies(context, named);
    }
    for one in checked {
        for (code, what) in one.result.iter().flat_map(|notes| &notes.warnings) {
            context
                .ui
                .say(&Text::same(format!("{code} {}: {what}", one.system)));
        }
    }
}
