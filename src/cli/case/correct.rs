//! `dsr case correct`: the day of receipt or the channel, noted wrongly when the case was opened. What was noted stays in the history.

use jiff::civil::Date;
use serde_json::json;

use crate::cli::case::case_json;
use crate::cli::context::Context;
use crate::cli::plan::case_id;
use crate::cli::{journey, signing};
use crate::diagnostic::{Exit, Result};
use crate::ledger::Event;
use crate::messages::case as say;
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// Day on which the request arrived; the deadline runs from it
    #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day, required_unless_present = "channel")]
    received: Option<Date>,
    /// How the request arrived
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Why, as a short code for the ledger, such as mistyped
    #[arg(long, value_name = "CODE")]
    reason: String,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let id = case_id(&args.case)?;
    let reason = journey::code(&args.reason)?;
    let channel = args.channel.as_deref().map(journey::code).transpose()?;
    if let Some(day) = args.received {
        journey::check_day(context, day)?;
    }
    let house = context.house()?;
    signing::operates(context, &house)?;
    let opened = journey::reopen(&house, &id)?;
    let case = opened.case(&house)?;
    let operator = &house.operator;
    let mut events = Vec::new();
    if let Some(received) = args.received.filter(|day| *day != case.received) {
        events.push(Event::ReceiptCorrected {
            received,
            reason: reason.clone(),
            operator: operator.clone(),
        });
    }
    if let Some(channel) = channel.filter(|channel| *channel != case.channel) {
        events.push(Event::ChannelCorrected {
            channel,
            reason,
            operator: operator.clone(),
        });
    }
    if !events.is_empty() {
        house.write(Some(&id), context.now(), &events)?;
    }
    house.close()?;
    let case = opened.case(&house)?;
    if context.ui.format == Format::Json {
        let mut out = case_json(&case, context.today());
        out["schema"] = json!("dsr.case/1");
        context.ui.json(&out);
    }
    let due = case.nominal_due();
    context.ui.say(&say::head(id.as_str(), case.received, due));
    Ok(Exit::Done)
}
