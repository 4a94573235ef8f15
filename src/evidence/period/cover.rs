//! The cover of a period: key figures, what is not proven, and every case on a row.

use jiff::Timestamp;
use jiff::civil::Date;
use x509_cert::Certificate;

use super::{CaseLine, Figures, SweepFigures};
use crate::evidence::level::Facts;
use crate::evidence::page::{Block, Page, plain};
use crate::evidence::sheet::Witnessed;
use crate::evidence::{certificate, cover, instructions as stock};
use crate::keys::Digest;
use crate::ledger::Closing;
use crate::messages::{Text, evidence as say_evidence, profiles as say, runs};

/// What the cover is drawn from, when it is made and when it is verified.
pub(in crate::evidence) struct Front<'f> {
    pub(in crate::evidence) controller: &'f str,
    pub(in crate::evidence) seat: &'f str,
    pub(in crate::evidence) contact: Option<&'f str>,
    pub(in crate::evidence) days: (Date, Date),
    pub(in crate::evidence) made: Timestamp,
    pub(in crate::evidence) number: u32,
    pub(in crate::evidence) predecessor: Option<Digest>,
    /// Events in the whole ledger, and the hash of the last one.
    pub(in crate::evidence) ledger: (u64, Digest),
    pub(in crate::evidence) keep_until: Option<Date>,
    pub(in crate::evidence) figures: &'f Figures,
    pub(in crate::evidence) sweeps: Option<SweepFigures>,
    pub(in crate::evidence) lines: &'f [CaseLine],
    pub(in crate::evidence) gaps: Vec<Text>,
    pub(in crate::evidence) certificate: &'f Certificate,
    pub(in crate::evidence) worth: Facts,
    /// Name of the log over all cases.
    pub(in crate::evidence) log: Option<&'f str>,
    pub(in crate::evidence) witnessed: Witnessed,
}

impl Front<'_> {
    /// Of the file.
    fn name(&self) -> String {
        super::file_name(self.days.0, self.days.1, self.number)
    }
}

pub(in crate::evidence) fn page(front: &Front<'_>) -> Page {
    let mut blocks = vec![
        Block::Facts(facts(front)),
        Block::Warning {
            title: say_evidence::not_proven(),
            intro: say::not_proven_intro(),
            items: front.gaps.clone(),
        },
        Block::Heading(say::figures()),
        Block::Facts(numbers(front.figures)),
    ];
    if let Some(figures) = &front.sweeps {
        blocks.push(Block::Heading(runs::in_period()));
        blocks.push(Block::Facts(sweeps(figures)));
    }
    if !front.lines.is_empty() {
        blocks.push(Block::Heading(say::cases()));
        blocks.push(Block::Table {
            head: say::cases_head().to_vec(),
            rows: front.lines.iter().map(row).collect(),
        });
    }
    blocks.push(Block::Heading(say_evidence::seal()));
    blocks.push(Block::Paragraph(front.worth.words(None)));
    blocks.push(Block::Facts(vec![
        (
            say_evidence::signer(),
            Text::same(plain(
                &front.certificate.tbs_certificate.subject.to_string(),
            )),
        ),
        (
            say_evidence::fingerprint(),
            Text::same(certificate::spoken(&certificate::fingerprint(
                front.certificate,
            ))),
        ),
    ]));
    if let Some(log) = front.log {
        blocks.extend(cover::log(log, None));
    }
    blocks.push(Block::Heading(say_evidence::check()));
    blocks.extend(stock::of_file(&front.name(), front.witnessed));
    let (from, until) = front.days;
    Page {
        title: say::period_title(),
        subtitle: say::period_subtitle(plain(front.controller), from, until),
        blocks,
    }
}

/// `VERIFY.txt`.
pub(in crate::evidence) fn instructions(front: &Front<'_>) -> Page {
    Page {
        title: say_evidence::verify_title(),
        subtitle: Text::same(plain(front.controller)),
        blocks: stock::of_file(&front.name(), front.witnessed),
    }
}

fn facts(front: &Front<'_>) -> Vec<(Text, Text)> {
    let mut facts = vec![(
        say_evidence::controller(),
        Text::same(format!(
            "{}, {}",
            plain(front.controller),
            plain(front.seat)
        )),
    )];
    if let Some(contact) = front.contact {
        facts.push((say_evidence::contact(), Text::same(plain(contact))));
    }
    let (from, until) = front.days;
    facts.push((say::period(), say::range(from, until)));
    facts.push((say::which(), say::which_cases()));
    facts.push((say_evidence::made(), say_evidence::instant(front.made)));
    facts.push((
        say::number(),
        match front.predecessor {
            Some(before) => say_evidence::number_after(front.number, before.hex()),
            None => Text::same(front.number.to_string()),
        },
    ));
    let (count, head) = front.ledger;
    facts.push((say::ledger(), say::ledger_head(count, head.hex())));
    if let Some(until) = front.keep_until {
        facts.push((say_evidence::keep_until(), say_evidence::day(until)));
    }
    facts
}

fn sweeps(figures: &SweepFigures) -> Vec<(Text, Text)> {
    let mut facts = vec![
        (runs::in_period_count(), figures.count),
        (runs::in_period_complete(), figures.complete),
        (runs::in_period_due(), figures.due),
        (runs::in_period_done(), figures.done),
        (runs::in_period_spared(), figures.spared),
        (runs::in_period_without(), figures.without_statement),
    ];
    if figures.deferred_due > 0 {
        facts.push((runs::in_period_owed(), figures.deferred_due));
        facts.push((runs::in_period_owed_done(), figures.deferred_done));
    }
    let text = |(name, count): (Text, u64)| (name, Text::same(count.to_string()));
    facts.into_iter().map(text).collect()
}

fn numbers(figures: &Figures) -> Vec<(Text, Text)> {
    let count = |name: Text, count: u64| (name, Text::same(count.to_string()));
    let days = figures.median_days();
    vec![
        count(say::count_cases(), figures.cases),
        count(say::count_open(), figures.open),
        count(say::count_answered(), figures.answered),
        count(say::count_on_time(), figures.on_time),
        count(say::count_late(), figures.late),
        count(say::count_refused(), figures.refused),
        count(say::count_withdrawn(), figures.withdrawn),
        count(say::count_nothing(), figures.nothing_found),
        (
            say::median(),
            days.map_or_else(|| Text::same("-"), |days| Text::same(days.to_string())),
        ),
        count(say::count_without(), figures.without_bundle),
        count(say::count_purged(), figures.purged),
    ]
}

fn row(line: &CaseLine) -> Vec<Text> {
    let rights: Vec<Text> = line
        .rights
        .iter()
        .map(|right| say_evidence::right(right))
        .collect();
    let join = |pick: fn(&Text) -> &str| rights.iter().map(pick).collect::<Vec<_>>().join(", ");
    let outcomes = line.outcomes.iter().map(|(code, n)| (outcome(code), n));
    let outcomes: Vec<Text> = outcomes
        .map(|(what, n)| Text {
            en: format!("{} {n}", what.en),
            de: format!("{} {n}", what.de),
        })
        .collect();
    vec![
        Text::same(plain(&line.case)),
        Text {
            en: plain(&join(|text| &text.en)),
            de: plain(&join(|text| &text.de)),
        },
        say_evidence::day(line.received),
        say_evidence::day(line.due),
        match (line.answered, line.closed, line.late) {
            (Some(day), _, false) => say_evidence::day(day),
            (Some(day), _, true) => say::day_late(day),
            (None, Some(_), _) => Text::same("-"),
            (None, None, false) => say::open(),
            (None, None, true) => say::open_late(),
        },
        closing(line.closing),
        match outcomes.is_empty() {
            true => Text::same("-"),
            false => Text {
                en: plain(
                    &outcomes
                        .iter()
                        .map(|one| one.en.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
                de: plain(
                    &outcomes
                        .iter()
                        .map(|one| one.de.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
            },
        },
        match (line.bundles.last(), &line.gaps) {
            (None, _) => say::no_bundle(),
            (Some(bundle), None) => say::bundle_elsewhere(bundle.number, bundle.id.hex()),
            (Some(bundle), Some(_)) => say::bundle(bundle.number, bundle.id.hex()),
        },
    ]
}

/// An outcome in words; one that this version does not know stays as it is.
fn outcome(code: &str) -> Text {
    let known = serde_json::from_value(serde_json::Value::from(code));
    known.map_or_else(|_| Text::same(code), say_evidence::outcome)
}

/// How a case ended.
fn closing(closing: Option<Closing>) -> Text {
    match closing {
        None => say::not_closed(),
        Some(Closing::Answered) => say::closed_answered(),
        Some(Closing::Refused) => say::closed_refused(),
        Some(Closing::Withdrawn) => say::closed_withdrawn(),
        Some(Closing::NothingFound) => say::closed_nothing(),
    }
}
