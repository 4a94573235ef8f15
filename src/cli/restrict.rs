//! `dsr restrict`: restriction of processing (Art. 18(1) GDPR), and with `--lift` its end, of which the person is told before
//! (Art. 18(3) GDPR).

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use jiff::civil::Date;

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::Consent;
use crate::cli::journey::{self, Opened, RequestArgs, walk};
use crate::cli::many::{self, Wish};
use crate::cli::people::{self, Lifting, Notices, PeopleArgs, Person, Reads};
use crate::cli::signing;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Text, rights as say};
use crate::plan::{Aim, Ground, LiftReason, Outcome, Restricted};

/// Restrict the processing of a person's data, or end a restriction
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    people: PeopleArgs,
    /// Ground: contested, unlawful, needed_for_claims, objection; with --lift: verified, lawful, claim_settled, grounds_override, person_asked
    #[arg(long, value_name = "GROUND")]
    because: Option<String>,
    /// Day on which the restriction is expected to end
    #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day)]
    until: Option<Date>,
    /// End the restriction that this case set
    #[arg(long)]
    lift: bool,
    /// Day on which the person was told that the restriction ends; alone, it is noted and nothing else, and with --subjects it counts for lines that name none
    #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day)]
    notice_sent: Option<Date>,
    /// Stop after planning; nothing is written
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let today = context.today();
    check_days(&args, today)?;
    if let Some(code) = &args.because {
        // Before a case is opened for a ground that there is not.
        match args.lift {
            true => drop(ground::<LiftReason>(code, say::lift_because_help())?),
            false => drop(ground::<Ground>(code, say::because_help())?),
        }
    }
    people::refuse_accept(&args.people, &args.request.accept)?;
    let house = context.house()?;
    if args.people.subjects.is_some() {
        let exit = for_many(context, &house, &args, today)?;
        house.close()?;
        return Ok(exit);
    }
    let notes_only = args.notice_sent.is_some() && !args.lift && args.because.is_none();
    if !notes_only {
        signing::operates(context, &house)?;
    }
    let judge = |opened: Option<&Opened>| match (notes_only, args.lift) {
        (true, _) => Ok(()),
        (false, true) => liftable(&house, opened, lift_reason(&args)?).map(drop),
        (false, false) => restrict(&house, opened, &args).map(drop),
    };
    let request = &args.request;
    let opened = journey::open_unless(context, &house, request, "restriction", &judge)?;
    let method = request.identity.as_deref();
    if let Some(day) = args.notice_sent {
        note(context, &house, &opened, day)?;
        if notes_only {
            journey::note_identity(context, &house, &opened, method)?;
            house.close()?;
            return Ok(Exit::Done);
        }
    }
    let aim = match args.lift {
        true => lift(&house, &opened, lift_reason(&args)?, today)?,
        false => restrict(&house, Some(&opened), &args)?,
    };
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

/// Restricts for everybody in a file, or lifts what was restricted, each on the day of notice and the ground that their line says.
fn for_many(context: &Context, house: &House, args: &Args, today: Date) -> Result<Exit> {
    let kinds = &house.inventory.kinds;
    let hushed = context.hushed();
    if args.lift {
        let help = say::lift_because_help();
        let because = args.because.as_ref().map(|code| ground(code, help));
        let reads = Reads::Notices(Notices {
            today,
            told: args.notice_sent,
            because: because.transpose()?,
        });
        let people = people::read(context, &args.people, kinds, &reads)?;
        let aim = |opened: &Opened, person: &Person| match person.lifting {
            Some(lifting) => lift_one_of_many(&hushed, house, opened, lifting, today),
            None => Err(missing::<LiftReason>(say::lift_because_help())),
        };
        return many::change(context, house, &people, &wish(args, "lift", &aim));
    }
    let Some(code) = &args.because else {
        return Err(missing::<Ground>(say::because_help()));
    };
    let aim = Aim::Restrict {
        because: ground(code, say::because_help())?,
        until: args.until,
    };
    let people = people::read(context, &args.people, kinds, &Reads::Nothing)?;
    let same = |_: &Opened, _: &Person| Ok(aim.clone());
    many::change(context, house, &people, &wish(args, aim.verb(), &same))
}

fn wish<'a>(
    args: &'a Args,
    verb: &'a str,
    aim: &'a dyn Fn(&Opened, &Person) -> Result<Aim>,
) -> Wish<'a> {
    Wish {
        request: &args.request,
        verb,
        right: "restriction",
        aim,
        only_open: args.lift,
        consent: &args.consent,
        plan: args.plan,
        despite_access: false,
    }
}

/// Notes what the line says of the notice, and ends the restriction as for one person; what an earlier run ended stays as it is.
fn lift_one_of_many(
    context: &Context,
    house: &House,
    opened: &Opened,
    lifting: Lifting,
    today: Date,
) -> Result<Aim> {
    if let Some(day) = lifting.told {
        note(context, house, opened, day)?;
    }
    let case = opened.case(house)?;
    if let (true, Some(aim)) = (
        journey::is_at_rest(&case),
        journey::latest_aim(house, opened, &case)?,
    ) && let Aim::Lift {
        because, records, ..
    } = &aim
        && *because == lifting.because
    {
        let left = restricted(house, opened)?.unwrap_or_default();
        if left.iter().all(|record| records.contains(record)) {
            return Ok(aim);
        }
    }
    lift(house, opened, Some(lifting.because), today)
}

fn check_days(args: &Args, today: Date) -> Result<()> {
    if args.people.subjects.is_some() && args.notice_sent.is_some() && !args.lift {
        let diagnostic = Diagnostic::new("E877", Exit::Usage, say::notice_without_lift());
        return Err(diagnostic.help(say::notice_without_lift_help()).into());
    }
    if args.lift && args.until.is_some() {
        let diagnostic = Diagnostic::new("E877", Exit::Usage, say::lift_alone());
        return Err(diagnostic.help(say::lift_alone_help()).into());
    }
    if let Some(until) = args.until.filter(|until| *until < today) {
        let diagnostic = Diagnostic::new("E873", Exit::Usage, say::until_past(until));
        return Err(diagnostic.help(say::until_help()).into());
    }
    if let Some(day) = args.notice_sent.filter(|day| *day > today) {
        let diagnostic = Diagnostic::new("E876", Exit::Usage, say::notice_future(day));
        return Err(diagnostic.help(say::notice_future_help()).into());
    }
    Ok(())
}

fn lift_reason(args: &Args) -> Result<Option<LiftReason>> {
    let because = args.because.as_ref();
    let because = because.map(|code| ground(code, say::lift_because_help()));
    because.transpose()
}

/// What is asked for: as the command says, or as the case remembers it.
fn restrict(house: &House, opened: Option<&Opened>, args: &Args) -> Result<Aim> {
    if let Some(code) = &args.because {
        return Ok(Aim::Restrict {
            because: ground(code, say::because_help())?,
            until: args.until,
        });
    }
    match remembered(house, opened)? {
        Some(Aim::Restrict { because, until }) => Ok(Aim::Restrict {
            because,
            until: args.until.or(until),
        }),
        _ => Err(missing::<Ground>(say::because_help())),
    }
}

fn remembered(house: &House, opened: Option<&Opened>) -> Result<Option<Aim>> {
    match opened {
        Some(opened) => journey::aim(house, opened),
        None => Ok(None),
    }
}

/// What can be lifted: a lifting that was stopped, as it was begun, or the records that the case restricted.
enum Liftable {
    Begun(Aim),
    Restricted(LiftReason, Vec<Restricted>),
}

/// # Errors
/// E871 without a reason, E878 where nothing is restricted.
fn liftable(
    house: &House,
    opened: Option<&Opened>,
    because: Option<LiftReason>,
) -> Result<Liftable> {
    let because = match (because, remembered(house, opened)?) {
        (Some(because), _) => because,
        (None, Some(Aim::Lift { because, .. })) => because,
        (None, _) => return Err(missing::<LiftReason>(say::lift_because_help())),
    };
    let Some(opened) = opened else {
        let diagnostic = Diagnostic::new("E878", Exit::Usage, say::no_case_restricted());
        return Err(diagnostic.help(say::no_case_restricted_help()).into());
    };
    let begun = match opened.case(house)?.unfinished() {
        Some(plan) => journey::aim_of(house, opened, &plan.id)?,
        None => None,
    };
    if let Some(aim @ Aim::Lift { because: given, .. }) = begun
        && given == because
    {
        return Ok(Liftable::Begun(aim));
    }
    let Some(records) = restricted(house, opened)? else {
        let what = say::nothing_restricted(opened.id.as_str());
        let diagnostic = Diagnostic::new("E878", Exit::Usage, what);
        return Err(diagnostic
            .help(say::nothing_restricted_help(opened.id.as_str()))
            .into());
    };
    Ok(Liftable::Restricted(because, records))
}

/// The end of the restriction, if the person was told of it on an earlier day.
fn lift(house: &House, opened: &Opened, because: Option<LiftReason>, today: Date) -> Result<Aim> {
    let (because, records) = match liftable(house, Some(opened), because)? {
        Liftable::Begun(aim) => return Ok(aim),
        Liftable::Restricted(because, records) => (because, records),
    };
    let since = restricted_on(house, opened)?;
    let told = told(house, opened)?;
    // What was sent before the restriction cannot have spoken of its end.
    let told = told
        .into_iter()
        .filter(|day| since.is_none_or(|since| *day >= since));
    let told: Vec<Date> = told.collect();
    let help = || say::notice_help(opened.id.as_str());
    let Some(notice) = told.iter().copied().find(|day| *day < today) else {
        let diagnostic = match told.last() {
            Some(day) => Diagnostic::new("E875", Exit::Waiting, say::notice_today(*day)),
            None => Diagnostic::new("E874", Exit::Waiting, say::notice_missing()),
        };
        return Err(diagnostic.why(say::notice_why()).help(help()).into());
    };
    Ok(Aim::Lift {
        because,
        notice,
        records,
    })
}

/// Notes that the person was told, unless it is noted already.
///
/// # Errors
/// E889 for a day before the restriction, or before one that is noted already: either would open the gate of Art. 18(3) GDPR for
/// a notice that nobody sent.
fn note(context: &Context, house: &House, opened: &Opened, day: Date) -> Result<()> {
    let told = told(house, opened)?;
    if told.contains(&day) {
        return Ok(());
    }
    let refused = |what: Text| {
        let diagnostic = Diagnostic::new("E889", Exit::Usage, what);
        diagnostic
            .why(say::notice_why())
            .help(say::notice_future_help())
    };
    let since = restricted_on(house, opened)?;
    if let Some(since) = since.filter(|since| day < *since) {
        return Err(refused(say::notice_too_early(day, since)).into());
    }
    let standing = told
        .iter()
        .filter(|told| since.is_none_or(|since| **told >= since));
    if let Some(first) = standing.min().filter(|first| day < **first) {
        return Err(refused(say::notice_noted_later(day, *first)).into());
    }
    let event = Event::NoticeSent {
        sent: day,
        operator: house.operator.clone(),
    };
    house.write(Some(&opened.id), context.now(), &[event])?;
    context.ui.say(&say::notice_noted(day));
    Ok(())
}

/// The day for which the restriction was planned that stands: the first that was carried out since the last one ended. `None` if there
/// is none.
fn restricted_on(house: &House, opened: &Opened) -> Result<Option<Date>> {
    let mut verbs: BTreeMap<Digest, String> = BTreeMap::new();
    let mut first = None;
    for stored in house.events(&opened.id)? {
        match stored.event {
            Event::Planned { plan, verb, .. } => {
                verbs.insert(plan, verb);
            }
            Event::StepEnded { plan, outcome, .. } => {
                match (verbs.get(&plan).map(String::as_str), outcome) {
                    (Some("restrict"), Outcome::Restricted) => first = first.or(Some(plan)),
                    (Some("lift"), Outcome::Unrestricted) => first = None,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let plan = first.map(|plan| journey::stored_plan(house, opened, &plan));
    Ok(plan.transpose()?.map(|plan| plan.day))
}

/// Days on which the person was told that the restriction ends, as the ledger has them.
fn told(house: &House, opened: &Opened) -> Result<Vec<Date>> {
    let events = house.events(&opened.id)?;
    let days = events.iter().filter_map(|stored| match &stored.event {
        Event::NoticeSent { sent, .. } => Some(*sent),
        _ => None,
    });
    Ok(days.collect())
}

/// The records that this case restricted on request: it sent the write, and the restriction came true. A flag that was there before is
/// somebody else's. A lock that was lifted is this case's no more, whoever sets it again; nor is one that an erasure has come upon
/// since and needs for what the law keeps.
fn restricted(house: &House, opened: &Opened) -> Result<Option<Vec<Restricted>>> {
    let events = house.events(&opened.id)?;
    let mut verbs: BTreeMap<Digest, &str> = BTreeMap::new();
    let mut sent = BTreeSet::new();
    let mut ours: Vec<(Digest, u32, Place)> = Vec::new();
    let mut ever = false;
    for stored in &events {
        match &stored.event {
            Event::Planned { plan, verb, .. } => {
                verbs.insert(*plan, verb);
            }
            Event::StepStarted { plan, step, .. } => {
                sent.insert((*plan, *step));
            }
            Event::StepEnded {
                plan,
                step,
                system,
                object,
                record,
                outcome,
                ..
            } => {
                let place = (system.clone(), object.clone(), *record);
                match (verbs.get(plan).copied(), outcome) {
                    (Some("restrict"), Outcome::Restricted) if sent.contains(&(*plan, *step)) => {
                        ever = true;
                        if !ours.iter().any(|(.., other)| *other == place) {
                            ours.push((*plan, *step, place));
                        }
                    }
                    (Some("lift"), Outcome::Unrestricted)
                    | (Some("erase"), Outcome::Restricted) => give_up(house, &mut ours, &place),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let plans: BTreeSet<Digest> = ours.iter().map(|(plan, ..)| *plan).collect();
    let mut records = Vec::new();
    for id in plans {
        let plan = journey::stored_plan(house, opened, &id)?;
        let written = plan.steps.iter().filter(|step| {
            let mut ours = ours.iter();
            ours.any(|(of, no, _)| *of == id && *no == step.no)
        });
        records.extend(written.map(|step| Restricted {
            record: step.name,
            system: step.system.clone(),
            object: step.object.clone(),
            key: step.key.clone(),
            after: step.after,
        }));
    }
    records.sort();
    records.dedup();
    Ok(ever.then_some(records))
}

/// System, object and the record's name.
type Place = (String, String, Digest);

/// A record whose lock is not this case's any more. A row of a file has another name since it was locked, so that nobody can say which
/// of that file's rows it was: none of them is.
fn give_up(house: &House, ours: &mut Vec<(Digest, u32, Place)>, place: &Place) {
    let object = house
        .inventory
        .system(&place.0)
        .and_then(|system| system.object(&place.1));
    let is_file = object.is_some_and(|object| object.is_file());
    let known = ours.iter().any(|(.., other)| other == place);
    ours.retain(|(.., other)| match known || !is_file {
        true => other != place,
        false => (&other.0, &other.1) != (&place.0, &place.1),
    });
}

/// A ground by its code.
pub(crate) fn ground<G: ValueEnum>(code: &str, help: Text) -> Result<G> {
    G::from_str(code, true).map_err(|_| {
        let what = say::other_codes(crate::harmless::typed(code), codes::<G>());
        let diagnostic = Diagnostic::new("E872", Exit::Usage, what);
        diagnostic.help(help.clone()).into()
    })
}

pub(crate) fn missing<G: ValueEnum>(help: Text) -> crate::diagnostic::Trouble {
    let what = say::because_missing(codes::<G>());
    let diagnostic = Diagnostic::new("E871", Exit::Usage, what);
    diagnostic.help(help).into()
}

fn codes<G: ValueEnum>() -> String {
    let all = G::value_variants().iter();
    let names = all.filter_map(|ground| Some(ground.to_possible_value()?.get_name().to_owned()));
    names.collect::<Vec<_>>().join(", ")
}
