//! `dsr apply`: carries out the plan of a case, or goes on with it after a crash, a failure or an interruption.

use crate::case::WaitsFor;
use crate::cli::context::{Context, House};
use crate::cli::journey::Opened;
use crate::cli::journey::apply::Consent;
use crate::cli::journey::walk;
use crate::cli::{export, journey, plan};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{cli as say, export as say_export};
use crate::plan::Aim;

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
    /// Erase even if the person asked for their data and the package is not made yet
    #[arg(long)]
    despite_access: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let id = plan::case_id(&args.case)?;
    let house = context.house()?;
    let opened = journey::reopen(&house, &id)?;
    export::register::expire(context, &house)?;
    journey::confirm_identity(context, &house, &opened, args.identity.as_deref())?;
    if is_finished(&house, &opened)? {
        context.ui.say(&say::nothing_left(
            id.as_str(),
            Aim::command(opened.case(&house)?.verb()),
        ));
        house.close()?;
        return Ok(Exit::Done);
    }
    if opened.case(&house)?.only_exports() {
        let command = format!("dsr export --case {id}");
        let diagnostic = Diagnostic::new("E809", Exit::Usage, say_export::nothing_to_apply());
        return Err(diagnostic
            .help(say_export::nothing_to_apply_help(command))
            .into());
    }
    let aim = journey::aim(&house, &opened)?.unwrap_or(Aim::Erase);
    if aim == Aim::Erase {
        export::access_comes_first(context, &house, &opened, args.despite_access)?;
    }
    let exit = walk::go_on(context, &house, &opened, &aim, &[], &args.consent)?;
    house.close()?;
    Ok(exit)
}

/// Whether the latest plan was carried out and proven, and leaves nothing to wait for.
fn is_finished(house: &House, opened: &Opened) -> Result<bool> {
    let case = opened.case(house)?;
    let (WaitsFor::Nothing | WaitsFor::Tasks, None, Some(plan)) =
        (case.waits_for(), case.unfinished(), &case.latest_plan)
    else {
        return Ok(false);
    };
    // A run may have been stopped after it noted what is asked and before it planned.
    let planned = journey::latest_aim(house, opened, &case)?;
    if planned.is_some() && planned != journey::aim(house, opened)? {
        return Ok(false);
    }
    Ok(journey::stored_plan(house, opened, plan)?
        .waiting
        .is_empty())
}
