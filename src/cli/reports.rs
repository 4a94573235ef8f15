//! `dsr report`: what the inventory says, as documents for people who do not read it. Nothing is asked of a system, and nothing of the
//! workspace is needed but `dsr.yaml` and its connectors.

mod concept;

use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};

/// Print what the inventory says as a document: the deletion concept
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Print the deletion concept (DIN 66398, ISO/IEC 27555), and check it
    Concept(concept::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Concept(args) => concept::run(context, &args),
    }
}
