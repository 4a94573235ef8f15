//! The cover sheet: what an auditor reads first, and often all that is read.
//!
//! It says what was asked, who dealt with it, what each system answered, what was erased, what was kept and why, and, in a box of
//! its own, what this bundle does not prove. Counts come from the same history as the record lines.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::gap::Gap;
use super::history::{Asked, History, Sort};
use super::page::{Block, Page, plain};
use super::screen::Screen;
use super::witness::Place;
use super::{Change, Material, Seal, Witnesses, certificate, instructions, statement};
use crate::anomaly::Anomaly;
use crate::findings::SystemStatus;
use crate::hold;
use crate::inventory::Approval;
use crate::ledger::{Needless, SystemAnswer, TaskKind};
use crate::messages::{
    Text, anomaly, evidence as say, hold as say_hold, owed, rights, seal as words, translog,
};
use crate::plan::{self, Decision, Level, Outcome};
use crate::task::{State, TaskState};

/// The cover sheet.
pub(super) fn page(
    material: &Material<'_>,
    history: &History,
    gaps: &[Gap],
    seal: &Seal,
    place: Option<&Place>,
    screen: &Screen,
    witnesses: Witnesses<'_>,
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
            head: systems_head(history),
            rows: systems(material, history),
        },
    ];
    blocks.extend(accounts(&material.inventory_extract));
    blocks.extend(noticed(material));
    if !history.sorts.is_empty() {
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
    let lasting = lasting(history, screen);
    if !lasting.is_empty() {
        blocks.push(Block::Heading(say::lasting()));
        blocks.push(Block::Table {
            head: say::lasting_head().to_vec(),
            rows: lasting,
        });
    }
    let kept = kept(history, screen);
    if !kept.is_empty() {
        blocks.push(Block::Heading(say::kept()));
        blocks.push(Block::Table {
            head: say::kept_head().to_vec(),
            rows: kept,
        });
    }
    if !history.tasks.is_empty() {
        blocks.push(Block::Heading(say::tasks()));
        blocks.push(Block::Table {
            head: say::tasks_head().to_vec(),
            rows: history
                .tasks
                .iter()
                .map(|task| by_hand(task, screen))
                .collect(),
        });
    }
    let left = left(history, screen);
    if !left.is_empty() {
        blocks.push(Block::Heading(rights::left()));
        blocks.push(Block::Table {
            head: say::kept_head().to_vec(),
            rows: left,
        });
    }
    blocks.push(Block::Heading(say::seal()));
    blocks.push(Block::Paragraph(seal.worth(witnesses).words(None)));
    blocks.push(Block::Facts(seal_facts(material, seal)));
    if !seal.changes().is_empty() {
        blocks.push(Block::Heading(words::changes()));
        blocks.push(Block::Paragraph(words::changes_intro()));
        blocks.push(Block::Table {
            head: words::changes_head().to_vec(),
            rows: seal.changes().iter().map(seal_change).collect(),
        });
    }
    if let Some(place) = place {
        blocks.extend(log(place, Some(opening(place))));
    }
    blocks.push(Block::Heading(say::check()));
    blocks.extend(instructions::blocks(material, witnesses));
    Page {
        title: say::title(),
        subtitle: say::subtitle(plain(&material.controller), material.case),
        blocks,
    }
}

/// Whether reading and writing accounts differ, by the inventory; inventories of the first workspaces do not say.
fn accounts(extract: &Value) -> Vec<Block> {
    let systems = extract["systems"].as_array().map_or(&[][..], Vec::as_slice);
    let with = |accounts: &str| {
        let own = systems.iter().filter(|system| {
            (&system["accounts"], &system["status"]) == (&json!(accounts), &json!("active"))
        });
        let names = own.filter_map(|system| system["name"].as_str()).map(plain);
        names.collect::<Vec<_>>().join(", ")
    };
    let (same, unknown) = (with("same"), with("unknown"));
    let mut blocks = Vec::new();
    if !same.is_empty() {
        blocks.push(Block::Paragraph(say::accounts_same(same)));
    }
    if !unknown.is_empty() {
        blocks.push(Block::Paragraph(say::accounts_unknown(unknown)));
    }
    blocks
}

/// What stands out, who did it and why it matters.
fn noticed(material: &Material<'_>) -> Vec<Block> {
    if material.anomalies.is_empty() {
        return Vec::new();
    }
    let row = |one: &Anomaly| {
        vec![
            Text::same(instant(one.at)),
            Text::same(plain(one.who.as_deref().unwrap_or_default())),
            one.what.clone(),
            one.kind.why(),
        ]
    };
    vec![
        Block::Heading(anomaly::noticed()),
        Block::Paragraph(anomaly::noticed_intro()),
        Block::Table {
            head: vec![
                anomaly::head_when(),
                anomaly::head_who(),
                anomaly::head_what(),
                anomaly::head_why(),
            ],
            rows: material.anomalies.iter().map(row).collect(),
        },
    ]
}

/// One seal in the place of another: when, which before, which after, and whether the old key signed it.
fn seal_change(change: &Change) -> Vec<Text> {
    let spoken = |digest| Text::same(certificate::spoken(&digest));
    vec![
        Text::same(instant(change.at)),
        spoken(certificate::fingerprint(&change.previous)),
        spoken(change.certificate),
        match change.holds() {
            true => words::change_signed(),
            false => words::change_unsigned(),
        },
    ]
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
    for asked in &history.asked {
        facts.push((rights::head_asked(), in_words(asked, screen)));
    }
    for day in &history.notices {
        facts.push((rights::head_notice(), rights::notice_sent(*day)));
    }
    for ((system, object, outcome), count) in &history.deferred {
        let place = same(&format!("{system}.{object}"));
        let what = owed::in_bundle(place, say::outcome(*outcome), *count);
        facts.push((owed::in_bundle_head(), what));
    }
    facts.push((
        say::received(),
        match &history.channel {
            Some(channel) => {
                let known = say::channel(channel);
                say::received_by(material.received, known.unwrap_or_else(|| same(channel)))
            }
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
        facts.push((say::openings_until(), say::openings_until_day(until)));
    }
    facts
}

/// What was asked for: the ground, or the fields to be corrected with the keyed digest of each new value.
fn in_words(asked: &Asked, screen: &Screen) -> Text {
    let because = plan::ground_text(&asked.verb, asked.because.as_deref().unwrap_or_default());
    match (asked.verb.as_str(), asked.until) {
        ("rectify", _) => {
            let fields = asked.fields.iter().map(|(field, digest)| {
                rights::asked_field(screen.words(field), digest.hex()[..16].to_owned())
            });
            rights::asked_correction(join(&fields.collect::<Vec<_>>()))
        }
        ("lift", _) => rights::asked_lift(because),
        ("optout", _) => rights::asked_optout(because),
        (_, Some(until)) => rights::asked_restriction_until(because, until),
        (_, None) => rights::asked_restriction(because),
    }
}

/// Where more than erasure was asked for, what was done is not called erased.
fn systems_head(history: &History) -> Vec<Text> {
    let mut head = say::systems_head().to_vec();
    if history.verbs.values().any(|verb| verb != "erase") {
        head[3] = rights::head_done();
    }
    head
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
            package.kind.in_words(package.draft),
            Text::same(package.records.to_string()),
            package.sealed.in_words(),
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
    names.extend(history.sorts.iter().map(|(sort, _)| &sort.system));
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let answer = history.systems.get(name).map(|(_, answer)| answer);
            let own: Vec<&(Sort, u64)> = history
                .sorts
                .iter()
                .filter(|(sort, _)| sort.system == *name)
                .collect();
            // A zero beside a system that was not asked would look like an answer.
            let asked = answer.is_some_and(|answer| {
                matches!(
                    answer.status,
                    SystemStatus::Searched | SystemStatus::Incomplete
                )
            });
            let count = |wanted: &dyn Fn(&Sort) -> bool| match own.is_empty() && !asked {
                true => Text::same("-"),
                false => {
                    let counts = own.iter().filter(|(sort, _)| wanted(sort));
                    Text::same(counts.map(|(_, count)| count).sum::<u64>().to_string())
                }
            };
            let kept = |t: &Sort| is_kept(t.outcome) && history.is_erasure(t);
            let carried_out = |t: &Sort| is_done(t.outcome) && !kept(t);
            let weakest = own
                .iter()
                .filter(|(sort, _)| is_done(sort.outcome))
                .map(|(sort, _)| sort.level)
                .min();
            vec![
                host(material, name),
                answer.map_or_else(say::status_unknown, status),
                match history.tasks.found_by_hand(name) {
                    Some(count) => Text::same(count.to_string()),
                    None => Text::same(
                        answer
                            .filter(|_| asked)
                            .map_or_else(|| "-".to_owned(), found),
                    ),
                },
                count(&carried_out),
                count(&kept),
                count(&|t| !carried_out(t) && !kept(t)),
                weakest.map_or_else(|| Text::same("-"), say::level_short),
            ]
        })
        .collect()
}

/// The system's name, with the host it was reached at.
fn host(material: &Material<'_>, name: &str) -> Text {
    let notes = material
        .findings
        .and_then(|findings| {
            let mut systems = findings.head().systems.iter();
            systems.find(|system| system.system == name)
        })
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
    let mut groups: BTreeMap<(&str, &str, Outcome, Option<Level>, bool), u64> = BTreeMap::new();
    for (sort, count) in &history.sorts {
        let key = (
            &*sort.system,
            &*sort.object,
            sort.outcome,
            sort.level,
            sort.is_lost,
        );
        *groups.entry(key).or_default() += count;
    }
    groups
        .into_iter()
        .map(|((system, object, outcome, level, lost), count)| {
            vec![
                Text::same(format!("{system}.{object}")),
                Text::same(count.to_string()),
                match lost {
                    true => say::outcome_lost(),
                    false => say::outcome(outcome),
                },
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
fn kept(history: &History, screen: &Screen) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, Decision, _, String), (u64, Text)> = BTreeMap::new();
    for (touched, count) in &history.sorts {
        // A hold that was set after the plan keeps what the plan would have erased.
        let held = touched.outcome == Outcome::Held;
        let Some(decision) = touched
            .decision
            .map(|decision| if held { Decision::Held } else { decision })
            .filter(|decision| *decision != Decision::Erase && history.is_erasure(touched))
        else {
            continue;
        };
        let because = match decision {
            // The reason of a hold is a sentence about somebody; it stays in the vault. What the plan says of it is made of its number,
            // its ground and a day.
            Decision::Held => match (touched.is_planned_held, &touched.holds[..]) {
                (true, _) => touched
                    .because
                    .as_ref()
                    .map_or_else(say::because_held, |text| screen.text(text)),
                (false, []) => say::because_held(),
                (false, holds) => say_hold::because_held_by(hold::listed(holds)),
            },
            _ => touched
                .because
                .as_ref()
                .map_or_else(say::because_unknown, |text| screen.text(text)),
        };
        let key = (
            &*touched.system,
            &*touched.object,
            decision,
            touched.until,
            because.en.clone(),
        );
        groups.entry(key).or_insert((0, because)).0 += count;
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

/// What was asked for beside erasure and is left to people: where, how many, because of what.
fn left(history: &History, screen: &Screen) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, String), (u64, Text)> = BTreeMap::new();
    for (touched, count) in &history.sorts {
        if history.is_erasure(touched) || touched.decision != Some(Decision::Manual) {
            continue;
        }
        let because = touched.because.as_ref();
        let because = because.map_or_else(say::because_unknown, |text| screen.text(text));
        let key = (&*touched.system, &*touched.object, because.en.clone());
        groups.entry(key).or_insert((0, because)).0 += count;
    }
    groups
        .into_iter()
        .map(|((system, object, _), (count, because))| {
            vec![
                Text::same(format!("{system}.{object}")),
                Text::same(count.to_string()),
                say::decision(Decision::Manual),
                Text::same("-"),
                because,
            ]
        })
        .collect()
}

/// What the writes brought about that nobody can undo: where, how many, which effect. It was shown before anyone confirmed.
fn lasting(history: &History, screen: &Screen) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, String), (u64, Text)> = BTreeMap::new();
    for (touched, count) in &history.sorts {
        let may_be_written = is_done(touched.outcome)
            || matches!(
                touched.outcome,
                Outcome::Unknown | Outcome::NotVerified | Outcome::Pending
            );
        let written = may_be_written && touched.outcome != Outcome::AlreadyGone;
        let effect = touched.irreversible.as_ref();
        if let Some(effect) = effect.filter(|_| written) {
            let effect = screen.text(effect);
            let key = (&*touched.system, &*touched.object, effect.en.clone());
            groups.entry(key).or_insert((0, effect)).0 += count;
        }
    }
    let rows = groups.into_iter();
    rows.map(|((system, object, _), (count, effect))| {
        vec![
            Text::same(format!("{system}.{object}")),
            Text::same(count.to_string()),
            effect,
        ]
    })
    .collect()
}

/// What somebody was asked to do, and who says that it was done. The words of the task stay in the vault.
fn by_hand(task: &TaskState, screen: &Screen) -> Vec<Text> {
    let state = match &task.state {
        State::Open => say::task_open(task.due),
        State::Dropped(Some(Needless::Erased)) => say::task_erased(),
        State::Dropped(None) => say::task_dropped(),
        State::Done(done) => {
            let day = done.at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let words = say::task_done(day, screen.words(&done.operator));
            match done.found {
                Some(count) => say::task_found(words, count),
                None => words,
            }
        }
    };
    let proof = match task.done() {
        None => Text::same("-"),
        Some(done) => match done.proof {
            Some(proof) if done.level == Some(Level::L4) => say::task_processor(proof.hex()),
            Some(proof) => say::task_proof(proof.hex()),
            None => say::task_no_proof(),
        },
    };
    vec![
        Text::same(task.name()),
        Text::same(plain(&match &task.part {
            Some(part) => format!("{}.{part}", task.system),
            None => task.system.clone(),
        })),
        match task.kind {
            TaskKind::LookUp => crate::messages::look_up::kind(),
            TaskKind::Search => say::task_search(),
            TaskKind::Act => say::task_act(),
        },
        state,
        proof,
    ]
}

/// Where in the log over all cases the case stands.
/// The place in the log over all cases; `opening` is the fact about that of a case.
pub(super) fn log(place: &Place, opening: Option<(Text, Text)>) -> Vec<Block> {
    let mut facts = vec![(translog::log(), Text::same(plain(&place.key.name)))];
    facts.extend(opening);
    facts.push((translog::statement(), translog::statement_at()));
    vec![
        Block::Heading(translog::heading()),
        Block::Paragraph(translog::good_for()),
        Block::Facts(facts),
    ]
}

fn opening(place: &Place) -> (Text, Text) {
    let opened = match &place.opened {
        Some((_, proof)) => {
            let at = &proof.signed.checkpoint;
            translog::opened_at(proof.index, BASE64.encode(at.root.0))
        }
        None => translog::opened_nowhere(),
    };
    (translog::opening(), opened)
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
    is_erased(outcome)
        || matches!(
            outcome,
            Outcome::Restricted | Outcome::Unrestricted | Outcome::Rectified | Outcome::Suppressed
        )
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
