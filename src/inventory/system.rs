//! One entry of `systems`: what speaks with it, how long it may take, who owns it, what it holds.

use std::path::Path;
use std::time::Duration;

use crate::connector::definition::overlay::{self, major_of};
use crate::connector::grammar::{mapping, text};
use crate::connector::library::is_path;
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::context::Context;
use crate::inventory::documents;
use crate::inventory::object::{self, Dialect, objects};
use crate::inventory::plugin;
use crate::inventory::settings::{self, Stated};
use crate::inventory::values::{duration, is_label, number, word};
use crate::inventory::{Engine, Load, ManualTasks, Status, System, Timeouts, Wanted};
use crate::messages::{inventory as say, yaml as say_yaml};
use crate::subject::{Kind, Kinds};
use crate::yaml::{Fields, Name, Node, error, nearest};

/// Days that a person has for a manual task unless the inventory says otherwise; half of the month of Art. 12(3).
const TASK_DAYS: u32 = 14;

/// What reading a system needs to know of the rest.
pub(super) struct Surroundings<'a> {
    pub(super) folder: &'a Path,
    pub(super) load: Load<'a>,
}

/// A control person as it is written; checked once all kinds of identity are known.
pub(super) struct Control {
    pub(super) system: usize,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) place: Place,
}

/// Every system in the order of the file.
pub(super) fn systems(
    node: &Node,
    surroundings: &Surroundings<'_>,
    context: &mut Context,
    errors: &mut Vec<Diagnostic>,
) -> (Vec<System>, Vec<Control>) {
    let mut systems = Vec::new();
    let mut controls = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if !is_label(name, errors) {
            continue;
        }
        match system(name, node, surroundings, context, errors) {
            Some((system, control)) => {
                controls.extend(control.map(|(kind, value, place)| Control {
                    system: systems.len(),
                    kind,
                    value,
                    place,
                }));
                systems.push(system);
            }
            None => {
                context.broken.insert(name.text.clone());
            }
        }
    }
    (systems, controls)
}

type StatedControl = (Kind, String, Place);

fn system(
    name: &Name,
    node: &Node,
    surroundings: &Surroundings<'_>,
    context: &mut Context,
    errors: &mut Vec<Diagnostic>,
) -> Option<(System, Option<StatedControl>)> {
    let mut top = Fields::of(node, errors)?;
    let mut system = System::named(&name.text);
    let engine = top.optional("engine");
    let connector = top.optional("connector");
    if let Some(node) = top.optional("status") {
        let words = [
            ("active", Status::Active),
            ("disabled", Status::Disabled),
            ("not_connected", Status::NotConnected),
        ];
        system.status = word(node, &words, top.errors()).unwrap_or(Status::Active);
    }
    system.owner = top.text("owner");
    let needed = system.status == Status::Active;
    let control = common(&mut system, &mut top);

    match (engine, connector) {
        (Some(_), Some(node)) => top.error(
            error("E103", say::two_engines(&name.text))
                .at(node.place.clone())
                .help(say::two_engines_help()),
        ),
        (None, None) if needed => top.error(
            error("E103", say::no_engine(&name.text))
                .at(name.place.clone())
                .help(say::no_engine_help()),
        ),
        (None, None) => {
            // Nothing speaks with it; what may stand there is kept for the day on which something does.
            for key in ["settings", "objects", "manual", "extend"] {
                top.optional(key);
            }
        }
        (Some(node), None) => {
            let word = text(node, top.errors())?;
            let asked = (node, needed, surroundings.folder);
            engine_of(&mut system, &word, asked, &mut top, context);
        }
        (None, Some(node)) => {
            connect(&mut system, node, needed, &mut top, surroundings, context);
        }
    }
    top.finish();
    Some((system, control))
}

/// Keys that every system may have.
fn common(system: &mut System, top: &mut Fields<'_, '_>) -> Option<StatedControl> {
    if let Some(node) = top.optional("within") {
        system.within = duration(node, top.errors()).unwrap_or(system.within);
    }
    if let Some(node) = top.optional("timeouts") {
        timeouts(&mut system.timeouts, node, top.errors());
    }
    let node = top.optional("control")?;
    match mapping(node, top.errors())? {
        [(kind, value)] => {
            let text = text(value, top.errors())?;
            Some((Kind(kind.text.clone()), text, value.place.clone()))
        }
        several => {
            top.error(
                error("E126", say::control_count(several.len()))
                    .at(node.place.clone())
                    .help(say::control_form()),
            );
            None
        }
    }
}

fn timeouts(timeouts: &mut Timeouts, node: &Node, errors: &mut Vec<Diagnostic>) {
    let Some(mut top) = Fields::of(node, errors) else {
        return;
    };
    let limits: [(&'static str, &mut Duration); 3] = [
        ("connect", &mut timeouts.connect),
        ("request", &mut timeouts.request),
        ("lock", &mut timeouts.lock),
    ];
    for (key, limit) in limits {
        if let Some(node) = top.optional(key) {
            *limit = duration(node, top.errors()).unwrap_or(*limit);
        }
    }
    top.finish();
}

fn engine_of(
    system: &mut System,
    word: &str,
    (node, needed, folder): (&Node, bool, &Path),
    top: &mut Fields<'_, '_>,
    context: &mut Context,
) {
    let here = node.place.clone();
    let dialect = match word {
        "postgres" | "mysql" | "sqlite" => Dialect::Table,
        "csv" => Dialect::File,
        "process" => Dialect::Plugin,
        "ldap" => Dialect::Entry,
        "files" => {
            documents::read(system, needed, &here, top, context);
            return;
        }
        "manual" => {
            system.engine = Engine::Manual(manual(top));
            return;
        }
        _ => {
            for key in ["settings", "objects", "manual"] {
                top.optional(key);
            }
            context.broken.insert(system.name.clone());
            top.error(no_engine(word, here));
            return;
        }
    };
    let settings = top.optional("settings");
    let stated = match word {
        "postgres" => {
            system.engine = Engine::Postgres;
            settings::postgres(settings, needed, &here, top.errors())
        }
        "mysql" => {
            system.engine = Engine::Mysql;
            settings::mysql(settings, needed, &here, top.errors())
        }
        "sqlite" => {
            system.engine = Engine::Sqlite;
            settings::sqlite(settings, needed, &here, top.errors())
        }
        "process" => {
            system.insecure_http = top.boolean("insecure_http").unwrap_or(false);
            let node = if needed {
                top.required("plugin")
            } else {
                top.optional("plugin")
            };
            let read = node.and_then(|node| plugin::plugin(node, folder, needed, top.errors()));
            system.engine = read.map_or(Engine::None, Engine::Process);
            plugin::settings(settings, top.errors())
        }
        "ldap" => {
            system.engine = Engine::Ldap;
            settings::ldap(settings, needed, &here, top.errors())
        }
        _ => {
            let (csv, stated) = settings::csv(settings, needed, &here, top.errors());
            system.engine = Engine::Csv(csv);
            stated
        }
    };
    keep(system, stated);
    let node = if needed {
        top.required("objects")
    } else {
        top.optional("objects")
    };
    if let Some(node) = node {
        system.objects = objects(node, dialect, context, top.errors());
    }
}

fn keep(system: &mut System, stated: Stated) {
    system.settings = stated
        .into_iter()
        .map(|(name, (setting, _))| (name, setting))
        .collect();
}

/// An engine that nobody has (E106).
fn no_engine(word: &str, place: Place) -> Diagnostic {
    const ENGINES: [&str; 8] = [
        "postgres", "mysql", "sqlite", "csv", "ldap", "files", "process", "manual",
    ];
    let wrong = error("E106", say::unknown_engine(word)).at(place);
    match nearest(word, ENGINES) {
        Some(near) => wrong.help(say_yaml::did_you_mean(near)),
        None => wrong.help(say::engines_are()),
    }
}

fn manual(top: &mut Fields<'_, '_>) -> ManualTasks {
    let mut tasks = ManualTasks {
        days: TASK_DAYS,
        ..ManualTasks::default()
    };
    let node = top.optional("manual");
    if let Some(mut inner) = node.and_then(|node| Fields::of(node, top.errors())) {
        tasks.find = inner.text("find");
        tasks.erase = inner.text("erase");
        tasks.others = object::others(&mut inner);
        let days = inner.optional("days");
        if let Some(days) = days.and_then(|node| number(node, 1..=365, inner.errors())) {
            tasks.days = u32::try_from(days).unwrap_or(TASK_DAYS);
        }
        inner.finish();
    }
    tasks
}

fn connect(
    system: &mut System,
    node: &Node,
    needed: bool,
    top: &mut Fields<'_, '_>,
    surroundings: &Surroundings<'_>,
    context: &mut Context,
) {
    system.insecure_http = top.boolean("insecure_http").unwrap_or(false);
    if let Some(node) = top.optional("unconfirmed_writes") {
        let words = [("allow", true)];
        system.unconfirmed_writes = word(node, &words, top.errors()).unwrap_or(false);
    }
    let settings = top.optional("settings");
    // Until it is read, nothing is said about what refers to its objects.
    context.broken.insert(system.name.clone());
    let extend = top.optional("extend");
    let Some((name, major)) = reference(node, top.errors()) else {
        return;
    };
    let wanted = Wanted {
        name: &name,
        folder: surroundings.folder,
        extend,
    };
    let loaded = match (surroundings.load)(&wanted) {
        Ok(loaded) => loaded,
        // A system that is not searched may name a connector that does not exist yet, or no longer.
        Err(_) if !needed => {
            context.broken.remove(&system.name);
            return;
        }
        Err(trouble) => {
            top.errors().extend(trouble.diagnostics);
            return;
        }
    };
    let version = &loaded.version;
    let found = major_of(version).zip(major);
    if let Some((found, major)) = found.filter(|(found, major)| found != major) {
        top.error(
            error("E108", say::connector_version(&name, version, major))
                .at(node.place.clone())
                .why(say::connector_version_why())
                .help(say::connector_version_help(&name, found)),
        );
        return;
    }
    let flags = (needed, system.insecure_http);
    let stated = settings::declared(settings, &loaded.settings, flags, &node.place, top.errors());
    keep(system, stated);
    let kinds = loaded.objects.iter().flat_map(|object| &object.fields);
    let kinds = kinds.filter_map(|field| field.identity.as_ref());
    context.kinds.extend(kinds.map(|kind| kind.0.clone()));
    context.broken.remove(&system.name);
    system.objects.clone_from(&loaded.objects);
    system.engine = Engine::Rest(Box::new(loaded));
}

/// `NAME@MAJOR`, or the path of a file, which has no version but its own (E107).
fn reference(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<(String, Option<u32>)> {
    let stated = text(node, errors)?;
    if is_path(&stated) {
        return Some((stated, None));
    }
    let found = overlay::reference(&stated).map(|(name, major)| (name.to_owned(), Some(major)));
    if found.is_none() {
        errors.push(
            error("E107", say::connector_form(&stated))
                .at(node.place.clone())
                .help(say::connector_form_help()),
        );
    }
    found
}

/// Normalises the control persons; each must be of a kind by which its system is searched (E126, E127).
pub(super) fn controls(
    stated: Vec<Control>,
    systems: &mut [System],
    kinds: &Kinds,
    context: &Context,
    errors: &mut Vec<Diagnostic>,
) {
    for control in stated {
        let system = &mut systems[control.system];
        if !context.kinds.contains(&control.kind.0) {
            errors.push(context.unknown_kind(&control.kind, control.place));
            continue;
        }
        let searched: Vec<&str> = searched_by(system);
        if !searched.contains(&control.kind.0.as_str()) && !searched.is_empty() {
            errors.push(
                error("E147", say::blind_control(&system.name, &control.kind.0))
                    .at(control.place)
                    .help(say::blind_control_help(searched.join(", "))),
            );
            continue;
        }
        match kinds.identity(&control.kind, &control.value) {
            Ok(identity) => system.control = Some(identity),
            Err(reason) => errors.push(
                error("E126", say::bad_control(reason))
                    .at(control.place)
                    .help(say::control_form()),
            ),
        }
    }
}

/// The kinds by which a person can be found in a system.
fn searched_by(system: &System) -> Vec<&str> {
    let mut kinds: Vec<&str> = system
        .objects
        .iter()
        .flat_map(|object| &object.find)
        .filter_map(|finder| finder.by.as_ref())
        .map(|kind| kind.0.as_str())
        .filter(|kind| !["name", "age", "all"].contains(kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
