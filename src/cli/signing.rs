//! Who acts, and who may: the operator's key, the roles, and whether a plan has the second pair of eyes that the inventory demands.
//!
//! Whoever has a key in the workspace acts by it: the name behind `--as` is a claim until a signature bears it out. Under `approval:
//! four_eyes` a plan is carried out only if its maker signed it, and an approver who is listed today, with another key.

use crate::case::{Case, PlanState, WaitsFor};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::{agreeing, journey};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::{Approval, Person};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Text, approval as say};
use crate::people::own::{self, PersonKey};
use crate::people::{APPROVER, OPERATOR, Proof, PublicKey, Purpose, Statement};

/// The operator of this run as the inventory lists them; nobody while it lists nobody.
fn person(house: &House) -> Option<&Person> {
    house.inventory.people.get(&house.operator)
}

/// Opens the operator's key, once in a run, if they have one or the inventory demands that.
///
/// # Errors
/// E975 if four eyes are demanded and the workspace holds no key of theirs; those of opening it.
pub(crate) fn identify(context: &Context, house: &House) -> Result<()> {
    let four_eyes = house.inventory.approval == Approval::FourEyes;
    let public = person(house).and_then(|person| person.public.as_ref());
    let Some(public) = public else {
        return match four_eyes {
            true => Err(no_key(house, &house.operator).into()),
            false => Ok(()),
        };
    };
    if house.signer.borrow().is_none() {
        let ask = || context.ui.ask_hidden(&say::ask_passphrase(&house.operator));
        let key = own::open(&house.operator, &public.fingerprint(), &ask)?;
        *house.signer.borrow_mut() = Some(key);
    }
    Ok(())
}

fn no_key(house: &House, name: &str) -> Diagnostic {
    let file = house
        .inventory
        .people
        .get(name)
        .map(|person| person.key.clone());
    Diagnostic::new("E975", Exit::Usage, say::no_public_key(name))
        .why(say::no_public_key_why(file.unwrap_or_default()))
        .help(say::no_public_key_help(name))
}

/// Whoever plans, carries out, or changes what is kept is an operator, where the inventory keeps the two apart.
///
/// # Errors
/// E990 if the inventory asks for something that two people have not agreed on; E978 for an approver under four eyes; those of
/// [`identify`].
pub(crate) fn operates(context: &Context, house: &House) -> Result<()> {
    agreeing::terms_stand(house)?;
    let role = person(house).map(|person| person.role.as_str());
    if house.inventory.approval == Approval::FourEyes && role != Some(OPERATOR) {
        return Err(
            Diagnostic::new("E978", Exit::Usage, say::only_approves(&house.operator))
                .why(say::only_approves_why())
                .help(say::only_approves_help(named(house, OPERATOR)))
                .into(),
        );
    }
    identify(context, house)
}

/// The people of a role, for a sentence.
fn named(house: &House, role: &str) -> String {
    let people = house.inventory.people.iter();
    let names = people.filter(|(_, person)| person.role == role);
    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

/// The operator's signature about a plan; `None` where they have no key and need none, or have signed this before.
///
/// # Errors
/// Those of [`identify`].
pub(crate) fn sign(
    context: &Context,
    house: &House,
    purpose: Purpose,
    case: &CaseId,
    plan: Digest,
) -> Result<Option<Event>> {
    identify(context, house)?;
    let signer = house.signer.borrow();
    let Some(key) = signer.as_ref() else {
        return Ok(None);
    };
    let proof = signature(key, house, purpose, context, case, plan);
    let signed = (purpose, house.operator.clone(), proof);
    // The same plan made again on the same day has the same signature; an approval counts each time.
    if purpose == Purpose::Plan {
        let known = journey::outline(house, case)?;
        let mut plans = known.plans.iter().filter(|state| state.id == plan);
        if plans.any(|state| state.signed.contains(&signed)) {
            return Ok(None);
        }
    }
    let (purpose, by, proof) = signed;
    Ok(Some(Event::Signed {
        purpose,
        plan,
        by,
        proof,
    }))
}

fn signature(
    key: &PersonKey,
    house: &House,
    purpose: Purpose,
    context: &Context,
    case: &CaseId,
    plan: Digest,
) -> Proof {
    key.sign(&Statement {
        purpose,
        ledger: house.ledger().id(),
        case: case.as_str(),
        plan,
        person: &house.operator,
        day: context.today(),
    })
}

/// Who made a plan, with a signature that holds under the key that is listed today.
pub(crate) fn makers<'s>(
    house: &'s House,
    case: &Case,
    state: &'s PlanState,
) -> Vec<(&'s str, &'s Proof, &'s PublicKey)> {
    let ledger = house.ledger().id().to_owned();
    let signed = state.signed.iter().filter_map(|(purpose, by, proof)| {
        let listed = house.inventory.people.get(by)?;
        let key = listed.public.as_ref()?;
        let holds = proof.ledger == ledger
            && proof.holds(Purpose::Plan, (case.id.as_str(), state.id), by, key);
        let made = *purpose == Purpose::Plan && listed.role == OPERATOR && holds;
        made.then_some((by.as_str(), proof, key))
    });
    let mut out: Vec<(&str, &Proof, &PublicKey)> = Vec::new();
    for one in signed {
        if out.iter().all(|(by, ..)| *by != one.0) {
            out.push(one);
        }
    }
    out
}

/// Whether somebody signed a plan as its maker, under this name or with this key.
fn has_made(state: &PlanState, name: &str, key: Option<Digest>) -> bool {
    let mut signed = state.signed.iter();
    signed.any(|(purpose, by, proof)| {
        *purpose == Purpose::Plan && (by == name || Some(proof.key) == key)
    })
}

/// Why a signature does not let a plan be carried out; `None` if it does.
pub(crate) fn objection(
    house: &House,
    case: &Case,
    state: &PlanState,
    by: &str,
    proof: &Proof,
) -> Option<Text> {
    let Some(listed) = house.inventory.people.get(by) else {
        return Some(say::not_listed(by));
    };
    if listed.role != APPROVER {
        return Some(say::no_approver(by));
    }
    let Some(key) = &listed.public else {
        return Some(say::without_key(by));
    };
    if has_made(state, by, Some(proof.key)) {
        return Some(say::made_it(by));
    }
    if proof.ledger != house.ledger().id() {
        return Some(say::another_workspace());
    }
    if proof.key != key.fingerprint() {
        return Some(say::other_key(by));
    }
    let about = (case.id.as_str(), state.id);
    (!proof.holds(Purpose::Approve, about, by, key)).then(say::does_not_hold)
}

/// The plans of a case that may be carried out: under four eyes those that an approver signed for whom nothing speaks against it.
pub(crate) fn approvals(house: &House, case: &Case) -> Vec<Digest> {
    if house.inventory.approval == Approval::None {
        return case.approvals();
    }
    let plans = case.plans.iter().filter(|state| {
        state.approved.is_some()
            && !makers(house, case, state).is_empty()
            && approvers(house, case, state).next().is_some()
    });
    plans.map(|state| state.id).collect()
}

fn approvers<'s>(
    house: &'s House,
    case: &'s Case,
    state: &'s PlanState,
) -> impl Iterator<Item = &'s str> {
    let signed = state.signed.iter();
    let given = signed.filter(|(purpose, ..)| *purpose == Purpose::Approve);
    given
        .filter(|(_, by, proof)| objection(house, case, state, by, proof).is_none())
        .map(|(_, by, _)| by.as_str())
}

/// What a plan waits for that a second person has to see: how it gets there, and why an approval that lies there is not enough.
pub(crate) fn waits(house: &House, case: &Case, plan: &Digest) -> Diagnostic {
    let state = case.plans.iter().find(|state| state.id == *plan);
    let signed = state.iter().flat_map(|state| &state.signed);
    let given = signed.filter(|(purpose, ..)| *purpose == Purpose::Approve);
    let objection = state.and_then(|state| {
        let mut objections =
            given.filter_map(|(_, by, proof)| objection(house, case, state, by, proof));
        objections.next()
    });
    let unsigned = state.is_some_and(|state| makers(house, case, state).is_empty());
    let why = match (objection, unsigned) {
        (Some(objection), _) => say::approval_gone(objection),
        (None, true) => say::unsigned(),
        (None, false) => say::four_eyes_why(),
    };
    let approver = house.inventory.people.iter();
    let approver = approver.filter(|(_, person)| person.role == APPROVER);
    let approver = approver.map(|(name, _)| name.as_str()).next();
    let approver = approver.unwrap_or("PERSON").to_owned();
    let case = case.id.as_str();
    Diagnostic::new("E850", Exit::Waiting, say::four_eyes_open(case))
        .why(why)
        .help(say::four_eyes_here(case, &approver))
        .help(say::four_eyes_there(case, &approver))
}

/// The plan of a case that waits for a second person: one that was begun and lost its approval, else the latest.
pub(crate) fn pending<'c>(house: &House, case: &'c Case) -> Option<&'c PlanState> {
    let approved = approvals(house, case);
    let begun = case.unfinished().filter(|state| state.runs > 0);
    let lost = begun.filter(|state| !approved.contains(&state.id));
    let mut plans = case.plans.iter();
    lost.or_else(|| plans.find(|state| Some(state.id) == case.latest_plan && !state.outdated))
}

/// Who can approve the plan that a case waits for; `None` where no second person is asked for, or nobody stands for the plan yet.
pub(crate) fn approver_of(house: &House, case: &Case) -> Option<String> {
    if house.inventory.approval != Approval::FourEyes || case.waits_for() != WaitsFor::Approval {
        return None;
    }
    let state = pending(house, case)?;
    if makers(house, case, state).is_empty() {
        return None;
    }
    let people = house.inventory.people.iter();
    let mut approvers = people.filter(|(_, person)| person.role == APPROVER);
    approvers
        .find(|(name, person)| {
            let key = person.public.as_ref().map(PublicKey::fingerprint);
            !has_made(state, name, key)
        })
        .map(|(name, _)| name.clone())
}

/// The approver of this run, who may approve this plan.
///
/// # Errors
/// E978 if they are no approver, E979 if they made the plan, E987 if nobody stands for it; those of [`identify`].
pub(crate) fn approves(
    context: &Context,
    house: &House,
    case: &Case,
    state: &PlanState,
) -> Result<()> {
    let name = house.operator.as_str();
    if has_made(state, name, None) {
        return Err(own_plan(name).into());
    }
    is_approver(house)?;
    if makers(house, case, state).is_empty() {
        return Err(Diagnostic::new("E987", Exit::Waiting, say::nobody_stands())
            .why(say::nobody_stands_why())
            .help(say::nobody_stands_help(case.id.as_str(), case.verb()))
            .into());
    }
    identify(context, house)?;
    let signer = house.signer.borrow();
    let key = signer.as_ref().map(|key| key.public().fingerprint());
    match has_made(state, name, key) {
        true => Err(own_plan(name).into()),
        false => Ok(()),
    }
}

/// Whether the person of this run may approve at all.
///
/// # Errors
/// E978 if they are no approver, E975 if the workspace holds no key of theirs.
pub(crate) fn is_approver(house: &House) -> Result<()> {
    let name = house.operator.as_str();
    if person(house).is_none_or(|person| person.role != APPROVER) {
        return Err(
            Diagnostic::new("E978", Exit::Usage, say::only_operates(name))
                .why(say::only_operates_why())
                .help(say::only_operates_help(named(house, APPROVER)))
                .into(),
        );
    }
    match person(house).is_some_and(|person| person.public.is_some()) {
        true => Ok(()),
        false => Err(no_key(house, name).into()),
    }
}

pub(crate) fn own_plan(name: &str) -> Diagnostic {
    Diagnostic::new("E979", Exit::Usage, say::own_plan(name))
        .why(say::own_plan_why())
        .help(say::own_plan_help())
}
