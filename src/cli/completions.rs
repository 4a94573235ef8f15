//! `dsr completions`: what a shell needs to complete commands and flags.

use crate::cli::context::Context;
use crate::cli::help;
use crate::diagnostic::{Exit, Result};

/// Print the completions of a shell
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The shell: bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut script = Vec::new();
    let mut command = help::command(context.ui.lang);
    clap_complete::generate(args.shell, &mut command, "dsr", &mut script);
    context.ui.raw(&script);
    Ok(Exit::Done)
}
