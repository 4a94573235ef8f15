//! Allowing the program that seals evidence.

use std::path::Path;

use super::confirm;
use crate::cli::context::{Context, read_with};
use crate::connector::library;
use crate::diagnostic::{Exit, Result};
use crate::inventory::{SealSource, Signer};
use crate::messages::{cli as say, process as process_words, seal as words};
use crate::trust::{Lock, Trusted};
use crate::workspace::Workspace;

/// The program that signs, if this is one of its files.
///
/// # Errors
/// Those of reading the inventory.
pub(super) fn named(workspace: &Workspace, file: &Path) -> Result<Option<Signer>> {
    if library::is_yaml(file) {
        return Ok(None);
    }
    let wanted = workspace.relative(file);
    let (inventory, _) = read_with(workspace, None)?;
    let SealSource::Command(signer) = inventory.evidence.seal else {
        return Ok(None);
    };
    let is_its = |(name, _): &(String, _)| {
        let path = workspace.folder.join(name);
        let path = fs_err::canonicalize(&path).unwrap_or(path);
        workspace.relative(&path) == wanted
    };
    Ok(signer.files.iter().any(is_its).then_some(signer))
}

/// Shows what it is and notes its files, once that is confirmed.
pub(super) fn trust(
    context: &mut Context,
    workspace: &Workspace,
    lock: &mut Lock,
    signer: &Signer,
    yes: bool,
) -> Result<Exit> {
    let files = signer.files.iter();
    let files = files.map(|(file, digest)| {
        let path = workspace.relative(&workspace.folder.join(file));
        (path, *digest)
    });
    let files: Vec<_> = files.collect();
    if files
        .iter()
        .all(|(path, digest)| lock.is_trusted(path, digest))
    {
        for (path, _) in &files {
            context.ui.say(&say::already_trusted(path));
        }
        return Ok(Exit::Done);
    }
    let program = signer.command.first().map_or("", String::as_str);
    context.ui.say(&words::trust_head(program));
    for (path, digest) in &files {
        context
            .ui
            .say(&process_words::trust_file(path, digest.hex()));
    }
    context.ui.say(&words::trust_run(signer.command.join(" ")));
    context.ui.say(&words::trust_gets());
    confirm(context, yes)?;
    for (path, sha256) in &files {
        lock.trust(Trusted {
            name: "signer".to_owned(),
            version: "1".to_owned(),
            path: path.clone(),
            sha256: *sha256,
        });
    }
    lock.write(workspace)?;
    for (path, _) in &files {
        context.ui.say(&say::trusted(path));
    }
    Ok(Exit::Done)
}
