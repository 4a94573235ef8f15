//! The cover sheet: what an auditor reads first, and often all that is read.
//!
//! It says what was asked, who dealt with it, what each system answered, what was erased, what was kept and why, and, in a box of
//! its own, what this bundle does not prove. Counts come from the same history as the record lines.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::history::{Asked, History};
use super::page::{Block, Page, plain};
use super::screen::Screen;
use super::sheet::{Amendment, Logged, Noticed, Of, Sheet, is_done};
use super::{Change, certificate, instructions, statement};
use crate::findings::SystemStatus;
use crate::inventory::Approval;
use crate::ledger::{Needless, SystemAnswer, TaskKind};
use crate::messages::{Text, anomaly, evidence as say, owed, rights, seal as words, translog};
use crate::plan::{self, Decision, Level, Outcome};
use crate::task::{State, TaskState};

/// The cover sheet.
pub(super) fn page(sheet: &Sheet<'_>, history: &History, screen: &Screen) -> Page {
    let mut blocks = vec![
        Block::Facts(facts(sheet, history, screen)),
        Block::Warning {
            title: say::not_proven(),
            intro: say::not_proven_intro(),
            items: sheet.gaps.clone(),
        },
        Block::Heading(say::systems()),
        Block::Table {
            head: systems_head(history),
            rows: systems(sheet, history),
        },
    ];
    blocks.extend(accounts(sheet.inventory));
    blocks.extend(amended(sheet));
    blocks.extend(noticed(&sheet.beside.noticed));
    if !sheet.beside.records.is_empty() {
        blocks.push(Block::Heading(say::outcomes()));
        blocks.push(Block::Table {
            head: say::outcomes_head().to_vec(),
            rows: outcomes(sheet),
        });
    }
    if !history.packages.is_empty() {
        blocks.push(Block::Heading(say::packages()));
        blocks.push(Block::Table {
            head: say::packages_head().to_vec(),
            rows: packages(history),
        });
    }
    let lasting = lasting(sheet);
    if !lasting.is_empty() {
        blocks.push(Block::Heading(say::lasting()));
        blocks.push(Block::Table {
            head: say::lasting_head().to_vec(),
            rows: lasting,
        });
    }
    let kept = kept(sheet, history);
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
    let left = left(sheet, history);
    if !left.is_empty() {
        blocks.push(Block::Heading(rights::left()));
        blocks.push(Block::Table {
            head: say::kept_head().to_vec(),
            rows: left,
        });
    }
    blocks.push(Block::Heading(say::seal()));
    blocks.push(Block::Paragraph(sheet.worth.words(None)));
    blocks.push(Block::Facts(seal_facts(sheet)));
    if !sheet.changes.is_empty() {
        blocks.push(Block::Heading(words::changes()));
        blocks.push(Block::Paragraph(words::changes_intro()));
        blocks.push(Block::Table {
            head: words::changes_head().to_vec(),
            rows: sheet.changes.iter().map(seal_change).collect(),
        });
    }
    if let Some(logged) = &sheet.log {
        blocks.extend(log(&logged.name, Some(opening(logged))));
    }
    blocks.push(Block::Heading(say::check()));
    blocks.extend(instructions::of_case(
        sheet.case,
        sheet.number,
        sheet.witnessed,
    ));
    Page {
        title: say::title(),
        subtitle: say::subtitle(plain(sheet.controller), sheet.case),
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

/// Changes to inventory and people since the bundle before, or since the case was opened.
fn amended(sheet: &Sheet<'_>) -> Vec<Block> {
    let Some(amendments) = &sheet.beside.amendments else {
        return Vec::new();
    };
    let is_later = sheet.number > 1 || sheet.predecessor.is_some();
    let mut blocks = vec![Block::Heading(say::amendments())];
    let row = |one: &Amendment| {
        vec![
            say::instant(one.at),
            Text::same(plain(&one.who)),
            one.what.clone(),
        ]
    };
    match amendments.is_empty() {
        true => blocks.push(Block::Paragraph(match is_later {
            true => say::no_amendments_since_bundle(),
            false => say::no_amendments_since_opening(),
        })),
        false => {
            blocks.push(Block::Paragraph(match is_later {
                true => say::amendments_since_bundle(),
                false => say::amendments_since_opening(),
            }));
            blocks.push(Block::Table {
                head: vec![
                    anomaly::head_when(),
                    anomaly::head_who(),
                    anomaly::head_what(),
                ],
                rows: amendments.iter().map(row).collect(),
            });
        }
    }
    blocks
}

/// What stands out, who did it and why it matters.
fn noticed(noticed: &[Noticed]) -> Vec<Block> {
    if noticed.is_empty() {
        return Vec::new();
    }
    let row = |one: &Noticed| {
        vec![
            say::instant(one.at),
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
            rows: noticed.iter().map(row).collect(),
        },
    ]
}

/// One seal in the place of another: when, which before, which after, and whether the old key signed it.
fn seal_change(change: &Change) -> Vec<Text> {
    let spoken = |digest| Text::same(certificate::spoken(&digest));
    vec![
        say::instant(change.at),
        spoken(certificate::fingerprint(&change.previous)),
        spoken(change.certificate),
        match change.holds() {
            true => words::change_signed(),
            false => words::change_unsigned(),
        },
    ]
}

fn facts(sheet: &Sheet<'_>, history: &History, screen: &Screen) -> Vec<(Text, Text)> {
    let same = |text: &str| screen.of_journal(text);
    let mut facts = vec![(
        say::controller(),
        Text::same(format!(
            "{}, {}",
            plain(sheet.controller),
            plain(sheet.seat)
        )),
    )];
    if let Some(contact) = sheet.contact {
        facts.push((say::contact(), Text::same(plain(contact))));
    }
    facts.push((say::case(), Text::same(sheet.case)));
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
    for (system, object, outcome, count) in &sheet.deferred {
        let place = same(&format!("{system}.{object}"));
        let what = owed::in_bundle(place, say::outcome(*outcome), *count);
        facts.push((owed::in_bundle_head(), what));
    }
    facts.push((
        say::received(),
        match &sheet.channel {
            Some(channel) => say::received_by(sheet.received, channel),
            None => say::day(sheet.received),
        },
    ));
    facts.push((say::due(), say::due_nominal(statement::due(sheet.received))));
    facts.push((
        say::answered(),
        match sheet.answered {
            Some(day) => say::day(day),
            None => say::not_yet(),
        },
    ));
    facts.push((
        say::identity(),
        match history.identity_confirmed {
            true => sheet.identity.clone(),
            false => say::identity_not_confirmed(&sheet.identity),
        },
    ));
    facts.push((say::operator(), same(sheet.operator)));
    facts.push((say::decider(), decider(sheet, history, screen)));
    if let Some(plan) = history.latest {
        facts.push((say::plan(), Text::same(plan.hex())));
    }
    facts.push((say::made(), say::instant(sheet.made)));
    facts.push((
        say::number(),
        match sheet.predecessor {
            Some(before) => say::number_after(sheet.number, before.hex()),
            None => Text::same(sheet.number.to_string()),
        },
    ));
    if let Some(until) = sheet.keep_until {
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
                rights::asked_field(screen.of_journal(field), digest.hex()[..16].to_owned())
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

fn decider(sheet: &Sheet<'_>, history: &History, screen: &Screen) -> Text {
    let approval = history.latest.and_then(|plan| history.approvals.get(&plan));
    match (sheet.approver, approval) {
        (_, Some((Approval::FourEyes, by))) => {
            let mut by = by.clone();
            by.dedup();
            say::four_eyes(screen.of_journal(&by.join(", ")))
        }
        (_, Some((Approval::None, by))) => say::no_four_eyes(screen.of_journal(&by.join(", "))),
        (Some(approver), None) => say::named_only(screen.of_journal(approver)),
        (None, None) => say::nobody_approved(),
    }
}

/// One row a package: when, what, encrypted how, until when, and its digest.
fn packages(history: &History) -> Vec<Vec<Text>> {
    let rows = history.packages.iter().map(|package| {
        vec![
            say::instant(package.at),
            package.kind.in_words(package.draft),
            Text::same(package.records.to_string()),
            package.sealed.in_words(),
            match package.deleted {
                Some(at) => say::package_deleted(say::instant(at)),
                None => say::day(package.expires),
            },
            Text::same(package.package.hex()),
        ]
    });
    rows.collect()
}

/// One row a system: status, found, erased, kept, open, and the weakest level of what was done.
fn systems(sheet: &Sheet<'_>, history: &History) -> Vec<Vec<Text>> {
    let mut names: Vec<&String> = history.systems.keys().collect();
    let records = &sheet.beside.records;
    names.extend(records.iter().map(|one| &one.of.system));
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let answer = history.systems.get(name).map(|(_, answer)| answer);
            let own = records.iter().filter(|one| one.of.system == *name);
            let own: Vec<(&Of, u64)> = own.map(|one| (&one.of, one.count)).collect();
            // A zero beside a system that was not asked would look like an answer.
            let asked = answer.is_some_and(|answer| {
                matches!(
                    answer.status,
                    SystemStatus::Searched | SystemStatus::Incomplete
                )
            });
            let count = |wanted: &dyn Fn(&Of) -> bool| match own.is_empty() && !asked {
                true => Text::same("-"),
                false => {
                    let counts = own.iter().filter(|(of, _)| wanted(of));
                    Text::same(counts.map(|(_, count)| count).sum::<u64>().to_string())
                }
            };
            let kept = |t: &Of| is_kept(t.outcome) && history.erases(&t.plan);
            let carried_out = |t: &Of| is_done(t.outcome) && !kept(t);
            let weakest = own
                .iter()
                .filter(|(sort, _)| is_done(sort.outcome))
                .map(|(sort, _)| sort.level)
                .min();
            vec![
                host(sheet, name),
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
fn host(sheet: &Sheet<'_>, name: &str) -> Text {
    match sheet.hosts.get(name) {
        Some(host) => say::at_host(plain(name), host),
        None => Text::same(plain(name)),
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

fn outcomes(sheet: &Sheet<'_>) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, Outcome, Option<Level>, bool), u64> = BTreeMap::new();
    for one in &sheet.beside.records {
        let of = &one.of;
        let key = (&*of.system, &*of.object, of.outcome, of.level, of.lost);
        *groups.entry(key).or_default() += one.count;
    }
    groups
        .into_iter()
        .map(|((system, object, outcome, level, lost), count)| {
            vec![
                place(system, object),
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
fn kept(sheet: &Sheet<'_>, history: &History) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, Decision, _, &str), (u64, &Text)> = BTreeMap::new();
    for one in &sheet.beside.records {
        let of = &one.of;
        if let (Some(decision), Some(because), true) =
            (of.decision, &of.because, history.erases(&of.plan))
        {
            let key = (
                &*of.system,
                &*of.object,
                decision,
                of.until,
                because.en.as_str(),
            );
            groups.entry(key).or_insert((0, because)).0 += one.count;
        }
    }
    groups
        .into_iter()
        .map(|((system, object, decision, until, _), (count, because))| {
            vec![
                place(system, object),
                Text::same(count.to_string()),
                say::decision(decision),
                until.map_or_else(|| Text::same("-"), say::day),
                because.clone(),
            ]
        })
        .collect()
}

/// What was asked for beside erasure and is left to people: where, how many, because of what.
fn left(sheet: &Sheet<'_>, history: &History) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, &str), (u64, &Text)> = BTreeMap::new();
    for one in &sheet.beside.records {
        let of = &one.of;
        if let (Some(because), false) = (&of.because, history.erases(&of.plan)) {
            let key = (&*of.system, &*of.object, because.en.as_str());
            groups.entry(key).or_insert((0, because)).0 += one.count;
        }
    }
    groups
        .into_iter()
        .map(|((system, object, _), (count, because))| {
            vec![
                place(system, object),
                Text::same(count.to_string()),
                say::decision(Decision::Manual),
                Text::same("-"),
                because.clone(),
            ]
        })
        .collect()
}

/// What the writes brought about that nobody can undo: where, how many, which effect.
fn lasting(sheet: &Sheet<'_>) -> Vec<Vec<Text>> {
    let mut groups: BTreeMap<(&str, &str, &str), (u64, &Text)> = BTreeMap::new();
    for one in &sheet.beside.records {
        let of = &one.of;
        if let Some(effect) = &of.effect {
            let key = (&*of.system, &*of.object, effect.en.as_str());
            groups.entry(key).or_insert((0, effect)).0 += one.count;
        }
    }
    let rows = groups.into_iter();
    rows.map(|((system, object, _), (count, effect))| {
        vec![
            place(system, object),
            Text::same(count.to_string()),
            effect.clone(),
        ]
    })
    .collect()
}

fn place(system: &str, object: &str) -> Text {
    Text::same(plain(&format!("{system}.{object}")))
}

/// What somebody was asked to do, and who says that it was done. The words of the task stay in the vault.
fn by_hand(task: &TaskState, screen: &Screen) -> Vec<Text> {
    let state = match &task.state {
        State::Open => say::task_open(task.due),
        State::Dropped(Some(Needless::Erased)) => say::task_erased(),
        State::Dropped(None) => say::task_dropped(),
        State::Done(done) => {
            let day = done.at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let words = say::task_done(day, screen.of_journal(&done.operator));
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

/// The place in the log over all cases; `opening` is the fact about that of a case.
pub(super) fn log(name: &str, opening: Option<(Text, Text)>) -> Vec<Block> {
    let mut facts = vec![(translog::log(), Text::same(plain(name)))];
    facts.extend(opening);
    facts.push((translog::statement(), translog::statement_at()));
    vec![
        Block::Heading(translog::heading()),
        Block::Paragraph(translog::good_for()),
        Block::Facts(facts),
    ]
}

fn opening(logged: &Logged) -> (Text, Text) {
    let opened = match &logged.opened {
        Some((index, root)) => translog::opened_at(*index, BASE64.encode(root.0)),
        None => translog::opened_nowhere(),
    };
    (translog::opening(), opened)
}

fn seal_facts(sheet: &Sheet<'_>) -> Vec<(Text, Text)> {
    let own = sheet.certificate;
    let connectors: Vec<Text> = sheet
        .connectors
        .iter()
        .map(|(name, version, digest)| {
            let short = &digest.hex()[..16];
            Text::same(plain(&format!("{name}@{version} {short}")))
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
        (say::inventory(), Text::same(sheet.inventory_digest.hex())),
        (say::lock(), Text::same(sheet.lock_digest.hex())),
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
            Text::same(plain(&format!("dsr {}", sheet.program))),
        ),
    ]
}

fn is_kept(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Restricted | Outcome::Retained | Outcome::Held
    )
}

fn join(texts: &[Text]) -> Text {
    let of = |pick: fn(&Text) -> &str| texts.iter().map(pick).collect::<Vec<_>>().join(", ");
    Text {
        en: of(|text| &text.en),
        de: of(|text| &text.de),
    }
}
