//! The cover of a period: key figures, what is not proven, and every case on a row.

use super::{Book, CaseLine, Figures, Material, SweepFigures, Told};
use crate::evidence::Witnesses;
use crate::evidence::page::{Block, Page, plain};
use crate::evidence::{Seal, certificate, cover, instructions as stock};
use crate::ledger::Closing;
use crate::messages::{Text, evidence as say_evidence, profiles as say, runs};

pub(super) fn page(
    material: &Material,
    book: &Book,
    told: &Told<'_>,
    seal: &Seal,
    witnesses: Witnesses<'_>,
) -> Page {
    let own = seal.certificate();
    let mut blocks = vec![
        Block::Facts(facts(material, book)),
        Block::Warning {
            title: say_evidence::not_proven(),
            intro: say::not_proven_intro(),
            items: told.gaps.iter().map(|gap| gap.text.clone()).collect(),
        },
        Block::Heading(say::figures()),
        Block::Facts(numbers(told.figures)),
    ];
    if !material.sweeps.is_empty() || material.sweeps_missing > 0 {
        blocks.push(Block::Heading(runs::in_period()));
        blocks.push(Block::Facts(sweeps(&SweepFigures::of(
            &material.sweeps,
            material.sweeps_missing,
        ))));
    }
    if !book.lines.is_empty() {
        blocks.push(Block::Heading(say::cases()));
        blocks.push(Block::Table {
            head: say::cases_head().to_vec(),
            rows: book.lines.iter().map(row).collect(),
        });
    }
    blocks.push(Block::Heading(say_evidence::seal()));
    let worth = seal.worth(witnesses);
    blocks.push(Block::Paragraph(worth.words(None)));
    blocks.push(Block::Facts(vec![
        (
            say_evidence::signer(),
            Text::same(plain(&own.tbs_certificate.subject.to_string())),
        ),
        (
            say_evidence::fingerprint(),
            Text::same(certificate::spoken(&certificate::fingerprint(own))),
        ),
    ]));
    if let Some(place) = told.place {
        blocks.extend(cover::log(place, None));
    }
    blocks.push(Block::Heading(say_evidence::check()));
    blocks.extend(stock::of_file(told.name, witnesses));
    Page {
        title: say::period_title(),
        subtitle: say::period_subtitle(plain(&material.controller), book.from, book.until),
        blocks,
    }
}

/// `VERIFY.txt`.
pub(super) fn instructions(material: &Material, name: &str, witnesses: Witnesses<'_>) -> Page {
    Page {
        title: say_evidence::verify_title(),
        subtitle: Text::same(plain(&material.controller)),
        blocks: stock::of_file(name, witnesses),
    }
}

fn facts(material: &Material, book: &Book) -> Vec<(Text, Text)> {
    let mut facts = vec![(
        say_evidence::controller(),
        Text::same(format!(
            "{}, {}",
            plain(&material.controller),
            plain(&material.seat)
        )),
    )];
    if let Some(contact) = &material.contact {
        facts.push((say_evidence::contact(), Text::same(plain(contact))));
    }
    facts.push((say::period(), say::range(book.from, book.until)));
    facts.push((say::which(), say::which_cases()));
    facts.push((
        say_evidence::made(),
        Text::same(material.now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
    ));
    facts.push((
        say::number(),
        match material.predecessor {
            Some(before) => say_evidence::number_after(material.number, before.hex()),
            None => Text::same(material.number.to_string()),
        },
    ));
    let (count, head) = material.ledger;
    facts.push((say::ledger(), say::ledger_head(count, head.hex())));
    if let Some(until) = material.keep_until {
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
