//! The monitoring service that `--ping` or the inventory names, told around a run whatever comes of it.

use std::convert::Infallible;

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::block_on;
use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};
use crate::ping::Ping;
use crate::workspace::Workspace;

/// What stands behind `--ping`, unshown from the beginning.
pub(super) fn address(words: &str) -> std::result::Result<SecretString, Infallible> {
    Ok(SecretString::from(words.to_owned()))
}

/// Where `limits.sweep.ping` says that the address lies.
pub(super) fn stated(context: &Context) -> Option<SecretString> {
    let workspace = Workspace::find(&context.folder()).ok()?;
    // What anybody could have written there is not called.
    workspace.check_ownership().ok()?;
    let stated = crate::inventory::ping(&workspace.inventory_file())?;
    Some(SecretString::from(stated.to_string()))
}

/// Does the work between telling that it begins and telling how it ended. The end is what the program ends with; the service changes
/// nothing of it.
///
/// # Errors
/// E519 before anything is done; those of the work.
pub(super) fn around(
    context: &mut Context,
    address: Option<&SecretString>,
    work: impl FnOnce(&mut Context) -> Result<Exit>,
) -> Result<Exit> {
    let Some(address) = address else {
        return work(context);
    };
    let folder = match Workspace::find(&context.folder()) {
        Ok(workspace) => {
            // Refused before the inventory is opened, and in its language all the same.
            context.speak_as_stated(&workspace);
            workspace.folder
        }
        Err(_) => context.folder(),
    };
    let ping = match Ping::at(address.expose_secret(), &folder) {
        Ok(ping) => ping,
        Err(refused) if refused.exit == Exit::Usage => return Err(refused.into()),
        Err(missing) => {
            context.ui.warn(&missing);
            return work(context);
        }
    };
    block_on(ping.begun())?;
    let ended = work(context);
    let exit = match &ended {
        Ok(exit) => *exit,
        Err(trouble) => trouble.exit(),
    };
    if let Ok(Err(warning)) = block_on(ping.ended(exit)) {
        context.ui.warn(&warning);
    }
    ended
}
