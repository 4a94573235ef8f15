//! Allowing the programs that the inventory has started: for secrets, and to carry checkpoints away.

use super::confirm;
use crate::cli::context::{Context, read_with};
use crate::diagnostic::{Exit, Result};
use crate::inventory::Started;
use crate::messages::cli as say;
use crate::trust::{Lock, Trusted};
use crate::workspace::Workspace;

/// Shows all of them and notes them, once that is confirmed. What the inventory does not name any more is taken out.
pub(super) fn trust(
    context: &mut Context,
    workspace: &Workspace,
    lock: &mut Lock,
    yes: bool,
) -> Result<Exit> {
    let (inventory, _) = read_with(workspace, None)?;
    let started = &inventory.started;
    let is_named = |path: &str| started.iter().any(|one| one.path() == path);
    let has_left =
        (lock.trusted.iter()).any(|file| is_started(&file.path) && !is_named(&file.path));
    lock.trusted
        .retain(|file| !is_started(&file.path) || is_named(&file.path));
    let is_known = |one: &Started| lock.is_trusted(&one.path(), &one.digest());
    if started.iter().all(is_known) {
        context.ui.say(&match started.is_empty() {
            true => say::trust_starts_nothing(),
            false => say::already_trusted("dsr.yaml"),
        });
        if has_left {
            lock.write(workspace)?;
        }
        return Ok(Exit::Done);
    }
    context.ui.say(&say::trust_starts());
    for one in started {
        let words = one.argv.join(" ");
        context.ui.say(&say::trust_starts_at(&one.place, words));
        show_files(context, one);
    }
    confirm(context, yes)?;
    for one in started {
        lock.trust(Trusted {
            name: "program".to_owned(),
            version: "1".to_owned(),
            path: one.path(),
            sha256: one.digest(),
        });
    }
    lock.write(workspace)?;
    context.ui.say(&say::trusted("dsr.yaml"));
    Ok(Exit::Done)
}

fn is_started(path: &str) -> bool {
    path.starts_with("dsr.yaml#")
}

fn show_files(context: &Context, started: &Started) {
    for (file, digest) in &started.files {
        context.ui.say(&match digest {
            Some(digest) => say::trust_starts_file(file, digest.hex()),
            None => say::trust_starts_missing(file),
        });
    }
    let program = started.argv.first().map_or("", String::as_str);
    if !program.contains('/')
        && let Some(found) = crate::connector::process::on_path(program)
    {
        let found = found.display().to_string();
        context.ui.say(&say::trust_starts_found(found));
    }
}
