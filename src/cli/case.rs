//! `dsr case`: the case file; and what `dsr` alone shows, the open cases with the next command of each.

mod close;
mod correct;
mod open;
mod overview;
pub(crate) mod purge;
mod separate;

use jiff::civil::Date;
use serde_json::json;

use crate::case::{Case, Export, WaitsFor};
use crate::cli::context::{Context, House};
use crate::cli::{hold as cli_hold, journey, note, plan, report, task};
use crate::diagnostic::{Exit, Result};
use crate::findings::SystemStatus;
use crate::hold;
use crate::keys::Digest;
use crate::ledger::{Closing, Event, Leaf, Needless, Stamped};
use crate::messages::{
    Say as _, Text, case as say, evidence, hold as say_hold, openings, rights, stamp as say_stamp,
    translog,
};
use crate::people::Purpose;
use crate::plan::ground_text;
use crate::task::Tasks;
use crate::ui::Format;

pub(crate) use overview::overview;

/// Open, look at and close cases
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Open a case without searching yet
    Open(open::Args),
    /// List cases: received, due, what each waits for, the next command
    List {
        /// Closed cases too
        #[arg(long)]
        all: bool,
    },
    /// Show one case with its history
    Show {
        /// Number of the case
        #[arg(value_name = "CASE")]
        case: String,
    },
    /// Correct the day of receipt or the channel of a case
    Correct(correct::Args),
    /// Take an identity out of a case again that is another person's
    Separate(separate::Args),
    /// Close a case that has come to its end
    Close(close::Args),
    /// Destroy the key of a closed case and all that is personal in it
    Purge(purge::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Open(args) => open::run(context, &args),
        Verb::List { all } => list(context, all),
        Verb::Show { case } => show(context, &case),
        Verb::Correct(args) => correct::run(context, &args),
        Verb::Separate(args) => separate::run(context, &args),
        Verb::Close(args) => close::run(context, &args),
        Verb::Purge(args) => purge::run(context, &args),
    }
}

/// What became of a case that is closed.
fn ended(case: &Case) -> Text {
    match case.purged {
        Some(_) => say::state_purged(),
        None => say::state_closed(),
    }
}

fn list(context: &mut Context, all: bool) -> Result<Exit> {
    let house = context.house()?;
    let cases = if all {
        all_cases(&house)?
    } else {
        journey::open_cases(&house)?
    };
    if context.ui.format == Format::Json {
        context.ui.json(&cases_json(context, &cases));
        return Ok(Exit::Done);
    }
    if cases.is_empty() && context.ui.format == Format::Table {
        context.ui.say(&say::no_open_cases());
        return Ok(Exit::Done);
    }
    let lang = context.ui.lang;
    let today = context.today();
    let columns = [
        say::case(),
        say::received(),
        say::due_nominal(),
        say::days_left(),
        say::waits_for(),
        say::next_command(),
    ];
    let rows: Vec<Vec<String>> = cases
        .iter()
        .map(|case| {
            let waits = case.waits_for();
            let (left, state) = match case.closed {
                true => (Text::same("–"), ended(case)),
                false => (days_left(case, today), waits.text()),
            };
            vec![
                case.id.to_string(),
                case.received.say(lang),
                case.nominal_due().say(lang),
                left.to(lang).to_owned(),
                state.to(lang).to_owned(),
                waits.next_command(case).unwrap_or_default(),
            ]
        })
        .collect();
    context.ui.rows(&columns, &rows);
    Ok(Exit::Done)
}

/// `dsr.cases/1`
fn cases_json(context: &Context, cases: &[Case]) -> serde_json::Value {
    let today = context.today();
    let cases: Vec<_> = cases.iter().map(|case| case_json(case, today)).collect();
    json!({ "schema": "dsr.cases/1", "cases": cases })
}

/// Days until the nominal day; a day that has passed is marked by a word.
fn days_left(case: &Case, today: Date) -> Text {
    let left = task::days_until(today, case.nominal_due());
    match is_overdue(case, today) {
        true => crate::messages::desk::days_overdue(left),
        false => Text::same(left.to_string()),
    }
}

/// Whether it is open and its nominal day has passed.
fn is_overdue(case: &Case, today: Date) -> bool {
    !case.closed && case.nominal_due() < today
}

pub(crate) fn all_cases(house: &House) -> Result<Vec<Case>> {
    let ids = house.ledger().cases()?;
    ids.iter().map(|id| journey::fold(house, id)).collect()
}

fn case_json(case: &Case, today: Date) -> serde_json::Value {
    let waits = case.waits_for();
    json!({
        "case": case.id,
        "rights": case.rights,
        "received": case.received,
        "due_nominal": case.nominal_due(),
        "channel": case.channel,
        "identity": case.identity,
        "operator": case.operator,
        "waits_for": waits_code(waits),
        "next": waits.next_command(case),
        "plans": case.plans.iter().map(|plan| json!({
            "plan": plan.id,
            "verb": plan.verb,
            "made_at": plan.at,
            "decisions": plan.decisions.iter().map(|(decision, count)| json!({ "decision": decision, "records": count })).collect::<Vec<_>>(),
            "approved_by": plan.approved.as_ref().map(|(_, by)| by),
            "runs": plan.runs,
            "exit": plan.ended.map(|(_, exit)| exit),
        })).collect::<Vec<_>>(),
        "evidence": case.evidence,
        "days_left": task::days_until(today, case.nominal_due()),
        "overdue": is_overdue(case, today),
        "tasks": case.tasks.iter().map(|one| json!({
            "task": one.name(),
            "digest": one.id,
            "system": one.system,
            "kind": one.kind,
            "due": one.due,
            "state": task::state_code(&one.state),
            "overdue": one.is_overdue(today),
        })).collect::<Vec<_>>(),
        "notes": case.notes.iter().map(|(note, operator, at)| json!({ "note": note, "operator": operator, "at": at })).collect::<Vec<_>>(),
        "exports": case.exports.iter().map(export_json).collect::<Vec<_>>(),
        "closed": case.closed,
        "closed_as": case.closing.map(|(closing, _)| closing),
        "purged": case.purged.as_ref().map(|purged| json!({ "at": purged.at, "early": purged.early.is_some(), "reason": purged.early, "operator": purged.operator })),
    })
}

/// A package as the ledger knows it.
pub(crate) fn export_json(export: &Export) -> serde_json::Value {
    json!({
        "kind": export.kind,
        "made_at": export.at,
        "package": export.package,
        "draft": export.draft,
        "complete": export.complete,
        "records": export.records,
        "waiting": export.waiting,
        "files": export.files,
        "sealed": export.sealed,
        "expires": export.expires,
        "operator": export.operator,
        "deleted_at": export.deleted,
    })
}

fn waits_code(waits: WaitsFor) -> &'static str {
    match waits {
        WaitsFor::Identity => "identity",
        WaitsFor::Search => "search",
        WaitsFor::Plan => "plan",
        WaitsFor::Review => "review",
        WaitsFor::Approval => "approval",
        WaitsFor::Apply => "apply",
        WaitsFor::Again => "again",
        WaitsFor::Person => "person",
        WaitsFor::Acceptance => "acceptance",
        WaitsFor::Evidence => "evidence",
        WaitsFor::Tasks => "tasks",
        WaitsFor::Owners => "owners",
        WaitsFor::Lift => "lift",
        WaitsFor::Nothing => "nothing",
    }
}

fn show(context: &mut Context, case: &str) -> Result<Exit> {
    let id = plan::case_id(case)?;
    let house = context.house()?;
    let case = journey::fold(&house, &id)?;
    let events = house.events(&id)?;
    let pending = journey::time::waiting(&house, &case);
    let letter = journey::log::Letter::of(&house, &id)?;
    let left = journey::defer::of_case(&house, &id)?;
    let holds = hold::all(&house.ledger())?;
    if context.ui.format == Format::Json {
        let mut out = case_json(&case, context.today());
        out["schema"] = json!("dsr.case/1");
        let today = context.today();
        out["deferred"] = left
            .iter()
            .map(|row| cli_hold::deferred_json(row, &holds, today))
            .collect();
        out["time_pending"] = pending.iter().map(|one| json!(one.bundle)).collect();
        out["log"] = letter.as_ref().map_or(serde_json::Value::Null, |letter| {
            json!({
                "index": letter.index,
                "size": letter.size,
                "root": journey::log::base64(&letter.root),
            })
        });
        out["history"] = events
            .iter()
            .map(|stored| json!({ "at": stored.at, "event": stored.event }))
            .collect();
        context.ui.json(&out);
        return Ok(Exit::Done);
    }
    let lang = context.ui.lang;
    context
        .ui
        .say(&say::head(id.as_str(), case.received, case.nominal_due()));
    context.ui.say(&say::waiting(case.waits_for().text()));
    if let Some(next) = case.waits_for().next_command(&case) {
        context.ui.say(&say::next(next));
    }
    let first = left.iter().filter_map(|row| row.free_from()).min();
    match first {
        Some(first) => context.ui.say(&say_hold::case_deferred(left.len(), first)),
        None if left.is_empty() => {}
        None => context.ui.say(&say_hold::case_deferred_open(left.len())),
    }
    if !pending.is_empty() {
        context.ui.say(&say_stamp::case_pending(pending.len()));
    }
    if let Some(purged) = &case.purged {
        let day = purged.at.to_zoned(jiff::tz::TimeZone::system()).date();
        let remains = openings::remains(day, events.len(), case.evidence.len());
        context.ui.say(&remains);
    }
    let rows: Vec<Vec<String>> = events
        .iter()
        .filter_map(|stored| {
            Some(vec![
                when(context, stored.at),
                in_words(&stored.event, &case.tasks)?.to(lang).to_owned(),
            ])
        })
        .collect();
    context.ui.rows(&[say::when(), say::what()], &rows);
    if let Some(letter) = &letter {
        context.ui.say(&letter.text());
    }
    for (_, operator, at, text) in note::of(&house, &case)? {
        let text = text.unwrap_or_else(|| crate::messages::desk::words_gone().to(lang).to_owned());
        context.ui.say(&note::line(context, at, &operator, &text));
    }
    Ok(Exit::Done)
}

/// What was asked for, in words.
fn asked(
    verb: &str,
    because: Option<&str>,
    until: Option<Date>,
    fields: &[(String, Digest)],
) -> Text {
    let because = ground_text(verb, because.unwrap_or_default());
    match (verb, until) {
        ("rectify", _) => {
            let names: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
            rights::asked_correction(names.join(", "))
        }
        ("lift", _) => rights::asked_lift(because),
        ("optout", _) => rights::asked_optout(because),
        (_, Some(until)) => rights::asked_restriction_until(because, until),
        (_, None) => rights::asked_restriction(because),
    }
}

/// A point in time as people of this language write it, in the local zone.
pub(crate) fn when(context: &Context, at: jiff::Timestamp) -> String {
    let local = at.to_zoned(jiff::tz::TimeZone::system());
    match context.ui.lang {
        crate::messages::Lang::De => local.strftime("%d.%m.%Y %H:%M:%S").to_string(),
        crate::messages::Lang::En => local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// The way on which a request came, in words where it has some.
fn way(code: &str) -> Text {
    evidence::channel(code).unwrap_or_else(|| Text::same(code))
}

/// Rights in words.
fn named(rights: &[String]) -> Text {
    let rights: Vec<Text> = rights.iter().map(|right| evidence::right(right)).collect();
    let join = |pick: fn(&Text) -> &str| rights.iter().map(pick).collect::<Vec<_>>().join(", ");
    Text {
        en: join(|text| &text.en),
        de: join(|text| &text.de),
    }
}

/// An event as a sentence; intents are left out, their outcome follows.
pub(crate) fn in_words(event: &Event, tasks: &Tasks) -> Option<Text> {
    let name = |id| tasks.get(id).map_or_else(String::new, |task| task.name());
    Some(match event {
        Event::CaseOpened {
            rights,
            channel,
            operator,
            ..
        } => say::event_opened(named(rights), way(channel), operator.clone()),
        Event::RightsAdded { rights } => say::event_rights(named(rights)),
        Event::IdentityConfirmed { method, operator } => {
            say::event_identity(method.clone(), operator.clone())
        }
        Event::IdentityAssumed => say::event_assumed(),
        Event::IdentityAdded {
            identities,
            operator,
        } => say::event_identity_added(identities.len(), operator.clone()),
        Event::IdentityRemoved {
            identities,
            operator,
        } => say::event_identity_removed(identities.len(), operator.clone()),
        Event::ReceiptCorrected {
            received,
            reason,
            operator,
        } => say::event_receipt_corrected(*received, operator.clone(), reason.clone()),
        Event::ChannelCorrected {
            channel,
            reason,
            operator,
        } => say::event_channel_corrected(way(channel), operator.clone(), reason.clone()),
        Event::RecordAccepted {
            system,
            object,
            operator,
            ..
        } => say::event_accepted(format!("{system}.{object}"), operator.clone()),
        Event::Searched {
            complete, systems, ..
        } => {
            let records: u64 = systems
                .iter()
                .flat_map(|s| &s.objects)
                .map(|o| o.records)
                .sum();
            let count = |status| systems.iter().filter(|s| s.status == status).count();
            let by_hand = count(SystemStatus::Manual);
            if *complete {
                say::event_searched(count(SystemStatus::Searched), by_hand, records)
            } else {
                say::event_searched_partly(systems.len(), by_hand, records)
            }
        }
        Event::Asked {
            verb,
            because,
            until,
            fields,
            ..
        } => rights::event_asked(asked(verb, because.as_deref(), *until, fields)),
        Event::NoticeSent { sent, operator } => rights::event_notice(*sent, operator.clone()),
        Event::Planned {
            plan, decisions, ..
        } => say::event_planned(
            plan.hex()[..12].to_owned(),
            decisions.iter().map(|(_, count)| count).sum::<u32>(),
        ),
        Event::Approved { plan, by, .. } => {
            say::event_approved(plan.hex()[..12].to_owned(), by.clone())
        }
        Event::Signed {
            purpose, plan, by, ..
        } => {
            let plan = plan.hex()[..12].to_owned();
            match purpose {
                Purpose::Plan => say::event_signed_plan(plan, by.clone()),
                Purpose::Approve => say::event_signed_approval(plan, by.clone()),
            }
        }
        Event::ApplyStarted { run, .. } => say::event_started(*run),
        Event::DeferredDue { records, .. } => crate::messages::owed::event_due(*records),
        Event::StepEnded {
            system,
            object,
            outcome,
            holds,
            ..
        }
        | Event::DeferredEnded {
            system,
            object,
            outcome,
            holds,
            ..
        } => {
            let outcome = report::outcome(Some(*outcome));
            let outcome = match holds.is_empty() {
                true => outcome,
                false => say_hold::step_held(outcome, hold::listed(holds)),
            };
            say::event_step(format!("{system}.{object}"), outcome)
        }
        Event::ApplyEnded { exit, .. } => say::event_ended(*exit),
        Event::EvidenceMade { bundle, .. } => say::event_evidence(bundle.hex()[..12].to_owned()),
        Event::Exported {
            kind,
            draft,
            records,
            sealed,
            expires,
            operator,
            ..
        } => say::event_exported(
            kind.in_words(*draft),
            *records,
            sealed.in_words(),
            *expires,
            operator.clone(),
        ),
        Event::ExportExpired { .. } => say::event_export_expired(),
        Event::TaskOpened {
            task, system, due, ..
        } => say::event_task(name(task), system.clone(), *due),
        Event::TaskReminded { task, operator } => say::event_reminded(name(task), operator.clone()),
        Event::TaskDone {
            task,
            operator,
            proof,
            level,
            ..
        } => match proof {
            None if level.is_some() => say::event_task_read(name(task), operator.clone()),
            Some(proof) => {
                say::event_task_proven(name(task), operator.clone(), proof.hex()[..12].to_owned())
            }
            None => say::event_task_done(name(task), operator.clone()),
        },
        Event::TaskDropped { task, because } => match because {
            Some(Needless::Erased) => say::event_erased(name(task)),
            None => say::event_dropped(name(task)),
        },
        Event::Noted { operator, .. } => say::event_noted(operator.clone()),
        Event::LeafAppended { of, .. } => match of {
            Leaf::Opened => translog::event_opened(),
            Leaf::Statement => translog::event_statement(),
            Leaf::Authority => translog::event_authority(),
            // Of no case.
            Leaf::Period => return None,
        },
        Event::CaseClosed { closing, operator } => match (closing, operator) {
            (Some(closing), Some(operator)) => {
                say::event_closed_as(closed_as(*closing), operator.clone())
            }
            _ => say::event_closed(),
        },
        Event::TimeStamped {
            of,
            digest,
            authority,
            ..
        } => match of {
            Stamped::Opened => say_stamp::event_stamped_opening(authority.clone()),
            Stamped::Bundle => {
                let bundle = digest.hex()[..12].to_owned();
                say_stamp::event_stamped_bundle(bundle, authority.clone())
            }
            Stamped::Authority => say_stamp::event_stamped_authority(authority.clone()),
            Stamped::Period | Stamped::Checkpoint => return None,
        },
        Event::Disclosed {
            records,
            recipients,
            operator,
            ..
        } => match recipients.len() {
            0 => openings::event_revealed(operator.clone()),
            count => openings::event_disclosed(*records, count, operator.clone()),
        },
        Event::CasePurged {
            reason, operator, ..
        } => match reason {
            Some(reason) => openings::event_purged_early(operator.clone(), reason.clone()),
            None => openings::event_purged(operator.clone()),
        },
        Event::StepStarted { .. }
        | Event::StepVerified { .. }
        | Event::LedgerMade { .. }
        | Event::LedgerAdopted { .. }
        | Event::TermsChanged { .. }
        | Event::Agreed { .. }
        | Event::BackupMade { .. }
        | Event::BackupDestroyed { .. }
        | Event::BackupRestored { .. }
        | Event::SealChanged { .. }
        | Event::Sampled { .. }
        | Event::PeriodSealed { .. }
        | Event::SweepPlanned { .. }
        | Event::SweepStarted { .. }
        | Event::SweepBatchStarted { .. }
        | Event::SweepBatchEnded { .. }
        | Event::SweepRuleEnded { .. }
        | Event::SweepEnded { .. }
        | Event::SweepDeferred { .. }
        | Event::DeferredStarted { .. }
        | Event::DeferredVerified { .. }
        | Event::SweepSealed { .. }
        | Event::HoldAdded { .. }
        | Event::HoldWidened { .. }
        | Event::HoldReleased { .. }
        | Event::LogAnchored { .. } => return None,
    })
}

/// How a case ended, in words.
fn closed_as(closing: Closing) -> Text {
    match closing {
        Closing::Answered => say::closed_answered(),
        Closing::Refused => say::closed_refused(),
        Closing::Withdrawn => say::closed_withdrawn(),
        Closing::NothingFound => say::closed_nothing_found(),
    }
}
