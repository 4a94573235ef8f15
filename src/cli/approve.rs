//! `dsr approve`: a second person looks at a plan and signs it, in the workspace or on a machine of their own; or at what else two people
//! agree on.

mod inventory;
mod wish;

use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::cli::journey::apply::{self, Consent};
use crate::cli::journey::{self, tasks};
use crate::cli::{agreeing, plan, report, signing};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::hold::HoldId;
use crate::inventory::Approval as Policy;
use crate::ledger::Event;
use crate::messages::approval as say;
use crate::people::approval::{Approval, Maker, Sheet};
use crate::people::{PublicKey, Purpose, Statement, own, spoken};
use crate::workspace::{INVENTORY, file_trouble, replace, shown};

/// Approve with one's own key: a plan, here or from a file of `dsr plan show`; what a second person has to agree to; a change of dsr.yaml
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Number of the case or hold, `dsr.yaml`, `ledger`, or a file CASE.plan.age on a machine without the workspace
    #[arg(value_name = "CASE|HOLD|FILE")]
    what: String,
    /// The age identity that opens the file; without it that of `dsr key new`
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    #[command(flatten)]
    consent: Consent,
}

/// What stands for the acceptance of an older ledger.
const LEDGER: &str = "ledger";

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    context.speak_as_here();
    if args.what == INVENTORY {
        return inventory::run(context, &args.consent);
    }
    if args.what == LEDGER {
        return wish::adoption(context, &args.consent);
    }
    if HoldId::parse(&args.what).is_some() {
        return wish::release(context, &args.what, &args.consent);
    }
    let file = context.folder().join(&args.what);
    match args.what.ends_with(".age") || file.is_file() {
        true => there(context, &file, args.identity.as_deref(), &args.consent),
        false => here(context, &args.what, &args.consent),
    }
}

/// In the workspace: the signature goes into the ledger.
fn here(context: &mut Context, case: &str, consent: &Consent) -> Result<Exit> {
    let id = plan::case_id(case)?;
    let house = context.house()?;
    agreeing::terms_stand(&house)?;
    if house.inventory.approval != Policy::FourEyes {
        return Err(Diagnostic::new("E980", Exit::Usage, say::not_asked_for())
            .help(say::not_asked_for_help(id.as_str()))
            .into());
    }
    let register = agreeing::register(&house)?;
    if let Some(matter) = wish::asked_purge(&house, &register, &id)? {
        return wish::purge(context, &house, &register, &matter, consent);
    }
    let opened = journey::reopen(&house, &id)?;
    let case = opened.case(&house)?;
    let Some(state) = signing::pending(&house, &case) else {
        return Err(
            Diagnostic::new("E980", Exit::Usage, say::nothing_planned(id.as_str()))
                .help(say::nothing_planned_help(id.as_str()))
                .into(),
        );
    };
    let makers: Vec<&str> = signing::makers(&house, &case, state)
        .iter()
        .map(|(by, ..)| *by)
        .collect();
    if signing::approvals(&house, &case).contains(&state.id) && case.unfinished().is_some() {
        context
            .ui
            .say(&say::approved_before(id.as_str(), makers.join("|")));
        return Ok(Exit::Done);
    }
    signing::approves(context, &house, &case, state)?;
    let plan = journey::stored_plan(&house, &opened, &state.id)?;
    context.ui.say(&say::plan_of(
        makers.join(", "),
        id.as_str(),
        spoken(&state.id),
    ));
    report::plan_in_words(context, &plan);
    apply::consent_for(context, id.as_str(), &plan, consent)?;
    let signed = signing::sign(context, &house, Purpose::Approve, &id, state.id)?;
    let mut events = vec![Event::Approved {
        plan: state.id,
        policy: house.inventory.approval,
        by: house.operator.clone(),
    }];
    events.extend(signed);
    events.extend(tasks::of_plan(&house, &opened, &plan)?);
    house.write(Some(&id), context.now(), &events)?;
    context
        .ui
        .say(&say::approved(id.as_str(), makers.join("|")));
    house.close()?;
    Ok(Exit::Done)
}

/// On a machine of the approver's own: the signature goes into a file.
fn there(
    context: &Context,
    file: &Path,
    identity: Option<&Path>,
    consent: &Consent,
) -> Result<Exit> {
    let name = context.globals.operator.as_str();
    let identity = identity.map(|file| context.folder().join(file));
    let identities = own::identities(identity.as_deref())?;
    let bytes = fs_err::read(file).map_err(|error| {
        Diagnostic::new("E983", Exit::Usage, say::sheet_unusable())
            .why(crate::messages::os::why_at(file, &error))
            .help(say::sheet_unusable_help())
    })?;
    let sheet = Sheet::open(&bytes, &identities)?;
    if sheet.approver != name {
        return Err(
            Diagnostic::new("E988", Exit::Usage, say::sheet_for(&sheet.approver, name))
                .help(say::sheet_for_help(&sheet.approver))
                .into(),
        );
    }
    let makers = checked_makers(&sheet)?;
    if makers
        .iter()
        .any(|(by, key)| *by == name || key.fingerprint() == sheet.key)
    {
        return Err(signing::own_plan(name).into());
    }
    for (by, key) in &makers {
        let (plan, key) = (spoken(&sheet.id), spoken(&key.fingerprint()));
        context.ui.say(&say::plan_of(*by, &sheet.case, &plan));
        context.ui.say(&say::compare(&sheet.controller, *by, key));
    }
    report::plan_in_words(context, &sheet.plan);
    apply::consent_for(context, &sheet.case, &sheet.plan, consent)?;
    let ask = || context.ui.ask_hidden(&say::ask_passphrase(name));
    let key = own::open(name, &sheet.key, &ask)?;
    let proof = key.sign(&Statement {
        purpose: Purpose::Approve,
        ledger: &sheet.ledger,
        case: &sheet.case,
        plan: sheet.id,
        person: name,
        day: context.today(),
    });
    let approval = Approval::of(&sheet.case, sheet.id, name, &proof);
    let mut text = serde_json::to_vec_pretty(&approval).expect("an approval serialises");
    text.push(b'\n');
    let out = context.folder().join(format!("{}.approval", sheet.case));
    replace(&out, &text, 0o600).map_err(|error| file_trouble(&error))?;
    let (file, case) = (shown(&out), sheet.case.as_str());
    context.ui.say(&say::approval_written(file, case));
    Ok(Exit::Done)
}

/// Who stands for the plan of a sheet, each with the key that bears it out.
fn checked_makers(sheet: &Sheet) -> Result<Vec<(&str, PublicKey)>> {
    let checked = |maker: &'_ Maker| {
        let key = PublicKey::from_pem(&maker.key)?;
        let about = (sheet.case.as_str(), sheet.id);
        let holds = maker.proof.ledger == sheet.ledger
            && maker.proof.holds(Purpose::Plan, about, &maker.by, &key);
        holds.then_some(key)
    };
    let all: Option<Vec<(&str, PublicKey)>> = sheet
        .makers
        .iter()
        .map(|maker| Some((maker.by.as_str(), checked(maker)?)))
        .collect();
    match all.filter(|all| !all.is_empty()) {
        Some(all) => Ok(all),
        None => Err(Diagnostic::new("E987", Exit::Waiting, say::nobody_stands())
            .why(say::nobody_stands_why())
            .help(say::nobody_stands_help(&sheet.case, &sheet.plan.verb))
            .into()),
    }
}
