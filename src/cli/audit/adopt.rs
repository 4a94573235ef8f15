//! `dsr audit adopt`: somebody takes it upon themselves that the ledger lags behind what this account remembers of it.

use crate::agreed::binds;
use crate::cli::agreeing::{self, Adoption};
use crate::cli::audit::log::keep_reason;
use crate::cli::case::purge;
use crate::cli::context::{Context, House};
use crate::cli::{hold, signing};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::terms::Terms;
use crate::ledger::Event;
use crate::messages::{agreed, audit as say, hold as say_hold};
use crate::people::APPROVER;
use crate::workspace::lease_within;

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
    let binding = house.binding_terms()?;
    let mut along = match &binding {
        Some(terms) => second(context, &house, terms, reason)?,
        None => {
            signing::identify(context, &house)?;
            Vec::new()
        }
    };
    let _held = lease_within(&house.workspace, hold::LEASE, hold::WAIT)?;
    along.extend(terms(&house, binding)?);
    let holds = hold::set_anew(&house)?;
    along.extend(holds.events);
    let at = context.now();
    let digest = keep_reason(&house, at, reason)?;
    let operator = house.operator.clone();
    house.ledger().adopt(at, Some(digest), &operator, along)?;
    house.terms_are_noted()?;
    Adoption::forget(&house)?;
    purge::say_again(context, &house)?;
    if holds.anew > 0 {
        context.ui.say(&say_hold::set_anew(holds.anew));
    }
    if !holds.lost.is_empty() {
        let what = say_hold::not_known(hold::listed(&holds.lost));
        let warning = Diagnostic::new("W365", Exit::Waiting, what);
        context.ui.warn(&warning.help(say_hold::not_known_help()));
    }
    house.close()?;
    context.ui.say(&match known.count {
        0 => say::adopted_unreadable(verdict.head.count),
        count => say::adopted(count, verdict.head.count),
    });
    Ok(match holds.lost.is_empty() {
        true => Exit::Done,
        false => Exit::Waiting,
    })
}

/// Lets an acceptance pass that a second person has agreed to, with both signatures; asks for it otherwise. Whose they have to be is said by
/// the terms that are remembered: the older ledger may be from a time when one person was enough.
///
/// # Errors
/// E996 (exit 4) while nobody has.
fn second(context: &Context, house: &House, terms: &Terms, reason: &str) -> Result<Vec<Event>> {
    let mut adoption = Adoption::because(house, reason)?;
    let mut signers = adoption.signers(terms);
    if !signers.contains(&house.operator) {
        adoption.sign(context, house, terms)?;
        signers = adoption.signers(terms);
    }
    if adoption.is_agreed(terms) {
        return Ok(adoption.events().collect());
    }
    let people = terms.people.iter().flatten();
    let free = people
        .filter(|(name, one)| one.role == APPROVER && one.key.is_some() && !signers.contains(name));
    let free: Vec<&str> = free.map(|(name, _)| name.as_str()).collect();
    let what = agreed::adopt_waits(signers.join(", "));
    let wrong = Diagnostic::new("E996", Exit::Waiting, what).why(agreed::adopt_why());
    Err(wrong.help(agreed::adopt_help(free.join(", "))).into())
}

/// What the accepted ledger has to know of terms: first those that bind, where it does not have them, then what the inventory asks for.
fn terms(house: &House, binding: Option<Terms>) -> Result<Vec<Event>> {
    let now = Terms::of(&house.inventory);
    let noted = |terms: Terms| Event::TermsChanged {
        inventory: house.inventory.digest,
        terms,
        operator: house.operator.clone(),
    };
    let register = agreeing::register(house)?;
    let stands = register.standing().is_some_and(|one| binds(&one.terms));
    let binding = binding.filter(|terms| !stands && *terms != now);
    Ok(binding.into_iter().chain([now]).map(noted).collect())
}
