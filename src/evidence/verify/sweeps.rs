//! The retention runs of a period: each statement has its digest, its seal and its place in the chain, and what the container says of all of
//! them is counted again.
//!
//! A file is read into a few numbers as soon as it came, so that a year of runs fills no memory. A run without a statement is one of which
//! the container must say so; the numbers of its statements then leave a hole.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::super::period::{SWEEPS, SweepFigures};
use super::super::{certificate, seal, succession};
use super::content::Content;
use super::{Anchors, Verdict, held, reason};
use crate::keys::Digest;
use crate::messages::held as say;
use crate::sweep::{rhythm, runs};

/// Whether a file of a container belongs to a run.
pub(super) fn is_file(name: &str) -> bool {
    name.starts_with(SWEEPS)
}

/// The files of all runs, by their name without its end.
#[derive(Default)]
pub(super) struct Sweeps {
    pairs: BTreeMap<String, Pair>,
    /// Files that are no statement and no seal.
    strange: Vec<String>,
}

#[derive(Default)]
struct Pair {
    /// Of a file that is there; `None` if it is no statement.
    said: Option<Option<Said>>,
    seal: Option<Vec<u8>>,
}

/// A statement in a few numbers.
struct Said {
    digest: Digest,
    number: u64,
    predecessor: Option<Digest>,
    day: Date,
    begun: Timestamp,
    every_s: Option<u64>,
    limited: bool,
    complete: bool,
    due: u64,
    done: u64,
    spared: u64,
    /// Of what requests had left for later: due, and gone.
    owed: (u64, u64),
}

/// The form of a statement, as far as it is looked at.
#[derive(Deserialize)]
struct Statement {
    schema: String,
    sweep: String,
    number: u64,
    predecessor: Option<Digest>,
    day: Date,
    begun: Timestamp,
    every_s: Option<u64>,
    #[serde(default)]
    limited: bool,
    complete: bool,
    rules: Vec<Rule>,
    #[serde(default)]
    deferred: Vec<Deferred>,
}

#[derive(Deserialize)]
struct Deferred {
    due: u64,
    done: u64,
}

#[derive(Deserialize)]
struct Rule {
    due: u64,
    done: u64,
    spared: Spared,
    batches: Vec<Batch>,
}

#[derive(Deserialize)]
struct Spared {
    hold: u64,
    open_request: u64,
}

#[derive(Deserialize)]
struct Batch {
    done: Option<u64>,
}

impl Said {
    /// Reads a statement; `None` if it is none of this format, contradicts itself, or lies under another name than its own.
    fn of(stem: &str, bytes: &[u8]) -> Option<Said> {
        let said: Statement = serde_json::from_slice(bytes).ok()?;
        let sum = |each: &dyn Fn(&Rule) -> u64| {
            let each = said.rules.iter().map(each);
            each.fold(0u64, u64::saturating_add)
        };
        let batches = |rule: &Rule| {
            let done = rule.batches.iter().map(|batch| batch.done.unwrap_or(0));
            done.fold(0u64, u64::saturating_add)
        };
        let owed = said
            .deferred
            .iter()
            .fold((0u64, 0u64), |(due, done), part| {
                (due.saturating_add(part.due), done.saturating_add(part.done))
            });
        let holds = said.schema == runs::SCHEMA
            && stem == format!("{:06}-{}", said.number, said.sweep)
            && (said.number == 1) == said.predecessor.is_none()
            && said.rules.iter().all(|rule| rule.done == batches(rule));
        holds.then(|| Said {
            digest: Digest::sha256(bytes),
            number: said.number,
            predecessor: said.predecessor,
            day: said.day,
            begun: said.begun,
            every_s: said.every_s,
            limited: said.limited,
            complete: said.complete,
            due: sum(&|rule| rule.due),
            done: sum(&|rule| rule.done),
            spared: sum(&|rule| rule.spared.hold.saturating_add(rule.spared.open_request)),
            owed,
        })
    }
}

impl Sweeps {
    pub(super) fn take(&mut self, name: &str, bytes: &[u8]) {
        let name_of = name.strip_prefix(SWEEPS).unwrap_or_default();
        match name_of.rsplit_once('.') {
            Some((stem, "json")) => {
                let pair = self.pairs.entry(stem.to_owned()).or_default();
                pair.said = Some(Said::of(stem, bytes));
            }
            Some((stem, "p7s")) => {
                let pair = self.pairs.entry(stem.to_owned()).or_default();
                pair.seal = Some(bytes.to_vec());
            }
            _ => self.strange.push(name.to_owned()),
        }
    }
}

/// Holds the runs against the figures of the container.
pub(super) fn check(
    content: &Content,
    figures: Option<&SweepFigures>,
    (from, until): (Date, Date),
    anchors: &Anchors,
    verdict: &mut Verdict,
) {
    let mut fail = |what| verdict.reasons.push(reason("E739", what));
    let name = |stem: &str| super::super::page::plain(&format!("{SWEEPS}{stem}"));
    for strange in &content.sweeps.strange {
        fail(say::sweep_wrong(super::super::page::plain(strange)));
    }
    let mut all: Vec<(&str, &Said)> = Vec::new();
    for (stem, pair) in &content.sweeps.pairs {
        let (Some(Some(said)), Some(der)) = (&pair.said, &pair.seal) else {
            fail(say::sweep_wrong(name(stem)));
            continue;
        };
        match sealed(content, said, der, anchors, verdict.fingerprint) {
            Sealed::Known if (from..=until).contains(&said.day) => all.push((stem, said)),
            Sealed::Known | Sealed::Broken => fail(say::sweep_wrong(name(stem))),
            Sealed::ByStranger => fail(say::sweep_by_other(name(stem))),
        }
    }
    all.sort_by_key(|(_, said)| said.number);
    let absent = figures.map_or(0, |figures| figures.without_statement);
    let mut holes = 0u64;
    for two in all.windows(2) {
        let ((_, before), (stem, said)) = (two[0], two[1]);
        let between = said.number.saturating_sub(before.number);
        let follows = match between {
            0 => false,
            1 => said.predecessor == Some(before.digest),
            more => {
                holes = holes.saturating_add(more - 1);
                holes <= absent
            }
        };
        if !follows {
            fail(say::sweep_chain(name(stem)));
        }
    }
    let Some(figures) = figures else {
        if !content.sweeps.pairs.is_empty() {
            fail(say::sweeps_differ());
        }
        return;
    };
    if !counted(&all, figures) {
        fail(say::sweeps_differ());
    }
    let gaps = figures.gaps().into_iter().map(|gap| serde_json::json!(gap));
    match figures.missing {
        Some(_) => held::at_least(gaps.collect(), verdict),
        // The first versions did not name them; the verdict does.
        None => verdict.not_proven.extend(gaps),
    }
}

/// Whether the figures are those of the statements, and of as many runs more as the container says that it has no statement of.
fn counted(all: &[(&str, &Said)], figures: &SweepFigures) -> bool {
    let sum = |each: &dyn Fn(&Said) -> u64| {
        let each = all.iter().map(|(_, said)| each(said));
        each.fold(0u64, u64::saturating_add)
    };
    let complete = sum(&|said| u64::from(said.complete));
    let absent = figures.without_statement;
    let agrees = |stated: u64, counted: u64| match absent {
        0 => stated == counted,
        _ => stated >= counted,
    };
    // A run over some of the rules stands for none; what is missing behind the last run, or before the first, shows in no statement.
    let whole: Vec<&&Said> = all
        .iter()
        .map(|(_, said)| said)
        .filter(|said| !said.limited)
        .collect();
    let missing = whole.windows(2).filter_map(|two| {
        let every = two[0].every_s?;
        let is_next = two[1].number == two[0].number + 1;
        is_next.then(|| rhythm::missing(two[0].begun, two[1].begun, every))
    });
    figures.count.checked_sub(absent) == Some(all.len() as u64)
        && (complete..=complete.saturating_add(absent)).contains(&figures.complete)
        && agrees(figures.due, sum(&|said| said.due))
        && agrees(figures.done, sum(&|said| said.done))
        && agrees(figures.spared, sum(&|said| said.spared))
        && agrees(figures.deferred_due, sum(&|said| said.owed.0))
        && agrees(figures.deferred_done, sum(&|said| said.owed.1))
        && figures
            .missing
            .is_none_or(|stated| stated >= missing.fold(0u64, u64::saturating_add))
}

enum Sealed {
    Known,
    ByStranger,
    Broken,
}

/// Whether the seal of a run holds, and is of the one that sealed the container, of one that led to it, or of one that the caller knows.
fn sealed(
    content: &Content,
    said: &Said,
    der: &[u8],
    anchors: &Anchors,
    container: Option<Digest>,
) -> Sealed {
    let Ok(signature) = seal::verify(der, &said.digest) else {
        return Sealed::Broken;
    };
    let own = &signature.certificate;
    if !certificate::is_valid_at(own, signature.at) {
        return Sealed::Broken;
    }
    let fingerprint = certificate::fingerprint(own);
    let changes = succession::read(&content.small);
    let led = || {
        changes.iter().any(|change| {
            change.holds() && certificate::fingerprint(&change.previous) == fingerprint
        })
    };
    let vouched = || {
        certificate::vouched_for_seal(own, &signature.others, &anchors.seal, signature.at).is_some()
    };
    match Some(fingerprint) == container || led() || vouched() {
        true => Sealed::Known,
        false => Sealed::ByStranger,
    }
}
