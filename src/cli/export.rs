//! `dsr export`: what there is about a person, as a package that can be handed over (Art. 15 and 20 GDPR).
//!
//! The first run searches and makes a draft for the reviewer; it stays in the house, so identity may still be open. `--reviewed`
//! makes the final from the findings of that draft and from no others, and only once identity is confirmed. `package` says what
//! stands in it, `handover` encrypts it and puts it in its place.

mod beside;
mod fill;
mod make;
mod many;
pub(crate) mod register;
mod show;
mod stale;

pub(crate) use many::{Handed, Handing, Ready};

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::case::item;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, Opened, RequestArgs};
use crate::cli::people::{self, PeopleArgs, Reads};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::findings::Findings;
use crate::handover::Place;
use crate::handover::seal::{self, Seal};
use crate::ledger::{ExportKind, TaskKind};
use crate::messages::{Lang, cli as say_all, export as say, look_up};
use crate::ui::Format;

/// More records of one object than this are not kept in memory and not in the vault.
pub(crate) const HOLD: usize = 5_000;

/// Make the package with a person's data: a draft to look at, then with --reviewed the final
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    #[command(flatten)]
    people: PeopleArgs,
    /// What the person provided, in a form for machines (Art. 20 GDPR)
    #[arg(long)]
    portable: bool,
    /// Make the final package, from what stood in the latest draft; somebody has looked at that
    #[arg(long)]
    pub(crate) reviewed: bool,
    /// Where to put it: a file that does not exist yet, or a folder
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,
    /// Encrypt to this public key of age instead of a passphrase; repeat for several
    #[arg(long, value_name = "AGE1...")]
    recipient: Vec<String>,
    /// Encrypt to the public keys of age in this file
    #[arg(long, value_name = "FILE")]
    recipient_file: Option<PathBuf>,
    /// Write a folder that is NOT encrypted
    #[arg(long, conflicts_with_all = ["recipient", "recipient_file"])]
    folder: bool,
    /// Language of the package; that of the inventory if not given
    #[arg(long, value_enum, value_name = "LANG")]
    language: Option<Lang>,
    /// When the package is deleted: a time from today (P30D) or a day
    #[arg(long, value_name = "TIME", default_value = "P30D")]
    expires: String,
    /// List the packages that were made, and where they are
    #[arg(long, conflicts_with_all = ["portable", "reviewed", "to", "recipient", "recipient_file", "folder"])]
    list: bool,
}

/// What one run makes.
struct Order {
    kind: ExportKind,
    draft: bool,
    lang: Lang,
    seal: Seal,
    place: Place,
    expires: Date,
    findings: Findings,
}

/// What was found, where people have said of a system that no program reads that nothing is there: it was searched.
fn looked_through(house: &House, opened: &Opened, mut findings: Findings) -> Result<Findings> {
    let tasks = opened.outline(house)?.tasks;
    for system in &mut findings.systems {
        if tasks.found_by_hand(&system.system) == Some(0) {
            system.searched_by_hand();
        }
    }
    Ok(findings)
}

/// What became of it.
struct Made {
    path: PathBuf,
    package: crate::keys::Digest,
    contents: fill::Contents,
    /// Records that wait for a person's word.
    waiting: u64,
    complete: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    people::refuse_accept(&args.people, &args.request.accept)?;
    let house = context.house()?;
    if args.list {
        register::expire(context, &house)?;
        house.close()?;
        return register::list(context, &house);
    }
    let kind = match args.portable {
        true => ExportKind::Portability,
        false => ExportKind::Access,
    };
    let expires = expiry(&args.expires, context.today())?;
    if let Some(path) = &args.to {
        Place::given(path, "")?;
    }
    let seal = choose_seal(context, &args)?;
    let kinds = &house.inventory.kinds;
    let people = people::read(context, &args.people, kinds, &Reads::Nothing)?;
    let changed = !args.request.accept.is_empty() || !args.request.system.is_empty();
    if args.reviewed && changed {
        return Err(
            Diagnostic::new("E801", Exit::Usage, say::nothing_new_on_review())
                .help(say::nothing_new_on_review_help())
                .into(),
        );
    }
    journey::check_names(&house, &args.request.system)?;
    if !people.is_empty() {
        if let Seal::Open = seal {
            context.ui.say(&say::open_folder());
        }
        let exit = crate::cli::many::export(context, &house, &people, &args, kind)?;
        house.close()?;
        return Ok(exit);
    }
    let opened = journey::open(context, &house, &args.request, kind.right())?;
    // Art. 12(6): nothing is handed over before identity is confirmed. A draft is not handed over.
    if args.reviewed || args.request.identity.is_some() {
        journey::confirm_identity(context, &house, &opened, args.request.identity.as_deref())?;
    }
    let findings = match args.reviewed {
        true => {
            let findings = drafted(&house, &opened, kind)?;
            stale::check(context, &house, &opened, kind, &findings)?;
            findings
        }
        false => crate::cli::block_on(journey::search_holding(
            context,
            &house,
            &opened,
            &args.request.system,
            "export",
            Some(HOLD),
        ))??,
    };
    check_limit(&house, &findings)?;
    if let Seal::Open = seal {
        context.ui.say(&say::open_folder());
    }
    let order = Order {
        kind,
        draft: !args.reviewed,
        lang: args.language.unwrap_or(house.inventory.controller.language),
        seal,
        place: place(&house, &opened, kind, &args)?,
        expires,
        findings: looked_through(&house, &opened, findings)?,
    };
    let source = make::begin(context, &house, &opened, &order)?;
    let filled = source.write(&order)?;
    let made = make::keep(context, &house, &opened, &order, filled)?;
    house.close()?;
    show::made(context, &house, &opened, &order, &made)?;
    Ok(made.exit())
}

/// Searches for one of many people, for a package; the findings lie in the vault afterwards.
pub(crate) async fn look_for(
    context: &Context,
    house: &House,
    opened: &Opened,
    only: &[String],
) -> Result<()> {
    let findings =
        journey::search_holding(context, house, opened, only, "export", Some(HOLD)).await?;
    check_limit(house, &findings)
}

impl Made {
    fn exit(&self) -> Exit {
        let waits = match self.waiting {
            0 => Exit::Done,
            _ => Exit::Waiting,
        };
        match self.complete {
            true => waits,
            false => Exit::Incomplete.and(waits),
        }
    }
}

/// The findings that somebody has looked at.
fn drafted(house: &House, opened: &Opened, kind: ExportKind) -> Result<Findings> {
    let case = opened.case(house)?;
    // A run that was killed between its findings and its event left a draft of which nobody was told.
    let package: Option<crate::keys::Digest> =
        house.vault().read(&opened.id, &item::drafted(kind))?;
    let told = |draft: &crate::case::Export| package.is_none_or(|one| one == draft.package);
    let drafted = case.draft_of(kind).is_some_and(told);
    let findings = house.vault().read(&opened.id, &item::draft(kind))?;
    let findings: Option<Findings> = findings;
    let mut findings = findings.filter(|_| drafted).ok_or_else(|| {
        let command = format!("dsr {} --case {}", kind.verb(), opened.id);
        Diagnostic::new("E800", Exit::Waiting, say::no_draft())
            .why(say::no_draft_why())
            .help(say::no_draft_help(command))
    })?;
    // Somebody may have looked up since what the draft could not have.
    journey::tasks::settle(house, opened, &mut findings)?;
    Ok(findings)
}

fn choose_seal(context: &Context, args: &Args) -> Result<Seal> {
    if args.folder {
        return Ok(Seal::Open);
    }
    let keys = seal::recipients(&args.recipient, args.recipient_file.as_deref())?;
    if !keys.is_empty() {
        return Ok(Seal::Recipients(keys));
    }
    if context.ui.format != Format::Json && !context.ui.has_eyes() {
        let diagnostic = Diagnostic::new("E804", Exit::Waiting, say::no_eyes_for_passphrase());
        return Err(diagnostic
            .why(say::no_eyes_for_passphrase_why())
            .help(say::no_eyes_for_passphrase_help())
            .into());
    }
    Ok(Seal::Passphrase(seal::passphrase()))
}

fn place(house: &House, opened: &Opened, kind: ExportKind, args: &Args) -> Result<Place> {
    let draft = if args.reviewed { "" } else { ".draft" };
    let stem = format!("{}.{}{draft}", opened.id, kind.right());
    match &args.to {
        Some(path) => Place::given(path, &stem),
        None => Ok(Place::In {
            folder: house.workspace.exports_dir().join(opened.id.as_str()),
            stem,
        }),
    }
}

/// The day on which a package is deleted.
fn expiry(text: &str, today: Date) -> Result<Date> {
    let wrong =
        || Diagnostic::new("E808", Exit::Usage, say::not_an_expiry()).help(say::expiry_help());
    let day = match crate::cli::usage::day(text) {
        Ok(day) => Some(day),
        Err(_) => {
            let span = text.parse::<jiff::Span>().ok();
            span.and_then(|span| today.checked_add(span).ok())
        }
    };
    let latest = today.saturating_add(jiff::Span::new().years(10));
    let day = day.filter(|day| *day >= today && *day <= latest);
    Ok(day.ok_or_else(wrong)?)
}

/// More records than the inventory lets one command deal with wait for a person.
fn check_limit(house: &House, findings: &Findings) -> Result<()> {
    let objects = findings.systems.iter().flat_map(|system| &system.objects);
    let records: u64 = objects.map(|object| object.count()).sum();
    let records = usize::try_from(records).unwrap_or(usize::MAX);
    let limit = house.inventory.limits.records;
    if records <= limit {
        return Ok(());
    }
    let what = say_all::too_many_records(records, limit);
    Err(Diagnostic::new("E841", Exit::Waiting, what)
        .help(say_all::limits_help())
        .into())
}

/// Stops an erasure while the person still waits for a package: what is gone cannot be handed over.
///
/// # Errors
/// E805 or, where parts of it are still to be looked up, E247 (exit 4) if nobody says that it may go on.
pub(crate) fn access_comes_first(
    context: &Context,
    house: &House,
    opened: &Opened,
    despite: bool,
) -> Result<()> {
    let case = opened.case(house)?;
    if despite || case.unfinished().is_some() {
        return Ok(());
    }
    let diagnostic = match case.pending_export() {
        Some(kind) => {
            let command = format!("dsr {} --case {}", kind.verb(), opened.id);
            Diagnostic::new("E805", Exit::Waiting, say::access_first())
                .why(say::access_first_why())
                .help(say::access_first_help(command))
        }
        None => {
            let open = case.tasks.open();
            let open = open.filter(|task| task.kind == TaskKind::LookUp);
            let names = open.map(|task| {
                let part = task.part.as_deref().unwrap_or_default();
                format!("{}.{part} ({})", task.system, task.name())
            });
            let names: Vec<String> = names.collect();
            if names.is_empty() {
                return Ok(());
            }
            Diagnostic::new(
                "E247",
                Exit::Waiting,
                look_up::erase_waits(names.join(", ")),
            )
            .why(look_up::erase_waits_why())
            .help(look_up::erase_waits_help(opened.id.as_str()))
        }
    };
    if context.ui.can_ask() {
        context.ui.warn(&diagnostic);
        let answer = context.ui.ask(&say::ask_despite_access())?;
        if ["y", "yes", "j", "ja"].contains(&answer.to_lowercase().as_str()) {
            return Ok(());
        }
    }
    Err(diagnostic.into())
}

/// A path as the operator may use it: relative inside the workspace.
fn short(house: &House, path: &Path) -> String {
    house.workspace.relative(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_deleted_on_a_day_to_come() {
        let today = Date::constant(2026, 3, 1);
        let days = |text: &str| expiry(text, today).ok().map(|day| day.to_string());
        assert_eq!(days("P30D").as_deref(), Some("2026-03-31"));
        assert_eq!(days("P2W").as_deref(), Some("2026-03-15"));
        // At the next run.
        assert_eq!(days("P0D").as_deref(), Some("2026-03-01"));
        assert_eq!(days("2026-12-31").as_deref(), Some("2026-12-31"));
        for wrong in [
            "",
            "soon",
            "30",
            "-P1D",
            "2026-02-28",
            "2020-01-01",
            "P11Y",
            "P99999Y",
        ] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
