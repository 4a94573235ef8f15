//! `dsr connector diff`: what an overlay changes in the connector below it.

use serde_json::{Value, json};

use super::meant;
use crate::cli::context::Context;
use crate::connector::definition::{self, Change};
use crate::diagnostic::{Exit, Result};
use crate::messages::library as say;
use crate::ui::Format;
use crate::yaml::error;

/// Show what an overlay changes in the connector below it, safety properties first
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The file of the overlay, or its name
    #[arg(value_name = "OVERLAY")]
    overlay: String,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let (volume, library) = meant(context, &args.overlay)?;
    let definition = definition::load(&volume, &library, None)?;
    let [own, .., below] = definition.parts.as_slice() else {
        let wrong = error("E404", say::extends_no_other(&volume.name));
        return Err(wrong.help(say::extends_no_other_help()).into());
    };
    match context.ui.format {
        Format::Json => {
            context.ui.json(&json!({
                "schema": "dsr.connector.diff/1",
                "overlay": own.name,
                "base": below.name,
                "base_version": below.version,
                "changes": definition.changes.iter().map(change).collect::<Vec<_>>(),
            }));
        }
        Format::Table | Format::Csv => table(context, &own.name, &definition.changes),
    }
    Ok(Exit::Done)
}

/// One change as a program reads it.
pub(super) fn change(change: &Change) -> Value {
    json!({
        "path": change.path,
        "safety": change.safety,
        "before": change.before,
        "after": change.after,
    })
}

fn table(context: &Context, name: &str, changes: &[Change]) {
    let lang = context.ui.lang;
    if changes.is_empty() {
        context.ui.say(&say::changes_nothing(name));
    }
    let columns = [
        say::column_safety(),
        say::column_place(),
        say::column_before(),
        say::column_after(),
    ];
    let rows: Vec<Vec<String>> = changes
        .iter()
        .map(|change| {
            let safety = match change.safety {
                true => say::yes().to(lang).to_owned(),
                false => String::new(),
            };
            vec![
                safety,
                change.path.clone(),
                change.before.clone().unwrap_or_default(),
                change.after.clone().unwrap_or_default(),
            ]
        })
        .collect();
    context.ui.rows(&columns, &rows);
}
