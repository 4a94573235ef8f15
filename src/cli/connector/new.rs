//! `dsr connector new`: drafts a connector and a first test of it, from a few answers or from an OpenAPI document.
//!
//! Each question has a flag, so that a script can do without a terminal. Nothing is contacted and nothing overwritten; what is
//! written is a draft, and what is guessed in it is listed.

mod answers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::home;
use crate::author::openapi::{self, Wish};
use crate::author::{Draft, Open, Written, trial};
use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::diagnostic::{Diagnostic, Exit, Result, Source};
use crate::messages::{author as say, os};
use crate::ui::{Format, diagnostic as draw};
use crate::workspace;
use crate::yaml::error;
use answers::{ask, check_name, check_url};

/// Draft a connector and a first test of it, from a few answers or from an OpenAPI document
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What the connector is called, such as bookings
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read the interface from this OpenAPI document (3.x or Swagger 2.0, YAML or JSON)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["auth", "find", "records", "item", "fields", "delete"])]
    openapi: Option<PathBuf>,
    /// With --openapi: only lists whose path begins so; repeatable
    #[arg(long, value_name = "PATH", requires = "openapi")]
    path: Vec<String>,
    /// Address of the interface, such as https://bookings.example.com/api
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// How it lets you in: none, bearer, basic, header:NAME or query:NAME
    #[arg(long, value_name = "WAY")]
    auth: Option<String>,
    /// Path of the search by e-mail, such as /guests?email={email}
    #[arg(long, value_name = "PATH")]
    find: Option<String>,
    /// Where the records lie in its reply, such as $.items[*]
    #[arg(long, value_name = "PATH")]
    records: Option<String>,
    /// Path of one record, such as /guests/{id}, or none
    #[arg(long, value_name = "PATH")]
    item: Option<String>,
    /// Personal fields with commas between them, such as email,name,note=content.note
    #[arg(long, value_name = "FIELDS")]
    fields: Option<String>,
    /// A DELETE of the path of a record removes it
    #[arg(long)]
    delete: bool,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let draft = match &args.openapi {
        Some(file) => read(context, file, args)?,
        None => ask(context, args)?,
    };
    let folder = home(context).join("connectors");
    let file = folder.join(format!("{}.yml", draft.name));
    let tests = folder
        .join("tests")
        .join(format!("{}.test.yml", draft.name));
    let taken = [
        folder.join(format!("{}.yaml", draft.name)),
        file.clone(),
        tests.clone(),
    ];
    if let Some(there) = taken.iter().find(|file| file.exists()) {
        return Err(error("E790", say::is_there(there.display().to_string()))
            .help(say::is_there_help())
            .into());
    }
    let mut written = draft.write(context.ui.lang);
    let source = Arc::new(Source {
        path: file.clone(),
        text: written.text.clone(),
    });
    let read = definition::parse(source);
    let trial = read
        .as_ref()
        .ok()
        .and_then(|definition| trial::trial(&draft, definition, context.ui.lang));
    if read.is_ok() && trial.is_none() {
        written.open.push(Open {
            line: 1,
            place: "tests".to_owned(),
            what: say::open_no_test(),
        });
    }
    save(&file, &written.text)?;
    if let Some(text) = &trial {
        save(&tests, text)?;
    }
    let found = match &read {
        Ok(definition) => definition.warnings.clone(),
        Err(trouble) => trouble.diagnostics.clone(),
    };
    let made = Made {
        draft: &draft,
        written: &written,
        file: &file,
        tests: trial.is_some().then_some(&*tests),
        found: &found,
        is_sound: read.is_ok(),
    };
    match context.ui.format {
        Format::Json => context.ui.json(&document(context, &made)),
        Format::Table | Format::Csv => show(context, &made, read.as_ref().ok()),
    }
    Ok(if made.is_sound {
        Exit::Done
    } else {
        Exit::Waiting
    })
}

/// What was made.
struct Made<'m> {
    draft: &'m Draft,
    written: &'m Written,
    file: &'m Path,
    tests: Option<&'m Path>,
    found: &'m [Diagnostic],
    is_sound: bool,
}

fn save(file: &Path, text: &str) -> Result<()> {
    let made = workspace::make_folder(file.parent().unwrap_or(Path::new(".")), 0o755);
    made.and_then(|()| workspace::write_new(file, text.as_bytes(), 0o644))
        .map_err(|failure| {
            error("E791", say::cannot_write(os::why_at(file, &failure)))
                .help(say::cannot_write_help())
                .into()
        })
}

fn show(context: &Context, made: &Made<'_>, definition: Option<&Definition>) {
    let lang = context.ui.lang;
    let columns = [say::column_line(), say::column_place(), say::column_open()];
    let row = |open: &Open| {
        vec![
            open.line.to_string(),
            open.place.clone(),
            open.what.to(lang).to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = made.written.open.iter().map(row).collect();
    if !rows.is_empty() {
        context.ui.rows(&columns, &rows);
    }
    for file in std::iter::once(made.file).chain(made.tests) {
        context.ui.say(&say::wrote(file.display().to_string()));
    }
    context.ui.say(&match rows.len() {
        0 => say::nothing_open(),
        count => say::open_count(count),
    });
    if definition.is_none() {
        context.ui.say(&say::not_sound());
    }
    for wrong in made.found.iter().filter(|one| !one.is_warning()) {
        context.ui.warn(wrong);
    }
    if definition.is_some() {
        context.ui.say(&say::next_steps(&made.draft.name));
    }
}

/// `dsr.connector.new/1`
fn document(context: &Context, made: &Made<'_>) -> Value {
    let lang = context.ui.lang;
    let open =
        made.written.open.iter().map(
            |open| json!({ "line": open.line, "path": open.place, "what": open.what.to(lang) }),
        );
    json!({
        "schema": "dsr.connector.new/1",
        "connector": made.draft.name,
        "file": made.file.display().to_string(),
        "tests": made.tests.map(|file| file.display().to_string()),
        "sound": made.is_sound,
        "diagnostics": made.found.iter().map(|wrong| draw::json(wrong, lang)).collect::<Vec<_>>(),
        "open": open.collect::<Vec<_>>(),
    })
}

/// From an OpenAPI document.
fn read(context: &Context, file: &Path, args: &Args) -> Result<Draft> {
    if let Some(url) = &args.url {
        check_url(url)?;
    }
    let path = context.folder().join(file);
    let text = fs_err::read_to_string(&path).map_err(|failure| {
        error("E787", say::unreadable_openapi(os::why_at(&path, &failure)))
            .help(say::unreadable_openapi_help())
    })?;
    let source = Arc::new(Source {
        path: file.to_owned(),
        text,
    });
    let wish = Wish {
        name: args.name.clone().unwrap_or_default(),
        paths: args.path.clone(),
        url: args.url.clone(),
    };
    let draft = openapi::draft(&source, &wish)?;
    check_name(&draft.name)?;
    Ok(draft)
}
