//! `dsr hold release`: the end of a hold, with its reason; and what nothing keeps any more by that.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::hold::{
    LEASE, WAIT, checked, day_of, forget_person, hold_json, named, put, tidy, words,
};
use crate::cli::signing;
use crate::deferred;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::hold;
use crate::inventory::Approval;
use crate::ledger::Event;
use crate::messages::hold as say;
use crate::plan::Ends;
use crate::ui::Format;
use crate::workspace::lease_within;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the hold, such as H-K7QF3M
    #[arg(value_name = "HOLD")]
    hold: String,
    /// Why it is not needed any more, in a sentence; kept encrypted
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let reason = checked(&args.reason)?;
    let _held = lease_within(&house.workspace, LEASE, WAIT)?;
    tidy(&house)?;
    let hold = named(&house, &args.hold)?;
    let id = hold.id.clone();
    if let Some(released) = &hold.released {
        let what = say::released_before(id.as_str(), day_of(released.at));
        let wrong = Diagnostic::new("E439", Exit::Usage, what);
        return Err(wrong.help(say::released_before_help()).into());
    }
    if house.inventory.approval == Approval::FourEyes {
        let wrong = Diagnostic::new("E442", Exit::Waiting, say::four_eyes(id.as_str()));
        let wrong = wrong.why(say::four_eyes_why());
        return Err(wrong.help(say::four_eyes_help()).into());
    }
    signing::identify(context, &house)?;
    let mut words = words(&house, &id)?;
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
