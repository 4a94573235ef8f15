//! `dsr sweep`: what the rules make due, shown; with `--apply`, what an earlier run has shown, carried out.

mod anonymous;
mod book;
mod carry;
mod left;
mod line;
mod log;
mod lost;
mod metrics;
mod order;
mod orphans;
mod owed;
mod ping;
pub(crate) mod prove;
mod show;
mod singly;
pub(crate) mod spare;
mod undone;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::refuse_a_wrong_clock;
use crate::cli::signing;
use crate::connector::Action;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::harmless::typed;
use crate::hold::Hold;
use crate::keys::Digest;
use crate::ledger::{Brake, Event};
use crate::messages::sweep as say;
use crate::sweep::runs::Sealed;
use crate::sweep::{History, Rule, Walked, rules};
use crate::workspace::lease;

use line::{Line, clocks, look};
use lost::Lost;
use owed::Owed;
pub(crate) use show::{Facts, brake_in_words, joined};

/// See what the rules make due; with --apply erase, anonymise or restrict it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Carry out the rules that an earlier run has shown unchanged
    #[arg(long)]
    apply: bool,
    /// Only this data type; repeat for several
    #[arg(long, value_name = "NAME")]
    data_type: Vec<String>,
    /// Only in this system; repeat for several
    #[arg(long, value_name = "NAME")]
    system: Vec<String>,
    /// Only rules that do this
    #[arg(long, value_name = "WORD", conflicts_with_all = ["deferred", "orphans"])]
    then: Option<Word>,
    /// Show what would be due on that day; such a look lets no rule write
    #[arg(long, value_name = "DAY", value_parser = crate::cli::usage::day, conflicts_with = "apply")]
    as_of: Option<Date>,
    /// Only what requests have left for later, and no rule
    #[arg(long, conflicts_with = "data_type")]
    deferred: bool,
    /// So many records are due by the one rule, or with --deferred of what requests have left: carry that out beyond its bounds
    #[arg(long, value_name = "N", requires = "apply")]
    expect: Option<u64>,
    /// List each record that is left alone, and why; nothing is written
    #[arg(long, conflicts_with_all = ["apply", "pause", "resume", "deferred"])]
    left_alone: bool,
    /// Write the run's figures into this file, in the text format of Prometheus
    #[arg(long, value_name = "FILE", requires = "apply")]
    metrics: Option<std::path::PathBuf>,
    /// Tell this address of a monitoring service that the run begins and how it ended; or where it lies: env:NAME, file:PATH, keyring:NAME, credential:NAME
    #[arg(long, value_name = "URL", requires = "apply", value_parser = ping::address)]
    ping: Option<SecretString>,
    /// Count what no rule reaches: records whose parent is gone, and those that no data type covers; nothing is written
    #[arg(long, conflicts_with_all = ["apply", "as_of", "data_type", "pause", "resume"])]
    orphans: bool,
    /// Let no sweep write until --resume; one that is at work stops after its batch
    #[arg(long, conflicts_with_all = ["apply", "resume"])]
    pause: bool,
    /// Let sweeps write again
    #[arg(long, conflicts_with = "apply")]
    resume: bool,
}

impl Args {
    /// Whether the command is about a rule.
    fn names(&self, rule: &Rule) -> bool {
        let named = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        !self.deferred
            && named(&self.data_type, &rule.data_type.name)
            && named(&self.system, &rule.system.name)
            && self.then.is_none_or(|word| word.action() == rule.action)
    }

    /// Whether it is about some of the rules, and not about all that is due.
    fn is_limited(&self) -> bool {
        let all = self.data_type.is_empty() && self.system.is_empty() && self.then.is_none();
        self.deferred || !all
    }
}

// What `then` says in the inventory.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Word {
    Remove,
    Anonymise,
    Restrict,
}

impl Word {
    fn action(self) -> Action {
        match self {
            Word::Remove => Action::Remove,
            Word::Anonymise => Action::Anonymise,
            Word::Restrict => Action::Restrict,
        }
    }
}

/// A run of the sweep.
struct Sweep {
    id: String,
    day: Date,
    /// The day on which it runs, whichever day is looked at.
    today: Date,
    zone: TimeZone,
    lines: Vec<Line>,
    applied: bool,
    /// What requests have left for a later day.
    owed: Vec<Owed>,
    /// How many a person says that requests have left.
    expected: Option<u64>,
    /// What a killed run had begun under rules that are no more.
    lost: Vec<Lost>,
    /// It ends a run that was about more than it.
    cuts_short: bool,
    /// A batch is left of which nobody could read what became of it.
    unfinished: bool,
    /// The statement about it, once it is sealed.
    sealed: Option<Sealed>,
}

pub(crate) fn run(context: &mut Context, mut args: Args) -> Result<Exit> {
    if args.orphans {
        return orphans::run(context, &args);
    }
    if args.apply {
        give_way();
    }
    // A run over some of the rules is not the one that somebody waits for.
    let address = match args.ping.take() {
        None if args.apply && !args.is_limited() => ping::stated(context),
        named => named,
    };
    ping::around(context, address.as_ref(), |context| sweep(context, args))
}

/// How much nicer a run is than other programs, as `nice` counts.
#[cfg(unix)]
const NICE: i32 = 10;

/// Whoever else works on this machine comes first, a database beside us above all. Threads that are begun from here on have it from this
/// one. Where the system refuses, the run goes on as it is.
fn give_way() {
    #[cfg(unix)]
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "the priority stays as it is");
    }
}

fn sweep(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    if args.pause || args.resume {
        return pause(context, &house, args.pause);
    }
    check_names(&house, &args)?;
    let metrics = args
        .metrics
        .as_ref()
        .map(|file| context.folder().join(file));
    if let Some(file) = &metrics {
        metrics::check(file)?;
    }
    if args.apply {
        signing::operates(context, &house)?;
    }
    let zone = zone(&house)?;
    let now = context.now().to_zoned(zone.clone());
    let day = args.as_of.unwrap_or_else(|| now.date());
    let mut found = rules(&house.inventory, day, &zone);
    let named: Vec<&Rule> = found.iter().filter(|rule| args.names(rule)).collect();
    let chosen = named.len();
    let limited = args.is_limited();
    let window = house.inventory.limits.sweep.window;
    let outside = window.is_some_and(|window| !window.holds(now.time()));
    // A number is the one of one thing: of a rule where there is one, else of what requests have left.
    let expected = args.expect.filter(|_| chosen == 0);
    let mut owed = owed::look(&house, &args, expected, day, outside)?;
    let count: u64 = owed.iter().map(|owed| owed.count).sum();
    if expected.is_some_and(|expected| expected != count) {
        for owed in &mut owed {
            owed.brakes.insert(0, Brake::Number);
        }
    }
    let begun = args.apply && owed::is_begun(&house)?;
    if args.expect.is_some() && chosen != 1 && (chosen > 1 || owed.is_empty()) {
        return Err(not_of_one_thing(&args, &named).into());
    }
    let mut sweep = Sweep {
        id: format!("S{}", crate::case_id::CaseId::random(day)),
        day,
        today: now.date(),
        zone,
        lines: Vec::new(),
        applied: args.apply,
        owed,
        expected,
        lost: Vec::new(),
        cuts_short: false,
        unfinished: false,
        sealed: None,
    };
    if chosen == 0 && sweep.owed.is_empty() && !begun {
        if args.deferred {
            context.ui.say(&say::nothing_deferred());
        } else if house.inventory.data_types.is_empty() {
            context.ui.say(&say::no_rules());
            context.ui.say(&say::no_rules_help());
        } else {
            context.ui.say(&say::no_such_rule());
        }
        // A run that has nothing to do still leaves its link in the chain.
        if (limited || !args.apply) && !args.left_alone {
            show::nothing(context, &sweep);
            return Ok(Exit::Done);
        }
    }
    // Two at once would count each other's work, and one would find less than it has shown.
    let _lease = lease(&house.workspace, "sweep")?;
    let seal = match args.apply {
        true => Some(prove::open(context, &house)?),
        false => None,
    };
    let history = history(&house)?;
    let open = history.open.clone().filter(|_| args.apply);
    let lost = open.as_ref().map(|open| lost::of(open, &found, &history));
    let unsettled: Vec<Digest> = open.iter().flat_map(|o| o.unsettled()).copied().collect();
    let chosen: BTreeSet<Digest> = found
        .iter()
        .filter(|rule| args.names(rule))
        .map(|rule| rule.id)
        .collect();
    found.retain(|rule| chosen.contains(&rule.id) || unsettled.contains(&rule.id));
    let cuts_short = open
        .as_ref()
        .is_some_and(|open| limited && open.is_cut_short_by(&chosen));
    let spared = spare::find(context, &house, &found)?;
    let mut lines = Vec::new();
    for rule in found {
        lines.push(look(&house, rule, &history, &spared, &args, &now)?);
    }
    let lines = order::put(lines);
    let is_due = |line: &&Line| line.survey.as_ref().is_ok_and(|survey| survey.due > 0);
    let due = lines.iter().filter(is_due).map(|line| line.rule.place());
    spared.warn(context, &due.collect());
    if args.left_alone {
        let exit = left::list(context, &house, day, &lines, &spared)?;
        house.close()?;
        return Ok(exit);
    }
    if args.as_of.is_none() {
        refuse_a_wrong_clock(&clocks(&lines))?;
    }
    if let Some(open) = &open {
        context.ui.say(&say::resumed(&open.sweep));
    }
    if let Some(open) = open {
        sweep.id = open.sweep;
    }
    (sweep.lines, sweep.lost) = (lines, lost.unwrap_or_default());
    sweep.cuts_short = cuts_short;
    let planned = Event::SweepPlanned {
        sweep: sweep.id.clone(),
        day,
        inventory: house.inventory.digest,
        rules: sweep
            .lines
            .iter()
            .filter(|line| line.survey.is_ok() && line.rule.due.is_ok())
            .map(Line::planned)
            .collect(),
        missed: sweep.lines.iter().filter_map(Line::missed).collect(),
        limited,
        every_s: house.inventory.limits.sweep.every_s,
        operator: house.operator.clone(),
    };
    if args.as_of.is_none() {
        house.write(None, context.now(), &[planned])?;
    }
    let mut proven = Ok(());
    if let Some(seal) = &seal {
        order::name_those_that_stay(&house, &mut sweep.lines)?;
        carry::carry_out(context, &house, &mut sweep, &history, &spared)?;
        proven = prove::seal_all(context, &house, seal).map(|sealed| sweep.sealed = sealed);
    }
    show::show(context, &house, &sweep);
    log::tell(&sweep);
    if metrics.is_some() {
        metrics::look_again(&house, &mut sweep)?;
    }
    house.close()?;
    if let Some(file) = &metrics {
        metrics::write(&sweep, context.now(), file)?;
    }
    proven?;
    Ok(sweep.exit())
}

impl Sweep {
    fn exit(&self) -> Exit {
        let exits = self.lines.iter().map(|line| line.exit(self.applied));
        let owed = self.owed.iter().map(|owed| owed.exit(self.applied));
        let begin = match self.unfinished || self.cuts_short {
            true => Exit::Incomplete,
            false => Exit::Done,
        };
        let overdue = self.applied && self.to_review().next().is_some();
        let review = overdue.then_some(Exit::Deadline);
        let lost = self.unclear().next().map(|_| Exit::Waiting);
        let exits = exits.chain(owed).chain(review).chain(lost);
        exits.fold(begin, Exit::and)
    }

    /// What rules came to of which nobody can tell any more what became of some records.
    fn unclear(&self) -> impl Iterator<Item = &Walked> {
        let walked = self.lines.iter().filter_map(|line| line.walked.as_ref());
        let walked = walked.chain(self.lost.iter().map(|lost| &lost.walked));
        walked.filter(|walked| walked.unknown > 0)
    }

    /// Whether nothing is left for another run or a person. A hold that somebody should have looked at keeps what it keeps all the same.
    fn is_complete(&self) -> bool {
        matches!(self.exit(), Exit::Done | Exit::Deadline)
    }

    fn to_review(&self) -> impl Iterator<Item = &Hold> {
        let lines = self.lines.iter().filter(|line| line.chosen);
        lines.flat_map(|line| line.to_review(self.today))
    }
}

pub(crate) fn history(house: &House) -> Result<History> {
    let mut history = History::default();
    house
        .ledger()
        .of_the_workspace(0, &mut |stored| history.take(&stored.event))?;
    Ok(history)
}

/// The clock of the controller's seat: a year ends there, and not where a server stands.
fn zone(house: &House) -> Result<TimeZone> {
    let seat = &house.inventory.controller.seat;
    crate::law::zone(seat).ok_or_else(|| {
        Diagnostic::new("E468", Exit::Failed, say::clock_unknown(seat))
            .help(say::clock_unknown_help())
            .into()
    })
}

/// A number that is not the number of one thing, and what would make it one (E467).
fn not_of_one_thing(args: &Args, named: &[&Rule]) -> Diagnostic {
    let names =
        |of: fn(&Rule) -> &str| -> BTreeSet<&str> { named.iter().map(|rule| of(rule)).collect() };
    let listed = |all: &BTreeSet<&str>| all.iter().copied().collect::<Vec<_>>().join(", ");
    let Some(one) = named.first() else {
        let (what, help) = match args.deferred {
            true => (
                say::expect_nothing_deferred(),
                say::expect_nothing_deferred_help(),
            ),
            false => (say::expect_no_rule(), say::expect_no_rule_help()),
        };
        return Diagnostic::new("E467", Exit::Usage, what).help(help);
    };
    let wrong = Diagnostic::new("E467", Exit::Usage, say::expect_one());
    if names(|rule| &rule.data_type.name).len() > 1 {
        return wrong.help(say::expect_data_type_help());
    }
    let data_type = &one.data_type.name;
    let systems = names(|rule| &rule.system.name);
    let objects = names(|rule| &rule.object.name);
    let ends = named.iter().find(|rule| rule.action != Action::Restrict);
    let restricts = named.iter().any(|rule| rule.action == Action::Restrict);
    let mut wrong = wrong;
    if systems.len() > 1 {
        wrong = wrong.help(say::expect_system_help(data_type, listed(&systems)));
    }
    if let (Some(ends), true) = (ends, restricts) {
        wrong = wrong.help(say::expect_then_help(data_type, ends.action.word()));
    }
    if let (1, true) = (systems.len(), objects.len() > 1) {
        let (system, objects) = (&one.system.name, listed(&objects));
        wrong = wrong.help(say::expect_objects_help(data_type, system, objects));
    }
    wrong
}

fn check_names(house: &House, args: &Args) -> Result<()> {
    crate::cli::journey::search::check_names(house, &args.system)?;
    let names = || {
        house
            .inventory
            .data_types
            .iter()
            .map(|one| one.name.as_str())
    };
    for name in &args.data_type {
        if names().all(|known| known != name) {
            let mut diagnostic =
                Diagnostic::new("E469", Exit::Usage, say::unknown_data_type(typed(name)));
            if let Some(near) = crate::yaml::nearest(name, names()) {
                diagnostic = diagnostic.help(crate::messages::yaml::did_you_mean(near));
            }
            let all = names().collect::<Vec<_>>().join(", ");
            return Err(diagnostic.help(say::data_types_are(all)).into());
        }
    }
    Ok(())
}

/// While this file lies in the workspace, no sweep writes.
fn stop_file(house: &House) -> std::path::PathBuf {
    house.workspace.private_dir().join("sweep.stop")
}

fn is_paused(house: &House) -> bool {
    stop_file(house).exists()
}

fn pause(context: &Context, house: &House, pause: bool) -> Result<Exit> {
    let file = stop_file(house);
    let there = file.exists();
    let changed = match (pause, there) {
        (true, false) => fs_err::write(&file, b""),
        (false, true) => fs_err::remove_file(&file),
        _ => Ok(()),
    };
    changed.map_err(|error| crate::workspace::file_trouble(&error))?;
    context.ui.say(&match (pause, there) {
        (true, _) => say::paused_now(),
        (false, true) => say::resumed_now(),
        (false, false) => say::was_not_paused(),
    });
    Ok(Exit::Done)
}
