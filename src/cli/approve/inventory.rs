//! `dsr approve dsr.yaml`: one of two people agrees that the inventory asks for something else than before.

use crate::cli::agreeing;
use crate::cli::context::Context;
use crate::cli::journey::apply::Consent;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::terms::Terms;
use crate::messages::agreed as say;

pub(super) fn run(context: &mut Context, consent: &Consent) -> Result<Exit> {
    let house = context.house_before_changes()?;
    let now = Terms::of(&house.inventory);
    let register = agreeing::register(&house)?;
    let changes = register.differences(&now);
    let matter = register.matter(&now).filter(|_| !changes.is_empty());
    let Some(matter) = matter else {
        return Err(Diagnostic::new("E992", Exit::Usage, say::no_terms())
            .help(say::no_terms_help())
            .into());
    };
    context.ui.say(&say::terms_intro(changes.len()));
    for change in &changes {
        context.ui.say(&say::change(change));
    }
    let signers = register.signers_of(&now);
    if !signers.is_empty() {
        context.ui.say(&say::signed_by(signers.join(", ")));
    }
    if signers.contains(&house.operator.as_str()) {
        context.ui.say(&say::signed_before(&house.operator));
        let missing = register.missing(&now).join(", ");
        context.ui.say(&say::still_missing(missing));
        return Ok(Exit::Waiting);
    }
    let signed = agreeing::signature_before(context, &house, &register, &now, &matter)?;
    agreeing::consent(context, changes.len(), consent)?;
    house.write(None, context.now(), &[signed])?;
    house.remember_standing()?;
    let after = agreeing::register(&house)?;
    match after.differences(&now).is_empty() {
        true => {
            let mut names: Vec<&str> = signers;
            names.push(&house.operator);
            context.ui.say(&say::terms_stand(names.join(", ")));
        }
        false => {
            context.ui.say(&say::signed());
            let missing = after.missing(&now).join(", ");
            context.ui.say(&say::still_missing(missing));
        }
    }
    house.close()?;
    Ok(Exit::Done)
}
