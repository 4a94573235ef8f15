//! `dsr erase`: the whole path of an erasure request (Art. 17 GDPR).

use crate::cli::context::Context;
use crate::cli::export;
use crate::cli::journey::apply::Consent;
use crate::cli::journey::{self, RequestArgs, walk};
use crate::cli::many::{self, Wish};
use crate::cli::people::{self, PeopleArgs, Reads};
use crate::cli::signing;
use crate::diagnostic::{Exit, Result};
use crate::plan::Aim;

/// Erase a person's data everywhere: find, plan, ask, erase, verify, prove
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    /// Stop after planning; nothing is written
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    people: PeopleArgs,
    #[command(flatten)]
    consent: Consent,
    /// Erase even if the person asked for their data and the package is not made yet
    #[arg(long)]
    despite_access: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    people::refuse_accept(&args.people, &args.request.accept)?;
    let house = context.house()?;
    let kinds = &house.inventory.kinds;
    let people = people::read(context, &args.people, kinds, &Reads::Nothing)?;
    if !people.is_empty() {
        let wish = Wish {
            request: &args.request,
            verb: Aim::Erase.verb(),
            right: Aim::Erase.right(),
            aim: &|_, _| Ok(Aim::Erase),
            only_open: false,
            consent: &args.consent,
            plan: args.plan,
            despite_access: args.despite_access,
        };
        let exit = many::change(context, &house, &people, &wish)?;
        house.close()?;
        return Ok(exit);
    }
    signing::operates(context, &house)?;
    let opened = journey::open(context, &house, &args.request, Aim::Erase.right())?;
    let method = args.request.identity.as_deref();
    if args.plan {
        journey::note_identity(context, &house, &opened, method)?;
        let only = &args.request.system;
        let exit = walk::plan_only(context, &house, &opened, &Aim::Erase, only, None)?;
        house.close()?;
        return Ok(exit);
    }
    journey::confirm_identity(context, &house, &opened, method)?;
    export::access_comes_first(context, &house, &opened, args.despite_access)?;
    let exit = walk::go_on(
        context,
        &house,
        &opened,
        &Aim::Erase,
        &args.request.system,
        &args.consent,
    )?;
    house.close()?;
    Ok(exit)
}
