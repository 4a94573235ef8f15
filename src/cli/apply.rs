//! `dsr apply`: carries out the plan of a case, or goes on with it after a crash, a failure or an interruption.

use std::path::{Path, PathBuf};

use crate::case::WaitsFor;
use crate::cli::context::{Context, House};
use crate::cli::journey::apply::Consent;
use crate::cli::journey::{Opened, tasks, walk};
use crate::cli::{export, journey, plan, signing};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::Approval as Policy;
use crate::ledger::Event;
use crate::messages::{Text, approval as say_approval, cli as say, export as say_export, os};
use crate::people::approval::Approval;
use crate::people::{Proof, Purpose, spoken};
use crate::plan::{Aim, Plan};

/// Carry out a case's plan, or go on with it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// How the person's identity was confirmed
    #[arg(long, value_name = "METHOD")]
    identity: Option<String>,
    /// What an approver sent back from a machine of their own
    #[arg(long, value_name = "FILE")]
    approval: Option<PathBuf>,
    #[command(flatten)]
    consent: Consent,
    /// Erase even if the person asked for their data and the package is not made yet
    #[arg(long)]
    despite_access: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let id = plan::case_id(&args.case)?;
    args.identity.as_deref().map(journey::code).transpose()?;
    let house = context.house()?;
    let opened = journey::reopen(&house, &id)?;
    if opened.case(&house)?.only_exports() {
        let command = format!("dsr export --case {id}");
        let diagnostic = Diagnostic::new("E809", Exit::Usage, say_export::nothing_to_apply());
        return Err(diagnostic
            .help(say_export::nothing_to_apply_help(command))
            .into());
    }
    export::register::expire(context, &house)?;
    if let Some(file) = &args.approval {
        take(context, &house, &opened, file)?;
    }
    journey::confirm_identity(context, &house, &opened, args.identity.as_deref())?;
    if is_finished(&house, &opened)? {
        context.ui.say(&say::nothing_left(
            id.as_str(),
            Aim::command(opened.case(&house)?.verb()),
        ));
        house.close()?;
        return Ok(Exit::Done);
    }
    let aim = journey::aim(&house, &opened)?.unwrap_or(Aim::Erase);
    if aim == Aim::Erase {
        export::access_comes_first(context, &house, &opened, args.despite_access)?;
    }
    let exit = match shown(&house, &opened, &aim)? {
        Some(shown) => walk::go_on_as_shown(context, &house, &opened, &aim, &shown, &args.consent)?,
        None => walk::go_on(context, &house, &opened, &aim, &[], &args.consent)?,
    };
    house.close()?;
    Ok(exit)
}

/// Takes an approval into the ledger that was signed on another machine.
fn take(context: &Context, house: &House, opened: &Opened, file: &Path) -> Result<()> {
    let refused = |why: Text| {
        Diagnostic::new("E984", Exit::Usage, say_approval::approval_refused())
            .why(why)
            .help(say_approval::approval_refused_help(opened.id.as_str()))
    };
    signing::operates(context, house)?;
    if house.inventory.approval != Policy::FourEyes {
        let diagnostic = Diagnostic::new("E980", Exit::Usage, say_approval::not_asked_for());
        let help = say_approval::not_asked_for_help(opened.id.as_str());
        return Err(diagnostic.help(help).into());
    }
    let path = context.folder().join(file);
    let bytes = fs_err::read(&path).map_err(|error| refused(os::why_at(&path, &error)))?;
    let approval: Approval =
        serde_json::from_slice(&bytes).map_err(|_| refused(say_approval::approval_form()))?;
    if !approval.is_consistent() {
        return Err(refused(say_approval::approval_form()).into());
    }
    if approval.ledger != house.ledger().id() {
        return Err(refused(say_approval::another_workspace()).into());
    }
    if approval.case != opened.id.as_str() {
        return Err(refused(say_approval::another_case(&approval.case)).into());
    }
    let case = opened.case(house)?;
    let state = signing::pending(house, &case);
    let Some(state) = state.filter(|state| state.id == approval.plan) else {
        return Err(refused(say_approval::another_plan(spoken(&approval.plan))).into());
    };
    let (by, proof) = (approval.person.clone(), approval.proof());
    if let Some(objection) = signing::objection(house, &case, state, &by, &proof) {
        return Err(refused(objection).into());
    }
    let known = |(purpose, who, known): &(Purpose, String, Proof)| {
        *purpose == Purpose::Approve && *who == by && *known == proof
    };
    if state.signed.iter().any(known) {
        match (state.ended, &state.approved) {
            (Some(_), _) => return Err(refused(say_approval::used()).into()),
            // It lies in the ledger already, and what it allows is not done yet.
            (None, Some(_)) => return Ok(()),
            (None, None) => {}
        }
    }
    let plan = journey::stored_plan(house, opened, &state.id)?;
    let mut events = vec![
        Event::Approved {
            plan: state.id,
            policy: house.inventory.approval,
            by: by.clone(),
        },
        Event::Signed {
            purpose: Purpose::Approve,
            plan: state.id,
            by: by.clone(),
            proof,
        },
    ];
    events.extend(tasks::of_plan(house, opened, &plan)?);
    house.write(Some(&opened.id), context.now(), &events)?;
    context.ui.say(&say_approval::approval_taken(by));
    Ok(())
}

/// The latest plan, if it was made for what is asked and nobody has agreed to it yet. What was begun goes on as it is.
fn shown(house: &House, opened: &Opened, aim: &Aim) -> Result<Option<Plan>> {
    let case = opened.case(house)?;
    let latest = case
        .plans
        .iter()
        .find(|state| Some(state.id) == case.latest_plan);
    let Some(state) = latest.filter(|state| state.approved.is_none() && state.ended.is_none())
    else {
        return Ok(None);
    };
    if case.unfinished().is_some()
        || journey::latest_aim(house, opened, &case)?.as_ref() != Some(aim)
    {
        return Ok(None);
    }
    journey::stored_plan(house, opened, &state.id).map(Some)
}

/// Whether the latest plan was carried out and proven, and leaves nothing to wait for.
fn is_finished(house: &House, opened: &Opened) -> Result<bool> {
    let case = opened.case(house)?;
    let (WaitsFor::Nothing | WaitsFor::Tasks | WaitsFor::Lift, None, Some(plan)) =
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
