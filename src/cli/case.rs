//! `dsr case`: the case file; and what `dsr` alone shows, the open cases with the next command of each.

use serde_json::json;

use crate::case::{Case, Export, WaitsFor};
use crate::cli::context::{Context, House};
use crate::cli::{journey, plan, report};
use crate::diagnostic::{Exit, Result};
use crate::findings::SystemStatus;
use crate::ledger::Event;
use crate::messages::{Say as _, Text, case as say, export as package};
use crate::ui::Format;

/// Look at cases
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
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
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::List { all } => list(context, all),
        Verb::Show { case } => show(context, &case),
    }
}

/// What `dsr` alone shows.
pub(crate) fn overview(context: &mut Context) -> Result<Exit> {
    list(context, false)
}

fn list(context: &mut Context, all: bool) -> Result<Exit> {
    let house = context.house()?;
    let cases = if all {
        all_cases(&house)?
    } else {
        journey::open_cases(&house)?
    };
    if context.ui.format == Format::Json {
        let cases: Vec<_> = cases.iter().map(case_json).collect();
        context
            .ui
            .json(&json!({ "schema": "dsr.cases/1", "cases": cases }));
        return Ok(Exit::Done);
    }
    if cases.is_empty() {
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
            let left = today
                .until(case.nominal_due())
                .map_or(0, |span| span.get_days());
            vec![
                case.id.to_string(),
                case.received.say(lang),
                case.nominal_due().say(lang),
                left.to_string(),
                waits.text().to(lang).to_owned(),
                waits.next_command(case).unwrap_or_default(),
            ]
        })
        .collect();
    context.ui.rows(&columns, &rows);
    Ok(Exit::Done)
}

fn all_cases(house: &House) -> Result<Vec<Case>> {
    let ids = house.ledger().cases()?;
    ids.iter().map(|id| journey::fold(house, id)).collect()
}

fn case_json(case: &Case) -> serde_json::Value {
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
            "made_at": plan.at,
            "decisions": plan.decisions.iter().map(|(decision, count)| json!({ "decision": decision, "records": count })).collect::<Vec<_>>(),
            "approved_by": plan.approved.as_ref().map(|(_, by)| by),
            "runs": plan.runs,
            "exit": plan.ended.map(|(_, exit)| exit),
        })).collect::<Vec<_>>(),
        "evidence": case.evidence,
        "exports": case.exports.iter().map(export_json).collect::<Vec<_>>(),
        "closed": case.closed,
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
        WaitsFor::Owners => "owners",
        WaitsFor::Nothing => "nothing",
    }
}

fn show(context: &mut Context, case: &str) -> Result<Exit> {
    let id = plan::case_id(case)?;
    let house = context.house()?;
    let case = journey::fold(&house, &id)?;
    let events = house.events(&id)?;
    if context.ui.format == Format::Json {
        let mut out = case_json(&case);
        out["schema"] = json!("dsr.case/1");
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
    let rows: Vec<Vec<String>> = events
        .iter()
        .filter_map(|stored| {
            Some(vec![
                when(context, stored.at),
                in_words(&stored.event)?.to(lang).to_owned(),
            ])
        })
        .collect();
    context.ui.rows(&[say::when(), say::what()], &rows);
    Ok(Exit::Done)
}

/// A point in time as people of this language write it, in the local zone.
fn when(context: &Context, at: jiff::Timestamp) -> String {
    let local = at.to_zoned(jiff::tz::TimeZone::system());
    match context.ui.lang {
        crate::messages::Lang::De => local.strftime("%d.%m.%Y %H:%M:%S").to_string(),
        crate::messages::Lang::En => local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// An event as a sentence; intents are left out, their outcome follows.
fn in_words(event: &Event) -> Option<Text> {
    Some(match event {
        Event::CaseOpened {
            rights,
            channel,
            operator,
            ..
        } => say::event_opened(rights.join(", "), channel.clone(), operator.clone()),
        Event::RightsAdded { rights } => say::event_rights(rights.join(", ")),
        Event::IdentityConfirmed { method, operator } => {
            say::event_identity(method.clone(), operator.clone())
        }
        Event::IdentityAssumed => say::event_assumed(),
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
        Event::Planned {
            plan, decisions, ..
        } => say::event_planned(
            plan.hex()[..12].to_owned(),
            decisions.iter().map(|(_, count)| count).sum::<u32>(),
        ),
        Event::Approved { plan, by, .. } => {
            say::event_approved(plan.hex()[..12].to_owned(), by.clone())
        }
        Event::ApplyStarted { run, .. } => say::event_started(*run),
        Event::StepEnded {
            system,
            object,
            outcome,
            ..
        } => say::event_step(
            format!("{system}.{object}"),
            report::outcome(Some(*outcome)),
        ),
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
            package::kind_in_words(*kind, *draft),
            *records,
            package::sealed_in_words(*sealed),
            *expires,
            operator.clone(),
        ),
        Event::ExportExpired { .. } => say::event_export_expired(),
        Event::CaseClosed => say::event_closed(),
        Event::StepStarted { .. }
        | Event::StepVerified { .. }
        | Event::LedgerMade { .. }
        | Event::LedgerAdopted { .. } => return None,
    })
}
