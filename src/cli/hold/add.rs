//! `dsr hold add`: the scope checked against the inventory, the person's further identities looked for, the reason put away, the hold set.

use jiff::civil::Date;
use serde_json::json;

use crate::cli::context::{Context, House};
use crate::cli::hold::{
    LEASE, Set, WAIT, Words, checked, digests, hold_json, item, person, put, scope_in_words, tidy,
    words,
};
use crate::cli::journey::{self, pick};
use crate::cli::who::Who;
use crate::cli::{signing, usage};
use crate::deferred;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::Search;
use crate::findings::{Known, SystemStatus};
use crate::harmless::typed;
use crate::hold::{self, Ground, Hold, HoldId, Scope};
use crate::ledger::{Event, TaskKind};
use crate::messages::{Text, hold as say, yaml as say_yaml};
use crate::plan::Decision;
use crate::subject::Identity;
use crate::ui::Format;
use crate::workspace::lease_within;
use crate::yaml::nearest;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    who: Who,
    /// Cover only what lies in this system
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// Cover only records of this object
    #[arg(long, value_name = "SYSTEM.OBJECT")]
    object: Option<String>,
    /// Cover only records of this data type of the inventory
    #[arg(long, value_name = "NAME")]
    data_type: Option<String>,
    /// Cover only records whose clock shows this day or a later one, or none
    #[arg(long, value_name = "DATE", value_parser = usage::day)]
    from: Option<Date>,
    /// Cover only records whose clock shows this day or an earlier one, or none
    #[arg(long, value_name = "DATE", value_parser = usage::day)]
    until: Option<Date>,
    /// Why: art17_3_e (legal claims), ao147_3_s5, bao132, ugb212 or authority_order
    #[arg(long, value_name = "CODE", hide_possible_values = true)]
    ground: Ground,
    /// What it is about, in a sentence; kept encrypted
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Day by which somebody looks whether it is still needed, at most twelve months ahead; twelve months if not given
    #[arg(long, value_name = "DATE", value_parser = usage::day)]
    review_by: Option<Date>,
    /// Do not look in the systems for further identities of the person
    #[arg(long)]
    no_search: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let today = context.today();
    let reason = checked(&args.reason)?;
    let review_by = review(args.review_by, today)?;
    let mut scope = Scope {
        identities: Vec::new(),
        system: args.system.clone(),
        object: args.object.clone(),
        data_type: args.data_type.clone(),
        from: args.from,
        until: args.until,
    };
    check(&house, &scope, args.who.is_anybody())?;
    signing::identify(context, &house)?;
    let person = whose(context, &house, args)?;
    scope.identities = digests(&house, &person.stated);
    warn_of_clocks(context, &house, &scope);
    let id = set(context, &house, args, scope, reason, review_by, &person)?;
    // The hold stands by now, whatever becomes of the search.
    let mut exit = Exit::Done;
    if !person.stated.is_empty() && !args.no_search {
        exit = learn(context, &house, &id, &person.stated)?;
    }
    let every = hold::every(&house.ledger())?;
    if let Some(hold) = every.iter().find(|hold| hold.id == id) {
        let count = hold.scope.identities.len();
        if count > 0 {
            context.ui.say(&say::knows(count));
        }
        context.ui.say(&say::added(
            id.as_str(),
            scope_in_words(hold),
            hold.review_by,
        ));
        warn_of_tasks(context, &house, hold)?;
        if context.ui.format == Format::Json {
            let mut out = hold_json(&house, hold, today);
            out["schema"] = json!("dsr.hold/1");
            context.ui.json(&out);
        } else {
            context.ui.data(&Text::same(id.as_str()));
        }
    }
    house.close()?;
    Ok(exit)
}

/// The words into the vault, then the event.
fn set(
    context: &Context,
    house: &House,
    args: &Args,
    scope: Scope,
    reason: String,
    review_by: Date,
    person: &Person,
) -> Result<HoldId> {
    let _held = lease_within(&house.workspace, LEASE, WAIT)?;
    tidy(house)?;
    let id = fresh(house)?;
    let words = Words {
        reason,
        identities: person.stated.clone(),
        set: Some(Set {
            ground: args.ground,
            scope: scope.clone(),
            review_by,
            person: person.case.clone(),
        }),
        ..Words::default()
    };
    put(house, &id, &words)?;
    let event = Event::HoldAdded {
        hold: id.clone(),
        ground: args.ground,
        scope,
        review_by,
        person: person.case.clone(),
        operator: house.operator.clone(),
    };
    if let Err(trouble) = house.write(None, context.now(), &[event]) {
        // Nobody would ever look for these words.
        let _ = house.vault().remove_for_workspace(&item(&id));
        return Err(trouble);
    }
    Ok(id)
}

/// Looks in all systems for what else the person is known by: a sweep sees of a record no more than what stands in it, and an invoice
/// may carry a customer number and no address.
fn learn(context: &Context, house: &House, id: &HoldId, stated: &[Identity]) -> Result<Exit> {
    let known = Search::stated(stated.to_vec());
    let asked = journey::ask_systems(context, house, known, Default::default(), &[]);
    let findings = crate::cli::block_on(asked)??;
    // What several people share is nobody's: a hold by it would keep the records of all of them.
    let own = findings.identities.iter().filter(|known| !known.shared);
    let fresh: Vec<Identity> = own
        .map(|known| known.identity.clone())
        .filter(|identity| !stated.contains(identity))
        .collect();
    let mut events = vec![journey::searched(
        &findings,
        &house.key,
        "hold",
        &house.operator,
    )];
    let _held = lease_within(&house.workspace, LEASE, WAIT)?;
    let standing = hold::all(&house.ledger())?;
    let hold = standing.into_iter().find(|hold| hold.id == *id);
    if hold.is_some() {
        let mut words = words(house, id)?;
        words.identities.extend(fresh.iter().cloned());
        words.identities.sort();
        words.records = person::found(&findings);
        put(house, id, &words)?;
    }
    if !fresh.is_empty() && hold.is_some() {
        events.push(Event::HoldWidened {
            hold: id.clone(),
            identities: digests(house, &fresh),
        });
    }
    house.write(None, context.now(), &events)?;
    let objects = findings.systems.iter().flat_map(|system| &system.objects);
    let found = objects.map(|object| object.count()).sum::<u64>();
    if found == 0 && !keeps_what_was_left(house, id)? {
        let warning = Diagnostic::new("W348", Exit::Done, say::nobody_found());
        context
            .ui
            .warn(&warning.help(say::nobody_found_help(id.as_str())));
    }
    let missing: Vec<&str> = findings
        .systems
        .iter()
        .filter(|system| {
            let status = system.status;
            matches!(status, SystemStatus::NotSearched | SystemStatus::Incomplete)
        })
        .map(|system| system.system.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    let what = say::learnt_partly(missing.join(", "));
    let warning = Diagnostic::new("W286", Exit::Done, what);
    context.ui.warn(&warning.help(say::learnt_partly_help()));
    Ok(Exit::Incomplete)
}

/// Whether a hold keeps a record that an erasure has left: no search need find it any more.
fn keeps_what_was_left(house: &House, id: &HoldId) -> Result<bool> {
    let mut standing = hold::all(&house.ledger())?;
    standing.retain(|hold| hold.id == *id);
    let mut keeps = false;
    deferred::each(&house.vault(), &mut |row| {
        keeps |= !row.held_by(&standing).is_empty();
    })?;
    Ok(keeps)
}

/// A number that no hold has.
fn fresh(house: &House) -> Result<HoldId> {
    let every = hold::every(&house.ledger())?;
    loop {
        let id = HoldId::random();
        if every.iter().all(|hold| hold.id != id) {
            return Ok(id);
        }
    }
}

/// The day of review: asked for, or in twelve months.
fn review(asked: Option<Date>, today: Date) -> Result<Date> {
    let last = today.saturating_add(jiff::Span::new().months(12));
    let Some(day) = asked else {
        return Ok(last);
    };
    if day < today {
        let wrong = Diagnostic::new("E437", Exit::Usage, say::review_past(day));
        return Err(wrong.help(say::review_past_help(last)).into());
    }
    if day > last {
        let wrong = Diagnostic::new("E436", Exit::Usage, say::review_too_late(day));
        return Err(wrong.help(say::review_too_late_help(last)).into());
    }
    Ok(day)
}

/// Everything that is wrong with a scope, at once.
fn check(house: &House, scope: &Scope, is_on_a_person: bool) -> Result<()> {
    let inventory = &house.inventory;
    let mut wrong: Vec<Diagnostic> = Vec::new();
    let near = |wrong: Diagnostic, name: &str, names: &[String]| {
        let near = nearest(name, names.iter().map(String::as_str));
        match near {
            Some(near) => wrong.help(say_yaml::did_you_mean(near)),
            None => wrong,
        }
    };
    if let Some(name) = &scope.system {
        wrong.extend(
            match journey::check_names(house, std::slice::from_ref(name)) {
                Ok(()) => Vec::new(),
                Err(trouble) => trouble.diagnostics,
            },
        );
    }
    if let Some(name) = &scope.object {
        let all = inventory.systems.iter().flat_map(|system| {
            let objects = system.objects.iter();
            objects.map(|object| format!("{}.{}", system.name, object.name))
        });
        let all: Vec<String> = all.collect();
        if !all.contains(name) {
            let error = Diagnostic::new("E433", Exit::Usage, say::unknown_object(typed(name)));
            let error = near(error, name, &all);
            wrong.push(error.help(say::known_objects(all.join(", "))));
        }
    }
    let data_type = scope.data_type.as_ref().map(|name| {
        let mut types = inventory.data_types.iter();
        (name, types.find(|data_type| data_type.name == *name))
    });
    if let Some((name, None)) = data_type {
        let all = inventory.data_types.iter();
        let all: Vec<String> = all.map(|data_type| data_type.name.clone()).collect();
        let error = Diagnostic::new("E434", Exit::Usage, say::unknown_data_type(typed(name)));
        wrong.push(match all.is_empty() {
            true => error.help(say::no_data_types()),
            false => near(error, name, &all).help(say::known_data_types(all.join(", "))),
        });
    }
    if wrong.is_empty() {
        let apart = |one: String, other: String| {
            let error = Diagnostic::new("E435", Exit::Usage, say::contradiction(one, other));
            error.help(say::contradiction_help())
        };
        let lies_in =
            |place: &str, system: &str| place.split_once('.').is_some_and(|(at, _)| at == system);
        if let (Some(system), Some(object)) = (&scope.system, &scope.object)
            && !lies_in(object, system)
        {
            wrong.push(apart(
                format!("--system {system}"),
                format!("--object {object}"),
            ));
        }
        if let Some((name, Some(data_type))) = data_type {
            let named = format!("--data-type {name}");
            if let Some(object) = &scope.object
                && !data_type.objects.contains(object)
            {
                wrong.push(apart(named.clone(), format!("--object {object}")));
            }
            if let Some(system) = &scope.system
                && !data_type.objects.iter().any(|place| lies_in(place, system))
            {
                wrong.push(apart(named, format!("--system {system}")));
            }
        }
    }
    wrong.extend(usage::backwards(scope.from, ("--until", scope.until)));
    let names_something =
        scope.system.is_some() || scope.object.is_some() || scope.data_type.is_some();
    if !is_on_a_person && !names_something {
        let error = Diagnostic::new("E431", Exit::Usage, say::scope_empty());
        wrong.push(error.help(say::scope_empty_help()));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.into()),
    }
}

/// Whose records are kept.
#[derive(Default)]
struct Person {
    stated: Vec<Identity>,
    case: Option<crate::case_id::CaseId>,
}

fn whose(context: &Context, house: &House, args: &Args) -> Result<Person> {
    if !args.who.is_anybody() {
        return Ok(Person::default());
    }
    let mut stated = args.who.identities(context, &house.inventory.kinds)?;
    let case = args.who.case_id()?;
    if let Some(id) = &case {
        // A case that is closed may be what the dispute is about.
        let opened = journey::look_into(house, id)?;
        stated.extend(opened.subject.iter().cloned());
        let known: Vec<Known> = house
            .vault()
            .read(id, crate::case::item::KNOWN)?
            .unwrap_or_default();
        let own = known.into_iter().filter(|known| !known.shared);
        stated.extend(own.map(|known| known.identity));
    }
    stated.extend(pick::picked(context, house, &args.who.pick)?.identities);
    stated.sort();
    stated.dedup();
    Ok(Person { stated, case })
}

/// A range of days where nothing tells the day covers everything there.
fn warn_of_clocks(context: &Context, house: &House, scope: &Scope) {
    if scope.from.is_none() && scope.until.is_none() {
        return;
    }
    let types = &house.inventory.data_types;
    for system in &house.inventory.systems {
        for object in &system.objects {
            let place = format!("{}.{}", system.name, object.name);
            let of = crate::law::data_type_of(types, &place);
            let is_named = scope.object.as_deref() == Some(&*place)
                || scope.object.is_none()
                    && scope.data_type.is_some()
                    && of.is_some_and(|of| scope.data_type.as_deref() == Some(&of.name));
            if is_named && !crate::law::tells_days(types, &place, object) {
                let warning = Diagnostic::new("W287", Exit::Done, say::unclocked(place));
                context.ui.warn(&warning.help(say::unclocked_help()));
            }
        }
    }
}

/// Tasks by which somebody was asked to destroy what the hold covers by now.
fn warn_of_tasks(context: &Context, house: &House, hold: &Hold) -> Result<()> {
    for case in journey::open_cases(house)? {
        let person = journey::defer::person(house, &case.id)?;
        for task in case.tasks.open().filter(|task| task.kind == TaskKind::Act) {
            let words: Option<crate::task::Task> = house
                .vault()
                .read(&case.id, &crate::case::item::task(&task.id))?;
            let erases = words.is_some_and(|words| {
                let stays = [Decision::Retain, Decision::Held, Decision::UnknownStart];
                let about = words.about.as_ref();
                words.verb == "erase" && !about.is_some_and(|about| stays.contains(&about.decision))
            });
            if erases && hold.covers_system(&task.system, &person) {
                let what = say::handed_out(case.id.as_str(), task.name());
                let warning = Diagnostic::new("W288", Exit::Done, what);
                let help = say::handed_out_help(case.id.as_str());
                context.ui.warn(&warning.help(help));
            }
        }
    }
    Ok(())
}
