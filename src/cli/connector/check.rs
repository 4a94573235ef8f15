//! `dsr connector check`: every mistake of a connector file, with line and remedy. No system is asked.

use serde_json::{Value, json};

use super::{home, meant, path_of};
use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::connector::library::{Library, Origin, Unreadable, Volume};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{describe, library as say, replay as say_replay};
use crate::replay::{self, lent};
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
    let (names, unreadable) = names(context, args)?;
    for one in unreadable {
        checked.push(Checked {
            path: Some(one.file.display().to_string()),
            name: one.name,
            version: None,
            found: one.trouble.diagnostics,
        });
    }
    for words in names {
        let (volume, library) = meant(context, &words)?;
        // Whose name it takes comes before what it is called itself.
        let loaded = definition::load(&volume, &library, None);
        let loaded = loaded.and_then(|definition| called_otherwise(&volume).map(|()| definition));
        let (version, found) = match loaded {
            Ok(definition) => {
                let mut found = recorded(&volume, &definition);
                found.splice(0..0, definition.warnings);
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

/// What looks personal in the test beside a connector, and is no field of it. A test that is wrong is the affair of
/// `dsr connector test`.
fn recorded(volume: &Volume, definition: &Definition) -> Vec<Diagnostic> {
    let tests = match volume.file() {
        Some(file) => Some(lent::tests_of(file)).filter(|file| file.is_file()),
        None => None,
    };
    let tests = tests.and_then(|file| replay::read(&file, definition).ok());
    let found = tests.map(|tests| replay::unlisted(definition, &tests));
    found.unwrap_or_default()
}

/// Refuses a file in which an inventory would look for another connector than it finds (E245).
fn called_otherwise(volume: &Volume) -> Result<()> {
    if !matches!(volume.origin, Origin::Workspace | Origin::User) {
        return Ok(());
    }
    let node = crate::yaml::parse(&volume.source)?;
    let entries = node.map().unwrap_or_default();
    let stated = entries.iter().find(|(name, _)| name.text == "connector");
    let Some((node, name)) = stated.and_then(|(_, node)| Some((node, node.scalar()?))) else {
        return Ok(());
    };
    match name == volume.name {
        true => Ok(()),
        false => Err(error("E245", say::called_otherwise(&volume.name, &name))
            .at(node.place.clone())
            .why(say::called_otherwise_why(&volume.name))
            .help(say::called_otherwise_help(&name))
            .into()),
    }
}

/// Those that are named, or all of the workspace; of these beside the names what cannot be read.
fn names(context: &Context, args: &Args) -> Result<(Vec<String>, Vec<Unreadable>)> {
    if !args.connectors.is_empty() {
        return Ok((args.connectors.clone(), Vec::new()));
    }
    let (all, mut unreadable) = Library::of(&home(context)).all();
    unreadable.retain(|one| one.origin == Origin::Workspace);
    let own = all
        .into_iter()
        .filter(|one| one.origin == Origin::Workspace);
    let own: Vec<String> = own.map(|one| one.name).collect();
    if own.is_empty() && unreadable.is_empty() {
        let wrong = error("E782", say_replay::no_connectors());
        return Err(wrong.help(say::no_connectors_help()).into());
    }
    Ok((own, unreadable))
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
