//! `dsr case close`: the end of a case, once nothing stands in its way; and the bundle that says so.

use serde_json::json;

use crate::case::{Case, WaitsFor};
use crate::cli::case::{case_json, closed_as};
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened, prove};
use crate::cli::plan::case_id;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::ledger::{Closing, Event};
use crate::messages::{Text, desk as say};
use crate::task::TaskState;
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// How it ended: answered, refused, withdrawn or nothing_found
    #[arg(long, value_name = "HOW", default_value = "answered")]
    how: Closing,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let opened = journey::reopen(&house, &case_id(&args.case)?)?;
    let case = opened.case(&house)?;
    let in_the_way = obstacles(&house, &opened, &case, args.how)?;
    if !in_the_way.is_empty() {
        return Err(refusal(&case, args.how, in_the_way));
    }
    // A request that was withdrawn before anything was approved needs nobody's work any more.
    let mut events: Vec<Event> = case
        .tasks
        .open()
        .map(|task| Event::TaskDropped {
            task: task.id,
            because: None,
        })
        .collect();
    events.push(Event::CaseClosed {
        closing: Some(args.how),
        operator: Some(house.operator.clone()),
    });
    house.write(Some(&opened.id), context.now(), &events)?;
    context
        .ui
        .say(&say::closed(opened.id.as_str(), closed_as(args.how)));
    if let Some(letter) = journey::log::Letter::of(&house, &opened.id)? {
        context.ui.say(&letter.text());
    }
    if case.waits_for() == WaitsFor::Owners {
        context.ui.say(&say::owners_left());
    }
    let mut exit = Exit::Done;
    // The last bundle is the one in which the case is closed.
    match prove::make(context, &house, &opened) {
        Ok(made) => context.ui.say(&crate::messages::cli::evidence_made(
            made.path.display().to_string(),
        )),
        Err(trouble) => {
            for diagnostic in &trouble.diagnostics {
                let help = say::prove_closed(opened.id.as_str());
                context.ui.warn(&diagnostic.clone().help(help));
            }
            exit = trouble.exit();
        }
    }
    house.close()?;
    if context.ui.format == Format::Json {
        let mut out = case_json(&opened.case(&house)?, context.today());
        out["schema"] = json!("dsr.case/1");
        context.ui.json(&out);
    }
    Ok(exit)
}

/// Everything that stands in the way of an end of this kind.
fn obstacles(house: &House, opened: &Opened, case: &Case, closing: Closing) -> Result<Vec<Text>> {
    let mut out = Vec::new();
    let approved = !case.approvals().is_empty();
    // Whoever takes the request back, or is not answered, need not be identified; what was done stays to be finished.
    let gives_answer = matches!(closing, Closing::Answered | Closing::NothingFound);
    if gives_answer && case.identity.is_none() {
        out.push(say::stands_identity());
    }
    let open: Vec<String> = case.tasks.open().map(TaskState::name).collect();
    if !open.is_empty() && (gives_answer || approved) {
        out.push(say::stands_tasks(open.join(", ")));
    }
    let waits = case.waits_for();
    let unplanned = matches!(waits, WaitsFor::Approval | WaitsFor::Apply);
    if case.unfinished().is_some_and(|plan| plan.ended.is_none()) || (gives_answer && unplanned) {
        out.push(say::stands_plan());
    }
    // Whoever closed it could not lift the restriction any more.
    if case.restricts() {
        out.push(say::stands_restriction());
    }
    if gives_answer && case.searched.is_none() {
        out.push(say::stands_nothing_done());
    }
    if !case.back.is_empty() {
        let places: Vec<&str> = case.back.keys().map(String::as_str).collect();
        let records: u64 = case.back.values().sum();
        out.push(say::stands_back(records, places.join(", ")));
    }
    match waits {
        WaitsFor::Person if !case.back.is_empty() => {}
        WaitsFor::Person => out.push(say::stands_person()),
        WaitsFor::Again if gives_answer || approved => out.push(say::stands_search()),
        WaitsFor::Acceptance if gives_answer => out.push(say::stands_acceptance()),
        _ => {}
    }
    if closing == Closing::NothingFound {
        let findings = crate::cli::journey::stored::findings(house, &opened.id)?;
        let findings = findings.as_ref();
        let records = findings.map_or(0, |findings| findings.records().count());
        let by_hand: u64 = case
            .tasks
            .iter()
            .filter_map(|task| task.done()?.found)
            .sum();
        let records = records as u64 + by_hand;
        // After an erasure the latest search finds nothing, and the case has another end all the same.
        let touched: usize = case.plans.iter().map(|plan| plan.steps.len()).sum();
        if records + touched as u64 > 0 {
            out.push(say::stands_records(records.max(touched as u64)));
        }
        if findings.is_some_and(|findings| !findings.complete()) && waits != WaitsFor::Again {
            out.push(say::stands_search());
        }
    }
    Ok(out)
}

fn refusal(case: &Case, closing: Closing, in_the_way: Vec<Text>) -> Trouble {
    let list = |lang: fn(&Text) -> &str| {
        let reasons: Vec<&str> = in_the_way.iter().map(lang).collect();
        reasons.join("; ")
    };
    let why = Text {
        en: list(|text| &text.en),
        de: list(|text| &text.de),
    };
    let mut diagnostic =
        Diagnostic::new("E929", Exit::Waiting, say::cannot_close(case.id.as_str())).why(why);
    let next = match case.tasks.open().next() {
        Some(_) => Some(format!("dsr task list --case {}", case.id)),
        None => case.waits_for().next_command(case),
    };
    if let Some(next) = next {
        diagnostic = diagnostic.help(say::close_next(next));
    }
    if !case.back.is_empty() {
        diagnostic = diagnostic.help(say::close_back(case.id.as_str()));
    }
    if case.restricts() {
        diagnostic = diagnostic.help(say::close_lift(case.id.as_str()));
    }
    if closing == Closing::Answered && case.approvals().is_empty() {
        diagnostic = diagnostic.help(say::close_other());
    }
    diagnostic.into()
}
