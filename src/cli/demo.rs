//! `dsr demo`: builds a small landscape on this machine and walks a request through it.

use std::path::PathBuf;

use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};

/// Build a small landscape on this machine and erase a person from it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Keep the landscape in this folder, to play with
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

pub(crate) fn run(_context: &mut Context, args: Args) -> Result<Exit> {
    let _ = args.keep;
    Ok(Exit::Done)
}
