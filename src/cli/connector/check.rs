//! `dsr connector check`: every mistake of a connector file, with line and remedy. No system is asked.

use serde_json::{Value, json};

use super::{home, meant, path_of};
use crate::cli::context::Context;
use crate::connector::definition;
use crate::connector::library::{Library, Origin};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{describe, library as say, replay};
use crate::ui::{Format, diagnostic as draw};
use crate::yaml::error;

/// Look for mistakes in connector files, without asking a system
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Files of connectors, or their names; all in connectors/ without one
    #[arg(value_name = "CONNECTOR")]
    connectors: Vec<String>,
}

/// What was found in one connector.
struct Checked {
    name: String,
    version: Option<String>,
    path: Option<String>,
    found: Vec<Diagnostic>,
}

impl Checked {
    fn is_sound(&self) -> bool {
        self.found.iter().all(Diagnostic::is_warning)
    }
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut checked = Vec::new();
    for words in names(context, args)? {
        let (volume, library) = meant(context, &words)?;
        let (version, found) = match definition::load(&volume, &library, None) {
            Ok(definition) => {
                let mut found = definition.warnings;
                if let Some(name) = definition::named_like(&volume) {
                    let taken = error("W266", describe::taken_elsewhere(&name));
                    found.push(taken.help(describe::taken_elsewhere_help()));
                }
                (Some(definition.version), found)
            }
            Err(trouble) => (None, trouble.diagnostics),
        };
        checked.push(Checked {
            path: path_of(&volume),
            name: volume.name,
            version,
            found,
        });
    }
    match context.ui.format {
        Format::Json => context.ui.json(&document(context, &checked)),
        Format::Table | Format::Csv => {
            for one in &checked {
                for wrong in &one.found {
                    context.ui.warn(wrong);
                }
                if let Some(version) = &one.version {
                    context.ui.say(&say::is_sound(&one.name, version));
                }
            }
        }
    }
    Ok(match checked.iter().all(Checked::is_sound) {
        true => Exit::Done,
        false => Exit::Usage,
    })
}

fn names(context: &Context, args: &Args) -> Result<Vec<String>> {
    if !args.connectors.is_empty() {
        return Ok(args.connectors.clone());
    }
    let all = Library::of(&home(context)).all()?;
    let own = all
        .into_iter()
        .filter(|one| one.origin == Origin::Workspace);
    let own: Vec<String> = own.map(|one| one.name).collect();
    if own.is_empty() {
        let wrong = error("E782", replay::no_connectors());
        return Err(wrong.help(replay::no_connectors_help()).into());
    }
    Ok(own)
}

/// `dsr.connector.check/1`
fn document(context: &Context, checked: &[Checked]) -> Value {
    let lang = context.ui.lang;
    let connectors = checked.iter().map(|one| {
        json!({
            "name": one.name,
            "version": one.version,
            "path": one.path,
            "sound": one.is_sound(),
            "diagnostics": one.found.iter().map(|wrong| draw::json(wrong, lang)).collect::<Vec<_>>(),
        })
    });
    json!({
        "schema": "dsr.connector.check/1",
        "sound": checked.iter().all(Checked::is_sound),
        "connectors": connectors.collect::<Vec<_>>(),
    })
}
