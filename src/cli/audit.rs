//! `dsr audit`: the ledger checked and read, retention runs checked, and cases drawn to be looked at once more.

mod look;
mod papers;
mod runs;
mod sample;

use serde_json::json;

use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::Event;
use crate::messages::cli as say;
use crate::ui::Format;

/// Check and read the ledger, check retention runs, draw cases and look at them again
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Verify the chain of the whole ledger and list its events
    Log {
        /// Verify only
        #[arg(long)]
        verify: bool,
    },
    /// List retention runs, check what proves each, and name those that are missing
    Runs(runs::Args),
    /// Draw cases by a seed, verify their bundles and read their records again; nothing is written to any system
    Sample(sample::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Log { verify } => log(context, verify),
        Verb::Runs(args) => runs::run(context, &args),
        Verb::Sample(args) => sample::run(context, &args),
    }
}

fn log(context: &mut Context, verify: bool) -> Result<Exit> {
    let house = context.house()?;
    let verdict = house.ledger().verify()?;
    if context.ui.format == Format::Json {
        let mut events = Vec::new();
        if !verify {
            house.ledger().all(&mut |stored| {
                events.push(json!({ "seq": stored.seq, "at": stored.at, "case": stored.case, "n": stored.n, "event": stored.event, "hash": stored.hash }));
                true
            })?;
        }
        context.ui.json(&json!({
            "schema": "dsr.audit/1",
            "ledger": house.lock.ledger,
            "whole": verdict.is_whole(),
            "count": verdict.head.count,
            "head": verdict.head.hash,
            "broken_at": verdict.broken.map(|broken| broken.seq),
            "events": events,
        }));
    } else if !verify {
        let mut rows = Vec::new();
        house.ledger().all(&mut |stored| {
            let name = serde_json::to_value(&stored.event)
                .ok()
                .and_then(|v| v["event"].as_str().map(str::to_owned))
                .unwrap_or_default();
            let name = match &stored.event {
                // What was destroyed before its day stands out.
                Event::CasePurged {
                    reason: Some(reason),
                    ..
                } => format!("{name} (early: {reason})"),
                _ => name,
            };
            let case = stored
                .case
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            rows.push(vec![
                stored.seq.to_string(),
                stored.at.to_string(),
                case,
                name,
                stored.hash.hex()[..16].to_owned(),
            ]);
            true
        })?;
        context.ui.rows(
            &[
                say::audit_seq(),
                say::audit_at(),
                crate::messages::case::case(),
                say::audit_event(),
                say::audit_hash(),
            ],
            &rows,
        );
    }
    match verdict.broken {
        None => {
            context.ui.say(&say::ledger_whole(
                verdict.head.count,
                verdict.head.hash.hex(),
            ));
            Ok(Exit::Done)
        }
        Some(broken) => {
            Err(
                Diagnostic::new("E880", Exit::Unproven, say::ledger_broken(broken.seq))
                    .why(broken.flaw.text())
                    .help(say::ledger_broken_help())
                    .into(),
            )
        }
    }
}
