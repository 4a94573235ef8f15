//! `dsr approve` for what one person has asked for and a second has to agree to: the release of a hold, the early end of a case, the
//! acceptance of an older ledger.

use crate::agreed::Register;
use crate::case_id::CaseId;
use crate::cli::agreeing::Adoption;
use crate::cli::context::{Context, House};
use crate::cli::journey::apply::Consent;
use crate::cli::{agreeing, case, hold, signing};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::agreed as say;
use crate::people::Matter;

/// The release of a hold.
pub(super) fn release(context: &mut Context, number: &str, consent: &Consent) -> Result<Exit> {
    let house = context.house()?;
    let wish = hold::wish(&house, number)?;
    let register = agreeing::register(&house)?;
    let nobody = || {
        let id = wish.hold.as_str();
        Diagnostic::new("E992", Exit::Usage, say::nobody_asks_release(id))
            .help(say::nobody_asks_release_help(id))
    };
    let Some(reason) = &wish.reason else {
        return Err(nobody().into());
    };
    let matter = Matter::Release {
        hold: wish.hold.clone(),
        reason: agreeing::reason_digest(&house, &wish.hold, reason),
    };
    let signers = agreeing::signers(&house, &register, &matter);
    if signers.is_empty() {
        return Err(nobody().into());
    }
    let names = signers.join(", ");
    context.ui.say(&say::release_intro(&names, &wish.hold));
    context.ui.say(&say::release_because(reason));
    context.ui.say(&say::release_of(&wish.scope, &wish.ground));
    context.ui.say(&say::release_set(&wish.set_because));
    sign(context, &house, &matter, &signers, consent)?;
    context.ui.say(&say::release_next(&wish.hold, names));
    house.close()?;
    Ok(Exit::Done)
}

/// The early end of a case that somebody has asked for as it stands today; `None` if nobody has.
pub(super) fn asked_purge(
    house: &House,
    register: &Register,
    id: &CaseId,
) -> Result<Option<Matter>> {
    let Some(closed) = case::purge::closed(house, id)? else {
        return Ok(None);
    };
    let found = register.last(|matter| match matter {
        Matter::Purge {
            of_case,
            closed: at,
            ..
        } => of_case == id.as_str() && *at == closed,
        _ => false,
    });
    let asked = |matter: &&Matter| !agreeing::signers(house, register, matter).is_empty();
    Ok(found.filter(asked).cloned())
}

pub(super) fn purge(
    context: &Context,
    house: &House,
    register: &Register,
    matter: &Matter,
    consent: &Consent,
) -> Result<Exit> {
    let Matter::Purge {
        of_case, reason, ..
    } = matter
    else {
        return Ok(Exit::Done);
    };
    let signers = agreeing::signers(house, register, matter);
    let names = signers.join(", ");
    context.ui.say(&say::purge_intro(&names, of_case, reason));
    sign(context, house, matter, &signers, consent)?;
    context.ui.say(&say::purge_next(of_case, reason, names));
    house.close()?;
    Ok(Exit::Done)
}

/// The acceptance of a ledger that does not contain what is remembered of it. The signature goes into the vault: that ledger takes no event.
pub(super) fn adoption(context: &mut Context, consent: &Consent) -> Result<Exit> {
    let house = context.house()?;
    let asked = Adoption::asked(&house)?.zip(house.binding_terms()?);
    let Some((mut adoption, terms)) = asked else {
        return Err(
            Diagnostic::new("E992", Exit::Usage, say::nobody_asks_adoption())
                .help(say::nobody_asks_adoption_help())
                .into(),
        );
    };
    let signers = adoption.signers(&terms);
    let known = house.ledger().missed().map_or(0, |head| head.count);
    let found = house.ledger().head()?.count;
    let names = signers.join(", ");
    context.ui.say(&say::adopt_intro(&names, known, found));
    context.ui.say(&say::release_because(&adoption.reason));
    agreeing::refuse_own(&house, &signers)?;
    signing::is_approver(&house)?;
    agreeing::consent(context, 1, consent)?;
    adoption.sign(context, &house, &terms)?;
    context.ui.say(&say::adopt_next(names));
    Ok(Exit::Done)
}

/// The approver's yes, and their signature into the ledger.
fn sign(
    context: &Context,
    house: &House,
    matter: &Matter,
    signers: &[String],
    consent: &Consent,
) -> Result<()> {
    agreeing::terms_stand(house)?;
    agreeing::refuse_own(house, signers)?;
    signing::is_approver(house)?;
    agreeing::consent(context, 1, consent)?;
    let signed = agreeing::signature(context, house, matter)?;
    house.write(None, context.now(), &Vec::from_iter(signed))
}
