//! `dsr plan`: the path of an erasure up to the plan; nothing is written to any system.

use jiff::civil::Date;

use crate::cli::context::Context;
use crate::cli::journey::{self, RequestArgs};
use crate::cli::{find, report};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::cli as say;
use crate::plan::Aim;
use crate::ui::Format;

/// Plan an erasure without carrying it out
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    /// Show what the plan would be on another day; it is not kept
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    let opened = journey::open(context, &house, &args.request, Aim::Erase.right())?;
    if let Some(method) = &args.request.identity {
        journey::confirm_identity(context, &house, &opened, Some(method))?;
    }
    let findings = super::block_on(journey::search(
        context,
        &house,
        &opened,
        &args.request.system,
        "plan",
    ))??;
    report::summary(context, &findings);
    let plan = match args.as_of {
        None => journey::make_plan(
            context,
            &house,
            &opened,
            &findings,
            &Aim::Erase,
            context.today(),
        )?,
        Some(day) => {
            context.ui.say(&say::as_of(day));
            journey::draft_plan(&house, &opened, &findings, &Aim::Erase, day)?
        }
    };
    house.close()?;
    match context.ui.format {
        Format::Json => context.ui.json(&report::plan_json(&plan)),
        Format::Table | Format::Csv => report::plan_table(context, &plan),
    }
    if args.as_of.is_none() {
        let writes = plan.steps.iter().filter(|step| step.writes()).count();
        context
            .ui
            .say(&say::plan_made(opened.id.as_str(), plan.id().hex(), writes));
    }
    Ok(find::exit_of(&findings))
}

/// A number of a case on the command line.
pub(crate) fn case_id(text: &str) -> Result<crate::case_id::CaseId> {
    let wrong =
        || Diagnostic::new("E821", Exit::Usage, say::not_a_case_id()).help(say::case_id_help());
    Ok(crate::case_id::CaseId::parse(text).ok_or_else(wrong)?)
}
