//! `dsr evidence make`: the bundle of a case, the container of a period, or one case complete for an authority.

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::context::{Context, House};
use crate::cli::evidence::disclose::To;
use crate::cli::journey::stored::JournalInLedger;
use crate::cli::journey::{self, log, prove, time};
use crate::cli::plan::case_id;
use crate::cli::seal;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::period::{self, Book};
use crate::evidence::{Gap, Witnesses};
use crate::keys::Digest;
use crate::ledger::{Event, Leaf, Stamped};
use crate::messages::{cli as say_cli, openings, profiles as say};
use crate::ui::Format;
use crate::workspace::file_trouble;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(
        value_name = "CASE",
        required_unless_present = "period",
        conflicts_with = "period"
    )]
    case: Option<String>,
    /// For whom: auditor (without the person) or authority (the case complete, encrypted)
    #[arg(long, value_enum, value_name = "PROFILE", default_value = "auditor")]
    profile: Profile,
    /// All cases of a period instead of one case, such as 2026-01-01..2026-12-31
    #[arg(long, value_name = "FROM..TO", conflicts_with_all = ["profile", "recipient", "recipient_file", "yes"])]
    period: Option<String>,
    /// Put the verifier for a browser beside it (better taken from the release page than from you)
    #[arg(long)]
    pub(super) with_verifier: bool,
    #[command(flatten)]
    pub(super) to: To,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

/// Who the evidence is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Profile {
    Auditor,
    Authority,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    if let Some(text) = &args.period {
        let (from, until) = range(text)?;
        let house = context.house()?;
        begun(from, context.today())?;
        return of_period(context, &house, (from, until), args.with_verifier);
    }
    let case = args.case.as_deref().unwrap_or_default();
    match args.profile {
        Profile::Auditor => {
            let named = !args.to.recipient.is_empty() || args.to.recipient_file.is_some();
            if named {
                return Err(
                    Diagnostic::new("E698", Exit::Usage, openings::recipient_of_nothing())
                        .help(openings::recipient_of_nothing_help())
                        .into(),
                );
            }
            of_case(context, case, args.with_verifier)
        }
        Profile::Authority => super::authority::run(context, case, args),
    }
}

fn of_case(context: &mut Context, case: &str, with_verifier: bool) -> Result<Exit> {
    let id = case_id(case)?;
    let house = context.house()?;
    crate::cli::export::register::expire(context, &house)?;
    let opened = journey::look_into(&house, &id)?;
    let made = prove::make(context, &house, &opened)?;
    house.close()?;
    said(context, &made.path, &made.gaps);
    let verifier = super::verifier::beside(context, with_verifier, &made.path)?;
    if context.ui.format == Format::Json {
        let mut out = json!({
            "schema": "dsr.evidence/1",
            "case": id,
            "path": made.path.display().to_string(),
            "bundle": made.bundle,
            "gaps": made.gaps,
            "time": super::time_json(&made.time),
        });
        if let Some(path) = verifier {
            out["verifier"] = json!(path.display().to_string());
        }
        context.ui.json(&out);
    }
    Ok(Exit::Done)
}

/// Where it lies, and what it does not prove.
pub(super) fn said(context: &Context, path: &Path, gaps: &[Gap]) {
    let ui = &context.ui;
    ui.say(&say_cli::evidence_made(path.display().to_string()));
    for gap in gaps {
        ui.say(&say_cli::not_proven(gap.text()));
    }
}

/// First and last day.
fn range(text: &str) -> Result<(Date, Date)> {
    let days = text.split_once("..").and_then(|(from, until)| {
        let day = |text: &str| crate::cli::usage::day(text).ok();
        Some((day(from)?, day(until)?))
    });
    let days = days.filter(|(from, until)| from <= until);
    Ok(days.ok_or_else(|| {
        Diagnostic::new("E698", Exit::Usage, openings::not_a_period())
            .help(openings::not_a_period_help())
    })?)
}

/// Refuses a period in which nothing can have happened yet.
///
/// # Errors
/// E899 if it begins after today.
fn begun(from: Date, today: Date) -> Result<()> {
    if from <= today {
        return Ok(());
    }
    let ahead = Diagnostic::new("E899", Exit::Usage, openings::period_ahead(from));
    Err(ahead.help(openings::period_ahead_help()).into())
}

/// `dsr.evidence.period/1`
fn of_period(
    context: &Context,
    house: &House,
    (from, until): (Date, Date),
    with_verifier: bool,
) -> Result<Exit> {
    let _held = time::hold_periods(house)?;
    time::catch_up_periods(context, house)?;
    let mut last: Option<(u32, Digest)> = None;
    house.ledger().all(&mut |stored| {
        if let Event::PeriodSealed {
            container, number, ..
        } = stored.event
        {
            last = Some((number, container));
        }
        true
    })?;
    let folder = house.workspace.evidence_dir();
    let today = context.today();
    let mut book = Book::new(from, until, today, TimeZone::system());
    let ids = house.ledger().cases()?;
    for id in &ids {
        book.take(id.as_str(), &JournalInLedger::of(house, id), &folder)?;
    }
    let head = house.ledger().head()?;
    let keep = house.inventory.evidence.kept();
    let number = last.map_or(1, |(number, _)| number + 1);
    let material = period::Material {
        controller: house.inventory.controller.name.clone(),
        seat: house.inventory.controller.seat.clone(),
        contact: house.inventory.controller.contact.clone(),
        ledger: (head.count, head.hash),
        number,
        predecessor: last.map(|(_, container)| container),
        keep_until: today.checked_add(keep).ok(),
        now: context.now(),
        sweeps: crate::cli::sweep::prove::of_period(house, from, until)?,
        sweeps_missing: crate::cli::sweep::prove::missing_of_period(context, house, from, until)?,
    };
    // One of this number that the ledger does not know was written by a run that died before it could note it.
    let path = folder.join(period::file_name(from, until, number));
    if path.symlink_metadata().is_ok() {
        let aside = path.with_extension("zip.interrupted");
        fs_err::rename(&path, aside).map_err(|error| file_trouble(&error))?;
    }
    let seal = seal::settle(context, house, seal::open(house)?)?;
    let log = log::HouseLog::open(context, house, None, Leaf::Period)?;
    let witnesses = Witnesses {
        time: house.authority(),
        log: Some(&log),
    };
    let made = period::make(&material, book, &seal, witnesses, &folder)?;
    let mut events = vec![Event::PeriodSealed {
        from,
        until,
        container: made.id,
        number,
        cases: made.cases,
        operator: house.operator.clone(),
    }];
    events.extend(time::event(Stamped::Period, made.id, &made.time));
    house.write(None, context.now(), &events)?;
    house.close()?;
    let verifier = super::verifier::beside(context, with_verifier, &made.path)?;
    if context.ui.format == Format::Json {
        let mut out = json!({
            "schema": "dsr.evidence.period/1",
            "from": from,
            "until": until,
            "path": made.path.display().to_string(),
            "bundle": made.id,
            "number": number,
            "predecessor": material.predecessor,
            "cases": made.cases,
            "figures": figures(&made.figures),
            "gaps": made.gaps,
            "time": super::time_json(&made.time),
        });
        if let Some(path) = verifier {
            out["verifier"] = json!(path.display().to_string());
        }
        context.ui.json(&out);
    }
    time::tell(context, &made.time);
    context
        .ui
        .say(&say::period_counted(made.cases, made.figures.late));
    said(context, &made.path, &made.gaps);
    Ok(Exit::Done)
}

/// Key figures for programs.
fn figures(figures: &period::Figures) -> serde_json::Value {
    json!({
        "cases": figures.cases,
        "open": figures.open,
        "answered": figures.answered,
        "on_time": figures.on_time,
        "late": figures.late,
        "refused": figures.refused,
        "withdrawn": figures.withdrawn,
        "nothing_found": figures.nothing_found,
        "without_bundle": figures.without_bundle,
        "purged": figures.purged,
        "median_days": figures.median_days(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_two_days_in_their_order() {
        let days = |text: &str| range(text).ok().map(|(a, b)| format!("{a} {b}"));
        assert_eq!(
            days("2026-01-01..2026-12-31").as_deref(),
            Some("2026-01-01 2026-12-31")
        );
        assert_eq!(
            days("2026-01-01..2026-01-01").as_deref(),
            Some("2026-01-01 2026-01-01")
        );
        for wrong in [
            "2026",
            "2026-12-31..2026-01-01",
            "2026-01-01",
            "..",
            "2026-13-01..2026-12-31",
        ] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
