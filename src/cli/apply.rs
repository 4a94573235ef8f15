//! `dsr apply`: carries out the plan of a case, or goes on with it after a crash, a failure or an interruption.

use crate::cli::context::Context;
use crate::cli::journey::apply::Consent;
use crate::cli::{erase, journey, plan};
use crate::diagnostic::{Exit, Result};

/// Carry out a case's plan, or go on with it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// How the person's identity was confirmed
    #[arg(long, value_name = "METHOD")]
    identity: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let id = plan::case_id(&args.case)?;
    let house = context.house()?;
    let opened = journey::reopen(&house, &id)?;
    journey::confirm_identity(context, &house, &opened, args.identity.as_deref())?;
    let exit = erase::go_on(context, &house, &opened, &[], &args.consent)?;
    house.close()?;
    Ok(exit)
}
