//! `dsr case open`: notes that a request arrived, before anybody looks for the person.

use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::json;

use crate::cli::case::case_json;
use crate::cli::context::Context;
use crate::cli::journey::{self, NO_CHANNEL, RequestArgs};
use crate::cli::who::Who;
use crate::diagnostic::{Exit, Result};
use crate::messages::case as say;
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    who: Who,
    /// What the person asks for: access, rectification, erasure, restriction, portability, objection
    #[arg(long, value_name = "RIGHT")]
    right: Right,
    /// Day on which the request arrived; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day)]
    received: Option<Date>,
    /// How the request arrived, such as letter, e-mail or telephone
    #[arg(long, value_name = "CHANNEL", default_value = NO_CHANNEL)]
    channel: String,
    /// How the person's identity was confirmed
    #[arg(long, value_name = "METHOD")]
    identity: Option<String>,
    /// Identities that the open case does not know are the same person's; identity is to be confirmed anew then
    #[arg(long)]
    same_person: bool,
}

/// Rights of the person (Art. 15 to 21 GDPR), as the ledger names them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Right {
    Access,
    Rectification,
    Erasure,
    Restriction,
    Portability,
    Objection,
}

impl Right {
    fn code(self) -> &'static str {
        match self {
            Right::Access => "access",
            Right::Rectification => "rectification",
            Right::Erasure => "erasure",
            Right::Restriction => "restriction",
            Right::Portability => "portability",
            Right::Objection => "objection",
        }
    }
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let request = RequestArgs {
        who: args.who.clone(),
        received: args.received,
        channel: args.channel.clone(),
        identity: args.identity.clone(),
        accept: Vec::new(),
        same_person: args.same_person,
        system: Vec::new(),
    };
    let opened = journey::open(context, &house, &request, args.right.code())?;
    journey::note_identity(context, &house, &opened, args.identity.as_deref())?;
    house.close()?;
    let case = opened.case(&house)?;
    if context.ui.format == Format::Json {
        let mut out = case_json(&case, context.today());
        out["schema"] = json!("dsr.case/1");
        context.ui.json(&out);
    }
    let waits = case.waits_for();
    context.ui.say(&say::waiting(waits.text()));
    if let Some(next) = waits.next_command(&case) {
        context.ui.say(&say::next(next));
    }
    Ok(Exit::Done)
}
