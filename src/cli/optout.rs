//! `dsr optout`: the person objects to direct marketing (Art. 21(2), (3) GDPR) or withdraws a consent (Art. 7(3) GDPR). Nothing is weighed.

use crate::cli::context::Context;
use crate::cli::journey::apply::Consent;
use crate::cli::journey::{self, RequestArgs, walk};
use crate::cli::many::{self, Wish};
use crate::cli::people::{self, PeopleArgs, Reads};
use crate::cli::restrict::{ground, missing};
use crate::cli::signing;
use crate::diagnostic::{Exit, Result};
use crate::messages::rights as say;
use crate::plan::{Aim, OptoutGround};

/// Stop using a person's data for advertising, or on a withdrawn consent, wherever a system offers it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    people: PeopleArgs,
    /// Ground: objection (Art. 21(2) GDPR) or withdrawal (Art. 7(3) GDPR)
    #[arg(long, value_name = "GROUND")]
    because: Option<String>,
    /// Stop after planning; nothing is written
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let stated: Option<OptoutGround> = args.because.as_deref().map(ground_of).transpose()?;
    if stated.is_none() && args.request.who.case.is_none() {
        return Err(missing::<OptoutGround>(say::optout_because_help()));
    }
    people::refuse_accept(&args.people, &args.request.accept)?;
    let house = context.house()?;
    let kinds = &house.inventory.kinds;
    let people = people::read(context, &args.people, kinds, &Reads::Nothing)?;
    if let (false, Some(because)) = (people.is_empty(), stated) {
        let aim = Aim::Optout { because };
        let wish = Wish {
            request: &args.request,
            verb: aim.verb(),
            right: aim.right(),
            aim: &|_, _| Ok(aim.clone()),
            only_open: false,
            consent: &args.consent,
            plan: args.plan,
            despite_access: false,
        };
        let exit = many::change(context, &house, &people, &wish)?;
        house.close()?;
        return Ok(exit);
    }
    let stored = match args.request.who.case_id()? {
        Some(id) => journey::reopen(&house, &id)
            .and_then(|opened| journey::aim(&house, &opened))?
            .and_then(|aim| match aim {
                Aim::Optout { because } => Some(because),
                _ => None,
            }),
        None => None,
    };
    let Some(because) = stated.or(stored) else {
        return Err(missing::<OptoutGround>(say::optout_because_help()));
    };
    let aim = Aim::Optout { because };
    signing::operates(context, &house)?;
    let opened = journey::open(context, &house, &args.request, aim.right())?;
    let method = args.request.identity.as_deref();
    journey::remember(&house, &opened, &aim)?;
    let only = &args.request.system;
    let exit = if args.plan {
        journey::note_identity(context, &house, &opened, method)?;
        walk::plan_only(context, &house, &opened, &aim, only, None)?
    } else {
        journey::confirm_identity(context, &house, &opened, method)?;
        walk::go_on(context, &house, &opened, &aim, only, &args.consent)?
    };
    house.close()?;
    Ok(exit)
}

fn ground_of(code: &str) -> Result<OptoutGround> {
    ground(code, say::optout_because_help())
}
