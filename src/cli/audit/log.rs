//! `dsr audit log`: the chain verified, and the history read: all of it, one case, from a day on, or only what stands out.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{anomalies, words};
use crate::cli::context::{Context, House};
use crate::cli::plan::case_id;
use crate::cli::{journey, usage};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::ledger::{Event, Stored, Verdict};
use crate::messages::{Lang, Text, audit as say_audit, cli as say};
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Verify only
    #[arg(long, conflicts_with_all = ["case", "since", "reasons", "anomalies"])]
    verify: bool,
    /// Only events of this case
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Only events of this day and later
    #[arg(long, value_name = "DATE", value_parser = usage::day)]
    since: Option<Date>,
    /// Show the reasons too, which lie encrypted in the vault and may name people
    #[arg(long)]
    reasons: bool,
    /// Only what stands out: destroyed early, weakened, left out, looked at without a reason
    #[arg(long, conflicts_with = "reasons")]
    anomalies: bool,
    /// With --anomalies: end with exit code 4 if there are any
    #[arg(long, requires = "anomalies")]
    fail: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let only = args.case.as_deref().map(case_id).transpose()?;
    let house = context.house()?;
    if let Some(only) = &only {
        journey::outline(&house, only)?;
    }
    let verdict = house.ledger().verify()?;
    let wanted = |stored: &Stored| {
        only.as_ref()
            .is_none_or(|only| stored.case.as_ref() == Some(only))
            && args.since.is_none_or(|since| day(stored.at) >= since)
    };
    let exit = if args.anomalies {
        let found = anomalies::found(context, &house, only.as_ref(), args.since)?;
        anomalies::show(context, &house, &verdict, &found);
        match found.is_empty() || !args.fail {
            true => Exit::Done,
            false => Exit::Waiting,
        }
    } else {
        show(context, &house, &verdict, args, &wanted)?;
        Exit::Done
    };
    whole(context, &verdict).map(|()| exit)
}

/// Says that the chain holds.
///
/// # Errors
/// E880 (exit 5) if it does not.
fn whole(context: &Context, verdict: &Verdict) -> Result<()> {
    let Some(broken) = verdict.broken else {
        let head = verdict.head;
        context
            .ui
            .say(&say::ledger_whole(head.count, head.hash.hex()));
        return Ok(());
    };
    Err(
        Diagnostic::new("E880", Exit::Unproven, say::ledger_broken(broken.seq))
            .why(broken.flaw.text())
            .help(say::ledger_broken_help())
            .into(),
    )
}

/// The calendar day of an event, as its time is shown.
fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The time of an event to the second. All digits stand in the JSON.
fn time(lang: Lang, at: Timestamp) -> String {
    let form = match lang {
        Lang::En => "%Y-%m-%d %H:%M:%S",
        Lang::De => "%d.%m.%Y %H:%M:%S",
    };
    at.to_zoned(TimeZone::UTC).strftime(form).to_string()
}

fn show(
    context: &Context,
    house: &House,
    verdict: &Verdict,
    args: &Args,
    wanted: &dyn Fn(&Stored) -> bool,
) -> Result<()> {
    let mut events: Vec<Stored> = Vec::new();
    if !args.verify {
        house.ledger().all(&mut |stored| {
            if wanted(&stored) {
                events.push(stored);
            }
            true
        })?;
    }
    let reason = |stored: &Stored| -> Result<Option<String>> {
        match (args.reasons, reason_of(&stored.event)) {
            (true, Some(digest)) => house.vault().read_for_workspace(&item(&digest)),
            _ => Ok(None),
        }
    };
    if context.ui.format == Format::Json {
        let mut out = Vec::new();
        for stored in &events {
            let mut line = json!({ "seq": stored.seq, "at": stored.at, "case": stored.case, "n": stored.n, "event": stored.event, "hash": stored.hash });
            if args.reasons {
                line["reason"] = reason(stored)?.map_or(Value::Null, Value::from);
            }
            out.push(line);
        }
        context.ui.json(&json!({
            "schema": "dsr.audit/1",
            "ledger": house.lock.ledger,
            "whole": verdict.is_whole(),
            "count": verdict.head.count,
            "head": verdict.head.hash,
            "broken_at": verdict.broken.map(|broken| broken.seq),
            "events": out,
        }));
        return Ok(());
    }
    if args.verify {
        return Ok(());
    }
    let mut head = vec![
        say::audit_seq(),
        say::audit_at(),
        say_audit::head_who(),
        crate::messages::case::case(),
        say_audit::head_what(),
        say::audit_hash(),
    ];
    if args.reasons {
        head.push(say_audit::head_reason());
    }
    let mut rows = Vec::new();
    for stored in &events {
        let case = stored.case.as_ref().map(ToString::to_string);
        let mut row = vec![
            stored.seq.to_string(),
            time(context.ui.lang, stored.at),
            words::who(&stored.event).unwrap_or_default(),
            case.unwrap_or_default(),
            words::of(&stored.event).to(context.ui.lang).to_owned(),
            stored.hash.hex()[..16].to_owned(),
        ];
        if args.reasons {
            row.push(reason(stored)?.unwrap_or_default());
        }
        rows.push(row);
    }
    context.ui.rows(&head, &rows);
    if args.case.is_some() || args.since.is_some() {
        let text: Text = say_audit::shown_some(events.len(), verdict.head.count);
        context.ui.say(&text);
    }
    Ok(())
}

/// Under which name the vault keeps the words of a reason.
pub(crate) fn item(reason: &Digest) -> String {
    format!("reason.{reason}")
}

/// The reason that an event speaks of and the vault keeps.
fn reason_of(event: &Event) -> Option<Digest> {
    match event {
        Event::Searched { reason, .. } | Event::LedgerAdopted { reason, .. } => *reason,
        _ => None,
    }
}

/// Puts a reason into the vault, and returns what the ledger says of it.
///
/// # Errors
/// Those of writing the vault.
pub(crate) fn keep_reason(house: &House, at: Timestamp, text: &str) -> Result<Digest> {
    // Keyed, so that nobody can try words; with the time, so that the same words are two reasons.
    let names = house.key.derive(crate::keys::Purpose::Name);
    let digest = names.mac(&crate::canonical::bytes(&("reason", at, text)));
    house.vault().put_for_workspace(&item(&digest), text)?;
    Ok(digest)
}
