//! `dsr report concept`: the deletion concept as screen, data or page, and its lints for a build server.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::concept::document::{self, Block, document, severity};
use crate::concept::lint::{Lint, Severity};
use crate::concept::{Concept, Entry, Holding, page};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::{Active, Engine, Rule, RuleKind, Status, System};
use crate::messages::{Text, concept as say, os};
use crate::ui::Format;
use crate::ui::diagnostic::shown_path;
use crate::workspace::Workspace;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Show only what is wrong or missing; errors end with exit code 2
    #[arg(long)]
    lint: bool,
    /// With --lint, end with exit code 4 if there are warnings
    #[arg(long, requires = "lint")]
    strict: bool,
    /// Write it as a page for a browser or a printer
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let workspace = Workspace::find(&context.folder())?;
    // It is shown and not used, so nobody has to have trusted a connector before.
    let (inventory, warnings) = context.read(&workspace, None)?;
    for warning in &warnings {
        context.ui.warn(warning);
    }
    let concept = Concept::of(&inventory);
    if let Some(file) = &args.html {
        let document = document(&concept, context.today());
        write(file, &page::html(&document, context.ui.lang))?;
        context.ui.say(&say::written(file.display().to_string()));
    }
    match (context.ui.format, args.lint, &args.html) {
        (Format::Json, ..) => context.ui.json(&data(context, &concept)),
        (Format::Csv, true, _) => lint_rows(context, &concept),
        (Format::Csv, false, None) => rows(context, &concept),
        (Format::Table, true, _) => lint_lines(context, &concept),
        (Format::Table, false, None) => screen(context, &concept),
        (_, false, Some(_)) => {}
    }
    Ok(match args.lint {
        true => exit(context, &concept, args.strict),
        false => {
            count(context, &concept);
            Exit::Done
        }
    })
}

fn exit(context: &Context, concept: &Concept<'_>, strict: bool) -> Exit {
    let [errors, warnings, hints] = counts(concept);
    context.ui.say(&match concept.lints.is_empty() {
        true => say::nothing_wrong(),
        false => say::lint_title(errors, warnings, hints),
    });
    match (errors, warnings) {
        (0, 0) => Exit::Done,
        (0, _) if strict => Exit::Waiting,
        (0, _) => Exit::Done,
        _ => Exit::Usage,
    }
}

/// What a reader of the document has to know even if the end of it is out of sight.
fn count(context: &Context, concept: &Concept<'_>) {
    let [errors, warnings, _] = counts(concept);
    if errors + warnings > 0 {
        context.ui.say(&say::counted(errors, warnings));
    }
}

fn counts(concept: &Concept<'_>) -> [usize; 3] {
    [Severity::Error, Severity::Warning, Severity::Hint].map(|severity| concept.count(severity))
}

/// Replaces an older concept, and nothing else.
fn write(file: &Path, html: &str) -> Result<()> {
    let there = fs_err::read(file).ok();
    if there.is_some_and(|bytes| !page::is_one(&bytes)) {
        let taken = Diagnostic::new(
            "E460",
            Exit::Usage,
            say::place_taken(file.display().to_string()),
        );
        return Err(taken.help(say::place_taken_help()).into());
    }
    fs_err::write(file, html).map_err(|error| {
        let text = say::unwritable(file.display().to_string(), os::why(&error));
        Diagnostic::new("E461", Exit::Failed, text)
            .help(say::unwritable_help())
            .into()
    })
}

fn screen(context: &Context, concept: &Concept<'_>) {
    let document = document(concept, context.today());
    let ui = &context.ui;
    let lang = ui.lang;
    let cells = |rows: &[Vec<Text>]| -> Vec<Vec<String>> {
        let cell = |text: &Text| text.to(lang).to_owned();
        rows.iter()
            .map(|row| row.iter().map(cell).collect())
            .collect()
    };
    let pairs = |facts: &[(Text, Text)]| -> Vec<Vec<Text>> {
        let pair = |(name, value): &(Text, Text)| vec![name.clone(), value.clone()];
        facts.iter().map(pair).collect()
    };
    ui.rows(
        &[document.title.clone(), document.subtitle.clone()],
        &cells(&pairs(
            &[&document.facts[..], std::slice::from_ref(&document.gaps)].concat(),
        )),
    );
    let mut part = None;
    for block in &document.blocks {
        match block {
            Block::Heading(text) => {
                ui.data(&Text::same(""));
                ui.data(text);
            }
            Block::Part(text, name) => part = Some((text.clone(), Text::same(name))),
            Block::Facts(facts) => {
                let (one, two) = part.take().unwrap_or_else(|| (say::case(), say::applies()));
                ui.data(&Text::same(""));
                ui.rows(&[one, two], &cells(&pairs(facts)));
            }
            Block::Paragraph(text) => ui.data(text),
            Block::Table { head, rows } => {
                ui.data(&Text::same(""));
                ui.rows(head, &cells(rows));
            }
            Block::List(items) => {
                if let Some((title, _)) = part.take() {
                    ui.data(&Text::same(""));
                    ui.data(&title);
                }
                for item in items {
                    ui.data(&Text::same(format!("- {}", item.to(lang))));
                }
            }
            Block::Gaps(_) => concept.lints.iter().for_each(|lint| line(context, lint)),
        }
    }
}

fn lint_lines(context: &Context, concept: &Concept<'_>) {
    concept.lints.iter().for_each(|lint| line(context, lint));
}

fn line(context: &Context, lint: &Lint) {
    let lang = context.ui.lang;
    let line = say::lint_line(
        severity(lint.severity),
        lint.code,
        place(lint),
        lint.what.clone(),
    );
    context.ui.data(&line);
    for more in lint.why.iter().chain([&lint.remedy]) {
        context
            .ui
            .data(&Text::same(format!("    {}", more.to(lang))));
    }
}

/// `dsr.yaml:12:5`, as editors jump to it.
fn place(lint: &Lint) -> String {
    lint.place.as_ref().map_or_else(String::new, |place| {
        let (line, column) = place.line_column();
        format!("{}:{line}:{column}", shown_path(&place.source.path))
    })
}

fn lint_rows(context: &Context, concept: &Concept<'_>) {
    let lang = context.ui.lang;
    let rows: Vec<Vec<String>> = concept
        .lints
        .iter()
        .map(|lint| {
            vec![
                severity(lint.severity).to(lang).to_owned(),
                lint.code.to_owned(),
                place(lint),
                lint.what.to(lang).to_owned(),
                lint.remedy.to(lang).to_owned(),
            ]
        })
        .collect();
    let columns = [
        say::grade(),
        say::code(),
        say::place(),
        say::what(),
        say::remedy(),
    ];
    context.ui.rows(&columns, &rows);
}

/// One row for each object, those without a rule included.
fn rows(context: &Context, concept: &Concept<'_>) {
    let lang = context.ui.lang;
    let mut rows = Vec::new();
    let mut row = |entry: Option<&Entry<'_>>, place: [&str; 4]| {
        let word = |of: &dyn Fn(&Entry<'_>) -> Text| {
            entry.map_or_else(String::new, |entry| of(entry).to(lang).to_owned())
        };
        let of_type = match entry {
            Some(entry) => document::title(entry.data_type),
            None => say::no_rule(),
        };
        let [system, object, day, owner] = place.map(str::to_owned);
        rows.push(vec![
            system,
            object,
            of_type.to(lang).to_owned(),
            word(&|entry| entry.keeps.map_or_else(say::without_end, document::length)),
            day,
            word(&document::class),
            word(&|entry| document::then(entry.data_type.then)),
            owner,
        ]);
    };
    let described = |holding: &Holding<'_>| -> [String; 4] {
        let day = holding.start.as_ref().or(holding.follows.as_ref());
        [
            holding.system.name.clone(),
            holding.object.name.clone(),
            day.cloned().unwrap_or_default(),
            holding.system.owner.clone().unwrap_or_default(),
        ]
    };
    for entry in &concept.entries {
        for holding in &entry.holdings {
            row(
                Some(entry),
                described(holding).each_ref().map(String::as_str),
            );
        }
        for name in entry.undescribed() {
            let (system, object) = name.split_once('.').unwrap_or((name, ""));
            row(Some(entry), [system, object, "", ""]);
        }
    }
    for holding in &concept.uncovered {
        row(None, described(holding).each_ref().map(String::as_str));
    }
    let columns = [
        say::system(),
        say::object(),
        say::data_type(),
        say::period(),
        say::counts_from(),
        say::class(),
        say::action(),
        say::responsible(),
    ];
    context.ui.rows(&columns, &rows);
}

/// `dsr.concept/1` (docs/reference/json.md).
fn data(context: &Context, concept: &Concept<'_>) -> Value {
    let controller = &concept.inventory.controller;
    let [errors, warnings, hints] = counts(concept);
    let year = controller.financial_year.map(|year| {
        let (month, day) = year.month_day();
        format!("{month:02}-{day:02}")
    });
    let mut classes = Vec::new();
    for row in concept.matrix() {
        for cell in row.cells.iter().filter(|cell| !cell.is_empty()) {
            let names: Vec<&str> = cell
                .iter()
                .map(|entry| entry.data_type.name.as_str())
                .collect();
            classes.push(json!({
                "standard_period": row.standard.map(|standard| standard.iso()),
                "start_type": cell[0].start_type,
                "data_types": names,
            }));
        }
    }
    json!({
        "schema": "dsr.concept/1",
        "controller": {
            "name": controller.name,
            "seat": controller.seat,
            "contact": controller.contact,
            "regulated_finance": controller.regulated_finance,
            "financial_year_end": year,
        },
        "as_of": context.today(),
        "inventory": concept.inventory.digest.hex(),
        "classes": classes,
        "data_types": concept.entries.iter().map(entry).collect::<Vec<_>>(),
        "systems": concept
            .inventory
            .systems
            .iter()
            .map(|one| system(concept, one))
            .collect::<Vec<_>>(),
        "lints": concept.lints.iter().map(|one| lint(context, one)).collect::<Vec<_>>(),
        "errors": errors,
        "warnings": warnings,
        "hints": hints,
    })
}

fn entry(entry: &Entry<'_>) -> Value {
    let data_type = entry.data_type;
    let about = &data_type.about;
    let (rule, kind, norm) = match &data_type.rule {
        Rule::Catalogue { statute, .. } => {
            let norm = &crate::concept::measure::current(statute).norm;
            (Some(&statute.id), json!(statute.kind), Some(norm))
        }
        Rule::Stated { kind, because, .. } => {
            let kind = match kind {
                RuleKind::Min => "min",
                RuleKind::Max => "max",
                RuleKind::Keep => "keep",
            };
            (None, json!(kind), because.as_ref())
        }
    };
    let duties = about.justified_by.as_ref();
    json!({
        "data_type": data_type.name,
        "title": about.title.as_ref().map(|title| json!({ "de": title.de, "en": title.en })),
        "subjects": about.subjects,
        "purpose": data_type.purpose,
        "basis": data_type.basis,
        "categories": entry.categories(),
        "rule": rule,
        "kind": kind,
        "because": norm,
        "reason": about.reason,
        "justified_by": duties.map(|duties| duties.iter().map(|one| &one.id).collect::<Vec<_>>()),
        "keep": entry.keeps.map(|keeps| keeps.iso()),
        "start": entry.begin,
        "start_type": entry.start_type,
        "window": entry.window.map(|window| window.iso()),
        "standard_period": entry.standard.map(|standard| standard.iso()),
        "then": data_type.then.action().word(),
        "active_until": data_type.active_until.as_ref().map(Active::json),
        "steering": data_type.steering,
        "objects": entry
            .holdings
            .iter()
            .map(Holding::name)
            .chain(entry.undescribed().map(str::to_owned))
            .collect::<Vec<_>>(),
    })
}

fn system(concept: &Concept<'_>, system: &System) -> Value {
    let held = concept.entries.iter().flat_map(|entry| {
        let holdings = entry.holdings.iter();
        holdings.map(move |holding| (Some(entry.data_type.name.as_str()), holding))
    });
    let uncovered = concept.uncovered.iter().map(|holding| (None, holding));
    let objects = held
        .chain(uncovered)
        .filter(|(_, holding)| std::ptr::eq(holding.system, system))
        .map(|(data_type, holding)| {
            let fields = holding
                .object
                .fields
                .iter()
                .map(|field| json!({ "field": field.name, "category": field.category }));
            json!({
                "object": holding.object.name,
                "data_type": data_type,
                "start_field": holding.start,
                "follows": holding.follows,
                "fields": fields.collect::<Vec<_>>(),
            })
        });
    json!({
        "system": system.name,
        "owner": system.owner,
        "carried_out": match (system.status, &system.engine) {
            (Status::Active, Engine::Manual(_)) => "by_hand",
            (Status::Active, Engine::None) | (Status::NotConnected, _) => "not_connected",
            (Status::Disabled, _) => "disabled",
            (Status::Active, _) => "interface",
        },
        "objects": objects.collect::<Vec<_>>(),
    })
}

fn lint(context: &Context, lint: &Lint) -> Value {
    let lang = context.ui.lang;
    let place = lint.place.as_ref();
    let position = place.map(crate::diagnostic::Place::line_column);
    json!({
        "code": lint.code,
        "severity": lint.severity,
        "data_type": lint.data_type,
        "system": lint.system,
        "object": lint.object,
        "text": lint.what.to(lang),
        "why": lint.why.as_ref().map(|why| why.to(lang)),
        "remedy": lint.remedy.to(lang),
        "file": place.map(|place| shown_path(&place.source.path)),
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
    })
}
