//! The working papers of a sample: what was drawn and how, what it looks like now, for people and for machines. Numbers of cases,
//! keyed digests and names of the inventory stand in it, and nothing of a person.

use std::path::Path;

use serde_json::{Value, json};

use super::look::{Look, Now};
use super::sample::{Sample, bundle_words, state};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::page::{Block, Page, html, plain};
use crate::harmless::spreadsheet;
use crate::messages::{Text, evidence as words, sample as say};
use crate::workspace::{file_trouble, make_folder, write_new};

/// Papers are never replaced.
///
/// # Errors
/// E964 if something of this name is there.
pub(super) fn refuse_existing(folder: &Path) -> Result<()> {
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    let what = say::papers_exist(folder.display().to_string());
    Err(Diagnostic::new("E964", Exit::Usage, what)
        .help(say::papers_exist_help())
        .into())
}

/// Writes the papers into a new folder.
///
/// # Errors
/// Those of writing files.
pub(super) fn write(sample: &Sample<'_>, folder: &Path) -> Result<()> {
    let io = |error: std::io::Error| file_trouble(&error);
    refuse_existing(folder)?;
    make_folder(folder, 0o700).map_err(io)?;
    let mut machine = serde_json::to_vec_pretty(&json(sample)).expect("papers serialise");
    machine.push(b'\n');
    for (name, bytes) in [
        ("sample.html", html(&page(sample)).into_bytes()),
        ("sample.json", machine),
        ("records.csv", csv(records(sample))),
        ("bundles.csv", csv(bundles(sample))),
        ("population.csv", csv(population(sample))),
        ("left-out.csv", csv(left_out(sample))),
    ] {
        write_new(&folder.join(name), &bytes, 0o600).map_err(io)?;
    }
    Ok(())
}

/// The sample as programs read it.
pub(super) fn json(sample: &Sample<'_>) -> Value {
    let (from, to) = sample.args.days();
    let (again, failed, unseen) = sample.counts();
    let drawn = sample.looks.iter().map(|look| {
        let bundles = look.bundles.iter().map(|one| {
            json!({
                "number": one.number,
                "bundle": one.bundle,
                "state": one.state.word(),
                "reasons": one.reasons,
            })
        });
        let records = look.records.iter().map(|one| {
            json!({
                "record": one.record,
                "system": one.system,
                "object": one.object,
                "outcome": one.outcome,
                "level": one.level,
                "now": one.now.word(),
                "code": one.code,
            })
        });
        let appeared = look.appeared.iter().map(|((system, object), count)| {
            json!({ "system": system, "object": object, "count": count })
        });
        json!({
            "case": look.case,
            "rank": look.rank,
            "received": look.received,
            "closed": look.closed,
            "purged": look.purged,
            "at": look.at,
            "bundles": bundles.collect::<Vec<_>>(),
            "records": records.collect::<Vec<_>>(),
            "appeared": appeared.collect::<Vec<_>>(),
        })
    });
    json!({
        "schema": "dsr.sample/1",
        "seed": sample.args.seed(),
        "n": sample.args.n(),
        "from": from,
        "to": to,
        "open_too": sample.args.draws_open(),
        "population": sample.population.len(),
        "left_out": sample.left_out.len(),
        "at": sample.at,
        "operator": sample.operator,
        "program": concat!("dsr ", env!("CARGO_PKG_VERSION")),
        "found_again": again,
        "bundles_failed": failed,
        "not_seen": unseen,
        "purged": sample.purged(),
        "cases": drawn.collect::<Vec<_>>(),
    })
}

fn csv(rows: Vec<Vec<String>>) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Into memory: there is nothing that could fail.
        let _ = out.write_record(row.iter().map(|cell| spreadsheet(cell).into_owned()));
    }
    out.into_inner().unwrap_or_default()
}

fn head(names: &[&str]) -> Vec<Vec<String>> {
    vec![names.iter().map(|name| (*name).to_owned()).collect()]
}

/// The word under which a value stands in JSON.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn records(sample: &Sample<'_>) -> Vec<Vec<String>> {
    let mut rows = head(&[
        "case", "record", "system", "object", "outcome", "level", "now", "code",
    ]);
    for look in &sample.looks {
        rows.extend(look.records.iter().map(|one| {
            vec![
                look.case.to_string(),
                one.record.hex(),
                one.system.clone(),
                one.object.clone(),
                word(&one.outcome),
                word(&one.level),
                one.now.word().to_owned(),
                one.code.clone().unwrap_or_default(),
            ]
        }));
    }
    rows
}

fn bundles(sample: &Sample<'_>) -> Vec<Vec<String>> {
    let mut rows = head(&["case", "number", "bundle", "state", "reasons"]);
    for look in &sample.looks {
        rows.extend(look.bundles.iter().map(|one| {
            vec![
                look.case.to_string(),
                one.number.to_string(),
                one.bundle.hex(),
                one.state.word().to_owned(),
                one.reasons.join(" "),
            ]
        }));
    }
    rows
}

fn population(sample: &Sample<'_>) -> Vec<Vec<String>> {
    let mut rows = head(&["case", "rank", "drawn"]);
    let drawn = sample.looks.len();
    rows.extend(
        sample
            .population
            .iter()
            .enumerate()
            .map(|(nth, (rank, case))| {
                let is_drawn = if nth < drawn { "yes" } else { "no" };
                vec![case.to_string(), rank.hex(), is_drawn.to_owned()]
            }),
    );
    rows
}

/// Cases that could not be drawn, so that nobody takes the population for all cases.
fn left_out(sample: &Sample<'_>) -> Vec<Vec<String>> {
    let mut rows = head(&["case", "why"]);
    let open = sample.left_out.iter();
    rows.extend(open.map(|case| vec![case.to_string(), "open".to_owned()]));
    rows
}

fn page(sample: &Sample<'_>) -> Page {
    let mut blocks = vec![Block::Facts(facts(sample)), Block::Heading(say::results())];
    blocks.extend(result(sample));
    blocks.push(Block::Heading(say::how()));
    blocks.push(Block::Paragraph(say::how_words()));
    blocks.push(Block::Commands(vec![
        "tail -n +2 population.csv | cut -d , -f 1 | while read -r case; do".to_owned(),
        format!(
            "  echo \"$(printf '%s%s' {} \"$case\" | sha256sum | cut -c 1-64) $case\"",
            sample.args.seed()
        ),
        format!("done | sort | head -n {}", sample.args.n()),
    ]));
    blocks.push(Block::Heading(say::cases()));
    blocks.push(Block::Table {
        head: vec![
            say::head_case(),
            say::head_received(),
            say::head_state(),
            say::head_rank(),
        ],
        rows: sample.looks.iter().map(case_row).collect(),
    });
    for look in &sample.looks {
        case(look, &mut blocks);
    }
    Page {
        title: say::title(),
        subtitle: say::subtitle(plain(&sample.controller), words::instant(sample.at)),
        blocks,
    }
}

fn facts(sample: &Sample<'_>) -> Vec<(Text, Text)> {
    let which = match sample.args.draws_open() {
        true => say::open_too(),
        false => say::only_closed(),
    };
    let received = match sample.args.days() {
        (Some(from), Some(to)) => say::between(from, to),
        (Some(from), None) => say::since(from),
        (None, Some(to)) => say::until(to),
        (None, None) => say::any_day(),
    };
    vec![
        (say::fact_seed(), Text::same(sample.args.seed())),
        (
            say::fact_population(),
            say::fact_population_words(sample.population.len(), which),
        ),
        (say::fact_received(), received),
        (say::fact_operator(), Text::same(plain(&sample.operator))),
        (
            say::fact_program(),
            Text::same(concat!("dsr ", env!("CARGO_PKG_VERSION"))),
        ),
    ]
}

/// What came of it, and what it does not show.
fn result(sample: &Sample<'_>) -> Vec<Block> {
    let (again, failed, unseen) = sample.counts();
    let mut blocks = Vec::new();
    if (again, failed) != (0, 0) {
        blocks.push(Block::Paragraph(say::result_bad(again, failed)));
    }
    if unseen > 0 {
        blocks.push(Block::Paragraph(say::result_open(unseen)));
    }
    if sample.purged() > 0 {
        blocks.push(Block::Paragraph(say::result_purged(sample.purged())));
    }
    let left_out = sample.left_out.len();
    if left_out > 0 {
        blocks.push(Block::Paragraph(say::left_out(left_out)));
    }
    if (again, failed, unseen) == (0, 0, 0) {
        blocks.insert(0, Block::Paragraph(say::result_good()));
    }
    blocks.push(Block::Warning {
        title: say::limits(),
        intro: say::limit_systems(),
        items: vec![
            say::limit_same_word(),
            say::limit_purged(),
            say::limit_appeared(),
        ],
    });
    blocks
}

fn case_row(look: &Look) -> Vec<Text> {
    vec![
        Text::same(look.case.as_str()),
        words::day(look.received),
        state(look),
        Text::same(look.rank.hex()),
    ]
}

fn case(look: &Look, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(say::case_heading(&look.case)));
    if !look.bundles.is_empty() {
        blocks.push(Block::Table {
            head: vec![
                say::head_bundle(),
                say::head_now(),
                say::head_reasons(),
                say::head_id(),
            ],
            rows: look
                .bundles
                .iter()
                .map(|one| {
                    vec![
                        Text::same(one.number.to_string()),
                        bundle_words(one.state),
                        Text::same(one.reasons.join(" ")),
                        Text::same(one.bundle.hex()),
                    ]
                })
                .collect(),
        });
    }
    if look.records.is_empty() {
        blocks.push(Block::Paragraph(say::none_written()));
    } else {
        blocks.push(Block::Table {
            head: vec![
                say::head_where(),
                say::head_proven(),
                say::head_now(),
                say::head_record(),
            ],
            rows: look
                .records
                .iter()
                .map(|one| {
                    let now = now_words(one.now);
                    vec![
                        Text::same(plain(&format!("{}.{}", one.system, one.object))),
                        words::outcome(one.outcome),
                        match &one.code {
                            Some(code) => say::with_code(now, plain(code)),
                            None => now,
                        },
                        Text::same(one.record.hex()),
                    ]
                })
                .collect(),
        });
    }
    for ((system, object), count) in &look.appeared {
        let place = plain(&format!("{system}.{object}"));
        blocks.push(Block::Paragraph(say::appeared(place, *count)));
    }
}

fn now_words(now: Now) -> Text {
    match now {
        Now::Gone => say::now_gone(),
        Now::AsProven => say::now_as_proven(),
        Now::FoundAgain => say::now_found_again(),
        Now::Absent => say::now_absent(),
        Now::NotSeen => say::now_not_seen(),
        Now::Purged => say::now_purged(),
    }
}
