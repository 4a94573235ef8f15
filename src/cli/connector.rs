//! `dsr connector`: what writers of connector files need. Works without a workspace too.

mod test;

use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};

/// Write, check and test connectors
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Replay the recorded exchanges of connectors, and cases derived from them
    Test(test::Args),
}

pub(crate) fn run(context: &Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Test(args) => test::run(context, &args),
    }
}
