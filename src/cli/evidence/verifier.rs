//! `dsr evidence verifier`, and the page beside a new bundle.

use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};
use crate::evidence::browser;
use crate::messages::cli as say;

/// Hands the page out: to a file, else to stdout.
pub(super) fn run(context: &Context, output: Option<&Path>) -> Result<Exit> {
    match output {
        Some(path) => {
            browser::write(path)?;
            context
                .ui
                .say(&say::verifier_written(path.display().to_string()));
        }
        None => context.ui.raw(browser::PAGE.as_bytes()),
    }
    Ok(Exit::Done)
}

/// Puts the page beside a bundle if that was asked for.
pub(super) fn beside(context: &Context, asked: bool, bundle: &Path) -> Result<Option<PathBuf>> {
    if !asked {
        return Ok(None);
    }
    let path = browser::beside(bundle)?;
    context
        .ui
        .say(&say::verifier_beside(path.display().to_string()));
    Ok(Some(path))
}
