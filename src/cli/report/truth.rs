//! What all systems hold about the person, side by side; and which values a correction puts in the place of which.

use serde_json::json;

use crate::cli::context::{Context, House};
use crate::findings::Findings;
use crate::messages::{Lang, Text, report, rights as say};
use crate::plan::truth::{Differs, Row, map};
use crate::plan::{Aim, Plan};
use crate::ui::Format;

/// Prints the truth map.
pub(crate) fn truth(context: &Context, house: &House, case: &str, findings: &Findings) {
    let rows = map(&house.inventory, findings);
    match context.ui.format {
        Format::Json => context.ui.json(&json!({
            "schema": "dsr.truth/1",
            "case": case,
            "complete": findings.complete(),
            "categories": rows,
        })),
        Format::Table => context
            .ui
            .rows(&columns(), &short_cells(context.ui.lang, &rows)),
        Format::Csv => context.ui.rows(&columns(), &cells(context.ui.lang, &rows)),
    }
    for (place, fields) in several(house, &rows) {
        context.ui.say(&say::several_fields(place, fields));
    }
    if !rows.is_empty() {
        context.ui.say(&say::truth_next(case));
    }
}

/// What the systems hold in the categories that an aim concerns, for a person who is about to correct them.
pub(crate) fn truth_of(context: &Context, house: &House, findings: &Findings, aim: &Aim) {
    let Aim::Rectify { corrections } = aim else {
        return;
    };
    let concerned = |row: &Row| {
        corrections.iter().any(|correction| {
            let named = |value: &crate::plan::truth::Value| {
                let place = format!("{}.{}.{}", value.system, value.object, value.field);
                place == correction.field
            };
            row.category == correction.field || row.values.iter().any(named)
        })
    };
    let rows: Vec<Row> = map(&house.inventory, findings)
        .into_iter()
        .filter(concerned)
        .collect();
    if !rows.is_empty() {
        context.ui.heading(&say::truth_head());
        context
            .ui
            .show(&columns(), &short_cells(context.ui.lang, &rows));
    }
}

fn columns() -> [Text; 6] {
    [
        say::category(),
        report::system(),
        report::object(),
        say::field(),
        say::value(),
        say::differs(),
    ]
}

fn cells(lang: Lang, rows: &[Row]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for row in rows {
        for value in &row.values {
            let words = match value.differs {
                Differs::Equal => say::equal(),
                Differs::FormatOnly => say::format_only(),
                Differs::Missing if value.value.is_some() => say::less(),
                Differs::Missing => say::missing(),
                Differs::Conflict => say::conflict(),
                Differs::Alone => Text::same("–"),
            };
            out.push(vec![
                row.category.clone(),
                value.system.clone(),
                format!("{} ({})", value.object, short(&value.key)),
                value.field.clone(),
                shown(lang, value.value.as_deref()),
                words.to(lang).to_owned(),
            ]);
        }
    }
    out
}

/// For people: a text of many pages would bury all others; JSON and CSV hold it whole.
fn short_cells(lang: Lang, rows: &[Row]) -> Vec<Vec<String>> {
    const LONGEST: usize = 1_000;
    let mut all = cells(lang, rows);
    for cell in all.iter_mut().flatten() {
        if let Some((end, _)) = cell.char_indices().nth(LONGEST) {
            let cut = say::shortened(cell.chars().count());
            let note = cut.to(lang).to_owned();
            cell.truncate(end);
            *cell += "… ";
            *cell += &note;
        }
    }
    all
}

/// A key that people can tell from another: rows of files go by the name of their file, without its folders.
fn short(key: &str) -> String {
    const LONGEST: usize = 14;
    match key.split_once('/') {
        Some((file, _)) if key.chars().count() > LONGEST => {
            let file = percent_encoding::percent_decode_str(file).decode_utf8_lossy();
            file.rsplit('/').next().unwrap_or_default().to_owned()
        }
        _ => key.to_owned(),
    }
}

fn shown(lang: Lang, value: Option<&str>) -> String {
    value.map_or_else(|| say::empty().to(lang).to_owned(), str::to_owned)
}

/// Objects with several fields of one category, and what those are called.
fn several(house: &House, rows: &[Row]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for row in rows {
        for system in &house.inventory.systems {
            for object in &system.objects {
                let place = format!("{}.{}", system.name, object.name);
                let met: Vec<String> = object
                    .fields
                    .iter()
                    .filter(|field| field.category == row.category)
                    .map(|field| format!("{place}.{}", field.name))
                    .collect();
                let held = row
                    .values
                    .iter()
                    .any(|value| (&value.system, &value.object) == (&system.name, &object.name));
                if met.len() > 1 && held {
                    out.push((format!("{place} ({})", row.category), met.join(", ")));
                }
            }
        }
    }
    out
}

/// Columns and rows of a plan that corrects: one row a field, with the old value and the new one.
pub(crate) fn corrections(lang: Lang, plan: &Plan) -> ([Text; 7], Vec<Vec<String>>) {
    let columns = [
        report::system(),
        report::object(),
        report::record(),
        say::field(),
        say::old_value(),
        say::new_value(),
        report::because(),
    ];
    let mut rows = Vec::new();
    for step in &plan.steps {
        let named = super::named(step.label.as_deref(), &step.key);
        let place = [step.system.clone(), step.object.clone(), named];
        let because = step.because.as_ref().map(|text| text.to(lang).to_owned());
        let because = because.unwrap_or_default();
        for (field, value) in &step.changes {
            let was = step.was.get(field).and_then(|was| was.as_deref());
            let mut row = place.to_vec();
            row.extend([
                field.clone(),
                shown(lang, was),
                shown(lang, value.as_deref()),
                because.clone(),
            ]);
            rows.push(row);
        }
        if step.changes.is_empty() {
            let mut row = place.to_vec();
            let happens = super::planned::happens(step).to(lang).to_owned();
            let because = if because == happens {
                String::new()
            } else {
                because
            };
            row.extend(["–".to_owned(), "–".to_owned(), happens, because]);
            rows.push(row);
        }
    }
    (columns, rows)
}
