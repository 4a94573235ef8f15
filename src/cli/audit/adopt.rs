//! `dsr audit adopt`: somebody takes it upon themselves that the ledger lags behind what this account remembers of it.

use crate::cli::audit::log::keep_reason;
use crate::cli::case::purge;
use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::audit as say;

/// Longer reasons are refused, in bytes.
const LONGEST: usize = 4096;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What happened, in a sentence; kept encrypted
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let reason = args.reason.trim();
    if reason.is_empty() || reason.len() > LONGEST {
        let wrong = Diagnostic::new("E628", Exit::Usage, say::adopt_reason_empty());
        return Err(wrong.help(say::adopt_reason_help()).into());
    }
    let house = context.house()?;
    let Some(known) = house.ledger().missed() else {
        context.ui.say(&say::adopt_nothing());
        return Ok(Exit::Done);
    };
    let verdict = house.ledger().verify_chain()?;
    if let Some(broken) = verdict.broken {
        let wrong = Diagnostic::new("E627", Exit::Unproven, say::adopt_broken(broken.seq));
        let wrong = wrong.why(broken.flaw.text());
        return Err(wrong.help(say::adopt_broken_help()).into());
    }
    let at = context.now();
    let digest = keep_reason(&house, at, reason)?;
    let operator = house.operator.clone();
    house.ledger().adopt(at, Some(digest), &operator)?;
    purge::say_again(context, &house)?;
    house.close()?;
    context.ui.say(&match known.count {
        0 => say::adopted_unreadable(verdict.head.count),
        count => say::adopted(count, verdict.head.count),
    });
    Ok(Exit::Done)
}
