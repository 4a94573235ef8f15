//! Allowing a plugin: all its files at once, and all systems that start it.

use std::path::Path;

use super::confirm;
use crate::cli::context::{Context, read_with, signers};
use crate::connector::Action;
use crate::connector::definition::{Definition, Signing};
use crate::diagnostic::{Exit, Result};
use crate::inventory::{Engine, ProcessSettings, Setting, System};
use crate::keys::Digest;
use crate::messages::{Text, cli as say, process as words};
use crate::trust::{Lock, Trusted};
use crate::workspace::Workspace;

/// A plugin of the inventory: its files, and the systems that start it.
pub(super) struct Plugin {
    /// By the path that `dsr.lock` notes.
    files: Vec<(String, Digest)>,
    systems: Vec<(System, ProcessSettings)>,
    /// What it signs for connectors, by system.
    signs: Vec<(String, Signing)>,
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
        signs: Vec::new(),
    };
    for system in inventory.systems {
        let settings = match &system.engine {
            Engine::Process(settings) => settings.clone(),
            Engine::Rest(definition) => {
                let files = pinned(workspace, definition);
                if let (Some(signing), true) = (
                    definition.signing(),
                    files.iter().any(|(path, _)| *path == wanted),
                ) {
                    plugin.files.extend(files);
                    plugin.signs.push((system.name.clone(), signing.clone()));
                }
                continue;
            }
            _ => continue,
        };
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
    let used = !plugin.systems.is_empty() || !plugin.signs.is_empty();
    Ok(used.then_some(plugin))
}

/// The files of the program that signs a connector's requests, by the path that `dsr.lock` notes.
pub(super) fn pinned(workspace: &Workspace, definition: &Definition) -> Vec<(String, Digest)> {
    let files = signers(definition).into_iter();
    let files = files.map(|(file, digest)| (workspace.relative(&file), digest));
    files.collect()
}

/// Notes a file of a plugin.
pub(super) fn note(lock: &mut Lock, path: &str, digest: Digest) {
    lock.trust(Trusted {
        name: "plugin".to_owned(),
        version: "1".to_owned(),
        path: path.to_owned(),
        sha256: digest,
    });
}

/// What a program that signs is, is handed and may do.
pub(super) fn show_signing(context: &Context, signing: &Signing, files: &[(String, Digest)]) {
    let say = |words: &Text| context.ui.say(words);
    say(&words::trust_signs(signing.run.join(" ")));
    for (path, digest) in files {
        say(&words::trust_file(path, digest.hex()));
    }
    say(&match signing.body {
        true => words::trust_sees_bodies(),
        false => words::trust_sees(),
    });
    if !signing.settings.is_empty() {
        say(&words::trust_handed(signing.settings.join(", ")));
    }
    if !signing.secrets.is_empty() {
        say(&words::trust_handed_secrets(signing.secrets.join(", ")));
    }
    let parameters = signing.query.iter().map(|name| format!("?{name}="));
    let sets: Vec<String> = signing.headers.iter().cloned().chain(parameters).collect();
    say(&words::trust_sets(sets.join(", ")));
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
    for (system, signing) in &plugin.signs {
        context.ui.say(&words::trust_signs_for(system));
        show_signing(context, signing, &[]);
    }
    confirm(context, yes)?;
    for (path, digest) in &plugin.files {
        note(lock, path, *digest);
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
