//! `dsr plan`: the path of an erasure up to the plan; nothing is written to any system.

mod show;

use jiff::civil::Date;

use crate::cli::context::Context;
use crate::cli::journey::{self, RequestArgs, walk};
use crate::cli::signing;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::cli as say;
use crate::plan::Aim;

/// Plan an erasure without carrying it out
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    request: RequestArgs,
    /// Show what the plan would be on another day; it is not kept
    #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day)]
    as_of: Option<Date>,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Show the plan of a case, or encrypt it for whoever approves it elsewhere
    Show(show::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    if let Some(Verb::Show(args)) = &args.verb {
        return show::run(context, args);
    }
    let house = context.house()?;
    if args.as_of.is_none() {
        signing::operates(context, &house)?;
    }
    let opened = journey::open(context, &house, &args.request, Aim::Erase.right())?;
    journey::note_identity(context, &house, &opened, args.request.identity.as_deref())?;
    let only = &args.request.system;
    let exit = walk::plan_only(context, &house, &opened, &Aim::Erase, only, args.as_of)?;
    house.close()?;
    Ok(exit)
}

/// A number of a case on the command line.
pub(crate) fn case_id(text: &str) -> Result<crate::case_id::CaseId> {
    let wrong =
        || Diagnostic::new("E821", Exit::Usage, say::not_a_case_id()).help(say::case_id_help());
    Ok(crate::case_id::CaseId::parse(text).ok_or_else(wrong)?)
}
