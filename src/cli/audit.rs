//! `dsr audit`: the ledger checked and read, retention runs checked, and cases drawn to be looked at once more.

mod adopt;
pub(crate) mod anomalies;
pub(crate) mod log;
mod look;
mod papers;
mod runs;
mod sample;
mod stuck;
mod words;

use crate::cli::context::Context;
use crate::diagnostic::{Exit, Result};

/// Check and read the ledger, check retention runs, draw cases and look at them again
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Verify the chain of the whole ledger and list its events, or what stands out in it
    Log(log::Args),
    /// List retention runs, check what proves each, and name those that are missing
    Runs(runs::Args),
    /// Draw cases by a seed, verify their bundles and read their records again; nothing is written to any system
    Sample(sample::Args),
    /// Accept a ledger that lags behind what this account remembers of it, as after a restore
    Adopt(adopt::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Log(args) => log::run(context, &args),
        Verb::Runs(args) => runs::run(context, &args),
        Verb::Sample(args) => sample::run(context, &args),
        Verb::Adopt(args) => adopt::run(context, &args),
    }
}
