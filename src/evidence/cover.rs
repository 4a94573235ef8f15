//! The cover sheet: what an auditor reads first, and often all that is read.
//!
//! It says what was asked, who dealt with it, what each system answered, what was erased, what was kept and why, and, in a box of
//! its own, what this bundle does not prove. Counts come from the same history as the record lines.

use std::collections::BTreeMap;

use super::gap::Gap;
use super::history::{History, Touched};
use super::page::{Block, Page, plain};
use super::screen::Screen;
use super::{Material, Seal, certificate, instructions, statement};
use crate::findings::SystemStatus;
use crate::inventory::Approval;
use crate::ledger::SystemAnswer;
use crate::messages::Text;
use crate::messages::evidence as say;
use crate::messages::export;
use crate::plan::{Decision, Level, Outcome};

/// The cover sheet.
pub(super) fn page(
    material: &Material<'_>,
    history: &History,
    gaps: &[Gap],
    seal: &Seal,
    screen: &Screen,
) -> Page {
    let mut blocks = vec![
        Block::Facts(facts(material, history, screen)),
        Block::Warning {
            title: say::not_proven(),
            intro: say::not_proven_intro(),
            items: gaps.iter().map(|gap| gap.text.clone()).collect(),
        },
        Block::Heading(say::systems()),
        Block::Table {
            head: say::systems_head().to_vec(),
            rows: systems(material, history),
        },
    ];
    if !history.records.is_empty() {
        blocks.push(Block::Heading(say::outcomes()));
        blocks.push(Block::Table {
            head: say::outcomes_head().to_vec(),
            rows: outcomes(history),
        });
    }
    if !history.packages.is_empty() {
        blocks.push(Block::Heading(say::packages()));
        blocks.push(Block::Table {
            head: say::packages_head().to_vec(),
            rows: packages(history),
        });
    }
    let kept = kept(material, history, screen);
    if !kept.is_empty() {
        blocks.push(Block::Heading(say::kept()));
        blocks.push(Block::Table {
            head: say::kept_head().to_vec(),
            rows: kept,
        });
    }
    blocks.push(Block::Heading(say::seal()));
    blocks.push(Block::Paragraph(level(certificate::is_self_issued(
        seal.certificate(),
    ))));
    blocks.push(Block::Facts(seal_facts(material, seal)));
    blocks.push(Block::Heading(say::check()));
    blocks.extend(instructions::blocks(material));
    Page {
        title: say::title(),
        subtitle: say::subtitle(plain(&material.controller), material.case),
        blocks,
    }
}

/// The seal's level in words (S0 to S3); this version makes S0.
pub(super) fn level(self_signed: bool) -> Text {
    if self_signed {
        say::level_self_signed()
    } else {
        say::level_issued()
    }
}

fn facts(material: &Material<'_>, history: &History, screen: &Screen) -> Vec<(Text, Text)> {
    let same = |text: &str| screen.words(text);
    let mut facts = vec![(
        say::controller(),
        Text::same(format!(
            "{}, {}",
            plain(&material.controller),
            plain(&material.seat)
        )),
    )];
    if let Some(contact) = &material.contact {
        facts.push((say::contact(), Text::same(plain(contact))));
    }
    facts.push((say::case(), Text::same(material.case)));
    let rights: Vec<Text> = history
        .rights
        .iter()
        .map(|right| say::right(right))
        .collect();
    facts.push((say::rights(), join(&rights)));
    facts.push((
        say::received(),
        match &history.channel {
            Some(channel) => say::received_by(material.received, same(channel)),
            None => say::day(material.received),
        },
    ));
    facts.push((say::due(), say::due_nominal(statement::due(material))));
    facts.push((
        say::answered(),
        match material.answered {
            Some(day) => say::day(day),
            None => say::not_yet(),
        },
    ));
    facts.push((
        say::identity(),
        match history.identity_confirmed {
            true => same(&material.identity_method),
            false => say::identity_not_confirmed(same(&material.identity_method)),
        },
    ));
    facts.push((say::operator(), same(&material.operator)));
    facts.push((say::decider(), decider(material, history, screen)));
    if let Some(plan) = history.latest {
        facts.push((say::plan(), Text::same(plan.hex())));
    }
    facts.push((say::made(), Text::same(instant(material.now))));
    facts.push((
        say::number(),
        match material.predecessor {
            Some(before) => say::number_after(material.number, before.hex()),
            None => Text::same(material.number.to_string()),
        },
    ));
    if let Some(until) = material.keep_until {
        facts.push((say::keep_until(), say::day(until)));
    }
    facts
}

fn decider(material: &Material<'_>, history: &History, screen: &Screen) -> Text {
    let approval = history.latest.and_then(|plan| history.approvals.get(&plan));
    match (&material.approver, approval) {
        (_, Some((Approval::FourEyes, by))) => {
            let mut by = by.clone();
            by.dedup();
            say::four_eyes(screen.words(&by.join(", ")))
        }
        (_, Some((Approval::None, by))) => say::no_four_eyes(screen.words(&by.join(", "))),
        (Some(approver), None) => say::named_only(screen.words(approver)),
        (None, None) => say::nobody_approved(),
    }
}

/// One row a package: when, what, encrypted how, until when, and its digest.
fn packages(history: &History) -> Vec<Vec<Text>> {
    let rows = history.packages.iter().map(|package| {
        vec![
            Text::same(instant(package.at)),
            export::kind_in_words(package.kind, package.draft),
            Text::same(package.records.to_string()),
            export::sealed_in_words(package.sealed),
            match package.deleted {
                Some(at) => say::package_deleted(instant(at)),
                None => say::day(package.expires),
            },
            Text::same(package.package.hex()),
        ]
    });
    rows.collect()
}

/// One row a system: status, found, erased, kept, open, and the weakest level of what was done.
fn systems(material: &Material<'_>, history: &History) -> Vec<Vec<Text>> {
    let mut names: Vec<&String> = history.systems.keys().collect();
    names.extend(history.records.iter().map(|touched| &touched.system));
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let answer = history.systems.get(name).map(|(_, answer)| answer);
            let own: Vec<&Touched> = history
                .records
                .iter()
                .filter(|touched| touched.system == *name)
                .collect();
            // A zero beside a system that was not asked would look like an answer.
            let asked = answer.is_some_and(|answer| {
                matches!(
                    answer.status,
                    SystemStatus::Searched | SystemStatus::Incomplete
                )
            });
            let count = |wanted: fn(Outcome) -> bool| match own.is_empty() && !asked {
                true => Text::same("-"),
                false => Text::same(own.iter().filter(|t| wanted(t.outcome)).count().to_string()),
            };
            let weakest = own
                .iter()
                .filter(|t| is_done(t.outcome))
                .map(|t| t.level)
                .min();
            vec![
                host(material, name),
                answer.map_or_else(say::status_unknown, status),
                Text::same(
                    answer
                        .filter(|_| asked)
                        .map_or_else(|| "-".to_owned(), found),
                ),
                count(is_erased),
                count(is_kept),
                count(|outcome| {
                    !is_erased(outcome)
                        && !is_kept(outcome)
                        && !matches!(
                            outcome,
                            Outcome::Rectified | Outcome::Unrestricted | Outcome::Suppressed
                        )
                }),
                weakest.map_or_else(|| Text::same("-"), say::level_short),
            ]
        })
        .collect()
}

/// The system's name, with the host it was reached at.
fn host(material: &Material<'_>, name: &str) -> Text {
    let notes = material
        .findings
        .and_then(|findings| findings.systems.iter().find(|system| system.system == name))
        .map(|system| &system.notes);
    match notes.and_then(|notes| notes.host.as_deref()) {
        Some(host) => Text::same(format!("{name} ({})", plain(host))),
        None => Text::same(name),
    }
}

fn status(answer: &SystemAnswer) -> Text {
    match &answer.error {
        Some(code) => say::status_with(say::status(answer.status), plain(code)),
        None => say::status(answer.status),
    }
}

fn found(answer: &SystemAnswer) -> String {
    answer
        .objects
        .iter()
        .map(|object| object.records)
        .sum::<u64>()
        .to_string()
}

fn outcomes(history: &History) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, Outcome, Option<Level>), u64> = BTreeMap::new();
    for touched in &history.records {
        let key = (
            &*touched.system,
            &*touched.object,
            touched.outcome,
            touched.level,
        );
        *groups.entry(key).or_default() += 1;
    }
    groups
        .into_iter()
        .map(|((system, object, outcome, level), count)| {
            vec![
                Text::same(format!("{system}.{object}")),
                Text::same(count.to_string()),
                say::outcome(outcome),
                if is_done(outcome) {
                    say::level(level)
                } else {
                    Text::same("")
                },
            ]
        })
        .collect()
}

/// What the law or a hold keeps: where, how many, until when, because of what.
fn kept(material: &Material<'_>, history: &History, screen: &Screen) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, Decision, _, String), (u64, Text)> = BTreeMap::new();
    for touched in &history.records {
        let Some(decision) = touched
            .decision
            .filter(|decision| *decision != Decision::Erase)
        else {
            continue;
        };
        let because = match decision {
            // The reason of a hold is a sentence about somebody; it stays in the vault.
            Decision::Held => say::because_held(),
            _ => because(material, touched)
                .map_or_else(say::because_unknown, |text| screen.text(text)),
        };
        let key = (
            &*touched.system,
            &*touched.object,
            decision,
            touched.until,
            because.en.clone(),
        );
        groups.entry(key).or_insert((0, because)).0 += 1;
    }
    groups
        .into_iter()
        .map(|((system, object, decision, until, _), (count, because))| {
            vec![
                Text::same(format!("{system}.{object}")),
                Text::same(count.to_string()),
                say::decision(decision),
                until.map_or_else(|| Text::same("-"), say::day),
                because,
            ]
        })
        .collect()
}

fn because<'a>(material: &'a Material<'_>, touched: &Touched) -> Option<&'a Text> {
    let step = material
        .plan?
        .steps
        .get(usize::try_from(touched.step).ok()?)?;
    (step.name == touched.record)
        .then_some(step.because.as_ref())
        .flatten()
}

fn seal_facts(material: &Material<'_>, seal: &Seal) -> Vec<(Text, Text)> {
    let own = seal.certificate();
    let connectors: Vec<Text> = material
        .connectors
        .iter()
        .map(|(name, version, digest)| {
            Text::same(format!("{name}@{version} {}", &digest.hex()[..16]))
        })
        .collect();
    vec![
        (
            say::signer(),
            Text::same(plain(&own.tbs_certificate.subject.to_string())),
        ),
        (
            say::fingerprint(),
            Text::same(certificate::spoken(&certificate::fingerprint(own))),
        ),
        (
            say::inventory(),
            Text::same(material.inventory_digest.hex()),
        ),
        (say::lock(), Text::same(material.lock_digest.hex())),
        (
            say::connectors(),
            if connectors.is_empty() {
                Text::same("-")
            } else {
                join(&connectors)
            },
        ),
        (
            say::program(),
            Text::same(concat!("dsr ", env!("CARGO_PKG_VERSION"))),
        ),
    ]
}

fn is_erased(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Removed | Outcome::Anonymised | Outcome::AlreadyGone
    )
}

fn is_kept(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Restricted | Outcome::Retained | Outcome::Held
    )
}

/// Outcomes that change something and so have a level.
fn is_done(outcome: Outcome) -> bool {
    is_erased(outcome) || matches!(outcome, Outcome::Restricted | Outcome::Rectified)
}

fn join(texts: &[Text]) -> Text {
    let of = |pick: fn(&Text) -> &str| texts.iter().map(pick).collect::<Vec<_>>().join(", ");
    Text {
        en: of(|text| &text.en),
        de: of(|text| &text.de),
    }
}

fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
