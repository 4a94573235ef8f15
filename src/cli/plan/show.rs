//! `dsr plan show`: the plan of a case once more, or encrypted for whoever is to approve it on another machine.

use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened};
use crate::cli::{plan, report, signing};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::handover::seal::recipients;
use crate::messages::approval as say;
use crate::people::approval::{Maker, Sheet};
use crate::people::{APPROVER, spoken};
use crate::plan::Plan;
use crate::ui::Format;
use crate::workspace::{file_trouble, replace, shown};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// Write CASE.plan.age, encrypted for this approver
    #[arg(long = "for", value_name = "PERSON")]
    approver: Option<String>,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let id = plan::case_id(&args.case)?;
    let house = context.house()?;
    let opened = journey::reopen(&house, &id)?;
    let case = opened.case(&house)?;
    let Some(state) = signing::pending(&house, &case) else {
        return Err(
            Diagnostic::new("E980", Exit::Usage, say::nothing_planned(id.as_str()))
                .help(say::nothing_planned_help(id.as_str()))
                .into(),
        );
    };
    let plan = journey::stored_plan(&house, &opened, &state.id)?;
    let Some(approver) = &args.approver else {
        match context.ui.format {
            Format::Json => context.ui.json(&report::plan_json(&plan)),
            Format::Table | Format::Csv => report::plan_table(context, &plan),
        }
        return Ok(Exit::Done);
    };
    let (key, recipient) = addressee(&house, approver)?;
    let makers = signing::makers(&house, &case, state).into_iter();
    let makers: Vec<Maker> = makers
        .map(|(by, proof, key)| Maker {
            by: by.to_owned(),
            proof: proof.clone(),
            key: key.pem(),
        })
        .collect();
    if makers.is_empty() {
        return Err(Diagnostic::new("E987", Exit::Waiting, say::nobody_stands())
            .why(say::nobody_stands_why())
            .help(say::nobody_stands_help(id.as_str(), case.verb()))
            .into());
    }
    write(
        context,
        &house,
        &opened,
        approver,
        (key, &recipient),
        makers,
        plan,
    )
}

/// Whoever is to approve: an approver with a key to sign with and one to encrypt to.
fn addressee(house: &House, name: &str) -> Result<(crate::keys::Digest, age::x25519::Recipient)> {
    let refused = |why, help| {
        Diagnostic::new("E985", Exit::Usage, say::not_for(name))
            .why(why)
            .help(help)
    };
    let listed = house.inventory.people.get(name);
    let listed = listed.ok_or_else(|| refused(say::not_listed(name), say::list_first(name)))?;
    if listed.role != APPROVER {
        return Err(refused(say::no_approver(name), say::list_first(name)).into());
    }
    let key = listed.public.as_ref();
    let key = key.ok_or_else(|| refused(say::without_key(name), say::no_public_key_help(name)))?;
    let recipient = listed.recipient.as_ref();
    let recipient =
        recipient.ok_or_else(|| refused(say::no_recipient(), say::no_recipient_help(name)))?;
    let found = recipients(std::slice::from_ref(recipient), None)?;
    let recipient = found.into_iter().next();
    let recipient =
        recipient.ok_or_else(|| refused(say::no_recipient(), say::no_recipient_help(name)))?;
    Ok((key.fingerprint(), recipient))
}

fn write(
    context: &Context,
    house: &House,
    opened: &Opened,
    approver: &str,
    (key, recipient): (crate::keys::Digest, &age::x25519::Recipient),
    makers: Vec<Maker>,
    plan: Plan,
) -> Result<Exit> {
    let sheet = Sheet {
        schema: Sheet::SCHEMA.to_owned(),
        controller: house.inventory.controller.name.clone(),
        ledger: house.ledger().id().to_owned(),
        case: opened.id.to_string(),
        approver: approver.to_owned(),
        key,
        makers,
        id: plan.id(),
        plan,
    };
    let io = |error: std::io::Error| file_trouble(&error);
    let sealed = sheet.sealed(recipient).map_err(io)?;
    let file = std::env::current_dir().map_err(io)?;
    let file = file.join(format!("{}.plan.age", opened.id));
    replace(&file, &sealed, 0o600).map_err(io)?;
    let (file, id) = (shown(&file), spoken(&sheet.id));
    context.ui.say(&say::sheet_written(&file, approver, id));
    context
        .ui
        .say(&say::sheet_next(opened.id.as_str(), approver));
    Ok(Exit::Done)
}
