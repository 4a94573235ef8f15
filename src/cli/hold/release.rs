//! `dsr hold release`: the end of a hold, with its reason; and what nothing keeps any more by that.

use serde_json::json;

use crate::cli::agreeing;
use crate::cli::context::{Context, House};
use crate::cli::hold::{
    LEASE, WAIT, Words, checked, forget_person, hold_json, named, put, refuse_released, tidy, words,
};
use crate::cli::signing;
use crate::deferred;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::hold::{self, HoldId};
use crate::inventory::Approval;
use crate::ledger::Event;
use crate::messages::{agreed, hold as say};
use crate::people::Matter;
use crate::plan::Ends;
use crate::ui::Format;
use crate::workspace::lease_within;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the hold, such as H-K7QF3M
    #[arg(value_name = "HOLD")]
    hold: String,
    /// Why it is not needed any more, in a sentence; kept encrypted. Not needed again once a second person has agreed
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let reason = args.reason.as_deref().map(checked).transpose()?;
    let _held = lease_within(&house.workspace, LEASE, WAIT)?;
    tidy(&house)?;
    let hold = named(&house, &args.hold)?;
    let id = hold.id.clone();
    refuse_released(&hold)?;
    let mut words = words(&house, &id)?;
    let Some(reason) = reason.or_else(|| words.asked_because.clone()) else {
        let wrong = Diagnostic::new("E441", Exit::Usage, agreed::reason_needed(id.as_str()));
        return Err(wrong.help(agreed::reason_needed_help(id.as_str())).into());
    };
    signing::operates(context, &house)?;
    if house.inventory.approval == Approval::FourEyes {
        second(context, &house, &mut words, &id, &reason)?;
    }
    words.asked_because = None;
    words.released_because = Some(reason);
    put(&house, &id, &words)?;
    let event = Event::HoldReleased {
        hold: id.clone(),
        operator: house.operator.clone(),
    };
    house.write(None, context.now(), &[event])?;
    forget_person(&house, &id)?;
    context.ui.say(&say::released(id.as_str()));

    let today = context.today();
    let rows = deferred::all(&house.vault())?;
    let standing = hold::all(&house.ledger())?;
    let (mut due, mut kept, mut people) = (0, 0, 0);
    for row in rows {
        // What this hold kept until now.
        if row.held_by(std::slice::from_ref(&hold)).is_empty() {
            continue;
        }
        match (row.held_by(&standing).is_empty(), row.ends) {
            (true, Ends::Person) => people += 1,
            (true, _) if row.is_due(today) => due += 1,
            _ => kept += 1,
        }
    }
    if due > 0 {
        context.ui.say(&say::now_due(due));
    }
    if kept > 0 {
        context.ui.say(&say::still_kept(kept));
    }
    if people > 0 {
        context.ui.say(&say::for_people(people));
    }
    if context.ui.format == Format::Json {
        let every = hold::every(&house.ledger())?;
        if let Some(hold) = every.iter().find(|hold| hold.id == id) {
            let mut out = hold_json(&house, hold, today);
            out["schema"] = json!("dsr.hold/1");
            context.ui.json(&out);
        }
    }
    house.close()?;
    Ok(Exit::Done)
}

/// Lets a release pass that a second person has agreed to; asks for it otherwise.
///
/// # Errors
/// E442 (exit 4) while nobody has.
fn second(
    context: &Context,
    house: &House,
    words: &mut Words,
    id: &HoldId,
    reason: &str,
) -> Result<()> {
    let matter = Matter::Release {
        hold: id.to_string(),
        reason: agreeing::reason_digest(house, id.as_str(), reason),
    };
    let mut signers = agreeing::signers(house, &agreeing::register(house)?, &matter);
    if agreeing::is_agreed(house, &signers) {
        return Ok(());
    }
    if !signers.contains(&house.operator) {
        words.asked_because = Some(reason.to_owned());
        put(house, id, words)?;
        let signed = agreeing::signature(context, house, &matter)?;
        house.write(None, context.now(), &Vec::from_iter(signed))?;
        house.close()?;
        signers.push(house.operator.clone());
    }
    let approvers = agreeing::approvers(house, &signers);
    let what = agreed::release_waits(id.as_str(), signers.join(", "));
    let wrong = Diagnostic::new("E442", Exit::Waiting, what).why(agreed::waits_why());
    let help = agreed::release_help(id.as_str(), approvers);
    Err(wrong.help(help).into())
}
