//! What the doctor shows: one line a system, then what is to be done, the gravest first; and the same as data.

use serde_json::{Value, json};

use super::{Found, Report, systems};
use crate::cli::context::{Context, House};
use crate::compliance::{Point, State};
use crate::connector::Severity;
use crate::findings::Control;
use crate::messages::{Text, check as say, compliance as say_compliance, concept};
use crate::vault::KeySource;

/// For a person. The quiet see errors and warnings only, and nothing where all is well.
pub(super) fn table(context: &Context, report: &Report, compliance: bool) {
    let quiet = context.globals.quiet;
    let csv = context.ui.format == crate::ui::Format::Csv;
    if !(quiet || csv && compliance) {
        overview(context, report);
    }
    let shown: Vec<&Found> = report
        .findings
        .iter()
        .filter(|found| !quiet || found.finding.severity < Severity::Hint)
        .collect();
    if !csv {
        to_do(context, report, &shown);
    }
    let open = open(&report.points);
    if compliance {
        checklist(context, report, open);
    } else if open > 0 {
        context
            .ui
            .say(&say_compliance::more(open, report.points.len()));
    }
    let [errors, warnings, _] = report.concept;
    if errors + warnings > 0 {
        context.ui.say(&concept::counted(errors, warnings));
    }
}

fn overview(context: &Context, report: &Report) {
    let lang = context.ui.lang;
    let mut rows = Vec::new();
    for one in &report.systems {
        let notes = one.result.as_ref().ok();
        let text = |take: fn(&crate::connector::Notes) -> Option<String>| {
            notes.and_then(take).unwrap_or_default()
        };
        let proven = one
            .controls
            .iter()
            .filter(|(_, control)| matches!(control, Ok(Control::Found)));
        let proven = match one.controls.len() {
            0 => "–".to_owned(),
            all => say::of(proven.count(), all).to(lang).to_owned(),
        };
        let ms = |value: Option<u64>| value.map_or_else(String::new, |ms| format!("{ms} ms"));
        rows.push(vec![
            one.system.clone(),
            systems::state(one).to(lang).to_owned(),
            text(|notes| notes.server.clone()),
            text(|notes| notes.account.clone()),
            proven,
            ms(one.latency.map(|latency| latency.connect_ms)),
            ms(one.latency.map(|latency| latency.request_ms)),
        ]);
    }
    let columns = [
        crate::messages::report::system(),
        say::state(),
        say::server(),
        say::account(),
        say::control(),
        say::connected_in(),
        say::asked_in(),
    ];
    context.ui.rows(&columns, &rows);
}

fn to_do(context: &Context, report: &Report, shown: &[&Found]) {
    let lang = context.ui.lang;
    let count = |severity| {
        let all = report.findings.iter();
        all.filter(|found| found.finding.severity == severity)
            .count()
    };
    if !context.globals.quiet {
        let title = match shown.is_empty() {
            true => say::nothing_to_do(),
            false => say::to_do(
                count(Severity::Error),
                count(Severity::Warning),
                count(Severity::Hint),
            ),
        };
        context.ui.data(&Text::same(""));
        context.ui.data(&title);
    }
    for found in shown {
        let finding = &found.finding;
        let severity = match finding.severity {
            Severity::Error => say::error(),
            Severity::Warning => say::warning(),
            Severity::Hint => say::hint(),
        };
        let line = say::line(
            severity,
            finding.code.clone(),
            place(found, lang),
            finding.text.clone(),
        );
        context.ui.data(&line);
        if let Some(remedy) = &finding.remedy {
            context
                .ui
                .data(&Text::same(format!("    {}", remedy.to(lang))));
        }
        if let Some(statement) = &finding.statement {
            context.ui.data(&Text::same(format!("    {statement}")));
        }
    }
}

fn place(found: &Found, lang: crate::messages::Lang) -> String {
    match (&found.system, &found.finding.object) {
        (None, _) => say::workspace().to(lang).to_owned(),
        (Some(system), None) => system.clone(),
        (Some(system), Some(object)) => format!("{system}.{object}"),
    }
}

fn checklist(context: &Context, report: &Report, open: usize) {
    let lang = context.ui.lang;
    // What is to be done comes first, then what is done, then what does not concern this inventory.
    let mut points: Vec<&Point> = report.points.iter().collect();
    points.sort_by_key(|point| match point.state {
        State::Open => 0,
        State::Fulfilled => 1,
        State::NotApplicable => 2,
    });
    let rows: Vec<Vec<String>> = points
        .into_iter()
        .map(|point| {
            let state = match point.state {
                State::Fulfilled => say_compliance::fulfilled(),
                State::Open => say_compliance::open(),
                State::NotApplicable => say_compliance::not_applicable(),
            };
            let todo = match point.state {
                State::Open => format!("{}: {}", point.open.join(", "), point.remedy.to(lang)),
                State::Fulfilled | State::NotApplicable => String::new(),
            };
            vec![
                state.to(lang).to_owned(),
                point.article.to_owned(),
                point.text.to(lang).to_owned(),
                todo,
            ]
        })
        .collect();
    if context.ui.format != crate::ui::Format::Csv {
        context.ui.data(&Text::same(""));
        context
            .ui
            .data(&say_compliance::title(open, report.points.len()));
    }
    let columns = [
        say_compliance::state(),
        say_compliance::article(),
        say_compliance::point(),
        say_compliance::where_(),
    ];
    context.ui.rows(&columns, &rows);
    context.ui.say(&say_compliance::no_judgement());
}

fn open(points: &[Point]) -> usize {
    points.iter().filter(|p| p.state == State::Open).count()
}

/// For a program (docs/reference/json.md).
pub(super) fn json(context: &Context, house: &House, report: &Report, compliance: bool) {
    let ok = report
        .findings
        .iter()
        .all(|found| found.finding.severity > Severity::Error);
    let mut out = json!({
        "schema": "dsr.check/1",
        "ok": ok,
        "workspace_key": match &house.key_source {
            KeySource::Credential => "credential",
            KeySource::Keyring(_) => "keyring",
            KeySource::File(_) => "file",
        },
        "systems": report.systems.iter().map(system).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(|found| finding(context, found)).collect::<Vec<_>>(),
        "concept": {
            "errors": report.concept[0],
            "warnings": report.concept[1],
            "hints": report.concept[2],
        },
    });
    if compliance {
        let points = report.points.iter().map(|point| {
            json!({
                "id": point.id,
                "article": point.article,
                "state": point.state,
                "text": point.text.to(context.ui.lang),
                "remedy": point.remedy.to(context.ui.lang),
                "open": point.open,
            })
        });
        out["compliance"] = points.collect();
    }
    context.ui.json(&out);
}

fn finding(context: &Context, found: &Found) -> Value {
    let lang = context.ui.lang;
    let finding = &found.finding;
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "system": found.system,
        "object": finding.object,
        "text": finding.text.to(lang),
        "remedy": finding.remedy.as_ref().map(|remedy| remedy.to(lang)),
        "statement": finding.statement,
    })
}

fn system(checked: &systems::Checked) -> Value {
    let objects = checked
        .controls
        .iter()
        .map(|(object, control)| match control {
            Ok(control) => json!({ "object": object, "control": control }),
            Err(fault) => {
                json!({ "object": object, "error": { "code": fault.code, "text": fault.text.en } })
            }
        });
    let mut out = json!({
        "system": checked.system,
        "status": if checked.by_hand { "manual" } else if checked.result.is_ok() { "reachable" } else { "failed" },
        "elapsed_ms": checked.elapsed_ms,
        "latency": checked.latency,
        "objects": objects.collect::<Vec<_>>(),
    });
    match &checked.result {
        Ok(notes) => out["notes"] = json!(notes),
        Err(fault) => out["error"] = json!({ "code": fault.code, "text": fault.text.en }),
    }
    out
}
