//! `dsr audit sample`: some cases, drawn by a seed, looked at once more: do their bundles hold, is what was erased still gone?

use std::path::PathBuf;

use jiff::civil::Date;

use super::look::{self, BundleState, Look, Now};
use super::papers;
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::journey;
use crate::cli::usage;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::Event;
use crate::messages::{Text, evidence as words, sample as say};
use crate::sample::{is_seed, ranked};
use crate::ui::Format;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// How many cases to draw
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    /// What the draw depends on: letters, digits, . _ -; named by the auditor
    #[arg(long, value_name = "SEED", value_parser = seed)]
    seed: String,
    /// Only cases received on this day or later
    #[arg(long, value_name = "DAY", value_parser = usage::day)]
    from: Option<Date>,
    /// Only cases received on this day or before
    #[arg(long, value_name = "DAY", value_parser = usage::day)]
    to: Option<Date>,
    /// Draw from open cases too
    #[arg(long)]
    all: bool,
    /// Write working papers (HTML, JSON, CSV) into this new folder
    #[arg(long, value_name = "FOLDER")]
    papers: Option<PathBuf>,
}

fn seed(text: &str) -> std::result::Result<String, &'static str> {
    match is_seed(text) {
        true => Ok(text.to_owned()),
        false => Err("1 to 64 letters, digits, `.`, `_` or `-`"),
    }
}

/// What was drawn from what, and what it looks like.
pub(super) struct Sample<'a> {
    pub(super) args: &'a Args,
    pub(super) controller: String,
    pub(super) operator: String,
    pub(super) at: jiff::Timestamp,
    /// All cases by rank; the first ones were drawn.
    pub(super) population: Vec<(crate::keys::Digest, CaseId)>,
    pub(super) looks: Vec<Look>,
    /// Open cases of these days, which were not drawn from.
    pub(super) left_out: Vec<CaseId>,
}

impl Args {
    pub(super) fn seed(&self) -> &str {
        &self.seed
    }

    pub(super) fn n(&self) -> u32 {
        self.n
    }

    pub(super) fn draws_open(&self) -> bool {
        self.all
    }

    pub(super) fn days(&self) -> (Option<Date>, Option<Date>) {
        (self.from, self.to)
    }
}

impl Sample<'_> {
    /// Records of purged cases, of which nobody knows any more what to look for.
    pub(super) fn purged(&self) -> usize {
        let records = self.looks.iter().flat_map(|look| &look.records);
        records.filter(|one| one.now == Now::Purged).count()
    }

    /// Records that are not as their evidence says, bundles that do not hold, and records that nobody looked at, those of purged cases too.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let records = || self.looks.iter().flat_map(|look| &look.records);
        let bundles = self.looks.iter().flat_map(|look| &look.bundles);
        (
            records().filter(|one| one.now == Now::FoundAgain).count(),
            bundles
                .filter(|one| one.state != BundleState::Valid)
                .count(),
            records().filter(|one| one.now.is_unseen()).count(),
        )
    }
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    // Where the caller stands, as every file that a command is given; `-C` only says where the workspace is.
    let papers = args.papers.as_ref();
    let house = context.house()?;
    if let Some(papers) = papers {
        papers::refuse_existing(papers)?;
    }
    usage::past(args.from, args.to, context.today())?;
    let (drawable, left_out) = population(&house, args)?;
    let population = ranked(&args.seed, drawable);
    if !left_out.is_empty() {
        let what = say::left_out(left_out.len());
        let told = Diagnostic::new("W341", Exit::Done, what);
        context.ui.warn(&told.help(say::left_out_help()));
    }
    if population.is_empty() {
        // Nobody has looked at anything: that is no sample that held.
        let nobody = Diagnostic::new("W342", Exit::Incomplete, say::nobody());
        context.ui.warn(&nobody.help(say::nobody_help()));
        return Ok(Exit::Incomplete);
    }
    let drawn = usize::try_from(args.n)
        .unwrap_or(usize::MAX)
        .min(population.len());
    let mut looks = Vec::with_capacity(drawn);
    for (rank, case) in &population[..drawn] {
        let case = journey::fold(&house, case)?;
        looks.push(look::look(context, &house, &case, *rank)?);
    }
    house.write(
        None,
        context.now(),
        &[Event::Sampled {
            seed: args.seed.clone(),
            asked: args.n,
            cases: looks.iter().map(|look| look.case.to_string()).collect(),
            operator: house.operator.clone(),
        }],
    )?;
    let sample = Sample {
        args,
        controller: house.inventory.controller.name.clone(),
        operator: house.operator.clone(),
        at: context.now(),
        population,
        looks,
        left_out,
    };
    show(context, &sample);
    if let Some(folder) = papers {
        papers::write(&sample, folder)?;
        context
            .ui
            .say(&say::papers_written(folder.display().to_string()));
    }
    house.close()?;
    Ok(warn(context, &sample))
}

/// Every case that can be drawn, and every one that cannot because it is open.
fn population(house: &House, args: &Args) -> Result<(Vec<CaseId>, Vec<CaseId>)> {
    let ids = house.ledger().cases()?;
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(case) = journey::outline_of(house, &id)? else {
            continue;
        };
        let is_late = args.from.is_some_and(|from| case.received < from);
        let is_early = args.to.is_some_and(|to| case.received > to);
        if !is_late && !is_early {
            match case.closed || args.all {
                true => found.push(id),
                false => open.push(id),
            }
        }
    }
    Ok((found, open))
}

fn show(context: &Context, sample: &Sample<'_>) {
    if context.ui.format == Format::Json {
        return context.ui.json(&papers::json(sample));
    }
    let lang = context.ui.lang;
    let drawn = say::drawn(
        sample.looks.len(),
        sample.population.len(),
        sample.args.seed(),
    );
    context.ui.say(&drawn);
    let rows = sample.looks.iter().map(|look| {
        let valid = look.bundles.iter();
        let valid = valid.filter(|one| one.state == BundleState::Valid).count();
        let count = |is: fn(Now) -> bool| look.records.iter().filter(|one| is(one.now)).count();
        vec![
            look.case.to_string(),
            words::day(look.received).to(lang).to_owned(),
            state(look).to(lang).to_owned(),
            format!("{valid}/{}", look.bundles.len()),
            format!(
                "{}/{}",
                count(|now| now == Now::FoundAgain),
                look.records.len()
            ),
            count(Now::is_unseen).to_string(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    context.ui.rows(&say::cases_head(), &rows);
}

pub(super) fn state(look: &Look) -> Text {
    match (look.purged, look.closed) {
        (true, _) => say::state_purged(),
        (false, true) => say::state_closed(),
        (false, false) => say::state_open(),
    }
}

pub(super) fn bundle_words(state: BundleState) -> Text {
    match state {
        BundleState::Valid => say::bundle_valid(),
        BundleState::Unknown => say::bundle_unknown(),
        BundleState::Invalid => say::bundle_invalid(),
        BundleState::Another => say::bundle_another(),
        BundleState::Missing => say::bundle_missing(),
    }
}

/// Says what is not as it should be, and with which code the command ends: 5 before 3.
fn warn(context: &Context, sample: &Sample<'_>) -> Exit {
    for look in &sample.looks {
        for one in look
            .bundles
            .iter()
            .filter(|one| one.state != BundleState::Valid)
        {
            let fails = say::bundle_fails(&look.case, one.number, bundle_words(one.state));
            let fails = Diagnostic::new("E968", Exit::Unproven, fails);
            context.ui.warn(&fails.help(say::bundle_fails_help()));
        }
        for one in look.records.iter().filter(|one| one.now == Now::FoundAgain) {
            let place = format!("{}.{}", one.system, one.object);
            let again = say::found_again(&look.case, one.record.hex(), place);
            let again = Diagnostic::new("E967", Exit::Unproven, again);
            context.ui.warn(&again.help(say::found_again_help()));
        }
        let mut places = std::collections::BTreeMap::<String, usize>::new();
        for one in look.records.iter().filter(|one| one.now.is_unseen()) {
            *places
                .entry(format!("{}.{}", one.system, one.object))
                .or_default() += 1;
        }
        for (place, count) in places {
            let (unseen, help) = match look.purged {
                true => (
                    say::not_seen_purged(&look.case, place, count),
                    say::not_seen_purged_help(),
                ),
                false => (
                    say::not_seen(&look.case, place, count),
                    say::not_seen_help(),
                ),
            };
            let unseen = Diagnostic::new("W281", Exit::Incomplete, unseen);
            context.ui.warn(&unseen.help(help));
        }
    }
    match sample.counts() {
        (0, 0, 0) => Exit::Done,
        (0, 0, _) => Exit::Incomplete,
        _ => Exit::Unproven,
    }
}
