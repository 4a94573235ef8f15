//! Allowing a plugin: all its files at once, and all systems that start it.

use std::path::Path;

use super::confirm;
use crate::cli::context::{Context, read_with};
use crate::connector::Action;
use crate::diagnostic::{Exit, Result};
use crate::inventory::{Engine, ProcessSettings, Setting, System};
use crate::keys::Digest;
use crate::messages::{cli as say, process as words};
use crate::trust::{Lock, Trusted};
use crate::workspace::Workspace;

/// A plugin of the inventory: its files, and the systems that start it.
pub(super) struct Plugin {
    /// By the path that `dsr.lock` notes.
    files: Vec<(String, Digest)>,
    systems: Vec<(System, ProcessSettings)>,
}

/// The plugin of which this is a file; `None` if the inventory has none such.
///
/// # Errors
/// Those of reading the inventory. What it names need not be trusted for that.
pub(super) fn named(workspace: &Workspace, file: &Path) -> Result<Option<Plugin>> {
    let wanted = workspace.relative(file);
    if crate::connector::library::is_yaml(file) {
        return Ok(None);
    }
    let (inventory, _) = read_with(workspace, None)?;
    let mut plugin = Plugin {
        files: Vec::new(),
        systems: Vec::new(),
    };
    for system in inventory.systems {
        let Engine::Process(settings) = &system.engine else {
            continue;
        };
        let settings = settings.clone();
        let of = |(file, digest): &(String, Digest)| {
            (workspace.relative(&workspace.folder.join(file)), *digest)
        };
        let files: Vec<(String, Digest)> = settings.files.iter().map(of).collect();
        if files.iter().any(|(path, _)| *path == wanted) {
            plugin.files.extend(files);
            plugin.systems.push((system, settings));
        }
    }
    plugin.files.sort();
    plugin.files.dedup();
    Ok((!plugin.systems.is_empty()).then_some(plugin))
}

/// Shows what it may do and notes its files, once that is confirmed.
pub(super) fn trust(
    context: &mut Context,
    workspace: &Workspace,
    lock: &mut Lock,
    plugin: &Plugin,
    yes: bool,
) -> Result<Exit> {
    let names: Vec<&str> = plugin.files.iter().map(|(path, _)| path.as_str()).collect();
    if plugin
        .files
        .iter()
        .all(|(path, digest)| lock.is_trusted(path, digest))
    {
        for name in names {
            context.ui.say(&say::already_trusted(name));
        }
        return Ok(Exit::Done);
    }
    context.ui.say(&words::trust_head(names.join(", ")));
    for (path, digest) in &plugin.files {
        context.ui.say(&words::trust_file(path, digest.hex()));
    }
    for (system, settings) in &plugin.systems {
        show(context, system, settings);
    }
    confirm(context, yes)?;
    for (path, digest) in &plugin.files {
        lock.trust(Trusted {
            name: "plugin".to_owned(),
            version: "1".to_owned(),
            path: path.clone(),
            sha256: *digest,
        });
    }
    lock.write(workspace)?;
    for (path, _) in &plugin.files {
        context.ui.say(&say::trusted(path));
    }
    Ok(Exit::Done)
}

fn show(context: &Context, system: &System, settings: &ProcessSettings) {
    context
        .ui
        .say(&words::trust_run(&system.name, settings.run.join(" ")));
    let objects: Vec<&str> = system
        .objects
        .iter()
        .map(|object| object.name.as_str())
        .collect();
    context
        .ui
        .say(&words::trust_asks(&system.name, objects.join(", ")));
    for object in &system.objects {
        let all = [
            Action::Remove,
            Action::Anonymise,
            Action::Rectify,
            Action::Restrict,
            Action::Unrestrict,
        ];
        let can: Vec<&str> = all
            .into_iter()
            .filter(|action| object.can(*action))
            .map(Action::word)
            .collect();
        if !can.is_empty() {
            context
                .ui
                .say(&words::trust_can(&object.name, can.join(", ")));
        }
    }
    if settings.own_network {
        context.ui.say(&words::trust_own(&system.name));
        return;
    }
    for setting in system.settings.values() {
        if let Setting::Plain(value) = setting
            && let Ok(url) = url::Url::parse(value)
            && url.has_host()
        {
            context
                .ui
                .say(&say::may_contact(url.origin().ascii_serialization()));
        }
    }
}
